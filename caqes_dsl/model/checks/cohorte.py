"""Statistics of the cohort and envelopes: where they may stand, and what they may read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction

from caqes_dsl.base.diagnostics import Diagnostic, Etiquette
from caqes_dsl.base.quantities import Genre, write_value
from caqes_dsl.model.domains import Domaines
from caqes_dsl.model.nodes import Agregat, Cle, Constante, Decision, Fait, Noeud, Politique, Reference
from caqes_dsl.model.walk import all_keys, children, depends_on, nodes, reads


def check_cohorte(politique: Politique) -> list[Diagnostic]:
    """CAQ216: a statistic where there is no cohort; CAQ330: an envelope that cannot be shared."""
    found = [*_in_properties(politique), *_in_the_past(politique)]
    for decision in politique.decisions.values():
        if decision.au_prorata is not None:
            found += _envelope(politique, decision)
    return found


def _rests_on_cohort(politique: Politique, noeuds: Iterable[Noeud]) -> Noeud | None:
    """The first of these nodes that needs the cohort: a statistic, an envelope, or a name that reads one."""
    waiting = list(noeuds)
    origin: dict[Cle, Noeud] = {}
    for noeud in waiting:
        if isinstance(noeud, Agregat):
            return noeud
        if isinstance(noeud, Reference) and noeud.cle not in origin:
            origin[noeud.cle] = noeud
    seen = set(origin)
    stack = list(origin.items())
    while stack:
        cle, place = stack.pop()
        decision = politique.decisions.get(cle.nom) if cle.sorte == "décision" else None
        if decision is not None and decision.au_prorata is not None:
            return place
        if any(isinstance(n, Agregat) for n in reads(politique, cle)):
            return place
        for more in depends_on(politique, cle):
            if more not in seen:
                seen.add(more)
                stack.append((more, place))
    return None


def _in_properties(politique: Politique) -> Iterator[Diagnostic]:
    for propriete in politique.proprietes:
        place = _rests_on_cohort(politique, nodes(propriete.expression, propriete.lorsque, propriete.selon))
        if place is not None:
            what, it = ("Une limite", "elle") if propriete.limite else ("Un contrôle", "il")
            yield Diagnostic(
                "CAQ216",
                f"{what} ne lit pas une statistique de la cohorte : {it} vaut pour tout établissement.",
                place.span,
                etiquettes=(Etiquette(propriete.span.premiere_ligne, "la propriété"),),
                aide="Fixez la statistique par un paramètre daté, ou éprouvez la règle par un exemple qui la donne.",
            )


def _in_the_past(politique: Politique) -> Iterator[Diagnostic]:
    said: set[tuple[str, int]] = set()
    for cle in all_keys(politique):
        for noeud in reads(politique, cle):
            if not isinstance(noeud, Reference) or not noeud.recul:
                continue
            if noeud.cle.sorte in ("score", "points", "points_applicables") and not noeud.rejoue:
                continue  # recorded: a fact
            here = Reference(noeud.genre, noeud.span, noeud.cle)
            where = (noeud.span.source.nom, noeud.span.debut)
            if where in said or _rests_on_cohort(politique, [here]) is None:
                continue
            said.add(where)
            yield Diagnostic(
                "CAQ216",
                f"« {' '.join(noeud.span.texte.split())} » demanderait une statistique de la cohorte d'un autre "
                "exercice, qui n'est pas celle qu'on évalue.",
                noeud.span,
                aide="Fixez cette statistique par un paramètre, à la date de l'exercice.",
            )


def _varying(politique: Politique, noeud: Noeud) -> Noeud | None:
    """What makes an amount differ from one establishment to another; a statistic over all is the same for each."""
    stack, seen = [noeud], set[Cle]()
    while stack:
        one = stack.pop()
        if isinstance(one, Agregat):
            if one.fonction == "rang" or one.par is not None:
                return one
            continue
        if isinstance(one, Fait) or (isinstance(one, Reference) and one.cle.sorte not in ("calcul", "cible")):
            return one
        if isinstance(one, Reference):
            if one.cle not in seen:
                seen.add(one.cle)
                roots = [politique.calculs[one.cle.nom].expression] if one.cle.sorte == "calcul" else []
                titre = politique.volets.get(one.cle.nom) if one.cle.sorte == "cible" else None
                stack += roots or ([titre.cible] if titre is not None and titre.cible is not None else [])
            continue
        stack += children(one)
    return None


def _envelope(politique: Politique, decision: Decision) -> Iterator[Diagnostic]:
    assert decision.au_prorata is not None
    varying = _varying(politique, decision.montant)
    if varying is not None:
        yield Diagnostic(
            "CAQ330",
            f"Le montant de l'enveloppe « {decision.nom} » dépend de l'établissement : une somme à partager est la "
            "même pour tous.",
            varying.span,
            aide="Écrivez un montant, un paramètre ou une statistique de la région.",
        )
    worth = decision.montant
    written = worth.valeur if isinstance(worth, Constante) else None
    if isinstance(written, Fraction) and (written < 0 or (written / decision.arrondi).denominator != 1):
        step = write_value(decision.arrondi, Genre.MONTANT)
        yield Diagnostic(
            "CAQ330",
            f"L'enveloppe « {decision.nom} » n'est pas un nombre entier de parts de {step} : ses parts ne pourraient "
            "pas faire la somme.",
            worth.span,
            aide="Corrigez le montant, ou le pas de l'arrondi.",
        )
    key = Domaines(politique).expression(decision.au_prorata)
    if not key.vide and (key.bas is None or key.bas < 0):
        yield Diagnostic(
            "CAQ330",
            f"La clé de l'enveloppe « {decision.nom} » peut être négative : une part ne l'est jamais.",
            decision.au_prorata.span,
            aide="Bornez la donnée (≥ 0), ou écrivez « max(… ; 0 €) ».",
        )
