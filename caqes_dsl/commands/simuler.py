"""`caqes simuler`: the same cohort under many settings of a policy."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from caqes_dsl.base.diagnostics import Diagnostic, has_errors
from caqes_dsl.commands.options import EXERCICE, EXISTING, FILE, RACINE, STRICT, load_cohort, load_policy, made
from caqes_dsl.terminal import ERREURS, Reglages, common, counter, leave, report, save

if TYPE_CHECKING:
    from collections.abc import Sequence
    from fractions import Fraction

    from caqes_dsl.evaluation.reglages import Reglage
    from caqes_dsl.evaluation.simulation import Releve, Simulation
    from caqes_dsl.exchange.cohort import Cohorte
    from caqes_dsl.model.nodes import Politique

INTERROMPU = 130
"""Exit code of a simulation stopped by the keyboard, once what was done is written."""

_SHOWN = 40
"""Rows shown on a screen."""


@click.command("simuler", short_help="Évaluer la même cohorte sous de nombreux réglages.")
@click.argument("politique", type=FILE)
@click.argument("donnees", type=EXISTING)
@click.option(
    "--faire-varier",
    "varier",
    multiple=True,
    required=True,
    metavar="RÉGLAGE",
    help="« cible=50%:60%:1% » (de, à, pas) ou « poids(C34)=1;2;3 ». Plusieurs fois : toutes les combinaisons.",
)
@click.option(
    "--tirages", type=click.IntRange(1), metavar="N", help="N combinaisons tirées au sort, au lieu de toutes."
)
@click.option(
    "--cohortes",
    type=click.IntRange(0, 1000),
    default=0,
    metavar="N",
    help="Y ajouter N cohortes plausibles, tirées de celle-ci avec remise.",
)
@click.option("--graine", type=int, default=1, show_default=True, help="La même graine redonne les mêmes tirages.")
@click.option(
    "-o",
    "--sortie",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Fichier : .csv, .xlsx, .json ou .parquet (une ligne par réglage), .html ou .docx (le rapport).",
)
@EXERCICE
@STRICT
@RACINE
@common
@click.pass_context
def simuler(
    context: click.Context,
    politique: Path,
    donnees: Path,
    varier: tuple[str, ...],
    tirages: int | None,
    cohortes: int,
    graine: int,
    sortie: Path | None,
    exercice: int | None,
    strict: bool,
    racine: Path | None,
    reglages: Reglages,
) -> None:
    """Évalue avec POLITIQUE les établissements de DONNEES sous chaque réglage : qui est sous la cible, combien, pour
    combien d'euros, secteur par secteur. Rien n'est décidé : c'est un calcul, pour choisir."""
    loaded = load_policy(context, politique, reglages, racine, exercice)
    asked = settings_of(context, loaded, varier)
    cohorte = load_cohort(context, loaded, donnees, reglages, exercice, strict)
    simulation = simulated(context, loaded, cohorte, asked, reglages)
    chosen = simulation.draws(tirages, graine) if tirages else simulation.grid()
    with counter("Simulation") as suivi:
        releves = simulation.run(chosen, cohortes=cohortes, graine=graine, suivi=suivi)
    done = len({tuple(r.valeurs.values()) for r in releves})
    if simulation.interrompue:
        click.echo(f"Interrompu : {done} réglages sur {len(chosen)} sont faits, et gardés.", err=True)
    found = list(cohorte.diagnostics)
    if sortie is None:
        _show(loaded, list(asked), releves)
    else:
        found += _write(loaded, cohorte, asked, releves, sortie, graine if tirages or cohortes else None)
        if not has_errors(found):
            click.echo(f"{done} réglages écrits dans {sortie}", err=True)
    if found:
        report(found, reglages, err=True)
    if simulation.interrompue:
        context.exit(INTERROMPU)
    leave(context, found)


def settings_of(context: click.Context, politique: Politique, varier: Sequence[str]) -> dict[Reglage, list[Fraction]]:
    """What is varied, and its values; ends the command when one cannot be read."""
    from math import prod

    from caqes_dsl.evaluation.simulation import MOST
    from caqes_dsl.exchange.settings import ReglageRefuse, read_setting

    found: dict[Reglage, list[Fraction]] = {}
    for texte in varier:
        try:
            reglage, values = read_setting(politique, texte)
        except ReglageRefuse as refused:
            raise click.BadParameter(str(refused), context, param_hint="--faire-varier") from refused
        if any(_same(reglage, other) for other in found):
            message = f"« {reglage.ecrit} » est donné deux fois."
            raise click.BadParameter(message, context, param_hint="--faire-varier")
        found[reglage] = values
    count = prod(len(v) for v in found.values())
    if count > MOST and "--tirages" not in context.params and not context.params.get("tirages"):
        message = f"{count} combinaisons, plus que {MOST}. Prenez de plus grands pas, ou « --tirages 1000 »."
        raise click.BadParameter(message, context, param_hint="--faire-varier")
    return found


def _same(one: Reglage, other: Reglage) -> bool:
    return (one.sorte, one.nom, one.rang) == (other.sorte, other.nom, other.rang)


def simulated(
    context: click.Context,
    politique: Politique,
    cohorte: Cohorte,
    asked: dict[Reglage, list[Fraction]],
    reglages: Reglages,
) -> Simulation:
    """The simulation ready to run; ends the command for a policy that columns do not evaluate."""
    from caqes_dsl.evaluation.simulation import Refus, Simulation
    from caqes_dsl.exchange.engines import refusal

    try:
        return Simulation(politique, cohorte.etablissements, asked, ecartes=len(cohorte.ecartes))
    except Refus as refused:
        report([refusal(politique, refused.excuses)], reglages, err=True)
        context.exit(ERREURS)
        raise AssertionError from refused  # never reached


def _show(politique: Politique, reglages: list[Reglage], releves: list[Releve]) -> None:
    from caqes_dsl.documents.simulation import simulation_text

    click.echo(simulation_text(politique, reglages, releves, most=_SHOWN), nl=False)


def _write(
    politique: Politique,
    cohorte: Cohorte,
    asked: dict[Reglage, list[Fraction]],
    releves: list[Releve],
    sortie: Path,
    graine: int | None,
) -> list[Diagnostic]:
    found: list[Diagnostic] = []
    written: Any
    if sortie.suffix.lower() in (".html", ".docx"):
        from caqes_dsl.documents.rapport_formats import render_rapport
        from caqes_dsl.documents.simulation import simulation_view

        vue = simulation_view(politique, cohorte, list(asked), releves, graine=graine)
        kind = sortie.suffix.lower()[1:]
        written = made(kind, lambda: render_rapport(vue, kind), found, "simulation")
        if found:
            return found
    else:
        from caqes_dsl import __version__
        from caqes_dsl.exchange.simulation_table import simulation_table
        from caqes_dsl.exchange.write import receipt, write_table

        table = simulation_table(politique, list(asked), releves)
        recu = receipt(politique, len(cohorte.etablissements), cohorte, None, __version__)
        recu |= {"reglages": ", ".join(r.ecrit for r in asked)} | (
            {"graine": str(graine)} if graine is not None else {}
        )
        written = write_table(table, recu, sortie.suffix)
        if isinstance(written, Diagnostic):
            return [written]
    wrong = save(sortie, written)
    return [wrong] if wrong is not None else []
