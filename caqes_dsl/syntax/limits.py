"""What a declaration may hold before it is read: words, parentheses, operators, functions within one another."""

from __future__ import annotations

from collections.abc import Sequence

from caqes_dsl.base.diagnostics import Diagnostic

from .lexer import Jeton, strip_accents
from .mistakes import CLAUSE_STARTS, limit_passed

MAX_DEPTH, MAX_OPERATORS, MAX_WORDS, MAX_TWICE = 64, 200, 20_000, 6
"""Parentheses within one another; operators of one clause; words of one declaration; functions within one another that
say their term twice (`abs(x)` is the larger of x and -x): each doubles what is computed."""

_OPERATORS = frozenset(["PLUS_SIGNE", "TIRET", "FOIS", "SUR", "ET", "OU", "NON", "SI", "A_DEFAUT"])
_AWAIT_A_VALUE = _OPERATORS | {"CMP", "ENTRE", "OUVRE", "POINT_VIRGULE", "ALORS", "SINON", "PARMI"}
_TWICE = frozenset(["abs", "rapport", "evolution"])


def excess(chunk: Sequence[Jeton]) -> Diagnostic | None:
    """CAQ110 where a declaration passes a limit."""
    if len(chunk) > MAX_WORDS:
        return limit_passed(
            f"Cette déclaration a plus de {MAX_WORDS} mots.", chunk[MAX_WORDS].span, "Répartissez-la en plusieurs."
        )
    opened: list[bool] = []
    operators, before = 0, chunk[0]
    for jeton in chunk:
        if jeton.type == "OUVRE":
            opened.append(before.type == "NAME" and strip_accents(before.texte) in _TWICE)
        elif jeton.type == "FERME" and opened:
            opened.pop()
        if jeton.type in _OPERATORS:
            operators += 1
        elif jeton.type == "DEUX_POINTS" or (jeton.type in CLAUSE_STARTS and before.type not in _AWAIT_A_VALUE):
            operators = 0
        before = jeton
        message = _passed(opened, operators)
        if message:
            return limit_passed(message, jeton.span, "Nommez une partie par un calcul.")
    return None


def _passed(opened: Sequence[bool], operators: int) -> str:
    if len(opened) > MAX_DEPTH:
        return f"Plus de {MAX_DEPTH} parenthèses s'emboîtent."
    if sum(opened) > MAX_TWICE:
        return f"Plus de {MAX_TWICE} fonctions « abs », « rapport » ou « évolution » s'emboîtent."
    return f"Cette expression a plus de {MAX_OPERATORS} opérations." if operators > MAX_OPERATORS else ""
