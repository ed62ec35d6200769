"""Documents from a policy or from a result: one function for each, in each format it has."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping, Set
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from caqes_dsl.documents.view import annexe_view
from caqes_dsl.evaluation.trace import Resultat
from caqes_dsl.model.nodes import Politique
from caqes_dsl.resources import folder

if TYPE_CHECKING:
    from caqes_dsl.documents.sandbox import ErreurModele

__all__ = ["FORMATS", "MODELES", "DependanceManquante", "ErreurModele", "render_annexe", "render_explication", "write"]

MODELES = {
    "html": "annexe.html.j2",
    "docx": "annexe.docx",
    "pdf": "annexe.typ",
    "odt": "odt/content.xml.j2",
    "md": "annexe.md.j2",
}
"""The template of each format that has one, in `templates/annexe` or in a user's folder."""

FORMATS = (*MODELES, "xlsx")
"""The formats of the annex; a workbook has no template."""

_NEEDS = {"docx": ("jinja2", "docxtpl"), "pdf": ("jinja2", "typst"), "xlsx": ("xlsxwriter",)}


class DependanceManquante(Exception):
    """A package that a format needs is not installed; the message is French and says what to install."""


def __getattr__(name: str) -> object:
    """`ErreurModele` comes with Jinja, which is loaded only when a document is asked for."""
    if name == "ErreurModele":
        from caqes_dsl.documents import sandbox

        return sandbox.ErreurModele
    raise AttributeError(name)


def require(format: str) -> None:
    """Check that what a format needs is installed. Errors: DependanceManquante."""
    for package in _NEEDS.get(format, ("jinja2",)):
        try:
            importlib.import_module(package)
        except ImportError as error:
            message = f"Le format « {format} » demande le paquet « {package} » : pip install 'caqes[documents]'"
            raise DependanceManquante(message) from error


def templates_folder() -> Path:
    """Where the shipped templates are: in a checkout, or inside the installed package."""
    return folder("templates")


def write(format: str) -> Callable[[Mapping[str, object], Path | None], bytes]:
    """The writer of the annex in a format: it takes the view and a user's folder of templates, or None.

    A user's folder replaces the shipped template; what it includes may come from either.
    """
    if format not in FORMATS:
        raise ValueError(f"Le format « {format} » n'existe pas. Formats connus : {', '.join(FORMATS)}.")
    require(format)
    if format == "xlsx":
        from caqes_dsl.documents.writers.xlsx import write_xlsx

        return lambda vue, _: write_xlsx(vue)
    shipped, name = templates_folder() / "annexe", MODELES[format]
    writer = _writer(format)

    def document(vue: Mapping[str, object], own: Path | None) -> bytes:
        folders = [own, shipped] if own else [shipped]
        return writer(vue, folders, _template(folders[0], name, shipped))

    return document


def _writer(format: str) -> Callable[[Mapping[str, object], list[Path], Path], bytes]:
    """What fills a template: it takes the view, the folders where parts are looked for, the template's file."""
    if format == "docx":
        from caqes_dsl.documents.writers.docx import write_docx

        return lambda vue, _, template: write_docx(vue, template)
    if format == "pdf":
        from caqes_dsl.documents.writers.pdf import write_pdf

        return lambda vue, _, template: write_pdf(vue, template)
    if format == "odt":
        from caqes_dsl.documents.writers.odt import write_odt

        return lambda vue, folders, _: write_odt(vue, folders)
    from caqes_dsl.documents.writers.html import write_page

    return lambda vue, folders, _: write_page(vue, folders, MODELES[format])


def _template(where: Path, name: str, shipped: Path) -> Path:
    """The template of a folder. Errors: ErreurModele, when it is not there or leaves the folder by a link."""
    from caqes_dsl.documents.sandbox import find, refusal

    found = find(where, name)
    if found is None:
        message = f"Le dossier ne contient pas le modèle « {name} »."
        raise refusal("CAQ702", message, str(where), None, f"Copier celui de {shipped}.")
    return found


Remplir = Callable[[Mapping[str, object]], bytes]
"""What makes a document of a view."""


def filler(sorte: str, modeles: Mapping[str, str], format: str, own: Path | None, known: Set[str]) -> Remplir:
    """What fills a template as often as asked, the user's or the shipped one of `templates/SORTE`, read once.

    `modeles` names the template of each format (HTML, DOCX), `known` what a view gives.
    Errors: ValueError (a format without template), DependanceManquante, ErreurModele.
    """
    if format not in modeles:
        raise ValueError(f"Le format « {format} » n'a pas de modèle. Formats connus : {', '.join(modeles)}.")
    require(format)
    shipped, name = templates_folder() / sorte, modeles[format]
    template = _template(own or shipped, name, shipped)
    if format == "docx":
        from caqes_dsl.documents.writers.docx import DocumentWord

        return DocumentWord(template, known).fill
    if format == "pdf":
        from caqes_dsl.documents.writers.pdf import write_pdf

        return lambda vue: write_pdf(vue, template)
    from caqes_dsl.documents.writers.html import Page

    commun = templates_folder() / "commun"
    return Page([own, shipped, commun] if own else [shipped, commun], name, known).fill


def render_annexe(
    politique: Politique, format: str, *, secteurs: tuple[str, ...] = (), modeles: Path | None = None
) -> bytes:
    """The annex of a policy in one of `FORMATS`; `modeles` is a folder of templates used instead of the shipped ones.

    Errors: ValueError (unknown format or sector), DependanceManquante, ErreurModele.
    """
    writer = write(format)
    vue = asdict(annexe_view(politique, secteurs=secteurs))
    if modeles is None or format not in MODELES:
        return writer(vue, None)
    from caqes_dsl.documents.apart import render_apart

    return render_apart(format, modeles, vue)


def render_explication(resultat: Resultat, format: Literal["txt", "html"]) -> str:
    """Why this establishment got this result, for its director: a first page that stands alone, then the detail."""
    if format not in ("txt", "html"):
        raise ValueError(f"Le format « {format} » n'existe pas. Formats connus : txt, html.")
    require(format)
    from caqes_dsl.documents.explication import explication_view
    from caqes_dsl.documents.writers.html import write_page
    from caqes_dsl.documents.writers.texte import lay_out

    folders = [templates_folder() / "explication"]
    text = write_page(asdict(explication_view(resultat)), folders, f"explication.{format}.j2").decode("utf-8")
    return lay_out(text) if format == "txt" else text
