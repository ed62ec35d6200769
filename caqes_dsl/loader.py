"""Reads the policies that others name, each once, inside a root: on disk, or at a revision of a repository."""

from __future__ import annotations

from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Protocol, TypeVar

from caqes_dsl.base.diagnostics import Diagnostic
from caqes_dsl.base.source import Source

if TYPE_CHECKING:
    from caqes_dsl.syntax.tree import ClauseTexte, Fichier

MAX_BYTES = 1 << 20
"""Largest policy file, in bytes."""

MAX_FILES = 200
"""How many files a policy may start from."""

Place = TypeVar("Place", bound=PurePath)


class Fichiers(Protocol):
    """Where a policy and its parents are: places are paths that only it understands."""

    def locate(self, here: PurePath, written: str) -> PurePath | str:
        """The place that a clause of the file `here` names, or what keeps it from being read (« est un lien »)."""

    def read(self, place: PurePath, shown: str) -> Source | Diagnostic:
        """The text at a place."""

    def show(self, here: str, place: PurePath, written: str) -> str:
        """How messages name a place, that a file shown as `here` calls `written`."""


def nearest_root(path: Place) -> Place:
    """The nearest parent folder named `policies`, else the folder of the file."""
    return next((p for p in path.parents if p.name == "policies"), path.parent)


class Disque:
    """Files of the disk, under a root; links are not followed."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def locate(self, here: PurePath, written: str) -> PurePath | str:
        """The file, resolved."""
        target = Path(here.parent / written)
        try:
            resolved = target.resolve()
            inside = resolved.is_relative_to(self._root) and not Path(written).is_absolute()
            linked = any(p.is_symlink() for p in (target, *target.parents) if p.is_relative_to(self._root))
        except (OSError, ValueError, RuntimeError):
            inside, linked = False, False
        if inside and not linked:
            return resolved
        return "est un lien symbolique" if linked else "sort du dossier des politiques"

    def read(self, place: PurePath, shown: str) -> Source | Diagnostic:
        """The text of a file."""
        return read_source(Path(place), shown)

    def show(self, here: str, place: PurePath, written: str) -> str:
        """The path of a parent as its child's is shown: relative when the child's is."""
        import os.path

        return os.path.normpath(os.path.join(os.path.dirname(here), written))


class Loader:
    """What `reprend` and `respecte` read: a file of the same root for a clause, or why it cannot be had.

    `paths`: the place of each file, by the name it is shown under; `files`: those read.
    """

    def __init__(self, fichiers: Fichiers | None, paths: dict[str, PurePath]) -> None:
        self._fichiers = fichiers
        self.paths = paths
        self.files: dict[PurePath, Fichier] = {}
        self.diagnostics: list[Diagnostic] = []

    def __call__(self, fichier: Fichier, clause: ClauseTexte) -> Fichier | Diagnostic:
        """The file that a clause of another names, or why it cannot be had."""
        from caqes_dsl.syntax.parser import parse

        written = clause.texte.valeur
        here = self.paths.get(fichier.source.nom)
        if here is None or self._fichiers is None:
            return Diagnostic(
                "CAQ501", f"« {written} » ne peut pas être repris : cette politique n'est pas un fichier.", clause.span
            )
        place = self._fichiers.locate(here, written)
        if isinstance(place, str):
            return Diagnostic(
                "CAQ502",
                f"« {written} » {place}.",
                clause.span,
                aide="Nommez un fichier du dossier des politiques, par exemple « ../national/2017.caqes ».",
            )
        if place in self.files:
            return self.files[place]
        if len(self.files) >= MAX_FILES:
            return Diagnostic(
                "CAQ110",
                f"Cette politique part de plus de {MAX_FILES} fichiers.",
                clause.span,
                aide="Reprenez une politique plus récente, qui les réunit.",
            )
        source = self._fichiers.read(place, self._fichiers.show(fichier.source.nom, place, written))
        if isinstance(source, Diagnostic):
            return Diagnostic(source.code, source.message, clause.span, aide=source.aide)
        self.paths[source.nom] = place
        parsed, diagnostics = parse(source)
        self.diagnostics += diagnostics
        self.files[place] = parsed
        return parsed

    def on_disk(self) -> tuple[Path, ...]:
        """The files read from the disk."""
        return tuple(p for p in self.files if isinstance(p, Path))


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
    return decode(data, nom)


def decode(data: bytes, nom: str) -> Source | Diagnostic:
    """The text of a policy file's bytes, or why it is not one. At most one byte more than the limit is given."""
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
