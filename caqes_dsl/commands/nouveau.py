"""`caqes nouveau`: a year or a region begun from another policy."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from caqes_dsl.base.diagnostics import has_errors
from caqes_dsl.commands.options import FILE, RACINE, load_policy
from caqes_dsl.terminal import ERREURS, Reglages, common, leave, report, save

if TYPE_CHECKING:
    pass


@click.command("nouveau", short_help="Commencer une année, ou une région, à partir d'une politique.")
@click.argument("region", metavar="REGION")
@click.argument("annee", metavar="ANNEE", type=click.IntRange(1900, 2199))
@click.option("--depuis", type=FILE, required=True, help="Politique dont partir.")
@click.option("-o", "--sortie", type=click.Path(dir_okay=False, path_type=Path), help="Fichier à écrire.")
@RACINE
@common
@click.pass_context
def nouveau(
    context: click.Context,
    region: str,
    annee: int,
    depuis: Path,
    sortie: Path | None,
    racine: Path | None,
    reglages: Reglages,
) -> None:
    """Écrit la politique de REGION pour l'exercice ANNEE, qui reprend celle de --depuis : son en-tête, décalé d'autant
    d'années, et en commentaires ce qui reste à décider. Sans -o, dans REGION/ANNEE.caqes du dossier des politiques."""
    from caqes_dsl.base.source import Source
    from caqes_dsl.documents.nouveau import Nouvelle, folder_name, new_policy
    from caqes_dsl.pipeline import compile_text_at, format_source, policies_root, reprise

    name = folder_name(region)
    if not name or any(c in region for c in '«»\n\r#"'):
        raise click.BadParameter(f"« {region} » n'est pas un nom de région.", context, param_hint="REGION")
    old = load_policy(context, depuis, reglages, racine)
    root = (racine or policies_root(depuis)).resolve()
    shared = racine is not None or root.name == "policies"
    if not depuis.is_absolute() and root.is_relative_to(Path.cwd()):
        root = root.relative_to(Path.cwd())
    target = sortie or (root / name / f"{annee}.caqes" if shared else root / f"{name}_{annee}.caqes")
    path = reprise(depuis, target, racine)
    if path is None:
        raise click.BadParameter(
            f"« {target} » et « {depuis} » ne sont pas dans le même dossier de politiques : l'une ne peut pas "
            "reprendre l'autre. Choisissez un lieu sous « policies », ou donnez --racine.",
            context,
            param_hint="--sortie",
        )
    formatted, found = format_source(Source.from_text(str(target), new_policy(Nouvelle(old, region, annee, path))))
    assert formatted is not None, found
    compiled = compile_text_at(target, formatted, racine=racine)
    wrong = save(target, formatted.encode("utf-8"), nouveau=True)
    if wrong is not None:
        report([wrong], reglages, err=True)
        context.exit(ERREURS)
    if has_errors(compiled.diagnostics):
        report(compiled.diagnostics, reglages, err=True)
    click.echo(f"Politique écrite dans {target}", err=True)
    leave(context, compiled.diagnostics)
