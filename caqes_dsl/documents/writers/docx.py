"""Word documents from a Word template with Jinja inside, the same bytes each time."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path

import docxtpl

from caqes_dsl.base.diagnostics import Diagnostic
from caqes_dsl.documents.sandbox import ErreurModele, check, environment, guarded

_EPOCH = (1980, 1, 1, 0, 0, 0)
_UNPACKED = 50 * 1024 * 1024
_FIELDS = re.compile(rb"\b(DDEAUTO|DDE|INCLUDETEXT|INCLUDEPICTURE|IMPORT|LINK|QUOTE)\s", re.IGNORECASE)
_INSTRUCTION = re.compile(rb"<w:instrText[^>]*>([^<]*)<|w:instr=\"([^\"]*)\"")


def write_docx(vue: Mapping[str, object], template: Path) -> bytes:
    """The document that the template gives."""
    _inspect(template)
    return guarded(lambda: _render(vue, template), str(template), lines=False)


def _render(vue: Mapping[str, object], template: Path) -> bytes:
    env = environment([template.parent], escape=True)
    # Word's XML is on few long lines: a block tag there must not swallow the spaces around it.
    env.trim_blocks = env.lstrip_blocks = False
    document = docxtpl.DocxTemplate(str(template))
    document.init_docx()
    known = frozenset(vue)
    parts = [document.get_xml()]
    for uri in (document.HEADER_URI, document.FOOTER_URI):
        parts += [document.get_part_xml(part) for _, part in document.get_headers_footers(uri)]
    for xml in parts:
        check(env.parse(document.patch_xml(xml)), str(template), known, lines=False)
    properties = document.docx.core_properties
    for text in (properties.title, properties.subject, properties.author, properties.comments):
        check(env.parse(text or ""), str(template), known, lines=False)
    document.render(dict(vue), env, autoescape=True)
    raw = io.BytesIO()
    document.save(raw)
    return _rewrite(raw.getvalue())


def _rewrite(raw: bytes) -> bytes:
    """The same archive with sorted names and fixed dates: equal bytes for equal documents."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as before, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after:
        for name in sorted(before.namelist(), key=lambda n: (n != "[Content_Types].xml", n)):
            info = zipfile.ZipInfo(name, _EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o600 << 16
            after.writestr(info, before.read(name))
    return out.getvalue()


def _inspect(template: Path) -> None:
    """Refuse a Word file that is damaged, too large, or that would fetch something when it is opened."""

    def refuse(message: str) -> ErreurModele:
        return ErreurModele(Diagnostic("CAQ702", message, None, fichier=str(template)))

    try:
        with zipfile.ZipFile(template) as archive:
            if sum(i.file_size for i in archive.infolist()) > _UNPACKED:
                raise refuse("Le modèle Word est trop grand une fois décompressé.")
            for name in archive.namelist():
                content = archive.read(name)
                if name.endswith(".rels") and b"attachedTemplate" in content:
                    raise refuse("Le modèle Word renvoie à un autre modèle ; le détacher (Outils, Modèles).")
                if "vbaProject" in name:
                    raise refuse("Le modèle Word contient des macros.")
                for found in _INSTRUCTION.finditer(content) if name.endswith(".xml") else ():
                    if _FIELDS.search(b" " + (found[1] or found[2] or b"") + b" "):
                        raise refuse("Le modèle Word contient un champ qui va chercher un autre fichier.")
    except (OSError, zipfile.BadZipFile) as error:
        raise refuse("Le modèle Word ne se lit pas.") from error
