"""The form of the workbook that hospitals fill, by which it is written and read: sheets, headings, hidden keys."""

from __future__ import annotations

import hashlib
import json

from caqes_dsl.model.nodes import Critere, Donnee, Politique

VERSION = "1"
"""Of the form itself; another one is not read."""

IDENTITE, CRITERES, DONNEES, RESULTAT, SIGNATURE = "Identité", "Critères", "Données", "Résultat", "Signature"
CLES, LISTES, CALCUL = "_caqes", "_listes", "_calcul"

CODE = "Code"
"""Heading of the column that says which criterion, or which donnée, a row is about."""
REPONSE, MOTIF = "Votre réponse", "Justification du « non concerné »"
VALEUR, SOURCE = "Valeur", "Source de la valeur"

DIALOGUE = {
    "commentaire": "Commentaire",
    "preuves": "Preuves disponibles",
    "action": "Action prévue",
    "echeance": "Échéance de l'action",
    "responsable": "Responsable de l'action",
}
"""Columns of the contract's dialogue, which no rule reads: the ending of their column in a table, and their heading."""

FINESS, RAISON_SOCIALE, EXERCICE = "Numéro FINESS", "Raison sociale", "Exercice"
SECTEUR = "Secteur "
"""What begins the label of a sector's row on the first sheet."""

OUI, NON = "Oui", "Non"


def question_hash(politique: Politique, critere: Critere) -> str:
    """What a criterion asks: an answer to it is still one while this does not change, whatever it is worth.

    Its words, the answers it admits with their words, whether it is measured, what must be shown.
    """
    levels = [[n, politique.niveaux[n].titre, politique.niveaux[n].part is None] for n in critere.niveaux]
    measured = critere.mesure is not None or critere.table is not None
    variants = sorted([list(v.secteurs), v.preuve] for v in critere.variantes)
    return _short([critere.titre, levels, measured, critere.nc_sur_justification, critere.preuve, variants])


def fact_hash(donnee: Donnee) -> str:
    """What a donnée asks."""
    return _short([donnee.titre, donnee.genre.value, list(donnee.choix)])


def _short(question: list[object]) -> str:
    return hashlib.sha256(json.dumps(question, ensure_ascii=False).encode("utf-8")).hexdigest()[:16]
