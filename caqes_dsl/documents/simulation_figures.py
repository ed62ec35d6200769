"""The drawing of a simulation: a quantity against a setting, with the spread of plausible cohorts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from caqes_dsl.documents.rapport_figures import LARGEUR, Dessin, legend
from caqes_dsl.documents.rapport_shapes import FigureVue

_LEFT, _RIGHT, _TOP, _BASE = 104, 24, 18, 236
_DOTTED = 40
"""Points above which they are no longer drawn one by one."""


@dataclass(frozen=True, slots=True)
class Courbe:
    """Points in the order of the setting: its value, what is measured, and between what most cohorts lie."""

    x: Fraction
    y: Fraction
    bas: Fraction | None = None
    haut: Fraction | None = None


def curve(
    ancre: str,
    titre: str,
    description: str,
    points: Sequence[Courbe],
    ecrire_x: Callable[[Fraction], str],
    ecrire_y: Callable[[Fraction], str],
    repere: tuple[Fraction, str] | None = None,
) -> FigureVue:
    """A line from point to point; the spread of cohorts as two thinner lines; `repere` marks what is in force."""
    dessin = Dessin()
    xs = [p.x for p in points] + ([repere[0]] if repere else [])
    low, high = min(xs), max(xs)
    top = max([p.y for p in points] + [p.haut for p in points if p.haut is not None]) or Fraction(1)

    def across(value: Fraction) -> Fraction:
        span = high - low
        return _LEFT + ((value - low) / span if span else Fraction(1, 2)) * (LARGEUR - _LEFT - _RIGHT)

    def up(value: Fraction) -> Fraction:
        return _BASE - value / ceiling * (_BASE - _TOP)

    step = _step(top)
    ceiling = -(-top // step) * step
    for k in range(int(ceiling / step) + 1):
        y = up(k * step)
        dessin.line(_LEFT, y, LARGEUR - _RIGHT, y, "grille" if k else "axe")
        dessin.text(_LEFT - 8, y + 4, ecrire_y(k * step), "end", "nombre")
    shown = sorted({p.x for p in points})
    for x in shown if len(shown) <= 7 else (shown[0], shown[len(shown) // 2], shown[-1]):
        dessin.line(across(x), _BASE, across(x), _BASE + 5, "axe")
        dessin.text(across(x), _BASE + 20, ecrire_x(x), sorte="nombre")
    if repere is not None:
        at = across(repere[0])
        dessin.line(at, _TOP, at, _BASE, "cible")
        late = at > LARGEUR - 160
        dessin.text(at + (-6 if late else 6), _TOP - 4, repere[1], "end" if late else "start", "cible")
    spread = False
    for before, after in pairwise(points):
        dessin.line(across(before.x), up(before.y), across(after.x), up(after.y), "gras")
        for a, b in ((before.bas, after.bas), (before.haut, after.haut)):
            if a is not None and b is not None:
                spread = True
                dessin.line(across(before.x), up(a), across(after.x), up(b), "fin")
    if len(points) <= _DOTTED:
        for p in points:
            dessin.dot(across(p.x), up(p.y), "plein", 4)
    if spread:
        legend(
            dessin, _BASE + 44, [("plein", "la cohorte donnée"), ("clair", "entre les traits fins : 8 cohortes sur 10")]
        )
    return dessin.figure(ancre, titre, description, _BASE + (56 if spread else 30))


def _step(top: Fraction) -> Fraction:
    """A round step that cuts what goes from zero to this into three to six parts."""
    power = Fraction(1)
    while power * 10 <= top:
        power *= 10
    while power > top:
        power /= 10
    return next(power * k for k in (Fraction(1, 5), Fraction(1, 2), Fraction(1), Fraction(2)) if top / (power * k) <= 6)
