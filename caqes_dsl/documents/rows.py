"""Tables in French words: the cases of a row, what it gives, what the boundary values give, what comes after."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

from caqes_dsl.base.quantities import UNITE_DE, UNITES, Genre, write_value
from caqes_dsl.documents.phrases import describe
from caqes_dsl.documents.typography import capital, listing
from caqes_dsl.documents.words import level_label, value_in_words
from caqes_dsl.evaluation import tables
from caqes_dsl.model.domains import Domaines
from caqes_dsl.model.nodes import (
    Autrement,
    Cas,
    Constante,
    Intervalle,
    Lineaire,
    Noeud,
    Politique,
    Rang,
    Suite,
    Table,
    Tout,
    Valeurs,
)

_UNIT = re.compile("((?:≈\u00a0)?[^\u00a0]+)\u00a0(.+)")


def describe_cas(cas: Cas, genre: Genre, politique: Politique) -> str:
    """A case in words: « de 25 % à moins de 50 % »."""
    if isinstance(cas, Tout):
        return "toute valeur"
    if isinstance(cas, Autrement):
        return "dans tous les autres cas"
    if isinstance(cas, Valeurs):
        return listing([value_in_words(v, genre, politique) for v in cas.valeurs], "ou")
    low = None if cas.bas is None else value_in_words(cas.bas, genre, politique)
    high = None if cas.haut is None else value_in_words(cas.haut, genre, politique)
    if low is None:
        return "toute valeur" if high is None else f"jusqu'à {high} inclus" if cas.haut_inclus else f"moins de {high}"
    if high is None:
        return f"{low} ou plus" if cas.bas_inclus else f"plus de {low}"
    start = f"de {_shared(low, high)}" if cas.bas_inclus else f"plus de {low}"
    if not cas.haut_inclus:
        return f"{start} à moins de {high}"
    return f"{start} à {high}" if cas.bas_inclus else f"{start} à {high} inclus"


def _shared(low: str, high: str) -> str:
    """The lower bound without its unit when the upper one carries the same."""
    left, right = (_UNIT.fullmatch(text) for text in (low, high))
    same = left and right and left[2].replace("points", "point") == right[2].replace("points", "point")
    return left[1] if left and same else low


def describe_effect(effet: Noeud | Lineaire, politique: Politique, *, credit: bool = False) -> str:
    """What a row gives: a level by its label, a value, or a share of the points (a `credit`, fixed or linear)."""
    if isinstance(effet, Lineaire):
        low, high = (write_value(v, Genre.TAUX) for v in (effet.bas, effet.haut))
        return f"de {low} à {high} des points, en proportion"
    if isinstance(effet, Constante) and isinstance(effet.valeur, str) and effet.genre is Genre.NIVEAU:
        return level_label(effet.valeur, politique)
    return describe(effet, politique) + (" des points" if credit and effet.genre is Genre.TAUX else "")


def describe_row(
    rang: Rang, table: Table, politique: Politique, *, credit: bool = False
) -> tuple[tuple[str, ...], str]:
    """The cases of a row, one for each driver, and what it gives."""
    cases = tuple(describe_cas(c, n.genre, politique) for c, n in zip(rang.cas, table.selon, strict=False))
    return cases, describe_effect(rang.effet, politique, credit=credit)


def boundaries(table: Table, politique: Politique) -> str:
    """What the boundary values of a criterion give: « à 25 % : Non réalisé · à 50 % : Partiellement réalisé ».

    Nothing for a table of several drivers, or whose rows name single values only.
    """
    if len(table.selon) != 1:
        return ""
    found: set[Fraction] = set()
    for rang in table.rangs:
        cas = rang.cas[0]
        if isinstance(cas, Intervalle):
            found.update(b for b in (cas.bas, cas.haut) if b is not None)
    said = []
    for bound in sorted(found):
        row = tables.find_row(table, (bound,))
        if row is not None:
            given = _at(row, bound, politique)
            said.append(f"à {value_in_words(bound, table.selon[0].genre, politique)} : {given}")
    return " · ".join(said)


def _at(row: Rang, valeur: Fraction, politique: Politique) -> str:
    if isinstance(row.effet, Lineaire):
        return f"{write_value(tables.linear(row, valeur), Genre.TAUX)} des points"
    return describe_effect(row.effet, politique, credit=True)


def after_rows(table: Table, politique: Politique, domaines: Domaines) -> Iterator[str]:
    """What is said under a table: the grid of its values, how it goes on, its plafond."""
    if len(table.selon) == 1 and any(isinstance(r.cas[0], Intervalle) for r in table.rangs):
        yield from _step(table.selon[0], politique, domaines)
    if table.suite is not None:
        yield _suite(table, table.suite, politique)
    if table.plafond is not None:
        yield f"Plafond : {describe(table.plafond, politique)}."


def _step(driver: Noeud, politique: Politique, domaines: Domaines) -> Iterator[str]:
    """Why rows such as « de 1 à 2 » then « de 3 à 4 » leave nothing out: the values lie on a grid."""
    step = domaines.expression(driver).pas
    unit = UNITES[UNITE_DE.get(driver.genre, "")][1]
    if step is None or driver.genre in (Genre.ENTIER, Genre.JOURS, Genre.MOIS):
        return
    name = capital(describe(driver, politique))
    if step == unit:
        noun = {Genre.ECART: "de points de pourcentage", Genre.TAUX: "de %", Genre.POINTS: "de points"}
        yield f"{name} : toujours un nombre entier {noun.get(driver.genre, '')}".rstrip() + "."
    else:
        yield f"{name} : toujours un multiple de {value_in_words(step, driver.genre, politique)}."


def _suite(table: Table, suite: Suite, politique: Politique) -> str:
    genre, top = table.selon[0].genre, tables.top_row(table)
    kind = "entamée" if suite.entamee else "révolue"
    step = value_in_words(suite.tranche, genre, politique)
    more = value_in_words(suite.pas, table.genre, politique)
    if top is None:
        return f"Au-delà : {more} de plus par tranche de {step} {kind}."
    base = tables.effect_constant(top[0])
    said = f"Au-delà de {value_in_words(top[1], genre, politique)} : {more} de plus par tranche de {step} {kind}"
    if base is None:
        return said + "."
    first = top[1] + suite.tranche
    cases = [(first, base + suite.pas), (first + suite.tranche, base + 2 * suite.pas)]
    shown = [f"{value_in_words(g, table.genre, politique)} à {value_in_words(v, genre, politique)}" for v, g in cases]
    return f"{said} ({listing(shown)})."
