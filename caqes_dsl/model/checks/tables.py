"""Tables of thresholds and scales: for every possible value exactly one row, or a diagnostic with a witness.

Each driver is cut into atoms by all bounds; a cell (an atom of each driver) that holds a possible value must be taken
by one row. Exact for the domains that `domains.py` gives.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import product
from math import prod

from caqes_dsl.base.diagnostics import Correction, Diagnostic, Etiquette, Severite
from caqes_dsl.base.quantities import Genre, Valeur, write_value
from caqes_dsl.base.source import Span
from caqes_dsl.model.domains import Domaines, highest_bound
from caqes_dsl.model.intervals import UN, ZERO, write_interval
from caqes_dsl.model.nodes import (
    Autrement,
    Cas,
    Constante,
    Fait,
    Intervalle,
    Lineaire,
    Noeud,
    Politique,
    Rang,
    Table,
    Tout,
    Valeurs,
)
from caqes_dsl.model.walk import nodes

from .atomes import AUTREMENT, Axe, merge
from .temoins import reach, reach_all, solve, worth, write_facts

MAX_CELLS = 20_000
MAX_SHOWN = 20


def check_tables(politique: Politique, domaines: Domaines | None = None) -> list[Diagnostic]:
    """Every mistake of the tables of a policy."""
    known = domaines or Domaines(politique)
    found: list[Diagnostic] = []
    seen: set[int] = set()
    for table, sujet, seuils in _tables(politique):
        if id(table) not in seen:
            seen.add(id(table))
            found += _Examen(known, table, sujet, seuils).run()
    return found


def _tables(politique: Politique) -> Iterator[tuple[Table, str, bool]]:
    """The tables, what a message calls them, and whether they are thresholds (which give credits) or scales."""
    for critere in politique.criteres.values():
        if critere.table is not None:
            yield critere.table, f"Le tableau des seuils du critère « {critere.nom} »", True
        for variante in critere.variantes:
            if variante.table is not None:
                names = ", ".join(variante.secteurs)
                yield variante.table, f"Le tableau des seuils du critère « {critere.nom} » (variante {names})", True
    for bareme in politique.baremes.values():
        yield bareme.table, f"Le barème « {bareme.nom} »", False


def _is_empty(cas: Cas) -> bool:
    if isinstance(cas, Valeurs):
        return not cas.valeurs
    if not isinstance(cas, Intervalle) or cas.bas is None or cas.haut is None:
        return False
    return cas.bas > cas.haut or (cas.bas == cas.haut and not (cas.bas_inclus and cas.haut_inclus))


class _Examen:
    """The examination of one table."""

    def __init__(self, domaines: Domaines, table: Table, sujet: str, seuils: bool) -> None:
        self.domaines, self.table, self.sujet, self.seuils = domaines, table, sujet, seuils
        self.found: list[Diagnostic] = []
        size = len(table.selon)
        self.cases = [
            tuple(Autrement() for _ in range(size))
            if len(r.cas) == 1 and isinstance(r.cas[0], Autrement)
            else (*r.cas, *(Tout() for _ in range(size - len(r.cas))))
            for r in table.rangs
        ]
        end = highest_bound(table) if table.suite is not None and size == 1 else None
        if end is not None:
            self.cases.append((Intervalle(end, False, None, False),))
        self.axes = [
            Axe(noeud, domaines.expression(noeud), [c[k] for c in self.cases]) for k, noeud in enumerate(table.selon)
        ]
        self.covered: dict[tuple[int, ...], list[int]] = {}

    def _say(
        self,
        code: str,
        message: str,
        span: Span,
        labels: list[Etiquette] | None = None,
        aide: str = "",
        severite: Severite = Severite.ERREUR,
        correction: Correction | None = None,
    ) -> None:
        text = f"{self.sujet} {message}"
        self.found.append(Diagnostic(code, text, span, severite, tuple(labels or ()), aide, correction))

    def _added(self, span: Span, case: str, effect: str) -> Correction | None:
        """A row to write under the one at this place: a proposal, what it gives being for the committee."""
        if effect == "…" or not self.table.rangs:
            return None
        text = span.source.texte
        end = text.find("\n", span.fin)
        end = len(text) if end < 0 else end
        line = text[text.rfind("\n", 0, span.debut) + 1 : span.debut]
        indent = line if not line.strip() else "    "
        row = f"{case} : {effect}".replace("\u00a0", " ").replace("\u202f", " ")
        return Correction(Span(span.source, end, end), f"\n{indent}{row}", certaine=False)

    def _name(self, index: int) -> str:
        if index >= len(self.table.rangs):
            return "puis, par tranche…"
        return self.table.rangs[index].texte or f"rang n° {index + 1}"

    def _span(self, index: int) -> Span:
        return self.table.rangs[index].span if index < len(self.table.rangs) else self.table.span

    def run(self) -> list[Diagnostic]:
        """All the diagnostics, in the order of the table."""
        if not self.axes or any(a.domaine.vide for a in self.axes):
            return []
        empty = {i for i, cases in enumerate(self.cases) if any(map(_is_empty, cases))}
        for i in sorted(empty):
            self._empty(i)
        self._effects()
        count = prod(len(a.reels) for a in self.axes)
        if count > MAX_CELLS:
            self._say(
                "CAQ301",
                f"a {count} cas à examiner, plus que {MAX_CELLS} : ni trou ni chevauchement n'y est exclu.",
                self.table.span,
                aide="Scindez la table, ou écrivez moins de bornes.",
                severite=Severite.AVERTISSEMENT,
            )
            return self.found
        self._cover(empty)
        if len(self.axes) == 1 and self.axes[0].domaine.valeurs is None:
            self._line_holes(self.axes[0])
            self._jumps(self.axes[0])
        else:
            self._box_holes()
        self._overlaps()
        self._ceiling()
        return self.found

    def _empty(self, index: int) -> None:
        for cas, axe in zip(self.cases[index], self.axes, strict=False):
            if _is_empty(cas):
                aide = "Retirez ce rang."
                if isinstance(cas, Intervalle) and cas.bas is not None and cas.haut is not None and cas.bas > cas.haut:
                    low, high = write_value(cas.haut, axe.genre), write_value(cas.bas, axe.genre)
                    aide = f"Les bornes sont sans doute inversées : « de {low} à {high} »."
                self._say(
                    "CAQ305",
                    f"a un rang vide : « {self._name(index)} » ne contient aucune valeur.",
                    self._span(index),
                    aide=aide,
                )
                return

    def _effects(self) -> None:
        genre = self.table.genre
        for rang in self.table.rangs:
            if isinstance(rang.effet, Lineaire):
                right = genre.is_number
            else:
                right = rang.effet.genre is genre or (rang.effet.genre, genre) == (Genre.ENTIER, Genre.DECIMAL)
            if not right:
                given = "un crédit linéaire" if isinstance(rang.effet, Lineaire) else f"« {rang.effet.genre.value} »"
                self._say(
                    "CAQ308",
                    f"donne « {genre.value} », mais le rang « {rang.texte} » donne {given}.",
                    rang.span,
                    aide=f"Écrivez une valeur de type {genre.value}.",
                )
            elif self.seuils and genre is Genre.TAUX and not isinstance(rang.effet, Lineaire | Constante):
                self._credit(rang, rang.effet)

    def _credit(self, rang: Rang, effet: Noeud) -> None:
        """A computed credit that an establishment takes below 0 % or beyond 100 %: it would be cut without a word."""
        domaine = self.domaines.expression(effet)
        below = domaine.bas if domaine.bas is not None else -UN
        beyond = domaine.haut if domaine.haut is not None else 2 * UN
        for end, limit, word, cut in ((beyond, UN, "plus de", "min"), (below, ZERO, "moins de", "max")):
            outside = end > UN if limit else end < ZERO
            found = solve(self.domaines, effet, end) if outside else None
            if found and self._applies(rang, found):
                bound, text = write_value(limit, Genre.TAUX), " ".join(effet.span.texte.split())
                self._say(
                    "CAQ214",
                    f"peut donner {word} {bound} des points : « {rang.texte} » donne "
                    f"{write_value(end, Genre.TAUX)} avec {write_facts(found)}.",
                    rang.span,
                    aide="Un crédit est ramené entre 0\u00a0% et 100\u00a0% : si c'est voulu, écrivez "
                    f"« {cut}({text} ; {bound}) ».",
                    severite=Severite.AVERTISSEMENT,
                )

    def _applies(self, rang: Rang, facts: dict[Noeud, Fraction]) -> bool:
        """Whether this row takes an establishment with these facts, as far as they settle its drivers."""
        for axe, cas in zip(self.axes, rang.cas, strict=False):
            value = worth(self.domaines, axe.noeud, facts)
            if value is None and any(n in facts for n in nodes(axe.noeud)):
                return False
            if value is not None and (isinstance(cas, Autrement) or not axe.takes(cas, value)):
                return False
        return True

    def _cover(self, empty: set[int]) -> None:
        """Which rows take each cell; `autrement` takes what is left."""
        real = [set(a.reels) for a in self.axes]
        taken: set[int] = set()
        cells: dict[tuple[int, ...], list[int]] = {}
        later: list[int] = []
        for i, cases in enumerate(self.cases):
            if i in empty:
                continue
            if any(isinstance(c, Autrement) for c in cases):
                later.append(i)
                continue
            for cell in self._cells(cases, real):
                cells.setdefault(cell, []).append(i)
                taken.add(i)
        rest: dict[tuple[int, ...], list[int]] = {}
        for i in later:
            for cell in self._cells(self.cases[i], real):
                if cell not in cells:
                    rest.setdefault(cell, []).append(i)
                    taken.add(i)
        self.covered = cells | rest
        for i in range(len(self.table.rangs)):
            if i not in taken and i not in empty:
                self._unreached(i)

    def _cells(self, cases: tuple[Cas, ...], real: list[set[int]]) -> Iterator[tuple[int, ...]]:
        return product(*([i for i in a.indices(c) if i in r] for a, c, r in zip(self.axes, cases, real, strict=True)))

    def _unreached(self, index: int) -> None:
        if any(isinstance(c, Autrement) for c in self.cases[index]):
            reason = "les autres rangs prennent déjà tout"
        else:
            reason = " ; ".join(f"{a.nom} reste dans {self._domain(a)}" for a in self.axes)
        self._say(
            "CAQ303",
            f"a un rang jamais atteint : « {self._name(index)} » ({reason}).",
            self._span(index),
            aide="Retirez ce rang, ou vérifiez ses bornes et celles des données qu'il lit.",
        )

    def _domain(self, axe: Axe) -> str:
        d = axe.domaine
        if d.valeurs is not None:
            return "{" + ", ".join(axe.write_one(v) for v in d.valeurs) + "}"
        grid = f", par pas de {write_value(d.pas, axe.genre)}" if d.pas is not None and d.unique is None else ""
        return write_interval(d.bas, d.bas_inclus, d.haut, d.haut_inclus, axe.genre) + grid

    # ------------------------------------------------------------ holes

    def _line_holes(self, axe: Axe) -> None:
        """Holes on one line: the longest stretches without a row that hold a possible value."""
        by_atom: list[bool] = [False] * len(axe.atomes)
        rest = any(isinstance(c[0], Autrement) for c in self.cases)
        for cases in self.cases:
            if not isinstance(cases[0], Autrement) and not _is_empty(cases[0]):
                for i in axe.indices(cases[0]):
                    by_atom[i] = True
        if rest:
            return
        start: int | None = None
        shown = 0
        for i in range(len(axe.atomes) + 1):
            free = i < len(axe.atomes) and not by_atom[i] and axe.inside(i)
            if free and start is None:
                start = i
            elif not free and start is not None:
                if any(axe.atomes[k].reel for k in range(start, i)) and shown < MAX_SHOWN:
                    self._hole(axe, start, i - 1)
                    shown += 1
                start = None

    def _hole(self, axe: Axe, first: int, last: int) -> None:
        below = next((r for i in range(first - 1, -1, -1) if (r := self._row_at(axe, i)) is not None), None)
        above = next((r for i in range(last + 1, len(axe.atomes)) if (r := self._row_at(axe, i)) is not None), None)
        values = axe.witnesses(first, last)
        witness = ", ".join(axe.write_one(v) for v in values)
        labels = []
        if below is not None:
            labels.append(Etiquette(self._span(below), f"s'arrête avant {witness}"))
        if above is not None:
            labels.append(Etiquette(self._span(above), f"ne commence qu'après {witness}"))
        where = below if below is not None else above
        span = self._span(where) if where is not None else self.table.span
        case = axe.case(first, last, below is not None, above is not None)
        effects = self._propose(below, above)
        rows = " ou ".join(f"« {case} : {e} »" for e in effects)
        added = self._added(span, case, effects[0])
        rows += self._further(below) if above is None else ""
        aide = f"Ajoutez par exemple {rows} ; le comité décide de ce que ce rang donne.{self._reached(values)}"
        stretch = axe.write(first, last)
        if stretch != witness:
            stretch += f", par exemple {witness}"
        if above is None and below is not None:
            s = axe.stretch(first, last)
            side = "à partir de" if s.bas_inclus else "au-delà de"
            limit = axe.write_one(s.bas) if s.bas is not None else ""
            self._say("CAQ304", f"ne dit rien {side} {limit} : {stretch}.", span, labels, aide, correction=added)
            return
        self._say("CAQ301", f"a un trou : {stretch}.", span, labels, aide, correction=added)

    def _row_at(self, axe: Axe, index: int) -> int | None:
        for i, cases in enumerate(self.cases):
            if not _is_empty(cases[0]) and not isinstance(cases[0], Autrement) and index in axe.indices(cases[0]):
                return i
        return None

    def _propose(self, *rows: int | None) -> list[str]:
        """What the neighbours give, as the effect of a row to add."""
        texts = []
        for i in rows:
            if i is not None and i < len(self.table.rangs):
                effet = self.table.rangs[i].effet
                if isinstance(effet, Constante):
                    texts.append(write_value(effet.valeur, effet.genre))
        return list(dict.fromkeys(texts)) or ["…"]

    def _reached_at(self, sides: Sequence[tuple[Axe, int, int]]) -> str:
        """A small establishment that reaches the first witness of every driver, unless the witness already is one."""
        if all(isinstance(a.noeud, Fait) for a, _, _ in sides):
            return ""
        facts = reach_all(self.domaines, ((a.noeud, a.witnesses(low, high)[0]) for a, low, high in sides))
        return f" Un établissement y tombe avec {facts}." if facts else ""

    def _reached(self, values: Sequence[Valeur]) -> str:
        """A small establishment that reaches the first witness of the only driver."""
        if len(self.table.selon) != 1 or not values or not isinstance(values[0], Fraction):
            return ""
        facts = reach(self.domaines, self.table.selon[0], values[0])
        return f" Un établissement y tombe avec {facts}." if facts else ""

    def _further(self, below: int | None) -> str:
        """The « puis » clause that goes on as the last two rows do."""
        if below is None or below >= len(self.table.rangs) or len(self.axes) != 1:
            return ""
        ends = sorted(
            (cas.haut, rang.effet.valeur)
            for rang, (cas,) in zip(self.table.rangs, self.cases, strict=False)
            if isinstance(cas, Intervalle)
            and cas.haut is not None
            and isinstance(rang.effet, Constante)
            and isinstance(rang.effet.valeur, Fraction)
        )
        if len(ends) < 2 or self.table.suite is not None or not self.table.genre.is_number:
            return ""
        (low, before), (high, last) = ends[-2:]
        if high <= low or last <= before:
            return ""
        step, more = self.axes[0].write_one(high - low), write_value(last - before, self.table.genre)
        return f" ou « puis, par tranche de {step} entamée : {more} de plus »"

    def _box_holes(self) -> None:
        """Holes of a table with several drivers, or driven by a list, gathered into boxes."""
        ranks = [{atom: k for k, atom in enumerate(a.reels)} for a in self.axes]
        holes = [
            tuple(ranks[k][i] for k, i in enumerate(cell))
            for cell in product(*(a.reels for a in self.axes))
            if cell not in self.covered
        ]
        for box in merge(holes, len(self.axes))[:MAX_SHOWN]:
            sides = [(a, a.reels[low], a.reels[high]) for a, (low, high) in zip(self.axes, box, strict=True)]
            where = " ; ".join(f"{a.nom} : {a.write(low, high)}" for a, low, high in sides)
            witness = " ; ".join(f"{a.nom} = {a.write_one(a.witnesses(low, high)[0])}" for a, low, high in sides)
            cases = [a.case(low, high) for a, low, high in sides]
            row = AUTREMENT if AUTREMENT in cases else " ; ".join(cases)
            span = self.table.rangs[-1].span if self.table.rangs else self.table.span
            effect = self._propose(len(self.table.rangs) - 1)[0]
            self._say(
                "CAQ301",
                f"a un trou : {where} (par exemple {witness}).",
                span,
                [Etiquette(span, "après ce rang, il reste des cas")],
                f"Ajoutez par exemple « {row} : {effect} » ; le comité décide de ce que ce rang donne."
                f"{self._reached_at(sides)}",
                correction=self._added(span, row, effect),
            )

    # ------------------------------------------------------------ overlaps, jumps, plafond

    def _overlaps(self) -> None:
        pairs: dict[tuple[int, int], list[tuple[int, ...]]] = {}
        ranks = [{atom: k for k, atom in enumerate(a.reels)} for a in self.axes]
        for cell, rows in self.covered.items():
            for k, low in enumerate(rows[:MAX_SHOWN]):
                for high in rows[k + 1 : MAX_SHOWN]:
                    pairs.setdefault((low, high), []).append(tuple(ranks[n][i] for n, i in enumerate(cell)))
        for (low, high), cells in sorted(pairs.items())[:MAX_SHOWN]:
            box = merge(cells, len(self.axes))[0]
            sides = [(a, a.reels[b[0]], a.reels[b[1]]) for a, b in zip(self.axes, box, strict=True)]
            alone = len(sides) == 1
            where = " ; ".join(("" if alone else f"{a.nom} : ") + a.write(i, j) for a, i, j in sides)
            witness = " ; ".join(
                ("" if alone else f"{a.nom} = ") + a.write_one(a.witnesses(i, j)[0]) for a, i, j in sides
            )
            single = where == witness or where.replace(" : ", " = ") == witness
            taken = where if single else f"{where}, par exemple {witness}"
            values = self.axes[0].witnesses(sides[0][1], sides[0][2])
            reached = self._reached(values) if alone else self._reached_at(sides)
            self._say(
                "CAQ302",
                f"a deux rangs pour les mêmes valeurs : « {self._name(low)} » et « {self._name(high)} » "
                f"prennent tous deux {taken}.",
                self._span(high),
                [Etiquette(self._span(low), f"prend {witness}"), Etiquette(self._span(high), f"prend aussi {witness}")],
                f"Resserrez l'un des deux rangs ; le comité décide duquel.{reached}",
            )

    def _jumps(self, axe: Axe) -> None:
        for i, rang in enumerate(self.table.rangs):
            cas = self.cases[i][0]
            if not (isinstance(rang.effet, Lineaire) and isinstance(cas, Intervalle)) or _is_empty(cas):
                continue
            taken = list(axe.indices(cas))
            for beside, bound, own in (
                (taken[0] - 1, cas.bas, rang.effet.bas),
                (taken[-1] + 1, cas.haut, rang.effet.haut),
            ):
                if bound is None or not 0 <= beside < len(axe.atomes) or not axe.inside(beside):
                    continue
                row = self._row_at(axe, beside)
                row = row if row is not None else self._otherwise()
                other = None if row is None or row == i else self._worth(row, bound)
                if other is None or other == own or row is None:
                    continue
                here, there = write_value(own, self.table.genre), write_value(other, self.table.genre)
                self._say(
                    "CAQ307",
                    f"saute à {axe.write_one(bound)} : le rang linéaire « {rang.texte} » y vaut {here}, "
                    f"le rang voisin « {self._name(row)} » {there}.",
                    rang.span,
                    [Etiquette(self._span(row), f"vaut {there} à {axe.write_one(bound)}")],
                    f"Si le saut n'est pas voulu, faites partir ou arriver le crédit à {there}.",
                    Severite.AVERTISSEMENT,
                )

    def _otherwise(self) -> int | None:
        """The row that takes what is left."""
        return next((i for i, cases in enumerate(self.cases) if isinstance(cases[0], Autrement)), None)

    def _worth(self, row: int, at: Fraction) -> Fraction | None:
        """What a row gives at one of its ends."""
        if row >= len(self.table.rangs):
            return None
        effet: object = self.table.rangs[row].effet
        if isinstance(effet, Constante):
            return effet.valeur if isinstance(effet.valeur, Fraction) else None
        cas = self.cases[row][0]
        if not (isinstance(effet, Lineaire) and isinstance(cas, Intervalle)):
            return None
        return effet.bas if at == cas.bas else effet.haut if at == cas.haut else None

    def _ceiling(self) -> None:
        if self.table.plafond is None or not self.table.genre.is_number:
            return
        limit = self.domaines.expression(self.table.plafond)
        given = self.domaines.table(self.table, plafonnee=False)
        if limit.bas is not None and given.haut is not None and given.haut < limit.bas:
            genre = self.table.genre
            self._say(
                "CAQ306",
                f"n'atteint jamais son plafond : il donne au plus {write_value(given.haut, genre)}, "
                f"le plafond est de {write_value(limit.bas, genre)}.",
                self.table.plafond.span,
                aide="Rien à faire si le plafond rappelle la loi ; sinon, vérifiez les rangs ou le plafond.",
                severite=Severite.NOTE,
            )
