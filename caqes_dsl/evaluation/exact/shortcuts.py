"""Lines that depend on two small whole numbers alone, computed once for every pair instead of once a row.

A score is a quotient of points by what they are out of: some hundreds of values each. All that follows from it (its
rounding, its distance to the target, its row in a scale) is a table with one entry for each pair.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .lines import CONNU, Programme

LARGEST = 1 << 18
"""Most pairs of a table: it stays near the processor."""

_STATES = 3
"""States other than known, each with an entry of its own."""


@dataclass(slots=True)
class Raccourci:
    """What depends on the lines `racines` alone: its lines in order, and those of them that others read."""

    racines: tuple[int, int]
    tailles: tuple[int, int]
    lignes: tuple[int, ...]
    sorties: tuple[int, ...]
    table: dict[int, Any] = field(default_factory=dict)

    @property
    def taille(self) -> int:
        """Entries of its table."""
        return self.tailles[0] * self.tailles[1]

    def inputs(self, colonne: Callable[..., Any]) -> dict[int, Any]:
        """The two roots as columns, with every value and every state that they may have."""
        found = {}
        for place, (root, size) in enumerate(zip(self.racines, self.tailles, strict=True)):
            values = np.arange(size, dtype=np.int64)
            known = size - _STATES
            etat = np.where(values < known, CONNU, values - known + 1).astype(np.uint8)
            numbers = np.where(values < known, values, 0)
            if place:
                numbers, etat = np.tile(numbers, self.tailles[0]), np.tile(etat, self.tailles[0])
            else:
                numbers, etat = np.repeat(numbers, self.tailles[1]), np.repeat(etat, self.tailles[1])
            found[root] = colonne(numbers, etat)
        return found

    def ranks(self, seen: Mapping[int, Any]) -> Any:
        """The entry of each row."""
        first, second = (self._rank(seen[root], size) for root, size in zip(self.racines, self.tailles, strict=True))
        return first * np.int32(self.tailles[1]) + second

    def _rank(self, column: Any, size: int) -> Any:
        number = column.nombre.astype(np.int32)
        if column.etat is None:
            return number
        return np.where(column.etat == CONNU, number, np.int32(size - _STATES - 1) + column.etat)


def shortcuts(programme: Programme, needed: Sequence[int], wanted: Iterable[int]) -> list[Raccourci]:
    """The tables worth making for some lines: one for each quotient of two small numbers, never over one another."""
    users: dict[int, set[int]] = {}
    for line in needed:
        for arg in programme.lignes[line].args:
            users.setdefault(arg, set()).add(line)
    asked, taken, found = set(wanted), set[int](), list[Raccourci]()
    positive = _positive(programme, needed)
    for line in needed:
        ligne = programme.lignes[line]
        if ligne.op != "quotient" or line in taken:
            continue
        above, below = ligne.args
        sizes = [programme.lignes[a].borne + 1 + _STATES for a in ligne.args]
        small = sizes[0] * sizes[1] <= LARGEST and not any(programme.lignes[a].divise for a in ligne.args)
        if above == below or not small or not positive.issuperset(ligne.args):
            continue
        inside = _inside(programme, needed, {above, below}, taken)
        outside = [i for i in inside if i in asked or users.get(i, set()) - inside.keys()]
        if len(inside) > len(outside):
            found.append(Raccourci((above, below), (sizes[0], sizes[1]), tuple(inside), tuple(outside)))
            taken |= inside.keys()
    return found


def _inside(programme: Programme, needed: Sequence[int], roots: set[int], taken: set[int]) -> dict[int, None]:
    """The lines that follow from the roots alone, in order."""
    fixed = {i for i in needed if programme.lignes[i].op == "constante"}
    found: dict[int, None] = {}
    for line in needed:
        ligne = programme.lignes[line]
        if line in roots or line in taken or line in fixed or not ligne.args:
            continue
        if all(a in roots or a in found or a in fixed for a in ligne.args):
            if any(a in roots or a in found for a in ligne.args):
                found[line] = None
            else:
                fixed.add(line)  # it follows from constants
    return found


def _positive(programme: Programme, needed: Sequence[int]) -> set[int]:
    """The lines whose numbers are surely never negative."""
    found: set[int] = set()
    for line in needed:
        ligne = programme.lignes[line]
        match ligne.op:
            case "grille":
                sure = True
            case "total" | "somme":
                sure = found.issuperset(ligne.args) and _none_negative(ligne.param)
            case "selon":
                listed, other = ligne.param
                assert isinstance(listed, tuple)
                sure = _none_negative((other, *(value for _, value in listed)))
            case "choix":
                sure = found.issuperset(ligne.args[1:])
            case "constante":
                sure = _none_negative(ligne.param[1:])
            case _:
                sure = False
        if sure:
            found.add(line)
    return found


def _none_negative(numbers: Iterable[object]) -> bool:
    return all(isinstance(n, int) and n >= 0 for n in numbers)
