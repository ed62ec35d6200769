"""A cohort under many settings of a policy: who is under the target, how much, in each sector.

What does not depend on what is varied is computed once. Everything is counted exactly, in whole numbers. Missing: an
establishment for which a quantity is not settled counts in none of its sums, and is counted apart.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import product
from typing import Any

import numpy as np

from caqes_dsl.base.quantities import Genre
from caqes_dsl.model.nodes import Cle, Comparaison, Politique, Reference

from .exact.cohort import PopulationColonnes, Refus
from .exact.columns import Colonne, Etages, slices
from .exact.complet import Plan
from .exact.lines import CONNU, LARGEUR_64, SANS_OBJET
from .exact.reglee import plan_with
from .explain import Calculateur, Interpreteur
from .facts import Etablissement
from .reglages import Reglage, unaffected, varied

MOST = 100_000
"""Most settings of a simulation."""

MOST_ONE_BY_ONE = 20_000
"""Most establishments that lack facts times settings for which the interpreter is asked whether they are settled."""


@dataclass(frozen=True, slots=True)
class Mesure:
    """What is counted. `sorte`: sous_cible (of a volet), décision, indicateur; `ligne` its line."""

    sorte: str
    nom: str
    ligne: int


@dataclass(frozen=True, slots=True)
class Compte:
    """A quantity over some establishments.

    `nombre`: those for which it holds (under the target, an amount above zero, a target reached). `connus`: those for
    which it is settled; `indetermines`: those for which it is not. `total`: euros, for an amount.
    """

    nombre: int
    connus: int
    indetermines: int
    total: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Releve:
    """What one setting gives to one cohort (0: the given one), in a sector (« » for all)."""

    cohorte: int
    valeurs: Mapping[str, Fraction]
    secteur: str
    etablissements: int
    comptes: Mapping[tuple[str, str], Compte]


class PopulationSimulee(PopulationColonnes):
    """A cohort under a policy of which some numbers are entered."""

    def __init__(
        self,
        politique: Politique,
        etablissements: Sequence[Etablissement],
        reglages: Mapping[Reglage, Sequence[Fraction]],
        *,
        ecartes: int = 0,
    ) -> None:
        self.reglages = reglages
        self.cibles: dict[str, int] = {}
        super().__init__(politique, etablissements, ecartes=ecartes)

    def lowered(self, statistiques: Mapping[str, tuple[int, int]]) -> Plan:
        """The lines of the policy, its settings entered."""
        plan, self.cibles = plan_with(self.politique, self.reglages, self.gabarits, statistiques)
        return plan

    def mesures(self) -> Iterator[Mesure]:
        """What is counted."""
        for nom, line in self.cibles.items():
            yield Mesure("sous_cible", nom, line)
        for sortie in self.plan.sorties:
            if sortie.sorte == "décision":
                yield Mesure("décision", sortie.nom, sortie.ligne)
            elif sortie.sorte == "atteint" and self.politique.indicateurs[sortie.nom].atteint is not None:
                yield Mesure("indicateur", sortie.nom, sortie.ligne)

    def depends_on_cohort(self, etages: Etages) -> bool:
        """Whether a statistic or a share of a closed sum depends on what is varied."""
        lines = [n for s in self.plan.statistiques.values() for n in (s.terme, s.parmi, s.par) if n is not None]
        lines += [n for e in self.plan.enveloppes.values() for n in (e.concerne, e.cle, e.montant)]
        return Etages(self.plan.programme, lines, etages.varies).suite != []


class Simulation:
    """A policy, a cohort, and the values that its settings may take.

    Errors: Refus, for a policy that columns do not evaluate.
    """

    def __init__(
        self,
        politique: Politique,
        etablissements: Sequence[Etablissement],
        reglages: Mapping[Reglage, Sequence[Fraction]],
        *,
        ecartes: int = 0,
    ) -> None:
        self.politique, self.reglages = politique, dict(reglages)
        self.etablissements, self.ecartes = list(etablissements), ecartes
        self.population = PopulationSimulee(politique, self.etablissements, self.reglages, ecartes=ecartes)
        self._take_stages()
        self.entiere = self.population.depends_on_cohort(self._etages)
        if not self.entiere:
            self.population.gather()
            self._take_stages()
        self.interrompue = False
        self.affinee = True
        self._bases: dict[int, Calculateur] = {}
        self._masks: list[tuple[str, Any]] | None = None

    # ------------------------------------------------------------ settings

    def grid(self) -> list[tuple[Fraction, ...]]:
        """Every combination of the values."""
        return list(product(*self.reglages.values()))

    def draws(self, tirages: int, graine: int) -> list[tuple[Fraction, ...]]:
        """Combinations drawn at random; the same seed gives the same ones."""
        rng = random.Random(graine)  # noqa: S311  # a simulation, not a secret
        return [tuple(rng.choice(values) for values in self.reglages.values()) for _ in range(tirages)]

    # ------------------------------------------------------------ results

    def run(
        self,
        settings: Sequence[tuple[Fraction, ...]],
        *,
        cohortes: int = 0,
        graine: int = 0,
        suivi: Callable[[int, int], None] | None = None,
    ) -> list[Releve]:
        """What each setting gives, by sector; and to each of the cohorts drawn from this one, as a whole.

        Stopped by the keyboard, what is done is kept (`interrompue`).
        """
        found: list[Releve] = []
        self.affinee = len(self._open) * len(settings) <= MOST_ONE_BY_ONE
        several = cohortes and bool(self.population.plan.statistiques or self.population.plan.enveloppes)
        drawn = [_drawn(len(self.etablissements), graine, k) for k in range(cohortes)]
        counts = np.array(drawn, dtype=np.int64).reshape(cohortes, len(self.etablissements))
        total = len(settings)
        for rank, values in enumerate(settings):
            try:
                found += self._at(values, counts if not several else counts[:0])
                if several:
                    for number, weights in enumerate(counts, 1):
                        found += _whole_only(self._again(values, weights), number)
            except KeyboardInterrupt:
                self.interrompue = True
                return found
            if suivi is not None:
                suivi(rank + 1, total)
        return found

    def _columns_at(self, values: tuple[Fraction, ...]) -> dict[int, Colonne]:
        """The lines that are counted, for each establishment."""
        entered = self._entered(values)
        parts = [self._etages.at(self._known(rows), entered) for rows in slices(len(self.etablissements))]
        return (
            parts[0]
            if len(parts) == 1
            else _stacked(parts, [r.stop - r.start for r in slices(len(self.etablissements))])
        )

    def _at(self, values: tuple[Fraction, ...], counts: Any) -> Iterator[Releve]:
        if self.entiere:
            population = self._of_variant(values)
            mesures = tuple(population.mesures())
            columns = population.run({m.ligne for m in mesures})
        else:
            population, mesures, columns = self.population, self.mesures, self._columns_at(values)
        programme = population.plan.programme
        named = dict(zip((r.ecrit for r in self.reglages), values, strict=True))
        size = len(self.etablissements)
        read = [(m, *_numbers(columns[m.ligne], size), programme.lignes[m.ligne].echelle) for m in mesures]
        if self.affinee:
            read = self._settled(population, values, read)
        for secteur, mask in (("", None), *self._sectors()):
            comptes = {(m.sorte, m.nom): _count(m, n, e, s, mask) for m, n, e, s in read}
            yield Releve(0, named, secteur, size if mask is None else int(mask.sum()), comptes)
        for number, weights in enumerate(counts, 1):
            comptes = {(m.sorte, m.nom): _count(m, n, e, s, weights) for m, n, e, s in read}
            yield Releve(number, named, "", size, comptes)

    # ------------------------------------------------------------ establishments that lack facts

    @cached_property
    def _open(self) -> list[int]:
        """The establishments that columns may leave open: those that lack something at the policy's own settings."""
        values = tuple(v[0] for v in self.reglages.values())
        mesures, size = self.mesures, len(self.etablissements)
        if self.entiere:
            population = self._of_variant(values)
            mesures = tuple(population.mesures())
            columns = population.run({m.ligne for m in mesures})
        else:
            columns = self._columns_at(values)
        found = np.zeros(size, dtype=np.bool_)
        for mesure in mesures:
            found |= _numbers(columns[mesure.ligne], size)[1] > SANS_OBJET
        return [int(row) for row in np.flatnonzero(found)]

    def _settled(
        self, population: PopulationSimulee, values: tuple[Fraction, ...], read: list[tuple[Mesure, Any, Any, int]]
    ) -> list[tuple[Mesure, Any, Any, int]]:
        """What was read, with what the interpreter can settle of the establishments left open."""
        rows = sorted({int(r) for _, _, etat, _ in read for r in np.flatnonzero(etat > SANS_OBJET)})
        if not rows:
            return read
        politique = population.politique
        if not self.entiere:
            politique = varied(self.politique, dict(zip(self.reglages, values, strict=True)))
        stays = unaffected(self.politique, self.reglages)
        found = [(m, np.array(number), np.array(etat), scale) for m, number, etat, scale in read]
        for row in rows:
            if self.entiere:
                one: Interpreteur = population.interpretes[row]
            else:
                one = Calculateur(politique, self.etablissements[row], population=self.population)
                one.take(self._base(row), stays, lambda noeud: False, bornes=True)
            for mesure, number, etat, scale in found:
                if etat[row] > SANS_OBJET:
                    value = _asked(one, mesure)
                    if value is not None:
                        number[row], etat[row] = int(value * scale), CONNU
        return found

    def _base(self, row: int) -> Calculateur:
        """An establishment under the policy as it is: what a setting does not touch is taken from it."""
        if row not in self._bases:
            base = Calculateur(self.politique, self.etablissements[row], population=self.population)
            for mesure in self.mesures:
                _asked(base, mesure)
            self._bases[row] = base
        return self._bases[row]

    # ------------------------------------------------------------ stages

    @property
    def stages(self) -> Etages:
        """What is computed once, and what is computed for each setting."""
        return self._etages

    def known_with_bounds(self) -> dict[int, Colonne]:
        """What is computed once, over all rows; then each establishment that lacks facts twice more, at the lowest and
        at the highest score that it may have."""
        size = len(self.etablissements)
        parts = [self._known(rows) for rows in slices(size)]
        whole = _stacked(parts, [r.stop - r.start for r in slices(size)]) if parts else {}
        rows = [row for row in self._open for _ in range(2)]
        scores = {s.ligne: s.nom for s in self.population.plan.sorties if s.sorte == "score"}
        found = {}
        for line, column in whole.items():
            copied = column.take(np.array([*range(size), *rows], dtype=np.int64))
            found[line] = self._bounded(copied, scores[line], line) if line in scores else copied
        return found

    def _bounded(self, column: Colonne, titre: str, line: int) -> Colonne:
        """A score with its bounds in the rows added for them."""
        scale, size = self.population.plan.programme.lignes[line].echelle, len(self.etablissements)
        count = size + 2 * len(self._open)
        number = np.array(np.broadcast_to(column.nombre, (count,)), dtype=object)
        divider = np.array(np.broadcast_to(1 if column.diviseur is None else column.diviseur, (count,)), dtype=object)
        etat = np.array(np.broadcast_to(0 if column.etat is None else column.etat, (count,)), dtype=np.uint8)
        for rank, row in enumerate(self._open):
            sous = self._base(row).sous_score(titre)
            for place, bound in enumerate((sous.score_min, sous.score_max)):
                if bound is not None:
                    at, value = size + 2 * rank + place, bound * scale
                    number[at], divider[at], etat[at] = value.numerator, value.denominator, CONNU
        return Colonne(number, etat, divider)

    def _take_stages(self) -> None:
        """What is counted, and the lines that it takes, in two stages."""
        programme = self.population.plan.programme
        self.mesures = tuple(self.population.mesures())
        varies = [i for i, li in self.population.plan.entries() if li.param[0] == "réglage"]
        self._entries = {str(programme.lignes[i].param[1]): i for i in varies}
        self._kept: dict[int, dict[int, Colonne]] = {}
        self._etages = Etages(programme, [m.ligne for m in self.mesures], varies, effectif=len(self.etablissements))

    def _known(self, rows: slice) -> dict[int, Colonne]:
        if rows.start not in self._kept:
            entries = self.population.entries(self._etages.calcul.entrees)
            self._kept[rows.start] = self._etages.once(entries, rows)
        return self._kept[rows.start]

    def _entered(self, values: tuple[Fraction, ...]) -> dict[int, int]:
        found = {}
        for reglage, value in zip(self.reglages, values, strict=True):
            line = self._entries.get(reglage.ecrit)
            if line is not None:
                found[line] = int(value * self.population.plan.programme.lignes[line].echelle)
        return found

    def _sectors(self) -> Iterator[tuple[str, Any]]:
        if self._masks is None:
            held = [set(e.secteurs) for e in self.etablissements]
            listed = self.politique.secteurs if len(self.politique.secteurs) > 1 else ()
            self._masks = [(nom, np.array([nom in s for s in held], dtype=np.bool_)) for nom in listed]
        return iter(self._masks)

    # ------------------------------------------------------------ where the cohort is read again

    def _of_variant(self, values: tuple[Fraction, ...]) -> PopulationSimulee:
        """The cohort under the policy with these values: its statistics, its closed sums are taken again."""
        policy = varied(self.politique, dict(zip(self.reglages, values, strict=True)))
        found = PopulationSimulee(policy, self.etablissements, {}, ecartes=self.ecartes)
        found.gather()
        return found

    def _again(self, values: tuple[Fraction, ...], weights: Any) -> list[Releve]:
        """One setting on a cohort drawn from this one, its establishments repeated under other numbers."""
        policy = varied(self.politique, dict(zip(self.reglages, values, strict=True)))
        repeated = list(_repeated(self.etablissements, weights))
        return Simulation(policy, repeated, {}, ecartes=self.ecartes)._named(self.reglages, values)

    def _named(self, reglages: Iterable[Reglage], values: tuple[Fraction, ...]) -> list[Releve]:
        named = dict(zip((r.ecrit for r in reglages), values, strict=True))
        return [Releve(r.cohorte, named, r.secteur, r.etablissements, r.comptes) for r in self._at((), [])]


def _whole_only(releves: Iterable[Releve], number: int) -> list[Releve]:
    return [Releve(number, r.valeurs, "", r.etablissements, r.comptes) for r in releves if not r.secteur]


def _drawn(size: int, graine: int, rank: int) -> list[int]:
    """How many times each establishment is in a cohort drawn with replacement."""
    rng = random.Random(f"{graine}/{rank}")  # noqa: S311  # a simulation, not a secret
    counted = Counter(rng.choices(range(size), k=size))
    return [counted[k] for k in range(size)]


def _repeated(etablissements: Sequence[Etablissement], weights: Iterable[int]) -> Iterator[Etablissement]:
    from dataclasses import replace

    for one, times in zip(etablissements, weights, strict=True):
        for again in range(int(times)):
            yield one if not again else replace(one, finess=f"{one.finess}/{again}")


def _asked(interprete: Interpreteur, mesure: Mesure) -> Fraction | None:
    """What an interpreter says of a quantity; None while it is not settled."""
    politique = interprete.politique
    if mesure.sorte == "décision":
        return interprete.decision(politique.decisions[mesure.nom]).montant
    if mesure.sorte == "indicateur":
        vu = interprete.value(Cle("atteint", mesure.nom))
    else:
        span = politique.volets[mesure.nom].span
        sides = [Reference(Genre.TAUX, span, Cle(sorte, mesure.nom)) for sorte in ("score", "cible")]
        vu = interprete.eval(Comparaison(Genre.OUI_NON, span, "<", sides[0], sides[1]))
    return Fraction(int(vu.valeur)) if isinstance(vu.valeur, bool) else None


def _numbers(column: Colonne, size: int) -> tuple[Any, Any]:
    """The numbers and the states of a column, one a row."""
    number = np.broadcast_to(column.nombre, (size,))
    etat = np.zeros((), dtype=np.uint8) if column.etat is None else column.etat
    return number, np.broadcast_to(etat, (size,))


def _count(mesure: Mesure, number: Any, etat: Any, echelle: int, weights: Any) -> Compte:
    """A quantity over the establishments of a mask, or counted as many times as weights say."""
    known, open_ = etat == CONNU, etat > SANS_OBJET
    amounts = mesure.sorte == "décision"
    held = known & (number > 0 if amounts else number.astype(np.bool_))
    total = None
    if amounts:
        kept = number if number.dtype == object or _fits(number) else number.astype(object)
        kept = kept * known
        total = Fraction(int(kept.sum() if weights is None else (kept * weights).sum()), echelle)
    return Compte(_size(held, weights), _size(known, weights), _size(open_, weights), total)


def _fits(number: Any) -> bool:
    """Whether a sum of these stays within 64 bits, counted as many times as there are rows."""
    most = int(np.abs(number).max()) if number.size else 0
    return bool(most * max(number.size, 1) ** 2 < LARGEUR_64)


def _size(held: Any, weights: Any) -> int:
    return int(np.count_nonzero(held) if weights is None else (held * weights).sum())


def _stacked(parts: Sequence[Mapping[int, Colonne]], sizes: Sequence[int]) -> dict[int, Colonne]:
    from .exact.cohort import joined

    return {line: joined([p[line] for p in parts], sizes) for line in parts[0]}


__all__ = ["MOST", "Compte", "Genre", "Mesure", "Refus", "Releve", "Simulation"]
