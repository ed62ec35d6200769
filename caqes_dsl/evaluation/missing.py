"""What is missing: its keys, the values it may take, the establishment once it is transmitted.

A key is the name of a donnée or of a critère (its answer), or « score » and « points » (a recorded result); an earlier
exercise is said: « lits (2017) ».
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from caqes_dsl.base.quantities import Genre, Valeur
from caqes_dsl.model.intervals import Domaine
from caqes_dsl.model.nodes import Critere, Politique

from .facts import Etablissement

_KEY = re.compile(r"(?P<nom>.+?)(?: \((?P<annee>\d{4}|N-\d+)\))?")
_RECORDED = re.compile(r"(score|points|points_applicables)(_\w+)?")
_OTHERS = re.compile(r"(?P<cle>.+) \((?P<finess>[0-9A-Z]{9})\)")
_REFUSED = re.compile(r"\d+ établissements? à corriger")
_FAR = (Fraction(1), Fraction(10), Fraction(1000), Fraction(10) ** 6, Fraction(10) ** 9)


@dataclass(frozen=True, slots=True)
class Manquant:
    """A missing item. `sorte`: donnée, critère (an answer), résultat (recorded: `nom` is its column), statistique (what
    only the whole cohort gives: a statistic as the policy writes it, the share of an enveloppe, another's key)."""

    sorte: str
    nom: str
    annee: int | None


def decode(politique: Politique, key: str) -> Manquant:
    """What a key names; the year is None for the exercise itself."""
    found = _KEY.fullmatch(key)
    assert found is not None
    nom, annee = found["nom"], found["annee"]
    sorte = "donnée" if nom in politique.donnees else "critère" if nom in politique.criteres else "résultat"
    if sorte == "résultat" and (nom in politique.decisions or not _RECORDED.fullmatch(nom)):
        return Manquant("statistique", key, None)
    return Manquant(sorte, nom, int(annee) if annee and annee.isdigit() else None)


def owner(key: str) -> tuple[str, str]:
    """What is missing, and the FINESS of whom: « x (140000118) », in the sharing of an envelope; « » for one's own."""
    found = _OTHERS.fullmatch(key)
    return (found["cle"], found["finess"]) if found else (key, "")


def is_own(key: str, finess: str) -> bool:
    """Whether what is missing can be asked of this establishment: no other's, nor the rows to correct."""
    return owner(key)[1] in ("", finess) and _REFUSED.fullmatch(key) is None


def as_read_by(finess: str, keys: Iterable[str]) -> list[str]:
    """What is missing as one establishment is told it: what a sharing lacks of it is simply its own."""
    return list(dict.fromkeys(owner(k)[0] if owner(k)[1] == finess else k for k in keys))


def recorded_column(sorte: str, titre: str) -> str:
    """The column of a recorded result: « score », « score_socle »."""
    return f"{sorte}_{titre}" if titre else sorte


def complete(etablissement: Etablissement, politique: Politique, valeurs: Mapping[str, Valeur]) -> Etablissement:
    """The establishment once these keys are transmitted."""
    result = etablissement
    for key, valeur in valeurs.items():
        item = decode(politique, key)
        if item.sorte == "statistique":
            continue
        if item.annee is None:
            result = _with(result, item, valeur)
        else:
            past = result.passes.get(item.annee) or Etablissement(
                result.finess, exercice=item.annee, secteurs=result.secteurs
            )
            result = replace(result, passes={**result.passes, item.annee: _with(past, item, valeur)})
    return result


def _with(etablissement: Etablissement, item: Manquant, valeur: Valeur) -> Etablissement:
    match item.sorte:
        case "donnée":
            return replace(etablissement, faits={**etablissement.faits, item.nom: valeur})
        case "critère":
            return replace(etablissement, reponses={**etablissement.reponses, item.nom: str(valeur)})
    assert isinstance(valeur, Fraction)
    return replace(etablissement, enregistres={**etablissement.enregistres, item.nom: valeur})


def answers(politique: Politique, critere: Critere) -> tuple[str, ...]:
    """The answers that an establishment may give to a criterion."""
    declared = ("NC",) if critere.nc_sur_justification and "NC" in politique.niveaux else ()
    return tuple(dict.fromkeys((*critere.niveaux, *declared)))


def values_to_try(politique: Politique, key: str, domaine: Domaine, known: list[Fraction]) -> tuple[list[Valeur], bool]:
    """Values of a missing item worth trying, its ends first, and whether they are all it can take."""
    item = decode(politique, key)
    if item.sorte == "critère":
        return list(answers(politique, politique.criteres[item.nom])), True
    if domaine.valeurs is not None:
        return list(domaine.valeurs), True
    donnee = politique.donnees.get(item.nom)
    if donnee is not None and donnee.genre is Genre.DATE:
        return [], False
    every = _every(domaine)
    if every is not None:
        return every, True
    return list(dict.fromkeys(v for v in _numbers(domaine, known) if domaine.contient(v))), False


def _every(domaine: Domaine, most: int = 40) -> list[Valeur] | None:
    """Its numbers, the ends first, when they are few."""
    if domaine.bas is None or domaine.haut is None or domaine.pas is None or domaine.vide:
        return None
    count = (domaine.haut - domaine.bas) / domaine.pas
    if count > most:
        return None
    inner: list[Valeur] = [domaine.bas + i * domaine.pas for i in range(1, int(count))]
    return [*dict.fromkeys((domaine.bas, domaine.haut)), *inner]


def _numbers(domaine: Domaine, known: list[Fraction]) -> Iterator[Fraction]:
    """The ends, or what is beside them when they are excluded; then numbers far away and multiples of known ones."""
    step = domaine.pas or Fraction(1, 10**6)
    for end, inwards in ((domaine.bas, step), (domaine.haut, -step)):
        if end is not None:
            yield end
            yield end + inwards
    yield from (Fraction(0), *known)
    yield from (sign * far for far in reversed(_FAR) for sign in (1, -1))
    yield from (k * n for n in known for k in (2, 3, 4, 5, 10, 20, 100))
    if domaine.bas is not None and domaine.haut is not None:
        yield from (domaine.bas + (domaine.haut - domaine.bas) * Fraction(i, 20) for i in range(1, 20))
