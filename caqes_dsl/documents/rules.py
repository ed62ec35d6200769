"""How a document is read, in words: the year, the sectors, the answers, the score."""

from __future__ import annotations

from collections.abc import Iterator

from caqes_dsl.base.quantities import Genre, write_value
from caqes_dsl.documents.notes import Notes
from caqes_dsl.documents.shapes import LigneVue
from caqes_dsl.documents.typography import capital
from caqes_dsl.documents.words import level_label, neutral_label, quoted, sector_label
from caqes_dsl.model.nodes import Critere, Politique
from caqes_dsl.model.walk import statistics


def sectors(politique: Politique, secteurs: tuple[str, ...], notes: Notes) -> Iterator[LigneVue]:
    """The sectors of activity, by their abbreviation."""
    for secteur in politique.secteurs.values():
        if not secteurs or secteur.nom in secteurs:
            yield LigneVue(sector_label(secteur), secteur.titre, notes.mark(secteur.source))


def levels(politique: Politique, notes: Notes) -> Iterator[LigneVue]:
    """The answers and what they give, the best first, those that leave the criterion out last."""
    for level in sorted(politique.niveaux.values(), key=lambda n: (n.part is None, -(n.part or 0))):
        if level.part is None:
            said = "le critère est neutre : ses points sortent du total des points applicables"
        elif level.part == 1:
            said = "tous les points du critère"
        elif level.part == 0:
            said = "aucun point"
        else:
            said = f"{write_value(level.part, Genre.TAUX)} des points du critère"
        yield LigneVue(level_label(level.nom, politique), capital(said), notes.mark(level.source))


def notation(politique: Politique, criteres: list[Critere], notes: Notes) -> Iterator[LigneVue]:
    """The rules of the score, one a line."""
    rules = politique.notation
    if politique.exercice is not None:
        text = "Sauf mention d'une autre année, les réponses, les données et le score sont ceux de"
        if politique.indicateurs and not politique.criteres:
            text = "Sauf mention d'une autre année, les données sont celles de"
        yield LigneVue("Année", f"{text} {politique.exercice}.")
    if len(politique.secteurs) > 1 and criteres:
        text = "Un critère s'applique à l'établissement qui a l'une au moins des activités indiquées ;"
        yield LigneVue("Secteurs", f"{text} il compte une fois.")
    if criteres:
        said = (rules.sources.get("score", ""), rules.sources.get("score =", ""))
        yield LigneVue("Score", _score(politique), notes.mark(*said))
    if rules.nc_sur_justification:
        out = neutral_label(politique)
        text = f"L'établissement peut répondre {quoted(out)} à un critère, avec justification."
        yield LigneVue(out, text, notes.mark(rules.sources.get("NC", "")))
    if rules.sans_reponse:
        text = f"Un critère laissé sans réponse vaut {quoted(level_label(rules.sans_reponse, politique))}."
        yield LigneVue("Sans réponse", text, notes.mark(rules.sources.get("sans réponse", "")))
    if any(c.mesure is not None and c.sans_reponse is None for c in criteres):
        text = "Un critère mesuré reste indéterminé, et ne vaut pas zéro, tant qu'une donnée dont il dépend n'est pas"
        yield LigneVue("Donnée manquante", f"{text} transmise.")
    if politique.indicateurs:
        yield LigneVue("Indicateurs", _indicators(politique))
    yield from _statistics(politique, notes)


def _indicators(politique: Politique) -> str:
    text = "Un indicateur est mesuré ; il n'est pas noté et ne donne pas de points."
    judged = [i for i in politique.indicateurs.values() if i.cible is not None]
    ways = {i.sens for i in judged}
    if judged:
        text += " Sa cible est atteinte quand la mesure"
        up, down = "est au moins égale à la cible", "ne dépasse pas la cible"
        text += f" {up}" if ways == {"hausse"} else f" {down}" if ways == {"baisse"} else (
            f" {up} (indicateur à la hausse), ou {down} (indicateur à la baisse)"
        )  # fmt: skip
        text += "."
    return text + " Tant qu'une donnée manque, il reste indéterminé et ne vaut pas zéro."


def _statistics(politique: Politique, notes: Notes) -> Iterator[LigneVue]:
    """How statistics of the cohort are taken, when the policy takes some."""
    taken = {n.fonction for n in statistics(politique)}
    if taken:
        text = (
            "Une statistique se calcule sur les établissements évalués de l'exercice. Celui dont la valeur manque n'y "
            "entre pas : elle changera quand il l'aura transmise."
        )
        if taken & {"médiane", "quantile"}:
            text += (
                " Entre deux valeurs voisines, médiane et quantile interpolent, comme CENTILE.INCLURE dans un tableur."
            )
        if "rang" in taken:
            text += " Le rang 1 est celui de la plus grande valeur ; les ex æquo partagent le meilleur rang."
        yield LigneVue("Statistiques", text)
    least = politique.notation.effectif_minimum
    if least is not None:
        text = f"Une statistique doit reposer sur {least} établissements au moins" if least > 1 else (
            "Une statistique doit reposer sur un établissement au moins"
        )  # fmt: skip
        source = notes.mark(politique.notation.sources.get("effectif", ""))
        yield LigneVue("Effectif minimum", f"{text}. En dessous, elle est donnée et un avertissement le dit.", source)


def _score(politique: Politique) -> str:
    rules = politique.notation
    text = "Total des points obtenus divisé par le total des points applicables"
    if rules.calcul:
        titre = quoted(politique.calculs[rules.calcul].titre or rules.calcul)
        text = f"Le score de l'ensemble est donné par {titre}"
    step = write_value(rules.pas, Genre.TAUX) if rules.pas is not None else ""
    if rules.mode == "arrondi":
        text += f", arrondi à {step} près, au-dessus à égale distance, avant toute comparaison"
    elif rules.mode == "affiché":
        text += f", affiché à {step} près ; la valeur exacte sert aux comparaisons"
    if rules.calcul and politique.volets:
        way = "arrondi de même" if rules.mode == "arrondi" else "exact"
        text += ". Le score d'un volet est le total de ses points obtenus divisé par celui de ses points applicables"
        text += f", {way}"
    return text + "."
