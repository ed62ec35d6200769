"""The meaning: what a policy gives for one establishment, and why.

This interpreter is the definition; every other reader of the core must agree with it. Values are exact; None means
undetermined, and `manquants` says for want of what. It never raises on a checked policy.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import singledispatchmethod

from caqes_dsl.base.quantities import Genre, Mode, Valeur, round_to, write_value
from caqes_dsl.model.nodes import (
    ADefaut,
    Arithmetique,
    Arrondi,
    Choix,
    Cle,
    Comparaison,
    Constante,
    Critere,
    Fait,
    Lineaire,
    Logique,
    Manque,
    MinMax,
    Noeud,
    Politique,
    Rang,
    Reference,
    Sanction,
    Table,
    Titre,
    Variante,
)

from . import tables, wording
from .bounds import Incertain, is_exact, score_bounds
from .facts import Etablissement
from .trace import Etape, Resultat, ResultatCritere, ResultatDecision, SousScore

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

    def __init__(self, politique: Politique, etablissement: Etablissement, imposes: Imposes | None = None) -> None:
        self.politique = politique
        self.etablissement = etablissement
        self.imposes = imposes or {}
        self._values: dict[tuple[Cle, int], Vu] = {}
        self._criteres: dict[str, ResultatCritere] = {}
        self._past: dict[int, Interpreteur | None] = {}

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
        gauche, droite = self.eval(noeud.gauche), self.eval(noeud.droite)
        if gauche.valeur is not None and droite.valeur is not None:
            return Vu(COMPARE[noeud.op](gauche.valeur, droite.valeur))
        decided = self._compare_bounds(noeud)
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
        return terme if terme.valeur is not None else self.eval(noeud.defaut)

    # ------------------------------------------------------------ what is known between bounds

    def _compare_bounds(self, noeud: Comparaison) -> bool | None:
        """A comparison that holds, or fails, whatever the missing facts are worth."""
        gauche, droite = self.interval(noeud.gauche), self.interval(noeud.droite)
        if gauche is None or droite is None:
            return None
        outcomes = {
            "<": (gauche[1] < droite[0], gauche[0] >= droite[1]),
            "≤": (gauche[1] <= droite[0], gauche[0] > droite[1]),
            ">": (gauche[0] > droite[1], gauche[1] <= droite[0]),
            "≥": (gauche[0] >= droite[1], gauche[1] < droite[0]),
            "=": (gauche == droite and gauche[0] == gauche[1], gauche[1] < droite[0] or gauche[0] > droite[1]),
            "≠": (gauche[1] < droite[0] or gauche[0] > droite[1], gauche == droite and gauche[0] == gauche[1]),
        }[noeud.op]
        return True if outcomes[0] else False if outcomes[1] else None

    def interval(self, noeud: Noeud) -> tuple[Fraction, Fraction] | None:
        """Least and greatest value of an expression while facts are missing; None when not known."""
        vu = self.eval(noeud)
        if isinstance(vu.valeur, Fraction):
            return vu.valeur, vu.valeur
        match noeud:
            case Reference(cle=Cle(sorte="score"), recul=0):
                sous = self.sous_score(noeud.cle.nom)
                if sous.score_min is None or sous.score_max is None:
                    return None
                return sous.score_min, sous.score_max
            case Reference(cle=Cle(sorte="calcul", nom=nom), recul=0):
                return self.interval(self.politique.calculs[nom].expression)
            case Arithmetique(op=("+" | "-")):
                return self._combine(noeud, noeud.op == "-")
            case MinMax():
                parts = [self.interval(t) for t in noeud.termes]
                pick = max if noeud.op == "max" else min
                known = [p for p in parts if p is not None]
                if len(known) < len(parts):
                    return None
                return pick(p[0] for p in known), pick(p[1] for p in known)
        return None

    def _combine(self, noeud: Arithmetique, minus: bool) -> tuple[Fraction, Fraction] | None:
        gauche, droite = self.interval(noeud.gauche), self.interval(noeud.droite)
        if gauche is None or droite is None or not noeud.genre.is_number:
            return None
        low, high = (-droite[1], -droite[0]) if minus else droite
        return gauche[0] + low, gauche[1] + high

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
        missing = frozenset({self._dated(str(cle), recul)})
        if cle.sorte in ("score", "points"):
            facts = self._past_facts(recul)
            recorded = facts.enregistres.get(f"{cle.sorte}_{cle.nom}" if cle.nom else cle.sorte) if facts else None
            return Vu(recorded) if recorded is not None else Vu(None, missing)
        past = self._past_interpreter(recul)
        return past.value(cle) if past else Vu(None, missing)

    def _value_now(self, cle: Cle) -> Vu:
        politique, nom = self.politique, cle.nom
        match cle.sorte:
            case "score" | "points" | "points_applicables":
                return self._total(cle)
            case "cible":
                return self.cible(nom)
            case "mesure":
                critere = self.critere(nom)
                return Vu(critere.mesure, frozenset() if critere.mesure is not None else frozenset({f"mesure({nom})"}))
            case "niveau":
                critere = self.critere(nom)
                if critere.niveau is not None or critere.statut == "hors_secteur":
                    return Vu(critere.niveau or "NC")
                return Vu(None, frozenset(critere.manquants))
            case "calcul":
                return self.eval(politique.calculs[nom].expression)
            case "barème":
                return self.table(politique.baremes[nom].table)[0]
            case "sanction":
                decision = self.decision(politique.sanctions[nom])
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
        variante = next((v for v in critere.variantes if set(here) <= set(v.secteurs)), None) if here else None
        poids = variante.poids if variante and variante.poids is not None else critere.poids
        if not here:
            return ResultatCritere(critere, "hors_secteur", "", Fraction(0))
        imposed = self.imposes.get(("niveau", critere.nom, 0))
        if isinstance(imposed, str):
            return self._at_level(critere, poids, imposed, "impose")
        reponse = self.etablissement.reponses.get(critere.nom)
        if critere.nc_office is not None and ("mesure", critere.nom, 0) not in self.imposes:
            office = self.eval(critere.nc_office)
            if office.valeur is None:
                return self._unknown(critere, poids, office.manquants)
            if office.valeur:
                return ResultatCritere(critere, "neutre", "nc_office", poids, niveau="NC")
        if reponse is not None and self.politique.niveaux[reponse].part is None:
            result = self._at_level(critere, poids, reponse, "nc_justification")
            return replace(result, motif=self.etablissement.motifs.get(critere.nom, ""))
        if critere.mesure is not None or critere.table is not None:
            return self._measured(critere, poids, variante)
        if reponse is not None:
            return self._at_level(critere, poids, reponse, "reponse")
        return self._unanswered(critere, poids, frozenset({critere.nom}))

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

    def _measured(self, critere: Critere, poids: Fraction, variante: Variante | None) -> ResultatCritere:
        imposed = self.imposes.get(("mesure", critere.nom, 0))
        table = variante.table if variante and variante.table is not None else critere.table
        if imposed is not None:
            seen = Vu(imposed)
        else:
            seen = self.eval(critere.mesure) if critere.mesure is not None else Vu(None)
        words = "" if critere.mesure is None else self.words(critere.mesure, seen)
        if critere.mesure is not None and seen.valeur is None:
            return replace(self._unanswered(critere, poids, seen.manquants), calcul=words)
        if table is None:
            assert isinstance(seen.valeur, Fraction)
            part = min(max(seen.valeur, Fraction(0)), Fraction(1))
            return ResultatCritere(
                critere, "evalue", "mesure", poids, part=part, points=poids * part, mesure=seen.valeur, calcul=words
            )
        drivers_are_mesure = len(table.selon) == 1 and table.selon[0] == critere.mesure
        if drivers_are_mesure and seen.valeur is not None:
            given, rang = self.table_at(table, (seen.valeur,))
        else:
            given, rang = self.table(table)
        if given.valeur is None:
            return self._unanswered(critere, poids, given.manquants)
        if isinstance(given.valeur, str):
            result = self._at_level(critere, poids, given.valeur, "mesure")
        else:
            assert isinstance(given.valeur, Fraction)
            result = ResultatCritere(critere, "evalue", "mesure", poids, part=given.valeur, points=poids * given.valeur)
        return replace(result, mesure=seen.valeur, rang=rang, calcul=words)

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
            vague = [r for r in vague if self._may_be_neutral(r)]
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

    def _may_be_neutral(self, result: ResultatCritere) -> bool:
        critere = result.critere
        if critere.nc_office is not None and self.eval(critere.nc_office).valeur is None:
            return True
        return critere.mesure is None and critere.table is None and critere.nc_sur_justification

    def sous_score(self, titre: str) -> SousScore:
        """Score of a heading with its bounds."""
        points = self.value(Cle("points", titre)).valeur
        applicables = self.value(Cle("points_applicables", titre)).valeur
        score = self.value(Cle("score", titre)).valeur
        p = points if isinstance(points, Fraction) else None
        a = applicables if isinstance(applicables, Fraction) else None
        if isinstance(score, Fraction):
            return SousScore(p, a, score, score, score)
        results = [self.critere(c.nom) for c in self._under(titre)]
        vague = [self._uncertain(r) for r in results if r.statut == "indetermine"]
        known = [r for r in results if r.statut == "evalue"]
        got = sum((r.points for r in known if r.points is not None), Fraction(0))
        bounds = score_bounds(got, sum((r.poids for r in known), Fraction(0)), vague)
        if bounds is None:
            return SousScore(p, a, None)
        return SousScore(p, a, None, self.noted(bounds[0]), self.noted(bounds[1]), is_exact(vague))

    def _uncertain(self, result: ResultatCritere) -> Incertain:
        """What an undetermined criterion may still give."""
        critere = result.critere
        parts: list[Fraction] = []
        if critere.mesure is None and critere.table is None:
            parts = [p for n in critere.niveaux if (p := self.politique.niveaux[n].part) is not None]
        neutral = self._may_be_neutral(result)
        for table in (critere.table, *(v.table for v in critere.variantes)):
            for rang in table.rangs if table else ():
                if isinstance(rang.effet, Lineaire):
                    parts += [rang.effet.bas, rang.effet.haut]
                elif isinstance(rang.effet, Constante) and isinstance(rang.effet.valeur, str):
                    part = self.politique.niveaux[rang.effet.valeur].part
                    neutral = neutral or part is None
                    parts += [] if part is None else [part]
                elif (constant := tables.effect_constant(rang)) is not None:
                    parts.append(constant)
        low, high = (min(parts), max(parts)) if parts else (Fraction(0), Fraction(1))
        return Incertain(result.poids, low, high, neutral, result.manquants)

    # ------------------------------------------------------------ decisions

    def decision(self, sanction: Sanction) -> ResultatDecision:
        """The amount at stake, rounded once at its step."""
        nom = sanction.nom
        retenu = self.etablissement.retenus.get(nom)
        kept = (retenu.montant, retenu.motif) if retenu else (None, "")
        condition = self.eval(sanction.condition) if sanction.condition is not None else Vu(True)
        if self._without_object(sanction.volet) or condition.valeur is False:
            return ResultatDecision(nom, Fraction(0), "impossible", False, retenu=kept[0], motif_retenu=kept[1])
        montant = self.eval(sanction.montant)
        plafond = self.eval(sanction.plafond) if sanction.plafond is not None else None
        plancher = self.eval(sanction.plancher) if sanction.plancher is not None else None
        parts = [v for v in (condition, montant, plafond, plancher) if v is not None]
        missing: frozenset[str] = frozenset().union(*(v.manquants for v in parts))
        amount, cap, floor = (v.valeur if v is not None else None for v in (montant, plafond, plancher))
        if any(v.valeur is None for v in parts) or not isinstance(amount, Fraction):
            truth = condition.valeur if isinstance(condition.valeur, bool) else None
            return ResultatDecision(
                nom, None, "ouvert", truth, retenu=kept[0], motif_retenu=kept[1], manquants=tuple(sorted(missing))
            )
        final = _settle(amount, sanction.arrondi, cap, floor)
        return ResultatDecision(nom, final, "certain", True, amount, (), kept[0], kept[1])

    def _without_object(self, volet: str) -> bool:
        titre = volet if len(self.politique.volets) > 1 else ""
        return bool(self.politique.criteres) and self.value(Cle("points_applicables", titre)).valeur == 0

    # ------------------------------------------------------------ words and the past

    def words(self, noeud: Noeud, seen: Vu | None = None) -> str:
        """The operation with its values: « 45 / 90 = 50 % »."""
        result = seen or self.eval(noeud)
        text = wording.write(noeud, self.politique, lambda n: self._leaf(n))
        value = write_value(result.valeur, noeud.genre, labels=wording.labels(self.politique))
        return value if text == value else f"{text} = {value}"

    def _leaf(self, noeud: Noeud) -> tuple[Valeur | None] | None:
        return (self.eval(noeud).valeur,) if isinstance(noeud, Fait | Reference) else None

    def etape(self, cle: Cle, titre: str, noeud: Noeud, source: str) -> Etape:
        """One named quantity with its rule and its operation."""
        vu = self.value(cle)
        formule = wording.write(noeud, self.politique)
        return Etape(
            cle,
            titre,
            formule,
            self.words(noeud, vu),
            vu.valeur,
            noeud.genre,
            source,
            str(noeud.span),
            tuple(sorted(vu.manquants)),
        )

    def etape_bareme(self, nom: str) -> Etape:
        """A scale: its drivers, the row that applied, what it gives."""
        bareme = self.politique.baremes[nom]
        vu, rang = self.table(bareme.table)
        drivers = " ; ".join(wording.write(d, self.politique) for d in bareme.table.selon)
        values = " ; ".join(
            write_value(self.eval(d).valeur, d.genre, labels=wording.labels(self.politique)) for d in bareme.table.selon
        )
        row = f", rang « {rang.texte} »" if rang else ""
        found = write_value(vu.valeur, bareme.genre)
        return Etape(
            Cle("barème", nom),
            bareme.titre,
            f"selon {drivers}",
            f"{values}{row} : {found}",
            vu.valeur,
            bareme.genre,
            bareme.source,
            str(bareme.span),
            tuple(sorted(vu.manquants)),
        )

    def _dated(self, nom: str, recul: int) -> str:
        exercice = self.etablissement.exercice or self.politique.exercice
        if not recul:
            return nom
        return f"{nom} ({exercice - recul})" if exercice else f"{nom} (N-{recul})"

    def _past_facts(self, recul: int) -> Etablissement | None:
        exercice = self.etablissement.exercice
        return self.etablissement.passes.get(exercice - recul) if exercice is not None else None

    def _past_interpreter(self, recul: int) -> Interpreteur | None:
        """This year's rules on an earlier exercise's facts."""
        if recul not in self._past:
            facts = self._past_facts(recul)
            shifted = {(s, n, r - recul): v for (s, n, r), v in self.imposes.items() if r >= recul}
            if facts is None and not shifted:
                self._past[recul] = None
            else:
                year = (self.etablissement.exercice or 0) - recul
                base = facts or Etablissement(self.etablissement.finess, exercice=year)
                then = replace(
                    base, passes=self.etablissement.passes, secteurs=base.secteurs or self.etablissement.secteurs
                )
                self._past[recul] = Interpreteur(self.politique, then, shifted)
        return self._past[recul]


def _operate(noeud: Arithmetique, gauche: Valeur, droite: Valeur) -> Vu:
    """Arithmetic on known values; dates move by days or by calendar months."""
    from datetime import date

    from caqes_dsl.base.calendar import move, spread

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


def _settle(amount: Fraction, step: Fraction, cap: Valeur | None, floor: Valeur | None) -> Fraction:
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
    politique = interprete.politique
    titres: Iterable[Titre] = (*politique.volets.values(), *politique.chapitres.values(), *politique.objectifs.values())
    whole = interprete.sous_score("")
    criteres = {nom: interprete.critere(nom) for nom in politique.criteres}
    calculs = {
        nom: interprete.etape(Cle("calcul", nom), c.titre, c.expression, c.source)
        for nom, c in politique.calculs.items()
    }
    baremes = {nom: interprete.etape_bareme(nom) for nom in politique.baremes}
    decisions = {nom: _with_steps(interprete, s) for nom, s in politique.sanctions.items()}
    pieces = {
        nom: interprete.etape(Cle("pièce", nom), p.titre, p.condition, p.source) for nom, p in politique.pieces.items()
    }
    cibles = {
        nom: interprete.etape(Cle("cible", nom), "Cible", v.cible, v.cible_source or v.source)
        for nom, v in politique.volets.items()
        if v.cible is not None
    }
    missing: dict[str, None] = {}
    for result in criteres.values():
        if result.statut == "indetermine":
            missing.update(dict.fromkeys(result.manquants))
    for decision in decisions.values():
        missing.update(dict.fromkeys(decision.manquants))
    for piece in pieces.values():
        if piece.valeur is None:
            missing.update(dict.fromkeys(piece.manquants))
    statut = "complet"
    if whole.points_applicables == 0:
        statut = "sans_objet"
    elif whole.score is None or missing:
        statut = "indetermine"
    return Resultat(
        politique,
        interprete.etablissement,
        statut,
        whole,
        {t.nom: interprete.sous_score(t.nom) for t in titres},
        criteres,
        calculs,
        baremes,
        decisions,
        pieces,
        cibles,
        tuple(missing),
    )


def _with_steps(interprete: Interpreteur, sanction: Sanction) -> ResultatDecision:
    """A decision with its condition and its amount in words."""
    decision = interprete.decision(sanction)
    cle, steps = Cle("sanction", sanction.nom), []
    for libelle, noeud in (("Condition", sanction.condition), ("Montant", sanction.montant)):
        if noeud is None:
            continue
        vu = interprete.eval(noeud)
        steps.append(
            Etape(
                cle,
                libelle,
                wording.write(noeud, interprete.politique),
                interprete.words(noeud, vu),
                vu.valeur,
                noeud.genre,
                sanction.source,
                str(noeud.span),
                tuple(sorted(vu.manquants)),
            )
        )
    return replace(decision, etapes=tuple(steps))


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
