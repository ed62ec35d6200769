"""The table of results made from columns: the same rows as from the results of the interpreter, cell for cell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from caqes_dsl.base.quantities import Valeur
from caqes_dsl.evaluation.exact.cohort import Colonnes
from caqes_dsl.evaluation.facts import Etablissement
from caqes_dsl.model.nodes import Politique

from .cohort import Cohorte
from .results import Noms, Resultats, column_names, identity, row_of, sorted_table, table_columns

_CERTITUDES = {True: "certain", False: "impossible", None: "ouvert"}


def columns_table(politique: Politique, colonnes: Colonnes, cohorte: Cohorte, version: str) -> Resultats:
    """Every establishment of a cohort in the order of its file, those set aside included with their reasons.

    Missing: a row that columns do not settle is that of the interpreter.
    """
    noms = column_names(politique)
    retained = {nom for e in cohorte.etablissements for nom in e.retenus}
    cells = _cells(politique, colonnes, noms)
    rows: list[tuple[str, dict[str, Valeur]]] = []
    for rank, hospital in enumerate(cohorte.etablissements):
        left = colonnes.restes.get(rank)
        if left is not None:
            rows.append((hospital.lieu, dict(row_of(politique, left, noms))))
            continue
        row: dict[str, Valeur] = dict(
            identity(hospital.finess, hospital.raison_sociale, hospital.exercice, hospital.secteurs)
        )
        for nom, values in cells:
            value = values[rank]
            if value is not None:
                row[nom] = value
        row |= dict(_retained(politique, hospital, noms))
        rows.append((hospital.lieu, row))
    return sorted_table(politique, tuple(table_columns(politique, retained, noms)), rows, cohorte, version)


def _cells(politique: Politique, colonnes: Colonnes, noms: Noms) -> list[tuple[str, Sequence[Valeur | None]]]:
    """Headings with their values, row by row."""
    found: list[tuple[str, Sequence[Valeur | None]]] = [("statut", _statuts(politique, colonnes))]
    for sorte, nom in colonnes.colonnes:
        values: Sequence[Valeur | None] = colonnes.values(sorte, nom)
        if sorte == "certitude":
            values = [_CERTITUDES[v] if isinstance(v, bool) else "ouvert" for v in values]
        found += [(heading, values) for heading in headings(politique, sorte, nom, noms)]
    return found


def headings(politique: Politique, sorte: str, nom: str, noms: Noms) -> Iterator[str]:
    """The columns that show a quantity, by the names of the contract."""
    match sorte:
        case "points" | "points_applicables" | "score":
            yield from _of_score(politique, sorte, nom, noms)
        case "mesure":
            yield noms["indicateur", nom]
        case "atteint":
            yield f"{noms['indicateur', nom]}_atteint"
        case "certitude":
            yield f"{noms['decision', nom]}_certitude"
        case "décision":
            yield noms["decision", nom]
        case _:
            yield noms[{"barème": "bareme", "pièce": "piece"}.get(sorte, sorte), nom]


def _of_score(politique: Politique, sorte: str, nom: str, noms: Noms) -> Iterator[str]:
    """The columns of a heading: all of the whole or of one volet among several, the score alone of the others."""
    several = len(politique.volets) > 1
    if nom in politique.chapitres:
        yield noms["chapitre", nom]
        return
    if nom and not several:
        if sorte == "score":
            yield noms["volet", nom]
        return
    if not nom and several and not politique.notation.calcul:
        return  # read only to know whether anything applies
    suffix = f"_{nom}" if nom else ""
    yield f"{sorte}{suffix}"
    if sorte == "score":
        yield f"score_min{suffix}"
        yield f"score_max{suffix}"


def _statuts(politique: Politique, colonnes: Colonnes) -> list[Valeur | None]:
    """The status of the rows that columns settle."""
    applicable = colonnes.values("points_applicables", "") if politique.criteres else []
    if not politique.criteres:
        return ["complet"] * colonnes.effectif
    return ["sans_objet" if v == 0 else "complet" for v in applicable]


def _retained(politique: Politique, hospital: Etablissement, noms: Noms) -> Iterator[tuple[str, Valeur]]:
    for nom in politique.decisions:
        retenu = hospital.retenus.get(nom)
        if retenu is not None:
            yield f"{noms['decision', nom]}_retenu", retenu.montant
            yield f"{noms['decision', nom]}_motif", retenu.motif
