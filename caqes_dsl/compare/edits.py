"""The elementary editions between two policies that use the same names: what the empreinte sees, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from caqes_dsl.model.empreinte import canonical
from caqes_dsl.model.nodes import Politique

from .changes import Adresse, Edition
from .parts import HEADER, LISTS, MAPPINGS, NOTATION, collection, keyed, parts_of


def editions(ancienne: Politique, nouvelle: Politique) -> Iterator[Edition]:
    """Every edition, in the order of the collections, then that of the newer policy."""
    for name in HEADER:
        yield from _value(Adresse("", "", name), getattr(ancienne, name), getattr(nouvelle, name))
    yield from _fields(NOTATION, "", ancienne.notation, nouvelle.notation)
    for name in (*MAPPINGS, *LISTS):
        yield from _declarations(name, collection(ancienne, name), collection(nouvelle, name))


def _value(adresse: Adresse, old: Any, new: Any) -> Iterator[Edition]:
    if old is not new and canonical(old, adresse.champ) != canonical(new, adresse.champ):
        yield Edition(adresse, old, new)


def _declarations(name: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Edition]:
    before = ""
    for nom, declared in new.items():
        if nom not in old:
            yield Edition(Adresse(name, nom), None, declared, before)
        elif name in LISTS:
            yield from _value(Adresse(name, nom), old[nom], declared)
        elif old[nom] is not declared:
            yield from _fields(name, nom, old[nom], declared)
        before = nom
    for nom, declared in old.items():
        if nom not in new:
            yield Edition(Adresse(name, nom), declared, None)


def _fields(name: str, nom: str, old: Any, new: Any) -> Iterator[Edition]:
    for champ, key in parts_of(new):
        a, b = getattr(old, champ), getattr(new, champ)
        if key is not None:
            yield from _items(Adresse(name, nom, champ), a, b, key)
        elif isinstance(a, Mapping):
            for cle in dict.fromkeys((*a, *b)):
                yield from _value(Adresse(name, nom, champ, cle), a.get(cle), b.get(cle))
        else:
            yield from _value(Adresse(name, nom, champ), a, b)


def _items(adresse: Adresse, old: Any, new: Any, key: Callable[[Any], str]) -> Iterator[Edition]:
    before, after = keyed(old, key), keyed(new, key)
    for cle in dict.fromkeys((*after, *before)):
        yield from _value(Adresse(adresse.collection, adresse.nom, adresse.champ, cle), before.get(cle), after.get(cle))
