"""OpenDocument texts: a package whose parts are Jinja templates in XML, the same bytes each time."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path
from xml.parsers import expat

from caqes_dsl.documents.sandbox import find, refusal
from caqes_dsl.documents.writers.html import write_page

MIMETYPE = "application/vnd.oasis.opendocument.text"
PARTS = ("content.xml", "meta.xml", "styles.xml")
"""The parts of the document, each given by the template of its name in the folder `odt`."""

_EPOCH = (1980, 1, 1, 0, 0, 0)
_OFFICE = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
_TEXT = "urn:oasis:names:tc:opendocument:xmlns:text:1.0"
_HREF = "http://www.w3.org/1999/xlink href"
_MANIFEST = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
_RUNS = {
    f"{_OFFICE} scripts",
    f"{_OFFICE} event-listeners",
    f"{_OFFICE} dde-source",
    f"{_TEXT} execute-macro",
    f"{_TEXT} script",
    f"{_TEXT} dde-connection",
    f"{_TEXT} dde-connection-decl",
}
"""Elements that would run a program, or read another one's data, when the document is opened."""


def write_odt(vue: Mapping[str, object], folders: list[Path]) -> bytes:
    """The document that the templates give; each part comes from the first of the folders that has it.

    Errors: ErreurModele, also for a part that is not sound XML or that would run or fetch something.
    """
    parts = {}
    for name in PARTS:
        template = f"odt/{name}.j2"
        parts[name] = write_page(vue, folders, template)
        _inspect(parts[name], _where(folders, template))
    return _package(parts)


def _where(folders: list[Path], template: str) -> str:
    return str(next((path for path in (find(folder, template) for folder in folders) if path), template))


def _package(parts: Mapping[str, bytes]) -> bytes:
    """The archive: its type first and not compressed, so that a program knows it from its first bytes; fixed dates."""
    entries = "".join(f'<manifest:file-entry manifest:full-path="{n}" manifest:media-type="text/xml"/>' for n in parts)
    manifest = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<manifest:manifest xmlns:manifest="{_MANIFEST}" '
        f'manifest:version="1.3"><manifest:file-entry manifest:full-path="/" manifest:version="1.3" '
        f'manifest:media-type="{MIMETYPE}"/>{entries}</manifest:manifest>\n'
    )
    files = {"mimetype": MIMETYPE.encode(), "META-INF/manifest.xml": manifest.encode(), **parts}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in files.items():
            info = zipfile.ZipInfo(name, _EPOCH)
            info.compress_type = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            info.external_attr = 0o600 << 16
            archive.writestr(info, data)
    return out.getvalue()


# ---------------------------------------------------------------- what a part may hold


def _inspect(data: bytes, fichier: str) -> None:
    """Refuse a part that is not sound XML, or that would run or fetch something when the document is opened."""
    parser = expat.ParserCreate(namespace_separator=" ")

    def declares(*_: object) -> None:
        raise refusal("CAQ702", "Le modèle déclare un type de document ou une entité.", fichier, None, _AIDE)

    def element(name: str, attributes: dict[str, str]) -> None:
        if name in _RUNS:
            raise refusal("CAQ702", "Le modèle contient une macro ou un échange de données.", fichier, None, _AIDE)
        target = attributes.get(_HREF, "#")
        link = name == f"{_TEXT} a" and target.startswith(("https://", "http://", "mailto:"))
        if not target.startswith("#") and not link:
            message = "Le modèle va chercher un autre fichier (image, section ou objet liés)."
            raise refusal("CAQ702", message, fichier, None, _AIDE)

    parser.StartDoctypeDeclHandler = declares
    parser.EntityDeclHandler = declares
    parser.StartElementHandler = element
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        place = data.splitlines()[max(error.lineno - 1, 0) :][:1]
        near = place[0].decode("utf-8", "replace")[max(error.offset - 40, 0) :][:80] if place else ""
        message = f"Le modèle ne donne pas un XML bien formé, près de « {near.strip()} »."
        raise refusal("CAQ702", message, fichier, None, _AIDE) from error


_AIDE = "Repartir du modèle fourni."
