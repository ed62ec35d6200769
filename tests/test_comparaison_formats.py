"""The comparison in Word and in PDF: all that the page says, the same bytes each time, names that stay names."""

from __future__ import annotations

import io
import re
import runpy
import sys
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from outils_documents import convert, pdf_structure, pdf_text
from test_comparaison import CONTRAT, HOSTILES, MODELES, POLITIQUES, found

import caqes_dsl as caqes
from caqes_dsl.compare.diff import compare
from caqes_dsl.compare.impact_shapes import Impact
from caqes_dsl.documents.comparaison import comparaison_view, render_comparaison
from caqes_dsl.documents.comparaison_shapes import ComparaisonVue
from caqes_dsl.documents.rapport_shapes import TableauVue

docx = pytest.importorskip("docx", reason="le format Word demande l'extra « documents »")

RETOURS = POLITIQUES / "normandie" / "exemples" / "2018-retours.csv"
PAIR = ("normandie/2018", "normandie/2019")


@cache
def impact() -> Impact:
    old, new, _ = found(*PAIR)
    measured = caqes.comparer(old, new, RETOURS).impact
    assert measured is not None
    return measured


@cache
def made(format: str) -> bytes:
    return render_comparaison(*found(*PAIR), impact(), format)


def flat(text: str) -> str:
    """Without what typography and line breaks change."""
    return re.sub(r"[\s\u00a0\u202f\u00ad\u200b-]+", "", text).replace("'", "’")


def tables(vue: ComparaisonVue) -> Iterator[TableauVue]:
    yield vue.versions
    yield from vue.natures
    yield from (t for s in vue.sections for b in s.blocs for t in b.tableaux)


def said(vue: ComparaisonVue) -> Iterator[str]:
    """Every sentence of a comparison."""
    yield from (vue.titre, *vue.alertes, *vue.phrases)
    for figure in vue.chiffres:
        yield from (figure.libelle, figure.texte, figure.detail)
    for partie in vue.parties:
        yield partie.titre
        for groupe in partie.groupes:
            yield from (groupe.titre, *groupe.resumes)
            for sujet in groupe.sujets:
                yield sujet.titre
                for c in sujet.changements:
                    yield "".join(m.texte for m in c.morceaux)
                    yield from (f"{d.libelle} : {d.texte}" for d in c.details)
                    yield from (c.effet, c.lieux)
    for section in vue.sections:
        yield from (section.titre, *section.textes)
        for bloc in section.blocs:
            yield from (bloc.titre, *bloc.textes, *(f.titre for f in bloc.figures))
            for t in bloc.tableaux:
                yield from (t.table.legende, *t.table.suites)


def paragraphs(data: bytes) -> str:
    document = docx.Document(io.BytesIO(data))
    parts = [p.text for p in document.paragraphs]
    parts += [c.text for t in document.tables for row in t.rows for c in row.cells]
    return flat("\n".join(parts))


def test_word_says_every_sentence_and_every_figure() -> None:
    vue = comparaison_view(*found(*PAIR), impact())
    assert len(vue.parties) == 4 and len(vue.sections) > 5
    document, text = docx.Document(io.BytesIO(made("docx"))), paragraphs(made("docx"))
    for sentence in said(vue):
        assert flat(sentence) in text, sentence
    expected = list(tables(vue))
    printed = document.tables[1:]  # the first holds the key figures
    assert len(printed) == len(expected)
    for drawn, table in zip(printed, expected, strict=True):
        rows = [[flat(c.text) for c in row.cells] for row in drawn.rows]
        assert rows == [[flat(c) for c in row] for row in (table.table.colonnes, *table.table.rangs, *table.pied)]


def test_word_strikes_out_what_goes_and_underlines_what_comes() -> None:
    vue = comparaison_view(*found(*PAIR))
    document = docx.Document(io.BytesIO(render_comparaison(*found(*PAIR), None, "docx")))
    pieces = [m for p in vue.parties for g in p.groupes for s in g.sujets for c in s.changements for m in c.morceaux]
    for style, sorte in (("Retiré", "retire"), ("Ajouté", "ajoute")):
        runs = [r.text for p in document.paragraphs for r in p.runs if r.style.name == style and r.text]
        assert [flat(r) for r in runs] == [flat(m.texte) for m in pieces if m.sorte == sorte] != []
        font = document.styles[style].font
        assert font.strike if sorte == "retire" else font.underline
    assert not vue.sections, "sans cohorte, rien n'est dit des établissements"


def test_word_draws_each_figure_with_its_words() -> None:
    document = docx.Document(io.BytesIO(made("docx")))
    figures = [f for s in comparaison_view(*found(*PAIR), impact()).sections for b in s.blocs for f in b.figures]
    drawn = [e for e in document.element.body.iter() if e.tag.endswith("}docPr")]
    assert len(drawn) == len(figures) > 0
    assert not any("⟦" in p.text for p in document.paragraphs)


@pytest.mark.parametrize("format", ["docx", "pdf"])
def test_the_same_comparison_has_the_same_bytes(format: str) -> None:
    pytest.importorskip("typst", reason="le format PDF demande l'extra « documents »")
    assert made(format) == render_comparaison(*found(*PAIR), impact(), format)


def hostile_pair(hostile: str, folder: Path) -> tuple[Any, Any]:
    for nom, titre, cible, poids in (("a", "Ordinaire", 50, 2), ("b", hostile, 60, 3)):
        text = CONTRAT.format(titre=titre, cible=cible, poids=poids)
        (folder / f"{nom}.caqes").write_text(text, "utf-8")
    return caqes.charger(folder / "a.caqes"), caqes.charger(folder / "b.caqes")


MORE = (*HOSTILES, "#panic(1) $x$ @ref *gras* _italique_ #import", "⟦figure-effets⟧ <w:p/>")


@pytest.mark.parametrize("hostile", MORE, ids=["balises", "jinja", "entités", "long", "typst", "dessin"])
def test_labels_stay_text_whatever_they_hold(hostile: str, tmp_path: Path) -> None:
    pytest.importorskip("typst", reason="le format PDF demande l'extra « documents »")
    old, new = hostile_pair(hostile, tmp_path)
    changes = compare(old, new)
    assert flat(hostile) in paragraphs(render_comparaison(old, new, changes, None, "docx"))
    assert render_comparaison(old, new, changes, None, "pdf").startswith(b"%PDF")


def test_a_name_of_an_establishment_stays_a_name() -> None:
    measured = impact()
    renamed = tuple(replace(li, raison_sociale="{{ titre }} <w:t>") for li in measured.lignes)
    data = render_comparaison(*found(*PAIR), replace(measured, lignes=renamed), "docx")
    assert flat("{{ titre }} <w:t>") in paragraphs(data)


def test_policies_that_are_the_same_have_no_change() -> None:
    old, _, _ = found(*PAIR)
    text = paragraphs(render_comparaison(old, old, (), None, "docx"))
    assert "Aucunchangement." in text and flat("1. La grille") not in text


def test_the_template_is_what_its_program_builds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", list(sys.path))
    built: bytes = runpy.run_path(str(MODELES / "comparaison" / "construire_modele.py"))["build"]()
    assert built == (MODELES / "comparaison" / "comparaison.docx").read_bytes()


def test_the_pdf_is_tagged_and_archivable() -> None:
    pytest.importorskip("typst", reason="le format PDF demande l'extra « documents »")
    from test_annexe_pdf import _streams, _whole

    (xmp,) = [s.decode("utf-8") for s in _streams(made("pdf")) if b"<x:xmpmeta" in s]
    for name, value in (("pdfaid:part", "2"), ("pdfaid:conformance", "A"), ("pdfuaid:part", "1")):
        assert re.search(rf"<{name}>{value}</{name}>|{name}=\"{value}\"", xmp), name
    whole = _whole(made("pdf"))
    tags: tuple[bytes, ...] = (b"/H1", b"/H2", b"/H3", b"/Table", b"/TH", b"/TD", b"/L", b"/Figure")
    for tag in tags:
        assert re.search(rb"/S\s*" + tag + rb"\b", whole), tag
    for active in (b"/JavaScript", b"/Launch", b"/URI", b"/EmbeddedFile"):
        assert not re.search(active + rb"\b", whole), active


@pytest.mark.documents
def test_the_pdf_says_every_sentence_and_every_figure(tmp_path: Path) -> None:
    path = tmp_path / "comparaison.pdf"
    path.write_bytes(made("pdf"))
    vue = comparaison_view(*found(*PAIR), impact())
    words = re.sub(r"[\s\u00a0\u202f\u00ad\u200b-]+", " ", pdf_text(path)).replace("'", "’")
    squeezed = flat(words)
    for sentence in said(vue):
        if "ligne" not in sentence:  # a place may be cut by the foot of a page
            assert flat(sentence)[:40] in squeezed, sentence
    cells = [c for t in tables(vue) for row in (*t.table.rangs, *t.pied) for c in row]
    assert len(cells) > 200
    for cell in cells:
        for word in cell.split():
            assert flat(word) in squeezed, cell
    read = [flat(text) for text in pdf_structure(path)]
    titles = [flat(p.titre) for p in vue.parties] + [flat(s.titre) for s in vue.sections]
    places = [max(i for i, text in enumerate(read) if text == title) for title in titles]
    assert places == sorted(places), "lu dans l'ordre"


@pytest.mark.documents
def test_libreoffice_opens_the_word_document(tmp_path: Path) -> None:
    path = tmp_path / "comparaison.docx"
    path.write_bytes(made("docx"))
    (pdf,) = convert([path], "pdf", tmp_path)
    text = flat(pdf_text(pdf))
    for phrase in comparaison_view(*found(*PAIR), impact()).phrases:
        assert flat(phrase) in text
