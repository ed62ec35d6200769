"""The annex as a Word document: real headings, repeated heads, contents with links, nothing left of the template."""

from __future__ import annotations

import io
import re
import runpy
import sys
import zipfile
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from annexe_page import ESSAI, NORMANDIE, RACINE, annexe, politique

from caqes_dsl.documents.render import render_annexe

docx = pytest.importorskip("docx", reason="le format Word demande l'extra « documents »")
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
MODELE = RACINE / "templates" / "annexe"


@cache
def _bytes(chemin: Path = NORMANDIE, secteurs: tuple[str, ...] = ()) -> bytes:
    return render_annexe(politique(chemin), "docx", secteurs=secteurs)


def _document(chemin: Path = NORMANDIE, secteurs: tuple[str, ...] = ()) -> Any:
    return docx.Document(io.BytesIO(_bytes(chemin, secteurs)))


def _parts(data: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {n: archive.read(n).decode("utf-8") for n in archive.namelist() if n.endswith((".xml", ".rels"))}


def _words(text: str) -> str:
    return " ".join(text.split())


def _criteria(document: Any) -> list[list[str]]:
    rows = []
    for table in document.tables:
        if table.rows[0].cells[0].text == "N°":
            rows += [[_words(c.text) for c in r.cells] for r in table.rows[1:]]
    return rows


def test_headings_are_real_and_those_of_the_page() -> None:
    document = _document()
    headings = [(p.style.name, _words(p.text)) for p in document.paragraphs if p.style.name.startswith("Heading")]
    assert ("Heading 1", "Comment lire ce document") in headings
    assert [t.split(" – ")[0] for s, t in headings if s == "Heading 2"][:6] == [f"Article 10-{n}" for n in range(1, 7)]
    objectives = [h.texte() for h in annexe().all("h4")]
    assert [t for s, t in headings if s == "Heading 3"] == [re.sub(r" ?\(\d+\)$", "", o) for o in objectives]
    assert [_words(p.text) for p in document.paragraphs if p.style.name == "Title"] == ["CAQES Normandie 2018"]


def test_every_criterion_is_there_with_its_points() -> None:
    rows = _criteria(_document())
    assert [r[0] for r in rows] == list(politique().criteres)
    found = next(r for r in rows if r[0] == "C55")
    assert found[3] == "2 points" and found[2] == "Tous sauf HAD"
    assert "Aux bornes : à 25 % : Non réalisé · à 50 % : Partiellement réalisé" in found[1]


def test_the_annex_of_home_hospitalisation() -> None:
    document = _document(secteurs=("HAD",))
    rows = _criteria(document)
    assert len(rows) == 51
    assert sum(float(r[3].split()[0].replace(",", ".")) for r in rows) == 62.0
    assert any("62 points, 51 critères" in p.text.replace("\u00a0", " ") for p in document.paragraphs)


def test_heads_are_repeated_and_no_row_is_cut_but_those_of_examples() -> None:
    for table in _document().tables:
        rows = table._tbl.findall(f"{W}tr")
        headed = [r.find(f"{W}trPr/{W}tblHeader") is not None for r in rows]
        identity = "Région" in table.rows[0].cells[0].text
        assert headed == [not identity, *(False for _ in rows[1:])]
        kept = [r.find(f"{W}trPr/{W}cantSplit") is not None for r in rows]
        examples = "Cas" in table.rows[0].cells[0].text
        assert kept == [not examples or i == 0 for i, _ in enumerate(rows)], "un exemple peut tenir plus d'une page"
        look = table._tbl.tblPr.find(f"{W}tblLook")
        assert look.get(f"{W}firstRow") == ("0" if identity else "1")
        assert table._tbl.tblPr.find(f"{W}tblCaption").get(f"{W}val")


def test_columns_are_as_wide_as_their_cells() -> None:
    for table in _document().tables:
        grid = [int(c.get(f"{W}w")) for c in table._tbl.tblGrid.findall(f"{W}gridCol")]
        cells = [int(c.find(f"{W}tcPr/{W}tcW").get(f"{W}w")) for c in table._tbl.findall(f"{W}tr")[0].findall(f"{W}tc")]
        assert grid == cells
        assert sum(grid) <= 17.5 / 2.54 * 1440


def test_contents_lead_to_every_article() -> None:
    document = _document()
    body = document.element.body
    marks = {m.get(f"{W}name") for m in body.iter(f"{W}bookmarkStart")}
    links = [
        (h.get(f"{W}anchor"), _words("".join(t.text or "" for t in h.iter(f"{W}t"))))
        for h in body.iter(f"{W}hyperlink")
    ]
    wanted = [_words(p.text) for p in document.paragraphs if p.style.name in ("Heading 1", "Heading 2")]
    assert [re.sub(r" ?(\(\d+\)| hypothèse \d+ ?)$", "", w).strip() for w in wanted] == [text for _, text in links]
    assert {anchor for anchor, _ in links} <= marks
    kinds = [c.get(f"{W}fldCharType") for c in body.iter(f"{W}fldChar")]
    assert kinds == ["begin", "separate", "end"]


def test_head_and_foot_of_pages() -> None:
    parts = _parts(_bytes())
    heads = "".join(v for n, v in parts.items() if re.match(r"word/header\d", n))
    feet = "".join(v for n, v in parts.items() if re.match(r"word/footer\d", n))
    assert "CAQES Normandie 2018 · exercice 2018 · projet" in heads
    assert heads.count('string="PROJET"') == 2
    assert politique().code_de_controle in feet and " PAGE " in feet and " NUMPAGES " in feet
    adopted = "".join(v for n, v in _parts(_bytes(ESSAI)).items() if re.match(r"word/header\d", n))
    assert "textpath" not in adopted and "PROJET" not in adopted


def test_nothing_is_left_of_the_template() -> None:
    for name, content in _parts(_bytes()).items():
        assert not re.search(r"\{\{|\}\}|\{%|%\}|\{#", content), name


def test_hostile_labels_stay_text() -> None:
    parts = _parts(_bytes(ESSAI))
    assert "Région &lt;script&gt;alert(1)&lt;/script&gt; &amp; Cie" in parts["word/document.xml"]
    text = "\n".join(p.text for p in _document(ESSAI).paragraphs)
    assert "Arrêté <b>A</b>" in text
    tables = "\n".join(c.text for t in _document(ESSAI).tables for r in t.rows for c in r.cells)
    assert "par le comité {{ 7 }}" in tables


def test_language_and_properties() -> None:
    parts = _parts(_bytes())
    assert re.findall(r'<w:lang [^>]*w:val="([^"]*)"', parts["word/styles.xml"]) == ["fr-FR"]
    properties = _document().core_properties
    assert properties.title.replace("\u00a0", " ") == "CAQES Normandie 2018 – Annexe"
    assert (properties.author, properties.language) == ("", "fr-FR")


def test_properties_of_paragraphs_are_in_the_order_that_word_demands() -> None:
    order = ["pStyle", "keepNext", "keepLines", "pageBreakBefore", "widowControl", "numPr", "pBdr", "shd", "tabs",
             "spacing", "ind", "contextualSpacing", "jc", "outlineLvl", "rPr"]  # fmt: skip
    for name in ("word/document.xml", "word/styles.xml"):
        for found in re.finditer(r"<w:pPr>(.*?)</w:pPr>", _parts(_bytes())[name], re.DOTALL):
            inside = docx.oxml.parse_xml(f'<w:pPr xmlns:w="{W[1:-1]}">{found[1]}</w:pPr>')
            tags = [child.tag.removeprefix(W) for child in inside]
            assert set(tags) <= set(order), tags
            assert tags == sorted(tags, key=order.index), tags


def test_nothing_is_left_of_the_document_that_the_template_starts_from() -> None:
    with zipfile.ZipFile(io.BytesIO(_bytes())) as archive:
        assert not [n for n in archive.namelist() if "stylesWithEffects" in n or "thumbnail" in n]


def test_the_archive_has_no_date() -> None:
    with zipfile.ZipFile(io.BytesIO(_bytes())) as archive:
        assert {i.date_time for i in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert archive.namelist()[0] == "[Content_Types].xml"


def test_the_template_is_what_its_program_builds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [str(MODELE), *sys.path])
    built: bytes = runpy.run_path(str(MODELE / "construire_modele.py"))["build"]()
    assert built == (MODELE / "annexe.docx").read_bytes()
