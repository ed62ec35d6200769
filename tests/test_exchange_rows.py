"""Rows typed by the policy: who they are about, what they answer, what they transmit; every fault with its place."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from exchange_kit import ENTETE, POLITIQUE, A, B, codes, compiled, errors, essai, only, read_line, read_text

from caqes_dsl.base.diagnostics import Diagnostic, Severite
from caqes_dsl.base.quantities import Valeur
from caqes_dsl.evaluation.explain import evaluate
from caqes_dsl.evaluation.facts import Etablissement, Retenu
from caqes_dsl.exchange import findings
from caqes_dsl.exchange.cohort import Cohorte
from caqes_dsl.exchange.read import exercise_of, read_bytes_as
from caqes_dsl.exchange.rows import MAX_REASONS

ERREUR, AVERTISSEMENT, NOTE = Severite.ERREUR, Severite.AVERTISSEMENT, Severite.NOTE


def accepted(cohorte: Cohorte) -> Etablissement:
    assert errors(cohorte) == []
    assert len(cohorte.etablissements) == 1
    return cohorte.etablissements[0]


def fault(cohorte: Cohorte, code: str) -> Diagnostic:
    """The one error, which sets the one establishment aside and nothing else."""
    found = only(errors(cohorte))
    assert found.code == code and found.aide
    assert cohorte.etablissements == () and not cohorte.refusee
    assert len(cohorte.ecartes) == 1 and cohorte.ecartes[0].diagnostics == (found,)
    return found


# FINESS


@pytest.mark.parametrize("finess", [A, B, "010000107", "2A0000014", "2B0000025"])
def test_nine_characters_are_kept_as_text(finess: str) -> None:
    cohorte = read_text(f"{ENTETE}\n{finess};2018;MCO\n")
    assert accepted(cohorte).finess == finess
    assert cohorte.diagnostics == (), "the check digit of Corsica is not known: nothing is said of it"


@pytest.mark.parametrize(
    ("lu", "aide"),
    [
        ("10000107", "« 010000107 »"),
        ("", "neuf caractères"),
        ("1400001000", "neuf chiffres"),
        ("1,4E+08", "neuf chiffres"),
        ("2C0000014", "neuf chiffres"),
        ("A40000100", "neuf chiffres"),
        ("١٤٠٠٠٠١٠٠", "neuf chiffres"),
    ],
)
def test_another_form_is_refused(lu: str, aide: str) -> None:
    found = fault(read_text(f"{ENTETE}\n{lu};2018;MCO\n"), "CAQ607")
    assert aide in found.aide
    assert found.lieu == "ligne 2, colonne finess"


def test_a_wrong_check_digit_is_a_warning() -> None:
    cohorte = read_text(f"{ENTETE}\n140000101;2018;MCO\n")
    assert accepted(cohorte).finess == "140000101"
    assert [(d.code, d.severite) for d in cohorte.diagnostics] == [("CAQ608", AVERTISSEMENT)]


@pytest.mark.parametrize("lu", ["14 000 010 0", "'140000100", "2a0000014"])
def test_a_finess_read_in_another_writing_is_said(lu: str) -> None:
    cohorte = read_text(f"{ENTETE}\n{lu};2018;MCO\n")
    assert len(accepted(cohorte).finess) == 9
    assert codes(cohorte.diagnostics) == ["CAQ612"]


def test_the_other_finess_are_checked_too() -> None:
    found = fault(read_text(f"{ENTETE};finess_ej\n{A};2018;MCO;1400\n"), "CAQ607")
    assert found.lieu == "ligne 2, colonne finess_ej"


# Exercice and secteurs


@pytest.mark.parametrize("lu", ["", "18", "2018-2019", "vers 2018", "2018,5", "20180", "0", "-2018"])
def test_an_exercice_is_a_year(lu: str) -> None:
    cohorte = read_text(f"{ENTETE}\n{A};{lu};MCO\n{B};2018;MCO\n")
    assert only(errors(cohorte)).code == "CAQ604"
    assert [e.finess for e in cohorte.etablissements] == [B]
    assert [(e.finess, e.exercice) for e in cohorte.ecartes] == [(A, None)]


@pytest.mark.parametrize(
    ("lu", "attendu"),
    [("MCO", ("MCO",)), ("MCO+SSR", ("MCO", "SSR")), (" SSR + MCO ", ("SSR", "MCO")), ("mco", ("MCO",)),
     ("Soins de suite+HAD", ("SSR", "HAD")), ("MCO+MCO", ("MCO",))],
)  # fmt: skip
def test_sectors_are_joined_by_a_plus(lu: str, attendu: tuple[str, ...]) -> None:
    cohorte = read_text(f"{ENTETE}\n{A};2018;{lu}\n")
    assert accepted(cohorte).secteurs == attendu
    assert (cohorte.diagnostics == ()) == (lu.strip() in ("MCO", "MCO+SSR", "SSR + MCO"))


@pytest.mark.parametrize(
    ("lu", "aide"),
    [
        ("", "MCO, SSR, HAD"),
        ("SRR", "« SSR »"),
        ("MCO+SRR", "« SSR »"),
        ("MCO, SSR", "« MCO+SSR »"),
        ("MCO/SSR", "« MCO+SSR »"),
        ("MCO SSR", "« MCO+SSR »"),
        ("MCO+", "« + »"),
        ("ville", "MCO ou SSR ou HAD"),
    ],
)
def test_an_unknown_sector_is_refused_with_a_proposal(lu: str, aide: str) -> None:
    assert aide in fault(read_text(f"{ENTETE}\n{A};2018;{lu}\n"), "CAQ611").aide


@pytest.mark.parametrize(
    "text", ["finess;exercice;n\n{};2019;4\n", "finess;exercice;secteurs;n\n{};2019;;4\n"], ids=["sans colonne", "vide"]
)
def test_a_policy_without_sectors_asks_for_none(text: str) -> None:
    politique = compiled("caqes 1\npolitique p « P » exercice 2019 source « S »\ndonnée n « N » : entier ≥ 0\n")
    establishment = accepted(read_bytes_as(politique, text.format(A).encode(), "f.csv"))
    assert establishment.secteurs == () and dict(establishment.faits) == {"n": 4}


# Answers


@pytest.mark.parametrize(
    ("lu", "attendu"),
    [("R", "R"), ("r", "R"), ("PR", "PR"), ("Réalisé", "R"), ("realise", "R"), ("NON RÉALISÉ", "NR"),
     ("Partiellement  réalisé", "PR"), ("NR", "NR"), ("re\u0301alise\u0301", "R")],
)  # fmt: skip
def test_a_level_is_known_by_its_name_or_its_label(lu: str, attendu: str) -> None:
    cohorte = read_line("C1", lu)
    assert accepted(cohorte).reponses == {"C1": attendu}
    assert cohorte.diagnostics == ()


@pytest.mark.parametrize(
    "lu",
    ["non communiqué", "Non communiquée", "NR?", "NR ?", "n.c.", "N.C.", "NC ?", "n.r.", "non renseigné", "NA", "N/A",
     "n/a", "?", "-", "—", "à compléter", "En attente", "inconnu", "ND"],
)  # fmt: skip
def test_what_says_nothing_is_not_transmitted_and_said(lu: str) -> None:
    cohorte = read_line("C1;lits", f"{lu};{lu}")
    found = accepted(cohorte)
    assert (found.reponses, found.faits) == ({}, {})
    assert [(d.code, d.severite) for d in cohorte.diagnostics] == [("CAQ615", AVERTISSEMENT)] * 2
    assert cohorte.diagnostics[0].lieu == "ligne 2, colonne C1"
    assert f"« {lu} »" in cohorte.diagnostics[0].message


@pytest.mark.parametrize("lu", ["NC", "NR"])
def test_nc_and_nr_are_no_numbers(lu: str) -> None:
    assert codes(read_line("lits", lu).diagnostics) == ["CAQ615"]


@pytest.mark.parametrize("lu", ["fait", "oui", "1", "RR", "Part. réalisé", "R/NR", "R?", "néant", "sans objet"])
def test_a_word_that_is_no_level_is_refused(lu: str) -> None:
    found = fault(read_line("C1", lu), "CAQ606")
    assert "R (Réalisé) ou PR (Partiellement réalisé) ou NR (Non réalisé)" in found.aide.replace("  ", " ")


def test_a_level_that_the_criterion_does_not_admit_is_refused() -> None:
    found = fault(read_line("C2", "PR"), "CAQ606")
    assert found.message == "Le critère C2 n'admet pas « PR »."
    assert found.aide == "Écrivez R (Réalisé) ou NR (Non réalisé)."


def test_nc_needs_the_policy_and_a_reason() -> None:
    admitted = accepted(read_line("C1;C1_motif", "NC;activité fermée depuis 2016"))
    assert (admitted.reponses, admitted.motifs) == ({"C1": "NC"}, {"C1": "activité fermée depuis 2016"})
    assert evaluate(essai(), admitted).criteres["C1"].statut == "neutre"
    assert "C1_motif" in fault(read_line("C1", "NC"), "CAQ610").aide
    assert "C1_motif" in fault(read_line("C1;C1_motif", "Non concerné;  "), "CAQ610").aide
    assert "ne peut pas" in fault(read_line("C2;C2_motif", "NC;activité fermée"), "CAQ610").message
    assert "ne peut pas" in fault(read_line("C3;C3_motif", "NC;activité fermée"), "CAQ610").message


@pytest.mark.parametrize(
    ("colonnes", "valeurs", "secteurs", "mot"),
    [
        ("C2", "R", "SSR", "ne s'applique pas"),
        ("C2", "fait", "SSR", "ne s'applique pas"),
        ("C3", "R", "MCO", "est mesuré"),
        ("C3", "89 %", "MCO", "est mesuré"),
        ("C1;C1_motif", "R;fermé", "MCO", "n'est pas « NC »"),
        ("C1;C1_motif", ";fermé", "MCO", "n'a pas de réponse"),
        ("lits;lits_source", ";SAE", "MCO", "donnée vide"),
        ("financiere_motif", "clémence", "MCO", "montant retenu vide"),
    ],
)
def test_what_has_no_effect_is_said(colonnes: str, valeurs: str, secteurs: str, mot: str) -> None:
    cohorte = read_line(colonnes, valeurs, secteurs=secteurs)
    found = accepted(cohorte)
    assert found.reponses in ({}, {"C1": "R"}) and not found.motifs and not found.provenances and not found.retenus
    said = only(cohorte.diagnostics)
    assert (said.code, said.severite) == ("CAQ616", AVERTISSEMENT)
    assert mot in said.message and said.lieu.startswith("ligne 2, colonne ")


# Facts


@pytest.mark.parametrize(
    ("colonne", "lu", "attendu"),
    [
        ("lits", "1 200", Fraction(1200)),
        ("taux", "53 %", Fraction(53, 100)),
        ("gain", "2,5 pt", Fraction(25, 1000)),
        ("produits", "5 075 038,64 €", Fraction(507503864, 100)),
        ("indice", "-0,5", Fraction(-1, 2)),
        ("bonus", "3 points", Fraction(3)),
        ("sejour", "3 semaines", Fraction(21)),
        ("visite", "31/12/2018", date(2018, 12, 31)),
        ("visite", "1/3/2018", date(2018, 3, 1)),
        ("visite", "2018-12-31", date(2018, 12, 31)),
        ("chartre", "oui", True),
        ("chartre", "FAUX", False),
        ("taille", "moyenne", "moyenne"),
        ("taille", "Moyenne", "moyenne"),
    ],
)
def test_a_fact_is_read_by_its_type(colonne: str, lu: str, attendu: Valeur) -> None:
    cohorte = read_line(colonne, lu)
    assert accepted(cohorte).faits == {colonne: attendu}
    assert cohorte.diagnostics == ()


@pytest.mark.parametrize(
    ("colonne", "lu", "aide"),
    [
        ("lits", "12,5", "entier"),
        ("lits", "environ 120", "120"),
        ("taux", "53", "« 53 % »"),
        ("gain", "5 %", "« 5 pt »"),
        ("produits", "inf", "1 234,56"),
        ("produits", "1e5", "en entier"),
        ("produits", "9" * 31, "Arrondissez"),
        ("produits", "=1+2", "la valeur"),
        ("visite", "31/11/2018", "le jour et le mois"),
        ("visite", "31/12/18", "« 31/12/2018 »"),
        ("visite", "décembre 2018", "31/12/2018"),
        ("visite", "43465", "31/12/2018"),
        ("chartre", "peut-être", "« oui » ou « non »"),
        ("chartre", "1", "« oui » ou « non »"),
        ("taille", "moyene", "« moyenne »"),
        ("taille", "immense", "« petite » ou « moyenne » ou « grande »"),
    ],
)
def test_a_value_that_is_not_of_the_type_is_refused(colonne: str, lu: str, aide: str) -> None:
    found = fault(read_line(colonne, lu), "CAQ604")
    assert aide in found.aide
    assert found.lieu == f"ligne 2, colonne {colonne}"


@pytest.mark.parametrize(
    ("colonnes", "valeurs", "ou"),
    [
        ("lits", "-1", "lits"),
        ("occupes;lits", "11;10", "occupes"),
        ("produits", "-0,01", "produits"),
    ],
)
def test_a_value_outside_its_bounds_is_refused(colonnes: str, valeurs: str, ou: str) -> None:
    found = fault(read_line(colonnes, valeurs), "CAQ605")
    assert found.lieu == f"ligne 2, colonne {ou}"
    assert f"« {valeurs.split(';')[0]} »" in found.message


@pytest.mark.parametrize("valeurs", ["0;0", "10;10", "11;"])
def test_bounds_hold_at_their_ends_and_wait_for_what_they_read(valeurs: str) -> None:
    assert accepted(read_line("occupes;lits", valeurs)).faits


def test_the_origin_of_a_fact_is_kept() -> None:
    assert accepted(read_line("lits;lits_source", "12;SAE 2018")).provenances == {"lits": "SAE 2018"}


def test_every_fault_of_a_row_is_said() -> None:
    cohorte = read_text(f"{ENTETE};C1;lits;taux\n14;2018;MC0;fait;x;53\n")
    assert codes(errors(cohorte)) == ["CAQ607", "CAQ611", "CAQ606", "CAQ604", "CAQ604"]
    assert [e.finess for e in cohorte.ecartes] == ["14"]
    assert cohorte.ecartes[0].secteurs == ("MC0",)
    assert len(cohorte.ecartes[0].diagnostics) == 5


# Earlier exercises


PASSE = f"{ENTETE};C1;lits;score;score_usage;points\n"


def test_earlier_rows_are_the_past() -> None:
    cohorte = read_text(f"{PASSE}{A};2018;MCO;R;12;;;\n{A};2016;;PR;10;;;\n{A};2017;MCO;NR;11;68 %;0,5;48,5\n")
    found = accepted(cohorte)
    assert sorted(found.passes) == [2016, 2017]
    assert found.passes[2017].enregistres == {
        "score": Fraction(68, 100),
        "score_usage": Fraction(1, 2),
        "points": Fraction(97, 2),
    }
    assert found.passes[2016].faits == {"lits": Fraction(10)}
    assert found.passes[2017].lieu == "f.csv, ligne 4"
    assert codes(cohorte.diagnostics) == ["CAQ612"], "0,5 is said to be read as 50 %"


@pytest.mark.parametrize(
    ("lu", "code"), [("101 %", "CAQ605"), ("-1 %", "CAQ605"), ("68", "CAQ604"), ("≈ 54 %", "CAQ604")]
)
def test_an_error_in_the_past_sets_the_establishment_aside(lu: str, code: str) -> None:
    cohorte = read_text(f"{PASSE}{A};2017;MCO;;;{lu};;\n{A};2018;MCO;R;12;;;\n{B};2018;MCO;R;12;;;\n")
    assert [e.finess for e in cohorte.etablissements] == [B]
    aside = cohorte.ecartes[0]
    assert (aside.finess, aside.exercice, aside.lieu) == (A, 2018, "f.csv, ligne 3")
    assert codes(aside.diagnostics) == [code]
    assert aside.diagnostics[0].lieu == "ligne 2, colonne score"


def test_a_cut_row_of_the_past_sets_the_establishment_aside() -> None:
    cohorte = read_text(f"{PASSE}{A};2017;MCO\n{A};2018;MCO;R;12;;;\n")
    assert cohorte.etablissements == ()
    assert codes(cohorte.ecartes[0].diagnostics) == ["CAQ620"]


def test_a_result_of_the_exercise_itself_is_computed_not_read() -> None:
    cohorte = read_text(f"{PASSE}{A};2018;MCO;R;12;99 %;;\n")
    assert accepted(cohorte).enregistres == {}
    assert [(d.code, d.severite) for d in cohorte.diagnostics] == [("CAQ616", NOTE)]


def test_rows_to_come_are_not_read_and_said_once() -> None:
    later = "".join(f"{A};2019;MCO;n'importe quoi;x;;;\n{B};2020;???;;;;;\n" for _ in range(1))
    cohorte = read_text(f"{PASSE}{A};2018;MCO;R;12;;;\n{later}")
    assert accepted(cohorte).finess == A
    assert [(d.code, d.severite) for d in cohorte.diagnostics] == [("CAQ621", AVERTISSEMENT)] * 2


def test_an_establishment_with_only_a_past_is_said() -> None:
    cohorte = read_text(f"{PASSE}{A};2018;MCO;R;12;;;\n{B};2017;MCO;R;12;50 %;;\n")
    assert accepted(cohorte).finess == A
    said = only(cohorte.diagnostics)
    assert (said.code, said.message) == ("CAQ621", f"Sans ligne de l'exercice 2018, ne sont pas évalués : {B}.")


def test_another_exercise_can_be_asked_for() -> None:
    text = f"{PASSE}{A};2018;MCO;R;12;;;\n{A};2017;MCO;NR;11;;;\n"
    cohorte = read_text(text, exercice=2017)
    found = accepted(cohorte)
    assert (found.exercice, found.reponses, found.passes, cohorte.exercice) == (2017, {"C1": "NR"}, {}, 2017)
    absent = only(errors(read_text(text, exercice=2019)))
    assert (absent.code, absent.message) == (
        "CAQ613",
        "Aucune ligne n'est de l'exercice 2019 ; le fichier a : 2017, 2018.",
    )


def test_a_policy_of_several_years_needs_an_exercise() -> None:
    several = compiled(POLITIQUE.replace("  exercice 2018\n", "").replace("au 31/12/2018", "au 31/12/2020"))
    one = compiled(POLITIQUE.replace("  exercice 2018\n", ""))
    assert (exercise_of(several), exercise_of(one), exercise_of(essai())) == (None, 2018, 2018)
    data = f"{ENTETE}\n{A};2018;MCO\n".encode()
    assert codes(read_bytes_as(several, data, "f.csv").diagnostics) == ["CAQ613"]
    assert read_bytes_as(several, data, "f.csv", exercice=2018).etablissements


# Doubles, strictness, amounts retained


def test_rows_twice_are_all_refused() -> None:
    cohorte = read_text(f"{ENTETE}\n{A};2018;MCO\n{B};2018;MCO\n{A};2018;MCO\n")
    assert [e.finess for e in cohorte.etablissements] == [B]
    assert [(e.finess, e.lieu) for e in cohorte.ecartes] == [(A, "f.csv, ligne 2"), (A, "f.csv, ligne 4")]
    assert codes(cohorte.diagnostics) == ["CAQ609", "CAQ609"]
    assert "lignes 2, 4" in cohorte.diagnostics[0].message


def test_rows_of_the_past_twice_set_the_establishment_aside() -> None:
    cohorte = read_text(f"{ENTETE}\n{A};2018;MCO\n{A};2017;MCO\n{A};2017;SSR\n{B};2018;MCO\n")
    assert [e.finess for e in cohorte.etablissements] == [B]
    assert codes(cohorte.ecartes[0].diagnostics) == ["CAQ609", "CAQ609"]


def test_strict_refuses_all_for_one_error() -> None:
    text = f"{ENTETE};lits\n{A};2018;MCO;x\n{B};2018;MCO;12\n"
    lenient, strict = read_text(text), read_text(text, strict=True)
    assert [e.finess for e in lenient.etablissements] == [B] and not lenient.refusee
    assert strict.etablissements == () and strict.refusee
    assert [(e.finess, codes(e.diagnostics)) for e in strict.ecartes] == [(A, ["CAQ604"]), (B, ["CAQ623"])]
    assert read_text(f"{ENTETE}\n{A};2018;MCO\n", strict=True).etablissements


def test_the_amount_retained_stands_with_its_reason() -> None:
    cohorte = read_line("financiere_retenu;financiere_motif", "1 000,50 €;première année")
    assert accepted(cohorte).retenus == {"financiere": Retenu(Fraction(100050, 100), "première année")}
    unsaid = read_line("financiere_retenu", "0")
    assert accepted(unsaid).retenus == {"financiere": Retenu(Fraction(0), "")}
    assert [(d.code, d.severite) for d in unsaid.diagnostics] == [("CAQ612", AVERTISSEMENT)]
    negative = fault(read_line("financiere_retenu;financiere_motif", "-5;erreur"), "CAQ605")
    assert negative.message == "Un montant retenu est positif ou nul."


# Alike findings


def test_alike_notes_of_a_column_are_said_once_with_their_lines() -> None:
    rows = "".join(f"{n:09};2018;MCO;0,5\n" for n in finess_numbers(40))
    cohorte = read_text(f"{ENTETE};taux\n{rows}")
    assert len(cohorte.etablissements) == 40
    said = only(cohorte.diagnostics)
    assert (said.code, said.lieu) == ("CAQ612", "lignes 2 à 41, colonne taux")
    assert said.message == "« 0,5 » est lu 50 % ; de même à 39 autres endroits."


def test_errors_are_each_said() -> None:
    rows = "".join(f"{n:09};2018;MCO;53\n" for n in finess_numbers(40))
    cohorte = read_text(f"{ENTETE};taux\n{rows}")
    assert [d.lieu for d in cohorte.diagnostics] == [f"ligne {n}, colonne taux" for n in range(2, 42)]
    assert len(cohorte.ecartes) == 40


def test_findings_are_kept_up_to_a_limit_and_counted_beyond(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = "".join(f"{n:09};2018;MCO;53\n" for n in finess_numbers(40))
    monkeypatch.setattr(findings, "MAX_KEPT", 30)
    cohorte = read_text(f"{ENTETE};taux\n{rows}")
    assert codes(cohorte.diagnostics) == ["CAQ604"] * 30 + ["CAQ618"]
    assert cohorte.diagnostics[-1].message.startswith("10 autres constats")
    assert [codes(e.diagnostics) for e in cohorte.ecartes] == [["CAQ604"]] * 40, "each row keeps its own reasons"


def test_reasons_of_a_row_are_kept_up_to_a_limit_and_counted_beyond() -> None:
    criteres = "".join(f"critère K{n} « K{n} »\n  poids 1 point\n  secteurs tous\n" for n in range(MAX_REASONS + 20))
    politique = compiled(POLITIQUE.replace("calcul ecart", f"{criteres}\ncalcul ecart"))
    headings = ";".join(f"K{n}" for n in range(MAX_REASONS + 20))
    text = f"{ENTETE};{headings};lits\n{A};2018;MCO" + ";fait" * (MAX_REASONS + 20) + ";x\n"
    (aside,) = read_bytes_as(politique, text.encode(), "f.csv").ecartes
    assert codes(aside.diagnostics) == ["CAQ606"] * MAX_REASONS + ["CAQ618"]
    assert aside.diagnostics[-1].message == "La ligne a 21 autres constats, qui ne sont pas détaillés."


def test_a_heading_that_the_policy_gives_two_meanings_is_refused() -> None:
    politique = compiled(POLITIQUE.replace("donnée lits «", "donnée raison_sociale « Taille » : entier\ndonnée lits «"))
    text = f"{ENTETE};raison_sociale\n{A};2018;MCO;12\n"
    cohorte = read_bytes_as(politique, text.encode(), "f.csv")
    found = only(errors(cohorte))
    assert cohorte.refusee and (found.code, found.lieu) == ("CAQ602", "colonne raison_sociale")
    assert found.message.endswith("deux sens dans cette politique : « raison_sociale » et « donnée ».")
    assert read_bytes_as(politique, f"{ENTETE}\n{A};2018;MCO\n".encode(), "f.csv").etablissements


def finess_numbers(count: int) -> list[int]:
    """Numbers whose check digit is right."""
    from caqes_dsl.exchange.identity import luhn

    return [n for n in range(140_000_000, 140_010_000) if luhn(str(n))][:count]
