"""Columns of results: none hides another, each volet has its own, and every format holds what is long or large."""

from __future__ import annotations

import csv
import io
import json
from fractions import Fraction

import openpyxl
import pyarrow
import pytest
from exchange_kit import ENTETE, POLITIQUE, A, B, codes, compiled, essai, read_text
from pyarrow import parquet

from caqes_dsl.base.diagnostics import Diagnostic
from caqes_dsl.evaluation.explain import evaluate
from caqes_dsl.exchange.cohort import Cohorte, Ecarte
from caqes_dsl.exchange.read import read_bytes_as, read_rows
from caqes_dsl.exchange.write import write_results
from caqes_dsl.model.nodes import Politique

WHO: dict[str, object] = {"finess": A, "exercice": 2018, "secteurs": "MCO"}
SOUND: dict[str, object] = {**WHO, "C1": "R", "C2": "R", "lits": 100, "occupes": 40, "produits": 100_000}
"""2 points and 1 point obtained, 0 of 3 for C3: a score of one half, 3 points under the target."""


def written(politique: Politique, cohorte: Cohorte, suffixe: str) -> bytes:
    results = [evaluate(politique, e) for e in cohorte.etablissements]
    found = write_results(politique, results, cohorte, suffixe=suffixe, version="1")
    assert isinstance(found, bytes), found
    return found


def in_json(politique: Politique, *rows: dict[str, object]) -> list[dict[str, str | None]]:
    found: list[dict[str, str | None]] = json.loads(written(politique, read_rows(politique, list(rows)), ".json"))[
        "resultats"
    ]
    return found


def in_csv(politique: Politique, *rows: dict[str, object]) -> list[dict[str, str]]:
    text = written(politique, read_rows(politique, list(rows)), ".csv").decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";"))


def test_the_same_figures_in_each_format() -> None:
    (person,), (program,) = in_csv(essai(), SOUND), in_json(essai(), SOUND)
    assert (person["points"], person["score"], person["ecart"], person["financiere"]) == (
        "3",
        "50 %",
        "3 pt",
        "1000,00",
    )
    assert (program["points"], program["score"], program["ecart"], program["financiere"]) == (
        "3",
        "0.5",
        "3",
        "1000.00",
    )
    data = written(essai(), read_rows(essai(), [SOUND]), ".xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(data))["Résultats"]
    headings = [c.value for c in sheet[3]]
    cell = {h: sheet.cell(4, k + 1) for k, h in enumerate(headings)}
    assert (cell["finess"].value, cell["finess"].number_format) == (A, "@")
    assert (cell["score"].value, cell["score"].number_format) == (0.5, "0%")
    assert (cell["ecart"].value, cell["ecart"].number_format) == (3, '0" pt"')
    assert (cell["financiere"].value, cell["financiere"].number_format) == (1000, "#,##0.00 €")
    assert "projet" in str(sheet["A1"].value)
    legend = openpyxl.load_workbook(io.BytesIO(data))["Légende"]
    assert [r[0].value for r in legend.iter_rows(min_row=2)] == headings


def test_a_negative_number_stays_a_number_where_a_text_is_made_harmless() -> None:
    politique = compiled(POLITIQUE + "calcul perte « Perte » : montant\n  0 € - produits\n")
    (line,) = in_csv(politique, {**SOUND, "raison_sociale": "-1+1"})
    assert (line["perte"], line["raison_sociale"]) == ("-100000,00", "'-1+1")


def test_a_declaration_never_hides_a_column() -> None:
    politique = compiled(
        POLITIQUE
        + "calcul empreinte « Empreinte carbone » : entier\n  lits\n"
        + "calcul score_usage « Autre score » : taux\n  score\n"
        + "calcul financiere_motif « Motif » : entier\n  occupes\n"
    )
    (line,) = in_json(politique, SOUND)
    assert line["empreinte"] == politique.empreinte and line["empreinte_calcul"] == "100"
    assert (line["score_usage"], line["score_usage_calcul"]) == ("0.5", "0.5")
    assert line["financiere_motif"] == "40" and line["financiere_decision"] == "1000.00"
    assert line["financiere_decision_certitude"] == "certain"


def test_with_two_volets_each_has_its_own_and_the_whole_is_empty() -> None:
    politique = compiled(
        POLITIQUE.replace("calcul ecart « Écart à la cible » : écart\n  max(cible - score ; 0 pt)\n", "")
        .replace("si score < cible", "si score(usage) < 53 %")
        .replace(
            "sanction financiere",
            "volet second « Second »\ncritère D1 « Suivi »\n  poids 4 points\n  secteurs tous\n\nsanction financiere",
        )
    )
    (line,) = in_json(politique, {**SOUND, "D1": "PR"})
    assert [line[c] for c in ("points", "points_applicables", "score", "score_min", "score_max")] == [None] * 5
    assert (line["points_usage"], line["points_applicables_usage"], line["score_usage"]) == ("3", "6", "0.5")
    assert (line["points_second"], line["points_applicables_second"], line["score_second"]) == ("2", "4", "0.5")
    assert (line["score_min_second"], line["score_max_second"]) == ("0.5", "0.5")


def test_the_amount_retained_stands_beside_the_amount_at_stake() -> None:
    retained: dict[str, object] = {**SOUND, "financiere_retenu": 250, "financiere_motif": "première année"}
    first, second = in_csv(essai(), retained, {**SOUND, "finess": B})
    assert (first["financiere"], first["financiere_retenu"], first["financiere_motif"]) == (
        "1000,00", "250,00", "première année",
    )  # fmt: skip
    assert (second["financiere_retenu"], second["financiere_motif"]) == ("", "")
    assert "financiere_retenu" not in in_csv(essai(), SOUND)[0]


def test_results_keep_the_order_of_the_file_refused_rows_included() -> None:
    rows = [{**WHO, "lits": "x"}, {**WHO, "finess": B}]
    assert [(r["finess"], r["statut"]) for r in in_csv(essai(), *rows)] == [(A, "a_corriger"), (B, "indetermine")]
    assert [(r["finess"], r["statut"]) for r in in_csv(essai(), *reversed(rows))] == [
        (B, "indetermine"),
        (A, "a_corriger"),
    ]


def test_many_reasons_fit_in_a_cell() -> None:
    reasons = tuple(
        Diagnostic("CAQ604", "« x » n'est pas lisible " * 200, lieu=f"ligne 2, colonne c{n}") for n in range(99)
    )
    aside = Cohorte(2018, (), (Ecarte(A, "", 2018, ("MCO",), "f.csv, ligne 2", reasons),), reasons)
    text = written(essai(), aside, ".csv").decode("utf-8-sig")
    assert text.count("n'est pas lisible") == 10 * 200 and "et 89 autres" in text
    book = openpyxl.load_workbook(io.BytesIO(written(essai(), aside, ".xlsx")))
    shown = [c.value for c in book["Résultats"][4] if isinstance(c.value, str) and "lisible" in c.value]
    assert [len(s) for s in shown] == [32_767] and shown[0].endswith("…")


@pytest.mark.parametrize(("places", "kind"), [(12, pyarrow.decimal128(38, 12)), (36, pyarrow.string())])
def test_parquet_holds_decimals_or_says_them_as_text(places: int, kind: object) -> None:
    politique = compiled(POLITIQUE + "calcul cube « Cube » : décimal\n  indice × indice × indice\n")
    small = Fraction(1, 10 ** (places // 3))
    cohorte = read_rows(politique, [{**SOUND, "indice": small}, {**SOUND, "finess": B, "indice": 10**8}])
    table = parquet.read_table(io.BytesIO(written(politique, cohorte, ".parquet")))
    assert table.schema.field("cube").type == kind
    assert [Fraction(str(v)) for v in table["cube"].to_pylist()] == [small**3, Fraction(10**24)]


def test_the_receipt_names_what_was_read_and_applied() -> None:
    data = f"finess;exercice;secteurs\n{A};2018;MCO\n{B};2018;ABC\n".encode()
    cohorte = read_bytes_as(essai(), data, "retours.csv")
    whole = json.loads(written(essai(), cohorte, ".json"))
    assert whole["recu"]["donnees"] == {"fichier": "retours.csv", "sha256": cohorte.sha256}
    assert (whole["recu"]["etablissements"], whole["recu"]["a_corriger"]) == ("1", "1")
    assert (whole["recu"]["empreinte_sens"], whole["recu"]["exercice"]) == (essai().empreinte_sens, "2018")
    assert [d["code"] for d in whole["diagnostics"]] == codes(cohorte.diagnostics) == ["CAQ611"]


def test_a_heading_without_end_is_cut_where_it_is_said() -> None:
    cohorte = read_text(f"{ENTETE};{'colonne ' * 30}\n{A};2018;MCO;1\n")
    (found,) = [d for d in cohorte.diagnostics if d.code == "CAQ617"]
    assert "« colonne colonne" in found.message and "…" in found.message and len(found.message) < 130
