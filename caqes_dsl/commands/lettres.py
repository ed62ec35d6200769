"""`caqes lettres`: what is sent to establishments."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from caqes_dsl.base.diagnostics import Diagnostic
from caqes_dsl.commands.options import (
    EXERCICE,
    EXISTING,
    FILE,
    MODELES,
    RACINE,
    STRICT,
    evaluated,
    load_cohort,
    load_policy,
)
from caqes_dsl.terminal import ERREURS, Reglages, common, leave, progress, report

if TYPE_CHECKING:
    from collections.abc import Sequence

    from caqes_dsl.evaluation.trace import Resultat
    from caqes_dsl.exchange.cohort import Ecarte
    from caqes_dsl.model.nodes import Politique

AUCUN = "aucun"
"""Asked instead of formats: the table alone."""


@click.command("lettres", short_help="Préparer ce qui est envoyé aux établissements.")
@click.argument("politique", type=FILE)
@click.argument("donnees", type=EXISTING)
@click.option(
    "-o",
    "--dossier",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("lettres"),
    show_default=True,
    help="Dossier où écrire.",
)
@click.option(
    "-f",
    "--formats",
    metavar="FORMATS",
    default="html,docx",
    show_default=True,
    help=f"Formats des explications, séparés par des virgules ; « {AUCUN} » : le tableau seul.",
)
@click.option(
    "--finess", "demandes", metavar="NUMERO", multiple=True, help="Seulement cet établissement ; peut être répété."
)
@EXERCICE
@STRICT
@MODELES
@RACINE
@common
@click.pass_context
def lettres(
    context: click.Context,
    politique: Path,
    donnees: Path,
    dossier: Path,
    formats: str,
    demandes: tuple[str, ...],
    exercice: int | None,
    strict: bool,
    modeles: Path | None,
    racine: Path | None,
    reglages: Reglages,
) -> None:
    """Écrit dans un dossier ce qui est envoyé aux établissements de DONNEES : l'explication de chacun, dont la première
    page dit l'essentiel, et publipostage.xlsx, le tableau à fusionner avec vos propres courriers."""

    asked = _formats(context, formats)
    loaded = load_policy(context, politique, reglages, racine, exercice)
    cohorte = load_cohort(context, loaded, donnees, reglages, exercice, strict)
    resultats, diagnostics = evaluated(loaded, cohorte)
    chosen, refused = resultats, list(cohorte.ecartes)
    if demandes:
        unknown = _unknown(demandes, resultats, refused)
        if unknown:
            report(unknown, reglages, err=True)
            context.exit(ERREURS)
        chosen = [r for r in resultats if r.etablissement.finess in demandes]
        refused = [e for e in refused if e.finess in demandes]
    wrong = _write(loaded, chosen, refused, asked, modeles, dossier)
    if wrong is not None:
        report([wrong], reglages, err=True)
        context.exit(ERREURS)
    click.echo(_said(chosen, refused, asked, dossier), err=True)
    if not demandes:
        _warn_of_others(dossier, {r.etablissement.finess for r in chosen})
    if diagnostics:
        report(diagnostics, reglages, err=True)
    leave(context, diagnostics)


def _formats(context: click.Context, formats: str) -> list[str]:
    from caqes_dsl.documents.lettres import FORMATS

    asked = list(dict.fromkeys(f.strip().lower().lstrip(".") for f in formats.split(",") if f.strip()))
    if asked == [AUCUN]:
        return []
    for wrong in (f for f in asked if f not in FORMATS):
        hint = " Pour un PDF, imprimez la page HTML dans un fichier." if wrong == "pdf" else ""
        raise click.BadParameter(
            f"Le format « {wrong} » n'existe pas dans cette version. Formats connus : {', '.join(FORMATS)}.{hint}",
            context,
            param_hint="--formats",
        )
    return asked


def _unknown(demandes: Sequence[str], resultats: Sequence[Resultat], refused: Sequence[Ecarte]) -> list[Diagnostic]:
    """What is asked and is not in the data."""
    from caqes_dsl.interface import unknown_establishment

    known = [r.etablissement.finess for r in resultats]
    there = {*known, *(e.finess for e in refused)}
    return [unknown_establishment(f, known) for f in dict.fromkeys(demandes) if f not in there]


def _write(
    politique: Politique,
    resultats: Sequence[Resultat],
    refused: Sequence[Ecarte],
    formats: Sequence[str],
    modeles: Path | None,
    dossier: Path,
) -> Diagnostic | None:
    """Every file, or none and why."""
    from caqes_dsl.documents.lettres import letters
    from caqes_dsl.documents.render import DependanceManquante
    from caqes_dsl.documents.sandbox import ErreurModele
    from caqes_dsl.resources import Lot

    try:
        with Lot(dossier) as lot, progress(resultats, "Lettres") as items:
            for name, data in letters(politique, items, refused, formats, modeles):
                lot.add(name, data)
            lot.publish()
    except ErreurModele as error:
        return error.diagnostic
    except DependanceManquante as error:
        return Diagnostic("CAQ802", str(error), fichier=str(dossier))
    except OSError as error:
        reason = error.strerror or "erreur d'écriture"
        place = error.filename or str(dossier)
        message = f"« {place} » ne peut pas être écrit : {reason}."
        return Diagnostic("CAQ801", message, fichier=str(dossier), aide="Choisissez un autre lieu, par -o.")
    return None


def _said(resultats: Sequence[Resultat], refused: Sequence[Ecarte], formats: Sequence[str], dossier: Path) -> str:
    count = len(resultats)
    many = "s" if count > 1 else ""
    kinds = " et ".join(f.upper() for f in formats)
    said = f"publipostage.xlsx ({count} ligne{many})"
    if formats:
        said = f"{count} explication{many} ({kinds}) et {said}"
    said += f" dans {dossier}."
    if refused:
        lines = f"{len(refused)} lignes mises à part sont" if len(refused) > 1 else "Une ligne mise à part est"
        said += f" {lines} dans la feuille « A_corriger »."
    return said


def _warn_of_others(dossier: Path, written: set[str]) -> None:
    """Explanations of an earlier run that this one did not make again: sent by mistake, they would be wrong."""
    from caqes_dsl.documents.lettres import DOSSIER

    found = sorted(p.name for p in (dossier / DOSSIER).glob("explication-*.*"))
    others = [name for name in found if name.removeprefix("explication-").partition(".")[0] not in written]
    if others:
        shown = ", ".join(others[:3]) + (f" et {len(others) - 3} autres" if len(others) > 3 else "")
        verb = "n'ont pas été refaits" if len(others) > 1 else "n'a pas été refait"
        click.echo(f"Attention : {shown}, d'une exécution précédente, {verb}.", err=True)
