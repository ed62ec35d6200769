"""What a slip in a shipped policy gives: refused by the checker or by the policy's own examples, or without effect."""

from __future__ import annotations

import random
from fractions import Fraction
from pathlib import Path

import pytest
from mutations import Mutation, mutations

from caqes_dsl.base.source import Source
from caqes_dsl.evaluation.explain import evaluate
from caqes_dsl.evaluation.facts import Etablissement
from caqes_dsl.model.nodes import Politique
from caqes_dsl.pipeline import compile_path, compile_text_at, read_source

ROOT = Path(__file__).resolve().parents[1]
NORMANDIE = ROOT / "policies/normandie/2018.caqes"
SEED, COUNT, PARTS = 20181231, 500, 10


_TOTALS = ("lits", "unites", "lits_places", "dmi_implantes", "lits_places_hors_ehpad", "lits_medico_sociaux")
_PARTS = (
    *("lits_lap", "unites_lap", "lits_places_informatises", "lits_traces", "dmi_traces", "lits_places_analyses"),
    "lits_medico_sociaux_analyses",
)


def hospitals(politique: Politique, count: int) -> list[Etablissement]:
    """Random establishments, a third of the ratios on or next to a threshold."""
    rng = random.Random(SEED)
    found = []
    for i in range(count):
        secteurs = tuple(s for s in politique.secteurs if rng.random() < 0.4) or ("MCO",)
        past = Etablissement(
            f"{i:09}", exercice=2017, faits=_facts(rng), enregistres={"score": Fraction(rng.randrange(30, 80), 100)}
        )
        found.append(
            Etablissement(
                f"{i:09}",
                exercice=2018,
                secteurs=secteurs,
                reponses={n: rng.choice(c.niveaux) for n, c in politique.criteres.items() if c.mesure is None},
                faits=_facts(rng),
                passes={2017: past},
            )
        )
    return found


def _facts(rng: random.Random) -> dict[str, Fraction]:
    total = Fraction(rng.choice((0, 100, 1000)))
    share = Fraction(rng.choice((0, 25, 26, 49, 50, 51, 100, rng.randrange(101))), 100)
    facts = dict.fromkeys(_TOTALS, total) | dict.fromkeys(_PARTS, total * share)
    facts |= {"resultat_qls": share, "resultat_qls_13": share, "dossiers_qls": Fraction(rng.choice((0, 80)))}
    facts |= {n: Fraction(rng.randrange(1000, 1100)) for n in
              ("depenses_phev", "depenses_les_medicaments", "depenses_les_dispositifs")}  # fmt: skip
    return facts | {"produits_am": Fraction(10**7), "taux_generiques": Fraction(rng.choice((450, 455, 460)), 1000)}


def results(politique: Politique, cohort: list[Etablissement]) -> list[object]:
    return [
        (r.score_global.score, r.score_global.points, [d.montant for d in r.decisions.values()],
         [p.valeur for p in r.pieces.values()])
        for r in (evaluate(politique, e) for e in cohort)
    ]  # fmt: skip


@pytest.mark.parametrize("part", range(PARTS))
def test_mutations_that_change_a_result_are_caught(part: int) -> None:
    print("graine", SEED)
    source = read_source(NORMANDIE)
    assert isinstance(source, Source)
    original = compile_path(NORMANDIE).politique
    assert original is not None
    cohort = hospitals(original, 60)
    expected = results(original, cohort)
    # The cohort itself must tell apart: without sanctions in it, a lost sanction would pass for no change.
    assert len({str(e) for e in expected}) > 50
    mine = [m for i, m in enumerate(mutations(source, COUNT, SEED)) if i % PARTS == part]
    caught, survivors = 0, list[Mutation]()
    for mutation in mine:
        compiled = compile_text_at(NORMANDIE, mutation.texte)
        if compiled.politique is None:
            caught += 1
        elif results(compiled.politique, cohort) != expected:
            survivors.append(mutation)
    print("\n".join(map(str, survivors)))
    assert caught >= 0.9 * (caught + len(survivors)), [str(m) for m in survivors]
    assert caught >= 0.8 * len(mine)
