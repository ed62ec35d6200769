"""XML parts read step by step, nothing expanded: a document type declaration refuses the part."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from xml.parsers import expat

Debut = Callable[[str, Mapping[str, str]], None]
Fin = Callable[[str], None]
Texte = Callable[[str], None]


class XmlRefused(Exception):
    """A part that is not sound XML, or that declares entities; carries why, in French."""


def walk_xml(data: bytes, debut: Debut, fin: Fin | None = None, texte: Texte | None = None) -> None:
    """Calls back for each element, by local name. Errors: XmlRefused."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True

    def refuse(*_: object) -> None:
        raise XmlRefused("il déclare un type de document, ce qu'aucun classeur ordinaire ne fait")

    def start(name: str, attributes: dict[str, str]) -> None:
        debut(name.rpartition(" ")[2], attributes)

    def end(name: str) -> None:
        assert fin is not None
        fin(name.rpartition(" ")[2])

    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.StartElementHandler = start
    if fin is not None:
        parser.EndElementHandler = end
    if texte is not None:
        parser.CharacterDataHandler = texte
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise XmlRefused(f"son XML est endommagé (ligne {error.lineno})") from error


def root_namespace(data: bytes) -> str:
    """Namespace of the first element. Errors: XmlRefused."""
    parser = expat.ParserCreate(namespace_separator=" ")
    found: list[str] = []

    def start(name: str, _: dict[str, str]) -> None:
        if not found:
            found.append(name.rpartition(" ")[0])

    def refuse(*_: object) -> None:
        raise XmlRefused("il déclare un type de document, ce qu'aucun classeur ordinaire ne fait")

    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = start
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise XmlRefused(f"son XML est endommagé (ligne {error.lineno})") from error
    return found[0]
