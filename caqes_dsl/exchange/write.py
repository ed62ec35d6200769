"""Results written: CSV and XLSX for people, JSON and Parquet for programs; the same bytes each time."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Context, Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from caqes_dsl.base.diagnostics import Diagnostic
from caqes_dsl.base.quantities import Genre, Valeur, machine_number, machine_value, plain_number, readable
from caqes_dsl.base.render import to_json
from caqes_dsl.evaluation.trace import Resultat
from caqes_dsl.model.nodes import Politique

from .cohort import Cohorte
from .report_sheet import TableauImprime, add_tables
from .results import Colonne, Resultats, result_table

_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_MAX_CELL = 32_767
"""Longest text of a spreadsheet's cell; a longer one would be left out without a word."""
_PRECISION = 38
"""Digits of a decimal128."""
_FIXED = datetime(2018, 1, 1)
"""The date written in a workbook: the file depends on its content alone."""


def write_results(
    politique: Politique,
    resultats: Sequence[Resultat],
    cohorte: Cohorte,
    *,
    donnees: Path | None = None,
    suffixe: str,
    version: str = "",
    diagnostics: Sequence[Diagnostic] | None = None,
) -> bytes | Diagnostic:
    """The results in the format of an ending (`.csv`, `.xlsx`, `.json`, `.parquet`), or why they cannot be written.

    `diagnostics` are those that the JSON carries: the cohort's, unless more was found with its results.
    """
    from caqes_dsl import __version__

    told = cohorte.diagnostics if diagnostics is None else diagnostics
    table = result_table(politique, resultats, cohorte, version or __version__)
    recu = receipt(politique, len(resultats), cohorte, donnees, version or __version__)
    return write_table(table, recu, suffixe, told)


def write_table(
    table: Resultats, recu: dict[str, Any], suffixe: str, diagnostics: Sequence[Diagnostic] = ()
) -> bytes | Diagnostic:
    """A table in the format of an ending, or why it cannot be written."""
    known: dict[str, Callable[[], bytes | Diagnostic]] = {
        ".csv": lambda: _csv(table),
        ".xlsx": lambda: _xlsx(table, recu),
        ".json": lambda: _json(table, recu, diagnostics),
        ".parquet": lambda: _parquet(table, recu),
    }
    writer = known.get(suffixe.lower())
    if writer is None:
        return Diagnostic(
            "CAQ801",
            f"Les résultats ne s'écrivent pas en « {suffixe or 'sans extension'} ».",
            fichier=suffixe,
            aide="Donnez un nom en .csv, .xlsx, .json ou .parquet.",
        )
    return writer()


def write_workbook(
    politique: Politique,
    resultats: Sequence[Resultat],
    cohorte: Cohorte,
    tableaux: Sequence[TableauImprime],
) -> bytes:
    """The results as a workbook, with the tables of a report in a sheet of their own."""
    from caqes_dsl import __version__

    table = result_table(politique, resultats, cohorte, __version__)
    return _xlsx(table, receipt(politique, len(resultats), cohorte, None, __version__), tableaux)


def receipt(
    politique: Politique, effectif: int, cohorte: Cohorte, donnees: Path | None, version: str
) -> dict[str, Any]:
    """What was applied to what: the policy and its hashes, the data file and its own, the counts."""
    recu: dict[str, Any] = {
        "politique": politique.nom,
        "titre": politique.titre,
        "statut": "projet" if politique.est_projet else "adopté",
        "exercice": str(cohorte.exercice) if cohorte.exercice is not None else None,
        "empreinte": politique.empreinte,
        "empreinte_sens": politique.empreinte_sens,
        "code_de_controle": politique.code_de_controle,
        "version": version,
        "etablissements": str(effectif),
        "a_corriger": str(len(cohorte.ecartes)),
    }
    if cohorte.sha256:
        name = donnees.name if donnees is not None else Path(cohorte.fichier).name
        recu["donnees"] = {"fichier": name, "sha256": cohorte.sha256}
    return recu


# ---------------------------------------------------------------- for people


def _shown(valeur: Valeur | None, genre: Genre | None) -> str:
    """A value in French, without its unit when its column has only one: amounts and points."""
    if valeur is None:
        return ""
    if isinstance(valeur, bool):
        return "oui" if valeur else "non"
    if isinstance(valeur, date):
        return f"{valeur:%d/%m/%Y}"
    if isinstance(valeur, str):
        return valeur
    if genre is Genre.TAUX:
        return f"{_plain(valeur * 100)} %"
    if genre is Genre.ECART:
        return f"{_plain(valeur * 100)} pt"
    if genre is Genre.MONTANT and (valeur * 100).denominator == 1:
        return plain_number(valeur, group="", decimals=2)
    return _plain(valeur)


def _plain(valeur: Fraction) -> str:
    return readable(valeur).replace("\u202f", "").replace("\u00a0", " ")


def _csv(table: Resultats) -> bytes:
    """`;`, decimal comma, BOM, and no cell that a spreadsheet would run."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow([c.nom for c in table.colonnes])
    known: dict[tuple[int, Genre | None], str] = {}  # by identity: rows that share a value write it once

    def cell(valeur: Valeur | None, genre: Genre | None) -> str:
        key = (id(valeur), genre)
        if key not in known:
            known[key] = _safe(_shown(valeur, genre), valeur)
        return known[key]

    for row in table.rangs:
        writer.writerow([cell(row.get(c.nom), c.genre) for c in table.colonnes])
    return b"\xef\xbb\xbf" + out.getvalue().encode("utf-8")


def _safe(text: str, valeur: Valeur | None) -> str:
    """A text that a spreadsheet would take for a formula gets an apostrophe; a negative number stays a number."""
    return f"'{text}" if text.startswith(_DANGEROUS) and not isinstance(valeur, Fraction) else text


def _xlsx(table: Resultats, recu: dict[str, Any], tableaux: Sequence[TableauImprime] = ()) -> bytes:
    """A sheet of results with real numbers, one of a report's tables if any, one that says what each column is, one for
    the receipt."""
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": f"Résultats, {recu['titre']}", "created": _FIXED, "comments": recu["empreinte"]})
    styles = Styles(book)
    sheet = book.add_worksheet("Résultats")
    said = " Politique au statut projet : montants encourus, proposés au comité." if recu["statut"] == "projet" else ""
    sheet.write_string(0, 0, f"{recu['titre']}.{said}", styles.title)
    for k, colonne in enumerate(table.colonnes):
        sheet.write_string(2, k, colonne.nom, styles.head)
    for i, row in enumerate(table.rangs, 3):
        for k, colonne in enumerate(table.colonnes):
            styles.write(sheet, i, k, row.get(colonne.nom), colonne)
    for k, colonne in enumerate(table.colonnes):
        texts = [_shown(row.get(colonne.nom), colonne.genre) for row in table.rangs[:200]]
        sheet.set_column(k, k, min(max([len(colonne.nom) + 2, *(len(t) + 2 for t in texts)]), 40))
    sheet.freeze_panes(3, 2)
    sheet.autofilter(2, 0, 2 + max(len(table.rangs), 1), len(table.colonnes) - 1)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(2)
    if tableaux:
        add_tables(book, styles, tableaux)
    _legend(book, styles, table.colonnes)
    _receipt_sheet(book, styles, recu)
    book.close()
    return out.getvalue()


class Styles:
    """Formats of a workbook, and a cell written with the one of its column."""

    def __init__(self, book: Any) -> None:
        self.title = book.add_format({"bold": True, "font_size": 12})
        self.head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
        self.text = book.add_format({"num_format": "@", "valign": "top"})
        self.wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        self._plain = book.add_format({"valign": "top"})
        self._numbers = {
            Genre.TAUX: book.add_format({"num_format": "0.00%", "valign": "top"}),
            Genre.ECART: book.add_format({"num_format": '0.00" pt"', "valign": "top"}),
            Genre.MONTANT: book.add_format({"num_format": "#,##0.00 €", "valign": "top"}),
        }
        self._whole = book.add_format({"num_format": "0%", "valign": "top"})
        self._gap = book.add_format({"num_format": '0" pt"', "valign": "top"})
        self._date = book.add_format({"num_format": "dd/mm/yyyy"})

    def write(self, sheet: Any, row: int, column: int, valeur: Valeur | None, colonne: Colonne) -> None:
        """One cell; what has no value stays empty."""
        if valeur is None:
            return
        if isinstance(valeur, Fraction):
            scaled = valeur * 100 if colonne.genre is Genre.ECART else valeur
            whole = (valeur * 100).denominator == 1
            style = self._numbers.get(colonne.genre, self._plain) if colonne.genre else self._plain
            if whole and colonne.genre in (Genre.TAUX, Genre.ECART):
                style = self._whole if colonne.genre is Genre.TAUX else self._gap
            sheet.write_number(row, column, _decimal(scaled), style)
        elif isinstance(valeur, date):
            sheet.write_datetime(row, column, datetime(valeur.year, valeur.month, valeur.day), self._date)
        else:
            text = _shown(valeur, colonne.genre)
            sheet.write_string(row, column, text if len(text) <= _MAX_CELL else text[: _MAX_CELL - 1] + "…", self.text)


def _decimal(valeur: Fraction) -> Decimal:
    """A number at seventeen digits, more than a spreadsheet keeps."""
    return Context(prec=17).divide(Decimal(valeur.numerator), Decimal(valeur.denominator))


def _legend(book: Any, styles: Styles, colonnes: Sequence[Colonne]) -> None:
    sheet = book.add_worksheet("Légende")
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, 1, 90, styles.wrapped)
    sheet.write_string(0, 0, "Colonne", styles.head)
    sheet.write_string(0, 1, "Ce qu'elle dit", styles.head)
    for i, colonne in enumerate(colonnes, 1):
        sheet.write_string(i, 0, colonne.nom, styles.text)
        sheet.write_string(i, 1, colonne.titre, styles.wrapped)


def _receipt_sheet(book: Any, styles: Styles, recu: dict[str, Any]) -> None:
    sheet = book.add_worksheet("Reçu")
    sheet.set_column(0, 0, 20)
    sheet.set_column(1, 1, 80, styles.wrapped)
    flat = {k: v for k, v in recu.items() if not isinstance(v, dict)} | recu.get("donnees", {})
    for i, (name, value) in enumerate(flat.items()):
        sheet.write_string(i, 0, name, styles.head)
        sheet.write_string(i, 1, "" if value is None else str(value), styles.text)


# ---------------------------------------------------------------- for programs


def machine_text(valeur: Valeur | None, genre: Genre | None) -> str | None:
    """A value for programs: an exact text; amounts with two decimals when cents suffice."""
    if isinstance(valeur, Fraction):
        if genre is Genre.MONTANT and (valeur * 100).denominator == 1:
            return plain_number(valeur, group="", decimals=2).replace(",", ".")
        return machine_number(valeur, genre or Genre.DECIMAL)
    return machine_value(valeur, genre or Genre.CHOIX)


def _json(table: Resultats, recu: dict[str, Any], diagnostics: Sequence[Diagnostic]) -> bytes:
    rows = [{c.nom: machine_text(row.get(c.nom), c.genre) for c in table.colonnes} for row in table.rangs]
    whole = {"recu": recu, "resultats": rows, "diagnostics": [to_json(d) for d in diagnostics]}
    return (json.dumps(whole, ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def _parquet(table: Resultats, recu: dict[str, Any]) -> bytes | Diagnostic:
    """Numbers as decimal128; a column where one has no finite decimals is text."""
    try:
        import pyarrow as arrow
        from pyarrow import parquet
    except ImportError:
        return Diagnostic(
            "CAQ802",
            "Écrire un fichier .parquet demande le paquet « pyarrow ».",
            fichier=".parquet",
            aide="pip install 'caqes[donnees]'",
        )
    arrays, fields = [], []
    for colonne in table.colonnes:
        texts = [machine_text(row.get(colonne.nom), colonne.genre) for row in table.rangs]
        numbers, places = _decimals(colonne, texts)
        kind = arrow.string() if numbers is None else arrow.decimal128(_PRECISION, places)
        arrays.append(arrow.array(texts if numbers is None else numbers, kind))
        fields.append(arrow.field(colonne.nom, kind, metadata={"titre": colonne.titre}))
    schema = arrow.schema(fields, metadata={"caqes": json.dumps(recu, ensure_ascii=False)})
    out = io.BytesIO()
    parquet.write_table(
        arrow.Table.from_arrays(arrays, schema=schema), out, write_page_checksum=True, compression="snappy"
    )
    return out.getvalue()


def _decimals(colonne: Colonne, texts: Sequence[str | None]) -> tuple[list[Decimal | None] | None, int]:
    """Numbers of a column and their decimals; None when one is not finite or the column would not fit."""
    if colonne.genre is None or not colonne.genre.is_number or any("/" in t for t in texts if t):
        return None, 0
    known = [t for t in texts if t is not None]
    places = max((len(t.partition(".")[2]) for t in known), default=0)
    places = max(places, 2 if colonne.genre is Genre.MONTANT else 0)
    whole = max((len(t.partition(".")[0].lstrip("-")) for t in known), default=1)
    if whole + places > _PRECISION:
        return None, 0
    return [Decimal(t) if t is not None else None for t in texts], places
