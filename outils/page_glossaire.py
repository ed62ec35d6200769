"""Écrit docs/glossaire.md, les mots du langage et de ses résultats, depuis caqes_dsl/model/glossary/.

python outils/page_glossaire.py
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

RACINE = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(RACINE))

from caqes_dsl.base.suggestions import fold  # noqa: E402  # le dépôt n'est pas toujours installé
from caqes_dsl.model.glossary import FAMILLES, GLOSSAIRE, Terme  # noqa: E402
from caqes_dsl.terms import refusal  # noqa: E402

PAGE = RACINE / "docs" / "glossaire.md"


def page() -> str:
    """Le texte de la page."""
    return "\n".join(_lignes()) + "\n"


def ancre(mot: str) -> str:
    """L'ancre d'un terme : ses lettres sans accents, ou son nom anglais quand c'est un signe."""
    lettres = mot if re.fullmatch(r"[\w' -]+", mot) else GLOSSAIRE[mot].anglais
    return re.sub(r"\W+", "-", fold(lettres))


def lien(mot: str) -> str:
    """Un terme, avec un lien vers sa définition."""
    return f"[`{mot}`](glossaire.md#{ancre(mot)})"


def _lignes() -> Iterator[str]:
    yield "# Le glossaire"
    yield ""
    yield "Un mot, un sens, une traduction. `caqes expliquer plafond` dit la même chose d'un mot, avec des exemples. La"
    yield "[référence du langage](langue.md) dit comment ces mots s'emploient."
    yield ""
    yield "Page écrite par `python outils/page_glossaire.py`."
    for titre, termes in FAMILLES.items():
        yield from ("", f"## {titre}", "", "| mot | ce que c'est | voir aussi | en anglais |", "|---|---|---|---|")
        for terme in sorted(termes, key=lambda t: fold(t.mot)):
            yield _un(terme)


def _un(terme: Terme) -> str:
    voir = ", ".join(f"[{mot}](#{ancre(mot)})" for mot in terme.voir)
    anglais = terme.anglais + (f" (`{terme.code}`)" if terme.code else "")
    lu = terme.exemples and all(refusal(e) for e in terme.exemples)
    sens = terme.sens + (" *(Cette version le lit et ne l'évalue pas encore.)*" if lu else "")
    return f'| <a id="{ancre(terme.mot)}"></a>`{terme.mot}` | {sens} | {voir} | {anglais} |'


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
