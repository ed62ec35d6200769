"""What a sheet's XML says that a reader of values does not: extent, formulas, errors, percentages, hidden rows."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from .package import PackageRefused, Paquet
from .table import MAX_CELLS, column_letters
from .xml_parts import walk_xml

_WIDTH = 16_384
_HEIGHT = 1_048_576
_ADDRESS = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})", re.ASCII)
_LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.')
_MAX_TEXTS = 200 << 20
_PERCENT_IDS = (9, 10)


class Marque:
    """What is to be known of a cell beside its value, as bits of an integer: there are millions of cells."""

    FORMULE = 1
    NON_CALCULEE = 2
    POURCENT = 4
    POURCENT_ECRIT = 8
    """A % that is text in the format: 53 is shown « 53 % »."""


@dataclass(slots=True)
class Examen:
    """What was seen of one sheet. Rows and columns from 0; a cell is `row × 16384 + column`."""

    marques: dict[int, int] = field(default_factory=dict)
    erreurs: dict[int, str] = field(default_factory=dict)
    lignes_masquees: set[int] = field(default_factory=set)
    colonnes_masquees: set[int] = field(default_factory=set)
    fusions: list[str] = field(default_factory=list)
    cellules: int = 0
    haut: int = _HEIGHT
    bas: int = -1
    gauche: int = _WIDTH
    droite: int = -1

    def mark(self, ligne: int, colonne: int) -> tuple[int, str]:
        """Marks of a cell, and the error that it shows (« #DIV/0! »), « » when none."""
        key = ligne * _WIDTH + colonne
        return self.marques.get(key, 0), self.erreurs.get(key, "")


def scan_sheets(paquet: Paquet) -> list[Examen]:
    """Each sheet of the workbook, in order. Errors: PackageRefused (XmlRefused for bad XML)."""
    styles = _percent_styles(paquet.part(paquet.styles))
    lengths = _text_lengths(paquet.part(paquet.textes))
    room = _Room(MAX_CELLS, _MAX_TEXTS)
    try:
        return [_Scan(f.nom, styles, lengths, room).run(paquet.part(f.partie)) for f in paquet.feuilles]
    except ValueError as error:
        raise PackageRefused(
            "CAQ601", "Le classeur contient un rang illisible.", "Enregistrez-le à nouveau depuis Excel ou LibreOffice."
        ) from error


@dataclass(slots=True)
class _Room:
    """What is left of the limits that all sheets share."""

    cellules: int
    textes: int


class _Scan:
    """Walks one sheet."""

    def __init__(self, nom: str, styles: Sequence[int], lengths: Sequence[int], room: _Room) -> None:
        self.nom, self.styles, self.lengths, self.room = nom, styles, lengths, room
        self.seen = Examen()
        self.row = self.column = -1
        self.kind = self.style = self.value = ""
        self.formula = self.content = self.collecting = False

    def run(self, data: bytes) -> Examen:
        """What the sheet holds."""
        walk_xml(data, self.start, self.end, self.text)
        box = (self.seen.bas - self.seen.haut + 1) * (self.seen.droite - self.seen.gauche + 1)
        if self.seen.bas >= 0 and box > MAX_CELLS:
            corner = column_letters(self.seen.droite) + str(self.seen.bas + 1)
            raise PackageRefused(
                "CAQ618",
                f"La feuille « {self.nom} » s'étend jusqu'à {corner} : elle dépasse la limite de {MAX_CELLS} cellules.",
                "Supprimez les cellules isolées loin des données, puis enregistrez.",
            )
        return self.seen

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """An element opens."""
        match name:
            case "c":
                self._place(attributes.get("r"))
                self.kind, self.style = attributes.get("t", "n"), attributes.get("s", "")
                self.value, self.formula, self.content = "", False, False
            case "v" | "is":
                self.content, self.collecting = True, name == "v"
            case "f":
                self.formula = True
            case "row":
                self._row(attributes)
            case "col" if attributes.get("hidden") in ("1", "true"):
                low, high = int(attributes.get("min", "1")), int(attributes.get("max", "1"))
                self.seen.colonnes_masquees.update(range(max(low, 1) - 1, min(high, _WIDTH)))
            case "mergeCell":
                self.seen.fusions.append(attributes.get("ref", ""))

    def text(self, text: str) -> None:
        """Characters of a value."""
        if self.collecting:
            self.value += text

    def end(self, name: str) -> None:
        """An element closes."""
        if name == "v":
            self.collecting = False
        elif name == "c":
            self._cell()

    def _disorder(self) -> PackageRefused:
        return PackageRefused(
            "CAQ601",
            f"La feuille « {self.nom} » range ses cellules en désordre près de la ligne {self.row + 1}.",
            "Ouvrez-la dans Excel ou LibreOffice et enregistrez-la à nouveau.",
        )

    def _row(self, attributes: Mapping[str, str]) -> None:
        written = attributes.get("r", "")
        number = int(written) - 1 if written.isascii() and written.isdigit() else self.row + 1
        if not self.row < number < _HEIGHT:
            raise self._disorder()
        self.row, self.column = number, -1
        if attributes.get("hidden") in ("1", "true"):
            self.seen.lignes_masquees.add(number)

    def _place(self, address: str | None) -> None:
        if address is None:
            column, row = self.column + 1, self.row
        else:
            found = _ADDRESS.fullmatch(address)
            if found is None:
                raise self._disorder()
            column, row = 0, int(found.group(2)) - 1
            for letter in found.group(1):
                column = column * 26 + ord(letter) - ord("A") + 1
            column -= 1
        if row != self.row or not self.column < column < _WIDTH:
            raise self._disorder()
        self.column = column

    def _cell(self) -> None:
        if not self.content and not self.formula:
            return
        seen, key = self.seen, self.row * _WIDTH + self.column
        seen.cellules += 1
        self.room.cellules -= 1
        if self.room.cellules < 0:
            raise PackageRefused(
                "CAQ618",
                f"Le classeur dépasse la limite de {MAX_CELLS} cellules.",
                "Répartissez-le en plusieurs fichiers.",
            )
        seen.haut, seen.bas = min(seen.haut, self.row), self.row
        seen.gauche, seen.droite = min(seen.gauche, self.column), max(seen.droite, self.column)
        marks = self._marks()
        if marks:
            seen.marques[key] = marks
        if self.kind == "e":
            seen.erreurs[key] = self.value[:20] or "#ERREUR"
        elif self.kind == "s":
            self._shared()

    def _marks(self) -> int:
        marks = 0
        if self.formula:
            marks |= Marque.FORMULE
            if not self.value and self.kind not in ("str", "inlineStr"):
                marks |= Marque.NON_CALCULEE
        if self.kind == "n" and self.style.isascii() and self.style.isdigit() and int(self.style) < len(self.styles):
            marks |= self.styles[int(self.style)]
        return marks

    def _shared(self) -> None:
        """A shared text: repeated a million times, a long one would fill the memory."""
        if not (self.value.isascii() and self.value.isdigit() and int(self.value) < len(self.lengths)):
            raise PackageRefused(
                "CAQ601",
                f"La feuille « {self.nom} » cite un texte qui n'est pas dans le classeur.",
                "Ouvrez-la dans Excel ou LibreOffice et enregistrez-la à nouveau.",
            )
        self.room.textes -= self.lengths[int(self.value)]
        if self.room.textes < 0:
            raise PackageRefused(
                "CAQ618", f"Les textes du classeur dépassent la limite de {_MAX_TEXTS >> 20} Mio.", "Raccourcissez-les."
            )


def _percent_styles(data: bytes) -> list[int]:
    """Marks of each cell format, by its index."""
    codes: dict[str, str] = {}
    formats: list[int] = []
    inside: list[str] = []

    def start(name: str, attributes: Mapping[str, str]) -> None:
        inside.append(name)
        if name == "numFmt":
            codes[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
        elif name == "xf" and "cellXfs" in inside:
            formats.append(_percent(attributes.get("numFmtId", "0"), codes))

    if data:
        walk_xml(data, start, lambda _: inside.__delitem__(-1))
    return formats


def _percent(number: str, codes: Mapping[str, str]) -> int:
    code = codes.get(number, "")
    if (not code and number in map(str, _PERCENT_IDS)) or "%" in _LITERAL.sub("", code):
        return Marque.POURCENT
    return Marque.POURCENT_ECRIT if "%" in code else 0


def _text_lengths(data: bytes) -> list[int]:
    """Length of each shared text."""
    lengths: list[int] = []

    def start(name: str, _: Mapping[str, str]) -> None:
        if name == "si":
            lengths.append(0)

    def text(piece: str) -> None:
        if lengths:
            lengths[-1] += len(piece)

    if data:
        walk_xml(data, start, None, text)
    return lengths
