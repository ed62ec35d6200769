"""What is missing, in words: titles instead of names, the year itself."""

from __future__ import annotations

from collections.abc import Iterable

from caqes_dsl.documents.phrases import describe
from caqes_dsl.documents.typography import listing
from caqes_dsl.documents.words import criterion_number, quoted
from caqes_dsl.evaluation.missing import decode, owner
from caqes_dsl.model.nodes import Politique
from caqes_dsl.model.walk import statistics

NOMMES = 5
"""What a sentence names of a long list."""


def lacking(keys: Iterable[str], politique: Politique) -> str:
    """What is missing in a sentence: its first items, then how many more."""
    every = list(dict.fromkeys(keys))
    words = [missing_in_words(k, politique) for k in every[:NOMMES]]
    more = len(every) - NOMMES
    return listing([*words, *([f"{more} autre{'s' if more > 1 else ''}"] if more > 0 else [])])


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
    own, finess = owner(key)
    if finess:
        return f"{missing_in_words(own, politique)} de l'établissement {finess}"
    if key in politique.decisions:
        return f"le partage de {quoted(politique.decisions[key].titre or key)} entre les établissements de la cohorte"
    for noeud in statistics(politique):
        if " ".join(noeud.span.texte.split()) == key:
            return describe(noeud, politique)
    return f"{key.removesuffix(' à corriger')} dont les lignes sont à corriger" if key.endswith(" à corriger") else key
