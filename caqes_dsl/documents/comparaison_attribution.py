"""What each change does alone, and what is left to the changes together: a table that adds up, and its drawing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from caqes_dsl.base.quantities import round_to
from caqes_dsl.compare.changes import Changement
from caqes_dsl.compare.impact_shapes import Effet, Impact
from caqes_dsl.documents.changements import Redaction
from caqes_dsl.documents.comparaison_figures import waterfall
from caqes_dsl.documents.comparaison_mots import adding_up, bears_on, signed_euros, signed_points, without_motif
from caqes_dsl.documents.operations import euros
from caqes_dsl.documents.rapport_mots import many, table
from caqes_dsl.documents.rapport_shapes import BlocVue, FigureVue, SectionVue, TableauVue
from caqes_dsl.documents.typography import capital, listing

MARCHES = 10
"""Changes that a drawing shows one by one; the others are one step, the table has them all."""
_COURT = 150
_CENT = Fraction(1, 100)
_CENTIEME = Fraction(1, 10_000)
_SANS = {
    "noms": "aucun : seul le nom change",
    "dates": "aucun : la valeur n'est pas en vigueur",
    "lecture": "aucun : rien de ce qui est comparé n'en dépend",
    "mots": "",
}
_POURQUOI = {
    "mots": ("ne change que des mots, une source, une date du calendrier ou un exemple",
             "ne changent que des mots, des sources, des dates du calendrier ou des exemples"),
    "noms": ("ne change qu'un nom", "ne changent que des noms"),
    "dates": ("porte sur une valeur qui n'est pas en vigueur", "portent sur des valeurs qui ne sont pas en vigueur"),
    "lecture": ("n'est lu par rien de ce qui est comparé", "ne sont lus par rien de ce qui est comparé"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Colonne:
    """A number that is shared among the changes: its head, its moves (effects, together, not attributed) as printed."""

    tete: str
    depart: Fraction
    parts: tuple[Fraction, ...]
    total: Fraction
    en_euros: bool

    def say(self, value: Fraction) -> str:
        return signed_euros(value) if self.en_euros else signed_points(value)


class Partage:
    """Writes what the changes share."""

    def __init__(self, impact: Impact, redaction: Redaction) -> None:
        self.impact, self.attribution, self.redaction = impact, impact.attribution, redaction

    def effects(self) -> Mapping[int, str]:
        """What each change does alone, by its identity."""
        said = {id(s.changement): _SANS.get(s.raison, "aucun") for s in self.attribution.sans_effet}
        for effet in self.attribution.effets:
            text = self._effect(effet)
            said.update(dict.fromkeys(map(id, effet.changements), text))
        return said

    def _effect(self, effet: Effet) -> str:
        parts = []
        moved = [m for m in effet.lignes.values() if any(m.scores.values())]
        if moved:
            parts.append(many(len(moved), "score changé", "scores changés"))
        for nom, value in (("encourus", effet.total.charge), ("en faveur", effet.total.faveur)):
            if value:
                parts.append(f"{signed_euros(value)} {nom}")
        if effet.indetermines:
            parts.append(many(effet.indetermines, "indéterminé", "indéterminés"))
        said = ", ".join(parts) or "aucun sur ces établissements"
        if len(effet.changements) > 1:
            others = len(effet.changements) - 1
            said += f" (avec {many(others, 'autre changement', 'autres changements')}, inséparable{'s' * (others > 1)})"
        return said

    # ------------------------------------------------------------ the section

    def section(self) -> SectionVue:
        """The whole section."""
        text = (
            "Chaque changement est appliqué seul à l'ancienne version, les réponses restant les mêmes. La somme de "
            "ces effets n'est pas toujours celui de l'ensemble : l'effet conjugué est ce qui reste. Le total est exact."
        )
        return SectionVue("attribution", "Ce que fait chaque changement", (text,), tuple(self._blocs()))

    def _blocs(self) -> Iterator[BlocVue]:
        columns = self._columns()
        if self.attribution.effets and columns:
            figures = tuple(f for i, c in enumerate(columns, 1) if (f := self._figure(i, c)) is not None)
            yield BlocVue("", (), figures, (self._table(columns),))
        elif self.attribution.effets:
            yield BlocVue("", ("Pris un à un, aucun changement ne déplace un score ni un montant déterminé.",), (), ())
        texts = tuple(self._without())
        if texts:
            yield BlocVue("Sans effet sur les résultats", texts, (), ())

    def _without(self) -> Iterator[str]:
        found = self.attribution.sans_effet
        if not found:
            return
        counts = {raison: sum(s.raison == raison for s in found) for raison in _POURQUOI}
        parts = [f"{n} {_POURQUOI[r][n > 1]}" for r, n in counts.items() if n]
        yield (
            f"{capital(many(len(found), 'changement'))} {'ne peuvent' if len(found) > 1 else 'ne peut'} changer aucun "
            f"résultat : {listing(parts)}."
        )

    # ------------------------------------------------------------ numbers

    def _columns(self) -> list[_Colonne]:
        totals = [e.total for e in self.attribution.effets]
        totals += [self.attribution.interaction_totale, self.attribution.non_attribue]
        found = []
        for perimetre in self.impact.perimetres:
            group = self.impact.ensemble.scores.get(perimetre.nom)
            if perimetre.ancien is None or perimetre.nouveau is None or group is None or not group.compares:
                continue
            means = [t.scores.get(perimetre.nom, Fraction(0)) / group.compares for t in totals]
            one = len(self.impact.perimetres) == 1
            head = "Score moyen, en points" if one else f"Score moyen, {perimetre.titre or 'ensemble'}, en points"
            found.append(_column(head, means, group.moyenne_ancienne or Fraction(0), en_euros=False))
        charge, faveur = self.impact.ensemble.charge, self.impact.ensemble.faveur
        found.append(_column("Montants encourus", [t.charge for t in totals], charge.ancien, en_euros=True))
        found.append(_column("En faveur des établissements", [t.faveur for t in totals], faveur.ancien, en_euros=True))
        return [c for c in found if any(c.parts)]

    def _table(self, columns: Sequence[_Colonne]) -> TableauVue:
        effets = self.attribution.effets
        rows = [(self._name(e), str(_touched(e)), *(c.say(c.parts[i]) for c in columns)) for i, e in enumerate(effets)]
        feet = [("Effet conjugué des changements", "", *(c.say(c.parts[len(effets)]) for c in columns))]
        if any(c.parts[-1] for c in columns) or self.attribution.non_attribues:
            feet.append(("Non attribué, un effet étant indéterminé", "", *(c.say(c.parts[-1]) for c in columns)))
        feet.append(("Total", "", *(c.say(c.total) for c in columns)))
        heads = ("Changement, pris seul", "Établis\u00adsements touchés", *(c.tete for c in columns))
        return table(
            "Effet de chaque changement", heads, rows, " n" + "n" * len(columns), pied=feet, triable=len(rows) > 1
        )

    def _name(self, effet: Effet) -> str:
        said = self._full(effet.changements[0])
        if len(effet.changements) > 1:
            said += f", et {many(len(effet.changements) - 1, 'autre inséparable', 'autres inséparables')}"
        return said

    def _full(self, changement: Changement) -> str:
        dit = self.redaction.say(changement)
        phrase = without_motif(dit.phrase)[0]
        whole = f"{dit.sujet} : {phrase}"
        return capital(whole if len(whole) <= _COURT else f"{dit.sujet} : {bears_on(changement).lower()}")

    def _short(self, effet: Effet) -> str:
        """What fits beside a bar: the kind and the name."""
        changement = effet.changements[0]
        name = changement.nom if changement.genre == "critère" else changement.titre or changement.nom
        return f"{bears_on(changement)} : {name}"

    def _figure(self, number: int, column: _Colonne) -> FigureVue | None:
        if not column.en_euros:
            return None
        effets = self.attribution.effets
        steps = [(self._short(e), column.parts[i]) for i, e in enumerate(effets) if column.parts[i]]
        if len(steps) > MARCHES:
            order = sorted(range(len(steps)), key=lambda i: (-abs(steps[i][1]), i))
            drawn = sorted(order[: MARCHES - 1])
            left = [move for i, (_, move) in enumerate(steps) if i not in drawn]
            steps = [*(steps[i] for i in drawn), (f"{len(left)} autres changements", sum(left, Fraction(0)))]
        for name, move in (("Effet conjugué", column.parts[len(effets)]), ("Non attribué", column.parts[-1])):
            if move:
                steps.append((name, move))
        described = " ; ".join(f"{name}, {signed_euros(move)}" for name, move in steps)
        return waterfall(
            f"figure-effets-{number}",
            f"{column.tete}, de l'ancienne version à la nouvelle",
            f"De {euros(column.depart)} à {euros(column.depart + column.total)} : {described}.",
            ("Ancienne version", column.depart),
            steps,
            "Nouvelle version",
            euros,
            signed_euros,
        )


def _touched(effet: Effet) -> int:
    """Establishments whose score or amounts it moves, as far as is known."""
    return sum(
        any(m.scores.values()) or any(m.montants.values()) or bool(m.charge) or bool(m.faveur)
        for m in effet.lignes.values()
    )


def _column(head: str, parts: Sequence[Fraction], start: Fraction, *, en_euros: bool) -> _Colonne:
    step = _CENT if en_euros else _CENTIEME
    printed = adding_up(parts, step, start)
    return _Colonne(head, round_to(start, step), tuple(printed), sum(printed, Fraction(0)), en_euros)
