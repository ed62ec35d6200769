"""Which declaration takes which clause, and how often: a table, checked once a declaration is read.

Also what the grammar reads more widely than the language allows.
"""

from __future__ import annotations

import re
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
    "notation": ("score", "score =", "NC sur justification", "sans réponse", "effectif au moins"),
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
        case tree.ClauseScore():
            return "score"
    return _WORDS[type(clause)]


_WORDS: dict[type[tree.Clause], str] = {
    tree.ClauseScoreCalcule: "score =",
    tree.ClauseEffectif: "effectif au moins",
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
            yield misplaced(clause.span, word, genre)
            continue
        key = f"{word} {clause.nom.nom}" if isinstance(clause, tree.ClauseNom) and word == "sans" else word
        if isinstance(clause, tree.ClauseBorne):
            key = f"borne {clause.op}"
        elif isinstance(clause, tree.ClauseVariante):
            key, word = _variant_key(clause), "variante"
            inner = word_of(clause.clause)
            if inner not in _IN_VARIANT:
                yield misplaced(clause.clause.span, inner, "variante")
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


def misplaced(place: Span, word: str, genre: str) -> Diagnostic:
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
    return Diagnostic("CAQ111", f"« {shown} » n'a pas sa place dans « {genre} ».", place, aide=aide)


# ---------------------------------------------------------------- what the grammar reads too widely


def check_words(declaration: tree.Declaration) -> Iterator[Diagnostic]:
    """What the grammar reads more widely than the language allows."""
    for clause in declaration.clauses:
        match clause:
            case tree.ClauseScore() | tree.ClauseScoreCalcule():
                yield from _about_score(clause)
            case tree.ClauseEffectif() if clause.span.texte.split()[0] != "effectif":
                yield Diagnostic(
                    "CAQ101",
                    f"« {clause.span.texte.split()[0]} » ne se lit pas ici.",
                    clause.span,
                    aide="Écrivez « effectif au moins 10 », le nombre d'établissements qu'une statistique demande.",
                )
            case tree.ClauseAvecAutres() if _sign(clause) != "=":
                yield Diagnostic(
                    "CAQ101", "« avec autres critères » fixe un niveau.", clause.span, aide="Écrivez « = »."
                )
            case tree.ClauseAvec(op=op) if op != "=":
                yield Diagnostic("CAQ101", f"« avec … {op} » ne fixe rien.", clause.span, aide="Écrivez « = ».")
            case tree.ClauseEntier() if "," in _written(clause):
                yield Diagnostic("CAQ101", "Une année est un nombre entier.", clause.span, aide="Écrivez « 2018 ».")
            case tree.ClauseTotal(quantite=tree.Quantite(unite="critères", nombre=nombre)) if nombre.denominator != 1:
                yield Diagnostic("CAQ101", "Un nombre de critères est entier.", clause.span, aide="Retirez la virgule.")
            case tree.ClauseTable():
                yield from _rows(clause)
            case tree.ClauseVariante(clause=tree.ClauseTable() as table):
                yield from _rows(table)


def _about_score(clause: tree.ClauseScore | tree.ClauseScoreCalcule) -> Iterator[Diagnostic]:
    words = clause.span.texte.split()
    if words[0] != "score" or (isinstance(clause, tree.ClauseScoreCalcule) and _sign(clause) != "="):
        yield Diagnostic(
            "CAQ101",
            f"« {words[0]} » ne se lit pas ici.",
            clause.span,
            aide="Écrivez « score arrondi à 1 % avant comparaison », « score affiché à 1 % » ou « score = CALCUL ».",
        )


def _rows(table: tree.ClauseTable) -> Iterator[Diagnostic]:
    for rang in table.rangs:
        for cas in rang.cas:
            if isinstance(cas, tree.CasValeurs) and not cas.valeurs:
                yield Diagnostic(
                    "CAQ101",
                    "« ≠ » n'est pas un rang.",
                    cas.span,
                    aide="Écrivez les valeurs prises, ou « autrement ».",
                )


def _sign(clause: tree.Clause) -> str:
    """The comparison that a clause writes, comments apart."""
    found = re.search(r"[<>=≠≤≥]+", _written(clause))
    return found.group() if found else ""


def _written(clause: tree.Clause) -> str:
    return re.sub(r"#[^\n]*", "", clause.span.texte)
