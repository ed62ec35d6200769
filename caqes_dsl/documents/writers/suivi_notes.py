"""Notes at the foot of pages and at the end: those of both sides, each under a number of its own."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from docx.oxml import parse_xml
from docx.oxml.ns import qn

from caqes_dsl.documents.writers.suivi_liens import adopt, bring
from caqes_dsl.documents.writers.suivi_paquet import CORPS, NOTES, Paquet, note_lines, notes, references

__all__ = ["adopt_notes", "part_notes"]

_ID = qn("w:id")


def adopt_notes(before: Paquet, textes: dict[str, Any], files: dict[str, bytes]) -> None:
    """Puts the old notes with the new ones, and renumbers the old references.

    A note that says the same on both sides keeps its new number: its reference is seen as the same.
    """
    for name in NOTES:
        calls = list(references(before.textes[CORPS], name))
        if not calls or name not in before.textes:
            continue
        if name not in textes:
            bring(before.fichiers, CORPS, name, files, CORPS)
            textes[name] = parse_xml(before.fichiers[name])
            for note in notes(textes[name]).values():
                textes[name].remove(note)
        adopt(before.textes[name], before, name, files, name)
        old, root = notes(before.textes[name]), textes[name]
        free = [(number, note_lines(note)) for number, note in notes(root).items()]
        for call in calls:
            note = old.get(call.get(_ID))
            if note is None:
                continue
            same = next((pair for pair in free if pair[1] == note_lines(note)), None)
            if same is not None:
                free.remove(same)
            call.set(_ID, same[0] if same else _added(root, note))


def part_notes(textes: dict[str, Any]) -> None:
    """Gives a note of its own to each reference: a note that moved is called where it was and where it is."""
    for name in NOTES:
        seen: set[str] = set()
        for call in references(textes[CORPS], name):
            number = call.get(_ID)
            note = notes(textes[name]).get(number) if name in textes else None
            if number in seen and note is not None:
                call.set(_ID, _added(textes[name], note))
            seen.add(number)


def _added(root: Any, note: Any) -> str:
    copy = deepcopy(note)
    number = str(max((int(n.get(_ID)) for n in root), default=0) + 1)
    copy.set(_ID, number)
    root.append(copy)
    return number
