"""The report printed in each of its formats, from the shipped templates or a user's."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import asdict
from pathlib import Path

from caqes_dsl.documents.rapport_shapes import RapportVue
from caqes_dsl.documents.render import require, templates_folder
from caqes_dsl.evaluation.trace import Resultat
from caqes_dsl.exchange.cohort import Cohorte
from caqes_dsl.model.nodes import Politique

MODELES = {"html": "rapport.html.j2", "docx": "rapport.docx"}
"""The template of each format, in `templates/rapport` or in a user's folder."""

FORMATS = (*MODELES, "xlsx")
"""The formats of a report."""

Remplir = Callable[[Mapping[str, object]], bytes]
"""What makes a document of a view."""


def report_writer(format: str, own: Path | None, known: Set[str]) -> Remplir:
    """What fills the template of a format, the user's or the shipped one.

    Errors: ValueError (a format without template), DependanceManquante, ErreurModele.
    """
    from caqes_dsl.documents.sandbox import find, refusal

    if format not in MODELES:
        raise ValueError(f"Le format « {format} » n'a pas de modèle. Formats connus : {', '.join(MODELES)}.")
    require(format)
    shipped, name = templates_folder() / "rapport", MODELES[format]
    template = find(own or shipped, name)
    if template is None:
        message = f"Le dossier ne contient pas le modèle « {name} »."
        raise refusal("CAQ702", message, str(own), None, f"Copier celui de {shipped}.")
    if format == "docx":
        from caqes_dsl.documents.writers.docx import DocumentWord

        return DocumentWord(template, known).fill
    from caqes_dsl.documents.writers.html import Page

    return Page([own, shipped] if own else [shipped], name, known).fill


def render_rapport(vue: RapportVue, format: str, *, modeles: Path | None = None) -> bytes:
    """A report in a format that has a template; `modeles` is a folder of templates used instead of the shipped ones.

    Errors: ValueError (a format without template), DependanceManquante, ErreurModele.
    """
    texts = asdict(vue)
    if modeles is None:
        made = report_writer(format, None, texts.keys())(texts)
    else:
        from caqes_dsl.documents.apart import Atelier

        require(format)
        with Atelier("rapport", format, modeles) as atelier:
            made = atelier.fill(texts)
    if format != "docx":
        return made
    from caqes_dsl.documents.writers.docx_figures import draw_figures

    return draw_figures(made, [f for s in vue.sections for b in s.blocs for f in b.figures])


def render_workbook(politique: Politique, resultats: Sequence[Resultat], cohorte: Cohorte, vue: RapportVue) -> bytes:
    """The results in a workbook, with the tables of the report. Errors: DependanceManquante."""
    require("xlsx")
    from caqes_dsl.exchange.report_sheet import TableauImprime
    from caqes_dsl.exchange.write import write_workbook

    printed = [
        TableauImprime(s.titre, t.table.legende, t.table.colonnes, t.table.rangs, t.nombres)
        for s in vue.sections
        for b in s.blocs
        for t in b.tableaux
    ]
    return write_workbook(politique, resultats, cohorte, printed)
