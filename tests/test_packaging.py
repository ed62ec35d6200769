"""The wheel, the editable install and the checkout find grammar, templates and policies, and run the same commands."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

DOSSIERS = ("grammar", "templates", "policies")


def _run(*command: str | Path, cwd: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONUTF8": "1", **variables}
    return subprocess.run(
        [str(c) for c in command], cwd=cwd, env=environment, capture_output=True, text=True, timeout=120
    )


def _shipped(racine: Path) -> set[str]:
    """Files of the three folders, as git knows them where there is git."""
    known = shutil.which("git") and (racine / ".git").exists()
    listed = _run("git", "ls-files", "-z", "--", *DOSSIERS, cwd=racine) if known else None
    if listed is not None and listed.returncode == 0:
        return {name for name in listed.stdout.split("\0") if name and (racine / name).exists()}
    paths = (path for nom in DOSSIERS for path in (racine / nom).rglob("*"))
    return {str(path.relative_to(racine).as_posix()) for path in paths if path.is_file() and path.suffix != ".pyc"}


def _project(racine: Path) -> dict[str, object]:
    with (racine / "pyproject.toml").open("rb") as file:
        table: dict[str, object] = tomllib.load(file)["project"]
    return table


@pytest.fixture(scope="module")
def roue(racine: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built without the network."""
    folder = tmp_path_factory.mktemp("roue")
    built = _run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder, cwd=racine)
    assert built.returncode == 0, built.stderr
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def installee(roue: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder where the wheel alone is installed."""
    target = tmp_path_factory.mktemp("installee")
    command = (sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--no-index", "--target", target, roue)
    done = _run(*command, cwd=target)
    assert done.returncode == 0, done.stderr
    return target


@pytest.mark.lent
@pytest.mark.xdist_group("roue")
def test_the_wheel_holds_what_the_commands_read(racine: Path, roue: Path) -> None:
    names = set(zipfile.ZipFile(roue).namelist())
    expected = {f"caqes_dsl/_donnees/{name}" for name in _shipped(racine)}
    assert expected <= names, sorted(expected - names)
    assert "caqes_dsl/py.typed" in names
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert not [name for name in names if name.endswith(".pyc") or name.startswith("tests/")]


@pytest.mark.lent
@pytest.mark.xdist_group("roue")
def test_the_installed_wheel_checks_the_policy_it_ships(installee: Path, tmp_path: Path) -> None:
    where = _run(
        sys.executable, "-c", "import caqes_dsl; print(caqes_dsl.__file__)", cwd=tmp_path, PYTHONPATH=str(installee)
    )
    assert where.stdout.startswith(str(installee)), where.stdout + where.stderr
    command = installee / "bin" / "caqes"
    version = _run(command, "--version", cwd=tmp_path, PYTHONPATH=str(installee))
    assert version.returncode == 0, version.stderr
    policy = installee / "caqes_dsl" / "_donnees" / "policies" / "normandie" / "2018.caqes"
    checked = _run(command, "verifier", policy, cwd=tmp_path, PYTHONPATH=str(installee))
    assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.mark.lent
@pytest.mark.xdist_group("roue")
def test_the_source_archive_gives_the_same_wheel(racine: Path, roue: Path, tmp_path: Path) -> None:
    built = _run(sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-d", tmp_path, cwd=racine)
    assert built.returncode == 0, built.stderr
    with tarfile.open(next(tmp_path.glob("*.tar.gz"))) as archive:
        archive.extractall(tmp_path)  # our own archive; `filter` came with a later Python 3.11
    source = next(path for path in tmp_path.iterdir() if path.is_dir())
    again = _run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path, cwd=source)
    assert again.returncode == 0, again.stderr
    from_source = {i.filename: i.CRC for i in zipfile.ZipFile(next(tmp_path.glob("*.whl"))).infolist()}
    assert from_source == {i.filename: i.CRC for i in zipfile.ZipFile(roue).infolist()}


@pytest.mark.parametrize("doorway", [("cli.py",), ("-m", "caqes_dsl")])
def test_a_checkout_runs_the_commands(racine: Path, doorway: tuple[str, ...], tmp_path: Path) -> None:
    arguments = tuple(str(racine / part) if part.endswith(".py") else part for part in doorway)
    shown = _run(sys.executable, *arguments, "--version", cwd=tmp_path, PYTHONPATH=str(racine))
    assert shown.returncode == 0, shown.stderr
    import caqes_dsl

    assert caqes_dsl.__version__ in shown.stdout


def test_importing_the_package_loads_nothing_heavy(racine: Path) -> None:
    heavy = ("pydantic", "lark", "jinja2", "rich", "click", "pygments", "caqes_dsl.interface", "importlib.metadata")
    program = f"import sys, caqes_dsl; dir(caqes_dsl); print([m for m in {heavy!r} if m in sys.modules])"
    done = _run(sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, {str(racine)!r}); {program}", cwd=racine)
    assert done.stdout.strip() == "[]", done.stdout + done.stderr


def test_each_public_name_is_there() -> None:
    import caqes_dsl

    for name in caqes_dsl.__all__:
        assert getattr(caqes_dsl, name) is not None
    assert not hasattr(caqes_dsl, "inconnu")


def test_what_is_imported_is_declared_and_what_is_declared_is_imported(racine: Path) -> None:
    project = _project(racine)
    extras = project["optional-dependencies"]
    assert isinstance(extras, dict)
    assert isinstance(project["dependencies"], list)
    requirements = project["dependencies"] + [r for nom, rs in extras.items() if nom != "tout" for r in rs]
    declared = {_normal(re.split(r"[<>=\[; ]", requirement, maxsplit=1)[0]) for requirement in requirements}
    text = "\n".join(path.read_text("utf-8") for path in (racine / "caqes_dsl").rglob("*.py"))
    modules = set(re.findall(r"^\s*(?:import|from) ([a-zA-Z_]\w*)", text, re.MULTILINE))
    found = packages_distributions()
    imported = {_normal(dist) for m in modules - sys.stdlib_module_names for dist in found.get(m, ())} - {"caqes"}
    imported |= {m for m in map(_normal, modules) if m in declared}  # an extra that is not installed here
    indirect = {"markupsafe"}  # comes with jinja2, whose own API hands its type
    assert imported - indirect == declared


def test_locks_pin_every_declared_package_by_hash_and_name_no_host(racine: Path) -> None:
    project = _project(racine)
    assert isinstance(project["dependencies"], list)
    for nom in ("requirements.lock", "requirements-dev.lock"):
        text = (racine / nom).read_text("utf-8")
        assert "://" not in text
        assert "index" not in text.replace("importlib", "")
        blocks = re.split(r"\n(?=\S)", text.strip())
        assert all("--hash=sha256:" in block for block in blocks)
        locked = {_normal(block.split("==")[0]) for block in blocks}
        assert {_normal(re.split(r"[<>=\[]", r, maxsplit=1)[0]) for r in project["dependencies"]} <= locked


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
