"""Conditions that are settled beforehand, levels that nothing gives, examples that contradict one another."""

from __future__ import annotations

from collections.abc import Iterator

from caqes_dsl.base.diagnostics import Diagnostic, Etiquette, Severite
from caqes_dsl.base.quantities import write_value
from caqes_dsl.model.domains import Domaines
from caqes_dsl.model.nodes import Choix, Constante, Exemple, Impose, Noeud, Politique
from caqes_dsl.model.walk import all_keys, reads

from .verites import settled


def check_conditions(politique: Politique) -> list[Diagnostic]:
    """CAQ318: a `NC d'office si`, a `si` of a decision or of an expression that is always, or never, true."""
    domaines = Domaines(politique)
    found: list[Diagnostic] = []
    seen: set[tuple[str, int]] = set()
    for condition, what, always, never, secteurs in _conditions(politique):
        key = (condition.span.source.nom, condition.span.debut)
        if key in seen:
            continue
        domaine = domaines.expression(condition)
        truth = settled(domaines, condition, secteurs)
        if domaine.valeurs is not None and len(domaine.valeurs) == 1:
            truth = domaine.valeurs[0] is True
        if truth is None:
            continue
        seen.add(key)
        said = "est toujours vraie" if truth else "n'est jamais vraie"
        found.append(
            Diagnostic(
                "CAQ318",
                f"{what} {said} : « {' '.join(condition.span.texte.split())} ».",
                condition.span,
                Severite.AVERTISSEMENT,
                aide=always if truth else never,
            )
        )
    return found


def _conditions(politique: Politique) -> Iterator[tuple[Noeud, str, str, str, tuple[str, ...]]]:
    """Conditions, what they are, what to do when they are always, then never, true, and the sectors they are for."""
    for critere in politique.criteres.values():
        if critere.nc_office is not None:
            yield (
                critere.nc_office,
                f"La règle « NC d'office » du critère « {critere.nom} »",
                "Ce critère ne serait jamais évalué : vérifiez la condition.",
                "Retirez cette clause, ou vérifiez la condition et les bornes des données qu'elle lit.",
                critere.secteurs,
            )
    for sanction in politique.decisions.values():
        if sanction.condition is not None:
            yield (
                sanction.condition,
                f"La condition de « {sanction.nom} »",
                "Cette décision vaudrait pour tous : vérifiez la condition, ou retirez « si ».",
                "Cette décision ne serait jamais prise : vérifiez la condition.",
                (),
            )
    for piece in politique.pieces.values():
        yield (
            piece.condition,
            f"La condition de « {piece.nom} »",
            "Cette pièce serait due par tous : vérifiez la condition.",
            "Cette pièce ne serait jamais due : vérifiez la condition.",
            (),
        )
    for key in all_keys(politique):
        for noeud in reads(politique, key):
            # A choice at the place of its own condition is a guard of ours (`rapport`, `évolution`).
            if isinstance(noeud, Choix) and noeud.span != noeud.condition.span:
                yield (
                    noeud.condition,
                    f"Dans « {key.nom} », la condition de « si »",
                    "La branche « sinon » ne servirait jamais : vérifiez la condition.",
                    "La branche « alors » ne servirait jamais : vérifiez la condition.",
                    (),
                )


def check_levels(politique: Politique) -> list[Diagnostic]:
    """CAQ319: a level with a share of the points that no criterion gives."""
    if not politique.criteres:
        return []
    given: set[str] = set()
    for critere in politique.criteres.values():
        if critere.mesure is None and critere.table is None:
            given.update(critere.niveaux)
        for table in (critere.table, *(v.table for v in critere.variantes)):
            effects = (r.effet for r in table.rangs) if table else ()
            given.update(str(e.valeur) for e in effects if isinstance(e, Constante))
        if critere.sans_reponse:
            given.add(critere.sans_reponse)
    return [
        Diagnostic(
            "CAQ319",
            f"Aucun critère ne donne le niveau « {niveau.titre} » ({niveau.nom}).",
            niveau.span.premiere_ligne,
            Severite.NOTE,
            aide="Rien à faire si c'est voulu.",
        )
        for niveau in politique.niveaux.values()
        if niveau.part is not None and niveau.nom not in given and niveau.span.source is politique.span.source
    ]


def check_examples(politique: Politique) -> list[Diagnostic]:
    """CAQ407: two exemples that suppose the same and expect different results."""
    found: list[Diagnostic] = []
    first: dict[tuple[object, ...], tuple[Exemple, dict[Noeud, Impose]]] = {}
    for exemple in politique.exemples:
        given = frozenset((i.cible, i.valeur) for i in exemple.avec)
        key = (frozenset(exemple.secteurs), given, exemple.autres_criteres)
        expected = {i.cible: i for i in exemple.attendu if i.op == "="}
        other, known = first.setdefault(key, (exemple, expected))
        if other is exemple:
            continue
        for cible, impose in expected.items():
            before = known.get(cible)
            if before is not None and before.valeur != impose.valeur:
                found.append(_contradiction(exemple, other, impose, before))
    return found


def _contradiction(exemple: Exemple, other: Exemple, impose: Impose, before: Impose) -> Diagnostic:
    genre = impose.cible.genre
    here, there = write_value(impose.valeur, genre), write_value(before.valeur, genre)
    return Diagnostic(
        "CAQ407",
        f"Deux exemples supposent la même chose et n'attendent pas le même résultat : {here} pour "
        f"« {exemple.titre} », {there} pour « {other.titre} ».",
        impose.span,
        etiquettes=(Etiquette(before.span, f"attend {there}"),),
        aide="L'un des deux est faux, ou il lui manque ce qui les distingue.",
    )
