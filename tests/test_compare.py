"""What changed between two policies: every change found, nothing else, and applying them gives the newer one."""

from __future__ import annotations

import json
import re
from itertools import product
from pathlib import Path

import pytest
from completions import HEAD
from test_changements import BODY

import caqes_dsl as caqes
from caqes_dsl.base.source import Source
from caqes_dsl.compare import changes
from caqes_dsl.compare.apply import Inapplicable, apply, edited
from caqes_dsl.compare.codec import Illisible, decode, decode_changes, encode_changes
from caqes_dsl.compare.diff import compare
from caqes_dsl.compare.kinds import kind_of
from caqes_dsl.compare.names import renamed
from caqes_dsl.compare.parts import HEADER, MAPPINGS, NOTATION, parts_of
from caqes_dsl.model.empreinte import empreintes
from caqes_dsl.model.nodes import Politique
from caqes_dsl.pipeline import compile_text, compile_text_at, format_source, read_source

RACINE = Path(__file__).resolve().parent.parent
SHIPPED = sorted((RACINE / "policies").rglob("*.caqes"))


@pytest.fixture(scope="module")
def policies() -> dict[str, Politique]:
    return {p.relative_to(RACINE / "policies").as_posix(): caqes.charger(p) for p in SHIPPED}


def test_the_changes_between_any_two_policies_make_one_of_the_other(policies: dict[str, Politique]) -> None:
    for (one, a), (other, b) in product(policies.items(), repeat=2):
        found = compare(a, b)
        assert (found == ()) is (one == other), (one, other)
        made = apply(a, found)
        assert (made.empreinte, made.empreinte_sens) == (b.empreinte, b.empreinte_sens), (one, other)


def test_every_field_of_a_declaration_has_its_kind_of_change(policies: dict[str, Politique]) -> None:
    seen = {
        (name, champ)
        for p in policies.values()
        for name in MAPPINGS
        for d in getattr(p, name).values()
        for champ, _ in parts_of(d)
    }
    seen |= {(NOTATION, champ) for p in policies.values() for champ, _ in parts_of(p.notation)}
    seen |= {("", champ) for champ in HEADER}
    assert len(seen) > 60
    for name, champ in seen:
        kind = kind_of(changes.Adresse(name, "x", champ), added=False, removed=False)
        assert issubclass(kind, changes.Changement)


def test_a_change_applies_to_what_it_replaces_only(policies: dict[str, Politique]) -> None:
    a, b = policies["normandie/2018.caqes"], policies["normandie/2019.caqes"]
    found = compare(a, b)
    with pytest.raises(Inapplicable):
        apply(b, found)
    one = next(c for c in found if isinstance(c, changes.Cible))
    assert compare(a, apply(a, [one])) == (one,)


def test_the_data_of_the_changes_make_the_newer_policy(policies: dict[str, Politique]) -> None:
    for (one, a), (other, b) in product(policies.items(), repeat=2):
        text = json.dumps(encode_changes(compare(a, b)))
        noms, editions = decode_changes(json.loads(text))
        made = empreintes(edited(renamed(a, noms), editions))
        assert made.empreinte == b.empreinte, (one, other)


@pytest.mark.parametrize(
    "edition",
    [
        {"$": "Politique"},
        {"$": "Fraction", "valeur": "1/2"},
        {"$": "nombre", "valeur": "1/0"},
        {"$": "nombre", "valeur": "9" * 300},
        {"$": "Constante", "genre": {"$": "Genre", "valeur": "TAUX"}, "valeur": [], "nom": ""},
        {"$": "Constante", "genre": "TAUX", "valeur": 1, "nom": ""},
        {"$": "Constante", "genre": {"$": "Genre", "valeur": "X"}, "valeur": 1, "nom": ""},
        {"$": "Constante"},
        {"valeur": 1},
        1.5,
        "un texte",
    ],
)
def test_data_that_are_no_change_are_refused(edition: object) -> None:
    data = {
        "renommages": {},
        "editions": [
            {"collection": "volets", "nom": "v", "champ": "cible", "cle": "", "apres": "", "ancien": None}
            | {"nouveau": edition}
        ],
    }
    with pytest.raises(Illisible):
        decode_changes(data)


def test_deep_data_are_refused() -> None:
    deep: object = None
    for _ in range(5000):
        deep = [deep]
    with pytest.raises(Illisible):
        decode(deep)


def test_layout_comments_and_accents_are_no_change(policies: dict[str, Politique]) -> None:
    for path in SHIPPED:
        source = read_source(path)
        assert isinstance(source, Source)
        text, _ = format_source(source)
        assert text is not None
        spread = text.replace("\n\n", "\n\n# Une remarque.\n\n\n")
        spread = re.sub(r"^( *)critère ", r"\1critere ", spread, flags=re.MULTILINE)
        again = compile_text_at(path, spread).politique
        assert again is not None
        assert compare(policies[path.relative_to(RACINE / "policies").as_posix()], again) == ()


def test_splitting_over_files_is_no_change(tmp_path: Path) -> None:
    header = HEAD.partition("secteur")[0]
    rest = HEAD[len(header) :] + BODY
    (tmp_path / "policies").mkdir()
    whole, base, child = (tmp_path / "policies" / f"{n}.caqes" for n in ("tout", "socle", "suite"))
    cut = rest.index("calcul ecart")
    whole.write_text(header + "  sans cadre national motif « essai »\n" + rest, "utf-8")
    base.write_text(header.replace("politique essai", "politique socle") + rest[:cut], "utf-8")
    child.write_text(header + "  reprend « socle.caqes »\n" + "modifie volet usage\n" + rest[cut:], "utf-8")
    assert compare(caqes.charger(whole), caqes.charger(child)) == ()


@pytest.mark.parametrize(
    ("before", "after", "kinds"),
    [
        ("mesure lap / lits", "mesure max(lap ; 0) / lits", ["Regle"]),
        ("1000 € à compter", "2000 € à compter", ["ValeurParametre"]),
        ("source « hypothèse : essai »", "source « hypothèse : autre »", ["Source"]),
        ("entre 0 et lits", "≥ 0", ["Donnee"]),
        ("secteur SSR", "secteur HAD « Domicile »\nsecteur SSR", ["Ajout"]),
        ("niveau NR", "niveau TR « Très partiel » donne 10 %\nniveau NR", ["Ajout"]),
        ("sans réponse : NR", "sans réponse : R", ["Notation"]),
        ("vigueur du 01/01/2018", "vigueur du 02/01/2018", ["Entete"]),
        (
            "exercice 2018\n  vigueur du 01/01/2018 au 31/12/2018",
            "exercice 2019\n  vigueur du 01/01/2019 au 31/12/2019",
            ["Entete", "Entete", "Entete", "EnVigueur"],
        ),
    ],
)
def test_what_follows_from_a_change_is_no_other_change(before: str, after: str, kinds: list[str]) -> None:
    text = HEAD + "notation\n  sans réponse : NR\n" + BODY
    text = text.replace("01/01/2018\nvolet", "01/01/2018\n  1200 € à compter du 01/01/2019\nvolet")
    assert before in text
    a, b = (compile_text(t).politique for t in (text, text.replace(before, after)))
    assert a is not None and b is not None
    found = compare(a, b)
    assert [type(c).__name__ for c in found] == kinds
    assert apply(a, found).empreinte == b.empreinte
