"""Wishes of a committee, as people write them: « part sous la cible ≤ 20 % », « total des sanctions ≤ 300 000 € »."""

from __future__ import annotations

import re
from collections.abc import Iterable
from fractions import Fraction

from caqes_dsl.base.diagnostics import abridge
from caqes_dsl.base.quantities import Genre
from caqes_dsl.base.suggestions import fold, nearest
from caqes_dsl.evaluation.calibration import Souhait
from caqes_dsl.model.nodes import Politique

from .numbers import Usage, read_number

_FORM = re.compile(
    r"(?P<quoi>part|nombre|total)\s+(?P<sujet>.+?)(?:\s+parmi\s+(?P<secteur>\w+))?\s*"
    r"(?P<op><=|>=|≤|≥|<|>|=)\s*(?P<valeur>.+)"
)
_SIGNS = {"<=": "≤", ">=": "≥"}
_GENRES = {"part": Genre.TAUX, "nombre": Genre.ENTIER, "total": Genre.MONTANT}
EXEMPLES = "« part sous la cible ≤ 20 % », « total des sanctions ≤ 300 000 € », « nombre de sanctions parmi MCO = 0 »"


class SouhaitRefuse(Exception):
    """Why a wish cannot be read, in French, with what to write instead."""


def read_wish(politique: Politique, texte: str) -> Souhait:
    """A wish. Errors: SouhaitRefuse."""
    found = _FORM.fullmatch(" ".join(texte.replace("\u00a0", " ").replace("\u202f", " ").split()))
    if found is None:
        raise SouhaitRefuse(f"« {abridge(texte)} » ne se lit pas. Écrivez par exemple {EXEMPLES}.")
    quoi, secteur = found["quoi"], found["secteur"] or ""
    if secteur and secteur not in politique.secteurs:
        raise SouhaitRefuse(f"« {secteur} » n'est pas un secteur. Écrivez {' ou '.join(politique.secteurs)}.")
    keys = _subject(politique, found["sujet"], quoi)
    if quoi == "total" and any(sorte != "décision" for sorte, _ in keys):
        raise SouhaitRefuse("Un total est en euros : « total des sanctions ≤ 300 000 € ».")
    lu = read_number(found["valeur"], _GENRES[quoi], Usage.FRANCAIS)
    if lu.faute or not isinstance(lu.valeur, Fraction):
        raise SouhaitRefuse(f"« {abridge(texte)} » : {lu.faute} {lu.aide}".strip())
    op = _SIGNS.get(found["op"], found["op"])
    return Souhait(" ".join(texte.split()), quoi, keys, secteur, op, lu.valeur)


def _subject(politique: Politique, sujet: str, quoi: str) -> tuple[tuple[str, str], ...]:
    """What is counted."""
    words = fold(sujet)
    targeted = [nom for nom, volet in politique.volets.items() if volet.cible is not None]
    if words == "sous la cible":
        if len(targeted) != 1:
            listed = " ou ".join(f"« {quoi} sous la cible de {nom} »" for nom in targeted) or "un autre souhait"
            raise SouhaitRefuse(f"La politique a {len(targeted)} cibles de volet : écrivez {listed}.")
        return (("sous_cible", targeted[0]),)
    if words.startswith("sous la cible de "):
        nom = _named(sujet[len("sous la cible de ") :], targeted, "un volet qui a une cible")
        return (("sous_cible", nom),)
    if words.startswith("atteignant "):
        judged = [n for n, i in politique.indicateurs.items() if i.atteint is not None]
        return (("indicateur", _named(sujet[len("atteignant ") :], judged, "un indicateur qui a une cible")),)
    name = re.sub(r"^(des|de la|de l'|du|de|d')\s*", "", sujet)
    natures = {fold(d.nature) + "s": d.nature for d in politique.decisions.values()}
    if fold(name) in natures:
        return tuple(("décision", d.nom) for d in politique.decisions_de(natures[fold(name)]))
    known = {*natures.values(), *politique.decisions}
    return (("décision", _named(name, politique.decisions, "un montant", hints=[f"{n}s" for n in known])),)


def _named(name: str, known: Iterable[str], what: str, hints: Iterable[str] = ()) -> str:
    listed = list(known)
    found = next((k for k in listed if fold(k) == fold(name.strip())), None)
    if found is not None:
        return found
    close = nearest(name.strip(), [*listed, *hints])
    hint = f"Vouliez-vous dire « {close[0]} » ? " if close else ""
    shown = ", ".join(f"« {k} »" for k in listed[:8]) or "aucun n'est déclaré"
    raise SouhaitRefuse(f"« {abridge(name.strip())} » n'est pas {what}. {hint}Sont déclarés : {shown}.")
