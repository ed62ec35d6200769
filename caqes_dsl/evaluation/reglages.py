"""What a simulation may vary in a policy: targets, paramètres, weights, shares of levels, rows of barèmes, plafonds."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from fractions import Fraction
from typing import Any

from caqes_dsl.base.quantities import Genre
from caqes_dsl.model import nodes
from caqes_dsl.model.nodes import Cle, Constante, Noeud, Politique, Table
from caqes_dsl.model.walk import depends_on


@dataclass(frozen=True, slots=True)
class Reglage:
    """A number of a policy that may be varied.

    `ecrit` is how it is named (« cible », « poids(C34) », « rang(taux ; 2) »), `sorte` its kind, `nom` the declaration,
    `rang` a row from 1. `valeur` is what the policy says, `noeud` where it says it, when that is an expression.
    """

    ecrit: str
    sorte: str
    nom: str
    titre: str
    genre: Genre
    valeur: Fraction
    rang: int = 0
    noeud: Noeud | None = None


def reglages_of(politique: Politique) -> dict[str, Reglage]:
    """All that may be varied, by the name that one writes. A target that is computed is not among them."""
    return {r.ecrit: r for r in _every(politique)}


def find(politique: Politique, ecrit: str) -> Reglage | None:
    """A setting by its name, whatever its spaces."""
    wanted = _key(ecrit)
    return next((r for r in _every(politique) if _key(r.ecrit) == wanted), None)


def _key(ecrit: str) -> str:
    return re.sub(r"\s+", "", ecrit)


def _every(politique: Politique) -> Iterator[Reglage]:
    yield from _cibles(politique)
    for parametre in politique.parametres.values():
        current = parametre.en_vigueur
        if current is not None and isinstance(current.valeur, Fraction):
            yield Reglage(parametre.nom, "paramètre", parametre.nom, parametre.titre, parametre.genre, current.valeur)
    for critere in politique.criteres.values():
        yield Reglage(f"poids({critere.nom})", "poids", critere.nom, critere.titre, Genre.POINTS, critere.poids)
    for niveau in politique.niveaux.values():
        if niveau.part is not None:
            yield Reglage(f"part({niveau.nom})", "part", niveau.nom, niveau.titre, Genre.TAUX, niveau.part)
    for bareme in politique.baremes.values():
        yield from _of_table(bareme.nom, bareme.titre, bareme.table)
    for decision in politique.decisions.values():
        for sorte, noeud in (("plafond", decision.plafond), ("plancher", decision.plancher)):
            if isinstance(noeud, Constante) and not noeud.nom and isinstance(noeud.valeur, Fraction):
                named = f"{sorte}({decision.nom})"
                yield Reglage(named, sorte, decision.nom, decision.titre, noeud.genre, noeud.valeur, noeud=noeud)


def _cibles(politique: Politique) -> Iterator[Reglage]:
    targets = [(t.nom, t.titre, t.cible) for t in politique.volets.values()]
    targets += [(i.nom, i.titre, i.cible) for i in politique.indicateurs.values()]
    found = [
        Reglage(f"cible({nom})", "cible", nom, titre, noeud.genre, noeud.valeur, noeud=noeud)
        for nom, titre, noeud in targets
        if isinstance(noeud, Constante) and not noeud.nom and isinstance(noeud.valeur, Fraction)
    ]
    if len(found) == 1:
        yield replace(found[0], ecrit="cible")
    yield from found


def _of_table(nom: str, titre: str, table: Table) -> Iterator[Reglage]:
    for rank, rang in enumerate(table.rangs, 1):
        effet = rang.effet
        if isinstance(effet, Constante) and not effet.nom and isinstance(effet.valeur, Fraction):
            yield Reglage(f"rang({nom} ; {rank})", "rang", nom, titre, table.genre, effet.valeur, rank, effet)
    if table.suite is not None:
        yield Reglage(f"pas({nom})", "pas", nom, titre, table.genre, table.suite.pas)
    cap = table.plafond
    if isinstance(cap, Constante) and not cap.nom and isinstance(cap.valeur, Fraction):
        yield Reglage(f"plafond({nom})", "plafond", nom, titre, cap.genre, cap.valeur, noeud=cap)


def bounds_a_row(politique: Politique, reglage: Reglage) -> bool:
    """Whether a paramètre bounds a row of seuils or of a barème: varied, it would move the row."""
    if reglage.sorte != "paramètre":
        return False
    tables = [b.table for b in politique.baremes.values()]
    tables += [t for c in politique.criteres.values() for t in (c.table, *(v.table for v in c.variantes)) if t]
    word = re.compile(rf"(?<!\w){re.escape(reglage.nom)}(?!\w)")
    return any(word.search(rang.texte) for table in tables for rang in table.rangs)


_MOVED = {"cible": "cible", "rang": "barème", "pas": "barème", "plancher": "décision"}


def unaffected(politique: Politique, reglages: Iterable[Reglage]) -> Callable[[Cle], bool]:
    """Whether a quantity surely stays the same when these vary; nothing is sure for weights, shares, paramètres."""
    moved: set[Cle] = set()
    for reglage in reglages:
        sorte = _MOVED.get(reglage.sorte)
        if reglage.sorte == "plafond":
            sorte = "barème" if reglage.nom in politique.baremes else "décision"
        if sorte is None:
            return lambda cle: False
        moved.add(Cle(sorte, reglage.nom))
    known: dict[Cle, bool] = dict.fromkeys(moved, False)

    def stays(cle: Cle) -> bool:
        if cle not in known:
            known[cle] = True  # a quantity is never read by itself
            known[cle] = all(stays(read) for read in depends_on(politique, cle))
        return known[cle]

    return stays


# ---------------------------------------------------------------- a policy with other values


def varied(politique: Politique, valeurs: Mapping[Reglage, Fraction]) -> Politique:
    """The policy with these values instead of its own: its meaning only, its text stays as it is."""
    found = politique
    swapped = {id(r.noeud): v for r, v in valeurs.items() if r.noeud is not None}
    named = {r.nom: v for r, v in valeurs.items() if r.sorte == "paramètre"}
    if swapped or named:
        found = _replaced(found, swapped, named)
    for reglage, valeur in valeurs.items():
        match reglage.sorte:
            case "poids":
                critere = replace(found.criteres[reglage.nom], poids=valeur)
                found = replace(found, criteres={**found.criteres, reglage.nom: critere})
            case "part":
                niveau = replace(found.niveaux[reglage.nom], part=valeur)
                found = replace(found, niveaux={**found.niveaux, reglage.nom: niveau})
            case "pas":
                bareme = found.baremes[reglage.nom]
                suite = bareme.table.suite
                assert suite is not None
                table = replace(bareme.table, suite=replace(suite, pas=valeur))
                found = replace(found, baremes={**found.baremes, reglage.nom: replace(bareme, table=table)})
    return found


def _replaced(politique: Politique, swapped: Mapping[int, Fraction], named: Mapping[str, Fraction]) -> Politique:
    """The policy where some constants, by identity or by paramètre, have another value."""
    known: dict[int, Any] = {}

    def walk(value: Any) -> Any:
        if id(value) in known:
            return known[id(value)]
        known[id(value)] = found = _walked(value)
        return found

    def _walked(value: Any) -> Any:
        if isinstance(value, Constante):
            other = swapped.get(id(value), named.get(value.nom) if value.nom else None)
            return value if other is None else replace(value, valeur=other)
        if isinstance(value, tuple):
            parts = tuple(walk(v) for v in value)
            return parts if any(a is not b for a, b in zip(parts, value, strict=True)) else value
        if isinstance(value, Mapping):
            held = {k: walk(v) for k, v in value.items()}
            return held if any(held[k] is not v for k, v in value.items()) else value
        if is_dataclass(value) and not isinstance(value, type) and type(value).__module__ == nodes.__name__:
            kept = {f.name: getattr(value, f.name) for f in fields(value) if f.name not in _APART}
            changed = {k: w for k, v in kept.items() if (w := walk(v)) is not v}
            return replace(value, **changed) if changed else value
        return value

    found = walk(politique)
    assert isinstance(found, Politique)
    return found


_APART = frozenset({"span", "spans", "parametres", "exemples", "source", "sources"})

__all__ = ["Reglage", "bounds_a_row", "find", "reglages_of", "unaffected", "varied"]
