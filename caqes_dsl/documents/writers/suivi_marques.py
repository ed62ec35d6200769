"""The marks of tracked changes: who, when, and what was added or struck out."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, Literal

from docx.oxml import OxmlElement
from docx.oxml.ns import qn

__all__ = ["AJOUT", "RETRAIT", "Marques", "Sens", "number"]

Sens = Literal["w:ins", "w:del"]
AJOUT: Sens = "w:ins"
RETRAIT: Sens = "w:del"
_PP, _RP, _TRP = qn("w:pPr"), qn("w:rPr"), qn("w:trPr")
_ID = qn("w:id")
_BORNES = (qn("w:bookmarkStart"), qn("w:bookmarkEnd"))
_MARQUES = tuple(qn(f"w:{name}") for name in ("ins", "del", "pPrChange", "tblPrChange"))
_TEXTES = {qn("w:t"): qn("w:delText"), qn("w:instrText"): qn("w:delInstrText")}
_AVANT_TRP = (qn("w:tblPrEx"),)


@dataclass(frozen=True)
class Marques:
    """What every change of a document says of its author and of its day."""

    auteur: str
    date: datetime.date

    def make(self, tag: str) -> Any:
        """A mark; its number is given once the document is whole."""
        mark = OxmlElement(tag)
        mark.set(_ID, "0")
        mark.set(qn("w:author"), "".join(c for c in self.auteur if c.isprintable()))
        mark.set(qn("w:date"), f"{self.date.isoformat()}T00:00:00Z")
        return mark

    def around(self, runs: Iterable[Any], sens: Sens) -> Any:
        """Runs as added, or as struck out."""
        mark = self.make(sens)
        for run in runs:
            mark.append(run)
            if sens == RETRAIT:
                for child in run:
                    child.tag = _TEXTES.get(child.tag, child.tag)
        return mark

    def paragraph(self, paragraph: Any, sens: Sens) -> None:
        """The end of a paragraph as added, or as struck out."""
        properties = _first(paragraph, _PP)
        own = properties.find(_RP)
        if own is None:
            own = OxmlElement("w:rPr")
            after = next((c for c in properties if c.tag in (qn("w:sectPr"), qn("w:pPrChange"))), None)
            if after is None:
                properties.append(own)
            else:
                after.addprevious(own)
        own.insert(0, self.make(sens))

    def row(self, row: Any, sens: Sens) -> None:
        """A row as added, or as struck out."""
        properties = row.find(_TRP)
        if properties is None:
            properties = OxmlElement("w:trPr")
            row.insert(sum(c.tag in _AVANT_TRP for c in row), properties)
        properties.append(self.make(sens))

    def was(self, holder: Any, tag: str, before: Any) -> None:
        """Keeps with the properties of an element those that it had (`tag`: pPrChange, tblPrChange)."""
        mark = self.make(tag)
        mark.append(before)
        holder.append(mark)

    def paragraph_was(self, paragraph: Any, old: Any) -> None:
        """Keeps the properties of the paragraph of before, where they differ."""
        before, now = bare(old.find(_PP)), bare(paragraph.find(_PP))
        if fingerprint(before) != fingerprint(now):
            self.was(_first(paragraph, _PP), "w:pPrChange", before)


def bare(properties: Any) -> Any:
    """The properties of a paragraph without those of its end and of its section."""
    copy = OxmlElement("w:pPr") if properties is None else deepcopy(properties)
    for child in list(copy):
        if child.tag in (_RP, qn("w:sectPr"), qn("w:pPrChange")):
            copy.remove(child)
    return copy


def fingerprint(element: Any) -> tuple[Any, ...]:
    """What an element is, to compare."""
    inside = tuple(fingerprint(child) for child in element)
    return element.tag, tuple(sorted(element.attrib.items())), "" if inside else element.text or "", inside


def number(roots: Iterable[Any]) -> None:
    """Give every bookmark and every mark of the document a number of its own."""
    count = 0
    for root in roots:
        open_: dict[str, str] = {}
        for element in root.iter(*_BORNES, *_MARQUES):
            if element.tag == qn("w:bookmarkEnd"):
                element.set(_ID, open_.get(element.get(_ID), "0"))
                continue
            count += 1
            if element.tag == qn("w:bookmarkStart"):
                open_[element.get(_ID)] = str(count)
            element.set(_ID, str(count))


def _first(element: Any, tag: str) -> Any:
    found = element.find(tag)
    if found is None:
        found = element.makeelement(tag)
        element.insert(0, found)
    return found
