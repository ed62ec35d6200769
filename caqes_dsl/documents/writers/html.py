"""Pages and plain texts from Jinja templates."""

from __future__ import annotations

from collections.abc import Mapping, Set
from pathlib import Path

from jinja2 import Template

from caqes_dsl.documents.sandbox import Escape, Modeles, guarded, unknown_name
from caqes_dsl.documents.typography import typeset, typeset_html


class Page:
    """A page or a plain text (`name` says which), from the first of the folders that has the template.

    The template is read and checked once, filled as often as asked.
    """

    def __init__(self, folders: list[Path], name: str, known: Set[str]) -> None:
        self._folders, self._name, self._known = folders, name, frozenset(known)
        self._escape: Escape = "html" if ".html" in name or ".xml" in name else "markdown" if ".md" in name else ""
        self._template: Template | None = None

    def fill(self, vue: Mapping[str, object]) -> bytes:
        """The page of a view, UTF-8. Errors: ErreurModele."""
        return guarded(lambda: self._filled(vue), self._name)

    def _filled(self, vue: Mapping[str, object]) -> bytes:
        if self._template is None:
            self._template = self._checked()
        text = self._template.render(vue)
        return (typeset_html(text) if self._escape == "html" else typeset(text)).encode("utf-8")

    def _checked(self) -> Template:
        env = Modeles(self._folders, escape=self._escape, known=self._known, fichier=self._name)
        template = env.get_template(self._name)
        fichier = template.filename or self._name
        assert env.loader is not None
        for unknown, line in env.unknown_names(env.loader.get_source(env, self._name)[0], fichier):
            raise unknown_name(unknown, self._known, fichier, line)
        return template


def write_page(vue: Mapping[str, object], folders: list[Path], name: str) -> bytes:
    """A page or a plain text (`name` says which), UTF-8, from the first of the folders that has the template."""
    return Page(folders, name, vue.keys()).fill(vue)
