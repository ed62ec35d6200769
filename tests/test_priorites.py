"""What to ask for first, against every completion of what is missing."""

from __future__ import annotations

import random
from collections.abc import Sequence
from fractions import Fraction as F
from itertools import product

import pytest
from completions import HEAD

from caqes_dsl.base.quantities import Valeur
from caqes_dsl.documents.demandes import first_asked
from caqes_dsl.evaluation.explain import evaluate
from caqes_dsl.evaluation.facts import Etablissement
from caqes_dsl.evaluation.missing import complete
from caqes_dsl.evaluation.priorites import Priorite, priorites, tied
from caqes_dsl.evaluation.trace import Resultat
from caqes_dsl.model.nodes import Politique
from caqes_dsl.pipeline import compile_text

CORPS = """notation
  score arrondi à 1 % avant comparaison
donnée a « A » : entier entre 0 et 4
donnée urgence « Urgences » : oui_non
donnée produits « Produits » : montant entre 0 € et 1 000 €
volet v « Volet » cible 50 %
critère C1 « Un » poids 3 points secteurs tous niveaux R, NR
critère C2 « Deux » poids 1 point secteurs tous niveaux R, PR, NR
critère C3 « Trois » poids 2 points secteurs tous mesure a
  seuils
    jusqu'à 1 : NR
    plus de 1 à 3 : PR
    plus de 3 : R
critère C4 « Quatre » poids 2 points secteurs tous NC d'office si urgence niveaux R, NR
sanction s « Sanction » si score < cible montant 1 % × produits arrondi à 0,01 €
sanction t « Autre » si score < cible et niveau(C2) = NR montant 10 € arrondi à 1 €
"""
VALEURS: dict[str, Sequence[Valeur]] = {
    "C1": ("R", "NR"),
    "C2": ("R", "PR", "NR"),
    "C4": ("R", "NR"),
    "a": [F(n) for n in range(5)],
    "urgence": (True, False),
}


def compiled(body: str) -> Politique:
    found = compile_text(HEAD + body)
    assert found.politique is not None, [d.message for d in found.diagnostics if d.is_error]
    return found.politique


@pytest.fixture(scope="module")
def politique() -> Politique:
    return compiled(CORPS)


def establishment(known: dict[str, Valeur]) -> Etablissement:
    faits = {k: v for k, v in known.items() if not k.startswith("C")} | {"produits": F(1000)}
    reponses = {k: str(v) for k, v in known.items() if k.startswith("C")}
    return Etablissement("1", "X", 2018, ("MCO",), reponses, {}, faits)


def by_force(resultat: Resultat, key: str, missing: list[str]) -> F:
    """The widest bounds that a value of one item leaves, from every completion of the others."""
    politique, here = resultat.politique, resultat.etablissement
    others = [m for m in missing if m != key]
    widths = []
    for valeur in VALEURS[key]:
        scores = []
        for chosen in product(*(VALEURS[m] for m in others)):
            then = complete(here, politique, {key: valeur, **dict(zip(others, chosen, strict=True))})
            score = evaluate(politique, then).score_global.score
            assert score is not None
            scores.append(score)
        widths.append(max(scores) - min(scores))
    return max(widths)


@pytest.mark.parametrize("seed", range(30))
def test_the_order_is_that_of_every_completion(politique: Politique, seed: int) -> None:
    rng = random.Random(seed)
    known = {k: rng.choice(list(v)) for k, v in VALEURS.items() if rng.random() < 0.4}
    resultat = evaluate(politique, establishment(known))
    missing = [m for m in resultat.manquants if m in VALEURS]
    found = priorites(resultat)
    assert sorted(p.cle for p in found) == sorted(resultat.manquants)
    for one in found:
        assert one.exact
        assert one.reste == by_force(resultat, one.cle, missing), one.cle
        assert one.decisions == sum(one.cle in d.manquants for d in resultat.decisions.values())
    assert [(p.reste, -p.decisions, p.cle) for p in found] == sorted((p.reste, -p.decisions, p.cle) for p in found)


def test_ties_go_to_the_decisions_left_open_then_to_the_name() -> None:
    body = "donnée x « X » : montant ≥ 0 €\ndonnée y « Y » : montant ≥ 0 €\ndonnée z « Z » : montant ≥ 0 €\n"
    body += "sanction s « S » montant y arrondi à 1 €\nsanction t « T » montant x + y arrondi à 1 €\n"
    body += "pièce p « P » si z > 1 €\n"
    found = priorites(evaluate(compiled(body), Etablissement("1", "", 2018, ("MCO",))))
    assert [(p.cle, p.decisions) for p in found] == [("y", 2), ("x", 1), ("z", 0)]
    assert not any(p.reduit for p in found)


def test_a_bound_that_ties_two_facts_is_followed() -> None:
    body = "donnée b « B » : entier entre 0 et 3\ndonnée a « A » : entier entre 0 et b\ndonnée c « C » : entier ≥ 0\n"
    body += "critère C1 « Un » poids 1 point secteurs tous mesure a\n  seuils\n    0 : NR\n    plus de 0 : R\n"
    body += "critère C2 « Deux » poids 1 point secteurs tous niveaux R, NR\n"
    politique = compiled(body)
    assert tied(politique, "a") == tied(politique, "b") == {"a", "b"} and tied(politique, "c") == {"c"}
    found = {p.cle: p for p in priorites(evaluate(politique, Etablissement("1", "", 2018, ("MCO",))))}
    assert found["C2"].reste == F(1, 2) and found["a"].reste == F(1, 2)


def test_work_is_bounded_and_says_so(politique: Politique) -> None:
    body = "donnée p « P » : taux entre 0 % et 100 %\ncritère C1 « Un » poids 1 point secteurs tous mesure p\n"
    resultat = evaluate(compiled(body), Etablissement("1", "", 2018, ("MCO",)))
    (one,) = priorites(resultat)
    assert one.reste == 0 and not one.exact
    tried = priorites(evaluate(politique, establishment({})), essais=1)
    assert {p.cle for p in tried} == set(VALEURS)


def words(found: tuple[Priorite, ...], politique: Politique) -> str:
    return first_asked(found, politique).replace("\u00a0", " ")


def test_what_to_ask_first_says_what_it_is_sure_to_give(politique: Politique) -> None:
    resultat = evaluate(politique, establishment({"a": F(4), "urgence": True}))
    said = words(priorites(resultat), politique)
    assert said.startswith("À demander d'abord : la réponse au critère C1 « Un ».")
    assert "Quelle que soit la valeur transmise, il ne resterait au plus que 17 points de pourcentage" in said, said
    assert said.endswith("au lieu de 67 points de pourcentage (entre 33 % et 100 %).")
    alone = evaluate(politique, establishment({"a": F(4), "urgence": True, "C1": "R"}))
    assert words(priorites(alone), politique) == ""
