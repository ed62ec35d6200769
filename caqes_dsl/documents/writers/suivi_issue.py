"""The two issues of tracked changes: all of them accepted, or all of them rejected."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from docx.oxml.ns import qn

from caqes_dsl.documents.writers.suivi_paquet import CORPS, LIGNE, NOTES, PARAGRAPHE, TABLEAU, notes, read, references

__all__ = ["accept_all", "reject_all"]

_AJOUTS = (qn("w:ins"), qn("w:moveTo"))
_RETRAITS = (qn("w:del"), qn("w:moveFrom"))
_PORTEURS = (qn("w:rPr"), qn("w:trPr"))
"""Where the name of a change is a mark on a paragraph or on a row, and wraps nothing."""
_PROPRIETES = tuple(
    qn(f"w:{name}Change") for name in ("pPr", "rPr", "tblPr", "tblGrid", "trPr", "tcPr", "sectPr", "tblPrEx")
)
_BORNES = (qn("w:bookmarkStart"), qn("w:bookmarkEnd"))
_PLEINS = (qn("w:r"), qn("w:hyperlink"), qn("w:fldSimple"), qn("w:sdt"))
_PP, _RP, _TRP = qn("w:pPr"), qn("w:rPr"), qn("w:trPr")
_EFFACES = {qn("w:delText"): qn("w:t"), qn("w:delInstrText"): qn("w:instrText")}


def accept_all(docx: bytes) -> bytes:
    """The document once every tracked change is accepted: what is struck out goes, what was added stays.

    Errors: DocumentIllisible.
    """
    return _settled(docx, _AJOUTS, _RETRAITS, restore=False)


def reject_all(docx: bytes) -> bytes:
    """The document once every tracked change is rejected: what it was before them.

    Errors: DocumentIllisible.
    """
    return _settled(docx, _RETRAITS, _AJOUTS, restore=True)


def _settled(docx: bytes, kept: tuple[str, ...], gone: tuple[str, ...], *, restore: bool) -> bytes:
    packet = read(docx)
    for root in packet.textes.values():
        _rows(root, gone)
        _runs(root, kept, gone)
        _marks(root, gone)
        _forget(root, kept)
        _properties(root, restore)
    for name in NOTES:
        called = {call.get(qn("w:id")) for call in references(packet.textes[CORPS], name)}
        for number, note in notes(packet.textes[name]).items() if name in packet.textes else ():
            if number not in called:
                note.getparent().remove(note)
    return packet.write()


def _rows(root: Any, gone: tuple[str, ...]) -> None:
    for row in list(root.iter(LIGNE)):
        properties = row.find(_TRP)
        if properties is not None and any(properties.find(tag) is not None for tag in gone):
            table = row.getparent()
            table.remove(row)
            if table.find(LIGNE) is None:
                table.getparent().remove(table)


def _runs(root: Any, kept: tuple[str, ...], gone: tuple[str, ...]) -> None:
    for change in [c for c in root.iter(*kept, *gone) if c.getparent().tag not in _PORTEURS]:
        holder = change.getparent()
        if change.tag in kept:
            for child in list(change):
                change.addprevious(child)
        holder.remove(change)
        if holder.tag in _PLEINS and not any(c.tag in _PLEINS for c in holder):
            holder.getparent().remove(holder)
    for old, new in _EFFACES.items():
        for text in root.iter(old):
            text.tag = new


def _marks(root: Any, gone: tuple[str, ...]) -> None:
    """A paragraph whose mark goes is joined to the next one, which keeps its own properties."""
    for paragraph in list(root.iter(PARAGRAPHE)):
        properties = paragraph.find(f"{_PP}/{_RP}")
        if properties is None or not any(properties.find(tag) is not None for tag in gone):
            continue
        after = paragraph.getnext()
        if not any(child.tag in _PLEINS for child in paragraph):
            if after is not None and after.tag in (PARAGRAPHE, TABLEAU):
                paragraph.getparent().remove(paragraph)
                continue
        elif after is not None and after.tag == PARAGRAPHE:
            _join(paragraph, after)
            continue
        for tag in gone:
            for mark in properties.findall(tag):
                properties.remove(mark)


def _join(paragraph: Any, after: Any) -> None:
    place = 0 if after.find(_PP) is None else 1
    for child in [c for c in paragraph if c.tag != _PP]:
        after.insert(place, child)
        place += 1
    paragraph.getparent().remove(paragraph)


def _forget(root: Any, kept: tuple[str, ...]) -> None:
    """The marks of what stays."""
    for mark in [m for m in root.iter(*kept) if m.getparent().tag in _PORTEURS]:
        holder = mark.getparent()
        holder.remove(mark)
        if len(holder) == 0:
            holder.getparent().remove(holder)


def _properties(root: Any, restore: bool) -> None:
    for change in list(root.iter(*_PROPRIETES)):
        holder = change.getparent()
        if restore and len(change):
            before = deepcopy(change[0])
            if holder.tag == _PP:
                before.extend([child for child in holder if child.tag in (_RP, qn("w:sectPr"))])
            holder.getparent().replace(holder, before)
        else:
            holder.remove(change)
