"""The editors' colours: made from the words of the language, so that they cannot drift."""

from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path
from types import ModuleType

from caqes_dsl.syntax.automaton import grammar_texts
from caqes_dsl.syntax.lexer import spellings

ROOT = Path(__file__).resolve().parents[1]


def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("grammaire_textmate", ROOT / "outils/grammaire_textmate.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def patterns() -> list[tuple[str, re.Pattern[str]]]:
    """Its patterns in the order an editor tries them, in Python's dialect."""
    rules = json.loads((ROOT / "docs/editeur/caqes.tmLanguage.json").read_text(encoding="utf-8"))["patterns"]
    plain = [(r["name"], r["match"]) for r in rules if "match" in r and "name" in r]
    return [(n, re.compile(m.replace(r"\p{L}", r"^\W\d_") if "[^" not in m else m)) for n, m in _plain(plain)]


def _plain(rules: list[tuple[str, str]]) -> list[tuple[str, str]]:
    # « \p{L} » stands beside « \d_ » or « _ » in every class: together they are « \w » or a letter.
    return [(n, m.replace(r"[\p{L}\d_]", r"\w").replace(r"[\p{L}_]", r"[^\W\d]")) for n, m in rules]


def first(text: str) -> str:
    """The scope that an editor gives to a text, whole."""
    for name, pattern in patterns():
        found = pattern.match(text)
        if found and found.end() == len(text):
            return name
    return ""


def test_the_published_file_is_the_one_of_the_tool() -> None:
    published = (ROOT / "docs/editeur/caqes.tmLanguage.json").read_text(encoding="utf-8")
    assert published == tool().page()


def test_every_word_of_the_language_has_its_colour() -> None:
    for terminal, word in spellings(grammar_texts()[0]).items():
        scope = first(word)
        assert scope.startswith(("keyword.", "storage.", "constant.language")), (terminal, word, scope)


def test_accents_may_be_forgotten_and_names_are_not_words() -> None:
    assert first("critere") == first("critère") == "storage.type.caqes"
    assert first("criteres_had") == first("sinon2") == first("a") == "variable.other.caqes"
    assert first("31/12/2018") == "constant.other.date.caqes"
    assert first("# poids 2 points") == "comment.line.number-sign.caqes"
