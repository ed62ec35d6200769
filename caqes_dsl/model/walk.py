"""What an expression reads, and in which order named quantities depend on one another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from caqes_dsl.base.quantities import Genre

from .nodes import (
    ADefaut,
    Agregat,
    Arithmetique,
    Arrondi,
    Choix,
    Cle,
    Comparaison,
    Critere,
    Fait,
    Lineaire,
    Logique,
    Manque,
    MinMax,
    Noeud,
    Politique,
    Reference,
    Table,
)


def children(noeud: Noeud) -> tuple[Noeud, ...]:
    """The expressions right under one."""
    match noeud:
        case Arithmetique() | Comparaison():
            return noeud.gauche, noeud.droite
        case Logique() | MinMax():
            return noeud.termes
        case Choix():
            return noeud.condition, noeud.alors, noeud.sinon
        case Arrondi() | Manque():
            return (noeud.terme,)
        case ADefaut():
            return noeud.terme, noeud.defaut
        case Agregat():
            return tuple(n for n in (noeud.terme, noeud.parmi, noeud.par) if n is not None)
    return ()


def nodes(*roots: Noeud | None) -> Iterator[Noeud]:
    """Every node of these expressions."""
    stack = [r for r in roots if r is not None]
    while stack:
        noeud = stack.pop()
        yield noeud
        stack.extend(children(noeud))


def table_nodes(table: Table | None) -> Iterator[Noeud]:
    """Every node of a table: drivers, effects, plafond."""
    if table is None:
        return
    effects = [r.effet for r in table.rangs if not isinstance(r.effet, Lineaire)]
    yield from nodes(*table.selon, *effects, table.plafond)


def critere_nodes(critere: Critere) -> Iterator[Noeud]:
    """Every node a criterion reads."""
    yield from nodes(critere.mesure, critere.nc_office)
    for table in (critere.table, *(v.table for v in critere.variantes)):
        yield from table_nodes(table)


def reads(politique: Politique, cle: Cle) -> Iterator[Noeud]:
    """The expressions' nodes that one named quantity is computed from."""
    match cle.sorte:
        case "calcul":
            yield from nodes(politique.calculs[cle.nom].expression)
        case "barème":
            yield from table_nodes(politique.baremes[cle.nom].table)
        case "décision":
            d = politique.decisions[cle.nom]
            yield from nodes(
                d.condition, d.montant, d.plafond, d.plancher, d.au_prorata, *_reserves(politique, d.volet)
            )
        case "pièce":
            yield from nodes(politique.pieces[cle.nom].condition)
        case "mesure" | "niveau" if cle.nom in politique.criteres:
            critere = politique.criteres[cle.nom]
            yield from critere_nodes(critere)
            yield from nodes(*_reserves(politique, critere.volet))
        case "mesure" | "cible" | "atteint" if cle.nom in politique.indicateurs:
            indicateur = politique.indicateurs[cle.nom]
            asked = indicateur.cible if cle.sorte == "cible" else indicateur.mesure
            yield from nodes(asked, indicateur.atteint if cle.sorte == "atteint" else None)
            yield from nodes(indicateur.reserve, *_reserves(politique, indicateur.volet))
        case "cible":
            titre = politique.volets.get(cle.nom)
            yield from nodes(titre.cible if titre else None)
        case "réserve":
            reserve = politique.volets[cle.nom].reserve
            yield from nodes(reserve)
        case "score" if not cle.nom and politique.notation.calcul in politique.calculs:
            place = politique.notation.spans.get("score =", politique.span)
            yield Reference(Genre.TAUX, place, Cle("calcul", politique.notation.calcul))
        case "score" | "points" | "points_applicables":
            yield from _heading_nodes(politique, cle.nom)
        case "décompte":
            yield from _heading_nodes(politique, cle.nom.partition(" ")[2])


def _heading_nodes(politique: Politique, titre: str) -> Iterator[Noeud]:
    """Every node that the criteria of a heading read; « » is the whole."""
    inside = [c for c in politique.criteres.values() if not titre or titre in (c.volet, c.chapitre, c.objectif)]
    for critere in inside:
        yield from critere_nodes(critere)
    for volet in dict.fromkeys(c.volet for c in inside):
        yield from nodes(*_reserves(politique, volet))


def _reserves(politique: Politique, volet: str) -> list[Noeud]:
    """To which establishments a volet is reserved, when it is."""
    titre = politique.volets.get(volet)
    return [titre.reserve] if titre is not None and titre.reserve is not None else []


def depends_on(politique: Politique, cle: Cle) -> dict[Cle, Noeud]:
    """Named quantities of the same exercise that one reads directly, with a place where it does.

    An earlier exercise's recorded score is a fact; an earlier exercise's calcul depends on the calcul's own rule.
    """
    found: dict[Cle, Noeud] = {}
    for noeud in reads(politique, cle):
        if isinstance(noeud, Reference):
            recorded = noeud.recul and not noeud.rejoue and noeud.cle.sorte in ("score", "points", "points_applicables")
            if not recorded and noeud.cle.sorte != "secteur":
                found.setdefault(noeud.cle, noeud)
    return found


def all_keys(politique: Politique) -> list[Cle]:
    """Every named quantity that has a rule of its own."""
    return [
        *(Cle("calcul", n) for n in politique.calculs),
        *(Cle("barème", n) for n in politique.baremes),
        *(Cle("décision", n) for n in politique.decisions),
        *(Cle("pièce", n) for n in politique.pieces),
        *(Cle("mesure", n) for n, c in politique.criteres.items() if c.mesure is not None or c.nc_office is not None),
        *(Cle("cible", n) for n, v in politique.volets.items() if v.cible is not None),
        *(Cle("réserve", n) for n, v in politique.volets.items() if v.reserve is not None),
        *(Cle("mesure", n) for n in politique.indicateurs),
        *(Cle("cible", n) for n, i in politique.indicateurs.items() if i.cible is not None),
        *([Cle("score")] if politique.notation.calcul else []),
    ]


def statistics(politique: Politique) -> tuple[Agregat, ...]:
    """The statistics of the cohort that a policy takes, each once."""
    keys = (*all_keys(politique), *(Cle("niveau", n) for n in politique.criteres))
    read = (n for cle in keys for n in reads(politique, cle))
    return tuple(dict.fromkeys(n for n in read if isinstance(n, Agregat)))


def facts_read(noeuds: Iterator[Noeud]) -> set[str]:
    """Names of the données among nodes."""
    return {n.nom for n in noeuds if isinstance(n, Fait)}


MOST_INLINED = 2_000
"""Nodes of an expression with its calculs written out, past which it is left as it stands."""


def inline(politique: Politique, noeud: Noeud) -> Noeud | None:
    """An expression with the calculs of this exercise that it names written out; None when it grows too large."""
    count = 0

    def spell(one: Noeud) -> Noeud:
        nonlocal count
        count += 1
        if count > MOST_INLINED:
            return one
        match one:
            case Reference(recul=0) if one.cle.sorte == "calcul" and one.cle.nom in politique.calculs:
                return spell(politique.calculs[one.cle.nom].expression)
            case Arithmetique() | Comparaison():
                return replace(one, gauche=spell(one.gauche), droite=spell(one.droite))
            case Logique() | MinMax():
                return replace(one, termes=tuple(spell(t) for t in one.termes))
            case Choix():
                return replace(one, condition=spell(one.condition), alors=spell(one.alors), sinon=spell(one.sinon))
            case Arrondi() | Manque():
                return replace(one, terme=spell(one.terme))
            case ADefaut():
                return replace(one, terme=spell(one.terme), defaut=spell(one.defaut))
        return one

    found = spell(noeud)
    return found if count <= MOST_INLINED else None
