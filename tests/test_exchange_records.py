"""Rows given by programs, and Parquet: exact numbers, missing values of each library, what is refused."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pyarrow
import pytest
from exchange_kit import A, B, codes, errors, essai, only
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

from caqes_dsl.base.quantities import Valeur
from caqes_dsl.exchange.cohort import Cohorte
from caqes_dsl.exchange.read import read_bytes_as, read_rows
from caqes_dsl.exchange.table import MAX_CELLS

WHO: dict[str, object] = {"finess": A, "exercice": 2018, "secteurs": "MCO"}
NAN = float("nan")


class Pandas:
    """A table that gives its rows as pandas does."""

    def __init__(self, rows: Iterable[dict[str, object]]) -> None:
        self.rows = list(rows)

    def to_dict(self, orient: str) -> list[dict[str, object]]:
        assert orient == "records"
        return self.rows


class Polars:
    """A table that gives its rows as Polars does."""

    def __init__(self, rows: Iterable[dict[str, object]]) -> None:
        self.rows = list(rows)

    def to_dicts(self) -> list[dict[str, object]]:
        return self.rows


class NaTType:
    """The missing date of pandas, known by the name of its type."""


class Scalaire:
    """A number of NumPy: its value by `item`."""

    def __init__(self, value: object) -> None:
        self.value = value

    def item(self) -> object:
        return self.value


def row(**cells: object) -> Cohorte:
    return read_rows(essai(), [{**WHO, **cells}])


def facts(cohorte: Cohorte) -> dict[str, Valeur]:
    assert errors(cohorte) == []
    assert len(cohorte.etablissements) == 1
    return dict(cohorte.etablissements[0].faits)


def stored(columns: dict[str, Any], **options: Any) -> bytes:
    whole = {"finess": [A], "exercice": [2018], "secteurs": ["MCO"], **columns}
    out = io.BytesIO()
    parquet.write_table(pyarrow.table(whole), out, **options)
    return out.getvalue()


def from_parquet(data: bytes) -> Cohorte:
    return read_bytes_as(essai(), data, "f.parquet")


# Rows


@pytest.mark.parametrize("table", [list, Pandas, Polars, lambda rows: pyarrow.Table.from_pylist(rows)])
def test_every_table_gives_the_same_cohort(table: Any) -> None:
    rows = [
        {**WHO, "lits": 12, "taux": 0.53, "C1": "R", "score": None},
        {**WHO, "exercice": 2017, "lits": 11, "score": 0.5},
    ]
    cohorte = read_rows(essai(), table(rows))
    assert cohorte.diagnostics == ()
    (found,) = cohorte.etablissements
    assert (found.faits, found.reponses) == ({"lits": Fraction(12), "taux": Fraction(53, 100)}, {"C1": "R"})
    assert found.passes[2017].enregistres == {"score": Fraction(1, 2)}
    assert found.lieu == "données, ligne 1"


@pytest.mark.parametrize(
    ("cells", "attendu"),
    [
        ({"produits": Decimal("1234.56")}, {"produits": Fraction(123456, 100)}),
        ({"produits": Fraction(1, 3)}, {"produits": Fraction(1, 3)}),
        ({"produits": "1/3"}, {"produits": Fraction(1, 3)}),
        ({"produits": "1234.56"}, {"produits": Fraction(123456, 100)}),
        ({"produits": "1 234,56 €"}, {"produits": Fraction(123456, 100)}),
        ({"taux": "53 %"}, {"taux": Fraction(53, 100)}),
        ({"gain": 2}, {"gain": Fraction(2, 100)}),
        ({"lits": Scalaire(12), "indice": Scalaire(0.5)}, {"lits": Fraction(12), "indice": Fraction(1, 2)}),
        ({"visite": date(2018, 12, 31)}, {"visite": date(2018, 12, 31)}),
        ({"visite": datetime(2018, 12, 31)}, {"visite": date(2018, 12, 31)}),
        ({"chartre": True}, {"chartre": True}),
        ({"lits": None, "taux": "", "visite": NaTType()}, {}),
        ({"secteurs": ["MCO", "SSR"], "lits": 1}, {"lits": Fraction(1)}),
    ],
)
def test_values_of_a_program_are_exact(cells: dict[str, object], attendu: dict[str, Valeur]) -> None:
    cohorte = row(**cells)
    assert facts(cohorte) == attendu
    assert cohorte.diagnostics == ()


def test_a_float_is_read_at_fifteen_digits_and_said() -> None:
    cohorte = row(indice=0.1 + 0.2)
    assert facts(cohorte) == {"indice": Fraction(3, 10)}
    assert "à 15 chiffres" in only(cohorte.diagnostics).message


def test_nan_is_missing_in_pandas_alone() -> None:
    assert facts(read_rows(essai(), Pandas([{**WHO, "lits": NAN, "taux": 0.5}]))) == {"taux": Fraction(1, 2)}
    assert codes(errors(row(lits=NAN))) == ["CAQ604"]
    assert codes(errors(read_rows(essai(), Polars([{**WHO, "lits": NAN}])))) == ["CAQ604"]


@pytest.mark.parametrize(
    ("colonne", "valeur"),
    [
        ("lits", 12.5),
        ("lits", True),
        ("lits", float("-inf")),
        ("lits", Decimal("nan")),
        ("lits", date(2018, 1, 1)),
        ("lits", object()),
        ("lits", b"12"),
        ("taux", 53),
        ("taux", Decimal("1.0001")),
        ("produits", Fraction(1, 10**40)),
        ("visite", datetime(2018, 12, 31, 10, 5)),
        ("visite", 20181231),
        ("taille", "\ud800"),
        ("chartre", 1),
    ],
)
def test_a_value_of_another_kind_is_refused(colonne: str, valeur: object) -> None:
    found = only(errors(row(**{colonne: valeur})))
    assert (found.code, found.lieu) == ("CAQ604", f"ligne 1, colonne {colonne}")


@pytest.mark.parametrize("table", [12, None, "finess", [1, 2], [["finess"]]])
def test_what_is_no_table_is_refused(table: object) -> None:
    cohorte = read_rows(essai(), table)
    assert cohorte.refusee and codes(cohorte.diagnostics) == ["CAQ601"]


def test_no_rows_are_refused() -> None:
    assert codes(read_rows(essai(), []).diagnostics) == ["CAQ613"]


def test_cells_of_a_program_are_limited() -> None:
    wide: dict[str, object] = dict.fromkeys(map(str, range(5_000)))
    cohorte = read_rows(essai(), [wide] * (MAX_CELLS // 5_000 + 1))
    assert cohorte.refusee and codes(cohorte.diagnostics) == ["CAQ618"]


@given(
    st.dictionaries(
        st.sampled_from(["finess", "exercice", "secteurs", "lits", "taux", "C1", "C1_motif", "score", "visite", "x"]),
        st.one_of(
            st.none(), st.booleans(), st.integers(), st.floats(), st.decimals(), st.dates(), st.datetimes(),
            st.text(max_size=5), st.sampled_from([A, 2018, "MCO", "NC", "R"]),
        ),
    )
)  # fmt: skip
def test_no_values_raise_and_each_row_is_accounted_for(cells: dict[str, object]) -> None:
    cohorte = read_rows(essai(), [{**WHO, "finess": B}, {**WHO, **cells}])
    finess = {e.finess for e in cohorte.etablissements} | {e.finess for e in cohorte.ecartes}
    assert B in finess or cohorte.refusee
    assert len(cohorte.etablissements) == 2 or cohorte.diagnostics


# Parquet


def test_decimals_of_parquet_are_exact() -> None:
    data = stored(
        {
            "produits": pyarrow.array([Decimal("12345678901234567890.12")], pyarrow.decimal128(38, 2)),
            "taux": pyarrow.array([Decimal("0.53")], pyarrow.decimal128(5, 2)),
            "indice": ["1/3"],
            "lits": pyarrow.array([12], pyarrow.int32()),
            "visite": [date(2018, 12, 31)],
            "C1": pyarrow.array(["R"]).dictionary_encode(),
            "gain": pyarrow.nulls(1),
        }
    )
    cohorte = from_parquet(data)
    assert facts(cohorte) == {
        "produits": Fraction(1234567890123456789012, 100),
        "taux": Fraction(53, 100),
        "indice": Fraction(1, 3),
        "lits": Fraction(12),
        "visite": date(2018, 12, 31),
    }
    assert cohorte.etablissements[0].reponses == {"C1": "R"}
    assert cohorte.diagnostics == ()


def test_a_finess_kept_as_a_number_in_parquet_is_said_or_refused() -> None:
    assert codes(from_parquet(stored({"finess": [140000100]})).diagnostics) == ["CAQ612"]
    assert codes(from_parquet(stored({"finess": [10000107]})).diagnostics) == ["CAQ607"]


def test_structures_in_parquet_are_refused() -> None:
    found = only(from_parquet(stored({"lits": [[1, 2]]})).diagnostics)
    assert (found.code, "« lits »" in found.message) == ("CAQ601", True)


def test_cells_of_parquet_are_limited_before_they_are_read() -> None:
    rows = MAX_CELLS // 3 + 1
    out = io.BytesIO()
    whole = {h: pyarrow.array([str(v)] * rows).dictionary_encode() for h, v in WHO.items()}
    parquet.write_table(pyarrow.table(whole), out)
    assert len(out.getvalue()) < 100_000
    cohorte = from_parquet(out.getvalue())
    assert cohorte.refusee and codes(cohorte.diagnostics) == ["CAQ618"]


@pytest.mark.parametrize("garde", [8, 100, -20])
def test_a_cut_parquet_file_is_refused(garde: int) -> None:
    cohorte = from_parquet(stored({})[:garde])
    assert cohorte.refusee and codes(cohorte.diagnostics) == ["CAQ601"]


def test_without_its_library_parquet_names_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    data = stored({})
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    found = only(from_parquet(data).diagnostics)
    assert (found.code, "caqes[donnees]" in found.aide) == ("CAQ802", True)
