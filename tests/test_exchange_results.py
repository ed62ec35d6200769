"""Results written: columns of the contract, conventions of each reader, exact numbers, the same bytes each time."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction as F
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow
import pytest
from exchange_cases import A, B, codes, essai, one, read
from pyarrow import parquet

from caqes_dsl.evaluation.explain import evaluate
from caqes_dsl.exchange.cohort import Cohorte
from caqes_dsl.exchange.read import read_rows
from caqes_dsl.exchange.write import write_results

COLUMNS = (
    "finess raison_sociale exercice secteurs statut points points_applicables score score_min score_max score_v part "
    "financiere financiere_certitude note manquants motifs_rejet politique empreinte version statut_politique"
).split()
SOUND: Mapping[str, object] = {
    "finess": A,
    "raison_sociale": "Clinique",
    "exercice": 2018,
    "secteurs": "MCO",
    "C1": "PR",
    "C2": "NC",
    "C2_motif": "pas de pharmacie",
    "generiques": Decimal("0.1"),
    "lits": 10,
    "produits": Decimal("1234.5"),
}


def rows(*changes: Mapping[str, object], **options: Any) -> Cohorte:
    return read_rows(essai(), [{**SOUND, **c} for c in changes], **options)


def written(cohorte: Cohorte, suffixe: str) -> bytes:
    results = [evaluate(essai(), e) for e in cohorte.etablissements]
    found = write_results(essai(), results, cohorte, suffixe=suffixe, version="1")
    assert isinstance(found, bytes)
    return found


def repr_short(value: object) -> str:
    """A name for a case; an integer of five thousand digits has no decimal writing in Python."""
    return hex(value)[:8] if isinstance(value, int) else str(value)[:8]


def lines(cohorte: Cohorte) -> list[dict[str, str]]:
    text = written(cohorte, ".csv").decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";"))


def test_csv_is_what_a_french_spreadsheet_opens() -> None:
    """C1 gives 1 of 2 points, C2 does not count, C3 gives 0 of 5: 1/7. 1 % of 1 234,50 € is 12,345 €: 12,35 €."""
    data = written(rows({}), ".csv")
    assert data.startswith(b"\xef\xbb\xbf") and data.count(b"\n") == data.count(b"\r\n") == 2
    assert data.decode("utf-8-sig").partition("\r\n")[0] == ";".join(COLUMNS)
    (line,) = lines(rows({}))
    assert (line["statut"], line["points"], line["points_applicables"]) == ("complet", "1", "7")
    assert line["score"] == "≈ 14,2857 %"
    assert (line["financiere"], line["financiere_certitude"], line["note"]) == ("12,35", "certain", "oui")
    assert line["statut_politique"] == "projet" and line["empreinte"] == essai().empreinte


@pytest.mark.parametrize("text", ["=cmd|'/c calc'!A1", "+1", "-x", "@x", "＝1+1"])
def test_no_text_runs_as_a_formula(text: str) -> None:
    cohorte = rows({"raison_sociale": text})
    assert lines(cohorte)[0]["raison_sociale"] == f"'{text}"
    sheet = openpyxl.load_workbook(io.BytesIO(written(cohorte, ".xlsx")))["Résultats"]
    assert (sheet["B4"].value, sheet["B4"].data_type) == (text, "s")
    assert json.loads(written(cohorte, ".json"))["resultats"][0]["raison_sociale"] == text


def test_json_says_exact_numbers_as_texts() -> None:
    whole = json.loads(written(rows({}), ".json"))
    assert list(whole) == ["recu", "resultats", "diagnostics"]
    (line,) = whole["resultats"]
    assert list(line) == COLUMNS
    assert (line["score"], line["points"], line["financiere"], line["part"]) == ("1/7", "1", "12.35", "10/3")
    assert all(v is None or isinstance(v, str) for v in line.values())
    assert whole["recu"]["statut"] == "projet" and whole["recu"]["empreinte"] == essai().empreinte


def test_json_taux_are_ratios_and_amounts_have_two_decimals() -> None:
    """2 + 3 of 10 points, C3 measured at 10 %: a score of one half."""
    (line,) = json.loads(written(rows({"C1": "R", "C2": "R", "C2_motif": None, "produits": 1000}), ".json"))[
        "resultats"
    ]
    assert (line["score"], line["score_v"], line["financiere"]) == ("0.5", "0.5", "10.00")


def test_parquet_numbers_are_decimals_unless_one_has_no_finite_decimals() -> None:
    table = parquet.read_table(io.BytesIO(written(rows({}, {"finess": B, "C1": "R"}), ".parquet")))
    assert table.column_names == COLUMNS
    assert table.schema.field("financiere").type == pyarrow.decimal128(38, 2)
    assert table["financiere"].to_pylist() == [Decimal("12.35")] * 2
    assert table["score"].to_pylist() == ["1/7", "2/7"]
    receipt = json.loads(table.schema.metadata[b"caqes"])
    assert (receipt["statut"], receipt["etablissements"]) == ("projet", "2")


def test_refused_rows_stay_in_the_results_with_their_reasons() -> None:
    cohorte = rows({"lits": "dix"}, {"finess": B})
    first, second = lines(cohorte)
    assert (first["finess"], first["statut"], first["score"], first["financiere"]) == (A, "a_corriger", "", "")
    assert "« dix » n'est pas un nombre entier" in first["motifs_rejet"]
    assert (second["finess"], second["statut"], second["motifs_rejet"]) == (B, "complet", "")


def test_what_is_missing_is_said_and_no_amount_is_given() -> None:
    """With 10 % unknown, C3 may give 0 or 5 points of 7: the score is between 1/7 and 6/7, on both sides of 60 %."""
    (line,) = json.loads(written(rows({"generiques": None}), ".json"))["resultats"]
    assert (line["statut"], line["score"], line["score_min"], line["score_max"]) == ("indetermine", None, "1/7", "6/7")
    assert (line["financiere"], line["financiere_certitude"], line["note"]) == (None, "ouvert", None)
    assert "generiques" in line["manquants"]


@pytest.mark.parametrize("suffixe", [".csv", ".xlsx", ".json", ".parquet"])
def test_the_same_bytes_whatever_the_hash_seed(suffixe: str) -> None:
    program = (
        "import hashlib, test_exchange_results as t\n"
        f"print(hashlib.sha256(t.written(t.rows({{}}, {{'finess': t.B, 'lits': 'x'}}), {suffixe!r})).hexdigest())\n"
    )
    here = Path(__file__).resolve().parent
    paths = os.pathsep.join([str(here), str(here.parent)])
    seen = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONPATH": paths, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "1")
    }
    assert len(seen) == 1 and len(seen.pop().strip()) == 64


def test_another_ending_is_refused() -> None:
    found = write_results(essai(), [], rows({}), suffixe=".doc", version="1")
    assert not isinstance(found, bytes) and found.code == "CAQ801"


def test_results_of_a_year_feed_the_next_as_past_rows(tmp_path: Path) -> None:
    """Scores written for 2018 are recorded results once 2019 is evaluated; what is computed is not read."""
    cohorte = rows({"C1": "R", "C2": "R", "C2_motif": None})
    text = written(cohorte, ".csv").decode("utf-8-sig")
    header, line = text.split("\r\n")[:2]
    kept = [(h, v) for h, v in zip(header.split(";"), line.split(";"), strict=True) if h != "part"]
    now = [{"finess": A, "exercice": "2019", "secteurs": "MCO"}.get(h, "") for h, _ in kept]
    whole = "\n".join([";".join(h for h, _ in kept), ";".join(v for _, v in kept), ";".join(now)])
    found = read(tmp_path, whole, exercice=2019)
    assert not [d for d in found.diagnostics if d.is_error]
    (hospital,) = found.etablissements
    assert hospital.passes[2018].enregistres["score"] == F(1, 2)
    assert hospital.passes[2018].enregistres["points"] == 5


# Rows given by programs


def test_an_arrow_table_is_read_exactly() -> None:
    table = pyarrow.table(
        {"finess": [A], "exercice": [2018], "secteurs": ["MCO"], "produits": [Decimal("0.10")], "generiques": [0.53]}
    )
    found = read_rows(essai(), table)
    assert codes(found) == []
    assert found.etablissements[0].faits == {"produits": F(1, 10), "generiques": F(53, 100)}


def test_a_column_twice_in_a_table_is_refused() -> None:
    """Made into dicts, the table would keep the last of the two."""
    columns = [pyarrow.array(v) for v in ([A], [2018], ["MCO"], [1], [2])]
    table = pyarrow.Table.from_arrays(columns, names=["finess", "exercice", "secteurs", "lits", "lits"])
    found = read_rows(essai(), table)
    assert codes(found) == ["CAQ622"]


@pytest.mark.parametrize(
    "value", [float("inf"), 10**40, 10**5000, Decimal("1e1000000"), [1, 2], {"a": 1}], ids=repr_short
)
def test_a_value_that_is_no_number_refuses_its_row(value: object) -> None:
    found = rows({"lits": value})
    assert found.etablissements == () and codes(found) == ["CAQ604"]


@pytest.mark.parametrize("texte", ["NA", "na"])
def test_a_choice_named_like_a_missing_word_is_that_choice(texte: str) -> None:
    found = rows({"classe": texte, "urgences": texte})
    assert found.etablissements[0].faits["classe"] == "NA"
    assert codes(found) == ["CAQ615"], "elsewhere the word says that nothing was transmitted"


@pytest.mark.parametrize(("texte", "jours"), [("21", 21), ("3 semaines", 21), ("0 jour", 0)])
def test_a_duration_is_whole(texte: str, jours: int) -> None:
    assert rows({"attente": texte}).etablissements[0].faits["attente"] == jours


@pytest.mark.parametrize("valeur", ["1.5", "0,5 semaine", 1.5])
def test_a_duration_that_is_not_whole_is_refused(valeur: object) -> None:
    found = rows({"attente": valeur})
    assert found.etablissements == ()
    assert "n'est pas une durée entière" in one(found, "CAQ604").message


# Parquet read back


def test_one_flipped_bit_in_parquet_is_refused(tmp_path: Path) -> None:
    table = pyarrow.table({"finess": [A], "exercice": [2018], "secteurs": ["MCO"], "produits": [Decimal("123456.78")]})
    out = io.BytesIO()
    parquet.write_table(
        table, out, write_page_checksum=True, compression="none", use_dictionary=False, write_statistics=False
    )
    data = out.getvalue()
    assert read(tmp_path, data, "f.parquet").etablissements[0].faits == {"produits": F(12345678, 100)}
    place = data.index((12345678).to_bytes(4, "big"))
    bad = data[: place + 3] + bytes([data[place + 3] ^ 1]) + data[place + 4 :]
    found = read(tmp_path, bad, "f.parquet")
    assert found.etablissements == () and "somme de contrôle" in one(found, "CAQ601").message
