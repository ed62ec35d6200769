"""XLSX as a table: the package is inspected, then its values are read, then what people see is told beside them."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from caqes_dsl.base.diagnostics import Severite
from caqes_dsl.base.quantities import plain_number

from .findings import Constat, Registre, spread
from .numbers import Usage, from_float
from .package import FeuilleDeclaree, PackageRefused, open_package
from .sheet_scan import Examen, Marque, scan_sheets
from .table import VIDE, Cellule, Ligne, Tableau, column_letters, fitted, heading_key, text_cell
from .xml_parts import XmlRefused

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

SANS_LECTURE = ("_calcul", "_listes")
"""Sheets of formulas and lists, which are never read."""

_HEADING_ROWS = 20
"""Rows of a sheet among which the headings are looked for; titles may stand above them."""


def read_workbook(data: bytes, registre: Registre) -> Tableau | None:
    """Rows of the first sheet that has a `finess` heading. None when it cannot be read; the registre says why."""
    try:
        paquet = open_package(data)
        seen = scan_sheets(paquet)
        book = _open(paquet.repacked())
    except PackageRefused as error:
        registre.add(Constat(error.code, error.message, error.aide))
        return None
    except XmlRefused as error:
        registre.add(
            Constat("CAQ601", f"Le classeur est refusé : {error}.", "Ouvrez-le dans Excel et enregistrez-le à nouveau.")
        )
        return None
    for sheet, examen in zip(paquet.feuilles, seen, strict=True):
        if examen.bas < 0:
            continue
        try:
            values = _values(book, sheet.nom)
        except PackageRefused as error:
            registre.add(Constat(error.code, error.message, error.aide))
            return None
        found = _headings(values, examen)
        if found is not None:
            others = [f.nom for f in paquet.feuilles if f.nom != sheet.nom]
            return _table(sheet, others, examen, values, found, registre)
    registre.add(
        Constat(
            "CAQ603",
            "Aucune feuille du classeur n'a de colonne « finess » dans ses vingt premières lignes.",
            "Donnez leurs en-têtes aux colonnes : finess, exercice, secteurs, puis les critères et les données.",
        )
    )
    return None


@dataclass(frozen=True, slots=True)
class Feuille:
    """A sheet read whole: its rows of cells, numbered from 0, and what is to be said of it."""

    nom: str
    masquee: bool
    _valeurs: _Valeurs
    _examen: Examen

    def rows(self) -> Iterator[tuple[int, list[Cellule]]]:
        """Rows with their number from 0; cells from the first column."""
        for number, row in self._valeurs.rows():
            yield number, [_cell(v, *self._examen.mark(number, i)) for i, v in enumerate(row)]

    def tell(self, registre: Registre) -> None:
        """Hidden rows and columns, merged cells among what people fill."""
        if self.masquee:
            return
        hidden = [n + 1 for n in self._examen.lignes_masquees if n <= self._examen.bas]
        if hidden:
            what = f"Des lignes masquées sont lues comme les autres : {spread(hidden)}."
            registre.add(Constat("CAQ612", what, "Affichez toutes les lignes.", feuille=self.nom))
        if self._examen.fusions:
            what = f"Des cellules sont fusionnées ({', '.join(self._examen.fusions[:10])}) : seule la première est lue."
            aide = "Défusionnez-les et répétez la valeur."
            registre.add(Constat("CAQ612", what, aide, severite=Severite.AVERTISSEMENT, feuille=self.nom))
        columns = [i for i in self._examen.colonnes_masquees if i <= self._examen.droite]
        if columns:
            what = (
                f"Des colonnes masquées sont lues comme les autres : {', '.join(map(column_letters, sorted(columns)))}."
            )
            registre.add(Constat("CAQ612", what, "Affichez toutes les colonnes.", feuille=self.nom))


def read_sheets(data: bytes, registre: Registre) -> dict[str, Feuille] | None:
    """Every sheet by name; None when the workbook is refused, the registre says why."""
    try:
        paquet = open_package(data)
        seen = scan_sheets(paquet)
        book = _open(paquet.repacked())
        return {
            f.nom: Feuille(f.nom, f.masquee, _values(book, f.nom), examen)
            for f, examen in zip(paquet.feuilles, seen, strict=True)
            if examen.bas >= 0 and f.nom not in SANS_LECTURE
        }
    except PackageRefused as error:
        registre.add(Constat(error.code, error.message, error.aide))
    except XmlRefused as error:
        registre.add(
            Constat("CAQ601", f"Le classeur est refusé : {error}.", "Ouvrez-le dans Excel et enregistrez-le à nouveau.")
        )
    return None


def _broken(error: BaseException) -> PackageRefused:
    if isinstance(error, KeyboardInterrupt | SystemExit | MemoryError):
        raise error
    return PackageRefused(
        "CAQ601",
        "Le classeur ne se lit pas : une de ses parties est endommagée.",
        "Ouvrez-le dans Excel ou LibreOffice et enregistrez-le à nouveau.",
    )


def _open(data: bytes) -> CalamineWorkbook:
    from python_calamine import CalamineWorkbook

    try:
        return CalamineWorkbook.from_filelike(io.BytesIO(data))
    except BaseException as error:  # a panic of the library is not an Exception
        raise _broken(error) from error


@dataclass(frozen=True, slots=True)
class _Valeurs:
    """Values of a sheet and where they begin: row and column from 0."""

    haut: int
    gauche: int
    rangs: list[list[Any]]

    def rows(self) -> Iterator[tuple[int, list[Any]]]:
        """Rows with their number from 0; cells from the sheet's first column."""
        for number, row in enumerate(self.rangs, self.haut):
            yield number, [""] * self.gauche + row


def _values(book: CalamineWorkbook, nom: str) -> _Valeurs:
    try:
        sheet = book.get_sheet_by_name(nom)
        return _Valeurs(*(sheet.start or (0, 0)), sheet.to_python(skip_empty_area=True))
    except BaseException as error:  # a panic of the library is not an Exception
        raise _broken(error) from error


def _headings(values: _Valeurs, examen: Examen) -> tuple[int, list[str]] | None:
    """Row number and texts of the headings."""
    for number, row in values.rows():
        if number >= examen.haut + _HEADING_ROWS:
            return None
        texts = [c.strip() if isinstance(c, str) else _cell(c, 0, "").texte for c in row]
        if "finess" in map(heading_key, texts):
            while not texts[-1]:
                texts.pop()
            return number, texts
    return None


def _table(
    sheet: FeuilleDeclaree,
    others: Sequence[str],
    examen: Examen,
    values: _Valeurs,
    found: tuple[int, list[str]],
    registre: Registre,
) -> Tableau:
    top, headings = found
    _tell(sheet, others, examen, top, registre)
    rows = _rows(values, examen, top, len(headings), sheet.nom)
    hidden = frozenset(i for i in examen.colonnes_masquees if i < len(headings))
    return Tableau(tuple(headings), rows, Usage.FRANCAIS, True, sheet.nom, hidden)


def _tell(sheet: FeuilleDeclaree, others: Sequence[str], examen: Examen, top: int, registre: Registre) -> None:
    """What is not visible in the values: other sheets, hidden rows, merged cells, rows above the headings."""
    nom = sheet.nom
    if others:
        listed = ", ".join(f"« {o} »" for o in others[:10])
        verb = "le sont" if len(others) > 1 else "l'est"
        what = f"La feuille « {nom} » est lue ; {listed} ne {verb} pas."
        registre.add(Constat("CAQ612", what, feuille=nom))
    if sheet.masquee:
        registre.add(Constat("CAQ612", f"La feuille « {nom} », qui est lue, est masquée.", "Affichez-la.", feuille=nom))
    if top > examen.haut:
        registre.add(
            Constat(
                "CAQ612",
                f"Les en-têtes sont lus à la ligne {top + 1} ; ce qui est au-dessus n'est pas lu.",
                feuille=nom,
            )
        )
    hidden = [n + 1 for n in examen.lignes_masquees if top < n <= examen.bas]
    if hidden:
        registre.add(
            Constat(
                "CAQ612",
                f"Des lignes masquées ou filtrées sont lues comme les autres : {spread(hidden)}.",
                "Affichez toutes les lignes, et supprimez celles qui ne doivent pas être évaluées.",
                feuille=nom,
            )
        )
    if examen.fusions:
        listed = ", ".join(examen.fusions[:10])
        registre.add(
            Constat(
                "CAQ612",
                f"Des cellules sont fusionnées ({listed}) : seule la première de chaque groupe a une valeur.",
                "Défusionnez-les et répétez la valeur.",
                severite=Severite.AVERTISSEMENT,
                feuille=nom,
            )
        )


def _rows(values: _Valeurs, examen: Examen, top: int, width: int, feuille: str) -> Iterator[Ligne]:
    for number, row in values.rows():
        if number <= top or number > examen.bas:
            continue
        cells = [_cell(v, *examen.mark(number, i)) for i, v in enumerate(row)]
        cells += [VIDE] * (width - len(cells))
        yield fitted(number + 1, cells, width, feuille)


def _cell(value: Any, marks: int, error: str) -> Cellule:
    """A value as people see it, with what is doubtful in it."""
    if error:
        return Cellule(error, faute=f"« {error} » est une erreur de tableur.", aide="Corrigez la formule.")
    if marks & Marque.NON_CALCULEE:
        return Cellule(
            "",
            faute="La formule n'a jamais été calculée : la cellule n'a pas de valeur.",
            aide="Ouvrez le classeur dans Excel ou LibreOffice, enregistrez-le, ou collez la valeur.",
        )
    note, sorte = "", ""
    if marks & Marque.FORMULE:
        note, sorte = "la valeur est celle d'une formule, calculée au dernier enregistrement", "formule"
    if isinstance(value, bool):
        return Cellule("oui" if value else "non", value, note=note, sorte=sorte)
    if isinstance(value, int | float):
        return _number(value, marks, note, sorte)
    if isinstance(value, str):
        cell = text_cell(value)
        return cell if cell.is_empty or not note else Cellule(cell.texte, faute=cell.faute, note=note, sorte=sorte)
    return _moment(value, note, sorte)


def _number(value: float, marks: int, note: str, sorte: str) -> Cellule:
    exact, rounded = from_float(value)
    if exact is None:
        return Cellule(
            f"{value!r}", faute=f"« {value!r} » est un nombre hors limites.", aide="Vérifiez la cellule ou sa formule."
        )
    if marks & Marque.POURCENT_ECRIT:
        exact = exact / 100
    percent = bool(marks & (Marque.POURCENT | Marque.POURCENT_ECRIT))
    written = exact * 100 if percent else exact
    shown = str(written.numerator) if written.denominator == 1 else plain_number(written, group="")
    shown += " %" if percent else ""
    notes = [n for n in (note, rounded) if n]
    return Cellule(
        shown, exact, "%" if percent else "", note=" ; ".join(notes), sorte=sorte or ("chiffres" if rounded else "")
    )


def _moment(value: Any, note: str, sorte: str) -> Cellule:
    """A date; an hour or a duration is not a value of the language."""
    if isinstance(value, datetime) and not (value.hour or value.minute or value.second or value.microsecond):
        value = value.date()
    if isinstance(value, date) and not isinstance(value, datetime):
        return Cellule(value.strftime("%d/%m/%Y"), value, note=note, sorte=sorte)
    return Cellule(
        str(value),
        faute=f"« {value} » est une heure ou une durée de tableur.",
        aide="Donnez à la cellule le format d'un nombre ou d'une date.",
    )
