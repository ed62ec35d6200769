"""Establishments as columns of whole numbers: what each entry of a plan reads in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction

import numpy as np

from caqes_dsl.base.quantities import Genre, Valeur
from caqes_dsl.evaluation.facts import Etablissement
from caqes_dsl.model.nodes import Donnee, Politique

from .columns import Colonne, integers
from .complet import ENREGISTRE, Plan
from .expressions import Gabarit, cell_factor, serial
from .grid import Octets, octets_of
from .lines import CONNU, INDECIS, MANQUANT, Ligne

MOST_DECIMALS = 9
"""Decimals of a fact past which its row is left to the interpreter."""

COMPUTED = ("statistique", "part", "réglage")
"""Entries that are not read in an establishment."""

_NAMED = (Genre.OUI_NON, Genre.CHOIX, Genre.NIVEAU)


class Lecture:
    """The establishments of a cohort, each with its earlier exercises."""

    def __init__(self, politique: Politique, etablissements: Sequence[Etablissement]) -> None:
        self.politique, self.etablissements = politique, etablissements

    def then(self, etablissement: Etablissement, recul: int) -> Etablissement:
        """An establishment some exercises back; nothing is known of an exercise that was not given."""
        if not recul:
            return etablissement
        year = etablissement.exercice or self.politique.exercice
        found = etablissement.passes.get(year - recul) if year is not None else None
        return found or Etablissement(etablissement.finess)

    # ------------------------------------------------------------ how facts are read

    def gabarits(self, recul: int = 2) -> dict[str, Gabarit]:
        """For each fact the decimals and the size that this cohort needs."""
        found: dict[str, Gabarit] = {}
        everyone = [*self.etablissements, *(p for e in self.etablissements for p in e.passes.values())]
        for donnee in self.politique.donnees.values():
            if donnee.genre not in _NAMED:
                found[donnee.nom] = self._reading(donnee, everyone)
        columns = {c for e in everyone for c in e.enregistres}
        for column in columns:
            values = [e.enregistres[column] for e in everyone if column in e.enregistres]
            size = _decade(max((int(abs(v) * 10**ENREGISTRE.decimales) for v in values), default=1))
            for back in range(1, 10):
                found[f"{column} N-{back}"] = Gabarit(ENREGISTRE.decimales, size)
        return found

    def _reading(self, donnee: Donnee, everyone: Sequence[Etablissement]) -> Gabarit:
        most: dict[int, int] = {}
        for one in everyone:
            value = _number(one.faits.get(donnee.nom))
            if value is not None:
                below, above = value.denominator, abs(value.numerator)
                most[below] = max(above, most.get(below, 0))
        decimals = max(map(_decimals, most), default=0)
        _, scale = cell_factor(donnee.genre, decimals)
        return Gabarit(decimals, _decade(max((above * scale // below for below, above in most.items()), default=1)))

    # ------------------------------------------------------------ columns

    def entries(self, plan: Plan, *, octets: bool = True) -> dict[int, Colonne]:
        """A column for each entry that is read in establishments; statistics and shares come later.

        `octets`: answers that a grid reads are written as it adds them (see `grid`), instead of their levels' codes.
        """
        found = {}
        packed = octets_of(plan.programme) if octets else {}
        for index, ligne in plan.entries():
            sorte, nom = ligne.param
            if sorte not in COMPUTED:
                column = self._column(plan, ligne, str(sorte), str(nom))
                found[index] = _as_octets(column, *packed[index]) if index in packed else column
        return found

    def _column(self, plan: Plan, ligne: Ligne, sorte: str, dated: str) -> Colonne:
        nom, _, back = dated.partition(" N-")
        recul = int(back) if back else 0
        past = [self.then(e, recul) for e in self.etablissements]
        if sorte == "secteur":
            here = [nom in (p.secteurs or e.secteurs) for p, e in zip(past, self.etablissements, strict=True)]
            return Colonne(np.array(here, dtype=np.bool_))
        if sorte == "réponse":
            return self._answers(plan, nom, past)
        if sorte == "enregistré":
            return _numbers((p.enregistres.get(nom) for p in past), ligne)
        donnee = self.politique.donnees[nom]
        values = (p.faits.get(nom) for p in past)
        if donnee.genre in _NAMED:
            return _numbers((None if v is None else _code(v, plan.codes) for v in values), ligne)
        return _numbers((_number(v) for v in values), ligne)

    def _answers(self, plan: Plan, nom: str, past: Sequence[Etablissement]) -> Colonne:
        """The level answered; open where it wants a reason and has none."""
        critere = self.politique.criteres[nom]
        codes = np.array([plan.codes[p.reponses[nom]] if nom in p.reponses else 0 for p in past], dtype=np.uint8)
        etat = np.where(codes == 0, np.uint8(MANQUANT), np.uint8(CONNU))
        if critere.nc_sur_justification:
            neutral = {n for n, level in self.politique.niveaux.items() if level.part is None}
            bare = [p.reponses.get(nom) in neutral and nom not in p.motifs for p in past]
            etat[np.array(bare, dtype=np.bool_)] = INDECIS
        return Colonne(codes, etat if etat.any() else None)


def _as_octets(column: Colonne, table: Octets, is_open: bool) -> Colonne:
    """Answers as a grid reads them; with no answer they are missing, or what the policy says."""
    etat = column.etat
    if etat is not None and not is_open:
        etat = np.where(etat == MANQUANT, np.uint8(CONNU), etat)
        etat = etat if etat.any() else None
    return Colonne(table[column.nombre], etat)


def _code(value: Valeur, codes: Mapping[str, int]) -> Fraction:
    return Fraction(int(value) if isinstance(value, bool) else codes[str(value)])


def _numbers(values: Iterable[Fraction | None], ligne: Ligne) -> Colonne:
    """Whole numbers; a value that is not whole once scaled, or too large, leaves its row to the interpreter."""
    numbers: list[int] = []
    states: list[int] = []
    for value in values:
        if value is None:
            numbers.append(0)
            states.append(MANQUANT)
            continue
        number, rest = divmod(value.numerator * ligne.echelle, value.denominator)
        fits = not rest and abs(number) <= ligne.borne
        numbers.append(number if fits else 0)
        states.append(CONNU if fits else INDECIS)
    column = np.array(numbers, dtype=integers(ligne.borne))
    return Colonne(column, np.array(states, dtype=np.uint8) if any(states) else None)


def _number(value: Valeur | None) -> Fraction | None:
    if isinstance(value, date):
        return serial(value)
    return value if isinstance(value, Fraction) else None


def _decimals(divider: int) -> int:
    """Decimals of a number so divided; none when it has no end, or too many."""
    return next((d for d in range(MOST_DECIMALS + 1) if 10**d % divider == 0), 0)


def _decade(size: int) -> int:
    """A power of ten above a size, so that cohorts much alike have the same plan."""
    return int(10 ** len(str(size)))


__all__ = ["Lecture"]
