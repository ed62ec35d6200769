"""`caqes comparer`: what changed between two versions of a policy, and for whom."""

from __future__ import annotations

import json
import shutil
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from caqes_dsl.base.diagnostics import Diagnostic, has_errors
from caqes_dsl.commands.options import EXERCICE, EXISTING, MODELES, RACINE, STRICT, VERSION, load_version, made
from caqes_dsl.terminal import ERREURS, Reglages, common, counter, leave, report, save

if TYPE_CHECKING:
    from collections.abc import Sequence

    from caqes_dsl.compare.changes import Changement
    from caqes_dsl.compare.impact_shapes import Impact
    from caqes_dsl.exchange.read import Cohorte
    from caqes_dsl.model.nodes import Politique

FORMATS = ("texte", "html", "json", "docx", "pdf")
"""What a comparison is written in; the first is for the screen."""

_ENDINGS = {"texte": "txt"}


@click.command("comparer", short_help="Dire ce qui change entre deux versions d'une politique, et pour qui.")
@click.argument("versions", nargs=-1, type=click.UNPROCESSED, metavar="ANCIENNE NOUVELLE")
@click.option("--donnees", type=EXISTING, metavar="COHORTE", help="Établissements évalués par les deux versions.")
@click.option(
    "-f",
    "--formats",
    metavar="FORMATS",
    help=f"Formats, séparés par des virgules : {', '.join(FORMATS)}. Par défaut, texte.",
)
@click.option(
    "-o",
    "--sortie",
    type=click.Path(path_type=Path),
    help="Fichier (son nom dit le format) ou dossier où écrire. Sans elle, texte et json vont à l'écran.",
)
@click.option("--code-sortie", is_flag=True, help="Code de sortie 1 si quelque chose change.")
@click.option("--pilote-git", is_flag=True, help="Répondre à « git diff », qui donne lui-même ce qu'il compare.")
@EXERCICE
@STRICT
@MODELES
@RACINE
@common
@click.pass_context
def comparer(
    context: click.Context,
    versions: tuple[str, ...],
    donnees: Path | None,
    formats: str | None,
    sortie: Path | None,
    code_sortie: bool,
    pilote_git: bool,
    exercice: int | None,
    strict: bool,
    modeles: Path | None,
    racine: Path | None,
    reglages: Reglages,
) -> None:
    """Dit ce qui change d'ANCIENNE à NOUVELLE, phrase par phrase. Chaque version est un fichier, ou REVISION:chemin
    dans git. Avec --donnees, dit aussi ce que cela change pour chaque établissement, et l'effet de chaque
    changement."""
    from caqes_dsl.compare.diff import compare
    from caqes_dsl.interface import read_for_both

    if pilote_git:
        _answer_git(context, versions)
        return
    asked = formats_asked(context, formats, sortie)
    old, new = (load_version(context, text, reglages, racine) for text in both_versions(context, versions))
    changements = compare(old, new)
    impact: Impact | None = None
    diagnostics: list[Diagnostic] = []
    if donnees is not None:
        cohorte = read_for_both(old, new, changements, donnees, exercice=exercice, strict=strict)
        if not cohorte.etablissements:
            report(cohorte.diagnostics, reglages, err=True)
            context.exit(ERREURS)
        impact = measure(old, new, changements, cohorte)
        diagnostics += cohorte.diagnostics
    found: list[Diagnostic] = []
    width = 100 if sortie is not None else shutil.get_terminal_size((100, 40)).columns
    makers = {f: partial(_make, old, new, changements, impact, f, modeles, width) for f in asked}
    written = {f: made(f, make, found, "comparaison") for f, make in makers.items()}
    if has_errors(found):
        report(found, reglages, err=True)
        context.exit(ERREURS)
    for format, data in written.items():
        put(context, format, data, sortie, f"comparaison-{old.nom}-{new.nom}", reglages)
    if diagnostics:
        report(diagnostics, reglages, err=True)
    if code_sortie and changements and not has_errors(diagnostics):
        context.exit(ERREURS)
    leave(context, diagnostics)


def both_versions(context: click.Context, versions: Sequence[str]) -> list[str]:
    """The two versions named, each checked."""
    if len(versions) != 2:
        raise click.UsageError(f"Il faut deux versions, l'ancienne puis la nouvelle ; {len(versions)} reçues.", context)
    return [VERSION.convert(text, _NAMED[k], context) for k, text in enumerate(versions)]


_NAMED = tuple(click.Argument([nom], metavar=nom.upper()) for nom in ("ancienne", "nouvelle"))


def _answer_git(context: click.Context, arguments: Sequence[str]) -> None:
    from caqes_dsl.commands.pilote_git import show_difference

    try:
        click.echo(show_difference(arguments), nl=False)
    except ValueError as error:
        message = "« --pilote-git » est pour git, qui donne lui-même sept ou neuf arguments (docs/git.md)."
        raise click.UsageError(message, context) from error


def formats_asked(
    context: click.Context, formats: str | None, sortie: Path | None, known: Sequence[str] = FORMATS
) -> list[str]:
    """The formats asked for, by `-f` or by the ending of the file; the first known one by default."""
    given = [f.strip().lower().lstrip(".") for f in formats.split(",") if f.strip()] if formats is not None else []
    is_file = sortie is not None and bool(sortie.suffix) and not sortie.is_dir()
    ending = sortie.suffix.lower().lstrip(".") if sortie is not None else ""
    ending = next((f for f, e in _ENDINGS.items() if e == ending), ending)
    asked = given or ([ending] if is_file else [known[0]])
    for wrong in (f for f in asked if f not in known):
        message = f"Le format « {wrong} » n'existe pas. Formats connus : {', '.join(known)}."
        raise click.BadParameter(message, context, param_hint="--formats" if given else "--sortie")
    if given and is_file and asked != [ending]:
        message = f"« {sortie} » est un seul fichier, et son nom ne dit pas ce que demande « -f {formats} »."
        raise click.BadParameter(f"{message} Donnez un dossier.", context, param_hint="--sortie")
    return list(dict.fromkeys(asked))


def measure(ancienne: Politique, nouvelle: Politique, changements: Sequence[Changement], cohorte: Cohorte) -> Impact:
    """What the change does to the cohort, with its progress on a terminal."""
    from caqes_dsl.compare.impact import impact

    with counter("Comparaison") as suivi:
        return impact(
            ancienne, nouvelle, changements, cohorte.etablissements, ecartes=len(cohorte.ecartes), suivi=suivi
        )


def _make(
    ancienne: Politique,
    nouvelle: Politique,
    changements: Sequence[Changement],
    impact: Impact | None,
    format: str,
    modeles: Path | None,
    largeur: int,
) -> bytes:
    """The comparison in a format."""
    if format == "json":
        from caqes_dsl.documents.changements_json import compared

        data = compared(ancienne, nouvelle, changements, impact)
        return (json.dumps(data, ensure_ascii=False, indent=2) + "\n").encode()
    if format == "texte":
        from caqes_dsl.documents.changements_texte import changes_text

        text = changes_text(ancienne, nouvelle, changements, impact, largeur=largeur)
        return (text or "Rien ne change de ce que la politique dit ou calcule.\n").encode()
    from caqes_dsl.documents.comparaison import render_comparaison

    return render_comparaison(ancienne, nouvelle, changements, impact, format, modeles=modeles)


def put(context: click.Context, format: str, data: bytes, sortie: Path | None, name: str, reglages: Reglages) -> None:
    """Prints a text, or writes a document where it was asked for."""
    if sortie is None and format in ("texte", "json"):
        click.echo(data.decode(), nl=False)
        return
    target = sortie if sortie is not None and sortie.suffix and not sortie.is_dir() else None
    target = target or (sortie or Path()) / f"{name}.{_ENDINGS.get(format, format)}"
    wrong = save(target, data)
    if wrong is not None:
        report([wrong], reglages, err=True)
        context.exit(ERREURS)
    click.echo(f"Écrit dans {target}", err=True)
