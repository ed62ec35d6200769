"""Paragraphs, tables and rows: which stayed, which went, which were added, as tracked changes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from copy import deepcopy
from itertools import groupby
from typing import Any

from docx.oxml.ns import qn

from caqes_dsl.documents.writers.suivi_alignement import Paire, Piece, align
from caqes_dsl.documents.writers.suivi_marques import AJOUT, RETRAIT, Marques, Sens, bare, fingerprint
from caqes_dsl.documents.writers.suivi_mots import amended, unbalanced, whole, words
from caqes_dsl.documents.writers.suivi_paquet import CELLULE, LIGNE, PARAGRAPHE, TABLEAU, style, text

__all__ = ["aligned", "merge"]

_PP, _TBLPR, _TRP, _TCP = qn("w:pPr"), qn("w:tblPr"), qn("w:trPr"), qn("w:tcPr")
_OUVERTS = (qn("w:sdt"), qn("w:sdtContent"), qn("w:customXml"))
_FUSIONS = (qn("w:gridSpan"), qn("w:vMerge"), qn("w:hMerge"))


def aligned(old: Any, new: Any) -> list[Paire]:
    """The paragraphs and tables of two containers in one order, each with what it became."""
    return _ended(_parted(align(_pieces(old), _pieces(new))))


def merge(pairs: list[Paire], marques: Marques) -> list[Any]:
    """The elements of a container with their changes marked."""
    made = [_merged(old, new, marques) for old, new in pairs]
    moved = {start - 1: end - 1 for start, end in _stretches(pairs) if _moves(pairs, made, start, end)}
    for place, pair in enumerate(pairs):
        if made[place].tag != PARAGRAPHE:
            continue
        if place in moved:
            marques.paragraph(made[place], _sens(pairs[moved[place]]))
            _end_like(made[moved[place]], pair, pairs[moved[place]], marques)
        elif None in pair and place not in moved.values():
            marques.paragraph(made[place], _sens(pair))
    return made


def _sens(pair: Paire) -> Sens:
    return AJOUT if pair[0] is None else RETRAIT


# ---------------------------------------------------------------- pieces


def _pieces(container: Any) -> list[Piece]:
    found = []
    fields = 0
    for element in _blocks(container):
        if element.tag == TABLEAU:
            found.append(_table_piece(element))
        elif unbalanced(element):
            found.append(Piece(element, ("champ", fields), "champ", "", 0.0, Counter(), force=True))
            fields += 1
        else:
            said = text(element)
            name = style(element)
            found.append(Piece(element, (name, said), "p", name, 0.5, _counted(said)))
    return found


def _blocks(container: Any) -> Iterator[Any]:
    for child in container:
        if child.tag in (PARAGRAPHE, TABLEAU):
            yield child
        elif child.tag in _OUVERTS:
            yield from _blocks(child)


def _table_piece(table: Any) -> Piece:
    rows = [_row_piece(row) for row in table.iterchildren(LIGNE)]
    caption = table.find(f"{_TBLPR}/{qn('w:tblCaption')}")
    title = "" if caption is None else caption.get(qn("w:val"))
    said: Counter[str] = Counter()
    for row in rows:
        said.update(row.mots)
    columns = max((len(row.noeud.findall(CELLULE)) for row in rows), default=0)
    return Piece(table, (title, tuple(row.cle for row in rows)), ("tableau", columns), title, 0.3, said, parente=0.3)


def _row_piece(row: Any) -> Piece:
    cells = row.findall(CELLULE)
    said = [[(style(p), text(p)) for p in cell.iter(PARAGRAPHE)] for cell in cells]
    plain = [" ".join(t for _, t in cell) for cell in said]
    head = row.find(f"{_TRP}/{qn('w:tblHeader')}") is not None
    merged = tuple(tuple(fingerprint(c) for c in cell.iterfind(f"{_TCP}/*") if c.tag in _FUSIONS) for cell in cells)
    key = (head, tuple(tuple(cell) for cell in said))
    return Piece(row, key, ("ligne", head, merged), plain[0] if plain else "", 0.4, _counted(" ".join(plain)), 0.1)


def _counted(said: str) -> Counter[str]:
    return Counter(w for w in words(said.lower()) if not w.isspace())


# ---------------------------------------------------------------- what Word demands of the order


def _parted(pairs: list[Paire]) -> list[Paire]:
    """Two tables that would touch are parted by the paragraph that followed the old one: Word would join them."""
    found = list(pairs)
    for place in range(len(found) - 2, -1, -1):
        (old, none), (nothing, new) = found[place], found[place + 1]
        if none or nothing or old is None or new is None or {old.noeud.tag, new.noeud.tag} != {TABLEAU}:
            continue
        after = next((k for k in range(place + 2, len(found)) if found[k][0] is not None), None)
        if after is None:
            continue
        before, now = found[after]
        if before is not None and now is not None and before.noeud.tag == PARAGRAPHE and not before.force:
            found[after] = (None, now)
            found.insert(place + 1, (before, None))
    return found


def _ended(pairs: list[Paire]) -> list[Paire]:
    """Where an end of paragraph has to stay, paragraphs gone and others added share the last one."""
    found: list[Paire] = []
    for alone, group in groupby(pairs, key=lambda pair: None in pair and _tag(pair) == PARAGRAPHE):
        run = list(group)
        after = pairs[len(found) + len(run) :]
        gone = [pair for pair in run if pair[1] is None]
        added = [pair for pair in run if pair[0] is None]
        firm = not after or (None not in after[0] and _tag(after[0]) == TABLEAU)
        if alone and firm and gone and added:
            run = [*gone[:-1], *added[:-1], (gone[-1][0], added[-1][1])]
        found += run
    return found


def _stretches(pairs: list[Paire]) -> Iterator[tuple[int, int]]:
    """Paragraphs of one side only, gone or added, that follow one another: from which place to which."""
    place = 0
    for sens, group in groupby(pairs, key=lambda pair: _sens(pair) if None in pair else None):
        for tag, run in groupby(group, key=_tag):
            start, place = place, place + len(list(run))
            if sens is not None and tag == PARAGRAPHE:
                yield start, place


def _moves(pairs: list[Paire], made: list[Any], start: int, end: int) -> bool:
    """Whether the end of the paragraph before others goes, or comes, in the stead of the end of their last one.

    The end of a paragraph that a table follows, or nothing, can be neither added nor struck out; and words at the end
    of a paragraph followed by paragraphs of the same kind are one change with them. Before a table that goes too, only
    a paragraph of the same look gives its end: what is struck out would be seen with the look of a heading.
    """
    if not start or None in pairs[start - 1] or _tag(pairs[start - 1]) != PARAGRAPHE:
        return False
    if end == len(pairs) or (_tag(pairs[end]) == TABLEAU and None not in pairs[end]):
        return True
    if _tag(pairs[end]) == TABLEAU and (pairs[start][0] is None or _looks(pairs[start - 1]) == _looks(pairs[end - 1])):
        return True
    last = next((c for c in reversed(made[start - 1]) if c.tag != qn("w:bookmarkEnd")), None)
    while last is not None and last.tag in (qn("w:hyperlink"), qn("w:fldSimple")):
        last = last[-1] if len(last) else None
    return last is not None and last.tag == qn(_sens(pairs[start]))


def _looks(pair: Paire) -> Any:
    return fingerprint(bare(next(piece.noeud.find(_PP) for piece in pair if piece is not None)))


def _tag(pair: Paire) -> Any:
    return next(piece.noeud.tag for piece in pair if piece is not None)


def _end_like(paragraph: Any, kept: Paire, last: Paire, marques: Marques) -> None:
    """Gives the last paragraph the properties of the side that has it, and those of the other side's last one."""
    (before, now), (gone, added) = kept, last
    old, new = gone or before, added or now
    assert old is not None and new is not None
    properties = paragraph.find(_PP)
    if properties is not None:
        paragraph.remove(properties)
    paragraph.insert(0, bare(new.noeud.find(_PP)))
    marques.paragraph_was(paragraph, old.noeud)


# ---------------------------------------------------------------- elements with their changes


def _merged(old: Piece | None, new: Piece | None, marques: Marques) -> Any:
    if old is None or new is None:
        piece = old or new
        assert piece is not None
        return _alone(piece.noeud, _sens((old, new)), marques)
    if new.noeud.tag == PARAGRAPHE:
        return amended(old.noeud, new.noeud, marques)
    return _table(old.noeud, new.noeud, marques)


def _alone(element: Any, sens: Sens, marques: Marques) -> Any:
    """A paragraph or a table of one side only; the end of the paragraph is marked by the container."""
    if element.tag == PARAGRAPHE:
        return whole(element, sens, marques)
    table = _shell(element)
    for row in element.iterchildren(LIGNE):
        table.append(_row_alone(row, sens, marques))
    return table


def _row_alone(row: Any, sens: Sens, marques: Marques) -> Any:
    made = _shell(row)
    for cell in row.iterchildren(CELLULE):
        inside = _shell(cell)
        blocks = list(_blocks(cell))
        for block in blocks:
            inside.append(_alone(block, sens, marques))
            if block.tag == PARAGRAPHE and block is not blocks[-1]:
                marques.paragraph(inside[-1], sens)
        made.append(inside)
    marques.row(made, sens)
    return made


def _table(old: Any, new: Any, marques: Marques) -> Any:
    table = _shell(new)
    before, now = old.find(_TBLPR), table.find(_TBLPR)
    if before is not None and now is not None and fingerprint(before) != fingerprint(now):
        marques.was(now, "w:tblPrChange", deepcopy(before))
    pairs = align([_row_piece(r) for r in old.iterchildren(LIGNE)], [_row_piece(r) for r in new.iterchildren(LIGNE)])
    for past, present in pairs:
        if past is not None and present is not None:
            table.append(_row(past.noeud, present.noeud, marques))
        else:
            piece = past or present
            assert piece is not None
            table.append(_row_alone(piece.noeud, _sens((past, present)), marques))
    return table


def _row(old: Any, new: Any, marques: Marques) -> Any:
    row = _shell(new)
    for before, now in zip(old.iterchildren(CELLULE), new.iterchildren(CELLULE), strict=True):
        cell = _shell(now)
        cell.extend(merge(aligned(before, now), marques))
        row.append(cell)
    return row


def _shell(element: Any) -> Any:
    """A table, a row or a cell with its properties and nothing inside."""
    made = element.makeelement(element.tag, dict(element.attrib))
    inside = (LIGNE, CELLULE, PARAGRAPHE, TABLEAU, *_OUVERTS)
    made.extend(deepcopy(child) for child in element if child.tag not in inside)
    return made
