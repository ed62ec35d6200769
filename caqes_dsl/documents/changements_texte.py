"""What changed between two policies, on a terminal: readable without colour, one sentence a change."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from caqes_dsl.base.render import visible
from caqes_dsl.compare.changes import Changement
from caqes_dsl.compare.impact_shapes import Impact
from caqes_dsl.documents.changements import Redaction
from caqes_dsl.documents.changements_plan import Groupe, plan
from caqes_dsl.documents.impact_texte import impact_lines
from caqes_dsl.documents.typography import capital, listing, typeset
from caqes_dsl.model.nodes import Politique

_FEW = 3
"""Examples past which they are named together."""


def changes_text(
    ancienne: Politique,
    nouvelle: Politique,
    changements: Sequence[Changement],
    impact: Impact | None = None,
    *,
    largeur: int = 100,
) -> str:
    """The changes, then what they do to a cohort; « » when nothing changed and no cohort was given."""
    if not changements and impact is None:
        return ""
    lines: list[str] = []
    for line in _lines(ancienne, nouvelle, changements, impact):
        plain = visible(typeset(line))
        if not plain.startswith("- "):
            lines.append(plain)
            continue
        lines += textwrap.wrap(plain, max(40, largeur), subsequent_indent="  ", break_long_words=False) or [""]
    return "\n".join(lines) + "\n"


def _lines(
    ancienne: Politique, nouvelle: Politique, changements: Sequence[Changement], impact: Impact | None
) -> Iterator[str]:
    yield f"De « {ancienne.titre} » ({_status(ancienne)}) à « {nouvelle.titre} » ({_status(nouvelle)})"
    yield count_words(changements)
    writer = Redaction(ancienne, nouvelle, changements)
    for groupe in plan(ancienne, nouvelle, changements):
        yield ""
        yield groupe.titre
        yield from _group(groupe, writer)
    if impact is not None:
        yield ""
        yield from impact_lines(impact, writer)


def _status(politique: Politique) -> str:
    said = "projet" if politique.est_projet else "adopté"
    return f"{said}, code de contrôle {politique.code_de_controle}"


def count_words(changements: Sequence[Changement]) -> str:
    """« 12 changements, dont 4 qui découlent des dates »."""
    if not changements:
        return "Aucun changement."
    count = len(changements)
    follow = sum(c.est_consequence for c in changements)
    said = f"{count} changement{'s' if count > 1 else ''}"
    if follow:
        said += f", dont {follow} qui découle{'nt' if follow > 1 else ''} des dates"
    return said + "."


def _group(groupe: Groupe, writer: Redaction) -> Iterator[str]:
    listed = {"ajouté": [], "supprimé": []}  # type: dict[str, list[str]]
    many = sum(c.genre == "exemple" for c in groupe.changements) > _FEW
    for changement in groupe.changements:
        dit = writer.say(changement)
        if many and changement.genre == "exemple" and dit.phrase in listed:
            listed[dit.phrase].append(dit.sujet.removeprefix("exemple "))
        else:
            yield f"- {capital(dit.entier)}"
    for done, titles in listed.items():
        if titles:
            s = "s" if len(titles) > 1 else ""
            yield f"- {len(titles)} exemple{s} {done}{s} : {listing(titles)}"
