"""What the old side of a comparison refers to: bookmarks, links, pictures, so that the document holds them too."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping
from typing import Any

from docx.opc.oxml import serialize_part_xml
from docx.oxml import parse_xml
from docx.oxml.ns import nsmap, qn

from caqes_dsl.documents.writers.suivi_alignement import Paire
from caqes_dsl.documents.writers.suivi_paquet import PARAGRAPHE, TYPES, DocumentIllisible, Paquet, relations

__all__ = ["adopt", "bring", "rename_bookmarks"]

_SIGNET, _NOM = qn("w:bookmarkStart"), qn("w:name")
_ANCRES = ((qn("w:hyperlink"), qn("w:anchor")),)
_R = "{" + nsmap["r"] + "}"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_VIDE = f'<Relationships xmlns="{_RELATIONS}"/>'.encode()


def rename_bookmarks(old: Any, new: Any, pairs: Iterable[Paire]) -> None:
    """A bookmark of a paragraph that stays takes its new name; the others take a name that no new one has."""
    names: dict[str, str] = {}
    for before, now in pairs:
        if before is not None and now is not None and now.noeud.tag == PARAGRAPHE:
            marks = [[m.get(_NOM) for m in p.noeud.iter(_SIGNET)] for p in (before, now)]
            names.update(zip(*marks, strict=False))
    used = {m.get(_NOM) for m in new.iter(_SIGNET)}
    for mark in old.iter(_SIGNET):
        name = mark.get(_NOM)
        if name not in names:
            names[name] = next(f"{name}_{k}" for k in range(1, len(used) + 3) if f"{name}_{k}" not in used)
            used.add(names[name])
        mark.set(_NOM, names[name])
    for tag, attribute in _ANCRES:
        for link in old.iter(tag):
            if link.get(attribute) in names:
                link.set(attribute, names[link.get(attribute)])


def adopt(old: Any, before: Paquet, source: str, files: dict[str, bytes], part: str) -> None:
    """Brings into the new files what a part of the old ones refers to, and renumbers its references.

    What both sides refer to keeps the new number, so that the same picture or link is seen as the same.
    """
    mine = relations(before.fichiers, source)
    for element in old.iter():
        if element.tag in (qn("w:headerReference"), qn("w:footerReference")):
            continue
        for attribute, value in element.attrib.items():
            if attribute.startswith(_R) and value in mine:
                element.set(attribute, _reference(mine[value], before, source, files, part))


def _reference(link: tuple[str, str, bool], before: Paquet, source: str, files: dict[str, bytes], part: str) -> str:
    kind, target, outside = link
    theirs = relations(files, part)
    if outside:
        same = [number for number, other in theirs.items() if other == link]
        return same[0] if same else _relate(files, part, kind, target, outside=True)
    content = before.fichiers.get(_resolved(source, target))
    if content is None:
        raise DocumentIllisible("Le document renvoie à une partie qu’il n’a pas.")
    for number, (other, place, out) in theirs.items():
        if other == kind and not out and files.get(_resolved(part, place)) == content:
            return number
    name = _free(files, _resolved(source, target))
    files[name] = content
    _declare(files, before.fichiers, _resolved(source, target), name)
    return _relate(files, part, kind, f"/{name}", outside=False)


def bring(before: Mapping[str, bytes], source: str, name: str, files: dict[str, bytes], part: str) -> None:
    """Brings under the same name a part that a part of the old files refers to and that the new ones do not have."""
    for kind, target, outside in relations(before, source).values():
        if not outside and _resolved(source, target) == name:
            files[name] = before[name]
            _declare(files, before, name, name)
            _relate(files, part, kind, f"/{name}", outside=False)


def _resolved(part: str, target: str) -> str:
    return posixpath.normpath(posixpath.join("/", posixpath.dirname(part), target)).lstrip("/")


def _free(files: dict[str, bytes], name: str) -> str:
    stem, suffix = posixpath.splitext(name)
    return next(n for k in range(len(files) + 1) if (n := f"{stem}-{k + 1}{suffix}") not in files)


def _relate(files: dict[str, bytes], part: str, kind: str, target: str, *, outside: bool) -> str:
    folder, name = posixpath.split(part)
    path = f"{folder}/_rels/{name}.rels"
    root = parse_xml(files.get(path, _VIDE))
    used = {link.get("Id") for link in root}
    number = next(n for k in range(len(root) + 1) if (n := f"rId{len(root) + k + 1}") not in used)
    attributes = {"Id": number, "Type": kind, "Target": target, **({"TargetMode": "External"} if outside else {})}
    root.append(root.makeelement(f"{{{_RELATIONS}}}Relationship", attributes))
    files[path] = serialize_part_xml(root)
    return number


def _declare(files: dict[str, bytes], before: Mapping[str, bytes], source: str, name: str) -> None:
    """Says in the new files of which kind a copied part is."""
    theirs, ours = parse_xml(before[TYPES]), parse_xml(files[TYPES])
    suffix = posixpath.splitext(name)[1].lstrip(".")
    for entry in theirs:
        if entry.get("PartName") == f"/{source}":
            ours.append(ours.makeelement(entry.tag, {**entry.attrib, "PartName": f"/{name}"}))
        elif entry.get("Extension") == suffix and all(o.get("Extension") != suffix for o in ours):
            ours.insert(0, ours.makeelement(entry.tag, dict(entry.attrib)))
    files[TYPES] = serialize_part_xml(ours)
