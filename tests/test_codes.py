"""Codes of diagnostics: each wrong excerpt gives its code, each right one does not; both stand in a small policy."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from caqes_dsl.base.codes import CODES, Code
from caqes_dsl.base.diagnostics import Diagnostic, Severite
from caqes_dsl.pipeline import compile_path

ROOT = Path(__file__).resolve().parents[1]
COHORT_CODES = ("CAQ309", "CAQ408", "CAQ409", "CAQ411", "CAQ412")
"""About a cohort: see test_affected.py, test_population.py and test_figer.py."""
POLICY_CODES = [c for c in CODES.values() if c.code < "CAQ600" and c.code not in COHORT_CODES]

FRAME = """secteur MCO « Médecine, chirurgie, obstétrique »
secteur HAD « Hospitalisation à domicile »

niveau R « Réalisé » donne 100 %

niveau PR « Partiellement réalisé » donne 50 %

niveau NR « Non réalisé » donne 0 %

notation
  score arrondi à 1 % avant comparaison

volet socle « Volet socle »
  cible 53 %

donnée lits « Lits » : entier ≥ 0

donnée dossiers « Dossiers » : entier ≥ 0

donnée conformes « Dossiers conformes » : entier entre 0 et dossiers

donnée produits « Produits d'assurance maladie » : montant ≥ 0 €

critère C0 « Charte signée »
  poids 2 points
  secteurs tous

calcul ecart « Écart à la cible » : écart
  max(cible - score ; 0 pt)

pièce releve « Relevé à joindre »
  si lits = 0 ou dossiers = 0 ou conformes = 0 ou produits = 0 €
"""

HEADER = ("reprend", "respecte", "région", "exercice", "vigueur", "statut", "sans cadre")
DECISION = ("si ", "montant", "plafond", "plancher", "arrondi à", "if ")
ROW = ("moins de", "plus de", "de ", "jusqu", "à partir", "entre")
DECLARATIONS = (
    *("secteur ", "niveau ", "donnée", "paramètre", "notation", "volet", "chapitre", "objectif", "critère"),
    *("indicateur", "calcul ", "barème", "sanction", "intéressement", "pénalité", "enveloppe", "pièce", "calendrier"),
    *("exemple", "limite", "contrôle", "modifie", "remplace", "supprime"),
)


def framed(excerpt: str) -> str:
    """A whole policy around an excerpt: a policy, declarations, or clauses of the declaration that takes them."""
    lines = excerpt.split("\n")
    first = excerpt.lstrip()
    if first.startswith(("caqes", "politique")):
        return excerpt + "\n"
    header = [line for line in lines if line.strip().startswith(HEADER) or line.startswith("source")]
    rest = "\n".join(line for line in lines if line not in header)
    body = rest.lstrip()
    if body.startswith(ROW):
        rest = "critère CX « Essai »\n  poids 1 point\n  secteurs tous\n  NC d'office si dossiers = 0\n" \
               "  mesure conformes / dossiers\n  seuils\n" + indent(rest, 4)  # fmt: skip
    elif body.startswith(DECISION):
        extra = "" if "montant" in body else "\n  montant 100 €"
        extra += "" if "arrondi à" in body else "\n  arrondi à 0,01 €"
        rest = "sanction sx « Essai »\n" + indent(rest, 2) + extra
    elif body and not body.startswith(DECLARATIONS):
        extra = "" if "poids" in body else "\n  poids 1 point"
        extra += "" if "secteurs" in body else "\n  secteurs tous"
        if body.startswith("seuils"):
            extra += "\n  NC d'office si dossiers = 0\n  mesure conformes / dossiers"
        rest = "critère CX « Essai »" + extra + "\n" + indent(rest, 2)
    declared = set(re.findall(r"^\s*(?:secteur|niveau|donnée|volet|critère|calcul) (\w+)", rest, re.MULTILINE))
    if "notation" in rest:
        declared.add("notation")
    kept = [p for p in re.split(r"\n(?=secteur|niveau|notation|volet|donnée|critère|calcul|pièce)", FRAME)
            if not ({p.split()[1], p.split()[0]} & declared)]  # fmt: skip
    if "volet" in {w for line in rest.split("\n") for w in line.split()[:1]}:
        kept = [p for p in kept if not p.startswith(("volet", "critère"))]
    years = "" if any(h.strip().startswith("exercice") for h in header) else "  exercice 2018\n"
    heading = "caqes 1\n\npolitique essai « Essai »\n" + years + "".join(f"  {h.strip()}\n" for h in header)
    return heading + "\n" + "\n".join(kept) + "\n" + rest + "\n"


def indent(text: str, width: int) -> str:
    return "\n".join(" " * width + line for line in text.split("\n"))


def diagnose(tmp_path: Path, excerpt: str) -> list[Diagnostic]:
    """Diagnostics of an excerpt, framed, beside a national policy and one that starts from it."""
    root = tmp_path / "policies"
    (root / "national").mkdir(parents=True, exist_ok=True)
    (root / "region").mkdir(exist_ok=True)
    (root / "national/2017.caqes").write_text(
        "caqes 1\n\npolitique national « Cadre »\n  source « Essai »\n\nsecteur NAT « Tous »\n\n"
        "critère C1 « Audit annuel »\n  poids 2 points\n  secteurs tous\n  guide « Compter les audits »\n\n"
        "donnée produits_am « Produits » : montant ≥ 0 €\n\n"
        "paramètre part_max « Part des produits » : taux\n  1 % à compter du 01/01/2017\n\n"
        "paramètre seuil_max « Seuil d'alerte » : taux\n  5 % à compter du 01/01/2017\n\n"
        "limite legale « Un pour cent » total des sanctions ≤ part_max × produits_am source « Loi »\n",
        encoding="utf-8",
    )
    path = root / "region/essai.caqes"
    (root / "region/b.caqes").write_text("caqes 1\n\npolitique b « B »\n  reprend « essai.caqes »\n", encoding="utf-8")
    path.write_text(framed(excerpt), encoding="utf-8")
    return list(compile_path(path, exercice=2021 if "--exercice 2021" in excerpt else None).diagnostics)


@pytest.mark.parametrize("code", POLICY_CODES, ids=lambda c: c.code)
def test_the_wrong_excerpt_gives_its_code(code: Code, tmp_path: Path) -> None:
    found = [d.code for d in diagnose(tmp_path, code.mauvais)]
    assert code.code in found, framed(code.mauvais)


@pytest.mark.parametrize("code", POLICY_CODES, ids=lambda c: c.code)
def test_the_right_excerpt_does_not(code: Code, tmp_path: Path) -> None:
    found = diagnose(tmp_path, code.bon)
    errors = [f"{d.code} {d.span} {d.message}" for d in found if d.is_error or d.code == code.code]
    assert not errors, framed(code.bon)


@pytest.mark.parametrize("code", POLICY_CODES, ids=lambda c: c.code)
def test_the_severity_declared_is_the_one_reported(code: Code, tmp_path: Path) -> None:
    given = {d.severite for d in diagnose(tmp_path, code.mauvais) if d.code == code.code}
    assert code.severite in given


@pytest.mark.parametrize("code", CODES.values(), ids=lambda c: c.code)
def test_a_code_is_documented(code: Code) -> None:
    assert re.fullmatch(r"CAQ[1-8]\d\d", code.code)
    assert code.titre and code.titre[0].islower() and not code.titre.endswith(".")
    assert code.pourquoi.endswith(".") and len(code.pourquoi) > 60
    assert code.mauvais != code.bon
    assert isinstance(code.severite, Severite)
