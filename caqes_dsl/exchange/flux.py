"""A Parquet file larger than memory, evaluated batch by batch into another.

A row that is plainly right (typed cells, levels by their names, facts inside their bounds) is read in columns. Any
other row, and any that lacks what something depends on, goes through the ordinary reader and the interpreter: what is
said of it, and its result, are theirs.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from caqes_dsl import __version__
from caqes_dsl.base.diagnostics import Diagnostic
from caqes_dsl.base.quantities import Genre, Valeur
from caqes_dsl.evaluation.exact.cohort import values_of
from caqes_dsl.evaluation.exact.columns import Calcul, Colonne, integers
from caqes_dsl.evaluation.exact.complet import Plan, Sortie, plan_of
from caqes_dsl.evaluation.exact.expressions import Gabarit
from caqes_dsl.evaluation.exact.grid import octets_of
from caqes_dsl.evaluation.exact.lines import CONNU, MANQUANT, Ligne
from caqes_dsl.model.nodes import Donnee, Politique

from .cohort import Cohorte, exercise_of, gather
from .columns import Colonne as Entete
from .columns import Role, recognise, required
from .engines import refusal
from .findings import Constat, Registre
from .identity import read_finess
from .lots import Lecteur, Lot
from .numbers import Usage
from .parquet import ParquetAbsent, absent, load_pyarrow
from .records import tabulate
from .results import Colonne as ColonneResultat
from .results import column_names, table_columns
from .results_columns import headings
from .table import VIDE, Tableau, text_cell
from .write import machine_text, receipt

LOT = 1 << 16
"""Rows read, evaluated and written together."""
PART = 500
"""Rows that the ordinary reader is given at once."""
MANY = 100_000
"""Rows from which a file is evaluated so: more than the ordinary reader takes."""
MONTANTS, AUTRES = 10**13, 10**11
_TOLD = 40
_A, _ZERO, _BASE = ord("A"), ord("0"), 36
_PRECISION = 38


@dataclass(slots=True)
class Ecoulement:
    """What was done: establishments evaluated, rows set aside, and what is said of them.

    `sans_effet`: answers of plain rows that do not count, the criterion being outside the sectors declared.
    """

    evalues: int = 0
    a_corriger: int = 0
    sans_effet: int = 0
    diagnostics: list[Diagnostic] = field(default_factory=list)
    tus: int = 0

    def say(self, found: Iterable[Diagnostic]) -> None:
        """Keeps the first diagnostics, and counts the others."""
        for diagnostic in found:
            if len(self.diagnostics) < _TOLD:
                self.diagnostics.append(diagnostic)
            else:
                self.tus += 1


def is_large(chemin: Path) -> bool:
    """Whether a file is a Parquet of more rows than the ordinary reader takes."""
    if chemin.suffix.lower() != ".parquet" or not chemin.is_file():
        return False
    try:
        _, parquet = load_pyarrow()
        return int(parquet.ParquetFile(chemin).metadata.num_rows) > MANY
    except Exception:  # the ordinary reader says what is wrong with it
        return False


def evaluate_file(
    politique: Politique, donnees: Path, sortie: Path, *, exercice: int | None = None
) -> Ecoulement | list[Diagnostic]:
    """Evaluates a Parquet file into another, written whole or not at all; or why it cannot be.

    Memory: one batch, the columns of earlier exercices that the policy reads, and eight bytes a row.
    """
    try:
        load_pyarrow()
    except ParquetAbsent:
        registre = Registre(str(donnees))
        registre.add(absent())
        return list(registre.diagnostics())
    try:
        flux = Flux(politique, donnees, exercice)
    except Refuse as refused:
        return refused.diagnostics
    partial = sortie.with_name(f".{sortie.name}.partiel")
    try:
        done = flux.run(partial)
        os.replace(partial, sortie)
    except OSError as error:
        reason = error.strerror or "erreur d'écriture"
        return [Diagnostic("CAQ801", f"« {sortie} » ne peut pas être écrit : {reason}.", fichier=str(sortie))]
    finally:
        with contextlib.suppress(OSError):
            partial.unlink()
    return done


class Refuse(Exception):
    """A file or a policy that is not evaluated so."""

    def __init__(self, diagnostics: list[Diagnostic]) -> None:
        super().__init__()
        self.diagnostics = diagnostics


class Flux:
    """One file under one policy."""

    def __init__(self, politique: Politique, donnees: Path, exercice: int | None) -> None:
        self.politique, self.donnees = politique, donnees
        self.arrow, self.parquet = load_pyarrow()
        self.file = self.parquet.ParquetFile(donnees, page_checksum_verification=True)
        schema = self.file.schema_arrow
        registre = Registre(str(donnees))
        found = recognise(politique, Tableau(tuple(schema.names), iter(()), Usage.PROGRAMME), registre)
        year = exercice if exercice is not None else exercise_of(politique)
        if year is None:
            message = "La politique vaut pour plusieurs exercices : rien ne dit lequel évaluer."
            registre.add(Constat("CAQ613", message, "Ajoutez par exemple « --exercice 2018 »."))
        self.year = year or 0
        headings_ = {c.nom for c in found}
        self.columns: dict[tuple[Role, str], Entete] = {(c.role, c.nom): c for c in found}
        self.types = {c.entete: schema.field(c.index).type for c in found}
        for column in found:
            if column.role is Role.DONNEE and self.arrow.types.is_floating(self.types[column.entete]):
                message = f"La colonne « {column.entete} » est en virgule flottante : ses nombres ne sont pas exacts."
                registre.add(Constat("CAQ604", message, "Écrivez-la en DECIMAL.", colonne=column.entete))
        if registre.refuse or not headings_.issuperset(required(politique)):
            raise Refuse(list(registre.diagnostics()))
        self.said = list(registre.diagnostics())
        self.plan = self._planned()
        self.noms = column_names(politique)
        self.out = self._schema()
        self.lecteur = Lecteur(politique, self.arrow, self.columns, self.plan.codes)
        self._octets = octets_of(self.plan.programme)
        wanted = [s.ligne for s in self.plan.sorties]
        self.calcul = Calcul(self.plan.programme, wanted, effectif=self.file.metadata.num_rows)
        self.reculs = sorted({_recul(li) for _, li in self.plan.entries()} - {0})
        self._look_ahead()

    def _planned(self) -> Plan:
        """The lines of the policy; refused when they read the whole cohort."""
        for most in (MONTANTS, AUTRES):
            gabarits = {d.nom: self._reading(d, most) for d in self.politique.donnees.values() if d.genre.is_number}
            plan = plan_of(self.politique, gabarits)
            if not plan.excuses:
                break
        excuses = dict(plan.excuses)
        for statistique in plan.statistiques.values():
            excuses[" ".join(statistique.noeud.span.texte.split())] = "elle dépend de toute la région"
        for enveloppe in plan.enveloppes.values():
            excuses[enveloppe.decision.nom] = "elle se partage entre tous les établissements"
        if excuses:
            raise Refuse([refusal(self.politique, excuses, "lot par lot")])
        return plan

    def _reading(self, donnee: Donnee, most: int) -> Gabarit:
        column = self.columns.get((Role.DONNEE, donnee.nom))
        kind = self.types[column.entete] if column is not None else None
        scale = kind.scale if kind is not None and self.arrow.types.is_decimal(kind) else 0
        return Gabarit(min(int(scale), 6), most if donnee.genre is Genre.MONTANT else AUTRES)

    # ------------------------------------------------------------ who is there

    def _look_ahead(self) -> None:
        """Reads who each row is about: rows of one establishment and exercice must be one; earlier ones are joined."""
        keys, years, odd = [], [], []
        finess = self.columns[Role.FINESS, "finess"].entete
        exercice = self.columns[Role.EXERCICE, "exercice"].entete
        for batch in self.file.iter_batches(LOT, columns=[finess, exercice]):
            known, strange = self._keys(batch.column(finess))
            keys.append(known)
            odd.append(strange)
            years.append(self._years(batch.column(exercice)))
        self.keys = np.concatenate(keys) if keys else np.zeros(0, dtype=np.int64)
        self.years = np.concatenate(years) if years else np.zeros(0, dtype=np.int16)
        self.odd = np.concatenate(odd) if odd else np.zeros(0, dtype=np.bool_)
        sound = (self.keys >= 0) & (self.years > 0) & ~self.odd
        both = np.where(sound, self.keys * 256 + (self.years.astype(np.int64) - 1980), -1 - np.arange(len(self.keys)))
        _, first, counts = np.unique(both, return_index=True, return_counts=True)
        doubled = np.isin(both, both[first[counts > 1]])
        # Rows that cannot be told apart, or whose exercice cannot be read, may be anyone's past.
        unclear = ~sound | doubled
        self.unclear = unclear | np.isin(self.keys, self.keys[unclear & (self.keys >= 0)])
        self.doubted = self._doubted()
        self.past = {k: self._past(k) for k in self.reculs}
        if not (self.years == self.year).any():
            message = f"Aucune ligne n'est de l'exercice {self.year}."
            raise Refuse([Diagnostic("CAQ613", message, fichier=str(self.donnees), aide="Vérifiez le fichier.")])

    def _keys(self, column: Any) -> tuple[Any, Any]:
        """FINESS as whole numbers, and those that are not plainly one: the number that they may be, or -1."""
        if not (self.arrow.types.is_string(column.type) or self.arrow.types.is_large_string(column.type)):
            column = self.arrow.array([None if v is None else str(v) for v in column.to_pylist()], self.arrow.string())
        compute = self.arrow.compute
        plain = compute.match_substring_regex(column, r"^(?:[0-9]{2}|2[AB])[0-9]{7}$")
        known = np.asarray(compute.fill_null(plain, False))
        filled = compute.if_else(compute.fill_null(plain, False), column, "000000000")
        letters = np.frombuffer("".join(filled.to_pylist()).encode(), dtype=np.uint8).reshape(-1, 9).astype(np.int64)
        digits = np.where(letters >= _A, letters - _A + 10, letters - _ZERO)
        weights = _BASE ** np.arange(8, -1, -1, dtype=np.int64)
        values = np.where(known, digits @ weights, -1)
        for row in np.flatnonzero(~known).tolist():
            values[row] = _perhaps(column[row].as_py())
        return values, ~known

    def _years(self, column: Any) -> Any:
        if not self.arrow.types.is_integer(column.type):
            return np.zeros(len(column), dtype=np.int16)
        years = np.asarray(self.arrow.compute.fill_null(column.cast("int64"), 0))
        return np.where((years >= 1990) & (years <= 2199), years, 0).astype(np.int16)

    def _doubted(self) -> Any:
        """The establishments that have, in an earlier exercice, a row that is not plain."""
        earlier = (self.years > 0) & (self.years < self.year)
        found: list[Any] = []
        start = 0
        for batch in self.file.iter_batches(LOT) if earlier.any() else ():
            mine = np.flatnonzero(earlier[start : start + batch.num_rows])
            if len(mine):
                lot = self.lecteur.lot(batch.take(self.arrow.array(mine)), past=True)
                self.lecteur.check(lot)
                found.append(self.keys[start + mine[lot.irregular]])
            start += batch.num_rows
        return np.unique(np.concatenate(found)) if found else np.zeros(0, dtype=np.int64)

    def _past(self, recul: int) -> tuple[Any, dict[int, Colonne]]:
        """The rows of an earlier exercice: their establishments in order, and what is read of them."""
        rows = np.flatnonzero(self.years == self.year - recul)
        entries = [(i, li) for i, li in self.plan.entries() if _recul(li) == recul]
        parts: list[dict[int, Colonne]] = []
        start = 0
        names = self._names(entries)
        for batch in self.file.iter_batches(LOT, columns=names) if len(rows) else ():
            stop = start + batch.num_rows
            mine = rows[(rows >= start) & (rows < stop)] - start
            if len(mine):
                lot = self.lecteur.lot(batch.take(self.arrow.array(mine)), past=True)
                parts.append({i: self.lecteur.entry(lot, li) for i, li in entries})
            start = stop
        keys = self.keys[rows]
        order = np.argsort(keys, kind="stable")
        return keys[order], {i: _taken(_stacked([p[i] for p in parts]), order) for i, _ in entries} if parts else {}

    def _names(self, entries: Sequence[tuple[int, Ligne]]) -> list[str]:
        """The columns of the file that some entries read."""
        found = [self.columns[Role.SECTEURS, "secteurs"].entete] if self.politique.secteurs else []
        for _, ligne in entries:
            nom = str(ligne.param[1]).partition(" N-")[0]
            for role in (Role.REPONSE, Role.MOTIF, Role.DONNEE, Role.ENREGISTRE):
                if (role, nom) in self.columns:
                    found.append(self.columns[role, nom].entete)
        return list(dict.fromkeys(found)) or [self.columns[Role.FINESS, "finess"].entete]

    # ------------------------------------------------------------ batches

    def run(self, sortie: Path) -> Ecoulement:
        """Evaluates every batch into a file."""
        done = Ecoulement()
        done.say(self.said)
        writer = self.parquet.ParquetWriter(sortie, self.out, compression="snappy", write_page_checksum=True)
        start = 0
        try:
            for batch in self.file.iter_batches(LOT):
                rows = np.arange(start, start + batch.num_rows)
                start += batch.num_rows
                kept = np.flatnonzero(
                    (self.years[rows] == self.year) | (self.unclear[rows] & (self.years[rows] <= self.year))
                )
                if len(kept):
                    taken = batch.take(self.arrow.array(kept))
                    writer.write_table(self._evaluated(taken, rows[kept], done))
        finally:
            writer.close()
        done.diagnostics += self._remarks(done)
        if done.tus:
            message = f"{done.tus} autres constats ne sont pas détaillés."
            done.diagnostics.append(Diagnostic("CAQ618", message, fichier=str(self.donnees)))
        return done

    def _remarks(self, done: Ecoulement) -> list[Diagnostic]:
        """What is said once for the whole file, where the ordinary reader names each row."""
        found: list[tuple[str, str, str]] = []
        if done.sans_effet:
            message = (
                f"{done.sans_effet} réponses ne comptent pas : leur critère ne s'applique pas aux secteurs déclarés."
            )
            found.append(("CAQ616", message, "Vérifiez les secteurs des établissements."))
        later = int((self.years > self.year).sum())
        if later:
            message = f"{later} lignes d'exercices postérieurs ne sont pas lues : l'exercice évalué est {self.year}."
            found.append(("CAQ621", message, "Pour les évaluer, demandez leur exercice par « --exercice »."))
        earlier = np.unique(self.keys[(self.years > 0) & (self.years < self.year)])
        gone = len(np.setdiff1d(earlier, self.keys[self.years == self.year]))
        if gone:
            message = f"{gone} établissements sans ligne de l'exercice {self.year} ne sont pas évalués."
            found.append(("CAQ621", message, "Ajoutez leur ligne, ou retirez-les du fichier."))
        return [Diagnostic(code, message, fichier=str(self.donnees), aide=aide) for code, message, aide in found]

    def _evaluated(self, batch: Any, rows: Any, done: Ecoulement) -> Any:
        """The results of a batch, as a table of the schema written."""
        keys = self.keys[rows]
        lot = self.lecteur.lot(batch)
        lot.mark(self.unclear[rows] | (self.years[rows] != self.year) | np.isin(keys, self.doubted))
        entries, read = {}, set()
        for index, ligne in self.plan.entries():
            recul = _recul(ligne)
            entries[index] = self._joined(index, ligne, recul, keys, lot) if recul else self.lecteur.entry(lot, ligne)
            if not recul:
                read.add((_ROLES.get(str(ligne.param[0]), Role.DONNEE), str(ligne.param[1])))
        self.lecteur.check(lot, frozenset(read))
        done.sans_effet += lot.sans_effet
        packed = {i: self._packed(i, c) for i, c in entries.items()}
        columns = self.calcul.run(packed, slice(0, len(rows)))
        open_ = lot.irregular.copy()
        for sortie in self.plan.sorties:
            etat = columns[sortie.ligne].etat
            if etat is not None:
                open_ |= etat >= MANQUANT
        settled = np.flatnonzero(~open_)
        others = np.flatnonzero(open_)
        done.evalues += len(settled)
        table = self._written(lot, columns, settled)
        if not len(others):
            return table
        left, kept = self._interpreted(batch, rows, others, done)
        whole = self.arrow.concat_tables([table, left])
        order = np.argsort(np.concatenate([settled, kept]), kind="stable")
        return whole.take(self.arrow.array(order))

    def _packed(self, index: int, column: Colonne) -> Colonne:
        """Answers as a grid adds them."""
        if index not in self._octets:
            return column
        table, is_open = self._octets[index]
        etat = column.etat
        if etat is not None and not is_open:
            etat = np.where(etat == MANQUANT, np.uint8(CONNU), etat)
        return Colonne(table[column.nombre], etat if etat is not None and etat.any() else None)

    def _joined(self, index: int, ligne: Ligne, recul: int, keys: Any, lot: Lot) -> Colonne:
        """What is read of an earlier exercice, for the establishments of a batch; missing where it has no row."""
        known, columns = self.past[recul]
        missing = np.full(len(keys), MANQUANT, dtype=np.uint8)
        if index not in columns:
            if ligne.param[0] == "secteur":
                return self.lecteur.entry(lot, ligne)
            return Colonne(np.zeros(len(keys), dtype=integers(ligne.borne)), missing)
        place = np.minimum(np.searchsorted(known, keys), max(len(known) - 1, 0))
        here = known[place] == keys
        column = columns[index]
        etat = np.where(here, CONNU if column.etat is None else column.etat[place], MANQUANT).astype(np.uint8)
        number = np.where(here, column.nombre[place], 0).astype(column.nombre.dtype)
        if ligne.param[0] == "secteur":
            now = self.lecteur.entry(lot, ligne)
            return Colonne(np.where(here, number.astype(np.bool_), now.nombre))
        return Colonne(number, etat if etat.any() else None)

    # ------------------------------------------------------------ results

    def _schema(self) -> Any:
        """The columns of results; the type of a number follows from the policy alone, not from what the file holds."""
        self.listed = tuple(table_columns(self.politique, (), self.noms))
        self.kinds: dict[str, tuple[Sortie | None, Any]] = {}
        by = {h: s for s in self.plan.sorties for h in headings(self.politique, s.sorte, s.nom, self.noms)}
        fields = []
        for column in self.listed:
            sortie = by.get(column.nom)
            kind = self._kind(column, sortie)
            self.kinds[column.nom] = (sortie, kind)
            fields.append(self.arrow.field(column.nom, kind, metadata={"titre": column.titre}))
        cohorte = Cohorte(self.year, (), (), (), str(self.donnees))
        recu = receipt(self.politique, 0, cohorte, None, __version__)
        del recu["etablissements"], recu["a_corriger"]
        return self.arrow.schema(fields, metadata={"caqes": json.dumps(recu, ensure_ascii=False)})

    def _kind(self, column: ColonneResultat, sortie: Sortie | None) -> Any:
        if column.genre is None or not column.genre.is_number or sortie is None:
            return self.arrow.string()
        ligne = self.plan.programme.lignes[sortie.ligne]
        places = _places(Fraction(_unit(column.genre), ligne.echelle))
        if ligne.divise or places is None or places > 12:
            return self.arrow.string()
        return self.arrow.decimal128(_PRECISION, max(places, 2 if column.genre is Genre.MONTANT else 0))

    def _written(self, lot: Lot, columns: Mapping[int, Colonne], rows: Any) -> Any:
        """The rows that columns settle, as a table."""
        arrays, size = [], len(rows)
        taken = {line: _taken(column, rows) for line, column in columns.items()}
        constant = {
            "politique": self.politique.nom, "empreinte": self.politique.empreinte, "version": __version__,
            "statut_politique": "projet" if self.politique.est_projet else "adopté",
        }  # fmt: skip
        for name, (sortie, kind) in self.kinds.items():
            if sortie is not None:
                arrays.append(self._array(sortie, taken[sortie.ligne], kind, size))
            elif name in constant:
                arrays.append(self.arrow.array([constant[name]] * size, kind))
            elif name == "statut":
                arrays.append(self._statuts(taken, size))
            elif name in _IDENTITE:
                arrays.append(self._identity(lot, name).take(self.arrow.array(rows)).cast(kind))
            else:
                arrays.append(self.arrow.nulls(size, kind))
        return self.arrow.Table.from_arrays(arrays, schema=self.out)

    def _identity(self, lot: Lot, name: str) -> Any:
        """Who the rows are about, as results write it."""
        if name == "secteurs":
            return self.lecteur.secteurs(lot)
        column = self.columns.get((_IDENTITE[name], name))
        if column is None:
            return self.arrow.nulls(lot.size, self.arrow.string())
        values = lot.batch.column(column.entete)
        if name != "raison_sociale":
            return values
        compute = self.arrow.compute
        clean = compute.utf8_normalize(compute.utf8_trim_whitespace(values.cast(self.arrow.string())), form="NFC")
        return compute.if_else(compute.equal(clean, ""), None, clean)

    def _statuts(self, taken: Mapping[int, Colonne], size: int) -> Any:
        if not self.politique.criteres:
            return self.arrow.array(["complet"] * size, self.arrow.string())
        (line,) = {s.ligne for s in self.plan.sorties if (s.sorte, s.nom) == ("points_applicables", "")}
        some = np.broadcast_to(taken[line].nombre, (size,)) != 0
        return self.arrow.compute.if_else(self.arrow.array(some), "complet", "sans_objet")

    def _array(self, sortie: Sortie, column: Colonne, kind: Any, size: int) -> Any:
        """A column of results."""
        ligne = self.plan.programme.lignes[sortie.ligne]
        number = np.broadcast_to(column.nombre, (size,))
        etat = np.broadcast_to(np.uint8(CONNU) if column.etat is None else column.etat, (size,))
        known = etat == CONNU
        if self.arrow.types.is_decimal128(kind) and number.dtype != object:
            scaled = number.astype(np.int64)
            times = 10**kind.scale * _unit(sortie.genre) // ligne.echelle
            if ligne.borne * times < 2**62:
                return _decimals(self.arrow, scaled * times, known, kind)
        divider = np.broadcast_to(1 if column.diviseur is None else column.diviseur, (size,))
        pairs, ranks = _distinct(number, divider, known)
        said = [None if p is None else _said(self.plan, sortie, *p) for p in pairs]
        if self.arrow.types.is_decimal128(kind):
            from decimal import Decimal

            values: list[Any] = [None if t is None else Decimal(t) for t in said]
            return self.arrow.array(values, kind).take(self.arrow.array(ranks))
        return self.arrow.array(said, self.arrow.string()).take(self.arrow.array(ranks))

    def _interpreted(self, batch: Any, rows: Any, others: Any, done: Ecoulement) -> tuple[Any, Any]:
        """The rows left to the ordinary reader and to the interpreter, and their ranks in the batch."""
        numbers, table = self._alike(batch, rows, others)
        keys = self.keys[numbers]
        asked = {int(rows[rank]): int(rank) for rank in others}
        # Rows of one establishment are read together; those of none, whenever.
        parts = np.argsort(keys, kind="stable")
        cuts = np.flatnonzero(np.diff(keys[parts])) + 1
        tables: list[Any] = []
        kept: list[int] = []
        for part in _parted(parts, cuts.tolist()):
            records = table.take(self.arrow.array(part)).to_pylist()
            made, ranks = self._read_and_evaluated(dict(zip(numbers[part].tolist(), records, strict=True)), asked, done)
            tables.append(made)
            kept += ranks
        return self.arrow.concat_tables(tables), np.array(kept, dtype=np.int64)

    def _read_and_evaluated(
        self, numbered: Mapping[int, dict[str, Any]], asked: Mapping[int, int], done: Ecoulement
    ) -> tuple[Any, list[int]]:
        """The results of some rows of the file, and their ranks."""
        from caqes_dsl.evaluation.explain import Calculateur
        from caqes_dsl.evaluation.population import Population

        from .results import result_table

        cohorte = self._read(numbered)
        mine = replace(
            cohorte,
            etablissements=tuple(e for e in cohorte.etablissements if _row(e.lieu) in asked),
            ecartes=tuple(e for e in cohorte.ecartes if _row(e.lieu) in asked),
        )
        # Each establishment alone: nothing that is evaluated so depends on the others.
        alone = [Population(self.politique, (e,), interprete=Calculateur) for e in mine.etablissements]
        results = [result for one in alone for result in one.results()]
        table = result_table(self.politique, results, mine, __version__)
        done.evalues += len(results)
        done.a_corriger += len(mine.ecartes)
        done.say(d for d in cohorte.diagnostics if d.code not in _WHOLE_FILE)
        lieux = [*(e.lieu for e in mine.etablissements), *(e.lieu for e in mine.ecartes)]
        arrays = [_texts_of(self.arrow, c, self.kinds[c.nom][1], table.rangs) for c in self.listed]
        # In the order of the file, as the table is.
        ranks = [asked[row] for row in sorted(map(_row, lieux))]
        return self.arrow.Table.from_arrays(arrays, schema=self.out), ranks

    def _read(self, numbered: Mapping[int, dict[str, Any]]) -> Cohorte:
        """Rows of the file, read as the ordinary reader reads them, under their own numbers."""
        registre = Registre(str(self.donnees))
        order = sorted(numbered)
        tableau = tabulate([numbered[row] for row in order], registre)
        if tableau is None:
            raise Refuse(list(registre.diagnostics()))
        lignes = (replace(li, numero=row + 1) for li, row in zip(tableau.lignes, order, strict=True))
        tableau = replace(tableau, lignes=lignes)
        return gather(self.politique, tableau, registre, exercice=self.year, strict=False, nom=self.donnees.name)

    def _alike(self, batch: Any, rows: Any, others: Any) -> tuple[Any, Any]:
        """Some rows and those that are, or may be, of the same establishments: their numbers, and a table."""
        keys = self.keys[rows[others]]
        alike = np.isin(self.keys, keys[keys >= 0]) & (self.years <= self.year)
        alike[rows[others]] = False
        wanted = np.flatnonzero(alike)
        numbers, tables = [rows[others]], [self.arrow.Table.from_batches([batch.take(self.arrow.array(others))])]
        start = 0
        for group in range(self.file.metadata.num_row_groups if len(wanted) else 0):
            stop = start + self.file.metadata.row_group(group).num_rows
            if ((wanted >= start) & (wanted < stop)).any():
                for read in self.file.iter_batches(LOT, row_groups=[group]):
                    mine = wanted[(wanted >= start) & (wanted < start + read.num_rows)]
                    numbers.append(mine)
                    tables.append(self.arrow.Table.from_batches([read.take(self.arrow.array(mine - start))]))
                    start += read.num_rows
            start = stop
        return np.concatenate(numbers), self.arrow.concat_tables(tables)


def _parted(rows: Any, cuts: Sequence[int]) -> Iterator[Any]:
    """Rows in parts of about `PART`, cut only where they may be."""
    start = 0
    for cut in cuts:
        if cut - start >= PART:
            yield rows[start:cut]
            start = cut
    yield rows[start:]


def _row(lieu: str) -> int:
    """The number, from 0, of the row of a place."""
    return int(lieu.rpartition(" ")[2]) - 1


def _perhaps(text: str | None) -> int:
    """The number of a FINESS that is not plainly written, a leading zero lost included; -1 for none."""
    finess, _ = read_finess(text_cell(text) if text else VIDE)
    bare = (text or "").strip()
    finess = finess or (f"0{bare}" if len(bare) == 8 and bare.isascii() and bare.isdigit() else "")
    if not finess:
        return -1
    return int(finess, _BASE)


_IDENTITE = {
    "finess": Role.FINESS, "raison_sociale": Role.RAISON_SOCIALE, "exercice": Role.EXERCICE, "secteurs": Role.SECTEURS,
}  # fmt: skip
_WHOLE_FILE = ("CAQ613", "CAQ621")
_ROLES = {"réponse": Role.REPONSE, "enregistré": Role.ENREGISTRE, "secteur": Role.SECTEURS}


def _recul(ligne: Ligne) -> int:
    back = str(ligne.param[1]).partition(" N-")[2]
    return int(back) if back else 0


def _decimals(arrow: Any, numbers: Any, known: Any, kind: Any) -> Any:
    """Whole numbers as a decimal column."""
    words = np.empty((len(numbers), 2), dtype=np.int64)
    words[:, 0] = numbers
    words[:, 1] = np.where(numbers < 0, -1, 0)
    valid = np.packbits(known, bitorder="little")
    buffers = [None if known.all() else arrow.py_buffer(valid.tobytes()), arrow.py_buffer(words.tobytes())]
    return arrow.Array.from_buffers(kind, len(numbers), buffers)


def _unit(genre: Genre) -> int:
    """By what programs multiply a value: écarts are in points."""
    return 100 if genre is Genre.ECART else 1


def _places(step: Fraction) -> int | None:
    """Decimals of the multiples of a step; None where they have no end."""
    return next((k for k in range(19) if (step * 10**k).denominator == 1), None)


def _distinct(number: Any, divider: Any, known: Any) -> tuple[list[tuple[int, int] | None], Any]:
    """The distinct pairs of two columns, None for what is not known, and the rank of each row's."""
    seen: dict[tuple[int, int] | None, int] = {}
    ranks = np.empty(len(number), dtype=np.int32)
    for row, (n, d, k) in enumerate(zip(number.tolist(), divider.tolist(), known.tolist(), strict=True)):
        ranks[row] = seen.setdefault((int(n), int(d)) if k else None, len(seen))
    return list(seen), ranks


def _said(plan: Plan, sortie: Sortie, number: int, divider: int) -> str:
    """A value as a file of results writes it."""
    if sortie.sorte == "certitude":
        return "certain" if number else "impossible"
    column = Colonne(np.array([number], dtype=object), None, np.array([divider], dtype=object))
    (value,) = values_of(plan, sortie, column)
    assert value is not None
    return str(machine_text(value, sortie.genre))


def _texts_of(arrow: Any, column: ColonneResultat, kind: Any, rows: Sequence[Mapping[str, Valeur]]) -> Any:
    """A column of interpreted rows."""
    from decimal import Decimal

    texts = [machine_text(row.get(column.nom), column.genre) for row in rows]
    if not arrow.types.is_decimal128(kind):
        return arrow.array(texts, arrow.string())
    return arrow.array([None if t is None else Decimal(t) for t in texts], kind)


def _taken(column: Colonne, rows: Any) -> Colonne:
    """Some rows of a column."""
    return column.take(rows)


def _stacked(parts: Sequence[Colonne]) -> Colonne:
    """Columns of as many rows as they have, end to end."""
    numbers = [np.atleast_1d(p.nombre) for p in parts]
    etats = [
        np.zeros(len(n), dtype=np.uint8) if p.etat is None else p.etat for p, n in zip(parts, numbers, strict=True)
    ]
    return Colonne(np.concatenate(numbers), np.concatenate(etats))


__all__ = ["Ecoulement", "Flux", "evaluate_file", "is_large"]
