"""What is missing, in words: titles instead of names, the year itself."""

from __future__ import annotations

import re

from caqes_dsl.documents.phrases import describe
from caqes_dsl.documents.words import criterion_number, quoted
from caqes_dsl.evaluation.missing import decode
from caqes_dsl.model.nodes import Politique
from caqes_dsl.model.walk import statistics

_OTHERS = re.compile(r"(?P<cle>.+) \((?P<finess>[0-9A-Z]{9})\)")
"""What is missing of another establishment: « x (140000118) »."""


def missing_in_words(key: str, politique: Politique) -> str:
    """« Nombre total de lits » en 2017, la réponse au critère C12, le score enregistré de 2017."""
    item = decode(politique, key)
    earlier = key.endswith(")") and item.annee is None
    if item.sorte == "statistique":
        return _of_the_cohort(key, politique)
    if item.sorte == "donnée":
        when = " de l'exercice précédent" if earlier else f" en {item.annee}" if item.annee is not None else ""
        return quoted(politique.donnees[item.nom].titre or item.nom) + when
    when = " de l'exercice précédent" if earlier else f" de {item.annee}" if item.annee is not None else ""
    if item.sorte == "critère":
        critere = politique.criteres[item.nom]
        named = f"{criterion_number(critere, politique)} {quoted(critere.titre or critere.nom)}"
        return f"la réponse au critère {named}{when}"
    sorte, _, nom = item.nom.partition("_")
    heading = next((t[nom] for t in (politique.volets, politique.chapitres, politique.objectifs) if nom in t), None)
    what = "le score enregistré" if sorte == "score" else "les points enregistrés"
    return what + (f" de {quoted(heading.titre)}" if heading else "") + when


def _of_the_cohort(key: str, politique: Politique) -> str:
    """What only the whole cohort gives: a statistic, an establishment's share, what another has not transmitted."""
    other = _OTHERS.fullmatch(key)
    if other is not None:
        return f"{missing_in_words(other['cle'], politique)} de l'établissement {other['finess']}"
    if key in politique.decisions:
        return f"le partage de {quoted(politique.decisions[key].titre or key)} entre les établissements de la cohorte"
    for noeud in statistics(politique):
        if " ".join(noeud.span.texte.split()) == key:
            return describe(noeud, politique)
    return f"{key.removesuffix(' à corriger')} dont les lignes sont à corriger" if key.endswith(" à corriger") else key
