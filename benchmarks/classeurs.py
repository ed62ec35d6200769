"""How long the workbooks of a region take to make and to read back: `python benchmarks/classeurs.py`.

Times of one run, on the machine that it runs on.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from caqes_dsl.checked import compile_checked
from caqes_dsl.documents.classeur import classeur_of
from caqes_dsl.documents.writers.classeur import write_classeur
from caqes_dsl.exchange.read import read_cohort
from caqes_dsl.exchange.retours import read_returns

POLICIES = (
    ("normandie/2018", "normandie/exemples/2018-retours.csv"),
    ("normandie/2022", "normandie/exemples/2022-retours.csv"),
    ("cbu/2016", "cbu/exemples/2016-retours.csv"),
)


def main() -> None:
    """Makes and reads the workbooks of each sample cohort."""
    root = Path(__file__).resolve().parents[1] / "policies"
    print(f"Python {sys.version.split()[0]}")
    print(f"{'politique':16} {'classeurs':>9} {'faire (s)':>10} {'relire (s)':>11} {'ko':>6}")
    for name, cohort in POLICIES:
        politique = compile_checked(root / f"{name}.caqes").politique
        assert politique is not None
        read = read_cohort(politique, root / cohort)
        with tempfile.TemporaryDirectory() as folder:
            begun, size = time.perf_counter(), 0
            for one in read.etablissements:
                data = write_classeur(classeur_of(politique, one, exercice=read.exercice))
                (Path(folder) / f"{one.finess}.xlsx").write_bytes(data)
                size += len(data)
            made = time.perf_counter()
            back = read_returns(politique, Path(folder), avec=read)
            done = time.perf_counter()
        assert len(back.cohorte.etablissements) == len(read.etablissements)
        many = len(read.etablissements)
        print(f"{name:16} {many:9} {made - begun:10.1f} {done - made:11.1f} {size // many // 1024:6}")


if __name__ == "__main__":
    main()
