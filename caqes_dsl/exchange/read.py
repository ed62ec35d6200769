"""A cohort read: a file or a table becomes establishments with their earlier exercises, every fault with its place.

Sound rows are kept, the others set aside with their reasons. An establishment with a fault in any of its rows is set
aside whole: evaluating it without a past exercise would silently change what reads N-1.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from caqes_dsl.base.diagnostics import Diagnostic, has_errors
from caqes_dsl.evaluation.facts import Etablissement
from caqes_dsl.model.nodes import Politique
from caqes_dsl.resources import read_bytes

from .cohort import Cohorte, Ecarte
from .columns import Role, recognise
from .findings import Constat, Registre
from .numbers import Usage, from_float
from .table import MAX_BYTES, MAX_CELLS, VIDE, Cellule, Ligne, Tableau, text_cell
from .typed import Lecteur, Rangee

__all__ = ["Cohorte", "Ecarte", "read_cohort", "read_rows"]

_READERS = {".csv": "csv", ".txt": "csv", ".tsv": "csv", ".xlsx": "xlsx", ".parquet": "parquet"}


def read_cohort(politique: Politique, chemin: Path, *, exercice: int | None = None, strict: bool = False) -> Cohorte:
    """The cohort of a file. `exercice` is the one evaluated, the policy's by default.

    `strict`: no establishment is accepted when any row has an error.
    """
    nom = str(chemin)
    registre = Registre(nom)
    tableau = _read_file(chemin, registre)
    return _assemble(politique, tableau, registre, exercice, strict)


def read_rows(
    politique: Politique, table: Any, *, nom: str = "données", exercice: int | None = None, strict: bool = False
) -> Cohorte:
    """The cohort of rows given by a program: a pandas, Polars or Arrow table, or dicts. Bare taux are ratios."""
    registre = Registre(nom)
    rows = _records(table)
    headings = list(dict.fromkeys(str(k) for row in rows for k in row))
    if len(rows) * len(headings) > MAX_CELLS:
        registre.add(Constat("CAQ618", f"Les données dépassent {MAX_CELLS} cellules.", "Répartissez-les."))
        return _assemble(politique, None, registre, exercice, strict)
    tableau = Tableau(tuple(headings), _lines(rows, headings), Usage.PROGRAMME, typee=True)
    return _assemble(politique, tableau, registre, exercice, strict)


# ---------------------------------------------------------------- files


def _read_file(chemin: Path, registre: Registre) -> Tableau | None:
    kind = _READERS.get(chemin.suffix.lower())
    if kind is None:
        registre.add(
            Constat(
                "CAQ601",
                f"« {chemin.name} » n'est pas d'un format connu.",
                "Donnez un fichier .csv, .xlsx ou .parquet ; un ancien .xls s'enregistre en .xlsx.",
            )
        )
        return None
    try:
        data = read_bytes(chemin, MAX_BYTES + 1)
    except OSError as error:
        registre.add(
            Constat(
                "CAQ601", f"« {chemin} » ne peut pas être lu : {_reason(error)}.", "Vérifiez le chemin et les droits."
            )
        )
        return None
    if len(data) > MAX_BYTES:
        registre.add(Constat("CAQ618", f"« {chemin} » dépasse 20 Mio.", "Répartissez-le en plusieurs fichiers."))
        return None
    if kind == "csv":
        from .csv_text import read_csv

        return read_csv(data, registre)
    if kind == "xlsx":
        from .workbook import read_workbook

        return read_workbook(data, registre)
    return _read_parquet(data, registre)


def _reason(error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return "il n'existe pas"
    if isinstance(error, IsADirectoryError):
        return "c'est un dossier"
    return "l'accès est refusé" if isinstance(error, PermissionError) else error.strerror or "erreur de lecture"


def _read_parquet(data: bytes, registre: Registre) -> Tableau | None:
    """Parquet by Arrow, page checksums verified; whatever it finds wrong refuses the file."""
    try:
        import pyarrow as arrow
        from pyarrow import parquet
    except ImportError:
        registre.add(
            Constat("CAQ802", "Lire un fichier .parquet demande le paquet « pyarrow ».", "pip install 'caqes[donnees]'")
        )
        return None
    try:
        table = parquet.ParquetFile(arrow.BufferReader(data), page_checksum_verification=True).read()
    except Exception:  # Arrow raises many kinds; all mean that the file is not to be trusted
        registre.add(
            Constat("CAQ601", "Le fichier .parquet ne se lit pas : il est endommagé.", "Écrivez-le à nouveau.")
        )
        return None
    if table.num_rows * table.num_columns > MAX_CELLS:
        registre.add(Constat("CAQ618", f"Le fichier dépasse {MAX_CELLS} cellules.", "Répartissez-le."))
        return None
    headings = [str(c) for c in table.column_names]
    rows = (
        dict(zip(headings, values, strict=True)) for values in zip(*(c.to_pylist() for c in table.columns), strict=True)
    )
    return Tableau(tuple(headings), _lines(rows, headings), Usage.PROGRAMME, typee=True)


# ---------------------------------------------------------------- rows given by programs


def _records(table: Any) -> list[Mapping[str, Any]]:
    """Rows of a table, whatever library made it."""
    if hasattr(table, "to_pylist"):
        return list(table.to_pylist())
    if hasattr(table, "to_dicts"):
        return list(table.to_dicts())
    if hasattr(table, "to_dict") and hasattr(table, "columns"):
        return list(table.to_dict("records"))
    return [dict(row) for row in table]


def _lines(rows: Iterable[Mapping[str, Any]], headings: list[str]) -> Iterator[Ligne]:
    for number, row in enumerate(rows, 1):
        yield Ligne(number, tuple(_cell(row.get(h)) for h in headings))


def _cell(value: Any) -> Cellule:
    """A value of a program; a float is read at fifteen digits, what is not a number is missing."""
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return VIDE
    if isinstance(value, bool):
        return Cellule("oui" if value else "non", value)
    if isinstance(value, str):
        return text_cell(value)
    if isinstance(value, int | Fraction):
        return Cellule(str(value), Fraction(value))
    if isinstance(value, Decimal):
        if value.is_nan():
            return VIDE
        return Cellule(str(value), Fraction(value)) if value.is_finite() else _not_a_number(value)
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, date):
        return Cellule(value.strftime("%d/%m/%Y"), value)
    if hasattr(value, "item") and not isinstance(value, list | tuple | dict):
        return _cell(value.item())
    if value != value:  # a NaN, or the missing value of a data frame
        return VIDE
    try:
        exact, note = from_float(value)
    except (TypeError, ValueError):
        return _not_a_number(value)
    if exact is None:
        return _not_a_number(value)
    return Cellule(str(value), exact, note=note, sorte="chiffres" if note else "")


def _not_a_number(value: object) -> Cellule:
    shown = str(value)[:40]
    return Cellule(shown, faute=f"« {shown} » n'est pas une valeur lisible.", aide="Donnez un nombre fini ou un texte.")


# ---------------------------------------------------------------- establishments


def _assemble(
    politique: Politique, tableau: Tableau | None, registre: Registre, exercice: int | None, strict: bool
) -> Cohorte:
    annee = exercice or politique.exercice
    rangees: list[Rangee] = []
    if tableau is not None:
        colonnes = recognise(politique, tableau, registre)
        if not registre.refuse:
            lecteur = Lecteur(politique, tableau, colonnes)
            rangees = [lecteur.row(ligne) for ligne in tableau.lignes if not ligne.is_empty]
            _doubles(rangees, tableau)
            entete = next((c.entete for c in colonnes if c.role is Role.EXERCICE), "")
            _years(rangees, annee, tableau, registre, entete)
    for rangee in rangees:
        registre.extend(rangee.constats)
    groups: dict[str, list[Rangee]] = {}
    for rangee in rangees:
        groups.setdefault(rangee.finess or f"ligne {rangee.numero}", []).append(rangee)
    kept: list[Etablissement] = []
    refused: list[Ecarte] = []
    for group in groups.values():
        _settle(group, annee, registre, kept, refused)
    if (registre.refuse or (strict and refused)) and kept:
        refused += [_with_the_file(e, registre.fichier, registre.refuse) for e in kept]
        kept = []
    order = {f"{registre.fichier}, ligne {r.numero}": i for i, r in enumerate(rangees)}
    refused.sort(key=lambda e: order.get(e.lieu, 0))
    return Cohorte(tuple(kept), tuple(refused), registre.diagnostics(), registre.fichier, annee)


def _doubles(rangees: list[Rangee], tableau: Tableau) -> None:
    """CAQ609 on each row whose establishment and exercise were already there."""
    seen: dict[tuple[str, int], int] = {}
    for rangee in rangees:
        if not rangee.finess or rangee.exercice is None:
            continue
        first = seen.setdefault((rangee.finess, rangee.exercice), rangee.numero)
        if first != rangee.numero:
            rangee.constats.append(
                Constat(
                    "CAQ609",
                    f"L'établissement « {rangee.finess} » a déjà une ligne pour {rangee.exercice}, la ligne {first}.",
                    "Gardez celle qui vaut.",
                    ligne=rangee.numero,
                    feuille=tableau.feuille,
                )
            )


def _years(rangees: list[Rangee], annee: int | None, tableau: Tableau, registre: Registre, entete: str) -> None:
    """What is not of the exercise evaluated, nor before it; whether anything is."""
    if annee is None:
        registre.add(
            Constat("CAQ613", "La politique ne dit pas son exercice.", "Dites-le par --exercice, par exemple 2018.")
        )
        return
    for rangee in rangees:
        if rangee.exercice is not None and rangee.exercice > annee:
            rangee.constats.append(
                Constat(
                    "CAQ621",
                    f"La ligne est de {rangee.exercice}, après l'exercice évalué ({annee}) : elle n'est pas lue.",
                    ligne=rangee.numero,
                    colonne=entete,
                    sorte="après",
                    feuille=tableau.feuille,
                )
            )
    if rangees and not any(r.exercice == annee for r in rangees):
        years = sorted({r.exercice for r in rangees if r.exercice is not None})
        seen = f" ; il a {', '.join(map(str, years))}" if years else ""
        registre.add(
            Constat(
                "CAQ613",
                f"Le fichier n'a aucune ligne pour l'exercice {annee}{seen}.",
                "Donnez les données de cet exercice, ou demandez le bon exercice.",
            )
        )


def _settle(
    group: list[Rangee], annee: int | None, registre: Registre, kept: list[Etablissement], refused: list[Ecarte]
) -> None:
    """One establishment: accepted with its past, set aside with its reasons, or said to have no row to evaluate."""
    current = next((r for r in group if r.exercice == annee), None)
    rows = [r for r in group if annee is None or r.exercice is None or r.exercice <= annee]
    faulty = [r for r in rows if r.is_faulty]
    if current is None and not faulty:
        if rows and group[0].finess:
            registre.add(
                Constat(
                    "CAQ621",
                    f"L'établissement « {group[0].finess} » n'a pas de ligne pour {annee} : il n'est pas évalué.",
                    ligne=rows[0].numero,
                    sorte="passé",
                )
            )
        return
    best = current or faulty[0]
    lieu = f"{registre.fichier}, ligne {best.numero}"
    if faulty:
        reasons = tuple(c.diagnostic(registre.fichier) for r in faulty for c in r.constats if c.is_error)
        finess = best.finess or next((r.finess for r in group if r.finess), "")
        refused.append(Ecarte(finess, best.raison_sociale, best.exercice, best.secteurs, lieu, reasons))
        return
    assert current is not None
    passes = {
        r.exercice: r.etablissement(f"{registre.fichier}, ligne {r.numero}", {})
        for r in rows
        if r is not current and r.exercice is not None
    }
    kept.append(current.etablissement(lieu, passes))


def _with_the_file(etablissement: Etablissement, fichier: str, refuse: bool) -> Ecarte:
    why = (
        "le fichier a une erreur qui le refuse entier"
        if refuse
        else "une autre ligne a une erreur et « --strict » est demandé"
    )
    place = etablissement.lieu.removeprefix(f"{fichier}, ")
    reason = Diagnostic(
        "CAQ623", f"L'établissement « {etablissement.finess} » n'est pas évalué : {why}.", fichier=fichier, lieu=place
    )
    return Ecarte(
        etablissement.finess,
        etablissement.raison_sociale,
        etablissement.exercice,
        etablissement.secteurs,
        etablissement.lieu,
        (reason,),
    )


def has_faults(cohorte: Cohorte) -> bool:
    """Whether a row, or the file, has an error."""
    return has_errors(cohorte.diagnostics)
