"""What reads a policy to evaluate a cohort: the interpreter, columns; the same table whichever does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from caqes_dsl import __version__
from caqes_dsl.base.diagnostics import Diagnostic
from caqes_dsl.model.nodes import Politique

from .cohort import Cohorte
from .results import Resultats, result_table

MOTEURS = ("auto", "interprete", "colonnes", "sql")
"""The interpreter explains; columns are for many rows; sql runs in DuckDB. `auto` chooses by size, never sql."""


def is_master(moteur: str) -> bool:
    """Whether an engine is the address of a Spark."""
    return moteur.startswith(("spark://", "local[", "yarn", "k8s://")) or moteur == "local"


NOMBREUX = 300
"""Rows from which columns are sooner done than the interpreter."""


def evaluate_table(
    politique: Politique, cohorte: Cohorte, moteur: str = "auto"
) -> tuple[Resultats | None, list[Diagnostic]]:
    """The table of results, and what is to be said of the cohort and of them.

    None when the engine that is asked for cannot evaluate this policy; the diagnostic says why. `auto` then falls back
    on the interpreter.
    """
    if moteur == "sql":
        asked = _by_columns(politique, cohorte, sql=True)
        return (None, [asked]) if isinstance(asked, Diagnostic) else asked
    many = len(cohorte.etablissements) >= NOMBREUX
    if moteur == "colonnes" or (moteur == "auto" and many):
        found = _by_columns(politique, cohorte)
        if not isinstance(found, Diagnostic):
            return found
        if moteur != "auto":
            return None, [found]
    return _by_interpreter(politique, cohorte)


def _by_interpreter(politique: Politique, cohorte: Cohorte) -> tuple[Resultats, list[Diagnostic]]:
    from caqes_dsl.evaluation.explain import Calculateur
    from caqes_dsl.evaluation.limits import check_cohort
    from caqes_dsl.evaluation.population import Population

    population = Population(politique, cohorte.etablissements, ecartes=len(cohorte.ecartes), interprete=Calculateur)
    results = population.results()
    table = result_table(politique, results, cohorte, __version__)
    return table, [*cohorte.diagnostics, *population.notes(), *check_cohort(politique, results)]


def _by_columns(
    politique: Politique, cohorte: Cohorte, *, sql: bool = False
) -> tuple[Resultats, list[Diagnostic]] | Diagnostic:
    from caqes_dsl.evaluation.exact import cohort
    from caqes_dsl.evaluation.exact.cohort import PopulationColonnes, Refus
    from caqes_dsl.evaluation.limits import check_among

    from .results_columns import columns_table

    kind: type[PopulationColonnes] = cohort.PopulationColonnes
    if sql:
        from caqes_dsl.evaluation.exact.sql_run import MoteurAbsent, PopulationSql, load_duckdb

        try:
            load_duckdb()
        except MoteurAbsent:
            message = "Le moteur SQL demande le paquet « duckdb »."
            return Diagnostic("CAQ802", message, fichier="--moteur sql", aide="pip install 'caqes[sql]'")
        kind = PopulationSql
    try:
        population = kind(politique, cohorte.etablissements, ecartes=len(cohorte.ecartes))
        table = columns_table(politique, population.evaluate(), cohorte, __version__)
    except Refus as refused:
        return refusal(politique, refused.excuses)
    said: Sequence[Diagnostic] = check_among(politique, population.doubtful)
    return table, [*cohorte.diagnostics, *population.notes(), *said]


def refusal(politique: Politique, excuses: Mapping[str, str], how: str = "par colonnes") -> Diagnostic:
    """Why a policy is left to the interpreter."""
    listed = " ; ".join(f"« {nom} » : {reason}" for nom, reason in list(excuses.items())[:5])
    return Diagnostic(
        "CAQ810",
        f"La politique « {politique.nom} » ne s'évalue pas {how} : {listed}.",
        aide="Demandez « --moteur interprete », qui évalue toute politique.",
    )
