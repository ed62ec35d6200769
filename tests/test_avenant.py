"""The amendment: what it says, the annex that it consolidates, the data that a program applies."""

from __future__ import annotations

import json
from functools import cache
from itertools import product
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from test_changements import BODY, policy

import caqes_dsl as caqes
from caqes_dsl.commands import cli
from caqes_dsl.compare.avenant import Illisible, Inapplicable, Inexact, apply_amendment, encode_amendment
from caqes_dsl.compare.diff import compare
from caqes_dsl.documents.avenant import avenant_view, render_avenant
from caqes_dsl.documents.writers.suivi import accept_all, reject_all, texts
from caqes_dsl.model.nodes import Politique

RACINE = Path(__file__).resolve().parents[1] / "policies"
A, B = (str(RACINE / "normandie" / nom) for nom in ("2018.caqes", "2019.caqes"))
LIVREES = sorted(p.relative_to(RACINE).as_posix() for p in RACINE.rglob("*.caqes"))


@cache
def shipped(nom: str) -> Politique:
    return caqes.charger(RACINE / nom)


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ").replace("’", "'")


def clauses(ancienne: Politique, nouvelle: Politique) -> list[str]:
    """Every paragraph of the articles."""
    view = avenant_view(ancienne, nouvelle, compare(ancienne, nouvelle))
    return [plain(text) for section in view.sections for text in section.textes]


@pytest.mark.parametrize(
    ("before", "after", "clause"),
    [
        (
            "cible 53 %",
            "cible 58 %",
            "Au volet « Bon usage » (cible), les mots « 53 % » sont remplacés par les mots « 58 % ».",
        ),
        (
            "« Second »",
            '« Second »\n  article "10-3"',
            "Au chapitre « Second » (numéro d'article), sont insérés les mots « 10-3 ».",
        ),
        ("critère C40 « Suivi »\n  poids 1 point\n  secteurs tous\n", "", "Le critère C40 « Suivi » est abrogé."),
    ],
)
def test_a_change_is_written_as_a_clause(before: str, after: str, clause: str) -> None:
    assert before in BODY
    assert clause in clauses(policy(BODY), policy(BODY.replace(before, after)))


def test_what_is_added_or_repealed_is_quoted_in_full() -> None:
    critere = "critère C41 « Revue »\n  # remarque\n  poids 2 points\n  secteurs MCO\n"
    more = BODY.replace("calcul ecart", f"{critere}calcul ecart")
    quoted = ["« critère C41 « Revue »", "« \u2003poids 2 points", "« \u2003secteurs MCO »"]
    for before, after in ((BODY, more), (more, BODY)):
        said = clauses(policy(before), policy(after))
        start = said.index(quoted[0])
        assert said[start : start + 3] == quoted
    assert "Il est inséré le critère C41 « Revue », ainsi rédigé :" in clauses(policy(BODY), policy(more))


def test_a_step_an_example_a_total_are_named_as_a_contract_names_them() -> None:
    said = clauses(shipped("normandie/2018.caqes"), shipped("normandie/2019.caqes"))
    volet = "Au volet « Bon usage des médicaments, des produits de santé et des prestations »"
    assert f"{volet} (total des points), les mots « 105 points » sont remplacés par les mots « 104,5 points »." in said
    assert any(t.startswith(f"{volet} (total des critères, Hospitalisation à domicile), les mots « 51") for t in said)
    assert "L'étape copil « COPIL : cible et modalités de sanction » est supprimée." in said
    assert "L'exemple « 48 points sur 98 donnent 49 % » est supprimé." in said
    assert any(t.startswith("L'exemple « Un point sous la cible de 2019 » est inséré : « avec score") for t in said)
    assert sum(t.startswith("Sans autre modification, au paramètre « ") for t in said) == 4


def test_it_is_a_draft_until_adopted() -> None:
    view = avenant_view(shipped("normandie/2018.caqes"), shipped("normandie/2019.caqes"), ())
    assert view.identite.est_projet and view.surtitre.startswith("Projet d'avenant")
    assert "PROJET" in view.alertes[0]


@pytest.mark.parametrize(("a", "b"), list(product(LIVREES, repeat=2)))
def test_its_data_applied_to_the_older_policy_gives_the_newer(a: str, b: str) -> None:
    old, new = shipped(a), shipped(b)
    data = json.loads(json.dumps(encode_amendment(old, new, compare(old, new))))
    assert apply_amendment(old, data).empreinte == new.empreinte
    if a != b:
        with pytest.raises(Inexact):
            apply_amendment(new, data)


def test_data_that_were_touched_are_refused() -> None:
    old, new = policy(BODY), policy(BODY.replace("cible 53 %", "cible 58 %"))
    good = json.dumps(encode_amendment(old, new, compare(old, new)))
    assert apply_amendment(old, json.loads(good)).empreinte == new.empreinte
    for before, after in (
        ('"29/50"', '"3/5"'),
        ('"53/100"', '"1/2"'),
        ("caqes.avenant/1", "autre"),
        ("cible", "titre"),
    ):
        assert before in good
        with pytest.raises((Inexact, Illisible, Inapplicable)):
            apply_amendment(old, json.loads(good.replace(before, after)))
    others: tuple[object, ...] = (None, [], {"schema": "caqes.avenant/1"}, {**json.loads(good), "editions": 3})
    for junk in others:
        with pytest.raises(Illisible):
            apply_amendment(old, junk)


def test_the_consolidated_annex_accepted_is_the_newer_one_and_rejected_the_older() -> None:
    old, new = shipped("normandie/2018.caqes"), shipped("normandie/2019.caqes")
    from caqes_dsl.documents.render import render_annexe

    made = render_avenant(old, new, compare(old, new), None, "suivi")
    assert texts(accept_all(made)) == texts(render_annexe(new, "docx"))
    assert texts(reject_all(made)) == texts(render_annexe(old, "docx"))


# ---------------------------------------------------------------- the command


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["avenant", *arguments])


def test_the_command_writes_each_form_and_verifies_its_data(tmp_path: Path) -> None:
    found = run(A, B, "-o", str(tmp_path))
    assert found.exit_code == 0, found.output
    stem = "avenant-normandie_2018-normandie_2019"
    assert sorted(p.name for p in tmp_path.iterdir()) == [f"{stem}.{e}" for e in ("docx", "html", "json", "suivi.docx")]
    page = plain((tmp_path / f"{stem}.html").read_text("utf-8"))
    assert "les mots « 53 % » sont remplacés par les mots « 58 % »" in page and "amende" not in page.lower()
    again = tmp_path / "encore"
    assert run(A, B, "-o", str(again)).exit_code == 0
    assert all((again / p.name).read_bytes() == p.read_bytes() for p in tmp_path.iterdir() if p.is_file())
    data = str(tmp_path / f"{stem}.json")
    applied = run(A, "--appliquer", data)
    assert (applied.exit_code, shipped("normandie/2019.caqes").empreinte in applied.output) == (0, True)
    refused = run(B, "--appliquer", data)
    assert refused.exit_code == 1 and "CAQ809" in refused.output


@pytest.mark.parametrize("junk", [b"", b"\xff\xfe", b"[[[[", b"{}", b"[" * 100_000, b'{"schema": "caqes.avenant/1"}'])
def test_a_file_that_is_no_amendment_is_refused(tmp_path: Path, junk: bytes) -> None:
    fichier = tmp_path / "avenant.json"
    fichier.write_bytes(junk)
    found = run(A, "--appliquer", str(fichier))
    assert found.exit_code == 1 and "CAQ809" in found.output


@pytest.mark.parametrize(
    "arguments", [(A,), (A, B, "-f", "xls"), (A, B, "-f", ","), (A, B, "--appliquer", A), (A, "rien.caqes")]
)
def test_wrong_usage_is_said(arguments: tuple[str, ...]) -> None:
    assert run(*arguments).exit_code == 2
