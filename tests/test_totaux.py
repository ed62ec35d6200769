"""Declared totals and printed shares against the criteria."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction as F

from test_tables import critere, politique

from caqes_dsl.base.diagnostics import Diagnostic, Severite
from caqes_dsl.base.source import Source, Span
from caqes_dsl.model.checks.totaux import check_totaux
from caqes_dsl.model.nodes import Critere, Titre, Total, Variante

S = Span(Source.from_text("t", ""), 0, 0)
PERCENT = F(1, 100)


def total(value: int, secteur: str = "", unite: str = "points", soit: int | None = None) -> Total:
    return Total(secteur, unite, F(value), None if soit is None else F(soit, 100), PERCENT if soit else None, "", S)


def volet(*totaux: Total) -> Titre:
    return Titre("v", "V", "", S, 1, "", "", "", totaux)


def chapitre(nom: str, *totaux: Total) -> Titre:
    return Titre(nom, nom, "", S, 2, "v", "", "", totaux)


def criteria(chapter: str, count: int, weight: int, secteurs: str = "MCO HAD") -> list[Critere]:
    return [
        critere(f"{chapter}_{k}", poids=weight, volet="v", chapitre=chapter, secteurs=secteurs) for k in range(count)
    ]


def run(head: Titre, chapters: tuple[Titre, ...], members: list[Critere]) -> list[Diagnostic]:
    return check_totaux(politique(criteres=tuple(members), volets=(head,), chapitres=chapters))


def text(d: Diagnostic) -> str:
    return d.message.replace("\u00a0", " ")


def test_normandie_2018_totals() -> None:
    """The printed 105 points, 62 in HAD, six chapters of 100 points whose shares make 96 %."""
    printed = {"a": (47, 45), "b": (36, 34), "c": (5, 5), "d": (4, 4), "e": (4, 4), "f": (4, 4)}
    chapters = tuple(chapitre(n, total(p, soit=s)) for n, (p, s) in printed.items())
    members = [c for n, (p, _) in printed.items() for c in criteria(n, p, 1, "MCO HAD" if n == "a" else "MCO")]
    members += criteria("specifique_had", 5, 1, "HAD")
    head = volet(total(105), total(105, unite="critères"), total(52, "HAD"))
    found = run(head, (*chapters, chapitre("specifique_had")), members)
    assert [(d.code, d.severite) for d in found] == [("CAQ312", Severite.NOTE)]
    assert text(found[0]) == (
        "100 points déclarés dans les chapitres, 105 en tout : 5 points seulement en HAD (specifique_had) ; "
        "les parts imprimées des chapitres font 96 %, et non 100 %."
    )


def test_shares_beside_an_undeclared_chapter() -> None:
    """No declared total above: the shares alone are wanting, and the note says what is outside."""
    members = criteria("a", 3, 1) + criteria("hors", 1, 1, "HAD")
    found = run(volet(), (chapitre("a", total(3, soit=75)), chapitre("hors")), members)
    assert [d.code for d in found] == ["CAQ312"]
    assert "font 75 %, et non 100 % : 1 point, soit 25 %, n'est dans aucun chapitre" in text(found[0])


def test_false_totals_are_errors() -> None:
    members = criteria("a", 3, 2)
    found = run(volet(total(5), total(3, unite="critères"), total(7, "HAD")), (), members)
    assert [d.code for d in found] == ["CAQ311", "CAQ311"]
    assert "déclare 5 points ; ses critères en font 6 points : 1 point de trop" in text(found[0])
    assert "déclare 7 points pour HAD" in text(found[1]) and "1 point manque" in text(found[1])
    assert "a_0 (2" in found[0].aide


def test_variant_weight_counts_for_its_sector() -> None:
    members = [replace(c, variantes=(Variante(("HAD",), poids=F(1)),)) for c in criteria("a", 2, 2)]
    assert not run(volet(total(4), total(2, "HAD"), total(4, "MCO")), (), members)
    assert [d.code for d in run(volet(total(4, "HAD")), (), members)] == ["CAQ311"]


def test_false_share() -> None:
    members = criteria("a", 1, 1) + criteria("b", 2, 1)
    found = run(volet(total(3)), (chapitre("a", total(1, soit=33)), chapitre("b", total(2, soit=66))), members)
    assert [d.code for d in found] == ["CAQ311", "CAQ312"]
    assert "67 %" in text(found[0]) and "« soit 66 % »" in text(found[0])


def test_shares_that_differ_by_rounding_only() -> None:
    members = [c for n in "abc" for c in criteria(n, 1, 1)]
    found = run(volet(total(3)), tuple(chapitre(n, total(1, soit=33)) for n in "abc"), members)
    assert [d.code for d in found] == ["CAQ312"]
    assert "arrondis" in text(found[0])
