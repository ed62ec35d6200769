"""The lines of a comparison: one establishment on both sides, its answers of last year, critères of one side only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction

from caqes_dsl.evaluation.explain import Interpreteur
from caqes_dsl.evaluation.facts import Etablissement
from caqes_dsl.evaluation.trace import ResultatCritere
from caqes_dsl.model.nodes import Critere, Politique

from .bilans import ZERO, Cohorte, difference, score_of
from .impact_shapes import Bilan, CritereChange, CritereSeul, Ecart, GrilleConstante, Ligne, Perimetre, Reponse

ABSENTE = Reponse("absent", "", None, ZERO, None)


# ---------------------------------------------------------------- last year's answers


def last_year(etablissement: Etablissement, sides: Sequence[Politique]) -> Etablissement | str:
    """The establishment as it was a year before, or why nothing can be said of it.

    A line of facts without an answer is not last year's answers, when some are asked of its secteurs.
    """
    here = etablissement
    if here.exercice is None:
        return "l'exercice n'est pas dit"
    past = here.passes.get(here.exercice - 1)
    if past is None:
        return f"aucune ligne de l'exercice {here.exercice - 1}"
    secteurs = past.secteurs or here.secteurs
    asked = any(_is_asked(c, secteurs) for p in sides for c in p.criteres.values())
    if not (past.reponses if asked else past.faits):
        return f"la ligne de l'exercice {here.exercice - 1} n'a aucune {'réponse' if asked else 'donnée'}"
    earlier = {year: e for year, e in here.passes.items() if year < here.exercice - 1}
    return replace(past, exercice=here.exercice - 1, secteurs=secteurs, passes=earlier)


def _is_asked(critere: Critere, secteurs: Iterable[str]) -> bool:
    return critere.mesure is None and critere.table is None and bool(set(critere.secteurs) & set(secteurs))


def constant_grid(exercice: int, before: Bilan, same: Bilan, now: Bilan, perimetres: Iterable[str]) -> GrilleConstante:
    """Last year's answers by the older rules, then by the newer; this year's by the newer."""
    return GrilleConstante(
        exercice,
        before,
        same,
        {nom: _ecart(*(score_of(b, nom) for b in (before, same, now))) for nom in perimetres},
        _ecart(before.charge.valeur, same.charge.valeur, now.charge.valeur),
        _ecart(before.faveur.valeur, same.faveur.valeur, now.faveur.valeur),
    )


def _ecart(before: Fraction | None, same: Fraction | None, now: Fraction | None) -> Ecart:
    if before is None or same is None or now is None:
        return Ecart(None, None, None)
    return Ecart(now - before, same - before, now - same)


# ---------------------------------------------------------------- a line


def line(
    etablissement: Etablissement,
    bilans: tuple[Bilan, Bilan],
    perimetres: Sequence[Perimetre],
    criteres: tuple[CritereChange, ...],
    taille: int | None,
    passe: GrilleConstante | str,
) -> Ligne:
    """One establishment on both sides."""
    old, new = bilans
    return Ligne(
        etablissement.finess,
        etablissement.raison_sociale,
        etablissement.secteurs,
        taille,
        old,
        new,
        {p.nom: difference(score_of(new, p.nom), score_of(old, p.nom)) for p in perimetres},
        {nom: difference(new.montants[nom].valeur, old.montants[nom].valeur) for nom in new.montants},
        difference(new.charge.valeur, old.charge.valeur),
        difference(new.faveur.valeur, old.faveur.valeur),
        criteres,
        None if isinstance(passe, str) else passe,
        passe if isinstance(passe, str) else "",
    )


def changed_answers(noms: Iterable[str], old: Interpreteur, new: Interpreteur) -> tuple[CritereChange, ...]:
    """The critères that do not give the same; one that is out of the sectors on a side, or absent, gives nothing."""
    found = []
    for nom in noms:
        a, b = _result(old, nom), _result(new, nom)
        if a is b:
            continue
        before, after = answer(a), answer(b)
        nothing = {before.statut, after.statut} <= {"absent", "hors_secteur"}
        if before != after and not nothing:
            found.append(CritereChange(nom, before, after))
    return tuple(found)


def _result(interprete: Interpreteur, nom: str) -> ResultatCritere | None:
    return interprete.critere(nom) if nom in interprete.politique.criteres else None


def answer(result: ResultatCritere | None) -> Reponse:
    """What a critère gave."""
    if result is None:
        return ABSENTE
    return Reponse(result.statut, result.origine, result.niveau, result.poids, result.points)


# ---------------------------------------------------------------- critères of one side only


def one_sided(cohorte: Cohorte, other: Politique, *, nouveau: bool) -> tuple[CritereSeul, ...]:
    """The critères that the other policy has not, and what their own policy does with them."""
    return tuple(
        _alone(critere, [i.critere(nom) for i in cohorte.interpretes], nouveau)
        for nom, critere in cohorte.politique.criteres.items()
        if nom not in other.criteres
    )


def _alone(critere: Critere, results: Sequence[ResultatCritere], nouveau: bool) -> CritereSeul:
    mine = [r for r in results if r.statut != "hors_secteur" or r.origine == "reserve"]
    told = Counter(_treatment(r) for r in mine)
    return CritereSeul(
        critere.nom,
        critere.titre,
        critere.poids,
        nouveau,
        critere.sans_reponse,
        len(mine),
        told["evalue"] + told["neutre"],
        dict(told),
        sum((r.points for r in mine if r.points is not None), ZERO),
        sum((r.poids for r in mine if r.statut == "evalue"), ZERO),
    )


def _treatment(result: ResultatCritere) -> str:
    if result.statut == "hors_secteur":
        return "reserve"
    return "sans_reponse" if result.origine == "sans_reponse" else result.statut
