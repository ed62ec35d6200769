"""What the templates of a region's report see: texts, tables, and drawings whose coordinates are already texts."""

from __future__ import annotations

from dataclasses import dataclass

from caqes_dsl.documents.shapes import IdentiteVue, LigneVue, TableVue


@dataclass(frozen=True, slots=True)
class RectangleVue:
    """A rectangle. `sorte`: plein, hachure, clair, boite, fond."""

    x: str
    y: str
    largeur: str
    hauteur: str
    sorte: str


@dataclass(frozen=True, slots=True)
class TraitVue:
    """A line. `sorte`: axe, grille, cible, fin, gras."""

    x1: str
    y1: str
    x2: str
    y2: str
    sorte: str


@dataclass(frozen=True, slots=True)
class RondVue:
    """A dot. `sorte`: plein, vide."""

    x: str
    y: str
    rayon: str
    sorte: str


@dataclass(frozen=True, slots=True)
class EcritVue:
    """A text. `ancrage`: start, middle, end. `sorte`: texte, nombre, cible."""

    x: str
    y: str
    ancrage: str
    sorte: str
    texte: str


@dataclass(frozen=True, slots=True)
class FigureVue:
    """A drawing: what it shows in one line, the same in words, and the table that holds its numbers."""

    ancre: str
    titre: str
    description: str
    largeur: str
    hauteur: str
    rectangles: tuple[RectangleVue, ...]
    traits: tuple[TraitVue, ...]
    ronds: tuple[RondVue, ...]
    ecrits: tuple[EcritVue, ...]


@dataclass(frozen=True, slots=True)
class TableauVue:
    """A table of a report; the columns numbered in `nombres` are set to the right.

    `pied` are rows of sums, always last; `triable` says that a reader may put the others in another order.
    """

    table: TableVue
    nombres: tuple[bool, ...]
    pied: tuple[tuple[str, ...], ...] = ()
    triable: bool = False


@dataclass(frozen=True, slots=True)
class BlocVue:
    """A part of a section: sentences, then a drawing or none (« » as its anchor), then tables."""

    titre: str
    textes: tuple[str, ...]
    figures: tuple[FigureVue, ...]
    tableaux: tuple[TableauVue, ...]


@dataclass(frozen=True, slots=True)
class SectionVue:
    """A numbered section."""

    ancre: str
    titre: str
    textes: tuple[str, ...]
    blocs: tuple[BlocVue, ...]


@dataclass(frozen=True, slots=True)
class RapportVue:
    """The whole report."""

    identite: IdentiteVue
    surtitre: str
    titre: str
    alertes: tuple[str, ...]
    phrases: tuple[str, ...]
    fiche: tuple[LigneVue, ...]
    sections: tuple[SectionVue, ...]
