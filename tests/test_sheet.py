"""The lines of a spreadsheet say what the interpreter says, and never something else."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest
from sheet_kit import differences

from caqes_dsl.checked import compile_checked
from caqes_dsl.evaluation.candidats import candidates
from caqes_dsl.evaluation.exact.policy import sheet_of
from caqes_dsl.evaluation.explain import result_of
from caqes_dsl.evaluation.population import Population, evaluate_cohort
from caqes_dsl.exchange.read import read_cohort
from caqes_dsl.model.nodes import Politique

POLICIES = sorted(Path("policies").rglob("*.caqes"))
COHORTS = (
    ("normandie/2018", "normandie/exemples/2018-retours.csv"),
    ("normandie/2022", "normandie/exemples/2022-retours.csv"),
    ("cbu/2016", "cbu/exemples/2016-retours.csv"),
)


def policy(path: Path) -> Politique:
    compiled = compile_checked(path)
    assert compiled.politique is not None
    return compiled.politique


@pytest.mark.parametrize(("name", "cohort"), COHORTS)
def test_every_establishment_of_a_sample_has_the_same_levels_points_and_scores(name: str, cohort: str) -> None:
    politique = policy(Path("policies") / f"{name}.caqes")
    read = read_cohort(politique, Path("policies") / cohort)
    results, _ = evaluate_cohort(politique, read.etablissements, ecartes=len(read.ecartes))
    assert len(results) > 30
    anywhere = sheet_of(politique)
    for result in results:
        assert differences(anywhere, result) == []
        assert differences(sheet_of(politique, result.etablissement.secteurs), result, exact=False) == []


@pytest.mark.parametrize("path", POLICIES, ids=lambda p: "/".join(p.parts[1:]))
def test_at_the_bounds_of_every_table_and_with_facts_missing_nothing_is_contradicted(path: Path) -> None:
    politique = policy(path)
    sheet, rng = sheet_of(politique), random.Random(5)
    for candidate in candidates(politique)[:60]:
        whole = candidate.etablissement
        holed = replace(
            whole,
            faits={k: v for k, v in whole.faits.items() if rng.random() < 0.8},
            reponses={k: v for k, v in whole.reponses.items() if rng.random() < 0.9},
        )
        for one in (whole, holed):
            result = result_of(Population(politique, [one]).interpretes[0])
            assert differences(sheet, result, exact=False) == [], one
