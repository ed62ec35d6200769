"""One row typed by the policy: who it is about, its answers, its facts, and what is wrong in it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from caqes_dsl.base.diagnostics import Severite
from caqes_dsl.base.quantities import Genre, Valeur
from caqes_dsl.base.suggestions import nearest
from caqes_dsl.evaluation.facts import Etablissement, Retenu
from caqes_dsl.model.nodes import Critere, Politique

from .cells import ABSENT, not_sent, read_cell, read_donnee, says_missing
from .columns import Colonne, Role
from .findings import Constat
from .numbers import Lu, Usage
from .table import Cellule, Ligne, Tableau, heading_key

_FINESS = re.compile(r"(?:[0-9]{2}|2[AB])[0-9]{7}", re.ASCII)
_YEAR = re.compile(r"(?:19|20)[0-9]{2}", re.ASCII)
_SENT = (Role.REPONSE, Role.DONNEE)


@dataclass(slots=True)
class Rangee:
    """A row as read: an establishment in one exercise, and what was found in it."""

    numero: int
    finess: str = ""
    raison_sociale: str = ""
    exercice: int | None = None
    secteurs: tuple[str, ...] = ()
    reponses: dict[str, str] = field(default_factory=dict)
    motifs: dict[str, str] = field(default_factory=dict)
    faits: dict[str, Valeur] = field(default_factory=dict)
    provenances: dict[str, str] = field(default_factory=dict)
    enregistres: dict[str, Fraction] = field(default_factory=dict)
    montants: dict[str, Fraction] = field(default_factory=dict)
    motifs_retenus: dict[str, str] = field(default_factory=dict)
    constats: list[Constat] = field(default_factory=list)

    @property
    def is_faulty(self) -> bool:
        """Whether an error refuses it."""
        return any(c.is_error for c in self.constats)

    def etablissement(self, lieu: str, passes: Mapping[int, Etablissement]) -> Etablissement:
        """The establishment that the row describes."""
        kept = {n: Retenu(m, self.motifs_retenus.get(n, "")) for n, m in self.montants.items()}
        return Etablissement(
            self.finess,
            self.raison_sociale,
            self.exercice,
            self.secteurs,
            self.reponses,
            self.motifs,
            self.faits,
            self.provenances,
            self.enregistres,
            kept,
            passes,
            lieu,
        )


class Lecteur:
    """Types the rows of one file."""

    def __init__(self, politique: Politique, tableau: Tableau, colonnes: Iterable[Colonne]) -> None:
        self.politique, self.tableau = politique, tableau
        self.colonnes = tuple(colonnes)
        self.labels = {heading_key(s.titre): s.nom for s in politique.secteurs.values()}

    def row(self, ligne: Ligne) -> Rangee:
        """A row, with every fault found in it."""
        rangee = Rangee(ligne.numero)
        if ligne.faute is not None:
            rangee.constats.append(ligne.faute)
        for colonne in self.colonnes:
            self._cell(rangee, colonne, ligne.cellules[colonne.index])
        self._required(rangee)
        self._cross(rangee)
        return rangee

    # ------------------------------------------------------------ cells

    def _say(
        self,
        rangee: Rangee,
        colonne: Colonne,
        code: str,
        message: str,
        aide: str = "",
        sorte: str = "",
        severite: Severite | None = None,
    ) -> None:
        repere = self.tableau.repere(rangee.numero, colonne.index)
        rangee.constats.append(
            Constat(code, message, aide, rangee.numero, colonne.entete, repere, sorte, severite, self.tableau.feuille)
        )

    def _take(self, rangee: Rangee, colonne: Colonne, lu: Lu, code: str = "CAQ604") -> Valeur | None:
        """The value of a reading; its fault or its note is said."""
        if lu.faute:
            self._say(rangee, colonne, code, lu.faute, lu.aide)
            return None
        if lu.note:
            kind = "CAQ615" if lu.sorte == ABSENT else "CAQ612"
            self._say(rangee, colonne, kind, f"{lu.note}.", lu.aide, lu.sorte or "note")
        return lu.valeur

    def _cell(self, rangee: Rangee, colonne: Colonne, cellule: Cellule) -> None:
        match colonne.role:
            case Role.FINESS:
                rangee.finess = self._finess(rangee, colonne, cellule)
            case Role.FINESS_AUTRE:
                self._finess(rangee, colonne, cellule)
            case Role.RAISON_SOCIALE:
                rangee.raison_sociale = self._text(rangee, colonne, cellule)
            case Role.EXERCICE:
                rangee.exercice = self._year(rangee, colonne, cellule)
            case Role.SECTEURS:
                rangee.secteurs = self._sectors(rangee, colonne, cellule)
            case Role.SANS_NOM:
                if not cellule.is_empty:
                    aide = "Donnez un en-tête à la colonne, ou videz-la."
                    self._say(rangee, colonne, "CAQ602", f"« {cellule.texte} » est sous aucun en-tête.", aide)
            case Role.RESULTAT:
                pass
            case _:
                if not cellule.is_empty:
                    self._declared(rangee, colonne, cellule)

    def _declared(self, rangee: Rangee, colonne: Colonne, cellule: Cellule) -> None:
        """A cell of a criterion, a fact, a recorded or retained result."""
        nom, usage, typee = colonne.nom, self.tableau.usage, self.tableau.typee
        match colonne.role:
            case Role.REPONSE:
                self._answer(rangee, colonne, cellule)
            case Role.MOTIF | Role.MOTIF_RETENU | Role.SOURCE:
                text = self._text(rangee, colonne, cellule)
                kept = {Role.MOTIF: rangee.motifs, Role.SOURCE: rangee.provenances}
                kept.get(colonne.role, rangee.motifs_retenus)[nom] = text
            case Role.DONNEE:
                lu = read_donnee(self.politique.donnees[nom], cellule, usage, self.politique, typee=typee)
                value = self._take(rangee, colonne, lu)
                if value is not None:
                    rangee.faits[nom] = value
            case Role.ENREGISTRE:
                genre = Genre.TAUX if nom.startswith("score") else Genre.POINTS
                value = self._take(rangee, colonne, read_cell(cellule, genre, usage, typee=typee))
                if isinstance(value, Fraction):
                    rangee.enregistres[nom] = value
            case Role.RETENU:
                value = self._take(rangee, colonne, read_cell(cellule, Genre.MONTANT, usage, typee=typee))
                if isinstance(value, Fraction):
                    rangee.montants[nom] = value

    def _text(self, rangee: Rangee, colonne: Colonne, cellule: Cellule) -> str:
        if cellule.faute:
            self._say(rangee, colonne, "CAQ604", cellule.faute, cellule.aide)
            return ""
        return cellule.texte

    def _finess(self, rangee: Rangee, colonne: Colonne, cellule: Cellule) -> str:
        """Nine characters, kept as text; the key is checked where it is known (not in Corsica)."""
        text = cellule.texte.replace(" ", "").upper()
        if cellule.faute:
            self._say(rangee, colonne, "CAQ607", cellule.faute, cellule.aide)
            return ""
        if not text:
            return ""
        if not _FINESS.fullmatch(text):
            aide = "Un FINESS a neuf caractères, par exemple « 140000100 » ou « 2A0000014 »."
            if text.isdigit() and len(text) == 8:
                aide = f"Un zéro a été perdu au début : écrivez « 0{text} », la cellule étant au format texte."
            self._say(rangee, colonne, "CAQ607", f"« {cellule.texte} » n'est pas un numéro FINESS.", aide)
            return ""
        if text.isdigit() and not _luhn(text):
            self._say(
                rangee, colonne, "CAQ608", f"La clé du FINESS « {text} » ne correspond pas à ses autres chiffres.",
                "Vérifiez qu'aucun chiffre n'est faux ou échangé.",
            )  # fmt: skip
        return text

    def _year(self, rangee: Rangee, colonne: Colonne, cellule: Cellule) -> int | None:
        value = cellule.valeur
        text = str(value) if isinstance(value, Fraction) and not cellule.unite else cellule.texte
        if cellule.faute or (text and not _YEAR.fullmatch(text)):
            shown = cellule.faute or f"« {cellule.texte} » n'est pas une année."
            self._say(rangee, colonne, "CAQ604", shown, "Écrivez l'exercice en quatre chiffres, par exemple « 2018 ».")
            return None
        return int(text) if text else None

    def _sectors(self, rangee: Rangee, colonne: Colonne, cellule: Cellule) -> tuple[str, ...]:
        """Names (or titles) joined by « + », in the order of the policy, each once."""
        if cellule.faute:
            self._say(rangee, colonne, "CAQ611", cellule.faute, cellule.aide)
            return ()
        known, found = self.politique.secteurs, set[str]()
        for part in (p.strip() for p in cellule.texte.split("+")):
            name = part if part in known else self._sector_alike(part)
            if name is not None:
                found.add(name)
            elif part or cellule.texte:
                close = nearest(part, known)
                aide = f"Vouliez-vous dire « {close[0]} » ?" if close else f"Secteurs connus : {', '.join(known)}."
                if re.search("[,;/]", part):
                    aide = "Plusieurs secteurs se joignent par « + », par exemple « MCO+SSR »."
                self._say(rangee, colonne, "CAQ611", f"« {part} » n'est pas un secteur de la politique.", aide)
        return tuple(s for s in known if s in found)

    def _sector_alike(self, part: str) -> str | None:
        key = heading_key(part)
        names = [s for s in self.politique.secteurs if heading_key(s) == key]
        return names[0] if len(names) == 1 else self.labels.get(key)

    def _answer(self, rangee: Rangee, colonne: Colonne, cellule: Cellule) -> None:
        """A level or its label; a word that says nothing was sent is said so. `NC` means non concerné only."""
        critere = self.politique.criteres[colonne.nom]
        level = self._level(cellule, critere)
        if level is None and not cellule.faute and says_missing(cellule.texte):
            self._take(rangee, colonne, not_sent(cellule.texte))
            return
        if level is None:
            allowed = [f"« {n} »" for n in (critere.niveaux if critere.mesure is None else ("NC",))]
            aide = cellule.aide or f"Réponses admises : {', '.join(allowed)}, ou leur libellé."
            said = cellule.faute or f"« {cellule.texte} » n'est pas une réponse que le critère « {critere.nom} » admet."
            self._say(rangee, colonne, "CAQ606", said, aide)
            return
        if cellule.note:
            self._say(rangee, colonne, "CAQ612", f"« {cellule.texte} » : {cellule.note}.", "", cellule.sorte or "note")
        rangee.reponses[critere.nom] = level

    def _level(self, cellule: Cellule, critere: Critere) -> str | None:
        """The level that a cell names, among those of the criterion and NC."""
        if cellule.faute:
            return None
        niveaux = self.politique.niveaux
        neutral = [n for n, level in niveaux.items() if level.part is None]
        answered = critere.mesure is None and critere.table is None
        allowed = list(dict.fromkeys([*(critere.niveaux if answered else ()), *neutral]))
        if cellule.texte in allowed:
            return cellule.texte
        key = heading_key(cellule.texte)
        alike = [n for n in allowed if key in (heading_key(n), heading_key(niveaux[n].titre))]
        return alike[0] if len(alike) == 1 else None

    # ------------------------------------------------------------ the row as a whole

    def _required(self, rangee: Rangee) -> None:
        column = {c.role: c for c in self.colonnes}
        said = {c.colonne for c in rangee.constats}
        for role, empty, what in (
            (Role.FINESS, not rangee.finess, "Le numéro FINESS"),
            (Role.EXERCICE, rangee.exercice is None, "L'exercice"),
            (Role.SECTEURS, not rangee.secteurs, "Le secteur"),
        ):
            if empty and role in column and column[role].entete not in said:
                self._say(
                    rangee, column[role], "CAQ604", f"{what} manque.", "Chaque ligne dit qui, quand et quels secteurs."
                )

    def _cross(self, rangee: Rangee) -> None:
        """What only the row as a whole tells: bounds, NC and their reasons, answers without effect."""
        from caqes_dsl.evaluation.explain import violated_bounds

        by_name = {(c.role, c.nom): c for c in self.colonnes}
        for nom, borne in violated_bounds(self.politique, rangee.faits):
            donnee, colonne = self.politique.donnees[nom], by_name[Role.DONNEE, nom]
            bound = " ".join(borne.span.texte.split())
            message = (
                f"« {donnee.titre} » sort de ses bornes : {_shown(rangee.faits[nom], donnee.genre)} pour « {bound} »."
            )
            self._say(rangee, colonne, "CAQ605", message, "Vérifiez la valeur et son unité.")
        here = set(rangee.secteurs)
        for nom, level in list(rangee.reponses.items()):
            critere, colonne = self.politique.criteres[nom], by_name[Role.REPONSE, nom]
            if here and not here & set(critere.secteurs):
                self._say(
                    rangee, colonne, "CAQ616",
                    f"Le critère « {nom} » ne s'applique pas à ces secteurs : sa réponse n'est pas lue.",
                    "Videz la cellule, ou vérifiez les secteurs.", "secteur",
                )  # fmt: skip
                del rangee.reponses[nom]
            elif self.politique.niveaux[level].part is None:
                self._neutral(rangee, colonne, critere, level)
        for nom in list(rangee.motifs):
            if nom not in rangee.reponses or self.politique.niveaux[rangee.reponses[nom]].part is not None:
                colonne = by_name[Role.MOTIF, nom]
                self._say(
                    rangee, colonne, "CAQ616",
                    f"Le motif du critère « {nom} » n'accompagne aucun « NC » : il n'est pas lu.", "", "motif",
                )  # fmt: skip
                del rangee.motifs[nom]

    def _neutral(self, rangee: Rangee, colonne: Colonne, critere: Critere, level: str) -> None:
        """A declared NC: admitted by the policy, with a reason."""
        label = self.politique.niveaux[level].titre
        if not critere.nc_sur_justification and level not in critere.niveaux:
            self._say(
                rangee, colonne, "CAQ610", f"Le critère « {critere.nom} » ne peut pas être déclaré « {label} ».",
                "Donnez une autre réponse, ou laissez vide.",
            )  # fmt: skip
        elif critere.nc_sur_justification and not rangee.motifs.get(critere.nom):
            self._say(
                rangee, colonne, "CAQ610", f"« {label} » est déclaré sans motif pour le critère « {critere.nom} ».",
                f"Écrivez pourquoi dans la colonne « {critere.nom}_motif ».",
            )  # fmt: skip


def _shown(value: Valeur, genre: Genre) -> str:
    from caqes_dsl.base.quantities import write_value

    return write_value(value, genre)


def _luhn(digits: str) -> bool:
    """Whether the last digit is the key of the others (Luhn)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        worth = int(digit) * (1 + place % 2)
        total += worth - 9 if worth > 9 else worth
    return total % 10 == 0


__all__ = ["Lecteur", "Rangee", "Usage"]
