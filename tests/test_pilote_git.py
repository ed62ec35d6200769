"""What `git diff` shows of policies through the driver: run by a real git, in a real repository."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from revisions_kit import NATIONAL, NORMANDIE, Essai, national, regional

from caqes_dsl.commands.pilote_git import Cotes, read_sides, show_difference

ROOT = Path(__file__).resolve().parents[1]

PROGRAM = f"""import sys
sys.path.insert(0, {str(ROOT)!r})
from caqes_dsl.commands.pilote_git import show_difference
sys.stdout.reconfigure(encoding="utf-8")
sys.stdout.write(show_difference(sys.argv[1:]))
"""
SUIVI = "l’intitulé devient « Suivi », au lieu de « Ancien »"


def weight(before: int, after: int) -> str:
    """What is said of C1 when its weight changes."""
    old, new = (f"{n} point{'s' if n > 1 else ''}" for n in (before, after))
    return f"- Critère C1 « Audit annuel » : le poids passe de {old} à {new}"


def diff(essai: Essai, *arguments: str) -> str:
    """What git shows, with ordinary spaces."""
    return essai.git("diff", *arguments).replace("\u00a0", " ").replace("\u202f", " ")


@pytest.fixture
def essai(tmp_path: Path) -> Essai:
    """Two committed policies, and a git that shows `*.caqes` through the driver."""
    made = Essai(tmp_path / "depot")
    (tmp_path / "pilote.py").write_text(PROGRAM, encoding="utf-8")
    command = f"{shlex.quote(sys.executable)} -P {shlex.quote(str(tmp_path / 'pilote.py'))}"
    made.git("config", "diff.caqes.command", command)
    made.put(".gitattributes", "*.caqes diff=caqes\n")
    made.commit(national=national(1), normandie=regional("Ancien"))
    return made


def test_a_changed_policy_is_compared_with_its_parents_in_place(essai: Essai) -> None:
    essai.put(NORMANDIE, regional("Suivi"))
    said = diff(essai).splitlines()
    assert said[0] == f"Politique {NORMANDIE} : modifiée"
    assert [line for line in said if line.startswith("-")] == [f"- Critère C2 « Suivi » : {SUIVI}"]
    assert said[-1].startswith("(Les politiques reprises sont lues") and "dossier de travail" in said[-1]
    essai.folder /= "policies/normandie"
    assert diff(essai).splitlines() == said, "d'un autre dossier, git dit le même chemin"


def test_revisions_and_the_index_are_compared_too(essai: Essai) -> None:
    essai.commit(national=national(2))
    essai.put(NATIONAL, national(3))
    essai.git("add", "--all")
    essai.put(NATIONAL, national(4))
    for arguments, worth in (((), (3, 4)), (("--cached",), (2, 3)), (("HEAD",), (2, 4)), (("HEAD~1", "HEAD"), (1, 2))):
        said = diff(essai, *arguments)
        assert weight(*worth) in said
        assert "reprises" not in said
    assert "Politique" in essai.git("log", "-p", "--ext-diff", "-1")
    assert "Politique" not in essai.git("log", "-p", "-1")


def test_parents_are_those_of_the_working_tree(essai: Essai) -> None:
    """The limit that is documented: git does not say which revision the older side is of."""
    essai.commit(normandie=regional("Suivi"))
    essai.put(NATIONAL, national(4))
    said = diff(essai, "HEAD~1", "HEAD", "--", NORMANDIE)
    assert SUIVI in said and "C1" not in said


def test_what_changes_nothing_is_said(essai: Essai) -> None:
    essai.put(NATIONAL, national(1) + "\n# une remarque\n")
    assert diff(essai).splitlines()[1] == "Rien ne change de ce qu'elle dit ou calcule."


def test_added_removed_and_renamed_policies_are_said(essai: Essai) -> None:
    essai.put("policies/normandie/2019.caqes", regional("Suivi"))
    essai.git("add", "--all")
    said = diff(essai, "--cached").splitlines()
    assert said[:3] == ["Politique policies/normandie/2019.caqes : nouvelle", "--- /dev/null",
                        "+++ b/policies/normandie/2019.caqes"]  # fmt: skip
    assert "+critère C2 « Suivi »" in said
    essai.git("reset", "--quiet", "--hard")
    (essai.folder / NORMANDIE).unlink()
    said = diff(essai).splitlines()
    assert said[0].endswith(": supprimée") and "+++ /dev/null" in said and "-critère C2 « Ancien »" in said
    essai.git("reset", "--quiet", "--hard")
    essai.git("mv", NORMANDIE, "policies/normandie/2019.caqes")
    essai.put("policies/normandie/2019.caqes", regional("Suivi"))
    said = diff(essai, "-M", "HEAD").splitlines()
    assert said[0] == f"Politique {NORMANDIE} → policies/normandie/2019.caqes : renommée"
    assert f"- Critère C2 « Suivi » : {SUIVI}" in said


def test_a_policy_that_does_not_read_is_shown_as_text_with_its_mistakes(essai: Essai) -> None:
    """And git goes on with the files that follow."""
    essai.put(NATIONAL, national(1).replace("poids 1 points", "poid 1 points"))
    essai.put("policies/zone/2018.caqes", national(1))
    essai.git("add", "policies/zone")
    essai.put("policies/zone/2018.caqes", national(2))
    said = diff(essai).splitlines()
    assert "Après, elle ne se vérifie pas :" in said and "Avant, elle ne se vérifie pas :" not in said
    assert any("CAQ101" in line for line in said)
    assert "-  poids 1 points" in said and "+  poid 1 points" in said
    assert weight(1, 2) in said


def test_a_missing_parent_does_not_stop_git(essai: Essai) -> None:
    (essai.folder / NATIONAL).unlink()
    essai.put(NORMANDIE, regional("Suivi"))
    said = diff(essai, "--", NORMANDIE)
    assert "CAQ501" in said and "+critère C2 « Suivi »" in said


def test_a_file_in_conflict_is_said(essai: Essai) -> None:
    essai.git("checkout", "--quiet", "-b", "autre")
    essai.commit(normandie=regional("Un"))
    essai.git("checkout", "--quiet", "principale")
    essai.commit(normandie=regional("Deux"))
    with pytest.raises(AssertionError):
        essai.git("merge", "--quiet", "autre")
    assert diff(essai, "--cached") == f"Politique {NORMANDIE} : en conflit, rien n'est comparé.\n"
    diff(essai)


@pytest.mark.skipif(sys.platform == "win32", reason="des noms et des liens que le disque n'y accepte pas")
def test_other_bytes_names_and_modes_are_only_shown(essai: Essai) -> None:
    essai.put("policies/-n 'x' $(y).caqes", national(1))
    essai.put("policies/octets.caqes", b"\xff\xfe\0")
    (essai.folder / "policies/lien.caqes").symlink_to("national/2017.caqes")
    essai.commit()
    essai.put("policies/-n 'x' $(y).caqes", national(2))
    essai.put("policies/octets.caqes", b"\xff\xfd\0")
    (essai.folder / "policies/lien.caqes").unlink()
    (essai.folder / "policies/lien.caqes").symlink_to("normandie/2018.caqes")
    said = diff(essai).splitlines()
    assert "Politique policies/-n 'x' $(y).caqes : modifiée" in said
    assert weight(1, 2) in said
    assert sum("CAQ104" in line for line in said) == 2
    assert "-national/2017.caqes" in said and "+normandie/2018.caqes" in said


@pytest.mark.parametrize("count", [0, 2, 6, 10])
def test_arguments_that_are_not_those_of_git_are_refused(count: int) -> None:
    with pytest.raises(ValueError, match="arguments"):
        show_difference(["x"] * count)


def test_sides_say_what_they_are(tmp_path: Path) -> None:
    path = tmp_path / "a.caqes"
    path.write_text(national(1), encoding="utf-8")
    sides = read_sides([str(path), "/dev/null", ".", ".", str(path), "0" * 40, "100644"])
    assert isinstance(sides, Cotes)
    assert sides.avant.source is None and sides.avant.politique is None
    assert sides.apres.politique is not None
    assert read_sides(["a.caqes"]) == "a.caqes"


# ---------------------------------------------------------------- docs/git.md


def settings() -> dict[str, str]:
    """The settings that the page gives, as a shell reads them."""
    page = (ROOT / "docs/git.md").read_text("utf-8")
    lines = [line for line in page.splitlines() if line.startswith("git config --global")]
    spoken = "\n".join(['git() { printf \'%s\\n\' "$3" "$4"; }', *lines])
    said = subprocess.run(["sh", "-c", spoken], capture_output=True, text=True, check=True, timeout=20).stdout.split(
        "\n"
    )
    return dict(zip(said[::2], said[1::2], strict=False))


def test_the_attributes_of_the_page_are_those_of_these_tests(essai: Essai) -> None:
    line = (essai.folder / ".gitattributes").read_text("utf-8")
    assert f"```text\n{line}```" in (ROOT / "docs/git.md").read_text("utf-8")


@pytest.mark.skipif(sys.platform == "win32", reason="un shell")
def test_the_text_shown_without_a_driver_is_the_canonical_one(essai: Essai, tmp_path: Path) -> None:
    program = tmp_path / "bin/caqes"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{ROOT / "cli.py"}" "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    path = {"PATH": os.pathsep.join([str(program.parent), os.environ["PATH"]])}
    essai.git("config", "--unset", "diff.caqes.command")
    essai.git("config", "diff.caqes.textconv", settings()["diff.caqes.textconv"])
    essai.put(NATIONAL, national(1).replace("  poids", "        poids"))
    assert essai.git("diff", variables=path) == ""
    essai.put(NATIONAL, national(2).replace("  poids", "        poids"))
    said = essai.git("diff", "-U0", variables=path)
    assert "critère C1 « Audit annuel »" in next(line for line in said.splitlines() if line.startswith("@@"))
    assert "-  poids    1 point" in said
    essai.put(NATIONAL, "poid\n")
    assert "+poid" in essai.git("diff", variables=path)
