"""A cell typed by the policy: its value, or why it has none. Nothing is guessed; what is doubtful is said."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from fractions import Fraction

from caqes_dsl.base.quantities import Genre
from caqes_dsl.base.suggestions import fold, nearest
from caqes_dsl.model.nodes import Donnee, Politique

from .numbers import Lu, Usage, plain_spaces, read_number, settle
from .table import Cellule, heading_key

ABSENT = "absent"
"""The `sorte` of a word read as not transmitted."""

_DATE = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})", re.ASCII)
_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})", re.ASCII)
_SHORT = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{2})", re.ASCII)
_OUI_NON = {"oui": True, "vrai": True, "true": True, "non": False, "faux": False, "false": False}
_MISSING = frozenset(
    (
        "nc nr nd na n/a ns nsp - -- – — / non-communique non-communiquee non-communiques non-renseigne "
        "non-renseignee non-renseignes non-transmis non-transmise non-disponible non-connu non-connue inconnu inconnue "
        "ne-sait-pas sans-reponse pas-de-reponse a-completer a-venir en-attente en-cours"
    ).split()
)


def says_missing(text: str) -> bool:
    """Whether a word means that nothing was transmitted (« non communiqué », « NR ? », « n.c. »)."""
    bare = re.sub(r"[.?!…()]", "", fold(plain_spaces(text)))
    return not bare.strip() or "-".join(bare.split()) in _MISSING


def not_sent(text: str) -> Lu:
    """The reading of such a word."""
    return Lu(
        note=f"« {text} » est lu comme non transmis",
        aide="Laissez vide ce qui n'est pas transmis.",
        sorte=ABSENT,
    )


def read_cell(cellule: Cellule, genre: Genre, usage: Usage, *, typee: bool, choix: Iterable[str] = ()) -> Lu:
    """Value of a cell in a column of this type; no value and no fault when it is empty."""
    if cellule.faute:
        return Lu(faute=cellule.faute, aide=cellule.aide)
    if cellule.is_empty:
        return Lu()
    if genre.is_number:
        lu = _number(cellule, genre, usage, typee)
    elif cellule.valeur is None and says_missing(cellule.texte) and not _names(cellule.texte, choix, genre):
        lu = not_sent(cellule.texte)
    elif genre is Genre.DATE:
        lu = _date(cellule)
    elif genre is Genre.OUI_NON:
        lu = _oui_non(cellule)
    else:
        lu = one_of(cellule, choix)
    if cellule.note and not lu.faute:
        lu = replace(lu, note=" ; ".join(n for n in (lu.note, f"« {cellule.texte} » : {cellule.note}") if n))
        lu = replace(lu, sorte=lu.sorte or cellule.sorte)
    return lu


def _names(text: str, choix: Iterable[str], genre: Genre) -> bool:
    """Whether a word that could mean « missing » is a value of the list (« NR » for a level, a choice named « NA »)."""
    return genre in (Genre.CHOIX, Genre.NIVEAU) and heading_key(text) in map(heading_key, choix)


def read_donnee(donnee: Donnee, cellule: Cellule, usage: Usage, politique: Politique, *, typee: bool) -> Lu:
    """Value of a fact."""
    choix = donnee.choix if donnee.genre is Genre.CHOIX else tuple(politique.niveaux)
    return read_cell(cellule, donnee.genre, usage, typee=typee, choix=choix)


def _number(cellule: Cellule, genre: Genre, usage: Usage, typee: bool) -> Lu:
    value = cellule.valeur
    if isinstance(value, Fraction):
        percent = cellule.unite == "%"
        return settle(value * 100 if percent else value, cellule.unite, genre, usage, cellule.texte)
    if isinstance(value, date):
        return Lu(
            faute=f"« {cellule.texte} » est une date, là où un nombre est attendu.",
            aide="Un tableur a pu changer « 1/3 » ou « 1.3 » en date : redonnez à la cellule le format d'un nombre.",
        )
    if isinstance(value, bool):
        return Lu(faute=f"« {cellule.texte} » n'est pas un nombre.", aide="Écrivez le nombre, ou laissez vide.")
    if says_missing(cellule.texte):
        return not_sent(cellule.texte)
    lu = read_number(cellule.texte, genre, usage)
    if typee and not lu.faute:
        stored = f"« {cellule.texte} » est un nombre rangé en texte"
        return replace(lu, note=" ; ".join(n for n in (stored, lu.note) if n), sorte=lu.sorte or "texte")
    return lu


def _date(cellule: Cellule) -> Lu:
    if isinstance(cellule.valeur, date):
        return Lu(cellule.valeur)
    shown = cellule.texte
    parts: tuple[str, ...] = ()
    if cellule.valeur is None and (french := _DATE.fullmatch(shown)):
        parts = french.group(3, 2, 1)
    elif cellule.valeur is None and (iso := _ISO.fullmatch(shown)):
        parts = iso.group(1, 2, 3)
    if parts:
        try:
            return Lu(date(int(parts[0]), int(parts[1]), int(parts[2])))
        except ValueError:
            return Lu(faute=f"« {shown} » n'existe pas au calendrier.", aide="Vérifiez le jour et le mois.")
    if short := _SHORT.fullmatch(shown):
        return Lu(
            faute=f"« {shown} » ne dit pas le siècle.",
            aide=f"Écrivez « {short.group(1)}/{short.group(2)}/20{short.group(3)} » si c'est la date voulue.",
        )
    return Lu(faute=f"« {shown} » n'est pas une date.", aide="Écrivez par exemple « 31/12/2018 ».")


def _oui_non(cellule: Cellule) -> Lu:
    if isinstance(cellule.valeur, bool):
        return Lu(cellule.valeur)
    found = _OUI_NON.get(fold(cellule.texte)) if cellule.valeur is None else None
    if found is None:
        return Lu(faute=f"« {cellule.texte} » n'est ni oui ni non.", aide="Écrivez « oui » ou « non ».")
    return Lu(found)


def one_of(cellule: Cellule, names: Iterable[str]) -> Lu:
    """A name of a list, whatever its accents and case."""
    listed = list(names)
    if cellule.texte in listed:
        return Lu(cellule.texte)
    alike = [n for n in listed if heading_key(n) == heading_key(cellule.texte)]
    if len(alike) == 1 and cellule.valeur is None:
        return Lu(alike[0])
    close = nearest(cellule.texte, listed)
    return Lu(
        faute=f"« {cellule.texte} » n'est pas une des valeurs possibles.",
        aide=f"Vouliez-vous dire « {close[0]} » ?" if close else f"Écrivez {' ou '.join(f'« {n} »' for n in listed)}.",
    )
