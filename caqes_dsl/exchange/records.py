"""Rows given by a program as a table: lists of dicts, and the tables of pandas, Polars and Arrow by their methods.

Numbers are exact as given; a float is read at 15 significant digits, and said when that changes it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from caqes_dsl.base.quantities import plain_number

from .findings import Constat, Registre
from .numbers import MAX_DIGITS, Usage, from_float
from .table import MAX_CELLS, MAX_COLUMNS, VIDE, Cellule, Ligne, Tableau, text_cell


def records_of(table: object) -> tuple[list[Mapping[str, object]] | None, bool]:
    """Rows of a table, and whether its missing values are NaN (pandas). None when it is not a table."""
    to_pylist: Callable[[], Any] | None = getattr(table, "to_pylist", None)
    if callable(to_pylist):
        return _mappings(to_pylist()), False
    to_dicts: Callable[[], Any] | None = getattr(table, "to_dicts", None)
    if callable(to_dicts):
        return _mappings(to_dicts()), False
    to_dict: Callable[[str], Any] | None = getattr(table, "to_dict", None)
    if callable(to_dict):
        return _mappings(to_dict("records")), True
    return (_mappings(table), False) if isinstance(table, Iterable) else (None, False)


def doubled(table: object) -> str:
    """A column that a table has twice, « » when none: made into dicts, the table would lose one of them."""
    names = getattr(table, "column_names", None)
    if not isinstance(names, list):
        names = getattr(table, "columns", ())
    seen = Counter(str(n) for n in names) if isinstance(names, Iterable) and not isinstance(table, list) else Counter()
    return next((n for n, times in seen.items() if times > 1), "")


def _mappings(rows: Iterable[Any]) -> list[Mapping[str, object]] | None:
    found = list(rows)
    return found if all(isinstance(r, Mapping) for r in found) else None


def tabulate(rows: Sequence[Mapping[str, object]], registre: Registre, *, nan_missing: bool = False) -> Tableau | None:
    """Rows as a table; their headings are every key, in the order they first come."""
    headings: dict[str, None] = {}
    for row in rows:
        headings.update(dict.fromkeys(map(str, row)))
        if len(headings) > MAX_COLUMNS:
            break
    if len(headings) > MAX_COLUMNS or len(headings) * len(rows) > MAX_CELLS:
        registre.add(
            Constat(
                "CAQ618",
                f"Les données dépassent la limite de {MAX_CELLS} cellules ou de {MAX_COLUMNS} colonnes.",
                "Répartissez-les.",
            )
        )
        return None
    if not rows:
        registre.add(Constat("CAQ613", "Il n'y a aucune ligne d'établissement.", "Donnez au moins une ligne."))
        return None
    return Tableau(tuple(headings), _rows(rows, tuple(headings), nan_missing), Usage.PROGRAMME)


def _rows(rows: Sequence[Mapping[str, object]], headings: tuple[str, ...], nan_missing: bool) -> Iterator[Ligne]:
    for number, row in enumerate(rows, 1):
        by_name = {str(k): v for k, v in row.items()}
        yield Ligne(number, tuple(cell_of(by_name.get(h), nan_missing=nan_missing) for h in headings))


def cell_of(value: object, *, nan_missing: bool = False) -> Cellule:
    """The cell of a Python value."""
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return VIDE
    item: Callable[[], Any] | None = getattr(value, "item", None)
    if callable(item) and not isinstance(value, str | bool | int | float):
        value = item()
    match value:
        case str():
            return text_cell(value) if _encodes(value) else _unprintable()
        case bool():
            return Cellule("oui" if value else "non", value)
        case int():
            return _exact(Fraction(value))
        case Fraction():
            return _exact(value)
        case Decimal():
            return _exact(Fraction(value)) if value.is_finite() and _fits(value) else _no_number(value)
        case float():
            return VIDE if nan_missing and value != value else _float(value)
        case date():
            return _date(value)
        case list() | tuple() if all(isinstance(v, str) for v in value):
            return text_cell("+".join(value))
    return Cellule(
        str(value)[:60],
        faute=f"« {str(value)[:60]} » n'est ni un texte, ni un nombre, ni une date.",
        aide="Donnez une valeur simple.",
    )


def _encodes(text: str) -> bool:
    """Whether a text can be written at all: half of a surrogate pair cannot."""
    return not any("\ud800" <= c <= "\udfff" for c in text)


def _unprintable() -> Cellule:
    return Cellule("?", faute="Le texte contient un caractère qui n'existe pas.", aide="Corrigez son encodage.")


def _fits(value: Decimal) -> bool:
    short = len(value.as_tuple().digits) <= 2 * MAX_DIGITS
    return not value or (short and -MAX_DIGITS <= value.adjusted() < MAX_DIGITS)


def _exact(value: Fraction) -> Cellule:
    if abs(value) >= 10**MAX_DIGITS or value.denominator > 10**MAX_DIGITS:
        return _no_number(value)
    return Cellule(plain_number(value, group=""), value)


def _no_number(value: object) -> Cellule:
    try:
        shown = str(value)[:40]
    except ValueError:  # Python does not write more than some thousands of digits
        shown = "un nombre de plusieurs milliers de chiffres"
    return Cellule(shown, faute=f"« {shown} » n'est pas un nombre dans les limites.", aide="Laissez vide, ou corrigez.")


def _float(value: float) -> Cellule:
    exact, note = from_float(value)
    if exact is None:
        return _no_number(value)
    return Cellule(plain_number(exact, group=""), exact, note=note, sorte="chiffres" if note else "")


def _date(value: date) -> Cellule:
    if isinstance(value, datetime):
        if value.hour or value.minute or value.second or value.microsecond:
            shown = str(value)
            return Cellule(shown, faute=f"« {shown} » a une heure.", aide="Donnez une date seule.")
        value = value.date()
    return Cellule(value.strftime("%d/%m/%Y"), value)
