"""Word documents from a Word template with Jinja inside, the same bytes each time."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Set
from html import unescape
from pathlib import Path
from typing import Any

import docxtpl
from jinja2 import Template

from caqes_dsl.documents.sandbox import ErreurModele, Modeles, guarded, refusal, unknown_name
from caqes_dsl.documents.writers.docx_finish import finish
from caqes_dsl.resources import read_bytes

_EPOCH = (1980, 1, 1, 0, 0, 0)
_PACKED = 10 * 1024 * 1024
_UNPACKED = 50 * 1024 * 1024
_FIELDS = re.compile(rb"\b(DDEAUTO|DDE|INCLUDETEXT|INCLUDEPICTURE|IMPORT|LINK|QUOTE|DATABASE|MACROBUTTON)\b", re.I)
_INSTRUCTION = re.compile(rb"<w:instrText[^>]*>([^<]*)<|w:instr=[\"']([^\"']*)[\"']")
_OUTSIDE = re.compile(rb"<Relationship\b[^>]*TargetMode=[\"']External[\"'][^>]*>")
_PARAGRAPH = re.compile(r"<w:p[ >].*?</w:p>", re.DOTALL)
_PROPERTY = 255
"""Longest property of a Word document."""
_PROPERTIES = ("author", "comments", "identifier", "language", "subject", "title")


class DocumentWord:
    """A Word template, read and checked once, filled as often as asked."""

    def __init__(self, template: Path, known: Set[str]) -> None:
        self._template, self._known = template, frozenset(known)
        self._data, self._checked, self._env = b"", False, _Garde([template.parent], self._known, str(template))

    def fill(self, vue: Mapping[str, object]) -> bytes:
        """The document of a view, always the same bytes. Errors: ErreurModele, OSError."""
        fichier = str(self._template)
        if not self._data:
            self._data = inspected(self._template)

        def action() -> bytes:
            made = self._filled(vue)
            _inspect(made, fichier)
            return made

        return guarded(action, fichier, lines=False)

    def _filled(self, vue: Mapping[str, object]) -> bytes:
        document = _Modele(io.BytesIO(self._data))
        document.init_docx()
        if not self._checked:
            self._check(document)
            self._checked = True
        document.render(dict(vue), self._env, autoescape=True)
        finish(document.docx)
        raw = io.BytesIO()
        document.save(raw)
        return rewrite(raw.getvalue())

    def _check(self, document: docxtpl.DocxTemplate) -> None:
        """Refuse a name that nothing gives a value to, in any part of the document."""
        for where, text in parts(document):
            for name, _ in self._env.unknown_names(document.patch_xml(text)):
                place = f"{where}, {_excerpt(text, name)}".rstrip(" ,")
                raise unknown_name(name, self._known, str(self._template), place)


class _Modele(docxtpl.DocxTemplate):  # type: ignore[misc]  # untyped
    """A template whose properties are cut to what Word takes: a name may be longer."""

    def render_properties(self, context: dict[str, Any], jinja_env: Any = None) -> None:
        """Fills the properties of the document."""
        for name in _PROPERTIES:
            text = jinja_env.from_string(getattr(self.docx.core_properties, name) or "").render(context)
            setattr(self.docx.core_properties, name, text if len(text) <= _PROPERTY else text[: _PROPERTY - 1] + "…")


class _Garde(Modeles):
    """Keeps the parts that it compiled: every document of a batch is made of the same ones."""

    def __init__(self, folders: list[Path], known: frozenset[str], fichier: str) -> None:
        super().__init__(folders, escape="html", known=known, fichier=fichier, lines=False)
        self._kept: dict[str, Template] = {}

    def from_string(self, source: Any, globals: Any = None, template_class: Any = None) -> Template:
        """A part, compiled the first time it is met."""
        if globals is not None or template_class is not None or not isinstance(source, str):
            return super().from_string(source, globals, template_class)
        if source not in self._kept:
            self._kept[source] = super().from_string(source)
        return self._kept[source]


def write_docx(vue: Mapping[str, object], template: Path) -> bytes:
    """The document that the template gives."""
    return DocumentWord(template, vue.keys()).fill(vue)


def parts(document: docxtpl.DocxTemplate) -> Iterator[tuple[str, str]]:
    """Every text that docxtpl takes for a template, and where it is."""
    yield "corps du document", document.get_xml()
    for where, uri in (("en-tête", document.HEADER_URI), ("pied de page", document.FOOTER_URI)):
        for _, part in document.get_headers_footers(uri):
            yield where, document.get_part_xml(part)
    for part in document.docx.part.package.iter_parts():
        if part.content_type.endswith(".footnotes+xml"):
            yield "notes de bas de page", part.blob.decode("utf-8")
    for name in _PROPERTIES:
        yield "propriétés du document", getattr(document.docx.core_properties, name) or ""


def _excerpt(xml: str, name: str) -> str:
    """The paragraph that holds a name between its braces: Word has no line numbers."""
    for found in _PARAGRAPH.finditer(xml):
        text = unescape(re.sub(r"<[^>]+>", "", found[0]))
        if re.search(r"\{[{%][^}]*\b" + re.escape(name) + r"\b", text):
            return f"paragraphe « {text.strip()[:80]} »"
    return ""


def inspected(template: Path) -> bytes:
    """A Word template, refused when it is damaged, too large, or would run or fetch something.

    Errors: ErreurModele, OSError.
    """
    data = read_bytes(template, _PACKED + 1)
    _inspect(data, str(template))
    return data


def rewrite(raw: bytes) -> bytes:
    """The same archive with sorted names and fixed dates: equal bytes for equal documents."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as before, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after:
        for name in sorted(before.namelist(), key=lambda n: (n != "[Content_Types].xml", n)):
            info = zipfile.ZipInfo(name, _EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o600 << 16
            after.writestr(info, before.read(name))
    return out.getvalue()


# ---------------------------------------------------------------- what a Word file may hold


def _inspect(data: bytes, fichier: str) -> None:
    """Refuse a Word file that is damaged, too large, or that would run or fetch something when it is opened."""
    if len(data) > _PACKED:
        raise refusal("CAQ703", "Le modèle Word dépasse 10 Mio.", fichier)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(i.file_size for i in archive.infolist()) > _UNPACKED:
                raise refusal("CAQ703", "Le modèle Word est trop grand une fois décompressé.", fichier)
            for name in archive.namelist():
                _inspect_part(name, archive.read(name), fichier)
    except (OSError, ValueError, NotImplementedError, zipfile.BadZipFile, zipfile.LargeZipFile) as error:
        raise _refuse("ne se lit pas", fichier) from error


def _inspect_part(name: str, content: bytes, fichier: str) -> None:
    if "vbaProject" in name or "/embeddings/" in name or "/activeX/" in name:
        raise _refuse("contient des macros ou un objet incorporé", fichier)
    if name.endswith(".rels"):
        for link in _OUTSIDE.finditer(content):
            if b"/hyperlink" not in link[0]:
                raise _refuse("va chercher un autre fichier (modèle attaché, image liée)", fichier)
    if not name.endswith(".xml"):
        return
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise _refuse("ne se lit pas", fichier)
    # An instruction may be split over several runs: it is read as a whole.
    instructions = [found[1] or found[2] or b"" for found in _INSTRUCTION.finditer(content)]
    if any(_FIELDS.search(text) for text in (*instructions, b"".join(instructions))):
        raise _refuse("contient un champ qui va chercher un autre fichier", fichier)


def _refuse(why: str, fichier: str) -> ErreurModele:
    return refusal("CAQ702", f"Le modèle Word {why}.", fichier, None, "Repartir du modèle fourni.")
