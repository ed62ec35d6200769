"""The changes between two policies in the order of a contract: by volet and chapitre, then the rest by subject."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from caqes_dsl.compare import changes
from caqes_dsl.compare.changes import Changement
from caqes_dsl.documents.changements_valeurs import article
from caqes_dsl.documents.typography import capital
from caqes_dsl.documents.words import quoted
from caqes_dsl.model.nodes import Politique, Titre

_SUJETS = {
    "politique": "En-tête",
    "notation": "Règles de notation",
    "secteur": "Secteurs et réponses",
    "niveau": "Secteurs et réponses",
    "paramètre": "Valeurs fixées par un texte",
    "donnée": "Données recueillies",
    "calcul": "Calculs et barèmes",
    "barème": "Calculs et barèmes",
    "étape": "Calendrier",
    "délai": "Calendrier",
    "exemple": "Exemples et contrôles",
    "contrôle": "Exemples et contrôles",
    "limite": "Limites",
    "pièce": "Pièces à joindre",
}
_MONTANTS = "Montants encourus et intéressements"
_ORDRE = ("Règles de notation", "Secteurs et réponses", "Valeurs fixées par un texte")
_APRES = ("Calculs et barèmes", _MONTANTS, "Pièces à joindre", "Limites", "Données recueillies", "Calendrier")
_FIN = ("En-tête", "Exemples et contrôles")
SUJETS = frozenset({*_ORDRE, *_APRES, *_FIN})
"""The titles of the groups that stand outside the grid."""


@dataclass(frozen=True, slots=True)
class Groupe:
    """Changes that bear on one part of the contract. `titre` is « Volet … », « Article 10-1 … » or a subject."""

    titre: str
    changements: tuple[Changement, ...]


def plan(ancienne: Politique, nouvelle: Politique, changements: Iterable[Changement]) -> tuple[Groupe, ...]:
    """The changes, grouped: the grid first, by volet and chapitre in the order of the newer policy, then what follows
    from it, the data and the calendar; last the header and the examples."""
    held: dict[str, list[Changement]] = {}
    headings: dict[str, None] = {}
    for changement in changements:
        title = _subject(changement) or _heading(changement, ancienne, nouvelle)
        if _subject(changement) == "":
            headings.setdefault(title)
        held.setdefault(title, []).append(changement)
    order = [*_ORDRE, *_sorted(headings, ancienne, nouvelle), *_APRES, *_FIN]
    titles = [t for t in dict.fromkeys([*order, *held]) if t in held]
    return tuple(Groupe(t, tuple(held[t])) for t in titles)


def _subject(changement: Changement) -> str:
    """The subject of what stands outside the grid; « » for what the grid holds."""
    if isinstance(changement, changes.Source) and changement.genre == "politique":
        return "En-tête"
    if changement.genre in ("sanction", "intéressement", "pénalité", "enveloppe"):
        return _MONTANTS
    return _SUJETS.get(changement.genre, "")


def _heading(changement: Changement, ancienne: Politique, nouvelle: Politique) -> str:
    titre = _titre(changement.chapitre or changement.volet, ancienne, nouvelle)
    return _words(titre) if titre is not None else "Critères et indicateurs"


def _titre(nom: str, ancienne: Politique, nouvelle: Politique) -> Titre | None:
    for politique in (nouvelle, ancienne):
        for headings in (politique.chapitres, politique.volets):
            if nom in headings:
                return headings[nom]
    return None


def _words(titre: Titre) -> str:
    title = quoted(titre.titre or titre.nom)
    if titre.article:
        words = capital(article(titre).removeprefix("l'"))
        return f"{words} : {title}"
    return f"{'Volet' if titre.rang == 1 else 'Chapitre'} {title}"


def _sorted(headings: Iterable[str], ancienne: Politique, nouvelle: Politique) -> list[str]:
    ranks: dict[str, int] = {}
    for politique in (nouvelle, ancienne):
        for volet in politique.volets.values():
            ranks.setdefault(_words(volet), len(ranks))
            for chapitre in politique.chapitres.values():
                if chapitre.parent == volet.nom:
                    ranks.setdefault(_words(chapitre), len(ranks))
        for chapitre in politique.chapitres.values():
            ranks.setdefault(_words(chapitre), len(ranks))
    return sorted(headings, key=lambda t: ranks.get(t, len(ranks)))
