"""Pages and plain texts from Jinja templates."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from caqes_dsl.documents.sandbox import Modeles, guarded, unknown_name
from caqes_dsl.documents.typography import typeset, typeset_html


def write_page(vue: Mapping[str, object], folders: list[Path], name: str) -> bytes:
    """A page or a plain text (`name` says which), UTF-8, from the first of the folders that has the template."""
    page, known = ".html" in name, frozenset(vue)

    def action() -> bytes:
        env = Modeles(folders, escape=page, known=known, fichier=name)
        template = env.get_template(name)
        fichier = template.filename or name
        assert env.loader is not None
        for unknown, line in env.unknown_names(env.loader.get_source(env, name)[0], fichier):
            raise unknown_name(unknown, known, fichier, line)
        text = template.render(vue)
        return (typeset_html(text) if page else typeset(text)).encode("utf-8")

    return guarded(action, name)
