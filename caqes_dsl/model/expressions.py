"""Expressions of the tree into core nodes: names resolved, types and units settled, divisions made safe.

Every method returns None once a mistake was reported below it, so that one mistake never causes another.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction

from caqes_dsl.base.diagnostics import Correction, Etiquette
from caqes_dsl.base.quantities import UNITE_DE, UNITES, Genre, plain_number
from caqes_dsl.base.source import Span
from caqes_dsl.syntax import tree

from . import algebra
from .functions import SCORES, lower_call
from .guards import not_zero_when
from .nodes import (
    ADefaut,
    Arithmetique,
    Choix,
    Cle,
    Comparaison,
    Constante,
    Fait,
    Logique,
    MinMax,
    Noeud,
    Reference,
)
from .scope import Contexte, Portee

TYPES = {g.value: g for g in Genre if g not in (Genre.JOURS, Genre.MOIS)} | {"durée": Genre.JOURS}
"""Type names of the language."""

_TYPE_NAMES = {g: g.value for g in Genre} | {Genre.JOURS: "durée", Genre.MOIS: "durée"}

_READABLE = (
    *("donnée", "paramètre", "niveau", "secteur", "calcul", "barème"),
    *("sanction", "intéressement", "pénalité", "enveloppe"),
)


@dataclass(frozen=True, slots=True)
class Signature:
    """The type a name has in expressions."""

    genre: Genre
    choix: tuple[str, ...] = ()


@dataclass(slots=True)
class Abaisseur:
    """Lowers expressions within one policy.

    `signatures`: donnée, calcul, barème -> type. `parametre` gives the constant of a paramètre at a date
    (None: the one in force). `mesure_genre` gives the type of a criterion's mesure. `non_nuls` are expressions that
    a guard keeps from zero.
    """

    portee: Portee
    signatures: dict[str, Signature]
    parametre: Callable[[str, date | None, Span], Constante | None]
    mesure_genre: Callable[[str], Genre | None]
    positifs: frozenset[str]
    contexte: Contexte = field(default_factory=Contexte)
    non_nuls: tuple[Noeud, ...] = ()

    def within(self, contexte: Contexte, *non_nuls: Noeud) -> Abaisseur:
        """The same under these headings, knowing that these are not zero."""
        return replace(self, contexte=contexte, non_nuls=self.non_nuls + non_nuls)

    # ------------------------------------------------------------ entry points

    def expression(self, expr: tree.Expression, choix: tuple[str, ...] = ()) -> Noeud | None:
        """Core node of an expression; `choix` are the values a bare name may be."""
        match expr:
            case tree.Quantite():
                genre, valeur = quantity(expr)
                if genre in (Genre.JOURS, Genre.MOIS) and valeur.denominator != 1:
                    self.portee.error(
                        "CAQ214",
                        "Une durée se compte en jours ou en mois entiers.",
                        expr.span,
                        "Écrivez un nombre entier, dans une unité plus petite.",
                    )
                return Constante(genre, expr.span, valeur)
            case tree.LitteralDate():
                return Constante(Genre.DATE, expr.span, expr.valeur)
            case tree.Booleen():
                return Constante(Genre.OUI_NON, expr.span, expr.valeur)
            case tree.Ref():
                return self._ref(expr, choix)
            case tree.Appel():
                return lower_call(self, expr)
            case tree.Binaire(op=("et" | "ou")):
                return self._logic(expr)
            case tree.Binaire():
                return self._arithmetic(expr)
            case tree.Unaire(op="non"):
                terme = self.condition(expr.terme)
                return terme and Logique(Genre.OUI_NON, expr.span, "non", (terme,))
            case tree.Unaire():
                return self._negate(expr)
            case tree.Comparaison():
                return self._compare(expr.op, expr.gauche, expr.droite, expr.span)
            case tree.Entre():
                bas = self._compare("≥", expr.terme, expr.bas, expr.span)
                haut = self._compare("≤", expr.terme, expr.haut, expr.span) if bas else None
                return Logique(Genre.OUI_NON, expr.span, "et", (bas, haut)) if bas and haut else None
            case tree.Si():
                return self._choice(expr, choix)
            case tree.ADefaut():
                return self._default(expr, choix)
            case tree.Periode():
                return self.period(expr)
        raise TypeError(type(expr).__name__)

    def condition(self, expr: tree.Expression) -> Noeud | None:
        """An expression that must be a yes/no."""
        return self.typed(expr, Genre.OUI_NON, "une condition")

    def typed(self, expr: tree.Expression, attendu: Genre, quoi: str, choix: tuple[str, ...] = ()) -> Noeud | None:
        """An expression that must have this type; `quoi` names the place in the message."""
        noeud = self.expression(expr, choix)
        return noeud if noeud is not None and self.fits(noeud, attendu, quoi, choix) else None

    def fits(self, noeud: Noeud, attendu: Genre, quoi: str, choix: tuple[str, ...] = (), code: str = "CAQ204") -> bool:
        """Whether a value has this type (and is one of these, for a choix); a mistake is reported under `code`."""
        if not algebra.fits(noeud.genre, attendu):
            self.mismatch(noeud, attendu, quoi, code)
            return False
        strangers = [v for v in self.choices(noeud) if v not in choix] if attendu is Genre.CHOIX and choix else []
        if strangers:
            self.portee.error(
                code,
                f"{quoi[0].upper()}{quoi[1:]} doit être l'un du choix ({', '.join(choix)}) ; ceci peut valoir "
                f"« {strangers[0]} ».",
                noeud.span,
                "Écrivez un choix des mêmes valeurs.",
            )
        return not strangers

    def choices(self, noeud: Noeud) -> tuple[str, ...]:
        """The values that an expression of type choix may have."""
        match noeud:
            case Constante(genre=Genre.CHOIX, valeur=str() as valeur):
                return (valeur,)
            case Fait(nom=nom) | Reference(cle=Cle(nom=nom)) if nom in self.signatures:
                return self.signatures[nom].choix
            case Choix():
                return tuple(dict.fromkeys((*self.choices(noeud.alors), *self.choices(noeud.sinon))))
            case ADefaut():
                return tuple(dict.fromkeys((*self.choices(noeud.terme), *self.choices(noeud.defaut))))
        return ()

    def mismatch(self, noeud: Noeud, attendu: Genre, quoi: str, code: str = "CAQ204") -> None:
        """Report a type that does not fit, with the unit to write when only the unit is off."""
        aide, correction = _unit_remedy(noeud, attendu)
        if correction is None and quoi.startswith("le calcul"):
            aide = f"Corrigez l'expression, ou le type : « : {_TYPE_NAMES[noeud.genre]} »."
        self.portee.error(
            "CAQ205" if correction else code,
            f"{quoi[0].upper()}{quoi[1:]} doit être {algebra.article(attendu)} ; ceci est "
            f"{algebra.article(noeud.genre)}.",
            noeud.span,
            aide,
            correction,
        )

    # ------------------------------------------------------------ names

    def _ref(self, expr: tree.Ref, choix: tuple[str, ...]) -> Noeud | None:
        nom = expr.nom
        if nom in SCORES:
            volet = self._volet(expr.span, nom)
            return None if volet is None else Reference(SCORES[nom], expr.span, Cle(nom, volet))
        if nom == "cible":
            volet = self._volet(expr.span, nom)
            return None if volet is None else Reference(Genre.TAUX, expr.span, Cle("cible", volet))
        kind = self.portee.kind(nom)
        if expr.au is not None and kind != "paramètre":
            self.portee.error(
                "CAQ210",
                f"« au {expr.au:%d/%m/%Y} » ne se dit que d'un paramètre.",
                expr.span,
                "Retirez la date, ou nommez un paramètre.",
            )
            return None
        if nom in choix and not kind:
            return Constante(Genre.CHOIX, expr.span, nom)
        match kind:
            case "donnée":
                signature = self.signatures.get(nom)
                return Fait(signature.genre, expr.span, nom) if signature else None
            case "paramètre":
                return self.parametre(nom, expr.au, expr.span)
            case "niveau":
                return Constante(Genre.NIVEAU, expr.span, nom)
            case "secteur":
                return Reference(Genre.OUI_NON, expr.span, Cle("secteur", nom))
            case "calcul" | "barème":
                signature = self.signatures.get(nom)
                return Reference(signature.genre, expr.span, Cle(kind, nom)) if signature else None
            case "sanction" | "intéressement" | "pénalité" | "enveloppe":
                return Reference(Genre.MONTANT, expr.span, Cle("décision", nom))
            case "indicateur":
                self.portee.error(
                    "CAQ204",
                    f"« {nom} » est un indicateur : dites ce qui en est lu.",
                    expr.span,
                    f"Écrivez mesure({nom}), cible({nom}) ou atteint({nom}).",
                )
                return None
            case "pièce":
                return Reference(Genre.OUI_NON, expr.span, Cle("pièce", nom))
            case "critère":
                self.portee.error(
                    "CAQ204",
                    f"« {nom} » est un critère : dites ce qui en est lu.",
                    expr.span,
                    f"Écrivez niveau({nom}) ou mesure({nom}).",
                )
                return None
            case "volet" | "chapitre" | "objectif":
                self.portee.error(
                    "CAQ204",
                    f"« {nom} » est un {kind} : dites ce qui en est lu.",
                    expr.span,
                    f"Écrivez score({nom}) ou points({nom}).",
                    Correction(expr.span, f"score({nom})", certaine=False),
                )
                return None
        if nom == "NC":
            return Constante(Genre.NIVEAU, expr.span, nom)
        connus = self.portee.names(*_READABLE)
        self.portee.unknown(nom, expr.span, "une donnée, un paramètre ou un calcul", [*choix, *connus, *SCORES])
        return None

    def _volet(self, span: Span, mot: str) -> str | None:
        """The volet that `score`, `cible`… speak of: none needed with one; the open one with several."""
        volets = self.portee.names("volet")
        if len(volets) <= 1 and mot == "cible":
            return volets[0] if volets else ""
        if not volets or (len(volets) == 1 and not self.portee.has_strays()):
            return ""
        if mot == "score" and not self.contexte.volet and self.portee.score_calcule:
            return ""
        if self.contexte.volet:
            return self.contexte.volet
        several = f"en a {len(volets)}" if len(volets) > 1 else "a des critères hors du sien"
        self.portee.error(
            "CAQ208",
            f"« {mot} » ne dit pas de quel volet, et la politique {several}.",
            span,
            f"Écrivez {mot}({volets[0]}).",
        )
        return None

    def period(self, expr: tree.Periode) -> Noeud | None:
        """`x N-1`, of what has a worth in an earlier exercise."""
        noeud = self.expression(expr.terme)
        match noeud:
            case None:
                return None
            case Fait(recul=0):
                return replace(noeud, recul=expr.recul, span=expr.span)
            case Reference(recul=0) if noeud.cle.sorte in ("score", "points", "calcul", "mesure"):
                return replace(noeud, recul=expr.recul, span=expr.span)
        self.portee.error(
            "CAQ210",
            f"« N-{expr.recul} » ne se dit que d'une donnée, du score, des points, d'un calcul ou d'une mesure.",
            expr.span,
            "Un paramètre d'un autre exercice se lit à sa date : « x au 31/12/2017 ».",
        )
        return None

    # ------------------------------------------------------------ operations

    def _logic(self, expr: tree.Binaire) -> Noeud | None:
        gauche = self.condition(expr.gauche)
        known = self
        if gauche is not None:
            known = self.within(self.contexte, *not_zero_when(gauche, expr.op == "et"))
        droite = known.condition(expr.droite)
        if gauche is None or droite is None:
            return None
        return Logique(Genre.OUI_NON, expr.span, expr.op, (gauche, droite))

    def _arithmetic(self, expr: tree.Binaire) -> Noeud | None:
        gauche, droite = self.expression(expr.gauche), self.expression(expr.droite)
        if gauche is None or droite is None:
            return None
        genre = algebra.OPERATIONS[expr.op](gauche.genre, droite.genre)
        if (
            expr.op == "-"
            and isinstance(gauche, Constante)
            and gauche.valeur == 1
            and (gauche.genre is droite.genre is Genre.TAUX and not gauche.nom)
        ):
            genre = Genre.TAUX
        if expr.op == "×" and genre is Genre.DECIMAL and Genre.TAUX in (gauche.genre, droite.genre):
            genre = _scaled(gauche, droite)
        if genre is None:
            self.portee.error(
                "CAQ204",
                f"« {expr.op} » ne s'applique pas à {algebra.article(gauche.genre)} et "
                f"{algebra.article(droite.genre)}.",
                expr.span,
                algebra.intent(expr.op, gauche.genre, droite.genre),
                etiquettes=(
                    Etiquette(gauche.span, algebra.article(gauche.genre)),
                    Etiquette(droite.span, algebra.article(droite.genre)),
                ),
            )
            return None
        if expr.op == "/" and not self.never_zero(droite):
            self.portee.error(
                "CAQ207",
                f"« {droite.span.texte} » peut valoir zéro.",
                droite.span,
                f"Écrivez « rapport({gauche.span.texte} ; {droite.span.texte} ; valeur si nul) », ou, sur un critère "
                f"mesuré, « NC d'office si {droite.span.texte} = 0 ».",
            )
            return None
        return Arithmetique(genre, expr.span, expr.op, gauche, droite)

    def _negate(self, expr: tree.Unaire) -> Noeud | None:
        terme = self.expression(expr.terme)
        if terme is None:
            return None
        if not terme.genre.is_number:
            self.portee.error(
                "CAQ204", f"« - » ne s'applique pas à {algebra.article(terme.genre)}.", expr.span, "Retirez le signe."
            )
            return None
        if isinstance(terme, Constante) and isinstance(terme.valeur, Fraction) and not terme.nom:
            return Constante(terme.genre, expr.span, -terme.valeur)
        zero = Constante(terme.genre, expr.span, Fraction(0))
        return Arithmetique(terme.genre, expr.span, "-", zero, terme)

    def _compare(self, op: str, gauche: tree.Expression, droite: tree.Expression, span: Span) -> Noeud | None:
        left = self.expression(gauche, self._choix_of(droite))
        right = self.expression(droite, self._choix_of(gauche))
        if left is None or right is None:
            return None
        if algebra.unify(left.genre, right.genre) is None:
            literal, other = (left, right) if isinstance(left, Constante) and not left.nom else (right, left)
            aide, correction = _unit_remedy(literal, other.genre)
            if correction is None:
                aide = algebra.comparison_intent(left.genre, right.genre) or aide
            self.portee.error(
                "CAQ205" if correction else "CAQ204",
                f"On ne compare pas {algebra.article(left.genre)} à {algebra.article(right.genre)}.",
                span,
                aide,
                correction,
                etiquettes=(
                    Etiquette(left.span, algebra.article(left.genre)),
                    Etiquette(right.span, algebra.article(right.genre)),
                ),
            )
            return None
        if left.genre is Genre.CHOIX and not self._same_choices(left, right):
            self.portee.error(
                "CAQ204",
                "Ces deux choix n'ont pas les mêmes valeurs : les comparer n'a pas de sens.",
                span,
                "Comparez chacun à une de ses valeurs.",
                etiquettes=(
                    Etiquette(left.span, ", ".join(self.choices(left))),
                    Etiquette(right.span, ", ".join(self.choices(right))),
                ),
            )
            return None
        ordered = left.genre.is_number or left.genre is Genre.DATE
        if op not in ("=", "≠") and not ordered:
            self.portee.error(
                "CAQ204",
                f"« {op} » ne s'applique pas à {algebra.article(left.genre)}.",
                span,
                "Comparez par « = » ou « ≠ ».",
            )
            return None
        return Comparaison(Genre.OUI_NON, span, op, left, right)

    def _same_choices(self, left: Noeud, right: Noeud) -> bool:
        """Whether one's values are all among the other's."""
        gauche, droite = set(self.choices(left)), set(self.choices(right))
        return gauche <= droite or droite <= gauche

    def _choix_of(self, expr: tree.Expression) -> tuple[str, ...]:
        """The values a bare name may be beside this expression."""
        while isinstance(expr, tree.Periode | tree.ADefaut):
            expr = expr.terme
        if isinstance(expr, tree.Si):
            return self._choix_of(expr.alors) or self._choix_of(expr.sinon)
        if isinstance(expr, tree.Ref) and expr.nom in self.signatures:
            return self.signatures[expr.nom].choix
        return ()

    def _choice(self, expr: tree.Si, choix: tuple[str, ...]) -> Noeud | None:
        condition = self.condition(expr.condition)
        vrai, faux = (
            ((), ()) if condition is None else (not_zero_when(condition, True), not_zero_when(condition, False))
        )
        alors = self.within(self.contexte, *vrai).expression(expr.alors, choix)
        sinon = self.within(self.contexte, *faux).expression(expr.sinon, choix)
        if condition is None or alors is None or sinon is None:
            return None
        genre = self.alike((alors, sinon), "« alors » et « sinon »")
        return genre and Choix(genre, expr.span, condition, alors, sinon)

    def _default(self, expr: tree.ADefaut, choix: tuple[str, ...]) -> Noeud | None:
        choix = choix or self._choix_of(expr.terme)
        terme, defaut = self.expression(expr.terme, choix), self.expression(expr.defaut, choix)
        if terme is None or defaut is None:
            return None
        genre = self.alike((terme, defaut), "la valeur et son défaut")
        return genre and ADefaut(genre, expr.span, terme, defaut)

    def alike(self, noeuds: tuple[Noeud, ...], quoi: str) -> Genre | None:
        """The common type of terms that must be alike; `quoi` names them in the message."""
        genre = noeuds[0].genre
        for noeud in noeuds[1:]:
            common = algebra.unify(genre, noeud.genre)
            if common is None:
                self.mismatch(noeud, genre, quoi)
                return None
            genre = common
        return genre

    # ------------------------------------------------------------ divisors

    def never_zero(self, noeud: Noeud) -> bool:
        """Whether a divisor is kept from zero, by its bounds or by a guard."""
        if noeud in self.non_nuls:
            return True
        match noeud:
            case Constante():
                return noeud.valeur != 0
            case Fait():
                return noeud.nom in self.positifs
            case Arithmetique(op="×"):
                return self.never_zero(noeud.gauche) and self.never_zero(noeud.droite)
            case MinMax(op="max"):
                return any(
                    isinstance(t, Constante) and isinstance(t.valeur, Fraction) and t.valeur > 0 for t in noeud.termes
                )
        return False


def quantity(quantite: tree.Quantite) -> tuple[Genre, Fraction]:
    """Type and exact worth of a written quantity; a bare whole number is an entier."""
    genre, worth = UNITES[quantite.unite]
    if not quantite.unite and quantite.nombre.denominator == 1:
        genre = Genre.ENTIER
    return genre, quantite.nombre * worth


def _scaled(gauche: Noeud, droite: Noeud) -> Genre:
    """A taux times a written number (`2 × taux_base`) is a taux; a taux of a number (`part × lits`) is a number."""
    nombre = droite if gauche.genre is Genre.TAUX else gauche
    return Genre.TAUX if isinstance(nombre, Constante) and not nombre.nom else Genre.DECIMAL


def _unit_remedy(noeud: Noeud, attendu: Genre) -> tuple[str, Correction | None]:
    """What to write when only the unit of a literal is off."""
    unite = UNITE_DE.get(attendu)
    if isinstance(noeud, Constante) and isinstance(noeud.valeur, Fraction) and not noeud.nom and unite:
        nombre = noeud.valeur / (UNITES[UNITE_DE[noeud.genre]][1] if noeud.genre in UNITE_DE else 1)
        texte = f"{plain_number(nombre, group=' ')} {unite}"
        pair = {noeud.genre, attendu}
        near = pair in ({Genre.TAUX, Genre.ECART}, {Genre.POINTS, Genre.ECART})
        near = near or noeud.genre in (Genre.ENTIER, Genre.DECIMAL)
        if near:
            certain = algebra.only_the_unit(noeud.genre, attendu)
            if noeud.genre is Genre.DECIMAL and attendu is Genre.TAUX and abs(noeud.valeur) < 1:
                other = f"{plain_number(nombre * 100, group=' ')} %"
                return f"Écrivez « {other} » ou « {texte} ».", Correction(noeud.span, other, certaine=False)
            return f"Écrivez « {texte} ».", Correction(noeud.span, texte, certaine=certain)
    return f"Attendu : {algebra.article(attendu)}.", None
