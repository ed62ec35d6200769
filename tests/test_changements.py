"""Changes in words: what a committee reads."""

from __future__ import annotations

import pytest
from completions import HEAD

from caqes_dsl.compare.diff import compare
from caqes_dsl.documents.changements import sentences
from caqes_dsl.model.nodes import Politique
from caqes_dsl.pipeline import compile_text

BODY = """donnée lits « Lits » : entier
  ≥ 1
donnée lap « Lits équipés » : entier
  entre 0 et lits
paramètre plafond_regional « Plafond régional » : montant
  1000 € à compter du 01/01/2018
volet usage « Bon usage »
  cible 53 %
chapitre un « Premier »
critère C1 « Pharmacien référent »
  poids 1 point
  secteurs tous
critère C34 « Taux d'équipement »
  poids 2 points
  secteurs MCO
  mesure lap / lits
  seuils
    à partir de 50 %        : R
    moins de 50 % : NR
  source « Guide »
chapitre deux « Second »
critère C40 « Suivi »
  poids 1 point
  secteurs tous
calcul ecart « Écart » : écart
  max(cible - score ; 0 pt)
sanction s « Sanction »
  si ecart > 0 pt
  montant 100 €
  plafond plafond_regional
  arrondi à 1 €
"""


def policy(text: str) -> Politique:
    compiled = compile_text(HEAD + text)
    assert compiled.politique is not None, [d.message for d in compiled.diagnostics]
    return compiled.politique


def said(before: str, after: str, *, body: str = BODY) -> list[str]:
    assert before in body
    a, b = policy(body), policy(body.replace(before, after))
    return list(sentences(a, b, compare(a, b)))


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        ("50 % ", "60 % ", "critère C34 « Taux d'équipement » : le seuil de « Réalisé » passe de 50 % à 60 %"),
        (
            "poids 2 points",
            "poids 3 points",
            "critère C34 « Taux d'équipement » : le poids passe de 2 points à 3 points",
        ),
        (
            "secteurs MCO",
            "secteurs MCO, SSR",
            "critère C34 « Taux d'équipement » : s'applique désormais au secteur SSR",
        ),
        ("cible 53 %", "cible 58 %", "volet « Bon usage » : la cible passe de 53 % à 58 %"),
        (
            "montant 100 €",
            "montant 200 €",
            "sanction « Sanction » : le montant devient « 200 € », au lieu de « 100 € »",
        ),
        ("arrondi à 1 €", "arrondi à 10 €", "sanction « Sanction » : l'arrondi passe de 1 € à 10 €"),
        (
            "1000 € à",
            "1500 € à",
            "paramètre « Plafond régional » : la valeur passe de 1 000 € à compter du 1er janvier 2018 à 1 500 € à "
            "compter du 1er janvier 2018",
        ),
        (
            "« Suivi »",
            "« Suivi annuel »",
            "critère C40 « Suivi annuel » : l'intitulé devient « Suivi annuel », au lieu de « Suivi »",
        ),
        (
            "source « Guide »",
            "source « Guide 2 »",
            "critère C34 « Taux d'équipement » : la source devient « Guide 2 », au lieu de « Guide »",
        ),
        (
            "critère C40 « Suivi »",
            "critère C41 « Suivi »\n  anciennement C40",
            "critère C41 « Suivi » : renuméroté C41, auparavant C40 (la nouvelle version le dit)",
        ),
        ("C40", "C41", "critère C41 « Suivi » : renuméroté C41, auparavant C40 (son contenu est le même)"),
        (
            "chapitre deux « Second »\n",
            "",
            "",
        ),
    ],
)
def test_one_change_is_one_sentence(before: str, after: str, sentence: str) -> None:
    found = [s.replace("\u00a0", " ").replace("\u202f", " ") for s in said(before, after)]
    if sentence:
        assert found == [sentence]
    else:
        assert found == [
            "chapitre « Second » : supprimé",
            "critère C40 « Suivi » : passe de « Second » à « Premier »",
        ]
