"""Seeded mutations of a policy: one bound moved, row removed, weight changed, unit swapped, sector dropped or
comparison turned, written in the text as an author's slip would be."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from caqes_dsl.base.source import Source, Span
from caqes_dsl.syntax import tree
from caqes_dsl.syntax.parser import parse


@dataclass(frozen=True)
class Mutation:
    """A text with one change: what changed, where, from what to what."""

    sorte: str
    ligne: int
    avant: str
    apres: str
    texte: str

    def __str__(self) -> str:
        return f"{self.sorte}, ligne {self.ligne} : « {self.avant} » → « {self.apres} »"


Edit = tuple[Span, str]


def mutations(source: Source, count: int, seed: int) -> Iterator[Mutation]:
    """`count` mutations, the kinds in turn, each place at most once while there are others."""
    fichier, diagnostics = parse(source)
    assert not diagnostics
    rng = random.Random(seed)
    kinds: dict[str, list[Edit]] = {name: list(find(fichier, rng)) for name, find in KINDS.items()}
    for edits in kinds.values():
        rng.shuffle(edits)
    names = [n for n in kinds if kinds[n]]
    used = dict.fromkeys(names, 0)
    for i in range(count):
        name = names[i % len(names)]
        span, text = kinds[name][used[name] % len(kinds[name])]
        used[name] += 1
        whole = source.texte[: span.debut] + text + source.texte[span.fin :]
        yield Mutation(name, span.ligne, " ".join(span.texte.split()), text, whole)


def _tables(fichier: tree.Fichier) -> Iterator[tree.ClauseTable]:
    for declaration in fichier.declarations:
        for clause in declaration.clauses:
            inner = clause.clause if isinstance(clause, tree.ClauseVariante) else clause
            if isinstance(inner, tree.ClauseTable):
                yield inner


def _number(quantite: tree.Quantite) -> Span:
    """The number of a quantity, without its unit."""
    text = quantite.span.texte
    length = len(text) - len(text.lstrip("0123456789, \u00a0\u202f"))
    return Span(quantite.span.source, quantite.span.debut, quantite.span.debut + len(text[:length].rstrip()))


def _written(value: object) -> str:
    return str(value).replace(".", ",")


def _bounds(fichier: tree.Fichier, rng: random.Random) -> Iterator[Edit]:
    for table in _tables(fichier):
        for rang in table.rangs:
            for cas in rang.cas:
                sides = (cas.bas, cas.haut) if isinstance(cas, tree.CasIntervalle) else ()
                for side in sides:
                    if side is not None and isinstance(side.valeur, tree.Quantite):
                        moved = side.valeur.nombre + rng.choice((-1, 1)) * rng.choice((1, 2, 5))
                        yield _number(side.valeur), _written(moved)


def _rows(fichier: tree.Fichier, rng: random.Random) -> Iterator[Edit]:
    del rng
    for table in _tables(fichier):
        for rang in table.rangs:
            yield rang.span, ""


def _weights(fichier: tree.Fichier, rng: random.Random) -> Iterator[Edit]:
    for declaration in fichier.declarations:
        for clause in declaration.clauses:
            if isinstance(clause, tree.ClauseQuantite) and clause.mot == "poids":
                other = rng.choice([w for w in ("0,5", "1", "2", "3", "4") if w != _number(clause.quantite).texte])
                yield _number(clause.quantite), other


def _units(fichier: tree.Fichier, rng: random.Random) -> Iterator[Edit]:
    for quantite in _quantities(fichier):
        number = _number(quantite)
        unit = quantite.span.texte[number.fin - number.debut :].strip()
        same = (unit, "points" if unit == "point" else "jours" if unit == "jour" else unit)
        others = [u for u in ("%", "pt", "points", "€", "k€", "M€", "jours") if u not in same]
        if unit:
            place = Span(number.source, quantite.span.fin - len(unit), quantite.span.fin)
            yield place, rng.choice(others)


def _quantities(fichier: tree.Fichier) -> Iterator[tree.Quantite]:
    """Quantities of rules: rows, weights, steps, targets, parameters, expressions (not those of exemples)."""
    for declaration in fichier.declarations:
        if declaration.genre not in ("exemple", "calendrier"):
            stack: list[object] = list(declaration.clauses)
            while stack:
                node = stack.pop()
                if isinstance(node, tree.Quantite):
                    if node.unite and node.unite != "critères":
                        yield node
                elif isinstance(node, tree.Noeud):
                    for name in node.__dataclass_fields__:
                        value = getattr(node, name)
                        stack += value if isinstance(value, tuple) else [value]


def _sectors(fichier: tree.Fichier, rng: random.Random) -> Iterator[Edit]:
    every = [d.nom.nom for d in fichier.declarations if d.genre == "secteur" and d.nom] or ["MCO", "SSR", "PSY", "HAD"]
    for declaration in fichier.declarations:
        if declaration.genre != "critère":
            continue
        for clause in declaration.clauses:
            if not isinstance(clause, tree.ClauseSecteurs):
                continue
            if clause.tous:
                out = [n.nom for n in clause.sauf]
                gone_too = rng.choice([s for s in every if s not in out])
                yield clause.span, f"secteurs tous sauf {', '.join([*out, gone_too])}"
            elif len(clause.noms) > 1:
                gone = rng.randrange(len(clause.noms))
                kept = [n.nom for i, n in enumerate(clause.noms) if i != gone]
                yield clause.span, f"secteurs {', '.join(kept)}"


_TURNED = {
    "plus de": "à partir de", "à partir de": "plus de", "moins de": "jusqu'à", "jusqu'à": "moins de",
    "<": "≤", "≤": "<", ">": "≥", "≥": ">", "=": "≠",
}  # fmt: skip


def _comparisons(fichier: tree.Fichier, rng: random.Random) -> Iterator[Edit]:
    for declaration in fichier.declarations:
        if declaration.genre == "exemple":
            continue
        for clause in declaration.clauses:
            if isinstance(clause, tree.ClauseExpression):
                text = clause.span.texte
                for i, c in enumerate(text):
                    if c in "<≤>≥=":
                        yield Span(clause.span.source, clause.span.debut + i, clause.span.debut + i + 1), _TURNED[c]
    for table in _tables(fichier):
        for rang in table.rangs:
            for cas in rang.cas:
                text = cas.span.texte
                word = next((w for w in ("plus de", "à partir de", "moins de", "jusqu'à") if text.startswith(w)), None)
                if word and isinstance(cas, tree.CasIntervalle) and (cas.bas is None or cas.haut is None):
                    yield Span(cas.span.source, cas.span.debut, cas.span.debut + len(word)), _TURNED[word]
    del rng


KINDS: dict[str, Callable[[tree.Fichier, random.Random], Iterator[Edit]]] = {
    "borne déplacée": _bounds,
    "rang retiré": _rows,
    "poids changé": _weights,
    "unité échangée": _units,
    "secteur perdu": _sectors,
    "comparaison retournée": _comparisons,
}
