"""The calendar of a policy in words: its delays, what follows the exercise, the last day for observations."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date

from caqes_dsl.base.quantities import write_value
from caqes_dsl.base.suggestions import fold
from caqes_dsl.documents.notes import Notes
from caqes_dsl.documents.shapes import LigneVue
from caqes_dsl.documents.typography import long_date
from caqes_dsl.documents.words import quoted
from caqes_dsl.model.nodes import Evenement, Politique

OBSERVATIONS = "observations"
"""A step of the calendar whose name begins so is the last day to present observations."""


def delays(
    politique: Politique, notes: Notes | None = None, *, of: Collection[str] | None = None
) -> Iterator[LigneVue]:
    """Every delay, or those `of` some steps: « « Taux » vient au moins 3 mois après « Évaluation ». »."""
    titles = {e.nom: e.titre or e.nom for e in politique.calendrier}
    for delay in politique.delais:
        if of is not None and delay.tard not in of:
            continue
        late, soon = (quoted(titles.get(n, n)) for n in (delay.tard, delay.tot))
        least = write_value(delay.duree, delay.genre)
        marks = notes.mark(delay.source) if notes else ()
        yield LigneVue("Délai", f"{late} vient au moins {least} après {soon}.", marks)


def observations_until(politique: Politique) -> date | None:
    """The last day to present observations; None when the policy does not say it."""
    days = [e.date for e in politique.calendrier if fold(e.nom).startswith(OBSERVATIONS)]
    return max(days, default=None)


def coming(politique: Politique, exercice: int | None) -> list[Evenement]:
    """The steps of the calendar that come once the exercise is over, in order."""
    return sorted((e for e in politique.calendrier if exercice and e.date.year > exercice), key=lambda e: e.date)


def dated(evenement: Evenement) -> str:
    """« 1er avril 2017, évaluation » as a calendar line."""
    return f"{long_date(evenement.date)}, {evenement.titre or evenement.nom}"


def observations_in_words(politique: Politique) -> str:
    """Until when observations are received, or that the policy leaves it to the letter."""
    day = observations_until(politique)
    if day is not None:
        return f"Les observations sont reçues jusqu'au {long_date(day)}."
    return (
        "La politique ne fixe pas le délai des observations : c'est celui qu'indique le courrier de l'administration."
    )


def deadlines(politique: Politique, exercice: int | None) -> Iterator[str]:
    """The delays that matter to one who answers: observations, what comes next, least delays between two steps."""
    yield observations_in_words(politique)
    steps = coming(politique, exercice)
    if steps:
        yield f"Calendrier de la politique : {' ; '.join(map(dated, steps))}."
    names = {e.nom for e in steps}
    yield from (line.texte for line in delays(politique, of=names))
