"""The parts of a Word file that hold text, and what they say: their structure, as lines to compare."""

from __future__ import annotations

import io
import posixpath
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from docx.opc.oxml import serialize_part_xml
from docx.oxml import parse_xml
from docx.oxml.ns import qn

from caqes_dsl.documents.writers.docx import rewrite

__all__ = ["DocumentIllisible", "Paquet", "texts"]

CORPS, TYPES = "word/document.xml", "[Content_Types].xml"
PARAGRAPHE, TABLEAU, LIGNE, CELLULE = qn("w:p"), qn("w:tbl"), qn("w:tr"), qn("w:tc")
_RELATIONS = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_UNPACKED = 50 * 1024 * 1024
NOTES = ("word/footnotes.xml", "word/endnotes.xml")
_LIEUX = {"header": "en-tête", "footer": "pied de page"}
_SIGNES = {qn("w:tab"): "\t", qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:noBreakHyphen"): "\u2011"}


class DocumentIllisible(Exception):
    """A file that is not a Word document; the message is French."""


@dataclass(frozen=True)
class Paquet:
    """A Word file, its parts that hold text being read: `textes` names them in the order of the document."""

    fichiers: Mapping[str, bytes]
    textes: Mapping[str, Any]
    lieux: Mapping[str, str]
    """For each part that holds text, what it is for the document: « corps », « en-tête first »…"""

    def write(self) -> bytes:
        """The file with its parts as they are now, always the same bytes."""
        raw = io.BytesIO()
        with zipfile.ZipFile(raw, "w") as archive:
            for name, data in self.fichiers.items():
                archive.writestr(name, serialize_part_xml(self.textes[name]) if name in self.textes else data)
        return rewrite(raw.getvalue())


def read(data: bytes) -> Paquet:
    """The parts of a Word file. Errors: DocumentIllisible, when it is damaged, too large, or not Word's."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(i.file_size for i in archive.infolist()) > _UNPACKED:
                raise DocumentIllisible("Le document est trop grand une fois décompressé.")
            files = {name: archive.read(name) for name in archive.namelist() if not name.endswith("/")}
        if any(b"<!DOCTYPE" in content for name, content in files.items() if name.endswith((".xml", ".rels"))):
            raise DocumentIllisible("Le document n’est pas un document Word.")
        body = parse_xml(files[CORPS])
        if len(body.findall(qn("w:body"))) != 1:
            raise DocumentIllisible("Le document n’est pas un document Word.")
        places = {CORPS: "corps", **_around(body, files), **{name: "notes" for name in NOTES if name in files}}
        for name in (TYPES, *(n for n in files if n.endswith(".rels"))):
            parse_xml(files[name])
        return Paquet(files, {n: body if n == CORPS else parse_xml(files[n]) for n in places}, places)
    except (OSError, ValueError, KeyError, RuntimeError, SyntaxError, zipfile.BadZipFile, zlib.error) as error:
        raise DocumentIllisible("Le document n’est pas un document Word qui se lit.") from error


def relations(files: Mapping[str, bytes], part: str) -> dict[str, tuple[str, str, bool]]:
    """What a part refers to: for each identifier the kind, the target, and whether it is outside the file."""
    folder, name = posixpath.split(part)
    data = files.get(f"{folder}/_rels/{name}.rels")
    return {
        link.get("Id", ""): (link.get("Type", ""), link.get("Target", ""), link.get("TargetMode") == "External")
        for link in (parse_xml(data).iter(_RELATIONS) if data else ())
    }


def _around(body: Any, files: Mapping[str, bytes]) -> dict[str, str]:
    """The heads and feet of pages, in the order of the sections."""
    targets = relations(files, CORPS)
    found: dict[str, str] = {}
    for number, section in enumerate(body.iter(qn("w:sectPr"))):
        for reference in section.iterchildren(qn("w:headerReference"), qn("w:footerReference")):
            kind, target, _ = targets[reference.get(qn("r:id"))]
            part = posixpath.normpath(posixpath.join("/word", target)).lstrip("/")
            place = f"{_LIEUX[kind.rpartition('/')[2]]} {number} {reference.get(qn('w:type'))}"
            found.setdefault(part, place)
    return found


# ---------------------------------------------------------------- what it says


def texts(docx: bytes) -> list[str]:
    """What the document says and in what structure: a line for each paragraph, table, row and cell, with styles.

    What was struck out by a tracked change is left out. Errors: DocumentIllisible.
    """
    packet = read(docx)
    found = []
    for name, root in packet.textes.items():
        if name not in NOTES:
            found += [f"[{packet.lieux[name]}]", *_lines(root)]
            continue
        known = notes(root)
        called = [known[n] for r in references(packet.textes[CORPS], name) if (n := r.get(qn("w:id"))) in known]
        found += [line for note in called for line in (f"[{packet.lieux[name]}]", *note_lines(note))]
    return found


def references(root: Any, part: str) -> Iterator[Any]:
    """The references to the notes of a part, in the order of the text."""
    yield from root.iter(qn("w:footnoteReference" if part == NOTES[0] else "w:endnoteReference"))


def notes(root: Any) -> dict[str, Any]:
    """The notes of a part by their number, without the lines that part them from the text."""
    return {note.get(qn("w:id")): note for note in root if note.get(qn("w:type")) in (None, "normal")}


def note_lines(note: Any) -> list[str]:
    """What a note says."""
    return list(_lines(note))


def _lines(container: Any) -> Iterator[str]:
    for element in container:
        if element.tag == PARAGRAPHE:
            yield f"¶ {style(element)} : {text(element)}"
        elif element.tag == TABLEAU:
            caption = element.find(f"{qn('w:tblPr')}/{qn('w:tblCaption')}")
            yield f"tableau : {'' if caption is None else caption.get(qn('w:val'))}"
            for row in element.iterchildren(LIGNE):
                yield "ligne" if row.find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") is None else "ligne d’en-tête"
                for cell in row.iterchildren(CELLULE):
                    yield "cellule"
                    yield from _lines(cell)
            yield "fin du tableau"
        elif element.tag in (qn("w:body"), qn("w:footnote"), qn("w:endnote"), qn("w:sdt"), qn("w:sdtContent")):
            yield from _lines(element)


def style(paragraph: Any) -> str:
    """The style of a paragraph, empty for the usual one."""
    found = paragraph.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
    return "" if found is None else str(found.get(qn("w:val")))


def text(element: Any) -> str:
    """What an element says: its words, tabs and breaks; the instructions of fields between braces."""
    said = []
    for part in element.iter():
        if part.tag == qn("w:t"):
            said.append(part.text or "")
        elif part.tag == qn("w:instrText"):
            said.append("{" + (part.text or "") + "}")
        elif part.tag in _SIGNES and part.getparent().tag == qn("w:r"):
            said.append(_SIGNES[part.tag])
    return "".join(said)
