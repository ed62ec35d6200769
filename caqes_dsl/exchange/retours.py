"""Workbooks that come back filled: a folder of them as one cohort.

Rows are found by their code, columns by their heading, so that moved ones survive. What formulas show is never read:
results are computed again. Every fault is named by file, sheet and cell. Who answers twice, or for another policy,
is set aside; what an older grid asked in the same words is kept, and the rest is listed to be asked again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path

from caqes_dsl.base.diagnostics import Diagnostic, Severite
from caqes_dsl.evaluation.facts import Etablissement
from caqes_dsl.model.nodes import Politique
from caqes_dsl.resources import list_folder, read_bytes

from . import classeur_forme as forme
from .cohort import Cohorte, Ecarte, exercise_of, gather
from .findings import Constat, Registre
from .numbers import Usage
from .table import MAX_BYTES, VIDE, Cellule, Ligne, Tableau, column_letters, heading_key
from .workbook import Feuille, read_sheets

MAX_FILES = 3_000
"""Most workbooks of a folder: every hospital of the country."""


@dataclass(frozen=True, slots=True)
class Retours:
    """What a folder gave: the cohort, and by FINESS the texts of the dialogue (« C1_commentaire » -> text)."""

    cohorte: Cohorte
    dialogues: Mapping[str, Mapping[str, str]]
    lus: int = 0


@dataclass(slots=True)
class _Classeur:
    """One workbook as headings, cells and the place of each."""

    entetes: list[str] = field(default_factory=list)
    cellules: list[Cellule] = field(default_factory=list)
    lieux: list[tuple[str, int, str]] = field(default_factory=list)
    dialogue: dict[str, str] = field(default_factory=dict)

    def put(self, entete: str, cellule: Cellule, feuille: Feuille | None, ligne: int, colonne: int) -> None:
        """A cell under a heading, and where it stands."""
        self.entetes.append(entete)
        self.cellules.append(cellule)
        nom = feuille.nom if feuille is not None else forme.CLES
        self.lieux.append((nom, ligne, column_letters(colonne) + str(ligne)))


def read_returns(
    politique: Politique,
    dossier: Path,
    *,
    exercice: int | None = None,
    avec: Cohorte | None = None,
    strict: bool = False,
) -> Retours:
    """The cohort of a folder of workbooks (`.xlsx`), in the order of their names.

    `avec`: the file of establishments that the workbooks were made for; earlier exercises, names and amounts retained
    come from it, and those of it that did not answer are said. Errors are diagnostics of the cohort.
    """
    year = exercice if exercice is not None else exercise_of(politique)
    paths, wrong = list_folder(dossier, (".xlsx", ".xlsm"), MAX_FILES)
    diagnostics: list[Diagnostic] = []
    if wrong or not paths:
        said = wrong or "Le dossier ne contient aucun classeur (.xlsx)."
        diagnostics.append(
            Diagnostic("CAQ601", said, fichier=str(dossier), aide="Donnez le dossier des classeurs reçus.")
        )
    found: list[Etablissement] = []
    aside: list[Ecarte] = []
    dialogues: dict[str, Mapping[str, str]] = {}
    places: dict[str, list[str]] = {}
    digest = sha256()
    for path in paths:
        registre = Registre(str(path))
        cohorte, dialogue, data = _one(politique, path, registre, year, strict)
        digest.update(path.name.encode("utf-8") + b"\0" + sha256(data).digest())
        diagnostics += cohorte.diagnostics
        if not cohorte.etablissements and not cohorte.ecartes:
            reasons = tuple(d for d in cohorte.diagnostics if d.is_error)
            aside.append(Ecarte("", path.name, year, (), path.name, reasons))
        aside += cohorte.ecartes
        for one in cohorte.etablissements:
            places.setdefault(one.finess, []).append(path.name)
            found.append(one)
            dialogues[one.finess] = dialogue
    kept, doubled = _once(found, places, diagnostics, dossier)
    if avec is not None:
        kept = _completed(kept, avec, dossier, diagnostics)
    refused = strict and bool(aside or doubled)
    if refused:
        aside += [Ecarte(e.finess, e.raison_sociale, e.exercice, e.secteurs, e.lieu, ()) for e in kept]
        kept = []
    cohort = Cohorte(
        year, tuple(kept), (*aside, *doubled), tuple(diagnostics), str(dossier), digest.hexdigest(), refused
    )
    return Retours(cohort, {e.finess: dialogues[e.finess] for e in kept}, len(paths))


def policy_named(dossier: Path) -> str | None:
    """The policy that the first readable workbook of a folder was made for."""
    for path in list_folder(dossier, (".xlsx", ".xlsm"), MAX_FILES)[0]:
        try:
            data = read_bytes(path, MAX_BYTES + 1)
        except OSError:
            continue
        feuilles = read_sheets(data, Registre(str(path))) if len(data) <= MAX_BYTES else None
        keys = (feuilles or {}).get(forme.CLES)
        for _, row in keys.rows() if keys is not None else ():
            if len(row) > 1 and row[0].texte == "politique":
                return row[1].texte
    return None


def _once(
    found: list[Etablissement], places: Mapping[str, list[str]], diagnostics: list[Diagnostic], dossier: Path
) -> tuple[list[Etablissement], list[Ecarte]]:
    """Establishments that answered once; those that did several times are all set aside."""
    kept: list[Etablissement] = []
    aside: list[Ecarte] = []
    for one in found:
        names = places[one.finess]
        if len(names) == 1:
            kept.append(one)
            continue
        diagnostic = Diagnostic(
            "CAQ609",
            f"L'établissement {one.finess} a plusieurs classeurs : {', '.join(names)}.",
            fichier=str(dossier / one.lieu.partition(",")[0]),
            aide="Gardez un seul classeur par établissement.",
        )
        diagnostics.append(diagnostic)
        aside.append(Ecarte(one.finess, one.raison_sociale, one.exercice, one.secteurs, one.lieu, (diagnostic,)))
    return kept, aside


def _completed(
    kept: list[Etablissement], avec: Cohorte, dossier: Path, diagnostics: list[Diagnostic]
) -> list[Etablissement]:
    """Each with its past, as the agency recorded it; those that did not answer are said."""
    known = {e.finess: e for e in avec.etablissements}
    silent = sorted(set(known) - {e.finess for e in kept})
    if silent:
        listed = ", ".join(silent[:10]) + (f" et {len(silent) - 10} autres" if len(silent) > 10 else "")
        diagnostics.append(
            Diagnostic(
                "CAQ621",
                f"Sans classeur lisible, ne sont pas évalués : {listed}.",
                severite=Severite.AVERTISSEMENT,
                fichier=str(dossier),
                aide="Relancez ces établissements, ou ajoutez leur classeur au dossier.",
            )
        )
    return [
        replace(
            e,
            passes=known[e.finess].passes,
            retenus=known[e.finess].retenus,
            raison_sociale=e.raison_sociale or known[e.finess].raison_sociale,
        )
        if e.finess in known
        else e
        for e in kept
    ]


# ---------------------------------------------------------------- one workbook


def _one(
    politique: Politique, path: Path, registre: Registre, year: int | None, strict: bool
) -> tuple[Cohorte, Mapping[str, str], bytes]:
    nothing = Cohorte(year, (), (), (), str(path), "", True)
    try:
        data = read_bytes(path, MAX_BYTES + 1)
    except OSError:
        registre.add(Constat("CAQ601", "Le fichier ne peut pas être lu.", "Vérifiez son chemin et vos droits."))
        return replace(nothing, diagnostics=registre.diagnostics()), {}, b""
    if len(data) > MAX_BYTES:
        registre.add(Constat("CAQ618", f"Le fichier dépasse la limite de {MAX_BYTES >> 20} Mio.", "Allégez-le."))
    feuilles = read_sheets(data, registre) if len(data) <= MAX_BYTES else None
    made = _Classeur()
    if feuilles is None or not _gathered(politique, feuilles, made, registre, year):
        return replace(nothing, diagnostics=registre.diagnostics()), {}, data
    lieux = dict(enumerate(made.lieux))
    row = Ligne(1, tuple(made.cellules))
    tableau = Tableau(tuple(made.entetes), iter([row]), Usage.FRANCAIS, True, "", frozenset(), lieux)
    cohorte = gather(politique, tableau, registre, exercice=year, strict=strict, nom=path.name)
    return cohorte, made.dialogue, data


def _gathered(
    politique: Politique, feuilles: Mapping[str, Feuille], made: _Classeur, registre: Registre, year: int | None
) -> bool:
    """The answers of a workbook of this policy; False when it is not one, the registre says why."""
    keys = feuilles.get(forme.CLES)
    held = {r[0].texte: r for _, r in keys.rows() if r and r[0].texte} if keys is not None else {}
    if keys is None or "politique" not in held:
        return _refuse(registre, "Ce classeur n'est pas de ceux que « caqes classeur » produit.",
                       "Envoyez le classeur reçu de l'agence, ou donnez ce fichier comme une cohorte.")  # fmt: skip
    if _text(held, "forme") != forme.VERSION:
        return _refuse(registre, "Ce classeur a été fait par une autre version du programme.",
                       "Refaites-le par « caqes classeur », et reportez-y les réponses.")  # fmt: skip
    policy, asked = _text(held, "politique"), _text(held, "exercice")
    if policy != politique.nom or (year is not None and asked and asked != str(year)):
        return _refuse(
            registre,
            f"Ce classeur est celui de la politique « {policy} », exercice {asked or 'non dit'} ; la politique lue est "
            f"« {politique.nom} », exercice {year}.",
            "Donnez la politique pour laquelle il a été fait.",
        )
    missing = [n for n in (forme.IDENTITE, forme.CRITERES, forme.DONNEES) if n not in feuilles]
    if missing:
        listed = ", ".join(f"« {n} »" for n in missing)
        return _refuse(registre, f"Il manque au classeur : {listed}.", "Reprenez le classeur reçu de l'agence.")
    changed = _changed(politique, keys, registre) if _text(held, "empreinte") != politique.empreinte else frozenset()
    _identity(politique, feuilles[forme.IDENTITE], keys, held, made, year)
    _criteria(politique, feuilles[forme.CRITERES], made, registre, changed)
    _facts(politique, feuilles[forme.DONNEES], made, registre, changed)
    for nom in (forme.CRITERES, forme.DONNEES):
        feuilles[nom].tell(registre)
    return True


def _refuse(registre: Registre, message: str, aide: str) -> bool:
    registre.add(Constat("CAQ624", message, aide))
    return False


def _text(held: Mapping[str, list[Cellule]], key: str) -> str:
    row = held.get(key, [])
    return row[1].texte if len(row) > 1 else ""


def _changed(politique: Politique, keys: Feuille, registre: Registre) -> frozenset[tuple[str, str]]:
    """What the workbook asked in other words than the policy does now: not read, and listed to be asked again."""
    asked: dict[tuple[str, str], str] = {}
    for _, row in keys.rows():
        if len(row) > 2 and row[0].texte in ("critère", "donnée"):
            asked[row[0].texte, row[1].texte] = row[2].texte
    now = {("critère", n): forme.question_hash(politique, c) for n, c in politique.criteres.items()}
    now |= {("donnée", n): forme.fact_hash(d) for n, d in politique.donnees.items()}
    changed = {key for key, seal in asked.items() if key in now and now[key] != seal}
    again = [n for _, n in sorted(changed)]
    gone = [n for key, n in ((k, k[1]) for k in asked) if key not in now]
    message = "Ce classeur a été rempli sur une version antérieure de la grille."
    if again:
        message += f" À redemander, l'énoncé ayant changé : {', '.join(again)}."
    if gone:
        message += f" N'existe plus : {', '.join(gone)}."
    if not again and not gone:
        message += " Rien de ce qu'il demande n'a changé : ses réponses sont reprises."
    registre.add(Constat("CAQ625", message, "Envoyez un classeur de la grille en vigueur." if again else ""))
    return frozenset(changed)


def _identity(
    politique: Politique,
    feuille: Feuille,
    keys: Feuille,
    held: Mapping[str, list[Cellule]],
    made: _Classeur,
    year: int | None,
) -> None:
    """Who answers: what the agency wrote in the hidden keys, else what was filled in."""
    rows = {r[0].texte: (n, r) for n, r in feuille.rows() if r and r[0].texte}

    def filled(label: str) -> tuple[Cellule, int]:
        number, row = rows.get(label, (0, [VIDE, VIDE]))
        return (row[1] if len(row) > 1 else VIDE), number + 1

    known = _text(held, "finess")
    cell, ligne = filled(forme.FINESS)
    made.put("finess", Cellule(known) if known else cell, feuille, ligne, 1)
    name, ligne = filled(forme.RAISON_SOCIALE)
    made.put("raison_sociale", name, feuille, ligne, 1)
    made.put("exercice", Cellule(str(year)) if year is not None else VIDE, feuille, filled(forme.EXERCICE)[1], 1)
    if not politique.secteurs:
        return
    secteurs = _text(held, "secteurs")
    first = min((n + 1 for label, (n, _) in rows.items() if label.startswith(forme.SECTEUR)), default=1)
    if not known:
        chosen = []
        for nom in politique.secteurs:
            row_label = next((x for x in rows if _is_sector(x, nom, politique)), "")
            if heading_key(filled(row_label)[0].texte) == "oui":
                chosen.append(nom)
        secteurs = "+".join(chosen)
    made.put("secteurs", Cellule(secteurs) if secteurs else VIDE, feuille, first, 1)


def _is_sector(label: str, nom: str, politique: Politique) -> bool:
    bare = heading_key(label.removeprefix(forme.SECTEUR).partition(":")[0])
    return label.startswith(forme.SECTEUR) and bare in (heading_key(nom), heading_key(politique.secteurs[nom].titre))


def _criteria(
    politique: Politique, feuille: Feuille, made: _Classeur, registre: Registre, changed: frozenset[tuple[str, str]]
) -> None:
    for number, row, columns in _coded(feuille, registre, (forme.REPONSE, forme.MOTIF)):
        nom = row[columns[forme.CODE]].texte
        critere = politique.criteres.get(nom)
        if critere is None or ("critère", nom) in changed:
            _unread(nom, feuille, number, registre, known=critere is not None)
            continue
        answer, reason = row[columns[forme.REPONSE]], row[columns[forme.MOTIF]]
        if answer.texte == "Mesuré":
            answer = VIDE
        made.put(nom, answer, feuille, number + 1, columns[forme.REPONSE])
        made.put(f"{nom}_motif", reason, feuille, number + 1, columns[forme.MOTIF])
        for key, heading in forme.DIALOGUE.items():
            column = columns.get(heading)
            if column is not None and not row[column].is_empty:
                made.dialogue[f"{nom}_{key}"] = row[column].texte


def _facts(
    politique: Politique, feuille: Feuille, made: _Classeur, registre: Registre, changed: frozenset[tuple[str, str]]
) -> None:
    for number, row, columns in _coded(feuille, registre, (forme.VALEUR, forme.SOURCE)):
        nom = row[columns[forme.CODE]].texte
        if nom not in politique.donnees or ("donnée", nom) in changed:
            recorded = nom.startswith(("score", "points"))
            if not recorded:
                _unread(nom, feuille, number, registre, known=nom in politique.donnees)
            continue
        made.put(nom, row[columns[forme.VALEUR]], feuille, number + 1, columns[forme.VALEUR])
        source = row[columns[forme.SOURCE]]
        if not source.is_empty:
            made.put(f"{nom}_source", source, feuille, number + 1, columns[forme.SOURCE])


def _unread(nom: str, feuille: Feuille, number: int, registre: Registre, *, known: bool) -> None:
    """A row that is not taken: said when its code is unknown; a changed one was said with the grid."""
    if not known:
        registre.add(
            Constat(
                "CAQ617",
                f"La ligne du code « {nom} » n'est pas lue : la politique n'a rien de ce nom.",
                "Rétablissez le code de la ligne s'il a été modifié.",
                feuille=feuille.nom,
                repere=f"A{number + 1}",
            )
        )


def _coded(
    feuille: Feuille, registre: Registre, wanted: tuple[str, ...]
) -> Iterator[tuple[int, list[Cellule], dict[str, int]]]:
    """The rows under the headings that have a code, each code once; a missing heading is an error of the file."""
    columns: dict[str, int] = {}
    seen: dict[str, int] = {}
    for number, row in feuille.rows():
        if not columns:
            texts = [c.texte for c in row]
            if forme.CODE in texts:
                columns = {t: k for k, t in reversed(list(enumerate(texts))) if t}
                missing = [w for w in wanted if w not in columns]
                if missing:
                    said = ", ".join(f"« {m} »" for m in missing)
                    registre.add(
                        Constat(
                            "CAQ603", f"La colonne {said} est absente.", "Rétablissez son en-tête.", feuille=feuille.nom
                        )
                    )
                    return
            continue
        row = [*row, *[VIDE] * (max(columns.values()) + 1 - len(row))]
        code = row[columns[forme.CODE]].texte
        if not code:
            continue
        if code in seen:
            registre.add(
                Constat(
                    "CAQ609",
                    f"Le code « {code} » est sur deux lignes : {seen[code] + 1} et {number + 1}.",
                    "Gardez une seule ligne par code.",
                    feuille=feuille.nom,
                )
            )
            continue
        seen[code] = number
        yield number, row, columns
    if not columns:
        registre.add(
            Constat("CAQ603", f"La feuille « {feuille.nom} » n'a pas de colonne « {forme.CODE} ».", "Rétablissez-la.")
        )
