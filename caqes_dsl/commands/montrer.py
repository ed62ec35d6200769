"""`caqes montrer`: the whole policy, each clause with where it comes from."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from caqes_dsl.commands.options import FILE, RACINE, load_policy
from caqes_dsl.terminal import Reglages, common


@click.command("montrer", short_help="Montrer la politique entière, avec la provenance de chaque clause.")
@click.argument("politique", type=FILE)
@click.option("--json", "en_json", is_flag=True, help="En JSON, au schéma publié.")
@RACINE
@common
@click.pass_context
def montrer(context: click.Context, politique: Path, en_json: bool, racine: Path | None, reglages: Reglages) -> None:
    """Montre POLITIQUE avec tout ce qu'elle reprend : chaque déclaration, le fichier et la ligne qui la donnent."""
    from caqes_dsl.documents.montre import show
    from caqes_dsl.documents.montre_texte import show_text

    loaded = load_policy(context, politique, reglages, racine)
    if en_json:
        data: dict[str, Any] = show(loaded)
        click.echo(json.dumps(data, ensure_ascii=False, indent=2))
    else:
        click.echo(show_text(loaded), nl=False)
