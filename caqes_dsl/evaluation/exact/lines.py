"""A policy as lines of whole numbers: each line is one operation on earlier lines.

No reader of these lines computes with fractions: a line holds a whole number and what divides it, and its width is
proved here from the widths of what is entered. What could pass the limit of a reader is refused (`TropLarge`), never
computed approximately. A spreadsheet's is `LIMITE`: it computes in binary floating point, exact on integers only up to
a size, and compares numbers that differ by less than the fifteenth digit as equal. Columns and SQL have `LARGE_LIMITE`.

A value is `nombre / (echelle × diviseur)`: `echelle` is known when the line is made, `diviseur` is a cell of its own,
only where a policy divides by a fact. Its state says whether there is one:
known; without object; missing; undecided here (the interpreter may know more: nothing is concluded from it).
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import gcd, lcm

CONNU, SANS_OBJET, MANQUANT, INDECIS = range(4)
"""The states, so ordered that an operation on several values has the greatest of theirs."""

LIMITE = 10**14
"""The largest whole number of a line: below where a spreadsheet takes two whole numbers, or quotients, for equal."""

LARGE_LIMITE = 10**37
"""The same where whole numbers have 128 bits, or decimals 38 digits."""

LARGEUR_64 = 2**62
"""Below, sums and comparisons fit in 64 bits."""

ENSEMBLE = 60
"""Most lines that one line reads: a function of a spreadsheet takes 255 values, a formula 8 192 characters."""


class NonPris(Exception):
    """An expression that no line says, with the reason in French."""


class TropLarge(NonPris):
    """A quantity whose whole numbers would be too large to stay exact."""

    def __init__(self) -> None:
        super().__init__("ses nombres entiers pourraient dépasser ce qui se calcule exactement")


@dataclass(frozen=True, slots=True)
class Ligne:
    """One operation. `args` are indexes of earlier lines, `param` what it is given beside them.

    `echelle` divides its number, with `diviseur` when it `divise`; `borne` and `borne_diviseur` are the most they can
    be. `racine` is the line whose divider it shares.
    """

    op: str
    args: tuple[int, ...] = ()
    param: tuple[object, ...] = ()
    echelle: int = 1
    divise: bool = False
    borne: int = 1
    borne_diviseur: int = 1
    racine: int = -1


@dataclass(slots=True)
class Programme:
    """Lines in order; `noms` says what some of them are."""

    lignes: list[Ligne] = field(default_factory=list)
    noms: dict[int, str] = field(default_factory=dict)


class Atelier:
    """Makes lines, each once, their widths proved under a limit."""

    def __init__(self, limite: int = LIMITE) -> None:
        self.limite = limite
        self.programme = Programme()
        self._known: dict[Ligne, int] = {}

    def __getitem__(self, index: int) -> Ligne:
        return self.programme.lignes[index]

    def line(self, ligne: Ligne) -> int:
        """The index of a line, made once. Errors: TropLarge."""
        if ligne.borne > self.limite or ligne.borne_diviseur > self.limite or ligne.echelle > self.limite:
            raise TropLarge
        if ligne in self._known:
            return self._known[ligne]
        self.programme.lignes.append(ligne)
        self._known[ligne] = len(self.programme.lignes) - 1
        return self._known[ligne]

    # ------------------------------------------------------------ what begins

    def constant(self, valeur: Fraction) -> int:
        """A number."""
        return self.line(
            Ligne("constante", (), (CONNU, valeur.numerator), valeur.denominator, borne=abs(valeur.numerator))
        )

    def nothing(self, etat: int) -> int:
        """No value, for this reason."""
        return self.line(Ligne("constante", (), (etat, 0)))

    def truth(self, valeur: bool) -> int:
        """Yes or no."""
        return self.constant(Fraction(int(valeur)))

    def entry(self, sorte: str, nom: str, *, echelle: int = 1, borne: int = 1) -> int:
        """What someone writes in a cell."""
        return self.line(Ligne("entree", (), (sorte, nom), echelle, borne=borne))

    def entry_ratio(self, sorte: str, nom: str, borne: int, borne_diviseur: int) -> int:
        """What is given as a number and what divides it."""
        return self._divided(Ligne("entree", (), (sorte, nom), 1, True, borne, borne_diviseur))

    def known_constant(self, index: int) -> Fraction | None:
        """The number of a line that is one."""
        ligne = self[index]
        if ligne.op != "constante" or ligne.param[0] != CONNU:
            return None
        assert isinstance(ligne.param[1], int)
        return Fraction(ligne.param[1], ligne.echelle)

    def known_truth(self, index: int) -> bool | None:
        """Whether a line is always yes, or always no."""
        constant = self.known_constant(index)
        return None if constant is None else bool(constant)

    # ------------------------------------------------------------ arithmetic

    def add(self, gauche: int, droite: int, sign: int = 1) -> int:
        """The sum, or the difference (`sign` -1)."""
        a, b = self[gauche], self[droite]
        left, right = self.known_constant(gauche), self.known_constant(droite)
        if left is not None and right is not None:
            return self.constant(left + sign * right)
        scale = lcm(a.echelle, b.echelle)
        ka, kb = scale // a.echelle, sign * (scale // b.echelle)
        shared = a.divise and b.divise and a.racine == b.racine
        if shared or not (a.divise or b.divise):
            borne = a.borne * ka + b.borne * abs(kb)
            kept = (a.divise, a.borne_diviseur, a.racine) if shared else (False, 1, -1)
            return self.line(Ligne("somme", (gauche, droite), (ka, kb), scale, kept[0], borne, kept[1], kept[2]))
        borne = a.borne * ka * b.borne_diviseur + b.borne * abs(kb) * a.borne_diviseur
        return self._divided(
            Ligne("somme croisée", (gauche, droite), (ka, kb), scale, True, borne, a.borne_diviseur * b.borne_diviseur)
        )

    def total(self, termes: Sequence[int]) -> int:
        """The sum of several."""
        if not termes:
            return self.constant(Fraction(0))
        if len(termes) > ENSEMBLE:
            return self.total([self.total(group) for group in _groups(termes)])
        if any(self[t].divise for t in termes) or len(termes) == 1:
            found = termes[0]
            for terme in termes[1:]:
                found = self.add(found, terme)
            return found
        scale = lcm(*(self[t].echelle for t in termes))
        factors = tuple(scale // self[t].echelle for t in termes)
        borne = sum(self[t].borne * k for t, k in zip(termes, factors, strict=True))
        return self.line(Ligne("total", tuple(termes), factors, scale, borne=borne))

    def multiply(self, gauche: int, droite: int) -> int:
        """The product."""
        left, right = self.known_constant(gauche), self.known_constant(droite)
        if left is not None and right is not None:
            return self.constant(left * right)
        if left is not None:
            return self._scaled(droite, left)
        if right is not None:
            return self._scaled(gauche, right)
        a, b = self[gauche], self[droite]
        made = Ligne(
            "produit", (gauche, droite), (), a.echelle * b.echelle, a.divise or b.divise, a.borne * b.borne,
            a.borne_diviseur * b.borne_diviseur,
        )  # fmt: skip
        return self._divided(made) if made.divise else self.line(made)

    def _scaled(self, terme: int, facteur: Fraction) -> int:
        """A line times a number."""
        if facteur == 1:
            return terme
        a = self[terme]
        common = gcd(facteur.numerator, a.echelle)
        times, scale = facteur.numerator // common, a.echelle // common * facteur.denominator
        return self.line(
            Ligne("somme", (terme,), (times,), scale, a.divise, a.borne * abs(times), a.borne_diviseur, a.racine)
        )

    def divide(self, gauche: int, droite: int) -> int:
        """The quotient; without object where the divider is zero."""
        divider = self.known_constant(droite)
        if divider is not None:
            return self.multiply(gauche, self.constant(1 / divider)) if divider else self.nothing(SANS_OBJET)
        a, b = self[gauche], self[droite]
        common = gcd(a.echelle, b.echelle)
        times = b.echelle // common
        return self._divided(
            Ligne(
                "quotient",
                (gauche, droite),
                (times,),
                a.echelle // common,
                True,
                a.borne * times * b.borne_diviseur,
                a.borne_diviseur * b.borne,
            )
        )

    def _divided(self, ligne: Ligne) -> int:
        """A line with a divider of its own."""
        known = self._known.get(ligne)
        if known is not None:
            return known
        index = self.line(ligne)
        own = Ligne(
            ligne.op, ligne.args, ligne.param, ligne.echelle, True, ligne.borne, ligne.borne_diviseur, racine=index
        )
        self.programme.lignes[index] = own
        self._known[own] = index
        return index

    def round(self, terme: int, pas: Fraction, mode: str) -> int:
        """To a multiple of a step; `mode` is that of `Arrondi`."""
        constant = self.known_constant(terme)
        a = self[terme]
        times, over = pas.denominator, a.echelle * pas.numerator
        common = gcd(times, over)
        times, over = times // common, over // common
        if constant is None and over == 1 and not a.divise and times == 1:
            return terme
        if 2 * a.borne * times + over * a.borne_diviseur > self.limite or 2 * over * a.borne_diviseur > self.limite:
            raise TropLarge
        steps = a.borne * times // over + 1
        return self.line(
            Ligne("arrondi", (terme,), (times, over, pas.numerator, mode), pas.denominator, borne=steps * pas.numerator)
        )

    # ------------------------------------------------------------ comparisons and choices

    def compare(self, op: str, gauche: int, droite: int, *, manque: int = INDECIS) -> int:
        """A comparison. `manque` is the state it has when a term is missing: the interpreter may still decide it."""
        left, right = self.known_constant(gauche), self.known_constant(droite)
        if left is not None and right is not None:
            return self.truth(_holds(op, left, right))
        a, b = self[gauche], self[droite]
        scale = lcm(a.echelle, b.echelle)
        ka, kb = scale // a.echelle, scale // b.echelle
        crossed = not (a.divise and b.divise and a.racine == b.racine)
        wide = (
            a.borne * ka * (b.borne_diviseur if crossed else 1),
            b.borne * kb * (a.borne_diviseur if crossed else 1),
        )
        if max(wide) > self.limite:
            raise TropLarge
        return self.line(Ligne("comparaison", (gauche, droite), (op, ka, kb, crossed, manque)))

    def all_of(self, termes: Sequence[int]) -> int:
        """Kleene's « et »."""
        return self._logic("et", termes, settles=False)

    def any_of(self, termes: Sequence[int]) -> int:
        """Kleene's « ou »."""
        return self._logic("ou", termes, settles=True)

    def _logic(self, op: str, termes: Sequence[int], *, settles: bool) -> int:
        if any(self.known_truth(t) is settles for t in termes):
            return self.truth(settles)
        left = tuple(dict.fromkeys(t for t in termes if self.known_truth(t) is None))
        if not left:
            return self.truth(not settles)
        if len(left) > ENSEMBLE:
            return self._logic(op, [self._logic(op, g, settles=settles) for g in _groups(left)], settles=settles)
        return left[0] if len(left) == 1 else self.line(Ligne(op, left))

    def negate(self, terme: int) -> int:
        """« non »."""
        known = self.known_truth(terme)
        return self.line(Ligne("non", (terme,))) if known is None else self.truth(not known)

    def state_is(self, terme: int, *etats: int) -> int:
        """Whether a line is in one of these states; always known."""
        ligne = self[terme]
        if ligne.op == "constante":
            return self.truth(ligne.param[0] in etats)
        return self.line(Ligne("état", (terme,), etats))

    def choose(self, condition: int, alors: int, sinon: int) -> int:
        """`si condition alors … sinon …`; where the condition is open, what both branches agree on."""
        known = self.known_truth(condition)
        if known is not None:
            return alors if known else sinon
        if alors == sinon:
            return alors
        a, b = self[alors], self[sinon]
        scale = lcm(a.echelle, b.echelle)
        ka, kb = scale // a.echelle, scale // b.echelle
        divise = a.divise or b.divise
        open_ = not self._always_known(condition)
        if open_ and max(a.borne * ka * b.borne_diviseur, b.borne * kb * a.borne_diviseur) > self.limite:
            raise TropLarge  # the branches are compared
        made = Ligne(
            "choix", (condition, alors, sinon), (ka, kb, open_), scale, divise, max(a.borne * ka, b.borne * kb),
            max(a.borne_diviseur, b.borne_diviseur),
        )  # fmt: skip
        return self._divided(made) if divise else self.line(made)

    def _always_known(self, index: int) -> bool:
        """Whether a condition is known whatever is missing."""
        ligne = self[index]
        if ligne.op in ("et", "ou", "non"):
            return all(self._always_known(a) for a in ligne.args)
        return (
            ligne.op == "état" or self.known_truth(index) is not None or ligne.param[:1] in (("secteur",), ("motif",))
        )

    def pick(self, terme: int, valeurs: Mapping[int, Fraction], autrement: Fraction) -> int:
        """The number that a code stands for."""
        code = self.known_constant(terme)
        if code is not None:
            return self.constant(valeurs.get(int(code), autrement))
        scale = lcm(*(v.denominator for v in (*valeurs.values(), autrement)))
        listed = tuple((k, int(v * scale)) for k, v in sorted(valeurs.items()) if v != autrement)
        other = int(autrement * scale)
        borne = max(abs(n) for n in (*(n for _, n in listed), other))
        return self.line(Ligne("selon", (terme,), (listed, other), scale, borne=borne))

    def extremum(self, op: str, termes: Sequence[int]) -> int:
        """The least or the greatest, when all are known."""
        found = termes[0]
        for terme in termes[1:]:
            smaller = self.compare("≤" if op == "min" else "≥", found, terme, manque=MANQUANT)
            one = self.choose(smaller, found, terme)
            # Two equal branches must not hide that a term is missing.
            ready = self.all_of([self.state_is(found, CONNU), self.state_is(terme, CONNU)])
            found = self.choose(ready, one, self.worst([found, terme]))
        return found

    def worst(self, termes: Sequence[int]) -> int:
        """No value, in the greatest state of several lines."""
        each = tuple(dict.fromkeys(termes))
        if len(each) > ENSEMBLE:
            return self.worst([self.worst(group) for group in _groups(each)])
        return self.line(Ligne("pire", each))


def _groups(termes: Sequence[int]) -> list[Sequence[int]]:
    return [termes[k : k + ENSEMBLE] for k in range(0, len(termes), ENSEMBLE)]


def _holds(op: str, gauche: Fraction, droite: Fraction) -> bool:
    return {
        "=": gauche == droite,
        "≠": gauche != droite,
        "<": gauche < droite,
        "≤": gauche <= droite,
        ">": gauche > droite,
        "≥": gauche >= droite,
    }[op]


def reachable(programme: Programme, wanted: Iterable[int], known: Container[int] = ()) -> list[int]:
    """The lines that these need, themselves included, in order; not those already known, nor what these need."""
    found: set[int] = set()
    waiting = list(wanted)
    while waiting:
        index = waiting.pop()
        if index not in found and index not in known:
            found.add(index)
            waiting += programme.lignes[index].args
    return sorted(found)
