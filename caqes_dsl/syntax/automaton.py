"""The grammar's automaton: built once from `grammar/`, then read from a cache.

The cache is a file of the user's own folder; it is keyed by the grammar, Lark and Python, and carries a digest of its
content, so that a stale or damaged one is rebuilt. It is written whole or not at all: two processes may race.
"""

from __future__ import annotations

import hashlib
import marshal
import sys
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from typing import Any

import lark
from lark.grammar import Rule
from lark.lexer import Lexer, TerminalDef

from caqes_dsl.resources import cache_folder, folder, read_bytes, write_cached

_MAX_GRAMMAR, _MAX_CACHE = 1 << 20, 16 << 20
_STARTS = ["entete", "declaration"]


class _Given(Lexer):
    """Stands for a lexer: tokens are fed one by one."""

    __future_interface__ = 2

    def __init__(self, conf: object) -> None:
        del conf

    def lex(self, state: Any, parser_state: Any) -> Iterator[lark.Token]:
        return iter(())


@cache
def grammar_texts() -> tuple[str, str]:
    """The words (`lexique.lark`) and the rules (`caqes.lark`)."""
    root = folder("grammar")
    words = read_bytes(root / "lexique.lark", _MAX_GRAMMAR).decode("utf-8")
    rules = read_bytes(root / "caqes.lark", _MAX_GRAMMAR).decode("utf-8")
    return words, rules


def build(transformer: object = None) -> lark.Lark:
    """The automaton from the grammar's text, in Lark's strict mode: a conflict is an error."""
    return lark.Lark(
        "\n".join(grammar_texts()), parser="lalr", lexer=_Given, start=_STARTS, strict=True, transformer=transformer
    )


def automaton(transformer: object) -> lark.Lark:
    """The automaton whose reductions call the transformer."""
    key = _key()
    path = cache_folder() / f"grammaire-{key[:16]}.bin"
    with suppress(Exception):  # any fault of the cache, whatever its kind, means building anew
        stored = read_bytes(path, _MAX_CACHE)
        digest, body = stored[:32], stored[32:]
        if digest == hashlib.sha256(key.encode() + body).digest():
            data, memo = marshal.loads(body)
            data["options"]["lexer"] = data["parser"]["lexer_conf"]["lexer_type"] = _Given
            loaded = lark.Lark._load_from_dict(data, memo, transformer=transformer)  # type: ignore[no-untyped-call]  # Lark's own
            assert isinstance(loaded, lark.Lark)
            return loaded
    built = build(transformer)
    with suppress(OSError, ValueError):  # a cache that cannot be written costs time, nothing else
        data, memo = built.memo_serialize([TerminalDef, Rule])
        data["options"] = {**data["options"], "lexer": None, "transformer": None}
        data["parser"]["lexer_conf"]["lexer_type"] = None
        body = marshal.dumps((data, memo))
        write_cached(path.name, hashlib.sha256(key.encode() + body).digest() + body, kept=4)
    return built


def _key() -> str:
    parts = (*grammar_texts(), lark.__version__, sys.version, "1")
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
