"""The explanation as a Word document: everything that the page says, under real headings."""

from __future__ import annotations

import io
import re
import runpy
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from courriers_cas import NOMS, cas

from caqes_dsl.documents.explication import explication_view
from caqes_dsl.documents.explication_shapes import ExplicationVue
from caqes_dsl.documents.typography import flow, typeset
from caqes_dsl.evaluation.trace import Resultat

docx = pytest.importorskip("docx", reason="le format Word demande l'extra « documents »")

MODELE = Path(__file__).resolve().parents[1] / "templates/explication"
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
HIDDEN = {"ancre", "etat", "largeur", "largeur_cible", "alerte", "empreinte", "lignes", "notes"}
"""What only a page shows, or what the cover of an annex shows."""


def written(resultat: Resultat) -> tuple[bytes, ExplicationVue]:
    from caqes_dsl.documents.writers.docx import write_docx

    vue = explication_view(resultat)
    return write_docx(asdict(vue), MODELE / "explication.docx"), vue


def text_of(data: bytes) -> str:
    document = docx.Document(io.BytesIO(data))
    return " ".join("".join(t.text or "" for t in p.iter(f"{W}t")) for p in document.element.body.iter(f"{W}p"))


def said(vue: object) -> Iterator[str]:
    if isinstance(vue, str):
        yield vue
    elif isinstance(vue, tuple):
        for part in vue:
            yield from said(part)
    elif hasattr(vue, "__slots__"):
        for name in vue.__slots__:
            if name not in HIDDEN or (name == "lignes" and type(vue).__name__ != "IdentiteVue"):
                yield from said(getattr(vue, name))


def cases() -> list[tuple[str, int]]:
    return [(nom, n) for nom in NOMS for n in (0, 1)]


@pytest.mark.parametrize(("nom", "rang"), cases())
def test_everything_that_is_explained_is_printed(nom: str, rang: int) -> None:
    data, vue = written(cas(nom).resultats[rang])
    text = re.sub(r"\s+", " ", text_of(data))
    skipped = {vue.identite.portee, vue.identite.vigueur, vue.identite.date_d_effet, vue.identite.evaluee_en}
    skipped |= {vue.identite.rappel, vue.identite.statut, vue.identite.marque, ""}
    for part in said(vue):
        wanted = re.sub(r"\s+", " ", typeset(flow(part)))
        if part not in skipped:
            assert wanted in text or wanted.upper() in text, part


def test_nothing_of_the_template_is_left() -> None:
    data, _ = written(cas("normandie/2018").of("indetermine"))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = [archive.read(n).decode("utf-8") for n in archive.namelist() if n.endswith(".xml")]
    assert not any(re.search(r"\{\{|\{%|%\}|\}\}", part) for part in parts)


def test_headings_are_real_and_the_detail_begins_on_a_new_page() -> None:
    data, vue = written(cas("normandie/2018").resultats[0])
    document = docx.Document(io.BytesIO(data))
    heads = [p for p in document.paragraphs if p.style.name == "Heading 1"]
    assert heads[0].text == "Le traitement et sa part dans la décision"
    assert heads[0].paragraph_format.page_break_before is True
    assert heads[1].text == vue.lecture
    articles = [c for c in vue.chapitres if c.article]
    assert len([h for h in heads if h.text.startswith("Article ")]) == len(articles) >= 5
    assert document.core_properties.title.startswith(vue.etablissement)


def test_heads_are_repeated_and_no_row_is_cut() -> None:
    document: Any = docx.Document(io.BytesIO(written(cas("normandie/2018").resultats[0])[0]))
    for table in document.tables:
        rows = table._tbl.findall(f"{W}tr")
        assert all(r.find(f"{W}trPr/{W}cantSplit") is not None for r in rows)
        assert table._tbl.tblPr.find(f"{W}tblCaption").get(f"{W}val")
    headed = [t for t in document.tables if t._tbl.find(f"{W}tr/{W}trPr/{W}tblHeader") is not None]
    assert {t.rows[0].cells[0].text for t in headed} == {"N°", "Donnée"}


def test_the_template_is_what_its_program_builds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", list(sys.path))
    built: bytes = runpy.run_path(str(MODELE / "construire_modele.py"))["build"]()
    assert built == (MODELE / "explication.docx").read_bytes()
