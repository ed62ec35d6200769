"""Some of the changes applied without the others, and what each cannot do without.

A policy made of some changes is kept sound: nothing read that is not declared, no type that does not fit, no circle, no
table with a hole. A change that breaks that alone is applied with those that mend it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import cached_property
from typing import Any

from caqes_dsl.base.diagnostics import has_errors
from caqes_dsl.base.quantities import Genre, Valeur
from caqes_dsl.model.checks.structure import check_circles
from caqes_dsl.model.checks.tables import check_tables
from caqes_dsl.model.domains import Domaines
from caqes_dsl.model.empreinte import meaning
from caqes_dsl.model.nodes import Constante, Critere, Politique, Table

from .apply import edited
from .changes import Changement
from .likeness import names_read
from .names import renamed
from .parts import MAPPINGS
from .references import Adresses, References
from .units import Unites, affected, changed_units

Choix = frozenset[int]
"""Some of the changes, by their rank."""


@dataclass(frozen=True, slots=True)
class Lot:
    """Changes that go together (usually one), and those that must be in place before."""

    rangs: Choix
    apres: Choix


class Isolement:
    """The policies between the older one and the newer."""

    def __init__(
        self,
        ancienne: Politique,
        nouvelle: Politique,
        changements: Sequence[Changement],
        anciens: Mapping[str, str],
    ) -> None:
        self.base = renamed(ancienne, anciens)
        self.nouvelle = nouvelle
        self.changements = changements
        self._built: dict[Choix, Politique] = {frozenset(): self.base}
        self._units: dict[int, tuple[Politique, Unites]] = {}
        self._closed: dict[Choix, Choix] = {}
        self._references = References()
        self._at: dict[tuple[str, str], set[int]] = {}
        for rang, changement in enumerate(changements):
            for edition in changement.editions:
                self._at.setdefault((edition.adresse.collection, edition.adresse.nom), set()).add(rang)

    # ------------------------------------------------------------ policies

    def policy(self, choix: Choix) -> Politique:
        """The older policy with these changes and no other; what they do not touch is the same objects."""
        if choix not in self._built:
            made = edited(self.base, [e for rang in sorted(choix) for e in self.changements[rang].editions])
            self._built[choix] = self._settled(made)
        return self._built[choix]

    def units(self, politique: Politique) -> Unites:
        """The units of a policy, found once."""
        known = self._units.get(id(politique))
        if known is None or known[0] is not politique:
            known = self._units[id(politique)] = (politique, Unites(politique))
        return known[1]

    @cached_property
    def _valued(self) -> frozenset[str]:
        """Paramètres that are not worth the same on both sides."""
        both = self.base.parametres.keys() & self.nouvelle.parametres.keys()
        return frozenset(
            nom
            for nom in both
            if meaning(self.base.parametres[nom], "parametres") != meaning(self.nouvelle.parametres[nom], "parametres")
        )

    @cached_property
    def _unsettled(self) -> dict[str, set[str]]:
        """Where the worth of these paramètres, or the measure of a critère, is written again: to settle once edited."""
        found: dict[str, set[str]] = {name: set() for name in MAPPINGS}
        for side in (self.base, self.nouvelle):
            for name in MAPPINGS:
                for nom, declared in getattr(side, name).items():
                    driven = (
                        isinstance(declared, Critere) and declared.mesure and (declared.table or declared.variantes)
                    )
                    if driven or (self._valued and any(n in self._valued for n in _constants(declared))):
                        found[name].add(nom)
        return found

    def _settled(self, made: Politique) -> Politique:
        """A policy whose formulas read the paramètres it has, and whose thresholds read their own measure."""
        values = {
            nom: held.valeur
            for nom in self._valued
            if nom in made.parametres and (held := made.parametres[nom].en_vigueur) is not None
        }
        changed: dict[str, Any] = {}
        for name, names in self._unsettled.items():
            held = getattr(made, name)
            for nom in names & held.keys():
                declared = _with_values(held[nom], values) if values else held[nom]
                if isinstance(declared, Critere):
                    declared = self._driven(declared)
                if declared is not held[nom]:
                    changed.setdefault(name, dict(held))[nom] = declared
        return replace(made, **changed) if changed else made

    def _driven(self, critere: Critere) -> Critere:
        """Its thresholds driven by its measure, whichever of the two was changed."""
        sides = [p.criteres[critere.nom].mesure for p in (self.base, self.nouvelle) if critere.nom in p.criteres]
        stale = [m for m in sides if m is not None and m != critere.mesure]
        if critere.mesure is None or not stale:
            return critere

        def driven(table: Table | None) -> Table | None:
            if table is None or not any(n in stale for n in table.selon):
                return table
            return replace(table, selon=tuple(critere.mesure if n in stale else n for n in table.selon))  # type: ignore[misc]  # not None, above

        table = driven(critere.table)
        variantes = tuple(v if (t := driven(v.table)) is v.table else replace(v, table=t) for v in critere.variantes)
        same = table is critere.table and all(a is b for a, b in zip(variantes, critere.variantes, strict=True))
        return critere if same else replace(critere, table=table, variantes=variantes)

    # ------------------------------------------------------------ what goes together

    def lots(self, rangs: Iterable[int]) -> list[Lot]:
        """These changes, each alone where it can be, in their order."""
        found: dict[Choix, Lot] = {}
        for rang in rangs:
            needed = self.closed(frozenset({rang}))
            together = frozenset(r for r in needed if rang in self.closed(frozenset({r})))
            before = needed - together
            if not before >= self.closed(before):
                together, before = needed, frozenset()
            found.setdefault(together, Lot(together, before))
        return list(found.values())

    def closed(self, choix: Choix) -> Choix:
        """These changes with those that they cannot do without."""
        if choix not in self._closed:
            grown = choix
            while more := self._mending(grown):
                grown |= more
            self._closed[choix] = grown
        return self._closed[choix]

    def _mending(self, choix: Choix) -> Choix:
        """Changes to add so that the policy is sound; none when it is."""
        if not choix or len(choix) == len(self.changements):
            return frozenset()
        bound = self._bound(choix)
        if bound:
            return bound
        made = self.policy(choix)
        for reader, read in self._references.broken(made):
            more = self._touching((reader, read)) - choix
            if more:
                return more
        changed = changed_units(self.base, made)
        if not changed:
            return frozenset()
        return self._circling(made, choix) or self._with_holes(made, choix, affected_names(changed, self, made))

    def _bound(self, choix: Choix) -> Choix:
        """Changes that no edition can tell apart from these: rows that read two paramètres changed at once, and
        thresholds rewritten for a measure of another type."""
        found: set[int] = set()
        for rangs in self._inseparable:
            if rangs & choix:
                found |= rangs
        return frozenset(found) - choix

    @cached_property
    def _inseparable(self) -> list[Choix]:
        return [*self._rows_of_two_parameters(), *self._measures_of_another_type()]

    def _rows_of_two_parameters(self) -> Iterator[Choix]:
        owners = {nom: self._at.get(("parametres", nom), set()) for nom in self._valued}
        for rang, changement in enumerate(self.changements):
            for edition in changement.editions:
                if edition.adresse.champ in ("table", "variantes") and edition.nouveau is not None:
                    read = set().union(*(names_read(v) for v in (edition.ancien, edition.nouveau) if v is not None))
                    rangs: Choix = frozenset({rang}).union(*(owners[n] for n in read & owners.keys()))
                    if len(rangs) > 1:
                        yield rangs

    def _measures_of_another_type(self) -> Iterator[Choix]:
        for nom, critere in self.base.criteres.items():
            new = self.nouvelle.criteres.get(nom)
            if new is not None and _kind(critere) != _kind(new):
                yield frozenset(
                    rang
                    for rang in self._at.get(("criteres", nom), ())
                    for e in self.changements[rang].editions
                    if e.adresse.nom == nom and e.adresse.champ in ("mesure", "table", "variantes", "nc_office", "")
                )

    def _circling(self, made: Politique, choix: Choix) -> Choix:
        if not has_errors(check_circles(made)):
            return frozenset()
        rules = {"calculs", "baremes", "criteres", "decisions", "pieces", "volets", "indicateurs"}
        return frozenset(r for (name, _), rangs in self._at.items() if name in rules for r in rangs) - choix

    def _with_holes(self, made: Politique, choix: Choix, touched: Adresses) -> Choix:
        """Changes that mend the tables that a case now escapes."""
        criteres = {nom: c for nom, c in made.criteres.items() if ("criteres", nom) in touched}
        baremes = {nom: b for nom, b in made.baremes.items() if ("baremes", nom) in touched}
        part = replace(made, criteres=criteres, baremes=baremes)
        if not _has_hole(part, made):
            return frozenset()
        for name, declared in (("criteres", criteres), ("baremes", baremes)):
            for nom, one in declared.items():
                only: dict[str, Any] = {"criteres": {}, "baremes": {}, name: {nom: one}}
                alone = replace(part, **only)
                if _has_hole(alone, made):
                    far = self._references.far(made, (name, nom)) | {("notation", "")}
                    more = (self._touching({(name, nom)}) - choix) or (self._touching(far) - choix)
                    if more:
                        return more
        return frozenset(range(len(self.changements))) - choix

    def _touching(self, adresses: Iterable[tuple[str, str]]) -> Choix:
        return frozenset(r for where in adresses for r in self._at.get(where, ()))


def affected_names(changed: Iterable[Any], isolement: Isolement, made: Politique) -> Adresses:
    """Where the critères and the barèmes are declared that may give something else."""
    names = {"niveau": "criteres", "barème": "baremes"}
    units = affected(changed, isolement.units(isolement.base), isolement.units(made))
    return frozenset((names[c.sorte], c.nom) for c in units if c.sorte in names)


def _has_hole(part: Politique, whole: Politique) -> bool:
    """Whether a case escapes a table of a part of a policy, or falls in two rows."""
    return any(d.code in ("CAQ301", "CAQ302", "CAQ304") for d in check_tables(part, Domaines(whole)))


def _kind(critere: Critere) -> Genre | None:
    return critere.mesure.genre if critere.mesure is not None else None


def _constants(value: Any) -> Iterator[str]:
    """Names of the paramètres that a part of a policy holds the worth of."""
    if isinstance(value, Constante):
        yield value.nom
    elif isinstance(value, tuple):
        for item in value:
            yield from _constants(item)
    elif is_dataclass(value) and not isinstance(value, type):
        for f in fields(value):
            if f.name != "span":
                yield from _constants(getattr(value, f.name))


def _with_values(value: Any, values: Mapping[str, Valeur]) -> Any:
    """A part of a policy with these paramètres worth that; itself when none is in it."""
    if isinstance(value, Constante):
        new = values.get(value.nom, value.valeur) if value.nom else value.valeur
        return value if new == value.valeur else replace(value, valeur=new)
    if isinstance(value, tuple):
        items = tuple(_with_values(v, values) for v in value)
        return items if any(a is not b for a, b in zip(items, value, strict=True)) else value
    if not is_dataclass(value) or isinstance(value, type):
        return value
    found = {f.name: _with_values(getattr(value, f.name), values) for f in fields(value) if f.name != "span"}
    changed = {name: new for name, new in found.items() if new is not getattr(value, name)}
    return replace(value, **changed) if changed else value
