"""Where the project's own files are, in a checkout or in the wheel, and the few ways the disk is touched.

A file is read whole under a limit, and written whole or not at all.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from contextlib import suppress
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Literal

Dossier = Literal["grammar", "templates", "policies"]

_HERE = Path(__file__).resolve().parent


@cache
def folder(nom: Dossier) -> Path:
    """The folder of this name: inside the installed package (`_donnees`), else beside it in the checkout."""
    packed = _HERE / "_donnees" / nom
    return packed if packed.is_dir() else _HERE.parent / nom


def read_bytes(path: Path, limit: int) -> bytes:
    """At most `limit` bytes of a regular file. Errors: OSError, also for what is not a file (a pipe, a device)."""
    if path.is_dir():
        raise IsADirectoryError(21, "c'est un dossier", str(path))
    if path.exists() and not path.is_file():
        raise OSError(22, "ce n'est pas un fichier ordinaire", str(path))
    with path.open("rb") as file:
        return file.read(limit)


def list_folder(path: Path, endings: tuple[str, ...], most: int) -> tuple[list[Path], str]:
    """The files of a folder with these endings, by name, without those that begin with « . » or « ~ » (open ones); and
    why there are none, in French, when there are too many or the folder cannot be read. Links are not followed."""
    try:
        found = sorted(
            p
            for p in path.iterdir()
            if p.suffix.lower() in endings and not p.name.startswith((".", "~")) and p.is_file() and not p.is_symlink()
        )
    except OSError:
        return [], "Le dossier ne peut pas être lu."
    if len(found) > most:
        return [], f"Le dossier a {len(found)} fichiers ; la limite est de {most}."
    return found, ""


def files_under(dossier: Path) -> list[Path]:
    """What a folder and those inside it hold, in a fixed order."""
    return sorted(dossier.rglob("*"))


def write_whole(path: Path, data: bytes) -> None:
    """Writes a file whole or not at all: a temporary file in the same folder, synced, then renamed.

    The folder is made when absent. An existing file keeps its permissions. Errors: OSError.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    target = path.resolve() if path.is_symlink() else path
    mode = target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~_umask()
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".tmp", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, mode)
        os.replace(name, target)
    except BaseException:
        with suppress(OSError):
            os.unlink(name)
        raise
    _sync_folder(target.parent)


def write_new(path: Path, data: bytes) -> None:
    """The same for a file that must not exist yet. Errors: FileExistsError when it does, even since; OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".tmp", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, 0o666 & ~_umask())
        try:
            os.link(name, path)  # unlike a rename, it never replaces
        except FileExistsError:
            raise
        except OSError:  # a disk without links
            if path.exists() or path.is_symlink():
                raise FileExistsError(17, "existe déjà", str(path)) from None
            os.replace(name, path)
    finally:
        with suppress(OSError):
            os.unlink(name)
    _sync_folder(path.parent)


class Lot:
    """Files put in a folder together: written aside as they come, then each put in its place.

    Until `publish`, what was in the folder has not changed; whatever happens, each file there is whole. What was
    written aside is removed at the end. Errors: OSError; ValueError, for a name that would leave the folder.
    """

    def __init__(self, dossier: Path) -> None:
        self._dossier = dossier
        self._noms: list[str] = []
        self._aside: Path | None = None

    def __enter__(self) -> Lot:
        self._dossier.mkdir(parents=True, exist_ok=True)
        self._aside = Path(tempfile.mkdtemp(prefix=".caqes-", suffix=".tmp", dir=self._dossier))
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._aside is not None:
            shutil.rmtree(self._aside, ignore_errors=True)
        if not self._noms:
            with suppress(OSError):
                self._dossier.rmdir()  # made for nothing; one that holds something stays

    def add(self, nom: str, data: bytes) -> None:
        """Writes a file aside; `nom` is its path in the folder."""
        assert self._aside is not None
        if re.fullmatch(r"(?:[\w-]+/)*[\w-]+\.\w+", nom, re.ASCII) is None or nom in self._noms:
            raise ValueError(f"« {nom} » ne peut pas être le nom d'un fichier de ce dossier.")
        with (self._aside / str(len(self._noms))).open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        self._noms.append(nom)

    def publish(self) -> None:
        """Puts every file in its place, in the order they came."""
        assert self._aside is not None
        targets = [self._dossier / nom for nom in self._noms]
        for target in targets:
            target.parent.mkdir(parents=True, exist_ok=True)
            if target.is_dir() and not target.is_symlink():
                raise IsADirectoryError(21, "c'est un dossier", str(target))
        for number, target in enumerate(targets):
            os.replace(self._aside / str(number), target)
        for parent in dict.fromkeys(t.parent for t in targets):
            _sync_folder(parent)


def _umask() -> int:
    current = os.umask(0o022)
    os.umask(current)
    return current


def _sync_folder(parent: Path) -> None:
    """The rename itself on disk; some systems cannot sync a folder, and need not."""
    with suppress(OSError):
        handle = os.open(parent, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def cache_folder() -> Path:
    """The user's own cache folder for this project (`CAQES_CACHE`, else the system's usual place); may not exist."""
    given = os.environ.get("CAQES_CACHE")
    if given:
        return Path(given)
    if os.name == "nt":
        base = os.environ.get("LOCALAPPDATA")
        return Path(base) / "caqes" / "cache" if base else Path.home() / "AppData" / "Local" / "caqes" / "cache"
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "caqes"


def write_cached(nom: str, data: bytes, *, kept: int = 256) -> None:
    """Writes an entry of the cache, in a folder that only its user reads; beyond `kept` entries the oldest go.

    Errors: OSError.
    """
    root = cache_folder()
    root.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_whole(root / nom, data)
    family = nom.partition("-")[0]
    entries = sorted(root.glob(f"{family}-*"), key=lambda p: p.stat().st_mtime_ns)
    for old in entries[: max(len(entries) - kept, 0)]:
        old.unlink(missing_ok=True)
