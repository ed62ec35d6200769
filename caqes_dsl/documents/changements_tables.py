"""How the rows of a table changed, in words: a threshold moved, a row that gives something else, rows added."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from caqes_dsl.documents import phrases, rows
from caqes_dsl.documents.words import quoted, value_in_words
from caqes_dsl.model.nodes import Constante, Intervalle, Politique, Rang, Table


@dataclass(frozen=True, slots=True)
class Cote:
    """A table and the policy that it belongs to. `credit`: what it gives is a share of a criterion's points."""

    table: Table
    politique: Politique
    credit: bool = False

    def lines(self) -> list[tuple[str, str]]:
        """The cases of each row and what it gives."""
        found = []
        for rang in self.table.rangs:
            cases, effect = rows.describe_row(rang, self.table, self.politique, credit=self.credit)
            found.append((" et ".join(cases), effect))
        return found

    def text(self) -> str:
        """The whole table in one text."""
        said = " ; ".join(f"{case} : {effect}" for case, effect in self.lines())
        end = ends(self)
        return said + (f" ; {end}" if end else "")

    def value(self, valeur: Fraction) -> str:
        """A value of its driver."""
        return value_in_words(valeur, self.table.selon[0].genre, self.politique)


def ends(cote: Cote) -> str:
    """How a table goes on past its last row."""
    table, said = cote.table, []
    if table.suite is not None:
        kind = "entamée" if table.suite.entamee else "révolue"
        more = value_in_words(table.suite.pas, table.genre, cote.politique)
        said.append(f"puis {more} de plus par tranche de {cote.value(table.suite.tranche)} {kind}")
    if table.plafond is not None:
        said.append(f"plafond : {phrases.describe(table.plafond, cote.politique)}")
    return " ; ".join(said)


def moved(old: Cote, new: Cote) -> Iterator[str]:
    """What changed from one table to another, part by part."""
    before, after = (", ".join(phrases.describe(n, c.politique) for n in c.table.selon) for c in (old, new))
    if before != after:
        yield f"le tableau dépend désormais de {after}, au lieu de {before}"
    yield from _rows(old, new)
    was, now = ends(old), ends(new)
    if was != now:
        yield _instead(now, was, "ce qui suit le dernier rang")


def _instead(now: str, was: str, what: str) -> str:
    if not was:
        return f"{what} est ajouté : {now}"
    return f"{what} est supprimé ({was})" if not now else f"{now}, au lieu de {was}"


def _rows(old: Cote, new: Cote) -> Iterator[str]:
    was, now = old.lines(), new.lines()
    if was == now:
        return
    before, after = dict(was), dict(now)
    if before.keys() == after.keys():
        for case, effect in now:
            if before[case] != effect:
                yield f"{quoted(case)} donne {effect} au lieu de {before[case]}"
        return
    steps = _thresholds(old, new)
    if steps is not None:
        yield from steps
        return
    effects_before, effects_after = _by_effect(was), _by_effect(now)
    if effects_before.keys() == effects_after.keys():
        for effect, cases in effects_after.items():
            if effects_before[effect] != cases:
                yield f"{quoted(effect)} est donné à {cases}, au lieu de {effects_before[effect]}"
        return
    for case, effect in now:
        if before.get(case) != effect:
            given = f" au lieu de {before[case]}" if case in before else ""
            yield f"{quoted(case)} donne {effect}{given}"
    for case, effect in was:
        if case not in after:
            yield f"le rang {quoted(case)} ({effect}) est supprimé"


def _by_effect(lines: list[tuple[str, str]]) -> dict[str, str]:
    found: dict[str, list[str]] = {}
    for case, effect in lines:
        found.setdefault(effect, []).append(case)
    return {effect: " ou ".join(cases) for effect, cases in found.items()}


# ---------------------------------------------------------------- thresholds


def _thresholds(old: Cote, new: Cote) -> list[str] | None:
    """The thresholds that moved, when both tables climb through the same results; None when they do not."""
    was, now = _ladder(old), _ladder(new)
    if was is None or now is None or [e for _, e in was] != [e for _, e in now]:
        return None
    found = []
    for (low_was, low_now), (high_was, high_now) in pairwise(zip(was, now, strict=True)):
        a, b = _bound(low_was[0], high_was[0]), _bound(low_now[0], high_now[0])
        if a is None or b is None:
            return None
        better = _better(new, low_now[0], high_now[0])
        label = quoted((low_now if better is low_now[0] else high_now)[1])
        side_was, side_now = (_side(old, a, better is low_now[0]), _side(new, b, better is low_now[0]))
        if a[1] != b[1]:
            found.append(f"{label} est donné {side_now}, et non plus {side_was}")
        elif a[0] != b[0]:
            found.append(f"le seuil de {label} passe de {old.value(a[0])} à {new.value(b[0])}")
    return found


def _ladder(cote: Cote) -> list[tuple[Rang, str]] | None:
    """Rows from the lowest to the highest with what they give; None when they are not one scale of intervals."""
    if len(cote.table.selon) != 1 or not all(isinstance(r.cas[0], Intervalle) for r in cote.table.rangs):
        return None
    lines = [effect for _, effect in cote.lines()]
    pairs = list(zip(cote.table.rangs, lines, strict=True))
    return sorted(pairs, key=lambda p: (p[0].cas[0].bas is not None, p[0].cas[0].bas or 0))  # type: ignore[union-attr]  # intervals


def _bound(low: Rang, high: Rang) -> tuple[Fraction, bool] | None:
    """Where one row ends and the next begins, and whether the value itself belongs to the upper one."""
    a, b = low.cas[0], high.cas[0]
    assert isinstance(a, Intervalle)
    assert isinstance(b, Intervalle)
    if b.bas is None or a.haut != b.bas:
        return None
    return b.bas, b.bas_inclus


def _side(cote: Cote, bound: tuple[Fraction, bool], lower: bool) -> str:
    value, upper_has_it = bound
    if lower:
        return f"{'sous' if upper_has_it else 'jusqu’à'} {cote.value(value)}"
    return f"{'à partir de' if upper_has_it else 'au-delà de'} {cote.value(value)}"


def _better(cote: Cote, low: Rang, high: Rang) -> Rang:
    """The row that gives more: the one a threshold is named after."""
    a, b = _worth(cote, low), _worth(cote, high)
    return low if a is not None and b is not None and a > b else high


def _worth(cote: Cote, rang: Rang) -> Fraction | None:
    if not isinstance(rang.effet, Constante):
        return None
    valeur = rang.effet.valeur
    if isinstance(valeur, str):
        level = cote.politique.niveaux.get(valeur)
        return level.part if level else None
    return valeur if isinstance(valeur, Fraction) else None
