"""What an establishment may still get once what is missing is transmitted: the worst and the best case.

Sound: whatever admissible values the missing facts and answers take, the result is in what is said here. The domains
are those of the checks (`model/domains.py`), narrowed by what is known. What is completed is what is listed as
missing: a criterion measured by a missing fact gets that fact, it is not declared « non concerné » instead.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

from caqes_dsl.base.quantities import Genre, Mode, Valeur, add_up, round_to
from caqes_dsl.model.domain_expressions import FLIPPED, Contexte, cut
from caqes_dsl.model.domains import Domaines
from caqes_dsl.model.intervals import (
    UN,
    VIDE,
    ZERO,
    Domaine,
    compare,
    constante,
    enumere,
    extremum,
    intersection,
    manquant,
    numerique,
    union,
)
from caqes_dsl.model.nodes import (
    ADefaut,
    Autrement,
    Cas,
    Cle,
    Comparaison,
    Critere,
    Fait,
    Indicateur,
    Intervalle,
    Lineaire,
    Manque,
    Noeud,
    Politique,
    Rang,
    Reference,
    Table,
    Tout,
)
from caqes_dsl.model.walk import critere_nodes, depends_on, facts_read, nodes, reads, table_nodes

from . import completions, tables
from .bounds import Incertain
from .missing import answers, decode

if TYPE_CHECKING:
    from .explain import Interpreteur
    from .trace import ResultatCritere


class Possibles(Domaines):
    """The domain of every quantity of one establishment: one value when it is known.

    `peut_manquer` then says that it may be « sans objet », the only way for a completed quantity to have no value.
    """

    def __init__(self, interprete: Interpreteur) -> None:
        super().__init__(interprete.politique)
        self.interprete = interprete
        self._nodes: dict[int, tuple[Noeud, Domaine]] = {}
        self._uncertain: dict[str, Incertain] = {}

    @cached_property
    def anywhere(self) -> Domaines:
        """What the quantities of any establishment may be worth."""
        kept = self.interprete.souvenirs
        return Domaines(self.politique) if kept is None else kept.domaines

    # ------------------------------------------------------------ expressions

    def comparison(self, noeud: Comparaison) -> bool | None:
        """A comparison that holds, or fails, whatever the missing facts are worth."""
        gauche, droite = self.expression(noeud.gauche), self.expression(noeud.droite)
        outcomes = compare(noeud.op, gauche, droite)
        if len(outcomes) != 1 or gauche.peut_manquer or droite.peut_manquer:
            return None
        return outcomes[0] is True

    def fait(self, nom: str) -> Domaine:
        """A missing donnée: its type and bounds, with what is known of the données that it bounds."""
        if nom not in self._facts:
            domaine = replace(super().fait(nom), peut_manquer=False)
            for borne in (b for owner, b in self.bounds.get(nom, ()) if owner != nom):
                for one, op, other in (
                    (borne.gauche, borne.op, borne.droite),
                    (borne.droite, FLIPPED[borne.op], borne.gauche),
                ):
                    if not isinstance(one, Fait) or (one.nom, one.recul) != (nom, 0):
                        continue
                    known = self.interprete.eval(other).valeur
                    if isinstance(known, Fraction):
                        domaine = intersection(domaine, cut(op, constante(known)))
            self._facts[nom] = domaine
        return self._facts[nom]

    def earlier(self, noeud: Noeud) -> Domaine:
        """An earlier exercise: what any establishment may have had, but that a missing fact will then be known."""
        domaine = self.anywhere.expression(noeud)
        recorded = isinstance(noeud, Fait) or (isinstance(noeud, Reference) and noeud.cle.sorte in ("score", "points"))
        return replace(domaine, peut_manquer=False) if recorded else domaine

    def _node(self, noeud: Noeud | None, passe: bool, contexte: Contexte) -> Domaine:
        if noeud is None:
            return super()._node(noeud, passe, contexte)
        known = self._nodes.get(id(noeud))
        if known is None or known[0] is not noeud:
            known = self._nodes[id(noeud)] = (noeud, self._raw(noeud, False, {}))
        return known[1]

    def _raw(self, noeud: Noeud, passe: bool, contexte: Contexte) -> Domaine:
        seen = self.interprete.eval(noeud)
        if seen.valeur is not None:
            return self._value(seen.valeur)
        if not seen.manquants:
            return manquant(enumere(()) if self._of_genre(noeud.genre, ()).valeurs is not None else VIDE)
        if isinstance(noeud, Fait | Reference) and noeud.recul:
            return self.earlier(noeud)
        if isinstance(noeud, ADefaut):
            return union(self._node(noeud.terme, False, {}), self._node(noeud.defaut, False, {}))
        return super()._raw(noeud, False, {})

    def _assume(self, condition: Noeud, outcome: bool, passe: bool, contexte: Contexte) -> Contexte:
        return contexte

    # ------------------------------------------------------------ named quantities

    def _of_key(self, cle: Cle, genre: Genre, passe: bool) -> Domaine:
        nom = cle.nom
        match cle.sorte:
            case "mesure" | "cible" | "atteint" if nom in self.politique.indicateurs:
                return self._indicator(self.politique.indicateurs[nom], cle.sorte)
            case "mesure":
                neutral = self.criterion(nom).peut_etre_neutre
                return manquant(self._node(self.politique.criteres[nom].mesure, False, {}), neutral)
            case "pièce":
                return self._node(self.politique.pieces[nom].condition, False, {})
            case "décision":
                return replace(super()._of_key(cle, genre, False), peut_manquer=False)
            case "décompte":
                niveau, _, titre = nom.partition(" ")
                seen = [self.interprete.critere(c.nom) for c in self.criteres(titre)]
                vague = [r for r in seen if r.statut == "indetermine"]
                sure = Fraction(sum(r.niveau == niveau for r in seen))
                more = sum(self._level(r.critere).contient(niveau) for r in vague)
                return numerique(sure, True, sure + more, True, UN)
        return super()._of_key(cle, genre, False)

    def _indicator(self, indicateur: Indicateur, sorte: str) -> Domaine:
        """A measure that may still turn out to be without object."""
        if sorte == "cible":
            return self._node(indicateur.cible, False, {})
        here = self.interprete.concerne(indicateur).valeur
        asked: Noeud | None = indicateur.mesure if sorte == "mesure" else indicateur.atteint
        if asked is None or here is False:
            return manquant(enumere(()) if sorte == "atteint" else VIDE)
        domaine = self._node(asked, False, {})
        return domaine if here else manquant(domaine)

    def _points(self, nom: str) -> Domaine:
        low = high = self.settled(nom)[0]
        for one in self.vague(nom):
            ends = [one.poids * p for p in (one.part_min, one.part_max) if p is not None]
            ends += [ZERO] if one.peut_etre_neutre or not ends else []
            low, high = low + min(ends), high + max(ends)
        return numerique(low, True, high, True)

    def _applicable(self, nom: str) -> Domaine:
        low = high = self.settled(nom)[1]
        for one in self.vague(nom):
            low += ZERO if one.peut_etre_neutre else one.poids
            high += ZERO if one.part_max is None else one.poids
        return numerique(low, True, high, True)

    def _score(self, nom: str) -> Domaine:
        if not nom and self.politique.notation.calcul:
            return self._as_noted(self.cle(Cle("calcul", self.politique.notation.calcul)))
        found = self.interprete.sous_score(nom)
        without_object = self._applicable(nom).bas == 0
        if found.score_min is None or found.score_max is None:
            return manquant(VIDE)
        pas = self.politique.notation.pas if self.politique.notation.mode == "arrondi" else None
        return manquant(numerique(found.score_min, True, found.score_max, True, pas), without_object)

    def _level(self, critere: Critere) -> Domaine:
        result = self.interprete.critere(critere.nom)
        if result.statut != "indetermine":
            return enumere((result.niveau,) if result.niveau else ())
        office = ("NC",) if self.criterion(critere.nom).peut_etre_neutre else ()
        if critere.mesure is None and critere.table is None:
            given = self.interprete.etablissement.reponses.get(critere.nom)
            return enumere(tuple(dict.fromkeys((*((given,) if given else answers(self.politique, critere)), *office))))
        table = self.interprete.table_of(critere)
        values = (self.table(table).valeurs or ()) if table is not None else ()
        return enumere(tuple(dict.fromkeys((*values, *office))))

    # ------------------------------------------------------------ tables

    def table(self, table: Table, *, plafonnee: bool = True, passe: bool = False) -> Domaine:
        """What a table may give: the rows that its drivers may meet, its suite, under its plafond."""
        drivers = [self._node(n, False, {}) for n in table.selon]
        parts = [self._effect(r, drivers[0]) for r in table.rangs if self._may_meet(r, drivers)]
        parts += list(self._goes_on(table, drivers[0]))
        result = union(*parts) if parts else VIDE
        if plafonnee and table.plafond is not None and result.valeurs is None:
            result = extremum("min", [result, self._node(table.plafond, False, {})])
        return manquant(result, any(d.peut_manquer for d in drivers))

    @staticmethod
    def _may_meet(rang: Rang, drivers: list[Domaine]) -> bool:
        if isinstance(rang.cas[0], Autrement):
            return True
        return all(_meets(cas, driver) for cas, driver in zip(rang.cas, drivers, strict=False))

    def _effect(self, rang: Rang, driver: Domaine) -> Domaine:
        cas, effet = rang.cas[0], rang.effet
        if not isinstance(effet, Lineaire):
            return self._node(effet, False, {})
        assert isinstance(cas, Intervalle)
        met = intersection(driver, Domaine(cas.bas, cas.bas_inclus, cas.haut, cas.haut_inclus))
        if met.bas is None or met.haut is None:
            return VIDE
        ends = sorted((tables.linear(rang, met.bas), tables.linear(rang, met.haut)))
        return numerique(ends[0], True, ends[1], True)

    def _goes_on(self, table: Table, driver: Domaine) -> Iterator[Domaine]:
        """What the suite may give, past the highest bounded row."""
        top, suite = tables.top_row(table), table.suite
        if top is None or suite is None or (driver.haut is not None and driver.haut < top[1]):
            return
        effet = top[0].effet
        base = constante(effet.haut) if isinstance(effet, Lineaire) else self._node(effet, False, {})
        if base.bas is None:
            return
        mode = Mode.EXCES if suite.entamee else Mode.DEFAUT
        least = max(driver.bas, top[1]) if driver.bas is not None else top[1]
        ends = [
            None if end is None else base.bas + suite.pas * round_to((end - top[1]) / suite.tranche, UN, mode)
            for end in (least, driver.haut)
        ]
        low, high = ends if suite.pas >= 0 else reversed(ends)
        yield numerique(low, True, high, True)

    # ------------------------------------------------------------ criteria

    def settled(self, titre: str) -> tuple[Fraction, Fraction]:
        """Points and weights of the criteria of a heading that nothing missing may change."""
        seen = [self.interprete.critere(c.nom) for c in self.criteres(titre)]
        firm = [r for r in seen if r.statut == "evalue" and not self._is_provisional(r)]
        return add_up(r.points or ZERO for r in firm), add_up(r.poids for r in firm)

    def vague(self, titre: str) -> list[Incertain]:
        """The criteria of a heading that completing what is missing may change."""
        seen = [self.interprete.critere(c.nom) for c in self.criteres(titre)]
        return [self.criterion(r.critere.nom) for r in seen if r.statut == "indetermine" or self._is_provisional(r)]

    def criterion(self, nom: str) -> Incertain:
        """What a criterion may still give."""
        if nom not in self._uncertain:
            result = self.interprete.critere(nom)
            if result.statut == "indetermine":
                kept = self.interprete.souvenirs
                found = None if kept is None else kept.of(self.interprete, nom)
                self._uncertain[nom] = found or self._undetermined(result)
                if kept is not None:
                    kept.keep(self.interprete, nom, self._uncertain[nom])
            elif self._is_provisional(result):
                self._uncertain[nom] = self._provisional(result)
            else:
                part = result.part
                self._uncertain[nom] = Incertain(
                    result.poids, part, part, part is None, frozenset(), frozenset((part,))
                )
        return self._uncertain[nom]

    def take(
        self, other: Possibles, keeps: Callable[[Cle], bool], keeps_node: Callable[[Noeud], bool], *, bornes: bool
    ) -> None:
        """Takes what another policy gives alike to the same establishment (see `Interpreteur.take`)."""
        self._keys.update((key, d) for key, d in other._keys.items() if keeps(key[0]))
        self._facts.update((nom, d) for nom, d in other._facts.items() if keeps(Cle("donnée", nom)))
        self._nodes.update((at, pair) for at, pair in other._nodes.items() if keeps_node(pair[0]))
        if bornes:
            self._uncertain.update((nom, u) for nom, u in other._uncertain.items() if keeps(Cle("niveau", nom)))

    def keep(self, nom: str, found: Incertain) -> None:
        """Take what a criterion may give as it was found elsewhere."""
        self._uncertain[nom] = found

    def _undetermined(self, result: ResultatCritere) -> Incertain:
        critere, missing = result.critere, frozenset(result.manquants)
        if self._soft and self._lacking(critere) - missing:
            return replace(self._provisional(result), peut_etre_neutre=True)  # what « à défaut » settled may change too
        domaine, neutral = self._parts(critere)
        neutral = neutral or (critere.nc_office is not None and self.interprete.eval(critere.nc_office).valeur is None)
        neutral = neutral or self.interprete.value(Cle("réserve", critere.volet)).valeur is None
        low, high = (None, None) if domaine.vide else (domaine.bas, domaine.haut)
        reached, every = completions.reached(
            self.interprete, result, self.domain_of, {low, high, *((None,) if neutral else ())}
        )
        if every:
            shares = [p for p in reached if p is not None]
            low, high, neutral = min(shares, default=None), max(shares, default=None), None in reached
        return Incertain(result.poids, low, high, neutral, missing, reached)

    def _parts(self, critere: Critere) -> tuple[Domaine, bool]:
        """Shares that a criterion may give, and whether it may be neutral, its « NC d'office » set aside."""
        if critere.mesure is None and critere.table is None:
            given = self.interprete.etablissement.reponses.get(critere.nom)
            return self._shares((given,) if given else answers(self.politique, critere))
        table = self.interprete.table_of(critere)
        if table is None:
            measure = self._node(critere.mesure, False, {})
            return as_share(measure), measure.peut_manquer
        given_by = self.table(table)
        if given_by.valeurs is None:
            return as_share(given_by), given_by.peut_manquer
        shares, neutral = self._shares(given_by.valeurs)
        return shares, neutral or given_by.peut_manquer

    def _shares(self, niveaux: tuple[Valeur, ...]) -> tuple[Domaine, bool]:
        shares = [self.politique.niveaux[str(n)].part for n in niveaux]
        return union(*(constante(s) for s in shares if s is not None)), None in shares

    def domain_of(self, key: str) -> Domaine:
        """The domain of a missing item."""
        item = decode(self.politique, key)
        if item.sorte == "donnée":
            return self.fait(item.nom) if item.annee is None else self.anywhere.fait(item.nom)
        return numerique(ZERO, True, UN, True)

    # ------------------------------------------------------------ what « à défaut » settled for now

    def _is_provisional(self, result: ResultatCritere) -> bool:
        """Whether a known result may change when what others lack is transmitted.

        Only where the policy says what missing is worth in one place and not in another: `à défaut` and `manquante`
        in an expression, `sans réponse` on a measured criterion.
        """
        return bool(self._soft and result.statut in ("evalue", "neutre") and self._lacking(result.critere))

    def _lacking(self, critere: Critere) -> frozenset[str]:
        """The facts missing elsewhere that a criterion reads, however far."""
        facts = facts_read_far(self.politique, Cle("niveau", critere.nom))
        return frozenset(key for key in self._listed if decode(self.politique, key).nom in facts)

    @cached_property
    def _soft(self) -> bool:
        kept = self.interprete.souvenirs
        return is_soft(self.politique) if kept is None else kept.soft

    @cached_property
    def _listed(self) -> frozenset[str]:
        results = (self.interprete.critere(nom) for nom in self.politique.criteres)
        return frozenset(m for r in results if r.statut == "indetermine" for m in r.manquants)

    def _provisional(self, result: ResultatCritere) -> Incertain:
        """Anything that the criterion can give to any establishment."""
        critere = result.critere
        domaine, neutral = as_share(self.anywhere.part(critere)), critere.nc_office is not None
        for nom in self.anywhere.cle(Cle("niveau", critere.nom), Genre.NIVEAU).valeurs or ():
            neutral = neutral or self.politique.niveaux[str(nom)].part is None
        return Incertain(result.poids, domaine.bas, domaine.haut, neutral, self._lacking(critere))


def is_soft(politique: Politique) -> bool:
    """Whether a criterion may be known for now and change once what others lack is transmitted."""
    criteres = politique.criteres.values()
    return any(c.mesure is not None and c.sans_reponse is not None for c in criteres) or any(
        isinstance(n, ADefaut | Manque) for n in every_node(politique)
    )


def as_share(domaine: Domaine) -> Domaine:
    """A credit kept between 0 % and 100 % of the points."""
    return extremum("min", [extremum("max", [domaine, constante(ZERO)]), constante(UN)])


def _meets(cas: Cas, driver: Domaine) -> bool:
    """Whether a case may take a value of a domain."""
    match cas:
        case Tout() | Autrement():
            return True
        case Intervalle():
            inside = Domaine(cas.bas, cas.bas_inclus, cas.haut, cas.haut_inclus)
            return driver.valeurs is not None or not intersection(driver, inside).vide
    return any(driver.contient(v) for v in cas.valeurs)


def facts_read_far(politique: Politique, cle: Cle) -> set[str]:
    """Names of the données and of the answers that a named quantity is computed from, however far."""
    facts: set[str] = set()
    seen, waiting = {cle}, [cle]
    while waiting:
        key = waiting.pop()
        facts |= facts_read(reads(politique, key))
        facts |= {key.nom} if key.sorte == "niveau" else set()
        more = depends_on(politique, key).keys() - seen
        seen |= more
        waiting += more
    return facts


def every_node(politique: Politique) -> Iterator[Noeud]:
    """Every node that a criterion may read: its own, those of calculs, barèmes and targets."""
    for critere in politique.criteres.values():
        yield from critere_nodes(critere)
    yield from nodes(*(c.expression for c in politique.calculs.values()))
    for bareme in politique.baremes.values():
        yield from table_nodes(bareme.table)
    yield from nodes(*(v.cible for v in politique.volets.values()))
