"""What undetermined critères may give, found once for the establishments of which all that they read is the same."""

from __future__ import annotations

from collections.abc import Hashable
from functools import cached_property
from typing import TYPE_CHECKING

from caqes_dsl.model.domains import Domaines
from caqes_dsl.model.nodes import Agregat, Cle, Critere, Fait, Politique, Reference
from caqes_dsl.model.walk import depends_on, facts_read, nodes, reads

from .completions import facts_tied
from .possible import facts_read_far, is_soft

if TYPE_CHECKING:
    from .bounds import Incertain
    from .explain import Interpreteur

_FROM_FACTS = frozenset({"calcul", "barème", "réserve", "secteur"})


class Souvenirs:
    """The memory of a cohort under one policy: a critère that reads facts alone is the same wherever they are."""

    def __init__(self, politique: Politique) -> None:
        self.politique = politique
        self._known: dict[Hashable, Incertain] = {}
        self._lus: dict[str, tuple[str, ...] | None] = {}
        self._sectors: dict[str, frozenset[str]] = {}
        self._under: dict[str, tuple[Critere, ...]] = {}

    def under(self, titre: str) -> tuple[Critere, ...]:
        """The criteria of a heading; all for « »."""
        if titre not in self._under:
            self._under[titre] = self.politique.criteres_de(titre)
        return self._under[titre]

    def of(self, interprete: Interpreteur, nom: str) -> Incertain | None:
        """What was found for a critère where all that it reads is the same."""
        key = self._key(interprete, nom)
        return self._known.get(key) if key is not None else None

    def keep(self, interprete: Interpreteur, nom: str, found: Incertain) -> None:
        """Remembers what was found."""
        key = self._key(interprete, nom)
        if key is not None:
            self._known[key] = found

    def _key(self, interprete: Interpreteur, nom: str) -> Hashable | None:
        """All that a critère depends on; None when that is more than facts and its own answer."""
        if nom not in self._lus:
            self._lus[nom] = self._read(nom)
        names = self._lus[nom]
        if names is None or interprete.imposes:
            return None
        here = interprete.etablissement
        years = [(0, here), *here.passes.items()]
        sectors = self._sectors[nom]
        facts = tuple(
            (year, tuple(s for s in e.secteurs if s in sectors), e.reponses.get(nom), *map(e.faits.get, names))
            for year, e in years
        )
        return nom, interprete.exercice, interprete.recul, interprete.rejoue, facts

    def _read(self, nom: str) -> tuple[str, ...] | None:
        if self.soft:
            return None
        politique, seen = self.politique, {Cle("niveau", nom)}
        critere = politique.criteres[nom]
        sectors = set(critere.secteurs) if critere.variantes else set[str]()
        waiting = list(seen)
        while waiting:
            cle = waiting.pop()
            for noeud in reads(politique, cle):
                if isinstance(noeud, Agregat) or (isinstance(noeud, Reference) and noeud.cle.sorte not in _FROM_FACTS):
                    return None
                if isinstance(noeud, Reference) and noeud.cle.sorte == "secteur":
                    sectors.add(noeud.cle.nom)
            more = depends_on(politique, cle).keys() - seen
            seen |= more
            waiting += more
        self._sectors[nom] = frozenset(sectors)
        facts = facts_read_far(politique, Cle("niveau", nom))
        return tuple(sorted(set().union(*(self._tied.get(f, {f}) for f in facts))))

    @cached_property
    def soft(self) -> bool:
        """Whether a known criterion may still change (see `is_soft`)."""
        return is_soft(self.politique)

    @cached_property
    def domaines(self) -> Domaines:
        """What the quantities of any establishment may be worth."""
        return Domaines(self.politique)

    @cached_property
    def bounds(self) -> tuple[tuple[Fait, ...], ...]:
        """The données that each declared bound ties together, where there are several."""
        return facts_tied(self.politique)

    @cached_property
    def _tied(self) -> dict[str, set[str]]:
        """Each donnée with those that declared bounds tie to it, however far."""
        groups: dict[str, set[str]] = {}
        for donnee in self.politique.donnees.values():
            names = {donnee.nom}.union(*(facts_read(nodes(b)) for b in donnee.bornes))
            group = names.union(*(groups.get(n, set()) for n in names))
            groups.update(dict.fromkeys(group, group))
        return groups
