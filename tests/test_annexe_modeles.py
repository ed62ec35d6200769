"""Templates of a regulator: what they may do, what they may not, and how it is said."""

from __future__ import annotations

import io
import json
import re
import time
import zipfile
from collections.abc import Callable
from dataclasses import asdict
from functools import cache
from pathlib import Path

import pytest
from annexe_page import RACINE, politique

from caqes_dsl.base.codes import CODES
from caqes_dsl.documents.apart import render_apart
from caqes_dsl.documents.render import render_annexe, write
from caqes_dsl.documents.sandbox import SORTIE, ErreurModele, Modeles, guarded
from caqes_dsl.documents.view import annexe_view

DOCX = RACINE / "templates" / "annexe" / "annexe.docx"


def _page(dossier: Path, text: str) -> str:
    (dossier / "annexe.html.j2").write_text(text, encoding="utf-8")
    return render_annexe(politique(), "html", modeles=dossier).decode("utf-8")


@cache
def _view() -> dict[str, object]:
    view: dict[str, object] = json.loads(json.dumps(asdict(annexe_view(politique()))))
    return view


def _refused(dossier: Path, text: str, *, apart: bool = False) -> tuple[str, str, str]:
    """Code, place and words of the refusal; in this process as in the child one, which is slower to start."""
    (dossier / "annexe.html.j2").write_text(text, encoding="utf-8")
    with pytest.raises(ErreurModele) as caught:
        render_apart("html", dossier, _view()) if apart else write("html")(_view(), dossier)
    found = caught.value.diagnostic
    assert found.code in CODES
    return found.code, found.lieu, f"{found.message} {found.aide}"


def test_a_folder_of_templates_replaces_the_shipped_ones(tmp_path: Path) -> None:
    articles = "{% for c in v.chapitres %}<i>{{ c.article }}</i>{% endfor %}"
    given = _page(tmp_path, f"<p>{{{{ identite.titre }}}}</p>{{% for v in volets %}}{articles}{{% endfor %}}")
    assert given.startswith("<p>CAQES Normandie 2018</p><i>10-1</i><i>10-2</i>")


def test_parts_may_be_included(tmp_path: Path) -> None:
    (tmp_path / "parties").mkdir()
    (tmp_path / "parties" / "tete.html").write_text("<h1>{{ identite.titre }}</h1>", encoding="utf-8")
    assert _page(tmp_path, '{% include "parties/tete.html" %}') == "<h1>CAQES Normandie 2018</h1>"


def test_an_unknown_name_is_an_error_with_its_line(tmp_path: Path) -> None:
    code, place, said = _refused(tmp_path, "<p>\n{{ identit.titre }}\n</p>", apart=True)
    assert (code, place) == ("CAQ701", "ligne 2")
    assert "« identit »" in said and "« identite »" in said
    code, place, said = _refused(tmp_path, "\n\n{{ identite.titer }}")
    assert (code, place) == ("CAQ701", "ligne 3")
    assert "« titer »" in said and "« titre »" in said


def test_an_unknown_name_is_found_even_where_it_would_not_be_printed(tmp_path: Path) -> None:
    code, place, said = _refused(tmp_path, "{% if not volets %}\n{{ signataire }}\n{% endif %}")
    assert (code, place) == ("CAQ701", "ligne 2") and "« signataire »" in said


def test_an_unknown_name_of_an_included_part_is_said_in_that_part(tmp_path: Path) -> None:
    (tmp_path / "tete.html").write_text("<h1>\n\n{{ identite.nom }}</h1>", encoding="utf-8")
    with pytest.raises(ErreurModele) as caught:
        _page(tmp_path, '<p></p>\n{% include "tete.html" %}')
    assert caught.value.diagnostic.lieu == "ligne 3"
    assert caught.value.diagnostic.fichier.endswith("tete.html")


@pytest.mark.parametrize(
    "text",
    [
        "{{ ''.__class__ }}",
        "{{ ''['__class__'] }}",
        "{{ ''|attr('__class__') }}",
        "{{ identite.__init__ }}",
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ '{0.__class__}'.format('') }}",
        "{{ 10**(10**8) }}",
        "{{ 'a' * 1000000000 }}",
        "{{ 1 + 1 }}",
        "{{ 7 // 2 }}",
        "{{ -1 }}",
        "{{ '%999999999d'|format(1) }}",
        "{{ identite.absent|default('x') }}",
        "{{ identite.absent|d('x') }}",
        "{{ 1.5|round }}",
        "{{ identite.titre|safe }}",
        "{{ [identite.titre]|map('safe')|list }}",
        "{{ [1, 2]|sum }}",
        "{{ [1, 2]|random }}",
        "{{ volets|tojson }}",
        "{% if %}",
        "{{ 'x' ",
        "{% do volets.clear() %}",
        "{{ volets.clear() }}",
        "{{ identite.update({'titre': 'autre'}) }}",
        "{% include 'absent.html' %}",
        "{% import 'os' as os %}",
    ],
)
def test_what_a_template_may_not_do(tmp_path: Path, text: str) -> None:
    code, place, said = _refused(tmp_path, f"<p>\n{text}</p>")
    assert code == "CAQ702", said
    assert place == "ligne 2"


@pytest.mark.parametrize(
    "text",
    [
        "{{ range(10) }}",
        "{{ lipsum() }}",
        "{{ cycler('a') }}",
        "{{ dict(a='b') }}",
        "{{ self._TemplateReference__context }}",
    ],
)
def test_names_that_jinja_brings_are_not_there(tmp_path: Path, text: str) -> None:
    assert _refused(tmp_path, text)[0] in ("CAQ701", "CAQ702")


@pytest.mark.parametrize(
    "name", ["../../../../../../etc/passwd", "/etc/passwd", "../secret.html", "parties/../../secret.html"]
)
@pytest.mark.parametrize("word", ["include '{}'", "import '{}' as x", "extends '{}'", "include ['absent', '{}']"])
def test_a_template_does_not_leave_its_folder(tmp_path: Path, name: str, word: str) -> None:
    (tmp_path / "secret.html").write_text("secret", encoding="utf-8")
    folder = tmp_path / "modeles"
    folder.mkdir()
    code, _, said = _refused(folder, "{% " + word.format(name) + " %}")
    assert code == "CAQ702" and "sort du dossier" in said


def test_a_link_does_not_leave_the_folder_either(tmp_path: Path) -> None:
    (tmp_path / "secret.html").write_text("secret", encoding="utf-8")
    folder = tmp_path / "modeles"
    folder.mkdir()
    (folder / "lien.html").symlink_to(tmp_path / "secret.html")
    assert _refused(folder, "{% include 'lien.html' %}")[0] == "CAQ702"
    (folder / "annexe.html.j2").unlink()
    (folder / "annexe.html.j2").symlink_to(tmp_path / "secret.html")
    (folder / "annexe.docx").symlink_to(DOCX)
    for format in ("html", "docx"):
        with pytest.raises(ErreurModele, match="sort du dossier"):
            render_annexe(politique(), format, modeles=folder)
    (folder / "dedans.html").write_text("dedans", encoding="utf-8")
    (folder / "annexe.html.j2").unlink()
    (folder / "annexe.html.j2").symlink_to(folder / "dedans.html")
    assert render_annexe(politique(), "html", modeles=folder) == b"dedans"


def _nested(times: int) -> str:
    loops = "".join(f"{{% for k{i} in donnees %}}" for i in range(times))
    return f"{loops}x{'{% endfor %}' * times}"


@pytest.mark.parametrize(
    "text",
    [
        _nested(9),
        "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
        "{{ 'a'.ljust(9999999999) }}",
        "{{ 'a'.ljust(999999)|replace('a', 'b'.ljust(99999))|replace(' ', 'c'.ljust(99999)) }}",
    ],
    ids=["boucles", "récursion", "mémoire", "remplacements"],
)
def test_a_template_that_asks_too_much_is_stopped(tmp_path: Path, text: str) -> None:
    start = time.monotonic()
    code, _, said = _refused(tmp_path, text, apart=True)
    assert code == "CAQ703" and "arrêté" in said
    assert time.monotonic() - start < 16


def test_every_text_that_is_compiled_is_checked() -> None:
    """Word footnotes, parts of parts: whatever asks the environment for a template is answered by it."""
    env = Modeles([], escape="html", known=frozenset(), fichier="modèle")
    assert env.from_string("{{ 'a & b' }}").render() == "a &amp; b"
    for text in ("{{ 10**(10**8) }}", "{{ 'a'|safe }}", "{% macro f(x=1+1) %}{% endmacro %}"):
        with pytest.raises(ErreurModele):
            env.from_string(text)


def test_a_document_without_measure_is_refused() -> None:
    assert guarded(lambda: b"x" * SORTIE, "modèle") == b"x" * SORTIE
    with pytest.raises(ErreurModele) as caught:
        guarded(lambda: b"x" * (SORTIE + 1), "modèle")
    assert caught.value.diagnostic.code == "CAQ703"


def test_a_template_of_the_folder_the_program_is_run_in_is_no_module(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "jinja2.py").write_text("raise SystemExit('pris dans le dossier courant')", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert _page(tmp_path, "{{ identite.region }}") == "Normandie"


def test_a_folder_without_the_template_is_said(tmp_path: Path) -> None:
    for format, name in (("html", "annexe.html.j2"), ("docx", "annexe.docx")):
        with pytest.raises(ErreurModele, match=re.escape(f"ne contient pas le modèle « {name} »")):
            render_annexe(politique(), format, modeles=tmp_path)


def test_a_template_that_is_not_utf8_is_said_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "annexe.html.j2").write_bytes("<p>\nété".encode("cp1252"))
    with pytest.raises(ErreurModele, match="UTF-8") as caught:
        render_annexe(politique(), "html", modeles=tmp_path)
    assert caught.value.diagnostic.lieu == "ligne 2"


def test_an_unknown_format_is_said() -> None:
    with pytest.raises(ValueError, match="Le format « rtf » n'existe pas"):
        render_annexe(politique(), "rtf")


# ---------------------------------------------------------------- Word templates


def _changed(dossier: Path, change: Callable[[str, bytes], bytes]) -> Path:
    """The shipped Word template with some of its parts changed."""
    with zipfile.ZipFile(DOCX) as before, zipfile.ZipFile(dossier / "annexe.docx", "w") as after:
        for name in before.namelist():
            after.writestr(name, change(name, before.read(name)))
    return dossier


def _in(part: str, old: str, new: str) -> Callable[[str, bytes], bytes]:
    def change(name: str, content: bytes) -> bytes:
        if not re.fullmatch(part, name):
            return content
        assert old.encode() in content, (name, old)
        return content.replace(old.encode(), new.encode(), 1)

    return change


TITLE = "{{ identite.titre }}"
BODY, HEAD, FOOT, CORE = "word/document.xml", r"word/header2\.xml", r"word/footer2\.xml", r"docProps/core\.xml"


def _outside(kind: str) -> str:
    """A link to a file elsewhere, written where the links of a part end."""
    known = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    link = f'<Relationship Id="rIdX" Type="{known}/{kind}" Target="http://x/y" TargetMode="External"/>'
    return f"{link}</Relationships>"


def _word(dossier: Path, change: Callable[[str, bytes], bytes]) -> bytes:
    return render_annexe(politique(), "docx", modeles=_changed(dossier, change))


def _word_refused(dossier: Path, change: Callable[[str, bytes], bytes], *, apart: bool = False) -> tuple[str, str, str]:
    _changed(dossier, change)
    with pytest.raises(ErreurModele) as caught:
        render_apart("docx", dossier, _view()) if apart else write("docx")(_view(), dossier)
    found = caught.value.diagnostic
    return found.code, found.lieu, found.message


def test_a_word_template_edited_by_a_regulator(tmp_path: Path) -> None:
    docx = pytest.importorskip("docx")
    data = _word(tmp_path, _in(BODY, TITLE, "Annexe de {{ identite.region }}"))
    titles = [p.text for p in docx.Document(io.BytesIO(data)).paragraphs if p.style.name == "Title"]
    assert titles == ["Annexe de Normandie"]


@pytest.mark.parametrize(
    ("part", "old", "where"),
    [
        (BODY, TITLE, "corps du document, paragraphe « {{ identit.titre }} »"),
        (HEAD, "{{ identite.rappel }}", "en-tête"),
        (FOOT, "{{ identite.code_de_controle|brut }}", "pied de page"),
        (CORE, TITLE, "propriétés du document"),
    ],
)
def test_an_unknown_name_in_word_is_said_with_its_place(tmp_path: Path, part: str, old: str, where: str) -> None:
    code, place, said = _word_refused(tmp_path, _in(part, old, "{{ identit.titre }}"))
    assert code == "CAQ701" and place.startswith(where)
    assert "« identit »" in said


@pytest.mark.parametrize("part", [BODY, HEAD, FOOT, CORE])
@pytest.mark.parametrize(
    "text", ["{{ ''.__class__ }}", "{{ 10**(10**8) }}", "{{ identite.titre|safe }}", "{% include '../../x' %}"]
)
def test_what_a_word_template_may_not_do(tmp_path: Path, part: str, text: str) -> None:
    old = {BODY: TITLE, HEAD: "{{ identite.rappel }}", FOOT: "{{ identite.code_de_controle|brut }}", CORE: TITLE}[part]
    assert _word_refused(tmp_path, _in(part, old, text))[0] == "CAQ702"


def test_guillemets_typed_by_word_are_explained(tmp_path: Path) -> None:
    with pytest.raises(ErreurModele) as caught:
        _word(tmp_path, _in(BODY, TITLE, "{{ [identite.titre]|join(« , ») }}"))
    assert "guillemets droits" in caught.value.diagnostic.aide


def test_a_word_template_that_loops_is_stopped(tmp_path: Path) -> None:
    assert _word_refused(tmp_path, _in(BODY, TITLE, _nested(9)), apart=True)[0] == "CAQ703"


@pytest.mark.parametrize(
    ("part", "old", "new"),
    [
        (BODY, ' TOC \\o "1-2" \\h \\z \\u ', " INCLUDETEXT /etc/passwd "),
        (BODY, ' TOC \\o "1-2" \\h \\z \\u ', ' INCLUDEPI</w:instrText></w:r><w:r><w:instrText>CTURE "http://x" '),
        (FOOT, " PAGE ", " DDEAUTO c:\\\\cmd "),
        ("word/settings.xml", "<?xml", "<!DOCTYPE a [<!ENTITY b 'c'>]><?xml"),
        (
            "word/_rels/document.xml.rels",
            "</Relationships>",
            _outside("attachedTemplate"),
        ),
        (
            "word/_rels/document.xml.rels",
            "</Relationships>",
            _outside("image"),
        ),
    ],
    ids=["texte", "image coupée", "dde", "entité", "modèle attaché", "image liée"],
)
def test_a_word_template_that_fetches_something_is_refused(tmp_path: Path, part: str, old: str, new: str) -> None:
    assert _word_refused(tmp_path, _in(part, old, new))[0] == "CAQ702"


def test_a_word_template_with_macros_is_refused(tmp_path: Path) -> None:
    _changed(tmp_path, lambda _, content: content)
    with zipfile.ZipFile(tmp_path / "annexe.docx", "a") as archive:
        archive.writestr("word/vbaProject.bin", b"x")
    with pytest.raises(ErreurModele, match="macros"):
        render_annexe(politique(), "docx", modeles=tmp_path)


@pytest.mark.parametrize("data", [b"", b"PK", b"pas une archive"])
def test_a_damaged_word_template_is_said(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "annexe.docx").write_bytes(data)
    with pytest.raises(ErreurModele, match="ne se lit pas"):
        render_annexe(politique(), "docx", modeles=tmp_path)


def test_an_archive_that_is_no_document_is_said(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "annexe.docx", "w") as archive:
        archive.writestr("a.xml", "<a/>")
    with pytest.raises(ErreurModele) as caught:
        render_annexe(politique(), "docx", modeles=tmp_path)
    assert caught.value.diagnostic.code == "CAQ702"


def test_a_bomb_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "annexe.docx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b" " * (51 * 1024 * 1024))
    with pytest.raises(ErreurModele) as caught:
        render_annexe(politique(), "docx", modeles=tmp_path)
    assert caught.value.diagnostic.code == "CAQ703"
