"""What an expression reads, and in which order named quantities depend on one another."""

from __future__ import annotations

from collections.abc import Iterator

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
            return (*noeud.arguments, *((noeud.parmi,) if noeud.parmi else ()))
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
            s = politique.decisions[cle.nom]
            yield from nodes(s.condition, s.montant, s.plafond, s.plancher)
        case "pièce":
            yield from nodes(politique.pieces[cle.nom].condition)
        case "mesure" | "niveau":
            yield from critere_nodes(politique.criteres[cle.nom])
        case "cible":
            titre = politique.volets.get(cle.nom)
            yield from nodes(titre.cible if titre else None)
        case "score" | "points" | "points_applicables":
            for critere in politique.criteres.values():
                if not cle.nom or cle.nom in (critere.volet, critere.chapitre, critere.objectif):
                    yield from critere_nodes(critere)
        case "décompte":
            titre_nom = cle.nom.partition(" ")[2]
            for critere in politique.criteres.values():
                if titre_nom in (critere.volet, critere.chapitre, critere.objectif):
                    yield from critere_nodes(critere)


def depends_on(politique: Politique, cle: Cle) -> dict[Cle, Noeud]:
    """Named quantities of the same exercise that one reads directly, with a place where it does.

    An earlier exercise's recorded score is a fact; an earlier exercise's calcul depends on the calcul's own rule.
    """
    found: dict[Cle, Noeud] = {}
    for noeud in reads(politique, cle):
        if isinstance(noeud, Reference):
            recorded = noeud.recul and noeud.cle.sorte in ("score", "points")
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
    ]


def facts_read(noeuds: Iterator[Noeud]) -> set[str]:
    """Names of the données among nodes."""
    return {n.nom for n in noeuds if isinstance(n, Fait)}
