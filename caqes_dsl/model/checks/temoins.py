"""A small establishment that reaches a value of an expression: what an author can type as an `exemple`."""

from __future__ import annotations

from fractions import Fraction

from caqes_dsl.base.quantities import write_value
from caqes_dsl.model.domains import Domaines
from caqes_dsl.model.nodes import Arithmetique, Fait, MinMax, Noeud, Reference

MAX_SCALE = 1000
"""How far a numerator and its denominator are scaled to satisfy their bounds."""

_Faits = dict[Noeud, Fraction]


def reach(domaines: Domaines, noeud: Noeud, valeur: Fraction) -> str:
    """« lits_lap = 1 et lits = 4 », or « » when no simple answer is found."""
    found = solve(domaines, noeud, valeur)
    if not found:
        return ""
    return " et ".join(f"{_name(n)} = {write_value(v, n.genre)}" for n, v in found.items())


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
    return None


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
