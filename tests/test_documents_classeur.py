"""The formulas of the workbooks, recalculated by LibreOffice, give what the lines give, line by line.

That the lines give what the interpreter gives is `test_sheet.py`; here is the other half.
"""

from __future__ import annotations

import io
import random
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from classeur_kit import filled
from outils_documents import convert
from sheet_kit import entries

from caqes_dsl.checked import compile_checked
from caqes_dsl.documents.classeur import classeur_of
from caqes_dsl.documents.writers.classeur import write_classeur
from caqes_dsl.documents.writers.classeur_cadre import Cadre
from caqes_dsl.evaluation.candidats import candidates
from caqes_dsl.evaluation.exact.lines import LIMITE
from caqes_dsl.evaluation.exact.run import run
from caqes_dsl.evaluation.facts import Etablissement
from caqes_dsl.exchange import classeur_forme as forme
from caqes_dsl.exchange.read import exercise_of, read_cohort
from caqes_dsl.model.nodes import Politique

pytestmark = pytest.mark.documents

COHORTS = (
    ("normandie/2018", "normandie/exemples/2018-retours.csv"),
    ("normandie/2022", "normandie/exemples/2022-retours.csv"),
    ("cbu/2016", "cbu/exemples/2016-retours.csv"),
)
POLICIES = ("normandie/2018", "normandie/2019-volets", "normandie/2022", "cbu/2016", "national/2020")
MOST = 40
"""Establishments of a policy tried at the bounds of its tables."""


def policy(name: str) -> Politique:
    politique = compile_checked(Path("policies") / f"{name}.caqes").politique
    assert politique is not None
    return politique


def lines_that_differ(
    politique: Politique, one: Etablissement, book: Path, year: int | None, *, blank: bool
) -> list[str]:
    """Where a recalculated workbook says something else than whole numbers do, line by line."""
    classeur = classeur_of(politique, None if blank else one, exercice=year)
    calcul = Cadre(xlsxwriter.Workbook(io.BytesIO()), classeur).calcul
    # A blank workbook knows no earlier exercise.
    held = {k: v for k, v in entries(classeur.feuille, one).items() if not blank or k[0] != "passé"}
    expected = run(classeur.feuille.programme, held, sorted(calcul.vues))
    sheet = openpyxl.load_workbook(book, data_only=True)[forme.CALCUL]
    found = []
    for index in calcul.lines:
        row, wanted = calcul.rows[index], expected[index]
        given = (sheet.cell(row, 2).value, sheet.cell(row, 3).value)
        divider = sheet.cell(row, 4).value
        if given != (wanted.etat, wanted.nombre) or (divider is not None and divider != wanted.diviseur):
            found.append(
                f"{one.finess} {classeur.feuille.programme.lignes[index]} : {given} / {divider}, attendu {wanted}"
            )
    return found


@pytest.mark.parametrize(("name", "cohort"), COHORTS)
def test_the_sample_cohorts(name: str, cohort: str, tmp_path: Path) -> None:
    politique = policy(name)
    read = read_cohort(politique, Path("policies") / cohort)
    files = []
    for one in read.etablissements:
        made = write_classeur(classeur_of(politique, one, exercice=read.exercice, vierge=True))
        files.append(tmp_path / f"{one.finess}.xlsx")
        files[-1].write_bytes(filled(made, politique, one))
    out = tmp_path / "recalcule"
    out.mkdir()
    books = convert(files, "xlsx", out, seconds=900)
    for one, book in zip(read.etablissements, books, strict=True):
        assert lines_that_differ(politique, one, book, read.exercice, blank=False) == []


@pytest.mark.parametrize("name", POLICIES)
def test_the_bounds_of_every_table_in_a_blank_workbook(name: str, tmp_path: Path) -> None:
    politique = policy(name)
    year = exercise_of(politique)
    blank = write_classeur(classeur_of(politique, exercice=year))
    tried = [c.etablissement for c in candidates(politique)[:: max(1, len(candidates(politique)) // MOST)]]
    files = []
    for k, one in enumerate(tried):
        files.append(tmp_path / f"{k}.xlsx")
        files[-1].write_bytes(filled(blank, politique, one, secteurs=True))
    out = tmp_path / "recalcule"
    out.mkdir()
    books = convert(files, "xlsx", out, seconds=900)
    assert len(books) >= 20
    for one, book in zip(tried, books, strict=True):
        assert lines_that_differ(politique, one, book, year, blank=True) == []


def test_whole_numbers_up_to_the_limit_divide_and_compare_exactly(tmp_path: Path) -> None:
    """What the widths rest on: next to a whole quotient, and one apart, as large as a line may be."""
    rng, cases = random.Random(3), []
    book = xlsxwriter.Workbook(tmp_path / "limite.xlsx")
    sheet = book.add_worksheet()
    for row in range(1, 3001):
        b = rng.choice([rng.randint(1, LIMITE), rng.randint(1, 10**7), rng.randint(1, 1000)])
        near = rng.randint(0, LIMITE // b) * b + rng.choice([-1, 0, 1, b // 2])
        a = min(max(near, 0), LIMITE)
        c = a + rng.choice([-1, 0, 1])
        cases.append((a, b, c))
        for column, number in enumerate((a, b, c)):
            sheet.write_number(row - 1, column, number)
        for column, formula in enumerate((f"INT(A{row}/B{row})", f"-INT(-A{row}/B{row})", f"IF(A{row}<C{row},1,0)"), 3):
            sheet.write_formula(row - 1, column, f"={formula}")
    book.close()
    out = tmp_path / "recalcule"
    out.mkdir()
    read = openpyxl.load_workbook(convert([tmp_path / "limite.xlsx"], "xlsx", out)[0], data_only=True).worksheets[0]
    for row, (a, b, c) in enumerate(cases, 1):
        assert [read.cell(row, k).value for k in (4, 5, 6)] == [a // b, -(-a // b), int(a < c)], (a, b, c)
