"""The header: its years, and the day at which dated values are read."""

from __future__ import annotations

from datetime import date

from caqes_dsl.syntax import tree

from .chantier import Chantier
from .clauses import first

_YEARS = range(1900, 2200)


def settle_dates(chantier: Chantier, entete: tree.Declaration, annee: int | None) -> None:
    """`chantier.le`: the first day of the exercice (`annee` when one is asked for) that is within the vigueur."""
    portee = chantier.portee
    vigueur, exercice = first(entete, tree.ClauseVigueur), first(entete, tree.ClauseEntier, "exercice")
    chantier.sans_date = entete.abimee
    if vigueur is not None and vigueur.au is not None and vigueur.au < vigueur.du:
        portee.error("CAQ214", "La vigueur finit avant de commencer.", vigueur.span, "Vérifiez les deux dates.")
        vigueur = None
    evaluee = first(entete, tree.ClauseEntier, "évaluée en")
    known = [c for c in (exercice, evaluee) if c is not None]
    for clause in (c for c in known if c.valeur not in _YEARS):
        portee.error("CAQ214", f"« {clause.valeur} » n'est pas une année.", clause.span, "Par exemple « 2018 ».")
        chantier.sans_date = True
    if exercice is not None and evaluee is not None and evaluee.valeur < exercice.valeur:
        portee.error(
            "CAQ214",
            f"L'exercice {exercice.valeur} ne peut pas être évalué en {evaluee.valeur}.",
            evaluee.span,
            "L'évaluation suit l'exercice : vérifiez les deux années.",
        )
    chantier.vigueur, chantier.cadre = vigueur, exercice is None
    if chantier.sans_date:
        return
    if annee is not None and annee != (exercice.valeur if exercice else None):
        _ask(chantier, entete, annee)
    elif exercice is not None:
        _own(chantier, exercice)
    elif vigueur is not None:
        chantier.le = vigueur.du


def _own(chantier: Chantier, exercice: tree.ClauseEntier) -> None:
    """The header's exercice must meet its vigueur."""
    vigueur, le = chantier.vigueur, date(exercice.valeur, 1, 1)
    if vigueur is not None:
        le = max(le, vigueur.du)
        if le.year > exercice.valeur or (vigueur.au is not None and le > vigueur.au):
            chantier.portee.error(
                "CAQ215",
                f"L'exercice {exercice.valeur} n'est pas dans la vigueur de cette politique.",
                exercice.span,
                "Corrigez l'exercice ou la vigueur.",
            )
            le = vigueur.du
    chantier.le = le


def _ask(chantier: Chantier, entete: tree.Declaration, annee: int) -> None:
    """An exercice asked for must be within the vigueur."""
    vigueur = chantier.vigueur
    if (
        annee not in _YEARS
        or vigueur is None
        or annee < vigueur.du.year
        or (vigueur.au is not None and annee > vigueur.au.year)
    ):
        chantier.portee.error(
            "CAQ215",
            f"L'exercice {annee} n'est pas dans la vigueur de cette politique.",
            vigueur.span if vigueur else entete.entete,
            "Demandez un exercice que la vigueur couvre, ou prenez la politique de cette année-là.",
        )
        chantier.sans_date = True
        return
    chantier.le = max(date(annee, 1, 1), vigueur.du)
