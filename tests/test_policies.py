"""The shipped policies against what the source prints, typed here a second time."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from fractions import Fraction as F
from pathlib import Path

import pytest

from caqes_dsl.base.diagnostics import Severite
from caqes_dsl.evaluation.explain import Interpreteur, evaluate
from caqes_dsl.evaluation.facts import Etablissement
from caqes_dsl.model.nodes import Arithmetique, Constante, Critere, Fait, Intervalle, Politique, Reference, Titre
from caqes_dsl.pipeline import Compilation, compile_path

POLICIES = Path(__file__).resolve().parent.parent / "policies"
MEETINGS = "Réunions régionales des 11 et 17 octobre 2017"

# Printed: article, points, share of the 105 points, then each objective with its points (None: « non pondéré »).
CHAPTERS: tuple[tuple[str, F, int, tuple[tuple[str, F | None], ...]], ...] = (
    (
        "10-1",
        F(47),
        45,
        (
            ("Une politique d'amélioration continue de la qualité et de la sécurité de la prise en charge", F(3)),
            ("Formalisation d'un programme d'actions en matière de qualité, de sécurité et d'efficience", F(13)),
            ("Désignation du responsable du système de management de la qualité de la prise en charge", F(1)),
            ("Formation du personnel sur la qualité et la sécurité de la prise en charge thérapeutique", F(5)),
            ("Conduite et mise en œuvre de l'étude des risques a priori", F(4)),
            ("Gestion des risques a posteriori", F(8)),
            ("Utilisation des logiciels d'aide à la prescription (LAP) pour toutes les prescriptions", F(4)),
            ("Identification obligatoire des prescriptions réalisées par ses professionnels", F(2)),
            ("Informatisation et traçabilité de la prise en charge thérapeutique du patient", F(5)),
            ("Dispensation à délivrance nominative", F(2)),
        ),
    ),
    (
        "10-2",
        F(36),
        34,
        (
            ("Amélioration du parcours de soins", F(13)),
            ("Déploiement de la pharmacie clinique intégrée à la politique de management de la PECM", F(13)),
            ("Bon usage des antibiotiques", F(4)),
            ("RCP", F(3)),
            ("Participation aux enquêtes relatives aux produits de santé (ATIH)", F(1)),
            ("Contribution aux travaux de l'OMEDIT", F(2)),
        ),
    ),
    (
        "10-3",
        F(3),
        3,
        (
            ("Promouvoir la prescription de médicaments dans le répertoire générique", None),
            ("Promouvoir la prescription de médicaments biosimilaires dans les classes autant que possible", F(3)),
        ),
    ),
    ("10-4", F(2), 2, (("Mettre en œuvre l'ensemble des actions d'amélioration de la qualité des pratiques", F(2)),)),
    (
        "10-5",
        F(8),
        8,
        (
            ("Suivi des dépenses des médicaments et DM de la liste en sus", None),
            ("Utilisation conforme aux indications AMM / RTU ou à défaut et par exception argumentation", F(4)),
            ("Utilisation conforme aux conditions de prise en charge prévues par la liste LPPR", F(4)),
        ),
    ),
    ("10-6", F(4), 4, (("Suivi semestriel de l'analyse des prescriptions que l'établissement juge pertinent", F(4)),)),
)
HAD_ONLY: tuple[tuple[str, F], ...] = (
    ("Déploiement de l'informatisation", F(1, 2)),
    ("Sécurisation de la prise en charge thérapeutique en HAD", F(3, 2)),
    ("Déploiement de la pharmacie clinique intégrée à la politique de management de la PECM", F(1, 2)),
    ("Traçabilité de l'administration, de la surveillance et de la réévaluation des traitements", F(1)),
    ("Chimiothérapies anticancéreuses injectables", F(3, 2)),
)
ANALYSED = "{} bénéficiant d'une analyse pharmaceutique complète du patient au moyen d'un LAD"
# Printed: the nine indicators of the T0. Criterion, points, numerator, denominator (None: a result collected as such).
MEASURED: dict[str, tuple[int, str, str | None]] = {
    "C31": (1, "Nombre de lits utilisant un LAP certifié", "Nombre total de lits de l'établissement"),
    "C32": (
        1,
        "Nombre d'unités de soins utilisant un LAP certifié",
        "Nombre total d'unités de soins de l'établissement (y compris chirurgie, SSR, etc.)",
    ),
    "C33": (1, "Nombre de lits et places informatisés", "Nombre total de lits et places de l'établissement"),
    "C37": (
        1,
        "Nombre de lits informatisés de la prescription jusqu'à la traçabilité de l'administration",
        "Nombre total de lits de l'établissement",
    ),
    "C38": (
        2,
        "Nombre de DMI dont l'implantation est informatiquement tracée",
        "Nombre total d'unités de DMI implantées",
    ),
    "C44": (3, "Résultat du critère QLS, lettre de liaison de sortie (hospitalisation de courte durée)", None),
    "C45": (2, "Résultat du critère QLS 13 « traitements médicamenteux » (hospitalisation de courte durée)", None),
    "C55": (
        2,
        ANALYSED.format("Nombre de lits et places") + " (hors EHPAD)",
        "Nombre de lits et places total (hors EHPAD)",
    ),
    "C56": (
        2,
        ANALYSED.format("Nombre de lits et places médico-sociaux et USS-DSS"),
        "Nombre de lits et places médico-sociaux et USS-DSS total",
    ),
}
# Printed beside an objective: what it says, the sectors in brackets, the criteria that carry it.
ALL = "MCO SSR PSY HAD DIALYSE"
SECTOR_NOTES: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("Lettre de liaison de sortie", "MCO", ("C43", "C44", "C45")),
    ("Mise à disposition d'outils", "MCO SSR PSY HAD", ("C48", "C49")),
    ("Conciliation d'entrée, de sortie", "MCO SSR PSY", ("C50", "C51")),
    ("Sensibilisation des différents acteurs", "MCO SSR PSY", ("C52", "C53")),
    ("Déploiement de l'analyse pharmaceutique", ALL, ("C54",)),
    ("Analyse pharmaceutique : en HAD, ni suivi des taux ni audit", "MCO SSR PSY DIALYSE", ("C55", "C56", "C57")),
    ("Suivi semestriel", ALL, ("C77", "C78")),
)
# Printed words that a criterion must carry.
PRINTED_WORDS: dict[str, str] = {
    "C43": "Lettre de liaison de sortie",
    "C44": "Résultats du critère QLS",
    "C45": "QLS 13 « traitements médicamenteux »",
    "C46": "Mise en place d'une organisation pour améliorer le bon usage",
    "C47": "observance",
    "C48": "Mise à disposition d'outils",
    "C50": "Conciliation d'entrée",
    "C51": "Conciliation de sortie",
    "C52": "Sensibilisation des différents acteurs",
    "C54": "Déploiement de l'analyse pharmaceutique",
    "C55": "lits et places totaux bénéficiant d'une analyse pharmaceutique de la prescription complète du patient",
    "C58": "Plan de vigilance et de bon usage des antibiotiques",
    "C60": "Audit régional",
    "C62": "Audit régional",
    "C66": "Réponse aux sollicitations",
    "C68": "Actions de sensibilisation des professionnels et information des patients",
    "C69": "pour favoriser le recours aux biosimilaires",
    "C70": "Plan d'action achat pour mise en concurrence",
    "C71": "la pertinence des prescriptions en sortie d'hospitalisation de médicaments, produits et prestations",
    "C72": "Déployer la prescription de sortie en DCI",
    "C73": "Suivi des taux de hors référentiel",
    "C74": "Évaluation de la pertinence et traçabilité de l'argumentation du hors référentiel",
    "C77": "Suivi semestriel de l'analyse des prescriptions et de leur évolution envoyé",
    "C78": "taux d'évolution cibles nationaux fixés annuellement par arrêtés (PHEV, liste en sus, génériques, biosimil",
    "C79": "Rédaction d'un cahier des charges régional",
    "C82": "Évaluation de l'autonomie du patient",
    "C83": "garantir la qualité de l'analyse pharmaceutique et la réévaluation de l'ensemble des prescriptions",
    "C84": "Traçabilité de l'administration ou de la non administration par les IDE",
    "C85": "Surveillance et réévaluation tracées",
    "C86": "Mise en place des conventions",
    "C87": "Protocoles",
    "C88": "Formation des IDE",
}
# Printed: national rates. Paramètre, then (first day, value, text that fixes it).
RATES: dict[str, tuple[tuple[date, F, str], ...]] = {
    "taux_max_phev": (
        (date(2016, 12, 31), F(4, 100), "arrêté du 30 décembre 2016"),
        (date(2017, 4, 30), F(4, 100), "arrêté du 27 avril 2017"),
        (date(2018, 12, 12), F(33, 1000), "arrêté du 12 décembre 2018"),
    ),
    "taux_min_generiques": (
        (date(2016, 12, 31), F(44, 100), "arrêté du 30 décembre 2016"),
        (date(2017, 4, 30), F(455, 1000), "arrêté du 27 avril 2017"),
        (date(2018, 12, 12), F(49, 100), "arrêté du 12 décembre 2018"),
    ),
    "taux_max_les_medicaments": (
        (date(2017, 4, 30), F(41, 1000), "arrêté du 27 avril 2017"),
        (date(2018, 12, 12), F(3, 100), "arrêté du 12 décembre 2018"),
    ),
    "taux_max_les_dispositifs": (
        (date(2017, 4, 30), F(58, 1000), "arrêté du 27 avril 2017"),
        (date(2018, 12, 12), F(3, 100), "arrêté du 12 décembre 2018"),
    ),
}
# Printed: dates of the deployment.
DATES = {
    "01/04/2017", "04/05/2017", "17/05/2017", "29/06/2017", "01/07/2017", "29/09/2017", "11/10/2017", "13/10/2017",
    "17/10/2017", "06/11/2017", "14/11/2017", "31/12/2017", "01/01/2018", "01/07/2018", "31/12/2018",
}  # fmt: skip


@pytest.fixture(scope="module")
def compilation() -> Compilation:
    return compile_path(POLICIES / "normandie" / "2018.caqes")


@pytest.fixture(scope="module")
def normandie(compilation: Compilation) -> Politique:
    assert compilation.politique is not None, compilation.diagnostics
    return compilation.politique


@pytest.fixture(scope="module")
def national() -> Politique:
    found = compile_path(POLICIES / "national" / "2017.caqes")
    assert not found.diagnostics and found.politique is not None
    return found.politique


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def under(politique: Politique, titre: Titre) -> list[Critere]:
    return [c for c in politique.criteres.values() if titre.nom in (c.volet, c.chapitre, c.objectif)]


def points(criteres: list[Critere]) -> F:
    return sum((c.poids for c in criteres), F(0))


def size(criteres: list[Critere]) -> tuple[int, F]:
    return len(criteres), points(criteres)


def declared(titre: Titre, secteur: str = "", unite: str = "points") -> F | None:
    return next((t.valeur for t in titre.totaux if (t.secteur, t.unite) == (secteur, unite)), None)


# ---------------------------------------------------------------- diagnostics


def test_only_the_expected_notes(compilation: Compilation) -> None:
    """Five notes, each with its reason; nothing else to report."""
    reasons = (
        # The scale recalls the legal ceiling; 0,04 % at 8 pt then 23 begun tranches of 2 pt up to 53 pt.
        ("CAQ306", "n'atteint jamais son plafond : il donne au plus 0,27 %, le plafond est de 1 %"),
        # The 5 points of the HAD stand in no article, as printed.
        ("CAQ312", "100 points déclarés dans les chapitres, 105 en tout : 5 points seulement en HAD (specifique_had)"),
        # « Recueil … non pondérés ».
        ("CAQ314", "« taux_biosimilaires », « ucd_biosimilaires »"),
        # The scale gives at most 0,27 %: rounded to the cent, never more than twice that. No answer is read elsewhere.
        ("CAQ410", "Pas plus de 1 % des produits"),
        ("CAQ410", "Mieux répondre ne fait jamais baisser le score"),
    )
    found = compilation.diagnostics
    assert [d.code for d in found] == [code for code, _ in reasons]
    for diagnostic, (_, reason) in zip(found, reasons, strict=True):
        assert diagnostic.severite is Severite.NOTE and diagnostic.aide
        assert reason in plain(diagnostic.message)
        assert diagnostic.span is not None and "\n" not in diagnostic.span.texte


# ---------------------------------------------------------------- the grid


def test_chapters_and_objectives(normandie: Politique) -> None:
    chapters = [c for c in normandie.chapitres.values() if c.article]
    assert [c.article for c in chapters] == [article for article, *_ in CHAPTERS]
    for chapter, (_, total, share, objectives) in zip(chapters, CHAPTERS, strict=True):
        assert declared(chapter) == total == points(under(normandie, chapter))
        assert chapter.totaux[0].soit == F(share, 100)
        assert abs(total / 105 - F(share, 100)) <= F(1, 200)
        own = [o for o in normandie.objectifs.values() if o.parent == chapter.nom]
        assert len(own) == len(objectives)
        for objective, (title, worth) in zip(own, objectives, strict=True):
            assert objective.titre.startswith(title)
            assert declared(objective) == worth
            assert points(under(normandie, objective)) == (worth or 0)
            if worth is None:
                assert not under(normandie, objective) and re.search(r"Non pondéré", objective.texte)
        assert sum(worth or 0 for _, worth in objectives) == total


def test_the_seventh_chapter_is_the_had_one(normandie: Politique) -> None:
    last = list(normandie.chapitres.values())[-1]
    assert len(normandie.chapitres) == 7 and not last.article and not last.totaux
    objectives = [o for o in normandie.objectifs.values() if o.parent == last.nom]
    assert [declared(o) for o in objectives] == [worth for _, worth in HAD_ONLY]
    assert all(o.titre.startswith(title) for o, (title, _) in zip(objectives, HAD_ONLY, strict=True))
    criteria = under(normandie, last)
    assert len(criteria) == 10 and points(criteria) == 5
    assert all(c.secteurs == ("HAD",) and c.poids == F(1, 2) for c in criteria)


def test_counts_and_points(normandie: Politique) -> None:
    """88 and 105; 79 and 9; 78 common for 100, of which 41 in HAD for 57; HAD: 51 and 62."""
    criteria = list(normandie.criteres.values())
    assert [c.nom for c in criteria] == [f"C{k}" for k in range(1, 89)]
    assert points(criteria) == 105 == sum(total for _, total, *_ in CHAPTERS) + sum(w for _, w in HAD_ONLY)
    measured = [c for c in criteria if c.mesure is not None]
    assert size(measured) == (9, F(15))
    assert size([c for c in criteria if c.mesure is None]) == (79, F(90))
    common = [c for c in criteria if c.chapitre != "specifique_had"]
    assert size(common) == (78, F(100))
    in_had = [c for c in common if "HAD" in c.secteurs]
    assert size(in_had) == (41, F(57)) and len(common) - len(in_had) == 37
    assert size([c for c in criteria if "HAD" in c.secteurs]) == (51, F(62))
    volet = normandie.volets["obligatoire"]
    assert (declared(volet), declared(volet, unite="critères")) == (F(105), F(88))
    assert (declared(volet, "HAD"), declared(volet, "HAD", "critères")) == (F(62), F(51))
    assert volet.article == "10"


def test_measured_indicators(normandie: Politique) -> None:
    measured = {c.nom: c for c in normandie.criteres.values() if c.mesure is not None}
    assert measured.keys() == MEASURED.keys() and sum(p for p, *_ in MEASURED.values()) == 15
    for nom, (worth, numerator, denominator) in MEASURED.items():
        critere = measured[nom]
        assert critere.poids == worth and critere.sens == "hausse" and MEETINGS in critere.source
        assert critere.nc_office is not None and critere.sans_reponse is None
        mesure = critere.mesure
        if denominator is None:
            assert isinstance(mesure, Fait) and normandie.donnees[mesure.nom].titre == numerator
            continue
        assert isinstance(mesure, Arithmetique) and mesure.op == "/"
        top, bottom = mesure.gauche, mesure.droite
        assert isinstance(top, Fait) and isinstance(bottom, Fait)
        assert normandie.donnees[top.nom].titre == numerator
        assert normandie.donnees[bottom.nom].titre == denominator


def test_thresholds_of_criterion_55(normandie: Politique) -> None:
    """R above 50 %, NR up to 25 %, PR between: the printed bands, their two holes closed; the same for all nine."""
    tables = [c.table for c in normandie.criteres.values() if c.mesure is not None]
    for table in tables:
        assert table is not None
        given = {}
        for rang in table.rangs:
            assert isinstance(rang.cas[0], Intervalle) and isinstance(rang.effet, Constante)
            given[rang.effet.valeur] = rang.cas[0]
        quarter, half = F(1, 4), F(1, 2)
        assert given == {
            "R": Intervalle(half, False, None, False),
            "PR": Intervalle(quarter, False, half, True),
            "NR": Intervalle(None, False, quarter, True),
        }
    text = (POLICIES / "normandie" / "2018.caqes").read_text(encoding="utf-8")
    for printed in ("« Réalisé si > 50 % »", "compris entre 26 % et 49 %", "« Non Réalisé si < 25 % »"):
        assert printed in text


def test_printed_sectors(normandie: Politique) -> None:
    for what, sectors, names in SECTOR_NOTES:
        for nom in names:
            assert set(normandie.criteres[nom].secteurs) == set(sectors.split()), (what, nom)
    # « En fonction des ES concernés, MCO +++ ».
    for critere in normandie.criteres.values():
        if critere.chapitre == "art_10_5":
            assert "MCO" in critere.secteurs and "secteurs par hypothèse" in critere.source
    assert list(normandie.secteurs) == ALL.split()


def test_printed_words(normandie: Politique) -> None:
    for nom, words in PRINTED_WORDS.items():
        assert words in normandie.criteres[nom].titre, nom


def test_points_that_concern_each_sector(normandie: Politique) -> None:
    """An establishment of one sector alone. Out of 100: 16 for MCO alone (C38, C43 to C45, C73 to C76), and in dialysis
    also 10 (C48 to C53)."""
    typed = {"MCO": F(100), "SSR": F(84), "PSY": F(84), "HAD": F(62), "DIALYSE": F(74)}
    for secteur, worth in typed.items():
        assert points([c for c in normandie.criteres.values() if secteur in c.secteurs]) == worth
    both = [c for c in normandie.criteres.values() if {"MCO", "SSR"} & set(c.secteurs)]
    assert points(both) - normandie.criteres["C56"].poids == 98


# ---------------------------------------------------------------- rates, scale, dates


def test_rates_in_force(national: Politique, normandie: Politique) -> None:
    assert national.parametres.keys() == RATES.keys()
    for nom, values in RATES.items():
        dated = national.parametres[nom].valeurs
        assert [(v.a_compter_du, v.valeur) for v in dated] == [(day, value) for day, value, _ in values]
        assert all(text in v.source for v, (_, _, text) in zip(dated, values, strict=True))
        assert normandie.parametres[nom].valeurs == dated
    asked = {
        date(2017, 4, 29): ("4", "44", None, None),
        date(2017, 4, 30): ("4", "45.5", "4.1", "5.8"),
        date(2018, 1, 1): ("4", "45.5", "4.1", "5.8"),
        date(2018, 12, 11): ("4", "45.5", "4.1", "5.8"),
        date(2018, 12, 12): ("3.3", "49", "3", "3"),
        date(2016, 12, 30): (None, None, None, None),
    }
    for day, wanted in asked.items():
        for nom, value in zip(RATES, wanted, strict=True):
            begun = [v.valeur for v in national.parametres[nom].valeurs if v.a_compter_du <= day]
            assert (begun[-1] if begun else None) == (None if value is None else F(value) / 100), (nom, day)


def test_rates_of_an_exercise(normandie: Politique) -> None:
    """Exercise 2018 takes the rates of 01/01/2018, exercise 2019 those of the arrêté of December 2018."""
    wanted = {2018: ("4", "45.5", "4.1", "5.8"), 2019: ("3.3", "49", "3", "3")}
    for exercice, values in wanted.items():
        found = compile_path(POLICIES / "national" / "2017.caqes", exercice=exercice).politique
        assert found is not None
        current = [found.parametres[nom].en_vigueur for nom in RATES]
        assert [v.valeur for v in current if v is not None] == [F(v) / 100 for v in values]
    assert normandie.parametres["taux_max_phev"].en_vigueur is not None


def test_argumentation_is_due_on_the_2016_results(normandie: Politique) -> None:
    """+5,8 %, 42,3 %, +2,5 % and +3,3 % against 4 %, 45,5 %, 4,1 % and 5,8 %: the first two alone call for it."""
    passe = {"depenses_phev": F(1000), "depenses_les_medicaments": F(1000), "depenses_les_dispositifs": F(1000)}
    calm = {**passe, "taux_generiques": F(1, 2)}
    cases = {
        "depenses_phev": (F(1058), True),
        "taux_generiques": (F(423, 1000), True),
        "depenses_les_medicaments": (F(1025), False),
        "depenses_les_dispositifs": (F(1033), False),
    }
    for nom, (value, due) in cases.items():
        past = {2017: Etablissement("x", faits=passe)}
        facts = Etablissement("x", exercice=2018, secteurs=("MCO",), faits={**calm, nom: value}, passes=past)
        assert evaluate(normandie, facts).pieces["argumentaire"].valeur is due, nom


def test_the_printed_scale_and_its_suite(normandie: Politique) -> None:
    table = normandie.baremes["taux_sanction"].table
    interprete = Interpreteur(normandie, Etablissement("x"))
    printed = {0: 0, 1: 1, 2: 1, 3: 2, 4: 2, 5: 3, 6: 3, 7: 4, 8: 4}
    further = {9: 5, 10: 5, 11: 6, 53: 27}
    for gap, rate in (printed | further).items():
        assert interprete.table_at(table, (F(gap, 100),))[0].valeur == F(rate, 10000), gap
    assert normandie.decisions["financiere"].arrondi == F(1, 100)


def test_the_year_is_the_closed_one(normandie: Politique) -> None:
    """« Produits N-1 » counted from 2019: the receipts of 2018, the exercise itself."""
    assert (normandie.exercice, normandie.evaluee_en) == (2018, 2019)
    assert (normandie.vigueur_du, normandie.vigueur_au) == (date(2018, 1, 1), date(2018, 12, 31))
    montant = normandie.decisions["financiere"].montant
    assert isinstance(montant, Arithmetique) and montant.op == "×"
    assert isinstance(montant.gauche, Reference) and montant.gauche.cle.nom == "taux_sanction"
    assert isinstance(montant.droite, Fait) and (montant.droite.nom, montant.droite.recul) == ("produits_am", 0)


def test_calendar(normandie: Politique) -> None:
    assert {f"{e.date:%d/%m/%Y}" for e in normandie.calendrier} == DATES
    days = [e.date for e in normandie.calendrier]
    assert days == sorted(days)
    named = {e.nom: e.date for e in normandie.calendrier}
    assert named["envoi_t0"] == date(2017, 10, 13) and named["retour_t0"] == date(2017, 11, 6)
    assert named["copil"] == date(2017, 11, 14) and named["signature"] == date(2017, 12, 31)


# ---------------------------------------------------------------- sources and hypotheses


def test_everything_has_a_source(normandie: Politique, national: Politique) -> None:
    for politique in (normandie, national):
        assert politique.source
        declared_things = [
            *politique.secteurs.values(), *politique.niveaux.values(), *politique.donnees.values(),
            *politique.parametres.values(), *politique.criteres.values(), *politique.calculs.values(),
            *politique.baremes.values(), *politique.decisions.values(), *politique.pieces.values(),
            *politique.proprietes, *politique.volets.values(), *politique.chapitres.values(),
            *politique.objectifs.values(),
        ]  # fmt: skip
        assert [d.nom for d in declared_things if not d.source] == []
        assert all(v.source for p in politique.parametres.values() for v in p.valeurs)
        assert all(d.source for d in politique.delais)
    volet = normandie.volets["obligatoire"]
    assert volet.cible_source and all(t.source for t in volet.totaux)
    assert set(normandie.notation.sources) == {"score", "NC", "sans réponse"}


def test_hypotheses_are_marked(normandie: Politique) -> None:
    """What the source leaves open says so: the split of objectives, PR, notation, progress, target, delay."""
    printed_alone = {"C16", "C65", "C79", "C83"}
    for critere in normandie.criteres.values():
        if critere.nom in printed_alone:
            assert critere.source.startswith(f"{MEETINGS} : intitulé et points")
        elif critere.mesure is not None:
            assert critere.source.startswith(MEETINGS) and "hypothèse : bornes" in critere.source
        else:
            assert critere.source.startswith("hypothèse : "), critere.nom
        if "HAD" not in critere.secteurs and critere.nom not in {n for *_, names in SECTOR_NOTES for n in names}:
            assert re.search(r"HAD par hypothèse|secteurs? (MCO seul|par hypothèse)", critere.source), critere.nom
    assert normandie.niveaux["PR"].part == F(1, 2)
    volet = normandie.volets["obligatoire"]
    open_points = [
        normandie.niveaux["PR"].source,
        *normandie.notation.sources.values(),
        normandie.calculs["dynamique"].source,
        volet.cible_source,
        normandie.delais[0].source,
        next(t.source for t in volet.totaux if (t.secteur, t.unite) == ("HAD", "critères")),
    ]
    assert all(s.startswith("hypothèse : ") for s in open_points)
    for source in (normandie.baremes["taux_sanction"].source, normandie.decisions["financiere"].source):
        assert "hypothèse : " in source


# ---------------------------------------------------------------- worked figures


def test_every_worked_figure_is_an_exemple(normandie: Politique) -> None:
    """The exemples run in the compilation; here, that each printed figure is one of them."""
    cases = [
        (
            {str(getattr(i.cible, "cle", getattr(i.cible, "nom", ""))): i.valeur for i in e.avec},
            {str(getattr(i.cible, "cle", getattr(i.cible, "nom", ""))): i.valeur for i in e.attendu},
        )
        for e in normandie.exemples
    ]

    def has(avec: Mapping[str, object], attendu: Mapping[str, object]) -> bool:
        return any(avec.items() <= given.items() and attendu.items() <= wanted.items() for given, wanted in cases)

    for got, score in ((48, 49), (52, 53)):
        assert has({"points": F(got), "points_applicables": F(98)}, {"score": F(score, 100)})
    assert has({"mesure(C55)": F(89, 100)}, {"niveau(C55)": "R"})
    assert has({"mesure(C55)": F(45, 100)}, {"niveau(C55)": "PR"})
    for produits, amount in ((10**6, 100), (500 * 10**6, 50_000)):
        rate = {"barème(taux_sanction)": F(1, 10000), "décision(financiere)": F(amount)}
        assert has({"produits_am": F(produits)}, rate)


def test_only_98_gives_both_printed_percentages() -> None:
    """48 points for 49 % and 52 for 53 %, rounded to the nearest: 98 is the only whole denominator."""

    def rounded(ratio: F) -> int:
        return int(100 * ratio + F(1, 2))

    found = [n for n in range(53, 106) if (rounded(F(48, n)), rounded(F(52, n))) == (49, 53)]
    assert found == [98]
