"""The table that the agency's own letters are merged with: one row an establishment, every cell a text ready to print.

A merge ignores the formats of cells: amounts, rates and dates are written out. What is not determined is said in words,
never as a number.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from caqes_dsl.base.suggestions import fold
from caqes_dsl.documents.explication import Parties
from caqes_dsl.documents.explication_shapes import ExplicationVue
from caqes_dsl.documents.publipostage_cellules import Cellules, Sorte, named_columns
from caqes_dsl.documents.typography import flow, typeset
from caqes_dsl.exchange.cohort import Ecarte
from caqes_dsl.model.nodes import Politique

LARGEUR_NOM = 40
"""Longest name of a merge field in Word."""


@dataclass(frozen=True, slots=True)
class ColonneVue:
    """A column of the merge: its name, fit for a field, and what it holds."""

    nom: str
    titre: str


@dataclass(frozen=True, slots=True)
class EcarteVue:
    """A reason why a row was set aside."""

    finess: str
    raison_sociale: str
    exercice: str
    lieu: str
    code: str
    motif: str
    remede: str


@dataclass(frozen=True, slots=True)
class PublipostageVue:
    """The three sheets of the merge: rows, what the columns say, what was set aside and why."""

    titre: str
    empreinte: str
    colonnes: tuple[ColonneVue, ...]
    rangs: tuple[tuple[str, ...], ...]
    ecartes: tuple[EcarteVue, ...]


class Publipostage:
    """Gathers the rows of a merge as explanations are made. `formats` are those of the files that rows name."""

    def __init__(self, politique: Politique, formats: Sequence[str] = ()) -> None:
        self.politique, self.formats = politique, tuple(formats)
        self._sortes = [
            *named_columns(politique),
            *(Sorte(f"fichier_{f}", _path_title(f), code=True) for f in self.formats),
        ]
        self.colonnes = tuple(
            ColonneVue(nom, s.titre) for nom, s in zip(field_names(self._sortes), self._sortes, strict=True)
        )
        self._rangs: list[tuple[str, ...]] = []

    def add(self, parts: Parties, vue: ExplicationVue, fichiers: Mapping[str, str]) -> None:
        """One establishment, with the path of each of its files."""
        cells = dict(Cellules(parts, vue).cells())
        cells |= {f"fichier_{f}": path for f, path in fichiers.items()}
        self._rangs.append(tuple(_text(cells.get(s.cle, ""), code=s.code) for s in self._sortes))

    def view(self, ecartes: Sequence[EcarteVue] = ()) -> PublipostageVue:
        """The whole table."""
        politique = self.politique
        titre = politique.titre or politique.nom
        return PublipostageVue(titre, politique.empreinte, self.colonnes, tuple(self._rangs), tuple(ecartes))


def set_aside(ecartes: Iterable[Ecarte]) -> Iterator[EcarteVue]:
    """The rows that could not be evaluated, one line a reason: none is left out."""
    for ecarte in ecartes:
        exercice = "" if ecarte.exercice is None else str(ecarte.exercice)
        whose = (ecarte.finess, flow(ecarte.raison_sociale), exercice)
        if not ecarte.diagnostics:
            yield EcarteVue(*whose, ecarte.lieu, "", "", "")
        for d in ecarte.diagnostics:
            yield EcarteVue(*whose, d.lieu or ecarte.lieu, d.code, typeset(flow(d.message)), typeset(flow(d.aide)))


def _path_title(format: str) -> str:
    return f"Chemin du fichier de l'explication ({format.upper()}), depuis le dossier de ce classeur"


def _text(text: str, *, code: bool) -> str:
    """A cell on one line; codes and paths as they are, other texts with their French spaces."""
    return flow(text) if code else typeset(flow(text))


def field_names(sortes: Sequence[Sorte]) -> Iterator[str]:
    """Names of fields: no accent, no space, at most `LARGEUR_NOM` characters, never twice the same."""
    taken: set[str] = set()
    for sorte in sortes:
        whole = re.sub(r"\W+", "_", fold(sorte.cle), flags=re.ASCII).strip("_")
        name, number = whole[:LARGEUR_NOM], 1
        while name.casefold() in taken:
            number += 1
            name = f"{whole[: LARGEUR_NOM - len(str(number)) - 1]}_{number}"
        taken.add(name.casefold())
        yield name
