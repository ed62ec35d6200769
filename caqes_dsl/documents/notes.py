"""Numbered notes: where each rule comes from, and which ones are hypotheses."""

from __future__ import annotations

from caqes_dsl.documents.shapes import NoteVue, Renvois, RenvoiVue
from caqes_dsl.documents.typography import capital


def is_hypothesis(source: str) -> bool:
    """Whether a source says that it is, at least in part, a hypothesis."""
    return "hypothèse" in source.casefold()


class Notes:
    """Sources numbered in the order they are met; the same text has one number.

    The general source of the policy is said once, on the title page: nothing refers to it again.
    """

    def __init__(self, general: str = "") -> None:
        self._general = general.strip()
        self._numbers: dict[str, str] = {}

    def mark(self, *sources: str) -> Renvois:
        """References to these sources, each once; none for no source or for the general one."""
        found = dict.fromkeys(s.strip() for s in sources)
        return tuple(self._refer(s) for s in found if s and s != self._general)

    def mark_general(self) -> Renvois:
        """The reference to the general source."""
        return (self._refer(self._general),) if self._general else ()

    def _refer(self, source: str) -> RenvoiVue:
        return RenvoiVue(self._numbers.setdefault(source, str(len(self._numbers) + 1)), is_hypothesis(source))

    def listed(self) -> tuple[NoteVue, ...]:
        """Every source met."""
        return tuple(NoteVue(n, capital(text), is_hypothesis(text)) for text, n in self._numbers.items())
