"""What is sent to establishments: an explanation each, in each format, and the table that letters are merged with."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from pathlib import Path

from caqes_dsl.documents.explication import Parties, explication_view
from caqes_dsl.documents.explication_shapes import ExplicationVue
from caqes_dsl.documents.publipostage import Publipostage, set_aside
from caqes_dsl.documents.render import Remplir, filler, require
from caqes_dsl.evaluation.trace import Resultat
from caqes_dsl.exchange.cohort import Ecarte
from caqes_dsl.exchange.identity import is_finess
from caqes_dsl.model.nodes import Politique

MODELES = {"html": "explication.html.j2", "docx": "explication.docx"}
"""The template of each format, in `templates/explication` or in a user's folder."""

FORMATS = tuple(MODELES)

DOSSIER, TABLE = "explications", "publipostage.xlsx"
"""Where explanations are, in the folder of the letters, and the table."""

Imprimer = Callable[[ExplicationVue], dict[str, bytes]]
"""What prints an explanation in every format asked for."""


@contextmanager
def writers(formats: Sequence[str], modeles: Path | None = None) -> Iterator[Imprimer]:
    """What prints an explanation in each format; a user's templates are filled in a process of their own.

    Errors: ValueError (unknown format), DependanceManquante, ErreurModele when it is used.
    """
    from caqes_dsl.documents.apart import Atelier

    made: dict[str, Remplir] = {}
    for format in formats:
        require(format)
    with ExitStack() as stack:
        if modeles is not None:
            made = {f: stack.enter_context(Atelier("explication", f, modeles)).fill for f in formats}

        def explain(explication: ExplicationVue) -> dict[str, bytes]:
            vue = asdict(explication)
            if not made:
                made.update({f: filler("explication", MODELES, f, None, vue.keys()) for f in formats})
            return {f: fill(vue) for f, fill in made.items()}

        yield explain


def letters(
    politique: Politique,
    resultats: Iterable[Resultat],
    ecartes: Iterable[Ecarte],
    formats: Sequence[str] = FORMATS,
    modeles: Path | None = None,
) -> Iterator[tuple[str, bytes]]:
    """Every file, name and content, as results come; the table last, that names the others.

    Errors: ValueError (unknown format, what is no FINESS, the same twice), DependanceManquante, ErreurModele.
    """
    from caqes_dsl.documents.writers.publipostage import write_publipostage

    table, seen = Publipostage(politique, formats), set[str]()
    with writers(formats, modeles) as explain:
        for resultat in resultats:
            finess = resultat.etablissement.finess
            if finess in seen:
                raise ValueError(f"L'établissement « {finess} » vient deux fois.")
            seen.add(finess)
            names = {f: file_name(finess, f) for f in formats}
            parts = Parties(resultat)
            vue = explication_view(parts)
            for format, document in explain(vue).items():
                yield names[format], document
            table.add(parts, vue, names)
    yield TABLE, write_publipostage(table.view(tuple(set_aside(ecartes))))


def file_name(finess: str, format: str) -> str:
    """« explications/explication-140000100.html »: the FINESS alone, checked, so that no name leaves the folder.

    Errors: ValueError.
    """
    if not is_finess(finess):
        raise ValueError(f"« {finess} » n'a pas la forme d'un FINESS.")
    return f"{DOSSIER}/explication-{finess}.{format}"
