"""The sheet of the criteria: what is asked, the answer, what it gives, what is left to do."""

from __future__ import annotations

from typing import Any

from caqes_dsl.base.quantities import Genre
from caqes_dsl.documents.classeur import ANSWERED_BY_RULE, RangCritere, text
from caqes_dsl.documents.words import level_label
from caqes_dsl.evaluation.exact.lines import CONNU, INDECIS, MANQUANT
from caqes_dsl.evaluation.exact.policy import CREDIT, HORS
from caqes_dsl.exchange import classeur_forme as forme

from .classeur_cadre import GRILLE, TOP, Cadre
from .classeur_calcul import Montree, brief, quoted
from .classeur_styles import ATTENTE, GRIS, ORANGE, ROUGE, VERT, height, page, put, put_formula

_SUITE = {"commentaire": 32, "preuves": 26, "action": 32, "echeance": 14, "responsable": 20}
"""Widths of the columns of the dialogue."""


def write_criteria(c: Cadre) -> None:
    """The criteria, each on a row under its headings."""
    classeur, styles = c.classeur, c.styles
    sheet = c.head(forme.CRITERES, "Critères", "Répondez dans les cellules jaunes.")
    before = [(f"Réponse {classeur.exercice - 1}", 18)] if classeur.exercice is not None else []
    columns = [*GRILLE, *before, *((forme.DIALOGUE[k], w) for k, w in _SUITE.items())]
    for column, (label, width) in enumerate(columns):
        put(sheet, TOP, column, label, styles.tete)
        sheet.set_column(column, column, width)
    sheet.set_row(TOP, 48)
    row = TOP
    for section in classeur.sections:
        if section.libelle:
            row += 1
            for column in range(len(columns)):
                sheet.write_blank(row, column, None, styles.section(section.rang))
            put(sheet, row, 1, section.libelle, styles.section(section.rang))
            _section_score(c, sheet, row, section.nom, styles.section(section.rang))
            sheet.set_row(row, height([(section.libelle, 44)]))
        for rang in section.criteres:
            row += 1
            _criterion(c, sheet, row, rang, len(before))
    last = max(row, TOP + 1)
    _levels(c, sheet, last)
    sheet.freeze_panes(TOP + 1, 2)
    sheet.repeat_rows(TOP)
    sheet.repeat_columns(0, 1)
    sheet.set_v_pagebreaks([len(GRILLE)])
    sheet.print_area(0, 0, last, len(columns) - 1)
    page(sheet, classeur.rappel, landscape=True, wide=2)
    if not c.rows:  # a contract of indicateurs only
        sheet.hide()


def _section_score(c: Cadre, sheet: Any, row: int, titre: str, style: Any) -> None:
    """What the criteria of a heading bring, on its row."""
    points, compte, _ = c.classeur.feuille.scores[titre]
    for column, line in ((7, points), (2, compte)):
        put_formula(sheet, row, column, c.calcul.shown(line, without="", missing="", genre=Genre.POINTS), style)


def _criterion(c: Cadre, sheet: Any, row: int, rang: RangCritere, before: int) -> None:
    styles, nom = c.styles, rang.critere.nom
    put(sheet, row, 0, nom, styles.texte)
    put(sheet, row, 1, rang.titre, styles.texte)
    put(sheet, row, 2, rang.points, styles.texte)
    put(sheet, row, 3, rang.regle, styles.texte)
    if rang.reponses:
        put(sheet, row, 4, rang.reponse, styles.saisie())
        c.offer_words(sheet, row, 4, c.lieux.mots["réponse", nom], len(set(rang.reponses)))
    else:
        put(sheet, row, 4, ANSWERED_BY_RULE, styles.ferme)
    if rang.motif:
        put(sheet, row, 5, rang.justification, styles.saisie())
    else:
        sheet.write_blank(row, 5, None, styles.ferme)
    lignes = c.classeur.feuille.criteres[nom]
    put_formula(sheet, row, 6, c.calcul.worded(lignes.issue, _outcomes(c), ""), styles.calcule)
    shown = c.calcul.shown(lignes.points, without="", missing="", genre=Genre.POINTS)
    put_formula(sheet, row, 7, shown, styles.nombre("General"))
    put_formula(sheet, row, 8, todo(c, rang), styles.calcule)
    if before:
        put(sheet, row, 9, rang.precedente, styles.texte)
    for k, key in enumerate(forme.DIALOGUE):
        style = styles.saisie("dd/mm/yyyy" if key == "echeance" else "@")
        sheet.write_blank(row, len(GRILLE) + before + k, None, style)
    sheet.set_row(row, height([(rang.titre, 44), (rang.regle, 52), (rang.justification, 26)]))


def _outcomes(c: Cadre) -> dict[int, str]:
    """What a criterion's code means."""
    codes = c.classeur.feuille.codes
    levels = {codes[n]: text(level_label(n, c.politique)) for n in (*c.politique.niveaux, "NC") if n in codes}
    return {HORS: "Hors secteur", CREDIT: "En proportion", **levels}


def todo(c: Cadre, rang: RangCritere) -> Montree:
    """What is to be done about a criterion; nothing when it has what it needs."""
    calcul, feuille, nom = c.calcul, c.classeur.feuille, rang.critere.nom
    lignes = feuille.criteres[nom]
    issue, unjustified = calcul.vues[lignes.issue], calcul.vues[lignes.a_justifier]
    why, wrong = text("Justifier le « non concerné »"), text("Choisir dans la liste")
    unanswered = ""
    if rang.critere.sans_reponse is not None:
        unanswered = text(f"{rang.demande} ; compté {level_label(rang.critere.sans_reponse, c.politique)}")
    answer = c.entry("réponse", nom)
    seen = lignes.mesure if rang.mesure else answer
    empty = text(f"={quoted('')}")[1:]
    missing = (
        f'IF({calcul.state(seen)}={MANQUANT},{quoted(unanswered)},"")' if unanswered and seen is not None else empty
    )
    open_ = quoted(rang.demande)
    if answer is not None:
        open_ = f"IF({calcul.state(answer)}={INDECIS},{quoted(wrong)},{open_})"
    formule = f"=IF({calcul.state(lignes.issue)}={CONNU},{missing},{open_})"
    if unjustified.etat != CONNU or calcul.feuille.programme.lignes[lignes.a_justifier].op != "constante":
        formule = f"=IF({calcul.number(lignes.a_justifier)}=1,{quoted(why)},{formule[1:]})"
    value = rang.demande
    if unjustified.nombre:
        value = why
    elif issue.etat == CONNU:
        value = unanswered if seen is not None and calcul.vues[seen].etat == MANQUANT else ""
    return Montree(formule, brief(value))


def _levels(c: Cadre, sheet: Any, last: int) -> None:
    """Colours of the levels, of what is awaited and of what is out of the computation."""
    first = TOP + 1
    for niveau in c.politique.niveaux.values():
        part = niveau.part
        colours = GRIS if part is None else VERT if part == 1 else ROUGE if part == 0 else ORANGE
        rule = {"type": "cell", "criteria": "==", "value": quoted(text(level_label(niveau.nom, c.politique)))}
        sheet.conditional_format(first, 6, last, 6, {**rule, "format": c.styles.colour(*colours)})
    outside = {"type": "cell", "criteria": "==", "value": '"Hors secteur"', "format": c.styles.colour(*GRIS)}
    sheet.conditional_format(first, 6, last, 6, outside)
    awaited = {"type": "formula", "criteria": f"=LEN($I{first + 1})>0", "format": c.styles.colour(*ATTENTE)}
    sheet.conditional_format(first, 8, last, 8, awaited)
