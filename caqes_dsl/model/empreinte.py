"""Two hashes of a policy: of everything printed or computed, and of what decides results only.

Neither sees comments, layout, the order of independent declarations, or the splitting over files.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import date
from enum import Enum
from fractions import Fraction

from .nodes import Parametre, Politique

_NEVER = frozenset(
    {"span", "spans", "empreinte", "empreinte_sens", "reprend", "respecte", "provenances", "suppressions"}
)
_UNORDERED = frozenset(
    {
        "secteurs",
        "niveaux",
        "bornes",
        "rangs",
        "totaux",
        "variantes",
        "calendrier",
        "delais",
        "exemples",
        "proprietes",
        "avec",
        "attendu",
        "valeurs",
    }
)
_WORDS = frozenset(
    {
        "titre",
        "source",
        "sources",
        "cible_source",
        "article",
        "texte",
        "preuve",
        "guide",
        "echeance",
        "anciennement",
        "soit",
        "soit_pas",
        "totaux",
        "modifiable",
        "region",
        "adopte_le",
        "adopte_par",
        "exercice",
        "evaluee_en",
        "vigueur_du",
        "vigueur_au",
        "exemples",
        "proprietes",
        "calendrier",
        "delais",
        "sens",
        "duree_max",
    }
)
"""Fields that no result depends on."""


def empreintes(politique: Politique) -> Politique:
    """The policy with its two hashes."""
    everything = _digest(politique, frozenset())
    meaning = _digest(replace(politique, nom="", titre=""), _WORDS)
    return replace(politique, empreinte=everything, empreinte_sens=meaning)


def counted(kind: type) -> tuple[str, ...]:
    """The fields of a type that are printed or computed. Errors: TypeError for what is not a dataclass."""
    return tuple(f.name for f in fields(kind) if f.name not in _NEVER)


def canonical(value: object, field: str = "") -> str:
    """The text of a value as the empreinte reads it: the same for two values that are printed and computed alike.

    `field`: where it stands, for what has no order there.
    """
    return Ecriture(frozenset()).canonical(value, field)


def meaning(value: object, field: str = "") -> str:
    """The text of what results depend on in a value: the same for two values that give the same results."""
    return "" if field in _WORDS else Ecriture(_WORDS).canonical(value, field)


def _digest(politique: Politique, left_out: frozenset[str]) -> str:
    return hashlib.sha256(Ecriture(left_out).canonical(politique).encode()).hexdigest()


class Ecriture:
    """One text for one meaning: fields in the order of their type, what has no order sorted."""

    def __init__(self, left_out: frozenset[str]) -> None:
        self.left_out = left_out
        self._fields: dict[type, tuple[str, ...]] = {}

    def canonical(self, value: object, field: str = "") -> str:
        """The text of a value."""
        if isinstance(value, str):
            return repr(value)
        if isinstance(value, Fraction):
            return f"{value.numerator}/{value.denominator}"
        if isinstance(value, tuple):
            items = [self.canonical(v) for v in value]
            return "[" + ",".join(sorted(items) if field in _UNORDERED else items) + "]"
        if value is None or isinstance(value, int):
            return str(value)
        if isinstance(value, Enum):
            return value.name
        if isinstance(value, date):
            return value.isoformat()
        if isinstance(value, Mapping):
            return "{" + ",".join(f"{k}:{self.canonical(value[k])}" for k in sorted(value)) + "}"
        if isinstance(value, Parametre) and self.left_out:
            current = value.en_vigueur.valeur if value.en_vigueur else None
            return f"Parametre({value.nom},{value.genre.name},{self.canonical(current)})"
        kind = type(value)
        parts = [f"{name}={self.canonical(getattr(value, name), name)}" for name in self._names(kind)]
        return f"{kind.__name__}({','.join(parts)})"

    def _names(self, kind: type) -> tuple[str, ...]:
        """The fields of a type that count. Errors: TypeError for what is not a dataclass."""
        if kind not in self._fields:
            self._fields[kind] = tuple(n for n in counted(kind) if n not in self.left_out)
        return self._fields[kind]
