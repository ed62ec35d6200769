"""The only place where stages are chained: text to `Compilation`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from caqes_dsl.base.diagnostics import Diagnostic, has_errors
from caqes_dsl.base.source import Source
from caqes_dsl.loader import Disque, Loader, nearest_root, read_source

if TYPE_CHECKING:
    from caqes_dsl.model.assembly import Assemblage
    from caqes_dsl.model.nodes import Politique
    from caqes_dsl.syntax.tree import Fichier

__all__ = [
    "Compilation",
    "compile_path",
    "compile_revision",
    "compile_text",
    "compile_text_at",
    "format_path",
    "format_source",
    "policies_root",
    "read_source",
    "reprise",
]


@dataclass(frozen=True, slots=True)
class Compilation:
    """What a policy file gave: the policy unless a mistake refuses it, and every diagnostic.

    `parents` are the files, resolved, of the policies that it starts from, when they are on disk. `brouillon` is what
    was understood of a refused policy: no result is drawn from it.
    """

    fichier: Fichier | None
    politique: Politique | None
    diagnostics: tuple[Diagnostic, ...]
    parents: tuple[Path, ...] = ()
    brouillon: Politique | None = None


def policies_root(path: Path) -> Path:
    """The nearest parent folder named `policies`, else the folder of the file."""
    return nearest_root(path.resolve())


def reprise(parent: Path, enfant: Path, racine: Path | None = None) -> str | None:
    """What `reprend` says in a file to start from another; None when they are not under one policies root."""
    import os.path

    root = (racine or policies_root(enfant)).resolve()
    source, folder = parent.resolve(), enfant.resolve().parent
    if not (source.is_relative_to(root) and folder.is_relative_to(root)):
        return None
    return Path(os.path.relpath(source, folder)).as_posix()


def compile_path(
    path: Path, *, racine: Path | None = None, exercice: int | None = None, executer_exemples: bool = True
) -> Compilation:
    """Compiles a policy file with what it starts from. `racine` bounds where parents may be.

    `exercice`: another year of the vigueur than the header's; dated values are then those of its first day.
    """
    source = read_source(path)
    if isinstance(source, Diagnostic):
        return Compilation(None, None, (source,))
    return _compile(source, _loader_at(path, source, racine), executer_exemples, exercice)


def compile_text_at(
    path: Path, texte: str, *, racine: Path | None = None, executer_exemples: bool = True
) -> Compilation:
    """Compiles a text as if it stood in this file: its parents are found from there."""
    source = Source.from_text(str(path), texte)
    return _compile(source, _loader_at(path, source, racine), executer_exemples)


def _loader_at(path: Path, source: Source, racine: Path | None) -> Loader:
    return Loader(Disque((racine or policies_root(path)).resolve()), {source.nom: path.resolve()})


def compile_revision(
    reference: str,
    *,
    racine: Path | None = None,
    exercice: int | None = None,
    executer_exemples: bool = True,
    depuis: Path | None = None,
) -> Compilation:
    """Compiles `REVISION:chemin` with what it starts from, all read at that revision and nothing on disk.

    The repository is the one that `depuis` is in, by default the current folder. The other arguments are those of
    `compile_path`; `racine` is a folder of the working tree.
    """
    from caqes_dsl.revision import open_revision

    opened = open_revision(reference, depuis or Path(), racine)
    if isinstance(opened, Diagnostic):
        return Compilation(None, None, (opened,))
    return _compile(*opened, executer_exemples, exercice)


def compile_text(texte: str, nom: str = "politique.caqes", *, executer_exemples: bool = True) -> Compilation:
    """Compiles a text that starts from no other file."""
    return _compile(Source.from_text(nom, texte), Loader(None, {}), executer_exemples)


def format_path(path: Path) -> tuple[str | None, tuple[Diagnostic, ...]]:
    """Canonical text of a policy file; None when a syntax error leaves its meaning in doubt."""
    source = read_source(path)
    if isinstance(source, Diagnostic):
        return None, (source,)
    return format_source(source)


def format_source(source: Source) -> tuple[str | None, tuple[Diagnostic, ...]]:
    """Canonical text of a source; None when it has syntax errors."""
    from caqes_dsl.syntax.format import format_text
    from caqes_dsl.syntax.parser import parse

    fichier, diagnostics = parse(source)
    return (None, diagnostics) if has_errors(diagnostics) else (format_text(fichier), diagnostics)


def _compile(source: Source, loader: Loader, executer_exemples: bool, exercice: int | None = None) -> Compilation:
    from caqes_dsl.model.empreinte import empreintes
    from caqes_dsl.model.inherit import assemble, frame_missing, provenances
    from caqes_dsl.model.lower import lower
    from caqes_dsl.model.partial import sound_part
    from caqes_dsl.syntax.parser import parse

    fichier, diagnostics = parse(source)
    found = list(diagnostics)
    assembled = assemble(fichier, loader)
    if assembled is None:
        return Compilation(fichier, None, tuple(found))
    found += loader.diagnostics
    found += assembled.diagnostics
    missing = None if assembled.entete.abimee else frame_missing(assembled.entete)
    found += [missing] if missing else []
    parents_read = not assembled.absent and not has_errors(loader.diagnostics)
    parents_read = parents_read and not (assembled.entete.abimee and fichier.noms_perdus)
    if not parents_read:
        # Names of a parent that could not be read would all be reported as unknown: say the cause alone.
        return Compilation(fichier, None, tuple(found))
    lost = assembled.incomplet or any(f.noms_perdus for f in loader.files.values())
    politique, lowered = lower(assembled.entete, assembled.elements, assembled.sources, exercice)
    politique = replace(politique, provenances=provenances(assembled.elements), suppressions=assembled.suppressions)
    # A declaration whose name could not be read must not make its readers report it as unknown.
    found += [d for d in lowered if not (lost and d.code == "CAQ201")]
    if has_errors(found):
        whole = not any(d.genre in ("critère", "notation") and d.abimee for d in assembled.declarations)
        brouillon = sound_part(politique, complete=whole and not lost and _all_criteria(politique, assembled))
        found += _check_draft(brouillon, dated=not any(d.code == "CAQ105" for d in found))
        return Compilation(fichier, None, tuple(found), brouillon=brouillon)
    found += _check(politique)
    if has_errors(found):
        return Compilation(fichier, None, tuple(found), brouillon=politique)
    politique = empreintes(politique)
    if executer_exemples:
        from caqes_dsl.evaluation.verify import verify

        found += verify(politique)
    return Compilation(fichier, None if has_errors(found) else politique, tuple(found), loader.on_disk())


def _all_criteria(politique: Politique, assembled: Assemblage) -> bool:
    """Whether every critère declared was understood."""
    return len(politique.criteres) == sum(d.genre == "critère" for d in assembled.declarations)


def _check_draft(brouillon: Politique, *, dated: bool) -> list[Diagnostic]:
    """What can be said of the sound part of a refused policy, so that one run reports it too; nothing of its calendar
    when a date is impossible."""
    from caqes_dsl.evaluation.limits import none_of
    from caqes_dsl.model.checks import structure, tables

    if structure.check_circles(brouillon):
        return structure.check_circles(brouillon)
    found = [*tables.check_tables(brouillon), *(structure.check_calendar(brouillon) if dated else ())]
    return [*found, *none_of(brouillon)]


def _check(politique: Politique) -> list[Diagnostic]:
    """Every check; those that walk definitions only when none goes in a circle."""
    from caqes_dsl.model.checks import cohorte, conditions, plafonds, sens, sources, structure, tables, totaux

    found = structure.check_circles(politique)
    if has_errors(found):
        return found
    found += structure.check_targets(politique)
    found += tables.check_tables(politique)
    found += plafonds.check_caps(politique)
    found += sens.check_sens(politique)
    found += totaux.check_totaux(politique)
    found += structure.check_ranks(politique)
    found += structure.check_calendar(politique)
    found += cohorte.check_cohorte(politique)
    found += structure.check_unused(politique)
    found += sources.check_sources(politique)
    found += conditions.check_conditions(politique)
    found += conditions.check_levels(politique)
    found += conditions.check_examples(politique)
    return found
