"""The meaning: what a policy gives for one establishment, and why.

This interpreter is the definition; every other reader of the core must agree with it. Values are exact; None means
undetermined, and `manquants` says for want of what. It never raises on a checked policy.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from functools import cached_property, singledispatchmethod

from caqes_dsl.base.calendar import move, spread
from caqes_dsl.base.quantities import Genre, Mode, Valeur, round_to
from caqes_dsl.model.nodes import (
    ADefaut,
    Arithmetique,
    Arrondi,
    Choix,
    Cle,
    Comparaison,
    Constante,
    Critere,
    Decision,
    Fait,
    Lineaire,
    Logique,
    Manque,
    MinMax,
    Noeud,
    Politique,
    Rang,
    Reference,
    Table,
    Variante,
)

from . import report, tables
from .bounds import are_independent, score_bounds
from .completions import linked
from .facts import Etablissement
from .missing import recorded_column
from .possible import Possibles
from .trace import Resultat, ResultatCritere, ResultatDecision, SousScore

Imposes = Mapping[tuple[str, str, int], Valeur]
"""Quantities an exemple fixes: (kind, name, exercises back) -> value."""


@dataclass(frozen=True, slots=True)
class Vu:
    """A value, or None and what is missing."""

    valeur: Valeur | None
    manquants: frozenset[str] = frozenset()


COMPARE: dict[str, Callable[[object, object], bool]] = {
    "=": lambda a, b: a == b,
    "≠": lambda a, b: a != b,
    "<": lambda a, b: a < b,  # type: ignore[operator]  # both numbers or both dates: settled by the types
    "≤": lambda a, b: a <= b,  # type: ignore[operator]  # idem
    ">": lambda a, b: a > b,  # type: ignore[operator]  # idem
    "≥": lambda a, b: a >= b,  # type: ignore[operator]  # idem
}


class Interpreteur:
    """Evaluates the quantities of a policy for one establishment, each once."""

    def __init__(
        self,
        politique: Politique,
        etablissement: Etablissement,
        imposes: Imposes | None = None,
        *,
        exercice: int | None = None,
        recul: int = 0,
    ) -> None:
        self.politique = politique
        self.etablissement = etablissement
        self.imposes = imposes or {}
        self.exercice = exercice or etablissement.exercice or politique.exercice
        self.recul = recul
        self._values: dict[tuple[Cle, int], Vu] = {}
        self._criteres: dict[str, ResultatCritere] = {}
        self._comparisons: dict[int, tuple[Noeud, Vu]] = {}
        self._past: dict[int, Interpreteur] = {}

    @cached_property
    def possibles(self) -> Possibles:
        """What quantities may still be worth while facts are missing."""
        return Possibles(self)

    def of(self, etablissement: Etablissement) -> Interpreteur:
        """The same question about another establishment."""
        return Interpreteur(self.politique, etablissement, self.imposes, exercice=self.exercice, recul=self.recul)

    # ------------------------------------------------------------ expressions

    @singledispatchmethod
    def eval(self, noeud: Noeud) -> Vu:
        """Value of an expression."""
        raise TypeError(f"évaluation de {type(noeud).__name__}")

    @eval.register
    def _(self, noeud: Constante) -> Vu:
        return Vu(noeud.valeur)

    @eval.register
    def _(self, noeud: Fait) -> Vu:
        imposed = self.imposes.get(("donnée", noeud.nom, noeud.recul))
        if imposed is not None:
            return Vu(imposed)
        source = self.etablissement if not noeud.recul else self._past_facts(noeud.recul)
        valeur = source.faits.get(noeud.nom) if source else None
        if valeur is None:
            valeur = self.politique.donnees[noeud.nom].defaut
        return Vu(valeur) if valeur is not None else Vu(None, frozenset({self._dated(noeud.nom, noeud.recul)}))

    @eval.register
    def _(self, noeud: Reference) -> Vu:
        return self.value(noeud.cle, noeud.recul)

    @eval.register
    def _(self, noeud: Arithmetique) -> Vu:
        gauche, droite = self.eval(noeud.gauche), self.eval(noeud.droite)
        if gauche.valeur is None or droite.valeur is None:
            return Vu(None, gauche.manquants | droite.manquants)
        return _operate(noeud, gauche.valeur, droite.valeur)

    @eval.register
    def _(self, noeud: Comparaison) -> Vu:
        known = self._comparisons.get(id(noeud))
        if known is None or known[0] is not noeud:
            known = self._comparisons[id(noeud)] = (noeud, self._compare(noeud))
        return known[1]

    def _compare(self, noeud: Comparaison) -> Vu:
        """A comparison; with a term missing, it may still hold, or fail, whatever that term is worth."""
        gauche, droite = self.eval(noeud.gauche), self.eval(noeud.droite)
        if gauche.valeur is not None and droite.valeur is not None:
            return Vu(COMPARE[noeud.op](gauche.valeur, droite.valeur))
        decided = self.possibles.comparison(noeud)
        return Vu(decided) if decided is not None else Vu(None, gauche.manquants | droite.manquants)

    @eval.register
    def _(self, noeud: Logique) -> Vu:
        seen = [self.eval(t) for t in noeud.termes]
        if noeud.op == "non":
            return Vu(None, seen[0].manquants) if seen[0].valeur is None else Vu(not seen[0].valeur)
        settles = noeud.op == "ou"
        if any(v.valeur is settles for v in seen):
            return Vu(settles)
        missing: frozenset[str] = frozenset().union(*(v.manquants for v in seen if v.valeur is None))
        return Vu(None, missing) if any(v.valeur is None for v in seen) else Vu(not settles)

    @eval.register
    def _(self, noeud: Choix) -> Vu:
        condition = self.eval(noeud.condition)
        if condition.valeur is None:
            alors, sinon = self.eval(noeud.alors), self.eval(noeud.sinon)
            same = alors.valeur is not None and alors.valeur == sinon.valeur
            return alors if same else Vu(None, condition.manquants | alors.manquants | sinon.manquants)
        return self.eval(noeud.alors if condition.valeur else noeud.sinon)

    @eval.register
    def _(self, noeud: Arrondi) -> Vu:
        terme = self.eval(noeud.terme)
        if not isinstance(terme.valeur, Fraction):
            return terme
        return Vu(round_to(terme.valeur, noeud.pas, noeud.mode))

    @eval.register
    def _(self, noeud: MinMax) -> Vu:
        seen = [self.eval(t) for t in noeud.termes]
        missing: frozenset[str] = frozenset().union(*(v.manquants for v in seen))
        known = [v.valeur for v in seen if v.valeur is not None]
        if len(known) < len(seen):
            return Vu(None, missing)
        pick = max if noeud.op == "max" else min
        return Vu(pick(known))

    @eval.register
    def _(self, noeud: Manque) -> Vu:
        return Vu(self.eval(noeud.terme).valeur is None)

    @eval.register
    def _(self, noeud: ADefaut) -> Vu:
        terme = self.eval(noeud.terme)
        if terme.valeur is not None:
            return terme
        defaut = self.eval(noeud.defaut)
        return defaut if defaut.valeur is not None else Vu(None, terme.manquants | defaut.manquants)

    # ------------------------------------------------------------ named quantities

    def value(self, cle: Cle, recul: int = 0) -> Vu:
        """Value of a named quantity, this exercise or an earlier one."""
        imposed = self.imposes.get((cle.sorte, cle.nom, recul))
        if imposed is not None:
            return Vu(imposed)
        known = self._values.get((cle, recul))
        if known is None:
            known = self._value_now(cle) if not recul else self._value_then(cle, recul)
            self._values[cle, recul] = known
        return known

    def _value_then(self, cle: Cle, recul: int) -> Vu:
        """A recorded score or points; a calcul or mesure by this year's rule on that exercise's facts."""
        if cle.sorte not in ("score", "points"):
            return self.past(recul).value(cle)
        return self._recorded(cle, self._past_facts(recul), recul)

    def _recorded(self, cle: Cle, facts: Etablissement | None, recul: int) -> Vu:
        """The result recorded in an earlier exercise: a fact, never computed again by this year's rules."""
        column = recorded_column(cle.sorte, cle.nom)
        recorded = facts.enregistres.get(column) if facts else None
        return Vu(recorded) if recorded is not None else Vu(None, frozenset({self._dated(column, recul)}))

    def _value_now(self, cle: Cle) -> Vu:
        politique, nom = self.politique, cle.nom
        match cle.sorte:
            case "score" | "points" | "points_applicables" if self.recul:
                return self._recorded(cle, self.etablissement, 0)
            case "score" | "points" | "points_applicables":
                return self._total(cle)
            case "cible":
                return self.cible(nom)
            case "mesure":
                critere = self.critere(nom)
                return Vu(critere.mesure, frozenset() if critere.mesure is not None else frozenset(critere.manquants))
            case "niveau":
                critere = self.critere(nom)
                if critere.niveau is not None or critere.statut == "hors_secteur":
                    return Vu(critere.niveau or "NC")
                return Vu(None, frozenset(critere.manquants))
            case "calcul":
                return self.eval(politique.calculs[nom].expression)
            case "barème":
                return self.table(politique.baremes[nom].table)[0]
            case "décision":
                decision = self.decision(politique.decisions[nom])
                return Vu(decision.montant, frozenset(decision.manquants))
            case "pièce":
                return self.eval(politique.pieces[nom].condition)
            case "secteur":
                return Vu(nom in self.etablissement.secteurs)
            case "décompte":
                return self._count(nom)
        raise ValueError(cle.sorte)

    def cible(self, volet: str) -> Vu:
        """The target of a volet."""
        titre = self.politique.volets.get(volet)
        return self.eval(titre.cible) if titre is not None and titre.cible is not None else Vu(None)

    def _count(self, nom: str) -> Vu:
        niveau, _, titre = nom.partition(" ")
        results = [self.critere(c.nom) for c in self._under(titre)]
        missing: frozenset[str] = frozenset(m for r in results if r.statut == "indetermine" for m in r.manquants)
        if missing:
            return Vu(None, missing)
        return Vu(Fraction(sum(r.niveau == niveau for r in results)))

    def table(self, table: Table) -> tuple[Vu, Rang | None]:
        """What a table gives, and the row that applied."""
        seen = [self.eval(d) for d in table.selon]
        missing: frozenset[str] = frozenset().union(*(v.manquants for v in seen))
        values = tuple(v.valeur for v in seen if v.valeur is not None)
        if len(values) < len(seen):
            return Vu(None, missing), None
        return self.table_at(table, values)

    def table_at(self, table: Table, valeurs: tuple[Valeur, ...]) -> tuple[Vu, Rang | None]:
        """What a table gives at these values of its drivers."""
        rang = tables.find_row(table, valeurs)
        if rang is None:
            return self._continue(table, valeurs)
        if isinstance(rang.effet, Lineaire):
            assert isinstance(valeurs[0], Fraction)
            return self._capped(table, tables.linear(rang, valeurs[0])), rang
        vu = self.eval(rang.effet)
        return (self._capped(table, vu.valeur) if isinstance(vu.valeur, Fraction) else vu), rang

    def _continue(self, table: Table, valeurs: tuple[Valeur, ...]) -> tuple[Vu, Rang | None]:
        driver = valeurs[0]
        if table.suite is None or not isinstance(driver, Fraction):
            return Vu(None), None
        further = tables.continued(table, table.suite, driver)
        if further is None:
            return Vu(None), None
        rang, _, steps = further
        base = tables.effect_constant(rang)
        if base is None and isinstance(rang.effet, Lineaire):
            base = rang.effet.haut
        return (Vu(None) if base is None else self._capped(table, base + steps * table.suite.pas)), rang

    def _capped(self, table: Table, valeur: Fraction) -> Vu:
        if table.plafond is None:
            return Vu(valeur)
        plafond = self.eval(table.plafond)
        return Vu(min(valeur, plafond.valeur)) if isinstance(plafond.valeur, Fraction) else plafond

    # ------------------------------------------------------------ criteria

    def critere(self, nom: str) -> ResultatCritere:
        """What one criterion gives."""
        if nom not in self._criteres:
            self._criteres[nom] = self._evaluate_critere(self.politique.criteres[nom])
        return self._criteres[nom]

    def _evaluate_critere(self, critere: Critere) -> ResultatCritere:
        here = [s for s in critere.secteurs if s in self.etablissement.secteurs]
        if not here:
            return ResultatCritere(critere, "hors_secteur", "", Fraction(0))
        variante = self._variante(critere)
        poids = variante.poids if variante and variante.poids is not None else critere.poids
        imposed = self.imposes.get(("niveau", critere.nom, 0))
        if isinstance(imposed, str):
            return self._at_level(critere, poids, imposed, "impose")
        office = Vu(False)
        if critere.nc_office is not None and ("mesure", critere.nom, 0) not in self.imposes:
            office = self.eval(critere.nc_office)
        if office.valeur is True:
            return ResultatCritere(critere, "neutre", "nc_office", poids, niveau="NC")
        reponse = self.etablissement.reponses.get(critere.nom)
        if reponse is not None and self.politique.niveaux[reponse].part is None:
            origine = "reponse" if reponse in critere.niveaux else "nc_justification"
            result = self._at_level(critere, poids, reponse, origine)
            return replace(result, motif=self.etablissement.motifs.get(critere.nom, ""))
        if critere.mesure is not None or critere.table is not None:
            found = self._measured(critere, poids)
        elif reponse is not None:
            found = self._at_level(critere, poids, reponse, "reponse")
        else:
            found = self._unanswered(critere, poids, frozenset({critere.nom}))
        if office.valeur is None and office.manquants:
            return replace(self._unknown(critere, poids, office.manquants | set(found.manquants)), calcul=found.calcul)
        return found

    def _variante(self, critere: Critere) -> Variante | None:
        """The variante in force: the one whose sectors are the only ones through which the criterion applies."""
        here = {s for s in critere.secteurs if s in self.etablissement.secteurs}
        return next((v for v in critere.variantes if here <= set(v.secteurs)), None) if here else None

    def table_of(self, critere: Critere) -> Table | None:
        """The thresholds of a criterion, of its variante if one is in force."""
        variante = self._variante(critere)
        return variante.table if variante and variante.table is not None else critere.table

    def _at_level(self, critere: Critere, poids: Fraction, niveau: str, origine: str) -> ResultatCritere:
        part = self.politique.niveaux[niveau].part
        if part is None:
            return ResultatCritere(critere, "neutre", origine, poids, niveau=niveau)
        return ResultatCritere(critere, "evalue", origine, poids, niveau=niveau, part=part, points=poids * part)

    def _unanswered(self, critere: Critere, poids: Fraction, manquants: frozenset[str]) -> ResultatCritere:
        if critere.sans_reponse is None:
            return self._unknown(critere, poids, manquants)
        result = self._at_level(critere, poids, critere.sans_reponse, "sans_reponse")
        return replace(result, manquants=tuple(sorted(manquants)))

    @staticmethod
    def _unknown(critere: Critere, poids: Fraction, manquants: frozenset[str]) -> ResultatCritere:
        return ResultatCritere(critere, "indetermine", "", poids, manquants=tuple(sorted(manquants)))

    def _measured(self, critere: Critere, poids: Fraction) -> ResultatCritere:
        imposed, table = self.imposes.get(("mesure", critere.nom, 0)), self.table_of(critere)
        seen = Vu(imposed)
        if imposed is None and critere.mesure is not None:
            seen = self.eval(critere.mesure)
        words = "" if critere.mesure is None else self.words(critere.mesure, seen)
        if critere.mesure is not None and seen.valeur is None:
            return replace(self._without(critere, poids, seen.manquants), calcul=words)
        if table is None:
            assert isinstance(seen.valeur, Fraction)
            part = min(max(seen.valeur, Fraction(0)), Fraction(1))
            return ResultatCritere(
                critere, "evalue", "mesure", poids, part=part, points=poids * part, mesure=seen.valeur, calcul=words
            )
        driven_by_mesure = len(table.selon) == 1 and table.selon[0] == critere.mesure
        if driven_by_mesure and seen.valeur is not None:
            given, rang = self.table_at(table, (seen.valeur,))
        else:
            given, rang = self.table(table)
        if given.valeur is None:
            return replace(self._without(critere, poids, given.manquants), mesure=seen.valeur, calcul=words)
        if isinstance(given.valeur, str):
            result = self._at_level(critere, poids, given.valeur, "mesure")
        else:
            assert isinstance(given.valeur, Fraction)
            part = min(max(given.valeur, Fraction(0)), Fraction(1))
            result = ResultatCritere(critere, "evalue", "mesure", poids, part=part, points=poids * part)
        return replace(result, mesure=seen.valeur, rang=rang, calcul=words)

    def _without(self, critere: Critere, poids: Fraction, manquants: frozenset[str]) -> ResultatCritere:
        """A measure without a value: for want of facts, or because what it reads is itself without object."""
        if manquants:
            return self._unanswered(critere, poids, manquants)
        return ResultatCritere(critere, "neutre", "sans_objet", poids, niveau="NC")

    # ------------------------------------------------------------ scores

    def _under(self, titre: str) -> list[Critere]:
        return [c for c in self.politique.criteres.values() if not titre or titre in (c.volet, c.chapitre, c.objectif)]

    def _total(self, cle: Cle) -> Vu:
        """Points, applicable points or score of a heading, or of the whole."""
        if cle.sorte == "score":
            points, applicables = self.value(Cle("points", cle.nom)), self.value(Cle("points_applicables", cle.nom))
            if not isinstance(points.valeur, Fraction) or not isinstance(applicables.valeur, Fraction):
                return Vu(None, points.manquants | applicables.manquants)
            return Vu(self.noted(points.valeur / applicables.valeur)) if applicables.valeur else Vu(None)
        results = [self.critere(c.nom) for c in self._under(cle.nom)]
        vague = [r for r in results if r.statut == "indetermine"]
        if cle.sorte == "points_applicables":
            vague = [r for r in vague if self.possibles.criterion(r.critere.nom).peut_etre_neutre]
        if vague:
            return Vu(None, frozenset(m for r in vague for m in r.manquants))
        if cle.sorte == "points":
            return Vu(sum((r.points for r in results if r.points is not None), Fraction(0)))
        counted = (r.poids for r in results if r.statut in ("evalue", "indetermine"))
        return Vu(sum(counted, Fraction(0)))

    def noted(self, ratio: Fraction) -> Fraction:
        """A score as the notation says: rounded before comparison, or exact (also when only displayed rounded)."""
        notation = self.politique.notation
        return round_to(ratio, notation.pas) if notation.mode == "arrondi" and notation.pas else ratio

    def sous_score(self, titre: str) -> SousScore:
        """Score of a heading with its bounds."""
        keys = [Cle(sorte, titre) for sorte in ("points", "points_applicables", "score")]
        points, applicables, score = (v if isinstance(v := self.value(k).valeur, Fraction) else None for k in keys)
        if score is not None or applicables == 0:
            return SousScore(points, applicables, score, score, score)
        vague, (got, out_of) = self.possibles.vague(titre), self.possibles.settled(titre)
        bounds = score_bounds(got, out_of, vague)
        if bounds is None:
            return SousScore(points, applicables, None)
        lies = linked(self.politique, self, {m for one in vague for m in one.manquants})
        exact = bounds.atteintes and are_independent(vague, lies)
        return SousScore(points, applicables, None, self.noted(bounds.bas), self.noted(bounds.haut), exact)

    # ------------------------------------------------------------ decisions

    def decision(self, decision: Decision) -> ResultatDecision:
        """The amount at stake, rounded once at its step; its bounds while it is open."""
        retenu = self.etablissement.retenus.get(decision.nom)
        kept, why = (retenu.montant, retenu.motif) if retenu else (None, "")
        zero = Fraction(0)
        nothing = ResultatDecision(decision.nom, zero, "impossible", False, None, (), kept, why, (), zero, zero)
        condition = self.eval(decision.condition) if decision.condition is not None else Vu(True)
        objet = self._with_object(decision.volet)
        if objet.valeur is False or condition.valeur is False:
            return nothing
        montant = self.eval(decision.montant)
        plafond = self.eval(decision.plafond) if decision.plafond is not None else None
        plancher = self.eval(decision.plancher) if decision.plancher is not None else None
        parts = [v for v in (objet, condition, montant, plafond, plancher) if v is not None]
        amount, cap, floor = (v.valeur if v is not None else None for v in (montant, plafond, plancher))
        if all(v.valeur is not None for v in parts):
            assert isinstance(amount, Fraction)
            final = settle(amount, decision.arrondi, cap, floor)
            return ResultatDecision(decision.nom, final, "certain", True, amount, (), kept, why, (), final, final)
        missing: frozenset[str] = frozenset().union(*(v.manquants for v in parts))
        low, high = self._amounts(decision, sure=objet.valeur is True and condition.valeur is True)
        if not missing or (low == 0 and high == 0):  # what it reads is without object, or it comes to nothing
            return nothing
        truth = condition.valeur if isinstance(condition.valeur, bool) else None
        return ResultatDecision(
            decision.nom, None, "ouvert", truth, None, (), kept, why, tuple(sorted(missing)), low, high
        )

    def _with_object(self, volet: str) -> Vu:
        """Whether anything is applicable in the volet of a decision."""
        if not self.politique.criteres:
            return Vu(True)
        cle = Cle("points_applicables", volet if len(self.politique.volets) > 1 else "")
        applicables = self.value(cle)
        if applicables.valeur is not None:
            return Vu(applicables.valeur != 0)
        return Vu(True) if self.possibles.cle(cle).bas != 0 else Vu(None, applicables.manquants)

    def _amounts(self, decision: Decision, *, sure: bool) -> tuple[Fraction | None, Fraction | None]:
        """Least and greatest amount of an open decision; None for no bound."""
        domaine = self.possibles.expression(decision.montant)
        cap, floor = (
            self.possibles.expression(n) if n is not None else None for n in (decision.plafond, decision.plancher)
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

    # ------------------------------------------------------------ words and the past

    def words(self, noeud: Noeud, seen: Vu | None = None) -> str:
        """The operation with its values: « 45 / 90 = 50 % »."""
        return report.operation(self, noeud, (seen or self.eval(noeud)).valeur)

    def _dated(self, nom: str, recul: int) -> str:
        """The key of what is missing, with its exercise when it is an earlier one."""
        back = recul + self.recul
        if not back:
            return nom
        return f"{nom} ({self.exercice - recul})" if self.exercice else f"{nom} (N-{back})"

    def _past_facts(self, recul: int) -> Etablissement | None:
        return self.etablissement.passes.get(self.exercice - recul) if self.exercice is not None else None

    def past(self, recul: int) -> Interpreteur:
        """This year's rules on an earlier exercise's facts; nothing is known of an exercise that was not given."""
        if recul not in self._past:
            here = self.etablissement
            base = self._past_facts(recul) or Etablissement(here.finess)
            then = replace(base, passes=here.passes, secteurs=base.secteurs or here.secteurs)
            shifted = {(s, n, r - recul): v for (s, n, r), v in self.imposes.items() if r >= recul}
            exercice = self.exercice - recul if self.exercice is not None else None
            self._past[recul] = Interpreteur(self.politique, then, shifted, exercice=exercice, recul=self.recul + recul)
        return self._past[recul]

    def in_year(self, annee: int) -> Interpreteur:
        """This year's rules on the facts of a year."""
        return self.past(self.exercice - annee) if self.exercice is not None and annee != self.exercice else self


def _operate(noeud: Arithmetique, gauche: Valeur, droite: Valeur) -> Vu:
    """Arithmetic on known values; dates move by days or by calendar months."""
    if isinstance(gauche, date):
        if isinstance(droite, date):
            return Vu(spread(gauche, droite))
        assert isinstance(droite, Fraction)
        months = noeud.droite.genre is Genre.MOIS
        return Vu(move(gauche, -droite if noeud.op == "-" else droite, months))
    assert isinstance(gauche, Fraction) and isinstance(droite, Fraction)
    match noeud.op:
        case "+":
            return Vu(gauche + droite)
        case "-":
            return Vu(gauche - droite)
        case "×":
            return Vu(gauche * droite)
    return Vu(gauche / droite) if droite else Vu(None)


def settle(amount: Fraction, step: Fraction, cap: Valeur | None, floor: Valeur | None) -> Fraction:
    """Rounded once at its step, inside its bounds; the plafond wins over the plancher."""
    final = round_to(amount, step)
    if isinstance(floor, Fraction) and final < floor:
        final = round_to(floor, step, Mode.EXCES)
    if isinstance(cap, Fraction) and final > cap:
        final = round_to(cap, step, Mode.DEFAUT)
    return final


def evaluate(politique: Politique, etablissement: Etablissement, imposes: Imposes | None = None) -> Resultat:
    """All that a policy gives for one establishment, with reasons."""
    return result_of(Interpreteur(politique, etablissement, imposes))


def result_of(interprete: Interpreteur) -> Resultat:
    """The result of an interpreter's establishment."""
    return report.result_of(interprete)


def violated_bounds(politique: Politique, faits: Mapping[str, Valeur]) -> list[tuple[str, Comparaison]]:
    """Facts outside their declared bounds, with the bound; a bound that reads a missing fact is not judged."""
    interprete = Interpreteur(politique, Etablissement("", faits=faits))
    return [
        (donnee.nom, borne)
        for donnee in politique.donnees.values()
        if donnee.nom in faits
        for borne in donnee.bornes
        if interprete.eval(borne).valeur is False
    ]
