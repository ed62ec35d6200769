"""The core in French words, with titles instead of names: what an annex or an explanation prints of a rule.

Verbs are chosen so that nothing has to agree with a title: « dépasse » and not « est supérieur(e) à ».
"""

from __future__ import annotations

from functools import singledispatch

from caqes_dsl.base.quantities import Genre, Mode, write_value
from caqes_dsl.documents.typography import listing
from caqes_dsl.documents.words import (
    after_de,
    criterion_number,
    level_label,
    of_year,
    quoted,
    sector_label,
    sector_title,
    value_in_words,
    year,
)
from caqes_dsl.model.nodes import (
    ADefaut,
    Agregat,
    Arithmetique,
    Arrondi,
    Choix,
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
from caqes_dsl.model.walk import children

_VERBES = {
    "<": "n'atteint pas",
    "≤": "ne dépasse pas",
    ">": "dépasse",
    "≥": "atteint ou dépasse",
    "=": "vaut",
    "≠": "ne vaut pas",
}
_VERBES_DE_DATE = {
    "<": "est avant le",
    "≤": "est au plus tard le",
    ">": "est après le",
    "≥": "est au plus tôt le",
    "=": "est le",
    "≠": "n'est pas le",
}
_CONTRAIRE = {"<": "≥", "≥": "<", ">": "≤", "≤": ">", "=": "≠", "≠": "="}
_FORCE = {"+": 1, "-": 1, "×": 2, "/": 2}
_SIGNES = {"+": "+", "-": "−", "×": "×", "/": "÷"}
_AGREGATS = {
    "médiane": "la médiane",
    "moyenne": "la moyenne",
    "quantile": "le quantile",
    "somme": "la somme",
    "rang": "le rang de l'établissement",
}


@singledispatch
def describe(noeud: object, politique: Politique) -> str:
    """An expression in French words."""
    raise TypeError(f"mots de {type(noeud).__name__}")


@describe.register
def _(noeud: Constante, politique: Politique) -> str:
    valeur = value_in_words(noeud.valeur, noeud.genre, politique)
    parametre = politique.parametres.get(noeud.nom)
    return f"{quoted(parametre.titre)} ({valeur})" if parametre and parametre.titre else valeur


@describe.register
def _(noeud: Fait, politique: Politique) -> str:
    donnee = politique.donnees.get(noeud.nom)
    return of_year(quoted(donnee.titre if donnee and donnee.titre else noeud.nom), politique, noeud.recul)


def _heading(nom: str, politique: Politique) -> str:
    if nom in politique.volets:
        several = len(politique.volets) > 1 or politique.notation.calcul
        return f" du volet {quoted(politique.volets[nom].titre)}" if several else ""
    for headings in (politique.chapitres, politique.objectifs):
        if nom in headings:
            return f" de {quoted(headings[nom].titre)}"
    return ""


@describe.register
def _(noeud: Reference, politique: Politique) -> str:
    text = of_year(describe_key(noeud.cle.sorte, noeud.cle.nom, politique), politique, noeud.recul)
    return f"{text}, recalculé avec la grille de cette année" if noeud.rejoue else text


def describe_key(sorte: str, nom: str, politique: Politique) -> str:
    """A named quantity in words (see `Cle`)."""
    match sorte:
        case "mesure" | "cible" | "atteint" if nom in politique.indicateurs:
            named = {"mesure": "la mesure", "cible": "la cible", "atteint": "l'atteinte de la cible"}
            return f"{named[sorte]} de l'indicateur {indicator_title(nom, politique)}"
        case "réserve":
            return f"l'ouverture du volet {quoted(politique.volets[nom].titre or nom)}"
        case "score" | "cible" | "points" | "points_applicables":
            head = {"score": "le score", "cible": "la cible", "points": "le total des points obtenus"}
            return head.get(sorte, "le total des points applicables") + _heading(nom, politique)
        case "mesure" | "niveau":
            what = "le résultat mesuré du" if sorte == "mesure" else "la réponse au"
            critere = politique.criteres.get(nom)
            if critere is None:
                return f"{what} critère {nom}"
            return f"{what} critère {criterion_number(critere, politique)} {quoted(critere.titre or nom)}"
        case "secteur":
            return f"l'activité {quoted(sector_title(nom, politique))}"
        case "décompte":
            niveau, _, heading = nom.partition(" ")
            label = quoted(level_label(niveau, politique))
            return f"le nombre de critères {label}{_heading(heading, politique)}"
    declared = {
        "calcul": politique.calculs,
        "barème": politique.baremes,
        "décision": politique.decisions,
        "pièce": politique.pieces,
    }.get(sorte, {})
    found = declared.get(nom)
    return quoted(found.titre if found and found.titre else nom)


def indicator_title(nom: str, politique: Politique) -> str:
    """The title of an indicateur between quotation marks."""
    return quoted(politique.indicateurs[nom].titre or nom)


# ---------------------------------------------------------------- arithmetic


def _operand(noeud: Noeud, politique: Politique, force: int) -> str:
    text = describe(noeud, politique)
    weak = isinstance(noeud, (Choix, MinMax, Logique, Comparaison, Arrondi, Agregat)) or (
        isinstance(noeud, Reference) and noeud.rejoue
    )
    weak = weak or (isinstance(noeud, Arithmetique) and _FORCE[noeud.op] < force)
    return f"({text})" if weak and not growth(noeud) and not progress(noeud) else text


def growth(noeud: Noeud) -> tuple[Fait, Fait] | None:
    """The two terms of (x - y) / y when x and y are the same fact at two exercises."""
    if not (isinstance(noeud, Arithmetique) and noeud.op == "/" and isinstance(noeud.gauche, Arithmetique)):
        return None
    top = noeud.gauche
    if top.op != "-" or top.droite != noeud.droite:
        return None
    now, before = top.gauche, top.droite
    if isinstance(now, Fait) and isinstance(before, Fait) and now.nom == before.nom and now.recul < before.recul:
        return now, before
    return None


def progress(noeud: Noeud) -> tuple[Fait | Reference, int] | None:
    """X and how many exercises back, for x - y where y is the same quantity earlier."""
    if not (isinstance(noeud, Arithmetique) and noeud.op == "-"):
        return None
    now, before = noeud.gauche, noeud.droite
    if isinstance(now, Fait) and isinstance(before, Fait) and (now.nom, now.recul) == (before.nom, 0):
        return now, before.recul
    if isinstance(before, Reference) and before.rejoue:
        return None
    if isinstance(now, Reference) and isinstance(before, Reference) and (now.cle, now.recul) == (before.cle, 0):
        return now, before.recul
    return None


@describe.register
def _(noeud: Arithmetique, politique: Politique) -> str:
    found = growth(noeud)
    if found:
        now, before = found
        title = describe(Fait(now.genre, now.span, now.nom), politique)
        return f"l'évolution de {title} de {year(politique, before.recul)} à {year(politique, now.recul)}"
    moved = progress(noeud)
    if moved and moved[1]:
        what = after_de(describe(moved[0], politique))
        return f"la variation {what} de {year(politique, moved[1])} à {year(politique, 0)}"
    force = _FORCE[noeud.op]
    left, right = (
        _operand(noeud.gauche, politique, force),
        _operand(noeud.droite, politique, force + (noeud.op in "-/")),
    )
    if noeud.op in "+-" and not any(isinstance(n, Arithmetique) for n in (noeud.gauche, noeud.droite)):
        return f"{left} {'plus' if noeud.op == '+' else 'moins'} {right}"
    return f"{left} {_SIGNES[noeud.op]} {right}"


@describe.register
def _(noeud: Arrondi, politique: Politique) -> str:
    way = {Mode.PROCHE: "arrondi", Mode.EXCES: "arrondi par excès", Mode.DEFAUT: "arrondi par défaut"}[noeud.mode]
    return f"{_operand(noeud.terme, politique, 9)} {way} à {write_value(noeud.pas, noeud.genre)} près"


@describe.register
def _(noeud: MinMax, politique: Politique) -> str:
    bounds = [t for t in noeud.termes if isinstance(t, Constante)]
    others = [t for t in noeud.termes if not isinstance(t, Constante)]
    if len(bounds) == 1 and len(others) == 1:
        bound, text = describe(bounds[0], politique), describe(others[0], politique)
        if noeud.op == "min":
            return f"{text}, dans la limite de {bound}"
        if bounds[0].valeur == 0:
            return f"{text}, ou {bound} si ce résultat est négatif"
        return f"{text}, sans être sous {bound}"
    which = "la plus grande" if noeud.op == "max" else "la plus petite"
    return f"{which} de ces valeurs : {' ; '.join(describe(t, politique) for t in noeud.termes)}"


def _guarded_ratio(noeud: Choix) -> tuple[Noeud, Noeud, Noeud] | None:
    """(ratio, divisor, its worth when the divisor is zero) for a ratio protected by a choice."""
    test = noeud.condition
    if not (isinstance(test, Comparaison) and test.op in "=≠" and isinstance(test.droite, Constante)):
        return None
    zero, ratio = (noeud.alors, noeud.sinon) if test.op == "=" else (noeud.sinon, noeud.alors)
    if test.droite.valeur == 0 and isinstance(ratio, Arithmetique) and ratio.op == "/" and ratio.droite == test.gauche:
        return ratio, test.gauche, zero
    return None


@describe.register
def _(noeud: Choix, politique: Politique) -> str:
    guarded = _guarded_ratio(noeud)
    if guarded:
        ratio, divisor, zero = (describe(n, politique) for n in guarded)
        grown = growth(guarded[0])
        null = f"la valeur de {year(politique, grown[1].recul)}" if grown else divisor
        return f"{ratio} ({zero} si {null} est zéro)"
    then, other = describe(noeud.alors, politique), describe(noeud.sinon, politique)
    return f"{then} si {condition(noeud.condition, politique)}, sinon {other}"


@describe.register
def _(noeud: Manque, politique: Politique) -> str:
    return f"{describe(noeud.terme, politique)} n'a pas été transmis"


@describe.register
def _(noeud: ADefaut, politique: Politique) -> str:
    return f"{describe(noeud.terme, politique)} (à défaut de transmission : {describe(noeud.defaut, politique)})"


@describe.register
def _(noeud: Agregat, politique: Politique) -> str:
    alike = f" de même valeur pour {describe(noeud.par, politique)}" if noeud.par is not None else ""
    where = f"de la région{alike}" if politique.region else f"évalués{alike}"
    whom = establishments(noeud.parmi, politique, where)
    if noeud.terme is None:
        return f"le nombre {after_de(whom)}"
    name = _AGREGATS.get(noeud.fonction, noeud.fonction)
    if noeud.part is not None:
        name += f" à {write_value(noeud.part, Genre.TAUX)}"
    term = describe(noeud.terme, politique)
    return f"{name}, parmi les {whom}, {f'pour {term}' if noeud.fonction == 'rang' else after_de(term)}"


def establishments(noeud: Noeud | None, politique: Politique, where: str = "") -> str:
    """« établissements MCO de la région pour lesquels … »: those for which a condition holds."""
    terms = [] if noeud is None else _flat(noeud, "et") if isinstance(noeud, Logique) else [noeud]
    kinds, others = [], []
    for term in terms:
        either = _flat(term, "ou") if isinstance(term, Logique) and term.op == "ou" else [term]
        if all(isinstance(t, Reference) and t.cle.sorte == "secteur" for t in either):
            kinds.append(" ou ".join(_kind(t, politique) for t in either))
        else:
            others.append(term)
    said = " ".join(
        ["établissements", *(f"{'et ' if i else ''}{k}" for i, k in enumerate(kinds)), *([where] * (where != ""))]
    )
    if not others:
        return said
    write = condition if len(others) == 1 else _inside
    whole = " et ".join(write(t, politique) for t in others)
    if any(_names_it(t) for t in others):
        return f"{said} qui remplissent cette condition ({whole})"
    return f"{said} pour lesquels {whole}"


def _names_it(noeud: Noeud) -> bool:
    """Whether it is said with « l'établissement », which then speaks of each of several."""
    if isinstance(noeud, Agregat):  # which says « établissements » of those it is taken over
        return noeud.fonction == "rang"
    if isinstance(noeud, Reference):
        return noeud.cle.sorte == "secteur"
    return any(_names_it(n) for n in children(noeud))


def _kind(noeud: Noeud, politique: Politique) -> str:
    """A sector by its abbreviation, or its full name between quotation marks."""
    assert isinstance(noeud, Reference)
    secteur = politique.secteurs[noeud.cle.nom]
    label = sector_label(secteur)
    return label if label == secteur.nom else f"d'activité {quoted(label)}"


# ---------------------------------------------------------------- conditions


@describe.register
def _(noeud: Comparaison, politique: Politique) -> str:
    left, right = describe(noeud.gauche, politique), describe(noeud.droite, politique)
    if noeud.gauche.genre is Genre.DATE:
        return f"{left} {_VERBES_DE_DATE[noeud.op]} {right}"
    if noeud.op in "=≠" and noeud.gauche.genre in (Genre.NIVEAU, Genre.CHOIX):
        return f"{left} {'est' if noeud.op == '=' else 'n’est pas'} {right}"
    if noeud.op in "=≠" and isinstance(noeud.droite, Constante) and noeud.droite.valeur == 0:
        return f"{left} {_VERBES[noeud.op]} zéro" if noeud.op == "=" else f"{left} n'est pas zéro"
    return f"{left} {_VERBES[noeud.op]} {right}"


def condition(noeud: Noeud, politique: Politique, *, remplie: bool = True) -> str:
    """A yes/no expression, or its contrary, as a clause that can follow « si »."""
    if isinstance(noeud, Logique) and noeud.op == "non":
        return condition(noeud.termes[0], politique, remplie=not remplie)
    if isinstance(noeud, Logique) and remplie:
        parts = [_inside(t, politique) for t in _flat(noeud, noeud.op)]
        return f" {noeud.op} ".join(parts) if len(parts) < 3 else listing(parts, noeud.op)
    if isinstance(noeud, Comparaison):
        op = noeud.op if remplie else _CONTRAIRE[noeud.op]
        return describe(Comparaison(noeud.genre, noeud.span, op, noeud.gauche, noeud.droite), politique)
    if isinstance(noeud, Reference) and noeud.cle.sorte == "secteur":
        return f"l'établissement {'a' if remplie else 'n’a pas'} {describe(noeud, politique)}"
    if isinstance(noeud, Reference) and noeud.cle.sorte == "atteint":
        title = indicator_title(noeud.cle.nom, politique)
        return f"la cible de l'indicateur {title} {'est' if remplie else 'n’est pas'} atteinte"
    if isinstance(noeud, Fait):
        return f"la réponse à {describe(noeud, politique)} est « {'oui' if remplie else 'non'} »"
    if isinstance(noeud, Reference):
        return f"la condition {describe(noeud, politique)} {'est' if remplie else 'n’est pas'} remplie"
    if isinstance(noeud, Constante) and isinstance(noeud.valeur, bool):
        return "toujours" if noeud.valeur is remplie else "jamais"
    text = describe(noeud, politique)
    return text if remplie else f"la condition suivante n'est pas remplie : {text}"


def _flat(noeud: Noeud, op: str) -> list[Noeud]:
    """The terms of « a ou b ou c », however they are nested."""
    found, waiting = [], [noeud]
    while waiting:
        term = waiting.pop()
        if isinstance(term, Logique) and term.op == op:
            waiting += reversed(term.termes)
        else:
            found.append(term)
    return found


def _inside(noeud: Noeud, politique: Politique) -> str:
    text = condition(noeud, politique)
    return f"({text})" if isinstance(noeud, Logique) and noeud.op != "non" else text


@describe.register
def _(noeud: Logique, politique: Politique) -> str:
    return condition(noeud, politique)


def clauses(noeud: Noeud, politique: Politique) -> tuple[str, tuple[str, ...]]:
    """A condition as a contract lists it: its introduction, then each case; one case has no introduction."""
    if not isinstance(noeud, Logique) or noeud.op == "non" or len(noeud.termes) < 2:
        return "", (condition(noeud, politique),)
    head = "Si toutes ces conditions sont réunies" if noeud.op == "et" else "Dans l'un au moins de ces cas"
    return head, tuple(condition(t, politique) for t in _flat(noeud, noeud.op))
