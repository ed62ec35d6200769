"""The annex as a PDF: archivable, accessible, the same bytes each time; a user's template stays in its place."""

from __future__ import annotations

import re
import shutil
import subprocess
import zlib
from collections.abc import Iterator
from dataclasses import asdict
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any

import pytest
import toutes_constructions
from annexe_lectures import compact, spaced
from annexe_page import ESSAI, NORMANDIE, RACINE, politique
from outils_documents import pdf_structure, pdf_text, require

from caqes_dsl.documents.render import render_annexe, templates_folder
from caqes_dsl.documents.sandbox import ErreurModele
from caqes_dsl.documents.typography import typeset_view
from caqes_dsl.documents.view import annexe_view
from caqes_dsl.documents.writers.pdf import write_pdf
from caqes_dsl.model.nodes import Politique

MODELE = templates_folder() / "annexe" / "annexe.typ"
MORE = NORMANDIE.with_name("2022.caqes")


@cache
def _bytes(chemin: Path = NORMANDIE) -> bytes:
    return render_annexe(politique(chemin), "pdf")


def _streams(data: bytes) -> Iterator[bytes]:
    """What the file holds, unpacked: its streams that are compressed, and those that are not."""
    for found in re.finditer(rb"stream\r?\n(.*?)\r?\nendstream", data, re.DOTALL):
        try:
            yield zlib.decompress(found[1])
        except zlib.error:
            yield found[1]


def _whole(data: bytes) -> bytes:
    return data + b"\n".join(_streams(data))


def test_it_says_that_it_is_archivable_and_accessible() -> None:
    (xmp,) = [s.decode("utf-8") for s in _streams(_bytes()) if b"<x:xmpmeta" in s]
    for name, value in (("pdfaid:part", "2"), ("pdfaid:conformance", "A"), ("pdfuaid:part", "1")):
        assert re.search(rf"<{name}>{value}</{name}>|{name}=\"{value}\"", xmp), name
    title = re.search(r"<dc:title>.*?<rdf:li[^>]*>(.*?)</rdf:li>", xmp, re.DOTALL)
    assert title is not None and spaced(title[1]) == "CAQES Normandie 2018 – Annexe (projet)"


def test_it_has_a_structure_a_language_and_embedded_fonts_only() -> None:
    whole = _whole(_bytes())
    assert re.search(rb"/MarkInfo\s*<<\s*/Marked true", whole) and b"/StructTreeRoot" in whole
    assert re.search(rb"/Lang\s*\(fr(-FR)?\)", whole) and re.search(rb"/DisplayDocTitle true", whole)
    for tag in (b"/H1", b"/H2", b"/H3", b"/Table", b"/TH", b"/TD", b"/Link", b"/L", b"/TOC"):
        assert re.search(rb"/S\s*" + tag + rb"\b", whole), tag
    fonts = whole.count(b"/Type/FontDescriptor") + whole.count(b"/Type /FontDescriptor")
    assert 0 < fonts == len(re.findall(rb"/FontFile[23]?\b", whole))


def test_it_opens_nothing_and_runs_nothing() -> None:
    whole = _whole(_bytes(ESSAI))
    for name in (b"/JavaScript", b"/JS", b"/Launch", b"/URI", b"/GoToR", b"/SubmitForm", b"/EmbeddedFile", b"/Encrypt"):
        assert not re.search(name + rb"\b", whole), name


def test_a_project_says_so_in_its_title_and_an_adopted_text_does_not() -> None:
    titles = {
        chemin: re.search(rb"<dc:title>.*?</dc:title>", _bytes(chemin), re.DOTALL) for chemin in (NORMANDIE, ESSAI)
    }
    said = {chemin: "" if t is None else t[0].decode("utf-8") for chemin, t in titles.items()}
    assert "(projet)" in said[NORMANDIE]
    assert "Annexe" in said[ESSAI] and "(projet)" not in said[ESSAI]


def test_same_policy_same_bytes() -> None:
    assert render_annexe(politique(), "pdf") == _bytes()
    assert _bytes(MORE) != _bytes()


@pytest.mark.parametrize("of", [politique(MORE), toutes_constructions.politique()], ids=lambda p: p.nom)
def test_every_construction_prints(of: Politique) -> None:
    assert render_annexe(of, "pdf").startswith(b"%PDF-1.7")


def _labelled(label: str) -> dict[str, Any]:
    """The view of Normandie with this label for its title, and for that of its first criterion."""
    view = asdict(annexe_view(politique()))
    view["identite"]["titre"] = label
    criteria = (k for v in view["volets"] for c in v["chapitres"] for o in c["objectifs"] for k in o["criteres"])
    next(criteria)["titre"] = label
    return view


@pytest.mark.parametrize("label", ['#eval("1+1") $x$ \\ #set', "<b>gras</b> &amp; ]]>", "{{ 7*7 }} @nul <nul>"])
def test_a_hostile_label_is_a_text_in_the_title_of_the_file(label: str) -> None:
    said = re.search(rb"<dc:title>.*?<rdf:li[^>]*>(.*?)</rdf:li>", write_pdf(_labelled(label), MODELE), re.DOTALL)
    assert said is not None
    assert spaced(unescape(said[1].decode("utf-8"))) == spaced(f"{typeset_view({'t': label})['t']} – Annexe (projet)")


@pytest.mark.parametrize(("sign", "said"), [("📈", "📈"), ("日", "日"), ("\ufeff", "U+FEFF")])
def test_a_character_that_no_font_draws_is_said(sign: str, said: str) -> None:
    """Instead of an empty square (CAQ704)."""
    with pytest.raises(ErreurModele) as caught:
        write_pdf(_labelled(f"Suivi {sign} des prescriptions"), MODELE)
    found = caught.value.diagnostic
    assert found.code == "CAQ704" and f"« {said} »" in found.message


# ---------------------------------------------------------------- templates of a regulator

_TETE = '#set document(title: "Essai")\n#set text(lang: "fr")\n'


def _own(folder: Path, text: str) -> bytes:
    (folder / "annexe.typ").write_text(_TETE + text, "utf-8")
    return render_annexe(politique(), "pdf", modeles=folder)


def test_a_copy_of_the_template_gives_the_same_document(tmp_path: Path) -> None:
    shutil.copytree(MODELE.parent, tmp_path / "copie")
    assert render_annexe(politique(), "pdf", modeles=tmp_path / "copie") == _bytes()


def test_a_template_may_have_parts(tmp_path: Path) -> None:
    (tmp_path / "parties").mkdir()
    (tmp_path / "parties" / "tete.typ").write_text("#let tete(t) = heading(t)", "utf-8")
    made = _own(tmp_path, '#import "parties/tete.typ": tete\n#tete(json("vue.json").identite.titre)')
    assert re.search(rb"/S\s*/H1\b", _whole(made))


ARRETES = {
    "sans fin": ("CAQ703", "#while true {}"),
    "sans fin, cachée": ("CAQ703", "#let x = 0\n#while x < 1 { x = x * 1 }"),
    "appels sans fin": ("CAQ703", "#let f(n) = f(n + 1)\n#f(0)"),
    "trop de tours": ("CAQ703", "#for i in range(100000) { for j in range(100000) { [a] } }"),
    "trop de mémoire": ("CAQ703", '#("a" * 1000000000)'),
    "fichier du système": ("CAQ702", '#read("/etc/passwd")'),
    "image du système": ("CAQ702", '#image("/etc/passwd")'),
    "hors du dossier": ("CAQ702", '#read("../../../../etc/passwd")'),
    "composant": ("CAQ702", '#import "@preview/cetz:0.3.0"'),
    "composant caché": ("CAQ702", '#import "\\u{40}preview/cetz:0.3.0"'),
    "programme": ("CAQ702", '#plugin("calcul.wasm")'),
    "nom inconnu": ("CAQ701", '#json("vue.json").identit'),
    "faute d'écriture": ("CAQ702", "#let"),
}


@pytest.mark.parametrize("what", ARRETES)
def test_a_template_that_leaves_its_place_is_stopped(what: str, tmp_path: Path) -> None:
    code, text = ARRETES[what]
    with pytest.raises(ErreurModele) as caught:
        _own(tmp_path, text)
    found = caught.value.diagnostic
    assert found.code == code, found
    assert found.fichier in (str(tmp_path), str(tmp_path / "annexe.typ"))
    assert code == "CAQ703" or found.lieu == "ligne 3"
    assert str(RACINE) not in f"{found.message} {found.aide}"


def test_the_fault_of_a_part_is_placed_in_it(tmp_path: Path) -> None:
    (tmp_path / "parties").mkdir()
    (tmp_path / "parties" / "tete.typ").write_text("\n#let", "utf-8")
    with pytest.raises(ErreurModele) as caught:
        _own(tmp_path, '#include "parties/tete.typ"')
    found = caught.value.diagnostic
    assert (found.code, found.lieu) == ("CAQ702", "ligne 2")
    assert found.fichier == str(tmp_path / "parties" / "tete.typ")


def test_a_link_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("secret", "utf-8")
    folder = tmp_path / "modeles"
    folder.mkdir()
    (folder / "lien.txt").symlink_to(secret)
    with pytest.raises(ErreurModele, match="sort du dossier"):
        _own(folder, '#read("lien.txt")')


# ---------------------------------------------------------------- as programs open it


@pytest.mark.documents
@pytest.mark.parametrize("chemin", [NORMANDIE, MORE, ESSAI], ids=lambda p: p.stem)
@pytest.mark.parametrize("profil", ["ua1", "2a"])
def test_an_independent_validator_finds_nothing(profil: str, chemin: Path) -> None:
    page = pytest.importorskip("page", reason="« page » n'est pas installé : make test-documents")
    report = page.validate_pdf_bytes(_bytes(chemin), profile=profil)
    assert [f"{f.rule_id} : {f.message}" for f in report.failures] == []
    assert report.is_compliant and report.rules.total > 100


@pytest.mark.documents
def test_the_validator_would_find_something() -> None:
    page = pytest.importorskip("page", reason="« page » n'est pas installé : make test-documents")
    broken = _bytes().replace(b"/Marked true", b"/Marked null"), _bytes().replace(b"pdfuaid:part>1", b"pdfuaid:part>3")
    for data in broken:
        assert data != _bytes() and not page.validate_pdf_bytes(data, profile="ua1").is_compliant


@pytest.mark.documents
def test_poppler_sees_what_the_file_says_of_itself(tmp_path: Path) -> None:
    path = tmp_path / "annexe.pdf"
    path.write_bytes(_bytes())
    done = subprocess.run([require("pdfinfo"), str(path)], capture_output=True, timeout=60, check=True)
    said = dict(line.split(":", 1) for line in done.stdout.decode("utf-8").splitlines())
    assert said["Tagged"].strip() == "yes" and said["JavaScript"].strip() == "no" and said["Encrypted"].strip() == "no"
    assert said["Title"].strip() == "CAQES Normandie 2018 – Annexe (projet)"


@pytest.mark.documents
@pytest.mark.parametrize("chemin", [NORMANDIE, MORE], ids=lambda p: p.stem)
def test_it_is_read_in_the_order_of_the_page(chemin: Path, tmp_path: Path) -> None:
    """Every heading, every number and title of a criterion, every source: as the page in HTML has them."""
    path = tmp_path / "annexe.pdf"
    path.write_bytes(_bytes(chemin))
    read = compact("".join(pdf_structure(path)))
    read = read[read.rindex(compact("Sources et notes"), 0, len(read) // 4) :]  # after the table of contents
    view = typeset_view(asdict(annexe_view(politique(chemin))))
    place, seen = 0, 0
    for text in _in_order(view):
        place = read.find(compact(text), place)
        assert place >= 0, text
        seen += 1
    assert seen > 50


def _in_order(view: dict[str, Any]) -> Iterator[str]:
    for volet in view["volets"]:
        yield volet["titre"]
        yield from (i["titre"] for i in volet["indicateurs"])
        for chapitre in volet["chapitres"]:
            yield chapitre["titre"]
            for objectif in chapitre["objectifs"]:
                yield objectif["titre"]
                for critere in objectif["criteres"]:
                    yield from (critere["numero"], critere["titre"], critere["secteurs"], critere["points"])
    for nature in view["decisions"]:
        yield nature["titre"]
        yield from (c["titre"] for c in nature["liste"])
    yield from (e["titre"] for e in view["exemples"])
    yield from (s["texte"] for s in view["sources"])


@pytest.mark.documents
def test_heads_feet_and_the_mark_of_a_project_are_not_read_aloud(tmp_path: Path) -> None:
    """They are on each page, and out of its structure."""
    path = tmp_path / "annexe.pdf"
    path.write_bytes(_bytes())
    shown, read = pdf_text(path), "\n".join(pdf_structure(path))
    pages = shown.count("\f")
    code = politique().code_de_controle
    running = "CAQES Normandie 2018 · exercice 2018 · projet"
    assert pages > 10
    assert spaced(shown).count(running) == pages - 1 and running not in spaced(read)
    assert shown.count(f"Code de contrôle {code}") == pages
    assert spaced(read).count(f"Code de contrôle {code}") == 1, "celui de la page de garde"
    assert len(re.findall(r"\bPROJET\b", read)) == 1, "la mention de la page de garde"


@pytest.mark.documents
def test_a_long_word_stays_on_the_page(tmp_path: Path) -> None:
    (tmp_path / "annexe.pdf").write_bytes(write_pdf(_labelled("m" * 1000), MODELE))
    shown = pdf_text(tmp_path / "annexe.pdf")
    assert max(len(word) for line in shown.splitlines() for word in line.split()) < 120
    assert shown.count("m") > 2000
