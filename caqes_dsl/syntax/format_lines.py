"""A declaration as lines: one a clause, one a row, long expressions broken at their weakest operators.

The order is the author's. A source that belongs to a value stays on the value's line.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from .build import GENRES
from .concrete import Branche, words_of
from .format_breaks import WIDTH, break_expression
from .format_words import Mot, join, needed, spelling, words
from .lexer import Jeton

_PADDED = frozenset(
    ["POLITIQUE", "CRITERE", "INDICATEUR", "SANCTION", "INTERESSEMENT", "PENALITE", "ENVELOPPE", "EXEMPLE"]
)
"""Declarations whose clauses say what they say in one column, after the longest of their short words."""

_SHORT = 8
_HEAD = frozenset(["genre", "texte", "type", "apres"])
_SOURCED = frozenset(["valeur_datee", "total", "delai", "cible"])
_BOUNDS = frozenset(["borne", "entre_bornes", "defaut", "modifiable", "sans"])
_EXPRESSIONS = frozenset(
    ["cible", "reserve", "mesure", "nc_office", "condition", "montant", "plafond", "plancher", "au_prorata", "corps"]
    + ["chaque", "total_des", "propriete"]
)


@dataclass(frozen=True, slots=True)
class Ligne:
    """A line to write: its indentation and its cells. Neighbours of one `grille` have their cells aligned.

    `groupe`: the author may leave a blank line before it.
    """

    retrait: int
    cellules: tuple[tuple[Mot, ...], ...]
    grille: str = ""
    groupe: bool = False

    @property
    def mots(self) -> list[Mot]:
        """Every word, in order."""
        return [mot for cellule in self.cellules for mot in cellule]


def genre_of(declaration: Branche) -> str:
    """The terminal that says what is declared."""
    return next(j.type for j in words_of(declaration) if j.type in GENRES)


def declaration_lines(declaration: Branche, comments: Sequence[int]) -> list[Ligne]:
    """The lines of a declaration. `comments`: where the file's comments are; one inside keeps clauses apart."""
    genre, children = genre_of(declaration), declaration.enfants
    head = next((i for i, c in enumerate(children) if isinstance(c, Branche) and c.regle not in _HEAD), len(children))
    groups = _groups(children[head:], genre)
    inline = _inline(groups, genre, declaration)
    first = next(words_of(declaration)).debut
    last = max((j.fin for group in groups[:inline] for clause in group for j in words_of(clause)), default=0)
    if any(first < at < last for at in comments):
        inline = 0
    tail = [mot for group in groups[:inline] for clause in group for mot in words(clause)]
    lines = [_heading(children[:head], tail)]
    clauses = _Clauses(genre, groups[inline:])
    for number, group in enumerate(groups[inline:]):
        found = clauses.lines(group)
        lines += [replace(found[0], groupe=number > 0), *found[1:]]
    return lines


def _heading(children: Sequence[Branche | Jeton], tail: list[Mot]) -> Ligne:
    """Keyword and name, title, then what says more: three cells."""
    cells: tuple[list[Mot], list[Mot], list[Mot]] = ([], [], [])
    for child in children:
        column = 0 if isinstance(child, Jeton) or child.regle == "genre" else 1 if child.regle == "texte" else 2
        cells[column].extend(words(child))
    cells[2].extend(tail)
    return Ligne(0, tuple(tuple(cell) for cell in cells), "titre")


def _groups(children: Sequence[Branche | Jeton], genre: str) -> list[list[Branche]]:
    """Clauses, each with the source that is its own."""
    groups: list[list[Branche]] = []
    for child in children:
        assert isinstance(child, Branche)
        before = groups[-1] if groups else []
        ruled = genre == "NOTATION" and bool(before) and before[0].regle not in ("source", "motif")
        if child.regle == "source" and len(before) == 1 and (ruled or before[0].regle in _SOURCED):
            before.append(child)
        else:
            groups.append([child])
    return groups


def _inline(groups: Sequence[Sequence[Branche]], genre: str, declaration: Branche) -> int:
    """How many clauses follow on the line of the heading."""
    kinds = [group[0].regle for group in groups]
    if genre == "DONNEE" and _BOUNDS.issuperset(kinds):
        return len(groups)
    if genre == "NIVEAU" and kinds[:1] and kinds[0] in ("donne", "hors_calcul"):
        return 1
    return len(groups) if next(words_of(declaration)).type == "SUPPRIME" else 0


class _Clauses:
    """The clauses of one declaration, which share the column of their contents."""

    def __init__(self, genre: str, groups: Sequence[Sequence[Branche]]) -> None:
        self.genre, self.after_table, self.width = genre, False, 0
        if genre in _PADDED:
            shorts = (len(_short(group[0])) for group in groups)
            self.width = _SHORT if genre in ("POLITIQUE", "EXEMPLE") else max(shorts, default=0)

    def lines(self, group: Sequence[Branche]) -> list[Ligne]:
        """The lines of a clause and of its source."""
        clause = group[0]
        found = self._clause(clause)
        self.after_table = clause.regle == "suite" or _table(clause) is not None
        if self.genre == "NOTATION":
            found = [replace(found[0], grille="règles")]
        if len(group) > 1:
            found[-1] = replace(found[-1], cellules=(*found[-1].cellules, tuple(words(group[1]))))
        return found

    def _clause(self, clause: Branche) -> list[Ligne]:
        table = _table(clause)
        if table is not None:
            return _table_lines(clause, table)
        if clause.regle == "suite":
            return [Ligne(4 if self.after_table else 2, (tuple(words(clause)),))]
        if clause.regle in _EXPRESSIONS:
            return self._expression(clause)
        if clause.regle == "valeur_datee":
            return [Ligne(2, _cells(clause, "A_COMPTER_DU", "JUSQU_AU"), "valeurs")]
        if clause.regle == "evenement":
            return [Ligne(2, _cells(clause, "texte"), "étapes")]
        return [Ligne(2, (tuple(self._padded(clause, words(clause))),))]

    def _padded(self, clause: Branche, mots: list[Mot]) -> list[Mot]:
        if _short(clause):
            mots[0] = mots[0]._replace(texte=mots[0].texte.ljust(self.width))
        return mots

    def _expression(self, clause: Branche) -> list[Ligne]:
        """A clause made of an expression; a property may say `lorsque` after it."""
        place = next(i for i, c in enumerate(clause.enfants) if isinstance(c, Branche))
        before = [mot for child in clause.enfants[:place] for mot in words(child)]
        before = self._padded(clause, before) if before else before
        expression, rest = clause.enfants[place], clause.enfants[place + 1 :]
        after = [mot for child in rest for mot in words(child)]
        if not rest or 2 + len(join([*before, *words(expression), *after])) <= WIDTH:
            broken = break_expression(before, expression, after, 2, 4)
        else:
            broken = break_expression(before, expression, [], 2, 4)
            broken += break_expression(words(rest[0]), rest[1], [], 4, 6)
        return [Ligne(retrait, (tuple(mots),)) for retrait, mots in broken]


def _short(clause: Branche) -> str:
    """The word that opens a clause, when it is one that others are aligned with."""
    text = spelling(next(words_of(clause)))
    alone = clause.regle in ("table", "sans", "suite", "modifiable")
    return "" if alone or len(text) > _SHORT else text


def _table(clause: Branche) -> Branche | None:
    """The table of a clause: itself, or what a `variante` says."""
    inner = clause.enfants[-1] if clause.regle == "variante" else clause
    return inner if isinstance(inner, Branche) and inner.regle == "table" else None


def _table_lines(clause: Branche, table: Branche) -> list[Ligne]:
    """`seuils` and its drivers, then the rows."""
    rows = [c for c in table.enfants if isinstance(c, Branche) and c.regle == "rang"]
    before = clause.enfants[:-1] if clause is not table else ()
    opening = (*before, *table.enfants[: len(table.enfants) - len(rows)])
    lines = [Ligne(2, (tuple(mot for child in opening for mot in words(child)),))]
    for number, row in enumerate(rows):
        cells: list[list[Mot]] = [[]]
        for index, child in enumerate(row.enfants):
            if isinstance(child, Jeton):
                cells.append([])
            cells[-1] += words(child, needed(row, index))
        lines.append(Ligne(4, tuple(tuple(cell) for cell in cells), "rangs", number > 0))
    return lines


def _cells(clause: Branche, *opening: str) -> tuple[tuple[Mot, ...], ...]:
    """The words of a clause in cells, a new one at each of these words or rules; all of them, be they empty."""
    cells: list[list[Mot]] = [[] for _ in range(len(opening) + 1)]
    at = 0
    for child in clause.enfants:
        kind = child.type if isinstance(child, Jeton) else child.regle
        at = opening.index(kind) + 1 if kind in opening else at
        cells[at] += words(child)
    return tuple(tuple(cell) for cell in cells)
