"""The workbook of a mail merge: texts alone, headings on the first row of the first sheet, the same bytes each time."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import xlsxwriter

from caqes_dsl.documents.publipostage import PublipostageVue

_FIXED = datetime(2018, 1, 1)
"""The date written in a workbook: the file depends on its content alone."""
_MAX_CELL = 32_767
"""Longest text of a spreadsheet's cell; a longer one would be left out without a word."""
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_COUPE = " […]"
FEUILLES = ("Publipostage", "Colonnes", "A_corriger")


def write_publipostage(vue: PublipostageVue) -> bytes:
    """The workbook: the rows, what each column says, what was set aside."""
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(out, options)
    book.set_properties({"title": f"Publipostage, {vue.titre}", "created": _FIXED, "comments": vue.empreinte})
    formats = _Formats(book)
    rows, columns, refused = (book.add_worksheet(nom) for nom in FEUILLES)
    _fill(rows, formats, [c.nom for c in vue.colonnes], vue.rangs, widths=_widths(vue))
    _fill(columns, formats, ("Colonne", "Ce qu'elle dit", "Exemple"), _legend(vue), widths=(34, 80, 60), wrap=True)
    heads = ("finess", "raison_sociale", "exercice", "lieu", "code", "motif", "remede")
    reasons = [(e.finess, e.raison_sociale, e.exercice, e.lieu, e.code, e.motif, e.remede) for e in vue.ecartes]
    _fill(refused, formats, heads, reasons, widths=(12, 30, 9, 30, 9, 70, 50), wrap=True)
    if reasons:
        refused.set_tab_color("#8A3B00")
    book.close()
    return out.getvalue()


class _Formats:
    """Every cell is a text; one that looks like a formula is marked as typed after an apostrophe."""

    def __init__(self, book: Any) -> None:
        self.head = book.add_format({"bold": True, "num_format": "@", "bottom": 1})
        self._kept = {
            (wrap, quoted): book.add_format(
                {"num_format": "@", "valign": "top", "text_wrap": wrap} | ({"quote_prefix": True} if quoted else {})
            )
            for wrap in (False, True)
            for quoted in (False, True)
        }

    def of(self, text: str, *, wrap: bool) -> Any:
        """The format of a text."""
        return self._kept[wrap, text.startswith(_DANGEROUS)]


def _fill(
    sheet: Any,
    formats: _Formats,
    heads: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    widths: Sequence[int],
    wrap: bool = False,
) -> None:
    for k, head in enumerate(heads):
        sheet.write_string(0, k, head, formats.head)
        sheet.set_column(k, k, widths[k])
    for i, row in enumerate(rows, 1):
        for k, text in enumerate(row):
            style = formats.of(text, wrap=wrap)
            if text:
                sheet.write_string(i, k, _cut(text), style)
            else:
                sheet.write_blank(i, k, None, style)
    sheet.freeze_panes(1, 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)


def _cut(text: str) -> str:
    """A text that a cell can hold; what is cut is shown to be."""
    return text if len(text) <= _MAX_CELL else text[: _MAX_CELL - len(_COUPE)] + _COUPE


def _widths(vue: PublipostageVue) -> list[int]:
    """Columns as wide as their heading, or their first texts up to forty characters."""
    found = []
    for k, colonne in enumerate(vue.colonnes):
        longest = max((len(row[k]) for row in vue.rangs[:200]), default=0)
        found.append(max(len(colonne.nom) + 2, min(longest + 2, 40)))
    return found


def _legend(vue: PublipostageVue) -> list[tuple[str, str, str]]:
    return [(c.nom, c.titre, _example(vue, k)) for k, c in enumerate(vue.colonnes)]


def _example(vue: PublipostageVue, k: int) -> str:
    """The first text of a column."""
    return next((row[k] for row in vue.rangs if row[k]), "")
