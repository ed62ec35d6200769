"""The codes of diagnostics: what each is, why it matters to a regulator, and a wrong and a right excerpt."""

from __future__ import annotations

from dataclasses import dataclass

from .diagnostics import Severite

_ERREUR, _AVERTISSEMENT, _NOTE = Severite.ERREUR, Severite.AVERTISSEMENT, Severite.NOTE


@dataclass(frozen=True, slots=True)
class Code:
    """A kind of mistake; `depuis` is the version that first reported it."""

    code: str
    titre: str
    severite: Severite
    pourquoi: str
    mauvais: str
    bon: str
    depuis: str = "0.1"


_SYNTAXE = (
    Code(
        "CAQ101",
        "mot inattendu",
        _ERREUR,
        "La phrase ne se lit pas comme une clause du contrat : tant qu'elle n'est pas comprise, rien ne peut en être "
        "conclu, et la deviner reviendrait à écrire la règle à la place de son auteur.",
        "critère C1 « Audit annuel »\n  poids de 2 points\n  secteurs tous",
        "critère C1 « Audit annuel »\n  poids 2 points\n  secteurs tous",
    ),
    Code(
        "CAQ102",
        "texte non fermé",
        _ERREUR,
        "Un texte ouvert par « et jamais fermé avalerait les clauses qui suivent : un critère entier disparaîtrait du "
        "contrat sans que personne le voie.",
        "secteur MCO « Médecine, chirurgie, obstétrique\nsecteur HAD « Hospitalisation à domicile »",
        "secteur MCO « Médecine, chirurgie, obstétrique »\nsecteur HAD « Hospitalisation à domicile »",
    ),
    Code(
        "CAQ103",
        "nombre mal écrit",
        _ERREUR,
        "Un nombre s'écrit avec une virgule décimale et des groupes de trois chiffres. Un point ou un groupe incomplet "
        "laisse douter de la valeur, et un taux ou un montant ne doit laisser aucun doute.",
        "poids 0.5 point",
        "poids 0,5 point",
    ),
    Code(
        "CAQ104",
        "caractère interdit",
        _ERREUR,
        "Certains caractères ne se voient pas ou changent le sens de lecture : le texte affiché ne serait plus celui "
        "qui est calculé. Ils sont refusés hors des textes.",
        "poids 2 points !",
        "poids 2 points",
    ),
    Code(
        "CAQ105",
        "date impossible",
        _ERREUR,
        "Une date qui n'existe pas au calendrier ne peut ouvrir ni fermer une période : la valeur en vigueur serait "
        "inconnue.",
        "vigueur du 01/01/2018 au 31/11/2018",
        "vigueur du 01/01/2018 au 30/11/2018",
    ),
    Code(
        "CAQ106",
        "édition absente",
        _AVERTISSEMENT,
        "La première ligne dit l'édition du langage dans laquelle la politique est écrite. Sans elle, une version "
        "future ne saurait pas comment la relire. « caqes formater » l'ajoute.",
        "politique normandie_2018 « CAQES Normandie 2018 »",
        "caqes 1\n\npolitique normandie_2018 « CAQES Normandie 2018 »",
    ),
    Code(
        "CAQ107",
        "édition inconnue",
        _ERREUR,
        "Cette version ne connaît que l'édition 1. Lire une autre édition avec les règles de celle-ci pourrait donner "
        "un autre résultat que celui voulu.",
        "caqes 2\n\npolitique p « CAQES 2018 »\n  exercice 2018",
        "caqes 1\n\npolitique p « CAQES 2018 »\n  exercice 2018",
    ),
    Code(
        "CAQ108",
        "clause dite deux fois",
        _ERREUR,
        "Deux poids ou deux cibles pour la même chose se contredisent ou se répètent ; rien ne dit laquelle l'emporte.",
        "critère C1 « Audit annuel »\n  poids 2 points\n  poids 3 points\n  secteurs tous",
        "critère C1 « Audit annuel »\n  poids 3 points\n  secteurs tous",
    ),
    Code(
        "CAQ109",
        "en-tête politique absent ou mal placé",
        _ERREUR,
        "L'en-tête dit quel texte on lit, pour quel exercice et quelle région. Il est unique et précède toute autre "
        "déclaration.",
        "caqes 1\nsecteur MCO « Médecine »\npolitique p « CAQES 2018 »",
        "caqes 1\npolitique p « CAQES 2018 »\nsecteur MCO « Médecine »",
    ),
    Code(
        "CAQ110",
        "limite dépassée",
        _ERREUR,
        "Le texte est trop long, trop imbriqué ou un nombre y a trop de chiffres. Ces bornes, bien au-delà de tout "
        "contrat réel, garantissent une réponse rapide pour tout fichier.",
        "calcul x « Essai » : entier\n  " + "(" * 65 + "lits" + ")" * 65,
        "calcul partie « Première partie » : entier\n  lits + dossiers\n\ncalcul x « Essai » : entier\n  partie × 2",
    ),
    Code(
        "CAQ111",
        "clause mal placée",
        _ERREUR,
        "Chaque clause appartient à certaines déclarations : une cible à un volet ou à un indicateur, un poids à un "
        "critère. Ailleurs, elle resterait sans effet.",
        "chapitre A « Bon usage »\n  poids 2 points",
        "chapitre A « Bon usage »\n\ncritère A1 « Audit annuel »\n  poids 2 points\n  secteurs tous",
    ),
    Code(
        "CAQ112",
        "mot d'une autre langue ou unité oubliée",
        _ERREUR,
        "Les mots du langage sont ceux du contrat, en français, et toute grandeur porte son unité : « 3 » peut être "
        "trois points, trois pour cent ou trois euros.",
        "if score < 53\n  montant 1000",
        "si score < 53 %\n  montant 1 000 €",
    ),
)

_NOMS_ET_TYPES = (
    Code(
        "CAQ201",
        "nom inconnu",
        _ERREUR,
        "Une règle qui cite un nom jamais déclaré ne peut pas être appliquée ; c'est le plus souvent une faute de "
        "frappe.",
        "secteurs MC0",
        "secteurs MCO",
    ),
    Code(
        "CAQ202",
        "nom déclaré deux fois",
        _ERREUR,
        "Un nom désigne une seule chose. Avec deux déclarations, un établissement pourrait lire l'une et l'évaluation "
        "appliquer l'autre.",
        "critère C1 « Audit annuel »\n  poids 1 point\n  secteurs tous\n\n"
        "critère C1 « Audit trimestriel »\n  poids 1 point\n  secteurs tous",
        "critère C1 « Audit annuel »\n  poids 1 point\n  secteurs tous\n\n"
        "critère C2 « Audit trimestriel »\n  poids 1 point\n  secteurs tous",
    ),
    Code(
        "CAQ203",
        "noms semblables",
        _AVERTISSEMENT,
        "Deux noms qui ne diffèrent que par un accent ou une majuscule se confondent à la lecture ; l'un finit par "
        "être écrit pour l'autre.",
        "donnée depenses « Dépenses » : montant\ndonnée dépenses « Dépenses de l'année » : montant",
        "donnée depenses_liste « Dépenses » : montant\ndonnée depenses_totales « Dépenses de l'année » : montant",
    ),
    Code(
        "CAQ204",
        "types incompatibles",
        _ERREUR,
        "On n'ajoute pas des euros à des points et on ne compare pas un taux à une durée : un calcul qui mélange les "
        "grandeurs donne un nombre, mais aucun sens.",
        "si score > 1 000 €",
        "si score > 53 %",
    ),
    Code(
        "CAQ205",
        "unité attendue",
        _ERREUR,
        "La différence de deux taux est un écart en points de pourcentage, non un pourcentage : « 5 % » et « 5 pt » ne "
        "décident pas de la même sanction.",
        "si cible - score > 5 %",
        "si cible - score > 5 pt",
    ),
    Code(
        "CAQ206",
        "clause obligatoire absente",
        _ERREUR,
        "Sans cette clause, la déclaration ne dit pas tout ce qu'il faut pour l'appliquer : un critère sans poids, une "
        "sanction sans montant.",
        "critère C1 « Audit annuel »\n  secteurs tous",
        "critère C1 « Audit annuel »\n  poids 2 points\n  secteurs tous",
    ),
    Code(
        "CAQ207",
        "division par zéro possible",
        _ERREUR,
        "Pour un établissement au moins, le diviseur peut être nul et la règle ne dirait rien. L'auteur doit dire ce "
        "qu'il veut dans ce cas.",
        "mesure conformes / dossiers",
        "mesure conformes / dossiers\nNC d'office si dossiers = 0",
    ),
    Code(
        "CAQ208",
        "fonction inconnue ou mal appliquée",
        _ERREUR,
        "La fonction n'existe pas, ou n'a pas les arguments qu'elle demande ; les arguments sont séparés par « ; » "
        "puisque la virgule est décimale.",
        "calcul s « Score au point » : taux\n  arrondi(score)",
        "calcul s « Score au point » : taux\n  arrondi(score ; 1 %)",
    ),
    Code(
        "CAQ209",
        "définition circulaire",
        _ERREUR,
        "Une grandeur qui dépend d'elle-même n'a pas de valeur calculable : aucun établissement ne pourrait vérifier "
        "son résultat.",
        "calcul a « A » : entier b + 1\ncalcul b « B » : entier a + 1",
        "calcul a « A » : entier lits + 1\ncalcul b « B » : entier a + 1",
    ),
    Code(
        "CAQ210",
        "période non permise",
        _ERREUR,
        "Une donnée, un calcul ou un score ont une valeur l'année précédente ; un paramètre, une cible ou une décision "
        "n'en ont pas.",
        "si score < cible N-1",
        "si score < score N-1",
    ),
    Code(
        "CAQ212",
        "paramètre sans valeur à cette date",
        _ERREUR,
        "Un paramètre est fixé par un texte daté. Avant sa première valeur ou après la dernière, aucun texte ne le "
        "fixe, et prolonger une valeur périmée serait sans base.",
        "exercice 2018\nparamètre taux_max « Taux à ne pas dépasser » : taux\n"
        "  4 % à compter du 01/01/2019\n\npièce note « Note à joindre »\n  si score > taux_max",
        "exercice 2018\nparamètre taux_max « Taux à ne pas dépasser » : taux\n"
        "  4 % à compter du 01/01/2018\n\npièce note « Note à joindre »\n  si score > taux_max",
    ),
    Code(
        "CAQ213",
        "nom réservé",
        _ERREUR,
        "Les mots du langage ne peuvent pas servir de noms : la phrase aurait deux lectures.",
        "donnée score « Score national » : taux",
        "donnée score_national « Score national » : taux",
    ),
    Code(
        "CAQ214",
        "valeur hors du type",
        _ERREUR,
        "La valeur écrite n'appartient pas à son type ou sort de ses bornes : un entier à virgule, un taux de crédit "
        "au-delà de 100 %, un choix qui n'est pas dans la liste.",
        "niveau PR « Partiellement réalisé » donne 150 %",
        "niveau PR « Partiellement réalisé » donne 50 %",
    ),
    Code(
        "CAQ215",
        "exercice hors de la vigueur",
        _ERREUR,
        "Une politique ne vaut que pendant sa vigueur : évaluer une autre année avec elle appliquerait des règles qui "
        "n'étaient pas en force.",
        "vigueur du 01/01/2018 au 31/12/2018\n# caqes evaluer … --exercice 2021",
        "vigueur du 01/01/2018 au 31/12/2021\n# caqes evaluer … --exercice 2021",
    ),
    Code(
        "CAQ216",
        "statistique de la cohorte hors de sa place",
        _ERREUR,
        "Une médiane ou un rang n'existe que pour une cohorte donnée. Une limite ou un contrôle vaut pour tout "
        "établissement, et l'exercice d'avant avait une autre cohorte : la statistique y serait inventée.",
        "contrôle c « Sous la médiane »\n  produits ≤ médiane(produits)",
        "pièce p « Argumentation »\n  si produits > médiane(produits)",
    ),
)

_TABLES = (
    Code(
        "CAQ301",
        "trou dans une table",
        _ERREUR,
        "Une valeur possible ne tombe dans aucun rang : pour l'établissement qui l'obtient, le contrat ne dit ni "
        "crédit ni sanction, et la décision serait contestable.",
        "seuils\n  moins de 25 % : NR\n  de 26 % à 49 % : PR\n  à partir de 50 % : R",
        "seuils\n  moins de 25 % : NR\n  de 25 % à moins de 50 % : PR\n  à partir de 50 % : R",
    ),
    Code(
        "CAQ302",
        "chevauchement dans une table",
        _ERREUR,
        "Une valeur tombe dans deux rangs : le même établissement aurait deux résultats selon le rang que l'on lit.",
        "seuils\n  jusqu'à 25 % : NR\n  de 25 % à 100 % : R",
        "seuils\n  moins de 25 % : NR\n  de 25 % à 100 % : R",
    ),
    Code(
        "CAQ303",
        "rang jamais atteint",
        _ERREUR,
        "Aucune valeur possible ne tombe dans ce rang : il est imprimé dans le contrat et ne s'appliquera jamais.",
        "seuils\n  jusqu'à 100 % : R\n  plus de 100 % : NR",
        "seuils\n  moins de 50 % : NR\n  de 50 % à 100 % : R",
    ),
    Code(
        "CAQ304",
        "barème sans fin",
        _ERREUR,
        "Le barème s'arrête avant la plus grande valeur possible : au-delà du dernier rang, rien n'est dit. Un rang "
        "ouvert ou une clause « puis » le complète.",
        "barème taux « Taux » : taux\n  selon ecart\n  0 pt : 0 %\n  plus de 0 pt à 2 pt : 0,01 %",
        "barème taux « Taux » : taux\n  selon ecart\n  0 pt : 0 %\n  plus de 0 pt à 2 pt : 0,01 %\n"
        "  puis, par tranche de 2 pt entamée : 0,01 % de plus\n  plafond 1 %",
    ),
    Code(
        "CAQ305",
        "intervalle vide",
        _ERREUR,
        "La borne basse dépasse la borne haute : le rang ne contient aucune valeur, sans doute parce que les bornes "
        "sont inversées.",
        "de 50 % à 25 % : PR\njusqu'à 50 % : NR\nplus de 50 % : R",
        "jusqu'à 25 % : NR\nplus de 25 % à 50 % : PR\nplus de 50 % : R",
    ),
    Code(
        "CAQ306",
        "plafond ou plancher jamais atteint",
        _NOTE,
        "Le plafond est au-dessus de tout ce que la règle peut donner, ou le plancher au-dessous : la borne rassure "
        "sans rien borner.",
        "barème taux « Taux de sanction » : taux\n  selon ecart\n    0 pt : 0 %\n"
        "    puis, par tranche de 2 pt entamée : 0,01 % de plus\n  plafond 1 %",
        "barème taux « Taux de sanction » : taux\n  selon ecart\n    0 pt : 0 %\n"
        "    puis, par tranche de 2 pt entamée : 0,1 % de plus\n  plafond 1 %",
    ),
    Code(
        "CAQ307",
        "rang linéaire qui saute",
        _AVERTISSEMENT,
        "Un crédit linéaire ne rejoint pas celui du rang voisin : un établissement gagne ou perd d'un coup pour un "
        "écart infime.",
        "moins de 50 % : 0 %\nde 50 % à 80 % : de 20 % à 100 %\nplus de 80 % : 100 %",
        "moins de 50 % : 0 %\nde 50 % à 80 % : de 0 % à 100 %\nplus de 80 % : 100 %",
    ),
    Code(
        "CAQ308",
        "effet hors du type",
        _ERREUR,
        "L'effet d'un rang n'a pas le type de la table : un niveau dans un barème de taux, un montant dans des seuils.",
        "seuils\n  jusqu'à 50 % : 0 points\n  plus de 50 % : 2 points",
        "seuils\n  jusqu'à 50 % : NR\n  plus de 50 % : R",
    ),
    Code(
        "CAQ309",
        "établissements qu'une table laisse sans réponse",
        _NOTE,
        "Le trou ou le chevauchement signalé n'est pas théorique : voici les établissements du fichier qui y tombent, "
        "avec leur valeur, pour que le comité décide en connaissance de cause.",
        "seuils\n  moins de 25 % : NR\n  de 26 % à 49 % : PR\n  à partir de 50 % : R",
        "seuils\n  moins de 25 % : NR\n  de 25 % à moins de 50 % : PR\n  à partir de 50 % : R",
    ),
    Code(
        "CAQ310",
        "seuils contraires au sens",
        _AVERTISSEMENT,
        "Le critère dit qu'une valeur plus haute est meilleure, ou plus basse, et ses seuils récompensent l'inverse : "
        "deux lignes ont sans doute été échangées.",
        "sens hausse\nNC d'office si dossiers = 0\nmesure conformes / dossiers\nseuils\n  plus de 50 % : NR\n"
        "  jusqu'à 50 % : R",
        "sens hausse\nNC d'office si dossiers = 0\nmesure conformes / dossiers\nseuils\n  plus de 50 % : R\n"
        "  jusqu'à 50 % : NR",
    ),
    Code(
        "CAQ311",
        "total déclaré faux",
        _ERREUR,
        "Le total imprimé est recalculé à partir des critères et n'est pas retrouvé : un poids, un secteur ou le total "
        "lui-même est faux, et le score s'en trouverait faussé.",
        "volet A « Bon usage »\n  total 5 points\n  cible 53 %\n\ncritère C1 « Audit annuel »\n"
        "  poids 2 points\n  secteurs tous",
        "volet A « Bon usage »\n  total 2 points\n  cible 53 %\n\ncritère C1 « Audit annuel »\n"
        "  poids 2 points\n  secteurs tous",
    ),
    Code(
        "CAQ312",
        "parts imprimées qui ne s'ajoutent pas",
        _NOTE,
        "Les parts arrondies imprimées ne font pas 100 % ensemble. Chacune est juste, mais le lecteur du contrat "
        "posera la question.",
        "volet A « Bon usage »\n  total 3 points\n  cible 53 %\n\nchapitre A1 « Un »\n"
        "  total 1 point soit 33 %\n\ncritère C0 « Un »\n  poids 1 point\n  secteurs tous\n\n"
        "chapitre A2 « Deux »\n  total 1 point soit 33 %\n\ncritère C2 « Deux »\n  poids 1 point\n"
        "  secteurs tous\n\nchapitre A3 « Trois »\n  total 1 point soit 33 %\n\ncritère C3 « Trois »\n"
        "  poids 1 point\n  secteurs tous",
        "volet A « Bon usage »\n  total 4 points\n  cible 53 %\n\nchapitre A1 « Un »\n"
        "  total 1 point soit 25 %\n\ncritère C0 « Un »\n  poids 1 point\n  secteurs tous\n\n"
        "chapitre A2 « Deux »\n  total 3 points soit 75 %\n\ncritère C2 « Deux »\n  poids 3 points\n"
        "  secteurs tous",
    ),
    Code(
        "CAQ313",
        "secteur jamais utilisé",
        _NOTE,
        "Aucun critère ne s'applique à ce secteur : ses établissements n'auraient rien à remplir et leur score serait "
        "sans objet.",
        "secteur PSY « Santé mentale »\n\ncritère C0 « Charte signée »\n  poids 2 points\n  secteurs MCO, HAD",
        "secteur PSY « Santé mentale »\n\ncritère C0 « Charte signée »\n  poids 2 points\n  secteurs tous",
    ),
    Code(
        "CAQ314",
        "déclaration jamais lue",
        _NOTE,
        "Rien ne lit cette déclaration : les établissements la rempliraient pour rien, ou une règle a oublié de la "
        "citer.",
        "donnée journees « Journées d'hospitalisation » : entier ≥ 0",
        "donnée journees « Journées d'hospitalisation » : entier ≥ 0\n\ncritère C1 « Audit annuel »\n"
        "  poids 1 point\n  secteurs tous\n  NC d'office si journees = 0",
    ),
    Code(
        "CAQ315",
        "décision sans arrondi",
        _ERREUR,
        "Un montant notifié est arrondi. Si le contrat ne dit pas à quel pas, deux lecteurs obtiendront deux sommes "
        "différentes.",
        "sanction s « Sanction »\n  si score < cible\n  montant 1 % × produits",
        "sanction s « Sanction »\n  si score < cible\n  montant 1 % × produits\n  arrondi à 0,01 €",
    ),
    Code(
        "CAQ316",
        "calendrier en désordre ou délai trop court",
        _ERREUR,
        "Deux étapes ne laissent pas entre elles le délai promis aux établissements, ou se suivent à l'envers : la "
        "procédure serait irrégulière.",
        "calendrier\n  01/06/2019 envoi « Envoi »\n  10/06/2019 retour « Retour »\n"
        "  délai retour au moins 21 jours après envoi",
        "calendrier\n  01/06/2019 envoi « Envoi »\n  30/06/2019 retour « Retour »\n"
        "  délai retour au moins 21 jours après envoi",
    ),
    Code(
        "CAQ317",
        "source absente",
        _AVERTISSEMENT,
        "Toute règle vient d'un texte. Ce qu'aucun texte ne fixe se dit aussi, par « source « hypothèse : … » », pour "
        "que chacun sache ce qui est opposable.",
        "exercice 2018",
        "exercice 2018\nsource « Réunions régionales des 11 et 17 octobre 2017 »",
    ),
)

_CONDITIONS = (
    Code(
        "CAQ318",
        "condition réglée d'avance",
        _AVERTISSEMENT,
        "D'après les bornes déclarées, cette condition est vraie pour tous les établissements, ou pour aucun : la "
        "règle ne distingue personne, sans doute parce qu'un signe ou une borne est faux.",
        "NC d'office si lits < 0",
        "NC d'office si lits = 0",
    ),
    Code(
        "CAQ319",
        "niveau jamais donné",
        _NOTE,
        "Ce niveau est défini et aucun critère ne peut le donner : soit il est de trop, soit un critère l'a oublié.",
        "niveau PARTIEL « En cours » donne 20 %\n\ncritère C0 « Charte signée »\n  poids 2 points\n"
        "  secteurs tous\n  niveaux R, PR, NR",
        "niveau PARTIEL « En cours » donne 20 %\n\ncritère C0 « Charte signée »\n  poids 2 points\n"
        "  secteurs tous\n  niveaux R, PR, PARTIEL, NR",
    ),
)

_RANGS = (
    Code(
        "CAQ320",
        "titre au mauvais rang",
        _AVERTISSEMENT,
        "Cet objectif s'ouvre avant tout chapitre de son volet : ses critères ne sont dans le sous-total d'aucun "
        "article du contrat, sans doute parce qu'il a été placé trop haut.",
        "volet A « Bon usage » cible 53 %\n\nobjectif o « Formation »\n\ncritère C0 « Formation annuelle »\n"
        "  poids 2 points\n  secteurs tous\n\nchapitre a « Article 10-1 »\n\ncritère C1 « Audit annuel »\n"
        "  poids 1 point\n  secteurs tous",
        "volet A « Bon usage » cible 53 %\n\nchapitre a « Article 10-1 »\n\nobjectif o « Formation »\n\n"
        "critère C0 « Formation annuelle »\n  poids 2 points\n  secteurs tous",
    ),
    Code(
        "CAQ330",
        "enveloppe qui ne se partage pas",
        _ERREUR,
        "Les parts d'une enveloppe font exactement sa somme, au centime : la somme est la même pour tous, elle compte "
        "un nombre entier de pas, et la clé de partage n'est jamais négative.",
        "enveloppe prime « Prime régionale »\n  montant 100 000,50 €\n  au prorata de produits\n  arrondi à 1 €",
        "enveloppe prime « Prime régionale »\n  montant 100 000 €\n  au prorata de produits\n  arrondi à 1 €",
    ),
    Code(
        "CAQ331",
        "montant qui peut être négatif",
        _AVERTISSEMENT,
        "Une sanction négative serait un don, un intéressement négatif une sanction : la règle donnerait à "
        "l'établissement le contraire de ce que dit son titre.",
        "intéressement part_es « Part reversée »\n  montant 20 % × (produits N-1 - produits)\n  arrondi à 0,01 €",
        "intéressement part_es « Part reversée »\n  montant 20 % × max(produits N-1 - produits ; 0 €)\n"
        "  arrondi à 0,01 €",
    ),
)

_PROPRIETES = (
    Code(
        "CAQ401",
        "exemple faux",
        _ERREUR,
        "Le résultat attendu par l'exemple n'est pas celui que donne la politique : l'un des deux ne dit pas ce que "
        "l'auteur voulait.",
        "sanction s « Sanction »\n  si score < cible\n  montant 1 % × produits\n  arrondi à 0,01 €\n\n"
        "exemple « À la cible »\n  avec score = 53 %\n  attendu s = 100 €",
        "sanction s « Sanction »\n  si score < cible\n  montant 1 % × produits\n  arrondi à 0,01 €\n\n"
        "exemple « À la cible »\n  avec score = 53 %\n  attendu s = 0 €",
    ),
    Code(
        "CAQ402",
        "exemple qui ne peut être calculé",
        _ERREUR,
        "Il manque à l'exemple une donnée ou une réponse : son résultat reste indéterminé et ne prouve rien.",
        "sanction s « Sanction »\n  si score < cible\n  montant 1 % × produits\n  arrondi à 0,01 €\n\n"
        "exemple « Sous la cible »\n  avec score = 50 %\n  attendu s = 100 €",
        "sanction s « Sanction »\n  si score < cible\n  montant 1 % × produits\n  arrondi à 0,01 €\n\n"
        "exemple « Sous la cible »\n  avec score = 50 %\n  avec produits = 10 000 €\n  attendu s = 100 €",
    ),
    Code(
        "CAQ403",
        "contrôle réfuté",
        _ERREUR,
        "Un établissement admissible, donné avec le message, contredit la propriété que l'auteur croyait vraie.",
        "sanction s « Sanction »\n  si score < cible\n  montant 1 % × produits\n  arrondi à 0,01 €\n\n"
        "exemple « Sous la cible »\n  avec score = 50 %\n  avec produits = 1 M€\n  attendu s = 10 000 €\n"
        "\ncontrôle borne « Jamais plus de 100 € »\n  s ≤ 100 €",
        "sanction s « Sanction »\n  si score < cible\n  montant 1 % × produits\n  arrondi à 0,01 €\n\n"
        "exemple « Sous la cible »\n  avec score = 50 %\n  avec produits = 1 M€\n  attendu s = 10 000 €\n"
        "\ncontrôle borne « Jamais plus de 1 % »\n  s ≤ 1 % × produits + 0,01 €",
    ),
    Code(
        "CAQ404",
        "limite dépassée",
        _ERREUR,
        "Une norme supérieure borne cette politique, et un établissement au moins la ferait dépasser : la décision "
        "serait illégale.",
        "limite legale « Plafond légal »\n  total des sanctions ≤ 1 % × produits\n  source « Texte »\n\n"
        "sanction s « Sanction »\n  si score < cible\n  montant 2 % × produits\n  arrondi à 0,01 €\n\n"
        "exemple « Sous la cible »\n  avec score = 50 %\n  avec produits = 1 M€\n  attendu s = 20 000 €",
        "limite legale « Plafond légal »\n  total des sanctions ≤ 1 % × produits\n  source « Texte »\n\n"
        "sanction s « Sanction »\n  si score < cible\n  montant 2 % × produits\n  plafond 1 % × produits\n"
        "  arrondi à 0,01 €\n\nexemple « Sous la cible »\n  avec score = 50 %\n  avec produits = 1 M€\n"
        "  attendu s = 10 000 €",
    ),
    Code(
        "CAQ405",
        "propriété non décidée",
        _NOTE,
        "Ni preuve ni contre-exemple n'ont été trouvés : la propriété peut être vraie ou fausse, et elle reste à "
        "vérifier par une personne.",
        "sanction s « Sanction »\n  montant 1 % × produits\n  arrondi à 0,01 €\n\n"
        "contrôle c « Jamais plus de 1 % »\n  s ≤ 1 % × produits",
        "sanction s « Sanction »\n  montant 1 % × produits\n  plafond 1 % × produits\n  arrondi à 0,01 €\n\n"
        "contrôle c « Jamais plus de 1 % »\n  s ≤ 1 % × produits",
    ),
    Code(
        "CAQ406",
        "valeur d'exemple hors du pas ou des bornes",
        _ERREUR,
        "Aucun établissement ne peut avoir cette valeur : un score arrondi à 1 % ne vaut jamais 52,5 %. L'exemple "
        "éprouverait un cas qui n'existe pas.",
        "exemple « Presque »\n  avec score = 52,5 %\n  attendu ecart = 0,5 pt",
        "exemple « Presque »\n  avec score = 52 %\n  attendu ecart = 1 pt",
    ),
    Code(
        "CAQ407",
        "exemples qui se contredisent",
        _ERREUR,
        "Deux exemples supposent exactement la même chose et n'attendent pas le même résultat : aucune politique ne "
        "pourrait les satisfaire tous les deux.",
        "exemple « Trois points sous la cible »\n  avec score = 50 %\n  attendu ecart = 3 pt\n\n"
        "exemple « Le même cas »\n  avec score = 50 %\n  attendu ecart = 2 pt",
        "exemple « Trois points sous la cible »\n  avec score = 50 %\n  attendu ecart = 3 pt\n\n"
        "exemple « Deux points sous la cible »\n  avec score = 51 %\n  attendu ecart = 2 pt",
    ),
    Code(
        "CAQ408",
        "établissements laissés hors d'une statistique",
        _NOTE,
        "Une valeur qui n'a pas été transmise n'entre pas dans une médiane ou un rang ; elle ne vaut jamais zéro. La "
        "statistique changera quand elle arrivera, et avec elle les résultats qui la lisent.",
        "pièce p « Argumentation »\n  si produits > médiane(produits)",
        "paramètre seuil « Médiane régionale » : montant\n  1 000 000 € à compter du 01/01/2018\n\n"
        "pièce p « Argumentation »\n  si produits > seuil",
    ),
    Code(
        "CAQ409",
        "statistique sur trop peu d'établissements",
        _AVERTISSEMENT,
        "Une médiane sur quelques établissements dépend de chacun d'eux : la notation dit sur combien elle doit "
        "reposer, et le comité doit savoir quand ce nombre n'est pas atteint.",
        "notation\n  effectif au moins 30\n\npièce p « Argumentation »\n  si produits > médiane(produits)",
        "notation\n  effectif au moins 3\n\npièce p « Argumentation »\n  si produits > médiane(produits)",
    ),
    Code(
        "CAQ410",
        "propriété prouvée",
        _NOTE,
        "La propriété tient pour tout établissement, quels que soient ses données et ses réponses : elle n'a pas "
        "besoin d'être éprouvée.",
        "contrôle c « Un score ne dépasse pas 100 % »\n  score ≤ 100 %",
        "pièce p « Argumentation »\n  si produits > 1 000 000 €",
    ),
    Code(
        "CAQ411",
        "ce qui n'est pas figé",
        _NOTE,
        "« caqes figer » remplace chaque statistique par la valeur qu'elle a sur une cohorte. Un rang n'est pas le "
        "même pour tous, et un exemple qui donnait la statistique n'a plus d'objet : ils sont laissés de côté, et "
        "c'est dit.",
        "calcul place « Place » : entier\n  rang(produits)",
        "pièce p « Argumentation »\n  si produits > médiane(produits)",
    ),
    Code(
        "CAQ412",
        "statistique qui ne peut pas être figée",
        _ERREUR,
        "Une statistique sur personne n'a pas de valeur, et celle d'une politique reprise se fige là où elle est "
        "écrite : rien n'est écrit plutôt qu'une cible inventée.",
        "pièce p « Argumentation »\n  si produits > médiane(produits parmi HAD)",
        "pièce p « Argumentation »\n  si produits > médiane(produits)",
    ),
)

_HERITAGE = (
    Code(
        "CAQ501",
        "politique reprise introuvable",
        _ERREUR,
        "La politique dont celle-ci part n'est pas au chemin indiqué : ses règles et ses limites manqueraient.",
        "reprend « ../national/2071.caqes »",
        "reprend « ../national/2017.caqes »",
    ),
    Code(
        "CAQ502",
        "chemin hors de la racine",
        _ERREUR,
        "Une politique ne reprend que des fichiers du dossier des politiques : un texte venu d'ailleurs pourrait "
        "changer sans être relu.",
        "reprend « ../../../tmp/essai.caqes »",
        "reprend « ../national/2017.caqes »",
    ),
    Code(
        "CAQ503",
        "cycle de reprise",
        _ERREUR,
        "Deux politiques se reprennent l'une l'autre : aucune n'est la première, et la norme supérieure est inconnue.",
        "reprend « b.caqes »",
        "reprend « ../national/2017.caqes »",
    ),
    Code(
        "CAQ504",
        "redéfinition sans le dire",
        _ERREUR,
        "Ce nom est déjà déclaré par une politique reprise. Changer une règle héritée se dit, par « modifie » ou "
        "« remplace », pour que l'avenant le montre.",
        "reprend « ../national/2017.caqes »\ncritère C1 « Audit annuel »\n  poids 3 points\n  secteurs tous",
        "reprend « ../national/2017.caqes »\ncritère C1_bis « Audit annuel »\n  poids 3 points\n  secteurs tous",
    ),
    Code(
        "CAQ506",
        "région sans cadre national",
        _ERREUR,
        "Une politique régionale s'inscrit dans un cadre national qui la borne. Si elle n'en a pas, elle le dit et "
        "dit pourquoi.",
        "caqes 1\n\npolitique p « CAQES 2018 »\n  région « Normandie »\n  exercice 2018",
        "caqes 1\n\npolitique p « CAQES 2018 »\n  région « Normandie »\n  exercice 2018\n"
        "  reprend « ../national/2017.caqes »",
    ),
    Code(
        "CAQ507",
        "rien de tel n'est repris",
        _ERREUR,
        "« modifie », « remplace » et « supprime » changent ce que donne une politique reprise. Un nom qu'elle "
        "n'a pas est "
        "le plus souvent une faute de frappe : le changement voulu n'aurait pas lieu.",
        "reprend « ../national/2017.caqes »\nmodifie critère C11\n  poids 3 points",
        "reprend « ../national/2017.caqes »\nmodifie critère C1\n  poids 3 points",
    ),
    Code(
        "CAQ508",
        "déclaration d'une autre sorte",
        _ERREUR,
        "Le nom désigne autre chose que ce qui est écrit : un calcul pris pour un critère, un chapitre pour un "
        "volet. Le "
        "changement porterait sur une déclaration que son auteur n'a pas en vue.",
        "reprend « ../national/2017.caqes »\nmodifie donnée C1 ≥ 0",
        "reprend « ../national/2017.caqes »\nmodifie critère C1\n  poids 3 points",
    ),
    Code(
        "CAQ509",
        "déclaration changée deux fois",
        _ERREUR,
        "Deux changements de la même déclaration dans un fichier se contredisent ou se complètent sans que le "
        "lecteur de "
        "l'avenant voie l'un en lisant l'autre.",
        "reprend « ../national/2017.caqes »\nmodifie critère C1\n  poids 3 points\n\nmodifie critère C1\n"
        "  preuve « Registre »",
        "reprend « ../national/2017.caqes »\nmodifie critère C1\n  poids 3 points\n  preuve « Registre »",
    ),
    Code(
        "CAQ510",
        "modification sans effet",
        _NOTE,
        "Ce qui est donné est déjà ce qui est repris. Le fichier d'une année se lit comme son avenant : ce qui "
        "n'y change "
        "rien trompe son lecteur.",
        "reprend « ../national/2017.caqes »\nmodifie critère C1\n  poids 2 points",
        "reprend « ../national/2017.caqes »\nmodifie critère C1\n  poids 3 points",
    ),
    Code(
        "CAQ511",
        "suppression sans motif",
        _ERREUR,
        "Retirer un critère ou une sanction change ce qui est dû à un établissement ou par lui : l'avenant imprime la "
        "raison, et la politique la donne.",
        "reprend « ../national/2017.caqes »\nsupprime critère C1",
        "reprend « ../national/2017.caqes »\nsupprime critère C1 motif « Objectif atteint partout »",
    ),
    Code(
        "CAQ512",
        "déclaration supprimée et encore utilisée",
        _ERREUR,
        "Une règle lit encore ce que ce fichier supprime, ou un titre supprimé garde des critères : rien ne dit "
        "ce que la "
        "règle donnerait.",
        "reprend « ../national/2017.caqes »\nsupprime critère C1 motif « Obsolète »\n"
        "calcul x « Niveau » : niveau\n  niveau(C1)",
        "reprend « ../national/2017.caqes »\nsupprime critère C1 motif « Obsolète »\n"
        "calcul x « Niveau » : niveau\n  niveau(C0)",
    ),
    Code(
        "CAQ513",
        "limite reprise, ou ce qu'elle lit",
        _ERREUR,
        "Une norme inférieure peut resserrer une limite, jamais la desserrer : une limite reprise ne se touche "
        "pas, ni les "
        "données, paramètres, calculs et barèmes qu'elle lit, sauf ceux qui sont dits « modifiable ».",
        "reprend « ../national/2017.caqes »\nmodifie paramètre part_max\n"
        "  2 % à compter du 01/01/2018 source « Réunion »",
        "reprend « ../national/2017.caqes »\nmodifie paramètre seuil_max\n"
        "  9 % à compter du 01/01/2018 source « Réunion »",
    ),
    Code(
        "CAQ514",
        "rien à retirer",
        _ERREUR,
        "« sans … » retire une clause reprise. Quand il n'y en a pas, l'auteur croit retirer ce qui n'a jamais "
        "été là, ou "
        "se trompe de déclaration.",
        "reprend « ../national/2017.caqes »\nmodifie critère C1\n  sans preuve",
        "reprend « ../national/2017.caqes »\nmodifie critère C1\n  sans guide",
    ),
    Code(
        "CAQ515",
        "date déjà fixée",
        _ERREUR,
        "Un paramètre est fixé par des textes datés : une politique qui en reprend un y ajoute des valeurs, et ne "
        "récrit "
        "pas l'histoire des textes.",
        "reprend « ../national/2017.caqes »\nmodifie paramètre seuil_max\n"
        "  9 % à compter du 01/01/2017 source « Réunion »",
        "reprend « ../national/2017.caqes »\nmodifie paramètre seuil_max\n"
        "  9 % à compter du 01/01/2018 source « Réunion »",
    ),
    Code(
        "CAQ516",
        "limite respectée qui ne trouve pas ce qu'elle lit",
        _ERREUR,
        "« respecte » apporte les limites d'une politique avec les données, paramètres, calculs et barèmes "
        "qu'elles lisent. "
        "Sous le même nom, une autre déclaration donnerait un autre sens à la limite.",
        "respecte « ../national/2017.caqes »\ndonnée produits_am « Produits de la seule pharmacie » : montant ≥ 0 €",
        "respecte « ../national/2017.caqes »",
    ),
)

_DONNEES = (
    Code(
        "CAQ601",
        "fichier illisible",
        _ERREUR,
        "Le fichier est absent, endommagé, protégé ou d'un format inconnu : aucun établissement ne peut en être tiré.",
        "cohorte.doc",
        "cohorte.csv",
    ),
    Code(
        "CAQ602",
        "colonne inconnue",
        _ERREUR,
        "Une colonne mal nommée serait ignorée et ses valeurs comptées comme non transmises.",
        "finess;exercice;secteurs;lit",
        "finess;exercice;secteurs;lits",
    ),
    Code(
        "CAQ603",
        "colonne obligatoire absente",
        _ERREUR,
        "Sans FINESS, exercice ou secteurs, on ne sait ni qui l'on évalue, ni sur quelle année, ni sur quels critères.",
        "finess;secteurs\n140000100;MCO",
        "finess;exercice;secteurs\n140000100;2018;MCO",
    ),
    Code(
        "CAQ604",
        "valeur illisible",
        _ERREUR,
        "La valeur n'est ni un nombre, ni une date, ni une réponse attendue. Rien n'est deviné : elle doit être "
        "corrigée par celui qui l'a transmise.",
        "lits\nenviron 120",
        "lits\n120",
    ),
    Code(
        "CAQ605",
        "valeur hors de ses bornes",
        _ERREUR,
        "La politique dit entre quelles bornes la donnée est possible ; au-delà, elle vient d'une erreur de saisie ou "
        "d'unité.",
        "taux_conformite\n530 %",
        "taux_conformite\n53 %",
    ),
    Code(
        "CAQ606",
        "niveau inconnu",
        _ERREUR,
        "La réponse n'est pas un des niveaux que ce critère admet ; elle ne vaut ni réalisé, ni non réalisé.",
        "C1\nfait",
        "C1\nR",
    ),
    Code(
        "CAQ607",
        "numéro FINESS invalide",
        _ERREUR,
        "Un FINESS a neuf caractères. Autrement écrit, l'établissement ne peut être reconnu, et un résultat irait au "
        "mauvais destinataire.",
        "finess\n14000010",
        "finess\n140000100",
    ),
    Code(
        "CAQ608",
        "somme de contrôle du FINESS",
        _AVERTISSEMENT,
        "La clé du FINESS ne correspond pas aux autres chiffres : deux chiffres ont pu être échangés.",
        "finess\n140000101",
        "finess\n140000100",
    ),
    Code(
        "CAQ609",
        "ligne en double",
        _ERREUR,
        "Le même établissement figure deux fois pour le même exercice ; choisir une ligne serait arbitraire.",
        "140000100;2018;MCO\n140000100;2018;MCO",
        "140000100;2017;MCO\n140000100;2018;MCO",
    ),
    Code(
        "CAQ610",
        "réponse NC sans justification ou non admise",
        _ERREUR,
        "« Non concerné » retire les points du critère du score : l'établissement ne peut le déclarer que si la "
        "politique l'admet, et avec un motif.",
        "C1;C1_motif\nNC;",
        "C1;C1_motif\nNC;activité fermée depuis 2016",
    ),
    Code(
        "CAQ611",
        "secteur inconnu",
        _ERREUR,
        "Le secteur décide des critères qui s'appliquent : inconnu, il ferait évaluer l'établissement sur une mauvaise "
        "grille.",
        "secteurs\nMCO+SRR",
        "secteurs\nMCO+SSR",
    ),
    Code(
        "CAQ612",
        "lecture douteuse",
        _NOTE,
        "La valeur a été comprise malgré une écriture inhabituelle (encodage, nombre rangé en texte) ; ce qui a été "
        "lu est dit pour être confirmé.",
        "lits\n'120",
        "lits\n120",
    ),
    Code(
        "CAQ613",
        "exercice attendu absent",
        _ERREUR,
        "Le fichier n'a aucune ligne pour l'exercice évalué : ce sont sans doute les données d'une autre année.",
        "finess;exercice;secteurs\n140000100;2017;MCO",
        "finess;exercice;secteurs\n140000100;2018;MCO",
    ),
    Code(
        "CAQ614",
        "établissement absent des données",
        _ERREUR,
        "Le numéro FINESS demandé n'est celui d'aucune ligne lue : expliquer un autre établissement à sa place serait "
        "une faute.",
        "caqes expliquer politique.caqes donnees.csv --finess 14000010",
        "caqes expliquer politique.caqes donnees.csv --finess 140000100",
    ),
    Code(
        "CAQ615",
        "mot lu comme non transmis",
        _AVERTISSEMENT,
        "« Non communiqué », « NR ? » ou « à compléter » ne sont ni une valeur ni un niveau : rien n'a été transmis. "
        "Le résultat peut en rester indéterminé.",
        "C1\nnon communiqué",
        "C1\nNR",
    ),
    Code(
        "CAQ616",
        "valeur sans effet",
        _AVERTISSEMENT,
        "La valeur est lisible mais aucune règle ne la lit : une réponse à un critère mesuré ou d'un autre secteur, un "
        "motif sans réponse. L'établissement croit avoir répondu.",
        "secteurs;critère_had\nMCO;R",
        "secteurs;critère_had\nHAD;R",
    ),
    Code(
        "CAQ617",
        "colonne non lue",
        _AVERTISSEMENT,
        "La politique n'a rien de ce nom : la colonne n'entre dans aucun calcul. Mieux vaut le savoir avant de lire "
        "les résultats.",
        "finess;exercice;secteurs;telephone",
        "finess;exercice;secteurs",
    ),
    Code(
        "CAQ618",
        "limite de lecture dépassée",
        _ERREUR,
        "Le fichier est plus grand que tout fichier réel d'établissements, ou le devient en se décompressant. Ces "
        "bornes garantissent une réponse rapide pour tout fichier.",
        "cohorte.xlsx, avec une cellule remplie en XFD1048576",
        "cohorte.xlsx, sans cellule loin des données",
    ),
    Code(
        "CAQ619",
        "contenu refusé dans un classeur",
        _ERREUR,
        "Des macros, des liaisons ou une partie en double peuvent changer les valeurs sans que personne le voie : le "
        "fichier lu ne serait plus celui qui est montré.",
        "cohorte.xlsm",
        "cohorte.xlsx",
    ),
    Code(
        "CAQ620",
        "ligne coupée ou décalée",
        _ERREUR,
        "La ligne n'a pas autant de cellules que le fichier a de colonnes : les valeurs seraient lues sous d'autres "
        "en-têtes que les leurs.",
        "finess;exercice;secteurs\n140000100;Clinique ; site nord;2018;MCO",
        'finess;raison_sociale;exercice;secteurs\n140000100;"Clinique ; site nord";2018;MCO',
    ),
    Code(
        "CAQ621",
        "ligne hors de l'exercice évalué",
        _AVERTISSEMENT,
        "Une ligne d'un exercice à venir n'est pas lue, et un établissement qui n'a que des lignes passées n'est pas "
        "évalué : son absence des résultats doit être voulue.",
        "finess;exercice;secteurs\n140000100;2017;MCO",
        "finess;exercice;secteurs\n140000100;2017;MCO\n140000100;2018;MCO",
    ),
    Code(
        "CAQ622",
        "colonne en double",
        _ERREUR,
        "Deux colonnes disent la même chose, peut-être avec des valeurs différentes ; en choisir une serait "
        "arbitraire.",
        "finess;exercice;secteurs;lits;lits",
        "finess;exercice;secteurs;lits",
    ),
    Code(
        "CAQ623",
        "établissement non évalué avec le reste du fichier",
        _ERREUR,
        "La ligne est saine, mais le fichier a une erreur qui le refuse entier, ou « --strict » a été demandé : rien "
        "n'est évalué tant qu'elle n'est pas corrigée.",
        "caqes evaluer politique.caqes donnees.csv --strict",
        "caqes evaluer politique.caqes donnees.csv",
    ),
    Code(
        "CAQ624",
        "classeur d'une autre politique",
        _ERREUR,
        "Le classeur n'a pas été fait pour cette politique et cet exercice, ou n'en est pas un : le lire mêlerait des "
        "réponses à d'autres questions.",
        "caqes retours recus/ --politique normandie/2019.caqes",
        "caqes retours recus/ --politique normandie/2018.caqes",
    ),
    Code(
        "CAQ625",
        "classeur d'une version antérieure de la grille",
        _AVERTISSEMENT,
        "Le texte a changé depuis l'envoi du classeur. Les réponses aux questions restées les mêmes sont reprises, les "
        "autres sont à redemander.",
        "un classeur fait avant la modification d'un critère",
        "caqes classeur politique.caqes etablissements.csv",
    ),
)

_SORTIES = (
    Code(
        "CAQ801",
        "fichier de sortie impossible à écrire",
        _ERREUR,
        "Un fichier est écrit en entier ou pas du tout : quand il ne peut pas l'être, l'ancien est laissé tel quel.",
        "caqes evaluer politique.caqes donnees.csv -o /dossier/absent/resultats.csv",
        "caqes evaluer politique.caqes donnees.csv -o resultats.csv",
    ),
    Code(
        "CAQ802",
        "composant à installer",
        _ERREUR,
        "Ce format demande un composant qui n'est pas installé ; les autres formats restent disponibles.",
        "caqes evaluer politique.caqes donnees.parquet",
        "pip install 'caqes[donnees]'",
    ),
    Code(
        "CAQ803",
        "programme git introuvable",
        _ERREUR,
        "« REVISION:chemin » désigne un fichier tel qu'il était dans l'histoire d'un dépôt git ; c'est le programme "
        "git qui la lit. Les fichiers du disque se comparent sans lui.",
        "caqes comparer HEAD~3:policies/normandie/2018.caqes policies/normandie/2018.caqes  # sans git",
        "caqes comparer ancien/2018.caqes policies/normandie/2018.caqes",
    ),
    Code(
        "CAQ804",
        "aucun dépôt git ici",
        _ERREUR,
        "Une révision n'a de sens que dans un dépôt : celui du dossier courant. git refuse aussi d'ouvrir un dépôt qui "
        "appartient à un autre utilisateur.",
        "cd /tmp && caqes comparer HEAD~3:policies/normandie/2018.caqes 2018.caqes",
        "cd politiques && caqes comparer HEAD~3:policies/normandie/2018.caqes policies/normandie/2018.caqes",
    ),
    Code(
        "CAQ805",
        "révision inconnue",
        _ERREUR,
        "La branche, l'étiquette ou l'empreinte ne désigne aucun état de ce dépôt : comparer avec un autre que celui "
        "que l'on croit donnerait des changements qui n'ont pas eu lieu.",
        "caqes comparer v2O18:policies/normandie/2018.caqes policies/normandie/2018.caqes",
        "caqes comparer v2018:policies/normandie/2018.caqes policies/normandie/2018.caqes",
    ),
    Code(
        "CAQ806",
        "fichier absent de cette révision",
        _ERREUR,
        "Le chemin part de la racine du dépôt. À cette révision, le fichier n'était pas encore écrit, ou il avait un "
        "autre nom.",
        "caqes comparer HEAD~3:2018.caqes policies/normandie/2018.caqes",
        "caqes comparer HEAD~3:policies/normandie/2018.caqes policies/normandie/2018.caqes",
    ),
    Code(
        "CAQ807",
        "pas un fichier à cette révision",
        _ERREUR,
        "Une politique est un fichier. Un dossier, un lien symbolique, un sous-module ou un fichier en conflit n'en a "
        "pas le texte.",
        "caqes comparer HEAD~3:policies policies/normandie/2018.caqes",
        "caqes comparer HEAD~3:policies/normandie/2018.caqes policies/normandie/2018.caqes",
    ),
    Code(
        "CAQ808",
        "dépôt git illisible",
        _ERREUR,
        "Le dépôt est abîmé, incomplet, trop grand, ou ne répond pas dans le délai. Rien n'est conclu d'une lecture "
        "partielle, et rien n'est demandé au réseau.",
        "git clone --filter=blob:none … puis caqes comparer v2018:policies/normandie/2018.caqes …",
        "git clone … puis caqes comparer v2018:policies/normandie/2018.caqes …",
    ),
    Code(
        "CAQ809",
        "avenant qui ne s'applique pas",
        _ERREUR,
        "Un avenant dit de quelle politique il part et laquelle il donne, par leurs empreintes. Appliqué à une autre, "
        "ou retouché, il donnerait un texte que personne n'a adopté.",
        "caqes avenant policies/normandie/2019.caqes --appliquer avenant-normandie_2018-normandie_2019.json",
        "caqes avenant policies/normandie/2018.caqes --appliquer avenant-normandie_2018-normandie_2019.json",
    ),
    Code(
        "CAQ810",
        "politique que ce moteur n'évalue pas",
        _ERREUR,
        "Les colonnes calculent en nombres entiers dont la largeur est prouvée d'avance. Ce qui pourrait dépasser, ou "
        "ce qu'elles ne savent pas dire, est laissé à l'interprète ; rien n'est calculé à peu près.",
        "caqes evaluer politique.caqes donnees.csv -o resultats.csv --moteur colonnes",
        "caqes evaluer politique.caqes donnees.csv -o resultats.csv --moteur interprete",
    ),
)

_MODELES = (
    Code(
        "CAQ701",
        "nom inconnu dans un modèle",
        _ERREUR,
        "Le modèle de document cite un nom qui n'existe pas : un blanc resterait dans une lettre envoyée à un "
        "établissement.",
        "{{ politique.titer }}",
        "{{ politique.titre }}",
    ),
    Code(
        "CAQ702",
        "modèle refusé",
        _ERREUR,
        "Un modèle met en forme et rien d'autre : il n'a accès ni aux fichiers, ni aux rouages du programme.",
        "{{ politique.__class__ }}",
        "{{ politique.titre }}",
    ),
    Code(
        "CAQ703",
        "modèle trop lent ou trop grand",
        _ERREUR,
        "Le modèle demande trop de temps ou produit un document démesuré ; il a été arrêté.",
        "{% for i in range(100000000) %}…{% endfor %}",
        "{% for critere in politique.criteres %}…{% endfor %}",
    ),
    Code(
        "CAQ704",
        "caractère absent des polices du PDF",
        _ERREUR,
        "Un PDF d'archive porte ses polices ; un caractère qu'aucune ne dessine y serait un carré vide.",
        "titre « Suivi 📈 des prescriptions »",
        "titre « Suivi des prescriptions »",
    ),
)

CODES: dict[str, Code] = {
    code.code: code
    for family in (
        _SYNTAXE,
        _NOMS_ET_TYPES,
        _TABLES,
        _CONDITIONS,
        _RANGS,
        _PROPRIETES,
        _HERITAGE,
        _DONNEES,
        _MODELES,
        _SORTIES,
    )
    for code in family
}
"""Every code, in order."""
