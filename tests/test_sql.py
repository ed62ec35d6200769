"""`caqes sql`: an exact statement, which reads a table of returns as it is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sql_kit import compared
from test_agreement import policy

from caqes_dsl.commands import cli
from caqes_dsl.evaluation.candidats import candidates
from caqes_dsl.evaluation.exact.sql_text import named_table, statement
from caqes_dsl.evaluation.facts import Etablissement
from caqes_dsl.exchange.read import read_cohort
from caqes_dsl.pipeline import compile_text

duckdb = pytest.importorskip("duckdb", reason="le moteur SQL demande l'extra « sql »")


def execute(orders: Sequence[str], question: str) -> tuple[list[str], list[tuple[Any, ...]]]:
    connection = duckdb.connect(":memory:")
    for order in orders:
        connection.execute(order)
    rows = connection.execute(question).fetchall()
    return [d[0] for d in connection.description], rows


SAMPLES = (("normandie/2018", "normandie/exemples/2018-retours.csv"), ("cbu/2016", "cbu/exemples/2016-retours.csv"))


@pytest.mark.parametrize(("nom", "retours"), SAMPLES)
def test_a_table_of_returns_gives_the_results(nom: str, retours: str) -> None:
    politique = policy(Path("policies") / f"{nom}.caqes")
    cohort = read_cohort(politique, Path("policies") / retours).etablissements
    found, count = compared(politique, cohort, "duckdb", execute)
    assert found == [] and count > 1500


@pytest.mark.parametrize("nom", ["national/2020", "normandie/2019", "normandie/2019-volets", "biosimilaires/2019"])
def test_at_the_bounds_of_every_table_the_statement_agrees(nom: str) -> None:
    politique = policy(Path("policies") / f"{nom}.caqes")
    made = [_numbered(c.etablissement, k) for k, c in enumerate(candidates(politique)[:40])]
    whole = [e for e in made if all(_fits(v) for p in (e, *e.passes.values()) for v in p.faits.values())]
    assert len(whole) > 10
    found, count = compared(politique, whole, "duckdb", execute)
    assert found == [] and count > 100


def _numbered(one: Etablissement, rank: int) -> Etablissement:
    """Under a number of its own, its earlier exercices too."""
    finess, year = f"x{rank}", one.exercice or 2020
    passes = {y: replace(p, finess=finess, exercice=y) for y, p in one.passes.items()}
    return replace(one, finess=finess, exercice=year, passes=passes)


def _fits(value: object) -> bool:
    """Whether a value has six decimals at most, as the table's type."""
    return not hasattr(value, "denominator") or (value * 10**6).denominator == 1  # type: ignore[operator]


def test_the_same_policy_gives_the_same_text_and_no_binary_number() -> None:
    politique = policy(Path("policies/normandie/2018.caqes"))
    for dialecte in ("duckdb", "postgresql", "spark"):
        text, excuses = statement(politique, dialecte)
        assert excuses == {} and text == statement(politique, dialecte)[0]
        assert not re.search(r"\b(DOUBLE|FLOAT|REAL)\b", text)
        body = "\n".join(line.partition(" -- ")[0] for line in text.splitlines() if not line.lstrip().startswith("--"))
        assert not re.search(r"\d\.\d", body), "aucun nombre à virgule"
        assert text.count("-- C34") >= 1 and "« " in text


def test_titles_stay_comments_and_names_stay_names() -> None:
    text = """caqes 1
politique essai « Essai »
  sans cadre national motif « essai »
  exercice 2018
  vigueur du 01/01/2018 au 31/12/2018
  statut projet
  source « hypothèse : essai »
secteur MCO « Médecine »
niveau R « Réalisé » donne 100 %
niveau NR « Non réalisé » donne 0 %
notation score arrondi à 1 % avant comparaison
volet v « Volet » cible 50 %
critère C1 « '; DROP TABLE etablissements; --
  SELECT 1 » poids 1 point secteurs tous
"""
    compiled = compile_text(text)
    politique = compiled.politique
    assert politique is not None, [d.message for d in compiled.diagnostics]
    made, _ = statement(politique, "duckdb")
    for line in made.splitlines():
        if "DROP TABLE" in line:
            assert line.partition("--")[0].count("DROP") == 0
    assert named_table("a.b") == "a.b" and named_table("retours; DROP") is None and named_table('x"y') is None


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["sql", *arguments])


def test_the_command_prints_or_writes(tmp_path: Path) -> None:
    shown = run("policies/cbu/2016.caqes", "--dialecte", "postgresql", "--table", "agence.retours")
    assert shown.exit_code == 0 and "FROM agence.retours AS e" in shown.stdout
    out = tmp_path / "cbu.sql"
    assert (
        run(
            "policies/cbu/2016.caqes", "--dialecte", "postgresql", "--table", "agence.retours", "-o", str(out)
        ).exit_code
        == 0
    )
    assert out.read_text("utf-8") == shown.stdout
    refused = run("policies/normandie/2022.caqes")
    assert refused.exit_code == 1 and "CAQ810" in refused.output and "quantile" in refused.output
    assert run("policies/cbu/2016.caqes", "--table", "a b").exit_code == 2


def test_the_engine_is_asked_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    base = ["evaluer", "policies/normandie/2022.caqes", "policies/normandie/exemples/2022-retours.csv", "-o"]
    for moteur in ("interprete", "sql"):
        done = CliRunner().invoke(cli, [*base, str(tmp_path / f"{moteur}.csv"), "--moteur", moteur])
        assert done.exit_code == 0, done.output
    assert (tmp_path / "sql.csv").read_bytes() == (tmp_path / "interprete.csv").read_bytes()

    from caqes_dsl.evaluation.exact import sql_run

    def absent() -> Any:
        raise sql_run.MoteurAbsent

    monkeypatch.setattr(sql_run, "load_duckdb", absent)
    done = CliRunner().invoke(cli, [*base, str(tmp_path / "non.csv"), "--moteur", "sql"])
    assert done.exit_code == 1 and "CAQ802" in done.output and "caqes[sql]" in done.output
