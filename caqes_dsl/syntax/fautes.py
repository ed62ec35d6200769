"""Syntax errors taught by example: `grammar/fautes/*.md`, faulty sentences and what to answer their authors.

A sentence is read by the automaton itself; its answer holds for every author whom the same kind of word stops at the
same place of the grammar, in the same clause.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from caqes_dsl.base.diagnostics import Correction, Diagnostic
from caqes_dsl.base.source import Span
from caqes_dsl.resources import folder, read_bytes

from .lexer import Jeton

Arret = tuple[int, str, str]
"""Where reading stops: the automaton's state, the kind of the word, the terminal that opened the clause."""

_MAX_FILE = 1 << 20
_FIELD = re.compile(r"^- (dit|aide|remplace|mots) :[ ]?(.*)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Faute:
    """A faulty sentence and its answer. `remplace` is None when no correction is certain, « » to drop the word."""

    titre: str
    fichier: str
    exemple: str
    dit: str
    aide: str
    remplace: str | None
    mots: frozenset[str]

    def answer(self, jeton: Jeton, avant: Jeton) -> Diagnostic:
        """The diagnostic at this word, which follows that one."""
        words = {"mot": jeton.span.texte, "avant": " ".join(avant.span.texte.split())}
        correction = None
        if self.remplace is not None:
            place = jeton.span if self.remplace else Span(jeton.source, avant.fin, jeton.fin)
            correction = Correction(place, _fill(self.remplace, words))
        return Diagnostic(
            "CAQ101", _fill(self.dit, words), jeton.span, aide=_fill(self.aide, words), correction=correction
        )


def _fill(text: str, words: Mapping[str, str]) -> str:
    for name, value in words.items():
        text = text.replace("{" + name + "}", value)
    return text


def read_fautes() -> list[Faute]:
    """Every section of every file, in order."""
    found: list[Faute] = []
    for path in sorted((folder("grammar") / "fautes").glob("*.md")):
        if path.name != "LISEZ-MOI.md":
            found += parse_sections(path.name, read_bytes(path, _MAX_FILE).decode("utf-8"))
    return found


def parse_sections(fichier: str, text: str) -> Iterable[Faute]:
    """The sections of one file."""
    for section in re.split(r"^## ", text, flags=re.MULTILINE)[1:]:
        titre, _, rest = section.partition("\n")
        block = re.search(r"```caqes\n(.*?)```", rest, re.DOTALL)
        fields = {name: value.strip() for name, value in _FIELD.findall(rest)}
        assert block is not None, f"{fichier} : « {titre} » n'a pas d'exemple"
        words = frozenset(w.strip() for w in fields.get("mots", "").split(",") if w.strip())
        yield Faute(titre.strip(), fichier, block[1], fields["dit"], fields["aide"], fields.get("remplace"), words)


class Fautes:
    """The answers, by the place where reading stops. `locate` says where a sentence stops."""

    def __init__(self, fautes: Iterable[Faute], locate: Callable[[str], Arret]) -> None:
        self._by_stop: dict[Arret, list[Faute]] = {}
        self._by_state: dict[tuple[int, str], list[Faute]] = {}
        for faute in fautes:
            stop = locate(faute.exemple)
            self._by_stop.setdefault(stop, []).append(faute)
            self._by_state.setdefault(stop[:2], []).append(faute)

    def find(self, stop: Arret, mot: str) -> Faute | None:
        """The answer for this word at this place; in another clause, only when all sentences there agree."""
        exact = self._by_stop.get(stop, [])
        wide = self._by_state.get(stop[:2], [])
        if not exact and len({f.dit for f in wide}) > 1:
            return None
        candidates = [f for f in exact or wide if not f.mots or mot in f.mots]
        named = [f for f in candidates if f.mots]
        return next(iter(named or candidates), None)
