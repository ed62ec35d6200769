"""`caqes retours`: the workbooks that came back, as one file of establishments."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from caqes_dsl.base.diagnostics import Diagnostic
from caqes_dsl.commands.options import EXERCICE, FILE, RACINE, load_cohort, load_policy, policy_files
from caqes_dsl.terminal import Reglages, common, leave, report, save

if TYPE_CHECKING:
    from caqes_dsl.exchange.read import Cohorte
    from caqes_dsl.exchange.retours import Retours
    from caqes_dsl.model.nodes import Politique


@click.command("retours", short_help="Réunir les classeurs reçus en un fichier d'établissements.")
@click.argument("dossier", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--politique", type=FILE, help="Politique des classeurs ; sinon cherchée dans « policies ».")
@click.option("--avec", type=FILE, help="Fichier qui a servi à faire les classeurs : exercices passés, absents.")
@click.option(
    "-o",
    "--sortie",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Fichier à écrire : .csv, .xlsx, .json ou .parquet.",
)
@EXERCICE
@click.option("--strict", is_flag=True, help="Tout refuser si un seul classeur a une erreur.")
@RACINE
@common
@click.pass_context
def retours(
    context: click.Context,
    dossier: Path,
    politique: Path | None,
    avec: Path | None,
    sortie: Path | None,
    exercice: int | None,
    strict: bool,
    racine: Path | None,
    reglages: Reglages,
) -> None:
    """Lit les classeurs remplis de DOSSIER et dit toutes leurs fautes, par fichier, feuille et cellule. Ce que leurs
    formules affichent n'est jamais repris : « caqes evaluer » recalcule."""
    from caqes_dsl.exchange.retours import read_returns

    loaded = load_policy(context, politique or _policy_of(context, dossier, racine), reglages, racine, exercice)
    before = load_cohort(context, loaded, avec, reglages, exercice, strict=False) if avec is not None else None
    found = read_returns(loaded, dossier, exercice=exercice, avec=before, strict=strict)
    diagnostics = list(found.cohorte.diagnostics)
    if sortie is not None and found.cohorte.etablissements:
        diagnostics += _write(loaded, found, sortie)
    report(diagnostics, reglages, err=True)
    many, aside = len(found.cohorte.etablissements), len(found.cohorte.ecartes)
    said = f"{found.lus} classeur{'s' if found.lus > 1 else ''} lu{'s' if found.lus > 1 else ''} : {many} repris"
    click.echo(said + (f", {aside} à corriger" if aside else ""), err=True)
    leave(context, diagnostics)


def _write(politique: Politique, found: Retours, sortie: Path) -> list[Diagnostic]:
    """The file asked for; why it could not be written."""
    from caqes_dsl import __version__
    from caqes_dsl.exchange.cohort_write import write_cohort
    from caqes_dsl.exchange.write import receipt

    cohorte: Cohorte = found.cohorte
    recu = receipt(politique, len(cohorte.etablissements), cohorte, None, __version__)
    made = write_cohort(politique, cohorte, found.dialogues, sortie.suffix, recu)
    wrong = made if isinstance(made, Diagnostic) else save(sortie, made)
    return [wrong] if wrong is not None else []


def _policy_of(context: click.Context, dossier: Path, racine: Path | None) -> Path:
    """The policy that the workbooks name, looked for among those of the policies' folder."""
    from caqes_dsl.checked import compile_checked
    from caqes_dsl.exchange.retours import policy_named

    named = policy_named(dossier)
    if named is None:
        raise click.UsageError("Aucun classeur du dossier ne dit sa politique : donnez-la par --politique.", context)
    for path in policy_files(context, [racine] if racine is not None else []):
        compiled = compile_checked(path, racine=racine)
        if compiled.politique is not None and compiled.politique.nom == named:
            return path
    raise click.UsageError(
        f"La politique « {named} » des classeurs n'est pas dans le dossier des politiques : donnez-la par --politique.",
        context,
    )
