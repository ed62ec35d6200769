"""What is known of an establishment: facts, answers, recorded results. Missing is absent from the mapping."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from caqes_dsl.base.quantities import Valeur


@dataclass(frozen=True, slots=True)
class Retenu:
    """The amount retained after hearing, and why."""

    montant: Fraction
    motif: str


@dataclass(frozen=True, slots=True)
class Etablissement:
    """One establishment in one exercise; `passes` holds its earlier exercises by year.

    `reponses`: critère -> level name. `motifs`: critère -> justification of a declared NC. `faits`: donnée -> value.
    `enregistres`: recorded results by column (`score`, `points`, `score_<volet>`). A key that is absent was not
    transmitted. `lieu` says where it was read (« 2018-retours.csv, ligne 12 »).
    """

    finess: str
    raison_sociale: str = ""
    exercice: int | None = None
    secteurs: tuple[str, ...] = ()
    reponses: Mapping[str, str] = field(default_factory=dict)
    motifs: Mapping[str, str] = field(default_factory=dict)
    faits: Mapping[str, Valeur] = field(default_factory=dict)
    provenances: Mapping[str, str] = field(default_factory=dict)
    enregistres: Mapping[str, Fraction] = field(default_factory=dict)
    retenus: Mapping[str, Retenu] = field(default_factory=dict)
    passes: Mapping[int, Etablissement] = field(default_factory=dict)
    lieu: str = ""
