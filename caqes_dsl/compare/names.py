"""A policy with some of its declarations under other names, everywhere they are read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any

from caqes_dsl.base.source import Span
from caqes_dsl.model.nodes import Cle, Notation, Politique, Rang

_WORDS = frozenset(
    {
        *("titre", "source", "cible_source", "article", "texte", "preuve", "guide", "anciennement", "motif", "clause"),
        *("region", "adopte_par", "reprend", "respecte", "empreinte", "empreinte_sens", "choix", "genre"),
        *("mode", "sens", "op", "forme", "nature", "fonction", "unite", "sorte", "sources", "spans", "span"),
        *("suppressions",),
    }
)
"""Fields that hold no name of a declaration."""

_NAME = re.compile(r"\w+")


def renamed(politique: Politique, noms: Mapping[str, str]) -> Politique:
    """The policy with these declarations renamed, all at once. `noms`: former name -> new name."""
    if not noms:
        return politique
    walker = _Renommeur(noms)
    changed = {
        f.name: walker.of(getattr(politique, f.name))
        for f in fields(Politique)
        if f.name != "nom" and f.name not in _WORDS
    }
    return replace(politique, **changed)


def renamed_value(value: Any, noms: Mapping[str, str]) -> Any:
    """A part of a policy with these names replaced."""
    return _Renommeur(noms).of(value) if noms else value


class _Renommeur:
    """Values equal to what they were are the same objects."""

    def __init__(self, noms: Mapping[str, str]) -> None:
        self.noms = noms

    def of(self, value: Any) -> Any:
        """The value with the names replaced."""
        match value:
            case str():
                return self.noms.get(value, value)
            case tuple():
                items = tuple(self.of(v) for v in value)
                return items if any(a is not b for a, b in zip(items, value, strict=True)) else value
            case Mapping():
                return {self.noms.get(k, k): self.of(v) for k, v in value.items()}
            case Span():
                return value
            case Cle():
                return self._cle(value)
        if not is_dataclass(value) or isinstance(value, type):
            return value
        found = {f.name: self.of(getattr(value, f.name)) for f in fields(value) if f.name not in _WORDS}
        if isinstance(value, Rang):
            found["texte"] = _NAME.sub(lambda m: self.noms.get(m[0], m[0]), value.texte)
        if isinstance(value, Notation):
            found.pop("sources", None)
        changed = {name: new for name, new in found.items() if new is not getattr(value, name)}
        return replace(value, **changed) if changed else value

    def _cle(self, cle: Cle) -> Cle:
        if cle.sorte == "décompte":
            return replace(cle, nom=" ".join(self.noms.get(n, n) for n in cle.nom.split(" ")))
        return replace(cle, nom=self.noms.get(cle.nom, cle.nom))
