"""`caqes nouveau` and the table of years: what is written, what is due, what each year sets."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from caqes_dsl.commands import cli
from caqes_dsl.documents.annees import count, ending
from caqes_dsl.documents.nouveau import folder_name
from caqes_dsl.pipeline import compile_path, format_path

NATIONAL = """caqes 1
politique national « Cadre »
  vigueur du 01/01/2017 au 31/12/2021
  source « Arrêté »
secteur MCO « Médecine »
niveau R « Réalisé » donne 100 %
niveau NR « Non réalisé » donne 0 %
donnée produits « Produits » : montant ≥ 0 €
paramètre fini « Fini » : taux 1 % à compter du 01/01/2017 jusqu'au 31/12/2018
paramètre bientot « Bientôt » : taux 2 % à compter du 01/01/2017 jusqu'au 30/06/2019
paramètre sans_fin « Sans fin » : taux 3 % à compter du 01/01/2017
"""

REGION = """caqes 1
politique normandie_2018 « CAQES Normandie 2018 »
  reprend « ../national/2017.caqes »
  région « Normandie »
  exercice 2018
  évaluée en 2019
  vigueur du 01/07/2018 au 28/02/2019
  statut adopté le 01/02/2018 par « le comité »
  source « Réunion »
volet v « V » cible 50 %
critère C1 « Un » poids 1 point secteurs tous échéance 30/06/2018
sanction s « Sanction » montant (fini + bientot + sans_fin) × produits arrondi à 1 €
calendrier
  29/02/2016 debut « Début »
exemple « Un cas » avec produits = 100 € attendu s = 6 €
contrôle c « C » s ≥ 0 €
"""


@pytest.fixture(autouse=True)
def _cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAQES_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "policies"
    (folder / "national").mkdir(parents=True)
    (folder / "normandie").mkdir()
    (folder / "national/2017.caqes").write_text(NATIONAL, encoding="utf-8")
    (folder / "normandie/2018.caqes").write_text(REGION, encoding="utf-8")
    return folder


def call(*arguments: object) -> Result:
    return CliRunner().invoke(cli, [str(a) for a in arguments])


def test_the_header_moves_by_as_many_years(root: Path) -> None:
    done = call("nouveau", "Normandie", 2020, "--depuis", root / "normandie/2018.caqes")
    assert (done.exit_code, done.stdout) == (0, "")
    path = root / "normandie/2020.caqes"
    compiled = compile_path(path)
    politique = compiled.politique
    assert politique is not None, [d.message for d in compiled.diagnostics]
    assert (politique.nom, politique.titre, politique.region) == ("normandie_2020", "CAQES Normandie 2020", "Normandie")
    assert (politique.exercice, politique.evaluee_en) == (2020, 2021)
    assert [str(politique.vigueur_du), str(politique.vigueur_au)] == ["2020-07-01", "2021-02-28"]
    assert politique.est_projet
    assert politique.source.startswith("hypothèse : à compléter")
    assert politique.reprend == ("2018.caqes",)
    assert format_path(path)[0] == path.read_text("utf-8")


def test_a_value_that_has_ended_is_carried_on_as_a_hypothesis(root: Path) -> None:
    call("nouveau", "normandie", 2020, "--depuis", root / "normandie/2018.caqes")
    politique = compile_path(root / "normandie/2020.caqes").politique
    assert politique is not None
    carried = politique.parametres["fini"].en_vigueur
    assert carried is not None
    assert (str(carried.a_compter_du), carried.source.startswith("hypothèse : à compléter")) == ("2020-07-01", True)
    assert politique.parametres["sans_fin"].valeurs == politique.parametres["sans_fin"].valeurs[:1]


def test_what_is_due_is_ready_to_be_uncommented(root: Path) -> None:
    """2019: one value ends in the year, the calendar, the target and a deadline move."""
    call("nouveau", "normandie", 2019, "--depuis", root / "normandie/2018.caqes")
    path = root / "normandie/2019.caqes"
    text = path.read_text("utf-8")
    for line in (
        "# modifie volet v\n#   cible 50 % source « à compléter »\n",
        "# modifie calendrier\n#   28/02/2017 debut « Début »\n",
        "# modifie critère C1\n#   échéance 30/06/2019\n",
    ):
        assert line in text
    assert "modifie paramètre bientot" in text
    ready = re.sub(r"^# ((?:modifie|  ).*)$", r"\1", text, flags=re.MULTILINE)
    path.write_text(ready, encoding="utf-8")
    compiled = compile_path(path)
    assert compiled.politique is not None, [d.message for d in compiled.diagnostics]
    assert str(compiled.politique.criteres["C1"].echeance) == "2019-06-30"
    assert count(compiled.politique).ajoute == 0


def test_nothing_is_replaced(root: Path) -> None:
    target = root / "normandie/2019.caqes"
    target.write_text("à moi", encoding="utf-8")
    done = call("nouveau", "normandie", 2019, "--depuis", root / "normandie/2018.caqes")
    assert done.exit_code == 1
    assert "CAQ801" in done.stderr and "il existe déjà" in done.stderr
    assert target.read_text("utf-8") == "à moi"
    assert sorted(p.name for p in target.parent.iterdir()) == ["2018.caqes", "2019.caqes"]


def test_another_region_starts_from_the_national_frame(root: Path) -> None:
    done = call("new", "Île-de-France", 2018, "--depuis", root / "national/2017.caqes")
    assert done.exit_code == 0
    politique = compile_path(root / "ile-de-france/2018.caqes").politique
    assert politique is not None
    assert (politique.nom, politique.region) == ("ile_de_france_2018", "Île-de-France")
    assert [str(politique.vigueur_du), str(politique.vigueur_au)] == ["2018-01-01", "2018-12-31"]
    assert politique.reprend == ("../national/2017.caqes",)


def test_a_policy_outside_a_policies_folder_has_its_child_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "seule.caqes"
    path.write_text(NATIONAL, encoding="utf-8")
    assert call("nouveau", "Corse", 2018, "--depuis", path).exit_code == 0
    assert compile_path(tmp_path / "corse_2018.caqes").politique is not None


def test_a_place_from_which_the_parent_cannot_be_reached_is_refused(root: Path, tmp_path: Path) -> None:
    target = tmp_path / "ailleurs" / "2018.caqes"
    done = call("nouveau", "Corse", 2018, "--depuis", root / "national/2017.caqes", "-o", target)
    assert (done.exit_code, target.exists()) == (2, False)


@pytest.mark.parametrize("region", ["", "///", "a « b »", "a\nb"])
def test_a_region_has_a_name(root: Path, region: str) -> None:
    assert call("nouveau", region, 2018, "--depuis", root / "national/2017.caqes").exit_code == 2


def test_a_policy_with_errors_starts_nothing(root: Path) -> None:
    wrong = root / "normandie/2018.caqes"
    wrong.write_text(REGION + "critère C1 « Encore » poids 1 point secteurs tous\n", encoding="utf-8")
    assert call("nouveau", "normandie", 2019, "--depuis", wrong).exit_code == 1
    assert not (root / "normandie/2019.caqes").exists()


@pytest.mark.parametrize(
    ("region", "folder"), [("Île-de-France", "ile-de-france"), ("Provence Côte d'Azur", "provence-cote-d-azur")]
)
def test_folders_have_plain_names(region: str, folder: str) -> None:
    assert folder_name(region) == folder


# ---------------------------------------------------------------- the table of years


def test_what_each_year_sets_is_counted(root: Path) -> None:
    path = root / "normandie/2019.caqes"
    path.write_text(
        "caqes 1\npolitique n « N » reprend « 2018.caqes »\n  exercice 2019 source « S »\n"
        "modifie critère C1 poids 2 points\nmodifie paramètre fini 5 % à compter du 01/01/2019\n"
        "supprime calendrier motif « Clos »\nmodifie volet v\ncritère C2 « Deux » poids 1 point secteurs tous\n",
        encoding="utf-8",
    )
    politique = compile_path(path).politique
    assert politique is not None
    counted = count(politique)
    assert (counted.ajoute, counted.modifie, counted.supprime) == (1, 2, 1)
    assert [(f"{day:%d/%m/%Y}", nom) for day, nom in ending(politique)] == [("30/06/2019", "bientot")]
    region = compile_path(root / "normandie/2018.caqes").politique
    assert region is not None
    # A volet, a critère, a sanction, the calendrier, an exemple, a contrôle.
    assert (count(region).ajoute, count(region).modifie, count(region).supprime) == (6, 0, 0)


def test_a_folder_shows_its_regions_and_years(root: Path) -> None:
    (root / "normandie/2019.caqes").write_text("caqes 1\npolitique n « N » reprend « rien.caqes »\n", encoding="utf-8")
    done = call("verifier", root)
    lines = [line.split() for line in done.stdout.replace("\u00a0", " ").split("\n")]
    assert done.exit_code == 1
    assert ["National", "–", "national/2017", "–", "7", "0", "0", "31/12/2021"] in [line[:8] for line in lines]
    year = ["Normandie", "2018", "normandie/2018", "national/2017", "6", "0", "0", "28/02/2019"]
    assert year in [line[:8] for line in lines]
    assert any(line[:1] == ["normandie"] and "conforme" in line for line in lines)
    assert "Exercice" not in call("verifier", root / "national/2017.caqes").stdout
    assert call("verifier", root, "--format", "json").stdout.lstrip().startswith("[")
