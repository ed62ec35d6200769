"""The commands, a module each: it reads its arguments, calls one function, says what was found, exits."""

from __future__ import annotations

from collections.abc import Sequence

import click

from caqes_dsl import __version__
from caqes_dsl.commands.annexe import annexe
from caqes_dsl.commands.avenant import avenant
from caqes_dsl.commands.calibrer import calibrer
from caqes_dsl.commands.classeur import classeur
from caqes_dsl.commands.comparer import comparer
from caqes_dsl.commands.evaluer import evaluer
from caqes_dsl.commands.expliquer import expliquer
from caqes_dsl.commands.figer import figer
from caqes_dsl.commands.formater import formater
from caqes_dsl.commands.lettres import lettres
from caqes_dsl.commands.montrer import montrer
from caqes_dsl.commands.nouveau import nouveau
from caqes_dsl.commands.rapport import rapport
from caqes_dsl.commands.retours import retours
from caqes_dsl.commands.simuler import simuler
from caqes_dsl.commands.sql import sql
from caqes_dsl.commands.verifier import verifier
from caqes_dsl.terminal import prepare, run, speak_french

speak_french()

ALIAS = {
    "check": "verifier",
    "fmt": "formater",
    "eval": "evaluer",
    "explain": "expliquer",
    "annex": "annexe",
    "diff": "comparer",
    "amend": "avenant",
    "letters": "lettres",
    "report": "rapport",
    "show": "montrer",
    "workbook": "classeur",
    "returns": "retours",
    "freeze": "figer",
    "simulate": "simuler",
    "calibrate": "calibrer",
    "new": "nouveau",
}
"""English name -> command."""


class Commandes(click.Group):
    """The commands under their French names and their English aliases."""

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """A command by either name."""
        return super().get_command(ctx, ALIAS.get(cmd_name, cmd_name))

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list, each with its alias."""
        english = {french: alias for alias, french in ALIAS.items()}
        rows = [
            (f"{name} ({english[name]})" if name in english else name, command.get_short_help_str(80))
            for name, command in self.commands.items()
        ]
        with formatter.section("Commandes"):
            formatter.write_dl(rows)


@click.group(
    cls=Commandes,
    subcommand_metavar="COMMANDE [ARGUMENTS]...",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, "--version", prog_name="caqes")
def cli() -> None:
    """Écrire un contrat hospitalier (CAQES) une seule fois : le vérifier, évaluer des établissements, expliquer leurs
    résultats et imprimer l'annexe, du même fichier.

    Pour commencer : caqes verifier policies/normandie/2018.caqes
    """


for _command in (
    verifier,
    formater,
    evaluer,
    expliquer,
    annexe,
    comparer,
    avenant,
    classeur,
    retours,
    lettres,
    rapport,
    montrer,
    figer,
    simuler,
    calibrer,
    sql,
    nouveau,
):
    cli.add_command(_command)


def main(arguments: Sequence[str] | None = None) -> None:
    """The entry point."""
    prepare()
    raise SystemExit(run(cli, arguments, __version__))
