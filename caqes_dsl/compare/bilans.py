"""What a policy gives to each establishment of a cohort, in numbers alone, with what two evaluations have in common."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction

from caqes_dsl.evaluation.explain import Calculateur, Interpreteur
from caqes_dsl.evaluation.facts import Etablissement
from caqes_dsl.evaluation.population import Population
from caqes_dsl.evaluation.summary import scored, standing
from caqes_dsl.evaluation.trace import ResultatCritere, ResultatDecision
from caqes_dsl.model.nodes import Cle, Politique

from .impact_shapes import Bilan, Montant, Perimetre
from .units import VOLETS, Partage

ZERO = Fraction(0)
ABSENT = Montant(ZERO, "absente", ZERO, ZERO)

Suivi = Callable[[], None]
"""Called after each establishment."""


def perimetres(ancienne: Politique, nouvelle: Politique) -> tuple[Perimetre, ...]:
    """The scores to compare, by name; where each side has only one, it is the same. `ancienne` has the newer names."""
    old, new = scored(ancienne), scored(nouvelle)
    if len(old) == len(new) == 1:
        return (Perimetre(new[0], _title(new[0], nouvelle), old[0], new[0]),)
    found = [Perimetre(nom, _title(nom, nouvelle), nom if nom in old else None, nom) for nom in new]
    found += [Perimetre(nom, _title(nom, ancienne), nom, None) for nom in old if nom not in new]
    return tuple(found)


def _title(nom: str, politique: Politique) -> str:
    return politique.volets[nom].titre if nom else "Score global"


class Cohorte:
    """The establishments under one policy. `noms`: périmètre -> its name in this policy."""

    def __init__(
        self,
        politique: Politique,
        etablissements: Sequence[Etablissement],
        cadre: Sequence[Perimetre],
        decisions: Iterable[str],
        *,
        ecartes: int = 0,
    ) -> None:
        self.politique = politique
        self.population = Population(politique, etablissements, ecartes=ecartes, interprete=Calculateur)
        own = scored(politique)
        asked = ((p.nom, next((n for n in (p.nouveau, p.ancien) if n in own), None)) for p in cadre)
        self.noms = {nom: name for nom, name in asked if name is not None}
        self.decisions = tuple(decisions)

    @property
    def interpretes(self) -> list[Interpreteur]:
        """One for each establishment, in order."""
        return self.population.interpretes

    def bilans(self, suivi: Suivi) -> list[Bilan]:
        """The bilan of every establishment, in order."""
        found = []
        for interprete in self.interpretes:
            found.append(self.bilan(interprete))
            suivi()
        return found

    def bilan(self, interprete: Interpreteur) -> Bilan:
        """The bilan of one establishment."""
        scores = {nom: interprete.sous_score(self._scope(name)) for nom, name in self.noms.items()}
        cibles = {nom: _target(interprete, name) for nom, name in self.noms.items()}
        results = [interprete.decision(d) for d in self.politique.decisions.values()]
        montants = {d.nom: _montant(d) for d in results}
        return Bilan(
            self._statut(interprete, results),
            scores,
            cibles,
            {nom: standing(scores[nom], cibles[nom]) for nom in scores},
            {nom: montants.get(nom, ABSENT) for nom in self.decisions},
            *(self.somme(montants, en_faveur=favour) for favour in (False, True)),
        )

    def bilan_after(self, interprete: Interpreteur, before: Bilan, touched: frozenset[Cle]) -> Bilan:
        """The bilan of an establishment of which the rest of the policy gave `before`; its statut is left as it was."""
        every = VOLETS in touched
        scores = {
            nom: interprete.sous_score(self._scope(name))
            if every or Cle("score", self._scope(name)) in touched or nom not in before.scores
            else before.scores[nom]
            for nom, name in self.noms.items()
        }
        cibles = {
            nom: _target(interprete, name)
            if every or Cle("cible", name) in touched or nom not in before.cibles
            else before.cibles[nom]
            for nom, name in self.noms.items()
        }
        montants = {
            nom: ABSENT
            if (decision := self.politique.decisions.get(nom)) is None
            else _montant(interprete.decision(decision))
            if every or Cle("décision", nom) in touched
            else before.montants[nom]
            for nom in self.decisions
        }
        return Bilan(
            before.statut,
            scores,
            cibles,
            {nom: standing(scores[nom], cibles[nom]) for nom in scores},
            montants,
            *(self.somme(montants, en_faveur=favour) for favour in (False, True)),
        )

    def _scope(self, volet: str) -> str:
        """The heading whose score a périmètre is: the whole when there is one volet."""
        return volet if len(self.politique.volets) > 1 else ""

    def somme(self, montants: Mapping[str, Montant], *, en_faveur: bool) -> Montant:
        """The decisions of one direction added up; undetermined as soon as one is."""
        mine = [m for nom, m in montants.items() if self._is_in(nom, en_faveur)]
        bas, haut = (_added(values) for values in ([m.bas for m in mine], [m.haut for m in mine]))
        valeur = _added(m.valeur for m in mine)
        if valeur is not None:
            return Montant(valeur, "certain" if valeur else "impossible", valeur, valeur)
        return Montant(None, "ouvert", bas, haut)

    def _is_in(self, nom: str, en_faveur: bool) -> bool:
        decision = self.politique.decisions.get(nom)
        return decision is not None and decision.en_faveur is en_faveur

    def _statut(self, interprete: Interpreteur, results: Sequence[ResultatDecision]) -> str:
        """As results say it: indetermine when anything that is due lacks something."""
        politique = self.politique
        criteres = [interprete.critere(nom) for nom in politique.criteres]
        if criteres and interprete.sous_score("").points_applicables == 0:
            return "sans_objet"
        if any(c.statut == "indetermine" and c.manquants for c in criteres) or any(d.manquants for d in results):
            return "indetermine"
        keys = [Cle("pièce", nom) for nom in politique.pieces] + [Cle("mesure", nom) for nom in politique.indicateurs]
        keys += [Cle("score")] if politique.notation.calcul else []
        return "indetermine" if any(interprete.value(cle).manquants for cle in keys) else "complet"


def _montant(decision: ResultatDecision) -> Montant:
    return Montant(decision.montant, decision.certitude, decision.montant_min, decision.montant_max)


def _target(interprete: Interpreteur, volet: str) -> Fraction | None:
    valeur = interprete.value(Cle("cible", volet)).valeur if volet else None
    return valeur if isinstance(valeur, Fraction) else None


def _added(values: Iterable[Fraction | None]) -> Fraction | None:
    total = ZERO
    for value in values:
        if value is None:
            return None
        total += value
    return total


def score_of(bilan: Bilan, perimetre: str) -> Fraction | None:
    """The score of a périmètre; None when it is not known, or the policy has none."""
    found = bilan.scores.get(perimetre)
    return found.score if found is not None else None


def difference(after: Fraction | None, before: Fraction | None) -> Fraction | None:
    """What is more on one side; None unless both are known."""
    return None if after is None or before is None else after - before


def share(source: Interpreteur, then: Interpreteur, partage: Partage) -> None:
    """Gives to another policy's interpreter of the same establishment what cannot differ, this year and before."""
    pairs = [(source, then)]
    while pairs:
        one, other = pairs.pop()
        other.take(one, partage.keeps, partage.keeps_node, bornes=partage.hard)
        pairs += [(past, other.past(recul, rejoue=again)) for (recul, again), past in one._past.items()]


def same_result(one: ResultatCritere | None, other: ResultatCritere | None) -> bool:
    """Whether two results of a critère count the same in the scores; none and out of its sectors do."""
    a, b = _counted(one), _counted(other)
    return a is b or a == b


def _counted(result: ResultatCritere | None) -> tuple[object, ...] | None:
    if result is None or result.statut == "hors_secteur":
        return None
    return result.statut, result.poids, result.points, result.part, result.niveau, result.mesure, result.manquants
