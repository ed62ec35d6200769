"""CSV files as they come: encodings, separators, quotes, headings, rows; each trap refused or said with its place."""

from __future__ import annotations

import hashlib
from fractions import Fraction
from pathlib import Path

import pytest
from exchange_kit import ENTETE, A, B, codes, errors, essai, only, read_text
from hypothesis import given
from hypothesis import strategies as st

from caqes_dsl.base.diagnostics import Severite
from caqes_dsl.evaluation.facts import Etablissement
from caqes_dsl.exchange.cohort import Cohorte
from caqes_dsl.exchange.read import read_cohort
from caqes_dsl.exchange.table import MAX_BYTES, MAX_CELLS, MAX_ROWS

LIGNE = f"{A};2018;MCO"


def hospital(cohorte: Cohorte) -> Etablissement:
    assert len(cohorte.etablissements) == 1, cohorte.diagnostics
    return cohorte.etablissements[0]


def refused(cohorte: Cohorte, code: str) -> str:
    """Message of the one error of a file that is refused whole."""
    assert cohorte.refusee and cohorte.etablissements == ()
    found = only(errors(cohorte))
    assert (found.code, bool(found.aide), found.fichier) == (code, True, "f.csv")
    return found.message


def test_a_sound_file_says_nothing() -> None:
    cohorte = read_text(f"\ufeff{ENTETE};raison_sociale;C1;lits\r\n{LIGNE};Clinique de l'Été;PR;1 200\r\n")
    assert cohorte.diagnostics == () and cohorte.ecartes == () and not cohorte.refusee
    found = hospital(cohorte)
    assert (found.finess, found.exercice, found.secteurs) == (A, 2018, ("MCO",))
    assert found.raison_sociale == "Clinique de l'Été"
    assert found.reponses == {"C1": "PR"} and found.faits == {"lits": Fraction(1200)}
    assert found.lieu == "f.csv, ligne 2"


# Encodings


def test_windows_1252_is_read_and_said() -> None:
    cohorte = read_text(f"{ENTETE};raison_sociale\n{LIGNE};Hôpital de l’Œuvre – 5 €\n".encode("cp1252"))
    assert hospital(cohorte).raison_sociale == "Hôpital de l’Œuvre – 5 €"
    note = only(cohorte.diagnostics)
    assert (note.code, note.severite) == ("CAQ612", Severite.NOTE)
    assert note.message == "Le fichier est lu en Windows-1252 : il n'est pas en UTF-8 (ligne 2)."


@pytest.mark.parametrize("encodage", ["mac_roman", "cp437", "cp850"])
def test_another_encoding_is_not_taken_for_windows_1252(encodage: str) -> None:
    cohorte = read_text(f"{ENTETE};raison_sociale\n{LIGNE};Établissement réalisé\n".encode(encodage))
    assert "ni UTF-8 ni Windows-1252 (ligne 2)" in refused(cohorte, "CAQ601")


@pytest.mark.parametrize("encodage", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16_is_refused(encodage: str) -> None:
    refused(read_text(f"{ENTETE}\n{LIGNE}\n".encode(encodage)), "CAQ601")


def test_a_nul_byte_is_refused_with_its_line() -> None:
    assert "octet nul (ligne 2)" in refused(read_text(f"{ENTETE}\n{LIGNE}\x00\n"), "CAQ601")


# Separators


@pytest.mark.parametrize(("separateur", "nom"), [(",", "la virgule"), ("\t", "la tabulation")])
def test_another_separator_is_recognised_and_said(separateur: str, nom: str) -> None:
    text = f"{ENTETE};lits;taux\n{LIGNE};12;53 %\n".replace(";", separateur)
    cohorte = read_text(text)
    assert hospital(cohorte).faits == {"lits": Fraction(12), "taux": Fraction(53, 100)}
    assert only(cohorte.diagnostics).message == f"Les cellules sont séparées par {nom}, et non par le point-virgule."


def test_a_comma_in_a_comma_separated_file_may_be_either() -> None:
    found = only(errors(read_text(f'finess,exercice,secteurs,indice\n{A},2018,MCO,"1,234"\n')))
    assert found.message == "« 1,234 » peut être 1234 ou 1,234 : sa valeur est douteuse."


def test_excel_says_its_separator_on_a_first_line() -> None:
    cohorte = read_text(f"sep=;\r\n{ENTETE}\r\n{LIGNE};;\r\n")
    assert hospital(cohorte).lieu == "f.csv, ligne 3"


def test_an_unknown_separator_is_an_absent_column() -> None:
    cohorte = read_text(f"{ENTETE}\n{LIGNE}\n".replace(";", "|"))
    assert cohorte.refusee
    assert codes(errors(cohorte)) == ["CAQ603"] * 3
    assert "points-virgules" in errors(cohorte)[0].aide


# Quotes and records


def test_a_quoted_text_may_hold_separators_quotes_and_line_ends() -> None:
    cohorte = read_text(f'{ENTETE};raison_sociale;lits\n{LIGNE};"Clinique ""A"" ; site\nnord";12\n{B};2018;MCO;x;3\n')
    first, second = cohorte.etablissements
    assert first.raison_sociale == 'Clinique "A" ; site\nnord'
    assert (first.lieu, second.lieu) == ("f.csv, ligne 2", "f.csv, ligne 4")


@pytest.mark.parametrize("rest", ['"Clinique\n' + LIGNE, '"Clinique" du Nord\n'])
def test_a_quote_that_goes_wrong_refuses_the_file_at_its_line(rest: str) -> None:
    cohorte = read_text(f"{ENTETE};raison_sociale\n{B};2018;MCO;x\n{LIGNE};{rest}")
    assert "guillemets de la ligne 3" in refused(cohorte, "CAQ601")
    assert [e.finess for e in cohorte.ecartes] == [B], "what was read before is set aside, not lost"


@pytest.mark.parametrize(("ligne", "nombre"), [(f"{A};2018;MCO", 3), (f"{A};2018;MCO;Clinique;site nord;12", 6)])
def test_a_row_of_another_length_is_refused(ligne: str, nombre: int) -> None:
    cohorte = read_text(f"{ENTETE};raison_sociale;lits\n{B};2018;MCO;x;3\n{ligne}\n")
    assert [e.finess for e in cohorte.etablissements] == [B]
    found = only(errors(cohorte))
    assert cohorte.ecartes[0].diagnostics == (found,)
    assert (found.code, found.lieu) == ("CAQ620", "ligne 3")
    assert f"{nombre} cellules pour 5 colonnes" in found.message


def test_empty_cells_at_the_end_of_a_row_are_nothing() -> None:
    assert read_text(f"{ENTETE};;\n{LIGNE};;;;;\n").diagnostics == ()


def test_empty_rows_are_said_when_others_follow() -> None:
    cohorte = read_text(f"{ENTETE}\n\n;;\n{LIGNE}\n\n;;\n")
    assert hospital(cohorte).lieu == "f.csv, ligne 4"
    assert only(cohorte.diagnostics).message == "Des lignes vides sont passées : lignes 2 à 3."


@pytest.mark.parametrize("texte", ["", "\n\n", ";;;\n", "\ufeff"])
def test_an_empty_file_is_refused(texte: str) -> None:
    assert refused(read_text(texte), "CAQ601") == "Le fichier est vide."


def test_headings_alone_are_no_cohort() -> None:
    assert refused(read_text(f"{ENTETE}\n"), "CAQ613") == "Le fichier n'a aucune ligne d'établissement."


# Headings


def test_a_heading_close_to_a_known_one_refuses_the_file() -> None:
    cohorte = read_text(f"{ENTETE};lit\n{LIGNE};12\n")
    assert refused(cohorte, "CAQ602") == "La colonne « lit » n'est pas dans la politique."
    assert "« lits »" in errors(cohorte)[0].aide
    aside = only_ecarte(cohorte)
    assert aside == (A, ["CAQ602"])


def only_ecarte(cohorte: Cohorte) -> tuple[str, list[str]]:
    assert len(cohorte.ecartes) == 1
    return cohorte.ecartes[0].finess, codes(cohorte.ecartes[0].diagnostics)


def test_a_heading_close_to_none_is_said_and_not_read() -> None:
    cohorte = read_text(f"{ENTETE};telephone;adresse postale\n{LIGNE};02;x\n")
    assert hospital(cohorte).faits == {}
    found = only(cohorte.diagnostics)
    assert (found.code, found.severite) == ("CAQ617", Severite.AVERTISSEMENT)
    assert "« telephone », « adresse postale »" in found.message


def test_results_given_back_as_data_are_not_read() -> None:
    cohorte = read_text(f"{ENTETE};statut;ecart;financiere;financiere_certitude\n{LIGNE};complet;2 pt;100;certain\n")
    assert codes(cohorte.diagnostics) == ["CAQ617"]
    assert hospital(cohorte).retenus == {}


def test_headings_are_known_whatever_their_accents_case_and_spaces() -> None:
    cohorte = read_text(f"FINESS;Exercice;SECTEURS;Raison sociale;c1\n{LIGNE};Clinique;R\n")
    assert (hospital(cohorte).raison_sociale, hospital(cohorte).reponses) == ("Clinique", {"C1": "R"})
    assert [d.message for d in cohorte.diagnostics] == [
        "La colonne « Raison sociale » est lue comme « raison_sociale ».",
        "La colonne « c1 » est lue comme « C1 ».",
    ]


@pytest.mark.parametrize("seconde", ["lits", "Lits", "LITS "])
def test_a_heading_twice_is_refused(seconde: str) -> None:
    assert refused(read_text(f"{ENTETE};lits;{seconde}\n{LIGNE};12;13\n"), "CAQ622")


def test_values_under_no_heading_refuse_their_row() -> None:
    cohorte = read_text(f"{ENTETE};;lits\n{LIGNE};12;12\n{B};2018;MCO;;12\n")
    assert [e.finess for e in cohorte.etablissements] == [B]
    assert only_ecarte(cohorte) == (A, ["CAQ620"])


@pytest.mark.parametrize("absente", ["finess", "exercice", "secteurs"])
def test_a_mandatory_heading_is_missed(absente: str) -> None:
    kept = [h for h in ENTETE.split(";") if h != absente]
    cohorte = read_text(";".join([*kept, "lits"]) + f"\n{A};2018;12\n")
    assert f"« {absente} »" in refused(cohorte, "CAQ603")


# Files


@pytest.mark.parametrize(
    ("nom", "contenu", "mot"),
    [
        ("f.csv", b"PK\x03\x04", "un classeur"),
        ("f.csv", b"PAR1....PAR1", "Parquet"),
        ("f.xlsx", b"finess;exercice", "n'est pas un classeur"),
        ("f.parquet", b"finess;exercice", "n'est pas un fichier Parquet"),
        ("f.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1....", "mot de passe"),
        ("f.doc", b"bonjour", "n'est pas lu"),
    ],
)
def test_a_content_that_is_not_what_its_name_says_is_refused(nom: str, contenu: bytes, mot: str) -> None:
    cohorte = read_text(contenu, nom=nom)
    assert cohorte.refusee
    assert mot in only(cohorte.diagnostics).message


def test_a_file_that_cannot_be_opened_says_why(tmp_path: Path) -> None:
    absent = only(read_cohort(essai(), tmp_path / "absent.csv").diagnostics)
    folder = only(read_cohort(essai(), tmp_path).diagnostics)
    assert (absent.code, absent.message) == ("CAQ601", "Le fichier n'existe pas.")
    assert (folder.code, folder.message) == ("CAQ601", "Le dossier ne contient aucun classeur (.xlsx).")


def test_a_file_is_known_by_its_name_and_hash(tmp_path: Path) -> None:
    path = tmp_path / "retours.csv"
    path.write_text(f"{ENTETE}\n{LIGNE}\n", "utf-8")
    cohorte = read_cohort(essai(), path)
    assert cohorte.fichier == str(path)
    assert cohorte.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert hospital(cohorte).lieu == "retours.csv, ligne 2"


# Limits


def test_the_size_of_a_file_is_limited_on_both_sides() -> None:
    later = f"{B};2019;MCO;{'x' * 30_000}\n"
    base = f"{ENTETE};raison_sociale\n" + later * (MAX_BYTES // len(later) - 1) + f"{LIGNE};"
    text = base + "x" * (MAX_BYTES - len(base))
    assert read_text(text[:-30_000] + "\n" * 30_000).etablissements
    assert "20 Mio" in refused(read_text(text + "\n"), "CAQ618")


def test_the_number_of_cells_is_limited() -> None:
    wide = ";" * 16_383
    wide_rows = MAX_CELLS // 16_384
    assert "CAQ618" not in codes(read_text(f"{ENTETE}\n{LIGNE}{wide[: 16_383 - 2]}\n").diagnostics)
    assert "cellules" in refused(read_text(f"{ENTETE}\n" + f"{wide}\n" * (wide_rows + 1)), "CAQ618")
    assert "colonnes" in refused(read_text(f"{ENTETE};{wide}\n{LIGNE}\n"), "CAQ618")


def test_the_number_of_rows_is_limited_on_both_sides() -> None:
    text = f"{ENTETE}\n{LIGNE}\n" + "\n" * (MAX_ROWS - 2)
    assert hospital(read_text(f"{text}{B};2017;MCO\n")).finess == A
    assert "lignes" in refused(read_text(f"{text}\n{B};2017;MCO\n"), "CAQ618")


def test_a_cell_that_swallows_the_file_is_named() -> None:
    cohorte = read_text(f'{ENTETE};raison_sociale\n{LIGNE};"' + "x\n" * 70_000)
    assert "ligne 2" in refused(cohorte, "CAQ618")


# Anything


@given(st.binary(max_size=300))
def test_no_bytes_raise(data: bytes) -> None:
    cohorte = read_text(data)
    assert cohorte.diagnostics and not cohorte.etablissements


@given(st.text(alphabet=f";\n\",'{A}2018MCO+R NC%", max_size=120))
def test_no_rows_raise_and_each_is_accounted_for(rest: str) -> None:
    cohorte = read_text(f"{ENTETE};C1;lits\n{LIGNE};R;12\n{rest}")
    if not cohorte.diagnostics:
        assert cohorte.etablissements and not cohorte.ecartes
    assert cohorte.etablissements or cohorte.ecartes or cohorte.refusee
