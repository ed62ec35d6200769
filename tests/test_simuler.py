"""`caqes simuler`: each setting gives what the policy so written gives, and what does not depend on it is kept."""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction as F
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import toutes_constructions
from click.testing import CliRunner, Result

import caqes_dsl as caqes
from caqes_dsl.commands import cli
from caqes_dsl.evaluation import simulation as module
from caqes_dsl.evaluation.explain import Calculateur
from caqes_dsl.evaluation.facts import Etablissement
from caqes_dsl.evaluation.population import Population
from caqes_dsl.evaluation.reglages import Reglage, find, reglages_of, varied
from caqes_dsl.evaluation.simulation import Compte, Releve, Simulation
from caqes_dsl.exchange.read import read_cohort
from caqes_dsl.exchange.settings import ReglageRefuse, read_setting
from caqes_dsl.model.nodes import Politique
from caqes_dsl.pipeline import compile_text

COHORTS = {
    "normandie/2018": "normandie/exemples/2018-retours.csv",
    "normandie/2022": "normandie/exemples/2022-retours.csv",
    "cbu/2016": "cbu/exemples/2016-retours.csv",
}
A, RETOURS = "policies/normandie/2018.caqes", "policies/normandie/exemples/2018-retours.csv"


@cache
def policy(nom: str) -> Politique:
    return caqes.charger(f"policies/{nom}.caqes")


@cache
def cohort(nom: str) -> tuple[Etablissement, ...]:
    return read_cohort(policy(nom), Path("policies") / COHORTS[nom]).etablissements


def counted(politique: Politique, etablissements: Sequence[Etablissement]) -> dict[tuple[str, str], Compte]:
    """What is counted, from the results of the definition."""
    results = Population(politique, etablissements, interprete=Calculateur).results()
    found = {}
    for nom, volet in politique.volets.items():
        if volet.cible is None:
            continue
        under, over = 0, 0
        for r in results:
            score, cible = r.scores[nom], r.cibles[nom].valeur
            if not isinstance(cible, F) or score.score_min is None or score.score_max is None:
                continue
            under += int(score.score_max < cible)
            over += int(score.score_min >= cible)
        missing = sum(1 for r in results if not r.scores[nom].sans_objet and r.scores[nom].score is None)
        settled = sum(1 for r in results if r.scores[nom].score is not None)
        found["sous_cible", nom] = Compte(under, under + over, settled + missing - under - over)
    for nom in politique.decisions:
        amounts = [r.decisions[nom].montant for r in results]
        known = [a for a in amounts if a is not None]
        paid = sum(1 for a in known if a > 0)
        found["décision", nom] = Compte(paid, len(known), len(amounts) - len(known), sum(known, F(0)))
    for nom, indicateur in politique.indicateurs.items():
        if indicateur.atteint is not None:
            reached = [r.indicateurs[nom].atteint for r in results]
            found["indicateur", nom] = Compte(
                sum(1 for v in reached if v), len([v for v in reached if v is not None]), -1
            )
    return found


def check(politique: Politique, etablissements: Sequence[Etablissement], asked: dict[Reglage, list[F]]) -> int:
    """Every setting against the definition; how many were compared."""
    simulation = Simulation(politique, etablissements, asked)
    settings = simulation.grid()
    releves = [r for r in simulation.run(settings) if not r.secteur]
    assert [tuple(r.valeurs.values()) for r in releves] == settings
    for values, releve in zip(settings, releves, strict=True):
        expected = counted(varied(politique, dict(zip(asked, values, strict=True))), etablissements)
        assert releve.comptes.keys() == expected.keys()
        for key, wanted in expected.items():
            given = releve.comptes[key]
            if wanted.indetermines < 0:
                wanted = replace(wanted, indetermines=given.indetermines)
            assert given == wanted, (values, key)
    return len(settings)


@pytest.mark.parametrize("nom", COHORTS)
def test_every_kind_of_setting_gives_what_the_policy_so_written_gives(nom: str) -> None:
    politique, rng = policy(nom), random.Random(nom)
    known = reglages_of(politique)
    kinds: dict[str, list[Reglage]] = {}
    for reglage in known.values():
        kinds.setdefault(reglage.sorte, []).append(reglage)
    assert len(kinds) >= 2
    for sorte, listed in kinds.items():
        for reglage in rng.sample(listed, min(2, len(listed))):
            if nom == "normandie/2018" and reglage.nom.startswith("taux_max"):
                continue  # a paramètre that no counted quantity reads
            values = [reglage.valeur, reglage.valeur * F(3, 4), reglage.valeur * F(9, 8)]
            if sorte == "part":
                values = [F(0), F(1, 3), F(1)]
            assert check(politique, cohort(nom), {reglage: values}) == 3


def test_settings_are_combined() -> None:
    politique = policy("normandie/2018")
    known = reglages_of(politique)
    asked = {
        known["cible"]: [F(53, 100), F(61, 100)],
        known["poids(C34)"]: [F(0), F(5, 2)],
        known["part(PR)"]: [F(1, 3)],
        known["rang(taux_sanction ; 2)"]: [F(1, 3000)],
        known["pas(taux_sanction)"]: [F(1, 700)],
        known["plafond(taux_sanction)"]: [F(1, 250)],
    }
    assert check(politique, cohort("normandie/2018"), asked) == 4


def test_statistics_that_depend_on_a_setting_are_taken_again() -> None:
    politique, etablissements = toutes_constructions.politique(), toutes_constructions.complete()
    asked = {reglages_of(politique)["cible(place)"]: [F(1), F(2), F(3)]}
    assert check(politique, etablissements, asked) == 3
    weighed = {reglages_of(politique)["poids(C3)"]: [F(1), F(4)], reglages_of(politique)["cible(a)"]: [F(2, 5)]}
    assert check(politique, etablissements, weighed) == 2
    holed = toutes_constructions.lacking(random.Random(4))
    assert check(politique, holed, asked) == 3


def test_a_setting_is_the_policy_written_with_it() -> None:
    """`varied` against the compiler, on a text."""
    text = toutes_constructions.TEXTE
    for ecrit, old, new, value in (
        ("cible(a)", "cible 50 %", "cible 73 %", F(73, 100)),
        ("poids(C2)", "« Part » poids 1 point ", "« Part » poids 3,5 points ", F(7, 2)),
        ("part(R)", "« Réalisé » donne 100 %", "« Réalisé » donne 60 %", F(3, 5)),
    ):
        assert text.count(old) == 1
        rewritten = compile_text(text.replace(old, new)).politique
        assert rewritten is not None
        politique = toutes_constructions.politique()
        reglage = find(politique, ecrit)
        assert reglage is not None
        made = varied(politique, {reglage: value})
        for etablissements in (toutes_constructions.complete(), toutes_constructions.lacking(random.Random(1))):
            one = Population(rewritten, etablissements, interprete=Calculateur).results()
            other = Population(made, etablissements, interprete=Calculateur).results()
            for a, b in zip(one, other, strict=True):
                assert (a.scores, a.decisions.keys()) == (b.scores, b.decisions.keys())
                assert {k: d.montant for k, d in a.decisions.items()} == {k: d.montant for k, d in b.decisions.items()}


def test_only_what_depends_on_the_setting_is_computed_again() -> None:
    politique = policy("normandie/2018")
    simulation = Simulation(politique, cohort("normandie/2018"), {reglages_of(politique)["cible"]: [F(1, 2)]})
    stages = simulation._etages
    lines = simulation.population.plan.programme.lignes
    assert 0 < len(stages.suite) < 80 < len(stages.calcul.etapes)
    assert not {"grille", "selon", "entree"} & {lines[i].op for i in stages.suite}
    weighed = Simulation(politique, cohort("normandie/2018"), {reglages_of(politique)["poids(C34)"]: [F(1, 2)]})
    assert len(weighed._etages.suite) > len(stages.suite)


def test_a_drawn_cohort_is_the_establishments_repeated() -> None:
    politique, etablissements = policy("cbu/2016"), cohort("cbu/2016")
    reglage = reglages_of(politique)["cible(bon_usage)"]
    simulation = Simulation(politique, etablissements, {reglage: [F(4, 5)]})
    releves = simulation.run([(F(4, 5),)], cohortes=3, graine=5)
    for number in (1, 2, 3):
        weights = module._drawn(len(etablissements), 5, number - 1)
        assert sum(weights) == len(etablissements) and max(weights) > 1
        repeated = list(module._repeated(etablissements, weights))
        expected = counted(varied(politique, {reglage: F(4, 5)}), repeated)
        (given,) = [r for r in releves if r.cohorte == number]
        for key, wanted in expected.items():
            assert replace(given.comptes[key], indetermines=wanted.indetermines) == wanted
    again = Simulation(politique, etablissements, {reglage: [F(4, 5)]})
    assert again.run([(F(4, 5),)], cohortes=3, graine=5) == releves
    assert again.run([(F(4, 5),)], cohortes=3, graine=6) != releves


def test_cohorts_with_statistics_are_read_again() -> None:
    politique, etablissements = toutes_constructions.politique(), toutes_constructions.complete()
    reglage = reglages_of(politique)["cible(a)"]
    simulation = Simulation(politique, etablissements, {reglage: [F(1, 2)]})
    releves = simulation.run([(F(1, 2),)], cohortes=2, graine=1)
    for number in (1, 2):
        repeated = list(module._repeated(etablissements, module._drawn(len(etablissements), 1, number - 1)))
        (given,) = [r for r in releves if r.cohorte == number]
        for key, wanted in counted(politique, repeated).items():
            assert replace(given.comptes[key], indetermines=wanted.indetermines) == wanted


# ---------------------------------------------------------------- how settings are written


def test_ranges_and_lists_are_exact() -> None:
    politique = policy("normandie/2018")
    assert read_setting(politique, "cible=50%:51%:0,1%")[1] == [F(500 + k, 1000) for k in range(11)]
    assert read_setting(politique, " poids( C34 ) = 1 ; 2,5; 1")[1] == [F(1), F(5, 2)]
    assert read_setting(politique, "rang(taux_sanction;2)=0,01 %:0,05 %:0,02 %")[1] == [
        F(1, 10000),
        F(3, 10000),
        F(5, 10000),
    ]


@pytest.mark.parametrize(
    ("texte", "said"),
    [
        ("cibl=50%", "Vouliez-vous dire « cible »"),
        ("cible", "ne dit pas ses valeurs"),
        ("cible=50:60:1", "n'a pas son signe %"),
        ("cible=60%:50%:1%", "du plus petit au plus grand"),
        ("cible=50%:60%:0%", "pas positif"),
        ("cible=50%:60%", "ni une liste ni un intervalle"),
        ("part(PR)=120%", "de 0 % à 100 %"),
        ("poids(C34)=-1", "négatif"),
        ("poids(C34)=0:100000:0,001", "plus que 10000"),
        ("cible=abc", "abc"),
    ],
)
def test_a_setting_that_cannot_be_read_is_said(texte: str, said: str) -> None:
    with pytest.raises(ReglageRefuse) as refused:
        read_setting(policy("normandie/2018"), texte)
    assert said in str(refused.value).replace("\u00a0", " ").replace("\u202f", " ")


# ---------------------------------------------------------------- the command


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["simuler", A, RETOURS, *arguments])


def test_the_screen_shows_each_setting() -> None:
    done = run("--faire-varier", "cible=50%:60%:5%")
    assert done.exit_code == 0, done.output
    rows = [line.replace("\u00a0", " ").replace("\u202f", " ") for line in done.stdout.splitlines()]
    assert rows[1].split()[:2] == ["50", "%"] and "6 960,80 €" in rows[1]
    assert "66 900,95 €" in rows[3]


def test_results_are_one_row_for_each_setting_cohort_and_sector(tmp_path: Path) -> None:
    out = tmp_path / "r.csv"
    done = run("--faire-varier", "cible=50%;60%", "--faire-varier", "poids(C34)=1;2", "--cohortes", "2", "-o", str(out))
    assert done.exit_code == 0, done.output
    rows = list(csv.DictReader(out.read_text("utf-8-sig").splitlines(), delimiter=";"))
    assert len(rows) == 4 * (1 + 5 + 2)
    assert {r["secteur"] for r in rows} == {"tous", "MCO", "SSR", "PSY", "HAD", "DIALYSE"}
    assert {(r["cible"], r["poids_c34"]) for r in rows} == {(c, p) for c in ("50 %", "60 %") for p in "12"}
    first = rows[0]
    assert (first["cohorte"], first["etablissements"]) == ("0", "105")
    assert float(first["financiere_total"].replace(",", ".")) > 0


@pytest.mark.parametrize("ending", ["csv", "json", "xlsx", "html"])
def test_the_same_seed_gives_the_same_bytes(ending: str, tmp_path: Path) -> None:
    drawn = ["--faire-varier", "cible=45%:65%:1%", "--tirages", "6", "--cohortes", "12", "--graine", "3"]
    for name in ("a", "b"):
        assert run(*drawn, "-o", str(tmp_path / f"{name}.{ending}")).exit_code == 0
    one, other = ((tmp_path / f"{n}.{ending}").read_bytes() for n in "ab")
    assert one == other
    assert run(*drawn[:-1], "4", "-o", str(tmp_path / f"c.{ending}")).exit_code == 0
    assert (tmp_path / f"c.{ending}").read_bytes() != one


def test_the_paper_draws_the_curves_in_words_and_escapes_names(tmp_path: Path) -> None:
    out = tmp_path / "r.html"
    assert run("--faire-varier", "cible=45%:65%:2%", "--cohortes", "20", "-o", str(out)).exit_code == 0
    page = out.read_text("utf-8")
    assert page.count('<svg role="img"') == 2 and "<desc" in page and "<script" not in page
    assert "SIMULATION" in page and "Données fictives" in page
    plain = page.replace("\u00a0", " ").replace("\u202f", " ")
    assert "politique : 53 %" in plain and "8 cohortes sur 10" in plain


def test_a_simulation_that_is_stopped_keeps_what_is_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[tuple[F, ...]] = []
    original = Simulation._at

    def stopped(self: Simulation, values: tuple[F, ...], counts: Any) -> Any:
        if len(done) == 3:
            raise KeyboardInterrupt
        done.append(values)
        return original(self, values, counts)

    monkeypatch.setattr(Simulation, "_at", stopped)
    out = tmp_path / "r.json"
    result = run("--faire-varier", "cible=40%:60%:1%", "-o", str(out))
    assert result.exit_code == 130
    assert "3 réglages sur 21" in result.output
    kept = json.loads(out.read_text("utf-8"))
    rows = kept["resultats"] if "resultats" in kept else kept["lignes"]
    assert len(rows) == 3 * 6


def test_wrong_usage_is_said() -> None:
    for arguments, said in (
        (["--faire-varier", "cibl=1%"], "Vouliez-vous dire"),
        (["--faire-varier", "cible=50%", "--faire-varier", "cible(obligatoire)=51%"], "donné deux fois"),
        (["--faire-varier", "cible=0%:100%:0,1%", "--faire-varier", "poids(C34)=0:200:1"], "plus que 100000"),
    ):
        done = run(*arguments)
        assert done.exit_code == 2 and said in done.output, done.output


def test_too_many_to_ask_one_by_one_are_left_open_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    politique, etablissements = policy("normandie/2018"), cohort("normandie/2018")
    asked = {reglages_of(politique)["cible"]: [F(53, 100)]}
    refined = Simulation(politique, etablissements, asked)
    (whole,) = [r for r in refined.run(refined.grid()) if not r.secteur]
    monkeypatch.setattr(module, "MOST_ONE_BY_ONE", 0)
    bare = Simulation(politique, etablissements, asked)
    (left,) = [r for r in bare.run(bare.grid()) if not r.secteur]
    key = ("sous_cible", "obligatoire")
    assert refined.affinee and not bare.affinee
    assert left.comptes[key].indetermines > whole.comptes[key].indetermines
    assert left.comptes[key].nombre <= whole.comptes[key].nombre


def releve_of(nom: str) -> Releve:
    politique = policy(nom)
    simulation = Simulation(politique, cohort(nom), {})
    return simulation.run([()])[0]


def test_without_any_setting_it_is_the_evaluation() -> None:
    assert {k: replace(c, indetermines=0) for k, c in releve_of("cbu/2016").comptes.items()} == {
        k: replace(c, indetermines=0) for k, c in counted(policy("cbu/2016"), cohort("cbu/2016")).items()
    }
