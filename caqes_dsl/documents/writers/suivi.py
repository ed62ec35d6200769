"""Two Word documents as one with tracked changes: accepted they give the new one, rejected the old one."""

from __future__ import annotations

import datetime
from typing import Any

from docx.oxml.ns import qn

from caqes_dsl.documents.writers.suivi_blocs import aligned, merge
from caqes_dsl.documents.writers.suivi_issue import accept_all, reject_all
from caqes_dsl.documents.writers.suivi_liens import adopt, rename_bookmarks
from caqes_dsl.documents.writers.suivi_marques import Marques, number
from caqes_dsl.documents.writers.suivi_notes import adopt_notes, part_notes
from caqes_dsl.documents.writers.suivi_paquet import CORPS, NOTES, DocumentIllisible, Paquet, read, texts

__all__ = ["DocumentIllisible", "accept_all", "reject_all", "texts", "tracked"]

_SECTION = qn("w:sectPr")


def tracked(ancien: bytes, nouveau: bytes, *, auteur: str, date: datetime.date) -> bytes:
    """The new document with what changed from the old one, as Word and LibreOffice show it, accept it or reject it.

    Both come from the same template: styles, numbering, sections and properties are those of the new one.
    Always the same bytes. Errors: DocumentIllisible.
    """
    before, now = read(ancien), read(nouveau)
    marques = Marques(auteur, date)
    files = dict(now.fichiers)
    places = {place: part for part, place in before.lieux.items()}
    textes = dict(now.textes)
    adopt_notes(before, textes, files)
    for part, place in now.lieux.items():
        if place in places and part not in NOTES:
            adopt(before.textes[places[place]], before, places[place], files, part)
            _part(before.textes[places[place]], now.textes[part], part == CORPS, marques)
    part_notes(textes)
    number(textes.values())
    return Paquet(files, textes, now.lieux).write()


def _part(old: Any, new: Any, body: bool, marques: Marques) -> None:
    """Puts into a part of the new document what changed in it."""
    if body:
        old, new = old.find(qn("w:body")), new.find(qn("w:body"))
    pairs = aligned(old, new)
    rename_bookmarks(old, new, pairs)
    made = merge(pairs, marques)
    section = new.find(_SECTION)
    for child in list(new):
        new.remove(child)
    new.extend(made)
    if section is not None:
        new.append(section)
