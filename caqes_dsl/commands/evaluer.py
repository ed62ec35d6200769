"""`caqes evaluer`: the results of a cohort, on the screen or in a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from caqes_dsl.base.diagnostics import Diagnostic
from caqes_dsl.commands.options import EXERCICE, EXISTING, FILE, RACINE, STRICT, evaluated, load_cohort, load_policy
from caqes_dsl.terminal import Reglages, common, leave, report, save

if TYPE_CHECKING:
    from caqes_dsl.evaluation.trace import Resultat
    from caqes_dsl.exchange.read import Cohorte
    from caqes_dsl.model.nodes import Politique


@click.command("evaluer", short_help="Évaluer les établissements d'un fichier.")
@click.argument("politique", type=FILE)
@click.argument("donnees", type=EXISTING)
@click.option(
    "-o",
    "--sortie",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Fichier des résultats : .csv, .xlsx, .json ou .parquet.",
)
@click.option(
    "--moteur",
    type=click.Choice(["auto", "interprete", "colonnes", "sql"]),
    default="auto",
    help="Ce qui calcule le fichier des résultats : auto choisit selon la taille ; le résultat est le même.",
)
@EXERCICE
@STRICT
@RACINE
@common
@click.pass_context
def evaluer(
    context: click.Context,
    politique: Path,
    donnees: Path,
    sortie: Path | None,
    moteur: str,
    exercice: int | None,
    strict: bool,
    racine: Path | None,
    reglages: Reglages,
) -> None:
    """Évalue avec POLITIQUE chaque établissement de DONNEES (CSV, XLSX ou Parquet). Sans -o, montre un tableau et une
    synthèse."""

    loaded = load_policy(context, politique, reglages, racine, exercice)
    cohorte = load_cohort(context, loaded, donnees, reglages, exercice, strict)
    if sortie is None:
        resultats, diagnostics = evaluated(loaded, cohorte)
        _show_results(loaded, resultats, cohorte, reglages)
    else:
        diagnostics = _write_results(loaded, cohorte, donnees, sortie, moteur)
    if diagnostics:
        report(diagnostics, reglages, err=True)
    leave(context, diagnostics)


def _show_results(politique: Politique, resultats: list[Resultat], cohorte: Cohorte, reglages: Reglages) -> None:
    import shutil

    from caqes_dsl.documents.tableau import render_tableau

    largeur = shutil.get_terminal_size((100, 40)).columns
    couleur = reglages.paints(err=False)
    text = render_tableau(politique, resultats, ecartes=cohorte.ecartes, largeur=largeur, couleur=couleur)
    click.echo(text, nl=False, color=couleur)


def _write_results(
    politique: Politique, cohorte: Cohorte, donnees: Path, sortie: Path, moteur: str
) -> list[Diagnostic]:
    from caqes_dsl import __version__
    from caqes_dsl.exchange.engines import evaluate_table
    from caqes_dsl.exchange.write import receipt, write_table

    table, diagnostics = evaluate_table(politique, cohorte, moteur)
    if table is None:
        return diagnostics
    recu = receipt(politique, len(cohorte.etablissements), cohorte, donnees, __version__)
    written = write_table(table, recu, sortie.suffix, diagnostics)
    if isinstance(written, Diagnostic):
        return [*diagnostics, written]
    wrong = save(sortie, written)
    if wrong is None:
        click.echo(f"{len(cohorte.etablissements)} établissements évalués dans {sortie}", err=True)
    return [*diagnostics, wrong] if wrong else diagnostics
