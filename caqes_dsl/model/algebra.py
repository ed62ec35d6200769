"""The algebra of types (`langue.md` §4): what a sum, a product, a quotient of two types is, or why there is none."""

from __future__ import annotations

from caqes_dsl.base.quantities import Genre

_NUMBERS = (Genre.ENTIER, Genre.DECIMAL)
_DURATIONS = (Genre.JOURS, Genre.MOIS)


def article(genre: Genre) -> str:
    """« un taux », « une date »: the type as a sentence names it."""
    return {
        Genre.ENTIER: "un nombre entier",
        Genre.DECIMAL: "un nombre décimal",
        Genre.TAUX: "un taux (%)",
        Genre.ECART: "un écart (pt)",
        Genre.POINTS: "des points",
        Genre.MONTANT: "un montant (€)",
        Genre.JOURS: "une durée en jours",
        Genre.MOIS: "une durée en mois",
        Genre.DATE: "une date",
        Genre.OUI_NON: "une condition (oui ou non)",
        Genre.NIVEAU: "un niveau",
        Genre.CHOIX: "un choix",
    }[genre]


def unify(gauche: Genre, droite: Genre) -> Genre | None:
    """The type of two values that must be alike; entier widens to décimal."""
    if gauche is droite:
        return gauche
    if gauche in _NUMBERS and droite in _NUMBERS:
        return Genre.DECIMAL
    return None


def fits(donne: Genre, attendu: Genre) -> bool:
    """Whether a value of the first type may stand where the second is declared."""
    return donne is attendu or (donne is Genre.ENTIER and attendu is Genre.DECIMAL)


def only_the_unit(donne: Genre, attendu: Genre) -> bool:
    """Whether a written quantity can only have been meant in the other type: its unit was left out, or is % for pt.

    « 0,53 » for a taux may be 53 % as well as 0,53 %.
    """
    if donne is Genre.DECIMAL:
        return attendu not in (Genre.TAUX, Genre.ECART)
    return donne is Genre.ENTIER or {donne, attendu} == {Genre.TAUX, Genre.ECART}


def add(gauche: Genre, droite: Genre) -> Genre | None:
    """Type of `gauche + droite`."""
    if (gauche, droite) in ((Genre.TAUX, Genre.ECART), (Genre.ECART, Genre.TAUX)):
        return Genre.TAUX
    if gauche is Genre.DATE and droite in (Genre.JOURS, Genre.MOIS):
        return Genre.DATE
    return unify(gauche, droite) if gauche.is_number else None


def subtract(gauche: Genre, droite: Genre) -> Genre | None:
    """Type of `gauche - droite`."""
    if gauche is Genre.TAUX and droite is Genre.TAUX:
        return Genre.ECART
    if gauche is Genre.TAUX and droite is Genre.ECART:
        return Genre.TAUX
    if gauche is Genre.DATE and droite is Genre.DATE:
        return Genre.JOURS
    if gauche is Genre.DATE and droite in (Genre.JOURS, Genre.MOIS):
        return Genre.DATE
    return unify(gauche, droite) if gauche.is_number else None


def multiply(gauche: Genre, droite: Genre) -> Genre | None:
    """Type of `gauche × droite`."""
    if not (gauche.is_number and droite.is_number):
        return None
    if gauche in _NUMBERS and droite in _NUMBERS:
        return Genre.ENTIER if gauche is droite is Genre.ENTIER else Genre.DECIMAL
    if gauche in _DURATIONS or droite in _DURATIONS:  # whole days or months, since dates move by them
        pair = [g for g in (gauche, droite) if g is not Genre.ENTIER]
        return pair[0] if len(pair) == 1 else None
    for one, other in ((gauche, droite), (droite, gauche)):
        if one is Genre.TAUX:
            return Genre.DECIMAL if other is Genre.ENTIER else other
    for one, other in ((gauche, droite), (droite, gauche)):
        if one in _NUMBERS:
            return other
    return None


def divide(gauche: Genre, droite: Genre) -> Genre | None:
    """Type of `gauche / droite`."""
    if gauche is droite and gauche in (Genre.ENTIER, Genre.MONTANT, Genre.POINTS, Genre.ECART):
        return Genre.TAUX
    if droite in _NUMBERS and gauche.is_number and gauche not in _DURATIONS:
        return Genre.DECIMAL if gauche is Genre.ENTIER else gauche
    return None


OPERATIONS = {"+": add, "-": subtract, "×": multiply, "/": divide}
"""Operator -> type of the result, None where the operation has no meaning."""


def intent(op: str, gauche: Genre, droite: Genre) -> str:
    """What the author likely meant by an operation that has no type."""
    pair = {gauche, droite}
    if Genre.OUI_NON in pair:
        return "Une condition ne se calcule pas : écrivez « si … alors … sinon … »."
    if Genre.NIVEAU in pair:
        return "Un niveau ne se calcule pas : les points d'un titre se lisent par « points(titre) »."
    if Genre.CHOIX in pair:
        return "Un choix ne se calcule pas : déclarez un barème « selon » ce choix."
    if op in "+-" and Genre.POINTS in pair and pair & {Genre.TAUX, Genre.ECART}:
        return "Une part des points est un taux : points / points_applicables."
    if op in "+-" and pair == {Genre.MONTANT, Genre.TAUX}:
        return "Pour une part d'un montant, multipliez : taux × montant."
    if op in "+-" and Genre.MONTANT in pair and pair & {Genre.ENTIER, Genre.DECIMAL}:
        return "Écrivez l'unité : par exemple 100 €."
    if op in "+-" and Genre.POINTS in pair and pair & {Genre.ENTIER, Genre.DECIMAL}:
        return "Écrivez l'unité : par exemple 3 points."
    if op in "+-" and pair & {Genre.TAUX, Genre.ECART} and pair & {Genre.ENTIER, Genre.DECIMAL}:
        return "Écrivez l'unité : % pour un taux, pt pour un écart."
    if op == "/" and pair == {Genre.TAUX}:
        return "Le quotient de deux taux n'a pas d'unité ; comparez-les par leur différence, en pt."
    if op == "+" and gauche is droite is Genre.DATE:
        return "Deux dates ne s'ajoutent pas : leur différence est une durée, et une date plus une durée est une date."
    if op == "+" and droite is Genre.DATE and gauche in _DURATIONS:
        return "Écrivez la date d'abord : date + durée."
    if op in "+-" and pair & {Genre.DATE, *_DURATIONS} and pair & {Genre.ENTIER, Genre.DECIMAL}:
        return "Écrivez l'unité : par exemple 21 jours."
    if op in "+-" and pair == {Genre.JOURS, Genre.MOIS}:
        return "Un mois n'a pas un nombre fixe de jours : écrivez les deux durées en jours, ou en mois."
    if op == "-" and gauche is Genre.ECART and droite is Genre.TAUX:
        return "Un écart moins un taux n'a pas de sens ; un taux moins un écart donne un taux."
    if op in "×/" and pair & set(_DURATIONS):
        return "Une durée se compte en jours ou en mois entiers : multipliez-la par un nombre entier."
    if op in "×/" and Genre.DATE in pair:
        return "Une date ne se multiplie ni ne se divise : ajoutez-lui une durée."
    if op == "/" and gauche in _NUMBERS:
        return "Divisez par une grandeur de même type, ou par un nombre sans unité."
    if op == "×" and (gauche is droite or Genre.ECART in pair):
        return "Multipliez par un taux ou par un nombre sans unité."
    if op in "×/":
        return "Ces deux grandeurs ne font pas un résultat qui ait une unité : multipliez ou divisez par un nombre."
    return "Ces grandeurs ne s'ajoutent pas : convertissez l'une par un taux, un nombre ou un barème."


def comparison_intent(gauche: Genre, droite: Genre) -> str:
    """What the author likely meant by a comparison of two types; « » when only what is awaited can be said."""
    pair = {gauche, droite}
    if pair == set(_DURATIONS):
        return "Un mois n'a pas un nombre fixe de jours : écrivez les deux durées en jours, ou en mois."
    if pair == {Genre.DATE, Genre.JOURS}:
        return "Comparez une durée à la différence de deux dates : date - date."
    if pair == {Genre.MONTANT, Genre.TAUX}:
        return "Comparez un montant à une part d'un montant : taux × montant."
    if pair == {Genre.POINTS, Genre.TAUX}:
        return "Une part des points est un taux : points / points_applicables, ou le score."
    if Genre.OUI_NON in pair:
        return "Une condition se dit seule, ou avec « non » : elle ne se compare pas à une grandeur."
    if Genre.NIVEAU in pair and len(pair) > 1:
        return "Comparez un niveau à un niveau : niveau(C1) = R."
    if Genre.CHOIX in pair and len(pair) > 1:
        return "Comparez un choix à l'une de ses valeurs."
    return ""
