"""Pieces of the Word template: paragraphs, tables and fields with Jinja inside."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm

LARGEUR = 17.4
"""Width of the text, in centimetres."""

Piece = str | tuple[str, str]
"""A text, or a text and its character style; « \\n » is a line break, « \\t » a tab."""

RENVOI: tuple[Piece, ...] = ("{% if not n.hypothese %}", ("({{ n.numero }})", "Renvoi"), "{% endif %}")
HYPOTHESE: tuple[Piece, ...] = (
    "{% if n.hypothese %} ",
    ("\u00a0hypothèse {{ n.numero }}\u00a0", "Hypothèse"),
    "{% endif %}",
)


def references(liste: str, *quoi: tuple[Piece, ...]) -> tuple[Piece, ...]:
    """The numbers of a list of notes, and the mark of those that are hypotheses."""
    body = [m for sorte in (quoi or (RENVOI, HYPOTHESE)) for m in sorte]
    return (f"{{% for n in {liste} %}}", *body, "{% endfor %}")


def write(paragraph: Any, pieces: Sequence[Piece]) -> Any:
    """Adds texts to a paragraph."""
    for piece in pieces:
        texte, style = piece if isinstance(piece, tuple) else (piece, None)
        paragraph.add_run(texte, style=style)
    return paragraph


class Body:
    """What takes paragraphs: the document, or a cell."""

    def __init__(self, ou: Any, *, cell: bool = False) -> None:
        self.ou = ou
        # A cell is born with an empty paragraph: the first text goes there.
        self._libre = ou.paragraphs[0] if cell else None

    def p(self, style: str, *pieces: Piece) -> Any:
        """A paragraph of this style."""
        if self._libre is not None:
            paragraph, self._libre = self._libre, None
            paragraph.style = self.ou.part.document.styles[style]
        else:
            paragraph = self.ou.add_paragraph(style=style)
        return write(paragraph, pieces)

    def tag(self, texte: str) -> None:
        """A paragraph that only holds an instruction of the template, and is not in the document."""
        self.p("Normal", f"{{%p {texte} %}}")


class Grid:
    """A table: its head on every page, no row cut in two."""

    def __init__(self, document: Any, widths: Sequence[float], heads: Sequence[str], caption: str) -> None:
        self.widths = widths
        self.table = document.add_table(rows=0, cols=len(widths), style="Tableau contrat")
        self.table.autofit = False
        for colonne, width in zip(self.table.columns, widths, strict=True):
            colonne.width = Cm(width)
        proprietes = self.table._tbl.tblPr
        proprietes.append(parse_xml(f'<w:tblCaption {nsdecls("w")} w:val="{caption}"/>'))
        if not heads:
            look = proprietes.find(qn("w:tblLook"))
            look.set(qn("w:firstRow"), "0")
            look.set(qn("w:val"), "0480")
        else:
            row = self.head_row()
            for cell, tete in zip(row.cells, heads, strict=True):
                Body(cell, cell=True).p("Tête de colonne", tete)

    def head_row(self) -> Any:
        """A row of empty cells, repeated at the head of each page and styled as a head."""
        look = self.table._tbl.tblPr.find(qn("w:tblLook"))
        look.set(qn("w:firstRow"), "1")
        look.set(qn("w:val"), "04A0")
        row = self.bare_row()
        row._tr.get_or_add_trPr().append(parse_xml(f"<w:tblHeader {nsdecls('w')}/>"))
        return row

    def bare_row(self) -> Any:
        """A row of empty cells."""
        row = self.table.add_row()
        row._tr.get_or_add_trPr().append(parse_xml(f"<w:cantSplit {nsdecls('w')}/>"))
        for cell, width in zip(row.cells, self.widths, strict=True):
            cell.width = Cm(width)
        return row

    def tag(self, texte: str) -> None:
        """A row that only holds an instruction of the template."""
        Body(self.table.add_row().cells[0], cell=True).p("Cellule", f"{{%tr {texte} %}}")

    def row(self, *contenus: Sequence[Piece]) -> Any:
        """A row, one text for each cell."""
        row = self.bare_row()
        for cell, pieces in zip(row.cells, contenus, strict=True):
            Body(cell, cell=True).p("Cellule", *pieces)
        return row


def may_be_cut(row: Any) -> None:
    """Lets a row go on over the next page: kept whole, a long one would leave half a page empty before it."""
    for mark in row._tr.trPr.findall(qn("w:cantSplit")):
        row._tr.trPr.remove(mark)


def align_right(cell: Any) -> None:
    """Sets the texts of a cell to the right."""
    for paragraph in cell.paragraphs:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT


def field(paragraph: Any, instruction: str, texte: str) -> None:
    """A field of Word, and what it shows until it is updated."""
    for sorte in ("begin", "instr", "separate", "texte", "end"):
        run = paragraph.add_run()
        if sorte == "instr":
            interieur = f'<w:instrText {nsdecls("w")} xml:space="preserve"> {instruction} </w:instrText>'
            run._r.append(parse_xml(interieur))
        elif sorte == "texte":
            run.text = texte
        else:
            run._r.append(parse_xml(f'<w:fldChar {nsdecls("w")} w:fldCharType="{sorte}"/>'))


def pairs(liste: str) -> list[Piece]:
    """The lines of a list, « label : value », in one paragraph."""
    fin_de_ligne = "{% if not loop.last %}"
    return [
        f"{{% for l in {liste} %}}{{{{ l.libelle }}}} : ",
        ("{{ l.texte }}", "Fort"),
        fin_de_ligne,
        "\n",
        "{% endif %}{% endfor %}",
    ]
