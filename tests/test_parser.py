"""Reading a policy: what may be typed otherwise, what is refused and where, how operators bind, the limits on both
sides."""

from __future__ import annotations

import unicodedata
from fractions import Fraction

import pytest

from caqes_dsl.base.diagnostics import Diagnostic
from caqes_dsl.base.source import Source
from caqes_dsl.pipeline import compile_text
from caqes_dsl.syntax import tree
from caqes_dsl.syntax.format import same_file
from caqes_dsl.syntax.parser import parse

HEADER = "caqes 1\npolitique p « P »\n"


def read(text: str, header: str = HEADER) -> tuple[tree.Fichier, tuple[Diagnostic, ...]]:
    return parse(Source.from_text("essai.caqes", header + text))


def sound(text: str, header: str = HEADER) -> tree.Fichier:
    fichier, found = read(text, header)
    assert [(d.code, d.message) for d in found] == []
    return fichier


def said(text: str, header: str = HEADER) -> list[tuple[str, int]]:
    """Codes and lines, the first after the header being 1."""
    shift = header.count("\n")
    return [(d.code, d.span.ligne - shift) for d in read(text, header)[1] if d.span]


def body(text: str) -> str:
    """The expression of a calcul, every operation between parentheses."""
    (declaration,) = sound(f"calcul x « X » : entier\n  {text}\n").declarations
    clause = declaration.clauses[-1]
    assert isinstance(clause, tree.ClauseExpression)
    return shown(clause.expression)


def shown(e: tree.Expression) -> str:
    match e:
        case tree.Quantite():
            return f"{e.nombre}{e.unite}"
        case tree.LitteralDate():
            return e.valeur.isoformat()
        case tree.Booleen():
            return "oui" if e.valeur else "non"
        case tree.Ref():
            return e.nom + (f" au {e.au.isoformat()}" if e.au else "")
        case tree.Appel():
            rest = [f"parmi {shown(e.parmi)}"] if e.parmi else []
            rest += [f"par {e.par.nom}"] if e.par else []
            return f"{e.fonction}({' ; '.join([*map(shown, e.arguments), *rest])})"
        case tree.Binaire() | tree.Comparaison():
            return f"({shown(e.gauche)} {e.op} {shown(e.droite)})"
        case tree.Unaire():
            return f"({e.op} {shown(e.terme)})"
        case tree.Entre():
            return f"({shown(e.terme)} entre {shown(e.bas)} {shown(e.haut)})"
        case tree.Si():
            return f"(si {shown(e.condition)} {shown(e.alors)} {shown(e.sinon)})"
        case tree.ADefaut():
            return f"({shown(e.terme)} à défaut {shown(e.defaut)})"
        case tree.Periode():
            return f"({shown(e.terme)} N-{e.recul})"


# ---------------------------------------------------------------- what may be typed otherwise

POLICY = """caqes 1
politique p « Une politique d'essai »
  exercice 2018

critère C1 « L'été »
  poids 1,5 point
  secteurs tous
  NC d'office si a ≤ 1 000 000 € ou b ≠ -2 pt
  mesure a × 2 - b
  seuils
    jusqu'à 25 % : NR
    plus de 25 % : R
  échéance 31/12/2018
"""


@pytest.mark.parametrize(
    "change",
    [
        lambda t: unicodedata.normalize("NFD", t),
        lambda t: "\ufeff" + t,
        lambda t: t.replace("\n", "\r\n"),
        lambda t: t.replace("\n", "\r"),
        lambda t: t.replace("\n", "\x85"),
        lambda t: t.replace("\n", "\u2028"),
        lambda t: t.replace("\n", "\u2029"),
        lambda t: t.replace("\n", "\v").replace("C1", "\fC1"),
        lambda t: t.replace("1 000 000", "1\u00a0000\u00a0000").replace(" €", "\u00a0€").replace(" %", "\u202f%"),
        lambda t: t.replace("1 000 000", "1\u202f000\u202f000").replace("1 000 000", "1\u2009000\u2009000"),
        lambda t: t.replace("1 000 000 €", "1000000€").replace(" %", "%"),
        lambda t: t.replace("d'office", "d’office").replace("jusqu'à", "jusqu’à"),
        lambda t: t.replace("« ", "“").replace(" »", "”"),
        lambda t: t.replace("« ", '"').replace(" »", '"'),
        lambda t: t.replace("« ", "«\u00a0").replace(" »", "\u202f»"),
        lambda t: t.replace("-", "\u2212"),
        lambda t: t.replace("-", "–"),
        lambda t: t.replace("×", "*").replace("≤", "<=").replace("≠", "<>"),
        lambda t: t.replace("critère", "critere").replace("échéance", "echeance"),
        lambda t: t.replace("Une politique", "Une\n      politique"),
        lambda t: t.replace("2 pt", "2 points de %").replace("1,5 point", "1,5 points"),
        lambda t: t.replace("2 pt", "2 points de\n%"),
        lambda t: t.replace("31/12/2018", "31/12/2018 # fin"),
        lambda t: t.replace("\n", " # \u00e9\n"),
        lambda t: t.replace(" ", "\u2003"),
        lambda t: t.replace(" ", "\t"),
        lambda t: " ".join(t.split()),
    ],
    ids=lambda _: "",
)  # fmt: skip
def test_other_spellings_read_the_same(change: object) -> None:
    assert callable(change)
    changed = parse(Source.from_text("essai.caqes", change(POLICY)))
    assert [d.message for d in changed[1]] == []
    fichier = sound(POLICY, "")
    uncommented = tree.Fichier(changed[0].source, 1, changed[0].politique, changed[0].declarations, ())
    assert same_file(uncommented, fichier)


def test_a_needs_its_accent_and_is_a_name_without() -> None:
    assert body("a à défaut a") == "(a à défaut a)"
    assert said("sanction s « S »\n  arrondi a 1 €\n") == [("CAQ101", 2)]


def test_words_are_reserved_in_every_position_and_lower_case() -> None:
    assert said("critère mesure « M »\n") == [("CAQ101", 1)]
    assert body("Mesure + SI") == "(Mesure + SI)"


def test_a_unit_is_one_after_a_number_only() -> None:
    assert body("points + mois × 2 mois") == "(points + (mois × 2mois))"
    assert body("3 points de % + 1 point de % + 1 M€ + 2k€") == "(((3pt + 1pt) + 1M€) + 2k€)"


# ---------------------------------------------------------------- what is refused, and where


@pytest.mark.parametrize(
    "sign", ["\u202e", "\u2066", "\u200b", "\u200d", "\u00ad", "\ufeff", "\u2060", "\u0007", "\ue000"]
)
def test_what_cannot_be_seen_is_refused_outside_texts(sign: str) -> None:
    assert said(f"critère C1 « A{sign}B »\n") == []
    assert said(f"critère C1 « A »\n  poids {sign}1 point\n") == [("CAQ104", 2)]
    assert said(f"critère C{sign}1 « A »\n  poids 1 point\n") == [("CAQ104", 1)]


@pytest.mark.parametrize("sign", ["\u202e", "\u2066", "\u200b", "\u00ad", "\u0007"])
def test_what_cannot_be_seen_is_refused_in_comments(sign: str) -> None:
    """A comment that turns the text around could show a clause that is not one."""
    (found,) = read(f"critère C1 « A » # {sign}poids 1 point\n  # tabulé\tici\n")[1]
    assert found.code == "CAQ104" and found.correction is not None and found.correction.span.texte == sign


def test_digits_of_other_scripts_are_refused() -> None:
    assert said("calcul x « X » : entier\n  ٣\n") == [("CAQ104", 2)]
    assert said("calcul x « X » : entier\n  2²\n") == [("CAQ104", 2)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("politique p « P »\n", [("CAQ106", 1)]),
        ("caqes 2\npolitique p « P »\n", [("CAQ107", 1)]),
        ("# d'abord\n\ncaqes 1 # édition\npolitique p « P »\n", []),
        ("caqes 1\n", [("CAQ109", 1)]),
        ("", [("CAQ106", 1), ("CAQ109", 1)]),
        ("# rien\n", [("CAQ106", 1), ("CAQ109", 1)]),
        ("caqes 1\nsecteur MCO « M »\n", [("CAQ109", 2)]),
        ("caqes 1\nsecteur MCO « M »\npolitique p « P »\n", [("CAQ109", 3)]),
        ("caqes 1\npolitique p « P »\npolitique q « Q »\n", [("CAQ109", 3)]),
        ("caqes 1\npolitique p « P »\n  exercice 2018,5\n", [("CAQ101", 3)]),
    ],
)
def test_the_edition_and_the_header(text: str, expected: list[tuple[str, int]]) -> None:
    assert said(text, "") == expected


def test_a_number_with_a_point_is_refused_with_its_correction() -> None:
    (found,) = read("critère C1 « A »\n  poids 0.5 point\n")[1]
    assert found.code == "CAQ103" and found.correction is not None
    assert (found.correction.span.texte, found.correction.texte) == ("0.5", "0,5")


@pytest.mark.parametrize("written", ["1 0000", "1 00", "10 00 000", "1  000", "1 000 00", "2018 2019"])
def test_groups_of_digits_are_of_three(written: str) -> None:
    assert [c for c, _ in said(f"calcul x « X » : entier\n  {written}\n")] == ["CAQ101"]


def test_no_number_crosses_a_line_end() -> None:
    assert said("calcul x « X » : entier\n  1\n000\n") == [("CAQ101", 3)]


@pytest.mark.parametrize("written", ["31/02/2018", "00/01/2018", "32/12/2018", "01/13/2018", "29/02/2019"])
def test_dates_are_of_the_calendar(written: str) -> None:
    assert said(f"critère C1 « A »\n  échéance {written}\n") == [("CAQ105", 2)]


def test_a_leap_day_and_short_days_are_dates() -> None:
    assert body("29/02/2020 - 1/3/2018") == "(2020-02-29 - 2018-03-01)"


def test_a_word_glued_to_a_number_is_refused() -> None:
    assert said("calcul x « X » : entier\n  12abc\n") == [("CAQ103", 2)]


# ---------------------------------------------------------------- texts


def test_a_text_holds_one_nested_pair_and_folds_white_space() -> None:
    (declaration,) = sound("pièce p « dit\n\t« oui »  ici »\n").declarations
    assert declaration.titre is not None and declaration.titre.valeur == "dit « oui » ici"


UNCLOSED = (
    "critère C1 « Un\n  poids 1 point\n  secteurs tous\n\ncritère C2 « Deux »\n  poids 1 point\n  secteurs tous\n"
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (UNCLOSED, [("CAQ102", 1)]),
        (UNCLOSED + UNCLOSED.replace("C1", "C3").replace("« Un", "« Un »"), [("CAQ102", 1)]),
        ("critère C1 « Un »\n  preuve « sans fin\n  poids 1 point\n\nsecteur MCO « M »\n", [("CAQ102", 2)]),
        ("critère C1 « a « b » « c » d »\n", [("CAQ102", 1)]),
        ("critère C1 « a « b « c » » »\n", [("CAQ102", 1)]),
        ('critère C1 "sans fin\n  poids 1 point\n', [("CAQ102", 1)]),
        ("critère C1 « Un » »\n  poids 1 point\n", [("CAQ102", 1)]),
        ("critère C1 “Un ”” \n  poids 1 point\n", [("CAQ102", 1)]),
    ],
)
def test_guillemets_balance_or_are_said_where_they_open(text: str, expected: list[tuple[str, int]]) -> None:
    assert [pair for pair in said(text) if pair[0] == "CAQ102"][:1] == expected
    assert {line for _, line in said(text)} == {line for _, line in expected}


def test_an_unclosed_text_hides_no_declaration() -> None:
    fichier, _ = read(UNCLOSED + "secteur MCO « M »\n")
    assert [d.nom.nom for d in fichier.declarations if d.nom] == ["C1", "C2", "MCO"]


# ---------------------------------------------------------------- operators


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a + b × c - d / e", "((a + (b × c)) - (d / e))"),
        ("a - b - c", "((a - b) - c)"),
        ("a / b / c", "((a / b) / c)"),
        ("-a N-1", "(- (a N-1))"),
        ("-a × b", "((- a) × b)"),
        ("a × -b", "(a × (- b))"),
        ("- - a", "(- (- a))"),
        ("a N-2 à défaut b N-1", "((a N-2) à défaut (b N-1))"),
        ("a à défaut b + c", "((a à défaut b) + c)"),
        ("-a à défaut b", "(- (a à défaut b))"),
        ("a + 1 > b et non c = d ou e", "((((a + 1) > b) et (non (c = d))) ou e)"),
        ("a ou b et c ou d", "((a ou (b et c)) ou d)"),
        ("non a et b", "((non a) et b)"),
        ("non non a", "(non (non a))"),
        ("x entre a et b et c", "((x entre a b) et c)"),
        ("x entre a + 1 et b - 1 ou c", "((x entre (a + 1) (b - 1)) ou c)"),
        ("si a alors b sinon si c alors d sinon e", "(si a b (si c d e))"),
        ("si a et b alors c + 1 sinon d ou e", "(si (a et b) (c + 1) (d ou e))"),
        ("x au 31/12/2018 × 2", "(x au 2018-12-31 × 2)"),
        ("max(a ; b - 1 ; si c alors d sinon e)", "max(a ; (b - 1) ; (si c d e))"),
        ("quantile(x ; 75 % parmi a ou b par groupe)", "quantile(x ; 75% ; parmi (a ou b) ; par groupe)"),
        ("rang(x par classe)", "rang(x ; par classe)"),
        ("rang(x par groupe classe)", "rang(x ; par classe)"),
        ("effectif(parmi MCO)", "effectif(parmi MCO)"),
        ("mesure(C1) + niveau(C1) + cible(v) + cible", "(((mesure(C1) + niveau(C1)) + cible(v)) + cible)"),
        ("rejoué(score N-1)", "rejoué((score N-1))"),
        ("(a + b) N-1", "((a + b) N-1)"),
    ],
)
def test_operators_bind_as_the_language_says(text: str, expected: str) -> None:
    assert body(text) == expected


@pytest.mark.parametrize(("written", "lines"), [("N-99", []), ("N-0", [2]), ("N-100", [2]), ("N-" + "9" * 5000, [2])])
def test_a_period_is_an_earlier_exercise(written: str, lines: list[int]) -> None:
    assert said(f"calcul x « X » : entier\n  lits {written}\n") == [("CAQ101", line) for line in lines]


def test_comparisons_do_not_chain() -> None:
    assert said("calcul x « X » : oui_non\n  a < b < c\n") == [("CAQ101", 2)]


def test_numbers_are_exact() -> None:
    (declaration,) = sound("calcul x « X » : entier\n  0,1\n").declarations
    clause = declaration.clauses[-1]
    assert isinstance(clause, tree.ClauseExpression) and isinstance(clause.expression, tree.Quantite)
    assert clause.expression.nombre == Fraction(1, 10)


# ---------------------------------------------------------------- limits, on both sides


def chain(count: int) -> str:
    return "calcul x « X » : entier\n  " + "1 + " * count + "1\n"


LIMITS = {
    "30 chiffres": (f"calcul x « X » : entier\n  {'9' * 30}\n", f"calcul x « X » : entier\n  {'9' * 31}\n"),
    "12 décimales": ("calcul x « X » : entier\n  0,123456789012\n", "calcul x « X » : entier\n  0,1234567890123\n"),
    "128 signes": (f"secteur {'S' * 128} « S »\n", f"secteur {'S' * 129} « S »\n"),
    "2 000 signes": (f"secteur S « {'é' * 2000} »\n", f"secteur S « {'é' * 2001} »\n"),
    "64 parenthèses": (
        f"calcul x « X » : entier\n  {'(' * 64}1{')' * 64}\n",
        f"calcul x « X » : entier\n  {'(' * 65}1{')' * 65}\n",
    ),
    "200 opérations": (chain(200), chain(201)),
    "200 négations": (
        f"calcul x « X » : oui_non\n  {'non ' * 200}oui\n",
        f"calcul x « X » : oui_non\n  {'non ' * 201}oui\n",
    ),
    "6 fonctions qui redisent leur terme": (
        f"calcul x « X » : entier\n  {'abs(' * 6}1{')' * 6}\n",
        f"calcul x « X » : entier\n  {'abs(' * 7}1{')' * 7}\n",
    ),
    "2 000 critères": (
        "".join(f"critère C{i} « C »\n" for i in range(2000)),
        "".join(f"critère C{i} « C »\n" for i in range(2001)),
    ),
    "20 000 mots": (
        "critère C « C »\n  secteurs " + ", ".join(["A"] * 9_000) + "\n",
        "critère C « C »\n  secteurs " + ", ".join(["A"] * 10_001) + "\n",
    ),
    "5 000 déclarations": (
        "".join(f"secteur S{i} « S »\n" for i in range(4_999)),  # and the header
        "".join(f"secteur S{i} « S »\n" for i in range(5_000)),
    ),
    "70 000 mots en tout": (
        f"critère C « C »\n  secteurs {', '.join(['A'] * 9_000)}\n" * 3,
        f"critère C « C »\n  secteurs {', '.join(['A'] * 9_000)}\n" * 4,
    ),
}


@pytest.mark.parametrize("what", LIMITS)
def test_each_limit_is_kept_on_both_sides(what: str) -> None:
    inside, beyond = LIMITS[what]
    assert said(inside) == []
    assert [code for code, _ in said(beyond)] == ["CAQ110"]


@pytest.mark.parametrize(
    "what", ["64 parenthèses", "200 opérations", "200 négations", "6 fonctions qui redisent leur terme"]
)
def test_what_is_within_the_limits_is_checked_and_evaluated(what: str) -> None:
    assert compile_text(HEADER + LIMITS[what][0]).politique is not None


@pytest.mark.parametrize("term", ["cible", "mesure(a)", "niveau(a)"])
def test_a_word_that_also_opens_a_clause_counts_in_an_expression(term: str) -> None:
    assert [c for c, _ in said(f"calcul x « X » : entier\n  {f'{term} + ' * 201}1\n")] == ["CAQ110"]


# ---------------------------------------------------------------- clauses


def test_a_clause_said_twice_is_said_at_the_second() -> None:
    (found,) = read("critère C1 « A »\n  poids 1 point\n  secteurs tous\n  poids 2 points\n")[1]
    assert (found.code, found.span.ligne if found.span else 0) == ("CAQ108", 6)
    assert [label.span.ligne for label in found.etiquettes] == [4]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("chapitre A « A »\n  poids 2 points\n", "poids"),
        ("donnée d « D » : entier\n  poids 2 points\n", "poids"),
        ("donnée d « D » : entier\n  ≥ 0\n  cible 3 %\n", "cible"),
        ("exemple « E »\n  attendu x = 3\n  poids 2 points\n", "poids"),
        ("paramètre t « T » : taux\n  montant 3 €\n", "montant"),
        ("critère C1 « A »\n  cible 53 %\n", "cible"),
        ("critère C1 « A »\n  motif « m »\n", "motif"),
        ("critère C1 « A »\n  variante MCO : secteurs tous\n", ""),
        ("volet v « V »\n  plafond 1 %\n", "plafond"),
        ("calcul x « X » : entier\n  1\n  preuve « p »\n", "preuve"),
    ],
)
def test_a_clause_that_has_no_place_is_named(text: str, word: str) -> None:
    (found,) = read(text)[1]
    assert found.code == ("CAQ111" if word else "CAQ101")
    assert word in found.message


def test_what_fixes_something_says_equal() -> None:
    assert said("notation\n  score ≥ calcul_x\n") == [("CAQ101", 2)]
    assert said("exemple « E »\n  avec x ≥ 3\n  attendu y ≥ 3\n") == [("CAQ101", 2)]
    assert said("exemple « E »\n  avec autres critères <> R\n  attendu y = 3\n") == [("CAQ101", 2)]
    assert said("volet v « V »\n  total 88,5 critères\n") == [("CAQ101", 2)]
