"""Checks on the shape of a policy: circles, missing targets, the calendar, what is never used."""

from __future__ import annotations

from caqes_dsl.base.diagnostics import Diagnostic, Etiquette, Severite
from caqes_dsl.base.quantities import Genre
from caqes_dsl.model.nodes import Cle, Constante, Fait, Noeud, Politique, Reference
from caqes_dsl.model.walk import all_keys, critere_nodes, depends_on, nodes, reads, table_nodes

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
            if isinstance(noeud, Reference) and noeud.cle.sorte == "cible" and noeud.cle.nom not in seen:
                volet = politique.volets.get(noeud.cle.nom)
                if volet is None or volet.cible is None:
                    seen.add(noeud.cle.nom)
                    found.append(
                        Diagnostic(
                            "CAQ206",
                            "La cible est lue et aucun volet ne la donne.",
                            noeud.span,
                            aide="Écrivez « cible 53 % source « … » » dans le volet.",
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
    """CAQ313, CAQ314: notes on sectors, facts, paramètres, levels that nothing reads."""
    facts: set[str] = set()
    constants: set[str] = set()
    keys: set[Cle] = set()
    everything = [n for c in politique.criteres.values() for n in critere_nodes(c)]
    everything += [n for cle in all_keys(politique) for n in reads(politique, cle)]
    everything += [n for d in politique.donnees.values() for n in nodes(*(b.droite for b in d.bornes))]
    everything += [n for b in politique.baremes.values() for n in table_nodes(b.table)]
    for propriete in politique.proprietes:
        everything += nodes(propriete.expression, propriete.lorsque, propriete.selon)
    for noeud in everything:
        if isinstance(noeud, Fait):
            facts.add(noeud.nom)
        elif isinstance(noeud, Constante) and noeud.nom:
            constants.add(noeud.nom)
        elif isinstance(noeud, Reference):
            keys.add(noeud.cle)
    found: list[Diagnostic] = []
    if politique.criteres:
        used = {s for c in politique.criteres.values() for s in c.secteurs}
        found += [
            _note("CAQ313", f"Le secteur « {s.nom} » n'a aucun critère.", s.span)
            for s in politique.secteurs.values()
            if s.nom not in used
        ]
    own = politique.span.source
    for donnee in politique.donnees.values():
        if donnee.nom not in facts and donnee.span.source is own:
            found.append(
                _note(
                    "CAQ314",
                    f"La donnée « {donnee.nom} » n'est lue par aucune règle : elle est seulement recueillie.",
                    donnee.span,
                )
            )
    for parametre in politique.parametres.values():
        if parametre.nom not in constants and parametre.span.source is own:
            found.append(
                _note("CAQ314", f"Le paramètre « {parametre.nom} » n'est lu par aucune règle.", parametre.span)
            )
    return found


def _note(code: str, message: str, span: object) -> Diagnostic:
    from caqes_dsl.base.source import Span

    assert isinstance(span, Span)
    return Diagnostic(code, message, span, severite=Severite.NOTE, aide="Rien à faire si c'est voulu.")
