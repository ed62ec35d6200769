"""Engendre la cohorte synthétique « 2016-retours.csv » : 105 établissements fictifs, exercices 2015 et 2016.

Usage : python policies/cbu/exemples/engendrer_2016.py [SORTIE]
Même graine, même fichier, octet pour octet.

La source donne l'entonnoir de 2016 : 78 et 27 rapports, 10 établissements sous la cible, 4 modulés pour moins
de 200 euros. Les réponses et les montants sont tirés pour le retrouver.
"""

from __future__ import annotations

import csv
import io
import random
import sys
from pathlib import Path

GRAINE = 20160701
SORTIE = Path(__file__).resolve().parent / "2016-retours.csv"

DEPARTEMENTS = ("14", "27", "50", "61", "76")
# 78 établissements avec MCO, HAD ou dialyse, puis 27 avec SSR ou PSY seulement.
PREMIERS = ("MCO", "MCO+SSR", "MCO+SSR+PSY", "MCO+HAD", "HAD", "DIALYSE")
SECONDS = ("SSR", "PSY", "SSR+PSY")
# Rangs des établissements sous la cible ; les quatre premiers n'ont pas vu leurs observations retenues.
SOUS_LA_CIBLE = (9, 23, 41, 66, 5, 17, 38, 58, 71, 77)
MODULES = 4
TENUES = ("R", "R", "R", "R", "R", "PR", "R", "R", "R", "PR", "R", "R", "R", "R")
DEPENSES = ("depenses_les_medicaments", "depenses_les_dispositifs", "depenses_phev")


def cle_luhn(chiffres: str) -> str:
    """Chiffre de contrôle de Luhn d'un numéro FINESS sans sa clé."""
    total = 0
    for rang, chiffre in enumerate(reversed(chiffres)):
        valeur = int(chiffre) * (2 if rang % 2 == 0 else 1)
        total += valeur - 9 if valeur > 9 else valeur
    return str(-total % 10)


def centimes(valeur: int) -> str:
    """Un nombre entier de centimes, en euros, à la française."""
    return f"{valeur // 100},{valeur % 100:02d}"


def reponses(alea: random.Random, secteurs: str, faible: bool) -> dict[str, str]:
    """Presque tout est tenu, sauf sous la cible : E1 et E2 n'y sont pas réalisés, le reste l'est en partie."""
    ligne = {f"E{rang}": alea.choice(TENUES) for rang in range(1, 6)}
    if faible:
        ligne |= {"E1": "NR", "E2": "NR", "E4": "PR", "E5": alea.choice(("PR", "NR"))}
    for nom, concernes in (("E6", {"MCO", "HAD"}), ("E7", {"MCO"})):
        if concernes & set(secteurs.split("+")):
            ligne[nom] = alea.choice(("PR", "NR")) if faible else alea.choice(TENUES)
    return ligne


def lignes(alea: random.Random, rang: int) -> list[dict[str, str]]:
    """Les deux exercices d'un établissement."""
    faible = rang in SOUS_LA_CIBLE
    modules = SOUS_LA_CIBLE[:MODULES]
    secteurs = "MCO" if rang in modules else alea.choice(PREMIERS if rang <= 78 else SECONDS)
    base = f"{alea.choice(DEPARTEMENTS)}999{700 + rang}"
    identite = {
        "finess": base + cle_luhn(base),
        "raison_sociale": f"Établissement fictif {700 + rang}",
        "secteurs": secteurs,
    }
    passe, present = identite | {"exercice": "2015"}, identite | {"exercice": "2016"}
    present["observations_retenues"] = "oui" if faible and rang not in modules else "non"
    # Peu de liste en sus chez les établissements modulés : moins de 200 euros en tout.
    taille = 40_000 if rang in modules else round(alea.lognormvariate(17.5, 1.2))
    for nom, part, hausse in zip(DEPENSES, (1.0, 0.3, 4.0), (0.025, 0.033, 0.058), strict=True):
        avant = round(taille * part)
        if nom != "depenses_phev" and not {"MCO", "HAD"} & set(secteurs.split("+")):
            avant = 0
        passe[nom] = centimes(avant)
        present[nom] = centimes(round(avant * (1 + alea.gauss(hausse, 0.03))))
    present["taux_generiques"] = f"{100 * alea.gauss(0.423, 0.02):.1f}".replace(".", ",") + " %"
    return [passe, present | reponses(alea, secteurs, faible)]


def engendrer(graine: int = GRAINE) -> str:
    """Le fichier entier, sous forme de texte."""
    alea = random.Random(graine)
    toutes = [ligne for rang in range(1, 106) for ligne in lignes(alea, rang)]
    tampon = io.StringIO()
    premieres = ["finess", "raison_sociale", "exercice", "secteurs"]
    colonnes = [*premieres, "observations_retenues", *DEPENSES, "taux_generiques", *(f"E{r}" for r in range(1, 8))]
    ecrivain = csv.DictWriter(tampon, colonnes, restval="", delimiter=";", lineterminator="\r\n")
    ecrivain.writeheader()
    ecrivain.writerows(toutes)
    return tampon.getvalue()


def main() -> None:
    """Écrit le fichier, en UTF-8 avec indicateur d'ordre pour les tableurs français."""
    sortie = Path(sys.argv[1]) if len(sys.argv) > 1 else SORTIE
    sortie.write_bytes(engendrer().encode("utf-8-sig"))
    print(f"{sortie.name} : écrit, graine {GRAINE}.")


if __name__ == "__main__":
    main()
