"""The sheet of the result: scores of the headings, indicateurs, what is left to do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from caqes_dsl.base.quantities import Genre
from caqes_dsl.documents.classeur import NUMERIC, RangCritere, text
from caqes_dsl.exchange import classeur_forme as forme
from caqes_dsl.model.nodes import Cle

from .classeur_cadre import TOP, Cadre
from .classeur_calcul import Montree
from .classeur_criteres import todo
from .classeur_donnees import check
from .classeur_styles import height, page, put, put_formula

_COLONNES = (
    ("Partie du contrat", 60), ("Points obtenus", 12), ("Points applicables", 12), ("Score", 14), ("Cible", 14),
)  # fmt: skip


def write_result(c: Cadre) -> None:
    """Scores as they stand."""
    sheet = c.head(forme.RESULTAT, "Résultat", "Indicatif : l'agence recalcule tout à la réception.")
    styles, calcul, feuille = c.styles, c.calcul, c.classeur.feuille
    for column, (label, width) in enumerate(
        (
            ("Partie du contrat", 60),
            ("Points obtenus", 12),
            ("Points applicables", 12),
            ("Score", 14),
            ("Cible", 14),
        )
    ):
        put(sheet, TOP, column, label, styles.tete)
        sheet.set_column(column, column, width)
    sheet.set_row(TOP, 32)
    row = TOP
    for section, titre in _parts(c):
        row += 1
        points, compte, score = feuille.scores[titre]
        put(sheet, row, 0, section, styles.texte)
        for column, line, genre in ((1, points, Genre.POINTS), (2, compte, Genre.POINTS), (3, score, Genre.TAUX)):
            shown = calcul.shown(line, without="Sans objet", missing="À compléter", genre=genre)
            kind = "General" if genre is Genre.POINTS else _percent(c)
            put_formula(sheet, row, column, shown, styles.nombre(kind))
        target = feuille.quantites.get(Cle("cible", titre)) if titre in c.politique.volets else None
        if target is None:
            sheet.write_blank(row, 4, None, styles.ferme)
        else:
            shown = calcul.shown(target, without="", missing="Fixée par l’agence")
            put_formula(sheet, row, 4, shown, styles.nombre(_percent(c)))
        sheet.set_row(row, height([(section, 60)]))
    row = _indicators(c, sheet, row + 2 if c.rows else row)
    _left(c, sheet, row + 2)
    page(sheet, c.classeur.rappel, landscape=False)


def _parts(c: Cadre) -> Iterator[tuple[str, str]]:
    """The headings whose score is shown, and the whole."""
    for section in c.classeur.sections:
        if section.titre is not None and section.rang < 3:
            yield section.libelle, section.nom
    if c.rows:
        yield "Ensemble", ""


def _percent(c: Cadre) -> str:
    pas = c.politique.notation.pas
    return (
        "0%" if c.politique.notation.mode == "arrondi" and pas is not None and (pas * 100).denominator == 1 else "0.00%"
    )


def _indicators(c: Cadre, sheet: Any, row: int) -> int:
    """What each indicateur gives."""
    if not c.classeur.indicateurs:
        return row
    styles, calcul, feuille = c.styles, c.calcul, c.classeur.feuille
    for column, label in enumerate(("Indicateur", "Mesure", "", "Cible", "Cible atteinte")):
        put(sheet, row, column, label, styles.tete)
    for indicateur in c.classeur.indicateurs:
        row += 1
        put(sheet, row, 0, text(indicateur.titre or indicateur.nom), styles.texte)
        sheet.write_blank(row, 2, None, styles.ferme)
        kind = NUMERIC.get(indicateur.genre, "General")
        for column, sorte in ((1, "mesure"), (3, "cible")):
            line = feuille.quantites.get(Cle(sorte, indicateur.nom))
            if line is None:
                sheet.write_blank(row, column, None, styles.ferme)
                continue
            missing = "À compléter" if str(Cle(sorte, indicateur.nom)) not in feuille.excuses else "Par l’agence"
            shown = calcul.shown(line, without="Sans objet", missing=missing, genre=indicateur.genre)
            put_formula(sheet, row, column, shown, styles.nombre(kind))
        reached = feuille.quantites.get(Cle("atteint", indicateur.nom))
        if reached is None:
            sheet.write_blank(row, 4, None, styles.ferme)
        else:
            put_formula(sheet, row, 4, calcul.worded(reached, {0: "non", 1: "oui"}, ""), styles.calcule)
        sheet.set_row(row, height([(text(indicateur.titre), 60)]))
    return row


def _left(c: Cadre, sheet: Any, row: int) -> None:
    """How much is still to be done."""
    criteria, facts = [todo(c, r) for r in _criteres(c)], [check(c, f) for f in c.classeur.donnees]
    for label, nom, column, now, more in (
        ("Critères à compléter", forme.CRITERES, "I", criteria, len(c.classeur.sections)),
        ("Données à donner ou à vérifier", forme.DONNEES, "F", facts, 0),
    ):
        if not now:
            continue
        where = f"'{nom}'!${column}${TOP + 2}:${column}${TOP + 1 + len(now) + more}"
        formule = f"=SUMPRODUCT((LEN({where})>0)*1)"
        put(sheet, row, 0, label, c.styles.texte)
        put_formula(sheet, row, 1, Montree(formule, sum(bool(m.valeur) for m in now)), c.styles.nombre("0"))
        row += 1


def _criteres(c: Cadre) -> list[RangCritere]:
    return [r for s in c.classeur.sections for r in s.criteres]
