"""What `git diff` shows of a policy: git gives both texts, and the changes are said as `caqes comparer` says them.

Git says neither the revisions nor where the parents then were: both sides are read with those of the working tree. It
stops at a driver that fails: whatever cannot be compared is shown as lines of text, with the reason.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from caqes_dsl.base.diagnostics import Diagnostic

if TYPE_CHECKING:
    from caqes_dsl.base.source import Source
    from caqes_dsl.model.nodes import Politique
    from caqes_dsl.pipeline import Compilation

_MOST = 3
"""How many mistakes of a side are shown."""


@dataclass(frozen=True, slots=True)
class Cote:
    """A side of the difference. `source`: its text, or why it has none; None when the file is not there on this side.
    `compilation`: what the text gives as if it stood at its path; None for what is not a policy's text."""

    source: Source | Diagnostic | None
    compilation: Compilation | None = None

    @property
    def politique(self) -> Politique | None:
        """The policy, when it is sound."""
        return self.compilation.politique if self.compilation else None


@dataclass(frozen=True, slots=True)
class Cotes:
    """Both sides of a file, and its path on each."""

    chemins: tuple[str, str]
    avant: Cote
    apres: Cote


def read_sides(arguments: Sequence[str]) -> Cotes | str:
    """The sides that git's arguments name, or the path alone of a file in conflict.

    They are: a path; then, unless it is in conflict, a file, its hash and its mode, twice; then, when it was renamed,
    the other path and git's own remark. Errors: ValueError for any other number.
    """
    if len(arguments) == 1:
        return arguments[0]
    if len(arguments) not in (7, 8, 9):
        raise ValueError(f"git donne 1, 7 ou 9 arguments, pas {len(arguments)}")
    path, old, _, old_mode, new, _, new_mode, *renamed = arguments
    after = renamed[0] if renamed else path
    return Cotes((path, after), _side(path, old, old_mode), _side(after, new, new_mode))


def _side(path: str, file: str, mode: str) -> Cote:
    from caqes_dsl.pipeline import compile_text_at, read_source

    if file == "/dev/null" or mode == ".":
        return Cote(None)
    source = read_source(Path(file), path)
    if isinstance(source, Diagnostic) or not mode.startswith("100"):
        return Cote(source)
    # Whether its examples still hold is for `verifier`: a change that breaks one is to be seen.
    return Cote(source, compile_text_at(Path(path), source.texte, executer_exemples=False))


def show_difference(arguments: Sequence[str], *, largeur: int = 100) -> str:
    """What git is to show of a file. Errors: ValueError for arguments that are not git's."""
    from caqes_dsl.base.render import visible

    sides = read_sides(arguments)
    if isinstance(sides, str):
        return visible(f"Politique {sides} : en conflit, rien n'est comparé.") + "\n"
    return "".join(visible(line) + "\n" for line in _lines(sides, largeur))


def _lines(sides: Cotes, largeur: int) -> Iterator[str]:
    from caqes_dsl.compare.diff import compare
    from caqes_dsl.documents.changements_texte import changes_text

    before, after = sides.chemins
    moved = f" → {after}" if after != before else ""
    yield f"Politique {before}{moved} : {_what(sides)}"
    old, new = sides.avant.politique, sides.apres.politique
    if old is None or new is None:
        yield from _reasons(sides)
        yield from _text_lines(sides)
        return
    said = changes_text(old, new, compare(old, new), largeur=largeur)
    yield from (said.rstrip("\n") or "Rien ne change de ce qu'elle dit ou calcule.").split("\n")
    if any(side.compilation and side.compilation.parents for side in (sides.avant, sides.apres)):
        yield "(Les politiques reprises sont lues, des deux côtés, telles qu'elles sont dans le dossier de travail.)"


def _what(sides: Cotes) -> str:
    if sides.avant.source is None:
        return "nouvelle"
    if sides.apres.source is None:
        return "supprimée"
    return "modifiée" if sides.chemins[0] == sides.chemins[1] else "renommée"


def _reasons(sides: Cotes) -> Iterator[str]:
    """Why a side is not a sound policy."""
    from caqes_dsl.base.render import render_text

    for when, side in (("Avant", sides.avant), ("Après", sides.apres)):
        found = side.compilation.diagnostics if side.compilation else ()
        errors = [side.source] if isinstance(side.source, Diagnostic) else [d for d in found if d.is_error]
        if errors:
            yield f"{when}, elle ne se vérifie pas :"
            yield from render_text(errors[:_MOST], couleur=False).rstrip("\n").rsplit("\n", 1)[0].split("\n")
            if len(errors) > _MOST:
                yield f"… et {len(errors) - _MOST} autres."


def _text_lines(sides: Cotes) -> Iterator[str]:
    """The difference of the texts, line by line."""
    (before, old), (after, new) = (
        _as_text(letter, path, side.source)
        for letter, path, side in zip("ab", sides.chemins, (sides.avant, sides.apres), strict=True)
    )
    yield from difflib.unified_diff(old, new, before, after, lineterm="")


def _as_text(letter: str, path: str, source: Source | Diagnostic | None) -> tuple[str, list[str]]:
    """The name that git gives a side, and its lines."""
    if source is None:
        return "/dev/null", []
    return f"{letter}/{path}", [] if isinstance(source, Diagnostic) else source.texte.splitlines()
