"""What a command does not use, it does not import: help, completion and checking start without the heavy libraries."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

RACINE = Path(__file__).resolve().parent.parent
ENGINES = ("numpy", "polars", "pandas", "duckdb", "pyspark", "pyarrow", "z3", "sqlglot")
DOCUMENTS = ("typst", "docx", "docxtpl", "jinja2", "lxml", "xlsxwriter", "python_calamine")
BASES = ("lark", "pydantic")
POLITIQUE = "policies/normandie/2018.caqes"
DONNEES = "policies/normandie/exemples/2018-retours.csv"

PROGRAM = """
import json, sys
from caqes_dsl.commands import main
try:
    main()
except SystemExit:
    pass
print("\\n" + json.dumps(sorted({m.partition(".")[0] for m in sys.modules})))
"""


def imported(*arguments: str, **variables: str) -> set[str]:
    """The packages that a command has imported when it ends."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *arguments],
        capture_output=True,
        text=True,
        cwd=RACINE,
        check=True,
        env={"PATH": "", "PYTHONPATH": str(RACINE), **variables},
    )
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_help_and_completion_load_no_library_but_click() -> None:
    heavy = {*ENGINES, *DOCUMENTS, *BASES}
    assert "click" in imported("--help")
    assert not imported("--help") & heavy
    assert not imported("evaluer", "--help") & heavy
    asked = {"_CAQES_COMPLETE": "bash_complete", "COMP_WORDS": "caqes ev", "COMP_CWORD": "1"}
    assert not imported(**asked) & heavy


def test_checking_a_policy_loads_no_engine_and_no_document() -> None:
    assert not imported("verifier", POLITIQUE) & {*ENGINES, *DOCUMENTS}


def test_a_region_is_evaluated_by_the_interpreter_alone(tmp_path: Path) -> None:
    found = imported("evaluer", POLITIQUE, DONNEES, "-o", str(tmp_path / "resultats.csv"))
    assert (tmp_path / "resultats.csv").exists()
    assert not found & {*ENGINES, "typst", "docx", "docxtpl"}


@pytest.mark.parametrize("moteur", ["colonnes"])
def test_columns_load_their_engine_only_when_asked(moteur: str, tmp_path: Path) -> None:
    found = imported("evaluer", POLITIQUE, DONNEES, "-o", str(tmp_path / "r.csv"), "--moteur", moteur)
    assert "numpy" in found and not found & {*ENGINES} - {"numpy"}
