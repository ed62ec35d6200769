"""Signs and numbers that authors bring from a spreadsheet, a word processor or a program: what each is called here.

A correction is certain only where the sign can be meant one way: dropping a sign that is seen is never certain, since
« lits != 0 » without its « ! » would say the contrary.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

_SPACE = r"[ \t\u00a0\u202f\u2009]"
_MONTHS = (
    *("janvier", "fevrier", "mars", "avril", "mai", "juin", "juillet", "aout", "septembre", "octobre", "novembre"),
    "decembre",
)


@dataclass(frozen=True, slots=True)
class Signe:
    """A foreign sign: its length, what is wrong, what to write, the correction (None: not certain, or none), and the
    token that it stands for (« » for none)."""

    longueur: int
    code: str
    message: str
    aide: str
    remplace: str | None = None
    jeton: str = ""
    texte: str = ""
    certaine: bool = True


_PLAIN: dict[str, tuple[str, str, str | None, str, str]] = {
    "!=": ("« != » s'écrit « ≠ ».", "Écrivez « ≠ ».", "≠", "CMP", "≠"),
    "===": ("« = » s'écrit une fois.", "Écrivez « = ».", "=", "CMP", "="),
    "==": ("« = » s'écrit une fois.", "Écrivez « = ».", "=", "CMP", "="),
    "=<": ("« =< » s'écrit « ≤ ».", "Écrivez « ≤ ».", "≤", "CMP", "≤"),
    "&&": ("« && » s'écrit en toutes lettres.", "Écrivez « et ».", "et", "ET", "et"),
    "&": ("« & » s'écrit en toutes lettres.", "Écrivez « et ».", None, "ET", "et"),
    "||": ("« || » s'écrit en toutes lettres.", "Écrivez « ou ».", "ou", "OU", "ou"),
    "!": ("« ! » n'est pas un signe de la langue.", "Pour dire le contraire, écrivez « non » devant.", None, "", ""),
    "**": ("Il n'y a pas de puissance.", "Écrivez le produit : x × x.", None, "FOIS", "×"),
    "^": ("Il n'y a pas de puissance.", "Écrivez le produit : x × x.", None, "FOIS", "×"),
    "÷": ("La division s'écrit « / ».", "Écrivez « / ».", "/", "SUR", "/"),
    "‰": ("« ‰ » n'est pas une unité de la langue.", "Écrivez le taux en % : 5 ‰ font 0,5 %.", None, "UNITE", "%"),
    "$": ("Les montants sont en euros.", "Écrivez « € ».", None, "UNITE", "€"),
    "£": ("Les montants sont en euros.", "Écrivez « € ».", None, "UNITE", "€"),
    "→": ("Une flèche n'est pas un signe de la langue.", "Dans un rang, écrivez « : ».", None, "DEUX_POINTS", ":"),
}
"""Sign -> what is wrong, what to write, the certain correction, the token it stands for."""

_BY_LENGTH = sorted(_PLAIN, key=len, reverse=True)
_BULLETS = "•·▪◦‣●○■□❖➢✓✔"
MAY_BE_FOREIGN = frozenset({sign[0] for sign in _PLAIN} | set(_BULLETS) | set("/<‘'„‹"))
"""First characters of what `foreign_sign` knows."""

_INDENT = 80
"""How far from the margin a bullet may stand."""

_COMMENT = re.compile(r"//[^\n]*|/\*.*?(?:\*/|\Z)", re.DOTALL)
_QUOTED = (
    re.compile(r"<<([^<>«»\n]{0,300})>>"),
    re.compile(r"‘([^‘«»\n]{0,300}?)['’](?!\w)"),
    re.compile(r"''([^«»\n]{0,300}?)''(?!\w)"),
    re.compile(r"'([^«»\n]{0,300}?)'(?!\w)"),
    re.compile(r"„([^„“”«»\n]{0,300})[“”]"),
    re.compile(r"‹([^‹›«»\n]{0,300})›"),
)
_DOTTED = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})(?![0-9.])")
_WRITTEN = re.compile(
    rf"([0-9]{{1,2}})(?:er)?{_SPACE}+(janvier|f[ée]vrier|mars|avril|mai|juin|juillet|ao[ûu]t|septembre|octobre|novembre"
    rf"|d[ée]cembre){_SPACE}+([0-9]{{4}})(?!\w)",
    re.IGNORECASE,
)
_THOUSANDS = re.compile(r"[0-9]{1,3}(?:\.[0-9]{3}){2,}(?![0-9.])|[0-9]{1,3}(?:['’][0-9]{3})+(?![0-9'’])")
_DOUBTFUL = re.compile(r"[1-9][0-9]{0,2}\.[0-9]{3}(?![0-9.])")


def foreign_sign(text: str, at: int) -> Signe | None:
    """The foreign sign that stands there."""
    if text[at] == "/" and (comment := _COMMENT.match(text, at)):
        short = text.startswith("//", at)
        aide = "Mettez « # » devant." if short else "Mettez « # » devant chaque ligne du commentaire."
        return Signe(comment.end() - at, "CAQ104", "Un commentaire va de « # » à la fin de la ligne.", aide,
                     "#" + comment.group()[2:] if short else None)  # fmt: skip
    for pattern in _QUOTED:
        quoted = pattern.match(text, at)
        if quoted:
            body = " ".join(quoted.group(1).split())
            written = f"« {body} »"
            return Signe(
                len(quoted.group()), "CAQ104", "Un texte s'écrit entre « et ».", f"Écrivez {written}.", written,
                "STRING", body, certaine=text[at] != "'",
            )  # fmt: skip
    if text[at] in _BULLETS and text[max(at - _INDENT, 0) : at].rpartition("\n")[2].strip() == "":
        return Signe(1, "CAQ104", "Une puce n'a pas de sens ici.", "Retirez-la.", "")
    for sign in _BY_LENGTH:
        if text.startswith(sign, at):
            message, aide, fix, kind, canonical = _PLAIN[sign]
            return Signe(len(sign), "CAQ104", message, aide, fix, kind, canonical)
    return None


def foreign_number(text: str, at: int) -> Signe | None:
    """A date or a number of another style that stands there."""
    for pattern, read in _NUMBERS:
        found = pattern.match(text, at)
        if found:
            sign = read(found)
            if sign is not None:
                return sign
    return None


def _date(found: re.Match[str]) -> Signe | None:
    day, month, year = found.groups()
    name = "".join(c for c in unicodedata.normalize("NFD", month.casefold()) if not unicodedata.combining(c))
    number = _MONTHS.index(name) + 1 if name in _MONTHS else int(month)
    try:
        value = date(int(year), number, int(day))
    except ValueError:
        return None
    written = f"{value:%d/%m/}{value.year:04d}"
    message = f"« {' '.join(found.group().split())} » : une date s'écrit avec des barres."
    return Signe(len(found.group()), "CAQ103", message, f"Écrivez « {written} ».", written, "DATE", value.isoformat())


def _grouped(found: re.Match[str]) -> Signe:
    written = re.sub(r"[.'’]", " ", found.group())
    message = f"« {found.group()} » : les milliers se séparent par une espace."
    digits = written.replace(" ", "")
    return Signe(len(found.group()), "CAQ103", message, f"Écrivez « {written} ».", written, "NUMBER", digits)


def _doubtful(found: re.Match[str]) -> Signe:
    whole, _, rest = found.group().partition(".")
    message = f"« {found.group()} » se lit de deux façons."
    aide = f"Écrivez « {whole} {rest} » pour des milliers, « {whole},{rest} » pour un nombre à virgule."
    return Signe(len(found.group()), "CAQ103", message, aide, None, "NUMBER", whole + rest)


_NUMBERS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Signe | None]], ...] = (
    (_DOTTED, _date),
    (_WRITTEN, _date),
    (_THOUSANDS, _grouped),
    (_DOUBTFUL, _doubtful),
)
