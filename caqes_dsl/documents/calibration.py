"""What a calibration found, in words: the values that meet the wishes, or why none does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import partial

from caqes_dsl.base.quantities import Genre, Valeur, write_value
from caqes_dsl.documents.operations import shown
from caqes_dsl.documents.typography import listing
from caqes_dsl.evaluation.calibration import Calibrage, Intervalle, Souhait, Tranche
from caqes_dsl.exchange.results import Colonne, Resultats
from caqes_dsl.exchange.simulation_table import column_of
from caqes_dsl.model.nodes import Politique

_GENRES = {"part": Genre.TAUX, "nombre": Genre.ENTIER, "total": Genre.MONTANT}
_CURVE = 24
"""Rows of the curve shown on a terminal."""


def calibration_text(politique: Politique, calibrage: Calibrage) -> str:
    """The answer, then the curve around it."""
    lines = list(_answer(calibrage))
    most = max((t.ouverts for t in calibrage.tranches), default=0)
    if most == 1:
        lines.append("Un établissement n'est pas tranché, faute de données, et ne compte ni d'un côté ni de l'autre.")
    elif most:
        lines.append(
            f"Jusqu'à {most} établissements ne sont pas tranchés, faute de données, et ne comptent ni d'un côté ni de "
            "l'autre."
        )
    lines.append("")
    lines += _curve(politique, calibrage)
    return "\n".join(lines) + "\n"


def _answer(calibrage: Calibrage) -> Iterator[str]:
    reglage = calibrage.reglage
    first, last = calibrage.tranches[0].bas, calibrage.tranches[-1].haut
    searched = f"de {_value(calibrage, first)} à {_value(calibrage, last)}"
    found = calibrage.which()
    if found:
        yield f"{reglage.ecrit} : {listing([spoken(calibrage, i) for i in _short(found)])}."
    elif len(calibrage.souhaits) == 1:
        yield f"{reglage.ecrit} : aucune valeur, {searched}, ne tient ce souhait."
    else:
        yield f"{reglage.ecrit} : aucune valeur, {searched}, ne tient tous les souhaits."
    if not found:
        for rank, souhait in enumerate(calibrage.souhaits):
            alone = calibrage.which(partial(_meets, rank))
            said = listing([spoken(calibrage, i) for i in _short(alone)]) if alone else "aucune valeur"
            nearest = _nearest(calibrage, rank)
            yield f"  « {souhait.texte} » seul : {said}{nearest if not alone else ''}."
    if calibrage.exact:
        yield f"Exact : entre deux valeurs où quelque chose change, tout a été compté ({searched})."
    else:
        assert calibrage.pas is not None
        yield (
            f"Essayé {searched}, de {_value(calibrage, calibrage.pas)} en {_value(calibrage, calibrage.pas)} : entre "
            "deux essais, rien n'est affirmé."
        )


def _meets(rank: int, tranche: Tranche) -> bool:
    return tranche.tenus[rank]


def _nearest(calibrage: Calibrage, rank: int) -> str:
    """The best that a wish comes to, when no value meets it."""
    souhait = calibrage.souhaits[rank]
    known = [m for t in calibrage.tranches if (m := t.mesures[rank]) is not None]
    if not known:
        return ""
    best = min(known) if souhait.op in ("≤", "<") else max(known)
    if souhait.op == "=":
        best = min(known, key=lambda m: abs(m - souhait.valeur))
    return f" (au mieux {write_value(best, _GENRES[souhait.quoi])})"


def _short(intervalles: Sequence[Intervalle]) -> list[Intervalle]:
    """The first intervals, when they are many."""
    return list(intervalles[:12])


def spoken(calibrage: Calibrage, intervalle: Intervalle) -> str:
    """« de 50 % compris à 54 % non compris », « 53 % »."""
    low, high = _value(calibrage, intervalle.bas), _value(calibrage, intervalle.haut)
    if intervalle.bas == intervalle.haut:
        return low
    start = low if intervalle.bas_compris else f"{low} non compris"
    end = high if intervalle.haut_compris else f"{high} non compris"
    return f"de {start} à {end}"


def _value(calibrage: Calibrage, valeur: Fraction) -> str:
    return write_value(valeur, calibrage.reglage.genre)


def _curve(politique: Politique, calibrage: Calibrage) -> Iterator[str]:
    """The trade-off: what each wish comes to, at single values, evenly spaced."""
    points = [t for t in calibrage.tranches if t.bas == t.haut]
    step = -(-len(points) // _CURVE)
    kept = points[::step]
    heads = [calibrage.reglage.ecrit, *(_heading(s) for s in calibrage.souhaits), ""]
    rows = [[_value(calibrage, t.bas), *_measures(politique, calibrage, t), "✓" if t.convient else ""] for t in kept]
    widths = [max(len(row[i]) for row in [heads, *rows]) for i in range(len(heads))]
    for row in [heads, *rows]:
        yield "  ".join(cell.rjust(w) for cell, w in zip(row, widths, strict=True)).rstrip()


def _heading(souhait: Souhait) -> str:
    """The wish without its bound."""
    return souhait.texte.split(souhait.op)[0].split("<=")[0].split(">=")[0].strip()


def _measures(politique: Politique, calibrage: Calibrage, tranche: Tranche) -> Iterator[str]:
    for souhait, mesure in zip(calibrage.souhaits, tranche.mesures, strict=True):
        yield "–" if mesure is None else shown(mesure, _GENRES[souhait.quoi], politique)


def calibration_table(calibrage: Calibrage) -> Resultats:
    """The whole curve: a row for each slice, its ends, what each wish comes to, whether it is met."""
    nom = column_of([calibrage.reglage])[calibrage.reglage.ecrit]
    genre = calibrage.reglage.genre
    columns = [
        Colonne(f"{nom}_de", f"{calibrage.reglage.titre} : {calibrage.reglage.ecrit}, début", genre),
        Colonne(f"{nom}_a", "Fin ; la même valeur : elle seule ; sinon, les deux bouts sont exclus", genre),
    ]
    for rank, souhait in enumerate(calibrage.souhaits, 1):
        columns.append(Colonne(f"souhait_{rank}", souhait.texte, _GENRES[souhait.quoi]))
        columns.append(Colonne(f"souhait_{rank}_tenu", f"{souhait.texte} : tenu ou non", Genre.OUI_NON))
    columns.append(Colonne("convient", "Tous les souhaits sont tenus", Genre.OUI_NON))
    columns.append(Colonne("non_tranches", "Établissements non tranchés, faute de données", Genre.ENTIER))
    rows = []
    for tranche in calibrage.tranches:
        row: dict[str, Valeur] = {f"{nom}_de": tranche.bas, f"{nom}_a": tranche.haut}
        for rank, (mesure, tenu) in enumerate(zip(tranche.mesures, tranche.tenus, strict=True), 1):
            if mesure is not None:
                row[f"souhait_{rank}"] = mesure
            row[f"souhait_{rank}_tenu"] = tenu
        row |= {"convient": tranche.convient, "non_tranches": Fraction(tranche.ouverts)}
        rows.append(row)
    return Resultats(tuple(columns), tuple(rows))
