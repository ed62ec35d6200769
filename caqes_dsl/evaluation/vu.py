"""A value seen, or what is missing to see it; comparisons of values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from caqes_dsl.base.quantities import Valeur

Imposes = Mapping[tuple[str, str, int], Valeur]
"""Quantities an exemple fixes: (kind, name, exercises back) -> value."""


@dataclass(frozen=True, slots=True)
class Vu:
    """A value, or None and what is missing."""

    valeur: Valeur | None
    manquants: frozenset[str] = frozenset()


COMPARE: dict[str, Callable[[object, object], bool]] = {
    "=": lambda a, b: a == b,
    "≠": lambda a, b: a != b,
    "<": lambda a, b: a < b,  # type: ignore[operator]  # both numbers or both dates: settled by the types
    "≤": lambda a, b: a <= b,  # type: ignore[operator]  # idem
    ">": lambda a, b: a > b,  # type: ignore[operator]  # idem
    "≥": lambda a, b: a >= b,  # type: ignore[operator]  # idem
}
