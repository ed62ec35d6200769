"""What a simulation gives as one table: a row for each setting, each cohort and each sector."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction

from caqes_dsl.base.quantities import Genre, Valeur
from caqes_dsl.base.suggestions import fold
from caqes_dsl.evaluation.reglages import Reglage
from caqes_dsl.evaluation.simulation import Compte, Releve
from caqes_dsl.model.nodes import Politique

from .results import Colonne, Resultats

TOUS = "tous"
"""The sector of a row that counts every establishment."""


def simulation_table(politique: Politique, reglages: Sequence[Reglage], releves: Iterable[Releve]) -> Resultats:
    """A table: the values set, then for each volet, indicateur and decision how many and how much.

    Missing: a share over nobody has no value. Rows follow the settings in their order, then cohorts, then sectors.
    """
    listed = list(releves)
    names = column_of(reglages)
    kinds = list(dict.fromkeys(key for r in listed for key in r.comptes))
    columns = [
        Colonne("cohorte", "0 : la cohorte donnée ; 1, 2… : cohortes tirées d'elle, avec remise", Genre.ENTIER),
        *(Colonne(names[r.ecrit], f"{r.titre} : {r.ecrit}", r.genre) for r in reglages),
        Colonne("secteur", "Secteur d'activité, ou « tous »"),
        Colonne("etablissements", "Établissements de la ligne", Genre.ENTIER),
        *(c for key in kinds for c in _columns(politique, *key)),
    ]
    rows = [_row(r, names) for r in listed]
    return Resultats(tuple(columns), tuple(rows))


def column_of(reglages: Iterable[Reglage]) -> dict[str, str]:
    """The column of each setting: « rang(taux ; 2) » is `rang_taux_2`."""
    return {r.ecrit: re.sub(r"[^a-z0-9]+", "_", fold(r.ecrit)).strip("_") for r in reglages}


def _columns(politique: Politique, sorte: str, nom: str) -> Iterator[Colonne]:
    if sorte == "décision":
        titre = politique.decisions[nom].titre
        yield Colonne(f"{nom}_total", f"{titre} : total des montants certains", Genre.MONTANT)
        yield Colonne(f"{nom}_nombre", f"{titre} : établissements dont le montant n'est pas nul", Genre.ENTIER)
        yield Colonne(f"{nom}_indetermines", f"{titre} : établissements non tranchés", Genre.ENTIER)
    elif sorte == "indicateur":
        titre = politique.indicateurs[nom].titre
        yield Colonne(f"{nom}_atteints", f"{titre} : établissements qui l'atteignent", Genre.ENTIER)
        yield Colonne(f"{nom}_indetermines", f"{titre} : établissements non tranchés", Genre.ENTIER)
    else:
        titre = politique.volets[nom].titre
        yield Colonne(f"sous_cible_{nom}", f"{titre} : établissements sous la cible", Genre.ENTIER)
        yield Colonne(f"part_sous_cible_{nom}", f"{titre} : leur part parmi ceux que l'on sait placer", Genre.TAUX)
        yield Colonne(f"indetermines_{nom}", f"{titre} : établissements non tranchés", Genre.ENTIER)


def _row(releve: Releve, names: dict[str, str]) -> dict[str, Valeur]:
    row: dict[str, Valeur] = {"cohorte": Fraction(releve.cohorte)}
    row |= {names[ecrit]: value for ecrit, value in releve.valeurs.items()}
    row |= {"secteur": releve.secteur or TOUS, "etablissements": Fraction(releve.etablissements)}
    for (sorte, nom), compte in releve.comptes.items():
        row |= dict(_cells(sorte, nom, compte))
    return row


def _cells(sorte: str, nom: str, compte: Compte) -> Iterator[tuple[str, Valeur]]:
    count, open_ = Fraction(compte.nombre), Fraction(compte.indetermines)
    if sorte == "décision":
        if compte.total is not None:
            yield f"{nom}_total", compte.total
        yield f"{nom}_nombre", count
        yield f"{nom}_indetermines", open_
    elif sorte == "indicateur":
        yield f"{nom}_atteints", count
        yield f"{nom}_indetermines", open_
    else:
        yield f"sous_cible_{nom}", count
        share = share_of(compte)
        if share is not None:
            yield f"part_sous_cible_{nom}", share
        yield f"indetermines_{nom}", open_


def share_of(compte: Compte) -> Fraction | None:
    """The share of those for which it holds among those for which it is settled."""
    return Fraction(compte.nombre, compte.connus) if compte.connus else None
