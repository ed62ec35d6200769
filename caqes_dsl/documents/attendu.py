"""What is expected of a fact, in words: the annex and the workbook to fill say it alike."""

from __future__ import annotations

from caqes_dsl.documents import phrases
from caqes_dsl.documents.typography import capital, listing
from caqes_dsl.documents.words import BORNES, GENRES, value_in_words
from caqes_dsl.model.nodes import Constante, Donnee, Fait, Noeud, Politique


def expected(donnee: Donnee, politique: Politique) -> str:
    """What kind of value a fact is, and between which bounds."""
    kind = GENRES[donnee.genre]
    if donnee.choix:
        kind = "au choix : " + listing([c.replace("_", " ") for c in donnee.choix], "ou")
    said = [kind, *_bounds(donnee, politique)]
    if donnee.defaut is not None:
        said.append(f"à défaut de transmission : {value_in_words(donnee.defaut, donnee.genre, politique)}")
    return capital(", ".join(said))


def _bounds(donnee: Donnee, politique: Politique) -> list[str]:
    """« de 0 % à 100 % », « au plus « Nombre total de lits » »; that a number is not negative goes without saying."""
    own: dict[str, Noeud] = {}
    said = []
    for bound in donnee.bornes:
        if isinstance(bound.gauche, Fait) and bound.gauche.nom == donnee.nom and not bound.gauche.recul:
            own[bound.op] = bound.droite
        else:
            said.append(phrases.describe(bound, politique))
    low, high = own.get("≥"), own.get("≤")
    if isinstance(low, Constante) and isinstance(high, Constante):
        low_text, high_text = (phrases.describe(own.pop(op), politique) for op in "≥≤")
        said.insert(0, f"de {low_text} à {high_text}")
    elif isinstance(low, Constante) and low.valeur == 0:
        del own["≥"]
    return [*said, *(f"{BORNES[op]} {phrases.describe(value, politique)}" for op, value in own.items())]


# ---------------------------------------------------------------- calendar and examples
