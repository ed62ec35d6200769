"""The programs that the tests of documents rely on do what these tests believe."""

from __future__ import annotations

import zipfile
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from outils_documents import Navigateur, convert, pdf_text

pytestmark = pytest.mark.documents


def test_formulas_are_computed_again_when_a_file_is_opened(tmp_path: Path) -> None:
    """Without the profile's setting, LibreOffice would give back the value planted here."""
    book = xlsxwriter.Workbook(str(tmp_path / "plantee.xlsx"))
    book.add_worksheet().write_formula("A1", "=2*3", value=999)
    book.close()
    (tmp_path / "sortie").mkdir()
    (made,) = convert([tmp_path / "plantee.xlsx"], "xlsx", tmp_path / "sortie")
    assert openpyxl.load_workbook(made, data_only=True).worksheets[0]["A1"].value == 6


def test_a_file_that_does_not_open_fails_the_test(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "abime.odt", "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr("content.xml", "<office:document-content")
    (tmp_path / "sortie").mkdir()
    with pytest.raises(AssertionError, match=r"abime\.pdf"):
        convert([tmp_path / "abime.odt"], "pdf", tmp_path / "sortie")


def test_a_page_is_shown_printed_and_examined(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(
        "<!doctype html><html lang='fr'><title>Page</title><style>@media (prefers-color-scheme: dark)"
        " { body { color: #222; background: #111 } }</style><main><h1>Bonjour</h1><p>Un texte</p></main></html>",
        "utf-8",
    )
    with Navigateur(tmp_path / "profil") as navigateur:
        navigateur.open(page)
        assert navigateur.findings() == []
        navigateur.open(page, width=390, dark=True)
        assert navigateur.run("innerWidth") == 390
        assert any(f.startswith("color-contrast") for f in navigateur.findings()), "un gris sur noir ne se lit pas"
        navigateur.pdf(tmp_path / "page.pdf")
    assert "Bonjour" in pdf_text(tmp_path / "page.pdf")
