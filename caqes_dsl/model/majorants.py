"""Bounds of an expression that follow the facts it reads: « at most 0,27 % × produits_am ».

An interval says that an amount is somewhere above zero; that it never passes 1 % of another needs the two to be
written with the same facts. A `Forme` is a sum of quantities that are never negative (facts, named quantities, products
of these), each times a number, and a constant.

Sound: the forms given are bounds for every admissible establishment whose quantities are all known. Several may be
given, each is a bound; an empty list is no bound known. Divisors are never zero (the type checker sees to it).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import product

from caqes_dsl.base.quantities import Genre, Mode

from .domains import Domaines
from .intervals import UN, ZERO
from .nodes import (
    ADefaut,
    Arithmetique,
    Arrondi,
    Choix,
    Decision,
    Fait,
    MinMax,
    Noeud,
    Reference,
)

MOST = 12
"""Forms kept of one expression."""
DEPTH = 40
"""How far definitions are followed."""


_Join = Callable[[Fraction, Fraction], Fraction]


@dataclass(frozen=True, slots=True)
class Forme:
    """`constante` plus the sum of each quantity times its coefficient."""

    coefficients: Mapping[Noeud, Fraction]
    constante: Fraction

    def plus(self, other: Forme) -> Forme:
        """The sum of two forms."""
        return self._with(other, lambda a, b: a + b)

    def times(self, number: Fraction) -> Forme:
        """The form times a number."""
        return Forme({f: c * number for f, c in self.coefficients.items()}, self.constante * number)

    def above(self, other: Forme) -> Forme:
        """A form that is at least as great as both."""
        return self._with(other, max)

    def below(self, other: Forme) -> Forme:
        """A form that is at most as great as either."""
        return self._with(other, min)

    def _with(self, other: Forme, join: _Join) -> Forme:
        facts = dict.fromkeys((*self.coefficients, *other.coefficients))
        pairs = {f: join(self.coefficients.get(f, ZERO), other.coefficients.get(f, ZERO)) for f in facts}
        return Forme(pairs, join(self.constante, other.constante))

    def at_most(self, other: Forme, *, strictly: bool = False) -> bool:
        """Whether it is at most the other whatever the quantities, none of which is negative."""
        gap = other.plus(self.times(-UN))
        if any(c < 0 for c in gap.coefficients.values()):
            return False
        return gap.constante > 0 or (gap.constante == 0 and not strictly)


class Majorants:
    """Forms above and below the expressions of a policy. `donnent_lieu` names the decisions known not to come to
    nothing: their condition holds."""

    def __init__(self, domaines: Domaines, donnent_lieu: frozenset[str] = frozenset()) -> None:
        self.domaines = domaines
        self.donnent_lieu = donnent_lieu

    # ------------------------------------------------------------ entry points

    def above(self, noeud: Noeud) -> list[Forme]:
        """Forms that an expression never passes."""
        return self._bound(noeud, True, 0)

    def below(self, noeud: Noeud) -> list[Forme]:
        """Forms under which an expression never goes."""
        return self._bound(noeud, False, 0)

    def decision(self, decision: Decision, *, high: bool) -> list[Forme]:
        """Forms above (`high`) or below the amount of a decision, 0 € when its condition is false included."""
        return self._decision(decision, high, 0)

    # ------------------------------------------------------------ expressions

    def _bound(self, noeud: Noeud, high: bool, depth: int) -> list[Forme]:
        if depth > DEPTH or not noeud.genre.is_number:
            return []
        found: list[Forme] = []
        domaine = self.domaines.expression(noeud)
        end = domaine.haut if high else domaine.bas
        if end is not None and domaine.valeurs is None and not domaine.vide:
            found.append(Forme({}, end))
        found += self._structure(noeud, high, depth + 1)
        return _few(found)

    def _structure(self, noeud: Noeud, high: bool, depth: int) -> list[Forme]:
        match noeud:
            case Fait():
                return self._itself(noeud)
            case Reference(recul=0) if noeud.cle.sorte == "calcul":
                rule = self.domaines.politique.calculs[noeud.cle.nom].expression
                return [*self._itself(noeud), *self._bound(rule, high, depth)]
            case Reference(recul=0) if noeud.cle.sorte == "décision":
                return self._decision(self.domaines.politique.decisions[noeud.cle.nom], high, depth)
            case Reference():
                return self._itself(noeud)
            case Arithmetique(op="+"):
                return _sums(self._bound(noeud.gauche, high, depth), self._bound(noeud.droite, high, depth))
            case Arithmetique(op="-"):
                taken = [f.times(-UN) for f in self._bound(noeud.droite, not high, depth)]
                return _sums(self._bound(noeud.gauche, high, depth), taken)
            case Arithmetique(op="×"):
                orders = ((noeud.gauche, noeud.droite), (noeud.droite, noeud.gauche))
                scaled = [f for factor, other in orders for f in self._scaled(factor, other, high, depth)]
                return [*self._product(noeud), *scaled]
            case Arithmetique(op="/"):
                divisor = self.domaines.expression(noeud.droite).unique
                return self._times(noeud.gauche, 1 / divisor, high, depth) if divisor else []
            case MinMax():
                sides = [self._bound(t, high, depth) for t in noeud.termes]
                if (noeud.op == "min") is high:  # each term is a bound by itself
                    return [f for side in sides for f in side]
                return _joined(sides, high)
            case Choix():
                return _joined([self._bound(n, high, depth) for n in (noeud.alors, noeud.sinon)], high)
            case ADefaut():
                return _joined([self._bound(n, high, depth) for n in (noeud.terme, noeud.defaut)], high)
            case Arrondi():
                return _rounded(self._bound(noeud.terme, high, depth), noeud.pas, noeud.mode, high, self._sign(noeud))
        return []

    def _itself(self, noeud: Noeud) -> list[Forme]:
        return [Forme({noeud: UN}, ZERO)] if self._sign(noeud) else []

    def _product(self, noeud: Noeud) -> list[Forme]:
        """A product of quantities never negative, as one quantity times its fixed factors."""
        number, others = UN, list[Noeud]()
        for factor in _factors(noeud):
            fixed = self.domaines.expression(factor).unique
            if fixed is not None:
                number *= fixed
            elif self._sign(factor):
                others.append(factor)
            else:
                return []
        if not others:
            return []
        others.sort(key=repr)
        joint = others[0]
        for other in others[1:]:
            joint = Arithmetique(Genre.DECIMAL, noeud.span, "×", joint, other)
        return [Forme({joint: number}, ZERO)]

    def _sign(self, noeud: Noeud) -> bool:
        """Whether an expression is never negative."""
        bottom = self.domaines.expression(noeud).bas
        return bottom is not None and bottom >= 0

    def _scaled(self, factor: Noeud, other: Noeud, high: bool, depth: int) -> list[Forme]:
        """The bounds of a product, one side taken at the end of its interval, the other never negative."""
        domaine = self.domaines.expression(factor)
        end = domaine.haut if high else domaine.bas
        if end is None or domaine.valeurs is not None or not self._sign(other):
            return []
        return self._times(other, end, high, depth)

    def _times(self, noeud: Noeud, number: Fraction, high: bool, depth: int) -> list[Forme]:
        return [f.times(number) for f in self._bound(noeud, high is (number >= 0), depth)]

    # ------------------------------------------------------------ decisions

    def _decision(self, decision: Decision, high: bool, depth: int) -> list[Forme]:
        nothing = Forme({}, ZERO)
        if decision.au_prorata is not None:  # a share is between nothing and the whole
            return self._bound(decision.montant, True, depth) if high else [nothing]
        raw = self._bound(decision.montant, high, depth)
        if decision.plancher is not None:
            floor = self._bound(decision.plancher, high, depth)
            # The plancher is brought up to the step.
            lifted = _rounded(floor, decision.arrondi, Mode.EXCES, high, False)
            raw = _joined([raw, lifted], True) if high else [*raw, *lifted]
        rounded = _rounded(raw, decision.arrondi, Mode.PROCHE, high, self._sign(decision.montant))
        if decision.plafond is not None:
            cap = self._bound(decision.plafond, high, depth)
            # Never above the plafond; below it, the largest multiple of the step may be a step under.
            under = _rounded(cap, decision.arrondi, Mode.DEFAUT, high, False)
            rounded = [*rounded, *cap] if high else _joined([rounded, under], high)
        if not high and decision.nom in self.donnent_lieu:
            return _few(rounded)
        return _few([f.above(nothing) if high else f.below(nothing) for f in rounded])


def _factors(noeud: Noeud) -> list[Noeud]:
    if isinstance(noeud, Arithmetique) and noeud.op == "×":
        return [*_factors(noeud.gauche), *_factors(noeud.droite)]
    return [noeud]


def _few(forms: Iterable[Forme]) -> list[Forme]:
    """The first of them, each once."""
    found: list[Forme] = []
    for form in forms:
        if form not in found:
            found.append(form)
        if len(found) == MOST:
            break
    return found


def _sums(left: Iterable[Forme], right: Iterable[Forme]) -> list[Forme]:
    return _few(a.plus(b) for a, b in product(left, list(right)))


def _joined(sides: list[list[Forme]], high: bool) -> list[Forme]:
    """Bounds that hold for every side; none when one side has none."""
    found = sides[0]
    for side in sides[1:]:
        found = _few(a.above(b) if high else a.below(b) for a, b in product(found, side))
    return found


def _rounded(forms: list[Forme], step: Fraction, mode: Mode, high: bool, positive: bool) -> list[Forme]:
    """Bounds of a value once rounded. To the nearest, a value never negative is at most doubled: under half a step
    it comes to nothing."""
    moved = {Mode.PROCHE: step / 2, Mode.EXCES: step if high else ZERO, Mode.DEFAUT: ZERO if high else step}[mode]
    found = [replace(f, constante=f.constante + (moved if high else -moved)) for f in forms]
    if high and positive and mode is Mode.PROCHE:
        found += [f.times(Fraction(2)) for f in forms]
    if not high and positive:
        found.append(Forme({}, ZERO))
    return _few(found)
