"""Returned workbooks: what survives, what is refused, what is said, each at its file, sheet and cell."""

from __future__ import annotations

import json
import re
import zipfile
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from classeur_kit import columns, opened, rows, saved
from click.testing import CliRunner

from caqes_dsl.commands import cli
from caqes_dsl.documents.classeur import classeur_of
from caqes_dsl.documents.writers.classeur import write_classeur
from caqes_dsl.evaluation.exact.lines import ENSEMBLE
from caqes_dsl.evaluation.facts import Etablissement
from caqes_dsl.exchange import classeur_forme as forme
from caqes_dsl.exchange.retours import Retours, read_returns
from caqes_dsl.model.nodes import Politique
from caqes_dsl.pipeline import compile_text

TEXTE = """caqes 1
politique essai « Essai »
  exercice 2018
  source « inventé »
secteur MCO « Médecine »
secteur HAD « Hospitalisation à domicile »
niveau R « Réalisé » donne 100 %
niveau NR « Non réalisé » donne 0 %
notation
  NC sur justification
donnée lits « Lits » : entier ≥ 0
donnée part « Part » : taux entre 0 % et 100 %
volet v « Volet »
  cible 50 %
critère C1 « Charte signée » poids 2 points secteurs tous
critère C2 « Audit » poids 1 point secteurs tous
critère C3 « Part conforme » poids 1 point secteurs MCO mesure part seuils
  plus de 50 % : R
  jusqu'à 50 % : NR
"""
ONE = Etablissement("140000100", "Centre", 2018, ("MCO",))


def compiled(texte: str = TEXTE) -> Politique:
    found = compile_text(texte)
    assert found.politique is not None, [d.message for d in found.diagnostics if d.is_error]
    return found.politique


def sheet_with(changes: dict[str, dict[str, object]], politique: Politique | None = None) -> bytes:
    """The workbook of `ONE` with cells written: sheet -> « code heading » -> value."""
    book = opened(write_classeur(classeur_of(politique or compiled(), ONE, exercice=2018)))
    for nom, cells in changes.items():
        sheet = book[nom]
        _, heads = columns(sheet)
        where = rows(sheet)
        for key, value in cells.items():
            code, _, heading = key.partition(" ")
            sheet.cell(where[code], heads[heading]).value = value  # type: ignore[assignment]
    return saved(book)


def read(data: bytes, folder: Path, politique: Politique | None = None) -> Retours:
    (folder / "retour.xlsx").write_bytes(data)
    return read_returns(politique or compiled(), folder)


def said(found: Retours) -> list[tuple[str, str, str]]:
    return [(d.code, d.message, d.lieu) for d in found.cohorte.diagnostics]


ANSWERED: dict[str, dict[str, object]] = {
    forme.CRITERES: {f"C1 {forme.REPONSE}": "Réalisé", f"C2 {forme.REPONSE}": "NR"},
    forme.DONNEES: {f"lits {forme.VALEUR}": 12, f"part {forme.VALEUR}": 0.5},
}


def test_answers_facts_and_dialogue_come_back(tmp_path: Path) -> None:
    action: dict[str, object] = {
        f"C2 {forme.DIALOGUE['action']}": "Former les équipes",
        f"C2 {forme.DIALOGUE['commentaire']}": "=1+1",
    }
    found = read(sheet_with({**ANSWERED, forme.CRITERES: {**ANSWERED[forme.CRITERES], **action}}), tmp_path)
    assert said(found) == []
    (one,) = found.cohorte.etablissements
    assert (one.finess, one.secteurs, dict(one.reponses)) == ("140000100", ("MCO",), {"C1": "R", "C2": "NR"})
    assert {k: str(v) for k, v in one.faits.items()} == {"lits": "12", "part": "1/2"}
    assert found.dialogues["140000100"]["C2_action"] == "Former les équipes"


def test_moved_rows_and_columns_are_found_by_their_code_and_heading(tmp_path: Path) -> None:
    book = opened(sheet_with(ANSWERED))
    sheet = book[forme.CRITERES]
    _, heads = columns(sheet)
    places = rows(sheet)
    first, second = places["C1"], places["C2"]
    for column in range(1, sheet.max_column + 1):
        one, other = sheet.cell(first, column), sheet.cell(second, column)
        one.value, other.value = other.value, one.value
    top, _ = columns(sheet)
    a, b = heads[forme.REPONSE], heads["Points"]
    for row in range(top, sheet.max_row + 1):
        one, other = sheet.cell(row, a), sheet.cell(row, b)
        one.value, other.value = other.value, one.value
    found = read(saved(book), tmp_path)
    assert dict(found.cohorte.etablissements[0].reponses) == {"C1": "R", "C2": "NR"}


@pytest.mark.parametrize(
    ("cells", "code", "place"),
    [
        (
            {forme.CRITERES: {f"C1 {forme.REPONSE}": "Peut-être"}},
            "CAQ606",
            r"feuille Critères, ligne \d+, colonne C1 \(E",
        ),
        ({forme.CRITERES: {f"C1 {forme.REPONSE}": "NC"}}, "CAQ610", r"feuille Critères, ligne \d+, colonne C1"),
        ({forme.DONNEES: {f"lits {forme.VALEUR}": -3}}, "CAQ605", r"feuille Données, ligne \d+, colonne lits \(D"),
        ({forme.DONNEES: {f"part {forme.VALEUR}": "beaucoup"}}, "CAQ604", r"feuille Données, ligne \d+, colonne part"),
        ({forme.DONNEES: {f"part {forme.VALEUR}": 53}}, "CAQ605", r"feuille Données, ligne \d+, colonne part"),
    ],
)
def test_a_fault_is_named_by_file_sheet_and_cell(
    cells: dict[str, dict[str, object]], code: str, place: str, tmp_path: Path
) -> None:
    found = read(sheet_with(cells), tmp_path)
    (wrong,) = [d for d in found.cohorte.diagnostics if d.is_error]
    assert wrong.code == code and re.match(place, wrong.lieu), wrong
    assert wrong.fichier == str(tmp_path / "retour.xlsx")
    assert not found.cohorte.etablissements and len(found.cohorte.ecartes) == 1


def test_hidden_and_merged_rows_are_said(tmp_path: Path) -> None:
    book = opened(sheet_with(ANSWERED))
    sheet = book[forme.CRITERES]
    row = rows(sheet)["C2"]
    sheet.row_dimensions[row].hidden = True
    sheet.merge_cells(start_row=row, end_row=row, start_column=2, end_column=3)
    messages = " ".join(m for code, m, _ in said(read(saved(book), tmp_path)) if code == "CAQ612")
    assert f"ligne {row}" in messages and f"B{row}:C{row}" in messages


def test_an_older_grid_keeps_what_it_asked_in_the_same_words(tmp_path: Path) -> None:
    sent = sheet_with(ANSWERED)
    later = compiled(
        TEXTE.replace("« Charte signée »", "« Charte signée par la direction »")
        .replace("poids 1 point secteurs tous", "poids 2 points secteurs tous")
        .replace("« Lits »", "« Lits et places »")
    )
    found = read(sent, tmp_path, later)
    (one,) = found.cohorte.etablissements
    assert dict(one.reponses) == {"C2": "NR"} and set(one.faits) == {"part"}
    (older,) = [m for code, m, _ in said(found) if code == "CAQ625"]
    assert "C1" in older and "lits" in older and "C2" not in older


def test_a_changed_source_asks_nothing_again(tmp_path: Path) -> None:
    found = read(sheet_with(ANSWERED), tmp_path, compiled(TEXTE.replace("« inventé »", "« autre »")))
    assert len(found.cohorte.etablissements[0].reponses) == 2
    assert [code for code, _, _ in said(found)] == ["CAQ625"]


def test_macros_bombs_and_entities_are_refused(tmp_path: Path) -> None:
    sent = sheet_with(ANSWERED)

    def with_part(name: str, content: bytes) -> bytes:
        out = BytesIO()
        with zipfile.ZipFile(BytesIO(sent)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
            for info in source.infolist():
                if info.filename != name:
                    made.writestr(info, source.read(info))
            made.writestr(name, content)
        return out.getvalue()

    entity = b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><workbook>&x;</workbook>'
    for data, code in (
        (with_part("xl/vbaProject.bin", b"macro"), "CAQ619"),
        (with_part("xl/media/image1.png", b"\0" * (64 << 20)), "CAQ618"),
        (with_part("xl/workbook.xml", entity), "CAQ601"),
    ):
        found = read(data, tmp_path)
        assert [d.code for d in found.cohorte.diagnostics if d.is_error] == [code]
        assert not found.cohorte.etablissements


def test_what_formulas_show_is_never_read(tmp_path: Path) -> None:
    book = opened(sheet_with(ANSWERED))
    for nom in (forme.RESULTAT, forme.CALCUL):
        for row in book[nom].iter_rows():
            for cell in row:
                if isinstance(cell.value, (int, float)) or str(cell.value).startswith("="):
                    cell.value = 999
    found = read(saved(book), tmp_path)
    assert said(found) == [] and dict(found.cohorte.etablissements[0].reponses) == {"C1": "R", "C2": "NR"}


HOSTILE = (
    "=1+1", "+cmd|' /C calc'!A0", "@SUM(A1)", "<b>gras</b>", "{{ 7*7 }}", '« a » & "b"', "\u202eabc", "a" * 1000,
)  # fmt: skip


@pytest.mark.parametrize("label", HOSTILE, ids=range(len(HOSTILE)))
def test_a_label_is_a_text_whatever_it_holds(label: str) -> None:
    politique = compiled()
    changed = replace(
        politique,
        titre=label,
        criteres={n: replace(c, titre=label) for n, c in politique.criteres.items()},
        donnees={n: replace(d, titre=label) for n, d in politique.donnees.items()},
        niveaux={n: replace(v, titre=f"{v.titre} {label}") for n, v in politique.niveaux.items()},
    )
    book = opened(write_classeur(classeur_of(changed, replace(ONE, raison_sociale=label), exercice=2018)))
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type != "f":
                    continue
                # A formula of ours: its texts are within what a spreadsheet takes, and closed.
                texts = re.findall(r'"((?:[^"]|"")*)"', str(cell.value))
                assert all(len(t.replace('""', '"')) <= 255 for t in texts)
                rest = re.sub(r'"(?:[^"]|"")*"', "", str(cell.value))
                assert "cmd" not in rest and "SUM(A1)" not in rest.replace("SUMPRODUCT", "") and "7*7" not in rest


def test_formulas_stay_within_what_a_spreadsheet_takes() -> None:
    """With many criteria and a table of many rows: 255 arguments, 8 192 characters, 64 levels of nesting."""
    many = "".join(f"critère D{i} « D {i} » poids 1 point secteurs tous\n" for i in range(400))
    steps = "".join(f"  de {i} % à moins de {i + 1} % : {i} %\n" for i in range(100)).replace(" : 0 %", " : 0 %")
    table = f"critère Z « Z » poids 1 point secteurs tous mesure part seuils\n{steps}  100 % : 100 %\n"
    book = opened(write_classeur(classeur_of(compiled(TEXTE + many + table), exercice=2018)))
    formulas = [str(c.value) for s in book.worksheets for r in s.iter_rows() for c in r if c.data_type == "f"]
    assert len(formulas) > 2_000
    assert max(map(len, formulas)) < 8_192
    for formula in formulas:
        depth = most = 0
        for sign in re.sub(r'"(?:[^"]|"")*"', "", formula):
            depth += (sign == "(") - (sign == ")")
            most = max(most, depth)
        assert most < 60
        for call in re.findall(r"\b(?:MAX|OR|AND)\(([^()]*)\)", formula):
            assert call.count(",") < 255
    assert ENSEMBLE < 255


def test_one_threshold_changes_its_sentence_and_its_formulas_only() -> None:
    before, after = compiled(), compiled(TEXTE.replace("50 % : R", "60 % : R").replace("50 % : NR", "60 % : NR"))
    books = [opened(write_classeur(classeur_of(p, ONE, exercice=2018))) for p in (before, after)]
    changed: dict[str, list[tuple[str, str]]] = {}
    for one, other in zip(books[0].worksheets, books[1].worksheets, strict=True):
        assert one.dimensions == other.dimensions
        for row, same in zip(one.iter_rows(), other.iter_rows(), strict=True):
            for a, b in zip(row, same, strict=True):
                if a.value != b.value:
                    changed.setdefault(one.title, []).append((str(a.value), str(b.value)))
    assert changed.pop(forme.CLES) == [(before.empreinte, after.empreinte)]
    for nom in (forme.IDENTITE, forme.DONNEES, forme.RESULTAT, forme.SIGNATURE):
        for old, new in changed.pop(nom):
            assert old.replace(before.code_de_controle, after.code_de_controle) == new
    (_, (old, new)) = sorted(changed.pop(forme.CRITERES), key=lambda pair: before.code_de_controle not in pair[0])
    assert old.replace("50\u00a0%", "60\u00a0%") == new and "plus de 50" in old.lower()
    formulas = changed.pop(forme.CALCUL)
    assert not changed and 0 < len(formulas) <= 6
    numbers = [(re.findall(r"(?<![$\w])\d+", a), re.findall(r"(?<![$\w])\d+", b)) for a, b in formulas]
    assert all(len(a) == len(b) for a, b in numbers), "les mêmes formules, d'autres nombres"


def test_from_the_command_line(tmp_path: Path) -> None:
    """Workbooks made, returned, gathered, evaluated: the same folder read in two ways gives the same file."""
    policy = "policies/cbu/2016.caqes"
    cohort = "policies/cbu/exemples/2016-retours.csv"
    out, run = tmp_path / "classeurs", CliRunner()
    made = run.invoke(cli, ["classeur", policy, cohort, "-o", str(out), "--finess", "509997052"])
    assert made.exit_code == 0, made.output
    assert [p.name for p in out.iterdir()] == ["classeur-509997052.xlsx"]
    gathered = tmp_path / "retours.csv"
    done = run.invoke(cli, ["retours", str(out), "--avec", cohort, "-o", str(gathered)])
    assert done.exit_code == 0 and "1 classeur lu : 1 repris" in done.output, done.output
    results = []
    for data in (str(gathered), cohort):
        target = tmp_path / "resultats.json"
        assert run.invoke(cli, ["evaluer", policy, data, "-o", str(target)]).exit_code == 0
        results.append(json.loads(target.read_text("utf-8"))["resultats"])
    (mine,) = results[0]
    (same,) = [r for r in results[1] if r["finess"] == "509997052"]
    assert mine == same
    folder = run.invoke(cli, ["evaluer", policy, str(out), "-o", str(tmp_path / "dossier.json")])
    assert folder.exit_code == 0 and (tmp_path / "dossier.json").exists()
    assert run.invoke(cli, ["classeur", policy, cohort, "-o", str(out), "--finess", "1"]).exit_code == 1
    assert run.invoke(cli, ["retours", str(tmp_path), "--politique", policy]).exit_code == 1
