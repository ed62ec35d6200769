"""How the workbook to fill looks: one place for its formats, widths and page settings."""

from __future__ import annotations

from datetime import date, datetime
from fractions import Fraction
from typing import Any

from caqes_dsl.base.quantities import Genre, Valeur
from caqes_dsl.documents.writers.classeur_calcul import Montree, decimal

FIXED = datetime(2018, 1, 1)
"""The date written in every workbook: a file depends on its content alone."""

_POLICE = {"font_name": "Calibri", "font_size": 11, "valign": "top", "text_wrap": True}
_TRAIT = {"border": 1, "border_color": "#A6A6A6"}
_MAX_HEADER = 255
_MAX_CELL = 32_767


class Styles:
    """The formats of one workbook."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._made: dict[tuple[tuple[str, Any], ...], Any] = {}

    def get(self, **more: Any) -> Any:
        """A format, made once."""
        key = tuple(sorted(more.items()))
        if key not in self._made:
            self._made[key] = self._book.add_format({**_POLICE, **more})
        return self._made[key]

    @property
    def titre(self) -> Any:
        """The title of a sheet."""
        return self.get(bold=True, font_size=16, text_wrap=False)

    @property
    def avis(self) -> Any:
        """What must be read first: the text is a draft."""
        return self.get(bold=True, font_color="#7A1F00", text_wrap=False)

    @property
    def tete(self) -> Any:
        """Column headings."""
        return self.get(bold=True, font_color="#FFFFFF", bg_color="#1F3864", **_TRAIT)

    def section(self, rang: int) -> Any:
        """A heading of the grid."""
        colour = {1: "#B4C6E7", 2: "#D9E2F3"}.get(rang, "#EDF1F9")
        return self.get(bold=rang < 3, bg_color=colour, **_TRAIT)

    @property
    def texte(self) -> Any:
        """What is only read."""
        return self.get(**_TRAIT)

    @property
    def calcule(self) -> Any:
        """What a formula gives."""
        return self.get(bg_color="#F2F2F2", **_TRAIT)

    def nombre(self, num_format: str) -> Any:
        """A number that a formula gives."""
        return self.get(bg_color="#F2F2F2", num_format=num_format, align="right", **_TRAIT)

    def saisie(self, num_format: str = "@") -> Any:
        """A cell to fill."""
        return self.get(bg_color="#FFF8DC", locked=False, num_format=num_format, **_TRAIT)

    @property
    def ferme(self) -> Any:
        """A cell in which nothing is to be written."""
        return self.get(bg_color="#E7E6E6", font_color="#595959", **_TRAIT)

    def colour(self, background: str, ink: str) -> Any:
        """The colours of a condition."""
        return self._book.add_format({"bg_color": background, "font_color": ink})


VERT, ORANGE, ROUGE, GRIS, ATTENTE = (
    ("#E2EFDA", "#1E4620"),
    ("#FFE9C7", "#7A4100"),
    ("#FADBD8", "#7B1E14"),
    ("#E7E6E6", "#4A4A4A"),
    ("#FFF2CC", "#5F4B00"),
)
"""Colours of what is answered well, in part, not; out of the computation; awaited. Words say it too."""


def put(sheet: Any, row: int, column: int, text: str, style: Any) -> None:
    """A text, never taken for a formula; cut with a mark past what a cell holds."""
    sheet.write_string(row, column, text if len(text) <= _MAX_CELL else text[: _MAX_CELL - 1] + "…", style)


def put_value(sheet: Any, row: int, column: int, valeur: Valeur | None, genre: Genre, style: Any) -> None:
    """A value as it would be typed; an empty cell when there is none."""
    if valeur is None:
        sheet.write_blank(row, column, None, style)
    elif isinstance(valeur, bool):
        sheet.write_string(row, column, "oui" if valeur else "non", style)
    elif isinstance(valeur, Fraction):
        sheet.write_number(row, column, decimal(valeur * 100 if genre is Genre.ECART else valeur), style)
    elif isinstance(valeur, date):
        sheet.write_datetime(row, column, datetime(valeur.year, valeur.month, valeur.day), style)
    else:
        put(sheet, row, column, valeur, style)


def put_formula(sheet: Any, row: int, column: int, montree: Montree, style: Any) -> None:
    """A formula with the value it has now."""
    sheet.write_formula(row, column, montree.formule, style, montree.valeur)


def lines_of(text: str, width: int) -> int:
    """Lines that a text takes in a column of this many characters."""
    return sum(max(1, -(-len(line) // max(width - 2, 1))) for line in text.split("\n"))


def height(cells: list[tuple[str, int]]) -> float:
    """Height of a row whose texts wrap, in points; at most what a spreadsheet allows."""
    return min(15 * max([1, *(lines_of(text, width) for text, width in cells)]) + 3, 409)


def page(sheet: Any, rappel: str, *, landscape: bool, wide: int = 1) -> None:
    """A4, so many pages wide, with what runs at the head and foot of each."""
    sheet.set_paper(9)
    if landscape:
        sheet.set_landscape()
    sheet.set_margins(left=0.5, right=0.5, top=0.8, bottom=0.7)
    sheet.fit_to_pages(wide, 0)
    sheet.set_header("&C&9" + _header(rappel))
    sheet.set_footer("&L&9&A&R&9Page &P sur &N")


def _header(text: str) -> str:
    """A text for a page header, where « & » opens a command."""
    return text.replace("&", "&&")[: _MAX_HEADER - 10].removesuffix("&")
