"""A statistic of the cohort in an explanation: its value, on how many establishments it rests, who was left out."""

from __future__ import annotations

from caqes_dsl.documents.explication_shapes import EtapeVue
from caqes_dsl.documents.operations import Operations
from caqes_dsl.documents.phrases import describe
from caqes_dsl.documents.typography import capital, listing
from caqes_dsl.evaluation.explain import Interpreteur
from caqes_dsl.model.nodes import Agregat

MONTRES = 5
"""Establishments left out that are named."""


def statistic(noeud: Agregat, interprete: Interpreteur, operations: Operations) -> EtapeVue:
    """One statistic, as the establishment reads it."""
    title = capital(describe(noeud, interprete.politique))
    return EtapeVue(title, "", _rests_on(noeud, interprete), operations.result(noeud), ())


def _rests_on(noeud: Agregat, interprete: Interpreteur) -> str:
    population = interprete.population
    if population is None:
        return "se calcule sur tous les établissements de la cohorte, qui n'ont pas été donnés ici"
    groupe = None if noeud.par is None else interprete.eval(noeud.par).valeur
    if noeud.par is not None and groupe is None:
        return "le groupe de l'établissement n'est pas connu"
    sample = population.echantillon(noeud, groupe)
    count = len(sample.valeurs)
    verb = "compte" if noeud.fonction == "effectif" else "repose sur"
    said = f"{verb} {establishments(count)} de la cohorte"
    least = interprete.politique.notation.effectif_minimum
    if least is not None and count < least:
        said += f", moins que l'effectif minimum de {least}"
    if sample.sans:
        some, more = sample.sans[:MONTRES], len(sample.sans) - MONTRES
        named = listing([*some, *([f"{more} autre{'s' if more > 1 else ''}"] if more > 0 else [])])
        many = "s" if len(sample.sans) > 1 else ""
        said += f" ; {establishments(len(sample.sans))} laissé{many} de côté, faute d'une valeur transmise ({named})"
    return said


def establishments(count: int) -> str:
    """« 42 établissements »."""
    return "aucun établissement" if not count else f"{count} établissement{'s' if count > 1 else ''}"
