"""Documents and results of a policy that uses every construct, for establishments of every kind."""

from __future__ import annotations

import json
import random
import re
from dataclasses import replace
from fractions import Fraction as F

import pytest
from annexe_page import lire
from test_explication import Page, flat, texts
from toutes_constructions import TEXTE, complete, establishment, lacking, politique, results

from caqes_dsl.documents.explication import explication_view
from caqes_dsl.documents.montre import show
from caqes_dsl.documents.montre_texte import show_text
from caqes_dsl.documents.render import render_annexe, render_explication
from caqes_dsl.documents.tableau import render_tableau
from caqes_dsl.evaluation.explain import evaluate
from caqes_dsl.evaluation.population import Population
from caqes_dsl.evaluation.summary import summarize
from caqes_dsl.evaluation.trace import Resultat
from caqes_dsl.exchange.cohort import Cohorte
from caqes_dsl.exchange.results import result_table
from caqes_dsl.model.nodes import Politique
from caqes_dsl.pipeline import compile_text

NATURES = ("sanctions", "interessements", "penalites", "enveloppes", "indicateurs")
VIDE = Cohorte(2022, (), (), ())
CODES = re.compile(r"\b(evol|medi|conf|part_b|fir|env_c|economie|depenses|mixte|recul|alerte)\b")


@pytest.fixture(scope="module")
def whole() -> dict[str, Resultat]:
    return {r.etablissement.finess: r for r in results(complete())}


def explained(resultat: Resultat) -> str:
    return flat(render_explication(resultat, "txt"))


@pytest.mark.parametrize("seed", range(8))
def test_any_establishment_is_explained(seed: int) -> None:
    rng = random.Random(seed)
    cohort = complete() if seed == 0 else lacking(rng)
    found = [*results(cohort, ecartes=seed % 3), evaluate(politique(), rng.choice(cohort))]
    for resultat in found:
        text = render_explication(resultat, "txt")
        assert max(map(len, text.splitlines())) <= 100 and "\n\n\n" not in text
        page = Page()
        page.feed(render_explication(resultat, "html"))
        assert page.stack == [] and len(page.ids) == len(set(page.ids)) and set(page.links) <= set(page.ids)
        for said in texts(explication_view(resultat)):
            assert not CODES.search(said) or "médiane(" in said, said
    for width in (80, 120):
        table = render_tableau(politique(), found[:-1], largeur=width)
        assert max(map(len, table.splitlines())) <= width
        assert not re.search(r"\d…|…\d* ?[%€]", table)
    assert len(result_table(politique(), found, VIDE, "v").rangs) == len(found)


def test_no_amount_in_favour_is_said_to_be_at_stake(whole: dict[str, Resultat]) -> None:
    for resultat in whole.values():
        groups = {g.titre: g for g in explication_view(resultat).decisions}
        assert list(groups) == ["Montants encourus", "Pénalités", "Intéressements", "Enveloppes"]
        for title in ("Intéressements", "Enveloppes"):
            assert not [t for t in texts(groups[title]) if "encouru" in t]
        for title in ("Montants encourus", "Pénalités"):
            assert not [t for t in texts(groups[title]) if "en faveur" in t]


def test_an_indicator_says_measure_target_and_what_comes_out(whole: dict[str, Resultat]) -> None:
    said = explained(whole["140000002"])
    assert "Cible atteinte : Évolution des dépenses (≈ −12,31 % pour une cible de −10 %)." in said
    assert "Mesurés, sans cible : Séjours conformes (≈ 22,73 %)." in said
    assert "(114 € − 130 €) ÷ 130 € ≈ −12,31 %" in said
    assert "Cible de l'indicateur « Évolution des dépenses » atteinte : oui" in said
    home = explained(whole["140000006"])
    assert "cet indicateur ne concerne que MCO (activités de l'établissement : HAD)" in home


def test_a_reserved_volet_is_the_reason_of_what_is_without_object() -> None:
    poor = establishment(0, faits={**establishment(0).faits, "depenses": F(1)})
    resultat = next(results([poor, *complete()[1:]]))
    assert resultat.criteres["C3"].origine == "reserve"
    said = explained(resultat)
    assert "Volet « Volet réservé » : Sans objet." in said
    why = "le volet « Volet réservé » est réservé aux établissements pour lesquels « Dépenses » atteint ou dépasse"
    assert f"Sans objet : {why}" in said
    assert "dont celui-ci ne fait pas partie, aucun montant n'est proposé." in said
    assert "dont celui-ci ne fait pas partie, aucune part n'est proposée." in said
    assert "Volet réservé : Volet réservé" in said and "Audit" in said.split("CE QUI NE COMPTE PAS")[1]
    assert "Évalué seulement en MCO et HAD" not in said


def test_a_share_is_explained_to_the_cent(whole: dict[str, Resultat]) -> None:
    keys = {f: r.calculs["economie"].valeur for f, r in whole.items() if "MCO" in r.etablissement.secteurs}
    known = {f: k for f, k in keys.items() if isinstance(k, F) and whole[f].decisions["fir"].certitude == "certain"}
    total = sum(known.values(), F(0))
    finess = max(known, key=lambda f: (known[f], f))
    amount = whole[finess].decisions["fir"].montant
    assert amount is not None and abs(amount - F(1000) * known[finess] / total) < F(1, 100)
    said = explained(whole[finess])
    assert f"Total des clés : {total} €" in said and f"somme des clés de {len(known)} établissements" in said
    assert f"1 000 € × {known[finess]} € ÷ {total} €" in said
    shares = sum((r.decisions["fir"].montant or F(0) for r in whole.values()), F(0))
    assert shares == 1000


def test_a_statistic_says_on_whom_it_rests() -> None:
    cohort = complete()
    cohort[2] = establishment(2, faits={k: v for k, v in cohort[2].faits.items() if k != "part"})
    said = explained(next(results(cohort)))
    assert "La médiane, parmi les établissements MCO ou HAD de la région, de « Part conforme » : 40 %" in said
    assert (
        "repose sur 7 établissements de la cohorte ; 1 établissement laissé de côté, faute d'une valeur transmise "
        "(140000002)" in said
    )
    alone = explained(evaluate(politique(), complete()[0]))
    assert "se calcule sur tous les établissements de la cohorte, qui n'ont pas été donnés ici" in alone
    few = explained(next(results(cohort[:2])))
    assert "repose sur 2 établissements de la cohorte, moins que l'effectif minimum de 3" in few


def test_what_a_sharing_lacks_is_asked_of_whom_it_is() -> None:
    cohort = complete()
    cohort[1] = establishment(1, faits={k: v for k, v in cohort[1].faits.items() if k != "sejours"})
    found = {r.etablissement.finess: r for r in results(cohort, ecartes=2)}
    own = explained(found["140000001"])
    assert "Non transmis : « Séjours »." in own
    assert "Part de « Enveloppe ouverte » : entre 0 € et 90 €." in own
    other = explained(found["140000000"])
    assert "Non transmis" not in other and "Transmettre ce qui manque" not in other
    lacking_words = "« Séjours » de l'établissement 140000001"
    assert (
        f"Le partage attend ce qui manque d'autres établissements : {lacking_words} et 2 établissements dont" in other
    )


def test_a_replayed_score_says_which_grid(whole: dict[str, Resultat]) -> None:
    said = explained(whole["140000000"])
    assert "Le score du volet « Volet ouvert » en 2021, recalculé avec la grille de cette année" in said
    assert "Réponses et données de 2021, points et seuils de cette année" in said
    page = " ".join(lire(render_annexe(politique(), "html")).texte().split())
    assert "en 2021, recalculé avec la grille de cette année" in page
    assert "la variation du score" not in page


def test_the_score_that_a_calcul_gives_is_said_so(whole: dict[str, Resultat]) -> None:
    resultat = whole["140000002"]
    assert "donné par « Score mêlé »." in explained(resultat)
    row = result_table(politique(), [resultat], VIDE, "v").rangs[0]
    assert row["score"] == resultat.score_global.score and row["score_a"] == resultat.scores["a"].score
    assert row["points"] == resultat.score_global.points


def test_a_score_that_its_calcul_leaves_without_object_has_no_bounds() -> None:
    text = TEXTE.replace("(si points_applicables(b) > 0 points alors score(b) sinon 0 %)", "score(b)")
    compiled = compile_text(text)
    assert text != TEXTE and compiled.politique is not None, [d.message for d in compiled.diagnostics if d.is_error]
    found = Population(compiled.politique, complete()).results()
    closed = found[0]
    assert closed.score_global.sans_objet and closed.score_global.score_min is None
    assert "Établissement 0, exercice 2022 : score sans objet ; volet" in explained(closed)
    table = render_tableau(compiled.politique, found, largeur=120)
    row = next(line for line in table.split("\n") if "140000000" in line)
    assert " – " in row and "?" not in row
    # Whatever the first volet comes to, the second still has no object.
    waiting = Population(compiled.politique, [replace(complete()[0], reponses={}), *complete()[1:]]).results()[0]
    assert waiting.scores["a"].score is None and not waiting.scores["a"].sans_objet
    assert waiting.score_global.sans_objet and waiting.score_global.score_max is None


def test_results_have_a_column_for_each_indicateur_and_words_for_each_nature(whole: dict[str, Resultat]) -> None:
    table = result_table(politique(), list(whole.values()), VIDE, "v")
    titles = {c.nom: c.titre for c in table.colonnes}
    assert {"evol", "evol_atteint", "conf", "conf_atteint"} <= set(titles)
    by_finess = {r["finess"]: r for r in table.rangs}
    assert by_finess["140000002"]["evol"] == F(-16, 130) and by_finess["140000002"]["evol_atteint"] is True
    assert by_finess["140000005"]["evol_atteint"] is False
    assert "conf_atteint" not in by_finess["140000000"] and "medi" not in by_finess["140000006"]
    assert titles["s"] == "Sanction : montant encouru, proposé au comité"
    assert titles["refuse"] == "Refus : montant encouru, proposé au comité"
    assert titles["part_b"] == "Part reversée : montant proposé en faveur de l'établissement, soumis au comité"
    assert titles["fir"] == "Enveloppe : part proposée en faveur de l'établissement, soumise au comité"


def test_what_is_borne_and_what_is_received_are_never_added(whole: dict[str, Resultat]) -> None:
    found = summarize(politique(), list(whole.values()))
    sums = {d.nom: d.total for d in found.decisions}
    assert found.total_charge == sums["s"] + sums["refuse"] > 0
    assert found.total_faveur == sums["part_b"] + sums["fir"] + sums["env_c"] > 0
    text = flat(render_tableau(politique(), list(whole.values()), largeur=140))
    assert f"Total des montants encourus : {found.total_charge} €" in text
    assert "Total des montants proposés en faveur des établissements : " in text
    assert "Évolution des dépenses : 1 atteint la cible, " in text or "atteignent la cible" in text
    counted = {i.nom: i for i in found.indicateurs}
    assert counted["medi"].sans_objet == 1 + found.reserves["b"] and counted["evol"].sans_objet == found.reserves["b"]
    for one in found.indicateurs:
        said = one.atteints + one.non_atteints + one.indetermines + one.sans_objet + one.mesures
        assert said == len(whole)
    assert counted["conf"].mesures == len(whole) and counted["conf"].indetermines == 0


def test_an_open_envelope_is_counted_once() -> None:
    cohort = complete()
    cohort[1] = establishment(1, faits={k: v for k, v in cohort[1].faits.items() if k != "sejours"})
    found = {d.nom: d for d in summarize(politique(), list(results(cohort))).decisions}
    assert found["env_c"].ouverts == len(cohort) and found["env_c"].ajout_max == 90


def test_the_annex_says_everything() -> None:
    page = lire(render_annexe(politique(), "html"))
    said = " ".join(page.texte().split()).replace("’", "'")
    for part in (
        "Annexe : critères, points, seuils, indicateurs et conséquences",
        "Ce volet s'applique aux établissements pour lesquels « Dépenses » atteint ou dépasse le quantile à 25 %, "
        "parmi les établissements MCO de la région, de « Dépenses ».",
        "Durée Au plus 5 ans",
        "Au plus −10 %",
        "Au moins la médiane, parmi les établissements MCO ou HAD de la région, de « Part conforme »",
        "Réservé aux établissements pour lesquels « Séjours » atteint ou dépasse 10 ; sans objet pour les autres.",
        "Suivi, sans cible",
        "Montant proposé : 20 % × « Économie ».",
        "Ont part à l'enveloppe les établissements MCO.",
        "Somme à partager : 1 000 €.",
        "Clé du partage : « Économie ».",
        "à restes égaux, au plus petit numéro FINESS",
        "Tant qu'une clé manque",
        "Le score de l'ensemble est donné par « Score mêlé »",
        "Une statistique doit reposer sur 3 établissements au moins",
        "Le nombre d'établissements MCO de la région pour lesquels « Classe » est A.",
        "La moyenne, parmi les établissements de la région de même valeur pour « Classe », de « Dépenses ».",
        "Le rang de l'établissement, parmi les établissements MCO de la région, pour « Part conforme »",
    ):
        assert part in said, part
    titles = [h.texte() for h in page.all("h2")]
    for title in ("Montants encourus", "Pénalités", "Intéressements", "Enveloppes"):
        assert titles.count(title) == 1
    assert len(re.findall("L. 311-3-1 du code", said)) == 1
    home = " ".join(
        t.texte() for t in lire(render_annexe(politique(), "html", secteurs=("HAD",))).classe("indicateurs")
    )
    assert "Part de la région" not in home and "Évolution des dépenses" in home


SANS_CRITERE = """caqes 1
politique essai « Essai »
  sans cadre national motif « essai »
  exercice 2022
  statut projet
  source « Texte »
secteur MCO « Médecine »
niveau R « Réalisé » donne 100 %
donnée part « Part » : taux entre 0 % et 100 %
donnée x « Dépenses » : montant ≥ 0 €
volet v « Volet »
indicateur i « Indicateur » mesure part cible 50 % sens hausse
intéressement e « Intéressement » si atteint(i) montant 10 % × x arrondi à 1 €
"""


@pytest.fixture(scope="module")
def measured_only() -> Politique:
    compiled = compile_text(SANS_CRITERE)
    assert compiled.politique is not None, [d.message for d in compiled.diagnostics]
    return compiled.politique


def test_a_policy_without_criteria_prints_no_grid(measured_only: Politique) -> None:
    page = lire(render_annexe(measured_only, "html"))
    said = page.texte()
    for word in ("critère", "Points", "0 point", "score", "Réponses possibles", "encouru"):
        assert word not in said.replace("Règles de lecture", ""), word
    assert all(next(table.all("tbody")).contenu for table in page.all("table"))


def test_the_table_of_a_policy_without_criteria_is_useful(measured_only: Politique) -> None:
    facts = ({"part": F(3, 5), "x": F(1000)}, {"part": F(2, 5), "x": F(1000)}, {"x": F(1000)})
    found = [evaluate(measured_only, establishment(i, faits=f, reponses={}, passes={})) for i, f in enumerate(facts)]
    text = flat(render_tableau(measured_only, found, largeur=120))
    assert "Indicateurs atteints Montant proposé État" in text
    assert "1/1 100 € complet" in text and "0/1 – complet" in text and "0/1 ? ≤ 100 € à compléter *" in text
    assert "Indicateur : 1 atteint la cible, 1 ne l'atteint pas, 1 indéterminé." in text
    assert "encouru" not in text
    said = explained(found[0])
    assert "cible atteinte pour 1 indicateur sur 1. Un montant de 100 € est proposé en sa faveur" in said
    assert "encouru" not in said and "score" not in said.lower().replace("quel que soit le score", "")


def test_the_flattened_policy_has_each_nature_apart() -> None:
    data = show(politique())
    names = {group: [d["nom"] for d in data[group]] for group in NATURES}  # type: ignore[attr-defined]
    assert names == {
        "sanctions": ["s"],
        "interessements": ["part_b"],
        "penalites": ["refuse"],
        "enveloppes": ["fir", "env_c"],
        "indicateurs": ["evol", "medi", "conf", "place"],
    }
    shown = json.loads(json.dumps(data))
    assert shown["enveloppes"][0]["au_prorata_de"] == "economie" and shown["enveloppes"][0]["si"] == "MCO"
    assert shown["notation"]["calcul"] == "mixte" and shown["notation"]["effectif_minimum"] == 3
    reserved = next(t for t in shown["titres"] if t["nom"] == "b")
    assert reserved["reserve_si"].startswith("depenses ≥ quantile(") and reserved["duree_au_plus"] == "5 ans"
    assert shown["indicateurs"][2]["cible"] is None and shown["indicateurs"][2]["reserve_si"] == "sejours ≥ 10"
    text = show_text(politique())
    for line in ("indicateur evol", "intéressement part_b", "pénalité refuse", "enveloppe fir"):
        assert line in text
