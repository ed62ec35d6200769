"""What to tell the author of a sentence that does not read: what stands there, what was awaited, what to write."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from caqes_dsl.base.diagnostics import Correction, Diagnostic, Etiquette, abridge
from caqes_dsl.base.source import Span
from caqes_dsl.base.suggestions import fold, nearest

from .build import ACTIONS, CLAUSE_WORDS, GENRES
from .lexer import Jeton
from .placement import CLAUSES

CLAUSE_STARTS = frozenset(CLAUSE_WORDS) | {
    *("SANS_CADRE", "VIGUEUR", "STATUT", "DONNE", "SECTEURS", "SANS_REPONSE", "SELON", "PUIS", "AVEC", "ATTENDU"),
    *("AUTRES_CRITERES", "DELAI", "A_DEFAUT", "SANS", "LORSQUE"),
}
"""Terminals that may open a clause."""

_KINDS = {
    "NAME": "un nom",
    "STRING": "un texte entre « et »",
    "NUMBER": "un nombre",
    "UNITE": "une unité (%, pt, points, €, jours…)",
    "DATE": "une date (31/12/2018)",
    "PERIODE": "une période (N-1)",
    "CMP": "une comparaison (=, ≠, <, ≤, >, ≥)",
    "DEUX_POINTS": "« : »",
    "POINT_VIRGULE": "« ; »",
    "VIRGULE": "« , »",
    "OUVRE": "« ( »",
    "FERME": "« ) »",
    "$END": "la fin de la déclaration",
}
"""Terminals that are not words -> how a message names them."""

_OPERATORS = frozenset(["PLUS_SIGNE", "TIRET", "FOIS", "SUR", "ET", "OU", "PERIODE", "A_DEFAUT", "ENTRE"])
_VALUE_STARTS = frozenset(["NAME", "NUMBER", "OUVRE", "TIRET"])

_NEVER_FIRST = frozenset(
    ["STRING", "TOUS", "HAUSSE", "BAISSE", "MOINS", "PLUS_DE", "A_PARTIR_DE", "DE", "JUSQUA", "AUTREMENT", "NUMBER"]
    + ["PROJET", "ADOPTE", "DATE"]
)
"""Words that no clause begins with; rows begin with some, after « seuils » only."""

_FIRST_WORDS = {
    "STRING": "« source », « preuve », « guide »…",
    "PROJET": "« statut projet »",
    "ADOPTE": "« statut adopté le … »",
    "TOUS": "« secteurs tous »",
    "HAUSSE": "« sens hausse »",
    "BAISSE": "« sens baisse »",
    **dict.fromkeys(("MOINS", "PLUS_DE", "A_PARTIR_DE", "DE", "JUSQUA", "AUTREMENT"), "« seuils » avant les rangs"),
}

_ENGLISH = {
    "criterion": "critère", "criteria": "critère", "weight": "poids", "points": "points", "threshold": "seuils",
    "thresholds": "seuils", "sector": "secteur", "sectors": "secteurs", "level": "niveau", "levels": "niveaux",
    "if": "si", "then": "alors", "else": "sinon", "and": "et", "or": "ou", "not": "non", "target": "cible",
    "policy": "politique", "chapter": "chapitre", "goal": "objectif", "objective": "objectif", "measure": "mesure",
    "proof": "preuve", "evidence": "preuve", "scale": "barème", "amount": "montant", "cap": "plafond",
    "ceiling": "plafond", "floor": "plancher", "round": "arrondi", "rounded": "arrondi", "example": "exemple",
    "limit": "limite", "check": "contrôle", "parameter": "paramètre", "fact": "donnée", "data": "donnée",
    "calendar": "calendrier", "otherwise": "autrement", "with": "avec", "expected": "attendu", "between": "entre",
    "from": "de", "to": "à", "all": "tous", "except": "sauf", "yes": "oui", "no": "non", "year": "exercice",
    "deadline": "échéance", "any": "tout", "each": "chaque", "none": "aucune", "penalty": "pénalité",
    "calculation": "calcul", "computation": "calcul", "replace": "remplace", "modify": "modifie", "delete": "supprime",
    "remove": "supprime", "after": "après", "default": "à défaut", "total": "total", "guidance": "guide",
}  # fmt: skip
"""English words that authors try -> the word of the contract."""

_UNIT_OF = {"POIDS": "points", "DONNE": "%"}
"""Clauses whose quantity can have one unit only."""


@dataclass(frozen=True, slots=True)
class Attente:
    """Where reading stopped: the token that does not fit (None: the declaration ends), the one before, and what fits.

    `clause` is the terminal that opened the clause being read; `premier` whether the token begins its line.
    """

    jeton: Jeton | None
    avant: Jeton
    acceptes: frozenset[str]
    clause: str
    premier: bool
    genre: str


def describe_mistake(attente: Attente, spellings: Mapping[str, str]) -> Diagnostic:
    """The diagnostic of an unexpected word."""
    return (
        _missing_unit(attente)
        or _foreign_word(attente, spellings)
        or _misspelt(attente, spellings)
        or _reserved(attente, spellings)
        or _plain(attente, spellings)
    )


def _missing_unit(attente: Attente) -> Diagnostic | None:
    avant = attente.avant
    complete = attente.acceptes & {"FERME", "PLUS_SIGNE", "$END", "A_COMPTER_DU"}
    if avant.type != "NUMBER" or "UNITE" not in attente.acceptes or complete:
        return None
    unit = _UNIT_OF.get(attente.clause)
    if unit == "points" and avant.texte in ("0", "1"):
        unit = "point"
    correction = None
    aide = "Écrivez l'unité : %, pt, points, €, jours…"
    if unit:
        texte = f"{avant.span.texte} {unit}"
        aide, correction = f"Écrivez « {texte} ».", Correction(avant.span, texte)
    message = f"« {avant.span.texte} » n'a pas d'unité."
    return Diagnostic("CAQ112", message, avant.span, aide=aide, correction=correction)


def _foreign_word(attente: Attente, spellings: Mapping[str, str]) -> Diagnostic | None:
    jeton = attente.jeton
    if jeton is None or jeton.type != "NAME":
        return None
    french = _ENGLISH.get(jeton.texte.casefold())
    terminal = next((t for t, s in spellings.items() if s == french), "")
    fits = terminal in attente.acceptes or (terminal in GENRES and "$END" in attente.acceptes)
    if french is None or not fits:
        return None
    return Diagnostic(
        "CAQ112",
        f"« {jeton.texte} » n'est pas un mot de la langue.",
        jeton.span,
        aide=f"Écrivez « {french} ».",
        correction=Correction(jeton.span, french),
    )


def _misspelt(attente: Attente, spellings: Mapping[str, str]) -> Diagnostic | None:
    jeton = attente.jeton
    if jeton is None or jeton.type != "NAME":
        return None
    words = {spellings[t] for t in attente.acceptes if t in spellings}
    if "$END" in attente.acceptes:
        words |= {spellings[t] for t in (*GENRES, *ACTIONS) if t in spellings}
    close = nearest(jeton.texte, words)
    if not close and len(jeton.texte) > 3:
        close = [w for w in words if fold(w).split()[0] == fold(jeton.texte)][:1]
    if not close:
        return None
    return Diagnostic(
        "CAQ101",
        f"« {jeton.texte} » ne se lit pas ici.",
        jeton.span,
        aide=f"Vouliez-vous dire « {close[0]} » ?",
        correction=Correction(jeton.span, close[0]),
    )


def _reserved(attente: Attente, spellings: Mapping[str, str]) -> Diagnostic | None:
    jeton = attente.jeton
    if jeton is None or attente.premier or jeton.type not in spellings:
        return None
    opening = attente.avant.type in GENRES or attente.avant.type in ("VIRGULE", "ANCIENNEMENT", "APRES", "VARIANTE")
    if "NAME" not in attente.acceptes or not opening or jeton.type in GENRES:
        return None
    return Diagnostic(
        "CAQ101",
        f"« {jeton.texte} » est un mot de la langue : il ne peut pas servir de nom.",
        jeton.span,
        aide="Choisissez un autre nom, par exemple en ajoutant un mot après « _ ».",
    )


def _plain(attente: Attente, spellings: Mapping[str, str]) -> Diagnostic:
    jeton, avant = attente.jeton, attente.avant
    awaited = expected(attente, spellings)
    opened = attente.clause in spellings and attente.clause not in GENRES
    shown = f"« {spellings[attente.clause]} »" if opened else f"« {attente.genre} »"
    if jeton is not None and attente.premier and "$END" in attente.acceptes and jeton.type in _NEVER_FIRST:
        return Diagnostic(
            "CAQ101",
            f"Il manque un mot avant « {_short(jeton)} ».",
            jeton.span,
            aide=f"Dites ce que c'est : {_FIRST_WORDS.get(jeton.type, awaited)}.",
        )
    if jeton is None or (attente.premier and "$END" not in attente.acceptes):
        # The sentence before stops short: the fault is at its end, not at the word that follows.
        follows = f" avant « {_short(jeton)} »" if jeton else ""
        return Diagnostic(
            "CAQ101",
            f"{shown} n'est pas complet{follows}.",
            avant.span,
            aide=f"Attendu ensuite : {awaited}.",
            etiquettes=(Etiquette(avant.span, "la phrase s'arrête ici"),),
        )
    aide = f"Attendu ici : {awaited}."
    if jeton.type == "STRING" and avant.type == "STRING":
        aide = "Deux textes se suivent : retirez-en un, ou dites ce qu'est le second (source, guide, preuve…)."
    return Diagnostic("CAQ101", f"« {_short(jeton)} » ne se lit pas ici.", jeton.span, aide=aide)


def _short(jeton: Jeton) -> str:
    return abridge(" ".join(jeton.span.texte.strip('«»" \u00a0\u202f').split()), 40)


def expected(attente: Attente, spellings: Mapping[str, str]) -> str:
    """What could stand there, in words, the likeliest first."""
    accepted = set(attente.acceptes)
    parts: list[str] = []
    if accepted >= _VALUE_STARTS:
        parts.append("une valeur ou une expression")
        accepted -= {*_VALUE_STARTS, "SI", "NON", "OUI", "CIBLE", "MESURE", "NIVEAU", "ARRONDI", "DATE"}
    if len(accepted & _OPERATORS) >= 4:
        accepted -= _OPERATORS
        parts.append("une opération (+, -, ×, /)")
    parts += [text for terminal, text in _KINDS.items() if terminal in accepted and terminal != "$END"]
    words = [spellings[t] for t in spellings if t in accepted]
    own = [w for w in words if w in CLAUSES.get(attente.genre, ()) or w == "puis"]
    chosen = own if len(words) > 8 else words
    parts += [f"« {w} »" for w in chosen[:8]]
    if "$END" in accepted and not parts:
        parts.append("une autre déclaration")
    return ", ".join(parts[:9]) if parts else "la fin de la phrase"


def said_twice(premier: Jeton, second: Jeton) -> Diagnostic:
    """A word written twice in a row."""
    return Diagnostic(
        "CAQ101",
        f"« {_short(second)} » est écrit deux fois de suite.",
        second.span,
        aide="Retirez-en un, ou écrivez ce qui manque entre les deux.",
        correction=Correction(Span(second.source, premier.fin, second.fin), "", certaine=False),
    )


def keyword_missing(jeton: Jeton, mot: str = "") -> Diagnostic:
    """A heading without the word that says what it declares, `mot` when it can only be one."""
    aide = f"Écrivez « {mot} » devant." if mot else "Écrivez devant lui ce qu'il est : critère, donnée, calcul…"
    return Diagnostic("CAQ101", f"Rien ne dit ce que « {_short(jeton)} » déclare.", jeton.span, aide=aide)


def guess_heading(word: str) -> str:
    """The keyword of a declaration that a misspelt or English word stands for; « » when none is near."""
    heads = {*GENRES.values(), *ACTIONS.values()}
    english = _ENGLISH.get(word.casefold(), "")
    return english if english in heads else next(iter(nearest(word, heads)), "")


def unfinished_choice(before: Sequence[Jeton], acceptes: frozenset[str]) -> Diagnostic | None:
    """A `si` without its `alors` or its `sinon`, said at the `si`; None when nothing of the kind is awaited."""
    wanted = next((w for w in ("ALORS", "SINON") if w in acceptes), "")
    if not wanted:
        return None
    closed = 0
    for jeton in reversed(before):
        closed += jeton.type == wanted
        if jeton.type == "SI" or (wanted == "SINON" and jeton.type == "ALORS"):
            if closed == 0:
                message = (
                    f"Ce « {jeton.texte} » n'a pas de « sinon »."
                    if wanted == "SINON"
                    else ("Ce « si » n'a pas d'« alors ».")
                )
                return Diagnostic("CAQ101", message, jeton.span, aide="Écrivez « si … alors … sinon … ».")
            closed -= 1
    return None


def unclosed_parenthesis(jeton: Jeton) -> Diagnostic:
    """A parenthesis that nothing closes, said at its opening."""
    return Diagnostic(
        "CAQ101", "Cette parenthèse n'est pas fermée.", jeton.span, aide="Ajoutez « ) » à la fin de l'expression."
    )


def limit_passed(quoi: str, span: Span, aide: str) -> Diagnostic:
    """CAQ110: a text beyond what the language reads."""
    return Diagnostic("CAQ110", quoi, span, aide=aide)
