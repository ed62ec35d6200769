"""The grid in words: volets, chapitres, objectifs, as the annex prints them, with totals that follow the sectors."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from caqes_dsl.base.quantities import Genre, plain_number, write_value
from caqes_dsl.documents import indicateurs, phrases
from caqes_dsl.documents.criteria import Criteria, applies, points, weight
from caqes_dsl.documents.notes import Notes
from caqes_dsl.documents.shapes import ChapitreVue, LigneVue, ObjectifVue, Renvois, TableVue, VoletVue
from caqes_dsl.documents.typography import listing
from caqes_dsl.documents.words import number_with, sector_label, sector_title
from caqes_dsl.model.nodes import Constante, Critere, Politique, Titre

_Groupe = tuple[Titre | None, list[Critere]]


class Grid:
    """Builds the volets of one policy, for all sectors or for the establishments of some."""

    def __init__(self, politique: Politique, secteurs: tuple[str, ...], notes: Notes) -> None:
        self.politique, self.choisis, self.notes = politique, secteurs, notes
        self.indicateurs = indicateurs.concerned(politique, secteurs)
        self.criteres = [c for c in politique.criteres.values() if applies(c, secteurs)]
        self._writer = Criteria(politique, secteurs, notes)
        self._anchors: dict[str, str] = {}

    def volets(self) -> tuple[VoletVue, ...]:
        """Every volet; criteria and indicateurs of no volet come in an unnamed one."""
        volets = self.politique.volets
        loose = [c for c in self.criteres if c.volet not in volets]
        found = [self._volet(t, [c for c in self.criteres if c.volet == t.nom]) for t in volets.values()]
        alone = any(i.volet not in volets for i in self.indicateurs)
        return (*found, *([self._volet(None, loose)] if loose or alone else []))

    def _volet(self, titre: Titre | None, criteres: list[Critere]) -> VoletVue:
        chapters = self._split(self.politique.chapitres.values(), titre, criteres, "chapitre")
        mine = [i for i in self.indicateurs if i.volet == (titre.nom if titre else "")]
        unnamed = "Critères et indicateurs" if mine and criteres else "Indicateurs" if mine else "Critères"
        return VoletVue(
            self._anchor("volet", titre),
            titre.article if titre else "",
            titre.titre if titre else unnamed,
            titre.texte if titre else "",
            indicateurs.reserve_of(titre, self.politique),
            self._facts(titre, criteres),
            tuple(indicateurs.indicator(i, self.politique, self.notes) for i in mine),
            tuple(self._chapter(t, group) for t, group in chapters),
            self._summary(chapters),
            self.notes.mark(titre.source) if titre else (),
        )

    def _split(
        self, titres: Iterable[Titre], parent: Titre | None, criteres: list[Critere], rank: str
    ) -> list[_Groupe]:
        """The headings under a parent with their criteria, then the criteria of none.

        A heading whose criteria all belong to other sectors goes; one that never had any is kept for its text.
        """
        above = parent.nom if parent else ""
        groups: list[_Groupe] = []
        for titre in titres:
            if titre.parent == above:
                mine = [c for c in criteres if getattr(c, rank) == titre.nom]
                emptied = any(getattr(c, rank) == titre.nom for c in self.politique.criteres.values())
                if mine or not emptied:
                    groups.append((titre, mine))
        named = {t.nom for t, _ in groups if t}
        loose = [c for c in criteres if getattr(c, rank) not in named]
        return [*groups, *([(None, loose)] if loose else [])]

    def _chapter(self, titre: Titre | None, criteres: list[Critere]) -> ChapitreVue:
        objectives = self._split(self.politique.objectifs.values(), titre, criteres, "objectif")
        marks = self._marks(titre, self.politique.volets.get(titre.parent) if titre else None)
        return ChapitreVue(
            self._anchor("chapitre", titre),
            titre.article if titre else "",
            titre.titre if titre else "Autres critères",
            titre.texte if titre else "",
            points(self._sum(criteres, self.choisis)) if criteres else "",
            self._total(titre, criteres) if criteres else "",
            tuple(self._objective(t, group, titre) for t, group in objectives),
            marks,
        )

    def _marks(self, titre: Titre | None, parent: Titre | None) -> Renvois:
        """Notes of a heading: its source, unless it is that of the heading above, and those of its total."""
        if titre is None:
            return ()
        own = "" if parent and parent.source == titre.source else titre.source
        return self.notes.mark(own, *(t.source for t in titre.totaux if not t.secteur and not self.choisis))

    def _objective(self, titre: Titre | None, criteres: list[Critere], parent: Titre | None) -> ObjectifVue:
        marks = self._marks(titre, parent)
        return ObjectifVue(
            titre.titre if titre else "Critères",
            titre.texte if titre else "",
            self._total(titre, criteres) if criteres else "Sans points",
            tuple(self._writer.criterion(c) for c in criteres),
            marks,
        )

    def _anchor(self, kind: str, titre: Titre | None) -> str:
        """An address that holds no name of the language: « article-10-1 », else a running number."""
        if titre is not None and titre.article:
            wanted = "article-" + "".join(c if c.isascii() and c.isalnum() else "-" for c in titre.article)
        else:
            wanted = f"{kind}-{len(self._anchors) + 1}"
        while wanted in self._anchors:
            wanted += "-bis"
        self._anchors[wanted] = wanted
        return wanted

    # ------------------------------------------------------------ totals

    def _sum(self, criteres: Iterable[Critere], secteurs: tuple[str, ...]) -> Fraction:
        return sum((weight(c, secteurs) for c in criteres if applies(c, secteurs)), Fraction(0))

    def _counted(self, criteres: list[Critere], secteurs: tuple[str, ...]) -> str:
        number = sum(applies(c, secteurs) for c in criteres)
        return f"{points(self._sum(criteres, secteurs))}, {count(number)}"

    def _total(self, titre: Titre | None, criteres: list[Critere]) -> str:
        text = self._counted(criteres, self.choisis)
        shares = [t for t in (titre.totaux if titre else ()) if t.soit is not None and not t.secteur]
        if shares and not self.choisis:
            text += f", soit {write_value(shares[0].soit, Genre.TAUX)} du total"
        return text

    def _facts(self, titre: Titre | None, criteres: list[Critere]) -> tuple[LigneVue, ...]:
        """The target of a volet and its totals: for all, and for the sectors whose total is declared."""
        found = []
        if titre and titre.cible is not None:
            target = phrases.describe(titre.cible, self.politique)
            found.append(LigneVue("Cible", target, self.notes.mark(titre.cible_source)))
        if titre and titre.duree_max is not None:
            found.append(LigneVue("Durée", f"Au plus {duration(titre.duree_max)}"))
        if not criteres and self._pointless(titre):
            return tuple(found)
        totals = titre.totaux if titre else ()
        declared = [(), *((s,) for s in dict.fromkeys(t.secteur for t in totals) if s)]
        scopes = [self.choisis] if self.choisis else declared
        for scope in scopes:
            name = scope[0] if len(scope) == 1 else ""
            sources = [t.source for t in totals if t.secteur == name and (name or not self.choisis)]
            label = listing([sector_title(s, self.politique) for s in scope]) or "Total"
            found.append(LigneVue(label, self._counted(criteres, scope), self.notes.mark(*sources)))
        return tuple(found)

    def _pointless(self, titre: Titre | None) -> bool:
        """Whether nothing in a volet gives points, to any establishment."""
        return titre is None or not any(c.volet == titre.nom for c in self.politique.criteres.values())

    def _summary(self, chapters: list[_Groupe]) -> TableVue:
        """Points of each chapitre: for all, then for an establishment of each sector alone; no row without criteria."""
        if not any(group for _, group in chapters):
            return TableVue("", (), ())
        sectors = [] if self.choisis or len(self.politique.secteurs) < 2 else list(self.politique.secteurs.values())
        columns = [self.choisis, *((s.nom,) for s in sectors)]
        heads = ["Points", *(sector_label(s) for s in sectors)]
        rows = []
        for titre, group in chapters:
            name = f"{titre.article} – {titre.titre}" if titre and titre.article else titre.titre if titre else "Autres"
            rows.append((name, str(len(group)), *(plain_number(self._sum(group, c)) for c in columns)))
        every = [c for _, group in chapters for c in group]
        rows.append(("Total", str(len(every)), *(plain_number(self._sum(every, c)) for c in columns)))
        said = ("La colonne d'un secteur vaut pour un établissement qui n'a que cette activité.",) if sectors else ()
        return TableVue("Points par article", ("Article", "Critères", *heads), tuple(rows), said)


def duration(noeud: Constante) -> str:
    """« 5 ans », « 18 mois », « 30 jours »."""
    years = noeud.valeur / 12 if isinstance(noeud.valeur, Fraction) and noeud.genre is Genre.MOIS else None
    if years is not None and years.denominator == 1:
        return number_with(years, "an", "ans")
    return write_value(noeud.valeur, noeud.genre)


def count(number: int) -> str:
    """« 88 critères »."""
    return f"{number} critère{'s' if number > 1 else ''}"
