"""What every expression of a policy can be worth: an interval, a grid, and whether it can be missing.

Sound: a value that an admissible establishment can reach is always in the domain. Precision: terms are taken as
independent, except for a ratio whose numerator is declared at most its denominator, `évolution`, `abs`, and what the
condition of a `si` says in its branches. A grid goes through zero. Assumptions: a fact bounded by another is judged
with it; a recorded score of an earlier exercise was formed as this year's `notation` says; divisors are never zero
(the type checker sees to it).
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from caqes_dsl.base.quantities import Genre, Mode

from .domain_expressions import FLIPPED, OUI_NON, Expressions, cut
from .intervals import (
    UN,
    VIDE,
    ZERO,
    Domaine,
    arrondi,
    constante,
    enumere,
    extremum,
    intersection,
    manquant,
    numerique,
    produit,
    somme,
    union,
    write_interval,
)
from .nodes import (
    Bareme,
    Cle,
    Critere,
    Decision,
    Fait,
    Indicateur,
    Intervalle,
    Lineaire,
    Noeud,
    Politique,
    Table,
    Valeurs,
)

__all__ = ["VIDE", "Domaine", "Domaines", "write_interval"]

_MAX_DEPTH = 60


class Domaines(Expressions):
    """The domains of a policy, each computed once. A cycle or a very long chain of names gives what its type says."""

    def __init__(self, politique: Politique) -> None:
        super().__init__(politique)
        self._keys: dict[tuple[Cle, bool], Domaine] = {}
        self._facts: dict[str, Domaine] = {}
        self._depth = 0

    # ------------------------------------------------------------ entry points

    def expression(self, noeud: Noeud) -> Domaine:
        """The domain of an expression."""
        return self._node(noeud, False, {})

    def assuming(self, noeud: Noeud, condition: Noeud | None) -> Domaine:
        """The domain of an expression where a condition holds."""
        known = self._assume(condition, True, False, {}) if condition is not None else {}
        return self._node(noeud, False, known)

    def fait(self, nom: str) -> Domaine:
        """The domain of a donnée, from its type, bounds and default."""
        if nom in self._facts:
            return self._facts[nom]
        donnee = self.politique.donnees.get(nom)
        if donnee is None:
            return Domaine(peut_manquer=True)
        domaine = self._of_genre(donnee.genre, donnee.choix)
        self._facts[nom] = manquant(domaine)
        for borne in donnee.bornes:
            op, other = borne.op, borne.droite
            if isinstance(other, Fait) and other.nom == nom and not other.recul:
                op, other = FLIPPED[op], borne.gauche
            elif not (isinstance(borne.gauche, Fait) and borne.gauche.nom == nom and not borne.gauche.recul):
                continue
            bound = self._node(other, False, {})
            if not bound.vide and bound.valeurs is None:
                domaine = intersection(domaine, cut(op, bound))
        defaut = donnee.defaut
        if defaut is not None:
            domaine = union(domaine, self._value(defaut))
        self._facts[nom] = manquant(domaine, defaut is None)
        return self._facts[nom]

    def cle(self, cle: Cle, genre: Genre = Genre.DECIMAL, passe: bool = False) -> Domaine:
        """The domain of a named quantity, of this exercise or of an earlier one (`passe`)."""
        key = (cle, passe)
        if key not in self._keys:
            if self._depth > _MAX_DEPTH:
                return manquant(self._of_genre(genre, ()))
            self._keys[key] = manquant(self._of_genre(genre, ()))
            self._depth += 1
            try:
                domaine = self._of_key(cle, genre, passe)
            finally:
                self._depth -= 1
            self._keys[key] = manquant(domaine, passe)
        return self._keys[key]

    def table(self, table: Table, *, plafonnee: bool = True, passe: bool = False) -> Domaine:
        """What a table gives, before or after its plafond: the hull of its effects and of its suite."""
        drivers = [self._node(n, passe, {}) for n in table.selon]
        parts: list[Domaine] = []
        for rang in table.rangs:
            if isinstance(rang.effet, Lineaire):
                ends = sorted((rang.effet.bas, rang.effet.haut))
                parts.append(numerique(ends[0], True, ends[1], True))
            else:
                parts.append(self._node(rang.effet, passe, {}))
        if table.suite is not None and len(drivers) == 1:
            parts.append(self._past(table, drivers[0], passe))
        result = union(*parts) if parts else self._of_genre(table.genre, ())
        if plafonnee and table.plafond is not None and result.valeurs is None:
            result = extremum("min", [result, self._node(table.plafond, passe, {})])
        return manquant(result, any(d.peut_manquer for d in drivers))

    def criteres(self, nom: str) -> list[Critere]:
        """The criteria of a heading (all for « »)."""
        every = self.politique.criteres.values()
        return [c for c in every if not nom or nom in (c.volet, c.chapitre, c.objectif)]

    def part(self, critere: Critere) -> Domaine:
        """The share of its points that a criterion can give."""
        tables = [t for t in (critere.table, *(v.table for v in critere.variantes)) if t is not None]
        parts: list[Domaine] = []
        names: list[object] = [] if critere.mesure is not None or tables else list(critere.niveaux)
        names += [critere.sans_reponse] if critere.sans_reponse else []
        if critere.mesure is not None and critere.table is None:
            clamped = extremum("max", [self._node(critere.mesure, False, {}), constante(ZERO)])
            parts.append(extremum("min", [clamped, constante(UN)]))
        for table in tables:
            given = self.table(table)
            if given.valeurs is None:
                parts.append(given)
            else:
                names += given.valeurs
        for nom in names:
            niveau = self.politique.niveaux.get(str(nom))
            if niveau is not None and niveau.part is not None:
                parts.append(constante(niveau.part))
        return union(*parts) if parts else constante(ZERO)

    # ------------------------------------------------------------ named quantities

    def _of_key(self, cle: Cle, genre: Genre, passe: bool) -> Domaine:
        politique, nom = self.politique, cle.nom
        match cle.sorte:
            case "score":
                return self._score(nom)
            case "points":
                return numerique(ZERO, True, None, False, None, True) if passe else self._points(nom)
            case "points_applicables":
                return numerique(ZERO, True, None, False, None, True) if passe else self._applicable(nom)
            case "mesure" | "cible" | "atteint" if nom in politique.indicateurs:
                return self._indicateur(politique.indicateurs[nom], cle.sorte, passe)
            case "réserve" if nom in politique.volets and politique.volets[nom].reserve is not None:
                return self._node(politique.volets[nom].reserve, passe, {})
            case "cible" if nom in politique.volets and politique.volets[nom].cible is not None:
                return self._node(politique.volets[nom].cible, passe, {})
            case "mesure" if nom in politique.criteres and politique.criteres[nom].mesure is not None:
                return manquant(self._node(politique.criteres[nom].mesure, passe, {}))
            case "niveau" if nom in politique.criteres:
                return self._level(politique.criteres[nom])
            case "calcul" if nom in politique.calculs:
                return self._node(politique.calculs[nom].expression, passe, {})
            case "barème" if nom in politique.baremes:
                bareme: Bareme = politique.baremes[nom]
                return self.table(bareme.table, passe=passe)
            case "décision" if nom in politique.decisions:
                return self._decision(politique.decisions[nom])
            case "secteur":
                return OUI_NON
            case "pièce" if nom in politique.pieces:
                return manquant(OUI_NON)
            case "décompte":
                level, _, heading = nom.partition(" ")
                concerned = [c for c in self.criteres(heading) if self._level(c).contient(level)]
                return numerique(ZERO, True, Fraction(len(concerned)), True, UN, True)
        return manquant(self._of_genre(genre, ()))

    def _indicateur(self, indicateur: Indicateur, sorte: str, passe: bool) -> Domaine:
        if sorte == "cible":
            return self._node(indicateur.cible, passe, {})
        asked: Noeud | None = indicateur.mesure if sorte == "mesure" else indicateur.atteint
        return manquant(self._node(asked, passe, {})) if asked is not None else manquant(enumere(()))

    def _weights(self, critere: Critere) -> list[Fraction]:
        return list(dict.fromkeys([critere.poids, *(v.poids for v in critere.variantes if v.poids is not None)]))

    def _sum(self, terms: Iterable[Domaine]) -> Domaine:
        """Sum of what each criterion brings, 0 when it does not apply."""
        total = constante(ZERO)
        for term in terms:
            total = somme(total, union(constante(ZERO), term))
        return manquant(total)

    def _points(self, nom: str) -> Domaine:
        return self._sum(
            union(*(produit(constante(w), self.part(c)) for w in self._weights(c))) for c in self.criteres(nom)
        )

    def _applicable(self, nom: str) -> Domaine:
        return self._sum(union(*map(constante, self._weights(c))) for c in self.criteres(nom))

    def _score(self, nom: str) -> Domaine:
        """A mean of shares with weights: between the lowest and the highest share; or what the notation says."""
        calcul = self.politique.calculs.get(self.politique.notation.calcul) if not nom else None
        if calcul is not None:
            return self._as_noted(self._node(calcul.expression, False, {}))
        criteria = self.criteres(nom)
        shares = union(constante(ZERO), constante(UN), *map(self.part, criteria))
        result = numerique(shares.bas, shares.bas_inclus, shares.haut, shares.haut_inclus)
        if any(w < 0 for c in criteria for w in self._weights(c)):
            result = Domaine()
        return manquant(self._as_noted(result))

    def _as_noted(self, ratio: Domaine) -> Domaine:
        notation = self.politique.notation
        return arrondi(ratio, notation.pas, Mode.PROCHE) if notation.mode == "arrondi" and notation.pas else ratio

    def _level(self, critere: Critere) -> Domaine:
        tables = [t for t in (critere.table, *(v.table for v in critere.variantes)) if t is not None]
        names: list[str] = [] if tables or critere.mesure is not None else list(critere.niveaux)
        for table in tables:
            names += [str(v) for v in self.table(table).valeurs or ()]
        if critere.sans_reponse:
            names.append(critere.sans_reponse)
        if critere.nc_office is not None or critere.nc_sur_justification:
            names.append("NC")
        return manquant(enumere(tuple(dict.fromkeys(names))))

    def _decision(self, decision: Decision) -> Domaine:
        result = self._node(decision.montant, False, {})
        if decision.au_prorata is not None:  # from nothing to the whole sum
            return manquant(union(constante(ZERO), numerique(ZERO, True, result.haut, True, decision.arrondi)))
        if decision.plancher is not None:
            result = extremum("max", [result, self._node(decision.plancher, False, {})])
        if decision.plafond is not None:
            result = extremum("min", [result, self._node(decision.plafond, False, {})])
        rounded = [arrondi(result, decision.arrondi, mode) for mode in (Mode.DEFAUT, Mode.PROCHE)]
        return manquant(union(constante(ZERO), *rounded))

    def _past(self, table: Table, driver: Domaine, passe: bool) -> Domaine:
        """What the suite gives: the highest bounded row's effect, and a step for each tranche."""
        suite = table.suite
        assert suite is not None
        start, end = highest_row(table), highest_bound(table)
        if start is None or end is None or driver.vide:
            return VIDE
        base = constante(start.haut) if isinstance(start, Lineaire) else self._node(start, passe, {})
        if driver.haut is None:
            many = numerique(ZERO, True, None, False, UN)
        else:
            steps = (driver.haut - end) / suite.tranche
            count = (
                -((-steps.numerator) // steps.denominator) if suite.entamee else steps.numerator // steps.denominator
            )
            first = 1 if suite.entamee else 0
            if count < first or driver.haut <= end:
                return VIDE
            many = numerique(Fraction(first), True, Fraction(count), True, UN)
        return somme(base, produit(many, constante(suite.pas)))


def _upper(cas: object) -> Fraction | None:
    if isinstance(cas, Intervalle):
        return cas.haut
    if isinstance(cas, Valeurs):
        return max((v for v in cas.valeurs if isinstance(v, Fraction)), default=None)
    return None


def highest_bound(table: Table) -> Fraction | None:
    """The highest bound of the rows of a table with one driver."""
    return max((b for r in table.rangs if r.cas and (b := _upper(r.cas[0])) is not None), default=None)


def highest_row(table: Table) -> Noeud | Lineaire | None:
    """The effect of the highest bounded row."""
    end = highest_bound(table)
    return next((r.effet for r in table.rangs if r.cas and end is not None and _upper(r.cas[0]) == end), None)
