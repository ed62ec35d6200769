"""An amendment as data: the changes, from which policy to which, and the proof that applying them gives the latter."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from caqes_dsl.model.empreinte import empreintes
from caqes_dsl.model.nodes import Politique

from .apply import Inapplicable, edited
from .changes import Changement
from .codec import Illisible, decode_changes, encode_changes
from .names import renamed

SCHEMA = "caqes.avenant/1"
"""What the data says that it is."""


class Inexact(ValueError):
    """An amendment that is not of this policy, or that does not give what it announces; the message is French."""


def encode_amendment(ancienne: Politique, nouvelle: Politique, changements: Iterable[Changement]) -> dict[str, Any]:
    """The amendment that makes the newer policy of the older one."""
    return {
        "schema": SCHEMA,
        "ancienne": {"nom": ancienne.nom, "empreinte": ancienne.empreinte},
        "nouvelle": {"nom": nouvelle.nom, "empreinte": nouvelle.empreinte},
        **encode_changes(changements),
    }


def apply_amendment(politique: Politique, data: Any) -> Politique:
    """The policy once amended, whose empreinte is the one announced.

    Errors: Illisible (not an amendment), Inexact (not of this policy, or another result), Inapplicable.
    """
    if not isinstance(data, dict) or data.get("schema") != SCHEMA:
        raise Illisible("ce n'est pas un avenant")
    old, new = (_side(data, side) for side in ("ancienne", "nouvelle"))
    if politique.empreinte != old["empreinte"]:
        raise Inexact(f"il modifie « {old['nom']} » d'empreinte {old['empreinte'][:12]}, et non cette politique")
    renommages, editions = decode_changes(data)
    try:
        made = empreintes(edited(renamed(politique, renommages), editions))
    except (AttributeError, KeyError, TypeError, RecursionError) as error:
        raise Illisible("ses modifications ne forment pas une politique") from error
    if made.empreinte != new["empreinte"]:
        raise Inexact(f"il donne l'empreinte {made.empreinte[:12]}, et annonce {new['empreinte'][:12]}")
    return made


def _side(data: Mapping[str, Any], side: str) -> dict[str, str]:
    found = data.get(side)
    if not isinstance(found, dict) or not all(isinstance(found.get(k), str) for k in ("nom", "empreinte")):
        raise Illisible(f"il ne dit pas quelle politique est {side}")
    return found


__all__ = ["SCHEMA", "Illisible", "Inapplicable", "Inexact", "apply_amendment", "encode_amendment"]
