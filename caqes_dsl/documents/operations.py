"""Rules with the values of one establishment: the operations of an explanation, each with what it gives."""

from __future__ import annotations

import re
from fractions import Fraction
from functools import singledispatchmethod

from caqes_dsl.base.quantities import UNITE_DE, UNITES, Genre, Valeur, plain_number, round_to, write_value
from caqes_dsl.documents.phrases import describe
from caqes_dsl.documents.words import value_in_words
from caqes_dsl.evaluation.explain import Interpreteur
from caqes_dsl.model.intervals import compare
from caqes_dsl.model.nodes import (
    ADefaut,
    Agregat,
    Arithmetique,
    Arrondi,
    Choix,
    Comparaison,
    Constante,
    Fait,
    Logique,
    Manque,
    MinMax,
    Noeud,
    Politique,
    Reference,
)

NON_TRANSMIS = "non transmis"
_FORCE = {"+": 1, "-": 1, "×": 2, "/": 2}
_SIGNES = {"+": "+", "-": "−", "×": "×", "/": "÷"}


def shown(valeur: Valeur | None, genre: Genre, politique: Politique) -> str:
    """A value for people: exact when short, else « ≈ » with as few decimals as do not hide that it is not round."""
    if valeur is None:
        return NON_TRANSMIS
    if isinstance(valeur, Fraction) and genre in (Genre.TAUX, Genre.ECART, Genre.DECIMAL, Genre.POINTS):
        near = _rounded(valeur, genre)
        if near is not None:
            sign = "" if near == valeur else "≈\u00a0"
            return sign + value_in_words(near, genre, politique)
    return value_in_words(valeur, genre, politique)


def _rounded(valeur: Fraction, genre: Genre) -> Fraction | None:
    """The value at two decimals, or at more when two would make it look whole; None when more would not do."""
    unit = UNITES[UNITE_DE[genre]][1]
    for decimals in (2, 4, 6):
        scaled = valeur / unit
        near = round_to(scaled, Fraction(1, 10**decimals))
        if near == scaled or near.denominator != 1:
            return near * unit
    return None


def points_only(value: Fraction) -> str:
    """« 47,75 », without the noun."""
    return plain_number(value)


def euros(montant: Fraction) -> str:
    """« 6 839,15 € »."""
    return write_value(montant, Genre.MONTANT).replace("-", "−", 1)


class Operations:
    """Writes expressions with the values that an establishment gives them."""

    def __init__(self, interprete: Interpreteur) -> None:
        self.interprete, self.politique = interprete, interprete.politique

    def shown(self, valeur: Valeur | None, genre: Genre) -> str:
        """A value in words."""
        return shown(valeur, genre, self.politique)

    def full(self, noeud: Noeud) -> str:
        """« 45 ÷ 90 = 50 % »; the value alone when there is no operation."""
        value = self.interprete.eval(noeud).valeur
        if value is not None and isinstance(noeud, MinMax):
            return self._picked(noeud, value)
        text = self.write(noeud)
        if value is None:
            return text
        result = self.shown(value, noeud.genre)
        return result if result == text else f"{text} = {result}" if "≈" not in result else f"{text} {result}"

    def _picked(self, noeud: MinMax, value: Valeur) -> str:
        """The term that counted; the others before it when they are more than a fixed bound."""
        terms = [self.taken(t) for t in noeud.termes]
        others = [t for t in terms if not isinstance(t, Constante)]
        won = next(t for t in terms if self.interprete.eval(t).valeur == value)
        if len(others) == 1:
            said = self.full(others[0])
            return said if won is others[0] else f"{said}, ramené à {self.shown(value, noeud.genre)}"
        which = "la plus grande" if noeud.op == "max" else "la plus petite"
        return f"{' ; '.join(self.full(t) for t in terms)} ; {which} : {self.shown(value, noeud.genre)}"

    def value(self, noeud: Noeud) -> str:
        """What an expression is worth; its bounds, or that it was not transmitted, while it is not known."""
        vu = self.interprete.eval(noeud)
        if vu.valeur is not None:
            return self.shown(vu.valeur, noeud.genre)
        if not vu.manquants:
            return "sans objet"
        if isinstance(noeud, Fait):
            return f"({NON_TRANSMIS})"
        if isinstance(noeud, Reference) and noeud.recul:
            return f"({describe(noeud, self.politique)} : {NON_TRANSMIS})"
        domaine = self.interprete.possibles.expression(noeud)
        if domaine.valeurs is None and domaine.bas is not None and domaine.haut is not None:
            return f"({self.between(domaine.bas, domaine.haut, noeud.genre)})"
        return "(indéterminé)"

    def result(self, noeud: Noeud) -> str:
        """The same, to stand alone."""
        text = self.value(noeud)
        return text[1:-1] if text.startswith("(") and text.endswith(")") else text

    def between(self, low: Fraction, high: Fraction, genre: Genre) -> str:
        """« de 51 % à 54 % », « de −3 à 0 point »; one value when they are the same."""
        least, most = (self.shown(v, genre) for v in (low, high))
        if low == high:
            return most
        ends = [re.fullmatch("((?:≈\u00a0)?[^\u00a0]+)\u00a0(.+)", text) for text in (least, most)]
        if genre is not Genre.TAUX and ends[0] and ends[1] and ends[0][2].rstrip("s")[:5] == ends[1][2].rstrip("s")[:5]:
            least = ends[0][1]
        return f"de {least} à {most}"

    # ------------------------------------------------------------ expressions

    @singledispatchmethod
    def write(self, noeud: Noeud) -> str:
        """An expression with values for what it reads."""
        raise TypeError(f"opération de {type(noeud).__name__}")

    @write.register
    def _(self, noeud: Constante | Fait | Reference | Manque | Agregat) -> str:
        return self.value(noeud)

    @write.register
    def _(self, noeud: Arithmetique) -> str:
        force = _FORCE[noeud.op]
        left = self._operand(noeud.gauche, force)
        right = self._operand(noeud.droite, force + (noeud.op in "-/"))
        return f"{left} {_SIGNES[noeud.op]} {right}"

    def _operand(self, noeud: Noeud, force: int) -> str:
        noeud = self.taken(noeud)
        text = self.write(noeud)
        if isinstance(noeud, Arithmetique):
            return f"({text})" if _FORCE[noeud.op] < force else text
        return f"({text})" if isinstance(noeud, MinMax | Arrondi | Comparaison | Logique) else text

    @write.register
    def _(self, noeud: Comparaison) -> str:
        return self.compare(noeud)

    @write.register
    def _(self, noeud: Logique) -> str:
        return " ; ".join(self.write(t) for t in noeud.termes)

    @write.register
    def _(self, noeud: Choix) -> str:
        taken = self.taken(noeud)
        if taken is not noeud:
            return self.write(taken)
        return f"{self.write(noeud.alors)}, ou bien {self.write(noeud.sinon)}"

    @write.register
    def _(self, noeud: Arrondi) -> str:
        return f"{self._operand(noeud.terme, 9)} arrondi à {self.shown(noeud.pas, noeud.genre)} près"

    @write.register
    def _(self, noeud: MinMax) -> str:
        which = "la plus grande" if noeud.op == "max" else "la plus petite"
        return f"{which} de ces valeurs : {' ; '.join(self.full(t) for t in noeud.termes)}"

    @write.register
    def _(self, noeud: ADefaut) -> str:
        taken = self.taken(noeud)
        return self.write(taken) if taken is not noeud else self.value(noeud)

    def taken(self, noeud: Noeud) -> Noeud:
        """The branch of a choice, the term of an « à défaut », that counted."""
        while True:
            if isinstance(noeud, Choix):
                truth = self.interprete.eval(noeud.condition).valeur
                if not isinstance(truth, bool):
                    return noeud
                noeud = noeud.alors if truth else noeud.sinon
            elif isinstance(noeud, ADefaut):
                known = self.interprete.eval(noeud.terme).valeur is not None
                if not known and self.interprete.eval(noeud.defaut).valeur is None:
                    return noeud
                noeud = noeud.terme if known else noeud.defaut
            else:
                return noeud

    # ------------------------------------------------------------ comparisons

    def compare(self, noeud: Comparaison) -> str:
        """The two values and the relation they have in fact: « 46 % < 53 % », whatever the rule asks."""
        gauche, droite = (self.interprete.eval(n).valeur for n in (noeud.gauche, noeud.droite))
        left, right = self.taken(noeud.gauche), self.taken(noeud.droite)
        if gauche is None or droite is None:
            return f"{self.value(left)} {self._bounded(left, right)} {self.value(right)}"
        if isinstance(gauche, Fraction) and isinstance(droite, Fraction):
            sign = "<" if gauche < droite else ">" if gauche > droite else "="
        else:
            sign = "=" if gauche == droite else "≠"
        said = [self.full(n) for n in (left, right) if isinstance(n, Arithmetique | MinMax | Arrondi)]
        values = [self.value(n) for n in (left, right)]
        if len(said) == 1 and said[0].endswith(values[0]) and isinstance(left, Arithmetique):
            return f"{said[0]} {sign} {values[1]}"
        return " ; ".join([*said, f"{values[0]} {sign} {values[1]}"])

    def _bounded(self, left: Noeud, right: Noeud) -> str:
        """The relation that holds whatever is missing, if one does."""
        low, high = (self.interprete.possibles.expression(n) for n in (left, right))
        return next((f"toujours {op}" for op in "<>≤≥" if compare(op, low, high) == (True,)), "à comparer à")
