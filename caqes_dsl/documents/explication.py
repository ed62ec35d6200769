"""Why one establishment got its result, as texts: a first page that stands alone, then everything it comes from.

Everything is computed by the interpreter and worded here; templates only lay it out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from caqes_dsl.documents.explication_criteres import CriteresExpliques, place
from caqes_dsl.documents.explication_decisions import DecisionsExpliquees
from caqes_dsl.documents.explication_droits import processing
from caqes_dsl.documents.explication_essentiel import Essentiel
from caqes_dsl.documents.explication_etapes import Etapes
from caqes_dsl.documents.explication_indicateurs import IndicateursExpliques
from caqes_dsl.documents.explication_shapes import ExplicationVue, FaitVue
from caqes_dsl.documents.lectures import read_behind
from caqes_dsl.documents.manquants import missing_in_words
from caqes_dsl.documents.notes import Notes
from caqes_dsl.documents.origines import changed_rules
from caqes_dsl.documents.rules import levels, notation
from caqes_dsl.documents.shapes import LigneVue
from caqes_dsl.documents.typography import capital
from caqes_dsl.documents.view import identity
from caqes_dsl.documents.words import sector_title
from caqes_dsl.evaluation.explain import Interpreteur
from caqes_dsl.evaluation.trace import Resultat
from caqes_dsl.model.nodes import Constante, Critere, Fait, Noeud, Politique

__all__ = ["Parties", "explication_view"]


class Parties:
    """What writes the parts of an explanation of one result; made once for all that is printed of it."""

    def __init__(self, resultat: Resultat) -> None:
        self.resultat, self.politique = resultat, resultat.politique
        self.notes = Notes(self.politique.source)
        self.interprete = Interpreteur(self.politique, resultat.etablissement, population=resultat.population)
        self.criteres = CriteresExpliques(resultat, self.interprete, self.notes)
        self.etapes = Etapes(self.criteres)
        self.decisions = DecisionsExpliquees(resultat, self.criteres, self.etapes, self.notes)
        self.indicateurs = IndicateursExpliques(resultat, self.criteres, self.etapes, self.decisions, self.notes)
        self.essentiel = Essentiel(resultat, self.decisions, self.indicateurs, self.notes)


def explication_view(resultat: Resultat | Parties) -> ExplicationVue:
    """The explanation of a result; its parts are made in the order that numbers the notes."""
    parts = resultat if isinstance(resultat, Parties) else Parties(resultat)
    politique, etablissement, notes = parts.politique, parts.resultat.etablissement, parts.notes
    identite = identity(politique, (), notes)
    kept = [r.critere for r in parts.resultat.criteres.values() if r.statut != "hors_secteur"]
    return ExplicationVue(
        identite,
        etablissement.raison_sociale or f"Établissement {etablissement.finess}",
        tuple(LigneVue(label, text) for label, text in _card(parts.resultat, parts.interprete) if text),
        parts.essentiel.view(),
        processing(parts.resultat),
        "Comment le score se forme" if politique.criteres else "Comment lire ce résultat",
        tuple(_closed(line) for line in _rules(politique, kept, notes)),
        tuple(parts.indicateurs.volets()),
        tuple(parts.indicateurs.indicateurs()),
        tuple(parts.criteres.chapitres()),
        tuple(parts.decisions.natures()),
        tuple(parts.decisions.pieces()),
        tuple(
            LigneVue(capital(missing_in_words(k, politique)), parts.essentiel.depends(k))
            for k in parts.essentiel.asked()
        ),
        tuple(parts.criteres.left_out()),
        tuple(_data(parts.criteres)),
        tuple(changed_rules(politique)),
        notes.listed(),
    )


def _rules(politique: Politique, kept: list[Critere], notes: Notes) -> Iterator[LigneVue]:
    """How the result is read; what answers give, where there are criteria."""
    yield from notation(politique, kept, notes)
    if politique.criteres or not politique.indicateurs:
        yield from levels(politique, notes)


def _closed(line: LigneVue) -> LigneVue:
    """The line, its sentence closed."""
    return line if line.texte.endswith(".") else replace(line, texte=line.texte + ".")


def _card(resultat: Resultat, interprete: Interpreteur) -> Iterator[tuple[str, str]]:
    """Who is evaluated, on what, under which policy."""
    politique, etablissement = resultat.politique, resultat.etablissement
    yield "FINESS", etablissement.finess
    yield "Activités", " ; ".join(sector_title(s, politique) for s in etablissement.secteurs)
    yield "Exercice évalué", str(interprete.exercice or "")
    yield "Réponses et données", place(etablissement)
    yield "Politique", politique.titre or politique.nom
    yield "Statut", identity(politique).statut
    yield "Code de contrôle", politique.code_de_controle


def _data(criteres: CriteresExpliques) -> Iterator[FaitVue]:
    """Every fact transmitted for the exercise, and those of earlier exercises that a rule reads, with their source."""
    politique, etablissement = criteres.politique, criteres.etablissement
    for nom, donnee in politique.donnees.items():
        if nom in etablissement.faits:
            yield from criteres.facts(Fait(donnee.genre, politique.span, nom))
    read = read_behind(criteres.interprete, *_roots(politique))
    earlier = [n for n in read if not isinstance(n, Constante) and n.recul and criteres.transmitted(n)]
    yield from criteres.facts(*sorted(earlier, key=lambda n: n.recul))


def _roots(politique: Politique) -> Iterator[Noeud | None]:
    """The rules of a policy that read facts of their own."""
    for critere in politique.criteres.values():
        yield from (critere.nc_office, critere.mesure, *(critere.table.selon if critere.table else ()))
    for indicateur in politique.indicateurs.values():
        yield from (indicateur.reserve, indicateur.mesure, indicateur.cible)
    for decision in politique.decisions.values():
        yield from (decision.condition, decision.montant, decision.plafond, decision.plancher, decision.au_prorata)
    for piece in politique.pieces.values():
        yield piece.condition
    for volet in politique.volets.values():
        yield from (volet.reserve, volet.cible)
    if politique.notation.calcul:
        yield politique.calculs[politique.notation.calcul].expression
