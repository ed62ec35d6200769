"""Reading the establishments: a file (CSV, XLSX, Parquet) or rows given by a program, under one policy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import sha256
from pathlib import Path

from caqes_dsl.model.nodes import Politique
from caqes_dsl.resources import read_bytes

from .cohort import Cohorte, Ecarte, exercise_of, gather
from .findings import Constat, Registre
from .table import MAX_BYTES, Tableau

__all__ = ["Cohorte", "Ecarte", "exercise_of", "read_bytes_as", "read_cohort", "read_rows"]

_ZIP, _PARQUET, _OLE = b"PK", b"PAR1", b"\xd0\xcf\x11\xe0"
_TEXTS = (".csv", ".txt", ".tsv")


def read_cohort(politique: Politique, chemin: Path, *, exercice: int | None = None, strict: bool = False) -> Cohorte:
    """The cohort of a file, its form told by its content, or of a folder of workbooks; `exercice` overrides that asked.

    Errors are diagnostics of the cohort: nothing is raised, whatever the file holds.
    """
    if chemin.is_dir():
        from .retours import read_returns

        return read_returns(politique, chemin, exercice=exercice, strict=strict).cohorte
    registre = Registre(str(chemin))
    try:
        data = read_bytes(chemin, MAX_BYTES + 1)
    except OSError as error:
        registre.add(_unreadable(error))
        return _nothing(politique, registre, exercice)
    return read_bytes_as(politique, data, chemin.name, registre, exercice=exercice, strict=strict)


def read_bytes_as(
    politique: Politique,
    data: bytes,
    nom: str,
    registre: Registre | None = None,
    *,
    exercice: int | None = None,
    strict: bool = False,
) -> Cohorte:
    """The cohort of a file's content; `nom` is what places call it, and its ending must agree with the content."""
    registre = registre or Registre(nom)
    digest = sha256(data).hexdigest()
    tableau = _table(data, nom, registre)
    if tableau is None:
        return _nothing(politique, registre, exercice, digest)
    return gather(politique, tableau, registre, exercice=exercice, strict=strict, nom=nom, sha256=digest)


def read_rows(
    politique: Politique,
    rows: Iterable[Mapping[str, object]] | object,
    nom: str = "données",
    *,
    exercice: int | None = None,
    strict: bool = False,
) -> Cohorte:
    """The cohort of a list of dicts, or of a pandas, Polars or Arrow table.

    Units: as programs write them: taux as ratios, écarts in points, amounts in euros; texts such as « 53 % » too.
    """
    from .records import doubled, records_of, tabulate

    registre = Registre(nom)
    twice = doubled(rows)
    if twice:
        registre.add(Constat("CAQ622", f"La colonne « {twice} » est là deux fois.", "Gardez-en une.", colonne=twice))
        return _nothing(politique, registre, exercice)
    records, nan_missing = records_of(rows)
    if records is None:
        registre.add(
            Constat(
                "CAQ601",
                "Ces données ne sont pas une table : chaque ligne doit associer des noms de colonnes à des valeurs.",
                "Donnez une liste de dictionnaires, ou une table pandas, Polars ou Arrow.",
            )
        )
        return _nothing(politique, registre, exercice)
    tableau = tabulate(records, registre, nan_missing=nan_missing)
    if tableau is None:
        return _nothing(politique, registre, exercice)
    return gather(politique, tableau, registre, exercice=exercice, strict=strict, nom=nom)


def _table(data: bytes, nom: str, registre: Registre) -> Tableau | None:
    """The reader that the content asks for, when the file's ending agrees."""
    ending = Path(nom).suffix.lower()
    if len(data) > MAX_BYTES:
        registre.add(
            Constat(
                "CAQ618",
                f"Le fichier dépasse la limite de {MAX_BYTES >> 20} Mio.",
                "Répartissez-le en plusieurs fichiers.",
            )
        )
        return None
    if data.startswith((_ZIP, _OLE)):
        if ending in (*_TEXTS, ".parquet"):
            registre.add(_disguised(ending, "un classeur", ".xlsx"))
            return None
        from .workbook import read_workbook

        return read_workbook(data, registre)
    if data.startswith(_PARQUET):
        if ending != ".parquet":
            registre.add(_disguised(ending, "un fichier Parquet", ".parquet"))
            return None
        from .parquet import read_parquet

        return read_parquet(data, registre)
    if ending not in (*_TEXTS, ""):
        registre.add(_not_that(ending))
        return None
    from .csv_text import read_csv

    return read_csv(data, registre)


def _disguised(ending: str, what: str, proper: str) -> Constat:
    return Constat(
        "CAQ601",
        f"Le fichier se nomme « {ending} » mais c'est {what}.",
        f"Renommez-le en « {proper} » si c'est bien le fichier voulu.",
    )


def _not_that(ending: str) -> Constat:
    known = {".xlsx": "un classeur Excel", ".xlsm": "un classeur Excel", ".parquet": "un fichier Parquet"}
    if ending in known:
        return Constat("CAQ601", f"Le fichier n'est pas {known[ending]}, ou il est endommagé.", "Reprenez l'original.")
    return Constat("CAQ601", f"Le format « {ending} » n'est pas lu.", "Donnez un fichier .csv, .xlsx ou .parquet.")


def _nothing(politique: Politique, registre: Registre, exercice: int | None, digest: str = "") -> Cohorte:
    year = exercice if exercice is not None else exercise_of(politique)
    return Cohorte(year, (), (), registre.diagnostics(), registre.fichier, digest, True)


def _unreadable(error: OSError) -> Constat:
    if isinstance(error, FileNotFoundError):
        return Constat("CAQ601", "Le fichier n'existe pas.", "Vérifiez son chemin.")
    if isinstance(error, IsADirectoryError):
        return Constat(
            "CAQ601", "C'est un dossier.", "Donnez un fichier .csv, .xlsx ou .parquet qui réunit les établissements."
        )
    if isinstance(error, PermissionError):
        return Constat("CAQ601", "L'accès au fichier est refusé.", "Vérifiez vos droits.")
    return Constat("CAQ601", "Le fichier ne peut pas être lu.", "Vérifiez son chemin et le disque.")
