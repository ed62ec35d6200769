"""Points, applicable points and scores of the headings, with their bounds while facts are missing."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from caqes_dsl.base.quantities import add_up, round_to
from caqes_dsl.model.nodes import Cle, Critere

from .bounds import are_independent, score_bounds
from .completions import linked
from .trace import SousScore
from .vu import Vu

if TYPE_CHECKING:
    from .explain import Interpreteur


def under(interprete: Interpreteur, titre: str) -> tuple[Critere, ...]:
    """The criteria of a heading; all for « »."""
    if interprete.souvenirs is not None:
        return interprete.souvenirs.under(titre)
    return interprete.politique.criteres_de(titre)


def total(interprete: Interpreteur, cle: Cle) -> Vu:
    """Points, applicable points or score of a heading, or of the whole."""
    if cle.sorte == "score":
        ruled = interprete.politique.notation.calcul
        if ruled and not cle.nom:
            given = interprete.value(Cle("calcul", ruled))
            return Vu(noted(interprete, given.valeur)) if isinstance(given.valeur, Fraction) else given
        points, applicables = (
            interprete.value(Cle("points", cle.nom)),
            interprete.value(Cle("points_applicables", cle.nom)),
        )
        if not isinstance(points.valeur, Fraction) or not isinstance(applicables.valeur, Fraction):
            return Vu(None, points.manquants | applicables.manquants)
        return Vu(noted(interprete, points.valeur / applicables.valeur)) if applicables.valeur else Vu(None)
    results = interprete.criteres_of(cle.nom)
    vague = [r for r in results if r.statut == "indetermine"]
    if cle.sorte == "points_applicables":
        vague = [r for r in vague if interprete.possibles.criterion(r.critere.nom).peut_etre_neutre]
    if vague:
        return Vu(None, frozenset(m for r in vague for m in r.manquants))
    if cle.sorte == "points":
        return Vu(add_up(r.points for r in results if r.points is not None))
    counted = (r.poids for r in results if r.statut in ("evalue", "indetermine"))
    return Vu(add_up(counted))


def noted(interprete: Interpreteur, ratio: Fraction) -> Fraction:
    """A score as the notation says: rounded before comparison, or exact (also when only displayed rounded)."""
    notation = interprete.politique.notation
    return round_to(ratio, notation.pas) if notation.mode == "arrondi" and notation.pas else ratio


def sous_score(interprete: Interpreteur, titre: str) -> SousScore:
    """Score of a heading with its bounds."""
    keys = [Cle(sorte, titre) for sorte in ("points", "points_applicables", "score")]
    points, applicables, score = (v if isinstance(v := interprete.value(k).valeur, Fraction) else None for k in keys)
    ruled = bool(interprete.politique.notation.calcul) and not titre
    if score is not None:
        return SousScore(points, applicables, score, score, score)
    if not interprete.value(keys[-1]).manquants:
        return SousScore(points, applicables, None, sans_objet=True)
    if ruled:
        domaine = interprete.possibles.cle(Cle("score"))
        if domaine.vide:  # without object, whatever is missing
            return SousScore(points, applicables, None, sans_objet=True)
        return SousScore(points, applicables, None, domaine.bas, domaine.haut, exact=False)
    vague, (got, out_of) = interprete.possibles.vague(titre), interprete.possibles.settled(titre)
    bounds = score_bounds(got, out_of, vague)
    if bounds is None:
        return SousScore(points, applicables, None)
    lies = linked(interprete.politique, interprete, {m for one in vague for m in one.manquants})
    exact = bounds.atteintes and are_independent(vague, lies)
    return SousScore(points, applicables, None, noted(interprete, bounds.bas), noted(interprete, bounds.haut), exact)
