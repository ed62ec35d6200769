"""Every pair of types: a result, or an intent that names what to write."""

from __future__ import annotations

from itertools import product

import pytest

from caqes_dsl.base.quantities import Genre
from caqes_dsl.model.algebra import OPERATIONS, comparison_intent, intent
from caqes_dsl.pipeline import compile_text


@pytest.mark.parametrize("op", OPERATIONS)
def test_every_operation_has_a_type_or_an_intent(op: str) -> None:
    for gauche, droite in product(Genre, repeat=2):
        if OPERATIONS[op](gauche, droite) is None:
            said = intent(op, gauche, droite)
            assert said.endswith("."), (op, gauche, droite)
            if not {gauche, droite} & {Genre.JOURS, Genre.MOIS}:
                assert "même unité" not in said, (op, gauche, droite)


def test_what_an_author_likely_meant() -> None:
    assert "si … alors" in intent("×", Genre.OUI_NON, Genre.POINTS)
    assert "21 jours" in intent("+", Genre.JOURS, Genre.ENTIER)
    assert "date + durée" in intent("+", Genre.JOURS, Genre.DATE)
    assert "différence" in intent("+", Genre.DATE, Genre.DATE)
    assert "points_applicables" in intent("+", Genre.POINTS, Genre.TAUX)
    assert "taux - écart" not in intent("-", Genre.POINTS, Genre.ECART)
    assert "taux × montant" in comparison_intent(Genre.MONTANT, Genre.TAUX)
    assert "niveau(C1) = R" in comparison_intent(Genre.NIVEAU, Genre.TAUX)
    assert comparison_intent(Genre.TAUX, Genre.ECART) == ""


def test_a_decimal_without_unit_is_not_a_certain_rate() -> None:
    text = "caqes 1\npolitique p « P » exercice 2018 source « E »\nsecteur MCO « M »\nniveau R « R » donne 100 %\n"
    text += "critère C1 « Un » poids 1 point secteurs tous\npièce z « Z » si score < 0,53\n"
    (error,) = [d for d in compile_text(text).diagnostics if d.is_error]
    assert error.aide == "Écrivez « 53 % » ou « 0,53 % »."
    assert error.correction is not None and not error.correction.certaine
