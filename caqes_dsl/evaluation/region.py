"""A region for its committee, in exact numbers: scores by band, by chapitre, by secteur, who stands near the target."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from caqes_dsl.model.nodes import Politique

from .summary import Distribution, score_of, scored, spread, standing, target_of
from .trace import Resultat

ZERO = Fraction(0)
PAS = Fraction(1, 20)
"""Width of a band of scores: five percentage points."""
PROCHE = Fraction(2, 100)
"""How far from the target an establishment is still near it: two percentage points, unless asked otherwise."""


@dataclass(frozen=True, slots=True)
class Bande:
    """Known scores from `bas` to less than `haut`; the last band takes all above, the first all below.

    `sous` and `atteints` say on which side of its own target each stands; `sans` have no known target.
    """

    bas: Fraction
    haut: Fraction
    sous: int
    atteints: int
    sans: int

    @property
    def effectif(self) -> int:
        """How many scores it holds."""
        return self.sous + self.atteints + self.sans


@dataclass(frozen=True, slots=True)
class RepartitionChapitre:
    """How the known scores of a chapitre spread (`scores`, in increasing order); the others are undetermined, or
    nothing of it applies to them."""

    nom: str
    scores: tuple[Fraction, ...]
    distribution: Distribution | None
    indetermines: int
    sans_objet: int


@dataclass(frozen=True, slots=True)
class RepartitionSecteur:
    """The establishments that have a secteur (« » for those that have none), and how their scores in a volet spread.

    `scores` are the known ones, in increasing order. An establishment of several secteurs is in each of them.
    """

    nom: str
    effectif: int
    scores: tuple[Fraction, ...]
    distribution: Distribution | None
    sous: int
    atteints: int
    ouverts: int


@dataclass(frozen=True, slots=True)
class MontantsSecteur:
    """What the establishments of a secteur would bear, or receive: how many for certain, how many more may, the sum."""

    nom: str
    effectif: int
    certains: int
    ouverts: int
    total: Fraction


@dataclass(frozen=True, slots=True)
class Voisin:
    """An establishment and the target of a volet.

    `atteinte`: None while what is missing decides. `bas` and `haut` bound its score: equal when it is known, None when
    no bound is known.
    """

    resultat: Resultat
    volet: str
    cible: Fraction
    bas: Fraction | None
    haut: Fraction | None
    atteinte: bool | None

    def within(self, distance: Fraction) -> bool:
        """Whether its score is, or may be, at this distance of the target at most."""
        if self.bas is None or self.haut is None:
            return True
        return self.bas <= self.cible + distance and self.haut >= self.cible - distance


def bands(politique: Politique, resultats: Sequence[Resultat], volet: str) -> tuple[Bande, ...]:
    """The known scores of a volet, in bands of `PAS`, from the first that holds one to the last."""
    count = 1 / PAS
    found: dict[int, list[int]] = {}
    for resultat in resultats:
        score = score_of(politique, resultat, volet).score
        if score is None:
            continue
        place = min(max(score // PAS, 0), count.numerator - 1)
        cible = target_of(resultat, volet)
        found.setdefault(place, [0, 0, 0])[2 if cible is None else int(score >= cible)] += 1
    if not found:
        return ()
    return tuple(Bande(i * PAS, (i + 1) * PAS, *found.get(i, (0, 0, 0))) for i in range(min(found), max(found) + 1))


def chapters(politique: Politique, resultats: Sequence[Resultat]) -> tuple[RepartitionChapitre, ...]:
    """Every chapitre that has criteria, in the order of the contract."""
    return tuple(
        _chapter(nom, resultats)
        for nom in politique.chapitres
        if any(c.chapitre == nom for c in politique.criteres.values())
    )


def _chapter(nom: str, resultats: Sequence[Resultat]) -> RepartitionChapitre:
    seen = [r.scores[nom] for r in resultats]
    known = sorted(s.score for s in seen if s.score is not None)
    nothing = sum(s.sans_objet for s in seen)
    spreads = spread(known) if known else None
    return RepartitionChapitre(nom, tuple(known), spreads, len(seen) - len(known) - nothing, nothing)


def sectors(politique: Politique, resultats: Sequence[Resultat], volet: str) -> tuple[RepartitionSecteur, ...]:
    """Every secteur that an establishment has, in the order of the policy; then those who have none."""
    return tuple(_sector(politique, nom, group, volet) for nom, group in _groups(politique, resultats))


def _groups(politique: Politique, resultats: Sequence[Resultat]) -> list[tuple[str, list[Resultat]]]:
    if not politique.secteurs:
        return []
    found = [(nom, [r for r in resultats if nom in r.etablissement.secteurs]) for nom in politique.secteurs]
    found.append(("", [r for r in resultats if not set(politique.secteurs) & set(r.etablissement.secteurs)]))
    return [(nom, group) for nom, group in found if group]


def _sector(politique: Politique, nom: str, group: Sequence[Resultat], volet: str) -> RepartitionSecteur:
    known = sorted(s.score for r in group if (s := score_of(politique, r, volet)).score is not None)
    sides = [v.atteinte for r in group if (v := _standing(politique, r, volet)) is not None]
    spreads = spread(known) if known else None
    counts = (sides.count(False), sides.count(True), sides.count(None))
    return RepartitionSecteur(nom, len(group), tuple(known), spreads, *counts)


def sector_amounts(
    politique: Politique, resultats: Sequence[Resultat], *, en_faveur: bool
) -> tuple[MontantsSecteur, ...]:
    """What those of each secteur would bear, or receive."""
    found = []
    for nom, group in _groups(politique, resultats):
        amounts = [borne(politique, r, en_faveur=en_faveur) for r in group]
        certain = [amount for amount, _ in amounts if amount]
        more = sum(vague and not amount for amount, vague in amounts)
        found.append(MontantsSecteur(nom, len(group), len(certain), more, sum(certain, ZERO)))
    return tuple(found)


def neighbours(
    politique: Politique, resultats: Sequence[Resultat], *, distance: Fraction = PROCHE
) -> tuple[Voisin, ...]:
    """Those whose score is within `distance` of the target of a volet, on both sides, or may be: by volet, the lowest
    scores first, then the FINESS."""
    return _ordered(politique, (v for v in _all_standings(politique, resultats) if v.within(distance)))


def far_below(
    politique: Politique, resultats: Sequence[Resultat], *, distance: Fraction = PROCHE
) -> tuple[Voisin, ...]:
    """Those certainly under the target of a volet by more than `distance`, in the same order."""
    found = _all_standings(politique, resultats)
    return _ordered(politique, (v for v in found if v.atteinte is False and not v.within(distance)))


def _all_standings(politique: Politique, resultats: Sequence[Resultat]) -> list[Voisin]:
    return [v for volet in scored(politique) for r in resultats if (v := _standing(politique, r, volet)) is not None]


def _ordered(politique: Politique, found: Iterable[Voisin]) -> tuple[Voisin, ...]:
    order = {volet: i for i, volet in enumerate(scored(politique))}

    def key(v: Voisin) -> tuple[int, Fraction, Fraction, str]:
        return (order[v.volet], v.bas or ZERO, v.haut or ZERO, v.resultat.etablissement.finess)

    return tuple(sorted(found, key=key))


def _standing(politique: Politique, resultat: Resultat, volet: str) -> Voisin | None:
    """Where an establishment stands; None when the volet has no target for it, or nothing to score."""
    sous, cible = score_of(politique, resultat, volet), target_of(resultat, volet)
    if cible is None or sous.sans_objet:
        return None
    return Voisin(resultat, volet, cible, sous.score_min, sous.score_max, standing(sous, cible))


def below(politique: Politique, resultat: Resultat) -> bool:
    """Whether it is certainly under the target of a volet."""
    return any(standing(score_of(politique, resultat, v), target_of(resultat, v)) is False for v in scored(politique))


def borne(politique: Politique, resultat: Resultat, *, en_faveur: bool) -> tuple[Fraction, bool]:
    """What an establishment would bear, or receive, as far as it is certain; whether more may come."""
    mine = [d for n, d in resultat.decisions.items() if politique.decisions[n].en_faveur is en_faveur]
    return sum((d.montant for d in mine if d.montant is not None), ZERO), any(d.certitude == "ouvert" for d in mine)
