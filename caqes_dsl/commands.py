"""The commands: each reads its arguments, calls one function, says what was found and ends with its exit code."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from caqes_dsl import __version__
from caqes_dsl.base.diagnostics import Diagnostic, has_errors
from caqes_dsl.terminal import (
    ERREURS,
    Reglages,
    common,
    distinct,
    leave,
    prepare,
    progress,
    report,
    run,
    save,
    speak_french,
)

if TYPE_CHECKING:
    from caqes_dsl.evaluation.trace import Resultat
    from caqes_dsl.exchange.read import Cohorte
    from caqes_dsl.model.nodes import Politique
    from caqes_dsl.pipeline import Compilation

speak_french()

ALIAS = {
    "check": "verifier",
    "fmt": "formater",
    "eval": "evaluer",
    "explain": "expliquer",
    "annex": "annexe",
    "show": "montrer",
    "freeze": "figer",
    "new": "nouveau",
}
"""English name -> command."""

_EXISTING = click.Path(exists=True, path_type=Path)
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_RACINE = click.option(
    "--racine", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Dossier des politiques."
)


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


def main(arguments: Sequence[str] | None = None) -> None:
    """The entry point."""
    prepare()
    raise SystemExit(run(cli, arguments, __version__))


# ---------------------------------------------------------------- verifier, formater


@cli.command("verifier", short_help="Dire toutes les erreurs d'une ou de plusieurs politiques.")
@click.argument("chemins", nargs=-1, type=_EXISTING)
@click.option(
    "--corriger", is_flag=True, help="Appliquer les corrections certaines, après en avoir montré la différence."
)
@click.option("--couverture", is_flag=True, help="Dire quels rangs, branches et clauses aucun exemple n'essaie.")
@click.option(
    "--donnees",
    type=_EXISTING,
    help="Une cohorte : qui tombe dans les trous signalés ; avec --couverture, ce qui ne départage personne.",
)
@_RACINE
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

    paths = _policies(context, chemins)
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
        cohorte = _cohort(context, politique, donnees, reglages, None, strict=False)
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


def _policies(context: click.Context, chemins: Iterable[Path]) -> list[Path]:
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


@cli.command("formater", short_help="Mettre des politiques dans leur présentation canonique.")
@click.argument("chemins", nargs=-1, type=click.Path(exists=True, path_type=Path, allow_dash=True))
@click.option("--verifier", "seulement", is_flag=True, help="Dire seulement quels fichiers changeraient.")
@common
@click.pass_context
def formater(context: click.Context, chemins: tuple[Path, ...], seulement: bool, reglages: Reglages) -> None:
    """Donne aux politiques CHEMINS leur présentation canonique, sans changer leur sens. « - » lit l'entrée et écrit
    la sortie standard."""
    from caqes_dsl.pipeline import format_path, format_source, read_source

    if chemins == (Path("-"),):
        from caqes_dsl.base.source import Source

        text, diagnostics = format_source(Source.from_text("entrée", sys.stdin.read()))
        report(diagnostics, reglages, err=True, closing=False)
        click.echo(text or "", nl=False)
        leave(context, diagnostics)
    found: list[Diagnostic] = []
    changed: list[Path] = []
    for path in _policies(context, chemins):
        text, diagnostics = format_path(path)
        found += [d for d in diagnostics if text is None or d.is_error]
        source = read_source(path)
        if text is None or isinstance(source, Diagnostic) or path.read_bytes() == text.encode("utf-8"):
            continue
        changed.append(path)
        wrong = None if seulement else save(path, text.encode("utf-8"))
        found += [wrong] if wrong else []
    if found:
        report(found, reglages, err=True)
    for path in changed:
        click.echo(f"{path} {'changerait' if seulement else 'mis en forme'}")
    if has_errors(found) or (seulement and changed):
        context.exit(ERREURS)


# ---------------------------------------------------------------- evaluer, expliquer


def _load(
    context: click.Context, politique: Path, reglages: Reglages, racine: Path | None, exercice: int | None = None
) -> Politique:
    """The policy of a file; ends the command when it has errors."""
    from caqes_dsl.checked import compile_checked

    compiled: Compilation = compile_checked(politique, racine=racine, exercice=exercice)
    if compiled.politique is None:
        report(compiled.diagnostics, reglages, err=True)
        context.exit(ERREURS)
    assert compiled.politique is not None
    return compiled.politique


def _cohort(
    context: click.Context, politique: Politique, donnees: Path, reglages: Reglages, exercice: int | None, strict: bool
) -> Cohorte:
    """The establishments of a file; ends the command when none can be read."""
    from caqes_dsl.exchange.read import read_cohort

    cohorte = read_cohort(politique, donnees, exercice=exercice, strict=strict)
    if not cohorte.etablissements and has_errors(cohorte.diagnostics):
        report(cohorte.diagnostics, reglages, err=True)
        context.exit(ERREURS)
    return cohorte


@cli.command("evaluer", short_help="Évaluer les établissements d'un fichier.")
@click.argument("politique", type=_FILE)
@click.argument("donnees", type=_EXISTING)
@click.option(
    "-o",
    "--sortie",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Fichier des résultats : .csv, .xlsx, .json ou .parquet.",
)
@click.option("--exercice", type=int, metavar="AN", help="Exercice évalué, dans la vigueur de la politique.")
@click.option("--strict", is_flag=True, help="Tout refuser si une seule ligne a une erreur.")
@_RACINE
@common
@click.pass_context
def evaluer(
    context: click.Context,
    politique: Path,
    donnees: Path,
    sortie: Path | None,
    exercice: int | None,
    strict: bool,
    racine: Path | None,
    reglages: Reglages,
) -> None:
    """Évalue avec POLITIQUE chaque établissement de DONNEES (CSV, XLSX ou Parquet). Sans -o, montre un tableau et une
    synthèse."""
    from caqes_dsl.evaluation.explain import result_of
    from caqes_dsl.evaluation.limits import check_cohort
    from caqes_dsl.evaluation.population import Population

    loaded = _load(context, politique, reglages, racine, exercice)
    cohorte = _cohort(context, loaded, donnees, reglages, exercice, strict)
    population = Population(loaded, cohorte.etablissements, ecartes=len(cohorte.ecartes))
    with progress(population.interpretes, "Évaluation") as items:
        resultats = [result_of(i) for i in items]
    diagnostics = [*cohorte.diagnostics, *population.notes(), *check_cohort(loaded, resultats)]
    if sortie is None:
        _show_results(loaded, resultats, cohorte, reglages)
    else:
        diagnostics += _write_results(loaded, resultats, cohorte, donnees, sortie, diagnostics)
    if diagnostics:
        report(diagnostics, reglages, err=True)
    leave(context, diagnostics)


def _show_results(politique: Politique, resultats: list[Resultat], cohorte: Cohorte, reglages: Reglages) -> None:
    import shutil

    from caqes_dsl.documents.tableau import render_tableau

    largeur = shutil.get_terminal_size((100, 40)).columns
    couleur = reglages.paints(err=False)
    text = render_tableau(politique, resultats, ecartes=cohorte.ecartes, largeur=largeur, couleur=couleur)
    click.echo(text, nl=False, color=couleur)


def _write_results(
    politique: Politique,
    resultats: list[Resultat],
    cohorte: Cohorte,
    donnees: Path,
    sortie: Path,
    diagnostics: list[Diagnostic],
) -> list[Diagnostic]:
    from caqes_dsl.exchange.write import write_results

    written = write_results(
        politique, resultats, cohorte, donnees=donnees, suffixe=sortie.suffix, diagnostics=diagnostics
    )
    if isinstance(written, Diagnostic):
        return [written]
    wrong = save(sortie, written)
    if wrong is None:
        click.echo(f"{len(resultats)} établissements évalués dans {sortie}", err=True)
    return [wrong] if wrong else []


@cli.command("expliquer", short_help="Dire pourquoi un établissement a ce résultat ; expliquer un code, un mot.")
@click.argument("politique", type=str, metavar="POLITIQUE|CODE|MOT")
@click.argument("donnees", type=_EXISTING, required=False)
@click.option("--finess", metavar="NUMERO", help="Numéro FINESS de l'établissement.")
@click.option("-f", "--forme", type=click.Choice(("txt", "html")), help="Texte ou page HTML.")
@click.option("-o", "--sortie", type=click.Path(dir_okay=False, path_type=Path), help="Fichier à écrire.")
@click.option("--exercice", type=int, metavar="AN", help="Exercice évalué, dans la vigueur de la politique.")
@_RACINE
@common
@click.pass_context
def expliquer(
    context: click.Context,
    politique: str,
    donnees: Path | None,
    finess: str | None,
    forme: str | None,
    sortie: Path | None,
    exercice: int | None,
    racine: Path | None,
    reglages: Reglages,
) -> None:
    """Explique, ligne à ligne, le résultat d'un établissement de DONNEES : la règle, les données, l'opération, la
    source. Avec un code (caqes expliquer CAQ301) ou un mot du langage (caqes expliquer plafond), l'explique."""
    if donnees is None:
        _explain_word(context, politique)
        return
    path = Path(politique)
    if not path.is_file():
        raise click.BadParameter(f"« {politique} » n'est pas un fichier.", context, param_hint="POLITIQUE")
    if not finess:
        raise click.UsageError("Dites quel établissement : --finess 140000100.", context)
    from caqes_dsl.documents.render import render_explication
    from caqes_dsl.evaluation.population import Population
    from caqes_dsl.interface import unknown_establishment

    loaded = _load(context, path, reglages, racine, exercice)
    cohorte = _cohort(context, loaded, donnees, reglages, exercice, strict=False)
    found = Population(loaded, cohorte.etablissements, ecartes=len(cohorte.ecartes)).result(finess or "")
    if found is None:
        refused = [d for e in cohorte.ecartes if e.finess == finess for d in e.diagnostics]
        known = [e.finess for e in cohorte.etablissements]
        report(refused or [unknown_establishment(finess, known)], reglages, err=True)
        context.exit(ERREURS)
    kind = forme or ("html" if sortie is not None and sortie.suffix in (".html", ".htm") else "txt")
    text = render_explication(found, "html" if kind == "html" else "txt")
    if sortie is None:
        click.echo(text, nl=False)
        return
    wrong = save(sortie, text.encode("utf-8"))
    if wrong is not None:
        report([wrong], reglages, err=True)
        context.exit(ERREURS)
    click.echo(f"Explication écrite dans {sortie}", err=True)


def _explain_word(context: click.Context, word: str) -> None:
    """A code, or a term of the glossary."""
    from caqes_dsl.base.codes import CODES
    from caqes_dsl.base.render import explain_code
    from caqes_dsl.base.suggestions import vouliez_vous

    text = explain_code(word)
    if text is None:
        if Path(word).exists():
            raise click.UsageError("Donnez aussi les données et --finess, ou un code comme CAQ301.", context)
        from caqes_dsl.model.glossary import GLOSSAIRE
        from caqes_dsl.terms import explain_term

        text = explain_term(word)
        if text is None:
            what = "Le code" if word.upper().startswith("CAQ") else "Le mot"
            hint = vouliez_vous(word, [*CODES, *GLOSSAIRE])
            raise click.UsageError(f"{what} « {word} » n'existe pas. {hint}".strip(), context)
    click.echo(text, nl=False)


# ---------------------------------------------------------------- annexe, montrer


@cli.command("annexe", short_help="Imprimer l'annexe du contrat, de la politique seule.")
@click.argument("politique", type=_FILE)
@click.option(
    "-f",
    "--formats",
    metavar="FORMATS",
    default="html,docx",
    show_default=True,
    help="Formats, séparés par des virgules.",
)
@click.option(
    "-o", "--dossier", type=click.Path(file_okay=False, path_type=Path), default=Path(), help="Dossier où écrire."
)
@click.option(
    "--secteurs", metavar="SECTEURS", default="", help="Secteurs de l'établissement, par exemple HAD ou MCO+SSR."
)
@click.option(
    "--modeles", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Dossier de vos propres modèles."
)
@_RACINE
@common
@click.pass_context
def annexe(
    context: click.Context,
    politique: Path,
    formats: str,
    dossier: Path,
    secteurs: str,
    modeles: Path | None,
    racine: Path | None,
    reglages: Reglages,
) -> None:
    """Imprime l'annexe du contrat depuis POLITIQUE : articles, critères, seuils, barème, calendrier, exemples."""
    from caqes_dsl.documents.render import FORMATS

    asked = [f.strip().lower().lstrip(".") for f in formats.split(",") if f.strip()]
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
    loaded = _load(context, politique, reglages, racine)
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


@cli.command("montrer", short_help="Montrer la politique entière, avec la provenance de chaque clause.")
@click.argument("politique", type=_FILE)
@click.option("--json", "en_json", is_flag=True, help="En JSON, au schéma publié.")
@_RACINE
@common
@click.pass_context
def montrer(context: click.Context, politique: Path, en_json: bool, racine: Path | None, reglages: Reglages) -> None:
    """Montre POLITIQUE avec tout ce qu'elle reprend : chaque déclaration, le fichier et la ligne qui la donnent."""
    from caqes_dsl.documents.montre import show
    from caqes_dsl.documents.montre_texte import show_text

    loaded = _load(context, politique, reglages, racine)
    if en_json:
        data: dict[str, Any] = show(loaded)
        click.echo(json.dumps(data, ensure_ascii=False, indent=2))
    else:
        click.echo(show_text(loaded), nl=False)


# ---------------------------------------------------------------- figer


@cli.command("figer", short_help="Fixer les statistiques d'une politique à leur valeur sur une cohorte.")
@click.argument("politique", type=_FILE)
@click.argument("donnees", type=_FILE)
@click.option("-o", "--sortie", type=click.Path(dir_okay=False, path_type=Path), help="Fichier à écrire.")
@click.option("--exercice", type=int, help="Exercice de la cohorte, dans une vigueur de plusieurs années.")
@_RACINE
@common
@click.pass_context
def figer(
    context: click.Context,
    politique: Path,
    donnees: Path,
    sortie: Path | None,
    exercice: int | None,
    racine: Path | None,
    reglages: Reglages,
) -> None:
    """Récrit POLITIQUE en remplaçant chaque statistique (médiane, quantile…) par un paramètre daté, de la valeur
    qu'elle a sur DONNEES, sa source dite : une cible fixée par le comité reste fixée. Sans -o, l'écrit à l'écran."""
    from caqes_dsl.documents.figer import freeze, frozen_text
    from caqes_dsl.evaluation.population import Population
    from caqes_dsl.pipeline import compile_text_at, format_source

    loaded = _load(context, politique, reglages, racine, exercice)
    cohorte = _cohort(context, loaded, donnees, reglages, exercice, strict=True)
    fixation = freeze(loaded, Population(loaded, cohorte.etablissements), donnees.name)
    diagnostics = [*cohorte.diagnostics, *fixation.diagnostics]
    target = sortie or politique
    text, found = format_source(frozen_text(loaded, fixation, str(target)))
    if text is not None and not has_errors(diagnostics):
        diagnostics += [d for d in compile_text_at(target, text, racine=racine).diagnostics if d.is_error]
    report([*diagnostics, *found], reglages, err=True)
    if text is None or has_errors(diagnostics):
        context.exit(ERREURS)
    if sortie is None:
        click.echo(text, nl=False)
        return
    wrong = save(sortie, text.encode("utf-8"))
    if wrong is not None:
        report([wrong], reglages, err=True)
        context.exit(ERREURS)
    count = len(fixation.figees)
    click.echo(f"{count} statistique{'s' if count > 1 else ''} fixée{'s' if count > 1 else ''} dans {sortie}", err=True)


# ---------------------------------------------------------------- nouveau


@cli.command("nouveau", short_help="Commencer une année, ou une région, à partir d'une politique.")
@click.argument("region", metavar="REGION")
@click.argument("annee", metavar="ANNEE", type=click.IntRange(1900, 2199))
@click.option("--depuis", type=_FILE, required=True, help="Politique dont partir.")
@click.option("-o", "--sortie", type=click.Path(dir_okay=False, path_type=Path), help="Fichier à écrire.")
@_RACINE
@common
@click.pass_context
def nouveau(
    context: click.Context,
    region: str,
    annee: int,
    depuis: Path,
    sortie: Path | None,
    racine: Path | None,
    reglages: Reglages,
) -> None:
    """Écrit la politique de REGION pour l'exercice ANNEE, qui reprend celle de --depuis : son en-tête, décalé d'autant
    d'années, et en commentaires ce qui reste à décider. Sans -o, dans REGION/ANNEE.caqes du dossier des politiques."""
    from caqes_dsl.base.source import Source
    from caqes_dsl.documents.nouveau import Nouvelle, folder_name, new_policy
    from caqes_dsl.pipeline import compile_text_at, format_source, policies_root, reprise

    name = folder_name(region)
    if not name or any(c in region for c in '«»\n\r#"'):
        raise click.BadParameter(f"« {region} » n'est pas un nom de région.", context, param_hint="REGION")
    old = _load(context, depuis, reglages, racine)
    root = (racine or policies_root(depuis)).resolve()
    shared = racine is not None or root.name == "policies"
    if not depuis.is_absolute() and root.is_relative_to(Path.cwd()):
        root = root.relative_to(Path.cwd())
    target = sortie or (root / name / f"{annee}.caqes" if shared else root / f"{name}_{annee}.caqes")
    path = reprise(depuis, target, racine)
    if path is None:
        raise click.BadParameter(
            f"« {target} » et « {depuis} » ne sont pas dans le même dossier de politiques : l'une ne peut pas "
            "reprendre l'autre. Choisissez un lieu sous « policies », ou donnez --racine.",
            context,
            param_hint="--sortie",
        )
    formatted, found = format_source(Source.from_text(str(target), new_policy(Nouvelle(old, region, annee, path))))
    assert formatted is not None, found
    compiled = compile_text_at(target, formatted, racine=racine)
    wrong = save(target, formatted.encode("utf-8"), nouveau=True)
    if wrong is not None:
        report([wrong], reglages, err=True)
        context.exit(ERREURS)
    if has_errors(compiled.diagnostics):
        report(compiled.diagnostics, reglages, err=True)
    click.echo(f"Politique écrite dans {target}", err=True)
    leave(context, compiled.diagnostics)
