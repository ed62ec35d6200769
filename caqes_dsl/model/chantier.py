"""A policy being built: what the lowering of every declaration shares."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from caqes_dsl.base.quantities import Genre
from caqes_dsl.syntax import tree

from .expressions import Abaisseur, Signature
from .nodes import Donnee, Parametre
from .scope import Contexte, Portee


@dataclass(slots=True)
class Chantier:
    """A policy being built. `le` is the day at which dated values are read."""

    portee: Portee
    abaisseur: Abaisseur = field(init=False)
    signatures: dict[str, Signature] = field(default_factory=dict)
    parametres: dict[str, Parametre] = field(default_factory=dict)
    genres_mesures: dict[str, Genre | None] = field(default_factory=dict)
    donnees: dict[str, Donnee] = field(default_factory=dict)
    vigueur: tree.ClauseVigueur | None = None
    cadre: bool = False
    """Whether the header has no exercice: a framework that contracts take up, not a contract."""
    le: date | None = None
    sans_date: bool = False
    """Whether the header's dates could not be read: no paramètre is then said to have no value."""


def declared(portee: Portee, *genres: str, abimees: bool = False) -> list[tuple[tree.Declaration, Contexte]]:
    """Declarations of these kinds that declared their name (a second one was refused).

    Those whose clauses could not all be read are left out, unless asked for: their names stand, nothing else.
    """
    return [
        (d, c)
        for d, c in portee.declarations
        if d.genre in genres and (abimees or not d.abimee) and (d.nom is None or portee.par_nom.get(d.nom.nom) is d)
    ]
