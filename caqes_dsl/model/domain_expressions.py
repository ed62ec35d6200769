"""The domain of each kind of expression of the core, whatever names it reads."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import replace
from datetime import date
from fractions import Fraction
from functools import cached_property

from caqes_dsl.base.quantities import Genre

from .algebra import subtract
from .intervals import (
    UN,
    ZERO,
    Domaine,
    arrondi,
    compare,
    constante,
    enumere,
    extremum,
    intersection,
    manquant,
    numerique,
    oppose,
    produit,
    quotient,
    somme,
    union,
)
from .nodes import (
    ADefaut,
    Agregat,
    Arithmetique,
    Arrondi,
    Choix,
    Cle,
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

OUI_NON = enumere((True, False))
FLIPPED = {"≤": "≥", "<": ">", "≥": "≤", ">": "<", "=": "=", "≠": "≠"}
_NOT = {"≤": ">", "<": "≥", "≥": "<", ">": "≤", "=": "≠", "≠": "="}
Contexte = dict[Noeud, Domaine]


def cut(op: str, other: Domaine) -> Domaine:
    """The numbers x for which `x op y` can hold with y in `other`."""
    bas, haut = Domaine(), Domaine()
    if op in ("≥", ">", "="):
        bas = Domaine(other.bas, other.bas_inclus and op != ">")
    if op in ("≤", "<", "="):
        haut = Domaine(haut=other.haut, haut_inclus=other.haut_inclus and op != "<")
    return Domaine(bas.bas, bas.bas_inclus, haut.haut, haut.haut_inclus)


class Expressions(ABC):
    """Walks an expression; what names are worth is for `Domaines`."""

    def __init__(self, politique: Politique) -> None:
        self.politique = politique
        self._known: dict[tuple[int, bool, int], tuple[Noeud, Contexte, Domaine]] = {}
        """Each node once in each context: a condition is otherwise walked again at every level above it."""

    @cached_property
    def bounds(self) -> dict[str, list[tuple[str, Comparaison]]]:
        """The declared bounds that speak of each donnée, with the donnée that declares them."""
        found: dict[str, list[tuple[str, Comparaison]]] = {}
        for donnee in self.politique.donnees.values():
            for borne in donnee.bornes:
                for nom in {s.nom: None for s in (borne.gauche, borne.droite) if isinstance(s, Fait)}:
                    found.setdefault(nom, []).append((donnee.nom, borne))
        return found

    @abstractmethod
    def fait(self, nom: str) -> Domaine:
        """The domain of a donnée."""

    @abstractmethod
    def cle(self, cle: Cle, genre: Genre = Genre.DECIMAL, passe: bool = False) -> Domaine:
        """The domain of a named quantity."""

    def _of_genre(self, genre: Genre, choix: tuple[str, ...]) -> Domaine:
        if genre is Genre.OUI_NON:
            return OUI_NON
        if genre is Genre.NIVEAU:
            return enumere(tuple(self.politique.niveaux))
        if genre is Genre.CHOIX:
            return enumere(choix) if choix else Domaine()
        return Domaine(pas=UN if genre in (Genre.ENTIER, Genre.DATE) else None)

    def _value(self, valeur: object) -> Domaine:
        if isinstance(valeur, Fraction):
            return constante(valeur)
        if isinstance(valeur, date):
            return constante(Fraction(valeur.toordinal()))
        return enumere((valeur,)) if isinstance(valeur, bool | str) else Domaine()

    def _node(self, noeud: Noeud | None, passe: bool, contexte: Contexte) -> Domaine:
        if noeud is None:
            return Domaine(peut_manquer=True)
        key = (id(noeud), passe, id(contexte) if contexte else 0)
        memo = self._known.get(key)
        if memo is not None:
            return memo[2]
        result = self._raw(noeud, passe, contexte)
        known = contexte.get(noeud) if contexte else None
        if known is not None:
            result = intersection(result, known)
        # The node and the context are kept with the domain, so that their identities cannot be reused.
        self._known[key] = (noeud, contexte, result)
        return result

    def _raw(self, noeud: Noeud, passe: bool, contexte: Contexte) -> Domaine:
        match noeud:
            case Constante():
                return self._value(noeud.valeur)
            case Fait():
                return manquant(self.fait(noeud.nom), passe or noeud.recul > 0)
            case Reference():
                return self.cle(noeud.cle, noeud.genre, passe or noeud.recul > 0)
            case Arithmetique():
                return self._arithmetic(noeud, passe, contexte)
            case Comparaison():
                a, b = self._node(noeud.gauche, passe, contexte), self._node(noeud.droite, passe, contexte)
                return enumere(compare(noeud.op, a, b), a.peut_manquer or b.peut_manquer)
            case Logique():
                return self._logic(noeud, [self._node(t, passe, contexte) for t in noeud.termes])
            case Choix():
                return self._choice(noeud, passe, contexte)
            case Arrondi():
                return arrondi(self._node(noeud.terme, passe, contexte), noeud.pas, noeud.mode)
            case MinMax():
                result = extremum(noeud.op, [self._node(t, passe, contexte) for t in noeud.termes])
                if len(noeud.termes) == 2 and (_opposite(*noeud.termes) or _opposite(*reversed(noeud.termes))):
                    result = intersection(result, cut("≥" if noeud.op == "max" else "≤", constante(ZERO)))
                return result
            case Manque():
                terme = self._node(noeud.terme, passe, contexte)
                return OUI_NON if terme.peut_manquer else enumere((False,))
            case ADefaut():
                terme = self._node(noeud.terme, passe, contexte)
                if not terme.peut_manquer:
                    return terme
                defaut = self._node(noeud.defaut, passe, contexte)
                return replace(union(terme, defaut), peut_manquer=defaut.peut_manquer)
            case Agregat():
                return self._aggregate(noeud, passe)
        return manquant(self._of_genre(noeud.genre, ()))

    def _arithmetic(self, noeud: Arithmetique, passe: bool, contexte: Contexte) -> Domaine:
        a, b = self._node(noeud.gauche, passe, contexte), self._node(noeud.droite, passe, contexte)
        missing = a.peut_manquer or b.peut_manquer
        if a.valeurs is not None or b.valeurs is not None:
            return manquant(self._of_genre(noeud.genre, ()), missing)
        if Genre.DATE in (noeud.gauche.genre, noeud.droite.genre) and Genre.MOIS in (
            noeud.gauche.genre,
            noeud.droite.genre,
        ):
            return Domaine(pas=UN, peut_manquer=missing)
        if noeud.op == "+":
            return somme(a, b)
        if noeud.op == "-":
            return somme(a, oppose(b))
        if noeud.op == "×":
            return produit(a, b)
        top, bottom = noeud.gauche, noeud.droite
        if isinstance(top, Arithmetique) and top.op == "-" and top.droite == bottom:  # (x - y) / y = x / y - 1
            ratio = quotient(self._node(top.gauche, passe, contexte), b)
            return manquant(somme(replace(ratio, pas=None), constante(-UN)), missing)
        result = quotient(a, b)
        strict = self._at_most(top, bottom)
        if strict is not None and not result.vide:
            result = intersection(result, numerique(None, False, UN, not strict))
        return result

    def _at_most(self, top: Noeud, bottom: Noeud) -> bool | None:
        """Whether a fact that is never negative is declared at most (True: less than) another; None when not."""
        if not (isinstance(top, Fait) and isinstance(bottom, Fait) and top.recul == bottom.recul):
            return None
        domaine = self.fait(top.nom)
        donnees = self.politique.donnees
        if bottom.nom not in donnees or domaine.bas is None or domaine.bas < 0:
            return None
        reached: dict[str, bool] = {top.nom: False}
        pending = [top.nom]
        while pending:
            nom = pending.pop()
            if nom == bottom.nom:
                return reached[nom] if top.nom != bottom.nom else False
            for greater, strict in self._greater(nom):
                if greater not in reached:
                    reached[greater] = strict or reached[nom]
                    pending.append(greater)
        return None

    def _greater(self, nom: str) -> list[tuple[str, bool]]:
        """The facts declared at least as great as this one; a default is not known to keep the bound."""
        out = []
        for _, b in self.bounds.get(nom, ()):
            x, op, y = b.gauche, b.op, b.droite
            if not (isinstance(x, Fait) and isinstance(y, Fait)) or x.recul != y.recul:
                continue
            if y.nom == nom:
                x, op, y = y, FLIPPED[op], x
            other = self.politique.donnees.get(y.nom)
            if x.nom == nom and op in ("≤", "<", "=") and other is not None and other.defaut is None:
                default = self.politique.donnees[nom].defaut
                if default is None or default == 0:
                    out.append((y.nom, op == "<"))
        return out

    def _logic(self, noeud: Logique, termes: list[Domaine]) -> Domaine:
        missing = any(t.peut_manquer for t in termes)
        values = [t.valeurs if t.valeurs is not None else (True, False) for t in termes]
        if noeud.op == "non":
            return enumere(tuple(v is False for v in values[0]), missing)
        decisive = noeud.op == "ou"  # one « oui » decides an « ou », one « non » an « et »
        possible = []
        if any(decisive in v for v in values):
            possible.append(decisive)
        if all((not decisive) in v for v in values):
            possible.append(not decisive)
        if any(not v for v in values) and not missing:
            possible = []
        return enumere(tuple(possible), missing)

    def _choice(self, noeud: Choix, passe: bool, contexte: Contexte) -> Domaine:
        condition = self._node(noeud.condition, passe, contexte)
        values = condition.valeurs if condition.valeurs is not None else (True, False)
        parts = []
        for branch, outcome in ((noeud.alors, True), (noeud.sinon, False)):
            if outcome in values:
                inner = self._assume(noeud.condition, outcome, passe, contexte)
                parts.append(self._node(branch, passe, inner))
        if not parts:
            parts = [manquant(self._of_genre(noeud.genre, ()))]
        return manquant(union(*parts), condition.peut_manquer)

    def _assume(self, condition: Noeud, outcome: bool, passe: bool, contexte: Contexte) -> Contexte:
        """What is known of terms when a condition is true, or false."""
        if isinstance(condition, Logique):
            if condition.op == "non":
                return self._assume(condition.termes[0], not outcome, passe, contexte)
            if outcome == (condition.op == "et"):
                for terme in condition.termes:
                    contexte = self._assume(terme, outcome, passe, contexte)
            return contexte
        if not isinstance(condition, Comparaison) or not condition.gauche.genre.is_number:
            return contexte
        op = condition.op if outcome else _NOT[condition.op]
        result = dict(contexte)
        for term, sense, other in (
            (condition.gauche, op, condition.droite),
            (condition.droite, FLIPPED[op], condition.gauche),
        ):
            bound = self._node(other, passe, contexte)
            if isinstance(term, Constante) or bound.vide or bound.valeurs is not None:
                continue
            half = cut(sense, bound)
            result[term] = intersection(result[term], half) if term in result else half
        for one, sense, other in (
            (condition.gauche, op, condition.droite),
            (condition.droite, FLIPPED[op], condition.gauche),
        ):
            genre = subtract(one.genre, other.genre)
            if genre is not None:  # the difference of what is compared has a sign
                result[Arithmetique(genre, condition.span, "-", one, other)] = cut(sense, constante(ZERO))
        return result

    def _aggregate(self, noeud: Agregat, passe: bool) -> Domaine:
        if noeud.fonction in ("médiane", "moyenne", "quantile") and noeud.terme is not None:
            hull = self._node(noeud.terme, passe, {})
            if hull.valeurs is None:
                return replace(hull, pas=None, peut_manquer=True)
        if noeud.fonction in ("rang", "effectif"):
            return numerique(ZERO if noeud.fonction == "effectif" else UN, True, None, False, UN, True)
        if noeud.fonction == "somme" and noeud.terme is not None:
            hull = self._node(noeud.terme, passe, {})
            low = ZERO if hull.bas is not None and hull.bas >= 0 else None
            high = ZERO if hull.haut is not None and hull.haut <= 0 else None
            return numerique(low, True, high, True, hull.pas, True)
        return manquant(self._of_genre(noeud.genre, ()))


def _opposite(x: Noeud, y: Noeud) -> bool:
    """Whether y is written as minus x."""
    if not isinstance(y, Arithmetique):
        return False
    zero_minus = y.op == "-" and isinstance(y.gauche, Constante) and y.gauche.valeur == 0 and y.droite == x
    minus_one = y.op == "×" and any(
        isinstance(a, Constante) and a.valeur == -1 and b == x for a, b in ((y.gauche, y.droite), (y.droite, y.gauche))
    )
    swapped = (
        y.op == "-" and isinstance(x, Arithmetique) and x.op == "-" and (x.gauche, x.droite) == (y.droite, y.gauche)
    )
    return zero_minus or minus_one or swapped
