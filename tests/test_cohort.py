"""The synthetic cohort: what it is, and every result of the interpreter against a plain computation from the CSV."""

from __future__ import annotations

import csv
import importlib.util
import io
import re
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction as F
from itertools import product
from math import ceil, floor
from pathlib import Path

import pytest

from caqes_dsl.base.quantities import Genre, Valeur
from caqes_dsl.evaluation.explain import evaluate
from caqes_dsl.evaluation.facts import Etablissement
from caqes_dsl.evaluation.limits import check_cohort
from caqes_dsl.evaluation.trace import Resultat
from caqes_dsl.model.domains import Domaines
from caqes_dsl.model.nodes import Cle, Politique
from caqes_dsl.pipeline import compile_path

POLICIES = Path(__file__).resolve().parent.parent / "policies"
FOLDER = POLICIES / "normandie" / "exemples"
RETURNS = FOLDER / "2018-retours.csv"
PROGRAM = FOLDER / "engendrer_cohorte.py"
POLICY = POLICIES / "normandie" / "2018.caqes"

Row = dict[str, str]


def read_rows() -> list[Row]:
    return list(csv.DictReader(io.StringIO(RETURNS.read_text(encoding="utf-8-sig"), newline=""), delimiter=";"))


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    return read_rows()


@pytest.fixture(scope="module")
def politique() -> Politique:
    found = compile_path(POLICY).politique
    assert found is not None
    return found


@pytest.fixture(scope="module")
def resultats(politique: Politique, rows: list[Row]) -> dict[str, Resultat]:
    return {e.finess: evaluate(politique, e) for e in establishments(politique, rows)}


def of_year(rows: Iterable[Row], year: int) -> list[Row]:
    return [row for row in rows if row["exercice"] == str(year)]


# ---------------------------------------------------------------- the file


def test_the_program_makes_the_file_again_byte_for_byte() -> None:
    spec = importlib.util.spec_from_file_location("engendrer_cohorte", PROGRAM)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    try:
        spec.loader.exec_module(module)
        assert module.engendrer().encode("utf-8-sig") == RETURNS.read_bytes()
        assert module.engendrer(module.GRAINE + 1) != module.engendrer()
    finally:
        del sys.modules[spec.name]


def test_105_establishments_over_two_years(rows: list[Row]) -> None:
    now, before = of_year(rows, 2018), of_year(rows, 2017)
    assert len(rows) == 210 and len(now) == len(before) == 105
    assert [r["finess"] for r in now] == [r["finess"] for r in before]
    assert len({r["finess"] for r in now}) == 105
    assert [r["raison_sociale"] for r in now] == [f"Établissement fictif {k:03d}" for k in range(1, 106)]
    sectors = {r["finess"]: set(r["secteurs"].split("+")) for r in now}
    assert all(found <= {"MCO", "SSR", "PSY", "HAD", "DIALYSE"} for found in sectors.values())
    first = [s for s in sectors.values() if s & {"MCO", "HAD", "DIALYSE"}]
    assert (len(first), len(sectors) - len(first)) == (78, 27)
    assert Counter(len(s) for s in sectors.values())[1] > 50 and max(map(len, sectors.values())) == 3


def test_finess_is_fictitious_and_well_formed(rows: list[Row]) -> None:
    """Nine digits, a department of Normandie then 999, and a valid Luhn key."""
    for row in rows:
        assert re.fullmatch(r"(14|27|50|61|76)999\d{4}", row["finess"])
        digits = [int(d) for d in row["finess"]]
        doubled = [2 * d - 9 if 2 * d > 9 else 2 * d for d in digits[-2::-2]]
        assert (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def test_french_conventions(rows: list[Row]) -> None:
    data = RETURNS.read_bytes()
    assert data.startswith(b"\xef\xbb\xbf") and b"\r\n" in data and data.count(b"\n") == data.count(b"\r\n") == 211
    for row in rows:
        assert re.fullmatch(r"\d+,\d\d|", row["produits_am"])
        assert re.fullmatch(r"\d+,\d %", row["taux_generiques"])
        assert re.fullmatch(r"\d+ %|", row["score"]) and (not row["score"] or row["exercice"] == "2017")


def test_numerators_never_exceed_their_denominators(rows: list[Row]) -> None:
    pairs = [(top, bottom) for c in read_grid() if (top := c.top) and (bottom := c.bottom)]
    assert len(pairs) == 7
    for row in rows:
        for top, bottom in pairs:
            if row[top] and row[bottom]:
                assert 0 <= int(row[top]) <= int(row[bottom])


def test_plausible(rows: list[Row], resultats: dict[str, Resultat]) -> None:
    """Skewed, some answers and facts missing, some criteria not concerned and a reason for each."""
    now = of_year(rows, 2018)
    grid = {c.nom: c for c in read_grid()}
    answered = [c for c in grid.values() if not c.measured]
    cells = [(r, c) for r in now for c in answered]
    for row, critere in cells:
        concerned = bool(critere.secteurs & set(row["secteurs"].split("+")))
        assert concerned or not row[critere.nom], "une réponse hors des secteurs"
        assert row[critere.nom] in ("", "R", "NR", "NC") or (row[critere.nom] == "PR" and not critere.binary)
        assert bool(row.get(f"{critere.nom}_motif")) is (row[critere.nom] == "NC")
    given = [(r, c) for r, c in cells if c.secteurs & set(r["secteurs"].split("+"))]
    counts = Counter(r[c.nom] for r, c in given)
    assert counts["R"] > counts["PR"] > counts["NC"] > counts[""] > 0 and counts["R"] > counts["NR"]
    assert not any(row[c.nom] for row in of_year(rows, 2017) for c in answered)
    scores = sorted(r.score_global.score for r in resultats.values() if r.score_global.score is not None)
    mean, median = sum(scores, F(0)) / len(scores), scores[len(scores) // 2]
    assert F(35, 100) < scores[0] < F(50, 100) and scores[-1] > F(85, 100)
    assert F(70, 100) < median < F(85, 100) and mean < median, "la queue est du côté des scores bas"
    receipts = sorted(number(r["produits_am"]) or F(0) for r in now if r["produits_am"])
    assert (receipts[0], receipts[-1]) == (10**6, 500 * 10**6) and receipts[len(receipts) // 2] < 60 * 10**6


def test_the_readme_beside_it_says_it_is_synthetic() -> None:
    text = (FOLDER / "LISEZ-MOI.md").read_text(encoding="utf-8")
    assert "entièrement synthétique" in text and "20180102" in text
    assert "GRAINE = 20180102" in PROGRAM.read_text(encoding="utf-8")


# ---------------------------------------------------------------- a grid read without the project's own reader


@dataclass(frozen=True)
class Line:
    """A criterion as a plain reader sees it."""

    nom: str
    chapitre: str
    poids: F
    secteurs: frozenset[str]
    top: str
    bottom: str
    guard: str
    bounds: tuple[F, F] | None
    binary: bool

    @property
    def measured(self) -> bool:
        return bool(self.top)


SECTORS = ("MCO", "SSR", "PSY", "HAD", "DIALYSE")


def read_grid() -> list[Line]:
    """The criteria of the policy by regular expressions: one clause, one line."""
    found, chapter = [], ""
    text = POLICY.read_text(encoding="utf-8")
    for block in re.split(r"(?m)^(?=\w)", text):
        if heading := re.match(r"chapitre (\w+)", block):
            chapter = heading[1]
        if not (name := re.match(r"critère (C\d+) ", block)):
            continue
        weight = re.search(r"(?m)^  poids +([\d,]+) points?$", block)
        scope = re.search(r"(?m)^  secteurs +(.+)$", block)
        assert weight and scope
        whole, _, besides = scope[1].partition(" sauf ")
        sectors = set(SECTORS) - {besides} if whole == "tous" else set(whole.split(", "))
        ratio = re.search(r"(?m)^  mesure +(\w+)(?: / (\w+))?$", block)
        guard = re.search(r"(?m)^  NC d'office si (\w+) = 0$", block)
        low = re.search(r"(?m)^    jusqu'à (\d+) % +: NR$", block)
        high = re.search(r"(?m)^    plus de (\d+) % +: R$", block)
        bounds = (F(int(low[1]), 100), F(int(high[1]), 100)) if low and high else None
        assert (ratio is None) == (bounds is None) == (guard is None)
        found.append(
            Line(
                name[1],
                chapter,
                F(weight[1].replace(",", ".")),
                frozenset(sectors),
                ratio[1] if ratio else "",
                (ratio[2] or "") if ratio else "",
                guard[1] if guard else "",
                bounds,
                re.search(r"(?m)^  niveaux +R, NR$", block) is not None,
            )
        )
    return found


def number(text: str) -> F | None:
    """« 5143966,48 » or « 47,0 % »; None when empty."""
    if not text:
        return None
    value = F(text.removesuffix("%").strip().replace(",", "."))
    return value / 100 if text.endswith("%") else value


# ---------------------------------------------------------------- the plain computation

WORTH = {"R": F(1), "PR": F(1, 2), "NR": F(0)}
TARGET = F(53, 100)
PROGRESS = F(5, 100)
RATES = {"depenses_phev": F(4, 100), "depenses_les_medicaments": F(41, 1000), "depenses_les_dispositifs": F(58, 1000)}
GENERICS = F(455, 1000)

Share = F | None
"""What a criterion gives: a share of its points, None when it leaves the computation."""


def nearest_percent(ratio: F) -> F:
    return F(floor(100 * ratio + F(1, 2)), 100)


def possible(critere: Line, row: Row) -> list[Share]:
    """The shares that a criterion may give: one when all is known."""
    if not critere.measured:
        answer = row[critere.nom] or "NR"
        return [None if answer == "NC" else WORTH[answer]]
    guard, top = number(row[critere.guard]), number(row[critere.top])
    if guard == 0:
        return [None]
    if guard is None:
        return [None, *WORTH.values()]
    if top is None:
        return list(WORTH.values())
    bottom = number(row[critere.bottom]) if critere.bottom else F(1)
    assert bottom and critere.bounds
    ratio = top / bottom
    return [WORTH["R" if ratio > critere.bounds[1] else "PR" if ratio > critere.bounds[0] else "NR"]]


@dataclass(frozen=True)
class Expected:
    """What the plain computation finds; None where a fact is missing."""

    points: F | None
    applicable: F | None
    score: F | None
    low: F
    high: F
    chapters: dict[str, tuple[F, F] | None]
    gap: F | None
    rate: F | None
    amount: F | None
    letter: bool | None


def totals(lines: list[tuple[Line, Share]]) -> tuple[F, F]:
    """Points obtained and points applicable."""
    counted = [(c.poids, share) for c, share in lines if share is not None]
    return sum((w * s for w, s in counted), F(0)), sum((w for w, _ in counted), F(0))


def compute(grid: list[Line], row: Row, before: Row) -> Expected:
    sectors = set(row["secteurs"].split("+"))
    concerned = [(c, possible(c, row)) for c in grid if c.secteurs & sectors]
    worlds = [
        totals(list(zip((c for c, _ in concerned), shares, strict=True)))
        for shares in product(*(shares for _, shares in concerned))
    ]
    points = {p for p, _ in worlds}
    applicable = {a for _, a in worlds}
    scores = {nearest_percent(p / a) for p, a in worlds}
    exact = len(worlds) == 1
    chapters: dict[str, tuple[F, F] | None] = {}
    for name in dict.fromkeys(c.chapitre for c in grid):
        inside = [(c, shares) for c, shares in concerned if c.chapitre == name]
        settled = all(len(shares) == 1 for _, shares in inside)
        chapters[name] = totals([(c, shares[0]) for c, shares in inside]) if settled else None
    score = scores.pop() if exact else None
    low, high = (score, score) if score is not None else (min(scores), max(scores))
    gap = rate = None
    if score is not None:
        gap = max(TARGET - score, F(0))
        rate = F(ceil(gap * 100 / 2), 10000)
    return Expected(
        points.pop() if exact else None,
        applicable.pop() if len(applicable) == 1 else None,
        score,
        low,
        high,
        chapters,
        gap,
        rate,
        amount_at_stake(low, high, score, rate, number(before["score"]), number(row["produits_am"])),
        letter_due(row, before),
    )


def amount_at_stake(low: F, high: F, score: F | None, rate: F | None, before: F | None, receipts: F | None) -> F | None:
    """0 € when the target is reached or progress shown, whatever is missing; to the cent, halves up."""
    if low >= TARGET or (before is not None and low - before >= PROGRESS):
        return F(0)
    if score is None or rate is None or before is None or receipts is None:
        return None
    return F(floor(100 * rate * receipts + F(1, 2)), 100)


def letter_due(row: Row, before: Row) -> bool | None:
    answers: list[bool | None] = []
    for name, ceiling in RATES.items():
        now, then = number(row[name]), number(before[name])
        if now is None or then is None:
            answers.append(None)
        else:
            answers.append((now - then) / then > ceiling if then else False)
    generics = number(row["taux_generiques"])
    answers.append(None if generics is None else generics < GENERICS)
    return True if True in answers else None if None in answers else False


def test_the_plain_grid_is_the_compiled_one(politique: Politique) -> None:
    """The regular expressions read the same weights, sectors and chapters as the project."""
    for line, critere in zip(read_grid(), politique.criteres.values(), strict=True):
        assert (line.nom, line.poids, line.chapitre) == (critere.nom, critere.poids, critere.chapitre)
        assert line.secteurs == set(critere.secteurs) and line.measured == (critere.mesure is not None)


def test_the_interpreter_agrees_on_all_105(rows: list[Row], resultats: dict[str, Resultat]) -> None:
    grid = read_grid()
    before = {row["finess"]: row for row in of_year(rows, 2017)}
    checked = Counter[str]()
    for row in of_year(rows, 2018):
        finess = row["finess"]
        wanted, found = compute(grid, row, before[finess]), resultats[finess]
        whole = found.score_global
        assert (whole.points, whole.points_applicables) == (wanted.points, wanted.applicable), finess
        assert (whole.score, whole.score_min, whole.score_max) == (wanted.score, wanted.low, wanted.high), finess
        for name, expected in wanted.chapters.items():
            part = found.scores[name]
            if expected is not None:
                assert (part.points, part.points_applicables) == expected, (finess, name)
                assert part.score == (nearest_percent(expected[0] / expected[1]) if expected[1] else None)
        assert found.calculs["ecart"].valeur == wanted.gap, finess
        assert found.baremes["taux_sanction"].valeur == wanted.rate, finess
        decision = found.decisions["financiere"]
        assert decision.montant == wanted.amount, finess
        assert found.pieces["argumentaire"].valeur is wanted.letter, finess
        state = "ouvert" if wanted.amount is None else "certain" if wanted.amount else "impossible"
        assert decision.certitude == state, finess
        checked[state] += 1
        checked["score" if wanted.score is not None else "bornes"] += 1
        checked["sous la cible"] += wanted.high < TARGET
        checked["lettre" if wanted.letter else "sans lettre"] += 1
    assert checked["score"] + checked["bornes"] == 105
    # What the note beside the file says; every kind of case is there, so that the agreement means something.
    assert (checked["sous la cible"], checked["certain"], checked["ouvert"]) == (9, 3, 2)
    assert checked["bornes"] == 5 and min(checked["lettre"], checked["sans lettre"]) > 5


def test_no_limit_is_passed(politique: Politique, resultats: dict[str, Resultat]) -> None:
    assert check_cohort(politique, resultats.values()) == ()


def test_every_result_lies_in_its_domain(politique: Politique, resultats: dict[str, Resultat]) -> None:
    """What the checks take for possible holds all that comes out: a table proved whole is whole for them."""
    domaines = Domaines(politique)
    seen = 0
    for resultat in resultats.values():
        found = {**resultat.calculs, **resultat.baremes, **resultat.pieces, **resultat.cibles}
        quantities = [(etape.cle, etape.valeur) for etape in found.values()]
        quantities += [(Cle("score", nom), part.score) for nom, part in resultat.scores.items()]
        quantities += [(Cle("mesure", nom), c.mesure) for nom, c in resultat.criteres.items()]
        quantities += [(Cle("décision", nom), d.montant) for nom, d in resultat.decisions.items()]
        for cle, valeur in quantities:
            if valeur is not None:
                seen += 1
                assert domaines.cle(cle).contient(valeur), (resultat.etablissement.finess, cle, valeur)
    assert seen > 3000


# ---------------------------------------------------------------- reading


def establishments(politique: Politique, rows: list[Row]) -> list[Etablissement]:
    """The rows as establishments, without the project's reader."""
    before = {row["finess"]: facts(politique, row, {}) for row in of_year(rows, 2017)}
    return [facts(politique, row, {2017: before[row["finess"]]}) for row in of_year(rows, 2018)]


def facts(politique: Politique, row: Row, passes: dict[int, Etablissement]) -> Etablissement:
    assert all(d.genre in (Genre.ENTIER, Genre.TAUX, Genre.MONTANT) for d in politique.donnees.values())
    values: dict[str, Valeur] = {n: v for n in politique.donnees if (v := number(row[n])) is not None}
    recorded = number(row["score"])
    return Etablissement(
        row["finess"],
        row["raison_sociale"],
        int(row["exercice"]),
        tuple(row["secteurs"].split("+")),
        {n: row[n] for n in politique.criteres if row.get(n)},
        {n: row[f"{n}_motif"] for n in politique.criteres if row.get(f"{n}_motif")},
        values,
        enregistres={} if recorded is None else {"score": recorded},
        passes=passes,
    )


def test_the_reader_finds_the_same_establishments(politique: Politique, rows: list[Row]) -> None:
    read = pytest.importorskip("caqes_dsl.exchange.read")
    cohorte = read.read_cohort(politique, RETURNS)
    assert not [d for d in cohorte.diagnostics if d.is_error]
    for found, wanted in zip(cohorte.etablissements, establishments(politique, rows), strict=True):
        assert (found.finess, found.raison_sociale) == (wanted.finess, wanted.raison_sociale)
        assert (found.exercice, set(found.secteurs)) == (wanted.exercice, set(wanted.secteurs))
        assert dict(found.reponses) == wanted.reponses and dict(found.motifs) == wanted.motifs
        assert dict(found.faits) == wanted.faits
        assert dict(found.passes[2017].faits) == wanted.passes[2017].faits
        assert dict(found.passes[2017].enregistres) == wanted.passes[2017].enregistres
