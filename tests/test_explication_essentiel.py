"""The first page of an explanation: how the amounts were computed, the delays to answer, few lines for many results."""

from __future__ import annotations

import re
from fractions import Fraction as F

import pytest
from completions import HEAD
from courriers_cas import NOMS, cas

from caqes_dsl.base.quantities import plain_number, round_to
from caqes_dsl.documents.explication import explication_view
from caqes_dsl.documents.explication_calcul import LIGNES
from caqes_dsl.documents.explication_shapes import ExplicationVue
from caqes_dsl.documents.operations import euros
from caqes_dsl.evaluation.explain import evaluate
from caqes_dsl.evaluation.facts import Etablissement
from caqes_dsl.model.nodes import Politique
from caqes_dsl.pipeline import compile_text


def plain(text: str) -> str:
    return re.sub(r"\s+", " ", text.replace("\u202f", " ").replace("\u00a0", " "))


def lines(vue: ExplicationVue) -> dict[str, str]:
    return {line.libelle: plain(line.texte) for line in vue.essentiel.calcul}


def test_a_sanction_is_computed_in_five_lines() -> None:
    found = next(r for r in cas("normandie/2018").resultats if r.decisions["financiere"].montant)
    montant, produits = found.decisions["financiere"].montant, found.etablissement.faits["produits_am"]
    taux, score = found.baremes["taux_sanction"].valeur, found.score_global.score
    assert isinstance(montant, F) and isinstance(produits, F) and isinstance(taux, F) and isinstance(score, F)
    assert montant == round_to(taux * produits, F(1, 100))
    said = lines(explication_view(found))
    assert len(explication_view(found).essentiel.calcul) == LIGNES
    assert said["Écart à la cible"].startswith(f"53 % − {score * 100} % = {53 - score * 100} point")
    written = [
        F(n.replace(" ", "").replace(",", ".")) for n in re.findall(r"\d[\d ]*(?:,\d+)?(?= €)", said["Montant encouru"])
    ]
    assert written[0] == produits and montant in written


@pytest.mark.parametrize("nom", NOMS)
def test_the_first_page_keeps_to_five_operations_and_never_prints_the_void(nom: str) -> None:
    for resultat in cas(nom).resultats[::5]:
        vue = explication_view(resultat)
        assert len(vue.essentiel.calcul) <= LIGNES
        for line in (*vue.essentiel.calcul, *vue.essentiel.lignes, *vue.traitement):
            assert line.libelle and line.texte.endswith("."), line
            assert not re.search(r"None|Fraction|\.\.$| \.$|: \.", line.texte), line


def test_many_indicateurs_and_amounts_share_lines() -> None:
    for resultat in cas("normandie/2022").resultats:
        politique = resultat.politique
        found = {line.libelle: line.texte for line in explication_view(resultat).essentiel.lignes}
        for nom, indicateur in resultat.indicateurs.items():
            label = "Sans objet" if indicateur.statut == "sans_objet" else "Cible atteinte"
            if indicateur.statut == "sans_objet" or indicateur.atteint:
                assert politique.indicateurs[nom].titre in found[label]
        nothing = [
            d for d in politique.decisions_de("intéressement") if resultat.decisions[d.nom].certitude == "impossible"
        ]
        assert all(d.titre in found["Aucun montant proposé"] for d in nothing)
        counted = [d for d in politique.decisions_de("intéressement") if d not in nothing]
        together = plain(found.get("Montants proposés", found.get("Montant proposé", "")))
        for decision in counted:
            amount = resultat.decisions[decision.nom].montant
            assert amount is not None and f"{decision.titre}, {plain(euros(amount))}" in together


def test_the_lines_of_a_volet_are_gathered() -> None:
    found = cas("normandie/2019-volets")
    said = {line.libelle: line.texte for line in explication_view(found.resultats[0]).essentiel.lignes}
    for volet in found.politique.volets.values():
        assert "Score : " in said[f"Volet « {volet.titre} »"] and "Cible : " in said[f"Volet « {volet.titre} »"]


def test_many_missing_items_are_named_and_the_detail_says_what_hangs_on_them() -> None:
    found = max(cas("normandie/2019-volets").resultats, key=lambda r: len(r.manquants))
    vue = explication_view(found)
    assert len(vue.manquants) > 5 and len(vue.essentiel.manque) <= 4
    assert sum("Non transmis" in m for m in vue.essentiel.manque) == 1
    assert any(f"Et {len(vue.manquants) - 3} autres." in m for m in vue.essentiel.manque)


def test_a_share_is_said_by_the_sum_and_the_keys() -> None:
    found = next(r for r in cas("normandie/2022").resultats if r.decisions["fir"].montant)
    said = lines(explication_view(found))["Intéressement régional, par le FIR"]
    assert said.startswith("500 000 € × ") and " ÷ " in said


# ---------------------------------------------------------------- delays


def policy(calendar: str) -> Politique:
    text = HEAD + "volet v « Volet »\ncritère C1 « Critère »\n  poids 1 point\n  secteurs tous\n" + calendar
    compiled = compile_text(text)
    assert compiled.politique is not None, compiled.diagnostics
    return compiled.politique


def told(politique: Politique) -> list[str]:
    establishment = Etablissement("140000100", exercice=2018, secteurs=("MCO",), reponses={"C1": "R"})
    return [plain(d) for d in explication_view(evaluate(politique, establishment)).essentiel.delais]


def test_the_last_day_for_observations_is_the_step_of_that_name() -> None:
    calendar = (
        "calendrier\n"
        "  01/03/2018 bilan « Bilan à mi-année »\n"
        "  01/04/2019 rapport « Rapport d'évaluation notifié »\n"
        "  02/05/2019 observations « Fin des observations »\n"
        "  délai observations au moins 1 mois après rapport source « hypothèse »\n"
    )
    said = told(policy(calendar))
    assert said[0] == "Les observations sont reçues jusqu'au 2 mai 2019."
    dates = "1er avril 2019, Rapport d'évaluation notifié ; 2 mai 2019, Fin des observations"
    assert said[1] == f"Calendrier de la politique : {dates}."
    assert said[2] == "« Fin des observations » vient au moins 1 mois après « Rapport d'évaluation notifié »."
    assert len(said) == 3


def test_a_delay_that_the_policy_does_not_fix_is_left_to_the_letter() -> None:
    said = told(policy("calendrier\n  01/03/2018 bilan « Bilan à mi-année »\n"))
    assert said == [
        "La politique ne fixe pas le délai des observations : c'est celui qu'indique le courrier de l'administration."
    ]


# ---------------------------------------------------------------- what the law asks


def test_the_processing_is_told_in_the_four_points_of_the_law() -> None:
    vue = explication_view(cas("normandie/2018").resultats[0])
    assert [line.libelle for line in vue.traitement] == [
        "Part du traitement dans la décision",
        "Données traitées et leurs sources",
        "Paramètres et pondération appliqués à l'établissement",
        "Opérations effectuées",
    ]
    assert "ne décide rien" in vue.traitement[0].texte


def test_the_weights_told_are_those_that_count() -> None:
    for resultat in cas("normandie/2018").resultats[:20]:
        counted = [c for c in resultat.criteres.values() if c.statut in ("evalue", "indetermine")]
        weight = sum((c.poids for c in counted), F(0))
        said = plain(explication_view(resultat).traitement[2].texte)
        assert said.startswith(f"{len(counted)} critères sur {len(resultat.politique.criteres)} comptent")
        if resultat.statut == "complet":
            assert weight == resultat.score_global.points_applicables
        assert f"pour {plain(plain_number(weight))} points" in said


def test_others_of_the_cohort_are_told_when_they_count() -> None:
    alone = explication_view(cas("normandie/2018").resultats[0]).traitement[0].texte
    shared = explication_view(cas("normandie/2022").resultats[0]).traitement[0].texte
    assert "ont le même résultat" in alone and "autres établissements" not in alone
    assert "autres établissements de la cohorte" in shared and "ont le même résultat" not in shared
