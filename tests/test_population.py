"""A cohort as a whole: envelopes that add up to the cent, each statistic against brute force, and what must be said."""

from __future__ import annotations

import random
import statistics
from collections.abc import Iterable, Mapping
from fractions import Fraction as F

import pytest
from completions import HEAD

from caqes_dsl.base.diagnostics import Diagnostic, Severite
from caqes_dsl.base.quantities import Valeur
from caqes_dsl.evaluation.explain import evaluate
from caqes_dsl.evaluation.facts import Etablissement
from caqes_dsl.evaluation.population import evaluate_cohort, largest_remainder
from caqes_dsl.evaluation.trace import Resultat
from caqes_dsl.model.nodes import Politique
from caqes_dsl.pipeline import compile_text

SEED = 12_500_000
ENVELOPE = F(12_500_000)
CENT = F(1, 100)
NAMES = [f"14{n:07d}" for n in range(1, 1001)]


def policy(body: str) -> Politique:
    compiled = compile_text(HEAD + body)
    assert compiled.politique is not None, compiled.diagnostics
    return compiled.politique


def one(finess: str, *, secteurs: tuple[str, ...] = ("MCO",), **faits: Valeur | None) -> Etablissement:
    known = {nom: valeur for nom, valeur in faits.items() if valeur is not None}
    return Etablissement(finess, f"Établissement fictif {finess}", 2018, secteurs, faits=known)


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


# ---------------------------------------------------------------- sharing an envelope


def share_by_hand(cents: int, keys: Mapping[str, int]) -> dict[str, int]:
    """Whole cents, by whole numbers only: quotient to each, then one more to the largest remainders."""
    whole = sum(keys.values())
    if not whole:
        return dict.fromkeys(keys, 0)
    parts = {name: cents * key // whole for name, key in keys.items()}
    queue = sorted(keys, key=lambda name: (-(cents * keys[name] % whole), name))
    for name in queue[: cents - sum(parts.values())]:
        parts[name] += 1
    return parts


def random_keys(rng: random.Random, case: int) -> list[int]:
    """A thousand keys: amounts in cents, small numbers with many ties, mostly zeros, all equal, one alone…"""
    match case % 6:
        case 0:
            return [rng.randint(0, 50_000_000) for _ in NAMES]
        case 1:
            return [rng.randint(0, 3) for _ in NAMES]
        case 2:
            return [rng.choice([0, 0, 0, rng.randint(1, 9_999)]) for _ in NAMES]
        case 3:
            return [rng.randint(1, 9)] * len(NAMES)
        case 4:
            alone = rng.randrange(len(NAMES))
            return [rng.randint(1, 10**12) if i == alone else 0 for i in range(len(NAMES))]
    return [rng.choice([1, 10**9]) for _ in NAMES]


def test_twelve_and_a_half_millions_add_up_for_a_thousand_vectors_of_keys() -> None:
    print("seed", SEED)
    rng = random.Random(SEED)
    left_over = tied = 0
    for case in range(1000):
        keys = dict(zip(NAMES, random_keys(rng, case), strict=True))
        scale = rng.choice([1, 100, 7])  # keys in euros, in cents, or that never come out even
        parts, exact = largest_remainder(ENVELOPE, CENT, {name: F(key, scale) for name, key in keys.items()})
        assert all(100 % part.denominator == 0 for part in parts.values()), case
        cents = {name: part.numerator * (100 // part.denominator) for name, part in parts.items()}
        assert sum(cents.values()) == 1_250_000_000, case
        assert cents == share_by_hand(1_250_000_000, keys), case
        assert not any(cents[name] for name, key in keys.items() if not key), case
        if case < 60:
            assert sum(parts.values()) == sum(exact.values()) == ENVELOPE, case
            assert all(abs(parts[name] - exact[name]) < CENT for name in NAMES), case
        left_over += parts != exact
        tied += len(set(keys.values())) < len(NAMES)
    assert left_over > 500 and tied > 500, "ce que la règle départage est bien essayé"


def test_of_equal_remainders_the_lowest_finess_has_the_cent_whatever_the_order() -> None:
    for order in (["a", "b", "c"], ["c", "b", "a"], ["b", "c", "a"]):
        parts, _ = largest_remainder(F(100), CENT, {name: F(1) for name in order})
        assert parts == {"a": F("33.34"), "b": F("33.33"), "c": F("33.33")}


def test_two_cents_left_go_to_two_establishments_never_two_to_one() -> None:
    """5 € in sevenths: 0,714285… each; seven times 0,71 € leaves 3 cents."""
    parts, exact = largest_remainder(F(5), CENT, {str(n): F(3) for n in range(7)})
    assert sorted(parts.values()) == [F("0.71")] * 4 + [F("0.72")] * 3
    assert set(exact.values()) == {F(5, 7)}


def test_keys_all_zero_distribute_nothing() -> None:
    parts, exact = largest_remainder(ENVELOPE, CENT, dict.fromkeys(NAMES, F(0)))
    assert set(parts.values()) == {F(0)} == set(exact.values())
    assert largest_remainder(ENVELOPE, CENT, {}) == ({}, {})


def test_a_key_that_grows_never_loses() -> None:
    rng = random.Random(SEED + 1)
    for _ in range(50):
        keys = {name: F(rng.randint(0, 20)) for name in NAMES[:40]}
        parts, _ = largest_remainder(F(1000), CENT, keys)
        ranked = sorted(NAMES[:40], key=lambda name: keys[name])
        assert all(parts[a] <= parts[b] for i, a in enumerate(ranked) for b in ranked[i:] if keys[a] < keys[b])
        assert all(abs(parts[a] - parts[b]) <= CENT for a in ranked for b in ranked if keys[a] == keys[b])


FIR = """donnée economie « Économie » : montant ≥ 0 €
donnée signe « A signé » : oui_non
enveloppe fir « Enveloppe régionale »
  si signe
  montant 12,5 M€
  au prorata de economie
  arrondi à 0,01 €
"""


@pytest.fixture(scope="module")
def fir() -> Politique:
    return policy(FIR)


@pytest.mark.parametrize("case", [0, 1, 2])
def test_the_cohort_of_a_thousand_gets_the_envelope_to_the_cent(fir: Politique, case: int) -> None:
    rng = random.Random(SEED + case)
    keys = dict(zip(NAMES, random_keys(rng, case), strict=True))
    signed = {name for name in NAMES if rng.random() < 0.9}
    cohort = [one(name, economie=F(key, 100), signe=name in signed) for name, key in keys.items()]
    rng.shuffle(cohort)
    results, notes = evaluate_cohort(fir, cohort)
    found = {r.etablissement.finess: r.decisions["fir"] for r in results}
    wanted = share_by_hand(1_250_000_000, {name: key for name, key in keys.items() if name in signed})
    assert [r.etablissement.finess for r in results] == [e.finess for e in cohort] and notes == []
    assert sum(d.montant or F(0) for d in found.values()) == ENVELOPE
    for name, decision in found.items():
        assert decision.montant == F(wanted.get(name, 0), 100), name
        assert decision.certitude == ("certain" if name in signed else "impossible"), name


def test_one_missing_key_leaves_every_share_open(fir: Politique) -> None:
    cohort = [one(NAMES[0], economie=F(10), signe=True), one(NAMES[1], signe=True), one(NAMES[2], signe=False)]
    shares = [r.decisions["fir"] for r in evaluate_cohort(fir, cohort)[0]]
    assert [s.montant for s in shares] == [None, None, 0]
    assert [s.certitude for s in shares] == ["ouvert", "ouvert", "impossible"]
    assert [(s.montant_min, s.montant_max) for s in shares[:2]] == [(0, ENVELOPE)] * 2
    assert shares[0].manquants == (f"economie ({NAMES[1]})",)


def test_who_may_or_may_not_be_concerned_leaves_every_share_open(fir: Politique) -> None:
    cohort = [one(NAMES[0], economie=F(10), signe=True), one(NAMES[1], economie=F(10))]
    shares = [r.decisions["fir"] for r in evaluate_cohort(fir, cohort)[0]]
    assert [s.certitude for s in shares] == ["ouvert", "ouvert"]
    assert shares[0].manquants == (f"signe ({NAMES[1]})",)


def test_a_row_set_aside_leaves_every_share_open(fir: Politique) -> None:
    """Its key is not known: what is shared among the others would be taken back from them."""
    cohort = [one(NAMES[0], economie=F(10), signe=True), one(NAMES[1], economie=F(5), signe=False)]
    shares = [r.decisions["fir"] for r in evaluate_cohort(fir, cohort, ecartes=2)[0]]
    assert [(s.montant, s.certitude) for s in shares] == [(None, "ouvert"), (0, "impossible")]
    assert shares[0].manquants == ("2 établissements à corriger",)
    whole = [r.decisions["fir"].montant for r in evaluate_cohort(fir, cohort)[0]]
    assert whole == [ENVELOPE, 0]


def test_an_establishment_by_itself_has_no_share_yet(fir: Politique) -> None:
    share = evaluate(fir, one(NAMES[0], economie=F(10), signe=True)).decisions["fir"]
    assert (share.montant, share.certitude) == (None, "ouvert")


# ---------------------------------------------------------------- statistics against brute force

STATS = """donnée x « Dépenses » : montant
donnée n « Séjours » : entier
donnée classe « Classe » : choix (PETIT, MOYEN, GRAND)
donnée suivi « Suivi » : oui_non
calcul mediane_x « Médiane » : montant médiane(x)
calcul moyenne_n « Moyenne » : décimal moyenne(n)
calcul q30 « Trois dixièmes » : montant quantile(x ; 30 %)
calcul q75_suivi « Trois quarts » : montant quantile(x ; 75 % parmi suivi)
calcul somme_classe « Somme » : montant somme(x par classe)
calcul mediane_classe « Médiane de la classe » : décimal médiane(n parmi suivi par groupe classe)
calcul rang_x « Rang » : entier rang(x)
calcul rang_classe « Rang dans la classe » : entier rang(n parmi suivi par classe)
calcul suivis « Suivis » : entier effectif(parmi suivi)
calcul pairs « Pairs » : entier effectif(parmi n ≥ 5 par classe)
"""


@pytest.fixture(scope="module")
def stats() -> Politique:
    return policy(STATS)


def random_cohort(rng: random.Random) -> list[Etablissement]:
    """Small values, so that ties are many; a tenth of the facts missing."""

    def maybe(value: Valeur) -> Valeur | None:
        return None if rng.random() < 0.1 else value

    return [
        one(
            name,
            x=maybe(F(rng.randint(-20, 40), rng.choice([1, 3]))),
            n=maybe(F(rng.randint(0, 9))),
            classe=maybe(rng.choice(["PETIT", "MOYEN", "GRAND"])),
            suivi=maybe(rng.random() < 0.7),
        )
        for name in rng.sample(NAMES, rng.randint(1, 25))
    ]


def numbers(cohort: Iterable[Etablissement], nom: str) -> list[F]:
    return [v for e in cohort if isinstance(v := e.faits.get(nom), F)]


def middle(values: list[F]) -> F | None:
    return F(statistics.median(values)) if values else None


def centile(values: list[F], k: int) -> F | None:
    """The k-th of the hundred cuts of a spreadsheet's CENTILE.INCLURE, by the standard library."""
    if len(values) < 2:
        return values[0] if values else None
    return F(statistics.quantiles(values, n=100, method="inclusive")[k - 1])


def place(values: list[F], own: F | None) -> F | None:
    """1, and one more for each that is strictly larger."""
    return None if own is None else F(1 + sum(v > own for v in values))


def expected(cohort: list[Etablissement], mine: Etablissement) -> dict[str, F | None]:
    followed = [e for e in cohort if e.faits.get("suivi") is True]
    classe = mine.faits.get("classe")
    alike = [e for e in cohort if e.faits.get("classe") == classe]
    both = [e for e in followed if e in alike]
    ns, xs = numbers(cohort, "n"), numbers(cohort, "x")
    own_x, own_n = (v if isinstance(v := mine.faits.get(nom), F) else None for nom in ("x", "n"))
    found = {
        "mediane_x": middle(xs),
        "moyenne_n": sum(ns, F(0)) / len(ns) if ns else None,
        "q30": centile(xs, 30),
        "q75_suivi": centile(numbers(followed, "x"), 75),
        "rang_x": place(xs, own_x),
        "suivis": F(len(followed)),
        "somme_classe": sum(numbers(alike, "x"), F(0)),
        "mediane_classe": middle(numbers(both, "n")),
        "rang_classe": place(numbers(both, "n"), own_n if mine in followed else None),
        "pairs": F(sum(v >= 5 for v in numbers(alike, "n"))),
    }
    if classe is None:
        found.update(dict.fromkeys(("somme_classe", "mediane_classe", "rang_classe", "pairs")))
    return found


def test_every_statistic_is_what_brute_force_finds(stats: Politique) -> None:
    print("seed", SEED)
    rng = random.Random(SEED)
    seen = unknown = 0
    for _ in range(60):
        cohort = random_cohort(rng)
        for resultat in evaluate_cohort(stats, cohort)[0]:
            mine = resultat.etablissement
            for nom, value in expected(cohort, mine).items():
                assert resultat.calculs[nom].valeur == value, (nom, mine, cohort)
                seen, unknown = seen + (value is not None), unknown + (value is None)
    assert seen > 4000 and unknown > 400


def test_the_order_of_the_rows_changes_nothing(stats: Politique) -> None:
    rng = random.Random(SEED + 2)
    for _ in range(10):
        cohort = random_cohort(rng)
        straight, turned = (
            {r.etablissement.finess: values(r) for r in evaluate_cohort(stats, rows)[0]}
            for rows in (cohort, rng.sample(cohort, len(cohort)))
        )
        assert straight == turned


def values(resultat: Resultat) -> dict[str, Valeur | None]:
    return {nom: etape.valeur for nom, etape in resultat.calculs.items()}


# ---------------------------------------------------------------- what must be said


def said(politique: Politique, cohort: list[Etablissement]) -> list[Diagnostic]:
    return evaluate_cohort(politique, cohort)[1]


BY_CLASS = """donnée x « Dépenses » : montant
donnée classe « Classe » : choix (A, B, C)
calcul m « M » : montant médiane(x par classe)
"""
MEDIAN = "donnée x « Dépenses » : montant\ncalcul m « M » : montant médiane(x)\n"


def test_who_is_left_out_is_counted() -> None:
    politique = policy(MEDIAN)
    whole = [one(name, x=F(10)) for name in NAMES[:5]]
    assert said(politique, whole) == []
    (note,) = said(politique, [*whole, one(NAMES[5]), one(NAMES[6])])
    assert (note.code, note.severite) == ("CAQ408", Severite.NOTE)
    assert plain(note.message) == ("« médiane(x) » laisse de côté 2 établissements, faute d'une valeur transmise.")
    (note,) = said(politique, [*whole, one(NAMES[5])])
    assert "laisse de côté 1 établissement, faute" in plain(note.message)


def test_who_is_left_out_is_counted_over_all_the_groups() -> None:
    """One lacks its value in each class, one has no class at all: three, each counted once."""
    politique = policy(BY_CLASS)
    known = [one(NAMES[i], x=F(1), classe="AB"[i % 2]) for i in range(4)]
    lacking = [one(NAMES[5], classe="A"), one(NAMES[6], classe="B"), one(NAMES[7], x=F(3))]
    (note,) = said(politique, [*known, *lacking])
    assert note.code == "CAQ408" and "3 établissements" in plain(note.message)


def test_who_does_not_count_is_not_left_out() -> None:
    politique = policy("donnée x « X » : montant\ncalcul m « M » : montant médiane(x parmi MCO)\n")
    assert said(politique, [one(NAMES[0], x=F(1)), one(NAMES[1], secteurs=("SSR",))]) == []


LEAST = "notation\n  effectif au moins 3\n"


def test_too_few_establishments_is_a_warning_and_the_result_stands() -> None:
    politique = policy(LEAST + MEDIAN)
    three = [one(name, x=F(10 * i)) for i, name in enumerate(NAMES[:3])]
    assert said(politique, three) == []
    results, (warning,) = evaluate_cohort(politique, three[:2])
    assert (warning.code, warning.severite) == ("CAQ409", Severite.AVERTISSEMENT)
    assert plain(warning.message) == ("« médiane(x) » repose sur 2 établissements, moins que l'effectif minimum de 3.")
    assert [r.calculs["m"].valeur for r in results] == [5, 5]


def test_a_missing_value_does_not_make_up_the_number() -> None:
    """Three rows, two values: left out, and too few."""
    found = said(policy(LEAST + MEDIAN), [one(NAMES[0], x=F(1)), one(NAMES[1], x=F(2)), one(NAMES[2])])
    assert [d.code for d in found] == ["CAQ408", "CAQ409"]


def test_too_few_in_a_group_says_in_how_many_groups() -> None:
    sizes = {"A": 4, "B": 2, "C": 1}
    cohort = [one(f"{classe}{i}", x=F(i), classe=classe) for classe, size in sizes.items() for i in range(size)]
    (warning,) = said(policy(LEAST + BY_CLASS), cohort)
    assert "repose sur 1 établissement dans 2 groupes, moins que" in plain(warning.message)


def test_nobody_is_too_few() -> None:
    politique = policy(LEAST + "donnée x « X » : montant\ncalcul m « M » : montant médiane(x parmi SSR)\n")
    (warning,) = said(politique, [one(name, x=F(1)) for name in NAMES[:9]])
    assert "repose sur aucun établissement, moins que" in plain(warning.message)


def test_a_headcount_does_not_rest_on_too_few() -> None:
    politique = policy(LEAST + "donnée x « X » : montant\ncalcul e « E » : entier effectif(parmi x > 0 €)\n")
    assert said(politique, [one(NAMES[0], x=F(1))]) == []
