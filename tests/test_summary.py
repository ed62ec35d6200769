"""The summary of a cohort: exact numbers, words that fit the terminal, nothing hidden without saying so."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from fractions import Fraction as F
from statistics import median

import pytest
from completions import HEAD

from caqes_dsl.documents.tableau import LIGNES, render_tableau
from caqes_dsl.evaluation.explain import evaluate
from caqes_dsl.evaluation.facts import Etablissement, Retenu
from caqes_dsl.evaluation.population import quantile
from caqes_dsl.evaluation.summary import spread, summarize
from caqes_dsl.evaluation.trace import Resultat
from caqes_dsl.model.nodes import Politique
from caqes_dsl.pipeline import compile_text

BODY = """notation
  score arrondi à 1 % avant comparaison
donnée produits « Produits » : montant
  ≥ 0 €
donnée part « Part » : taux
  entre 0 % et 100 %
volet v « Volet »
  cible 50 %
critère C1 « Mesuré »
  poids 3 points
  secteurs tous
  mesure part
critère C2 « Répondu »
  poids 1 point
  secteurs MCO
sanction s « Sanction »
  si score < cible
  montant 1 % × produits
  arrondi à 0,01 €
"""


@dataclass(frozen=True)
class Refuse:
    finess: str


@pytest.fixture(scope="module")
def politique() -> Politique:
    compiled = compile_text(HEAD + BODY)
    assert compiled.politique is not None, compiled.diagnostics
    return compiled.politique


def one(politique: Politique, number: int, part: F | None, produits: F | None = F(1000), **more: str) -> Resultat:
    faits = {k: v for k, v in (("part", part), ("produits", produits)) if v is not None}
    kept = {"s": Retenu(F(5), "motif")} if more.pop("retenu", "") else {}
    reponses = {"C2": more.get("C2", "R")}
    secteurs = tuple(more.get("secteurs", "MCO").split("+")) if more.get("secteurs", "MCO") else ()
    name = f"Établissement fictif {number:03d}"
    return evaluate(politique, Etablissement(f"{number:09d}", name, 2018, secteurs, reponses, {}, faits, retenus=kept))


@pytest.fixture(scope="module")
def cohort(politique: Politique) -> list[Resultat]:
    rng = random.Random(11)
    known = [one(politique, i, F(rng.randint(30, 100), 100)) for i in range(60)]
    odd = [
        one(politique, 100, None),  # the score may be on both sides of the target
        one(politique, 101, F(0), None),  # the amount has no bound
        one(politique, 102, F(1, 3), retenu="oui"),
        one(politique, 103, F(1), secteurs=""),  # nothing applies
    ]
    return known + odd


def test_quantiles_are_those_of_centile_inclure() -> None:
    assert quantile([F(v) for v in (1, 2, 3, 4)], F(1, 4)) == F(7, 4)
    assert quantile([F(v) for v in (1, 2, 3, 4)], F(3, 10)) == F("1.9")
    assert quantile([F(5)], F(3, 4)) == 5
    rng = random.Random(3)
    for _ in range(50):
        values = sorted(F(rng.randint(0, 50)) for _ in range(rng.randint(1, 9)))
        assert quantile(values, F(1, 2)) == F(median(values))
        assert (quantile(values, F(0)), quantile(values, F(1))) == (values[0], values[-1])


def test_bands_hold_every_score_once() -> None:
    scores = [F(n, 100) for n in (0, 9, 10, 49, 50, 99, 100)] + [F(1999, 20000), F(11, 10), F(-1, 10)]
    found = spread(scores)
    assert sum(found.bandes) == len(scores)
    assert found.bandes == (4, 1, 0, 0, 1, 1, 0, 0, 0, 3)


def test_counts_and_totals(politique: Politique, cohort: list[Resultat]) -> None:
    found = summarize(politique, cohort, a_corriger=2)
    assert found.effectif == 66
    assert found.statuts == {"complet": 61, "indetermine": 2, "sans_objet": 1, "a_corriger": 2}
    (volet,) = found.volets
    known = [r.score_global.score for r in cohort if r.score_global.score is not None]
    assert volet.sous_cible == sum(s < F(1, 2) for s in known)
    assert (volet.ouverts, volet.sans_objet) == (1, 1)
    assert volet.sous_cible + volet.atteinte + volet.ouverts + volet.sans_objet == len(cohort)
    (decision,) = found.decisions
    assert decision.certains + decision.ouverts + decision.impossibles == len(cohort)
    amounts = [r.decisions["s"].montant for r in cohort]
    assert decision.total == found.total_charge == sum(a for a in amounts if a is not None)
    assert decision.ouverts == 2 and decision.ajout_max is None
    assert (decision.retenus, decision.total_retenu) == (1, 5)
    first = found.criteres[0]
    assert first.critere.nom == "C1" and first.perdants <= first.evalues
    assert first.points == sum(
        (3 - r.criteres["C1"].points for r in cohort if r.criteres["C1"].points is not None), F(0)
    )


def test_nothing_at_all_is_a_summary_too(politique: Politique) -> None:
    assert summarize(politique, []).effectif == 0
    text = render_tableau(politique, [], largeur=80)
    assert "0 établissement." in text.replace("\u202f", " ")
    alone = render_tableau(politique, [], ecartes=[Refuse("140000100")], largeur=80)
    assert "140000100" in alone and "à corriger" in alone


@pytest.mark.parametrize("largeur", [80, 100, 120])
def test_text_fits_the_terminal_and_hides_nothing_silently(
    politique: Politique, cohort: list[Resultat], largeur: int
) -> None:
    text = render_tableau(politique, cohort, ecartes=[Refuse("999999999")], largeur=largeur)
    assert max(map(len, text.splitlines())) <= largeur
    assert "\x1b" not in text
    table = text.split("Synthèse")[0]
    rows = [line for line in table.splitlines() if re.match(r"\d{9}", line)]
    assert len(rows) <= LIGNES
    hidden = re.search(r"(\d+) établissements ne sont pas montrés", table)
    assert hidden and int(hidden[1]) + len(rows) == len(cohort) + 1
    assert "option -o" in " ".join(table.split())
    assert [r for r in rows if r.startswith("999999999")]
    assert "N-1" not in text and "indetermine" not in text


def test_every_establishment_that_matters_is_shown(politique: Politique, cohort: list[Resultat]) -> None:
    table = render_tableau(politique, cohort, largeur=100).split("Synthèse")[0]
    below = [r for r in cohort if r.score_global.score is not None and r.score_global.score < F(1, 2)]
    assert 0 < len(below) < LIGNES - 2
    for resultat in (*below, cohort[60], cohort[61]):
        assert resultat.etablissement.finess in table
    assert "en suspens *" in table and "à chiffrer" in table


def test_small_cohorts_are_shown_whole(politique: Politique, cohort: list[Resultat]) -> None:
    text = render_tableau(politique, cohort[:12], largeur=100)
    assert all(r.etablissement.finess in text for r in cohort[:12])
    assert "ne sont pas montrés" not in text


def test_the_summary_says_what_a_committee_needs(politique: Politique, cohort: list[Resultat]) -> None:
    text = (
        render_tableau(politique, cohort, largeur=100).replace("\u202f", " ").replace("\u00a0", " ").replace("’", "'")
    )
    flat = re.sub(r"\s+", " ", text)
    for part in (
        "au statut projet : montants encourus, proposés au comité ; rien n'est décidé.",
        "médiane",
        "Cible 50 % :",
        "← cible 50 %",
        "plus le non chiffré",
        "1 retenu après observations, 5 €",
        "« Part »",
    ):
        assert part in flat, part
    assert "█" in text


def test_colour_adds_nothing_but_colour(politique: Politique, cohort: list[Resultat]) -> None:
    plain = render_tableau(politique, cohort[:12], largeur=100)
    painted = re.sub(r"\x1b\[[0-9;]*m", "", render_tableau(politique, cohort[:12], largeur=100, couleur=True))
    squeeze = re.compile(r"[\s─]+")
    assert squeeze.sub(" ", painted).strip() == squeeze.sub(" ", plain).strip()


def test_two_volets_have_a_score_each() -> None:
    body = "volet v « Socle »\n  cible 50 %\ncritère C1 « Un »\n  poids 1 point\n  secteurs tous\n"
    body += "volet w « Pertinence »\n  cible 50 %\ncritère C2 « Deux »\n  poids 1 point\n  secteurs tous\n"
    compiled = compile_text(HEAD + body)
    assert compiled.politique is not None, compiled.diagnostics
    etablissement = Etablissement("1", "X", 2018, ("MCO",), {"C1": "NR", "C2": "R"})
    resultats = [evaluate(compiled.politique, etablissement)]
    assert [v.sous_cible for v in summarize(compiled.politique, resultats).volets] == [1, 0]
    text = render_tableau(compiled.politique, resultats, largeur=100)
    assert "Socle" in text and "Pertinence" in text and "Scores, Socle" in text


def test_a_policy_without_criteria_has_amounts_only() -> None:
    body = "donnée produits « Produits » : montant\n  ≥ 0 €\n"
    body += "sanction s « Sanction »\n  si produits > 10 €\n  montant produits\n  arrondi à 1 €\n"
    compiled = compile_text(HEAD + body)
    assert compiled.politique is not None, compiled.diagnostics
    found = evaluate(compiled.politique, Etablissement("1", "X", 2018, ("MCO",), faits={"produits": F(100)}))
    text = render_tableau(compiled.politique, [found], largeur=100)
    assert "Scores" not in text and "100\u00a0€" in text
