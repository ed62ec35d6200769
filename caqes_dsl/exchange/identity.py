"""Who a row is about: FINESS, exercice, secteurs."""

from __future__ import annotations

import re
from fractions import Fraction

from caqes_dsl.base.diagnostics import abridge
from caqes_dsl.base.quantities import Genre
from caqes_dsl.base.suggestions import nearest
from caqes_dsl.model.nodes import Politique

from .cells import read_cell
from .findings import Constat
from .numbers import Usage
from .table import Cellule, heading_key

_FINESS = re.compile(r"(?:[0-9]{2}|2[AB])[0-9]{7}", re.ASCII)
FIRST_YEAR, LAST_YEAR = 1990, 2199


def luhn(number: str) -> bool:
    """Whether the last digit is the check digit of the others."""
    total = 0
    for place, digit in enumerate(reversed(number)):
        worth = int(digit) * (1 + place % 2)
        total += worth - 9 * (worth > 9)
    return total % 10 == 0


def is_finess(text: str) -> bool:
    """Whether a text has the form of a FINESS, and nothing more: fit to name a file."""
    return _FINESS.fullmatch(text) is not None


def read_finess(cellule: Cellule) -> tuple[str, list[Constat]]:
    """The nine characters, « » when it cannot be one; no place yet in what is found."""
    if cellule.faute:
        return "", [Constat("CAQ607", cellule.faute, cellule.aide)]
    text = cellule.texte
    if not text:
        return "", [Constat("CAQ607", "Le FINESS est vide.", "Écrivez ses neuf caractères.")]
    found: list[Constat] = []
    bare = re.sub(r"[\s'\u00a0\u202f]", "", text).upper()
    if isinstance(cellule.valeur, Fraction) and _FINESS.fullmatch(bare):
        found.append(
            Constat(
                "CAQ612",
                f"Le FINESS « {bare} » est rangé en nombre.",
                "Donnez à la colonne le format texte : un zéro de tête y serait perdu.",
                sorte="nombre",
            )
        )
    elif bare != text and _FINESS.fullmatch(bare):
        found.append(Constat("CAQ612", f"Le FINESS « {text} » est lu « {bare} ».", sorte="finess"))
    if not _FINESS.fullmatch(bare):
        return "", [_wrong_finess(bare, text)]
    if bare.isdigit() and not luhn(bare):
        found.append(
            Constat(
                "CAQ608",
                f"La clé du FINESS « {bare} » ne correspond pas à ses autres chiffres.",
                "Vérifiez le numéro : deux chiffres ont pu être échangés.",
            )
        )
    return bare, found


def _wrong_finess(bare: str, text: str) -> Constat:
    shown = abridge(text, 40)
    if bare.isascii() and bare.isdigit() and len(bare) == 8:
        return Constat(
            "CAQ607",
            f"Le FINESS « {shown} » n'a que huit chiffres : un tableur a sans doute retiré le zéro de tête.",
            f"Écrivez « 0{bare} » si c'est bien lui, dans une colonne au format texte.",
        )
    return Constat(
        "CAQ607",
        f"Le FINESS « {shown} » n'a pas la forme attendue.",
        "Écrivez neuf chiffres, ou 2A ou 2B puis sept chiffres.",
    )


def read_exercice(cellule: Cellule, usage: Usage) -> tuple[int | None, list[Constat]]:
    """The year; None when it cannot be one."""
    if cellule.is_empty:
        return None, [Constat("CAQ604", "L'exercice est vide.", "Écrivez l'année, par exemple 2018.")]
    lu = read_cell(cellule, Genre.ENTIER, usage, typee=False)
    if isinstance(lu.valeur, Fraction) and FIRST_YEAR <= lu.valeur <= LAST_YEAR:
        noted = [Constat("CAQ612", f"{lu.note[0].upper()}{lu.note[1:]}.", lu.aide, sorte=lu.sorte)] if lu.note else []
        return int(lu.valeur), noted
    return None, [
        Constat("CAQ604", f"« {cellule.texte} » n'est pas une année d'exercice.", "Écrivez l'année, par exemple 2018.")
    ]


def read_secteurs(cellule: Cellule, politique: Politique) -> tuple[tuple[str, ...], list[Constat]]:
    """The sectors, each once, as written; empty when one of them is unknown."""
    if not politique.secteurs and not cellule.faute and not cellule.texte:
        return (), []
    allowed = ", ".join(politique.secteurs)
    if cellule.faute or not cellule.texte:
        message = cellule.faute or "Les secteurs sont vides."
        return (), [Constat("CAQ611", message, f"Écrivez-les séparés par « + », parmi {allowed}.")]
    by_key: dict[str, str] = {}
    for secteur in politique.secteurs.values():
        by_key.setdefault(heading_key(secteur.titre), secteur.nom)
    for own in politique.secteurs:
        by_key[heading_key(own)] = own
    found: list[Constat] = []
    named: list[str] = []
    for piece in cellule.texte.split("+"):
        word = piece.strip()
        nom = word if word in politique.secteurs else by_key.get(heading_key(word))
        if nom is None:
            found.append(_unknown_secteur(word, cellule.texte, politique))
            continue
        if nom != word:
            found.append(Constat("CAQ612", f"Le secteur « {word} » est lu « {nom} ».", sorte="secteur"))
        if nom in named:
            found.append(Constat("CAQ612", f"Le secteur « {nom} » est dit deux fois.", sorte="deux fois"))
        else:
            named.append(nom)
    return (() if any(c.is_error for c in found) else tuple(named)), found


def _unknown_secteur(word: str, text: str, politique: Politique) -> Constat:
    if not word:
        return Constat("CAQ611", f"« {text} » a un secteur vide.", "Retirez le « + » en trop.")
    parts = [p for p in re.split(r"[,;/&\s-]+", word) if p]
    if len(parts) > 1 and all(p in politique.secteurs for p in parts):
        return Constat("CAQ611", f"« {word} » n'est pas un secteur.", f"Écrivez « {'+'.join(parts)} ».")
    close = nearest(word, politique.secteurs)
    return Constat(
        "CAQ611",
        f"Le secteur « {word} » n'est pas dans la politique.",
        f"Vouliez-vous dire « {close[0]} » ?" if close else f"Écrivez {' ou '.join(politique.secteurs)}.",
    )
