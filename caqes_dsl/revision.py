"""`REVISION:chemin`: a policy as a revision of a git repository has it, and what is said when it cannot be read."""

from __future__ import annotations

import os
import posixpath
import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePath, PurePosixPath
from typing import TYPE_CHECKING

from caqes_dsl.base.diagnostics import Diagnostic, abridge
from caqes_dsl.base.source import Source
from caqes_dsl.base.suggestions import nearest, vouliez_vous
from caqes_dsl.loader import MAX_BYTES, Loader, decode, nearest_root

if TYPE_CHECKING:
    from caqes_dsl.depot import Depot, Entree, ErreurDepot

_DRIVE = re.compile(r"[A-Za-z]:" if sys.platform == "win32" else r"[A-Za-z]:[\\/]")


@dataclass(frozen=True, slots=True)
class Reference:
    """A path at a revision; the empty revision is the index, as git has it."""

    revision: str
    chemin: str

    def __str__(self) -> str:
        return f"{self.revision}:{self.chemin}"


def split_reference(texte: str) -> Reference | None:
    """The two parts of `REVISION:chemin`, cut at the first colon outside braces as git does; None without one.

    A Windows drive (`C:\\…`) is not a revision.
    """
    depth = 0
    for at, sign in enumerate("" if _DRIVE.match(texte) else texte):
        if sign == ":" and depth == 0:
            return Reference(texte[:at], texte[at + 1 :])
        depth = max(depth + (sign == "{") - (sign == "}"), 0)
    return None


def reference_of(texte: str) -> Reference | None:
    """The same for what may also be a file on disk: one that exists wins."""
    return None if os.path.lexists(texte) else split_reference(texte)


def open_revision(texte: str, depuis: Path, racine: Path | None) -> tuple[Source, Loader] | Diagnostic:
    """The text that a reference names and what reads its parents, at the same revision; or what is wrong."""
    from caqes_dsl.depot import Depot, ErreurDepot

    reference = split_reference(texte)
    if reference is None:
        return Diagnostic(
            "CAQ806",
            f"« {abridge(texte)} » ne dit pas de révision.",
            fichier=abridge(texte, 200),
            aide="Écrivez « REVISION:chemin », par exemple « HEAD~3:policies/normandie/2018.caqes ».",
        )
    depot: Depot | None = None
    try:
        depot = Depot(depuis)
        return _open(depot, reference, racine)
    except ErreurDepot as error:
        return _failed(error, reference, depot)


def _open(depot: Depot, reference: Reference, racine: Path | None) -> tuple[Source, Loader] | Diagnostic:
    place = _place(depot, reference)
    if isinstance(place, Diagnostic):
        return place
    root = nearest_root(place) if racine is None else _root(depot, racine)
    if root is None:
        return Diagnostic(
            "CAQ502",
            f"Le dossier « {racine} » n'est pas dans le dépôt où « {abridge(str(reference))} » est lu.",
            fichier=abridge(str(reference), 200),
            aide="Donnez à --racine un dossier du dépôt, ou retirez l'option.",
        )
    fichiers = Revision(depot, reference.revision, root)
    source = fichiers.open(place)
    if isinstance(source, Diagnostic):
        return source
    return source, Loader(fichiers, {source.nom: place})


def _place(depot: Depot, reference: Reference) -> PurePosixPath | Diagnostic:
    """The path from the root of the repository; `./x` and `../x` start from the current folder."""
    chemin = _slashed(reference.chemin)
    relative = chemin in (".", "..") or chemin.startswith(("./", "../"))
    joined = posixpath.normpath(depot.prefixe + chemin if relative else chemin or ".")
    if not _leaves(joined):
        return PurePosixPath(joined)
    return Diagnostic(
        "CAQ502",
        f"« {abridge(reference.chemin)} » sort du dépôt.",
        fichier=abridge(str(reference), 200),
        aide="Un chemin part de la racine du dépôt, sans « / » au début ; « ./ » le fait partir du dossier courant.",
    )


def _slashed(path: str) -> str:
    """A path as git writes it."""
    return path.replace("\\", "/") if sys.platform == "win32" else path


def _leaves(path: str) -> bool:
    return path.startswith(("/", "../")) or path == ".."


def _root(depot: Depot, racine: Path) -> PurePosixPath | None:
    """A folder of the disk as a path of the repository; None outside its working tree."""
    inside = racine.resolve()
    if depot.racine is None or not inside.is_relative_to(depot.racine.resolve()):
        return None
    return PurePosixPath(inside.relative_to(depot.racine.resolve()).as_posix())


class Revision:
    """The files of a revision, under a root (a `loader.Fichiers`). Links and submodules are not followed."""

    def __init__(self, depot: Depot, revision: str, root: PurePosixPath) -> None:
        self._depot = depot
        self._revision = revision
        self._root = root
        self._entrees = depot.files(revision)

    def locate(self, here: PurePath, written: str) -> PurePath | str:
        """The path, without « .. »."""
        joined = posixpath.normpath(posixpath.join(str(here.parent), _slashed(written)))
        place = PurePosixPath(joined)
        if _leaves(joined) or not place.is_relative_to(self._root):
            return "sort du dossier des politiques"
        found = _find(self._entrees, joined)
        if found is not None and found.sorte in ("lien", "module"):
            return "est un lien symbolique" if found.sorte == "lien" else "est dans un sous-module de git"
        return place

    def read(self, place: PurePath, shown: str) -> Source | Diagnostic:
        """The text of a parent."""
        from caqes_dsl.depot import ErreurDepot

        try:
            found = self.open(place)
        except ErreurDepot as error:
            return _failed(error, Reference(self._revision, str(place)), self._depot)
        if isinstance(found, Diagnostic) and found.code in ("CAQ806", "CAQ807"):
            return replace(found, code="CAQ501")
        return found

    def show(self, here: str, place: PurePath, written: str) -> str:
        """« HEAD~3:policies/national/2017.caqes »."""
        return str(Reference(self._revision, str(place)))

    def open(self, place: PurePath) -> Source | Diagnostic:
        """The text at a place. Errors: ErreurDepot."""
        reference = Reference(self._revision, str(place))
        found = _find(self._entrees, reference.chemin)
        if found is None:
            return _absent(reference, self._entrees)
        if found.sorte != "fichier":
            return _not_a_file(reference, found)
        return decode(self._depot.read(found.objet, MAX_BYTES + 1), str(reference))


def _find(entrees: Mapping[str, Entree], chemin: str) -> Entree | None:
    """What stands at a path, or the link or submodule that it goes through."""
    from caqes_dsl.depot import Entree

    for parent in reversed(PurePosixPath(chemin).parents):
        crossed = entrees.get(str(parent))
        if crossed is not None and crossed.sorte in ("lien", "module"):
            return crossed
    if chemin in entrees:
        return entrees[chemin]
    folder = "" if chemin == "." else f"{chemin}/"
    return Entree("dossier") if any(name.startswith(folder) for name in entrees) else None


# ---------------------------------------------------------------- what is said


def _where(revision: str) -> str:
    return f"à la révision « {abridge(revision)} »" if revision else "dans l'index de git"


def _absent(reference: Reference, entrees: Iterable[str]) -> Diagnostic:
    """CAQ806, with the nearest path there is, or one of the same name elsewhere."""
    known = sorted(name for name in entrees if name.endswith(".caqes"))
    last = posixpath.basename(reference.chemin)
    near = nearest(reference.chemin, known) or [n for n in known if posixpath.basename(n) == last]
    aide = "Un chemin part de la racine du dépôt ; « git log --stat » dit quand il y est entré ou a changé de nom."
    return Diagnostic(
        "CAQ806",
        f"Il n'y a pas de fichier « {abridge(reference.chemin, 200)} » {_where(reference.revision)}.",
        fichier=abridge(str(reference), 200),
        aide=f"Vouliez-vous dire « {Reference(reference.revision, near[0])} » ?" if near else aide,
    )


_NATURES = {
    "dossier": ("est un dossier", "Nommez une politique de ce dossier, un fichier « .caqes »."),
    "lien": ("est un lien symbolique, ou passe par un lien", "Nommez le fichier que le lien désigne."),
    "module": (
        "est dans un sous-module de git",
        "Placez-vous dans le sous-module, et nommez une révision de celui-ci.",
    ),
    "conflit": (
        "est en conflit : l'index en a plusieurs versions",
        "Terminez la fusion par « git add », ou nommez une révision, par exemple « HEAD:chemin ».",
    ),
}


def _not_a_file(reference: Reference, found: Entree) -> Diagnostic:
    what, remedy = _NATURES[found.sorte]
    shown = reference if reference.chemin != "." else f"{reference.revision}:"
    return Diagnostic("CAQ807", f"« {shown} » {what}.", fichier=abridge(str(reference), 200), aide=remedy)


def _failed(error: ErreurDepot, reference: Reference, depot: Depot | None) -> Diagnostic:
    """Why the repository gave nothing."""
    from caqes_dsl.depot import SECONDES

    shown = abridge(str(reference))
    if error.cas == "révision" and depot is not None:
        return _unknown(reference, depot)
    said: dict[str, tuple[str, str, str]] = {
        "programme": (
            "CAQ803",
            f"Lire « {shown} » demande le programme git, "
            + (f"qui ne démarre pas : {error.detail}." if error.detail else "qui n'est pas installé ici."),
            "Installez git, puis ouvrez un nouveau terminal ; ou donnez une copie du fichier tel qu'il était.",
        ),
        "dépôt": (
            "CAQ804",
            f"« {shown} » se lit dans un dépôt git, et ce dossier n'est dans aucun.",
            "Placez-vous dans le dépôt des politiques. Si c'est le chemin d'un fichier, il n'existe pas.",
        ),
        "refus": (
            "CAQ804",
            f"git refuse d'ouvrir ce dépôt : « {abridge(error.detail, 200)} ».",
            "Si vous savez d'où il vient, réglez « safe.directory » comme « git status » l'indique ici.",
        ),
        "index": (
            "CAQ805",
            f"Un dépôt sans dossier de travail n'a pas d'index : « {shown} » n'y désigne rien.",
            f"Nommez une révision, par exemple « HEAD{shown} ».",
        ),
        "délai": (
            "CAQ808",
            f"Le dépôt n'a pas répondu en {SECONDES} secondes.",
            "Recommencez ; si cela dure, vérifiez le disque, et le dépôt par « git fsck ».",
        ),
        "taille": (
            "CAQ808",
            f"Il y a trop de fichiers {_where(reference.revision)} pour les lire.",
            "Gardez les politiques dans un dépôt à part, ou donnez une copie du fichier tel qu'il était.",
        ),
    }
    code, message, aide = said.get(
        error.cas,
        (
            "CAQ808",
            f"git ne peut pas lire « {shown} » : « {abridge(error.detail, 200)} ».",
            "Vérifiez le dépôt par « git fsck ». Un clone partiel n'a pas tout : refaites-le sans « --filter ».",
        ),
    )
    return Diagnostic(code, message, fichier=abridge(str(reference), 200), aide=aide)


def _unknown(reference: Reference, depot: Depot) -> Diagnostic:
    """CAQ805, with the nearest branch or tag."""
    from caqes_dsl.depot import ErreurDepot

    revision = reference.revision
    base = re.split(r"[~^@]", revision, maxsplit=1)[0]
    try:
        cut, names = depot.superficiel, depot.names()
    except ErreurDepot:
        cut, names = False, []
    if base != revision and base in ("HEAD", *names):
        aide = f"« {base} » existe ; son histoire ne va pas jusqu'à « {abridge(revision)} »."
    else:
        aide = vouliez_vous(base, names)
    aide = aide or "« git log --oneline » donne les révisions, « git branch -a » et « git tag » les noms."
    if cut:
        aide += " Ce clone n'a pas toute l'histoire : « git fetch --unshallow » l'apporte."
    return Diagnostic(
        "CAQ805",
        f"« {abridge(revision)} » n'est pas une révision de ce dépôt, et aucun fichier n'a pour chemin "
        f"« {abridge(str(reference))} ».",
        fichier=abridge(str(reference), 200),
        aide=aide,
    )
