"""The annex as an OpenDocument text: a sound package, real headings, repeated heads, a regulator's own templates."""

from __future__ import annotations

import io
import re
import zipfile
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

import pytest
from annexe_lectures import TEXT, open_text, parts, spaced
from annexe_page import ESSAI, NORMANDIE, RACINE, annexe, politique
from outils_documents import convert, pdf_text, require

from caqes_dsl.documents.render import render_annexe
from caqes_dsl.documents.sandbox import ErreurModele

MODELES = RACINE / "templates" / "annexe" / "odt"
OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
FO = "{urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0}"
XLINK = "{http://www.w3.org/1999/xlink}"
MANIFEST = "{urn:oasis:names:tc:opendocument:xmlns:manifest:1.0}"


@cache
def _bytes(chemin: Path = NORMANDIE, secteurs: tuple[str, ...] = ()) -> bytes:
    return render_annexe(politique(chemin), "odt", secteurs=secteurs)


def _part(name: str, chemin: Path = NORMANDIE) -> ElementTree.Element:
    return ElementTree.fromstring(parts(_bytes(chemin))[name])


def test_the_package_says_what_it_is_and_what_it_holds() -> None:
    with zipfile.ZipFile(io.BytesIO(_bytes())) as archive:
        first, *others = archive.infolist()
        assert (first.filename, first.compress_type) == ("mimetype", zipfile.ZIP_STORED)
        assert archive.read(first) == b"application/vnd.oasis.opendocument.text"
        assert {info.date_time for info in (first, *others)} == {(1980, 1, 1, 0, 0, 0)}
    assert _bytes()[30:38] == b"mimetype", "un programme reconnaît le document à ses premiers octets"
    declared = [e.get(f"{MANIFEST}full-path") for e in _part("META-INF/manifest.xml")]
    assert declared == ["/", *(i.filename for i in others if i.filename != "META-INF/manifest.xml")]


def test_headings_are_real_and_those_of_the_page() -> None:
    headings = [(e.get(f"{TEXT}outline-level"), spaced(open_text(e))) for e in _part("content.xml").iter(f"{TEXT}h")]
    assert headings[0] == ("1", "Comment lire ce document")
    assert [t.split(" – ")[0] for level, t in headings if level == "2"][:6] == [f"Article 10-{n}" for n in range(1, 7)]
    for level, tag in (("1", "h2"), ("2", "h3"), ("3", "h4")):
        wanted = [h.texte() for h in annexe().all(tag) if h.texte() != "Sommaire"]
        assert [t for known, t in headings if known == level] == wanted


def test_contents_and_notes_lead_somewhere() -> None:
    root = _part("content.xml")
    marks = [e.get(f"{TEXT}name") for e in root.iter() if e.tag in (f"{TEXT}bookmark", f"{TEXT}bookmark-start")]
    assert len(marks) == len(set(marks))
    links = [e.get(f"{XLINK}href", "") for e in root.iter(f"{TEXT}a")]
    assert {link.removeprefix("#") for link in links} <= set(marks)
    (contents,) = root.iter(f"{TEXT}index-body")
    entries = [spaced(open_text(p).split("\t")[0]) for p in contents.iter(f"{TEXT}p")]
    headings = [h.texte() for h in annexe().all("h2", "h3")]
    listed = [re.sub(r" ?(\(\d+\)|hypothèse \d+)$", "", h) for h in headings]
    assert entries[0] == "Sommaire" and entries[1] == "Comment lire ce document"
    assert set(entries) <= set(listed)
    pages = [e.get(f"{TEXT}ref-name") for e in contents.iter(f"{TEXT}bookmark-ref")]
    assert len(pages) == len(entries) - 1 and set(pages) <= set(marks)


def test_heads_are_repeated_and_tables_have_a_name() -> None:
    tables = list(_part("content.xml").iter(f"{TABLE}table"))
    names = [t.get(f"{TABLE}name") for t in tables]
    assert len(set(names)) == len(names)
    assert {"Récapitulatif article-10", "Barème 1", "Données", "Exemples", "Calendrier"} < set(names)
    for table in tables:
        assert table.find(f"{TABLE}title") is not None
        heads = table.findall(f"{TABLE}table-header-rows/{TABLE}table-row")
        assert len(heads) == (0 if table.get(f"{TABLE}name") == "Identité" else 1)
        columns = len(table.findall(f"{TABLE}table-column"))
        rows = [*heads, *table.findall(f"{TABLE}table-row")]
        assert {len(row.findall(f"{TABLE}table-cell")) for row in rows} == {columns}


def test_every_style_named_exists() -> None:
    content, styles = _part("content.xml"), _part("styles.xml")
    known = {e.get(f"{STYLE}name") for root in (content, styles) for e in root.iter() if e.get(f"{STYLE}name")}
    named = {
        value
        for root in (content, styles)
        for e in root.iter()
        for key, value in e.attrib.items()
        if key.endswith("style-name") and value
    }
    assert named - known == set()


def test_head_and_foot_of_pages() -> None:
    said = [open_text(p) for p in _part("styles.xml").iter(f"{TEXT}p")]
    head, mark = "CAQES Normandie 2018 · exercice 2018 · projet\tPROJET", "Mention PROJET en travers de la page"
    assert [line for line in said if mark in line] == [f"{mark}PROJET", f"{head}{mark}PROJET"]
    assert said.count(f"Code de contrôle {politique().code_de_controle}\t1 / 1") == 2
    adopted = " ".join(open_text(p) for p in _part("styles.xml", ESSAI).iter(f"{TEXT}p"))
    assert "PROJET" not in adopted and "adopté" in adopted
    assert b"custom-shape" not in parts(_bytes(ESSAI))["styles.xml"]


def test_language_hyphenation_and_properties() -> None:
    texts = [e for e in _part("styles.xml").iter(f"{STYLE}text-properties") if e.get(f"{FO}language")]
    assert [(e.get(f"{FO}language"), e.get(f"{FO}country"), e.get(f"{FO}hyphenate")) for e in texts] == [
        ("fr", "FR", "true")
    ]
    said = {e.tag.split("}")[1]: spaced(e.text or "") for e in _part("meta.xml").iter()}
    assert said["title"] == "CAQES Normandie 2018 – Annexe" and said["language"] == "fr-FR"


def test_hostile_labels_stay_text() -> None:
    content = parts(_bytes(ESSAI))["content.xml"].decode("utf-8")
    assert "Région &lt;script&gt;alert(1)&lt;/script&gt; &amp; Cie" in content
    assert "<script" not in content and "<b>" not in content


def test_same_policy_same_bytes() -> None:
    assert render_annexe(politique(), "odt") == _bytes()
    assert render_annexe(politique(), "odt", secteurs=("HAD",)) != _bytes()


# ---------------------------------------------------------------- a regulator's own templates


def _own(folder: Path, old: str, new: str, part: str = "content.xml.j2") -> Path:
    """A folder of templates with one part changed; the others are the shipped ones."""
    (folder / "odt").mkdir(exist_ok=True)
    for name in {"content.xml.j2", part}:
        text = (MODELES / name).read_text("utf-8")
        if name == part:
            assert old in text
            text = text.replace(old, new, 1)
        (folder / "odt" / name).write_text(text, "utf-8")
    return folder


def test_a_part_may_be_replaced_and_the_others_stay(tmp_path: Path) -> None:
    made = render_annexe(politique(), "odt", modeles=_own(tmp_path, "#1f3f70", "#00524a", "styles.xml.j2"))
    assert b"#00524a" in parts(made)["styles.xml"]
    assert parts(made)["content.xml"] == parts(_bytes())["content.xml"]


@pytest.mark.parametrize(
    ("code", "said", "new"),
    [
        ("CAQ701", "« identit »", "{{ identit.titre }}"),
        ("CAQ702", "ne calcule pas", "{{ 1 + 1 }}"),
        ("CAQ702", "rouages", "{{ ''.__class__ }}"),
        ("CAQ702", "bien formé", "<text:p>"),
        ("CAQ702", "entité", "<!DOCTYPE a [<!ENTITY b 'c'>]>"),
        ("CAQ702", "macro", "<office:scripts/>"),
        ("CAQ702", "macro", '<text:p><text:execute-macro text:name="x"/></text:p>'),
        ("CAQ702", "autre fichier", '<text:section xlink:href="/etc/passwd"/>'),
        ("CAQ702", "autre fichier", '<text:p><text:a xlink:href="vnd.sun.star.script:x">y</text:a></text:p>'),
        ("CAQ702", "autre fichier", '<text:p><text:a xlink:href="file:///etc/passwd">y</text:a></text:p>'),
    ],
)
def test_what_an_odt_template_may_not_do(tmp_path: Path, code: str, said: str, new: str) -> None:
    place = "<?xml version" if new.startswith("<!") else '<text:p text:style-name="P1"/>'
    kept = '<?xml version="1.0" encoding="UTF-8"?>'
    _own(tmp_path, kept, kept + new) if new.startswith("<!") else _own(tmp_path, place, place + new)
    with pytest.raises(ErreurModele) as caught:
        render_annexe(politique(), "odt", modeles=tmp_path)
    found = caught.value.diagnostic
    assert found.code == code and said in found.message
    assert found.fichier.endswith("content.xml.j2")


def test_a_link_to_a_page_is_a_link(tmp_path: Path) -> None:
    place = '<text:p text:style-name="P1"/>'
    link = (
        '<text:p><text:a xlink:type="simple" xlink:href="https://www.legifrance.gouv.fr/">Légifrance</text:a></text:p>'
    )
    made = render_annexe(politique(), "odt", modeles=_own(tmp_path, place, place + link))
    assert "Légifrance" in parts(made)["content.xml"].decode("utf-8")


def test_a_folder_without_the_template_is_said(tmp_path: Path) -> None:
    with pytest.raises(ErreurModele, match=re.escape("ne contient pas le modèle « odt/content.xml.j2 »")):
        render_annexe(politique(), "odt", modeles=tmp_path)


# ---------------------------------------------------------------- opened


@pytest.mark.documents
def test_libreoffice_opens_it_and_shows_every_paragraph(tmp_path: Path) -> None:
    files = {"2018": NORMANDIE, "2022": NORMANDIE.with_name("2022.caqes"), "essai": ESSAI}
    for name, chemin in files.items():
        (tmp_path / f"{name}.odt").write_bytes(_bytes(chemin))
    require("pdftotext")
    made = convert([tmp_path / f"{name}.odt" for name in files], "pdf", tmp_path)
    for path, chemin in zip(made, files.values(), strict=True):
        shown = re.sub(r"\s", "", pdf_text(path))
        for heading in _part("content.xml", chemin).iter(f"{TEXT}h"):
            assert re.sub(r"\s", "", open_text(heading)) in shown
        entry = re.search(r"Sourcesetnotes\.*(\d+)", shown)
        assert entry and int(entry[1]) > 3, "le sommaire a ses numéros de page"
