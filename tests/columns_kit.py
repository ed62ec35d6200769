"""A cohort evaluated by columns held against the interpreter, quantity by quantity."""

from __future__ import annotations

from collections.abc import Sequence

from caqes_dsl.base.quantities import Valeur
from caqes_dsl.evaluation.exact.cohort import Colonnes, PopulationColonnes
from caqes_dsl.evaluation.explain import Calculateur
from caqes_dsl.evaluation.facts import Etablissement
from caqes_dsl.evaluation.population import Population
from caqes_dsl.evaluation.trace import Resultat
from caqes_dsl.model.nodes import Politique


def interpreted(politique: Politique, cohort: Sequence[Etablissement], *, ecartes: int = 0) -> list[Resultat]:
    """The results of the definition."""
    return Population(politique, cohort, ecartes=ecartes, interprete=Calculateur).results()


def expected(resultat: Resultat, sorte: str, nom: str) -> Valeur | None:
    """What the interpreter gives for a column."""
    match sorte:
        case "points" | "points_applicables" | "score":
            found = resultat.scores[nom] if nom else resultat.score_global
            value: Valeur | None = getattr(found, sorte)
            return value
        case "mesure":
            return resultat.indicateurs[nom].mesure.valeur
        case "atteint":
            return resultat.indicateurs[nom].atteint
        case "calcul":
            return resultat.calculs[nom].valeur
        case "barème":
            return resultat.baremes[nom].valeur
        case "décision":
            return resultat.decisions[nom].montant
        case "certitude":
            return {"certain": True, "impossible": False, "ouvert": None}[resultat.decisions[nom].certitude]
        case "pièce":
            return resultat.pieces[nom].valeur
    raise ValueError(sorte)


def differences(colonnes: Colonnes, resultats: Sequence[Resultat]) -> list[str]:
    """Where columns say something else, whether a row was settled in columns or left to the interpreter."""
    found: list[str] = []
    for (sorte, nom), _ in colonnes.colonnes.items():
        given = colonnes.values(sorte, nom)
        for row, resultat in enumerate(resultats):
            if row in colonnes.restes:
                continue
            wanted = expected(resultat, sorte, nom)
            if given[row] != wanted:
                found.append(f"ligne {row} : {sorte} {nom} : {given[row]}, attendu {wanted}")
    for row, resultat in enumerate(resultats):
        if row in colonnes.restes:
            continue
        if resultat.statut == "indetermine":
            found.append(f"ligne {row} : le résultat est indéterminé ({', '.join(resultat.manquants)})")
    return found


def compared(politique: Politique, cohort: Sequence[Etablissement], *, ecartes: int = 0) -> tuple[list[str], int]:
    """The differences, and how many rows columns settled; with the tables of shortcuts as without them."""
    colonnes = PopulationColonnes(politique, cohort, ecartes=ecartes).evaluate()
    tabled = PopulationColonnes(politique, cohort, ecartes=ecartes, raccourcis=True).evaluate()
    wanted = interpreted(politique, cohort, ecartes=ecartes)
    found = [*differences(colonnes, wanted), *differences(tabled, wanted)]
    if colonnes.restes.keys() != tabled.restes.keys():
        found.append(f"restes {sorted(colonnes.restes)}, avec des tables {sorted(tabled.restes)}")
    return found, len(cohort) - len(colonnes.restes)
