"""Parquet as a table, exact: decimals stay decimals, damaged pages are refused, floats are read at 15 digits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .findings import Constat, Registre
from .numbers import Usage
from .package import MAX_UNPACKED
from .records import cell_of
from .table import MAX_CELLS, MAX_COLUMNS, Ligne, Tableau

_BATCH = 1_000


class ParquetAbsent(Exception):
    """The component that reads and writes Parquet is not installed."""


def load_pyarrow() -> tuple[Any, Any]:
    """The library and its Parquet module. Errors: ParquetAbsent."""
    try:
        import pyarrow
        import pyarrow.compute
        import pyarrow.parquet
    except ImportError as error:
        raise ParquetAbsent from error
    return pyarrow, pyarrow.parquet


def absent() -> Constat:
    """What to say when it is not installed."""
    return Constat(
        "CAQ802",
        "Le format Parquet demande un composant qui n'est pas installé.",
        "Installez-le par « pip install 'caqes[donnees]' », ou employez un CSV ou un XLSX.",
    )


def read_parquet(data: bytes, registre: Registre) -> Tableau | None:
    """Rows of a Parquet file. None when it cannot be read; the registre says why."""
    try:
        pyarrow, parquet = load_pyarrow()
    except ParquetAbsent:
        registre.add(absent())
        return None
    try:
        file = parquet.ParquetFile(pyarrow.BufferReader(data), page_checksum_verification=True)
        names = [str(n) for n in file.schema_arrow.names]
        metadata = file.metadata
        unpacked = sum(metadata.row_group(i).total_byte_size for i in range(metadata.num_row_groups))
    except (pyarrow.ArrowException, OSError, ValueError) as error:
        registre.add(_broken(error))
        return None
    if len(names) > MAX_COLUMNS or len(names) * metadata.num_rows > MAX_CELLS or unpacked > MAX_UNPACKED:
        registre.add(
            Constat(
                "CAQ618",
                f"Le fichier dépasse la limite de {MAX_CELLS} cellules ou de {MAX_UNPACKED >> 20} Mio décompressés.",
                "Répartissez-le en plusieurs fichiers.",
            )
        )
        return None
    nested = [str(f.name) for f in file.schema_arrow if pyarrow.types.is_nested(f.type)]
    if nested:
        registre.add(
            Constat(
                "CAQ601",
                f"La colonne « {nested[0]} » contient des listes ou des structures.",
                "Donnez une valeur simple par cellule.",
                colonne=nested[0],
            )
        )
        return None
    return Tableau(tuple(names), _rows(file, pyarrow, registre), Usage.PROGRAMME)


def _rows(file: Any, pyarrow: Any, registre: Registre) -> Iterator[Ligne]:
    """Rows in order; a damaged page ends the reading and refuses the file."""
    number = 0
    try:
        for batch in file.iter_batches(_BATCH):
            columns = [column.to_pylist() for column in batch.columns]
            for values in zip(*columns, strict=True):
                number += 1
                yield Ligne(number, tuple(cell_of(v) for v in values))
    except (pyarrow.ArrowException, OSError, ValueError, OverflowError) as error:
        registre.add(_broken(error))


def _broken(error: Exception) -> Constat:
    damaged = "checksum" in str(error).lower() or "crc" in str(error).lower()
    return Constat(
        "CAQ601",
        "Une page du fichier Parquet ne correspond pas à sa somme de contrôle : une valeur a pu changer."
        if damaged
        else "Le fichier Parquet est endommagé ou d'une forme inconnue.",
        "Reprenez le fichier d'origine.",
    )
