"""A Parquet file larger than memory: how long its evaluation takes, how it grows, and the memory at its highest.

`python benchmarks/flux.py [--complets] [rows …]` makes files of that many rows from the sample cohort of Normandie 2018
(each establishment copied under invented FINESS, both exercices), and evaluates each in a process of its own. With
`--complets`, only from establishments of which nothing is missing: the others are left to the interpreter.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as arrow
import pyarrow.parquet as parquet

import caqes_dsl as caqes
from caqes_dsl.exchange.engines import evaluate_table
from caqes_dsl.exchange.read import read_cohort
from caqes_dsl.model.nodes import Politique

RACINE = Path(__file__).resolve().parent.parent
POLITIQUE = RACINE / "policies" / "normandie" / "2018.caqes"
RETOURS = RACINE / "policies" / "normandie" / "exemples" / "2018-retours.csv"
GROUP = 200_000
_RUN = """
import resource, sys, time
from pathlib import Path
import caqes_dsl as caqes
from caqes_dsl.exchange.flux import evaluate_file
politique = caqes.charger(Path(sys.argv[1]))
start = time.perf_counter()
done = evaluate_file(politique, Path(sys.argv[2]), Path(sys.argv[3]))
took = time.perf_counter() - start
print(took, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, done.evalues, done.a_corriger)
"""


def sample(politique: Politique, *, complets: bool = False) -> tuple[Any, Any]:
    """The sample cohort as two tables of as many rows: the exercice evaluated, and the one before."""
    read = read_cohort(politique, RETOURS)
    table, _ = evaluate_table(politique, read, "interprete")
    assert table is not None
    whole = {row["finess"] for row in table.rangs if not complets or row["statut"] == "complet"}
    cohort = [e for e in read.etablissements if e.finess in whole]
    kinds = {"exercice": arrow.int32(), "score": arrow.decimal128(12, 6)}
    tables = []
    for which in (lambda e: e, lambda e: e.passes[2017]):
        columns: dict[str, list[Any]] = {}
        for one in map(which, (e for e in cohort if 2017 in e.passes)):
            row = {"finess": one.finess, "raison_sociale": one.raison_sociale, "exercice": one.exercice}
            row |= {"secteurs": "+".join(one.secteurs), "score": one.enregistres.get("score")}
            row |= {c: one.reponses.get(c) for c in politique.criteres}
            row |= {f"{c}_motif": one.motifs.get(c) for c in politique.criteres}
            row |= {d: one.faits.get(d) for d in politique.donnees}
            for nom, value in row.items():
                number = nom == "score" or (nom in politique.donnees and politique.donnees[nom].genre.is_number)
                if number and value is not None:
                    value = Decimal(value.numerator) / Decimal(value.denominator)
                columns.setdefault(nom, []).append(value)
        for nom, donnee in politique.donnees.items():
            if donnee.genre.is_number:
                kinds[nom] = arrow.decimal128(20, 4)
        arrays = {n: arrow.array(v, kinds.get(n, arrow.string())) for n, v in columns.items()}
        tables.append(arrow.table(arrays))
    return tables[0], tables[1]


def write(path: Path, rows: int, now: Any, before: Any) -> None:
    """A file of some rows: each establishment has two."""
    rng = np.random.default_rng(7)
    with parquet.ParquetWriter(path, now.schema) as writer:
        for start in range(0, rows // 2, GROUP // 2):
            size = min(GROUP // 2, rows // 2 - start)
            drawn = arrow.array(rng.integers(0, now.num_rows, size))
            finess = arrow.array([f"{f:09d}" for f in range(10_000_000 + start, 10_000_000 + start + size)])
            for table in (now, before):
                writer.write_table(table.take(drawn).set_column(0, "finess", finess))


def main(sizes: list[int], *, complets: bool) -> None:
    """Prints rows, seconds, rows a second, and memory."""
    politique = caqes.charger(POLITIQUE)
    now, before = sample(politique, complets=complets)
    print(f"{'lignes':>12} {'fichier, Mio':>13} {'s':>8} {'lignes/s':>10} {'mémoire, Mio':>13} évalués à corriger")
    for rows in sizes:
        with tempfile.TemporaryDirectory() as folder:
            source = Path(folder) / "donnees.parquet"
            write(source, rows, now, before)
            asked = [sys.executable, "-c", _RUN, str(POLITIQUE), str(source), str(Path(folder) / "r.parquet")]
            time.sleep(0.2)
            took, memory, evaluated, wrong = subprocess.run(
                asked, check=True, capture_output=True, text=True
            ).stdout.split()
            size = source.stat().st_size / (1 << 20)
            print(
                f"{rows:>12,} {size:>13.0f} {float(took):>8.1f} {rows / float(took):>10,.0f} {float(memory):>13.0f} "
                f"{evaluated} {wrong}".replace(",", " "),
                flush=True,
            )


if __name__ == "__main__":
    given = [int(a) for a in sys.argv[1:] if a.isdigit()]
    main(given or [125_000, 250_000, 500_000, 1_000_000], complets="--complets" in sys.argv)
