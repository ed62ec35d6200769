"""From the returns received to the amounts proposed, then retained: how many establishments are at each step."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from caqes_dsl.base.quantities import Valeur
from caqes_dsl.model.nodes import Politique

from .region import ZERO, below, borne
from .summary import score_of, scored, standing, target_of
from .trace import Resultat


@dataclass(frozen=True, slots=True)
class Marche:
    """A step of the funnel: how many establishments are there for certain, how many may be.

    `sorte`: recus, evalues, sous_cible, piece, charge, faveur, retenu_charge, retenu_faveur; `nom`: a volet or a pièce.
    `total` and `plus_haut`: the sum and the largest of what each would bear, receive, or bear or receive once retained.
    `sous`: how many of those are certainly under a target; None where that is not asked.
    """

    sorte: str
    nom: str
    compte: int
    ouverts: int = 0
    total: Fraction | None = None
    plus_haut: Fraction | None = None
    sous: int | None = None


def retained(politique: Politique, resultat: Resultat, *, en_faveur: bool) -> Fraction | None:
    """What was retained after hearing; None while nothing was written."""
    kept = [
        d.retenu
        for n, d in resultat.decisions.items()
        if politique.decisions[n].en_faveur is en_faveur and d.retenu is not None
    ]
    return sum(kept, ZERO) if kept else None


def funnel(politique: Politique, resultats: Sequence[Resultat], *, a_corriger: int = 0) -> tuple[Marche, ...]:
    """From what was received to what is proposed, then retained."""
    return tuple(_steps(politique, resultats, a_corriger))


def _steps(politique: Politique, resultats: Sequence[Resultat], a_corriger: int) -> Iterator[Marche]:
    aimed = any(r.cibles for r in resultats) and bool(scored(politique))
    under = {id(r) for r in resultats if below(politique, r)} if aimed else None
    yield Marche("recus", "", len(resultats) + a_corriger)
    yield Marche("evalues", "", len(resultats))
    for volet in scored(politique):
        found = [
            standing(sous, cible)
            for r in resultats
            if (cible := target_of(r, volet)) is not None and not (sous := score_of(politique, r, volet)).sans_objet
        ]
        if found:
            yield Marche("sous_cible", volet, found.count(False), found.count(None))
    for nom in politique.pieces:
        due = [(r, r.pieces[nom]) for r in resultats]
        certain = [r for r, step in due if step.valeur is True]
        vague = sum(_open(step.valeur, step.manquants) for _, step in due)
        yield Marche("piece", nom, len(certain), vague, sous=_among(certain, under))
    for en_faveur in (False, True):
        if any(d.en_faveur is en_faveur for d in politique.decisions.values()):
            yield from _amounts(politique, resultats, under, en_faveur)


def _among(resultats: Sequence[Resultat], under: set[int] | None) -> int | None:
    return None if under is None else sum(id(r) in under for r in resultats)


def _open(valeur: Valeur | None, manquants: Sequence[str]) -> bool:
    return valeur is None and bool(manquants)


def _amounts(
    politique: Politique, resultats: Sequence[Resultat], under: set[int] | None, en_faveur: bool
) -> Iterator[Marche]:
    """Who has an amount for certain, who may; then who had one retained."""
    found = [(r, *borne(politique, r, en_faveur=en_faveur)) for r in resultats]
    certain = [(r, amount) for r, amount, _ in found if amount]
    yield Marche(
        "faveur" if en_faveur else "charge",
        "",
        len(certain),
        sum(vague and not amount for _, amount, vague in found),
        sum((amount for _, amount in certain), ZERO),
        max((amount for _, amount in certain), default=None),
        None if en_faveur else _among([r for r, _ in certain], under),
    )
    kept = [k for r in resultats if (k := retained(politique, r, en_faveur=en_faveur)) is not None]
    if kept:
        positive = [k for k in kept if k]
        sorte = "retenu_faveur" if en_faveur else "retenu_charge"
        yield Marche(sorte, "", len(positive), 0, sum(positive, ZERO), max(positive, default=None))
