"""Faulty sentences of `grammar/fautes/`: each gets its own answer, at the faulty word, with a correction that reads."""

from __future__ import annotations

import pytest

from caqes_dsl.base.diagnostics import Diagnostic
from caqes_dsl.base.source import Source
from caqes_dsl.syntax.fautes import Faute, read_fautes
from caqes_dsl.syntax.parser import parse

FAUTES = read_fautes()


def errors_of(text: str) -> list[Diagnostic]:
    header = "" if text.lstrip().startswith("politique") else "politique p « P »\n"
    _, found = parse(Source.from_text("faute.caqes", f"caqes 1\n{header}{text}"))
    return [d for d in found if d.is_error]


@pytest.mark.parametrize("faute", FAUTES, ids=lambda f: f"{f.fichier}-{f.titre}")
def test_each_sentence_gets_its_answer(faute: Faute) -> None:
    errors = errors_of(faute.exemple)
    assert errors, "la phrase se lit"
    first = errors[0]
    assert first.span is not None
    answered = {d.aide for d in errors}
    assert faute.aide in answered, f"{first.message} / {first.aide}"
    said = next(d for d in errors if d.aide == faute.aide)
    assert "{" not in said.message + said.aide
    assert (said.correction is None) == (faute.remplace is None)


@pytest.mark.parametrize("faute", [f for f in FAUTES if f.remplace is not None], ids=lambda f: f"{f.fichier}-{f.titre}")
def test_each_correction_makes_the_sentence_go_further(faute: Faute) -> None:
    error = next(d for d in errors_of(faute.exemple) if d.aide == faute.aide)
    assert error.correction is not None and error.span is not None
    place = error.correction.span
    text = place.source.texte
    mended = text[: place.debut] + error.correction.texte + text[place.fin :]
    _, left = parse(Source.from_text("faute.caqes", mended))
    remaining = [d for d in left if d.is_error]
    assert all(d.span is not None and d.span.debut > error.span.debut for d in remaining), [
        (d.message, d.aide) for d in remaining
    ]


def test_an_answer_names_the_word_that_stands_there() -> None:
    (error,) = errors_of("critère C7 « Sept »\n  poids : 3 points\n  secteurs tous")
    assert error.message == "« poids » ne prend pas de deux-points."
    assert error.span is not None and error.span.ligne == 4


def test_titles_are_unique() -> None:
    titles = [f.titre for f in FAUTES]
    assert len(set(titles)) == len(titles) > 50
