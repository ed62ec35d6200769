"""What to ask for first, in words: the missing item that narrows the score's bounds most."""

from __future__ import annotations

from fractions import Fraction

from caqes_dsl.base.quantities import Genre
from caqes_dsl.documents.manquants import missing_in_words
from caqes_dsl.documents.operations import shown
from caqes_dsl.evaluation.priorites import Portee, Priorite
from caqes_dsl.model.nodes import Politique


def first_asked(found: tuple[Priorite, ...], politique: Politique) -> str:
    """« À demander d'abord : « Part ». … »; nothing when no item narrows anything more than another."""
    if len(found) < 2:
        return ""
    first = found[0]
    if not first.reduit and not (first.decisions and first.decisions > found[1].decisions):
        return ""
    asked = f"À demander d'abord : {missing_in_words(first.cle, politique)}."
    return f"{asked} {gain(first, politique)}".rstrip()


def gain(first: Priorite, politique: Politique) -> str:
    """What knowing an item is sure to give: how much narrower the bounds of the score become, at the least."""
    if not first.reduit:
        return ""
    head = "Quelle que soit la valeur transmise," if first.exact else "Sur les valeurs essayées,"
    if not first.reste:
        return f"{head} {_known(first.avant, politique)}."
    left, now = (shown(_sum(p), Genre.ECART, politique) for p in (first.apres, first.avant))
    what = "entre le plus bas et le plus haut score possibles"
    if len(first.avant) > 1:
        what += ", volets additionnés"
    example = _bounds(first.apres[0], politique) if len(first.apres) == 1 else ""
    before = _bounds(first.avant[0], politique) if len(first.avant) == 1 else ""
    said = f"{head} il ne resterait au plus que {left} {what}"
    said += f" (par exemple {example})" if example else ""
    return f"{said}, au lieu de {now}" + (f" ({before})" if before else "") + "."


def _known(avant: tuple[Portee, ...], politique: Politique) -> str:
    if len(avant) > 1:
        return "les scores seraient connus"
    before = _bounds(avant[0], politique)
    return "le score serait connu" + (f" ; il est aujourd'hui {before}" if before else "")


def _sum(bounds: tuple[Portee, ...]) -> Fraction:
    return sum((p.largeur for p in bounds), Fraction(0))


def _bounds(portee: Portee, politique: Politique) -> str:
    if portee.bas is None or portee.haut is None:
        return ""
    low, high = (shown(v, Genre.TAUX, politique) for v in (portee.bas, portee.haut))
    return f"entre {low} et {high}"
