"""CSV as French offices write it: decoding, separator, records; everything stays text."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import replace

from .findings import Constat, Registre
from .numbers import Usage
from .table import MAX_CELLS, MAX_COLUMNS, Cellule, Ligne, Tableau, fitted, heading_key, text_cell

_SEPARATORS = {";": "le point-virgule", ",": "la virgule", "\t": "la tabulation"}
MAX_KNOWN, SHORT = 50_000, 40
"""Most texts whose cell is kept, since those of a file repeat, and how long they are."""
_BREAK = re.compile("\r\n|\r|\n")
_FRENCH = frozenset("àâäçéèêëîïôöùûüÿœæÀÂÄÇÉÈÊËÎÏÔÖÙÛÜŸŒÆ«»€’‘“”–—…•\u00a0°ºª²³µ§·½¼±×")
"""What a French file in Windows-1252 may hold beyond ASCII; anything else betrays another encoding."""


def read_csv(data: bytes, registre: Registre) -> Tableau | None:
    """Rows of a CSV file. None when it cannot be read; the registre then says why."""
    text = _decode(data, registre)
    if text is None:
        return None
    hint, skipped = "", 0
    if text[:4].lower() == "sep=" and len(text) > 4:
        hint, skipped = text[4], 1
        text = text.partition("\n")[2]
    separator = _separator(text, hint, registre)
    records = _records(text, separator, skipped, registre)
    header = next((r for r in records if any(c.strip() for c in r[1])), None)
    if header is None:
        if not registre.refuse:
            registre.add(Constat("CAQ601", "Le fichier est vide.", "Donnez un fichier d'établissements avec en-têtes."))
        return None
    headings = [c.strip() for c in header[1]]
    while headings and not headings[-1]:
        headings.pop()
    usage = Usage.VIRGULES if separator == "," else Usage.FRANCAIS
    return Tableau(tuple(headings), _rows(records, len(headings), separator), usage)


def _decode(data: bytes, registre: Registre) -> str | None:
    """UTF-8, else Windows-1252 when nothing in it would be strange in French."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        registre.add(
            Constat("CAQ601", "Le fichier est en UTF-16.", "Enregistrez-le au format « CSV UTF-8 (délimité par ; ) ».")
        )
        return None
    if b"\x00" in data:
        line = data[: data.index(b"\x00")].count(b"\n") + 1
        registre.add(
            Constat(
                "CAQ601",
                f"Le fichier contient un octet nul (ligne {line}) : ce n'est pas un texte, ou il est endommagé.",
                "Enregistrez-le à nouveau au format « CSV UTF-8 (délimité par ; ) ».",
            )
        )
        return None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        start = error.start
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError as error:
        text, strange = "", error.start
    else:
        strange = next((i for i, c in enumerate(text) if c > "\x7f" and c not in _FRENCH), -1)
    if strange >= 0:
        line = data[:strange].count(b"\n") + 1
        registre.add(
            Constat(
                "CAQ601",
                f"L'encodage du fichier n'est ni UTF-8 ni Windows-1252 (ligne {line}) : ses accents seraient devinés.",
                "Enregistrez-le au format « CSV UTF-8 (délimité par ; ) ».",
            )
        )
        return None
    line = data[:start].count(b"\n") + 1
    registre.add(
        Constat(
            "CAQ612",
            f"Le fichier est lu en Windows-1252 : il n'est pas en UTF-8 (ligne {line}).",
            "Vérifiez les accents des textes.",
        )
    )
    return text


def _separator(text: str, hint: str, registre: Registre) -> str:
    """The separator that makes a `finess` heading appear; `;` when none or several do."""
    if hint in _SEPARATORS:
        chosen = hint
    else:
        fitting = [s for s in _SEPARATORS if _has_finess(text, s)]
        chosen = fitting[0] if len(fitting) == 1 else ";"
    if chosen != ";":
        registre.add(
            Constat(
                "CAQ612",
                f"Les cellules sont séparées par {_SEPARATORS[chosen]}, et non par le point-virgule.",
                "Vérifiez les nombres à virgule.",
            )
        )
    return chosen


def _has_finess(text: str, separator: str) -> bool:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        first = next((r for r in reader if any(c.strip() for c in r)), [])
    except csv.Error:
        return False
    return "finess" in (heading_key(c) for c in first)


def _records(text: str, separator: str, skipped: int, registre: Registre) -> Iterator[tuple[int, list[str]]]:
    """Records with the number of their first line. A quote that goes wrong ends the reading and refuses the file."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    count = 0
    while True:
        line = reader.line_num + 1 + skipped
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            registre.add(_broken(str(error), line))
            return
        count += max(len(record), 1)
        if len(record) > MAX_COLUMNS or count > MAX_CELLS:
            what = f"{MAX_COLUMNS} colonnes" if len(record) > MAX_COLUMNS else f"{MAX_CELLS} cellules"
            registre.add(
                Constat(
                    "CAQ618",
                    f"Le fichier dépasse la limite de {what} (ligne {line}).",
                    "Répartissez-le en plusieurs fichiers.",
                )
            )
            return
        yield line, record


def _broken(reason: str, line: int) -> Constat:
    if "field limit" in reason:
        return Constat(
            "CAQ618",
            f"Une cellule de la ligne {line} dépasse 131 072 caractères : un guillemet n'y est sans doute pas fermé.",
            "Fermez le guillemet ouvert à cette ligne.",
        )
    return Constat(
        "CAQ601",
        f"Les guillemets de la ligne {line} ne se lisent pas : la suite du fichier serait mal découpée.",
        'Fermez le guillemet, ou doublez ("") celui qui fait partie du texte.',
    )


def _rows(records: Iterator[tuple[int, list[str]]], width: int, separator: str) -> Iterator[Ligne]:
    known: dict[str, Cellule] = {}
    for line, record in records:
        if not any(record):
            yield Ligne(line, ())
            continue
        if len(known) > MAX_KNOWN:
            known.clear()
        cells: list[Cellule] = []
        for text in record:
            cell = known.get(text)
            if cell is None:
                cell = text_cell(text)
                if len(text) <= SHORT:
                    known[text] = cell
            cells.append(cell)
        row = fitted(line, cells, width)
        yield row if row.faute else replace(row, faute=_swallowed(line, record, width, separator))


def _swallowed(line: int, record: list[str], width: int, separator: str) -> Constat | None:
    """A quote opened in one row and closed in the next makes one cell of what stood between them: a row is lost.

    Such a cell has line breaks and, for each, as many separators as a row.
    """
    for cell in record:
        if "\n" not in cell and "\r" not in cell:
            continue
        breaks = len(_BREAK.findall(cell))
        if breaks and width > 1 and cell.count(separator) >= breaks * (width - 1):
            return Constat(
                "CAQ620",
                "Une cellule entre guillemets contient de quoi faire une ligne entière : une ligne serait perdue.",
                "Vérifiez les guillemets de cette ligne et des suivantes.",
                ligne=line,
            )
    return None
