"""What is missing in a region: from how many, and what to ask for first because it decides most."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .missing import as_read_by, is_own
from .priorites import Priorite, priorites
from .trace import Resultat

ETUDIES = 60
"""Establishments for which what to ask first is worked out: it takes trying values one by one."""


@dataclass(frozen=True, slots=True)
class Demande:
    """What can be asked of an establishment, and in what order; `ordre` is None when that was not worked out."""

    resultat: Resultat
    cles: tuple[str, ...]
    ordre: tuple[Priorite, ...] | None


@dataclass(frozen=True, slots=True)
class Manque:
    """An item that is missing: from how many establishments, for how many it is the first to ask, how many decisions
    are open for want of it."""

    cle: str
    etablissements: int
    premiers: int
    decisions: int


@dataclass(frozen=True, slots=True)
class Manques:
    """What is missing in a region, most often missing first. `attente` counts the establishments that lack only what
    others have not transmitted; `etudies` those for which the first item to ask was worked out."""

    demandes: tuple[Demande, ...]
    manques: tuple[Manque, ...]
    attente: int
    etudies: int


def own_missing(resultat: Resultat) -> tuple[str, ...]:
    """What is missing that can be asked of an establishment."""
    finess = resultat.etablissement.finess
    return tuple(k for k in as_read_by(finess, resultat.manquants) if is_own(k, finess))


def missing_items(resultats: Sequence[Resultat], *, etudies: int = ETUDIES) -> Manques:
    """What is missing, establishment by establishment and item by item."""
    demandes: list[Demande] = []
    for resultat in resultats:
        if keys := own_missing(resultat):
            demandes.append(Demande(resultat, keys, priorites(resultat) if len(demandes) < etudies else None))
    waiting = sum(bool(r.manquants) and not own_missing(r) for r in resultats)
    counts: dict[str, list[int]] = {}
    for demande in demandes:
        for key in demande.cles:
            mine = counts.setdefault(key, [0, 0, 0])
            mine[0] += 1
            mine[1] += key == first_of(demande)
            mine[2] += _held_open(demande.resultat, key)
    found = [Manque(key, *numbers) for key, numbers in counts.items()]
    found.sort(key=lambda m: (-m.etablissements, -m.premiers, -m.decisions, m.cle))
    return Manques(tuple(demandes), tuple(found), waiting, sum(d.ordre is not None for d in demandes))


def first_of(demande: Demande) -> str:
    """The item to ask first: the only one, or the one that narrows the scores or opens the decisions most; « » when
    none stands out, or that was not worked out."""
    own = [p for p in demande.ordre or () if p.cle in demande.cles]
    if not own:
        return ""
    first = own[0]
    if len(own) == 1 or first.reduit or first.decisions > own[1].decisions:
        return first.cle
    return ""


def _held_open(resultat: Resultat, cle: str) -> int:
    finess = resultat.etablissement.finess
    return sum(d.certitude == "ouvert" and cle in as_read_by(finess, d.manquants) for d in resultat.decisions.values())
