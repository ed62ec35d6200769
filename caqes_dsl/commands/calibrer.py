"""`caqes calibrer`: the settings that meet a committee's wishes, or why none does."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import click

from caqes_dsl.commands.options import EXERCICE, EXISTING, FILE, RACINE, STRICT, load_cohort, load_policy
from caqes_dsl.terminal import ERREURS, Reglages, common, counter, leave, report, save

if TYPE_CHECKING:
    from collections.abc import Sequence

    from caqes_dsl.evaluation.calibration import Calibrage, Souhait
    from caqes_dsl.evaluation.reglages import Reglage
    from caqes_dsl.model.nodes import Politique


@click.command("calibrer", short_help="Chercher les réglages qui tiennent des souhaits.")
@click.argument("politique", type=FILE)
@click.argument("donnees", type=EXISTING)
@click.argument("souhaits", nargs=-1, required=True, metavar="SOUHAIT…")
@click.option(
    "--regler",
    metavar="RÉGLAGE",
    help="Ce qui est cherché, entre deux valeurs : « cible=40%:70% » (et un pas : « poids(C34)=0:5:0,5 »). "
    "Par défaut, la cible, de 0 % à 100 %.",
)
@click.option(
    "-o",
    "--sortie",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Fichier : .csv, .xlsx, .json ou .parquet, la courbe entière.",
)
@EXERCICE
@STRICT
@RACINE
@common
@click.pass_context
def calibrer(
    context: click.Context,
    politique: Path,
    donnees: Path,
    souhaits: tuple[str, ...],
    regler: str | None,
    sortie: Path | None,
    exercice: int | None,
    strict: bool,
    racine: Path | None,
    reglages: Reglages,
) -> None:
    """Cherche les valeurs d'un réglage de POLITIQUE qui tiennent chaque SOUHAIT sur les établissements de DONNEES :
    « part sous la cible ≤ 20 % », « total des sanctions ≤ 300 000 € ». Ou dit pourquoi aucune ne convient."""
    from caqes_dsl.documents.calibration import calibration_table, calibration_text
    from caqes_dsl.evaluation.calibration import calibrate
    from caqes_dsl.evaluation.simulation import Refus
    from caqes_dsl.exchange.engines import refusal

    loaded = load_policy(context, politique, reglages, racine, exercice)
    wished = _wishes(context, loaded, souhaits)
    reglage, low, high, step = _asked(context, loaded, regler)
    cohorte = load_cohort(context, loaded, donnees, reglages, exercice, strict)
    try:
        with counter("Calibrage") as suivi:
            found = calibrate(
                loaded, cohorte.etablissements, wished, reglage, low, high, step,
                ecartes=len(cohorte.ecartes), suivi=suivi,
            )  # fmt: skip
    except Refus as refused:
        report([refusal(loaded, refused.excuses)], reglages, err=True)
        context.exit(ERREURS)
    click.echo(calibration_text(loaded, found), nl=False)
    said = list(cohorte.diagnostics)
    if sortie is not None:
        from caqes_dsl import __version__
        from caqes_dsl.exchange.write import receipt, write_table

        recu = receipt(loaded, len(cohorte.etablissements), cohorte, donnees, __version__)
        recu |= {"reglage": reglage.ecrit, "exact": "oui" if found.exact else "non"}
        written = write_table(calibration_table(found), recu, sortie.suffix)
        wrong = save(sortie, written) if isinstance(written, bytes) else written
        said += [wrong] if wrong is not None else []
    if said:
        report(said, reglages, err=True)
    leave(context, said)


def _wishes(context: click.Context, politique: Politique, souhaits: Sequence[str]) -> list[Souhait]:
    from caqes_dsl.exchange.wishes import SouhaitRefuse, read_wish

    try:
        return [read_wish(politique, texte) for texte in souhaits]
    except SouhaitRefuse as refused:
        raise click.BadParameter(str(refused), context, param_hint="SOUHAIT") from refused


def _asked(
    context: click.Context, politique: Politique, regler: str | None
) -> tuple[Reglage, Fraction, Fraction, Fraction]:
    """What is looked for, between two values, and the step where it cannot be found exactly."""
    from caqes_dsl.exchange.settings import ReglageRefuse, read_bounds

    try:
        return read_bounds(politique, regler or "cible=0%:100%")
    except ReglageRefuse as refused:
        raise click.BadParameter(str(refused), context, param_hint="--regler") from refused


__all__ = ["Calibrage", "calibrer"]
