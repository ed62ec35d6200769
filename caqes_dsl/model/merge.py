"""A declaration with the clauses that a `modifie` gives: each replaces the whole clause of the same name.

A total is told by its sector and unit, a variante by its sectors and what it changes, a step by its name, a délai by
its two steps; a donnée's bounds are one clause; a paramètre gains dated values and loses none. The rows of a table are
one clause with `puis`; its plafond is another.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from caqes_dsl.base.diagnostics import Diagnostic, Etiquette
from caqes_dsl.base.source import Span
from caqes_dsl.syntax import tree
from caqes_dsl.syntax.format import same_tree
from caqes_dsl.syntax.placement import word_of

from .assembly import text_in, the
from .nodes import Provenance

_GIVEN_WITH_SANS = frozenset({"variante", "total"})
"""Clauses of which there are several: all may be dropped, then some given."""


@dataclass(frozen=True, slots=True)
class Fusion:
    """What a `modifie` makes of a declaration. `change`: whether anything differs."""

    declaration: tree.Declaration
    touches: Mapping[str, Provenance]
    diagnostics: tuple[Diagnostic, ...]
    change: bool


def label(clause: tree.Clause) -> str:
    """Which clause of its declaration this is, in words: two with one label are one clause said twice."""
    match clause:
        case tree.ClauseTotal():
            unite = "critères" if clause.quantite.unite == "critères" else "points"
            return " ".join(["total", *([clause.secteur.nom] if clause.secteur else []), unite])
        case tree.ClauseVariante():
            return f"variante {', '.join(sorted(n.nom for n in clause.secteurs))} : {word_of(clause.clause)}"
        case tree.ClauseEvenement():
            return f"étape {clause.nom.nom}"
        case tree.ClauseDelai():
            return f"délai {clause.tard.nom} après {clause.tot.nom}"
        case tree.ClauseValeurDatee():
            return f"valeur à compter du {clause.a_compter_du:%d/%m/%Y}"
        case tree.ClauseBorne() | tree.ClauseEntre():
            return "bornes"
        case tree.ClauseDonne() | tree.ClauseMot(mot="hors calcul"):
            return "part"
        case tree.ClauseSuite():
            return "puis"
    return word_of(clause)


def merge(base: tree.Declaration, change: tree.Declaration, touches: Mapping[str, Provenance]) -> Fusion:
    """The declaration once changed. `touches`: what earlier years changed in it."""
    return _Merge(base, change, touches).run()


class _Merge:
    def __init__(self, base: tree.Declaration, change: tree.Declaration, touches: Mapping[str, Provenance]) -> None:
        self.base, self.asked = base, change
        self.clauses = list(base.clauses)
        self.touches = dict(touches)
        self.motif = text_in(change, "motif")
        self.found: list[Diagnostic] = []
        self.change = False

    def run(self) -> Fusion:
        """Drops first, then what is given."""
        for clause in self.asked.clauses:
            if isinstance(clause, tree.ClauseNom) and clause.mot == "sans":
                self._drop(clause)
        done: set[str] = set()
        for clause in self.asked.clauses:
            said = label(clause)
            if said in ("motif", "sans") or said in done:
                continue
            done.add(said)
            given = [c for c in self.asked.clauses if label(c) == said]
            if isinstance(clause, tree.ClauseTable):
                self._give_table(clause)
            elif isinstance(clause, tree.ClauseSuite) or (said == "plafond" and self.base.genre in _RULED):
                self._give_part(clause, said)
            elif isinstance(clause, tree.ClauseValeurDatee):
                self._give_value(clause, said)
            else:
                self._give(given, said)
        if self.base.genre == "calendrier":
            self._calendar()
        apres = self.base.apres
        if self.asked.apres is not None:
            self.change = self.change or apres is None or apres.nom != self.asked.apres.nom
            self._record("après", self.asked.apres.span, [apres.span] if apres else [])
            apres = self.asked.apres
        abimee = self.base.abimee or self.asked.abimee
        merged = replace(self.base, clauses=tuple(self.clauses), apres=apres, abimee=abimee)
        return Fusion(merged, self.touches, tuple(self.found), self.change)

    # ------------------------------------------------------------ giving

    def _record(self, said: str, span: Span, replaced: Sequence[Span], *, retiree: bool = False) -> None:
        before = self.touches.get(said)
        chain = (*replaced, *(before.remplace if before else ()))
        self.touches[said] = Provenance(said, span, chain, self.motif, retiree)

    def _give(self, given: Sequence[tree.Clause], said: str) -> None:
        """These clauses in place of those with the same label."""
        old = [c for c in self.clauses if label(c) == said]
        same = len(old) == len(given) and all(same_tree(a, b) for a, b in zip(old, given, strict=True))
        self.change = self.change or not same
        if old:
            place = self.clauses.index(old[0])
            self.clauses = [c for c in self.clauses if label(c) != said]
            self.clauses[place:place] = given
        else:
            self.clauses += given
        self._record(said, given[0].span, [c.span for c in old[:1]])

    def _give_value(self, clause: tree.ClauseValeurDatee, said: str) -> None:
        same = [c for c in self.asked.clauses if isinstance(c, tree.ClauseValeurDatee) and label(c) == said]
        old = next((c for c in self.clauses if label(c) == said), None)
        if old is not None:
            self.found.append(
                Diagnostic(
                    "CAQ515",
                    f"« {self._name} » a déjà une valeur à compter du {clause.a_compter_du:%d/%m/%Y}.",
                    clause.span,
                    etiquettes=(Etiquette(old.span, "la valeur reprise"),),
                    aide="« modifie » ajoute des valeurs datées et n'en récrit aucune : donnez une autre date, ou "
                    f"écrivez « remplace paramètre {self._name} » avec toutes ses valeurs.",
                )
            )
            return
        self.change = True
        self.clauses += same
        self._record(said, clause.span, [])

    @property
    def _name(self) -> str:
        return self.base.nom.nom if self.base.nom else self.base.genre

    # ------------------------------------------------------------ tables

    def _table(self) -> tuple[int, tree.ClauseTable] | None:
        return next(((i, c) for i, c in enumerate(self.clauses) if isinstance(c, tree.ClauseTable)), None)

    def _give_table(self, given: tree.ClauseTable) -> None:
        """All rows of a table, with its drivers; the plafond stays unless another is given or it is dropped."""
        found = self._table()
        word = "seuils" if self.base.genre == "critère" else "selon"
        new = replace(given, mot=word)
        if found is None:
            self.clauses.append(new)
            self.change = True
            self._record(word, given.span, [])
            return
        index, old = found
        if word == "selon" and not given.selon:
            new = replace(new, selon=old.selon)
        if new.plafond is None:
            new = replace(new, plafond=old.plafond)
        elif given.plafond is not None:
            self._record("plafond", given.plafond.span, [old.plafond.span] if old.plafond is not None else [])
        self.change = self.change or not same_tree(old, new)
        self.clauses[index] = new
        self._record(word, given.span, [old.span])

    def _give_part(self, clause: tree.Clause, said: str) -> None:
        """A plafond or a `puis` row alone: the rows stay."""
        found = self._table()
        if found is None:
            if self.base.abimee:
                return
            self.found.append(
                Diagnostic(
                    "CAQ111",
                    f"« {said} » n'a pas sa place ici : {the(self.base.genre, self._name)} n'a pas de rang.",
                    clause.span,
                    etiquettes=(Etiquette(self.base.entete, "déclaré ici"),),
                    aide="Donnez aussi les seuils.",
                )
            )
            return
        index, old = found
        if isinstance(clause, tree.ClauseSuite):
            before, new = old.suite, replace(old, suite=clause.suite)
        else:
            assert isinstance(clause, tree.ClauseExpression)
            before, new = old.plafond, replace(old, plafond=clause.expression)  # type: ignore[assignment]  # both have a place
        self.change = self.change or not same_tree(old, new)
        self.clauses[index] = new
        self._record(said, clause.span, [before.span] if before is not None else [])

    # ------------------------------------------------------------ dropping

    def _drop(self, sans: tree.ClauseNom) -> None:
        word = sans.nom.nom
        given = [c for c in self.asked.clauses if _answers(label(c), word)]
        if given and word not in _GIVEN_WITH_SANS:
            self.found.append(
                Diagnostic(
                    "CAQ514",
                    f"« sans {word} » et « {word} » se contredisent.",
                    sans.span,
                    etiquettes=(Etiquette(given[0].span, f"« {word} » est donné ici"),),
                    aide="Une clause donnée remplace celle qui est reprise : retirez « sans … ».",
                )
            )
            return
        dropped = [c for c in self.clauses if _answers(label(c), word)]
        spans = [c.span for c in dropped]
        found = self._table()
        if found is not None and word in ("plafond", "puis"):
            index, table = found
            part: tree.Noeud | None = table.plafond if word == "plafond" else table.suite
            if part is not None:
                spans = [part.span]
                self.clauses[index] = replace(table, **{"plafond" if word == "plafond" else "suite": None})  # type: ignore[arg-type]  # one of two
        if not spans:
            if not self.base.abimee:
                self.found.append(self._nothing(sans))
            return
        self.clauses = [c for c in self.clauses if not any(c is d for d in dropped)]
        self.change = True
        for place in spans:
            said = next((label(c) for c in dropped if c.span is place), word)
            self._record(said, sans.span, [place], retiree=True)

    def _nothing(self, sans: tree.ClauseNom) -> Diagnostic:
        has = list(dict.fromkeys(_short(label(c)) for c in self.clauses if label(c) not in ("type", "expression")))
        tables = [c for c in self.clauses if isinstance(c, tree.ClauseTable)]
        has += [w for w, p in (("puis", "suite"), ("plafond", "plafond")) if any(getattr(t, p) for t in tables)]
        return Diagnostic(
            "CAQ514",
            f"« sans {sans.nom.nom} » ne retire rien : {the(self.base.genre, self._name)} n'a pas cette clause.",
            sans.span,
            etiquettes=(Etiquette(self.base.entete, "déclaré ici"),),
            aide=f"Clauses reprises : {', '.join(has)}." if has else "Retirez cette clause.",
        )

    # ------------------------------------------------------------ calendar

    def _calendar(self) -> None:
        """New steps at their date; a step dropped is in no délai any more."""
        steps = [c for c in self.clauses if isinstance(c, tree.ClauseEvenement)]
        known = {c.nom.nom for c in self.base.clauses if isinstance(c, tree.ClauseEvenement)}
        for step in [s for s in steps if s.nom.nom not in known]:
            later = next((s for s in steps if s is not step and s.nom.nom in known and s.date > step.date), None)
            if later is not None:
                self.clauses.remove(step)
                self.clauses.insert(self.clauses.index(later), step)
        dropped = {c.nom.nom: c for c in self.asked.clauses if isinstance(c, tree.ClauseNom) and c.mot == "sans"}
        for clause in [c for c in self.clauses if isinstance(c, tree.ClauseDelai)]:
            for nom in (clause.tard, clause.tot):
                if nom.nom in dropped:
                    self.clauses = [c for c in self.clauses if c is not clause]
                    self.found.append(
                        Diagnostic(
                            "CAQ512",
                            f"L'étape « {nom.nom} » est retirée, et un délai la lit encore.",
                            dropped[nom.nom].span,
                            etiquettes=(Etiquette(clause.span, "ce délai la lit"),),
                            aide="Gardez l'étape, ou écrivez « remplace calendrier » sans ce délai.",
                        )
                    )


_RULED = frozenset({"critère", "barème"})
"""Declarations whose plafond is that of their table."""


def _answers(said: str, word: str) -> bool:
    """Whether `sans word` drops the clause of this label."""
    return said in (word, f"étape {word}") or (word in _GIVEN_WITH_SANS and said.startswith(word + " "))


def _short(said: str) -> str:
    return said.partition(" ")[0] if said.startswith(tuple(w + " " for w in _GIVEN_WITH_SANS)) else said
