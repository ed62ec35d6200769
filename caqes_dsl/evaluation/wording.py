"""Core expressions in French, with titles or with values: the words of an explanation."""

from __future__ import annotations

from collections.abc import Callable
from functools import singledispatch

from caqes_dsl.base.quantities import Genre, Valeur, write_value
from caqes_dsl.model.nodes import (
    ADefaut,
    Agregat,
    Arithmetique,
    Arrondi,
    Choix,
    Cle,
    Comparaison,
    Constante,
    Fait,
    Logique,
    Manque,
    MinMax,
    Noeud,
    Politique,
    Reference,
)

Lecture = Callable[[Noeud], "tuple[Valeur | None] | None"]
"""What a leaf is worth, in a tuple of one; None to write its title instead."""

_ORDER = {"ou": 1, "et": 2, "=": 4, "≠": 4, "<": 4, "≤": 4, ">": 4, "≥": 4, "+": 5, "-": 5, "×": 6, "/": 6}


def title_of(politique: Politique, cle: Cle) -> str:
    """What a named quantity is called in documents."""
    match cle.sorte:
        case "score" | "points" | "points_applicables":
            word = {"score": "score", "points": "points obtenus", "points_applicables": "points applicables"}[cle.sorte]
            titre = _heading(politique, cle.nom)
            return f"{word} de « {titre} »" if titre else word
        case "cible" if cle.nom in politique.indicateurs:
            return f"cible de « {politique.indicateurs[cle.nom].titre} »"
        case "cible":
            return "cible"
        case "mesure" if cle.nom in politique.indicateurs:
            return f"mesure de « {politique.indicateurs[cle.nom].titre} »"
        case "atteint":
            return f"cible de « {politique.indicateurs[cle.nom].titre} » atteinte"
        case "réserve":
            return f"ouverture du volet « {_heading(politique, cle.nom)} »"
        case "mesure":
            return f"mesure du critère {cle.nom} « {politique.criteres[cle.nom].titre} »"
        case "niveau":
            return f"niveau du critère {cle.nom} « {politique.criteres[cle.nom].titre} »"
        case "calcul":
            return f"« {politique.calculs[cle.nom].titre} »"
        case "barème":
            return f"« {politique.baremes[cle.nom].titre} »"
        case "décision":
            return f"« {politique.decisions[cle.nom].titre} »"
        case "pièce":
            return f"« {politique.pieces[cle.nom].titre} »"
        case "secteur":
            return f"secteur « {politique.secteurs[cle.nom].titre} »"
        case "décompte":
            niveau, _, titre = cle.nom.partition(" ")
            label = politique.niveaux[niveau].titre
            return f"nombre de critères « {label} » de « {_heading(politique, titre)} »"
    raise ValueError(cle.sorte)


def _heading(politique: Politique, nom: str) -> str:
    for titres in (politique.volets, politique.chapitres, politique.objectifs):
        if nom in titres:
            return titres[nom].titre
    return ""


def labels(politique: Politique) -> dict[str, str]:
    """Level names and what they are called."""
    return {n.nom: n.titre for n in politique.niveaux.values()}


def write(noeud: Noeud, politique: Politique, lecture: Lecture | None = None, level: int = 0) -> str:
    """French writing of an expression; parentheses only where needed."""
    if lecture is not None:
        read = lecture(noeud)
        if read is not None:
            return write_value(read[0], noeud.genre, labels=labels(politique))
    text, own = _write(noeud, politique, lecture)
    return f"({text})" if own < level else text


def _year(politique: Politique, recul: int) -> str:
    if not recul:
        return ""
    if politique.exercice:
        return f" de {politique.exercice - recul}"
    return " de l'exercice précédent" if recul == 1 else f" d'il y a {recul} exercices"


@singledispatch
def _write(noeud: Noeud, politique: Politique, lecture: Lecture | None) -> tuple[str, int]:
    raise TypeError(f"écriture de {type(noeud).__name__}")


@_write.register
def _(noeud: Constante, politique: Politique, lecture: Lecture | None) -> tuple[str, int]:
    if noeud.nom and lecture is None:
        return f"« {politique.parametres[noeud.nom].titre} »", 9
    return write_value(noeud.valeur, noeud.genre, labels=labels(politique)), 9


@_write.register
def _(noeud: Fait, politique: Politique, lecture: Lecture | None) -> tuple[str, int]:
    return f"« {politique.donnees[noeud.nom].titre} »{_year(politique, noeud.recul)}", 9


@_write.register
def _(noeud: Reference, politique: Politique, lecture: Lecture | None) -> tuple[str, int]:
    replayed = ", rejoué à grille constante" if noeud.rejoue else ""
    return title_of(politique, noeud.cle) + _year(politique, noeud.recul) + replayed, 9


@_write.register
def _(noeud: Arithmetique, politique: Politique, lecture: Lecture | None) -> tuple[str, int]:
    order = _ORDER[noeud.op]
    left = write(noeud.gauche, politique, lecture, order)
    right = write(noeud.droite, politique, lecture, order + 1)
    if noeud.op == "-" and isinstance(noeud.gauche, Constante) and noeud.gauche.valeur == 0:
        return f"-{right}", 7
    return f"{left} {noeud.op} {right}", order


@_write.register
def _(noeud: Comparaison, politique: Politique, lecture: Lecture | None) -> tuple[str, int]:
    return f"{write(noeud.gauche, politique, lecture, 5)} {noeud.op} {write(noeud.droite, politique, lecture, 5)}", 4


@_write.register
def _(noeud: Logique, politique: Politique, lecture: Lecture | None) -> tuple[str, int]:
    if noeud.op == "non":
        return f"non {write(noeud.termes[0], politique, lecture, 4)}", 3
    order = _ORDER[noeud.op]
    return f" {noeud.op} ".join(write(t, politique, lecture, order) for t in noeud.termes), order


@_write.register
def _(noeud: Choix, politique: Politique, lecture: Lecture | None) -> tuple[str, int]:
    condition, alors, sinon = (write(n, politique, lecture) for n in (noeud.condition, noeud.alors, noeud.sinon))
    return f"si {condition} alors {alors} sinon {sinon}", 0


@_write.register
def _(noeud: Arrondi, politique: Politique, lecture: Lecture | None) -> tuple[str, int]:
    return f"{noeud.mode.value}({write(noeud.terme, politique, lecture)} ; {write_value(noeud.pas, noeud.genre)})", 9


@_write.register
def _(noeud: MinMax, politique: Politique, lecture: Lecture | None) -> tuple[str, int]:
    word = "le plus grand de" if noeud.op == "max" else "le plus petit de"
    terms = [write(t, politique, lecture) for t in noeud.termes]
    return f"{word} ({' ; '.join(terms)})", 9


@_write.register
def _(noeud: Manque, politique: Politique, lecture: Lecture | None) -> tuple[str, int]:
    return f"{write(noeud.terme, politique, lecture)} n'est pas transmis", 4


@_write.register
def _(noeud: ADefaut, politique: Politique, lecture: Lecture | None) -> tuple[str, int]:
    terme, defaut = write(noeud.terme, politique, lecture, 7), write(noeud.defaut, politique, lecture, 7)
    return f"{terme} (à défaut {defaut})", 8


@_write.register
def _(noeud: Agregat, politique: Politique, lecture: Lecture | None) -> tuple[str, int]:
    said = [write(noeud.terme, politique)] if noeud.terme is not None else []
    said += [write_value(noeud.part, Genre.TAUX)] if noeud.part is not None else []
    text = " ; ".join(said)
    if noeud.parmi is not None:
        text += f" parmi {write(noeud.parmi, politique)}"
    if noeud.par is not None:
        text += f" par {write(noeud.par, politique)}"
    return f"{noeud.fonction}({text.strip()})", 9
