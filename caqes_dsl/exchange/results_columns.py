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
    several = len(politique.volets) > 1
    for sorte, nom in colonnes.colonnes:
        values = colonnes.values(sorte, nom)
        match sorte:
            case "points" | "points_applicables" | "score":
                found += _score_cells(politique, sorte, nom, values, noms, several=several)
            case "mesure":
                found.append((noms["indicateur", nom], values))
            case "atteint":
                found.append((f"{noms['indicateur', nom]}_atteint", values))
            case "certitude":
                certain = [_CERTITUDES[v] if isinstance(v, bool) else "ouvert" for v in values]
                found.append((f"{noms['decision', nom]}_certitude", certain))
            case "décision":
                found.append((noms["decision", nom], values))
            case _:
                found.append((noms[{"barème": "bareme", "pièce": "piece"}.get(sorte, sorte), nom], values))
    return found


def _score_cells(
    politique: Politique, sorte: str, nom: str, values: Sequence[Valeur | None], noms: Noms, *, several: bool
) -> Iterator[tuple[str, Sequence[Valeur | None]]]:
    """The cells of a heading: all of the whole or of one volet among several, the score alone of the others."""
    if nom in politique.chapitres:
        yield noms["chapitre", nom], values
        return
    if nom and not several:
        if sorte == "score":
            yield noms["volet", nom], values
        return
    if not nom and several and not politique.notation.calcul:
        return  # read only to know whether anything applies
    suffix = f"_{nom}" if nom else ""
    yield f"{sorte}{suffix}", values
    if sorte == "score":
        yield f"score_min{suffix}", values
        yield f"score_max{suffix}", values


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
