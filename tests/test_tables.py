"""Tables: holes, overlaps and ends, against the source's own tables and against brute force."""

from __future__ import annotations

import random
from fractions import Fraction as F

from caqes_dsl.base.diagnostics import Diagnostic, Severite
from caqes_dsl.base.quantities import Genre, Valeur
from caqes_dsl.base.source import Source, Span
from caqes_dsl.model.checks.tables import check_tables
from caqes_dsl.model.nodes import (
    Arithmetique,
    Autrement,
    Bareme,
    Calcul,
    Cas,
    Cle,
    Comparaison,
    Constante,
    Critere,
    Donnee,
    Fait,
    Intervalle,
    Lineaire,
    MinMax,
    Niveau,
    Noeud,
    Notation,
    Politique,
    Rang,
    Reference,
    Secteur,
    Suite,
    Table,
    Titre,
    Tout,
    Valeurs,
)

S = Span(Source.from_text("t", ""), 0, 0)
SEED = 20171014


def const(value: Valeur, genre: Genre) -> Constante:
    return Constante(genre, S, value)


def politique(
    donnees: tuple[Donnee, ...] = (),
    criteres: tuple[Critere, ...] = (),
    baremes: tuple[Bareme, ...] = (),
    calculs: tuple[Calcul, ...] = (),
    notation: Notation | None = None,
    volets: tuple[Titre, ...] = (),
    chapitres: tuple[Titre, ...] = (),
    secteurs: tuple[str, ...] = ("MCO", "HAD"),
) -> Politique:
    niveaux = (
        Niveau("R", "Réalisé", "", S, F(1)),
        Niveau("PR", "Partiel", "", S, F(1, 2)),
        Niveau("NR", "Non réalisé", "", S, F(0)),
        Niveau("NC", "Non concerné", "", S, None),
    )
    return Politique(
        nom="p", titre="P", source="", span=S, region="", exercice=2018, evaluee_en=2019, vigueur_du=None,
        vigueur_au=None, adopte_le=None, adopte_par="", reprend=(),
        secteurs={s: Secteur(s, s, "", S) for s in secteurs},
        niveaux={n.nom: n for n in niveaux}, donnees={d.nom: d for d in donnees}, parametres={},
        notation=notation or Notation(), volets={v.nom: v for v in volets}, chapitres={c.nom: c for c in chapitres},
        objectifs={}, criteres={c.nom: c for c in criteres}, calculs={c.nom: c for c in calculs},
        baremes={b.nom: b for b in baremes}, decisions={}, indicateurs={}, pieces={}, calendrier=(), delais=(),
        exemples=(), proprietes=(), empreinte="", empreinte_sens="",
    )  # fmt: skip


def critere(nom: str, mesure: Noeud | None = None, table: Table | None = None, poids: int = 2, **other: str) -> Critere:
    return Critere(
        nom=nom, titre=nom, source="", span=S, volet=other.get("volet", ""), chapitre=other.get("chapitre", ""),
        objectif="", poids=F(poids), secteurs=tuple(other.get("secteurs", "MCO HAD").split()),
        niveaux=("R", "PR", "NR"), mesure=mesure, table=table, sens="",
        nc_office=None, nc_sur_justification=False, sans_reponse=None,
        preuve="", guide="", echeance=None, anciennement="", variantes=(),
    )  # fmt: skip


def row(cas: Cas | tuple[Cas, ...], effet: Noeud | Lineaire, texte: str = "") -> Rang:
    return Rang(cas if isinstance(cas, tuple) else (cas,), effet, texte, S)


def between(bas: F | None, haut: F | None, ends: str = "[]") -> Intervalle:
    return Intervalle(bas, ends[0] == "[", haut, ends[1] == "]")


def borne(nom: str, op: str, other: Noeud) -> Comparaison:
    return Comparaison(Genre.OUI_NON, S, op, Fait(Genre.ENTIER, S, nom), other)


ZERO_ENTIER = const(F(0), Genre.ENTIER)
LITS = Donnee("lits", "Lits", "", S, Genre.ENTIER, bornes=(borne("lits", "≥", ZERO_ENTIER),))
ANALYSES = Donnee(
    "analyses", "Analyses", "", S, Genre.ENTIER,
    bornes=(borne("analyses", "≥", ZERO_ENTIER), borne("analyses", "≤", Fait(Genre.ENTIER, S, "lits"))),
)  # fmt: skip
RATIO = Arithmetique(Genre.TAUX, S, "/", Fait(Genre.ENTIER, S, "analyses"), Fait(Genre.ENTIER, S, "lits"))


def level(nom: str) -> Constante:
    return const(nom, Genre.NIVEAU)


def criterion_55(*rows: Rang) -> list[Diagnostic]:
    table = Table((RATIO,), rows, None, None, Genre.NIVEAU, S)
    return check_tables(politique((LITS, ANALYSES), (critere("C55", RATIO, table),)))


def plain(d: Diagnostic) -> str:
    return d.message.replace("\u00a0", " ").replace("\u202f", " ")


def pc(n: int | str) -> F:
    return F(n) / 100


def test_criterion_55_as_printed() -> None:
    found = criterion_55(
        row(between(pc(50), None, "]["), level("R")),
        row(between(pc(26), pc(49)), level("PR")),
        row(between(None, pc(25), "]["), level("NR")),
    )
    assert [d.code for d in found] == ["CAQ301", "CAQ301"]
    assert "[25 % ; 26 %[" in plain(found[0]) and "par exemple 25 %, 25,5 %" in plain(found[0])
    assert "]49 % ; 50 %]" in plain(found[1])
    assert "« de 25 % à moins de 26 % : NR »" in found[0].aide.replace("\u00a0", " ")
    assert "le comité décide" in found[0].aide and "analyses = 1 et lits = 4" in found[0].aide.replace("\u00a0", " ")
    assert all(len(d.etiquettes) == 2 for d in found)


def test_criterion_55_repaired() -> None:
    assert not criterion_55(
        row(between(pc(50), None, "]["), level("R")),
        row(between(pc(25), pc(50), "]]"), level("PR")),
        row(between(None, pc(25)), level("NR")),
    )


def scale(mode: str, suite: Suite | None = None, plafond: Noeud | None = None, count: int = 4) -> list[Diagnostic]:
    gap = Arithmetique(
        Genre.ECART, S, "-", Reference(Genre.TAUX, S, Cle("cible", "v")), Reference(Genre.TAUX, S, Cle("score", "v"))
    )
    calcul = Calcul(
        "ecart", "Écart", "", S, Genre.ECART, MinMax(Genre.ECART, S, "max", (gap, const(F(0), Genre.ECART)))
    )
    rows = tuple(row(between(pc(2 * k + 1), pc(2 * k + 2)), const(F(k + 1, 10000), Genre.TAUX)) for k in range(count))
    table = Table((Reference(Genre.ECART, S, Cle("calcul", "ecart")),), rows, suite, plafond, Genre.TAUX, S)
    volet = Titre("v", "V", "", S, 1, "", "", "", (), const(F(53, 100), Genre.TAUX))
    return check_tables(
        politique(
            baremes=(Bareme("taux_sanction", "T", "", S, Genre.TAUX, table),), calculs=(calcul,), volets=(volet,),
            notation=Notation(mode, F(1, 100)),
        )
    )  # fmt: skip


def test_printed_scale_on_a_rounded_score() -> None:
    hole, end = scale("arrondi")
    assert hole.code == "CAQ301" and "[0 pt ; 1 pt[, par exemple 0 pt." in plain(hole)
    assert end.code == "CAQ304" and "Le barème « taux_sanction » ne dit rien au-delà de 8 pt" in plain(end)
    assert "par exemple 9 pt" in plain(end)


def test_printed_scale_on_an_exact_score() -> None:
    found = scale("affiché")
    assert [d.code for d in found] == ["CAQ301"] * 4 + ["CAQ304"]
    for d, text in zip(found, ("[0 pt ; 1 pt[", "]2 pt ; 3 pt[", "]4 pt ; 5 pt[", "]6 pt ; 7 pt["), strict=False):
        assert text in plain(d)


def test_suite_closes_the_end_and_the_plafond_is_judged() -> None:
    suite = Suite(pc(2), True, F(1, 10000))
    found = scale("arrondi", suite, const(F(1, 100), Genre.TAUX), 2)
    assert [d.code for d in found] == ["CAQ301", "CAQ306"]
    # 0,02 % then 25 begun tranches from 4 to 53 pt
    assert "au plus 0,27 %" in plain(found[1]) and found[1].severite is Severite.NOTE
    assert [d.code for d in scale("arrondi", suite, const(F(27, 10000), Genre.TAUX), 2)] == ["CAQ301"]


def test_overlap_empty_and_unreached_rows() -> None:
    found = criterion_55(
        row(between(None, pc(25)), level("NR"), "jusqu'à 25 %"),
        row(between(pc(25), pc(100)), level("R"), "de 25 % à 100 %"),
        row(between(pc(50), pc(40)), level("PR"), "de 50 % à 40 %"),
        row(between(pc(100), None, "]["), level("R"), "plus de 100 %"),
        row(Autrement(), level("R"), "autrement"),
    )
    assert sorted(d.code for d in found) == ["CAQ302", "CAQ303", "CAQ303", "CAQ305"]
    overlap = next(d for d in found if d.code == "CAQ302")
    assert len(overlap.etiquettes) == 2 and "25 %" in plain(overlap)


def test_linear_row_that_jumps() -> None:
    def run(start: int) -> list[Diagnostic]:
        rows = (
            row(between(None, pc(50), "]["), const(F(0), Genre.TAUX)),
            row(between(pc(50), pc(80)), Lineaire(pc(start), F(1))),
            row(between(pc(80), None, "]["), const(F(1), Genre.TAUX)),
        )
        table = Table((RATIO,), rows, None, None, Genre.TAUX, S)
        return check_tables(politique((LITS, ANALYSES), (critere("C1", RATIO, table),)))

    assert not run(0)
    assert [d.code for d in run(20)] == ["CAQ307"]


def test_table_driven_by_lists() -> None:
    classe = Donnee("classe", "Classe", "", S, Genre.CHOIX, choix=("A", "B", "C"))
    urgence = Donnee("urgence", "Urgences", "", S, Genre.OUI_NON)
    selon = (Fait(Genre.CHOIX, S, "classe"), Fait(Genre.OUI_NON, S, "urgence"))

    def run(*rows: Rang) -> list[Diagnostic]:
        table = Table(selon, rows, None, None, Genre.TAUX, S)
        return check_tables(politique((classe, urgence), baremes=(Bareme("b", "B", "", S, Genre.TAUX, table),)))

    one = const(F(1), Genre.TAUX)
    found = run(row((Valeurs(("A", "B")), Tout()), one), row((Valeurs(("C",)), Valeurs((True,))), one))
    assert [d.code for d in found] == ["CAQ301"]
    assert "classe : C ; urgence : non" in plain(found[0])
    assert not run(row((Valeurs(("A", "B")), Tout()), one), row(Autrement(), one))
    assert [d.code for d in run(row((Tout(), Tout()), one), row(Autrement(), one))] == ["CAQ303"]


def test_too_many_cells_is_said() -> None:
    donnees = tuple(Donnee(n, n, "", S, Genre.DECIMAL) for n in "abc")
    rows = tuple(row((between(F(k), F(k + 1), "[["),) * 3, const(F(0), Genre.TAUX)) for k in range(30))
    table = Table(tuple(Fait(Genre.DECIMAL, S, n) for n in "abc"), rows, None, None, Genre.TAUX, S)
    found = check_tables(politique(donnees, baremes=(Bareme("b", "B", "", S, Genre.TAUX, table),)))
    assert [d.code for d in found] == ["CAQ301"] and not found[0].is_error


def _takes(cas: Cas, x: F) -> bool:
    if isinstance(cas, Intervalle):
        low = cas.bas is None or x > cas.bas or (x == cas.bas and cas.bas_inclus)
        return low and (cas.haut is None or x < cas.haut or (x == cas.haut and cas.haut_inclus))
    return isinstance(cas, Tout) or (isinstance(cas, Valeurs) and x in cas.valeurs)


def _random_case(rng: random.Random) -> Cas:
    kind = rng.random()
    if kind < 0.15:
        return Valeurs(tuple(F(rng.randint(0, 6)) for _ in range(rng.randint(1, 2))))
    a, b = F(rng.randint(-1, 7)), F(rng.randint(-1, 7))
    low = None if rng.random() < 0.15 else min(a, b) if rng.random() < 0.9 else max(a, b)
    high = None if rng.random() < 0.15 else max(a, b)
    return Intervalle(low, rng.random() < 0.5, high, rng.random() < 0.5)


def test_random_tables_against_brute_force() -> None:
    print("seed", SEED)
    rng = random.Random(SEED)
    for trial in range(2000):
        size = 1 if rng.random() < 0.7 else 2
        whole = [rng.random() < 0.5 for _ in range(size)]
        donnees = []
        for k in range(size):
            genre = Genre.ENTIER if whole[k] else Genre.DECIMAL
            nom = f"x{k}"
            fait = Fait(genre, S, nom)
            limits = (
                Comparaison(Genre.OUI_NON, S, "≥", fait, const(F(0), genre)),
                Comparaison(Genre.OUI_NON, S, "≤", fait, const(F(6), genre)),
            )
            donnees.append(Donnee(nom, nom, "", S, genre, bornes=limits))
        cases = [tuple(_random_case(rng) for _ in range(size)) for _ in range(rng.randint(1, 5))]
        one = const(F(1), Genre.TAUX)
        rows = [row(c, one) for c in cases]
        if rng.random() < 0.15:
            rows.append(row(Autrement(), one))
        table = Table(tuple(Fait(d.genre, S, d.nom) for d in donnees), tuple(rows), None, None, Genre.TAUX, S)
        found = check_tables(politique(tuple(donnees), baremes=(Bareme("b", "B", "", S, Genre.TAUX, table),)))
        codes = {d.code for d in found}
        # Every quarter stands for the stretch it lies in: the bounds are whole.
        grids = [[F(i) for i in range(7)] if w else [F(i, 4) for i in range(25)] for w in whole]
        cells = [(x,) for x in grids[0]] if size == 1 else [(x, y) for x in grids[0] for y in grids[1]]
        takers = [[i for i, c in enumerate(cases) if all(map(_takes, c, cell))] for cell in cells]
        otherwise = len(rows) > len(cases)
        hole = any(not t for t in takers) and not otherwise
        overlap = any(len(t) > 1 for t in takers)
        reached = {i for t in takers for i in t} | ({len(cases)} if otherwise and any(not t for t in takers) else set())
        # An empty interval is said by itself (CAQ305).
        empty = {
            i for i, c in enumerate(cases)
            if any(isinstance(e, Intervalle) and e.bas is not None and e.haut is not None
                   and (e.bas > e.haut or (e.bas == e.haut and not (e.bas_inclus and e.haut_inclus))) for e in c)
        }  # fmt: skip
        assert (hole, overlap) == (bool(codes & {"CAQ301", "CAQ304"}), "CAQ302" in codes), (trial, cases, found)
        unreached = sum(d.code == "CAQ303" for d in found)
        assert unreached == len(set(range(len(rows))) - reached - empty), (trial, cases, found)
        if size == 1:
            runs, inside = 0, False
            for t in takers:
                free = not t and not otherwise
                runs += free and not inside
                inside = free
            if not whole[0]:
                assert sum(d.code in ("CAQ301", "CAQ304") for d in found) == runs, (trial, cases, found)
