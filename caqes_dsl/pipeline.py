"""The only place where stages are chained: text to `Compilation`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from caqes_dsl.base.diagnostics import Diagnostic, has_errors
from caqes_dsl.base.source import Source

if TYPE_CHECKING:
    from caqes_dsl.model.assembly import Assemblage
    from caqes_dsl.model.nodes import Politique
    from caqes_dsl.syntax.tree import ClauseTexte, Fichier

MAX_BYTES = 1 << 20
"""Largest policy file, in bytes."""

MAX_FILES = 200
"""How many files a policy may start from."""


@dataclass(frozen=True, slots=True)
class Compilation:
    """What a policy file gave: the policy unless a mistake refuses it, and every diagnostic.

    `parents` are the files, resolved, of the policies that it starts from. `brouillon` is what was understood of a
    refused policy: no result is drawn from it.
    """

    fichier: Fichier | None
    politique: Politique | None
    diagnostics: tuple[Diagnostic, ...]
    parents: tuple[Path, ...] = ()
    brouillon: Politique | None = None


def read_source(path: Path, shown: str | None = None) -> Source | Diagnostic:
    """Text of a policy file, or why it cannot be read. UTF-8 only."""
    from caqes_dsl.resources import read_bytes

    nom = shown or str(path)
    try:
        data = read_bytes(path, MAX_BYTES + 1)
    except OSError as error:
        return Diagnostic(
            "CAQ501",
            f"« {nom} » ne peut pas être lu : {_reason(error)}.",
            fichier=nom,
            aide="Vérifiez le chemin et les droits du fichier.",
        )
    if len(data) > MAX_BYTES:
        return Diagnostic("CAQ110", f"« {nom} » dépasse 1 Mio.", fichier=nom, aide="Répartissez la politique.")
    try:
        return Source.from_text(nom, data.decode("utf-8"))
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        return Diagnostic(
            "CAQ104",
            f"« {nom} » n'est pas en UTF-8 (ligne {line}).",
            fichier=nom,
            aide="Enregistrez le fichier en UTF-8 depuis votre éditeur.",
        )


def _reason(error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return "il n'existe pas"
    if isinstance(error, IsADirectoryError):
        return "c'est un dossier"
    if isinstance(error, PermissionError):
        return "l'accès est refusé"
    return error.strerror or "erreur de lecture"


def policies_root(path: Path) -> Path:
    """The nearest parent folder named `policies`, else the folder of the file."""
    resolved = path.resolve()
    return next((p for p in resolved.parents if p.name == "policies"), resolved.parent)


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


def compile_text_at(path: Path, texte: str, *, racine: Path | None = None) -> Compilation:
    """Compiles a text as if it stood in this file: its parents are found from there."""
    source = Source.from_text(str(path), texte)
    return _compile(source, _loader_at(path, source, racine), executer_exemples=True)


def _loader_at(path: Path, source: Source, racine: Path | None) -> _Loader:
    root = (racine or policies_root(path)).resolve()
    return _Loader(root, {source.nom: path.resolve()})


def compile_text(texte: str, nom: str = "politique.caqes", *, executer_exemples: bool = True) -> Compilation:
    """Compiles a text that starts from no other file."""
    return _compile(Source.from_text(nom, texte), _Loader(None, {}), executer_exemples)


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


class _Loader:
    """Reads the policies that others name, inside a root, each once."""

    def __init__(self, root: Path | None, paths: dict[str, Path]) -> None:
        self.root = root
        self.paths = paths
        self.files: dict[Path, Fichier] = {}
        self.diagnostics: list[Diagnostic] = []

    def __call__(self, fichier: Fichier, clause: ClauseTexte) -> Fichier | Diagnostic:
        from caqes_dsl.syntax.parser import parse

        written = clause.texte.valeur
        here = self.paths.get(fichier.source.nom)
        if here is None or self.root is None:
            return Diagnostic(
                "CAQ501", f"« {written} » ne peut pas être repris : cette politique n'est pas un fichier.", clause.span
            )
        target = here.parent / written
        outside = self._outside(target, written, clause)
        if outside is not None:
            return outside
        resolved = target.resolve()
        if resolved in self.files:
            return self.files[resolved]
        shown = _shown(here, fichier.source.nom, written)
        if len(self.files) >= MAX_FILES:
            return Diagnostic(
                "CAQ110",
                f"Cette politique part de plus de {MAX_FILES} fichiers.",
                clause.span,
                aide="Reprenez une politique plus récente, qui les réunit.",
            )
        source = read_source(resolved, shown)
        if isinstance(source, Diagnostic):
            return Diagnostic(source.code, source.message, clause.span, aide=source.aide)
        self.paths[source.nom] = resolved
        parsed, diagnostics = parse(source)
        self.diagnostics += diagnostics
        self.files[resolved] = parsed
        return parsed

    def _outside(self, target: Path, written: str, clause: ClauseTexte) -> Diagnostic | None:
        assert self.root is not None
        try:
            resolved = target.resolve()
            inside = resolved.is_relative_to(self.root) and not Path(written).is_absolute()
            linked = any(p.is_symlink() for p in (target, *target.parents) if p.is_relative_to(self.root))
        except (OSError, ValueError, RuntimeError):
            inside, linked = False, False
        if inside and not linked:
            return None
        why = "est un lien symbolique" if linked else "sort du dossier des politiques"
        return Diagnostic(
            "CAQ502",
            f"« {written} » {why}.",
            clause.span,
            aide="Nommez un fichier du dossier des politiques, par exemple « ../national/2017.caqes ».",
        )


def _shown(here: Path, shown: str, written: str) -> str:
    """The path of a parent as its child's is shown: relative when the child's is."""
    import os.path

    return os.path.normpath(os.path.join(os.path.dirname(shown), written))


def _compile(source: Source, loader: _Loader, executer_exemples: bool, exercice: int | None = None) -> Compilation:
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
    return Compilation(fichier, None if has_errors(found) else politique, tuple(found), tuple(loader.files))


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
