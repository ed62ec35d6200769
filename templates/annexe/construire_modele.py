"""Builds « annexe.docx », the Word template of the annex: python templates/annexe/construire_modele.py

The template can then be changed in Word or LibreOffice: this program only gives its first state, always the same bytes.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import docx
from docx.shared import Cm, Pt
from modele_pieces import (
    HYPOTHESE,
    LARGEUR,
    RENVOI,
    Body,
    Grid,
    Piece,
    align_right,
    field,
    may_be_cut,
    pairs,
    references,
    write,
)
from modele_styles import add_styles, lay_pages, set_up

from caqes_dsl.documents.writers.docx import rewrite


def title_page(document: Any) -> None:
    """Who, when, under which status; then the contents."""
    body = Body(document)
    body.p("Normal").paragraph_format.space_after = Cm(4.5)
    body.tag("if identite.est_projet")
    phrase = " : ce document n’a pas été adopté. Il est soumis à la discussion et n’engage personne."
    body.p("Projet", ("PROJET", "Fort"), phrase)
    body.tag("endif")
    body.p("Surtitre", "Contrat d’amélioration de la qualité et de l’efficience des soins")
    body.p("Title", "{{ identite.titre }}")
    body.p("Chapeau", "{{ chapeau }}")
    grid = Grid(document, (4.2, LARGEUR - 4.2), (), "Identité du document")
    grid.tag("for l in identite.lignes")
    grid.row(["{{ l.libelle }}"], ["{{ l.texte }}"])
    grid.tag("endfor")
    grid.row(["Code de contrôle"], [("{{ identite.code_de_controle|brut }}", "Code")])
    body.p("Normal").paragraph_format.space_after = Pt(4)
    body.p("Précision", "Empreinte complète : ", ("{{ identite.empreinte|brut }}", "Code"))
    body.tag("if identite.notes")
    body.p(
        "Précision",
        "Sauf renvoi à une autre note, les règles viennent de la source",
        *references("identite.notes"),
        ".",
    )
    body.tag("endif")
    body.tag("if sources|selectattr('hypothese')|list")
    body.p(
        "Précision",
        "Le mot ",
        ("\u00a0hypothèse\u00a0", "Hypothèse"),
        " signale un choix que les textes ne fixent pas et qui reste à confirmer.",
    )
    body.tag("endif")
    body.p("TOC Heading", "Sommaire")
    field(body.p("toc 1"), 'TOC \\o "1-2" \\h \\z \\u', "Dans Word : clic droit, « Mettre à jour les champs ».")


def lines(document: Any, liste: str, caption: str, heads: tuple[str, str]) -> None:
    """A table of two columns: a label, a text and its notes."""
    Body(document).p("Caption", caption)
    grid = Grid(document, (4.2, LARGEUR - 4.2), heads, caption)
    grid.tag(f"for l in {liste}")
    grid.row([("{{ l.libelle }}", "Fort")], ["{{ l.texte }}", *references("l.notes")])
    grid.tag("endfor")


def reading(document: Any) -> None:
    """How the document is read."""
    body = Body(document)
    body.p("Heading 1", "Comment lire ce document").paragraph_format.page_break_before = True
    for liste, caption, heads in (
        ("niveaux", "Réponses possibles et points obtenus", ("Réponse", "Ce qu’elle donne")),
        ("secteurs", "Secteurs d’activité", ("Abréviation", "Secteur")),
        ("notation", "{{ legende }}", ("Règle", "Contenu")),
    ):
        body.tag(f"if {liste}")
        lines(document, liste, caption, heads)
        body.tag("endif")


def free_columns(document: Any, liste: str, premiere: float, autre: float, *, nombres: bool) -> None:
    """A table whose number of columns depends on the policy; its last row is the total of `nombres`."""
    grid = Grid(document, (premiere, autre, autre, autre), (), f"{{{{ {liste}.legende }}}}")
    for tete in (True, False):
        if not tete:
            grid.tag(f"for r in {liste}.rangs")
        source, style = (f"{liste}.colonnes", "Tête de colonne") if tete else ("r", "Cellule liée")
        row = grid.head_row() if tete else grid.bare_row()
        first: list[Piece] = [f"{{{{ {source}[0] }}}}"]
        other: list[Piece] = ["{{ c }}"]
        if nombres and not tete:
            one = str(first[0])
            first = ["{% set total = loop.last %}{% if total %}", (one, "Fort"), "{% else %}", one, "{% endif %}"]
            other = ["{% if total %}", ("{{ c }}", "Fort"), "{% else %}{{ c }}{% endif %}"]
        texts = (first, [f"{{%tc for c in {source}[1:] %}}"], other, ["{%tc endfor %}"])
        for cell, pieces in zip(row.cells, texts, strict=True):
            Body(cell, cell=True).p(style, *pieces)
        if nombres:
            align_right(row.cells[2])
    grid.tag("endfor")


def criteria_grid(document: Any) -> None:
    """The articles, their objectifs, their criteria."""
    body = Body(document)
    body.tag("for v in volets")
    body.p("Heading 1", "{% if v.article %}Article {{ v.article }} – {% endif %}{{ v.titre }}", *references("v.notes"))
    body.tag("if v.texte")
    body.p("Normal", "{{ v.texte }}")
    body.tag("endif")
    body.tag("if v.reserve")
    body.p("Avertissement", "{{ v.reserve }}")
    body.tag("endif")
    body.tag("for l in v.totaux")
    body.p("Normal", "{{ l.libelle }} : ", ("{{ l.texte }}", "Fort"), *references("l.notes"))
    body.tag("endfor")
    body.tag("if v.indicateurs")
    indicators(document)
    body.tag("endif")
    body.tag("if v.recapitulatif.rangs")
    body.p("Caption", "{{ v.recapitulatif.legende }}")
    free_columns(document, "v.recapitulatif", 7.6, 1.4, nombres=True)
    body.tag("endif")
    body.tag("for s in v.recapitulatif.suites")
    body.p("Précision", "{{ s }}")
    body.tag("endfor")
    body.tag("for c in v.chapitres")
    body.p("Heading 2", "{% if c.article %}Article {{ c.article }} – {% endif %}{{ c.titre }}", *references("c.notes"))
    body.tag("if c.total")
    body.p("Somme", "{{ c.total }}")
    body.tag("endif")
    body.tag("if c.texte")
    body.p("Normal", "{{ c.texte }}").paragraph_format.keep_with_next = True
    body.tag("endif")
    body.tag("for o in c.objectifs")
    body.p("Heading 3", "{{ o.titre }}", *references("o.notes"))
    body.p("Somme", "{{ o.total }}")
    body.tag("if o.texte")
    body.p("Normal", "{{ o.texte }}").paragraph_format.keep_with_next = True
    body.tag("endif")
    body.tag("if o.criteres")
    criteria(document)
    body.tag("endif")
    for _ in ("objectifs", "chapitres", "volets"):
        body.tag("endfor")


def indicators(document: Any) -> None:
    """The indicateurs of a volet."""
    grid = Grid(document, (9.8, 2.6, 5.0), ("Indicateur", "Secteurs", "Cible"), "Indicateurs : {{ v.titre }}")
    grid.tag("for i in v.indicateurs")
    row = grid.row([], ["{{ i.secteurs }}"], [("{{ i.cible }}", "Fort")])
    cell = row.cells[0]
    write(cell.paragraphs[0], [("{{ i.titre }}", "Fort"), *references("i.notes")])
    body = Body(cell)
    body.tag("for p in i.precisions")
    body.p("Précision", ("{{ p.libelle }} :", "Fort"), " {{ p.texte }}")
    body.tag("endfor")
    grid.tag("endfor")


def criteria(document: Any) -> None:
    """The criteria of an objectif."""
    heads = ("N°", "Critère, et points selon la réponse", "Secteurs", "Points")
    grid = Grid(document, (1.4, 10.9, 3.1, 2.0), heads, "Critères : {{ o.titre }}")
    align_right(grid.table.rows[0].cells[3])
    grid.tag("for k in o.criteres")
    row = grid.row([("{{ k.numero }}", "Fort")], [], ["{{ k.secteurs }}"], [("{{ k.points }}", "Fort")])
    align_right(row.cells[3])
    cell = row.cells[1]
    write(cell.paragraphs[0], ["{{ k.titre }}", *references("k.notes", RENVOI)])
    write(cell.paragraphs[0], ["{% if not k.reponses %}", *references("k.notes", HYPOTHESE), "{% endif %}"])
    body = Body(cell)
    body.tag("if k.reponses")
    reponse = "{% for r in k.reponses %}{{ r.libelle }} "
    suite = "{% if not loop.last %} · {% endif %}{% endfor %}"
    body.p("Réponses", reponse, ("{{ r.texte }}", "Fort"), suite, *references("k.notes", HYPOTHESE))
    body.tag("endif")
    body.tag("for r in k.seuils")
    body.p("Seuil", "{{ r.libelle }}\t{{ r.texte }}\t{{ r.detail }}")
    body.tag("endfor")
    body.tag("if k.bornes")
    body.p("Bornes", "Aux bornes : {{ k.bornes }}")
    body.tag("endif")
    body.tag("for p in k.precisions")
    body.p("Précision", ("{{ p.libelle }} :", "Fort"), " {{ p.texte }}")
    body.tag("endfor")
    grid.tag("endfor")


def consequences(document: Any) -> None:
    """Amounts by nature, then documents due."""
    body = Body(document)
    body.tag("for g in decisions")
    body.p("Heading 1", "{{ g.titre }}")
    body.p("Avertissement", "{{ g.avertissement }}")
    consequence(body, "g.liste")
    body.tag("endfor")
    body.tag("if pieces")
    body.p("Heading 1", "Pièces à joindre")
    consequence(body, "pieces")
    body.tag("endif")


def consequence(body: Body, liste: str) -> None:
    """What each says: when, how much, within which limits."""
    body.tag(f"for d in {liste}")
    body.p("Heading 2", "{{ d.titre }}", *references("d.notes"))
    body.p("Normal", "{{ d.tete }}{% if d.cas %} :{% else %}.{% endif %}").paragraph_format.keep_with_next = True
    body.tag("for c in d.cas")
    body.p("Condition", "–\t{{ c }}{% if loop.last %}.{% else %} ;{% endif %}")
    body.tag("endfor")
    body.tag("if d.montant")
    body.p("Normal", ("{{ d.libelle }} :", "Fort"), " {{ d.montant }}")
    body.tag("endif")
    body.tag("for l in d.limites")
    body.p("Normal", "{{ l }}")
    body.tag("endfor")
    body.tag("endfor")


def scales(document: Any) -> None:
    """Definitions, scales, and what follows from them."""
    body = Body(document)
    body.tag("if definitions")
    body.p("Heading 1", "Définitions")
    lines(document, "definitions", "Grandeurs que les règles utilisent", ("Terme", "Définition"))
    body.tag("endif")
    body.tag("if baremes")
    body.p("Heading 1", "Barème")
    body.tag("for b in baremes")
    body.p("Heading 2", "{{ b.titre }}", *references("b.notes"))
    free_columns(document, "b.table", 6.5, 4.0, nombres=False)
    body.p("Normal").paragraph_format.space_after = Pt(0)
    body.tag("for s in b.table.suites")
    body.p("Normal", "{{ s }}")
    body.tag("endfor")
    body.tag("endfor")
    body.tag("endif")
    consequences(document)


def facts(document: Any) -> None:
    """Values fixed by texts, and facts asked."""
    body = Body(document)
    body.tag("if parametres")
    body.p("Heading 1", "Valeurs fixées par les textes")
    body.p("Caption", "Taux et valeurs, avec la date à compter de laquelle ils s’appliquent")
    valeur = "Valeur applicable{% if identite.date_d_effet %} au {{ identite.date_d_effet }}{% endif %}"
    grid = Grid(document, (6.4, 4.4, 6.6), ("Objet", valeur, "Autres valeurs"), "Valeurs fixées par les textes")
    grid.tag("for l in parametres")
    autres = ("{% for a in l.autres %}{{ a.texte }} {{ a.libelle }}", *references("a.notes", RENVOI, HYPOTHESE))
    grid.row(
        [("{{ l.libelle }}", "Fort")],
        ["{{ l.valeur }}", *references("l.notes")],
        [*autres, "{% if not loop.last %} ; {% endif %}{% else %}aucune{% endfor %}"],
    )
    grid.tag("endfor")
    body.tag("endif")
    body.tag("if donnees")
    body.p("Heading 1", "Données recueillies")
    when = "{% if identite.exercice %} pour {{ identite.exercice }}{% endif %}"
    body.p("Caption", f"Données de l’établissement{when}, et ce à quoi elles servent")
    grid = Grid(document, (6.4, 4.0, 7.0), ("Donnée", "Ce qui est attendu", "Usage"), "Données recueillies")
    grid.tag("for l in donnees")
    grid.row([("{{ l.libelle }}", "Fort"), *references("l.notes")], ["{{ l.texte }}"], ["{{ l.detail }}"])
    grid.tag("endfor")
    body.tag("endif")


def ending(document: Any) -> None:
    """Calendar, examples, limits, sources."""
    body = Body(document)
    body.tag("if calendrier")
    body.p("Heading 1", "Calendrier")
    lines(document, "calendrier", "Dates", ("Date", "Étape"))
    body.p("Normal").paragraph_format.space_after = Pt(0)
    body.tag("for d in delais")
    body.p("Normal", "{{ d.libelle }} : {{ d.texte }}", *references("d.notes"))
    body.tag("endfor")
    body.tag("endif")
    body.tag("if exemples")
    body.p("Heading 1", "Exemples chiffrés")
    body.p("Caption", "Cas travaillés, recalculés d’après les règles de ce document")
    heads = ("Cas", "Ce que l’on suppose", "Ce qui en résulte")
    grid = Grid(document, (4.0, 8.4, 5.0), heads, "Exemples chiffrés")
    grid.tag("for e in exemples")
    row = grid.row([("{{ e.titre }}", "Fort")], pairs("e.donnees"), pairs("e.resultats"))
    may_be_cut(row)
    grid.tag("endfor")
    body.tag("endif")
    body.tag("if limites")
    body.p("Heading 1", "Limites et principes")
    lines(document, "limites", "Ce que le contrat respecte", ("Nature", "Énoncé"))
    body.tag("endif")
    body.p("Heading 1", "Sources et notes")
    body.tag("for s in sources")
    body.p("Source", "{{ s.numero }}.\t{{ s.texte }}")
    body.tag("endfor")
    version = "{% if identite.version %} Document produit par caqes {{ identite.version|brut }}.{% endif %}"
    empreinte = ("{{ identite.empreinte|brut }}", "Code")
    dernier = body.p(
        "Précision", "Empreinte : ", empreinte, ". Deux documents de même empreinte disent les mêmes règles.", version
    )
    dernier.paragraph_format.space_before = Pt(18)


def build() -> bytes:
    """The template."""
    document = docx.Document()
    add_styles(document)
    lay_pages(document)
    for part in (title_page, reading, criteria_grid, scales, facts, ending):
        part(document)
    set_up(document)
    raw = io.BytesIO()
    document.save(raw)
    return rewrite(raw.getvalue())


if __name__ == "__main__":
    Path(__file__).with_name("annexe.docx").write_bytes(build())
