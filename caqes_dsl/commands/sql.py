"""`caqes sql`: a policy as one SQL statement."""

from __future__ import annotations

from pathlib import Path

import click

from caqes_dsl.commands.options import EXERCICE, FILE, RACINE, load_policy
from caqes_dsl.terminal import ERREURS, Reglages, common, report, save


@click.command("sql", short_help="Écrire une politique en SQL.")
@click.argument("politique", type=FILE)
@click.option(
    "--dialecte",
    type=click.Choice(["duckdb", "postgresql", "spark"]),
    default="duckdb",
    show_default=True,
    help="Pour quel moteur.",
)
@click.option("--table", default="etablissements", show_default=True, help="La table des retours.")
@click.option("-o", "--sortie", type=click.Path(dir_okay=False, path_type=Path), help="Le fichier à écrire.")
@EXERCICE
@RACINE
@common
@click.pass_context
def sql(
    context: click.Context,
    politique: Path,
    dialecte: str,
    table: str,
    sortie: Path | None,
    exercice: int | None,
    racine: Path | None,
    reglages: Reglages,
) -> None:
    """Écrit POLITIQUE en un énoncé SQL, en nombres entiers : d'une table de retours, une ligne par établissement et par
    exercice, à leurs scores, décisions et montants."""
    from caqes_dsl.evaluation.exact.sql_text import named_table, statement
    from caqes_dsl.exchange.engines import refusal

    loaded = load_policy(context, politique, reglages, racine, exercice)
    known = named_table(table)
    if known is None:
        message = f"« {table} » n'est pas un nom de table : des lettres, des chiffres, « _ » et des points."
        raise click.BadParameter(message, context, param_hint="--table")
    text, excuses = statement(loaded, dialecte, table=known, exercice=exercice)
    if excuses:
        report([refusal(loaded, excuses, "en SQL")], reglages, err=True)
        context.exit(ERREURS)
    if sortie is None:
        click.echo(text, nl=False)
        return
    wrong = save(sortie, text.encode())
    if wrong is not None:
        report([wrong], reglages, err=True)
        context.exit(ERREURS)
    click.echo(f"Écrit dans {sortie}", err=True)
