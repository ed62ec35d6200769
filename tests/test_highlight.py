"""Colours: every character given back, every word of the language known, nothing unknown in a valid file."""

from __future__ import annotations

import random
import re
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
from pygments.lexers import get_lexer_by_name, get_lexer_for_filename
from pygments.token import Comment, Error, Keyword, Literal, Name, Number, Operator, String

from caqes_dsl.highlight import CaqesLexer, kind_of
from caqes_dsl.syntax.automaton import grammar_texts
from caqes_dsl.syntax.lexer import UNITES, spellings

ROOT = Path(__file__).resolve().parents[1]
FILES = sorted([*(ROOT / "policies").rglob("*.caqes"), *(ROOT / "tests/corpus").rglob("*.caqes")])
WORDS = spellings(grammar_texts()[0])
SEED = 20181231


def tokens(text: str) -> list[tuple[object, str]]:
    """Kinds and texts, white space left out."""
    return [(kind, value) for _, kind, value in CaqesLexer().get_tokens_unprocessed(text) if value.strip()]


@pytest.mark.parametrize("path", FILES, ids=lambda p: f"{p.parent.name}-{p.name}")
def test_a_file_is_given_back_whole_and_known(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    found = list(CaqesLexer().get_tokens_unprocessed(text))
    assert "".join(value for _, _, value in found) == text
    at = 0
    for place, _, value in found:
        assert place == at
        at += len(value)
    assert [value for _, kind, value in found if kind is Error] == []


@pytest.mark.parametrize("terminal", sorted(WORDS))
def test_each_word_of_the_language_is_known(terminal: str) -> None:
    word = WORDS[terminal]
    bare = "".join(c if c == "à" else unicodedata.normalize("NFD", c)[0] for c in word)
    for spelled in (word, bare, unicodedata.normalize("NFD", word), word.replace("'", "’"), word.replace(" ", "\n  ")):
        assert tokens(f"x {spelled} 2")[:2] == [(Name, "x"), (kind_of(terminal), spelled)], spelled


@pytest.mark.parametrize("unit", sorted(UNITES))
def test_a_unit_is_one_after_a_number_only(unit: str) -> None:
    assert tokens(f"1 000,5 {unit} ;")[:2] == [(Number, "1 000,5"), (Keyword.Type, unit)]
    assert (Number, "2") in tokens(f"2{unit}")
    if unit.isalpha():
        assert tokens(f"x {unit}")[1] == (Name, unit)


def test_what_is_not_a_word() -> None:
    text = "caqes 1 # note\ncritère C1 « un « deux » » après C0 max(a N-1 ; 31/12/2018) ≥ -2 et x"
    assert tokens(text) == [
        (Keyword.Namespace, "caqes"), (Number, "1"), (Comment.Single, "# note"), (Keyword.Declaration, "critère"),
        (Name.Class, "C1"), (String, "« un « deux » »"), (Keyword, "après"), (Name, "C0"), (Name.Function, "max"),
        (tokens("(")[0][0], "("), (Name, "a"), (Name.Builtin, "N-1"), (tokens(";")[0][0], ";"),
        (Literal.Date, "31/12/2018"), (tokens(")")[0][0], ")"), (Operator, "≥"), (Operator, "-"), (Number, "2"),
        (Operator.Word, "et"), (Name, "x"),
    ]  # fmt: skip


def test_a_word_is_whole() -> None:
    """`sinon` is not `si`, `seuils_2` is a name, « a » is a name and « à » a word."""
    assert tokens("sinon") == [(Operator.Word, "sinon")]
    assert tokens("seuils_2 a à") == [(Name, "seuils_2"), (Name, "a"), (Keyword, "à")]
    assert tokens("jusqu'à jusqu’au") == [(Keyword, "jusqu'à"), (Keyword, "jusqu’au")]


def test_a_faulty_text_is_given_back_too() -> None:
    rng = random.Random(SEED)
    print("graine", SEED)
    for _ in range(200):
        text = "".join(rng.choices("«»\"“”#\n aé'à1,.%€\u202e\r\u2028(", k=60))
        assert "".join(v for _, _, v in CaqesLexer().get_tokens_unprocessed(text)) == text
    assert (Error, "«") in tokens("critère C1 « sans fin\n")


def test_pygments_finds_it() -> None:
    assert isinstance(get_lexer_by_name("caqes"), CaqesLexer)
    assert isinstance(get_lexer_for_filename("normandie.caqes"), CaqesLexer)
    assert CaqesLexer.analyse_text("\ufeffcaqes 1\n") == 1.0
    assert CaqesLexer.analyse_text("print(1)") == 0.0


def test_a_long_text_takes_linear_time() -> None:
    assert len(list(CaqesLexer().get_tokens_unprocessed("critère C « c » 12 % " * 20_000))) > 100_000


def test_the_grammar_is_not_loaded() -> None:
    code = "import sys\nfrom caqes_dsl.highlight import CaqesLexer\nlist(CaqesLexer().get_tokens('si'))\n"
    code += "print('lark' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout.strip() == "False"


def test_excerpts_on_a_terminal_take_the_colours_of_the_words() -> None:
    from caqes_dsl.base.render import render_text
    from caqes_dsl.highlight import teinte
    from caqes_dsl.pipeline import compile_text

    done = compile_text("caqes 1\npolitique p « P »\n  exercice 2018\ncritère C1 « Un »\n  poids 2 € # deux\n")
    plain = render_text(done.diagnostics, couleur=False, teinte=teinte)
    coloured = render_text(done.diagnostics, couleur=True, teinte=teinte)
    assert "\x1b" not in plain
    assert "\x1b[35mpoids\x1b[0m \x1b[36m2\x1b[0m" in coloured and "\x1b[2m# deux\x1b[0m" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == plain


def test_every_character_of_a_line_has_a_style_or_none() -> None:
    from caqes_dsl.highlight import teinte

    for line in ("", "critère C1 « Un »", "  poids 0,5 point", "texte coupé « sans fin", "\u202e x ?"):
        assert len(teinte(line)) == len(line)
