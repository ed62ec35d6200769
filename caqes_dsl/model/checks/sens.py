"""Thresholds against their direction: with `sens hausse`, a greater value never gives less."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise

from caqes_dsl.base.diagnostics import Diagnostic, Etiquette, Severite
from caqes_dsl.base.quantities import Genre, write_value
from caqes_dsl.base.source import Span
from caqes_dsl.model.nodes import Constante, Critere, Intervalle, Lineaire, Politique, Rang, Table, Valeurs


def check_sens(politique: Politique) -> list[Diagnostic]:
    """CAQ310: rows, or a linear row, or a bare mesure, that go against the direction of their criterion."""
    found: list[Diagnostic] = []
    for critere in politique.criteres.values():
        if not critere.sens:
            continue
        tables = [t for t in (critere.table, *(v.table for v in critere.variantes)) if t is not None]
        if not tables and critere.mesure is not None and critere.sens == "baisse":
            found.append(
                _against(
                    critere, critere.mesure.span, "sa mesure, sans seuils, donne d'autant plus qu'elle est haute", ()
                )
            )
        for table in tables:
            if len(table.selon) == 1:
                found += _table(politique, critere, table)
    return found


def _table(politique: Politique, critere: Critere, table: Table) -> Iterator[Diagnostic]:
    rows = sorted(
        ((place, *shares, rang) for rang in table.rangs
         if (place := _place(rang)) is not None and (shares := _shares(politique, rang)) is not None),
        key=lambda row: row[0],
    )  # fmt: skip
    sign = 1 if critere.sens == "hausse" else -1
    for _, low, high, rang in rows:
        if sign * (high - low) < 0:
            what = f"« {rang.texte} » va de {_said(low)} à {_said(high)} des points"
            yield _against(critere, rang.span, what, ())
    for (_, _, before, lower), (_, after, _, upper) in pairwise(rows):
        if sign * (after - before) < 0:
            what = f"« {upper.texte} » donne {_said(after)} des points quand « {lower.texte} » en donne {_said(before)}"
            yield _against(critere, upper.span, what, (Etiquette(lower.span, f"donne {_said(before)}"),))
            return


def _place(rang: Rang) -> tuple[int, Fraction, int] | None:
    """Where a row begins on the line; None for « tout », « autrement » and names."""
    cas = rang.cas[0]
    if isinstance(cas, Intervalle):
        return (0, Fraction(0), 0) if cas.bas is None else (1, cas.bas, int(not cas.bas_inclus))
    if isinstance(cas, Valeurs):
        numbers = [v for v in cas.valeurs if isinstance(v, Fraction)]
        return (1, min(numbers), 0) if numbers else None
    return None


def _shares(politique: Politique, rang: Rang) -> tuple[Fraction, Fraction] | None:
    """What a row gives at its two ends; None when it is neutral or computed."""
    effet = rang.effet
    if isinstance(effet, Lineaire):
        return effet.bas, effet.haut
    if not isinstance(effet, Constante):
        return None
    niveau = politique.niveaux.get(str(effet.valeur))
    share = niveau.part if niveau is not None else effet.valeur
    return (share, share) if isinstance(share, Fraction) else None


def _said(part: Fraction) -> str:
    return write_value(part, Genre.TAUX)


def _against(critere: Critere, span: Span, what: str, labels: tuple[Etiquette, ...]) -> Diagnostic:
    direction = "plus haute" if critere.sens == "hausse" else "plus basse"
    return Diagnostic(
        "CAQ310",
        f"Le critère « {critere.nom} » dit « sens {critere.sens} », et {what}.",
        span,
        Severite.AVERTISSEMENT,
        labels,
        f"Si une valeur {direction} est meilleure, échangez les niveaux ; sinon, changez le sens.",
    )
