"""Écrit les schémas publiés, docs/schemas/*.schema.json, depuis les modèles qui font les données."""

from __future__ import annotations

import json
import sys
from pathlib import Path

RACINE = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(RACINE))

from caqes_dsl.documents.changements_json import compared_schema  # noqa: E402  # non installé
from caqes_dsl.documents.montre import show_schema  # noqa: E402  # non installé

SCHEMAS = {"montrer": show_schema, "comparer": compared_schema}
"""Commande -> ce qui donne son schéma."""


def text(schema: dict[str, object]) -> str:
    """Le texte publié d'un schéma."""
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"


if __name__ == "__main__":
    for nom, schema in SCHEMAS.items():
        (RACINE / "docs" / "schemas" / f"{nom}.schema.json").write_text(text(schema()), "utf-8")
