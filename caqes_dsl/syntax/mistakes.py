"""What to tell the author of a sentence that does not read: what stands there, what was awaited, what to write."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from caqes_dsl.base.diagnostics import Correction, Diagnostic, Etiquette, abridge
from caqes_dsl.base.source import Span
from caqes_dsl.base.suggestions import fold, nearest

from .build import ACTIONS, CLAUSE_WORDS, GENRES
from .lexer import UNITES, Jeton
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

_NEAR = {
    "pondération": "poids", "coefficient": "poids", "justificatif": "preuve", "justificatifs": "preuve",
    "justification": "preuve", "preuves": "preuve", "définition": "guide", "description": "guide",
    "commentaire": "guide", "consigne": "guide", "formule": "mesure", "condition": "si",
    "tranches": "seuils", "fois": "×", "x": "×", "X": "×", "plus": "+", "divisé": "/",
    "euro": "€", "euros": "€", "EUR": "€", "pts": "points", "pourcent": "%", "pourcents": "%", "pour": "%",
    "sinonsi": "sinon si", "vrai": "oui", "faux": "non",
}  # fmt: skip
"""French words that authors try -> the word, the sign or the unit of the language that they likely mean."""

_SIGN_KINDS = {"×": "FOIS", "+": "PLUS_SIGNE", "/": "SUR", "€": "UNITE", "points": "UNITE", "%": "UNITE",
               "sinon si": "SINON"}  # fmt: skip

_REPEATS = frozenset(["repete", "repeter", "service", "services"])
"""Words by which authors ask for what is repeated in an establishment, accents forgotten; also « pour chaque »."""

_UNIT_OF = {"POIDS": "points", "DONNE": "%"}
"""Clauses whose quantity can have one unit only."""

_DECISIONS = frozenset(["sanction", "intéressement", "pénalité", "enveloppe"])
_SEPARATORS = {"VIRGULE": "une virgule", "POINT_VIRGULE": "un point-virgule"}


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
        or _near_word(attente, spellings)
        or _repeated(attente)
        or _out_of_place(attente)
        or _badly_named(attente)
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
    if attente.clause == "ARRONDI" and attente.genre in _DECISIONS:
        unit = "€"
    if attente.jeton is not None and attente.jeton.type == "NAME" and _NEAR.get(attente.jeton.texte) in UNITES:
        return None
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


def _near_word(attente: Attente, spellings: Mapping[str, str]) -> Diagnostic | None:
    """A French word for another one, for a sign or for a unit: never certain."""
    jeton, avant = attente.jeton, attente.avant
    meant = _NEAR.get(jeton.texte) if jeton is not None and jeton.type == "NAME" else None
    if jeton is None or meant is None:
        return None
    terminal = _SIGN_KINDS.get(meant) or next((t for t, s in spellings.items() if s == meant), "")
    within = terminal in attente.acceptes or (terminal in _OPERATORS | {"UNITE"} and "PLUS_SIGNE" in attente.acceptes)
    if not within or (terminal == "UNITE" and avant.type != "NUMBER"):
        return None
    place = jeton.span
    if jeton.texte == "pour":
        rest = jeton.source.texte[jeton.fin : jeton.fin + 6].split()
        if rest[:1] != ["cent"]:
            return None
        place = Span(jeton.source, jeton.debut, jeton.source.texte.index("cent", jeton.fin) + 4)
    return Diagnostic(
        "CAQ101",
        f"« {' '.join(place.texte.split())} » n'est pas un mot de la langue ici.",
        place,
        aide=f"Écrivez « {meant} ».",
        correction=Correction(place, meant, certaine=False),
    )


def _out_of_place(attente: Attente) -> Diagnostic | None:
    """A sign, a unit, a date or a text that cannot stand there, whatever the clause."""
    jeton, acceptes = attente.jeton, attente.acceptes
    if jeton is None:
        if attente.avant.type == "TIRET" and _first_of_line(attente.avant):
            return Diagnostic(
                "CAQ101",
                "Ce tiret en début de ligne se lit comme un signe moins.",
                attente.avant.span,
                aide="Si c'est une puce, retirez-le.",
                correction=Correction(attente.avant.span, "", certaine=False),
            )
        return None
    value = acceptes >= _VALUE_STARTS
    message, aide, fix, certain = "", "", None, False
    if jeton.type in _SEPARATORS and "$END" in acceptes:
        rest = jeton.source.texte[jeton.fin : jeton.fin + 120].partition("\n")[0].partition("#")[0]
        certain = not rest.strip()
        message = f"Une clause ne se termine pas par {_SEPARATORS[jeton.type]}."
        aide, fix = f"Retirez « {jeton.texte} ».", ""
    elif jeton.type == "FERME":
        message, aide = "Cette parenthèse ne ferme rien.", "Retirez-la, ou ajoutez la parenthèse ouvrante."
    elif jeton.type == "UNITE" and "UNITE" not in acceptes:
        message = f"L'unité « {jeton.texte} » se met après un nombre."
        aide = f"Écrivez par exemple « 100 {jeton.texte} »."
    elif jeton.type == "TIRET" and "NUMBER" in acceptes and not value:
        message, aide = "Cette quantité n'est jamais négative.", "Retirez le signe « - »."
    elif jeton.type == "NUMBER" and "DATE" in acceptes and "NUMBER" not in acceptes:
        message, aide = "Une date est attendue ici.", "Écrivez le jour, le mois et l'année : 31/12/2018."
    elif jeton.type == "STRING" and value:
        name = jeton.texte if jeton.texte.isidentifier() else "A"
        message = "Une valeur s'écrit sans guillemets."
        aide = f"Écrivez une valeur de la liste, par exemple « {name} », un nombre ou un nom déclaré."
    if not message:
        return None
    correction = Correction(jeton.span, fix, certaine=certain) if fix is not None else None
    return Diagnostic("CAQ101", message, jeton.span, aide=aide, correction=correction)


def _first_of_line(jeton: Jeton) -> bool:
    text = jeton.source.texte
    return not text[text.rfind("\n", 0, jeton.debut) + 1 : jeton.debut].strip()


def _badly_named(attente: Attente) -> Diagnostic | None:
    """A heading whose name is several words, or that has no title; a `secteur` in a critère."""
    jeton, avant = attente.jeton, attente.avant
    if jeton is not None and jeton.type == "SECTEUR" and attente.genre == "critère":
        return Diagnostic(
            "CAQ101",
            "« secteur » déclare un secteur ; un critère dit ses « secteurs », au pluriel.",
            jeton.span,
            aide="Écrivez « secteurs » et ses noms, ou un titre entre « et » après le nom d'un nouveau secteur.",
            correction=Correction(jeton.span, "secteurs", certaine=False),
        )
    if attente.acceptes != {"STRING"} or avant.type != "NAME" or attente.clause not in GENRES:
        return None
    if jeton is None or jeton.type not in ("NAME", "NUMBER", "TIRET", "SUR"):
        return Diagnostic(
            "CAQ101",
            f"Il manque le titre de « {_short(avant)} ».",
            avant.span,
            aide=f"Écrivez « {attente.genre} {avant.texte} « Son titre » ».",
        )
    line = jeton.source.texte[avant.debut : avant.debut + 300].partition("\n")[0]
    before_title = line.partition("«")[0] if "«" in line else ""
    name = "_".join(re.findall(r"\w+", before_title))
    aide = "Un nom a des lettres, des chiffres et « _ »" + (f" : écrivez « {name} »." if name else ".")
    return Diagnostic("CAQ101", f"Un nom tient en un mot : « {_short(jeton)} » est de trop.", jeton.span, aide=aide)


def _repeated(attente: Attente) -> Diagnostic | None:
    jeton = attente.jeton
    if jeton is None or jeton.type != "NAME":
        return None
    rest = jeton.source.texte[jeton.fin : jeton.fin + 20].split()
    each = jeton.texte == "pour" and rest[:1] in (["chaque"], ["tous"], ["toutes"])
    if not each and not (fold(jeton.texte) in _REPEATS and "$END" in attente.acceptes):
        return None
    return Diagnostic(
        "CAQ101",
        f"« {jeton.texte} » ne se lit pas ici : rien ne se répète par service dans cette édition.",
        jeton.span,
        aide="Écrivez une déclaration pour chacun, ou une donnée qui les compte : « services_conformes / services ».",
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
