"""The changes of a comparison, in a committee's order: the grid, the rules, the header, the calendar, words last."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from caqes_dsl.compare import changes
from caqes_dsl.compare.changes import Changement
from caqes_dsl.documents.changements import Dit, Redaction
from caqes_dsl.documents.changements_plan import SUJETS, Groupe, plan
from caqes_dsl.documents.comparaison_mots import (
    Lieux,
    bears_on,
    change_class,
    pieces,
    without_motif,
    words_only,
)
from caqes_dsl.documents.comparaison_shapes import ChangementVue, GroupeVue, PartieVue, SujetVue
from caqes_dsl.documents.shapes import LigneVue
from caqes_dsl.documents.typography import capital, listing, long_date
from caqes_dsl.documents.words import quoted
from caqes_dsl.model import nodes
from caqes_dsl.model.nodes import Politique

_PEU = 3
"""Additions or removals past which those of one kind are said in one sentence."""
_RESUMES = ("étape", "exemple", "contrôle", "limite")
_REGLES = ("Règles de notation", "Secteurs et réponses", "Calculs et barèmes", "Valeurs fixées par un texte")


class Parties:
    """Writes the parts that list changes. `effets` says what each does to a cohort, by the identity of the change."""

    def __init__(
        self, ancienne: Politique, nouvelle: Politique, changements: Sequence[Changement], effets: Mapping[int, str]
    ) -> None:
        self.ancienne, self.nouvelle, self.changements = ancienne, nouvelle, changements
        self.redaction = Redaction(ancienne, nouvelle, changements)
        self.lieux, self.effets = Lieux(changements), effets

    def parties(self) -> Iterator[PartieVue]:
        """The parts that hold something, in order."""
        said = [c for c in self.changements if words_only(c)]
        groups = plan(self.ancienne, self.nouvelle, [c for c in self.changements if not words_only(c)])
        named = {g.titre: g for g in groups}
        last = [named[t] for t in ("En-tête", "Calendrier") if t in named]
        rules = [named[t] for t in _REGLES if t in named]
        rules += [g for g in groups if g.titre in SUJETS and g not in rules and g not in last]
        grid = [g for g in groups if g.titre not in SUJETS]
        words = plan(self.ancienne, self.nouvelle, said)
        for ancre, titre, found in (
            ("grille", "La grille : volets, chapitres et critères", grid),
            ("regles", "Les règles : définitions, valeurs, barèmes et montants encourus", rules),
            ("contrat", "Le contrat : en-tête et calendrier", last),
            ("mots", "Rédaction, sources, exemples et contrôles", words),
        ):
            if found:
                yield PartieVue(ancre, titre, tuple(self._group(f"{ancre}-{i}", g) for i, g in enumerate(found, 1)))

    def _group(self, ancre: str, groupe: Groupe) -> GroupeVue:
        side = "rédaction, côte à côte" if ancre.startswith("mots") else "côte à côte"
        told = [(c, self.redaction.say(c)) for c in groupe.changements]
        alike: dict[tuple[str, str], list[tuple[Changement, Dit]]] = {}
        for changement, dit in told:
            kind = change_class(changement)
            if changement.genre in _RESUMES and kind in ("ajout", "retrait"):
                alike.setdefault((changement.genre, kind), []).append((changement, dit))
        many = [found for found in alike.values() if len(found) > _PEU]
        summed = {id(c) for found in many for c, _ in found}
        kept = [(c, d) for c, d in told if id(c) not in summed]
        sujets = tuple(
            SujetVue(_title(sujet, groupe.titre), tuple(self._changes([*found])))
            for sujet, found in groupby(kept, key=self._subject)
        )
        return GroupeVue(ancre, groupe.titre, f"{groupe.titre}, {side}", sujets, tuple(map(_summary, many)))

    def _subject(self, told: tuple[Changement, Dit]) -> str:
        """What a change bears on; steps by their titles, not by the names that only the policy uses."""
        changement, dit = told
        delai = next((v for v in _both(changement) if v is not None), None)
        if changement.genre == "étape" and changement.titre:
            return f"étape {quoted(changement.titre)}"
        if isinstance(delai, nodes.Delai):
            steps = {e.nom: e for p in (self.ancienne, self.nouvelle) for e in p.calendrier}
            tot, tard = (quoted(steps[n].titre) if n in steps else quoted(n) for n in (delai.tot, delai.tard))
            return f"délai de {tot} à {tard}"
        return dit.sujet

    def _changes(self, found: Sequence[tuple[Changement, Dit]]) -> Iterator[ChangementVue]:
        """The changes of one declaration; what several share, sources and places, is said once, after the last."""
        after: Changement | None
        for (changement, dit), after in zip(found, [*(c for c, _ in found[1:]), None], strict=True):
            sourced = after is None or _sources(after) != _sources(changement)
            placed = after is None or self.lieux.say(after) != self.lieux.say(changement)
            yield self._change(changement, dit, sourced=sourced, placed=placed)

    def _change(self, changement: Changement, dit: Dit, *, sourced: bool, placed: bool) -> ChangementVue:
        phrase, motif = without_motif(dit.phrase)
        quoi = bears_on(changement)
        sides = [(dit.avant, dit.apres)]
        old, new = _both(changement)
        if isinstance(old, nodes.Evenement) and isinstance(new, nodes.Evenement):
            sides += [(long_date(old.date), long_date(new.date)), (old.titre, new.titre)]
        morceaux = pieces(quoi, phrase, sides)
        details = []
        table = isinstance(old, nodes.Table) and isinstance(new, nodes.Table)
        if dit.avant and dit.apres and (table or all(m.sorte == "egal" for m in morceaux)):
            details += [LigneVue("Avant", dit.avant), LigneVue("Après", dit.apres)]
        if motif:
            details.append(LigneVue("Motif", motif))
        if sourced:
            details += _source_lines(changement)
        return ChangementVue(
            quoi,
            morceaux,
            dit.avant,
            dit.apres,
            self.effets.get(id(changement), ""),
            changement.est_consequence,
            tuple(details),
            self.lieux.say(changement) if placed else "",
        )


def _both(changement: Changement) -> tuple[object, object]:
    """Both values of its first edition; a name that changes has none."""
    return (changement.ancien, changement.nouveau) if changement.editions else (None, None)


def _title(sujet: str, group: str) -> str:
    return "" if sujet.casefold() == group.casefold() else capital(sujet)


def _sources(changement: Changement) -> tuple[str, str]:
    return changement.source_ancienne, changement.source_nouvelle


def _source_lines(changement: Changement) -> list[LigneVue]:
    """Both sources where they differ, that of what is added or gone; none where a change says it."""
    if changement.genre == "politique" or isinstance(changement, changes.Source):
        return []
    old, new = _sources(changement)
    kind = change_class(changement)
    if kind in ("ajout", "retrait"):
        said = new if kind == "ajout" else old
        return [LigneVue("Source", said)] if said else []
    if old == new:
        return []
    return [LigneVue("Source ancienne", old or "aucune"), LigneVue("Source nouvelle", new or "aucune")]


def _summary(found: Sequence[tuple[Changement, Dit]]) -> str:
    """« 13 exemples supprimés : « … », « … » et « … » »."""
    genre, kind = found[0][0].genre, change_class(found[0][0])
    feminine = genre in ("étape", "limite")
    verb = ("ajouté" if kind == "ajout" else "supprimé") + ("es" if feminine else "s")
    where = {"ajout": " au calendrier", "retrait": " du calendrier"}[kind] if genre == "étape" else ""
    return f"{len(found)} {genre}s {verb}{where} : {listing([_named(c) for c, _ in found])}."


def _named(changement: Changement) -> str:
    for value in _both(changement):
        if isinstance(value, nodes.Evenement):
            return f"{quoted(value.titre)} ({long_date(value.date)})"
    return quoted(changement.titre or changement.nom)
