"""Letters as programs open them: the essential on one sheet, the merge read by LibreOffice, an accessible page."""

from __future__ import annotations

import csv
import re
import subprocess
from dataclasses import asdict
from pathlib import Path

import pytest
from courriers_cas import NOMS, cas
from outils_documents import Navigateur, convert, require

from caqes_dsl.documents.explication import Parties, explication_view
from caqes_dsl.documents.explication_shapes import ExplicationVue
from caqes_dsl.documents.lettres import writers
from caqes_dsl.documents.publipostage import Publipostage
from caqes_dsl.documents.writers.publipostage import write_publipostage
from caqes_dsl.evaluation.trace import Resultat

pytestmark = pytest.mark.documents
DETAIL = "Le traitement et sa part dans la décision"


def fullest(nom: str) -> list[tuple[str, ExplicationVue]]:
    """The explanation whose first page says most, and those of the first complete and of the first undetermined."""
    found = cas(nom).resultats
    views = {r.etablissement.finess: explication_view(r) for r in found}

    def length(resultat: Resultat) -> int:
        return len(str(asdict(views[resultat.etablissement.finess].essentiel)))

    kept = [max(found, key=length)]
    kept += [next((r for r in found if r.statut == s), kept[0]) for s in ("complet", "indetermine")]
    return [(f, views[f]) for f in dict.fromkeys(r.etablissement.finess for r in kept)]


def pages(pdf: Path) -> list[str]:
    command = [require("pdftotext"), "-enc", "UTF-8", "-layout", str(pdf), "-"]
    text = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=120, check=True).stdout
    return [re.sub(r"\s+", " ", page) for page in text.split("\f")]


def holds_on_one_page(found: list[str]) -> None:
    assert "Commission d’accès aux documents administratifs" in found[0]
    assert DETAIL not in found[0] and DETAIL in found[1]
    assert found[1].index(DETAIL) < 120, found[1][:200]


@pytest.mark.parametrize("nom", NOMS)
def test_the_essential_of_a_page_holds_on_one_sheet(nom: str, tmp_path: Path) -> None:
    with writers(["html"]) as explain, Navigateur(tmp_path / "profil") as browser:
        for finess, vue in fullest(nom):
            page = tmp_path / f"{finess}.html"
            page.write_bytes(explain(vue)["html"])
            browser.open(page)
            browser.pdf(page.with_suffix(".pdf"))
            holds_on_one_page(pages(page.with_suffix(".pdf")))


@pytest.mark.parametrize("nom", NOMS)
def test_the_essential_of_a_word_document_holds_on_one_sheet(nom: str, tmp_path: Path) -> None:
    files = []
    with writers(["docx"]) as explain:
        for finess, vue in fullest(nom):
            files.append(tmp_path / f"{finess}.docx")
            files[-1].write_bytes(explain(vue)["docx"])
    for pdf in convert(files, "pdf", tmp_path):
        holds_on_one_page(pages(pdf))


@pytest.mark.parametrize("nom", ["normandie/2018", "normandie/2022"])
@pytest.mark.parametrize("dark", [False, True])
def test_a_page_has_no_finding_of_accessibility(nom: str, dark: bool, tmp_path: Path) -> None:
    with writers(["html"]) as explain, Navigateur(tmp_path / "profil") as browser:
        for finess, vue in fullest(nom):
            page = tmp_path / f"{finess}.html"
            page.write_bytes(explain(vue)["html"])
            browser.open(page, dark=dark)
            assert browser.findings() == []
            browser.open(page, width=360, dark=dark)
            assert browser.run("document.documentElement.scrollWidth <= 360")


def test_libreoffice_reads_the_merge_as_it_was_written(tmp_path: Path) -> None:
    found = cas("normandie/2018")
    table = Publipostage(found.politique)
    for resultat in found.resultats[:12]:
        parts = Parties(resultat)
        table.add(parts, explication_view(parts), {})
    vue = table.view()
    path = tmp_path / "publipostage.xlsx"
    path.write_bytes(write_publipostage(vue))
    # Texts as shown, UTF-8, every cell quoted.
    [made] = convert([path], "csv:Text - txt - csv (StarCalc):59,34,76,1,,0,true,true", tmp_path)
    with made.open(encoding="utf-8", newline="") as file:
        head, *rows = list(csv.reader(file, delimiter=";"))
    assert head == [c.nom for c in vue.colonnes]
    assert rows == [list(row) for row in vue.rangs]
