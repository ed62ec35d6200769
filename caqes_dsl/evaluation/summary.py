"""A cohort in exact numbers: how many of each status, how scores spread, what is at stake, where points are lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from caqes_dsl.model.nodes import Critere, Politique

from .population import quantile
from .trace import Resultat, ResultatIndicateur, SousScore

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
    establishments whose missing facts decide whether the target is reached; `fermes` those to which it is closed, and
    `sans_objet` the others in which nothing counts."""

    nom: str
    cibles: tuple[Fraction, ...]
    distribution: Distribution | None
    sous_cible: int
    atteinte: int
    ouverts: int
    sans_objet: int
    fermes: int


@dataclass(frozen=True, slots=True)
class SyntheseIndicateur:
    """One indicateur: how many reach its target, do not, cannot be judged yet, are without object. `mesures` counts
    those measured that no target judges."""

    nom: str
    atteints: int
    non_atteints: int
    indetermines: int
    sans_objet: int
    mesures: int


@dataclass(frozen=True, slots=True)
class SyntheseDecision:
    """One decision: `certains` counts the amounts above 0 €. `total` is the sum of the rounded amounts that are
    certain; `ajout_min` and `ajout_max` what open ones may add (None: no bound is known)."""

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
    """A cohort. `statuts`: complet, indetermine, sans_objet, a_corriger.

    What establishments would bear (`total_charge`) and what they would receive (`total_faveur`) are never added.
    `reserves` counts, for each volet reserved to some, those to which it is closed.
    """

    effectif: int
    statuts: Mapping[str, int]
    volets: tuple[SyntheseVolet, ...]
    indicateurs: tuple[SyntheseIndicateur, ...]
    decisions: tuple[SyntheseDecision, ...]
    total_charge: Fraction
    total_faveur: Fraction
    reserves: Mapping[str, int]
    criteres: tuple[CriterePerdu, ...]


def summarize(politique: Politique, resultats: Sequence[Resultat], *, a_corriger: int = 0) -> Synthese:
    """The summary of the results of one policy; `a_corriger` counts the rows refused before evaluation."""
    statuts = Counter(r.statut for r in resultats)
    decisions = tuple(_decision(politique, nom, resultats) for nom in politique.decisions)
    totals = {False: ZERO, True: ZERO}
    for found in decisions:
        totals[politique.decisions[found.nom].en_faveur] += found.total
    return Synthese(
        len(resultats) + a_corriger,
        {s: statuts[s] for s in ("complet", "indetermine", "sans_objet")} | {"a_corriger": a_corriger},
        tuple(_volet(politique, nom, resultats) for nom in scored(politique)),
        tuple(_indicator(nom, resultats) for nom in politique.indicateurs),
        decisions,
        totals[False],
        totals[True],
        {
            nom: sum(_closed(r, nom) for r in resultats)
            for nom, volet in politique.volets.items()
            if volet.reserve is not None
        },
        tuple(sorted(_lost(resultats), key=lambda c: -c.points)),
    )


def scored(politique: Politique) -> tuple[str, ...]:
    """The volets that have a score of their own: those with criteria; « » for the whole, when it has one."""
    if not politique.criteres:
        return ()
    found = tuple(v for v in politique.volets if any(c.volet == v for c in politique.criteres.values()))
    whole = not found or (politique.notation.calcul and len(politique.volets) > 1)
    return (*(("",) if whole else ()), *found)


def score_of(politique: Politique, resultat: Resultat, volet: str) -> SousScore:
    """The score of a volet; the whole when there is only one, or for « »."""
    return resultat.scores[volet] if volet and len(politique.volets) > 1 else resultat.score_global


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
        sum(_nothing(sous) and not _closed(r, nom) for r, (sous, _) in zip(resultats, pairs, strict=True)),
        sum(_closed(r, nom) for r in resultats),
    )


def _closed(resultat: Resultat, volet: str) -> bool:
    """Whether a reserved volet is closed to an establishment."""
    step = resultat.reserves.get(volet)
    return step is not None and step.valeur is False


def _indicator(nom: str, resultats: Sequence[Resultat]) -> SyntheseIndicateur:
    seen = Counter(reaching(r.indicateurs[nom]) for r in resultats)
    return SyntheseIndicateur(
        nom, *(seen[w] for w in ("atteint", "non atteint", "indéterminé", "sans objet", "mesuré"))
    )


def reaching(found: ResultatIndicateur) -> str:
    """« atteint », « non atteint », « indéterminé », « sans objet »; « mesuré » where no target judges it."""
    if found.statut == "sans_objet":
        return "sans objet"
    if found.atteint is not None:
        return "atteint" if found.atteint else "non atteint"
    judged = found.cible is not None and (found.cible.valeur is not None or found.cible.manquants)
    return "mesuré" if found.statut == "mesure" and not judged else "indéterminé"


def _nothing(sous: SousScore) -> bool:
    return sous.sans_objet


def spread(scores: Iterable[Fraction]) -> Distribution:
    """How scores spread. At least one score."""
    ordered = sorted(scores)
    bands = [0] * BANDES
    for score in ordered:
        place = score * BANDES
        bands[min(max(place.numerator // place.denominator, 0), BANDES - 1)] += 1
    first, middle, third = (quantile(ordered, Fraction(i, 4)) for i in (1, 2, 3))
    return Distribution(len(ordered), ordered[0], first, middle, third, ordered[-1], tuple(bands))


def _decision(politique: Politique, nom: str, resultats: Sequence[Resultat]) -> SyntheseDecision:
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
        # The open shares of an envelope have one sum among them, however many they are.
        _sum(d.montant_max for d in (open_ones[:1] if politique.decisions[nom].nature == "enveloppe" else open_ones)),
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
