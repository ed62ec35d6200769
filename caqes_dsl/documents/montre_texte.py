"""The flattened policy in the author's words, each clause under the file and line that give it.

A declaration that a later file changed is put together again: its heading, then each clause, with a comment where it
is not written under that heading and what it replaced.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from caqes_dsl.base.source import Span
from caqes_dsl.model import nodes
from caqes_dsl.model.nodes import Politique, Provenance

_PARTS = ("puis", "plafond")
"""Clauses of a table that may come from elsewhere than its rows."""


def show_text(politique: Politique) -> str:
    """Every declaration, rule of notation and date in the author's words, under the file and line that give it."""
    return "\n".join(_paragraphs(politique)) + "\n"


def place(span: Span) -> str:
    """« policies/normandie/2018.caqes:12 »."""
    return f"{span.source.nom}:{span.ligne}"


def replaced(provenance: Provenance) -> str:
    """« , remplace F:12, puis G:8 », with the reason given; « » when it replaces nothing."""
    said = ", puis ".join(place(s) for s in provenance.remplace)
    verb = "retire" if provenance.retiree else "remplace"
    return (f", {verb} {said}" if said else "") + (f" ({provenance.motif})" if provenance.motif else "")


def _paragraphs(politique: Politique) -> Iterator[str]:
    yield f"# {politique.titre} : {len(politique.criteres)} critères, code de contrôle {politique.code_de_controle}"
    seen: set[tuple[str, int]] = set()
    for span, clauses in _entries(politique):
        key = (span.source.nom, span.debut)
        if key in seen:
            continue
        seen.add(key)
        whole = next((p for p in clauses if not p.clause), None)
        inherited = ", repris" if span.source.nom != politique.span.source.nom else ""
        yield f"\n# {place(span)}{inherited}{replaced(whole) if whole else ''}"
        outside = [p for p in clauses if p.clause and not _inside(p.span, span)]
        yield _rebuilt(span, [p for p in clauses if p.clause]) if outside else _words(span)
    if politique.suppressions:
        yield "\n# Ce qui n'est plus repris"
        for gone in politique.suppressions:
            titled = f" « {gone.titre} »" if gone.titre else ""
            reason = f" : {gone.motif}" if gone.motif else ""
            yield f"# {place(gone.span)}, supprime {gone.genre} {gone.nom}{titled} de {place(gone.remplace)}{reason}"


def _words(span: Span) -> str:
    """The text of a place, its lines moved to the left as far as the first."""
    first = span.source.line_text(span.ligne)
    indent = len(first) - len(first.lstrip())
    lines = span.texte.rstrip().split("\n")
    return "\n".join([lines[0], *(line[indent:] if not line[:indent].strip() else line for line in lines[1:])])


def _inside(inner: Span, outer: Span) -> bool:
    return inner.source.nom == outer.source.nom and outer.debut <= inner.debut and inner.fin <= outer.fin


def _rebuilt(span: Span, clauses: Sequence[Provenance]) -> str:
    """A declaration from its heading and its clauses, wherever they are."""
    known = [s for p in clauses if p.clause not in ("type", *_PARTS) for s in (p.span, *p.remplace) if _inside(s, span)]
    end = min((s.debut for s in known), default=span.fin)
    lines = [" ".join(span.source.texte[span.debut : end].split())]
    tables = [p.span for p in clauses if p.clause in ("seuils", "selon")]
    for provenance in clauses:
        if provenance.clause == "type" or (
            provenance.clause in _PARTS and any(_inside(provenance.span, t) for t in tables)
        ):
            continue
        moved = not _inside(provenance.span, span) or provenance.remplace
        if moved:
            lines.append(f"  # {place(provenance.span)}{replaced(provenance)}")
        if provenance.retiree:
            continue
        cut = [p.remplace for p in clauses if p.clause in _PARTS] if any(provenance.span is t for t in tables) else []
        text = _without(provenance.span, [s for spans in cut for s in spans])
        opens = provenance.clause in _PARTS and not text.startswith(provenance.clause)
        lines += [f"  {line}" for line in ((provenance.clause + " " if opens else "") + text).split("\n")]
    return "\n".join(lines)


def _without(span: Span, replaced_parts: Sequence[Span]) -> str:
    """The text of a clause, its lines moved left, without the parts that others replaced."""
    text = span.texte
    for part in sorted((p for p in replaced_parts if _inside(p, span)), key=lambda p: -p.debut):
        before, after = text[: part.debut - span.debut], text[part.fin - span.debut :]
        text = re.sub(r"\s*(?:plafond)?\s*$", "", before) + after
    first = span.source.line_text(span.ligne)
    indent = len(first) - len(first.lstrip())
    lines = text.rstrip().split("\n")
    return "\n".join([lines[0], *(line[indent:] if not line[:indent].strip() else line for line in lines[1:])])


def _entries(politique: Politique) -> Iterator[tuple[Span, Sequence[Provenance]]]:
    """Each declaration, rule or date: its place, and the provenance of its clauses."""
    yield politique.span, ()
    groups: tuple[Iterable[nodes.Declare], ...] = (
        *(politique.secteurs.values(), politique.niveaux.values(), politique.donnees.values()),
        *(politique.parametres.values(), politique.volets.values(), politique.chapitres.values()),
        *(politique.objectifs.values(), politique.criteres.values(), politique.indicateurs.values()),
        *(
            politique.calculs.values(),
            politique.baremes.values(),
            politique.decisions.values(),
            politique.pieces.values(),
        ),
        politique.proprietes,
    )
    for group in groups:
        for declared in group:
            if declared.nom in politique.provenances:
                yield declared.span, politique.provenances[declared.nom]
    for exemple in politique.exemples:
        yield exemple.span, ()
    for part, spans in (
        ("notation", politique.notation.spans.values()),
        ("calendrier", [*(e.span for e in politique.calendrier), *(d.span for d in politique.delais)]),
    ):
        history = {(p.span.source.nom, p.span.debut): p for p in politique.provenances.get(part, ())}
        for span in spans:
            found = history.get((span.source.nom, span.debut))
            yield span, ([Provenance("", span, found.remplace, found.motif)] if found and found.remplace else ())
