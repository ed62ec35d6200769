"""Word documents to compare: annexes of shipped policies, and small ones made of paragraphs and tables."""

from __future__ import annotations

import datetime
import io
import re
import zipfile
from collections import Counter
from collections.abc import Sequence
from functools import cache
from typing import Any

import pytest
from annexe_page import RACINE, politique

pytest.importorskip("docx", reason="le format Word demande l'extra « documents »")

from caqes_dsl.documents.render import render_annexe
from caqes_dsl.documents.writers.suivi import accept_all, reject_all, texts, tracked

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
JOUR = datetime.date(2019, 1, 15)
Bloc = tuple[str, Any]
"""A paragraph (style, text) or a table ("tableau", rows), a row being cells, a cell its paragraphs' texts."""


@cache
def annexe_docx(nom: str) -> bytes:
    return render_annexe(politique(RACINE / "policies" / f"{nom}.caqes"), "docx")


def suivi(ancien: bytes, nouveau: bytes) -> bytes:
    return tracked(ancien, nouveau, auteur="ARS Normandie", date=JOUR)


def part(data: bytes, name: str = "word/document.xml") -> Any:
    """A part of a Word file, read."""
    from docx.oxml import parse_xml

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return parse_xml(archive.read(name))


def said(data: bytes, sens: str) -> list[str]:
    """The words of each insertion (`ins`) or deletion (`del`) of the body."""
    return [
        "".join(t.text or "" for t in m.iter(f"{W}t", f"{W}delText")) for m in part(data).iter(f"{W}{sens}") if len(m)
    ]


def small(blocs: Sequence[Bloc]) -> bytes:
    """A document with these paragraphs and tables, and « Fin » at the end."""
    import docx

    document = docx.Document()
    for kind, content in blocs:
        if kind != "tableau":
            document.add_paragraph(content, style=kind or None)
            continue
        table = document.add_table(len(content), len(content[0]))
        for row, cells in zip(table.rows, content, strict=True):
            for cell, inside in zip(row.cells, cells, strict=True):
                cell.paragraphs[0].text = inside[0]
                for text in inside[1:]:
                    cell.add_paragraph(text)
        document.add_paragraph("")
    document.add_paragraph("Fin")
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def noted(texts: Sequence[tuple[str, str]]) -> bytes:
    """A document of paragraphs that each call a note, numbered in their order; none where its text is empty."""
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"
    content = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
    notes = '<w:footnote w:type="separator" w:id="0"><w:p/></w:footnote>'
    with zipfile.ZipFile(io.BytesIO(small([("", text) for text, _ in texts]))) as archive:
        files = {
            name: archive.read(name).decode("utf-8") for name in archive.namelist() if name.endswith((".xml", ".rels"))
        }
    for number, (text, note) in enumerate(texts, 1):
        if note:
            notes += f'<w:footnote w:id="{number}"><w:p><w:r><w:t>{note}</w:t></w:r></w:p></w:footnote>'
            call = f'<w:r><w:footnoteReference w:id="{number}"/></w:r></w:p>'
            old = f"<w:t>{text}</w:t></w:r></w:p>"
            assert old in files["word/document.xml"]
            files["word/document.xml"] = files["word/document.xml"].replace(old, old.removesuffix("</w:p>") + call, 1)
    if any(note for _, note in texts):
        files["word/footnotes.xml"] = f'<w:footnotes xmlns:w="{W[1:-1]}">{notes}</w:footnotes>'
        rels, types = "word/_rels/document.xml.rels", "[Content_Types].xml"
        link = f'<Relationship Id="rIdNotes" Type="{kind}" Target="footnotes.xml"/></Relationships>'
        files[rels] = files[rels].replace("</Relationships>", link)
        entry = f'<Override PartName="/word/footnotes.xml" ContentType="{content}"/></Types>'
        files[types] = files[types].replace("</Types>", entry)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return out.getvalue()


def returns(ancien: bytes, nouveau: bytes) -> bytes:
    """The tracked document, once it is known to give both sides again."""
    made = suivi(ancien, nouveau)
    assert texts(accept_all(made)) == texts(nouveau)
    assert texts(reject_all(made)) == texts(ancien)
    _sound(made)
    return made


def _sound(data: bytes) -> None:
    """What Word demands of marks: numbers of their own, no plain text struck out, nothing left once settled."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = [n for n in archive.namelist() if re.match(r"word/(document|header\d|footer\d|footnotes)\.xml", n)]
    marks = [m for n in names for m in part(data, n).iter(*(f"{W}{t}" for t in ("ins", "del", "pPrChange")))]
    assert max(Counter(m.get(f"{W}id") for m in marks).values(), default=1) == 1
    for mark in marks:
        if mark.tag == f"{W}del":
            assert not list(mark.iter(f"{W}t", f"{W}instrText"))
        elif mark.tag == f"{W}ins":
            assert not list(mark.iter(f"{W}delText"))
        if mark.tag != f"{W}pPrChange" and mark.getparent().tag not in (f"{W}rPr", f"{W}trPr"):
            assert {child.tag for child in mark} == {f"{W}r"}, "une insertion ou un retrait ne tient que des mots"
    for cell in part(data).iter(f"{W}tc"):
        assert cell[-1].tag == f"{W}p", "une cellule finit par un paragraphe"
        last = cell[-1].find(f"{W}pPr/{W}rPr")
        assert last is None or (last.find(f"{W}ins") is None and last.find(f"{W}del") is None)
    for settled in (accept_all(data), reject_all(data)):
        assert not [m for n in names for m in part(settled, n).iter(f"{W}ins", f"{W}del", f"{W}pPrChange")]
