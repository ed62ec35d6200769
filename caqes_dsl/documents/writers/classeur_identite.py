"""The first sheet, who the establishment is and how to fill; the page to sign; the hidden keys."""

from __future__ import annotations

from typing import Any

from caqes_dsl.documents.classeur import identity_lines, sector_words, text
from caqes_dsl.exchange import classeur_forme as forme

from .classeur_cadre import TOP, Cadre
from .classeur_styles import height, page, put


def write_identity(c: Cadre) -> None:
    """Who the establishment is, who fills, and how."""
    sheet, styles, one = c.head(forme.IDENTITE, "Votre établissement", ""), c.styles, c.classeur.etablissement
    sheet.set_column(0, 0, 52)
    sheet.set_column(1, 1, 52)
    row = TOP
    put(sheet, row, 0, "Rubrique", styles.tete)
    put(sheet, row, 1, "Contenu", styles.tete)
    for label, value in identity_lines(c.classeur):
        row += 1
        put(sheet, row, 0, label, styles.texte)
        put(sheet, row, 1, value, styles.texte)
    year = str(c.classeur.exercice or "")
    known = {forme.FINESS: one.finess, forme.RAISON_SOCIALE: text(one.raison_sociale)} if one else {}
    for label in (forme.FINESS, forme.RAISON_SOCIALE, forme.EXERCICE):
        row += 1
        value = year if label == forme.EXERCICE else known.get(label, "")
        fixed = bool(value) or (label == forme.FINESS and one is not None)
        put(sheet, row, 0, label, styles.texte)
        put(sheet, row, 1, value, styles.texte if fixed else styles.saisie())
    assert row + 1 == c.sectors_at
    for nom in c.politique.secteurs:
        row += 1
        label = forme.SECTEUR + sector_words(nom, c.politique)
        put(sheet, row, 0, label, styles.texte)
        sheet.set_row(row, height([(label, 52)]))
        if one is not None:
            put(sheet, row, 1, forme.OUI if nom in one.secteurs else forme.NON, styles.texte)
        else:
            put(sheet, row, 1, forme.NON, styles.saisie())
            c.offer(sheet, row, 1, (forme.OUI, forme.NON), "Secteur d'activité", "Choisissez Oui ou Non.")
    row = _who(c, sheet, row)
    _howto(c, sheet, row + 2)
    page(sheet, c.classeur.rappel, landscape=False)


def _who(c: Cadre, sheet: Any, row: int) -> int:
    for label in ("Rempli par", "Fonction", "Courriel", "Date de remplissage"):
        row += 1
        put(sheet, row, 0, label, c.styles.texte)
        sheet.write_blank(row, 1, None, c.styles.saisie("dd/mm/yyyy" if label.startswith("Date") else "@"))
    return row


def _howto(c: Cadre, sheet: Any, row: int) -> None:
    put(sheet, row, 0, "Comment le remplir", c.styles.get(bold=True))
    lines = [
        "Remplissez les cellules jaunes ; les autres sont protégées contre les fautes de frappe.",
        "Feuille « Critères » : choisissez votre réponse dans la liste. La colonne « À faire » dit ce qui manque.",
        "Feuille « Données » : donnez les nombres demandés, ils décident des critères mesurés. Un nombre que vous ne "
        "connaissez pas reste vide : vide n'est pas zéro.",
        "Feuille « Résultat » : le score se calcule à mesure ; il est indicatif, l'agence le recalcule.",
        "Une réponse qui met un critère hors du calcul (« non concerné ») se justifie dans la colonne d'à côté.",
        "Enregistrez au format Excel (.xlsx) et renvoyez ce fichier, sans le renommer si possible.",
    ]
    if not c.rows:
        lines = [line for line in lines if "Critères" not in line and "critère" not in line.replace("critères", "")]
    for k, line in enumerate(lines, 1):
        sheet.merge_range(row + k, 0, row + k, 1, "", c.styles.get())
        put(sheet, row + k, 0, f"{k}. {text(line)}", c.styles.get())
        sheet.set_row(row + k, height([(line, 104)]))


def write_signature(c: Cadre) -> None:
    """The page to sign."""
    sheet, styles = c.head(forme.SIGNATURE, "Signature", ""), c.styles
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 2, 30)
    put(
        sheet,
        TOP,
        0,
        text("Les réponses et les données de ce classeur sont celles de l'établissement."),
        styles.get(text_wrap=False),
    )
    heads = ("", "Pour l’établissement", "Pour l’agence régionale de santé")
    for column, label in enumerate(heads):
        put(sheet, TOP + 2, column, label, styles.tete)
    for k, label in enumerate(("Nom et prénom", "Qualité", "Date", "Signature"), TOP + 3):
        put(sheet, k, 0, label, styles.texte)
        for column in (1, 2):
            sheet.write_blank(k, column, None, styles.saisie("dd/mm/yyyy" if label == "Date" else "@"))
        sheet.set_row(k, 90 if label == "Signature" else 24)
    page(sheet, c.classeur.rappel, landscape=False)


def write_keys(c: Cadre) -> None:
    """What tells a returned workbook's policy, grid and establishment."""
    sheet, politique, one = c.sheets[forme.CLES], c.politique, c.classeur.etablissement
    rows: list[tuple[str, ...]] = [
        ("forme", forme.VERSION),
        ("politique", politique.nom),
        ("empreinte", politique.empreinte),
        ("exercice", str(c.classeur.exercice or "")),
        ("finess", one.finess if one else ""),
        ("secteurs", "+".join(one.secteurs) if one else ""),
    ]
    rows += [("critère", n, forme.question_hash(politique, politique.criteres[n])) for n in c.rows]
    rows += [("donnée", f.donnee.nom, forme.fact_hash(f.donnee)) for f in c.classeur.donnees]
    for row, values in enumerate(rows):
        for column, value in enumerate(values):
            sheet.write_string(row, column, value)
