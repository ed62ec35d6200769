"""`caqes lettres`: files named by FINESS alone, put in place all together or not, whatever names and templates say."""

from __future__ import annotations

import io
import re
import subprocess
import zipfile
from collections.abc import Iterator
from dataclasses import asdict, replace
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from courriers_cas import NORMANDIE, POLICIES, cas

import caqes_dsl.documents.lettres as module
from caqes_dsl.commands import ALIAS, cli
from caqes_dsl.documents.apart import Atelier
from caqes_dsl.documents.explication import explication_view
from caqes_dsl.documents.lettres import file_name, letters, writers
from caqes_dsl.documents.sandbox import ErreurModele
from caqes_dsl.evaluation.trace import Resultat
from caqes_dsl.resources import Lot
from caqes_dsl.terminal import run

openpyxl = pytest.importorskip("openpyxl")
pytest.importorskip("docx", reason="le format Word demande l'extra « documents »")

POLITIQUE, RETOURS = str(POLICIES / "normandie/2018.caqes"), str(NORMANDIE / "2018-retours.csv")
TWO = ("--finess", "149990053", "--finess", "509990032")


@pytest.fixture(autouse=True)
def _cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAQES_CACHE", str(tmp_path_factory.getbasetemp() / "cache"))


def call(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["lettres", *arguments])


def write(dossier: Path, *more: str, retours: str = RETOURS) -> Result:
    return call(POLITIQUE, retours, "-o", str(dossier), *more)


def contents(dossier: Path) -> dict[str, bytes]:
    return {p.relative_to(dossier).as_posix(): p.read_bytes() for p in sorted(dossier.rglob("*")) if p.is_file()}


def table(dossier: Path, feuille: str = "Publipostage") -> list[dict[str, str | None]]:
    sheet = openpyxl.load_workbook(dossier / "publipostage.xlsx")[feuille]
    head, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in rows]


def words(data: bytes, name: str) -> str:
    """What is read in a document: its text, without its markup."""
    if name.endswith(".docx"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            text = archive.read("word/document.xml").decode("utf-8")
    else:
        text = re.sub(r"<style>.*?</style>", "", data.decode("utf-8"), flags=re.DOTALL)
    return unescape(re.sub(r"<[^>]+>", "", text))


# ---------------------------------------------------------------- what is written


def test_two_establishments_have_their_letters(tmp_path: Path) -> None:
    done = write(tmp_path / "l", *TWO)
    assert done.exit_code == 0, done.output
    assert sorted(contents(tmp_path / "l")) == [
        "explications/explication-149990053.docx",
        "explications/explication-149990053.html",
        "explications/explication-509990032.docx",
        "explications/explication-509990032.html",
        "publipostage.xlsx",
    ]
    assert "2 explications (HTML et DOCX) et publipostage.xlsx (2 lignes)" in done.output
    assert "Lettres" not in done.output and "\r" not in done.output  # no bar outside a terminal
    rows = {r["finess"]: r for r in table(tmp_path / "l")}
    assert rows["149990053"]["financiere"] == "6\u202f839,15\u00a0€"
    assert rows["509990032"]["score"] == "indéterminé"
    for row in rows.values():
        for kind in ("html", "docx"):
            path = row[f"fichier_{kind}"]
            assert path is not None and (tmp_path / "l" / path).is_file()


def test_the_table_alone(tmp_path: Path) -> None:
    assert write(tmp_path / "l", "-f", "aucun").exit_code == 0
    assert sorted(contents(tmp_path / "l")) == ["publipostage.xlsx"]
    assert len(table(tmp_path / "l")) == 105


def test_the_same_cohort_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in "ab":
        assert write(tmp_path / name, *TWO).exit_code == 0
    assert contents(tmp_path / "a") == contents(tmp_path / "b") != {}


def test_the_english_name() -> None:
    assert ALIAS["letters"] == "lettres"


@pytest.mark.parametrize("format", ["pdf", "odt", "html,exe"])
def test_a_format_that_there_is_not(tmp_path: Path, format: str) -> None:
    arguments = ["lettres", POLITIQUE, RETOURS, "-o", str(tmp_path / "l"), "-f", format]
    assert run(cli, arguments, "v") == 2
    assert not (tmp_path / "l").exists()


def test_an_unknown_establishment_writes_nothing(tmp_path: Path) -> None:
    done = write(tmp_path / "l", "--finess", "149990053", "--finess", "149990063")
    assert done.exit_code == 1 and "CAQ614" in done.output and "149990063" in done.output
    assert not (tmp_path / "l").exists()


# ---------------------------------------------------------------- rows set aside


@pytest.fixture
def faulty(tmp_path: Path) -> str:
    """The returns with one row at fault, one twice, and one FINESS that would leave the folder."""
    lines = Path(RETOURS).read_text("utf-8-sig").splitlines()
    head = lines[0].split(";")
    rows = [dict(zip(head, line.split(";"), strict=True)) for line in lines[1:]]
    kept = [r for r in rows if r["finess"] in ("149990053", "509990032", "509990040", "509990024")]
    for row in kept:
        if row["finess"] == "509990040" and row["exercice"] == "2018":
            row["C1"] = "Peut-être"
    evil = dict(next(r for r in kept if r["exercice"] == "2018")) | {
        "finess": "../../etc/x",
        "raison_sociale": "Ailleurs",
    }
    twice = dict(next(r for r in kept if r["finess"] == "509990024" and r["exercice"] == "2018"))
    path = tmp_path / "fautif.csv"
    text = "\n".join([";".join(head), *(";".join(r[h] for h in head) for r in [*kept, evil, twice])])
    path.write_text(text + "\n", encoding="utf-8")
    return str(path)


def test_rows_set_aside_are_listed_and_the_others_written(tmp_path: Path, faulty: str) -> None:
    done = write(tmp_path / "l", retours=faulty)
    assert done.exit_code == 1
    assert {r["finess"] for r in table(tmp_path / "l")} == {"149990053", "509990032"}
    aside = table(tmp_path / "l", "A_corriger")
    assert {r["finess"] for r in aside} >= {"509990040", "509990024"}
    assert any("Peut-être" in (r["motif"] or "") for r in aside)
    assert any(r["raison_sociale"] == "Ailleurs" and "../../etc/x" in (r["motif"] or "") for r in aside)
    assert "mises à part" in done.output
    assert [p for p in tmp_path.rglob("*") if p.suffix in (".html", ".docx")] != []
    assert all(re.fullmatch(r"explication-\d{9}\.(html|docx)", p.name) for p in (tmp_path / "l/explications").iterdir())


def test_strict_writes_nothing(tmp_path: Path, faulty: str) -> None:
    assert write(tmp_path / "l", "--strict", retours=faulty).exit_code == 1
    assert not (tmp_path / "l").exists()


@pytest.mark.parametrize(
    "finess", ["../etc", "14000010", "1400001000", "140000100\n", "14000010/", "", "a" * 9, "..", "２Ａ0000014"]
)
def test_what_is_no_finess_names_no_file(finess: str) -> None:
    with pytest.raises(ValueError, match="FINESS"):
        file_name(finess, "html")


def test_the_same_finess_twice_is_refused() -> None:
    found = cas("normandie/2018")
    with pytest.raises(ValueError, match="deux fois"):
        list(letters(found.politique, [found.resultats[0]] * 2, (), ()))


# ---------------------------------------------------------------- hostile texts

HOSTILE = {
    "markup": "<script>alert(1)</script><b>gras</b>",
    "jinja": "{{ 7*7 }}{% for a in b %}{# c #}",
    "formula": '=HYPERLINK("http://x";"y")',
    "override": "Clinique \u202egnp.exe\u202c",
    "entity": "&lt;i&gt; &amp;&#9731;",
    "long": "Très " * 200,
}


def hostile(text: str) -> Resultat:
    found = next(r for r in cas("normandie/2018").resultats if r.decisions["financiere"].montant)
    who = replace(found.etablissement, raison_sociale=text, lieu=f"{text}.csv, ligne 3", provenances={"lits": text})
    return replace(found, etablissement=who)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_stays_a_text_everywhere(name: str) -> None:
    text = HOSTILE[name]
    made = dict(letters(cas("normandie/2018").politique, [hostile(text)], ()))
    said = re.sub(r"\s+", " ", re.sub("[\u202a-\u202e]", "", text)).strip()
    for path, data in made.items():
        if path.endswith(".xlsx"):
            cell = openpyxl.load_workbook(io.BytesIO(data))["Publipostage"]["B2"]
            shown, kind = str(cell.value), cell.data_type
            assert kind == "s"
        else:
            shown = words(data, path)
            assert b"<script>alert" not in data and "\u202e" not in data.decode("utf-8", "ignore")
        plain = re.sub(r"\s+", " ", shown.replace("\u202f", " ").replace("\u00a0", " "))
        wanted = re.sub(r" ?([;:!?])", r"\1", said)
        assert wanted[:900] in re.sub(r" ?([;:!?])", r"\1", plain), path


# ---------------------------------------------------------------- all or nothing


def test_an_interrupted_run_leaves_the_previous_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "l"
    assert write(folder, *TWO).exit_code == 0
    before = contents(folder)

    def interrupted(*arguments: Any, **more: Any) -> Iterator[tuple[str, bytes]]:
        yield "explications/explication-149990053.html", b"autre"
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "letters", interrupted)
    assert run(cli, ["lettres", POLITIQUE, RETOURS, "-o", str(folder)], "v") == 130
    assert contents(folder) == before


def test_a_full_disk_leaves_the_previous_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "l"
    assert write(folder, *TWO).exit_code == 0
    before = contents(folder)
    add = Lot.add

    def full(self: Lot, nom: str, data: bytes) -> None:
        if nom.endswith(".xlsx"):
            raise OSError(28, "No space left on device")
        add(self, nom, b"autre")

    monkeypatch.setattr(Lot, "add", full)
    done = write(folder, *TWO)
    assert done.exit_code == 1 and "CAQ801" in done.output
    assert contents(folder) == before


def test_a_folder_in_the_way_is_said_and_nothing_moves(tmp_path: Path) -> None:
    folder = tmp_path / "l"
    (folder / "publipostage.xlsx").mkdir(parents=True)
    done = write(folder, *TWO)
    assert done.exit_code == 1 and "CAQ801" in done.output
    assert contents(folder) == {}


@pytest.mark.parametrize("nom", ["../x.html", "/x.html", "a/../x.html", ".x.html", "x", "a b.html", "a\\x.html", ""])
def test_a_batch_takes_no_name_that_leaves_its_folder(tmp_path: Path, nom: str) -> None:
    with Lot(tmp_path / "l") as lot, pytest.raises(ValueError, match="dossier"):
        lot.add(nom, b"x")
    assert list(tmp_path.rglob("*")) == []


def test_explanations_left_by_an_earlier_run_are_said(tmp_path: Path) -> None:
    folder = tmp_path / "l" / "explications"
    folder.mkdir(parents=True)
    (folder / "explication-140000100.html").write_text("ancien")
    done = write(tmp_path / "l", "-f", "aucun")
    assert "explication-140000100.html" in done.output and "n'a pas été refait" in done.output


# ---------------------------------------------------------------- a user's templates


def own(dossier: Path, text: str) -> Path:
    dossier.mkdir()
    (dossier / "explication.html.j2").write_text(text, encoding="utf-8")
    return dossier


def test_a_users_template_is_filled_by_one_child_for_the_batch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started = []
    popen = subprocess.Popen

    def counted(*arguments: Any, **more: Any) -> subprocess.Popen[bytes]:
        started.append(arguments)
        return popen(*arguments, **more)

    monkeypatch.setattr("caqes_dsl.documents.apart.subprocess.Popen", counted)
    modeles = own(tmp_path / "m", "<p>{{ etablissement }} : {{ essentiel.phrase }}</p>")
    resultats = cas("normandie/2018").resultats[:6]
    made = dict(letters(cas("normandie/2018").politique, resultats, (), ("html",), modeles))
    assert len(started) == 1
    for resultat in resultats:
        page = made[file_name(resultat.etablissement.finess, "html")].decode("utf-8")
        assert page.startswith(f"<p>{resultat.etablissement.raison_sociale}")


def test_a_users_template_gives_what_the_shipped_one_gives() -> None:
    vues = [explication_view(r) for r in cas("normandie/2018").resultats[:2]]
    shipped = Path(__file__).resolve().parents[1] / "templates/explication"
    with writers(("html", "docx")) as here, writers(("html", "docx"), shipped) as there:
        assert [here(v) for v in vues] == [there(v) for v in vues]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{{ etablisement }}", "CAQ701"),
        ("{{ essentiel.phrase + 'x' }}", "CAQ702"),
        ("{{ ''.__class__ }}", "CAQ702"),
        ("{% include '../secret' %}", "CAQ702"),
        ("{% for a in fiche %}", "CAQ702"),
    ],
)
def test_a_template_at_fault_writes_nothing(tmp_path: Path, text: str, code: str) -> None:
    modeles = own(tmp_path / "m", text)
    done = write(tmp_path / "l", *TWO, "-f", "html", "--modeles", str(modeles))
    assert done.exit_code == 1 and code in done.output
    assert not (tmp_path / "l").exists()


def test_a_template_that_is_not_there_is_named(tmp_path: Path) -> None:
    (tmp_path / "m").mkdir()
    done = write(tmp_path / "l", *TWO, "-f", "docx", "--modeles", str(tmp_path / "m"))
    assert done.exit_code == 1 and "CAQ702" in done.output and "explication.docx" in done.output


@pytest.mark.lent
def test_a_template_without_end_is_stopped(tmp_path: Path) -> None:
    lots = "{% for a in donnees %}" * 8 + "{% endfor %}" * 8
    modeles = own(tmp_path / "m", lots)
    vue = asdict(explication_view(cas("normandie/2018").resultats[0]))
    with Atelier("explication", "html", modeles) as atelier, pytest.raises(ErreurModele) as caught:
        atelier.fill(vue)
    assert caught.value.diagnostic.code == "CAQ703"
