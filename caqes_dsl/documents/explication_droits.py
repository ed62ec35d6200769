"""What an establishment may do, and the notice that goes with an algorithmic processing.

Source: code des relations entre le public et l'administration, articles L. 311-3-1, R. 311-3-1-1 and R. 311-3-1-2, as
presented in Etalab's guide on public algorithms (the notice names the administration, the purpose, the right to obtain
the rules and how to use it; silence of one month opens two months before the CADA).
"""

from __future__ import annotations

from caqes_dsl.evaluation.missing import is_own
from caqes_dsl.evaluation.trace import Resultat
from caqes_dsl.model.nodes import Politique

_MENTION = (
    "Ce résultat a été calculé par un traitement algorithmique (articles L. 311-3-1 et R. 311-3-1-1 du code des "
    "relations entre le public et l'administration). Administration responsable : celle qui adresse ce document à "
    "l'établissement. Finalité : évaluer le respect du contrat et préparer l'avis du comité.",
    "Le traitement calcule {what} ; il ne décide rien. Les données et leurs "
    "sources, les paramètres et leur pondération appliqués à l'établissement, les opérations effectuées figurent dans "
    "les pages qui suivent (article R. 311-3-1-2).",
    "L'établissement peut demander à cette administration la communication des règles de ce traitement et des "
    "principales caractéristiques de sa mise en œuvre. Sans réponse dans un délai d'un mois, il peut saisir la "
    "Commission d'accès aux documents administratifs (CADA) dans les deux mois.",
)
"""The notice; `{what}` is what the policy computes."""


def mention(politique: Politique) -> tuple[str, ...]:
    """The notice, which names what the policy computes."""
    ways = {d.en_faveur for d in politique.decisions.values()} or {False}
    amounts = {
        frozenset({False}): "un montant encouru",
        frozenset({True}): "un montant proposé en faveur de l'établissement",
    }.get(frozenset(ways), "des montants, encourus par l'établissement ou proposés en sa faveur")
    said = (["un score"] if politique.criteres or not politique.indicateurs else []) + (
        ["des indicateurs"] if politique.indicateurs else []
    )
    return tuple(line.replace("{what}", f"{', '.join(said)} et, le cas échéant, {amounts}") for line in _MENTION)


def actions(resultat: Resultat, politique: Politique) -> tuple[str, ...]:
    """What to do with this document."""
    said = []
    if any(is_own(k, resultat.etablissement.finess) for k in resultat.manquants):
        said.append("Transmettre ce qui manque : le résultat sera recalculé.")
    said.append(
        "Relire les réponses et les données ci-après : chaque ligne dit d'où elle vient. Signaler toute erreur à "
        "l'administration qui adresse ce document, avec une pièce à l'appui."
    )
    if any(d.certitude != "impossible" for d in resultat.decisions.values()):
        asked = {politique.decisions[n].en_faveur for n, d in resultat.decisions.items() if d.certitude != "impossible"}
        beside = "encouru" if asked == {False} else "proposé" if asked == {True} else "encouru ou proposé"
        said.append(
            "Présenter ses observations au comité : le montant retenu après observations, avec son motif, est inscrit "
            f"à côté du montant {beside}."
        )
    if politique.est_projet:
        said.append("La politique est un projet : ses règles et ses valeurs peuvent encore changer.")
    return tuple(said)
