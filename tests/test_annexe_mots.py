"""The words of documents: French typography, and the list of what a template may name."""

from __future__ import annotations

import re
from dataclasses import fields
from datetime import date

import pytest
from annexe_page import RACINE
from completions import HEAD
from hypothesis import given
from hypothesis import strategies as st

from caqes_dsl.documents import phrases, shapes
from caqes_dsl.documents.sandbox import FILTRES
from caqes_dsl.documents.typography import capital, flow, listing, long_date, typeset, typeset_html
from caqes_dsl.documents.words import after_de, bare, quoted
from caqes_dsl.pipeline import compile_text

N, F = "\u00a0", "\u202f"


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("l'évaluation de l' « ARS »", f"l’évaluation de l' «{N}ARS{N}»"),
        ("«ARS»", f"«{N}ARS{N}»"),
        ("Attention ! Pourquoi ? Oui; non : si", f"Attention{F}! Pourquoi{F}? Oui{F}; non{N}: si"),
        ("1 000 000 € et 53 %", f"1{F}000{F}000{N}€ et 53{N}%"),
        ("le 1 janvier, n° 55, L. 162-22-7", f"le 1{N}janvier, n°{N}55, L.{N}162-22-7"),
        ("2 points et 21 jours", f"2{N}points et 21{N}jours"),
        ("à 10:30", "à 10:30"),
        ("voir https://exemple.fr/a?b=c;d:e", "voir https://exemple.fr/a?b=c;d:e"),
    ],
)
def test_typography(written: str, printed: str) -> None:
    assert typeset(written) == printed


@given(st.text(st.sampled_from("aé1 0:;!?«»%€'’&#x;\u00a0\u202f.-/ht")))
def test_typography_twice_changes_nothing(text: str) -> None:
    assert typeset(typeset(text)) == typeset(text)


def test_typography_leaves_tags_styles_and_codes() -> None:
    page = "<style>a::after { content: ' : '; }</style><code>a : b</code><p title='a : b'>a : b &amp; c;</p>"
    assert typeset_html(page) == page.replace(">a : b &", f">a{N}: b &").replace(" c;<", f" c{F};<")


def test_texts_flow_on_one_line_without_control_characters() -> None:
    assert flow("Un texte\n   sur deux lignes\r\n\r\net une\ttabulation\x07\x00.") == (
        "Un texte sur deux lignes et une tabulation."
    )


def test_dates_lists_and_titles() -> None:
    assert long_date(date(2018, 1, 1)) == f"1er{N}janvier{N}2018"
    assert long_date(date(2017, 8, 31)) == f"31{N}août{N}2017"
    assert [listing(["a", "b", "c"][:n], "ou") for n in range(4)] == ["", "a", "a ou b", "a, b ou c"]
    assert capital("élan") == "Élan" and capital("") == ""
    assert quoted("critère « QLS » 13") == "« critère “QLS” 13 »"
    assert bare("« critère “QLS” 13 »") == "critère « QLS » 13"
    assert bare("« a » et « b »") == "« a » et « b »"
    assert [after_de(t) for t in ("le score", "la cible", "l'écart", "« a »", "les points")] == [
        "du score",
        "de la cible",
        "de l'écart",
        "de « a »",
        "des points",
    ]


def test_what_a_template_may_name_is_listed() -> None:
    named, filters = (
        set(re.findall(r"`(\w+)`", (RACINE / page).read_text("utf-8")))
        for page in ("docs/modeles.md", "templates/annexe/LISEZ-MOI.md")
    )
    views = [v for n, v in vars(shapes).items() if n.endswith("Vue")]
    assert len(views) > 10
    assert {f.name for v in views for f in fields(v)} - named == set()
    assert FILTRES - filters == set()


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ("MCO", "établissements MCO"),
        ("MCO et a", "établissements MCO pour lesquels la réponse à « A de l'établissement » est « oui »"),
        ("a", "établissements pour lesquels la réponse à « A de l'établissement » est « oui »"),
        ("MCO ou SSR", "établissements MCO ou SSR"),
        (
            "a ou MCO",
            "établissements qui remplissent cette condition (la réponse à « A de l'établissement » est « oui » ou "
            "l'établissement a l'activité « Médecine »)",
        ),
        (
            "non MCO",
            "établissements qui remplissent cette condition (l'établissement n’a pas l'activité « Médecine »)",
        ),
    ],
)
def test_for_which_establishments(condition: str, said: str) -> None:
    body = f"donnée a « A de l'établissement » : oui_non\npièce p « P » si {condition}\n"
    compiled = compile_text(HEAD + body)
    assert compiled.politique is not None, [d.message for d in compiled.diagnostics]
    assert phrases.establishments(compiled.politique.pieces["p"].condition, compiled.politique) == said
