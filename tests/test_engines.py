"""Whatever the engine, the table of results is the same, cell for cell, and the same things are said."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import toutes_constructions
from click.testing import CliRunner
from test_agreement import COHORTS, policy

from caqes_dsl.commands import cli
from caqes_dsl.evaluation.facts import Etablissement
from caqes_dsl.exchange import engines
from caqes_dsl.exchange.cohort import Cohorte
from caqes_dsl.exchange.engines import evaluate_table
from caqes_dsl.exchange.read import read_cohort
from caqes_dsl.model.nodes import Comparaison, Constante, Politique
from caqes_dsl.pipeline import compile_text


def same(politique: Politique, cohorte: Cohorte) -> list[str]:
    """The messages said, once the tables of both engines were found the same."""
    one, told = evaluate_table(politique, cohorte, "interprete")
    other, said = evaluate_table(politique, cohorte, "colonnes")
    assert one is not None and other is not None
    assert one.colonnes == other.colonnes
    assert one.rangs == other.rangs
    assert sorted(d.message for d in told) == sorted(d.message for d in said)
    return [d.message for d in said]


@pytest.mark.parametrize(("name", "cohort", "settled"), COHORTS)
def test_the_tables_of_the_samples_are_the_same(name: str, cohort: str, settled: int) -> None:
    politique = policy(Path("policies") / f"{name}.caqes")
    same(politique, read_cohort(politique, Path("policies") / cohort))


def test_amounts_retained_and_statistics_are_in_both_and_what_is_said_of_them() -> None:
    politique = toutes_constructions.politique()
    cohort = toutes_constructions.complete()
    said = same(politique, Cohorte(2022, tuple(cohort), (), ()))
    assert said == []
    holed = [replace(cohort[0], faits={k: v for k, v in cohort[0].faits.items() if k != "depenses"}), *cohort[1:]]
    said = same(politique, Cohorte(2022, tuple(holed), (), ()))
    assert any("laisse de côté" in message for message in said)


LIMITED = """caqes 1
politique essai « Essai »
  sans cadre national motif « essai »
  exercice 2018
  vigueur du 01/01/2018 au 31/12/2018
  statut projet
  source « hypothèse : essai »
secteur MCO « Médecine »
niveau R « Réalisé » donne 100 %
niveau NR « Non réalisé » donne 0 %
notation score arrondi à 1 % avant comparaison
donnée produits « Produits » : montant entre 0 € et 1 000 €
volet v « Volet » cible 50 %
critère C1 « Critère » poids 1 point secteurs tous
sanction s « Sanction » si score < cible montant 2 % × produits arrondi à 0,01 €
limite borne « Sanctions bornées » chaque sanction ≤ 20 € source « hypothèse : essai »
contrôle petit « Peu de produits » produits ≤ 1 000 €
"""


def test_a_limit_that_one_row_refutes_is_said_in_the_same_words() -> None:
    compiled = compile_text(LIMITED)
    assert compiled.politique is not None, [d.message for d in compiled.diagnostics]
    # Both are proved as they are written; stricter, each is refuted by one row.
    borne, petit = compiled.politique.proprietes
    assert isinstance(borne.expression, Constante) and isinstance(petit.expression, Comparaison)
    most = petit.expression.droite
    assert isinstance(most, Constante)
    stricter = (
        replace(borne, expression=replace(borne.expression, valeur=Fraction(10))),
        replace(petit, expression=replace(petit.expression, droite=replace(most, valeur=Fraction(900)))),
    )
    politique = replace(compiled.politique, proprietes=stricter)

    def hospital(rank: int, answer: str, produits: int) -> Etablissement:
        finess = f"14000{rank:04d}"
        return Etablissement(finess, "X", 2018, ("MCO",), {"C1": answer}, {}, {"produits": Fraction(produits)})

    sound = [hospital(i, "R", 500) for i in range(5)]
    assert same(politique, Cohorte(2018, tuple(sound), (), ())) == []
    said = same(politique, Cohorte(2018, (*sound, hospital(7, "NR", 800), hospital(8, "R", 950)), (), ()))
    assert len(said) == 2
    assert "140000007" in said[0] and "16 €" in said[0].replace("\u202f", " ").replace("\u00a0", " ")
    assert "140000008" in said[1]


def test_the_command_takes_an_engine_and_says_when_it_cannot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    base = ["evaluer", "policies/normandie/2022.caqes", "policies/normandie/exemples/2022-retours.csv"]
    written = []
    for moteur in ("interprete", "colonnes", "auto"):
        sortie = tmp_path / f"{moteur}.csv"
        done = CliRunner().invoke(cli, [*base, "-o", str(sortie), "--moteur", moteur])
        assert done.exit_code == 0, done.output
        written.append(sortie.read_bytes())
    assert len(set(written)) == 1

    from caqes_dsl.evaluation.exact import cohort

    def refuse(*given: object, **more: object) -> None:
        raise cohort.Refus({"ecart": "ses nombres entiers pourraient dépasser ce qui se calcule exactement"})

    monkeypatch.setattr(cohort, "PopulationColonnes", refuse)
    monkeypatch.setattr(engines, "NOMBREUX", 1)
    forced = CliRunner().invoke(cli, [*base, "-o", str(tmp_path / "non.csv"), "--moteur", "colonnes"])
    assert forced.exit_code == 1 and "CAQ810" in forced.output and "ecart" in forced.output
    assert not (tmp_path / "non.csv").exists()
    fallen = CliRunner().invoke(cli, [*base, "-o", str(tmp_path / "oui.csv")])
    assert fallen.exit_code == 0 and (tmp_path / "oui.csv").read_bytes() == written[0]


def test_many_rows_are_evaluated_by_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    politique = policy(Path("policies/normandie/2022.caqes"))
    read = read_cohort(politique, Path("policies/normandie/exemples/2022-retours.csv"))
    seen: list[str] = []
    for nom in ("_by_columns", "_by_interpreter"):
        original = getattr(engines, nom)

        def noted(politique: Politique, cohorte: Cohorte, nom: str = nom, original: Any = original) -> Any:
            seen.append(nom)
            return original(politique, cohorte)

        monkeypatch.setattr(engines, nom, noted)
    evaluate_table(politique, read)
    monkeypatch.setattr(engines, "NOMBREUX", len(read.etablissements))
    evaluate_table(politique, read)
    assert seen == ["_by_interpreter", "_by_columns"]
