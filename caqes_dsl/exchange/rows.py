"""A row typed by the policy: an establishment in one exercise, and everything to be said of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from caqes_dsl.base.diagnostics import Severite, abridge
from caqes_dsl.base.quantities import Genre, Valeur
from caqes_dsl.evaluation import wording
from caqes_dsl.evaluation.explain import Bornes
from caqes_dsl.evaluation.facts import Etablissement, Retenu
from caqes_dsl.model.nodes import Critere, Donnee, Politique

from .answers import level_names, read_answer
from .cells import ABSENT, read_cell, read_donnee
from .columns import Colonne, Role
from .findings import Constat
from .identity import read_exercice, read_finess, read_secteurs
from .numbers import Lu
from .table import VIDE, Cellule, Ligne, Tableau

MAX_REASONS = 200
"""Most findings kept of one row."""

MAX_KNOWN, SHORT = 50_000, 40
"""Most texts of which the reading is kept, and how long they are."""


@dataclass(frozen=True, slots=True)
class LigneLue:
    """A row once read. `etablissement` is what it says (without its past); worthless when `is_sound` is false.

    `futur`: of an exercise after the one evaluated, hence not read further.
    """

    numero: int
    etablissement: Etablissement
    constats: tuple[Constat, ...]
    finess_lu: str = ""
    secteurs_lus: str = ""
    futur: bool = False

    @property
    def is_sound(self) -> bool:
        """Whether it has no error."""
        return not any(c.is_error for c in self.constats)


@dataclass(slots=True)
class _Saisie:
    """What is gathered of one row."""

    constats: list[Constat] = field(default_factory=list)
    reponses: dict[str, str] = field(default_factory=dict)
    motifs: dict[str, str] = field(default_factory=dict)
    faits: dict[str, Valeur] = field(default_factory=dict)
    provenances: dict[str, str] = field(default_factory=dict)
    enregistres: dict[str, Fraction] = field(default_factory=dict)
    retenus: dict[str, Retenu] = field(default_factory=dict)


class Lecture:
    """Types the rows of one file."""

    def __init__(
        self, politique: Politique, tableau: Tableau, colonnes: Sequence[Colonne], exercice: int, nom: str
    ) -> None:
        self.politique, self.tableau, self.exercice, self.nom = politique, tableau, exercice, nom
        self.colonnes = tuple(colonnes)
        self.niveaux = level_names(politique)
        self.by_role: dict[tuple[Role, str], Colonne] = {(c.role, c.nom): c for c in colonnes}
        besides = (Role.FINESS_AUTRE, Role.RAISON_SOCIALE, Role.SANS_NOM)
        self._besides = [c for c in colonnes if c.role in besides]
        self._earlier = [c for c in colonnes if c.role is Role.ENREGISTRE]
        self._asked = self._answer_columns()
        self._transmitted = [
            (d, self.by_role.get((Role.DONNEE, nom)), self.by_role.get((Role.SOURCE, nom)))
            for nom, d in politique.donnees.items()
        ]
        self._bornes = Bornes(politique)
        self._answered: dict[tuple[str, str, bool], tuple[str | None, list[Constat]]] = {}
        self._read: dict[tuple[str, str], Lu] = {}
        self._sectors_read: dict[str, tuple[tuple[str, ...], list[Constat]]] = {}

    def read(self, ligne: Ligne) -> LigneLue:
        """The row, typed as far as its exercise is not to come."""
        saisie = _Saisie()
        if ligne.faute is not None:
            return self._shifted(ligne)
        finess, said = read_finess(self._cell(ligne, Role.FINESS, "finess"))
        self._say(saisie, ligne, said, Role.FINESS, "finess")
        for role in (Role.FINESS, Role.SECTEURS, Role.RAISON_SOCIALE):
            self._doubt(saisie, ligne, role)
        exercice, said = read_exercice(self._cell(ligne, Role.EXERCICE, "exercice"), self.tableau.usage)
        self._say(saisie, ligne, said, Role.EXERCICE, "exercice")
        if exercice is not None and exercice > self.exercice:
            return self._to_come(ligne, finess, exercice)
        cell = self._cell(ligne, Role.SECTEURS, "secteurs")
        secteurs, said = self._sectors(cell)
        past = exercice is not None and exercice < self.exercice
        if past and cell.is_empty:
            said = []
        self._say(saisie, ligne, said, Role.SECTEURS, "secteurs")
        self._others(saisie, ligne)
        self._answers(saisie, ligne, secteurs if not any(c.is_error for c in said) else None, past and not secteurs)
        self._facts(saisie, ligne)
        self._recorded(saisie, ligne, past)
        self._retained(saisie, ligne)
        etablissement = Etablissement(
            finess,
            self._cell(ligne, Role.RAISON_SOCIALE, "raison_sociale").texte,
            exercice,
            secteurs,
            saisie.reponses,
            saisie.motifs,
            saisie.faits,
            saisie.provenances,
            saisie.enregistres,
            saisie.retenus,
            lieu=self._place(ligne),
        )
        return LigneLue(
            ligne.numero,
            etablissement,
            _kept(saisie.constats, ligne.numero),
            self._cell(ligne, Role.FINESS, "finess").texte,
            cell.texte,
        )

    def _answer_columns(self) -> list[tuple[Critere, Colonne | None, Colonne | None, Colonne]]:
        """Criteria that have a column: that of the answer, that of its reason, and the one where a fault is said."""
        found = []
        for nom, critere in self.politique.criteres.items():
            column, reason = self.by_role.get((Role.REPONSE, nom)), self.by_role.get((Role.MOTIF, nom))
            place = column or reason
            if place is not None:
                found.append((critere, column, reason, place))
        return found

    # ------------------------------------------------------------ places

    def _cell(self, ligne: Ligne, role: Role, nom: str) -> Cellule:
        column = self.by_role.get((role, nom))
        return ligne.cellules[column.index] if column is not None else VIDE

    def _place(self, ligne: Ligne) -> str:
        if self.tableau.lieux:
            return self.nom
        sheet = f"feuille {self.tableau.feuille}" if self.tableau.feuille else ""
        return ", ".join(p for p in (self.nom, sheet, f"ligne {ligne.numero}") if p)

    def _put(self, saisie: _Saisie, ligne: Ligne, column: Colonne, constat: Constat) -> None:
        feuille, numero, repere = self.tableau.place(ligne.numero, column.index)
        saisie.constats.append(replace(constat, ligne=numero, colonne=column.entete, repere=repere, feuille=feuille))

    def _say(self, saisie: _Saisie, ligne: Ligne, constats: Sequence[Constat], role: Role, nom: str) -> None:
        for constat in constats:
            self._put(saisie, ligne, self.by_role[role, nom], constat)

    def _value(self, saisie: _Saisie, ligne: Ligne, column: Colonne, lu: Lu) -> Valeur | None:
        """The value of a reading; its fault or its note is said."""
        if lu.faute:
            self._put(saisie, ligne, column, Constat("CAQ604", lu.faute, lu.aide))
        elif lu.note:
            code = "CAQ615" if lu.sorte == ABSENT else "CAQ612"
            note = f"{lu.note[0].upper()}{lu.note[1:]}."
            self._put(saisie, ligne, column, Constat(code, note, lu.aide, sorte=lu.sorte))
        return lu.valeur

    def _doubt(self, saisie: _Saisie, ligne: Ligne, role: Role) -> None:
        """Says what is doubtful in a cell read as a text (a formula)."""
        column = self.by_role.get((role, role.value))
        cell = self._cell(ligne, role, role.value)
        if column is not None and cell.note and not cell.faute:
            self._put(
                saisie, ligne, column, Constat("CAQ612", f"« {abridge(cell.texte)} » : {cell.note}.", sorte=cell.sorte)
            )

    def _text(self, saisie: _Saisie, ligne: Ligne, column: Colonne | None) -> str:
        if column is None:
            return ""
        cell = ligne.cellules[column.index]
        if cell.faute:
            self._put(saisie, ligne, column, Constat("CAQ604", cell.faute, cell.aide))
        return cell.texte

    # ------------------------------------------------------------ rows that are not read further

    def _shifted(self, ligne: Ligne) -> LigneLue:
        """Who it seems to be about, so that its past or its double is not evaluated without it."""
        assert ligne.faute is not None
        cell = self._cell(ligne, Role.FINESS, "finess")
        finess = read_finess(cell)[0]
        exercice = read_exercice(self._cell(ligne, Role.EXERCICE, "exercice"), self.tableau.usage)[0]
        seems = Etablissement(finess, exercice=exercice if finess else None, lieu=self._place(ligne))
        return LigneLue(ligne.numero, seems, (ligne.faute,), cell.texte)

    def _to_come(self, ligne: Ligne, finess: str, exercice: int) -> LigneLue:
        saisie = _Saisie()
        column = self.by_role[Role.EXERCICE, "exercice"]
        constat = Constat(
            "CAQ621",
            f"La ligne de l'exercice {exercice} n'est pas lue : l'exercice évalué est {self.exercice}.",
            f"Pour l'évaluer, demandez « --exercice {exercice} » avec une politique en vigueur cette année-là.",
            sorte=f"futur {exercice}",
        )
        self._put(saisie, ligne, column, constat)
        etablissement = Etablissement(finess, exercice=exercice, lieu=self._place(ligne))
        return LigneLue(ligne.numero, etablissement, tuple(saisie.constats), futur=True)

    # ------------------------------------------------------------ what the row holds

    def _others(self, saisie: _Saisie, ligne: Ligne) -> None:
        """Other FINESS, texts that cannot be read, values under no heading."""
        for column in self._besides:
            cell = ligne.cellules[column.index]
            if column.role is Role.FINESS_AUTRE and not cell.is_empty:
                for constat in read_finess(cell)[1]:
                    self._put(saisie, ligne, column, constat)
            elif column.role is Role.RAISON_SOCIALE:
                self._text(saisie, ligne, column)
            elif column.role is Role.SANS_NOM and not cell.is_empty:
                constat = Constat(
                    "CAQ620",
                    f"« {abridge(cell.texte)} » est sous une colonne sans en-tête : la ligne est peut-être décalée.",
                    "Donnez un en-tête à la colonne, ou videz-la.",
                )
                self._put(saisie, ligne, column, constat)

    def _answers(self, saisie: _Saisie, ligne: Ligne, secteurs: tuple[str, ...] | None, anywhere: bool) -> None:
        """Levels answered. With no sound sector, nothing is said to be outside the sectors."""
        cells = ligne.cellules
        for critere, column, reason, place in self._asked:
            cell = cells[column.index] if column is not None else VIDE
            if cell is VIDE and reason is None:
                continue
            motif = self._text(saisie, ligne, reason)
            if cell.is_empty and not motif:
                continue
            applicable = secteurs is None or anywhere or any(s in critere.secteurs for s in secteurs)
            level, said = self._answer(critere, cell, motif, applicable)
            for constat in said:
                self._put(saisie, ligne, place if not cell.is_empty or reason is None else reason, constat)
            if level is not None:
                saisie.reponses[critere.nom] = level
                if motif and self.politique.niveaux[level].part is None:
                    saisie.motifs[critere.nom] = motif

    def _sectors(self, cell: Cellule) -> tuple[tuple[str, ...], list[Constat]]:
        """The sectors of a row; the same text is read once."""
        if not _is_bare(cell):
            return read_secteurs(cell, self.politique)
        if cell.texte not in self._sectors_read:
            if len(self._sectors_read) > MAX_KNOWN:
                self._sectors_read.clear()
            self._sectors_read[cell.texte] = read_secteurs(cell, self.politique)
        return self._sectors_read[cell.texte]

    def _answer(
        self, critere: Critere, cell: Cellule, motif: str, applicable: bool
    ) -> tuple[str | None, list[Constat]]:
        """What an answer says; the same text under the same criterion is read once."""
        if motif or not _is_bare(cell):
            return read_answer(self.politique, self.niveaux, critere, cell, motif, applicable)
        key = (critere.nom, cell.texte, applicable)
        if key not in self._answered:
            if len(self._answered) > MAX_KNOWN:
                self._answered.clear()
            self._answered[key] = read_answer(self.politique, self.niveaux, critere, cell, motif, applicable)
        return self._answered[key]

    def _fact(self, donnee: Donnee, cell: Cellule) -> Lu:
        """What a fact's cell says; the same text under the same heading is read once."""
        usage, typee = self.tableau.usage, self.tableau.typee
        if not _is_bare(cell):
            return read_donnee(donnee, cell, usage, self.politique, typee=typee)
        key = (donnee.nom, cell.texte)
        if key not in self._read:
            if len(self._read) > MAX_KNOWN:
                self._read.clear()
            self._read[key] = read_donnee(donnee, cell, usage, self.politique, typee=typee)
        return self._read[key]

    def _facts(self, saisie: _Saisie, ligne: Ligne) -> None:
        for donnee, column, origin in self._transmitted:
            nom = donnee.nom
            if column is not None:
                value = self._value(saisie, ligne, column, self._fact(donnee, ligne.cellules[column.index]))
                if value is not None:
                    saisie.faits[nom] = value
            text = self._text(saisie, ligne, origin)
            if text and nom in saisie.faits:
                saisie.provenances[nom] = text
            elif text and origin is not None and (column is None or ligne.cellules[column.index].is_empty):
                unused = Constat("CAQ616", f"La source de « {nom} » accompagne une donnée vide.", sorte="sans effet")
                self._put(saisie, ligne, origin, unused)
        for nom, borne in self._bornes.violated(saisie.faits):
            column = self.by_role[Role.DONNEE, nom]
            shown = ligne.cellules[column.index].texte
            constat = Constat(
                "CAQ605",
                f"« {shown} » est hors de ses bornes : {wording.write(borne, self.politique)}.",
                "Vérifiez la valeur et son unité.",
            )
            self._put(saisie, ligne, column, constat)

    def _recorded(self, saisie: _Saisie, ligne: Ligne, past: bool) -> None:
        """Results recorded on rows of earlier exercises; on the others they are computed, so not read."""
        for column in self._earlier:
            cell = ligne.cellules[column.index]
            if cell.is_empty:
                continue
            if not past:
                constat = Constat(
                    "CAQ616",
                    f"« {abridge(cell.texte)} » n'est pas lu : ce résultat de l'exercice {self.exercice} est calculé.",
                    sorte="recalculé",
                    severite=Severite.NOTE,
                )
                self._put(saisie, ligne, column, constat)
                continue
            is_score = column.nom.startswith("score")
            genre = Genre.TAUX if is_score else Genre.POINTS
            lu = read_cell(cell, genre, self.tableau.usage, typee=self.tableau.typee)
            value = self._value(saisie, ligne, column, lu)
            if not isinstance(value, Fraction):
                continue
            if value < 0 or (is_score and value > 1):
                bounds = "de 0 % à 100 %" if is_score else "à partir de 0 point"
                constat = Constat("CAQ605", f"« {cell.texte} » est hors de ses bornes : {bounds}.", "Vérifiez-le.")
                self._put(saisie, ligne, column, constat)
            saisie.enregistres[column.nom] = value

    def _retained(self, saisie: _Saisie, ligne: Ligne) -> None:
        """Amounts retained after hearing."""
        for nom in self.politique.decisions:
            column, reason = self.by_role.get((Role.RETENU, nom)), self.by_role.get((Role.MOTIF_RETENU, nom))
            motif = self._text(saisie, ligne, reason)
            value = None
            if column is not None:
                cell = ligne.cellules[column.index]
                lu = read_cell(cell, Genre.MONTANT, self.tableau.usage, typee=self.tableau.typee)
                value = self._value(saisie, ligne, column, lu)
            if isinstance(value, Fraction) and column is not None:
                if value < 0:
                    constat = Constat("CAQ605", "Un montant retenu est positif ou nul.", "Vérifiez son signe.")
                    self._put(saisie, ligne, column, constat)
                if not motif:
                    self._put(saisie, ligne, column, _unsaid(nom))
                saisie.retenus[nom] = Retenu(value, motif)
            elif motif and reason is not None and (column is None or ligne.cellules[column.index].is_empty):
                unused = Constat("CAQ616", "Ce motif accompagne un montant retenu vide.", sorte="sans effet")
                self._put(saisie, ligne, reason, unused)


def _is_bare(cell: Cellule) -> bool:
    """Whether a cell is nothing but a short text, so that its reading may be kept."""
    return cell.valeur is None and not cell.note and not cell.faute and len(cell.texte) <= SHORT


def _unsaid(nom: str) -> Constat:
    return Constat(
        "CAQ612",
        f"Le montant retenu de « {nom} » n'a pas de motif.",
        f"Écrivez-le dans la colonne « {nom}_motif ».",
        sorte="sans motif",
        severite=Severite.AVERTISSEMENT,
    )


def _kept(constats: Sequence[Constat], numero: int) -> tuple[Constat, ...]:
    """At most `MAX_REASONS`, errors first to be kept."""
    if len(constats) <= MAX_REASONS:
        return tuple(constats)
    errors = [c for c in constats if c.is_error]
    others = [c for c in constats if not c.is_error]
    more = Constat(
        "CAQ618",
        f"La ligne a {len(constats) - MAX_REASONS} autres constats, qui ne sont pas détaillés.",
        "Corrigez les premiers, puis relancez.",
        ligne=numero,
        severite=Severite.NOTE if not errors else None,
    )
    return (*(errors + others)[:MAX_REASONS], more)
