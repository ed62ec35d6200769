"""The words of the results and of the documents; a policy does not declare them."""

from __future__ import annotations

from .terme import Terme

NOTIONS: tuple[Terme, ...] = (
    Terme(
        "score",
        "score",
        "La part obtenue des points applicables, comparée à la cible.",
        voir=("points", "points_applicables", "notation"),
        exemples=(
            "notation score arrondi à 1 % avant comparaison",
            "notation score = mixte calcul mixte « Mixte » : taux 50 %",
        ),
    ),
    Terme(
        "NC",
        "not concerned",
        "Non concerné : les points du critère sortent du total applicable ; ce niveau existe toujours.",
        voir=("hors calcul", "NC d'office", "NC sur justification"),
    ),
    Terme(
        "NR",
        "not done",
        "Non réalisé, tel que les politiques nomment d'usage ce niveau : le critère compte, pour ce qu'il donne.",
        voir=("sans réponse", "niveau"),
    ),
    Terme(
        "neutre",
        "neutral",
        "Un critère dont les points ne comptent ni au-dessus ni au-dessous du quotient.",
        voir=("NC", "hors calcul"),
    ),
    Terme(
        "non transmis",
        "not transmitted",
        "Une donnée ou une réponse que l'établissement n'a pas envoyée : ni zéro, ni non réalisé.",
        voir=("indéterminé", "à défaut"),
    ),
    Terme(
        "indéterminé",
        "undetermined",
        "Un résultat qui dépend de ce qui manque : il dit ce qui manque, et garde un minimum et un maximum.",
        voir=("non transmis", "à défaut"),
    ),
    Terme(
        "sans objet",
        "not applicable",
        "Un score dont rien n'est applicable : les décisions valent alors 0 €.",
        voir=("points_applicables",),
    ),
    Terme(
        "certain",
        "certain",
        "Une décision qui tombe quoi que vaille ce qui manque.",
        voir=("impossible", "ouvert"),
    ),
    Terme(
        "impossible",
        "impossible",
        "Une décision qui ne peut tomber, quoi que vaille ce qui manque.",
        voir=("certain", "ouvert"),
    ),
    Terme(
        "ouvert",
        "open",
        "Une décision qui dépend de ce qui manque.",
        voir=("certain", "impossible", "indéterminé"),
    ),
    Terme(
        "montant encouru",
        "amount at stake",
        "Ce que dit le calcul d'une décision : une proposition au comité, jamais une décision prise.",
        voir=("montant retenu", "sanction"),
    ),
    Terme(
        "montant retenu",
        "retained amount",
        "Ce que le comité décide, avec son motif, noté à côté du montant encouru.",
        voir=("montant encouru", "motif"),
    ),
    Terme(
        "N",
        "current year",
        "L'exercice évalué ; « N-1 » après un nom lit l'exercice d'avant, « N-2 » encore avant.",
        voir=("exercice",),
        exemples=("calcul gain « Gain » : montant produits - produits N-1",),
    ),
    Terme(
        "hypothèse",
        "assumption",
        "Ce qu'aucun texte ne fixe : une source qui commence par ce mot, et que l'annexe imprime comme telle.",
        voir=("source",),
        exemples=("secteur SSR « Soins de suite » source « hypothèse : à confirmer »",),
    ),
    Terme(
        "établissement",
        "hospital",
        "L'hôpital ou la clinique qui a signé le contrat, désigné par son numéro FINESS.",
        voir=("secteur", "donnée"),
    ),
    Terme(
        "cohorte",
        "cohort",
        "Tous les établissements évalués ensemble, lus dans un même fichier.",
        voir=("établissement", "parmi"),
    ),
    Terme(
        "décision",
        "decision",
        "Ce que la politique propose au comité pour un établissement : un montant, son calcul et ses sources.",
        code="Decision",
        voir=("sanction", "intéressement", "pénalité"),
    ),
    Terme(
        "code de contrôle",
        "control code",
        "Douze signes qui résument tout ce qu'une politique imprime ou calcule : s'il change, le contrat a changé.",
        voir=("politique",),
    ),
    Terme(
        "annexe",
        "annex",
        "Le document joint au contrat, imprimé depuis la politique seule.",
        voir=("article",),
    ),
    Terme(
        "rang",
        "row",
        "Une ligne d'une table : un cas, et ce qu'il donne.",
        code="Rang",
        voir=("seuils", "barème", "par groupe"),
        exemples=("barème prime « Prime » : montant selon lits jusqu'à 100 : 0 € plus de 100 : 50 €",),
    ),
)
"""What results and documents speak of."""
