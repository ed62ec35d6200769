"""The settings that meet wishes on a cohort: exactly, between the values where something changes.

A quantity of a cohort changes only where a comparison changes sides, or a rounding its step. Where these are affine in
the setting, their roots are found exactly; between two of them nothing changes, so that one value there stands for all.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np

from caqes_dsl.model.nodes import Cle, Politique

from .exact.columns import Colonne
from .exact.lines import CONNU, Ligne
from .facts import Etablissement
from .reglages import Reglage, unaffected
from .simulation import Compte, Releve, Simulation

MOST_VALUES = 6_000
"""Most values of a setting that are tried."""

_MOST_PIECES, _MOST_STEPS = 1_000, 500
"""Most affine pieces of a line, and most steps of a rounding, that are followed."""

COMPARE: Mapping[str, Callable[[Fraction, Fraction], bool]] = {
    "≤": operator.le, "<": operator.lt, "≥": operator.ge, ">": operator.gt, "=": operator.eq,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Souhait:
    """A wish: « part sous la cible ≤ 20 % ».

    `quoi`: part, nombre or total; `cles`: what is counted, added together; `secteur` « » for all.
    """

    texte: str
    quoi: str
    cles: tuple[tuple[str, str], ...]
    secteur: str
    op: str
    valeur: Fraction

    def measure(self, releve: Releve) -> Fraction | None:
        """The quantity that is wished of; None for a share over nobody."""
        comptes = [releve.comptes[cle] for cle in self.cles]
        if self.quoi == "total":
            return sum((c.total or Fraction(0) for c in comptes), Fraction(0))
        count = sum(c.nombre for c in comptes)
        if self.quoi == "nombre":
            return Fraction(count)
        known = sum(c.connus for c in comptes)
        return Fraction(count, known) if known else None

    def open(self, releve: Releve) -> int:
        """How many establishments are not settled."""
        return max((releve.comptes[cle].indetermines for cle in self.cles), default=0)

    def held(self, measured: Fraction | None) -> bool:
        """Whether a quantity meets it."""
        return measured is not None and COMPARE[self.op](measured, self.valeur)


@dataclass(frozen=True, slots=True)
class Tranche:
    """Values of a setting between which nothing changes. `bas` = `haut`: one value; else both ends are out.

    `mesures`: the quantity of each wish; `tenus`: whether each is met; `ouverts`: establishments that are not settled.
    """

    bas: Fraction
    haut: Fraction
    mesures: tuple[Fraction | None, ...]
    tenus: tuple[bool, ...]
    ouverts: int

    @property
    def convient(self) -> bool:
        """Whether every wish is met."""
        return all(self.tenus)


@dataclass(frozen=True, slots=True)
class Intervalle:
    """Values that meet the wishes, from one to the other, each end in or out."""

    bas: Fraction
    haut: Fraction
    bas_compris: bool
    haut_compris: bool


@dataclass(frozen=True, slots=True)
class Calibrage:
    """What a setting gives over a range. `exact`: every value of the range is answered for, by slices; else only those
    that were tried, from `pas` to `pas`."""

    reglage: Reglage
    souhaits: tuple[Souhait, ...]
    tranches: tuple[Tranche, ...]
    exact: bool
    pas: Fraction | None

    def which(self, kept: Callable[[Tranche], bool] = lambda t: t.convient) -> list[Intervalle]:
        """The values of some slices, put end to end; a value that was tried alone is an interval of one."""
        found: list[Intervalle] = []
        last: Tranche | None = None
        for tranche in self.tranches:
            if not kept(tranche):
                last = None
                continue
            one = tranche.bas == tranche.haut
            if self.exact and last is not None:
                found[-1] = Intervalle(found[-1].bas, tranche.haut, found[-1].bas_compris, one)
            else:
                found.append(Intervalle(tranche.bas, tranche.haut, one, one))
            last = tranche
        return found


def calibrate(
    politique: Politique,
    etablissements: Sequence[Etablissement],
    souhaits: Sequence[Souhait],
    reglage: Reglage,
    bas: Fraction,
    haut: Fraction,
    pas: Fraction,
    *,
    ecartes: int = 0,
    suivi: Callable[[int, int], None] | None = None,
) -> Calibrage:
    """Over a range, what a setting gives and which of its values meet the wishes.

    Exact where what depends on it is affine in it; else from `pas` to `pas`. Errors: Refus.
    """
    found = changes(Simulation(politique, etablissements, {reglage: [bas, haut]}, ecartes=ecartes), reglage, bas, haut)
    exact = found is not None and 2 * len(found) + 1 <= MOST_VALUES
    if exact:
        assert found is not None
        points = sorted({bas, haut, *found})
        values = [points[0]]
        for before, after in pairwise(points):
            values += [(before + after) / 2, after]
    else:
        values = [bas + k * pas for k in range((haut - bas) // pas + 1)][:MOST_VALUES]
        points = values
    simulation = Simulation(politique, etablissements, {reglage: values}, ecartes=ecartes)
    releves = simulation.run([(v,) for v in values], suivi=suivi)
    by: dict[tuple[Fraction, str], Releve] = {(r.valeurs[reglage.ecrit], r.secteur): r for r in releves}
    tranches = []
    for rank, value in enumerate(values):
        ends = (value, value)
        if exact and rank % 2:
            ends = (values[rank - 1], values[rank + 1])
        tranches.append(_slice(souhaits, by, value, *ends))
    return Calibrage(reglage, tuple(souhaits), tuple(tranches), exact, None if exact else pas)


def _slice(
    souhaits: Iterable[Souhait],
    by: Mapping[tuple[Fraction, str], Releve],
    value: Fraction,
    low: Fraction,
    high: Fraction,
) -> Tranche:
    wished = [(s, by[value, s.secteur]) for s in souhaits]
    measured = tuple(s.measure(r) for s, r in wished)
    held = tuple(s.held(m) for (s, _), m in zip(wished, measured, strict=True))
    return Tranche(low, high, measured, held, max((s.open(r) for s, r in wished), default=0))


# ---------------------------------------------------------------- where something changes


class Inconnu(Exception):
    """Something depends on the setting in a way that has no finite list of changes."""


Morceau = tuple[Any, Fraction]
"""An affine piece of a line: its constant, for each row or for all (None: some constant that no longer matters), and
its slope."""


def changes(simulation: Simulation, reglage: Reglage, bas: Fraction, haut: Fraction) -> set[Fraction] | None:
    """The values of a setting, within a range, at which a line may change; None when they cannot be listed."""
    if simulation.entiere:
        return None
    stays = unaffected(simulation.politique, [reglage])
    scores = ("", *simulation.politique.volets)
    if not all(stays(Cle("score", nom)) for nom in scores):
        return None
    try:
        return _Changements(simulation, bas, haut).every()
    except Inconnu:
        return None


class _Changements:
    """Follows the affine pieces of each line that depends on a setting."""

    def __init__(self, simulation: Simulation, bas: Fraction, haut: Fraction) -> None:
        self.bas, self.haut = bas, haut
        self.found: set[Fraction] = set()
        self.etages = simulation.stages
        self.lignes = simulation.population.plan.programme.lignes
        self.known = simulation.known_with_bounds()
        self.pieces: dict[int, list[Morceau]] = {}

    def every(self) -> set[Fraction]:
        """The values, within the range, at which a comparison may change sides, or a rounding its step."""
        for line in self.etages.varies:
            self.pieces[line] = [(Fraction(0), Fraction(1))]
        for line in self.etages.suite:
            made = self._follow(self.lignes[line])
            if len(made) > _MOST_PIECES:
                raise Inconnu
            self.pieces[line] = made
        return {x for x in self.found if self.bas <= x <= self.haut}

    def _of(self, line: int) -> list[Morceau]:
        if line not in self.pieces:
            self.pieces[line] = [(_exact(self.known[line], self.lignes[line]), Fraction(0))]
        return self.pieces[line]

    def _follow(self, ligne: Ligne) -> list[Morceau]:
        match ligne.op:
            case "somme" | "total" | "somme croisée":
                return self._sum(ligne)
            case "choix":
                return _distinct([*self._of(ligne.args[1]), *self._of(ligne.args[2])])
            case "comparaison":
                for one in self._of(ligne.args[0]):
                    for other in self._of(ligne.args[1]):
                        self._meet(one, other)
                return [(None, Fraction(0))]
            case "produit":
                return self._product(*ligne.args)
            case "arrondi":
                return self._round(ligne)
            case "état" | "et" | "ou" | "non" | "pire":
                return [(None, Fraction(0))]
        raise Inconnu

    def _sum(self, ligne: Ligne) -> list[Morceau]:
        found: list[Morceau] = [(Fraction(0), Fraction(0))]
        for arg, factor in zip(ligne.args, ligne.param, strict=True):
            assert isinstance(factor, int)
            times = Fraction(factor * self.lignes[arg].echelle, ligne.echelle)
            found = [
                (None if a is None or c is None else a + times * c, b + times * d)
                for a, b in found
                for c, d in self._of(arg)
            ]
            if len(found) > _MOST_PIECES:
                raise Inconnu
        return _distinct(found)

    def _product(self, one: int, other: int) -> list[Morceau]:
        """Constants multiplied stay constant; a slope that depends on the row is not followed."""
        if any(slope for line in (one, other) for _, slope in self._of(line)):
            raise Inconnu
        return [(None, Fraction(0))]

    def _meet(self, one: Morceau, other: Morceau) -> None:
        """The values where two pieces are equal, row by row."""
        slope = one[1] - other[1]
        if not slope:
            return
        if one[0] is None or other[0] is None:
            raise Inconnu
        gaps = np.asarray(other[0] - one[0], dtype=object).ravel().tolist()
        self.found |= {Fraction(gap) / slope for gap in set(gaps)}

    def _round(self, ligne: Ligne) -> list[Morceau]:
        """A rounding: where it goes from a step to the next, and the steps that it may give."""
        _, _, up, mode = ligne.param
        assert isinstance(up, int)
        step = Fraction(up, ligne.echelle)
        edge = Fraction(1, 2) if mode == "arrondi" else Fraction(0)
        found: list[Morceau] = []
        for constant, slope in self._of(ligne.args[0]):
            if not slope:
                found.append((None, Fraction(0)))
                continue
            if constant is None:
                raise Inconnu
            rows = np.asarray(constant, dtype=object).ravel().tolist()
            ends = [v + slope * x for v in (min(rows), max(rows)) for x in (self.bas, self.haut)]
            low, high = min(ends) // step - 1, max(ends) // step + 2
            if high - low > _MOST_STEPS:
                raise Inconnu
            for k in range(low, high + 1):
                self._meet((constant, slope), ((k + edge) * step, Fraction(0)))
            found += [(k * step, Fraction(0)) for k in range(low, high + 1)]
        return _distinct(found)


def _distinct(pieces: Iterable[Morceau]) -> list[Morceau]:
    """Pieces without those that are surely alike."""
    kept: dict[tuple[object, Fraction], Morceau] = {}
    for constant, slope in pieces:
        kept.setdefault((constant if constant is None or isinstance(constant, Fraction) else id(constant), slope),
                        (constant, slope))  # fmt: skip
    return list(kept.values())


def _exact(column: Colonne, ligne: Ligne) -> Any:
    """The numbers of a column as fractions; 0 where there is none, which is nowhere compared."""
    numbers, dividers = column.nombre, column.diviseur
    if not numbers.ndim:
        return Fraction(int(numbers), ligne.echelle * (1 if dividers is None else int(dividers)))
    shape = numbers.shape
    states = np.zeros(shape, dtype=np.uint8) if column.etat is None else np.broadcast_to(column.etat, shape)
    below = np.ones(shape, dtype=object) if dividers is None else np.broadcast_to(dividers, shape)
    seen: dict[tuple[int, int], Fraction] = {}
    found = np.empty(numbers.shape, dtype=object)
    for row, (n, d, s) in enumerate(zip(numbers.tolist(), below.tolist(), states.tolist(), strict=True)):
        key = (int(n), int(d)) if s == CONNU else (0, 1)
        if key not in seen:
            seen[key] = Fraction(key[0], ligne.echelle * key[1])
        found[row] = seen[key]
    return found


__all__ = ["MOST_VALUES", "Calibrage", "Compte", "Intervalle", "Souhait", "Tranche", "calibrate", "changes"]
