"""Random edits of the shipped policies: the change list names exactly what was edited, and applying it gives it."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from policy_edits import EDITS, Fait, edit

import caqes_dsl as caqes
from caqes_dsl.compare.apply import apply
from caqes_dsl.compare.diff import compare
from caqes_dsl.compare.parts import MAPPINGS
from caqes_dsl.model.empreinte import empreintes
from caqes_dsl.model.nodes import Politique

RACINE = Path(__file__).resolve().parent.parent
SHIPPED = sorted((RACINE / "policies").rglob("*.caqes"))
MANY = 500


@pytest.fixture(scope="module")
def policies() -> list[Politique]:
    return [caqes.charger(p) for p in SHIPPED]


@pytest.mark.parametrize("seed", range(10))
def test_one_edit_is_one_change(policies: list[Politique], seed: int) -> None:
    rng = random.Random(seed)
    seen = set()
    for turn in range(MANY // 10):
        a = rng.choice(policies)
        b, fact = edit(a, rng)
        found = compare(a, b)
        said = [(type(c), c.nom, c.champ if c.editions and fact.champ else "") for c in found]
        assert said == [(fact.kind, fact.nom, fact.champ)], (seed, turn, a.nom, fact, [str(c)[:300] for c in found])
        assert apply(a, found).empreinte == b.empreinte, (seed, turn, fact)
        seen.add(fact.kind)
    assert len(seen) > len(EDITS) / 3


def test_several_edits_are_as_many_changes(policies: list[Politique]) -> None:
    rng = random.Random(2019)
    for turn in range(60):
        a = rng.choice(policies)
        b, facts = a, dict[str, Fait]()
        for _ in range(rng.randrange(2, 6)):
            edited, fact = edit(b, rng)
            if not {fact.nom, fact.nom.removesuffix("_bis")} & {*facts, *(n.removesuffix("_bis") for n in facts)}:
                b, facts = edited, {**facts, fact.nom: fact}
        found = compare(a, b)
        assert apply(a, found).empreinte == b.empreinte, (turn, facts)
        wanted = sorted((f.kind.__name__, f.nom.removesuffix("_bis")) for f in facts.values())
        assert sorted((type(c).__name__, c.nom.removesuffix("_bis")) for c in found) == wanted, (turn, a.nom)


def test_order_is_no_change(policies: list[Politique]) -> None:
    rng = random.Random(7)
    for a in policies:
        shuffled: dict[str, Any] = {}
        for name in MAPPINGS:
            items = list(getattr(a, name).items())
            rng.shuffle(items)
            shuffled[name] = dict(items)
        b = empreintes(replace(a, **shuffled, proprietes=a.proprietes[::-1], exemples=a.exemples[::-1]))
        assert compare(a, b) == ()
