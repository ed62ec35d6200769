"""Certain corrections applied to a text, and the difference shown as lines."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from caqes_dsl.base.diagnostics import Correction, Diagnostic
from caqes_dsl.base.source import Source


def certain_corrections(diagnostics: Iterable[Diagnostic], source: Source) -> list[Correction]:
    """The certain corrections of this source, in order, none overlapping another: of two, the first found stays."""
    kept: list[Correction] = []
    for diagnostic in diagnostics:
        correction = diagnostic.correction
        if correction is None or not correction.certaine or correction.span.source.nom != source.nom:
            continue
        span = correction.span
        if all(span.fin <= other.span.debut or other.span.fin <= span.debut for other in kept) and not any(
            span == other.span for other in kept
        ):
            kept.append(correction)
    return sorted(kept, key=lambda c: c.span.debut)


def apply_corrections(source: Source, corrections: Iterable[Correction]) -> str:
    """The text with these corrections, which do not overlap."""
    text, at, parts = source.texte, 0, []
    for correction in corrections:
        parts += [text[at : correction.span.debut], correction.texte]
        at = correction.span.fin
    return "".join(parts) + text[at:]


def difference(source: Source, changed: str) -> str:
    """A unified difference, in French headings."""
    lines = difflib.unified_diff(
        source.texte.splitlines(keepends=True),
        changed.splitlines(keepends=True),
        f"{source.nom} (avant)",
        f"{source.nom} (après)",
        n=1,
    )
    return "".join(line if line.endswith("\n") else line + "\n" for line in lines)
