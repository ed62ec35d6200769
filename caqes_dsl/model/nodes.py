"""The core: what a policy means, once checked.

Expressions are about a dozen typed nodes; everything an author writes expands into them (`lower.py`). Each keeps the
place it came from. A `Politique` exists only once checked; every reader (the interpreter, documents, results) starts
from it and never looks at the text again.

Units: taux and écarts are ratios (53 % is 53/100, 5 pt is 5/100), amounts are in euros, weights in points.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from caqes_dsl.base.quantities import Genre, Mode, Valeur
from caqes_dsl.base.source import Span

# ---------------------------------------------------------------- expressions


@dataclass(frozen=True, slots=True)
class Noeud:
    """An expression of the core: its type and its place."""

    genre: Genre
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Constante(Noeud):
    """A literal, or a paramètre at the date that holds (`nom` is then the paramètre's name)."""

    valeur: Valeur
    nom: str = ""


@dataclass(frozen=True, slots=True)
class Fait(Noeud):
    """A donnée of the establishment, `recul` exercises back."""

    nom: str
    recul: int = 0


@dataclass(frozen=True, slots=True, order=True)
class Cle:
    """The key of a named quantity.

    `sorte` is one of: score, points, points_applicables (nom is « » for the whole, else a volet, chapitre or
    objectif), cible (nom a volet or an indicateur), mesure (a critère or an indicateur), niveau (a critère), atteint
    (an indicateur), calcul, barème, décision, pièce, secteur (is one of the establishment's), décompte (nom is
    « NIVEAU heading »), réserve (a volet or an indicateur: whether it is open to the establishment).
    """

    sorte: str
    nom: str = ""

    def __str__(self) -> str:
        return f"{self.sorte}({self.nom})" if self.nom else self.sorte


@dataclass(frozen=True, slots=True)
class Reference(Noeud):
    """A named quantity, `recul` exercises back. `score` and `points` of an earlier exercise are the recorded ones,
    unless `rejoue`: this year's grid on that exercise's answers."""

    cle: Cle
    recul: int = 0
    rejoue: bool = False


@dataclass(frozen=True, slots=True)
class Arithmetique(Noeud):
    """`op` is one of `+ - × /`. A division comes only where the divisor cannot be zero."""

    op: str
    gauche: Noeud
    droite: Noeud


@dataclass(frozen=True, slots=True)
class Comparaison(Noeud):
    """`op` is one of `= ≠ < ≤ > ≥`."""

    op: str
    gauche: Noeud
    droite: Noeud


@dataclass(frozen=True, slots=True)
class Logique(Noeud):
    """`op` is et, ou (Kleene) or non (one term)."""

    op: str
    termes: tuple[Noeud, ...]


@dataclass(frozen=True, slots=True)
class Choix(Noeud):
    """`si c alors a sinon b`."""

    condition: Noeud
    alors: Noeud
    sinon: Noeud


@dataclass(frozen=True, slots=True)
class Arrondi(Noeud):
    """A rounding to a multiple of `pas`."""

    terme: Noeud
    pas: Fraction
    mode: Mode


@dataclass(frozen=True, slots=True)
class MinMax(Noeud):
    """`op` is min or max."""

    op: str
    termes: tuple[Noeud, ...]


@dataclass(frozen=True, slots=True)
class Manque(Noeud):
    """`manquante(x)`."""

    terme: Noeud


@dataclass(frozen=True, slots=True)
class ADefaut(Noeud):
    """`x à défaut y`: y covers missing only."""

    terme: Noeud
    defaut: Noeud


@dataclass(frozen=True, slots=True)
class Agregat(Noeud):
    """A statistic of the cohort: médiane, moyenne, quantile (at `part`), somme, rang (of mine), effectif.

    `terme` is what is looked at in each establishment (None: effectif counts them), `parmi` which of them count, `par`
    what they must share with mine.
    """

    fonction: str
    terme: Noeud | None
    part: Fraction | None = None
    parmi: Noeud | None = None
    par: Noeud | None = None


# ---------------------------------------------------------------- tables


@dataclass(frozen=True, slots=True)
class Intervalle:
    """From `bas` to `haut`; None is no bound on that side."""

    bas: Fraction | None
    bas_inclus: bool
    haut: Fraction | None
    haut_inclus: bool


@dataclass(frozen=True, slots=True)
class Valeurs:
    """Exactly these values (numbers, level or choice names, yes/no)."""

    valeurs: tuple[Valeur, ...]


@dataclass(frozen=True, slots=True)
class Tout:
    """Any value of this driver."""


@dataclass(frozen=True, slots=True)
class Autrement:
    """What no other row takes."""


Cas = Intervalle | Valeurs | Tout | Autrement


@dataclass(frozen=True, slots=True)
class Lineaire:
    """A linear credit between two constants over a bounded row."""

    bas: Fraction
    haut: Fraction


@dataclass(frozen=True, slots=True)
class Rang:
    """A row: a case for each driver, and its effect. `texte` is the row as the author wrote its cases."""

    cas: tuple[Cas, ...]
    effet: Noeud | Lineaire
    texte: str
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Suite:
    """Past the highest bounded row, each step of `tranche` (begun or completed) adds `pas`."""

    tranche: Fraction
    entamee: bool
    pas: Fraction


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of a criterion's seuils or of a barème. `genre` is the type of what it gives (NIVEAU, or a number)."""

    selon: tuple[Noeud, ...]
    rangs: tuple[Rang, ...]
    suite: Suite | None
    plafond: Noeud | None
    genre: Genre
    span: Span = field(compare=False, repr=False)


# ---------------------------------------------------------------- declarations


@dataclass(frozen=True, slots=True)
class Declare:
    """What every declaration has. `source` is its own or its container's (« » when none).

    `span` covers the declaration; `span.source.nom` is the file it came from.
    """

    nom: str
    titre: str
    source: str
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Secteur(Declare):
    """A sector of activity."""


@dataclass(frozen=True, slots=True)
class Niveau(Declare):
    """An answer level. `part` is the share of the points; None when out of the computation (neutral)."""

    part: Fraction | None


@dataclass(frozen=True, slots=True)
class Donnee(Declare):
    """A fact. Missing means not transmitted, unless `defaut` says what it is worth."""

    genre: Genre
    choix: tuple[str, ...] = ()
    bornes: tuple[Comparaison, ...] = ()
    defaut: Valeur | None = None
    modifiable: bool = False


@dataclass(frozen=True, slots=True)
class ValeurDatee:
    """A value in force from a date (included) to another (included; None: until the next)."""

    valeur: Valeur
    a_compter_du: date
    jusqu_au: date | None
    source: str


@dataclass(frozen=True, slots=True)
class Parametre(Declare):
    """A value fixed by a text, dated; `en_vigueur` is the one in force (None when there is none at that date)."""

    genre: Genre
    valeurs: tuple[ValeurDatee, ...]
    en_vigueur: ValeurDatee | None


@dataclass(frozen=True, slots=True)
class Notation:
    """How answers and score are formed. `mode` is arrondi, affiché or exact; `sources` and `spans` by clause.

    `calcul` names the calcul that gives the whole score (« »: points over applicable points). `effectif_minimum` is
    how many establishments a statistic must rest on; on fewer, it is said.
    """

    mode: str = "exact"
    pas: Fraction | None = None
    nc_sur_justification: bool = False
    sans_reponse: str | None = None
    calcul: str = ""
    effectif_minimum: int | None = None
    sources: Mapping[str, str] = field(default_factory=dict)
    spans: Mapping[str, Span] = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Total:
    """A declared total. `unite` is points or critères; `secteur` « » for all; `soit` the printed share."""

    secteur: str
    unite: str
    valeur: Fraction
    soit: Fraction | None
    soit_pas: Fraction | None
    source: str
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Titre(Declare):
    """A heading: volet, chapitre or objectif (`rang` 1, 2, 3). `parent` is the heading above, « » for none."""

    rang: int
    parent: str
    article: str
    texte: str
    totaux: tuple[Total, ...]
    cible: Noeud | None = None
    cible_source: str = ""
    reserve: Noeud | None = None
    duree_max: Constante | None = None


@dataclass(frozen=True, slots=True)
class Variante:
    """What differs when a criterion applies only through these sectors."""

    secteurs: tuple[str, ...]
    poids: Fraction | None = None
    table: Table | None = None
    preuve: str = ""
    guide: str = ""


@dataclass(frozen=True, slots=True)
class Critere(Declare):
    """Something scored. Answered when `mesure` is None; else `table` gives its level or credit (or the mesure itself,
    a taux bounded 0-100 %, when there is no table). `volet`, `chapitre`, `objectif` are « » where there is none."""

    volet: str
    chapitre: str
    objectif: str
    poids: Fraction
    secteurs: tuple[str, ...]
    niveaux: tuple[str, ...]
    mesure: Noeud | None
    table: Table | None
    sens: str
    nc_office: Noeud | None
    nc_sur_justification: bool
    sans_reponse: str | None
    preuve: str
    guide: str
    echeance: date | None
    anciennement: str
    variantes: tuple[Variante, ...]


@dataclass(frozen=True, slots=True)
class Indicateur(Declare):
    """Something measured, not scored. `cible` may be None; `atteint` compares the measure with it, as `sens` says.

    Outside its `secteurs` (all when empty), its `reserve` or that of its volet, it is without object.
    """

    genre: Genre
    mesure: Noeud
    cible: Noeud | None
    cible_source: str
    sens: str
    atteint: Comparaison | None
    secteurs: tuple[str, ...]
    reserve: Noeud | None
    volet: str = ""


@dataclass(frozen=True, slots=True)
class Calcul(Declare):
    """A named quantity."""

    genre: Genre
    expression: Noeud
    volet: str = ""


@dataclass(frozen=True, slots=True)
class Bareme(Declare):
    """A scale."""

    genre: Genre
    table: Table
    volet: str = ""


@dataclass(frozen=True, slots=True)
class Decision(Declare):
    """An amount proposed for decision: 0 € when the condition is false. `arrondi` is the step.

    `nature`: sanction, intéressement, pénalité, enveloppe. An enveloppe is a closed sum: `montant` is shared over the
    cohort in proportion of `au_prorata`, to the step, and the decision is the establishment's share.
    """

    nature: str
    condition: Noeud | None
    montant: Noeud
    plafond: Noeud | None
    plancher: Noeud | None
    arrondi: Fraction
    volet: str = ""
    au_prorata: Noeud | None = None

    @property
    def en_faveur(self) -> bool:
        """Whether the establishment would receive the amount; else it would bear it."""
        return self.nature in ("intéressement", "enveloppe")


@dataclass(frozen=True, slots=True)
class Piece(Declare):
    """A document due when the condition holds."""

    condition: Noeud
    volet: str = ""


@dataclass(frozen=True, slots=True)
class Evenement:
    """A dated step of the calendar."""

    date: date
    nom: str
    titre: str
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Delai:
    """`tard` comes at least `duree` (days or months, see `genre`) after `tot`."""

    tard: str
    tot: str
    duree: Fraction
    genre: Genre
    source: str
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Impose:
    """`avec X = v`, or `attendu X op v` with its comparison."""

    cible: Noeud
    op: str
    valeur: Valeur
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Exemple:
    """A worked case: an establishment, quantities imposed, results expected."""

    titre: str
    secteurs: tuple[str, ...]
    avec: tuple[Impose, ...]
    autres_criteres: str | None
    attendu: tuple[Impose, ...]
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Propriete(Declare):
    """A limite (`limite` true) or a contrôle.

    `forme`: expression (with `lorsque`) · chaque, total_des, aucune (of the decisions of a `nature`) · monotone ·
    croissant_niveaux.
    """

    limite: bool
    forme: str
    expression: Noeud | None
    lorsque: Noeud | None
    op: str
    sens: str
    selon: Noeud | None
    nature: str = ""


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a clause is written, and the places of those it replaced, the latest first.

    `clause` says which in words (« poids », « total HAD points »), « » for the declaration as a whole. `retiree`: the
    place drops the clause (`sans plafond`). `motif` is the reason given, « » for none.
    """

    clause: str
    span: Span = field(compare=False, repr=False)
    remplace: tuple[Span, ...] = field(default=(), compare=False, repr=False)
    motif: str = ""
    retiree: bool = False


@dataclass(frozen=True, slots=True)
class Suppression:
    """A declaration that is no longer inherited: the place that removes it, and where it was."""

    genre: str
    nom: str
    titre: str
    motif: str
    span: Span = field(compare=False, repr=False)
    remplace: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Politique(Declare):
    """A checked policy.

    `provenances`: name of a declaration (or notation, calendrier) -> the provenance of each of its clauses.
    """

    region: str
    exercice: int | None
    evaluee_en: int | None
    vigueur_du: date | None
    vigueur_au: date | None
    adopte_le: date | None
    adopte_par: str
    reprend: tuple[str, ...]
    secteurs: Mapping[str, Secteur]
    niveaux: Mapping[str, Niveau]
    donnees: Mapping[str, Donnee]
    parametres: Mapping[str, Parametre]
    notation: Notation
    volets: Mapping[str, Titre]
    chapitres: Mapping[str, Titre]
    objectifs: Mapping[str, Titre]
    criteres: Mapping[str, Critere]
    indicateurs: Mapping[str, Indicateur]
    calculs: Mapping[str, Calcul]
    baremes: Mapping[str, Bareme]
    decisions: Mapping[str, Decision]
    pieces: Mapping[str, Piece]
    calendrier: tuple[Evenement, ...]
    delais: tuple[Delai, ...]
    exemples: tuple[Exemple, ...]
    proprietes: tuple[Propriete, ...]
    empreinte: str
    empreinte_sens: str
    respecte: tuple[str, ...] = ()
    provenances: Mapping[str, tuple[Provenance, ...]] = field(default_factory=dict, compare=False, repr=False)
    suppressions: tuple[Suppression, ...] = field(default=(), compare=False, repr=False)

    @property
    def est_projet(self) -> bool:
        """Whether it has not been adopted."""
        return self.adopte_le is None

    @property
    def code_de_controle(self) -> str:
        """The short empreinte that documents print."""
        return self.empreinte[:12]

    def criteres_de(self, titre: str) -> tuple[Critere, ...]:
        """The criteria of a volet, a chapitre or an objectif; all for « »."""
        return tuple(c for c in self.criteres.values() if not titre or titre in (c.volet, c.chapitre, c.objectif))

    def decisions_de(self, nature: str) -> tuple[Decision, ...]:
        """The decisions of a nature, in the order they are declared."""
        return tuple(d for d in self.decisions.values() if d.nature == nature)

    def secteurs_de(self, critere: Critere) -> tuple[Secteur, ...]:
        """The sectors it applies to, in the order they are declared."""
        return tuple(s for s in self.secteurs.values() if s.nom in critere.secteurs)
