"""An answer to a criterion: a level that the criterion admits, or why it is not one.

Missing: an empty cell, and words such as « non communiqué », are not transmitted; « NC » means non concerné only.
"""

from __future__ import annotations

from collections.abc import Mapping

from caqes_dsl.base.diagnostics import abridge
from caqes_dsl.base.suggestions import nearest
from caqes_dsl.model.nodes import Critere, Politique

from .cells import not_sent, says_missing
from .findings import Constat
from .table import Cellule, heading_key


def level_names(politique: Politique) -> Mapping[str, str]:
    """Level by its folded name or label; a label that two levels share means neither."""
    names: dict[str, str] = {}
    shared: set[str] = set()
    for niveau in politique.niveaux.values():
        key = heading_key(niveau.titre)
        if names.setdefault(key, niveau.nom) != niveau.nom:
            shared.add(key)
    for key in shared:
        del names[key]
    for nom in politique.niveaux:
        names[heading_key(nom)] = nom
    return names


def read_answer(
    politique: Politique,
    names: Mapping[str, str],
    critere: Critere,
    cellule: Cellule,
    motif: str,
    applicable: bool,
) -> tuple[str | None, list[Constat]]:
    """The level to keep, and what is to be said; no place yet in it."""
    if cellule.is_empty:
        unused = [_without_effect(f"Le motif de {critere.nom} n'a pas de réponse à justifier.")] if motif else []
        return None, unused
    if cellule.faute:
        return None, [Constat("CAQ604", cellule.faute, cellule.aide)]
    shown = abridge(cellule.texte)
    level = None
    if cellule.valeur is None:
        level = cellule.texte if cellule.texte in politique.niveaux else names.get(heading_key(cellule.texte))
    if level is None and cellule.valeur is None and says_missing(cellule.texte):
        lu = not_sent(shown)
        return None, [Constat("CAQ615", f"{lu.note}.", lu.aide, sorte="absent")]
    if not applicable:
        return None, [
            _without_effect(
                f"« {shown} » ne compte pas : le critère {critere.nom} ne s'applique pas aux secteurs déclarés.",
                "Vérifiez les secteurs de l'établissement.",
            )
        ]
    measured = critere.mesure is not None or critere.table is not None
    neutral = level is not None and politique.niveaux[level].part is None
    if measured and not neutral:
        return None, [
            _without_effect(
                f"« {shown} » ne compte pas : le critère {critere.nom} est mesuré d'après ses données.",
                "Laissez la cellule vide.",
            )
        ]
    found = [Constat("CAQ612", f"« {shown} » : {cellule.note}.", sorte=cellule.sorte)] if cellule.note else []
    if level is None:
        return None, [
            *found,
            Constat("CAQ606", f"« {shown} » n'est pas un niveau.", _proposal(politique, critere, shown)),
        ]
    if neutral:
        refused = _refused_nc(politique, critere, level, motif)
        return (None, [*found, refused]) if refused else (level, found)
    if level not in critere.niveaux:
        return None, [
            *found,
            Constat(
                "CAQ606",
                f"Le critère {critere.nom} n'admet pas « {shown} ».",
                f"Écrivez {_allowed(politique, critere)}.",
            ),
        ]
    if motif:
        found.append(_without_effect(f"Le motif de {critere.nom} ne compte pas : la réponse n'est pas « NC »."))
    return level, found


def _without_effect(message: str, aide: str = "") -> Constat:
    return Constat("CAQ616", message, aide, sorte="sans effet")


def _refused_nc(politique: Politique, critere: Critere, level: str, motif: str) -> Constat | None:
    """Why « non concerné » cannot be declared here."""
    title = politique.niveaux[level].titre
    if not critere.nc_sur_justification and (level == "NC" or level not in critere.niveaux):
        return Constat(
            "CAQ610",
            f"Le critère {critere.nom} ne peut pas être déclaré « {title} ».",
            f"Écrivez {_allowed(politique, critere)}, ou laissez vide.",
        )
    if critere.nc_sur_justification and not motif:
        return Constat(
            "CAQ610",
            f"« {title} » est déclaré sans motif.",
            f"Justifiez-le dans la colonne « {critere.nom}_motif ».",
        )
    return None


def _allowed(politique: Politique, critere: Critere) -> str:
    return " ou ".join(f"{n} ({politique.niveaux[n].titre})" for n in critere.niveaux)


def _proposal(politique: Politique, critere: Critere, shown: str) -> str:
    among = {n for nom in critere.niveaux for n in (nom, politique.niveaux[nom].titre)}
    close = nearest(shown, sorted(among))
    asked = f"Vouliez-vous dire « {close[0]} » ? " if close else ""
    return f"{asked}Écrivez {_allowed(politique, critere)}."
