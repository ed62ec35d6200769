"""`REVISION:chemin`: a policy and its parents as a revision has them, and nothing else; each failure in French."""

from __future__ import annotations

import os
import shutil
import sys
import time
from fractions import Fraction
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from revisions_kit import NATIONAL, NORMANDIE, Essai, national, regional

from caqes_dsl import PolicyError, charger
from caqes_dsl import depot as depot_module
from caqes_dsl.base.codes import CODES
from caqes_dsl.base.diagnostics import Diagnostic
from caqes_dsl.base.render import render_text
from caqes_dsl.commands.options import RACINE, VERSION, load_version
from caqes_dsl.loader import MAX_BYTES
from caqes_dsl.model.nodes import Politique
from caqes_dsl.pipeline import Compilation, compile_path, compile_revision
from caqes_dsl.revision import Reference, reference_of, split_reference
from caqes_dsl.terminal import Reglages, common

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def essai(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Essai:
    """HEAD~1: C1 is worth 1 point, and C2 « Ancien »; HEAD: 2 points, « Suivi »; index: 3 points; disk: 4 points."""
    made = Essai(tmp_path / "depot")
    made.commit(national=national(1), normandie=regional("Ancien"))
    made.commit(national=national(2), normandie=regional())
    made.put(NATIONAL, national(3))
    made.git("add", "--all")
    made.put(NATIONAL, national(4))
    monkeypatch.chdir(made.folder)
    monkeypatch.setenv("CAQES_CACHE", str(tmp_path / "cache"))
    return made


def policy(compiled: Compilation) -> Politique:
    assert compiled.politique is not None, [f"{d.code} {d.message}" for d in compiled.diagnostics]
    return compiled.politique


def points(compiled: Compilation) -> Fraction:
    return policy(compiled).criteres["C1"].poids


def refusal(compiled: Compilation) -> Diagnostic:
    """The one error, whole: a French sentence, a remedy, a declared code."""
    errors = [d for d in compiled.diagnostics if d.is_error]
    assert compiled.politique is None
    assert len(errors) == 1, errors
    assert errors[0].code in CODES
    assert errors[0].message.endswith(".") and errors[0].aide
    assert "Traceback" not in render_text(errors, couleur=False)
    return errors[0]


# ---------------------------------------------------------------- what is read


@pytest.mark.parametrize(("revision", "worth"), [("HEAD~1", 1), ("HEAD", 2), ("principale", 2), ("", 3)])
def test_parents_are_read_at_the_same_revision(essai: Essai, revision: str, worth: int) -> None:
    assert points(compile_revision(f"{revision}:{NORMANDIE}")) == worth
    assert points(compile_path(essai.folder / NORMANDIE)) == 4


def test_the_file_itself_is_that_of_the_revision(essai: Essai) -> None:
    essai.put(NORMANDIE, regional("Disque"))
    assert policy(compile_revision(f"HEAD~1:{NORMANDIE}")).criteres["C2"].titre == "Ancien"
    assert policy(compile_revision(f"HEAD:{NORMANDIE}")).criteres["C2"].titre == "Suivi"


@pytest.mark.parametrize("revision", ["HEAD@{0}", "v2018", "v2018^{commit}", "HEAD^{tree}", "HEAD^{/a: b}", "HEAD^0"])
def test_any_name_that_git_gives_a_revision_will_do(essai: Essai, revision: str) -> None:
    essai.git("reset", "--quiet")
    essai.git("commit", "--quiet", "--allow-empty", "-m", "a: b")
    essai.git("tag", "-a", "v2018", "-m", "L'année 2018")
    assert points(compile_revision(f"{revision}:{NORMANDIE}")) == 2
    assert points(compile_revision(f"{essai.git('rev-parse', 'HEAD').strip()[:9]}:{NORMANDIE}")) == 2


def test_places_are_shown_with_their_revision(essai: Essai) -> None:
    essai.git("branch", "regions/normandie")
    politique = policy(compile_revision(f"regions/normandie:{NORMANDIE}"))
    assert str(politique.criteres["C1"].span) == f"regions/normandie:{NATIONAL}:13:1"
    assert str(politique.criteres["C2"].span) == f"regions/normandie:{NORMANDIE}:8:1"


@pytest.mark.parametrize(
    ("folder", "path"),
    [
        ("policies/normandie", "./2018.caqes"),
        ("policies/national", "../normandie/2018.caqes"),
        ("policies/national", NORMANDIE),
        (".", f"./{NORMANDIE}"),
        (".", "policies/national/../normandie/./2018.caqes"),
    ],
)
def test_paths_start_from_the_root_or_from_here(
    essai: Essai, monkeypatch: pytest.MonkeyPatch, folder: str, path: str
) -> None:
    monkeypatch.chdir(essai.folder / folder)
    found = compile_revision(f"HEAD~1:{path}")
    assert points(found) == 1
    assert policy(found).criteres["C2"].span.source.nom == f"HEAD~1:{NORMANDIE}"


def test_the_repository_is_that_of_the_folder_given(essai: Essai, tmp_path: Path) -> None:
    other = Essai(tmp_path / "autre")
    other.commit(national=national(7), normandie=regional())
    assert points(compile_revision(f"HEAD:{NORMANDIE}", depuis=other.folder / "policies")) == 7


def test_a_bare_repository_and_a_linked_worktree_are_repositories(
    essai: Essai, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    essai.git("clone", "--quiet", "--bare", ".", str(tmp_path / "nu.git"))
    essai.git("worktree", "add", "--quiet", "--detach", str(tmp_path / "autre arbre"), "HEAD~1")
    monkeypatch.chdir(tmp_path / "nu.git")
    assert points(compile_revision(f"HEAD~1:{NORMANDIE}")) == 1
    index = refusal(compile_revision(f":{NORMANDIE}"))
    assert index.code == "CAQ805" and "index" in index.message
    monkeypatch.chdir(tmp_path / "autre arbre" / "policies")
    assert points(compile_revision(f"HEAD:{NORMANDIE}")) == 1
    assert points(compile_revision(f"principale:{NORMANDIE}")) == 2
    assert points(compile_revision(f":{NORMANDIE}")) == 1


def test_a_repository_of_longer_hashes_is_read(tmp_path: Path) -> None:
    made = Essai(tmp_path, "--object-format=sha256")
    made.commit(national=national(5), normandie=regional())
    assert points(compile_revision(f"HEAD:{NORMANDIE}", depuis=tmp_path)) == 5


def test_the_policies_shipped_are_the_same_at_a_revision(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "policies", tmp_path / "policies", ignore=shutil.ignore_patterns("exemples", "*.py"))
    Essai(tmp_path).commit()
    paths = sorted((tmp_path / "policies").rglob("20*.caqes"))
    assert len(paths) >= 4
    for path in paths:
        name = path.relative_to(tmp_path).as_posix()
        then = compile_revision(f"HEAD:{name}", depuis=tmp_path, executer_exemples=False)
        now = compile_path(path, executer_exemples=False)
        assert policy(then).empreinte == policy(now).empreinte
        assert [d.code for d in then.diagnostics] == [d.code for d in now.diagnostics]


def test_the_exercise_asked_is_evaluated(essai: Essai) -> None:
    text = national(1).replace("exercice 2017", "exercice 2017\n  vigueur du 01/01/2017 au 31/12/2018")
    essai.commit(national=text + "\nparamètre p « P » : taux\n  1 % à compter du 01/01/2017\n"
                                 "  2 % à compter du 01/01/2018\n")  # fmt: skip
    essai.put(NATIONAL, "")
    found = [policy(compile_revision(f"HEAD:{NATIONAL}", exercice=year)) for year in (2017, 2018)]
    assert found[0].empreinte_sens != found[1].empreinte_sens
    assert refusal(compile_revision(f"HEAD:{NATIONAL}", exercice=2031)).span is not None


# ---------------------------------------------------------------- which form is written


@pytest.mark.parametrize(
    ("texte", "expected"),
    [
        (f"HEAD~3:{NORMANDIE}", Reference("HEAD~3", NORMANDIE)),
        (f":{NORMANDIE}", Reference("", NORMANDIE)),
        ("HEAD@{10:30}:a:b.caqes", Reference("HEAD@{10:30}", "a:b.caqes")),
        ("HEAD}:a.caqes", Reference("HEAD}", "a.caqes")),
        ("HEAD:", Reference("HEAD", "")),
        (NORMANDIE, None),
        ("", None),
        (r"C:\policies\2018.caqes", None),
        ("c:/policies/2018.caqes", None),
        ("x:2018.caqes", None if sys.platform == "win32" else Reference("x", "2018.caqes")),
    ],
)
def test_a_reference_is_cut_where_git_cuts_it(texte: str, expected: Reference | None) -> None:
    assert split_reference(texte) == expected
    assert expected is None or str(expected) == texte


@pytest.mark.skipif(sys.platform == "win32", reason="un nom n'y a pas de deux-points")
def test_a_file_that_exists_wins(essai: Essai) -> None:
    assert reference_of(f"HEAD:{NORMANDIE}") is not None
    essai.put(f"HEAD:{NORMANDIE}", national(9))
    assert reference_of(f"HEAD:{NORMANDIE}") is None
    done = read(f"HEAD:{NORMANDIE}")
    assert (done.exit_code, done.output) == (0, "national 9\n")


# ---------------------------------------------------------------- what stays outside


def test_no_parent_is_taken_outside_the_policies(essai: Essai) -> None:
    essai.put("ailleurs.caqes", national(8))
    essai.commit(normandie=regional(reprend="../../ailleurs.caqes"))
    found = refusal(compile_revision(f"HEAD:{NORMANDIE}"))
    assert found.code == "CAQ502" and found.span is not None
    assert points(compile_revision(f"HEAD:{NORMANDIE}", racine=essai.folder)) == 8
    assert refusal(compile_revision(f"HEAD~1:{NORMANDIE}", racine=essai.folder / "policies/normandie")).code == "CAQ502"


@pytest.mark.parametrize("reprend", ["../../../../etc/passwd", "/etc/passwd", "..", "../../.."])
def test_no_parent_is_taken_outside_the_repository(essai: Essai, reprend: str) -> None:
    essai.commit(normandie=regional(reprend=reprend))
    found = refusal(compile_revision(f"HEAD:{NORMANDIE}", racine=essai.folder))
    assert found.code in ("CAQ502", "CAQ501")
    assert "sort du dossier" in found.message or reprend == ".."


@pytest.mark.parametrize("path", ["../x.caqes", "/etc/passwd", "policies/../../x.caqes", "..", "./../x"])
def test_no_path_leaves_the_repository(essai: Essai, path: str) -> None:
    assert refusal(compile_revision(f"HEAD:{path}")).code == "CAQ502"


def test_a_root_elsewhere_is_refused(essai: Essai, tmp_path: Path) -> None:
    found = refusal(compile_revision(f"HEAD:{NORMANDIE}", racine=tmp_path))
    assert found.code == "CAQ502" and str(tmp_path) in found.message


def test_links_and_submodules_are_not_followed(essai: Essai) -> None:
    essai.stage("policies/lien.caqes", "120000", b"national/2017.caqes")
    essai.stage("policies/dossier", "120000", b"national")
    essai.stage("policies/module", "160000", objet="1" * 40)
    for name in ("lien.caqes", "dossier/2017.caqes", "module", "module/2017.caqes"):
        essai.stage("policies/fils.caqes", "100644", regional(reprend=name).encode())
        essai.git("commit", "--quiet", "-m", "Un état")
        for revision in ("HEAD", ""):
            read_first = refusal(compile_revision(f"{revision}:policies/{name}"))
            as_parent = refusal(compile_revision(f"{revision}:policies/fils.caqes"))
            assert (read_first.code, as_parent.code) == ("CAQ807", "CAQ502")
            kind = "sous-module" if name.startswith("module") else "lien symbolique"
            assert kind in read_first.message and kind in as_parent.message


def test_sizes_and_encodings_have_their_limits(essai: Essai) -> None:
    heavy = national(1).encode() + b"# " + b"x" * MAX_BYTES
    full = national(1).encode()
    full += b"#" + b"x" * (MAX_BYTES - len(full) - 1)
    essai.put("policies/lourd.caqes", heavy)
    essai.put("policies/plein.caqes", full)
    essai.put("policies/latin.caqes", national(1).encode("cp1252"))
    essai.commit()
    assert refusal(compile_revision("HEAD:policies/lourd.caqes")).code == "CAQ110"
    assert points(compile_revision("HEAD:policies/plein.caqes")) == 1
    assert refusal(compile_revision("HEAD:policies/latin.caqes")).code == "CAQ104"
    essai.commit(normandie=regional(reprend="../lourd.caqes"))
    parent = refusal(compile_revision(f"HEAD:{NORMANDIE}"))
    assert parent.code == "CAQ110" and parent.span is not None


def test_a_circle_is_said_with_the_revision(essai: Essai) -> None:
    essai.commit(national=regional(reprend="../normandie/2018.caqes"))
    found = refusal(compile_revision(f"HEAD:{NORMANDIE}"))
    assert found.code == "CAQ503"
    assert f"HEAD:{NORMANDIE} → HEAD:{NATIONAL} → HEAD:{NORMANDIE}" in found.message


# ---------------------------------------------------------------- hostile names, hostile settings


@pytest.mark.parametrize(
    "revision",
    ["--help", "-h", "--git-dir=.", "--output=pris", "-c", "--", "^HEAD", "HEAD..HEAD", "HEAD^@", "a\nb", "a\0b",
     " ", "@{", "HEAD^{", "é" * 5000, "\udcff", "\ud800", "(HEAD)", "HEAD^{blob}", ":/Un"],
)  # fmt: skip
def test_a_hostile_revision_is_only_unknown(essai: Essai, revision: str) -> None:
    before = sorted(essai.folder.rglob("*"))
    found = refusal(compile_revision(f"{revision}:{NORMANDIE}"))
    assert found.code in ("CAQ805", "CAQ502", "CAQ806")
    assert len(render_text([found], couleur=False)) < 2000
    assert sorted(essai.folder.rglob("*")) == before


@pytest.mark.parametrize("name", ["-n.caqes", "--textconv", ":(glob)*", "*", "a\tb\nc.caqes", "é  « x ».caqes", "$(x)"])
@pytest.mark.skipif(sys.platform == "win32", reason="des noms que le disque n'y accepte pas")
def test_a_hostile_path_is_a_path(essai: Essai, name: str) -> None:
    essai.put(f"policies/{name}", national(6))
    assert refusal(compile_revision(f"HEAD:policies/{name}")).code == "CAQ806"
    essai.commit()
    assert points(compile_revision(f"HEAD:policies/{name}")) == 6
    assert points(compile_revision(f":./policies/{name}")) == 6


@pytest.mark.skipif(sys.platform != "linux", reason="des noms qui ne sont pas de l'UTF-8")
def test_a_name_of_other_bytes_is_read_and_shown(essai: Essai) -> None:
    name = os.fsdecode(b"policies/r\xe9gion.caqes")
    essai.put(name, national(6) + "critère\n")
    essai.commit()
    found = compile_revision(f"HEAD:{name}")
    assert found.politique is None
    render_text(found.diagnostics, couleur=False).encode("utf-8")


REVISION_PARTS = ["HEAD", "principale", "~", "^", "@", "{", "}", "/", "-", ".", ":", "\0", "é", "\ud800", "1"]
PATH_PARTS = ["policies", "normandie", "2018.caqes", "/", ".", "..", ":", "-", "\0", "\udcff", "é"]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.sampled_from(REVISION_PARTS), max_size=5).map("".join),
    st.lists(st.sampled_from(PATH_PARTS), max_size=6).map("".join),
)
def test_no_text_raises(essai: Essai, revision: str, path: str) -> None:
    done = compile_revision(f"{revision}:{path}")
    assert done.politique is not None or any(d.is_error and d.aide for d in done.diagnostics)


def test_variables_of_git_lead_nowhere_else(essai: Essai, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = Essai(tmp_path / "autre")
    other.commit(national=national(7), normandie=regional())
    taken = tmp_path / "pris"
    monkeypatch.setenv("GIT_DIR", str(other.folder / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(other.folder))
    monkeypatch.setenv("GIT_INDEX_FILE", str(other.folder / ".git/index"))
    monkeypatch.setenv("GIT_TRACE2", str(taken))
    assert points(compile_revision(f"HEAD:{NORMANDIE}")) == 2
    assert points(compile_revision(f":{NORMANDIE}")) == 3
    assert not taken.exists()


@pytest.mark.skipif(sys.platform == "win32", reason="des scripts")
def test_nothing_that_a_repository_names_is_run(essai: Essai, tmp_path: Path) -> None:
    taken = tmp_path / "pris"
    script = essai.put(".git/programme", f"#!/bin/sh\necho x >> '{taken}'\ncat\n")
    script.chmod(0o755)
    essai.put(".gitattributes", "*.caqes filter=f diff=f\n")
    essai.commit()
    hooks = ("core.fsmonitor", "core.pager", "pager.ls-tree", "filter.f.smudge", "filter.f.clean", "diff.f.textconv")
    for name in (*hooks, "diff.f.command", "alias.ls-tree", "core.sshCommand", "core.editor", "diff.external"):
        essai.git("config", name, f"!{script}" if name.startswith("alias") else str(script))
    for name in ("post-checkout", "post-index-change", "reference-transaction", "fsmonitor-watchman"):
        shutil.copy(script, essai.folder / ".git/hooks" / name)
    assert points(compile_revision(f"HEAD~2:{NORMANDIE}")) == 1
    assert points(compile_revision(f":{NORMANDIE}")) == 4
    assert refusal(compile_revision(f"absente:{NORMANDIE}")).code == "CAQ805"
    assert not taken.exists()
    essai.git("diff", "HEAD~1")
    assert taken.exists(), "le témoin : ces réglages agissent sur un git que rien ne retient"


@pytest.mark.skipif(sys.platform == "win32", reason="des scripts")
def test_git_is_never_taken_in_the_current_folder(essai: Essai, monkeypatch: pytest.MonkeyPatch) -> None:
    essai.put("git", "#!/bin/sh\ntouch pris\n").chmod(0o755)
    monkeypatch.setenv("PATH", os.pathsep.join([".", "", os.environ["PATH"]]))
    assert points(compile_revision(f"HEAD:{NORMANDIE}")) == 2
    monkeypatch.setenv("PATH", ".")
    assert refusal(compile_revision(f"HEAD:{NORMANDIE}")).code == "CAQ803"
    assert not (essai.folder / "pris").exists()


def test_nothing_is_fetched(essai: Essai, tmp_path: Path) -> None:
    """A clone without contents would ask its origin for each; the message says what lacks."""
    essai.git("config", "uploadpack.allowFilter", "true")
    target = tmp_path / "partiel"
    essai.git("clone", "--quiet", "--no-checkout", "--filter=blob:none", essai.folder.as_uri(), str(target))
    found = refusal(compile_revision(f"HEAD:{NORMANDIE}", depuis=target))
    assert found.code == "CAQ808"
    partial = Essai(target)
    missing = partial.git("rev-list", "--objects", "--missing=print", "HEAD").count("?")
    assert missing >= 2, "rien n'est venu"
    partial.git("cat-file", "blob", f"HEAD:{NORMANDIE}")  # the check: git alone fetches it
    assert partial.git("rev-list", "--objects", "--missing=print", "HEAD").count("?") < missing


@pytest.mark.skipif(sys.platform == "win32", reason="des scripts")
@pytest.mark.parametrize("body", ["exec sleep 30", "sleep 30", "sleep 30 &", "while :; do echo x; done"])
def test_a_git_that_never_ends_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: str) -> None:
    program = tmp_path / "git"
    program.write_text(f"#!/bin/sh\n{body}\n", encoding="ascii")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", os.pathsep.join([str(tmp_path), os.environ["PATH"]]))
    monkeypatch.setattr(depot_module, "SECONDES", 1)
    start = time.monotonic()
    found = refusal(compile_revision(f"HEAD:{NORMANDIE}", depuis=tmp_path))
    assert time.monotonic() - start < 10
    assert found.code in ("CAQ808", "CAQ804")


def test_a_list_without_end_is_refused(essai: Essai, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(depot_module, "MAX_LISTE", 100)
    found = refusal(compile_revision(f"HEAD:{NORMANDIE}"))
    assert found.code == "CAQ808" and "trop de fichiers" in found.message


# ---------------------------------------------------------------- what is said


def test_without_git_the_message_says_so(essai: Essai, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for path in ("", str(tmp_path / "vide")):
        monkeypatch.setenv("PATH", path)
        found = refusal(compile_revision(f"HEAD:{NORMANDIE}"))
        assert found.code == "CAQ803" and "git" in found.message and "Installez git" in found.aide


@pytest.mark.skipif(sys.platform == "win32", reason="des scripts")
def test_a_git_that_does_not_start_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "git"
    program.write_bytes(b"\x7fELF, ou presque")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    found = refusal(compile_revision(f"HEAD:{NORMANDIE}", depuis=tmp_path))
    assert found.code == "CAQ803" and "ne démarre pas" in found.message


def test_outside_a_repository_the_message_says_so(tmp_path: Path) -> None:
    found = refusal(compile_revision(f"HEAD:{NORMANDIE}", depuis=tmp_path))
    assert found.code == "CAQ804" and "n'est dans aucun" in found.message
    assert refusal(compile_revision(f"HEAD:{NORMANDIE}", depuis=tmp_path / "absent")).code == "CAQ804"


def test_a_repository_that_git_refuses_is_not_a_missing_one(essai: Essai, monkeypatch: pytest.MonkeyPatch) -> None:
    home = essai.put("maison/.gitconfig", "[safe]\n\tbareRepository = explicit\n").parent
    essai.git("clone", "--quiet", "--bare", ".", "nu.git")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    found = refusal(compile_revision(f"HEAD:{NORMANDIE}", depuis=essai.folder / "nu.git"))
    assert found.code == "CAQ804" and "refuse" in found.message


@pytest.mark.parametrize(
    ("revision", "remedy"),
    [
        ("pricipale", "« principale »"),
        ("v2O18", "« v2018 »"),
        ("principale~40", "« principale » existe"),
        ("HEAD~40", "« HEAD » existe"),
        ("xyzzy", "git log"),
    ],
)
def test_an_unknown_revision_has_its_remedy(essai: Essai, revision: str, remedy: str) -> None:
    essai.git("tag", "v2018")
    found = refusal(compile_revision(f"{revision}:{NORMANDIE}"))
    assert found.code == "CAQ805" and f"« {revision} »" in found.message
    assert remedy in found.aide and "unshallow" not in found.aide


def test_a_shallow_clone_says_that_its_history_is_cut(essai: Essai, tmp_path: Path) -> None:
    essai.git("clone", "--quiet", "--depth=1", essai.folder.as_uri(), str(tmp_path / "court"))
    assert points(compile_revision(f"HEAD:{NORMANDIE}", depuis=tmp_path / "court")) == 2
    found = refusal(compile_revision(f"HEAD~1:{NORMANDIE}", depuis=tmp_path / "court"))
    assert found.code == "CAQ805" and "git fetch --unshallow" in found.aide


@pytest.mark.parametrize(
    ("path", "remedy"),
    [
        ("policies/normandie/2081.caqes", f"« HEAD:{NORMANDIE} »"),
        ("2018.caqes", f"« HEAD:{NORMANDIE} »"),
        ("archives/region/ancienne/2018.caqes", f"« HEAD:{NORMANDIE} »"),
        ("xyzzy", "racine du dépôt"),
    ],
)
def test_an_absent_path_has_its_remedy(essai: Essai, path: str, remedy: str) -> None:
    found = refusal(compile_revision(f"HEAD:{path}"))
    assert found.code == "CAQ806" and f"« {path} »" in found.message and "« HEAD »" in found.message
    assert remedy in found.aide


@pytest.mark.parametrize("path", ["policies", "policies/normandie/", "", ".", "./"])
def test_a_folder_is_not_a_policy(essai: Essai, path: str) -> None:
    found = refusal(compile_revision(f"HEAD:{path}"))
    assert found.code == "CAQ807" and "est un dossier" in found.message


def test_a_parent_absent_then_is_said_at_its_clause(essai: Essai) -> None:
    essai.commit(normandie=regional(reprend="../national/2071.caqes"))
    essai.put("policies/national/2071.caqes", national(4))
    found = refusal(compile_revision(f"HEAD:{NORMANDIE}"))
    assert found.code == "CAQ501" and found.span is not None and found.span.ligne == 4
    assert "policies/national/2071.caqes" in found.message and NATIONAL in found.aide
    essai.commit(normandie=regional(reprend="../national"))
    assert refusal(compile_revision(f"HEAD:{NORMANDIE}")).code == "CAQ501"


def test_a_file_in_conflict_has_no_text(essai: Essai) -> None:
    objects = [essai.git("rev-parse", f"{r}:{NATIONAL}").strip() for r in ("HEAD~1", "HEAD")]
    essai.git("update-index", "--force-remove", NATIONAL)
    lines = "".join(f"100644 {o} {stage}\t{NATIONAL}\n" for stage, o in enumerate([objects[0], *objects], 1))
    essai.git("update-index", "--index-info", stdin=lines.encode())
    found = refusal(compile_revision(f":{NATIONAL}"))
    assert found.code == "CAQ807" and "conflit" in found.message


def test_a_damaged_repository_is_said(essai: Essai) -> None:
    objet = essai.git("rev-parse", f"HEAD:{NORMANDIE}").strip()
    (essai.folder / ".git/objects" / objet[:2] / objet[2:]).unlink()
    found = refusal(compile_revision(f"HEAD:{NORMANDIE}"))
    assert found.code == "CAQ808" and "git fsck" in found.aide


def test_a_text_without_a_revision_is_said() -> None:
    assert refusal(compile_revision(NORMANDIE)).code == "CAQ806"


# ---------------------------------------------------------------- the argument of commands


@click.command()
@click.argument("version", type=VERSION)
@RACINE
@common
@click.pass_context
def show(context: click.Context, version: str, racine: Path | None, reglages: Reglages) -> None:
    politique = load_version(context, version, reglages, racine)
    click.echo(f"{politique.nom} {politique.criteres['C1'].poids}")


def read(*arguments: str) -> Result:
    return CliRunner().invoke(show, list(arguments))


@pytest.mark.parametrize(("version", "worth"), [(f"HEAD~1:{NORMANDIE}", 1), (f":{NORMANDIE}", 3), (NORMANDIE, 4)])
def test_a_command_takes_either_form(essai: Essai, version: str, worth: int) -> None:
    done = read(version)
    assert (done.exit_code, done.output) == (0, f"normandie {worth}\n")


def test_python_takes_either_form(essai: Essai) -> None:
    assert charger(f"HEAD~1:{NORMANDIE}").criteres["C1"].poids == 1
    assert charger(NORMANDIE).criteres["C1"].poids == 4
    with pytest.raises(PolicyError, match="CAQ502"):
        charger(f"HEAD~1:{NORMANDIE}", racine="policies/normandie")


def test_a_command_says_what_is_wrong(essai: Essai) -> None:
    unknown, absent = read(f"HEAD~40:{NORMANDIE}"), read("absent.caqes")
    assert unknown.exit_code == 1 and "CAQ805" in unknown.stderr and unknown.stdout == ""
    assert absent.exit_code == 2 and "n'existe pas" in absent.stderr
    assert read("policies").exit_code == 2
    assert read(f"HEAD:{NORMANDIE}", "--racine", "policies/normandie").exit_code == 1
