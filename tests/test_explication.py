"""What `expliquer` prints: words a director understands, no code name, the year itself, every fact and its source."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction as F
from html.parser import HTMLParser
from pathlib import Path

import pytest
from completions import HEAD, random_establishment, random_policy

from caqes_dsl.documents.explication import explication_view
from caqes_dsl.documents.render import render_explication
from caqes_dsl.evaluation.explain import evaluate
from caqes_dsl.evaluation.facts import Etablissement, Retenu
from caqes_dsl.evaluation.trace import Resultat
from caqes_dsl.model.nodes import Politique
from caqes_dsl.pipeline import compile_path, compile_text

ROOT = Path(__file__).resolve().parents[1]
CODES = re.compile(
    r"\b(lits_\w+|art_10_\d|dmi_\w+|produits_am|depenses_\w+|unites\w*|resultat_\w+|taux_(?:sanction|max|min)\w*"
    r"|calcul|barème|financiere|dynamique|argumentaire|hors_secteur|nc_office|None|True|False|Fraction)\b"
)
BARE = re.compile(r"(?<![\w’'])(R(?!\.)|PR|NR|NC)(?![\w’'])")


@pytest.fixture(scope="module")
def normandie() -> Politique:
    compiled = compile_path(ROOT / "policies/normandie/2018.caqes")
    assert compiled.politique is not None
    return compiled.politique


def answers(politique: Politique, secteurs: tuple[str, ...], level: str, **others: str) -> dict[str, str]:
    asked = [c for c in politique.criteres.values() if c.mesure is None and set(c.secteurs) & set(secteurs)]
    return {c.nom: others.get(c.nom, level) for c in asked}


FACTS = {
    "produits_am": F("12345678.90"),
    "depenses_phev": F(105),
    "taux_generiques": F("0.40"),
    "depenses_les_medicaments": F(0),
    "depenses_les_dispositifs": F(0),
    "lits": F(90),
    "lits_lap": F(45),
    "unites": F(10),
    "unites_lap": F(9),
    "lits_places": F(100),
    "lits_places_informatises": F(10),
    "lits_traces": F(60),
    "dmi_implantes": F(0),
    "dmi_traces": F(0),
    "dossiers_qls": F(80),
    "resultat_qls": F("0.70"),
    "resultat_qls_13": F("0.65"),
    "lits_places_hors_ehpad": F(220),
    "lits_places_analyses": F(196),
    "lits_medico_sociaux": F(0),
    "lits_medico_sociaux_analyses": F(0),
}


def establishment(politique: Politique, **changes: object) -> Etablissement:
    """An MCO and SSR establishment under the target; `changes` replace fields, `sans` leaves facts out."""
    secteurs = ("MCO", "SSR")
    past = Etablissement(
        "140000100",
        exercice=2017,
        secteurs=secteurs,
        enregistres={"score": F("0.47")},
        faits={"depenses_phev": F(100), "depenses_les_medicaments": F(0), "depenses_les_dispositifs": F(0)},
        lieu="retours.csv, ligne 2",
    )
    base = Etablissement(
        "140000100",
        "Établissement fictif",
        2018,
        secteurs,
        answers(politique, secteurs, "PR", C4="NR", C5="NR", C6="NR", C17="NR", C62="NC", C9="R"),
        {"C62": "Pas de RCP en 2018"},
        FACTS,
        {"lits": "SAE 2018"},
        passes={2017: past},
        lieu="retours.csv, ligne 3",
    )
    missing = changes.pop("sans", ())
    assert isinstance(missing, tuple)
    kept = {k: v for k, v in base.faits.items() if k not in missing}
    return replace(base, faits=kept, **changes)  # type: ignore[arg-type]  # fields of Etablissement


@pytest.fixture(scope="module")
def cases(normandie: Politique) -> dict[str, Resultat]:
    perfect = answers(normandie, ("MCO", "SSR"), "R")
    return {
        "sous la cible": evaluate(normandie, establishment(normandie)),
        "retenu": evaluate(
            normandie, establishment(normandie, retenus={"financiere": Retenu(F(100), "premier écart")})
        ),
        "indéterminé": evaluate(normandie, establishment(normandie, sans=("resultat_qls", "unites"), passes={})),
        "sans produits": evaluate(normandie, establishment(normandie, sans=("produits_am",))),
        "parfait": evaluate(normandie, establishment(normandie, reponses=perfect)),
        "had": evaluate(normandie, establishment(normandie, secteurs=("HAD",), reponses={})),
        "sans activité": evaluate(normandie, establishment(normandie, secteurs=())),
    }


def texts(view: object) -> Iterator[str]:
    if isinstance(view, str):
        yield view
    elif isinstance(view, tuple):
        for part in view:
            yield from texts(part)
    elif hasattr(view, "__slots__"):
        for name in view.__slots__:
            if name not in ("ancre", "empreinte", "code_de_controle", "etat", "largeur", "largeur_cible"):
                yield from texts(getattr(view, name))


def flat(text: str) -> str:
    """The text on one line, its no-break spaces as spaces, as one reads it."""
    return re.sub(r"\s+", " ", text.replace("\u202f", " ").replace("\u00a0", " ")).replace("’", "'")


def test_no_code_name_nor_bare_level_is_printed(cases: dict[str, Resultat]) -> None:
    for name, resultat in cases.items():
        view = replace(explication_view(resultat), sources=())  # sources quote the policy's author
        for text in texts(view):
            assert not CODES.search(text), (name, text)
            assert not BARE.search(text.replace("NC « ", "")), (name, text)
            assert "N-1" not in text, (name, text)


def test_templates_print_no_word_of_the_language(cases: dict[str, Resultat]) -> None:
    for form in ("txt", "html"):
        text = render_explication(cases["sous la cible"], form)
        visible = re.sub(r"<style>.*?</style>|<[^>]*>", " ", text, flags=re.DOTALL).split("SOURCES")[0]
        assert not re.search(r"\b([Cc]alcul|[Bb]arème|[Ss]euils selon)\b|N-1", visible.split("Sources")[0])


def test_text_keeps_to_a_hundred_columns_without_colour(cases: dict[str, Resultat]) -> None:
    for resultat in cases.values():
        text = render_explication(resultat, "txt")
        assert "\x1b" not in text and "␉" not in text
        assert max(map(len, text.splitlines())) <= 100
        assert "\n\n\n" not in text


def test_the_first_page_stands_alone(cases: dict[str, Resultat]) -> None:
    resultat = cases["sous la cible"]
    sous = resultat.score_global
    assert sous.score is not None and sous.score < F(53, 100)
    page = render_explication(resultat, "txt").split("LE TRAITEMENT ET SA PART DANS LA DÉCISION")[0]
    assert page.count("\n") < 75
    said = flat(page)
    for part in (
        "POLITIQUE À L'ÉTAT DE PROJET",
        "FINESS : 140000100",
        "retours.csv, ligne 3",
        "points sur",
        "arrondi à 1 % près, avant comparaison",
        "Cible : 53 % : non atteinte",
        "il manquait",
        "montant encouru, proposé au comité, jamais décidé automatiquement",
        "« Argumentation à joindre au suivi semestriel » : à joindre",
        "plus coûteux",
        "traitement algorithmique",
        "R. 311-3-1-2",
        "deux mois",
    ):
        assert part in said, part


def test_a_measured_criterion_says_rule_facts_operation_result_and_source(cases: dict[str, Resultat]) -> None:
    said = flat(render_explication(cases["sous la cible"], "txt"))
    assert "PARTIELLEMENT RÉALISÉ – 0,5 point sur 1. 45 ÷ 90 = 50 % : « plus de 25 % à 50 % inclus »" in said
    assert "Nombre total de lits de l'établissement : 90 (SAE 2018 (retours.csv, ligne 3))" in said
    assert "Nombre de lits utilisant un LAP certifié : 45 (retours.csv, ligne 3)" in said
    assert "plus de 50 % : Réalisé · plus de 25 % à 50 % inclus : Partiellement réalisé" in said
    assert "NON RÉALISÉ – 0 point sur 2. Réponse de l'établissement." in said


def test_what_does_not_count_says_why(cases: dict[str, Resultat]) -> None:
    said = flat(render_explication(cases["sous la cible"], "txt"))
    assert "Déclaré « Non concerné » par l'établissement, motif donné : « Pas de RCP en 2018 »." in said
    assert "« Non concerné » de plein droit, car « Nombre total d'unités de DMI implantées » vaut zéro." in said
    assert "Évalué seulement en HAD" in said and "Activités de l'établissement : MCO et SSR." in said


def test_a_decision_says_condition_operands_row_rounding_and_certainty(cases: dict[str, Resultat]) -> None:
    resultat = cases["sous la cible"]
    amount = resultat.decisions["financiere"].montant
    assert amount is not None and amount > 0
    said = flat(render_explication(resultat, "txt"))
    score = resultat.score_global.score
    assert score is not None
    percent, gap = int(score * 100), 53 - int(score * 100)
    assert f"Le score n'atteint pas la cible : VRAI – {percent} % < 53 %" in said
    assert f"{percent} % − 47 % = " in said
    assert f"53 % − {percent} % = {gap} points de pourcentage." in said
    assert "dans la limite de 1 %" in said
    assert "Score enregistré de 2017 : 47 % (retours.csv, ligne 2)" in said
    assert "× 12 345 678,90 € = " in said and ", à 0,01 € près." in said
    assert "à compter du 30 avril 2017" in said  # the rate in force, with its source
    assert re.search(r"Hypothèse : seuil non publié", said)


def test_the_amount_retained_stands_beside_the_amount_at_stake(cases: dict[str, Resultat]) -> None:
    said = flat(render_explication(cases["retenu"], "txt"))
    assert "Retenu après observations : 100 € (premier écart)" in said
    assert "l'un ne remplace pas l'autre" in said


def test_what_is_missing_says_what_it_changes(cases: dict[str, Resultat]) -> None:
    resultat = cases["indéterminé"]
    assert resultat.statut == "indetermine"
    said = flat(render_explication(resultat, "txt"))
    assert (
        "Non transmis : « Nombre total d'unités de soins de l'établissement (y compris chirurgie, SSR, etc.) »." in said
    )
    assert "Un critère en dépend : C32 (" in said
    assert "le score enregistré de 2017" in said.lower()
    assert "ON NE PEUT PAS ENCORE LE DIRE" in said
    assert "Ce n'est pas compté comme zéro" in said
    without = flat(render_explication(cases["sans produits"], "txt"))
    assert "le montant ne peut pas être arrêté : il manque « Produits reçus" in without
    assert "non chiffrable" in without


def test_no_answer_counts_as_the_policy_says_and_is_said(cases: dict[str, Resultat]) -> None:
    said = flat(render_explication(cases["had"], "txt"))
    assert "Aucune réponse transmise : la politique la compte « Non réalisé »." in said
    assert "restent sans réponse et comptent « Non réalisé »" in said


def test_nothing_at_stake_and_nothing_applicable_are_said(cases: dict[str, Resultat]) -> None:
    assert "Aucun montant n'est encouru." in flat(render_explication(cases["parfait"], "txt"))
    said = flat(render_explication(cases["sans activité"], "txt"))
    assert "aucun critère n'est applicable ; il n'y a ni score ni montant encouru" in said


class Page(HTMLParser):
    """Ids, links and open tags of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.stack: list[str] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if found.get("id"):
            self.ids.append(str(found["id"]))
        if (found.get("href") or "").startswith("#"):
            self.links.append(str(found["href"])[1:])
        if tag not in ("meta", "br", "col", "img"):
            self.stack.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.stack.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def test_the_page_is_one_sound_file(cases: dict[str, Resultat]) -> None:
    for resultat in cases.values():
        html = render_explication(resultat, "html")
        assert "http" not in html.replace("http-equiv", "") and "<script" not in html
        page = Page()
        page.feed(html)
        assert page.stack == [] and len(page.ids) == len(set(page.ids))
        assert set(page.links) <= set(page.ids)
        assert '<html lang="fr">' in html


def test_an_authors_text_cannot_break_the_page(normandie: Politique) -> None:
    hostile = establishment(
        normandie, raison_sociale="<b>Hôpital</b> & {{ 7 }}", motifs={"C62": "<script>alert(1)</script>"}
    )
    html = render_explication(evaluate(normandie, hostile), "html")
    assert "<script" not in html and "<b>Hôpital" not in html and "{{ 7 }}" in html


def test_same_result_same_bytes(cases: dict[str, Resultat]) -> None:
    resultat = cases["sous la cible"]
    assert render_explication(resultat, "html") == render_explication(resultat, "html")


VOLETS = """donnée produits « Produits » : montant
  ≥ 0 €
volet socle « Socle »
  cible 50 %
critère C1 « Premier »
  poids 2 points
  secteurs tous
calcul ecart « Écart » : écart
  max(cible - score ; 0 pt)
barème taux « Taux » : taux
  selon ecart
    0 pt : 0 %
    plus de 0 pt à 10 pt : 1 %
    puis, par tranche de 10 pt entamée : 1 % de plus
  plafond 4 %
sanction s « Sanction du socle »
  si score < cible
  montant taux × produits
  plafond 100 €
  arrondi à 1 €
volet pertinence « Pertinence »
  cible 40 %
critère C2 « Second »
  poids 1 point
  secteurs tous
"""


def test_each_volet_has_its_score_and_target() -> None:
    compiled = compile_text(HEAD + VOLETS)
    assert compiled.politique is not None, compiled.diagnostics
    etablissement = Etablissement("x", "Fictif", 2018, ("MCO",), {"C1": "NR", "C2": "R"}, faits={"produits": F(10_000)})
    said = flat(render_explication(evaluate(compiled.politique, etablissement), "txt"))
    assert "volet « Socle », score de 0 % ; cible de 50 % non atteinte, 50 points de pourcentage au-dessous" in said
    assert "volet « Pertinence », score de 100 % ; cible de 40 % atteinte, 60 points de pourcentage au-dessus" in said
    assert (
        "au-delà de 10 points de pourcentage, 4 tranches de 10 points de pourcentage entamées, donc 1 % + 4 × 1 %"
        in said
    )
    assert "4 % × 10 000 € = 400 € ; plafond : 100 € ; d'où 100 €, à 1 € près" in said


@pytest.mark.parametrize("seed", range(12))
def test_any_policy_and_any_establishment_is_explained(seed: int) -> None:
    rng = random.Random(seed)
    compiled = compile_text(random_policy(rng))
    assert compiled.politique is not None
    for _ in range(3):
        resultat = evaluate(compiled.politique, random_establishment(compiled.politique, rng))
        text = render_explication(resultat, "txt")
        assert max(map(len, text.splitlines())) <= 100 and "N-1" not in text and "None" not in text
        page = Page()
        page.feed(render_explication(resultat, "html"))
        assert page.stack == [] and set(page.links) <= set(page.ids)


def test_a_changed_rule_says_where_it_is_and_what_it_replaced(tmp_path: Path) -> None:
    national = (
        "caqes 1\npolitique p « P » source « Arrêté »\nsecteur MCO « Médecine »\nniveau R « Réalisé » donne 100 %\n"
        "niveau NR « Non réalisé » donne 0 %\nvolet v « Bon usage » cible 50 %\n"
        "critère C1 « Un » poids 1 point secteurs tous\ncritère C2 « Deux » poids 1 point secteurs tous\n"
        "critère C3 « Trois » poids 1 point secteurs tous\n"
    )
    child = (
        "caqes 1\npolitique an « An » reprend « a.caqes »\n  exercice 2018\nmodifie volet v cible 60 %\n"
        "modifie critère C2 poids 2 points motif « Décision »\nsupprime critère C3 motif « Atteint »\n"
    )
    (tmp_path / "a.caqes").write_text(national, encoding="utf-8")
    (tmp_path / "b.caqes").write_text(child, encoding="utf-8")
    politique = compile_path(tmp_path / "b.caqes").politique
    assert politique is not None
    resultat = evaluate(politique, Etablissement("140000100", "E", 2018, ("MCO",), {"C1": "R", "C2": "R"}))
    for format_ in ("txt", "html"):
        text = render_explication(resultat, format_)
        text = " ".join(re.sub(r"<[^>]+>", " ", text).replace("\u00a0", " ").split()).replace(f"{tmp_path}/", "")
        assert "Règle reprise a.caqes, ligne 7" in text
        assert "Changé Poids : b.caqes, ligne 5, qui remplace a.caqes, ligne 8 ; motif : Décision" in text
        assert re.search(r"Bon usage ?\. Cible : b.caqes, ligne 4, qui remplace a.caqes, ligne 6", text)
        assert "Supprimé (critère) : b.caqes, ligne 6, à la place de a.caqes, ligne 9 ; motif : Atteint" in text
