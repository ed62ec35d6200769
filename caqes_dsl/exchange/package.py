"""The package of a workbook, looked at before any library opens it.

What is refused here never reaches the reader: too many bytes once unpacked, parts said twice, macros, links to other
files, encryption, formats that would read as empty. The reader is given a package made again from the parts seen.
"""

from __future__ import annotations

import io
import posixpath
import zipfile
import zlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from .xml_parts import XmlRefused, root_namespace, walk_xml

MAX_UNPACKED = 200 << 20
MAX_PARTS = 5_000
MAX_RATIO = 250
"""Most times a large part may grow when unpacked; ordinary sheets grow 5 to 40 times."""
_RATIO_FROM = 1 << 20
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_STRICT = "http://purl.oclc.org/ooxml/"
_SAVE_AS = "Dans Excel ou LibreOffice, enregistrez-le au format « Classeur Excel (.xlsx) », ou en CSV."
_KEPT = ("[content_types].xml", "_rels/.rels")


class PackageRefused(Exception):
    """A workbook that is not read: its code, why, and what to do."""

    def __init__(self, code: str, message: str, aide: str) -> None:
        super().__init__(message)
        self.code, self.message, self.aide = code, message, aide


@dataclass(frozen=True, slots=True)
class FeuilleDeclaree:
    """A sheet of the workbook: its name, its part, whether it is shown."""

    nom: str
    partie: str
    masquee: bool


@dataclass(frozen=True, slots=True)
class Paquet:
    """Parts by name, unpacked, and the sheets in workbook order."""

    parties: Mapping[str, bytes]
    feuilles: tuple[FeuilleDeclaree, ...]
    textes: str
    styles: str

    def part(self, nom: str) -> bytes:
        """Content of a part, empty when there is none."""
        return self.parties.get(nom, b"")

    def repacked(self) -> bytes:
        """A package of the parts that a reader of values needs, as they were seen, not compressed."""
        wanted = {"xl/workbook.xml", "xl/_rels/workbook.xml.rels", self.textes, self.styles}
        wanted |= {f.partie for f in self.feuilles}
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
            for nom, data in self.parties.items():
                if nom in wanted or nom.lower() in _KEPT:
                    archive.writestr(zipfile.ZipInfo(nom, (1980, 1, 1, 0, 0, 0)), data)
        return buffer.getvalue()


def open_package(data: bytes) -> Paquet:
    """The inspected package. Errors: PackageRefused."""
    if data.startswith(_OLE):
        raise PackageRefused(
            "CAQ601",
            "Le classeur est protégé par un mot de passe, ou dans l'ancien format « .xls ».",
            "Retirez le mot de passe, puis enregistrez-le au format « Classeur Excel (.xlsx) ».",
        )
    parts = _unpack(data)
    _refuse_active(parts)
    if "xl/workbook.xml" not in parts:
        raise PackageRefused("CAQ601", _not_a_workbook(parts), _SAVE_AS)
    try:
        if root_namespace(parts["xl/workbook.xml"]).startswith(_STRICT):
            raise PackageRefused(
                "CAQ601",
                "Le classeur est au format « Classeur Open XML strict », qui se lirait vide.",
                "Enregistrez-le au format « Classeur Excel (.xlsx) », sans « strict ».",
            )
        return _sheets(parts)
    except XmlRefused as error:
        raise PackageRefused("CAQ601", f"Le classeur est refusé : {error}.", _SAVE_AS) from error


def _not_a_workbook(parts: Mapping[str, bytes]) -> str:
    if "xl/workbook.bin" in parts:
        return "Le classeur est au format binaire « .xlsb »."
    if "mimetype" in parts:
        return "Le fichier est au format OpenDocument."
    return "Le fichier n'est pas un classeur Excel."


def _unpack(data: bytes) -> dict[str, bytes]:
    """Every part, its size checked against what was declared."""
    parts: dict[str, bytes] = {}
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            infos = [i for i in archive.infolist() if not i.is_dir()]
            _check_sizes(infos)
            for info in infos:
                content = archive.read(info)
                if len(content) != info.file_size:
                    raise zipfile.BadZipFile
                parts[info.filename] = content
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, RuntimeError, OSError) as error:
        raise PackageRefused(
            "CAQ601", "Le classeur est endommagé : son contenu ne se décompresse pas.", _SAVE_AS
        ) from error
    return parts


def _check_sizes(infos: list[zipfile.ZipInfo]) -> None:
    names = Counter(i.filename.lower() for i in infos)
    twice = next((i.filename for i in infos if names[i.filename.lower()] > 1), None)
    if twice is not None:
        raise PackageRefused(
            "CAQ619", f"Le classeur contient deux fois la partie « {twice} » : rien ne dit laquelle vaut.", _SAVE_AS
        )
    if any(i.flag_bits & 1 for i in infos):
        raise PackageRefused("CAQ601", "Le classeur est chiffré.", "Retirez le mot de passe.")
    if any(i.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for i in infos):
        raise PackageRefused("CAQ601", "Le classeur est compressé d'une manière qu'Excel n'emploie pas.", _SAVE_AS)
    if len(infos) > MAX_PARTS or sum(i.file_size for i in infos) > MAX_UNPACKED:
        raise PackageRefused(
            "CAQ618",
            f"Le classeur dépasse {MAX_UNPACKED >> 20} Mio une fois décompressé, ou {MAX_PARTS} parties.",
            "Retirez ce qui n'est pas utile (images, feuilles), ou répartissez-le.",
        )
    for info in infos:
        if info.file_size > _RATIO_FROM and info.file_size > MAX_RATIO * max(info.compress_size, 1):
            raise PackageRefused(
                "CAQ618",
                f"La partie « {info.filename} » grossit plus de {MAX_RATIO} fois une fois décompressée.",
                "Supprimez les lignes et colonnes inutiles, puis enregistrez à nouveau.",
            )


def _refuse_active(parts: Mapping[str, bytes]) -> None:
    """Macros and links: what could run, or bring in values that nobody sees."""
    for name in parts:
        low = name.lower()
        if low.endswith("vbaproject.bin") or low.startswith(("xl/macrosheets/", "xl/activex/")):
            raise PackageRefused(
                "CAQ619",
                "Le classeur contient des macros.",
                "Enregistrez-le au format « Classeur Excel (.xlsx) », qui n'en a pas.",
            )
        if low.startswith(("xl/externallinks/", "xl/querytables/", "xl/embeddings/")) or low == "xl/connections.xml":
            raise PackageRefused(
                "CAQ619",
                "Le classeur est lié à d'autres fichiers ou sources de données.",
                "Rompez les liaisons (Données, Modifier les liaisons), ou collez les valeurs, puis enregistrez.",
            )


def _sheets(parts: Mapping[str, bytes]) -> Paquet:
    """Sheets in workbook order, with the parts that relations name."""
    targets: dict[str, tuple[str, str]] = {}

    def relation(name: str, attributes: Mapping[str, str]) -> None:
        if name == "Relationship" and attributes.get("TargetMode") != "External":
            target = attributes.get("Target", "")
            path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")
            targets[attributes.get("Id", "")] = (attributes.get("Type", "").rpartition("/")[2], path)

    walk_xml(parts.get("xl/_rels/workbook.xml.rels", b"<a/>"), relation)
    found: list[FeuilleDeclaree] = []

    def sheet(name: str, attributes: Mapping[str, str]) -> None:
        if name != "sheet":
            return
        link = next((v for k, v in attributes.items() if k.rpartition(" ")[2] == "id"), "")
        kind, path = targets.get(link, ("", ""))
        if kind == "worksheet" and path in parts:
            hidden = attributes.get("state", "visible") != "visible"
            found.append(FeuilleDeclaree(attributes.get("name", ""), path, hidden))

    walk_xml(parts["xl/workbook.xml"], sheet)
    by_kind = dict(targets.values())
    return Paquet(
        parts,
        tuple(found),
        by_kind.get("sharedStrings", "xl/sharedStrings.xml"),
        by_kind.get("styles", "xl/styles.xml"),
    )
