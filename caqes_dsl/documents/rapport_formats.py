"""The report printed in each of its formats, from the shipped templates or a user's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from caqes_dsl.documents.rapport_shapes import RapportVue
from caqes_dsl.documents.render import filler, require
from caqes_dsl.evaluation.trace import Resultat
from caqes_dsl.exchange.cohort import Cohorte
from caqes_dsl.model.nodes import Politique

MODELES = {"html": "rapport.html.j2", "docx": "rapport.docx"}
"""The template of each format, in `templates/rapport` or in a user's folder."""

FORMATS = (*MODELES, "xlsx")
"""The formats of a report."""


def render_rapport(vue: RapportVue, format: str, *, modeles: Path | None = None) -> bytes:
    """A report in a format that has a template; `modeles` is a folder of templates used instead of the shipped ones.

    Errors: ValueError (a format without template), DependanceManquante, ErreurModele.
    """
    texts = asdict(vue)
    if modeles is None:
        made = filler("rapport", MODELES, format, None, texts.keys())(texts)
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
