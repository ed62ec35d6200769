"""A criterion in words: its points, its sectors, its answers or thresholds, its rules."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from caqes_dsl.base.quantities import Genre, plain_number, write_value
from caqes_dsl.documents import phrases, rows
from caqes_dsl.documents.notes import Notes, is_hypothesis
from caqes_dsl.documents.shapes import CritereVue, LigneVue
from caqes_dsl.documents.typography import capital, listing, long_date
from caqes_dsl.documents.words import criterion_number, level_label, neutral_label, quoted, sector_label, sector_title
from caqes_dsl.model.nodes import Constante, Critere, Lineaire, Politique, Rang, Table, Variante

SENS = {"hausse": "Une valeur plus haute est meilleure.", "baisse": "Une valeur plus basse est meilleure."}
"""What the direction of a measure means."""


def points(value: Fraction) -> str:
    """« 2 points »."""
    return write_value(value, Genre.POINTS)


def applies(critere: Critere, secteurs: tuple[str, ...]) -> bool:
    """Whether it applies to an establishment of these sectors (all when empty)."""
    return not secteurs or not critere.secteurs or bool(set(critere.secteurs) & set(secteurs))


def variant_of(critere: Critere, secteurs: tuple[str, ...]) -> Variante | None:
    """The variante that holds for an establishment of these sectors only."""
    common = set(critere.secteurs) & set(secteurs)
    return next((v for v in critere.variantes if common and common <= set(v.secteurs)), None)


def weight(critere: Critere, secteurs: tuple[str, ...]) -> Fraction:
    """Its points for an establishment of these sectors (all when empty)."""
    variant = variant_of(critere, secteurs)
    return critere.poids if variant is None or variant.poids is None else variant.poids


def sector_words(names: tuple[str, ...], politique: Politique) -> str:
    """« Tous », « Tous sauf HAD » or the list of abbreviations."""
    every = list(politique.secteurs.values())
    missing = [sector_label(s) for s in every if s.nom not in names]
    if not names or not missing:
        return "Tous"
    if len(missing) <= 2 and len(names) > 2:
        return f"Tous sauf {listing(missing)}"
    return ", ".join(sector_label(s) for s in every if s.nom in names)


class Criteria:
    """Writes the criteria of one policy, for all sectors or for the establishments of some."""

    def __init__(self, politique: Politique, secteurs: tuple[str, ...], notes: Notes) -> None:
        self.politique, self.choisis, self.notes = politique, secteurs, notes

    def criterion(self, critere: Critere) -> CritereVue:
        """A criterion, ready to print."""
        here = variant_of(critere, self.choisis)
        table = here.table if here and here.table is not None else critere.table
        worth = weight(critere, self.choisis)
        number = criterion_number(critere, self.politique)
        return CritereVue(
            "critere-" + number.replace(" ", "-"),
            number,
            critere.titre,
            points(worth),
            sector_words(critere.secteurs, self.politique),
            () if critere.mesure is not None or table is not None else tuple(self._answers(critere, worth)),
            tuple(self._thresholds(critere, table, worth)),
            rows.boundaries(table, self.politique) if table else "",
            tuple(self._details(critere, here)),
            is_hypothesis(critere.source),
            self.notes.mark(critere.source),
        )

    def _answers(self, critere: Critere, worth: Fraction) -> Iterator[LigneVue]:
        """Each possible answer with its points, the best first, those that leave the criterion out last."""
        names = critere.niveaux or tuple(n for n, level in self.politique.niveaux.items() if level.part is not None)
        levels = [level for n in names if (level := self.politique.niveaux.get(n)) is not None]
        for level in sorted(levels, key=lambda n: (n.part is None, -(n.part or 0))):
            given = plain_number(worth * level.part) if level.part is not None else "neutre"
            yield LigneVue(level_label(level.nom, self.politique), given)

    def _thresholds(self, critere: Critere, table: Table | None, worth: Fraction) -> Iterator[LigneVue]:
        if table is not None:
            for row in table.rangs:
                cases, effect = rows.describe_row(row, table, self.politique, credit=True)
                if isinstance(row.effet, Lineaire):
                    effect = "En proportion"
                yield LigneVue(capital(" et ".join(cases)), effect, (), self._given(row, worth))
        elif critere.mesure is not None:
            yield LigneVue("De 0 % à 100 %", "En proportion", (), f"de 0 à {points(worth)}")

    def _given(self, row: Rang, worth: Fraction) -> str:
        """The points that the level or the credit of a row gives."""
        if isinstance(row.effet, Lineaire):
            return f"de {plain_number(worth * row.effet.bas)} à {points(worth * row.effet.haut)}"
        given = row.effet.valeur if isinstance(row.effet, Constante) else None
        if isinstance(given, Fraction):
            return points(worth * given)
        level = self.politique.niveaux.get(str(given))
        return points(worth * level.part) if level and level.part is not None else ""

    def _details(self, critere: Critere, here: Variante | None) -> Iterator[LigneVue]:
        out = neutral_label(self.politique)
        general = self.politique.notation
        if critere.mesure is not None:
            measure = f"{capital(phrases.describe(critere.mesure, self.politique))}. {SENS.get(critere.sens, '')}"
            yield LigneVue("Mesure", measure.strip())
        if critere.nc_office is not None:
            yield LigneVue(out, f"de plein droit quand {phrases.condition(critere.nc_office, self.politique)}.")
        if critere.nc_sur_justification and not general.nc_sur_justification:
            yield LigneVue(out, "sur justification de l'établissement.")
        own = critere.mesure is not None or critere.sans_reponse != general.sans_reponse
        if critere.sans_reponse and own:
            yield LigneVue("Sans réponse", quoted(level_label(critere.sans_reponse, self.politique)) + ".")
        for label, text in (
            ("Aide", here.guide if here and here.guide else critere.guide),
            ("Justificatif", here.preuve if here and here.preuve else critere.preuve),
            ("Échéance", long_date(critere.echeance) if critere.echeance else ""),
        ):
            if text:
                yield LigneVue(label, text)
        for variant in () if self.choisis else critere.variantes:
            yield LigneVue(self._variant_label(variant), self._variant(variant, critere))

    def _variant_label(self, variant: Variante) -> str:
        return f"Variante {listing([sector_title(s, self.politique) for s in variant.secteurs])}"

    def _variant(self, variant: Variante, critere: Critere) -> str:
        worth = variant.poids if variant.poids is not None else critere.poids
        said = [points(worth)] if variant.poids is not None else []
        if variant.table is not None:
            thresholds = self._thresholds(critere, variant.table, worth)
            said.append(", ".join(f"{t.libelle[:1].lower()}{t.libelle[1:]} : {t.texte}" for t in thresholds))
            bounds = rows.boundaries(variant.table, self.politique)
            said += [bounds] if bounds else []
        said += [f"justificatif : {variant.preuve}"] if variant.preuve else []
        said += [f"aide : {variant.guide}"] if variant.guide else []
        return f"{' ; '.join(said)} (si le critère ne s'applique qu'à ce titre)."
