"""Columns say what the interpreter says: on shipped policies, on every construct, on random ones."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
import toutes_constructions
from columns_kit import compared
from completions import random_establishment, random_policy, richer_policy

from caqes_dsl.checked import compile_checked
from caqes_dsl.evaluation.candidats import candidates
from caqes_dsl.evaluation.facts import Etablissement
from caqes_dsl.exchange.read import read_cohort
from caqes_dsl.model.nodes import Politique
from caqes_dsl.pipeline import compile_text

POLICIES = sorted(Path("policies").rglob("*.caqes"))
COHORTS = (
    ("normandie/2018", "normandie/exemples/2018-retours.csv", 90),
    ("normandie/2022", "normandie/exemples/2022-retours.csv", 30),
    ("cbu/2016", "cbu/exemples/2016-retours.csv", 100),
)


def policy(path: Path) -> Politique:
    compiled = compile_checked(path)
    assert compiled.politique is not None
    return compiled.politique


@pytest.mark.parametrize(("name", "cohort", "settled"), COHORTS)
def test_a_sample_has_the_same_results_by_columns(name: str, cohort: str, settled: int) -> None:
    politique = policy(Path("policies") / f"{name}.caqes")
    read = read_cohort(politique, Path("policies") / cohort)
    found, count = compared(politique, read.etablissements, ecartes=len(read.ecartes))
    assert found == []
    assert count >= settled


@pytest.mark.parametrize("path", POLICIES, ids=lambda p: "/".join(p.parts[1:]))
def test_at_the_bounds_of_every_table_columns_agree(path: Path) -> None:
    politique = policy(path)
    whole = [c.etablissement for c in candidates(politique)[:150]]
    found, count = compared(politique, whole)
    assert found == []
    assert count > len(whole) * 0.9
    holed = list(_holed(whole, random.Random(7)))
    assert compared(politique, holed)[0] == []


def _holed(etablissements: Sequence[Etablissement], rng: random.Random) -> Iterator[Etablissement]:
    for one in etablissements:
        faits = {k: v for k, v in one.faits.items() if rng.random() < 0.9}
        reponses = {k: v for k, v in one.reponses.items() if rng.random() < 0.98}
        yield replace(one, faits=faits, reponses=reponses)


def test_every_construct_agrees_in_a_cohort_that_lacks_nothing_and_in_cohorts_that_do() -> None:
    politique = toutes_constructions.politique()
    found, count = compared(politique, toutes_constructions.complete())
    assert (found, count) == ([], 8)
    assert compared(politique, toutes_constructions.complete(), ecartes=1)[0] == []
    rng = random.Random(11)
    for _ in range(15):
        assert compared(politique, toutes_constructions.lacking(rng))[0] == []


@pytest.mark.parametrize("graine", range(12))
def test_random_policies_agree(graine: int) -> None:
    settled = 0
    for essai in range(8):
        rng = random.Random(100 * graine + essai)
        compiled = compile_text((richer_policy if essai % 2 else random_policy)(rng))
        if compiled.politique is None:
            continue
        cohort = [random_establishment(compiled.politique, rng) for _ in range(40)]
        found, count = compared(compiled.politique, cohort)
        assert found == [], essai
        settled += count
    assert settled
