"""What the annex template sees: texts and lists of texts, nothing to compute with.

No field is named like a method of a dictionary: templates read the view as plain dictionaries.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RenvoiVue:
    """The number of a note, and whether what it is put on is a hypothesis."""

    numero: str
    hypothese: bool


Renvois = tuple[RenvoiVue, ...]


@dataclass(frozen=True, slots=True)
class NoteVue:
    """A numbered source."""

    numero: str
    texte: str
    hypothese: bool


@dataclass(frozen=True, slots=True)
class LigneVue:
    """A label and what it is worth, with its notes. `detail` completes the text in a column of its own."""

    libelle: str
    texte: str
    notes: Renvois = ()
    detail: str = ""


@dataclass(frozen=True, slots=True)
class IdentiteVue:
    """What the title page says. `marque` is the mark put across the pages (« PROJET ») or « ».

    `lignes` are the same facts as labels and texts; `rappel` is what runs at the head of each page.
    """

    titre: str
    region: str
    exercice: str
    evaluee_en: str
    vigueur: str
    date_d_effet: str
    statut: str
    est_projet: bool
    marque: str
    rappel: str
    code_de_controle: str
    empreinte: str
    version: str
    portee: str
    lignes: tuple[LigneVue, ...]
    notes: Renvois


@dataclass(frozen=True, slots=True)
class TableVue:
    """A table: its caption, its column heads, its rows; `suites` are said under it."""

    legende: str
    colonnes: tuple[str, ...]
    rangs: tuple[tuple[str, ...], ...]
    suites: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CritereVue:
    """A criterion, ready to print.

    `reponses`, for an answered one, pairs an answer with its points; `seuils`, for a measured one, gives a threshold,
    the answer it stands for and, as `detail`, the points. `precisions` are labels and texts, in the order to print.
    """

    ancre: str
    numero: str
    titre: str
    points: str
    secteurs: str
    reponses: tuple[LigneVue, ...]
    seuils: tuple[LigneVue, ...]
    bornes: str
    precisions: tuple[LigneVue, ...]
    hypothese: bool
    notes: Renvois


@dataclass(frozen=True, slots=True)
class ObjectifVue:
    """An objectif and its criteria; one that has none is a commitment without points."""

    titre: str
    texte: str
    total: str
    criteres: tuple[CritereVue, ...]
    notes: Renvois


@dataclass(frozen=True, slots=True)
class ChapitreVue:
    """A chapitre (an article of the contract) and its objectifs."""

    ancre: str
    article: str
    titre: str
    texte: str
    points: str
    total: str
    objectifs: tuple[ObjectifVue, ...]
    notes: Renvois


@dataclass(frozen=True, slots=True)
class IndicateurVue:
    """An indicateur, ready to print: its target in words, what it measures and for whom as `precisions`."""

    ancre: str
    titre: str
    cible: str
    secteurs: str
    precisions: tuple[LigneVue, ...]
    notes: Renvois


@dataclass(frozen=True, slots=True)
class VoletVue:
    """A volet, to whom it is reserved, its target and totals, its indicateurs, its chapitres.

    `recapitulatif` has no rows when nothing in it gives points.
    """

    ancre: str
    article: str
    titre: str
    texte: str
    reserve: str
    totaux: tuple[LigneVue, ...]
    indicateurs: tuple[IndicateurVue, ...]
    chapitres: tuple[ChapitreVue, ...]
    recapitulatif: TableVue
    notes: Renvois


@dataclass(frozen=True, slots=True)
class BaremeVue:
    """A scale."""

    titre: str
    table: TableVue
    notes: Renvois


@dataclass(frozen=True, slots=True)
class ConsequenceVue:
    """An amount proposed for decision, or a document due (`montant` is then « »): when (`tete`, then each case), how
    much, under the name of its nature (`libelle`: « Montant encouru », « Montant proposé », « Somme à partager »)."""

    titre: str
    tete: str
    cas: tuple[str, ...]
    libelle: str
    montant: str
    limites: tuple[str, ...]
    notes: Renvois


@dataclass(frozen=True, slots=True)
class NatureVue:
    """The consequences of one nature, under their heading; `avertissement` says what they are."""

    ancre: str
    titre: str
    avertissement: str
    liste: tuple[ConsequenceVue, ...]


@dataclass(frozen=True, slots=True)
class ParametreVue:
    """A value fixed by a text: the one that applies, then the others with their dates."""

    libelle: str
    valeur: str
    notes: Renvois
    autres: tuple[LigneVue, ...]


@dataclass(frozen=True, slots=True)
class ExempleVue:
    """A worked case: what is supposed, what follows."""

    titre: str
    donnees: tuple[LigneVue, ...]
    resultats: tuple[LigneVue, ...]


@dataclass(frozen=True, slots=True)
class AnnexeVue:
    """The whole annex."""

    identite: IdentiteVue
    chapeau: str
    legende: str
    secteurs: tuple[LigneVue, ...]
    niveaux: tuple[LigneVue, ...]
    notation: tuple[LigneVue, ...]
    volets: tuple[VoletVue, ...]
    definitions: tuple[LigneVue, ...]
    parametres: tuple[ParametreVue, ...]
    baremes: tuple[BaremeVue, ...]
    decisions: tuple[NatureVue, ...]
    pieces: tuple[ConsequenceVue, ...]
    calendrier: tuple[LigneVue, ...]
    delais: tuple[LigneVue, ...]
    exemples: tuple[ExempleVue, ...]
    donnees: tuple[LigneVue, ...]
    limites: tuple[LigneVue, ...]
    sources: tuple[NoteVue, ...]
