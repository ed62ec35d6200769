"""Which row of a table applies, and what it gives."""

from __future__ import annotations

from fractions import Fraction

from caqes_dsl.base.quantities import Mode, Valeur, round_to
from caqes_dsl.model.nodes import Autrement, Cas, Constante, Intervalle, Lineaire, Rang, Suite, Table, Tout, Valeurs


def takes(cas: Cas, valeur: Valeur) -> bool:
    """Whether a case takes a value; `autrement` takes none by itself."""
    match cas:
        case Tout():
            return True
        case Valeurs():
            return valeur in cas.valeurs
        case Intervalle():
            assert isinstance(valeur, Fraction)
            above = cas.bas is None or valeur > cas.bas or (cas.bas_inclus and valeur == cas.bas)
            below = cas.haut is None or valeur < cas.haut or (cas.haut_inclus and valeur == cas.haut)
            return above and below
        case Autrement():
            return False
    raise TypeError(type(cas).__name__)


def find_row(table: Table, valeurs: tuple[Valeur, ...]) -> Rang | None:
    """The row that applies; None past the last one (the suite then goes on) or in a hole."""
    otherwise: Rang | None = None
    for rang in table.rangs:
        if isinstance(rang.cas[0], Autrement):
            otherwise = rang
        elif all(takes(c, v) for c, v in zip(rang.cas, valeurs, strict=True)):
            return rang
    return None if otherwise is not None and _goes_on(table, valeurs) else otherwise


def _goes_on(table: Table, valeurs: tuple[Valeur, ...]) -> bool:
    """Whether the suite takes a value, which `autrement` then leaves to it."""
    top = top_row(table) if table.suite is not None else None
    return top is not None and isinstance(valeurs[0], Fraction) and valeurs[0] > top[1]


def top_row(table: Table) -> tuple[Rang, Fraction] | None:
    """The highest bounded row of a table with one number as driver, and its upper bound."""
    best: tuple[Rang, Fraction] | None = None
    for rang in table.rangs:
        bound = _upper(rang.cas[0])
        if bound is not None and (best is None or bound > best[1]):
            best = (rang, bound)
    return best


def _upper(cas: Cas) -> Fraction | None:
    if isinstance(cas, Intervalle):
        return cas.haut
    if isinstance(cas, Valeurs):
        return max((v for v in cas.valeurs if isinstance(v, Fraction)), default=None)
    return None


def continued(table: Table, suite: Suite, valeur: Fraction) -> tuple[Rang, Fraction, int] | None:
    """Past the highest bounded row: that row, its upper bound, and how many steps the value has begun or completed."""
    top = top_row(table)
    if top is None or valeur < top[1]:
        return None
    mode = Mode.EXCES if suite.entamee else Mode.DEFAUT
    steps = round_to((valeur - top[1]) / suite.tranche, Fraction(1), mode)
    return top[0], top[1], int(steps)


def linear(rang: Rang, valeur: Fraction) -> Fraction:
    """Credit of a linear row at a value."""
    cas, effet = rang.cas[0], rang.effet
    assert isinstance(cas, Intervalle) and isinstance(effet, Lineaire)
    assert cas.bas is not None and cas.haut is not None
    return effet.bas + (valeur - cas.bas) / (cas.haut - cas.bas) * (effet.haut - effet.bas)


def effect_constant(rang: Rang) -> Fraction | None:
    """The number a row gives, when it is a constant."""
    if isinstance(rang.effet, Constante) and isinstance(rang.effet.valeur, Fraction):
        return rang.effet.valeur
    return None
