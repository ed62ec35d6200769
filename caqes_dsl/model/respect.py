"""`respecte`: the limites of another policy, with the données, paramètres, calculs and barèmes that they read.

Only these are brought: what a limit reads besides (a critère, a volet, a secteur) must be the policy's own, under the
same name. `score`, `points` and `cible` in a limit are those of the policy that respects it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from caqes_dsl.base.diagnostics import Diagnostic, Etiquette
from caqes_dsl.syntax import tree
from caqes_dsl.syntax.format import same_tree

from .assembly import Assemblage, Element, alive, the, without
from .frozen import READ, names_read


def bring(
    clause: tree.ClauseTexte, parent: Assemblage, inherited: Sequence[Element], own: Iterable[tree.Declaration]
) -> tuple[list[Element], list[Diagnostic]]:
    """What a `respecte` clause brings beside what is inherited and the file's own declarations, and what is wrong."""
    bringing = _Bringing(clause, parent, inherited, own)
    return bringing.run(), bringing.found


@dataclass(frozen=True, slots=True)
class _Need:
    """A name that must be there: what reads it, and for which limit."""

    nom: str
    lecteur: tree.Declaration
    limite: tree.Declaration


class _Bringing:
    def __init__(
        self,
        clause: tree.ClauseTexte,
        parent: Assemblage,
        inherited: Sequence[Element],
        own: Iterable[tree.Declaration],
    ) -> None:
        self.clause = clause
        self.theirs = {e.nom: e for e in alive(parent.elements) if e.declaration.nom and not e.declaration.action}
        self.inherited = {e.nom: e for e in alive(inherited) if e.declaration.nom and not e.declaration.action}
        self.own = {d.nom.nom: d for d in own if d.nom and not d.action}
        self.found: list[Diagnostic] = []
        self.brought: dict[str, Element] = {}

    def run(self) -> list[Element]:
        """The elements brought, in the order of the policy that gives them; no limit that lacks what it reads."""
        for element in [e for e in self.theirs.values() if e.declaration.genre == "limite"]:
            before, added = len(self.found), [element] if self._needed(element, element.declaration) else []
            pending = self._reads(element.declaration, element.declaration)
            seen: set[str] = set()
            while pending:
                need = pending.pop(0)
                there = self.theirs.get(need.nom)
                if need.nom in seen or there is None:
                    continue
                seen.add(need.nom)
                if there.declaration.genre not in READ:
                    self._own_one(there, need)
                    continue
                if self._needed(there, need.limite):
                    added.append(there)
                pending += self._reads(there.declaration, need.limite)
            if len(self.found) == before:
                self.brought.update({e.nom: e for e in added})
        return [self._moved(self.brought[nom]) for nom in self.theirs if nom in self.brought]

    @staticmethod
    def _moved(element: Element) -> Element:
        """Out of the headings of the policy that gives it."""
        return replace(element, heritee=True, fichier=f"respecte {element.declaration.span.source.nom}")

    @staticmethod
    def _reads(declaration: tree.Declaration, limite: tree.Declaration) -> list[_Need]:
        return [_Need(nom, declaration, limite) for nom, _ in names_read(declaration.clauses)]

    def _needed(self, element: Element, limite: tree.Declaration) -> bool:
        """Whether it must be brought; a different declaration of the same name is a mistake."""
        nom = element.nom
        there = self.inherited.get(nom)
        here = there.declaration if there else self.own.get(nom)
        if here is None:
            return True
        if there is not None and _origin(there) == _origin(element):
            return False
        if here.abimee or element.declaration.abimee or _alike(here, element.declaration):
            return False
        what = the(here.genre, nom)
        self.found.append(
            Diagnostic(
                "CAQ516",
                f"{what[0].upper()}{what[1:]} n'est pas ce que lit la limite « {_name(limite)} » de la politique "
                "respectée.",
                here.entete,
                etiquettes=(
                    Etiquette(element.declaration.entete, "la déclaration que la limite lit"),
                    Etiquette(self.clause.span, "la politique respectée"),
                ),
                aide="Donnez un autre nom à cette déclaration, ou retirez-la : « respecte » apporte l'autre. Les deux "
                "ne se confondent que si elles disent la même chose, titre compris.",
            )
        )
        return False

    def _own_one(self, element: Element, need: _Need) -> None:
        """What is not brought must be the policy's own."""
        nom, genre = element.nom, element.declaration.genre
        there = self.inherited.get(nom)
        here = there.declaration if there else self.own.get(nom)
        if here is not None and here.genre == genre:
            return
        self.found.append(
            Diagnostic(
                "CAQ516",
                f"La limite « {_name(need.limite)} » lit {the(genre, nom)}, que cette politique n'a pas.",
                self.clause.span,
                etiquettes=(
                    Etiquette(need.lecteur.entete, f"« {nom} » est lu ici"),
                    *((Etiquette(here.entete, f"« {nom} » est ici {here.genre}"),) if here else ()),
                ),
                aide=f"Déclarez {the(genre, nom)}, ou écrivez « reprend » pour avoir toute cette politique.",
            )
        )


def _name(declaration: tree.Declaration) -> str:
    return declaration.nom.nom if declaration.nom else declaration.genre


def _origin(element: Element) -> tuple[str, int]:
    """Where its first version was written: one that later years changed is still the same."""
    whole = element.touches.get("")
    span = whole.remplace[-1] if whole and whole.remplace else element.declaration.span
    return span.source.nom, span.debut


def _alike(one: tree.Declaration, other: tree.Declaration) -> bool:
    """Whether two declarations say the same, sources apart."""
    return one.genre == other.genre and same_tree(_bare(one), _bare(other))


def _bare(declaration: tree.Declaration) -> tuple[object, ...]:
    clauses = (replace(c, source=None) if hasattr(c, "source") else c for c in without(declaration, "source"))  # type: ignore[call-arg]  # those that have one
    return declaration.titre, tuple(clauses)
