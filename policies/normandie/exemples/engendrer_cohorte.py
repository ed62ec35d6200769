"""Engendre la cohorte synthétique « 2018-retours.csv » : 105 établissements fictifs, exercices 2017 et 2018.

Usage : python policies/normandie/exemples/engendrer_cohorte.py [SORTIE]
Même graine, même fichier, octet pour octet.
"""

from __future__ import annotations

import csv
import io
import math
import random
import re
import sys
from dataclasses import dataclass, field
from pathlib import Path

GRAINE = 20180102
ICI = Path(__file__).resolve().parent
POLITIQUES = (ICI.parents[1] / "national" / "2017.caqes", ICI.parent / "2018.caqes")
SORTIE = ICI / "2018-retours.csv"

TOUS = ("MCO", "SSR", "PSY", "HAD", "DIALYSE")
DEPARTEMENTS = ("14", "27", "50", "61", "76")
# 78 établissements avec MCO, HAD ou dialyse, puis 27 avec SSR ou PSY seulement, comme la source les compte.
PROFILS: tuple[tuple[str, int], ...] = (
    ("MCO", 18),
    ("MCO+SSR", 24),
    ("MCO+SSR+PSY", 5),
    ("MCO+HAD", 5),
    ("MCO+SSR+HAD", 5),
    ("MCO+DIALYSE", 3),
    ("MCO+SSR+DIALYSE", 2),
    ("HAD", 7),
    ("SSR+HAD", 2),
    ("DIALYSE", 7),
    ("SSR", 14),
    ("PSY", 8),
    ("SSR+PSY", 5),
)
# Établissements sous la cible de 53 % : part visée des points en 2018, progression depuis 2017 (en points de %).
SOUS_LA_CIBLE: tuple[tuple[str, float, int], ...] = (
    ("MCO+SSR", 0.49, 1),
    ("MCO", 0.47, 12),
    ("SSR", 0.45, 0),
    ("PSY", 0.48, 9),
    ("MCO+SSR+PSY", 0.44, 14),
    ("HAD", 0.48, 10),
    ("DIALYSE", 0.43, -2),
    ("SSR", 0.47, 11),
    ("MCO+HAD", 0.46, 2),
    ("MCO+SSR", 0.48, 13),
)
MOTIFS = (
    "Activité absente de l'établissement en 2018",
    "Activité confiée par convention à un autre établissement",
    "Unité fermée pour travaux pendant l'exercice",
)
# Données qui manquent chacune chez un établissement.
DONNEES_OUBLIEES = ("lits_lap", "resultat_qls", "lits_traces", "produits_am", "lits_places_analyses", "depenses_phev")
# Critères que l'on rencontre « non concerné » : RCP, liste en sus, biosimilaires, chimiothérapies.
NON_CONCERNES = ("C62", "C63", "C64", "C68", "C69", "C70", "C73", "C74", "C75", "C76", "C86", "C87", "C88")


@dataclass(frozen=True)
class Critere:
    """Un critère de la grille : son nom, ses secteurs, et s'il est mesuré sur des données."""

    nom: str
    secteurs: frozenset[str]
    mesure: bool
    binaire: bool


@dataclass
class Etablissement:
    """Un établissement fictif, sa taille et son niveau."""

    finess: str
    nom: str
    secteurs: tuple[str, ...]
    niveau: float
    progression: int
    sous_la_cible: bool
    produits: float
    faits: dict[str, int] = field(default_factory=dict)


def lire_criteres(texte: str) -> list[Critere]:
    """Lit les critères dans le texte de la politique, dans l'ordre de la grille."""
    criteres = []
    for bloc in re.split(r"(?m)^(?= *critère )", texte)[1:]:
        nom = bloc.split()[1]
        portee = re.search(r"(?m)^ +secteurs +(.+)$", bloc)
        dits = portee.group(1).strip() if portee else "tous"
        exclus = dits.removeprefix("tous sauf ").split(", ") if dits.startswith("tous") else []
        secteurs = frozenset(s for s in TOUS if s not in exclus) if exclus else frozenset(dits.split(", "))
        # Ce qui suit le critère (objectif, donnée) ne lui appartient pas.
        propre = re.split(r"(?m)^ *(?:objectif|chapitre|donnée|calcul) ", bloc)[0]
        mesure = re.search(r"(?m)^ +mesure ", propre) is not None
        binaire = re.search(r"(?m)^ +niveaux +R, NR$", propre) is not None
        criteres.append(Critere(nom, secteurs, mesure, binaire))
    return criteres


def lire_donnees(textes: list[str]) -> list[str]:
    """Lit les noms des données, dans l'ordre des politiques."""
    return [nom for texte in textes for nom in re.findall(r"(?m)^ *donnée (\w+) ", texte)]


def cle_luhn(chiffres: str) -> str:
    """Chiffre de contrôle de Luhn d'un numéro FINESS sans sa clé."""
    total = 0
    for rang, chiffre in enumerate(reversed(chiffres)):
        valeur = int(chiffre) * (2 if rang % 2 == 0 else 1)
        total += valeur - 9 if valeur > 9 else valeur
    return str(-total % 10)


def finess_fictif(departement: str, rang: int) -> str:
    """Numéro visiblement fictif : département, « 999 », rang, clé de Luhn."""
    base = f"{departement}999{rang:03d}"
    return base + cle_luhn(base)


def montant(valeur: float) -> str:
    """Montant en euros et centimes, à la française."""
    return f"{valeur:.2f}".replace(".", ",")


def pourcent(valeur: float) -> str:
    """Taux au dixième de pour cent, à la française."""
    return f"{100 * valeur:.1f}".replace(".", ",") + " %"


def borne(valeur: float, bas: float = 0.0, haut: float = 1.0) -> float:
    """Ramène une valeur dans un intervalle."""
    return max(bas, min(haut, valeur))


def produits_tires(alea: random.Random, secteurs: tuple[str, ...]) -> float:
    """Produits de l'assurance maladie, de 1 à 500 millions d'euros, très dispersés."""
    centre = 38e6 if "MCO" in secteurs else 9e6
    centre *= 1 + 0.35 * (len(secteurs) - 1)
    return round(borne(alea.lognormvariate(math.log(centre), 0.95), 1e6, 500e6), 2)


def parc(alea: random.Random, secteurs: tuple[str, ...], produits: float) -> dict[str, int]:
    """Lits, unités, places et implantations, à la mesure des produits."""
    avec_lits = any(s in secteurs for s in ("MCO", "SSR", "PSY"))
    lits = max(12, round(produits / 2.2e5 * alea.uniform(0.8, 1.2))) if avec_lits else 0
    places = max(4, round(lits * alea.uniform(0.05, 0.2)))
    places += alea.randint(8, 30) if len(secteurs) > 1 or not lits else 0
    medico_sociaux = alea.randint(10, 90) if avec_lits and alea.random() < 0.3 else 0
    mco = "MCO" in secteurs
    return {
        "lits": lits,
        "unites": max(1, round((lits + places) / 24)),
        "lits_places": lits + places,
        "lits_places_hors_ehpad": lits + places,
        "lits_medico_sociaux": medico_sociaux,
        "dmi_implantes": round(lits * alea.uniform(1.5, 9)) if mco and alea.random() < 0.75 else 0,
        "dossiers_qls": alea.randint(40, 80) if mco and alea.random() < 0.92 else 0,
    }


def tirer_etablissements(alea: random.Random) -> list[Etablissement]:
    """Les 105 établissements, dans un ordre mêlé."""
    profils = [profil for profil, nombre in PROFILS for _ in range(nombre)]
    faibles = list(SOUS_LA_CIBLE)
    liste: list[tuple[str, float, int, bool]] = []
    for profil in profils:
        faible = next((f for f in faibles if f[0] == profil), None)
        if faible:
            faibles.remove(faible)
            liste.append((profil, faible[1], faible[2], True))
        else:
            liste.append((profil, 0.57 + 0.4 * alea.betavariate(2.8, 1.9), alea.randint(-2, 9), False))
    alea.shuffle(liste)
    etablissements = []
    for rang, (profil, niveau, progression, faible_) in enumerate(liste, start=1):
        secteurs = tuple(profil.split("+"))
        produits = produits_tires(alea, secteurs)
        e = Etablissement(
            finess_fictif(alea.choice(DEPARTEMENTS), rang),
            f"Établissement fictif {rang:03d}",
            secteurs,
            niveau,
            progression,
            faible_,
            produits,
        )
        e.faits = parc(alea, secteurs, produits)
        etablissements.append(e)
    # Les deux bornes imprimées par la source : un million et cinq cents millions d'euros.
    par_taille = sorted(etablissements, key=lambda e: e.produits)
    par_taille[0].produits, par_taille[-1].produits = 1_000_000.00, 500_000_000.00
    return etablissements


def faits(alea: random.Random, e: Etablissement, exercice: int) -> dict[str, str]:
    """Les données d'un exercice ; les numérateurs ne dépassent jamais les dénominateurs."""
    recul = 0 if exercice == 2018 else 1
    niveau = e.niveau - recul * e.progression / 100
    ligne = {nom: str(valeur) for nom, valeur in e.faits.items()}

    def part(nom: str) -> str:
        ecart = 0.13 if e.sous_la_cible else 0.2
        centre = niveau - 0.1 if e.sous_la_cible else niveau
        return str(round(e.faits[nom] * borne(alea.gauss(centre, ecart))))

    ligne["lits_lap"] = part("lits")
    ligne["lits_traces"] = part("lits")
    ligne["unites_lap"] = part("unites")
    ligne["lits_places_informatises"] = part("lits_places")
    ligne["dmi_traces"] = part("dmi_implantes")
    ligne["lits_places_analyses"] = part("lits_places_hors_ehpad")
    ligne["lits_medico_sociaux_analyses"] = part("lits_medico_sociaux")
    if e.faits["dossiers_qls"]:
        ligne["resultat_qls"] = pourcent(borne(alea.gauss(niveau - 0.05, 0.12)))
        ligne["resultat_qls_13"] = pourcent(borne(alea.gauss(niveau - 0.1, 0.14)))
    if "MCO" not in e.secteurs:
        for nom in ("dmi_implantes", "dmi_traces", "dossiers_qls"):
            ligne.pop(nom)

    # Le passage de 2017 à 2018 se fait au rythme propre à chaque dépense.
    ligne["produits_am"] = montant(e.produits / (1 + recul * alea.gauss(0.018, 0.012)))
    phev = e.produits * (0.02 + 0.00037 * (int(e.finess[5:8]) % 41))
    ligne["depenses_phev"] = montant(phev / (1 + recul * alea.gauss(0.034, 0.025)))
    if "MCO" in e.secteurs or "HAD" in e.secteurs:
        ligne["depenses_les_medicaments"] = montant(e.produits * 0.045 / (1 + recul * alea.gauss(0.03, 0.03)))
        dispositifs = e.produits * 0.012 if "MCO" in e.secteurs else 0.0
        ligne["depenses_les_dispositifs"] = montant(dispositifs / (1 + recul * alea.gauss(0.035, 0.04)))
    else:
        ligne["depenses_les_medicaments"] = ligne["depenses_les_dispositifs"] = "0,00"
    ligne["taux_generiques"] = pourcent(borne(alea.gauss(0.445 + 0.01 * (1 - recul), 0.03)))
    ligne["taux_biosimilaires"] = pourcent(borne(alea.gauss(0.22 + 0.06 * (1 - recul), 0.08)))
    ligne["ucd_biosimilaires"] = str(round(e.produits / 2e5 * alea.uniform(0.3, 1.8)))
    return ligne


def reponse(alea: random.Random, niveau: float, binaire: bool) -> str:
    """Une réponse dont la valeur moyenne est la part de points visée."""
    if binaire:
        return "R" if alea.random() < niveau else "NR"
    partiel = 0.8 * min(niveau, 1 - niveau)
    tirage = alea.random()
    if tirage < niveau - partiel / 2:
        return "R"
    return "PR" if tirage < niveau + partiel / 2 else "NR"


def reponses(alea: random.Random, e: Etablissement, criteres: list[Critere]) -> dict[str, str]:
    """Les réponses de 2018 : rien hors des secteurs, un motif pour chaque « non concerné »."""
    ligne: dict[str, str] = {}
    for c in criteres:
        if c.mesure or not c.secteurs.intersection(e.secteurs):
            continue
        tirage, motif = alea.random(), alea.choice(MOTIFS)
        valeur = reponse(alea, e.niveau, c.binaire)
        if c.nom in NON_CONCERNES and tirage < 0.12:
            ligne[c.nom], ligne[c.nom + "_motif"] = "NC", motif
        elif tirage < 0.994 or e.sous_la_cible:
            ligne[c.nom] = valeur
        # Sinon : réponse non transmise.
    return ligne


def engendrer(graine: int = GRAINE) -> str:
    """Le fichier entier, sous forme de texte."""
    textes = [chemin.read_text(encoding="utf-8") for chemin in POLITIQUES]
    criteres, donnees = lire_criteres(textes[1]), lire_donnees(textes)
    alea = random.Random(graine)
    etablissements = tirer_etablissements(alea)
    # Une donnée manque chez six établissements, toujours une donnée qui compte pour eux.
    manquants = alea.sample([e.finess for e in etablissements if "MCO" in e.secteurs and not e.sous_la_cible], 6)
    oublis = dict(zip(manquants, DONNEES_OUBLIEES, strict=True))
    # Sous la cible, deux dossiers sont incomplets : une donnée manque à l'un, le résultat de 2017 à l'autre.
    ouverts = {e.secteurs: e.finess for e in etablissements if e.sous_la_cible}
    oublis[ouverts[("MCO", "SSR", "PSY")]] = "lits_places_informatises"
    sans_passe = ouverts[("PSY",)]

    lignes: list[dict[str, str]] = []
    for e in etablissements:
        identite = {"finess": e.finess, "raison_sociale": e.nom, "secteurs": "+".join(e.secteurs)}
        passe = identite | {"exercice": "2017"} | faits(alea, e, 2017)
        if e.finess != sans_passe:
            passe["score"] = f"{round(100 * e.niveau) - e.progression} %"
        present = identite | {"exercice": "2018"} | faits(alea, e, 2018) | reponses(alea, e, criteres)
        present.pop(oublis.get(e.finess, ""), None)
        lignes += [passe, present]

    colonnes = ["finess", "raison_sociale", "exercice", "secteurs", "score", *donnees]
    for c in criteres:
        if not c.mesure:
            colonnes.append(c.nom)
            if any(c.nom + "_motif" in ligne for ligne in lignes):
                colonnes.append(c.nom + "_motif")
    tampon = io.StringIO()
    ecrivain = csv.DictWriter(tampon, colonnes, restval="", delimiter=";", lineterminator="\r\n")
    ecrivain.writeheader()
    ecrivain.writerows(lignes)
    return tampon.getvalue()


def main() -> None:
    """Écrit le fichier, en UTF-8 avec indicateur d'ordre pour les tableurs français."""
    sortie = Path(sys.argv[1]) if len(sys.argv) > 1 else SORTIE
    sortie.write_bytes(engendrer().encode("utf-8-sig"))
    print(f"{sortie.name} : écrit, graine {GRAINE}.")


if __name__ == "__main__":
    main()
