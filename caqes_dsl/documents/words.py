"""Values, names and small words as a contract prints them: labels instead of codes, years instead of « N-1 »."""

from __future__ import annotations

import re
from datetime import date
from fractions import Fraction

from caqes_dsl.base.quantities import UNITES, Genre, Valeur, readable, write_value
from caqes_dsl.documents.typography import INSECABLE, long_date
from caqes_dsl.model.nodes import Critere, Politique, Secteur

BORNES = {"<": "moins de", "≤": "au plus", ">": "plus de", "≥": "au moins", "=": "exactement", "≠": "autre que"}
"""A comparison said before its value."""

GENRES = {
    Genre.ENTIER: "nombre entier",
    Genre.DECIMAL: "nombre",
    Genre.TAUX: "taux, en\u00a0%",
    Genre.ECART: "écart, en points de pourcentage",
    Genre.POINTS: "points",
    Genre.MONTANT: "montant, en euros",
    Genre.JOURS: "durée, en jours",
    Genre.MOIS: "durée, en mois",
    Genre.DATE: "date",
    Genre.OUI_NON: "oui ou non",
    Genre.NIVEAU: "réponse",
    Genre.CHOIX: "choix",
}
"""What kind of answer each type asks for."""


def value_in_words(valeur: Valeur | None, genre: Genre, politique: Politique) -> str:
    """A value as a document prints it: levels by their label, dates in full, écarts in percentage points."""
    if isinstance(valeur, bool):
        return "oui" if valeur else "non"
    if isinstance(valeur, str):
        return quoted(level_label(valeur, politique)) if genre is Genre.NIVEAU else valeur.replace("_", " ")
    if isinstance(valeur, date):
        return long_date(valeur)
    if genre is Genre.ECART and isinstance(valeur, Fraction):
        text = number_with(valeur / UNITES["pt"][1], "point", "points", "de pourcentage")
    else:
        text = write_value(valeur, genre)
    return text.replace("-", "−", 1) if isinstance(valeur, Fraction) and valeur < 0 else text


def number_with(value: Fraction, one: str, many: str, after: str = "") -> str:
    """A number and its noun, singular below two."""
    noun = one if abs(value) < 2 else many
    return INSECABLE.join((readable(value), noun, *after.split()))


def level_label(nom: str, politique: Politique) -> str:
    """The label of a level (« Non réalisé »), never its bare code when it has one."""
    niveau = politique.niveaux.get(nom)
    return niveau.titre if niveau and niveau.titre else ("Non concerné" if nom == "NC" else nom)


def neutral_label(politique: Politique) -> str:
    """The label of the answer that leaves a criterion out."""
    return level_label("NC", politique)


def sector_label(secteur: Secteur) -> str:
    """The abbreviation that a contract prints (« MCO »); its title when the name is no abbreviation."""
    if secteur.titre and ("_" in secteur.nom or secteur.titre.casefold() == secteur.nom.casefold()):
        return secteur.titre
    return secteur.nom


def sector_title(nom: str, politique: Politique) -> str:
    """The full name of a sector of activity."""
    secteur = politique.secteurs.get(nom)
    return secteur.titre if secteur and secteur.titre else nom


_NUMBER = re.compile(r"[A-Za-z]{0,6}[ .]?\d+(?:[._]\d+)*[a-z]?")


def criterion_number(critere: Critere, politique: Politique) -> str:
    """The number that a contract prints: « C55 », or the place in the policy when the name is not a number."""
    if _NUMBER.fullmatch(critere.nom):
        return critere.nom.replace("_", ".")
    return str(list(politique.criteres).index(critere.nom) + 1)


def quoted(title: str) -> str:
    """A title between guillemets; those it holds become “ ”."""
    return "« " + re.sub(r"\s*»", "”", re.sub(r"«\s*", "“", title)) + " »"


def bare(text: str) -> str:
    """A single quoted title without its quotation marks; any other text as it is."""
    if text.startswith("« ") and text.endswith(" »") and text.count("«") == 1:
        return text[2:-2].replace("“", "« ").replace("”", " »")
    return text


def year(politique: Politique, recul: int) -> str:
    """The year itself, `recul` exercises back."""
    if politique.exercice is not None:
        return str(politique.exercice - recul)
    return {0: "l'exercice évalué", 1: "l'exercice précédent"}.get(recul, f"{recul} exercices plus tôt")


def of_year(text: str, politique: Politique, recul: int) -> str:
    """The text and the year, when it is not that of the exercise."""
    if not recul:
        return text
    if politique.exercice is None:
        return f"{text} (exercice précédent)" if recul == 1 else f"{text} ({recul} exercices plus tôt)"
    return f"{text} en {politique.exercice - recul}"


def after_a(text: str) -> str:
    """« à » and the text, contracted."""
    return _contract(text, "à ", "au ", "aux ")


def after_de(text: str) -> str:
    """« de » and the text, contracted or elided."""
    if text[:1].lower() in "aeéèêiouyàœ" and not text.startswith(("au moins", "au plus")):
        return "d'" + text
    return _contract(text, "de ", "du ", "des ")


def _contract(text: str, plain: str, singular: str, plural: str) -> str:
    if text.startswith("le ") and not text.startswith("le plus"):
        return singular + text[3:]
    if text.startswith("les "):
        return plural + text[4:]
    return plain + text
