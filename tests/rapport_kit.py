"""What the tests of reports share: cohorts of every policy, the rows that `caqes evaluer` writes of them, the tables of
a report by their caption."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction as F
from functools import cache
from pathlib import Path

from caqes_dsl.base.diagnostics import Diagnostic
from caqes_dsl.base.quantities import Genre
from caqes_dsl.documents.rapport import rapport_view
from caqes_dsl.documents.rapport_shapes import RapportVue, TableauVue
from caqes_dsl.evaluation.candidats import candidates
from caqes_dsl.evaluation.facts import Etablissement
from caqes_dsl.evaluation.population import evaluate_cohort
from caqes_dsl.evaluation.trace import Resultat
from caqes_dsl.exchange.cohort import Cohorte
from caqes_dsl.exchange.read import read_cohort
from caqes_dsl.exchange.write import write_results
from caqes_dsl.model.nodes import Politique
from caqes_dsl.pipeline import compile_path

POLITIQUES = Path(__file__).resolve().parent.parent / "policies"
LIVREES = {
    "normandie/2018": "normandie/exemples/2018-retours.csv",
    "normandie/2022": "normandie/exemples/2022-retours.csv",
    "cbu/2016": "cbu/exemples/2016-retours.csv",
}
"""The cohorts that the project ships."""
INVENTEES = (
    "normandie/2019", "normandie/2019-volets", "national/2020", "biosimilaires/2019", "biosimilaires/2019 complet",
)  # fmt: skip
"""Policies without one: establishments are made up, facts taken away from one in three unless « complet » is said."""


@dataclass(frozen=True)
class Region:
    """A cohort evaluated, and what `caqes evaluer` writes of it."""

    politique: Politique
    resultats: Sequence[Resultat]
    cohorte: Cohorte
    diagnostics: Sequence[Diagnostic]
    lignes: list[dict[str, str]]

    def view(self, **options: F) -> RapportVue:
        """Its report."""
        found = rapport_view(self.politique, self.resultats, self.cohorte, diagnostics=self.diagnostics, **options)
        return found


def compiled(nom: str) -> Politique:
    """A policy of the project."""
    politique = compile_path(POLITIQUES / f"{nom}.caqes").politique
    assert politique is not None
    return politique


def evaluated(politique: Politique, cohorte: Cohorte) -> Region:
    """A cohort evaluated."""
    resultats, notes = evaluate_cohort(politique, cohorte.etablissements, ecartes=len(cohorte.ecartes))
    written = write_results(politique, resultats, cohorte, suffixe=".csv")
    assert isinstance(written, bytes)
    rows = list(csv.DictReader(io.StringIO(written.decode("utf-8-sig"), newline=""), delimiter=";"))
    return Region(politique, resultats, cohorte, (*cohorte.diagnostics, *notes), rows)


@cache
def region(nom: str) -> Region:
    """The shipped cohort of a policy, or one made up."""
    politique = compiled(nom.removesuffix(" complet"))
    if nom in LIVREES:
        return evaluated(politique, read_cohort(politique, POLITIQUES / LIVREES[nom]))
    return evaluated(politique, made_up(politique, 60, whole=nom.endswith(" complet")))


def made_up(politique: Politique, most: int, *, whole: bool = False, seed: int = 5) -> Cohorte:
    """A cohort of establishments made up for a policy; one in three may lack facts and answers, unless `whole`."""
    rng = random.Random(seed)
    kept: list[Etablissement] = []
    found = candidates(politique)
    for number in range(most):
        one = found[number % len(found)].etablissement
        finess = f"{140_000_000 + number:09d}"
        lacks = not whole and number % 3 == 0
        years = {
            year: drawn(politique, replace(past, finess=finess), rng, lacks=False) for year, past in one.passes.items()
        }
        names = tuple(s for s in one.secteurs if rng.random() < 0.6) or one.secteurs[:1]
        named = replace(one, finess=finess, raison_sociale=f"Établissement fictif {number:03d}", secteurs=names)
        kept.append(replace(drawn(politique, named, rng, lacks=lacks), passes=years))
    return Cohorte(politique.exercice, tuple(kept), (), ())


def drawn(politique: Politique, one: Etablissement, rng: random.Random, *, lacks: bool) -> Etablissement:
    """The establishment with other answers, other amounts, other « oui » and « non »; some of them missing."""
    faits = dict(one.faits)
    for nom, valeur in one.faits.items():
        if isinstance(valeur, bool):
            faits[nom] = rng.random() < 0.5
        elif politique.donnees[nom].genre is Genre.MONTANT and isinstance(valeur, F):
            faits[nom] = valeur * F(rng.randint(50, 300), 100)
        if lacks and rng.random() < 0.125:
            del faits[nom]
    levels = {nom: rng.choice(politique.criteres[nom].niveaux) for nom in one.reponses}
    reponses = {nom: level for nom, level in levels.items() if not lacks or rng.random() > 0.02}
    return replace(one, faits=faits, reponses=reponses)


# ---------------------------------------------------------------- reading a report


def tables(vue: RapportVue) -> Iterator[TableauVue]:
    """Every table of a report."""
    for section in vue.sections:
        for bloc in section.blocs:
            yield from bloc.tableaux


def rows(vue: RapportVue, legende: str) -> list[dict[str, str]]:
    """The rows of the table with this caption, by the heads of their columns; none without such a table."""
    found = [t.table for t in tables(vue) if t.table.legende == legende]
    assert len(found) < 2, f"deux tableaux « {legende} »"
    heads = [c.replace("\u00ad", "") for c in found[0].colonnes] if found else []
    return [dict(zip(heads, row, strict=True)) for row in found[0].rangs] if found else []


def number(text: str) -> F:
    """A number as it is printed: « 23 380,64 € », « 53 % », « −7 »."""
    assert "≈" not in text, text
    bare = "".join(c for c in text if c.isdigit() or c in ",−-")
    value = F(bare.replace(",", ".").replace("−", "-"))
    return value / 100 if text.rstrip().endswith("%") else value
