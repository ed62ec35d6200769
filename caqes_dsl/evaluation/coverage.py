"""What the examples of a policy exercise, and what a cohort shows to decide nothing.

A row, a branch, an outcome, a clause is exercised when an exemple's `attendu` depends on it and reaches it. What no
exemple reaches may be wrong without anyone seeing it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from caqes_dsl.base.source import Span
from caqes_dsl.model.nodes import Choix, Cle, Noeud, Politique, Reference, Table
from caqes_dsl.model.walk import depends_on, nodes, reads

from .coverage_clauses import NOTATION, Element, clause_keys, clauses, exercised, facts_read, weights
from .explain import Interpreteur
from .trace import Resultat
from .verify import stage


@dataclass(frozen=True, slots=True)
class Couverture:
    """Every element in the order of the policy, and those that an exemple reaches."""

    elements: tuple[Element, ...]
    atteints: frozenset[Element]

    @property
    def manques(self) -> tuple[Element, ...]:
        """What no exemple reaches."""
        return tuple(e for e in self.elements if e not in self.atteints)


def coverage(politique: Politique) -> Couverture:
    """What the exemples reach."""
    elements = tuple(e for key in _keys(politique) for e in _elements(politique, key))
    reached: set[Element] = set()
    for exemple in politique.exemples:
        interprete = stage(politique, exemple)
        imposed = {(s, n) for s, n, recul in interprete.imposes if not recul}
        asked = [n.cle for i in exemple.attendu for n in nodes(i.cible) if isinstance(n, Reference) and not n.recul]
        for key in _closure(politique, asked, imposed):
            reached |= {*_reached(politique, key, interprete), *weights(politique, key, interprete)}
    return Couverture(elements, frozenset(reached))


def _keys(politique: Politique) -> Iterator[Cle]:
    """Named quantities with rows, branches, outcomes or clauses, in the order of a contract."""
    yield from clause_keys(politique)
    for nom, critere in politique.criteres.items():
        if critere.mesure is not None or critere.table is not None or critere.nc_office is not None:
            yield Cle("niveau", nom)
    for nom, volet in politique.volets.items():
        if volet.cible is not None:
            yield Cle("cible", nom)
    for sorte, group in (
        ("calcul", politique.calculs),
        ("barème", politique.baremes),
        ("décision", politique.decisions),
        ("pièce", politique.pieces),
    ):
        yield from (Cle(sorte, nom) for nom in group)


def _closure(politique: Politique, asked: Iterable[Cle], imposed: set[tuple[str, str]]) -> set[Cle]:
    """What the quantities asked for are computed from, but for what the exemple imposes."""
    seen: set[Cle] = set()
    waiting = list(asked)
    while waiting:
        key = waiting.pop()
        if key in seen or (key.sorte, key.nom) in imposed or (key.sorte == "secteur"):
            continue
        seen.add(key)
        if key.sorte == "mesure" and key.nom in politique.criteres:
            waiting.append(Cle("niveau", key.nom))
        if key.sorte in ("score", "points", "points_applicables"):
            inner = [c for c in politique.criteres.values() if key.nom in ("", c.volet, c.chapitre, c.objectif)]
            waiting += [Cle("niveau", c.nom) for c in inner]
            seen |= {NOTATION} if key.sorte == "score" else set()
        seen |= {f for f in facts_read(politique, key) if (f.sorte, f.nom) not in imposed}
        waiting += depends_on(politique, key)
    return seen


def _tables(politique: Politique, key: Cle) -> list[Table]:
    if key.sorte == "barème":
        return [politique.baremes[key.nom].table]
    if key.sorte == "niveau":
        critere = politique.criteres[key.nom]
        return [t for t in (critere.table, *(v.table for v in critere.variantes)) if t is not None]
    return []


def _subject(politique: Politique, key: Cle) -> str:
    names = {"niveau": "critère", "cible": "volet"}
    if key.sorte == "décision":
        return f"{politique.decisions[key.nom].nature} {key.nom}"
    return f"{names.get(key.sorte, key.sorte)} {key.nom}"


def _conditions(politique: Politique, key: Cle) -> list[tuple[Noeud, Span, str]]:
    """Conditions whose two outcomes are to be seen, with their words."""
    found: list[tuple[Noeud, Span, str]] = []
    match key.sorte:
        case "décision":
            condition = politique.decisions[key.nom].condition
            found += [(condition, condition.span, "si")] if condition is not None else []
        case "pièce":
            condition = politique.pieces[key.nom].condition
            found.append((condition, condition.span, "si"))
        case "niveau":
            office = politique.criteres[key.nom].nc_office
            found += [(office, office.span, "NC d'office si")] if office is not None else []
    # A choice that stands at the place of its own condition is a guard of ours (`rapport`, `évolution`), not a branch.
    choices = [n for n in reads(politique, key) if isinstance(n, Choix) and n.span != n.condition.span]
    return [*found, *((n.condition, n.span, "si") for n in choices)]


def _kind(word: str, key: Cle, span: Span, condition: Noeud) -> str:
    """The outcome of a decision or of a pièce, or a branch inside an expression."""
    own = word == "si" and key.sorte in ("décision", "pièce") and span == condition.span
    return "issue" if own else "branche"


def _elements(politique: Politique, key: Cle) -> Iterator[Element]:
    subject = _subject(politique, key)
    for table in _tables(politique, key):
        for rang in table.rangs:
            yield Element("rang", subject, rang.texte, rang.span)
        if table.suite is not None:
            yield Element("rang", subject, "puis, par tranche", table.span)
    for condition, span, word in _conditions(politique, key):
        text = " ".join(condition.span.texte.split())
        sorte = _kind(word, key, span, condition)
        yield Element(sorte, subject, f"{word} {text} : oui", span)
        yield Element(sorte, subject, f"{word} {text} : non", span)
    yield from clauses(politique, key, subject, _tables(politique, key))


def _reached(politique: Politique, key: Cle, interprete: Interpreteur) -> Iterator[Element]:
    if key.sorte == "niveau" and interprete.critere(key.nom).statut not in ("evalue", "neutre"):
        return
    subject = _subject(politique, key)
    for table in _tables(politique, key):
        if key.sorte == "niveau":
            result = interprete.critere(key.nom)
            rang = result.rang if result.rang is not None and result.rang in table.rangs else None
        else:
            rang = interprete.table(table)[1]
        if rang is not None:
            yield Element("rang", subject, rang.texte, rang.span)
            beyond = table.suite is not None and _goes_on(table, interprete)
            if beyond:
                yield Element("rang", subject, "puis, par tranche", table.span)
    for condition, span, word in _conditions(politique, key):
        truth = interprete.eval(condition).valeur
        if isinstance(truth, bool):
            text = " ".join(condition.span.texte.split())
            sorte = _kind(word, key, span, condition)
            yield Element(sorte, subject, f"{word} {text} : {'oui' if truth else 'non'}", span)
    yield from exercised(politique, key, subject, _tables(politique, key), interprete)


def _goes_on(table: Table, interprete: Interpreteur) -> bool:
    """Whether the value is past the last row, where the suite gives."""
    from .tables import find_row

    values = tuple(v for d in table.selon if (v := interprete.eval(d).valeur) is not None)
    return len(values) == len(table.selon) and find_row(table, values) is None


@dataclass(frozen=True, slots=True)
class SansEffet:
    """A criterion that tells no establishment of a cohort from another, and what it gives to all."""

    critere: str
    titre: str
    issue: str
    effectif: int


def deciding_nothing(politique: Politique, resultats: Iterable[Resultat]) -> list[SansEffet]:
    """Criteria with one outcome for the whole cohort: all at one level, never applicable, never evaluated."""
    outcomes: dict[str, dict[str, int]] = {nom: {} for nom in politique.criteres}
    for resultat in resultats:
        for nom, result in resultat.criteres.items():
            if result.statut == "evalue":
                level = politique.niveaux[result.niveau].titre if result.niveau else "un crédit mesuré"
                outcome = level if result.niveau else f"crédit {result.part}"
                outcomes[nom][outcome] = outcomes[nom].get(outcome, 0) + 1
    found: list[SansEffet] = []
    for nom, seen in outcomes.items():
        critere = politique.criteres[nom]
        if not seen:
            found.append(SansEffet(nom, critere.titre, "jamais évalué", 0))
        elif len(seen) == 1:
            (issue, count), *_ = seen.items()
            found.append(SansEffet(nom, critere.titre, issue, count))
    return found
