"""Exact quantities, their types and their French writing.

A number is a `Fraction` from the text to the result. A taux of 53 % is 53/100, an écart of 5 pt is 5/100 (so that
the difference of two taux is an écart without any scaling), an amount is in euros, a durée is in days or in months.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from enum import Enum
from fractions import Fraction


class Genre(Enum):
    """The types of the language (`langue.md` §4); durée is in two kinds that are never compared."""

    ENTIER = "entier"
    DECIMAL = "décimal"
    TAUX = "taux"
    ECART = "écart"
    POINTS = "points"
    MONTANT = "montant"
    JOURS = "durée en jours"
    MOIS = "durée en mois"
    DATE = "date"
    OUI_NON = "oui_non"
    NIVEAU = "niveau"
    CHOIX = "choix"

    @property
    def is_number(self) -> bool:
        """Whether its values are `Fraction`."""
        return self not in (Genre.DATE, Genre.OUI_NON, Genre.NIVEAU, Genre.CHOIX)


UNITES: dict[str, tuple[Genre, Fraction]] = {
    "": (Genre.DECIMAL, Fraction(1)),
    "%": (Genre.TAUX, Fraction(1, 100)),
    "pt": (Genre.ECART, Fraction(1, 100)),
    "points": (Genre.POINTS, Fraction(1)),
    "€": (Genre.MONTANT, Fraction(1)),
    "k€": (Genre.MONTANT, Fraction(1000)),
    "M€": (Genre.MONTANT, Fraction(1_000_000)),
    "jours": (Genre.JOURS, Fraction(1)),
    "semaines": (Genre.JOURS, Fraction(7)),
    "mois": (Genre.MOIS, Fraction(1)),
    "ans": (Genre.MOIS, Fraction(12)),
}
"""Canonical unit -> the type and the worth of one unit."""

UNITE_DE: dict[Genre, str] = {
    Genre.ENTIER: "",
    Genre.DECIMAL: "",
    Genre.TAUX: "%",
    Genre.ECART: "pt",
    Genre.POINTS: "points",
    Genre.MONTANT: "€",
    Genre.JOURS: "jours",
    Genre.MOIS: "mois",
}

Valeur = Fraction | bool | str | date
"""A value: a number, a yes/no, the name of a level or of a choice, a date."""


class Mode(Enum):
    """How a rounding goes: to the nearest (halves away from zero), up, or down."""

    PROCHE = "arrondi"
    EXCES = "arrondi_excès"
    DEFAUT = "arrondi_défaut"


def add_up(values: Iterable[Fraction]) -> Fraction:
    """The exact sum of many numbers, by denominator: much faster than one by one."""
    whole: dict[int, int] = {}
    for value in values:
        below = value.denominator
        whole[below] = whole.get(below, 0) + value.numerator
    return sum((Fraction(above, below) for below, above in whole.items()), Fraction(0))


def round_to(value: Fraction, step: Fraction, mode: Mode = Mode.PROCHE) -> Fraction:
    """The one rounding of the project: to a multiple of `step`; halves away from zero, also below zero.

    Excès and défaut go towards +infinity and -infinity.
    """
    quotient = value / step
    if mode is Mode.EXCES:
        return -((-quotient.numerator) // quotient.denominator) * step
    if mode is Mode.DEFAUT:
        return (quotient.numerator // quotient.denominator) * step
    magnitude = abs(quotient)
    whole = (2 * magnitude.numerator + magnitude.denominator) // (2 * magnitude.denominator)
    return (whole if quotient >= 0 else -whole) * step


def plain_number(value: Fraction, *, group: str = "\u202f", decimals: int | None = None) -> str:
    """French writing of a number: decimal comma, groups of three; `1/3` when it has no finite decimals.

    With `decimals`, exactly that many (the value is rounded for display).
    """
    if decimals is not None:
        value = round_to(value, Fraction(1, 10**decimals))
    sign = "-" if value < 0 else ""
    value = abs(value)
    denominator, places = value.denominator, 0
    while denominator % 10 == 0:
        denominator //= 10
    rest, twos, fives = denominator, 0, 0
    denominator = value.denominator
    rest = denominator
    while rest % 2 == 0:
        rest //= 2
        twos += 1
    while rest % 5 == 0:
        rest //= 5
        fives += 1
    if rest != 1:
        return f"{sign}{value.numerator}/{value.denominator}"
    places = max(twos, fives) if decimals is None else decimals
    digits = str(value.numerator * 10**places // value.denominator).rjust(places + 1, "0")
    whole, tail = (digits[:-places], digits[-places:]) if places else (digits, "")
    grouped = ""
    while len(whole) > 3:
        grouped = group + whole[-3:] + grouped
        whole = whole[:-3]
    return sign + whole + grouped + ("," + tail if tail else "")


def readable(value: Fraction) -> str:
    """French writing for people: exact when decimals are few, else four decimals and the sign ≈."""
    exact = plain_number(value)
    if "/" not in exact and len(exact.partition(",")[2]) <= 6:
        return exact
    return "≈\u00a0" + plain_number(value, decimals=4)


def write_value(value: Valeur | None, genre: Genre, *, labels: dict[str, str] | None = None) -> str:
    """French writing of a value with its unit; « non transmis » for a missing one."""
    if value is None:
        return "non transmis"
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, date):
        return value.strftime("%d/%m/%Y")
    if isinstance(value, str):
        return (labels or {}).get(value, value)
    if genre is Genre.MONTANT:
        cents = value * 100
        if cents.denominator == 1:
            return plain_number(value, decimals=None if value.denominator == 1 else 2) + "\u00a0€"
        return readable(value) + "\u00a0€"
    unit = UNITE_DE.get(genre, "")
    scaled = value / UNITES[unit][1]
    if genre is Genre.POINTS:
        unit = "point" if abs(scaled) < 2 else "points"
    elif genre is Genre.JOURS:
        unit = "jour" if abs(scaled) < 2 else "jours"
    return readable(scaled) + ("\u00a0" + unit if unit else "")


def machine_number(value: Fraction, genre: Genre) -> str:
    """A number as programs read it: a ratio for a taux, points for an écart, euros; « 1/3 » without finite decimals."""
    scaled = value * 100 if genre is Genre.ECART else value
    denominator, places = scaled.denominator, 0
    for factor in (2, 5):
        count = 0
        while denominator % factor == 0:
            denominator, count = denominator // factor, count + 1
        places = max(places, count)
    if denominator != 1:
        return f"{scaled.numerator}/{scaled.denominator}"
    digits = str(abs(scaled.numerator) * 10**places // scaled.denominator).rjust(places + 1, "0")
    sign = "-" if scaled < 0 else ""
    return sign + (f"{digits[:-places]}.{digits[-places:]}" if places else digits)


def machine_value(value: Valeur | None, genre: Genre) -> str | None:
    """A value as programs read it; None when there is none."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, date):
        return value.isoformat()
    return machine_number(value, genre) if isinstance(value, Fraction) else value
