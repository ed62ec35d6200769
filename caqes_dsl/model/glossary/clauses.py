"""The words of the clauses, in the order a contract gives them."""

from __future__ import annotations

from .terme import Terme

CLAUSES: tuple[Terme, ...] = (
    Terme(
        "reprend",
        "extend",
        "Part d'une autre politique, dont toutes les déclarations valent ici.",
        voir=("respecte", "modifie"),
        exemples=("politique essai « Essai » reprend « national/2017.caqes » exercice 2018",),
    ),
    Terme(
        "respecte",
        "comply with",
        "Se soumet aux limites d'une autre politique sans en reprendre les règles.",
        voir=("reprend", "limite"),
        exemples=("politique essai « Essai » respecte « national/2017.caqes » exercice 2018 source « Exemple »",),
    ),
    Terme(
        "sans cadre national",
        "without national framework",
        "Dit qu'une politique régionale ne dépend d'aucune politique nationale, et pourquoi.",
        voir=("région", "reprend"),
        exemples=(
            "politique essai « Essai » sans cadre national motif « essai » région « Normandie » source « Exemple »",
        ),
    ),
    Terme(
        "région",
        "region",
        "La région à laquelle la politique s'applique.",
        voir=("politique",),
        exemples=(
            "politique essai « Essai » sans cadre national motif « essai » région « Normandie » source « Exemple »",
        ),
    ),
    Terme(
        "exercice",
        "fiscal year",
        "L'année dont les résultats sont évalués, dite N.",
        voir=("évaluée en", "vigueur", "N"),
        exemples=("politique essai « Essai » exercice 2018 source « Exemple »",),
    ),
    Terme(
        "évaluée en",
        "evaluated in",
        "L'année pendant laquelle l'exercice est évalué.",
        voir=("exercice",),
        exemples=("politique essai « Essai » exercice 2018 évaluée en 2019 source « Exemple »",),
    ),
    Terme(
        "vigueur",
        "validity",
        "La période pendant laquelle la politique vaut.",
        voir=("exercice", "durée au plus"),
        exemples=("politique essai « Essai » exercice 2018 vigueur du 01/01/2018 au 31/12/2018 source « Exemple »",),
    ),
    Terme(
        "statut",
        "status",
        "Dit si la politique est encore un projet ou si elle a été adoptée.",
        voir=("projet", "adopté"),
        exemples=("politique essai « Essai » exercice 2018 statut projet source « Exemple »",),
    ),
    Terme(
        "projet",
        "draft",
        "Une politique qui n'est pas encore adoptée : tous les documents le rappellent.",
        voir=("statut", "adopté"),
        exemples=("politique essai « Essai » exercice 2018 statut projet source « Exemple »",),
    ),
    Terme(
        "adopté",
        "adopted",
        "Une politique arrêtée, à une date et par une autorité.",
        voir=("statut", "projet"),
        exemples=("politique essai « Essai » statut adopté le 14/11/2017 par « le comité » source « Exemple »",),
    ),
    Terme(
        "source",
        "source",
        "Le texte d'où vient une règle ou une valeur.",
        voir=("hypothèse",),
        exemples=("secteur SSR « Soins de suite » source « Code de la santé publique »",),
    ),
    Terme(
        "motif",
        "reason",
        "La raison d'un choix : d'une suppression, de l'absence de cadre national.",
        voir=("supprime", "sans cadre national"),
        exemples=(
            "politique essai « Essai » sans cadre national motif « essai » région « Normandie » source « Exemple »",
            (
                "politique essai « Essai » reprend « national/2017.caqes » exercice 2018 supprime niveau NC motif «"
                " Aucun critère neutre »"
            ),
        ),
    ),
    Terme(
        "donne",
        "grant",
        "La part des points du critère que vaut un niveau.",
        voir=("niveau", "hors calcul"),
        exemples=("niveau E « Engagé » donne 25 %",),
    ),
    Terme(
        "hors calcul",
        "out of score",
        "Dit d'un niveau que les points du critère ne comptent ni au-dessus ni au-dessous du quotient.",
        voir=("niveau", "NC", "neutre"),
        exemples=("niveau SO « Sans objet » hors calcul",),
    ),
    Terme(
        "à défaut",
        "default",
        "Ce que vaut une donnée, ou une expression, quand elle n'est pas transmise.",
        voir=("manquante", "indéterminé", "sans réponse"),
        exemples=("donnée sejours « Séjours » : entier ≥ 0 à défaut 0",),
    ),
    Terme(
        "modifiable",
        "overridable",
        "Permet à une politique qui reprend celle-ci de changer ce qu'une limite fige.",
        voir=("limite", "paramètre"),
        exemples=("paramètre seuil « Seuil » : taux 4 % à compter du 01/01/2017 modifiable",),
    ),
    Terme(
        "à compter du",
        "effective from",
        "La date à partir de laquelle une valeur d'un paramètre vaut, ce jour compris.",
        voir=("paramètre", "jusqu'au"),
        exemples=("paramètre seuil « Seuil » : taux 4 % à compter du 01/01/2017",),
    ),
    Terme(
        "jusqu'au",
        "effective until",
        "Le dernier jour où une valeur d'un paramètre vaut.",
        voir=("à compter du",),
        exemples=("paramètre seuil « Seuil » : taux 4 % à compter du 01/01/2017 jusqu'au 31/12/2018",),
    ),
    Terme(
        "arrondi",
        "round",
        "Ramène une valeur au plus proche multiple d'un pas, un demi s'éloignant de zéro.",
        code="Arrondi",
        voir=("arrondi_excès", "arrondi_défaut"),
        exemples=("notation score arrondi à 1 % avant comparaison",),
    ),
    Terme(
        "affiché",
        "displayed",
        "Le score est exact dans les calculs, et seulement imprimé arrondi.",
        voir=("score", "arrondi"),
        exemples=("notation score affiché à 1 %",),
    ),
    Terme(
        "avant comparaison",
        "before comparison",
        "C'est le score arrondi qui est comparé à la cible.",
        voir=("score", "cible"),
        exemples=("notation score arrondi à 1 % avant comparaison",),
    ),
    Terme(
        "NC d'office",
        "automatic NC",
        "Rend un critère neutre, sans déclaration, quand une condition est remplie.",
        voir=("NC", "NC sur justification"),
        exemples=("critère C3 « Audit » poids 1 point secteurs tous NC d'office si lits < 10",),
    ),
    Terme(
        "NC sur justification",
        "justified NC",
        "Permet à l'établissement de se dire non concerné, avec un motif.",
        voir=("NC", "NC d'office"),
        exemples=("critère C3 « Audit » poids 1 point secteurs tous NC sur justification",),
    ),
    Terme(
        "sans réponse",
        "unanswered",
        "Le niveau que vaut une absence de réponse.",
        voir=("NR", "à défaut", "notation"),
        exemples=("critère C3 « Audit » poids 1 point secteurs tous sans réponse : NR",),
    ),
    Terme(
        "sans",
        "drop",
        "Retire une clause d'une déclaration reprise.",
        voir=("modifie",),
        exemples=(
            (
                "politique essai « Essai » reprend « national/2017.caqes » exercice 2018 modifie donnée "
                "taux_generiques sans source"
            ),
        ),
    ),
    Terme(
        "total",
        "total",
        "Le nombre de points ou de critères que l'annexe imprime sous un titre, recompté par le vérificateur.",
        code="Total",
        voir=("soit", "poids"),
        exemples=("chapitre circuit « Circuit » total 1 point critère C3 « Audit » poids 1 point secteurs tous",),
    ),
    Terme(
        "critères",
        "number of criteria",
        "L'unité d'un total qui compte des critères.",
        voir=("total", "critère"),
        exemples=(
            (
                "chapitre circuit « Circuit » total 2 critères critère C3 « Audit » poids 1 point secteurs tous "
                "critère C4 « Revue » poids 1 point secteurs tous"
            ),
        ),
    ),
    Terme(
        "soit",
        "amounting to",
        "La part d'un total dans celui du volet, arrondie comme elle est écrite.",
        voir=("total",),
        exemples=(
            "chapitre circuit « Circuit » total 1 point soit 20 % critère C3 « Audit » poids 1 point secteurs tous",
        ),
    ),
    Terme(
        "cible",
        "target",
        "La valeur que le score d'un volet, ou un indicateur, doit atteindre.",
        voir=("volet", "score", "écart"),
        exemples=("volet efficience « Efficience » cible 50 %",),
    ),
    Terme(
        "réservé si",
        "restricted to",
        "Réserve un volet ou un indicateur aux établissements qui remplissent une condition.",
        voir=("volet", "indicateur"),
        exemples=("volet efficience « Efficience » réservé si produits > 1 M€",),
    ),
    Terme(
        "durée au plus",
        "maximum duration",
        "Vérifie que la vigueur du contrat ne dépasse pas une durée.",
        voir=("vigueur",),
        exemples=("volet efficience « Efficience » cible 50 % durée au plus 5 ans",),
    ),
    Terme(
        "article",
        "article",
        "Le numéro de l'article sous lequel un titre s'imprime dans l'annexe.",
        voir=("texte",),
        exemples=("chapitre circuit « Circuit du médicament » article « 10-2 »",),
    ),
    Terme(
        "texte",
        "text",
        "Ce que l'annexe imprime sous un titre.",
        voir=("article",),
        exemples=("chapitre circuit « Circuit » texte « L'établissement sécurise le circuit. »",),
    ),
    Terme(
        "poids",
        "weight",
        "Les points qu'un critère apporte quand il est entièrement réalisé.",
        voir=("points", "critère"),
        exemples=("critère C3 « Audit » poids 0,5 point secteurs tous",),
    ),
    Terme(
        "secteurs",
        "sectors",
        "Les secteurs auxquels un critère s'applique, ou ceux de l'établissement d'un exemple.",
        voir=("secteur", "tous", "sauf"),
        exemples=("critère C3 « Audit » poids 1 point secteurs MCO, HAD",),
    ),
    Terme(
        "tous",
        "all",
        "Tous les secteurs déclarés.",
        voir=("secteurs", "sauf"),
        exemples=("critère C3 « Audit » poids 1 point secteurs tous",),
    ),
    Terme(
        "sauf",
        "except",
        "Les secteurs laissés de côté.",
        voir=("secteurs", "tous"),
        exemples=("critère C3 « Audit » poids 1 point secteurs tous sauf HAD",),
    ),
    Terme(
        "niveaux",
        "levels",
        "Les seules réponses qu'un critère admet.",
        voir=("niveau",),
        exemples=("critère C3 « Audit » poids 1 point secteurs tous niveaux R, NR",),
    ),
    Terme(
        "mesure",
        "measure",
        "La grandeur calculée dont un critère tire son niveau ou sa part des points.",
        voir=("seuils", "indicateur"),
        exemples=("critère C3 « Lits équipés » poids 1 point secteurs tous mesure lits_lap / lits",),
    ),
    Terme(
        "seuils",
        "thresholds",
        "Les rangs qui donnent un niveau, ou une part des points, selon la mesure.",
        code="Table",
        voir=("mesure", "barème", "selon"),
        exemples=(
            (
                "critère C3 « Lits équipés » poids 1 point secteurs tous mesure lits_lap / lits seuils jusqu'à 50 %"
                " : NR plus de 50 % : R"
            ),
        ),
    ),
    Terme(
        "selon",
        "by",
        "La ou les grandeurs qui conduisent une table.",
        voir=("barème", "croissant"),
        exemples=("barème prime « Prime » : montant selon lits jusqu'à 100 : 0 € plus de 100 : 50 €",),
    ),
    Terme(
        "sens",
        "direction",
        "Dit si une mesure s'améliore en montant ou en descendant.",
        voir=("hausse", "baisse"),
        exemples=("critère C3 « Lits équipés » poids 1 point secteurs tous mesure lits_lap / lits sens hausse",),
    ),
    Terme(
        "hausse",
        "increase",
        "La mesure s'améliore quand elle monte.",
        voir=("sens", "baisse"),
        exemples=("critère C3 « Lits équipés » poids 1 point secteurs tous mesure lits_lap / lits sens hausse",),
    ),
    Terme(
        "baisse",
        "decrease",
        "La mesure s'améliore quand elle descend.",
        voir=("sens", "hausse"),
        exemples=(
            (
                "critère C3 « Lits sans logiciel » poids 1 point secteurs tous mesure (lits - lits_lap) / lits sens"
                " baisse seuils jusqu'à 10 % : R plus de 10 % : NR"
            ),
        ),
    ),
    Terme(
        "preuve",
        "evidence",
        "Ce que l'établissement montre pour justifier sa réponse.",
        voir=("guide", "critère"),
        exemples=("critère C3 « Audit » poids 1 point secteurs tous preuve « Compte rendu de l'audit »",),
    ),
    Terme(
        "guide",
        "guidance",
        "Ce qui aide à répondre au critère.",
        voir=("preuve", "critère"),
        exemples=("critère C3 « Audit » poids 1 point secteurs tous guide « Un audit de moins d'un an »",),
    ),
    Terme(
        "échéance",
        "deadline",
        "La date à laquelle un critère doit être réalisé.",
        voir=("critère", "calendrier"),
        exemples=("critère C3 « Audit » poids 1 point secteurs tous échéance 31/12/2018",),
    ),
    Terme(
        "variante",
        "variant",
        "Ce qui change d'un critère quand il ne s'applique que par certains secteurs.",
        code="Variante",
        voir=("secteurs", "critère"),
        exemples=("critère C3 « Audit » poids 1 point secteurs tous variante HAD : poids 0,5 point",),
    ),
    Terme(
        "anciennement",
        "formerly",
        "Le nom qu'un critère renuméroté portait avant, pour en garder la suite.",
        voir=("critère",),
        exemples=("critère C3 « Audit » poids 1 point secteurs tous anciennement C33",),
    ),
    Terme(
        "après",
        "after",
        "Place un critère derrière un autre, ou une étape après une autre.",
        voir=("délai", "critère"),
        exemples=("critère C3 « Audit » après C1 poids 1 point secteurs tous",),
    ),
    Terme(
        "montant",
        "amount",
        "Une somme en euros ; dans une décision, l'expression qui la donne.",
        voir=("plafond", "arrondi", "€"),
        exemples=("sanction retrait « Retrait » montant 1 % × produits arrondi à 0,01 €",),
    ),
    Terme(
        "plafond",
        "cap",
        "La valeur qu'un montant ou un barème ne dépasse jamais.",
        voir=("plancher", "montant", "barème"),
        exemples=("sanction retrait « Retrait » montant 2 % × produits plafond 100 000 € arrondi à 0,01 €",),
    ),
    Terme(
        "plancher",
        "floor",
        "La valeur au-dessous de laquelle un montant dû ne descend pas.",
        voir=("plafond", "montant"),
        exemples=("sanction retrait « Retrait » montant 2 % × produits plancher 100 € arrondi à 0,01 €",),
    ),
    Terme(
        "au prorata de",
        "in proportion to",
        "La grandeur qui fixe la part de chaque établissement dans une enveloppe.",
        voir=("enveloppe",),
        exemples=("enveloppe fir « Enveloppe régionale » montant 100 000 € au prorata de produits arrondi à 0,01 €",),
    ),
    Terme(
        "délai",
        "time limit",
        "Le temps à laisser entre deux étapes du calendrier.",
        code="Delai",
        voir=("calendrier", "au moins"),
        exemples=(
            (
                "calendrier 13/10/2018 envoi « Envoi » 06/11/2018 retour « Retour » délai retour au moins 21 jours "
                "après envoi"
            ),
        ),
    ),
    Terme(
        "avec",
        "given",
        "Ce qu'un exemple fixe : une donnée, une réponse, un résultat.",
        code="Impose",
        voir=("exemple", "avec autres critères", "attendu"),
        exemples=("exemple « À la cible » avec score = 53 % attendu ecart = 0 pt",),
    ),
    Terme(
        "avec autres critères",
        "other criteria given",
        "Le niveau qu'un exemple donne aux critères dont il ne dit rien.",
        voir=("avec", "exemple"),
        exemples=(
            (
                "exemple « Tout réalisé » avec lits = 10 avec lits_lap = 10 avec autres critères = R attendu score "
                "= 100 %"
            ),
        ),
    ),
    Terme(
        "attendu",
        "expected",
        "Ce qui doit sortir d'un exemple.",
        voir=("exemple", "avec"),
        exemples=("exemple « À la cible » avec score = 53 % attendu ecart = 0 pt",),
    ),
    Terme(
        "lorsque",
        "provided that",
        "Restreint une limite ou un contrôle aux cas qui remplissent une condition.",
        voir=("limite", "contrôle"),
        exemples=("contrôle borne « Un pour cent au plus » ecart ≤ 100 pt lorsque lits > 10",),
    ),
    Terme(
        "croissant",
        "increasing",
        "Dit qu'une grandeur ne baisse jamais quand une autre monte.",
        voir=("décroissant", "contrôle", "niveaux"),
        exemples=("contrôle monte « Mieux répondre ne fait pas baisser le score » score croissant selon niveaux",),
    ),
    Terme(
        "décroissant",
        "decreasing",
        "Dit qu'une grandeur ne monte jamais quand une autre monte.",
        voir=("croissant", "contrôle"),
        exemples=("contrôle descend « Mieux répondre n'éloigne pas de la cible » ecart décroissant selon niveaux",),
    ),
    Terme(
        "chaque",
        "each",
        "Une limite qui vaut pour chaque décision, prise seule.",
        voir=("total des", "aucune", "limite"),
        exemples=(
            "limite loi « Plafond » chaque sanction ≤ 1 % × produits source « Loi »",
            "limite loi « Plafond » chaque pénalité ≤ 1 % × produits source « Loi »",
        ),
    ),
    Terme(
        "aucune",
        "no such",
        "Une limite qui interdit toute décision de cette sorte.",
        voir=("chaque", "total des", "limite"),
        exemples=(
            "limite loi « Sans sanction » aucune sanction source « Loi »",
            "limite loi « Sans pénalité » aucune pénalité source « Loi »",
        ),
    ),
    Terme(
        "total des",
        "sum of all",
        "Une limite qui vaut pour toutes les décisions ensemble.",
        voir=("chaque", "aucune", "limite"),
        exemples=("limite loi « Plafond » total des sanctions ≤ 1 % × produits source « Loi »",),
    ),
    Terme(
        "sanctions",
        "sanctions",
        "Toutes les sanctions de la politique, dans une limite.",
        voir=("sanction", "total des"),
        exemples=("limite loi « Plafond » total des sanctions ≤ 1 % × produits source « Loi »",),
    ),
    Terme(
        "intéressements",
        "incentives",
        "Tous les intéressements de la politique, dans une limite.",
        voir=("intéressement", "total des"),
        exemples=("limite loi « Plafond » total des intéressements ≤ 1 % × produits source « Loi »",),
    ),
    Terme(
        "pénalités",
        "penalties",
        "Toutes les pénalités de la politique, dans une limite.",
        voir=("pénalité", "total des"),
        exemples=("limite loi « Plafond » total des pénalités ≤ 1 % × produits source « Loi »",),
    ),
)
"""The words of the clauses."""
