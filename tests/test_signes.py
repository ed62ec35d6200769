"""What authors bring from a spreadsheet, a word processor or a program: one message each, no doubtful correction."""

from __future__ import annotations

import pytest

from caqes_dsl.base.diagnostics import Diagnostic
from caqes_dsl.pipeline import compile_text

FRAME = """caqes 1
politique p « P » exercice 2018 source « Essai »
secteur MCO « Médecine »
niveau R « Réalisé » donne 100 %
niveau NR « Non réalisé » donne 0 %
donnée lits « Lits » : entier ≥ 0
donnée produits « Produits » : montant ≥ 0 €
donnée urgences « Urgences » : oui_non
critère C1 « Charte » poids 2 points secteurs tous
"""


def errors(text: str) -> list[Diagnostic]:
    return [d for d in compile_text(FRAME + text).diagnostics if d.is_error]


CERTAIN = [
    ("pièce z « Z » si lits != 0", "≠"),
    ("pièce z « Z » si lits == 0", "="),
    ("pièce z « Z » si lits =< 3", "≤"),
    ("pièce z « Z » si urgences && lits = 0", "et"),
    ("pièce z « Z » si urgences || lits = 0", "ou"),
    ("sanction s « S » montant 1.000.000 € arrondi à 1 €", "1 000 000"),
    ("sanction s « S » montant 1'000 € arrondi à 1 €", "1 000"),
    ("sanction s « S » montant 0.500 € arrondi à 1 €", "0,500"),
    ("sanction s « S » montant 10.5 € arrondi à 1 €", "10,5"),
    ("paramètre q « Q » : taux 4 % à compter du 1er janvier 2017", "01/01/2017"),
    ("paramètre q « Q » : taux 4 % à compter du 31 août 2017", "31/08/2017"),
    ("paramètre q « Q » : taux 4 % à compter du 01.02.2017", "01/02/2017"),
    ("critère C2 ‘L'eau’ poids 1 point secteurs tous", "« L'eau »"),
    ("critère C2 << L'eau >> poids 1 point secteurs tous", "« L'eau »"),
    ("// une remarque : lits != 0", "# une remarque : lits != 0"),
    ("• critère C2 « Deux » poids 1 point secteurs tous", ""),
    ("critère C2 « Deux »\n  poids 1 point ;\n  secteurs tous", ""),
]


@pytest.mark.parametrize(("text", "fix"), CERTAIN, ids=lambda v: v)
def test_a_sign_that_can_mean_one_thing_has_a_certain_correction(text: str, fix: str) -> None:
    (error,) = errors(text + "\n")
    assert error.correction is not None and error.correction.certaine
    assert error.correction.texte == fix
    place = error.correction.span
    whole = place.source.texte
    assert compile_text(whole[: place.debut] + fix + whole[place.fin :]).politique is not None


DOUBTFUL = [
    ("sanction s « S » montant 1.000 € arrondi à 1 €", "« 1 000 » pour des milliers"),
    ("sanction s « S » montant 1,000,000 € arrondi à 1 €", "Pour des milliers, écrivez « 1 000 000 »"),
    ("sanction s « S » montant 100 $ arrondi à 1 €", "Écrivez « € »"),
    ("sanction s « S » montant 100 euros arrondi à 1 €", "Écrivez « € »"),
    ("sanction s « S » montant € 100 arrondi à 1 €", "« 100 € »"),
    ("sanction s « S » montant produits fois 2 arrondi à 1 €", "Écrivez « × »"),
    ("sanction s « S » montant produits ^ 2 arrondi à 1 €", "x × x"),
    ("pièce z « Z » si !urgences", "« non » devant"),
    ("pièce z « Z » si lits = 0)", "Retirez-la"),
    ("pièce z « Z » si lits = « zéro »", "Écrivez une valeur"),
    ("niveau PR « Partiel » donne 53 pour cent", "Écrivez « % »"),
    ("critère C.2 « Deux » poids 1 point secteurs tous", "« _ »"),
    ("critère C-2 « Deux » poids 1 point secteurs tous", "« C_2 »"),
    ("donnée lits installés « Lits » : entier", "« lits_installés »"),
    ("critère C2 poids 1 point secteurs tous", "« critère C2 « Son titre » »"),
    ("critère C2 « Deux » poids -1 point secteurs tous", "Retirez le signe"),
    ("critère C2 « Deux » poids 1 point, secteurs tous", "Retirez « , »"),
    ("critère C2 « Deux » poids 1 point secteur MCO", "« secteurs » et ses noms"),
    ("critère C2 « Deux » pondération 1 point secteurs tous", "Écrivez « poids »"),
    ("critère C2 'Deux' poids 1 point secteurs tous", "Écrivez « Deux »"),
    ("paramètre q « Q » : taux 4 % à compter du 2017-01-01", "31/12/2018"),
    ("calcul k « K » : entier lits\n- critère C2 « Deux » poids 1 point secteurs tous", "Si c'est une puce"),
    ("critère C2 « Deux poids 1 point secteurs tous\ncritère C3 « T » poids 1 point secteurs tous", "Ajoutez le »"),
]


@pytest.mark.parametrize(("text", "told"), DOUBTFUL, ids=lambda v: v)
def test_a_sign_that_can_mean_several_things_is_one_error_and_nothing_is_corrected(text: str, told: str) -> None:
    (error,) = errors(text + "\n")
    assert told in error.aide
    assert error.correction is None or not error.correction.certaine


def test_a_plural_heading_is_the_heading() -> None:
    (error,) = errors("critères C2 « Deux » poids 1 point secteurs tous\n")
    assert error.aide == "Vouliez-vous dire « critère » ?"


def test_a_visible_sign_is_never_dropped_for_certain() -> None:
    for sign in "@~`|\\?_.§{}[]":
        for error in errors(f"pièce z « Z » si lits {sign} 0 = 0\n"):
            assert error.correction is None or not error.correction.certaine, sign


def test_thousands_of_refused_signs_are_not_all_said() -> None:
    found = errors("calcul k « K » : entier " + "0.5 @ " * 5_000)
    assert len(found) < 600
    (stopped,) = [d for d in found if d.code == "CAQ110"]
    assert "la lecture s'arrête ici" in stopped.message


def test_declarations_beyond_the_limit_are_not_read() -> None:
    found = errors("".join(f"secteur S{i} « S »\n" for i in range(10_050)))
    assert [d.code for d in found] == ["CAQ110"]
