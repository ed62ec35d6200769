"""The document of what changes between two policies: in a contract's order, in words, whatever the names hold."""

from __future__ import annotations

import base64
import hashlib
import re
from fractions import Fraction as F
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
from test_rapport_page import Page

import caqes_dsl as caqes
from caqes_dsl.base.quantities import round_to
from caqes_dsl.compare.changes import Changement
from caqes_dsl.compare.diff import compare
from caqes_dsl.documents.comparaison import comparaison_view, render_comparaison
from caqes_dsl.documents.comparaison_mots import adding_up, interleaved, pieces
from caqes_dsl.documents.comparaison_shapes import ChangementVue, ComparaisonVue
from caqes_dsl.model.nodes import Politique

RACINE = Path(__file__).resolve().parent.parent
POLITIQUES = RACINE / "policies"
MODELES = RACINE / "templates"


@cache
def policy(nom: str) -> Politique:
    return caqes.charger(POLITIQUES / f"{nom}.caqes")


@cache
def found(a: str, b: str) -> tuple[Politique, Politique, tuple[Changement, ...]]:
    return policy(a), policy(b), compare(policy(a), policy(b))


def page(a: str, b: str) -> str:
    return render_comparaison(*found(a, b), None, "html").decode("utf-8")


def plain(text: str) -> str:
    """With ordinary spaces and apostrophes."""
    return re.sub(r"[\s\u00a0\u202f]+", " ", text).replace("’", "'")


def changed(vue: ComparaisonVue) -> list[ChangementVue]:
    return [c for p in vue.parties for g in p.groupes for s in g.sujets for c in s.changements]


# ---------------------------------------------------------------- the order and the words


def test_the_parts_follow_the_order_of_a_committee() -> None:
    vue = comparaison_view(*found("normandie/2018", "normandie/2019"))
    assert vue.titre == "Ce qui change de CAQES Normandie 2018 à CAQES Normandie 2019"
    assert [p.ancre for p in vue.parties] == ["grille", "regles", "contrat", "mots"]
    assert [g.titre.split(" :")[0] for g in vue.parties[0].groupes] == [
        "Article 10",
        "Article 10-1",
        "Chapitre « Critères spécifiques HAD »",
    ]
    assert [g.titre for g in vue.parties[2].groupes] == ["En-tête", "Calendrier"]


@pytest.mark.parametrize(
    ("a", "b"),
    [("normandie/2018", "normandie/2019"), ("normandie/2019-volets", "normandie/2022"), ("cbu/2016", "national/2020")],
)
def test_every_change_is_said_once(a: str, b: str) -> None:
    """One by one, or in a sentence that counts them."""
    vue = comparaison_view(*found(a, b))
    summed = [int(r.split(" ")[0]) for p in vue.parties for g in p.groupes for r in g.resumes]
    assert len(changed(vue)) + sum(summed) == len(found(a, b)[2])
    (natures,) = vue.natures
    assert natures.pied[0][-1] == str(len(found(a, b)[2]))
    assert sum(int(r[-1]) for r in natures.table.rangs) == len(found(a, b)[2])


def test_examples_dropped_are_one_sentence() -> None:
    vue = comparaison_view(*found("normandie/2018", "normandie/2019"))
    (said,) = [r for g in vue.parties[3].groupes for r in g.resumes if "exemples" in r]
    assert said.startswith("13 exemples supprimés : « 48 points sur 98 donnent 49 % », « ")
    assert said.endswith("» et « Génériques sous leur référence : argumentation due ».")


def test_both_sources_are_given_where_they_differ() -> None:
    vue = comparaison_view(*found("normandie/2018", "normandie/2019"))
    (cible,) = [c for c in changed(vue) if c.quoi == "Cible"]
    assert (cible.avant, cible.apres) == ("53\u00a0%", "58\u00a0%")
    sources = {d.libelle: d.texte for d in cible.details}
    assert sources["Source ancienne"].startswith("hypothèse : exemple présenté avant le COPIL")
    assert sources["Source nouvelle"].startswith("Contrat d'amélioration")
    assert cible.lieux == "normandie/2018.caqes, ligne 56 → normandie/2019.caqes, ligne 17"


def test_no_path_of_the_machine_is_printed() -> None:
    for a, b in (("normandie/2018", "normandie/2019"), ("cbu/2016", "normandie/2022")):
        assert str(RACINE) not in page(a, b)


def test_what_follows_from_dates_is_flagged() -> None:
    vue = comparaison_view(*found("normandie/2018", "normandie/2019"))
    assert [c.quoi for c in changed(vue) if c.consequence] == ["Valeur applicable"] * 4
    assert page("normandie/2018", "normandie/2019").count(">conséquence des dates</span>") == 8, "dans les deux vues"


def test_policies_that_are_the_same_have_no_change() -> None:
    vue = comparaison_view(*found("normandie/2018", "normandie/2018"))
    assert vue.phrases == ("Aucun changement.",) and vue.parties == () and vue.sections == ()
    text = page("normandie/2018", "normandie/2018")
    assert "Aucun changement." in text and "vue-cote" not in text.split("<body>")[1]
    assert "Ce qui change dans CAQES Normandie 2018" in plain(text)


# ---------------------------------------------------------------- sentences


def said(phrase: str, *sides: tuple[str, str]) -> str:
    """The sentence with what is dropped between brackets, what is new between braces."""
    marks = {"egal": "{}", "retire": "[{}]", "ajoute": "{{{}}}"}
    return "".join(marks[m.sorte].format(m.texte) for m in pieces("Intitulé", phrase, sides))


@pytest.mark.parametrize(
    ("phrase", "sides", "expected"),
    [
        ("la cible passe de 53 % à 58 %", ("53 %", "58 %"), "La cible passe de [53 %] à {58 %}"),
        ("la valeur passe d'1 € à 2 €", ("1 €", "2 €"), "La valeur passe d'[1 €] à {2 €}"),
        ("le poids passe de 1 à 1,5", ("1", "1,5"), "Le poids passe de [1] à {1,5}"),
        ("l'intitulé devient « B », au lieu de « A »", ("A", "B"), "L'intitulé devient {« B »}, au lieu de [« A »]"),
        ("passe du 1er mai au 2 mai", ("1er mai", "2 mai"), "Passe du [1er mai] au {2 mai}"),
        ("le texte est ajouté : « A »", ("", "A"), "Le texte est ajouté : « A »"),
        ("« R » est donné au-delà de 60 %, et non plus à partir de 50 % ; « PR » est donné jusqu’à 3 %, et non plus "
         "sous 2 %", ("x", "y"),
         "« R » est donné {au-delà de 60 %}, et non plus [à partir de 50 %] ; « PR » est donné {jusqu’à 3 %}, et non "
         "plus [sous 2 %]"),
        ("le seuil de « R » passe de 50 % à 60 % ; le seuil de « P » passe de 5 % à 6 %", ("x", "y"),
         "Le seuil de « R » passe de [50 %] à {60 %} ; le seuil de « P » passe de [5 %] à {6 %}"),
    ],
)  # fmt: skip
def test_sentences_mark_what_differs(phrase: str, sides: tuple[str, str], expected: str) -> None:
    assert said(phrase, sides) == expected


def test_long_texts_are_set_one_in_the_other() -> None:
    a, b = "Taux de lits informatisés dans l'année", "Taux de lits informatisés dans l'exercice évalué"
    phrase = f"l'intitulé devient « {b} », au lieu de « {a} »"
    assert said(phrase, (a, b)) == "Intitulé : « Taux de lits informatisés dans l'[année]{exercice évalué} »"


@pytest.mark.parametrize(
    ("a", "b"), [("un deux trois quatre", "un trois quatre cinq"), ("a" * 40, "b" * 40), ("", "x y")]
)
def test_texts_set_one_in_the_other_lose_nothing(a: str, b: str) -> None:
    for morceaux in filter(None, [interleaved(a, b)]):
        assert "".join(m.texte for m in morceaux if m.sorte != "ajoute") == a
        assert "".join(m.texte for m in morceaux if m.sorte != "retire") == b


# ---------------------------------------------------------------- the page

COUPLES = [("normandie/2018", "normandie/2019"), ("normandie/2019-volets", "normandie/2022"), ("cbu/2016", "cbu/2016")]


@pytest.mark.parametrize(("a", "b"), COUPLES)
def test_the_page_is_in_order_and_needs_no_network(a: str, b: str) -> None:
    check_page(page(a, b))


def check_page(text: str) -> Page:
    """The page, whose tags, headings, tables, identifiers and addresses are in order."""
    made = Page(text.replace("<input ", "<link "))  # like a link, an input has no end
    assert made.open == [], "une balise n'est pas fermée"
    levels = [int(tag[1]) for tag, _ in made.tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(b - a <= 1 for a, b in pairwise(levels))
    identifiers = [a["id"] for _, a in made.tags if "id" in a]
    assert len(identifiers) == len(set(identifiers))
    assert all((a["href"] or "")[1:] in identifiers for a in made.every("a"))
    assert {th.get("scope") for th in made.every("th")} <= {"col", "row", "rowgroup"}
    for tag, attributes in made.tags:
        assert tag not in ("img", "iframe", "object")
        assert not any(k.startswith("on") or k in ("style", "src") for k in attributes)
        assert all("//" not in (v or "") for k, v in attributes.items() if k != "xmlns")
    assert "@import" not in text and not re.search(r"url\((?!#)", text)
    return made


def test_the_only_script_is_the_one_that_its_policy_admits() -> None:
    text = page("normandie/2018", "normandie/2019")
    (script,) = re.findall(r"<script>(.*?)</script>", text, re.DOTALL)
    assert script == (MODELES / "commun" / "tri.js").read_text("utf-8")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in text and "default-src 'none'" in text


def test_the_same_comparison_has_the_same_bytes() -> None:
    assert page("normandie/2018", "normandie/2019") == page("normandie/2018", "normandie/2019")


HOSTILES = (
    "<script>alert(1)</script></table><b>",
    "{{ titre }} {% for a in b %} {# #}",
    "&lt;b&gt; &amp; (a) [b] \\1",
    "x" * 900,
)
CONTRAT = """caqes 1
politique p « {titre} » source « {titre} »
  exercice 2018
secteur MCO « {titre} »
niveau R « Réalisé » donne 100 %
niveau NR « Non réalisé » donne 0 %
volet socle « {titre} » cible {cible} %
critère C1 « {titre} » poids {poids} points secteurs tous
critère C2 « Audit » poids 1 point secteurs tous
"""


@pytest.mark.parametrize("hostile", HOSTILES, ids=["balises", "jinja", "entités", "long"])
def test_labels_stay_text_whatever_they_hold(hostile: str, tmp_path: Path) -> None:
    for nom, titre, cible, poids in (("a", "Ordinaire", 50, 2), ("b", hostile, 60, 3)):
        text = CONTRAT.format(titre=titre, cible=cible, poids=poids)
        (tmp_path / f"{nom}.caqes").write_text(text, "utf-8")
    a, b = (caqes.charger(tmp_path / f"{nom}.caqes") for nom in "ab")
    for old, new in ((a, b), (b, a), (b, b)):
        text = render_comparaison(old, new, compare(old, new), None, "html").decode("utf-8")
        made = check_page(text)
        assert len(made.every("script")) == 1 and made.every("b") == []
    assert "x" * 900 in text or "alert(1)" in text or "{{ titre }}" in text or "&amp;lt;b" in text


def test_parts_lead_from_the_start_to_the_end_as_they_are_printed() -> None:
    thirds = [F(1, 3), F(1, 3), F(1, 3), F(-1, 7)]
    for start in (F(0), F(1, 6), F(-5, 7)):
        printed = adding_up(thirds, F(1, 100), start)
        assert round_to(start, F(1, 100)) + sum(printed) == round_to(start + sum(thirds), F(1, 100))
        assert all((p * 100).denominator == 1 for p in printed)
