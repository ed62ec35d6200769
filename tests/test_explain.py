"""The interpreter against brute force: bounds hold every completion of what is missing, and say when they reach it."""

from __future__ import annotations

import random
import time
from fractions import Fraction as F

import pytest
from completions import HEAD, completions, random_establishment, random_policy, richer_policy

from caqes_dsl.base.quantities import Valeur
from caqes_dsl.evaluation.explain import evaluate
from caqes_dsl.evaluation.facts import Etablissement
from caqes_dsl.evaluation.trace import Resultat
from caqes_dsl.model.nodes import Politique
from caqes_dsl.pipeline import compile_text

SEEDS = range(60)

SANCTION = "sanction s « Sanction »\n  si score < cible\n  montant 1 % × produits\n  arrondi à 0,01 €\n"


def policy(body: str) -> Politique:
    compiled = compile_text(HEAD + body)
    assert compiled.politique is not None, [d.message for d in compiled.diagnostics]
    return compiled.politique


def result(body: str, *, secteurs: tuple[str, ...] = ("MCO",), **given: object) -> Resultat:
    """What a policy gives: facts and answers by name, told apart by the policy."""
    politique = policy(body)
    faits: dict[str, Valeur] = {}
    reponses: dict[str, str] = {}
    for nom, valeur in given.items():
        if nom in politique.criteres:
            reponses[nom] = str(valeur)
        else:
            assert isinstance(valeur, int | F | str)
            faits[nom] = F(valeur) if isinstance(valeur, int) and not isinstance(valeur, bool) else valeur
    return evaluate(politique, Etablissement("x", "X", 2018, secteurs, reponses, {}, faits))


@pytest.mark.parametrize("seed", SEEDS)
def test_completions_stay_within_what_is_said(seed: int) -> None:
    rng = random.Random(seed)
    politique = policy(random_policy(rng).removeprefix(HEAD))
    for _ in range(4):
        found = evaluate(politique, random_establishment(politique, rng))
        if not found.manquants:
            continue
        after = list(completions(found))
        assert after, seed
        _check_score(found, after)
        _check_decision(found, after)


@pytest.mark.parametrize("seed", range(900, 960))
def test_completions_stay_within_what_is_said_of_the_second_generation(seed: int) -> None:
    rng = random.Random(seed)
    politique = policy(richer_policy(rng).removeprefix(HEAD))
    for _ in range(4):
        found = evaluate(politique, random_establishment(politique, rng))
        if not found.manquants:
            continue
        after = list(completions(found))
        assert after, seed
        _check_score(found, after)
        for nom in politique.decisions:
            _check_decision(found, after, nom)
        reached = {r.indicateurs["i"].atteint for r in after}
        known = found.indicateurs["i"]
        if known.atteint is not None or known.statut == "sans_objet":
            assert reached == {known.atteint}


def _check_score(found: Resultat, after: list[Resultat]) -> None:
    here = found.score_global
    scores = [r.score_global.score for r in after if r.score_global.score is not None]
    if here.score is not None or not scores:
        return
    assert here.score_min is not None and here.score_max is not None
    assert here.score_min <= min(scores) and max(scores) <= here.score_max
    if here.exact:
        assert (here.score_min, here.score_max) == (min(scores), max(scores))


def _check_decision(found: Resultat, after: list[Resultat], nom: str = "s") -> None:
    here, amounts = found.decisions[nom], [m for r in after if (m := r.decisions[nom].montant) is not None]
    assert len(amounts) == len(after)
    if here.certitude != "ouvert":
        assert set(amounts) == {here.montant}
    assert here.montant_min is None or here.montant_min <= min(amounts)
    assert here.montant_max is None or max(amounts) <= here.montant_max


@pytest.mark.parametrize("seed", range(500, 540))
def test_bounds_are_exact_when_each_missing_fact_feeds_one_criterion(seed: int) -> None:
    rng = random.Random(seed)
    text = random_policy(rng)
    politique = policy(text.removeprefix(HEAD))
    if "à défaut" in text or "entre 0 et b" in text or "sans réponse" in text:
        return
    for _ in range(6):
        found = evaluate(politique, random_establishment(politique, rng))
        feeds = [m for r in found.criteres.values() if r.statut == "indetermine" for m in r.manquants]
        if found.score_global.score_min is not None and len(feeds) == len(set(feeds)):
            assert found.score_global.exact


# ---------------------------------------------------------------- criteria

LITS = "donnée lits « Lits » : entier\n  ≥ 0\ndonnée lits_lap « Lits LAP » : entier\n  entre 0 et lits\n"
RATIO = """critère C1 « Taux »
  poids 2 points
  secteurs tous
  NC d'office si lits = 0
  mesure lits_lap / lits
  seuils
    plus de 50 % : R
    plus de 25 % à 50 % : PR
    jusqu'à 25 % : NR
"""
ASKED = "critère C2 « Réponse »\n  poids 1 point\n  secteurs tous\n"


def test_a_criterion_lists_all_that_it_lacks() -> None:
    found = result(LITS + RATIO)
    assert found.criteres["C1"].manquants == ("lits", "lits_lap")


def test_a_declared_nc_needs_no_fact() -> None:
    body = "notation\n  NC sur justification\n" + LITS + RATIO + ASKED
    found = result(body, C1="NC", C2="R")
    assert found.criteres["C1"].statut == "neutre"
    assert found.criteres["C1"].origine == "nc_justification"
    assert found.score_global.score == 1 and found.statut == "complet"


def test_nc_by_rule_wins_over_a_declared_one() -> None:
    found = result("notation\n  NC sur justification\n" + LITS + RATIO + ASKED, C1="NC", C2="R", lits=0)
    assert found.criteres["C1"].origine == "nc_office"


def test_an_answer_that_leaves_the_computation_is_among_the_worst_and_best_cases() -> None:
    body = "critère C1 « Réponse »\n  poids 1 point\n  secteurs tous\n  niveaux PR, SO\n" + ASKED
    found = result(body, C2="R").score_global
    assert (found.score_min, found.score_max, found.exact) == (F(3, 4), F(1), True)
    assert found.points_applicables is None


def test_a_given_answer_stays_when_only_the_rule_of_neutrality_is_open() -> None:
    body = "donnée urgence « Urgences » : oui_non\n" + ASKED + "  NC d'office si urgence\n"
    found = result(body + ASKED.replace("C2", "C3"), C2="NR", C3="R").score_global
    assert (found.score_min, found.score_max, found.exact) == (F(1, 2), F(1), True)


def test_only_rows_that_known_drivers_may_meet_count() -> None:
    body = """donnée classe « Classe » : choix (petit, grand)
donnée urgence « Urgences » : oui_non
critère C1 « Table »
  poids 1 point
  secteurs tous
  seuils selon classe ; urgence
    petit ; tout : PR
    grand ; oui : R
    grand ; non : NR
"""
    found = result(body, urgence=True).score_global
    assert (found.score_min, found.score_max, found.exact) == (F(1, 2), F(1), True)


def test_a_variante_in_force_is_the_only_one_judged() -> None:
    body = LITS + RATIO + "  variante SSR : seuils\n    plus de 50 % : R\n    jusqu'à 50 % : PR\n"
    assert result(body, secteurs=("SSR",), lits=10).score_global.score_min == F(1, 2)
    assert result(body, secteurs=("MCO", "SSR"), lits=10).score_global.score_min == 0


def test_facts_that_bound_one_another_are_not_called_independent() -> None:
    body = LITS + "critère C1 « Un »\n  poids 1 point\n  secteurs tous\n  mesure rapport(lits_lap ; 10 ; 0 %)\n"
    body += "critère C2 « Deux »\n  poids 1 point\n  secteurs tous\n  mesure rapport(lits ; 10 ; 0 %)\n"
    found = result(body).score_global
    assert (found.score_min, found.score_max, found.exact) == (F(0), F(1), False)


def test_a_default_in_one_place_does_not_hide_what_another_lacks() -> None:
    body = """donnée c « Données » : entier
  entre 0 et 3
critère C1 « Avec défaut »
  poids 1 point
  secteurs tous
  mesure rapport(c à défaut 0 ; 3 ; 0 %)
critère C2 « Sans défaut »
  poids 1 point
  secteurs tous
  mesure rapport(c ; 3 ; 0 %)
"""
    found = result(body)
    assert found.criteres["C1"].part == 0
    assert found.score_global.score_max == 1  # once transmitted, 3 gives both


def test_a_measure_of_what_is_neutral_is_neutral() -> None:
    body = LITS + RATIO + "critère C3 « Reprise »\n  poids 1 point\n  secteurs tous\n  mesure mesure(C1)\n" + ASKED
    found = result(body, lits=0, C2="R")
    assert (found.criteres["C3"].statut, found.criteres["C3"].origine) == ("neutre", "sans_objet")
    assert found.score_global.score == 1


# ---------------------------------------------------------------- decisions

PRODUITS = "donnée produits « Produits » : montant\n  ≥ 0 €\n"
TARGET = "volet v « Volet »\n  cible 50 %\n"


def test_nothing_applicable_is_without_object_and_costs_nothing() -> None:
    found = result(PRODUITS + TARGET + LITS + RATIO + SANCTION, lits=0)
    assert found.statut == "sans_objet" and found.score_global.score is None
    assert (found.decisions["s"].montant, found.decisions["s"].certitude) == (0, "impossible")


def test_a_decision_stays_open_while_everything_may_be_neutral() -> None:
    body = PRODUITS + TARGET + LITS + RATIO + SANCTION.replace("score < cible", "produits > 0 €")
    found = result(body, produits=1000).decisions["s"]
    assert (found.certitude, found.montant_min, found.montant_max) == ("ouvert", 0, 10)


def test_a_policy_of_facts_alone_is_not_without_object() -> None:
    found = result(PRODUITS + SANCTION.replace("score < cible", "produits > 0 €"), produits=1000)
    assert found.statut == "complet" and found.decisions["s"].montant == 10


def test_an_open_decision_says_between_what_and_what() -> None:
    found = result(PRODUITS + TARGET + ASKED + SANCTION, produits=12_345).decisions["s"]
    assert (found.certitude, found.montant_min, found.montant_max) == ("ouvert", 0, F("123.45"))
    unknown = result(PRODUITS + TARGET + ASKED + SANCTION, C2="NR").decisions["s"]
    assert (unknown.certitude, unknown.condition, unknown.montant_min, unknown.montant_max) == ("ouvert", True, 0, None)


def test_rounding_never_passes_the_plafond_nor_the_plancher() -> None:
    for clauses, expected in (
        ("  plafond 123,4 €\n  arrondi à 1 €\n", 123),
        ("  plancher 123,6 €\n  arrondi à 1 €\n", 124),
        ("  plafond 100 €\n  plancher 200 €\n  arrondi à 1 €\n", 100),
        ("  arrondi à 1 €\n", 123),
        ("  arrondi à 10 €\n", 120),
    ):
        body = PRODUITS + TARGET + ASKED + SANCTION.replace("  arrondi à 0,01 €\n", clauses)
        assert result(body, produits=12_345, C2="NR").decisions["s"].montant == expected


def test_terms_partly_missing_still_decide() -> None:
    body = PRODUITS + TARGET + ASKED + ASKED.replace("C2", "C3")
    for condition, certitude in (
        ("min(score ; cible) ≤ 50 %", "certain"),
        ("max(score ; cible) < 50 %", "impossible"),
        ("max(cible - score ; 0 pt) > 50 pt", "impossible"),
        ("score < cible", "ouvert"),
        ("score ≤ cible", "certain"),
        ("score > cible ou produits > 0 €", "certain"),
        ("score > cible et produits > 0 €", "impossible"),
        ("non (score > cible)", "certain"),
    ):
        # the score is between 0 % and 50 %
        found = result(body + SANCTION.replace("score < cible", condition), C2="NR", produits=1000)
        assert found.decisions["s"].certitude == certitude, condition


# ---------------------------------------------------------------- the past

GROWTH = """calcul part « Part » : taux
  rapport(lits_lap ; lits ; 0 %)
calcul progres « Progrès » : oui_non
  part - part N-1 > 0 pt
pièce p « Pièce »
  si progres
"""


def test_what_lacks_in_an_earlier_exercise_says_its_year() -> None:
    found = result(LITS + ASKED + GROWTH, lits=10, lits_lap=5, C2="R")
    assert found.pieces["p"].manquants == ("lits (2017)", "lits_lap (2017)")
    assert found.manquants == ("lits (2017)", "lits_lap (2017)")


def test_a_recorded_score_is_a_fact_of_its_year() -> None:
    body = PRODUITS + TARGET + ASKED + SANCTION.replace("cible", "cible et non (score - score N-1 ≥ 5 pt)")
    assert result(body, produits=100, C2="NR").decisions["s"].certitude == "certain"  # 0 % cannot have progressed
    body = body.replace("  cible 50 %", "  cible 100 %")
    assert result(body, produits=100, C2="PR").decisions["s"].manquants == ("score (2017)",)


def test_nested_comparisons_take_no_time() -> None:
    test = "score < cible"
    for _ in range(8):
        test = f"(si {test} alors score sinon cible) < cible"
    politique = policy(PRODUITS + TARGET + ASKED + SANCTION.replace("score < cible", test))
    start = time.process_time()
    found = evaluate(politique, Etablissement("x", "X", 2018, ("MCO",), faits={"produits": F(1)}))
    assert found.decisions["s"].certitude == "ouvert"
    assert time.process_time() - start < 0.5
