"""What the commands share: their common arguments, and reading a policy, a folder of policies, a cohort."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from caqes_dsl.base.diagnostics import Diagnostic, has_errors
from caqes_dsl.terminal import ERREURS, Reglages, progress, report

if TYPE_CHECKING:
    from caqes_dsl.evaluation.trace import Resultat
    from caqes_dsl.exchange.read import Cohorte
    from caqes_dsl.model.nodes import Politique
    from caqes_dsl.pipeline import Compilation


EXISTING = click.Path(exists=True, path_type=Path)
"""A file or a folder that is there."""

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
"""A file that is there."""


class Version(click.Path):
    """A policy now or then: a file that is there, or `REVISION:chemin` in the git repository of the current folder."""

    name = "version"

    def __init__(self) -> None:
        super().__init__(exists=True, dir_okay=False)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The text as given; a file must exist, a revision is looked up by `load_version`."""
        from caqes_dsl.revision import reference_of

        return str(value) if reference_of(str(value)) else os.fsdecode(super().convert(value, param, ctx))


VERSION = Version()
"""A file that is there, or `REVISION:chemin`."""

RACINE = click.option(
    "--racine", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Dossier des politiques."
)
"""The folder from which « reprend » is read."""

EXERCICE = click.option("--exercice", type=int, metavar="AN", help="Exercice évalué, dans la vigueur de la politique.")
"""Which exercise is evaluated."""

STRICT = click.option("--strict", is_flag=True, help="Tout refuser si une seule ligne a une erreur.")
"""Whether one row at fault refuses them all."""

MODELES = click.option(
    "--modeles", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Dossier de vos propres modèles."
)
"""A user's own templates."""


def policy_files(context: click.Context, chemins: Iterable[Path]) -> list[Path]:
    """The policy files of paths, folders opened, in order, each once."""
    given = list(chemins)
    if not given:
        given = [Path("policies")]
        if not given[0].is_dir():
            raise click.UsageError("Aucun dossier « policies » ici : donnez le chemin d'une politique.", context)
    found: dict[Path, None] = {}
    for path in given:
        inside = sorted(p for p in path.rglob("*.caqes") if p.is_file()) if path.is_dir() else [path]
        if not inside:
            raise click.UsageError(f"Le dossier « {path} » ne contient aucune politique (.caqes).", context)
        found.update(dict.fromkeys(inside))
    return list(found)


def load_policy(
    context: click.Context, politique: Path, reglages: Reglages, racine: Path | None, exercice: int | None = None
) -> Politique:
    """The policy of a file; ends the command when it has errors."""
    from caqes_dsl.checked import compile_checked

    return _policy(context, compile_checked(politique, racine=racine, exercice=exercice), reglages)


def _policy(context: click.Context, compiled: Compilation, reglages: Reglages) -> Politique:
    if compiled.politique is None:
        report(compiled.diagnostics, reglages, err=True)
        context.exit(ERREURS)
    assert compiled.politique is not None
    return compiled.politique


def load_version(
    context: click.Context, texte: str, reglages: Reglages, racine: Path | None, exercice: int | None = None
) -> Politique:
    """The policy of a file or of `REVISION:chemin`, with its parents at the same revision; ends the command when it has
    errors."""
    from caqes_dsl.pipeline import compile_revision
    from caqes_dsl.revision import reference_of

    if reference_of(texte) is None:
        return load_policy(context, Path(texte), reglages, racine, exercice)
    return _policy(context, compile_revision(texte, racine=racine, exercice=exercice), reglages)


def load_cohort(
    context: click.Context, politique: Politique, donnees: Path, reglages: Reglages, exercice: int | None, strict: bool
) -> Cohorte:
    """The establishments of a file; ends the command when none can be read."""
    from caqes_dsl.exchange.read import read_cohort

    cohorte = read_cohort(politique, donnees, exercice=exercice, strict=strict)
    if not cohorte.etablissements and has_errors(cohorte.diagnostics):
        report(cohorte.diagnostics, reglages, err=True)
        context.exit(ERREURS)
    return cohorte


def evaluated(politique: Politique, cohorte: Cohorte) -> tuple[list[Resultat], list[Diagnostic]]:
    """The results of a cohort, and all that is to be said of it and of them."""
    from caqes_dsl.evaluation.explain import result_of
    from caqes_dsl.evaluation.limits import check_cohort
    from caqes_dsl.evaluation.population import Population

    population = Population(politique, cohorte.etablissements, ecartes=len(cohorte.ecartes))
    with progress(population.interpretes, "Évaluation") as items:
        resultats = [result_of(i) for i in items]
    return resultats, [*cohorte.diagnostics, *population.notes(), *check_cohort(politique, resultats)]


def made(format: str, make: Callable[[], bytes], found: list[Diagnostic], nom: str) -> bytes:
    """A document; when there is none, the diagnostic that says why is added to those found."""
    from caqes_dsl.documents.render import DependanceManquante
    from caqes_dsl.documents.sandbox import ErreurModele

    try:
        return make()
    except ErreurModele as error:
        found.append(error.diagnostic)
    except DependanceManquante as error:
        found.append(Diagnostic("CAQ802", str(error), fichier=f"{nom}.{format}"))
    return b""
