"""Whether a condition is settled beforehand: its comparisons taken together, each quantity cut where they cut it.

Sound: quantities are taken as independent but for declared bounds, so that what is settled for all these cases is
settled for every establishment whose facts are known.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from fractions import Fraction
from itertools import product
from math import prod

from caqes_dsl.base.quantities import Valeur
from caqes_dsl.model.domains import Domaines
from caqes_dsl.model.nodes import Comparaison, Constante, Fait, Intervalle, Logique, Noeud, Reference, Valeurs

from .atomes import Axe, number
from .temoins import COMPARE

MAX_CASES = 4_096
_EXCLUDES = {"≤": (">",), "<": (">", "≥", "="), "≥": ("<",), ">": ("<", "≤", "="), "=": ("<", ">", "≠")}
"""A declared bound -> the comparisons of the same two quantities that it makes false."""

_FLIPPED = {"<": ">", "≤": "≥", ">": "<", "≥": "≤", "=": "=", "≠": "≠"}
_NEGATED = {"<": "≥", "≤": ">", ">": "≤", "≥": "<", "=": "≠", "≠": "="}

_Cas = dict[Noeud, Valeur]


def settled(domaines: Domaines, condition: Noeud, secteurs: Sequence[str] = ()) -> bool | None:
    """True when it always holds, False when it never does, None otherwise. `secteurs`: one of these is the
    establishment's."""
    cuts: dict[Noeud, list[Fraction]] = {}
    for leaf in _leaves(condition):
        quantity, value = _quantity(domaines, leaf)
        cuts.setdefault(quantity, []).extend([value] if isinstance(value, Fraction) else [])
    axes = {n: _values(domaines, n, points) for n, points in cuts.items()}
    if any(not values for values in axes.values()) or prod(len(v) for v in axes.values()) > MAX_CASES:
        return None
    seen: set[bool] = set()
    for values in product(*axes.values()):
        case = dict(zip(axes, values, strict=True))
        if not _possible(case, secteurs):
            continue
        truth = _truth(domaines, condition, case)
        if truth is None:
            return None
        seen.add(truth)
        if len(seen) > 1:
            return None
    return next(iter(seen), None)


def _leaves(noeud: Noeud) -> Iterator[Noeud]:
    if isinstance(noeud, Logique):
        for terme in noeud.termes:
            yield from _leaves(terme)
    else:
        yield noeud


def _quantity(domaines: Domaines, leaf: Noeud) -> tuple[Noeud, Valeur | None]:
    """What a leaf is about, and the constant it is compared with; the leaf itself when there is none."""
    if isinstance(leaf, Comparaison):
        for side, other in ((leaf.gauche, leaf.droite), (leaf.droite, leaf.gauche)):
            constant = other.valeur if isinstance(other, Constante) else domaines.expression(other).unique
            constant = number(constant) if isinstance(constant, date) else constant
            numeric = isinstance(constant, Fraction) and domaines.expression(side).valeurs is None
            named = isinstance(constant, str) and domaines.expression(side).valeurs is not None
            if numeric or named:
                return side, constant
    return leaf, None


def _values(domaines: Domaines, noeud: Noeud, points: list[Fraction]) -> list[Valeur]:
    """A value of the quantity in each stretch that the comparisons tell apart; both truths for a condition."""
    domaine = domaines.expression(noeud)
    if domaine.valeurs is not None:
        values = list(domaine.valeurs)
        forbidden = _forbidden(domaines, noeud)
        return [v for v in values if v is not forbidden] if forbidden is not None else values
    axe = Axe(noeud, domaine, [Valeurs(tuple(points)), *(Intervalle(p, True, None, False) for p in points)])
    return [axe.witnesses(i, i)[0] for i in axe.reels]


def _forbidden(domaines: Domaines, leaf: Noeud) -> bool | None:
    """The truth that a declared bound takes from a comparison of two facts."""
    if not isinstance(leaf, Comparaison) or not isinstance(leaf.gauche, Fait) or not isinstance(leaf.droite, Fait):
        return None
    if leaf.gauche.recul != leaf.droite.recul:
        return None
    pair = (leaf.gauche.nom, leaf.droite.nom)
    for fact in pair:
        for borne in domaines.politique.donnees[fact].bornes:
            if not isinstance(borne.gauche, Fait) or not isinstance(borne.droite, Fait):
                continue
            bound = (borne.gauche.nom, borne.droite.nom)
            op = borne.op if bound == pair else _FLIPPED[borne.op] if bound[::-1] == pair else ""
            if leaf.op in _EXCLUDES.get(op, ()):
                return True
            if _NEGATED[leaf.op] in _EXCLUDES.get(op, ()):
                return False
    return None


def _possible(case: _Cas, secteurs: Sequence[str]) -> bool:
    """Whether an establishment may have these sectors."""
    said = {n.cle.nom: v for n, v in case.items() if isinstance(n, Reference) and n.cle.sorte == "secteur"}
    return not secteurs or any(said.get(s, True) for s in secteurs)


def _truth(domaines: Domaines, noeud: Noeud, case: _Cas) -> bool | None:
    if isinstance(noeud, Logique):
        truths = [_truth(domaines, t, case) for t in noeud.termes]
        if any(t is None for t in truths):
            return None
        if noeud.op == "non":
            return not truths[0]
        return any(truths) if noeud.op == "ou" else all(truths)
    quantity, constant = _quantity(domaines, noeud)
    value = case.get(quantity)
    if constant is None:
        return value if isinstance(value, bool) else None
    assert isinstance(noeud, Comparaison)
    op = noeud.op if quantity is noeud.gauche else _FLIPPED[noeud.op]
    if isinstance(value, Fraction) and isinstance(constant, Fraction):
        return COMPARE[op](value, constant)
    return {"=": value == constant, "≠": value != constant}.get(op)
