"""PDF from a Typst template: archivable (PDF/A-2a) and accessible (PDF/UA-1), the same bytes each time.

The view enters as a JSON file: no text of a policy is ever part of the source that Typst reads.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path

import typst

from caqes_dsl.documents.sandbox import ErreurModele, excess, find, guarded, refusal
from caqes_dsl.documents.typography import typeset_view
from caqes_dsl.resources import files_under, folder, read_bytes

NORMES = ["a-2a", "ua-1"]
"""Both at once; Typst refuses to write a file that does not follow them."""

DATE = 1514764800
"""The date of every PDF, 1 January 2018: a document is known by its empreinte, not by the day it was printed."""

_PARTIES = (".typ", ".svg", ".png", ".jpg", ".jpeg", ".json", ".csv", ".txt")
_TOUT = 10 * 1024 * 1024
_PACKAGE = re.compile(r"""["']@""")
_PLACE = re.compile(r"┌─ (\S+?):(\d+):\d+")
_NULLE_PART = Path(__file__).resolve().parent / "absent"
"""Where Typst would look for packages: nowhere."""


def write_pdf(vue: Mapping[str, object], template: Path) -> bytes:
    """The document that the template gives."""
    files = _files(template)
    files["vue.json"] = json.dumps(typeset_view(vue), ensure_ascii=False).encode("utf-8")

    def action() -> bytes:
        try:
            made = typst.compile(
                files,  # type: ignore[call-overload]  # its stubs forget files in memory
                root=str(folder("templates") / "annexe"),  # all that Typst itself may read from the disk
                ignore_system_fonts=True,
                format="pdf",
                pdf_standards=NORMES,
                timestamp=DATE,
                package_path=str(_NULLE_PART),
                package_cache_path=str(_NULLE_PART),
            )
        except typst.TypstError as error:
            raise _explained(error, template, files) from error
        assert isinstance(made, bytes)
        return made

    return guarded(action, str(template))


def _files(template: Path) -> dict[str, bytes]:
    """The template and the parts beside it. Errors: ErreurModele, for a link out of the folder, or too much."""
    own, files = template.parent, {}
    parts = [p for p in files_under(own) if p.suffix in _PARTIES and p != template and p.name != "vue.json"]
    left = _TOUT
    for name, path in (("main", template), *((p.relative_to(own).as_posix(), p) for p in parts)):
        if find(own, path.relative_to(own).as_posix()) is None:
            continue
        data = read_bytes(path, left + 1)
        left -= len(data)
        if left < 0:
            raise refusal("CAQ703", "Les modèles Typst dépassent 10 Mio.", str(own))
        if path.suffix == ".typ":
            _check_source(data, path)
        files[name] = data
    return files


def _check_source(data: bytes, path: Path) -> None:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise refusal("CAQ702", "Le modèle n'est pas en UTF-8.", str(path), line) from error
    found = _PACKAGE.search(text)
    if found:
        line = text.count("\n", 0, found.start()) + 1
        aide = "Copier dans le dossier des modèles ce qu'il faut du composant."
        raise refusal("CAQ702", "Un modèle ne va chercher aucun composant sur le réseau.", str(path), line, aide)


# ---------------------------------------------------------------- what goes wrong

_DICTIONARY = re.compile(r'dictionary does not contain key "(.*)"')
_GLYPH = re.compile(r"the text `\"(.+?)\"` could not be displayed|disallowed codepoint `\"(.+?)\"`")
_ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")
_SEARCHED = re.compile(r" \(.*", re.DOTALL)
_ENDLESS = ("infinite", "maximum", "always true")
_OUTSIDE = ("file not found", "escape", "sandbox", "package", "access denied")


def _explained(error: typst.TypstError, template: Path, files: Mapping[str, bytes]) -> ErreurModele:
    """The diagnostic of what Typst refused, with its line."""
    said, where = str(error.message), _PLACE.search(str(error.diagnostic))
    line = int(where[2]) if where else None
    # Typst names a file by its path from the folder the program is run in: the end of it is what was given.
    parts = [n for n in files if n != "main" and where is not None and f"/{where[1]}".endswith(f"/{n}")]
    name = str(template.parent / max(parts, key=len) if parts else template)
    unknown, glyph = _DICTIONARY.search(said), _GLYPH.search(said)
    if unknown:
        return refusal("CAQ701", f"Le nom « {unknown[1]} » n'existe pas.", name, line, "Voir docs/modeles.md.")
    if glyph:
        sign = _ESCAPED.sub(lambda m: f"U+{m[1].upper():0>4}", glyph[1] or glyph[2])
        message = f"Le caractère « {sign} » n'est dans aucune des polices du PDF."
        return refusal(
            "CAQ704", message, name, None, "Changer ce caractère dans la politique, ou écrire un autre format."
        )
    if any(word in said for word in _ENDLESS):
        return excess(name)
    if any(word in said for word in _OUTSIDE):
        message = "Le modèle cherche un fichier ou un composant qui n'est pas dans son dossier."
        return refusal("CAQ702", message, name, line, f"Typst dit : {_SEARCHED.sub('', said)}.")
    return refusal("CAQ702", "Le modèle Typst ne peut pas être appliqué.", name, line, f"Typst dit : {said}")
