"""What a Word document still needs once its template is filled: a table of contents, columns of the right width."""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from docx.oxml import OxmlElement
from docx.oxml.ns import qn

_CONTENTS = re.compile(r"^\s*TOC\b")
_LEVELS = re.compile(r'\\o\s+"(\d)-(\d)"')
_HEADING = re.compile(r"heading ([1-9])")


def finish(document: Any) -> None:
    """Fills the table of contents that the template asks for, and fits the columns of tables made by a loop."""
    body = document.element.body
    for table in body.iter(qn("w:tbl")):
        _fit(table)
    names = {s.get(qn("w:styleId")): s.find(qn("w:name")).get(qn("w:val"), "").lower() for s in document.styles.element
             if s.tag == qn("w:style")}  # fmt: skip
    _fill_contents(body, names)


def _fit(table: Any) -> None:
    """Columns as wide as the cells of the fullest row say."""
    rows = [row.findall(qn("w:tc")) for row in table.findall(qn("w:tr"))]
    widths = [cell.find(f"{qn('w:tcPr')}/{qn('w:tcW')}") for cell in max(rows, key=len, default=[])]
    grid = table.find(qn("w:tblGrid"))
    if grid is None or len(grid) != len(widths) or any(w is None or w.get(qn("w:type")) != "dxa" for w in widths):
        return
    for column, width in zip(grid, widths, strict=True):
        column.set(qn("w:w"), width.get(qn("w:w")))


# ---------------------------------------------------------------- table of contents


def _fill_contents(body: Any, names: dict[str, str]) -> None:
    """Entries with links, and no page number: only a layout knows them; Word adds them when it updates the field."""
    paragraphs = _field(body)
    if not paragraphs:
        return
    first = paragraphs[0]
    instruction = "".join(t.text or "" for t in first.iter(qn("w:instrText")))
    levels = _LEVELS.search(instruction)
    least, most = (int(levels[1]), int(levels[2])) if levels else (1, 3)
    styles = {name: identifier for identifier, name in names.items()}
    opening = [r for r in first.findall(qn("w:r")) if r.find(qn("w:t")) is None][:3]
    entries = []
    for number, (level, heading) in enumerate(_headings(body, names, least, most), 1):
        name = f"_Toc{number:06}"
        _bookmark(heading, name, number)
        entries.append(_entry(styles.get(f"toc {level}"), name, _title(heading)))
    if not entries:
        return
    for run in reversed(opening):
        entries[0].insert(1 if entries[0].find(qn("w:pPr")) is not None else 0, deepcopy(run))
    entries[-1].append(_run_with(_char("end")))
    for entry in entries:
        first.addprevious(entry)
    for paragraph in paragraphs:
        paragraph.getparent().remove(paragraph)


def _field(body: Any) -> list[Any]:
    """The paragraphs of the field, from its beginning to its end; none when there is no such field."""
    found: list[Any] = []
    depth = 0
    for paragraph in body.iter(qn("w:p")):
        codes = [t.text or "" for t in paragraph.iter(qn("w:instrText"))]
        if not found and not (codes and _CONTENTS.match(codes[0])):
            continue
        found.append(paragraph)
        for char in paragraph.iter(qn("w:fldChar")):
            depth += {"begin": 1, "end": -1}.get(char.get(qn("w:fldCharType")), 0)
        if depth <= 0:
            break
    return found


def _headings(body: Any, names: dict[str, str], least: int, most: int) -> Iterator[tuple[int, Any]]:
    for paragraph in list(body.iter(qn("w:p"))):
        style = paragraph.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
        level = _HEADING.fullmatch(names.get(style.get(qn("w:val")), "")) if style is not None else None
        if level and least <= int(level[1]) <= most:
            yield int(level[1]), paragraph


def _title(heading: Any) -> str:
    """The text of a heading without its notes, which have a style of their own."""
    plain = (run for run in heading.iter(qn("w:r")) if run.find(f"{qn('w:rPr')}/{qn('w:rStyle')}") is None)
    return "".join(text.text or "" for run in plain for text in run.iter(qn("w:t"))).strip()


def _bookmark(heading: Any, name: str, number: int) -> None:
    start, end = OxmlElement("w:bookmarkStart"), OxmlElement("w:bookmarkEnd")
    for mark in (start, end):
        mark.set(qn("w:id"), str(number))
    start.set(qn("w:name"), name)
    heading.insert(1 if heading.find(qn("w:pPr")) is not None else 0, start)
    heading.append(end)


def _entry(style: str | None, anchor: str, title: str) -> Any:
    paragraph, link, text = OxmlElement("w:p"), OxmlElement("w:hyperlink"), OxmlElement("w:t")
    if style is not None:
        properties, name = OxmlElement("w:pPr"), OxmlElement("w:pStyle")
        name.set(qn("w:val"), style)
        properties.append(name)
        paragraph.append(properties)
    link.set(qn("w:anchor"), anchor)
    link.set(qn("w:history"), "1")
    text.text = title
    link.append(_run_with(text))
    paragraph.append(link)
    return paragraph


def _run_with(child: Any) -> Any:
    run = OxmlElement("w:r")
    run.append(child)
    return run


def _char(kind: str) -> Any:
    char = OxmlElement("w:fldChar")
    char.set(qn("w:fldCharType"), kind)
    return char
