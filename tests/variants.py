"""Seeded variants of a policy: one token deleted, doubled, or swapped with the next."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

from caqes_dsl.base.source import Source
from caqes_dsl.syntax.automaton import grammar_texts
from caqes_dsl.syntax.lexer import Jeton, read_tokens


@dataclass(frozen=True)
class Variante:
    """A text with one change: its kind, the lines it touches, the tokens before and after it."""

    sorte: str
    lignes: frozenset[int]
    jeton: str
    suivant: str
    types: tuple[str, str]
    texte: str

    def __str__(self) -> str:
        return f"{self.sorte}, ligne {sorted(self.lignes)} : « {self.jeton} » avant « {self.suivant} »"


def variants(source: Source, count: int, seed: int) -> Iterator[Variante]:
    """`count` variants, the kinds in turn."""
    rng = random.Random(seed)
    tokens = read_tokens(source, grammar_texts()[0]).jetons
    for i in range(count):
        sorte = ("supprimé", "doublé", "échangé")[i % 3]
        index = rng.randrange(2, len(tokens) - 1)
        one, two = tokens[index], tokens[index + 1]
        yield Variante(
            sorte,
            _lines(one, two) if sorte == "échangé" else _lines(one),
            one.span.texte,
            two.span.texte,
            (one.type, two.type),
            _changed(source.texte, sorte, one, two),
        )


def _lines(*jetons: Jeton) -> frozenset[int]:
    return frozenset(j.span.ligne for j in jetons)


def _changed(text: str, sorte: str, one: Jeton, two: Jeton) -> str:
    first, second = text[one.debut : one.fin], text[two.debut : two.fin]
    if sorte == "supprimé":
        return text[: one.debut] + text[one.fin :]
    if sorte == "doublé":
        return f"{text[: one.fin]} {first}{text[one.fin :]}"
    gap = text[one.fin : two.debut]
    return text[: one.debut] + second + gap + first + text[two.fin :]
