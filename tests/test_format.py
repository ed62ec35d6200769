"""The formatter: one layout, the same meaning, every comment kept, the same text when run again."""

from __future__ import annotations

import itertools
import random
import time
from pathlib import Path

import pytest

from caqes_dsl.base.source import Source
from caqes_dsl.pipeline import compile_text, compile_text_at
from caqes_dsl.syntax.automaton import grammar_texts
from caqes_dsl.syntax.format import format_text, lay_out, same_file
from caqes_dsl.syntax.lexer import read_tokens
from caqes_dsl.syntax.parser import parse

ROOT = Path(__file__).resolve().parents[1]
POLICIES = sorted((ROOT / "policies").rglob("*.caqes"))
EXAMPLES = sorted((ROOT / "tests/corpus/exemples").glob("*.caqes"))
HEADER = "caqes 1\n\npolitique p « P »\n\n"


def source_of(text: str) -> Source:
    return Source.from_text("essai.caqes", text)


def formatted(text: str) -> str:
    fichier, diagnostics = parse(source_of(text))
    assert not [d for d in diagnostics if d.is_error], [(d.message, str(d.span)) for d in diagnostics]
    return format_text(fichier)


@pytest.mark.parametrize("path", [*POLICIES, *EXAMPLES], ids=lambda p: f"{p.parent.name}-{p.name}")
def test_shipped_files_keep_their_meaning_and_formatting_is_idempotent(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    once = formatted(text)
    assert formatted(once) == once
    before, after = parse(source_of(text))[0], parse(source_of(once))[0]
    assert same_file(before, after)


@pytest.mark.parametrize("path", POLICIES, ids=lambda p: f"{p.parent.name}-{p.name}")
def test_shipped_policies_are_in_the_canonical_layout(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert formatted(text) == text


@pytest.mark.parametrize("path", POLICIES, ids=lambda p: f"{p.parent.name}-{p.name}")
def test_the_empreinte_does_not_see_the_layout(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    squeezed = "\n".join(line.strip() for line in text.split("\n") if line.strip())
    before, after = compile_text_at(path, text).politique, compile_text_at(path, formatted(squeezed)).politique
    assert before is not None and after is not None
    assert before.empreinte == after.empreinte


CASES = [
    ("keywords get their accents", "critere C1 « A »\n poids 1 point\n secteurs tous\n echeance 31/12/2018\n",
     "critère C1 « A »\n  poids    1 point\n  secteurs tous\n  échéance 31/12/2018\n"),
    ("signs are canonical", "calcul x « X » : oui_non\n a >= b et c <> 2 * d\n",
     "calcul x « X » : oui_non\n  a ≥ b et c ≠ 2 × d\n"),
    ("quotes and apostrophes", "pièce p “texte”\n si x\n", "pièce p « texte »\n  si x\n"),
    ("straight quotes", 'pièce p "texte"\n si x\n', "pièce p « texte »\n  si x\n"),
    ("numbers are grouped", "donnée d « D » : montant ≥ 1000000 €\n", "donnée d « D » : montant ≥ 1 000 000 €\n"),
    ("units agree", "critère C1 « A »\n  poids 0,5 points\n  secteurs tous\n",
     "critère C1 « A »\n  poids    0,5 point\n  secteurs tous\n"),
    ("percentage points", "calcul x « X » : écart\n 5 points de %\n", "calcul x « X » : écart\n  5 pt\n"),
    ("written decimals stay", "calcul x « X » : montant\n 100,00 €\n", "calcul x « X » : montant\n  100,00 €\n"),
    ("millions stay", "calcul x « X » : montant\n 1,5 M€\n", "calcul x « X » : montant\n  1,5 M€\n"),
    ("rows as printed",
     "critère C1 « A »\n poids 1 point\n secteurs tous\n mesure a\n seuils\n  > 50 % : R\n"
     "  entre 26 % et 49 % : PR\n  < 25 % : NR\n  ≥ 90 % : R\n  <= 3 % : NR\n",
     "critère C1 « A »\n  poids    1 point\n  secteurs tous\n  mesure   a\n  seuils\n    plus de 50 %     : R\n"
     "    de 26 % à 49 %   : PR\n    moins de 25 %    : NR\n    à partir de 90 % : R\n    jusqu'à 3 %      : NR\n"),
    ("runs are aligned", "secteur MCO « Médecine »\nsecteur DIALYSE « Dialyse »\n",
     "secteur MCO     « Médecine »\nsecteur DIALYSE « Dialyse »\n"),
    ("levels are aligned", "niveau R « Réalisé » donne 100 %\nniveau NR « Non réalisé » donne 0 %\n",
     "niveau R  « Réalisé »     donne 100 %\nniveau NR « Non réalisé » donne 0 %\n"),
    ("texts are folded", "pièce p « un\n   texte »\n si x\n", "pièce p « un texte »\n  si x\n"),
    ("a nested pair stays", "pièce p « dit « oui » ici »\n si x\n", "pièce p « dit « oui » ici »\n  si x\n"),
    ("several drivers",
     "barème b « B » : taux\n selon c ; m\n A, B ; jusqu'à -10 % : 30 %\n C ; tout : 20 %\n autrement : 0 %\n",
     "barème b « B » : taux\n  selon c ; m\n    A, B      ; jusqu'à -10 % : 30 %\n"
     "    C         ; tout          : 20 %\n    autrement : 0 %\n"),
    ("a linear row", "critère C1 « A »\n poids 1 point\n secteurs tous\n mesure a\n seuils\n"
     " moins de 10 %:0 %\n de 10 % à 20 % : de 0 % à 100 %\n plus de 20 % : 100 %\n",
     "critère C1 « A »\n  poids    1 point\n  secteurs tous\n  mesure   a\n  seuils\n    moins de 10 %  : 0 %\n"
     "    de 10 % à 20 % : de 0 % à 100 %\n    plus de 20 %   : 100 %\n"),
]  # fmt: skip


@pytest.mark.parametrize(("what", "text", "wanted"), CASES, ids=[c[0] for c in CASES])
def test_other_spellings_are_rewritten(what: str, text: str, wanted: str) -> None:
    del what
    assert formatted(HEADER + text) == HEADER + wanted


EXPRESSIONS = [
    "a + b + c", "a - (b - c)", "a - b - c", "a × (b + c)", "a / (b / c)", "a / b / c", "-a", "-(a + b)", "a × -b",
    "(a à défaut b) N-1", "a N-1 à défaut b", "a à défaut (b + c)", "non (a et b)", "non a et b", "(a ou b) et c",
    "a ou b et c", "(si a alors b sinon c) + d", "si a alors b sinon si c alors d sinon e", "f(a ; b ; -5 %)",
    "a entre b et c et d", "a et b ou non (c ou d)", "x au 31/12/2018 + 1 %", "(a > b) = c", "a - (b + c)",
    "somme(x parmi MCO)", "rang(x parmi a et b par g)", "effectif(parmi MCO)", "31/12/2018 - d", "oui", "a × b + c",
]  # fmt: skip


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_expressions_keep_their_shape_with_few_parentheses(text: str) -> None:
    policy = f"{HEADER}calcul x « X » : taux\n  {text}\n"
    assert formatted(policy) == policy


def test_parentheses_that_say_nothing_go() -> None:
    assert formatted(f"{HEADER}calcul x « X » : taux\n  ((a)) + (b × c)\n").endswith("  a + b × c\n")


def test_a_missing_edition_is_added() -> None:
    assert formatted("politique p « P »\n").startswith("caqes 1\n\npolitique p")


def test_comments_stay_at_their_place() -> None:
    text = (
        "# en tête\ncaqes 1 # édition\n\n# avant\npolitique p « P » # titre\n  exercice 2018 # an\n\n\n"
        "# détaché\n\n# attaché\ncritère C1 « A »\n  # sur le poids\n  poids 1 point # poids\n  secteurs tous\n"
        "  mesure a\n  seuils # table\n    # premier\n    plus de 50 % : R # R\n    autrement : NR\n# fin\n"
    )
    once = formatted(text)
    lines = once.split("\n")
    assert lines[:3] == ["# en tête", "caqes 1  # édition", ""]
    assert "# avant\npolitique p « P »  # titre\n" in once
    assert "  exercice 2018  # an\n\n# détaché\n\n# attaché\ncritère C1 « A »\n  # sur le poids\n" in once
    assert "  poids    1 point  # poids\n" in once
    assert "  seuils  # table\n    # premier\n    plus de 50 % : R  # R\n    autrement    : NR\n# fin\n" in once
    assert formatted(once) == once


SEED = 20181231


@pytest.mark.parametrize("part", range(8))
def test_comments_anywhere_are_kept(part: int) -> None:
    rng = random.Random(SEED + part)
    print("graine", SEED + part)
    path = ROOT / "policies/normandie/2018.caqes"
    text = path.read_text(encoding="utf-8")
    words, _ = grammar_texts()
    tokens = read_tokens(Source.from_text("x", text), words).jetons[2:]
    places = sorted(rng.sample(range(len(tokens)), 60), reverse=True)
    for number, index in enumerate(places):
        at = tokens[index].debut
        text = f"{text[:at]}# remarque {part}-{number}\n{text[at:]}"
    once = formatted(text)
    for number in range(60):
        assert once.count(f"# remarque {part}-{number}\n") == 1
    assert formatted(once) == once


def test_a_random_layout_gives_the_same_text() -> None:
    rng = random.Random(SEED)
    print("graine", SEED)
    path = ROOT / "policies/normandie/2018.caqes"
    text = "\n".join(line for line in path.read_text(encoding="utf-8").split("\n") if not line.lstrip().startswith("#"))
    wanted = formatted(text)
    words, _ = grammar_texts()
    tokens = read_tokens(Source.from_text("x", text), words).jetons
    for _ in range(3):
        out = []
        for before, after in itertools.pairwise(tokens):
            out.append(text[before.debut : before.fin])
            gap = text[before.fin : after.debut]
            # A blank line between two declarations is the author's; any other white space is layout.
            out.append(gap if gap.count("\n") > 1 or not gap else rng.choice((" ", "\n", "   ", "\n      ")))
        out.append(text[tokens[-1].debut : tokens[-1].fin])
        assert formatted("".join(out)) == wanted


def test_a_policy_of_one_line_reads_the_same() -> None:
    text = (ROOT / "policies/national/2017.caqes").read_text(encoding="utf-8")
    text = "\n".join(line.split("#")[0] for line in text.split("\n"))
    flat = " ".join(text.split())
    one, other = compile_text(formatted(flat)).politique, compile_text(text).politique
    assert one is not None and other is not None and one.empreinte == other.empreinte


DISORDER = ROOT / "tests/corpus/syntaxe/desordre.caqes"


def test_a_text_in_disorder_takes_the_layout_of_the_examples() -> None:
    """Every clause with comments before, after and inside it; what is wanted was read line by line."""
    wanted = DISORDER.with_name("desordre-mis-en-forme.caqes").read_text(encoding="utf-8")
    assert formatted(DISORDER.read_text(encoding="utf-8")) == wanted
    assert formatted(wanted) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("# rien que cela", "caqes 1\n\n# rien que cela\n"),
        ("\n\n# un\n\n\n# deux\n\n", "caqes 1\n\n# un\n\n# deux\n"),
        ("caqes 1 # fin", "caqes 1  # fin\n"),
        ("caqes 1\n", "caqes 1\n"),
    ],
)
def test_a_file_without_declarations_keeps_its_comments(text: str, wanted: str) -> None:
    assert lay_out(parse(source_of(text))[0]) == wanted


def test_a_comment_at_the_very_end_needs_no_line_end() -> None:
    assert formatted("caqes 1\npolitique p « P » # fin") == "caqes 1\n\npolitique p « P »  # fin\n"


def test_line_ends_and_byte_order_marks_are_made_alike() -> None:
    text = "caqes 1\n\npolitique p « P »\n  exercice 2018  # an\n"
    for written in ("\ufeff" + text, text.replace("\n", "\r\n"), text.replace("\n", "\u2028")):
        assert formatted(written) == text


def test_blank_lines_between_groups_stay_one_by_one() -> None:
    text = f"{HEADER}calendrier\n\n  01/02/2018 a « A »\n\n\n\n  01/03/2018 b « B »\n  01/04/2018 c « C »\n\n\n"
    assert formatted(text) == (
        f"{HEADER}calendrier\n  01/02/2018 a « A »\n\n  01/03/2018 b « B »\n  01/04/2018 c « C »\n"
    )


def test_one_line_declarations_stand_together_as_their_author_wrote_them() -> None:
    critere = "critère X « X »\n  poids 1 point\n"
    text = f"{HEADER}secteur A « A »\nsecteur BB « B »\n\nsecteur CCC « C »\n{critere}secteur D « D »\n"
    assert formatted(text) == (
        f"{HEADER}secteur A  « A »\nsecteur BB « B »\n\nsecteur CCC « C »\n\n{critere}\nsecteur D « D »\n"
    )


def test_a_year_is_not_grouped_and_an_amount_is() -> None:
    text = f"{HEADER}calcul x « X » : montant\n  max(2018 ; 1000 € ; 12345 ; 1 000 ; 0,1234 ; 1234,5)\n"
    assert formatted(text).endswith("max(2018 ; 1 000 € ; 12 345 ; 1 000 ; 0,1234 ; 1 234,5)\n")


def test_guillemets_are_kept_where_others_would_not_read() -> None:
    for title in ('"un « seul"', '“un « seul et un " droit”', "« un « deux » trois »", '"« a » et « b »"'):
        text = f"{HEADER}pièce p {title}\n  si x\n"
        assert formatted(text) == text


def test_a_layout_that_would_say_something_else_is_never_given(monkeypatch: pytest.MonkeyPatch) -> None:
    from caqes_dsl.syntax import format as module

    fichier, _ = parse(source_of(f"{HEADER}calcul x « X » : entier\n  a - (b - c)  # note\n"))
    right = module.lay_out(fichier)
    for wrong in (
        right.replace("(b - c)", "b - c"),
        right.replace("  # note", ""),
        right[:-20],
        right + "secteur S « S »\n",
    ):
        monkeypatch.setattr(module, "lay_out", lambda _, wrong=wrong: wrong)
        with pytest.raises(module.FormatDefect):
            module.format_text(fichier)


def test_a_large_policy_is_laid_out_in_seconds() -> None:
    text = HEADER + "".join(
        f"critère C{i} « Critère {i} »\n  poids 1 point\n  secteurs tous # {i}\n  mesure a / b\n  seuils\n"
        "    > 50 % : R\n    entre 25 % et 50 % : PR\n    < 25 % : NR\n"
        for i in range(2000)
    )
    start = time.process_time()
    formatted(text)
    assert time.process_time() - start < 20
