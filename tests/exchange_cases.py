"""A small policy with a fact of every type, and files of establishments written for it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path

from exchange_kit import compiled

from caqes_dsl.base.diagnostics import Diagnostic
from caqes_dsl.exchange.read import Cohorte, read_cohort
from caqes_dsl.model.nodes import Politique

TEXTE = """caqes 1

politique essai « Essai »
  exercice 2018
  statut projet

secteur MCO « Médecine, chirurgie, obstétrique »
secteur SSR « Soins de suite »

niveau R « Réalisé » donne 100 %
niveau PR « Partiellement réalisé » donne 50 %
niveau NR « Non réalisé » donne 0 %
niveau NC « Non concerné » hors calcul

donnée lits « Lits » : entier ≥ 0
donnée indice « Indice » : décimal
donnée generiques « Génériques » : taux entre 0 % et 100 %
donnée progression « Progression » : écart
donnée bonus « Bonus » : points
donnée produits « Produits » : montant ≥ 0 €
donnée attente « Attente » : durée
donnée signature « Signature » : date
donnée urgences « Urgences » : oui_non
donnée classe « Classe » : choix (petit, très_grand, NA)

volet v « Volet »
  cible 60 %

critère C1 « Politique qualité »
  poids 2 points
  secteurs tous

critère C2 « Pharmacie clinique »
  poids 3 points
  secteurs MCO
  NC sur justification

critère C3 « Génériques »
  poids 5 points
  secteurs tous
  mesure generiques
  seuils
    jusqu'à 20 % : NR
    plus de 20 % : R
  NC d'office si lits = 0

calcul part « Part » : taux
  lits / 3

sanction financiere « Pénalité »
  si score < cible
  montant 1 % × produits
  arrondi à 0,01 €

pièce note « Note à joindre »
  si score < cible
"""


def luhn_key(eight: str) -> str:
    """The FINESS that these eight digits begin: every other digit from the right of the key is doubled."""
    total = 0
    for place, digit in enumerate(reversed(eight)):
        total += sum(map(int, str(int(digit) * (2 - place % 2))))
    return eight + str(-total % 10)


A, B, CORSE = luhn_key("14000010"), luhn_key("01000020"), "2A0000014"


@cache
def essai() -> Politique:
    return compiled(TEXTE)


def read(folder: Path, data: str | bytes, name: str = "donnees.csv", **options: object) -> Cohorte:
    """The cohort of a file with this content."""
    path = folder / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return read_cohort(essai(), path, **options)  # type: ignore[arg-type]


def codes(found: Cohorte | Iterable[Diagnostic]) -> list[str]:
    return [d.code for d in (found.diagnostics if isinstance(found, Cohorte) else found)]


def said(cohorte: Cohorte, code: str) -> list[Diagnostic]:
    return [d for d in cohorte.diagnostics if d.code == code]


def one(cohorte: Cohorte, code: str) -> Diagnostic:
    """The only diagnostic of this code."""
    (found,) = said(cohorte, code)
    return found
