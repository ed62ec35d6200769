"""The grammar: no conflict, a builder for every rule, a lexicon without doubt; its tables cached, never stale."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import lark
import pytest

from caqes_dsl.base.source import Source
from caqes_dsl.syntax import automaton, build
from caqes_dsl.syntax.automaton import grammar_texts
from caqes_dsl.syntax.lexer import read_tokens, spellings, strip_accents
from caqes_dsl.syntax.parser import parse

ROOT = Path(__file__).resolve().parents[1]
EXAMPLES = sorted((ROOT / "tests/corpus/exemples").glob("*.caqes"))
WORDS, RULES = grammar_texts()


def test_the_grammar_has_no_conflict() -> None:
    """`build` reads it in Lark's strict mode, where any conflict is an error."""
    assert automaton.build().options.strict


def test_a_conflict_would_be_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    doubtful = RULES.replace("entete: ", "entete: doute | doute2 | ", 1) + "\ndoute: POLITIQUE\ndoute2: POLITIQUE\n"
    monkeypatch.setattr(automaton, "grammar_texts", lambda: (WORDS, doubtful))
    with pytest.raises(lark.exceptions.GrammarError):
        automaton.build()


def test_every_rule_has_its_builder() -> None:
    built = automaton.build()
    names = {str(rule.alias or rule.origin.name) for rule in built.rules if not rule.origin.name.startswith("_")}
    kept = {n for n in names if not n.startswith("_")}
    passing = {str(r.origin.name) for r in built.rules if r.options.expand1 and not r.alias}
    assert {n for n in kept - passing if not hasattr(build.Constructeur, n)} == set()


def test_every_builder_has_its_rule() -> None:
    built = automaton.build()
    names = {str(rule.alias or rule.origin.name) for rule in built.rules}
    assert {n for n in vars(build.Constructeur) if not n.startswith("_")} - names == set()


def test_every_word_is_used_and_said_once() -> None:
    known = spellings(WORDS)
    assert [w for w, n in Counter(known.values()).items() if n > 1] == []
    assert [t for t in known if not re.search(rf"\b{t}\b", RULES)] == []


def test_words_without_accents_stay_apart() -> None:
    """Forgetting the accents confuses no two words, « à » apart."""
    bare = Counter(" ".join(strip_accents(w) for w in text.split()) for text in spellings(WORDS).values())
    assert [w for w, n in bare.items() if n > 1] == []


@pytest.mark.parametrize("terminal", sorted(spellings(WORDS)))
def test_each_word_is_read_as_itself(terminal: str) -> None:
    text = spellings(WORDS)[terminal]
    bare = "".join(strip_accents(w) for w in re.split(r"([ '])", text))
    for written in (text, bare, text.replace("'", "’"), text.replace(" ", "\n\t"), text.replace(" ", "\u00a0")):
        tokens = read_tokens(Source.from_text("mot", f"x {written} y"), WORDS).jetons
        assert [t.type for t in tokens] == ["NAME", terminal, "NAME"], written


def test_a_phrase_wins_over_the_word_it_begins_with() -> None:
    """« sans réponse » is not « sans », nor « total des » « total », nor « niveaux » « niveau »."""
    text = "sans réponse sans total des total par groupe par au prorata de au NC d'office NC niveaux niveau"
    tokens = read_tokens(Source.from_text("mots", text), WORDS).jetons
    assert " ".join(t.type for t in tokens) == (
        "SANS_REPONSE SANS TOTAL_DES TOTAL PAR_GROUPE PAR AU_PRORATA_DE AU NC_OFFICE NAME NIVEAUX NIVEAU"
    )


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda p: p.stem)
def test_the_four_extracts_of_the_language_parse(path: Path) -> None:
    fichier, found = parse(Source.from_text(path.name, path.read_text(encoding="utf-8")))
    assert [d.message for d in found] == []
    assert fichier.politique is not None and len(fichier.declarations) > 5


def test_there_are_four_extracts() -> None:
    assert len(EXAMPLES) == 4


# ---------------------------------------------------------------- the cache of the tables

SCRIPT = """
from caqes_dsl.base.source import Source
from caqes_dsl.syntax.parser import parse
text = "caqes 1\\npolitique p « P »\\ncalcul x « X » : entier 1 + 2 × 3\\n"
fichier, found = parse(Source.from_text("x", text))
print(len(found), fichier.declarations[0].nom.nom)
"""


def run(cache: Path) -> str:
    """Reads a small policy in a new process with this cache."""
    return finish(start(cache))


def start(cache: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", SCRIPT],
        env={**os.environ, "CAQES_CACHE": str(cache), "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(process: subprocess.Popen[str]) -> str:
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    return out.strip()


def entries(cache: Path) -> list[Path]:
    return sorted(cache.glob("grammaire-*"))


def test_the_tables_are_kept_and_used(tmp_path: Path) -> None:
    assert run(tmp_path) == "0 x"
    (entry,) = entries(tmp_path)
    before = entry.read_bytes(), entry.stat().st_mtime_ns
    assert run(tmp_path) == "0 x"
    assert (entry.read_bytes(), entry.stat().st_mtime_ns) == before


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "vide": lambda data: b"",
    "tronqué": lambda data: data[: len(data) // 2],
    "presque entier": lambda data: data[:-1],
    "un bit du contenu": lambda data: data[:5000] + bytes([data[5000] ^ 4]) + data[5001:],
    "un bit de l'empreinte": lambda data: bytes([data[0] ^ 1]) + data[1:],
    "autre chose": lambda data: b"#!/bin/sh\nexit 1\n",
    "contenu d'une autre grammaire": lambda data: data[:32] + b"\xdb\x00",
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_cache_is_built_anew(damage: str, tmp_path: Path) -> None:
    run(tmp_path)
    (entry,) = entries(tmp_path)
    whole = entry.read_bytes()
    entry.write_bytes(DAMAGES[damage](whole))
    assert run(tmp_path) == "0 x"
    assert len(entry.read_bytes()) == len(whole)


def test_another_grammar_does_not_read_this_ones_tables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The name of the entry and the digest both hold the grammar, so that even a file put in its place is refused."""
    monkeypatch.setenv("CAQES_CACHE", str(tmp_path))
    automaton.automaton(build.Constructeur())
    (entry,) = entries(tmp_path)
    changed = RULES.replace("nc_justifie: NC_JUSTIFIE", "nc_justifie: NC_JUSTIFIE NAME")
    monkeypatch.setattr(automaton, "grammar_texts", lambda: (WORDS, changed))
    other = tmp_path / f"grammaire-{automaton._key()[:16]}.bin"
    assert other != entry
    other.write_bytes(entry.read_bytes())
    read = automaton.automaton(build.Constructeur())
    assert any("NAME" in [s.name for s in r.expansion] for r in read.rules if r.origin.name == "nc_justifie")


def test_a_cache_that_cannot_be_written_costs_only_time(tmp_path: Path) -> None:
    taken = tmp_path / "fichier"
    taken.write_text("pas un dossier", encoding="utf-8")
    assert run(taken / "cache") == "0 x"
    assert taken.read_text(encoding="utf-8") == "pas un dossier"


def test_an_entry_that_is_a_folder_costs_only_time(tmp_path: Path) -> None:
    run(tmp_path)
    (entry,) = entries(tmp_path)
    entry.unlink()
    entry.mkdir()
    assert run(tmp_path) == "0 x"


def test_processes_may_race(tmp_path: Path) -> None:
    processes = [start(tmp_path) for _ in range(4)]
    assert [finish(p) for p in processes] == ["0 x"] * 4
    assert len(entries(tmp_path)) == 1
    assert [p.name for p in tmp_path.iterdir() if p.name.endswith(".tmp")] == []
