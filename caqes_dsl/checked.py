"""Policies already checked, kept in the user's cache folder so that the next command answers at once.

An entry is found by the bytes of the policy, the question asked (root, exercise) and our own code; it holds the digest
of every file that the policy starts from and is used only while none has changed. It is written whole or not at all,
may be deleted at any time, and a damaged one is made anew. Reading one builds plain values of ours and nothing else.
"""

from __future__ import annotations

import hashlib
import importlib
import io
import pickle
import sys
from contextlib import suppress
from dataclasses import is_dataclass
from enum import Enum
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from caqes_dsl.resources import cache_folder, folder, read_bytes, write_cached

if TYPE_CHECKING:
    from caqes_dsl.pipeline import Compilation

_MAX_POLICY, _MAX_ENTRY = 1 << 20, 64 << 20
_OURS = ("caqes_dsl.model.nodes", "caqes_dsl.base.quantities", "caqes_dsl.base.source", "caqes_dsl.base.diagnostics")
_OTHERS = {("fractions", "Fraction"), ("datetime", "date")}


class _Reader(pickle.Unpickler):
    """Builds the frozen types of ours, fractions and dates; refuses any other name."""

    def find_class(self, module_name: str, global_name: str, /) -> Any:
        """The class of this name, when it is one of those."""
        if (module_name, global_name) in _OTHERS or module_name in _OURS:
            found = getattr(importlib.import_module(module_name), global_name)
            ours = isinstance(found, type) and (is_dataclass(found) or issubclass(found, Enum))
            if ours or module_name not in _OURS:
                return found
        raise pickle.UnpicklingError(f"{module_name}.{global_name}")


class _Writer(pickle.Pickler):
    """Writes a member of an enumeration by its value, as every Python does but 3.11.0 to 3.11.3 (`getattr`)."""

    def reducer_override(self, value: Any, /) -> Any:
        """The class and the value of an enumeration's member; the usual way for the rest."""
        return (type(value), (value.value,)) if isinstance(value, Enum) else NotImplemented


def _dumps(value: object) -> bytes:
    stream = io.BytesIO()
    _Writer(stream, protocol=5).dump(value)
    return stream.getvalue()


@cache
def _code() -> str:
    """A digest of our own code and of the grammar, by size and date, and of the Python that runs it."""
    here = Path(__file__).resolve().parent
    digest = hashlib.sha256(sys.version.encode())
    for root, pattern in ((here, "**/*.py"), (folder("grammar"), "*.lark")):
        for path in sorted(root.glob(pattern)):
            state = path.stat()
            digest.update(f"{path}\0{state.st_size}\0{state.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def _place(path: Path, racine: Path | None, exercice: int | None, data: bytes) -> Path:
    question = f"{_code()}\0{path}\0{path.resolve()}\0{racine}\0{exercice}\0".encode()
    return cache_folder() / f"politique-{hashlib.sha256(question + data).hexdigest()[:32]}.bin"


def compile_checked(path: Path, *, racine: Path | None = None, exercice: int | None = None) -> Compilation:
    """What `pipeline.compile_path` gives, its tree left out; from the cache when nothing it depends on has changed."""
    from caqes_dsl.pipeline import Compilation, compile_path

    place: Path | None = None
    with suppress(Exception):  # any fault of the cache, whatever its kind, means compiling anew
        place = _place(path, racine, exercice, read_bytes(path, _MAX_POLICY + 1))
        stored = read_bytes(place, _MAX_ENTRY)
        digest, body = stored[:32], stored[32:]
        if digest == hashlib.sha256(body).digest():
            parents, politique, diagnostics = _Reader(io.BytesIO(body)).load()
            if all(_same(Path(p), size) for p, size in parents):
                return Compilation(None, politique, diagnostics)
    compiled = compile_path(path, racine=racine, exercice=exercice)
    if place is not None and compiled.politique is not None:
        with suppress(Exception):  # a cache that cannot be written costs time, nothing else
            parents = [(str(p), hashlib.sha256(read_bytes(p, _MAX_POLICY)).hexdigest()) for p in compiled.parents]
            body = _dumps((parents, compiled.politique, compiled.diagnostics))
            write_cached(place.name, hashlib.sha256(body).digest() + body)
    return Compilation(None, compiled.politique, compiled.diagnostics, compiled.parents, compiled.brouillon)


def _same(path: Path, digest: str) -> bool:
    """Whether a parent is still the same file with the same bytes, reached without a link."""
    if path.resolve() != path:
        return False
    return hashlib.sha256(read_bytes(path, _MAX_POLICY)).hexdigest() == digest
