"""The hidden sheet of a workbook: the lines of the core as formulas, and what visible cells show of them.

Each formula comes with the value it has for what is already filled in, computed in whole numbers: a reader that does
not recalculate shows no stale zero.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Context, Decimal
from fractions import Fraction
from typing import Any

from caqes_dsl.base.quantities import Genre
from caqes_dsl.evaluation.exact.expressions import LARGE, cell_factor
from caqes_dsl.evaluation.exact.formulas import Formules, Redaction
from caqes_dsl.evaluation.exact.lines import CONNU, INDECIS, MANQUANT, Ligne, reachable
from caqes_dsl.evaluation.exact.policy import Feuille
from caqes_dsl.evaluation.exact.run import Vue, run
from caqes_dsl.exchange.classeur_forme import CALCUL, LISTES, OUI

_TOLERANCE = "0.0001"
"""How far a number times its factor may be from a whole one: what binary fractions of written decimals can be off."""


def decimal(valeur: Fraction) -> Decimal:
    """A number at seventeen digits, more than a spreadsheet keeps."""
    return Context(prec=17).divide(Decimal(valeur.numerator), Decimal(valeur.denominator))


_LITTERAL = 255
"""Longest text in a formula: with a longer one, the workbook would not open."""


def brief(text: str) -> str:
    """A text as a formula may say it, cut with a mark."""
    return text if len(text) <= _LITTERAL else text[: _LITTERAL - 1] + "…"


def quoted(text: str) -> str:
    """A text in a formula."""
    return '"' + brief(text).replace('"', '""') + '"'


@dataclass(frozen=True, slots=True)
class Montree:
    """What a visible cell holds: a formula, and its value for what is already filled in."""

    formule: str
    valeur: Decimal | str | int


class Listes:
    """Lists of words with the code of each, on a hidden sheet: what drop-downs offer and what formulas look up."""

    def __init__(self, sheet: Any) -> None:
        self.sheet = sheet
        self._known: dict[tuple[tuple[str, int], ...], int] = {}
        self._column = 0

    def add(self, pairs: tuple[tuple[str, int], ...]) -> int:
        """The column of a list, written once."""
        if pairs not in self._known:
            self._known[pairs] = self._column
            for row, (word, code) in enumerate(pairs):
                self.sheet.write_string(row, self._column, word)
                self.sheet.write_number(row, self._column + 1, code)
            self._column += 2
        return self._known[pairs]

    def range_of(self, pairs: tuple[tuple[str, int], ...], *, codes: bool = False, shown: int = 0) -> str:
        """The range of its words (of the first `shown`), or of its codes."""
        column = letters(self.add(pairs) + codes)
        return f"'{LISTES}'!${column}$1:${column}${shown or len(pairs)}"


def letters(index: int) -> str:
    """Letters of a column, from 0."""
    from caqes_dsl.exchange.table import column_letters

    return column_letters(index)


class Calcul:
    """The lines of a policy on the hidden sheet, once it is known in which cell each thing is filled in."""

    def __init__(
        self,
        feuille: Feuille,
        listes: Listes,
        cellules: Mapping[tuple[object, ...], str],
        entrees: Mapping[tuple[object, ...], Vue],
        mots: Mapping[tuple[object, ...], tuple[tuple[str, int], ...]],
        wanted: list[int],
    ) -> None:
        """`cellules`: the cell of each entry; `entrees`: what is in it already; `mots`: the words it may hold."""
        self.feuille, self.listes, self.cellules, self.mots = feuille, listes, cellules, mots
        every = reachable(feuille.programme, wanted)
        self.lines = [i for i in every if feuille.programme.lignes[i].op != "constante"]
        self.rows = {index: row for row, index in enumerate(self.lines, 2)}
        self.vues = run(feuille.programme, entrees, every)
        self.redaction = Redaction(feuille.programme, lambda i: str(self.rows[i]), self._entry)

    def write(self, sheet: Any, noms: Mapping[int, str]) -> None:
        """Every line: what it is, its state, its number, what divides it."""
        for column, heading in enumerate(("Quantité", "État", "Nombre", "Diviseur")):
            sheet.write_string(0, column, heading)
        for index in self.lines:
            row, made, vue = self.rows[index] - 1, self.redaction.write(index), self.vues[index]
            if index in noms:
                sheet.write_string(row, 0, noms[index])
            texts, values = (made.etat, made.nombre, made.diviseur), (vue.etat, vue.nombre, vue.diviseur)
            for column, text, value in zip((1, 2, 3), texts, values, strict=True):
                if text.startswith("="):
                    sheet.write_formula(row, column, text, None, value)
                elif text:
                    sheet.write_number(row, column, int(text))

    # ------------------------------------------------------------ what is filled in

    def _entry(self, index: int, ligne: Ligne) -> Formules:
        """The formulas that read a cell: nothing is guessed, what is not as asked stays undecided."""
        sorte, nom = ligne.param[:2]
        cell = self.cellules.get((sorte, nom))
        here = f"$B${self.rows[index]}"
        if sorte == "motif":
            return Formules("0", f"=IF(LEN(TRIM({cell}))>0,1,0)" if cell else "0")
        if sorte == "secteur":
            return Formules("0", f"=IF(LOWER(TRIM({cell}))={quoted(OUI.lower())},1,0)" if cell else "0")
        if cell is None:
            return Formules(str(MANQUANT), "0")
        words = self.mots.get((sorte, nom))
        if words is not None:
            same = f"EXACT(TRIM({cell}),{self.listes.range_of(words)})"
            found = f"SUMPRODUCT({same}*{self.listes.range_of(words, codes=True)})"
            held = f"SUMPRODUCT({same}*1)"
            etat = f'=IF(TRIM({cell})="",{MANQUANT},IF({held}=1,{CONNU},{INDECIS}))'
            return Formules(etat, f"=IF({here}={CONNU},{found},0)")
        factor = self.factor(str(nom), str(sorte))
        times = cell if factor == 1 else f"{cell}*{factor}"
        fits = f"AND(ABS({times})<={ligne.borne},ABS({times}-ROUND({times},0))<{_TOLERANCE})"
        etat = f'=IF({cell}="",{MANQUANT},IF(ISNUMBER({cell}),IF({fits},{CONNU},{INDECIS}),{INDECIS}))'
        return Formules(etat, f"=IF({here}={CONNU},ROUND({times},0),0)")

    def factor(self, nom: str, sorte: str) -> int:
        """By what the cell of a number is multiplied to be whole."""
        bare = nom.rpartition(" N-")[0] if sorte == "passé" else nom
        donnee = self.feuille.politique.donnees.get(bare)
        if donnee is None:
            return 10**4
        return cell_factor(donnee.genre, self.feuille.gabarits.get(bare, LARGE).decimales)[0]

    # ------------------------------------------------------------ what visible cells show

    def state(self, index: int) -> str:
        """The cell of a line's state, from another sheet."""
        return self._from_elsewhere(self.redaction.state(index))

    def number(self, index: int) -> str:
        """The cell of its number."""
        return self._from_elsewhere(self.redaction.number(index))

    def _from_elsewhere(self, written: str) -> str:
        """A cell of the hidden sheet as another sheet reads it; a constant as it is."""
        return f"'{CALCUL}'!{written}" if written.startswith("$") else written

    def ratio(self, index: int, times: int = 1) -> str:
        """What a line is worth, to be shown."""
        ligne = self.feuille.programme.lignes[index]
        number = self.number(index) if times == 1 else f"{self.number(index)}*{times}"
        if ligne.divise:
            divider = f"'{CALCUL}'!$D${self.rows[ligne.racine]}"
            return f"{number}/({ligne.echelle}*{divider})" if ligne.echelle != 1 else f"{number}/{divider}"
        return f"{number}/{ligne.echelle}" if ligne.echelle != 1 else number

    def shown(self, index: int, *, without: str, missing: str, genre: Genre = Genre.TAUX) -> Montree:
        """A line's value, or words when it has none."""
        vue = self.vues[index]
        times = 100 if genre is Genre.ECART else 1
        formule = (
            f"=IF({self.state(index)}={CONNU},{self.ratio(index, times)},"
            f"IF({self.state(index)}=1,{quoted(without)},{quoted(missing)}))"
        )
        if vue.etat != CONNU:
            return Montree(formule, without if vue.etat == 1 else missing)
        ligne = self.feuille.programme.lignes[index]
        return Montree(formule, decimal(Fraction(vue.nombre * times, ligne.echelle * vue.diviseur)))

    def worded(self, index: int, words: Mapping[int, str], missing: str) -> Montree:
        """The word of a code, or another when it has none."""
        vue = self.vues[index]
        each = "&".join(f'IF({self.number(index)}={code},{quoted(word)},"")' for code, word in words.items())
        formule = f"=IF({self.state(index)}={CONNU},{each},{quoted(missing)})"
        return Montree(formule, brief(words.get(vue.nombre, "") if vue.etat == CONNU else missing))
