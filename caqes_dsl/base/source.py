"""Source texts and places in them.

A `Source` is a policy file after decoding and normalisation (NFC, one kind of line end): every position in the
project is an offset in this normalised text, so that nothing has to be mapped back.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cached_property

_LINE_ENDS = str.maketrans({"\v": "\n", "\f": "\n", "\x85": "\n", "\u2028": "\n", "\u2029": "\n", "\r": "\n"})


def normalise(text: str) -> str:
    """Text as the language sees it: no BOM, NFC, LF line ends."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").translate(_LINE_ENDS)
    return unicodedata.normalize("NFC", text)


@dataclass(frozen=True)
class Source:
    """A normalised text and the name it is shown under."""

    nom: str
    texte: str

    @staticmethod
    def from_text(nom: str, texte: str) -> Source:
        """Source of a text as read; normalises it."""
        return Source(nom, normalise(texte))

    @cached_property
    def _starts(self) -> list[int]:
        starts = [0]
        starts.extend(i + 1 for i, c in enumerate(self.texte) if c == "\n")
        return starts

    def line_column(self, offset: int) -> tuple[int, int]:
        """Line and column, both from 1, of an offset."""
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    def line_text(self, line: int) -> str:
        """Text of a line, from 1, without its end; empty past the last."""
        if not 1 <= line <= len(self._starts):
            return ""
        start = self._starts[line - 1]
        end = self._starts[line] - 1 if line < len(self._starts) else len(self.texte)
        return self.texte[start:end]


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a source: offsets from `debut` (included) to `fin` (excluded)."""

    source: Source = field(compare=False, repr=False)
    debut: int
    fin: int

    @property
    def ligne(self) -> int:
        """First line, from 1."""
        return self.source.line_column(self.debut)[0]

    @property
    def texte(self) -> str:
        """The text that the span covers."""
        return self.source.texte[self.debut : self.fin]

    @property
    def premiere_ligne(self) -> Span:
        """The part of it on its first line: the heading of a declaration."""
        return Span(self.source, self.debut, self.debut + len(self.texte.partition("\n")[0].rstrip()))

    def until(self, other: Span) -> Span:
        """From the start of this span to the end of the other, in the same source."""
        return Span(self.source, self.debut, max(self.fin, other.fin))

    def __str__(self) -> str:
        line, column = self.source.line_column(self.debut)
        return f"{self.source.nom}:{line}:{column}"
