"""A Parquet file evaluated batch by batch gives, row by row, what the ordinary reader and the interpreter give."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from test_agreement import policy

from caqes_dsl.commands import cli
from caqes_dsl.evaluation.facts import Etablissement
from caqes_dsl.exchange import flux
from caqes_dsl.exchange.engines import evaluate_table
from caqes_dsl.exchange.flux import Ecoulement, evaluate_file
from caqes_dsl.exchange.read import read_cohort
from caqes_dsl.exchange.write import machine_text
from caqes_dsl.model.nodes import Politique

arrow = pytest.importorskip("pyarrow", reason="le format Parquet demande l'extra « donnees »")
parquet = pytest.importorskip("pyarrow.parquet")

SAMPLES = (("normandie/2018", "normandie/exemples/2018-retours.csv"), ("cbu/2016", "cbu/exemples/2016-retours.csv"))


def decimal(value: object) -> Decimal | None:
    return Decimal(value.numerator) / Decimal(value.denominator) if isinstance(value, Fraction) else None


def rows_of(politique: Politique, cohort: Sequence[Etablissement]) -> list[dict[str, Any]]:
    """The rows of a file of returns, earlier exercices after the others."""
    found = []
    for one in (*cohort, *(p for e in cohort for p in e.passes.values())):
        row: dict[str, Any] = {
            "finess": one.finess, "raison_sociale": one.raison_sociale, "exercice": one.exercice,
            "secteurs": "+".join(one.secteurs) or None, "score": decimal(one.enregistres.get("score")),
        }  # fmt: skip
        for nom in politique.criteres:
            row[nom], row[f"{nom}_motif"] = one.reponses.get(nom), one.motifs.get(nom)
        for nom, donnee in politique.donnees.items():
            value = one.faits.get(nom)
            row[nom] = decimal(value) if donnee.genre.is_number else value
        found.append(row)
    return found


def written(politique: Politique, rows: Sequence[dict[str, Any]], path: Path) -> Path:
    """The rows as a Parquet file whose columns have the types of a data warehouse."""
    kinds: dict[str, Any] = {"exercice": arrow.int32(), "score": arrow.decimal128(12, 6)}
    for nom in ("finess", "raison_sociale", "secteurs"):
        kinds[nom] = arrow.string()
    for nom in politique.criteres:
        kinds[nom] = kinds[f"{nom}_motif"] = arrow.string()
    for nom, donnee in politique.donnees.items():
        kinds[nom] = arrow.decimal128(20, 4) if donnee.genre.is_number else None
    columns = {}
    for nom in rows[0]:
        values = [r[nom] for r in rows]
        columns[nom] = arrow.array(values, kinds[nom]) if kinds.get(nom) is not None else arrow.array(values)
    parquet.write_table(arrow.table(columns), path, row_group_size=40)
    return path


def same(politique: Politique, source: Path, folder: Path) -> Ecoulement:
    """What was done, once each row was found to be the interpreter's."""
    done = evaluate_file(politique, source, folder / "r.parquet")
    assert isinstance(done, Ecoulement), done
    cohorte = read_cohort(politique, source)
    table, _ = evaluate_table(politique, cohorte, "interprete")
    assert table is not None
    found = parquet.read_table(folder / "r.parquet")
    given = found.to_pylist()
    assert len(given) == len(table.rangs)
    for row, expected in zip(given, table.rangs, strict=True):
        for column in table.colonnes:
            if column.nom == "motifs_rejet":
                assert (row[column.nom] is None) == (expected.get(column.nom) is None)
                continue
            wanted, value = machine_text(expected.get(column.nom), column.genre), row[column.nom]
            if isinstance(value, Decimal):
                assert wanted is not None and Fraction(value) == Fraction(wanted), (row["finess"], column.nom)
            else:
                assert (None if value is None else str(value)) == wanted, (row["finess"], column.nom)
    return done


@pytest.mark.parametrize(("nom", "retours"), SAMPLES)
def test_a_sample_has_the_same_rows_in_the_same_order(
    nom: str, retours: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flux, "LOT", 32)
    politique = policy(Path("policies") / f"{nom}.caqes")
    cohort = read_cohort(politique, Path("policies") / retours).etablissements
    asked: list[int] = []
    original = flux.Flux._interpreted

    def noted(self: flux.Flux, batch: Any, rows: Any, others: Any, done: Ecoulement) -> Any:
        asked.append(len(others))
        return original(self, batch, rows, others, done)

    monkeypatch.setattr(flux.Flux, "_interpreted", noted)
    done = same(politique, written(politique, rows_of(politique, cohort), tmp_path / "d.parquet"), tmp_path)
    assert done.evalues == len(cohort) and done.a_corriger == 0
    assert sum(asked) < len(cohort) / 4, "presque toutes les lignes sont lues en colonnes"


Spoil = Callable[[dict[str, Any]], None]
SPOILT: dict[str, Spoil] = {
    "niveau inconnu": lambda r: r.update(C5="X"),
    "niveau en toutes lettres": lambda r: r.update(C5="Réalisé"),
    "NC sans motif": lambda r: r.update(C5="NC", C5_motif=None),
    "NC avec motif": lambda r: r.update(C5="NC", C5_motif="sans objet ici"),
    "hors bornes": lambda r: r.update(taux_generiques=Decimal("1.5")),
    "hors d'une autre donnée": lambda r: r.update(lits=Decimal(1), lits_lap=Decimal(2)),
    "négatif": lambda r: r.update(produits_am=Decimal("-1")),
    "trop de décimales": lambda r: r.update(lits=Decimal("10.5")),
    "très grand": lambda r: r.update(produits_am=Decimal("9000000000000.0001")),
    "secteur inconnu": lambda r: r.update(secteurs="MCO+XYZ"),
    "secteur deux fois": lambda r: r.update(secteurs="MCO+MCO"),
    "sans secteur": lambda r: r.update(secteurs=None),
    "FINESS faux": lambda r: r.update(finess="12"),
    "FINESS vide": lambda r: r.update(finess=None),
    "exercice vide": lambda r: r.update(exercice=None),
    "réponse vide": lambda r: r.update(C34=None),
    "donnée vide": lambda r: r.update(produits_am=None),
    "taux sans pourcent": lambda r: r.update({k: Decimal("53") for k in r if k.startswith("taux_")}),
    "réponse hors secteurs": lambda r: r.update(secteurs="HAD"),
    "secteurs espacés": lambda r: r.update(secteurs=" SSR + MCO "),
    "secteur en toutes lettres": lambda r: r.update(secteurs="mco"),
    "nom espacé": lambda r: r.update(raison_sociale="  CH de Évreux\t"),
    "score enregistré": lambda r: r.update(score=Decimal("0.5")),
    "score au-delà de 1": lambda r: r.update(score=Decimal("1.5")),
    "motif sans NC": lambda r: r.update(C5="R", C5_motif="un motif"),
    "motif très long": lambda r: r.update(C5_motif="x" * 40_000),
    "tout vide": lambda r: r.update({k: None for k in r if k not in ("finess", "exercice", "secteurs")}),
}


@pytest.mark.parametrize("faute", SPOILT)
def test_rows_that_are_not_plain_are_said_as_the_ordinary_reader_says(
    faute: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flux, "LOT", 16)
    politique = policy(Path("policies/normandie/2018.caqes"))
    cohort = read_cohort(politique, Path("policies") / SAMPLES[0][1]).etablissements[:30]
    rows = rows_of(politique, cohort)
    rng = random.Random(faute)
    for row in rng.sample(rows[:30], 4):
        SPOILT[faute](row)
    same(politique, written(politique, rows, tmp_path / "d.parquet"), tmp_path)


@pytest.mark.parametrize("graine", range(12))
def test_any_mix_of_faults_gives_the_rows_of_the_ordinary_reader(
    graine: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flux, "LOT", 16)
    monkeypatch.setattr(flux, "PART", 2)
    rng = random.Random(graine)
    nom, retours = SAMPLES[0] if graine % 3 else ("normandie/2019", SAMPLES[0][1])
    politique = policy(Path("policies") / f"{nom}.caqes")
    cohort = read_cohort(policy(Path("policies/normandie/2018.caqes")), Path("policies") / retours).etablissements
    later = nom.endswith("2019")
    taken = [replace(e, exercice=2019, passes={2018: e}) if later else e for e in rng.sample(cohort, 25)]
    rows = rows_of(politique, taken)
    for _ in range(rng.randrange(1, 12)):
        SPOILT[rng.choice(list(SPOILT))](rng.choice(rows))
    rng.shuffle(rows)
    same(politique, written(politique, rows, tmp_path / "d.parquet"), tmp_path)


def test_a_corsican_establishment_is_not_taken_for_another(tmp_path: Path) -> None:
    politique = policy(Path("policies/normandie/2018.caqes"))
    cohort = read_cohort(politique, Path("policies") / SAMPLES[0][1]).etablissements
    one = next(e for e in cohort if e.passes)
    corsican = replace(one, finess="2A0000154", passes={})
    other = replace(one, finess="370000154", exercice=2017, passes={})
    rows = rows_of(politique, [corsican, other])
    done = same(politique, written(politique, rows, tmp_path / "d.parquet"), tmp_path)
    assert any(d.code == "CAQ621" and "1 établissement" in d.message for d in done.diagnostics)


def test_earlier_exercices_that_are_spoilt_set_their_establishment_aside(tmp_path: Path) -> None:
    politique = policy(Path("policies/normandie/2018.caqes"))
    cohort = read_cohort(politique, Path("policies") / SAMPLES[0][1]).etablissements[:30]
    rows = rows_of(politique, cohort)
    past = [r for r in rows if r["exercice"] == 2017]
    past[0]["produits_am"] = Decimal("-4")
    past[1]["C5"] = "X"
    past[2]["exercice"] = None
    past[3]["finess"] = past[4]["finess"]
    past[5]["score"] = Decimal("1.5")
    rows += [dict(rows[7]), {**rows[8], "exercice": 2019}]
    done = same(politique, written(politique, rows, tmp_path / "d.parquet"), tmp_path)
    assert done.a_corriger >= 5


def test_a_file_of_binary_numbers_or_a_policy_over_the_region_is_refused(tmp_path: Path) -> None:
    politique = policy(Path("policies/cbu/2016.caqes"))
    nom = next(n for n, d in politique.donnees.items() if d.genre.is_number)
    table = arrow.table({"finess": ["140000019"], "exercice": [2016], "secteurs": ["MCO"], nom: [0.5]})
    parquet.write_table(table, tmp_path / "d.parquet")
    refused = evaluate_file(politique, tmp_path / "d.parquet", tmp_path / "r.parquet")
    assert isinstance(refused, list) and any(d.code == "CAQ604" and nom in d.message for d in refused)
    region = policy(Path("policies/normandie/2022.caqes"))
    whole = evaluate_file(region, tmp_path / "d.parquet", tmp_path / "r.parquet")
    assert isinstance(whole, list) and not (tmp_path / "r.parquet").exists()


def test_the_command_streams_a_large_file_and_writes_it_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flux, "MANY", 10)
    politique = policy(Path("policies/cbu/2016.caqes"))
    cohort = read_cohort(politique, Path("policies") / SAMPLES[1][1]).etablissements
    source = written(politique, rows_of(politique, [replace(e) for e in cohort]), tmp_path / "d.parquet")
    out = tmp_path / "r.parquet"
    done = CliRunner().invoke(cli, ["evaluer", "policies/cbu/2016.caqes", str(source), "-o", str(out)])
    assert done.exit_code == 0, done.output
    assert f"{len(cohort)} établissements évalués" in done.output
    assert parquet.read_table(out).num_rows == len(cohort)
    assert b"empreinte" in parquet.read_schema(out).metadata[b"caqes"]
    assert [p.name for p in tmp_path.iterdir() if "partiel" in p.name] == []
