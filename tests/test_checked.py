"""The cache of checked policies: never stale, never trusted when damaged, never executing anything."""

from __future__ import annotations

import hashlib
import pickle
import shutil
from pathlib import Path

import pytest

from caqes_dsl import checked
from caqes_dsl.checked import compile_checked
from caqes_dsl.pipeline import Compilation, compile_path

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def policies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the shipped policies, and an empty cache."""
    monkeypatch.setenv("CAQES_CACHE", str(tmp_path / "cache"))
    target = tmp_path / "policies"
    for name in ("national/2017.caqes", "normandie/2018.caqes"):
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / "policies" / name, target / name)
    return target


def entry(tmp_path: Path) -> Path:
    found = list((tmp_path / "cache").glob("politique-*"))
    assert len(found) == 1
    return found[0]


def same(one: Compilation, other: Compilation) -> bool:
    return one.politique == other.politique and one.diagnostics == other.diagnostics


def test_the_cache_gives_what_the_compiler_gives(policies: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = policies / "normandie/2018.caqes"
    first = compile_checked(path)

    def forbidden(*_: object, **__: object) -> Compilation:
        raise AssertionError("compiled again")

    monkeypatch.setattr("caqes_dsl.pipeline.compile_path", forbidden)
    second = compile_checked(path)
    assert second.politique is not None
    assert same(first, second)
    assert second.politique.criteres["C55"].span.ligne == first.politique.criteres["C55"].span.ligne  # type: ignore[union-attr]  # compiled


def test_a_changed_parent_is_seen(policies: Path) -> None:
    path, parent = policies / "normandie/2018.caqes", policies / "national/2017.caqes"
    before = compile_checked(path)
    parent.write_text(parent.read_text(encoding="utf-8").replace("« Réalisé »", "« Fait »"), encoding="utf-8")
    after = compile_checked(path)
    assert before.politique is not None and after.politique is not None
    assert after.politique.niveaux["R"].titre == "Fait"
    assert after.politique.empreinte != before.politique.empreinte


def test_a_parent_that_goes_is_seen(policies: Path) -> None:
    path = policies / "normandie/2018.caqes"
    assert compile_checked(path).politique is not None
    (policies / "national/2017.caqes").unlink()
    assert compile_checked(path).politique is None


def test_a_parent_that_becomes_a_link_is_seen(policies: Path, tmp_path: Path) -> None:
    path, parent = policies / "normandie/2018.caqes", policies / "national/2017.caqes"
    assert compile_checked(path).politique is not None
    shutil.move(parent, tmp_path / "ailleurs.caqes")
    parent.symlink_to(tmp_path / "ailleurs.caqes")
    assert compile_checked(path).politique is None


@pytest.mark.parametrize("damage", ["cut", "flipped", "empty", "noise"])
def test_a_damaged_entry_is_made_anew(policies: Path, tmp_path: Path, damage: str) -> None:
    path = policies / "normandie/2018.caqes"
    right = compile_checked(path)
    place = entry(tmp_path)
    data = bytearray(place.read_bytes())
    if damage == "flipped":
        data[len(data) // 2] ^= 1
    place.write_bytes({"cut": bytes(data[:100]), "empty": b"", "noise": b"\x00" * 500}.get(damage, bytes(data)))
    assert same(compile_checked(path), right)
    assert same(compile_checked(path), compile_path(path))


class Trap:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return (Path.touch, (str(Path("piege").resolve()),))


def test_an_entry_that_would_run_something_is_refused(
    policies: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    path = policies / "normandie/2018.caqes"
    right = compile_checked(path)
    body = pickle.dumps(([], Trap(), ()))
    entry(tmp_path).write_bytes(hashlib.sha256(body).digest() + body)
    assert same(compile_checked(path), right)
    assert not (tmp_path / "piege").exists()


def test_a_policy_with_errors_is_never_kept(policies: Path, tmp_path: Path) -> None:
    path = policies / "normandie/2018.caqes"
    path.write_text(path.read_text(encoding="utf-8").replace("total 47 points", "total 48 points"), encoding="utf-8")
    assert compile_checked(path).politique is None
    assert not list((tmp_path / "cache").glob("politique-*"))


def test_the_question_is_part_of_the_key(policies: Path) -> None:
    path = policies / "normandie/2018.caqes"
    assert compile_checked(path).politique is not None
    assert compile_checked(path, exercice=2030).politique is None


def test_a_folder_that_cannot_be_written_costs_time_only(
    policies: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "occupe").write_text("un fichier", encoding="utf-8")
    monkeypatch.setenv("CAQES_CACHE", str(tmp_path / "occupe"))
    assert compile_checked(policies / "normandie/2018.caqes").politique is not None


def test_our_own_code_is_part_of_the_key(policies: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = policies / "normandie/2018.caqes"
    compile_checked(path)
    monkeypatch.setattr(checked, "_code", lambda: "autre version")
    compile_checked(path)
    assert len(list((tmp_path / "cache").glob("politique-*"))) == 2
