"""Limites and contrôles that hold for every establishment, decided from the domains alone.

Sound, not complete: what is not proved here may still be true; it is then tried on establishments.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise, product

from caqes_dsl.base.quantities import Genre

from .domains import Domaines
from .majorants import Forme, Majorants
from .nodes import (
    Cle,
    Comparaison,
    Constante,
    Decision,
    Intervalle,
    Lineaire,
    Logique,
    Noeud,
    Politique,
    Propriete,
    Reference,
    Table,
    Valeurs,
)
from .walk import depends_on, inline

_FLIPPED = {"≤": "≥", "<": ">", "≥": "≤", ">": "<"}


def is_proved(politique: Politique, propriete: Propriete) -> bool:
    """Whether a property holds for every admissible establishment, whatever it is."""
    preuve = _Preuve(politique)
    match propriete.forme:
        case "aucune":
            return not politique.decisions_de(propriete.nature)
        case "expression":
            assert propriete.expression is not None
            return preuve.condition(propriete.expression, propriete.lorsque)
        case "chaque" | "total_des":
            return preuve.amounts(propriete)
        case "croissant_niveaux":
            return propriete.sens == "croissant" and preuve.better_answers(propriete)
        case "monotone":
            return preuve.monotone(propriete)
    return False


class _Preuve:
    def __init__(self, politique: Politique) -> None:
        self.politique = politique
        self.domaines = Domaines(politique)
        self.majorants = Majorants(self.domaines)

    def condition(self, noeud: Noeud, lorsque: Noeud | None) -> bool:
        """Whether a condition is always true when another one is."""
        if isinstance(noeud, Logique) and noeud.op == "et":
            return all(self.condition(t, lorsque) for t in noeud.termes)
        spelt_out, supposed = (inline(self.politique, n) if n is not None else None for n in (noeud, lorsque))
        if spelt_out is not None and self.domaines.assuming(spelt_out, supposed).valeurs == (True,):
            return True
        self.majorants = Majorants(self.domaines, frozenset(_giving(lorsque)))
        if not isinstance(noeud, Comparaison) or noeud.op not in _FLIPPED or not noeud.gauche.genre.is_number:
            return False
        low, high = (noeud.gauche, noeud.droite) if noeud.op in "≤<" else (noeud.droite, noeud.gauche)
        pairs = product(self.majorants.above(low), self.majorants.below(high))
        return any(a.at_most(b, strictly=noeud.op in "<>") for a, b in pairs)

    def amounts(self, propriete: Propriete) -> bool:
        """Whether the amounts of a nature, each or together, stay on the right side of a bound."""
        assert propriete.expression is not None
        decisions = self.politique.decisions_de(propriete.nature)
        under = propriete.op in ("≤", "<")
        if propriete.op not in _FLIPPED:
            return not decisions and propriete.forme == "chaque"
        bounds = self.majorants.below(propriete.expression) if under else self.majorants.above(propriete.expression)
        if propriete.forme == "chaque":
            return all(self._stays(self._forms(d, under), bounds, propriete.op) for d in decisions)
        totals = [Forme({}, Fraction(0))]
        for decision in decisions:
            totals = [a.plus(b) for a, b in product(totals, self._forms(decision, under))][:200]
        return self._stays(totals, bounds, propriete.op)

    def _forms(self, decision: Decision, under: bool) -> list[Forme]:
        return self.majorants.decision(decision, high=under)

    @staticmethod
    def _stays(forms: list[Forme], bounds: list[Forme], op: str) -> bool:
        pairs = product(forms, bounds)
        strictly = op in "<>"
        if op in "≤<":
            return any(f.at_most(b, strictly=strictly) for f, b in pairs)
        return any(b.at_most(f, strictly=strictly) for f, b in pairs)

    def better_answers(self, propriete: Propriete) -> bool:
        """Whether a better answer can only raise a score: nothing else in the policy reads an answer.

        Points grow with the share of the level, and what is applicable does not change with it.
        """
        noeud = propriete.expression
        if not isinstance(noeud, Reference) or noeud.recul or noeud.cle.sorte not in ("score", "points"):
            return False
        if noeud.cle.sorte == "score" and not noeud.cle.nom and self.politique.notation.calcul:
            return False
        seen = {Cle("points", noeud.cle.nom)}
        stack = list(seen)
        while stack:
            more = depends_on(self.politique, stack.pop()).keys() - seen
            if any(cle.sorte in ("niveau", "décompte", "score", "points", "points_applicables") for cle in more):
                return False
            seen |= more
            stack += more
        return True

    # ------------------------------------------------------------ one quantity against another

    def monotone(self, propriete: Propriete) -> bool:
        """Whether a barème only goes one way along what drives it."""
        noeud = propriete.expression
        if not isinstance(noeud, Reference) or noeud.cle.sorte != "barème" or noeud.recul:
            return False
        table = self.politique.baremes[noeud.cle.nom].table
        if table.selon != (propriete.selon,) or table.genre is Genre.NIVEAU:
            return False
        steps = list(_course(table))
        if not steps or any(s is None for s in steps):
            return False
        values = [v for s in steps if s is not None for v in s]
        if table.plafond is not None and self.domaines.expression(table.plafond).unique is None:
            return False
        up = propriete.sens == "croissant"
        rising = all(a <= b if up else a >= b for a, b in pairwise(values))
        further = table.suite is None or (table.suite.pas >= 0 if up else table.suite.pas <= 0)
        return rising and further


def _giving(condition: Noeud | None) -> Iterator[str]:
    """The decisions that a condition says to be above 0 €."""
    if isinstance(condition, Logique) and condition.op == "et":
        for terme in condition.termes:
            yield from _giving(terme)
    elif isinstance(condition, Comparaison) and condition.op == ">" and isinstance(condition.gauche, Reference):
        zero = isinstance(condition.droite, Constante) and condition.droite.valeur == 0
        if zero and condition.gauche.cle.sorte == "décision":
            yield condition.gauche.cle.nom


def _course(table: Table) -> Iterator[tuple[Fraction, Fraction] | None]:
    """What a table gives at the two ends of each row, in the order of the values taken; None for what has no order."""
    placed: list[tuple[Fraction, tuple[Fraction, Fraction]]] = []
    for rang in table.rangs:
        cas, effet = rang.cas[0], rang.effet
        ends: tuple[Fraction, Fraction] | None = None
        if isinstance(effet, Lineaire):
            ends = (effet.bas, effet.haut)
        elif isinstance(effet, Constante) and isinstance(effet.valeur, Fraction):
            ends = (effet.valeur, effet.valeur)
        if ends is None:
            yield None
            return
        if isinstance(cas, Intervalle) and (cas.bas is not None or cas.haut is not None):
            if cas.bas is not None:
                place = cas.bas
            else:
                assert cas.haut is not None
                place = cas.haut - 10**12
            placed.append((place, ends))
        elif isinstance(cas, Valeurs):
            numbers = [v for v in cas.valeurs if isinstance(v, Fraction)]
            placed += [(v, ends) for v in numbers]
        else:
            yield None
            return
    placed.sort(key=lambda item: item[0])
    yield from (ends for _, ends in placed)
