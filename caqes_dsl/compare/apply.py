"""Changes applied to a policy: all of them give the newer one, some of them what these alone would do."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from caqes_dsl.model.empreinte import canonical, empreintes
from caqes_dsl.model.nodes import Notation, Politique

from .changes import Adresse, Changement, Edition, Renommage
from .names import renamed
from .parts import ITEMS, LISTS, NOTATION, collection, keyed


class Inapplicable(ValueError):
    """An edition that finds something else than the value it replaces; `adresse` says where."""

    def __init__(self, adresse: Adresse) -> None:
        self.adresse = adresse
        super().__init__(f"la politique n'a pas à « {adresse} » ce que ce changement remplace")


def former_names(changements: Iterable[Changement]) -> dict[str, str]:
    """Former name -> new name, of the declarations renamed."""
    return {c.ancien_nom: c.nom for c in changements if isinstance(c, Renommage)}


def apply(politique: Politique, changements: Iterable[Changement]) -> Politique:
    """The policy with these changes and its new empreintes. It is not checked again.

    Errors: Inapplicable when a change replaces what is not there.
    """
    changements = tuple(changements)
    base = renamed(politique, former_names(changements))
    return empreintes(edited(base, [e for c in changements for e in c.editions]))


def edited(politique: Politique, editions: Iterable[Edition]) -> Politique:
    """The policy with these editions; its empreintes are not computed. Errors: Inapplicable."""
    header: dict[str, Any] = {}
    notation: Notation = politique.notation
    held: dict[str, dict[str, Any]] = {}
    for edition in editions:
        where = edition.adresse
        if where.collection == "":
            _check(edition, header.get(where.champ, getattr(politique, where.champ)))
            header[where.champ] = edition.nouveau
        elif where.collection == NOTATION:
            notation = _with_field(notation, edition)
        else:
            declared = held.setdefault(where.collection, collection(politique, where.collection))
            _declare(declared, edition)
    for name, declared in held.items():
        header[name] = tuple(declared.values()) if name in LISTS else declared
    return replace(politique, **header, notation=notation)


def _check(edition: Edition, found: object) -> None:
    champ = edition.adresse.champ
    if found is not edition.ancien and canonical(found, champ) != canonical(edition.ancien, champ):
        raise Inapplicable(edition.adresse)


def _declare(declared: dict[str, Any], edition: Edition) -> None:
    where = edition.adresse
    if where.champ:
        if where.nom not in declared:
            raise Inapplicable(where)
        declared[where.nom] = _with_field(declared[where.nom], edition)
        return
    _check(edition, declared.get(where.nom))
    if edition.nouveau is None:
        declared.pop(where.nom)
    elif where.nom in declared or edition.apres not in declared:
        declared[where.nom] = edition.nouveau
    else:
        following = list(declared.items())
        at = next(i for i, (nom, _) in enumerate(following) if nom == edition.apres) + 1
        declared.clear()
        declared.update([*following[:at], (where.nom, edition.nouveau), *following[at:]])


def _with_field(owner: Any, edition: Edition) -> Any:
    where = edition.adresse
    held = getattr(owner, where.champ)
    key = ITEMS.get((type(owner), where.champ))
    if key is not None:
        return replace(owner, **{where.champ: _with_item(held, key, edition)})
    if where.cle and isinstance(held, Mapping):
        _check(edition, held.get(where.cle))
        kept = {k: v for k, v in held.items() if k != where.cle}
        changed = kept if edition.nouveau is None else {**held, where.cle: edition.nouveau}
        return replace(owner, **{where.champ: changed})
    _check(edition, held)
    return replace(owner, **{where.champ: edition.nouveau})


def _with_item(held: tuple[Any, ...], key: Callable[[Any], str], edition: Edition) -> tuple[Any, ...]:
    items = keyed(held, key)
    _check(edition, items.get(edition.adresse.cle))
    if edition.nouveau is None:
        items.pop(edition.adresse.cle, None)
    else:
        items[edition.adresse.cle] = edition.nouveau
    return tuple(items.values())
