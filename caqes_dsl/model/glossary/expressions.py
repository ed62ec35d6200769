"""What rows and expressions are made of: words, functions, types, units."""

from __future__ import annotations

from .terme import Terme

MOTS: tuple[Terme, ...] = (
    Terme(
        "moins de",
        "less than",
        "Au-dessous d'une borne, elle exclue.",
        voir=("jusqu'à", "plus de"),
        exemples=("barème prime « Prime » : montant selon lits moins de 100 : 0 € à partir de 100 : 50 €",),
    ),
    Terme(
        "plus de",
        "more than",
        "Au-dessus d'une borne, elle exclue.",
        voir=("à partir de", "moins de"),
        exemples=("barème prime « Prime » : montant selon lits jusqu'à 100 : 0 € plus de 100 : 50 €",),
    ),
    Terme(
        "à partir de",
        "starting at",
        "Une borne ou davantage, elle comprise.",
        voir=("plus de",),
        exemples=("barème prime « Prime » : montant selon lits moins de 100 : 0 € à partir de 100 : 50 €",),
    ),
    Terme(
        "jusqu'à",
        "up to",
        "Une borne ou moins, elle comprise.",
        voir=("moins de",),
        exemples=("barème prime « Prime » : montant selon lits jusqu'à 100 : 0 € plus de 100 : 50 €",),
    ),
    Terme(
        "au moins",
        "at least",
        "Le plus petit délai permis.",
        voir=("délai",),
        exemples=(
            (
                "calendrier 13/10/2018 envoi « Envoi » 06/11/2018 retour « Retour » délai retour au moins 21 jours "
                "après envoi"
            ),
        ),
    ),
    Terme(
        "tout",
        "any",
        "N'importe quelle valeur de cette grandeur, dans une table à plusieurs grandeurs.",
        voir=("autrement", "selon"),
        exemples=("barème prime « Prime » : montant selon classe ; lits A ; tout : 0 € B, C ; tout : 50 €",),
    ),
    Terme(
        "autrement",
        "otherwise",
        "Ce qu'aucun autre rang de la table ne prend.",
        voir=("tout",),
        exemples=("barème prime « Prime » : montant selon classe A : 50 € autrement : 0 €",),
    ),
    Terme(
        "puis",
        "then on",
        "Prolonge une table au-delà de son rang borné le plus haut, pas après pas.",
        code="Suite",
        voir=("par tranche de", "plafond"),
        exemples=(
            (
                "barème prime « Prime » : montant selon ecart 0 pt : 0 € plus de 0 pt à 2 pt : 50 € puis, par "
                "tranche de 2 pt entamée : 50 € de plus plafond 500 €"
            ),
        ),
    ),
    Terme(
        "par tranche de",
        "per step of",
        "La largeur de chaque pas d'une table prolongée.",
        voir=("puis", "entamée", "révolue"),
        exemples=(
            (
                "barème prime « Prime » : montant selon ecart 0 pt : 0 € plus de 0 pt à 2 pt : 50 € puis, par "
                "tranche de 2 pt entamée : 50 € de plus plafond 500 €"
            ),
        ),
    ),
    Terme(
        "entamée",
        "begun",
        "Une tranche compte dès qu'elle commence.",
        voir=("révolue", "par tranche de"),
        exemples=(
            (
                "barème prime « Prime » : montant selon ecart 0 pt : 0 € plus de 0 pt à 2 pt : 50 € puis, par "
                "tranche de 2 pt entamée : 50 € de plus plafond 500 €"
            ),
        ),
    ),
    Terme(
        "révolue",
        "completed",
        "Une tranche compte seulement quand elle est achevée.",
        voir=("entamée", "par tranche de"),
        exemples=(
            (
                "barème prime « Prime » : montant selon ecart 0 pt : 0 € plus de 0 pt à 2 pt : 50 € puis, par "
                "tranche de 2 pt révolue : 50 € de plus plafond 500 €"
            ),
        ),
    ),
    Terme(
        "de plus",
        "added",
        "Ce qu'ajoute chaque tranche.",
        voir=("puis",),
        exemples=(
            (
                "barème prime « Prime » : montant selon ecart 0 pt : 0 € plus de 0 pt à 2 pt : 50 € puis, par "
                "tranche de 2 pt entamée : 50 € de plus plafond 500 €"
            ),
        ),
    ),
    Terme(
        "si",
        "if",
        "Ouvre une condition : d'une décision, d'une pièce, ou d'un choix entre deux valeurs.",
        voir=("alors", "sinon"),
        exemples=("calcul base « Base » : montant si lits > 10 alors 100 € sinon 0 €",),
    ),
    Terme(
        "alors",
        "then",
        "La valeur quand la condition est remplie.",
        code="Choix",
        voir=("si", "sinon"),
        exemples=("calcul base « Base » : montant si lits > 10 alors 100 € sinon 0 €",),
    ),
    Terme(
        "sinon",
        "else",
        "La valeur quand la condition n'est pas remplie.",
        voir=("si", "alors"),
        exemples=("calcul base « Base » : montant si lits > 10 alors 100 € sinon 0 €",),
    ),
    Terme(
        "et",
        "and",
        "Vrai quand les deux conditions le sont ; faux dès que l'une est fausse, même si l'autre manque.",
        code="Logique",
        voir=("ou", "non"),
        exemples=("calcul base « Base » : oui_non lits > 10 et produits > 0 €",),
    ),
    Terme(
        "ou",
        "or",
        "Vrai quand l'une au moins des conditions l'est, même si l'autre manque.",
        code="Logique",
        voir=("et", "non"),
        exemples=("calcul base « Base » : oui_non lits > 10 ou produits > 0 €",),
    ),
    Terme(
        "non",
        "not",
        "Renverse une condition ; seul, la valeur « non ».",
        code="Logique",
        voir=("et", "oui"),
        exemples=("calcul base « Base » : oui_non non MCO",),
    ),
    Terme(
        "oui",
        "yes",
        "La valeur « oui » d'une condition.",
        voir=("non", "oui_non"),
        exemples=("exemple « Petit » avec lits = 5 attendu petit = oui calcul petit « Petit » : oui_non lits < 10",),
    ),
    Terme(
        "entre",
        "between",
        "Une valeur prise entre deux bornes, elles comprises.",
        voir=("jusqu'à",),
        exemples=("donnée occupes « Lits occupés » : entier entre 0 et lits",),
    ),
    Terme(
        "parmi",
        "among",
        "Restreint la cohorte aux établissements qui remplissent une condition.",
        voir=("par groupe", "médiane"),
        exemples=("calcul repere « Repère » : montant médiane(produits parmi MCO)",),
    ),
    Terme(
        "par groupe",
        "by group",
        "Restreint la cohorte aux établissements qui ont la même valeur que celui qui est évalué.",
        voir=("parmi", "rang"),
        exemples=("calcul place « Place » : entier rang(produits par groupe classe)",),
    ),
)
"""The words of rows and expressions."""

TYPES: tuple[Terme, ...] = (
    Terme(
        "entier",
        "integer",
        "Un nombre entier, sans unité.",
        voir=("décimal",),
    ),
    Terme(
        "décimal",
        "decimal",
        "Un nombre à virgule, sans unité.",
        voir=("entier",),
    ),
    Terme(
        "taux",
        "rate",
        "Un pourcentage : une part d'un tout, une évolution.",
        voir=("%", "écart"),
    ),
    Terme(
        "écart",
        "difference",
        "Une différence de taux, en points de pourcentage.",
        voir=("pt", "taux"),
    ),
    Terme(
        "points",
        "points",
        "Ce qu'un critère rapporte : le poids pris pour la part obtenue.",
        voir=("poids", "points_applicables"),
    ),
    Terme(
        "durée",
        "duration",
        "Un nombre entier de jours ou de mois.",
        voir=("jours", "mois"),
    ),
    Terme(
        "date",
        "date",
        "Un jour du calendrier, écrit 31/12/2018.",
        voir=("échéance",),
    ),
    Terme(
        "oui_non",
        "boolean",
        "Une condition, vraie ou fausse.",
        voir=("oui", "non"),
    ),
    Terme(
        "choix",
        "choice",
        "Une valeur parmi celles d'une liste fermée.",
        voir=("barème",),
        exemples=("donnée taille « Taille » : choix (PETIT, GRAND)",),
    ),
    Terme(
        "%",
        "percent",
        "L'unité des taux.",
        voir=("taux", "pt"),
    ),
    Terme(
        "pt",
        "percentage point",
        "L'unité des écarts : la différence de deux taux.",
        voir=("écart", "%"),
    ),
    Terme(
        "€",
        "euro",
        "L'unité des montants.",
        voir=("montant",),
    ),
    Terme(
        "k€",
        "thousand euros",
        "Mille euros.",
        voir=("€",),
    ),
    Terme(
        "M€",
        "million euros",
        "Un million d'euros.",
        voir=("€",),
    ),
    Terme(
        "jours",
        "days",
        "L'unité des durées en jours.",
        voir=("durée",),
    ),
    Terme(
        "semaines",
        "weeks",
        "Sept jours.",
        voir=("jours",),
    ),
    Terme(
        "mois",
        "months",
        "L'unité des durées en mois.",
        voir=("durée", "ans"),
    ),
    Terme(
        "ans",
        "years",
        "Douze mois.",
        voir=("mois",),
    ),
)
"""The types and units that are not also words of a clause."""
