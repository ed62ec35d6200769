"""What a policy computes, cut into units: which reads which, and which may differ between two policies.

A unit is a `Cle`: its sortes are those of the core, one for a critère (niveau), one for an indicateur (mesure), one for
the points of a heading; and donnée, volets (how many there are), notation, collectif (what the whole cohort gives).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any

from caqes_dsl.evaluation.possible import is_soft
from caqes_dsl.evaluation.summary import scored
from caqes_dsl.model.empreinte import meaning
from caqes_dsl.model.nodes import Agregat, Cle, Fait, Noeud, Politique, Reference
from caqes_dsl.model.walk import critere_nodes, nodes, table_nodes

from .parts import MAPPINGS

VOLETS, NOTATION, COLLECTIF = Cle("volets"), Cle("notation"), Cle("collectif")

_UNITS: Mapping[str, str] = {
    "donnees": "donnée",
    "criteres": "niveau",
    "indicateurs": "mesure",
    "calculs": "calcul",
    "baremes": "barème",
    "decisions": "décision",
    "pieces": "pièce",
    "secteurs": "secteur",
}
_FACTUAL = frozenset({"donnée", "calcul", "barème", "réserve", "secteur", "mesure", "cible", "pièce", "collectif"})


class Partage:
    """What two policies must give alike to an establishment of which they take the same facts and answers."""

    def __init__(self, old: Unites, new: Unites) -> None:
        self.changed = changed_units(old.politique, new.politique)
        self.touched = affected(self.changed, old, new) if self.changed else frozenset()
        self.hard = not old.souple and not new.souple
        self._old, self._new = old, new
        self._known: dict[Cle, bool] = {}
        self._nodes: dict[int, tuple[Noeud, bool]] = {}

    def keeps_node(self, noeud: Noeud) -> bool:
        """Whether an expression that both may hold gives the same under both."""
        known = self._nodes.get(id(noeud))
        if known is None or known[0] is not noeud:
            read = {*self._old.read(nodes(noeud)), *self._new.read(nodes(noeud))}
            known = self._nodes[id(noeud)] = (noeud, self._alike(read))
        return known[1]

    def keeps(self, cle: Cle) -> bool:
        """Whether a quantity is the same under both."""
        if cle not in self._known:
            self._known[cle] = self._same(cle)
        return self._known[cle]

    def _same(self, cle: Cle) -> bool:
        return self._alike({*self._old.named(cle), *self._new.named(cle)})

    def _alike(self, units: Iterable[Cle]) -> bool:
        """What is not touched gives the same; where a critère may depend on what others lack, only from facts."""
        return all(
            c not in self.touched and (self.hard or (self._old.is_factual(c) and self._new.is_factual(c)))
            for c in units
        )


class Unites:
    """The units of a policy and what each reads directly."""

    def __init__(self, politique: Politique) -> None:
        self.politique = politique
        self._far: dict[Cle, frozenset[Cle]] = {}

    @cached_property
    def lectures(self) -> Mapping[Cle, frozenset[Cle]]:
        """Every unit with those that it reads."""
        p = self.politique
        found: dict[Cle, set[Cle]] = {}
        for nom, critere in p.criteres.items():
            found[Cle("niveau", nom)] = {*self.read(critere_nodes(critere)), Cle("réserve", critere.volet)}
            for titre in {"", critere.volet, critere.chapitre, critere.objectif}:
                found.setdefault(Cle("points", titre), set()).add(Cle("niveau", nom))
        for nom, indicateur in p.indicateurs.items():
            read = nodes(indicateur.mesure, indicateur.cible, indicateur.atteint, indicateur.reserve)
            found[Cle("mesure", nom)] = {*self.read(read), Cle("réserve", indicateur.volet)} - {Cle("mesure", nom)}
        for nom, calcul in p.calculs.items():
            found[Cle("calcul", nom)] = set(self.read(nodes(calcul.expression)))
        for nom, bareme in p.baremes.items():
            found[Cle("barème", nom)] = set(self.read(table_nodes(bareme.table)))
        for nom, piece in p.pieces.items():
            found[Cle("pièce", nom)] = set(self.read(nodes(piece.condition)))
        for nom, volet in p.volets.items():
            found[Cle("cible", nom)] = set(self.read(nodes(volet.cible)))
            found[Cle("réserve", nom)] = set(self.read(nodes(volet.reserve)))
        for nom, donnee in p.donnees.items():
            for other in set(self.read(nodes(*donnee.bornes))):  # a bound ties both ways
                found.setdefault(Cle("donnée", nom), set()).add(other)
                found.setdefault(other, set()).add(Cle("donnée", nom))
        for nom, d in p.decisions.items():
            asked = nodes(d.condition, d.montant, d.plafond, d.plancher, d.au_prorata)
            found[Cle("décision", nom)] = {*self.read(asked), Cle("réserve", d.volet), VOLETS}
            found[Cle("décision", nom)] |= {Cle("points", d.volet), Cle("points"), Cle("score", d.volet)}
            if d.au_prorata is not None:
                found[Cle("décision", nom)].add(COLLECTIF)
        for titre in ("", *p.volets, *p.chapitres, *p.objectifs):
            found[Cle("score", titre)] = {Cle("points", titre), NOTATION}
        if p.notation.calcul:
            found[Cle("score")] = {Cle("calcul", p.notation.calcul), Cle("points"), NOTATION}
        return {cle: frozenset(read) for cle, read in found.items()}

    def read(self, noeuds: Iterable[Noeud]) -> Iterator[Cle]:
        """The units that these expressions read."""
        for noeud in noeuds:
            match noeud:
                case Fait():
                    yield Cle("donnée", noeud.nom)
                case Agregat():
                    yield COLLECTIF
                case Reference():
                    yield from self.named(noeud.cle)

    def named(self, cle: Cle) -> Iterator[Cle]:
        """The units that a quantity is."""
        match cle.sorte:
            case "points_applicables":
                yield Cle("points", cle.nom)
            case "décompte":
                yield Cle("points", cle.nom.partition(" ")[2])
            case "mesure" | "cible" | "atteint" if cle.nom in self.politique.indicateurs:
                yield Cle("mesure", cle.nom)
            case "mesure":
                yield Cle("niveau", cle.nom)
            case _:
                yield cle

    def far(self, cle: Cle) -> frozenset[Cle]:
        """All that a unit is computed from, itself included."""
        if cle not in self._far:
            seen, waiting = {cle}, [cle]
            while waiting:
                for read in self.lectures.get(waiting.pop(), ()):
                    if read not in seen:
                        seen.add(read)
                        waiting.append(read)
            self._far[cle] = frozenset(seen)
        return self._far[cle]

    def is_factual(self, cle: Cle) -> bool:
        """Whether a unit reads nothing but facts, however far: no score, no other critère."""
        return cle.sorte in {*_FACTUAL, "niveau"} and all(c.sorte in _FACTUAL for c in self.far(cle) - {cle})

    @cached_property
    def souple(self) -> bool:
        """Whether a known criterion may still change with what others lack (see `is_soft`)."""
        return is_soft(self.politique)


def changed_units(ancienne: Politique, nouvelle: Politique) -> frozenset[Cle]:
    """The units declared otherwise: what is written in them, not what they read, has another meaning."""
    found: set[Cle] = set()
    for name in MAPPINGS:
        old, new = getattr(ancienne, name), getattr(nouvelle, name)
        for nom in dict.fromkeys((*old, *new)):
            a, b = old.get(nom), new.get(nom)
            if a is not b and (a is None or b is None or meaning(a, name) != meaning(b, name)):
                found |= set(_units(name, nom, a, b, nouvelle))
    if _scopes(ancienne) != _scopes(nouvelle):
        found.add(VOLETS)
    if meaning(ancienne.notation) != meaning(nouvelle.notation):
        found.add(NOTATION)
    return frozenset(found)


def _scopes(politique: Politique) -> tuple[bool, bool]:
    """What having one volet or several changes: whether a decision and a score are those of their volet."""
    return len(politique.volets) > 1, "" in scored(politique)


def _units(name: str, nom: str, old: Any, new: Any, politique: Politique) -> Iterator[Cle]:
    if name in _UNITS:
        yield Cle(_UNITS[name], nom)
    elif name == "niveaux":  # any answer may be that level
        yield from (Cle("niveau", critere) for critere in politique.criteres)
    elif name == "volets":
        for sorte, champ in (("cible", "cible"), ("réserve", "reserve")):
            a, b = getattr(old, champ, None), getattr(new, champ, None)
            if a is not b and meaning(a) != meaning(b):
                yield Cle(sorte, nom)


def affected(changed: Iterable[Cle], *sides: Unites) -> frozenset[Cle]:
    """The units that may give something else once these changed, on either side."""
    readers: dict[Cle, list[Cle]] = {}
    for side in sides:
        for cle, read in side.lectures.items():
            for one in read:
                readers.setdefault(one, []).append(cle)
    seen = set(changed)
    waiting = list(seen)
    while waiting:
        for reader in readers.get(waiting.pop(), ()):
            if reader not in seen:
                seen.add(reader)
                waiting.append(reader)
    return frozenset(seen)
