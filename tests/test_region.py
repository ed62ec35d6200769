"""What a region's report counts, at the edges: bands, margins, few establishments, what is set aside, drawings."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction as F
from pathlib import Path

import pytest
from completions import HEAD
from rapport_kit import INVENTEES, LIVREES, evaluated, number, region, rows, tables

from caqes_dsl.documents.rapport import rapport_view
from caqes_dsl.documents.rapport_figures import place, short
from caqes_dsl.documents.rapport_shapes import FigureVue, RapportVue
from caqes_dsl.evaluation.explain import evaluate
from caqes_dsl.evaluation.facts import Etablissement, Retenu
from caqes_dsl.evaluation.region import PAS, bands, far_below, neighbours, sectors
from caqes_dsl.evaluation.region_manques import missing_items
from caqes_dsl.evaluation.trace import Resultat
from caqes_dsl.exchange.cohort import Cohorte
from caqes_dsl.exchange.read import read_cohort
from caqes_dsl.model.nodes import Politique
from caqes_dsl.pipeline import compile_text

BODY = """notation
  score arrondi à 0,1 % avant comparaison
donnée produits « Produits » : montant
  ≥ 0 €
donnée part « Part » : taux
  entre 0 % et 100 %
volet v « Volet »
  cible 50 %
critère C1 « Mesuré »
  poids 3 points
  secteurs tous
  mesure part
sanction s « Sanction »
  si score < cible
  montant 1 % × produits
  arrondi à 0,01 €
"""


@pytest.fixture(scope="module")
def politique() -> Politique:
    compiled = compile_text(HEAD + BODY)
    assert compiled.politique is not None, compiled.diagnostics
    return compiled.politique


def one(politique: Politique, number: int, part: F | None, nom: str = "", **more: Retenu) -> Resultat:
    faits = {"produits": F(1000)} | ({} if part is None else {"part": part})
    who = Etablissement(f"{number:09d}", nom or f"Hôpital {number}", 2018, ("MCO",), {}, {}, faits, retenus=more)
    return evaluate(politique, who)


def view(politique: Politique, *resultats: Resultat) -> RapportVue:
    return rapport_view(politique, resultats, Cohorte(2018, tuple(r.etablissement for r in resultats), (), ()))


def test_a_band_holds_its_lower_bound_and_the_last_holds_everything_above(politique: Politique) -> None:
    scores = [F(0), F("0.049"), F("0.05"), F("0.499"), F("0.5"), F("0.95"), F(1)]
    found = bands(politique, [one(politique, i, s) for i, s in enumerate(scores)], "v")
    assert [b.bas for b in found] == [i * PAS for i in range(20)]
    assert {b.bas: b.effectif for b in found if b.effectif} == {F(0): 2, PAS: 1, 9 * PAS: 1, 10 * PAS: 1, 19 * PAS: 2}
    assert [(b.sous, b.atteints) for b in found if b.bas in (9 * PAS, 10 * PAS)] == [(1, 0), (0, 1)]
    assert bands(politique, [one(politique, 1, None)], "v") == ()


def test_the_margin_holds_its_bounds_on_both_sides(politique: Politique) -> None:
    scores = {1: F("0.479"), 2: F("0.48"), 3: F("0.5"), 4: F("0.52"), 5: F("0.521"), 6: None}
    resultats = [one(politique, i, s) for i, s in scores.items()]
    found = neighbours(politique, resultats, distance=F(2, 100))
    assert [(int(v.resultat.etablissement.finess), v.atteinte) for v in found] == [
        (6, None), (2, False), (3, True), (4, True),
    ]  # fmt: skip
    assert (found[0].bas, found[0].haut) == (0, 1)
    assert [int(v.resultat.etablissement.finess) for v in far_below(politique, resultats, distance=F(2, 100))] == [1]


def test_few_scores_are_dots_not_quartiles(politique: Politique) -> None:
    def figure(count: int) -> FigureVue:
        found = view(politique, *(one(politique, i, F(i, 10)) for i in range(count)))
        (section,) = [s for s in found.sections if s.ancre == "activites"]
        return section.blocs[0].figures[0]

    assert len(figure(4).ronds) == 4 and not figure(4).rectangles
    assert not figure(5).ronds and len(figure(5).rectangles) == 1


def test_nothing_and_one_establishment_are_reports_too(politique: Politique) -> None:
    nothing = view(politique)
    assert rows(nothing, "Retours reçus, par état")[-1]["Nombre"] == "0"
    assert rows(nothing, "Montants encourus")[0]["Total certain"] == "0\u00a0€"
    assert [s.ancre for s in nothing.sections][-1] == "methode"
    alone = view(politique, one(politique, 1, F("0.4")))
    assert number(rows(alone, "Répartition des scores connus")[0]["Médiane"]) == F("0.4")
    assert "1 établissement sous la cible de 50\u00a0%, 0 l'atteint." in alone.phrases


@pytest.mark.parametrize("nom", [*LIVREES, *INVENTEES])
def test_every_policy_has_a_report_when_no_one_answered(nom: str) -> None:
    politique = region(nom).politique
    found = evaluated(politique, Cohorte(politique.exercice, (), (), ())).view()
    assert found.phrases[0].startswith("Aucun retour reçu")
    for shape in figures(found):
        assert_inside(shape)


def test_what_was_retained_has_its_columns_only_when_something_was(politique: Politique) -> None:
    heads = "Retenu après observations"
    without = view(politique, one(politique, 1, F("0.4")))
    assert not any(heads in t.table.colonnes for t in tables(without))
    kept = view(politique, one(politique, 1, F("0.4"), s=Retenu(F(3), "bonne foi")))
    (row,) = rows(kept, "Montants encourus, par établissement")
    assert (row["Montant encouru"], row[heads], row["Motif"]) == ("10\u00a0€", "3\u00a0€", "bonne foi")


def test_rows_set_aside_are_named_with_their_reason_and_counted_nowhere_else(
    retours_2018: Path, tmp_path: Path
) -> None:
    lines = retours_2018.read_text("utf-8-sig").splitlines()
    heads = lines[0].split(";")
    column = heads.index("C1")
    for i in (3, 7):
        cells = lines[i].split(";")
        cells[column] = "peut-être"
        lines[i] = ";".join(cells)
    (tmp_path / "retours.csv").write_text("\n".join(lines) + "\n", "utf-8")
    politique = region("normandie/2018").politique
    found = evaluated(politique, read_cohort(politique, tmp_path / "retours.csv"))
    vue = found.view()
    printed = rows(vue, "Retours à corriger, non évalués")
    assert len(printed) == len(found.cohorte.ecartes) == 2
    assert all("peut-être" in r["Motif"] and re.search(r"ligne \d+", r["Ligne"]) for r in printed)
    states = {r["État"]: int(r["Nombre"]) for r in rows(vue, "Retours reçus, par état")}
    assert (states["À corriger"], states["Ensemble"]) == (2, 105)
    assert rows(vue, "Étapes")[1]["Établissements"] == "103"
    assert sum(int(r["Établissements évalués"]) for r in rows(vue, "Retours évalués, par activités")) == 103


def test_a_sector_counts_all_who_have_it(politique: Politique) -> None:
    both = [one(politique, i, F(i, 10)) for i in range(3)]
    lone = replace(both[0], etablissement=replace(both[0].etablissement, secteurs=()))
    found = sectors(politique, [*both[1:], lone], "v")
    assert [(s.nom, s.effectif, s.sous) for s in found] == [("MCO", 2, 2), ("", 1, 1)]


def test_what_to_ask_first_is_worked_out_for_as_many_as_asked(politique: Politique) -> None:
    lacking = [one(politique, i, None) for i in range(5)]
    found = missing_items(lacking, etudies=3)
    assert (found.etudies, len(found.demandes)) == (3, 5)
    (item,) = found.manques
    assert (item.cle, item.etablissements, item.premiers, item.decisions) == ("part", 5, 3, 5)


# ---------------------------------------------------------------- drawings


def figures(vue: RapportVue) -> list[FigureVue]:
    return [f for s in vue.sections for b in s.blocs for f in b.figures]


def assert_inside(figure: FigureVue) -> None:
    """Nothing is drawn out of the frame; every coordinate is a plain decimal."""
    width, height = F(figure.largeur), F(figure.hauteur)
    xs = [x for r in figure.rectangles for x in (r.x, str(F(r.x) + F(r.largeur)))]
    ys = [y for r in figure.rectangles for y in (r.y, str(F(r.y) + F(r.hauteur)))]
    xs += [x for t in figure.traits for x in (t.x1, t.x2)] + [c.x for c in figure.ronds] + [e.x for e in figure.ecrits]
    ys += [y for t in figure.traits for y in (t.y1, t.y2)] + [c.y for c in figure.ronds] + [e.y for e in figure.ecrits]
    assert all(0 <= F(x) <= width for x in xs) and all(0 <= F(y) <= height for y in ys)
    raw = [v for t in figure.traits for v in (t.x1, t.y1, t.x2, t.y2)] + [r.largeur for r in figure.rectangles]
    assert all(re.fullmatch(r"\d+(\.\d)?", v) for v in raw)


@pytest.mark.parametrize("nom", [*LIVREES, *INVENTEES])
def test_drawings_stay_in_their_frame_and_are_told_in_words(nom: str) -> None:
    vue = region(nom).view()
    found = figures(vue)
    assert len(found) > 1
    assert len({f.ancre for f in found}) == len(found)
    for shape in found:
        assert_inside(shape)
        assert shape.titre and shape.description.endswith(".")
    for bloc in (b for s in vue.sections for b in s.blocs if b.figures):
        assert bloc.tableaux, "un dessin sans le tableau de ses nombres"


def test_a_column_is_as_high_as_its_count() -> None:
    found = region("normandie/2018")
    (section,) = [s for s in found.view().sections if s.ancre == "scores"]
    (bloc,) = section.blocs
    most = max(int(r[1]) for r in bloc.tableaux[1].table.rangs)
    known = sum(int(r[1]) for r in bloc.tableaux[1].table.rangs)
    bars = [r for r in bloc.figures[0].rectangles if F(r.y) < 216]  # below the axis is the legend
    assert abs(sum(F(r.hauteur) for r in bars) - F(170, most) * known) < F(len(bars), 10)


def test_coordinates_are_rounded_once_and_names_are_cut_with_a_mark() -> None:
    assert [place(v) for v in (F(1, 3), F("12.25"), F("-0.05"), 7)] == ["0.3", "12.3", "0", "7"]
    assert short("x" * 40, 10) == "x" * 9 + "…" and short("court", 10) == "court"
