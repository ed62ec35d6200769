"""The formatter on what nobody would write: random declarations of the whole grammar, every policy of the corpus."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from corpus_reader import read_sections
from sentences import sentence, text_of

from caqes_dsl.base.diagnostics import has_errors
from caqes_dsl.base.source import Source
from caqes_dsl.pipeline import compile_text
from caqes_dsl.syntax import tree
from caqes_dsl.syntax.format import format_text, lay_out, same_file
from caqes_dsl.syntax.parser import parse

ROOT = Path(__file__).resolve().parents[1]
SEED, PARTS, EACH = 20181231, 8, 40
SECTIONS = [section for path in sorted((ROOT / "tests/corpus").rglob("*.md")) for section in read_sections(path)]
UNREAD = frozenset(["CAQ101", "CAQ102", "CAQ103", "CAQ104", "CAQ110", "CAQ112"])
"""Codes of what leaves a sentence unread; misplaced and repeated clauses read, and are laid out too."""


def read(text: str) -> tuple[tree.Fichier, bool]:
    fichier, found = parse(Source.from_text("essai.caqes", text))
    return fichier, not any(d.code in UNREAD for d in found)


def check(text: str) -> None:
    """The layout says the same, with the same comments, and is its own layout."""
    fichier, reads = read(text)
    assert reads, text
    once = lay_out(fichier)
    again, reads = read(once)
    assert reads and same_file(fichier, again), f"{text}\n-----\n{once}"
    assert lay_out(again) == once, f"{text}\n-----\n{once}\n-----\n{lay_out(again)}"
    assert [row for row in once.split("\n") if row != row.rstrip()] == []
    assert "\n\n\n" not in once


@pytest.mark.parametrize("part", range(PARTS))
def test_any_sentence_keeps_its_meaning_and_comments(part: int) -> None:
    print("graine", SEED + part)
    rng = random.Random(SEED + part)
    checked = 0
    while checked < EACH:
        words = sentence(rng, rng.randrange(4, 50))
        text = f"caqes 1\n{text_of(rng, words, rng.choice((0, 0.05, 0.3)))}\n"
        if words and read(text)[1]:  # what passes a check of words is left to tests of these
            check(text)
            checked += 1


def test_several_declarations_keep_their_comments_and_order() -> None:
    print("graine", SEED)
    rng = random.Random(SEED)
    for _ in range(12):
        texts: list[str] = []
        while len(texts) < 6:
            words = sentence(rng, rng.randrange(3, 12))
            text = text_of(rng, words, 0.2)
            if words and words[0] != "politique" and read("caqes 1\n" + text)[1]:
                texts.append(text if text.endswith("\n") else text + "\n")
        check("caqes 1\n" + rng.choice(("", "\n", "# seul\n\n")).join(texts))


@pytest.mark.parametrize("section", SECTIONS, ids=lambda s: f"{s.fichier.stem} : {s.titre}")
def test_the_corpus_keeps_its_meaning(section: object, request: pytest.FixtureRequest) -> None:
    del request
    for bloc in section.of("caqes"):  # type: ignore[attr-defined]  # a Section
        text = bloc.texte if bloc.texte.startswith(("caqes", "politique")) else f"caqes 1\n{bloc.texte}\n"
        if read(text)[1]:
            check(text)


def test_the_empreinte_of_the_corpus_does_not_see_the_layout() -> None:
    compared = 0
    for section in SECTIONS[::9]:
        bloc = section.of("caqes")[0]
        if bloc.texte.startswith(("caqes", "politique")):
            continue
        text = f"caqes 1\npolitique p « P » exercice 2018 source « S »\n{section.preambule}\n{bloc.texte}\n"
        fichier, found = parse(Source.from_text("politique.caqes", text))
        before = None if has_errors(found) else compile_text(text).politique
        if before is not None:
            after = compile_text(format_text(fichier)).politique
            assert after is not None and after.empreinte == before.empreinte
            compared += 1
    assert compared > 10
