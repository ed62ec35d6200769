"""What changed between two policies: every change found, nothing else, and applying them gives the newer one."""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path

import pytest

import caqes_dsl as caqes
from caqes_dsl.compare import changes
from caqes_dsl.compare.apply import Inapplicable, apply, edited
from caqes_dsl.compare.codec import Illisible, decode, decode_changes, encode_changes
from caqes_dsl.compare.diff import compare
from caqes_dsl.compare.kinds import kind_of
from caqes_dsl.compare.names import renamed
from caqes_dsl.compare.parts import HEADER, MAPPINGS, NOTATION, parts_of
from caqes_dsl.model.empreinte import empreintes
from caqes_dsl.model.nodes import Politique

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
