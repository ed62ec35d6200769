"""A source read into a `Fichier`, with every mistake of form it holds.

The file is cut where a keyword opens a declaration; each declaration is parsed alone, so that a fault in one never
hides the next. When a sentence does not read, its clause is set aside and the rest of the declaration is kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from caqes_dsl.base.diagnostics import Correction, Diagnostic, Etiquette
from caqes_dsl.base.source import Source, Span

from . import tree
from .automaton import grammar_texts
from .lexer import Jeton, Lecture, read_tokens, spellings
from .mistakes import limit_passed
from .reading import chunks
from .recovery import Reader

MAX_CRITERES = 2_000
"""Critères of a file."""

MAX_DECLARATIONS = 5_000
"""Declarations of a file: what follows is not read."""

MAX_WORDS = 70_000
"""Words of a file: the declarations that follow are not read."""

EDITION = 1


def parse(source: Source) -> tuple[tree.Fichier, tuple[Diagnostic, ...]]:
    """The file and its mistakes, in the order of the text; never raises."""
    words, _ = grammar_texts()
    lecture = read_tokens(source, words)
    found = list(lecture.diagnostics)
    edition, jetons = _edition(source, lecture, found)
    refused = [d.span.debut for d in lecture.diagnostics if d.span and d.code == "CAQ104"]
    unclosed = [d.span.debut for d in lecture.diagnostics if d.span and d.code == "CAQ102"]
    reader = Reader(source, spellings(words), refused, unclosed)
    politique: tree.Declaration | None = None
    declarations: list[tree.Declaration] = []
    pieces = list(chunks(jetons))
    kept = _within_limits(pieces)
    if kept < len(pieces):
        what = f"{MAX_DECLARATIONS} déclarations" if kept == MAX_DECLARATIONS else f"{MAX_WORDS} mots"
        place = pieces[kept][0].span
        found.append(limit_passed(f"Ce fichier a plus de {what}.", place, "Répartissez les déclarations."))
        reader.names_lost = True
    if lecture.coupee:  # the last one is read in part
        pieces = pieces[:-1]
        reader.names_lost = reader.header_lost = True
    pieces = pieces[:kept]
    for number, piece in enumerate(pieces, 1):
        end = pieces[number][0].debut if number < len(pieces) else len(source.texte)
        for declaration in reader.read(piece, end):
            if declaration.genre != "politique":
                declarations.append(declaration)
            elif politique is None and not declarations:
                politique = declaration
            else:
                reader.found.append(_header_again(declaration, politique))
    found += reader.found
    if politique is None and not any(d.code == "CAQ109" for d in found) and not reader.header_lost:
        found.append(_no_header(source, jetons))
    found += _too_many(declarations)
    found.sort(key=lambda d: d.span.debut if d.span else 0)
    fichier = tree.Fichier(source, edition, politique, tuple(declarations), lecture.commentaires, reader.names_lost)
    return fichier, tuple(found)


def _within_limits(pieces: Sequence[Sequence[Jeton]]) -> int:
    """How many of the first declarations are within the limits of a file."""
    words = 0
    for number, piece in enumerate(pieces[:MAX_DECLARATIONS]):
        words += len(piece)
        if words > MAX_WORDS and number:
            return number
    return min(len(pieces), MAX_DECLARATIONS)


# ---------------------------------------------------------------- edition and header


def is_edition(jetons: Sequence[Jeton]) -> bool:
    """Whether the text begins by its edition, `caqes 1`."""
    return len(jetons) >= 2 and jetons[0].texte == "caqes" and jetons[1].type == "NUMBER"


def _edition(source: Source, lecture: Lecture, found: list[Diagnostic]) -> tuple[int | None, list[Jeton]]:
    jetons = lecture.jetons
    if is_edition(jetons):
        number = jetons[1]
        if number.texte != str(EDITION):
            found.append(
                Diagnostic(
                    "CAQ107",
                    f"L'édition « {number.texte} » n'est pas connue ; cette version lit l'édition {EDITION}.",
                    number.span,
                    aide=f"Écrivez « caqes {EDITION} », ou installez une version plus récente.",
                )
            )
        return EDITION, jetons[2:]
    from caqes_dsl.base.diagnostics import Severite

    start = Span(source, 0, 0)
    found.append(
        Diagnostic(
            "CAQ106",
            "La première ligne ne dit pas l'édition de la langue.",
            start,
            Severite.AVERTISSEMENT,
            aide=f"Ajoutez « caqes {EDITION} » en première ligne.",
            correction=Correction(start, f"caqes {EDITION}\n\n"),
        )
    )
    return None, jetons


def _header_again(declaration: tree.Declaration, first: tree.Declaration | None) -> Diagnostic:
    if first is None:
        return Diagnostic(
            "CAQ109",
            "L'en-tête « politique » vient après d'autres déclarations.",
            declaration.entete,
            aide="Placez-le en tête du fichier.",
        )
    return Diagnostic(
        "CAQ109",
        "Ce fichier a deux en-têtes « politique ».",
        declaration.entete,
        etiquettes=(Etiquette(first.entete, "le premier"),),
        aide="Une politique par fichier : séparez-les.",
    )


def _no_header(source: Source, jetons: Sequence[Jeton]) -> Diagnostic:
    place = jetons[0].span if jetons else Span(source, 0, 0)
    return Diagnostic(
        "CAQ109",
        "Ce fichier n'a pas d'en-tête « politique ».",
        place,
        aide="Commencez par « politique normandie_2018 « CAQES Normandie 2018 » ».",
    )


def _too_many(declarations: Sequence[tree.Declaration]) -> Iterator[Diagnostic]:
    criteres = [d for d in declarations if d.genre == "critère"]
    if len(criteres) > MAX_CRITERES:
        yield limit_passed(
            f"Ce fichier a plus de {MAX_CRITERES} critères.", criteres[MAX_CRITERES].entete, "Répartissez-les."
        )
