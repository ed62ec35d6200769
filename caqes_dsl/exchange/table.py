"""A data file as rows of cells, whatever its format: what every reader gives and the typing by the policy takes."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from caqes_dsl.base.suggestions import fold

from .findings import Constat
from .numbers import Usage, plain_spaces

MAX_BYTES = 20 << 20
"""Largest data file, in bytes."""
MAX_CELLS = 5_000_000
MAX_COLUMNS = 16_384
MAX_ROWS = 100_000
"""Most rows of a file: the country's hospitals over thirty years."""
MAX_TEXT = 32_767
"""Longest text of a cell: Excel's own limit."""


@dataclass(frozen=True, slots=True)
class Cellule:
    """A cell. `texte` is what people see; `valeur` what a typed source holds (a number, a date, a yes/no).

    `unite` is « % » for a number shown as a percentage (its `valeur` is then the ratio). `faute` says why there is no
    value at all. `note` is a doubtful reading to be said if the cell is used, `sorte` its kind.
    """

    texte: str = ""
    valeur: Fraction | bool | date | None = None
    unite: str = ""
    faute: str = ""
    aide: str = ""
    note: str = ""
    sorte: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing was written in it."""
        return not self.texte and not self.faute


VIDE = Cellule()


@dataclass(frozen=True, slots=True)
class Ligne:
    """A row and its number in the file, from 1. `faute` refuses it whole (shifted cells)."""

    numero: int
    cellules: tuple[Cellule, ...]
    faute: Constat | None = None

    @property
    def is_empty(self) -> bool:
        """Whether every cell is."""
        return all(c.is_empty for c in self.cellules)


@dataclass(frozen=True, slots=True)
class Tableau:
    """Headings and rows, the rows read once as they are asked for; what is wrong on the way goes to the registre.

    `usage` says whose number habits hold. `typee`: numbers come as numbers, so that one kept as text is doubtful.
    `feuille` is « » outside workbooks. `colonnes_masquees` are indexes of hidden columns. `lieux`: where each column's
    cell stands, by its index, when they do not stand on one row.
    """

    entetes: tuple[str, ...]
    lignes: Iterator[Ligne]
    usage: Usage
    typee: bool = False
    feuille: str = ""
    colonnes_masquees: frozenset[int] = frozenset()
    lieux: Mapping[int, tuple[str, int, str]] = field(default_factory=dict)

    def place(self, ligne: int, colonne: int) -> tuple[str, int, str]:
        """Sheet, row and address of a cell."""
        return self.lieux.get(colonne, (self.feuille, ligne, self.repere(ligne, colonne)))

    def repere(self, ligne: int, colonne: int) -> str:
        """Address of a cell in a workbook (« F12 »), « » elsewhere. `colonne` from 0."""
        return column_letters(colonne) + str(ligne) if self.feuille else ""


def column_letters(index: int) -> str:
    """Letters of a spreadsheet column, from 0."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def fitted(numero: int, cellules: list[Cellule], width: int, feuille: str = "") -> Ligne:
    """A row with as many cells as headings; refused when it has fewer, or more that are not empty."""
    extra = [c for c in cellules[width:] if not c.is_empty]
    faute = None
    if extra or len(cellules) < width:
        seen = len(cellules) if len(cellules) < width else width + len(extra)
        faute = Constat(
            "CAQ620",
            f"La ligne a {seen} cellules pour {width} colonnes : elle est coupée ou décalée.",
            "Vérifiez les séparateurs, et les guillemets autour des textes qui en contiennent.",
            ligne=numero,
            feuille=feuille,
        )
        cellules = cellules + [VIDE] * (width - len(cellules))
    return Ligne(numero, tuple(cellules[:width]), faute)


def heading_key(text: str) -> str:
    """A heading as people compare them: no accents, case, or spaces."""
    return "_".join(fold(plain_spaces(text).replace("-", " ").replace("_", " ")).split())


def text_cell(text: str) -> Cellule:
    """The cell of a text: NFC, without spaces at its ends."""
    clean = unicodedata.normalize("NFC", text.strip())
    if not clean:
        return VIDE
    if len(clean) > MAX_TEXT:
        return Cellule(
            clean[:60],
            faute=f"Le texte de {len(clean)} caractères dépasse la limite de {MAX_TEXT}.",
            aide="Raccourcissez-le.",
        )
    return Cellule(clean)
