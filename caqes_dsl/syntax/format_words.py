"""Canonical writing of what stands inside a clause: texts, quantities, expressions, cases of rows."""

from __future__ import annotations

import re
from datetime import date

from . import tree

_NUMBER = re.compile(r"-?\s*(\d[\d\s]*)(,\d+)?")
_SINGULAR = {"points": "point", "jours": "jour", "semaines": "semaine", "ans": "an"}
_LEVEL = {"ou": 1, "et": 2, "+": 5, "-": 5, "×": 6, "/": 6}
_SI, _NON, _CMP, _SOMME, _UNAIRE, _DEFAUT, _PERIODE, _ATOME = 0, 3, 4, 5, 7, 8, 9, 10


def write_text(texte: tree.Texte) -> str:
    """A text between guillemets; between straight quotes when it holds guillemets that would not balance."""
    value = texte.valeur
    depth = pairs = 0
    for char in value:
        depth += (char == "«") - (char == "»")
        pairs += char == "«"
        if depth not in (0, 1):
            return f'"{value}"'
    if depth or pairs > 1:
        return f'"{value}"'
    return f"« {value} »" if value else "« »"


def write_date(day: date) -> str:
    """31/12/2018."""
    return f"{day:%d/%m/%Y}"


def write_number(quantite: tree.Quantite) -> str:
    """The digits as the author wrote them, in groups of three."""
    found = _NUMBER.match(quantite.span.texte)
    digits, decimals = (re.sub(r"\s", "", found[1]), found[2] or "") if found else ("", "")
    if not digits:
        whole = abs(quantite.nombre)
        digits = str(whole.numerator // whole.denominator)
    digits = digits.lstrip("0") or "0"
    groups = []
    while len(digits) > 3:
        groups.insert(0, digits[-3:])
        digits = digits[:-3]
    return ("-" if quantite.nombre < 0 else "") + " ".join([digits, *groups]) + decimals


def write_quantity(quantite: tree.Quantite) -> str:
    """« 1 000 € », « 0,5 point », « 2 points »."""
    unit = quantite.unite
    if abs(quantite.nombre) < 2:
        unit = _SINGULAR.get(unit, unit)
    return f"{write_number(quantite)} {unit}".rstrip()


def write_names(noms: tuple[tree.Nom, ...]) -> str:
    """« MCO, SSR »."""
    return ", ".join(n.nom for n in noms)


# ---------------------------------------------------------------- expressions


def write_expression(expr: tree.Expression, level: int = _SI) -> str:
    """An expression with the fewest parentheses that keep its shape; `level` is the loosest allowed there."""
    text, own = _write(expr)
    return f"({text})" if own < level else text


def write_driver(expr: tree.Expression) -> str:
    """A driver or an effect: nothing looser than a sum."""
    return write_expression(expr, _SOMME)


def _write(expr: tree.Expression) -> tuple[str, int]:
    match expr:
        case tree.Quantite():
            return write_quantity(expr), _ATOME if expr.nombre >= 0 else _UNAIRE
        case tree.LitteralDate():
            return write_date(expr.valeur), _ATOME
        case tree.Booleen():
            return "oui" if expr.valeur else "non", _ATOME
        case tree.Ref():
            return expr.nom + (f" au {write_date(expr.au)}" if expr.au else ""), _ATOME
        case tree.Appel():
            return _call(expr), _ATOME
        case tree.Binaire():
            level = _LEVEL[expr.op]
            tight = _UNAIRE if level == 6 else level + 1
            left, right = write_expression(expr.gauche, level), write_expression(expr.droite, tight)
            return f"{left} {expr.op} {right}", level
        case tree.Unaire(op="non"):
            return f"non {write_expression(expr.terme, _NON)}", _NON
        case tree.Unaire():
            return f"-{write_expression(expr.terme, _UNAIRE)}", _UNAIRE
        case tree.Comparaison():
            left, right = write_driver(expr.gauche), write_driver(expr.droite)
            return f"{left} {expr.op} {right}", _CMP
        case tree.Entre():
            parts = (write_driver(e) for e in (expr.terme, expr.bas, expr.haut))
            return "{} entre {} et {}".format(*parts), _CMP
        case tree.Si():
            parts = (write_expression(e) for e in (expr.condition, expr.alors, expr.sinon))
            return "si {} alors {} sinon {}".format(*parts), _SI
        case tree.ADefaut():
            left, right = write_expression(expr.terme, _PERIODE), write_expression(expr.defaut, _PERIODE)
            return f"{left} à défaut {right}", _DEFAUT
        case tree.Periode():
            return f"{write_expression(expr.terme, _ATOME)} N-{expr.recul}", _PERIODE
    raise TypeError(type(expr).__name__)


def _call(expr: tree.Appel) -> str:
    inside = " ; ".join(write_expression(a) for a in expr.arguments)
    if expr.parmi is not None:
        inside += f"{' ' if inside else ''}parmi {write_expression(expr.parmi)}"
    if expr.par is not None:
        inside += f"{' ' if inside else ''}par {expr.par}"
    return f"{expr.fonction}({inside})"


def broken(expr: tree.Expression, indent: str) -> list[str]:
    """An expression over several lines: a chain of `et` or of `ou` is cut before each operator."""
    if not (isinstance(expr, tree.Binaire) and expr.op in ("et", "ou")):
        return [write_expression(expr)]
    op, terms = expr.op, []
    node: tree.Expression = expr
    while isinstance(node, tree.Binaire) and node.op == op:
        terms.insert(0, write_expression(node.droite, _LEVEL[op] + 1))
        node = node.gauche
    terms.insert(0, write_expression(node, _LEVEL[op]))
    return [terms[0], *(f"{indent}{op} {t}" for t in terms[1:])]


# ---------------------------------------------------------------- rows


def write_bound(borne: tree.Borne) -> str:
    """A bound of a row."""
    value = borne.valeur
    return write_expression(value) if isinstance(value, tree.Ref | tree.LitteralDate) else write_quantity(value)


def write_case(cas: tree.Cas) -> str:
    """A case in the canonical phrase."""
    match cas:
        case tree.CasTout():
            return "tout"
        case tree.CasAutrement():
            return "autrement"
        case tree.CasValeurs():
            return ", ".join(v.nom if isinstance(v, tree.Nom) else write_expression(v) for v in cas.valeurs)
        case tree.CasIntervalle(bas=None, haut=tree.Borne() as haut):
            return f"{'jusqu' + chr(39) + 'à' if cas.haut_inclus else 'moins de'} {write_bound(haut)}"
        case tree.CasIntervalle(bas=tree.Borne() as bas, haut=None):
            return f"{'à partir de' if cas.bas_inclus else 'plus de'} {write_bound(bas)}"
        case tree.CasIntervalle(bas=tree.Borne() as bas, haut=tree.Borne() as haut):
            start = "de" if cas.bas_inclus else "plus de"
            end = "à" if cas.haut_inclus else "à moins de"
            return f"{start} {write_bound(bas)} {end} {write_bound(haut)}"
    raise TypeError(type(cas).__name__)


def write_effect(effet: tree.Expression | tree.Lineaire) -> str:
    """What a row gives."""
    if isinstance(effet, tree.Lineaire):
        return f"de {write_driver(effet.bas)} à {write_driver(effet.haut)}"
    return write_driver(effet)
