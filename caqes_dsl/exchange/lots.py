"""The cells of a batch of an Arrow table as columns of whole numbers, and the rows that are not plain.

A plain row is one of which the ordinary reader would say nothing that changes a result. All that is not surely plain is
marked, and left to that reader: what is marked for nothing costs time, never a result.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from math import gcd
from typing import Any

import numpy as np

from caqes_dsl.base.quantities import Genre
from caqes_dsl.evaluation.exact.columns import Colonne, integers
from caqes_dsl.evaluation.exact.expressions import EPOQUE
from caqes_dsl.evaluation.exact.lines import CONNU, MANQUANT, Ligne
from caqes_dsl.model.nodes import Comparaison, Constante, Donnee, Fait, Politique

from .columns import Colonne as Entete
from .columns import Role
from .identity import read_secteurs
from .table import MAX_TEXT, Cellule, text_cell

_APART = (Role.RETENU, Role.MOTIF_RETENU, Role.FINESS_AUTRE, Role.SANS_NOM)
_WHOLE = (Genre.ENTIER, Genre.JOURS, Genre.MOIS)
_EPOQUE = (date(1970, 1, 1) - EPOQUE).days
_MOST = 2**62
_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "=": np.equal, "≠": np.not_equal, "<": np.less, "≤": np.less_equal, ">": np.greater, "≥": np.greater_equal,
}  # fmt: skip


@dataclass(slots=True)
class Lot:
    """Some rows: their cells, those that are not plain so far, and whether they are of an earlier exercice."""

    batch: Any
    irregular: Any
    past: bool = False
    sans_effet: int = 0
    """Answers outside the sectors of their row, which do not count."""
    sectors: tuple[list[tuple[str, ...]], Any] | None = field(default=None, repr=False)
    """Sectors of each distinct text, and the rank of each row's text."""

    @property
    def size(self) -> int:
        """Rows."""
        return int(self.batch.num_rows)

    def mark(self, odd: Any) -> None:
        """Leaves some rows to the ordinary reader."""
        self.irregular |= odd


class Lecteur:
    """Reads the batches of one file under one policy."""

    def __init__(
        self, politique: Politique, arrow: Any, colonnes: Mapping[tuple[Role, str], Entete], codes: Mapping[str, int]
    ) -> None:
        self.politique, self.arrow, self.colonnes, self.codes = politique, arrow, colonnes, codes

    def lot(self, batch: Any, *, past: bool = False) -> Lot:
        """A batch of which nothing is known yet."""
        return Lot(batch, np.zeros(batch.num_rows, dtype=np.bool_), past)

    # ------------------------------------------------------------ entries of a plan

    def entry(self, lot: Lot, ligne: Ligne) -> Colonne:
        """An entry of a plan; a cell that is not plain marks its row."""
        sorte, dated = (str(p) for p in ligne.param)
        nom = dated.partition(" N-")[0]
        match sorte:
            case "secteur":
                return self._sector(lot, nom)
            case "réponse":
                return self._answer(lot, nom)
            case "enregistré":
                genre = Genre.TAUX if nom.startswith("score") else Genre.POINTS
                return self._number(lot, (Role.ENREGISTRE, nom), genre, Fraction(ligne.echelle), ligne.borne)
        donnee = self.politique.donnees[nom]
        if donnee.genre.is_number:
            unit = Fraction(ligne.echelle, 100 if donnee.genre is Genre.ECART else 1)
            return self._number(lot, (Role.DONNEE, nom), donnee.genre, unit, ligne.borne)
        return self._fact(lot, donnee)

    def check(self, lot: Lot, read: frozenset[tuple[Role, str]] = frozenset()) -> None:
        """Marks the rows that are not plain in some cell that has not been read yet, or in a bound."""
        for (role, nom), column in self.colonnes.items():
            values = lot.batch.column(column.entete)
            if role in _APART:
                lot.mark(np.asarray(values.is_valid()))
            elif role is Role.SECTEURS:
                self._sectors(lot)
            elif role is Role.REPONSE and (role, nom) not in read:
                self._answer(lot, nom)
            elif role is Role.DONNEE and (role, nom) not in read:
                self._unread(lot, self.politique.donnees[nom])
            elif role is Role.ENREGISTRE and lot.past:
                self._recorded(lot, nom)
            elif role in (Role.MOTIF, Role.SOURCE, Role.RAISON_SOCIALE) and (text := self._as_text(values)) is not None:
                long = self.arrow.compute.fill_null(self.arrow.compute.binary_length(text), 0)
                lot.mark(np.asarray(long) > MAX_TEXT)
            elif role in (Role.MOTIF, Role.SOURCE, Role.RAISON_SOCIALE):
                lot.mark(np.asarray(values.is_valid()))
        for donnee in self.politique.donnees.values():
            for borne in donnee.bornes:
                self._bound(lot, borne)

    def secteurs(self, lot: Lot) -> Any:
        """The sectors of each row as results write them."""
        named, ranks = self._sectors(lot)
        texts = self.arrow.array(["+".join(n) or None for n in named], self.arrow.string())
        return texts.take(self.arrow.array(ranks))

    # ------------------------------------------------------------ cells

    def _column(self, lot: Lot, key: tuple[Role, str]) -> Any:
        column = self.colonnes.get(key)
        return (
            None if column is None or column.entete not in lot.batch.schema.names else lot.batch.column(column.entete)
        )

    def _as_text(self, column: Any) -> Any:
        kind = column.type
        if self.arrow.types.is_dictionary(kind):
            column = column.cast(kind.value_type)
            kind = column.type
        return column if self.arrow.types.is_string(kind) or self.arrow.types.is_large_string(kind) else None

    def _texts(self, column: Any) -> tuple[list[str | None], Any] | None:
        """The distinct texts of a column and the rank of each row's, the last for none; None when it is not text."""
        text = None if column is None else self._as_text(column)
        if text is None:
            return None
        coded = text.dictionary_encode()
        texts = coded.dictionary.to_pylist()
        return [*texts, None], np.asarray(self.arrow.compute.fill_null(coded.indices, len(texts)))

    def _sectors(self, lot: Lot) -> tuple[list[tuple[str, ...]], Any]:
        if lot.sectors is not None:
            return lot.sectors
        found = self._texts(self._column(lot, (Role.SECTEURS, "secteurs")))
        if found is None:
            if self.politique.secteurs:
                lot.irregular[:] = True
            lot.sectors = [()], np.zeros(lot.size, dtype=np.int32)
            return lot.sectors
        texts, ranks = found
        named: list[tuple[str, ...]] = []
        odd = np.zeros(len(texts), dtype=np.bool_)
        for rank, text in enumerate(texts):
            cell = text_cell(text) if text else Cellule()
            sectors, said = read_secteurs(cell, self.politique)
            named.append(sectors)
            # An earlier row without sectors has those of the exercice evaluated: left to the ordinary reader.
            odd[rank] = bool(said)
        lot.mark(odd[ranks])
        lot.sectors = named, ranks
        return lot.sectors

    def _sector(self, lot: Lot, nom: str) -> Colonne:
        named, ranks = self._sectors(lot)
        return Colonne(np.array([nom in n for n in named], dtype=np.bool_)[ranks])

    def _answer(self, lot: Lot, nom: str) -> Colonne:
        """The level answered. Plain: empty, or a level that the criterion admits; NC with its reason where due."""
        critere = self.politique.criteres[nom]
        column = self._column(lot, (Role.REPONSE, nom))
        found = self._texts(column)
        if column is None or found is None:
            if column is not None:
                lot.mark(np.asarray(column.is_valid()))
            return _absent(lot.size, np.uint8)
        texts, ranks = found
        codes, odd, wants = (np.zeros(len(texts), dtype=t) for t in (np.uint8, np.bool_, np.bool_))
        measured = critere.mesure is not None or critere.table is not None
        for rank, text in enumerate(texts):
            if not text:
                continue
            niveau = self.politique.niveaux.get(text)
            if niveau is None:
                odd[rank] = True
            elif niveau.part is None:
                admitted = critere.nc_sur_justification or (text != "NC" and text in critere.niveaux)
                odd[rank], wants[rank] = not admitted, critere.nc_sur_justification
                codes[rank] = self.codes.get(text, 0)
            elif measured or text not in critere.niveaux:
                odd[rank] = True
            else:
                codes[rank] = self.codes.get(text, 0)
        numbers, strange = codes[ranks], odd[ranks]
        if wants.any():
            given = np.zeros(lot.size, dtype=np.bool_)
            if (said := self._texts(self._column(lot, (Role.MOTIF, nom)))) is not None:
                given = np.array([bool(t and t.strip()) for t in said[0]], dtype=np.bool_)[said[1]]
            strange = strange | (wants[ranks] & ~given)
        named, places = self._sectors(lot)
        applies = np.array([any(s in critere.secteurs for s in n) for n in named], dtype=np.bool_)
        if not applies.all():
            outside = ~applies[places]
            lot.sans_effet += int((outside & ((numbers != 0) | strange)).sum())
            numbers, strange = np.where(outside, np.uint8(0), numbers), strange & ~outside
        lot.mark(strange)
        return _coded(numbers)

    def _fact(self, lot: Lot, donnee: Donnee) -> Colonne:
        """A fact that is no number."""
        key = (Role.DONNEE, donnee.nom)
        if donnee.genre is Genre.OUI_NON:
            return self._boolean(lot, key)
        if donnee.genre is Genre.DATE:
            return self._date(lot, key)
        names = donnee.choix if donnee.genre is Genre.CHOIX else tuple(self.politique.niveaux)
        return self._named(lot, key, {n: self.codes.get(n, 0) for n in names})

    def _named(self, lot: Lot, key: tuple[Role, str], codes: Mapping[str, int]) -> Colonne:
        column = self._column(lot, key)
        found = self._texts(column)
        if found is None:
            if column is not None:
                lot.mark(np.asarray(column.is_valid()))
            return _absent(lot.size, np.int16)
        texts, ranks = found
        lot.mark(np.array([bool(t) and t not in codes for t in texts], dtype=np.bool_)[ranks])
        return _coded(np.array([codes.get(t, 0) if t else 0 for t in texts], dtype=np.int16)[ranks])

    def _boolean(self, lot: Lot, key: tuple[Role, str]) -> Colonne:
        column = self._column(lot, key)
        if column is None or not self.arrow.types.is_boolean(column.type):
            if column is not None:
                lot.mark(np.asarray(column.is_valid()))
            return _absent(lot.size, np.int16)
        return self._nullable(np.asarray(self.arrow.compute.fill_null(column, False)).astype(np.int16), column)

    def _date(self, lot: Lot, key: tuple[Role, str]) -> Colonne:
        column = self._column(lot, key)
        if column is None or not self.arrow.types.is_date32(column.type):
            if column is not None:
                lot.mark(np.asarray(column.is_valid()))
            return _absent(lot.size, np.int32)
        days = np.asarray(self.arrow.compute.fill_null(column.cast("int32"), 0)).astype(np.int64)
        return self._nullable(days + _EPOQUE, column)

    def _nullable(self, numbers: Any, column: Any) -> Colonne:
        if not column.null_count:
            return Colonne(numbers)
        return Colonne(numbers, np.where(np.asarray(column.is_valid()), np.uint8(CONNU), np.uint8(MANQUANT)))

    # ------------------------------------------------------------ numbers

    def _raw(self, column: Any) -> tuple[Any, Any, int] | None:
        """Whole numbers, those that pass 64 bits, and the decimals they have; None for what is no exact number."""
        if self.arrow.types.is_decimal128(column.type):
            return *_unscaled(column), int(column.type.scale)
        if not self.arrow.types.is_integer(column.type) or self.arrow.types.is_uint64(column.type):
            return None
        raw = np.asarray(self.arrow.compute.fill_null(column, 0)).astype(np.int64)
        return raw, np.zeros(len(raw), dtype=np.bool_), 0

    def _number(self, lot: Lot, key: tuple[Role, str], genre: Genre, unit: Fraction, most: int) -> Colonne:
        """Whole numbers at the scale of an entry; one that is not whole, or too large, marks its row."""
        column = self._column(lot, key)
        found = None if column is None else self._raw(column)
        if found is None:
            if column is not None:
                lot.mark(np.asarray(column.is_valid()))
            return _absent(lot.size, integers(most))
        raw, wide, scale = found
        factor = unit / 10**scale
        up, down = factor.numerator, factor.denominator
        limit = min(most, _MOST) * down // up
        if genre is Genre.TAUX:
            limit = min(limit, 10**scale)  # beyond 1, a percentage without its sign
        odd = wide | (raw > limit) | (raw < -limit)
        kept = np.where(odd, 0, raw)
        if down > 1:
            common = gcd(up, down)
            up, down = up // common, down // common
            quotient, rest = np.divmod(kept, down)
            odd |= rest != 0
            kept = np.where(rest != 0, 0, quotient)
        lot.mark(odd & np.asarray(column.is_valid()))
        return self._nullable((kept * up).astype(integers(most)), column)

    def _unread(self, lot: Lot, donnee: Donnee) -> None:
        """Marks the rows of a fact that nothing reads and that is not plain."""
        if not donnee.genre.is_number:
            self._fact(lot, donnee)
            return
        column = self._column(lot, (Role.DONNEE, donnee.nom))
        scale = 10 ** int(column.type.scale) if self.arrow.types.is_decimal128(column.type) else 1
        self._number(
            lot, (Role.DONNEE, donnee.nom), donnee.genre, Fraction(1 if donnee.genre in _WHOLE else scale), _MOST
        )

    def _recorded(self, lot: Lot, nom: str) -> None:
        """Marks the rows whose recorded result is not plain, or outside its bounds."""
        key = (Role.ENREGISTRE, nom)
        column = self._column(lot, key)
        scale = 10 ** int(column.type.scale) if self.arrow.types.is_decimal128(column.type) else 1
        genre = Genre.TAUX if nom.startswith("score") else Genre.POINTS
        read = self._number(lot, key, genre, Fraction(scale), _MOST)
        lot.mark(read.nombre < 0)

    def _bound(self, lot: Lot, borne: Comparaison) -> None:
        """Marks the rows with a fact outside a declared bound."""
        sides: list[tuple[Any, Any, int]] = []
        for noeud in (borne.gauche, borne.droite):
            if isinstance(noeud, Constante) and isinstance(noeud.valeur, Fraction):
                sides.append((np.array([noeud.valeur.numerator], dtype=object), True, noeud.valeur.denominator))
                continue
            if not isinstance(noeud, Fait) or noeud.recul:
                lot.irregular[:] = True
                return
            column = self._column(lot, (Role.DONNEE, noeud.nom))
            found = None if column is None else self._raw(column)
            if column is None or found is None:
                return  # not transmitted, or marked already
            raw, wide, scale = found
            by = 100 if self.politique.donnees[noeud.nom].genre is Genre.ECART else 1
            sides.append((np.where(wide, 0, raw), np.asarray(column.is_valid()) & ~wide, by * 10**scale))
        (a, known_a, by_a), (b, known_b, by_b) = sides
        held = _COMPARE[borne.op](_times(a, by_b), _times(b, by_a))
        lot.mark(~held.astype(np.bool_) & np.logical_and(known_a, known_b))


def _absent(size: int, kind: Any) -> Colonne:
    return Colonne(np.zeros(size, dtype=kind), np.full(size, MANQUANT, dtype=np.uint8))


def _coded(numbers: Any) -> Colonne:
    """Codes of names, 0 for none."""
    etat = np.where(numbers == 0, np.uint8(MANQUANT), np.uint8(CONNU))
    return Colonne(numbers, etat if etat.any() else None)


def _times(numbers: Any, by: int) -> Any:
    """A product that does not overflow."""
    if not len(numbers) or by == 1:
        return numbers
    most = max(abs(int(numbers.max())), abs(int(numbers.min()))) * by
    if most < _MOST:
        return numbers.astype(np.int64) * by
    return numbers.astype(object) * by


def _unscaled(column: Any) -> tuple[Any, Any]:
    """The whole numbers of a decimal column, and which pass 64 bits. What is under a null is 0."""
    size = len(column)
    words = np.frombuffer(column.buffers()[1], dtype=np.int64)[2 * column.offset : 2 * (column.offset + size)]
    low, high = words.reshape(-1, 2)[:, 0], words.reshape(-1, 2)[:, 1]
    valid = np.asarray(column.is_valid())
    return np.where(valid, low, 0), (high != np.where(low < 0, -1, 0)) & valid


__all__ = ["Lecteur", "Lot"]
