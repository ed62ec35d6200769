"""What an evaluation gives, with its reasons: values that documents and results print as they are.

Missing is None everywhere: a result that depends on what was not transmitted is undetermined, and `manquants` lists
what to ask for. Taux and écarts are ratios, amounts euros.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

from caqes_dsl.base.quantities import Genre, Valeur
from caqes_dsl.evaluation.facts import Etablissement
from caqes_dsl.model.nodes import Cle, Critere, Politique, Rang

if TYPE_CHECKING:
    from .population import Population


@dataclass(frozen=True, slots=True)
class Etape:
    """One operation, in words.

    `libelle` says what the quantity is (« Écart à la cible »), `formule` the rule in the policy's words
    (« max(cible - score ; 0 pt) »), `calcul` the same with values (« max(53 % - 51 % ; 0 pt) »).
    """

    cle: Cle
    libelle: str
    formule: str
    calcul: str
    valeur: Valeur | None
    genre: Genre
    source: str = ""
    lieu: str = ""
    manquants: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ResultatCritere:
    """One criterion of one establishment.

    `statut`: evalue, neutre (leaves numerator and denominator), indetermine, hors_secteur.
    `origine`: mesure, reponse, sans_reponse, nc_office, nc_justification, sans_objet (what is measured has none),
    impose (by an exemple).
    `part` is the share of `poids` obtained; `points` = poids × part. `rang` is the row that applied.
    """

    critere: Critere
    statut: str
    origine: str
    poids: Fraction
    niveau: str | None = None
    part: Fraction | None = None
    points: Fraction | None = None
    mesure: Valeur | None = None
    rang: Rang | None = None
    motif: str = ""
    calcul: str = ""
    manquants: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SousScore:
    """Points, applicable points and their ratio for the whole, a volet, a chapitre or an objectif.

    `score` is None when undetermined or without object (`sans_objet`: nothing applicable, or a calcul that gives the
    whole and has none). Undetermined, it will be between `score_min` and `score_max` if anything is applicable;
    `exact` says that both are reached by some completion.
    """

    points: Fraction | None
    points_applicables: Fraction | None
    score: Fraction | None
    score_min: Fraction | None = None
    score_max: Fraction | None = None
    exact: bool = True
    sans_objet: bool = False


@dataclass(frozen=True, slots=True)
class ResultatDecision:
    """An amount at stake, proposed to the committee. `certitude`: certain, impossible, ouvert.

    While it is open, the amount will be between `montant_min` and `montant_max` (None: no bound is known).
    """

    nom: str
    montant: Fraction | None
    certitude: str
    condition: bool | None
    avant_arrondi: Fraction | None = None
    etapes: tuple[Etape, ...] = ()
    retenu: Fraction | None = None
    motif_retenu: str = ""
    manquants: tuple[str, ...] = ()
    montant_min: Fraction | None = None
    montant_max: Fraction | None = None


@dataclass(frozen=True, slots=True)
class ResultatIndicateur:
    """What an indicateur gives. `statut`: mesure, indetermine, sans_objet. `atteint` is None without a target, or
    while that depends on what is missing."""

    nom: str
    statut: str
    mesure: Etape
    cible: Etape | None
    atteint: bool | None


@dataclass(frozen=True, slots=True)
class Resultat:
    """All that a policy gives for one establishment, within its `population` when it was evaluated with a cohort.

    `statut`: complet, indetermine, sans_objet. `scores` by heading name (volet, chapitre, objectif). `reserves` says,
    for each volet that is reserved, whether it is open to the establishment.
    """

    politique: Politique
    etablissement: Etablissement
    statut: str
    score_global: SousScore
    scores: Mapping[str, SousScore]
    criteres: Mapping[str, ResultatCritere]
    calculs: Mapping[str, Etape]
    baremes: Mapping[str, Etape]
    decisions: Mapping[str, ResultatDecision]
    pieces: Mapping[str, Etape]
    cibles: Mapping[str, Etape]
    manquants: tuple[str, ...] = ()
    notes: tuple[str, ...] = field(default=())
    indicateurs: Mapping[str, ResultatIndicateur] = field(default_factory=dict)
    reserves: Mapping[str, Etape] = field(default_factory=dict)
    population: Population | None = field(default=None, repr=False, compare=False)
