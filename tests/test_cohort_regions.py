"""The synthetic cohorts of 2016 and 2022: made again byte for byte, and recomputed plainly from the CSV."""

from __future__ import annotations

import csv
import importlib.util
import io
import re
import sys
from collections import Counter
from fractions import Fraction as F
from math import ceil, floor
from pathlib import Path

import pytest

from caqes_dsl.evaluation.limits import check_cohort
from caqes_dsl.evaluation.population import evaluate_cohort
from caqes_dsl.evaluation.trace import Resultat
from caqes_dsl.exchange.read import read_cohort
from caqes_dsl.model.nodes import Politique
from caqes_dsl.pipeline import compile_path

POLICIES = Path(__file__).resolve().parent.parent / "policies"
RETURNS = {
    2016: POLICIES / "cbu" / "exemples" / "2016-retours.csv",
    2022: POLICIES / "normandie" / "exemples" / "2022-retours.csv",
}
POLICY = {2016: POLICIES / "cbu" / "2016.caqes", 2022: POLICIES / "normandie" / "2022.caqes"}

Row = dict[str, str]


def rows(year: int) -> list[Row]:
    text = RETURNS[year].read_text(encoding="utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";"))


def pairs(year: int) -> list[tuple[Row, Row]]:
    """Each establishment: its row of the year before, and of the year."""
    every = rows(year)
    before = {r["finess"]: r for r in every if r["exercice"] == str(year - 1)}
    return [(before[r["finess"]], r) for r in every if r["exercice"] == str(year)]


def number(text: str) -> F:
    share = text.endswith(" %")
    return F(text.removesuffix(" %").replace(",", ".")) / (100 if share else 1)


def nearest(value: F, step: F) -> F:
    return floor(value / step + F(1, 2)) * step


CENT = F(1, 100)


def evaluated(year: int) -> tuple[Politique, dict[str, Resultat]]:
    politique = compile_path(POLICY[year]).politique
    assert politique is not None
    cohorte = read_cohort(politique, RETURNS[year])
    assert [d.message for d in cohorte.diagnostics if d.is_error] == [] and not cohorte.ecartes
    results, notes = evaluate_cohort(politique, cohorte.etablissements)
    assert not [d.message for d in notes if d.is_error] and check_cohort(politique, results) == ()
    return politique, {r.etablissement.finess: r for r in results}


@pytest.mark.parametrize("year", [2016, 2022])
def test_the_program_makes_the_file_again_byte_for_byte(year: int) -> None:
    program = RETURNS[year].parent / f"engendrer_{year}.py"
    spec = importlib.util.spec_from_file_location(program.stem, program)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    try:
        spec.loader.exec_module(module)
        assert module.engendrer().encode("utf-8-sig") == RETURNS[year].read_bytes()
        assert module.engendrer(module.GRAINE + 1) != module.engendrer()
    finally:
        del sys.modules[spec.name]


@pytest.mark.parametrize("year", [2016, 2022])
def test_it_is_fictitious_and_says_so(year: int) -> None:
    assert "entièrement synthétique" in (RETURNS[year].parent / "LISEZ-MOI.md").read_text(encoding="utf-8")
    for row in rows(year):
        assert re.fullmatch(r"Établissement fictif \d{3}", row["raison_sociale"])
        assert re.fullmatch(r"(14|27|50|61|76)999\d{4}", row["finess"])
        digits = [int(d) for d in row["finess"]]
        doubled = [2 * d - 9 if 2 * d > 9 else 2 * d for d in digits[-2::-2]]
        assert (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


# ---------------------------------------------------------------- normandie/2022

SHARES = {
    "ipp": F(20, 100), "ezetimibe": F(20, 100), "perfusion": F(20, 100), "pansements": F(20, 100),
    "transports": F(30, 100), "bilans": F(30, 100), "septieme": F(20, 100),
}  # fmt: skip
TARGETS = dict.fromkeys(SHARES, F(-5, 100)) | {"pansements": F(-8, 100)}
ACTIVITY = F(101, 100)


def shared(total: F, keys: dict[str, F]) -> dict[str, F]:
    """To the cent, the cents that are left to the largest remainders, then to the smallest FINESS."""
    whole = sum(keys.values(), F(0))
    exact = {f: total * k / whole for f, k in keys.items()}
    parts = {f: floor(x / CENT) * CENT for f, x in exact.items()}
    left = (total - sum(parts.values(), F(0))) / CENT
    assert left.denominator == 1 and 0 <= left < len(keys)
    for finess in sorted(keys, key=lambda f: (parts[f] - exact[f], f))[: int(left)]:
        parts[finess] += CENT
    return parts


def upper_quartile(values: list[F]) -> F:
    """CENTILE.INCLURE(values ; 75 %)."""
    ordered = sorted(values)
    place = F(3, 4) * (len(ordered) - 1)
    low = floor(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (place - low) * (ordered[high] - ordered[low])


def test_every_amount_of_2022() -> None:
    politique, found = evaluated(2022)
    assert len(found) == 34 and politique.vigueur_du is not None
    big = upper_quartile([number(b["depenses_ipp"]) for b, r in pairs(2022) if "MCO" in r["secteurs"].split("+")])
    keys: dict[str, F] = {}
    seen = Counter[str]()
    for before, row in pairs(2022):
        result = found[row["finess"]]
        savings = F(0)
        for nom, share in SHARES.items():
            reference, spent = ACTIVITY * number(before[f"depenses_{nom}"]), number(row[f"depenses_{nom}"])
            signed = row[f"contrat_{nom}"] == "oui"
            saved = max(reference - spent, F(0)) if signed else F(0)
            reached = signed and (spent - reference <= TARGETS[nom] * reference if reference else TARGETS[nom] >= 0)
            paid = nearest(share * saved, CENT) if reached else F(0)
            if paid > F(30, 100) * saved:
                paid -= CENT
            savings += saved
            assert result.calculs[f"economie_{nom}"].valeur == saved, (row["finess"], nom)
            assert result.decisions[f"national_{nom}"].montant == paid, (row["finess"], nom)
            seen["payé" if paid else "économie sans cible" if saved else "rien"] += 1
        assert result.calculs["economies"].valeur == savings
        if number(row["taux_generiques"]) >= F(49, 100):
            keys[row["finess"]] = savings
        refused = row["refus_de_signer"] == "oui"
        assert result.decisions["refus"].montant == (floor(number(row["produits_am"])) * CENT if refused else 0)
        seen["refus"] += refused
        cap = max(number(row["volume_fixe"]), F(ceil(F(7, 10) * number(row["volume_derniere_annee"]))))
        excess = max(number(row["volume_actes"]) - cap, F(0))
        late = int(row["annees_depuis_saisine"]) >= 2 and excess > 0
        cut = floor(F(25, 100) * excess * number(row["tarif_national"]) / CENT) * CENT if late else F(0)
        assert [result.calculs[n].valeur for n in ("volume_maximum", "excedent", "abattement")] == [cap, excess, cut]
        seen["abattement"] += cut > 0
        offered = number(before["depenses_ipp"]) >= big and row["contrat_ipp"] == "non"
        assert result.pieces["proposition"].valeur is offered, row["finess"]
        seen["proposition"] += offered
    parts = shared(F(500_000), keys)
    assert sum(parts.values()) == 500_000 and len(parts) < 34
    for finess, result in found.items():
        assert result.decisions["fir"].montant == parts.get(finess, F(0)), finess
    assert seen["refus"] == 1 and min(seen["payé"], seen["économie sans cible"], seen["rien"]) > 10
    assert (seen["abattement"], seen["proposition"]) == (6, 2)


def test_the_edges_of_2022() -> None:
    """The target reached to the cent and missed by one; nothing spent the year before; 49,0 % and 48,9 %."""
    _, found = evaluated(2022)
    ordered = [found[row["finess"]] for _, row in pairs(2022)]
    assert [r.decisions["national_ipp"].montant for r in ordered[:2]] == [1010, 0]
    assert ordered[2].decisions["national_bilans"].montant == 0
    receipts = pairs(2022)[5][1]["produits_am"]
    assert receipts == "" and ordered[5].decisions["refus"].montant == 0


# ---------------------------------------------------------------- cbu/2016

WEIGHTS = {"E1": 3, "E2": 3, "E3": 2, "E4": 2, "E5": 2, "E6": 4, "E7": 4}
WORTH = {"R": F(1), "PR": F(1, 2), "NR": F(0)}
CUTS = {0: 0, 1: 5, 2: 10, 3: 20, 4: 30, 5: 30}


def test_the_funnel_of_2016() -> None:
    """105 reports (78 + 27), 10 below the target, 4 modulated, each below 200 euros."""
    _, found = evaluated(2016)
    funnel = Counter[str]()
    for _, row in pairs(2016):
        result = found[row["finess"]]
        sectors = set(row["secteurs"].split("+"))
        funnel["premiers" if sectors & {"MCO", "HAD", "DIALYSE"} else "seconds"] += 1
        answers = {e: row[e] for e in WEIGHTS if row[e]}
        assert ("E6" in answers, "E7" in answers) == (bool(sectors & {"MCO", "HAD"}), "MCO" in sectors)
        ratio = sum(WEIGHTS[e] * WORTH[a] for e, a in answers.items()) / sum(WEIGHTS[e] for e in answers)
        score = nearest(F(ratio), CENT)
        assert result.score_global.score == score, row["finess"]
        below = score < F(60, 100)
        modulated = below and row["observations_retenues"] == "non"
        general = CUTS[[answers[e] for e in ("E1", "E2", "E3", "E4", "E5")].count("NR")]
        assert result.pieces["contradictoire"].valeur is below
        assert result.calculs["taux_general"].valeur == 1 - F(general if modulated else 0, 100)
        lost = F(0)
        for nom, critere in (("medicaments", "E6"), ("dispositifs", "E7")):
            cut = min(general + (10 if answers.get(critere) == "NR" else 0), 30) if modulated else 0
            amount = nearest(F(cut, 100) * number(row[f"depenses_les_{nom}"]), CENT)
            assert result.calculs[f"taux_{nom}"].valeur == 1 - F(cut, 100), row["finess"]
            assert result.decisions[f"modulation_{nom}"].montant == amount, row["finess"]
            lost += amount
        funnel["sous la cible"] += below
        funnel["modulés"] += modulated
        assert not modulated or 0 < lost < 200
    assert funnel == {"premiers": 78, "seconds": 27, "sous la cible": 10, "modulés": 4}
