"""What an establishment may do, and the notice that goes with an algorithmic processing.

Source: code des relations entre le public et l'administration, articles L. 311-3-1, R. 311-3-1-1 and R. 311-3-1-2, as
presented in Etalab's guide on public algorithms (the notice names the administration, the purpose, the right to obtain
the rules and how to use it; silence of one month opens two months before the CADA).
"""

from __future__ import annotations

from fractions import Fraction

from caqes_dsl.base.quantities import plain_number
from caqes_dsl.documents.shapes import LigneVue
from caqes_dsl.evaluation.missing import is_own
from caqes_dsl.evaluation.trace import Resultat
from caqes_dsl.model.nodes import Politique
from caqes_dsl.model.walk import statistics

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
    return tuple(line.replace("{what}", _computed(politique)) for line in _MENTION)


def _computed(politique: Politique) -> str:
    """What the processing computes: « un score et, le cas échéant, un montant encouru »."""
    ways = {d.en_faveur for d in politique.decisions.values()} or {False}
    amounts = {
        frozenset({False}): "un montant encouru",
        frozenset({True}): "un montant proposé en faveur de l'établissement",
    }.get(frozenset(ways), "des montants, encourus par l'établissement ou proposés en sa faveur")
    said = (["un score"] if politique.criteres or not politique.indicateurs else []) + (
        ["des indicateurs"] if politique.indicateurs else []
    )
    return f"{', '.join(said)} et, le cas échéant, {amounts}"


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


def processing(resultat: Resultat) -> tuple[LigneVue, ...]:
    """What article R. 311-3-1-2 asks to be communicated, in its four points, and where each is in the document."""
    politique = resultat.politique
    return (
        LigneVue("Part du traitement dans la décision", _part(politique)),
        LigneVue(
            "Données traitées et leurs sources",
            "Les réponses et les données transmises pour l'établissement, les valeurs que fixe la politique. Chacune "
            "est donnée avec sa provenance, là où elle sert puis dans « Données traitées ».",
        ),
        LigneVue("Paramètres et pondération appliqués à l'établissement", _weights(resultat)),
        LigneVue(
            "Opérations effectuées",
            "Chaque résultat est suivi de sa règle et de l'opération faite avec les valeurs de l'établissement ; "
            "« Sources » dit de quel texte vient chaque règle, et lesquelles sont des hypothèses.",
        ),
    )


def _part(politique: Politique) -> str:
    said = f"Le traitement calcule {_computed(politique)}. Il applique à tous les établissements les mêmes règles, "
    said += "écrites à l'avance dans la politique ; il n'apprend pas des données"
    others = "deux établissements de mêmes réponses et de mêmes données ont le même résultat"
    if statistics(politique) or any(d.au_prorata is not None for d in politique.decisions.values()):
        others = "certaines règles dépendent aussi des autres établissements de la cohorte, et le disent"
    said += f" ; {others}. "
    return said + (
        "Il ne décide rien : ce qu'il propose est soumis au comité, l'établissement présente ses observations, et "
        "l'administration peut retenir un autre montant, avec son motif."
        if politique.decisions
        else "Il ne décide rien."
    )


def _weights(resultat: Resultat) -> str:
    """How many criteria count here, and for how many points."""
    if not resultat.criteres:
        return (
            "Les cibles, les taux et les valeurs que fixe la politique figurent dans l'opération de chaque indicateur "
            "et de chaque montant."
        )
    here = [c for c in resultat.criteres.values() if c.statut in ("evalue", "indetermine")]
    weight = plain_number(sum((c.poids for c in here), Fraction(0)))
    verb = "compte" if len(here) < 2 else "comptent"
    return (
        f"{len(here)} critère{'s' if len(here) > 1 else ''} sur {len(resultat.criteres)} {verb} pour l'établissement, "
        f"pour {weight} points applicables au plus. Le poids de chacun, en points, est donné avec son résultat ; ce "
        "qui ne compte pas est listé, avec la raison."
    )
