"""Which establishments of a cohort fall where a table says nothing, or says two things.

Works on a policy that the checks refuse: it is then the draft that they examined, and no result is drawn from it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from caqes_dsl.base.diagnostics import Diagnostic, Severite
from caqes_dsl.base.quantities import Valeur, write_value
from caqes_dsl.base.source import Span
from caqes_dsl.model.nodes import Autrement, Politique, Table

from . import wording
from .explain import Interpreteur
from .facts import Etablissement
from .tables import continued, takes

_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Touche:
    """An establishment that a table does not settle: the values of its drivers, and how many rows take them."""

    finess: str
    valeurs: tuple[Valeur, ...]
    rangs: int


def affected(politique: Politique, etablissements: Sequence[Etablissement], fichier: str) -> list[Diagnostic]:
    """CAQ309: for each table, the establishments that fall in no row, and those that fall in two."""
    interpreters = [Interpreteur(politique, e) for e in etablissements]
    found: list[Diagnostic] = []
    for table, sujet, span, secteurs in _tables(politique):
        here = [i for i in interpreters if secteurs is None or set(secteurs) & set(i.etablissement.secteurs)]
        touched = list(_touched(table, here))
        for several, what in ((False, "dans aucun rang"), (True, "dans deux rangs")):
            some = [t for t in touched if (t.rangs > 1) == several]
            if some:
                found.append(_said(politique, table, sujet, span, some, what, fichier))
    return found


def _tables(politique: Politique) -> Iterator[tuple[Table, str, Span, tuple[str, ...] | None]]:
    for critere in politique.criteres.values():
        if critere.table is not None:
            yield critere.table, f"du critère « {critere.nom} »", critere.span.premiere_ligne, critere.secteurs
    for bareme in politique.baremes.values():
        yield bareme.table, f"du barème « {bareme.nom} »", bareme.span.premiere_ligne, None


def _touched(table: Table, interpreters: Iterable[Interpreteur]) -> Iterator[Touche]:
    if any(isinstance(r.cas[0], Autrement) for r in table.rangs):
        return
    for interprete in interpreters:
        seen = [interprete.eval(d).valeur for d in table.selon]
        values = tuple(v for v in seen if v is not None)
        if len(values) < len(seen):
            continue
        count = sum(all(takes(c, v) for c, v in zip(r.cas, values, strict=True)) for r in table.rangs)
        goes_on = table.suite is not None and continued(table, table.suite, values[0]) is not None  # type: ignore[arg-type]  # a suite has one number as driver
        if count > 1 or (count == 0 and not goes_on):
            yield Touche(interprete.etablissement.finess, values, count)


def _said(
    politique: Politique, table: Table, sujet: str, span: Span, touched: list[Touche], what: str, fichier: str
) -> Diagnostic:
    labels = wording.labels(politique)
    names = []
    for t in touched[:_SHOWN]:
        values = " ; ".join(write_value(v, d.genre, labels=labels) for v, d in zip(t.valeurs, table.selon, strict=True))
        names.append(f"{t.finess} ({values})")
    more = f" et {len(touched) - _SHOWN} autres" if len(touched) > _SHOWN else ""
    verb = (
        ("tombe" if len(touched) == 1 else "tombent")
        if touched[0].rangs
        else "n'est"
        if len(touched) == 1
        else "ne sont"
    )
    count = f"{len(touched)} établissement{'s' if len(touched) > 1 else ''} {verb}"
    return Diagnostic(
        "CAQ309",
        f"Dans {fichier}, {count} {what} {sujet} : {', '.join(names)}{more}.",
        span,
        Severite.NOTE,
        aide="C'est au comité de dire ce que ces établissements obtiennent.",
    )
