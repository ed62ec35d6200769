"""Engendre la cohorte synthétique « 2022-retours.csv » : 33 établissements fictifs, exercices 2021 et 2022.

Usage : python policies/normandie/exemples/engendrer_2022.py [SORTIE]
Même graine, même fichier, octet pour octet.
"""

from __future__ import annotations

import csv
import io
import random
import sys
from dataclasses import dataclass
from pathlib import Path

GRAINE = 20220701
SORTIE = Path(__file__).resolve().parent / "2022-retours.csv"

# La source compte 33 contrats ; un trente-quatrième établissement refuse de signer.
CONTRATS = 33
DEPARTEMENTS = ("14", "27", "50", "61", "76")
PROFILS = ("MCO", "MCO+SSR", "MCO+SSR", "MCO+SSR+PSY", "MCO+HAD", "MCO+DIALYSE", "SSR", "PSY", "HAD")
# Dépenses du second semestre : la médiane d'un établissement de taille moyenne, en euros ; la baisse moyenne visée.
INDICATEURS: tuple[tuple[str, int, float], ...] = (
    ("ipp", 46_000, -0.06),
    ("ezetimibe", 18_000, -0.05),
    ("perfusion", 210_000, -0.04),
    ("pansements", 95_000, -0.07),
    ("transports", 640_000, -0.03),
    ("bilans", 22_000, -0.09),
    ("septieme", 60_000, -0.05),
)


@dataclass(frozen=True)
class Etablissement:
    """Un établissement fictif : sa taille, ce qui est à son contrat, s'il refuse de signer."""

    finess: str
    nom: str
    secteurs: str
    taille: float
    contrat: frozenset[str]
    refus: bool


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


def tirer(alea: random.Random) -> list[Etablissement]:
    """Les établissements, dont le dernier refuse de signer."""
    liste = []
    for rang in range(1, CONTRATS + 2):
        refus = rang == CONTRATS + 1
        base = f"{alea.choice(DEPARTEMENTS)}999{500 + rang}"
        tous = [nom for nom, *_ in INDICATEURS]
        contrat = frozenset() if refus else frozenset(alea.sample(tous, alea.randint(1, 5)))
        nom = f"Établissement fictif {500 + rang}"
        taille = alea.lognormvariate(0, 0.8)
        liste.append(Etablissement(base + cle_luhn(base), nom, alea.choice(PROFILS), taille, contrat, refus))
    return liste


def lignes(alea: random.Random, e: Etablissement) -> list[dict[str, str]]:
    """Les deux exercices d'un établissement."""
    identite = {"finess": e.finess, "raison_sociale": e.nom, "secteurs": e.secteurs}
    passe, present = identite | {"exercice": "2021"}, identite | {"exercice": "2022"}
    present["produits_am"] = centimes(round(e.taille * 4.1e9 * alea.uniform(0.7, 1.3)))
    present["refus_de_signer"] = "oui" if e.refus else "non"
    for nom, mediane, baisse in INDICATEURS:
        avant = round(100 * mediane * e.taille * alea.lognormvariate(0, 0.3))
        present[f"contrat_{nom}"] = "oui" if nom in e.contrat else "non"
        passe[f"depenses_{nom}"] = centimes(avant)
        present[f"depenses_{nom}"] = centimes(round(avant * (1 + alea.gauss(baisse, 0.06))))
    present["taux_generiques"] = f"{100 * alea.gauss(0.487, 0.02):.1f}".replace(".", ",") + " %"
    avant = round(900 * e.taille)
    present["volume_derniere_annee"] = str(avant)
    present["volume_fixe"] = str(round(avant * alea.uniform(0.6, 0.9)))
    present["volume_actes"] = str(round(avant * alea.uniform(0.7, 1.1)))
    present["annees_depuis_saisine"] = str(alea.choice((0, 0, 0, 1, 2, 3)))
    present["tarif_national"] = centimes(alea.randint(60_000, 140_000))
    return [passe, present]


def particuliers(toutes: list[dict[str, str]]) -> None:
    """Quelques cas que le hasard ne donne pas."""
    # Cible des IPP atteinte au centime près : 101 000,00 € de référence, 95 % font 95 950,00 €.
    toutes[0]["depenses_ipp"], toutes[1]["depenses_ipp"], toutes[1]["contrat_ipp"] = "100000,00", "95950,00", "oui"
    # Un centime de trop.
    toutes[2]["depenses_ipp"], toutes[3]["depenses_ipp"], toutes[3]["contrat_ipp"] = "100000,00", "95950,01", "oui"
    # Aucune dépense l'an passé.
    toutes[4]["depenses_bilans"], toutes[5]["depenses_bilans"], toutes[5]["contrat_bilans"] = "0,00", "1500,00", "oui"
    # Le taux de génériques exactement à la cible, puis juste dessous.
    toutes[7]["taux_generiques"], toutes[9]["taux_generiques"] = "49,0 %", "48,9 %"
    # Des produits non transmis : sans refus de signer, rien n'en dépend.
    toutes[11]["produits_am"] = ""


def engendrer(graine: int = GRAINE) -> str:
    """Le fichier entier, sous forme de texte."""
    alea = random.Random(graine)
    toutes = [ligne for e in tirer(alea) for ligne in lignes(alea, e)]
    particuliers(toutes)
    tampon = io.StringIO()
    premieres = ["finess", "raison_sociale", "exercice"]
    colonnes = [*premieres, *(c for c in toutes[1] if c not in premieres)]
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
