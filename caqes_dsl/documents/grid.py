"""The grid in words: volets, chapitres, objectifs, criteria, as the annex prints them."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from caqes_dsl.base.quantities import Genre, plain_number, write_value
from caqes_dsl.documents import phrases
from caqes_dsl.documents.shapes import (
    ChapitreVue,
    CritereVue,
    LigneVue,
    NoteVue,
    ObjectifVue,
    TableVue,
    VoletVue,
)
from caqes_dsl.documents.typography import capital, listing, long_date
from caqes_dsl.model.nodes import Critere, Politique, Table, Titre, Total, Variante


class Notes:
    """Sources numbered in the order they are met; the same text has one number."""

    def __init__(self) -> None:
        self._numbers: dict[str, str] = {}

    def mark(self, source: str) -> tuple[str, ...]:
        """The number of a source; none for no source."""
        if not source.strip():
            return ()
        return (self._numbers.setdefault(source.strip(), str(len(self._numbers) + 1)),)

    def listed(self) -> tuple[NoteVue, ...]:
        """Every source met."""
        return tuple(NoteVue(n, capital(text), is_hypothesis(text)) for text, n in self._numbers.items())


def is_hypothesis(source: str) -> bool:
    """Whether a source says that it is, at least in part, a hypothesis."""
    return "hypothèse" in source.casefold()


def points(value: Fraction) -> str:
    """« 2 points »."""
    return write_value(value, Genre.POINTS)


class Grid:
    """Builds the volets of one policy, for all sectors or for the establishments of some."""

    def __init__(self, politique: Politique, secteurs: tuple[str, ...], notes: Notes) -> None:
        self.politique, self.choisis, self.notes = politique, secteurs, notes
        self.criteres = [c for c in politique.criteres.values() if self._applies(c, secteurs)]

    @staticmethod
    def _applies(critere: Critere, secteurs: tuple[str, ...]) -> bool:
        return not secteurs or not critere.secteurs or bool(set(critere.secteurs) & set(secteurs))

    def _variant(self, critere: Critere, secteurs: tuple[str, ...]) -> list[Variante]:
        """The variantes that hold for an establishment of these sectors only."""
        common = set(critere.secteurs) & set(secteurs)
        return [v for v in critere.variantes if common and common <= set(v.secteurs)]

    def weight(self, critere: Critere, secteurs: tuple[str, ...]) -> Fraction:
        """Its points for an establishment of these sectors (all when empty)."""
        weights = [v.poids for v in self._variant(critere, secteurs) if v.poids is not None]
        return weights[-1] if weights else critere.poids

    # ------------------------------------------------------------ headings

    def volets(self) -> tuple[VoletVue, ...]:
        """Every volet; criteria of no volet come in an unnamed one."""
        loose = [c for c in self.criteres if c.volet not in self.politique.volets]
        found = [self._volet(t, [c for c in self.criteres if c.volet == t.nom]) for t in self.politique.volets.values()]
        return (*found, *([self._volet(None, loose)] if loose else []))

    def _volet(self, titre: Titre | None, criteres: list[Critere]) -> VoletVue:
        names = [*self.politique.chapitres, ""]
        groups = [(n, [c for c in criteres if (c.chapitre if c.chapitre in names else "") == n]) for n in names]
        chapters = [(self.politique.chapitres.get(n), group) for n, group in groups if group]
        target = phrases.describe(titre.cible, self.politique) if titre and titre.cible else ""
        return VoletVue(
            f"volet-{titre.nom}" if titre else "criteres",
            titre.article if titre else "",
            titre.titre if titre else "Critères",
            titre.texte if titre else "",
            self._totals(titre, criteres),
            target,
            self.notes.mark(titre.cible_source) if titre and target else (),
            tuple(self._chapter(t, group) for t, group in chapters),
            self._summary(chapters),
            self.notes.mark(titre.source) if titre else (),
        )

    def _chapter(self, titre: Titre | None, criteres: list[Critere]) -> ChapitreVue:
        names = [*self.politique.objectifs, ""]
        groups = [(n, [c for c in criteres if (c.objectif if c.objectif in names else "") == n]) for n in names]
        return ChapitreVue(
            f"chapitre-{titre.nom}" if titre else "autres-criteres",
            titre.article if titre else "",
            titre.titre if titre else "Autres critères",
            titre.texte if titre else "",
            self._total_phrase(titre, criteres),
            tuple(self._objective(self.politique.objectifs.get(n), group) for n, group in groups if group),
            self.notes.mark(titre.source) if titre else (),
        )

    def _objective(self, titre: Titre | None, criteres: list[Critere]) -> ObjectifVue:
        return ObjectifVue(
            titre.titre if titre else "Critères",
            titre.texte if titre else "",
            self._total_phrase(titre, criteres),
            tuple(self._criterion(c) for c in criteres),
            self.notes.mark(titre.source) if titre else (),
        )

    def _sum(self, criteres: Iterable[Critere], secteurs: tuple[str, ...]) -> Fraction:
        kept = (c for c in criteres if self._applies(c, secteurs))
        return sum((self.weight(c, secteurs) for c in kept), Fraction(0))

    def _total_phrase(self, titre: Titre | None, criteres: list[Critere]) -> str:
        text = f"{points(self._sum(criteres, self.choisis))}, {count(len(criteres))}"
        shares = [t for t in (titre.totaux if titre else ()) if t.soit is not None and not t.secteur]
        if shares and not self.choisis:
            text += f", soit {write_value(shares[0].soit, Genre.TAUX)} du total"
        return text

    def _totals(self, titre: Titre | None, criteres: list[Critere]) -> tuple[LigneVue, ...]:
        if self.choisis or not (titre and titre.totaux):
            text = f"{points(self._sum(criteres, self.choisis))}, {count(len(criteres))}"
            return (LigneVue(self._scope(self.choisis), text),)
        return tuple(
            LigneVue(self._scope((t.secteur,) if t.secteur else ()), _total(t), self.notes.mark(t.source))
            for t in titre.totaux
        )

    def _scope(self, secteurs: tuple[str, ...]) -> str:
        if not secteurs:
            return "Ensemble"
        titles = [self.politique.secteurs[s].titre or s for s in secteurs if s in self.politique.secteurs]
        return listing(titles) or ", ".join(secteurs)

    def _summary(self, chapters: list[tuple[Titre | None, list[Critere]]]) -> TableVue:
        """Points of each chapitre: for all, then for an establishment of each sector alone."""
        sectors: list[tuple[str, ...]] = [(s,) for s in self.politique.secteurs] if not self.choisis else []
        columns = [self.choisis, *sectors]
        heads = ["Ensemble" if not self.choisis else ", ".join(self.choisis), *(s[0] for s in sectors)]
        rows = []
        for title, group in chapters:
            name = f"{title.article} {title.titre}".strip() if title else "Autres critères"
            cells = [plain_number(self._sum(group, c)) for c in columns]
            rows.append((name, str(len(group)), *cells))
        every = [c for _, group in chapters for c in group]
        rows.append(("Total", str(len(every)), *(plain_number(self._sum(every, c)) for c in columns)))
        return TableVue("Points par article", ("Article", "Critères", *heads), tuple(rows))

    # ------------------------------------------------------------ criteria

    def _criterion(self, critere: Critere) -> CritereVue:
        here = self._variant(critere, self.choisis)
        tables = [v.table for v in here if v.table is not None]
        table = tables[-1] if tables else critere.table
        weight = self.weight(critere, self.choisis)
        proofs = [v.preuve for v in here if v.preuve] or [critere.preuve]
        guides = [v.guide for v in here if v.guide] or [critere.guide]
        variants = () if self.choisis else tuple(self._variant_words(v, critere) for v in critere.variantes)
        return CritereVue(
            f"critere-{critere.nom}",
            critere.nom,
            critere.titre,
            points(weight),
            self.sector_words(critere.secteurs),
            self._answers(critere, table, weight),
            phrases.describe(critere.mesure, self.politique) if critere.mesure else "",
            _sense(critere.sens),
            self.boundaries(table) if table else "",
            tuple(self._rules(critere)),
            guides[-1],
            proofs[-1],
            long_date(critere.echeance) if critere.echeance else "",
            variants,
            is_hypothesis(critere.source),
            self.notes.mark(critere.source),
        )

    def sector_words(self, names: tuple[str, ...]) -> str:
        """« tous », « tous sauf HAD » or the list of abbreviations."""
        every = list(self.politique.secteurs)
        missing = [s for s in every if s not in names]
        if not names or not missing:
            return "Tous"
        if len(missing) <= 2 and len(names) > 2:
            return f"Tous sauf {listing(missing)}"
        return ", ".join(s for s in every if s in names)

    def _answers(self, critere: Critere, table: Table | None, weight: Fraction) -> tuple[LigneVue, ...]:
        if table is not None:
            found = []
            for row in table.rangs:
                cases, effect = phrases.describe_row(row, table, self.politique)
                found.append(LigneVue(capital(" et ".join(cases)), effect, (), self._worth(row.effet, weight)))
            return tuple(found)
        if critere.mesure is not None:
            return (LigneVue("Points obtenus", "en proportion du résultat mesuré, de 0 % à 100 %"),)
        names = critere.niveaux or tuple(n for n, level in self.politique.niveaux.items() if level.part is not None)
        found = []
        for name in names:
            level = self.politique.niveaux.get(name)
            share = level.part if level else None
            worth = points(weight * share) if share is not None else "hors du calcul"
            found.append(LigneVue(phrases.level_label(name, self.politique), worth))
        return tuple(found)

    def _worth(self, effect: object, weight: Fraction) -> str:
        """The points that the level of a row gives."""
        level = self.politique.niveaux.get(str(getattr(effect, "valeur", "")))
        return points(weight * level.part) if level and level.part is not None else ""

    def boundaries(self, table: Table) -> str:
        """What the boundary values give: « à 25 % : Non réalisé · à 50 % : Partiellement réalisé »."""
        if len(table.selon) != 1:
            return ""
        said = []
        for bound in phrases.bounds_of(table):
            row = phrases.row_of(table, bound)
            if row is not None:
                effect = phrases.describe_effect(row.effet, self.politique)
                said.append(f"à {phrases.value_in_words(bound, table.selon[0].genre, self.politique)} : {effect}")
        return " · ".join(said)

    def _rules(self, critere: Critere) -> Iterable[str]:
        out = phrases.level_label("NC", self.politique)
        general = self.politique.notation
        if critere.nc_office is not None:
            yield f"« {out} » d'office si {phrases.condition(critere.nc_office, self.politique)}."
        if critere.nc_sur_justification and not general.nc_sur_justification:
            yield f"L'établissement peut répondre « {out} », avec justification."
        own = critere.mesure is not None or critere.sans_reponse != general.sans_reponse
        if critere.sans_reponse and own:
            yield f"Sans réponse : « {phrases.level_label(critere.sans_reponse, self.politique)} »."

    def _variant_words(self, variant: Variante, critere: Critere) -> str:
        said = []
        if variant.poids is not None:
            said.append(points(variant.poids))
        if variant.table is not None:
            rows = (phrases.describe_row(r, variant.table, self.politique) for r in variant.table.rangs)
            said.append(" · ".join(f"{' et '.join(cases)} : {effect}" for cases, effect in rows))
        if variant.preuve:
            said.append(f"justificatif : {variant.preuve}")
        if variant.guide:
            said.append(f"aide : {variant.guide}")
        return f"{self._scope(variant.secteurs)}, quand le critère ne s'applique qu'à ce titre : {' ; '.join(said)}."


def count(number: int) -> str:
    """« 88 critères »."""
    return f"{number} critère{'s' if number > 1 else ''}"


def _total(total: Total) -> str:
    if total.unite == "points":
        text = points(total.valeur)
    else:
        text = f"{plain_number(total.valeur)} critère{'s' if total.valeur > 1 else ''}"
    return text + (f", soit {write_value(total.soit, Genre.TAUX)}" if total.soit is not None else "")


def _sense(sens: str) -> str:
    return {"hausse": "Une valeur plus haute est meilleure.", "baisse": "Une valeur plus basse est meilleure."}.get(
        sens, ""
    )
