"""Numbers as people type them: the one exact reading, or none."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caqes_dsl.base.quantities import Genre
from caqes_dsl.exchange.numbers import MAX_DECIMALS, MAX_DIGITS, Usage, from_float, read_fraction, read_number

FR, VIRGULES, PROGRAMME = Usage.FRANCAIS, Usage.VIRGULES, Usage.PROGRAMME


@pytest.mark.parametrize(
    ("texte", "genre", "attendu"),
    [
        ("120", Genre.ENTIER, "120"),
        ("12,0", Genre.ENTIER, "12"),
        ("007", Genre.ENTIER, "7"),
        ("1 234 567", Genre.ENTIER, "1234567"),
        ("1\u00a0234,5", Genre.DECIMAL, "2469/2"),
        ("1\u202f234,5", Genre.DECIMAL, "2469/2"),
        ("−0,5", Genre.DECIMAL, "-1/2"),
        ("- 3", Genre.DECIMAL, "-3"),
        ("+3", Genre.DECIMAL, "3"),
        ("53 %", Genre.TAUX, "53/100"),
        ("53%", Genre.TAUX, "53/100"),
        ("53,5\u00a0%", Genre.TAUX, "107/200"),
        ("530 %", Genre.TAUX, "53/10"),
        ("0", Genre.TAUX, "0"),
        ("2 pt", Genre.ECART, "1/50"),
        ("2 points de %", Genre.ECART, "1/50"),
        ("2", Genre.ECART, "1/50"),
        ("1 234,56 €", Genre.MONTANT, "30864/25"),
        ("1234,56", Genre.MONTANT, "30864/25"),
        ("12 k€", Genre.MONTANT, "12000"),
        ("1,5 M€", Genre.MONTANT, "1500000"),
        ("48 points", Genre.POINTS, "48"),
        ("0,5 point", Genre.POINTS, "1/2"),
        ("3 semaines", Genre.JOURS, "21"),
        ("21", Genre.JOURS, "21"),
        ("2 ans", Genre.MOIS, "24"),
    ],
)
def test_french_writings_have_one_exact_reading(texte: str, genre: Genre, attendu: str) -> None:
    lu = read_number(texte, genre, FR)
    assert (lu.valeur, lu.faute, lu.note) == (Fraction(attendu), "", "")


@pytest.mark.parametrize(
    ("texte", "genre", "aide"),
    [
        ("53", Genre.TAUX, "« 53 % »"),
        ("-53", Genre.TAUX, "« -53 % »"),
        ("1,01", Genre.TAUX, "« 1,01 % »"),
        ("5 %", Genre.ECART, "« 5 pt »"),
        ("5 pt", Genre.TAUX, "« 5 % »"),
        ("2 pt", Genre.POINTS, "« 2 points »"),
        ("53 %", Genre.MONTANT, "« 53 € »"),
        ("53 %", Genre.ENTIER, "« 53 »"),
        ("12 34", Genre.ENTIER, "« 1234 »"),
        ("1 23 456", Genre.MONTANT, "« 123456 »"),
        ("1.234", Genre.MONTANT, "« 1234 » ou « 1,234 »"),
        ("1.234.567", Genre.MONTANT, "« 1234567 »"),
        ("1.234,56", Genre.MONTANT, "« 1234,56 »"),
        ("1,234.56", Genre.MONTANT, "« 1234,56 »"),
        ("1,234,567", Genre.MONTANT, "« 1234567 »"),
        ("3 mois", Genre.JOURS, "« 3 jours »"),
    ],
)
def test_a_doubtful_number_is_refused_with_what_to_write(texte: str, genre: Genre, aide: str) -> None:
    lu = read_number(texte, genre, FR)
    assert lu.valeur is None and lu.faute
    assert aide in lu.aide


@pytest.mark.parametrize(
    "texte",
    [
        "inf", "-inf", "Infinity", "nan", "NaN", "1e5", "1E+05", "1,5e3", "0x10", "1_000", "١٢", "½", "12³", "１２",
        "environ 120", "120 lits", "12-5", "(5)", "5.", ",5", ".5", "5,", "0,12 3", "--5", "+-5", "1 2 3", "5 m€",
        "", "5 $", "5 ‰", "#DIV/0!", "#N/A", "=1+2", "≈ 54,4444 %", "1/3", "5\n6", "1 234 56", "01/02/2018",
    ],
)  # fmt: skip
@pytest.mark.parametrize("genre", [Genre.ENTIER, Genre.DECIMAL, Genre.MONTANT, Genre.TAUX])
def test_what_is_not_a_number_is_never_one(texte: str, genre: Genre) -> None:
    lu = read_number(texte, genre, FR)
    assert lu.valeur is None
    assert lu.faute and lu.aide


def test_an_entier_is_whole() -> None:
    assert read_number("12,5", Genre.ENTIER, FR).faute == "« 12,5 » n'est pas entier."


def test_limits_hold_on_both_sides() -> None:
    widest = "9" * (MAX_DIGITS - MAX_DECIMALS) + "," + "9" * MAX_DECIMALS
    assert read_number(widest, Genre.DECIMAL, FR).valeur == Fraction(int("9" * MAX_DIGITS), 10**MAX_DECIMALS)
    for over in ("9" + widest, "0," + "1" * (MAX_DECIMALS + 1), "1" * (MAX_DIGITS + 1), "1" * 10_000):
        lu = read_number(over, Genre.DECIMAL, FR)
        assert lu.valeur is None and lu.faute


@pytest.mark.parametrize(
    ("texte", "genre", "usage", "valeur", "note"),
    [
        ("0,47", Genre.TAUX, FR, "47/100", "« 0,47 » est lu 47 %"),
        ("1", Genre.TAUX, FR, "1", "« 1 » est lu 100 %"),
        ("12.5", Genre.DECIMAL, FR, "25/2", "« 12.5 » : le point est lu comme une virgule"),
        ("0.123", Genre.DECIMAL, FR, "123/1000", "« 0.123 » : le point est lu comme une virgule"),
        ("0,05", Genre.ECART, FR, "1/2000", "« 0,05 » est lu 0,05 point de pourcentage"),
        ("'120", Genre.ENTIER, FR, "120", "« '120 » était rangé en texte : lu 120"),
    ],
)
def test_an_unusual_reading_is_said(texte: str, genre: Genre, usage: Usage, valeur: str, note: str) -> None:
    lu = read_number(texte, genre, usage)
    assert (lu.valeur, lu.note) == (Fraction(valeur), note)


def test_the_separator_of_the_file_makes_commas_doubtful() -> None:
    assert read_number("12,345", Genre.DECIMAL, FR).valeur == Fraction(12345, 1000)
    assert read_number("12,345", Genre.DECIMAL, VIRGULES).valeur is None
    assert read_number("12,345", Genre.DECIMAL, PROGRAMME).valeur is None
    assert read_number("0,345", Genre.DECIMAL, VIRGULES).valeur == Fraction(345, 1000)
    assert read_number("12.345", Genre.DECIMAL, PROGRAMME).valeur == Fraction(12345, 1000)
    assert read_number("12.345", Genre.DECIMAL, VIRGULES).valeur is None


def test_programs_write_ratios_points_and_fractions() -> None:
    assert read_number("0.53", Genre.TAUX, PROGRAMME) == read_number("53/100", Genre.TAUX, PROGRAMME)
    assert read_number("0.53", Genre.TAUX, PROGRAMME).note == ""
    assert read_number("1/3", Genre.TAUX, PROGRAMME).valeur == Fraction(1, 3)
    assert read_number("5/3", Genre.ECART, PROGRAMME).valeur == Fraction(5, 300)
    assert read_number("1/0", Genre.TAUX, PROGRAMME).faute == "« 1/0 » divise par zéro."
    assert read_fraction("1/" + "9" * 100, Genre.TAUX).valeur is None


@given(st.integers(-(10**18), 10**18), st.integers(0, MAX_DECIMALS), st.sampled_from(["", " ", "\u00a0", "\u202f"]))
def test_what_is_written_in_french_is_read_exactly(digits: int, places: int, group: str) -> None:
    exact = Fraction(digits, 10**places)
    whole, tail = divmod(abs(digits), 10**places)
    grouped = f"{whole:,}".replace(",", group)
    text = ("-" if digits < 0 else "") + grouped + (f",{tail:0{places}}" if places else "")
    assert read_number(text, Genre.DECIMAL, FR).valeur == exact
    assert read_number(text + " €", Genre.MONTANT, FR).valeur == exact
    assert read_number(text + " %", Genre.TAUX, FR).valeur == exact / 100


@given(st.text(alphabet="0123456789 .,-+%€eE/'\u00a0pt", max_size=16), st.sampled_from(list(Usage)))
def test_any_text_has_a_value_or_a_fault_never_both(texte: str, usage: Usage) -> None:
    for genre in (Genre.ENTIER, Genre.DECIMAL, Genre.TAUX, Genre.ECART, Genre.MONTANT):
        lu = read_number(texte, genre, usage)
        assert (lu.valeur is None) == bool(lu.faute)


@given(st.text(alphabet="0123456789 .,", min_size=1, max_size=14))
def test_a_reading_keeps_every_digit(texte: str) -> None:
    lu = read_number(texte, Genre.DECIMAL, FR)
    if isinstance(lu.valeur, Fraction):
        digits = "".join(c for c in texte if c.isdigit())
        places = len(texte.strip().replace(".", ",").partition(",")[2])
        assert lu.valeur == Fraction(int(digits), 10**places)


def test_a_float_is_what_fifteen_digits_write() -> None:
    assert from_float(49.999999999999993) == (Fraction(50), "49.99999999999999 est lu 50, à 15 chiffres")
    assert from_float(0.1 + 0.2) == (Fraction(3, 10), "0.30000000000000004 est lu 0,3, à 15 chiffres")
    assert from_float(0.53) == (Fraction(53, 100), "")
    assert from_float(1e15) == (Fraction(10**15), "")
    for wild in (float("inf"), float("-inf"), float("nan"), 1e300, 1e-300):
        assert from_float(wild)[0] is None


@given(st.decimals(-(10**9), 10**9, places=4))
def test_a_number_typed_in_a_workbook_is_read_back_exactly(number: Decimal) -> None:
    assert from_float(float(number)) == (Fraction(number), "")
