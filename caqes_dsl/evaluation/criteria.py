"""What one criterion gives to one establishment."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from caqes_dsl.model.nodes import Cle, Critere, Table, Variante

from .trace import ResultatCritere
from .vu import Vu

if TYPE_CHECKING:
    from .explain import Interpreteur


def evaluate_critere(interprete: Interpreteur, critere: Critere) -> ResultatCritere:
    """What a criterion gives: its level or credit, or why it has none."""
    here = [s for s in critere.secteurs if s in interprete.etablissement.secteurs]
    ouvert = interprete.value(Cle("réserve", critere.volet))
    if not here or ouvert.valeur is False:
        return ResultatCritere(critere, "hors_secteur", "" if not here else "reserve", Fraction(0))
    variante = _variante(interprete, critere)
    poids = variante.poids if variante and variante.poids is not None else critere.poids
    imposed = interprete.imposes.get(("niveau", critere.nom, 0))
    if isinstance(imposed, str):
        return _at_level(interprete, critere, poids, imposed, "impose")
    found = _given(interprete, critere, poids)
    if ouvert.valeur is None:
        return replace(_unknown(critere, poids, ouvert.manquants | set(found.manquants)), calcul=found.calcul)
    return found


def _given(interprete: Interpreteur, critere: Critere, poids: Fraction) -> ResultatCritere:
    """What a criterion that applies gives: neutral first, then by its measure or its answer."""
    office = Vu(False)
    if critere.nc_office is not None and ("mesure", critere.nom, 0) not in interprete.imposes:
        office = interprete.eval(critere.nc_office)
    if office.valeur is True:
        return ResultatCritere(critere, "neutre", "nc_office", poids, niveau="NC")
    reponse = interprete.etablissement.reponses.get(critere.nom)
    if reponse is not None and interprete.politique.niveaux[reponse].part is None:
        origine = "reponse" if reponse in critere.niveaux else "nc_justification"
        result = _at_level(interprete, critere, poids, reponse, origine)
        return replace(result, motif=interprete.etablissement.motifs.get(critere.nom, ""))
    if critere.mesure is not None or critere.table is not None:
        found = _measured(interprete, critere, poids)
    elif reponse is not None:
        found = _at_level(interprete, critere, poids, reponse, "reponse")
    else:
        found = _unanswered(interprete, critere, poids, frozenset({critere.nom}))
    if office.valeur is None and office.manquants:
        return replace(_unknown(critere, poids, office.manquants | set(found.manquants)), calcul=found.calcul)
    return found


def _variante(interprete: Interpreteur, critere: Critere) -> Variante | None:
    """The variante in force: the one whose sectors are the only ones through which the criterion applies."""
    here = {s for s in critere.secteurs if s in interprete.etablissement.secteurs}
    return next((v for v in critere.variantes if here <= set(v.secteurs)), None) if here else None


def table_of(interprete: Interpreteur, critere: Critere) -> Table | None:
    """The thresholds of a criterion, of its variante if one is in force."""
    variante = _variante(interprete, critere)
    return variante.table if variante and variante.table is not None else critere.table


def _at_level(
    interprete: Interpreteur, critere: Critere, poids: Fraction, niveau: str, origine: str
) -> ResultatCritere:
    part = interprete.politique.niveaux[niveau].part
    if part is None:
        return ResultatCritere(critere, "neutre", origine, poids, niveau=niveau)
    return ResultatCritere(critere, "evalue", origine, poids, niveau=niveau, part=part, points=poids * part)


def _unanswered(
    interprete: Interpreteur, critere: Critere, poids: Fraction, manquants: frozenset[str]
) -> ResultatCritere:
    if critere.sans_reponse is None:
        return _unknown(critere, poids, manquants)
    result = _at_level(interprete, critere, poids, critere.sans_reponse, "sans_reponse")
    return replace(result, manquants=tuple(sorted(manquants)))


def _unknown(critere: Critere, poids: Fraction, manquants: frozenset[str]) -> ResultatCritere:
    return ResultatCritere(critere, "indetermine", "", poids, manquants=tuple(sorted(manquants)))


def _measured(interprete: Interpreteur, critere: Critere, poids: Fraction) -> ResultatCritere:
    imposed, table = interprete.imposes.get(("mesure", critere.nom, 0)), table_of(interprete, critere)
    seen = Vu(imposed)
    if imposed is None and critere.mesure is not None:
        seen = interprete.eval(critere.mesure)
    words = "" if critere.mesure is None else interprete.words(critere.mesure, seen)
    if critere.mesure is not None and seen.valeur is None:
        return replace(_without(interprete, critere, poids, seen.manquants), calcul=words)
    if table is None:
        assert isinstance(seen.valeur, Fraction)
        part = min(max(seen.valeur, Fraction(0)), Fraction(1))
        return ResultatCritere(
            critere, "evalue", "mesure", poids, part=part, points=poids * part, mesure=seen.valeur, calcul=words
        )
    given, rang = interprete.table(table, {critere.mesure: seen} if critere.mesure is not None else {})
    if given.valeur is None:
        return replace(_without(interprete, critere, poids, given.manquants), mesure=seen.valeur, calcul=words)
    if isinstance(given.valeur, str):
        result = _at_level(interprete, critere, poids, given.valeur, "mesure")
    else:
        assert isinstance(given.valeur, Fraction)
        part = min(max(given.valeur, Fraction(0)), Fraction(1))
        result = ResultatCritere(critere, "evalue", "mesure", poids, part=part, points=poids * part)
    return replace(result, mesure=seen.valeur, rang=rang, calcul=words)


def _without(interprete: Interpreteur, critere: Critere, poids: Fraction, manquants: frozenset[str]) -> ResultatCritere:
    """A measure without a value: for want of facts, or because what it reads is itself without object."""
    if manquants:
        return _unanswered(interprete, critere, poids, manquants)
    return ResultatCritere(critere, "neutre", "sans_objet", poids, niveau="NC")
