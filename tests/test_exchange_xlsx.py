"""Workbooks: the package inspected before anything opens it, then values as people see them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from fractions import Fraction
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from exchange_kit import A, B, codes, errors, essai, only

from caqes_dsl.base.diagnostics import Severite
from caqes_dsl.evaluation.facts import Etablissement
from caqes_dsl.exchange import package, sheet_scan
from caqes_dsl.exchange.cohort import Cohorte
from caqes_dsl.exchange.read import read_bytes_as

ENTETES = ("finess", "exercice", "secteurs", "lits", "taux", "indice", "visite", "C1")
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def read(data: bytes) -> Cohorte:
    return read_bytes_as(essai(), data, "f.xlsx")


def built(fill: Callable[[Any, Any], None], options: Mapping[str, Any] | None = None) -> bytes:
    """A workbook whose sheet « Réponses » has the headings and a first row, then what `fill` writes."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, **(options or {})})
    sheet = book.add_worksheet("Réponses")
    for k, heading in enumerate(ENTETES):
        sheet.write_string(0, k, heading)
    sheet.write_row(1, 0, [A, 2018, "MCO"])
    fill(book, sheet)
    book.close()
    return out.getvalue()


def with_cell(column: str, write: Callable[[Any, Any, int], None]) -> Cohorte:
    """The cohort of one row, one of its cells written by `write`."""
    return read(built(lambda book, sheet: write(book, sheet, ENTETES.index(column))))


def repacked(data: bytes, changes: Mapping[str, bytes | Callable[[str], str] | None]) -> bytes:
    """The package with parts replaced, edited, added or (None) removed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in [*old.namelist(), *(n for n in changes if n not in old.namelist())]:
            change = changes.get(name, b"") if name in changes else old.read(name)
            if callable(change):
                change = change(old.read(name).decode()).encode()
            if change is not None:
                new.writestr(name, change)
    return out.getvalue()


def sound() -> bytes:
    return built(lambda book, sheet: sheet.write_number(1, 3, 12))


def accepted(cohorte: Cohorte) -> Etablissement:
    assert errors(cohorte) == []
    assert len(cohorte.etablissements) == 1
    return cohorte.etablissements[0]


def refusal(data: bytes, code: str) -> str:
    cohorte = read(data)
    assert cohorte.refusee and cohorte.etablissements == ()
    found = only(cohorte.diagnostics)
    assert (found.code, bool(found.aide)) == (code, True)
    return found.message


# Values


def test_a_sound_workbook_says_nothing() -> None:
    cohorte = read(sound())
    assert cohorte.diagnostics == ()
    found = accepted(cohorte)
    assert (found.finess, found.exercice, found.faits) == (A, 2018, {"lits": Fraction(12)})
    assert found.lieu == "f.xlsx, feuille Réponses, ligne 2"


@pytest.mark.parametrize(
    ("format_", "valeur", "attendu"),
    [
        ("0%", 0.53, "53/100"),
        ("0.00%", 0.5344, "1336/2500"),
        ("0 %", 0.53, "53/100"),
        ("0.0\\ %", 1.2, "6/5"),
        ("[Red]0%;-0%", 0.07, "7/100"),
        ('0" %"', 53, "53/100"),
        ("0\\%", 53, "53/100"),
    ],
)
def test_a_percentage_is_read_as_it_is_shown(format_: str, valeur: float, attendu: str) -> None:
    cohorte = with_cell(
        "taux", lambda book, sheet, k: sheet.write_number(1, k, valeur, book.add_format({"num_format": format_}))
    )
    assert accepted(cohorte).faits == {"taux": Fraction(attendu)}
    assert cohorte.diagnostics == ()


def test_a_percentage_without_its_format_is_a_ratio_said_so_and_never_a_hundred_times_more() -> None:
    ratio = with_cell("taux", lambda book, sheet, k: sheet.write_number(1, k, 0.53))
    assert accepted(ratio).faits == {"taux": Fraction(53, 100)}
    assert only(ratio.diagnostics).message == "« 0,53 » est lu 53 %."
    found = only(errors(with_cell("taux", lambda book, sheet, k: sheet.write_number(1, k, 53))))
    assert (found.code, found.aide, found.lieu) == (
        "CAQ604",
        "Écrivez « 53 % ».",
        "feuille Réponses, ligne 2, colonne taux (E2)",
    )


def test_a_percentage_in_another_column_is_refused() -> None:
    cohorte = with_cell(
        "lits", lambda book, sheet, k: sheet.write_number(1, k, 0.53, book.add_format({"num_format": "0%"}))
    )
    assert only(errors(cohorte)).message.startswith("« 53 % » porte l'unité « % »")


@pytest.mark.parametrize(
    ("ecrit", "attendu", "dit"),
    [
        ("49.999999999999993", Fraction(50), True),
        ("0.30000000000000004", Fraction(3, 10), True),
        ("0.1", Fraction(1, 10), False),
        ("1E+15", Fraction(10**15), False),
    ],
)
def test_numbers_are_read_at_fifteen_digits(ecrit: str, attendu: Fraction, dit: bool) -> None:
    data = built(lambda book, sheet: sheet.write_number(1, 5, 777777))
    data = repacked(data, {"xl/worksheets/sheet1.xml": lambda xml: xml.replace("777777", ecrit)})
    cohorte = read(data)
    assert accepted(cohorte).faits == {"indice": attendu}
    assert [d.severite for d in cohorte.diagnostics] == ([Severite.NOTE] if dit else [])
    if dit:
        assert "à 15 chiffres" in cohorte.diagnostics[0].message


@pytest.mark.parametrize("ecrit", ["1E+300", "1E-300"])
def test_numbers_beyond_the_limits_are_refused(ecrit: str) -> None:
    data = built(lambda book, sheet: sheet.write_number(1, 5, 777777))
    data = repacked(data, {"xl/worksheets/sheet1.xml": lambda xml: xml.replace("777777", ecrit)})
    assert codes(errors(read(data))) == ["CAQ604"]


def test_a_number_stored_as_text_is_said() -> None:
    cohorte = with_cell("lits", lambda book, sheet, k: sheet.write_string(1, k, "1 200"))
    assert accepted(cohorte).faits == {"lits": Fraction(1200)}
    assert only(cohorte.diagnostics).message == "« 1 200 » est un nombre rangé en texte."


def test_a_finess_stored_as_a_number_is_said_and_its_lost_zero_refused() -> None:
    kept = read(built(lambda book, sheet: sheet.write_number(1, 0, 140000100)))
    assert accepted(kept).finess == A
    assert "rangé en nombre" in only(kept.diagnostics).message
    lost = read(built(lambda book, sheet: sheet.write_number(1, 0, 10000107)))
    assert "« 010000107 »" in only(errors(lost)).aide


@pytest.mark.parametrize("options", [{}, {"date_1904": True}])
def test_dates_are_dates_in_both_calendars(options: dict[str, Any]) -> None:
    def fill(book: Any, sheet: Any) -> None:
        sheet.write_datetime(1, 6, datetime(2018, 12, 31), book.add_format({"num_format": "dd/mm/yyyy"}))

    assert accepted(read(built(fill, options))).faits == {"visite": date(2018, 12, 31)}


def test_a_date_where_a_number_is_expected_is_refused() -> None:
    def fill(book: Any, sheet: Any) -> None:
        sheet.write_datetime(1, 3, datetime(2018, 3, 1), book.add_format({"num_format": "dd/mm/yyyy"}))

    found = only(errors(read(built(fill))))
    assert found.message == "« 01/03/2018 » est une date, là où un nombre est attendu."


@pytest.mark.parametrize("valeur", [datetime(2018, 12, 31, 10, 5), time(10, 5)])
def test_an_hour_is_no_value(valeur: datetime | time) -> None:
    def fill(book: Any, sheet: Any) -> None:
        shown = "hh:mm" if isinstance(valeur, time) else "dd/mm/yyyy hh:mm"
        sheet.write_datetime(1, 6, valeur, book.add_format({"num_format": shown}))

    assert only(errors(read(built(fill)))).message.endswith("est une heure ou une durée de tableur.")


# Formulas and errors


def test_the_value_of_a_formula_is_used_and_said() -> None:
    cohorte = with_cell("lits", lambda book, sheet, k: sheet.write_formula(1, k, "=6*2", None, 12))
    assert accepted(cohorte).faits == {"lits": Fraction(12)}
    assert "formule" in only(cohorte.diagnostics).message
    answer = with_cell("C1", lambda book, sheet, k: sheet.write_formula(1, k, '="R"', None, "R"))
    assert accepted(answer).reponses == {"C1": "R"}
    assert "formule" in only(answer.diagnostics).message


def test_a_formula_never_calculated_is_an_error_not_a_blank() -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(list(ENTETES))
    sheet.append([A, 2018, "MCO", "=6*2"])
    out = io.BytesIO()
    book.save(out)
    found = only(errors(read(out.getvalue())))
    assert (found.code, found.lieu) == ("CAQ604", "feuille Sheet, ligne 2, colonne lits (D2)")
    assert "jamais été calculée" in found.message


@pytest.mark.parametrize("erreur", ["#DIV/0!", "#N/A", "#REF!"])
@pytest.mark.parametrize("colonne", ["lits", "C1", "finess", "secteurs", "visite"])
def test_a_spreadsheet_error_is_an_error(erreur: str, colonne: str) -> None:
    cohorte = with_cell(colonne, lambda book, sheet, k: sheet.write_formula(1, k, "=1/0", None, erreur))
    assert f"« {erreur} » est une erreur de tableur" in only(errors(cohorte)).message


# What is hidden


def test_hidden_rows_columns_and_sheets_are_read_and_said() -> None:
    def fill(book: Any, sheet: Any) -> None:
        sheet.write_row(2, 0, [B, 2018, "SSR"])
        sheet.set_row(2, None, None, {"hidden": True})
        sheet.set_column(3, 3, None, None, {"hidden": True})
        book.add_worksheet("Notes").activate()
        sheet.hide()

    cohorte = read(built(fill))
    assert [e.finess for e in cohorte.etablissements] == [A, B]
    said = " ".join(d.message for d in cohorte.diagnostics)
    assert "lignes masquées ou filtrées sont lues comme les autres : ligne 3" in said
    assert "« lits » est masquée" in said
    assert "« Réponses », qui est lue, est masquée" in said
    assert "« Notes » ne l'est pas" in said
    assert {d.severite for d in cohorte.diagnostics} == {Severite.NOTE}


def test_merged_cells_are_a_warning() -> None:
    def fill(book: Any, sheet: Any) -> None:
        sheet.write_row(2, 0, [B, 2018, "MCO"])
        sheet.merge_range(1, 3, 2, 3, 12)

    cohorte = read(built(fill))
    assert [e.faits for e in cohorte.etablissements] == [{"lits": Fraction(12)}, {}]
    assert [(d.severite, "D2:D3" in d.message) for d in cohorte.diagnostics] == [(Severite.AVERTISSEMENT, True)]


def test_the_first_sheet_with_a_finess_heading_is_read_wherever_its_headings_are() -> None:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    book.add_worksheet("Mode d'emploi").write(0, 0, "Remplir la feuille suivante")
    sheet = book.add_worksheet("Réponses")
    sheet.write(1, 2, "Campagne 2018")
    for k, heading in enumerate(("Finess", "Exercice", "Secteurs")):
        sheet.write(4, 2 + k, heading)
    sheet.write_row(5, 2, [A, 2018, "MCO"])
    book.close()
    cohorte = read(out.getvalue())
    assert accepted(cohorte).lieu == "f.xlsx, feuille Réponses, ligne 6"
    assert "lus à la ligne 5" in cohorte.diagnostics[1].message
    nowhere = built(lambda book, sheet: sheet.write_string(0, 0, "identifiant"))
    assert "Aucune feuille" in refusal(nowhere, "CAQ603")


# Extent


def test_one_far_cell_is_refused_at_once() -> None:
    data = built(lambda book, sheet: sheet.write(1_048_575, 16_383, "x"))
    assert len(data) < 10_000
    assert "XFD1048576" in refusal(data, "CAQ618")


def test_a_far_cell_that_holds_nothing_is_nothing() -> None:
    data = built(lambda book, sheet: sheet.write_blank(1_048_575, 16_383, None, book.add_format({"bold": True})))
    assert accepted(read(data)).finess == A


@pytest.mark.parametrize("dimension", ["A1:XFD1048576", "A1:A1", "Z9:Z9"])
def test_a_false_dimension_changes_nothing(dimension: str) -> None:
    edit = {"xl/worksheets/sheet1.xml": lambda xml: xml.replace('ref="A1:H2"', f'ref="{dimension}"')}
    assert edit["xl/worksheets/sheet1.xml"]('ref="A1:H2"') != 'ref="A1:H2"'
    assert accepted(read(repacked(sound(), edit))).faits == {"lits": Fraction(12)}


@pytest.mark.parametrize(
    ("avant", "apres"),
    [
        ('<row r="2"', '<row r="1"'),
        ('<c r="D2"', '<c r="C2"'),
        ('<c r="D2"', '<c r="D3"'),
        ('<c r="D2"', '<c r="XFE2"'),
        ('<c r="D2"', '<c r="D2x"'),
        ('<c r="A2" t="s"><v>', '<c r="A2" t="s"><v>9'),
        ('<c r="A2" t="s"><v>', '<c r="A2" t="s"><v>' + "9" * 5000),
        ("</sheetData>", ""),
        ("<sheetData>", "<sheetData>&nbsp;"),
    ],
)
def test_a_sheet_badly_formed_is_refused(avant: str, apres: str) -> None:
    xml = zipfile.ZipFile(io.BytesIO(sound())).read("xl/worksheets/sheet1.xml").decode()
    assert avant in xml
    data = repacked(sound(), {"xl/worksheets/sheet1.xml": lambda text: text.replace(avant, apres, 1)})
    refusal(data, "CAQ601")


def test_texts_repeated_without_end_are_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    def fill(book: Any, sheet: Any) -> None:
        for row in range(2, 12):
            sheet.write_row(row, 0, [B, 2018, "MCO"])
            sheet.write_string(row, 7, "x" * 30_000)

    assert "CAQ618" not in codes(read(built(fill)).diagnostics)
    monkeypatch.setattr(sheet_scan, "_MAX_TEXTS", 299_000)
    assert "textes du classeur" in refusal(built(fill), "CAQ618")


# The package


BOMB = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "x"><!ENTITY c "&b;&b;">]>'


@pytest.mark.parametrize(
    "partie", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml"]
)
def test_a_document_type_is_refused(partie: str) -> None:
    def edit(xml: str) -> str:
        return BOMB.decode() + xml.partition("?>")[2]

    assert "type de document" in refusal(repacked(sound(), {partie: edit}), "CAQ601")


@pytest.mark.parametrize(
    ("ajout", "mot"),
    [
        ("xl/vbaProject.bin", "macros"),
        ("xl/macrosheets/sheet1.xml", "macros"),
        ("xl/activeX/activeX1.bin", "macros"),
        ("xl/externalLinks/externalLink1.xml", "lié"),
        ("xl/connections.xml", "lié"),
        ("xl/queryTables/queryTable1.xml", "lié"),
        ("xl/embeddings/oleObject1.bin", "lié"),
    ],
)
def test_what_could_run_or_bring_values_in_is_refused(ajout: str, mot: str) -> None:
    assert mot in refusal(repacked(sound(), {ajout: b"x"}), "CAQ619")


def test_a_hyperlink_is_harmless() -> None:
    data = built(lambda book, sheet: sheet.write_url(5, 20, "https://example.org"))
    assert [e.finess for e in read(data).etablissements] == [A]


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("seconde", ["xl/worksheets/sheet1.xml", "xl/worksheets/SHEET1.xml"])
def test_a_part_said_twice_is_refused(seconde: str) -> None:
    out = io.BytesIO(sound())
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr(seconde, b"<a/>")
    assert "deux fois" in refusal(out.getvalue(), "CAQ619")


def test_strict_open_xml_is_refused_with_the_remedy() -> None:
    strict = "http://purl.oclc.org/ooxml/spreadsheetml/main"
    data = repacked(sound(), {"xl/workbook.xml": lambda xml: xml.replace(MAIN, strict)})
    assert "strict" in refusal(data, "CAQ601")


@pytest.mark.parametrize(
    ("changements", "mot"),
    [
        ({"xl/workbook.xml": None, "xl/workbook.bin": b"x"}, ".xlsb"),
        ({"xl/workbook.xml": None, "mimetype": b"application/vnd.oasis.opendocument.spreadsheet"}, "OpenDocument"),
        ({"xl/workbook.xml": None, "word/document.xml": b"<a/>"}, "pas un classeur"),
    ],
)
def test_another_format_is_named(changements: dict[str, bytes | None], mot: str) -> None:
    assert mot in refusal(repacked(sound(), changements), "CAQ601")


def test_a_package_that_grows_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    heavy = repacked(sound(), {"docProps/custom.xml": b" " * (8 << 20)})
    assert "grossit" in refusal(heavy, "CAQ618")
    plain = repacked(sound(), {"docProps/custom.xml": bytes(range(256)) * 1024})
    assert read(plain).etablissements
    monkeypatch.setattr(package, "MAX_UNPACKED", 250_000)
    assert "décompressé" in refusal(plain, "CAQ618")
    monkeypatch.undo()
    monkeypatch.setattr(package, "MAX_PARTS", 9)
    assert "parties" in refusal(plain, "CAQ618")


@pytest.mark.parametrize("dite", [100, 5_000])
def test_a_size_that_lies_is_refused(dite: int) -> None:
    data = bytearray(repacked(sound(), {"docProps/custom.xml": b" " * 4096}))
    at = data.rindex(b"docProps/custom.xml") - 46
    assert data[at : at + 4] == b"PK\x01\x02" and int.from_bytes(data[at + 24 : at + 28], "little") == 4096
    data[at + 24 : at + 28] = dite.to_bytes(4, "little")
    assert "décompresse pas" in refusal(bytes(data), "CAQ601")


@pytest.mark.parametrize("coupe", [4, 100, 1000])
def test_a_cut_package_is_refused(coupe: int) -> None:
    refusal(sound()[:coupe], "CAQ601")


def test_a_flipped_bit_is_never_another_value() -> None:
    data = sound()
    for at in range(0, len(data), 7):
        flipped = bytearray(data)
        flipped[at] ^= 0x10
        cohorte = read(bytes(flipped))
        for found in cohorte.etablissements:
            assert (found.finess, found.faits) == (A, {"lits": Fraction(12)})


def test_only_what_was_inspected_reaches_the_reader() -> None:
    data = repacked(sound(), {"xl/theme/extra.xml": b"<a/>", "docProps/thumbnail.jpeg": b"x"})
    with zipfile.ZipFile(io.BytesIO(package.open_package(data).repacked())) as archive:
        names = archive.namelist()
    assert "xl/worksheets/sheet1.xml" in names and "xl/sharedStrings.xml" in names
    assert not {"xl/theme/extra.xml", "docProps/thumbnail.jpeg", "docProps/app.xml"} & set(names)
