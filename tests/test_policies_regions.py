"""The other shipped policies: figures typed from their sources, and what regional files may not do."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import date
from fractions import Fraction as F
from pathlib import Path

import pytest

from caqes_dsl.base.diagnostics import Diagnostic, Severite
from caqes_dsl.base.quantities import Valeur
from caqes_dsl.documents.render import render_annexe
from caqes_dsl.evaluation.explain import evaluate
from caqes_dsl.evaluation.facts import Etablissement
from caqes_dsl.evaluation.trace import Resultat
from caqes_dsl.model.nodes import Politique
from caqes_dsl.pipeline import compile_path

POLICIES = Path(__file__).resolve().parent.parent / "policies"
NEW = ("national/2020", "normandie/2019", "normandie/2019-volets", "normandie/2022", "cbu/2016", "biosimilaires/2019")


def policy(name: str) -> Politique:
    found = compile_path(POLICIES / f"{name}.caqes").politique
    assert found is not None, name
    return found


def value(politique: Politique, parametre: str, day: date) -> Valeur:
    dated = [v for v in politique.parametres[parametre].valeurs if v.a_compter_du <= day]
    return dated[-1].valeur


def hospital(
    now: Mapping[str, Valeur], before: Mapping[str, Valeur] | None = None, *, year: int = 2022, sectors: str = "MCO"
) -> Etablissement:
    passes = {year - 1: Etablissement("x", exercice=year - 1, faits=dict(before or {}))}
    return Etablissement("x", exercice=year, secteurs=tuple(sectors.split()), faits=dict(now), passes=passes)


def amount(result: Resultat, decision: str) -> F | None:
    return result.decisions[decision].montant


def regional(tmp_path: Path, frame: str, text: str) -> list[Diagnostic]:
    """The errors of a regional file written beside the national ones."""
    root = tmp_path / "policies"
    for part in ("national", "essai"):
        (root / part).mkdir(parents=True, exist_ok=True)
    (root / "national" / "cadre.caqes").write_bytes((POLICIES / "national" / frame).read_bytes())
    header = "caqes 1\npolitique essai « Essai »\n  reprend « ../national/cadre.caqes »\n  région « Essai »\n"
    path = root / "essai" / "essai.caqes"
    path.write_text(header + text, encoding="utf-8")
    return [d for d in compile_path(path).diagnostics if d.is_error]


# ---------------------------------------------------------------- every policy


@pytest.mark.parametrize("name", NEW)
def test_nothing_but_notes(name: str) -> None:
    found = compile_path(POLICIES / f"{name}.caqes")
    assert found.politique is not None
    assert [d.message for d in found.diagnostics if d.severite is not Severite.NOTE] == []


@pytest.mark.parametrize("name", NEW)
def test_everything_has_a_source(name: str) -> None:
    politique = policy(name)
    declared = [
        *politique.secteurs.values(), *politique.niveaux.values(), *politique.donnees.values(),
        *politique.parametres.values(), *politique.criteres.values(), *politique.indicateurs.values(),
        *politique.calculs.values(), *politique.baremes.values(), *politique.decisions.values(),
        *politique.pieces.values(), *politique.volets.values(), *politique.chapitres.values(),
        *[p for p in politique.proprietes if p.limite],
    ]  # fmt: skip
    assert politique.source and [d.nom for d in declared if not d.source and d.nom != "NC"] == []
    assert all(v.source or p.source for p in politique.parametres.values() for v in p.valeurs)


@pytest.mark.parametrize("name", NEW)
def test_the_annexe_prints(name: str) -> None:
    politique = policy(name)
    page = render_annexe(politique, "html").decode()
    assert politique.titre.split(",")[0].replace("'", "’") in page.replace("\u00a0", " ")


# ---------------------------------------------------------------- national/2020


def test_figures_of_the_reform() -> None:
    """Printed: 20 à 30 %, 12,5 M€, pas inférieur de plus de 30 %, 50 % en deçà du tarif, 5 ans."""
    politique = policy("national/2020")
    day = date(2022, 7, 1)
    typed = {
        "part_min": F(20, 100),
        "part_max": F(30, 100),
        "enveloppe_fir": F(12_500_000),
        "part_min_volume": F(70, 100),
        "abattement_max": F(50, 100),
    }
    assert {nom: value(politique, nom, day) for nom in typed} == typed
    assert [v.nom for v in politique.volets.values()] == ["produits", "organisation", "pertinence"]
    assert not politique.decisions_de("sanction")
    for part in (
        p for p in politique.parametres if p.startswith("part_") and p.removeprefix("part_") in politique.indicateurs
    ):
        share = value(politique, part, day)
        assert isinstance(share, F) and F(20, 100) <= share <= F(30, 100)
        assert "hypothèse" in politique.parametres[part].source


def test_refusing_to_sign_costs_one_percent_and_never_a_cent_more() -> None:
    politique = policy("normandie/2022")
    for cents in (0, 1, 49, 50, 51, 149, 150, 151, 15_050, 100_000_000, 4_099_999_950):
        receipts = F(cents, 100)
        result = evaluate(politique, hospital({"refus_de_signer": True, "produits_am": receipts}))
        penalty = amount(result, "refus")
        assert penalty is not None and penalty <= receipts / 100 and receipts / 100 - penalty < F(1, 100)
    signed = evaluate(politique, hospital({"refus_de_signer": False}))
    assert amount(signed, "refus") == 0, "sans refus, les produits manquants ne changent rien"


@pytest.mark.parametrize(
    ("last", "wanted", "done", "years", "cap", "excess", "cut"),
    [
        (1000, 600, 900, 2, 700, 200, 5000),
        (1000, 700, 900, 2, 700, 200, 5000),
        (1000, 950, 900, 2, 950, 0, 0),
        (1001, 0, 801, 2, 701, 100, 2500),
        (1000, 600, 900, 1, 700, 200, 0),
        (1000, 600, 700, 5, 700, 0, 0),
    ],
)
def test_over_use(last: int, wanted: int, done: int, years: int, cap: int, excess: int, cut: int) -> None:
    """The cap keeps 70 % of last year; the tariff of 100 € loses 25 % (hypothèse) beyond it, after two years."""
    facts = {
        "volume_derniere_annee": F(last), "volume_fixe": F(wanted), "volume_actes": F(done),
        "annees_depuis_saisine": F(years), "tarif_national": F(100),
    }  # fmt: skip
    found = evaluate(policy("normandie/2022"), hospital(facts)).calculs
    assert [found[n].valeur for n in ("volume_maximum", "excedent", "abattement")] == [cap, excess, cut]


def test_a_region_writes_no_sanction_after_2020(tmp_path: Path) -> None:
    text = """  exercice 2022
niveau R « Réalisé » donne 100 %
niveau NR « Non réalisé » donne 0 %
volet v « V » cible 50 %
critère C1 « Un » poids 1 point secteurs tous
sanction s « Retour de la sanction » si score < cible montant 0,1 % × produits_am arrondi à 0,01 €
"""
    (refused,) = regional(tmp_path, "2020.caqes", text)
    assert refused.code == "CAQ404" and "Aucune sanction" in refused.message and "« s »" in refused.message
    assert refused.span is not None and refused.span.source.nom.endswith("cadre.caqes")
    _, other = refused.etiquettes
    assert other.span.source.nom.endswith("essai.caqes") and other.span.ligne == 10


def test_a_region_does_not_pass_one_percent(tmp_path: Path) -> None:
    text = """  exercice 2018
volet v « V » cible 50 %
critère C1 « Un » poids 1 point secteurs tous
sanction s « Deux pour cent » si score < cible montant 2 % × produits_am arrondi à 0,01 €
"""
    (refused,) = regional(tmp_path, "2017.caqes", text)
    assert refused.code == "CAQ404" and "Pas plus de 1 % des produits" in refused.message
    witness = refused.message.replace("\u00a0", " ").replace("\u202f", " ")
    assert "produits_am = 1 000 000 €" in witness and "20 000 € contre 10 000 €" in witness
    assert "exemple « Contre-exemple »" in refused.aide


def test_two_sanctions_within_one_percent_each_pass_it_together(tmp_path: Path) -> None:
    text = """  exercice 2018
volet v « V » cible 50 %
critère C1 « Un » poids 1 point secteurs tous
sanction s « Un pour cent » si score < cible montant 1 % × produits_am plafond 1 % × produits_am arrondi à 0,01 €
sanction t « Un pour mille » si score < cible montant 0,1 % × produits_am arrondi à 0,01 €
"""
    (refused,) = regional(tmp_path, "2017.caqes", text)
    assert refused.code == "CAQ404" and "tous volets confondus" in refused.message


@pytest.mark.parametrize(
    ("change", "limite"),
    [
        ("modifie paramètre part_ipp 10 % à compter du 01/07/2022 source « Essai »", "Entre 20 et 30 %"),
        ("modifie paramètre taux_abattement 60 % à compter du 01/07/2022 source « Essai »", "50 % du tarif"),
    ],
)
def test_a_free_parameter_stays_within_the_limits(tmp_path: Path, change: str, limite: str) -> None:
    exemples = """
exemple « Économie » avec contrat_ipp = oui avec depenses_ipp N-1 = 1 000 € avec depenses_ipp = 500 €
  attendu economie_ipp = 500 €
exemple « Sur-recours » avec volume_derniere_annee = 100 avec volume_fixe = 70 avec volume_actes = 90
  avec annees_depuis_saisine = 2 avec tarif_national = 100 € attendu excedent = 20
"""
    (refused,) = regional(
        tmp_path, "2020.caqes", f"  exercice 2022\n  vigueur du 01/07/2022 au 30/06/2025\n{change}{exemples}"
    )
    assert refused.code == "CAQ404" and limite in refused.message


@pytest.mark.parametrize(
    "change",
    [
        "modifie paramètre part_max 40 % à compter du 01/07/2022 source « Essai »",
        "modifie paramètre part_min_volume 50 % à compter du 01/07/2022 source « Essai »",
        "modifie calcul abattement 0 €",
        "modifie intéressement national_ipp montant 50 % × economie_ipp",
        "supprime limite sans_sanction motif « Essai »",
    ],
)
def test_what_the_limits_read_is_frozen(tmp_path: Path, change: str) -> None:
    (refused,) = regional(tmp_path, "2020.caqes", f"  exercice 2022\n  vigueur du 01/07/2022 au 30/06/2025\n{change}\n")
    assert refused.code == "CAQ513"


@pytest.mark.parametrize(("end", "longer"), [("30/06/2027", False), ("01/07/2027", True)])
def test_a_contract_lasts_five_years_at_most(tmp_path: Path, end: str, longer: bool) -> None:
    found = regional(tmp_path, "2020.caqes", f"  exercice 2022\n  vigueur du 01/07/2022 au {end}\n")
    assert {d.code for d in found} == ({"CAQ214"} if longer else set())


@pytest.mark.parametrize("year", [2022, 2023, 2024, 2025])
def test_the_contract_is_read_for_each_of_its_years(year: int) -> None:
    found = compile_path(POLICIES / "normandie" / "2022.caqes", exercice=year)
    assert found.politique is not None and found.politique.exercice == year
    assert compile_path(POLICIES / "normandie" / "2022.caqes", exercice=2026).politique is None


# ---------------------------------------------------------------- normandie/2019


def test_the_amendment_is_small() -> None:
    text = (POLICIES / "normandie" / "2019.caqes").read_text(encoding="utf-8")
    assert len(text.splitlines()) < 40
    old, new = policy("normandie/2018"), policy("normandie/2019")
    assert set(old.criteres) - set(new.criteres) == {"C79"} and set(new.criteres) <= set(old.criteres)
    changed = [n for n, c in new.criteres.items() if c.table != old.criteres[n].table]
    assert changed == ["C31"]
    assert sum(c.poids for c in new.criteres.values()) == F(209, 2)
    in_had = [c.poids for c in new.criteres.values() if "HAD" in c.secteurs]
    assert (len(new.criteres), len(in_had), sum(in_had)) == (87, 50, F(123, 2))


@pytest.mark.parametrize(("beds", "level"), [(60, "R"), (59, "PR"), (30, "PR"), (29, "NR")])
def test_thresholds_of_2019(beds: int, level: str) -> None:
    facts = {"lits": F(100), "lits_lap": F(beds)}
    assert evaluate(policy("normandie/2019"), hospital(facts, year=2019)).criteres["C31"].niveau == level


@pytest.mark.parametrize(("name", "year", "due"), [("2018", 2018, False), ("2019", 2019, True)])
def test_devices_at_3_3_percent_flip_between_years(name: str, year: int, due: bool) -> None:
    """5,8 % in 2018, 3 % in 2019: + 3,3 % is respected, then is not."""
    before: dict[str, Valeur] = {
        "depenses_phev": F(1000), "depenses_les_medicaments": F(1000), "depenses_les_dispositifs": F(1000)
    }  # fmt: skip
    now = {**before, "depenses_les_dispositifs": F(1033), "taux_generiques": F(1, 2)}
    result = evaluate(policy(f"normandie/{name}"), hospital(now, before, year=year))
    assert result.pieces["argumentaire"].valeur is due


def test_progress_is_judged_on_the_same_grid() -> None:
    """50 beds of 100 equipped in both years: R under the grid of 2018, PR under that of 2019, so no progress."""
    politique = policy("normandie/2019")
    answers = {n: "NR" for n, c in politique.criteres.items() if c.mesure is None and "MCO" in c.secteurs}
    facts: dict[str, Valeur] = {d: F(0) for d in politique.donnees}
    facts |= {"lits": F(100), "lits_lap": F(50), "produits_am": F(1_000_000)}
    before = Etablissement("x", exercice=2018, secteurs=("MCO",), reponses=answers, faits=facts)
    now = Etablissement("x", "", 2019, ("MCO",), answers, {}, facts, enregistres={}, passes={2018: before})
    result = evaluate(politique, now)
    assert result.score_global.score == F(1, 100) and result.calculs["dynamique"].valeur is False
    # 57 points under 58 %: 29 tranches of 2 points, 0,01 % each.
    assert amount(result, "financiere") == 2900


# ---------------------------------------------------------------- volets additionnels


@pytest.mark.parametrize(
    ("before", "now", "outside"),
    [(600_000, 613_200, False), (600_000, 613_201, True), (480_000, 500_000, False), (480_000, 500_001, True)],
)
def test_transports(before: int, now: int, outside: bool) -> None:
    """+2,2 % and 500 000 € (arrêté of 12 December 2018), joined by « et » as a hypothesis."""
    politique = policy("normandie/2019-volets")
    day = date(2019, 1, 1)
    assert value(politique, "taux_max_transports", day) == F(22, 1000)
    assert value(politique, "seuil_transports", day) == 500_000
    facts = hospital({"depenses_transports": F(now)}, {"depenses_transports": F(before)}, year=2019)
    assert evaluate(politique, facts).calculs["hors_referentiel"].valeur is outside
    assert "hypothèse : les deux à la fois" in politique.calculs["hors_referentiel"].source


@pytest.mark.parametrize(
    ("spent", "score", "sanction"),
    [((600_000, 615_000, 620_000), F(60, 100), 0), ((600_000, 615_000, 650_000), F(0), 100),
     ((600_000, 610_000, 650_000), None, 0)],
)  # fmt: skip
def test_transports_are_targeted_on_the_year_before(
    spent: tuple[int, int, int], score: F | None, sanction: int
) -> None:
    """+2,5 % in 2018 for 615 000 €: the volet opens in 2019. +1,7 %: it stays closed, whatever 2019 brings."""
    passes = {
        year: Etablissement("x", exercice=year, faits={"depenses_transports": F(paid)})
        for year, paid in zip((2017, 2018), spent, strict=False)
    }
    facts: dict[str, Valeur] = {"depenses_transports": F(spent[2]), "produits_am": F(1_000_000)}
    now = Etablissement("x", "", 2019, ("MCO",), {"T2": "NR", "T3": "NR"}, {}, facts, passes=passes)
    result = evaluate(policy("normandie/2019-volets"), now)
    assert result.scores["transports"].score == score and amount(result, "sanction_transports") == sanction


def test_three_risks() -> None:
    """Printed: médicamenteux D3.1, infectieux ICALIN2, rupture de parcours DEC."""
    politique = policy("normandie/2019-volets")
    found = [c.titre for c in politique.criteres.values() if c.volet == "qualite"]
    for title, words in zip(
        found, (("médicamenteux", "D3.1"), ("infectieux", "ICALIN2"), ("rupture de parcours", "DEC")), strict=True
    ):
        assert all(word in title for word in words)


# ---------------------------------------------------------------- biosimilaires/2019


def test_grant_over_volume_and_rate_is_the_remuneration() -> None:
    """AC-7: 30,00 €, 1,15 € and 31,30 €, to the cent, whatever the volume and the rate."""
    politique = policy("biosimilaires/2019")
    chance = random.Random(2019)
    for nom, paid in (("etanercept", F(3000, 100)), ("glargine", F(115, 100)), ("adalimumab", F(3130, 100))):
        assert value(politique, f"remuneration_{nom}", date(2019, 1, 1)) == paid
        for _ in range(40):
            boxes = chance.randint(1, 5000)
            bio, volume = chance.randint(0, boxes), F(chance.randint(0, 500_000), 100)
            facts: dict[str, Valeur] = {
                "caqes_signe": True, f"experimentation_{nom}": False, f"volume_{nom}": volume,
                f"boites_{nom}": F(boxes), f"boites_biosimilaires_{nom}": F(bio),
            }  # fmt: skip
            result = evaluate(politique, hospital(facts, year=2019, sectors=""))
            rate, grant = result.calculs[f"taux_{nom}"].valeur, amount(result, f"dotation_{nom}")
            assert isinstance(rate, F) and 0 <= rate <= 1 and grant is not None
            assert abs(grant - volume * rate * paid) <= F(1, 200)
            if volume * rate >= 1:
                assert abs(grant / (volume * rate) - paid) <= F(1, 200)
