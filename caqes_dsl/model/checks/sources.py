"""Every rule has a source, its own or its container's; what no text fixes says so, as a hypothesis."""

from __future__ import annotations

from collections.abc import Iterator

from caqes_dsl.base.diagnostics import Diagnostic, Etiquette, Severite
from caqes_dsl.base.source import Span
from caqes_dsl.model.nodes import Declare, Politique

_SHOWN = 5


def check_sources(politique: Politique) -> list[Diagnostic]:
    """CAQ317: one warning for all that no source covers, the first places shown."""
    bare = list(_without_source(politique))
    if not bare:
        return []
    names = ", ".join(name for name, _ in bare[:_SHOWN])
    more = f" et {len(bare) - _SHOWN} autres" if len(bare) > _SHOWN else ""
    count = "Une règle n'a" if len(bare) == 1 else f"{len(bare)} règles n'ont"
    return [
        Diagnostic(
            "CAQ317",
            f"{count} ni source ni hypothèse dite : {names}{more}.",
            bare[0][1],
            Severite.AVERTISSEMENT,
            tuple(Etiquette(span, "de même") for _, span in bare[1:_SHOWN]),
            "Écrivez « source « … » » sur chacune, sur leur titre, ou dans l'en-tête de la politique ; "
            "ce qu'aucun texte ne fixe se dit « hypothèse : … ».",
        )
    ]


def _without_source(politique: Politique) -> Iterator[tuple[str, Span]]:
    for volet in politique.volets.values():
        if volet.cible is not None and not (volet.cible_source or volet.source):
            yield f"la cible de « {volet.nom} »", volet.cible.span
    for parametre in politique.parametres.values():
        for valeur in parametre.valeurs:
            if not (valeur.source or parametre.source):
                yield f"« {parametre.nom} »", _heading(parametre)
                break
    groups: tuple[tuple[Declare, ...], ...] = (
        tuple(politique.criteres.values()),
        tuple(politique.baremes.values()),
        tuple(politique.decisions.values()),
        tuple(politique.pieces.values()),
    )
    for group in groups:
        for declared in group:
            if not declared.source:
                yield f"« {declared.nom} »", _heading(declared)


def _heading(declared: Declare) -> Span:
    return declared.span.premiere_ligne
