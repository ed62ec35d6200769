"""Which pieces of two texts are the same piece, by what they say: paragraphs, tables, rows."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any

__all__ = ["Paire", "Piece", "align", "alike"]

_CELLULES = 300_000
"""The largest stretch, in pairs to weigh, where likeness is looked for; beyond it only equal pieces are the same."""
_PLEIN = 20
"""From how many words on a piece weighs its full weight."""
_ETRANGER = 0.35
"""What a different name (a style, a number) takes off from the likeness of two pieces."""


@dataclass(frozen=True)
class Piece:
    """A piece of a text: what it says, what it may be compared with (`genre`), from which likeness on (`seuil`)."""

    noeud: Any
    cle: Hashable
    genre: Hashable
    nom: str
    seuil: float
    mots: Counter[str] = field(compare=False)
    parente: float = 0.0
    """What the same name adds to the likeness of two pieces."""
    force: bool = False
    """A piece that has to stay: it is the same as the only one of its kind on the other side."""

    @property
    def nombre(self) -> int:
        """How many words it has."""
        return self.mots.total()


Paire = tuple[Piece | None, Piece | None]
"""An old piece and the new piece that it became; None where there is no such piece."""


def alike(old: Counter[str], new: Counter[str]) -> float:
    """How much two sets of words have in common, from 0 to 1."""
    if len(old) > len(new):
        old, new = new, old
    both = old.total() + new.total()
    return 2 * sum(min(count, new[word]) for word, count in old.items() if word in new) / both if both else 1.0


def align(old: Sequence[Piece], new: Sequence[Piece]) -> list[Paire]:
    """The pieces of both texts in one order; between two pairs, what went comes before what was added."""
    pairs: list[Paire] = []
    i = j = 0
    for a, b in (*_kept(old, new), (len(old), len(new))):
        pairs += _stretch(old[i:a], new[j:b])
        if a < len(old):
            pairs.append((old[a], new[b]))
        i, j = a + 1, b + 1
    return pairs


def _kept(old: Sequence[Piece], new: Sequence[Piece]) -> list[tuple[int, int]]:
    """Where the two texts hold together: pieces that have to stay, then pieces that each says once, word for word."""
    forced = _once(old, new, lambda p: p.force)
    found: list[tuple[int, int]] = []
    i = j = 0
    for a, b in (*_rising(forced), (len(old), len(new))):
        plain = _once(old[i:a], new[j:b], lambda p: not p.force and p.nombre > 2)
        found += [(i + x, j + y) for x, y in _rising(plain)]
        if a < len(old):
            found.append((a, b))
        i, j = a + 1, b + 1
    return found


def _once(old: Sequence[Piece], new: Sequence[Piece], wanted: Any) -> list[tuple[int, int]]:
    places: list[dict[Hashable, int]] = []
    for side in (old, new):
        times = Counter(p.cle for p in side)
        places.append({p.cle: i for i, p in enumerate(side) if times[p.cle] == 1 and wanted(p)})
    return [(i, places[1][cle]) for cle, i in places[0].items() if cle in places[1]]


def _rising(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest part of the pairs whose places rise on both sides."""
    tops: list[int] = []
    ends: list[int] = []
    before: list[int | None] = []
    for k, (_, place) in enumerate(pairs):
        at = bisect_left(tops, place)
        before.append(ends[at - 1] if at else None)
        tops[at : at + 1] = [place]
        ends[at : at + 1] = [k]
    found, step = [], ends[-1] if ends else None
    while step is not None:
        found.append(pairs[step])
        step = before[step]
    return found[::-1]


def _stretch(old: Sequence[Piece], new: Sequence[Piece]) -> list[Paire]:
    """The pairs of greatest weight, in order."""
    large = len(old) * len(new) > _CELLULES
    weights = [[_weight(a, b, large) for b in new] for a in old]
    best = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for i in range(len(old) - 1, -1, -1):
        row, under, line = weights[i], best[i + 1], best[i]
        for j in range(len(new) - 1, -1, -1):
            line[j] = max(under[j], line[j + 1], row[j] + under[j + 1] if row[j] else 0.0)
    pairs: list[Paire] = []
    gone: list[Paire] = []
    added: list[Paire] = []
    i = j = 0
    while i < len(old) or j < len(new):
        if i < len(old) and j < len(new) and weights[i][j] and best[i][j] == weights[i][j] + best[i + 1][j + 1]:
            pairs += [*gone, *added, (old[i], new[j])]
            gone, added = [], []
            i, j = i + 1, j + 1
        elif j == len(new) or (i < len(old) and best[i][j] == best[i + 1][j]):
            gone.append((old[i], None))
            i += 1
        else:
            added.append((None, new[j]))
            j += 1
    return [*pairs, *gone, *added]


def _weight(old: Piece, new: Piece, equal_only: bool) -> float:
    """What it is worth to see the same piece in two: nothing when they are not alike."""
    if old.genre != new.genre or old.force or new.force:
        return 0.0
    size = max(old.nombre, new.nombre)
    full = 0.2 + min(size, _PLEIN) / _PLEIN
    if old.cle == new.cle:
        return full + 0.1
    named = old.parente if old.nom == new.nom else -_ETRANGER
    if equal_only or 2 * min(old.nombre, new.nombre) < (old.seuil - named) * (old.nombre + new.nombre):
        return 0.0
    likeness = alike(old.mots, new.mots) + named
    return likeness * full if likeness >= old.seuil else 0.0
