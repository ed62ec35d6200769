"""Mistakes are values: a `Diagnostic` says what, where, why and what to write instead."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from .source import Span


class Severite(Enum):
    """How serious: an error refuses the policy, a warning and a note do not."""

    ERREUR = "erreur"
    AVERTISSEMENT = "avertissement"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Etiquette:
    """A place in the text and what is to be said of it."""

    span: Span
    texte: str


@dataclass(frozen=True, slots=True)
class Correction:
    """An edit a tool can apply: replace the span by the text.

    `certaine`: it can be nothing else, so that `verifier --corriger` applies it; otherwise it is for the author.
    """

    span: Span
    texte: str
    certaine: bool = True


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One mistake.

    `code` is one of `codes.CODES`; `span` is None only for what has no place in a text (a file that cannot be read),
    in which case `fichier` names it. `message` is one French sentence; `aide` says what to write or do.
    """

    code: str
    message: str
    span: Span | None = None
    severite: Severite = Severite.ERREUR
    etiquettes: tuple[Etiquette, ...] = ()
    aide: str = ""
    correction: Correction | None = None
    fichier: str = ""
    lieu: str = ""
    """Place in a data file, in words (« feuille Réponses, ligne 12, colonne lits »); empty for policies."""

    @property
    def is_error(self) -> bool:
        """Whether it refuses what it is about."""
        return self.severite is Severite.ERREUR


def abridge(text: str, most: int = 60) -> str:
    """A text of others as a message shows it: at most so many characters, « … » where it is cut."""
    return text if len(text) <= most else text[: most - 1] + "…"


def has_errors(diagnostics: Iterable[Diagnostic]) -> bool:
    """Whether one of them is an error."""
    return any(d.is_error for d in diagnostics)


class PolicyError(Exception):
    """Raised by the Python interface only: carries every diagnostic of a policy or of a cohort."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = tuple(diagnostics)
        lines = [f"{d.code} {d.span or d.fichier} : {d.message}" for d in self.diagnostics if d.is_error]
        super().__init__("\n".join(lines))
