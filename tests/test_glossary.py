"""The glossary: each word that an author meets, once, with what it means; none that is gone."""

from __future__ import annotations

import dataclasses
import re
from collections import Counter
from pathlib import Path

import pytest

from caqes_dsl.model import nodes
from caqes_dsl.model.expressions import TYPES
from caqes_dsl.model.functions import FONCTIONS as APPELS
from caqes_dsl.model.functions import STATISTIQUES
from caqes_dsl.model.glossary import FAMILLES, FONCTIONS, GLOSSAIRE
from caqes_dsl.model.glossary.notions import NOTIONS
from caqes_dsl.pipeline import compile_text, compile_text_at
from caqes_dsl.resources import folder
from caqes_dsl.syntax.automaton import grammar_texts
from caqes_dsl.syntax.lexer import UNITES, spellings
from caqes_dsl.syntax.mistakes import _ENGLISH
from caqes_dsl.terms import explain_term, find_term, refusal, whole_policy

RACINE = Path(__file__).resolve().parent.parent

LITTLE_WORDS = {
    "à": "joint deux bornes ou un pas : « de 1 à 2 pt », « arrondi à 1 € »",
    "au": "joint une date : « vigueur du … au … », « taux_max au 31/12/2018 »",
    "du": "joint une date : « vigueur du … au … »",
    "le": "joint une date : « adopté le … »",
    "de": "joint deux bornes : « de 1 à 2 pt »",
    "par": "joint une autorité ou un groupe : « adopté le … par … », « par groupe »",
}
"""Keywords without an entry, and why: they mean something only in the phrase around them, which has one."""

MACHINERY = {
    *("Noeud", "Constante", "Fait", "Cle", "Reference", "Arithmetique", "Comparaison", "MinMax", "Manque", "ADefaut"),
    *("Agregat", "Intervalle", "Valeurs", "Tout", "Autrement", "Lineaire", "Declare", "ValeurDatee", "Evenement"),
    *("Provenance", "Suppression"),
}
"""Classes of the core that are parts of expressions, of tables or of declarations, not words of a contract."""


def test_each_keyword_has_an_entry_or_a_reason() -> None:
    words = set(spellings(grammar_texts()[0]).values())
    assert words - GLOSSAIRE.keys() == LITTLE_WORDS.keys()


def test_types_units_and_functions_have_an_entry() -> None:
    assert {*TYPES, "durée"} - GLOSSAIRE.keys() == set()
    assert set(UNITES.values()) - GLOSSAIRE.keys() == set()
    assert {f.nom for f in FONCTIONS} == set(APPELS)
    assert len(FONCTIONS) == len({f.nom for f in FONCTIONS})
    assert {f.nom for f in FONCTIONS} - GLOSSAIRE.keys() == set()


def test_no_entry_names_a_word_that_is_gone() -> None:
    """A notion is a word that the program says, or that the guide or the reference uses."""
    known = {*spellings(grammar_texts()[0]).values(), *TYPES, *UNITES.values(), *APPELS}
    notions = {t.mot for t in NOTIONS}
    assert [mot for mot in GLOSSAIRE if mot not in known | notions] == []
    pages = [RACINE / "docs" / name for name in ("guide.md", "commandes.md")]
    modules = [p for p in (RACINE / "caqes_dsl").rglob("*.py") if "glossary" not in p.parts]
    said = "\n".join(p.read_text("utf-8") for p in [*pages, *modules])
    assert [mot for mot in notions if not re.search(rf"\b{re.escape(mot)}\b", said)] == []


def test_each_domain_noun_of_the_core_has_an_entry() -> None:
    classes = {
        name for name, c in vars(nodes).items() if dataclasses.is_dataclass(c) and c.__module__ == nodes.__name__
    }
    named = {t.code for t in GLOSSAIRE.values() if t.code}
    assert named - classes == set()
    assert classes - named == MACHINERY


def test_one_term_one_translation() -> None:
    every = [t for termes in FAMILLES.values() for t in termes]
    assert {mot: n for mot, n in Counter(t.mot for t in every).items() if n > 1} == {}
    assert {word: n for word, n in Counter(t.anglais for t in every).items() if n > 1} == {}
    assert [t.mot for t in every if not t.anglais or not t.sens.endswith(".")] == []


def test_a_mistake_in_english_is_answered_by_the_same_word() -> None:
    """What is proposed to an author who writes `criterion` is the term that it translates."""
    by_english = {t.anglais: t.mot for t in GLOSSAIRE.values()}
    assert {e: f for e, f in _ENGLISH.items() if e in by_english and by_english[e] != f} == {}


def test_see_also_leads_to_terms() -> None:
    assert [(t.mot, v) for t in GLOSSAIRE.values() for v in t.voir if v not in GLOSSAIRE or v == t.mot] == []


@pytest.mark.parametrize("mot", [mot for mot, t in GLOSSAIRE.items() if t.exemples])
def test_examples_read(mot: str) -> None:
    """They compile, or this version says that it does not evaluate them yet; and they use the word of the language."""
    root = folder("policies")
    notions = {t.mot for t in NOTIONS}
    for exemple in GLOSSAIRE[mot].exemples:
        assert mot in notions or re.search(rf"(?<!\w){re.escape(mot)}(?!\w)", exemple), exemple
        found = compile_text_at(root / "exemple.caqes", whole_policy(exemple), racine=root).diagnostics
        wrong = [f"{d.code} {d.message}" for d in found if d.severite.value != "note"]
        assert wrong == [] or refusal(exemple) == "CAQ211", exemple


def test_each_keyword_is_shown() -> None:
    words = set(spellings(grammar_texts()[0]).values()) - LITTLE_WORDS.keys()
    assert [w for w in words if not GLOSSAIRE[w].exemples] == []
    assert [f.nom for f in FONCTIONS if not f.exemples] == []


@pytest.mark.parametrize("nom", sorted(set(APPELS) - set(STATISTIQUES)))
def test_signatures_are_those_of_the_code(nom: str) -> None:
    """The numbers of arguments that the checker reads are those of the forms shown."""
    shown = {forme.count(";") + 1 for f in FONCTIONS if f.nom == nom for forme in f.formes}
    read = {n for n in range(1, 5) if _reads(nom, n)}
    more = set(range(2, 5)) if nom in ("min", "max") else shown
    assert shown <= read == more


def _reads(nom: str, count: int) -> bool:
    text = whole_policy(f"calcul x « X » : taux {nom}({' ; '.join(['lits'] * count)})")
    return not any("ne se lit pas avec" in d.message for d in compile_text(text).diagnostics)


@pytest.mark.parametrize(
    ("asked", "found"),
    [("plafond", "plafond"), ("Critere", "critère"), ("jusqu’à", "jusqu'à"), ("NC", "NC"), ("m€", "M€"), ("zut", None)],
)
def test_a_term_is_found_as_people_type_it(asked: str, found: str | None) -> None:
    terme = find_term(asked)
    assert (terme.mot if terme else None) == found


def test_what_is_not_evaluated_is_said() -> None:
    for terme in GLOSSAIRE.values():
        text = explain_term(terme.mot)
        assert text is not None
        refused = any(refusal(e) for e in terme.exemples)
        assert ("n'est pas encore évalué" in text) is refused
