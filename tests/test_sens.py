"""Thresholds and credits against the direction that their criterion declares."""

from __future__ import annotations

import pytest

from caqes_dsl.pipeline import compile_text

FRAME = """caqes 1
politique p « P » source « Essai »
  exercice 2018
secteur MCO « Médecine »
niveau R « Réalisé » donne 100 %
niveau PR « Partiel » donne 50 %
niveau NR « Non réalisé » donne 0 %
niveau HC « Hors champ » hors calcul
donnée t « Taux » : taux
  entre 0 % et 100 %
critère C1 « Un »
  poids 2 points
  secteurs MCO
  mesure t
"""


def said(rows: str, sens: str = "hausse") -> list[str]:
    done = compile_text(f"{FRAME}  sens {sens}\n  seuils\n" + "".join(f"    {r}\n" for r in rows.split(" | ")))
    assert not [d for d in done.diagnostics if d.is_error], [d.message for d in done.diagnostics]
    return [d.message.replace("\u00a0", " ") for d in done.diagnostics if d.code == "CAQ310"]


SOUND = [
    ("plus de 50 % : R | plus de 25 % à 50 % : PR | jusqu'à 25 % : NR", "hausse"),
    ("jusqu'à 25 % : R | plus de 25 % à 50 % : PR | plus de 50 % : NR", "baisse"),
    ("jusqu'à 25 % : NR | plus de 25 % à 50 % : NR | plus de 50 % : R", "hausse"),  # equal rows go with both
    ("moins de 10 % : HC | de 10 % à 50 % : NR | plus de 50 % : R", "hausse"),  # a neutral row gives nothing
    ("moins de 50 % : 0 % | de 50 % à 80 % : de 0 % à 100 % | plus de 80 % : 100 %", "hausse"),
    ("plus de 50 % : R | autrement : NR", "hausse"),
    ("0 % : NR | plus de 0 % : R", "hausse"),
]


@pytest.mark.parametrize(("rows", "sens"), SOUND)
def test_rows_that_follow_their_direction_are_silent(rows: str, sens: str) -> None:
    assert said(rows, sens) == []


@pytest.mark.parametrize(("rows", "sens"), SOUND)
def test_the_same_rows_against_the_other_direction(rows: str, sens: str) -> None:
    silent = "autrement" in rows
    other = "baisse" if sens == "hausse" else "hausse"
    assert bool(said(rows, other)) is not silent


def test_the_message_names_both_rows_and_what_they_give() -> None:
    (message,) = said("plus de 50 % : NR | plus de 25 % à 50 % : PR | jusqu'à 25 % : R")
    assert "« plus de 25 % à 50 % » donne 50 % des points quand « jusqu'à 25 % » en donne 100 %" in message


def test_a_linear_row_that_goes_down() -> None:
    (message,) = said("moins de 50 % : 0 % | de 50 % à 80 % : de 100 % à 0 % | plus de 80 % : 100 %")[:1]
    assert "va de 100 % à 0 % des points" in message


def test_a_bare_mesure_cannot_be_better_lower() -> None:
    done = compile_text(FRAME + "  sens baisse\n")
    assert [d.code for d in done.diagnostics if d.code == "CAQ310"] == ["CAQ310"]
    assert not [d for d in compile_text(FRAME + "  sens hausse\n").diagnostics if d.code == "CAQ310"]
