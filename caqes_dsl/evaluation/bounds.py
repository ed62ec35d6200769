"""Worst and best score while criteria are undetermined: never too narrow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Incertain:
    """An undetermined criterion: its weight, the least and most of it that can be obtained, whether it may be
    neutral, and what is missing."""

    poids: Fraction
    part_min: Fraction
    part_max: Fraction
    peut_etre_neutre: bool
    manquants: tuple[str, ...]


def score_bounds(
    points: Fraction, applicables: Fraction, incertains: Sequence[Incertain]
) -> tuple[Fraction, Fraction] | None:
    """Least and greatest ratio; None when nothing may be applicable at all."""
    low = _extreme(points, applicables, [(i.poids, i.part_min, i.peut_etre_neutre) for i in incertains], lowest=True)
    high = _extreme(points, applicables, [(i.poids, i.part_max, i.peut_etre_neutre) for i in incertains], lowest=False)
    return None if low is None or high is None else (low, high)


def _extreme(
    points: Fraction, applicables: Fraction, items: list[tuple[Fraction, Fraction, bool]], *, lowest: bool
) -> Fraction | None:
    """Extreme ratio: what must count counts; what may be neutral counts only where that moves the ratio on."""
    for poids, part, optional in items:
        if not optional:
            points, applicables = points + poids * part, applicables + poids
    free = sorted(((part, poids) for poids, part, optional in items if optional), reverse=not lowest)
    for part, poids in free:
        if applicables == 0 or (part < points / applicables if lowest else part > points / applicables):
            points, applicables = points + poids * part, applicables + poids
    return points / applicables if applicables else None


def is_exact(incertains: Sequence[Incertain]) -> bool:
    """Whether each missing fact feeds one criterion, so that the bounds are reached."""
    seen: set[str] = set()
    for incertain in incertains:
        for nom in set(incertain.manquants):
            if nom in seen:
                return False
            seen.add(nom)
    return True
