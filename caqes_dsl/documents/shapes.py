"""What the annex template sees: texts and lists of texts, nothing to compute with.

No field is named like a method of a dictionary: templates read the view as plain dictionaries.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class IdentiteVue:
    """What the title page says. `marque` is the running mark (« PROJET ») or « »."""

    titre: str
    region: str
    exercice: str
    evaluee_en: str
    vigueur: str
    statut: str
    est_projet: bool
    marque: str
    code_de_controle: str
    empreinte: str
    version: str
    portee: str
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LigneVue:
    """A label and what it is worth, with the numbers of its notes."""

    libelle: str
    texte: str
    notes: tuple[str, ...] = ()
    detail: str = ""


@dataclass(frozen=True, slots=True)
class TableVue:
    """A table: its caption, its column heads, its rows; `suites` are said under it."""

    legende: str
    colonnes: tuple[str, ...]
    rangs: tuple[tuple[str, ...], ...]
    suites: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CritereVue:
    """A criterion, ready to print. `reponses` pairs an answer (or a threshold) with the points it gives."""

    ancre: str
    nom: str
    titre: str
    points: str
    secteurs: str
    reponses: tuple[LigneVue, ...]
    mesure: str
    sens: str
    bornes: str
    regles: tuple[str, ...]
    guide: str
    preuve: str
    echeance: str
    variantes: tuple[str, ...]
    hypothese: bool
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ObjectifVue:
    """An objectif and its criteria."""

    titre: str
    texte: str
    total: str
    criteres: tuple[CritereVue, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ChapitreVue:
    """A chapitre (an article of the contract) and its objectifs."""

    ancre: str
    article: str
    titre: str
    texte: str
    total: str
    objectifs: tuple[ObjectifVue, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class VoletVue:
    """A volet, its target, its totals and its chapitres."""

    ancre: str
    article: str
    titre: str
    texte: str
    totaux: tuple[LigneVue, ...]
    cible: str
    cible_notes: tuple[str, ...]
    chapitres: tuple[ChapitreVue, ...]
    recapitulatif: TableVue
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BaremeVue:
    """A scale in words."""

    titre: str
    table: TableVue
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DecisionVue:
    """An amount at stake: when, how much, how it is rounded."""

    titre: str
    condition: str
    montant: str
    limites: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ExempleVue:
    """A worked case: what is supposed, what follows."""

    titre: str
    secteurs: str
    donnees: tuple[LigneVue, ...]
    resultats: tuple[LigneVue, ...]


@dataclass(frozen=True, slots=True)
class NoteVue:
    """A numbered source."""

    numero: str
    texte: str
    hypothese: bool


@dataclass(frozen=True, slots=True)
class AnnexeVue:
    """The whole annex."""

    identite: IdentiteVue
    secteurs: tuple[LigneVue, ...]
    niveaux: tuple[LigneVue, ...]
    notation: tuple[LigneVue, ...]
    volets: tuple[VoletVue, ...]
    definitions: tuple[LigneVue, ...]
    parametres: tuple[LigneVue, ...]
    baremes: tuple[BaremeVue, ...]
    decisions: tuple[DecisionVue, ...]
    pieces: tuple[LigneVue, ...]
    calendrier: tuple[LigneVue, ...]
    delais: tuple[LigneVue, ...]
    exemples: tuple[ExempleVue, ...]
    donnees: tuple[LigneVue, ...]
    limites: tuple[LigneVue, ...]
    sources: tuple[NoteVue, ...]
