"""Values that differ only by what follows from elsewhere: the worth of a paramètre, the type of what is read."""

from __future__ import annotations

from typing import Any

from caqes_dsl.model import nodes as core
from caqes_dsl.model.empreinte import Ecriture
from caqes_dsl.model.nodes import Constante, Rang
from caqes_dsl.model.walk import nodes, table_nodes

_SOURCES = frozenset({"source", "sources", "cible_source"})


class _Mots(Ecriture):
    """Words only: a paramètre by its name, a row by its text, no type."""

    def __init__(self, left_out: frozenset[str] = frozenset()) -> None:
        super().__init__(left_out | {"genre"})

    def canonical(self, value: object, field: str = "") -> str:
        """The words of a value."""
        if isinstance(value, Constante) and value.nom:
            return f"paramètre {value.nom}"
        if isinstance(value, Rang):
            return f"{value.texte} : {self.canonical(value.effet)}"
        return super().canonical(value, field)


def same_words(old: object, new: object, field: str = "") -> bool:
    """Whether two values are written alike, so that nobody changed them here."""
    return _Mots().canonical(old, field) == _Mots().canonical(new, field)


def same_but_sources(old: object, new: object, field: str = "") -> bool:
    """Whether only their sources differ."""
    writer = Ecriture(_SOURCES)
    return writer.canonical(old, field) == writer.canonical(new, field)


def same_rows(old: core.Table, new: core.Table) -> bool:
    """Whether two tables differ by what drives them alone."""
    writer = _Mots(frozenset({"selon"}))
    return writer.canonical(old) == writer.canonical(new)


def names_read(value: Any) -> set[str]:
    """Names of the données, paramètres and quantities that a value reads."""
    found: set[str] = set()
    for one in _expressions(value):
        for noeud in nodes(one):
            found.add(getattr(noeud, "nom", ""))
            cle = getattr(noeud, "cle", None)
            found.add(cle.nom if cle is not None else "")
    for table in _tables(value):
        found |= {word for r in table.rangs for word in r.texte.replace(";", " ").split()}
    return found - {""}


def _expressions(value: Any) -> list[core.Noeud]:
    if isinstance(value, core.Noeud):
        return [value]
    if isinstance(value, core.Table):
        return list(table_nodes(value))
    if isinstance(value, core.Variante):
        return list(table_nodes(value.table))
    if isinstance(value, core.Propriete):
        return [n for n in (value.expression, value.lorsque, value.selon) if n is not None]
    if isinstance(value, core.Exemple):
        return [i.cible for i in (*value.avec, *value.attendu)]
    if isinstance(value, tuple):
        return [n for v in value for n in _expressions(v)]
    return []


def _tables(value: Any) -> list[core.Table]:
    if isinstance(value, core.Table):
        return [value]
    return [value.table] if isinstance(value, core.Variante) and value.table is not None else []
