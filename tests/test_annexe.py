"""The annex as a page: everything the contract says, in its words, for the sectors asked."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pytest
from annexe_page import ESSAI, NORMANDIE, RACINE, Noeud, annexe, lire, politique

from caqes_dsl.base.quantities import Genre, write_value
from caqes_dsl.documents.render import FORMATS, render_annexe
from caqes_dsl.documents.view import annexe_view

GOLDEN = ESSAI.with_suffix(".txt")


def _rows(page: Noeud) -> dict[str, Noeud]:
    """Criteria by their number."""
    found = {}
    for table in page.classe("criteres"):
        for row in list(table.all("tr"))[1:]:
            found[next(row.all("th")).texte()] = row
    return found


# ---------------------------------------------------------------- what it says


def test_every_criterion_is_there_with_its_points_and_its_title() -> None:
    rows = _rows(annexe())
    assert list(rows) == list(politique().criteres)
    for critere in politique().criteres.values():
        cells = [c.texte() for c in rows[critere.nom].all("td")]
        assert cells[-1] == write_value(critere.poids, Genre.POINTS).replace("\u00a0", " ")
        assert cells[0].startswith(critere.titre.replace("'", "’"))


def test_thresholds_are_in_words_and_say_what_their_bounds_give() -> None:
    row = _rows(annexe())["C55"]
    assert [s.texte() for s in next(row.classe("seuils")).all("li")] == [
        "Plus de 50 % Réalisé 2 points",
        "Plus de 25 % à 50 % inclus Partiellement réalisé 1 point",
        "Jusqu’à 25 % inclus Non réalisé 0 point",
    ]
    said = next(row.classe("bornes")).texte()
    assert said == "Aux bornes : à 25 % : Non réalisé · à 50 % : Partiellement réalisé"


def test_answers_give_their_points_best_first() -> None:
    rows = _rows(annexe())
    assert [r.texte() for r in next(rows["C4"].classe("reponses")).all("li")] == [
        "Réalisé 2",
        "Partiellement réalisé 1",
        "Non réalisé 0",
    ]
    assert [r.texte() for r in next(rows["C16"].classe("reponses")).all("li")] == ["Réalisé 1", "Non réalisé 0"]


def test_commitments_without_points_are_printed_too() -> None:
    text = annexe().texte()
    assert "Promouvoir la prescription de médicaments dans le répertoire générique" in text
    assert "Suivi des dépenses des médicaments et DM de la liste en sus" in text


def test_hypotheses_are_marked_where_they_are_made() -> None:
    page, rows = annexe(), _rows(annexe())
    notes = {n.attributs["id"]: n.texte() for n in page.all("li") if n.attributs.get("id", "").startswith("note-")}
    for critere in politique().criteres.values():
        marks = list(rows[critere.nom].classe("hypothese"))
        assert bool(marks) == ("hypothèse" in critere.source.casefold()), critere.nom
        for mark in marks:
            assert "hypothèse" in notes[mark.attributs["href"][1:]].casefold()


def test_notes_are_numbered_in_the_order_of_the_page_and_all_are_listed() -> None:
    page = annexe()
    asked = [a.attributs["href"] for a in page.all("a") if a.attributs.get("href", "").startswith("#note-")]
    listed = [f"#{n.attributs['id']}" for n in page.all("li") if n.attributs.get("id", "").startswith("note-")]
    assert list(dict.fromkeys(asked)) == listed
    assert listed == [f"#note-{i}" for i in range(1, len(listed) + 1)]


def test_an_amount_is_at_stake_and_never_decided() -> None:
    text = annexe().texte()
    assert "Un montant encouru est proposé au comité ; il n’est jamais décidé automatiquement." in text
    assert "Montant encouru, sanction financière du volet obligatoire : 50 000 €" in text


def test_the_scale_says_how_it_goes_on() -> None:
    page = annexe()
    table = next(page.classe("bareme"))
    assert [[c.texte() for c in r.all("th", "td")] for r in table.all("tr")][1:3] == [
        ["0 point de pourcentage", "0 %"],
        ["De 1 à 2 points de pourcentage", "0,01 %"],
    ]
    said = [p.texte() for p in page.classe("suite")]
    assert "« Écart à la cible » : toujours un nombre entier de points de pourcentage." in said
    assert any("0,05 % à 10 points de pourcentage et 0,06 % à 12 points de pourcentage" in s for s in said)


def test_years_are_printed_and_never_counted_back() -> None:
    text = annexe().texte()
    assert "la variation du score de 2017 à 2018" in text
    assert "Score en 2017 : 51 %" in text
    assert not re.search(r"\bN ?[-−–] ?\d", text)


def test_words_of_the_language_are_not_printed() -> None:
    for chemin in (NORMANDIE, ESSAI):
        loaded, text = politique(chemin), annexe(chemin).texte()
        assert not re.search(r"\bcalculs?\b|\bd’office si\b|\bsecteurs tous\b|\bnotation\b|\bhors calcul\b", text, re.I)
        assert set(re.findall(r"[\w ]{0,8}\bcontrôle\b", text)) <= {"Code de contrôle"}
        declared = [*loaded.donnees, *loaded.chapitres, *loaded.objectifs, *loaded.calculs, *loaded.baremes]
        for nom in (n for n in declared if "_" in n):
            assert nom not in text
        assert not re.search(r"\b(R|PR|NR)\b(?! ?\.)", text), "un niveau est imprimé par son nom et non par son libellé"


def test_the_annex_of_home_hospitalisation() -> None:
    page = annexe(secteurs=("HAD",))
    rows = _rows(page)
    assert len(rows) == 51
    total = sum((Fraction(r.texte().rsplit(" ", 2)[1].replace(",", ".")) for r in rows.values()), Fraction(0))
    assert total == 62
    assert "62 points, 51 critères" in page.texte()
    summary = [[c.texte() for c in r.all("th", "td")] for r in next(page.classe("nombres")).all("tr")]
    assert summary[0] == ["Article", "Critères", "Points"]
    assert summary[-1] == ["Total", "51", "62"]
    assert sum(int(r[1]) for r in summary[1:-1]) == 51
    assert "Établissements dont la seule activité est : Hospitalisation à domicile" in page.texte()
    # What only the criteria of others read is not asked; what is collected from all still is.
    assert "Nombre de lits utilisant un LAP certifié" not in page.texte()
    assert "Taux de prescription de biosimilaires" in page.texte()


def test_sectors_asked_twice_or_in_another_order_give_the_same_document() -> None:
    asked = [("MCO", "HAD"), ("HAD", "MCO"), ("HAD", "MCO", "HAD")]
    assert len({render_annexe(politique(), "html", secteurs=s) for s in asked}) == 1


def test_an_unknown_sector_is_said() -> None:
    with pytest.raises(ValueError, match="Le secteur « ABC » n'est pas déclaré"):
        annexe_view(politique(), secteurs=("ABC",))


def test_a_variante_holds_for_the_establishments_it_is_for() -> None:
    everyone, home = _rows(annexe(ESSAI)), _rows(annexe(ESSAI, ("HAD",)))
    assert [c.texte() for c in everyone["C1"].all("td")][-1] == "1 point"
    assert "Variante Hospitalisation à domicile" in everyone["C1"].texte()
    assert [c.texte() for c in home["C1"].all("td")][-1] == "0,5 point"
    assert "Variante" not in home["C1"].texte()


def test_the_text_of_a_small_policy() -> None:
    """The whole text, to be read by a person: CAQES_REECRIRE=1 writes it anew."""
    lines = "\n".join(line for line in annexe(ESSAI).lignes() if line)
    lines = re.sub(r"\b[0-9a-f]{64}\b", "(empreinte)", lines)
    lines = re.sub(
        r"(Code de contrôle\n)[0-9a-f]{12}", r"\1(code)", re.sub(r"caqes \d[\w.]*", "caqes (version)", lines)
    )
    if os.environ.get("CAQES_REECRIRE"):
        GOLDEN.write_text(lines + "\n", encoding="utf-8")
    assert lines + "\n" == GOLDEN.read_text(encoding="utf-8")


# ---------------------------------------------------------------- how it is made


@pytest.mark.parametrize("chemin", [NORMANDIE, ESSAI, RACINE / "policies" / "national" / "2017.caqes"])
def test_the_page_is_well_formed_and_accessible(chemin: Path) -> None:
    page = annexe(chemin)
    assert next(page.all("html")).attributs["lang"] == "fr"
    levels = [int(h.tag[1]) for h in page.all("h1", "h2", "h3", "h4")]
    assert levels.count(1) == 1 and levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    for table in page.all("table"):
        assert next(table.all("caption")).texte()
        assert all(h.attributs.get("scope") in ("col", "row") for h in table.all("th"))
        assert all(next(r.all("th")).attributs["scope"] == "row" for r in list(table.all("tr"))[1:])
    targets = [e.attributs["id"] for e in _every(page) if "id" in e.attributs]
    assert len(targets) == len(set(targets))
    links = [a.attributs["href"] for a in page.all("a")]
    assert links[0] == "#contenu"
    assert all(link.startswith("#") and link[1:] in targets for link in links)
    labelled = {e.attributs["aria-labelledby"] for e in _every(page) if "aria-labelledby" in e.attributs}
    assert labelled <= set(targets)


def _every(page: Noeud) -> list[Noeud]:
    found = []
    for part in page.contenu:
        if isinstance(part, Noeud):
            found += [part, *_every(part)]
    return found


def test_the_page_stands_alone_and_runs_nothing() -> None:
    page = annexe()
    policy = [m.attributs["content"] for m in page.all("meta") if m.attributs.get("http-equiv")]
    assert policy == ["default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"]
    assert not list(page.all("script", "img", "link", "iframe", "object"))
    assert not any("src" in e.attributs or "style" in e.attributs for e in _every(page))
    assert "url(" not in "".join(str(p) for s in page.all("style") for p in s.contenu)


def test_hostile_labels_stay_text() -> None:
    page = annexe(ESSAI)
    assert not list(page.all("script"))
    text = page.texte()
    assert "Région <script>alert(1)</script> & Cie" in text
    assert "par le comité {{ 7 }}" in text
    assert "Arrêté <b>A</b>" in text
    style = "".join(str(p) for s in page.all("style") for p in s.contenu)
    assert "alert" in style and "<" not in style and "\\00003c script\\00003e alert" in style


def test_a_project_carries_its_mark_until_it_is_adopted() -> None:
    project, adopted = annexe(), annexe(ESSAI)
    assert list(project.classe("filigrane")) and "PROJET : ce document n’a pas été adopté" in project.texte()
    assert not list(adopted.classe("filigrane")) and "PROJET" not in adopted.texte()
    assert "Adopté le 1er décembre 2019" in adopted.texte()


def test_the_empreinte_is_printed_whole_and_short() -> None:
    codes = [c.texte() for c in annexe().all("code")]
    assert politique().empreinte in codes and politique().empreinte[:12] in codes


def test_french_typography() -> None:
    raw = render_annexe(politique(), "html").decode()
    body = raw[raw.index("<body>") :]
    assert "'" not in re.sub(r"<[^>]*>", "", body)
    assert not re.search(r"[^\s\u00a0\u202f] [:;?!»%€]", re.sub(r"<[^>]*>", "", body))
    assert "du 1er\u00a0janvier\u00a02018 au 31\u00a0décembre\u00a02018" in body
    assert "0,01\u00a0%" in body and "500\u202f000\u202f000\u00a0€" in body


_PROGRAM = """
import hashlib, sys
from pathlib import Path
from caqes_dsl.pipeline import compile_path
from caqes_dsl.documents.render import FORMATS, render_annexe
for chemin in sys.argv[1:]:
    politique = compile_path(Path(chemin), executer_exemples=False).politique
    for format in FORMATS:
        print(hashlib.sha256(render_annexe(politique, format)).hexdigest())
"""


def test_same_policy_same_bytes_in_every_process() -> None:
    command = [sys.executable, "-c", _PROGRAM, str(NORMANDIE), str(ESSAI)]
    given = set()
    for seed in ("0", "1"):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(RACINE), "TZ": f"UTC{seed}"}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=120)
        given.add(done.stdout)
    assert len(given) == 1
    assert len(set(given.pop().split())) == 2 * len(FORMATS)


def test_an_unclosed_page_is_noticed() -> None:
    """The reader that these tests stand on does see a fault."""
    with pytest.raises(AssertionError, match="ferme"):
        lire(b"<p><b>a</p>")
