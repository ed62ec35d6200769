"""How the amounts were computed, in five lines: the last operations before each, its condition when there is room."""

from __future__ import annotations

from collections.abc import Iterator

from caqes_dsl.documents.explication_decisions import DecisionsExpliquees
from caqes_dsl.documents.explication_shapes import ConditionVue, EtapeVue
from caqes_dsl.documents.shapes import LigneVue
from caqes_dsl.model.nodes import Decision

LIGNES = 5
"""Lines that the first page gives to the operations."""


def computed(decisions: DecisionsExpliquees) -> Iterator[LigneVue]:
    """The operations that matter most, at most `LIGNES`; the others are in the detail, and it is said."""
    politique, results = decisions.politique, decisions.resultat.decisions
    declared = list(politique.decisions.values())
    counted = [d for d in declared if results[d.nom].certitude != "impossible"]
    if len(declared) == 1:
        yield from _one(decisions, declared[0], counts=bool(counted))
        return
    kept = counted if len(counted) <= LIGNES else counted[: LIGNES - 1]
    for decision in kept:
        yield from _last(decisions, decision, LIGNES // len(kept))
    more = len(counted) - len(kept)
    if more:
        yield LigneVue(f"{more} autres montants", "Leurs opérations sont dans les pages qui suivent.")


def _one(decisions: DecisionsExpliquees, decision: Decision, *, counts: bool) -> Iterator[LigneVue]:
    """The condition of the only decision clause by clause, then the steps to its amount."""
    steps = list(_steps(decisions, decision)) if counts else []
    _, clauses = decisions.etapes.clauses(decision.condition)
    if len(clauses) + len(steps) <= LIGNES:
        yield from (LigneVue(_holds(c), _said(c)) for c in clauses)
    for step in steps[-LIGNES:]:
        yield LigneVue(step.titre, operation(step), step.notes)


def _last(decisions: DecisionsExpliquees, decision: Decision, room: int) -> Iterator[LigneVue]:
    """The last steps to an amount, which takes the name of its decision."""
    *before, amount = _steps(decisions, decision)
    for step in before[max(len(before) - room + 1, 0) :]:
        yield LigneVue(step.titre, operation(step), step.notes)
    yield LigneVue(decision.titre or decision.nom, amount_line(decisions, decision), amount.notes)


def _steps(decisions: DecisionsExpliquees, decision: Decision) -> Iterator[EtapeVue]:
    """The steps to an amount, without what the first page says already: scores, targets, measures."""
    roots = (decision.montant, decision.plafond, decision.plancher, decision.au_prorata)
    yield from decisions.etapes.steps([r for r in roots if r is not None], but=("score", "cible", "mesure", "atteint"))
    yield from decisions.closing(decision)


def operation(step: EtapeVue) -> str:
    """An operation and what it gives, in one sentence."""
    if not step.operation:
        return f"{step.resultat}."
    told = step.resultat in step.operation
    return f"{step.operation}." if told else f"{step.operation} : {step.resultat}."


def _holds(clause: ConditionVue) -> str:
    return {"vrai": "Condition remplie", "faux": "Condition non remplie"}.get(clause.verdict, "Condition")


def _said(clause: ConditionVue) -> str:
    beside = f" : {clause.operation}" if clause.operation else ""
    verdict = "" if clause.verdict in ("vrai", "faux") else f" ({clause.verdict})"
    return f"{clause.texte}{beside}{verdict}."


def amount_line(decisions: DecisionsExpliquees, decision: Decision) -> str:
    """The operation of one amount, for a table: « 0,04 % × 17 097 877,79 € = … »; nothing when there is no amount."""
    if decisions.resultat.decisions[decision.nom].certitude == "impossible":
        return ""
    *before, last = decisions.closing(decision)
    if decision.au_prorata is not None and before and last.resultat != before[-1].resultat:
        return f"{before[-1].operation}, soit {last.resultat} une fois l'arrondi réparti."
    return operation(last)
