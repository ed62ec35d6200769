"""Builds « comparaison.docx », the Word template of a comparison: python templates/comparaison/construire_modele.py

The template can then be changed in Word or LibreOffice: this program only gives its first state, always the same bytes.
A paragraph « ⟦{{ f.ancre }}⟧ » is where a drawing goes.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import Any

import docx
from docx.enum.style import WD_STYLE_TYPE
from docx.shared import Cm, Pt

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "annexe"))

from modele_pieces import LARGEUR, Body, Grid, Piece, field
from modele_styles import DOUX, add_styles, color, hang, lay_pages, set_up

from caqes_dsl.documents.writers.docx import rewrite


def add_own_styles(document: Any) -> None:
    """What a sentence loses is struck out, what it gains underlined: no colour is needed to tell them."""
    for name in ("Retiré", "Ajouté"):
        document.styles.add_style(name, WD_STYLE_TYPE.CHARACTER)
    lost, gained = document.styles["Retiré"].font, document.styles["Ajouté"].font
    lost.strike, lost.color.rgb = True, color(DOUX)
    gained.underline, gained.bold = True, True
    change = document.styles.add_style("Changement", WD_STYLE_TYPE.PARAGRAPH)
    change.base_style = document.styles["Normal"]
    change.paragraph_format.space_before = Pt(4)
    change.paragraph_format.tab_stops.add_tab_stop(Cm(0.5))
    hang(change, 0.5)
    detail = document.styles.add_style("Détail", WD_STYLE_TYPE.PARAGRAPH)
    detail.base_style = document.styles["Précision"]
    detail.paragraph_format.left_indent = Cm(0.5)


def heading(document: Any) -> None:
    """What is compared, in a few sentences and figures."""
    body = Body(document)
    body.tag("for a in alertes")
    body.p("Projet", "{{ a }}")
    body.tag("endfor")
    body.p("Surtitre", "{{ surtitre }}")
    body.p("Title", "{{ titre }}")
    body.tag("for p in phrases")
    body.p("Normal", ("{{ p }}", "Fort"))
    body.tag("endfor")
    grid = Grid(document, (5.2, 4.2, LARGEUR - 9.4), (), "Chiffres clés")
    grid.tag("for c in chiffres")
    grid.row(["{{ c.libelle }}"], [("{{ c.texte }}", "Fort")], ["{{ c.detail }}"])
    grid.tag("endfor")
    one_table(document, "versions")
    contents = body.p("TOC Heading", "Sommaire").paragraph_format
    contents.page_break_before, contents.space_before = False, Pt(16)
    field(body.p("toc 1"), 'TOC \\o "1-2" \\h \\z \\u', "Dans Word : clic droit, « Mettre à jour les champs ».")


def changes(document: Any) -> None:
    """Each change as a sentence, what it loses struck out and what it gains underlined."""
    body = Body(document)
    body.tag("for t in natures")
    one_table(document, "t")
    body.tag("endfor")
    body.tag("for p in parties")
    body.p("Heading 1", "{{ p.titre }}")
    body.tag("for g in p.groupes")
    body.p("Heading 2", "{{ g.titre }}")
    body.tag("for s in g.sujets")
    body.tag("if s.titre")
    body.p("Heading 3", "{{ s.titre }}")
    body.tag("endif")
    body.tag("for c in s.changements")
    body.p("Changement", "–\t", *sentence(), *label("c.consequence"))
    body.tag("for d in c.details")
    body.p("Détail", "{{ d.libelle }} : {{ d.texte }}")
    body.tag("endfor")
    body.tag("if c.effet")
    body.p("Détail", "Effet, pris seul : {{ c.effet }}")
    body.tag("endif")
    body.tag("if c.lieux")
    body.p("Détail", "{{ c.lieux }}")
    body.tag("endif")
    body.tag("endfor")
    body.tag("endfor")
    body.tag("for r in g.resumes")
    body.p("Normal", "{{ r }}")
    body.tag("endfor")
    body.tag("endfor")
    body.tag("endfor")


def sentence() -> tuple[Piece, ...]:
    """The pieces of a sentence, each in its style."""
    return (
        "{% for m in c.morceaux %}{% if m.sorte == 'retire' %}",
        ("{{ m.texte }}", "Retiré"),
        "{% elif m.sorte == 'ajoute' %}",
        ("{{ m.texte }}", "Ajouté"),
        "{% else %}",
        "{{ m.texte }}",
        "{% endif %}{% endfor %}",
    )


def label(condition: str) -> tuple[Piece, ...]:
    """What says that a change follows from the dates."""
    return (f"{{% if {condition} %}} (conséquence des dates){{% endif %}}",)


def sections(document: Any) -> None:
    """The effects: sentences, drawings, tables."""
    body = Body(document)
    body.tag("for s in sections")
    body.p("Heading 1", "{{ s.titre }}")
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
    one_table(document, "t")
    body.tag("endfor")
    body.tag("endfor")
    body.tag("endfor")


def sentences(body: Body, listed: str, what_follows: str) -> None:
    """Sentences; the last stays on the page of what follows it."""
    body.tag(f"for x in {listed}")
    body.tag(f"if loop.last and ({what_follows})")
    body.p("Normal", "{{ x }}").paragraph_format.keep_with_next = True
    body.tag("else")
    body.p("Normal", "{{ x }}")
    body.tag("endif")
    body.tag("endfor")


def one_table(document: Any, named: str) -> None:
    """A table with as many columns as it has, its sums last; the widths are set afterwards."""
    body = Body(document)
    body.p("Caption", f"{{{{ {named}.table.legende }}}}")
    grid = Grid(document, (LARGEUR - 3, 1, 1, 1), (), f"{{{{ {named}.table.legende }}}}")
    for source, style, bold in (
        (f"{named}.table.colonnes", "Tête de colonne", False),
        (f"{named}.table.rangs", "Cellule", False),
        (f"{named}.pied", "Cellule", True),
    ):
        head = style == "Tête de colonne"
        if not head:
            grid.tag(f"for r in {source}")
        row, each = (grid.head_row(), source) if head else (grid.bare_row(), "r")
        texts = (f"{{{{ {each}[0] }}}}", f"{{%tc for c in {each}[1:] %}}", "{{ c }}", "{%tc endfor %}")
        for cell, text in zip(row.cells, texts, strict=True):
            shown = text.startswith("{{")
            Body(cell, cell=True).p(style, (text, "Fort") if bold and shown else text)
        if not head:
            grid.tag("endfor")
    body.tag(f"for x in {named}.table.suites")
    body.p("Précision", "{{ x }}")
    body.tag("endfor")
    body.p("Normal").paragraph_format.space_after = Pt(0)


def build() -> bytes:
    """The template."""
    document = docx.Document()
    add_styles(document)
    add_own_styles(document)
    lay_pages(document)
    heading(document)
    changes(document)
    sections(document)
    body = Body(document)
    for side in ("ancienne", "identite"):
        body.p("Précision", f"{{{{ {side}.rappel }}}} : ", (f"{{{{ {side}.empreinte|brut }}}}", "Code"))
    body.p(
        "Précision",
        "{% if identite.version %}Document produit par caqes {{ identite.version|brut }}. Deux comparaisons de mêmes "
        "empreintes et de mêmes données sont la même.{% endif %}",
    )
    set_up(document)
    document.core_properties.title = "{{ titre }}"
    raw = io.BytesIO()
    document.save(raw)
    return rewrite(raw.getvalue())


if __name__ == "__main__":
    Path(__file__).with_name("comparaison.docx").write_bytes(build())
