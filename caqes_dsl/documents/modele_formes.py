"""The shapes of a view: what a template may name, and what each name gives. Read from the view's dataclasses."""

from __future__ import annotations

import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from typing import Any


@dataclass(frozen=True, slots=True)
class Texte:
    """A text."""


@dataclass(frozen=True, slots=True)
class OuiNon:
    """True or false."""


@dataclass(frozen=True, slots=True)
class Liste:
    """A list of things of one shape (None: of an unknown one)."""

    de: Forme | None


@dataclass(frozen=True, slots=True)
class Fiche:
    """A thing with named parts: one of the view's dataclasses."""

    classe: type

    @property
    def champs(self) -> Mapping[str, Forme]:
        """Its parts."""
        return _fields(self.classe)


Forme = Texte | OuiNon | Liste | Fiche


@cache
def _fields(classe: type) -> Mapping[str, Forme]:
    hints = typing.get_type_hints(classe)
    return types.MappingProxyType({f.name: _shape(hints[f.name]) for f in fields(classe)})


def _shape(hint: Any) -> Forme:
    if hint is str:
        return Texte()
    if hint is bool:
        return OuiNon()
    if is_dataclass(hint) and isinstance(hint, type):
        return Fiche(hint)
    if typing.get_origin(hint) is tuple:
        inside, *more = typing.get_args(hint)
        assert more == [Ellipsis], hint
        return Liste(_shape(inside))
    raise TypeError(hint)


def sample(forme: Forme, *, full: bool = True, name: str = "") -> Any:
    """A thing of this shape, for trying a template. `full`: nothing is empty; otherwise no list inside a list has
    anything, texts but titles are empty, and nothing is true. Numbers of notes are all « 1 », and there is one
    source: what refers to another finds it."""
    if isinstance(forme, Fiche):
        return {key: sample(of, full=full, name=key) for key, of in forme.champs.items()}
    if isinstance(forme, OuiNon):
        return full
    if isinstance(forme, Texte):
        return "1" if name == "numero" else name if full or name in ("ancre", "titre") else ""
    if forme.de is None:
        return []
    kept = 1 if name == "sources" else 2 if full or (isinstance(forme.de, Fiche) and _nested(forme.de)) else 0
    return [sample(forme.de, full=full, name=name) for _ in range(kept)]


def _nested(fiche: Fiche) -> bool:
    """Whether it holds lists of things with parts, other than notes."""
    return any(isinstance(f, Liste) and name != "notes" for name, f in fiche.champs.items())
