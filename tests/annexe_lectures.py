"""The texts of an annex, in the order they are read, whatever its format: what the tests compare."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import openpyxl
import pytest
from annexe_page import lire
from markdown_it import MarkdownIt
from outils_documents import pdf_structure

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"


def parts(data: bytes) -> dict[str, bytes]:
    """The parts of an archive, in its order."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {info.filename: archive.read(info) for info in archive.infolist()}


def html(data: bytes) -> list[str]:
    """The lines of a page."""
    return [line for line in lire(data).lignes() if line]


_LAYOUT = re.compile(r'<br>|<a id="[\w.-]+">|</a>')
"""The only HTML that the annex in Markdown holds."""


def markdown(data: bytes) -> list[str]:
    """The texts of a Markdown page as a program shows them: a line for each paragraph, heading, item or cell."""
    found = []
    for token in MarkdownIt("commonmark").enable("table").parse(data.decode("utf-8")):
        assert token.type not in ("html_block", "code_block", "fence"), token.content
        for child in token.children or ():
            assert child.type not in ("html_inline", "image") or _LAYOUT.fullmatch(child.content), child.content
        marks = {"html_inline": "\n", "softbreak": "\n", "hardbreak": "\n"}
        shown = "".join(marks.get(c.type, c.content) for c in token.children or ())
        found += [line for line in shown.splitlines() if line.strip()]
    return found


def docx(data: bytes) -> list[str]:
    """The paragraphs of a Word document, then of what runs at the head and foot of its pages, then its properties."""
    found = []
    for name, content in parts(data).items():
        if re.fullmatch(r"word/(document|header\d|footer\d)\.xml", name):
            found += [_word(p) for p in ElementTree.fromstring(content).iter(f"{W}p")]
        elif re.fullmatch(r"docProps/.*\.xml", name):
            found += [e.text or "" for e in ElementTree.fromstring(content).iter()]
    return [line for line in found if line.strip()]


def _word(paragraph: ElementTree.Element) -> str:
    marks = {f"{W}tab": "\t", f"{W}br": "\n"}
    return "".join(
        element.text or "" if element.tag == f"{W}t" else marks.get(element.tag, "") for element in paragraph.iter()
    )


def odt(data: bytes) -> list[str]:
    """The paragraphs and headings of an OpenDocument text, those of its pages' head and foot, its properties."""
    found = []
    for name, content in parts(data).items():
        if name in ("content.xml", "styles.xml"):
            root = ElementTree.fromstring(content)
            found += [open_text(e) for e in root.iter() if e.tag in (f"{TEXT}p", f"{TEXT}h")]
        elif name == "meta.xml":
            found += [e.text or "" for e in ElementTree.fromstring(content).iter()]
    return [line for line in found if line.strip()]


def open_text(element: ElementTree.Element) -> str:
    """The text of a paragraph as it is shown: spaces collapsed, tabs written « \\t »."""

    def pieces(of: ElementTree.Element) -> Iterator[str]:
        yield "\t" if of.tag == f"{TEXT}tab" else ""
        yield re.sub("[ \n\t]+", " ", of.text or "")
        for child in of:
            yield from pieces(child)
            yield re.sub("[ \n\t]+", " ", child.tail or "")

    return "".join(pieces(element)).strip(" ")


def xlsx(data: bytes) -> list[str]:
    """The cells of a workbook with their place, the head and foot of its pages, its properties."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    found = []
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            found += [f"{sheet.title}!{c.coordinate} : {_shown(c)}" for c in row if c.value is not None]
        for place in (sheet.oddHeader, sheet.oddFooter):
            assert place is not None
            found += [f"{sheet.title} : {part.text}" for part in (place.left, place.center, place.right) if part.text]
    properties = book.properties
    return found + [str(p) for p in (properties.title, properties.subject, properties.keywords, properties.description)]


def _shown(cell: Any) -> str:
    """A number as a French program shows it, with its unit."""
    if isinstance(cell.value, str):
        return cell.value
    shown = str(cell.value).replace(".", ",")
    return shown if "point" not in cell.number_format else f"{shown} point{'s' if cell.value >= 2 else ''}"


LECTURES: dict[str, Callable[[bytes], list[str]]] = {
    "html": html,
    "md": markdown,
    "docx": docx,
    "odt": odt,
    "xlsx": xlsx,
}
"""How each format that a library reads back is read."""

FORMATS = [*LECTURES, pytest.param("pdf", marks=pytest.mark.documents)]
"""The formats of the annex; a program reads the PDF."""


def texts(format: str, data: bytes, folder: Path) -> list[str]:
    """The texts of a document, in the order they are read."""
    if format != "pdf":
        return LECTURES[format](data)
    path = folder / "annexe.pdf"
    path.write_bytes(data)
    return pdf_structure(path)


def compact(text: str) -> str:
    """A text without its spaces: where its lines end does not count."""
    return re.sub(r"[\s\u200b]", "", text)


def spaced(text: str) -> str:
    """A text with ordinary spaces only, one at a time."""
    return " ".join(text.split())


def one_policy(root: Path, target: Path) -> Path:
    """A copy of the policies, so that one can be changed with what it starts from beside it."""
    import shutil

    shutil.copytree(root / "policies", target / "policies")
    return target / "policies"
