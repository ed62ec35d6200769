"""Where the rules of a policy that starts from another are written, and what they replaced, in words."""

from __future__ import annotations

from collections.abc import Iterator

from caqes_dsl.base.source import Span
from caqes_dsl.documents.shapes import LigneVue
from caqes_dsl.documents.typography import capital
from caqes_dsl.model.nodes import Declare, Politique, Provenance


def where(span: Span) -> str:
    """« policies/normandie/2018.caqes, ligne 12 »."""
    return f"{span.source.nom}, ligne {span.ligne}"


def history(provenance: Provenance) -> str:
    """Where a clause is, what it replaced and why."""
    said = where(provenance.span)
    if provenance.remplace:
        verb = "qui retire" if provenance.retiree else "qui remplace"
        said += f", {verb} {' puis '.join(where(s) for s in provenance.remplace)}"
    return said + (f" ; motif : {provenance.motif}" if provenance.motif else "")


def origin(politique: Politique, nom: str, span: Span) -> Iterator[LigneVue]:
    """The place of an inherited declaration, then each clause changed; nothing of what is written here as new."""
    if span.source.nom != politique.span.source.nom:
        yield LigneVue("Règle reprise", where(span))
    yield from changes(politique, nom)


def changes(politique: Politique, nom: str) -> Iterator[LigneVue]:
    """Each clause of a declaration that replaced another, was dropped, or was added to what is inherited."""
    known = politique.provenances.get(nom, ())
    whole = next((p for p in known if not p.clause), None)
    for provenance in known:
        added = whole is not None and provenance.span.source.nom != whole.span.source.nom
        if provenance.remplace or added:
            yield LigneVue("Changé", f"{capital(provenance.clause or 'règle entière')} : {history(provenance)}")


def changed_rules(politique: Politique) -> Iterator[LigneVue]:
    """What changed in inherited rules, the criteria apart; then what is no longer inherited."""
    groups: tuple[tuple[Declare, ...], ...] = (
        *(tuple(politique.secteurs.values()), tuple(politique.niveaux.values()), tuple(politique.donnees.values())),
        *(tuple(politique.parametres.values()), tuple(politique.volets.values()), tuple(politique.chapitres.values())),
        *(
            tuple(politique.objectifs.values()),
            tuple(politique.indicateurs.values()),
            tuple(politique.calculs.values()),
            tuple(politique.baremes.values()),
        ),
        *(tuple(politique.decisions.values()), tuple(politique.pieces.values())),
    )
    for declared in (d for group in groups for d in group):
        for line in changes(politique, declared.nom):
            yield LigneVue(declared.titre or declared.nom, line.texte)
    for nom, titre in (("notation", "Notation"), ("calendrier", "Calendrier")):
        for line in changes(politique, nom):
            yield LigneVue(titre, line.texte)
    for gone in politique.suppressions:
        reason = f" ; motif : {gone.motif}" if gone.motif else ""
        titre = gone.titre or capital(gone.nom)
        yield LigneVue(
            titre, f"Supprimé ({gone.genre}) : {where(gone.span)}, à la place de {where(gone.remplace)}{reason}"
        )
