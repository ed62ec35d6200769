"""What a newer policy changes for a cohort: each establishment by both policies on the same answers, and why."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from caqes_dsl.evaluation.facts import Etablissement
from caqes_dsl.model.nodes import Politique, Secteur

from .alone import Isolement
from .apply import former_names
from .attribution import Attributeur, Etat, crossings
from .bilans import Cohorte, perimetres, share
from .changes import Changement
from .cohorts import Admission, gathered, reading_policy, under_new_names
from .groups import Cadre, by_sector, by_size, class_of, everyone, size
from .impact_shapes import Abandon, Attribution, DecisionComparee, GrilleConstante, Impact, Ligne, Taille
from .lines import changed_answers, constant_grid, last_year, line, one_sided
from .units import Partage

Suivi = Callable[[int, int], None]
"""Called with how many evaluations are done, and of how many."""


def impact(
    ancienne: Politique,
    nouvelle: Politique,
    changements: Sequence[Changement],
    etablissements: Iterable[Etablissement],
    *,
    ecartes: int = 0,
    taille: str | None = None,
    suivi: Suivi | None = None,
) -> Impact:
    """What the newer policy changes for establishments, best read by the policy that `reading_policy` gives.

    `changements` are those that `compare` finds. `ecartes`: rows set aside when reading. `taille`: the donnée by which
    sizes are told, instead of the one that `size` chooses.
    """
    return _Comparaison(ancienne, nouvelle, changements, tuple(etablissements), ecartes, suivi).impact(taille)


@dataclass(frozen=True, slots=True)
class _Deux:
    """A cohort under both policies, and what was not carried to either."""

    ancien: Etat
    nouveau: Etat
    abandons: tuple[Abandon, ...]


class _Comparaison:
    def __init__(
        self,
        ancienne: Politique,
        nouvelle: Politique,
        changements: Sequence[Changement],
        etablissements: Sequence[Etablissement],
        ecartes: int,
        suivi: Suivi | None,
    ) -> None:
        self.ancienne, self.nouvelle, self.ecartes, self.suivi = ancienne, nouvelle, ecartes, suivi
        anciens = former_names(changements)
        self.isolement = Isolement(ancienne, nouvelle, changements, anciens)
        self.base = self.isolement.base
        self.lecture = reading_policy(ancienne, nouvelle, anciens)
        self.transmis = [under_new_names(e, anciens) for e in etablissements]
        self.perimetres = perimetres(self.base, nouvelle)
        self.decisions = tuple(dict.fromkeys((*nouvelle.decisions, *self.base.decisions)))
        self.fait = self.prevu = 0

    def impact(self, taille: str | None) -> Impact:
        """The whole."""
        past = [last_year(e, (self.base, self.nouvelle)) for e in self.transmis]
        then = [e for e in past if not isinstance(e, str)]
        self.prevu = 2 * (len(self.transmis) + len(then))
        now = self._both(self.transmis, self.ecartes)
        grids = self._constant_grids(past, then, now.nouveau)
        told = self._size(taille)
        lignes = self._lines(now, grids, told)
        cadre = Cadre(self.perimetres, self.decisions, {**self.nouvelle.secteurs, **self._gone_sectors()}, told)
        noms = [p.nom for p in self.perimetres]
        return Impact(
            self.ancienne,
            self.nouvelle,
            next((e.exercice for e in self.transmis), None),
            self.perimetres,
            tuple(self._decision(nom) for nom in self.decisions),
            lignes,
            everyone(cadre, lignes),
            by_sector(cadre, lignes),
            told,
            by_size(cadre, lignes),
            tuple(c for li in lignes for c in crossings(li.finess, noms, li.ancien, li.nouveau)),
            (
                *one_sided(now.nouveau.cohorte, self.base, nouveau=True),
                *one_sided(now.ancien.cohorte, self.nouvelle, nouveau=False),
            ),
            now.abandons,
            self._attribution(now),
            self.ecartes,
        )

    def _step(self) -> None:
        self.fait += 1
        if self.suivi is not None:
            self.suivi(self.fait, max(self.prevu, self.fait))

    # ------------------------------------------------------------ both sides

    def _both(self, transmis: Sequence[Etablissement], ecartes: int) -> _Deux:
        """A cohort under each policy; the newer takes from the older what cannot differ."""
        old, said = self._under(self.base, transmis, ecartes)
        bilans = old.cohorte.bilans(self._step)
        old = Etat(self.base, old.cohorte, old.etablissements, bilans)
        new, also = self._under(self.nouvelle, transmis, ecartes)
        sources = zip(old.etablissements, old.cohorte.interpretes, strict=True)
        thens = zip(new.etablissements, new.cohorte.interpretes, strict=True)
        for (here, source), (mine, then) in zip(sources, thens, strict=True):
            if here is mine:
                share(source, then, self._partage)
        bilans = new.cohorte.bilans(self._step)
        return _Deux(old, Etat(self.nouvelle, new.cohorte, new.etablissements, bilans), (*said, *also))

    def _under(
        self, politique: Politique, transmis: Sequence[Etablissement], ecartes: int
    ) -> tuple[Etat, tuple[Abandon, ...]]:
        """A cohort under a policy, not evaluated yet."""
        admission = Admission(politique, self.lecture)
        taken = [admission.take(e) for e in transmis]
        refus = ((e.finess, one) for e, (_, several) in zip(transmis, taken, strict=True) for one in several)
        etablissements = [e for e, _ in taken]
        cohorte = Cohorte(politique, etablissements, self.perimetres, self.decisions, ecartes=ecartes)
        return Etat(politique, cohorte, etablissements, ()), gathered(refus, nouveau=politique is self.nouvelle)

    @cached_property
    def _partage(self) -> Partage:
        """What both policies give alike."""
        return Partage(self.isolement.units(self.base), self.isolement.units(self.nouvelle))

    def _constant_grids(
        self, past: Sequence[Etablissement | str], then: Sequence[Etablissement], now: Etat
    ) -> list[GrilleConstante | str]:
        """Last year's answers under both policies, or why there are none, for each establishment."""
        both = self._both(then, self.ecartes + len(past) - len(then))
        pairs = iter(zip(then, both.ancien.bilans, both.nouveau.bilans, strict=True))
        found: list[GrilleConstante | str] = []
        noms = [p.nom for p in self.perimetres]
        for one, bilan in zip(past, now.bilans, strict=True):
            if isinstance(one, str):
                found.append(one)
                continue
            same, before, after = next(pairs)
            found.append(constant_grid(same.exercice or 0, before, after, bilan, noms))
        return found

    def _lines(self, now: _Deux, grids: Sequence[GrilleConstante | str], told: Taille | None) -> tuple[Ligne, ...]:
        criteres = tuple(dict.fromkeys((*self.nouvelle.criteres, *self.base.criteres)))
        return tuple(
            line(
                e,
                (now.ancien.bilans[k], now.nouveau.bilans[k]),
                self.perimetres,
                changed_answers(criteres, now.ancien.cohorte.interpretes[k], now.nouveau.cohorte.interpretes[k]),
                class_of(told, e),
                grids[k],
            )
            for k, e in enumerate(self.transmis)
        )

    # ------------------------------------------------------------ the rest

    def _size(self, taille: str | None) -> Taille | None:
        """By what fact of either policy sizes are told, the newer first."""
        sides = [p for p in (self.nouvelle, self.base) if taille is None or taille in p.donnees]
        return next((told for p in sides if (told := size(p, self.transmis, taille)) is not None), None)

    def _gone_sectors(self) -> Mapping[str, Secteur]:
        return {nom: s for nom, s in self.base.secteurs.items() if nom not in self.nouvelle.secteurs}

    def _decision(self, nom: str) -> DecisionComparee:
        old, new = self.base.decisions.get(nom), self.nouvelle.decisions.get(nom)
        named = new or old
        assert named is not None
        return DecisionComparee(nom, named.titre, old.nature if old else None, new.nature if new else None)

    def _attribution(self, now: _Deux) -> Attribution:
        attributeur = Attributeur(
            self.isolement,
            self.perimetres,
            self.decisions,
            lambda politique: self._under(politique, self.transmis, self.ecartes)[0],
            now.ancien,
            self._step,
        )
        self.prevu += len(attributeur.lots) * len(self.transmis)
        return attributeur.attribute(now.nouveau.bilans)
