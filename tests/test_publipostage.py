"""The mail merge: every number is that of the results, every cell a text, what is not known never a number."""

from __future__ import annotations

import io
import json
import re
from dataclasses import replace
from fractions import Fraction as F
from functools import cache
from typing import Any

import pytest
from completions import HEAD
from courriers_cas import NOMS, Cas, cas

from caqes_dsl.base.diagnostics import Diagnostic
from caqes_dsl.documents.explication import Parties, explication_view
from caqes_dsl.documents.publipostage import EcarteVue, Publipostage, PublipostageVue, field_names, set_aside
from caqes_dsl.documents.publipostage_cellules import Sorte, in_euros
from caqes_dsl.documents.writers.publipostage import FEUILLES, write_publipostage
from caqes_dsl.evaluation.explain import evaluate
from caqes_dsl.evaluation.facts import Etablissement, Retenu
from caqes_dsl.evaluation.trace import Resultat
from caqes_dsl.exchange.cohort import Ecarte
from caqes_dsl.exchange.write import write_results
from caqes_dsl.model.nodes import Politique
from caqes_dsl.pipeline import compile_text

openpyxl = pytest.importorskip("openpyxl")

UNKNOWN = ("indéterminé", "sans objet", "")
UNITS = {"%": F(1, 100), "€": F(1), "point": F(1), "points": F(1), "": F(1)}


def merged(politique: Politique, resultats: list[Resultat], ecartes: tuple[EcarteVue, ...] = ()) -> PublipostageVue:
    table = Publipostage(politique, ("html",))
    for resultat in resultats:
        parts = Parties(resultat)
        table.add(parts, explication_view(parts), {"html": "explications/x.html"})
    return table.view(ecartes)


@cache
def table(nom: str) -> PublipostageVue:
    found = cas(nom)
    return merged(found.politique, found.resultats)


def rows(vue: PublipostageVue) -> list[dict[str, str]]:
    return [dict(zip((c.nom for c in vue.colonnes), row, strict=True)) for row in vue.rangs]


@cache
def results(nom: str) -> list[dict[str, str | None]]:
    """The rows that `caqes evaluer` writes for programs: exact numbers."""
    found = cas(nom)
    whole = write_results(found.politique, found.resultats, found.cohorte, suffixe=".json")
    assert isinstance(whole, bytes)
    read: list[dict[str, str | None]] = json.loads(whole)["resultats"]
    return [r for r in read if r["statut"] != "a_corriger"]


def number(text: str) -> tuple[F, F]:
    """A number in French with its unit, and half its last decimal when it is said to be near."""
    plain = text.replace("\u202f", "").replace("\u00a0", " ").replace("−", "-")
    found = re.fullmatch(r"(≈ )?(-?\d+(?:,(\d+))?) ?(%|€|points? de pourcentage|points?|)", plain)
    assert found is not None, text
    unit = F(1) if "pourcentage" in found[4] else UNITS[found[4]]
    step = unit / 10 ** len(found[3] or "")
    return F(found[2].replace(",", ".")) * unit, step / 2 if found[1] else F(0)


@pytest.mark.parametrize("nom", NOMS)
def test_every_number_is_that_of_the_results(nom: str) -> None:
    mine, theirs = rows(table(nom)), results(nom)
    assert [r["finess"] for r in mine] == [r["finess"] for r in theirs]
    compared = 0
    for row, exact in zip(mine, theirs, strict=True):
        for column in row.keys() & exact.keys():
            value, text = exact[column], row[column]
            if value is None:
                assert text in UNKNOWN or column in ("secteurs", "argumentaire", "proposition"), (column, text)
            elif re.fullmatch(r"-?\d+(\.\d+)?|-?\d+/\d+", value) and column not in ("finess", "exercice", "version"):
                given, margin = number(text)
                assert abs(given - F(value)) <= margin, (column, text, value)
                compared += 1
    assert compared >= 2


@pytest.mark.parametrize("nom", NOMS)
def test_amounts_are_written_with_their_cents_and_their_certainty(nom: str) -> None:
    found = cas(nom)
    for row, resultat in zip(rows(table(nom)), found.resultats, strict=True):
        for name, decision in resultat.decisions.items():
            text, certainty = row[name], row[f"{name}_certitude"]
            if decision.montant is None:
                assert text == "indéterminé" and certainty == "indéterminé"
                assert row[f"{name}_bornes"]
            else:
                whole, cents = divmod(int(decision.montant * 100), 100)
                grouped = f"{whole:,}".replace(",", "\u202f")
                assert text == f"{grouped},{cents:02}\u00a0€"
                assert certainty == ("certain" if decision.certitude == "certain" else row[f"{name}_certitude"])
                assert row[f"{name}_bornes"] == ""
            assert (certainty == "certain") is (decision.certitude == "certain")
            assert bool(row[f"{name}_calcul"]) is (decision.certitude != "impossible")
        for total, way in (("total_encouru", False), ("total_propose", True)):
            mine = [d.montant for n, d in resultat.decisions.items() if found.politique.decisions[n].en_faveur is way]
            if mine and all(m is not None for m in mine):
                assert row[total] == in_euros(sum((m for m in mine if m is not None), F(0)))
            else:
                assert row[total] == ("indéterminé" if mine else "")


@pytest.mark.parametrize("nom", NOMS)
def test_what_is_not_determined_is_said_and_never_a_number(nom: str) -> None:
    for row, resultat in zip(rows(table(nom)), cas(nom).resultats, strict=True):
        if resultat.statut == "indetermine":
            assert row["statut"].startswith("à compléter")
            assert row["manquants"] or row["manquants_ailleurs"]
        else:
            assert row["manquants"] == ""
        if resultat.politique.criteres and resultat.score_global.score is None and "score" in row:
            assert row["score"] in UNKNOWN


@pytest.mark.parametrize("nom", NOMS)
def test_columns_are_fit_for_fields_and_all_documented(nom: str) -> None:
    names = [c.nom for c in table(nom).colonnes]
    assert all(re.fullmatch(r"[a-z][a-z0-9_]{0,39}", n) for n in names), names
    assert len(names) == len(set(names)) <= 255
    assert all(c.titre.strip() for c in table(nom).colonnes)
    asked = {"finess", "raison_sociale", "exercice", "secteurs", "statut", "synthese", "manquants", "observations"}
    assert asked | {"code_de_controle", "fichier_html", "mention", "politique_statut"} <= set(names)


def test_the_step_of_the_scale_is_said_in_words() -> None:
    for row, resultat in zip(rows(table("normandie/2018")), cas("normandie/2018").resultats, strict=True):
        gap = resultat.calculs["ecart"].valeur
        if isinstance(gap, F) and 0 < gap <= F(8, 100):
            bounds = [int(n) for n in re.findall(r"\d+", row["taux_sanction_echelon"])]
            assert len(bounds) == 2 and bounds[0] <= gap * 100 <= bounds[1]


def test_several_volets_have_their_scores_and_targets() -> None:
    found = rows(table("normandie/2019-volets"))[0]
    assert {"score_obligatoire", "cible_obligatoire", "position_obligatoire", "score_qualite"} <= found.keys()


def test_an_amount_retained_stands_beside_the_amount_at_stake() -> None:
    politique = cas("normandie/2018").politique
    at_stake = next(r for r in cas("normandie/2018").resultats if r.decisions["financiere"].montant)
    kept = replace(at_stake.etablissement, retenus={"financiere": Retenu(F(100), "premier écart")})
    row = rows(merged(politique, [evaluate(politique, kept)]))[0]
    before = next(r for r in rows(table("normandie/2018")) if r["finess"] == kept.finess)
    assert row["financiere"] == before["financiere"] != "100,00\u00a0€"
    assert (row["financiere_retenu"], row["financiere_motif"]) == ("100,00\u00a0€", "premier écart")
    assert (before["financiere_retenu"], before["financiere_motif"]) == ("", "")


# ---------------------------------------------------------------- names of columns


def test_names_that_the_merge_has_already_do_not_hide_one_another() -> None:
    text = HEAD + (
        "donnée a « A » : entier\nvolet v « Volet »\ncritère C1 « Critère »\n  poids 1 point\n  secteurs tous\n"
        "calcul mention « M » : entier\n  a + 1\ncalcul synthese « S » : entier\n  a + 2\n"
        "calcul fichier_html « F » : entier\n  a + 3\ncalcul perte_phrase « P » : entier\n  a + 4\n"
        "sanction perte « Perte »\n  montant 10 € × a\n  arrondi à 0,01 €\n"
    )
    politique = compile_text(text).politique
    assert politique is not None
    known = Etablissement("140000100", exercice=2018, secteurs=("MCO",), reponses={"C1": "R"}, faits={"a": F(1)})
    vue = merged(politique, [evaluate(politique, known)])
    row = rows(vue)[0]
    assert len(row) == len(vue.colonnes)
    assert "traitement algorithmique" in row["mention"] and row["fichier_html"] == "explications/x.html"
    values = [row[c.nom] for c in vue.colonnes if c.titre in "MSFP"]
    assert values == ["2", "3", "4", "5"]
    assert row["decision_perte"] == "10,00\u00a0€" and row["perte_phrase"] == "5"


def test_long_names_are_shortened_and_stay_apart() -> None:
    long = "évaluation_de_la_prescription_" + "x" * 60
    names = list(
        field_names([Sorte(f"{long}_a", ""), Sorte(f"{long}_b", ""), Sorte(f"{long}_c", ""), Sorte("Œuvre", "")])
    )
    assert len(set(names)) == 4 and all(len(n) <= 40 for n in names)
    assert names[0].startswith("evaluation_de_la_prescription_") and names[1].endswith("_2")


# ---------------------------------------------------------------- the workbook

HOSTILE = [
    '=HYPERLINK("http://x";"y")',
    "+33 1",
    "-2+3",
    "@SUM(A1)",
    "<b>&amp;</b>{{ 7*7 }}{% for %}",
    "\u202egnp.exe",
    "x" * 1000,
    "＝1+1",
]


def workbook(vue: PublipostageVue) -> Any:
    return openpyxl.load_workbook(io.BytesIO(write_publipostage(vue)))


def test_hostile_names_stay_texts() -> None:
    found = cas("normandie/2018")
    some = [
        replace(r, etablissement=replace(r.etablissement, raison_sociale=name))
        for r, name in zip(found.resultats, HOSTILE, strict=False)
    ]
    sheet = workbook(merged(found.politique, some))[FEUILLES[0]]
    cells = [row[1] for row in sheet.iter_rows(min_row=2)]
    assert [c.value for c in cells[:4]] == HOSTILE[:4] and [c.value for c in cells[6:]] == HOSTILE[6:]
    assert cells[5].value == "gnp.exe"
    assert "{{ 7*7 }}" in cells[4].value and "<b>" in cells[4].value
    assert {c.data_type for row in sheet.iter_rows() for c in row if c.value is not None} == {"s"}
    quoted = [bool(c.quotePrefix) for c in cells]
    assert quoted == [True, True, True, True, False, False, False, True]


def test_the_table_begins_on_the_first_row_and_every_cell_is_a_text() -> None:
    vue = table("normandie/2022")
    book = workbook(vue)
    assert tuple(book.sheetnames) == FEUILLES
    sheet = book[FEUILLES[0]]
    assert [c.value for c in sheet[1]] == [c.nom for c in vue.colonnes]
    read = [tuple(c or "" for c in row) for row in sheet.iter_rows(min_row=2, values_only=True)]
    assert read == [tuple(row) for row in vue.rangs]
    assert {c.number_format for row in sheet.iter_rows() for c in row} == {"@"}
    legend = {row[0]: row[1] for row in book[FEUILLES[1]].iter_rows(min_row=2, values_only=True)}
    assert legend == {c.nom: c.titre for c in vue.colonnes}


def test_rows_set_aside_are_listed_with_every_reason() -> None:
    reasons = tuple(Diagnostic("CAQ604", f"Faute n° {n}.", lieu=f"ligne {n}", aide="Corrigez.") for n in range(15))
    ecartes = [
        Ecarte("140000100", "=1+1", 2018, ("MCO",), "ligne 4", reasons),
        Ecarte("", "Sans numéro", None, (), "ligne 9", ()),
    ]
    found = cas("normandie/2018")
    sheet = workbook(merged(found.politique, found.resultats[:1], tuple(set_aside(ecartes))))[FEUILLES[2]]
    read = list(sheet.iter_rows(min_row=2, values_only=True))
    assert len(read) == 16
    assert [r[0] for r in read] == ["140000100"] * 15 + [None]
    assert [r[5] for r in read[:15]] == [f"Faute n°\u00a0{n}." for n in range(15)]
    assert read[15][1] == "Sans numéro" and read[15][3] == "ligne 9"


def test_a_text_too_long_for_a_cell_is_cut_and_shows_it() -> None:
    found = cas("normandie/2018")
    resultat = found.resultats[0]
    long = replace(resultat, etablissement=replace(resultat.etablissement, raison_sociale="y" * 40_000))
    value = workbook(merged(found.politique, [long]))[FEUILLES[0]]["B2"].value
    assert len(value) == 32_767 and value.endswith("[…]")


def test_the_same_cohort_gives_the_same_bytes() -> None:
    def made(found: Cas) -> bytes:
        return write_publipostage(merged(found.politique, found.resultats[:3]))

    assert made(cas("cbu/2016")) == made(cas("cbu/2016"))
