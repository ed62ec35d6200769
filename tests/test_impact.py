"""What a change of policy does to a cohort: the same as evaluating twice, shared exactly among the changes."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from test_changements import BODY
from test_changements import policy as text_policy

import caqes_dsl as caqes
from caqes_dsl.base.quantities import Valeur
from caqes_dsl.compare.apply import former_names
from caqes_dsl.compare.cohorts import reading_policy
from caqes_dsl.compare.diff import compare
from caqes_dsl.compare.impact import impact
from caqes_dsl.compare.impact_shapes import Bilan, Impact, Mouvement, TotalAttribue
from caqes_dsl.evaluation.facts import Etablissement
from caqes_dsl.evaluation.population import evaluate_cohort
from caqes_dsl.evaluation.summary import scored
from caqes_dsl.evaluation.trace import Resultat
from caqes_dsl.exchange.read import Cohorte, read_cohort
from caqes_dsl.model.nodes import Politique

RACINE = Path(__file__).resolve().parent.parent / "policies"
COHORTES = {
    "cbu/exemples/2016-retours.csv": 2016,
    "normandie/exemples/2018-retours.csv": 2018,
    "normandie/exemples/2022-retours.csv": 2022,
}
LIVREES = sorted(p.relative_to(RACINE).as_posix() for p in RACINE.rglob("*.caqes"))


@cache
def policy(nom: str) -> Politique:
    return caqes.charger(RACINE / nom)


@cache
def lue(nom: str, donnees: str) -> Cohorte:
    return read_cohort(policy(nom), RACINE / donnees, exercice=COHORTES[donnees])


USUELS = {
    ("normandie/2018.caqes", "normandie/2019.caqes", "normandie/exemples/2018-retours.csv"),
    ("normandie/2018.caqes", "normandie/2019-volets.caqes", "normandie/exemples/2018-retours.csv"),
    ("normandie/2019-volets.caqes", "normandie/2019.caqes", "normandie/exemples/2018-retours.csv"),
    ("normandie/2022.caqes", "normandie/2019.caqes", "normandie/exemples/2022-retours.csv"),
    ("normandie/2018.caqes", "normandie/2018.caqes", "normandie/exemples/2018-retours.csv"),
    ("normandie/2022.caqes", "normandie/2022.caqes", "normandie/exemples/2022-retours.csv"),
    ("cbu/2016.caqes", "cbu/2016.caqes", "cbu/exemples/2016-retours.csv"),
}
"""Those that are tried each time; the others take minutes."""


def couples(*, memes: bool = False) -> list[Any]:
    """The pairs of shipped policies, and each sample cohort; `memes`: a policy and itself."""
    return [
        pytest.param(a, b, donnees, marks=() if (a, b, donnees) in USUELS else pytest.mark.marathon)
        for donnees in COHORTES
        for a, b in product(LIVREES, repeat=2)
        if a == b or not memes
    ]


def _both_read(a: str, b: str, donnees: str) -> bool:
    """Whether both policies read the cohort: the others share nothing to compare."""
    return all(lue(p, donnees).etablissements for p in (a, b))


@cache
def compared(a: str, b: str, donnees: str) -> Impact:
    changements = compare(policy(a), policy(b))
    lecture = reading_policy(policy(a), policy(b), former_names(changements))
    read = read_cohort(lecture, RACINE / donnees, exercice=COHORTES[donnees])
    return impact(policy(a), policy(b), changements, read.etablissements, ecartes=len(read.ecartes))


def _agrees(bilan: Bilan, resultat: Resultat, found: Impact, *, nouveau: bool) -> None:
    politique = resultat.politique
    assert bilan.statut == resultat.statut
    for perimetre in found.perimetres:
        nom = perimetre.nouveau if nouveau else perimetre.ancien
        if nom is None:
            assert perimetre.nom not in bilan.scores
            continue
        nom = next((n for n in scored(politique) if n == nom), scored(politique)[0])
        alone = not nom or len(politique.volets) == 1
        assert bilan.scores[perimetre.nom] == (resultat.score_global if alone else resultat.scores[nom])
        cible = resultat.cibles.get(nom)
        assert bilan.cibles[perimetre.nom] == (cible.valeur if cible else None)
    for decision in resultat.decisions.values():
        montant = bilan.montants[decision.nom]
        assert (montant.valeur, montant.certitude) == (decision.montant, decision.certitude)
        assert (montant.bas, montant.haut) == (decision.montant_min, decision.montant_max)


@pytest.mark.parametrize(("a", "b", "donnees"), couples())
def test_both_sides_are_what_evaluating_gives(a: str, b: str, donnees: str) -> None:
    if not _both_read(a, b, donnees):
        return
    found = compared(a, b, donnees)
    renamed = former_names(compare(policy(a), policy(b)))
    assert not set(renamed) & set(policy(a).decisions), "les montants gardent leur nom"
    for nom, nouveau in ((a, False), (b, True)):
        read = lue(nom, donnees)
        resultats, _ = evaluate_cohort(policy(nom), read.etablissements, ecartes=len(read.ecartes))
        assert [r.etablissement.finess for r in resultats] == [li.finess for li in found.lignes]
        for resultat, ligne in zip(resultats, found.lignes, strict=True):
            _agrees(ligne.nouveau if nouveau else ligne.ancien, resultat, found, nouveau=nouveau)


def _values(mouvement: Mouvement | TotalAttribue, key: tuple[str, str]) -> Fraction | None:
    sorte, nom = key
    value = getattr(mouvement, sorte)
    found: Fraction | None = value[nom] if nom else value
    return found


@pytest.mark.parametrize(("a", "b", "donnees"), couples())
def test_the_effects_and_their_interaction_add_up_to_the_whole(a: str, b: str, donnees: str) -> None:
    if not _both_read(a, b, donnees):
        return
    found = compared(a, b, donnees)
    shared = found.attribution
    both = [p.nom for p in found.perimetres if p.ancien is not None and p.nouveau is not None]
    keys = [
        *(("scores", p) for p in both),
        *(("montants", d.nom) for d in found.decisions),
        ("charge", ""),
        ("faveur", ""),
    ]
    for key in keys:
        moved = [v for li in found.lignes if (v := _values(li, key)) is not None]  # type: ignore[arg-type]  # same fields
        assert _values(shared.total, key) == sum(moved, Fraction(0))
        effects = [_values(e.total, key) for e in shared.effets]
        parts = [*effects, _values(shared.interaction_totale, key), _values(shared.non_attribue, key)]
        assert _values(shared.total, key) == sum((p for p in parts if p is not None), Fraction(0))
        for ligne in found.lignes:
            whole = _values(ligne, key)  # type: ignore[arg-type]  # idem
            mine = [_values(e.lignes[ligne.finess], key) for e in shared.effets if ligne.finess in e.lignes]
            rest = shared.interaction.get(ligne.finess)
            left = Fraction(0) if rest is None else _values(rest, key)
            if whole is None or None in mine:
                assert left is None
            else:
                assert left is not None and whole == sum((m for m in mine if m is not None), left)


@pytest.mark.parametrize(("a", "b", "donnees"), couples(memes=True))
def test_no_change_gives_exactly_zero(a: str, b: str, donnees: str) -> None:
    nom = a
    if not _both_read(a, b, donnees):
        return
    found = compared(nom, nom, donnees)
    assert found.nul and not found.passages and not found.criteres_seuls and not found.abandons
    assert not found.attribution.effets and not found.attribution.sans_effet
    for ligne in found.lignes:
        assert all(v in (0, None) for v in (*ligne.scores.values(), *ligne.montants.values()))
        assert ligne.charge in (0, None) and ligne.faveur in (0, None)
    assert found.ensemble.charge.ecart == 0 and found.ensemble.faveur.ecart == 0
    zero = [*found.attribution.total.scores.values(), *found.attribution.total.montants.values()]
    assert not any(zero)


def test_the_usual_pairs_all_share_a_cohort() -> None:
    assert all(_both_read(*pair) for pair in USUELS)


def test_each_change_alone_and_what_is_left_to_both() -> None:
    """Worked by hand: 3 points of 4 are 75 %, above 53 %; below 90 %, 100 € are due, or 200 €."""
    autre = BODY.replace("cible 53 %", "cible 90 %").replace("montant 100 €", "montant 200 €")
    faits: dict[str, Valeur] = {"lits": Fraction(10), "lap": Fraction(6)}
    e = Etablissement("760000001", "Essai", 2018, ("MCO",), reponses={"C1": "R", "C40": "NR"}, faits=faits)
    a, b = text_policy(BODY), text_policy(autre)
    found = impact(a, b, compare(a, b), [e])
    assert found.lignes[0].ancien.scores["usage"].score == Fraction(3, 4)
    assert (found.lignes[0].ancien.charge.valeur, found.lignes[0].nouveau.charge.valeur) == (0, 200)
    alone = {type(effet.changements[0]).__name__: effet.total.charge for effet in found.attribution.effets}
    assert sorted(alone.values()) == [0, 100], alone
    assert found.attribution.interaction_totale.charge == 100
    assert found.attribution.total.charge == 200
    assert [p.finess for p in found.passages] == ["760000001"] and not found.passages[0].monte
