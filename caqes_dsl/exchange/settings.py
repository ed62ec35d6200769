"""What a simulation varies, as people write it: « cible=50%:60%:1% », « poids(C34)=1;2;3 »."""

from __future__ import annotations

from fractions import Fraction

from caqes_dsl.base.diagnostics import abridge
from caqes_dsl.base.quantities import Genre, write_value
from caqes_dsl.base.suggestions import nearest
from caqes_dsl.evaluation.reglages import Reglage, bounds_a_row, find, reglages_of
from caqes_dsl.model.nodes import Politique

from .numbers import Usage, read_number

MOST_VALUES = 10_000
"""Most values of one setting."""


class ReglageRefuse(Exception):
    """Why a setting cannot be read, in French, with what to write instead."""


def read_setting(politique: Politique, texte: str) -> tuple[Reglage, list[Fraction]]:
    """A setting and the values that it takes: a range « bas:haut:pas », or a list « a;b;c ».

    Errors: ReglageRefuse.
    """
    name, sign, listed = texte.partition("=")
    if not sign or not listed.strip():
        raise ReglageRefuse(f"« {abridge(texte)} » ne dit pas ses valeurs. Écrivez par exemple « cible=50%:60%:1% ».")
    reglage = read_name(politique, name)
    parts = [p.strip() for p in listed.split(":")]
    if len(parts) == 1:
        values = [_value(reglage, p) for p in listed.split(";") if p.strip()]
    elif len(parts) == 3:
        values = _range(reglage, *(_value(reglage, p) for p in parts))
    else:
        raise ReglageRefuse(
            f"« {abridge(listed)} » n'est ni une liste ni un intervalle. Écrivez « 50%:60%:1% » (de, à, pas), ou "
            "« 50%;55%;60% »."
        )
    return reglage, list(dict.fromkeys(values))


def read_bounds(politique: Politique, texte: str) -> tuple[Reglage, Fraction, Fraction, Fraction]:
    """A setting looked for between two values, « cible=40%:70% », and the step of the trials, a third one or usual.

    Errors: ReglageRefuse.
    """
    name, _, listed = texte.partition("=")
    reglage = read_name(politique, name)
    parts = [p.strip() for p in listed.split(":")]
    if len(parts) not in (2, 3) or not all(parts):
        raise ReglageRefuse(f"« {abridge(texte)} » ne dit pas entre quelles valeurs chercher : « {name}=40%:70% ».")
    low, high, *steps = (_value(reglage, p) for p in parts)
    step = steps[0] if steps else _STEPS.get(reglage.genre, Fraction(1))
    if high <= low or step <= 0:
        raise ReglageRefuse(f"{reglage.ecrit} : on cherche du plus petit au plus grand, par un pas positif.")
    return reglage, low, high, step


_STEPS = {Genre.TAUX: Fraction(1, 1000), Genre.ECART: Fraction(1, 1000), Genre.POINTS: Fraction(1, 2)}
"""The usual step of the trials, by type: a tenth of a percent, half a point."""


def read_name(politique: Politique, name: str) -> Reglage:
    """A setting by its name. Errors: ReglageRefuse."""
    reglage = find(politique, name)
    known = reglages_of(politique)
    if reglage is None:
        close = nearest(name.strip(), known)
        hint = f" Vouliez-vous dire « {close[0]} » ?" if close else ""
        shown = [k for k, r in known.items() if r.sorte != "poids"]
        listed = ", ".join(f"« {k} »" for k in shown[:12])
        weights = next((k for k, r in known.items() if r.sorte == "poids"), "")
        listed += f", et le poids de chaque critère (« {weights} »)" if weights else ""
        raise ReglageRefuse(f"« {abridge(name.strip())} » n'est pas un réglage.{hint} Peuvent varier : {listed}.")
    if bounds_a_row(politique, reglage):
        raise ReglageRefuse(
            f"Le paramètre « {reglage.nom} » borne un rang de seuils ou de barème : il ne se fait pas varier ici. "
            "Écrivez une version de la politique pour chaque valeur, et comparez-les."
        )
    return reglage


def _value(reglage: Reglage, texte: str) -> Fraction:
    genre = Genre.TAUX if reglage.genre is Genre.ECART and "%" in texte else reglage.genre
    lu = read_number(texte, genre, Usage.FRANCAIS)
    if lu.faute or not isinstance(lu.valeur, Fraction):
        raise ReglageRefuse(f"{reglage.ecrit} : {lu.faute or f'« {abridge(texte)} » ne se lit pas.'} {lu.aide}".strip())
    _admitted(reglage, lu.valeur)
    return lu.valeur


def _admitted(reglage: Reglage, valeur: Fraction) -> None:
    """A weight is positive, a share or a target that is a rate goes from 0 % to 100 %."""
    shown = write_value(valeur, reglage.genre)
    if reglage.sorte == "poids" and valeur < 0:
        raise ReglageRefuse(f"{reglage.ecrit} : {shown} est négatif. Un poids est positif ou nul.")
    if reglage.sorte == "part" and not 0 <= valeur <= 1:
        raise ReglageRefuse(f"{reglage.ecrit} : {shown} n'est pas de 0 % à 100 %.")


def _range(reglage: Reglage, low: Fraction, high: Fraction, step: Fraction) -> list[Fraction]:
    if step <= 0 or high < low:
        raise ReglageRefuse(
            f"{reglage.ecrit} : un intervalle va du plus petit au plus grand, par un pas positif ; « 50%:60%:1% »."
        )
    count = (high - low) // step + 1
    if count > MOST_VALUES:
        raise ReglageRefuse(f"{reglage.ecrit} : {count} valeurs, plus que {MOST_VALUES}. Prenez un pas plus grand.")
    return [low + k * step for k in range(count)]
