"""Builds « rapport.docx », the Word template of a report: python templates/rapport/construire_modele.py

The template can then be changed in Word or LibreOffice: this program only gives its first state, always the same bytes.
A paragraph « ⟦{{ f.ancre }}⟧ » is where a drawing goes.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import Any

import docx
from docx.shared import Pt

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "annexe"))

from modele_pieces import LARGEUR, Body, Grid, field
from modele_styles import add_styles, lay_pages, set_up

from caqes_dsl.documents.writers.docx import rewrite


def heading(document: Any) -> None:
    """What the report is of, in a few sentences."""
    body = Body(document)
    body.tag("for a in alertes")
    body.p("Projet", "{{ a }}")
    body.tag("endfor")
    body.p("Surtitre", "{{ surtitre }}")
    body.p("Title", "{{ titre }}")
    body.tag("for p in phrases")
    body.p("Normal", ("{{ p }}", "Fort"))
    body.tag("endfor")
    grid = Grid(document, (4.2, LARGEUR - 4.2), (), "Identité du rapport")
    grid.tag("for l in fiche")
    grid.row(["{{ l.libelle }}"], ["{{ l.texte }}"])
    grid.tag("endfor")
    contents = body.p("TOC Heading", "Sommaire").paragraph_format
    contents.page_break_before, contents.space_before = False, Pt(16)
    field(body.p("toc 1"), 'TOC \\o "1-1" \\h \\z \\u', "Dans Word : clic droit, « Mettre à jour les champs ».")


def sections(document: Any) -> None:
    """Each section: its sentences, its drawings, its tables."""
    body = Body(document)
    body.tag("for s in sections")
    body.p("Heading 1", "{{ loop.index }}. {{ s.titre }}")
    sentences(body, "s.textes", "s.blocs")
    body.tag("for b in s.blocs")
    body.tag("if b.titre")
    body.p("Heading 2", "{{ b.titre }}")
    body.tag("endif")
    sentences(body, "b.textes", "b.figures or b.tableaux")
    body.tag("for f in b.figures")
    body.p("Normal", ("{{ f.titre }}", "Fort")).paragraph_format.keep_with_next = True
    body.p("Normal", "⟦{{ f.ancre|brut }}⟧")
    body.tag("endfor")
    body.tag("for t in b.tableaux")
    body.p("Caption", "{{ t.table.legende }}")
    table(document)
    body.p("Normal").paragraph_format.space_after = Pt(0)
    body.tag("endfor")
    body.tag("endfor")
    body.tag("endfor")


def sentences(body: Body, listed: str, what_follows: str) -> None:
    """Sentences; the last stays on the page of what follows it."""
    body.tag(f"for t in {listed}")
    body.tag(f"if loop.last and ({what_follows})")
    body.p("Normal", "{{ t }}").paragraph_format.keep_with_next = True
    body.tag("else")
    body.p("Normal", "{{ t }}")
    body.tag("endif")
    body.tag("endfor")


def table(document: Any) -> None:
    """A table with as many columns as it has; their widths are set afterwards."""
    grid = Grid(document, (LARGEUR - 3, 1, 1, 1), (), "{{ t.table.legende }}")
    for head in (True, False):
        if not head:
            grid.tag("for r in t.table.rangs")
        source, style = ("t.table.colonnes", "Tête de colonne") if head else ("r", "Cellule")
        row = grid.head_row() if head else grid.bare_row()
        texts = (f"{{{{ {source}[0] }}}}", f"{{%tc for c in {source}[1:] %}}", "{{ c }}", "{%tc endfor %}")
        for cell, text in zip(row.cells, texts, strict=True):
            Body(cell, cell=True).p(style, text)
    grid.tag("endfor")


def build() -> bytes:
    """The template."""
    document = docx.Document()
    add_styles(document)
    lay_pages(document)
    heading(document)
    sections(document)
    empreinte = ("{{ identite.empreinte|brut }}", "Code")
    version = "{% if identite.version %} Document produit par caqes {{ identite.version|brut }}.{% endif %}"
    Body(document).p("Précision", "Empreinte de la politique : ", empreinte, ".", version)
    set_up(document)
    document.core_properties.title = "{{ titre }} – {{ surtitre }}"
    raw = io.BytesIO()
    document.save(raw)
    return rewrite(raw.getvalue())


if __name__ == "__main__":
    Path(__file__).with_name("rapport.docx").write_bytes(build())
