"""The words that open a declaration, or change one that is inherited."""

from __future__ import annotations

from .terme import Terme

DECLARATIONS: tuple[Terme, ...] = (
    Terme(
        "politique",
        "policy",
        "Le fichier entier : toutes les règles d'un contrat pour un exercice, avec leurs sources.",
        code="Politique",
        voir=("exercice", "reprend", "statut"),
        exemples=("politique essai « Essai » exercice 2018 source « Exemple »",),
    ),
    Terme(
        "secteur",
        "sector",
        "Une activité de l'établissement (MCO, SSR, HAD…), dont dépendent les critères qui s'appliquent à lui.",
        code="Secteur",
        voir=("secteurs",),
        exemples=("secteur SSR « Soins de suite »",),
    ),
    Terme(
        "niveau",
        "level",
        "Une réponse possible à un critère (réalisé, non réalisé…), avec la part des points qu'elle donne.",
        code="Niveau",
        voir=("donne", "hors calcul", "NC"),
        exemples=("niveau E « Engagé » donne 25 %",),
    ),
    Terme(
        "donnée",
        "fact",
        "Un fait transmis par chaque établissement pour un exercice : un nombre de lits, un montant, une date.",
        code="Donnee",
        voir=("à défaut", "indéterminé"),
        exemples=("donnée sejours « Séjours » : entier ≥ 0",),
    ),
    Terme(
        "paramètre",
        "parameter",
        "Une valeur fixée par un texte, avec la date à partir de laquelle elle vaut.",
        code="Parametre",
        voir=("à compter du", "modifiable"),
        exemples=("paramètre plafonnement « Plafonnement » : taux 1 % à compter du 01/01/2017",),
    ),
    Terme(
        "notation",
        "scoring",
        "La façon dont les réponses deviennent un score : l'arrondi, ce que vaut une absence de réponse.",
        code="Notation",
        voir=("score", "sans réponse"),
        exemples=("notation score arrondi à 1 % avant comparaison",),
    ),
    Terme(
        "volet",
        "part",
        "Une partie du contrat qui a son score, sa cible et ses décisions.",
        code="Titre",
        voir=("chapitre", "cible", "score"),
        exemples=("volet efficience « Efficience » cible 50 %",),
    ),
    Terme(
        "chapitre",
        "chapter",
        "Un titre qui groupe des critères dans un volet, avec son article et son total.",
        code="Titre",
        voir=("volet", "objectif"),
        exemples=("chapitre circuit « Circuit du médicament » article « 10-2 »",),
    ),
    Terme(
        "objectif",
        "objective",
        "Un titre qui groupe des critères dans un chapitre.",
        code="Titre",
        voir=("chapitre", "critère"),
        exemples=("objectif informatiser « Informatiser la prescription »",),
    ),
    Terme(
        "critère",
        "criterion",
        "Ce qui est noté : une exigence du contrat, avec son poids et les secteurs qu'elle concerne.",
        code="Critere",
        voir=("poids", "secteurs", "mesure", "niveaux"),
        exemples=("critère C3 « Audit annuel » poids 1 point secteurs MCO",),
    ),
    Terme(
        "indicateur",
        "indicator",
        "Ce qui est mesuré et suivi sans être noté, avec au besoin une valeur visée.",
        code="Indicateur",
        voir=("mesure", "cible", "atteint", "critère"),
        exemples=("indicateur equipes « Lits équipés » mesure lits_lap / lits cible 80 % sens hausse",),
    ),
    Terme(
        "calcul",
        "computation",
        "Une quantité à laquelle on donne un nom, et l'expression qui la calcule.",
        code="Calcul",
        voir=("barème",),
        exemples=("calcul libres « Lits sans logiciel » : entier lits - lits_lap",),
    ),
    Terme(
        "barème",
        "scale",
        "Une table qui donne une valeur pour chaque cas d'une ou de plusieurs grandeurs.",
        code="Bareme",
        voir=("selon", "puis", "seuils"),
        exemples=("barème taux_retenu « Taux retenu » : taux selon lits jusqu'à 100 : 1 % plus de 100 : 2 %",),
    ),
    Terme(
        "sanction",
        "sanction",
        "Un montant à la charge de l'établissement, proposé au comité quand sa condition est remplie.",
        voir=("montant", "si", "montant encouru"),
        exemples=("sanction retrait « Retrait » si score < cible montant 1 % × produits arrondi à 0,01 €",),
    ),
    Terme(
        "intéressement",
        "incentive",
        "Un montant versé à l'établissement pour ses résultats, proposé quand sa condition est remplie.",
        voir=("sanction", "enveloppe"),
        exemples=("intéressement prime « Prime » si score ≥ cible montant 100 € arrondi à 1 €",),
    ),
    Terme(
        "pénalité",
        "penalty",
        "Un montant dû pour un manquement, tel que le refus de signer, proposé quand sa condition est remplie.",
        voir=("sanction",),
        exemples=("pénalité refus « Refus de signer » montant 1 % × produits arrondi à 1 €",),
    ),
    Terme(
        "enveloppe",
        "envelope",
        "Une somme fermée, partagée entre les établissements de la cohorte, au centime près.",
        voir=("au prorata de", "intéressement"),
        exemples=("enveloppe fir « Enveloppe régionale » montant 100 000 € au prorata de produits arrondi à 0,01 €",),
    ),
    Terme(
        "pièce",
        "document",
        "Un document que l'établissement doit fournir quand une condition est remplie.",
        code="Piece",
        voir=("si",),
        exemples=("pièce argumentaire « Argumentation écrite » si score < cible",),
    ),
    Terme(
        "calendrier",
        "calendar",
        "Les étapes datées du contrat, et les délais à respecter entre elles.",
        voir=("délai",),
        exemples=("calendrier 13/10/2018 envoi « Envoi des questionnaires »",),
    ),
    Terme(
        "exemple",
        "example",
        "Un cas chiffré, refait à chaque vérification et imprimé dans l'annexe.",
        code="Exemple",
        voir=("avec", "attendu"),
        exemples=("exemple « À la cible » avec score = 53 % attendu ecart = 0 pt",),
    ),
    Terme(
        "limite",
        "limit",
        "Ce qu'un texte impose de ne jamais dépasser, pour tout établissement, et que nul ne peut retirer.",
        code="Propriete",
        voir=("contrôle", "lorsque", "chaque"),
        exemples=("limite loi « Plafond légal » total des sanctions ≤ 1 % × produits source « Loi »",),
    ),
    Terme(
        "contrôle",
        "check",
        "Ce que l'auteur affirme de sa politique pour tout établissement, pour s'en assurer.",
        code="Propriete",
        voir=("limite", "lorsque", "croissant"),
        exemples=("contrôle positif « Un écart n'est jamais négatif » ecart ≥ 0 pt",),
    ),
    Terme(
        "modifie",
        "modify",
        "Change des clauses d'une déclaration reprise d'une autre politique, et garde les autres.",
        voir=("remplace", "supprime", "reprend"),
        exemples=(
            (
                "politique essai « Essai » reprend « national/2017.caqes » exercice 2018 modifie donnée "
                "taux_generiques à défaut 0 %"
            ),
        ),
    ),
    Terme(
        "remplace",
        "replace",
        "Met une déclaration nouvelle à la place de celle qui est reprise.",
        voir=("modifie", "supprime", "motif"),
        exemples=(
            (
                "politique essai « Essai » reprend « national/2017.caqes » exercice 2018 remplace niveau NR « Non "
                "fait » donne 0 %"
            ),
        ),
    ),
    Terme(
        "supprime",
        "delete",
        "Retire une déclaration reprise, avec son motif.",
        voir=("modifie", "remplace", "motif"),
        exemples=(
            (
                "politique essai « Essai » reprend « national/2017.caqes » exercice 2018 supprime niveau NC motif «"
                " Aucun critère neutre »"
            ),
        ),
    ),
)
"""What a policy declares."""
