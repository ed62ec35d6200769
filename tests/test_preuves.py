"""What is proved is never refuted: random policies, their limits tried on many establishments and tiny amounts."""

from __future__ import annotations

import random
from fractions import Fraction as F

import pytest

from caqes_dsl.base.quantities import Valeur
from caqes_dsl.evaluation.explain import Interpreteur, violated_bounds
from caqes_dsl.evaluation.facts import Etablissement
from caqes_dsl.evaluation.limits import holds
from caqes_dsl.model.domains import Domaines
from caqes_dsl.model.majorants import Forme, Majorants
from caqes_dsl.model.nodes import Fait, Politique
from caqes_dsl.model.preuves import is_proved
from caqes_dsl.pipeline import compile_text

HEAD = """caqes 1
politique essai « Essai » exercice 2018 source « hypothèse : essai »
secteur MCO « Médecine »
niveau R « Réalisé » donne 100 %
niveau NR « Non réalisé » donne 0 %
donnée p « P » : montant ≥ 0 €
donnée q « Q » : montant ≥ 0 €
donnée s « S » : montant
donnée t « T » : taux entre 0 % et 100 %
donnée n « N » : entier entre 0 et 5
volet v « V » cible 50 %
critère C1 « Un » poids 1 point secteurs tous
critère C2 « Deux » poids 1 point secteurs tous
calcul eco « Économie » : montant max(p - q ; 0 €)
barème b « B » : taux
  selon n
    0 : 0 %
    de 1 à 3 : 1 %
    plus de 3 : 2 %
"""


def amount(rng: random.Random, depth: int = 0) -> str:
    """An expression of type montant."""
    if depth > 2 or rng.random() < 0.3:
        return rng.choice(["p", "q", "eco", "s", "10 €", "0,004 €", "1 % × p", "b × p", "t × q", "b × t × p"])
    a, b = amount(rng, depth + 1), amount(rng, depth + 1)
    return rng.choice(
        [
            f"({a} + {b})",
            f"({a} - {b})",
            f"min({a} ; {b})",
            f"max({a} ; {b})",
            f"(si t > 50 % alors {a} sinon {b})",
            f"arrondi({a} ; 0,01 €)",
            f"arrondi_défaut({a} ; 1 €)",
            f"arrondi_excès({a} ; 1 €)",
            f"({a} / 3)",
            f"2 × {a}",
        ]
    )


def policy(rng: random.Random) -> str:
    text = HEAD
    for i in range(rng.randint(1, 2)):
        text += f"sanction d{i} « D » {rng.choice(['', 'si score < cible ', 'si t > 20 % '])}montant "
        text += rng.choice([amount(rng, 1), "1 % × p", "2 % × p + 4 €"]) + " "
        text += rng.choice(["", "plafond 1 % × p ", "plafond 5 € ", f"plafond {amount(rng, 2)} "])
        text += rng.choice(["", "plancher 0 € ", "plancher 0,5 % × p "])
        text += f"arrondi à {rng.choice(['0,01 €', '1 €'])}\n"
    bounds = ["1 % × p", "2 % × p", "3 % × p + 1 €", "p", "p + q", "5 €", "2 × p + 2 × q + 10 €", amount(rng, 1)]
    for i in range(4):
        op = rng.choice(["≤", "≤", "<", "≥", "≥"])
        bound = rng.choice(bounds if op != "≥" else ["0 €", "0,5 % × p - 1 €", "1 % × p - 0,01 €", "4 €"])
        what = rng.choice([f"total des sanctions {op}", f"chaque sanction {op}", f"d0 {op}"])
        when = rng.choice(["", "", " lorsque d0 > 0 €", " lorsque p > q"]) if what.startswith("d0") else ""
        text += f"contrôle l{i} « L » {what} {bound}{when}\n"
    return text


def establishments(politique: Politique, rng: random.Random, count: int) -> list[Etablissement]:
    sizes = [F(0), F(1, 200), F(1, 100), F(1, 4), F(1, 2), F(1), F(3), F(1000), F(10**6)]
    found: list[Etablissement] = []
    while len(found) < count:
        facts: dict[str, Valeur] = {
            "p": rng.choice(sizes), "q": rng.choice(sizes), "s": rng.choice(sizes) * rng.choice([1, -1]),
            "t": F(rng.randint(0, 20), 20), "n": F(rng.randint(0, 5)),
        }  # fmt: skip
        answers = {c: rng.choice(["R", "NR"]) for c in ("C1", "C2")}
        if not violated_bounds(politique, facts):
            found.append(Etablissement("x", "X", 2018, ("MCO",), answers, {}, facts))
    return found


@pytest.mark.parametrize("start", range(0, 120, 20))
def test_what_is_proved_is_never_refuted(start: int) -> None:
    proved = 0
    for seed in range(start, start + 20):
        rng = random.Random(seed)
        politique = compile_text(policy(rng), executer_exemples=False).politique
        assert politique is not None, seed
        sure = [p for p in politique.proprietes if is_proved(politique, p)]
        proved += len(sure)
        for etablissement in establishments(politique, rng, 60) if sure else []:
            interprete = Interpreteur(politique, etablissement)
            for propriete in sure:
                assert holds(propriete, interprete)[0] is not False, (seed, propriete.nom, etablissement.faits)
    assert proved >= 3


@pytest.mark.parametrize("start", range(0, 200, 50))
def test_forms_are_bounds(start: int) -> None:
    for seed in range(start, start + 50):
        rng = random.Random(seed)
        politique = compile_text(f"{HEAD}calcul x « X » : montant {amount(rng)}\n").politique
        assert politique is not None, seed
        noeud = politique.calculs["x"].expression
        majorants = Majorants(Domaines(politique))
        above, below = majorants.above(noeud), majorants.below(noeud)
        for etablissement in establishments(politique, rng, 15):
            interprete = Interpreteur(politique, etablissement)
            value = interprete.eval(noeud).valeur
            assert isinstance(value, F)
            for forms, sign in ((above, 1), (below, -1)):
                for form in forms:
                    assert (worth(form, interprete) - value) * sign >= 0, (seed, form, etablissement.faits)


def worth(form: Forme, interprete: Interpreteur) -> F:
    total = form.constante
    for noeud, coefficient in form.coefficients.items():
        value = interprete.eval(noeud).valeur
        assert isinstance(value, F) and value >= 0
        total += coefficient * value
    return total


def test_a_product_is_one_quantity() -> None:
    politique = compile_text(f"{HEAD}calcul x « X » : montant t × (50 % × p)\n").politique
    assert politique is not None
    forms = Majorants(Domaines(politique)).above(politique.calculs["x"].expression)
    alone = [next(iter(f.coefficients.items())) for f in forms if len(f.coefficients) == 1]
    assert any(number == F(1, 2) and not isinstance(noeud, Fait) for noeud, number in alone)
