"""Long expressions over several lines, broken before their weakest operators."""

from __future__ import annotations

from .concrete import Branche
from .format_words import Mot, bare, enclosed, join, needed, strength, word, words
from .lexer import Jeton

WIDTH = 120
"""Beyond this many columns an expression is broken; a text never is."""

Lignes = list[tuple[int, list[Mot]]]
"""Indentations and words."""


def break_expression(
    before: list[Mot], node: Branche | Jeton, after: list[Mot], retrait: int, suite: int, need: int = 0
) -> Lignes:
    """The expression between these words, at this indentation; further lines at `suite`."""
    flat = [*before, *words(node, need), *after]
    if isinstance(node, Jeton) or retrait + len(join(flat)) <= WIDTH:
        return [(retrait, flat)]
    branche, opening, closing = bare(node)
    if opening and closing and enclosed(branche, need):
        before, after = [*before, word(opening)], [word(closing), *after]
    if branche.regle == "binaire":
        return _chain(before, branche, after, retrait, suite)
    if branche.regle == "unaire":
        sign = words(branche)[0]
        return break_expression([*before, sign], branche.enfants[1], after, retrait, suite, needed(branche, 1))
    if branche.regle in ("compare", "entre", "si", "a_defaut"):
        return _phrase(before, branche, after, retrait, suite)
    return [(retrait, flat)]


def _chain(before: list[Mot], branche: Branche, after: list[Mot], retrait: int, suite: int) -> Lignes:
    """`a ou b ou c`: one line an operand, its operator first."""
    own = strength(branche)
    tail: list[tuple[Branche | Jeton, Branche | Jeton]] = []
    node: Branche | Jeton = branche
    while isinstance(node, Branche) and bare(node)[0].regle == "binaire" and strength(bare(node)[0]) == own:
        left, sign, right = bare(node)[0].enfants
        tail.append((sign, right))
        node = left
    lines = break_expression(before, node, [], retrait, suite, own)
    for sign, right in reversed(tail):
        last = after if right is tail[0][1] else []
        lines += break_expression(words(sign), right, last, suite, suite + 2, own + 1)
    return lines


def _phrase(before: list[Mot], branche: Branche, after: list[Mot], retrait: int, suite: int) -> Lignes:
    """A phrase of several words: one line each. A `si` that follows `sinon` goes on at the same indentation."""
    lines: Lignes = []
    start = list(before)
    last = len(branche.enfants) - 1
    for index, child in enumerate(branche.enfants):
        if isinstance(child, Jeton):
            start += words(child)
            continue
        place = retrait if not lines else suite
        deeper = suite if not lines or child.regle == "si" else suite + 2
        ending = after if index == last else []
        lines += break_expression(start, child, ending, place, deeper, needed(branche, index))
        start = []
    return lines
