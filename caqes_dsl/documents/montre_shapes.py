"""What `montrer --json` publishes: its models, which give docs/schemas/montrer.schema.json.

Numbers are texts, so that no reader rounds them: taux as a ratio (« 0.53 »), écarts in points (« 2 »), amounts in
euros; « 1/3 » when there are no finite decimals. Expressions are in the author's words.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict

SCHEMA = "caqes-montrer-1"


class Modele(BaseModel):
    """Part of the published schema: no other field, never changed once made."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Provenance(Modele):
    """The file and line that gave a declaration; `heritee` when it comes from a policy that this one starts from."""

    fichier: str
    ligne: int
    heritee: bool


class Place(Modele):
    """A file and a line."""

    fichier: str
    ligne: int


class Clause(Modele):
    """The place that gives a clause, and those it replaced, the latest first.

    `retiree`: that place drops the clause. `motif` is the reason it gives.
    """

    clause: str
    provenance: Provenance
    remplace: tuple[Place, ...]
    motif: str
    retiree: bool


class Declaration(Modele):
    """What every declaration has; an empty text is an absent clause.

    `remplace`: where earlier versions of the whole declaration were; `clauses`: the provenance of each clause.
    """

    nom: str
    titre: str
    source: str
    provenance: Provenance
    remplace: tuple[Place, ...]
    motif: str
    clauses: tuple[Clause, ...]


class Suppression(Modele):
    """A declaration that is no longer inherited, what removes it and where it was."""

    genre: str
    nom: str
    titre: str
    motif: str
    provenance: Provenance
    remplace: Place


class Niveau(Declaration):
    """An answer level; `part` is null when it leaves the computation."""

    part: str | None


class Donnee(Declaration):
    """A fact; `bornes` and `defaut` are as the author wrote them or null."""

    type: str
    choix: tuple[str, ...]
    bornes: tuple[str, ...]
    defaut: str | None


class ValeurDatee(Modele):
    """A value from one date to another, both included."""

    valeur: str
    a_compter_du: date
    jusqu_au: date | None
    source: str
    en_vigueur: bool


class Parametre(Declaration):
    """A value fixed by a text."""

    type: str
    valeurs: tuple[ValeurDatee, ...]


class Notation(Modele):
    """How answers and score are formed; `sources` and `provenances` by clause.

    `calcul` names the calcul that gives the whole score, « » when none does.
    """

    score: Literal["arrondi", "affiché", "exact"]
    pas: str | None
    calcul: str
    effectif_minimum: int | None
    nc_sur_justification: bool
    sans_reponse: str | None
    sources: dict[str, str]
    provenances: dict[str, Provenance]
    clauses: tuple[Clause, ...]


class Total(Modele):
    """A declared total; `secteur` is empty for all."""

    secteur: str
    unite: Literal["points", "critères"]
    valeur: str
    soit: str | None
    source: str


class Titre(Declaration):
    """A volet, chapitre or objectif; `sous` is the heading above."""

    rang: Literal["volet", "chapitre", "objectif"]
    sous: str
    article: str
    texte: str
    totaux: tuple[Total, ...]
    cible: str | None
    cible_source: str
    reserve_si: str | None
    duree_au_plus: str | None


class Rang(Modele):
    """A row of a table, in the author's words."""

    cas: str
    effet: str
    ligne: int


class Table(Modele):
    """Rows, what drives them, what goes on after the last."""

    selon: tuple[str, ...]
    rangs: tuple[Rang, ...]
    suite: str | None
    plafond: str | None


class Variante(Modele):
    """What differs when the criterion applies only through these sectors."""

    secteurs: tuple[str, ...]
    poids: str | None
    seuils: Table | None
    preuve: str
    guide: str


class Critere(Declaration):
    """A criterion; `mesure` is null when it is answered."""

    volet: str
    chapitre: str
    objectif: str
    poids: str
    secteurs: tuple[str, ...]
    niveaux: tuple[str, ...]
    mesure: str | None
    seuils: Table | None
    sens: str
    nc_d_office: str | None
    nc_sur_justification: bool
    sans_reponse: str | None
    preuve: str
    guide: str
    echeance: date | None
    anciennement: str
    variantes: tuple[Variante, ...]


class Calcul(Declaration):
    """A named quantity."""

    type: str
    expression: str


class Bareme(Declaration):
    """A scale."""

    type: str
    table: Table


class Sanction(Declaration):
    """An amount proposed for decision."""

    si: str | None
    montant: str
    plafond: str | None
    plancher: str | None
    arrondi: str


class Enveloppe(Declaration):
    """A closed sum shared over the cohort."""

    si: str | None
    montant: str
    au_prorata_de: str
    arrondi: str


class Indicateur(Declaration):
    """Something measured, not scored; `cible` is null when nothing judges it."""

    volet: str
    type: str
    mesure: str
    cible: str | None
    cible_source: str
    sens: str
    secteurs: tuple[str, ...]
    reserve_si: str | None


class Piece(Declaration):
    """A document due when the condition holds."""

    si: str


class Propriete(Declaration):
    """A limite or a contrôle, in the author's words."""

    genre: Literal["limite", "contrôle"]
    propriete: str


class Evenement(Modele):
    """A dated step."""

    date: date
    nom: str
    titre: str
    provenance: Provenance
    remplace: tuple[Place, ...]


class Delai(Modele):
    """`tard` comes at least this long after `tot`."""

    tard: str
    tot: str
    duree: str
    unite: Literal["jours", "mois"]
    source: str
    provenance: Provenance
    remplace: tuple[Place, ...]


class Exemple(Modele):
    """A worked case, in the author's words."""

    titre: str
    secteurs: tuple[str, ...]
    avec: tuple[str, ...]
    autres_criteres: str | None
    attendu: tuple[str, ...]
    provenance: Provenance


class Entete(Declaration):
    """The header."""

    region: str
    exercice: int | None
    evaluee_en: int | None
    vigueur_du: date | None
    vigueur_au: date | None
    statut: Literal["projet", "adopté"]
    adopte_le: date | None
    adopte_par: str
    reprend: tuple[str, ...]
    respecte: tuple[str, ...]
    empreinte: str
    empreinte_sens: str


class Montre(Modele):
    """The whole flattened policy."""

    schema_: Literal["caqes-montrer-1"]
    politique: Entete
    secteurs: tuple[Declaration, ...]
    niveaux: tuple[Niveau, ...]
    donnees: tuple[Donnee, ...]
    parametres: tuple[Parametre, ...]
    notation: Notation
    titres: tuple[Titre, ...]
    criteres: tuple[Critere, ...]
    indicateurs: tuple[Indicateur, ...]
    calculs: tuple[Calcul, ...]
    baremes: tuple[Bareme, ...]
    sanctions: tuple[Sanction, ...]
    interessements: tuple[Sanction, ...]
    penalites: tuple[Sanction, ...]
    enveloppes: tuple[Enveloppe, ...]
    pieces: tuple[Piece, ...]
    proprietes: tuple[Propriete, ...]
    calendrier: tuple[Evenement, ...]
    delais: tuple[Delai, ...]
    exemples: tuple[Exemple, ...]
    suppressions: tuple[Suppression, ...]
