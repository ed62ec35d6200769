"""The meaning: what a policy gives for one establishment, and why.

This interpreter is the definition; every other reader of the core must agree with it. Values are exact; None means
undetermined, and `manquants` says for want of what. It never raises on a checked policy.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date
from fractions import Fraction
from functools import cached_property, singledispatchmethod
from typing import TYPE_CHECKING

from caqes_dsl.base.calendar import move, spread
from caqes_dsl.base.quantities import Genre, Valeur, round_to
from caqes_dsl.model.nodes import (
    ADefaut,
    Agregat,
    Arithmetique,
    Arrondi,
    Choix,
    Cle,
    Comparaison,
    Constante,
    Critere,
    Decision,
    Fait,
    Indicateur,
    Lineaire,
    Logique,
    Manque,
    MinMax,
    Noeud,
    Politique,
    Rang,
    Reference,
    Table,
)

from . import report, tables, wording
from .criteria import evaluate_critere, table_of
from .decisions import decide, settle
from .facts import Etablissement
from .missing import recorded_column
from .possible import Possibles
from .scores import noted, sous_score, total, under
from .trace import Resultat, ResultatCritere, ResultatDecision, SousScore
from .vu import COMPARE, Imposes, Vu

if TYPE_CHECKING:
    from .population import Population
    from .souvenirs import Souvenirs

__all__ = [
    "COMPARE",
    "Calculateur",
    "Imposes",
    "Interpreteur",
    "Vu",
    "evaluate",
    "result_of",
    "settle",
    "violated_bounds",
]


class Interpreteur:
    """Evaluates the quantities of a policy for one establishment, each once."""

    speaks = True
    """Whether operations are put into words."""

    def __init__(
        self,
        politique: Politique,
        etablissement: Etablissement,
        imposes: Imposes | None = None,
        *,
        exercice: int | None = None,
        recul: int = 0,
        rejoue: bool = False,
        population: Population | None = None,
        souvenirs: Souvenirs | None = None,
    ) -> None:
        self.politique = politique
        self.etablissement = etablissement
        self.imposes = imposes or {}
        self.exercice = exercice or etablissement.exercice or politique.exercice
        self.recul = recul
        self.rejoue = rejoue
        self.population = population
        self.souvenirs = souvenirs
        self._values: dict[tuple[Cle, int, bool], Vu] = {}
        self._criteres: dict[str, ResultatCritere] = {}
        self._under: dict[str, list[ResultatCritere]] = {}
        self._comparisons: dict[int, tuple[Noeud, Vu]] = {}
        self._past: dict[tuple[int, bool], Interpreteur] = {}

    @cached_property
    def possibles(self) -> Possibles:
        """What quantities may still be worth while facts are missing."""
        return Possibles(self)

    def of(self, etablissement: Etablissement) -> Interpreteur:
        """The same question about another establishment."""
        return type(self)(
            self.politique,
            etablissement,
            self.imposes,
            exercice=self.exercice,
            recul=self.recul,
            rejoue=self.rejoue,
            population=self.population,
        )

    def imposing(self, key: tuple[str, str, int], valeur: Valeur) -> Interpreteur:
        """The same question with one more quantity imposed, unless it was not imposed before."""
        if key not in self.imposes:
            return self
        return type(self)(
            self.politique,
            self.etablissement,
            {**self.imposes, key: valeur},
            exercice=self.exercice,
            recul=self.recul,
            rejoue=self.rejoue,
            population=self.population,
        )

    def knowing(self, etablissement: Etablissement, inchanges: Iterable[str]) -> Interpreteur:
        """The same establishment with more facts; what these criteria give, which those cannot change, is kept."""
        then = self.of(etablissement)
        for nom in inchanges:
            then._criteres[nom] = self.critere(nom)
            then.possibles.keep(nom, self.possibles.criterion(nom))
        return then

    def take(
        self, other: Interpreteur, keeps: Callable[[Cle], bool], keeps_node: Callable[[Noeud], bool], *, bornes: bool
    ) -> None:
        """Takes from another policy's interpreter of the same establishment the quantities and the expressions that
        cannot differ; with `bornes`, also what critères may still give."""
        self._values.update((key, vu) for key, vu in other._values.items() if keeps(key[0]))
        self._criteres.update((nom, r) for nom, r in other._criteres.items() if keeps(Cle("niveau", nom)))
        self._comparisons.update((at, pair) for at, pair in other._comparisons.items() if keeps_node(pair[0]))
        if "possibles" in other.__dict__:
            self.possibles.take(other.possibles, keeps, keeps_node, bornes=bornes)

    # ------------------------------------------------------------ expressions

    def eval(self, noeud: Noeud) -> Vu:
        """Value of an expression."""
        found: Vu = _rule_of(type(noeud))(self, noeud)
        return found

    @singledispatchmethod
    def _eval(self, noeud: Noeud) -> Vu:
        raise TypeError(f"évaluation de {type(noeud).__name__}")

    @_eval.register
    def _(self, noeud: Constante) -> Vu:
        return Vu(noeud.valeur)

    @_eval.register
    def _(self, noeud: Fait) -> Vu:
        imposed = self.imposes.get(("donnée", noeud.nom, noeud.recul))
        if imposed is not None:
            return Vu(imposed)
        source = self.etablissement if not noeud.recul else self._past_facts(noeud.recul)
        valeur = source.faits.get(noeud.nom) if source else None
        if valeur is None:
            valeur = self.politique.donnees[noeud.nom].defaut
        return Vu(valeur) if valeur is not None else Vu(None, frozenset({self._dated(noeud.nom, noeud.recul)}))

    @_eval.register
    def _(self, noeud: Reference) -> Vu:
        return self.value(noeud.cle, noeud.recul, rejoue=noeud.rejoue)

    @_eval.register
    def _(self, noeud: Arithmetique) -> Vu:
        gauche, droite = self.eval(noeud.gauche), self.eval(noeud.droite)
        if gauche.valeur is None or droite.valeur is None:
            return Vu(None, gauche.manquants | droite.manquants)
        return _operate(noeud, gauche.valeur, droite.valeur)

    @_eval.register
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

    @_eval.register
    def _(self, noeud: Logique) -> Vu:
        seen = [self.eval(t) for t in noeud.termes]
        if noeud.op == "non":
            return Vu(None, seen[0].manquants) if seen[0].valeur is None else Vu(not seen[0].valeur)
        settles = noeud.op == "ou"
        if any(v.valeur is settles for v in seen):
            return Vu(settles)
        missing: frozenset[str] = frozenset().union(*(v.manquants for v in seen if v.valeur is None))
        return Vu(None, missing) if any(v.valeur is None for v in seen) else Vu(not settles)

    @_eval.register
    def _(self, noeud: Choix) -> Vu:
        condition = self.eval(noeud.condition)
        if condition.valeur is None:
            alors, sinon = self.eval(noeud.alors), self.eval(noeud.sinon)
            same = alors.valeur is not None and alors.valeur == sinon.valeur
            return alors if same else Vu(None, condition.manquants | alors.manquants | sinon.manquants)
        return self.eval(noeud.alors if condition.valeur else noeud.sinon)

    @_eval.register
    def _(self, noeud: Arrondi) -> Vu:
        terme = self.eval(noeud.terme)
        if not isinstance(terme.valeur, Fraction):
            return terme
        return Vu(round_to(terme.valeur, noeud.pas, noeud.mode))

    @_eval.register
    def _(self, noeud: MinMax) -> Vu:
        seen = [self.eval(t) for t in noeud.termes]
        missing: frozenset[str] = frozenset().union(*(v.manquants for v in seen))
        known = [v.valeur for v in seen if v.valeur is not None]
        if len(known) < len(seen):
            return Vu(None, missing)
        pick = max if noeud.op == "max" else min
        return Vu(pick(known))

    @_eval.register
    def _(self, noeud: Manque) -> Vu:
        seen = self.eval(noeud.terme)
        return Vu(seen.valeur is None and bool(seen.manquants))  # without object is not missing

    @_eval.register
    def _(self, noeud: ADefaut) -> Vu:
        terme = self.eval(noeud.terme)
        if terme.valeur is not None or not terme.manquants:
            return terme  # what is without object is not missing
        defaut = self.eval(noeud.defaut)
        return defaut if defaut.valeur is not None else Vu(None, terme.manquants | defaut.manquants)

    @_eval.register
    def _(self, noeud: Agregat) -> Vu:
        imposed = self.imposes.get(statistic_key(noeud))
        if imposed is not None:
            return Vu(imposed)
        if self.population is None:
            return Vu(None, frozenset({" ".join(noeud.span.texte.split())}))
        return self.population.statistique(noeud, self)

    # ------------------------------------------------------------ named quantities

    def value(self, cle: Cle, recul: int = 0, *, rejoue: bool = False) -> Vu:
        """Value of a named quantity, this exercise or an earlier one (`rejoue`: by this year's grid)."""
        imposed = self.imposes.get(reference_key(cle, recul, rejoue=rejoue))
        if imposed is not None:
            return Vu(imposed)
        known = self._values.get((cle, recul, rejoue))
        if known is None:
            known = self._value_now(cle) if not recul else self._value_then(cle, recul, rejoue)
            self._values[cle, recul, rejoue] = known
        return known

    def _value_then(self, cle: Cle, recul: int, rejoue: bool) -> Vu:
        """A recorded score or points; a calcul or mesure by this year's rule on that exercise's facts."""
        if rejoue or cle.sorte not in ("score", "points", "points_applicables"):
            return self.past(recul, rejoue=rejoue).value(cle)
        return self._recorded(cle, self._past_facts(recul), recul)

    def _recorded(self, cle: Cle, facts: Etablissement | None, recul: int) -> Vu:
        """The result recorded in an earlier exercise: a fact, never computed again by this year's rules."""
        column = recorded_column(cle.sorte, cle.nom)
        recorded = facts.enregistres.get(column) if facts else None
        return Vu(recorded) if recorded is not None else Vu(None, frozenset({self._dated(column, recul)}))

    def _value_now(self, cle: Cle) -> Vu:
        politique, nom = self.politique, cle.nom
        match cle.sorte:
            case "score" | "points" | "points_applicables" if self.recul and not self.rejoue:
                return self._recorded(cle, self.etablissement, 0)
            case "score" | "points" | "points_applicables":
                return total(self, cle)
            case "mesure" | "cible" | "atteint" if nom in politique.indicateurs:
                return self._indicateur(politique.indicateurs[nom], cle.sorte)
            case "cible":
                return self.cible(nom)
            case "réserve":
                volet = politique.volets.get(nom)
                return self.eval(volet.reserve) if volet is not None and volet.reserve is not None else Vu(True)
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

    def _indicateur(self, indicateur: Indicateur, sorte: str) -> Vu:
        """The measure of an indicateur, its target, or whether it is reached; nothing where it has no object."""
        if sorte == "atteint":
            return self.eval(indicateur.atteint) if indicateur.atteint is not None else Vu(None)
        if sorte == "cible":
            return self.eval(indicateur.cible) if indicateur.cible is not None else Vu(None)
        here = self.concerne(indicateur)
        if here.valeur is False:
            return Vu(None)
        found = self.eval(indicateur.mesure)
        return found if here.valeur is True else Vu(None, here.manquants | found.manquants)

    def concerne(self, indicateur: Indicateur) -> Vu:
        """Whether an indicateur is for the establishment: its sectors, its reserve and that of its volet."""
        if indicateur.secteurs and not set(indicateur.secteurs) & set(self.etablissement.secteurs):
            return Vu(False)
        own = self.eval(indicateur.reserve) if indicateur.reserve is not None else Vu(True)
        seen = (own, self.value(Cle("réserve", indicateur.volet)))
        if any(v.valeur is False for v in seen):
            return Vu(False)
        missing: frozenset[str] = frozenset().union(*(v.manquants for v in seen))
        return Vu(True) if all(v.valeur is True for v in seen) else Vu(None, missing)

    def _count(self, nom: str) -> Vu:
        niveau, _, titre = nom.partition(" ")
        results = self.criteres_of(titre)
        missing: frozenset[str] = frozenset(m for r in results if r.statut == "indetermine" for m in r.manquants)
        if missing:
            return Vu(None, missing)
        return Vu(Fraction(sum(r.niveau == niveau for r in results)))

    def table(self, table: Table, known: Mapping[Noeud, Vu] | None = None) -> tuple[Vu, Rang | None]:
        """What a table gives, and the row that applied; `known`: drivers whose value is given."""
        seen = [known[d] if known and d in known else self.eval(d) for d in table.selon]
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
            self._criteres[nom] = evaluate_critere(self, self.politique.criteres[nom])
        return self._criteres[nom]

    def criteres_of(self, titre: str) -> list[ResultatCritere]:
        """What the criteria of a heading give; all for « »."""
        if titre not in self._under:
            self._under[titre] = [self.critere(c.nom) for c in under(self, titre)]
        return self._under[titre]

    def table_of(self, critere: Critere) -> Table | None:
        """The thresholds of a criterion, of its variante if one is in force."""
        return table_of(self, critere)

    def noted(self, ratio: Fraction) -> Fraction:
        """A score as the notation says: rounded before comparison, or exact."""
        return noted(self, ratio)

    def sous_score(self, titre: str) -> SousScore:
        """Score of a heading with its bounds."""
        return sous_score(self, titre)

    def decision(self, decision: Decision) -> ResultatDecision:
        """The amount at stake, rounded once at its step; its bounds while it is open."""
        return decide(self, decision)

    # ------------------------------------------------------------ words and the past

    def rule(self, noeud: Noeud) -> str:
        """The operation in the policy's words."""
        return wording.write(noeud, self.politique)

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

    def past(self, recul: int, *, rejoue: bool = False) -> Interpreteur:
        """This year's rules on an earlier exercise's facts; nothing is known of an exercise that was not given.

        `rejoue`: scores too are computed again by this year's grid, instead of read as they were recorded.
        """
        rejoue = rejoue or self.rejoue
        if (recul, rejoue) not in self._past:
            here = self.etablissement
            base = self._past_facts(recul) or Etablissement(here.finess)
            then = replace(base, passes=here.passes, secteurs=base.secteurs or here.secteurs)
            shifted = {(s, n, r - recul): v for (s, n, r), v in self.imposes.items() if r >= recul}
            exercice = self.exercice - recul if self.exercice is not None else None
            self._past[recul, rejoue] = type(self)(
                self.politique,
                then,
                shifted,
                exercice=exercice,
                recul=self.recul + recul,
                rejoue=rejoue,
                souvenirs=self.souvenirs,
            )
        return self._past[recul, rejoue]

    def in_year(self, annee: int) -> Interpreteur:
        """This year's rules on the facts of a year."""
        return self.past(self.exercice - annee) if self.exercice is not None and annee != self.exercice else self


_rule_of = Interpreteur.__dict__["_eval"].dispatcher.dispatch
"""How an expression of a type is evaluated, without what a bound method costs each time."""


class Calculateur(Interpreteur):
    """The same values; no operation is put into words."""

    speaks = False

    def rule(self, noeud: Noeud) -> str:
        """Nothing."""
        return ""

    def words(self, noeud: Noeud, seen: Vu | None = None) -> str:
        """Nothing."""
        return ""


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


def reference_key(cle: Cle, recul: int, *, rejoue: bool) -> tuple[str, str, int]:
    """The key under which an exemple gives a named quantity."""
    return f"rejoué {cle.sorte}" if rejoue else cle.sorte, cle.nom, recul


def statistic_key(noeud: Agregat) -> tuple[str, str, int]:
    """The key under which an exemple gives a statistic of the cohort."""
    return "statistique", repr(noeud), 0


def evaluate(politique: Politique, etablissement: Etablissement, imposes: Imposes | None = None) -> Resultat:
    """All that a policy gives for one establishment by itself, with reasons; no statistic of a cohort is known."""
    return result_of(Interpreteur(politique, etablissement, imposes))


def result_of(interprete: Interpreteur) -> Resultat:
    """The result of an interpreter's establishment."""
    return report.result_of(interprete)


class Bornes:
    """The declared bounds of facts, judged on one establishment after the other."""

    def __init__(self, politique: Politique) -> None:
        self.politique = politique
        self._declared = [(d.nom, b) for d in politique.donnees.values() for b in d.bornes]

    def violated(self, faits: Mapping[str, Valeur]) -> list[tuple[str, Comparaison]]:
        """Facts outside their bounds, with the bound; a bound that reads a missing fact is not judged."""
        interprete: Interpreteur | None = None
        found = []
        for nom, borne in self._declared:
            if nom not in faits:
                continue
            gauche, droite = _given(borne.gauche, faits), _given(borne.droite, faits)
            if gauche is not None and droite is not None:
                held: bool | None = COMPARE[borne.op](gauche, droite)
            else:
                interprete = interprete or Interpreteur(self.politique, Etablissement("", faits=faits))
                held = interprete.eval(borne).valeur is not False
            if not held:
                found.append((nom, borne))
        return found


def _given(noeud: Noeud, faits: Mapping[str, Valeur]) -> Valeur | None:
    """The value of a fact or of a constant, when it is one and is known."""
    if isinstance(noeud, Constante):
        return noeud.valeur
    return faits.get(noeud.nom) if isinstance(noeud, Fait) and not noeud.recul else None


def violated_bounds(politique: Politique, faits: Mapping[str, Valeur]) -> list[tuple[str, Comparaison]]:
    """Facts outside their declared bounds, with the bound; a bound that reads a missing fact is not judged."""
    return Bornes(politique).violated(faits)
