"""Drawings put into a Word document as Word's own shapes: they stay sharp, and can be changed by hand.

A paragraph that holds the mark of a drawing and nothing else (`mark`) is replaced by it. Tables take columns as wide as
what they hold.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from typing import Any

from docx.opc.oxml import serialize_part_xml
from docx.oxml import parse_xml
from docx.oxml.ns import qn

from caqes_dsl.documents.rapport_shapes import FigureVue
from caqes_dsl.documents.typography import flow, typeset
from caqes_dsl.documents.writers.docx import rewrite

_UNITE = 8700
"""One unit of a drawing, in Word's (EMU): 720 units are as wide as the text, 17.4 cm."""
_TEXTE = 9860
"""Width of the text, in twentieths of a point."""
_FORT, _DOUX, _TRAIT, _CLAIR, _ALERTE = "1F3F70", "4D5666", "C3C8D0", "D9DFE8", "8A3B00"
_FONDS = {
    "plein": f'<a:solidFill><a:srgbClr val="{_FORT}"/></a:solidFill>',
    "clair": f'<a:solidFill><a:srgbClr val="{_CLAIR}"/></a:solidFill>',
    "boite": f'<a:solidFill><a:srgbClr val="{_CLAIR}"/></a:solidFill>',
    "vide": '<a:solidFill><a:srgbClr val="FFFFFF"/></a:solidFill>',
    "hachure": f'<a:pattFill prst="wdUpDiag"><a:fgClr><a:srgbClr val="{_FORT}"/></a:fgClr>'
    '<a:bgClr><a:srgbClr val="FFFFFF"/></a:bgClr></a:pattFill>',
}
_TRAITS = {
    "grille": (_TRAIT, 6350, ""),
    "axe": (_DOUX, 9525, ""),
    "fin": (_FORT, 12700, ""),
    "gras": (_FORT, 31750, ""),
    "cible": (_ALERTE, 15875, '<a:prstDash val="dash"/>'),
}
_ESPACES = {
    "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
    "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
    "wpg": "http://schemas.microsoft.com/office/word/2010/wordprocessingGroup",
    "wps": "http://schemas.microsoft.com/office/word/2010/wordprocessingShape",
    "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
}


def mark(ancre: str) -> str:
    """The text of the paragraph where a drawing goes."""
    return f"⟦{ancre}⟧"


def draw_figures(data: bytes, figures: Iterable[FigureVue]) -> bytes:
    """The document with its drawings in place and its tables fitted."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    root = parse_xml(parts["word/document.xml"])
    _replace(root.find(qn("w:body")), {mark(f.ancre): f for f in figures})
    for table in root.iter(qn("w:tbl")):
        _fit(table)
    parts["word/document.xml"] = serialize_part_xml(root)
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return rewrite(raw.getvalue())


def _replace(body: Any, figures: Mapping[str, FigureVue]) -> None:
    """Paragraphs of the text only: in a table, a name that imitates a mark stays a name."""
    for number, paragraph in enumerate(body.findall(qn("w:p")), 1000):
        found = figures.get("".join(t.text or "" for t in paragraph.iter(qn("w:t"))))
        if found is None:
            continue
        for run in paragraph.findall(qn("w:r")):
            paragraph.remove(run)
        paragraph.append(_drawing(found, number))


def _drawing(figure: FigureVue, number: int) -> Any:
    """A run that holds the drawing; a reader of the screen says its title and its description."""
    width, height = int(figure.largeur) * _UNITE, int(figure.hauteur) * _UNITE
    spaces = " ".join(f'xmlns:{k}="{v}"' for k, v in _ESPACES.items())
    ends = f'<a:off x="0" y="0"/><a:ext cx="{width}" cy="{height}"/>'
    said = _quoted(f"{figure.titre}. {figure.description}")
    shapes = "".join(_shapes(figure))
    return parse_xml(
        f'<w:r {spaces}><mc:AlternateContent><mc:Choice Requires="wpg"><w:drawing>'
        f'<wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent cx="{width}" cy="{height}"/>'
        f'<wp:docPr id="{number}" name="Figure {number}" title="{_quoted(figure.titre)}" descr="{said}"/>'
        "<wp:cNvGraphicFramePr/><a:graphic>"
        '<a:graphicData uri="http://schemas.microsoft.com/office/word/2010/wordprocessingGroup"><wpg:wgp>'
        f"<wpg:cNvGrpSpPr/><wpg:grpSpPr><a:xfrm>{ends}{ends.replace('a:off', 'a:chOff').replace('a:ext', 'a:chExt')}"
        f"</a:xfrm></wpg:grpSpPr>{shapes}</wpg:wgp></a:graphicData></a:graphic></wp:inline></w:drawing></mc:Choice>"
        f"<mc:Fallback><w:t>{said}</w:t></mc:Fallback></mc:AlternateContent></w:r>"
    )


def _quoted(text: str) -> str:
    return escape(typeset(flow(text)), quote=True)


def _emu(place: str) -> int:
    """A coordinate, to the tenth of a unit, in Word's units."""
    whole, _, tenth = place.lstrip("-").partition(".")
    value = (int(whole) * 10 + int(tenth or 0)) * _UNITE // 10
    return -value if place.startswith("-") else value


def _shapes(figure: FigureVue) -> Iterator[str]:
    identifier = 0

    def shape(inside: str, body: str = "<wps:bodyPr/>", box: bool = False) -> str:
        nonlocal identifier
        identifier += 1
        kind = ' txBox="1"' if box else ""
        return (
            f'<wps:wsp><wps:cNvPr id="{identifier}" name="f{identifier}"/><wps:cNvSpPr{kind}/>'
            f"<wps:spPr>{inside}</wps:spPr>{body}</wps:wsp>"
        )

    for t in sorted(figure.traits, key=lambda t: t.sorte != "grille"):
        if t.sorte == "grille":
            yield shape(_line(t.x1, t.y1, t.x2, t.y2, t.sorte))
    for r in figure.rectangles:
        edge = f'<a:ln w="9525"><a:solidFill><a:srgbClr val="{_FORT}"/></a:solidFill></a:ln>'
        where = _frame(_emu(r.x), _emu(r.y), _emu(r.largeur), _emu(r.hauteur))
        yield shape(f"{where}{_geometry('rect')}{_FONDS[r.sorte]}{edge}")
    for t in figure.traits:
        if t.sorte != "grille":
            yield shape(_line(t.x1, t.y1, t.x2, t.y2, t.sorte))
    for c in figure.ronds:
        radius = _emu(c.rayon)
        edge = f'<a:ln w="19050"><a:solidFill><a:srgbClr val="{_FORT}"/></a:solidFill></a:ln>'
        where = _frame(_emu(c.x) - radius, _emu(c.y) - radius, 2 * radius, 2 * radius)
        yield shape(f"{where}{_geometry('ellipse')}{_FONDS[c.sorte]}{edge}")
    for e in figure.ecrits:
        at, page = _emu(e.x), int(figure.largeur) * _UNITE
        # A box that leaves the drawing would make it larger.
        room = {"start": page - at, "middle": 2 * min(at, page - at), "end": at}[e.ancrage]
        wide = min(room, 260 * _UNITE) if e.ancrage == "middle" else room
        x = at - {"start": 0, "middle": wide // 2, "end": wide}[e.ancrage]
        where = _frame(x, _emu(e.y) - 14 * _UNITE, wide, 19 * _UNITE)
        colour, bold = {"cible": (_ALERTE, "<w:b/>"), "nombre": (_DOUX, "")}.get(e.sorte, ("1B1F27", ""))
        side = {"start": "left", "middle": "center", "end": "right"}[e.ancrage]
        text = (
            f'<wps:txbx><w:txbxContent><w:p><w:pPr><w:spacing w:before="0" w:after="0" w:line="240" w:lineRule="auto"/>'
            f'<w:jc w:val="{side}"/></w:pPr><w:r><w:rPr>{bold}<w:color w:val="{colour}"/><w:sz w:val="16"/></w:rPr>'
            f'<w:t xml:space="preserve">{_quoted(e.texte)}</w:t></w:r></w:p></w:txbxContent></wps:txbx>'
            '<wps:bodyPr wrap="square" lIns="0" tIns="0" rIns="0" bIns="0" anchor="ctr"/>'
        )
        yield shape(f"{where}{_geometry('rect')}<a:noFill/><a:ln><a:noFill/></a:ln>", text, box=True)


def _frame(x: int, y: int, width: int, height: int) -> str:
    return f'<a:xfrm><a:off x="{x}" y="{y}"/><a:ext cx="{width}" cy="{height}"/></a:xfrm>'


def _geometry(kind: str) -> str:
    return f'<a:prstGeom prst="{kind}"><a:avLst/></a:prstGeom>'


def _line(x1: str, y1: str, x2: str, y2: str, sorte: str) -> str:
    colour, thick, dash = _TRAITS[sorte]
    left, top, right, bottom = (_emu(v) for v in (x1, y1, x2, y2))
    return (
        f"{_frame(left, top, right - left, bottom - top)}{_geometry('line')}"
        f'<a:ln w="{thick}"><a:solidFill><a:srgbClr val="{colour}"/></a:solidFill>{dash}</a:ln>'
    )


# ---------------------------------------------------------------- tables

_NOMBRE = re.compile(
    r"(?:entre|et|de|à|au moins|le même|non chiffrable|non borné|indéterminée?|[−+≤≥≈–\d\s\u00a0\u202f.,%€])*"
)
_COURT = 14
"""Rows under which a table is not cut."""
_SIGNE, _SIGNE_DE_TETE, _MARGE = 100, 97, 210
"""Width of a letter, of one of a head, and of the margins of a cell, in twentieths of a point."""


def _fit(table: Any) -> None:
    """Columns as wide as what they hold asks, within the page; those of figures set to the right."""
    rows = [row.findall(qn("w:tc")) for row in table.findall(qn("w:tr"))]
    grid = table.find(qn("w:tblGrid"))
    if grid is None or not rows or len({len(r) for r in rows}) != 1:
        return
    columns = [[_text(row[i]) for row in rows] for i in range(len(rows[0]))]
    widths = _widths(columns)
    for column in list(grid):
        grid.remove(column)
    for width in widths:
        grid.append(parse_xml(f'<w:gridCol xmlns:w="{_ESPACES["w"]}" w:w="{width}"/>'))
    headed = next(table.iter(qn("w:tblHeader")), None) is not None
    right = [headed and i > 0 and all(_NOMBRE.fullmatch(t) for t in column[1:]) for i, column in enumerate(columns)]
    for row in rows:
        for cell, width, numbers in zip(row, widths, right, strict=True):
            _set_width(cell, width)
            for paragraph in cell.iter(qn("w:p")) if numbers else ():
                paragraph.get_or_add_pPr().get_or_add_jc().set(qn("w:val"), "right")
    whole = table.find(f"{qn('w:tblPr')}/{qn('w:tblW')}")
    if whole is not None:
        whole.set(qn("w:w"), str(sum(widths)))
        whole.set(qn("w:type"), "dxa")
    _keep(rows)


def _keep(rows: Sequence[Sequence[Any]]) -> None:
    """A short table stays on one page; a long one is not cut just under its head nor just before its end."""
    last = len(rows) - 1
    for i, row in enumerate(rows[:last]):
        if last <= _COURT or i < 2 or i == last - 1:
            for paragraph in (p for cell in row for p in cell.iter(qn("w:p"))):
                paragraph.get_or_add_pPr().keepNext_val = True


def _text(cell: Any) -> str:
    return "".join(t.text or "" for t in cell.iter(qn("w:t")))


def _widths(columns: Sequence[Sequence[str]]) -> list[int]:
    """Each column holds its longest word; what is left goes to those that have more to say, then to the first.

    Where that is too much for the page, the words of the heads are those that are cut.
    """
    below = [_longest(c[1:]) * _SIGNE + _MARGE for c in columns]
    least = [max(b, _longest(c[:1]) * _SIGNE_DE_TETE + _MARGE) for b, c in zip(below, columns, strict=True)]
    said = [max((len(t) for t in c[1:]), default=0) for c in columns]
    wanted = [max(least[i], min(n, 60) * _SIGNE + _MARGE) for i, n in enumerate(said)]
    free = _TEXTE - sum(least)
    if free <= 0:
        heads = sum(least) - sum(below)
        left = _TEXTE - sum(below)
        if left < 0 or not heads:
            return [_TEXTE * w // sum(least) for w in least]
        return [b + left * (w - b) // heads for b, w in zip(below, least, strict=True)]
    more = [w - m for w, m in zip(wanted, least, strict=True)]
    share = sum(more)
    if share > free:
        return [m + free * x // share for m, x in zip(least, more, strict=True)]
    if _TEXTE - sum(wanted) < _TEXTE // 4:
        wanted[said.index(max(said))] += _TEXTE - sum(wanted)
    return wanted


def _longest(texts: Sequence[str]) -> int:
    return max((len(w) for t in texts for w in re.split(r"[ \t\u00ad]", t)), default=1)


def _set_width(cell: Any, width: int) -> None:
    properties = cell.find(qn("w:tcPr"))
    found = None if properties is None else properties.find(qn("w:tcW"))
    if found is not None:
        found.set(qn("w:w"), str(width))
        found.set(qn("w:type"), "dxa")
