"""`montrer`: the flattened policy, its provenance, its published schema."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import pytest

from caqes_dsl.base.quantities import Genre
from caqes_dsl.base.quantities import machine_number as number
from caqes_dsl.documents.montre import show, show_schema
from caqes_dsl.documents.montre_texte import show_text
from caqes_dsl.pipeline import compile_path, compile_text

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def montre() -> dict[str, object]:
    politique = compile_path(ROOT / "policies/normandie/2018.caqes").politique
    assert politique is not None
    return show(politique)


def test_the_published_schema_is_the_one_of_the_code() -> None:
    published = json.loads((ROOT / "docs/schemas/montrer.schema.json").read_text(encoding="utf-8"))
    assert published == show_schema()


def test_every_key_of_the_data_is_in_the_schema(montre: dict[str, object]) -> None:
    schema = show_schema()
    assert set(montre) == set(schema["required"])  # type: ignore[call-overload]  # a list of names
    assert json.loads(json.dumps(montre)) == json.loads(json.dumps(montre, default=lambda _: pytest.fail("not plain")))


def test_each_declaration_says_the_file_and_line_that_give_it(montre: dict[str, object]) -> None:
    lines: dict[str, list[str]] = {}
    keywords = {"secteurs": "secteur", "donnees": "donnée", "criteres": "critère", "parametres": "paramètre"}
    seen = 0
    for group, keyword in keywords.items():
        declared = montre[group]
        assert isinstance(declared, list)
        for item in declared:
            place = item["provenance"]
            name = place["fichier"]
            text = lines.setdefault(name, Path(name).read_text(encoding="utf-8").split("\n"))
            assert text[place["ligne"] - 1].split()[:2] == [keyword, item["nom"]]
            assert place["heritee"] == ("national" in name)
            seen += 1
    assert seen > 100


def test_what_a_parent_declares_keeps_the_source_of_the_parent(montre: dict[str, object]) -> None:
    secteurs = montre["secteurs"]
    assert isinstance(secteurs, list)
    assert {s["source"] for s in secteurs} == {"Décret n° 2017-584 du 20 avril 2017 ; arrêtés du 27 avril 2017"}


def test_the_text_holds_each_declaration_once() -> None:
    politique = compile_path(ROOT / "policies/normandie/2018.caqes").politique
    assert politique is not None
    text = show_text(politique)
    assert text.count("\ncritère ") == 88
    assert text.count("repris\n") > 10


@pytest.mark.parametrize(
    ("value", "genre", "written"),
    [
        (Fraction(53, 100), Genre.TAUX, "0.53"),
        (Fraction(2, 100), Genre.ECART, "2"),
        (Fraction(-1, 200), Genre.ECART, "-0.5"),
        (Fraction(1, 3), Genre.TAUX, "1/3"),
        (Fraction(1000), Genre.MONTANT, "1000"),
        (Fraction(1, 8), Genre.DECIMAL, "0.125"),
        (Fraction(-1, 100), Genre.MONTANT, "-0.01"),
        (Fraction(0), Genre.POINTS, "0"),
    ],
)
def test_numbers_are_exact_texts(value: Fraction, genre: Genre, written: str) -> None:
    assert number(value, genre) == written


def test_what_is_written_among_criteria_belongs_to_the_volet() -> None:
    done = compile_text(
        "caqes 1\npolitique p « P » source « Politique »\n  exercice 2018\nsecteur MCO « M »\n"
        "niveau R « R » donne 100 %\nvolet v « V » source « Volet »\n  cible 50 %\n"
        "chapitre a « A » source « Chapitre »\n"
        "critère C1 « Un »\n  poids 1 point\n  secteurs tous\ndonnée d « D » : montant ≥ 0 €\n"
        "calcul e « E » : montant\n  d\n"
    )
    politique = done.politique
    assert politique is not None
    assert politique.criteres["C1"].source == "Chapitre"
    assert politique.donnees["d"].source == politique.calculs["e"].source == "Volet"
    assert politique.calculs["e"].volet == "v"


def test_rules_of_notation_and_dates_are_shown_where_they_are_written() -> None:
    path = ROOT / "policies/normandie/2018.caqes"
    lines = path.read_text(encoding="utf-8").split("\n")
    politique = compile_path(path).politique
    assert politique is not None
    text, data = show_text(politique), json.loads(json.dumps(show(politique)))
    rounded = next(line.strip() for line in lines if line.startswith("  score arrondi à 1 %"))
    visit = next(line.strip() for line in lines if line.startswith("  11/10/2017 "))
    for words in (rounded, visit):
        assert f"\n{words}\n" in text
    assert set(data["notation"]["provenances"]) == {"score", "NC", "sans réponse"}
    said = [data["notation"]["provenances"]["score"], *(e["provenance"] for e in data["calendrier"] + data["delais"])]
    assert len(said) > 10
    assert all(lines[p["ligne"] - 1].strip() for p in said)
    assert lines[said[0]["ligne"] - 1].strip() == rounded


NATIONAL = """caqes 1
politique p « P » source « Arrêté »
secteur MCO « Médecine »
niveau R « Réalisé » donne 100 %
niveau NR « Non » donne 0 %
donnée lits « Lits » : entier ≥ 1
critère C1 « Un »
  poids 1 point
  secteurs tous
critère C2 « Deux » poids 1 point secteurs tous
  preuve « Relevé »
barème taux « Taux » : taux
  selon lits
    1 : 0 %
    puis, par tranche de 1 entamée : 1 % de plus
  plafond 5 %
calendrier
  01/02/2018 envoi « Envoi »
"""

CHILD = """caqes 1
politique an « An » reprend « a.caqes »
  exercice 2018
modifie critère C2
  poids 2 points
  sans preuve
  motif « Décision du comité »
supprime critère C1 motif « Atteint »
modifie barème taux plafond 3 %
modifie calendrier
  02/02/2018 envoi « Envoi »
"""


def inherited(tmp_path: Path) -> dict[str, object]:
    (tmp_path / "a.caqes").write_text(NATIONAL, encoding="utf-8")
    (tmp_path / "b.caqes").write_text(CHILD, encoding="utf-8")
    done = compile_path(tmp_path / "b.caqes")
    assert done.politique is not None, [d.message for d in done.diagnostics]
    data = json.loads(json.dumps(show(done.politique)).replace(str(tmp_path) + "/", ""))
    assert isinstance(data, dict)
    return {"texte": show_text(done.politique).replace(str(tmp_path) + "/", ""), **data}


def test_each_clause_of_a_changed_declaration_has_its_place(tmp_path: Path) -> None:
    data = json.loads(json.dumps(inherited(tmp_path)))
    (critere,) = data["criteres"]
    assert critere["provenance"] == {"fichier": "a.caqes", "ligne": 10, "heritee": True}
    clauses = {c["clause"]: c for c in critere["clauses"]}
    assert list(clauses) == ["poids", "secteurs", "preuve"]
    assert clauses["poids"] == {
        "clause": "poids",
        "provenance": {"fichier": "b.caqes", "ligne": 5, "heritee": False},
        "remplace": [{"fichier": "a.caqes", "ligne": 10}],
        "motif": "Décision du comité",
        "retiree": False,
    }
    assert clauses["secteurs"]["provenance"] == {"fichier": "a.caqes", "ligne": 10, "heritee": True}
    assert (clauses["secteurs"]["remplace"], clauses["preuve"]["retiree"]) == ([], True)
    assert data["calendrier"][0]["remplace"] == [{"fichier": "a.caqes", "ligne": 18}]
    assert data["suppressions"] == [
        {
            "genre": "critère",
            "nom": "C1",
            "titre": "Un",
            "motif": "Atteint",
            "provenance": {"fichier": "b.caqes", "ligne": 8, "heritee": False},
            "remplace": {"fichier": "a.caqes", "ligne": 7},
        }
    ]


def test_the_text_puts_a_changed_declaration_together_again(tmp_path: Path) -> None:
    text = inherited(tmp_path)["texte"]
    assert isinstance(text, str)
    assert (
        "# a.caqes:10, repris\n"
        "critère C2 « Deux »\n"
        "  # b.caqes:5, remplace a.caqes:10 (Décision du comité)\n"
        "  poids 2 points\n"
        "  secteurs tous\n"
        "  # b.caqes:6, retire a.caqes:11 (Décision du comité)\n"
    ) in text
    assert (
        "# a.caqes:12, repris\n"
        "barème taux « Taux » : taux\n"
        "  selon lits\n"
        "    1 : 0 %\n"
        "    puis, par tranche de 1 entamée : 1 % de plus\n"
        "  # b.caqes:9, remplace a.caqes:16\n"
        "  plafond 3 %\n"
    ) in text
    assert "# b.caqes:11, remplace a.caqes:18\n02/02/2018 envoi « Envoi »\n" in text
    assert "# b.caqes:8, supprime critère C1 « Un » de a.caqes:7 : Atteint\n" in text
