"""What each sheet of the annex says: the texts of the view, in rows; nothing is computed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Vue = Mapping[str, Any]
Rang = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Bloc:
    """A table of a sheet: what it is, its heads, its rows, what is said under it. `nombres`: it shows numbers."""

    legende: str
    colonnes: Rang
    rangs: tuple[Rang, ...]
    suites: Rang = ()
    nombres: bool = False


@dataclass(frozen=True, slots=True)
class Feuille:
    """A sheet: its name, the widths of its columns in characters, its tables (one that is filtered, or several)."""

    nom: str
    largeurs: tuple[int, ...]
    blocs: tuple[Bloc, ...]


def sheets(vue: Vue) -> Iterator[Feuille]:
    """The sheets that have something to say, in the order of the document."""
    for sheet in (
        _identity(vue),
        _reading(vue),
        _articles(vue),
        _grid(vue),
        _indicators(vue),
        _points(vue),
        _scales(vue),
        _decisions(vue),
        _definitions(vue),
        _values(vue),
        _facts(vue),
        _calendar(vue),
        _examples(vue),
        _limits(vue),
        _sources(vue),
    ):
        blocs = tuple(b for b in sheet.blocs if b.rangs)
        if blocs:
            yield Feuille(sheet.nom, sheet.largeurs, blocs)


def _notes(*several: Vue) -> str:
    """The numbers of the sources of something, as the last sheet gives them."""
    notes = {n["numero"]: n["hypothese"] for of in several for n in of["notes"]}
    return ", ".join(f"{number} (hypothèse)" if guessed else number for number, guessed in notes.items())


def _pairs(lines: Sequence[Vue]) -> str:
    return "\n".join(f"{line['libelle']} : {line['texte']}" for line in lines)


def _lines(legende: str, heads: Rang, lines: Sequence[Vue]) -> Bloc:
    rows = tuple((line["libelle"], line["texte"], _notes(line)) for line in lines)
    return Bloc(legende, (*heads, "Notes"), rows)


def _identity(vue: Vue) -> Feuille:
    identite = vue["identite"]
    said = [(line["libelle"], line["texte"], "") for line in identite["lignes"]]
    said += [("Contenu", vue["chapeau"], "")]
    said += [("Code de contrôle", identite["code_de_controle"], ""), ("Empreinte", identite["empreinte"], "")]
    if identite["notes"]:
        said += [("Source", "Sauf renvoi à une autre, les règles viennent de celle-ci.", _notes(identite))]
    if identite["version"]:
        said += [("Document", f"produit par caqes {identite['version']}", "")]
    return Feuille("Identité", (32, 96, 22), (Bloc("Identité", ("Objet", "Contenu", "Notes"), tuple(said)),))


def _reading(vue: Vue) -> Feuille:
    """How the document is read."""
    return Feuille(
        "Lecture",
        (32, 96, 22),
        (
            _lines("Réponses possibles et points obtenus", ("Réponse", "Ce qu’elle donne"), vue["niveaux"]),
            _lines("Secteurs d’activité", ("Abréviation", "Secteur"), vue["secteurs"]),
            _lines(vue["legende"], ("Règle", "Contenu"), vue["notation"]),
        ),
    )


def _articles(vue: Vue) -> Feuille:
    """The structure of the contract, with its texts and its totals."""
    rows: list[Rang] = []
    for volet in vue["volets"]:
        said = [volet["texte"], volet["reserve"], _pairs(volet["totaux"])]
        rows.append(("Volet", volet["article"], volet["titre"], _joined(said), "", _notes(volet, *volet["totaux"])))
        for chapitre in volet["chapitres"]:
            rows.append(_heading("Article", chapitre["article"], chapitre))
            rows += [_heading("Objectif", "", objectif) for objectif in chapitre["objectifs"]]
    heads = ("Rang", "Article", "Titre", "Contenu", "Points", "Notes")
    return Feuille("Articles", (11, 9, 64, 60, 30, 18), (Bloc("Articles", heads, tuple(rows)),))


def _heading(rank: str, article: str, of: Vue) -> Rang:
    return (rank, article, of["titre"], of["texte"], of["total"], _notes(of))


def _joined(texts: Sequence[str]) -> str:
    return "\n".join(text for text in texts if text)


def _grid(vue: Vue) -> Feuille:
    """One row a criterion; the long titles of the articles are on their own sheet."""
    rows, volets = [], vue["volets"]
    several = len(volets) > 1
    for volet in volets:
        for chapitre in volet["chapitres"]:
            article = (*((volet["titre"],) if several else ()), chapitre["article"] or chapitre["titre"])
            for objectif in chapitre["objectifs"]:
                head = (*article, objectif["titre"])
                if objectif["texte"] or not objectif["criteres"]:
                    # A commitment, or what an objectif says before its criteria.
                    points = "" if objectif["criteres"] else objectif["total"]
                    said = (objectif["texte"] or objectif["titre"], "", points)
                    rows.append((*head, "", *said, "", "", _notes(objectif)))
                rows += [(*head, *_criterion(k)) for k in objectif["criteres"]]
    heads = (*(("Volet",) if several else ()), "Article", "Objectif", "N°", "Critère", "Secteurs", "Points")
    heads = (*heads, "Points selon la réponse, ou seuils", "Précisions", "Notes")
    widths = (*((20,) if several else ()), 11, 36, 7, 42, 13, 12, 36, 44, 13)
    return Feuille("Grille", widths, (Bloc("Grille", heads, tuple(rows), nombres=True),))


def _criterion(critere: Vue) -> Rang:
    """Its number, title, sectors, points; what each answer or threshold gives; its details and sources."""
    gives = [f"{a['libelle']} : {a['texte']}" for a in critere["reponses"]]
    gives += [f"{s['libelle']} : {s['texte']}, {s['detail']}" for s in critere["seuils"]]
    gives += [f"Aux bornes : {critere['bornes']}"] if critere["bornes"] else []
    of = (critere["numero"], critere["titre"], critere["secteurs"], critere["points"])
    return (*of, "\n".join(gives), _pairs(critere["precisions"]), _notes(critere))


def _indicators(vue: Vue) -> Feuille:
    rows = tuple(
        (volet["titre"], i["titre"], i["secteurs"], i["cible"], _pairs(i["precisions"]), _notes(i))
        for volet in vue["volets"]
        for i in volet["indicateurs"]
    )
    heads = ("Volet", "Indicateur", "Secteurs", "Cible", "Précisions", "Notes")
    return Feuille("Indicateurs", (28, 40, 14, 20, 74, 14), (Bloc("Indicateurs", heads, rows),))


def _points(vue: Vue) -> Feuille:
    tables = [volet["recapitulatif"] for volet in vue["volets"]]
    blocs = [Bloc(t["legende"], t["colonnes"], t["rangs"], t["suites"], nombres=True) for t in tables]
    return Feuille("Points", (70, *(11,) * _most_columns(blocs)), tuple(blocs))


def _scales(vue: Vue) -> Feuille:
    blocs = []
    for bareme in vue["baremes"]:
        table, notes = bareme["table"], _notes(bareme)
        after = (*table["suites"], *((f"Notes : {notes}",) if notes else ()))
        blocs.append(Bloc(bareme["titre"], table["colonnes"], table["rangs"], after, nombres=True))
    return Feuille("Barèmes", (44, *(28,) * _most_columns(blocs)), tuple(blocs))


def _most_columns(blocs: Sequence[Bloc]) -> int:
    """How many columns after the first."""
    return max((len(b.colonnes) for b in blocs), default=1) - 1


def _decisions(vue: Vue) -> Feuille:
    heads = ("Nature", "Objet", "Conditions", "Montant", "Limites", "Notes")
    rows = [(nature["titre"], *_consequence(d)) for nature in vue["decisions"] for d in nature["liste"]]
    rows += [("Pièces à joindre", *_consequence(d)) for d in vue["pieces"]]
    said = tuple(f"{nature['titre']} : {nature['avertissement']}" for nature in vue["decisions"])
    return Feuille("Décisions", (22, 32, 54, 48, 44, 14), (Bloc("Décisions", heads, tuple(rows), said),))


def _consequence(of: Vue) -> Rang:
    cases = [f"– {c}{'.' if c is of['cas'][-1] else ' ;'}" for c in of["cas"]]
    when = "\n".join([of["tete"] + (" :" if cases else "."), *cases])
    amount = f"{of['libelle']} : {of['montant']}" if of["montant"] else ""
    return (of["titre"], when, amount, "\n".join(of["limites"]), _notes(of))


def _definitions(vue: Vue) -> Feuille:
    return Feuille("Définitions", (44, 96, 18), (_lines("Définitions", ("Terme", "Définition"), vue["definitions"]),))


def _values(vue: Vue) -> Feuille:
    """Values fixed by texts: the one that applies, then the others."""
    date = vue["identite"]["date_d_effet"]
    rows = tuple(
        (
            p["libelle"],
            p["valeur"],
            "\n".join(f"{a['texte']} {a['libelle']}" for a in p["autres"]),
            _notes(p, *p["autres"]),
        )
        for p in vue["parametres"]
    )
    heads = ("Objet", f"Valeur applicable au {date}" if date else "Valeur applicable", "Autres valeurs", "Notes")
    return Feuille("Valeurs", (58, 40, 48, 18), (Bloc("Valeurs fixées par les textes", heads, rows),))


def _calendar(vue: Vue) -> Feuille:
    table = _lines("Calendrier", ("Date", "Étape"), vue["calendrier"])
    said = []
    for delay in vue["delais"]:
        notes = _notes(delay)
        said.append(f"{delay['libelle']} : {delay['texte']}" + (f" Notes : {notes}" if notes else ""))
    return Feuille("Calendrier", (28, 100, 18), (Bloc(table.legende, table.colonnes, table.rangs, tuple(said)),))


def _limits(vue: Vue) -> Feuille:
    return Feuille("Limites", (28, 100, 18), (_lines("Limites et principes", ("Nature", "Énoncé"), vue["limites"]),))


def _facts(vue: Vue) -> Feuille:
    heads = ("Donnée", "Ce qui est attendu", "Usage", "Notes")
    rows = tuple((d["libelle"], d["texte"], d["detail"], _notes(d)) for d in vue["donnees"])
    return Feuille("Données", (58, 40, 56, 16), (Bloc("Données recueillies", heads, rows),))


def _examples(vue: Vue) -> Feuille:
    rows = tuple(
        (e["titre"], word, line["libelle"], line["texte"])
        for e in vue["exemples"]
        for word, lines in (("Ce que l’on suppose", e["donnees"]), ("Ce qui en résulte", e["resultats"]))
        for line in lines
    )
    heads = ("Cas", "Part", "Grandeur", "Valeur")
    return Feuille("Exemples", (46, 20, 70, 28), (Bloc("Exemples chiffrés", heads, rows),))


def _sources(vue: Vue) -> Feuille:
    rows = tuple((s["numero"], s["texte"], "oui" if s["hypothese"] else "non") for s in vue["sources"])
    listed = Bloc("Sources et notes", ("N°", "Texte", "Hypothèse"), rows, nombres=True)
    return Feuille("Sources", (9, 120, 14), (listed,))
