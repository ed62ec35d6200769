"""House rules that no type checker sees."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from caqes_dsl.base.codes import CODES

RACINE = Path(__file__).resolve().parent.parent
PAQUET = RACINE / "caqes_dsl"

MODULES = sorted(PAQUET.rglob("*.py"))
SOURCES = [*MODULES, *sorted((RACINE / "tests").rglob("*.py")), *sorted((RACINE / "policies").rglob("*.py"))]

TOUCHES_THE_WORLD = ("commands", "terminal.py", "resources.py", "depot.py", "checked.py", "__main__.py", "exchange")
"""Modules and folders that may touch disk, clock or terminal."""

EXCUSED = {
    "caqes_dsl/documents/apart.py": "a user's template runs in a child process, under limits",
    "caqes_dsl/syntax/fautes.py": "lists the project's own grammar/fautes",
}
"""The others that do, and why."""

WORLD_CALLS = {"open", "print", "input"}
WORLD_METHODS = {
    "read_text", "write_text", "write_bytes", "mkdir", "rmdir", "unlink", "rename", "replace_file", "touch", "iterdir",
    "glob", "rglob", "now", "utcnow", "today", "perf_counter", "monotonic", "sleep", "getenv",
}  # fmt: skip
WORLD_MODULES = {"subprocess", "socket", "shutil", "tempfile", "time", "urllib.request", "http", "multiprocessing"}
WORLD_NAMES = {("sys", "stdout"), ("sys", "stderr"), ("sys", "stdin"), ("sys", "argv"), ("os", "environ")}

EXACT = ("model", "evaluation", "exchange", "compare", "proof")
"""Folders where every number is exact."""


def _name(path: Path) -> str:
    return path.relative_to(RACINE).as_posix()


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"), filename=_name(path))


def _inside(path: Path, parts: tuple[str, ...]) -> bool:
    return path.relative_to(PAQUET).parts[0] in parts


def test_imports_go_one_way() -> None:
    program = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    command = [sys.executable, "-c", program, "--no-logo", "--no-cache"]
    done = subprocess.run(command, cwd=RACINE, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr


def test_only_the_edges_touch_disk_clock_or_terminal() -> None:
    found = {_name(p): list(_worldly(_tree(p))) for p in MODULES if not _inside(p, TOUCHES_THE_WORLD)}
    assert {name: what for name, what in found.items() if what and name not in EXCUSED} == {}
    assert [name for name in EXCUSED if not found.get(name)] == [], "une excuse qui ne sert plus"


def _worldly(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in WORLD_CALLS:
            yield f"{node.func.id}(, ligne {node.lineno}"
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in WORLD_METHODS:
            yield f".{node.func.attr}(, ligne {node.lineno}"
        if isinstance(node, ast.Attribute) and (ast.unparse(node.value), node.attr) in WORLD_NAMES:
            yield f"{ast.unparse(node)}, ligne {node.lineno}"
        if isinstance(node, ast.Import):
            yield from (f"import {a.name}, ligne {node.lineno}" for a in node.names if a.name in WORLD_MODULES)
        if isinstance(node, ast.ImportFrom) and node.module in WORLD_MODULES:
            yield f"from {node.module}, ligne {node.lineno}"


FROM_OUTSIDE = {("caqes_dsl/exchange/numbers.py", "from_float"): "a workbook stores binary numbers: read once, exactly"}


def test_numbers_stay_exact() -> None:
    found = [
        f"{_name(path)}, {function.name}, ligne {node.lineno} : {node.func.id}("
        for path in MODULES
        if _inside(path, EXACT)
        for function in ast.walk(_tree(path))
        if isinstance(function, ast.FunctionDef) and (_name(path), function.name) not in FROM_OUTSIDE
        for node in ast.walk(function)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"float", "round"}
    ]
    assert found == []


def test_no_binary_fraction_is_written() -> None:
    found = [
        f"{_name(path)}, ligne {node.lineno} : {node.value}"
        for path in MODULES
        if _inside(path, ("model", "evaluation", "proof", "compare"))
        for node in ast.walk(_tree(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, float)
    ]
    assert found == []


LONG = {"caqes_dsl/base/codes.py": "one entry a code, read as a list"}


@pytest.mark.parametrize("path", SOURCES, ids=_name)
def test_files_are_short_and_finished(path: Path) -> None:
    text = path.read_text("utf-8")
    assert len(text.splitlines()) < 700 or _name(path) in LONG, "au-delà, chercher le second sujet"
    assert not re.search("TO" + r"DO\b|FIX" + r"ME\b|X{3}\b", text)


def test_no_module_keeps_mutable_state() -> None:
    """A module-level list, dict or set that a function changes."""
    found = [f"{_name(path)} : {what}" for path in MODULES for what in _mutated(_tree(path))]
    assert found == []


def _mutated(tree: ast.Module) -> Iterator[str]:
    containers = {
        target.id
        for node in tree.body
        if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Dict | ast.List | ast.Set)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Global):
            yield f"global {', '.join(node.names)}"
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name)
        ):
            changes = node.func.attr in {"append", "extend", "update", "setdefault", "pop", "clear", "add", "insert"}
            if changes and node.func.value.id in containers and not _shadowed(tree, node.func.value.id):
                yield f"{node.func.value.id}.{node.func.attr}"


def _shadowed(tree: ast.Module, name: str) -> bool:
    functions = (n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef))
    return any(
        isinstance(n, ast.Name) and n.id == name and isinstance(n.ctx, ast.Store)
        for f in functions
        for n in ast.walk(f)
    )


# --- codes of diagnostics ---------------------------------------------------------------------------------------------

NOT_REPORTED_YET: frozenset[str] = frozenset()
"""Codes kept for what parses but is not evaluated yet."""


def _codes_named() -> set[str]:
    files = [p for p in MODULES if p.name != "codes.py"] + sorted((RACINE / "grammar").rglob("*.md"))
    return {code for path in files for code in re.findall(r"CAQ\d{3}", path.read_text("utf-8"))}


def test_each_code_is_declared_once() -> None:
    text = (PAQUET / "base" / "codes.py").read_text("utf-8")
    declared = re.findall(r'^\s+"(CAQ\d{3})",$', text, re.MULTILINE)
    assert {code: n for code, n in Counter(declared).items() if n > 1} == {}
    assert set(declared) == set(CODES)


def test_each_code_is_reported_somewhere() -> None:
    assert set(CODES) - _codes_named() == NOT_REPORTED_YET


def test_each_code_reported_is_declared() -> None:
    assert _codes_named() - set(CODES) == set()


# --- documents --------------------------------------------------------------------------------------------------------

DOCUMENTS = [p for p in sorted(RACINE.glob("*.md")) if p.exists()]
PRODUCED = ("build/", "dist/", ".venv/")
SUFFIXES = (".py", ".md", ".lark", ".caqes", ".toml", ".lock", ".csv", ".yml", ".sh", ".j2", ".txt", "/")


@pytest.mark.parametrize("path", DOCUMENTS, ids=_name)
def test_documents_name_only_what_exists(path: Path) -> None:
    """A path in backticks is one of the checkout, of `caqes_dsl/` or of `tests/`; a link leads somewhere."""
    text = path.read_text("utf-8")
    prose = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    named = [word for span in re.findall(r"`([^`\n]+)`", prose) for word in span.split() if _is_path(word)]
    linked = [link for link in re.findall(r"\]\(([^)#\s]+)", prose) if "://" not in link and "@" not in link]
    missing = [name for name in [*named, *linked] if not _exists(name)]
    assert missing == []


def _is_path(word: str) -> bool:
    return word.endswith(SUFFIXES) and not re.search(r"[*<>{}…:=]", word) and not word.startswith(PRODUCED)


def _exists(name: str) -> bool:
    if any((root / name).exists() for root in (RACINE, PAQUET, RACINE / "tests")):
        return True
    return "/" not in name and any(PAQUET.rglob(name))


def test_the_public_catalogue_entry_is_complete() -> None:
    """`publiccode.yml` holds the keys that the catalogues of public software ask for, at this version."""
    import caqes_dsl

    text = (RACINE / "publiccode.yml").read_text("utf-8")
    assert "\t" not in text
    top = dict(re.findall(r"^(\w+):[ ]?(.*)$", text, re.MULTILINE))
    asked = {
        "publiccodeYmlVersion", "name", "url", "softwareVersion", "releaseDate", "platforms", "categories",
        "developmentStatus", "softwareType", "description", "legal", "maintenance", "localisation", "intendedAudience",
    }  # fmt: skip
    assert asked <= top.keys()
    assert top["publiccodeYmlVersion"] == '"0"'
    assert top["softwareVersion"] == f'"{caqes_dsl.__version__}"'
    assert re.fullmatch(r'"\d{4}-\d{2}-\d{2}"', top["releaseDate"])
    for line in ("  fr:", "    shortDescription:", "    longDescription:", "    features:", "  license: EUPL-1.2"):
        assert re.search(rf"^{re.escape(line)}", text, re.MULTILINE), line
    short = re.search(r'^    shortDescription: "?(.*?)"?$', text, re.MULTILINE)
    assert short is not None
    assert len(short[1]) <= 150


def test_the_changelog_speaks_of_this_version() -> None:
    import caqes_dsl

    text = (RACINE / "CHANGELOG.md").read_text("utf-8")
    assert re.search(rf"^## {re.escape(caqes_dsl.__version__)}\b", text, re.MULTILINE)
