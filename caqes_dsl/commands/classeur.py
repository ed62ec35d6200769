"""`caqes classeur`: the workbook to fill, blank or one per establishment."""

from __future__ import annotations

from pathlib import Path

import click

from caqes_dsl.commands.options import EXERCICE, FILE, RACINE, load_cohort, load_policy
from caqes_dsl.terminal import ERREURS, Reglages, common, leave, progress, report, save


@click.command("classeur", short_help="Faire les classeurs que les établissements remplissent.")
@click.argument("politique", type=FILE)
@click.argument("donnees", type=FILE, required=False)
@click.option(
    "-o",
    "--dossier",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("classeurs"),
    show_default=True,
    help="Dossier où écrire.",
)
@click.option("--finess", "choisis", multiple=True, metavar="NUMERO", help="Seulement cet établissement ; répétable.")
@click.option("--vierge", is_flag=True, help="Ne pas reporter les réponses et les données déjà dans DONNEES.")
@EXERCICE
@RACINE
@common
@click.pass_context
def classeur(
    context: click.Context,
    politique: Path,
    donnees: Path | None,
    dossier: Path,
    choisis: tuple[str, ...],
    vierge: bool,
    exercice: int | None,
    racine: Path | None,
    reglages: Reglages,
) -> None:
    """Fait le classeur Excel que chaque établissement de DONNEES remplit : ses critères, ses listes de réponses, ses
    données, son score calculé à mesure. Sans DONNEES, un classeur vierge où l'on choisit ses secteurs."""
    from caqes_dsl.documents.classeur import classeur_of
    from caqes_dsl.documents.writers.classeur import write_classeur
    from caqes_dsl.exchange.read import exercise_of
    from caqes_dsl.interface import unknown_establishment

    loaded = load_policy(context, politique, reglages, racine, exercice)
    if donnees is None:
        year = exercice if exercice is not None else exercise_of(loaded)
        wrong = save(dossier / f"classeur-{loaded.nom}.xlsx", write_classeur(classeur_of(loaded, exercice=year)))
        if wrong is not None:
            report([wrong], reglages, err=True)
            context.exit(ERREURS)
        click.echo(f"Classeur vierge écrit dans {dossier / f'classeur-{loaded.nom}.xlsx'}", err=True)
        return
    cohorte = load_cohort(context, loaded, donnees, reglages, exercice, strict=False)
    known = {e.finess: e for e in cohorte.etablissements}
    diagnostics = list(cohorte.diagnostics)
    unknown = [f for f in choisis if f not in known]
    if unknown:
        report([unknown_establishment(f, list(known)) for f in unknown], reglages, err=True)
        context.exit(ERREURS)
    wanted = [known[f] for f in dict.fromkeys(choisis)] if choisis else list(cohorte.etablissements)
    count = 0
    with progress(wanted, "Classeurs") as items:
        for one in items:
            made = write_classeur(classeur_of(loaded, one, exercice=cohorte.exercice, vierge=vierge))
            wrong = save(dossier / f"classeur-{one.finess}.xlsx", made)
            if wrong is not None:
                diagnostics.append(wrong)
                break
            count += 1
    if diagnostics:
        report(diagnostics, reglages, err=True)
    click.echo(f"{count} classeur{'s' if count > 1 else ''} dans {dossier}", err=True)
    leave(context, diagnostics)
