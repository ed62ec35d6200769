"""The tree: what the author wrote, with its places.

A file is a header and a flat list of declarations, in the order of the text; headings nest by rank later. Every
declaration has the same shape (a kind, a name, a title, clauses), so that inheritance and the formatter treat all of
them alike; what varies is the type of the clauses. Expressions keep the author's words, not their meaning.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from caqes_dsl.base.source import Source, Span


@dataclass(frozen=True, slots=True)
class Noeud:
    """Anything written: knows its place."""

    span: Span


# ---------------------------------------------------------------- words and values


@dataclass(frozen=True, slots=True)
class Nom(Noeud):
    """A name."""

    nom: str


@dataclass(frozen=True, slots=True)
class Texte(Noeud):
    """A text, without its guillemets, inner white space folded to single spaces."""

    valeur: str


@dataclass(frozen=True, slots=True)
class Quantite(Noeud):
    """A number with its unit as canonically written (`%`, `pt`, `points`, `€`, … ; empty for a bare number).

    `nombre` is the number as written, before the unit: 53 for `53 %`.
    """

    nombre: Fraction
    unite: str


@dataclass(frozen=True, slots=True)
class LitteralDate(Noeud):
    """A date."""

    valeur: date


@dataclass(frozen=True, slots=True)
class Booleen(Noeud):
    """`oui` or `non` as a value."""

    valeur: bool


# ---------------------------------------------------------------- expressions


@dataclass(frozen=True, slots=True)
class Ref(Noeud):
    """A name in an expression, with the date of `x au 31/12/2018`. `score`, `cible`, `points`,
    `points_applicables` without argument are Ref too."""

    nom: str
    au: date | None = None


@dataclass(frozen=True, slots=True)
class Appel(Noeud):
    """A function applied: `max(a ; b)`, `score(volet)`, `mesure(C55)`, `médiane(x parmi c par groupe)`."""

    fonction: str
    arguments: tuple[Expression, ...]
    parmi: Expression | None = None
    par: Ref | None = None


@dataclass(frozen=True, slots=True)
class Binaire(Noeud):
    """`op` is one of `+ - × / et ou`."""

    op: str
    gauche: Expression
    droite: Expression


@dataclass(frozen=True, slots=True)
class Unaire(Noeud):
    """`op` is `-` or `non`."""

    op: str
    terme: Expression


@dataclass(frozen=True, slots=True)
class Comparaison(Noeud):
    """`op` is one of `= ≠ < ≤ > ≥`."""

    op: str
    gauche: Expression
    droite: Expression


@dataclass(frozen=True, slots=True)
class Entre(Noeud):
    """`x entre a et b`, bounds included."""

    terme: Expression
    bas: Expression
    haut: Expression


@dataclass(frozen=True, slots=True)
class Si(Noeud):
    """`si c alors a sinon b`."""

    condition: Expression
    alors: Expression
    sinon: Expression


@dataclass(frozen=True, slots=True)
class ADefaut(Noeud):
    """`x à défaut y`."""

    terme: Expression
    defaut: Expression


@dataclass(frozen=True, slots=True)
class Periode(Noeud):
    """`x N-1`; `recul` is 1 for N-1."""

    terme: Expression
    recul: int


Expression = (
    Quantite | LitteralDate | Booleen | Ref | Appel | Binaire | Unaire | Comparaison | Entre | Si | ADefaut | Periode
)


# ---------------------------------------------------------------- rows of tables


@dataclass(frozen=True, slots=True)
class Borne(Noeud):
    """A bound of a row: a quantity, or a paramètre (`Ref`)."""

    valeur: Quantite | Ref | LitteralDate


@dataclass(frozen=True, slots=True)
class CasIntervalle(Noeud):
    """An interval; None is no bound on that side."""

    bas: Borne | None
    bas_inclus: bool
    haut: Borne | None
    haut_inclus: bool


@dataclass(frozen=True, slots=True)
class CasValeurs(Noeud):
    """Exactly these values: quantities or names (levels, choices, oui/non), paramètres at a date."""

    valeurs: tuple[Quantite | Nom | Ref | Booleen | LitteralDate, ...]


@dataclass(frozen=True, slots=True)
class CasTout(Noeud):
    """`tout`: any value of this driver."""


@dataclass(frozen=True, slots=True)
class CasAutrement(Noeud):
    """`autrement`: what no other row takes; stands alone in its row."""


Cas = CasIntervalle | CasValeurs | CasTout | CasAutrement


@dataclass(frozen=True, slots=True)
class Lineaire(Noeud):
    """`de a à b`: a linear credit over the row."""

    bas: Expression
    haut: Expression


@dataclass(frozen=True, slots=True)
class Rang(Noeud):
    """A row: one case for each driver, and its effect (a level is a `Ref`)."""

    cas: tuple[Cas, ...]
    effet: Expression | Lineaire


@dataclass(frozen=True, slots=True)
class Suite(Noeud):
    """`puis, par tranche de 2 pt entamée : 0,01 % de plus`."""

    tranche: Quantite
    entamee: bool
    pas: Quantite


# ---------------------------------------------------------------- clauses


@dataclass(frozen=True, slots=True)
class Clause(Noeud):
    """A clause. `source` is the `source « … »` said right after a value, a total or a target."""


@dataclass(frozen=True, slots=True)
class ClauseTexte(Clause):
    """A clause made of one text: `mot` is source, preuve, guide, motif, article, texte, région, reprend, respecte."""

    mot: str
    texte: Texte


@dataclass(frozen=True, slots=True)
class ClauseSansCadre(Clause):
    """`sans cadre national motif « … »`."""

    motif: Texte


@dataclass(frozen=True, slots=True)
class ClauseEntier(Clause):
    """`exercice 2018`, `évaluée en 2019`: `mot` is exercice or évaluée en."""

    mot: str
    valeur: int


@dataclass(frozen=True, slots=True)
class ClauseVigueur(Clause):
    """`vigueur du D [au D]`."""

    du: date
    au: date | None


@dataclass(frozen=True, slots=True)
class ClauseStatut(Clause):
    """`statut projet` (adopte_le None) or `statut adopté le D [par « … »]`."""

    adopte_le: date | None
    par: Texte | None


@dataclass(frozen=True, slots=True)
class ClauseDonne(Clause):
    """`donne 50 %` on a niveau."""

    part: Quantite


@dataclass(frozen=True, slots=True)
class ClauseMot(Clause):
    """A clause that is one phrase: `mot` is « hors calcul », « modifiable », « NC sur justification »."""

    mot: str
    source: Texte | None = None


@dataclass(frozen=True, slots=True)
class Type(Noeud):
    """A type as written; `choix` for `choix (A, B)`, with its values."""

    nom: str
    choix: tuple[Nom, ...] = ()


@dataclass(frozen=True, slots=True)
class ClauseType(Clause):
    """`: montant`."""

    type: Type


@dataclass(frozen=True, slots=True)
class ClauseBorne(Clause):
    """`≥ 0 €` on a donnée."""

    op: str
    valeur: Expression


@dataclass(frozen=True, slots=True)
class ClauseEntre(Clause):
    """`entre 0 et lits` on a donnée."""

    bas: Expression
    haut: Expression


@dataclass(frozen=True, slots=True)
class ClauseDefaut(Clause):
    """`à défaut 0 €` on a donnée."""

    valeur: Expression


@dataclass(frozen=True, slots=True)
class ClauseValeurDatee(Clause):
    """A dated value of a paramètre."""

    valeur: Expression
    a_compter_du: date
    jusqu_au: date | None
    source: Texte | None


@dataclass(frozen=True, slots=True)
class ClauseScore(Clause):
    """`score arrondi à 1 % avant comparaison` (mode arrondi) or `score affiché à 1 %` (mode affiché)."""

    mode: str
    pas: Quantite
    source: Texte | None


@dataclass(frozen=True, slots=True)
class ClauseEffectif(Clause):
    """`effectif au moins 10`: how many establishments a statistic must rest on."""

    nombre: Quantite
    source: Texte | None


@dataclass(frozen=True, slots=True)
class ClauseScoreCalcule(Clause):
    """`score = CALCUL`."""

    calcul: Nom
    source: Texte | None


@dataclass(frozen=True, slots=True)
class ClauseSansReponse(Clause):
    """`sans réponse : NR`."""

    niveau: Nom
    source: Texte | None


@dataclass(frozen=True, slots=True)
class ClauseTotal(Clause):
    """`total [HAD] 62 points [soit 45 %]`, `total 88 critères` (unite « critères »)."""

    secteur: Nom | None
    quantite: Quantite
    soit: Quantite | None
    source: Texte | None


@dataclass(frozen=True, slots=True)
class ClauseExpression(Clause):
    """A clause made of one expression: `mot` is cible, si, montant, plafond, plancher, mesure, réservé si,
    NC d'office si, au prorata de, expression (the body of a calcul)."""

    mot: str
    expression: Expression
    source: Texte | None = None


@dataclass(frozen=True, slots=True)
class ClauseQuantite(Clause):
    """A clause made of one quantity: `mot` is poids, arrondi, durée au plus."""

    mot: str
    quantite: Quantite


@dataclass(frozen=True, slots=True)
class ClauseSecteurs(Clause):
    """`secteurs tous`, `secteurs tous sauf HAD`, `secteurs MCO, SSR`."""

    tous: bool
    sauf: tuple[Nom, ...]
    noms: tuple[Nom, ...]


@dataclass(frozen=True, slots=True)
class ClauseNoms(Clause):
    """`niveaux R, NR`."""

    mot: str
    noms: tuple[Nom, ...]


@dataclass(frozen=True, slots=True)
class ClauseSens(Clause):
    """`sens hausse` or `sens baisse`."""

    sens: str


@dataclass(frozen=True, slots=True)
class ClauseDate(Clause):
    """`échéance 31/12/2018`."""

    mot: str
    valeur: date


@dataclass(frozen=True, slots=True)
class ClauseNom(Clause):
    """`anciennement C33`, `après C34`, `sans plafond` (the clause dropped)."""

    mot: str
    nom: Nom


@dataclass(frozen=True, slots=True)
class ClauseTable(Clause):
    """`seuils …` of a critère or `selon … rows` of a barème. `selon` is empty when the mesure drives it."""

    mot: str
    selon: tuple[Expression, ...]
    rangs: tuple[Rang, ...]
    suite: Suite | None
    plafond: Expression | None


@dataclass(frozen=True, slots=True)
class ClauseSuite(Clause):
    """A `puis` row that no table of its declaration takes."""

    suite: Suite


@dataclass(frozen=True, slots=True)
class ClauseVariante(Clause):
    """`variante DIALYSE : poids 1 point`: one clause for those sectors."""

    secteurs: tuple[Nom, ...]
    clause: Clause


@dataclass(frozen=True, slots=True)
class ClauseEvenement(Clause):
    """`13/10/2017 envoi_t0 « … »` in the calendrier."""

    date: date
    nom: Nom
    titre: Texte


@dataclass(frozen=True, slots=True)
class ClauseDelai(Clause):
    """`délai A au moins 21 jours après B`."""

    tard: Nom
    duree: Quantite
    tot: Nom
    source: Texte | None


@dataclass(frozen=True, slots=True)
class ClauseAvec(Clause):
    """`avec X = v` in an exemple."""

    cible: Expression
    op: str
    valeur: Expression


@dataclass(frozen=True, slots=True)
class ClauseAvecAutres(Clause):
    """`avec autres critères = R` in an exemple."""

    niveau: Nom


@dataclass(frozen=True, slots=True)
class ClauseAttendu(Clause):
    """`attendu X = v` in an exemple."""

    cible: Expression
    op: str
    valeur: Expression


@dataclass(frozen=True, slots=True)
class Propriete(Clause):
    """The property of a limite or contrôle.

    `forme`: expression · chaque · total_des · aucune · monotone · croissant_niveaux. `decision` is sanction,
    intéressement or pénalité; `sens` croissant or décroissant; `selon` the name it varies with.
    """

    forme: str
    expression: Expression | None = None
    lorsque: Expression | None = None
    decision: str = ""
    op: str = ""
    sens: str = ""
    selon: Nom | None = None


# ---------------------------------------------------------------- declarations


@dataclass(frozen=True, slots=True)
class Declaration(Noeud):
    """A declaration. `genre` is its keyword, accents included (« critère », « donnée », « pénalité »…).

    `titre` is None for notation and calendrier; `nom` is None for these and for an exemple. `entete` is the span of
    the heading alone (keyword, name, title), for messages.
    `action` is « » for a plain declaration, else modifie, remplace or supprime; motif is then a ClauseTexte « motif ».
    `apres` is the critère after which it stands. `abimee`: a part of it could not be read, so that nothing is to be
    concluded from what it lacks.
    """

    genre: str
    nom: Nom | None
    titre: Texte | None
    clauses: tuple[Clause, ...]
    entete: Span
    action: str = ""
    apres: Nom | None = None
    abimee: bool = False


@dataclass(frozen=True, slots=True)
class Commentaire(Noeud):
    """A comment, with its `#` left out; `seul` when nothing else stands before it on its line."""

    texte: str
    seul: bool


@dataclass(frozen=True, slots=True)
class Fichier:
    """A whole file. `politique` is None when the header could not be read; `edition` is None when absent.

    `noms_perdus`: a declaration's name could not be read, so that an unknown name may be that one.
    """

    source: Source
    edition: int | None
    politique: Declaration | None
    declarations: tuple[Declaration, ...]
    commentaires: tuple[Commentaire, ...]
    noms_perdus: bool = False
