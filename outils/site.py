"""Ce que le site change aux pages : les blocs « caqes » en couleurs, aucune requête vers le réseau."""

from __future__ import annotations

import re
from typing import Any


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Un bloc « caqes faux CAQ301 » ou « caqes cadre » est un bloc « caqes » : le reste n'est que pour les essais."""
    return re.sub(r"^```caqes .*$", "```caqes", markdown, flags=re.MULTILINE)


def on_post_page(output: str, **_: Any) -> str:
    """Le site se lit sans réseau : rien n'est demandé ailleurs."""
    return re.sub(r'<script src="https?://[^"]*"></script>', "", output)


def on_post_template(output_content: str, **_: Any) -> str:
    """De même pour la page d'erreur."""
    return on_post_page(output_content)
