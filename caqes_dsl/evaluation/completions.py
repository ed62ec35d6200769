"""Completions of what is missing, tried on one criterion: they show that its worst and its best case are reached."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import product
from math import prod
from typing import TYPE_CHECKING

from caqes_dsl.base.quantities import Valeur
from caqes_dsl.model.intervals import Domaine
from caqes_dsl.model.nodes import Comparaison, Constante, Critere, Fait, Politique
from caqes_dsl.model.walk import critere_nodes, facts_read, nodes

from .bounds import Part
from .missing import complete, decode, values_to_try

if TYPE_CHECKING:
    from .explain import Interpreteur
    from .trace import ResultatCritere

MOST_TRIES = 400
"""Completions tried on one criterion."""


def reached(
    interprete: Interpreteur, result: ResultatCritere, domain_of: Callable[[str], Domaine], wanted: set[Part]
) -> tuple[frozenset[Part], bool]:
    """What completions give, and whether they were all tried; stops when all that is wanted is seen."""
    politique, seen = interprete.politique, set[Part]()
    keys = sorted(result.manquants)
    items = {key: decode(politique, key) for key in keys}
    if any(i.sorte == "statistique" or (k.endswith(")") and i.annee is None) for k, i in items.items()):
        return frozenset(), False
    known = _numbers_read(result.critere, interprete)
    tries = [values_to_try(politique, key, domain_of(key), known) for key in keys]
    every = all(whole for _, whole in tries) and prod(len(values) for values, _ in tries) <= MOST_TRIES
    bounds = bounds_read(politique)
    for chosen in _first(product(*(values for values, _ in tries)), MOST_TRIES):
        values = dict(zip(keys, chosen, strict=True))
        then = interprete.of(complete(interprete.etablissement, politique, values))
        if not admissible(then, values, bounds):
            continue
        given = then.critere(result.critere.nom)
        if given.statut == "indetermine":
            every = False
            continue
        seen.add(given.part)
        if wanted <= seen:
            return frozenset(seen), False
    return frozenset(seen), every and bool(seen)


def _first(items: Iterable[tuple[Valeur, ...]], most: int) -> Iterator[tuple[Valeur, ...]]:
    for _, item in zip(range(most), items, strict=False):
        yield item


Bornes = Sequence[tuple[Comparaison, frozenset[str]]]
"""Declared bounds, each with the données it reads."""


def bounds_read(politique: Politique) -> Bornes:
    """The bounds of every donnée: read once for many completions."""
    return [(b, frozenset(facts_read(nodes(b)))) for d in politique.donnees.values() for b in d.bornes]


def admissible(interprete: Interpreteur, valeurs: dict[str, Valeur], bornes: Bornes | None = None) -> bool:
    """Whether no bound declared on a donnée refuses these values of what was missing."""
    items = [decode(interprete.politique, key) for key in valeurs]
    bounds = bounds_read(interprete.politique) if bornes is None else bornes
    for annee in {i.annee for i in items}:
        there = interprete if annee is None else interprete.in_year(annee)
        chosen = {i.nom for i in items if i.annee == annee and i.sorte == "donnée"}
        for borne, read in bounds:
            if chosen & read and there.eval(borne).valeur is False:
                return False
    return True


def _numbers_read(critere: Critere, interprete: Interpreteur) -> list[Fraction]:
    """Some of the known numbers that a criterion reads, constants included."""
    read = (interprete.eval(n).valeur for n in critere_nodes(critere) if isinstance(n, Fait | Constante))
    return list(dict.fromkeys(v for v in read if isinstance(v, Fraction)))[:12]


def facts_tied(politique: Politique) -> tuple[tuple[Fait, ...], ...]:
    """The données that each declared bound ties together, where there are several."""
    found = (
        tuple(n for n in nodes(borne) if isinstance(n, Fait))
        for donnee in politique.donnees.values()
        for borne in donnee.bornes
    )
    return tuple(facts for facts in found if len(facts) > 1)


def linked(politique: Politique, interprete: Interpreteur, keys: Iterable[str]) -> list[frozenset[str]]:
    """Missing facts that declared bounds tie to one another, in this exercise and in the earlier ones of `keys`."""
    groups: list[set[str]] = []
    kept = interprete.souvenirs
    bounds = facts_tied(politique) if kept is None else kept.bounds
    for annee in {decode(politique, key).annee for key in keys}:
        there = interprete if annee is None else interprete.in_year(annee)
        for facts in bounds:
            missing = {m for n in facts for m in there.eval(n).manquants}
            if len(missing) > 1:
                touched = [g for g in groups if g & missing]
                groups = [g for g in groups if not g & missing] + [missing.union(*touched)]
    return [frozenset(g) for g in groups if len(g) > 1]
