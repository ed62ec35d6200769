"""`caqes comparer`: what it prints, writes and exits with."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from revisions_kit import NORMANDIE, Essai, national, regional

import caqes_dsl as caqes
from caqes_dsl.commands import cli

POLITIQUES = Path(__file__).resolve().parents[1] / "policies" / "normandie"
A, B, RETOURS = (str(POLITIQUES / nom) for nom in ("2018.caqes", "2019.caqes", "exemples/2018-retours.csv"))


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["comparer", *arguments])


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def test_the_changes_are_said_on_the_screen_and_only_a_flag_makes_them_a_failure() -> None:
    found = run(A, B)
    assert found.exit_code == 0, found.output
    assert "la date d’effet passe du 1er janvier 2018 au 1er janvier 2019" in plain(found.stdout)
    assert run(A, B, "--code-sortie").exit_code == 1
    same = run(A, A, "--code-sortie")
    assert (same.exit_code, plain(same.stdout).strip().split("\n")[-1][:14]) == (0, "Rien ne change")


def test_a_cohort_adds_who_gains_and_who_loses() -> None:
    found = run(A, B, "--donnees", RETOURS)
    assert found.exit_code == 0, found.output
    assert "105 établissements" in plain(found.stdout)
    assert len(found.stdout) > len(run(A, B).stdout)


def test_files_are_named_by_the_policies_or_by_the_user(tmp_path: Path) -> None:
    found = run(A, B, "-f", "html,json,texte", "-o", str(tmp_path))
    assert found.exit_code == 0, found.output
    names = sorted(p.name for p in tmp_path.iterdir())
    assert names == [f"comparaison-normandie_2018-normandie_2019.{e}" for e in ("html", "json", "txt")]
    pytest.importorskip("docx", reason="le format Word demande l'extra « documents »")
    pytest.importorskip("typst", reason="le format PDF demande l'extra « documents »")
    for ending, start in (("docx", b"PK"), ("pdf", b"%PDF")):
        assert run(A, B, "-o", str(tmp_path / f"seul.{ending}")).exit_code == 0
        assert (tmp_path / f"seul.{ending}").read_bytes().startswith(start)
    one = tmp_path / "seul.json"
    assert run(A, B, "-o", str(one)).exit_code == 0
    assert one.read_bytes() == (tmp_path / names[1]).read_bytes()
    assert json.loads(run(A, B, "-f", "json").stdout) == json.loads(one.read_text("utf-8"))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((A,), "Il faut deux versions"),
        ((A, B, A), "Il faut deux versions"),
        ((A, "rien.caqes"), "NOUVELLE"),
        ((A, B, "-f", "xls"), "Le format « xls » n'existe pas"),
        ((A, B, "-o", "un.json", "-f", "html"), "Donnez un dossier"),
        ((A, B, "--pilote-git"), "est pour git"),
    ],
)
def test_wrong_usage_is_said(arguments: tuple[str, ...], said: str) -> None:
    found = run(*arguments)
    assert found.exit_code == 2 and said in found.output


def test_a_policy_with_mistakes_is_not_compared(tmp_path: Path) -> None:
    wrong = tmp_path / "faux.caqes"
    wrong.write_text("politique faux\n  titre\n", encoding="utf-8")
    target = tmp_path / "sortie.html"
    found = run(A, str(wrong), "-o", str(target))
    assert found.exit_code == 1 and "CAQ" in found.output and not target.exists()


def test_a_cohort_that_neither_version_reads_is_refused(tmp_path: Path) -> None:
    data = tmp_path / "vide.csv"
    data.write_text("finess;exercice\n", encoding="utf-8")
    found = run(A, B, "--donnees", str(data))
    assert found.exit_code == 1 and "Traceback" not in found.output


def test_two_revisions_are_compared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    essai = Essai(tmp_path)
    essai.commit(national=national(1), normandie=regional("Ancien"))
    essai.commit(normandie=regional("Suivi"))
    monkeypatch.chdir(tmp_path)
    found = run(f"HEAD~1:{NORMANDIE}", f"HEAD:{NORMANDIE}")
    assert found.exit_code == 0, found.output
    assert "l’intitulé devient « Suivi », au lieu de « Ancien »" in plain(found.stdout)


def test_from_python() -> None:
    found = caqes.comparer(caqes.charger(A), caqes.charger(B), RETOURS)
    assert found.impact is not None and len(found.impact.lignes) == 105
    assert len(found.phrases) == len(found) > 0
    assert caqes.comparer(found.ancienne, found.ancienne).changements == ()
