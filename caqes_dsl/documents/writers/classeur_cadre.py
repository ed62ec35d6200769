"""The frame of a workbook to fill: its sheets, where each thing is filled in, and what is in it already."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from caqes_dsl.base.quantities import Genre, Valeur
from caqes_dsl.documents.classeur import Classeur, RangCritere, RangDonnee, identity_lines, text
from caqes_dsl.documents.words import level_label
from caqes_dsl.evaluation.exact.expressions import LARGE, cell_factor, serial
from caqes_dsl.evaluation.exact.lines import CONNU
from caqes_dsl.evaluation.exact.policy import admitted
from caqes_dsl.evaluation.exact.run import Vue, entered
from caqes_dsl.exchange import classeur_forme as forme
from caqes_dsl.exchange.table import column_letters
from caqes_dsl.model.nodes import Donnee

from .classeur_calcul import Calcul, Listes
from .classeur_styles import Styles, put

Mots = tuple[tuple[str, int], ...]
"""Words with their codes."""

GRILLE = (
    (forme.CODE, 9), ("Critère", 44), ("Points", 9), ("Ce qui est demandé, et ce que cela vaut", 52),
    (forme.REPONSE, 20), (forme.MOTIF, 26), ("Niveau retenu", 18), ("Points obtenus", 10), ("À faire", 26),
)  # fmt: skip
"""Columns of the grid, with their widths; the earlier answer and the dialogue come after."""
DONNEES = (
    (forme.CODE, 22), ("Donnée", 52), ("Ce qui est attendu", 40), (forme.VALEUR, 18), (forme.SOURCE, 30),
    ("Contrôle", 30), ("Sert à", 40),
)  # fmt: skip
"""Columns of the facts; those of earlier exercises come after."""
TOP = 4
"""The row of the headings of a table, from 0: above are its title, its policy, what is to be known."""


@dataclass(slots=True)
class Lieux:
    """The cell of each entry, what is in it already, the words it may hold; by sort and name."""

    cellules: dict[tuple[object, ...], str]
    entrees: dict[tuple[object, ...], Vue]
    mots: dict[tuple[object, ...], Mots]


class Cadre:
    """A workbook being written."""

    def __init__(self, book: Any, classeur: Classeur) -> None:
        self.book, self.classeur, self.politique = book, classeur, classeur.politique
        self.styles = Styles(book)
        self.lieux = Lieux({}, {}, {})
        names = (forme.IDENTITE, forme.CRITERES, forme.DONNEES, forme.RESULTAT, forme.SIGNATURE)
        self.sheets = {n: book.add_worksheet(n) for n in (*names, forme.CALCUL, forme.LISTES, forme.CLES)}
        self.listes = Listes(self.sheets[forme.LISTES])
        self.rows: dict[str, int] = {}
        self.donnees: dict[str, int] = {}
        self._place()
        lieux, wanted = self.lieux, list(self._wanted())
        self.calcul = Calcul(classeur.feuille, self.listes, lieux.cellules, lieux.entrees, lieux.mots, wanted)

    # ------------------------------------------------------------ where everything goes

    def _place(self) -> None:
        """The row of each criterion and fact, the cell of each entry, what is filled in already."""
        row = TOP + 1
        for section in self.classeur.sections:
            row += 1 if section.libelle else 0
            for rang in section.criteres:
                self.rows[rang.critere.nom] = row
                self._place_criterion(rang, row)
                row += 1
        row = TOP + 1
        for fact in self.classeur.donnees:
            self.donnees[fact.donnee.nom] = row
            self._place_fact(fact, row)
            row += 1
        for nom, values in self.classeur.enregistres.items():
            self.donnees[nom] = row
            for recul in self.classeur.reculs:
                self.lieux.cellules["passé", f"{nom} N-{recul}"] = self._past_cell(row, recul)
                if recul in values:
                    self.lieux.entrees["passé", f"{nom} N-{recul}"] = entered(values[recul], 10**4)
            row += 1
        if self.classeur.etablissement is None:
            for k, nom in enumerate(self.politique.secteurs):
                self.lieux.cellules["secteur", nom] = f"'{forme.IDENTITE}'!$B${self.sectors_at + k + 1}"

    def _place_criterion(self, rang: RangCritere, row: int) -> None:
        nom, feuille = rang.critere.nom, self.classeur.feuille
        self.lieux.cellules["réponse", nom] = f"'{forme.CRITERES}'!$E${row + 1}"
        self.lieux.cellules["motif", nom] = f"'{forme.CRITERES}'!$F${row + 1}"
        names = admitted(self.politique, rang.critere)
        words = dict(zip(rang.reponses, (feuille.codes[n] for n in names), strict=True))
        self.lieux.mots["réponse", nom] = tuple((words | {n: feuille.codes[n] for n in names}).items())
        if rang.reponse in words:
            self.lieux.entrees["réponse", nom] = Vue(CONNU, words[rang.reponse])
        if rang.justification:
            self.lieux.entrees["motif", nom] = Vue(CONNU, 1)

    def _place_fact(self, fact: RangDonnee, row: int) -> None:
        nom, donnee = fact.donnee.nom, fact.donnee
        cells = {("donnée", nom): (f"'{forme.DONNEES}'!$D${row + 1}", fact.valeur)}
        for recul in self.classeur.reculs:
            cells["passé", f"{nom} N-{recul}"] = (self._past_cell(row, recul), fact.passees.get(recul))
        for key, (cell, value) in cells.items():
            self.lieux.cellules[key] = cell
            words = self.words(donnee)
            if words:
                self.lieux.mots[key] = words
            if value is not None:
                self.lieux.entrees[key] = self._held(donnee, value)

    def _past_cell(self, row: int, recul: int) -> str:
        return f"'{forme.DONNEES}'!${column_letters(len(DONNEES) + self.classeur.reculs.index(recul))}${row + 1}"

    def words(self, donnee: Donnee) -> Mots:
        """The words that a fact's cell may hold, with their codes."""
        codes = self.classeur.feuille.codes
        if donnee.genre is Genre.OUI_NON:
            return (("oui", 1), ("non", 0))
        if donnee.genre is Genre.NIVEAU:
            labels = {text(level_label(n, self.politique)): codes[n] for n in self.politique.niveaux}
            return tuple((labels | {n: codes[n] for n in self.politique.niveaux}).items())
        if donnee.genre is not Genre.CHOIX:
            return ()
        read = [n for n in donnee.choix if n in codes]  # a choice that no rule names has no code
        return tuple(({text(n.replace("_", " ")): codes[n] for n in read} | {n: codes[n] for n in read}).items())

    def _held(self, donnee: Donnee, value: Valeur) -> Vue:
        if isinstance(value, bool):
            return Vue(CONNU, int(value))
        if isinstance(value, str):
            return Vue(CONNU, self.classeur.feuille.codes.get(value, 0))
        decimales = self.classeur.feuille.gabarits.get(donnee.nom, LARGE).decimales
        factor, scale = cell_factor(donnee.genre, decimales)
        return entered(serial(value), factor) if isinstance(value, date) else entered(value, scale)

    def _wanted(self) -> Iterator[int]:
        """The lines that visible cells show."""
        feuille = self.classeur.feuille
        for nom in self.rows:
            lignes = feuille.criteres[nom]
            yield from (lignes.issue, lignes.points, lignes.compte, lignes.a_justifier)
            if lignes.mesure is not None:
                yield lignes.mesure
        yield from (line for lines in feuille.scores.values() for line in lines)
        yield from feuille.quantites.values()
        for nom in self.donnees:
            yield from feuille.bornes.get(nom, ())
        kept = {("donnée", n) for n in self.donnees} | {("réponse", n) for n in self.rows}
        yield from (i for i, ligne in enumerate(feuille.programme.lignes) if ligne.param[:2] in kept)

    def line_names(self) -> dict[int, str]:
        """What each line shown is, for who opens the hidden sheet."""
        feuille = self.classeur.feuille
        found: dict[int, str] = {}
        for nom, lignes in feuille.criteres.items():
            found |= {lignes.issue: f"{nom} : niveau", lignes.points: f"{nom} : points"}
        for titre, (points, compte, score) in feuille.scores.items():
            where = f" ({titre})" if titre else ""
            found |= {points: f"points{where}", compte: f"points applicables{where}", score: f"score{where}"}
        found |= {line: str(cle) for cle, line in feuille.quantites.items()}
        for i, ligne in enumerate(feuille.programme.lignes):
            if ligne.op == "entree":
                found[i] = " ".join(map(str, ligne.param[:2]))
        return found

    # ------------------------------------------------------------ what every sheet has

    def head(self, nom: str, titre: str, subtitle: str) -> Any:
        """A sheet with its title, its policy, and that it is a draft as long as it is."""
        sheet = self.sheets[nom]
        put(sheet, 0, 0, titre, self.styles.titre)
        put(sheet, 1, 0, self.classeur.rappel, self.styles.get(text_wrap=False))
        if self.politique.est_projet:
            put(sheet, 2, 0, text("Projet : ce texte n'est pas adopté."), self.styles.avis)
        if subtitle:
            put(sheet, 3, 0, text(subtitle), self.styles.get(italic=True, text_wrap=False))
        sheet.set_row(0, 24)
        return sheet

    @property
    def sectors_at(self) -> int:
        """The first row of the sectors on the first sheet."""
        return TOP + 1 + len(identity_lines(self.classeur)) + 3

    def entry(self, sorte: str, nom: str) -> int | None:
        """The line of a cell that is filled in."""
        lines = self.classeur.feuille.programme.lignes
        return next((i for i in self.calcul.lines if lines[i].param[:2] == (sorte, nom)), None)

    def offer_words(self, sheet: Any, row: int, column: int, words: Mots, shown: int) -> None:
        """A drop-down list of the first words of a list."""
        source = "=" + self.listes.range_of(words, shown=shown)
        rule = {"validate": "list", "source": source, "error_title": "Hors de la liste"}
        sheet.data_validation(row, column, row, column, {**rule, "error_message": "Choisissez dans la liste."})

    def offer(self, sheet: Any, row: int, column: int, words: tuple[str, ...], title: str, said: str) -> None:
        """A drop-down list of a few words."""
        rule = {"validate": "list", "source": list(words), "error_title": text(title), "error_message": text(said)}
        sheet.data_validation(row, column, row, column, rule)
