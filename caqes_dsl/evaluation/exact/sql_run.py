"""A cohort evaluated by the SQL of its policy, in DuckDB: the same rows settled as by columns, the same left over."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from caqes_dsl.evaluation.facts import Etablissement
from caqes_dsl.model.nodes import Politique

from .cohort import Colonnes, PopulationColonnes
from .columns import Colonne
from .lines import LARGEUR_64, Ligne
from .sql import DIALECTES, Disposition, Redacteur, Valeur


class MoteurAbsent(Exception):
    """The engine that runs SQL is not installed."""


def load_duckdb() -> Any:
    """The library. Errors: MoteurAbsent."""
    try:
        import duckdb
    except ImportError as error:
        raise MoteurAbsent from error
    return duckdb


class Encodee(Disposition):
    """Entries already whole numbers, in columns named by their line, each with its state and divider where it has."""

    def __init__(self, colonnes: Mapping[int, Colonne], large: str) -> None:
        self.colonnes, self.large = colonnes, large

    def entry(self, index: int, ligne: Ligne) -> Valeur:
        """The columns of an entry."""
        column = self.colonnes[index]
        name = f"e{index}"
        logical = column.nombre.dtype == np.bool_
        etat = None if column.etat is None else f"{name}_etat"
        divider = f"{name}_diviseur" if ligne.divise else None
        number = name
        if ligne.borne > LARGEUR_64:
            number = f"CAST({name} AS {self.large})"
        if divider is not None and ligne.borne_diviseur > LARGEUR_64:
            divider = f"CAST({divider} AS {self.large})"
        return Valeur(number, etat, divider, logique=logical)

    def names(self) -> Iterator[str]:
        """The columns of the table."""
        for index, column in self.colonnes.items():
            yield f"e{index}"
            if column.etat is not None:
                yield f"e{index}_etat"
            yield f"e{index}_diviseur"

    def source(self) -> Iterator[str]:
        """The table of entries as it is."""
        yield "WITH lu AS (SELECT * FROM entrees),"


def table_of(colonnes: Mapping[int, Colonne], lignes: Sequence[Ligne], effectif: int) -> dict[str, Any]:
    """The entries as arrays by name; numbers beyond 64 bits as texts, which the statement reads exactly."""
    found: dict[str, Any] = {"rang": np.arange(effectif, dtype=np.int64)}
    for index, column in colonnes.items():
        name = f"e{index}"
        found[name] = _array(column.nombre, effectif)
        if column.etat is not None:
            found[f"{name}_etat"] = _array(column.etat, effectif).astype(np.int32)
        if lignes[index].divise:
            found[f"{name}_diviseur"] = _array(
                np.array(1, dtype=np.int64) if column.diviseur is None else column.diviseur, effectif
            )
    return found


def _array(column: Any, effectif: int) -> Any:
    whole = np.broadcast_to(column, (effectif,))
    if whole.dtype == object:
        return np.array([str(v) for v in whole.tolist()], dtype=object)
    return np.ascontiguousarray(whole if whole.dtype == np.bool_ else whole.astype(np.int64))


class PopulationSql(PopulationColonnes):
    """A cohort whose lines are run by DuckDB; statistics and closed sums come from columns.

    Errors: MoteurAbsent, Refus.
    """

    def __init__(self, politique: Politique, etablissements: Sequence[Etablissement], *, ecartes: int = 0) -> None:
        self.duckdb = load_duckdb()
        super().__init__(politique, etablissements, ecartes=ecartes)

    def evaluate(self) -> Colonnes:
        """Every wanted quantity of every row."""
        self.gather()
        wanted = [s.ligne for s in self.plan.sorties]
        return self.collected(self.by_sql(wanted))

    def by_sql(self, wanted: Sequence[int]) -> dict[int, Colonne]:
        """These lines, as DuckDB gives them."""
        programme, size = self.plan.programme, len(self.interpretes)
        needed = [i for i, _ in self.plan.entries()]
        columns = self.raw_entries(needed)
        dialecte = DIALECTES["duckdb"]
        enonce = Redacteur(self.plan, dialecte, Encodee(columns, dialecte.large)).write(wanted, ("rang",))
        connection = self.duckdb.connect(":memory:")
        try:
            entrees = table_of(columns, programme.lignes, size)
            connection.register("entrees", _frame(self.duckdb, connection, entrees))
            rows = connection.execute(enonce.texte).fetchall()
            names = [d[0] for d in connection.description]
        finally:
            connection.close()
        at = {name: k for k, name in enumerate(names)}
        found = {}
        for line, (name, etat, diviseur) in enonce.colonnes.items():
            found[line] = Colonne(
                _numbers([row[at[name]] for row in rows]),
                None if etat is None else np.array([row[at[etat]] for row in rows], dtype=np.uint8),
                None if diviseur is None else _numbers([row[at[diviseur]] for row in rows]),
            )
        return found


def _numbers(values: Sequence[Any]) -> Any:
    numbers = [int(v) for v in values]
    fits = all(-LARGEUR_64 < n < LARGEUR_64 for n in numbers)
    return np.array(numbers, dtype=np.int64 if fits else object)


def _frame(duckdb: Any, connection: Any, entrees: Mapping[str, Any]) -> Any:
    """The arrays as a relation."""
    arrays = dict(entrees)  # read by its name
    return connection.sql("SELECT * FROM arrays") if arrays else None


__all__ = ["Encodee", "MoteurAbsent", "PopulationSql", "load_duckdb", "table_of"]
