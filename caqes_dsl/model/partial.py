"""The part of a faulty policy that stands by itself: what can still be checked without the faults causing others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from .nodes import Cle, Fait, Noeud, Politique, Reference
from .walk import critere_nodes, nodes, reads

_WHOLE = frozenset({"score", "points", "points_applicables", "décompte"})


def sound_part(politique: Politique, *, complete: bool) -> Politique:
    """The policy without what reads something that is wanting.

    `complete`: whether every criterion was understood; when not, what reads a score or points is left out too.
    """
    current = politique
    while True:
        calculs = {n: c for n, c in current.calculs.items() if _stands(current, Cle("calcul", n), complete)}
        baremes = {n: b for n, b in current.baremes.items() if _stands(current, Cle("barème", n), complete)}
        decisions = {n: s for n, s in current.decisions.items() if _stands(current, Cle("décision", n), complete)}
        pieces = {n: p for n, p in current.pieces.items() if _stands(current, Cle("pièce", n), complete)}
        indicateurs = {
            n: i
            for n, i in current.indicateurs.items()
            if _all_stand(current, nodes(i.mesure, i.cible, i.reserve), complete)
        }
        criteres = {n: c for n, c in current.criteres.items() if _all_stand(current, critere_nodes(c), complete)}
        volets = {
            n: v
            if v.cible is None or _all_stand(current, nodes(v.cible), complete)
            else replace(v, cible=None, totaux=())
            for n, v in current.volets.items()
        }
        volets = {
            n: v if v.reserve is None or _all_stand(current, nodes(v.reserve), complete) else replace(v, reserve=None)
            for n, v in volets.items()
        }
        reduced = replace(
            current, calculs=calculs, baremes=baremes, decisions=decisions, pieces=pieces, criteres=criteres,
            indicateurs=indicateurs, volets=volets,
        )  # fmt: skip
        if reduced == current:
            return reduced
        complete = complete and len(criteres) == len(current.criteres)
        current = reduced


def _stands(politique: Politique, cle: Cle, complete: bool) -> bool:
    return _all_stand(politique, reads(politique, cle), complete)


def _all_stand(politique: Politique, noeuds: Iterator[Noeud], complete: bool) -> bool:
    return all(_is_there(politique, noeud, complete) for noeud in noeuds)


def _is_there(politique: Politique, noeud: Noeud, complete: bool) -> bool:
    if isinstance(noeud, Fait):
        return noeud.nom in politique.donnees
    if not isinstance(noeud, Reference):
        return True
    nom = noeud.cle.nom
    match noeud.cle.sorte:
        case "calcul":
            return nom in politique.calculs
        case "barème":
            return nom in politique.baremes
        case "décision":
            return nom in politique.decisions
        case "pièce":
            return nom in politique.pieces
        case "mesure" | "niveau" if nom in politique.criteres:
            return True
        case "mesure" | "niveau" | "atteint":
            return nom in politique.indicateurs
        case "cible" if nom in politique.indicateurs:
            return politique.indicateurs[nom].cible is not None
        case "cible":
            volet = politique.volets.get(nom)
            return volet is not None and volet.cible is not None
    return complete or noeud.cle.sorte not in _WHOLE
