"""`caqes formater`: the canonical layout."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from caqes_dsl.base.diagnostics import Diagnostic, has_errors
from caqes_dsl.commands.options import policy_files
from caqes_dsl.terminal import ERREURS, Reglages, common, leave, report, save


@click.command("formater", short_help="Mettre des politiques dans leur présentation canonique.")
@click.argument("chemins", nargs=-1, type=click.Path(exists=True, path_type=Path, allow_dash=True))
@click.option("--verifier", "seulement", is_flag=True, help="Dire seulement quels fichiers changeraient.")
@common
@click.pass_context
def formater(context: click.Context, chemins: tuple[Path, ...], seulement: bool, reglages: Reglages) -> None:
    """Donne aux politiques CHEMINS leur présentation canonique, sans changer leur sens. « - » lit l'entrée et écrit
    la sortie standard."""
    from caqes_dsl.pipeline import format_path, format_source, read_source

    if chemins == (Path("-"),):
        from caqes_dsl.base.source import Source

        text, diagnostics = format_source(Source.from_text("entrée", sys.stdin.read()))
        report(diagnostics, reglages, err=True, closing=False)
        click.echo(text or "", nl=False)
        leave(context, diagnostics)
    found: list[Diagnostic] = []
    changed: list[Path] = []
    for path in policy_files(context, chemins):
        text, diagnostics = format_path(path)
        found += [d for d in diagnostics if text is None or d.is_error]
        source = read_source(path)
        if text is None or isinstance(source, Diagnostic) or path.read_bytes() == text.encode("utf-8"):
            continue
        changed.append(path)
        wrong = None if seulement else save(path, text.encode("utf-8"))
        found += [wrong] if wrong else []
    if found:
        report(found, reglages, err=True)
    for path in changed:
        click.echo(f"{path} {'changerait' if seulement else 'mis en forme'}")
    if has_errors(found) or (seulement and changed):
        context.exit(ERREURS)
