"""A small establishment that reaches a value of an expression: what an author can type as an `exemple`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from fractions import Fraction

from caqes_dsl.base.quantities import Genre, Valeur, write_value
from caqes_dsl.model.domains import Domaines
from caqes_dsl.model.nodes import Arithmetique, Choix, Comparaison, Constante, Fait, MinMax, Noeud, Reference

MAX_SCALE = 1000
"""How far a numerator and its denominator are scaled to satisfy their bounds."""

_Faits = dict[Noeud, Fraction]


def reach(domaines: Domaines, noeud: Noeud, valeur: Fraction) -> str:
    """« lits_lap = 1 et lits = 4 », or « » when no simple answer is found."""
    return write_facts(solve(domaines, noeud, valeur) or {})


def reach_all(domaines: Domaines, pairs: Iterable[tuple[Noeud, Valeur]]) -> str:
    """The same for several expressions at once; « » when one has no answer or two contradict each other."""
    facts: dict[Noeud, Valeur] = {}
    for noeud, valeur in pairs:
        if isinstance(noeud, Fait):
            found: dict[Noeud, Valeur] = {noeud: valeur}
        elif isinstance(valeur, Fraction):
            found = {**(solve(domaines, noeud, valeur) or {})}
        else:
            found = {}
        if not found or any(facts.get(n, v) != v for n, v in found.items()):
            return ""
        facts |= found
    return write_facts(facts)


def write_facts(facts: Mapping[Noeud, Valeur]) -> str:
    """« lits_lap = 1 et lits = 4 »."""
    return " et ".join(f"{_name(n)} = {_value(n, v)}" for n, v in facts.items())


def _value(noeud: Noeud, valeur: Valeur) -> str:
    if noeud.genre is Genre.DATE and isinstance(valeur, Fraction):
        valeur = date.fromordinal(min(max(int(valeur), 1), date.max.toordinal()))
    return write_value(valeur, noeud.genre)


def _name(noeud: Noeud) -> str:
    return noeud.nom if isinstance(noeud, Fait) else str(noeud.cle.sorte) if isinstance(noeud, Reference) else ""


def solve(domaines: Domaines, noeud: Noeud, valeur: Fraction) -> _Faits | None:
    """Facts and results that give the expression this value; None when not found."""
    known = domaines.expression(noeud)
    if known.valeurs is not None or not known.contient(valeur):
        return None
    if known.unique is not None:
        return {}
    match noeud:
        case Fait(recul=0):
            return {noeud: valeur}
        case Reference(recul=0) if noeud.cle.sorte == "calcul":
            return solve(domaines, domaines.politique.calculs[noeud.cle.nom].expression, valeur)
        case Reference(recul=0) if noeud.cle.sorte == "mesure":
            mesure = domaines.politique.criteres[noeud.cle.nom].mesure
            return solve(domaines, mesure, valeur) if mesure is not None else None
        case Reference(recul=0) if noeud.cle.sorte == "score" and len(domaines.politique.volets) < 2:
            return {noeud: valeur}
        case Arithmetique(op="/", gauche=Fait() as top, droite=Fait() as bottom) if top.recul == bottom.recul == 0:
            return _ratio(domaines, top, bottom, valeur)
        case Arithmetique():
            return _arithmetic(domaines, noeud, valeur)
        case MinMax(termes=(first, second)):
            for term, other in ((first, second), (second, first)):
                fixed = domaines.expression(other).unique
                if fixed is not None and (valeur >= fixed if noeud.op == "max" else valeur <= fixed):
                    return solve(domaines, term, valeur)
        case Choix():
            for branch, wanted in ((noeud.sinon, False), (noeud.alors, True)):
                found = solve(domaines, branch, valeur)
                if found and _truth(domaines, noeud.condition, found) is wanted:
                    return found
    return None


COMPARE: dict[str, Callable[[Fraction, Fraction], bool]] = {
    "=": lambda a, b: a == b,
    "≠": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "≤": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    "≥": lambda a, b: a >= b,
}


def worth(domaines: Domaines, noeud: Noeud, facts: _Faits) -> Fraction | None:
    """What a number is worth with these facts; None when they do not settle it."""
    match noeud:
        case Constante():
            return noeud.valeur if isinstance(noeud.valeur, Fraction) else None
        case Reference(recul=0) if noeud.cle.sorte == "calcul":
            return worth(domaines, domaines.politique.calculs[noeud.cle.nom].expression, facts)
        case Arithmetique():
            left, right = worth(domaines, noeud.gauche, facts), worth(domaines, noeud.droite, facts)
            if left is None or right is None or noeud.genre is Genre.DATE:
                return None
            results = {"+": left + right, "-": left - right, "×": left * right}
            return results.get(noeud.op, left / right if right else None)
        case MinMax():
            values = [worth(domaines, t, facts) for t in noeud.termes]
            known = [v for v in values if v is not None]
            return None if len(known) < len(values) else max(known) if noeud.op == "max" else min(known)
        case Choix():
            truth = _truth(domaines, noeud.condition, facts)
            return None if truth is None else worth(domaines, noeud.alors if truth else noeud.sinon, facts)
    return facts.get(noeud)


def _truth(domaines: Domaines, condition: Noeud, facts: _Faits) -> bool | None:
    """Whether a comparison of numbers holds; None when these facts do not settle it."""
    if not isinstance(condition, Comparaison):
        return None
    left, right = worth(domaines, condition.gauche, facts), worth(domaines, condition.droite, facts)
    return None if left is None or right is None else COMPARE[condition.op](left, right)


def _arithmetic(domaines: Domaines, noeud: Arithmetique, valeur: Fraction) -> _Faits | None:
    """One side is a constant: the other is deduced."""
    left = domaines.expression(noeud.gauche).unique
    right = domaines.expression(noeud.droite).unique
    if right is not None:
        back = {"+": valeur - right, "-": valeur + right, "/": valeur * right}.get(noeud.op)
        if noeud.op == "×" and right:
            back = valeur / right
        return None if back is None else solve(domaines, noeud.gauche, back)
    if left is not None:
        back = {"+": valeur - left, "-": left - valeur}.get(noeud.op)
        if noeud.op == "×" and left:
            back = valeur / left
        return None if back is None else solve(domaines, noeud.droite, back)
    return None


def _ratio(domaines: Domaines, top: Fait, bottom: Fait, valeur: Fraction) -> _Faits | None:
    """The smallest numerator and denominator within their bounds."""
    for scale in range(1, MAX_SCALE + 1):
        x, y = Fraction(valeur.numerator * scale), Fraction(valeur.denominator * scale)
        if domaines.fait(top.nom).contient(x) and domaines.fait(bottom.nom).contient(y):
            return {top: x, bottom: y}
    return None
