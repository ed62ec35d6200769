"""`caqes rapport` and its page: no network, drawn and told, the same bytes, whatever names and templates say."""

from __future__ import annotations

import csv
import io
import re
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from outils_documents import Navigateur, pdf_text
from rapport_kit import INVENTEES, LIVREES, POLITIQUES, evaluated, made_up, region, tables

from caqes_dsl.commands import ALIAS, cli
from caqes_dsl.documents.rapport_formats import render_rapport
from caqes_dsl.documents.sandbox import ErreurModele

POLITIQUE, RETOURS = str(POLITIQUES / "normandie/2018.caqes"), str(POLITIQUES / LIVREES["normandie/2018"])


def call(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["rapport", *arguments])


class Page(HTMLParser):
    """What a reader of the screen goes through: tags with their attributes, and the text of each."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta", "rect", "line", "circle", "br", "link"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def every(self, *names: str) -> list[dict[str, str | None]]:
        """The attributes of each of these tags."""
        return [attributes for tag, attributes in self.tags if tag in names]


# ---------------------------------------------------------------- the command


def test_a_report_is_written_in_a_folder_or_in_a_file(tmp_path: Path) -> None:
    done = call(POLITIQUE, RETOURS, "-f", "html", "-o", str(tmp_path / "comite"))
    assert done.exit_code == 0, done.output
    named = tmp_path / "comite" / "rapport-normandie_2018-2018.html"
    assert str(named) in done.stderr
    assert call(POLITIQUE, RETOURS, "-o", str(tmp_path / "r.html")).exit_code == 0
    assert named.read_bytes() == (tmp_path / "r.html").read_bytes(), "les mêmes octets, à chaque fois"
    assert ALIAS["report"] == "rapport"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("-f", "pdf"), "imprimez la page HTML"),
        (("-o", "rapport.txt"), "Formats connus"),
        (("-f", "html,odt"), "« odt » n'existe pas"),
        (("--marge", "beaucoup"), "points de pourcentage"),
        (("--marge", "-1"), "points de pourcentage"),
    ],
)
def test_a_wrong_order_is_explained_and_writes_nothing(
    arguments: tuple[str, ...], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = call(POLITIQUE, RETOURS, *arguments)
    assert done.exit_code == 2 and said in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_wider_margin_brings_more_establishments_near(tmp_path: Path) -> None:
    for marge, said in (("2", "à 2 points de pourcentage au plus"), ("4,5", "à 4,5 points de pourcentage au plus")):
        assert call(POLITIQUE, RETOURS, "-o", str(tmp_path / "r.html"), "--marge", marge).exit_code == 0
        assert said in (tmp_path / "r.html").read_text("utf-8").replace("\u00a0", " ")


def _with_fault(folder: Path) -> Path:
    lines = Path(RETOURS).read_text("utf-8-sig").splitlines()
    cells = lines[3].split(";")
    cells[lines[0].split(";").index("C1")] = "peut-être"
    lines[3] = ";".join(cells)
    (folder / "faute.csv").write_text("\n".join(lines) + "\n", "utf-8")
    return folder / "faute.csv"


def test_a_row_at_fault_is_in_the_report_and_in_the_exit_code(tmp_path: Path) -> None:
    retours = _with_fault(tmp_path)
    done = call(POLITIQUE, str(retours), "-o", str(tmp_path / "r.html"))
    assert done.exit_code == 1
    page = (tmp_path / "r.html").read_text("utf-8")
    assert "Retours à corriger, non évalués" in page and "peut-être" in page and "peut-être" in done.stderr


def test_strict_refuses_the_whole_file(tmp_path: Path) -> None:
    retours = _with_fault(tmp_path)
    done = call(POLITIQUE, str(retours), "-o", str(tmp_path / "r.html"), "--strict")
    assert done.exit_code == 1 and not (tmp_path / "r.html").exists()


def test_a_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "fichier").write_text("", "utf-8")
    done = call(POLITIQUE, RETOURS, "-o", str(tmp_path / "fichier" / "r.html"))
    assert done.exit_code == 1 and "CAQ801" in done.stderr


# ---------------------------------------------------------------- the page


@pytest.mark.parametrize("nom", [*LIVREES, *INVENTEES])
def test_the_page_is_in_order_and_needs_no_network(nom: str) -> None:
    found = region(nom)
    text = render_rapport(found.view(), "html").decode("utf-8")
    page = Page(text)
    assert page.open == [], "une balise n'est pas fermée"
    assert page.every("html") == [{"lang": "fr"}]
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(b - a <= 1 for a, b in pairwise(levels))
    assert {th.get("scope") for th in page.every("th")} == {"col", "row"}
    identifiers = [a["id"] for _, a in page.tags if "id" in a]
    assert len(identifiers) == len(set(identifiers))
    assert all(a["href"] is not None and a["href"][1:] in identifiers for a in page.every("a"))
    for tag, attributes in page.tags:
        assert tag not in ("script", "link", "img", "iframe", "object")
        assert all("//" not in (v or "") for k, v in attributes.items() if k != "xmlns")
        assert not any(k.startswith("on") or k == "style" for k in attributes)
    assert "@import" not in text and not re.search(r"url\((?!#)", text)


def test_each_drawing_has_its_words_and_its_table() -> None:
    vue = region("normandie/2018").view()
    page = Page(render_rapport(vue, "html").decode("utf-8"))
    drawings = page.every("svg")
    assert len(drawings) == sum(len(b.figures) for s in vue.sections for b in s.blocs) == 6
    told = {a.get("id") for a in page.every("title", "desc")}
    for svg in drawings:
        assert svg["role"] == "img"
        assert set((svg["aria-labelledby"] or "").split()) <= told
    captions = [t.table.legende for t in tables(vue)]
    assert len(page.every("table")) == len(captions) == len(set(captions))


def test_what_is_said_of_a_draft_and_of_made_up_data() -> None:
    text = render_rapport(region("normandie/2018").view(), "html").decode("utf-8").replace("\u00a0", " ")
    assert "PROJET : la politique appliquée n’a pas été adoptée." in text
    assert "Données fictives : tous les établissements portent un nom fictif." in text
    assert region("normandie/2018").politique.code_de_controle in text


NOMS = {
    "balises": "<script>alert(1)</script></table><b>",
    "jinja": "{{ titre }} {% for a in b %} {# #}",
    "droite à gauche": "Hôpital \u202etsilatipoh\u202c",
    "formule": '=HYPERLINK("http://x")',
    "long": "Établissement " + "x" * 1000,
    "entité": "&lt;b&gt; &amp; \"guillemets\" 'apostrophe'",
}


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample cohort, its first six establishments renamed."""
    text = Path(RETOURS).read_text("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))
    column = rows[0].index("raison_sociale")
    place = rows[0].index("C1")
    current = [row for row in rows if row[rows[0].index("exercice")] == "2018"]
    for row, name in zip(current, NOMS.values(), strict=False):
        row[column], row[place] = name, "peut-être"  # set aside: its name is printed
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=";").writerows(rows)
    path = tmp_path_factory.mktemp("hostile") / "noms.csv"
    path.write_text(out.getvalue(), "utf-8")
    return path


def test_a_name_stays_text_whatever_it_holds(hostile: Path, tmp_path: Path) -> None:
    done = call(POLITIQUE, str(hostile), "-o", str(tmp_path / "r.html"))
    assert done.exit_code == 1 and "Traceback" not in done.output
    text = (tmp_path / "r.html").read_text("utf-8")
    page = Page(text)
    assert page.open == [] and page.every("script", "b") == []
    for printed in (
        "{{ titre }} {% for a in b %} {# #}",
        "&lt;script&gt;",
        "&amp;lt;b",
        "x" * 1000,
        "=HYPERLINK(",
    ):
        assert printed in text, printed
    assert "\u202e" not in text and "silatipoh" in text
    assert len(page.every("table")) > 10


@pytest.mark.documents
@pytest.mark.parametrize("nom", ["normandie/2018", "normandie/2022", "normandie/2019-volets"])
def test_the_page_is_accessible_and_fits_a_phone(nom: str, tmp_path: Path) -> None:
    page = tmp_path / "rapport.html"
    page.write_bytes(render_rapport(region(nom).view(), "html"))
    with Navigateur(tmp_path / "profil") as navigateur:
        for width, dark in ((1280, False), (1280, True), (390, False), (390, True)):
            navigateur.open(page, width=width, dark=dark)
            assert navigateur.findings() == [], (width, dark)
            assert navigateur.run("document.documentElement.scrollWidth") <= width
        navigateur.pdf(tmp_path / "rapport.pdf")
    text = pdf_text(tmp_path / "rapport.pdf")
    for section in region(nom).view().sections:
        assert section.titre.split(",")[0] in text


# ---------------------------------------------------------------- templates of one's own


def test_a_template_of_ones_own_replaces_the_shipped_one(tmp_path: Path) -> None:
    template = "<h1>{{ titre }}</h1>{% for s in sections %}<p>{{ s.titre }}</p>{% endfor %}"
    (tmp_path / "rapport.html.j2").write_text(template, "utf-8")
    done = call(POLITIQUE, RETOURS, "-f", "html", "-o", str(tmp_path), "--modeles", str(tmp_path))
    assert done.exit_code == 0, done.output
    made = (tmp_path / "rapport-normandie_2018-2018.html").read_text("utf-8")
    assert made.startswith("<h1>CAQES Normandie 2018</h1><p>Les retours</p>")


@pytest.mark.parametrize(
    ("template", "code"),
    [("{{ titres }}", "CAQ701"), ("{{ 1 + 1 }}", "CAQ702"), ("{{ titre.__class__ }}", "CAQ702"), (None, "CAQ702")],
)
def test_a_template_at_fault_is_named_and_nothing_is_written(template: str | None, code: str, tmp_path: Path) -> None:
    (tmp_path / "modeles").mkdir()
    if template is not None:
        (tmp_path / "modeles" / "rapport.html.j2").write_text(template, "utf-8")
    done = call(
        POLITIQUE, RETOURS, "-f", "html", "-o", str(tmp_path / "r.html"), "--modeles", str(tmp_path / "modeles")
    )
    assert done.exit_code == 1 and code in done.stderr
    assert not (tmp_path / "r.html").exists()


def test_a_template_that_never_ends_is_stopped(tmp_path: Path) -> None:
    loops = "{% for a in sections %}" * 12 + "x" + "{% endfor %}" * 12
    (tmp_path / "rapport.html.j2").write_text(loops, "utf-8")
    with pytest.raises(ErreurModele) as caught:
        render_rapport(region("cbu/2016").view(), "html", modeles=tmp_path)
    assert caught.value.diagnostic.code == "CAQ703"


@pytest.mark.lent
def test_three_thousand_establishments_have_a_page() -> None:
    politique = region("normandie/2019-volets").politique
    found = evaluated(politique, made_up(politique, 3000))
    text = render_rapport(found.view(), "html").decode("utf-8")
    assert Page(text).open == []
    assert "3000 retours reçus" in text.replace("\u202f", "").replace("\u00a0", " ")
