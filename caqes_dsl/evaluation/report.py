"""The result of one establishment with its reasons: every quantity asked for once, and its operation in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from caqes_dsl.base.quantities import Valeur, write_value
from caqes_dsl.model.nodes import Agregat, Bareme, Cle, Decision, Fait, Indicateur, Noeud, Rang, Reference, Titre

from . import wording
from .trace import Etape, Resultat, ResultatDecision, ResultatIndicateur

if TYPE_CHECKING:
    from .explain import Interpreteur


def operation(interprete: Interpreteur, noeud: Noeud, valeur: Valeur | None) -> str:
    """An expression with the values of what it reads, and what it comes to: « 45 / 90 = 50 % »."""

    def leaf(one: Noeud) -> tuple[Valeur | None] | None:
        return (interprete.eval(one).valeur,) if isinstance(one, Fait | Reference | Agregat) else None

    text = wording.write(noeud, interprete.politique, leaf)
    result = write_value(valeur, noeud.genre, labels=wording.labels(interprete.politique))
    return result if text == result else f"{text} = {result}"


def result_of(interprete: Interpreteur) -> Resultat:
    """The result of an interpreter's establishment."""
    politique = interprete.politique
    titres: Iterable[Titre] = (*politique.volets.values(), *politique.chapitres.values(), *politique.objectifs.values())
    whole = interprete.sous_score("")
    criteres = {nom: interprete.critere(nom) for nom in politique.criteres}
    calculs = {
        nom: _step(interprete, Cle("calcul", nom), c.titre, c.expression, c.source)
        for nom, c in politique.calculs.items()
    }
    decisions = {nom: _with_steps(interprete, s) for nom, s in politique.decisions.items()}
    indicateurs = {nom: _indicator(interprete, i) for nom, i in politique.indicateurs.items()}
    pieces = {
        nom: _step(interprete, Cle("pièce", nom), p.titre, p.condition, p.source) for nom, p in politique.pieces.items()
    }
    missing: dict[str, None] = {}
    for critere in criteres.values():
        missing.update(dict.fromkeys(critere.manquants if critere.statut == "indetermine" else ()))
    measures = [i.mesure.manquants for i in indicateurs.values()]
    if politique.notation.calcul:
        measures.append(tuple(sorted(interprete.value(Cle("score")).manquants)))
    for keys in (*(d.manquants for d in decisions.values()), *(p.manquants for p in pieces.values()), *measures):
        missing.update(dict.fromkeys(keys))
    statut = "indetermine" if missing else "complet"
    if criteres and whole.points_applicables == 0:
        statut = "sans_objet"
    return Resultat(
        politique,
        interprete.etablissement,
        statut,
        whole,
        {t.nom: interprete.sous_score(t.nom) for t in titres},
        criteres,
        calculs,
        {nom: _scale(interprete, nom) for nom in politique.baremes},
        decisions,
        pieces,
        {
            nom: _step(interprete, Cle("cible", nom), "Cible", v.cible, v.cible_source or v.source)
            for nom, v in politique.volets.items()
            if v.cible is not None
        },
        tuple(missing),
        indicateurs=indicateurs,
        reserves={
            nom: _step(interprete, Cle("réserve", nom), f"Ouverture du volet « {v.titre} »", v.reserve, v.source)
            for nom, v in politique.volets.items()
            if v.reserve is not None
        },
        population=interprete.population,
    )


def _indicator(interprete: Interpreteur, indicateur: Indicateur) -> ResultatIndicateur:
    """The measure of an indicateur against its target."""
    nom, titre = indicateur.nom, indicateur.titre
    mesure = _step(interprete, Cle("mesure", nom), titre, indicateur.mesure, indicateur.source)
    cible: Etape | None = None
    if indicateur.cible is not None:
        source = indicateur.cible_source or indicateur.source
        cible = _step(interprete, Cle("cible", nom), "Cible", indicateur.cible, source)
    reached = interprete.value(Cle("atteint", nom)).valeur
    statut = "mesure" if mesure.valeur is not None else "indetermine" if mesure.manquants else "sans_objet"
    known = reached if isinstance(reached, bool) and statut != "sans_objet" else None
    return ResultatIndicateur(nom, statut, mesure, cible, known)


def _step(interprete: Interpreteur, cle: Cle, titre: str, noeud: Noeud, source: str) -> Etape:
    """One named quantity with its rule and its operation."""
    vu = interprete.value(cle)
    return Etape(
        cle,
        titre,
        interprete.rule(noeud),
        interprete.words(noeud, vu),
        vu.valeur,
        noeud.genre,
        source,
        str(noeud.span),
        tuple(sorted(vu.manquants)),
    )


def _scale(interprete: Interpreteur, nom: str) -> Etape:
    """A scale: its drivers, the row that applied, what it gives."""
    bareme = interprete.politique.baremes[nom]
    vu, rang = interprete.table(bareme.table)
    return Etape(
        Cle("barème", nom),
        bareme.titre,
        f"selon {' ; '.join(map(interprete.rule, bareme.table.selon))}" if interprete.speaks else "",
        _row_taken(interprete, bareme, rang, vu.valeur) if interprete.speaks else "",
        vu.valeur,
        bareme.genre,
        bareme.source,
        str(bareme.span),
        tuple(sorted(vu.manquants)),
    )


def _row_taken(interprete: Interpreteur, bareme: Bareme, rang: Rang | None, valeur: Valeur | None) -> str:
    """The values of the drivers, the row that applied, what it gives."""
    labels = wording.labels(interprete.politique)
    values = " ; ".join(write_value(interprete.eval(d).valeur, d.genre, labels=labels) for d in bareme.table.selon)
    row = f", rang « {rang.texte} »" if rang else ""
    return f"{values}{row} : {write_value(valeur, bareme.genre)}"


def _with_steps(interprete: Interpreteur, decision: Decision) -> ResultatDecision:
    """A decision with its condition and its amount in words."""
    steps = []
    amount = "Montant" if decision.au_prorata is None else "Montant à partager"
    key = ("Clé du partage", decision.au_prorata)
    for libelle, noeud in (("Condition", decision.condition), (amount, decision.montant), key):
        if noeud is None:
            continue
        vu = interprete.eval(noeud)
        steps.append(
            Etape(
                Cle("décision", decision.nom),
                libelle,
                interprete.rule(noeud),
                interprete.words(noeud, vu),
                vu.valeur,
                noeud.genre,
                decision.source,
                str(noeud.span),
                tuple(sorted(vu.manquants)),
            )
        )
    return replace(interprete.decision(decision), etapes=tuple(steps))
