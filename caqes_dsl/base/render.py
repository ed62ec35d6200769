"""Diagnostics as people and tools read them: terminal text, JSON, SARIF, GitHub annotations.

Text that comes from a file is never printed raw: control, bidi and invisible characters are shown as `\\u202e`.
Columns count code points from 1; the end of a span is excluded.
"""

from __future__ import annotations

import re
import textwrap
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from urllib.parse import quote

from .codes import CODES
from .diagnostics import Correction, Diagnostic, Severite
from .source import Source, Span

_WIDTH = 110
_BEFORE = 40
_TAB = "    "
_MARKS_SHOWN = 12
_CORRECTION_LINES = 8
_COMBINING_SHOWN = 3

_STYLE = {Severite.ERREUR: "1;31", Severite.AVERTISSEMENT: "1;33", Severite.NOTE: "1;36"}
_GUTTER, _SECOND, _HELP, _STRONG = "34", "36", "32", "1"
_SARIF_LEVEL = {Severite.ERREUR: "error", Severite.AVERTISSEMENT: "warning", Severite.NOTE: "note"}
_GITHUB_LEVEL = {Severite.ERREUR: "error", Severite.AVERTISSEMENT: "warning", Severite.NOTE: "notice"}


# Characters


def _escape(char: str) -> str:
    point = ord(char)
    return f"\\u{point:04x}" if point <= 0xFFFF else f"\\U{point:08x}"


def _cell(char: str) -> tuple[str, int]:
    """What is printed for a character, and how many columns it takes."""
    if char == "\t":
        return _TAB, len(_TAB)
    category = unicodedata.category(char)
    if category in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp"):
        shown = _escape(char)
        return shown, len(shown)
    if category in ("Mn", "Me"):
        return char, 0
    return char, 2 if unicodedata.east_asian_width(char) in "WF" else 1


def _cells(text: str) -> list[tuple[str, int]]:
    """One cell a character; a pile of combining marks is cut into visible escapes."""
    cells: list[tuple[str, int]] = []
    pile = 0
    for index, char in enumerate(text):
        shown, width = _cell(char)
        pile = pile + 1 if width == 0 else 0
        if width == 0 and (index == 0 or pile > _COMBINING_SHOWN):
            shown = _escape(char)
            width = len(shown)
        cells.append((shown, width))
    return cells


def visible(text: str) -> str:
    """The text with everything that could act on a terminal or hide shown as an escape; line ends are kept."""
    return "\n".join("".join(shown for shown, _ in _cells(line)) for line in text.split("\n"))


# Excerpts


@dataclass(frozen=True, slots=True)
class _Mark:
    """An underlined stretch of one line: columns from 0, end excluded."""

    line: int
    start: int
    end: int
    label: str
    sign: str
    style: str


Teinte = Callable[[str], Sequence[str]]
"""A line of a policy -> the ANSI style of each of its characters, « » for none."""


class _Paint:
    """Adds ANSI colours, or nothing; `teinte` gives those of the source's own words."""

    def __init__(self, couleur: bool, teinte: Teinte | None = None) -> None:
        self._couleur = couleur
        self._teinte = teinte if couleur else None

    def words(self, text: str, low: int, cells: Sequence[tuple[str, int]]) -> str:
        """The cells of a stretch of a line, `low` being the column of the first."""
        if self._teinte is None:
            return "".join(shown for shown, _ in cells)
        styles = self._teinte(text)[low : low + len(cells)]
        shown: list[str] = []
        for style, run in groupby(zip(styles, cells, strict=False), key=lambda pair: pair[0]):
            piece = "".join(cell for _, (cell, _) in run)
            shown.append(self(piece, style) if style and piece.strip() else piece)
        return "".join(shown)

    def __call__(self, text: str, style: str) -> str:
        return f"\x1b[{style}m{text}\x1b[0m" if self._couleur and text else text


def _clamp(span: Span) -> tuple[int, int]:
    size = len(span.source.texte)
    start = min(max(span.debut, 0), size)
    return start, min(max(span.fin, start), size)


def _positions(span: Span) -> tuple[int, int, int, int]:
    start, end = _clamp(span)
    return *span.source.line_column(start), *span.source.line_column(end)


def _marks(span: Span, label: str, sign: str, style: str) -> list[_Mark]:
    """A span on one line is one mark; on several, its first line and its last, which bears the label."""
    source = span.source
    start, end = _clamp(span)
    while end > start and source.texte[end - 1] == "\n":
        end -= 1
    first, first_column = source.line_column(start)
    last, last_column = source.line_column(end)
    if first == last:
        return [_Mark(first, first_column - 1, last_column - 1, label, sign, style)]
    text = source.line_text(last)
    indent = min(len(text) - len(text.lstrip()), last_column - 1)
    opening = _Mark(first, first_column - 1, len(source.line_text(first)), "", sign, style)
    return [opening, _Mark(last, indent, last_column - 1, label, sign, style)]


def _line_rows(number: int, text: str, marks: Sequence[_Mark], gutter: int, paint: _Paint) -> list[str]:
    """A numbered line, cut to a window around its first mark, and one row under it for each mark."""
    anchor = marks[0].start if marks else 0
    slice_start = max(0, anchor - _WIDTH)
    cells = _cells(text[slice_start : anchor + 2 * _WIDTH])
    low, high = 0, len(cells)
    whole = slice_start == 0 and slice_start + len(cells) == len(text)
    if not whole or sum(width for _, width in cells) > _WIDTH:
        low = anchor - slice_start
        room = _BEFORE
        head = min(sum(width for _, width in cells[:low]), _WIDTH)
        if slice_start == 0 and head <= _BEFORE:
            low = 0
        else:
            while low > 0 and (room := room - cells[low - 1][1]) >= 0:
                low -= 1
        high, room = low, _WIDTH
        while high < len(cells) and (room := room - cells[high][1]) >= 0:
            high += 1
    lead = "… " if slice_start + low > 0 else ""
    tail = " …" if slice_start + high < len(text) else ""
    bar = paint("|", _GUTTER)
    body = lead + paint.words(text, slice_start + low, cells[low:high]) + tail
    rows = [f"{paint(str(number).rjust(gutter), _GUTTER)} {bar} {body}".rstrip()]
    for mark in marks:
        start = mark.start - slice_start
        end = mark.end - slice_start
        label = visible(mark.label).replace("\n", " ")
        if start > high or (start == high and tail) or end < low:
            if label:
                rows.append(f"{' ' * gutter} {bar} {paint('… ' + label, mark.style)}")
            continue
        start, end = max(start, low), min(end, high)
        offset = len(lead) + sum(width for _, width in cells[low:start])
        length = max(1, sum(width for _, width in cells[start:end]))
        under = mark.sign * length + (" " + label if label else "")
        rows.append(f"{' ' * gutter} {bar} {' ' * offset}{paint(under, mark.style)}")
    return rows


def _excerpt(source: Source, marks: Sequence[_Mark], gutter: int, paint: _Paint) -> list[str]:
    """The marked lines in order; what lies between is left out when it is more than one line."""
    by_line: dict[int, list[_Mark]] = {}
    for mark in marks:
        by_line.setdefault(mark.line, []).append(mark)
    rows: list[str] = []
    previous = 0
    for line in sorted(by_line):
        if previous and line == previous + 2:
            rows += _line_rows(line - 1, source.line_text(line - 1), (), gutter, paint)
        elif previous and line > previous + 2:
            rows.append(paint("...", _GUTTER))
        rows += _line_rows(line, source.line_text(line), by_line[line], gutter, paint)
        previous = line
    return rows


def _correction_rows(correction: Correction, gutter: int, paint: _Paint) -> list[str]:
    """The lines as they are once corrected, what was written underlined."""
    source, text = correction.span.source, correction.span.source.texte
    start, end = _clamp(correction.span)
    opening = text.rfind("\n", 0, start) + 1
    closing = text.find("\n", end)
    closing = len(text) if closing < 0 else closing
    head, written, rest = text[opening:start], correction.texte, text[end:closing]
    first = source.line_column(start)[0]
    if not (head + written + rest).strip():
        return [f"{' ' * gutter} {paint('|', _GUTTER)} (rien : le texte souligné est retiré)"]
    lines = (head + written + rest).split("\n")
    stretches = written.split("\n")
    rows: list[str] = []
    for index, line in enumerate(lines[:_CORRECTION_LINES]):
        marks: list[_Mark] = []
        if index < len(stretches) and stretches[index].strip():
            begin = len(head) if index == 0 else 0
            marks = [_Mark(first + index, begin, begin + len(stretches[index]), "", "~", _HELP)]
        elif index == 0:
            # Nothing to underline: the window still stays around the place.
            marks = [_Mark(first, len(head), len(head), "", "~", _HELP)]
            rows += _line_rows(first, line, marks, gutter, paint)[:1]
            continue
        rows += _line_rows(first + index, line, marks, gutter, paint)
    if len(lines) > _CORRECTION_LINES:
        rows.append(paint("...", _GUTTER))
    return rows


# Terminal text


def _file_of(diagnostic: Diagnostic) -> str:
    return diagnostic.span.source.nom if diagnostic.span is not None else diagnostic.fichier


def _one_line(text: str) -> str:
    return visible(text).replace("\n", "\\u000a")


def _collect(diagnostic: Diagnostic) -> tuple[list[tuple[Source, list[_Mark]]], int]:
    """The marks of each source, the main one first, and how many places are left out."""
    groups: list[tuple[Source, list[_Mark]]] = []

    def add(span: Span, marks: list[_Mark]) -> None:
        for source, known in groups:
            if source is span.source:
                known.extend(marks)
                return
        groups.append((span.source, list(marks)))

    labels = list(diagnostic.etiquettes)
    if diagnostic.span is not None:
        span, own = diagnostic.span, ""
        for label in labels:
            if label.span.source is span.source and label.span == span:
                own = label.texte
                labels.remove(label)
                break
        add(span, _marks(span, own, "^", _STYLE[diagnostic.severite]))
    for label in labels[:_MARKS_SHOWN]:
        add(label.span, _marks(label.span, label.texte, "-", _SECOND))
    return groups, max(0, len(labels) - _MARKS_SHOWN)


def _indented(head: str, text: str) -> str:
    return visible(text.strip("\n")).replace("\n", "\n" + " " * len(head))


def _render_one(diagnostic: Diagnostic, paint: _Paint) -> list[str]:
    style = _STYLE[diagnostic.severite]
    title = paint(f"{_one_line(diagnostic.code)} {diagnostic.severite.value}", style)
    rows = [f"{title} : {paint(_indented('  ', diagnostic.message), _STRONG)}"]
    groups, left_out = _collect(diagnostic)
    numbers = [mark.line for _, marks in groups for mark in marks]
    if diagnostic.correction is not None:
        written = min(diagnostic.correction.texte.count("\n"), _CORRECTION_LINES)
        numbers.append(_positions(diagnostic.correction.span)[0] + written)
    gutter = max((len(str(number)) for number in numbers), default=1) + 1
    margin = " " * gutter
    place = _one_line(_file_of(diagnostic))
    if diagnostic.span is not None:
        line, column = _positions(diagnostic.span)[:2]
        place = f"{place}:{line}:{column}"
    if diagnostic.lieu:
        place = f"{place}, {_one_line(diagnostic.lieu)}" if place else _one_line(diagnostic.lieu)
    if place:
        rows.append(f"{margin[1:]}{paint('-->', _GUTTER)} {place}")
    for index, (source, marks) in enumerate(groups):
        if index or diagnostic.span is None:
            rows.append(
                f"{margin[1:]}{paint(':::', _GUTTER)} {_one_line(source.nom)}:{marks[0].line}:{marks[0].start + 1}"
            )
        rows.append(f"{margin} {paint('|', _GUTTER)}")
        rows += _excerpt(source, marks, gutter, paint)
    if left_out:
        rows.append(f"{margin} … et {left_out} {'autre endroit' if left_out == 1 else 'autres endroits'}")
    if diagnostic.aide:
        rows.append(f"{margin} {paint('aide', _HELP)} : {_indented(margin + ' aide : ', diagnostic.aide)}")
    if diagnostic.correction is not None:
        word = "correction" if diagnostic.correction.certaine else "proposition"
        rows.append(f"{margin} {paint(word, _HELP)} :")
        rows += _correction_rows(diagnostic.correction, gutter, paint)
    return rows


def count_sentence(diagnostics: Iterable[Diagnostic]) -> str:
    """« 2 erreurs, 1 avertissement »; « aucune erreur » when there is nothing."""
    counts = dict.fromkeys(Severite, 0)
    for diagnostic in diagnostics:
        counts[diagnostic.severite] += 1
    parts = [f"{count} {severite.value}{'s' if count > 1 else ''}" for severite, count in counts.items() if count]
    return ", ".join(parts) or "aucune erreur"


def _shown(diagnostics: Sequence[Diagnostic], maximum: int) -> tuple[list[Diagnostic], dict[str, int]]:
    """What is shown, in the order given, errors having the first places; and how many are left out in each file."""
    places: dict[str, list[int]] = {}
    for index, diagnostic in enumerate(diagnostics):
        places.setdefault(_file_of(diagnostic), []).append(index)
    kept: set[int] = set()
    left: dict[str, int] = {}
    for name, indices in places.items():
        chosen = sorted(indices, key=lambda i: not diagnostics[i].is_error)[: max(maximum, 0)]
        kept.update(chosen)
        if len(chosen) < len(indices):
            left[name] = len(indices) - len(chosen)
    return [d for i, d in enumerate(diagnostics) if i in kept], left


def render_text(
    diagnostics: Iterable[Diagnostic], *, couleur: bool, max_par_fichier: int = 50, teinte: Teinte | None = None
) -> str:
    """Diagnostics for a terminal; the last line counts them all, shown or not. `teinte` colours the excerpts."""
    every = list(diagnostics)
    shown, left = _shown(every, max_par_fichier)
    paint = _Paint(couleur, teinte)
    blocks = ["\n".join(_render_one(diagnostic, paint)) for diagnostic in shown]
    for name, count in left.items():
        where = f" dans {_one_line(name)}" if name else ""
        blocks.append(f"… et {count} {'autre' if count == 1 else 'autres'}{where}")
    blocks.append(count_sentence(every))
    return "\n\n".join(blocks) + "\n"


# JSON


def _json_span(span: Span | None) -> dict[str, object]:
    values: Sequence[int | None] = _positions(span) if span is not None else (None,) * 4
    return dict(zip(("ligne", "colonne", "fin_ligne", "fin_colonne"), values, strict=True))


def _json_elsewhere(span: Span, home: str) -> dict[str, object]:
    """The file of a place, said only when it is not the file of the diagnostic."""
    return {} if span.source.nom == home else {"fichier": span.source.nom}


def to_json(diagnostic: Diagnostic) -> dict[str, object]:
    """The published object; `lieu` is there for data files, `fichier` in a label that lies in another file."""
    home = _file_of(diagnostic)
    correction = diagnostic.correction
    result: dict[str, object] = {
        "code": diagnostic.code,
        "severite": diagnostic.severite.value,
        "message": diagnostic.message,
        "fichier": home,
        **_json_span(diagnostic.span),
        "etiquettes": [
            {"message": label.texte, **_json_span(label.span), **_json_elsewhere(label.span, home)}
            for label in diagnostic.etiquettes
        ],
        "aide": diagnostic.aide,
        "correction": None
        if correction is None
        else {
            **_json_span(correction.span),
            "texte": correction.texte,
            "certaine": correction.certaine,
            **_json_elsewhere(correction.span, home),
        },
    }
    if diagnostic.lieu:
        result["lieu"] = diagnostic.lieu
    return result


# SARIF


def _uri(name: str) -> str:
    """A file name as a URI reference."""
    if re.match(r"[A-Za-z]:[\\/]", name):
        return "file:///" + name[:2] + quote(name[2:].replace("\\", "/").encode("utf-8", "backslashreplace"))
    quoted = quote(name.encode("utf-8", "backslashreplace"))
    return "file://" + quoted if quoted.startswith("/") else quoted


def _region(span: Span) -> dict[str, object]:
    line, column, end_line, end_column = _positions(span)
    return {"startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column}


def _location(span: Span) -> dict[str, object]:
    return {"physicalLocation": {"artifactLocation": {"uri": _uri(span.source.nom)}, "region": _region(span)}}


def _sarif_result(diagnostic: Diagnostic, indices: dict[str, int]) -> dict[str, object]:
    parts = [diagnostic.lieu, diagnostic.message, diagnostic.aide]
    result: dict[str, object] = {
        "ruleId": diagnostic.code,
        "level": _SARIF_LEVEL[diagnostic.severite],
        "message": {"text": "\n".join(part for part in parts if part) or diagnostic.code},
    }
    if diagnostic.code in indices:
        result["ruleIndex"] = indices[diagnostic.code]
    if diagnostic.span is not None:
        result["locations"] = [_location(diagnostic.span)]
    elif diagnostic.fichier:
        result["locations"] = [{"physicalLocation": {"artifactLocation": {"uri": _uri(diagnostic.fichier)}}}]
    if diagnostic.etiquettes:
        result["relatedLocations"] = [
            {"id": number, **_location(label.span), "message": {"text": label.texte or diagnostic.message}}
            for number, label in enumerate(diagnostic.etiquettes, 1)
        ]
    correction = diagnostic.correction
    if correction is not None:
        replacement = {"deletedRegion": _region(correction.span), "insertedContent": {"text": correction.texte}}
        change = {
            "artifactLocation": {"uri": _uri(correction.span.source.nom)},
            "replacements": [replacement],
        }
        result["fixes"] = [{"description": {"text": diagnostic.aide or "Correction"}, "artifactChanges": [change]}]
    return result


def render_sarif(diagnostics: Iterable[Diagnostic]) -> dict[str, object]:
    """A SARIF 2.1.0 log of one run."""
    rules = [
        {
            "id": code.code,
            "shortDescription": {"text": code.titre},
            "fullDescription": {"text": code.pourquoi},
            "help": {"text": explain_code(code.code) or code.titre},
            "defaultConfiguration": {"level": _SARIF_LEVEL[code.severite]},
        }
        for code in CODES.values()
    ]
    indices = {code: index for index, code in enumerate(CODES)}
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": {"name": "caqes", "language": "fr", "rules": rules}},
                "columnKind": "unicodeCodePoints",
                "results": [_sarif_result(diagnostic, indices) for diagnostic in diagnostics],
            }
        ],
    }


# GitHub


def _github_data(text: str) -> str:
    return visible(text.replace("\r", "\n")).replace("%", "%25").replace("\n", "%0A")


def _github_property(text: str) -> str:
    return _github_data(text).replace(":", "%3A").replace(",", "%2C")


def render_github(diagnostics: Iterable[Diagnostic]) -> str:
    """Workflow commands, one a line; columns only within one line, as GitHub wants them."""
    lines: list[str] = []
    for diagnostic in diagnostics:
        properties: dict[str, str] = {}
        if name := _file_of(diagnostic):
            properties["file"] = name
        if diagnostic.span is not None:
            line, column, end_line, end_column = _positions(diagnostic.span)
            properties |= {"line": str(line), "endLine": str(end_line)}
            if line == end_line:
                properties |= {"col": str(column), "endColumn": str(max(column, end_column))}
        properties["title"] = diagnostic.code
        written = ",".join(f"{key}={_github_property(value)}" for key, value in properties.items())
        parts = [diagnostic.lieu, diagnostic.message, diagnostic.aide]
        data = _github_data("\n".join(part for part in parts if part))
        lines.append(f"::{_GITHUB_LEVEL[diagnostic.severite]} {written}::{data}\n")
    return "".join(lines)


# Codes


def explain_code(code: str) -> str | None:
    """What `caqes expliquer CAQ301` prints; None for a code that does not exist."""
    found = CODES.get(code.strip().upper())
    if found is None:
        return None
    # Wrapping must not leave « or : alone at the edge of a line.
    glued = re.sub(r" (?=[»:;?!%€])|(?<=«) ", "\u00a0", found.pourquoi)
    prose = textwrap.fill(glued, 92, break_long_words=False, break_on_hyphens=False).replace("\u00a0", " ")
    return (
        f"{found.code} : {found.titre} ({found.severite.value}, depuis la version {found.depuis})\n\n"
        f"{prose}\n\n"
        f"Au lieu de :\n\n{textwrap.indent(found.mauvais, '    ')}\n\n"
        f"écrire :\n\n{textwrap.indent(found.bon, '    ')}\n"
    )
