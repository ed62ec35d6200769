"""The sheet of the facts: their value, where it comes from, whether it is as asked."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from caqes_dsl.base.quantities import Genre
from caqes_dsl.documents.classeur import NUMERIC, RangDonnee, text
from caqes_dsl.evaluation.exact.lines import CONNU, INDECIS, MANQUANT
from caqes_dsl.evaluation.exact.run import Vue
from caqes_dsl.exchange import classeur_forme as forme
from caqes_dsl.model.domains import Domaines

from .classeur_cadre import DONNEES, TOP, Cadre
from .classeur_calcul import Montree, brief, decimal, quoted
from .classeur_styles import ATTENTE, FIXED, height, page, put, put_formula, put_value


def write_facts(c: Cadre) -> None:
    """The facts asked, and the recorded results that rules read."""
    classeur, styles = c.classeur, c.styles
    sheet = c.head(forme.DONNEES, "Données", "Une cellule vide n'est pas un zéro.")
    years = [(f"Valeur {_year(c, r)}", 16) for r in classeur.reculs]
    for column, (label, width) in enumerate([*DONNEES, *years]):
        put(sheet, TOP, column, label, styles.tete)
        sheet.set_column(column, column, width)
    sheet.set_row(TOP, 32)
    row = TOP
    for fact in classeur.donnees:
        row += 1
        _fact(c, sheet, row, fact)
    for nom, values in classeur.enregistres.items():
        row += 1
        for column, label in enumerate((nom, "Résultat enregistré", "taux" if nom.startswith("score") else "points")):
            put(sheet, row, column, label, styles.texte)
        for column in range(3, len(DONNEES)):
            sheet.write_blank(row, column, None, styles.ferme)
        genre = Genre.TAUX if nom.startswith("score") else Genre.POINTS
        for k, recul in enumerate(classeur.reculs):
            put_value(sheet, row, len(DONNEES) + k, values.get(recul), genre, styles.get(num_format=NUMERIC[genre]))
    sheet.freeze_panes(TOP + 1, 2)
    sheet.repeat_rows(TOP)
    page(sheet, classeur.rappel, landscape=True)
    first = TOP + 1
    rule = {"type": "formula", "criteria": f"=LEN($F{first + 1})>0", "format": styles.colour(*ATTENTE)}
    sheet.conditional_format(first, 5, max(row, first), 5, rule)


def _year(c: Cadre, recul: int) -> str:
    return str(c.classeur.exercice - recul) if c.classeur.exercice is not None else f"N-{recul}"


def _fact(c: Cadre, sheet: Any, row: int, fact: RangDonnee) -> None:
    styles, donnee = c.styles, fact.donnee
    kind = NUMERIC.get(donnee.genre, "@")
    for column, value in ((0, donnee.nom), (1, fact.titre), (2, fact.attendu), (6, fact.usage)):
        put(sheet, row, column, value, styles.texte)
    put_value(sheet, row, 3, fact.valeur, donnee.genre, styles.saisie(kind))
    words = c.words(donnee)
    if words:
        c.offer_words(sheet, row, 3, words, len(words))
    else:
        _bound(c, sheet, row, fact)
    put(sheet, row, 4, fact.source, styles.saisie())
    put_formula(sheet, row, 5, check(c, fact), styles.calcule)
    for k, recul in enumerate(c.classeur.reculs):
        put_value(sheet, row, len(DONNEES) + k, fact.passees.get(recul), donnee.genre, styles.get(num_format=kind))
    sheet.set_row(row, height([(fact.titre, 52), (fact.usage, 40), (fact.attendu, 40), (fact.source, 30)]))


def check(c: Cadre, fact: RangDonnee) -> Montree:
    """Whether a fact is there, readable, inside its bounds."""
    calcul, nom = c.calcul, fact.donnee.nom
    line = c.entry("donnée", nom)
    cell = c.lieux.cellules["donnée", nom]
    awaited, odd, outside = "À donner", text("Valeur à vérifier"), text(f"Hors bornes : {fact.attendu}")
    if line is None:
        return Montree(f'=IF({cell}="",{quoted(awaited)},"")', "" if fact.valeur is not None else awaited)
    broken = [f"AND({calcul.state(b)}={CONNU},{calcul.number(b)}=0)" for b in c.classeur.feuille.bornes[nom]]
    inside = f'IF(OR({",".join(broken)}),{quoted(outside)},"")' if broken else '""'
    state = calcul.state(line)
    formule = f"=IF({state}={MANQUANT},{quoted(awaited)},IF({state}={INDECIS},{quoted(odd)},{inside}))"
    vue = calcul.vues[line]
    violated = any(calcul.vues[b] == Vue(CONNU, 0) for b in c.classeur.feuille.bornes[nom])
    said = {MANQUANT: awaited, INDECIS: odd}.get(vue.etat, outside if violated else "")
    return Montree(formule, brief(said))


def _bound(c: Cadre, sheet: Any, row: int, fact: RangDonnee) -> None:
    """What may be typed in the cell of a number or of a date."""
    genre = fact.donnee.genre
    kind = {Genre.ENTIER: "integer", Genre.DATE: "date"}.get(genre, "decimal")
    rule: dict[str, Any] = {"validate": kind, "ignore_blank": True, "error_title": "Valeur refusée"}
    if genre is Genre.DATE:
        rule |= {"criteria": ">=", "value": FIXED.replace(year=1900, month=3)}
    else:
        low, high = _limits(c, fact)
        rule |= {"criteria": "between", "minimum": low, "maximum": high}
    sheet.data_validation(row, 3, row, 3, {**rule, "error_message": f"Attendu : {fact.attendu}."[:255]})


def _limits(c: Cadre, fact: RangDonnee) -> tuple[Decimal, Decimal]:
    """The constant bounds of a fact in the unit of its cell: what a spreadsheet warns about; the reader checks all."""
    domaine = Domaines(c.politique).fait(fact.donnee.nom)
    times = 100 if fact.donnee.genre is Genre.ECART else 1
    most = Decimal(10**12)
    low = -most if domaine.bas is None else decimal(domaine.bas * times)
    return low, most if domaine.haut is None else decimal(domaine.haut * times)
