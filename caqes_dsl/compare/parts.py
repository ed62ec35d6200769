"""How a policy is cut into addressable parts: collections of declarations, their fields, the items of some fields."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from caqes_dsl.model import nodes
from caqes_dsl.model.empreinte import counted
from caqes_dsl.model.nodes import Politique

NOTATION = "notation"

MAPPINGS = (
    *("secteurs", "niveaux", "donnees", "parametres", "volets", "chapitres", "objectifs", "criteres", "indicateurs"),
    *("calculs", "baremes", "decisions", "pieces"),
)
"""Collections by name, in the order in which their changes are listed."""

LISTS: Mapping[str, Callable[[Any], str]] = {
    "calendrier": lambda e: str(e.nom),
    "delais": lambda d: f"{d.tard} après {d.tot}",
    "exemples": lambda e: str(e.titre),
    "proprietes": lambda p: str(p.nom),
}
"""Collections that are lists, with what tells their items apart."""

ITEMS: Mapping[tuple[type, str], Callable[[Any], str]] = {
    (nodes.Titre, "totaux"): lambda t: f"{t.secteur} {t.unite}".strip(),
    (nodes.Parametre, "valeurs"): lambda v: str(v.a_compter_du.isoformat()),
    (nodes.Critere, "variantes"): lambda v: ", ".join(v.secteurs),
    (nodes.Critere, "secteurs"): str,
    (nodes.Critere, "niveaux"): str,
    (nodes.Indicateur, "secteurs"): str,
}
"""Fields whose items are changed one by one, with what tells them apart."""

HEADER = tuple(name for name in counted(Politique) if name not in {*MAPPINGS, *LISTS, NOTATION})
"""Fields of the header."""


def keyed(items: Any, key: Callable[[Any], str]) -> dict[str, Any]:
    """Items by what tells them apart; a number is added where two are alike."""
    found: dict[str, Any] = {}
    for item in items:
        name = key(item)
        count = 2
        while name in found:
            name = f"{key(item)} ({count})"
            count += 1
        found[name] = item
    return found


def collection(politique: Politique, name: str) -> dict[str, Any]:
    """The declarations of a collection by name."""
    held = getattr(politique, name)
    return keyed(held, LISTS[name]) if name in LISTS else dict(held)


def parts_of(declared: Any) -> Iterator[tuple[str, Callable[[Any], str] | None]]:
    """The fields of a declaration that count, each with what tells its items apart when they are taken one by one."""
    for name in counted(type(declared)):
        if name != "nom":
            yield name, ITEMS.get((type(declared), name))
