"""Numbers as people type them: read exactly, or refused with what to write instead.

A text has one reading or none. A reading that a person should confirm (decimal point, bare ratio) carries a note.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from fractions import Fraction

from caqes_dsl.base.diagnostics import abridge
from caqes_dsl.base.quantities import UNITE_DE, UNITES, Genre, Valeur, plain_number
from caqes_dsl.base.suggestions import fold

MAX_DIGITS = 30
MAX_DECIMALS = 12
_WHOLE = 10**15
"""Below it, a whole float has at most fifteen digits."""


class Usage(Enum):
    """Whose habits a source follows.

    FRANCAIS: decimal comma. VIRGULES: a file whose cells are separated by commas, where « 1,234 » may be either.
    PROGRAMME: written by a program (Parquet, JSON, Python): decimal point, taux as ratios, `1/3`.
    """

    FRANCAIS = "français"
    VIRGULES = "virgules"
    PROGRAMME = "programme"


@dataclass(frozen=True, slots=True)
class Lu:
    """What a text gave: a value, or a fault (one sentence) and what to write instead.

    `note` says a reading to confirm; `sorte` groups alike notes and faults of a column.
    """

    valeur: Valeur | None = None
    faute: str = ""
    aide: str = ""
    note: str = ""
    sorte: str = ""


_SPACES = str.maketrans({"\u00a0": " ", "\u202f": " ", "\u2009": " ", "\u2007": " ", "\t": " "})
_MINUS = str.maketrans({"−": "-", "–": "-", "‑": "-"})
_SCIENTIFIC = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]*)?[eE][+-]?[0-9]+", re.ASCII)
_FRACTION = re.compile(r"([+-]?[0-9]+)/([0-9]+)", re.ASCII)
_NUMBER = re.compile(r"([+-]?) ?([0-9][0-9 .,]*?) ?([^0-9 .,][^0-9]*)?", re.ASCII)
_GROUPED = re.compile(r"[0-9]{1,3}(?: [0-9]{3})+", re.ASCII)
_DOUBTFUL = re.compile(r"[1-9][0-9]{0,2}[.,][0-9]{3}", re.ASCII)

_UNIT_WORDS = {
    "%": "%",
    "pt": "pt",
    "pts": "pt",
    "point de %": "pt",
    "points de %": "pt",
    "point": "points",
    "points": "points",
    "€": "€",
    "eur": "€",
    "euro": "€",
    "euros": "€",
    "k€": "k€",
    "jour": "jours",
    "jours": "jours",
    "semaine": "semaines",
    "semaines": "semaines",
    "mois": "mois",
    "an": "ans",
    "ans": "ans",
}

_ATTENDU = {
    Genre.ENTIER: "un nombre entier, sans unité",
    Genre.DECIMAL: "un nombre sans unité",
    Genre.TAUX: "un taux",
    Genre.ECART: "un écart en points de pourcentage",
    Genre.POINTS: "un nombre de points",
    Genre.MONTANT: "un montant en euros",
    Genre.JOURS: "une durée en jours",
    Genre.MOIS: "une durée en mois",
}


def plain_spaces(text: str) -> str:
    """The text with every kind of space made ordinary, none at its ends."""
    return text.translate(_SPACES).strip()


def read_number(text: str, genre: Genre, usage: Usage) -> Lu:
    """Value of a text in a column of this type."""
    clean = plain_spaces(text).translate(_MINUS)
    note = ""
    if clean.startswith("'"):
        clean, note = clean[1:].strip(), f"« {text} » était rangé en texte : lu {clean[1:].strip()}"
    if usage is Usage.PROGRAMME and _FRACTION.fullmatch(clean):
        return read_fraction(clean, genre)
    if clean.startswith("="):
        return Lu(
            faute=f"« {abridge(text)} » est une formule écrite en texte : son résultat n'est pas dans le fichier.",
            aide="Écrivez la valeur.",
        )
    if clean.startswith("#"):
        return Lu(faute=f"« {abridge(text)} » est une erreur de tableur.", aide="Corrigez la formule ou laissez vide.")
    if clean.startswith("≈"):
        return Lu(
            faute=f"« {abridge(text)} » est une valeur approchée.",
            aide="Reprenez la valeur exacte, écrite dans le résultat .json ou .parquet.",
        )
    if _SCIENTIFIC.fullmatch(clean):
        return Lu(
            faute=f"« {abridge(text)} » est en écriture scientifique : des chiffres ont pu être perdus.",
            aide="Écrivez le nombre en entier.",
        )
    found = _NUMBER.fullmatch(clean)
    if found is None or len(clean) > 200:
        return Lu(faute=f"« {abridge(text)} » n'est pas {_ATTENDU[genre]}.", aide=f"Écrivez {_example(genre)}.")
    sign, body, suffix = found.group(1), found.group(2).strip(), (found.group(3) or "").strip()
    unit = _unit(suffix)
    if unit is None:
        return Lu(
            faute=f"« {abridge(text)} » n'est pas {_ATTENDU[genre]} : « {abridge(suffix)} » n'est pas une unité "
            "connue.",
            aide=f"Écrivez {_example(genre)}.",
        )
    magnitude = _magnitude(body, text, usage)
    if magnitude.valeur is None:
        return magnitude
    assert isinstance(magnitude.valeur, Fraction)
    value = -magnitude.valeur if sign == "-" else magnitude.valeur
    lu = settle(value, unit, genre, usage, abridge(text.strip()))
    notes = [n for n in (note, magnitude.note, lu.note) if n]
    sorte = "texte" if note else magnitude.sorte if magnitude.note else lu.sorte
    return Lu(lu.valeur, lu.faute, lu.aide, " ; ".join(notes), sorte)


def read_fraction(text: str, genre: Genre) -> Lu:
    """Value of `1/3`, the writing of a number without finite decimals in results."""
    found = _FRACTION.fullmatch(plain_spaces(text).translate(_MINUS))
    if found is None or len(text) > 2 * MAX_DIGITS + 2:
        return Lu(faute=f"« {abridge(text)} » n'est pas {_ATTENDU[genre]}.", aide=f"Écrivez {_example(genre)}.")
    below = int(found.group(2))
    if below == 0:
        return Lu(faute=f"« {abridge(text)} » divise par zéro.", aide=f"Écrivez {_example(genre)}.")
    return settle(Fraction(int(found.group(1)), below), "", genre, Usage.PROGRAMME, abridge(text))


def _unit(suffix: str) -> str | None:
    if not suffix:
        return ""
    if suffix in ("M€", "k€", "K€"):
        return "M€" if suffix == "M€" else "k€"
    return None if suffix == "m€" else _UNIT_WORDS.get(fold(suffix))


def _magnitude(body: str, text: str, usage: Usage) -> Lu:
    """Digits, groups and decimals; no sign, no unit."""
    shown = abridge(text.strip())
    commas, dots = body.count(","), body.count(".")
    if (commas and dots) or commas > 1 or dots > 1:
        marks = max(body.rfind(","), body.rfind(".")) if commas and dots else len(body)
        whole = re.sub("[., ]", "", body[:marks])
        proposal = whole + ("," + body[marks + 1 :] if marks < len(body) else "")
        return Lu(
            faute=f"« {shown} » mêle points et virgules : sa valeur est douteuse.",
            aide=f"Écrivez « {proposal} » si c'est le nombre voulu.",
        )
    doubtful = dots if usage is not Usage.PROGRAMME else 0
    if usage is not Usage.FRANCAIS:
        doubtful += commas
    if doubtful and _DOUBTFUL.fullmatch(body):
        whole, tail = re.split("[.,]", body)
        decimal = f"{whole},{tail}0" if usage is Usage.VIRGULES else f"{whole},{tail}"
        if usage is Usage.PROGRAMME:
            decimal = f"{whole}.{tail}"
        return Lu(
            faute=f"« {shown} » peut être {whole}{tail} ou {whole},{tail} : sa valeur est douteuse.",
            aide=f"Écrivez « {whole}{tail} » ou « {decimal} ».",
        )
    whole, _, tail = body.replace(".", ",").partition(",")
    whole = whole.strip()
    if " " in whole and not _GROUPED.fullmatch(whole):
        return Lu(
            faute=f"« {shown} » a un groupe qui n'est pas de trois chiffres : sa valeur est douteuse.",
            aide=f"Écrivez « {whole.replace(' ', '')} » si c'est le nombre voulu.",
        )
    digits = whole.replace(" ", "")
    if (commas or dots) and not tail.isdigit():
        return Lu(faute=f"« {shown} » n'a pas de décimales lisibles.", aide=f"Écrivez « {digits} », ou ses décimales.")
    if len(digits) + len(tail) > MAX_DIGITS or len(tail) > MAX_DECIMALS:
        return too_long(shown)
    note = f"« {shown} » : le point est lu comme une virgule" if dots and usage is not Usage.PROGRAMME else ""
    return Lu(Fraction(int(digits + tail), 10 ** len(tail)), note=note, sorte="point" if note else "")


def too_long(shown: str) -> Lu:
    """The fault of a number beyond the limits."""
    return Lu(
        faute=f"« {shown} » dépasse la limite de {MAX_DIGITS} chiffres dont {MAX_DECIMALS} décimales.",
        aide="Arrondissez le nombre à la précision utile.",
    )


def settle(value: Fraction, unit: str, genre: Genre, usage: Usage, shown: str) -> Lu:
    """Value of a number and its unit (« » when bare) in a column of this type.

    Units: a bare number is in the column's own unit (écarts in points), except that a bare taux is a ratio and must
    not pass 1, since « 53 » may be 53 % or a hundred times that.
    """
    if not unit and genre is Genre.TAUX:
        if abs(value) > 1:
            return Lu(
                faute=f"« {shown} » n'a pas son signe % : ce peut être {plain_number(value)} % ou cent fois plus.",
                aide=f"Écrivez « {plain_number(value)} % ».",
            )
        told = "" if value == 0 or usage is Usage.PROGRAMME else f"« {shown} » est lu {plain_number(value * 100)} %"
        return Lu(value, note=told, sorte="ratio" if told else "")
    own = UNITE_DE[genre]
    of, worth = UNITES[unit or own]
    if of is not genre and not (genre is Genre.ENTIER and of is Genre.DECIMAL):
        proposal = f"{plain_number(value)} {own}".strip()
        return Lu(
            faute=f"« {shown} » porte l'unité « {unit} » alors que la colonne attend {_ATTENDU[genre]}.",
            aide=f"Écrivez « {proposal} » si c'est la valeur voulue.",
        )
    result = value * worth
    if genre is Genre.ENTIER and result.denominator != 1:
        return Lu(faute=f"« {shown} » n'est pas entier.", aide="Écrivez un nombre entier, ou vérifiez la colonne.")
    if genre in (Genre.JOURS, Genre.MOIS) and result.denominator != 1:
        return Lu(faute=f"« {shown} » n'est pas une durée entière.", aide=f"Écrivez un nombre entier de {own}.")
    if genre is Genre.ECART and not unit and usage is not Usage.PROGRAMME and 0 < abs(value) < 1:
        return Lu(result, note=f"« {shown} » est lu {plain_number(value)} point de pourcentage", sorte="écart")
    return Lu(result)


def from_float(number: float) -> tuple[Fraction | None, str]:
    """The number that 15 significant digits write, and a note when that is not the very float.

    None for what is not a finite number or passes the limits.
    """
    if -_WHOLE < number < _WHOLE and number == int(number):
        return Fraction(int(number)), ""
    text = format(number, ".15g")
    if number != number or number in (float("inf"), float("-inf")):
        return None, ""
    exact = Decimal(text)
    if exact and not -MAX_DIGITS <= exact.adjusted() < MAX_DIGITS:
        return None, ""
    value = Fraction(exact)
    changed = float(text) != number
    return value, f"{number!r} est lu {plain_number(value, group='')}, à 15 chiffres" if changed else ""


def _example(genre: Genre) -> str:
    return {
        Genre.ENTIER: "par exemple « 120 »",
        Genre.DECIMAL: "par exemple « 0,5 »",
        Genre.TAUX: "par exemple « 53 % »",
        Genre.ECART: "par exemple « 2 pt »",
        Genre.POINTS: "par exemple « 48 points »",
        Genre.MONTANT: "par exemple « 1 234,56 »",
        Genre.JOURS: "par exemple « 21 jours »",
        Genre.MOIS: "par exemple « 6 mois »",
    }[genre] + ", ou laissez vide ce qui n'est pas transmis"
