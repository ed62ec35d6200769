"""The row proposed for a hole: an edit that a tool can apply, that closes the hole, and that is never applied alone."""

from __future__ import annotations

import pytest

from caqes_dsl.base.diagnostics import Diagnostic
from caqes_dsl.pipeline import compile_text
from caqes_dsl.syntax.corrections import apply_corrections, certain_corrections

FRAME = """caqes 1
politique p « P » source « Essai »
  exercice 2018
secteur MCO « Médecine »
niveau R « Réalisé » donne 100 %
niveau PR « Partiel » donne 50 %
niveau NR « Non réalisé » donne 0 %
volet v « V »
  cible 50 %
notation
  score arrondi à 1 % avant comparaison
donnée lits « Lits » : entier ≥ 0
donnée equipes « Lits équipés » : entier entre 0 et lits
donnée classe « Classe » : choix (A, B, C)
calcul ecart « Écart » : écart
  max(cible - score ; 0 pt)
critère C1 « Un »
  poids 2 points
  secteurs MCO
  NC d'office si lits = 0
  mesure equipes / lits
  seuils
"""

TABLES = {
    "criterion 55 as printed": "    > 50 % : R  # imprimé\n    entre 26 % et 49 % : PR\n    < 25 % : NR\n",
    "an open end": "    moins de 25 % : NR\n    de 25 % à 60 % : PR\n",
    "a hole at the bottom": "    à partir de 10 % : R\n",
}
SCALES = {
    "a scale without end": "    0 pt : 0 %\n    de 1 à 2 pt : 0,01 %\n",
    "a hole in the middle": "    0 pt : 0 %\n    de 3 à 4 pt : 0,02 %\n    plus de 4 pt : 1 %\n",
}
GRIDS = {"two drivers": "    A ; jusqu'à 10 pt : 1 %\n    B ; tout : 2 %\n    C ; tout : 3 %\n"}


def closed(text: str) -> list[Diagnostic]:
    """Applies the proposed rows one by one, as an editor would, until no hole is left."""
    for _ in range(8):
        done = compile_text(text)
        holes = [d for d in done.diagnostics if d.code in ("CAQ301", "CAQ304")]
        if not holes:
            return [d for d in done.diagnostics if d.is_error]
        correction = holes[0].correction
        assert correction is not None and not correction.certaine
        text = apply_corrections(correction.span.source, [correction])
    raise AssertionError(f"des trous restent :\n{text}")


@pytest.mark.parametrize("what", TABLES)
def test_proposed_rows_close_the_holes_of_thresholds(what: str) -> None:
    assert closed(FRAME + TABLES[what]) == []


@pytest.mark.parametrize("what", [*SCALES, *GRIDS])
def test_proposed_rows_close_the_holes_of_scales(what: str) -> None:
    whole = FRAME + "    moins de 50 % : NR\n    autrement : R\nbarème b « B » : taux\n"
    driver = "  selon ecart\n" if what in SCALES else "  selon classe ; ecart\n"
    assert closed(whole + driver + (SCALES | GRIDS)[what]) == []


def test_a_comment_at_the_end_of_the_row_stays_with_it() -> None:
    done = compile_text(FRAME + TABLES["criterion 55 as printed"])
    for hole in (d for d in done.diagnostics if d.code == "CAQ301"):
        assert hole.correction is not None
        text = apply_corrections(hole.correction.span.source, [hole.correction])
        assert "> 50 % : R  # imprimé\n" in text


def test_a_proposal_is_never_applied_by_itself() -> None:
    done = compile_text(FRAME + TABLES["criterion 55 as printed"])
    assert done.fichier is not None
    assert certain_corrections(done.diagnostics, done.fichier.source) == []


def test_a_hole_between_dates_is_said_in_dates_and_closed_by_what_is_left() -> None:
    text = FRAME + TABLES["a hole at the bottom"] + "    autrement : NR\ndonnée ouvert « Ouverture » : date\n"
    text += "barème b « B » : taux\n  selon ouvert\n    01/01/2018 : 1 %\n    02/01/2018 : 2 %\n"
    holes = [d for d in compile_text(text).diagnostics if d.code in ("CAQ301", "CAQ304")]
    assert "avant le 01/01/2018, par exemple 30/12/2017" in holes[0].message
    assert "ouvert = 30/12/2017" in holes[0].aide
    assert "après le 02/01/2018" in holes[1].message
    assert closed(text) == []


def test_several_computed_drivers_have_an_establishment() -> None:
    text = (
        FRAME + TABLES["a hole at the bottom"] + "    autrement : NR\nbarème b « B » : taux\n  selon ecart ; classe\n"
    )
    text += "    jusqu'à 10 pt ; tout : 1 %\n    plus de 11 pt ; tout : 1 %\n"
    (hole,) = [d for d in compile_text(text).diagnostics if d.code == "CAQ301"]
    assert "Un établissement y tombe avec score = 39\u00a0% et classe = A." in hole.aide
    assert closed(text) == []
