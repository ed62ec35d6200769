"""What a change of policy does to a cohort, as values: nothing here is computed, everything is exact.

Names of declarations are those of the newer policy, those of the older one where it alone has them. What depends on
what was not transmitted is None, never zero, and its bounds are kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from caqes_dsl.base.quantities import Genre
from caqes_dsl.evaluation.trace import SousScore
from caqes_dsl.model.nodes import Politique

from .changes import Changement


@dataclass(frozen=True, slots=True)
class Perimetre:
    """A score that is compared: a volet, or the whole (« »). `ancien` and `nouveau`: its name on each side, None where
    that side has none. `nom` is what the mappings below use."""

    nom: str
    titre: str
    ancien: str | None
    nouveau: str | None


@dataclass(frozen=True, slots=True)
class DecisionComparee:
    """A decision of either side. `ancienne_nature`, `nouvelle_nature`: None where that side has none."""

    nom: str
    titre: str
    ancienne_nature: str | None
    nouvelle_nature: str | None


# ---------------------------------------------------------------- one establishment


@dataclass(frozen=True, slots=True)
class Montant:
    """Euros. `certitude`: certain, impossible, ouvert (`valeur` is None, between `bas` and `haut`, None for no bound),
    absente (the policy has no such decision, so 0 €)."""

    valeur: Fraction | None
    certitude: str
    bas: Fraction | None
    haut: Fraction | None


@dataclass(frozen=True, slots=True)
class Bilan:
    """What one policy gives to one establishment on the answers of one exercise.

    `statut`: complet, indetermine, sans_objet. `scores`, `cibles`, `atteintes` by périmètre, for those that this policy
    has; a target is None where there is none or it is unknown; `atteintes` is None where there is none, no score, or
    where what is missing decides. `montants` by decision. `charge` is the sum of what it would bear, `faveur` of what
    it would receive; they are never added.
    """

    statut: str
    scores: Mapping[str, SousScore]
    cibles: Mapping[str, Fraction | None]
    atteintes: Mapping[str, bool | None]
    montants: Mapping[str, Montant]
    charge: Montant
    faveur: Montant


@dataclass(frozen=True, slots=True)
class Reponse:
    """What one criterion gave on one side. `statut` and `origine` as `ResultatCritere` says; « absent » where the
    policy has no such criterion."""

    statut: str
    origine: str
    niveau: str | None
    poids: Fraction
    points: Fraction | None


@dataclass(frozen=True, slots=True)
class CritereChange:
    """A criterion that does not give the same on both sides."""

    nom: str
    ancien: Reponse
    nouveau: Reponse


@dataclass(frozen=True, slots=True)
class Ecart:
    """A move, and its two parts that add up to it: what the rules did to last year's answers, then what the
    establishment did by the newer rules. All are None while one of the three evaluations is undetermined."""

    total: Fraction | None
    regles: Fraction | None
    etablissement: Fraction | None


@dataclass(frozen=True, slots=True)
class GrilleConstante:
    """Last year's answers under both policies. `ancien` is what the establishment had (older rules, N-1), `nouveau` the
    same answers by the newer rules; the moves go from there to this year's answers by the newer rules."""

    exercice: int
    ancien: Bilan
    nouveau: Bilan
    scores: Mapping[str, Ecart]
    charge: Ecart
    faveur: Ecart


@dataclass(frozen=True, slots=True)
class Ligne:
    """One establishment. `taille` is the rank of its class in `Impact.taille` (None: its fact was not transmitted, or
    there is no such fact). `scores`, `montants`, `charge`, `faveur` are what the change of policy makes of the same
    answers, newer less older: None unless both are determined.

    `grille_constante` is None when last year's answers were not transmitted; `sans_passe` then says why.
    """

    finess: str
    raison_sociale: str
    secteurs: tuple[str, ...]
    taille: int | None
    ancien: Bilan
    nouveau: Bilan
    scores: Mapping[str, Fraction | None]
    montants: Mapping[str, Fraction | None]
    charge: Fraction | None
    faveur: Fraction | None
    criteres: tuple[CritereChange, ...]
    grille_constante: GrilleConstante | None
    sans_passe: str = ""

    @property
    def identique(self) -> bool:
        """Whether nothing that is compared differs, bounds of what is undetermined included."""
        return self.ancien == self.nouveau and not self.criteres


@dataclass(frozen=True, slots=True)
class Passage:
    """An establishment that crosses the target of a périmètre. `monte`: it now reaches it, else it no longer does."""

    finess: str
    perimetre: str
    monte: bool


# ---------------------------------------------------------------- groups


@dataclass(frozen=True, slots=True)
class TotalScore:
    """The scores of a group in one périmètre. The means are over the `compares`, whose score is known on both sides;
    `indetermines` have a score on both sides that is not known on one; the others have none on a side.

    `sous_*`, `atteints_*`, `ouverts_*` count each side of the target. `montent` and `descendent` cross it.
    """

    effectif: int
    compares: int
    indetermines: int
    moyenne_ancienne: Fraction | None
    moyenne_nouvelle: Fraction | None
    en_hausse: int
    en_baisse: int
    sous_ancienne: int
    sous_nouvelle: int
    atteints_ancienne: int
    atteints_nouvelle: int
    ouverts_ancienne: int
    ouverts_nouvelle: int
    montent: int
    descendent: int


@dataclass(frozen=True, slots=True)
class TotalMontant:
    """Euros of a group. `ancien`, `nouveau` and their difference `ecart` are over the `compares`, determined on both
    sides. `indetermines` counts the others; between `bas_*` and `haut_*` is what they may come to on each side (None:
    no bound)."""

    compares: int
    ancien: Fraction
    nouveau: Fraction
    ecart: Fraction
    indetermines: int
    bas_ancien: Fraction | None
    haut_ancien: Fraction | None
    bas_nouveau: Fraction | None
    haut_nouveau: Fraction | None


@dataclass(frozen=True, slots=True)
class TotalEcart:
    """Moves at constant grid, summed over the `compares`, where all is determined; `indetermines` counts the others
    that have last year's answers. For scores divide by `compares` for a mean."""

    compares: int
    indetermines: int
    total: Fraction
    regles: Fraction
    etablissement: Fraction


@dataclass(frozen=True, slots=True)
class Groupe:
    """Totals of some establishments: all (`sorte` tous), those of a secteur (« » for those that have none), of a size
    (`nom` is the rank of the class, « » when not transmitted). An establishment of several secteurs is in each.
    `grille_constante` by périmètre.
    """

    sorte: str
    nom: str
    titre: str
    effectif: int
    scores: Mapping[str, TotalScore]
    montants: Mapping[str, TotalMontant]
    charge: TotalMontant
    faveur: TotalMontant
    grille_constante: Mapping[str, TotalEcart]
    grille_charge: TotalEcart
    grille_faveur: TotalEcart


@dataclass(frozen=True, slots=True)
class Taille:
    """The fact that sizes are told by. Class i goes from `bornes[i - 1]` to less than `bornes[i]`; they are the
    quartiles of the cohort, where these differ."""

    donnee: str
    titre: str
    genre: Genre
    bornes: tuple[Fraction, ...]
    non_transmis: int


# ---------------------------------------------------------------- what exists on one side, what could not be carried


@dataclass(frozen=True, slots=True)
class CritereSeul:
    """A criterion that one policy alone has, and what that policy does with it.

    `concernes`: establishments of its sectors. `transmis`: those whose answer, or measure, is known. `traitements`
    counts what the policy makes of the `concernes`: evalue, sans_reponse (not answered, worth what the policy says),
    neutre, indetermine (not answered and the policy says nothing), reserve (its volet is closed to them).
    `points` is what it gives in all, out of `points_applicables`.
    """

    nom: str
    titre: str
    poids: Fraction
    nouveau: bool
    sans_reponse: str | None
    concernes: int
    transmis: int
    traitements: Mapping[str, int]
    points: Fraction
    points_applicables: Fraction


@dataclass(frozen=True, slots=True)
class Abandon:
    """Values transmitted that one policy does not admit, and that count as not transmitted for it.

    `sorte`: réponse, donnée, secteur, résultat. `valeurs` by FINESS, as they were read; `pourquoi` says it in French.
    """

    nouveau: bool
    sorte: str
    nom: str
    pourquoi: str
    valeurs: Mapping[str, str]


# ---------------------------------------------------------------- which change does what


@dataclass(frozen=True, slots=True)
class Mouvement:
    """Moves of one establishment, or of all: of each score, each decision, the two sums. None: undetermined."""

    scores: Mapping[str, Fraction | None]
    montants: Mapping[str, Fraction | None]
    charge: Fraction | None
    faveur: Fraction | None


@dataclass(frozen=True, slots=True)
class TotalAttribue:
    """Moves added up over the establishments that have one, and how many these are."""

    scores: Mapping[str, Fraction]
    montants: Mapping[str, Fraction]
    charge: Fraction
    faveur: Fraction


@dataclass(frozen=True, slots=True)
class Effet:
    """What a change does alone to the older policy, the establishments keeping their answers.

    `changements`: usually one; several when none can be applied without the others. `apres`: those that it cannot do
    without; they are in place before and after, so that what they do themselves is not counted here.

    `lignes`: FINESS -> moves, for the establishments that it moves or may move; it does exactly nothing to the others.
    `total`: over those whose move is attributed (see `Attribution`). `passages`: who crosses a target by it alone.
    """

    changements: tuple[Changement, ...]
    apres: tuple[Changement, ...]
    lignes: Mapping[str, Mouvement]
    total: TotalAttribue
    passages: tuple[Passage, ...]
    indetermines: int


@dataclass(frozen=True, slots=True)
class SansEffet:
    """A change proved to alter no result. `raison`: mots (texts, sources, calendar, examples), noms (a renaming), dates
    (a value that is not in force), lecture (nothing compared reads it)."""

    changement: Changement
    raison: str


@dataclass(frozen=True, slots=True)
class Attribution:
    """The move from the older policy to the newer, shared among the changes, adding up exactly.

    For each score, decision and sum: an establishment is attributed when its move and all the effects on it are
    determined. Then its move is the sum of its effects and of its `interaction`. For the totals:
    `total` = the effects' totals + `interaction_totale` + `non_attribue`, which is the move of those determined on both
    sides whose effects are not all so; `non_attribues` counts them, by périmètre, decision, « charge » and « faveur ».
    """

    effets: tuple[Effet, ...]
    sans_effet: tuple[SansEffet, ...]
    interaction: Mapping[str, Mouvement]
    total: TotalAttribue
    interaction_totale: TotalAttribue
    non_attribue: TotalAttribue
    non_attribues: Mapping[str, int] = field(default_factory=dict)


# ---------------------------------------------------------------- the whole


@dataclass(frozen=True, slots=True)
class Impact:
    """What the newer policy changes for a cohort, evaluated by both on the same answers, those of `exercice`.

    `ecartes` counts the rows set aside when reading, which are in nothing below.
    """

    ancienne: Politique
    nouvelle: Politique
    exercice: int | None
    perimetres: tuple[Perimetre, ...]
    decisions: tuple[DecisionComparee, ...]
    lignes: tuple[Ligne, ...]
    ensemble: Groupe
    secteurs: tuple[Groupe, ...]
    taille: Taille | None
    tailles: tuple[Groupe, ...]
    passages: tuple[Passage, ...]
    criteres_seuls: tuple[CritereSeul, ...]
    abandons: tuple[Abandon, ...]
    attribution: Attribution
    ecartes: int = 0

    @property
    def nul(self) -> bool:
        """Whether nothing that is compared differs for anyone."""
        return all(ligne.identique for ligne in self.lignes)
