"""The changes as plain data, and back: what an amendment is for a program.

A value is a text, a number, a list, or an object whose « $ » names its type: exact fractions (« 1/3 »), dates, and the
core's own declarations and expressions by their fields. Places are left out. Nothing read runs anything: only the
core's types are made, and each field must hold what its type says.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum
from fractions import Fraction
from functools import cache
from typing import Any

from caqes_dsl.base.quantities import Genre, Mode
from caqes_dsl.base.source import Source, Span
from caqes_dsl.model import nodes
from caqes_dsl.model.empreinte import counted

from .changes import Adresse, Changement, Edition, Renommage
from .kinds import GENRES

_NOWHERE = Span(Source("avenant", ""), 0, 0)
_ENUMS: Mapping[str, type[Enum]] = {"Genre": Genre, "Mode": Mode}
_DEPTH = 200
"""How deep values may nest."""


class Illisible(ValueError):
    """Data that are no change of a policy."""


@cache
def _types() -> dict[str, type]:
    held = (getattr(nodes, name) for name in vars(nodes))
    found = {k.__name__: k for k in held if isinstance(k, type) and is_dataclass(k) and k.__module__ == nodes.__name__}
    return {name: kind for name, kind in found.items() if name not in ("Politique", "Noeud", "Declare")}


# ---------------------------------------------------------------- writing


def encode(value: Any) -> Any:
    """A value of the core as plain data."""
    match value:
        case None | bool() | str() | int():
            return value
        case Fraction():
            return {"$": "nombre", "valeur": str(value)}
        case date():
            return {"$": "date", "valeur": value.isoformat()}
        case Enum():
            return {"$": type(value).__name__, "valeur": value.name}
        case tuple():
            return [encode(v) for v in value]
        case Mapping():
            return {"$": "table", "valeur": {str(k): encode(v) for k, v in value.items()}}
    kind = type(value)
    return {"$": kind.__name__, **{name: encode(getattr(value, name)) for name in counted(kind)}}


def encode_edition(edition: Edition) -> dict[str, Any]:
    """An edition as plain data."""
    where = edition.adresse
    return {
        "collection": where.collection,
        "nom": where.nom,
        "champ": where.champ,
        "cle": where.cle,
        "apres": edition.apres,
        "ancien": encode(edition.ancien),
        "nouveau": encode(edition.nouveau),
    }


def encode_changes(changements: Iterable[Changement]) -> dict[str, Any]:
    """What a program needs to make the newer policy of the older one."""
    listed = tuple(changements)
    return {
        "renommages": {c.ancien_nom: c.nom for c in listed if isinstance(c, Renommage)},
        "editions": [encode_edition(e) for c in listed for e in c.editions],
    }


# ---------------------------------------------------------------- reading


def decode(data: Any, depth: int = 0) -> Any:
    """The value of plain data. Errors: Illisible."""
    if depth > _DEPTH:
        raise Illisible("valeurs emboîtées trop profondément")
    if data is None or isinstance(data, bool | str | int):
        return data
    if isinstance(data, list):
        return tuple(decode(v, depth + 1) for v in data)
    if not isinstance(data, dict) or not isinstance(data.get("$"), str):
        raise Illisible("valeur sans type")
    kind, rest = data["$"], {k: v for k, v in data.items() if k != "$"}
    if kind in ("nombre", "date", "table", *_ENUMS):
        return _simple(kind, rest, depth)
    return _made(kind, rest, depth)


def _simple(kind: str, rest: Mapping[str, Any], depth: int) -> Any:
    valeur = rest.get("valeur")
    try:
        if kind == "table" and isinstance(valeur, dict):
            return {str(k): decode(v, depth + 1) for k, v in valeur.items()}
        if isinstance(valeur, str):
            if kind == "nombre" and len(valeur) <= _DIGITS:
                return Fraction(valeur)
            if kind == "date":
                return date.fromisoformat(valeur)
            if kind in _ENUMS:
                return _ENUMS[kind][valeur]
    except (ValueError, KeyError, ZeroDivisionError) as error:
        raise Illisible(f"« {valeur} » n'est pas une valeur de type {kind}") from error
    raise Illisible(f"valeur de type {kind} illisible")


_DIGITS = 200
"""Longest number read, in characters."""


def _made(kind: str, rest: Mapping[str, Any], depth: int) -> Any:
    made = _types().get(kind)
    if made is None:
        raise Illisible(f"type inconnu : {kind}")
    names = counted(made)
    if set(rest) != set(names):
        raise Illisible(f"champs de {kind} : {', '.join(sorted(rest))}")
    given = {name: decode(rest[name], depth + 1) for name in names}
    for name, hint in _hints(made).items():
        if name in given and not _conforms(given[name], hint):
            raise Illisible(f"le champ {name} de {kind} n'a pas le type voulu")
    given |= {f.name: _NOWHERE for f in fields(made) if f.name == "span"}
    return made(**given)


@cache
def _hints(kind: type) -> dict[str, Any]:
    return typing.get_type_hints(kind)


def _conforms(value: Any, hint: Any) -> bool:
    """Whether a value is of a declared type."""
    origin, inside = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        return any(_conforms(value, one) for one in inside)
    if origin is tuple:
        return isinstance(value, tuple) and all(_conforms(v, inside[0]) for v in value)
    if origin is not None and issubclass(origin, Mapping):
        return isinstance(value, Mapping) and all(
            _conforms(k, inside[0]) and _conforms(v, inside[1]) for k, v in value.items()
        )
    if hint is type(None):
        return value is None
    if hint is int:
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, hint)


def decode_changes(data: Any) -> tuple[dict[str, str], tuple[Edition, ...]]:
    """Former names -> new ones, and the editions that follow. Errors: Illisible."""
    if not isinstance(data, dict):
        raise Illisible("ce n'est pas un avenant")
    renommages, listed = data.get("renommages"), data.get("editions")
    if not (isinstance(renommages, dict) and all(isinstance(v, str) for v in renommages.values())):
        raise Illisible("renommages illisibles")
    if not isinstance(listed, list):
        raise Illisible("éditions illisibles")
    return renommages, tuple(_edition(one) for one in listed)


_PARTS = ("collection", "nom", "champ", "cle", "apres")


def _edition(data: Any) -> Edition:
    if not (isinstance(data, dict) and all(isinstance(data.get(name), str) for name in _PARTS)):
        raise Illisible("édition sans adresse")
    collection, nom, champ, cle, apres = (data[name] for name in _PARTS)
    if collection not in GENRES:
        raise Illisible(f"collection inconnue : {collection}")
    edition = Edition(
        Adresse(collection, nom, champ, cle), decode(data.get("ancien")), decode(data.get("nouveau")), apres
    )
    if not _belongs(edition):
        raise Illisible(f"la valeur de « {edition.adresse} » n'a pas le type voulu")
    return edition


def _belongs(edition: Edition) -> bool:
    """Whether both values may stand at the address."""
    where = edition.adresse
    owner: type = nodes.Politique
    if where.collection == "notation":
        owner = nodes.Notation
    elif where.collection:
        hint = _hints(nodes.Politique)[where.collection]
        owner = typing.get_args(hint)[0 if typing.get_origin(hint) is tuple else 1]
        if not where.champ:
            return all(v is None or isinstance(v, owner) for v in (edition.ancien, edition.nouveau))
    hint = _hints(owner).get(where.champ)
    if hint is None or where.champ not in counted(owner):
        return False
    if where.cle:
        inside = typing.get_args(hint)
        hint = inside[0] if typing.get_origin(hint) is tuple else inside[-1]
        hint = typing.Optional[hint]  # noqa: UP045  # built at run time
    return all(_conforms(v, hint) for v in (edition.ancien, edition.nouveau))
