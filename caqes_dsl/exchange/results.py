"""Results as one table of typed values, shared by every format: columns in the order of the contract."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from caqes_dsl.base.quantities import Genre, Valeur
from caqes_dsl.base.suggestions import fold
from caqes_dsl.evaluation.trace import Resultat, SousScore
from caqes_dsl.model.nodes import Decision, Politique

from .cohort import Cohorte, Ecarte


@dataclass(frozen=True, slots=True)
class Colonne:
    """A column of results: its name (a contract), what it says in French, the type of its values; None for texts."""

    nom: str
    titre: str
    genre: Genre | None = None


@dataclass(frozen=True, slots=True)
class Resultats:
    """Columns and rows; a row lacks the columns that have no value."""

    colonnes: tuple[Colonne, ...]
    rangs: tuple[Mapping[str, Valeur], ...]


Noms = Mapping[tuple[str, str], str]
"""Column of each named quantity: (kind, name) -> heading."""

_FIXES = (
    "finess raison_sociale exercice secteurs statut points points_applicables score score_min score_max manquants "
    "motifs_rejet politique empreinte version statut_politique"
).split()
_REASONS_SHOWN = 10


def column_names(politique: Politique) -> Noms:
    """Heading of each heading, calcul, barème, indicateur, decision and pièce.

    A name that is already a heading (a calcul « version », a chapitre « min » beside `score_min`) takes its kind
    after it, so that no column ever hides another.
    """
    taken = set(_FIXES)
    found: dict[tuple[str, str], str] = {}

    def add(sorte: str, nom: str, heading: str, companions: Sequence[str] = ()) -> None:
        while any(heading + c in taken for c in ("", *companions)):
            heading += f"_{sorte}"
        taken.update(heading + c for c in ("", *companions))
        found[sorte, nom] = heading

    if len(politique.volets) > 1:
        taken.update(f"{c}_{v}" for v in politique.volets for c in _SCORES)
    for volet in politique.volets:
        if len(politique.volets) > 1:
            found["volet", volet] = f"score_{volet}"
        else:
            add("volet", volet, f"score_{volet}")
    for chapitre in politique.chapitres:
        add("chapitre", chapitre, f"score_{chapitre}")
    for sorte, noms in (("calcul", politique.calculs), ("barème", politique.baremes), ("pièce", politique.pieces)):
        for nom in noms:
            add(fold(sorte), nom, nom)
    for indicateur in politique.indicateurs:
        add("indicateur", indicateur, indicateur, ("_atteint",))
    for decision in politique.decisions:
        add("decision", decision, decision, ("_certitude", "_retenu", "_motif"))
    return found


_SCORES = ("points", "points_applicables", "score", "score_min", "score_max")


def result_table(politique: Politique, resultats: Sequence[Resultat], cohorte: Cohorte, version: str) -> Resultats:
    """Every establishment of a cohort in the order of its file, those set aside included with their reasons."""
    noms = column_names(politique)
    retained = {d.nom for r in resultats for d in r.decisions.values() if d.retenu is not None}
    rows = [(r.etablissement.lieu, dict(row_of(politique, r, noms))) for r in resultats]
    return sorted_table(politique, tuple(table_columns(politique, retained, noms)), rows, cohorte, version)


def sorted_table(
    politique: Politique,
    colonnes: tuple[Colonne, ...],
    rows: Iterable[tuple[str, dict[str, Valeur]]],
    cohorte: Cohorte,
    version: str,
) -> Resultats:
    """Rows with the place that each was read at, those set aside among them, each with what was applied."""
    receipt = {
        "politique": politique.nom,
        "empreinte": politique.empreinte,
        "version": version,
        "statut_politique": "projet" if politique.est_projet else "adopté",
    }
    placed = [(_line(lieu), row | receipt) for lieu, row in rows]
    placed += [(_line(e.lieu), dict(_refused(e)) | receipt) for e in cohorte.ecartes]
    placed.sort(key=lambda pair: pair[0])
    return Resultats(colonnes, tuple(row for _, row in placed))


def _line(lieu: str) -> int:
    found = re.search(r"ligne (\d+)$", lieu)
    return int(found[1]) if found else 0


def table_columns(politique: Politique, retained: Collection[str], noms: Noms) -> Iterator[Colonne]:
    """The columns in the order of the contract; `retained`: the decisions of which an amount was retained."""
    yield Colonne("finess", "Numéro FINESS")
    yield Colonne("raison_sociale", "Raison sociale")
    yield Colonne("exercice", "Exercice évalué")
    yield Colonne("secteurs", "Secteurs d'activité")
    yield Colonne("statut", "complet, indetermine (il manque des données), a_corriger (données refusées) ou sans_objet")
    yield from _scores("", "")
    if len(politique.volets) > 1:
        for volet in politique.volets.values():
            yield from _scores(f"_{volet.nom}", f" du volet « {volet.titre} »")
    else:
        for volet in politique.volets.values():
            yield Colonne(noms["volet", volet.nom], f"Score du volet « {volet.titre} »", Genre.TAUX)
    for chapitre in politique.chapitres.values():
        yield Colonne(noms["chapitre", chapitre.nom], f"Score du chapitre « {chapitre.titre} »", Genre.TAUX)
    for indicateur in politique.indicateurs.values():
        nom = noms["indicateur", indicateur.nom]
        yield Colonne(nom, f"{indicateur.titre} : mesure de l'indicateur", indicateur.genre)
        reached = "cible atteinte (oui), non atteinte (non), indéterminé ou sans objet (vide)"
        yield Colonne(f"{nom}_atteint", f"{indicateur.titre} : {reached}", Genre.OUI_NON)
    for calcul in politique.calculs.values():
        yield Colonne(noms["calcul", calcul.nom], calcul.titre, calcul.genre)
    for bareme in politique.baremes.values():
        yield Colonne(noms["bareme", bareme.nom], bareme.titre, bareme.genre)
    for decision in politique.decisions.values():
        nom = noms["decision", decision.nom]
        yield Colonne(nom, f"{decision.titre} : {_amount(decision)}", Genre.MONTANT)
        yield Colonne(f"{nom}_certitude", f"{decision.titre} : certain, impossible ou ouvert")
        if decision.nom in retained:
            yield Colonne(f"{nom}_retenu", f"{decision.titre} : montant retenu après examen", Genre.MONTANT)
            yield Colonne(f"{nom}_motif", f"{decision.titre} : motif du montant retenu")
    for piece in politique.pieces.values():
        yield Colonne(
            noms["piece", piece.nom], f"{piece.titre} : due (oui), non due (non), indéterminé (vide)", Genre.OUI_NON
        )
    yield Colonne("manquants", "Ce qui manque pour conclure")
    yield Colonne("motifs_rejet", "Pourquoi la ligne est à corriger")
    yield Colonne("politique", "Nom de la politique appliquée")
    yield Colonne("empreinte", "Empreinte de la politique : tout ce qui est imprimé ou calculé")
    yield Colonne("version", "Version du programme")
    yield Colonne("statut_politique", "projet tant que la politique n'est pas adoptée")


def _amount(decision: Decision) -> str:
    """What an amount is, by its nature."""
    match decision.nature:
        case "intéressement":
            return "montant proposé en faveur de l'établissement, soumis au comité"
        case "enveloppe":
            return "part proposée en faveur de l'établissement, soumise au comité"
    return "montant encouru, proposé au comité"


def _scores(suffix: str, of: str) -> Iterator[Colonne]:
    yield Colonne(f"points{suffix}", f"Points obtenus{of}", Genre.POINTS)
    yield Colonne(f"points_applicables{suffix}", f"Points applicables{of}", Genre.POINTS)
    yield Colonne(f"score{suffix}", f"Score{of}", Genre.TAUX)
    yield Colonne(f"score_min{suffix}", f"Score le plus bas possible{of}", Genre.TAUX)
    yield Colonne(f"score_max{suffix}", f"Score le plus haut possible{of}", Genre.TAUX)


def row_of(politique: Politique, resultat: Resultat, noms: Noms) -> Iterator[tuple[str, Valeur]]:
    """The cells of one establishment that have a value."""
    hospital = resultat.etablissement
    yield from identity(hospital.finess, hospital.raison_sociale, hospital.exercice, hospital.secteurs)
    yield "statut", resultat.statut
    several = len(politique.volets) > 1
    if not several or politique.notation.calcul:
        yield from _score_cells("", resultat.score_global)
    for nom in politique.volets:
        if several:
            yield from _score_cells(f"_{nom}", resultat.scores[nom])
        else:
            yield from _given(noms["volet", nom], resultat.scores[nom].score)
    for nom in politique.chapitres:
        yield from _given(noms["chapitre", nom], resultat.scores[nom].score)
    for sorte, group in (("calcul", resultat.calculs), ("bareme", resultat.baremes), ("piece", resultat.pieces)):
        for nom, etape in group.items():
            yield from _given(noms[sorte, nom], etape.valeur)
    for declared, found in resultat.indicateurs.items():
        nom = noms["indicateur", declared]
        yield from _given(nom, found.mesure.valeur)
        yield from _given(f"{nom}_atteint", found.atteint)
    for declared, decision in resultat.decisions.items():
        nom = noms["decision", declared]
        yield from _given(nom, decision.montant)
        yield f"{nom}_certitude", decision.certitude
        if decision.retenu is not None:
            yield f"{nom}_retenu", decision.retenu
            yield f"{nom}_motif", decision.motif_retenu
    if resultat.manquants:
        yield "manquants", ", ".join(resultat.manquants)


def _given(nom: str, valeur: Valeur | None) -> Iterator[tuple[str, Valeur]]:
    if valeur is not None:
        yield nom, valeur


def _score_cells(suffix: str, sous: SousScore) -> Iterator[tuple[str, Valeur]]:
    yield from _given(f"points{suffix}", sous.points)
    yield from _given(f"points_applicables{suffix}", sous.points_applicables)
    yield from _given(f"score{suffix}", sous.score)
    yield from _given(f"score_min{suffix}", sous.score_min)
    yield from _given(f"score_max{suffix}", sous.score_max)


def identity(finess: str, raison: str, exercice: int | None, secteurs: tuple[str, ...]) -> Iterator[tuple[str, Valeur]]:
    """The cells that say who a row is about."""
    for nom, text in (("finess", finess), ("raison_sociale", raison)):
        if text:
            yield nom, text
    if exercice is not None:
        yield "exercice", str(exercice)
    if secteurs:
        yield "secteurs", "+".join(secteurs)


def _refused(ecarte: Ecarte) -> Iterator[tuple[str, Valeur]]:
    yield from identity(ecarte.finess, ecarte.raison_sociale, ecarte.exercice, ecarte.secteurs)
    yield "statut", "a_corriger"
    reasons = [f"{d.lieu} : {d.message}" if d.lieu else d.message for d in ecarte.diagnostics[:_REASONS_SHOWN]]
    more = len(ecarte.diagnostics) - len(reasons)
    yield "motifs_rejet", " | ".join([*reasons, f"et {more} autres"] if more > 0 else reasons)
