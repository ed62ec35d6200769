"""Reading a declaration's clauses: the one of a type, the text of a word, the quantity with its unit."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TypeVar

from caqes_dsl.base.diagnostics import Correction
from caqes_dsl.base.quantities import UNITE_DE, UNITES, Genre, plain_number
from caqes_dsl.syntax import tree

from . import algebra
from .expressions import quantity
from .scope import Portee

C = TypeVar("C", bound=tree.Clause)


def every(declaration: tree.Declaration, kind: type[C], mot: str = "") -> Iterator[C]:
    """The clauses of this type, and of this word when one is given."""
    for clause in declaration.clauses:
        if isinstance(clause, kind) and (not mot or getattr(clause, "mot", "") == mot):
            yield clause


def first(declaration: tree.Declaration, kind: type[C], mot: str = "") -> C | None:
    """The first such clause."""
    return next(every(declaration, kind, mot), None)


def text_of(declaration: tree.Declaration, mot: str) -> str:
    """The text of `preuve`, `guide`, `source`…; « » when absent."""
    clause = first(declaration, tree.ClauseTexte, mot)
    return clause.texte.valeur if clause else ""


def has_word(declaration: tree.Declaration, mot: str) -> bool:
    """Whether the phrase stands among the clauses."""
    return first(declaration, tree.ClauseMot, mot) is not None


def worth(portee: Portee, written: tree.Quantite, attendu: Genre, quoi: str) -> Fraction | None:
    """The worth of a quantity that must have this type; a wrong unit is reported with the right one."""
    genre, valeur = quantity(written)
    if algebra.fits(genre, attendu):
        return valeur
    unite = UNITE_DE.get(attendu, "")
    texte = f"{plain_number(valeur / UNITES[UNITE_DE[genre]][1], group=' ')} {unite}".strip()
    portee.error(
        "CAQ205",
        f"{quoi[0].upper()}{quoi[1:]} doit être {algebra.article(attendu)} ; ceci est {algebra.article(genre)}.",
        written.span,
        f"Écrivez « {texte} ».",
        Correction(written.span, texte, certaine=algebra.only_the_unit(genre, attendu)),
    )
    return None


def title_of(declaration: tree.Declaration) -> str:
    """The title; « » when it has none."""
    return declaration.titre.valeur if declaration.titre else ""


def name_of(declaration: tree.Declaration) -> str:
    """The name; « » when it has none."""
    return declaration.nom.nom if declaration.nom else ""
