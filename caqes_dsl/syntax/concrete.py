"""The text as the grammar reads it, word for word: what the formatter lays out again.

Unlike the tree, nothing is left out: parentheses, commas and the spelling of every phrase are there, in order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

import lark

from caqes_dsl.base.source import Source

from .automaton import automaton, grammar_texts
from .lexer import Jeton, read_tokens
from .parser import is_edition
from .reading import chunks


@dataclass(frozen=True, slots=True)
class Branche:
    """A rule of the grammar and what it reads: words and further rules, in order."""

    regle: str
    enfants: tuple[Branche | Jeton, ...]


@dataclass(frozen=True, slots=True)
class Concret:
    """A text without mistakes: the words of its edition line (none when absent), its declarations."""

    edition: tuple[Jeton, ...]
    declarations: tuple[Branche, ...]


class _Plain:
    """The transformer that Lark calls: every rule is a `Branche`, every word stays."""

    def __getattr__(self, rule: str) -> Callable[[Sequence[Any]], Branche]:
        if rule.startswith("_") or rule.isupper():
            raise AttributeError(rule)
        return partial(_branche, rule)


def _branche(rule: str, children: Sequence[Any]) -> Branche:
    return Branche(rule, tuple(c for c in children if c is not None))


@cache
def _lark() -> lark.Lark:
    return automaton(_Plain())


def read_concrete(source: Source) -> Concret:
    """The words of a text, by rule. Errors: `lark.exceptions.UnexpectedInput` when it has mistakes."""
    words, _ = grammar_texts()
    jetons = read_tokens(source, words).jetons
    edition = 2 if is_edition(jetons) else 0
    return Concret(tuple(jetons[:edition]), tuple(_read(source, chunk) for chunk in chunks(jetons[edition:])))


def _read(source: Source, chunk: list[Jeton]) -> Branche:
    reader = _lark().parse_interactive(start="entete" if chunk[0].type == "POLITIQUE" else "declaration")
    for jeton in chunk:
        reader.feed_token(jeton)  # type: ignore[arg-type]  # Lark reads its type alone
    end = chunk[-1].fin
    read = reader.feed_token(Jeton("$END", "", source, end, end))  # type: ignore[arg-type]  # likewise
    assert isinstance(read, Branche)
    return read


def words_of(node: Branche | Jeton) -> Iterator[Jeton]:
    """Every word under a node, in order."""
    stack: list[Branche | Jeton] = [node]
    while stack:
        last = stack.pop()
        if isinstance(last, Jeton):
            yield last
        else:
            stack += reversed(last.enfants)
