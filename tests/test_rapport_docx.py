"""The report in Word: drawings as shapes with their words, tables fitted, the same bytes, names that stay names."""

from __future__ import annotations

import io
import re
import runpy
import sys
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from outils_documents import convert, pdf_text
from rapport_kit import INVENTEES, LIVREES, evaluated, region, tables

docx = pytest.importorskip("docx", reason="le format Word demande l'extra « documents »")

from caqes_dsl.documents.rapport_formats import render_rapport  # noqa: E402
from caqes_dsl.documents.writers.docx_figures import mark  # noqa: E402

MODELE = Path(__file__).resolve().parent.parent / "templates" / "rapport"
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def written(nom: str) -> Any:
    return docx.Document(io.BytesIO(render_rapport(region(nom).view(), "docx")))


def drawings(document: Any) -> list[Any]:
    return [e for e in document.element.body.iter() if e.tag.endswith("}docPr")]


@pytest.mark.parametrize("nom", [*LIVREES, *INVENTEES])
def test_each_drawing_is_in_its_place_and_told_in_words(nom: str) -> None:
    document, vue = written(nom), region(nom).view()
    figures = [f for s in vue.sections for b in s.blocs for f in b.figures]
    found = drawings(document)
    assert len(found) == len(figures) > 1
    assert len({d.get("id") for d in found}) == len(found)
    for drawn, figure in zip(found, figures, strict=True):
        assert figure.description.split()[0] in drawn.get("descr") and drawn.get("title")
    assert not any("⟦" in p.text for p in document.paragraphs)


@pytest.mark.parametrize("nom", ["normandie/2018", "normandie/2022"])
def test_tables_say_what_the_view_says(nom: str) -> None:
    document = written(nom)
    printed = document.tables[1:]  # the first identifies the report
    expected = [t.table for t in tables(region(nom).view())]
    assert len(printed) == len(expected)
    for drawn, table in zip(printed, expected, strict=True):
        rows = [[plain(c.text) for c in row.cells] for row in drawn.rows]
        assert rows == [[plain(c) for c in row] for row in (table.colonnes, *table.rangs)]
        assert drawn._tbl.find(f"{W}tr/{W}trPr/{W}tblHeader") is not None


def plain(text: str) -> str:
    """Without what typography changes."""
    return re.sub(r"[\s\u00a0\u202f]+", "", text).replace("'", "’")


def test_the_same_report_has_the_same_bytes() -> None:
    vue = region("normandie/2018").view()
    assert render_rapport(vue, "docx") == render_rapport(vue, "docx")


def test_a_name_that_imitates_markup_or_the_mark_of_a_drawing_stays_a_name() -> None:
    found = region("normandie/2018")
    names = [mark("figure-chapitres"), "<w:p/>&amp;", "{{ titre }}", "=1+1"]
    under = [
        e for e in found.cohorte.etablissements if e.finess in {"149990053", "619990369", "769990649", "769990904"}
    ]
    renamed = {e.finess: replace(e, raison_sociale=n) for e, n in zip(under, names, strict=False)}
    cohorte = replace(
        found.cohorte, etablissements=tuple(renamed.get(e.finess, e) for e in found.cohorte.etablissements)
    )
    document = docx.Document(io.BytesIO(render_rapport(evaluated(found.politique, cohorte).view(), "docx")))
    assert len(drawings(document)) == len(drawings(written("normandie/2018")))
    cells = {c.text for t in document.tables for row in t.rows for c in row.cells}
    assert {mark("figure-chapitres"), "<w:p/>&amp;", "{{ titre }}", "=1+1"} <= cells


def test_columns_hold_in_the_page() -> None:
    for table in written("normandie/2018").tables:
        grid = [int(c.get(f"{W}w")) for c in table._tbl.find(f"{W}tblGrid")]
        assert sum(grid) <= 9870, "plus large que le texte"
        first = table.rows[0]._tr.findall(f"{W}tc/{W}tcPr/{W}tcW")
        assert [int(w.get(f"{W}w")) for w in first] == grid


def test_a_template_of_ones_own_may_leave_the_drawings_out(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph("{{ titre }}")
    document.save(str(tmp_path / "rapport.docx"))
    made = docx.Document(io.BytesIO(render_rapport(region("cbu/2016").view(), "docx", modeles=tmp_path)))
    assert [p.text for p in made.paragraphs] == [region("cbu/2016").view().titre]


def test_the_template_is_what_its_program_builds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", list(sys.path))
    built: bytes = runpy.run_path(str(MODELE / "construire_modele.py"))["build"]()
    assert built == (MODELE / "rapport.docx").read_bytes()


@pytest.mark.documents
@pytest.mark.parametrize("nom", ["normandie/2018", "normandie/2022", "normandie/2019-volets"])
def test_libreoffice_opens_it_and_draws_it(nom: str, tmp_path: Path) -> None:
    path = tmp_path / "rapport.docx"
    path.write_bytes(render_rapport(region(nom).view(), "docx"))
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
    (pdf,) = convert([path], "pdf", tmp_path)
    text = re.sub(r"\s+", " ", pdf_text(pdf))
    figures = [f for s in region(nom).view().sections for b in s.blocs for f in b.figures]
    for ecrit in (e for f in figures for e in f.ecrits if e.sorte == "cible"):
        assert re.sub(r"\s+", " ", ecrit.texte) in text
