"""Conditions settled beforehand, against every establishment of a small world."""

from __future__ import annotations

import random
from itertools import product

import pytest

from caqes_dsl.evaluation.explain import Interpreteur
from caqes_dsl.evaluation.facts import Etablissement
from caqes_dsl.model.checks.verites import settled
from caqes_dsl.model.domains import Domaines
from caqes_dsl.model.nodes import Politique
from caqes_dsl.pipeline import compile_text

WORLD = """caqes 1
politique p « P » exercice 2018 source « Essai »
secteur MCO « M »
secteur HAD « H »
niveau R « R » donne 100 %
donnée x « X » : entier entre 0 et 3
donnée y « Y » : entier entre 0 et x
donnée c « C » : choix (A, B)
donnée u « U » : oui_non
critère C1 « Un » poids 1 point secteurs MCO, HAD
"""


def condition(rng: random.Random, depth: int) -> str:
    if depth == 0 or rng.random() < 0.3:
        return rng.choice(
            (f"x {rng.choice('<≤>≥=≠')} {rng.randrange(5)}", f"y {rng.choice('<≤>≥=≠')} {rng.randrange(5)}",
             f"y {rng.choice('<≤>≥=≠')} x", f"x {rng.choice('<≤>≥=≠')} y", f"c {rng.choice('=≠')} {rng.choice('AB')}",
             "u", "MCO", "HAD", f"x entre {rng.randrange(4)} et {rng.randrange(4)}")
        )  # fmt: skip
    if rng.random() < 0.25:
        return f"non ({condition(rng, depth - 1)})"
    return f"({condition(rng, depth - 1)}) {rng.choice(('et', 'ou'))} ({condition(rng, depth - 1)})"


def truths(politique: Politique) -> set[bool]:
    found: set[bool] = set()
    for x, y, c, u, sectors in product(range(4), range(4), "AB", (True, False), (("MCO",), ("HAD",), ("MCO", "HAD"))):
        if y <= x:
            facts = {"x": x, "y": y, "c": c, "u": u}
            here = Etablissement("1", exercice=2018, secteurs=sectors, faits=facts)  # type: ignore[arg-type]
            value = Interpreteur(politique, here).eval(politique.pieces["z"].condition).valeur
            assert isinstance(value, bool)
            found.add(value)
    return found


@pytest.mark.parametrize("part", range(4))
def test_what_is_settled_is_so_for_every_establishment(part: int) -> None:
    rng = random.Random(20181231 + part)
    print("graine", 20181231 + part)
    found = missed = 0
    for _ in range(120):
        text = condition(rng, 3)
        politique = compile_text(f"{WORLD}pièce z « Z » si {text}\n").politique
        assert politique is not None, text
        said = settled(Domaines(politique), politique.pieces["z"].condition, ("MCO", "HAD"))
        real = truths(politique)
        assert said is None or real == {said}, text
        found += said is not None
        missed += said is None and len(real) == 1
    assert found > 2 * missed, (found, missed)
