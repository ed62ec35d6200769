"""A cohort written as a file that reads as the same cohort: one row per establishment and exercise."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from caqes_dsl.base.diagnostics import Diagnostic
from caqes_dsl.base.quantities import Genre, Valeur
from caqes_dsl.evaluation.facts import Etablissement
from caqes_dsl.model.nodes import Politique

from .classeur_forme import DIALOGUE
from .cohort import Cohorte
from .results import Colonne, Resultats
from .write import write_table

Dialogues = Mapping[str, Mapping[str, str]]
"""By FINESS, the texts of the dialogue by column."""


def write_cohort(
    politique: Politique, cohorte: Cohorte, dialogues: Dialogues, suffixe: str, recu: dict[str, Any]
) -> bytes | Diagnostic:
    """The cohort in the format of an ending. Shapes: the columns of the establishments file, then the dialogue's."""
    rows = [
        row
        for e in cohorte.etablissements
        for row in (*(_row(past, e) for _, past in sorted(e.passes.items())), _row(e, e, dialogues.get(e.finess, {})))
    ]
    return write_table(Resultats(tuple(_columns(politique, rows)), tuple(rows)), recu, suffixe)


def _row(one: Etablissement, now: Etablissement, dialogue: Mapping[str, str] | None = None) -> dict[str, Valeur]:
    """What was transmitted of an exercise; nothing stands for what was not."""
    row: dict[str, Valeur] = {"finess": now.finess, "exercice": str(one.exercice), "secteurs": "+".join(one.secteurs)}
    row |= {"raison_sociale": one.raison_sociale} if one.raison_sociale else {}
    row |= one.reponses
    row |= {f"{n}_motif": text for n, text in one.motifs.items()}
    row |= one.faits
    row |= {f"{n}_source": text for n, text in one.provenances.items()}
    row |= one.enregistres
    for nom, retenu in one.retenus.items():
        row |= {f"{nom}_retenu": retenu.montant}
        row |= {f"{nom}_motif": retenu.motif} if retenu.motif else {}
    return row | dict(dialogue or {})


def _columns(politique: Politique, rows: list[dict[str, Valeur]]) -> list[Colonne]:
    """The columns that hold something, in the order of the policy; those that every file has come first."""
    held = {nom for row in rows for nom in row} | {"finess", "exercice"}
    found = [Colonne(n, t) for n, t in _IDENTITE]
    for critere in politique.criteres.values():
        found.append(Colonne(critere.nom, critere.titre))
        found.append(Colonne(f"{critere.nom}_motif", "Justification du « non concerné »"))
    for donnee in politique.donnees.values():
        found.append(Colonne(donnee.nom, donnee.titre, donnee.genre))
        found.append(Colonne(f"{donnee.nom}_source", "Source de la valeur"))
    for heading in ("", *politique.volets, *politique.chapitres, *politique.objectifs):
        suffix = f"_{heading}" if heading else ""
        found.append(Colonne(f"score{suffix}", "Score enregistré", Genre.TAUX))
        found.append(Colonne(f"points{suffix}", "Points enregistrés", Genre.POINTS))
    for nom in politique.decisions:
        found.append(Colonne(f"{nom}_retenu", "Montant retenu", Genre.MONTANT))
        found.append(Colonne(f"{nom}_motif", "Motif du montant retenu"))
    for nom in politique.criteres:
        found += [Colonne(f"{nom}_{key}", title) for key, title in DIALOGUE.items()]
    return [c for c in found if c.nom in held]


_IDENTITE = (
    ("finess", "Numéro FINESS"),
    ("raison_sociale", "Raison sociale"),
    ("exercice", "Exercice"),
    ("secteurs", "Secteurs d'activité"),
)
