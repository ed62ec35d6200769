"""Each shipped policy with a cohort of its own, or the nearest there is: what letters and explanations are tried on."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from caqes_dsl.evaluation.population import evaluate_cohort
from caqes_dsl.evaluation.trace import Resultat
from caqes_dsl.exchange.read import Cohorte, read_cohort, read_rows
from caqes_dsl.model.nodes import Politique
from caqes_dsl.pipeline import compile_path

POLICIES = Path(__file__).resolve().parent.parent / "policies"
NORMANDIE = POLICIES / "normandie/exemples"

COHORTS = {
    "normandie/2018": NORMANDIE / "2018-retours.csv",
    "normandie/2022": NORMANDIE / "2022-retours.csv",
    "cbu/2016": POLICIES / "cbu/exemples/2016-retours.csv",
    "national/2020": NORMANDIE / "2022-retours.csv",
}
LATER = ("normandie/2019", "normandie/2019-volets")
"""Tried on the returns of 2018, a year later."""
BIOSIMILAIRES = [
    {
        "finess": "140000100",
        "raison_sociale": "Établissement à dotations",
        "exercice": 2019,
        "caqes_signe": "oui",
        "volume_etanercept": "120,5",
        "boites_etanercept": 120,
        "boites_biosimilaires_etanercept": 60,
        "experimentation_etanercept": "non",
        "volume_glargine": 1000,
        "boites_glargine": 1000,
        "boites_biosimilaires_glargine": 333,
        "experimentation_glargine": "oui",
        "volume_adalimumab": 40,
        "boites_adalimumab": 40,
        "boites_biosimilaires_adalimumab": 10,
        "experimentation_adalimumab": "non",
    },
    {"finess": "140000118", "raison_sociale": "Établissement muet", "exercice": 2019, "caqes_signe": "oui"},
]
NOMS = (*COHORTS, *LATER, "biosimilaires/2019")


@dataclass(frozen=True)
class Cas:
    """A policy, the establishments read, their results."""

    politique: Politique
    cohorte: Cohorte
    resultats: list[Resultat]

    def of(self, statut: str) -> Resultat:
        """The first establishment of a statut."""
        return next(r for r in self.resultats if r.statut == statut)


@cache
def cas(nom: str) -> Cas:
    """The case of a policy."""
    politique = compile_path(POLICIES / f"{nom}.caqes").politique
    assert politique is not None
    if nom in COHORTS:
        cohorte = read_cohort(politique, COHORTS[nom], exercice=2022 if nom == "national/2020" else None)
    elif nom in LATER:
        cohorte = read_rows(politique, _a_year_later())
    else:
        cohorte = read_rows(politique, BIOSIMILAIRES)
    assert cohorte.etablissements
    resultats = evaluate_cohort(politique, cohorte.etablissements)[0]
    return Cas(politique, cohorte, resultats[:30] if nom == "normandie/2019-volets" else resultats)


def _a_year_later() -> list[dict[str, str]]:
    import csv

    with COHORTS["normandie/2018"].open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    return [row | {"exercice": str(int(row["exercice"]) + 1)} for row in rows]
