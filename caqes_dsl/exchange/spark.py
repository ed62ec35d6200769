"""A Parquet data set evaluated on Spark, by the statement of the policy: nothing runs there but Spark's own SQL."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from caqes_dsl.base.diagnostics import Diagnostic
from caqes_dsl.base.quantities import Genre
from caqes_dsl.evaluation.exact.complet import Sortie
from caqes_dsl.evaluation.exact.lines import LARGEUR_64, MANQUANT
from caqes_dsl.evaluation.exact.sql import DIALECTES, Redacteur, literal
from caqes_dsl.evaluation.exact.sql_text import Retours, obstacles, table_plan
from caqes_dsl.model.nodes import Politique

from .results import column_names
from .results_columns import headings

_VIEW, _WHOLE = "caqes_retours", "caqes_entiers"
_TYPES = {
    Genre.ENTIER: "bigint", Genre.JOURS: "bigint", Genre.MOIS: "bigint", Genre.DATE: "date", Genre.OUI_NON: "boolean",
    Genre.CHOIX: "string", Genre.NIVEAU: "string",
}  # fmt: skip
_NUMBER = "decimal(20,6)"


@dataclass(frozen=True, slots=True)
class Reparti:
    """What was written: rows evaluated, and rows left to the interpreter (`a_confier` in the data set)."""

    lignes: int
    a_confier: int


class SparkAbsent(Exception):
    """PySpark is not installed, or Java is not."""


def session_of(maitre: str) -> Any:
    """A session on a master (« spark://… », « local[*] »). Errors: SparkAbsent."""
    try:
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise SparkAbsent from error
    try:
        builder = SparkSession.builder.master(maitre).appName("caqes").config("spark.ui.enabled", "false")
        return builder.getOrCreate()
    except Exception as error:  # Spark raises its own kinds, and Java's
        raise SparkAbsent from error


def evaluate_dataset(
    politique: Politique, donnees: str, sortie: str, session: Any, *, exercice: int | None = None
) -> Reparti | Diagnostic:
    """Evaluates every row of a Parquet data set and writes another; or says why it cannot.

    Columns are those of a file of results; a number without finite decimals is a text « p/q ». Missing: a row that
    lacks what something depends on has `a_confier`: `caqes evaluer` settles it.
    """
    excuses = obstacles(politique)
    if excuses:
        listed = " ; ".join(f"« {nom} » : {reason}" for nom, reason in list(excuses.items())[:5])
        message = f"La politique « {politique.nom} » ne s'évalue pas sur Spark : {listed}."
        return Diagnostic("CAQ810", message, aide="Demandez « --moteur colonnes ».")
    frame = session.read.parquet(donnees)
    wrong = _typed(politique, frame, donnees)
    if isinstance(wrong, Diagnostic):
        return wrong
    wrong.createOrReplaceTempView(_VIEW)
    whole, shown = questions(politique, exercice or politique.exercice)
    # What is kept cuts the plan in two: in one piece, Spark would write its expressions into one another.
    session.sql(whole).persist().createOrReplaceTempView(_WHOLE)
    made = session.sql(shown).persist()
    made.write.mode("errorifexists").parquet(sortie)
    return Reparti(made.count(), made.where("a_confier").count())


def questions(politique: Politique, exercice: int | None) -> tuple[str, str]:
    """The statement, and the one that puts its whole numbers back into values, under the headings of results."""
    plan, dialecte = table_plan(politique), DIALECTES["spark"]
    source = Retours(plan, dialecte, _VIEW, exercice)
    made = Redacteur(plan, dialecte, source).write([s.ligne for s in plan.sorties], ("finess", "exercice"))
    noms, shown, states = column_names(politique), ["finess", "exercice"], []
    for sortie in plan.sorties:
        number, etat, divider = made.colonnes[sortie.ligne]
        value = _value(plan.codes, sortie, number, divider, plan.programme.lignes[sortie.ligne].echelle,
                       wide=plan.programme.lignes[sortie.ligne].borne > LARGEUR_64)  # fmt: skip
        if etat is not None:
            states.append(f"{etat} >= {MANQUANT}")
            value = f"CASE WHEN {etat} = 0 THEN {value} END"
        shown += [f"{value} AS {dialecte.identifier(h)}" for h in headings(politique, sortie.sorte, sortie.nom, noms)]
    shown.append(f"({' OR '.join(dict.fromkeys(states)) or 'FALSE'}) AS a_confier")
    listed = ",\n  ".join(dict.fromkeys(shown))
    return made.texte, f"SELECT {listed}\nFROM {_WHOLE}"  # names of the policy, each between quotes


def _value(codes: Any, sortie: Sortie, number: str, divider: str | None, echelle: int, *, wide: bool) -> str:
    """A whole number as the value that it stands for."""
    if sortie.sorte == "certitude":
        return f"CASE WHEN {number} <> 0 THEN 'certain' ELSE 'impossible' END"
    if sortie.genre is Genre.OUI_NON:
        return f"({number} <> 0)"
    if sortie.genre in (Genre.CHOIX, Genre.NIVEAU):
        cases = " ".join(f"WHEN {code} THEN {literal(nom)}" for nom, code in codes.items())
        return f"CASE {number} {cases} END"
    if sortie.genre is Genre.DATE:
        return f"date_add(DATE '1899-12-30', CAST({number} AS INT))"
    decimal = _decimal(Fraction(1, echelle))
    if divider is None and not wide and decimal is not None:
        return f"CAST({number} AS DECIMAL(19, 0)) * {decimal}"
    below = str(echelle) if divider is None else f"{divider} * {echelle}"
    return f"concat(CAST({number} AS STRING), '/', CAST({below} AS STRING))"


def _decimal(value: Fraction) -> str | None:
    """A decimal constant; None for a number without finite decimals, or with too many."""
    for places in range(13):
        scaled = value * 10**places
        if scaled.denominator == 1:
            text = str(scaled.numerator).rjust(places + 1, "0")
            whole, tail = text[: len(text) - places], text[len(text) - places :] or "0"
            return f"CAST('{whole}.{tail}' AS DECIMAL(14, {places or 1}))"
    return None


def _typed(politique: Politique, frame: Any, donnees: str) -> Any:
    """The data set with every column that is read; or the diagnostic of one that is missing or cannot be exact."""
    held = dict(frame.dtypes)
    for needed in ("finess", "exercice", *(("secteurs",) if politique.secteurs else ())):
        if needed not in held:
            message = f"La colonne « {needed} » est absente."
            return Diagnostic("CAQ603", message, fichier=donnees, aide="Ajoutez-la au jeu de données.")
    added = []
    for nom, kind in _columns(politique):
        if nom not in held:
            added.append(f"CAST(NULL AS {kind}) AS `{nom}`")
        elif held[nom] in ("double", "float"):
            message = f"La colonne « {nom} » est en virgule flottante : ses nombres ne sont pas exacts."
            return Diagnostic("CAQ604", message, fichier=donnees, aide="Écrivez-la en DECIMAL.")
    return frame.selectExpr("*", *added)


def _columns(politique: Politique) -> Iterator[tuple[str, str]]:
    yield "secteurs", "string"
    for nom in politique.criteres:
        yield nom, "string"
        yield f"{nom}_motif", "string"
    for donnee in politique.donnees.values():
        yield donnee.nom, _TYPES.get(donnee.genre, _NUMBER)
    for heading in ("", *politique.volets, *politique.chapitres, *politique.objectifs):
        for sorte in ("score", "points", "points_applicables"):
            yield f"{sorte}_{heading}" if heading else sorte, _NUMBER
