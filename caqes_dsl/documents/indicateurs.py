"""Indicateurs and reserved volets in words, as an annex prints them."""

from __future__ import annotations

from collections.abc import Iterator

from caqes_dsl.documents import phrases
from caqes_dsl.documents.criteria import SENS, sector_words
from caqes_dsl.documents.notes import Notes
from caqes_dsl.documents.shapes import IndicateurVue, LigneVue
from caqes_dsl.documents.typography import capital
from caqes_dsl.model.nodes import Indicateur, Noeud, Politique, Titre


def concerned(politique: Politique, secteurs: tuple[str, ...]) -> list[Indicateur]:
    """The indicateurs of an establishment of these sectors (all when empty)."""
    every = politique.indicateurs.values()
    return [i for i in every if not secteurs or not i.secteurs or set(i.secteurs) & set(secteurs)]


def reserved_to(noeud: Noeud, politique: Politique) -> str:
    """« établissements pour lesquels … »: to whom a volet or an indicateur is reserved."""
    return phrases.establishments(noeud, politique)


def reserve_of(titre: Titre | None, politique: Politique) -> str:
    """To which establishments a volet applies, in a sentence; nothing when it applies to all."""
    if titre is None or titre.reserve is None:
        return ""
    return f"Ce volet s'applique aux {reserved_to(titre.reserve, politique)}. Pour les autres, il est sans objet."


def target(indicateur: Indicateur, politique: Politique) -> str:
    """« au moins 45,5 % », « au plus la médiane… »; that there is none."""
    if indicateur.cible is None:
        return "Suivi, sans cible"
    least = "au plus" if indicateur.sens == "baisse" else "au moins"
    return capital(f"{least} {phrases.describe(indicateur.cible, politique)}")


def indicator(indicateur: Indicateur, politique: Politique, notes: Notes) -> IndicateurVue:
    """An indicateur, ready to print."""
    return IndicateurVue(
        f"indicateur-{list(politique.indicateurs).index(indicateur.nom) + 1}",
        indicateur.titre or indicateur.nom,
        target(indicateur, politique),
        sector_words(indicateur.secteurs, politique),
        tuple(_details(indicateur, politique)),
        notes.mark(indicateur.source, indicateur.cible_source),
    )


def _details(indicateur: Indicateur, politique: Politique) -> Iterator[LigneVue]:
    measure = f"{capital(phrases.describe(indicateur.mesure, politique))}."
    yield LigneVue("Mesure", f"{measure} {SENS.get(indicateur.sens, '')}".strip())
    if indicateur.reserve is not None:
        yield LigneVue("Réservé", f"aux {reserved_to(indicateur.reserve, politique)} ; sans objet pour les autres.")
