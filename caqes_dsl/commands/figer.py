"""`caqes figer`: the statistics of a policy set to their value on a cohort."""

from __future__ import annotations

from pathlib import Path

import click

from caqes_dsl.base.diagnostics import has_errors
from caqes_dsl.commands.options import FILE, RACINE, load_cohort, load_policy
from caqes_dsl.terminal import ERREURS, Reglages, common, report, save


@click.command("figer", short_help="Fixer les statistiques d'une politique à leur valeur sur une cohorte.")
@click.argument("politique", type=FILE)
@click.argument("donnees", type=FILE)
@click.option("-o", "--sortie", type=click.Path(dir_okay=False, path_type=Path), help="Fichier à écrire.")
@click.option("--exercice", type=int, help="Exercice de la cohorte, dans une vigueur de plusieurs années.")
@RACINE
@common
@click.pass_context
def figer(
    context: click.Context,
    politique: Path,
    donnees: Path,
    sortie: Path | None,
    exercice: int | None,
    racine: Path | None,
    reglages: Reglages,
) -> None:
    """Récrit POLITIQUE en remplaçant chaque statistique (médiane, quantile…) par un paramètre daté, de la valeur
    qu'elle a sur DONNEES, sa source dite : une cible fixée par le comité reste fixée. Sans -o, l'écrit à l'écran."""
    from caqes_dsl.documents.figer import freeze, frozen_text
    from caqes_dsl.evaluation.population import Population
    from caqes_dsl.pipeline import compile_text_at, format_source

    loaded = load_policy(context, politique, reglages, racine, exercice)
    cohorte = load_cohort(context, loaded, donnees, reglages, exercice, strict=True)
    fixation = freeze(loaded, Population(loaded, cohorte.etablissements), donnees.name)
    diagnostics = [*cohorte.diagnostics, *fixation.diagnostics]
    target = sortie or politique
    text, found = format_source(frozen_text(loaded, fixation, str(target)))
    if text is not None and not has_errors(diagnostics):
        diagnostics += [d for d in compile_text_at(target, text, racine=racine).diagnostics if d.is_error]
    report([*diagnostics, *found], reglages, err=True)
    if text is None or has_errors(diagnostics):
        context.exit(ERREURS)
    if sortie is None:
        click.echo(text, nl=False)
        return
    wrong = save(sortie, text.encode("utf-8"))
    if wrong is not None:
        report([wrong], reglages, err=True)
        context.exit(ERREURS)
    count = len(fixation.figees)
    click.echo(f"{count} statistique{'s' if count > 1 else ''} fixée{'s' if count > 1 else ''} dans {sortie}", err=True)
