"""The committee's report for a region, as texts and drawings: everything is computed before, templates lay it out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path

from caqes_dsl.base.diagnostics import Diagnostic
from caqes_dsl.documents.natures import announced
from caqes_dsl.documents.operations import euros
from caqes_dsl.documents.rapport_manques import Complements
from caqes_dsl.documents.rapport_montants import Montants
from caqes_dsl.documents.rapport_mots import STATUTS, made_up, many, rate, volet_title
from caqes_dsl.documents.rapport_retours import Retours
from caqes_dsl.documents.rapport_scores import Scores
from caqes_dsl.documents.rapport_shapes import RapportVue
from caqes_dsl.documents.shapes import LigneVue
from caqes_dsl.documents.typography import capital, listing
from caqes_dsl.documents.view import identity
from caqes_dsl.evaluation.region import PROCHE
from caqes_dsl.evaluation.summary import Synthese, summarize
from caqes_dsl.evaluation.trace import Resultat
from caqes_dsl.exchange.cohort import Cohorte
from caqes_dsl.model.nodes import Politique

__all__ = ["rapport_view"]


def rapport_view(
    politique: Politique,
    resultats: Sequence[Resultat],
    cohorte: Cohorte,
    *,
    diagnostics: Sequence[Diagnostic] = (),
    distance: Fraction = PROCHE,
) -> RapportVue:
    """The report on the results of a cohort; `diagnostics` is what must be said of its data and statistics.

    `distance`: how far from the target, on either side, an establishment is still near it.
    """
    synthese = summarize(politique, resultats, a_corriger=len(cohorte.ecartes))
    identite = identity(politique)
    exercice = str(cohorte.exercice or identite.exercice)
    over = ["Rapport au comité", f"exercice {exercice}" if exercice else "", politique.region]
    retours = Retours(politique, resultats, synthese, cohorte.ecartes)
    montants = Montants(politique, resultats, synthese)
    found = (
        *retours.sections(),
        *Scores(politique, resultats, synthese, distance).sections(),
        montants.indicators(),
        retours.sectors(),
        *montants.amounts(),
        *Complements(politique, resultats, synthese, diagnostics, distance).sections(),
    )
    sections = tuple(section for section in found if section is not None)
    return RapportVue(
        identite,
        " · ".join(part for part in over if part),
        politique.titre or politique.nom,
        tuple(warnings(politique, resultats, cohorte)),
        tuple(_sentences(politique, synthese)),
        tuple(LigneVue(label, text) for label, text in _card(politique, cohorte, exercice) if text),
        sections,
    )


def warnings(politique: Politique, resultats: Sequence[Resultat], cohorte: Cohorte) -> Iterator[str]:
    """What a reader must know first: a draft, made-up data."""
    if politique.est_projet:
        yield (
            "PROJET : la politique appliquée n'a pas été adoptée. Ces résultats sont une simulation, ils n'engagent "
            "personne."
        )
    fictif = made_up(resultats, (e.raison_sociale for e in cohorte.ecartes))
    if fictif:
        yield fictif


def _sentences(politique: Politique, synthese: Synthese) -> Iterator[str]:
    """The report in a few sentences."""
    parts = [
        f"{synthese.statuts[s]} {_plural(STATUTS[s].lower(), synthese.statuts[s])}"
        for s in STATUTS
        if synthese.statuts[s]
    ]
    yield f"{capital(many(synthese.effectif, 'retour reçu', 'retours reçus'))} : {listing(parts)}."
    for volet in synthese.volets:
        if not volet.cibles:
            continue
        named = volet_title(volet.nom, politique)
        aims = listing([rate(c, politique) for c in volet.cibles], "ou")
        said = f"{named} : " if named else ""
        said += f"{many(volet.sous_cible, 'établissement')} sous la cible de {aims}, {volet.atteinte} "
        said += "l'atteignent" if volet.atteinte > 1 else "l'atteint"
        said += f", {volet.ouverts} non tranché{'s' if volet.ouverts > 1 else ''}" if volet.ouverts else ""
        yield f"{capital(said)}."
    for en_faveur in (False, True):
        yield from _amounts(politique, synthese, en_faveur)
    if politique.decisions:
        yield f"{capital(announced(politique))} : rien n'est décidé automatiquement."


def _amounts(politique: Politique, synthese: Synthese, en_faveur: bool) -> Iterator[str]:
    mine = [d for d in synthese.decisions if politique.decisions[d.nom].en_faveur is en_faveur]
    if not mine:
        return
    total = synthese.total_faveur if en_faveur else synthese.total_charge
    said = f"{'Montants proposés en faveur des établissements' if en_faveur else 'Montants encourus'} : {euros(total)}"
    open_ones = [d for d in mine if d.ouverts]
    more = [d.ajout_max for d in open_ones]
    if open_ones and None not in more:
        said += f", jusqu'à {euros(total + sum((m for m in more if m is not None), Fraction(0)))} selon ce qui manque"
    elif open_ones:
        said += ", plus ce qui ne peut pas encore être chiffré"
    if any(d.retenus for d in mine):
        said += f". Retenu après observations : {euros(sum((d.total_retenu for d in mine), Fraction(0)))}"
        said += f", pour {many(sum(d.retenus for d in mine), 'montant examiné', 'montants examinés')}"
    yield f"{said}."


def _plural(word: str, count: int) -> str:
    return f"{word}s" if count > 1 and word in ("complet",) else word


def _card(politique: Politique, cohorte: Cohorte, exercice: str) -> Iterator[tuple[str, str]]:
    yield "Politique", politique.titre or politique.nom
    yield "Statut", identity(politique).statut
    yield "Exercice évalué", exercice
    if cohorte.fichier:
        yield "Données", Path(cohorte.fichier).name
    if cohorte.sha256:
        yield "Contrôle des données", f"SHA-256 {cohorte.sha256[:12]}"
    yield "Code de contrôle", politique.code_de_controle
