"""Explanations as files to send: the formats, what fills their templates, one after the other for a whole cohort."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from pathlib import Path

from caqes_dsl.documents.explication_shapes import ExplicationVue
from caqes_dsl.documents.render import require, templates_folder

MODELES = {"html": "explication.html.j2", "docx": "explication.docx"}
"""The template of each format, in `templates/explication` or in a user's folder."""

FORMATS = tuple(MODELES)

Remplir = Callable[[Mapping[str, object]], bytes]
"""What makes a document of a view."""

Imprimer = Callable[[ExplicationVue], dict[str, bytes]]
"""What prints an explanation in every format asked for."""


def letter_writer(format: str, own: Path | None, known: Set[str]) -> Remplir:
    """What fills the template of a format, the user's or the shipped one.

    Errors: ValueError (unknown format), DependanceManquante, ErreurModele.
    """
    from caqes_dsl.documents.sandbox import find, refusal

    if format not in FORMATS:
        raise ValueError(f"Le format « {format} » n'existe pas. Formats connus : {', '.join(FORMATS)}.")
    require(format)
    shipped, name = templates_folder() / "explication", MODELES[format]
    template = find(own or shipped, name)
    if template is None:
        message = f"Le dossier ne contient pas le modèle « {name} »."
        raise refusal("CAQ702", message, str(own), None, f"Copier celui de {shipped}.")
    if format == "docx":
        from caqes_dsl.documents.writers.docx import DocumentWord

        return DocumentWord(template, known).fill
    from caqes_dsl.documents.writers.html import Page

    return Page([own, shipped] if own else [shipped], name, known).fill


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
                made.update({f: letter_writer(f, None, vue.keys()) for f in formats})
            return {f: fill(vue) for f, fill in made.items()}

        yield explain
