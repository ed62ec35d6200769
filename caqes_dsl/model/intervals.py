"""Sets of values known by an interval, a grid and a finite list: the arithmetic under `domains.py`.

Every operation is sound: the result holds every value that the operands can give together, taken as independent.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from math import gcd, lcm

from caqes_dsl.base.quantities import Genre, Mode, Valeur, round_to, write_value

ZERO, UN = Fraction(0), Fraction(1)


@dataclass(frozen=True, slots=True)
class Domaine:
    """What a quantity can be worth. A bound of None is none; `pas` None is continuous, else all values are multiples
    of `pas` and the bounds are on the grid. `valeurs` lists the values of a choix, a niveau or a oui_non."""

    bas: Fraction | None = None
    bas_inclus: bool = False
    haut: Fraction | None = None
    haut_inclus: bool = False
    pas: Fraction | None = None
    peut_manquer: bool = False
    valeurs: tuple[Valeur, ...] | None = None

    @property
    def vide(self) -> bool:
        """Whether no value is possible."""
        if self.valeurs is not None:
            return not self.valeurs
        if self.bas is None or self.haut is None:
            return False
        return self.bas > self.haut or (self.bas == self.haut and not (self.bas_inclus and self.haut_inclus))

    @property
    def unique(self) -> Fraction | None:
        """The only number it holds, if so."""
        return self.bas if self.bas is not None and self.bas == self.haut and not self.vide else None

    def contient(self, valeur: Valeur) -> bool:
        """Whether the value is possible."""
        if self.valeurs is not None:
            return any(v == valeur and isinstance(v, bool) is isinstance(valeur, bool) for v in self.valeurs)
        if not isinstance(valeur, Fraction):
            return False
        if self.bas is not None and (valeur < self.bas or (valeur == self.bas and not self.bas_inclus)):
            return False
        if self.haut is not None and (valeur > self.haut or (valeur == self.haut and not self.haut_inclus)):
            return False
        return self.pas is None or (valeur / self.pas).denominator == 1


VIDE = Domaine(UN, True, ZERO, True)


def numerique(
    bas: Fraction | None,
    bas_inclus: bool,
    haut: Fraction | None,
    haut_inclus: bool,
    pas: Fraction | None = None,
    peut_manquer: bool = False,
) -> Domaine:
    """A domain of numbers, its bounds moved onto the grid; a `pas` of 0 means that only 0 is possible."""
    if pas == 0:
        pas = UN
    if pas is not None:
        if bas is not None:
            tighter = round_to(bas, pas, Mode.EXCES)
            bas, bas_inclus = (tighter if tighter != bas or bas_inclus else bas + pas), True
        if haut is not None:
            tighter = round_to(haut, pas, Mode.DEFAUT)
            haut, haut_inclus = (tighter if tighter != haut or haut_inclus else haut - pas), True
    if bas is not None and bas == haut and bas_inclus and haut_inclus:
        pas = abs(bas) or UN
    return Domaine(bas, bas is not None and bas_inclus, haut, haut is not None and haut_inclus, pas, peut_manquer)


def constante(valeur: Fraction) -> Domaine:
    """The domain of one number."""
    return numerique(valeur, True, valeur, True, abs(valeur))


def enumere(valeurs: tuple[Valeur, ...], peut_manquer: bool = False) -> Domaine:
    """A finite domain of names or yes/no."""
    return Domaine(peut_manquer=peut_manquer, valeurs=valeurs)


def manquant(domaine: Domaine, oui: bool = True) -> Domaine:
    """The same values, that can be missing if `oui`."""
    return replace(domaine, peut_manquer=True) if oui and not domaine.peut_manquer else domaine


def _generator(domaine: Domaine) -> Fraction | None:
    """The grid, 0 for the domain of 0 alone (which lies on every grid)."""
    return ZERO if domaine.unique == 0 else domaine.pas


def pas_commun(*pas: Fraction | None) -> Fraction | None:
    """The finest grid that holds all of these (greatest common divisor); None when one is continuous."""
    result = ZERO
    for p in pas:
        if p is None:
            return None
        denominator = lcm(result.denominator, p.denominator)
        result = Fraction(gcd(int(result * denominator), int(p * denominator)), denominator)
    return result


def somme(a: Domaine, b: Domaine) -> Domaine:
    """The sum a + b."""
    missing = a.peut_manquer or b.peut_manquer
    if a.vide or b.vide:
        return manquant(VIDE, missing)
    bas = None if a.bas is None or b.bas is None else a.bas + b.bas
    haut = None if a.haut is None or b.haut is None else a.haut + b.haut
    pas = pas_commun(_generator(a), _generator(b))
    return numerique(bas, a.bas_inclus and b.bas_inclus, haut, a.haut_inclus and b.haut_inclus, pas, missing)


def oppose(a: Domaine) -> Domaine:
    """- a."""
    bas = None if a.haut is None else -a.haut
    haut = None if a.bas is None else -a.bas
    return Domaine(bas, a.haut_inclus, haut, a.bas_inclus, a.pas, a.peut_manquer)


def _corners(a: Domaine, b: Domaine) -> list[tuple[int, Fraction, bool]]:
    """The products of the ends: sign of infinity (0 when finite), value, whether it is reached."""
    ends: list[list[tuple[int, Fraction, bool]]] = []
    for d in (a, b):
        low = (-1, ZERO, False) if d.bas is None else (0, d.bas, d.bas_inclus)
        high = (1, ZERO, False) if d.haut is None else (0, d.haut, d.haut_inclus)
        ends.append([low, high])
    out = []
    for infinite_x, x, reached_x in ends[0]:
        for infinite_y, y, reached_y in ends[1]:
            sign_x = infinite_x or (x > 0) - (x < 0)
            sign_y = infinite_y or (y > 0) - (y < 0)
            if sign_x == 0 or sign_y == 0:
                out.append((0, ZERO, (sign_x == 0 and reached_x) or (sign_y == 0 and reached_y)))
            elif infinite_x or infinite_y:
                out.append((sign_x * sign_y, ZERO, False))
            else:
                out.append((0, x * y, reached_x and reached_y))
    return out


def produit(a: Domaine, b: Domaine) -> Domaine:
    """The product a × b."""
    missing = a.peut_manquer or b.peut_manquer
    if a.vide or b.vide:
        return manquant(VIDE, missing)
    corners = _corners(a, b)
    low = min(c[:2] for c in corners)
    high = max(c[:2] for c in corners)
    grid_a, grid_b = _generator(a), _generator(b)
    pas = ZERO if grid_a == 0 or grid_b == 0 else None if grid_a is None or grid_b is None else grid_a * grid_b
    return numerique(
        None if low[0] else low[1],
        any(c[:2] == low and c[2] for c in corners),
        None if high[0] else high[1],
        any(c[:2] == high and c[2] for c in corners),
        pas,
        missing,
    )


def quotient(a: Domaine, b: Domaine) -> Domaine:
    """The quotient a / b for the values of b other than zero; unbounded when b can be on both sides of zero."""
    missing = a.peut_manquer or b.peut_manquer
    if b.bas == 0:
        b = numerique(ZERO, False, b.haut, b.haut_inclus, b.pas, b.peut_manquer)
    if b.haut == 0:
        b = numerique(b.bas, b.bas_inclus, ZERO, False, b.pas, b.peut_manquer)
    if a.vide or b.vide:
        return manquant(VIDE, missing)
    if b.unique is not None and b.unique != 0:
        return manquant(produit(a, constante(1 / b.unique)), missing)
    if not ((b.bas is not None and b.bas >= 0) or (b.haut is not None and b.haut <= 0)):
        return manquant(constante(ZERO), missing) if a.unique == 0 else Domaine(peut_manquer=missing)
    positive = b.bas is not None and b.bas >= 0
    bas = (ZERO if positive else None) if not b.haut else 1 / b.haut
    haut = (None if positive else ZERO) if not b.bas else 1 / b.bas
    return manquant(
        produit(a, Domaine(bas, b.haut_inclus and bool(b.haut), haut, b.bas_inclus and bool(b.bas))), missing
    )


def _low(d: Domaine) -> tuple[int, Fraction, int]:
    """Order of low ends: an included one comes before an excluded one."""
    return (-1, ZERO, 0) if d.bas is None else (0, d.bas, 0 if d.bas_inclus else 1)


def _high(d: Domaine) -> tuple[int, Fraction, int]:
    """Order of high ends: an included one comes after an excluded one."""
    return (1, ZERO, 0) if d.haut is None else (0, d.haut, 0 if d.haut_inclus else -1)


def _between(low: tuple[int, Fraction, int], high: tuple[int, Fraction, int], pas: Fraction | None) -> Domaine:
    bas = None if low[0] else low[1]
    haut = None if high[0] else high[1]
    return numerique(bas, low[2] == 0, haut, high[2] == 0, pas)


def union(*domaines: Domaine) -> Domaine:
    """The smallest domain that holds them all (the hull, for numbers)."""
    missing = any(d.peut_manquer for d in domaines)
    kept = [d for d in domaines if not d.vide]
    if not kept:
        return manquant(domaines[0] if domaines else VIDE, missing)
    if any(d.valeurs is not None for d in kept):
        if any(d.valeurs is None for d in kept):
            return Domaine(peut_manquer=missing)
        return enumere(tuple(dict.fromkeys(v for d in kept for v in d.valeurs or ())), missing)
    pas = pas_commun(*(_generator(d) for d in kept))
    return manquant(_between(min(map(_low, kept)), max(map(_high, kept)), pas), missing)


def intersection(a: Domaine, b: Domaine) -> Domaine:
    """The values of `a` within the interval of `b` (numbers only; the grid is that of `a`)."""
    if a.valeurs is not None or a.vide:
        return a
    return manquant(_between(max(_low(a), _low(b)), min(_high(a), _high(b)), a.pas), a.peut_manquer)


def extremum(op: str, domaines: list[Domaine]) -> Domaine:
    """The min or max of terms."""
    missing = any(d.peut_manquer for d in domaines)
    if any(d.vide for d in domaines):
        return manquant(VIDE, missing)
    pick = max if op == "max" else min
    low, high = pick(map(_low, domaines)), pick(map(_high, domaines))
    # A term that another always beats leaves no trace on the grid.
    if op == "max":
        kept = [d for d in domaines if _high(d)[:2] >= low[:2]]
    else:
        kept = [d for d in domaines if _low(d)[:2] <= high[:2]]
    return manquant(_between(low, high, pas_commun(*(_generator(d) for d in kept))), missing)


def arrondi(a: Domaine, pas: Fraction, mode: Mode) -> Domaine:
    """Rounding to a multiple of `pas`: the exact interval for a continuous term."""
    if a.vide or (a.pas is not None and (a.pas / pas).denominator == 1):
        return a
    bas, haut = a.bas, a.haut
    if bas is not None:
        tie = mode is Mode.PROCHE and bas < 0 and (2 * bas / pas).denominator == 1 and (bas / pas).denominator == 2
        skip = not a.bas_inclus and (tie or (mode is Mode.EXCES and (bas / pas).denominator == 1))
        bas = round_to(bas, pas, mode) + (pas if skip else 0)
    if haut is not None:
        tie = mode is Mode.PROCHE and haut > 0 and (haut / pas).denominator == 2
        skip = not a.haut_inclus and (tie or (mode is Mode.DEFAUT and (haut / pas).denominator == 1))
        haut = round_to(haut, pas, mode) - (pas if skip else 0)
    return numerique(bas, True, haut, True, pas, a.peut_manquer)


def compare(op: str, a: Domaine, b: Domaine) -> tuple[Valeur, ...]:
    """Which of yes and no a comparison can give."""
    if a.vide or b.vide:
        return ()
    if a.valeurs is not None or b.valeurs is not None:
        if a.valeurs is None or b.valeurs is None or op not in ("=", "≠"):
            return (True, False)
        common = [v for v in a.valeurs if v in b.valeurs]
        same, different = bool(common), len(a.valeurs) > 1 or len(b.valeurs) > 1 or not common
        return _answers(same, different) if op == "=" else _answers(different, same)
    gap = somme(a, oppose(b))
    below = gap.bas is None or gap.bas < 0
    above = gap.haut is None or gap.haut > 0
    equal = gap.contient(ZERO)
    outcomes = {
        "<": (below, above or equal),
        "≤": (below or equal, above),
        ">": (above, below or equal),
        "≥": (above or equal, below),
        "=": (equal, below or above),
        "≠": (below or above, equal),
    }
    return _answers(*outcomes[op])


def _answers(yes: bool, no: bool) -> tuple[Valeur, ...]:
    return ((True,) if yes else ()) + ((False,) if no else ())


def write_interval(
    bas: Fraction | None, bas_inclus: bool, haut: Fraction | None, haut_inclus: bool, genre: Genre
) -> str:
    """French writing of an interval: « [25 % ; 26 %[ »; a single value is written alone."""
    if bas is not None and bas == haut:
        return write_value(bas, genre)
    left = "]-∞" if bas is None else ("[" if bas_inclus else "]") + write_value(bas, genre)
    right = "+∞[" if haut is None else write_value(haut, genre) + ("]" if haut_inclus else "[")
    return f"{left} ; {right}"


def write_case(bas: Fraction | None, bas_inclus: bool, haut: Fraction | None, haut_inclus: bool, genre: Genre) -> str:
    """The same interval as the case of a row: « de 25 % à moins de 26 % »."""
    low = "" if bas is None else write_value(bas, genre)
    high = "" if haut is None else write_value(haut, genre)
    if bas is not None and bas == haut:
        return low
    if bas is None and haut is None:
        return "tout"
    if bas is None:
        return f"jusqu'à {high}" if haut_inclus else f"moins de {high}"
    if haut is None:
        return f"à partir de {low}" if bas_inclus else f"plus de {low}"
    return f"{'de' if bas_inclus else 'plus de'} {low} à {'' if haut_inclus else 'moins de '}{high}"
