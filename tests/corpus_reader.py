"""The literate corpus: sections of Markdown, each a policy with the results or the diagnostics expected from it.

A file is a title, an optional `## Préambule` (declarations that every section shares) and sections titled by the
behaviour they show. A section holds a ```caqes block and, in any number, pairs of ```etablissement and ```resultat
blocks, or one ```diagnostics block. Without it the policy must give no error and no warning.

A ```cohorte block stands for an ```etablissement where several count together: a table whose cells are between « | »,
an establishment a row; its ```resultat is a table too, of what is asked of each.

```caqes national.caqes names another file of the same folder, for `reprend`. A block that opens with `caqes 1` is a
whole file, without the preamble; lines of diagnostics are counted in the section's block.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import datetime
from fractions import Fraction
from pathlib import Path

from caqes_dsl.base.diagnostics import Diagnostic, Severite
from caqes_dsl.base.quantities import UNITE_DE, UNITES, Genre, Valeur, plain_number, write_value
from caqes_dsl.evaluation.explain import evaluate
from caqes_dsl.evaluation.facts import Etablissement
from caqes_dsl.evaluation.population import evaluate_cohort
from caqes_dsl.evaluation.trace import Resultat, SousScore
from caqes_dsl.model.nodes import Politique
from caqes_dsl.pipeline import Compilation, compile_path

HEADER = "caqes 1\n\npolitique corpus « Corpus »\n  exercice 2018\n  source « Corpus »\n\n"
_FENCE = re.compile(r"^```(\w+)?[ ]?(.*)$")
_PERIOD = re.compile(r"(.+?) N-(\d+)")
_NUMBER = re.compile(r"(-?[\d \u202f\u00a0]+(?:,\d+)?)\s*(points?|jours?|semaines?|mois|ans?|pt|%|k€|M€|€)?")
_PLURAL = {"point": "points", "jour": "jours", "semaine": "semaines", "an": "ans"}


@dataclass(frozen=True, slots=True)
class Bloc:
    """A fenced block: its kind, what follows the kind, its text, and the lines between its fences (from 0)."""

    sorte: str
    nom: str
    texte: str
    debut: int
    fin: int


@dataclass(frozen=True, slots=True)
class Section:
    """One behaviour."""

    fichier: Path
    titre: str
    preambule: str
    blocs: tuple[Bloc, ...] = field(default=())

    def of(self, *sortes: str) -> list[Bloc]:
        """Its blocks of these kinds."""
        return [b for b in self.blocs if b.sorte in sortes]


def read_sections(path: Path) -> list[Section]:
    """The sections of a file, its preamble left out."""
    found: list[Section] = []
    preamble = ""
    for section in _sections(path):
        policies = section.of("caqes")
        if section.titre == "Préambule":
            preamble = policies[0].texte
        elif policies:
            found.append(replace(section, preambule=preamble))
    return found


def _sections(path: Path) -> list[Section]:
    lines = path.read_text("utf-8").split("\n")
    found: list[Section] = []
    opened: tuple[str, str, int] | None = None
    for number, line in enumerate(lines):
        fence = _FENCE.match(line)
        if opened is None and line.startswith("## "):
            found.append(Section(path, line[3:].strip(), ""))
        elif fence and opened is None:
            opened = (fence[1] or "", fence[2].strip(), number + 1)
        elif line == "```" and opened is not None:
            kind, name, start = opened
            block = Bloc(kind, name, "\n".join(lines[start:number]), start, number)
            found[-1] = replace(found[-1], blocs=(*found[-1].blocs, block))
            opened = None
    assert opened is None, f"{path} : un bloc n'est pas fermé"
    return found


# ---------------------------------------------------------------- compiling


def compile_section(section: Section, folder: Path) -> tuple[Compilation, int]:
    """The compilation of a section's policy, and how many lines stand before its block."""
    before = 0
    for bloc in section.of("caqes"):
        whole = bloc.texte.startswith("caqes ")
        head = "" if whole else HEADER + section.preambule + "\n"
        if bloc.texte.startswith("politique "):
            head = "caqes 1\n"
        (folder / (bloc.nom or "politique.caqes")).write_text(head + bloc.texte + "\n", encoding="utf-8")
        if not bloc.nom:
            before = head.count("\n")
    return compile_path(folder / "politique.caqes"), before


def write_diagnostic(diagnostic: Diagnostic, before: int) -> str:
    """« CAQ301 ligne 12 : texte »."""
    place = ""
    if diagnostic.span is not None:
        name = Path(diagnostic.span.source.nom).name
        line = diagnostic.span.ligne - (before if name == "politique.caqes" else 0)
        place = f" ligne {line}" if line > 0 else f" préambule ligne {line + before}"
        place = place if name == "politique.caqes" else f" {name}{place}"
    return f"{diagnostic.code}{place} : {plain(diagnostic.message)}"


def plain(text: str) -> str:
    """A text with ordinary spaces."""
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def said(diagnostics: tuple[Diagnostic, ...], before: int) -> tuple[list[str], list[str]]:
    """What must be expected (errors and warnings), and what may be (notes)."""
    serious = [write_diagnostic(d, before) for d in diagnostics if d.severite is not Severite.NOTE]
    notes = [write_diagnostic(d, before) for d in diagnostics if d.severite is Severite.NOTE]
    return serious, notes


def matches(expected: str, found: str) -> bool:
    """Whether a diagnostic has the code and line expected and holds the text expected."""
    place, _, text = expected.partition(" : ")
    return found.startswith(place + " : ") and text in found.partition(" : ")[2]


# ---------------------------------------------------------------- establishments and results


def read_establishment(politique: Politique, texte: str) -> Etablissement:
    """An establishment written as « key = value » lines; `x N-1` is of the exercise before."""
    years: dict[int, dict[str, str]] = {0: {}}
    for line in filter(None, (raw.partition("#")[0].strip() for raw in texte.split("\n"))):
        key, _, value = (part.strip() for part in line.partition("="))
        found = _PERIOD.fullmatch(key)
        years.setdefault(int(found[2]) if found else 0, {})[found[1] if found else key] = value
    exercice = int(years[0].pop("exercice", str(politique.exercice or 2018)))
    passes = {exercice - back: _one(politique, said, exercice - back) for back, said in years.items() if back}
    return replace(_one(politique, years[0], exercice), passes=passes)


def _one(politique: Politique, written: dict[str, str], exercice: int) -> Etablissement:
    faits: dict[str, Valeur] = {}
    reponses: dict[str, str] = {}
    motifs: dict[str, str] = {}
    enregistres: dict[str, Fraction] = {}
    secteurs: tuple[str, ...] = ()
    for key, value in written.items():
        if key == "secteurs":
            secteurs = tuple(s.strip() for s in value.split(","))
            assert set(secteurs) <= politique.secteurs.keys(), value
        elif key in politique.criteres:
            assert value in politique.niveaux, value
            reponses[key] = value
        elif key.startswith("motif "):
            motifs[key.removeprefix("motif ")] = value
        elif key in politique.donnees:
            faits[key] = read_value(value)
        else:
            recorded = re.fullmatch(r"(score|points)(?:\((\w+)\))?", key)
            assert recorded is not None, f"« {key} » n'est pas une clé d'établissement"
            number = read_value(value)
            assert isinstance(number, Fraction)
            enregistres["_".join(filter(None, recorded.groups()))] = number
    return Etablissement(
        "140000100", "Corpus", exercice, secteurs, reponses, motifs, faits, enregistres=enregistres, lieu="corpus"
    )


def read_value(text: str) -> Valeur:
    """A value as people write it."""
    if text in ("oui", "non"):
        return text == "oui"
    if re.fullmatch(r"\d\d/\d\d/\d{4}", text):
        return datetime.strptime(text, "%d/%m/%Y").date()
    found = _NUMBER.fullmatch(text)
    if found is None:
        return text
    unit = found[2] or ""
    digits = re.sub(r"[ \u202f\u00a0]", "", found[1]).replace(",", ".")
    return Fraction(digits) * UNITES[_PLURAL.get(unit, unit)][1]


def result_lines(politique: Politique, resultat: Resultat, keys: list[str]) -> list[str]:
    """« key = value » for each key asked."""
    return [f"{key} = {plain(_result(politique, resultat, key))}" for key in keys]


def _result(politique: Politique, resultat: Resultat, key: str) -> str:
    word, _, name = key.rstrip(")").partition("(")
    if word in ("score", "points", "points_applicables", "bornes") and name not in politique.criteres:
        return _sub_score(resultat.scores[name] if name else resultat.score_global, word)
    match word:
        case "statut" if not name:
            return resultat.statut
        case "manquants":
            return ", ".join(resultat.manquants) or "rien"
        case "cible":
            step = resultat.cibles[name or next(iter(resultat.cibles))]
            return _value(step.valeur, step.genre)
        case "certitude":
            return resultat.decisions[name].certitude
    if name in politique.indicateurs:
        measured = resultat.indicateurs[name]
        said = {True: "oui", False: "non", None: "indéterminé"}[measured.atteint]
        if word == "mesure" and measured.statut == "sans_objet":
            return "sans objet"
        return said if word == "atteint" else _value(measured.mesure.valeur, measured.mesure.genre)
    if name in politique.criteres:
        given = resultat.criteres[name]
        mesure = given.critere.mesure
        values = {
            "statut": given.statut,
            "origine": given.origine,
            "niveau": given.niveau or "aucun",
            "poids": _value(given.poids, Genre.POINTS),
            "points": _value(given.points, Genre.POINTS),
            "part": _value(given.part, Genre.TAUX),
            "mesure": _value(given.mesure, mesure.genre if mesure else Genre.TAUX),
        }
        return values[word]
    if word in resultat.decisions:
        return _value(resultat.decisions[word].montant, Genre.MONTANT)
    step = {**resultat.calculs, **resultat.baremes, **resultat.pieces}[word]
    return _value(step.valeur, step.genre)


def _sub_score(sous: SousScore, word: str) -> str:
    match word:
        case "score" if sous.score is None and sous.points_applicables == 0:
            return "sans objet"
        case "score":
            return _value(sous.score, Genre.TAUX)
        case "points":
            return _value(sous.points, Genre.POINTS)
        case "points_applicables":
            return _value(sous.points_applicables, Genre.POINTS)
    if sous.score_min is None or sous.score_max is None:
        return "aucune"
    return f"{_value(sous.score_min, Genre.TAUX)} à {_value(sous.score_max, Genre.TAUX)}"


def _value(value: Valeur | None, genre: Genre) -> str:
    """A value as people write it, exact: « 200/3 % »."""
    if value is None:
        return "indéterminé"
    text = write_value(value, genre)
    if "≈" not in text or not isinstance(value, Fraction):
        return text
    unit = UNITE_DE.get(genre, "")
    return f"{plain_number(value / UNITES[unit][1])} {unit}".strip()


def _rows(texte: str) -> tuple[list[str], list[list[str]]]:
    """The headings and the rows of a table."""
    lines = [[cell.strip() for cell in line.split("|")] for line in texte.split("\n") if line.strip()]
    return lines[0], lines[1:]


def run_cohort(politique: Politique, cohorte: Bloc, resultat: Bloc) -> list[str]:
    """What a policy gives for a cohort, as the table of its ```resultat block."""
    heads, rows = _rows(cohorte.texte)
    facts = []
    for row in rows:
        said = dict(zip(heads, row, strict=True))
        finess = said.pop("finess")
        lines = "\n".join(f"{key} = {value}" for key, value in said.items() if value)
        facts.append(replace(read_establishment(politique, lines), finess=finess))
    results = {r.etablissement.finess: r for r in evaluate_cohort(politique, facts)[0]}
    keys, wanted = _rows(resultat.texte)
    cells = [[w[0], *(plain(_result(politique, results[w[0]], key)) for key in keys[1:])] for w in wanted]
    widths = [max(len(line[i]) for line in [keys, *cells]) for i in range(len(keys))]
    return [
        " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in [keys, *cells]
    ]


def run_pair(politique: Politique, etablissement: Bloc, resultat: Bloc) -> list[str]:
    """What a policy gives for the keys of a ```resultat block."""
    if etablissement.sorte == "cohorte":
        return run_cohort(politique, etablissement, resultat)
    keys = [line.partition(" = ")[0].strip() for line in resultat.texte.split("\n") if line.strip()]
    facts = read_establishment(politique, etablissement.texte)
    return result_lines(politique, evaluate(politique, facts), keys)
