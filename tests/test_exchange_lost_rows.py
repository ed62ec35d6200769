"""A quote that makes one cell of two rows: nothing of them is evaluated as if it were sound."""

from __future__ import annotations

from pathlib import Path

import pytest
from exchange_cases import A, B, one, read

HEAD = "finess;exercice;secteurs;raison_sociale;lits"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_quote_closed_in_the_next_row_refuses_what_it_joins(tmp_path: Path, end: str) -> None:
    """Both rows have five cells, and so has what they make: « Clinique;12⏎…;Autre » beside the beds of the second."""
    rows = [HEAD, f'{A};2018;MCO;"Clinique;12', f'{B};2018;MCO;Autre";13', f"{B};2018;SSR;Sûre;14"]
    cohorte = read(tmp_path, end.join([*rows, ""]))
    assert [e.faits["lits"] for e in cohorte.etablissements] == [14]
    assert [e.finess for e in cohorte.ecartes] == [A]
    found = one(cohorte, "CAQ620")
    assert found.lieu == "ligne 2" and found.is_error


def test_three_rows_joined_are_refused_too(tmp_path: Path) -> None:
    rows = [HEAD, f'{A};2018;MCO;"Une;12', f"{B};2018;MCO;Deux;13", f'{B};2017;MCO;Trois";14', ""]
    cohorte = read(tmp_path, "\n".join(rows))
    assert cohorte.etablissements == () and one(cohorte, "CAQ620").lieu == "ligne 2"


def test_a_text_on_several_lines_is_a_text(tmp_path: Path) -> None:
    """Three separators over one line break, where a row of five cells has four."""
    cohorte = read(tmp_path, f'{HEAD}\n{A};2018;MCO;"Clinique ; site A ;\nsite B ;";12\n')
    assert cohorte.diagnostics == ()
    assert cohorte.etablissements[0].raison_sociale == "Clinique ; site A ;\nsite B ;"
