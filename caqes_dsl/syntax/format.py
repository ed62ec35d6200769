"""The canonical layout of a policy.

Words keep their order, comments their place; only spellings, spaces, line ends and needless parentheses change. What
is written is read again: a text that would not mean the same is never given.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

from caqes_dsl.base.diagnostics import has_errors
from caqes_dsl.base.source import Source

from .build import ACTIONS
from .concrete import Branche, read_concrete, words_of
from .format_lines import Ligne, declaration_lines, genre_of
from .format_page import Largeurs, Page, runs, widths
from .parser import EDITION, parse
from .tree import Fichier, Noeud


class FormatDefect(RuntimeError):
    """The layout would change what the policy says: a defect of ours, never of the author."""


def format_text(fichier: Fichier) -> str:
    """The text of a file in its canonical layout. The file has no syntax error.

    Errors: FormatDefect when the text read again is not the same; nothing is to be written then.
    """
    text = lay_out(fichier)
    again, diagnostics = parse(Source.from_text(fichier.source.nom, text))
    if has_errors(diagnostics) or not same_file(fichier, again):
        raise FormatDefect(f"La mise en forme de « {fichier.source.nom} » changerait son sens.")
    return text


@dataclass(frozen=True, slots=True)
class _Bloc:
    """A declaration to write. `seul`: it holds on one line, so that it may stand with its neighbours."""

    lignes: list[Ligne]
    genre: str
    seul: bool

    @property
    def debut(self) -> int:
        """Where it began."""
        return self.lignes[0].mots[0].debut


def lay_out(fichier: Fichier) -> str:
    """The text of a file whose sentences all read, unchecked."""
    concrete = read_concrete(fichier.source)
    page = Page(fichier.source, fichier.commentaires)
    places = [c.span.debut for c in fichier.commentaires]
    blocs = [_bloc(d, places) for d in concrete.declarations]
    if concrete.edition:
        page.above(concrete.edition[0].debut)
    page.write(f"caqes {EDITION}")
    if concrete.edition:
        page.end = concrete.edition[-1].fin
        page.trailing(blocs[0].debut if blocs else None)
    page.blank()
    before: _Bloc | None = None
    together = _together(blocs, fichier)
    for bloc, sizes in zip(blocs, together, strict=True):
        _between(page, before, bloc)
        for run in runs(bloc.lignes):
            own = sizes if run[0].grille == "titre" else widths(run) if run[0].grille else ()
            for ligne in run:
                page.line(ligne, own)
        before = bloc
    _ending(page, before)
    return page.text()


def _bloc(declaration: Branche, places: Sequence[int]) -> _Bloc:
    lignes = declaration_lines(declaration, places)
    plain = next(words_of(declaration)).type not in ACTIONS
    alone = len(lignes) == 1
    if not (alone and plain):
        lignes[0] = replace(lignes[0], grille="")
    return _Bloc(lignes, genre_of(declaration), alone)


def _together(blocs: Sequence[_Bloc], fichier: Fichier) -> list[Largeurs]:
    """For each declaration the widths that it shares with its neighbours: one-line ones of a kind, with no blank line
    between."""
    found: list[Largeurs] = []
    run: list[_Bloc] = []
    text = fichier.source.texte

    def close() -> None:
        shared = widths([b.lignes[0] for b in run]) if run and run[0].lignes[0].grille else ()
        found.extend(shared for _ in run)
        run.clear()

    for bloc in blocs:
        if run:
            near = "\n\n" not in _unspaced(text[run[-1].lignes[-1].mots[-1].fin : bloc.debut])
            if not (near and bloc.lignes[0].grille and run[-1].lignes[0].grille and bloc.genre == run[-1].genre):
                close()
        run.append(bloc)
    close()
    return found


def _unspaced(text: str) -> str:
    return "\n".join(line.strip() for line in text.split("\n"))


def _between(page: Page, before: _Bloc | None, bloc: _Bloc) -> None:
    """Comments and blank lines before a declaration."""
    column = page.column(bloc.debut)
    alone = _inside(page, before, column, bloc.debut)
    comments = [c.span.debut for c in page.waiting if c.span.debut < bloc.debut]
    if before is not None:
        ends = [page.end, *(c.span.fin for c in page.waiting if c.span.debut < bloc.debut)]
        spaced = any(page.gap(place, end) for place, end in zip([*comments, bloc.debut], ends, strict=True))
        if not spaced and not (alone and bloc.seul):
            page.blank()
    page.above(bloc.debut)
    if page.gap(bloc.debut):
        page.blank()


def _inside(page: Page, before: _Bloc | None, column: int, limit: int | None) -> bool:
    """Writes the comments that end the declaration before, further right than the next heading; whether that
    declaration still holds on one line."""
    if before is None:
        return True
    page.trailing(limit)
    alone = before.seul
    last = before.lignes[-1]
    while page.waiting and (limit is None or page.waiting[0].span.debut < limit):
        place = page.waiting[0].span.debut
        if page.column(place) <= column:
            break
        if page.gap(place):
            page.blank()
        deep = page.column(place) >= page.column(last.mots[0].debut) and last.retrait > 0
        page.comment(last.retrait if deep else 2)
        alone = False
    return alone


def _ending(page: Page, before: _Bloc | None) -> None:
    """Comments after the last declaration."""
    _inside(page, before, page.column(before.debut) if before else 0, None)
    page.above(len(page.source.texte))


# ---------------------------------------------------------------- the same text


def same_file(one: Fichier, other: Fichier) -> bool:
    """Whether two files say the same, places apart, with the same comments in the same order."""
    declared = ((one.politique, *one.declarations), (other.politique, *other.declarations))
    comments = ([c.texte for c in one.commentaires], [c.texte for c in other.commentaires])
    return comments[0] == comments[1] and same_tree(*declared)


def same_tree(one: object, other: object) -> bool:
    """Whether two trees are equal but for their places; without recursion, for a sum may be long."""
    stack: list[tuple[object, object]] = [(one, other)]
    while stack:
        left, right = stack.pop()
        if isinstance(left, tuple) and isinstance(right, tuple):
            if len(left) != len(right):
                return False
            stack += zip(left, right, strict=True)
        elif isinstance(left, Noeud):
            if type(left) is not type(right):
                return False
            names = [f.name for f in fields(left) if f.name not in ("span", "entete")]
            stack += [(getattr(left, name), getattr(right, name)) for name in names]
        elif left != right or type(left) is not type(right):
            return False
    return True
