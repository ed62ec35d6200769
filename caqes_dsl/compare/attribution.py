"""What each change does alone, and what is left to the changes together: adding up exactly to the whole move."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from caqes_dsl.evaluation.explain import Interpreteur
from caqes_dsl.evaluation.facts import Etablissement
from caqes_dsl.model.nodes import Cle, Politique

from .alone import Choix, Isolement, Lot
from .bilans import ZERO, Cohorte, difference, same_result, score_of, share
from .changes import Changement, EnVigueur, Renommage, ValeurParametre
from .impact_shapes import (
    Attribution,
    Bilan,
    Effet,
    Mouvement,
    Passage,
    Perimetre,
    SansEffet,
    TotalAttribue,
)
from .units import COLLECTIF, VOLETS, Partage, Unites, affected, changed_units


@dataclass(frozen=True, slots=True)
class Etat:
    """A cohort under a policy: its establishments as that policy takes them, and what it gives to each."""

    politique: Politique
    cohorte: Cohorte
    etablissements: Sequence[Etablissement]
    bilans: Sequence[Bilan]


Peuplement = Callable[[Politique], Etat]
"""The cohort under a policy, not evaluated yet."""


class Attributeur:
    """Evaluates the changes one lot at a time, sharing what they leave as it was. `suivi`: after each establishment."""

    def __init__(
        self,
        isolement: Isolement,
        perimetres: Sequence[Perimetre],
        decisions: Sequence[str],
        peuplement: Peuplement,
        depart: Etat,
        suivi: Callable[[], None],
    ) -> None:
        self.isolement = isolement
        self.perimetres = [p.nom for p in perimetres if p.ancien is not None and p.nouveau is not None]
        self.decisions = decisions
        self.peuplement, self.suivi = peuplement, suivi
        self.etats: dict[Choix, Etat] = {frozenset(): depart}
        self.finess = [e.finess for e in depart.etablissements]
        sides = (isolement.base, isolement.nouvelle)
        self.charges, self.faveurs = (
            {n for p in sides for n, d in p.decisions.items() if d.en_faveur is favour} for favour in (False, True)
        )
        self.lots, self.sans_effet = self._sorted_out()

    # ------------------------------------------------------------ which changes matter

    def _sorted_out(self) -> tuple[list[Lot], tuple[SansEffet, ...]]:
        """The lots that may alter a result, and the changes proved to alter none."""
        isolement, without = self.isolement, dict[int, str]()
        asked: list[int] = []
        for rang, changement in enumerate(isolement.changements):
            if changed_units(isolement.base, isolement.policy(frozenset({rang}))):
                asked.append(rang)
            else:
                without[rang] = _unread(changement)
        lots = []
        for lot in isolement.lots(asked):
            if self._touches(lot) & self._compared(lot):
                lots.append(lot)
            else:
                without.update(dict.fromkeys(lot.rangs & set(asked), "lecture"))
        return lots, tuple(SansEffet(isolement.changements[r], without[r]) for r in sorted(without))

    def _sides(self, lot: Lot) -> tuple[Politique, Politique]:
        return self.isolement.policy(lot.apres), self.isolement.policy(lot.apres | lot.rangs)

    def _touches(self, lot: Lot) -> frozenset[Cle]:
        before, after = self._sides(lot)
        changed = changed_units(before, after)
        return affected(changed, self._units(before), self._units(after)) if changed else frozenset()

    def _units(self, politique: Politique) -> Unites:
        return self.isolement.units(politique)

    def _compared(self, lot: Lot) -> frozenset[Cle]:
        """What is compared: scores, targets, decisions."""
        names = {"", VOLETS.nom, *(nom for side in self._sides(lot) for nom in side.volets)}
        found = {Cle(sorte, nom) for nom in names for sorte in ("score", "cible")}
        return frozenset({*found, VOLETS, *(Cle("décision", nom) for nom in self.decisions)})

    # ------------------------------------------------------------ one lot

    def effect(self, lot: Lot) -> tuple[dict[str, Mouvement], tuple[Passage, ...]]:
        """What a lot moves: by FINESS, only where it moves or may move something."""
        before = self._state(lot.apres)
        found: dict[str, Mouvement] = {}
        passages: list[Passage] = []
        made = self.peuplement(self.isolement.policy(lot.apres | lot.rangs))
        for k, after in self._evaluated(before, made):
            mouvement = self._moved(before.bilans[k], after)
            if not is_still(mouvement):
                found[self.finess[k]] = mouvement
            passages += crossings(self.finess[k], self.perimetres, before.bilans[k], after)
        return found, tuple(passages)

    def _state(self, choix: Choix) -> Etat:
        """The cohort under the older policy with these changes."""
        if choix not in self.etats:
            start = self.etats[frozenset()]
            made = self.peuplement(self.isolement.policy(choix))
            bilans = list(start.bilans)
            for k, bilan in self._evaluated(start, made):
                bilans[k] = bilan
            self.etats[choix] = replace(made, bilans=bilans)
        return self.etats[choix]

    def _evaluated(self, before: Etat, after: Etat) -> Iterator[tuple[int, Bilan]]:
        """The bilans that may differ from those before, by the rank of the establishment."""
        comparaison = _Comparaison(self._units(before.politique), self._units(after.politique))
        for k, (source, then) in enumerate(zip(before.cohorte.interpretes, after.cohorte.interpretes, strict=True)):
            self.suivi()
            if after.etablissements[k] is not before.etablissements[k]:
                yield k, after.cohorte.bilan(then)
            elif comparaison.reaches(source, then):
                yield k, after.cohorte.bilan_after(then, before.bilans[k], comparaison.partage.touched)

    # ------------------------------------------------------------ moves

    def move(self, before: Bilan, after: Bilan) -> Mouvement:
        """What is more after, in all that both policies have."""
        return Mouvement(
            {nom: difference(score_of(after, nom), score_of(before, nom)) for nom in self.perimetres},
            {nom: difference(after.montants[nom].valeur, before.montants[nom].valeur) for nom in self.decisions},
            difference(after.charge.valeur, before.charge.valeur),
            difference(after.faveur.valeur, before.faveur.valeur),
        )

    def _moved(self, before: Bilan, after: Bilan) -> Mouvement:
        """The same, when what is the same object was not reached: it then moves by exactly nothing."""
        found = self.move(before, after)
        scores = {n: ZERO if after.scores.get(n) is before.scores.get(n) else v for n, v in found.scores.items()}
        same = {n for n in self.decisions if after.montants[n] is before.montants[n]}
        montants = {n: ZERO if n in same else v for n, v in found.montants.items()}
        if len(same) == len(montants):
            return Mouvement(scores, montants, ZERO, ZERO)
        charge, faveur = (
            ZERO if old == new and not (reached - same) else moved
            for old, new, reached, moved in (
                (before.charge, after.charge, self.charges, found.charge),
                (before.faveur, after.faveur, self.faveurs, found.faveur),
            )
        )
        return Mouvement(scores, montants, charge, faveur)

    def attribute(self, arrivee: Sequence[Bilan]) -> Attribution:
        """The whole move shared. `arrivee`: the bilans under the newer policy."""
        effects = [(lot, *self.effect(lot)) for lot in self.lots]
        depart = self.etats[frozenset()].bilans
        sums = _Sommes(self.perimetres, self.decisions)
        interaction: dict[str, Mouvement] = {}
        for finess, before, after in zip(self.finess, depart, arrivee, strict=True):
            whole = self.move(before, after)
            mine = [lines[finess] for _, lines, _ in effects if finess in lines]
            left = _remainder(whole, mine)
            sums.add(whole, left)
            if not is_still(left):
                interaction[finess] = left
        totals = [sums.of_effect(self.finess, lines, interaction) for _, lines, _ in effects]
        named = self.isolement.changements
        found = tuple(
            Effet(
                tuple(named[r] for r in sorted(lot.rangs)),
                tuple(named[r] for r in sorted(lot.apres)),
                lines,
                total,
                passages,
                sum(None in _values(m) for m in lines.values()),
            )
            for (lot, lines, passages), total in zip(effects, totals, strict=True)
        )
        return Attribution(found, self.sans_effet, interaction, *sums.totals(), sums.counts)


class _Comparaison:
    """What may differ between two policies, for each establishment."""

    def __init__(self, old: Unites, new: Unites) -> None:
        self.partage = Partage(old, new)
        self.before, self.after = old.politique, new.politique
        changed, touched = self.partage.changed, self.partage.touched
        only = all(c.sorte == "niveau" for c in changed)
        scopes = {c.volet for c in self.before.criteres.values()} == {c.volet for c in self.after.criteres.values()}
        alone = not affected({COLLECTIF}, old, new) & touched
        self.by_critere = only and scopes and alone and old.souple == new.souple

    def reaches(self, source: Interpreteur, then: Interpreteur) -> bool:
        """Whether the changes may move an establishment; `then` is given what they leave as it was."""
        share(source, then, self.partage)
        if not self.partage.changed:
            return False
        if not self.by_critere:
            return True
        return any(self._differs(c.nom, source, then) for c in self.partage.changed)

    def _differs(self, nom: str, source: Interpreteur, then: Interpreteur) -> bool:
        """Whether a critère gives something else, this year or in a year that was read again."""
        pairs = [(source, then), *((past, then.past(r, rejoue=again)) for (r, again), past in source._past.items())]
        return any(
            not same_result(
                one.critere(nom) if nom in self.before.criteres else None,
                other.critere(nom) if nom in self.after.criteres else None,
            )
            for one, other in pairs
        )


class _Sommes:
    """Totals of moves, for each score, decision and sum."""

    def __init__(self, perimetres: Sequence[str], decisions: Sequence[str]) -> None:
        self.perimetres, self.decisions = perimetres, decisions
        self.keys = [*(("score", p) for p in perimetres), *(("montant", d) for d in decisions), _CHARGE, _FAVEUR]
        self.whole, self.left, self.unshared = (dict.fromkeys(self.keys, ZERO) for _ in range(3))
        self.counts: dict[str, int] = {}

    def add(self, whole: Mouvement, left: Mouvement) -> None:
        """One establishment: its move, and what is left of it once its effects are taken away."""
        for key in self.keys:
            moved, rest = _value(whole, key), _value(left, key)
            if moved is None:
                continue
            self.whole[key] += moved
            if rest is None:
                self.unshared[key] += moved
                self.counts[key[1]] = self.counts.get(key[1], 0) + 1
            else:
                self.left[key] += rest

    def of_effect(
        self, finess: Iterable[str], lines: Mapping[str, Mouvement], interaction: Mapping[str, Mouvement]
    ) -> TotalAttribue:
        """An effect over the establishments whose move is shared."""
        found = dict.fromkeys(self.keys, ZERO)
        for nom, line in lines.items():
            rest = interaction.get(nom)
            for key in self.keys:
                value = _value(line, key)
                if value is not None and (rest is None or _value(rest, key) is not None):
                    found[key] += value
        return self._total(found)

    def totals(self) -> tuple[TotalAttribue, TotalAttribue, TotalAttribue]:
        """The whole, the interaction, what is not shared."""
        return self._total(self.whole), self._total(self.left), self._total(self.unshared)

    def _total(self, found: Mapping[tuple[str, str], Fraction]) -> TotalAttribue:
        return TotalAttribue(
            {p: found["score", p] for p in self.perimetres},
            {d: found["montant", d] for d in self.decisions},
            found[_CHARGE],
            found[_FAVEUR],
        )


_CHARGE, _FAVEUR = ("somme", "charge"), ("somme", "faveur")


def _value(mouvement: Mouvement, key: tuple[str, str]) -> Fraction | None:
    sorte, nom = key
    if sorte == "score":
        return mouvement.scores[nom]
    if sorte == "montant":
        return mouvement.montants[nom]
    return mouvement.charge if key == _CHARGE else mouvement.faveur


def _values(mouvement: Mouvement) -> list[Fraction | None]:
    return [*mouvement.scores.values(), *mouvement.montants.values(), mouvement.charge, mouvement.faveur]


def is_still(mouvement: Mouvement) -> bool:
    """Whether nothing moves, for certain."""
    return all(v == 0 for v in _values(mouvement))


def _remainder(whole: Mouvement, effects: Sequence[Mouvement]) -> Mouvement:
    """A move less these; None where one of them is undetermined."""

    def left(moved: Fraction | None, parts: Iterable[Fraction | None]) -> Fraction | None:
        for part in parts:
            moved = difference(moved, part)
        return moved

    return Mouvement(
        {nom: left(v, (e.scores[nom] for e in effects)) for nom, v in whole.scores.items()},
        {nom: left(v, (e.montants[nom] for e in effects)) for nom, v in whole.montants.items()},
        left(whole.charge, (e.charge for e in effects)),
        left(whole.faveur, (e.faveur for e in effects)),
    )


def crossings(finess: str, perimetres: Iterable[str], before: Bilan, after: Bilan) -> list[Passage]:
    """The targets that an establishment crosses for certain."""
    found = []
    for nom in perimetres:
        old, new = before.atteintes.get(nom), after.atteintes.get(nom)
        if old is not None and new is not None and old is not new:
            found.append(Passage(finess, nom, new))
    return found


def _unread(changement: Changement) -> str:
    """Why a change that alters no rule alters none."""
    if isinstance(changement, Renommage):
        return "noms"
    return "dates" if isinstance(changement, EnVigueur | ValeurParametre) else "mots"
