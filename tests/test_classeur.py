"""Workbooks filled by program and read back give what the file of establishments gives; bad ones are said."""

from __future__ import annotations

from pathlib import Path

import pytest
from classeur_kit import columns, filled, opened, rows, saved

from caqes_dsl.checked import compile_checked
from caqes_dsl.documents.classeur import classeur_of
from caqes_dsl.documents.writers.classeur import write_classeur
from caqes_dsl.evaluation.population import evaluate_cohort
from caqes_dsl.exchange import classeur_forme as forme
from caqes_dsl.exchange.read import Cohorte, read_cohort
from caqes_dsl.exchange.retours import read_returns
from caqes_dsl.model.nodes import Politique


def loaded(name: str, cohort: str) -> tuple[Politique, Cohorte]:
    politique = compile_checked(Path("policies") / f"{name}.caqes").politique
    assert politique is not None
    return politique, read_cohort(politique, Path("policies") / cohort)


@pytest.mark.lent
@pytest.mark.parametrize(
    ("name", "cohort", "most"),
    [
        ("normandie/2018", "normandie/exemples/2018-retours.csv", 12),
        ("normandie/2022", "normandie/exemples/2022-retours.csv", 34),
        ("cbu/2016", "cbu/exemples/2016-retours.csv", 105),
    ],
)
def test_filled_workbooks_give_the_results_of_the_file(name: str, cohort: str, most: int, tmp_path: Path) -> None:
    politique, read = loaded(name, cohort)
    sent = read.etablissements[:most]
    for one in sent:
        blank = write_classeur(classeur_of(politique, one, exercice=read.exercice, vierge=True))
        (tmp_path / f"{one.finess}.xlsx").write_bytes(filled(blank, politique, one))
    back = read_returns(politique, tmp_path, avec=read).cohorte
    assert [d.message for d in back.diagnostics if d.is_error] == []
    expected = {r.etablissement.finess: r for r in evaluate_cohort(politique, sent)[0]}
    given = {r.etablissement.finess: r for r in evaluate_cohort(politique, back.etablissements)[0]}
    assert given.keys() == expected.keys()
    for finess, result in expected.items():
        other = given[finess]
        assert (other.score_global, other.scores) == (result.score_global, result.scores)
        assert {n: d.montant for n, d in other.decisions.items()} == {n: d.montant for n, d in result.decisions.items()}


def test_a_workbook_is_the_same_bytes_and_holds_no_formula_of_an_author() -> None:
    politique, read = loaded("cbu/2016", "cbu/exemples/2016-retours.csv")
    one = read.etablissements[0]
    first, second = (write_classeur(classeur_of(politique, one, exercice=read.exercice)) for _ in range(2))
    assert first == second
    sheet = opened(first)[forme.CRITERES]
    assert sheet.protection.sheet


def test_another_policy_a_doubled_code_and_two_workbooks_of_one_establishment_are_refused(tmp_path: Path) -> None:
    politique, read = loaded("cbu/2016", "cbu/exemples/2016-retours.csv")
    other, _ = loaded("normandie/2022", "normandie/exemples/2022-retours.csv")
    one, two = read.etablissements[:2]
    blank = write_classeur(classeur_of(politique, one, exercice=read.exercice, vierge=True))
    (tmp_path / "a.xlsx").write_bytes(blank)
    (tmp_path / "b.xlsx").write_bytes(blank)
    book = opened(write_classeur(classeur_of(politique, two, exercice=read.exercice, vierge=True)))
    sheet = book[forme.CRITERES]
    places = rows(sheet)
    _, heads = columns(sheet)
    codes = list(places)
    sheet.cell(places[codes[1]], heads[forme.CODE]).value = codes[0]
    (tmp_path / "c.xlsx").write_bytes(saved(book))
    (tmp_path / "d.xlsx").write_bytes(b"PK nothing")
    found = read_returns(politique, tmp_path)
    assert found.cohorte.etablissements == ()
    said = [d.code for d in found.cohorte.diagnostics if d.is_error]
    assert said.count("CAQ609") == 3 and "CAQ601" in said
    assert {d.code for d in read_returns(other, tmp_path).cohorte.diagnostics if d.is_error} >= {"CAQ624"}
