"""Comparing two versions with a cohort: how long, and how it grows with the establishments.

`python benchmarks/comparaisons.py [effectif …]` repeats the sample cohort of Normandie 2018 up to each size.
"""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from pathlib import Path

import caqes_dsl as caqes
from caqes_dsl.compare.apply import former_names
from caqes_dsl.compare.cohorts import reading_policy
from caqes_dsl.compare.diff import compare
from caqes_dsl.compare.impact import impact
from caqes_dsl.evaluation.facts import Etablissement
from caqes_dsl.exchange.read import read_cohort

POLITIQUES = Path(__file__).resolve().parents[1] / "policies" / "normandie"


def enlarged(known: list[Etablissement], size: int) -> list[Etablissement]:
    """The cohort repeated under other FINESS numbers."""
    return [replace(known[k % len(known)], finess=f"{k:09d}") for k in range(size)]


def main(sizes: list[int]) -> None:
    """Prints one line for each pair of versions and each size."""
    for before, after in (("2018", "2019"), ("2018", "2019-volets"), ("2018", "2022")):
        old, new = (caqes.charger(POLITIQUES / f"{nom}.caqes") for nom in (before, after))
        start = time.perf_counter()
        changements = compare(old, new)
        spent = time.perf_counter() - start
        lecture = reading_policy(old, new, former_names(changements))
        read = list(read_cohort(lecture, POLITIQUES / "exemples" / "2018-retours.csv", exercice=2018).etablissements)
        print(f"{before} -> {after} : {len(changements)} changements en {spent:.3f} s")
        for size in sizes:
            cohorte = enlarged(read, size)
            start = time.perf_counter()
            found = impact(old, new, changements, cohorte)
            spent = time.perf_counter() - start
            effects = len(found.attribution.effets)
            print(f"  {size} établissements, {effects} effets attribués : {spent:.2f} s", flush=True)


if __name__ == "__main__":
    main([int(n) for n in sys.argv[1:]] or [105, 3000])
