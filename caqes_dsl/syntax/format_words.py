"""Words in their canonical spelling, and the words of an expression with no parenthesis too many."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache
from typing import NamedTuple

from .automaton import grammar_texts
from .concrete import Branche
from .lexer import Jeton, spellings


class Mot(NamedTuple):
    """A word to write and where it stood. `colle`: no space before it; `serre`: none after it."""

    texte: str
    debut: int
    fin: int
    colle: bool = False
    serre: bool = False


_SIGNS = {
    "DEUX_POINTS": ":", "POINT_VIRGULE": ";", "VIRGULE": ",", "OUVRE": "(", "FERME": ")", "PLUS_SIGNE": "+",
    "TIRET": "-", "FOIS": "×", "SUR": "/",
}  # fmt: skip
_STICKS = frozenset(["VIRGULE", "FERME"])
_SINGULAR = {"points": "point", "jours": "jour", "semaines": "semaine", "ans": "an"}
_ROW_WORDS = {"<": "moins de", "≤": "jusqu'à", ">": "plus de", "≥": "à partir de"}
_GUILLEMETS = re.compile(r"[^«»]*(?:«[^«»]*»[^«»]*)?")

_OU, _ET, _NON, _COMPARE, _SOMME, _PRODUIT, _MOINS, _DEFAUT, _PERIODE, _ATOME = 1, 3, 4, 5, 6, 7, 8, 9, 10, 11
_OPERATORS = {"OU": _OU, "ET": _ET, "PLUS_SIGNE": _SOMME, "TIRET": _SOMME, "FOIS": _PRODUIT, "SUR": _PRODUIT}
_STRENGTH = {"si": 0, "compare": _COMPARE, "entre": _COMPARE, "a_defaut": _DEFAUT, "a_la_periode": _PERIODE}
_NEEDED = {
    "compare": _SOMME, "entre": _SOMME, "a_defaut": _PERIODE, "a_la_periode": _ATOME, "conducteurs": _SOMME,
    "lineaire": _SOMME, "avec": _SOMME, "attendu": _SOMME, "rang": _SOMME,
}  # fmt: skip
"""Rule -> the strength that its terms need to stand without parentheses (elsewhere 0)."""


def join(mots: Iterable[Mot]) -> str:
    """The words as one line."""
    text, tight = "", True
    for mot in mots:
        text += mot.texte if tight or mot.colle else " " + mot.texte
        tight = mot.serre
    return text


@cache
def _spellings() -> dict[str, str]:
    return spellings(grammar_texts()[0])


def spelling(jeton: Jeton) -> str:
    """The canonical spelling of a word."""
    if jeton.type == "CRITERES" and not jeton.texte.casefold().endswith("s"):
        return "critère"
    known = _SIGNS.get(jeton.type) or _spellings().get(jeton.type)
    if known:
        return known
    match jeton.type:
        case "STRING":
            return _quoted(jeton.texte)
        case "NUMBER":
            return _number(jeton, "")
        case "DATE":
            return "/".join(reversed(jeton.texte.split("-")))
        case "PERIODE":
            return f"N-{int(jeton.texte)}"
    return jeton.texte


def _quoted(text: str) -> str:
    """A text between « », unless the guillemets inside it do not allow that."""
    if _GUILLEMETS.fullmatch(text):
        return f"« {text} »" if text else "« »"
    return f'"{text}"' if '"' not in text else f"“{text}”"


def _number(jeton: Jeton, unit: str) -> str:
    """Digits in groups of three. A bare number of four digits stays as it is written: it may be a year."""
    whole, comma, decimals = jeton.texte.partition(",")
    if not unit and len(whole) == 4 and not comma and jeton.fin - jeton.debut == 4:
        return whole
    grouped = ""
    while len(whole) > 3:
        whole, grouped = whole[:-3], " " + whole[-3:] + grouped
    return whole + grouped + comma + decimals


def word(jeton: Jeton) -> Mot:
    """A word by itself."""
    return Mot(spelling(jeton), jeton.debut, jeton.fin, jeton.type in _STICKS, jeton.type == "OUVRE")


def strength(branche: Branche) -> int:
    """How strongly an expression holds together: what needs more puts it in parentheses."""
    if branche.regle == "binaire":
        return _OPERATORS[_operator(branche).type]
    if branche.regle == "unaire":
        return _MOINS if _operator(branche).type == "TIRET" else _NON
    return _STRENGTH.get(branche.regle, _ATOME)


def _operator(branche: Branche) -> Jeton:
    """The operator of a `binaire` or an `unaire`."""
    return next(c for c in branche.enfants if isinstance(c, Jeton))


def bare(branche: Branche) -> tuple[Branche, Jeton | None, Jeton | None]:
    """An expression without the parentheses around it, and the outermost of these."""
    opening = closing = None
    while branche.regle == "parenthese":
        first, inner, last = branche.enfants
        assert isinstance(first, Jeton) and isinstance(last, Jeton) and isinstance(inner, Branche)
        opening, closing, branche = opening or first, closing or last, inner
    return branche, opening, closing


def needed(branche: Branche, index: int) -> int:
    """The strength that a child needs, by its place among the children of its parent."""
    if branche.regle == "binaire":
        own = _OPERATORS[_operator(branche).type]
        return own if index == 0 else own + 1
    if branche.regle == "unaire":
        return strength(branche)
    return _NEEDED.get(branche.regle, 0)


def words(node: Branche | Jeton, need: int = 0) -> list[Mot]:
    """The words under a node, in order."""
    if isinstance(node, Jeton):
        return [word(node)]
    branche, opening, closing = bare(node)
    children = branche.enfants
    match branche.regle:
        case "quantite":
            found = _quantity(children)
        case "appel":
            found = [word(_jeton(children[0])), word(_jeton(children[1]))._replace(colle=True)]
            for child in children[2:]:
                found += words(child)
        case "comparaison":
            found = _row_comparison(children)
        case "entre_cas":
            found = [word(_jeton(children[0]))._replace(texte="de"), *words(children[1])]
            found += [word(_jeton(children[2]))._replace(texte="à"), *words(children[3])]
        case "suite":
            found = _then(children)
        case "unaire" | "bornee" | "valeur" if isinstance(children[0], Jeton) and children[0].type == "TIRET":
            found = [word(children[0])._replace(serre=True), *words(children[1], needed(branche, 1))]
        case _:
            found = []
            for index, child in enumerate(children):
                found += words(child, needed(branche, index))
    if opening and closing and enclosed(branche, need):
        return [word(opening), *found, word(closing)]
    return found


def enclosed(branche: Branche, need: int) -> bool:
    """Whether the parentheses that the author wrote around an expression stay: where the meaning needs them, and
    around an `et` between `ou`, where readers do."""
    own = strength(branche)
    return own < need or (own == _ET and _OU <= need < _ET)


def _jeton(node: Branche | Jeton) -> Jeton:
    assert isinstance(node, Jeton)
    return node


def _quantity(children: Sequence[Branche | Jeton]) -> list[Mot]:
    """A number and its unit, singular below two."""
    number, unit = _jeton(children[0]), _jeton(children[1])
    one = int(number.texte.partition(",")[0]) < 2
    written = _SINGULAR.get(unit.texte, unit.texte) if one else unit.texte
    return [word(number)._replace(texte=_number(number, unit.texte)), word(unit)._replace(texte=written)]


def _row_comparison(children: Sequence[Branche | Jeton]) -> list[Mot]:
    """`> 50 %` in a row is « plus de 50 % »; `= -1 pt` stays, for no row begins with a minus."""
    sign, bound = _jeton(children[0]), words(children[1])
    if sign.texte in _ROW_WORDS:
        return [word(sign)._replace(texte=_ROW_WORDS[sign.texte]), *bound]
    return bound if sign.texte == "=" and bound[0].texte != "-" else [word(sign), *bound]


def _then(children: Sequence[Branche | Jeton]) -> list[Mot]:
    """`puis, par tranche de …`, with its comma."""
    found = [word(_jeton(children[0])), word(_jeton(children[0]))._replace(texte=",", colle=True)]
    for child in children[1:]:
        if not (isinstance(child, Jeton) and child.type == "VIRGULE"):
            found += words(child)
    return found
