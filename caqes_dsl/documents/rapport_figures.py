"""The drawings of a report, from exact numbers: every coordinate is worked out here and given as a text.

What is under a target is hatched, what reaches it is full: the difference does not depend on colour.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from caqes_dsl.documents.rapport_mots import rate
from caqes_dsl.documents.rapport_shapes import EcritVue, FigureVue, RectangleVue, RondVue, TraitVue
from caqes_dsl.evaluation.region import Bande
from caqes_dsl.evaluation.summary import Distribution
from caqes_dsl.model.nodes import Politique

LARGEUR = 720
"""Width of a drawing, in its own units."""
LIGNE = 26
"""Height of a row."""
NOM = 246
"""Width of the names on the left of a row."""
PEU = 5
"""Scores under which each is drawn: quartiles of so few would say more than there is."""
_LIRE = "Trait : du minimum au maximum ; boîte : du premier au troisième quartile ; barre : médiane."
_LIRE_PEU = f"Ronds : chaque score, là où ils sont moins de {PEU}."
_PAS = tuple(Fraction(n, 100) for n in (1, 2, 5, 10, 20, 50, 100, 500))
_LETTRES = 33
"""Letters of a name that fit on the left of a row."""


@dataclass
class Dessin:
    """A drawing in the making; numbers in, texts out."""

    rectangles: list[RectangleVue] = field(default_factory=list)
    traits: list[TraitVue] = field(default_factory=list)
    ronds: list[RondVue] = field(default_factory=list)
    ecrits: list[EcritVue] = field(default_factory=list)

    def box(self, x: Fraction | int, y: Fraction | int, w: Fraction | int, h: Fraction | int, sorte: str) -> None:
        """A rectangle, unless it is empty."""
        if w > 0 and h > 0:
            self.rectangles.append(RectangleVue(place(x), place(y), place(w), place(h), sorte))

    def line(self, x1: Fraction | int, y1: Fraction | int, x2: Fraction | int, y2: Fraction | int, sorte: str) -> None:
        """A line."""
        self.traits.append(TraitVue(place(x1), place(y1), place(x2), place(y2), sorte))

    def dot(self, x: Fraction | int, y: Fraction | int, sorte: str, rayon: int = 5) -> None:
        """A dot."""
        self.ronds.append(RondVue(place(x), place(y), str(rayon), sorte))

    def text(
        self, x: Fraction | int, y: Fraction | int, texte: str, ancrage: str = "middle", sorte: str = "texte"
    ) -> None:
        """A text on one line."""
        self.ecrits.append(EcritVue(place(x), place(y), ancrage, sorte, texte))

    def figure(self, ancre: str, titre: str, description: str, hauteur: int) -> FigureVue:
        """The drawing, finished."""
        return FigureVue(
            ancre,
            titre,
            description,
            str(LARGEUR),
            str(hauteur),
            tuple(self.rectangles),
            tuple(self.traits),
            tuple(self.ronds),
            tuple(self.ecrits),
        )


def place(value: Fraction | int) -> str:
    """A coordinate to the tenth, with a point: « 12.5 »."""
    tenths = Fraction(value) * 10
    whole = (2 * tenths.numerator + tenths.denominator) // (2 * tenths.denominator)
    sign, whole = ("-", -whole) if whole < 0 else ("", whole)
    return f"{sign}{whole // 10}.{whole % 10}" if whole % 10 else f"{sign}{whole // 10}"


def short(name: str, most: int = _LETTRES) -> str:
    """A name cut to what fits, the cut shown."""
    return name if len(name) <= most else name[: most - 1].rstrip() + "…"


# ---------------------------------------------------------------- scores


def histogram(
    ancre: str, titre: str, description: str, bandes: Sequence[Bande], cibles: Sequence[Fraction], politique: Politique
) -> FigureVue:
    """A column for each band, what is under the target hatched; the target where it is on the axis."""
    dessin, high, base, left = Dessin(), 170, 216, 36
    most = max(b.effectif for b in bandes)
    low, top = min([bandes[0].bas, *cibles]), max([bandes[-1].haut, *cibles])
    wide = LARGEUR - left - 24

    def across(value: Fraction) -> Fraction:
        return left + (value - low) / (top - low) * wide

    for grade in _grades(most):
        y = base - Fraction(grade, most) * high
        dessin.line(left, y, LARGEUR - 24, y, "grille" if grade else "axe")
        dessin.text(left - 8, y + 4, str(grade), "end", "nombre")
    for bande in bandes:
        x, w = across(bande.bas) + 1, across(bande.haut) - across(bande.bas) - 2
        y = Fraction(base)
        for count, sorte in ((bande.sous, "hachure"), (bande.atteints, "plein"), (bande.sans, "clair")):
            h = Fraction(count, most) * high
            dessin.box(x, y - h, w, h, sorte)
            y -= h
        if bande.effectif:
            dessin.text(x + w / 2, y - 5, str(bande.effectif), sorte="nombre")
    for edge in dict.fromkeys([*(b.bas for b in bandes), bandes[-1].haut]):
        dessin.line(across(edge), base, across(edge), base + 5, "axe")
        if len(bandes) <= 14 or (edge * 10).denominator == 1:
            dessin.text(across(edge), base + 20, rate(edge, politique), sorte="nombre")
    for cible in cibles if len(cibles) <= 2 else ():
        dessin.line(across(cible), 24, across(cible), base, "cible")
        near_end = across(cible) > LARGEUR - 110
        dessin.text(across(cible) + (-6 if near_end else 6), 22, f"cible {rate(cible, politique)}",
                    "end" if near_end else "start", "cible")  # fmt: skip
    legend(dessin, base + 44, [w for w, n in (
        (("hachure", "sous la cible"), sum(b.sous for b in bandes)),
        (("plein", "cible atteinte"), sum(b.atteints for b in bandes)),
        (("clair", "sans cible connue"), sum(b.sans for b in bandes)),
    ) if n])  # fmt: skip
    return dessin.figure(ancre, titre, description, base + 56)


def _grades(most: int) -> list[int]:
    """A few whole numbers from 0 to the largest."""
    step = next(s for k in range(12) for s in (10**k, 2 * 10**k, 5 * 10**k) if most <= 5 * s)
    return list(range(0, most + 1, step))


def legend(dessin: Dessin, y: int, kinds: Sequence[tuple[str, str]]) -> None:
    """What each filling stands for."""
    x = 36
    for sorte, said in kinds:
        dessin.box(x, y - 10, 16, 12, sorte)
        dessin.text(x + 22, y, said, "start")
        x += 46 + 7 * len(said)


# ---------------------------------------------------------------- rows


def boxes(
    ancre: str,
    titre: str,
    description: str,
    rows: Sequence[tuple[str, Distribution, Sequence[Fraction]]],
    politique: Politique,
    cibles: Sequence[Fraction] = (),
) -> FigureVue:
    """For each row a line from the minimum to the maximum, a box between the quartiles, a bar at the median; where
    scores are few, each is a dot."""
    dessin, top = Dessin(), 26 if cibles else 8
    ends = [v for _, d, _ in rows for v in (d.minimum, d.maximum)]
    low, high = min([Fraction(0), *ends, *cibles]), max([Fraction(1), *ends, *cibles])
    across = _axis(dessin, low, high, top, len(rows), politique)
    for i, (name, spread, scores) in enumerate(rows):
        y = top + i * LIGNE + LIGNE // 2
        dessin.text(NOM - 10, y + 4, short(name), "end")
        if len(scores) < PEU:
            for score in scores:
                dessin.dot(across(score), y, "plein", 4)
            continue
        dessin.line(across(spread.minimum), y, across(spread.maximum), y, "fin")
        for end in (spread.minimum, spread.maximum):
            dessin.line(across(end), y - 5, across(end), y + 5, "fin")
        width = across(spread.quartile_3) - across(spread.quartile_1)
        dessin.box(across(spread.quartile_1), y - 8, max(width, Fraction(1)), 16, "boite")
        dessin.line(across(spread.mediane), y - 8, across(spread.mediane), y + 8, "gras")
    bottom = top + len(rows) * LIGNE
    for cible in cibles:
        dessin.line(across(cible), top - 6, across(cible), bottom, "cible")
        dessin.text(across(cible), 15, f"cible {rate(cible, politique)}", sorte="cible")
    keys = [_LIRE, *([_LIRE_PEU] if any(len(scores) < PEU for *_, scores in rows) else [])]
    for i, key in enumerate(keys):
        dessin.text(36, bottom + 44 + 18 * i, key, "start", "nombre")
    return dessin.figure(ancre, titre, f"{description} {' '.join(keys)}", bottom + 34 + 18 * len(keys))


@dataclass(frozen=True, slots=True)
class _Axe:
    low: Fraction
    high: Fraction

    def __call__(self, value: Fraction) -> Fraction:
        return NOM + (value - self.low) / (self.high - self.low) * (LARGEUR - NOM - 34)


def _axis(dessin: Dessin, low: Fraction, high: Fraction, top: int, rows: int, politique: Politique) -> _Axe:
    """A grid of ten divisions at most, in percentages."""
    across, bottom = _Axe(low, high), top + rows * LIGNE
    step = next(s for s in (*_PAS, high - low) if (high - low) / s <= 10)
    mark = -(-low // step) * step
    while mark <= high:
        dessin.line(across(mark), top, across(mark), bottom, "grille")
        dessin.text(across(mark), bottom + 18, rate(mark, politique), sorte="nombre")
        mark += step
    return across


def dots(
    ancre: str,
    titre: str,
    description: str,
    rows: Sequence[tuple[str, Fraction, Fraction, Fraction]],
    politique: Politique,
) -> FigureVue:
    """For each row (name, lowest score, highest, target) a dot, or a line between the bounds, and the target."""
    dessin, top = Dessin(), 20
    values = [v for _, *numbers in rows for v in numbers]
    low, high = min(values), max(values)
    margin = max((high - low) / 20, Fraction(1, 100))
    across = _axis(dessin, low - margin, high + margin, top, len(rows), politique)
    targets = {cible for *_, cible in rows}
    for i, (name, least, most, cible) in enumerate(rows):
        y = top + i * LIGNE + LIGNE // 2
        dessin.text(NOM - 10, y + 4, short(name), "end")
        dessin.line(across(cible), y - LIGNE // 2, across(cible), y + LIGNE // 2, "cible")
        if least == most:
            dessin.dot(across(least), y, "plein" if least >= cible else "vide")
        else:
            dessin.line(across(least), y, across(most), y, "gras")
            for end in (least, most):
                dessin.line(across(end), y - 5, across(end), y + 5, "fin")
    if len(targets) == 1:
        (cible,) = targets
        dessin.text(across(cible), 14, f"cible {rate(cible, politique)}", sorte="cible")
    return dessin.figure(ancre, titre, description, top + len(rows) * LIGNE + 26)


def bars(
    ancre: str,
    titre: str,
    description: str,
    rows: Sequence[tuple[str, Sequence[tuple[Fraction | int, str]], str]],
    kinds: Sequence[tuple[str, str]] = (),
    *,
    place_right: int = 120,
) -> FigureVue:
    """For each row (name, pieces with their filling, what is written after) a bar from the left; `place_right` is kept
    for what is written after the longest."""
    dessin, top = Dessin(), 6
    most = max(sum((Fraction(n) for n, _ in pieces), Fraction(0)) for _, pieces, _ in rows) or Fraction(1)
    wide = LARGEUR - NOM - place_right
    dessin.line(NOM, top, NOM, top + len(rows) * LIGNE, "axe")
    for i, (name, pieces, said) in enumerate(rows):
        y, x = top + i * LIGNE, Fraction(NOM)
        dessin.text(NOM - 10, y + LIGNE // 2 + 4, short(name), "end")
        for count, sorte in pieces:
            w = count / most * wide
            dessin.box(x, y + 4, w, LIGNE - 8, sorte)
            x += w
        dessin.text(x + 7, y + LIGNE // 2 + 4, said, "start", "nombre")
    end = top + len(rows) * LIGNE
    if kinds:
        legend(dessin, end + 24, kinds)
    return dessin.figure(ancre, titre, description, end + (36 if kinds else 6))
