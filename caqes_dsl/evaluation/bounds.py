"""Worst and best score while criteria are undetermined: never too narrow, and whether both are reached."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

Part = Fraction | None
"""What a criterion gives: a share of its points, or None when it is neutral."""


@dataclass(frozen=True, slots=True)
class Incertain:
    """An undetermined criterion: its weight, the least and most of it that can be obtained, whether it may be
    neutral, what is missing, and what a completion of it has been seen to give. `part_min` and `part_max` are None
    when it can only be neutral."""

    poids: Fraction
    part_min: Fraction | None
    part_max: Fraction | None
    peut_etre_neutre: bool
    manquants: frozenset[str]
    atteints: frozenset[Part] = frozenset()


@dataclass(frozen=True, slots=True)
class Bornes:
    """Least and greatest ratio. `atteintes`: completions seen give both, when taken together they are possible."""

    bas: Fraction
    haut: Fraction
    atteintes: bool


def score_bounds(points: Fraction, applicables: Fraction, incertains: Sequence[Incertain]) -> Bornes | None:
    """Least and greatest ratio of what is known and of what is not; None when nothing can be applicable."""
    low, high = (_extreme(points, applicables, incertains, lowest=lowest) for lowest in (True, False))
    return None if low is None or high is None else Bornes(low[0], high[0], low[1] and high[1])


def _extreme(
    points: Fraction, applicables: Fraction, incertains: Sequence[Incertain], *, lowest: bool
) -> tuple[Fraction, bool] | None:
    """What must count counts; what may be neutral counts only where that moves the ratio on, the furthest first."""
    reached, free = True, []
    for one in incertains:
        part = one.part_min if lowest else one.part_max
        if part is None:
            reached = reached and None in one.atteints
        elif one.peut_etre_neutre:
            free.append((part, one))
        else:
            points, applicables = points + one.poids * part, applicables + one.poids
            reached = reached and part in one.atteints
    for part, one in sorted(free, key=lambda pair: pair[0], reverse=not lowest):
        moves = applicables == 0 or (part < points / applicables if lowest else part > points / applicables)
        if moves:
            points, applicables = points + one.poids * part, applicables + one.poids
        reached = reached and (part if moves else None) in one.atteints
    return (points / applicables, reached) if applicables else None


def are_independent(incertains: Sequence[Incertain], lies: Sequence[frozenset[str]]) -> bool:
    """Whether each missing fact feeds one criterion; facts of a same set of `lies` bound one another."""
    seen: set[str] = set()
    for incertain in incertains:
        own = set(incertain.manquants)
        for group in lies:
            if group & incertain.manquants:
                own |= group
        if own & seen:
            return False
        seen |= own
    return True
