"""Answered criteria summed together: a byte an answer, several criteria in one addition.

An answer is a byte (an octet) that holds the share of its points in its low bits and, above, whether it counts. As many
criteria of the same weight and sectors are added as leave the two apart, before anything is widened.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from .lines import CONNU, MANQUANT, Ligne, Programme

Octets = npt.NDArray[Any]

Niveaux = Sequence[tuple[int, int, int]]
"""Each level by its code, the share of the points that it gives (a whole number), whether it counts (0, 1)."""


class Codage:
    """How the levels of a policy are written in an octet; `ensemble`: how many can be added, 0 when none can."""

    def __init__(self, niveaux: Niveaux) -> None:
        most = max((share for _, share, _ in niveaux), default=1) or 1
        self.bits, self.ensemble = max(
            ((bits, min(((1 << bits) - 1) // most, (1 << (8 - bits)) - 1)) for bits in range(1, 8)),
            key=lambda pair: (pair[1], -pair[0]),
        )
        self.octets = {code: share | counted << self.bits for code, share, counted in niveaux}

    def table(self, sans_reponse: int) -> Octets:
        """For each code of an answer its octet; 0 is no answer."""
        found = np.zeros(256, dtype=np.uint8)
        for code, octet in self.octets.items():
            found[code] = octet & 0xFF
        found[0] = self.octets.get(sans_reponse, 0) & 0xFF
        return found


def octets_of(programme: Programme) -> dict[int, tuple[Octets, bool]]:
    """For each answer that a grid reads, the octet of each code, and whether no answer leaves it missing."""
    found = {}
    for ligne in programme.lignes:
        if ligne.op == "grille":
            _, weights, _, unanswered, levels = ligne.param
            assert isinstance(weights, tuple) and isinstance(unanswered, tuple) and isinstance(levels, tuple)
            codage = Codage(levels)
            for line, code in zip(ligne.args, unanswered, strict=False):
                found[line] = (codage.table(code), not code)
    return found


class Grille:
    """One line `grille`: its criteria by sectors, then by weight. Its answers are octets."""

    def __init__(self, ligne: Ligne) -> None:
        _, weights, sectors, _, levels = ligne.param
        assert isinstance(weights, tuple) and isinstance(sectors, tuple) and isinstance(levels, tuple)
        self.codage = Codage(levels)
        self.large: Any = np.uint16 if ligne.borne < 1 << 16 else np.uint64
        self.parts: dict[tuple[int, ...], dict[int, list[int]]] = {}
        for line, weight, here in zip(ligne.args, weights, sectors, strict=False):
            self.parts.setdefault(here, {}).setdefault(weight, []).append(line)

    def sums(
        self, octets: Mapping[int, Octets], etats: Mapping[int, Octets | None]
    ) -> tuple[Octets, Octets, Octets | None]:
        """Points (scaled), what they are out of, and the state: missing where an answer that applies is."""
        points: Any = None
        compte: Any = None
        etat: Octets | None = None
        for here, by_weight in self.parts.items():
            applies = octets[here[0]]
            for other in here[1:]:
                applies = applies | octets[other]
            mine: Any = None
            counted: Any = None
            for weight, lines in by_weight.items():
                low, high = self._packed([octets[line] for line in lines])
                low, high = self._times(low, weight), self._times(high, weight)
                mine = low if mine is None else mine + low
                counted = high if counted is None else counted + high
                for line in lines:
                    state = etats[line]
                    if state is not None:
                        gone = (applies & (state != CONNU)).view(np.uint8) * np.uint8(MANQUANT)
                        etat = gone if etat is None else np.maximum(etat, gone)
            mine, counted = mine * applies, counted * applies
            points = mine if points is None else points + mine
            compte = counted if compte is None else compte + counted
        return points, compte, etat

    def _packed(self, columns: Sequence[Octets]) -> tuple[Octets, Octets]:
        """The shares and the counts of criteria of one weight, added."""
        bits, ensemble = np.uint8(self.codage.bits), self.codage.ensemble
        mask = np.uint8((1 << self.codage.bits) - 1)
        lows: list[Octets] = []
        highs: list[Octets] = []
        for start in range(0, len(columns), ensemble):
            some = columns[start : start + ensemble]
            total = some[0]
            for column in some[1:]:
                total = total + column
            lows.append(total & mask)
            highs.append(total >> bits)
        return self._together(lows, int(mask)), self._together(highs, 255 >> self.codage.bits)

    def _together(self, sums: Sequence[Octets], most: int) -> Octets:
        """Bytes added, widened only where they would pass 255."""
        fitting = max(255 // most, 1)
        wide: list[Octets] = []
        for start in range(0, len(sums), fitting):
            some = sums[start : start + fitting]
            total = some[0]
            for column in some[1:]:
                total = total + column
            wide.append(total)
        if len(wide) == 1:
            return wide[0]
        total = wide[0].astype(self.large)
        for column in wide[1:]:
            total += column
        return total

    def _times(self, column: Octets, weight: int) -> Octets:
        found: Octets = np.multiply(column, self.large(weight), dtype=self.large)
        return found
