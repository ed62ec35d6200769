"""What a change of policy does to a cohort, on a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from caqes_dsl.base.quantities import Genre, write_value
from caqes_dsl.compare.changes import Changement
from caqes_dsl.compare.impact_shapes import Attribution, Groupe, Impact, TotalMontant
from caqes_dsl.documents.changements import Redaction
from caqes_dsl.documents.words import number_with

_MOST = 30
"""Establishments listed on a terminal."""


def euros(value: Fraction | None, *, signed: bool = False) -> str:
    """An amount, or « indéterminé »."""
    return _signed(value, Genre.MONTANT) if signed else _plain(value, Genre.MONTANT)


def taux(value: Fraction | None) -> str:
    """A score, or « indéterminé »."""
    return _plain(value, Genre.TAUX)


def _plain(value: Fraction | None, genre: Genre) -> str:
    return "indéterminé" if value is None else write_value(value, genre).replace("-", "−")


def _signed(value: Fraction | None, genre: Genre) -> str:
    text = _plain(value, genre)
    return f"+{text}" if value is not None and value > 0 else text


def impact_lines(impact: Impact, writer: Redaction) -> Iterator[str]:
    """Who crosses the target, the totals, what each change does, and the establishments that it moves."""
    count = number_with(Fraction(len(impact.lignes)), "établissement", "établissements")
    yield f"Effet sur {count}, les réponses de {impact.exercice} évaluées par les deux versions"
    if impact.nul:
        yield "- Aucun score, aucune décision et aucun montant ne change."
        return
    yield from _scores(impact)
    yield from _money("Montants encourus", impact.ensemble.charge)
    yield from _money("Montants en faveur des établissements", impact.ensemble.faveur)
    yield from _constant(impact, impact.ensemble)
    yield from _alone(impact)
    yield from _left(impact)
    yield ""
    yield "Effet de chaque changement seul"
    yield from _attribution(impact.attribution, writer)
    yield ""
    yield "Établissements dont le résultat change"
    yield from _establishments(impact)


def _scores(impact: Impact) -> Iterator[str]:
    for perimetre in impact.perimetres:
        total = impact.ensemble.scores.get(perimetre.nom)
        if total is None or not total.compares:
            continue
        name = f"Score, {perimetre.titre}" if perimetre.titre and len(impact.perimetres) > 1 else "Score"
        yield (
            f"- {name} : moyenne de {taux(total.moyenne_ancienne)} à {taux(total.moyenne_nouvelle)} sur "
            f"{total.compares} ; {total.en_hausse} en hausse, {total.en_baisse} en baisse"
        )
        yield (
            f"- Sous la cible : {total.sous_ancienne} avant, {total.sous_nouvelle} après ; "
            f"{total.montent} l'atteignent désormais, {total.descendent} ne l'atteignent plus"
        )


def _money(title: str, total: TotalMontant) -> Iterator[str]:
    if not (total.ancien or total.nouveau or total.indetermines):
        return
    said = f"- {title} : {euros(total.ancien)} avant, {euros(total.nouveau)} après ({euros(total.ecart, signed=True)})"
    if total.indetermines:
        said += f", sur {total.compares} ; {total.indetermines} indéterminés"
    yield said


def _constant(impact: Impact, groupe: Groupe) -> Iterator[str]:
    """The move from last year, shared between the rules and the establishments."""
    for perimetre in impact.perimetres:
        move = groupe.grille_constante.get(perimetre.nom)
        if move is None or not move.compares:
            continue
        parts = (move.total, move.regles, move.etablissement)
        total, rules, own = (_signed(100 * p / move.compares, Genre.DECIMAL) for p in _rounded(parts, move.compares))
        yield (
            f"- À grille constante, {move.compares} établissements : {total} pt d'une année sur l'autre, dont {rules} "
            f"pt par les règles et {own} pt par les établissements"
        )


def _rounded(parts: tuple[Fraction, ...], count: int) -> tuple[Fraction, ...]:
    """The parts, brought to a hundredth of a point in the mean so that they still add up."""
    from caqes_dsl.base.quantities import round_to

    step = Fraction(count, 10_000)
    rules, own = (round_to(p, step) for p in parts[1:])
    return rules + own, rules, own


def _alone(impact: Impact) -> Iterator[str]:
    for critere in impact.criteres_seuls:
        side = "nouveau" if critere.nouveau else "supprimé"
        open_ = critere.traitements.get("indetermine", 0)
        said = f"- Critère {critere.nom} ({side}) : {critere.concernes} concernés, {critere.transmis} réponses connues"
        if open_:
            said += f" ; {open_} restent indéterminés, faute de réponse"
        elif critere.sans_reponse and critere.traitements.get("sans_reponse"):
            said += f" ; {critere.traitements['sans_reponse']} sans réponse, comptés {critere.sans_reponse}"
        yield said


def _left(impact: Impact) -> Iterator[str]:
    for abandon in impact.abandons:
        side = "la nouvelle version" if abandon.nouveau else "l'ancienne version"
        what = f"{abandon.sorte.capitalize()} {abandon.nom}"
        yield f"- {what} : {len(abandon.valeurs)} valeurs non reprises par {side}, {abandon.pourquoi}"


def _attribution(attribution: Attribution, writer: Redaction) -> Iterator[str]:
    for effet in attribution.effets:
        moved = sum(1 for m in effet.lignes.values() if any(v for v in m.scores.values()))
        yield (
            f"- {_names(effet.changements, writer)} : {euros(effet.total.charge, signed=True)} encourus"
            f"{_favour(effet.total.faveur)}, {moved} scores changés"
        )
    interaction = attribution.interaction_totale
    both = f"{euros(interaction.charge, signed=True)} encourus{_favour(interaction.faveur)}"
    yield f"- Effet conjugué des changements : {both}"
    left = attribution.non_attribue
    if left.charge or left.faveur:
        yield f"- Non attribué : {euros(left.charge, signed=True)} encourus{_favour(left.faveur)}"
    total = attribution.total
    yield f"- Total : {euros(total.charge, signed=True)} encourus{_favour(total.faveur)}"


def _favour(value: Fraction) -> str:
    return f" et {euros(value, signed=True)} en faveur" if value else ""


def _names(changements: tuple[Changement, ...], writer: Redaction) -> str:
    said = [writer.say(c) for c in changements]
    first = f"{said[0].sujet} ({said[0].phrase})"
    first = first if len(first) <= _SHORT else said[0].sujet
    return first + (f" et {len(said) - 1} autres" if len(said) > 1 else "")


_SHORT = 160


def _establishments(impact: Impact) -> Iterator[str]:
    lines = [one for one in impact.lignes if not one.identique]
    for line in lines[:_MOST]:
        scores = [
            f"score {taux(a.score)} → {taux(b.score)}"
            for p in impact.perimetres
            if (a := line.ancien.scores.get(p.nom)) is not None
            and (b := line.nouveau.scores.get(p.nom)) is not None
            and a.score != b.score
        ]
        before, after = line.ancien.charge.valeur, line.nouveau.charge.valeur
        money = [f"encouru {euros(before)} → {euros(after)}"] if line.ancien.charge != line.nouveau.charge else []
        favour = (line.ancien.faveur, line.nouveau.faveur)
        money += [f"en faveur {euros(favour[0].valeur)} → {euros(favour[1].valeur)}"] if favour[0] != favour[1] else []
        name = f" {line.raison_sociale}" if line.raison_sociale else ""
        yield f"- {line.finess}{name} : {' ; '.join([*scores, *money]) or 'le détail des critères change'}"
    if len(lines) > _MOST:
        yield f"- … et {len(lines) - _MOST} autres : « -o » les écrit tous."
    if not lines:
        yield "- Aucun."
