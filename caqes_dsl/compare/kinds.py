"""Which kind of change an edition is, by the declaration and the field that it touches."""

from __future__ import annotations

from collections.abc import Mapping

from . import changes
from .changes import Adresse, Changement

GENRES: Mapping[str, str] = {
    "": "politique",
    "notation": "notation",
    "secteurs": "secteur",
    "niveaux": "niveau",
    "donnees": "donnée",
    "parametres": "paramètre",
    "volets": "volet",
    "chapitres": "chapitre",
    "objectifs": "objectif",
    "criteres": "critère",
    "indicateurs": "indicateur",
    "calculs": "calcul",
    "baremes": "barème",
    "decisions": "décision",
    "pieces": "pièce",
    "calendrier": "étape",
    "delais": "délai",
    "exemples": "exemple",
    "proprietes": "propriété",
}
"""Collection -> the keyword of what it holds."""

_ALWAYS: Mapping[str, type[Changement]] = {
    "titre": changes.Texte,
    "article": changes.Texte,
    "texte": changes.Texte,
    "preuve": changes.Texte,
    "guide": changes.Texte,
    "anciennement": changes.Texte,
    "source": changes.Source,
    "sources": changes.Source,
    "cible_source": changes.Source,
    "volet": changes.Deplacement,
    "chapitre": changes.Deplacement,
    "objectif": changes.Deplacement,
    "parent": changes.Deplacement,
    "rang": changes.Deplacement,
    "poids": changes.Poids,
    "part": changes.Part,
    "mesure": changes.Regle,
    "nc_office": changes.Regle,
    "reserve": changes.Regle,
    "expression": changes.Regle,
    "condition": changes.Regle,
    "montant": changes.Regle,
    "plafond": changes.Regle,
    "plancher": changes.Regle,
    "au_prorata": changes.Regle,
    "atteint": changes.Regle,
    "cible": changes.Cible,
    "totaux": changes.Total,
    "variantes": changes.Variante,
    "niveaux": changes.Reponse,
    "sans_reponse": changes.Reponse,
    "nc_sur_justification": changes.Reponse,
    "genre": changes.Donnee,
    "choix": changes.Donnee,
    "bornes": changes.Donnee,
    "defaut": changes.Donnee,
    "valeurs": changes.ValeurParametre,
    "en_vigueur": changes.EnVigueur,
    "arrondi": changes.Reglage,
    "nature": changes.Reglage,
    "sens": changes.Reglage,
    "echeance": changes.Reglage,
    "duree_max": changes.Reglage,
    "modifiable": changes.Reglage,
}
"""Field -> the kind of its changes, whatever declares it."""

_LISTED: Mapping[str, type[Changement]] = {
    "calendrier": changes.Etape,
    "delais": changes.Delai,
    "exemples": changes.Exemple,
    "proprietes": changes.Propriete,
}


def kind_of(adresse: Adresse, *, added: bool, removed: bool) -> type[Changement]:
    """The kind of an edition that no other explains. Errors: KeyError for a field that has none."""
    if adresse.collection in _LISTED:
        return _LISTED[adresse.collection]
    if not adresse.champ:
        return changes.Ajout if added else changes.Retrait if removed else changes.Remplacement
    if adresse.champ in ("source", "sources"):
        return changes.Source
    if adresse.collection == "":
        return changes.Entete
    if adresse.collection == "notation":
        return changes.Notation
    if adresse.champ == "secteurs":
        return changes.SecteurAjoute if added else changes.SecteurRetire
    if adresse.champ == "table":
        return changes.Rangs if adresse.collection == "baremes" else changes.Seuils
    return _ALWAYS[adresse.champ]
