"""What the tests of exchange share: a small policy, a cohort of a text, places and codes of what was found."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache

from caqes_dsl.base.diagnostics import Diagnostic, Severite
from caqes_dsl.exchange.cohort import Cohorte
from caqes_dsl.exchange.read import read_bytes_as
from caqes_dsl.model.nodes import Politique
from caqes_dsl.pipeline import compile_text

POLITIQUE = """caqes 1
politique essai « Politique d'essai »
  sans cadre national motif « essai »
  région « Normandie »
  exercice 2018
  vigueur du 01/01/2018 au 31/12/2018
  statut projet
  source « essai »

secteur MCO « Médecine, chirurgie, obstétrique »
secteur SSR « Soins de suite »
secteur HAD « Hospitalisation à domicile »
niveau R « Réalisé » donne 100 %
niveau PR « Partiellement réalisé » donne 50 %
niveau NR « Non réalisé » donne 0 %

donnée lits « Lits » : entier ≥ 0
donnée occupes « Lits occupés » : entier entre 0 et lits
donnée taux « Taux de conformité » : taux
donnée gain « Progression » : écart
donnée produits « Produits » : montant ≥ 0 €
donnée indice « Indice » : décimal
donnée bonus « Bonus » : points
donnée sejour « Durée de séjour » : durée
donnée visite « Date de la visite » : date
donnée chartre « Charte signée » : oui_non
donnée taille « Taille » : choix (petite, moyenne, grande)

notation
  score affiché à 1 %

volet usage « Bon usage »
  cible 53 %

critère C1 « Audit »
  poids 2 points
  secteurs tous
  NC sur justification

critère C2 « Protocole »
  poids 1 point
  secteurs MCO
  niveaux R, NR

critère C3 « Part des lits occupés »
  poids 3 points
  secteurs tous
  mesure rapport(occupes ; lits ; 0 %)
  seuils
    moins de 50 % : NR
    à partir de 50 % : R

calcul ecart « Écart à la cible » : écart
  max(cible - score ; 0 pt)

sanction financiere « Sanction »
  si score < cible
  montant 1 % × produits
  arrondi à 1 €

pièce lettre « Lettre »
  si score < cible
"""

ENTETE = "finess;exercice;secteurs"
A, B = "140000100", "760000125"
"""Two FINESS whose check digit is right."""


@cache
def essai() -> Politique:
    """The small policy."""
    return compiled(POLITIQUE)


def compiled(texte: str) -> Politique:
    """The policy of a text that must be sound."""
    compilation = compile_text(texte)
    assert compilation.politique is not None, [d for d in compilation.diagnostics if d.is_error]
    return compilation.politique


def read_text(texte: str | bytes, *, nom: str = "f.csv", exercice: int | None = None, strict: bool = False) -> Cohorte:
    """The cohort of a CSV text under the small policy."""
    data = texte.encode() if isinstance(texte, str) else texte
    return read_bytes_as(essai(), data, nom, exercice=exercice, strict=strict)


def read_line(colonnes: str, valeurs: str, *, secteurs: str = "MCO") -> Cohorte:
    """The cohort of one sound establishment with these columns and cells besides its identity."""
    return read_text(f"{ENTETE};{colonnes}\n{A};2018;{secteurs};{valeurs}\n")


def codes(diagnostics: Iterable[Diagnostic], severite: Severite | None = None) -> list[str]:
    """Codes in order, of one severity or of all."""
    return [d.code for d in diagnostics if severite in (None, d.severite)]


def errors(cohorte: Cohorte) -> list[Diagnostic]:
    """Errors found."""
    return [d for d in cohorte.diagnostics if d.is_error]


def only(diagnostics: Sequence[Diagnostic]) -> Diagnostic:
    """The only one."""
    assert len(diagnostics) == 1, diagnostics
    return diagnostics[0]
