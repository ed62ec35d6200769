"""The value of a field on each side of a change, in words."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

from caqes_dsl.base.quantities import Genre, readable, write_value
from caqes_dsl.compare.changes import Adresse
from caqes_dsl.documents import phrases
from caqes_dsl.documents.changements_tables import Cote
from caqes_dsl.documents.criteria import points, sector_words
from caqes_dsl.documents.grid import duration
from caqes_dsl.documents.typography import long_date
from caqes_dsl.documents.words import GENRES, level_label, quoted, value_in_words
from caqes_dsl.model import nodes
from caqes_dsl.model.nodes import Politique

_MODES = {"arrondi": "arrondi avant comparaison", "affiché": "affiché arrondi, exact dans le calcul", "exact": "exact"}
_TAUX = frozenset({"part", "pas", "soit"})


def in_words(value: Any, where: Adresse, politique: Politique) -> str:
    """A value of a field as a document prints it; « » for none."""
    if value is None:
        return ""
    match value:
        case nodes.Noeud():
            if where.champ == "duree_max":
                return duration(value) if isinstance(value, nodes.Constante) else ""
            return _expression(value, politique)
        case nodes.Table():
            return Cote(value, politique, where.collection == "criteres").text()
        case nodes.Total():
            return _total(value)
        case nodes.ValeurDatee():
            return dated(value, where, politique)
        case nodes.Variante():
            return variante(value, politique)
        case nodes.Evenement():
            return f"le {long_date(value.date)} : {value.titre}"
        case nodes.Delai():
            return delay(value)
        case nodes.Exemple():
            return example(value)
        case nodes.Propriete():
            return said(value.span)
        case Genre():
            return GENRES[value]
        case bool():
            return "oui" if value else "non"
        case date():
            return long_date(value)
        case Fraction():
            return _number(value, where, politique)
        case int():
            return str(value)
        case tuple():
            return " ; ".join(in_words(v, where, politique) for v in value)
    return _text(str(value), where, politique)


def _expression(noeud: nodes.Noeud, politique: Politique) -> str:
    if noeud.genre is Genre.OUI_NON:
        return phrases.condition(noeud, politique)
    return phrases.describe(noeud, politique)


def _number(value: Fraction, where: Adresse, politique: Politique) -> str:
    if where.champ in _TAUX:
        return write_value(value, Genre.TAUX)
    if where.champ == "poids":
        return points(value)
    if where.champ == "arrondi":
        return write_value(value, Genre.MONTANT)
    declared = getattr(politique, where.collection, {}) if where.collection else {}
    genre = getattr(declared.get(where.nom), "genre", None) if hasattr(declared, "get") else None
    return value_in_words(value, genre, politique) if isinstance(genre, Genre) else readable(value)


def _text(value: str, where: Adresse, politique: Politique) -> str:
    if where.champ in ("niveaux", "sans_reponse"):
        return quoted(level_label(value, politique)) if value else ""
    if where.champ == "secteurs":
        return sector_words((value,), politique)
    if where.champ == "mode":
        return _MODES.get(value, value)
    if where.champ in ("volet", "chapitre", "objectif", "parent"):
        return heading(value, politique)
    return value


def heading(nom: str, politique: Politique) -> str:
    """A volet, chapitre or objectif: its article, then its title."""
    for headings in (politique.volets, politique.chapitres, politique.objectifs):
        if nom in headings:
            found = headings[nom]
            title = quoted(found.titre or nom)
            return f"{article(found)} {title}" if found.article else title
    return quoted(nom) if nom else ""


def article(titre: nodes.Titre) -> str:
    """« l'article 10-1 », or what the policy calls it."""
    return f"l'article {titre.article}" if titre.article[:1].isdigit() else titre.article


def _total(total: nodes.Total) -> str:
    count = points(total.valeur) if total.unite == "points" else f"{readable(total.valeur)} critères"
    return count + (f", soit {write_value(total.soit, Genre.TAUX)}" if total.soit is not None else "")


def dated(value: nodes.ValeurDatee, where: Adresse, politique: Politique) -> str:
    """A dated value with its dates."""
    parametre = politique.parametres.get(where.nom)
    genre = parametre.genre if parametre else Genre.DECIMAL
    until = f" et jusqu'au {long_date(value.jusqu_au)}" if value.jusqu_au else ""
    return f"{value_in_words(value.valeur, genre, politique)} à compter du {long_date(value.a_compter_du)}{until}"


def variante(value: nodes.Variante, politique: Politique) -> str:
    """What a variante changes."""
    parts = [points(value.poids) if value.poids is not None else ""]
    parts.append(Cote(value.table, politique, credit=True).text() if value.table is not None else "")
    parts += [f"justificatif : {value.preuve}" if value.preuve else "", f"guide : {value.guide}" if value.guide else ""]
    return " ; ".join(p for p in parts if p)


def delay(value: nodes.Delai) -> str:
    """A delay between two steps."""
    unit = "jours" if value.genre is Genre.JOURS else "mois"
    count = readable(value.duree)
    return f"au moins {count} {unit[:-1] if unit == 'jours' and value.duree < 2 else unit}"


def example(value: nodes.Exemple) -> str:
    """What an example supposes and expects, in the policy's words."""
    given = [said(i.span) for i in value.avec]
    expected = [said(i.span) for i in value.attendu]
    return f"{' ; '.join(given)} → {' ; '.join(expected)}"


def said(span: Any) -> str:
    """A stretch of a policy, on one line."""
    return " ".join(span.texte.split())
