"""`caqes annexe`: the annex of the contract, in each format."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from caqes_dsl.base.diagnostics import Diagnostic, has_errors
from caqes_dsl.commands.options import FILE, MODELES, RACINE, load_policy
from caqes_dsl.terminal import ERREURS, Reglages, common, leave, report, save

if TYPE_CHECKING:
    from caqes_dsl.model.nodes import Politique


@click.command("annexe", short_help="Imprimer l'annexe du contrat, de la politique seule.")
@click.argument("politique", type=FILE, required=False)
@click.option(
    "-f",
    "--formats",
    metavar="FORMATS",
    multiple=True,
    default=("html,docx",),
    show_default="html,docx",
    help="Formats, séparés par des virgules : html, docx, pdf, odt, md, xlsx. L'option peut se répéter.",
)
@click.option(
    "-o", "--dossier", type=click.Path(file_okay=False, path_type=Path), default=Path(), help="Dossier où écrire."
)
@click.option(
    "--secteurs", metavar="SECTEURS", default="", help="Secteurs de l'établissement, par exemple HAD ou MCO+SSR."
)
@MODELES
@click.option(
    "--verifier-modeles",
    "verification",
    is_flag=True,
    help="Dire seulement ce que les modèles nomment et qui n'existe pas (ceux de --modeles, ou les modèles fournis).",
)
@RACINE
@common
@click.pass_context
def annexe(
    context: click.Context,
    politique: Path | None,
    formats: tuple[str, ...],
    dossier: Path,
    secteurs: str,
    modeles: Path | None,
    verification: bool,
    racine: Path | None,
    reglages: Reglages,
) -> None:
    """Imprime l'annexe du contrat depuis POLITIQUE : articles, critères, seuils, barème, calendrier, exemples."""
    from caqes_dsl.documents.render import FORMATS

    if verification:
        _verify(context, modeles, reglages)
        return
    if politique is None:
        raise click.UsageError("Il manque la politique dont imprimer l'annexe.", context)
    given = (f.strip().lower().lstrip(".") for f in ",".join(formats).split(","))
    asked = list(dict.fromkeys(f for f in given if f))
    if not asked:
        message = f"Aucun format. Formats connus : {', '.join(FORMATS)}."
        raise click.BadParameter(message, context, param_hint="--formats")
    for wrong in (f for f in asked if f not in FORMATS):
        raise click.BadParameter(
            f"Le format « {wrong} » n'existe pas dans cette version. Formats connus : {', '.join(FORMATS)}.",
            context,
            param_hint="--formats",
        )
    if dossier.suffix.lower().lstrip(".") in FORMATS and not dossier.is_dir():
        raise click.BadParameter(
            f"« {dossier.name} » a le nom d'un fichier ; il faut un dossier. Écrivez par exemple « -o "
            f"{dossier.stem} -f {dossier.suffix.lower().lstrip('.')} ».",
            context,
            param_hint="--dossier",
        )
    kinds = tuple(s.strip() for s in secteurs.replace(",", "+").split("+") if s.strip())
    loaded = load_policy(context, politique, reglages, racine)
    unknown = [s for s in kinds if s not in loaded.secteurs]
    if unknown:
        from caqes_dsl.base.suggestions import vouliez_vous

        hint = vouliez_vous(unknown[0], loaded.secteurs) or f"Secteurs connus : {', '.join(loaded.secteurs)}."
        raise click.BadParameter(
            f"Le secteur « {unknown[0]} » n'est pas déclaré par la politique. {hint}", context, param_hint="--secteurs"
        )
    found: list[Diagnostic] = []
    documents = {f: _render(loaded, f, kinds, modeles, found) for f in asked}
    if has_errors(found):
        report(found, reglages, err=True)
        context.exit(ERREURS)
    for name, data in documents.items():
        target = dossier / f"annexe-{loaded.nom}{'-' + '-'.join(kinds) if kinds else ''}.{name}"
        wrong_save = save(target, data or b"")
        if wrong_save is not None:
            report([wrong_save], reglages, err=True)
            context.exit(ERREURS)
        click.echo(f"Annexe écrite dans {target}", err=True)


def _verify(context: click.Context, modeles: Path | None, reglages: Reglages) -> None:
    """What templates name that does not exist: the user's, read in a process of their own, or the shipped ones."""
    from caqes_dsl.documents.render import templates_folder
    from caqes_dsl.documents.sandbox import ErreurModele
    from caqes_dsl.documents.verifier_modeles import names, verify, verify_apart

    shipped = templates_folder() / "annexe"
    try:
        found = verify(shipped) if modeles is None else verify_apart(modeles, shipped)
    except ErreurModele as error:
        found = [error.diagnostic]
    except ImportError as error:
        found = [
            Diagnostic("CAQ802", f"Il manque le paquet « {error.name or error} » : pip install 'caqes[documents]'")
        ]
    if found:
        report(found, reglages, err=False)
        leave(context, found)
    read = names(modeles or shipped)
    click.echo(f"{len(read)} modèle{'s' if len(read) > 1 else ''} sans nom inconnu : {', '.join(read)}")


def _render(
    politique: Politique, format_: str, secteurs: tuple[str, ...], modeles: Path | None, found: list[Diagnostic]
) -> bytes | None:
    """A document, or the diagnostic that says why there is none."""
    from caqes_dsl.documents.render import DependanceManquante, render_annexe
    from caqes_dsl.documents.sandbox import ErreurModele

    try:
        return render_annexe(politique, format_, secteurs=secteurs, modeles=modeles)
    except ErreurModele as error:
        found.append(error.diagnostic)
    except DependanceManquante as error:
        found.append(Diagnostic("CAQ802", str(error), fichier=f"annexe.{format_}"))
    return None
