"""Policies side by side, by region and year: what each sets, what it inherits, what ends with it or during it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from os.path import normpath
from pathlib import PurePath

from caqes_dsl.base.suggestions import fold
from caqes_dsl.documents.typography import typeset
from caqes_dsl.documents.writers.terminal import Colonne, Ligne, write_table
from caqes_dsl.model.nodes import Politique, Provenance

_SHOWN = 2


@dataclass(frozen=True, slots=True)
class Compte:
    """How many declarations a file adds, changes and removes."""

    ajoute: int
    modifie: int
    supprime: int


def count(politique: Politique) -> Compte:
    """What the file of a policy sets by itself: exemples and contrôles are counted among what it adds."""
    own = politique.span.source.nom

    def here(provenance: Provenance) -> bool:
        return provenance.span.source.nom == own

    added = changed = 0
    for clauses in politique.provenances.values():
        whole = next((p for p in clauses if not p.clause), None)
        if whole is not None and here(whole) and not whole.remplace:
            added += 1
        elif any(here(p) for p in clauses):
            changed += 1
    removed = sum(gone.span.source.nom == own for gone in politique.suppressions)
    return Compte(added + len(politique.exemples), changed, removed)


def ending(politique: Politique) -> list[tuple[date, str]]:
    """Paramètres whose last value ends, and when."""
    lasts = ((p.valeurs[-1].jusqu_au, p.nom) for p in politique.parametres.values() if p.valeurs)
    return sorted((day, nom) for day, nom in lasts if day is not None)


def render_years(policies: Sequence[tuple[str, Politique | None]], *, largeur: int = 100, couleur: bool = False) -> str:
    """A table of policies, each with the path it is shown under; None for one that has errors."""
    columns = [
        Colonne("Région"),
        Colonne("Exercice"),
        Colonne("Politique"),
        Colonne("Reprend", elastique=True, rang=3),
        Colonne("Ajoute", nombre=True),
        Colonne("Modifie", nombre=True),
        Colonne("Supprime", nombre=True),
        Colonne("Vigueur jusqu'au"),
        Colonne("S'arrête aussi", elastique=True, rang=2),
    ]
    rows = [(_order(path, p), _row(path, p)) for path, p in policies]
    lines = [
        Ligne(tuple(typeset(c) for c in cells), "sobre" if known else "alerte")
        for (*_, known), cells in sorted(rows, key=lambda r: r[0][:-1])
    ]
    return write_table(columns, lines, min(max(largeur, 60), 140), couleur=couleur)


def _order(path: str, politique: Politique | None) -> tuple[str, int, str, bool]:
    region = (politique.region or "") if politique else PurePath(path).parent.name
    return fold(region), (politique.exercice or 0) if politique else 0, path, politique is not None


def _row(path: str, politique: Politique | None) -> tuple[str, ...]:
    if politique is None:
        return PurePath(path).parent.name, "", _short(path), "", "", "", "", "", "n'est pas conforme"
    counted = count(politique)
    here = PurePath(path).parent
    parents = [_short(normpath(here / p)) for p in politique.reprend]
    parents += [f"{_short(normpath(here / p))} (limites)" for p in politique.respecte]
    if politique.vigueur_au is not None:
        end = f"{politique.vigueur_au:%d/%m/%Y}"
    else:
        end = "sans fin" if politique.vigueur_du is not None else "–"
    expiring = ending(politique)
    said = [f"{nom} le {day:%d/%m/%Y}" for day, nom in expiring[:_SHOWN]]
    said += [f"et {len(expiring) - _SHOWN} autres"] if len(expiring) > _SHOWN else []
    return (
        politique.region or "National",
        str(politique.exercice) if politique.exercice is not None else "–",
        _short(path),
        ", ".join(parents) or "–",
        str(counted.ajoute),
        str(counted.modifie),
        str(counted.supprime),
        end,
        ", ".join(said) or "–",
    )


def _short(path: str) -> str:
    """« normandie/2019 »."""
    return "/".join(PurePath(path).with_suffix("").parts[-2:])
