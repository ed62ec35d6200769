"""The annex as a workbook: what each sheet says, how it prints, and that nothing in it computes."""

from __future__ import annotations

import io
import re
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from annexe_lectures import parts, spaced
from annexe_page import ESSAI, NORMANDIE, annexe, politique
from outils_documents import convert, pdf_text, require

from caqes_dsl.documents.render import render_annexe
from caqes_dsl.documents.typography import typeset
from caqes_dsl.documents.view import annexe_view
from caqes_dsl.documents.writers.xlsx import COUPE, LIMITE, write_xlsx

MORE = NORMANDIE.with_name("2022.caqes")


@cache
def _bytes(chemin: Path = NORMANDIE, secteurs: tuple[str, ...] = ()) -> bytes:
    return render_annexe(politique(chemin), "xlsx", secteurs=secteurs)


def _book(chemin: Path = NORMANDIE, secteurs: tuple[str, ...] = ()) -> Any:
    return openpyxl.load_workbook(io.BytesIO(_bytes(chemin, secteurs)))


def _rows(sheet: Any) -> list[dict[str, Any]]:
    """The rows of a sheet that holds one table, under its heads."""
    first, last = sheet.auto_filter.ref.split(":")
    grid = [[c.value for c in row] for row in sheet[f"{first}:{last}"]]
    return [dict(zip(grid[0], row, strict=True)) for row in grid[1:]]


def test_the_grid_has_one_row_a_criterion() -> None:
    rows = [r for r in _rows(_book()["Grille"]) if r["N°"]]
    assert [r["N°"] for r in rows] == list(politique().criteres)
    found = next(r for r in rows if r["N°"] == "C55")
    assert (found["Article"], found["Secteurs"], found["Points"]) == ("10-2", "Tous sauf HAD", 2)
    assert spaced(found["Points selon la réponse, ou seuils"]) == (
        "Plus de 50 % : Réalisé, 2 points Plus de 25 % à 50 % inclus : Partiellement réalisé, 1 point"
        " Jusqu’à 25 % inclus : Non réalisé, 0 point"
        " Aux bornes : à 25 % : Non réalisé · à 50 % : Partiellement réalisé"
    )
    assert found["Notes"] == "19 (hypothèse)"
    assert sum(r["Points"] for r in rows) == 105
    half = next(r for r in rows if r["N°"] == "C11")
    assert half["Points"] == 0.5


def test_the_grid_of_home_hospitalisation() -> None:
    rows = [r for r in _rows(_book(secteurs=("HAD",))["Grille"]) if r["N°"]]
    assert (len(rows), sum(r["Points"] for r in rows)) == (51, 62)


def test_commitments_without_points_have_their_row() -> None:
    rows = [r for r in _rows(_book()["Grille"]) if not r["N°"]]
    assert [r["Points"] for r in rows if r["Points"]] == ["Sans points", "Sans points"]


def test_totals_are_those_of_the_page() -> None:
    rows = _rows(_book()["Points"])
    (table,) = [t for t in annexe().all("table") if "nombres" in t.attributs.get("class", "")]
    page = [[c.texte() for c in r.all("th", "td")] for r in list(table.all("tr"))[1:]]
    assert [[spaced(str(v)) for v in r.values()] for r in rows] == page
    assert all(isinstance(v, int) for r in rows for k, v in r.items() if k != "Article")


def test_sheets_say_only_what_there_is() -> None:
    common = ["Identité", "Lecture", "Articles"]
    ends = ["Décisions", "Définitions", "Valeurs", "Données", "Calendrier", "Exemples", "Limites", "Sources"]
    assert _book().sheetnames == [*common, "Grille", "Points", "Barèmes", *ends]
    assert _book(MORE).sheetnames == [*common, "Indicateurs", *ends]


@pytest.mark.parametrize("chemin", [NORMANDIE, MORE, ESSAI], ids=lambda p: p.stem)
def test_each_sheet_says_its_status_and_prints_well(chemin: Path) -> None:
    view = annexe_view(politique(chemin)).identite
    titre, rappel = (spaced(typeset(text)) for text in (view.titre, view.rappel))
    for sheet in _book(chemin).worksheets:
        said = [spaced(str(sheet.cell(row, 1).value)) for row in (1, 2, 3)]
        assert said[0].startswith(f"{titre} – ") and said[1] == rappel
        assert said[2].startswith("PROJET : ce document") is view.est_projet
        assert spaced(sheet.oddHeader.left.text.replace("&&", "&")) == rappel
        assert (sheet.oddHeader.right.text or "").endswith("PROJET") is view.est_projet
        assert sheet.oddFooter.left.text == f"Code de contrôle {view.code_de_controle}"
        setup = sheet.page_setup
        assert (setup.orientation, setup.paperSize, setup.fitToHeight) == ("landscape", 9, 0)
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.print_title_rows.startswith("$1:$") and sheet.freeze_panes
        if sheet.auto_filter.ref:
            head = int(re.findall(r"\d+", sheet.auto_filter.ref)[0])
            assert sheet.print_title_rows == f"$1:${head}" and sheet.freeze_panes == f"A{head + 1}"


def test_heads_contrast_with_their_ground() -> None:
    for sheet in _book().worksheets:
        heads = [c for row in sheet.iter_rows() for c in row if c.fill.fgColor.rgb == "FF1F3F70"]
        assert heads and all(c.font.bold and c.font.color.rgb == "FFFFFFFF" for c in heads)


def test_every_row_is_high_enough_for_its_texts() -> None:
    """At nine points, a line takes 12 points, and a column of n characters shows n digits, more letters than that."""
    for sheet in (*_book().worksheets, *_book(MORE).worksheets):
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell.value, str) and cell.coordinate not in sheet.merged_cells:
                    width = sheet.column_dimensions[cell.column_letter].width * 1.1
                    least = sum(-(-len(part) // width) for part in cell.value.split("\n"))
                    assert sheet.row_dimensions[cell.row].height >= min(12 * least, 409), (sheet.title, cell)


def test_properties() -> None:
    said = _book().properties
    assert spaced(said.title) == "CAQES Normandie 2018 – Annexe"
    assert politique().empreinte in said.description and said.created.year == 2018


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "=cmd|' /C calc'!A0"])
def test_a_text_never_computes(text: str) -> None:
    view: dict[str, Any] = asdict(annexe_view(politique()))
    view["identite"]["titre"] = text
    view["sources"] = [{"numero": "1", "texte": text, "hypothese": False}]
    for sheet in openpyxl.load_workbook(io.BytesIO(write_xlsx(view))).worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type in ("s", "n") and cell.hyperlink is None
                if isinstance(cell.value, str) and cell.value.startswith(("=", "+", "-", "@")):
                    assert cell.quotePrefix, "modifiée, la cellule resterait un texte"


def test_no_part_holds_a_formula_a_link_or_a_macro() -> None:
    for name, content in parts(_bytes(ESSAI)).items():
        assert b"<f>" not in content and b"<hyperlink" not in content and b"External" not in content, name


def test_a_text_too_long_for_a_cell_is_cut_and_said_to_be() -> None:
    view: dict[str, Any] = asdict(annexe_view(politique()))
    view["sources"] = [{"numero": "1", "texte": "a" * (LIMITE + 1), "hypothese": False}]
    view["identite"]["rappel"] = "&" * 400
    book: Any = openpyxl.load_workbook(io.BytesIO(write_xlsx(view)))
    text = book["Sources"].cell(5, 2).value
    assert len(text) == LIMITE and text.endswith(COUPE)
    assert book["Sources"].cell(5, 1).value == 1
    view["sources"] = [{"numero": "1", "texte": "a" * LIMITE, "hypothese": False}]
    assert openpyxl.load_workbook(io.BytesIO(write_xlsx(view)))["Sources"].cell(5, 2).value == "a" * LIMITE
    head = book["Sources"].oddHeader.left.text
    assert 100 < len(head) < 255 and head.endswith("…"), (
        "au-delà de 255 signes, le classeur n'aurait pas de tête de page"
    )


def test_same_policy_same_bytes() -> None:
    assert render_annexe(politique(), "xlsx") == _bytes()


@pytest.mark.documents
def test_libreoffice_opens_it_and_shows_every_text(tmp_path: Path) -> None:
    files = {"2018": NORMANDIE, "2022": MORE, "essai": ESSAI}
    for name, chemin in files.items():
        (tmp_path / f"{name}.xlsx").write_bytes(_bytes(chemin))
    require("pdftotext")
    made = convert([tmp_path / f"{name}.xlsx" for name in files], "pdf", tmp_path)
    for path, chemin in zip(made, files.values(), strict=True):
        shown = re.sub(r"\s", "", pdf_text(path))
        for sheet in _book(chemin).worksheets:
            for row in sheet.iter_rows():
                for cell in row:
                    if isinstance(cell.value, str):
                        for word in cell.value.split():
                            assert word in shown, (sheet.title, cell.coordinate, word)
