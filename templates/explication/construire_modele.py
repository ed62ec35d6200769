"""Builds « explication.docx », the Word template of an explanation: python templates/explication/construire_modele.py

The template can then be changed in Word or LibreOffice: this program only gives its first state, always the same bytes.
Its pieces and its styles are those of the annex.
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
from modele_pieces import LARGEUR, RENVOI, Body, Grid, Piece, align_right
from modele_pieces import references as numbers
from modele_styles import ALERTE, DOUX, ENCRE, add_border, add_styles, hang, lay_pages, set_font, set_spacing, set_up

from caqes_dsl.documents.writers.docx import rewrite

MOITIE = LARGEUR / 2
HYPOTHESE: tuple[Piece, ...] = (
    "{% if n.hypothese %} ",
    ("\u00a0hypothèse\u00a0{{ n.numero }}\u00a0", "Hypothèse"),
    "{% endif %}",
)
"""The mark of a hypothesis, never cut from its number."""


def references(liste: str) -> tuple[Piece, ...]:
    """The numbers of a list of notes."""
    return numbers(liste, RENVOI, HYPOTHESE)


def own_styles(document: Any) -> None:
    """What an explanation prints smaller than an annex, so that its first page holds on one sheet."""
    connus = document.styles
    for nom, taille, avant, apres in (("Title", 20, 0, 3), ("Heading 1", 15, 18, 4), ("Heading 2", 12, 14, 2)):
        connus[nom].font.size = Pt(taille)
        set_spacing(connus[nom], avant, apres, suivant=True, ligne=1.0)
    set_spacing(connus["Projet"], 0, 6, ligne=1.0)
    connus["Projet"].font.size = Pt(8.5)
    set_spacing(connus["Surtitre"], 0, 0, ligne=1.0)
    connus["Surtitre"].font.size = Pt(8)
    connus["Chapeau"].font.size = Pt(12)
    set_spacing(connus["Chapeau"], 0, 8, ligne=1.05)
    for nom, taille, teinte, avant, apres, gras in (
        ("Rubrique", 9.5, ENCRE, 7, 2, True),
        ("Essentiel", 8.5, ENCRE, 1.5, 1.5, False),
        ("Point", 8.5, ENCRE, 0, 2, False),
        ("Manque", 8.5, ENCRE, 0, 2, False),
        ("Fiche", 8, DOUX, 8, 4, False),
        ("Mention", 7.5, DOUX, 0, 2.5, False),
        ("Critère", 9, ENCRE, 3, 1, True),
        ("Phrase", 9, ENCRE, 0, 1, False),
        ("Donnée", 8, DOUX, 0, 0.5, False),
        ("Opération", 9, ENCRE, 2, 0, False),
    ):
        style = connus.add_style(nom, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style, style.quick_style = connus["Normal"], True
        set_font(style, "Arial", taille, teinte, gras=gras)
        set_spacing(style, avant, apres, suivant=nom == "Rubrique", ligne=1.0)
    for nom, retrait in (("Point", 0.35), ("Opération", 0.35), ("Donnée", 0.35)):
        hang(connus[nom], retrait)
        connus[nom].paragraph_format.tab_stops.add_tab_stop(Cm(retrait))
    for nom in ("Hypothèse", "Renvoi"):
        connus[nom].font.bold = False
    add_border(connus["Manque"], "left", ALERTE, 18, 6)
    connus["Manque"].paragraph_format.left_indent = Cm(0.3)


def heads(document: Any) -> None:
    """The establishment at the head of each page, the policy at its foot."""
    section = document.sections[0]
    section.top_margin, section.bottom_margin = Cm(1.7), Cm(1.6)
    section.header_distance = section.footer_distance = Cm(0.8)
    section.header.paragraphs[0].runs[0].text = "{{ etablissement }}\t"
    for pied in (section.first_page_footer, section.footer):
        pied.paragraphs[0].runs[0].text = "{{ identite.rappel }} – {{ identite.code_de_controle|brut }}\t"


def first_page(document: Any) -> None:
    """The essential, on one page."""
    body = Body(document)
    body.tag("if identite.est_projet")
    phrase = " : la politique appliquée n’a pas été adoptée. Ce résultat est une simulation, il n’engage personne."
    body.p("Projet", ("PROJET", "Fort"), phrase)
    body.tag("endif")
    suite = "{% if identite.exercice %} · exercice {{ identite.exercice }}{% endif %}"
    region = "{% if identite.region %} · {{ identite.region }}{% endif %}"
    body.p("Surtitre", "Explication du résultat", suite, region)
    body.p("Title", "{{ etablissement }}")
    body.p("Chapeau", "{{ essentiel.phrase }}")
    labelled(document, "essentiel.lignes", "L’essentiel")
    body.tag("if essentiel.calcul")
    body.p("Rubrique", "Comment c’est calculé")
    labelled(document, "essentiel.calcul", "Comment c’est calculé")
    body.tag("endif")
    body.tag("if essentiel.manque")
    body.p("Rubrique", "Ce qui manque")
    body.tag("for m in essentiel.manque")
    body.p("Manque", "{{ m }}")
    body.tag("endfor")
    body.tag("endif")
    body.p("Normal").paragraph_format.space_after = Pt(0)
    side_by_side(document)
    separe = "{% if not loop.last %} · {% endif %}{% endfor %}"
    body.p("Fiche", "{% for l in fiche %}{{ l.libelle }} : ", ("{{ l.texte }}", "Fort"), separe)
    body.tag("for m in essentiel.mention")
    body.p("Mention", "{{ m }}")
    body.tag("endfor")


def labelled(document: Any, liste: str, caption: str) -> None:
    """Labels and texts, without a head."""
    grid = Grid(document, (5.2, LARGEUR - 5.2), (), caption)
    grid.tag(f"for l in {liste}")
    row = grid.bare_row()
    Body(row.cells[0], cell=True).p("Essentiel", ("{{ l.libelle }}", "Fort"))
    Body(row.cells[1], cell=True).p("Essentiel", "{{ l.texte }}", *references("l.notes"))
    grid.tag("endfor")


def side_by_side(document: Any) -> None:
    """What was lost beside what can be done; where nothing was noted, what can be done beside the delays."""
    grid = Grid(document, (MOITIE, MOITIE), (), "Points perdus, actions possibles et délais")
    grid.tag("if essentiel.perte")
    row = grid.bare_row()
    lost = Body(row.cells[0], cell=True)
    lost.p("Rubrique", "Les points perdus")
    lost.p("Phrase", "{{ essentiel.perte }}")
    lost.tag("for c in essentiel.couteux")
    lost.p("Point", "–\t", ("{{ c.numero }}", "Fort"), ", {{ c.resultat }}, {{ c.perte }} : {{ c.titre }}")
    lost.tag("endfor")
    beside = Body(row.cells[1], cell=True)
    points(beside, "Ce que vous pouvez faire", "essentiel.agir")
    points(beside, "Délais", "essentiel.delais")
    grid.tag("else")
    row = grid.bare_row()
    points(Body(row.cells[0], cell=True), "Ce que vous pouvez faire", "essentiel.agir")
    points(Body(row.cells[1], cell=True), "Délais", "essentiel.delais")
    grid.tag("endif")


def points(body: Body, titre: str, liste: str) -> None:
    """A short list under its heading."""
    body.p("Rubrique", titre)
    body.tag(f"for t in {liste}")
    body.p("Point", "–\t{{ t }}")
    body.tag("endfor")


def rules(document: Any) -> None:
    """What the law asks to be said, then how the result is read."""
    body = Body(document)
    title = body.p("Heading 1", "Le traitement et sa part dans la décision")
    title.paragraph_format.page_break_before = True
    labelled(document, "traitement", "Le traitement et sa part dans la décision")
    body.p("Heading 1", "{{ lecture }}")
    labelled(document, "notation", "{{ lecture }}")
    for liste, titre in (("volets", "Volets réservés"), ("indicateurs", "Indicateurs")):
        body.tag(f"if {liste}")
        body.p("Heading 1", titre)
        outcomes(document, liste)
        body.tag("endif")


def outcomes(document: Any, liste: str) -> None:
    """Decisions, documents due, indicateurs: what comes out, the conditions, the operations, the facts."""
    body = Body(document)
    body.tag(f"for d in {liste}")
    body.p("Heading 2", "{{ d.titre }} : {{ d.resultat }}")
    body.p("Phrase", "{{ d.phrase }}", *references("d.notes"))
    body.tag("for s in d.suites")
    body.p("Avertissement", "{{ s }}")
    body.tag("endfor")
    body.tag("if d.conditions")
    body.p("Rubrique", "{{ d.introduction or 'Condition' }}")
    body.tag("for c in d.conditions")
    beside = "{% if c.operation %} – {{ c.operation }}{% endif %}"
    body.p("Opération", "–\t", ("{{ c.verdict|upper }}", "Fort"), " : {{ c.texte }}", beside)
    body.tag("endfor")
    body.tag("endif")
    body.tag("if d.etapes")
    body.p("Rubrique", "Opérations")
    body.tag("for e in d.etapes")
    body.p("Opération", "–\t{{ e.titre }} : ", ("{{ e.resultat }}", "Fort"), *references("e.notes"))
    body.tag("if e.operation")
    body.p("Donnée", "\t{{ e.operation }}")
    body.tag("endif")
    body.tag("if e.regle")
    body.p("Donnée", "\tRègle : {{ e.regle }}.")
    body.tag("endif")
    body.tag("endfor")
    body.tag("endif")
    body.tag("if d.faits")
    body.p("Rubrique", "Données")
    facts(document, "d.faits", "Données lues et leur provenance")
    body.tag("endif")
    body.tag("endfor")


def facts(document: Any, liste: str, caption: str) -> None:
    """Facts with their value and their provenance."""
    grid = Grid(document, (8.2, 3.4, 5.8), ("Donnée", "Valeur", "Provenance"), caption)
    align_right(grid.table.rows[0].cells[1])
    grid.tag(f"for f in {liste}")
    row = grid.bare_row()
    for cell, text in zip(row.cells, ("{{ f.libelle }}", ("{{ f.texte }}", "Fort"), "{{ f.provenance }}"), strict=True):
        Body(cell, cell=True).p("Essentiel", text)
    align_right(row.cells[1])
    grid.tag("endfor")


def criteria(document: Any) -> None:
    """The chapitres, their objectifs, their criteria."""
    body = Body(document)
    body.tag("for c in chapitres")
    article = "{% if c.article %}Article {{ c.article }} – {% endif %}{{ c.titre }}"
    body.p("Heading 1", article, *references("c.notes"))
    for nom, fin in (("c.volet", ""), ("c.total", ".")):
        body.tag(f"if {nom}")
        body.p("Somme", f"{{{{ {nom} }}}}{fin}")
        body.tag("endif")
    body.tag("for o in c.objectifs")
    body.tag("if o.titre")
    body.p("Heading 3", "{{ o.titre }}")
    body.tag("endif")
    body.tag("if o.total")
    body.p("Somme", "{{ o.total }}.")
    body.tag("endif")
    grid = Grid(document, (1.4, 12.2, 3.8), ("N°", "Critère, et pourquoi ce résultat", "Résultat"), "Critères")
    grid.tag("for k in o.criteres")
    row = grid.bare_row()
    Body(row.cells[0], cell=True).p("Critère", "{{ k.numero }}")
    said = Body(row.cells[1], cell=True)
    said.p("Critère", "{{ k.titre }}", *references("k.notes"))
    said.p("Phrase", "{{ k.phrase }}")
    said.tag("for p in k.precisions")
    said.p("Précision", ("{{ p.libelle }} :", "Fort"), " {{ p.texte }}")
    said.tag("endfor")
    said.tag("for f in k.faits")
    origin = "{% if f.provenance %} ({{ f.provenance }}){% endif %}"
    said.p("Donnée", "–\t{{ f.libelle }} : ", ("{{ f.texte }}", "Fort"), origin)
    said.tag("endfor")
    result = Body(row.cells[2], cell=True)
    result.p("Critère", "{{ k.resultat }}")
    result.p("Phrase", "{{ k.points }}")
    grid.tag("endfor")
    for _ in ("objectifs", "chapitres"):
        body.tag("endfor")


def ending(document: Any) -> None:
    """Amounts, documents due, what is missing, what does not count, the facts, the sources."""
    body = Body(document)
    body.tag("for g in decisions")
    body.p("Heading 1", "{{ g.titre }}")
    body.p("Normal", "{{ g.regle }}").paragraph_format.keep_with_next = True
    outcomes(document, "g.liste")
    body.tag("endfor")
    body.tag("if pieces")
    body.p("Heading 1", "Pièces à joindre")
    outcomes(document, "pieces")
    body.tag("endif")
    for liste, titre in (
        ("manquants", "Ce qui n’a pas été transmis"),
        ("changements", "Ce qui change dans les règles reprises"),
    ):
        body.tag(f"if {liste}")
        body.p("Heading 1", titre)
        body.tag(f"for l in {liste}")
        body.p("Opération", "–\t", ("{{ l.libelle }}.", "Fort"), " {{ l.texte }}")
        body.tag("endfor")
        body.tag("endif")
    body.tag("for g in ecartes")
    body.tag("if loop.first")
    body.p("Heading 1", "Ce qui ne compte pas, et pourquoi")
    body.tag("endif")
    body.p("Heading 3", "{{ g.titre }}")
    body.p("Somme", "{{ g.raison }}")
    body.tag("for l in g.lignes")
    detail = "{% if l.detail %} – {{ l.detail }}{% endif %}"
    body.p("Opération", "–\t", ("{{ l.libelle }}", "Fort"), " {{ l.texte }}", detail)
    body.tag("endfor")
    body.tag("endfor")
    body.tag("if donnees")
    body.p("Heading 1", "Données traitées")
    facts(document, "donnees", "Données traitées")
    body.tag("endif")
    body.tag("if sources")
    body.p("Heading 1", "Sources")
    hypothese = (
        "Une source qui porte le mot « hypothèse » signale un choix que les textes ne fixent pas et qui reste à "
    )
    body.p("Normal", hypothese, "confirmer.")
    body.tag("for s in sources")
    body.p("Source", "{{ s.numero }}.\t{{ s.texte }}")
    body.tag("endfor")
    body.tag("endif")
    version = "{% if identite.version %} Document produit par caqes {{ identite.version|brut }}.{% endif %}"
    same = ". Un résultat de même empreinte et de mêmes données est le même."
    last = body.p("Précision", "Empreinte de la politique : ", ("{{ identite.empreinte|brut }}", "Code"), same, version)
    last.paragraph_format.space_before = Pt(14)


def build() -> bytes:
    """The template."""
    document = docx.Document()
    add_styles(document)
    own_styles(document)
    lay_pages(document)
    heads(document)
    for part in (first_page, rules, criteria, ending):
        part(document)
    set_up(document)
    document.core_properties.title = "{{ etablissement }} – Explication du résultat"
    raw = io.BytesIO()
    document.save(raw)
    return rewrite(raw.getvalue())


if __name__ == "__main__":
    Path(__file__).with_name("explication.docx").write_bytes(build())
