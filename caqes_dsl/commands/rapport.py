"""`caqes rapport`: the committee's report for a region."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction
from functools import partial
from pathlib import Path

import click

from caqes_dsl.base.diagnostics import Diagnostic, has_errors
from caqes_dsl.commands.options import (
    EXERCICE,
    EXISTING,
    FILE,
    MODELES,
    RACINE,
    STRICT,
    evaluated,
    load_cohort,
    load_policy,
    made,
)
from caqes_dsl.terminal import ERREURS, Reglages, common, leave, report, save


@click.command("rapport", short_help="Imprimer le rapport au comité, pour une région.")
@click.argument("politique", type=FILE)
@click.argument("donnees", type=EXISTING)
@click.option(
    "-f", "--formats", metavar="FORMATS", help="Formats, séparés par des virgules : html, docx, xlsx. Par défaut, tous."
)
@click.option(
    "-o",
    "--sortie",
    type=click.Path(path_type=Path),
    default=Path(),
    help="Fichier (son nom dit le format) ou dossier où écrire.",
)
@EXERCICE
@click.option(
    "--marge",
    metavar="POINTS",
    default="2",
    show_default=True,
    help="Près de la cible : à tant de points de pourcentage au plus.",
)
@STRICT
@MODELES
@RACINE
@common
@click.pass_context
def rapport(
    context: click.Context,
    politique: Path,
    donnees: Path,
    formats: str | None,
    sortie: Path,
    exercice: int | None,
    marge: str,
    strict: bool,
    modeles: Path | None,
    racine: Path | None,
    reglages: Reglages,
) -> None:
    """Imprime le rapport au comité sur les établissements de DONNEES, évalués avec POLITIQUE : répartition des scores,
    chapitres, activités, qui est près de la cible, montants, ce qui manque, lignes à corriger."""
    from caqes_dsl.documents.rapport import rapport_view
    from caqes_dsl.documents.rapport_formats import render_rapport, render_workbook

    asked, distance = _formats(context, formats, sortie), _distance(context, marge)
    loaded = load_policy(context, politique, reglages, racine, exercice)
    cohorte = load_cohort(context, loaded, donnees, reglages, exercice, strict)
    resultats, diagnostics = evaluated(loaded, cohorte)
    vue = rapport_view(loaded, resultats, cohorte, diagnostics=diagnostics, distance=distance)
    found: list[Diagnostic] = []
    makers: dict[str, Callable[[], bytes]] = {
        f: partial(render_workbook, loaded, resultats, cohorte, vue)
        if f == "xlsx"
        else partial(render_rapport, vue, f, modeles=modeles)
        for f in asked
    }
    documents = {f: made(f, make, found, "rapport") for f, make in makers.items()}
    if has_errors(found):
        report(found, reglages, err=True)
        context.exit(ERREURS)
    for format, data in documents.items():
        target = sortie if _is_file(sortie) else sortie / f"rapport-{loaded.nom}-{cohorte.exercice}.{format}"
        wrong = save(target, data)
        if wrong is not None:
            report([wrong], reglages, err=True)
            context.exit(ERREURS)
        click.echo(f"Rapport écrit dans {target}", err=True)
    if diagnostics:
        report(diagnostics, reglages, err=True)
    leave(context, diagnostics)


def _is_file(sortie: Path) -> bool:
    """Whether `-o` names a file: it ends as one, and is not a folder."""
    return bool(sortie.suffix) and not sortie.is_dir()


def _formats(context: click.Context, formats: str | None, sortie: Path) -> list[str]:
    """The formats asked for, by `-f` or by the ending of the file."""
    from caqes_dsl.documents.rapport_formats import FORMATS

    given = [f.strip().lower().lstrip(".") for f in formats.split(",") if f.strip()] if formats is not None else None
    ending = sortie.suffix.lower().lstrip(".")
    asked = given or ([ending] if _is_file(sortie) else list(FORMATS))
    where = "--formats" if given else "--sortie"
    for wrong in (f for f in asked if f not in FORMATS):
        hint = " Pour un PDF, imprimez la page HTML dans un fichier." if wrong == "pdf" else ""
        message = f"Le format « {wrong} » n'existe pas dans cette version. Formats connus : {', '.join(FORMATS)}.{hint}"
        raise click.BadParameter(message, context, param_hint=where)
    if given and _is_file(sortie) and asked != [ending]:
        message = f"« {sortie.name} » est un seul fichier, et son nom ne dit pas ce que demande « -f {formats} »."
        raise click.BadParameter(f"{message} Donnez un dossier.", context, param_hint="--sortie")
    return list(dict.fromkeys(asked))


def _distance(context: click.Context, marge: str) -> Fraction:
    """The margin around the target, as a ratio."""
    if re.fullmatch(r"\d{1,2}(?:[.,]\d{1,4})?", marge.strip()) is None:
        message = (
            f"« {marge} » n'est pas un nombre de points de pourcentage, de 0 à moins de 100 : par exemple 2 ou 2,5."
        )
        raise click.BadParameter(message, context, param_hint="--marge")
    return Fraction(marge.strip().replace(",", ".")) / 100
