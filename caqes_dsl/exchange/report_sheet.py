"""The tables of a report in a sheet: what is printed as a number becomes one, with the format of its unit."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from caqes_dsl.base.quantities import Genre, Valeur

from .results import Colonne

if TYPE_CHECKING:
    from .write import Styles

_NUMBER = re.compile(r"([−+]?)(\d{1,3}(?:[ \u00a0\u202f]\d{3})*|\d+)(?:,(\d+))?(?:[ \u00a0\u202f]([%€]))?")
_UNITS = {"%": Genre.TAUX, "€": Genre.MONTANT}
_WIDTHS = (36, 36, 24, 24)
"""Of the first columns; the others are as wide as the last of these says. Longer texts go on several lines."""
_HAUTEUR = 15
"""Of a line."""


@dataclass(frozen=True, slots=True)
class TableauImprime:
    """A table as it is printed, under the title of its section; `nombres` says which columns hold numbers."""

    section: str
    legende: str
    colonnes: tuple[str, ...]
    rangs: tuple[tuple[str, ...], ...]
    nombres: tuple[bool, ...]


def typed(text: str) -> tuple[Valeur, Genre | None]:
    """What a printed cell holds: an exact number and its unit; the text itself for « ≈ 2,82 % », « entre … et … »."""
    found = _NUMBER.fullmatch(text.strip())
    if found is None:
        return text, None
    sign, whole, decimals, unit = found.groups()
    digits = re.sub(r"\D", "", whole) + (decimals or "")
    value = Fraction(int(digits), 10 ** len(decimals or ""))
    value = -value if sign == "−" else value
    return (value / 100 if unit == "%" else value), _UNITS.get(unit or "", Genre.DECIMAL)


def add_tables(book: Any, styles: Styles, tableaux: Sequence[TableauImprime]) -> None:
    """A sheet « Rapport » with every table, one under the other."""
    sheet, row, section = book.add_worksheet("Rapport"), 0, ""
    for tableau in tableaux:
        if tableau.section != section:
            section = tableau.section
            sheet.write_string(row, 0, section, styles.title)
            row += 1
        sheet.write_string(row, 0, tableau.legende, styles.text)
        for k, head in enumerate(tableau.colonnes):
            sheet.write_string(row + 1, k, head.replace("\u00ad", ""), styles.head)
        for i, cells in enumerate((tableau.colonnes, *tableau.rangs), row + 1):
            sheet.set_row(i, _HAUTEUR * max(_lines(cell, k) for k, cell in enumerate(cells)))
        for i, cells in enumerate(tableau.rangs, row + 2):
            for k, cell in enumerate(cells):
                valeur, genre = typed(cell) if tableau.nombres[k] else (cell, None)
                if genre is None:
                    sheet.write_string(i, k, cell, styles.wrapped)
                else:
                    styles.write(sheet, i, k, valeur, Colonne("", "", genre))
        row += len(tableau.rangs) + 3
    for k in range(max(len(t.colonnes) for t in tableaux)):
        sheet.set_column(k, k, _width(k))
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)


def _width(column: int) -> int:
    return _WIDTHS[min(column, len(_WIDTHS) - 1)]


def _lines(text: str, column: int) -> int:
    """How many lines a text takes, at the most: programs do not all work it out."""
    return max(-(-len(text) // (_width(column) - 3)), 1)
