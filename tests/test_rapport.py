"""The numbers of a region's report, counted again plainly from the results that `caqes evaluer` writes."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction as F
from statistics import quantiles

import pytest
from rapport_kit import INVENTEES, LIVREES, Region, number, region, rows

from caqes_dsl.documents.rapport_mots import volet_title
from caqes_dsl.documents.words import sector_label
from caqes_dsl.evaluation.summary import scored

TOUTES = (*LIVREES, *INVENTEES)
SCOREES = ("normandie/2018", "cbu/2016", "normandie/2019", "normandie/2019-volets")
CIBLES = {
    "normandie/2018": {"obligatoire": F("0.53")},
    "cbu/2016": {"bon_usage": F("0.6")},
    "normandie/2019": {"obligatoire": F("0.58")},
    "normandie/2019-volets": {"obligatoire": F("0.58"), "transports": F("0.6"), "qualite": F("0.5")},
}
"""The targets, as the policies print them."""


def suffix(found: Region, volet: str) -> str:
    """What follows « score » in the column of a volet."""
    return f"_{volet}" if volet and len(found.politique.volets) > 1 else ""


def legend(head: str, found: Region, volet: str) -> str:
    """The caption of a table of a volet."""
    titre = volet_title(volet, found.politique)
    return f"{head}, {titre}" if titre else head


@pytest.mark.parametrize("nom", TOUTES)
def test_establishments_are_counted_by_state(nom: str) -> None:
    found = region(nom)
    seen = Counter(r["statut"] for r in found.lignes)
    said = {r["État"]: int(r["Nombre"]) for r in rows(found.view(), "Retours reçus, par état")}
    assert said == {
        "Complet": seen["complet"],
        "À compléter": seen["indetermine"],
        "Sans objet": seen["sans_objet"],
        "À corriger": seen["a_corriger"],
        "Ensemble": len(found.lignes),
    }
    kinds = Counter(tuple(sorted(r["secteurs"].split("+"))) for r in found.lignes if r["secteurs"])
    printed = [int(r["Établissements évalués"]) for r in rows(found.view(), "Retours évalués, par activités")]
    if found.politique.secteurs:
        assert sorted(printed) == sorted(kinds.values())


@pytest.mark.parametrize("nom", SCOREES)
def test_scores_are_spread_as_the_results_say(nom: str) -> None:
    found = region(nom)
    for volet in scored(found.politique):
        known = sorted(
            number(r[f"score{suffix(found, volet)}"]) for r in found.lignes if r[f"score{suffix(found, volet)}"]
        )
        blocs = [b for s in found.view().sections if s.ancre == "scores" for b in s.blocs]
        (bloc,) = [b for b in blocs if b.titre == volet_title(volet, found.politique)]
        if not known:
            assert bloc.tableaux == () and bloc.textes[-1] == "Aucun score n'est connu."
            continue
        spread, bands = (t.table for t in bloc.tableaux)
        assert [number(v) for v in spread.rangs[0]] == summary(known)
        expected = Counter(min(int(score * 20), 19) for score in known)
        assert [int(r[1]) for r in bands.rangs] == [expected[i] for i in range(min(expected), max(expected) + 1)]
        cible = CIBLES.get(nom, {}).get(volet)
        if cible is not None:
            first = min(expected)
            for i, row in enumerate(bands.rangs, first):
                here = [s for s in known if min(int(s * 20), 19) == i]
                assert [int(v) for v in row[2:4]] == [sum(s < cible for s in here), sum(s >= cible for s in here)]


def summary(known: list[F]) -> list[F]:
    """How many, the minimum, the quartiles, the maximum; the two middle ones rounded as a table prints them."""
    quarts = quantiles(known, n=4, method="inclusive") if len(known) > 1 else known * 3
    return [F(len(known)), known[0], *quarts, known[-1]]


@pytest.mark.parametrize("nom", SCOREES)
def test_chapters_are_spread_as_the_results_say(nom: str) -> None:
    found = region(nom)
    printed = rows(found.view(), "Scores par chapitre")
    chapters = [c for c in found.politique.chapitres if any(k.chapitre == c for k in found.politique.criteres.values())]
    assert len(printed) == len(chapters)
    for chapitre, row in zip(chapters, printed, strict=True):
        known = sorted(number(r[f"score_{chapitre}"]) for r in found.lignes if r[f"score_{chapitre}"])
        assert int(row["Scores connus"]) == len(known)
        if known and not any("≈" in v for v in row.values()):
            values = [number(row[h]) for h in ("Minimum", "1er quartile", "Médiane", "3e quartile", "Maximum")]
            assert values == summary(known)[1:]
        assert len(known) + int(row["Indéterminés"]) + int(row["Sans objet"]) == len(found.lignes)


@pytest.mark.parametrize(
    ("nom", "distance"),
    [
        ("normandie/2018", F(2, 100)),
        ("cbu/2016", F(15, 100)),
        ("normandie/2019", F(2, 100)),
        ("normandie/2019-volets", F(15, 100)),
    ],
)
def test_who_is_near_the_target(nom: str, distance: F) -> None:
    found = region(nom)
    wide = narrow = 0
    for volet, cible in CIBLES[nom].items():
        s = suffix(found, volet)
        near, far = {}, {}
        for r in found.lignes:
            if not r[f"score_min{s}"]:
                continue
            low, high = number(r[f"score_min{s}"]), number(r[f"score_max{s}"])
            place = "sous la cible" if high < cible else "cible atteinte" if low >= cible else "non tranché"
            if low - cible <= distance and cible - high <= distance:
                near[r["finess"]] = place
            elif high < cible:
                far[r["finess"]] = place
        vue = found.view(distance=distance)
        printed = rows(vue, legend("Près de la cible", found, volet))
        assert {r["FINESS"]: r["Cible"] for r in printed} == near
        below = rows(vue, legend("Plus bas que la cible", found, volet))
        assert {r["FINESS"]: r["Cible"] for r in below} == far
        alone = rows(found.view(distance=F(0)), legend("Près de la cible", found, volet))
        wide, narrow = wide + len(printed), narrow + len(alone)
    assert wide > narrow, "la cohorte n'essaie rien"


@pytest.mark.parametrize("nom", TOUTES)
def test_amounts_add_up(nom: str) -> None:
    found = region(nom)
    vue = found.view()
    seen = F(0)
    for decision in found.politique.decisions.values():
        (table,) = [
            t.table
            for s in vue.sections if s.ancre.startswith("montants-")
            for b in s.blocs
            for t in b.tableaux
            if t.table.colonnes[0] == "Règle" and any(r[0] == (decision.titre or decision.nom) for r in t.table.rangs)
        ]  # fmt: skip
        (row,) = [r for r in table.rangs if r[0] == (decision.titre or decision.nom)]
        certain = [number(r[decision.nom]) for r in found.lignes if r[f"{decision.nom}_certitude"] == "certain"]
        opened = sum(r[f"{decision.nom}_certitude"] == "ouvert" for r in found.lignes)
        assert int(row[1]) == sum(v > 0 for v in certain)
        assert int(row[2]) == opened
        assert int(row[1]) + int(row[2]) + int(row[3]) == len(found.lignes)
        assert number(row[4]) == sum(certain, F(0))
        assert (row[5] == "le même") is (opened == 0)
        seen += sum(certain, F(0))
    assert seen or nom == "biosimilaires/2019", "la cohorte n'essaie rien"


@pytest.mark.parametrize("nom", TOUTES)
def test_each_establishment_has_its_amount(nom: str) -> None:
    found = region(nom)
    vue = found.view()
    for section in (s for s in vue.sections if s.ancre.startswith("montants-")):
        rules = section.blocs[0].tableaux[0].table.rangs
        mine = [d for d in found.politique.decisions.values() if (d.titre or d.nom) in {r[0] for r in rules}]
        expected = {}
        for r in found.lignes:
            amounts = [number(r[d.nom]) for d in mine if r[f"{d.nom}_certitude"] == "certain"]
            vague = any(r[f"{d.nom}_certitude"] == "ouvert" for d in mine)
            if vague or sum(amounts, F(0)):
                expected[r["finess"]] = None if vague else sum(amounts, F(0))
        printed = rows(vue, f"{section.titre}, par établissement")
        assert {r["FINESS"] for r in printed} == set(expected)
        for row in printed:
            text = next(reversed(row.values()))
            if expected[row["FINESS"]] is not None:
                assert number(text) == expected[row["FINESS"]]
            else:
                assert text.startswith(("entre ", "au moins ", "non chiffrable"))


@pytest.mark.parametrize("nom", TOUTES)
def test_steps_count_each_establishment_once(nom: str) -> None:
    found = region(nom)
    printed = {r["Étape"]: r for r in rows(found.view(), "Étapes")}
    assert int(printed["Retours reçus"]["Établissements"]) == len(found.lignes)
    for piece in found.politique.pieces.values():
        row = printed[f"Pièce due : {piece.titre or piece.nom}"]
        assert int(row["Établissements"]) == sum(r[piece.nom] == "oui" for r in found.lignes)
    for way, label in ((False, "Montant encouru"), (True, "Montant proposé en leur faveur")):
        mine = [d.nom for d in found.politique.decisions.values() if d.en_faveur is way]
        if not mine:
            assert label not in printed
            continue
        sums = [sum((number(r[n]) for n in mine if r[f"{n}_certitude"] == "certain"), F(0)) for r in found.lignes]
        assert int(printed[label]["Établissements"]) == sum(v > 0 for v in sums)


@pytest.mark.parametrize("nom", TOUTES)
def test_activities_are_counted_one_by_one(nom: str) -> None:
    found = region(nom)
    vue = found.view()
    labels = {sector_label(s): s.nom for s in found.politique.secteurs.values()}
    for volet in scored(found.politique):
        blocs = [b for s in vue.sections if s.ancre == "activites" for b in s.blocs if b.figures]
        tables = [b.tableaux[0].table for b in blocs if b.titre == volet_title(volet, found.politique)]
        for row in (r for t in tables for r in t.rangs):
            mine = [r for r in found.lignes if labels[row[0]] in r["secteurs"].split("+")]
            known = sorted(number(r[f"score{suffix(found, volet)}"]) for r in mine if r[f"score{suffix(found, volet)}"])
            assert (int(row[1]), int(row[2])) == (len(mine), len(known))
            if known:
                assert number(row[3]) == known[0] and number(row[7]) == known[-1]
                if "≈" not in row[5]:
                    assert number(row[5]) == summary(known)[3]
    for way, head in ((False, "Montants encourus"), (True, "Montants proposés en faveur des établissements")):
        noms = [d.nom for d in found.politique.decisions.values() if d.en_faveur is way]
        for line in rows(vue, f"{head}, par activité"):
            mine = [r for r in found.lignes if labels[line["Activité"]] in r["secteurs"].split("+")]
            sums = [sum((number(r[n]) for n in noms if r[f"{n}_certitude"] == "certain"), F(0)) for r in mine]
            assert number(line["Total certain"]) == sum(sums)
            assert int(line["Avec un montant certain"]) == sum(v > 0 for v in sums)


@pytest.mark.parametrize("nom", ["normandie/2022", "cbu/2016", "national/2020"])
def test_indicators_are_counted(nom: str) -> None:
    found = region(nom)
    printed = {r["Indicateur"]: r for r in rows(found.view(), "Indicateurs")}
    for indicateur in found.politique.indicateurs.values():
        row = printed[indicateur.titre or indicateur.nom]
        seen = Counter(r[f"{indicateur.nom}_atteint"] for r in found.lignes)
        assert (int(row["Cible atteinte"]), int(row["Non atteinte"])) == (seen["oui"], seen["non"])
        others = sum(int(row[h]) for h in ("Indéterminé", "Mesuré, sans cible", "Sans objet"))
        assert others == len(found.lignes) - seen["oui"] - seen["non"]


def test_what_is_missing_is_counted() -> None:
    found = region("normandie/2018")
    seen = Counter(key for r in found.lignes for key in r["manquants"].split(", ") if key)
    printed = rows(found.view(), "Ce qui manque le plus")
    assert sorted(int(r["Manque à"]) for r in printed) == sorted(seen.values())
    assert len(rows(found.view(), "Ce qu'il faut demander à chacun")) == sum(bool(r["manquants"]) for r in found.lignes)
