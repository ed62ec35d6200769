"""What changed between two policies: the elementary editions gathered into the changes that explain them."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field

from caqes_dsl.model.nodes import Politique

from . import changes
from .causes import Causes
from .changes import Adresse, Changement, Edition
from .edits import editions
from .matching import Appariement, match, unrelated
from .names import renamed
from .parts import LISTS, MAPPINGS, collection
from .places import Places


def compare(ancienne: Politique, nouvelle: Politique) -> tuple[Changement, ...]:
    """The changes that make the newer policy of the older one; none when both mean and print the same.

    Comments, layout, order and the splitting over files are not changes. In order: the header, what is declared before
    the headings, the headings and critères as they stand in the newer policy, then what follows.
    """
    pairs = match(ancienne, nouvelle)
    base = renamed(ancienne, {p.ancien: p.nouveau for p in pairs})
    replaced = _replaced(base, nouvelle, {p.nouveau for p in pairs})
    found = [e for e in editions(base, nouvelle) if (e.adresse.collection, e.adresse.nom) not in replaced]
    found += replaced.values()
    causes = Causes(base, nouvelle, found, {(p.collection, p.nouveau) for p in pairs})
    groups: dict[Hashable, _Groupe] = {(p.collection, p.nouveau): _Groupe(changes.Renommage, pair=p) for p in pairs}
    for edition in found:
        kind, key = causes.of(edition)
        groups.setdefault(key, _Groupe(kind)).editions.append(edition)
    places = Places(base, ancienne, nouvelle, {p.nouveau: p.ancien for p in pairs})
    return tuple(_change(g, places) for g in sorted(groups.values(), key=_Rank(nouvelle, base)))


@dataclass(slots=True)
class _Groupe:
    """The editions of one change. `pair`: the renaming that it is."""

    kind: type[Changement]
    pair: Appariement | None = None
    editions: list[Edition] = field(default_factory=list)

    @property
    def adresse(self) -> Adresse:
        return Adresse(self.pair.collection, self.pair.nouveau) if self.pair else self.editions[0].adresse


def _replaced(base: Politique, nouvelle: Politique, paired: set[str]) -> dict[tuple[str, str], Edition]:
    """Declarations of two regions that only share their name."""
    if base.region == nouvelle.region or not (base.region and nouvelle.region):
        return {}
    found: dict[tuple[str, str], Edition] = {}
    for name in MAPPINGS:
        old, new = getattr(base, name), getattr(nouvelle, name)
        for nom in old:
            if nom in new and nom not in paired and unrelated(old[nom], new[nom]):
                found[name, nom] = Edition(Adresse(name, nom), old[nom], new[nom])
    return found


class _Rank:
    """Where a change is listed."""

    def __init__(self, nouvelle: Politique, base: Politique) -> None:
        order = ["", "notation", *MAPPINGS, *LISTS]
        self.ranks = {name: i for i, name in enumerate(order)}
        self.places: dict[tuple[str, str], tuple[int, int]] = {}
        for name in (*MAPPINGS, *LISTS):
            for side, policy in enumerate((nouvelle, base)):
                for i, nom in enumerate(collection(policy, name)):
                    self.places.setdefault((name, nom), (side, i))

    def __call__(self, groupe: _Groupe) -> tuple[int, int, int]:
        where = groupe.adresse
        side, place = self.places.get((where.collection, where.nom), (0, 0))
        return self.ranks[where.collection], side, place


def _change(groupe: _Groupe, places: Places) -> Changement:
    """The change of a group."""
    where = groupe.adresse
    head = places.head(where, groupe.editions)
    if groupe.pair is not None:
        return changes.Renommage(*head, ancien_nom=groupe.pair.ancien, preuve=groupe.pair.preuve)
    return groupe.kind(*head)
