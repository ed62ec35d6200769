"""Function calls of the tree into core nodes: each name of the language, with its arguments and its types."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from caqes_dsl.base.diagnostics import Correction
from caqes_dsl.base.quantities import Genre, Mode
from caqes_dsl.base.source import Span
from caqes_dsl.base.suggestions import fold, nearest
from caqes_dsl.syntax import tree

from . import algebra
from .nodes import (
    Agregat,
    Arithmetique,
    Arrondi,
    Choix,
    Cle,
    Comparaison,
    Constante,
    Manque,
    MinMax,
    Noeud,
    Reference,
)

if TYPE_CHECKING:
    from .expressions import Abaisseur

SCORES = {"score": Genre.TAUX, "points": Genre.POINTS, "points_applicables": Genre.POINTS}
"""Quantities of a heading, and their types."""

STATISTIQUES = ("médiane", "moyenne", "quantile", "somme", "rang", "effectif")
"""Functions of the cohort."""

FONCTIONS = (
    *("max", "min", "abs", "arrondi", "arrondi_excès", "arrondi_défaut", "rapport", "évolution", "manquante"),
    *("score", "points", "points_applicables", "niveau", "mesure", "cible", "atteint", "décompte", "rejoué"),
    *STATISTIQUES,
)
"""Every function of the language."""

_ROUNDINGS = {"arrondi": Mode.PROCHE, "arrondi_excès": Mode.EXCES, "arrondi_défaut": Mode.DEFAUT}
_HEADINGS = ("volet", "chapitre", "objectif")


def lower_call(abaisseur: Abaisseur, expr: tree.Appel) -> Noeud | None:
    """Core node of a function applied; None once a mistake was reported."""
    nom, arguments = expr.fonction, expr.arguments
    if nom in STATISTIQUES:
        return _statistic(abaisseur, expr)
    if expr.parmi is not None or expr.par is not None:
        abaisseur.portee.error(
            "CAQ208",
            f"« parmi » et « par » ne se disent pas dans « {nom} ».",
            expr.span,
            f"Ils accompagnent une statistique de la cohorte : {', '.join(STATISTIQUES)}.",
        )
        return None
    match nom, len(arguments):
        case (("max" | "min"), n) if n >= 2:
            return _min_max(abaisseur, expr)
        case "abs", 1:
            return _abs(abaisseur, expr)
        case (("arrondi" | "arrondi_excès" | "arrondi_défaut"), 2):
            return _round(abaisseur, expr)
        case "rapport", 3:
            return _ratio(abaisseur, expr)
        case "évolution", (1 | 2):
            return _evolution(abaisseur, expr)
        case "manquante", 1:
            terme = abaisseur.expression(arguments[0])
            return terme and Manque(Genre.OUI_NON, expr.span, terme)
        case (("score" | "points" | "points_applicables"), 1):
            titre = _named(abaisseur, arguments[0], "un volet, un chapitre ou un objectif", *_HEADINGS)
            if titre is None:
                return None
            # The only volet is the whole: its score is `score`.
            alone = abaisseur.portee.names("volet") == [titre] and not abaisseur.portee.has_strays()
            whole = alone and not (nom == "score" and abaisseur.portee.score_calcule)
            return Reference(SCORES[nom], expr.span, Cle(nom, "" if whole else titre))
        case "cible", 1:
            return _target(abaisseur, expr)
        case "atteint", 1:
            indicateur = _named(abaisseur, arguments[0], "un indicateur", "indicateur")
            return Reference(Genre.OUI_NON, expr.span, Cle("atteint", indicateur)) if indicateur else None
        case "rejoué", 1:
            return _replay(abaisseur, expr)
        case "niveau", 1:
            critere = _named(abaisseur, arguments[0], "un critère", "critère")
            return Reference(Genre.NIVEAU, expr.span, Cle("niveau", critere)) if critere else None
        case "mesure", 1:
            return _measure(abaisseur, expr)
        case "décompte", 2:
            return _count(abaisseur, expr)
    if nom in FONCTIONS:
        abaisseur.portee.error(
            "CAQ208",
            f"« {nom} » ne se lit pas avec {len(arguments)} argument{'s' if len(arguments) > 1 else ''}.",
            expr.span,
            _USAGE.get(nom, "Séparez les arguments par « ; »."),
        )
    elif abaisseur.portee.kind(nom) or nearest(nom, FONCTIONS):
        abaisseur.portee.unknown(nom, expr.span, "une fonction", list(FONCTIONS))
    else:
        best = any(word in fold(nom) for word in ("meilleur", "top", "premiers"))
        absent = "retenir les meilleures valeurs d'une liste ne s'écrit pas dans cette édition."
        abaisseur.portee.error(
            "CAQ201",
            f"« {nom} » n'est pas une fonction" + (f" : {absent}" if best else "."),
            expr.span,
            f"Les fonctions sont : {', '.join(FONCTIONS)}.",
        )
    return None


def _named(abaisseur: Abaisseur, expr: tree.Expression, quoi: str, *genres: str) -> str | None:
    if isinstance(expr, tree.Ref) and abaisseur.portee.kind(expr.nom) in genres:
        return expr.nom
    if isinstance(expr, tree.Ref):
        abaisseur.portee.unknown(expr.nom, expr.span, quoi, abaisseur.portee.names(*genres))
    else:
        abaisseur.portee.error("CAQ208", f"Attendu ici : le nom d'{quoi}.", expr.span, "Écrivez un nom déclaré.")
    return None


def _measure(abaisseur: Abaisseur, expr: tree.Appel) -> Noeud | None:
    nom = _named(abaisseur, expr.arguments[0], "un critère ou un indicateur", "critère", "indicateur")
    if nom is None:
        return None
    declaration = abaisseur.portee.par_nom[nom]
    if declaration.abimee:
        return None
    if not any(isinstance(c, tree.ClauseExpression) and c.mot == "mesure" for c in declaration.clauses):
        if declaration.genre == "critère":
            abaisseur.portee.error(
                "CAQ208",
                f"Le critère « {nom} » n'a pas de mesure : il se répond.",
                expr.span,
                f"Écrivez niveau({nom}).",
                Correction(expr.span, f"niveau({nom})"),
            )
        return None
    genre = abaisseur.mesure_genre(nom)
    return genre and Reference(genre, expr.span, Cle("mesure", nom))


def _target(abaisseur: Abaisseur, expr: tree.Appel) -> Noeud | None:
    nom = _named(abaisseur, expr.arguments[0], "un volet ou un indicateur", "volet", "indicateur")
    if nom is None:
        return None
    genre = Genre.TAUX if abaisseur.portee.kind(nom) == "volet" else abaisseur.mesure_genre(nom)
    return genre and Reference(genre, expr.span, Cle("cible", nom))


def _replay(abaisseur: Abaisseur, expr: tree.Appel) -> Noeud | None:
    """`rejoué(score N-1)`: this year's grid on the answers of that exercise."""
    terme = abaisseur.expression(expr.arguments[0])
    if terme is None:
        return None
    if isinstance(terme, Reference) and terme.cle.sorte in SCORES and terme.recul:
        return Reference(terme.genre, expr.span, terme.cle, terme.recul, rejoue=True)
    abaisseur.portee.error(
        "CAQ208",
        "« rejoué » applique la grille de cette année aux réponses d'un exercice antérieur.",
        expr.span,
        "Écrivez par exemple rejoué(score N-1).",
    )
    return None


def _statistic(abaisseur: Abaisseur, expr: tree.Appel) -> Noeud | None:
    """A statistic of the cohort, with which establishments count."""
    nom, arguments = expr.fonction, expr.arguments
    if len(arguments) != {"effectif": 0, "quantile": 2}.get(nom, 1):
        abaisseur.portee.error("CAQ208", f"« {nom} » ne se lit pas ainsi.", expr.span, _USAGE[nom])
        return None
    terme = abaisseur.expression(arguments[0]) if arguments else None
    parmi = abaisseur.condition(expr.parmi) if expr.parmi is not None else None
    par = abaisseur.expression(expr.par) if expr.par is not None else None
    part = _part(abaisseur, arguments[1]) if nom == "quantile" else None
    wanted = (bool(arguments), terme), (expr.parmi, parmi), (expr.par, par), (nom == "quantile", part)
    if any(said and found is None for said, found in wanted):
        return None
    if terme is not None and not terme.genre.is_number:
        abaisseur.mismatch(terme, Genre.DECIMAL, f"le terme de « {nom} »")
        return None
    genre = Genre.ENTIER if nom in ("rang", "effectif") or terme is None else terme.genre
    if nom in ("médiane", "moyenne", "quantile") and genre is Genre.ENTIER:
        genre = Genre.DECIMAL
    return Agregat(genre, expr.span, nom, terme, part, parmi, par)


def _part(abaisseur: Abaisseur, expr: tree.Expression) -> Fraction | None:
    """The share of a quantile: a written taux, or a paramètre."""
    noeud = abaisseur.typed(expr, Genre.TAUX, "la part du quantile")
    if noeud is None:
        return None
    if isinstance(noeud, Constante) and isinstance(noeud.valeur, Fraction) and 0 <= noeud.valeur <= 1:
        return noeud.valeur
    abaisseur.portee.error(
        "CAQ208", "La part d'un quantile va de 0 % à 100 % et s'écrit.", expr.span, "Par exemple 75 %."
    )
    return None


def _count(abaisseur: Abaisseur, expr: tree.Appel) -> Noeud | None:
    first = expr.arguments[0]
    neutral = isinstance(first, tree.Ref) and first.nom == "NC"
    niveau = "NC" if neutral else _named(abaisseur, first, "un niveau", "niveau")
    titre = _named(abaisseur, expr.arguments[1], "un chapitre", *_HEADINGS)
    if niveau is None or titre is None:
        return None
    return Reference(Genre.ENTIER, expr.span, Cle("décompte", f"{niveau} {titre}"))


def _terms(abaisseur: Abaisseur, expr: tree.Appel) -> tuple[Noeud, ...] | None:
    termes = [abaisseur.expression(a) for a in expr.arguments]
    kept = tuple(t for t in termes if t is not None)
    return kept if len(kept) == len(termes) else None


def _min_max(abaisseur: Abaisseur, expr: tree.Appel) -> Noeud | None:
    termes = _terms(abaisseur, expr)
    genre = termes and abaisseur.alike(termes, f"les termes de « {expr.fonction} »")
    if not termes or not genre:
        return None
    if not genre.is_number and genre is not Genre.DATE:
        abaisseur.mismatch(termes[0], Genre.DECIMAL, f"un terme de « {expr.fonction} »")
        return None
    return MinMax(genre, expr.span, expr.fonction, termes)


def _abs(abaisseur: Abaisseur, expr: tree.Appel) -> Noeud | None:
    terme = abaisseur.expression(expr.arguments[0])
    if terme is None:
        return None
    if not terme.genre.is_number:
        abaisseur.mismatch(terme, Genre.DECIMAL, "le terme de « abs »")
        return None
    zero = Constante(terme.genre, expr.span, Fraction(0))
    minus = Arithmetique(terme.genre, expr.span, "-", zero, terme)
    return MinMax(terme.genre, expr.span, "max", (terme, minus))


def _round(abaisseur: Abaisseur, expr: tree.Appel) -> Noeud | None:
    termes = _terms(abaisseur, expr)
    if termes is None:
        return None
    terme, pas = termes
    genre = algebra.unify(terme.genre, pas.genre)
    if genre is None:
        abaisseur.mismatch(pas, terme.genre, "le pas de l'arrondi")
        return None
    if not isinstance(pas, Constante) or not isinstance(pas.valeur, Fraction) or pas.valeur <= 0:
        abaisseur.portee.error(
            "CAQ208", "Le pas d'un arrondi est une quantité positive écrite.", pas.span, "Par exemple 1 %."
        )
        return None
    return Arrondi(genre, expr.span, terme, pas.valeur, _ROUNDINGS[expr.fonction])


def _ratio(abaisseur: Abaisseur, expr: tree.Appel) -> Noeud | None:
    termes = _terms(abaisseur, expr)
    if termes is None:
        return None
    haut, bas, sinon = termes
    genre = algebra.divide(haut.genre, bas.genre)
    if genre is None:
        abaisseur.portee.error(
            "CAQ204",
            f"« rapport » ne divise pas {algebra.article(haut.genre)} par {algebra.article(bas.genre)}.",
            expr.span,
            algebra.intent("/", haut.genre, bas.genre),
        )
        return None
    if not algebra.fits(sinon.genre, genre):
        abaisseur.mismatch(sinon, genre, "la valeur quand le diviseur est nul")
        return None
    return _guarded(abaisseur, genre, expr.span, haut, bas, sinon)


def _guarded(abaisseur: Abaisseur, genre: Genre, span: Span, haut: Noeud, bas: Noeud, sinon: Noeud) -> Noeud:
    nul = Comparaison(Genre.OUI_NON, span, "=", bas, Constante(bas.genre, span, Fraction(0)))
    return Choix(genre, span, nul, sinon, Arithmetique(genre, span, "/", haut, bas))


def _evolution(abaisseur: Abaisseur, expr: tree.Appel) -> Noeud | None:
    terme = abaisseur.expression(expr.arguments[0])
    if terme is None:
        return None
    if terme.genre is Genre.TAUX:
        abaisseur.portee.error(
            "CAQ208",
            "« évolution » ne se dit pas d'un taux.",
            expr.span,
            "Écrivez la différence : x - x N-1, en pt.",
        )
        return None
    avant = abaisseur.period(tree.Periode(expr.arguments[0].span, expr.arguments[0], 1))
    if avant is None:
        return None
    genre = algebra.divide(terme.genre, avant.genre)
    if genre is None:
        abaisseur.mismatch(terme, Genre.MONTANT, "le terme de « évolution »")
        return None
    if genre is not Genre.TAUX:
        genre = Genre.TAUX
    gain = Arithmetique(terme.genre, expr.span, "-", terme, avant)
    if len(expr.arguments) == 2:
        sinon = abaisseur.typed(expr.arguments[1], genre, "la valeur quand N-1 est nul")
        return sinon and _guarded(abaisseur, genre, expr.span, gain, avant, sinon)
    if not abaisseur.never_zero(avant):
        abaisseur.portee.error(
            "CAQ207",
            f"« {terme.span.texte} N-1 » peut valoir zéro.",
            expr.span,
            f"Dites ce que vaut alors l'évolution : évolution({terme.span.texte} ; 0 %).",
            Correction(expr.span, f"évolution({terme.span.texte} ; 0 %)", certaine=False),
        )
        return None
    return Arithmetique(genre, expr.span, "/", gain, avant)


_USAGE = {
    "médiane": "Écrivez médiane(x), ou médiane(x parmi condition).",
    "moyenne": "Écrivez moyenne(x), ou moyenne(x parmi condition).",
    "quantile": "Écrivez quantile(x ; 75 %), ou quantile(x ; 75 % parmi condition).",
    "somme": "Écrivez somme(x), ou somme(x parmi condition).",
    "rang": "Écrivez rang(x), ou rang(x parmi condition) : 1 pour le plus grand.",
    "effectif": "Écrivez effectif(parmi condition), ou effectif(par classe).",
    "rejoué": "Écrivez rejoué(score N-1).",
    "rapport": "Écrivez rapport(numérateur ; dénominateur ; valeur si le dénominateur est nul).",
    "arrondi": "Écrivez arrondi(valeur ; pas), par exemple arrondi(score ; 1 %).",
    "évolution": "Écrivez évolution(x) ou évolution(x ; valeur quand N-1 est nul).",
    "décompte": "Écrivez décompte(niveau ; chapitre).",
}
