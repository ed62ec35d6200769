"""A new year from an old one: the header of a policy that starts from another, and what its author still has to settle.

What is due stands in comments, ready to be uncommented. Nothing of the parent is changed, but for a paramètre whose
last value ends before the new year: it is carried on under a source that says it is a hypothesis to complete.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from caqes_dsl.base.calendar import move
from caqes_dsl.base.quantities import write_value
from caqes_dsl.base.suggestions import fold
from caqes_dsl.model.nodes import Parametre, Politique

_SHOWN = 12
"""How many lines of one kind of reminder are written."""


@dataclass(frozen=True, slots=True)
class Nouvelle:
    """The new policy: its names, and the years its dates are moved by."""

    ancienne: Politique
    region: str
    annee: int
    reprend: str

    @property
    def decalage(self) -> int:
        """Years from the old exercise to the new one; 0 when the old policy has none."""
        return self.annee - self.ancienne.exercice if self.ancienne.exercice is not None else 0

    def moved(self, day: date) -> date:
        """The same day in the new year."""
        return move(day, Fraction(12 * self.decalage), True) or day

    @property
    def vigueur(self) -> tuple[date, date | None] | None:
        """From the old vigueur; the year itself when the old policy has no exercise."""
        old = self.ancienne
        if old.exercice is None:
            return date(self.annee, 1, 1), date(self.annee, 12, 31)
        if old.vigueur_du is None:
            return None
        return self.moved(old.vigueur_du), self.moved(old.vigueur_au) if old.vigueur_au else None

    @property
    def debut(self) -> date:
        """The day at which its dated values are read."""
        first = date(self.annee, 1, 1)
        return max(first, self.vigueur[0]) if self.vigueur else first

    @property
    def fin(self) -> date:
        """The last day that matters: of the vigueur, else of the year."""
        return (self.vigueur[1] if self.vigueur else None) or date(self.annee, 12, 31)


def folder_name(region: str) -> str:
    """The folder of a region: « ile-de-france »."""
    return re.sub(r"[^a-z0-9]+", "-", fold(region)).strip("-")


def new_policy(nouvelle: Nouvelle) -> str:
    """The text of the new policy, not yet in its canonical layout."""
    return "\n".join([*_header(nouvelle), *_carried(nouvelle), *_reminders(nouvelle)]) + "\n"


def _header(n: Nouvelle) -> Iterator[str]:
    old = n.ancienne
    name = re.sub(r"[^a-z0-9]+", "_", fold(n.region)).strip("_") + f"_{n.annee}"
    year = str(old.exercice) if old.exercice is not None else ""
    title = old.titre.replace(year, str(n.annee)) if year and year in old.titre else f"CAQES {n.region} {n.annee}"
    yield "caqes 1\n"
    yield "# À compléter : la source, puis ce que rappellent les lignes commentées, à la fin."
    yield f"politique {name} « {title} »"
    yield f"  reprend « {n.reprend} »"
    if fold(old.region) != fold(n.region):
        yield f"  région « {n.region} »"
    yield f"  exercice {n.annee}"
    if old.evaluee_en is not None and old.exercice is not None:
        yield f"  évaluée en {old.evaluee_en + n.decalage}"
    if n.vigueur is not None:
        du, au = n.vigueur
        yield f"  vigueur du {du:%d/%m/%Y}" + (f" au {au:%d/%m/%Y}" if au else "")
    yield "  statut projet"
    yield f"  source « hypothèse : à compléter, texte qui fixe l'exercice {n.annee} »\n"


def _value(parametre: Parametre) -> str:
    """The last value as the language writes it."""
    last = parametre.valeurs[-1]
    return write_value(last.valeur, parametre.genre).replace("\u00a0", " ").replace("\u202f", " ")


def _carried(n: Nouvelle) -> Iterator[str]:
    """Paramètres in force in the old year and no more in the new one."""
    for parametre in n.ancienne.parametres.values():
        last = parametre.valeurs[-1] if parametre.valeurs else None
        if last is None or last.jusqu_au is None or last.jusqu_au >= n.debut or parametre.en_vigueur is None:
            continue
        source = f"hypothèse : à compléter, valeur échue le {last.jusqu_au:%d/%m/%Y} et reconduite"
        yield f"modifie paramètre {parametre.nom}"
        yield f"  {_value(parametre)} à compter du {n.debut:%d/%m/%Y} source « {source} »\n"


def _reminders(n: Nouvelle) -> Iterator[str]:
    old = n.ancienne
    ending = [p for p in old.parametres.values() if p.valeurs and (end := p.valeurs[-1].jusqu_au) and end >= n.debut]
    ending = [p for p in ending if (p.valeurs[-1].jusqu_au or n.fin) <= n.fin]
    if ending:
        yield "# Paramètres dont la valeur s'arrête pendant l'exercice :"
        for parametre in ending[:_SHOWN]:
            yield f"# modifie paramètre {parametre.nom}"
            after = date.fromordinal((parametre.valeurs[-1].jusqu_au or n.fin).toordinal() + 1)
            yield f"#   {_value(parametre)} à compter du {after:%d/%m/%Y} source « à compléter »"
    lasting = [p.nom for p in old.parametres.values() if p.valeurs and p.valeurs[-1].jusqu_au is None]
    if lasting:
        yield f"# Paramètres sans fin, à vérifier : {_listed(lasting)}."
    targets = [v for v in old.volets.values() if v.cible is not None]
    if targets:
        yield "# Cibles à décider :"
        for volet in targets:
            assert volet.cible is not None
            yield f"# modifie volet {volet.nom}"
            yield f"#   cible {' '.join(volet.cible.span.texte.split())} source « à compléter »"
    if old.calendrier:
        yield "# Calendrier à déplacer :"
        yield "# modifie calendrier"
        for step in old.calendrier:
            yield f"#   {n.moved(step.date):%d/%m/%Y} {step.nom} « {step.titre} »"
    due = [c for c in old.criteres.values() if c.echeance is not None]
    if due:
        yield "# Échéances à déplacer :"
        for critere in due[:_SHOWN]:
            assert critere.echeance is not None
            yield f"# modifie critère {critere.nom}"
            yield f"#   échéance {n.moved(critere.echeance):%d/%m/%Y}"
        if len(due) > _SHOWN:
            yield f"# et celles de : {_listed([c.nom for c in due[_SHOWN:]])}."
    yield "# Les totaux repris sont recomptés : si un critère change, dites les nouveaux par « modifie » sur son titre."
    yield "# Les exemples et les contrôles ne se reprennent pas : écrivez ceux de l'année."


def _listed(names: list[str]) -> str:
    kept = ", ".join(names[:_SHOWN])
    return kept + (f" et {len(names) - _SHOWN} autres" if len(names) > _SHOWN else "")
