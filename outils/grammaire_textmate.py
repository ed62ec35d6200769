"""Écrit `docs/editeur/caqes.tmLanguage.json` : les couleurs des politiques pour VS Code et les éditeurs semblables.

Les mots viennent de `grammar/lexique.lark`, comme ceux de `caqes_dsl/highlight.py`.

    python outils/grammaire_textmate.py
"""

from __future__ import annotations

import json
import re
from pathlib import Path

from pygments.token import Keyword, Operator

from caqes_dsl.highlight import kind_of
from caqes_dsl.resources import folder
from caqes_dsl.syntax.lexer import spellings, strip_accents

SORTIE = Path(__file__).resolve().parents[1] / "docs/editeur/caqes.tmLanguage.json"

_SCOPES = {
    Keyword.Declaration: "storage.type.caqes",
    Keyword.Constant: "constant.language.caqes",
    Operator.Word: "keyword.operator.word.caqes",
    Keyword: "keyword.control.caqes",
}
_DEBUT, _FIN = r"(?<![\p{L}\d_])", r"(?![\p{L}\d_])"
"""Bords d'un mot : « \\b » ne connaît pas les accents."""


def _souple(mot: str) -> str:
    """Un mot comme on peut l'écrire : accents oubliés (sauf sur « à »), tout blanc, toute apostrophe."""
    morceaux = []
    for c in mot:
        if c == "'":
            morceaux.append("['’]")
        elif c == " ":
            morceaux.append(r"\s+")
        elif c == "à" or strip_accents(c) == c:
            morceaux.append(re.escape(c))
        else:
            morceaux.append(f"[{c}{strip_accents(c)}]")
    return "".join(morceaux)


def grammaire() -> dict[str, object]:
    """La grammaire TextMate."""
    lexique = (folder("grammar") / "lexique.lark").read_text(encoding="utf-8")
    mots: dict[str, list[str]] = {}
    for terminal, mot in spellings(lexique).items():
        mots.setdefault(_SCOPES[kind_of(terminal)], []).append(mot)
    tous = sorted(((m, portee) for portee, liste in mots.items() for m in liste), key=lambda paire: -len(paire[0]))
    phrases = [{"name": portee, "match": f"{_DEBUT}{_souple(mot)}{_FIN}"} for mot, portee in tous if not mot.isalpha()]
    simples = []
    for portee in sorted(mots):
        choix = "|".join(_souple(m) for m, p in tous if p == portee and m.isalpha())
        simples.append({"name": portee, "match": f"{_DEBUT}(?:{choix}){_FIN}"})
    unites = r"%|€|k€|M€|(?:points?\s+de\s*%|(?:points?|pt|jours?|semaines?|mois|ans?)(?![\p{L}\d_]))"
    patterns: list[dict[str, object]] = [
        {"name": "comment.line.number-sign.caqes", "match": "#.*$"},
        {
            "name": "string.quoted.other.caqes",
            "begin": "«",
            "end": "»",
            "patterns": [{"begin": "«", "end": "»", "name": "string.quoted.other.caqes"}],
        },
        {"name": "string.quoted.double.caqes", "begin": '"', "end": '"'},
        {"name": "constant.other.date.caqes", "match": r"\d{1,2}/\d{1,2}/\d{4}"},
        {
            "match": rf"(\d{{1,3}}(?:[ \x{{a0}}\x{{202f}}]\d{{3}})+(?:,\d+)?|\d+(?:,\d+)?)\s*({unites})?",
            "captures": {"1": {"name": "constant.numeric.caqes"}, "2": {"name": "keyword.other.unit.caqes"}},
        },
        {"name": "variable.language.caqes", "match": rf"{_DEBUT}N-\d+"},
        *phrases,
        *simples,
        {"name": "entity.name.function.caqes", "match": rf"{_DEBUT}[\p{{L}}_][\p{{L}}\d_]*(?=\s*\()"},
        {"name": "variable.other.caqes", "match": rf"{_DEBUT}[\p{{L}}_][\p{{L}}\d_]*"},
        {"name": "keyword.operator.caqes", "match": "<>|<=|>=|[<>=≠≤≥+×*/-]"},
    ]
    return {
        "name": "caqes",
        "scopeName": "source.caqes",
        "fileTypes": ["caqes"],
        "patterns": patterns,
    }


def page() -> str:
    """Le fichier tel qu'il est publié."""
    return json.dumps(grammaire(), ensure_ascii=False, indent=2) + "\n"


if __name__ == "__main__":
    SORTIE.write_text(page(), encoding="utf-8")
