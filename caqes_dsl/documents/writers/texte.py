"""Plain text on so many columns: paragraphs wrapped, what follows a label kept in line with its beginning."""

from __future__ import annotations

import textwrap

TAQUET = "␉"
"""In a template, ends a label: what follows is wrapped beside it, at the next column that is a multiple of four."""

LARGEUR = 100


def lay_out(text: str, largeur: int = LARGEUR) -> str:
    """The text on `largeur` columns; no-break spaces are never broken, blank lines never come in twos."""
    lines: list[str] = []
    for line in text.split("\n"):
        wrapped = _wrap(line.rstrip(), largeur)
        if wrapped == [""] and (not lines or lines[-1] == ""):
            continue
        lines += wrapped
    return "\n".join(lines).rstrip("\n") + "\n"


def _wrap(line: str, largeur: int) -> list[str]:
    label, mark, rest = line.partition(TAQUET)
    if not mark:
        indent = len(line) - len(line.lstrip(" "))
        label, rest = line[:indent], line[indent:]
    else:
        label = label.ljust((len(label) // 4 + 1) * 4)
    return textwrap.wrap(
        rest,
        largeur,
        initial_indent=label,
        subsequent_indent=" " * len(label),
        break_long_words=False,
        break_on_hyphens=False,
    ) or [label.rstrip()]
