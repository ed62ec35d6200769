"""What is found in a data file, with its place, until it becomes diagnostics.

Alike notes of one column are said once, with the lines they hold for; errors are each said.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from caqes_dsl.base.codes import CODES
from caqes_dsl.base.diagnostics import Diagnostic, Severite

MAX_KEPT = 50_000
"""Most findings kept of one file; the others are counted."""

_ALIKE_SHOWN = 3
_RANGES_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Constat:
    """One finding. `ligne` 0 is the file itself; `repere` a cell address; `sorte` groups alike notes of a column."""

    code: str
    message: str
    aide: str = ""
    ligne: int = 0
    colonne: str = ""
    repere: str = ""
    sorte: str = ""
    severite: Severite | None = None
    feuille: str = ""

    @property
    def gravite(self) -> Severite:
        """Its severity: its own, else its code's."""
        return self.severite or CODES[self.code].severite

    @property
    def is_error(self) -> bool:
        """Whether it refuses the row, or the file when it has no row."""
        return self.gravite is Severite.ERREUR

    def diagnostic(self, fichier: str, lignes: str = "") -> Diagnostic:
        """The diagnostic, its place in words; `lignes` when it holds for several."""
        rows = lignes or (f"ligne {self.ligne}" if self.ligne else "")
        column = f"colonne {self.colonne}" if self.colonne else ""
        if column and self.repere and not lignes:
            column += f" ({self.repere})"
        sheet = f"feuille {self.feuille}" if self.feuille else ""
        place = ", ".join(p for p in (sheet, rows, column) if p)
        return Diagnostic(self.code, self.message, None, self.gravite, aide=self.aide, fichier=fichier, lieu=place)


@dataclass(slots=True)
class Registre:
    """The findings of one file, in order, at most `MAX_KEPT`."""

    fichier: str
    constats: list[Constat] = field(default_factory=list)
    perdus: int = 0
    refuse: bool = False
    """Whether the file itself has an error."""

    def add(self, constat: Constat) -> None:
        """Keeps a finding, or counts it; what is about the file itself is always kept."""
        if constat.is_error and not constat.ligne:
            self.refuse = True
        if not constat.ligne or len(self.constats) < MAX_KEPT:
            self.constats.append(constat)
        else:
            self.perdus += 1

    def extend(self, constats: Iterable[Constat]) -> None:
        """Keeps several."""
        for constat in constats:
            self.add(constat)

    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """Every finding, alike notes once."""
        found = [d for group in _grouped(self.constats) for d in _told(group, self.fichier)]
        if self.perdus:
            found.append(
                Diagnostic(
                    "CAQ618",
                    f"{self.perdus} autres constats ne sont pas détaillés : la limite est de {MAX_KEPT}.",
                    fichier=self.fichier,
                    aide="Corrigez les premiers, puis relancez.",
                )
            )
        return tuple(found)


def _grouped(constats: Sequence[Constat]) -> list[list[Constat]]:
    """Findings in order, those that can be said together in one group at the place of the first."""
    groups: list[list[Constat]] = []
    known: dict[tuple[str, str, str], list[Constat]] = {}
    for constat in constats:
        key = (constat.code, constat.colonne, constat.sorte)
        together = bool(constat.sorte) and not constat.is_error and constat.ligne > 0
        if together and key in known:
            known[key].append(constat)
            continue
        groups.append([constat])
        if together:
            known[key] = groups[-1]
    return groups


def _told(group: list[Constat], fichier: str) -> list[Diagnostic]:
    if len(group) <= _ALIKE_SHOWN:
        return [c.diagnostic(fichier) for c in group]
    first = group[0]
    lines = spread([c.ligne for c in group])
    message = f"{first.message.removesuffix('.')} ; de même à {len(group) - 1} autres endroits."
    whole = Constat(
        first.code, message, first.aide, first.ligne, first.colonne, "", first.sorte, first.severite, first.feuille
    )
    return [whole.diagnostic(fichier, lines)]


def spread(lignes: Iterable[int]) -> str:
    """Lines in words, runs joined: « lignes 3 à 40, 52 »."""
    ordered = sorted(set(lignes))
    runs: list[tuple[int, int]] = []
    for ligne in ordered:
        if runs and ligne == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], ligne)
        else:
            runs.append((ligne, ligne))
    parts = [str(a) if a == b else f"{a} à {b}" for a, b in runs[:_RANGES_SHOWN]]
    more = sum(b - a + 1 for a, b in runs[_RANGES_SHOWN:])
    word = "ligne" if len(ordered) == 1 else "lignes"
    return f"{word} {', '.join(parts)}" + (f" et {more} autres" if more else "")
