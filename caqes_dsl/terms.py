"""What `caqes expliquer plafond` prints of a term of the glossary, and what this version evaluates of it."""

from __future__ import annotations

import textwrap
from functools import cache

from .base.suggestions import fold
from .model.glossary import CADRE, FONCTIONS, GLOSSAIRE, Terme

_WIDTH = 92


def find_term(word: str) -> Terme | None:
    """The term of this word: accents, case and spaces as people type them."""
    asked = " ".join(word.replace("’", "'").split())
    if asked in GLOSSAIRE:
        return GLOSSAIRE[asked]
    alike = [t for mot, t in GLOSSAIRE.items() if fold(mot) == fold(asked)]
    return alike[0] if len(alike) == 1 else None


def whole_policy(exemple: str) -> str:
    """A policy around an example: one that starts from another stands alone, a header replaces that of the frame."""
    if not exemple.startswith("politique"):
        return f"{CADRE}{exemple}\n"
    edition, _, *declarations = CADRE.splitlines()
    others = [] if "« national/" in exemple else declarations
    return "\n".join([edition, exemple, *others, ""])


@cache
def refusal(exemple: str) -> str:
    """The code under which this version says that it does not evaluate an example yet; « » when it does."""
    from .pipeline import compile_text_at
    from .resources import folder

    root = folder("policies")
    found = compile_text_at(root / "exemple.caqes", whole_policy(exemple), racine=root).diagnostics
    return next((d.code for d in found if d.is_error and "pas encore" in d.message), "")


def explain_term(word: str) -> str | None:
    """What is printed of a term; None for a word that is not one."""
    terme = find_term(word)
    if terme is None:
        return None
    parts = [terme.mot, textwrap.fill(terme.sens, _WIDTH)]
    parts += [f"S'écrit : {', '.join(f.formes)}." for f in FONCTIONS if f.nom == terme.mot]
    for said, refused in (("Par exemple :", False), ("Se lit, et n'est pas encore évalué :", True)):
        kept = [e for e in terme.exemples if bool(refusal(e)) is refused]
        if kept:
            parts.append(f"{said}\n\n" + "\n".join(_shown(e) for e in kept))
    if terme.voir:
        parts.append(f"Voir aussi : {', '.join(terme.voir)}.")
    return "\n\n".join(parts) + "\n"


def _shown(exemple: str) -> str:
    return textwrap.fill(exemple, _WIDTH, initial_indent="    ", subsequent_indent="      ", break_on_hyphens=False)
