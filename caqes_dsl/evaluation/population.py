"""The establishments among which statistics are taken and envelopes shared: the accepted rows of the exercise.

A statistic is exact. An establishment where its term is missing is left out of it, and counted; `notes` says so.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import lcm

from caqes_dsl.base.diagnostics import Diagnostic, Severite
from caqes_dsl.base.quantities import Valeur
from caqes_dsl.model.nodes import Agregat, Decision, Politique

from .decisions import concerned
from .explain import Interpreteur, result_of
from .facts import Etablissement
from .souvenirs import Souvenirs
from .trace import Resultat
from .vu import Vu


@dataclass(frozen=True, slots=True)
class Echantillon:
    """The values on which a statistic rests, in increasing order, and what it comes to (None over nobody).

    `sans`: the FINESS of the establishments left out as missing.
    """

    valeurs: tuple[Fraction, ...]
    sans: tuple[str, ...]
    resultat: Fraction | None


@dataclass(frozen=True, slots=True)
class Partage:
    """A closed sum shared: `parts` by FINESS add up to `total`; None while something needed is missing.

    `quotes` are the shares before they are brought to the step, `cles` the keys of those who have a part.
    """

    total: Fraction | None
    parts: Mapping[str, Fraction] | None
    quotes: Mapping[str, Fraction] = field(default_factory=dict)
    manquants: tuple[str, ...] = ()
    cles: Mapping[str, Fraction] = field(default_factory=dict)


class Population:
    """The cohort of one exercise, each establishment with its interpreter.

    `ecartes`: how many rows were set aside. Their keys are unknown, so that a closed sum cannot be shared yet.
    `interprete`: `Calculateur` where no words are wanted.
    """

    def __init__(
        self,
        politique: Politique,
        etablissements: Iterable[Etablissement],
        *,
        ecartes: int = 0,
        interprete: type[Interpreteur] = Interpreteur,
    ) -> None:
        self.politique = politique
        self.ecartes = ecartes
        souvenirs = Souvenirs(politique)
        self.interpretes = [interprete(politique, e, population=self, souvenirs=souvenirs) for e in etablissements]
        self._echantillons: dict[tuple[Agregat, Valeur | None], Echantillon] = {}
        self._partages: dict[str, Partage] = {}

    def results(self) -> list[Resultat]:
        """The result of every establishment, in order."""
        return [result_of(i) for i in self.interpretes]

    def result(self, finess: str) -> Resultat | None:
        """The result of one establishment; None when it is not among them."""
        return next((result_of(i) for i in self.interpretes if i.etablissement.finess == finess), None)

    # ------------------------------------------------------------ statistics

    def statistique(self, noeud: Agregat, mine: Interpreteur) -> Vu:
        """A statistic as one establishment reads it: over all, or over those of its group.

        Missing: the group of the asker, or for a rang its own term. Without object: a statistic over nobody.
        """
        groupe = Vu(None) if noeud.par is None else mine.eval(noeud.par)
        if noeud.par is not None and groupe.valeur is None:
            return groupe
        sample = self.echantillon(noeud, groupe.valeur)
        if noeud.fonction == "rang":
            return _rang(noeud, mine, sample)
        return Vu(sample.resultat)

    def echantillon(self, noeud: Agregat, groupe: Valeur | None) -> Echantillon:
        """What a statistic rests on, once for each group."""
        key = (noeud, groupe)
        if key not in self._echantillons:
            values: list[Fraction] = []
            without: list[str] = []
            for other in self.interpretes:
                value = counted(noeud, groupe, other)
                if value is None:
                    without.append(other.etablissement.finess)
                elif value is not False:
                    values.append(value if isinstance(value, Fraction) else Fraction(1))
            values.sort()
            self._echantillons[key] = Echantillon(tuple(values), tuple(without), measure(noeud, values))
        return self._echantillons[key]

    def notes(self) -> list[Diagnostic]:
        """What must be said of the statistics taken: who was left out, and those over too few establishments."""
        least = self.politique.notation.effectif_minimum
        found: list[Diagnostic] = []
        for noeud in dict.fromkeys(n for n, _ in self._echantillons):
            words = " ".join(noeud.span.texte.split())
            samples = [s for (n, _), s in self._echantillons.items() if n == noeud]
            without = len({finess for s in samples for finess in s.sans})
            if without:
                found.append(
                    Diagnostic(
                        "CAQ408",
                        f"« {words} » laisse de côté {_establishments(without)}, faute d'une valeur transmise.",
                        noeud.span,
                        Severite.NOTE,
                        aide="Une valeur manquante ne vaut jamais zéro : la statistique changera quand elle arrivera.",
                    )
                )
            counted = noeud.fonction == "effectif"  # a headcount rests on nothing but itself
            small = [s for s in samples if least is not None and not counted and len(s.valeurs) < least]
            if small:
                fewest = min(len(s.valeurs) for s in small)
                groups = f" dans {len(small)} groupes" if noeud.par is not None and len(small) > 1 else ""
                found.append(
                    Diagnostic(
                        "CAQ409",
                        f"« {words} » repose sur {_establishments(fewest)}{groups}, moins que l'effectif minimum "
                        f"de {least}.",
                        noeud.span,
                        Severite.AVERTISSEMENT,
                        aide="Le résultat est donné ; au comité de dire s'il le retient sur si peu d'établissements.",
                    )
                )
        return found

    # ------------------------------------------------------------ envelopes

    def partage(self, decision: Decision) -> Partage:
        """How an envelope is shared."""
        if decision.nom not in self._partages:
            self._partages[decision.nom] = self._share(decision)
        return self._partages[decision.nom]

    def _share(self, decision: Decision) -> Partage:
        assert decision.au_prorata is not None
        if not self.interpretes:
            return Partage(None, {})
        asked = self.interpretes[0].eval(decision.montant)
        total = asked.valeur if isinstance(asked.valeur, Fraction) else None
        missing: dict[str, None] = dict.fromkeys(sorted(asked.manquants))
        keys: dict[str, Fraction] = {}
        for interprete in self.interpretes:
            finess, here = interprete.etablissement.finess, concerned(interprete, decision)
            if here.valeur is False:
                continue
            key = interprete.eval(decision.au_prorata)
            lacking = sorted(here.manquants | key.manquants)
            missing.update(dict.fromkeys(f"{m} ({finess})" for m in lacking))
            if not lacking and isinstance(key.valeur, Fraction):
                keys[finess] = key.valeur
        if self.ecartes:
            missing[f"{_establishments(self.ecartes)} à corriger"] = None
        if missing or total is None:
            return Partage(total, None, manquants=tuple(missing))
        return Partage(total, *largest_remainder(total, decision.arrondi, keys), cles=keys)


def counted(noeud: Agregat, groupe: Valeur | None, other: Interpreteur) -> Fraction | bool | None:
    """The term of another establishment; True when only counted, False when it is not concerned, None when missing."""
    conditions = [other.eval(noeud.parmi)] if noeud.parmi is not None else []
    if any(c.valeur is False for c in conditions):
        return False
    if noeud.par is not None:
        its = other.eval(noeud.par)
        if its.valeur is not None and its.valeur != groupe:
            return False
        conditions.append(Vu(True) if its.valeur is not None else its)
    if any(c.valeur is None for c in conditions):
        return None if any(c.manquants for c in conditions) else False
    if noeud.terme is None:
        return True
    term = other.eval(noeud.terme)
    if isinstance(term.valeur, Fraction):
        return term.valeur
    return None if term.manquants else False


def _rang(noeud: Agregat, mine: Interpreteur, sample: Echantillon) -> Vu:
    """My rank: 1 is the largest, ties share the best; without object where I am not among those ranked."""
    assert noeud.terme is not None
    if noeud.parmi is not None:
        among = mine.eval(noeud.parmi)
        if among.valeur is not True:
            return Vu(None, among.manquants)
    own = mine.eval(noeud.terme)
    if not isinstance(own.valeur, Fraction):
        return Vu(None, own.manquants)
    return Vu(Fraction(1 + len(sample.valeurs) - bisect_right(sample.valeurs, own.valeur)))


def measure(noeud: Agregat, valeurs: Sequence[Fraction]) -> Fraction | None:
    """A statistic of values in increasing order; None for one that has no meaning over nobody."""
    match noeud.fonction:
        case "effectif":
            return Fraction(len(valeurs))
        case "somme":
            return sum(valeurs, Fraction(0))
        case "rang":
            return None  # each has its own
    if not valeurs:
        return None
    if noeud.fonction == "moyenne":
        return sum(valeurs, Fraction(0)) / len(valeurs)
    return quantile(valeurs, Fraction(1, 2) if noeud.part is None else noeud.part)


def quantile(valeurs: Sequence[Fraction], part: Fraction) -> Fraction:
    """Linear interpolation between the two nearest of values in increasing order (CENTILE.INCLURE)."""
    place = part * (len(valeurs) - 1)
    below = place.numerator // place.denominator
    above = min(below + 1, len(valeurs) - 1)
    return valeurs[below] + (place - below) * (valeurs[above] - valeurs[below])


def largest_remainder(
    total: Fraction, step: Fraction, keys: Mapping[str, Fraction]
) -> tuple[Mapping[str, Fraction], Mapping[str, Fraction]]:
    """Shares at the step that add up to the total (its largest multiple of the step), and the exact ones.

    The steps left over once each share is cut go to the largest remainders; of equal ones, to the lowest FINESS.
    Keys all zero: nothing is distributed.
    """
    scale = lcm(*(key.denominator for key in keys.values()))
    units = {finess: key.numerator * (scale // key.denominator) for finess, key in keys.items()}
    whole, steps = sum(units.values()), total // step
    if not whole:
        return dict.fromkeys(keys, Fraction(0)), dict.fromkeys(keys, Fraction(0))
    cut = {finess: steps * n // whole for finess, n in units.items()}
    left = steps - sum(cut.values())
    for finess in sorted(units, key=lambda f: (-(steps * units[f] % whole), f))[:left]:
        cut[finess] += 1
    return {f: n * step for f, n in cut.items()}, {f: Fraction(steps * n, whole) * step for f, n in units.items()}


def _establishments(count: int) -> str:
    return "aucun établissement" if not count else f"{count} établissement{'s' if count > 1 else ''}"


def evaluate_cohort(
    politique: Politique, etablissements: Iterable[Etablissement], *, ecartes: int = 0
) -> tuple[list[Resultat], list[Diagnostic]]:
    """The results of a cohort, in order, and what must be said of its statistics. `ecartes`: rows set aside."""
    population = Population(politique, etablissements, ecartes=ecartes)
    return population.results(), population.notes()
