"""What follows from the rules, as the annex prints it: amounts by nature, documents due."""

from __future__ import annotations

from collections.abc import Iterator

from caqes_dsl.base.quantities import Genre, write_value
from caqes_dsl.documents import phrases
from caqes_dsl.documents.natures import Nature, by_nature
from caqes_dsl.documents.notes import Notes
from caqes_dsl.documents.shapes import ConsequenceVue, NatureVue
from caqes_dsl.documents.typography import capital
from caqes_dsl.documents.words import quoted
from caqes_dsl.model.nodes import Decision, Noeud, Piece, Politique

_MENTION = (
    "Toute décision individuelle fondée sur ces règles porte la mention prévue à l'article L. 311-3-1 du code des "
    "relations entre le public et l'administration."
)


def decisions(politique: Politique, notes: Notes) -> tuple[NatureVue, ...]:
    """The decisions by nature; the notice that individual decisions carry is said once."""
    return tuple(
        NatureVue(
            f"decisions-{i + 1}" if i else "decisions",
            nature.titre,
            nature.regle if i else f"{nature.regle} {_MENTION}",
            tuple(_decision(d, nature, politique, notes) for d in found),
        )
        for i, (nature, found) in enumerate(by_nature(politique))
    )


def _decision(decision: Decision, nature: Nature, politique: Politique, notes: Notes) -> ConsequenceVue:
    titre, marks = decision.titre or decision.nom, notes.mark(decision.source)
    amount = capital(phrases.describe(decision.montant, politique)) + "."
    if decision.au_prorata is not None:
        head, cases = _sharers(decision, politique)
        limits = _sharing(decision, decision.au_prorata, politique)
        return ConsequenceVue(titre, head, cases, "Somme à partager", amount, tuple(limits), marks)
    head, cases = _when(decision.condition, politique)
    return ConsequenceVue(titre, head, cases, nature.montant, amount, tuple(_limits(decision, politique)), marks)


def _when(noeud: Noeud | None, politique: Politique) -> tuple[str, tuple[str, ...]]:
    head, cases = phrases.clauses(noeud, politique) if noeud is not None else ("Dans tous les cas", ())
    return (f"Si {cases[0]}", ()) if len(cases) == 1 else (head, cases)


def _limits(decision: Decision, politique: Politique) -> Iterator[str]:
    if decision.plafond is not None:
        yield f"Plafond : {phrases.describe(decision.plafond, politique)}."
    if decision.plancher is not None:
        yield f"Plancher : {phrases.describe(decision.plancher, politique)}."
    yield f"Le montant est arrondi une fois, à {write_value(decision.arrondi, Genre.MONTANT)} près."
    yield from _scope(decision, politique)


def _scope(decision: Decision, politique: Politique) -> Iterator[str]:
    """That a decision goes with a volet that is reserved."""
    volet = politique.volets.get(decision.volet)
    if volet is not None and volet.reserve is not None:
        titre = quoted(volet.titre or volet.nom)
        yield f"Sans objet pour les établissements auxquels le volet {titre} ne s'applique pas."


def _sharers(decision: Decision, politique: Politique) -> tuple[str, tuple[str, ...]]:
    """Who has a part of an envelope."""
    volet = politique.volets.get(decision.volet)
    if decision.condition is None and volet is not None and volet.reserve is not None:
        return f"Ont part à l'enveloppe les établissements auxquels s'applique le volet {quoted(volet.titre)}", ()
    if decision.condition is None:
        return "Ont part à l'enveloppe tous les établissements évalués", ()
    return f"Ont part à l'enveloppe les {phrases.establishments(decision.condition, politique)}", ()


def _sharing(decision: Decision, cle: Noeud, politique: Politique) -> Iterator[str]:
    """How an envelope is shared: the key, the step, the largest remainder, what leaves it open."""
    step = write_value(decision.arrondi, Genre.MONTANT)
    yield f"Clé du partage : {phrases.describe(cle, politique)}."
    yield (
        "La part d'un établissement est la somme multipliée par sa clé et divisée par le total des clés, ramenée au "
        f"multiple de {step} inférieur. Ce qui reste de la somme est distribué par pas de {step}, un par "
        "établissement, aux plus forts restes ; à restes égaux, au plus petit numéro FINESS. Les parts font exactement "
        "la somme."
    )
    yield (
        "Si toutes les clés sont nulles, rien n'est distribué. Tant qu'une clé manque, ou que la ligne d'un "
        "établissement est à corriger, aucune part n'est arrêtée."
    )
    yield from _scope(decision, politique)


def document(piece: Piece, politique: Politique, notes: Notes) -> ConsequenceVue:
    """A document due."""
    head, cases = _when(piece.condition, politique)
    return ConsequenceVue(piece.titre or piece.nom, head, cases, "", "", (), notes.mark(piece.source))
