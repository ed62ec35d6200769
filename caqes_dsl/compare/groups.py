"""Totals of a comparison: all the establishments, by secteur, by size; sums are over what is known on both sides."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from caqes_dsl.base.quantities import Genre
from caqes_dsl.evaluation.facts import Etablissement
from caqes_dsl.evaluation.population import quantile
from caqes_dsl.model.nodes import Donnee, Politique, Secteur
from caqes_dsl.model.walk import facts_read, nodes

from .attribution import crossings
from .bilans import ZERO, difference, score_of
from .impact_shapes import (
    Bilan,
    Ecart,
    GrilleConstante,
    Groupe,
    Ligne,
    Montant,
    Perimetre,
    Taille,
    TotalEcart,
    TotalMontant,
    TotalScore,
)

QUARTS = 4
"""Classes of size."""


# ---------------------------------------------------------------- sizes


def size(politique: Politique, etablissements: Sequence[Etablissement], donnee: str | None = None) -> Taille | None:
    """The fact by which sizes are told: the one asked, or else beds, or else the amount that sanctions are a share of.

    None when the policy has no such fact, or nobody transmitted it.
    """
    asked = [d for nom, d in politique.donnees.items() if nom == donnee]
    for one in asked or _sizes(politique):
        values = sorted(v for e in etablissements if isinstance(v := e.faits.get(one.nom), Fraction))
        if values:
            ends = (quantile(values, Fraction(i, QUARTS)) for i in range(1, QUARTS))
            bornes = tuple(dict.fromkeys(end for end in ends if end > values[0]))
            return Taille(one.nom, one.titre, one.genre, bornes, len(etablissements) - len(values))
    return None


def _sizes(politique: Politique) -> list[Donnee]:
    """Facts that may tell a size, the best first: a whole number of beds, then an amount that a decision multiplies."""
    donnees = politique.donnees
    beds = [d for n, d in donnees.items() if d.genre is Genre.ENTIER and n.split("_")[0] == "lits"]
    read = [nom for d in politique.decisions.values() for nom in sorted(facts_read(nodes(d.montant)))]
    amounts = [donnees[nom] for nom in dict.fromkeys(read) if donnees[nom].genre is Genre.MONTANT]
    return [*beds, *amounts]


def class_of(taille: Taille | None, etablissement: Etablissement) -> int | None:
    """The rank of the class of an establishment."""
    value = etablissement.faits.get(taille.donnee) if taille is not None else None
    if taille is None or not isinstance(value, Fraction):
        return None
    return sum(value >= end for end in taille.bornes)


# ---------------------------------------------------------------- groups


@dataclass(frozen=True, slots=True)
class Cadre:
    """What totals are made of."""

    perimetres: tuple[Perimetre, ...]
    decisions: tuple[str, ...]
    secteurs: Mapping[str, Secteur]
    taille: Taille | None


def everyone(cadre: Cadre, lignes: Sequence[Ligne]) -> Groupe:
    """All the establishments."""
    return _groupe(cadre, "tous", "", "Ensemble", lignes)


def by_sector(cadre: Cadre, lignes: Sequence[Ligne]) -> tuple[Groupe, ...]:
    """Those of each secteur, in the order of the newer policy; then those that have none."""
    found = [(nom, s.titre, [li for li in lignes if nom in li.secteurs]) for nom, s in cadre.secteurs.items()]
    found.append(("", "", [li for li in lignes if not set(cadre.secteurs) & set(li.secteurs)]))
    return tuple(_groupe(cadre, "secteur", nom, titre, mine) for nom, titre, mine in found if mine)


def by_size(cadre: Cadre, lignes: Sequence[Ligne]) -> tuple[Groupe, ...]:
    """Those of each class of size, the smallest first; then those whose size was not transmitted."""
    if cadre.taille is None:
        return ()
    ranks: list[int | None] = [*range(len(cadre.taille.bornes) + 1), None]
    found = [(rank, [li for li in lignes if li.taille == rank]) for rank in ranks]
    return tuple(
        _groupe(cadre, "taille", "" if rank is None else str(rank), cadre.taille.titre, mine)
        for rank, mine in found
        if mine
    )


def _groupe(cadre: Cadre, sorte: str, nom: str, titre: str, lignes: Sequence[Ligne]) -> Groupe:
    grilles = [li.grille_constante for li in lignes if li.grille_constante is not None]
    return Groupe(
        sorte,
        nom,
        titre,
        len(lignes),
        {p.nom: _score(p, lignes) for p in cadre.perimetres},
        {nom: _amount(lignes, lambda b, nom=nom: b.montants[nom]) for nom in cadre.decisions},  # type: ignore[misc]  # bound to this name
        _amount(lignes, lambda b: b.charge),
        _amount(lignes, lambda b: b.faveur),
        {p.nom: _moves(grilles, lambda g, nom=p.nom: g.scores.get(nom)) for p in cadre.perimetres},  # type: ignore[misc]  # idem
        _moves(grilles, lambda g: g.charge),
        _moves(grilles, lambda g: g.faveur),
    )


def _score(perimetre: Perimetre, lignes: Sequence[Ligne]) -> TotalScore:
    nom = perimetre.nom
    pairs = [(score_of(li.ancien, nom), score_of(li.nouveau, nom)) for li in lignes]
    known = [(a, b) for a, b in pairs if a is not None and b is not None]
    count = len(known)
    sides = [[b.atteintes.get(nom) for b in bilans] for bilans in _sides(lignes)]
    open_before, open_after = (sum(_is_open(b, nom) for b in bilans) for bilans in _sides(lignes))
    crossed = [c.monte for li in lignes for c in crossings(li.finess, (nom,), li.ancien, li.nouveau)]
    return TotalScore(
        len(lignes),
        count,
        sum(_is_vague(li, nom) for li in lignes),
        sum((a for a, _ in known), ZERO) / count if count else None,
        sum((b for _, b in known), ZERO) / count if count else None,
        sum(b > a for a, b in known),
        sum(b < a for a, b in known),
        sides[0].count(False),
        sides[1].count(False),
        sides[0].count(True),
        sides[1].count(True),
        open_before,
        open_after,
        crossed.count(True),
        crossed.count(False),
    )


def _sides(lignes: Sequence[Ligne]) -> tuple[list[Bilan], list[Bilan]]:
    return [li.ancien for li in lignes], [li.nouveau for li in lignes]


def _has_score(bilan: Bilan, nom: str) -> bool:
    """Whether something is scored, known or not."""
    return nom in bilan.scores and not bilan.scores[nom].sans_objet


def _is_vague(ligne: Ligne, nom: str) -> bool:
    both = _has_score(ligne.ancien, nom) and _has_score(ligne.nouveau, nom)
    return both and difference(score_of(ligne.nouveau, nom), score_of(ligne.ancien, nom)) is None


def _is_open(bilan: Bilan, nom: str) -> bool:
    """Whether what is missing decides if the target is reached."""
    return _has_score(bilan, nom) and bilan.cibles.get(nom) is not None and bilan.atteintes.get(nom) is None


def _amount(lignes: Sequence[Ligne], of: Callable[[Bilan], Montant]) -> TotalMontant:
    pairs = [(of(li.ancien), of(li.nouveau)) for li in lignes]
    known = [(a.valeur, b.valeur) for a, b in pairs if a.valeur is not None and b.valeur is not None]
    vague = [(a, b) for a, b in pairs if a.valeur is None or b.valeur is None]
    old, new = sum((a for a, _ in known), ZERO), sum((b for _, b in known), ZERO)
    bounds = (
        (a.bas for a, _ in vague),
        (a.haut for a, _ in vague),
        (b.bas for _, b in vague),
        (b.haut for _, b in vague),
    )
    return TotalMontant(len(known), old, new, new - old, len(vague), *(_added(values) for values in bounds))


def _added(values: Iterable[Fraction | None]) -> Fraction | None:
    total = ZERO
    for value in values:
        if value is None:
            return None
        total += value
    return total


def _moves(grilles: Sequence[GrilleConstante], of: Callable[[GrilleConstante], Ecart | None]) -> TotalEcart:
    found = [e for g in grilles if (e := of(g)) is not None]
    known = [(e.total, e.regles, e.etablissement) for e in found]
    sure = [(t, r, h) for t, r, h in known if t is not None and r is not None and h is not None]
    sums = (sum((line[i] for line in sure), ZERO) for i in range(3))
    return TotalEcart(len(sure), len(grilles) - len(sure), *sums)
