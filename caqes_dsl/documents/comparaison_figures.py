"""The drawing of a comparison: from the older amount to the newer, one step for each change."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from caqes_dsl.documents.rapport_figures import LARGEUR, LIGNE, NOM, Dessin, legend, short
from caqes_dsl.documents.rapport_shapes import FigureVue

_DROITE = 128
"""Place kept on the right for the numbers."""


def waterfall(
    ancre: str,
    titre: str,
    description: str,
    depart: tuple[str, Fraction],
    marches: Sequence[tuple[str, Fraction]],
    arrivee: str,
    ecrire: Callable[[Fraction], str],
    ecrire_ecart: Callable[[Fraction], str],
) -> FigureVue:
    """A bar for the start, a floating bar for each step (hatched up, light down), a bar for the end."""
    dessin, top = Dessin(), 6
    levels = [depart[1]]
    for _, move in marches:
        levels.append(levels[-1] + move)
    low, high = min(Fraction(0), *levels), max(Fraction(0), *levels)
    span = (high - low) or Fraction(1)

    def across(value: Fraction | int) -> Fraction:
        return NOM + (value - low) / span * (LARGEUR - NOM - _DROITE)

    def row(i: int, name: str, a: Fraction, b: Fraction, sorte: str, said: str) -> None:
        y = top + i * LIGNE
        dessin.text(NOM - 10, y + LIGNE // 2 + 4, short(name), "end")
        left, right = across(min(a, b)), across(max(a, b))
        dessin.box(left, y + 4, right - left, LIGNE - 8, sorte)
        if a == b:
            dessin.line(left, y + 4, left, y + LIGNE - 4, "gras")
        dessin.text(right + 7, y + LIGNE // 2 + 4, said, "start", "nombre")

    bottom = top + (len(marches) + 2) * LIGNE
    dessin.line(across(0), top, across(0), bottom, "axe")
    row(0, depart[0], Fraction(0), levels[0], "plein", ecrire(levels[0]))
    for i, (name, move) in enumerate(marches, 1):
        before, after = levels[i - 1], levels[i]
        dessin.line(across(before), top + i * LIGNE - 4, across(before), top + i * LIGNE + 4, "fin")
        row(i, name, before, after, "hachure" if move > 0 else "clair", ecrire_ecart(move))
    last = len(marches) + 1
    dessin.line(across(levels[-1]), top + last * LIGNE - 4, across(levels[-1]), top + last * LIGNE + 4, "fin")
    row(last, arrivee, Fraction(0), levels[-1], "plein", ecrire(levels[-1]))
    legend(dessin, bottom + 24, [("plein", "total"), ("hachure", "hausse"), ("clair", "baisse")])
    return dessin.figure(ancre, titre, description, bottom + 36)
