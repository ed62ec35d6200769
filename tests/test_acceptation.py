"""The worked figures of the field, from the facts of an establishment to the amounts and the report.

The printed grid, its bands, totals and scale are checked in test_policies.py, test_tables_2017.py and test_totaux.py;
here what an establishment of each case gets. Every establishment is synthetic.
"""

from __future__ import annotations

import random
import re
from fractions import Fraction as F
from pathlib import Path

import pytest
from completions import HEAD

from caqes_dsl.base.quantities import Valeur
from caqes_dsl.documents.tableau import render_tableau
from caqes_dsl.evaluation.explain import evaluate
from caqes_dsl.evaluation.facts import Etablissement, Retenu
from caqes_dsl.evaluation.summary import summarize
from caqes_dsl.evaluation.trace import Resultat
from caqes_dsl.model.nodes import Critere, Politique
from caqes_dsl.pipeline import compile_path, compile_text

POLICIES = Path(__file__).resolve().parent.parent / "policies"


def plain(text: str) -> str:
    return re.sub(r"\s+", " ", text.replace("\u00a0", " ").replace("\u202f", " ").replace("’", "'"))


# ---------------------------------------------------------------- Normandie 2018: 48 points, then 52, of 98

LIKE_THE_SOURCE = {
    "lits": F(200), "unites": F(10), "lits_places": F(220), "dmi_implantes": F(400), "dossiers_qls": F(80),
    "lits_places_hors_ehpad": F(220), "lits_medico_sociaux": F(0), "lits_medico_sociaux_analyses": F(0),
}  # fmt: skip
"""MCO and SSR, no medico-social bed: 98 points applicable."""
NOTHING_REACHED = dict.fromkeys(
    ("lits_lap", "unites_lap", "lits_places_informatises", "lits_traces", "dmi_traces", "lits_places_analyses"), F(0)
) | {"resultat_qls": F(0), "resultat_qls_13": F(0)}
FOUR_POINTS = {"dmi_traces": F(380), "lits_places_analyses": F(196)}
"""95 % of the devices and 89 % of the beds: 2 points each."""


@pytest.fixture(scope="module")
def normandie() -> Politique:
    found = compile_path(POLICIES / "normandie" / "2018.caqes").politique
    assert found is not None
    return found


def answers_worth(criteres: list[Critere], points: F) -> dict[str, str]:
    """R as long as the points wanted are not passed, NR to the others."""
    found = {}
    for critere in criteres:
        done = critere.poids <= points
        points -= critere.poids if done else F(0)
        found[critere.nom] = "R" if done else "NR"
    assert not points
    return found


def case(normandie: Politique, produits: int, score_before: F, **measured: F) -> Resultat:
    concerned = [c for c in normandie.criteres.values() if c.mesure is None and {"MCO", "SSR"} & set(c.secteurs)]
    return evaluate(
        normandie,
        Etablissement(
            "x",
            secteurs=("MCO", "SSR"),
            exercice=2018,
            reponses=answers_worth(concerned, F(48)),
            faits={**LIKE_THE_SOURCE, **NOTHING_REACHED, **measured, "produits_am": F(produits)},
            passes={2017: Etablissement("x", exercice=2017, enregistres={"score": score_before})},
        ),
    )


def test_48_points_are_49_percent_and_four_under_the_target(normandie: Politique) -> None:
    """48/98 = 48,98 %. 53 - 49 = 4 points: 0,02 % of a million, 200 €; of five hundred, 100 000 €."""
    for produits, amount in ((10**6, 200), (500 * 10**6, 100_000)):
        found = case(normandie, produits, F(49, 100))
        whole = found.score_global
        assert (whole.points, whole.points_applicables, whole.score) == (48, 98, F(49, 100))
        assert found.calculs["ecart"].valeur == F(4, 100)
        assert found.decisions["financiere"].montant == amount


def test_four_measured_points_reach_the_target(normandie: Politique) -> None:
    """52/98 = 53,06 %: the target is reached, nothing is at stake."""
    found = case(normandie, 10**6, F(49, 100), **FOUR_POINTS)
    assert (found.score_global.points, found.score_global.score) == (52, F(53, 100))
    assert (found.criteres["C38"].niveau, found.criteres["C55"].niveau) == ("R", "R")
    assert found.decisions["financiere"].certitude == "impossible"


def test_five_points_of_progress_waive_the_sanction(normandie: Politique) -> None:
    assert case(normandie, 10**6, F(45, 100)).decisions["financiere"].montant == 200
    assert case(normandie, 10**6, F(44, 100)).decisions["financiere"].montant == 0


# ---------------------------------------------------------------- the same results against dated rates

FOLLOWED = """caqes 1
politique suivi « Suivi des taux nationaux »
  reprend « ../national/2017.caqes »
  région « Normandie »
  vigueur du 01/01/2018 au 31/12/2021
indicateur phev « PHEV » mesure évolution(depenses_phev ; 0 %) cible taux_max_phev sens baisse
indicateur generiques « Génériques » mesure taux_generiques cible taux_min_generiques sens hausse
indicateur medicaments « Médicaments de la liste en sus »
  mesure évolution(depenses_les_medicaments ; 0 %) cible taux_max_les_medicaments sens baisse
indicateur dispositifs « Dispositifs de la liste en sus »
  mesure évolution(depenses_les_dispositifs ; 0 %) cible taux_max_les_dispositifs sens baisse
"""
REGIONAL_2016 = """donnée depenses_phev « PHEV » : montant ≥ 0 €
donnée taux_generiques « Génériques » : taux entre 0 % et 100 %
donnée depenses_les_medicaments « Médicaments » : montant ≥ 0 €
donnée depenses_les_dispositifs « Dispositifs » : montant ≥ 0 €
indicateur phev « PHEV » mesure évolution(depenses_phev ; 0 %) cible 3,8 % sens baisse
indicateur generiques « Génériques » mesure taux_generiques cible 44 % sens hausse
indicateur medicaments « Médicaments » mesure évolution(depenses_les_medicaments ; 0 %) cible 3,4 % sens baisse
indicateur dispositifs « Dispositifs » mesure évolution(depenses_les_dispositifs ; 0 %) cible 4,1 % sens baisse
"""
SPENDING = ("depenses_phev", "depenses_les_medicaments", "depenses_les_dispositifs")


def results(exercice: int, phev: str, generiques: str, medicaments: str, dispositifs: str) -> Etablissement:
    """Growths in %, from 1 000 € the year before; the share of generics in %."""
    growths = zip(SPENDING, (phev, medicaments, dispositifs), strict=True)
    now = {nom: 1000 * (1 + F(growth) / 100) for nom, growth in growths}
    before = Etablissement("x", exercice=exercice - 1, faits=dict.fromkeys(SPENDING, F(1000)))
    faits = {**now, "taux_generiques": F(generiques) / 100}
    return Etablissement("x", secteurs=("MCO",), exercice=exercice, faits=faits, passes={exercice - 1: before})


def reached(politique: Politique, etablissement: Etablissement) -> list[bool | None]:
    found = evaluate(politique, etablissement).indicateurs
    return [found[nom].atteint for nom in ("phev", "generiques", "medicaments", "dispositifs")]


def followed(folder: Path, exercice: int) -> Politique:
    for name, text in (
        ("national/2017.caqes", (POLICIES / "national" / "2017.caqes").read_text("utf-8")),
        ("normandie/suivi.caqes", FOLLOWED),
    ):
        path = folder / "policies" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    compiled = compile_path(folder / "policies" / "normandie" / "suivi.caqes", exercice=exercice)
    assert compiled.politique is not None, compiled.diagnostics
    return compiled.politique


NORMANDIE_2016 = ("5.8", "42.3", "2.5", "3.3")


def test_the_2016_results_against_the_targets_of_the_region() -> None:
    """5,8 > 3,8; 42,3 < 44; 2,5 ≤ 3,4; 3,3 ≤ 4,1."""
    compiled = compile_text(HEAD + REGIONAL_2016)
    assert compiled.politique is not None, compiled.diagnostics
    assert reached(compiled.politique, results(2018, *NORMANDIE_2016)) == [False, False, True, True]


def test_the_same_results_turn_with_the_exercise(tmp_path: Path) -> None:
    """Devices: 3,3 ≤ 5,8 in 2018, 3,3 > 3,0 in 2019. Generics: 42,3 under 45,5, then under 49."""
    verdicts = {year: reached(followed(tmp_path, year), results(year, *NORMANDIE_2016)) for year in (2018, 2019)}
    assert verdicts == {2018: [False, False, True, True], 2019: [False, False, True, False]}


@pytest.mark.parametrize(
    ("exercice", "at", "past"),
    [
        (2018, ("4", "45.5", "4.1", "5.8"), ("4.001", "45.499", "4.101", "5.801")),
        (2019, ("3.3", "49", "3", "3"), ("3.301", "48.999", "3.001", "3.001")),
    ],
)
def test_a_rate_is_respected_at_its_very_value(
    tmp_path: Path, exercice: int, at: tuple[str, str, str, str], past: tuple[str, str, str, str]
) -> None:
    politique = followed(tmp_path, exercice)
    assert reached(politique, results(exercice, *at)) == [True] * 4
    assert reached(politique, results(exercice, *past)) == [False] * 4


# ---------------------------------------------------------------- the funnel of a region, on synthetic data

FUNNEL = """notation score arrondi à 1 % avant comparaison
donnée produits « Produits » : montant ≥ 0 €
donnée part « Part obtenue » : taux entre 0 % et 100 %
volet socle « Bon usage » cible 53 %
critère C1 « Un » poids 100 points secteurs tous mesure part
calcul ecart « Écart » : écart max(cible - score ; 0 pt)
calcul dynamique « En progrès » : oui_non score - score N-1 ≥ 5 pt
barème taux_sanction « Taux » : taux selon ecart
  0 pt        : 0 %
  de 1 à 2 pt : 0,01 %
  puis, par tranche de 2 pt entamée : 0,01 % de plus
sanction financiere « Sanction » si score < cible et non dynamique
  montant taux_sanction × produits
  arrondi à 0,01 €
"""


def report_of(number: int, score: int, before: int, produits: int, retenu: F | None = None) -> Etablissement:
    kept = {"financiere": Retenu(retenu, "observations retenues")} if retenu is not None else {}
    secteurs = ("MCO",) if number <= 78 else ("SSR",)
    return Etablissement(
        f"14{number:07d}",
        f"Établissement fictif {number:03d}",
        2018,
        secteurs,
        faits={"part": F(score, 100), "produits": F(produits)},
        retenus=kept,
        passes={2017: Etablissement("x", exercice=2017, enregistres={"score": F(before, 100)})},
    )


def test_the_report_of_a_region_narrows_from_105_to_four() -> None:
    """78 and 27 reports; 10 under the target; six of them in progress; four amounts under 200 €, one lowered after
    hearing. 0,01 % of 500 000 €, 1 000 000 € and 1 500 000 €, 0,02 % of 900 000 €: 50, 100, 150 and 180 €."""
    compiled = compile_text(HEAD + FUNNEL)
    politique = compiled.politique
    assert politique is not None, compiled.diagnostics
    at_stake = [
        report_of(1, 52, 50, 500_000),
        report_of(2, 51, 50, 1_000_000, F(40)),
        report_of(3, 51, 47, 1_500_000),
        report_of(79, 50, 60, 900_000),
    ]
    in_progress = [report_of(number, 50, 45, 10_000_000) for number in range(4, 10)]
    above = [report_of(number, 53 + number % 40, 90, 10_000_000) for number in [*range(10, 79), *range(80, 106)]]
    cohort = [evaluate(politique, e) for e in (*at_stake, *in_progress, *above)]
    assert len({r.etablissement.finess for r in cohort}) == 105
    found = summarize(politique, cohort)
    (volet,), (decision,) = found.volets, found.decisions
    assert (found.effectif, found.statuts["complet"]) == (105, 105)
    assert (volet.sous_cible, volet.atteinte, volet.ouverts) == (10, 95, 0)
    assert (decision.certains, decision.impossibles, decision.ouverts) == (4, 101, 0)
    amounts = [r.decisions["financiere"].montant for r in cohort]
    assert sorted(a for a in amounts if a) == [50, 100, 150, 180]
    assert decision.total == found.total_charge == 480
    assert (decision.retenus, decision.total_retenu) == (1, 40)
    text = plain(render_tableau(politique, cohort, largeur=120))
    for part in (
        "105 établissements : 105 complets.",
        "Cible 53 % : 10 sous la cible, 95 l'atteignent.",
        "Sanction : 4 encourus, 101 sans montant ; total 480 € ; 1 retenu après observations, 40 €.",
    ):
        assert part in text, part


# ---------------------------------------------------------------- biosimilars: V × R × t

BIOSIMILARS = """donnée volume « Boîtes, pondérées » : décimal ≥ 0
donnée part « Taux de biosimilaires » : taux entre 0 % et 100 %
donnée signe « A signé le contrat » : oui_non
paramètre remuneration « Rémunération marginale » : montant
  {} € à compter du 01/01/2018 source « arrêté du 29 mai 2019 »
intéressement dotation « Dotation » si signe
  montant volume × remuneration × part
  arrondi à 0,01 €
"""
REMUNERATIONS = {"étanercept": "30,00", "insuline glargine": "1,15", "adalimumab": "31,30"}


@pytest.mark.parametrize("groupe", REMUNERATIONS)
def test_the_grant_gives_its_remuneration_back_to_the_cent(groupe: str) -> None:
    compiled = compile_text(HEAD + BIOSIMILARS.format(REMUNERATIONS[groupe]))
    politique = compiled.politique
    assert politique is not None, compiled.diagnostics
    worth = F(REMUNERATIONS[groupe].replace(",", "."))

    def grant(volume: F, part: F, *, signe: bool = True) -> tuple[F | None, F | None]:
        faits: dict[str, Valeur] = {"volume": volume, "part": part, "signe": signe}
        found = evaluate(politique, Etablissement("x", secteurs=("MCO",), exercice=2018, faits=faits))
        return found.decisions["dotation"].montant, found.decisions["dotation"].avant_arrondi

    rng = random.Random(2019)
    for _ in range(200):
        volume, part = F(rng.randint(10, 10**6), 10), F(rng.randint(100, 1000), 1000)
        amount, before = grant(volume, part)
        assert amount is not None and before is not None
        assert before / (volume * part) == worth
        assert abs(amount - before) <= F(1, 200) and (amount * 100).denominator == 1
        if volume * part >= 1:
            assert abs(amount / (volume * part) - worth) <= F(1, 200), "au centime près"
    assert grant(F(0), F(1, 2)) == (0, 0) == grant(F(120), F(0))
    assert grant(F(1), F(1)) == (worth, worth)
    assert grant(F(1), F(1), signe=False)[0] == 0
