"""Establishments made up to try a property on: the best and the worst answers, amounts of every size, the bounds of
every table.

Each is admissible: its facts are within their bounds. They show that a property is false; never that it is true.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from itertools import product

from caqes_dsl.base.quantities import Genre, Valeur, write_value
from caqes_dsl.model.checks.temoins import solve
from caqes_dsl.model.domains import Domaines
from caqes_dsl.model.nodes import (
    Cle,
    Comparaison,
    Critere,
    Fait,
    Intervalle,
    Noeud,
    Politique,
    Reference,
    Table,
    Valeurs,
)
from caqes_dsl.model.walk import children, nodes, reads

from .explain import Interpreteur, violated_bounds
from .facts import Etablissement

MOST = 160
"""Establishments made up for one policy."""
_SIZES: dict[Genre, tuple[int, ...]] = {
    Genre.MONTANT: (1_000_000, 0, 1_000_000_000, 1),
    Genre.ENTIER: (100, 0, 10_000, 1),
    Genre.DECIMAL: (100, 0, 10_000, 1),
    Genre.POINTS: (10, 0, 100, 1),
    Genre.JOURS: (30, 0, 3650, 1),
    Genre.MOIS: (12, 0, 120, 1),
}
_RATES = (Fraction(1, 2), Fraction(0), Fraction(1), Fraction(1, 100))
_RECORDED = (Fraction(1, 2), None, Fraction(0), Fraction(1))
_PAST = (Fraction(1), Fraction(1, 2), Fraction(2))


@dataclass(frozen=True, slots=True)
class Candidat:
    """An establishment made up."""

    etablissement: Etablissement


def candidates(politique: Politique) -> list[Candidat]:
    """Establishments worth trying, each once, the plainest first."""
    return [c for _, c in zip(range(MOST), _every(politique), strict=False)]


def _every(politique: Politique) -> Iterator[Candidat]:
    domaines = Domaines(politique)
    exercice = politique.exercice or (politique.vigueur_du.year if politique.vigueur_du else 2000)
    overlays = [*_at_comparisons(politique, domaines), *_at_bounds(politique, domaines)]
    whole = tuple(politique.secteurs)
    for size, past, recorded, answer in product(range(4), _PAST, range(4), ("pire", "meilleure")):
        if (size and recorded) or (past != 1 and recorded):
            continue
        yield from _made(politique, exercice, whole, size, past, recorded, answer, {})
    for overlay, answer in product(overlays, ("pire", "meilleure")):
        yield from _made(politique, exercice, whole, 0, Fraction(1), 0, answer, overlay)
    for answer in ("alternée", "autre"):
        yield from _made(politique, exercice, whole, 0, Fraction(1), 0, answer, {})
    for secteur, answer in product(whole if len(whole) > 1 else (), ("pire", "meilleure")):
        yield from _made(politique, exercice, (secteur,), 0, Fraction(1), 0, answer, {})


def _made(
    politique: Politique,
    exercice: int,
    secteurs: tuple[str, ...],
    size: int,
    past: Fraction,
    recorded: int,
    answer: str,
    overlay: Mapping[str, Fraction],
) -> Iterator[Candidat]:
    """The establishment, unless its facts cannot be brought within their bounds."""
    facts = _facts(politique, size, overlay)
    before = {n: _scaled(politique, n, v, past) for n, v in facts.items()}
    if violated_bounds(politique, facts) or violated_bounds(politique, before):
        return
    answers = {
        nom: level
        for rank, (nom, critere) in enumerate(politique.criteres.items())
        if critere.mesure is None and critere.table is None and (level := _level(politique, critere, answer, rank))
    }
    score = _RECORDED[recorded]
    columns = ("score", *(f"score_{v}" for v in politique.volets))
    then = {} if score is None else dict.fromkeys(columns, score)
    years = {
        exercice - back: Etablissement(
            "essai", exercice=exercice - back, secteurs=secteurs, reponses=answers, faits=before, enregistres=then
        )
        for back in (1, 2)
    }
    here = Etablissement("essai", "essai", exercice, secteurs, reponses=answers, faits=facts, passes=years)
    yield Candidat(here)


def _level(politique: Politique, critere: Critere, answer: str, rank: int) -> str | None:
    """The worst or the best answer; one in two, they alternate."""
    shares = [(p, n) for n in critere.niveaux if (p := politique.niveaux[n].part) is not None]
    worst = answer == "pire" or (answer != "meilleure" and (rank % 2 == 0) is (answer == "alternée"))
    return (min(shares) if worst else max(shares))[1] if shares else None


def _facts(politique: Politique, size: int, overlay: Mapping[str, Fraction]) -> dict[str, Valeur]:
    """A value of this size for each fact, brought to its written bounds and to those that other facts put on it."""
    facts: dict[str, Valeur] = {}
    for nom, donnee in politique.donnees.items():
        match donnee.genre:
            case Genre.OUI_NON:
                facts[nom] = size % 2 == 0
            case Genre.CHOIX:
                facts[nom] = donnee.choix[size % len(donnee.choix)]
            case Genre.NIVEAU:
                facts[nom] = tuple(politique.niveaux)[size % len(politique.niveaux)]
            case Genre.DATE:
                facts[nom] = date(politique.exercice or 2018, 1 + size, 1)
            case Genre.TAUX | Genre.ECART:
                facts[nom] = overlay.get(nom, _RATES[size])
            case genre:
                facts[nom] = overlay.get(nom, Fraction(_SIZES[genre][size]))
    for _ in range(len(facts)):
        changed = False
        for nom, borne in violated_bounds(politique, facts):
            limit = Interpreteur(politique, Etablissement("", faits=facts)).eval(borne.droite).valeur
            step = Fraction(1) if politique.donnees[nom].genre is Genre.ENTIER else Fraction(1, 100)
            if isinstance(limit, Fraction) and nom not in overlay:
                moved = {">": limit + step, "<": limit - step}.get(borne.op, limit)
                changed = changed or facts[nom] != moved
                facts[nom] = moved
        if not changed:
            break
    return facts


def _scaled(politique: Politique, nom: str, valeur: Valeur, part: Fraction) -> Valeur:
    """The fact of an earlier exercise: the same, half or twice as much for amounts."""
    donnee = politique.donnees[nom]
    return valeur * part if donnee.genre is Genre.MONTANT and isinstance(valeur, Fraction) else valeur


def _at_bounds(politique: Politique, domaines: Domaines) -> Iterator[dict[str, Fraction]]:
    """Facts that bring the driver of a table to each of its bounds, and just beside."""
    tables: list[Table] = [b.table for b in politique.baremes.values()]
    for critere in politique.criteres.values():
        tables += [critere.table] if critere.table is not None else []
    for table in tables:
        driver = table.selon[0]
        step = domaines.expression(driver).pas or Fraction(1, 1000)
        for bound in sorted(bounds_of(table)):
            for value in (bound - step, bound, bound + step):
                found = solve(domaines, driver, value)
                facts = {n.nom: v for n, v in (found or {}).items() if isinstance(n, Fait)}
                if facts and len(facts) == len(found or {}):
                    yield facts


def _at_comparisons(politique: Politique, domaines: Domaines) -> Iterator[dict[str, Fraction]]:
    """Facts that bring what a property compares with a number to that number, and just beside."""
    for propriete in politique.proprietes:
        for noeud in nodes(propriete.expression, propriete.lorsque):
            if not isinstance(noeud, Comparaison) or not noeud.gauche.genre.is_number:
                continue
            for term, other in ((noeud.gauche, noeud.droite), (noeud.droite, noeud.gauche)):
                number = domaines.expression(other).unique
                if number is None:
                    continue
                step = domaines.expression(term).pas or Fraction(1, 1000)
                for value in (number - step, number, number + step):
                    found = solve(domaines, term, value)
                    facts = {n.nom: v for n, v in (found or {}).items() if isinstance(n, Fait)}
                    if facts and len(facts) == len(found or {}):
                        yield facts


def bounds_of(table: Table) -> set[Fraction]:
    """The numbers at which a table with one driver changes rows."""
    found: set[Fraction] = set()
    for rang in table.rangs:
        cas = rang.cas[0]
        if isinstance(cas, Intervalle):
            found |= {b for b in (cas.bas, cas.haut) if b is not None}
        elif isinstance(cas, Valeurs):
            found |= {v for v in cas.valeurs if isinstance(v, Fraction)}
    return found


def as_exemple(politique: Politique, candidat: Candidat, *read: Noeud) -> tuple[str, ...]:
    """The establishment as the clauses of an exemple that an author can copy: the facts and scores that matter."""
    here = candidat.etablissement
    interprete = Interpreteur(politique, here)
    leaves = _leaves(politique, read)
    clauses = [f"secteurs {', '.join(here.secteurs)}"] if len(here.secteurs) < len(politique.secteurs) else []
    for leaf in leaves:
        seen = interprete.eval(leaf).valeur
        if seen is None:
            continue
        name = leaf.nom if isinstance(leaf, Fait) else str(leaf.cle)
        back = f" N-{leaf.recul}" if leaf.recul else ""
        clauses.append(f"avec {name}{back} = {write_value(seen, leaf.genre)}")
    return tuple(clauses)


def _leaves(politique: Politique, read: tuple[Noeud, ...]) -> list[Fait | Reference]:
    """The facts and the scores that expressions read, however far; a score stands for the criteria behind it."""
    found: dict[tuple[str, int], Fait | Reference] = {}
    stack: list[tuple[Noeud, int]] = [(n, 0) for n in reversed(read)]
    followed: set[tuple[Cle, int]] = set()
    while stack:
        noeud, back = stack.pop()
        if isinstance(noeud, Fait):
            recul = noeud.recul + back
            found.setdefault((noeud.nom, recul), replace(noeud, recul=recul))
        elif isinstance(noeud, Reference):
            recul = noeud.recul + back
            if noeud.cle.sorte in ("score", "points", "points_applicables"):
                found.setdefault((str(noeud.cle), recul), replace(noeud, recul=recul))
            elif (noeud.cle, recul) not in followed and noeud.cle.sorte != "secteur":
                followed.add((noeud.cle, recul))
                stack += [(n, recul) for n in reversed(list(reads(politique, noeud.cle)))]
        else:
            stack += [(n, back) for n in reversed(children(noeud))]
    return list(found.values())
