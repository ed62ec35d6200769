"""The tables printed in 2017, refused where they leave holes; and variations that an author may type."""

from __future__ import annotations

import random
from fractions import Fraction as F
from pathlib import Path

import pytest

from caqes_dsl.base.diagnostics import Diagnostic, Severite
from caqes_dsl.evaluation.explain import Interpreteur
from caqes_dsl.evaluation.facts import Etablissement
from caqes_dsl.model.checks.temoins import solve
from caqes_dsl.model.domains import Domaines
from caqes_dsl.model.nodes import Fait
from caqes_dsl.pipeline import compile_path, compile_text

CORPUS = Path(__file__).resolve().parent / "corpus" / "tables_2017"

HEAD = """caqes 1
politique p « P »
  exercice 2018
  source « S »
secteur MCO « Médecine »
secteur HAD « Domicile »
niveau R « Réalisé » donne 100 %
niveau PR « Partiel » donne 50 %
niveau NR « Non réalisé » donne 0 %
donnée lits « Lits » : entier ≥ 0
donnée lits_lap « Lits avec LAP » : entier entre 0 et lits
donnée lits_surs « Lits sûrs » : entier entre 0 et lits_lap
donnée sejours « Séjours » : entier ≥ 0
donnée actes « Actes » : entier ≥ 0
donnée taux « Taux » : taux entre 0 % et 100 %
donnée croissance « Croissance » : taux entre 0 % et 150 %
donnée depenses « Dépenses » : montant ≥ 0 €
donnée classe « Classe » : choix (GRAND, MOYEN, PETIT)
donnée urgences « Urgences » : oui_non
paramètre seuil « Seuil » : taux
  60 % à compter du 01/01/2017 source « T »
"""
ROUNDED = "notation\n  score arrondi à 1 % avant comparaison\n"
EXACT = "notation\n  score affiché à 1 %\n"
VOLET = "volet v « V »\n  cible 53 %\ncalcul ecart « Écart » : écart\n  max(cible - score ; 0 pt)\n"
PLAIN = "critère C0 « C »\n  poids 1 point\n  secteurs tous\n"
SCALE = ("0 pt : 0 %", "de 1 à 2 pt : 0,01 %", "de 3 à 4 pt : 0,02 %")
NEXT = "puis, par tranche de 2 pt entamée : 0,01 % de plus"


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def serious(diagnostics: tuple[Diagnostic, ...]) -> list[Diagnostic]:
    return [d for d in diagnostics if d.severite is not Severite.NOTE]


def of_file(nom: str) -> list[Diagnostic]:
    found = compile_path(CORPUS / nom)
    assert found.politique is None
    return serious(found.diagnostics)


def line(diagnostic: Diagnostic) -> str:
    """The text of the line that a diagnostic points to."""
    assert diagnostic.span is not None
    return diagnostic.span.source.line_text(diagnostic.span.ligne).strip()


def seuils(*rows: str, mesure: str = "lits_lap / lits", guard: str = "  NC d'office si lits = 0\n") -> str:
    return (
        f"critère C1 « C »\n  poids 2 points\n  secteurs tous\n{guard}  mesure {mesure}\n  seuils\n"
        + "".join(f"    {row}\n" for row in rows)
    )  # fmt: skip


def bareme(selon: str, *rows: str) -> str:
    return f"barème b « B » : taux\n  selon {selon}\n" + "".join(f"    {row}\n" for row in rows) + PLAIN


def run(*body: str) -> list[Diagnostic]:
    return serious(compile_text(HEAD + "".join(body), "essai.caqes").diagnostics)


def codes(found: list[Diagnostic]) -> list[str]:
    return [d.code for d in found]


# ---------------------------------------------------------------- as printed


def test_criterion_55_as_printed_has_two_holes() -> None:
    low, high = of_file("critere_55_imprime.caqes")
    assert codes([low, high]) == ["CAQ301", "CAQ301"]
    assert plain(low.message) == (
        "Le tableau des seuils du critère « C55 » a un trou : [25 % ; 26 %[, par exemple 25 %, 25,5 %."
    )
    assert plain(high.message) == (
        "Le tableau des seuils du critère « C55 » a un trou : ]49 % ; 50 %], par exemple 49,5 %, 50 %."
    )
    assert plain(line(low)).startswith("< 25 %") and plain(line(high)).startswith("entre 26 % et 49 %")
    assert [plain(e.span.texte).split(" :")[0].strip() for e in low.etiquettes] == ["< 25 %", "entre 26 % et 49 %"]
    assert [plain(e.span.texte).split(" :")[0].strip() for e in high.etiquettes] == ["entre 26 % et 49 %", "> 50 %"]
    assert "« de 25 % à moins de 26 % : NR » ou « de 25 % à moins de 26 % : PR »" in plain(low.aide)
    assert "« plus de 49 % à 50 % : PR » ou « plus de 49 % à 50 % : R »" in plain(high.aide)
    assert "lits_places_analyses = 1 et lits_places = 4" in plain(low.aide)
    assert "lits_places_analyses = 99 et lits_places = 200" in plain(high.aide)


@pytest.mark.parametrize(
    ("low", "high"),
    [
        ("de 25 % à moins de 26 % : NR", "plus de 49 % à 50 % : PR"),
        ("de 25 % à moins de 26 % : PR", "plus de 49 % à 50 % : R"),
    ],
)
def test_the_proposed_rows_close_the_holes(low: str, high: str) -> None:
    text = (CORPUS / "critere_55_imprime.caqes").read_text(encoding="utf-8")
    assert not serious(compile_text(f"{text}    {low}\n    {high}\n").diagnostics)
    assert codes(serious(compile_text(f"{text}    {low}\n").diagnostics)) == ["CAQ301"]


def test_the_printed_scale_has_no_end() -> None:
    (end,) = of_file("bareme_imprime.caqes")
    assert end.code == "CAQ304" and plain(line(end)) == "de 7 à 8 pt : 0,04 %"
    assert plain(end.message) == (
        "Le barème « taux_sanction » ne dit rien au-delà de 8 pt : ]8 pt ; 53 pt], par exemple 9 pt, 10 pt."
    )
    assert "« plus de 8 pt : 0,04 % » ou « puis, par tranche de 2 pt entamée : 0,01 % de plus »" in plain(end.aide)
    assert "avec score = 44 %." in plain(end.aide)


def test_the_printed_scale_on_an_exact_score_has_holes_between_its_rows() -> None:
    *holes, end = of_file("bareme_imprime_exact.caqes")
    assert codes(holes) == ["CAQ301"] * 4 and end.code == "CAQ304"
    wanted = (
        ("]0 pt ; 1 pt[, par exemple 0,5 pt.", "0 pt        : 0 %", "plus de 0 pt à moins de 1 pt", "52,5 %"),
        ("]2 pt ; 3 pt[, par exemple 2,5 pt.", "de 1 à 2 pt : 0,01 %", "plus de 2 pt à moins de 3 pt", "50,5 %"),
        ("]4 pt ; 5 pt[, par exemple 4,5 pt.", "de 3 à 4 pt : 0,02 %", "plus de 4 pt à moins de 5 pt", "48,5 %"),
        ("]6 pt ; 7 pt[, par exemple 6,5 pt.", "de 5 à 6 pt : 0,03 %", "plus de 6 pt à moins de 7 pt", "46,5 %"),
    )
    for hole, (where, row, proposed, score) in zip(holes, wanted, strict=True):
        assert plain(hole.message).endswith(f"a un trou : {where}") and plain(line(hole)) == row
        assert proposed in plain(hole.aide) and f"score = {score}" in plain(hole.aide)
    assert "]8 pt ; 53 pt]" in plain(end.message) and plain(line(end)) == "de 7 à 8 pt : 0,04 %"


def test_the_suite_closes_the_printed_scale() -> None:
    text = (CORPUS / "bareme_imprime.caqes").read_text(encoding="utf-8")
    assert not serious(compile_text(f"{text}    {NEXT}\n").diagnostics)
    exact = (CORPUS / "bareme_imprime_exact.caqes").read_text(encoding="utf-8")
    assert codes(serious(compile_text(f"{exact}    {NEXT}\n").diagnostics)) == ["CAQ301"] * 4


# ---------------------------------------------------------------- one mistake in a sound table

THREE = ("moins de 25 % : NR", "de 25 % à moins de 50 % : PR", "à partir de 50 % : R")


@pytest.mark.parametrize(
    "body",
    [
        seuils(*THREE),
        # Numerator at most its denominator, directly or through another fact: the ratio stays in [0 % ; 100 %].
        seuils(*THREE[:2], "de 50 % à 100 % : R"),
        seuils(*THREE[:2], "de 50 % à 100 % : R", mesure="lits_surs / lits"),
        seuils(*reversed(THREE)),
        seuils("à partir de 50 % : R", "autrement : NR"),
        seuils("moins de seuil : NR", "à partir de seuil : R"),
        seuils("moins de 50 % : NR", "de 50 % à 100 % : R", mesure="taux", guard=""),
        seuils("moins de 50 % : NR", "de 50 % à 150 % : R", mesure="croissance", guard=""),
        seuils("moins de 50 % : 0 %", "de 50 % à 80 % : de 0 % à 100 %", "plus de 80 % : 100 %"),
        seuils("moins de 50 % : NR", "à partir de 50 % : R", mesure="rapport(actes ; sejours ; 0 %)", guard=""),
        bareme("sejours", "0 : 0 %", "de 1 à 9 : 1 %", "à partir de 10 : 2 %"),
        bareme("taux ; classe", "moins de 50 % ; tout : 0 %", "de 50 % à 100 % ; GRAND : 1 %", "autrement : 2 %"),
        bareme("urgences", "oui : 1 %", "non : 0 %"),
        bareme("évolution(depenses ; 0 %)", "jusqu'à 4 % : 0 %", "plus de 4 % : 1 %"),
        bareme("taux", "seuil : 1 %", "autrement : 0 %"),
        VOLET + ROUNDED + bareme("ecart", *SCALE, NEXT),
        VOLET + EXACT + bareme("ecart", "0 pt : 0 %", "plus de 0 pt à 2 pt : 0,01 %", NEXT),
        VOLET + ROUNDED + bareme("score", "de 0 % à 52 % : 1 %", "de 53 % à 100 % : 0 %"),
    ],
)
def test_sound_tables_raise_no_alarm(body: str) -> None:
    assert run(body) == []


WRONG: tuple[tuple[str, str, str, str, str], ...] = (
    # body, code, line pointed to, in the message, in the help
    (
        seuils("jusqu'à 25 % : NR", "de 25 % à 50 % : PR", "plus de 50 % : R"),
        "CAQ302",
        "de 25 % à 50 % : PR",
        "« jusqu'à 25 % » et « de 25 % à 50 % » prennent tous deux 25 %.",
        "lits_lap = 1 et lits = 4",
    ),
    (
        seuils(*THREE[:2], "de 50 % à 100 % : R", "plus de 100 % : R"),
        "CAQ303",
        "plus de 100 % : R",
        "« plus de 100 % » (lits_lap / lits reste dans [0 % ; 100 %])",
        "Retirez ce rang",
    ),
    (
        seuils("moins de 0 % : NR", "de 0 % à 100 % : R"),
        "CAQ303",
        "moins de 0 % : NR",
        "« moins de 0 % »",
        "",
    ),
    (seuils(*THREE, "autrement : NR"), "CAQ303", "autrement : NR", "les autres rangs prennent déjà tout", ""),
    (
        seuils("moins de 25 % : NR", "de 50 % à 25 % : PR", "à partir de 25 % : R"),
        "CAQ305",
        "de 50 % à 25 % : PR",
        "« de 50 % à 25 % » ne contient aucune valeur",
        "« de 25 % à 50 % »",
    ),
    (
        seuils("moins de 50 % : NR", "à partir de seuil : R"),
        "CAQ301",
        "moins de 50 % : NR",
        "[50 % ; 60 %[, par exemple 50 %, 55 %",
        "« de 50 % à moins de 60 % : NR »",
    ),
    (
        seuils("moins de 50 % : 0 %", "plus de 50 % à 80 % : de 0 % à 100 %", "plus de 80 % : 100 %"),
        "CAQ301",
        "moins de 50 % : 0 %",
        "a un trou : 50 %.",
        "« 50 % : 0 % »",
    ),
    (
        seuils("moins de 50 % : 0 %", "de 50 % à 80 % : de 20 % à 100 %", "plus de 80 % : 100 %"),
        "CAQ307",
        "de 50 % à 80 % : de 20 % à 100 %",
        "saute à 50 % : le rang linéaire « de 50 % à 80 % » y vaut 20 %, le rang voisin « moins de 50 % » 0 %",
        "",
    ),
    (
        seuils(*THREE[:2], "de 50 % à 100 % : R", mesure="croissance", guard=""),
        "CAQ304",
        "de 50 % à 100 % : R",
        "]100 % ; 150 %], par exemple 125 %, 150 %",
        "« plus de 100 % : R »",
    ),
    (
        # Nothing bounds the numerator by the denominator.
        seuils(*THREE[:2], "de 50 % à 100 % : R", mesure="lits / lits_lap", guard="  NC d'office si lits_lap = 0\n"),
        "CAQ304",
        "de 50 % à 100 % : R",
        "]100 % ; +∞[, par exemple 101 %",
        "lits = 101 et lits_lap = 100",
    ),
    (
        bareme("sejours", "0 : 0 %", "de 2 à 9 : 1 %", "à partir de 10 : 2 %"),
        "CAQ301",
        "0 : 0 %",
        "]0 ; 2[, par exemple 1.",
        "« 1 : 0 % » ou « 1 : 1 % »",
    ),
    (
        bareme("taux ; classe", "moins de 50 % ; tout : 0 %", "à partir de 50 % ; GRAND, MOYEN : 1 %"),
        "CAQ301",
        "à partir de 50 % ; GRAND, MOYEN : 1 %",
        "taux : [50 % ; 100 %] ; classe : PETIT (par exemple taux = 50 % ; classe = PETIT)",
        "« de 50 % à 100 % ; PETIT : 1 % »",
    ),
    (
        bareme("taux ; classe", "moins de 50 % ; tout : 0 %", "de 50 % à 100 % ; GRAND : 1 %", "tout ; PETIT : 2 %",
               "autrement : 3 %"),
        "CAQ302",
        "tout ; PETIT : 2 %",
        "taux : [0 % ; 50 %[ ; classe : PETIT",
        "",
    ),
    (bareme("urgences", "oui : 1 %"), "CAQ301", "oui : 1 %", "urgences : non", "« non : 1 % »"),
    (
        bareme("évolution(depenses ; 0 %)", "moins de -100 % : 2 %", "de -100 % à 4 % : 0 %", "plus de 4 % : 1 %"),
        "CAQ303",
        "moins de -100 % : 2 %",
        "reste dans [-100 % ; +∞[",
        "",
    ),
    (
        VOLET + EXACT + bareme("score", "de 0 % à 52 % : 1 %", "de 53 % à 100 % : 0 %"),
        "CAQ301",
        "de 0 % à 52 % : 1 %",
        "]52 % ; 53 %[, par exemple 52,5 %",
        "score = 52,5 %",
    ),
    (
        # Without max(… ; 0 pt) the gap can be negative.
        VOLET + ROUNDED + bareme("cible - score", *SCALE, NEXT),
        "CAQ301",
        "0 pt : 0 %",
        "[-47 pt ; 0 pt[",
        "« moins de 0 pt : 0 % »",
    ),
)  # fmt: skip


@pytest.mark.parametrize(("body", "code", "row", "message", "aide"), WRONG, ids=range(len(WRONG)))
def test_one_mistake_is_one_diagnostic(body: str, code: str, row: str, message: str, aide: str) -> None:
    (found,) = run(body)
    assert found.code == code and plain(line(found)) == row
    assert message in plain(found.message) and aide in plain(found.aide)


def test_a_score_rounded_to_half_a_point_leaves_the_halves() -> None:
    half = "notation\n  score arrondi à 0,5 % avant comparaison\n"
    low, high = run(VOLET, half, bareme("ecart", *SCALE, NEXT))
    assert codes([low, high]) == ["CAQ301", "CAQ301"]
    assert "]0 pt ; 1 pt[, par exemple 0,5 pt." in plain(low.message) and "« 0,5 pt : 0 % »" in plain(low.aide)
    assert "]2 pt ; 3 pt[, par exemple 2,5 pt." in plain(high.message)


def test_a_parametre_read_only_as_a_bound_is_read() -> None:
    read = compile_text(HEAD + seuils("moins de seuil : NR", "à partir de seuil : R"))
    assert read.politique is not None and not [d for d in read.diagnostics if "« seuil »" in d.message]
    idle = compile_text(HEAD + seuils(*THREE)).diagnostics
    assert [plain(d.message) for d in idle if "paramètre" in d.message] == [
        "Le paramètre « seuil » n'est lu par aucune règle."
    ]


SEED = 49_98


def test_what_a_witness_says_is_true() -> None:
    """Facts found for a value of an expression give that value back."""
    print("seed", SEED)
    rng = random.Random(SEED)
    answered = 0
    for _ in range(80):
        text = rng.choice(["mesure(C1)", "croissance", "taux"])
        for _step in range(rng.randint(0, 3)):
            a = rng.randint(1, 150)
            form = rng.choice(["max({} ; {} %)", "min({} ; {} %)", "({}) + {} pt", "({}) - {} pt"])
            text = form.format(text, a)
        politique = compile_text(HEAD + f"calcul k « K » : taux\n  {text}\n" + seuils(*THREE)).politique
        assert politique is not None
        noeud = politique.calculs["k"].expression
        for _value in range(10):
            wanted = F(rng.randint(-100, 300), 100)
            facts = solve(Domaines(politique), noeud, wanted)
            if facts:
                answered += 1
                given = {n.nom: v for n, v in facts.items() if isinstance(n, Fait)}
                one = Etablissement("x", secteurs=("MCO",), faits=given)
                assert Interpreteur(politique, one).eval(noeud).valeur == wanted, (text, given)
    assert answered > 100, answered
