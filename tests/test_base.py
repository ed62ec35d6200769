"""Sources, diagnostics and their rendering, quantities, suggestions."""

from __future__ import annotations

import json
import random
import re
from datetime import date
from fractions import Fraction

import pytest

from caqes_dsl.base.codes import CODES
from caqes_dsl.base.diagnostics import Correction, Diagnostic, Etiquette, PolicyError, Severite, has_errors
from caqes_dsl.base.quantities import Genre, Mode, plain_number, readable, round_to, write_value
from caqes_dsl.base.render import (
    count_sentence,
    explain_code,
    render_github,
    render_sarif,
    render_text,
    to_json,
    visible,
)
from caqes_dsl.base.source import Source, Span
from caqes_dsl.base.suggestions import fold, nearest, vouliez_vous

TEXT = "caqes 1\ncritère C1 « Audit »\n  secteurs MC0\n  poids 2 points\n"


def span_of(source: Source, piece: str) -> Span:
    start = source.texte.index(piece)
    return Span(source, start, start + len(piece))


def unknown_name() -> Diagnostic:
    source = Source.from_text("p.caqes", TEXT)
    span = span_of(source, "MC0")
    return Diagnostic(
        "CAQ201",
        "Le nom « MC0 » n'est pas déclaré.",
        span,
        etiquettes=(Etiquette(span, "nom inconnu"), Etiquette(span_of(source, "C1"), "dans ce critère")),
        aide="Vouliez-vous dire « MCO » ?",
        correction=Correction(span, "MCO"),
    )


# Sources


def test_a_source_is_normalised_before_positions_exist() -> None:
    source = Source.from_text("p", "\ufeffcrite\u0300re\r\nx\ry\u2028z\x85")
    assert source.texte == "critère\nx\ny\nz\n"
    assert source.line_column(source.texte.index("y")) == (3, 1)
    assert [source.line_text(n) for n in range(7)] == ["", "critère", "x", "y", "z", "", ""]


def test_every_offset_is_found_back_from_its_line_and_column() -> None:
    source = Source.from_text("p", TEXT)
    for offset in range(len(source.texte)):
        line, column = source.line_column(offset)
        assert (source.line_text(line) + "\n")[column - 1] == source.texte[offset]


def test_a_span_says_its_place() -> None:
    span = span_of(Source.from_text("p.caqes", TEXT), "MC0")
    assert (str(span), span.texte, span.ligne) == ("p.caqes:3:12", "MC0", 3)
    assert span.until(span_of(span.source, "points")).texte == "MC0\n  poids 2 points"


# Quantities


@pytest.mark.parametrize(
    ("value", "step", "expected"),
    [
        ("1/2", "1", "1"),
        ("-1/2", "1", "-1"),
        ("5/2", "1", "3"),
        ("-5/2", "1", "-3"),
        ("249/100", "1", "2"),
        ("-249/100", "1", "-2"),
        ("1/3", "1/100", "33/100"),
        ("-1/3", "1/100", "-33/100"),
        ("525/1000", "1/100", "53/100"),
        ("-525/1000", "1/100", "-53/100"),
        ("50", "100", "100"),
        ("-50", "100", "-100"),
        ("0", "1", "0"),
    ],
)
def test_rounding_is_to_the_nearest_and_halves_go_away_from_zero(value: str, step: str, expected: str) -> None:
    assert round_to(Fraction(value), Fraction(step)) == Fraction(expected)


@pytest.mark.parametrize(
    ("value", "up", "down"),
    [("21/10", 3, 2), ("-21/10", -2, -3), ("2", 2, 2), ("-2", -2, -2), ("1/1000", 1, 0), ("-1/1000", 0, -1)],
)
def test_exces_and_defaut_go_towards_the_infinities(value: str, up: int, down: int) -> None:
    assert round_to(Fraction(value), Fraction(1), Mode.EXCES) == up
    assert round_to(Fraction(value), Fraction(1), Mode.DEFAUT) == down


def test_rounding_keeps_its_promises_on_random_values() -> None:
    seed = random.randrange(10**9)
    print("seed", seed)
    draw = random.Random(seed)
    for _ in range(500):
        value = Fraction(draw.randint(-(10**6), 10**6), draw.randint(1, 400))
        step = Fraction(draw.randint(1, 300), draw.choice([1, 2, 10, 100]))
        near, up, down = (round_to(value, step, mode) for mode in (Mode.PROCHE, Mode.EXCES, Mode.DEFAUT))
        assert all((result / step).denominator == 1 for result in (near, up, down))
        assert down <= value <= up and up - down in (0, step) and near in (up, down)
        assert abs(near - value) * 2 <= step
        assert round_to(-value, step) == -near


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("0", "0"),
        ("1/2", "0,5"),
        ("-1/2", "-0,5"),
        ("1/8", "0,125"),
        ("999", "999"),
        ("1000", "1\u202f000"),
        ("-1234567/100", "-12\u202f345,67"),
        ("1000000", "1\u202f000\u202f000"),
        ("1/3", "1/3"),
        ("-22/7", "-22/7"),
        ("1/1000", "0,001"),
    ],
)
def test_a_number_is_written_in_french_and_exactly(value: str, written: str) -> None:
    assert plain_number(Fraction(value)) == written


def test_a_number_with_set_decimals_is_rounded_for_display() -> None:
    assert plain_number(Fraction(1, 3), decimals=2) == "0,33"
    assert plain_number(Fraction(-1, 3), decimals=0) == "0"
    assert plain_number(Fraction(5), decimals=2) == "5,00"
    assert plain_number(Fraction(1999, 2), decimals=0) == "1\u202f000"
    assert plain_number(Fraction(12345), group="") == "12345"


def test_a_number_without_end_is_said_to_be_near() -> None:
    assert readable(Fraction(1, 4)) == "0,25"
    assert readable(Fraction(2, 3)) == "≈\u00a00,6667"
    assert readable(Fraction(1, 10**7)).startswith("≈\u00a0")


@pytest.mark.parametrize(
    ("value", "genre", "written"),
    [
        (Fraction(53, 100), Genre.TAUX, "53\u00a0%"),
        (Fraction(5, 100), Genre.ECART, "5\u00a0pt"),
        (Fraction(1), Genre.POINTS, "1\u00a0point"),
        (Fraction(-3, 2), Genre.POINTS, "-1,5\u00a0point"),
        (Fraction(2), Genre.POINTS, "2\u00a0points"),
        (Fraction(1), Genre.JOURS, "1\u00a0jour"),
        (Fraction(21), Genre.JOURS, "21\u00a0jours"),
        (Fraction(6), Genre.MOIS, "6\u00a0mois"),
        (Fraction(1000), Genre.MONTANT, "1\u202f000\u00a0€"),
        (Fraction(5, 2), Genre.MONTANT, "2,50\u00a0€"),
        (Fraction(1, 3), Genre.MONTANT, "≈\u00a00,3333\u00a0€"),
        (Fraction(12), Genre.ENTIER, "12"),
        (date(2018, 1, 31), Genre.DATE, "31/01/2018"),
        (True, Genre.OUI_NON, "oui"),
        (False, Genre.OUI_NON, "non"),
        ("NR", Genre.NIVEAU, "NR"),
        (None, Genre.TAUX, "non transmis"),
    ],
)
def test_a_value_is_written_with_its_unit(
    value: Fraction | bool | str | date | None, genre: Genre, written: str
) -> None:
    assert write_value(value, genre) == written


def test_a_level_is_written_by_its_label() -> None:
    assert write_value("NR", Genre.NIVEAU, labels={"NR": "Non réalisé"}) == "Non réalisé"


# Codes


def test_codes_are_whole_and_in_order() -> None:
    assert list(CODES) == sorted(CODES)
    for key, code in CODES.items():
        assert key == code.code and re.fullmatch(r"CAQ[1-8]\d\d", key)
        assert code.titre and code.pourquoi.endswith(".") and code.mauvais and code.bon
        assert code.mauvais != code.bon, key
        assert "\u00a0" not in code.titre + code.pourquoi


def test_a_code_is_explained_whatever_its_case() -> None:
    text = explain_code(" caq301 ")
    assert text is not None and text.startswith("CAQ301 : trou") and "de 26 % à 49 % : PR" in text
    assert explain_code("CAQ999") is None
    for code in CODES:
        explained = explain_code(code)
        assert explained is not None and "\u00a0" not in explained


# Terminal text


def test_a_diagnostic_is_shown_with_its_place_its_help_and_the_line_once_corrected() -> None:
    assert render_text([unknown_name()], couleur=False) == (
        "CAQ201 erreur : Le nom « MC0 » n'est pas déclaré.\n"
        " --> p.caqes:3:12\n"
        "   |\n"
        " 2 | critère C1 « Audit »\n"
        "   |         -- dans ce critère\n"
        " 3 |   secteurs MC0\n"
        "   |            ^^^ nom inconnu\n"
        "   aide : Vouliez-vous dire « MCO » ?\n"
        "   correction :\n"
        " 3 |   secteurs MCO\n"
        "   |            ~~~\n"
        "\n"
        "1 erreur\n"
    )


def test_colours_change_nothing_but_colours() -> None:
    plain, coloured = (render_text([unknown_name()], couleur=couleur) for couleur in (False, True))
    assert "\x1b" not in plain
    assert "\x1b[1;31m" in coloured
    assert re.sub(r"\x1b\[[\d;]*m", "", coloured) == plain


def test_what_could_act_on_a_terminal_is_shown_and_not_printed() -> None:
    source = Source.from_text("a\x1b[2J\u202e.caqes", "abc \x1b[31m\u202edef\u200b x\n")
    span = span_of(source, "x")
    bad = Diagnostic("CAQ104", "Vu \x1b]0;t\x07.", span, etiquettes=(Etiquette(span, "\u2066là\r"),), aide="\x9b")
    text = render_text([bad], couleur=False)
    assert not [c for c in text if c != "\n" and (ord(c) < 32 or 127 <= ord(c) < 160 or c in "\u202e\u2066\u200b")]
    assert "abc \\u001b[31m\\u202edef\\u200b x" in text
    assert text.splitlines()[4].index("^") == text.splitlines()[3].index(" x") + 1
    assert visible("\U000e0001") == "\\U000e0001"
    assert visible("a" + "\u0301" * 50).count("\u0301") == 3


def test_the_caret_stands_under_the_place_after_tabs_wide_and_combining_characters() -> None:
    source = Source.from_text("p", "\t漢字 q\u0307 x")
    rows = render_text([Diagnostic("CAQ101", "m", span_of(source, "x"))], couleur=False).splitlines()
    assert rows[3] == " 1 |     漢字 q\u0307 x"
    assert rows[4] == "   | " + " " * (4 + 4 + 1 + 1 + 1) + "^"


def test_a_long_line_is_cut_around_the_place() -> None:
    source = Source.from_text("p", "a" * 100_000 + "X" + "b" * 100_000)
    span = span_of(source, "X")
    far = Etiquette(Span(source, 0, 1), "au loin")
    text = render_text(
        [Diagnostic("CAQ101", "m", span, etiquettes=(far,), correction=Correction(span, "Y"))], couleur=False
    )
    rows = text.splitlines()
    assert max(map(len, rows)) < 130
    assert rows[3].index("X") == rows[4].index("^")
    assert "… au loin" in text
    assert rows[-4].index("Y") == rows[-3].index("~")


def test_a_span_of_several_lines_shows_its_ends() -> None:
    source = Source.from_text("p", "a «\nb\nc\nd\n  fin » z\n")
    rows = render_text([Diagnostic("CAQ102", "m", Span(source, 2, source.texte.index(" z")))], couleur=False)
    assert rows.splitlines()[3:8] == [" 1 | a «", "   |   ^", "...", " 5 |   fin » z", "   |   ^^^^^"]
    three = render_text([Diagnostic("CAQ102", "m", Span(source, 2, 7))], couleur=False)
    assert " 2 | b\n 3 | c\n" in three


@pytest.mark.parametrize("ends", [(0, 0), (3, 3), (3, 4), (7, 7), (2, 99), (99, 99), (7, 2)])
def test_any_span_can_be_shown(ends: tuple[int, int]) -> None:
    source = Source.from_text("p", "abc\ndef")
    bad = Diagnostic("CAQ101", "m", Span(source, *ends), correction=Correction(Span(source, *ends), ""))
    text = render_text([bad], couleur=True)
    assert "^" in text and text.endswith("1 erreur\n")
    assert to_json(bad)["ligne"] in (1, 2)
    empty = Source.from_text("vide", "")
    assert "vide:1:1" in render_text([Diagnostic("CAQ109", "m", Span(empty, 0, 0))], couleur=False)


def test_a_correction_may_add_lines_or_take_one_away() -> None:
    source = Source.from_text("p", TEXT)
    added = Diagnostic("CAQ106", "m", Span(source, 0, 0), correction=Correction(Span(source, 0, 0), "caqes 1\n\n"))
    assert " 1 | caqes 1\n   | ~~~~~~~\n 2 |\n 3 | caqes 1" in render_text([added], couleur=False)
    line = span_of(source, "  poids 2 points")
    removed = Diagnostic("CAQ108", "m", line, correction=Correction(line, ""))
    assert "(rien : le texte souligné est retiré)" in render_text([removed], couleur=False)


def test_a_label_in_another_file_names_it() -> None:
    here, there = Source.from_text("ici", "abc"), Source.from_text("là", "x\nabc")
    bad = Diagnostic("CAQ504", "m", Span(here, 0, 3), etiquettes=(Etiquette(Span(there, 2, 5), "déclaré ici"),))
    text = render_text([bad], couleur=False)
    assert " ::: là:2:1\n" in text and "--- déclaré ici" in text
    labels = to_json(bad)["etiquettes"]
    assert isinstance(labels, list) and labels[0]["fichier"] == "là"


def test_what_has_no_place_in_a_text_names_its_file() -> None:
    bad = Diagnostic("CAQ601", "Illisible.", fichier="c.csv", lieu="ligne 12, colonne lits")
    assert " --> c.csv, ligne 12, colonne lits\n" in render_text([bad], couleur=False)
    assert to_json(bad) == {
        "code": "CAQ601",
        "severite": "erreur",
        "message": "Illisible.",
        "fichier": "c.csv",
        "ligne": None,
        "colonne": None,
        "fin_ligne": None,
        "fin_colonne": None,
        "etiquettes": [],
        "aide": "",
        "correction": None,
        "lieu": "ligne 12, colonne lits",
    }


def test_a_file_full_of_mistakes_is_cut_errors_first() -> None:
    source = Source.from_text("p", "abc")
    notes = [Diagnostic("CAQ314", f"note {i}", Span(source, 0, 1), Severite.NOTE) for i in range(60)]
    error = Diagnostic("CAQ101", "la vraie", Span(source, 1, 2))
    other = Diagnostic("CAQ101", "ailleurs", fichier="q")
    text = render_text([*notes, error, other], couleur=False)
    assert "la vraie" in text and "ailleurs" in text and "… et 11 autres dans p" in text
    assert text.endswith("2 erreurs, 60 notes\n")
    assert text.count("CAQ314") == 49


def test_the_count_is_a_french_sentence() -> None:
    error = Diagnostic("CAQ101", "m")
    warning = Diagnostic("CAQ106", "m", severite=Severite.AVERTISSEMENT)
    assert count_sentence([error, warning, error]) == "2 erreurs, 1 avertissement"
    assert count_sentence([]) == "aucune erreur"
    assert has_errors([warning, error]) and not has_errors([warning])
    assert str(PolicyError([warning, Diagnostic("CAQ601", "m", fichier="f")])) == "CAQ601 f : m"


# JSON, SARIF, GitHub


def test_the_json_has_the_published_keys_in_order() -> None:
    found = to_json(unknown_name())
    assert list(found) == [
        "code",
        "severite",
        "message",
        "fichier",
        "ligne",
        "colonne",
        "fin_ligne",
        "fin_colonne",
        "etiquettes",
        "aide",
        "correction",
    ]
    assert (found["ligne"], found["colonne"], found["fin_ligne"], found["fin_colonne"]) == (3, 12, 3, 15)
    place = {"ligne": 3, "colonne": 12, "fin_ligne": 3, "fin_colonne": 15}
    assert found["correction"] == {**place, "texte": "MCO", "certaine": True}
    labels = found["etiquettes"]
    assert isinstance(labels, list)
    assert labels[1] == {"message": "dans ce critère", "ligne": 2, "colonne": 9, "fin_ligne": 2, "fin_colonne": 11}
    json.dumps(found)


def test_sarif_counts_code_points_and_names_its_rules() -> None:
    data = Diagnostic("CAQ601", "Illisible.", fichier="dossier d'été/c:1.csv", severite=Severite.NOTE)
    log = json.loads(json.dumps(render_sarif([unknown_name(), data])))
    run = log["runs"][0]
    assert (log["version"], run["columnKind"]) == ("2.1.0", "unicodeCodePoints")
    rules = run["tool"]["driver"]["rules"]
    first, second = run["results"]
    assert rules[first["ruleIndex"]]["id"] == first["ruleId"] == "CAQ201"
    region = first["locations"][0]["physicalLocation"]["region"]
    assert region == {"startLine": 3, "startColumn": 12, "endLine": 3, "endColumn": 15}
    assert first["fixes"][0]["artifactChanges"][0]["replacements"][0]["insertedContent"] == {"text": "MCO"}
    assert second["level"] == "note"
    uri = second["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri == "dossier%20d%27%C3%A9t%C3%A9/c%3A1.csv"


def test_github_commands_are_escaped() -> None:
    assert render_github([unknown_name()]) == (
        "::error file=p.caqes,line=3,endLine=3,col=12,endColumn=15,title=CAQ201::"
        "Le nom « MC0 » n'est pas déclaré.%0AVouliez-vous dire « MCO » ?\n"
    )
    tricky = Diagnostic("CAQ601", "100 %\r\n::error::x", fichier="a:b,c%\n.csv", severite=Severite.AVERTISSEMENT)
    written = render_github([tricky])
    assert written.startswith("::warning file=a%3Ab%2Cc%25%0A.csv,title=CAQ601::100 %25%0A")
    assert written.count("\n") == 1


# Suggestions


def test_words_are_compared_without_accents_or_case() -> None:
    assert fold("Critère") == fold("CRITE\u0300RE") == "critere"
    assert fold("Œuvre") == "oeuvre"


@pytest.mark.parametrize(
    ("word", "among", "expected"),
    [
        ("MC0", ["HAD", "MCO", "SSR"], ["MCO"]),
        ("critere", ["critère", "chapitre"], ["critère"]),
        ("socre", ["score", "points"], ["score"]),
        ("depenses", ["dépenses", "Depense"], ["dépenses"]),
        ("x", ["y", "z"], []),
        ("lits", ["exercice"], []),
        ("", ["a"], []),
        ("lits", [], []),
        ("a" * 5000, ["a"], []),
    ],
)
def test_the_nearest_name_is_proposed(word: str, among: list[str], expected: list[str]) -> None:
    assert nearest(word, among) == expected


def test_proposals_do_not_depend_on_the_order_of_names() -> None:
    names = ["C31", "C32", "C33", "D34"]
    assert nearest("C34", names, limit=9) == nearest("C34", reversed(names), limit=9) == names
    assert nearest("C34", names, limit=0) == []


def test_a_proposal_is_a_question() -> None:
    assert vouliez_vous("MC0", ["MCO"]) == "Vouliez-vous dire « MCO » ?"
    assert vouliez_vous("lits", ["exercice"]) == ""
