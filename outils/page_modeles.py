"""Écrit docs/modeles.md, ce qu'un modèle de l'annexe peut nommer, depuis caqes_dsl/documents/shapes.py.

Les noms et leurs formes viennent des classes ; ce qu'ils disent, des tables d'ici. Un nom sans phrase est une erreur.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

RACINE = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(RACINE))

from caqes_dsl.documents.modele_formes import Fiche, Forme, Liste, OuiNon  # noqa: E402  # non installé
from caqes_dsl.documents.verifier_modeles import VUE  # noqa: E402

PAGE = RACINE / "docs" / "modeles.md"

FICHES = {
    "AnnexeVue": "L'annexe entière : ces noms se citent seuls",
    "IdentiteVue": "L'identité du contrat",
    "LigneVue": "Une ligne : un libellé et ce qu'il vaut",
    "RenvoiVue": "Un renvoi à une note",
    "VoletVue": "Un volet",
    "IndicateurVue": "Un indicateur",
    "ChapitreVue": "Un chapitre, article du contrat",
    "ObjectifVue": "Un objectif",
    "CritereVue": "Un critère",
    "TableVue": "Un tableau",
    "ParametreVue": "Une valeur fixée par un texte",
    "BaremeVue": "Un barème",
    "NatureVue": "Les conséquences d'une même nature",
    "ConsequenceVue": "Une conséquence : un montant proposé, ou une pièce due",
    "ExempleVue": "Un exemple chiffré",
    "NoteVue": "Une source numérotée",
}
"""Classe -> ce que c'est."""

PHRASES = {
    "ancre": "l'adresse dans la page, à écrire avec `|brut`",
    "article": "le numéro d'article, ou rien",
    "autres": "les autres valeurs, avec leurs dates",
    "avertissement": "ce que sont ces montants",
    "baremes": "les barèmes",
    "bornes": "ce que donnent les valeurs aux bornes",
    "calendrier": "les dates et ce qui s'y passe",
    "cas": "les conditions, une à une",
    "chapeau": "ce que l'annexe contient, en une phrase",
    "chapitres": "les chapitres",
    "cible": "la cible, en toutes lettres",
    "code_de_controle": "le code de contrôle, à écrire avec `|brut`",
    "colonnes": "les têtes de colonnes",
    "criteres": "les critères",
    "date_d_effet": "la date d'effet, en toutes lettres",
    "decisions": "les conséquences, une entrée par nature",
    "definitions": "les calculs nommés et ce qu'ils sont",
    "delais": "les délais entre deux dates",
    "detail": "ce qui complète le texte, dans une colonne à part",
    "donnees": "les données recueillies ; dans un exemple, ce que l'on suppose",
    "empreinte": "l'empreinte entière du texte",
    "est_projet": "vrai tant que le texte n'est pas adopté",
    "evaluee_en": "l'année de l'évaluation",
    "exemples": "les exemples chiffrés",
    "exercice": "l'exercice évalué",
    "hypothese": "vrai si la source dit que c'est une hypothèse",
    "identite": "l'identité du contrat",
    "indicateurs": "les indicateurs",
    "legende": "la légende d'un tableau ; seule, celle des règles de lecture",
    "libelle": "de quoi l'on parle",
    "lignes": "les mêmes faits, en lignes",
    "limites": "les limites et principes ; dans une conséquence, son plafond et son plancher",
    "liste": "ces conséquences",
    "marque": "la mention en travers des pages (« PROJET »), ou rien",
    "montant": "comment le montant se calcule, ou rien",
    "niveaux": "les réponses possibles et ce qu'elles donnent",
    "notation": "les règles de lecture et de formation du score",
    "notes": "les renvois aux sources",
    "numero": "le numéro imprimé",
    "objectifs": "les objectifs",
    "parametres": "les valeurs fixées par les textes",
    "pieces": "les pièces à joindre",
    "points": "les points, avec leur unité",
    "portee": "les établissements que l'annexe concerne",
    "precisions": "ce qui précise : mesure, justificatif, échéance…",
    "rangs": "les rangs, chacun une liste de textes",
    "rappel": "la tête de chaque page",
    "recapitulatif": "le tableau des points par article ; sans rang quand rien ne donne de points",
    "region": "la région",
    "reponses": "les réponses et leurs points, si le critère est déclaré",
    "reserve": "à qui il s'applique, ou rien",
    "resultats": "ce qui en résulte",
    "secteurs": "les secteurs concernés",
    "seuils": "les seuils et ce qu'ils donnent, si le critère est mesuré",
    "sources": "les sources, numérotées",
    "statut": "projet, ou adopté avec sa date",
    "suites": "ce qui se dit sous le tableau",
    "table": "le tableau du barème",
    "tete": "ce qui annonce les conditions",
    "texte": "le texte",
    "titre": "le titre",
    "total": "les points et le nombre de critères",
    "totaux": "la cible, la durée et les totaux",
    "valeur": "la valeur applicable",
    "version": "la version du programme",
    "vigueur": "la durée de validité",
    "volets": "les volets",
}
"""Nom -> ce qu'il dit."""


def page() -> str:
    """Le texte de la page."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield "# Ce qu'un modèle de l'annexe peut nommer"
    yield ""
    yield "Un modèle met en page des textes déjà calculés, arrondis et datés. Il les nomme : `{{ identite.titre }}`"
    yield "dans un modèle Jinja (page, Markdown, Word, OpenDocument), `vue.identite.titre` dans le modèle Typst du PDF."
    yield "Comment les adapter : [templates/annexe/LISEZ-MOI.md](../templates/annexe/LISEZ-MOI.md)."
    yield ""
    yield "`caqes annexe --verifier-modeles --modeles DOSSIER` dit tout ce que vos modèles nomment et qui n'existe pas,"
    yield "avec le fichier et la ligne (dans Word, le paragraphe)."
    yield ""
    yield "Page écrite par `python outils/page_modeles.py`."
    for fiche in _met():
        yield ""
        yield f"## {FICHES[fiche.classe.__name__]}"
        yield ""
        yield "| nom | forme | contenu |"
        yield "|---|---|---|"
        for nom, forme in fiche.champs.items():
            yield f"| `{nom}` | {_form(forme)} | {PHRASES[nom]} |"


def _met() -> list[Fiche]:
    """Les fiches, dans l'ordre où l'on les rencontre."""
    found: dict[Fiche, None] = {}
    waiting: list[Forme] = [VUE]
    while waiting:
        forme = waiting.pop(0)
        if isinstance(forme, Liste):
            waiting += [forme.de] if forme.de is not None else []
        elif isinstance(forme, Fiche) and forme not in found:
            found[forme] = None
            waiting += forme.champs.values()
    return list(found)


def _form(forme: Forme | None) -> str:
    if isinstance(forme, Liste):
        of = forme.de
        if isinstance(of, Fiche):
            return f"liste : {_linked(of)}"
        return "liste de textes" if not isinstance(of, Liste) else "liste de listes de textes"
    if isinstance(forme, Fiche):
        return _linked(forme)
    return "vrai ou faux" if isinstance(forme, OuiNon) else "texte"


def _linked(fiche: Fiche) -> str:
    title = FICHES[fiche.classe.__name__]
    return title.partition(",")[0].partition(" :")[0].lower()


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
