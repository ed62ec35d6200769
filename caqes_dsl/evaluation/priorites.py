"""What to ask for first: the missing items whose knowledge narrows the score's bounds most, in the worst case.

Each missing item is given each value it may take, the others left missing; the value that leaves the widest bounds says
how much asking for it is sure to narrow. Statistics of the cohort are held as they are.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice
from typing import TYPE_CHECKING

from caqes_dsl.base.quantities import Valeur
from caqes_dsl.model.nodes import Cle, Constante, Intervalle, Politique
from caqes_dsl.model.walk import critere_nodes, facts_read, nodes

from .completions import admissible
from .explain import Interpreteur
from .missing import as_read_by, complete, decode, values_to_try
from .possible import facts_read_far
from .summary import scored
from .trace import Resultat

if TYPE_CHECKING:
    from .trace import SousScore

MOST_TRIES = 400
"""Values tried for one establishment, all its missing items together."""


@dataclass(frozen=True, slots=True)
class Portee:
    """The bounds of one score (« » for the whole); None when no bound is known."""

    volet: str
    bas: Fraction | None
    haut: Fraction | None

    @property
    def largeur(self) -> Fraction:
        """How wide the bounds are; unknown bounds are as wide as a score can be."""
        return Fraction(1) if self.bas is None or self.haut is None else self.haut - self.bas


@dataclass(frozen=True, slots=True)
class Priorite:
    """A missing item. `avant` are the bounds of the scores today, `apres` those that its least helpful value leaves.

    `exact`: every value it may take was tried; else a value not tried may leave them wider. `decisions` counts the
    decisions left open for want of it.
    """

    cle: str
    avant: tuple[Portee, ...]
    apres: tuple[Portee, ...]
    decisions: int
    exact: bool

    @property
    def reste(self) -> Fraction:
        """The width of the bounds that remain, all scores together."""
        return sum((p.largeur for p in self.apres), Fraction(0))

    @property
    def reduit(self) -> bool:
        """Whether knowing it narrows the bounds, whatever it is worth."""
        return self.reste < sum((p.largeur for p in self.avant), Fraction(0))


def priorites(resultat: Resultat, *, essais: int = MOST_TRIES) -> tuple[Priorite, ...]:
    """The missing items of a result, what to ask for first in front.

    Ties go to the decisions left open, then to the name; what only the cohort can give comes last.
    """
    politique = resultat.politique
    interprete = Interpreteur(politique, resultat.etablissement, population=resultat.population)
    keys = as_read_by(resultat.etablissement.finess, resultat.manquants)
    asked = [k for k in keys if decode(politique, k).sorte != "statistique"]
    search = _Recherche(interprete, asked, max(essais // max(len(asked), 1), 2))
    found = [search.priorite(k, resultat, known=k in asked) for k in keys]
    return tuple(sorted(found, key=lambda p: (p.cle not in asked, p.reste, -p.decisions, p.cle)))


class _Recherche:
    def __init__(self, interprete: Interpreteur, cles: list[str], most: int) -> None:
        self.interprete, self.politique, self.most = interprete, interprete.politique, most
        self.scopes = _scopes(self.politique)
        self.avant = self._bounds(interprete)
        items = {decode(self.politique, k).nom for k in cles}
        self.reads = {
            nom: facts_read_far(self.politique, Cle("niveau", nom))
            for nom in (self.politique.criteres if items else ())
        }

    def priorite(self, cle: str, resultat: Resultat, *, known: bool) -> Priorite:
        """One missing item."""
        finess = resultat.etablissement.finess
        decisions = sum(cle in as_read_by(finess, d.manquants) for d in resultat.decisions.values())
        worst, exact = self._worst(cle) if known and self._vague() else (self.avant, True)
        return Priorite(cle, self.avant, worst, decisions, exact)

    def _vague(self) -> bool:
        return any(p.largeur for p in self.avant)

    def _bounds(self, interprete: Interpreteur) -> tuple[Portee, ...]:
        return tuple(_portee(nom, interprete.sous_score(nom)) for nom in self.scopes)

    def _worst(self, cle: str) -> tuple[tuple[Portee, ...], bool]:
        """The widest bounds that a value of one item leaves, and whether all its values were tried."""
        item, kept = decode(self.politique, cle), self._unchanged(cle)
        if len(kept) == len(self.politique.criteres) and item.sorte != "résultat" and not self._ruled():
            return self.avant, True
        domaine = self.interprete.possibles.domain_of(cle)
        values, every = values_to_try(self.politique, cle, domaine, list(self._known(kept)))
        worst: tuple[Portee, ...] | None = None
        for valeur in values[: self.most]:
            then = self._knowing(cle, valeur, kept)
            if then is None:
                continue
            bounds = self._bounds(then)
            if _width(bounds) >= _width(self.avant):  # as little help as can be
                return self.avant, True
            if worst is None or _width(bounds) > _width(worst):
                worst = bounds
        return worst or self.avant, every and len(values) <= self.most and worst is not None

    def _ruled(self) -> bool:
        """Whether a calcul, which may read anything, gives the score."""
        return bool(self.politique.notation.calcul)

    def _knowing(self, cle: str, valeur: Valeur, kept: list[str]) -> Interpreteur | None:
        """The same establishment once an item is known; None when a declared bound refuses that value."""
        values = {cle: valeur}
        then = self.interprete.knowing(complete(self.interprete.etablissement, self.politique, values), kept)
        return then if admissible(then, values) else None

    def _unchanged(self, cle: str) -> list[str]:
        """The criteria that an item cannot change: they read neither it nor a fact that bounds tie to it."""
        item = decode(self.politique, cle)
        if item.sorte == "résultat":
            return []
        names = tied(self.politique, item.nom)
        return [nom for nom, read in self.reads.items() if not names & read]

    def _known(self, kept: list[str]) -> Iterator[Fraction]:
        """Some of the numbers with which an item is compared: those that the criteria it changes are written with."""
        changed = [c for nom, c in self.politique.criteres.items() if nom not in kept]
        written = (n.valeur for c in changed for n in critere_nodes(c) if isinstance(n, Constante))
        tables = (t for c in changed for t in (c.table, *(v.table for v in c.variantes)) if t is not None)
        ends = (
            end
            for table in tables
            for rang in table.rangs
            for cas in rang.cas
            if isinstance(cas, Intervalle)
            for end in (cas.bas, cas.haut)
        )
        numbers = dict.fromkeys(v for v in (*ends, *written) if isinstance(v, Fraction))
        yield from islice(numbers, 12)


def tied(politique: Politique, nom: str) -> set[str]:
    """A donnée or an answer, with the données that declared bounds tie to it, however far."""
    found, waiting = {nom}, [nom]
    pairs = [
        (d.nom, other)
        for d in politique.donnees.values()
        for borne in d.bornes
        for other in facts_read(nodes(borne))
        if other != d.nom
    ]
    while waiting:
        name = waiting.pop()
        for pair in pairs:
            if name in pair and not set(pair) <= found:
                new = set(pair) - found
                found |= new
                waiting += new
    return found


def _scopes(politique: Politique) -> tuple[str, ...]:
    """The scores that are narrowed: the whole when it has a rule or there is one volet, else each volet's."""
    if not politique.criteres:
        return ()
    volets = [v for v in scored(politique) if v]
    return ("",) if politique.notation.calcul or len(politique.volets) < 2 else tuple(volets)


def _portee(nom: str, sous: SousScore) -> Portee:
    if sous.sans_objet:
        return Portee(nom, Fraction(0), Fraction(0))
    return Portee(nom, sous.score_min, sous.score_max)


def _width(bounds: tuple[Portee, ...]) -> Fraction:
    return sum((p.largeur for p in bounds), Fraction(0))
