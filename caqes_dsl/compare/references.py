"""Which declarations a declaration names, and those that a policy made of some changes lacks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

from caqes_dsl.base.quantities import Genre
from caqes_dsl.model.nodes import Cle, Constante, Critere, Fait, Noeud, Politique, Reference, Table, Variante

from .parts import MAPPINGS

Adresse = tuple[str, str]
"""A collection of the policy and a name in it."""

Adresses = frozenset[Adresse]

_NAMED = {
    "niveau": ("criteres",),
    "mesure": ("criteres", "indicateurs"),
    "atteint": ("indicateurs",),
    "cible": ("volets", "indicateurs"),
    "calcul": ("calculs",),
    "barème": ("baremes",),
    "décision": ("decisions",),
    "pièce": ("pieces",),
    "secteur": ("secteurs",),
    "réserve": ("volets",),
    "score": ("volets", "chapitres", "objectifs"),
    "points": ("volets", "chapitres", "objectifs"),
    "points_applicables": ("volets", "chapitres", "objectifs"),
    "décompte": ("volets", "chapitres", "objectifs"),
}


class References:
    """What declarations name; each is looked at once."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[Any, tuple[tuple[tuple[str, ...], str, Genre | None], ...]]] = {}

    def _of(self, declared: Any) -> tuple[tuple[tuple[str, ...], str, Genre | None], ...]:
        """The collections where it looks for a name, the name, the type that it expects."""
        known = self._known.get(id(declared))
        if known is None or known[0] is not declared:
            known = self._known[id(declared)] = (declared, tuple(dict.fromkeys(_named(declared))))
        return known[1]

    def broken(self, politique: Politique) -> Iterator[tuple[Adresse, Adresse]]:
        """A declaration and one that it names in vain: it is not there, or is of another type."""
        calcul = politique.notation.calcul
        if calcul and calcul not in politique.calculs:
            yield ("notation", ""), ("calculs", calcul)
        for name in MAPPINGS:
            for nom, declared in getattr(politique, name).items():
                for places, read, genre in self._of(declared):
                    found = [(place, getattr(politique, place).get(read)) for place in places]
                    held = next(((p, d) for p, d in found if d is not None), None)
                    if held is None:
                        for place in places:
                            yield (name, nom), (place, read)
                    elif genre is not None and _genre(held[1], genre) is not genre:
                        yield (name, nom), (held[0], read)

    def far(self, politique: Politique, adresse: Adresse) -> Adresses:
        """All that a declaration names, however far."""
        seen, waiting = {adresse}, [adresse]
        while waiting:
            place, nom = waiting.pop()
            declared = getattr(politique, place).get(nom)
            for places, read, _ in self._of(declared) if declared is not None else ():
                for other in ((p, read) for p in places):
                    if other not in seen:
                        seen.add(other)
                        waiting.append(other)
        return frozenset(seen)


def _genre(declared: Any, default: Genre) -> Genre:
    """The type of a declaration's value; what has none agrees with any."""
    if isinstance(declared, Critere):
        return default
    found = getattr(declared, "genre", default)
    return found if isinstance(found, Genre) else default


def _named(declared: Any) -> Iterator[tuple[tuple[str, ...], str, Genre | None]]:
    if isinstance(declared, Critere):
        yield from _levels(declared)
        if declared.volet:
            yield ("volets",), declared.volet, None
    elif getattr(declared, "volet", ""):
        yield ("volets",), declared.volet, None
    yield from _in(declared)


def _levels(critere: Critere) -> Iterator[tuple[tuple[str, ...], str, Genre | None]]:
    for niveau in (*critere.niveaux, critere.sans_reponse or ""):
        if niveau:
            yield ("niveaux",), niveau, None


def _in(value: Any) -> Iterator[tuple[tuple[str, ...], str, Genre | None]]:
    """What the expressions of a declaration name."""
    match value:
        case Constante():
            if value.nom:
                yield ("parametres",), value.nom, value.genre
            elif value.genre is Genre.NIVEAU and value.valeur != "NC":
                yield ("niveaux",), str(value.valeur), None
        case Fait():
            yield ("donnees",), value.nom, value.genre
        case Reference():
            yield from _of_key(value.cle, value.genre)
        case tuple():
            for item in value:
                yield from _in(item)
        case _ if isinstance(value, Noeud | Table | Variante) or _is_declared(value):
            for f in fields(value):
                if f.name != "span":
                    yield from _in(getattr(value, f.name))


def _is_declared(value: Any) -> bool:
    return is_dataclass(value) and not isinstance(value, type | Cle)


def _of_key(cle: Cle, genre: Genre) -> Iterator[tuple[tuple[str, ...], str, Genre | None]]:
    nom = cle.nom
    if cle.sorte == "décompte":
        niveau, _, nom = nom.partition(" ")
        if niveau != "NC":
            yield ("niveaux",), niveau, None
    if nom:
        typed = cle.sorte in ("calcul", "barème") or cle.sorte == "mesure"
        yield _NAMED[cle.sorte], nom, genre if typed else None
