"""A refused policy still says what it can: holes beside other mistakes, and who of a cohort falls in them."""

from __future__ import annotations

from fractions import Fraction

from caqes_dsl.evaluation.affected import affected
from caqes_dsl.evaluation.facts import Etablissement
from caqes_dsl.pipeline import compile_text

POLICY = """caqes 1
politique p « P »
  exercice 2018
secteur MCO « Médecine »
secteur HAD « Domicile »
niveau R « Réalisé » donne 100 %
niveau PR « Partiel » donne 50 %
niveau NR « Non réalisé » donne 0 %
volet v « V »
  cible 50 %
donnée lits « Lits » : entier ≥ 0
donnée equipes « Lits équipés » : entier entre 0 et lits
critère C55 « Cinquante-cinq »
  poids 2 points
  secteurs MCO
  NC d'office si lits = 0
  mesure equipes / lits
  seuils
    > 50 % : R
    entre 26 % et 49 % : PR
    < 25 % : NR
calcul ecart « Écart » : écart
  max(cible - score ; 0 pt)
barème taux « Taux » : taux
  selon ecart
    0 pt : 0 %
    de 1 à 2 pt : 0,01 %
"""


def hospital(finess: str, equipes: int, lits: int, secteur: str = "MCO") -> Etablissement:
    faits = {"equipes": Fraction(equipes), "lits": Fraction(lits)}
    return Etablissement(finess, exercice=2018, secteurs=(secteur,), faits=faits)


def test_the_establishments_that_fall_in_a_hole_are_named_with_their_value() -> None:
    done = compile_text(POLICY)
    assert done.politique is None and done.brouillon is not None
    cohort = [
        hospital("1", 25, 100),  # 25 %: in the first hole
        hospital("2", 26, 100),
        hospital("3", 497, 1000),  # 49,7 %: in the second
        hospital("4", 50, 100),  # 50 %: in the second, its end included
        hospital("5", 51, 100),
        hospital("6", 0, 0),  # no bed: the mesure is not evaluated
        hospital("7", 25, 100, "HAD"),  # not concerned
    ]
    found = affected(done.brouillon, cohort, "donnees.csv")
    said = next(d for d in found if "C55" in d.message).message.replace("\u00a0", " ")
    assert "3 établissements ne sont dans aucun rang" in said
    assert "1 (25 %), 3 (49,7 %), 4 (50 %)" in said
    assert not any("deux rangs" in d.message for d in found)


def test_an_overlap_names_those_who_have_two_answers() -> None:
    done = compile_text(POLICY.replace("entre 26 % et 49 %", "entre 25 % et 60 %").replace("< 25 %", "≤ 25 %"))
    assert done.brouillon is not None
    found = affected(done.brouillon, [hospital("1", 25, 100), hospital("2", 55, 100), hospital("3", 40, 100)], "d.csv")
    (said,) = [d.message for d in found if "deux rangs" in d.message]
    assert "2 établissements" in said and "3 (" not in said


def test_holes_are_said_beside_an_unknown_name() -> None:
    done = compile_text(POLICY + "pièce x « X »\n  si litss = 0\n")
    codes = [d.code for d in done.diagnostics if d.is_error]
    assert codes.count("CAQ201") == 1
    assert codes.count("CAQ301") == 3  # the two of C55, and those of the scale on an exact score
    assert "CAQ304" in codes


def test_a_broken_criterion_silences_what_reads_the_score_and_nothing_else() -> None:
    done = compile_text(POLICY + "critère C1 « Un »\n  poids 2 €\n  secteurs tous\n")
    codes = [d.code for d in done.diagnostics if d.is_error]
    assert codes.count("CAQ205") == 1
    assert codes.count("CAQ301") == 2  # C55 only: the score is not known
    assert "CAQ304" not in codes


def test_a_missing_calcul_silences_the_scale_that_reads_it() -> None:
    done = compile_text(POLICY.replace("max(cible - score ; 0 pt)", "max(cibl - score ; 0 pt)"))
    codes = [d.code for d in done.diagnostics if d.is_error]
    assert codes.count("CAQ201") == 1
    assert codes.count("CAQ301") == 2
