"""Everything that templates name and that the view of the annex does not have, with the file and the place.

Jinja templates (pages, texts, parts of Word and OpenDocument files) are read, not filled. A Typst template is tried on
a made-up view, since only Typst reads Typst: what it says is what it reaches.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any

from jinja2 import TemplateSyntaxError, nodes

from caqes_dsl.base.diagnostics import Diagnostic
from caqes_dsl.documents.modele_formes import Fiche, sample
from caqes_dsl.documents.modele_noms import Modele, templates_named, unknown_names
from caqes_dsl.documents.sandbox import ErreurModele, Modeles, check, find, guarded, read_template, refusal
from caqes_dsl.documents.shapes import AnnexeVue
from caqes_dsl.resources import files_under

VUE = Fiche(AnnexeVue)
"""What a template of the annex sees."""

TYPST = "annexe.typ"
_JINJA, _WORD = ".j2", ".docx"
_MOST = 40
"""Most names that are sought one after the other in a Typst template."""


def verify(folder: Path, shipped: Path | None = None) -> list[Diagnostic]:
    """What is wrong in the templates of a folder; what they include may come from the shipped ones.

    Errors: ErreurModele, when there is no template in the folder.
    """
    paths = [p for p in files_under(folder) if p.is_file() and not p.name.startswith((".", "~"))]
    pages = [p for p in paths if p.suffix == _JINJA]
    words = [p for p in paths if p.suffix == _WORD]
    typst = folder / TYPST
    if not pages and not words and typst not in paths:
        raise refusal("CAQ702", "Le dossier ne contient aucun modèle (.j2, .docx ou annexe.typ).", str(folder))
    atelier = _Atelier([folder, shipped] if shipped else [folder])
    found = [d for path in atelier.whole(pages, folder) for d in atelier.page(path)]
    for path in words:
        found += atelier.word(path)
    if typst in paths:
        found += verify_typst(typst)
    return found


def names(folder: Path) -> list[str]:
    """The templates that a folder has, as they are listed once verified."""
    paths = [p for p in files_under(folder) if p.is_file() and not p.name.startswith((".", "~"))]
    kept = [p for p in paths if p.suffix in (_JINJA, _WORD) or p == folder / TYPST]
    return [p.relative_to(folder).as_posix() for p in kept]


def verify_apart(folder: Path, shipped: Path) -> list[Diagnostic]:
    """The same for a folder that is not ours: read in a child process, under the limits of a template."""
    from caqes_dsl.documents.apart import Atelier

    with Atelier("verification", "", folder) as atelier:
        return [Diagnostic(**d) for d in json.loads(atelier.fill({"modeles": str(shipped)}))]


def verifier(folder: Path) -> Callable[[Mapping[str, object]], bytes]:
    """What the child process does: the diagnostics, as JSON."""

    def answer(order: Mapping[str, object]) -> bytes:
        found = verify(folder, Path(str(order["modeles"])))
        said = [{k: getattr(d, k) for k in ("code", "message", "aide", "fichier", "lieu")} for d in found]
        return json.dumps(said).encode("utf-8")

    return answer


# ---------------------------------------------------------------- Jinja


@dataclass(slots=True)
class _Atelier:
    """The folders where templates are looked for, first found first."""

    folders: list[Path]

    def whole(self, pages: list[Path], folder: Path) -> list[Path]:
        """The pages that no other takes in: what is a part is read with what it is a part of."""
        parts: set[Path] = set()
        for path in pages:
            try:
                tree = self._parse(read_template(path), str(path))
            except (ErreurModele, OSError):
                continue
            parts |= {folder / name for name in templates_named(tree)} - {path}
        return [p for p in pages if p not in parts] or pages

    def page(self, path: Path) -> list[Diagnostic]:
        """What is wrong in a page or a text, and in what it takes in."""
        try:
            return self._read(read_template(path), str(path), lambda line: f"ligne {line}")
        except ErreurModele as error:
            return [error.diagnostic]

    def word(self, path: Path) -> list[Diagnostic]:
        """What is wrong in a Word template: its body, heads, feet, notes, properties."""
        import docxtpl

        from caqes_dsl.documents.writers.docx import inspected, parts

        found: list[Diagnostic] = []

        def action() -> bytes:
            document = docxtpl.DocxTemplate(io.BytesIO(inspected(path)))
            document.init_docx()
            for where, xml in parts(document):
                text = _BREAK.sub("\n", document.patch_xml(xml))
                found.extend(self._read(text, str(path), _Lieu(where, text.split("\n")), lines=False))
            return b""

        try:
            guarded(action, str(path), lines=False)
        except ErreurModele as error:
            found.append(error.diagnostic)
        return found

    def _read(self, source: str, fichier: str, lieu: Callable[[int], str], *, lines: bool = True) -> list[Diagnostic]:
        modele = Modele(self._parse(source, fichier, lines), fichier, self._find)
        return [
            Diagnostic("CAQ701", i.message, None, aide=i.aide, fichier=i.fichier,
                       lieu=lieu(i.ligne) if i.fichier == fichier else f"ligne {i.ligne}")
            for i in unknown_names(modele, VUE.champs)
        ]  # fmt: skip

    def _parse(self, source: str, fichier: str, lines: bool = True) -> nodes.Template:
        env = Modeles(self.folders, escape="", known=frozenset(), fichier=fichier, lines=lines)
        trees: list[nodes.Template] = []

        def action() -> bytes:
            try:
                tree = env.parse(source, filename=fichier)
            except TemplateSyntaxError as error:
                error.filename = fichier
                raise
            check(tree, fichier, lines=lines)
            trees.append(tree)
            return b""

        guarded(action, fichier, lines=lines)
        return trees[0]

    def _find(self, name: str) -> Modele | None:
        for folder in self.folders:
            path = find(folder, name)
            if path is not None:
                return Modele(self._parse(read_template(path), str(path)), str(path), self._find)
        return None


_BREAK = re.compile(r"(?=<w:p[ >])|(?<=</w:p>)")
"""Where a paragraph of Word begins or ends: put on lines of their own, paragraphs are places."""


@dataclass(frozen=True, slots=True)
class _Lieu:
    """Where a line of a part of a Word document is, in words."""

    partie: str
    lignes: list[str]

    def __call__(self, line: int) -> str:
        text = " ".join(unescape(re.sub(r"<[^>]+>", " ", self.lignes[line - 1])).split())
        return f"{self.partie}, paragraphe « {text[:80]} »" if text else self.partie


# ---------------------------------------------------------------- Typst


def verify_typst(template: Path) -> list[Diagnostic]:
    """What is wrong in a Typst template, tried on a view where all is there and on one where nothing is.

    Typst stops at the first name that does not exist: it is then given, and the next one is sought.
    """
    found: dict[tuple[str, str, str], Diagnostic] = {}
    for full in (True, False):
        vue: Any = sample(VUE, full=full)
        known: set[str] = set()
        for error in _tries(vue, template, known):
            d = error.diagnostic
            if known and d.code != "CAQ701":
                break  # what was given in place of a name that does not exist may be the cause
            found.setdefault((d.message, d.fichier, d.lieu), d)
    return list(found.values())


def _tries(vue: Any, template: Path, known: set[str]) -> Iterator[ErreurModele]:
    """The errors that come one after the other; each unknown name is given to everything that has parts."""
    from caqes_dsl.documents.writers.pdf import write_pdf

    for _ in range(_MOST):
        try:
            write_pdf(vue, template)
        except ErreurModele as error:
            yield error
            name = re.search(r"« (.+) »", error.diagnostic.message)
            if error.diagnostic.code != "CAQ701" or name is None or name[1] in known:
                return
            known.add(name[1])
            _give(vue, name[1])
        else:
            return


def _give(part: Any, name: str) -> None:
    if isinstance(part, dict):
        for value in list(part.values()):
            _give(value, name)
        part.setdefault(name, "")
    elif isinstance(part, list):
        for value in part:
            _give(value, name)
