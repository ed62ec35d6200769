"""Tracked changes as LibreOffice reads them: it accepts or rejects them all, and finds one side or the other."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import pytest
from annexe_page import RACINE
from outils_documents import convert, obey
from suivi_kit import annexe_docx, part, returns, said, suivi

from caqes_dsl.documents.writers.suivi import texts

pytestmark = pytest.mark.documents
VOISINES = [("normandie/2018", "normandie/2019"), ("normandie/2019", "normandie/2018")]
ELOIGNEES = [
    ("normandie/2018", "normandie/2022"),
    ("normandie/2019", "normandie/2019-volets"),
    ("national/2017", "national/2020"),
    ("national/2020", "normandie/2022"),
    ("cbu/2016", "normandie/2018"),
]
ISSUES = {"AcceptAllTrackedChanges": 1, "RejectAllTrackedChanges": 0}


def _file(folder: Path, name: str, data: bytes) -> Path:
    path = folder / f"{name.replace('/', '-')}.docx"
    path.write_bytes(data)
    return path


def _plain(path: Path) -> list[str]:
    """What a document says and how, without the numbers of pages, which depend on a layout."""
    lines = [re.sub(r"\{ (?:PAGE|NUMPAGES) \}\d+", "", line) for line in texts(path.read_bytes())]
    return [re.sub(r"\{[^}]*\}", "", line) for line in lines]


def _settled(pairs: list[tuple[str, str]], folder: Path) -> list[tuple[list[str], list[str]]]:
    """For each pair and each issue, what LibreOffice finds in the tracked annex, and in the annex of that side."""
    sides = sorted({name for pair in pairs for name in pair})
    plain = {name: _file(folder, name, annexe_docx(name)) for name in sides}
    tracked = [_file(folder, "-".join(pair), suivi(*map(annexe_docx, pair))) for pair in pairs]
    found = []
    for order, side in ISSUES.items():
        made = obey([*tracked, *plain.values()], order, folder / order)
        wanted = dict(zip(plain, made[len(tracked) :], strict=True))
        found += [(_plain(m), _plain(wanted[p[side]])) for p, m in zip(pairs, made, strict=False)]
    return found


def test_libreoffice_accepts_and_rejects_the_changes_of_a_year(tmp_path: Path) -> None:
    for found, wanted in _settled(VOISINES, tmp_path):
        assert len(wanted) > 1500
        assert found == wanted


def test_libreoffice_accepts_and_rejects_far_annexes_but_for_empty_paragraphs(tmp_path: Path) -> None:
    """LibreOffice keeps an empty paragraph where a paragraph between two tables goes with them, and decides itself
    which first rows are repeated."""

    def full(lines: list[str]) -> list[str]:
        return [line.replace("ligne d’en-tête", "ligne") for line in lines if not re.fullmatch(r"¶ \S* : ", line)]

    for found, wanted in _settled(ELOIGNEES, tmp_path):
        assert full(found) == full(wanted)
        assert len(wanted) <= len(found) <= 1.1 * len(wanted)


def test_libreoffice_shows_the_same_insertions_and_deletions(tmp_path: Path) -> None:
    data = suivi(annexe_docx("normandie/2018"), annexe_docx("normandie/2019"))
    [made] = convert([_file(tmp_path, "suivi", data)], "odt", tmp_path)
    with zipfile.ZipFile(made) as archive:
        content = archive.read("content.xml").decode("utf-8")
    [changes] = re.findall(r"<text:tracked-changes.*?</text:tracked-changes>", content, re.DOTALL)
    assert set(re.findall(r"<dc:creator>([^<]*)<", changes)) == {"ARS Normandie"}
    gone = [re.sub("<[^>]+>", "", d).split("T00:00:00")[-1] for d in changes.split("<text:deletion>")[1:]]
    for word in ("2018", "62", "Déploiement de l’informatisation", *said(data, "del")[:20]):
        assert any(word in text for text in gone), word


def test_every_shipped_annex_from_every_other() -> None:
    paths = sorted((RACINE / "policies").glob("*/20*.caqes"))
    names = [p.relative_to(RACINE / "policies").with_suffix("").as_posix() for p in paths]
    assert len(names) >= 8
    for ancien in names:
        for nouveau in names:
            made = returns(annexe_docx(ancien), annexe_docx(nouveau))
            assert (ancien == nouveau) == (next(part(made).iter("{*}ins", "{*}del"), None) is None)
