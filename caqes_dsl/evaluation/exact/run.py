"""What the lines of a spreadsheet give, computed here in whole numbers: the values its cells are written with.

Also what tests hold against the interpreter on one side, and against a spreadsheet's own recalculation on the other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from .lines import CONNU, INDECIS, LIMITE, MANQUANT, SANS_OBJET, Ligne, Programme


@dataclass(frozen=True, slots=True)
class Vue:
    """A line's value: `nombre / (echelle × diviseur)`, when its state is known."""

    etat: int
    nombre: int = 0
    diviseur: int = 1


Entrees = Mapping[tuple[object, ...], Vue]
"""What was written in each cell, by sort and name; absent is an empty cell."""


def run(programme: Programme, entrees: Entrees, voulus: Sequence[int] | None = None) -> dict[int, Vue]:
    """The value of each line (of those `voulus`). Errors: AssertionError when a width was not as proved."""
    seen: dict[int, Vue] = {}
    for index in range(len(programme.lignes)) if voulus is None else voulus:
        ligne = programme.lignes[index]
        if ligne.op == "entree":
            vue = entrees.get(ligne.param[:2], Vue(CONNU if ligne.param[0] in ("secteur", "motif") else MANQUANT))
            if abs(vue.nombre) > ligne.borne:
                vue = Vue(INDECIS)
        else:
            vue = _OPERATIONS[ligne.op](ligne, [seen[a] for a in ligne.args], programme)
        assert abs(vue.nombre) <= LIMITE and 0 < vue.diviseur <= LIMITE, (index, ligne)
        seen[index] = vue if vue.etat == CONNU else Vue(vue.etat)
    return seen


def value(programme: Programme, index: int, vue: Vue) -> Fraction | None:
    """The exact value of a line."""
    if vue.etat != CONNU:
        return None
    return Fraction(vue.nombre, programme.lignes[index].echelle * vue.diviseur)


def _worst(args: Sequence[Vue]) -> int:
    return max(a.etat for a in args)


def _constant(ligne: Ligne, args: list[Vue], programme: Programme) -> Vue:
    etat, nombre = ligne.param
    assert isinstance(etat, int) and isinstance(nombre, int)
    return Vue(etat, nombre)


def _sum(ligne: Ligne, args: list[Vue], programme: Programme) -> Vue:
    """Terms over the same divider, or none."""
    nombre = sum(a.nombre * k for a, k in zip(args, _ints(ligne.param), strict=True))
    return Vue(_worst(args), nombre, args[0].diviseur if ligne.divise else 1)


def _cross_sum(ligne: Ligne, args: list[Vue], programme: Programme) -> Vue:
    (a, b), (ka, kb) = args, _ints(ligne.param)
    return Vue(_worst(args), a.nombre * ka * b.diviseur + b.nombre * kb * a.diviseur, a.diviseur * b.diviseur)


def _product(ligne: Ligne, args: list[Vue], programme: Programme) -> Vue:
    a, b = args
    return Vue(_worst(args), a.nombre * b.nombre, a.diviseur * b.diviseur)


def _quotient(ligne: Ligne, args: list[Vue], programme: Programme) -> Vue:
    (a, b), (times,) = args, _ints(ligne.param)
    etat = _worst(args)
    if etat != CONNU or not b.nombre:
        return Vue(etat or SANS_OBJET)
    sign = 1 if b.nombre > 0 else -1
    return Vue(CONNU, a.nombre * b.diviseur * sign * times, a.diviseur * abs(b.nombre))


def _round(ligne: Ligne, args: list[Vue], programme: Programme) -> Vue:
    times, over, step, mode = ligne.param
    assert isinstance(times, int) and isinstance(over, int) and isinstance(step, int)
    nombre, diviseur = args[0].nombre * times, over * args[0].diviseur
    if mode == "arrondi":
        steps = (2 * abs(nombre) + diviseur) // (2 * diviseur) * (1 if nombre >= 0 else -1)
    else:
        steps = -(-nombre // diviseur) if mode == "arrondi_excès" else nombre // diviseur
    return Vue(args[0].etat, steps * step)


def _compare(ligne: Ligne, args: list[Vue], programme: Programme) -> Vue:
    op, ka, kb, crossed, manque = ligne.param
    assert isinstance(ka, int) and isinstance(kb, int) and isinstance(manque, int)
    a, b = args
    etat = _worst(args)
    left, right = a.nombre * ka * (b.diviseur if crossed else 1), b.nombre * kb * (a.diviseur if crossed else 1)
    held = {
        "=": left == right, "≠": left != right, "<": left < right,
        "≤": left <= right, ">": left > right, "≥": left >= right,
    }[str(op)]  # fmt: skip
    return Vue(manque if etat == MANQUANT else etat, int(held))


def _logic(settles: bool) -> Callable[[Ligne, list[Vue], Programme], Vue]:
    def operate(ligne: Ligne, args: list[Vue], programme: Programme) -> Vue:
        if any(a.etat == CONNU and bool(a.nombre) is settles for a in args):
            return Vue(CONNU, int(settles))
        return Vue(_worst(args), int(not settles))

    return operate


def _not(ligne: Ligne, args: list[Vue], programme: Programme) -> Vue:
    return Vue(args[0].etat, 1 - args[0].nombre)


def _state(ligne: Ligne, args: list[Vue], programme: Programme) -> Vue:
    return Vue(CONNU, int(args[0].etat in ligne.param))


def _choose(ligne: Ligne, args: list[Vue], programme: Programme) -> Vue:
    condition, alors, sinon = args
    ka, kb, _ = ligne.param
    assert isinstance(ka, int) and isinstance(kb, int)
    a, b = Vue(alors.etat, alors.nombre * ka, alors.diviseur), Vue(sinon.etat, sinon.nombre * kb, sinon.diviseur)
    if condition.etat == CONNU:
        return a if condition.nombre else b
    if a.etat == b.etat == CONNU and a.nombre * b.diviseur == b.nombre * a.diviseur:
        return a
    return Vue(_worst(args))


def _pick(ligne: Ligne, args: list[Vue], programme: Programme) -> Vue:
    listed, other = ligne.param
    assert isinstance(listed, tuple) and isinstance(other, int)
    return Vue(args[0].etat, dict(listed).get(args[0].nombre, other))


def _nothing(ligne: Ligne, args: list[Vue], programme: Programme) -> Vue:
    return Vue(_worst(args))


def _ints(param: tuple[object, ...]) -> list[int]:
    return [k for k in param if isinstance(k, int)]


_OPERATIONS: dict[str, Callable[[Ligne, list[Vue], Programme], Vue]] = {
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


def entered(valeur: Any, facteur: int) -> Vue:
    """What a cell holds once read by its line: a number times `facteur`, undecided when it is not whole then."""
    scaled = valeur * facteur
    return Vue(CONNU, scaled.numerator) if scaled.denominator == 1 else Vue(INDECIS)
