"""A policy as one SQL statement over whole numbers, from the same lines as columns.

Each line is an expression; one that several others read is a column of its own, in stages that follow one another. A
value is never NULL: its state, as a small integer, is a column beside it wherever it may not be known. Division is
between whole numbers that are not negative, so that every engine gives the same quotient.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from caqes_dsl.base.suggestions import fold

from .complet import Plan
from .lines import CONNU, LARGEUR_64, MANQUANT, SANS_OBJET, Ligne, reachable

_SMALL = frozenset({"somme", "comparaison", "non", "état"})
"""What is written where it is read, when it is read once: it stays short, so that the text grows with the lines."""


@dataclass(frozen=True, slots=True)
class Dialecte:
    """What engines write differently. `large`: the type of whole numbers beyond 64 bits."""

    nom: str
    large: str
    divise: str
    divise_large: str
    jours: str
    guillemet: str = '"'

    def identifier(self, text: str) -> str:
        """A name between quotes."""
        return self.guillemet + text.replace(self.guillemet, 2 * self.guillemet) + self.guillemet

    def divide(self, above: str, below: str, *, wide: bool) -> str:
        """The whole quotient of two numbers that are not negative."""
        return (self.divise_large if wide else self.divise).format(a=above, b=below)


DIALECTES = {
    d.nom: d
    for d in (
        Dialecte("duckdb", "HUGEINT", "({a} // {b})", "({a} // {b})", "date_diff('day', DATE '1899-12-30', {})"),
        Dialecte("postgresql", "NUMERIC(38, 0)", "({a} / {b})", "div({a}, {b})", "({} - DATE '1899-12-30')"),
        Dialecte(
            "spark",
            "DECIMAL(38, 0)",
            "({a} div {b})",
            "CAST(({a} - ({a} % {b})) / {b} AS DECIMAL(38, 0))",
            "datediff({}, DATE '1899-12-30')",
            "`",
        ),
    )
}
"""The dialects that can be written, by name."""


@dataclass(frozen=True, slots=True)
class Valeur:
    """The expressions of a line: its number, or its truth (`logique`); its state, None when always known; its divider,
    None for 1."""

    nombre: str
    etat: str | None = None
    diviseur: str | None = None
    logique: bool = False


class Disposition:
    """How the entries of a plan are read in a table."""

    def entry(self, index: int, ligne: Ligne) -> Valeur:
        """The expressions of an entry."""
        raise NotImplementedError

    def names(self) -> Iterator[str]:
        """The columns that it gives."""
        return iter(())

    def source(self) -> Iterator[str]:
        """The lines of the statement that say where entries come from: a first WITH, ended by what is read."""
        raise NotImplementedError


@dataclass(slots=True)
class Enonce:
    """A statement, and the columns that it gives: for each wanted line the name of its number, state and divider."""

    texte: str
    colonnes: dict[int, tuple[str, str | None, str | None]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Colonne:
    """A column of a stage."""

    nom: str
    texte: str
    propos: str = ""

    def written(self) -> str:
        """As it stands in the statement, what it is above it."""
        above = f"    -- {self.propos}\n" if self.propos else ""
        return f"{above}    {self.texte} AS {self.nom}"


def _words(text: str) -> list[str]:
    """The names in a text, comments left out."""
    return re.findall(r"[A-Za-z_][A-Za-z_0-9]*", re.sub(r"--[^\n]*", "", text))


class Redacteur:
    """Writes the lines of a plan in a dialect."""

    def __init__(self, plan: Plan, dialecte: Dialecte, disposition: Disposition) -> None:
        self.plan, self.dialecte, self.disposition = plan, dialecte, disposition
        self.lignes = plan.programme.lignes
        self._values: dict[int, Valeur] = {}
        self._names: dict[int, str] = {}
        self._taken = {"rang", "finess", "exercice", *disposition.names()}

    def write(self, wanted: Sequence[int], keys: Sequence[str] = ()) -> Enonce:
        """The statement that gives these lines, after the columns `keys` of its source, in their order."""
        needed = reachable(self.plan.programme, wanted)
        uses: dict[int, int] = {}
        for line in needed:
            for arg in self.lignes[line].args:
                uses[arg] = uses.get(arg, 0) + 1
        asked = list(dict.fromkeys(wanted))
        stages: dict[int, list[int]] = {}
        level: dict[int, int] = {}
        for line in needed:
            ligne = self.lignes[line]
            deep = max((level[a] for a in ligne.args), default=0)
            shared = uses.get(line, 0) > 1 or line in asked or ligne.op not in _SMALL
            if shared and ligne.op not in ("constante", "entree"):
                level[line] = deep + 1
                stages.setdefault(deep + 1, []).append(line)
            else:
                level[line] = deep
        made = [[c for line in stage for c in self._column(line)] for _, stage in sorted(stages.items())]
        columns: dict[int, tuple[str, str | None, str | None]] = {}
        shown = list(keys)
        for line in asked:
            value = self._value(line)
            name = self._names.get(line) or self._name(line)
            said = self._number(line)
            shown.append(f"{said} AS {name}" if said != name else name)
            state = divider = None
            if value.etat is not None:
                state = f"{name}__etat"
                shown.append(f"{value.etat} AS {state}" if value.etat != state else state)
            if value.diviseur is not None:
                divider = f"{name}__diviseur"
                shown.append(f"{value.diviseur} AS {divider}" if value.diviseur != divider else divider)
            columns[line] = (name, state, divider)
        source = list(self.disposition.source())
        if not made:
            source[-1] = source[-1].removesuffix(",")
        lines = [*source, *self._stages(made, keys, shown)]
        lines += ["SELECT " + ",\n  ".join(shown), f"FROM {f'etape_{len(made)}' if made else 'lu'}"]
        lines += [f"ORDER BY {', '.join(keys)}"] if keys else []
        return Enonce("\n".join(lines) + "\n", columns)

    def _stages(self, made: Sequence[Sequence[_Colonne]], keys: Sequence[str], shown: Sequence[str]) -> Iterator[str]:
        """The stages, each with its own columns and those before it that are read after it."""
        later = [set(_words(" ".join(shown)))]
        for stage in reversed(made):
            later.append(later[-1].union(*(_words(c.texte) for c in stage)))
        later.reverse()  # what is read from each stage on
        here = [*keys, *self.disposition.names()]
        materialised = "MATERIALIZED " if self.dialecte.nom == "postgresql" else ""
        for number, stage in enumerate(made, 1):
            kept = [n for n in here if n in keys or n in later[number]]
            columns = [f"    {', '.join(kept[k : k + 8])}" for k in range(0, len(kept), 8)]
            columns += [c.written() for c in stage]
            yield f"etape_{number} AS {materialised}("
            yield "  SELECT"
            yield ",\n".join(columns)
            yield f"  FROM {f'etape_{number - 1}' if number > 1 else 'lu'}"
            yield ")" + ("," if number < len(made) else "")
            here = [*kept, *(c.nom for c in stage)]

    # ------------------------------------------------------------ columns

    def _column(self, line: int) -> list[_Colonne]:
        """The columns of a line: its number, its state, its divider; others then read these."""
        value = self._value(line)
        name = self._name(line)
        said = self.plan.programme.noms.get(line)
        made = [_Colonne(name, value.nombre, comment(said) if said else "")]
        etat = diviseur = None
        if value.etat is not None:
            etat = value.etat if value.etat.isdigit() else f"{name}__etat"
            if not value.etat.isdigit():
                made.append(_Colonne(etat, value.etat))
        if value.diviseur is not None:
            diviseur = f"{name}__diviseur"
            made.append(_Colonne(diviseur, value.diviseur))
        self._values[line] = Valeur(name, etat, diviseur, value.logique)
        return made

    def _name(self, line: int) -> str:
        if line not in self._names:
            said = self.plan.programme.noms.get(line, "")
            bare = re.sub(r"[^a-z0-9]+", "_", fold(said.partition("«")[0])).strip("_")[:48]
            name = bare if bare and not bare[0].isdigit() else f"n{line}"
            while name in self._taken:
                name = f"{name}_{line}" if not name.endswith(f"_{line}") else f"{name}_"
            self._names[line] = name
            self._taken.add(name)
        return self._names[line]

    # ------------------------------------------------------------ lines

    def _value(self, line: int) -> Valeur:
        if line not in self._values:
            ligne = self.lignes[line]
            if ligne.op == "entree":
                self._values[line] = self.disposition.entry(line, ligne)
            else:
                self._values[line] = getattr(self, f"_{_METHODS[ligne.op]}")(ligne)
        return self._values[line]

    def _number(self, line: int) -> str:
        """A line as a number."""
        value = self._value(line)
        return f"CASE WHEN {value.nombre} THEN 1 ELSE 0 END" if value.logique else value.nombre

    def _truth(self, line: int) -> str:
        """A line as a condition."""
        value = self._value(line)
        if value.logique:
            return value.nombre
        if value.nombre in ("0", "1"):
            return "TRUE" if value.nombre == "1" else "FALSE"
        return f"({value.nombre} <> 0)"

    def _times(self, line: int, factor: int, borne: int) -> str:
        """A line times a number, wide enough for what it is part of."""
        number = self._wide(self._number(line), borne)
        if factor == 1:
            return number
        return f"{number} * {self._wide(str(factor), borne) if abs(factor) >= LARGEUR_64 else factor}"

    def _wide(self, text: str, borne: int) -> str:
        return f"CAST({text} AS {self.dialecte.large})" if borne > LARGEUR_64 else text

    def _worst(self, args: Iterable[int]) -> str | None:
        """The greatest state of several lines."""
        states = list(dict.fromkeys(e for a in args if (e := self._value(a).etat) is not None))
        if not states or all(s == "0" for s in states):
            return None
        return states[0] if len(states) == 1 else f"greatest({', '.join(states)})"

    def _constant(self, ligne: Ligne) -> Valeur:
        etat, nombre = ligne.param
        assert isinstance(nombre, int)
        text = str(nombre) if abs(nombre) <= LARGEUR_64 else f"CAST('{nombre}' AS {self.dialecte.large})"
        return Valeur(text, None if etat == CONNU else str(etat))

    def _sum(self, ligne: Ligne) -> Valeur:
        terms = [
            self._times(a, k, ligne.borne) for a, k in zip(ligne.args, ligne.param, strict=True) if isinstance(k, int)
        ]
        divider = self._value(ligne.args[0]).diviseur if ligne.divise else None
        text = " + ".join(terms).replace("+ -", "- ")
        return Valeur(f"({text})" if len(terms) > 1 or "*" in text else text, self._worst(ligne.args), divider)

    def _divider(self, line: int, borne: int) -> str:
        divider = self._value(line).diviseur
        return "1" if divider is None else self._wide(divider, borne)

    def _cross_sum(self, ligne: Ligne) -> Valeur:
        (a, b), (ka, kb) = ligne.args, ligne.param
        assert isinstance(ka, int) and isinstance(kb, int)
        left = f"{self._times(a, ka, ligne.borne)} * {self._divider(b, ligne.borne)}"
        right = f"{self._times(b, kb, ligne.borne)} * {self._divider(a, ligne.borne)}"
        divider = f"({self._divider(a, ligne.borne_diviseur)} * {self._divider(b, ligne.borne_diviseur)})"
        return Valeur(f"({left} + {right})", self._worst(ligne.args), divider)

    def _product(self, ligne: Ligne) -> Valeur:
        a, b = ligne.args
        text = f"({self._times(a, 1, ligne.borne)} * {self._times(b, 1, ligne.borne)})"
        divider = None
        if ligne.divise:
            divider = f"({self._divider(a, ligne.borne_diviseur)} * {self._divider(b, ligne.borne_diviseur)})"
        return Valeur(text, self._worst(ligne.args), divider)

    def _quotient(self, ligne: Ligne) -> Valeur:
        (a, b), (times,) = ligne.args, ligne.param
        assert isinstance(times, int)
        by = self._number(b)
        number = f"{self._times(a, times, ligne.borne)} * {self._divider(b, ligne.borne)}"
        number = number.removesuffix(" * 1")
        signed = f"(CASE WHEN {by} < 0 THEN -({number}) ELSE {number} END)"
        below = self._wide(f"abs({by})", ligne.borne_diviseur)
        above = self._divider(a, ligne.borne_diviseur)
        below = below if above == "1" else f"{above} * {below}"
        divider = f"(CASE WHEN {by} = 0 THEN 1 ELSE {below} END)"
        base = self._worst(ligne.args)
        zero = f"{by} = 0" if base is None else f"{base} = 0 AND {by} = 0"
        return Valeur(signed, f"(CASE WHEN {zero} THEN {SANS_OBJET} ELSE {base or CONNU} END)", divider)

    def _round(self, ligne: Ligne) -> Valeur:
        times, over, step, mode = ligne.param
        assert isinstance(times, int) and isinstance(over, int) and isinstance(step, int)
        arg = ligne.args[0]
        below = self.lignes[arg]
        most = max(2 * below.borne * times + 2 * over * below.borne_diviseur, ligne.borne)
        wide = most > LARGEUR_64
        number = f"({self._times(arg, times, most)})"
        own = self._divider(arg, most)
        divider = self._wide(str(over), most) if own == "1" else f"({own} * {over})"
        up = f"{number} + {divider} - 1"

        def divide(above: str, by: str) -> str:
            return self.dialecte.divide(f"({above})", by, wide=wide)

        if mode == "arrondi":
            half = divide(f"2 * abs({number}) + {divider}", f"(2 * {divider})")
            steps = f"(CASE WHEN {number} < 0 THEN -{half} ELSE {half} END)"
        elif mode == "arrondi_excès":
            steps = f"(CASE WHEN {number} < 0 THEN -{divide(f'-{number}', divider)} ELSE {divide(up, divider)} END)"
        else:
            low = divide(f"-{number} + {divider} - 1", divider)
            steps = f"(CASE WHEN {number} < 0 THEN -{low} ELSE {divide(number, divider)} END)"
        text = steps if step == 1 else f"({steps} * {step})"
        if wide and ligne.borne <= LARGEUR_64:
            text = f"CAST({text} AS BIGINT)"
        return Valeur(text, self._value(arg).etat)

    def _compare(self, ligne: Ligne) -> Valeur:
        op, ka, kb, crossed, manque = ligne.param
        assert isinstance(ka, int) and isinstance(kb, int) and isinstance(manque, int)
        a, b = ligne.args
        la, lb = self.lignes[a], self.lignes[b]
        wide = max(
            la.borne * ka * (lb.borne_diviseur if crossed else 1), lb.borne * kb * (la.borne_diviseur if crossed else 1)
        )
        left, right = self._times(a, ka, wide), self._times(b, kb, wide)
        if crossed:
            mine, theirs = self._divider(b, wide), self._divider(a, wide)
            left = left if mine == "1" else f"{left} * {mine}"
            right = right if theirs == "1" else f"{right} * {theirs}"
        sign = {"≠": "<>", "≤": "<=", "≥": ">="}.get(str(op), str(op))
        etat = self._worst(ligne.args)
        if etat is not None and manque != MANQUANT:
            etat = f"(CASE WHEN {etat} = {MANQUANT} THEN {manque} ELSE {etat} END)"
        return Valeur(f"({left} {sign} {right})", etat, logique=True)

    def _and(self, ligne: Ligne) -> Valeur:
        return self._logic(ligne, "AND", settles=False)

    def _or(self, ligne: Ligne) -> Valeur:
        return self._logic(ligne, "OR", settles=True)

    def _logic(self, ligne: Ligne, word: str, *, settles: bool) -> Valeur:
        etat = self._worst(ligne.args)
        truths = [self._truth(a) for a in ligne.args]
        if etat is None:
            return Valeur(f"({f' {word} '.join(truths)})", logique=True)
        sure = []
        for arg, truth in zip(ligne.args, truths, strict=True):
            mine = truth if settles else f"NOT {truth}"
            state = self._value(arg).etat
            sure.append(mine if state is None else f"({mine} AND {state} = {CONNU})")
        settled = f"({' OR '.join(sure)})"
        return Valeur(
            settled if settles else f"(NOT {settled})",
            f"(CASE WHEN {settled} THEN {CONNU} ELSE {etat} END)",
            logique=True,
        )

    def _not(self, ligne: Ligne) -> Valeur:
        return Valeur(f"(NOT {self._truth(ligne.args[0])})", self._value(ligne.args[0]).etat, logique=True)

    def _state(self, ligne: Ligne) -> Valeur:
        etat = self._value(ligne.args[0]).etat
        if etat is None:
            return Valeur("TRUE" if CONNU in ligne.param else "FALSE", logique=True)
        listed = ", ".join(str(e) for e in ligne.param)
        test = f"{etat} = {listed}" if len(ligne.param) == 1 else f"{etat} IN ({listed})"
        return Valeur(f"({test})", logique=True)

    def _choose(self, ligne: Ligne) -> Valeur:
        condition, alors, sinon = ligne.args
        ka, kb, _ = ligne.param
        assert isinstance(ka, int) and isinstance(kb, int)
        test, opened = self._truth(condition), self._value(condition).etat
        if test in ("TRUE", "FALSE") and opened is None:
            chosen, factor = (alors, ka) if test == "TRUE" else (sinon, kb)
            value = self._value(chosen)
            return Valeur(f"({self._times(chosen, factor, ligne.borne)})", value.etat, value.diviseur)
        left, right = self._times(alors, ka, ligne.borne), self._times(sinon, kb, ligne.borne)
        states = [self._value(x).etat for x in (alors, sinon)]
        both = [e or str(CONNU) for e in states]
        etat = f"CASE WHEN {test} THEN {both[0]} ELSE {both[1]} END" if any(states) else None
        dividers = [self._value(x).diviseur for x in (alors, sinon)]
        own = [self._divider(x, ligne.borne_diviseur) for x in (alors, sinon)]
        if opened is None:
            number = f"(CASE WHEN {test} THEN {left} ELSE {right} END)"
            divider = f"(CASE WHEN {test} THEN {own[0]} ELSE {own[1]} END)" if any(dividers) else None
            return Valeur(number, f"({etat})" if etat else None, divider)
        same = self._same(ligne, left, right, alors, sinon)
        same += "".join(f" AND {e} = {CONNU}" for e in states if e is not None)
        worst = self._worst(ligne.args)
        taken = f"({test} AND {opened} = {CONNU} OR {opened} <> {CONNU} AND {same})"
        number = f"(CASE WHEN {taken} THEN {left} ELSE {right} END)"
        divider = f"(CASE WHEN {taken} THEN {own[0]} ELSE {own[1]} END)" if any(dividers) else None
        settled = etat or str(CONNU)
        return Valeur(
            number,
            f"(CASE WHEN {opened} = {CONNU} THEN ({settled}) WHEN {same} THEN {CONNU} ELSE {worst} END)",
            divider,
        )

    def _same(self, ligne: Ligne, left: str, right: str, alors: int, sinon: int) -> str:
        """Whether two branches have the same value."""
        if self._value(alors).diviseur is None and self._value(sinon).diviseur is None:
            return f"{left} = {right}"
        la, lb = (self.lignes[i] for i in (alors, sinon))
        wide = ligne.borne * max(la.borne_diviseur, lb.borne_diviseur)
        return (
            f"{self._wide(left, wide)} * {self._divider(sinon, wide)} = "
            f"{self._wide(right, wide)} * {self._divider(alors, wide)}"
        )

    def _pick(self, ligne: Ligne) -> Valeur:
        listed, other = ligne.param
        assert isinstance(listed, tuple)
        code = self._number(ligne.args[0])
        cases = " ".join(f"WHEN {k} THEN {v}" for k, v in listed)
        text = f"(CASE {code} {cases} ELSE {other} END)" if listed else str(other)
        return Valeur(text, self._value(ligne.args[0]).etat)

    def _nothing(self, ligne: Ligne) -> Valeur:
        return Valeur("0", self._worst(ligne.args))

    def _grid(self, ligne: Ligne) -> Valeur:
        """Answered criteria, a line each, by sectors."""
        sorte, weights, sectors, unanswered, levels = ligne.param
        assert isinstance(weights, tuple) and isinstance(sectors, tuple)
        assert isinstance(unanswered, tuple) and isinstance(levels, tuple)
        shares = {code: (share if sorte == "points" else counted) for code, share, counted in levels}
        by: dict[tuple[int, ...], list[str]] = {}
        open_: dict[tuple[int, ...], list[str]] = {}
        for line, weight, here, default in zip(ligne.args, weights, sectors, unanswered, strict=False):
            value = self._value(line)
            given = dict(shares) | {0: shares.get(default, 0)}
            cases = " ".join(f"WHEN {code} THEN {share * weight}" for code, share in sorted(given.items()) if share)
            nom = str(self.lignes[line].param[1])
            text = f"CASE {value.nombre} {cases} ELSE 0 END" if cases else "0"
            by.setdefault(here, []).append(f"        {text} -- {self._criterion(nom)}")
            if value.etat is not None and not default:
                open_.setdefault(here, []).append(f"{value.etat} <> {CONNU}")
        parts = []
        for here, terms in by.items():
            applies = " OR ".join(self._truth(s) for s in here)
            first, *others = terms
            body = "\n".join(
                [
                    first,
                    *(
                        t.replace("        CASE", "      + CASE", 1).replace("        0", "      + 0", 1)
                        for t in others
                    ),
                ]
            )
            parts.append(f"(CASE WHEN {applies} THEN\n{body}\n      ELSE 0 END)")
        states = [f"({' OR '.join(self._truth(s) for s in here)}) AND ({' OR '.join(e)})" for here, e in open_.items()]
        etat = f"(CASE WHEN {' OR '.join(states)} THEN {MANQUANT} ELSE {CONNU} END)" if states else None
        return Valeur("\n    + ".join(parts), etat)

    def _criterion(self, dated: str) -> str:
        nom = dated.partition(" N-")[0]
        critere = self.plan.politique.criteres.get(nom)
        return comment(f"{dated} « {critere.titre} »" if critere else dated)


_METHODS = {
    "constante": "constant", "somme": "sum", "total": "sum", "somme croisée": "cross_sum", "produit": "product",
    "quotient": "quotient", "arrondi": "round", "comparaison": "compare", "et": "and", "ou": "or", "non": "not",
    "état": "state", "choix": "choose", "selon": "pick", "pire": "nothing", "grille": "grid",
}  # fmt: skip


def comment(text: str) -> str:
    """A text that a line of comment may hold: it never ends it."""
    return " ".join(re.sub(r"[\x00-\x1f\x7f\u0085\u2028\u2029]", " ", text).split())[:160]


def literal(text: str) -> str:
    """A text between apostrophes."""
    return "'" + text.replace("'", "''") + "'"
