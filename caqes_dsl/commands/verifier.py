"""`caqes verifier`: every mistake of one or more policies, and the corrections that are certain."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from caqes_dsl.base.diagnostics import Diagnostic
from caqes_dsl.commands.options import EXISTING, RACINE, load_cohort, policy_files
from caqes_dsl.terminal import ERREURS, Reglages, common, distinct, leave, report, save

if TYPE_CHECKING:
    from caqes_dsl.model.nodes import Politique


@click.command("verifier", short_help="Dire toutes les erreurs d'une ou de plusieurs politiques.")
@click.argument("chemins", nargs=-1, type=EXISTING)
@click.option(
    "--corriger", is_flag=True, help="Appliquer les corrections certaines, après en avoir montré la différence."
)
@click.option("--couverture", is_flag=True, help="Dire quels rangs, branches et clauses aucun exemple n'essaie.")
@click.option(
    "--donnees",
    type=EXISTING,
    help="Une cohorte : qui tombe dans les trous signalés ; avec --couverture, ce qui ne départage personne.",
)
@RACINE
@common
@click.pass_context
def verifier(
    context: click.Context,
    chemins: tuple[Path, ...],
    corriger: bool,
    couverture: bool,
    donnees: Path | None,
    racine: Path | None,
    reglages: Reglages,
) -> None:
    """Dit en une fois toutes les erreurs des politiques CHEMINS (fichiers ou dossiers ; « policies » par défaut),
    et essaie leurs exemples, leurs limites et leurs contrôles."""
    from caqes_dsl.checked import compile_checked

    paths = policy_files(context, chemins)
    if corriger:
        for path in paths:
            _mend(context, path, racine, reglages)
    compiled = [(path, compile_checked(path, racine=racine)) for path in paths]
    diagnostics = distinct(d for _, c in compiled for d in c.diagnostics)
    for _, done in compiled:
        if donnees is not None and done.brouillon is not None:
            diagnostics += _affected(done.brouillon, donnees)
    report(diagnostics, reglages, err=False)
    if reglages.format == "texte" and not reglages.discret:
        for path, done in compiled:
            if done.politique is not None:
                click.echo(f"{path} : {_in_short(done.politique)}")
        if len(compiled) > 1 and (not chemins or any(c.is_dir() for c in chemins)):
            _show_years([(str(path), done.politique) for path, done in compiled], reglages)
    for _, done in compiled:
        if couverture and done.politique is not None:
            _show_coverage(context, done.politique, donnees, reglages)
    leave(context, diagnostics)


def _show_years(policies: list[tuple[str, Politique | None]], reglages: Reglages) -> None:
    """The policies of a folder by region and year: what each sets, inherits and ends with."""
    import shutil

    from caqes_dsl.documents.annees import render_years

    couleur = reglages.paints(err=False)
    largeur = shutil.get_terminal_size((120, 40)).columns
    click.echo("\n" + render_years(policies, largeur=largeur, couleur=couleur), color=couleur)


def _affected(brouillon: Politique, donnees: Path) -> list[Diagnostic]:
    """The establishments of a file that fall where a refused policy says nothing, or two things."""
    from caqes_dsl.evaluation.affected import affected
    from caqes_dsl.exchange.read import read_cohort

    return affected(brouillon, read_cohort(brouillon, donnees).etablissements, str(donnees))


def _show_coverage(context: click.Context, politique: Politique, donnees: Path | None, reglages: Reglages) -> None:
    from caqes_dsl.documents.couverture import render_coverage
    from caqes_dsl.evaluation.coverage import coverage, deciding_nothing
    from caqes_dsl.evaluation.population import evaluate_cohort

    without_effect = None
    if donnees is not None:
        cohorte = load_cohort(context, politique, donnees, reglages, None, strict=False)
        resultats, _ = evaluate_cohort(politique, cohorte.etablissements, ecartes=len(cohorte.ecartes))
        without_effect = deciding_nothing(politique, resultats)
    click.echo(render_coverage(politique, coverage(politique), without_effect), nl=False)


def _mend(context: click.Context, path: Path, racine: Path | None, reglages: Reglages) -> None:
    """Applies the certain corrections of a file: shows the difference, asks on a terminal, then writes.

    A correction may uncover what it hid: the file is read again until none is left.
    """
    from caqes_dsl.pipeline import compile_text_at, read_source
    from caqes_dsl.syntax.corrections import apply_corrections, certain_corrections, difference

    source = read_source(path)
    if isinstance(source, Diagnostic):
        return
    text = source.texte
    for _ in range(10):
        compiled = compile_text_at(path, text, racine=racine)
        assert compiled.fichier is not None
        current = compiled.fichier.source
        corrections = certain_corrections(compiled.diagnostics, current)
        if not corrections:
            break
        text = apply_corrections(current, corrections)
    if text == source.texte:
        return
    click.echo(difference(source, text), nl=False)
    if sys.stdin.isatty() and not click.confirm(f"Corriger {path} ?", default=True):
        return
    wrong = save(path, text.encode("utf-8"))
    if wrong is not None:
        report([wrong], reglages, err=True)
        context.exit(ERREURS)
    click.echo(f"{path} corrigé", err=True)


def _in_short(politique: Politique) -> str:
    """« conforme, 88 critères, 105 points, 9 exemples vérifiés »."""
    from fractions import Fraction

    from caqes_dsl.base.quantities import Genre, write_value

    said = ["conforme"]
    if politique.criteres:
        total = sum((c.poids for c in politique.criteres.values()), Fraction(0))
        many = "s" if len(politique.criteres) > 1 else ""
        said += [f"{len(politique.criteres)} critère{many}", write_value(total, Genre.POINTS)]
    if politique.exemples:
        many = "s" if len(politique.exemples) > 1 else ""
        said.append(f"{len(politique.exemples)} exemple{many} vérifié{many}")
    said.append(f"code de contrôle {politique.code_de_controle}")
    return ", ".join(said)
