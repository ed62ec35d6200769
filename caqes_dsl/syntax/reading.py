"""Chunks of a file fed to the grammar's automaton: a declaration, or where and why it stopped being read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import lark
from lark.exceptions import UnexpectedToken

from caqes_dsl.base.source import Source

from . import tree
from .automaton import automaton, grammar_texts
from .build import ACTIONS, GENRES, Constructeur
from .fautes import Arret, Fautes, read_fautes
from .lexer import Jeton, read_tokens
from .mistakes import CLAUSE_STARTS


def chunks(jetons: Sequence[Jeton]) -> Iterator[list[Jeton]]:
    """Tokens from one declaration's keyword to the next.

    A keyword opens a declaration but after `modifie`, `remplace`, `supprime`, `chaque`, `aucune` and « : », or before
    a parenthesis (`niveau(C1)`). `secteur MCO` without a title, in a critère, is its `secteurs` badly written.
    """
    current: list[Jeton] = []
    for i, jeton in enumerate(jetons):
        before = jetons[i - 1].type if i else ""
        after = jetons[i + 1].type if i + 1 < len(jetons) else ""
        opens = jeton.type in ACTIONS or (
            jeton.type in GENRES
            and before not in (*ACTIONS, "CHAQUE", "AUCUNE", "DEUX_POINTS")
            and not (jeton.type == "NIVEAU" and after == "OUVRE")
            and not (jeton.type == "SECTEUR" and current and current[0].type == "CRITERE" and _untitled(jetons, i))
        )
        if opens and current:
            yield current
            current = []
        current.append(jeton)
    if current:
        yield current


def _untitled(jetons: Sequence[Jeton], at: int) -> bool:
    """Whether a word and no title follow this keyword."""
    kinds = [j.type for j in jetons[at + 1 : at + 3]]
    return kinds[:1] in (["NAME"], ["TOUS"]) and kinds[1:] != ["STRING"]


@dataclass(frozen=True, slots=True)
class Echec:
    """Where a chunk stopped being read: index of the token (its length at the end), what was accepted there, and the
    state of the automaton."""

    index: int
    acceptes: frozenset[str]
    etat: int


@cache
def _lark() -> lark.Lark:
    return automaton(Constructeur())


def read_chunk(chunk: Sequence[Jeton]) -> tree.Declaration | Echec:
    """The declaration of a chunk, or where it stops."""
    reader = _lark().parse_interactive(start="entete" if chunk[0].type == "POLITIQUE" else "declaration")
    end = Jeton("$END", "", chunk[-1].source, chunk[-1].fin, chunk[-1].fin)
    result: object = None
    for index, jeton in enumerate((*chunk, end)):
        try:
            result = reader.feed_token(jeton)  # type: ignore[arg-type]  # Lark reads its type alone
        except UnexpectedToken:
            accepted = frozenset(reader.accepts())  # type: ignore[no-untyped-call]  # Lark does not say
            return Echec(index, accepted, reader.parser_state.position)
    assert isinstance(result, tree.Declaration)
    return result


# ---------------------------------------------------------------- faults taught by example


def opening(chunk: Sequence[Jeton]) -> str:
    """The terminal that opened the clause where a chunk stops."""
    return next((j.type for j in reversed(chunk) if j.type in CLAUSE_STARTS or j.type in GENRES), "")


@cache
def taught_faults() -> Fautes:
    """The answers of `grammar/fautes`."""
    return Fautes(read_fautes(), locate)


def locate(exemple: str) -> Arret:
    """Where a faulty sentence stops being read. Errors: ValueError when it reads."""
    words, _ = grammar_texts()
    for chunk in chunks(read_tokens(Source.from_text("faute", exemple), words).jetons):
        failure = read_chunk(chunk)
        if isinstance(failure, Echec):
            kind = chunk[failure.index].type if failure.index < len(chunk) else "$END"
            return failure.etat, kind, opening(chunk[: failure.index])
    raise ValueError(f"Cette phrase se lit sans faute : {exemple}")
