"""Bounds of decisions that bound nothing, or contradict each other."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from caqes_dsl.base.diagnostics import Diagnostic, Etiquette, Severite
from caqes_dsl.base.quantities import write_value
from caqes_dsl.model.domains import Domaines
from caqes_dsl.model.nodes import Arithmetique, Decision, Noeud, Politique

_NATURES = {"sanction": "La sanction", "intéressement": "L'intéressement", "pénalité": "La pénalité"}


def check_caps(politique: Politique) -> list[Diagnostic]:
    """CAQ306: a plafond that a decision never reaches, a plancher it never falls under, one above the other. CAQ331: an
    amount that may be negative."""
    domaines = Domaines(politique)
    found: list[Diagnostic] = []
    for decision in politique.decisions.values():
        found += _decision(domaines, decision)
        if decision.au_prorata is None:
            found += _negative(domaines, decision)
    return found


def _negative(domaines: Domaines, decision: Decision) -> Iterator[Diagnostic]:
    low = domaines.assuming(decision.montant, decision.condition)
    floor = domaines.expression(decision.plancher) if decision.plancher is not None else None
    kept = floor is not None and floor.bas is not None and floor.bas >= 0
    if low.vide or kept or (low.bas is not None and low.bas >= 0):
        return
    least = f" : jusqu'à {write_value(low.bas, decision.montant.genre)}" if low.bas is not None else ""
    yield Diagnostic(
        "CAQ331",
        f"{_NATURES.get(decision.nature, 'La décision')} « {decision.nom} » peut être négati"
        f"{'f' if decision.nature == 'intéressement' else 've'}{least}.",
        decision.montant.span,
        Severite.AVERTISSEMENT,
        aide="Bornez les données (≥ 0 €), écrivez « max(… ; 0 €) », ou ajoutez « plancher 0 € ».",
    )


def _decision(domaines: Domaines, decision: Decision) -> Iterator[Diagnostic]:
    cap, floor = decision.plafond, decision.plancher
    named = f"« {decision.nom} »"
    if cap is not None and floor is not None and _below(domaines, cap, floor):
        yield Diagnostic(
            "CAQ306",
            f"Le plancher de {named} dépasse toujours son plafond, qui l'emporte : le plancher ne sert jamais.",
            floor.span,
            Severite.AVERTISSEMENT,
            (Etiquette(cap.span, "le plafond"),),
            "Les deux bornes sont sans doute échangées.",
        )
        return
    for bound, never, word, limit in (
        (cap, cap is not None and _below(domaines, decision.montant, cap), "n'atteint jamais son plafond", "au plus"),
        (floor, floor is not None and _below(domaines, floor, decision.montant), "ne descend jamais à son plancher",
         "au moins"),
    ):  # fmt: skip
        if bound is not None and never:
            domaine = domaines.expression(decision.montant)
            end = domaine.haut if limit == "au plus" else domaine.bas
            said = f" : {limit} {write_value(end, decision.montant.genre)}" if end is not None else ""
            yield Diagnostic(
                "CAQ306",
                f"{_NATURES.get(decision.nature, 'La décision')} {named} {word}{said}.",
                bound.span,
                Severite.NOTE,
                aide="Rien à faire si cette borne rappelle la loi ; sinon, vérifiez le montant ou la borne.",
            )


def _below(domaines: Domaines, low: Noeud, high: Noeud) -> bool:
    """Whether the first is always strictly under the second, what both are multiplied by set apart."""
    ours, theirs = _factors(low), _factors(high)
    common = [f for f in ours if f in theirs]
    if common and all((d := domaines.expression(f)).bas is not None and d.bas >= 0 for f in common):
        for factor in common:
            if factor in ours and factor in theirs:
                ours.remove(factor)
                theirs.remove(factor)
    highest, lowest = _end(domaines, ours, high=True), _end(domaines, theirs, high=False)
    return highest is not None and lowest is not None and highest < lowest


def _factors(noeud: Noeud) -> list[Noeud]:
    if isinstance(noeud, Arithmetique) and noeud.op == "×":
        return [*_factors(noeud.gauche), *_factors(noeud.droite)]
    return [noeud]


def _end(domaines: Domaines, factors: list[Noeud], *, high: bool) -> Fraction | None:
    """The greatest, or least, value of a product of quantities that are all at least 0; None when it is not known."""
    result = Fraction(1)
    for factor in factors:
        domaine = domaines.expression(factor)
        end = domaine.haut if high else domaine.bas
        if end is None or (len(factors) > 1 and (domaine.bas is None or domaine.bas < 0)):
            return None
        result *= end
    return result
