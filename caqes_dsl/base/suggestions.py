"""The known names nearest to a word that is not known."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable


def fold(word: str) -> str:
    """The word without accents or case, as people compare names."""
    decomposed = unicodedata.normalize("NFD", word.replace("œ", "oe").replace("Œ", "OE"))
    bare = "".join(c for c in decomposed if not unicodedata.combining(c))
    return unicodedata.normalize("NFC", bare.casefold())


def _distance(left: str, right: str, ceiling: int) -> int:
    """Edits between two words, a swap of neighbours counting one; anything above `ceiling` is `ceiling + 1`."""
    if abs(len(left) - len(right)) > ceiling:
        return ceiling + 1
    before: list[int] = []
    previous = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        current = [i]
        for j, b in enumerate(right, 1):
            best = min(previous[j] + 1, current[j - 1] + 1, previous[j - 1] + (a != b))
            if i > 1 and j > 1 and a == right[j - 2] and left[i - 2] == b:
                best = min(best, before[j - 2] + 1)
            current.append(best)
        # A swap may still come back from the row before, so both must be beyond.
        if min(current) > ceiling and min(previous) > ceiling:
            return ceiling + 1
        before, previous = previous, current
    return min(previous[-1], ceiling + 1)


def nearest(word: str, among: Iterable[str], *, limit: int = 1) -> list[str]:
    """Names close enough to the word to be what was meant, nearest first; ties in the order of the names."""
    folded = fold(word)
    if not folded or len(folded) > 80:
        return []
    ranked: list[tuple[int, int, str]] = []
    for name in set(among):
        other = fold(name)
        ceiling = (max(len(folded), len(other)) + 2) // 4
        if name == word or (ceiling == 0 and folded != other):
            continue
        edits = _distance(folded, other, ceiling)
        if edits <= ceiling and edits < len(folded):
            exact = sum(a != b for a, b in zip(word, name, strict=False)) + abs(len(word) - len(name))
            ranked.append((edits, exact, name))
    return [name for _, _, name in sorted(ranked)[: max(limit, 0)]]


def vouliez_vous(word: str, among: Iterable[str]) -> str:
    """« Vouliez-vous dire « x » ? » for the nearest name, or nothing."""
    found = nearest(word, among)
    return f"Vouliez-vous dire « {found[0]} » ?" if found else ""
