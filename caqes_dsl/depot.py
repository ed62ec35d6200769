"""Files of a git revision, read with the `git` program.

Only objects are read: no hook, filter, pager or external program that the repository's settings name is run, nothing is
fetched, nothing is written. Names come from listings, contents are asked by hash, and all of it within one delay.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Timer
from typing import Literal

SECONDES = 30
"""How long all the readings of a repository may take together."""

MAX_LISTE = 64 << 20
"""Largest list of files of a revision, in bytes: some hundreds of thousands of names."""

MAX_REVISION = 250
"""Longest revision, in characters."""

Cas = Literal["programme", "dépôt", "refus", "révision", "index", "délai", "taille", "lecture"]
"""No git; not in a repository; git refuses this one; no such revision; no index; too long; too big; another failure."""

_KEPT = (
    *("HOME", "USERPROFILE", "HOMEDRIVE", "HOMEPATH", "XDG_CONFIG_HOME", "SUDO_UID"),
    *("SYSTEMROOT", "SYSTEMDRIVE", "PATH", "PATHEXT", "TMPDIR", "TEMP", "TMP", "PROGRAMDATA", "LD_LIBRARY_PATH"),
)
"""What git is told of the surroundings: above all none of its own variables, by which it could be turned elsewhere."""

_CLOSED = {
    "LC_ALL": "C",
    "GIT_ALLOW_PROTOCOL": "aucun",  # a partial clone would fetch what it lacks
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",
}

_SETTINGS = ("--no-pager", "-c", "core.fsmonitor=false", "-c", f"core.hooksPath={os.devnull}")


class ErreurDepot(Exception):
    """Why a repository gives nothing."""

    def __init__(self, cas: Cas, detail: str = "") -> None:
        super().__init__(cas, detail)
        self.cas = cas
        self.detail = detail


Sorte = Literal["fichier", "lien", "module", "conflit", "dossier"]
_SORTES: dict[str, Sorte] = {"120000": "lien", "160000": "module"}


@dataclass(frozen=True, slots=True)
class Entree:
    """What stands at a path: a file, a symbolic link, a submodule, a file in conflict, a folder (that has no hash)."""

    sorte: Sorte
    objet: str = ""


class Depot:
    """The repository that a folder is in. Errors, of every method: ErreurDepot.

    `racine`: its working tree, None for a bare one; `prefixe`: the folder's path in it, « » or ending in « / ».
    """

    def __init__(self, dossier: Path) -> None:
        self._program = _program()
        self._end = time.monotonic() + SECONDES
        self._dossier = dossier
        code, said, wrong = self._run("rev-parse", "--is-inside-work-tree")
        if code:
            refused = "safe.directory" in wrong or "safe.bareRepository" in wrong
            raise ErreurDepot("refus" if refused else "dépôt", wrong.partition("\n")[0])
        inside = said == b"true\n"
        self.racine = Path(self._path("rev-parse", "--show-toplevel")) if inside else None
        self.prefixe = self._path("rev-parse", "--show-prefix") if inside else ""

    def files(self, revision: str) -> Mapping[str, Entree]:
        """Every file, link and submodule of a revision, by path; those of the index for the empty one."""
        if not revision:
            if self.racine is None:
                raise ErreurDepot("index")
            return _entries(self._whole("ls-files", "--stage", "-z", "--full-name", "--", ":/"), index=True)
        return _entries(self._whole("ls-tree", "-r", "-z", "--full-tree", self._tree(revision)), index=False)

    def _tree(self, revision: str) -> str:
        """The hash of the tree of a revision."""
        plain = len(revision) <= MAX_REVISION and revision.isprintable() and not revision.startswith(("-", "^", "("))
        if plain:
            code, said, _ = self._run("rev-parse", "--verify", "--quiet", f"{revision}^{{tree}}")
            found = said.decode("ascii", "replace").strip()
            if code == 0 and re.fullmatch(r"[0-9a-f]{40,64}", found):
                return found
        raise ErreurDepot("révision")

    def read(self, objet: str, limit: int) -> bytes:
        """At most `limit` bytes of a file, by its hash."""
        code, said, wrong = self._run("cat-file", "blob", objet, most=limit)
        if code and len(said) < limit:
            raise ErreurDepot("lecture", wrong.partition("\n")[0])
        return said

    def names(self) -> list[str]:
        """The branches and tags, in their order; empty when they cannot be had."""
        with suppress(ErreurDepot):
            code, said, _ = self._run("for-each-ref", "--format=%(refname:short)", most=1 << 20)
            return [] if code else said.decode("utf-8", "replace").splitlines()
        return []

    @property
    def superficiel(self) -> bool:
        """Whether the history was cut short when it was cloned."""
        return self._run("rev-parse", "--is-shallow-repository")[1] == b"true\n"

    def _path(self, *arguments: str) -> str:
        code, said, wrong = self._run(*arguments)
        if code:
            raise ErreurDepot("lecture", wrong.partition("\n")[0])
        return os.fsdecode(said.removesuffix(b"\n"))

    def _whole(self, *arguments: str) -> bytes:
        code, said, wrong = self._run(*arguments, most=MAX_LISTE)
        if len(said) >= MAX_LISTE:
            raise ErreurDepot("taille")
        if code:
            raise ErreurDepot("lecture", wrong.partition("\n")[0])
        return said

    def _run(self, *arguments: str, most: int = 1 << 16) -> tuple[int, bytes, str]:
        """Its exit code, at most so many bytes of what it answers, and what it complains of."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise ErreurDepot("délai")
        command = [self._program, *_SETTINGS, "-C", str(self._dossier), *arguments]
        with tempfile.TemporaryFile() as wrong:
            try:
                child = subprocess.Popen(
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=wrong,
                    env={**{k: os.environ[k] for k in _KEPT if k in os.environ}, **_CLOSED},
                    start_new_session=True,
                )
            except (OSError, ValueError) as error:
                raise ErreurDepot("programme", getattr(error, "strerror", "") or "") from error
            assert child.stdout is not None
            late = Timer(left, _stop, [child])
            late.start()
            try:
                said = child.stdout.read(most)
                if len(said) >= most:
                    _stop(child)
                code = child.wait()
            finally:
                late.cancel()
                if child.poll() is None:
                    _stop(child)
                child.stdout.close()
                child.wait()
            if time.monotonic() > self._end:
                raise ErreurDepot("délai")
            wrong.seek(0)
            return code, said, wrong.read(2000).decode("utf-8", "replace")


def _stop(child: subprocess.Popen[bytes]) -> None:
    """Stops git and what it may have started."""
    with suppress(OSError):
        if sys.platform == "win32":
            child.kill()
        else:
            os.killpg(child.pid, signal.SIGKILL)


def _program() -> str:
    """Where git is. Never in the folder the command is run in, that holds the policies and whatever came with them."""
    name = "git.exe" if sys.platform == "win32" else "git"
    for folder in os.environ.get("PATH", "").split(os.pathsep):
        path = Path(folder) / name
        if os.path.isabs(folder) and path.is_file() and os.access(path, os.X_OK):
            return str(path)
    raise ErreurDepot("programme")


def _entries(listed: bytes, *, index: bool) -> dict[str, Entree]:
    """The entries that git lists: « mode hash stage\\tpath » for the index, « mode type hash\\tpath » for a tree."""
    found: dict[str, Entree] = {}
    for line in listed.split(b"\0"):
        head, tab, name = line.partition(b"\t")
        if not tab:
            continue
        mode, second, third = head.decode("ascii").split()
        sorte = _SORTES.get(mode, "fichier")
        if index and third != "0":
            sorte = "conflit"
        found[os.fsdecode(name)] = Entree(sorte, second if index else third)
    return found
