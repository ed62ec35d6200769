"""The core in French words, with titles instead of names: what an annex or an explanation prints of a rule."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from functools import singledispatch

from caqes_dsl.base.quantities import Genre, Mode, Valeur, write_value
from caqes_dsl.documents.typography import listing, long_date
from caqes_dsl.model.nodes import (
    ADefaut,
    Agregat,
    Arithmetique,
    Arrondi,
    Autrement,
    Cas,
    Choix,
    Comparaison,
    Constante,
    Fait,
    Intervalle,
    Lineaire,
    Logique,
    Manque,
    MinMax,
    Noeud,
    Politique,
    Rang,
    Reference,
    Suite,
    Table,
    Tout,
    Valeurs,
)

_VERBES = {
    "<": "inférieur{e} à",
    "≤": "inférieur{e} ou égal{e} à",
    ">": "supérieur{e} à",
    "≥": "supérieur{e} ou égal{e} à",
    "=": "égal{e} à",
    "≠": "différent{e} de",
}
_CONTRAIRE = {"<": "≥", "≥": "<", ">": "≤", "≤": ">", "=": "≠", "≠": "="}
BORNES = {"<": "moins de", "≤": "au plus", ">": "plus de", "≥": "au moins", "=": "exactement", "≠": "autre que"}
"""A comparison said before its value."""

GENRES = {
    Genre.ENTIER: "nombre entier",
    Genre.DECIMAL: "nombre",
    Genre.TAUX: "taux, en %",
    Genre.ECART: "écart, en points de pourcentage",
    Genre.POINTS: "points",
    Genre.MONTANT: "montant, en euros",
    Genre.JOURS: "durée, en jours",
    Genre.MOIS: "durée, en mois",
    Genre.DATE: "date",
    Genre.OUI_NON: "oui ou non",
    Genre.NIVEAU: "réponse",
    Genre.CHOIX: "choix",
}
"""What kind of answer each type asks for."""


def value_in_words(valeur: Valeur | None, genre: Genre, politique: Politique) -> str:
    """A value as a document prints it: levels by their label, dates in full."""
    if isinstance(valeur, str) and genre is Genre.NIVEAU:
        return f"« {level_label(valeur, politique)} »"
    if isinstance(valeur, date):
        return long_date(valeur)
    if isinstance(valeur, Fraction) and valeur < 0:
        return write_value(valeur, genre).replace("-", "−", 1)
    return write_value(valeur, genre)


def level_label(nom: str, politique: Politique) -> str:
    """The label of a level (« Non réalisé »), never its bare code when it has one."""
    niveau = politique.niveaux.get(nom)
    return niveau.titre if niveau and niveau.titre else ("Non concerné" if nom == "NC" else nom)


def bare(text: str) -> str:
    """A single quoted title without its quotation marks; any other text as it is."""
    return text[2:-2] if text.startswith("« ") and text.endswith(" »") and text.count("«") == 1 else text


def year(politique: Politique, recul: int) -> str:
    """The year itself, `recul` exercises back."""
    if politique.exercice is not None:
        return str(politique.exercice - recul)
    return "l'exercice évalué" if recul == 0 else "l'exercice précédent" if recul == 1 else f"{recul} exercices plus tôt"


def _of_year(text: str, politique: Politique, recul: int) -> str:
    if not recul:
        return text
    if politique.exercice is None:
        return f"{text} (exercice précédent)" if recul == 1 else f"{text} ({recul} exercices plus tôt)"
    return f"{text} en {politique.exercice - recul}"


def after_a(text: str) -> str:
    """« à » and the text, contracted."""
    return _contract(text, "à ", "au ", "aux ")


def after_de(text: str) -> str:
    """« de » and the text, contracted or elided."""
    if text[:1].lower() in "aeéèêiouyàœ" and not text.startswith(("au moins", "au plus")):
        return "d'" + text
    return _contract(text, "de ", "du ", "des ")


def _contract(text: str, plain: str, singular: str, plural: str) -> str:
    if text.startswith("le ") and not text.startswith("le plus"):
        return singular + text[3:]
    if text.startswith("les "):
        return plural + text[4:]
    return plain + text


@singledispatch
def describe(noeud: object, politique: Politique) -> str:
    """An expression in French words."""
    raise TypeError(f"{type(noeud).__name__} has no words")


@describe.register
def _(noeud: Constante, politique: Politique) -> str:
    valeur = value_in_words(noeud.valeur, noeud.genre, politique)
    parametre = politique.parametres.get(noeud.nom)
    return f"« {parametre.titre} » ({valeur})" if parametre and parametre.titre else valeur


@describe.register
def _(noeud: Fait, politique: Politique) -> str:
    donnee = politique.donnees.get(noeud.nom)
    return _of_year(f"« {donnee.titre if donnee and donnee.titre else noeud.nom} »", politique, noeud.recul)


def _heading(nom: str, politique: Politique) -> str:
    if nom in politique.volets:
        return f" du volet « {politique.volets[nom].titre} »" if len(politique.volets) > 1 else ""
    for headings in (politique.chapitres, politique.objectifs):
        if nom in headings:
            return f" de « {headings[nom].titre} »"
    return ""


@describe.register
def _(noeud: Reference, politique: Politique) -> str:
    cle = noeud.cle
    return _of_year(describe_key(cle.sorte, cle.nom, politique), politique, noeud.recul)


def describe_key(sorte: str, nom: str, politique: Politique) -> str:
    """A named quantity in words (see `Cle`)."""
    if sorte in ("score", "cible", "points", "points_applicables"):
        head = {"score": "le score", "cible": "la cible", "points": "le total des points obtenus"}
        return head.get(sorte, "le total des points applicables") + _heading(nom, politique)
    if sorte in ("mesure", "niveau"):
        critere = politique.criteres.get(nom)
        titre = critere.titre if critere and critere.titre else nom
        return f"{'le résultat mesuré' if sorte == 'mesure' else 'la réponse'} du critère {nom} « {titre} »"
    if sorte == "secteur":
        secteur = politique.secteurs.get(nom)
        return f"l'activité « {secteur.titre if secteur and secteur.titre else nom} »"
    if sorte == "décompte":
        niveau, _, heading = nom.partition(" ")
        return f"le nombre de critères « {level_label(niveau, politique)} »{_heading(heading, politique)}"
    declared = {
        "calcul": politique.calculs,
        "barème": politique.baremes,
        "sanction": politique.sanctions,
        "pièce": politique.pieces,
    }.get(sorte, {})
    found = declared.get(nom)
    return f"« {found.titre if found and found.titre else nom} »"


_FORCE = {"+": 1, "-": 1, "×": 2, "/": 2}


def _operand(noeud: Noeud, politique: Politique, force: int) -> str:
    text = describe(noeud, politique)
    weak = isinstance(noeud, (Choix, MinMax, Logique, Comparaison, Arrondi)) or (
        isinstance(noeud, Arithmetique) and _FORCE[noeud.op] < force
    )
    return f"({text})" if weak and not growth(noeud) else text


def growth(noeud: Noeud) -> tuple[Noeud, Noeud] | None:
    """The two terms of (x - y) / y when x and y are the same quantity at two exercises."""
    if not (isinstance(noeud, Arithmetique) and noeud.op == "/" and isinstance(noeud.gauche, Arithmetique)):
        return None
    top = noeud.gauche
    if top.op != "-" or top.droite != noeud.droite:
        return None
    now, before = top.gauche, top.droite
    if isinstance(now, Fait) and isinstance(before, Fait) and now.nom == before.nom and now.recul < before.recul:
        return now, before
    return None


@describe.register
def _(noeud: Arithmetique, politique: Politique) -> str:
    found = growth(noeud)
    if found:
        now, before = found
        assert isinstance(now, Fait) and isinstance(before, Fait)
        title = describe(Fait(now.genre, now.span, now.nom), politique)
        return f"l'évolution de {title} de {year(politique, before.recul)} à {year(politique, now.recul)}"
    force = _FORCE[noeud.op]
    right = _operand(noeud.droite, politique, force + (noeud.op in "-/"))
    sign = {"-": "−", "/": "÷"}.get(noeud.op, noeud.op)
    return f"{_operand(noeud.gauche, politique, force)} {sign} {right}"


@describe.register
def _(noeud: Comparaison, politique: Politique) -> str:
    left, right = describe(noeud.gauche, politique), describe(noeud.droite, politique)
    if noeud.op in "=≠" and noeud.gauche.genre in (Genre.NIVEAU, Genre.CHOIX):
        return f"{left} {'est' if noeud.op == '=' else 'n’est pas'} {right}"
    if noeud.op in "=≠" and noeud.gauche.genre is Genre.OUI_NON:
        return f"{left} {'vaut' if noeud.op == '=' else 'ne vaut pas'} {right}"
    if noeud.op in "=≠" and isinstance(noeud.droite, Constante) and noeud.droite.valeur == 0:
        return f"{left} {'est nul' if noeud.op == '=' else 'n’est pas nul'}"
    feminine = left.startswith(("la ", "l'évolution", "l'activité"))
    verb = _VERBES[noeud.op].format(e="e" if feminine else "")
    joined = after_de(right) if verb.endswith(" de") else after_a(right)
    return f"{left} est {verb.rsplit(' ', 1)[0]} {joined}"


def _denied(noeud: Noeud, politique: Politique) -> str:
    if isinstance(noeud, Comparaison):
        return describe(Comparaison(noeud.genre, noeud.span, _CONTRAIRE[noeud.op], noeud.gauche, noeud.droite), politique)
    if isinstance(noeud, Reference) and noeud.cle.sorte == "secteur":
        return f"l'établissement n'a pas {describe(noeud, politique)}"
    if isinstance(noeud, Logique) and noeud.op == "non":
        return condition(noeud.termes[0], politique)
    if isinstance(noeud, (Reference, Fait)):
        return f"il n'y a pas {describe(noeud, politique)}"
    return f"la condition suivante n'est pas remplie : {describe(noeud, politique)}"


def condition(noeud: Noeud, politique: Politique) -> str:
    """A yes/no expression as a clause that can follow « si »."""
    if isinstance(noeud, Reference) and noeud.cle.sorte == "secteur":
        return f"l'établissement a {describe(noeud, politique)}"
    if isinstance(noeud, (Reference, Fait)):
        return f"il y a {describe(noeud, politique)}"
    return describe(noeud, politique)


@describe.register
def _(noeud: Logique, politique: Politique) -> str:
    if noeud.op == "non":
        return _denied(noeud.termes[0], politique)
    parts = [
        f"({condition(t, politique)})" if isinstance(t, Logique) and t.op not in ("non", noeud.op) else
        condition(t, politique)
        for t in noeud.termes
    ]  # fmt: skip
    return f" {noeud.op} ".join(parts) if len(parts) < 3 else listing(parts, noeud.op)


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
        return f"{ratio} ({zero} si {divisor} est nul)"
    then, other = describe(noeud.alors, politique), describe(noeud.sinon, politique)
    return f"{then} si {condition(noeud.condition, politique)}, sinon {other}"


@describe.register
def _(noeud: Arrondi, politique: Politique) -> str:
    way = {Mode.PROCHE: "arrondi", Mode.EXCES: "arrondi par excès", Mode.DEFAUT: "arrondi par défaut"}[noeud.mode]
    return f"{_operand(noeud.terme, politique, 9)} {way} à {write_value(noeud.pas, noeud.genre)} près"


@describe.register
def _(noeud: MinMax, politique: Politique) -> str:
    which = "la plus grande" if noeud.op == "max" else "la plus petite"
    return f"{which} de ces valeurs : {' ; '.join(describe(t, politique) for t in noeud.termes)}"


@describe.register
def _(noeud: Manque, politique: Politique) -> str:
    return f"{describe(noeud.terme, politique)} n'a pas été transmis"


@describe.register
def _(noeud: ADefaut, politique: Politique) -> str:
    return f"{describe(noeud.terme, politique)} (à défaut de transmission : {describe(noeud.defaut, politique)})"


@describe.register
def _(noeud: Agregat, politique: Politique) -> str:
    terms = " ; ".join(describe(a, politique) for a in noeud.arguments)
    among = f" parmi les établissements pour lesquels {condition(noeud.parmi, politique)}" if noeud.parmi else ""
    return f"{noeud.fonction} régionale de {terms}{among}"


# ---------------------------------------------------------------- rows


def describe_cas(cas: Cas, genre: Genre, politique: Politique) -> str:
    """A case in words: « de 25 % à moins de 50 % »."""
    if isinstance(cas, Tout):
        return "toute valeur"
    if isinstance(cas, Autrement):
        return "dans tous les autres cas"
    if isinstance(cas, Valeurs):
        return listing([value_in_words(v, genre, politique) for v in cas.valeurs], "ou")
    low = None if cas.bas is None else value_in_words(cas.bas, genre, politique)
    high = None if cas.haut is None else value_in_words(cas.haut, genre, politique)
    if low is None and high is None:
        return "toute valeur"
    if low is None:
        return f"jusqu'à {high} inclus" if cas.haut_inclus else f"moins de {high}"
    if high is None:
        return f"{low} ou plus" if cas.bas_inclus else f"plus de {low}"
    unit = low.rpartition("\u00a0")[2]
    if "\u00a0" in low and high.endswith("\u00a0" + unit):
        low = low.rpartition("\u00a0")[0]
    start = f"de {low}" if cas.bas_inclus else f"plus de {low}"
    return f"{start} à {high}" + (" inclus" if not cas.bas_inclus else "") if cas.haut_inclus else (
        f"{start} à moins de {high}"
    )  # fmt: skip


def describe_effect(effet: Noeud | Lineaire, politique: Politique) -> str:
    """What a row gives: a level by its label, a value, or a linear credit."""
    if isinstance(effet, Lineaire):
        low, high = (write_value(v, Genre.TAUX) for v in (effet.bas, effet.haut))
        return f"de {low} à {high} des points, en proportion"
    if isinstance(effet, Constante) and isinstance(effet.valeur, str) and effet.genre is Genre.NIVEAU:
        return level_label(effet.valeur, politique)
    return describe(effet, politique)


def describe_row(rang: Rang, table: Table, politique: Politique) -> tuple[tuple[str, ...], str]:
    """The cases of a row, one for each driver, and what it gives."""
    cases = tuple(describe_cas(c, n.genre, politique) for c, n in zip(rang.cas, table.selon, strict=False))
    return cases, describe_effect(rang.effet, politique)


def describe_suite(suite: Suite, table: Table) -> str:
    """« puis, par tranche de 2 pt entamée : 0,01 % de plus »."""
    kind = "entamée" if suite.entamee else "révolue"
    step = write_value(suite.tranche, table.selon[0].genre)
    return f"puis, par tranche de {step} {kind} : {write_value(suite.pas, table.genre)} de plus"


def row_of(table: Table, valeur: Fraction) -> Rang | None:
    """The row of a one-driver table that takes a number."""
    other = None
    for rang in table.rangs:
        cas = rang.cas[0]
        if isinstance(cas, Autrement):
            other = rang
        elif _takes(cas, valeur):
            return rang
    return other


def _takes(cas: Cas, valeur: Fraction) -> bool:
    if isinstance(cas, Valeurs):
        return valeur in cas.valeurs
    return isinstance(cas, Tout) or (isinstance(cas, Intervalle) and _inside(cas, valeur))


def _inside(cas: Intervalle, valeur: Fraction) -> bool:
    above = cas.bas is None or valeur > cas.bas or (cas.bas_inclus and valeur == cas.bas)
    below = cas.haut is None or valeur < cas.haut or (cas.haut_inclus and valeur == cas.haut)
    return above and below


def bounds_of(table: Table) -> list[Fraction]:
    """The finite bounds of a one-driver table, in order."""
    found: set[Fraction] = set()
    for rang in table.rangs:
        cas = rang.cas[0]
        if isinstance(cas, Intervalle):
            found.update(b for b in (cas.bas, cas.haut) if b is not None)
    return sorted(found)
