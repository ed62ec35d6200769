"""The establishments of a file: those to evaluate with their past, those set aside with the reasons.

An error in a row of an earlier exercise sets the establishment aside too: evaluated without it, what depends on N-1
would seem not transmitted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from caqes_dsl.base.diagnostics import Diagnostic, Severite
from caqes_dsl.evaluation.facts import Etablissement
from caqes_dsl.model.nodes import Politique

from .columns import recognise, required
from .findings import Constat, Registre, spread
from .rows import Lecture, LigneLue
from .table import MAX_ROWS, Ligne, Tableau

_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Ecarte:
    """A row set aside. Identity as far as it could be read; `diagnostics` says why."""

    finess: str
    raison_sociale: str
    exercice: int | None
    secteurs: tuple[str, ...]
    lieu: str
    diagnostics: tuple[Diagnostic, ...]


@dataclass(frozen=True, slots=True)
class Cohorte:
    """What a file gave for one exercise.

    `etablissements`: sound rows in file order, each with its earlier exercises in `passes`. `ecartes`: rows set
    aside. `refusee`: nothing is evaluated (the file has an error, or strictness was asked and a row has one).
    `fichier` and `sha256` identify what was read; « » for rows given by a program.
    """

    exercice: int | None
    etablissements: tuple[Etablissement, ...]
    ecartes: tuple[Ecarte, ...]
    diagnostics: tuple[Diagnostic, ...]
    fichier: str = ""
    sha256: str = ""
    refusee: bool = False

    @property
    def notes(self) -> tuple[Diagnostic, ...]:
        """Doubtful readings and other things said that refuse nothing."""
        return tuple(d for d in self.diagnostics if d.severite is Severite.NOTE)


def gather(
    politique: Politique,
    tableau: Tableau,
    registre: Registre,
    *,
    exercice: int | None,
    strict: bool,
    nom: str,
    sha256: str = "",
) -> Cohorte:
    """The cohort of a table. `nom` is how places name it."""
    colonnes = recognise(politique, tableau, registre)
    year = exercice if exercice is not None else exercise_of(politique)
    headings = {c.nom for c in colonnes}
    if year is None:
        registre.add(
            Constat(
                "CAQ613",
                "La politique vaut pour plusieurs exercices : rien ne dit lequel évaluer.",
                "Ajoutez par exemple « --exercice 2018 ».",
            )
        )
    if year is None or not headings.issuperset(required(politique)):
        return Cohorte(year, (), (), registre.diagnostics(), registre.fichier, sha256, True)
    lecture = Lecture(politique, tableau, colonnes, year, nom)
    rows = [lecture.read(ligne) for ligne in _filled(tableau, registre)]
    rows = _twice(rows, tableau)
    for row in rows:
        registre.extend(row.constats)
    _check_years(rows, year, registre)
    return _assembled(rows, year, registre, strict, sha256)


def exercise_of(politique: Politique) -> int | None:
    """The exercise that the policy evaluates; None when it is in force over several and names none."""
    if politique.exercice is not None or politique.vigueur_du is None:
        return politique.exercice
    last = politique.vigueur_au
    return politique.vigueur_du.year if last is not None and last.year == politique.vigueur_du.year else None


def _filled(tableau: Tableau, registre: Registre) -> Iterable[Ligne]:
    """Rows that hold something; the empty ones between them are said."""
    pending: list[int] = []
    skipped: list[int] = []
    for count, ligne in enumerate(tableau.lignes, 1):
        if count > MAX_ROWS:
            registre.add(
                Constat(
                    "CAQ618",
                    f"Le fichier dépasse la limite de {MAX_ROWS} lignes.",
                    "Retirez les lignes vides, ou répartissez-le en plusieurs fichiers.",
                    feuille=tableau.feuille,
                )
            )
            return
        if ligne.is_empty and ligne.faute is None:
            pending.append(ligne.numero)
            continue
        skipped += pending
        pending = []
        yield ligne
    if skipped:
        registre.add(Constat("CAQ612", f"Des lignes vides sont passées : {spread(skipped)}.", feuille=tableau.feuille))


def _twice(rows: list[LigneLue], tableau: Tableau) -> list[LigneLue]:
    """Rows of the same establishment and exercise are all refused."""
    places: dict[tuple[str, int], list[int]] = {}
    for row in rows:
        e = row.etablissement
        if e.finess and e.exercice is not None and not row.futur:
            places.setdefault((e.finess, e.exercice), []).append(row.numero)
    doubled = {key: spread(lines) for key, lines in places.items() if len(lines) > 1}
    if not doubled:
        return rows
    found: list[LigneLue] = []
    for row in rows:
        e = row.etablissement
        lines = doubled.get((e.finess, e.exercice)) if e.exercice is not None and not row.futur else None
        if lines is not None:
            constat = Constat(
                "CAQ609",
                f"L'établissement {e.finess} a plusieurs lignes pour l'exercice {e.exercice} : {lines}.",
                "Gardez une seule ligne.",
                ligne=row.numero,
                feuille=tableau.feuille,
            )
            row = replace(row, constats=(*row.constats, constat))
        found.append(row)
    return found


def _check_years(rows: list[LigneLue], year: int, registre: Registre) -> None:
    """The exercise must be there; an establishment that has only earlier rows is said."""
    if registre.refuse:
        return
    years = sorted({r.etablissement.exercice for r in rows if r.etablissement.exercice is not None})
    if rows and year not in years:
        listed = ", ".join(map(str, years)) or "aucun exercice lisible"
        registre.add(
            Constat(
                "CAQ613",
                f"Aucune ligne n'est de l'exercice {year} ; le fichier a : {listed}.",
                "Vérifiez le fichier, la politique, ou demandez un autre exercice par « --exercice ».",
            )
        )
        return
    if not rows:
        registre.add(Constat("CAQ613", "Le fichier n'a aucune ligne d'établissement.", "Vérifiez le fichier."))
        return
    now = {r.etablissement.finess for r in rows if r.etablissement.exercice == year}
    gone = sorted({r.etablissement.finess for r in rows if not r.futur and r.etablissement.finess} - now)
    if gone:
        listed = ", ".join(gone[:_SHOWN]) + (f" et {len(gone) - _SHOWN} autres" if len(gone) > _SHOWN else "")
        registre.add(
            Constat(
                "CAQ621",
                f"Sans ligne de l'exercice {year}, ne sont pas évalués : {listed}.",
                "Ajoutez leur ligne, ou retirez-les du fichier.",
            )
        )


def _assembled(rows: list[LigneLue], year: int, registre: Registre, strict: bool, sha256: str) -> Cohorte:
    by_finess: dict[str, list[LigneLue]] = {}
    for row in rows:
        e = row.etablissement
        if e.finess and e.exercice is not None and e.exercice < year:
            by_finess.setdefault(e.finess, []).append(row)
    doubtful = _doubtful(rows, year)
    sound: list[tuple[LigneLue, Etablissement]] = []
    aside: list[Ecarte] = []
    for row in rows:
        e = row.etablissement
        if row.futur or (e.exercice is not None and e.exercice < year and e.finess):
            continue
        past = by_finess.get(e.finess, []) if e.finess else []
        errors = [c for r in (row, *past) for c in r.constats if c.is_error]
        errors += [c for r in doubtful.get(e.finess, ()) if r is not row for c in r.constats if c.is_error]
        if errors:
            aside.append(_set_aside(row, tuple(c.diagnostic(registre.fichier) for c in errors)))
        else:
            sound.append((row, replace(e, passes=_by_year(past))))
    refused = registre.refuse or (strict and any(not r.is_sound for r in rows))
    if refused:
        reason = _refused_with(registre, strict)
        aside += [_set_aside(row, reason) for row, _ in sound]
        sound = []
    return Cohorte(
        year,
        tuple(e for _, e in sound),
        tuple(aside),
        registre.diagnostics(),
        registre.fichier,
        sha256,
        refused,
    )


def _doubtful(rows: Iterable[LigneLue], year: int) -> Mapping[str, Sequence[LigneLue]]:
    """Rows that may be the past of an establishment, by its FINESS: without them its N-1 would silently be missing.

    Their exercice cannot be read, or their FINESS has lost its leading zero.
    """
    found: dict[str, list[LigneLue]] = {}
    for row in rows:
        e = row.etablissement
        if e.finess and e.exercice is None:
            found.setdefault(e.finess, []).append(row)
        elif not e.finess and (e.exercice is None or e.exercice < year):
            found.setdefault("0" + row.finess_lu, []).append(row)
    found.pop("0", None)
    return found


def _by_year(past: Iterable[LigneLue]) -> Mapping[int, Etablissement]:
    return {r.etablissement.exercice: r.etablissement for r in past if r.etablissement.exercice is not None}


def _set_aside(row: LigneLue, reasons: tuple[Diagnostic, ...]) -> Ecarte:
    e = row.etablissement
    secteurs = e.secteurs or tuple(s.strip() for s in row.secteurs_lus.split("+") if s.strip())
    return Ecarte(e.finess or row.finess_lu, e.raison_sociale, e.exercice, secteurs, e.lieu, reasons)


def _refused_with(registre: Registre, strict: bool) -> tuple[Diagnostic, ...]:
    """Why sound rows are not evaluated: the file's own errors, or strictness."""
    own = [c for c in registre.constats if c.is_error and not c.ligne]
    if own:
        return tuple(c.diagnostic(registre.fichier) for c in own)
    assert strict or registre.refuse
    return (
        Diagnostic(
            "CAQ623",
            "D'autres lignes ont des erreurs, et l'option « --strict » refuse alors tout le fichier.",
            fichier=registre.fichier,
            aide="Corrigez ces lignes, ou retirez « --strict ».",
        ),
    )
