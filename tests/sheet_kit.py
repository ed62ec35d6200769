"""The lines of a spreadsheet held against the interpreter, for one establishment."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from caqes_dsl.base.quantities import Genre, Valeur
from caqes_dsl.evaluation.exact.expressions import LARGE, cell_factor, serial
from caqes_dsl.evaluation.exact.lines import CONNU, INDECIS, MANQUANT, SANS_OBJET
from caqes_dsl.evaluation.exact.policy import HORS, Feuille
from caqes_dsl.evaluation.exact.run import Vue, entered, run, value
from caqes_dsl.evaluation.facts import Etablissement
from caqes_dsl.evaluation.trace import Resultat, SousScore


def entries(feuille: Feuille, etablissement: Etablissement) -> dict[tuple[object, ...], Vue]:
    """What is written in the cells of an establishment's sheet."""
    politique = feuille.politique
    found: dict[tuple[object, ...], Vue] = {("secteur", s): Vue(CONNU, 1) for s in etablissement.secteurs}
    for nom, niveau in etablissement.reponses.items():
        found["réponse", nom] = Vue(CONNU, feuille.codes[niveau])
    for nom in etablissement.motifs:
        found["motif", nom] = Vue(CONNU, 1)
    for nom, valeur in etablissement.faits.items():
        found["donnée", nom] = _cell(feuille, politique.donnees[nom].genre, nom, valeur)
    for annee, passe in etablissement.passes.items():
        assert etablissement.exercice is not None
        recul = etablissement.exercice - annee
        for nom, valeur in passe.faits.items():
            found["passé", f"{nom} N-{recul}"] = _cell(feuille, politique.donnees[nom].genre, nom, valeur)
        for colonne, recorded in passe.enregistres.items():
            found["passé", f"{colonne} N-{recul}"] = entered(recorded, 10**4)
    return found


def _cell(feuille: Feuille, genre: Genre, nom: str, valeur: Valeur) -> Vue:
    if isinstance(valeur, bool):
        return Vue(CONNU, int(valeur))
    if isinstance(valeur, str):
        return Vue(CONNU, feuille.codes[valeur])
    if isinstance(valeur, date):
        return entered(serial(valeur), 1)
    decimales = feuille.gabarits.get(nom, LARGE).decimales
    return entered(valeur, cell_factor(genre, decimales)[1])


def differences(feuille: Feuille, resultat: Resultat, *, exact: bool = True) -> list[str]:
    """Where the lines say something else than the interpreter; `exact`: also where they say less."""
    seen = run(feuille.programme, entries(feuille, resultat.etablissement))
    codes = {v: k for k, v in feuille.codes.items()}
    found: list[str] = []

    def same(what: str, index: int, expected: Valeur | None, absent: str) -> None:
        vue = seen[index]
        if vue.etat == INDECIS:
            if exact:
                found.append(f"{what} : indécis, attendu {expected} ({absent})")
            return
        given = value(feuille.programme, index, vue)
        wanted = Fraction(int(expected)) if isinstance(expected, bool) else expected
        state = {CONNU: "", SANS_OBJET: "sans objet", MANQUANT: "manquant"}[vue.etat]
        if given != wanted or (wanted is None and state != absent):
            found.append(f"{what} : {given} {state}, attendu {wanted} {absent}")

    for nom, lignes in feuille.criteres.items():
        r = resultat.criteres[nom]
        if r.statut == "indetermine":
            if seen[lignes.issue].etat not in (MANQUANT, INDECIS):
                found.append(f"{nom} : {seen[lignes.issue]}, attendu indéterminé")
            elif exact and seen[lignes.issue].etat == INDECIS:
                found.append(f"{nom} : indécis")
            continue
        issue = seen[lignes.issue]
        if issue.etat == INDECIS and not exact:
            continue
        if issue.etat != CONNU:
            found.append(f"{nom} : {issue}, attendu {r.statut} {r.niveau}")
            continue
        niveau = "hors_secteur" if issue.nombre == HORS else codes.get(issue.nombre)
        expected = "hors_secteur" if r.statut == "hors_secteur" else r.niveau
        if niveau != expected:
            found.append(f"{nom} : {niveau}, attendu {expected}")
        same(f"points({nom})", lignes.points, r.points or Fraction(0), "")
        same(f"compte({nom})", lignes.compte, r.poids if r.statut == "evalue" else Fraction(0), "")
    for titre, (points, compte, score) in feuille.scores.items():
        sous = resultat.score_global if not titre else resultat.scores[titre]
        found += _score(feuille, seen, titre, (points, compte, score), sous, exact)
    for cle, index in feuille.quantites.items():
        indicateur = resultat.indicateurs.get(cle.nom)
        if indicateur is None:
            step = resultat.cibles[cle.nom]
            same(str(cle), index, step.valeur, "manquant" if step.manquants else "sans objet")
            continue
        if cle.sorte == "atteint":
            open_ = indicateur.mesure.manquants or (indicateur.cible and indicateur.cible.manquants)
            same(str(cle), index, indicateur.atteint, "manquant" if open_ else "sans objet")
            continue
        asked = indicateur.mesure if cle.sorte == "mesure" else indicateur.cible
        assert asked is not None
        same(str(cle), index, asked.valeur, "manquant" if asked.manquants else "sans objet")
    return found


def _score(
    feuille: Feuille, seen: dict[int, Vue], titre: str, lines: tuple[int, int, int], sous: SousScore, exact: bool
) -> list[str]:
    found = []
    for what, index, expected in zip(
        ("points", "compte", "score"), lines, (sous.points, sous.points_applicables, sous.score), strict=True
    ):
        vue = seen[index]
        given = value(feuille.programme, index, vue)
        if given == expected:
            continue
        less = given is None and vue.etat in (MANQUANT, INDECIS)
        if less and (not exact or what == "compte"):
            continue  # applicable points may be known before the points are; a sheet waits for the answers
        found.append(f"{what}({titre}) : {given} {vue.etat}, attendu {expected}")
    return found
