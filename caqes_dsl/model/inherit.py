"""A policy with the one it starts from: declarations in reading order, the inherited ones flagged.

Texts are read by the caller, through `load`: this module knows paths as the policies write them, not the disk.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from caqes_dsl.base.diagnostics import Diagnostic
from caqes_dsl.base.source import Span
from caqes_dsl.syntax import tree

DEPTH = 16
"""How many policies may follow one another through `reprend`."""

_NOT_INHERITED = frozenset({"exemple", "contrôle"})
_HEADER_INHERITED = ("région", "source")

Load = Callable[[tree.Fichier, tree.ClauseTexte], "tree.Fichier | Diagnostic"]
"""The file that a `reprend` or `respecte` clause of a file names, or why it cannot be had."""


@dataclass(frozen=True, slots=True)
class Assemblage:
    """A header with what it inherits, and every declaration with whether it is inherited.

    `sources`: name of a file -> the source that its header gives to what has none of its own.
    """

    entete: tree.Declaration
    declarations: list[tuple[tree.Declaration, bool]]
    diagnostics: tuple[Diagnostic, ...]
    sources: dict[str, str]


def assemble(fichier: tree.Fichier, load: Load) -> Assemblage | None:
    """The policy of a file and its parents; None when it has no header."""
    return _assemble(fichier, load, (fichier.source.nom,))


def _assemble(fichier: tree.Fichier, load: Load, chain: tuple[str, ...]) -> Assemblage | None:
    entete = fichier.politique
    if entete is None:
        return None
    diagnostics: list[Diagnostic] = []
    inherited: list[tuple[tree.Declaration, bool]] = []
    sources: dict[str, str] = {}
    for clause in entete.clauses:
        if not isinstance(clause, tree.ClauseTexte) or clause.mot not in ("reprend", "respecte"):
            continue
        parent = _parent(fichier, clause, load, chain, diagnostics)
        if parent is None:
            continue
        if clause.mot == "reprend":
            inherited += [(d, True) for d, _ in parent.declarations if d.genre not in _NOT_INHERITED]
            entete = _with_header(entete, parent.entete)
            sources.update(parent.sources)
        else:
            diagnostics.append(_later(clause))
    own = [(d, False) for d in fichier.declarations]
    given = (c.texte.valeur for c in entete.clauses if isinstance(c, tree.ClauseTexte) and c.mot == "source")
    sources[fichier.source.nom] = next(given, "")
    return Assemblage(entete, inherited + own, tuple(diagnostics), sources)


def _parent(
    fichier: tree.Fichier,
    clause: tree.ClauseTexte,
    load: Load,
    chain: tuple[str, ...],
    diagnostics: list[Diagnostic],
) -> Assemblage | None:
    found = load(fichier, clause)
    if isinstance(found, Diagnostic):
        diagnostics.append(found)
        return None
    if found.source.nom in chain:
        loop = " → ".join([*chain[chain.index(found.source.nom) :], found.source.nom])
        diagnostics.append(
            Diagnostic(
                "CAQ503",
                f"Cette reprise tourne en rond : {loop}.",
                clause.span,
                aide="Une politique ne peut pas se reprendre elle-même, même par une autre.",
            )
        )
        return None
    if len(chain) >= DEPTH:
        diagnostics.append(
            Diagnostic("CAQ110", f"Plus de {DEPTH} politiques se reprennent l'une l'autre.", clause.span)
        )
        return None
    parent = _assemble(found, load, (*chain, found.source.nom))
    if parent is not None:
        diagnostics.extend(parent.diagnostics)
    return parent


def _with_header(entete: tree.Declaration, parent: tree.Declaration) -> tree.Declaration:
    """The header with the region and the source of its parent where it does not give its own."""
    said = {c.mot for c in entete.clauses if isinstance(c, tree.ClauseTexte)}
    extra = tuple(
        c
        for c in parent.clauses
        if isinstance(c, tree.ClauseTexte) and c.mot in _HEADER_INHERITED and c.mot not in said
    )
    return replace(entete, clauses=entete.clauses + extra)


def _later(clause: tree.ClauseTexte) -> Diagnostic:
    return Diagnostic(
        "CAQ505",
        "« respecte » n'est pas encore évalué par cette version.",
        clause.span,
        aide="Écrivez « reprend » pour partir de cette politique, limites comprises.",
    )


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
