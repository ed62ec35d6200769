"""A cohort in exact numbers: how many of each status, how scores spread, what is at stake, where points are lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from caqes_dsl.model.nodes import Critere, Politique

from .trace import Resultat, SousScore

ZERO = Fraction(0)
BANDES = 10
"""Bands of 10 points in which scores are counted."""


@dataclass(frozen=True, slots=True)
class Distribution:
    """How known scores spread. Quartiles are those of CENTILE.INCLURE. `bandes[i]` counts the scores from 10 × i % to
    less than 10 × (i + 1) %; the last takes 100 % and above, the first what is below 0 %."""

    effectif: int
    minimum: Fraction
    quartile_1: Fraction
    mediane: Fraction
    quartile_3: Fraction
    maximum: Fraction
    bandes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SyntheseVolet:
    """One volet (« » for the whole). `cibles` are its targets, when they are known; `ouverts` counts the
    establishments whose missing facts decide whether the target is reached."""

    nom: str
    cibles: tuple[Fraction, ...]
    distribution: Distribution | None
    sous_cible: int
    atteinte: int
    ouverts: int
    sans_objet: int


@dataclass(frozen=True, slots=True)
class SyntheseDecision:
    """One decision: `certains` counts the amounts at stake above 0 €. `total` is the sum of the rounded amounts that
    are certain; `ajout_min` and `ajout_max` what open ones may add (None: no bound is known)."""

    nom: str
    certains: int
    ouverts: int
    impossibles: int
    total: Fraction
    ajout_min: Fraction | None
    ajout_max: Fraction | None
    retenus: int
    total_retenu: Fraction


@dataclass(frozen=True, slots=True)
class CriterePerdu:
    """A criterion and the points it costs the cohort: lost by `perdants` of the `evalues` that it evaluates."""

    critere: Critere
    points: Fraction
    perdants: int
    evalues: int


@dataclass(frozen=True, slots=True)
class Synthese:
    """A cohort. `statuts`: complet, indetermine, sans_objet, a_corriger."""

    effectif: int
    statuts: Mapping[str, int]
    volets: tuple[SyntheseVolet, ...]
    decisions: tuple[SyntheseDecision, ...]
    total: Fraction
    criteres: tuple[CriterePerdu, ...]


def summarize(politique: Politique, resultats: Sequence[Resultat], *, a_corriger: int = 0) -> Synthese:
    """The summary of the results of one policy; `a_corriger` counts the rows refused before evaluation."""
    statuts = Counter(r.statut for r in resultats)
    decisions = tuple(_decision(nom, resultats) for nom in politique.decisions)
    return Synthese(
        len(resultats) + a_corriger,
        {s: statuts[s] for s in ("complet", "indetermine", "sans_objet")} | {"a_corriger": a_corriger},
        tuple(_volet(politique, nom, resultats) for nom in politique.volets or ("",)) if politique.criteres else (),
        decisions,
        sum((d.total for d in decisions), ZERO),
        tuple(sorted(_lost(resultats), key=lambda c: -c.points)),
    )


def score_of(politique: Politique, resultat: Resultat, volet: str) -> SousScore:
    """The score of a volet; the whole when there is only one."""
    return resultat.scores[volet] if len(politique.volets) > 1 else resultat.score_global


def standing(sous: SousScore, cible: object) -> bool | None:
    """Whether the target is reached, whatever is missing; None when that depends, or there is no score or target."""
    if not isinstance(cible, Fraction) or sous.score_min is None or sous.score_max is None:
        return None
    if sous.score_min >= cible:
        return True
    return False if sous.score_max < cible else None


def target_of(resultat: Resultat, volet: str) -> Fraction | None:
    """The target of a volet for one establishment, when it has one and it is known."""
    step = resultat.cibles.get(volet)
    return step.valeur if step is not None and isinstance(step.valeur, Fraction) else None


def _volet(politique: Politique, nom: str, resultats: Sequence[Resultat]) -> SyntheseVolet:
    pairs = [(score_of(politique, r, nom), target_of(r, nom)) for r in resultats]
    reached = Counter(standing(sous, cible) for sous, cible in pairs if cible is not None and not _nothing(sous))
    scores = [sous.score for sous, _ in pairs if sous.score is not None]
    return SyntheseVolet(
        nom,
        tuple(sorted({cible for _, cible in pairs if cible is not None})),
        spread(scores) if scores else None,
        reached[False],
        reached[True],
        reached[None],
        sum(_nothing(sous) for sous, _ in pairs),
    )


def _nothing(sous: SousScore) -> bool:
    return sous.points_applicables == 0


def spread(scores: Iterable[Fraction]) -> Distribution:
    """How scores spread. At least one score."""
    ordered = sorted(scores)
    bands = [0] * BANDES
    for score in ordered:
        place = score * BANDES
        bands[min(max(place.numerator // place.denominator, 0), BANDES - 1)] += 1
    first, middle, third = (quantile(ordered, Fraction(i, 4)) for i in (1, 2, 3))
    return Distribution(len(ordered), ordered[0], first, middle, third, ordered[-1], tuple(bands))


def quantile(ordered: Sequence[Fraction], part: Fraction) -> Fraction:
    """Linear interpolation between the two nearest ranks, as CENTILE.INCLURE does. `ordered` ascends."""
    rank = part * (len(ordered) - 1)
    below = rank.numerator // rank.denominator
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (rank - below) * (ordered[above] - ordered[below])


def _decision(nom: str, resultats: Sequence[Resultat]) -> SyntheseDecision:
    found = [r.decisions[nom] for r in resultats]
    open_ones = [d for d in found if d.certitude == "ouvert"]
    kept = [d.retenu for d in found if d.retenu is not None]
    return SyntheseDecision(
        nom,
        sum(d.certitude == "certain" and d.montant != 0 for d in found),
        len(open_ones),
        sum(d.certitude == "impossible" or d.montant == 0 for d in found),
        sum((d.montant for d in found if d.montant is not None), ZERO),
        _sum(d.montant_min for d in open_ones),
        _sum(d.montant_max for d in open_ones),
        len(kept),
        sum(kept, ZERO),
    )


def _sum(values: Iterable[Fraction | None]) -> Fraction | None:
    total = ZERO
    for value in values:
        if value is None:
            return None
        total += value
    return total


def _lost(resultats: Sequence[Resultat]) -> Iterator[CriterePerdu]:
    if not resultats:
        return
    for nom, critere in resultats[0].politique.criteres.items():
        seen = [r.criteres[nom] for r in resultats]
        lost = [r.poids - r.points for r in seen if r.statut == "evalue" and r.points is not None]
        total = sum(lost, ZERO)
        if total > 0:
            yield CriterePerdu(critere, total, sum(p > 0 for p in lost), len(lost))
