"""The statement that a data engineer runs: from a table of returns as they are, to results in whole numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

from caqes_dsl.base.quantities import Genre
from caqes_dsl.base.suggestions import fold
from caqes_dsl.model.nodes import Donnee, Politique

from .complet import Plan, Sortie, plan_of
from .expressions import Gabarit
from .lines import CONNU, INDECIS, LARGEUR_64, MANQUANT, Ligne
from .sql import DIALECTES, Dialecte, Disposition, Redacteur, Valeur, comment, literal

_ECART = 100
"""An écart is written in points of percentage: its column is divided by this."""


class Retours(Disposition):
    """A table of returns: a row an establishment and an exercice, typed (texts, DECIMAL, DATE, BOOLEAN)."""

    def __init__(self, plan: Plan, dialecte: Dialecte, table: str, exercice: int | None) -> None:
        self.plan, self.dialecte, self.table, self.exercice = plan, dialecte, table, exercice
        self.politique: Politique = plan.politique
        self._names = dict(_named(plan))
        self._reculs: set[int] = set()
        self._columns = [part for i, li in plan.entries() for part in self._read(i, li)]

    def names(self) -> Iterator[str]:
        """The columns of the first stage."""
        for name in self._names.values():
            yield from (name, f"{name}_etat")

    def entry(self, index: int, ligne: Ligne) -> Valeur:
        """The columns that the first stage makes of an entry."""
        name = self._names[index]
        if ligne.param[0] == "secteur":
            return Valeur(name, logique=True)
        return Valeur(name, f"{name}_etat")

    def source(self) -> Iterator[str]:
        """The first stage: each column read once, as a whole number and its state."""
        yield "WITH lu AS ("
        yield "  SELECT"
        yield "    e.finess, e.exercice,"
        yield ",\n".join(self._columns)
        yield f"  FROM {self.table} AS e"
        for recul in sorted(self._reculs):
            yield f"  LEFT JOIN {self.table} AS p{recul}"
            yield f"    ON p{recul}.finess = e.finess AND p{recul}.exercice = e.exercice - {recul}"
        if self.exercice is not None:
            yield f"  WHERE e.exercice = {self.exercice}"
        yield "),"

    def _read(self, index: int, ligne: Ligne) -> Iterator[str]:
        sorte, dated = (str(p) for p in ligne.param)
        nom, _, back = dated.partition(" N-")
        recul = int(back) if back else 0
        self._reculs |= {recul} - {0}
        row, name = (f"p{recul}" if recul else "e"), self._names[index]
        column = f"{row}.{self.dialecte.identifier(nom)}"
        match sorte:
            case "secteur":
                held = f"coalesce({row}.secteurs, e.secteurs)" if recul else "e.secteurs"
                said = f"'+' || coalesce({held}, '') || '+'"
                yield f"    (replace({said}, {literal(f'+{nom}+')}, '') <> {said}) AS {name}"
            case "réponse":
                yield from self._answer(nom, row, column, name)
            case "enregistré":
                yield from self._scaled(column, ligne, name, Fraction(1))
            case _:
                yield from self._fact(self.politique.donnees[nom], column, ligne, name)

    def _answer(self, nom: str, row: str, column: str, name: str) -> Iterator[str]:
        critere = self.politique.criteres[nom]
        codes = self.plan.codes
        levels = [n for n in codes if n in self.politique.niveaux]
        cases = " ".join(f"WHEN {literal(n)} THEN {codes[n]}" for n in levels)
        yield f"    -- {comment(f'{nom} « {critere.titre} »')}\n    (CASE {column} {cases} ELSE 0 END) AS {name}"
        known = ", ".join(literal(n) for n in levels)
        states = f"WHEN {column} IS NULL THEN {MANQUANT} WHEN {column} NOT IN ({known}) THEN {INDECIS}"
        if critere.nc_sur_justification:
            neutral = ", ".join(literal(n) for n in levels if self.politique.niveaux[n].part is None)
            reason = f"{row}.{self.dialecte.identifier(f'{nom}_motif')}"
            states += f" WHEN {column} IN ({neutral}) AND coalesce({reason}, '') = '' THEN {INDECIS}"
        yield f"    (CASE {states} ELSE {CONNU} END) AS {name}_etat"

    def _fact(self, donnee: Donnee, column: str, ligne: Ligne, name: str) -> Iterator[str]:
        match donnee.genre:
            case Genre.OUI_NON:
                yield f"    (CASE WHEN {column} THEN 1 ELSE 0 END) AS {name}"
                yield f"    (CASE WHEN {column} IS NULL THEN {MANQUANT} ELSE {CONNU} END) AS {name}_etat"
            case Genre.CHOIX | Genre.NIVEAU:
                cases = " ".join(f"WHEN {literal(n)} THEN {code}" for n, code in self.plan.codes.items())
                known = ", ".join(literal(n) for n in self.plan.codes)
                yield f"    (CASE {column} {cases} ELSE 0 END) AS {name}"
                states = f"WHEN {column} IS NULL THEN {MANQUANT} WHEN {column} NOT IN ({known}) THEN {INDECIS}"
                yield f"    (CASE {states} ELSE {CONNU} END) AS {name}_etat"
            case Genre.DATE:
                yield f"    coalesce({self.dialecte.jours.format(column)}, 0) AS {name}"
                yield f"    (CASE WHEN {column} IS NULL THEN {MANQUANT} ELSE {CONNU} END) AS {name}_etat"
            case Genre.ECART:
                yield from self._scaled(column, ligne, name, Fraction(1, _ECART))
            case _:
                yield from self._scaled(column, ligne, name, Fraction(1))

    def _scaled(self, column: str, ligne: Ligne, name: str, unit: Fraction) -> Iterator[str]:
        """A number as a whole one; open where it is not whole at this scale, or is too large for the proof."""
        factor = unit * ligne.echelle
        scaled = column if factor == 1 else f"{column} * {factor.numerator}"
        wide = self.dialecte.large if ligne.borne > LARGEUR_64 else "BIGINT"
        most = ligne.borne * factor.denominator
        limit = f"CAST('{most}' AS {self.dialecte.large})" if most > LARGEUR_64 else str(most)
        whole = f"CAST(round({scaled}) AS {wide})"
        if factor.denominator > 1:
            whole = f"CAST(round(({scaled}) / {factor.denominator}) AS {wide})"
        inside = f"abs({scaled}) <= {limit}"
        yield f"    (CASE WHEN {inside} THEN {whole} ELSE 0 END) AS {name}"
        back = f"{whole} * {factor.denominator}" if factor.denominator > 1 else whole
        yield (
            f"    (CASE WHEN {column} IS NULL THEN {MANQUANT} WHEN NOT ({inside}) THEN {INDECIS} "
            f"WHEN {scaled} <> {back} THEN {INDECIS} ELSE {CONNU} END) AS {name}_etat"
        )


_PREFIXES = {"réponse": "r", "secteur": "s", "enregistré": "h"}


def _named(plan: Plan) -> Iterator[tuple[int, str]]:
    """A column for each entry, by its name: « r_c31 », « d_lits », « d_lits_n_1 »."""
    taken: set[str] = set()
    for index, ligne in plan.entries():
        sorte, dated = (str(p) for p in ligne.param)
        bare = re.sub(r"[^a-z0-9]+", "_", fold(dated)).strip("_")[:48]
        name = f"{_PREFIXES.get(sorte, 'd')}_{bare}"
        while name in taken:
            name = f"{name}_{index}"
        taken.add(name)
        yield index, name


def named_table(text: str) -> str | None:
    """A name of table as it can be written in a statement, with its schema or without; None when it is not one."""
    parts = text.split(".")
    return text if len(parts) <= 3 and all(re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", p) for p in parts) else None


MONTANTS = Gabarit(2, 10**13)
"""How amounts are read: to the cent, up to a hundred billion euros."""


def table_plan(politique: Politique) -> Plan:
    """The lines of a policy for any table of returns: nothing is known of what it holds."""
    amounts = {d.nom: MONTANTS for d in politique.donnees.values() if d.genre is Genre.MONTANT}
    plan = plan_of(politique, amounts)
    return plan_of(politique) if plan.excuses else plan


def obstacles(politique: Politique) -> dict[str, str]:
    """What keeps a policy from being one statement, with the reason in French."""
    plan = table_plan(politique)
    excuses = dict(plan.excuses)
    for statistique in plan.statistiques.values():
        words = " ".join(statistique.noeud.span.texte.split())
        excuses[words] = "elle dépend de toute la région, que l'énoncé ne parcourt pas ; « caqes figer » la fixe"
    for enveloppe in plan.enveloppes.values():
        excuses[enveloppe.decision.nom] = "elle se partage entre tous les établissements de la région"
    return excuses


def statement(
    politique: Politique, dialecte: str, *, table: str = "etablissements", exercice: int | None = None
) -> tuple[str, dict[str, str]]:
    """The statement of a policy, and why none is written, by quantity; one of the two is empty.

    It reads a table of returns; it gives, for each establishment, whole numbers whose scale is said at the top.
    """
    excuses = obstacles(politique)
    if excuses:
        return "", excuses
    plan = table_plan(politique)
    chosen = DIALECTES[dialecte]
    source = Retours(plan, chosen, table, exercice or politique.exercice)
    made = Redacteur(plan, chosen, source).write([s.ligne for s in plan.sorties], ("finess", "exercice"))
    names = {line: names[0] for line, names in made.colonnes.items()}
    head = [
        f"-- {comment(politique.titre or politique.nom)}",
        f"-- Empreinte de la politique : {politique.empreinte}",
        "-- Nombres entiers ; « __etat » : 0 connu, 1 sans objet, 2 manquant, 3 à confier à l'interprète.",
        *(f"-- {_scale(plan, sortie, names[sortie.ligne])}" for sortie in plan.sorties),
        "",
    ]
    return "\n".join(dict.fromkeys(head)) + "\n" + made.texte, {}


def _scale(plan: Plan, sortie: Sortie, name: str) -> str:
    """What a column of results is, and what divides it."""
    ligne = plan.programme.lignes[sortie.ligne]
    what = f"{sortie.sorte} {sortie.nom}".strip()
    if sortie.genre is Genre.OUI_NON:
        return f"{name} : {what}, 1 oui, 0 non"
    if sortie.genre in (Genre.CHOIX, Genre.NIVEAU):
        codes = ", ".join(f"{code} {nom}" for nom, code in plan.codes.items())
        return f"{name} : {what} ({codes})"
    by = [str(ligne.echelle)] if ligne.echelle != 1 else []
    by += [f"{name}__diviseur"] if ligne.divise else []
    return f"{name} : {what}" + (f", à diviser par {' × '.join(by)}" if by else "")
