"""A policy as lines in which some of its numbers are entered: what a simulation varies, one value after the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import lcm

from caqes_dsl.evaluation.reglages import Reglage
from caqes_dsl.model.nodes import Cle, Constante, Critere, Noeud, Politique, Rang, Table

from .complet import Plan, TraductionComplete, planned
from .expressions import Gabarit
from .lines import MANQUANT


def plan_with(
    politique: Politique,
    reglages: Mapping[Reglage, Sequence[Fraction]],
    gabarits: Mapping[str, Gabarit] | None = None,
    statistiques: Mapping[str, tuple[int, int]] | None = None,
) -> tuple[Plan, dict[str, int]]:
    """The lines of a policy, with an entry « réglage » for each setting, wide enough for all its values.

    With them, for each volet that has a target, the line that says whether the score is under it.
    """
    shares = any(r.sorte == "part" for r in reglages)
    made = TraductionReglee(politique, gabarits or {}, statistiques or {}, groupe=not shares)
    made.vary(reglages)
    plan = planned(made)
    return plan, {nom: made.is_under(nom) for nom, volet in politique.volets.items() if volet.cible is not None}


class TraductionReglee(TraductionComplete):
    """Lowers what is varied as entries."""

    def vary(self, reglages: Mapping[Reglage, Sequence[Fraction]]) -> None:
        """Makes an entry of each setting."""
        lines = {r: self._entry(r, values) for r, values in reglages.items()}
        self._nodes = {id(r.noeud): line for r, line in lines.items() if r.noeud is not None}
        self._varied = {(r.sorte, r.nom): line for r, line in lines.items() if r.noeud is None}

    def _entry(self, reglage: Reglage, valeurs: Sequence[Fraction]) -> int:
        scale = lcm(*(v.denominator for v in valeurs))
        most = max((abs(int(v * scale)) for v in valeurs), default=1)
        return self.atelier.entry("réglage", reglage.ecrit, echelle=scale, borne=max(most, 1))

    def lower(self, noeud: Noeud) -> int:
        """The line of an expression; that of a setting is what is entered."""
        found = self._nodes.get(id(noeud))
        if found is None and isinstance(noeud, Constante) and noeud.nom:
            found = self._varied.get(("paramètre", noeud.nom))
        return super().lower(noeud) if found is None else found

    def is_under(self, volet: str) -> int:
        """Whether the score of a volet is under its target."""
        score, cible = self.try_key(Cle("score", volet)), self.try_key(Cle("cible", volet))
        return self.atelier.compare("<", score, cible)

    def step(self, table: Table) -> int:
        """What each step of the suite adds."""
        for nom, bareme in self.politique.baremes.items():
            if bareme.table is table and ("pas", nom) in self._varied:
                return self._varied["pas", nom]
        return super().step(table)

    def start(self, rang: Rang) -> int | None:
        """What the highest bounded row gives, from which the suite goes on."""
        found = self._nodes.get(id(rang.effet))
        return super().start(rang) if found is None else found

    # ------------------------------------------------------------ weights and shares

    def _is_plain(self, critere: Critere) -> bool:
        return ("poids", critere.nom) not in self._varied and super()._is_plain(critere)

    def weighed(self, critere: Critere, issue: int, part: int | None) -> tuple[int, int]:
        """What the criterion brings and what it counts for; a weight that is varied multiplies what one point gives."""
        own = self._varied.get(("poids", critere.nom))
        if own is None:
            return super().weighed(critere, issue, part)
        atelier = self.atelier
        unit = self.at_weight(Fraction(1), issue, part)
        points, compte = (atelier.multiply(line, own) for line in unit)
        for variante in reversed(critere.variantes):
            if variante.poids is not None:
                only = self.only(critere, variante.secteurs)
                mine = self.at_weight(variante.poids, issue, part)
                points, compte = (atelier.choose(only, m, o) for m, o in zip(mine, (points, compte), strict=True))
        return points, compte

    def at_weight(self, poids: Fraction, issue: int, part: int | None) -> tuple[int, int]:
        """Points and what they are out of, at a weight; the share of a level that is varied is what is entered."""
        points, compte = super().at_weight(poids, issue, part)
        atelier = self.atelier
        for (sorte, nom), share in self._varied.items():
            if sorte == "part":
                code = atelier.constant(Fraction(self.code(nom)))
                here = atelier.compare("=", issue, code, manque=MANQUANT)
                points = atelier.choose(here, atelier.multiply(share, atelier.constant(poids)), points)
        return points, compte


__all__ = ["TraductionReglee", "plan_with"]
