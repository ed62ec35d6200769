"""Checks on the shape of a policy: circles, missing targets, the calendar, what is never used."""

from __future__ import annotations

import re
from collections.abc import Sequence

from caqes_dsl.base.diagnostics import Diagnostic, Etiquette, Severite
from caqes_dsl.base.quantities import Genre
from caqes_dsl.model.nodes import Cle, Constante, Declare, Fait, Noeud, Politique, Reference
from caqes_dsl.model.walk import all_keys, critere_nodes, depends_on, nodes, reads

DEPTH = 100
"""How many definitions may build on one another."""


def check_circles(politique: Politique) -> list[Diagnostic]:
    """CAQ209: a quantity that depends on itself; CAQ110: a chain of definitions past the limit."""
    state: dict[Cle, int] = {}
    depth: dict[Cle, int] = {}
    found: list[Diagnostic] = []
    for start in all_keys(politique):
        stack: list[tuple[Cle, dict[Cle, Noeud]]] = []
        if state.get(start) is None:
            state[start] = 1
            stack.append((start, dict(depends_on(politique, start))))
        while stack:
            cle, pending = stack[-1]
            if not pending:
                stack.pop()
                state[cle] = 2
                below = [depth.get(d, 0) for d in depends_on(politique, cle)]
                depth[cle] = 1 + max(below, default=0)
                continue
            child, place = pending.popitem()
            if state.get(child) == 1:
                chain = [c for c, _ in stack]
                if child in chain:
                    found.append(_circle(chain[chain.index(child) :], place))
            elif state.get(child) is None:
                state[child] = 1
                stack.append((child, dict(depends_on(politique, child))))
    if not found:
        found += [
            Diagnostic(
                "CAQ110",
                f"Plus de {DEPTH} définitions se suivent jusqu'à « {cle.nom} ».",
                politique.span,
                aide="Regroupez des calculs.",
            )
            for cle, value in depth.items()
            if value == DEPTH + 1
        ]
    return found


def _circle(chain: list[Cle], place: Noeud) -> Diagnostic:
    names = " → ".join(str(c) for c in [*chain, chain[0]])
    return Diagnostic(
        "CAQ209",
        f"Cette définition tourne en rond : {names}.",
        place.span,
        aide="Retirez l'une de ces lectures : une grandeur ne peut pas se définir par elle-même.",
    )


def check_targets(politique: Politique) -> list[Diagnostic]:
    """CAQ201: `cible` is read where no volet gives one."""
    found: list[Diagnostic] = []
    seen: set[str] = set()
    for cle in all_keys(politique):
        for noeud in reads(politique, cle):
            if not isinstance(noeud, Reference) or noeud.cle.nom in seen:
                continue
            if noeud.cle.sorte in ("cible", "atteint"):
                declared = politique.volets.get(noeud.cle.nom) or politique.indicateurs.get(noeud.cle.nom)
                if declared is not None and declared.cible is not None:
                    continue
                seen.add(noeud.cle.nom)
                indicateur = noeud.cle.nom in politique.indicateurs
                found.append(
                    Diagnostic(
                        "CAQ206",
                        f"La cible de l'indicateur « {noeud.cle.nom} » est lue et il n'en a pas."
                        if indicateur
                        else "La cible est lue et aucun volet ne la donne.",
                        noeud.span,
                        aide="Écrivez « cible 53 % source « … » » dans "
                        + ("l'indicateur." if indicateur else "le volet."),
                    )
                )
    return found


def check_ranks(politique: Politique) -> list[Diagnostic]:
    """CAQ320: an objectif outside the chapitres of its volet: its criteria are in no sub-total."""
    found: list[Diagnostic] = []
    for objectif in politique.objectifs.values():
        if objectif.parent in politique.chapitres:
            continue
        beside = next((c for c in politique.chapitres.values() if c.parent == objectif.parent), None)
        if beside is not None:
            found.append(
                Diagnostic(
                    "CAQ320",
                    f"L'objectif « {objectif.nom} » n'est dans aucun chapitre, alors que son volet en a.",
                    objectif.span.premiere_ligne,
                    Severite.AVERTISSEMENT,
                    (Etiquette(beside.span.premiere_ligne, f"le chapitre « {beside.nom} » s'ouvre ici"),),
                    "Placez-le sous son chapitre : ses points ne comptent dans aucun sous-total.",
                )
            )
    return found


def check_calendar(politique: Politique) -> list[Diagnostic]:
    """CAQ316: steps out of order, or closer than their delay."""
    from caqes_dsl.base.calendar import move

    found: list[Diagnostic] = []
    events = {e.nom: e for e in politique.calendrier}
    for before, after in zip(politique.calendrier, politique.calendrier[1:], strict=False):
        if after.date < before.date:
            found.append(
                Diagnostic(
                    "CAQ316",
                    f"L'étape « {after.nom} » ({after.date:%d/%m/%Y}) est écrite après « {before.nom} » "
                    f"({before.date:%d/%m/%Y}), qui vient plus tard.",
                    after.span,
                    severite=Severite.AVERTISSEMENT,
                    aide="Écrivez le calendrier dans l'ordre des dates.",
                )
            )
    for delai in politique.delais:
        earliest = move(events[delai.tot].date, delai.duree, delai.genre is Genre.MOIS)
        if earliest is None or events[delai.tard].date < earliest:
            days = (events[delai.tard].date - events[delai.tot].date).days
            limit = f"avant le {earliest:%d/%m/%Y}" if earliest else "dans le calendrier"
            found.append(
                Diagnostic(
                    "CAQ316",
                    f"« {delai.tard} » vient {days} jours après « {delai.tot} » : trop tôt, pas {limit}.",
                    events[delai.tard].span,
                    etiquettes=(Etiquette(delai.span, "le délai demandé"),),
                    aide="Reculez l'étape, ou corrigez le délai.",
                )
            )
    return found


def check_unused(politique: Politique) -> list[Diagnostic]:
    """CAQ313, CAQ314: notes on sectors, facts, paramètres that nothing reads.

    Nothing is said of a frame, a policy without criteria: what it declares is for those that start from it. Nor of
    what is inherited.
    """
    if not politique.criteres:
        return []
    facts: set[str] = set()
    constants = _bounds_named(politique)
    everything = [n for c in politique.criteres.values() for n in critere_nodes(c)]
    everything += [n for cle in all_keys(politique) for n in reads(politique, cle)]
    everything += [n for d in politique.donnees.values() for n in nodes(*(b.droite for b in d.bornes))]
    for propriete in politique.proprietes:
        everything += nodes(propriete.expression, propriete.lorsque, propriete.selon)
    for noeud in everything:
        if isinstance(noeud, Fait):
            facts.add(noeud.nom)
        elif isinstance(noeud, Constante) and noeud.nom:
            constants.add(noeud.nom)
    used = {s for c in politique.criteres.values() for s in c.secteurs}
    found = [
        _note("CAQ313", f"Le secteur « {s.nom} » n'a aucun critère.", [s])
        for s in politique.secteurs.values()
        if s.nom not in used
    ]
    own = politique.span.source
    collected = [d for d in politique.donnees.values() if d.nom not in facts and d.span.source is own]
    if collected:
        names, several = _names(collected), len(collected) > 1
        message = (
            f"Les données {names} ne sont lues par aucune règle : elles sont seulement recueillies."
            if several
            else f"La donnée {names} n'est lue par aucune règle : elle est seulement recueillie."
        )
        found.append(_note("CAQ314", message, collected))
    idle = [p for p in politique.parametres.values() if p.nom not in constants and p.span.source is own]
    if idle:
        names = _names(idle)
        message = (
            f"Les paramètres {names} ne sont lus par aucune règle."
            if len(idle) > 1
            else f"Le paramètre {names} n'est lu par aucune règle."
        )
        found.append(_note("CAQ314", message, idle))
    return found


def _bounds_named(politique: Politique) -> set[str]:
    """The paramètres that bounds of rows name; in the core a bound is only its value."""
    tables = [b.table for b in politique.baremes.values()]
    for critere in politique.criteres.values():
        tables += [t for t in (critere.table, *(v.table for v in critere.variantes)) if t is not None]
    words = {w for t in tables for r in t.rangs for w in re.findall(r"\w+", r.texte)}
    return words & set(politique.parametres)


def _names(declared: Sequence[Declare]) -> str:
    return ", ".join(f"« {d.nom} »" for d in declared)


def _note(code: str, message: str, declared: Sequence[Declare]) -> Diagnostic:
    """A note on declarations: it points to their headings."""
    headings = [d.span.premiere_ligne for d in declared]
    labels = tuple(Etiquette(h, "de même") for h in headings[1:])
    return Diagnostic(code, message, headings[0], Severite.NOTE, labels, "Rien à faire si c'est voulu.")
