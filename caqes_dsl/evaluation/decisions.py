"""What is proposed for decision: an amount rounded once, inside its bounds, or open between two of them."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from caqes_dsl.base.quantities import Mode, Valeur, round_to
from caqes_dsl.model.nodes import Cle, Decision

from .trace import ResultatDecision
from .vu import Vu

if TYPE_CHECKING:
    from .explain import Interpreteur


def decide(interprete: Interpreteur, decision: Decision) -> ResultatDecision:
    """The amount at stake, rounded once at its step; its bounds while it is open."""
    retenu = interprete.etablissement.retenus.get(decision.nom)
    kept, why = (retenu.montant, retenu.motif) if retenu else (None, "")
    zero = Fraction(0)
    nothing = ResultatDecision(decision.nom, zero, "impossible", False, None, (), kept, why, (), zero, zero)
    condition = interprete.eval(decision.condition) if decision.condition is not None else Vu(True)
    objet = has_object(interprete, decision)
    if decision.au_prorata is not None:
        return _share(interprete, decision, nothing, objet, condition)
    if objet.valeur is False or condition.valeur is False:
        return nothing
    montant = interprete.eval(decision.montant)
    plafond = interprete.eval(decision.plafond) if decision.plafond is not None else None
    plancher = interprete.eval(decision.plancher) if decision.plancher is not None else None
    parts = [v for v in (objet, condition, montant, plafond, plancher) if v is not None]
    amount, cap, floor = (v.valeur if v is not None else None for v in (montant, plafond, plancher))
    if all(v.valeur is not None for v in parts):
        assert isinstance(amount, Fraction)
        final = settle(amount, decision.arrondi, cap, floor)
        return ResultatDecision(decision.nom, final, "certain", True, amount, (), kept, why, (), final, final)
    missing: frozenset[str] = frozenset().union(*(v.manquants for v in parts))
    low, high = _amounts(interprete, decision, sure=objet.valeur is True and condition.valeur is True)
    if not missing or (low == 0 and high == 0):  # what it reads is without object, or it comes to nothing
        return nothing
    truth = condition.valeur if isinstance(condition.valeur, bool) else None
    return ResultatDecision(decision.nom, None, "ouvert", truth, None, (), kept, why, tuple(sorted(missing)), low, high)


def _share(
    interprete: Interpreteur, decision: Decision, nothing: ResultatDecision, objet: Vu, condition: Vu
) -> ResultatDecision:
    """The share of a closed sum: what the cohort as a whole leaves to this establishment."""
    population = interprete.population
    if population is None:
        missing = frozenset({decision.nom})
        return replace(nothing, montant=None, certitude="ouvert", condition=None, manquants=tuple(missing),
                       montant_max=None)  # fmt: skip
    partage = population.partage(decision)
    if objet.valeur is False or condition.valeur is False:
        return nothing
    if partage.parts is None:
        truth = condition.valeur if isinstance(condition.valeur, bool) else None
        return replace(nothing, montant=None, certitude="ouvert", condition=truth, manquants=partage.manquants,
                       montant_max=partage.total)  # fmt: skip
    mine = partage.parts.get(interprete.etablissement.finess, Fraction(0))
    return replace(nothing, montant=mine, certitude="certain", condition=True,
                   avant_arrondi=partage.quotes.get(interprete.etablissement.finess), montant_min=mine,
                   montant_max=mine)  # fmt: skip


def concerned(interprete: Interpreteur, decision: Decision) -> Vu:
    """Whether a decision concerns the establishment: its volet open and with an object, its condition true."""
    condition = interprete.eval(decision.condition) if decision.condition is not None else Vu(True)
    seen = (has_object(interprete, decision), condition)
    if any(v.valeur is False for v in seen):
        return Vu(False)
    missing: frozenset[str] = frozenset().union(*(v.manquants for v in seen))
    if all(v.valeur is not None for v in seen):
        return Vu(True)
    return Vu(None, missing) if missing else Vu(False)


def has_object(interprete: Interpreteur, decision: Decision) -> Vu:
    """Whether a decision has an object: its volet is open, and something is applicable in it.

    A pénalité is for a breach, not for a score: it needs nothing applicable.
    """
    politique, volet = interprete.politique, decision.volet
    ouvert = interprete.value(Cle("réserve", volet))
    if ouvert.valeur is not True or decision.nature == "pénalité":
        return ouvert
    scope = volet if len(politique.volets) > 1 else ""
    if not any(scope in ("", c.volet) for c in politique.criteres.values()):
        return Vu(True)
    cle = Cle("points_applicables", scope)
    applicables = interprete.value(cle)
    if applicables.valeur is not None:
        return Vu(applicables.valeur != 0)
    return Vu(True) if interprete.possibles.cle(cle).bas != 0 else Vu(None, applicables.manquants)


def _amounts(interprete: Interpreteur, decision: Decision, *, sure: bool) -> tuple[Fraction | None, Fraction | None]:
    """Least and greatest amount of an open decision; None for no bound."""
    domaine = interprete.possibles.expression(decision.montant)
    cap, floor = (
        interprete.possibles.expression(n) if n is not None else None for n in (decision.plafond, decision.plancher)
    )
    low, high = domaine.bas, domaine.haut
    if floor is not None:  # the plancher lifts, then the plafond holds
        low = floor.bas if low is None else low
        high = None if floor.haut is None else high
    if cap is not None:
        low = None if cap.bas is None else low
        high = cap.haut if high is None else high
    if low is not None:
        low = settle(low, decision.arrondi, cap.bas if cap else None, floor.bas if floor else None)
    if high is not None:
        high = settle(high, decision.arrondi, cap.haut if cap else None, floor.haut if floor else None)
    if sure and not domaine.peut_manquer:
        return low, high
    zero = Fraction(0)
    return None if low is None else min(low, zero), None if high is None else max(high, zero)


def settle(amount: Fraction, step: Fraction, cap: Valeur | None, floor: Valeur | None) -> Fraction:
    """Rounded once at its step, inside its bounds; the plafond wins over the plancher."""
    final = round_to(amount, step)
    if isinstance(floor, Fraction) and final < floor:
        final = round_to(floor, step, Mode.EXCES)
    if isinstance(cap, Fraction) and final > cap:
        final = round_to(cap, step, Mode.DEFAUT)
    return final
