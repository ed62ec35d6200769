"""The statement of a policy run on a table of returns, by whichever engine, held against columns."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

from caqes_dsl.base.quantities import Genre, Valeur
from caqes_dsl.evaluation.exact.cohort import PopulationColonnes
from caqes_dsl.evaluation.exact.lines import CONNU, INDECIS, SANS_OBJET
from caqes_dsl.evaluation.exact.sql import DIALECTES, Redacteur
from caqes_dsl.evaluation.exact.sql_text import Retours, table_plan
from caqes_dsl.evaluation.facts import Etablissement
from caqes_dsl.model.nodes import Politique

Execute = Callable[[Sequence[str], str], tuple[list[str], list[tuple[Any, ...]]]]
"""Runs orders, then a question; gives the names of its columns and its rows."""

_TYPES = {
    Genre.ENTIER: "BIGINT", Genre.JOURS: "BIGINT", Genre.MOIS: "BIGINT", Genre.DATE: "DATE", Genre.OUI_NON: "BOOLEAN",
    Genre.CHOIX: "VARCHAR(80)", Genre.NIVEAU: "VARCHAR(80)",
}  # fmt: skip


def columns_of(politique: Politique) -> dict[str, str]:
    """The columns of a table of returns, with their types."""
    found = {"finess": "VARCHAR(40)", "exercice": "INTEGER", "secteurs": "VARCHAR(200)"}
    for nom in politique.criteres:
        found[nom] = found[f"{nom}_motif"] = "VARCHAR(200)"
    for donnee in politique.donnees.values():
        found[donnee.nom] = _TYPES.get(donnee.genre, "DECIMAL(20, 6)")
    for heading in ("", *politique.volets, *politique.chapitres, *politique.objectifs):
        suffix = f"_{heading}" if heading else ""
        for sorte in ("score", "points", "points_applicables"):
            found[f"{sorte}{suffix}"] = "DECIMAL(20, 6)"
    return found


def orders(politique: Politique, cohort: Sequence[Etablissement]) -> Iterator[str]:
    """What makes the table of a cohort, its earlier exercices included."""
    columns = columns_of(politique)
    yield "DROP TABLE IF EXISTS etablissements"
    quoted = ", ".join(
        f'"{n}" {t}' if n not in ("finess", "exercice", "secteurs") else f"{n} {t}" for n, t in columns.items()
    )
    yield f"CREATE TABLE etablissements ({quoted})"
    for one in cohort:
        for row in (one, *one.passes.values()):
            cells = ", ".join(_written(politique, row, nom) for nom in columns)
            yield f"INSERT INTO etablissements VALUES ({cells})"


def _written(politique: Politique, row: Etablissement, nom: str) -> str:
    value: Valeur | int | None
    match nom:
        case "finess":
            value = row.finess
        case "exercice":
            return str(row.exercice)
        case "secteurs":
            value = "+".join(row.secteurs) or None
        case _ if nom in politique.criteres:
            value = row.reponses.get(nom)
        case _ if nom.removesuffix("_motif") in politique.criteres and nom.endswith("_motif"):
            value = row.motifs.get(nom.removesuffix("_motif"))
        case _ if nom in politique.donnees:
            value = row.faits.get(nom)
            if politique.donnees[nom].genre is Genre.ECART and isinstance(value, Fraction):
                value *= 100
        case _:
            value = row.enregistres.get(nom)
    match value:
        case None:
            return "NULL"
        case bool():
            return "TRUE" if value else "FALSE"
        case Fraction():
            return _decimal(value)
        case date():
            return f"DATE '{value.isoformat()}'"
    return "'" + str(value).replace("'", "''") + "'"


def _decimal(value: Fraction) -> str:
    scaled = value * 10**6
    assert scaled.denominator == 1, "le type de la table a six décimales"
    sign, whole = ("-", -scaled.numerator) if scaled < 0 else ("", scaled.numerator)
    return f"{sign}{whole // 10**6}.{whole % 10**6:06d}"


def compared(
    politique: Politique, cohort: Sequence[Etablissement], dialecte: str, execute: Execute
) -> tuple[list[str], int]:
    """Where the statement says something else than columns, and how many values were compared."""
    plan = table_plan(politique)
    source = Retours(plan, DIALECTES[dialecte], "etablissements", cohort[0].exercice)
    made = Redacteur(plan, DIALECTES[dialecte], source).write([s.ligne for s in plan.sorties], ("finess", "exercice"))
    names, rows = execute(list(orders(politique, cohort)), made.texte)
    at = {name.lower(): k for k, name in enumerate(names)}
    by = {row[at["finess"]]: row for row in rows}
    columns = PopulationColonnes(politique, cohort).evaluate()
    found, count = [], 0
    for sortie in plan.sorties:
        name, etat, diviseur = made.colonnes[sortie.ligne]
        expected = columns.values(sortie.sorte, sortie.nom)
        for rank, one in enumerate(cohort):
            row = by[one.finess]
            state = 0 if etat is None else int(row[at[etat.lower()]])
            if rank in columns.restes:
                continue
            given: Valeur | None = None
            if state == CONNU:
                below = plan.programme.lignes[sortie.ligne].echelle
                below *= 1 if diviseur is None else int(row[at[diviseur.lower()]])
                given = Fraction(int(row[at[name.lower()]]), below)
            wanted = expected[rank]
            if isinstance(wanted, bool):
                wanted = Fraction(int(wanted))
            elif isinstance(wanted, str):
                wanted = Fraction(plan.codes[wanted])
            count += 1
            if state == INDECIS or (given != wanted and not (wanted is None and state == SANS_OBJET)):
                found.append(f"{one.finess} : {sortie.sorte} {sortie.nom} : {given} (état {state}), attendu {wanted}")
    return found, count
