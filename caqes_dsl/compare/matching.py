"""Which declarations of the newer policy are those of the older one under another name, and by what evidence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from caqes_dsl.model.empreinte import canonical
from caqes_dsl.model.nodes import Critere, Politique

from .names import renamed_value
from .parts import LISTS, MAPPINGS, collection

_UNNAMED = ("exemples", "delais")
"""Collections whose items have no name of their own."""


@dataclass(frozen=True, slots=True)
class Appariement:
    """A former name, the new one, and the evidence: anciennement, contenu or titre."""

    collection: str
    ancien: str
    nouveau: str
    preuve: str


def match(ancienne: Politique, nouvelle: Politique) -> tuple[Appariement, ...]:
    """The declarations renamed. Evidence is tried in this order: what the newer policy says, an equal content, an
    equal title; where two could be the same, neither is."""
    gone: dict[str, dict[str, Any]] = {}
    new: dict[str, dict[str, Any]] = {}
    for name in (*MAPPINGS, *LISTS):
        if name in _UNNAMED:
            continue
        a, b = collection(ancienne, name), collection(nouvelle, name)
        gone[name] = {n: d for n, d in a.items() if n not in b and n}
        new[name] = {n: d for n, d in b.items() if n not in a and n}
    found = list(_said(gone["criteres"], new["criteres"]))
    _take(gone, new, found)
    blank = {n: "_" for names in (*gone.values(), *new.values()) for n in names}
    for name in gone:
        same = list(_same(name, "contenu", _by_content(gone[name], blank), _by_content(new[name], blank)))
        found += same
        _take(gone, new, same)
    for name in gone:
        same = list(_same(name, "titre", _by_title(gone[name]), _by_title(new[name])))
        found += same
        _take(gone, new, same)
    return tuple(found)


def _said(gone: Mapping[str, Critere], new: Mapping[str, Critere]) -> Iterator[Appariement]:
    taken: set[str] = set()
    for nom, critere in new.items():
        if critere.anciennement in gone and critere.anciennement not in taken:
            taken.add(critere.anciennement)
            yield Appariement("criteres", critere.anciennement, nom, "anciennement")


def _take(gone: dict[str, dict[str, Any]], new: dict[str, dict[str, Any]], pairs: list[Appariement]) -> None:
    for pair in pairs:
        gone[pair.collection].pop(pair.ancien, None)
        new[pair.collection].pop(pair.nouveau, None)


def _by_content(declared: Mapping[str, Any], blank: Mapping[str, str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for nom, one in declared.items():
        found.setdefault(canonical(renamed_value(one, blank)), []).append(nom)
    return found


def _by_title(declared: Mapping[str, Any]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for nom, one in declared.items():
        title = " ".join(one.titre.casefold().split())
        if title:
            found.setdefault(title, []).append(nom)
    return found


def _same(name: str, preuve: str, gone: Mapping[str, list[str]], new: Mapping[str, list[str]]) -> Iterator[Appariement]:
    for key, former in gone.items():
        latter = new.get(key, [])
        if len(former) == len(latter) == 1:
            yield Appariement(name, former[0], latter[0], preuve)


def unrelated(old: Any, new: Any) -> bool:
    """Whether two declarations of one name share nothing: less than half of their titles."""
    a, b = (" ".join(d.titre.casefold().split()) for d in (old, new))
    shared = sum(block.size for block in SequenceMatcher(None, a, b, autojunk=False).get_matching_blocks())
    return bool(a and b) and 4 * shared < len(a) + len(b)
