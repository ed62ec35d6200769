"""Écrit docs/codes.md, la page de tous les codes de diagnostics, depuis caqes_dsl/base/codes.py."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

RACINE = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(RACINE))

from caqes_dsl.base.codes import CODES, Code  # noqa: E402  # le dépôt n'est pas toujours installé

PAGE = RACINE / "docs" / "codes.md"
FAMILLES = {
    "1": "L'écriture",
    "2": "Les noms et les types",
    "3": "Les tables, les totaux, la cohérence",
    "4": "Les exemples, les contrôles, les limites",
    "5": "Ce qui est repris d'une autre politique",
    "6": "Les données des établissements",
    "7": "Les modèles de documents",
    "8": "Les fichiers et les composants",
}


def page() -> str:
    """Le texte de la page."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield "# Les codes de diagnostics"
    yield ""
    yield "Chaque remarque de `caqes` porte un code ; `caqes expliquer CAQ301` dit ce qui suit pour un code. Une"
    yield "**erreur** empêche d'évaluer ; un **avertissement** et une **note** se lisent, et n'empêchent rien."
    yield ""
    yield "Page écrite par `python outils/page_codes.py`."
    for chiffre, titre in FAMILLES.items():
        codes = [c for c in CODES.values() if c.code[3] == chiffre]
        if codes:
            yield from ("", f"## {titre}")
        for code in sorted(codes, key=lambda c: c.code):
            yield from _one(code)


def _one(code: Code) -> Iterator[str]:
    yield from ("", f"### {code.code} : {code.titre}", "", f"*{code.severite.value.capitalize()}.* {code.pourquoi}")
    wrong, right = code.mauvais.split("\n"), code.bon.split("\n")
    yield from ("", "```text", "# à ne pas écrire", *wrong, "", "# à écrire", *right, "```")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
