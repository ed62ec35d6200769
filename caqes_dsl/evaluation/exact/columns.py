"""The lines of a policy over columns: each operation on all the rows of a slice at once, in whole numbers.

A column is a NumPy array of integers, as narrow as its proved width allows; what passes 64 bits is computed with
Python's own integers, exact at any width. A row's state is one byte (see `lines`), absent where all are known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from .grid import Grille
from .lines import CONNU, INDECIS, LARGEUR_64, MANQUANT, SANS_OBJET, Ligne, Programme, reachable
from .shortcuts import Raccourci, shortcuts

Entiers = npt.NDArray[Any]
"""Integers, one a row; or one for all rows, without dimension."""

TRANCHE = 1 << 16
"""Rows computed together: what an operation reads and writes stays near the processor."""


@dataclass(frozen=True, slots=True)
class Colonne:
    """`nombre / (echelle × diviseur)` where `etat` is known; `etat` None: known everywhere; `diviseur` None: 1."""

    nombre: Entiers
    etat: Entiers | None = None
    diviseur: Entiers | None = None

    def slice(self, rangs: slice) -> Colonne:
        """Some rows."""
        etat = self.etat if self.etat is None or not self.etat.ndim else self.etat[rangs]
        diviseur = self.diviseur if self.diviseur is None or not self.diviseur.ndim else self.diviseur[rangs]
        return Colonne(self.nombre[rangs] if self.nombre.ndim else self.nombre, etat, diviseur)

    def take(self, rangs: Entiers) -> Colonne:
        """The rows at these places; one value for all rows stays one."""
        parts = (self.nombre, self.etat, self.diviseur)
        nombre, etat, diviseur = (p if p is None or not p.ndim else p.take(rangs) for p in parts)
        assert nombre is not None
        return Colonne(nombre, etat, diviseur)


Entrees = Mapping[int, Colonne]
"""What was entered, by line."""


def integers(borne: int) -> Any:
    """The narrowest type whose sums and comparisons up to a bound do not wrap."""
    if borne < 2**14:
        return np.int16
    if borne < 2**30:
        return np.int32
    return np.int64 if borne <= LARGEUR_64 else object


class Calcul:
    """The lines that some wanted ones need, in order, and when each can be forgotten.

    `effectif`: how many rows will be computed; where they are many, what follows from two small numbers is read in a
    table (see `shortcuts`).
    """

    def __init__(self, programme: Programme, voulues: Iterable[int], *, effectif: int = 0) -> None:
        self.programme = programme
        self.voulues = tuple(dict.fromkeys(voulues))
        self._grilles: dict[tuple[object, ...], Grille] = {}
        needed = reachable(programme, self.voulues)
        made = shortcuts(programme, needed, self.voulues)
        self._raccourcis = {max(r.racines): r for r in made if r.taille <= effectif}
        self.etapes = self._steps(needed)

    def _steps(self, needed: Sequence[int]) -> list[tuple[int, Ligne, tuple[int, ...]]]:
        """What is computed at each line, and the lines that are then no longer read.

        The exits of a shortcut are computed with the last of its roots.
        """
        programme = self.programme
        inside = {i for r in self._raccourcis.values() for i in r.lignes}
        kept = [i for i in needed if i not in inside]
        last = {a: i for i in kept for a in programme.lignes[i].args}
        for at, shortcut in self._raccourcis.items():
            for root in shortcut.racines:
                last[root] = max(last.get(root, at), at)
            for line in shortcut.sorties:
                last.setdefault(line, at)
        wanted = set(self.voulues)
        dies: dict[int, list[int]] = {}
        for line, user in last.items():
            if line not in wanted and (line not in inside or line in self._exits):
                dies.setdefault(user, []).append(line)
        return [(i, programme.lignes[i], tuple(dies.get(i, ()))) for i in kept]

    @property
    def _exits(self) -> set[int]:
        return {i for r in self._raccourcis.values() for i in r.sorties}

    @property
    def entrees(self) -> tuple[int, ...]:
        """The entries it reads."""
        return tuple(i for i, ligne, _ in self.etapes if ligne.op == "entree")

    def run(self, entrees: Entrees, rangs: slice) -> dict[int, Colonne]:
        """The wanted lines over some rows."""
        seen: dict[int, Colonne] = {}
        sums: dict[tuple[object, ...], tuple[Entiers, Entiers, Entiers | None]] = {}
        for index, ligne, over in self.etapes:
            match ligne.op:
                case "entree":
                    seen[index] = entrees[index].slice(rangs)
                case "grille":
                    seen[index] = self._grid(ligne, seen, sums)
                case _:
                    seen[index] = self._operate(ligne, seen)
            if index in self._raccourcis:
                self._look_up(self._raccourcis[index], seen)
            for done in over:
                del seen[done]
        return {i: seen[i] for i in self.voulues}

    def _operate(self, ligne: Ligne, seen: Mapping[int, Colonne]) -> Colonne:
        return _OPERATIONS[ligne.op](ligne, [seen[a] for a in ligne.args], self.programme)

    def _look_up(self, shortcut: Raccourci, seen: dict[int, Colonne]) -> None:
        """The exits of a shortcut, read in its table."""
        if not shortcut.table:
            known: dict[int, Colonne] = shortcut.inputs(Colonne)
            for line in reachable(self.programme, shortcut.lignes, known):
                known[line] = self._operate(self.programme.lignes[line], known)
            shortcut.table.update((line, _full(known[line])) for line in shortcut.sorties)
        ranks = shortcut.ranks(seen)
        for line in shortcut.sorties:
            seen[line] = shortcut.table[line].take(ranks)

    def _grid(
        self,
        ligne: Ligne,
        seen: Mapping[int, Colonne],
        sums: dict[tuple[object, ...], tuple[Entiers, Entiers, Entiers | None]],
    ) -> Colonne:
        """Points, and what they are out of, come from one reading of the answers."""
        key = (ligne.args, ligne.param[1:])
        if key not in sums:
            if key not in self._grilles:
                self._grilles[key] = Grille(ligne)
            answers = {a: seen[a] for a in ligne.args}
            sums[key] = self._grilles[key].sums(
                {a: c.nombre for a, c in answers.items()}, {a: c.etat for a, c in answers.items()}
            )
        points, compte, etat = sums[key]
        return Colonne(points if ligne.param[0] == "points" else compte, etat)


class Etages:
    """Lines of which some are varied: what does not depend on these is computed once, the rest for each value.

    `varies` are the entries that are given last.
    """

    def __init__(
        self, programme: Programme, voulues: Iterable[int], varies: Iterable[int], *, effectif: int = 0
    ) -> None:
        self.programme = programme
        self.voulues = tuple(dict.fromkeys(voulues))
        moved = set(varies)
        needed = reachable(programme, self.voulues)
        self.varies = tuple(sorted(moved & set(needed)))
        for line in needed:
            if moved.intersection(programme.lignes[line].args):
                moved.add(line)
        self.suite = [i for i in needed if i in moved and i not in self.varies]
        before = [a for i in self.suite for a in programme.lignes[i].args if a not in moved]
        self.calcul = Calcul(programme, [*(v for v in self.voulues if v not in moved), *before], effectif=effectif)

    def depends(self, line: int) -> bool:
        """Whether a line depends on what is varied."""
        return line in self.varies or line in self.suite

    def once(self, entrees: Entrees, rangs: slice) -> dict[int, Colonne]:
        """What does not depend on what is varied, over some rows."""
        return self.calcul.run(entrees, rangs)

    def at(self, known: Mapping[int, Colonne], valeurs: Mapping[int, int]) -> dict[int, Colonne]:
        """The wanted lines for these values of what is varied (whole numbers, at the scale of their entries)."""
        seen = dict(known)
        for line, valeur in valeurs.items():
            seen[line] = Colonne(np.array(valeur, dtype=integers(self.programme.lignes[line].borne)))
        for line in self.suite:
            ligne = self.programme.lignes[line]
            seen[line] = _OPERATIONS[ligne.op](ligne, [seen[a] for a in ligne.args], self.programme)
        return {line: seen[line] for line in self.voulues}


def _full(column: Colonne) -> Colonne:
    """A column of a table, as narrow as it can be."""
    nombre, etat, diviseur = column.nombre, column.etat, column.diviseur
    if etat is not None and not etat.any():
        etat = None
    if nombre.ndim and nombre.dtype not in (np.bool_, object):
        nombre = nombre.astype(integers(int(np.abs(nombre).max())))
    return Colonne(nombre, etat, diviseur)


def slices(lignes: int, tranche: int = TRANCHE) -> Iterator[slice]:
    """The rows, some at a time."""
    for start in range(0, lignes, tranche):
        yield slice(start, min(start + tranche, lignes))


# ---------------------------------------------------------------- operations


def _as(column: Entiers, kind: Any) -> Entiers:
    return column if column.dtype == kind else column.astype(kind)


def _times(column: Entiers, factor: int, kind: Any) -> Entiers:
    if kind is not object and abs(factor) > np.iinfo(kind).max:
        return np.zeros(column.shape, dtype=kind)  # its width was proved with this factor: it holds only zeros
    wide = _as(column, kind)
    return wide if factor == 1 else wide * _scalar(factor, kind)


def _scalar(value: int, kind: Any) -> Any:
    return value if kind is object else kind(value)


def _worst(args: Sequence[Colonne]) -> Entiers | None:
    states = [a.etat for a in args if a.etat is not None]
    if not states:
        return None
    found = states[0]
    for state in states[1:]:
        found = np.maximum(found, state)
    return found


def _constant(ligne: Ligne, args: list[Colonne], programme: Programme) -> Colonne:
    etat, nombre = ligne.param
    assert isinstance(etat, int) and isinstance(nombre, int)
    number = np.array(nombre, dtype=integers(abs(nombre)))
    return Colonne(number, None if etat == CONNU else np.array(etat, dtype=np.uint8))


def _sum(ligne: Ligne, args: list[Colonne], programme: Programme) -> Colonne:
    """Terms over the same divider, or none."""
    kind = integers(ligne.borne)
    total: Any = None
    for arg, factor in zip(args, ligne.param, strict=True):
        assert isinstance(factor, int)
        term = _times(arg.nombre, factor, kind)
        total = term if total is None else total + term
    return Colonne(np.asarray(total), _worst(args), args[0].diviseur if ligne.divise else None)


def _divider(column: Colonne, kind: Any) -> Entiers:
    return np.array(1, dtype=kind) if column.diviseur is None else _as(column.diviseur, kind)


def _cross_sum(ligne: Ligne, args: list[Colonne], programme: Programme) -> Colonne:
    (a, b), (ka, kb) = args, ligne.param
    assert isinstance(ka, int) and isinstance(kb, int)
    kind, divides = integers(ligne.borne), integers(ligne.borne_diviseur)
    left = _times(a.nombre, ka, kind) * _divider(b, kind)
    right = _times(b.nombre, kb, kind) * _divider(a, kind)
    return Colonne(np.asarray(left + right), _worst(args), np.asarray(_divider(a, divides) * _divider(b, divides)))


def _product(ligne: Ligne, args: list[Colonne], programme: Programme) -> Colonne:
    a, b = args
    kind, divides = integers(ligne.borne), integers(ligne.borne_diviseur)
    divider = np.asarray(_divider(a, divides) * _divider(b, divides)) if ligne.divise else None
    return Colonne(np.asarray(_as(a.nombre, kind) * _as(b.nombre, kind)), _worst(args), divider)


def _quotient(ligne: Ligne, args: list[Colonne], programme: Programme) -> Colonne:
    (a, b), (times,) = args, ligne.param
    assert isinstance(times, int)
    kind, divides = integers(ligne.borne), integers(ligne.borne_diviseur)
    by = _as(b.nombre, kind)
    zero = b.nombre == 0
    number = _times(a.nombre, times, kind) * _divider(b, kind)
    negative = by < 0
    if negative.any():
        number = np.where(negative, -number, number)
    divider = np.asarray(_divider(a, divides) * np.abs(_as(b.nombre, divides)))
    etat = _worst(args)
    if zero.any():
        divider = np.where(zero, _scalar(1, divides), divider)
        without = np.where(zero, np.uint8(SANS_OBJET), np.uint8(CONNU))
        etat = without if etat is None else np.where(etat == CONNU, without, etat)
    return Colonne(np.asarray(number), etat, divider)


def _round(ligne: Ligne, args: list[Colonne], programme: Programme) -> Colonne:
    times, over, step, mode = ligne.param
    assert isinstance(times, int) and isinstance(over, int) and isinstance(step, int)
    below = programme.lignes[ligne.args[0]]
    kind = integers(max(2 * below.borne * times + 2 * over * below.borne_diviseur, ligne.borne))
    number = _times(args[0].nombre, times, kind)
    divider = _divider(args[0], kind) * _scalar(over, kind)
    match mode:
        case "arrondi":
            steps = (2 * np.abs(number) + divider) // (2 * divider)
            steps = np.where(number < 0, -steps, steps)
        case "arrondi_excès":
            steps = -(-number // divider)
        case _:
            steps = number // divider
    return Colonne(_as(np.asarray(steps * _scalar(step, kind)), integers(ligne.borne)), args[0].etat)


_COMPARE: dict[object, Callable[[Any, Any], Any]] = {
    "=": np.equal, "≠": np.not_equal, "<": np.less, "≤": np.less_equal, ">": np.greater, "≥": np.greater_equal,
}  # fmt: skip


def _compare(ligne: Ligne, args: list[Colonne], programme: Programme) -> Colonne:
    op, ka, kb, crossed, manque = ligne.param
    assert isinstance(ka, int) and isinstance(kb, int) and isinstance(manque, int)
    a, b = args
    la, lb = (programme.lignes[i] for i in ligne.args)
    wide = max(
        la.borne * ka * (lb.borne_diviseur if crossed else 1), lb.borne * kb * (la.borne_diviseur if crossed else 1)
    )
    kind = integers(wide)
    left, right = _times(a.nombre, ka, kind), _times(b.nombre, kb, kind)
    if crossed:
        left = left if b.diviseur is None else left * _as(b.diviseur, kind)
        right = right if a.diviseur is None else right * _as(a.diviseur, kind)
    held = np.asarray(_COMPARE[op](left, right)).astype(np.bool_, copy=False)
    etat = _worst(args)
    if etat is not None and manque != MANQUANT:
        etat = np.where(etat == MANQUANT, np.uint8(manque), etat)
    return Colonne(held, etat)


def _logic(settles: bool) -> Callable[[Ligne, list[Colonne], Programme], Colonne]:
    def operate(ligne: Ligne, args: list[Colonne], programme: Programme) -> Colonne:
        combine = np.logical_or if settles else np.logical_and
        etat = _worst(args)
        if etat is None:
            found = args[0].nombre
            for arg in args[1:]:
                found = combine(found, arg.nombre)
            return Colonne(np.asarray(found))
        # Where one that is known settles, the others do not matter.
        sure = np.zeros((), dtype=np.bool_)
        for arg in args:
            mine = _truth(arg) if settles else ~_truth(arg)
            sure = sure | (mine if arg.etat is None else mine & (arg.etat == CONNU))
        return Colonne(sure if settles else ~sure, np.where(sure, np.uint8(CONNU), etat))

    return operate


def _truth(column: Colonne) -> Entiers:
    return column.nombre.astype(np.bool_, copy=False)


def _not(ligne: Ligne, args: list[Colonne], programme: Programme) -> Colonne:
    return Colonne(np.asarray(~_truth(args[0])), args[0].etat)


def _state(ligne: Ligne, args: list[Colonne], programme: Programme) -> Colonne:
    etat = args[0].etat
    if etat is None:
        return Colonne(np.array(CONNU in ligne.param))
    found = etat == ligne.param[0]
    for other in ligne.param[1:]:
        found = found | (etat == other)
    return Colonne(np.asarray(found))


def _choose(ligne: Ligne, args: list[Colonne], programme: Programme) -> Colonne:
    condition, alors, sinon = args
    ka, kb, _ = ligne.param
    assert isinstance(ka, int) and isinstance(kb, int)
    if condition.etat is None and not condition.nombre.ndim:
        chosen, factor = (alors, ka) if condition.nombre else (sinon, kb)
        return Colonne(_times(chosen.nombre, factor, integers(ligne.borne)), chosen.etat, chosen.diviseur)
    kind, divides = integers(ligne.borne), integers(ligne.borne_diviseur)
    left, right = _times(alors.nombre, ka, kind), _times(sinon.nombre, kb, kind)
    test = _truth(condition)
    number = _select(test, left, right)
    divider = None
    if alors.diviseur is not None or sinon.diviseur is not None:
        divider = _select(test, _divider(alors, divides), _divider(sinon, divides))
    etat: Entiers | None = None
    if alors.etat is not None or sinon.etat is not None:
        known = np.array(CONNU, dtype=np.uint8)
        etat = _select(test, known if alors.etat is None else alors.etat, known if sinon.etat is None else sinon.etat)
    if condition.etat is None:
        return Colonne(number, etat, divider)
    # An open condition: what both branches agree on.
    opened = condition.etat != CONNU
    same = _same(programme, ligne, left, right, alors, sinon)
    worst = _worst(args)
    assert worst is not None
    for branch in (alors.etat, sinon.etat):
        if branch is not None:
            same = same & (branch == CONNU)
    agreed = opened & same
    mine = np.array(CONNU, dtype=np.uint8) if etat is None else etat
    etat = _select(opened, worst * ~same, mine)
    number = _select(agreed, left, number)
    if divider is not None:
        divider = _select(agreed, _divider(alors, divides), divider)
    return Colonne(number, etat, divider)


def _select(test: Entiers, alors: Entiers, sinon: Entiers) -> Entiers:
    """The one or the other, without a branch a row: their bits are mixed by a mask of ones or of zeros."""
    if alors.dtype == object or sinon.dtype == object or not test.ndim:
        return np.where(test, alors, sinon)
    kind = np.result_type(alors.dtype, sinon.dtype)
    if kind == np.bool_:
        return np.asarray((test & alors) | (~test & sinon))
    left, right = _as(alors, kind), _as(sinon, kind)
    mask = np.negative(test.view(np.int8), dtype=np.int8)
    wide = mask.view(np.uint8) if kind == np.uint8 else mask.astype(kind)
    return np.asarray(right ^ ((left ^ right) & wide))


def _same(programme: Programme, ligne: Ligne, left: Entiers, right: Entiers, alors: Colonne, sinon: Colonne) -> Entiers:
    """Whether two branches have the same value."""
    if alors.diviseur is None and sinon.diviseur is None:
        return np.asarray(left == right)
    la, lb = (programme.lignes[i] for i in ligne.args[1:])
    wide = integers(ligne.borne * max(la.borne_diviseur, lb.borne_diviseur))
    return np.asarray(_as(left, wide) * _divider(sinon, wide) == _as(right, wide) * _divider(alors, wide))


def _pick(ligne: Ligne, args: list[Colonne], programme: Programme) -> Colonne:
    listed, other = ligne.param
    assert isinstance(listed, tuple) and isinstance(other, int)
    kind = integers(ligne.borne)
    codes = args[0].nombre
    found = np.full(codes.shape, other, dtype=kind)
    for code, value in listed:
        found = np.where(codes == code, _scalar(value, kind), found)
    return Colonne(np.asarray(found), args[0].etat)


def _nothing(ligne: Ligne, args: list[Colonne], programme: Programme) -> Colonne:
    worst = _worst(args)
    return Colonne(np.array(0, dtype=np.int16), np.array(CONNU, dtype=np.uint8) if worst is None else worst)


_OPERATIONS: dict[str, Callable[[Ligne, list[Colonne], Programme], Colonne]] = {
    "constante": _constant,
    "somme": _sum,
    "total": _sum,
    "somme croisée": _cross_sum,
    "produit": _product,
    "quotient": _quotient,
    "arrondi": _round,
    "comparaison": _compare,
    "et": _logic(False),
    "ou": _logic(True),
    "non": _not,
    "état": _state,
    "choix": _choose,
    "selon": _pick,
    "pire": _nothing,
}

__all__ = ["INDECIS", "TRANCHE", "Calcul", "Colonne", "Entiers", "Entrees", "Etages", "integers", "slices"]
