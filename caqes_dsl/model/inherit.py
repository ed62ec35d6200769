"""A policy with those it starts from: its header, and every declaration at its place with what it replaced.

Texts are read by the caller, through `load`: this module knows paths as the policies write them, not the disk.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from caqes_dsl.base.diagnostics import Diagnostic, Etiquette
from caqes_dsl.base.source import Span
from caqes_dsl.syntax import tree

from .amend import Amendement
from .assembly import Assemblage, Element, alive
from .merge import label
from .nodes import Provenance, Suppression
from .respect import bring

DEPTH = 16
"""How many policies may follow one another through `reprend`."""

_NOT_INHERITED = frozenset({"exemple", "contrôle"})
_HEADER_INHERITED = ("région", "source")

Load = Callable[[tree.Fichier, tree.ClauseTexte], "tree.Fichier | Diagnostic"]
"""The file that a `reprend` or `respecte` clause of a file names, or why it cannot be had."""


def assemble(fichier: tree.Fichier, load: Load) -> Assemblage | None:
    """The policy of a file and its parents; None when it has no header."""
    return _Heritage(load).assemble(fichier, (fichier.source.nom,))


class _Heritage:
    """Assembles each file once, whatever the ways that lead to it."""

    def __init__(self, load: Load) -> None:
        self.load = load
        self.known: dict[str, Assemblage | None] = {}
        self.ways: dict[str, tree.ClauseTexte] = {}

    def assemble(self, fichier: tree.Fichier, chain: tuple[str, ...]) -> Assemblage | None:
        """The header with what it inherits, then every declaration at its place."""
        entete = fichier.politique
        if entete is None:
            return None
        diagnostics: list[Diagnostic] = []
        inherited: list[Element] = []
        sources: dict[str, str] = {}
        suppressions: list[Suppression] = []
        complete, absent, starts = not entete.abimee, False, False
        clauses = [c for c in entete.clauses if isinstance(c, tree.ClauseTexte) and c.mot in ("reprend", "respecte")]
        for clause in sorted(clauses, key=lambda c: c.mot):  # « reprend » before « respecte »
            parent = self._parent(fichier, clause, chain, diagnostics)
            starts = True
            if parent is None:
                absent = True
                continue
            absent, complete = absent or parent.absent, complete and not parent.incomplet
            sources = {**parent.sources, **sources}
            if clause.mot == "reprend":
                inherited += [
                    replace(e, heritee=True) for e in parent.elements if e.declaration.genre not in _NOT_INHERITED
                ]
                suppressions += parent.suppressions
                entete = _with_header(entete, parent.entete)
            else:
                brought, wrong = bring(clause, parent, inherited, fichier.declarations)
                inherited += brought
                diagnostics += wrong
        given = (c.texte.valeur for c in entete.clauses if isinstance(c, tree.ClauseTexte) and c.mot == "source")
        sources[fichier.source.nom] = next(given, "")
        amendement = Amendement(inherited, fichier, reprend=starts, entier=complete and not absent)
        elements = amendement.run()
        return Assemblage(
            entete,
            elements,
            (*diagnostics, *amendement.diagnostics),
            sources,
            (*suppressions, *amendement.suppressions),
            absent,
            absent or not complete or fichier.noms_perdus,
        )

    def _parent(
        self, fichier: tree.Fichier, clause: tree.ClauseTexte, chain: tuple[str, ...], diagnostics: list[Diagnostic]
    ) -> Assemblage | None:
        found = self.load(fichier, clause)
        if isinstance(found, Diagnostic):
            diagnostics.append(found)
            return None
        nom = found.source.nom
        if nom in chain:
            diagnostics.append(_circle(clause, [*chain[chain.index(nom) :], nom], self.ways.get(nom)))
            return None
        self.ways[fichier.source.nom] = clause
        if nom in self.known:
            return self.known[nom]
        if len(chain) >= DEPTH:
            message = f"Plus de {DEPTH} politiques se reprennent l'une l'autre."
            diagnostics.append(Diagnostic("CAQ110", message, clause.span, aide="Reprenez une politique plus récente."))
            return None
        parent = self.assemble(found, (*chain, nom))
        self.known[nom] = parent
        if parent is not None:
            diagnostics.extend(d for d in parent.diagnostics if d.is_error)
        return parent


def _circle(clause: tree.ClauseTexte, names: list[str], way: tree.ClauseTexte | None) -> Diagnostic:
    """CAQ503; `way` is the clause by which the file come back to started."""
    return Diagnostic(
        "CAQ503",
        f"Cette reprise tourne en rond : {' → '.join(names)}.",
        clause.span,
        etiquettes=(Etiquette(way.span, "le tour commence ici"),) if way is not None else (),
        aide="Une politique ne peut pas se reprendre elle-même, même par une autre.",
    )


def _with_header(entete: tree.Declaration, parent: tree.Declaration) -> tree.Declaration:
    """The header with the region and the source of its parent where it does not give its own."""
    said = {c.mot for c in entete.clauses if isinstance(c, tree.ClauseTexte)}
    extra = tuple(
        c
        for c in parent.clauses
        if isinstance(c, tree.ClauseTexte) and c.mot in _HEADER_INHERITED and c.mot not in said
    )
    return replace(entete, clauses=entete.clauses + extra)


def frame_missing(entete: tree.Declaration) -> Diagnostic | None:
    """A policy with a région must say under which national frame it stands."""
    words = {c.mot for c in entete.clauses if isinstance(c, tree.ClauseTexte)}
    frees = any(isinstance(c, tree.ClauseSansCadre) for c in entete.clauses)
    if "région" in words and not words & {"reprend", "respecte"} and not frees:
        place: Span = entete.entete
        return Diagnostic(
            "CAQ506",
            "Cette politique a une région et ne dit pas son cadre national.",
            place,
            aide="Écrivez « reprend « … » », « respecte « … » » ou « sans cadre national motif « … » ».",
        )
    return None


def provenances(elements: Iterable[Element]) -> dict[str, tuple[Provenance, ...]]:
    """Name of a declaration (or notation, calendrier) -> where each of its clauses is written, in their order.

    First « », the declaration as a whole; then the clauses that hold; last those that were dropped.
    """
    found: dict[str, dict[str, Provenance]] = {}
    for element in alive(elements):
        declaration = element.declaration
        if declaration.action or (declaration.nom is None and declaration.genre == "exemple"):
            continue
        said = found.setdefault(element.nom, {})
        said.setdefault("", element.touches.get("") or Provenance("", declaration.span))
        for clause in declaration.clauses:
            word = label(clause)
            known = element.touches.get(word)
            if known is None or known.retiree:
                known = Provenance(word, clause.span)
            said.setdefault(word, known)
            for part, place in _parts(clause):
                held = element.touches.get(part)
                said.setdefault(part, held if held and not held.retiree else Provenance(part, place))
        said.update({word: p for word, p in element.touches.items() if word not in said})
    return {nom: tuple(said.values()) for nom, said in found.items()}


def _parts(clause: tree.Clause) -> Iterator[tuple[str, Span]]:
    """The plafond and the `puis` row of a table, which may come from elsewhere than its rows."""
    if isinstance(clause, tree.ClauseTable):
        if clause.suite is not None:
            yield "puis", clause.suite.span
        if clause.plafond is not None:
            yield "plafond", clause.plafond.span
