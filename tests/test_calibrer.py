"""`caqes calibrer`: what it says of a range holds for every value in it; wishes are read, or refused."""

from __future__ import annotations

import csv
import random
from fractions import Fraction as F
from pathlib import Path

import pytest
import toutes_constructions
from click.testing import CliRunner, Result
from test_simuler import cohort, policy

from caqes_dsl.commands import cli
from caqes_dsl.evaluation import calibration as module
from caqes_dsl.evaluation.calibration import Calibrage, Intervalle, Souhait, calibrate
from caqes_dsl.evaluation.facts import Etablissement
from caqes_dsl.evaluation.reglages import reglages_of
from caqes_dsl.evaluation.simulation import Simulation
from caqes_dsl.exchange.wishes import SouhaitRefuse, read_wish
from caqes_dsl.model.nodes import Politique
from caqes_dsl.pipeline import compile_text

A, RETOURS = "policies/normandie/2018.caqes", "policies/normandie/exemples/2018-retours.csv"
WISHES = ("part sous la cible ≤ 10 %", "total des sanctions ≤ 30 000 €", "nombre de sanctions parmi SSR ≤ 2")


def holds_everywhere(
    found: Calibrage, politique: Politique, etablissements: list[Etablissement], values: list[F]
) -> None:
    """Each value gives what its slice says."""
    simulation = Simulation(politique, etablissements, {found.reglage: values})
    by = {(r.valeurs[found.reglage.ecrit], r.secteur): r for r in simulation.run(simulation.grid())}
    for value in values:
        (slice_,) = [t for t in found.tranches if t.bas == value == t.haut or t.bas < value < t.haut]
        given = tuple(s.measure(by[value, s.secteur]) for s in found.souhaits)
        assert given == slice_.mesures, value
        inside = any(_within(i, value) for i in found.which())
        assert inside == slice_.convient == all(s.held(m) for s, m in zip(found.souhaits, given, strict=True))


def _within(i: Intervalle, value: F) -> bool:
    low = i.bas < value or (i.bas_compris and i.bas == value)
    return low and (value < i.haut or (i.haut_compris and i.haut == value))


def test_a_target_is_answered_for_over_a_whole_range() -> None:
    politique, etablissements = policy("normandie/2018"), list(cohort("normandie/2018"))
    wishes = [read_wish(politique, w) for w in WISHES]
    found = calibrate(politique, etablissements, wishes, reglages_of(politique)["cible"], F(2, 5), F(7, 10), F(1, 100))
    assert found.exact and len(found.tranches) > 20
    rng = random.Random(1)
    values = sorted(
        {F(400 + k, 1000) for k in range(0, 301, 3)} | {F(rng.randint(4000, 7000), 10000) for _ in range(60)}
    )
    holds_everywhere(found, politique, etablissements, values)


STEPS = (
    "0 pt : 0 %",
    "plus de 0 pt à 7,5 pt : 1 %",
    "puis, par tranche de 5 pt entamée : 1 % de plus",
    "plafond 6 %",
)
ROWS = ("moins de 3,3 pt : 0 %", "de 3,3 pt à 40 pt : 2 %", "plus de 40 pt : 5 %")


@pytest.mark.parametrize("graine", range(6))
def test_scores_that_are_not_rounded_and_scales_of_every_kind_are_followed(graine: int) -> None:
    """Random policies whose target is a number, small enough for every change to be found."""
    rng = random.Random(graine)
    notation = rng.choice(
        ["score arrondi à 1 % avant comparaison", "score affiché à 1 %", "score arrondi à 10 % avant comparaison"]
    )
    scale = "taux selon ecart\n  " + "\n  ".join(rng.choice([STEPS, ROWS]))
    text = f"""caqes 1
politique essai « Essai »
  sans cadre national motif « essai »
  exercice 2018
  vigueur du 01/01/2018 au 31/12/2018
  statut projet
  source « hypothèse : essai »
secteur MCO « Médecine »
secteur SSR « Suite »
niveau R « Réalisé » donne 100 %
niveau PR « Partiel » donne 50 %
niveau NR « Non réalisé » donne 0 %
notation {notation}
donnée produits « Produits » : montant ≥ 0 €
volet v « Volet » cible 50 %
critère C1 « Un » poids 3 points secteurs tous
critère C2 « Deux » poids 1 point secteurs MCO
critère C3 « Trois » poids 2,5 points secteurs tous
calcul ecart « Écart » : écart max(cible - score ; 0 pt)
barème taux « Taux » : {scale}
sanction s « Sanction » si score < cible montant taux × produits arrondi à 0,01 €
"""
    compiled = compile_text(text)
    politique = compiled.politique
    assert politique is not None, [d.message for d in compiled.diagnostics]
    etablissements = []
    for k in range(25):
        reponses = {c: rng.choice(["R", "PR", "NR"]) for c in politique.criteres if rng.random() < 0.95}
        secteurs = rng.choice([("MCO",), ("SSR",), ("MCO", "SSR")])
        faits = {"produits": F(rng.randint(0, 10**7), 100)}
        etablissements.append(Etablissement(f"14000{k:04d}", "X", 2018, secteurs, reponses, {}, dict(faits)))
    wishes = [read_wish(politique, w) for w in ("part sous la cible ≤ 40 %", "total des sanctions ≤ 900 €")]
    found = calibrate(politique, etablissements, wishes, reglages_of(politique)["cible"], F(0), F(1), F(1, 100))
    assert found.exact
    edges = sorted({t.bas for t in found.tranches})
    near = {e + d for e in rng.sample(edges, 12) for d in (F(-1, 99991), F(0), F(1, 99991)) if 0 <= e + d <= 1}
    holds_everywhere(found, politique, etablissements, sorted({F(k, 400) for k in range(401)} | near))


def test_where_changes_cannot_be_listed_it_tries_and_says_so() -> None:
    politique, etablissements = policy("normandie/2018"), list(cohort("normandie/2018"))
    wishes = [read_wish(politique, "total des sanctions ≤ 20 000 €")]
    reglage = reglages_of(politique)["poids(C34)"]
    found = calibrate(politique, etablissements, wishes, reglage, F(0), F(3), F(1, 2))
    assert not found.exact and found.pas == F(1, 2)
    assert [t.bas for t in found.tranches] == [F(k, 2) for k in range(7)]
    assert all(i.bas == i.haut for i in found.which())
    holds_everywhere(found, politique, etablissements, [F(k, 2) for k in range(7)])


def test_statistics_that_depend_on_the_setting_are_tried() -> None:
    politique, etablissements = toutes_constructions.politique(), toutes_constructions.complete()
    wishes = [read_wish(politique, "nombre atteignant place ≥ 2")]
    found = calibrate(politique, etablissements, wishes, reglages_of(politique)["cible(place)"], F(1), F(4), F(1))
    assert len(found.tranches) >= 4
    holds_everywhere(found, politique, etablissements, [F(k) for k in range(1, 5)])


def test_intervals_are_put_end_to_end_with_their_ends() -> None:
    def slice_(bas: int, haut: int, tenu: bool) -> module.Tranche:
        return module.Tranche(F(bas), F(haut), (F(0),), (tenu,), 0)

    tranches = (slice_(0, 0, False), slice_(0, 1, True), slice_(1, 1, True), slice_(1, 2, False), slice_(2, 2, True))
    reglage = reglages_of(policy("normandie/2018"))["cible"]
    wish = Souhait("x", "nombre", (), "", "≤", F(0))
    assert Calibrage(reglage, (wish,), tranches, True, None).which() == [
        Intervalle(F(0), F(1), False, True),
        Intervalle(F(2), F(2), True, True),
    ]


# ---------------------------------------------------------------- wishes


@pytest.mark.parametrize(
    ("texte", "quoi", "cles", "secteur", "op", "valeur"),
    [
        ("part sous la cible ≤ 20 %", "part", (("sous_cible", "obligatoire"),), "", "≤", F(1, 5)),
        ("part sous la cible <= 20%", "part", (("sous_cible", "obligatoire"),), "", "≤", F(1, 5)),
        ("nombre sous la cible parmi HAD = 0", "nombre", (("sous_cible", "obligatoire"),), "HAD", "=", F(0)),
        ("total des sanctions ≤ 300 000 €", "total", (("décision", "financiere"),), "", "≤", F(300000)),
        ("total de financiere < 0,5 M€", "total", (("décision", "financiere"),), "", "<", F(500000)),
    ],
)
def test_wishes_are_read(
    texte: str, quoi: str, cles: tuple[tuple[str, str], ...], secteur: str, op: str, valeur: F
) -> None:
    found = read_wish(policy("normandie/2018"), texte)
    assert (found.quoi, found.cles, found.secteur, found.op, found.valeur) == (quoi, cles, secteur, op, valeur)


@pytest.mark.parametrize(
    ("texte", "said"),
    [
        ("moins de sanctions", "ne se lit pas"),
        ("part sous la cible ≤ 20", "n'a pas son signe %"),
        ("part sous la cible parmi XYZ ≤ 20 %", "n'est pas un secteur"),
        ("total sous la cible ≤ 20 €", "Un total est en euros"),
        ("total des sanction ≤ 20 €", "Vouliez-vous dire « sanctions »"),
        ("nombre atteignant rien ≥ 1", "n'est pas un indicateur"),
        ("part sous la cible de autre ≤ 1 %", "n'est pas un volet"),
    ],
)
def test_a_wish_that_cannot_be_read_is_said(texte: str, said: str) -> None:
    with pytest.raises(SouhaitRefuse) as refused:
        read_wish(policy("normandie/2018"), texte)
    assert said in str(refused.value)


# ---------------------------------------------------------------- the command


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["calibrer", A, RETOURS, *arguments])


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def test_the_answer_is_a_range_with_its_curve(tmp_path: Path) -> None:
    out = tmp_path / "courbe.csv"
    done = run(*WISHES[:2], "-o", str(out))
    assert done.exit_code == 0, done.output
    text = plain(done.stdout)
    assert text.startswith("cible : de 0 % à 54 %.\nExact")
    assert "55 %" in text and "37 500,51 €" in text
    rows = list(csv.DictReader(out.read_text("utf-8-sig").splitlines(), delimiter=";"))
    assert len(rows) == 201 and {r["convient"] for r in rows} == {"oui", "non"}
    assert rows[0]["cible_de"] == rows[0]["cible_a"] == "0 %"


def test_when_no_value_meets_them_all_it_says_what_each_asks() -> None:
    done = run("part sous la cible ≤ 5 %", "total des sanctions ≥ 30 000 €", "--regler", "cible=40%:70%")
    text = plain(done.stdout)
    assert done.exit_code == 0 and "aucune valeur, de 40 % à 70 %, ne tient tous les souhaits" in text
    assert "« part sous la cible ≤ 5 % » seul : de 40 % à 49 %." in text
    none = plain(run("total des sanctions ≥ 1 G€".replace("1 G€", "900 M€")).stdout)
    assert "ne tient ce souhait" in none and "au mieux 3 488 255,56 €" in none


def test_wrong_usage_is_said() -> None:
    for arguments, said in (
        (["sanctions"], "ne se lit pas"),
        (["part sous la cible ≤ 5 %", "--regler", "cible=40%"], "entre quelles valeurs"),
        (["part sous la cible ≤ 5 %", "--regler", "cible=70%:40%"], "du plus petit au plus grand"),
    ):
        done = run(*arguments)
        assert done.exit_code == 2 and said in done.output, done.output
