"""From the core to lines: expressions, tables. What a spreadsheet can say; `complet` adds what columns and SQL can.

What the interpreter decides although facts are missing is left open here, never decided otherwise. What no line can
say raises `NonPris`, with the reason.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import singledispatchmethod

from caqes_dsl.base.quantities import UNITES, Genre, Mode, Valeur
from caqes_dsl.evaluation import tables
from caqes_dsl.model.domains import Domaines
from caqes_dsl.model.intervals import compare
from caqes_dsl.model.nodes import (
    ADefaut,
    Agregat,
    Arithmetique,
    Arrondi,
    Autrement,
    Cas,
    Choix,
    Cle,
    Comparaison,
    Constante,
    Donnee,
    Fait,
    Intervalle,
    Lineaire,
    Logique,
    Manque,
    MinMax,
    Noeud,
    Politique,
    Rang,
    Reference,
    Table,
    Tout,
    Valeurs,
)

from .lines import CONNU, INDECIS, LIMITE, MANQUANT, SANS_OBJET, Atelier, NonPris

EPOQUE = date(1899, 12, 30)
"""Day zero of spreadsheets, right from March 1900 on."""


@dataclass(frozen=True, slots=True)
class Gabarit:
    """How a fact is read from its cell: how many decimals, and how large at most once made whole."""

    decimales: int
    plafond: int


LARGE = Gabarit(6, 10**11)
"""The widest reading."""


def serial(jour: date) -> Fraction:
    """A date as spreadsheets number it."""
    return Fraction((jour - EPOQUE).days)


def cell_factor(genre: Genre, decimales: int) -> tuple[int, int]:
    """By what the cell of a fact is multiplied to be whole, and what the whole number is then divided by.

    A taux's cell holds a ratio, an écart's its points, an amount's its euros and cents.
    """
    if genre is Genre.ECART:
        kept = max(decimales - 2, 0)
        return 10**kept, 10**kept * UNITES["pt"][1].denominator
    kept = {Genre.ENTIER: 0, Genre.JOURS: 0, Genre.MOIS: 0, Genre.DATE: 0, Genre.MONTANT: 2}.get(genre, decimales)
    return 10**kept, 10**kept


class Expressions:
    """Lowers the expressions of one policy; `Traduction` says what criteria and scores are."""

    def __init__(
        self, politique: Politique, gabarits: Mapping[str, Gabarit] | None = None, limite: int = LIMITE
    ) -> None:
        self.politique, self.gabarits = politique, gabarits or {}
        self.atelier = Atelier(limite)
        self.domaines = Domaines(politique)
        self.recul = 0
        self._codes: dict[str, int] = {}
        for nom in politique.niveaux:
            self.code(nom)

    def key(self, cle: Cle) -> int:
        """A named quantity of the exercise."""
        raise NotImplementedError

    def code(self, nom: str) -> int:
        """The whole number that stands for a level or a choice, from 1."""
        return self._codes.setdefault(nom, len(self._codes) + 1)

    def literal(self, valeur: Valeur) -> int:
        """A value that the policy writes."""
        if isinstance(valeur, bool):
            return self.atelier.truth(valeur)
        if isinstance(valeur, Fraction):
            return self.atelier.constant(valeur)
        return self.atelier.constant(serial(valeur) if isinstance(valeur, date) else Fraction(self.code(valeur)))

    # ------------------------------------------------------------ expressions

    @singledispatchmethod
    def lower(self, noeud: Noeud) -> int:
        """The line of an expression. Errors: NonPris."""
        raise TypeError(f"ligne de {type(noeud).__name__}")

    @lower.register
    def _(self, noeud: Constante) -> int:
        return self.literal(noeud.valeur)

    @lower.register
    def _(self, noeud: Fait) -> int:
        donnee = self.politique.donnees[noeud.nom]
        entry = self.fact(donnee, noeud.recul + self.recul)
        if donnee.defaut is None:
            return entry
        missing = self.atelier.state_is(entry, MANQUANT)
        return self.atelier.choose(missing, self.literal(donnee.defaut), entry)

    def fact(self, donnee: Donnee, recul: int) -> int:
        """The cell of a donnée, of this exercise or of an earlier one."""
        nom = donnee.nom if not recul else f"{donnee.nom} N-{recul}"
        sorte = "donnée" if not recul else "passé"
        if donnee.genre in (Genre.OUI_NON, Genre.CHOIX, Genre.NIVEAU):
            names = donnee.choix if donnee.genre is Genre.CHOIX else tuple(self.politique.niveaux)
            most = 1 if donnee.genre is Genre.OUI_NON else max(self.code(n) for n in names)
            return self.atelier.entry(sorte, nom, borne=most)
        gabarit = self.gabarits.get(donnee.nom, LARGE)
        _, scale = cell_factor(donnee.genre, gabarit.decimales)
        return self.atelier.entry(sorte, nom, echelle=scale, borne=self._most(donnee, scale, gabarit.plafond))

    def _most(self, donnee: Donnee, scale: int, plafond: int) -> int:
        """The largest whole number of a fact: what its own bounds say, or what the reading allows."""
        domaine = self.domaines.fait(donnee.nom)
        if domaine.valeurs is not None or domaine.bas is None or domaine.haut is None:
            return plafond
        most = max(abs(domaine.bas), abs(domaine.haut)) * scale
        return min(plafond, -(-most.numerator // most.denominator))

    @lower.register
    def _(self, noeud: Reference) -> int:
        return self.reference(noeud)

    def reference(self, noeud: Reference) -> int:
        """A named quantity, of this exercise or of an earlier one."""
        recul, cle = noeud.recul + self.recul, noeud.cle
        if not recul:
            return self.key(cle)
        if cle.sorte in ("score", "points") and not noeud.rejoue:
            suffix = f"_{cle.nom}" if cle.nom else ""
            return self.atelier.entry("passé", f"{cle.sorte}{suffix} N-{recul}", echelle=10**4, borne=10**7)
        if cle.sorte != "calcul" or noeud.rejoue:
            raise NonPris("elle applique la grille à un exercice passé, dont le classeur n'a pas les réponses")
        here, self.recul = self.recul, recul
        try:
            return self.key(cle)
        finally:
            self.recul = here

    @lower.register
    def _(self, noeud: Arithmetique) -> int:
        gauche, droite = self.lower(noeud.gauche), self.lower(noeud.droite)
        if noeud.gauche.genre is Genre.DATE:
            if noeud.droite.genre is Genre.MOIS:
                return self.move_months(gauche, droite, -1 if noeud.op == "-" else 1)
            if noeud.droite.genre is not Genre.DATE:
                droite = self.atelier.round(droite, Fraction(1), Mode.DEFAUT.value)
        match noeud.op:
            case "+":
                return self.atelier.add(gauche, droite)
            case "-":
                return self.atelier.add(gauche, droite, -1)
            case "×":
                return self.atelier.multiply(gauche, droite)
        return self.atelier.divide(gauche, droite)

    def move_months(self, jour: int, mois: int, sens: int) -> int:
        """A date some calendar months later (`sens` -1: earlier)."""
        raise NonPris("elle avance une date de mois en mois")

    @lower.register
    def _(self, noeud: Comparaison) -> int:
        gauche, droite = self.lower(noeud.gauche), self.lower(noeud.droite)
        manque = MANQUANT if self._surely_open(noeud) else INDECIS
        return self.atelier.compare(noeud.op, gauche, droite, manque=manque)

    def _surely_open(self, noeud: Comparaison) -> bool:
        """Whether the comparison is open when its fact is missing: nothing else tells on which side it falls."""
        for one, other in ((noeud.gauche, noeud.droite), (noeud.droite, noeud.gauche)):
            if isinstance(one, Fait) and isinstance(other, Constante):
                together = [
                    b for d in self.politique.donnees.values() for b in d.bornes
                    if one.nom in (d.nom, *(n.nom for n in (b.gauche, b.droite) if isinstance(n, Fait)))
                    and not isinstance(b.droite, Constante)
                ]  # fmt: skip
                sides = (self.domaines.expression(noeud.gauche), self.domaines.expression(noeud.droite))
                return not together and len(compare(noeud.op, *sides)) == 2
        return False

    @lower.register
    def _(self, noeud: Logique) -> int:
        terms = [self.lower(t) for t in noeud.termes]
        if noeud.op == "non":
            return self.atelier.negate(terms[0])
        return self.atelier.all_of(terms) if noeud.op == "et" else self.atelier.any_of(terms)

    @lower.register
    def _(self, noeud: Choix) -> int:
        return self.atelier.choose(self.lower(noeud.condition), self.lower(noeud.alors), self.lower(noeud.sinon))

    @lower.register
    def _(self, noeud: Arrondi) -> int:
        return self.atelier.round(self.lower(noeud.terme), noeud.pas, noeud.mode.value)

    @lower.register
    def _(self, noeud: MinMax) -> int:
        return self.atelier.extremum(noeud.op, [self.lower(t) for t in noeud.termes])

    @lower.register
    def _(self, noeud: Manque) -> int:
        terme = self.lower(noeud.terme)
        missing = self.atelier.state_is(terme, MANQUANT)
        return self.atelier.choose(self.atelier.state_is(terme, INDECIS), self.atelier.nothing(INDECIS), missing)

    @lower.register
    def _(self, noeud: ADefaut) -> int:
        terme, defaut = self.lower(noeud.terme), self.lower(noeud.defaut)
        else_ = self.atelier.choose(self.atelier.state_is(defaut, SANS_OBJET), self.atelier.nothing(MANQUANT), defaut)
        return self.atelier.choose(self.atelier.state_is(terme, MANQUANT), else_, terme)

    @lower.register
    def _(self, noeud: Agregat) -> int:
        return self.agregat(noeud)

    def agregat(self, noeud: Agregat) -> int:
        """A statistic of the cohort."""
        raise NonPris("elle dépend des autres établissements de la région")

    # ------------------------------------------------------------ tables

    def table(self, table: Table, known: Mapping[Noeud, int] | None = None) -> int:
        """What a table gives; `known`: the lines of drivers already lowered."""
        atelier = self.atelier
        drivers = [known[d] if known and d in known else self.lower(d) for d in table.selon]
        found = self._past(table, drivers)
        explicit = [r for r in table.rangs if not isinstance(r.cas[0], Autrement)]
        otherwise = [r for r in table.rangs if isinstance(r.cas[0], Autrement)]
        if otherwise:
            last = self._effect(table, otherwise[-1].effet, drivers)
            found = last if table.suite is None else atelier.choose(self._beyond(table, drivers[0]), found, last)
        for rang in reversed(explicit):
            taken = atelier.all_of([self._takes(c, d) for c, d in zip(rang.cas, drivers, strict=True)])
            found = atelier.choose(taken, self._effect(table, rang.effet, drivers), found)
        ready = atelier.all_of([atelier.state_is(d, CONNU) for d in drivers])
        return atelier.choose(ready, found, atelier.worst(drivers)) if drivers else found

    def _takes(self, cas: Cas, driver: int) -> int:
        """Whether a case takes a driver's value."""
        match cas:
            case Tout():
                return self.atelier.truth(True)
            case Valeurs():
                same = [self.atelier.compare("=", driver, self.literal(v)) for v in cas.valeurs]
                return self.atelier.any_of(same)
            case Intervalle():
                tests = []
                if cas.bas is not None:
                    tests.append(("≥" if cas.bas_inclus else ">", cas.bas))
                if cas.haut is not None:
                    tests.append(("≤" if cas.haut_inclus else "<", cas.haut))
                return self.atelier.all_of([self.atelier.compare(o, driver, self.literal(b)) for o, b in tests])
        raise TypeError(type(cas).__name__)

    def _effect(self, table: Table, effet: Noeud | Lineaire, drivers: list[int]) -> int:
        if not isinstance(effet, Lineaire):
            found = self.lower(effet)
            return self._capped(table, found) if effet.genre.is_number else found
        rang = next(r for r in table.rangs if r.effet is effet)
        cas = rang.cas[0]
        assert isinstance(cas, Intervalle) and cas.bas is not None and cas.haut is not None
        atelier = self.atelier
        slope = (effet.haut - effet.bas) / (cas.haut - cas.bas)
        part = atelier.multiply(drivers[0], atelier.constant(slope))
        return self._capped(table, atelier.add(part, atelier.constant(effet.bas - cas.bas * slope)))

    def _beyond(self, table: Table, driver: int) -> int:
        """Whether the suite takes a value that `autrement` would."""
        top = tables.top_row(table)
        if top is None:
            return self.atelier.truth(False)
        return self.atelier.compare(">", driver, self.atelier.constant(top[1]))

    def _past(self, table: Table, drivers: list[int]) -> int:
        """What the suite gives past the highest bounded row; without object where there is none."""
        atelier = self.atelier
        nothing = atelier.nothing(SANS_OBJET)
        top = tables.top_row(table) if table.suite is not None else None
        if top is None or table.suite is None:
            return nothing
        rang, bound = top
        base = self.start(rang)
        if base is None:
            return nothing
        mode = Mode.EXCES if table.suite.entamee else Mode.DEFAUT
        over = atelier.add(drivers[0], atelier.constant(bound), -1)
        steps = atelier.round(
            atelier.multiply(over, atelier.constant(1 / table.suite.tranche)), Fraction(1), mode.value
        )
        given = atelier.add(atelier.multiply(steps, self.step(table)), base)
        reached = atelier.compare("≥", drivers[0], atelier.constant(bound))
        return atelier.choose(reached, self._capped(table, given), nothing)

    def step(self, table: Table) -> int:
        """What each step of the suite adds."""
        assert table.suite is not None
        return self.atelier.constant(table.suite.pas)

    def start(self, rang: Rang) -> int | None:
        """What the highest bounded row gives, from which the suite goes on; None when it is no constant."""
        base = rang.effet.haut if isinstance(rang.effet, Lineaire) else tables.effect_constant(rang)
        return None if base is None else self.atelier.constant(base)

    def _capped(self, table: Table, given: int) -> int:
        """Under the plafond of the table. Missing: as the plafond is, when it has no value."""
        if table.plafond is None:
            return given
        plafond = self.lower(table.plafond)
        atelier = self.atelier
        smaller = atelier.choose(atelier.compare("≤", given, plafond, manque=MANQUANT), given, plafond)
        ready = atelier.state_is(plafond, CONNU)
        capped = atelier.choose(ready, smaller, plafond)
        return atelier.choose(atelier.state_is(given, CONNU), capped, given)


Essai = Callable[[Mapping[str, Gabarit]], object]

ESSAIS = (
    LARGE,
    *(Gabarit(d, 10**p) for p, d in ((11, 4), (10, 6), (10, 4), (9, 6), (10, 2), (9, 4), (9, 2), (8, 4), (8, 2))),
)
"""Readings tried for the facts of one quantity, the widest first."""


def narrowest(one: Gabarit, other: Gabarit) -> Gabarit:
    """A reading that both allow."""
    return Gabarit(min(one.decimales, other.decimales), min(one.plafond, other.plafond))
