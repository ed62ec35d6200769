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
    metavar="MOTEUR",
    default="auto",
    help="Ce qui calcule le fichier des résultats : auto (selon la taille), interprete, colonnes, sql ; le résultat "
    "est le même. « spark://… » ou « local[*] » : un jeu de données Parquet, réparti.",
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

    from caqes_dsl.exchange.engines import MOTEURS, is_master

    if moteur not in MOTEURS and not is_master(moteur):
        message = (
            f"« {moteur} » n'est pas un moteur. Écrivez {', '.join(MOTEURS)}, ou l'adresse d'un Spark (spark://…)."
        )
        raise click.BadParameter(message, context, param_hint="--moteur")
    loaded = load_policy(context, politique, reglages, racine, exercice)
    if is_master(moteur):
        _spread(context, loaded, donnees, sortie, moteur, exercice, reglages)
        return
    if moteur in ("auto", "colonnes") and _flows(context, loaded, donnees, sortie, exercice, strict, reglages):
        return
    cohorte = load_cohort(context, loaded, donnees, reglages, exercice, strict)
    if sortie is None:
        resultats, diagnostics = evaluated(loaded, cohorte)
        _show_results(loaded, resultats, cohorte, reglages)
    else:
        diagnostics = _write_results(loaded, cohorte, donnees, sortie, moteur)
    if diagnostics:
        report(diagnostics, reglages, err=True)
    leave(context, diagnostics)


def _flows(
    context: click.Context,
    politique: Politique,
    donnees: Path,
    sortie: Path | None,
    exercice: int | None,
    strict: bool,
    reglages: Reglages,
) -> bool:
    """Evaluates a large Parquet file batch by batch, when that is what was given."""
    if sortie is None or sortie.suffix.lower() != ".parquet" or donnees.suffix.lower() != ".parquet" or strict:
        return False
    from caqes_dsl.exchange.flux import evaluate_file, is_large

    if not is_large(donnees):
        return False
    found = evaluate_file(politique, donnees, sortie, exercice=exercice)
    if isinstance(found, list):
        report(found, reglages, err=True)
        leave(context, found)
        return True
    click.echo(f"{found.evalues} établissements évalués dans {sortie}", err=True)
    if found.a_corriger:
        click.echo(f"{found.a_corriger} lignes à corriger", err=True)
    if found.diagnostics:
        report(found.diagnostics, reglages, err=True)
    leave(context, found.diagnostics)
    return True


def _spread(
    context: click.Context,
    politique: Politique,
    donnees: Path,
    sortie: Path | None,
    maitre: str,
    exercice: int | None,
    reglages: Reglages,
) -> None:
    """A Parquet data set evaluated on Spark, into another."""
    from caqes_dsl.exchange.spark import SparkAbsent, evaluate_dataset, session_of

    if sortie is None or sortie.exists():
        message = "Un moteur réparti écrit un jeu de données : donnez le nom d'un dossier qui n'existe pas encore."
        raise click.BadParameter(message, context, param_hint="--sortie")
    try:
        session = session_of(maitre)
    except SparkAbsent:
        wrong = Diagnostic(
            "CAQ802",
            f"Le moteur « {maitre} » demande PySpark et Java.",
            fichier="--moteur",
            aide="pip install 'caqes[spark]'",
        )
        report([wrong], reglages, err=True)
        leave(context, [wrong])
        return
    found = evaluate_dataset(politique, str(donnees), str(sortie), session, exercice=exercice)
    if isinstance(found, Diagnostic):
        report([found], reglages, err=True)
        leave(context, [found])
        return
    click.echo(f"{found.lignes} établissements évalués dans {sortie}", err=True)
    if found.a_confier:
        click.echo(
            f"{found.a_confier} ont « a_confier » : il leur manque des données, l'interprète peut en dire plus.",
            err=True,
        )


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
