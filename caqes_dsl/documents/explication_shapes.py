"""What the templates of an explanation see: texts and lists of texts, nothing to compute with."""

from __future__ import annotations

from dataclasses import dataclass

from caqes_dsl.documents.shapes import IdentiteVue, LigneVue, NoteVue, Renvois


@dataclass(frozen=True, slots=True)
class CouteuxVue:
    """A criterion that costs points: its result in words, what is lost."""

    numero: str
    ancre: str
    titre: str
    resultat: str
    perte: str


@dataclass(frozen=True, slots=True)
class EssentielVue:
    """The first page. `largeur` and `largeur_cible` place the score and the target on a bar (« 46% », or « »).

    `calcul` is how the amounts were computed, `delais` what the calendar of the policy gives to answer.
    """

    phrase: str
    alerte: bool
    largeur: str
    largeur_cible: str
    lignes: tuple[LigneVue, ...]
    calcul: tuple[LigneVue, ...]
    manque: tuple[str, ...]
    perte: str
    couteux: tuple[CouteuxVue, ...]
    agir: tuple[str, ...]
    delais: tuple[str, ...]
    mention: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FaitVue:
    """A fact: its value and where it comes from."""

    libelle: str
    texte: str
    provenance: str


@dataclass(frozen=True, slots=True)
class CritereExplique:
    """A criterion: the sentence of its result, then the rule, the facts and the operation.

    `etat`: plein, partiel, nul, neutre, indetermine.
    """

    ancre: str
    numero: str
    titre: str
    etat: str
    resultat: str
    points: str
    phrase: str
    precisions: tuple[LigneVue, ...]
    faits: tuple[FaitVue, ...]
    notes: Renvois


@dataclass(frozen=True, slots=True)
class ObjectifExplique:
    """An objectif, its points and its criteria."""

    titre: str
    total: str
    criteres: tuple[CritereExplique, ...]


@dataclass(frozen=True, slots=True)
class ChapitreExplique:
    """A chapitre, its points and its objectifs."""

    ancre: str
    article: str
    titre: str
    volet: str
    total: str
    objectifs: tuple[ObjectifExplique, ...]
    notes: Renvois


@dataclass(frozen=True, slots=True)
class ConditionVue:
    """A clause of a condition: what it says, the values compared, whether it holds."""

    texte: str
    operation: str
    verdict: str


@dataclass(frozen=True, slots=True)
class EtapeVue:
    """A quantity on the way: its rule, the operation, what it gives."""

    titre: str
    regle: str
    operation: str
    resultat: str
    notes: Renvois


@dataclass(frozen=True, slots=True)
class DecisionExpliquee:
    """A decision, a document due, an indicateur or a volet reserved to some: what comes out, and everything it comes
    from."""

    ancre: str
    titre: str
    resultat: str
    phrase: str
    introduction: str
    conditions: tuple[ConditionVue, ...]
    etapes: tuple[EtapeVue, ...]
    faits: tuple[FaitVue, ...]
    suites: tuple[str, ...]
    notes: Renvois


@dataclass(frozen=True, slots=True)
class NatureExpliquee:
    """The decisions of one nature, under their heading; `regle` says what they are."""

    ancre: str
    titre: str
    regle: str
    liste: tuple[DecisionExpliquee, ...]


@dataclass(frozen=True, slots=True)
class GroupeVue:
    """Criteria left out for the same reason."""

    titre: str
    raison: str
    lignes: tuple[LigneVue, ...]


@dataclass(frozen=True, slots=True)
class ExplicationVue:
    """The whole explanation. `lecture` heads its rules; `volets` are those reserved to some; `traitement` says what the
    law asks of an algorithmic processing."""

    identite: IdentiteVue
    etablissement: str
    fiche: tuple[LigneVue, ...]
    essentiel: EssentielVue
    traitement: tuple[LigneVue, ...]
    lecture: str
    notation: tuple[LigneVue, ...]
    volets: tuple[DecisionExpliquee, ...]
    indicateurs: tuple[DecisionExpliquee, ...]
    chapitres: tuple[ChapitreExplique, ...]
    decisions: tuple[NatureExpliquee, ...]
    pieces: tuple[DecisionExpliquee, ...]
    manquants: tuple[LigneVue, ...]
    ecartes: tuple[GroupeVue, ...]
    donnees: tuple[FaitVue, ...]
    changements: tuple[LigneVue, ...]
    sources: tuple[NoteVue, ...]
