"""The glossary: one table of the words that an author meets, each with one meaning and one English word.

`docs/glossaire.md`, parts of `docs/langue.md` and `caqes expliquer plafond` are made from it.
"""

from __future__ import annotations

from dataclasses import replace

from .clauses import CLAUSES
from .declarations import DECLARATIONS
from .expressions import MOTS, TYPES
from .fonctions import FONCTIONS
from .notions import NOTIONS
from .terme import Fonction, Terme

__all__ = ["CADRE", "FAMILLES", "FONCTIONS", "GLOSSAIRE", "Fonction", "Terme"]

CADRE = """caqes 1
politique cadre « Cadre » exercice 2018 source « Exemple »
secteur MCO « Médecine, chirurgie, obstétrique »
secteur HAD « Hospitalisation à domicile »
niveau R « Réalisé » donne 100 %
niveau PR « Partiellement réalisé » donne 50 %
niveau NR « Non réalisé » donne 0 %
donnée lits « Lits » : entier ≥ 1
donnée lits_lap « Lits informatisés » : entier entre 0 et lits
donnée produits « Produits d'assurance maladie » : montant ≥ 0 €
donnée classe « Classe » : choix (A, B, C)
volet socle « Bon usage » cible 53 %
chapitre qualite « Qualité »
critère C1 « Charte signée » poids 2 points secteurs tous
critère C2 « Lits équipés » poids 2 points secteurs tous mesure lits_lap / lits
calcul ecart « Écart à la cible » : écart max(cible - score ; 0 pt)
"""
"""What the examples of the terms stand after; one that opens with `politique` takes the place of its header."""


def _with_function(terme: Terme) -> Terme:
    """A term whose word is also a function's: with what the function gives, and its examples."""
    fonction = next((f for f in FONCTIONS if f.nom == terme.mot), None)
    if fonction is None:
        return terme
    sens = f"{terme.sens} Fonction : {fonction.rend}."
    return replace(terme, sens=sens, exemples=(*terme.exemples, *fonction.exemples))


FAMILLES: dict[str, tuple[Terme, ...]] = {
    "Les déclarations": tuple(map(_with_function, DECLARATIONS)),
    "Les clauses": tuple(map(_with_function, CLAUSES)),
    "Les rangs et les expressions": MOTS,
    "Les fonctions": tuple(f.as_terme() for f in FONCTIONS if f.anglais),
    "Les types et les unités": tuple(map(_with_function, TYPES)),
    "Les résultats et les documents": tuple(map(_with_function, NOTIONS)),
}
"""Title of a family -> its terms."""

GLOSSAIRE: dict[str, Terme] = {t.mot: t for termes in FAMILLES.values() for t in termes}
"""Every term, by its word."""
