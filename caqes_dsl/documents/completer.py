"""What to ask of an establishment, in a sentence: what narrows its score most in front, and by how much."""

from __future__ import annotations

from collections.abc import Sequence

from caqes_dsl.documents.demandes import first_asked, gain
from caqes_dsl.documents.manquants import missing_in_words
from caqes_dsl.documents.typography import capital, listing
from caqes_dsl.evaluation.priorites import Priorite, priorites
from caqes_dsl.evaluation.trace import Resultat
from caqes_dsl.model.nodes import Politique


def to_complete(
    resultat: Resultat, keys: Sequence[str], politique: Politique, ranked: tuple[Priorite, ...] | None = None
) -> str:
    """« D'abord « Part ». Quelle que soit… Puis « Produits » et 2 autres. »; `ranked`: its priorités, if known."""
    ranked = priorites(resultat) if ranked is None else ranked
    order = [p.cle for p in ranked if p.cle in keys]
    words = [missing_in_words(k, politique) for k in order[:3]]
    more = len(order) - 3
    words += [f"{more} autre{'s' if more > 1 else ''}"] if more > 0 else []
    if not first_asked(ranked, politique):
        return capital(listing(words))
    gained = gain(ranked[0], politique)
    rest = f" Puis {listing(words[1:])}." if len(words) > 1 else ""
    return f"D'abord {words[0]}.{f' {gained}' if gained else ''}{rest}"
