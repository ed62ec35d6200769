"""The annex as a workbook to read, filter and print: numbers and texts, nothing that computes, always the same."""

from __future__ import annotations

import io
import re
import textwrap
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import xlsxwriter

from caqes_dsl.documents.typography import typeset_view
from caqes_dsl.documents.writers.xlsx_feuilles import Bloc, Feuille, sheets

DATE = datetime(2018, 1, 1)
"""The date of every workbook: a document is known by its empreinte, not by the day it was printed."""

LIMITE = 32767
"""The most characters that a cell holds."""

LIGNE = 12
"""The height of a line, in points."""

HAUTEUR = 409
"""The greatest height of a row, in points."""

COUPE = " […] (texte coupé : un classeur ne tient pas plus long)"

_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
_NUMBER = re.compile(r"-?\d{1,3}(?:[ \u00a0\u202f]?\d{3})*(?:,(\d{1,6}))?([ \u00a0\u202f]points?)?")
_HEADER = 220
"""The most characters of a text at the head or foot of printed pages: a workbook takes 255 in all, orders included."""


def write_xlsx(vue: Mapping[str, Any]) -> bytes:
    """The workbook of the annex."""
    view = typeset_view(vue)
    identite = view["identite"]
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    font = {"font_name": "Arial", "font_size": 9}
    book = xlsxwriter.Workbook(out, {**options, "default_format_properties": font})
    book.set_properties(
        {
            "title": _cut(f"{identite['titre']} – Annexe", 255),
            "subject": _cut(identite["rappel"], 255),
            "keywords": f"Code de contrôle {identite['code_de_controle']}",
            "comments": f"Empreinte {identite['empreinte']}",
            "created": DATE,
        }
    )
    styles = _Styles(book)
    for feuille in sheets(view):
        _lay(book.add_worksheet(feuille.nom), feuille, identite, styles)
    book.close()
    return out.getvalue()


class _Styles:
    """Formats, each made once."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._made: dict[tuple[str, bool], Any] = {}

    LOOKS: Mapping[str, Mapping[str, object]] = {
        "titre": {"text_wrap": True, "valign": "vcenter", "bold": True, "font_size": 14},
        "rappel": {"text_wrap": True, "valign": "vcenter", "font_color": "#4d5666"},
        "projet": {
            "text_wrap": True,
            "valign": "vcenter",
            "bold": True,
            "font_color": "#8a3b00",
            "bg_color": "#fff3e2",
        },
        "légende": {"text_wrap": True, "valign": "vcenter", "bold": True, "font_size": 11, "font_color": "#1f3f70"},
        "suite": {"text_wrap": True, "valign": "vcenter", "font_color": "#4d5666"},
        "tête": {
            "bold": True,
            "font_color": "#ffffff",
            "bg_color": "#1f3f70",
            "text_wrap": True,
            "valign": "vcenter",
            "border": 1,
            "border_color": "#1f3f70",
        },
        "texte": {"text_wrap": True, "valign": "top", "border": 1, "border_color": "#d3d8e0", "num_format": "@"},
        "premier": {
            "bold": True,
            "text_wrap": True,
            "valign": "top",
            "border": 1,
            "border_color": "#d3d8e0",
            "num_format": "@",
        },
    }

    def get(self, name: str, *, quoted: bool = False) -> Any:
        """The format of a name; `quoted`, for a text that stays one even when its cell is edited."""
        if (name, quoted) not in self._made:
            look = dict(self.LOOKS[name]) | ({"quote_prefix": True} if quoted else {})
            self._made[name, quoted] = self._book.add_format(look)
        return self._made[name, quoted]

    def number(self, decimals: int, *, centred: bool, points: bool) -> Any:
        """The format of a number with so many decimals, in the middle or at the right of its cell."""
        name = f"nombre {decimals} {centred} {points}"
        if (name, False) not in self._made:
            shown = "#,##0" + ("." + "0" * decimals if decimals else "")
            shown = f'[<2]{shown}" point";{shown}" points"' if points else shown
            border = {"border": 1, "border_color": "#d3d8e0", "valign": "top"}
            border |= {"align": "center"} if centred else {"align": "right", "indent": 1}
            self._made[name, False] = self._book.add_format({"num_format": shown, **border})
        return self._made[name, False]


def _lay(sheet: Any, feuille: Feuille, identite: Mapping[str, Any], styles: _Styles) -> None:
    """A sheet: its title, its status, its tables; frozen, filtered and printed so that each page says what it is."""
    for k, width in enumerate(feuille.largeurs):
        sheet.set_column(k, k, width)
    sheet.hide_gridlines(2)
    alone = len(feuille.blocs) == 1
    subject = feuille.blocs[0].legende if alone else feuille.nom
    _wide(sheet, 0, f"{identite['titre']} – {subject}", "titre", feuille, styles)
    _wide(sheet, 1, identite["rappel"], "rappel", feuille, styles)
    row = 2
    if identite["est_projet"]:
        said = f"{identite['marque']} : ce document n’a pas été adopté. Il n’engage personne."
        _wide(sheet, row, said, "projet", feuille, styles)
        row += 1
    sheet.freeze_panes(row + 1 if alone else row, 0)
    sheet.repeat_rows(0, row if alone else row - 1)
    for bloc in feuille.blocs:
        if not alone:
            _wide(sheet, row + 1, bloc.legende, "légende", feuille, styles)
            row += 2
        row = _table(sheet, row, bloc, feuille.largeurs, styles)
        if alone:
            sheet.autofilter(row - len(bloc.rangs) - 1, 0, row - 1, len(bloc.colonnes) - 1)
        for after in bloc.suites:
            _wide(sheet, row, after, "suite", feuille, styles)
            row += 1
    sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})
    _print(sheet, feuille, identite)


def _wide(sheet: Any, row: int, text: str, style: str, feuille: Feuille, styles: _Styles) -> None:
    """A text as wide as the sheet, and no wider: what overflows would shrink the printed pages."""
    size = styles.LOOKS[style].get("font_size", 9)
    letters = sum(feuille.largeurs) * 9 // (size if isinstance(size, int) else 9)
    sheet.set_row(row, _height([text], [letters]) * (2 if size == 14 else 1))
    if len(feuille.largeurs) > 1:
        sheet.merge_range(row, 0, row, len(feuille.largeurs) - 1, "", styles.get(style))
    _text(sheet, row, 0, text, style, styles)


def _table(sheet: Any, row: int, bloc: Bloc, widths: tuple[int, ...], styles: _Styles) -> int:
    """The row after the last of the table."""
    # Filtered heads carry a button, bold letters are wider.
    sheet.set_row(row, _height(bloc.colonnes, [width - 4 for width in widths]) + 6)
    for k, head in enumerate(bloc.colonnes):
        _text(sheet, row, k, head, "tête", styles)
    for line in bloc.rangs:
        row += 1
        sheet.set_row(row, _height(line, [widths[0] - 2, *(width + width // 20 for width in widths[1:])]))
        for k, text in enumerate(line):
            number = _NUMBER.fullmatch(text) if bloc.nombres else None
            if number:
                shown = Decimal(re.sub(r"[^\d,-]", "", text).replace(",", "."))
                style = styles.number(len(number[1] or ""), centred=not k, points=bool(number[2]))
                sheet.write_number(row, k, shown, style)
            else:
                _text(sheet, row, k, text, "texte" if k else "premier", styles)
    return row + 1


def _height(texts: Sequence[str], widths: Sequence[int]) -> int:
    """The height of a row where every text is seen whole: programs do not all work it out when they open a file."""
    lines = (
        sum(len(textwrap.wrap(part, max(width - 1, 3))) or 1 for part in text.split("\n"))
        for text, width in zip(texts, widths, strict=False)
    )
    return min(LIGNE * max(lines, default=1) + 4, HAUTEUR)


def _text(sheet: Any, row: int, column: int, text: str, style: str, styles: _Styles) -> None:
    """A text, never a formula nor a link, whatever it begins with."""
    sheet.write_string(row, column, _cut(text, LIMITE), styles.get(style, quoted=text.startswith(_DANGEROUS)))


def _cut(text: str, most: int) -> str:
    """The text, cut where a workbook holds no more, and said to be."""
    if len(text) <= most:
        return text
    mark = COUPE if most == LIMITE else "…"
    return text[: most - len(mark)] + mark


def _print(sheet: Any, feuille: Feuille, identite: Mapping[str, Any]) -> None:
    """Landscape pages as wide as the sheet, with who, when, which status and which text on each."""
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.set_margins(left=0.4, right=0.4, top=0.75, bottom=0.6)
    sheet.fit_to_pages(1, 0)
    marque, code = identite["marque"], identite["code_de_controle"]
    sheet.set_header(f"&L{_plain(identite['rappel'])}&R&B&K8A3B00{_plain(marque)}")
    sheet.set_footer(f"&LCode de contrôle {code}&C{_plain(feuille.nom)}&R&P / &N")


def _plain(text: str) -> str:
    """A text in a head or foot of page, where « & » gives orders, no longer than what is left for it there."""
    safe = [letter.replace("&", "&&") for letter in text]
    while sum(map(len, safe)) > _HEADER:
        safe = [*safe[:-2], "…"]
    return "".join(safe)
