"""Answered criteria summed together: a byte an answer, several criteria in one addition.

An answer is a byte that holds the share of its points in its low bits and, above, whether it counts. As many criteria
of the same weight and sectors are added as leave the two apart, before anything is widened.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from .lines import CONNU, MANQUANT, Ligne

Octets = npt.NDArray[Any]


class Codage:
    """How the levels of a policy are written in a byte: code of a level -> byte."""

    def __init__(self, niveaux: tuple[tuple[int, int, int], ...]) -> None:
        most = max((share for _, share, _ in niveaux), default=1) or 1
        self.bits, self.ensemble = max(
            ((bits, min(((1 << bits) - 1) // most, (1 << (8 - bits)) - 1)) for bits in range(1, 8)),
            key=lambda pair: (pair[1], -pair[0]),
        )
        self.octets = {code: share | counted << self.bits for code, share, counted in niveaux}

    def table(self, sans_reponse: int) -> Octets:
        """For each code of an answer its byte; 0 is no answer."""
        found = np.zeros(256, dtype=np.uint8)
        for code, octet in self.octets.items():
            found[code] = octet
        found[0] = self.octets.get(sans_reponse, 0)
        return found


class Grille:
    """One line `grille`: its criteria by sectors, then by weight."""

    def __init__(self, ligne: Ligne) -> None:
        _, weights, sectors, unanswered, levels = ligne.param
        assert isinstance(weights, tuple) and isinstance(sectors, tuple)
        assert isinstance(unanswered, tuple) and isinstance(levels, tuple)
        self.codage = Codage(levels)
        if not self.codage.ensemble:
            raise NotImplementedError("parts de points trop fines pour un octet")
        self.tables = {line: self.codage.table(code) for line, code in zip(ligne.args, unanswered, strict=False)}
        self.open = {line for line, code in zip(ligne.args, unanswered, strict=False) if not code}
        self.parts: dict[tuple[int, ...], dict[int, list[int]]] = {}
        for line, weight, here in zip(ligne.args, weights, sectors, strict=False):
            self.parts.setdefault(here, {}).setdefault(weight, []).append(line)

    def sums(
        self, codes: Mapping[int, Octets], etats: Mapping[int, Octets | None]
    ) -> tuple[Octets, Octets, Octets | None]:
        """Points (scaled), what they are out of, and the state: missing where an answer that applies is."""
        points: Any = None
        compte: Any = None
        etat: Octets | None = None
        for here, by_weight in self.parts.items():
            applies = codes[here[0]]
            for other in here[1:]:
                applies = applies | codes[other]
            mine: Any = None
            counted: Any = None
            for weight, lines in by_weight.items():
                for start in range(0, len(lines), self.codage.ensemble):
                    some = lines[start : start + self.codage.ensemble]
                    total = self.tables[some[0]][codes[some[0]]]
                    for line in some[1:]:
                        total = total + self.tables[line][codes[line]]
                    low = np.multiply(total & np.uint8((1 << self.codage.bits) - 1), weight, dtype=np.int32)
                    high = np.multiply(total >> np.uint8(self.codage.bits), weight, dtype=np.int32)
                    mine = low if mine is None else mine + low
                    counted = high if counted is None else counted + high
                for line in lines:
                    state = etats[line]
                    if state is not None and line in self.open:
                        gone = np.where(applies & (state != CONNU), np.uint8(MANQUANT), np.uint8(CONNU))
                        etat = gone if etat is None else np.maximum(etat, gone)
            points = mine * applies if points is None else points + mine * applies
            compte = counted * applies if compte is None else compte + counted * applies
        return points, compte, etat
