"""What templates name and that does not exist: nothing in the shipped ones, everything in altered ones."""

from __future__ import annotations

import importlib.util
import random
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from annexe_page import RACINE
from click.testing import CliRunner

from caqes_dsl.commands import cli
from caqes_dsl.documents.verifier_modeles import VUE, verify, verify_apart

SHIPPED = RACINE / "templates" / "annexe"
PAGES = ("annexe.html.j2", "annexe.md.j2", "odt/content.xml.j2")
PART = re.compile(r"\b(?:identite|[a-z]{1,2})\.([a-z_]{4,})\b")
SEEDS = range(20)


def copied(folder: Path) -> Path:
    return Path(shutil.copytree(SHIPPED, folder / "modeles"))


def test_the_shipped_templates_name_nothing_that_does_not_exist() -> None:
    assert verify(SHIPPED) == []


@pytest.mark.parametrize("seed", SEEDS)
def test_a_name_altered_in_a_template_is_found_at_its_line(seed: int, tmp_path: Path) -> None:
    rng = random.Random(seed)
    folder = copied(tmp_path)
    path = folder / rng.choice(PAGES)
    text = path.read_text("utf-8")
    known = {n for f in _fiches() for n in f}
    inside = [m for m in PART.finditer(text) if m[1] in known and _in_jinja(text, m.start())]
    chosen = rng.choice(inside)
    altered = chosen[1][:-1] + "zz"
    path.write_text(text[: chosen.start(1)] + altered + text[chosen.end(1) :], "utf-8")
    line = text.count("\n", 0, chosen.start()) + 1
    found = verify(folder, SHIPPED)
    assert [d for d in found if f"« {altered} »" in d.message and d.lieu == f"ligne {line}"], (chosen[0], line, found)
    assert {d.code for d in found} == {"CAQ701"} and {d.fichier for d in found} == {str(path)}


def _fiches() -> list[set[str]]:
    page = _page()
    return [set(f.champs) for f in page._met()]


def _in_jinja(text: str, place: int) -> bool:
    return text.rfind("{", 0, place) > text.rfind("}", 0, place)


def test_a_name_altered_in_the_typst_template_is_found(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    path = folder / "annexe.typ"
    text = path.read_text("utf-8")
    assert "identite.rappel" in text
    path.write_text(text.replace("identite.rappel", "identite.rapel"), "utf-8")
    found = verify(folder, SHIPPED)
    assert [d.code for d in found] == ["CAQ701"] and "rapel" in found[0].message and found[0].lieu


def test_a_name_altered_in_the_word_template_is_found_in_its_paragraph(tmp_path: Path) -> None:
    import docx

    folder = copied(tmp_path)
    document = docx.Document(str(folder / "annexe.docx"))
    document.add_paragraph("Contrat {{ identite.titree }} de {{ regionn }}")
    document.save(str(folder / "annexe.docx"))
    found = verify_apart(folder, SHIPPED)
    assert len(found) == 2 and all("paragraphe « Contrat" in d.lieu for d in found)


def test_from_the_command_line(tmp_path: Path) -> None:
    run = CliRunner()
    assert run.invoke(cli, ["annexe", "--verifier-modeles"]).exit_code == 0
    folder = copied(tmp_path)
    page = folder / "annexe.html.j2"
    page.write_text(page.read_text("utf-8").replace("identite.titre", "identite.titree", 1), "utf-8")
    done = run.invoke(cli, ["annexe", "--verifier-modeles", "--modeles", str(folder)])
    assert done.exit_code == 1 and "titree" in done.output and "Vouliez-vous dire « titre »" in done.output
    assert run.invoke(cli, ["annexe"]).exit_code == 2
    assert run.invoke(cli, ["annexe", "--verifier-modeles", "--modeles", str(tmp_path)]).exit_code == 1


def _page() -> Any:
    """A program of outils/, which is no package."""
    spec = importlib.util.spec_from_file_location("page_modeles", RACINE / "outils" / "page_modeles.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_of_names_is_derived_from_the_view() -> None:
    page = _page()
    assert (RACINE / "docs" / "modeles.md").read_text("utf-8") == page.page(), (
        "lancez « python outils/page_modeles.py »"
    )
    named = {n for f in page._met() for n in f.champs}
    assert named == set(page.PHRASES), "une phrase par nom, aucune de trop"
    assert VUE in page._met()
