"""What inherited limites freeze: what they name, with the calculs, barèmes, paramètres and données that those read.

A limit binds only if its terms cannot be redefined below it. What is declared `modifiable` stays free, and so do the
decisions that `total des`, `chaque` and `aucune` range over: they are what the limit judges, anew in each child.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields

from caqes_dsl.syntax import tree

from .assembly import Element, alive

READ = frozenset({"donnée", "paramètre", "calcul", "barème"})
"""Kinds that are frozen through what reads them; any kind is when a limit names it."""

TITRES = frozenset({"volet", "chapitre", "objectif"})


@dataclass(frozen=True, slots=True)
class Gel:
    """Why a declaration is frozen: the limit, and the declaration through which it reads it, None when it names it.

    `cible`: of a heading, the target is frozen; the rest of a heading stays free, but it cannot be removed.
    """

    limite: tree.Declaration
    par: tree.Declaration | None = None
    cible: bool = False


def names_read(*nodes: object) -> Iterator[tuple[str, str]]:
    """Names in parts of the tree, each with the function it is the argument of (`cible`) or « »."""
    stack: list[tuple[object, str]] = [(n, "") for n in nodes]
    while stack:
        node, function = stack.pop()
        if isinstance(node, tuple):
            stack += [(n, function) for n in node]
        elif isinstance(node, tree.Nom | tree.Ref):
            yield node.nom, function
        elif isinstance(node, tree.Noeud):
            inside = node.fonction if isinstance(node, tree.Appel) else ""
            stack += [(getattr(node, f.name), inside) for f in fields(node) if f.name != "span"]


def frozen(elements: Iterable[Element]) -> dict[str, Gel]:
    """Name of a declaration -> what freezes it."""
    known = {e.nom: e.declaration for e in alive(elements) if e.declaration.nom and not e.declaration.action}
    found: dict[str, Gel] = {}
    for limite in [d for d in known.values() if d.genre == "limite"]:
        pending: list[tuple[str, str, tree.Declaration | None]] = [
            (nom, function, None) for nom, function in names_read(limite.clauses)
        ]
        seen: set[tuple[str, bool]] = set()
        while pending:
            nom, function, reader = pending.pop()
            if nom == "cible" and reader is None:
                pending += [(n, "cible", None) for n, d in known.items() if d.genre == "volet"]
                continue
            declared = known.get(nom)
            aims = function == "cible"
            if declared is None or (nom, aims) in seen or (reader is not None and declared.genre not in READ):
                continue
            seen.add((nom, aims))
            before = found.get(nom)
            if before is None or (aims and not before.cible):
                found[nom] = Gel(limite, reader, aims and declared.genre == "volet")
            clauses = declared.clauses
            if declared.genre in TITRES:
                clauses = tuple(c for c in clauses if aims and _is(c, "cible"))
            pending += [(n, f, declared) for n, f in names_read(clauses)]
    return {nom: gel for nom, gel in found.items() if not any(_is(c, "modifiable") for c in known[nom].clauses)}


def _is(clause: tree.Clause, mot: str) -> bool:
    return getattr(clause, "mot", "") == mot
