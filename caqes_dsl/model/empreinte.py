"""Two hashes of a policy: of everything printed or computed, and of what decides results only.

Neither sees comments, layout, the order of independent declarations, or the splitting over files.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
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
    }
)
"""Fields that no result depends on."""


def empreintes(politique: Politique) -> Politique:
    """The policy with its two hashes."""
    everything = _digest(politique, frozenset())
    meaning = _digest(replace(politique, nom="", titre=""), _WORDS)
    return replace(politique, empreinte=everything, empreinte_sens=meaning)


def _digest(politique: Politique, left_out: frozenset[str]) -> str:
    return hashlib.sha256(_canonical(politique, left_out).encode()).hexdigest()


def _canonical(value: object, left_out: frozenset[str], field: str = "") -> str:
    """One text for one meaning: fields in the order of their type, what has no order sorted."""
    if isinstance(value, Parametre) and left_out:
        current = value.en_vigueur.valeur if value.en_vigueur else None
        return f"Parametre({value.nom},{value.genre.name},{_canonical(current, left_out)})"
    if is_dataclass(value) and not isinstance(value, type):
        parts = [
            f"{f.name}={_canonical(getattr(value, f.name), left_out, f.name)}"
            for f in fields(value)
            if f.name not in _NEVER and f.name not in left_out
        ]
        return f"{type(value).__name__}({','.join(parts)})"
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{k}:{_canonical(value[k], left_out)}" for k in sorted(value)) + "}"
    if isinstance(value, tuple):
        items = [_canonical(v, left_out) for v in value]
        return "[" + ",".join(sorted(items) if field in _UNORDERED else items) + "]"
    if isinstance(value, Fraction):
        return f"{value.numerator}/{value.denominator}"
    if isinstance(value, Enum):
        return value.name
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool) or value is None or isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return repr(value)
    raise TypeError(type(value).__name__)
