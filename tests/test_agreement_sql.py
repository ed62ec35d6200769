"""DuckDB says what columns and the interpreter say, by the statement that `caqes sql` writes from the same lines."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

import pytest
import toutes_constructions
from columns_kit import differences, interpreted
from completions import random_establishment, random_policy, richer_policy
from test_agreement import COHORTS, POLICIES, _holed, policy

from caqes_dsl.evaluation.candidats import candidates
from caqes_dsl.evaluation.exact.cohort import PopulationColonnes
from caqes_dsl.evaluation.facts import Etablissement
from caqes_dsl.exchange.read import read_cohort
from caqes_dsl.model.nodes import Politique
from caqes_dsl.pipeline import compile_text

pytest.importorskip("duckdb", reason="le moteur SQL demande l'extra « sql »")

from caqes_dsl.evaluation.exact.sql_run import PopulationSql


def compared(politique: Politique, cohort: Sequence[Etablissement], *, ecartes: int = 0) -> tuple[list[str], int]:
    """The differences with the interpreter and with columns, and how many rows are settled."""
    found = PopulationSql(politique, cohort, ecartes=ecartes).evaluate()
    columns = PopulationColonnes(politique, cohort, ecartes=ecartes).evaluate()
    said = differences(found, interpreted(politique, cohort, ecartes=ecartes))
    if found.restes.keys() != columns.restes.keys():
        said.append(f"restes {sorted(found.restes)}, par colonnes {sorted(columns.restes)}")
    return said, len(cohort) - len(found.restes)


@pytest.mark.parametrize(("name", "cohort", "settled"), COHORTS)
def test_a_sample_has_the_same_results_by_sql(name: str, cohort: str, settled: int) -> None:
    politique = policy(Path("policies") / f"{name}.caqes")
    read = read_cohort(politique, Path("policies") / cohort)
    found, count = compared(politique, read.etablissements, ecartes=len(read.ecartes))
    assert found == [] and count >= settled


@pytest.mark.parametrize("path", POLICIES, ids=lambda p: "/".join(p.parts[1:]))
def test_at_the_bounds_of_every_table_sql_agrees(path: Path) -> None:
    politique = policy(path)
    whole = [c.etablissement for c in candidates(politique)[:80]]
    assert compared(politique, whole)[0] == []
    assert compared(politique, list(_holed(whole, random.Random(9))))[0] == []


def test_every_construct_agrees() -> None:
    politique = toutes_constructions.politique()
    assert compared(politique, toutes_constructions.complete()) == ([], 8)
    rng = random.Random(13)
    for _ in range(6):
        assert compared(politique, toutes_constructions.lacking(rng))[0] == []


@pytest.mark.parametrize("graine", range(6))
def test_random_policies_agree(graine: int) -> None:
    settled = 0
    for essai in range(6):
        rng = random.Random(1000 + 100 * graine + essai)
        compiled = compile_text((richer_policy if essai % 2 else random_policy)(rng))
        if compiled.politique is None:
            continue
        cohort = [random_establishment(compiled.politique, rng) for _ in range(30)]
        found, count = compared(compiled.politique, cohort)
        assert found == [], essai
        settled += count
    assert settled
