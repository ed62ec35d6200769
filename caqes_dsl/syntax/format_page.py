"""Lines put on the page: cells aligned, comments at their place, blank lines where the author left some."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest

from caqes_dsl.base.source import Source

from .format_lines import Ligne
from .format_words import Mot, join
from .tree import Commentaire

_MAX_PADDING = 12
"""Titles whose lengths differ more than this are not aligned."""

Largeurs = tuple[int, ...]


def widths(lignes: Sequence[Ligne]) -> Largeurs:
    """The width of each cell, as these lines share it; 0 where nothing is to be aligned."""
    found: list[int] = []
    for column in zip_longest(*([join(c) for c in ligne.cellules] for ligne in lignes), fillvalue=""):
        sizes = [len(text) for text in column if text]
        spread = lignes[0].grille == "titre" and sizes and max(sizes) - min(sizes) > _MAX_PADDING
        found.append(0 if spread or not sizes else max(sizes))
    return tuple(found)


def aligned(ligne: Ligne, sizes: Largeurs) -> str:
    """The line, its cells padded to these widths."""
    cells = (join(cell) for cell in ligne.cellules)
    padded = [cell.ljust(size) for cell, size in zip(cells, sizes, strict=False) if cell or size]
    return " " * ligne.retrait + " ".join(padded).rstrip()


def runs(lignes: Sequence[Ligne]) -> Iterator[list[Ligne]]:
    """Neighbours of one grid, together."""
    current: list[Ligne] = []
    for ligne in lignes:
        if current and (not ligne.grille or ligne.grille != current[-1].grille):
            yield current
            current = []
        current.append(ligne)
    if current:
        yield current


class Page:
    """The text being written, and the comments that wait for their place."""

    def __init__(self, source: Source, comments: Sequence[Commentaire]) -> None:
        self.source = source
        self.waiting = list(comments)
        self.rows: list[str] = []
        self.end = 0
        self.retrait = 0
        self._taken = True

    def text(self) -> str:
        """What is written, without blank lines at the end."""
        while self.rows and not self.rows[-1]:
            self.rows.pop()
        return "\n".join(self.rows) + "\n"

    # ------------------------------------------------------------ places

    def column(self, offset: int) -> int:
        """Where the author began this word on its line."""
        return self.source.line_column(offset)[1]

    def gap(self, debut: int, after: int | None = None) -> bool:
        """Whether the author left a blank line before this place."""
        return self.source.texte.count("\n", self.end if after is None else after, debut) > 1

    def blank(self) -> None:
        """A blank line, unless there is one or nothing stands before it."""
        if self.rows and self.rows[-1]:
            self.rows.append("")

    # ------------------------------------------------------------ writing

    def comment(self, retrait: int) -> None:
        """The next comment, on the line before when it stands at its end, else on its own."""
        comment = self.waiting.pop(0)
        text = "#" + comment.texte
        if not comment.seul and self.rows and self.rows[-1] and not self._taken:
            self.rows[-1] += "  " + text
        else:
            self.rows.append(" " * retrait + text)
        self._taken = True
        self.end = comment.span.fin

    def above(self, limit: int) -> None:
        """Comments that stand before this place, each on its line."""
        while self.waiting and self.waiting[0].span.debut < limit:
            if self.gap(self.waiting[0].span.debut):
                self.blank()
            self.comment(0)

    def trailing(self, before: int | None) -> None:
        """Comments at the end of what is written, before this place (None: the end of the file)."""
        while self.waiting and not self.waiting[0].seul and (before is None or self.waiting[0].span.debut < before):
            self.comment(self.retrait)

    def line(self, ligne: Ligne, sizes: Largeurs) -> None:
        """A line, with the comments that stand before and in it."""
        mots = ligne.mots
        while self.waiting and self.waiting[0].span.debut < mots[0].debut:
            first = self.waiting[0]
            if first.seul and ligne.groupe and self.gap(first.span.debut):
                self.blank()
            inner = self.retrait > ligne.retrait and self.column(first.span.debut) > self.column(mots[0].debut)
            self.comment(self.retrait if inner else ligne.retrait)
        if ligne.groupe and self.gap(mots[0].debut):
            self.blank()
        self.retrait = ligne.retrait
        if self._commented(mots):
            self._pieces(mots, ligne.retrait)
        else:
            self.write(aligned(ligne, sizes) if sizes else " " * ligne.retrait + join(mots))
        self.end = mots[-1].fin

    def _commented(self, mots: Sequence[Mot]) -> bool:
        return bool(self.waiting) and self.waiting[0].span.debut < mots[-1].debut

    def write(self, text: str) -> None:
        """A line as it is."""
        self.rows.append(text.rstrip())
        self._taken = False

    def _pieces(self, mots: Sequence[Mot], retrait: int) -> None:
        """A line that comments cut: what follows a comment goes on below, two columns further."""
        piece: list[Mot] = []
        place = retrait
        for mot in mots:
            if self.waiting and self.waiting[0].span.debut < mot.debut:
                if piece:
                    self.write(" " * place + join(piece))
                    piece, place = [], retrait + 2
                while self.waiting and self.waiting[0].span.debut < mot.debut:
                    self.comment(retrait + 2)
            piece.append(mot)
        self.write(" " * place + join(piece))
