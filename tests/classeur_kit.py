"""Blank workbooks filled by program, as a hospital would: by their headings and codes."""

from __future__ import annotations

import io
from datetime import date, datetime
from fractions import Fraction

import openpyxl
from openpyxl.workbook.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from caqes_dsl.base.quantities import Genre, Valeur
from caqes_dsl.documents.classeur import sector_words, text
from caqes_dsl.documents.words import level_label
from caqes_dsl.evaluation.facts import Etablissement
from caqes_dsl.exchange import classeur_forme as forme
from caqes_dsl.model.nodes import Politique


def opened(data: bytes) -> Workbook:
    """A workbook as openpyxl sees it."""
    return openpyxl.load_workbook(io.BytesIO(data))


def saved(book: Workbook) -> bytes:
    """Its bytes; openpyxl keeps no computed value."""
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def columns(sheet: Worksheet) -> tuple[int, dict[str, int]]:
    """The row of the headings and the column of each."""
    for row in sheet.iter_rows(max_row=10):
        texts = {str(c.value): c.column for c in reversed(row) if c.value is not None and c.column is not None}
        if forme.CODE in texts:
            return row[0].row or 0, texts
    raise AssertionError(f"{sheet.title} sans en-têtes")


def rows(sheet: Worksheet) -> dict[str, int]:
    """The row of each code."""
    top, heads = columns(sheet)
    found = {}
    for number in range(top + 1, sheet.max_row + 1):
        code = sheet.cell(number, heads[forme.CODE]).value
        if code:
            found[str(code)] = number
    return found


def typed(valeur: Valeur, genre: Genre) -> object:
    """A value as a cell holds it."""
    if isinstance(valeur, bool):
        return "oui" if valeur else "non"
    if isinstance(valeur, Fraction):
        scaled = valeur * 100 if genre is Genre.ECART else valeur
        return scaled.numerator / scaled.denominator if scaled.denominator != 1 else scaled.numerator
    return datetime(valeur.year, valeur.month, valeur.day) if isinstance(valeur, date) else valeur


def filled(data: bytes, politique: Politique, one: Etablissement, *, secteurs: bool = False) -> bytes:
    """The workbook with the answers and facts of an establishment, and its sectors in a blank one."""
    book = opened(data)
    if secteurs:
        labels = {f"{forme.SECTEUR}{sector_words(n, politique)}" for n in one.secteurs}
        for first, second, *_ in book[forme.IDENTITE].iter_rows(max_col=2):
            if first.value in labels:
                second.value = forme.OUI
            elif first.value == forme.FINESS:
                second.value = one.finess
    sheet = book[forme.CRITERES]
    _, heads = columns(sheet)
    for code, row in rows(sheet).items():
        if code in one.reponses:
            sheet.cell(row, heads[forme.REPONSE]).value = text(level_label(one.reponses[code], politique))
        if code in one.motifs:
            sheet.cell(row, heads[forme.MOTIF]).value = one.motifs[code]
    sheet = book[forme.DONNEES]
    _, heads = columns(sheet)
    for code, row in rows(sheet).items():
        if code in one.faits:
            genre = politique.donnees[code].genre
            sheet.cell(row, heads[forme.VALEUR]).value = typed(one.faits[code], genre)  # type: ignore[assignment]
        if code in one.provenances:
            sheet.cell(row, heads[forme.SOURCE]).value = one.provenances[code]
    return saved(book)
