"""The formulas of the lines, in the functions that every spreadsheet since 2010 has.

A line is a row of three cells: its state, its number, its divider. Whole numbers under `LIMITE` stay exact there, and
so do the whole part of a quotient and the comparison of two of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .lines import CONNU, MANQUANT, SANS_OBJET, Ligne, Programme

_SIGNES = {"=": "=", "≠": "<>", "<": "<", "≤": "<=", ">": ">", "≥": ">="}


@dataclass(frozen=True, slots=True)
class Formules:
    """What is in the three cells of a line: formulas (« =… »), or numbers as texts; `diviseur` « » for none."""

    etat: str
    nombre: str
    diviseur: str = ""


class Redaction:
    """Writes formulas, given where each line and each cell that is filled in stand."""

    def __init__(
        self, programme: Programme, place: Callable[[int], str], saisie: Callable[[int, Ligne], Formules]
    ) -> None:
        """`place` gives the row of a line; `saisie` the formulas that read what someone writes."""
        self.programme, self.place, self.saisie = programme, place, saisie

    def write(self, index: int) -> Formules:
        """The formulas of a line."""
        ligne = self.programme.lignes[index]
        if ligne.op == "entree":
            return self.saisie(index, ligne)
        return _ECRITURES[ligne.op](self, index, ligne)

    def state(self, index: int) -> str:
        """Cell of a line's state; a constant has no cell, it is written where it is read."""
        ligne = self.programme.lignes[index]
        if ligne.op == "constante":
            return str(ligne.param[0])
        return f"$B${self.place(index)}"

    def number(self, index: int) -> str:
        """Cell of a line's number."""
        ligne = self.programme.lignes[index]
        if ligne.op == "constante":
            return str(ligne.param[1])
        return f"$C${self.place(index)}"

    def divider(self, index: int) -> str:
        """Cell of what divides a line; « » when nothing does."""
        ligne = self.programme.lignes[index]
        return f"$D${self.place(ligne.racine)}" if ligne.divise else ""

    def times(self, index: int, *others: str | int) -> str:
        """A line's number times these, without what is one or nothing."""
        return product(self.number(index), *others)

    def worst(self, args: tuple[int, ...]) -> str:
        """The greatest state of lines."""
        states = [self.state(a) for a in args]
        return states[0] if len(states) == 1 else f"MAX({','.join(states)})"

    def strict(self, index: int, ligne: Ligne, nombre: str, diviseur: str = "") -> Formules:
        """An operation that needs all its terms."""
        here = self.state(index)
        return Formules(
            f"={self.worst(ligne.args)}",
            f"=IF({here}={CONNU},{nombre},0)",
            f"=IF({here}={CONNU},{diviseur},1)" if diviseur else "",
        )


def product(*factors: str | int) -> str:
    """A product; « 1 » when nothing is left."""
    kept = [str(f) for f in factors if f not in ("", 1)]
    return "*".join(f"({f})" if f.startswith("-") else f for f in kept) or "1"


def _sum(r: Redaction, index: int, ligne: Ligne) -> Formules:
    terms = [r.times(a, int(str(k))) for a, k in zip(ligne.args, ligne.param, strict=True)]
    return r.strict(index, ligne, "+".join(terms))


def _cross_sum(r: Redaction, index: int, ligne: Ligne) -> Formules:
    a, b = ligne.args
    ka, kb = (int(str(k)) for k in ligne.param)
    nombre = f"{r.times(a, ka, r.divider(b))}+{r.times(b, kb, r.divider(a))}"
    return r.strict(index, ligne, nombre, product(r.divider(a), r.divider(b)))


def _product(r: Redaction, index: int, ligne: Ligne) -> Formules:
    a, b = ligne.args
    divider = product(r.divider(a), r.divider(b)) if ligne.divise else ""
    return r.strict(index, ligne, r.times(a, r.number(b)), divider)


def _quotient(r: Redaction, index: int, ligne: Ligne) -> Formules:
    a, b = ligne.args
    made = r.strict(
        index,
        ligne,
        r.times(a, r.divider(b), f"SIGN({r.number(b)})", int(str(ligne.param[0]))),
        product(r.divider(a), f"ABS({r.number(b)})"),
    )
    worst = r.worst(ligne.args)
    return Formules(
        f"=IF({worst}>{CONNU},{worst},IF({r.number(b)}=0,{SANS_OBJET},{CONNU}))", made.nombre, made.diviseur
    )


def _round(r: Redaction, index: int, ligne: Ligne) -> Formules:
    (a,) = ligne.args
    times, over, step, mode = ligne.param
    nombre, diviseur = r.times(a, int(str(times))), product(int(str(over)), r.divider(a))
    if mode == "arrondi":
        magnitude = product(2, f"ABS({r.number(a)})", int(str(times)))
        steps = f"SIGN({r.number(a)})*INT(({magnitude}+{diviseur})/({product(2, int(str(over)), r.divider(a))}))"
    elif mode == "arrondi_excès":
        steps = f"-INT(-({nombre})/({diviseur}))"
    else:
        steps = f"INT(({nombre})/({diviseur}))"
    return r.strict(index, ligne, steps if step == 1 else f"({steps})*{step}")


def _compare(r: Redaction, index: int, ligne: Ligne) -> Formules:
    a, b = ligne.args
    op, ka, kb, crossed, manque = ligne.param
    left = r.times(a, int(str(ka)), r.divider(b) if crossed else "")
    right = r.times(b, int(str(kb)), r.divider(a) if crossed else "")
    made = r.strict(index, ligne, f"IF({left}{_SIGNES[str(op)]}{right},1,0)")
    worst = r.worst(ligne.args)
    if manque == MANQUANT:
        return made
    return Formules(f"=IF({worst}={MANQUANT},{manque},{worst})", made.nombre)


def _logic(settles: int) -> Callable[[Redaction, int, Ligne], Formules]:
    def write(r: Redaction, index: int, ligne: Ligne) -> Formules:
        settled = ",".join(f"AND({r.state(a)}={CONNU},{r.number(a)}={settles})" for a in ligne.args)
        nombre = f"=IF(OR({settled}),{settles},IF({r.worst(ligne.args)}={CONNU},{1 - settles},0))"
        return Formules(f"=IF(OR({settled}),{CONNU},{r.worst(ligne.args)})", nombre)

    return write


def _not(r: Redaction, index: int, ligne: Ligne) -> Formules:
    return r.strict(index, ligne, f"1-{r.number(ligne.args[0])}")


def _state(r: Redaction, index: int, ligne: Ligne) -> Formules:
    tests = [f"{r.state(ligne.args[0])}={etat}" for etat in ligne.param]
    test = tests[0] if len(tests) == 1 else f"OR({','.join(tests)})"
    return Formules(str(CONNU), f"=IF({test},1,0)")


def _choose(r: Redaction, index: int, ligne: Ligne) -> Formules:
    c, a, b = ligne.args
    ka, kb, open_ = ligne.param
    alors, sinon = r.times(a, int(str(ka))), r.times(b, int(str(kb)))
    picked = f"IF({r.number(c)}=1,{r.state(a)},{r.state(b)})"
    here, first = r.state(index), f"{r.number(c)}=1"
    etat = f"={picked}"
    if open_:
        left, right = product(alors, r.divider(b)), product(sinon, r.divider(a))
        same = f"AND({r.state(a)}={CONNU},{r.state(b)}={CONNU},{left}={right})"
        etat = f"=IF({r.state(c)}={CONNU},{picked},IF({same},{CONNU},{r.worst(ligne.args)}))"
        first = f"OR({r.state(c)}>{CONNU},{r.number(c)}=1)"
    diviseur = ""
    if ligne.divise:
        diviseur = f"=IF({here}={CONNU},IF({first},{product(r.divider(a))},{product(r.divider(b))}),1)"
    return Formules(etat, f"=IF({here}={CONNU},IF({first},{alors},{sinon}),0)", diviseur)


def _pick(r: Redaction, index: int, ligne: Ligne) -> Formules:
    """A sum of which one term at most is not zero: nested choices would stop at 64 of them."""
    listed, other = ligne.param
    assert isinstance(listed, tuple) and isinstance(other, int)
    terms = [f"({r.number(ligne.args[0])}={code})*({given - other})" for code, given in listed]
    return r.strict(index, ligne, "+".join([str(other), *terms]))


def _nothing(r: Redaction, index: int, ligne: Ligne) -> Formules:
    return Formules(f"={r.worst(ligne.args)}", "0")


_ECRITURES: dict[str, Callable[[Redaction, int, Ligne], Formules]] = {
    "somme": _sum,
    "total": _sum,
    "somme croisée": _cross_sum,
    "produit": _product,
    "quotient": _quotient,
    "arrondi": _round,
    "comparaison": _compare,
    "et": _logic(0),
    "ou": _logic(1),
    "non": _not,
    "état": _state,
    "choix": _choose,
    "selon": _pick,
    "pire": _nothing,
}
