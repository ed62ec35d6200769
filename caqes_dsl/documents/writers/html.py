"""Pages and plain texts from Jinja templates."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from caqes_dsl.documents.sandbox import environment, guarded
from caqes_dsl.documents.typography import typeset, typeset_html


def write_page(vue: Mapping[str, object], folders: list[Path], name: str) -> bytes:
    """A page or a plain text (`name` says which), UTF-8."""
    page = ".html" in name

    def action() -> bytes:
        env = environment(folders, escape=page)
        text = env.get_template(name).render(vue)
        return (typeset_html(text) if page else typeset(text)).encode("utf-8")

    return guarded(action, name)
