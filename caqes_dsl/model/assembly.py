"""What inheritance hands to the rest: declarations where they stand, with the places of what was changed in them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from caqes_dsl.base.diagnostics import Diagnostic
from caqes_dsl.syntax import tree

from .nodes import Provenance, Suppression

_LA = frozenset({"donnée", "sanction", "pénalité", "pièce", "limite", "notation"})
_L = frozenset({"objectif", "indicateur", "intéressement", "enveloppe", "exemple"})


@dataclass(frozen=True, slots=True)
class Element:
    """A declaration as this policy has it.

    `fichier`: the file among whose headings it stands; `heritee`: whether a parent gives it. `touches`: clause in
    words -> provenance, for the clauses that a later file gave. `retire`: the `supprime` that removed it; it then only
    keeps its place, for those that stand after it.
    """

    declaration: tree.Declaration
    heritee: bool
    fichier: str
    touches: Mapping[str, Provenance] = field(default_factory=dict)
    retire: tree.Declaration | None = None

    @property
    def nom(self) -> str:
        """Its name; that of its kind when it has none."""
        return self.declaration.nom.nom if self.declaration.nom else self.declaration.genre


@dataclass(frozen=True, slots=True)
class Assemblage:
    """A header with what it inherits, and every declaration in reading order.

    `sources`: name of a file -> the source that its header gives to what has none of its own. `absent`: a policy that
    this one starts from could not be had. `incomplet`: so, or one of them does not read whole: what is unknown may be
    there.
    """

    entete: tree.Declaration
    elements: list[Element]
    diagnostics: tuple[Diagnostic, ...]
    sources: dict[str, str]
    suppressions: tuple[Suppression, ...] = ()
    absent: bool = False
    incomplet: bool = False

    @property
    def declarations(self) -> list[tree.Declaration]:
        """The declarations that hold."""
        return [e.declaration for e in alive(self.elements) if not e.declaration.action]


def alive(elements: Iterable[Element]) -> Iterator[Element]:
    """Those that nothing removed."""
    return (e for e in elements if e.retire is None)


def the(genre: str, nom: str = "") -> str:
    """« le critère « C34 » », « l'objectif », « la donnée »."""
    article = "l'" if genre in _L else "la " if genre in _LA else "le "
    return f"{article}{genre}" + (f" « {nom} »" if nom and nom != genre else "")


def text_in(declaration: tree.Declaration, mot: str) -> str:
    """The text of a clause such as `motif` or `source`; « » when absent."""
    found = (c.texte.valeur for c in declaration.clauses if isinstance(c, tree.ClauseTexte) and c.mot == mot)
    return next(found, "")


def without(declaration: tree.Declaration, mot: str) -> tuple[tree.Clause, ...]:
    """Its clauses but for the texts of this word."""
    return tuple(c for c in declaration.clauses if not (isinstance(c, tree.ClauseTexte) and c.mot == mot))
