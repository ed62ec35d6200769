"""`caqes figer`: statistics written as dated paramètres, and a policy that then gives the same results."""

from __future__ import annotations

from fractions import Fraction as F
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from caqes_dsl.commands import cli
from caqes_dsl.evaluation.population import evaluate_cohort
from caqes_dsl.exchange.read import read_cohort
from caqes_dsl.pipeline import compile_path, format_path

POLICY = """caqes 1

politique essai « Essai »
  exercice 2022
  vigueur  du 01/07/2022 au 30/06/2025
  source   « hypothèse : essai »

secteur MCO « Médecine »
secteur HAD « Hospitalisation à domicile »
niveau R « Réalisé » donne 100 %
niveau NR « Non réalisé » donne 0 %
donnée depenses « Dépenses » : montant ≥ 0 €

volet v « V »
  réservé si depenses ≥ quantile(depenses ; 75 % parmi MCO)  # le quart le plus dépensier
critère C1 « Un » poids 1 point secteurs tous
calcul moyen « Moyenne » : montant moyenne(depenses)
calcul au_dessus « Au-dessus » : montant max(depenses - moyenne(depenses) ; 0 €)
"""
ROWS = (("140000100", "MCO", "80"), ("140000118", "MCO", "95"), ("140000126", "HAD", "75,01"))
COHORT = "finess;exercice;secteurs;C1;depenses\n" + "".join(f"{f};2022;{s};R;{d}\n" for f, s, d in ROWS)


@pytest.fixture(autouse=True)
def _cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAQES_CACHE", str(tmp_path / "cache"))


def freeze(tmp_path: Path, policy: str = POLICY, cohort: str = COHORT) -> Result:
    (tmp_path / "p.caqes").write_text(policy, encoding="utf-8")
    (tmp_path / "d.csv").write_text(cohort, encoding="utf-8")
    paths = [str(tmp_path / name) for name in ("p.caqes", "d.csv", "f.caqes")]
    return CliRunner().invoke(cli, ["figer", paths[0], paths[1], "-o", paths[2]])


def test_the_frozen_policy_has_the_values_and_no_statistic(tmp_path: Path) -> None:
    result = freeze(tmp_path)
    assert result.exit_code == 0, result.output
    compiled = compile_path(tmp_path / "f.caqes")
    assert compiled.politique is not None
    # 80 and 95: at three quarters of the way, 91,25. The mean is 250,01 / 3 = 83,33666…
    values = {nom: p.en_vigueur.valeur for nom, p in compiled.politique.parametres.items() if p.en_vigueur}
    assert values == {"quantile_depenses_75_parmi_mco": F(9125, 100), "moyenne_depenses": F(83336667, 10**6)}
    text = (tmp_path / "f.caqes").read_text(encoding="utf-8")
    rules = text.split("secteur MCO", 1)[1]
    assert "moyenne(" not in rules and "quantile(" not in rules
    assert "# le quart le plus dépensier" in rules
    assert text.count("moyenne_depenses") == 3  # declared once, read twice
    assert "calculé sur 2 établissements de d.csv" in text and "calculé sur 3 établissements de d.csv" in text
    assert "arrondi à 0,000001 €" in text and text.count("arrondi à") == 1
    assert "à compter du 01/07/2022" in text
    assert format_path(tmp_path / "f.caqes")[0] == text


def test_the_frozen_policy_gives_the_same_reserve(tmp_path: Path) -> None:
    freeze(tmp_path)
    found = []
    for name in ("p.caqes", "f.caqes"):
        politique = compile_path(tmp_path / name).politique
        assert politique is not None
        results, _ = evaluate_cohort(politique, read_cohort(politique, tmp_path / "d.csv").etablissements)
        found.append([(r.etablissement.finess, r.statut, r.score_global.points_applicables) for r in results])
    assert found[0] == found[1]
    assert [p for _, _, p in found[0]] == [0, 1, 0]


def test_it_stays_fixed_when_another_establishment_comes(tmp_path: Path) -> None:
    freeze(tmp_path)
    more = COHORT + "140000134;2022;MCO;R;1000\n"
    (tmp_path / "d.csv").write_text(more, encoding="utf-8")
    opened = {}
    for name in ("p.caqes", "f.caqes"):
        politique = compile_path(tmp_path / name).politique
        assert politique is not None
        results, _ = evaluate_cohort(politique, read_cohort(politique, tmp_path / "d.csv").etablissements)
        opened[name] = [r.score_global.points_applicables for r in results]
    assert opened == {"p.caqes": [0, 0, 0, 1], "f.caqes": [0, 1, 0, 1]}


def test_a_rank_stays_and_an_example_of_the_statistic_goes(tmp_path: Path) -> None:
    extra = "calcul place « Rang » : entier rang(depenses)\n" \
            "exemple « Un » avec moyenne(depenses) = 10 € attendu moyen = 10 €\n"  # fmt: skip
    result = freeze(tmp_path, POLICY + extra)
    assert result.exit_code == 0
    assert result.output.count("CAQ411") == 2
    text = (tmp_path / "f.caqes").read_text(encoding="utf-8")
    assert "rang(depenses)" in text and "exemple" not in text


@pytest.mark.parametrize(
    ("policy", "cohort", "said"),
    [
        (POLICY.replace("parmi MCO", "parmi non MCO et non HAD"), COHORT, "CAQ412"),
        (POLICY, COHORT + "140000134;2022;MCO;Peut-être;10\n", "CAQ6"),
    ],
    ids=["over nobody", "a row to correct"],
)
def test_nothing_is_written_when_a_value_would_be_invented(tmp_path: Path, policy: str, cohort: str, said: str) -> None:
    result = freeze(tmp_path, policy, cohort)
    assert result.exit_code == 1 and said in result.output
    assert not (tmp_path / "f.caqes").exists()


def test_a_statistic_of_a_parent_is_frozen_there(tmp_path: Path) -> None:
    (tmp_path / "parent.caqes").write_text(POLICY, encoding="utf-8")
    child = "caqes 1\npolitique enfant « Enfant » reprend « parent.caqes » exercice 2022\n"
    result = freeze(tmp_path, child)
    assert result.exit_code == 1 and "CAQ412" in result.output
