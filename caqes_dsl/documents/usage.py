"""Which rules read which facts: what an annex says a fact is for, and which facts an establishment is asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass

from caqes_dsl.documents.typography import listing
from caqes_dsl.documents.words import criterion_number, quoted
from caqes_dsl.model.nodes import Constante, Critere, Fait, Indicateur, Politique


def facts_in(thing: object) -> Iterator[str]:
    """The name of every fact that an expression, a table or a declaration reads."""
    waiting = [thing]
    while waiting:
        part = waiting.pop()
        if isinstance(part, Fait):
            yield part.nom
        elif isinstance(part, (tuple, list)):
            waiting += reversed(part)
        elif is_dataclass(part) and not isinstance(part, (type, Constante)):
            waiting += [getattr(part, f.name) for f in reversed(fields(part)) if f.name != "span"]


def asked(politique: Politique, criteres: Iterable[Critere], indicateurs: Iterable[Indicateur] = ()) -> set[str]:
    """Facts asked of an establishment to which these criteria and indicateurs apply: those that only others read are
    not."""
    declared: dict[str, Critere | Indicateur] = {**politique.criteres, **politique.indicateurs}
    kept = {c.nom for c in (*criteres, *indicateurs)}
    others = [c for c in declared.values() if c.nom not in kept]
    needed = _closed(politique, facts_in([*(declared[n] for n in kept), *_rules(politique)]))
    return {n for n in politique.donnees if n in needed or n not in _closed(politique, facts_in(others))}


def _rules(politique: Politique) -> list[object]:
    """Everything but criteria and indicateurs that reads facts."""
    groups = (politique.volets, politique.calculs, politique.baremes, politique.decisions, politique.pieces)
    return [*(d for group in groups for d in group.values()), *(p.expression for p in politique.proprietes)]


def _closed(politique: Politique, names: Iterable[str]) -> set[str]:
    """These facts with those that bound them."""
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in found and name in politique.donnees:
            found.add(name)
            waiting += facts_in(politique.donnees[name].bornes)
    return found


def purposes(politique: Politique, criteres: Iterable[Critere]) -> dict[str, str]:
    """What each fact is for: « Critères C31 et C37 », the title of a decision; nothing when no rule reads it."""
    numbers: dict[str, list[str]] = {}
    for critere in criteres:
        for name in dict.fromkeys(facts_in(critere)):
            numbers.setdefault(name, []).append(criterion_number(critere, politique))
    titles: dict[str, list[str]] = {}
    groups = (politique.indicateurs, politique.calculs, politique.baremes, politique.decisions, politique.pieces)
    for volet in politique.volets.values():
        for name in dict.fromkeys(facts_in(volet.reserve)):
            titles.setdefault(name, []).append(f"ouverture du volet {quoted(volet.titre or volet.nom)}")
    for declared in (*(d for group in groups for d in group.values()), *(p for p in politique.proprietes if p.limite)):
        for name in dict.fromkeys(facts_in(declared)):
            titles.setdefault(name, []).append(quoted(declared.titre or declared.nom))
    said = {}
    for name in politique.donnees:
        mine = numbers.get(name, [])
        parts = [f"critère{'s' if len(mine) > 1 else ''} {listing(mine)}"] if mine else []
        said[name] = ", ".join([*parts, *titles.get(name, [])])
    return said
