"""What the templates of a comparison see: the changes as texts, then the effect as the sections of a report."""

from __future__ import annotations

from dataclasses import dataclass

from caqes_dsl.documents.rapport_shapes import SectionVue, TableauVue
from caqes_dsl.documents.shapes import IdentiteVue, LigneVue


@dataclass(frozen=True, slots=True)
class MorceauVue:
    """A part of a sentence. `sorte`: egal, retire (only the older version says it), ajoute (only the newer)."""

    sorte: str
    texte: str


@dataclass(frozen=True, slots=True)
class ChangementVue:
    """A change. `quoi` is what it bears on in its subject (« cible »); `morceaux` its sentence, cut where it differs.

    `avant` and `apres` are « » where there is nothing; `effet` is what it does alone to a cohort, « » for nothing to
    say. `details` are what the sentence leaves out; `lieux` where each side is written.
    """

    quoi: str
    morceaux: tuple[MorceauVue, ...]
    avant: str
    apres: str
    effet: str
    consequence: bool
    details: tuple[LigneVue, ...]
    lieux: str


@dataclass(frozen=True, slots=True)
class SujetVue:
    """Changes of one declaration; `titre` is « » where the heading above says it."""

    titre: str
    changements: tuple[ChangementVue, ...]


@dataclass(frozen=True, slots=True)
class GroupeVue:
    """Changes under one heading of the contract; `resumes` say in a sentence each those of one kind that are many."""

    ancre: str
    titre: str
    legende: str
    sujets: tuple[SujetVue, ...]
    resumes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PartieVue:
    """A numbered part that lists changes."""

    ancre: str
    titre: str
    groupes: tuple[GroupeVue, ...]


@dataclass(frozen=True, slots=True)
class ChiffreVue:
    """A key figure: « Sous la cible », « 9 → 11 », and what completes it."""

    libelle: str
    texte: str
    detail: str


@dataclass(frozen=True, slots=True)
class ComparaisonVue:
    """The whole comparison. `identite` is that of the newer version; `effets` says whether a cohort was given."""

    identite: IdentiteVue
    ancienne: IdentiteVue
    surtitre: str
    titre: str
    alertes: tuple[str, ...]
    phrases: tuple[str, ...]
    chiffres: tuple[ChiffreVue, ...]
    versions: TableauVue
    natures: tuple[TableauVue, ...]
    effets: bool
    parties: tuple[PartieVue, ...]
    sections: tuple[SectionVue, ...]
