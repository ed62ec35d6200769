"""PostgreSQL and Spark say what columns say, by the statement that `caqes sql` writes for each (make test-moteurs)."""

from __future__ import annotations

import csv
import io
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from sql_kit import Execute, compared
from test_agreement import policy
from test_sql import SAMPLES, _fits, _numbered

from caqes_dsl.base.diagnostics import Diagnostic
from caqes_dsl.evaluation.candidats import candidates
from caqes_dsl.evaluation.exact.cohort import PopulationColonnes
from caqes_dsl.evaluation.facts import Etablissement
from caqes_dsl.exchange.cohort import Cohorte
from caqes_dsl.exchange.engines import evaluate_table
from caqes_dsl.exchange.read import read_cohort
from caqes_dsl.exchange.spark import Reparti, evaluate_dataset
from caqes_dsl.model.nodes import Politique

pytestmark = pytest.mark.moteurs

FRAMES = ("national/2020", "normandie/2019-volets")


def sample(nom: str, retours: str) -> tuple[Politique, list[Etablissement]]:
    politique = policy(Path("policies") / f"{nom}.caqes")
    return politique, list(read_cohort(politique, Path("policies") / retours).etablissements)


def bounds(nom: str) -> tuple[Politique, list[Etablissement]]:
    politique = policy(Path("policies") / f"{nom}.caqes")
    made = [_numbered(c.etablissement, k) for k, c in enumerate(candidates(politique)[:40])]
    return politique, [e for e in made if all(_fits(v) for p in (e, *e.passes.values()) for v in p.faits.values())]


# ---------------------------------------------------------------- PostgreSQL


def _bin() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    where = found[-1].parent if found else None
    if where is None and (own := shutil.which("initdb")):
        where = Path(own).parent
    if where is None:
        pytest.skip("PostgreSQL n'est pas installé (outils/essais-moteurs.sh)")
    return where


@pytest.fixture(scope="module")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Execute]:
    """A server of its own, on a socket in a folder: nothing listens on the network."""
    where, folder = _bin(), tmp_path_factory.mktemp("pg")
    for part in (folder, *folder.parents[:2]):
        part.chmod(0o755)
    prefix: list[str] = []
    if os.getuid() == 0:  # PostgreSQL refuses to be run by root
        shutil.chown(folder, "postgres")
        prefix = ["runuser", "-u", "postgres", "--"]

    def command(*arguments: str | Path) -> None:
        subprocess.run([*prefix, *map(str, arguments)], check=True, capture_output=True, cwd=folder)

    data = folder / "donnees"
    command(where / "initdb", "-D", data, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8")
    options = f"-c listen_addresses='' -c unix_socket_directories='{folder}' -c fsync=off"
    command(where / "pg_ctl", "-D", data, "-o", options, "-l", folder / "journal", "-w", "start")

    def execute(orders: Sequence[str], question: str) -> tuple[list[str], list[tuple[Any, ...]]]:
        ask = [*prefix, str(where / "psql"), "-h", str(folder), "-d", "postgres", "-q", "-v", "ON_ERROR_STOP=1"]
        script = ";\n".join([*orders, f"COPY (\n{question}) TO STDOUT WITH (FORMAT csv, HEADER)"]) + ";\n"
        done = subprocess.run(ask, input=script, capture_output=True, text=True, cwd=folder, check=False)
        assert done.returncode == 0, done.stderr[:2000]
        heads, *rows = csv.reader(io.StringIO(done.stdout))
        return heads, [tuple({"t": "1", "f": "0"}.get(c, c) for c in row) for row in rows]

    yield execute
    command(where / "pg_ctl", "-D", data, "-m", "immediate", "stop")


@pytest.mark.parametrize(("nom", "retours"), SAMPLES)
def test_postgresql_agrees_on_a_sample(nom: str, retours: str, postgresql: Execute) -> None:
    politique, cohort = sample(nom, retours)
    found, count = compared(politique, cohort, "postgresql", postgresql)
    assert found == [] and count > 1500


@pytest.mark.parametrize("nom", FRAMES)
def test_postgresql_agrees_at_the_bounds_of_every_table(nom: str, postgresql: Execute) -> None:
    politique, cohort = bounds(nom)
    found, count = compared(politique, cohort, "postgresql", postgresql)
    assert found == [] and count > 100


# ---------------------------------------------------------------- Spark


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    pyspark = pytest.importorskip("pyspark.sql", reason="PySpark n'est pas installé (make test-moteurs)")
    if shutil.which("java") is None:
        pytest.skip("Java n'est pas installé (outils/essais-moteurs.sh)")
    folder = tmp_path_factory.mktemp("spark")
    builder = pyspark.SparkSession.builder.master("local[2]").appName("essais")
    for key, value in {
        "spark.sql.warehouse.dir": str(folder / "entrepot"), "spark.ui.enabled": "false",
        "spark.sql.shuffle.partitions": "2", "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1", "spark.log.level": "ERROR",
    }.items():  # fmt: skip
        builder = builder.config(key, value)
    made = builder.getOrCreate()
    yield made
    made.stop()


def spark(session: Any) -> Execute:
    """The statement on a table written by the same orders, in Spark's own words."""

    def execute(orders: Sequence[str], question: str) -> tuple[list[str], list[tuple[Any, ...]]]:
        created = orders[1].replace('"', "`").replace("VARCHAR(200)", "STRING").replace("VARCHAR(80)", "STRING")
        created = created.replace("VARCHAR(40)", "STRING")
        values = ", ".join(o.partition(" VALUES ")[2] for o in orders[2:])
        session.sql("DROP TABLE IF EXISTS etablissements")
        session.sql(f"{created} USING parquet")
        session.sql(f"INSERT INTO etablissements VALUES {values}")
        frame = session.sql(question)
        return list(frame.columns), [
            tuple(int(v) if isinstance(v, bool) else v for v in row) for row in frame.collect()
        ]

    return execute


@pytest.mark.parametrize(("nom", "retours"), SAMPLES)
def test_spark_agrees_on_a_sample(nom: str, retours: str, session: Any) -> None:
    politique, cohort = sample(nom, retours)
    found, count = compared(politique, cohort, "spark", spark(session))
    assert found == [] and count > 1500


@pytest.mark.parametrize("nom", FRAMES)
def test_spark_agrees_at_the_bounds_of_every_table(nom: str, session: Any) -> None:
    politique, cohort = bounds(nom)
    found, count = compared(politique, cohort, "spark", spark(session))
    assert found == [] and count > 100


# ---------------------------------------------------------------- the distributed path


def decimal(value: object) -> Decimal | None:
    """A number as a data set holds it."""
    return Decimal(value.numerator) / Decimal(value.denominator) if isinstance(value, Fraction) else None


def dataset(politique: Politique, cohort: Sequence[Etablissement], folder: Path) -> Path:
    """A cohort and its earlier exercices as a Parquet data set in two files."""
    arrow, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    rows = [r for one in cohort for r in (one, *one.passes.values())]
    columns: dict[str, Any] = {
        "finess": arrow.array([r.finess for r in rows]),
        "exercice": arrow.array([r.exercice for r in rows], arrow.int32()),
        "secteurs": arrow.array(["+".join(r.secteurs) or None for r in rows]),
    }
    for nom in politique.criteres:
        columns[nom] = arrow.array([r.reponses.get(nom) for r in rows], arrow.string())
        columns[f"{nom}_motif"] = arrow.array([r.motifs.get(nom) for r in rows], arrow.string())
    for nom, donnee in politique.donnees.items():
        values = [r.faits.get(nom) for r in rows]
        if donnee.genre.is_number:
            texts = [
                None if not isinstance(v, Fraction) else Decimal(v.numerator) / Decimal(v.denominator) for v in values
            ]
            columns[nom] = arrow.array(texts, arrow.decimal128(20, 6))
        else:
            columns[nom] = arrow.array(values)
    scores = [decimal(r.enregistres.get("score")) for r in rows]
    columns["score"] = arrow.array(scores, arrow.decimal128(20, 6))
    table = arrow.table(columns)
    folder.mkdir()
    half = table.num_rows // 2
    parquet.write_table(table.slice(0, half), folder / "a.parquet")
    parquet.write_table(table.slice(half), folder / "b.parquet")
    return folder


def exact(value: Any) -> Any:
    """A value of the data set as the interpreter gives it."""
    if isinstance(value, str) and re.fullmatch(r"-?\d+/\d+", value):
        return Fraction(value)
    return Fraction(value) if isinstance(value, Decimal | int) and not isinstance(value, bool) else value


@pytest.mark.parametrize(("nom", "retours"), SAMPLES)
def test_a_data_set_is_evaluated_on_spark_with_the_same_results(
    nom: str, retours: str, session: Any, tmp_path: Path
) -> None:
    politique, cohort = sample(nom, retours)
    source = dataset(politique, cohort, tmp_path / "retours")
    done = evaluate_dataset(politique, str(source), str(tmp_path / "resultats"), session)
    assert isinstance(done, Reparti), done
    columns = PopulationColonnes(politique, cohort).evaluate()
    assert done.lignes == len(cohort)
    assert done.a_confier >= len(columns.restes)
    table, _ = evaluate_table(politique, Cohorte(cohort[0].exercice, tuple(cohort), (), ()), "interprete")
    assert table is not None
    expected = {str(r["finess"]): r for r in table.rangs}
    found = session.read.parquet(str(tmp_path / "resultats")).collect()
    compared = 0
    for row in found:
        wanted, given = expected[row["finess"]], row.asDict()
        if given.pop("a_confier"):
            continue
        for key in given.keys() - {"finess", "exercice"}:
            assert exact(given[key]) == wanted.get(key), (row["finess"], key)
            compared += 1
    assert compared > 1000


def test_a_data_set_in_binary_numbers_is_refused(session: Any, tmp_path: Path) -> None:
    politique, _ = sample(*SAMPLES[1])
    nom = next(n for n, d in politique.donnees.items() if d.genre.is_number)
    frame = session.createDataFrame([("1", 2016, "MCO", 0.5)], ["finess", "exercice", "secteurs", nom])
    frame.write.parquet(str(tmp_path / "d"))
    refused = evaluate_dataset(politique, str(tmp_path / "d"), str(tmp_path / "r"), session)
    assert isinstance(refused, Diagnostic) and refused.code == "CAQ604" and nom in refused.message
    lacking = frame.drop("secteurs")
    lacking.write.parquet(str(tmp_path / "e"))
    absent = evaluate_dataset(politique, str(tmp_path / "e"), str(tmp_path / "r"), session)
    assert isinstance(absent, Diagnostic) and absent.code == "CAQ603"
    assert not (tmp_path / "r").exists()
