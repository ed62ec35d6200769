"""Coverage: what an exemple reaches, and what it only sets without asking for it."""

from __future__ import annotations

import pytest
from corpus_reader import plain

from caqes_dsl.documents.couverture import render_coverage
from caqes_dsl.evaluation.coverage import coverage, deciding_nothing
from caqes_dsl.evaluation.explain import evaluate
from caqes_dsl.evaluation.facts import Etablissement
from caqes_dsl.model.nodes import Politique
from caqes_dsl.pipeline import compile_text

POLICY = """caqes 1
politique p « P »
  exercice 2018
secteur MCO « Médecine »
secteur HAD « Domicile »
niveau R « Réalisé » donne 100 %
niveau NR « Non réalisé » donne 0 %
volet v « V »
  cible 50 %
notation
  score arrondi à 1 % avant comparaison
critère C1 « Un »
  poids 1 point
  secteurs tous
critère C2 « Deux »
  poids 1 point
  secteurs MCO
donnée produits « Produits » : montant ≥ 0 €
calcul ecart « Écart » : écart
  max(cible - score ; 0 pt)
calcul part « Part » : taux
  si HAD alors 50 % sinon 100 %
barème taux « Taux » : taux
  selon ecart
    0 pt : 0 %
    de 1 à 20 pt : 1 %
    plus de 20 pt : 2 %
sanction s « Sanction »
  si score < cible
  montant part × taux × produits
  arrondi à 0,01 €
"""


def compiled(exemples: str) -> Politique:
    done = compile_text(POLICY + exemples)
    assert done.politique is not None, [d.message for d in done.diagnostics]
    return done.politique


def missed(exemples: str) -> list[str]:
    return [plain(f"{e.sujet}, {e.texte}") for e in coverage(compiled(exemples)).manques]


def test_without_example_everything_is_untried() -> None:
    assert missed("") == [
        "notation, score arrondi à 1 %",
        "calcul part, si HAD : oui",
        "calcul part, si HAD : non",
        "barème taux, 0 pt",
        "barème taux, de 1 à 20 pt",
        "barème taux, plus de 20 pt",
        "sanction s, si score < cible : oui",
        "sanction s, si score < cible : non",
        "sanction s, arrondi à 0,01 €",
    ]


def test_a_measured_indicator_has_no_level_to_reach() -> None:
    left = missed(
        "indicateur i « I » mesure évolution(produits ; 0 %) cible 4 % sens baisse\n"
        "pièce lettre « Lettre » si non atteint(i)\n"
        "exemple « Au-delà » avec produits = 110 € avec produits N-1 = 100 €\n"
        "  attendu lettre = oui attendu mesure(i) = 10 %\n"
    )
    assert left[-1:] == ["pièce lettre, si non atteint(i) : non"]


def test_an_example_reaches_what_its_expectations_depend_on() -> None:
    left = missed(
        "exemple « Dix points sous la cible »\n  secteurs MCO\n  avec score = 40 %\n  avec produits = 100 €\n"
        "  attendu s = 1 €\n"
    )
    assert left == [
        "notation, score arrondi à 1 %",
        "calcul part, si HAD : oui",
        "barème taux, 0 pt",
        "barème taux, plus de 20 pt",
        "sanction s, si score < cible : non",
        "sanction s, arrondi à 0,01 €",
    ]


def test_what_is_set_and_not_asked_for_is_not_reached() -> None:
    left = missed("exemple « L'écart seul »\n  avec score = 40 %\n  attendu ecart = 10 pt\n")
    assert "barème taux, de 1 à 20 pt" in left and "sanction s, si score < cible : oui" in left


def test_what_is_imposed_is_not_reached() -> None:
    left = missed("exemple « Taux imposé »\n  avec taux = 2 %\n  avec score = 0 %\n  avec produits = 100 €\n"
                  "  secteurs HAD\n  attendu s = 1 €\n")  # fmt: skip
    assert "barème taux, plus de 20 pt" in left
    assert "calcul part, si HAD : oui" not in left


def test_criteria_that_tell_nobody_apart() -> None:
    politique = compiled("")
    cohort = [
        Etablissement("1", exercice=2018, secteurs=("HAD",), reponses={"C1": "R"}),
        Etablissement("2", exercice=2018, secteurs=("HAD",), reponses={"C1": "NR"}),
    ]
    found = deciding_nothing(politique, [evaluate(politique, e) for e in cohort])
    assert [(f.critere, f.issue) for f in found] == [("C2", "jamais évalué")]
    found = deciding_nothing(politique, [evaluate(politique, e) for e in cohort[:1]])
    assert [(f.critere, f.issue, f.effectif) for f in found] == [("C1", "Réalisé", 1), ("C2", "jamais évalué", 0)]


def test_the_words_name_lines_and_counts() -> None:
    politique = compiled("exemple « Au-dessus »\n  avec score = 60 %\n  attendu s = 0 €\n")
    text = render_coverage(politique, coverage(politique), [])
    assert "1 rang sur 3 essayés" in text and "par 1 exemple\n" in text
    line = POLICY.split("\n").index("    de 1 à 20 pt : 1 %") + 1
    assert f"ligne {line} : de 1 à 20 pt" in text
    assert "Chaque critère départage" in text


CLAUSES = """caqes 1
politique p « P »
  exercice 2018
secteur MCO « Médecine »
secteur HAD « Domicile »
niveau R « Réalisé » donne 100 %
niveau NR « Non réalisé » donne 0 %
donnée lits « Lits » : entier ≥ 0 à défaut 3
donnée produits « Produits » : montant ≥ 0 €
notation
  score arrondi à 1 % avant comparaison
  sans réponse : NR
volet v « V »
  cible 50 %
critère C1 « Un »
  poids 2 points
  secteurs tous
  variante HAD : poids 1 point
critère C2 « Deux »
  poids 1 point
  secteurs tous
  sans réponse : R
calcul ecart « Écart » : écart
  max(cible - score ; 0 pt)
calcul part « Part » : taux
  arrondi(lits / 7 ; 1 %)
calcul base « Base » : montant
  produits à défaut 1 000 €
barème taux « Taux » : taux
  selon ecart
    jusqu'à 10 pt : 1 %
    plus de 10 pt : 3 %
  plafond 2 %
sanction s « Sanction »
  montant taux × base
  plancher 10 €
  plafond 100 €
  arrondi à 1 €
"""

BINDING = {
    "notation, score arrondi à 1 %": "  secteurs MCO\n  avec C1 = R\n  avec C2 = NR\n  attendu score = 67 %\n",
    "notation, sans réponse : NR": "  avec C2 = R\n  attendu score = 33 %\n",
    "donnée lits, à défaut 3": "  attendu part = 43 %\n",
    "critère C1, variante HAD : poids 1 point": "  secteurs HAD\n  avec C1 = R\n  attendu points = 2 points\n",
    "critère C2, sans réponse : R": "  avec C1 = NR\n  attendu score = 33 %\n",
    "calcul part, arrondi(lits / 7 ; 1 %)": "  avec lits = 1\n  attendu part = 14 %\n",
    "calcul base, à défaut 1 000 €": "  attendu base = 1 000 €\n",
    "barème taux, plafond 2 %": "  avec ecart = 20 pt\n  attendu taux = 2 %\n",
    "sanction s, plancher 10 €": "  avec taux = 1 %\n  avec produits = 100 €\n  attendu s = 10 €\n",
    "sanction s, plafond 100 €": "  avec taux = 2 %\n  avec produits = 6 000 €\n  attendu s = 100 €\n",
    "sanction s, arrondi à 1 €": "  avec taux = 1 %\n  avec produits = 1 050 €\n  attendu s = 11 €\n",
}
SLACK = """exemple « Rien ne joue »
  secteurs MCO
  avec C1 = R
  avec C2 = R
  avec lits = 7
  avec produits = 2 000 €
  attendu score = 100 %
  attendu part = 100 %
  attendu base = 2 000 €
  attendu s = 20 €
"""


def clauses_missed(exemples: str) -> list[str]:
    done = compile_text(CLAUSES + exemples)
    assert done.politique is not None, [d.message for d in done.diagnostics]
    missing = coverage(done.politique).manques
    return [plain(f"{e.sujet}, {e.texte}") for e in missing if e.sorte == "clause"]


def test_a_clause_that_changes_nothing_is_not_exercised() -> None:
    assert clauses_missed(SLACK) == list(BINDING)


@pytest.mark.parametrize("clause", BINDING)
def test_a_clause_is_exercised_when_it_binds(clause: str) -> None:
    assert clause not in clauses_missed(f"exemple « Elle joue »\n{BINDING[clause]}")
