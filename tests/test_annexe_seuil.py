"""One threshold changed in a policy changes that cell and that sentence in every format, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
from annexe_lectures import LECTURES, one_policy, spaced
from annexe_page import NORMANDIE, RACINE
from outils_documents import pdf_text

from caqes_dsl.documents.render import render_annexe
from caqes_dsl.model.nodes import Politique
from caqes_dsl.pipeline import compile_path

CRITERE = "critère C44 "
SEUILS = (
    ("plus de 50 %        : R\n", "plus de 55 %        : R\n"),
    ("plus de 25 % à 50 % : PR\n", "plus de 25 % à 55 % : PR\n"),
)
"""The threshold, which a policy writes on both its sides: the table has no hole."""

PHRASES = (
    ("Plus de 50 %", "Plus de 55 %"),
    ("Plus de 25 % à 50 % inclus", "Plus de 25 % à 55 % inclus"),
    ("à 25 % : Non réalisé · à 50 % : Partiellement réalisé", "à 25 % : Non réalisé · à 55 % : Partiellement réalisé"),
)
"""What the annex prints of it: a row of the table on each side, and what its bounds give."""


@pytest.fixture(scope="module")
def deux(tmp_path_factory: pytest.TempPathFactory) -> tuple[Politique, Politique]:
    """The policy before and after."""
    path = one_policy(RACINE, tmp_path_factory.mktemp("seuil")) / NORMANDIE.relative_to(RACINE / "policies")
    before, text = _compiled(path), path.read_text("utf-8")
    head, begin, rest = text.partition(f"\n{CRITERE}")
    for old, new in SEUILS:
        assert old in rest.split("\ncritère ")[0]
        rest = rest.replace(old, new, 1)
    path.write_text(head + begin + rest, "utf-8")
    return before, _compiled(path)


def _compiled(path: Path) -> Politique:
    compilation = compile_path(path)
    assert compilation.politique is not None, [d.message for d in compilation.diagnostics if d.is_error]
    return compilation.politique


def _changes(before: list[str], after: list[str]) -> list[tuple[str, str]]:
    assert len(before) == len(after)
    return [(spaced(a), spaced(b)) for a, b in zip(before, after, strict=True) if a != b]


def _check(changes: list[tuple[str, str]], deux: tuple[Politique, Politique]) -> None:
    """Every change is one of the threshold's phrases, each changed once, or of the two codes."""
    one, other = deux
    codes = ((one.empreinte, other.empreinte), (one.code_de_controle, other.code_de_controle))
    for old, new in changes:
        expected = old
        for was, now in (*PHRASES, *codes):
            expected = expected.replace(was, now)
        assert new == expected
    times = {other: sum(new.count(other) - old.count(other) for old, new in changes) for _, other in PHRASES}
    assert times == {other: 1 for _, other in PHRASES}
    for was, now in codes:
        assert any(was in old and now in new for old, new in changes), "les codes changent avec le texte"


@pytest.mark.parametrize("format", sorted(LECTURES))
def test_one_threshold_changes_its_cell_and_its_sentence_only(format: str, deux: tuple[Politique, Politique]) -> None:
    before, after = (LECTURES[format](render_annexe(p, format)) for p in deux)
    _check(_changes(before, after), deux)


@pytest.mark.documents
def test_one_threshold_in_the_pdf(deux: tuple[Politique, Politique], tmp_path: Path) -> None:
    texts = []
    for i, politique in enumerate(deux):
        (tmp_path / f"{i}.pdf").write_bytes(render_annexe(politique, "pdf"))
        texts.append(pdf_text(tmp_path / f"{i}.pdf").splitlines())
    _check(_changes(*texts), deux)
