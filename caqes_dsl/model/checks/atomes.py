"""A driver of a table cut at every bound: points and the open stretches between, or the values of a list."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from caqes_dsl.base.quantities import Genre, Valeur, write_value
from caqes_dsl.model.intervals import ZERO, Domaine, numerique, write_case, write_interval
from caqes_dsl.model.nodes import Cas, Fait, Intervalle, Noeud, Reference, Valeurs

AUTREMENT = "autrement"


@dataclass(frozen=True, slots=True)
class Atome:
    """A part of a driver that no bound cuts. `reel` is false when no possible value lies in it."""

    bas: Fraction | None
    bas_inclus: bool
    haut: Fraction | None
    haut_inclus: bool
    reel: bool
    valeur: Valeur | None = None


def number(valeur: Valeur) -> Fraction | None:
    """A value as a place on the line; a date counts its days."""
    if isinstance(valeur, Fraction):
        return valeur
    return Fraction(valeur.toordinal()) if isinstance(valeur, date) else None


class Axe:
    """A driver and its atoms, in order."""

    def __init__(self, noeud: Noeud, domaine: Domaine, cas: Sequence[Cas]) -> None:
        self.noeud = noeud
        self.genre = noeud.genre
        self.domaine = domaine
        self.points: list[Fraction] = []
        self.atomes: list[Atome] = []
        if domaine.valeurs is not None:
            self.atomes = [Atome(None, False, None, False, True, v) for v in domaine.valeurs]
        else:
            self._cut(cas)
        self.reels = [i for i, a in enumerate(self.atomes) if a.reel]

    @property
    def nom(self) -> str:
        """The driver as the author names it."""
        if isinstance(self.noeud, Fait):
            return self.noeud.nom
        if isinstance(self.noeud, Reference):
            return self.noeud.cle.nom if self.noeud.cle.sorte in ("calcul", "barème") else str(self.noeud.cle)
        return " ".join(self.noeud.span.texte.split()) or "la grandeur mesurée"

    def _cut(self, cas: Sequence[Cas]) -> None:
        bounds: set[Fraction | None] = {self.domaine.bas, self.domaine.haut}
        for c in cas:
            if isinstance(c, Intervalle):
                bounds |= {c.bas, c.haut}
            elif isinstance(c, Valeurs):
                bounds |= {number(v) for v in c.valeurs}
        self.points = sorted(b for b in bounds if b is not None)
        before: Fraction | None = None
        for point in self.points:
            self._add(before, False, point, False)
            self._add(point, True, point, True)
            before = point
        self._add(before, False, None, False)

    def _add(self, bas: Fraction | None, bas_inclus: bool, haut: Fraction | None, haut_inclus: bool) -> None:
        d = self.domaine
        inside = not d.vide
        if bas is not None and bas == haut:
            inside = inside and Domaine(d.bas, d.bas_inclus, d.haut, d.haut_inclus).contient(bas)
        else:
            inside = inside and (d.bas is None or (bas is not None and bas >= d.bas))
            inside = inside and (d.haut is None or (haut is not None and haut <= d.haut))
        reel = inside and not numerique(bas, bas_inclus, haut, haut_inclus, d.pas).vide
        self.atomes.append(Atome(bas, bas_inclus, haut, haut_inclus, reel))

    def inside(self, index: int) -> bool:
        """Whether the atom is within the interval of the domain, whatever its grid."""
        a, d = self.atomes[index], self.domaine
        if a.bas is not None and a.bas == a.haut:
            return Domaine(d.bas, d.bas_inclus, d.haut, d.haut_inclus).contient(a.bas)
        low = d.bas is None or (a.bas is not None and a.bas >= d.bas)
        return low and (d.haut is None or (a.haut is not None and a.haut <= d.haut))

    def indices(self, cas: Cas) -> Iterable[int]:
        """The atoms that a case takes."""
        if isinstance(cas, Valeurs):
            if self.domaine.valeurs is not None:
                wanted = enumere_set(cas.valeurs)
                return [i for i, a in enumerate(self.atomes) if (type(a.valeur), a.valeur) in wanted]
            places = {n for v in cas.valeurs if (n := number(v)) is not None}
            return [2 * bisect_left(self.points, n) + 1 for n in sorted(places)]
        if isinstance(cas, Intervalle):
            if self.domaine.valeurs is not None:
                return []
            first = 0 if cas.bas is None else 2 * bisect_left(self.points, cas.bas) + (1 if cas.bas_inclus else 2)
            last = len(self.atomes) - 1
            if cas.haut is not None:
                last = 2 * bisect_left(self.points, cas.haut) + (1 if cas.haut_inclus else 0)
            return range(first, last + 1)
        return range(len(self.atomes))

    def takes(self, cas: Cas, valeur: Fraction) -> bool:
        """Whether a case takes a number."""
        if isinstance(cas, Valeurs):
            return any(number(v) == valeur for v in cas.valeurs)
        return not isinstance(cas, Intervalle) or Domaine(cas.bas, cas.bas_inclus, cas.haut, cas.haut_inclus).contient(
            valeur
        )

    def stretch(self, first: int, last: int) -> Atome:
        """The atoms from one to another as a single stretch."""
        a, b = self.atomes[first], self.atomes[last]
        return Atome(a.bas, a.bas_inclus, b.haut, b.haut_inclus, True)

    def write(self, first: int, last: int) -> str:
        """A stretch in mathematics, or the values of a list."""
        if self.domaine.valeurs is not None:
            return ", ".join(self.write_one(a.valeur) for a in self.atomes[first : last + 1])
        s = self.stretch(first, last)
        if self.genre is Genre.DATE:
            return self._days(s)
        return write_interval(s.bas, s.bas_inclus, s.haut, s.haut_inclus, self.genre)

    def _days(self, s: Atome) -> str:
        """A stretch of dates in words: « avant le 01/01/2018 »."""
        low, high = (None if b is None else self.write_one(b) for b in (s.bas, s.haut))
        if low is not None and low == high:
            return low
        if low is None and high is None:
            return "toute date"
        after = "" if low is None else f"à partir du {low}" if s.bas_inclus else f"après le {low}"
        before = "" if high is None else f"jusqu'au {high}" if s.haut_inclus else f"avant le {high}"
        return " et ".join(filter(None, (after, before)))

    def case(self, first: int, last: int, from_below: bool = True, to_above: bool = True) -> str:
        """A stretch as the case of a row, on the grid; open where no row is below, or above; « autrement » for dates,
        of which rows say no interval."""
        if self.domaine.valeurs is not None:
            return self.write(first, last)
        s = self.stretch(first, last)
        if self.genre is Genre.DATE:
            return self.write_one(s.bas) if s.bas is not None and s.bas == s.haut else AUTREMENT
        if self.domaine.pas is not None and from_below and to_above:
            d = numerique(s.bas, s.bas_inclus, s.haut, s.haut_inclus, self.domaine.pas)
            return write_case(d.bas, d.bas_inclus, d.haut, d.haut_inclus, self.genre)
        bas, haut = s.bas if from_below else None, s.haut if to_above else None
        return write_case(bas, s.bas_inclus, haut, s.haut_inclus, self.genre)

    def write_one(self, valeur: Valeur | None) -> str:
        """One value of the driver."""
        if self.genre is Genre.DATE and isinstance(valeur, Fraction):
            valeur = date.fromordinal(min(max(int(valeur), 1), date.max.toordinal()))
        return write_value(valeur, self.genre)

    def witnesses(self, first: int, last: int) -> Sequence[Valeur]:
        """One or two possible values of a stretch, plain ones first."""
        if self.domaine.valeurs is not None:
            return [a.valeur for a in self.atomes[first : last + 1] if a.valeur is not None][:2]
        s = self.stretch(first, last)
        d = numerique(s.bas, s.bas_inclus, s.haut, s.haut_inclus, self.domaine.pas)
        unit = d.pas or (Fraction(1, 100) if self.genre in (Genre.TAUX, Genre.ECART) else Fraction(1))
        found: list[Fraction] = []
        if d.bas is not None and d.bas_inclus:
            found.append(d.bas)
        if d.pas is not None:
            start = d.bas if d.bas is not None else d.haut - unit if d.haut is not None else ZERO
            found += [start, start + unit]
        elif d.bas is not None and d.haut is not None:
            found.append((d.bas + d.haut) / 2)
        elif d.bas is not None:
            found.append(d.bas + unit)
        elif d.haut is not None:
            found.append(d.haut - unit)
        else:
            found.append(ZERO)
        if d.haut is not None and d.haut_inclus:
            found.append(d.haut)
        return list(dict.fromkeys(v for v in found if d.contient(v)))[:2]


def enumere_set(valeurs: Iterable[Valeur]) -> set[tuple[type, Valeur]]:
    """Values told apart by type, so that « oui » is not the number one."""
    return {(type(v), v) for v in valeurs}


def merge(cells: Iterable[tuple[int, ...]], dimensions: int) -> list[tuple[tuple[int, int], ...]]:
    """Cells gathered into boxes, each axis in turn."""
    boxes = [tuple((i, i) for i in cell) for cell in cells]
    for axis in reversed(range(dimensions)):
        boxes.sort(key=lambda box: (box[:axis] + box[axis + 1 :], box[axis]))
        merged: list[tuple[tuple[int, int], ...]] = []
        for box in boxes:
            last = merged[-1] if merged else None
            if (
                last is not None
                and last[:axis] + last[axis + 1 :] == box[:axis] + box[axis + 1 :]
                and last[axis][1] + 1 == box[axis][0]
            ):
                merged[-1] = (*last[:axis], (last[axis][0], box[axis][1]), *last[axis + 1 :])
            else:
                merged.append(box)
        boxes = merged
    return sorted(boxes)
