"""Word documents from a Word template with Jinja inside, the same bytes each time."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from html import unescape
from pathlib import Path

import docxtpl

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
_PROPERTIES = ("author", "comments", "identifier", "language", "subject", "title")


def write_docx(vue: Mapping[str, object], template: Path) -> bytes:
    """The document that the template gives."""
    fichier = str(template)
    data = read_bytes(template, _PACKED + 1)
    _inspect(data, fichier)

    def action() -> bytes:
        made = _render(vue, data, template)
        _inspect(made, fichier)
        return made

    return guarded(action, fichier, lines=False)


def _render(vue: Mapping[str, object], data: bytes, template: Path) -> bytes:
    known, fichier = frozenset(vue), str(template)
    env = Modeles([template.parent], escape=True, known=known, fichier=fichier, lines=False)
    document = docxtpl.DocxTemplate(io.BytesIO(data))
    document.init_docx()
    for where, text in _parts(document):
        for name, _ in env.unknown_names(document.patch_xml(text)):
            raise unknown_name(name, known, fichier, f"{where}, {_excerpt(text, name)}".rstrip(" ,"))
    document.render(dict(vue), env, autoescape=True)
    finish(document.docx)
    raw = io.BytesIO()
    document.save(raw)
    return rewrite(raw.getvalue())


def _parts(document: docxtpl.DocxTemplate) -> Iterator[tuple[str, str]]:
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
