"""Random declarations that the grammar accepts: every rule of it, in every combination, with comments anywhere."""

from __future__ import annotations

import random

from caqes_dsl.base.source import Source
from caqes_dsl.syntax.automaton import grammar_texts
from caqes_dsl.syntax.lexer import Jeton, spellings
from caqes_dsl.syntax.reading import _lark

_NAMES = ("a", "b1", "lits_lap", "score", "points", "MCO", "R", "C55", "évolution", "max")
_TEXTS = (
    "« Un titre »",
    "« dit « oui » ici »",
    '"droit"',
    '"ouvert « seul"',
    "“anglais”",
    "« »",
    "« sur\n  deux lignes »",
)
_NUMBERS = ("0", "1", "2", "0,5", "12,50", "1000", "1 000", "1000000", "2018", "007")
_UNITS = ("%", " pt", " points de %", " point", " points", "€", " k€", " M€", " jour", " jours", " mois", " an", " ans")
_SIGNS = {
    "DEUX_POINTS": ":", "POINT_VIRGULE": ";", "VIRGULE": ",", "OUVRE": "(", "FERME": ")", "PLUS_SIGNE": "+", "SUR": "/",
}  # fmt: skip
_ENDS = frozenset(["$END", "FERME", "DEUX_POINTS"])
_WORDS = spellings(grammar_texts()[0])
_NOWHERE = Source.from_text("engendré", "")


def sentence(rng: random.Random, length: int) -> list[str]:
    """The words of a declaration (or of a header) of about this length."""
    start = rng.choice(("entete", *["declaration"] * 12))
    reader = _lark().parse_interactive(start=start)
    words: list[str] = []
    while True:
        accepted = sorted(reader.accepts())  # type: ignore[no-untyped-call]  # Lark does not say
        closing = [t for t in accepted if t in _ENDS]
        if "$END" in accepted and (len(words) >= length or len(accepted) == 1):
            return words
        terminal = rng.choice(closing if closing and len(words) >= length else accepted)
        if terminal == "$END" or (terminal == "OUVRE" and len(words) >= length and len(accepted) > 1):
            continue
        if len(words) > 3 * length:
            return []
        text = _word(rng, terminal)
        reader.feed_token(_token(terminal, text))  # type: ignore[arg-type]  # Lark reads its type alone
        words.append(text)


def _token(terminal: str, text: str) -> Jeton:
    """A token good enough to be reduced."""
    read = {"NUMBER": "1", "DATE": "2018-01-01", "PERIODE": "1", "UNITE": "%", "STRING": "t", "CMP": "="}
    return Jeton(terminal, read.get(terminal, text), _NOWHERE, 0, 0)


def _word(rng: random.Random, terminal: str) -> str:
    match terminal:
        case "NAME":
            return rng.choice(_NAMES)
        case "STRING":
            return rng.choice(_TEXTS)
        case "NUMBER":
            return rng.choice(_NUMBERS)
        case "UNITE":
            return rng.choice(_UNITS)
        case "DATE":
            return rng.choice(("31/12/2018", "1/2/2019"))
        case "PERIODE":
            return rng.choice(("N-1", "N–2"))
        case "CMP":
            return rng.choice(("=", "<>", "≠", "<", "<=", "≥"))
        case "TIRET":
            return rng.choice(("-", "−"))
        case "FOIS":
            return rng.choice(("*", "×"))
    return _SIGNS.get(terminal) or _WORDS[terminal]


def text_of(rng: random.Random, words: list[str], comments: float) -> str:
    """The words with any white space between them, and comments at this rate."""
    text = ""
    for number, word in enumerate(words):
        unit = word in _UNITS
        space = "" if unit or not number else rng.choice((" ", " ", " ", "\n", "\n    ", "\n\n"))
        if number and not unit and rng.random() < comments:
            space = f"{rng.choice((' ', '', chr(10)))}# note {number}\n" + rng.choice(("", "  ", "\n"))
        text += space + word
    return text + rng.choice(("\n", " # fin\n", ""))
