"""French typography: the spaces, apostrophes and dates that a careful secretary would set.

Applied to texts that people read, never to codes or addresses. Applying it twice changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

FINE = "\u202f"
INSECABLE = "\u00a0"

_MOIS = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip

_SPACES = "[ \u00a0\u202f\u2009]"
_ADDRESS = re.compile(r"((?:https?://|www\.|mailto:)[^\s<>«»]*[^\s<>«».,;:!?)])")
_RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(?<=\w)['\u2018\u02bc](?=\w|« ?)"), "’"),
    (re.compile(f"«{_SPACES}*"), "«" + INSECABLE),
    (re.compile(f"{_SPACES}*»"), INSECABLE + "»"),
    (re.compile(f"{_SPACES}+:(?!\\w)"), INSECABLE + ":"),
    (re.compile(f"{_SPACES}+([;!?])(?!\\w)"), FINE + r"\1"),
    (re.compile(r"(?<!\d)(\d{1,3}) (?=\d{3}(?!\d))"), r"\1" + FINE),
    (re.compile(r"(\d)\u202f(\d{3}) (?=\d{3}(?!\d))"), r"\1" + FINE + r"\2" + FINE),
    (re.compile(f"(?<=[\\d)]){_SPACES}*(%|€)"), INSECABLE + r"\1"),
    (re.compile(r"(?<=\d) (k€|M€|pt|points?|jours?|mois|ans?)\b"), INSECABLE + r"\1"),
    (re.compile(r"\b(n°|art\.|[LRD]\.) (?=\d)"), r"\1" + INSECABLE),
    (re.compile(r"(?<=\d) (" + "|".join(_MOIS) + r")\b"), INSECABLE + r"\1"),
)
# An entity (« &amp; ») is matched first, so that its semicolon is left alone.
_MISSING_SPACE = re.compile(r"(&#?\w+;)|(?<=[\w)\u2019…])([;:!?])(?=\s|$)")


def _insert(match: re.Match[str]) -> str:
    return match[1] or (INSECABLE if match[2] == ":" else FINE) + match[2]


def typeset(text: str) -> str:
    """The text with its French spaces and apostrophes; addresses are left as they are."""
    pieces = _ADDRESS.split(text)
    return "".join(piece if i % 2 else _typeset_piece(piece) for i, piece in enumerate(pieces))


def _typeset_piece(text: str) -> str:
    if not text:
        return text
    for pattern, replacement in _RULES:
        text = pattern.sub(replacement, text)
    return _MISSING_SPACE.sub(_insert, text)


_LINE_ENDS = re.compile(r"[ \t]*[\n\r\v\f\x85\u2028\u2029]\s*")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffe\uffff]")


def flow(text: str) -> str:
    """An author's text on one line: its line ends are layout; control characters go, which no document can hold, and
    those that would turn the text around them."""
    return _LINE_ENDS.sub(" ", _CONTROL.sub("", text.strip("\n"))).replace("\t", " ")


_CODES = frozenset({"ancre", "code_de_controle", "empreinte", "version"})


def typeset_view(part: Any, name: str = "") -> Any:
    """A view whose texts are typeset, for what does not print them through Jinja; codes are left as they are."""
    if isinstance(part, Mapping):
        return {key: typeset_view(value, key) for key, value in part.items()}
    if isinstance(part, (list, tuple)):
        return [typeset_view(value, name) for value in part]
    return typeset(flow(part)) if isinstance(part, str) and name not in _CODES else part


_TAG = re.compile(r"(<(?:style|script|code)\b.*?</(?:style|script|code)>|<!--.*?-->|<[^>]*>)", re.DOTALL)


def typeset_html(html: str) -> str:
    """A page with its texts typeset; tags, styles and codes are left as they are."""
    pieces = _TAG.split(html)
    return "".join(piece if i % 2 else typeset(piece) for i, piece in enumerate(pieces))


def long_date(day: date) -> str:
    """« 1er janvier 2018 »."""
    return f"{'1er' if day.day == 1 else day.day}{INSECABLE}{_MOIS[day.month - 1]}{INSECABLE}{day.year}"


def listing(words: list[str], last: str = "et") -> str:
    """« a, b et c »."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def capital(text: str) -> str:
    """The text with a capital first letter."""
    return text[:1].upper() + text[1:]
