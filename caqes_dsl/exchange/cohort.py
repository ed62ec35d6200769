"""What a data file gives: establishments to evaluate, rows set aside with their reasons, what must be said."""

from __future__ import annotations

from dataclasses import dataclass

from caqes_dsl.base.diagnostics import Diagnostic
from caqes_dsl.evaluation.facts import Etablissement


@dataclass(frozen=True, slots=True)
class Ecarte:
    """An establishment set aside: what could be read of it, and the errors that refuse it."""

    finess: str
    raison_sociale: str
    exercice: int | None
    secteurs: tuple[str, ...]
    lieu: str
    diagnostics: tuple[Diagnostic, ...]


@dataclass(frozen=True, slots=True)
class Cohorte:
    """The establishments of the exercise, in the order of the file, each with its earlier exercises.

    `ecartes`: rows refused. `diagnostics`: everything found in the file, errors of the rows refused included.
    `exercice` is the one evaluated.
    """

    etablissements: tuple[Etablissement, ...]
    ecartes: tuple[Ecarte, ...]
    diagnostics: tuple[Diagnostic, ...]
    fichier: str
    exercice: int | None
