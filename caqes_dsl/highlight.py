"""Colours for policies, in Pygments: the words come from `grammar/lexique.lark`, so that the two cannot differ.

Every character of the text is given back. The grammar is not loaded.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from typing import ClassVar

from pygments.lexer import Lexer
from pygments.token import (
    Comment,
    Error,
    Keyword,
    Literal,
    Name,
    Number,
    Operator,
    Punctuation,
    String,
    Whitespace,
    _TokenType,
)

from caqes_dsl.resources import folder, read_bytes
from caqes_dsl.syntax.build import ACTIONS, GENRES
from caqes_dsl.syntax.lexer import DATE, GROUPED, PERIODE, UNIT, spellings, strip_accents

_MARKS = "[\u0300-\u036f]*"
_LOGIC = frozenset(["SI", "ALORS", "SINON", "ET", "OU", "NON", "ENTRE", "LORSQUE"])
_CONSTANTS = frozenset(["OUI", "TOUT", "TOUS", "AUTREMENT"])
_MAX_WORDS = 1 << 20

_PLAIN: tuple[tuple[_TokenType, str], ...] = (
    (Whitespace, r"\s+|\ufeff"),
    (Comment.Single, r"#[^\n\r\v\f\x85\u2028\u2029]*"),
    (String, r"«[^«»]*(?:«[^«»]*»[^«»]*)?»|\"[^\"]*\"|“[^”]*”"),
    (Keyword.Namespace, r"caqes(?=[^\S\n]+\d)"),
    (Literal.Date, DATE.pattern),
    (Number, GROUPED.pattern),
    (Name.Builtin, PERIODE.pattern),
)
_AFTER: tuple[tuple[_TokenType, str], ...] = (
    (Keyword.Type, r"k€|M€|[%€]"),
    (Name.Function, r"[^\W\d](?:\w|[\u0300-\u036f])*(?=\s*\()"),
    (Name, r"[^\W\d](?:\w|[\u0300-\u036f])*"),
    (Operator, r"<>|<=|>=|[<>=≠≤≥+×*/\-\u2212\u2013\u2011]"),
    (Punctuation, r"[:;,()]"),
)


@cache
def _rules() -> tuple[list[_TokenType], re.Pattern[str]]:
    """The kinds of tokens, and one pattern with a group for each, in the order in which they are tried."""
    text = read_bytes(folder("grammar") / "lexique.lark", _MAX_WORDS).decode("utf-8")
    by_kind: dict[_TokenType, list[str]] = {}
    for terminal, spelled in spellings(text).items():
        by_kind.setdefault(kind_of(terminal), []).append(spelled)
    # A phrase before the word it begins with, whatever their kinds.
    every = sorted(((s, kind) for kind, words in by_kind.items() for s in words), key=lambda pair: -len(pair[0]))
    words = [(kind, rf"{_loose(spelled)}(?![\w\u0300-\u036f])") for spelled, kind in every]
    rules = [*_PLAIN, *words, *_AFTER]
    return [kind for kind, _ in rules], re.compile("|".join(f"({_closed(pattern)})" for _, pattern in rules))


def kind_of(terminal: str) -> _TokenType:
    """How a word of the language is shown."""
    if terminal in GENRES or terminal in ACTIONS:
        return Keyword.Declaration
    if terminal in _LOGIC:
        return Operator.Word
    return Keyword.Constant if terminal in _CONSTANTS else Keyword


def _closed(pattern: str) -> str:
    """The pattern without groups that capture."""
    return re.sub(r"(?<!\\)\((?!\?)", "(?:", pattern)


def _loose(spelled: str) -> str:
    """A word as it may be typed: accents forgotten (but on « à ») or decomposed, any white space, any apostrophe."""
    parts = []
    for c in spelled:
        if c == "'":
            parts.append("['’]")
        elif c == " ":
            parts.append(r"\s+")
        elif c == "à":
            parts.append("(?:à|a\u0300)")
        elif strip_accents(c) == c:
            parts.append(re.escape(c))
        else:
            parts.append(f"(?:{c}|{unicodedata.normalize('NFD', c)[0]}{_MARKS})")
    return "".join(parts)


_TERMINAL = (
    (Keyword.Declaration, "1;35"),
    (Keyword.Namespace, "35"),
    (Keyword, "35"),
    (Operator.Word, "35"),
    (String, "32"),
    (Comment, "2"),
    (Number, "36"),
    (Literal.Date, "36"),
)
"""Kinds of tokens -> ANSI styles of a terminal."""


def teinte(line: str) -> list[str]:
    """The ANSI style of each character of a line, « » for none. A text cut by the line's end keeps none."""
    styles: list[str] = []
    for _, kind, value in CaqesLexer().get_tokens_unprocessed(line):
        style = next((s for k, s in _TERMINAL if kind in k), "")
        styles += [style] * len(value)
    return styles


class CaqesLexer(Lexer):
    """Policies of the caqes language."""

    name: ClassVar[str] = "caqes"
    aliases: ClassVar[list[str]] = ["caqes"]
    filenames: ClassVar[list[str]] = ["*.caqes"]
    mimetypes: ClassVar[list[str]] = ["text/x-caqes"]
    url: ClassVar[str] = ""

    def get_tokens_unprocessed(self, text: str) -> Iterator[tuple[int, _TokenType, str]]:
        """Places, kinds and texts of the tokens; together they are the text."""
        kinds, pattern = _rules()
        at, before = 0, Whitespace
        while at < len(text):
            unit = UNIT.match(text, at) if before is Number else None
            found = pattern.match(text, at)
            if unit:
                start = unit.start(1)
                if start > at:
                    yield at, Whitespace, text[at:start]
                kind, value, at = Keyword.Type, unit.group(1), start
            elif found and found.lastindex:
                kind, value = kinds[found.lastindex - 1], found.group()
            else:
                kind, value = Error, text[at]
            if kind is Name and before is Keyword.Declaration:
                kind = Name.Class
            yield at, kind, value
            at += len(value)
            before = before if kind is Whitespace else kind

    @staticmethod
    def analyse_text(text: str) -> float:
        """Certain when the text begins by its edition."""
        return 1.0 if re.match(r"\ufeff?(?:\s*#[^\n]*\n)*\s*caqes\s+\d", text) else 0.0
