"""`caqes expliquer`: why an establishment has its result; what a code or a word means."""

from __future__ import annotations

from pathlib import Path

import click

from caqes_dsl.commands.options import EXERCICE, EXISTING, RACINE, load_cohort, load_policy
from caqes_dsl.terminal import ERREURS, Reglages, common, report, save


@click.command("expliquer", short_help="Dire pourquoi un établissement a ce résultat ; expliquer un code, un mot.")
@click.argument("politique", type=str, metavar="POLITIQUE|CODE|MOT")
@click.argument("donnees", type=EXISTING, required=False)
@click.option("--finess", metavar="NUMERO", help="Numéro FINESS de l'établissement.")
@click.option("-f", "--forme", type=click.Choice(("txt", "html")), help="Texte ou page HTML.")
@click.option("-o", "--sortie", type=click.Path(dir_okay=False, path_type=Path), help="Fichier à écrire.")
@EXERCICE
@RACINE
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

    loaded = load_policy(context, path, reglages, racine, exercice)
    cohorte = load_cohort(context, loaded, donnees, reglages, exercice, strict=False)
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
