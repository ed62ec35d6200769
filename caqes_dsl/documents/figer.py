"""The statistics that a policy reads, computed on a cohort and written as dated paramètres in their place.

A target fixed by a committee then stays fixed, whatever comes into the cohort later. The text is the author's own, but
for the statistics, each replaced by the name of its paramètre, and for the exemples that gave one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from caqes_dsl.base.diagnostics import Correction, Diagnostic, Severite
from caqes_dsl.base.quantities import UNITE_DE, UNITES, Genre, plain_number, round_to, write_value
from caqes_dsl.base.source import Source, Span
from caqes_dsl.base.suggestions import fold
from caqes_dsl.documents import phrases
from caqes_dsl.documents.words import bare
from caqes_dsl.evaluation.population import Echantillon, Population
from caqes_dsl.model.nodes import Agregat, Exemple, Noeud, Politique
from caqes_dsl.model.walk import all_keys, critere_nodes, nodes, reads

DECIMALES = 6
"""Decimals kept of a statistic that has no finite writing, in the unit in which it is written."""


@dataclass(frozen=True, slots=True)
class Figee:
    """A statistic and the paramètre that takes its place. `arrondie`: its exact worth has no finite writing."""

    noeud: Agregat
    nom: str
    valeur: Fraction
    arrondie: bool
    echantillon: Echantillon


@dataclass(frozen=True, slots=True)
class Fixation:
    """What freezing a policy gives: edits of its text, the declarations to put after its header, what must be said."""

    corrections: tuple[Correction, ...]
    declarations: str
    figees: tuple[Figee, ...]
    diagnostics: tuple[Diagnostic, ...]


def freeze(politique: Politique, population: Population, origine: str) -> Fixation:
    """Every statistic over all establishments as a paramètre; `origine` names the data.

    Errors: a statistic over nobody, or one that stands in the file of a parent. A rang, or a statistic by group, is not
    the same for all: it stays, and a note says so.
    """
    own = politique.span.source.nom
    places: dict[Agregat, list[Span]] = {}
    said: dict[tuple[str, int], Diagnostic] = {}
    for noeud in _statistics(politique):
        key = (noeud.span.source.nom, noeud.span.debut)
        if noeud.fonction == "rang" or noeud.par is not None:
            said[key] = _stays(noeud)
        elif noeud.span.source.nom != own:
            said[key] = _elsewhere(noeud)
        elif population.echantillon(noeud, None).resultat is None:
            said[key] = _over_nobody(noeud)
        else:
            places.setdefault(noeud, []).append(noeud.span)
    figees: list[Figee] = []
    taken = _names(politique)
    for noeud in places:
        sample = population.echantillon(noeud, None)
        assert sample.resultat is not None
        valeur, rounded = _writable(sample.resultat, noeud.genre)
        nom = _name(noeud, taken)
        taken.add(nom)
        figees.append(Figee(noeud, nom, valeur, rounded, sample))
    edits = [Correction(span, f.nom) for f in figees for span in places[f.noeud]]
    frozen = {f.noeud for f in figees}
    for exemple in politique.exemples:
        if any(n in frozen for n in _given(exemple)):
            edits.append(Correction(exemple.span, ""))
            said[exemple.span.source.nom, exemple.span.debut] = _left_out(exemple)
    text = "".join(_declaration(f, politique, origine) for f in figees)
    return Fixation(tuple(_outermost(edits)), text, tuple(figees), tuple(said.values()))


def frozen_text(politique: Politique, fixation: Fixation, nom: str) -> Source:
    """The text of the policy once frozen, not yet in its canonical layout."""
    source, end = politique.span.source, politique.span.fin
    declarations = Correction(Span(source, end, end), fixation.declarations)
    edits = sorted((*fixation.corrections, declarations), key=lambda c: c.span.debut)
    parts, at = [], 0
    for edit in edits:
        parts += [source.texte[at : edit.span.debut], edit.texte]
        at = edit.span.fin
    return Source.from_text(nom, "".join(parts) + source.texte[at:])


def _statistics(politique: Politique) -> Iterator[Agregat]:
    """Every statistic that stands in no other, in the order of the rules."""
    every: list[Noeud] = [n for c in politique.criteres.values() for n in critere_nodes(c)]
    every += [n for cle in all_keys(politique) for n in reads(politique, cle)]
    every += [n for i in politique.indicateurs.values() for n in nodes(i.reserve)]
    found = {(n.span.source.nom, n.span.debut): n for n in every if isinstance(n, Agregat)}
    spans = [n.span for n in found.values()]
    for noeud in found.values():
        if not any(_inside(noeud.span, other) for other in spans):
            yield noeud


def _inside(span: Span, other: Span) -> bool:
    same = span.source.nom == other.source.nom
    return same and other.debut <= span.debut and span.fin <= other.fin and span != other


def _outermost(edits: Iterable[Correction]) -> list[Correction]:
    """The edits in order, those inside another left out."""
    edits = list(edits)
    kept = [e for e in edits if not any(_inside(e.span, o.span) for o in edits)]
    return sorted(kept, key=lambda e: e.span.debut)


def _given(exemple: Exemple) -> list[Noeud]:
    return [i.cible for i in (*exemple.avec, *exemple.attendu)]


def _names(politique: Politique) -> set[str]:
    groups = (
        *(politique.secteurs, politique.niveaux, politique.donnees, politique.parametres, politique.volets),
        *(politique.chapitres, politique.objectifs, politique.criteres, politique.indicateurs, politique.calculs),
        *(politique.baremes, politique.decisions, politique.pieces),
    )
    names = {nom for group in groups for nom in group} | {p.nom for p in politique.proprietes}
    return names | {c for d in politique.donnees.values() for c in d.choix}


def _name(noeud: Agregat, taken: set[str]) -> str:
    """« mediane_depenses_ipp », « quantile_depenses_ipp_75 »; numbered when it is already a name."""
    words = re.sub(r"[^a-z0-9]+", "_", fold(noeud.span.texte)).strip("_")
    nom = words[:60].strip("_")
    count = 1
    while nom in taken:
        count += 1
        nom = f"{words[:60].strip('_')}_{count}"
    return nom


def _writable(valeur: Fraction, genre: Genre) -> tuple[Fraction, bool]:
    """The value as its unit can write it, and whether it had to be rounded, halves away from zero."""
    unit = UNITES[UNITE_DE[genre]][1]
    finite = (valeur / unit * 10**DECIMALES).denominator == 1
    return (valeur, False) if finite else (round_to(valeur, unit / 10**DECIMALES), True)


def _declaration(figee: Figee, politique: Politique, origine: str) -> str:
    noeud, sample = figee.noeud, figee.echantillon
    first = politique.vigueur_du or date(politique.exercice or 2000, 1, 1)
    unit = UNITE_DE[noeud.genre]
    number = plain_number(figee.valeur / UNITES[unit][1], group=" ")
    on = f"{len(sample.valeurs)} établissement{'s' if len(sample.valeurs) > 1 else ''}"
    source = f"{_words(noeud)} = {number} {unit}".strip() + f", calculé sur {on} de {origine}"
    source += f" ; {sample.sans} laissé(s) de côté, sans valeur" if sample.sans else ""
    if figee.arrondie:
        source += f" ; arrondi à {plain_number(Fraction(1, 10**DECIMALES))} {unit}".rstrip()
    title = noeud.fonction.capitalize()
    title += f" à {write_value(noeud.part, Genre.TAUX)}" if noeud.part is not None else ""
    title += f" de {bare(phrases.describe(noeud.terme, politique))}" if noeud.terme is not None else ""
    title += f", parmi {' '.join(noeud.parmi.span.texte.split())}" if noeud.parmi is not None else ""
    kind = {Genre.JOURS: "durée", Genre.MOIS: "durée"}.get(noeud.genre, noeud.genre.value)
    return (
        f"\n\nparamètre {figee.nom} « {' '.join(title.split())} (valeur régionale figée) » : {kind}\n"
        f"  {number} {unit} à compter du {first:%d/%m/%Y} source « {source} »"
    )


# ---------------------------------------------------------------- what is said


def _words(noeud: Agregat) -> str:
    return " ".join(noeud.span.texte.split())


def _stays(noeud: Agregat) -> Diagnostic:
    return Diagnostic(
        "CAQ411",
        f"« {_words(noeud)} » n'est pas la même pour tous les établissements : elle reste calculée.",
        noeud.span,
        Severite.NOTE,
        aide="Rien à faire : un rang, ou une statistique par groupe, ne se fixe pas en une seule valeur.",
    )


def _elsewhere(noeud: Agregat) -> Diagnostic:
    return Diagnostic(
        "CAQ412",
        f"« {_words(noeud)} » est écrite dans la politique reprise : elle ne peut pas être fixée ici.",
        noeud.span,
        aide="Figez la politique qui l'écrit, ou remplacez ici la déclaration qui la lit.",
    )


def _over_nobody(noeud: Agregat) -> Diagnostic:
    return Diagnostic(
        "CAQ412",
        f"« {_words(noeud)} » ne repose sur aucun établissement de ces données.",
        noeud.span,
        aide="Vérifiez l'exercice et les secteurs de la cohorte.",
    )


def _left_out(exemple: Exemple) -> Diagnostic:
    return Diagnostic(
        "CAQ411",
        f"L'exemple « {exemple.titre} » donnait une statistique qui est maintenant fixée : il n'est pas repris.",
        exemple.span.premiere_ligne,
        Severite.NOTE,
        aide="Récrivez-le avec la valeur fixée.",
    )
