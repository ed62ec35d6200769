"""`caqes avenant`: the text that makes a version of another, ready to sign, and the proof that it does."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from caqes_dsl.base.diagnostics import Diagnostic, has_errors
from caqes_dsl.commands.comparer import both_versions, measure
from caqes_dsl.commands.options import EXERCICE, EXISTING, FILE, MODELES, RACINE, STRICT, load_version, made
from caqes_dsl.terminal import ERREURS, Reglages, common, leave, report, save

if TYPE_CHECKING:
    from caqes_dsl.model.nodes import Politique

_ENDINGS = {"suivi": "suivi.docx"}
_LARGEST = 20_000_000
"""Bytes of an amendment that are read."""


@click.command("avenant", short_help="Rédiger l'avenant d'une version à l'autre, et l'annexe en suivi.")
@click.argument("versions", nargs=-1, type=click.UNPROCESSED, metavar="ANCIENNE NOUVELLE")
@click.option("--donnees", type=EXISTING, metavar="COHORTE", help="Établissements, pour le tableau des effets.")
@click.option(
    "-f",
    "--formats",
    metavar="FORMATS",
    default="docx,html,suivi,json",
    show_default=True,
    help="Ce qui est écrit, séparé par des virgules : docx, html, suivi (annexe aux modifications suivies), json.",
)
@click.option(
    "-o", "--dossier", type=click.Path(file_okay=False, path_type=Path), default=Path(), help="Dossier où écrire."
)
@click.option(
    "--appliquer",
    type=FILE,
    metavar="AVENANT",
    help="Vérifier qu'un avenant (.json) s'applique à ANCIENNE, sans rien écrire.",
)
@EXERCICE
@STRICT
@MODELES
@RACINE
@common
@click.pass_context
def avenant(
    context: click.Context,
    versions: tuple[str, ...],
    donnees: Path | None,
    formats: str,
    dossier: Path,
    appliquer: Path | None,
    exercice: int | None,
    strict: bool,
    modeles: Path | None,
    racine: Path | None,
    reglages: Reglages,
) -> None:
    """Rédige l'avenant qui fait NOUVELLE d'ANCIENNE : ses articles à signer, l'annexe consolidée aux modifications
    suivies, et les mêmes changements pour un programme. Chaque version est un fichier, ou REVISION:chemin dans git."""
    from caqes_dsl.compare.diff import compare
    from caqes_dsl.documents.avenant import FORMATS, render_avenant
    from caqes_dsl.interface import read_for_both

    if appliquer is not None:
        _verify(context, versions, appliquer, reglages, racine)
    asked = list(dict.fromkeys(f for f in (g.strip().lower() for g in formats.split(",")) if f))
    for wrong in [f for f in asked if f not in FORMATS] or ([] if asked else [formats]):
        message = f"Le format « {wrong} » n'existe pas. Formats connus : {', '.join(FORMATS)}."
        raise click.BadParameter(message, context, param_hint="--formats")
    old, new = (load_version(context, text, reglages, racine) for text in both_versions(context, versions))
    changements = compare(old, new)
    impact, said = None, list[Diagnostic]()
    if donnees is not None:
        cohorte = read_for_both(old, new, changements, donnees, exercice=exercice, strict=strict)
        said += cohorte.diagnostics
        if not cohorte.etablissements:
            report(said, reglages, err=True)
            context.exit(ERREURS)
        impact = measure(old, new, changements, cohorte)
    found: list[Diagnostic] = []
    makers = {f: partial(render_avenant, old, new, changements, impact, f, modeles=modeles) for f in asked}
    written = {f: made(f, make, found, "avenant") for f, make in makers.items()}
    if has_errors(found):
        report(found, reglages, err=True)
        context.exit(ERREURS)
    for format, data in written.items():
        target = dossier / f"avenant-{old.nom}-{new.nom}.{_ENDINGS.get(format, format)}"
        wrong_file = save(target, data)
        if wrong_file is not None:
            report([wrong_file], reglages, err=True)
            context.exit(ERREURS)
        click.echo(f"Écrit dans {target}", err=True)
    if said:
        report(said, reglages, err=True)
    leave(context, said)


def _verify(
    context: click.Context, versions: tuple[str, ...], fichier: Path, reglages: Reglages, racine: Path | None
) -> None:
    """Says what the amendment gives, and ends the command."""
    from caqes_dsl.commands.options import VERSION

    if len(versions) != 1:
        message = f"Avec « --appliquer », il faut une version, celle que l'avenant modifie ; {len(versions)} reçues."
        raise click.UsageError(message, context)
    old = load_version(context, VERSION.convert(versions[0], None, context), reglages, racine)
    amended = _applied(old, fichier)
    if isinstance(amended, Diagnostic):
        report([amended], reglages, err=True)
        context.exit(ERREURS)
    click.echo(f"L'avenant s'applique à « {old.nom} » et donne « {amended.nom} », d'empreinte {amended.empreinte}.")
    context.exit(0)


def _applied(old: Politique, fichier: Path) -> Politique | Diagnostic:
    """The policy amended, or why it is not."""
    from caqes_dsl.compare.avenant import Illisible, Inapplicable, Inexact, apply_amendment

    try:
        if fichier.stat().st_size > _LARGEST:
            raise Illisible("il est trop grand")
        return apply_amendment(old, json.loads(fichier.read_bytes()))
    except (Illisible, Inapplicable, Inexact, ValueError, RecursionError, OSError) as error:
        ours = isinstance(error, Illisible | Inapplicable | Inexact)
        why = str(error) if ours else "le fichier ne se lit pas comme du JSON"
        return Diagnostic(
            "CAQ809",
            f"L'avenant ne s'applique pas : {why}.",
            fichier=str(fichier),
            aide="Prenez l'avenant que « caqes avenant » a écrit depuis cette version, sans le retoucher.",
        )
