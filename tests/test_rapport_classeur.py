"""The report's workbook: the results of `caqes evaluer`, and the tables of the report as numbers."""

from __future__ import annotations

import io
from dataclasses import replace
from fractions import Fraction as F
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from rapport_kit import LIVREES, POLITIQUES, Region, evaluated, number, region, tables

from caqes_dsl.base.quantities import Genre
from caqes_dsl.commands import cli
from caqes_dsl.documents.rapport_formats import render_workbook
from caqes_dsl.exchange.report_sheet import typed
from caqes_dsl.exchange.write import write_results

openpyxl = pytest.importorskip("openpyxl")


def made(found: Region) -> bytes:
    return render_workbook(found.politique, found.resultats, found.cohorte, found.view())


def opened(data: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(data))


@pytest.mark.parametrize("nom", [*LIVREES, "normandie/2019-volets"])
def test_the_results_are_those_of_evaluer_and_the_tables_those_of_the_report(nom: str) -> None:
    found = region(nom)
    plain = write_results(found.politique, found.resultats, found.cohorte, suffixe=".xlsx")
    assert isinstance(plain, bytes)
    book, alone = opened(made(found)), opened(plain)
    assert book.sheetnames == ["Résultats", "Rapport", "Légende", "Reçu"]
    assert list(book["Résultats"].values) == list(alone["Résultats"].values)
    sheet, row = list(book["Rapport"].values), 0
    for table in tables(found.view()):
        while sheet[row][0] != table.table.legende or sheet[row + 1][0] != table.table.colonnes[0].replace(
            "\u00ad", ""
        ):
            row += 1
        for i, printed in enumerate(table.table.rangs, row + 2):
            for k, text in enumerate(printed):
                cell = sheet[i][k]
                if isinstance(cell, int | float):
                    assert table.nombres[k]
                    assert abs(F(cell) - number(text)) < F(1, 10**9)
                else:
                    assert cell == text


def test_what_is_printed_as_a_number_is_one_and_nothing_else_is() -> None:
    assert typed("23\u202f380,64\u00a0€") == (F("23380.64"), Genre.MONTANT)
    assert typed("78,5\u00a0%") == (F("0.785"), Genre.TAUX)
    assert typed("−7") == (F(-7), Genre.DECIMAL) and typed("+0,5") == (F("0.5"), Genre.DECIMAL)
    for text in ("≈\u00a02,82\u00a0%", "entre 51\u00a0% et 52\u00a0%", "–", "le même", "=1+1", "1 2", "", "12,"):
        assert typed(text) == (text, None)


def test_a_number_of_finess_stays_a_text_and_a_formula_too() -> None:
    found = region("normandie/2018")
    first, *others = found.cohorte.etablissements
    cohorte = replace(found.cohorte, etablissements=tuple(replace(e, raison_sociale="=1+1") for e in (first, *others)))
    book = opened(made(evaluated(found.politique, cohorte)))
    cells = [c for row in book["Rapport"].iter_rows() for c in row if c.value is not None]
    assert any(c.value == "=1+1" and c.data_type == "s" for c in cells) and not any(c.data_type == "f" for c in cells)
    assert any(c.value == "149990053" and c.data_type == "s" for c in cells)


def test_the_command_writes_all_formats_the_same_bytes_each_time(tmp_path: Path) -> None:
    arguments = ["rapport", str(POLITIQUES / "normandie/2022.caqes"), str(POLITIQUES / LIVREES["normandie/2022"])]
    for folder in ("a", "b"):
        done = CliRunner().invoke(cli, [*arguments, "-o", str(tmp_path / folder)])
        assert done.exit_code == 0, done.output
    names = [f"rapport-normandie_2022-2022.{f}" for f in ("docx", "html", "xlsx")]
    assert sorted(p.name for p in (tmp_path / "a").iterdir()) == names
    for name in names:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
