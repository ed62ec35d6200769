"""What a condition says of divisors: the expressions that it keeps from zero."""

from __future__ import annotations

from fractions import Fraction

from .nodes import Comparaison, Constante, Logique, Noeud


def not_zero_when(condition: Noeud, vraie: bool) -> tuple[Noeud, ...]:
    """Expressions that cannot be zero when the condition is true (or false)."""
    match condition:
        case Logique(op="non"):
            return not_zero_when(condition.termes[0], not vraie)
        case Logique(op="et") if vraie:
            return tuple(n for t in condition.termes for n in not_zero_when(t, True))
        case Logique(op="ou") if not vraie:
            return tuple(n for t in condition.termes for n in not_zero_when(t, False))
        case Comparaison(gauche=Constante(valeur=Fraction()), droite=droite) if not isinstance(droite, Constante):
            mirrored = {"<": ">", "≤": "≥", ">": "<", "≥": "≤"}.get(condition.op, condition.op)
            turned_round = Comparaison(condition.genre, condition.span, mirrored, droite, condition.gauche)
            return not_zero_when(turned_round, vraie)
        case Comparaison(droite=Constante(valeur=Fraction() as zero)):
            kept = {"≠": zero == 0, ">": zero >= 0, "≥": zero > 0, "<": zero <= 0, "=": zero != 0}
            turned = {"=": zero == 0, "≤": zero >= 0, "<": zero > 0, "≥": zero <= 0, "≠": zero != 0, ">": zero < 0}
            if (kept if vraie else turned).get(condition.op, False):
                return (condition.gauche,)
    return ()


def guards_against_zero(condition: Noeud | None) -> tuple[Noeud, ...]:
    """What a `NC d'office si condition` keeps from zero in the criterion's mesure."""
    return () if condition is None else not_zero_when(condition, False)
