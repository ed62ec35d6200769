"""A row that may be the past of an establishment, and cannot be read as such: it is not evaluated without its N-1."""

from __future__ import annotations

import pytest
from exchange_kit import ENTETE, codes, errors, read_text

LEADING_ZERO, OTHER = "010000107", "140000100"


@pytest.mark.parametrize(
    ("past", "code"),
    [("10000107;2017;MCO", "CAQ607"), (f"{LEADING_ZERO};2O17;MCO", "CAQ604"), (f"{LEADING_ZERO};;MCO", "CAQ604")],
)
def test_a_past_row_that_cannot_be_placed_sets_its_establishment_aside(past: str, code: str) -> None:
    cohorte = read_text(f"{ENTETE}\n{LEADING_ZERO};2018;MCO\n{past}\n{OTHER};2018;MCO\n")
    assert [e.finess for e in cohorte.etablissements] == [OTHER]
    assert [d.code for d in errors(cohorte)] == [code], "said once, where it is"
    reasons = {e.finess: e.diagnostics for e in cohorte.ecartes if e.exercice == 2018}
    assert reasons == {LEADING_ZERO: tuple(errors(cohorte))} and errors(cohorte)[0].lieu.startswith("ligne 3")


@pytest.mark.parametrize("row", ["10000107;2019;MCO", ";2017;MCO", "1400001;2017;MCO"])
def test_a_row_that_is_nobody_s_past_sets_nobody_else_aside(row: str) -> None:
    cohorte = read_text(f"{ENTETE}\n{LEADING_ZERO};2018;MCO\n{row}\n{OTHER};2018;MCO\n")
    assert [e.finess for e in cohorte.etablissements] == [LEADING_ZERO, OTHER]
    assert codes(cohorte.diagnostics)
