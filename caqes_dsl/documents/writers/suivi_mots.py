"""The words of a paragraph: what a paragraph became, word by word."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby
from typing import Any

from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from caqes_dsl.documents.writers.suivi_marques import AJOUT, RETRAIT, Marques, Sens, fingerprint

__all__ = ["amended", "unbalanced", "whole", "words"]

_MOT = re.compile(r"\d+(?:[.,\u00a0\u202f]\d+)*(?!\w)|\w+(?:[’'\-\u2011]\w+)*|\s|[^\w\s]")
_RUN, _T, _RP, _PP = qn("w:r"), qn("w:t"), qn("w:rPr"), qn("w:pPr")
_CHAMP = qn("w:fldChar")
_PORTEURS = (qn("w:hyperlink"), qn("w:fldSimple"))
_OUVERTS = tuple(qn(f"w:{n}") for n in ("ins", "moveTo", "smartTag", "sdt", "sdtContent", "customXml", "dir", "bdo"))
_BORNES = (qn("w:bookmarkStart"), qn("w:bookmarkEnd"))
_PEU = 0.3
"""Under this share of kept words, a paragraph reads better struck out as a whole and written again."""


def words(text: str) -> list[str]:
    """The words of a text, its spaces and signs each apart; a number is one word."""
    return _MOT.findall(text)


@dataclass(frozen=True)
class _Atome:
    """The least that changes: a word, a sign, a whole field, with its look and what holds it."""

    cle: tuple[Any, ...]
    mot: str
    runs: tuple[Any, ...]
    porteur: Any
    lien: tuple[Any, ...] | None
    """What holds it, to compare."""

    @property
    def ferme(self) -> bool:
        """Whether it is no text: it is kept as soon as it is on both sides."""
        return not self.mot


def amended(old: Any, new: Any, marques: Marques) -> Any:
    """The new paragraph, with what changed from the old one marked word by word."""
    if fingerprint(old) == fingerprint(new):
        return deepcopy(new)
    before, now = list(_atoms(old)), list(_atoms(new))
    if [a.cle for a in before] == [a.cle for a in now]:
        paragraph = deepcopy(new)
    else:
        paragraph = _rebuilt(new, _changes(before, now), marques, (old, new))
    marques.paragraph_was(paragraph, old)
    return paragraph


def whole(paragraph: Any, sens: Sens, marques: Marques) -> Any:
    """A paragraph whose every word is added, or struck out; its end is left as it is."""
    made = _rebuilt(paragraph, [(sens, atom) for atom in _atoms(paragraph)], marques, (paragraph,))
    section = made.find(f"{_PP}/{qn('w:sectPr')}")
    if sens == RETRAIT and section is not None:
        section.getparent().remove(section)
    return made


def unbalanced(paragraph: Any) -> bool:
    """Whether a field begins or ends in the paragraph and goes on elsewhere."""
    if next(paragraph.iter(_CHAMP), None) is None:
        return False
    return any(atom.ferme and len(atom.runs) == 1 and _kind(atom.runs[0]) for atom in _atoms(paragraph))


# ---------------------------------------------------------------- a paragraph in atoms


def _atoms(paragraph: Any) -> Iterator[_Atome]:
    pieces: list[tuple[Any, Any]] = [(r, holder) for run, holder in _runs(paragraph) for r in _split(run)]
    skip = 0
    for place, (run, holder) in enumerate(pieces):
        if skip:
            skip -= 1
            continue
        length = _field(pieces, place)
        runs = tuple(r for r, _ in pieces[place : place + length])
        skip = length - 1
        link = None if holder is None else (holder.tag, tuple(sorted(holder.attrib.items())))
        mot = run[-1].text if length == 1 and run[-1].tag == _T else ""
        yield _Atome((link, *(fingerprint(r) for r in runs)), mot, runs, holder, link)


def _runs(element: Any, holder: Any = None) -> Iterator[tuple[Any, Any]]:
    for child in element:
        if child.tag == _RUN:
            yield child, holder
        elif child.tag in _PORTEURS:
            yield from _runs(child, child)
        elif child.tag in _OUVERTS:
            yield from _runs(child, holder)


def _split(run: Any) -> Iterator[Any]:
    """A run for each word or sign of a run, with its look."""
    look = run.find(_RP)
    for child in run:
        if child.tag == _RP:
            continue
        for piece in words(child.text or "") if child.tag == _T else (None,):
            made = OxmlElement("w:r")
            if look is not None and len(look):
                made.append(deepcopy(look))
            made.append(deepcopy(child) if piece is None else _text(piece))
            yield made


def _text(piece: str) -> Any:
    made = OxmlElement("w:t")
    made.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    made.text = piece
    return made


def _field(pieces: Sequence[tuple[Any, Any]], place: int) -> int:
    """How many runs the field that begins here takes; 1 when none does, or when it goes on in another paragraph."""
    depth = 0
    for length, (run, _) in enumerate(pieces[place:], 1):
        depth += {"begin": 1, "end": -1}.get(_kind(run), 0)
        if depth <= 0:
            return length if length == 1 or _kind(run) == "end" else 1
    return 1


def _kind(run: Any) -> str:
    char = run.find(_CHAMP)
    return "" if char is None else str(char.get(qn("w:fldCharType")))


# ---------------------------------------------------------------- what changed


_Change = tuple[Sens | None, _Atome]


def _changes(before: list[_Atome], now: list[_Atome]) -> list[_Change]:
    codes = SequenceMatcher(None, [a.cle for a in before], [a.cle for a in now], autojunk=False).get_opcodes()
    blocks = [[before[i:a], now[j:b]] for _, i, a, j, b in codes]
    same = [tag == "equal" for tag, *_ in codes]
    kept = sum(_worded(new) for (_, new), s in zip(blocks, same, strict=True) if s)
    total = max(_worded(side) for side in (before, now))
    for k, (_, new) in enumerate(blocks):
        if same[k] and not any(a.ferme for a in new):
            same[k] = kept >= _PEU * total and not _trifle(blocks, k)
    found: list[_Change] = []
    for stays, group in groupby(zip(same, blocks, strict=True), key=lambda pair: pair[0]):
        parts = [block for _, block in group]
        if stays:
            found += [(None, a) for _, new in parts for a in new]
        else:
            found += [(RETRAIT, a) for old, _ in parts for a in old]
            found += [(AJOUT, a) for _, new in parts for a in new]
    return found


def _worded(atoms: list[_Atome]) -> int:
    return sum(any(c.isalnum() for c in a.mot) for a in atoms)


def _trifle(blocks: list[list[list[_Atome]]], k: int) -> bool:
    """Whether what is kept between two changes is too little to be read: a space, a short word between long changes."""
    if k == 0 or k == len(blocks) - 1:
        return False
    said = "".join(a.mot for a in blocks[k][1]).strip()
    around = [max(sum(len(a.mot) for a in side) for side in blocks[at]) for at in (k - 1, k + 1)]
    return not any(c.isalnum() for c in said) or (len(said) < 4 and len(said) * 2 < min(around))


# ---------------------------------------------------------------- a paragraph again


def _rebuilt(model: Any, changes: Iterable[_Change], marques: Marques, marked: tuple[Any, ...]) -> Any:
    """A paragraph with the properties of another, the changes as its words, and the bookmarks of both sides."""
    made = model.makeelement(model.tag, dict(model.attrib))
    if model.find(_PP) is not None:
        made.append(deepcopy(model.find(_PP)))
    starts, ends = _bookmarks(marked)
    made.extend(starts)
    for _, linked in groupby(changes, key=lambda change: change[1].lien):
        group = list(linked)
        target = made
        if group[0][1].lien is not None:
            holder = next((a.porteur for sens, a in group if sens != RETRAIT), group[0][1].porteur)
            target = holder.makeelement(holder.tag, dict(holder.attrib))
            made.append(target)
        for sens, atoms in groupby(group, key=lambda change: change[0]):
            runs = _merged(run for _, atom in atoms for run in atom.runs)
            if sens is None:
                target.extend(runs)
            else:
                target.append(marques.around(runs, sens))
    made.extend(ends)
    return made


def _bookmarks(paragraphs: tuple[Any, ...]) -> tuple[list[Any], list[Any]]:
    """The bookmarks of the last paragraph, then those of the others that it does not have."""
    starts: list[Any] = []
    ends: list[Any] = []
    names: set[str] = set()
    for number, paragraph in enumerate(reversed(paragraphs)):
        for start in paragraph.iter(qn("w:bookmarkStart")):
            name = start.get(qn("w:name"))
            if name in names:
                continue
            names.add(name)
            identifier = f"{number}-{start.get(qn('w:id'))}"
            copy, end = deepcopy(start), OxmlElement("w:bookmarkEnd")
            for mark, into in ((copy, starts), (end, ends)):
                mark.set(qn("w:id"), identifier)
                into.append(mark)
    return starts, ends


def _merged(runs: Iterable[Any]) -> list[Any]:
    """Runs of the same look as one, and their words as one text."""
    found: list[Any] = []
    look: tuple[Any, ...] | None = None
    for run in runs:
        copy = deepcopy(run)
        own = copy.find(_RP)
        its = None if own is None else fingerprint(own)
        if not found or its != look or _kind(copy) or _kind(found[-1]):
            found.append(copy)
            look = its
            continue
        last = found[-1]
        for child in [c for c in copy if c.tag != _RP]:
            if child.tag == _T and last[-1].tag == _T:
                last[-1].text += child.text
            else:
                last.append(child)
    return found
