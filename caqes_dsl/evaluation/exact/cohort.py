"""A cohort evaluated by columns: rows that columns settle, and the others, left to the interpreter."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from caqes_dsl.base.quantities import Genre, Valeur
from caqes_dsl.evaluation.explain import Calculateur, Interpreteur, result_of
from caqes_dsl.evaluation.facts import Etablissement
from caqes_dsl.evaluation.population import Echantillon, Partage, Population, largest_remainder, measure
from caqes_dsl.evaluation.trace import Resultat
from caqes_dsl.model.nodes import Agregat, Decision, Politique, Propriete

from .columns import Calcul, Colonne, Entiers, slices
from .complet import Plan, Sortie, Statistique, plan_of
from .encode import Lecture
from .expressions import EPOQUE
from .lines import CONNU, INDECIS, MANQUANT, SANS_OBJET
from .shortcuts import LARGEST


class Refus(Exception):
    """A policy that columns do not evaluate, with the expressions and the reasons in French."""

    def __init__(self, excuses: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{nom} : {reason}" for nom, reason in excuses.items()))
        self.excuses = excuses


@dataclass(frozen=True, slots=True)
class Colonnes:
    """What a cohort gives: a column for each wanted quantity; `restes`: the rows that the interpreter evaluated."""

    plan: Plan
    effectif: int
    colonnes: Mapping[tuple[str, str], tuple[Sortie, Colonne]]
    restes: Mapping[int, Resultat]

    def values(self, sorte: str, nom: str = "") -> list[Valeur | None]:
        """The exact values of a quantity, row by row; None where it has none. The rows of `restes` are not filled."""
        sortie, colonne = self.colonnes[sorte, nom]
        return values_of(self.plan, sortie, colonne)


def values_of(plan: Plan, sortie: Sortie, colonne: Colonne) -> list[Valeur | None]:
    """The exact values of a column; None where there is none."""
    scale = plan.programme.lignes[sortie.ligne].echelle
    numbers = colonne.nombre.tolist()
    states = colonne.etat.tolist() if colonne.etat is not None else [CONNU] * len(numbers)
    dividers = colonne.diviseur.tolist() if colonne.diviseur is not None else [1] * len(numbers)
    names = {code: nom for nom, code in plan.codes.items()}
    seen: dict[tuple[int, int], Valeur] = {}
    found: list[Valeur | None] = []
    for number, state, divider in zip(numbers, states, dividers, strict=True):
        if state != CONNU:
            found.append(None)
            continue
        key = (int(number), int(divider))
        if key not in seen:
            seen[key] = _valued(Fraction(key[0], scale * key[1]), sortie.genre, names)
        found.append(seen[key])
    return found


def _valued(number: Fraction, genre: Genre, names: Mapping[int, str]) -> Valeur:
    from datetime import timedelta

    if genre is Genre.OUI_NON:
        return bool(number)
    if genre in (Genre.CHOIX, Genre.NIVEAU):
        return names[int(number)]
    return EPOQUE + timedelta(days=int(number)) if genre is Genre.DATE else number


class PopulationColonnes(Population):
    """A cohort whose quantities are read in columns where these settle them.

    `raccourcis`: tables are made of what follows from two small numbers, also where the rows are few.
    """

    def __init__(
        self,
        politique: Politique,
        etablissements: Sequence[Etablissement],
        *,
        ecartes: int = 0,
        raccourcis: bool = False,
    ) -> None:
        super().__init__(politique, etablissements, ecartes=ecartes, interprete=Calculateur)
        self._tabled = raccourcis
        self.lecture = Lecture(politique, etablissements)
        self.gabarits = self.lecture.gabarits()
        self._statistics: dict[str, tuple[int, int]] = {}
        self._given: dict[tuple[str, str], Colonne] = {}
        self._sums: dict[str, Statistique] = {}
        self._shared: dict[str, Partage] = {}
        self.plan = self._planned()

    def _planned(self) -> Plan:
        plan = self.lowered(self._statistics)
        if plan.excuses:
            raise Refus(plan.excuses)
        self._entries = self.lecture.entries(plan)
        return plan

    def lowered(self, statistiques: Mapping[str, tuple[int, int]]) -> Plan:
        """The lines of the policy."""
        return plan_of(self.politique, self.gabarits, statistiques)

    def gather(self) -> None:
        """Computes what is read over all the rows: statistics, then shares of closed sums."""
        self._take_statistics()
        self._share_envelopes()

    def entries(self, lines: Iterable[int]) -> dict[int, Colonne]:
        """What these entries hold, statistics and shares included."""
        found = {}
        for index in lines:
            sorte, nom = (str(p) for p in self.plan.programme.lignes[index].param)
            found[index] = self._given[sorte, nom] if sorte in ("statistique", "part") else self._entries[index]
        return found

    def raw_entries(self, lines: Iterable[int]) -> dict[int, Colonne]:
        """What these entries hold, answers as the codes of their levels."""
        raw = self.lecture.entries(self.plan, octets=False)
        return {i: raw.get(i, column) for i, column in self.entries(lines).items()}

    def evaluate(self) -> Colonnes:
        """Every wanted quantity of every row."""
        self.gather()
        return self.collected(self.run({s.ligne for s in self.plan.sorties}))

    def collected(self, columns: Mapping[int, Colonne]) -> Colonnes:
        """The wanted lines as results; rows where one is open are evaluated by the interpreter."""
        size = len(self.interpretes)
        open_ = np.zeros(size, dtype=np.bool_)
        for sortie in self.plan.sorties:
            etat = columns[sortie.ligne].etat
            if etat is not None:
                open_ |= (etat == MANQUANT) | (etat == INDECIS)
        restes = {int(i): result_of(self.interpretes[int(i)]) for i in np.flatnonzero(open_)}
        found = {(s.sorte, s.nom): (s, columns[s.ligne]) for s in self.plan.sorties}
        return Colonnes(self.plan, size, found, restes)

    def doubtful(self, propriete: Propriete) -> Iterator[Interpreteur]:
        """The establishments on which a limite or a contrôle is to be judged: those where it is not surely held."""
        line = self.plan.proprietes.get(propriete.nom)
        rows: Iterable[int] = range(len(self.interpretes))
        if line is not None:
            column = self.run({line})[line]
            held = column.nombre.astype(np.bool_)
            if column.etat is not None:
                held &= column.etat == CONNU
            rows = np.flatnonzero(~held).tolist()
        return (self.interpretes[row] for row in rows)

    def run(self, wanted: Sequence[int] | set[int]) -> dict[int, Colonne]:
        """These lines over all the rows."""
        size = len(self.interpretes)
        calcul = Calcul(self.plan.programme, wanted, effectif=LARGEST if self._tabled else size)
        entries = self.entries(calcul.entrees)
        parts = [calcul.run(entries, rows) for rows in slices(size)]
        return {line: joined([p[line] for p in parts], [r.stop - r.start for r in slices(size)]) for line in wanted}

    # ------------------------------------------------------------ statistics

    def _take_statistics(self) -> None:
        """Each statistic in its turn: an inner one comes before what reads it."""
        done: set[str] = set()
        while waiting := [(i, s) for i, s in self.plan.statistiques.items() if repr(s.noeud) not in done]:
            _, statistique = waiting[0]
            nom = repr(statistique.noeud)
            column = self._statistic(statistique)
            self._given["statistique", nom] = column
            top = max((abs(int(n)) for n in column.nombre.tolist()), default=1)
            below = max((int(d) for d in column.diviseur.tolist()), default=1) if column.diviseur is not None else 1
            self._statistics[nom] = (_decade(top), _decade(below))
            done.add(nom)
            self.plan = self._planned()

    def _statistic(self, statistique: Statistique) -> Colonne:
        """The value that each row reads."""
        noeud = statistique.noeud
        self._sums[repr(noeud)] = statistique
        seen = [self._asked(noeud, i, interprete) for i, interprete in enumerate(self._readers(statistique))]
        return _ratios(seen)

    def _readers(self, statistique: Statistique) -> list[Interpreteur]:
        self._fill(statistique)
        return self.interpretes

    def _fill(self, statistique: Statistique) -> None:
        """Reads the term, who counts and the group of every row in columns."""
        noeud = statistique.noeud
        lines = {"terme": statistique.terme, "parmi": statistique.parmi, "par": statistique.par}
        columns = self.run({n for n in lines.values() if n is not None})
        genres = {
            "terme": noeud.terme.genre if noeud.terme is not None else Genre.ENTIER,
            "parmi": Genre.OUI_NON,
            "par": noeud.par.genre if noeud.par is not None else Genre.ENTIER,
        }
        size = len(self.interpretes)
        read: dict[str, list[Valeur | None]] = {}
        unsure = np.zeros(size, dtype=np.bool_)
        for what, line in lines.items():
            if line is None:
                continue
            column = columns[line]
            read[what] = values_of(self.plan, Sortie(what, "", line, genres[what]), column)
            if column.etat is not None:
                unsure |= (column.etat == MANQUANT) | (column.etat == INDECIS)
        self._columns = read
        self._unsure = unsure
        self._read_for = noeud

    def _asked(self, noeud: Agregat, row: int, interprete: Interpreteur) -> Fraction | int | None:
        """What a row reads: the number, or the state that it has without one."""
        if self._unsure[row]:
            seen = self.statistique(noeud, interprete)
            if isinstance(seen.valeur, Fraction):
                return seen.valeur
            return MANQUANT if seen.manquants else SANS_OBJET
        return self._settled_reading(noeud, row)

    def _settled_reading(self, noeud: Agregat, row: int) -> Fraction | int | None:
        group = self._columns["par"][row] if noeud.par is not None else None
        if noeud.par is not None and group is None:
            return SANS_OBJET
        sample = self.echantillon(noeud, group)
        if noeud.fonction != "rang":
            return SANS_OBJET if sample.resultat is None else sample.resultat
        if noeud.parmi is not None and self._columns["parmi"][row] is not True:
            return SANS_OBJET
        own = self._columns["terme"][row]
        if not isinstance(own, Fraction):
            return SANS_OBJET
        from bisect import bisect_right

        return Fraction(1 + len(sample.valeurs) - bisect_right(sample.valeurs, own))

    def echantillon(self, noeud: Agregat, groupe: Valeur | None) -> Echantillon:
        """What a statistic rests on, once for each group: by columns where they settle the row."""
        key = (noeud, groupe)
        if key in self._echantillons or getattr(self, "_read_for", None) != noeud:
            return super().echantillon(noeud, groupe)
        values: list[Fraction] = []
        without: list[str] = []
        for row, interprete in enumerate(self.interpretes):
            value = self._counts(noeud, groupe, row, interprete)
            if value is None:
                without.append(interprete.etablissement.finess)
            elif value is not False:
                values.append(value if isinstance(value, Fraction) else Fraction(1))
        values.sort()
        self._echantillons[key] = Echantillon(tuple(values), tuple(without), measure(noeud, values))
        return self._echantillons[key]

    def _counts(
        self, noeud: Agregat, groupe: Valeur | None, row: int, interprete: Interpreteur
    ) -> Fraction | bool | None:
        if self._unsure[row]:
            from caqes_dsl.evaluation.population import counted

            return counted(noeud, groupe, interprete)
        read = self._columns
        if noeud.parmi is not None and read["parmi"][row] is not True:
            return False
        if noeud.par is not None and (read["par"][row] is None or read["par"][row] != groupe):
            return False
        if noeud.terme is None:
            return True
        term = read["terme"][row]
        return term if isinstance(term, Fraction) else False

    # ------------------------------------------------------------ envelopes

    def _share_envelopes(self) -> None:
        for index, enveloppe in self.plan.enveloppes.items():
            partage = self._share_by_columns(index)
            decision = enveloppe.decision
            self._partages[decision.nom] = partage
            if partage.parts is None:
                column = Colonne(np.array(0, dtype=np.int64), np.array(INDECIS, dtype=np.uint8))
            else:
                scale = decision.arrondi.denominator
                zero = Fraction(0)
                cents = [int(partage.parts.get(i.etablissement.finess, zero) * scale) for i in self.interpretes]
                column = Colonne(np.array(cents, dtype=np.int64))
            self._given["part", decision.nom] = column

    def _share_by_columns(self, index: int) -> Partage:
        """How an envelope is shared; one that an interpreter must look into is left to it whole."""
        enveloppe = self.plan.enveloppes[index]
        decision: Decision = enveloppe.decision
        columns = self.run({enveloppe.concerne, enveloppe.cle, enveloppe.montant})
        unsure = any(
            c.etat is not None and bool(((c.etat == MANQUANT) | (c.etat == INDECIS)).any()) for c in columns.values()
        )
        if unsure or self.ecartes or not self.interpretes:
            return super()._share(decision)
        assert decision.au_prorata is not None
        concerned = values_of(self.plan, Sortie("", "", enveloppe.concerne, Genre.OUI_NON), columns[enveloppe.concerne])
        keys = values_of(self.plan, Sortie("", "", enveloppe.cle, decision.au_prorata.genre), columns[enveloppe.cle])
        total = values_of(self.plan, Sortie("", "", enveloppe.montant, Genre.MONTANT), columns[enveloppe.montant])[0]
        held = {
            i.etablissement.finess: key
            for i, here, key in zip(self.interpretes, concerned, keys, strict=True)
            if here is True and isinstance(key, Fraction)
        }
        if not isinstance(total, Fraction):
            return Partage(None, None)
        return Partage(total, *largest_remainder(total, decision.arrondi, held), cles=held)


def _ratios(seen: Sequence[Fraction | int | None]) -> Colonne:
    """Fractions as a number and its divider; an integer is the state of a row without one."""
    numbers = [v.numerator if isinstance(v, Fraction) else 0 for v in seen]
    dividers = [v.denominator if isinstance(v, Fraction) else 1 for v in seen]
    states = [CONNU if isinstance(v, Fraction) else v for v in seen]
    kind = np.int64 if max(map(abs, numbers), default=0) < 2**62 and max(dividers, default=1) < 2**62 else object
    etat = np.array(states, dtype=np.uint8) if any(states) else None
    return Colonne(np.array(numbers, dtype=kind), etat, np.array(dividers, dtype=kind))


def _decade(size: int) -> int:
    return int(10 ** len(str(size)))


def joined(parts: Sequence[Colonne], sizes: Sequence[int]) -> Colonne:
    """Slices one after the other, a value that holds for all rows repeated."""
    if not parts:
        return Colonne(np.zeros(0, dtype=np.int64))

    def whole(columns: Sequence[Entiers | None], default: int) -> Entiers | None:
        if all(c is None for c in columns):
            return None
        kinds = [c for c in columns if c is not None]
        kind = object if any(c.dtype == object for c in kinds) else np.result_type(*(c.dtype for c in kinds))
        filled = [
            np.broadcast_to(np.asarray(default if c is None else c, dtype=kind), (n,))
            for c, n in zip(columns, sizes, strict=True)
        ]
        return np.concatenate(filled)

    number = whole([p.nombre for p in parts], 0)
    assert number is not None
    return Colonne(number, whole([p.etat for p in parts], CONNU), whole([p.diviseur for p in parts], 1))
