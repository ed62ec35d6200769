"""A policy that uses every construct evaluated since the second generation of contracts, and cohorts for it."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction as F
from functools import cache

from caqes_dsl.base.quantities import Valeur
from caqes_dsl.evaluation.facts import Etablissement, Retenu
from caqes_dsl.evaluation.population import Population
from caqes_dsl.evaluation.trace import Resultat
from caqes_dsl.model.nodes import Politique
from caqes_dsl.pipeline import compile_text

TEXTE = """caqes 1
politique essai « Contrat d'essai »
  sans cadre national motif « essai »
  région « Normandie »
  exercice 2022
  vigueur du 01/01/2022 au 31/12/2024
  statut projet
  source « Texte d'essai »
secteur MCO « Médecine »
secteur HAD « Hospitalisation à domicile »
niveau R « Réalisé » donne 100 %
niveau NR « Non réalisé » donne 0 %
notation score = mixte score arrondi à 1 % avant comparaison effectif au moins 3
donnée depenses « Dépenses » : montant ≥ 0 €
donnée part « Part conforme » : taux entre 0 % et 100 %
donnée sejours « Séjours » : entier ≥ 0
donnée conformes « Séjours conformes » : entier entre 0 et sejours
donnée classe « Classe » : choix (A, B)
donnée refus « Refus de signer » : oui_non
volet a « Volet ouvert » cible 50 %
critère C1 « Charte » poids 2 points secteurs tous
critère C2 « Part » poids 1 point secteurs MCO mesure part
sanction s « Sanction » si score < cible montant 10 € arrondi à 1 €
volet b « Volet réservé »
  durée au plus 5 ans
  réservé si depenses ≥ quantile(depenses ; 25 % parmi MCO)
critère C3 « Audit » poids 1 point secteurs tous
indicateur evol « Évolution des dépenses » mesure évolution(depenses ; 0 %) cible -10 % sens baisse
indicateur medi « Part de la région » mesure part cible médiane(part parmi MCO ou HAD) sens hausse secteurs MCO
intéressement part_b « Part reversée » si atteint(evol) montant 20 % × economie arrondi à 0,01 €
enveloppe fir « Enveloppe » si MCO montant 1 000 € au prorata de economie arrondi à 0,01 €
volet c « Volet des mesures »
indicateur conf « Séjours conformes » réservé si sejours ≥ 10 mesure conformes / sejours sens hausse
indicateur place « Rang » mesure rang(part parmi MCO) cible 2 sens baisse
pénalité refuse « Refus » si refus montant 100 € arrondi à 1 €
enveloppe env_c « Enveloppe ouverte » montant 90 € au prorata de sejours arrondi à 1 €
pièce plan « Plan » si non atteint(medi) ou mesure(conf) < 50 %
calcul economie « Économie » : montant max(depenses N-1 - depenses ; 0 €)
calcul mixte « Score mêlé » : taux
  min(75 % × score(a) + 25 % × (si points_applicables(b) > 0 points alors score(b) sinon 0 %) ; 100 %)
calcul recul « Recul » : écart score(a) - rejoué(score(a) N-1)
calcul moyen « Moyenne du groupe » : montant moyenne(depenses par classe)
calcul combien « Combien de la classe A » : entier effectif(parmi classe = A et MCO)
calcul ecart_groupe « Écart au groupe » : montant depenses - somme(depenses parmi depenses > 0 €)
pièce alerte « Alerte » si recul < 0 pt et depenses > moyen et combien ≥ 1 et ecart_groupe < 0 €
"""


@cache
def politique() -> Politique:
    """The policy, compiled once."""
    compiled = compile_text(TEXTE)
    assert compiled.politique is not None, [d.message for d in compiled.diagnostics if d.is_error]
    return compiled.politique


def establishment(i: int, **more: object) -> Etablissement:
    """A complete establishment, unless said otherwise."""
    faits: dict[str, Valeur] = {
        "depenses": F(100 + 7 * i), "part": F(i % 10, 10), "sejours": F(20 + i), "conformes": F(5),
        "classe": "A" if i % 2 else "B", "refus": i % 3 == 0,
    }  # fmt: skip
    finess = f"14000{i:04d}"
    past = Etablissement(finess, "", 2021, ("MCO",), {"C1": "R", "C3": "NR"}, {}, {**faits, "depenses": F(130)})
    base = Etablissement(
        finess, f"Établissement {i}", 2022, ("MCO",), {"C1": "NR", "C3": "R"}, {}, faits, passes={2021: past}
    )
    return replace(base, **more)  # type: ignore[arg-type]


def complete() -> list[Etablissement]:
    """A cohort in which nothing is missing; one establishment has another activity, one an amount retained."""
    cohort = [establishment(i) for i in range(6)]
    cohort.append(establishment(6, secteurs=("HAD",)))
    cohort.append(establishment(7, retenus={"part_b": Retenu(F(1), "écart constaté"), "fir": Retenu(F(2), "essai")}))
    return cohort


def lacking(rng: random.Random) -> list[Etablissement]:
    """A cohort in which facts, answers, past exercises and activities are missing at random."""
    cohort = []
    for one in complete():
        faits = {k: v for k, v in one.faits.items() if rng.random() < 0.7}
        reponses = {k: v for k, v in one.reponses.items() if rng.random() < 0.7}
        passes = one.passes if rng.random() < 0.7 else {}
        secteurs = one.secteurs if rng.random() < 0.9 else ()
        cohort.append(replace(one, faits=faits, reponses=reponses, passes=passes, secteurs=secteurs))
    return cohort


def results(cohort: list[Etablissement], *, ecartes: int = 0) -> Iterator[Resultat]:
    """Their results, taken together."""
    yield from Population(politique(), cohort, ecartes=ecartes).results()
