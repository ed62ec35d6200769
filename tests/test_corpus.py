"""The corpus of the language: each section of `corpus/**/*.md` shows one behaviour and is one test.

`rewrite_corpus.py` writes what the program gives in place of what is expected.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from corpus_reader import Section, compile_section, matches, read_sections, run_pair, said

from caqes_dsl.pipeline import compile_path, format_path

CORPUS = Path(__file__).parent / "corpus"
SECTIONS = [section for path in sorted(CORPUS.rglob("*.md")) for section in read_sections(path)]


def _id(section: Section) -> str:
    return f"{section.fichier.stem} : {section.titre}"


@pytest.mark.parametrize("section", SECTIONS, ids=_id)
def test_section(section: Section, tmp_path: Path) -> None:
    compiled, before = compile_section(section, tmp_path)
    serious, notes = said(compiled.diagnostics, before)
    expected = [line for bloc in section.of("diagnostics") for line in bloc.texte.split("\n") if line.strip()]
    unmet = [line for line in expected if not any(matches(line, f) for f in (*serious, *notes))]
    unsaid = [line for line in serious if not any(matches(e, line) for e in expected)]
    assert (unmet, unsaid) == ([], []), "\n".join([*serious, *notes])
    facts, results = section.of("etablissement", "cohorte"), section.of("resultat")
    assert len(facts) == len(results), "chaque établissement a son résultat"
    assert facts or expected or compiled.politique is not None
    for etablissement, resultat in zip(facts, results, strict=True):
        assert compiled.politique is not None
        given = run_pair(compiled.politique, etablissement, resultat)
        assert given == [line for line in resultat.texte.split("\n") if line.strip()]


@pytest.mark.parametrize("section", SECTIONS, ids=_id)
def test_the_canonical_layout_means_the_same(section: Section, tmp_path: Path) -> None:
    compiled, _ = compile_section(section, tmp_path)
    path = tmp_path / "politique.caqes"
    text, _ = format_path(path)
    if text is None:
        return
    path.write_text(text, encoding="utf-8")
    again = compile_path(path)
    assert format_path(path)[0] == text
    assert sorted(d.code for d in again.diagnostics) == sorted(d.code for d in compiled.diagnostics)
    assert (again.politique and again.politique.empreinte) == (compiled.politique and compiled.politique.empreinte)


def test_titles_are_unique() -> None:
    names = [_id(s) for s in SECTIONS]
    assert sorted(set(names)) == sorted(names)
