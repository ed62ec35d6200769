"""Workbooks as they come: the package inspected, the values read exactly, what people do not see said."""

from __future__ import annotations

import io
import re
import time
import zipfile
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from fractions import Fraction as F
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from exchange_cases import A, B, codes, one, read, said
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from caqes_dsl.evaluation.facts import Etablissement
from caqes_dsl.exchange import workbook
from caqes_dsl.exchange.cohort import Cohorte

HEAD = ["finess", "exercice", "secteurs"]
Fill = Callable[[Any, Any], object]


def made(rows: Sequence[Any], fill: Fill = lambda book, sheet: None) -> bytes:
    """A workbook with these cells; `fill` then changes it."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(list(row))
    fill(book, sheet)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def with_cell(heading: str, value: Any, number_format: str = "") -> bytes:
    """One establishment with one more cell."""

    def fill(_: Any, sheet: Any) -> None:
        if number_format:
            sheet["D2"].number_format = number_format

    return made([[*HEAD, heading], [A, 2018, "MCO", value]], fill)


def changed(data: bytes, parts: Mapping[str, bytes | Callable[[bytes], bytes]]) -> bytes:
    """A package where these parts are replaced or added."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        names = old.namelist()
        for name in [*names, *(n for n in parts if n not in names)]:
            content = old.read(name) if name in names else b""
            change = parts.get(name, content)
            new.writestr(name, change(content) if callable(change) else change)
    return out.getvalue()


def sub(pattern: str, by: str) -> Callable[[bytes], bytes]:
    """A change of the text of a part, which must find what it changes."""

    def change(content: bytes) -> bytes:
        text, times = re.subn(pattern, by, content.decode(), flags=re.S)
        assert times, content
        return text.encode()

    return change


SHEET, BOOK = "xl/worksheets/sheet1.xml", "xl/workbook.xml"
PLAIN = made([HEAD, [A, 2018, "MCO"]])


def got(folder: Path, data: bytes) -> Cohorte:
    return read(folder, data, "f.xlsx")


def hospital(cohorte: Cohorte) -> Etablissement:
    (found,) = cohorte.etablissements
    return found


def refused(cohorte: Cohorte, code: str) -> str:
    assert cohorte.etablissements == () and cohorte.refusee
    return one(cohorte, code).message


def test_a_plain_workbook_says_nothing(tmp_path: Path) -> None:
    cohorte = got(tmp_path, PLAIN)
    assert codes(cohorte) == []
    assert (hospital(cohorte).finess, hospital(cohorte).exercice, hospital(cohorte).secteurs) == (A, 2018, ("MCO",))


# Values


@pytest.mark.parametrize(
    ("colonne", "valeur", "format_", "attendu"),
    [
        ("generiques", 0.53, "0%", F(53, 100)),
        ("generiques", 0.535, "0.0%", F(107, 200)),
        ("generiques", 53, '0" %"', F(53, 100)),
        ("produits", 1234.56, "#,##0.00 €", F(30864, 25)),
        ("indice", 49.999999999999993, "", F(50)),
        ("lits", 12, "", F(12)),
        ("progression", 2, '0" pt"', F(2, 100)),
        ("signature", date(2018, 12, 31), "dd/mm/yyyy", date(2018, 12, 31)),
        ("urgences", True, "", True),
        ("classe", "Très grand", "", "très_grand"),
    ],
)
def test_values_are_read_as_people_see_them(
    tmp_path: Path, colonne: str, valeur: Any, format_: str, attendu: object
) -> None:
    assert hospital(got(tmp_path, with_cell(colonne, valeur, format_))).faits == {colonne: attendu}


@pytest.mark.parametrize(
    ("colonne", "valeur", "format_", "dit"),
    [
        ("generiques", 53, "", "« 53 » n'a pas son signe %"),
        ("progression", 0.02, "0%", "porte l'unité « % »"),
        ("lits", 0.5, "0%", "porte l'unité « % »"),
        ("lits", datetime(2018, 3, 1), "", "est une date, là où un nombre est attendu"),
        ("lits", 12.5, "", "n'est pas entier"),
        ("lits", True, "", "n'est pas un nombre"),
        ("produits", 1e300, "", "hors limites"),
        ("signature", 43465, "", "n'est pas une date"),
        ("signature", datetime(2018, 12, 31, 14, 30), "", "heure"),
        ("attente", 1.5, "", "n'est pas une durée entière"),
        ("urgences", 1, "", "n'est ni oui ni non"),
    ],
)
def test_doubtful_values_refuse_their_row_at_their_cell(
    tmp_path: Path, colonne: str, valeur: Any, format_: str, dit: str
) -> None:
    cohorte = got(tmp_path, with_cell(colonne, valeur, format_))
    found = one(cohorte, "CAQ604")
    assert cohorte.etablissements == () and [e.finess for e in cohorte.ecartes] == [A]
    assert dit in found.message
    assert found.lieu == f"feuille Sheet, ligne 2, colonne {colonne} (D2)"


def test_a_float_read_at_fifteen_digits_is_said(tmp_path: Path) -> None:
    found = one(got(tmp_path, with_cell("indice", 49.999999999999993)), "CAQ612")
    assert "est lu 50, à 15 chiffres" in found.message


def test_a_bare_ratio_and_a_number_kept_as_text_are_said(tmp_path: Path) -> None:
    bare = got(tmp_path, with_cell("generiques", 0.53))
    assert hospital(bare).faits == {"generiques": F(53, 100)}
    assert one(bare, "CAQ612").message == "« 0,53 » est lu 53 %."
    text = got(tmp_path, with_cell("lits", "12"))
    assert hospital(text).faits == {"lits": F(12)}
    assert "rangé en texte" in one(text, "CAQ612").message


def test_the_other_calendar_of_excel_is_followed(tmp_path: Path) -> None:
    def fill(book: Any, sheet: Any) -> None:
        book.epoch = CALENDAR_MAC_1904

    data = made([[*HEAD, "signature"], [A, 2018, "MCO", datetime(2018, 12, 31)]], fill)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert b"1904" in archive.read(BOOK)
    data = changed(data, {SHEET: sub(r'(<c r="D2"[^>]*>)<v>[^<]*</v>', r"\1<v>42003</v>")})
    assert hospital(got(tmp_path, data)).faits == {"signature": date(2018, 12, 31)}, "43 465 - 1 462 days"


def test_a_lost_zero_is_proposed(tmp_path: Path) -> None:
    cohorte = got(tmp_path, made([HEAD, [int(B), 2018, "MCO"]], lambda _, s: _zeros(s)))
    assert B.startswith("0") and cohorte.etablissements == ()
    assert f"« {B} »" in one(cohorte, "CAQ607").aide


def _zeros(sheet: Any) -> None:
    sheet["A2"].number_format = "000000000"


# Formulas


def formula(heading: str, text: str, value: Any) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, [*HEAD, "raison_sociale", "lits"])
    sheet.write_row(1, 0, [A, 2018, "MCO", "Clinique", 12])
    sheet.write_formula(1, [*HEAD, "raison_sociale", "lits"].index(heading), text, None, value)
    book.close()
    return out.getvalue()


@pytest.mark.parametrize(
    ("colonne", "texte", "valeur"),
    [
        ("lits", "=6+6", 12),
        ("finess", '="14"&"0000100"', A),
        ("secteurs", '="M"&"CO"', "MCO"),
        ("raison_sociale", '="Cli"&"nique"', "Clinique"),
        ("exercice", "=2017+1", 2018),
    ],
)
def test_the_value_of_a_formula_is_read_and_said(tmp_path: Path, colonne: str, texte: str, valeur: Any) -> None:
    cohorte = got(tmp_path, formula(colonne, texte, valeur))
    found = hospital(cohorte)
    assert (found.finess, found.exercice, found.secteurs, found.faits) == (A, 2018, ("MCO",), {"lits": F(12)})
    assert [colonne in d.lieu for d in said(cohorte, "CAQ612") if "formule" in d.message] == [True]


def test_a_formula_without_a_value_is_not_an_empty_cell(tmp_path: Path) -> None:
    cohorte = got(tmp_path, with_cell("lits", "=6+6"))
    assert cohorte.etablissements == () and "jamais été calculée" in one(cohorte, "CAQ604").message


def test_an_error_of_a_formula_is_not_an_empty_cell(tmp_path: Path) -> None:
    cohorte = got(tmp_path, formula("lits", "=1/0", "#DIV/0!"))
    assert cohorte.etablissements == () and "« #DIV/0! »" in one(cohorte, "CAQ604").message


# What people do not see


def test_hidden_rows_columns_and_other_sheets_are_said(tmp_path: Path) -> None:
    def fill(book: Any, sheet: Any) -> None:
        sheet.row_dimensions[3].hidden = True
        sheet.column_dimensions["D"].hidden = True
        book.create_sheet("Brouillon").append(["x"])

    cohorte = got(tmp_path, made([[*HEAD, "lits"], [A, 2018, "MCO", 1], [B, 2018, "SSR", 2]], fill))
    assert [e.finess for e in cohorte.etablissements] == [A, B]
    messages = [d.message for d in cohorte.diagnostics]
    assert "La feuille « Sheet » est lue ; « Brouillon » ne l'est pas." in messages
    assert "Des lignes masquées ou filtrées sont lues comme les autres : ligne 3." in messages
    assert "La colonne « lits » est masquée et lue comme les autres." in messages


def test_the_first_sheet_with_headings_is_read_even_hidden(tmp_path: Path) -> None:
    def fill(book: Any, sheet: Any) -> None:
        other = book.create_sheet("Données")
        other.append(HEAD)
        other.append([A, 2018, "MCO"])
        other.sheet_state = "hidden"

    cohorte = got(tmp_path, made([["Lisez-moi"]], fill))
    assert hospital(cohorte).finess == A
    assert "La feuille « Données », qui est lue, est masquée." in [d.message for d in cohorte.diagnostics]


def test_merged_cells_are_a_warning_and_leave_the_others_empty(tmp_path: Path) -> None:
    rows = [[*HEAD, "lits"], [A, 2018, "MCO", 12], [B, 2018, "MCO", None]]
    cohorte = got(tmp_path, made(rows, lambda _, s: s.merge_cells("D2:D3")))
    assert [e.faits for e in cohorte.etablissements] == [{"lits": F(12)}, {}]
    assert "D2:D3" in one(cohorte, "CAQ612").message


def test_titles_may_stand_above_the_headings(tmp_path: Path) -> None:
    cohorte = got(tmp_path, made([["Retours 2018"], [], [*HEAD, "lits"], [A, 2018, "MCO", 12]]))
    assert hospital(cohorte).lieu == "f.xlsx, feuille Sheet, ligne 4"
    assert "Les en-têtes sont lus à la ligne 3" in one(cohorte, "CAQ612").message


def test_no_sheet_with_headings_is_refused(tmp_path: Path) -> None:
    assert "Aucune feuille" in refused(got(tmp_path, made([["établissement"], [A]])), "CAQ603")


def test_a_false_dimension_hides_no_row(tmp_path: Path) -> None:
    data = changed(PLAIN, {SHEET: sub('<dimension ref="[^"]*"', '<dimension ref="A1:A1"')})
    assert hospital(got(tmp_path, data)).finess == A


# Packages that never reach the reader


@pytest.fixture
def closed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The library that reads values must not be called."""

    def never(_: bytes) -> None:
        raise AssertionError("le lecteur a été appelé")

    monkeypatch.setattr(workbook, "_open", never)


@pytest.mark.usefixtures("closed")
def test_a_cell_at_the_far_corner_is_refused_at_once(tmp_path: Path) -> None:
    data = made([HEAD, [A, 2018, "MCO"]], lambda _, s: s.__setitem__("XFD1048576", 1))
    before = time.process_time()
    assert "XFD1048576" in refused(got(tmp_path, data), "CAQ618")
    assert time.process_time() - before < 2


DOCTYPE = r'<!DOCTYPE a [<!ENTITY e "12">]><worksheet'
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"


@pytest.mark.usefixtures("closed")
@pytest.mark.parametrize(
    ("parties", "code", "dit"),
    [
        ({"xl/vbaProject.bin": b"x"}, "CAQ619", "macros"),
        ({"xl/macrosheets/sheet1.xml": b"<a/>"}, "CAQ619", "macros"),
        ({"xl/externalLinks/externalLink1.xml": b"<a/>"}, "CAQ619", "lié"),
        ({"xl/connections.xml": b"<a/>"}, "CAQ619", "lié"),
        ({SHEET.upper(): b"<a/>"}, "CAQ619", "deux fois"),
        ({SHEET: sub("<worksheet", DOCTYPE)}, "CAQ601", "type de document"),
        ({BOOK: sub("<workbook", DOCTYPE.replace("worksheet", "workbook"))}, "CAQ601", "type de document"),
        ({BOOK: sub('xmlns="[^"]*"', f'xmlns="{STRICT}"')}, "CAQ601", "strict"),
        ({SHEET: sub("</sheetData>.*", "")}, "CAQ601", "endommagé"),
        ({SHEET: sub('r="A2"', 'r="C9"')}, "CAQ601", "désordre"),
        ({"xl/media/image1.png": b"\0" * (2 << 20)}, "CAQ618", "grossit"),
    ],
)
def test_a_package_that_may_deceive_is_refused(
    tmp_path: Path, parties: Mapping[str, bytes | Callable[[bytes], bytes]], code: str, dit: str
) -> None:
    assert dit in refused(got(tmp_path, changed(PLAIN, parties)), code)


@pytest.mark.usefixtures("closed")
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_part_named_twice_is_refused(tmp_path: Path) -> None:
    out = io.BytesIO(PLAIN)
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr(SHEET, b"<a/>")
    assert "deux fois" in refused(got(tmp_path, out.getvalue()), "CAQ619")


@pytest.mark.usefixtures("closed")
def test_a_damaged_or_truncated_package_is_refused(tmp_path: Path) -> None:
    assert "endommagé" in refused(got(tmp_path, PLAIN[: len(PLAIN) // 2]), "CAQ601")


@pytest.mark.parametrize(("nom", "contenu"), [("f.csv", PLAIN), ("f.xlsx", f"{';'.join(HEAD)}\n{A};2018;MCO\n")])
def test_a_name_that_belies_its_content_is_refused(tmp_path: Path, nom: str, contenu: bytes | str) -> None:
    refused(read(tmp_path, contenu, nom), "CAQ601")
