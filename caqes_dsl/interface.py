"""The Python interface: a policy loaded, a cohort evaluated, a result explained, a document printed.

Each function is one use of the tool; the package exports them (`import caqes_dsl as caqes`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from caqes_dsl.base.diagnostics import Diagnostic, PolicyError, has_errors

if TYPE_CHECKING:
    from caqes_dsl.compare.changes import Changement
    from caqes_dsl.compare.impact_shapes import Impact
    from caqes_dsl.evaluation.trace import Resultat
    from caqes_dsl.exchange.read import Cohorte
    from caqes_dsl.model.nodes import Politique

__all__ = [
    "Comparaison",
    "Diagnostic",
    "Evaluation",
    "PolicyError",
    "annexe",
    "charger",
    "comparer",
    "evaluer",
    "expliquer",
    "formater",
    "montrer",
    "verifier",
]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The results of a cohort, in the order of its file; `cohorte` holds the rows set aside and why.

    `diagnostics`: what must be said of the data, errors included, then the limites and contrôles that a result passes.
    """

    politique: Politique
    resultats: tuple[Resultat, ...]
    cohorte: Cohorte
    diagnostics: tuple[Diagnostic, ...]

    def __iter__(self) -> Iterator[Resultat]:
        return iter(self.resultats)

    def __len__(self) -> int:
        return len(self.resultats)


@dataclass(frozen=True, slots=True)
class Comparaison:
    """What changes from a policy to another; `impact` is what that does to the cohort, None when none was given."""

    ancienne: Politique
    nouvelle: Politique
    changements: tuple[Changement, ...]
    impact: Impact | None = None

    def __iter__(self) -> Iterator[Changement]:
        return iter(self.changements)

    def __len__(self) -> int:
        return len(self.changements)

    @property
    def phrases(self) -> tuple[str, ...]:
        """Each change as a French sentence, in order."""
        from caqes_dsl.documents.changements import sentences

        return tuple(sentences(self.ancienne, self.nouvelle, self.changements))


def verifier(chemin: str | Path, *, racine: str | Path | None = None) -> tuple[Diagnostic, ...]:
    """Every mistake and note of a policy file, its examples and limits tried."""
    from caqes_dsl.pipeline import compile_path

    return compile_path(Path(chemin), racine=Path(racine) if racine else None).diagnostics


def charger(chemin: str | Path, *, racine: str | Path | None = None, exercice: int | None = None) -> Politique:
    """The policy of a file, or of `REVISION:chemin` in the git repository of the current folder. Errors: PolicyError
    with every diagnostic."""
    from caqes_dsl.pipeline import compile_path, compile_revision
    from caqes_dsl.revision import reference_of

    root = Path(racine) if racine else None
    if isinstance(chemin, str) and reference_of(chemin):
        compiled = compile_revision(chemin, racine=root, exercice=exercice)
    else:
        compiled = compile_path(Path(chemin), racine=root, exercice=exercice)
    if compiled.politique is None:
        raise PolicyError(compiled.diagnostics)
    return compiled.politique


def _read(politique: Politique, cohorte: Any, exercice: int | None, strict: bool) -> Cohorte:
    from caqes_dsl.exchange.read import read_cohort, read_rows

    if isinstance(cohorte, str | Path):
        return read_cohort(politique, Path(cohorte), exercice=exercice, strict=strict)
    return read_rows(politique, cohorte, exercice=exercice, strict=strict)


def evaluer(politique: Politique, cohorte: Any, *, exercice: int | None = None, strict: bool = False) -> Evaluation:
    """The result of every sound establishment of a file, a table (pandas, Polars, Arrow) or a list of dicts.

    Errors: PolicyError when the cohort cannot be read at all, or with `strict` when any row has an error.
    """
    from caqes_dsl.evaluation.limits import check_cohort
    from caqes_dsl.evaluation.population import evaluate_cohort

    read = _read(politique, cohorte, exercice, strict)
    if not read.etablissements and has_errors(read.diagnostics):
        raise PolicyError(read.diagnostics)
    resultats, notes = evaluate_cohort(politique, read.etablissements, ecartes=len(read.ecartes))
    said = (*read.diagnostics, *notes, *check_cohort(politique, resultats))
    return Evaluation(politique, tuple(resultats), read, said)


def comparer(
    ancienne: Politique, nouvelle: Politique, cohorte: Any = None, *, exercice: int | None = None, strict: bool = False
) -> Comparaison:
    """What changes between two policies and, with a cohort (as for `evaluer`), for whom and how much.

    The exercice is the newer policy's, else the older one's when the cohort has only that. Errors: PolicyError when no
    establishment can be read for both.
    """
    from caqes_dsl.compare.diff import compare
    from caqes_dsl.compare.impact import impact

    changements = tuple(compare(ancienne, nouvelle))
    if cohorte is None:
        return Comparaison(ancienne, nouvelle, changements)
    read = read_for_both(ancienne, nouvelle, changements, cohorte, exercice=exercice, strict=strict)
    if not read.etablissements:
        raise PolicyError(read.diagnostics)
    found = impact(ancienne, nouvelle, changements, read.etablissements, ecartes=len(read.ecartes))
    return Comparaison(ancienne, nouvelle, changements, found)


def read_for_both(
    ancienne: Politique,
    nouvelle: Politique,
    changements: Sequence[Changement],
    cohorte: Any,
    *,
    exercice: int | None,
    strict: bool,
) -> Cohorte:
    """The establishments of a cohort, with all that either version asks; none when it cannot be read."""
    from caqes_dsl.compare.apply import former_names
    from caqes_dsl.compare.cohorts import reading_policy

    reader = reading_policy(ancienne, nouvelle, former_names(changements))
    first = _read(reader, cohorte, exercice or nouvelle.exercice, strict)
    if first.etablissements or exercice is not None or nouvelle.exercice == ancienne.exercice:
        return first
    return _read(reader, cohorte, ancienne.exercice, strict)


def expliquer(politique: Politique, cohorte: Any, finess: str, *, exercice: int | None = None) -> Resultat:
    """The result of one establishment with its reasons. Errors: PolicyError, also when it is not in the cohort."""
    from caqes_dsl.evaluation.population import Population

    read = _read(politique, cohorte, exercice, strict=False)
    found = Population(politique, read.etablissements, ecartes=len(read.ecartes)).result(finess)
    if found is not None:
        return found
    refused = [d for e in read.ecartes if e.finess == finess for d in e.diagnostics]
    raise PolicyError(refused or [unknown_establishment(finess, [e.finess for e in read.etablissements])])


def unknown_establishment(finess: str, known: list[str]) -> Diagnostic:
    """The diagnostic of a FINESS that a cohort does not hold."""
    from caqes_dsl.base.suggestions import vouliez_vous

    return Diagnostic(
        "CAQ614",
        f"L'établissement « {finess} » n'est pas dans ces données.",
        aide=vouliez_vous(finess, known) or f"Les données ont {len(known)} établissements.",
    )


def annexe(
    politique: Politique,
    sortie: str | Path,
    *,
    secteurs: tuple[str, ...] = (),
    modeles: str | Path | None = None,
) -> Path:
    """The annex of a policy, in the format that the file's ending names (`.html`, `.docx`, `.pdf`, `.md`).

    Errors: ValueError (unknown format or sector), documents' own errors (a template that cannot be used).
    """
    from caqes_dsl.documents.render import render_annexe
    from caqes_dsl.resources import write_whole

    path = Path(sortie)
    folder = Path(modeles) if modeles else None
    write_whole(path, render_annexe(politique, path.suffix.lstrip("."), secteurs=secteurs, modeles=folder))
    return path


def formater(texte: str) -> str:
    """The canonical layout of a policy's text. Errors: PolicyError when it does not read."""
    from caqes_dsl.base.source import Source
    from caqes_dsl.pipeline import format_source

    formatted, diagnostics = format_source(Source.from_text("politique.caqes", texte))
    if formatted is None:
        raise PolicyError(diagnostics)
    return formatted


def montrer(politique: Politique) -> dict[str, Any]:
    """The flattened policy with the file and line of every declaration, as plain data (its schema is published)."""
    from caqes_dsl.documents.montre import show

    return show(politique)
