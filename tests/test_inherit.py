"""What inheritance promises beyond single cases: hashes, provenance, bounds, limits to what others write."""

from __future__ import annotations

from pathlib import Path

import pytest

from caqes_dsl.exchange.read import read_rows
from caqes_dsl.loader import MAX_FILES
from caqes_dsl.model.nodes import Politique, Provenance
from caqes_dsl.pipeline import Compilation, compile_path

NATIONAL = """caqes 1
politique p « P » exercice 2018 vigueur du 01/01/2018 au 31/12/2018 source « Arrêté »
secteur MCO « Médecine »
secteur HAD « Domicile »
niveau R « Réalisé » donne 100 %
niveau NR « Non réalisé » donne 0 %
donnée lits « Lits » : entier ≥ 1
donnée equipes « Lits équipés » : entier entre 0 et lits
paramètre taux « Taux » : taux 1 % à compter du 01/01/2017
notation score arrondi à 1 % avant comparaison
volet v « V » source « Volet »
  cible 50 %
  total 3 points
chapitre a « A »
critère C1 « Un » poids 1 point secteurs tous
critère C2 « Deux » poids 2 points secteurs tous
  mesure equipes / lits
  seuils
    à partir de 50 % : R
    moins de 50 %    : NR
  preuve « Relevé »
calcul ecart « Écart » : écart max(cible - score ; 0 pt)
"""


def write(folder: Path, **texts: str) -> None:
    for name, text in texts.items():
        (folder / f"{name}.caqes").write_text(text, encoding="utf-8")


def compiled(folder: Path, name: str) -> Compilation:
    return compile_path(folder / f"{name}.caqes")


def policy(folder: Path, name: str) -> Politique:
    done = compiled(folder, name)
    assert done.politique is not None, [f"{d.code} {d.message}" for d in done.diagnostics]
    return done.politique


def codes(done: Compilation) -> list[str]:
    return [d.code for d in done.diagnostics if d.is_error]


def of(politique: Politique, nom: str, clause: str) -> Provenance:
    return next(p for p in politique.provenances[nom] if p.clause == clause)


def places(provenance: Provenance) -> list[tuple[str, int]]:
    return [(Path(s.source.nom).name, s.ligne) for s in (provenance.span, *provenance.remplace)]


# ---------------------------------------------------------------- hashes


def test_a_child_that_changes_nothing_means_what_its_parent_means(tmp_path: Path) -> None:
    child = "caqes 1\npolitique suivante « Suivante » reprend « a.caqes »\n  exercice 2019 source « COPIL »\n"
    write(tmp_path, a=NATIONAL, b=child)
    parent, suivante = policy(tmp_path, "a"), policy(tmp_path, "b")
    assert suivante.empreinte_sens == parent.empreinte_sens
    assert suivante.empreinte != parent.empreinte


def test_a_value_in_force_that_changes_changes_the_meaning(tmp_path: Path) -> None:
    head = "caqes 1\npolitique suivante « Suivante » reprend « a.caqes »\n  exercice 2019\n"
    later = NATIONAL.replace("01/01/2017", "01/01/2017 2 % à compter du 01/01/2019")
    write(tmp_path, a=later, b=head, c=head.replace("exercice 2019", "exercice 2018"))
    parent = policy(tmp_path, "a")
    assert policy(tmp_path, "b").empreinte_sens != parent.empreinte_sens
    assert policy(tmp_path, "c").empreinte_sens == parent.empreinte_sens


@pytest.mark.parametrize("cut", ["donnée lits", "notation", "chapitre a", "critère C2", "calcul ecart"])
def test_splitting_over_files_changes_neither_hash(tmp_path: Path, cut: str) -> None:
    """The header is the same; what follows a heading reopens it."""
    place = NATIONAL.index(cut)
    head = NATIONAL.split("secteur MCO")[0]
    opened = {
        "chapitre a": "modifie volet v\n",
        "critère C2": "modifie chapitre a\n",
        "calcul ecart": "modifie volet v\n",
    }
    child = head.replace("exercice 2018", "reprend « a.caqes » exercice 2018", 1) + opened.get(cut, "")
    write(tmp_path, whole=NATIONAL, a=NATIONAL[:place], b=child + NATIONAL[place:])
    whole, split = policy(tmp_path, "whole"), policy(tmp_path, "b")
    assert (split.empreinte, split.empreinte_sens) == (whole.empreinte, whole.empreinte_sens)


def test_a_change_written_in_the_child_is_the_change_written_in_the_parent(tmp_path: Path) -> None:
    head = NATIONAL.split("secteur MCO")[0].replace("exercice 2018", "reprend « a.caqes » exercice 2018", 1)
    changes = "modifie critère C1 poids 4 points\nmodifie volet v total 6 points\n"
    direct = NATIONAL.replace("C1 « Un » poids 1 point", "C1 « Un » poids 4 points").replace("3 points", "6 points")
    write(tmp_path, a=NATIONAL, b=head + changes, c=direct)
    assert policy(tmp_path, "b").empreinte == policy(tmp_path, "c").empreinte


# ---------------------------------------------------------------- provenance


def test_each_clause_says_where_it_is_and_the_places_it_replaced(tmp_path: Path) -> None:
    an1 = """caqes 1
politique an1 « Un » reprend « a.caqes »
  exercice 2019
modifie critère C2
  seuils
    à partir de 60 % : R
    moins de 60 %    : NR
  motif « Progrès »
"""
    an2 = an1.replace("an1", "an2").replace("a.caqes", "b.caqes").replace("2019", "2020").replace("60 %", "70 %")
    write(
        tmp_path, a=NATIONAL, b=an1, c=an2 + "  sans preuve\nremplace critère C1 « Un » poids 1 point secteurs tous\n"
    )
    politique = policy(tmp_path, "c")
    seuils = of(politique, "C2", "seuils")
    assert places(seuils) == [("c.caqes", 5), ("b.caqes", 5), ("a.caqes", 18)]
    assert seuils.motif == "Progrès"
    assert places(of(politique, "C2", "poids")) == [("a.caqes", 16)]
    preuve = of(politique, "C2", "preuve")
    assert (preuve.retiree, places(preuve)) == (True, [("c.caqes", 9), ("a.caqes", 21)])
    assert places(of(politique, "C1", "")) == [("c.caqes", 10), ("a.caqes", 15)]
    assert places(of(politique, "v", "total points")) == [("a.caqes", 13)]


def test_what_is_removed_is_kept_with_its_reason(tmp_path: Path) -> None:
    child = "caqes 1\npolitique an « An » reprend « a.caqes »\n  exercice 2019\nmodifie volet v sans total\n"
    child += "supprime critère C1 motif « Atteint »\n"
    write(tmp_path, a=NATIONAL, b=child, c=child.split("modifie")[0].replace("a.caqes", "b.caqes"))
    for name in ("b", "c"):
        gone = policy(tmp_path, name).suppressions
        said = [(s.genre, s.nom, s.titre, s.motif, s.span.ligne, s.remplace.ligne) for s in gone]
        assert said == [("critère", "C1", "Un", "Atteint", 5, 15)]


# ---------------------------------------------------------------- totals


def test_an_inherited_total_gone_stale_says_what_to_write(tmp_path: Path) -> None:
    text = NATIONAL.replace("chapitre a « A »", "chapitre a « A » total 3 points soit 100 %")
    child = "caqes 1\npolitique an « An » reprend « a.caqes »\n  exercice 2019\nmodifie critère C1 poids 2 points\n"
    write(tmp_path, a=text, b=child)
    done = compiled(tmp_path, "b")
    aides = [d.aide.replace("\u00a0", " ") for d in done.diagnostics if d.code == "CAQ311"]
    assert ["« modifie volet v total 4 points »" in aides[0], len(aides)] == [True, 2]
    assert "« modifie chapitre a total 4 points soit 100 % »" in aides[1]
    repaired = child + "modifie volet v total 4 points\nmodifie chapitre a total 4 points soit 100 %\n"
    write(tmp_path, b=repaired)
    assert policy(tmp_path, "b").volets["v"].totaux[0].valeur == 4


# ---------------------------------------------------------------- what others write


def test_policies_follow_one_another_up_to_a_depth(tmp_path: Path) -> None:
    write(tmp_path, p0=NATIONAL)
    for i in range(1, 17):
        write(tmp_path, **{f"p{i}": f"caqes 1\npolitique p{i} « P » reprend « p{i - 1}.caqes »\n  exercice 2018\n"})
    assert policy(tmp_path, "p15").criteres["C1"].poids == 1
    assert codes(compiled(tmp_path, "p16")) == ["CAQ110"]


def test_policies_start_from_a_bounded_number_of_files(tmp_path: Path) -> None:
    many = "".join(f"  respecte « r{i}.caqes »\n" for i in range(MAX_FILES + 1))
    for i in range(MAX_FILES + 1):
        write(tmp_path, **{f"r{i}": f"caqes 1\npolitique r{i} « R »\n"})
    write(tmp_path, a="caqes 1\npolitique a « A »\n" + many + "  exercice 2018\n")
    assert codes(compiled(tmp_path, "a")) == ["CAQ110"]
    write(tmp_path, a="caqes 1\npolitique a « A »\n" + "\n".join(many.split("\n")[:-2]) + "\n  exercice 2018\n")
    assert codes(compiled(tmp_path, "a")) == []


def test_many_ways_to_one_policy_are_walked_once(tmp_path: Path) -> None:
    """Fifteen levels that each name the next twice: 32 768 ways, each file read and assembled once."""
    write(tmp_path, p0=NATIONAL + "limite l « L » lits ≥ 1 source « Loi »\n")
    for i in range(1, 16):
        twice = f"respecte « p{i - 1}.caqes » respecte « p{i - 1}.caqes »"
        write(tmp_path, **{f"p{i}": f"caqes 1\npolitique p{i} « P » {twice}\n  exercice 2018\n"})
    assert [p.nom for p in policy(tmp_path, "p15").proprietes] == ["l"]


def test_a_linked_file_is_not_followed(tmp_path: Path) -> None:
    write(tmp_path, a=NATIONAL, b="caqes 1\npolitique b « B » reprend « lien.caqes »\n  exercice 2018\n")
    (tmp_path / "lien.caqes").symlink_to(tmp_path / "a.caqes")
    done = compiled(tmp_path, "b")
    assert codes(done) == ["CAQ502"]
    assert "lien symbolique" in done.diagnostics[0].message


@pytest.mark.parametrize(
    ("change", "code", "lines"),
    [
        ("critère C1 « Autre » poids 2 points secteurs tous", "CAQ504", [15]),
        ("modifie critère C11 poids 2 points", "CAQ507", [15]),
        ("supprime calcul C1 motif « M »", "CAQ508", [15]),
        ("modifie critère C1 poids 2 points\nmodifie critère C1 preuve « P »", "CAQ509", [4]),
        ("supprime critère C1", "CAQ511", [15]),
        ("supprime donnée lits motif « M »", "CAQ512", [4, 7]),
        ("modifie critère C1 sans preuve", "CAQ514", [15]),
        ("modifie paramètre taux 2 % à compter du 01/01/2017", "CAQ515", [9]),
    ],
)
def test_a_mistake_shows_both_places(tmp_path: Path, change: str, code: str, lines: list[int]) -> None:
    write(tmp_path, a=NATIONAL, b=f"caqes 1\npolitique b « B » reprend « a.caqes »\n  exercice 2018\n{change}\n")
    found = [d for d in compiled(tmp_path, "b").diagnostics if d.code == code]
    assert found[0].span is not None
    assert [e.span.ligne for e in found[0].etiquettes] == lines
    assert found[0].aide


def test_a_file_may_keep_the_column_of_what_is_removed(tmp_path: Path) -> None:
    """C1 is one letter from C2: unless the policy says that it is removed, its column would be a slip."""
    child = "caqes 1\npolitique an « An » reprend « a.caqes »\n  exercice 2019\nmodifie volet v sans total\n"
    child += "supprime critère C1 motif « Atteint »\n"
    write(tmp_path, a=NATIONAL, b=child)
    row = {"finess": "140000100", "exercice": "2019", "secteurs": "MCO", "lits": "2", "equipes": "1"}
    kept = read_rows(policy(tmp_path, "b"), [{**row, "C1": "R"}])
    assert [d.code for d in kept.diagnostics if d.is_error] == [] and len(kept.etablissements) == 1
    slip = read_rows(policy(tmp_path, "b"), [{**row, "C3": "R"}])
    assert [d.code for d in slip.diagnostics if d.is_error] == ["CAQ602"]
