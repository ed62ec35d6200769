"""Commands: what they say and where, exit codes, files written whole, French for every sentence."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import caqes_dsl
from caqes_dsl import __version__
from caqes_dsl.commands import ALIAS, cli
from caqes_dsl.terminal import run

ROOT = Path(__file__).resolve().parents[1]
NORMANDIE = str(ROOT / "policies/normandie/2018.caqes")

SOUND = """caqes 1

politique essai « Essai »
  exercice 2018
  source « Essai »

secteur MCO « Médecine »
niveau R  « Réalisé »     donne 100 %
niveau NR « Non réalisé » donne 0 %

critère C1 « Audit annuel »
  poids    2 points
  secteurs tous
"""


@pytest.fixture(autouse=True)
def _cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAQES_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def policy(tmp_path: Path) -> Path:
    path = tmp_path / "essai.caqes"
    path.write_text(SOUND, encoding="utf-8")
    return path


def call(*arguments: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(cli, list(arguments), input=stdin)


# ---------------------------------------------------------------- help, usage


def test_help_is_french() -> None:
    text = call("--help").output
    assert "Commandes" in text and "Montrer cette aide." in text
    assert "Usage :" in text
    for word in ("Commands:", "Show this", "Options:\n  --version  Show"):
        assert word not in text


@pytest.mark.parametrize("name", list(cli.commands))
def test_every_command_has_french_help_and_common_options(name: str) -> None:
    text = call(name, "--help").output
    for option in ("--format", "--discret", "--detail", "--couleur"):
        assert option in text
    assert "Show this message" not in text and "default:" not in text


@pytest.mark.parametrize(("alias", "name"), ALIAS.items())
def test_aliases_are_the_same_commands(alias: str, name: str) -> None:
    assert call(alias, "--help").output.splitlines()[2:] == call(name, "--help").output.splitlines()[2:]


def test_the_version_is_said() -> None:
    assert __version__ in call("--version").output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["verifie"], "Vouliez-vous dire"),
        (["verifier", "--formt", "json"], "n'existe pas"),
        (["verifier", "absente.caqes"], "n'existe pas"),
        (["annexe", NORMANDIE, "-f", "pdf,rtf"], "Le format « rtf » n'existe pas"),
        (["annexe", NORMANDIE, "-f", " , "], "Aucun format"),
        (["annexe", NORMANDIE, "--secteurs", "HDA"], "HAD"),
        (["annexe", NORMANDIE, "-o", "annexe.docx"], "-o annexe -f docx"),
        (["expliquer", "CAQ999"], "n'existe pas"),
        (["expliquer", "plafon"], "Le mot « plafon » n'existe pas. Vouliez-vous dire « plafond » ?"),
        (["expliquer", NORMANDIE], "CAQ301"),
        (["evaluer", NORMANDIE], "Il manque"),
    ],
)
def test_wrong_usage_is_exit_2_in_french(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(cli, arguments, __version__) == 2
    captured = capsys.readouterr()
    assert said in captured.err
    assert not captured.out
    assert "Error" not in captured.err and "Traceback" not in captured.err


def test_a_defect_of_ours_is_exit_3_with_a_file_to_send(
    monkeypatch: pytest.MonkeyPatch, policy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("essai")

    monkeypatch.setattr("caqes_dsl.checked.compile_checked", broken)
    assert run(cli, ["verifier", str(policy)], __version__) == 3
    said = capsys.readouterr().err
    assert "Traceback" not in said and "défaut" in said
    sent = Path(next(word for word in said.split() if "caqes-defaut-" in word).rstrip(","))
    assert "ZeroDivisionError" in sent.read_text(encoding="utf-8")
    sent.unlink()


# ---------------------------------------------------------------- verifier


def test_a_sound_policy_is_exit_0(policy: Path) -> None:
    result = call("verifier", str(policy))
    assert result.exit_code == 0
    assert "conforme, 1 critère, 2\u00a0points" in result.stdout


def test_an_unsound_policy_is_exit_1_with_every_mistake(policy: Path) -> None:
    policy.write_text(SOUND.replace("2 points", "2 €").replace("secteurs tous", "secteurs MC"), encoding="utf-8")
    result = call("verifier", str(policy))
    assert result.exit_code == 1
    assert "CAQ205" in result.stdout and "CAQ201" in result.stdout and "conforme" not in result.stdout


def test_diagnostics_in_json_have_the_published_keys(policy: Path) -> None:
    policy.write_text(SOUND.replace("2 points", "2"), encoding="utf-8")
    result = call("verifier", str(policy), "--format", "json")
    (said,) = json.loads(result.stdout)
    assert set(said) >= {
        *("code", "severite", "message", "fichier", "ligne", "colonne", "fin_ligne", "fin_colonne", "etiquettes"),
        *("aide", "correction"),
    }
    assert said["code"] == "CAQ112" and said["ligne"] == 12 and said["correction"]["texte"] == "2 points"


@pytest.mark.parametrize("form", ["sarif", "github"])
def test_other_forms_name_the_code_and_the_line(policy: Path, form: str) -> None:
    policy.write_text(SOUND.replace("2 points", "2"), encoding="utf-8")
    result = call("verifier", str(policy), "--format", form)
    assert "CAQ112" in result.stdout and "12" in result.stdout


def test_quiet_says_errors_only(policy: Path) -> None:
    assert call("verifier", str(policy), "-q").stdout == "aucune erreur\n"


def test_a_folder_is_checked_whole_and_shared_faults_are_said_once(tmp_path: Path) -> None:
    root = tmp_path / "policies"
    (root / "r").mkdir(parents=True)
    (root / "national.caqes").write_text(
        SOUND.replace("politique essai", "politique national").replace("2 points", "2"), encoding="utf-8"
    )
    for year in ("2018", "2019"):
        (root / "r" / f"{year}.caqes").write_text(
            f"caqes 1\npolitique r{year} « R »\n  reprend « ../national.caqes »\n  exercice {year}\n", encoding="utf-8"
        )
    result = call("verifier", str(root))
    assert result.exit_code == 1
    assert result.stdout.count("CAQ112") == 1


def test_certain_corrections_are_shown_then_applied(policy: Path) -> None:
    policy.write_text(SOUND.replace("2 points", "2,5").replace("critère C1", "critere C1"), encoding="utf-8")
    result = call("verifier", str(policy), "--corriger")
    assert result.exit_code == 0
    assert "+  poids    2,5 points" in result.stdout
    assert "2,5 points" in policy.read_text(encoding="utf-8")


def test_doubtful_corrections_are_left_to_the_author(policy: Path) -> None:
    text = SOUND.replace("secteurs tous", "secteurs MOC")
    policy.write_text(text, encoding="utf-8")
    result = call("verifier", str(policy), "--corriger")
    assert result.exit_code == 1
    assert policy.read_text(encoding="utf-8") == text


def test_colours_are_asked_for_or_not(policy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    policy.write_text(SOUND.replace("2 points", "2"), encoding="utf-8")
    assert "\x1b[" in CliRunner().invoke(cli, ["verifier", str(policy), "--couleur", "toujours"], color=True).stdout
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[" not in CliRunner().invoke(cli, ["verifier", str(policy)], color=True).stdout


def test_the_default_is_the_policies_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(cli, ["verifier"], __version__) == 2
    assert "policies" in capsys.readouterr().err
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies/essai.caqes").write_text(SOUND, encoding="utf-8")
    assert call("verifier").exit_code == 0


# ---------------------------------------------------------------- formater


def test_formatting_twice_changes_nothing(policy: Path) -> None:
    policy.write_text(SOUND.replace("  poids    2 points", " poids 2 points"), encoding="utf-8")
    assert call("formater", "--verifier", str(policy)).exit_code == 1
    assert call("formater", str(policy)).exit_code == 0
    once = policy.read_text(encoding="utf-8")
    assert call("formater", "--verifier", str(policy)).exit_code == 0
    assert call("formater", str(policy)).stdout == ""
    assert policy.read_text(encoding="utf-8") == once


def test_a_text_that_does_not_read_is_left_alone(policy: Path) -> None:
    text = SOUND.replace("poids", "pods")
    policy.write_text(text, encoding="utf-8")
    assert call("formater", str(policy)).exit_code == 1
    assert policy.read_text(encoding="utf-8") == text


def test_formatting_from_stdin_to_stdout(policy: Path) -> None:
    result = call("formater", "-", stdin=SOUND)
    assert result.exit_code == 0
    assert result.stdout.startswith("caqes 1\n")


# ---------------------------------------------------------------- the main job

COHORT = (
    "finess;raison_sociale;exercice;secteurs;C1\n"
    "279990014;Établissement fictif 001;2018;MCO;R\n"
    "279990022;Établissement fictif 002;2018;MCO;NR\n"
)


@pytest.fixture
def cohort(tmp_path: Path) -> Path:
    path = tmp_path / "donnees.csv"
    path.write_text(COHORT, encoding="utf-8")
    return path


def test_evaluating_shows_a_table_and_a_summary(policy: Path, cohort: Path) -> None:
    result = call("evaluer", str(policy), str(cohort))
    assert result.exit_code == 0, result.output
    assert "279990014" in result.stdout and "100 %" in result.stdout.replace("\u00a0", " ").replace("\u202f", " ")


@pytest.mark.parametrize("suffix", ["csv", "xlsx", "json"])
def test_results_are_written_in_each_format(policy: Path, cohort: Path, tmp_path: Path, suffix: str) -> None:
    out = tmp_path / f"resultats.{suffix}"
    result = call("evaluer", str(policy), str(cohort), "-o", str(out))
    assert result.exit_code == 0, result.output
    assert out.stat().st_size > 100
    assert result.stdout == ""


def test_a_control_that_a_result_passes_is_said_wherever_results_go(policy: Path, cohort: Path, tmp_path: Path) -> None:
    """Nothing made up at verification falls where two facts add up to 37: only the cohort does."""
    facts = "donnée lits « Lits » : entier ≥ 0\ndonnée places « Places » : entier ≥ 0\n"
    rule = "contrôle plein « Le score est entier » score ≥ 100 % lorsque lits + places = 37\n"
    policy.write_text(f"{SOUND}\n{facts}{rule}", encoding="utf-8")
    heads, first, second = COHORT.splitlines()
    cohort.write_text(f"{heads};lits;places\n{first};30;7\n{second};30;7\n", encoding="utf-8")
    out = tmp_path / "resultats.json"
    result = call("evaluer", str(policy), str(cohort), "-o", str(out))
    assert result.exit_code == 1
    assert "279990022" in result.stderr and "CAQ403" in result.stderr
    assert [d["code"] for d in json.loads(out.read_text(encoding="utf-8"))["diagnostics"]] == ["CAQ403"]
    evaluation = caqes_dsl.evaluer(caqes_dsl.charger(policy), cohort)
    assert [d.code for d in evaluation.diagnostics] == ["CAQ403"]
    assert "279990022" in evaluation.diagnostics[0].message


def test_a_faulty_row_is_said_and_the_others_evaluated(policy: Path, cohort: Path, tmp_path: Path) -> None:
    cohort.write_text(COHORT + "279990030;Établissement fictif 003;2018;MCO;Peut-être\n", encoding="utf-8")
    out = tmp_path / "resultats.json"
    result = call("evaluer", str(policy), str(cohort), "-o", str(out))
    assert result.exit_code == 1
    rows = json.loads(out.read_text(encoding="utf-8"))["resultats"]
    assert [r["statut"] for r in rows] == ["complet", "complet", "a_corriger"]
    assert "Peut-être" in result.stderr
    out.unlink()
    assert call("evaluer", str(policy), str(cohort), "-o", str(out), "--strict").exit_code == 1
    assert not out.exists()


def test_a_result_that_cannot_be_written_leaves_nothing(policy: Path, cohort: Path, tmp_path: Path) -> None:
    (tmp_path / "occupe").write_text("", encoding="utf-8")
    result = call("evaluer", str(policy), str(cohort), "-o", str(tmp_path / "occupe" / "r.csv"))
    assert result.exit_code == 1
    assert "CAQ801" in result.stderr


def test_explaining_one_establishment(policy: Path, cohort: Path) -> None:
    result = call("expliquer", str(policy), str(cohort), "--finess", "279990022")
    assert result.exit_code == 0, result.output
    assert "Établissement fictif 002" in result.stdout and "Non réalisé" in result.stdout.replace("\u00a0", " ")


def test_an_unknown_establishment_is_an_error(policy: Path, cohort: Path) -> None:
    result = call("expliquer", str(policy), str(cohort), "--finess", "279990023")
    assert result.exit_code == 1
    assert "CAQ614" in result.stderr and "279990022" in result.stderr


def test_a_code_is_explained() -> None:
    result = call("expliquer", "caq301")
    assert result.exit_code == 0
    assert "CAQ301" in result.stdout and "écrire" in result.stdout


def test_a_term_is_explained() -> None:
    result = call("expliquer", "bareme")
    assert result.exit_code == 0
    assert result.stdout.startswith("barème\n") and "Voir aussi" in result.stdout
    assert "score N-1" in call("expliquer", "rejoué").stdout


def test_the_annex_is_written(policy: Path, tmp_path: Path) -> None:
    result = call("annexe", str(policy), "-f", "html", "-o", str(tmp_path / "sortie"))
    assert result.exit_code == 0, result.output
    assert "Audit annuel" in (tmp_path / "sortie/annexe-essai.html").read_text(encoding="utf-8")


def test_the_annex_in_several_formats(policy: Path, tmp_path: Path) -> None:
    """A list, an option said again, a format asked for twice."""
    result = call("annexe", str(policy), "-f", "pdf, .MD", "-f", "html", "--formats", "pdf", "-o", str(tmp_path / "s"))
    assert result.exit_code == 0, result.output
    assert sorted(p.name for p in (tmp_path / "s").iterdir()) == [f"annexe-essai.{f}" for f in ("html", "md", "pdf")]
    assert result.stderr.count("Annexe écrite dans") == 3


def test_a_refused_template_writes_nothing(policy: Path, tmp_path: Path) -> None:
    folder = tmp_path / "modeles"
    folder.mkdir()
    (folder / "annexe.html.j2").write_text("<p>{{ identte.titre }}</p>\n", encoding="utf-8")
    result = call("annexe", str(policy), "-f", "html", "-o", str(tmp_path / "sortie"), "--modeles", str(folder))
    assert result.exit_code == 1
    assert "CAQ701" in result.stderr
    assert not (tmp_path / "sortie").exists()


def test_another_exercise_must_be_in_the_vigueur(policy: Path, cohort: Path) -> None:
    result = call("evaluer", str(policy), str(cohort), "--exercice", "2030")
    assert result.exit_code == 1
    assert "CAQ215" in result.stderr


def test_the_shipped_policy_through_every_command(tmp_path: Path) -> None:
    data = str(ROOT / "policies/normandie/exemples/2018-retours.csv")
    assert call("verifier", NORMANDIE).exit_code == 0
    assert call("evaluer", NORMANDIE, data, "-o", str(tmp_path / "r.csv")).exit_code == 0
    assert call("montrer", NORMANDIE).exit_code == 0
    shutil.rmtree(tmp_path / "cache", ignore_errors=True)
    assert call("evaluer", NORMANDIE, data).exit_code == 0
