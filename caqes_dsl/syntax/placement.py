"""Which declaration takes which clause, and how often: a table, checked once a declaration is read."""

from __future__ import annotations

from collections.abc import Iterator

from caqes_dsl.base.diagnostics import Diagnostic, Etiquette
from caqes_dsl.base.source import Span

from . import tree

_DECISION = ("si", "montant", "plafond", "plancher", "arrondi", "source")
_HEADING = ("article", "texte", "total", "source")

CLAUSES: dict[str, tuple[str, ...]] = {
    "politique": (
        *("reprend", "respecte", "sans cadre national", "région", "exercice", "évaluée en", "vigueur", "statut"),
        "source",
    ),
    "secteur": ("source",),
    "niveau": ("donne", "hors calcul", "source"),
    "donnée": ("type", "borne", "à défaut", "modifiable", "source"),
    "paramètre": ("type", "valeur datée", "modifiable", "source"),
    "notation": ("score", "NC sur justification", "sans réponse"),
    "volet": (*_HEADING, "cible", "réservé si", "durée au plus"),
    "chapitre": _HEADING,
    "objectif": _HEADING,
    "critère": (
        *("poids", "secteurs", "niveaux", "mesure", "seuils", "sens", "NC d'office si", "NC sur justification"),
        *("sans réponse", "preuve", "guide", "échéance", "variante", "anciennement", "source"),
    ),
    "indicateur": ("mesure", "cible", "sens", "secteurs", "réservé si", "source"),
    "calcul": ("type", "expression", "modifiable", "source"),
    "barème": ("type", "selon", "modifiable", "source"),
    "sanction": _DECISION,
    "intéressement": _DECISION,
    "pénalité": _DECISION,
    "enveloppe": ("montant", "si", "au prorata de", "arrondi", "source"),
    "pièce": ("si", "source"),
    "calendrier": ("étape", "délai", "source"),
    "exemple": ("secteurs", "avec", "avec autres critères", "attendu", "source"),
    "limite": ("propriété", "source"),
    "contrôle": ("propriété", "source"),
}
"""Kind of declaration -> the clauses it takes, in the order a contract gives them."""

_REPEATED = frozenset({"respecte", "total", "valeur datée", "variante", "borne", "étape", "délai", "avec", "attendu"})
_TABLES = {"critère": ("suite", "plafond"), "barème": ("suite", "plafond")}
_IN_VARIANT = frozenset({"poids", "seuils", "preuve", "guide"})


def word_of(clause: tree.Clause) -> str:
    """The word under which a clause is known in `CLAUSES`."""
    match clause:
        case tree.ClauseTexte() | tree.ClauseEntier() | tree.ClauseMot() | tree.ClauseExpression():
            return clause.mot
        case tree.ClauseQuantite() | tree.ClauseNoms() | tree.ClauseDate() | tree.ClauseTable():
            return clause.mot
        case tree.ClauseNom():
            return "sans" if clause.mot == "sans" else clause.mot
        case tree.ClauseBorne() | tree.ClauseEntre():
            return "borne"
        case tree.ClauseScore() | tree.ClauseScoreCalcule():
            return "score"
    return _WORDS[type(clause)]


_WORDS: dict[type[tree.Clause], str] = {
    tree.ClauseSansCadre: "sans cadre national",
    tree.ClauseVigueur: "vigueur",
    tree.ClauseStatut: "statut",
    tree.ClauseDonne: "donne",
    tree.ClauseType: "type",
    tree.ClauseDefaut: "à défaut",
    tree.ClauseValeurDatee: "valeur datée",
    tree.ClauseSansReponse: "sans réponse",
    tree.ClauseTotal: "total",
    tree.ClauseSecteurs: "secteurs",
    tree.ClauseSens: "sens",
    tree.ClauseVariante: "variante",
    tree.ClauseSuite: "suite",
    tree.ClauseEvenement: "étape",
    tree.ClauseDelai: "délai",
    tree.ClauseAvec: "avec",
    tree.ClauseAvecAutres: "avec autres critères",
    tree.ClauseAttendu: "attendu",
    tree.Propriete: "propriété",
}

_SHOWN = {"suite": "puis", "type": ": type", "expression": "une expression", "propriété": "une propriété"}


def check_clauses(declaration: tree.Declaration) -> Iterator[Diagnostic]:
    """CAQ111 for a clause that has no place there, CAQ108 for one said twice."""
    genre = declaration.genre
    allowed = set(CLAUSES[genre])
    if declaration.action:
        allowed |= {"motif", "sans", *_TABLES.get(genre, ())}
    if declaration.action == "modifie" and genre in ("barème", "critère"):
        allowed |= {"selon", "seuils"}
    seen: dict[str, Span] = {}
    for clause in declaration.clauses:
        word = word_of(clause)
        if word not in allowed:
            yield misplaced(clause, word, genre)
            continue
        key = f"{word} {clause.nom.nom}" if isinstance(clause, tree.ClauseNom) and word == "sans" else word
        if isinstance(clause, tree.ClauseBorne):
            key = f"borne {clause.op}"
        elif isinstance(clause, tree.ClauseVariante):
            key, word = _variant_key(clause), "variante"
            inner = word_of(clause.clause)
            if inner not in _IN_VARIANT:
                yield misplaced(clause.clause, inner, "variante")
                continue
        elif word in _REPEATED:
            continue
        if key in seen:
            yield Diagnostic(
                "CAQ108",
                f"« {_SHOWN.get(word, word)} » est dit deux fois.",
                clause.span,
                etiquettes=(Etiquette(seen[key], "une première fois ici"),),
                aide="Gardez la clause qui vaut et retirez l'autre.",
            )
        seen.setdefault(key, clause.span)
    if declaration.apres is not None and genre != "critère":
        yield Diagnostic("CAQ111", f"« après » ne se dit que d'un critère, pas d'un {genre}.", declaration.apres.span)


def _variant_key(clause: tree.ClauseVariante) -> str:
    return f"variante {' '.join(sorted(n.nom for n in clause.secteurs))} {word_of(clause.clause)}"


def misplaced(clause: tree.Clause, word: str, genre: str) -> Diagnostic:
    """CAQ111, with where the clause belongs."""
    homes = [g for g, words in CLAUSES.items() if word in words]
    if word == "suite":
        homes = ["critère", "barème"]
    aide = f"Cette clause appartient à : {', '.join(homes)}." if homes else "Retirez cette clause."
    if genre in CLAUSES:
        own = ", ".join(_SHOWN.get(w, w) for w in CLAUSES[genre] if w not in ("type", "expression", "propriété"))
        aide += f" « {genre} » prend : {own}."
    shown = _SHOWN.get(word, word)
    if word in ("motif", "sans"):
        aide = "« motif » et « sans … » accompagnent modifie, remplace ou supprime."
    return Diagnostic("CAQ111", f"« {shown} » n'a pas sa place dans « {genre} ».", clause.span, aide=aide)
