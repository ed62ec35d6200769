"""What stands behind an expression: the facts that it reads, the rules of the quantities that it names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from caqes_dsl.base.quantities import Genre
from caqes_dsl.evaluation.explain import Interpreteur
from caqes_dsl.model.nodes import Cle, Constante, Fait, Noeud, Politique, Reference
from caqes_dsl.model.walk import children


def read_behind(interprete: Interpreteur, *roots: Noeud | None) -> Iterator[Fait | Reference | Constante]:
    """The facts, the paramètres and the recorded results of earlier exercises that expressions read, each once, in
    reading order.

    A calcul, a barème or a target is followed; a score or a measure of the exercise is not: it is explained elsewhere.
    """
    seen: set[tuple[str, str, int, bool]] = set()
    stack: list[tuple[Noeud, int]] = [(r, 0) for r in reversed(roots) if r is not None]
    while stack:
        noeud, back = stack.pop()
        recul = getattr(noeud, "recul", 0) + back
        if isinstance(noeud, Constante):
            key = ("paramètre", noeud.nom, 0, False)
            if noeud.nom and key not in seen:
                seen.add(key)
                yield noeud
        elif isinstance(noeud, Fait):
            key = ("donnée", noeud.nom, recul, False)
            if key not in seen:
                seen.add(key)
                yield replace(noeud, recul=recul)
        elif isinstance(noeud, Reference):
            key = (noeud.cle.sorte, noeud.cle.nom, recul, noeud.rejoue)
            if key in seen:
                continue
            seen.add(key)
            if recul and not noeud.rejoue and noeud.cle.sorte in ("score", "points"):
                yield replace(noeud, recul=recul)
                continue
            stack += [(n, recul) for n in reversed(rules_of(interprete.politique, noeud))]
        else:
            stack += [(n, back) for n in reversed(children(noeud))]


def rules_of(politique: Politique, noeud: Reference) -> list[Noeud]:
    """The expressions that a calcul, a barème, a target, an indicateur or a measure of an earlier exercise is computed
    from."""
    return [n for n in _rules_of(politique, noeud) if n is not None]


def _rules_of(politique: Politique, noeud: Reference) -> list[Noeud | None]:
    nom = noeud.cle.nom
    match noeud.cle.sorte:
        case "calcul":
            return [politique.calculs[nom].expression]
        case "barème":
            table = politique.baremes[nom].table
            return [*table.selon, table.plafond]
        case "mesure" | "cible" | "atteint" if nom in politique.indicateurs:
            found = politique.indicateurs[nom]
            if noeud.cle.sorte == "atteint":
                return [Reference(found.genre, noeud.span, Cle(s, nom)) for s in ("mesure", "cible")]
            return [found.reserve, found.mesure if noeud.cle.sorte == "mesure" else found.cible]
        case "cible" | "réserve":
            titre = politique.volets.get(nom)
            return [] if titre is None else [titre.cible if noeud.cle.sorte == "cible" else titre.reserve]
        case "décision":
            d = politique.decisions[nom]
            return [d.condition, d.montant, d.plafond, d.plancher, d.au_prorata]
        case "mesure" if noeud.recul:
            return [politique.criteres[nom].mesure]
        case "score" if not nom and not noeud.recul and politique.notation.calcul:
            return [Reference(Genre.TAUX, noeud.span, Cle("calcul", politique.notation.calcul))]
    return []
