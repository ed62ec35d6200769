"""Small random policies, and every completion of what an establishment did not transmit: the oracle of the bounds."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction as F
from itertools import product

from caqes_dsl.base.quantities import Valeur
from caqes_dsl.evaluation.explain import Interpreteur, evaluate
from caqes_dsl.evaluation.facts import Etablissement
from caqes_dsl.evaluation.missing import answers, complete, decode
from caqes_dsl.evaluation.trace import Resultat
from caqes_dsl.model.nodes import Politique

HEAD = """caqes 1
politique essai « Essai »
  exercice 2018
  vigueur du 01/01/2018 au 31/12/2018
  statut projet
  source « hypothèse : essai »
secteur MCO « Médecine »
secteur SSR « Suite »
niveau R « Réalisé » donne 100 %
niveau PR « Partiel » donne 50 %
niveau NR « Non réalisé » donne 0 %
niveau SO « Sans objet » hors calcul
"""

LIMITS = {"a": 3, "b": 3, "c": 3, "d": 3}
"""The facts of the random policies are whole numbers up to these."""


def random_policy(rng: random.Random) -> str:
    """A policy text; every fact is a small whole number, a yes/no or a choice, so that completions are few."""
    lines = [HEAD, "notation"]
    lines.append(
        "  score "
        + rng.choice(["arrondi à 1 % avant comparaison", "affiché à 1 %", "arrondi à 10 % avant comparaison"])
    )
    if rng.random() < 0.3:
        lines.append("  NC sur justification")
    if rng.random() < 0.2:
        lines.append("  sans réponse : NR")
    linked = rng.random() < 0.4
    for nom, most in LIMITS.items():
        bound = "0 et b" if nom == "a" and linked else f"0 et {most}"
        lines.append(f"donnée {nom} « Donnée {nom} » : entier\n  entre {bound}")
    lines.append("donnée classe « Classe » : choix (petit, grand)")
    lines.append("donnée urgence « Urgences » : oui_non")
    lines.append("donnée produits « Produits » : montant\n  entre 0 € et 1 000 €")
    lines.append("volet v « Volet »\n  cible " + rng.choice(["53 %", "50 %", "si urgence alors 60 % sinon 40 %"]))
    for i in range(1, rng.randint(2, 4)):
        lines += [f"critère C{i} « Critère {i} »", f"  poids {rng.choice(['1 point', '2 points', '0,5 point'])}"]
        lines += [f"  secteurs {rng.choice(['tous', 'SSR', 'MCO, SSR'])}", *_kind(rng, i)]
    lines += ["calcul ecart « Écart » : écart", "  max(cible - score ; 0 pt)"]
    lines += [
        "barème taux « Taux » : taux",
        "  selon ecart",
        "  0 pt : 0 %",
        f"  plus de 0 pt à {rng.choice([10, 20])} pt : 1 %",
        "  puis, par tranche de 5 pt entamée : 1 % de plus",
        "  plafond 10 %",
    ]
    lines += ["sanction s « Sanction »", f"  si {_condition(rng)}", "  montant taux × produits"]
    if rng.random() < 0.4:
        lines.append("  plafond " + rng.choice(["12,34 €", "1 % × produits", "si urgence alors 5 € sinon 50 €"]))
    if rng.random() < 0.3:
        lines.append("  plancher " + rng.choice(["3,33 €", "0,5 % × produits", "si urgence alors 20 € sinon 2 €"]))
    lines.append(f"  arrondi à {rng.choice(['0,01 €', '1 €', '10 €'])}")
    return "\n".join(lines) + "\n"


def richer_policy(rng: random.Random) -> str:
    """A random policy with a reserved volet, a score given by a calcul, indicateurs, incentives and penalties."""
    text = random_policy(rng)
    if rng.random() < 0.6:
        condition = rng.choice(["a ≥ 1", "urgence", "classe = petit ou b > 1", "produits > 500 €"])
        text = text.replace("volet v « Volet »\n", f"volet v « Volet »\n  réservé si {condition}\n")
    if rng.random() < 0.5:
        text = text.replace("notation\n", "notation\n  score = mixte\n", 1)
        rule = rng.choice(["min(score(v) + 5 pt ; 100 %)", "si a ≥ 2 alors score(v) sinon 50 %"])
        text += f"calcul mixte « Mixte » : taux\n  {rule}\n"
    mesure, cible = rng.choice(
        [("rapport(b ; d ; 0 %)", "50 %"), ("a + d", "3"), ("produits", "500 €"), ("max(a ; b)", "2")]
    )
    sens = rng.choice(["hausse", "baisse"])
    text += f"indicateur i « I » mesure {mesure} cible {cible} sens {sens}"
    text += rng.choice(["", " réservé si urgence", " secteurs SSR", " réservé si d > 1"]) + "\n"
    montant = rng.choice(["10 % × produits", "si urgence alors 20 € sinon 30 €", "max(produits - 400 € ; 0 €)"])
    text += f"intéressement p « P » si atteint(i) montant {montant} arrondi à {rng.choice(['0,01 €', '1 €'])}\n"
    text += "pénalité q « Q » si non urgence montant 1 % × produits arrondi à 0,01 €\n"
    return text


def _condition(rng: random.Random) -> str:
    return rng.choice(
        [
            "score < cible",
            "score < cible et non urgence",
            "score < cible ou a > 2",
            "score ≤ 50 % et points_applicables ≥ 1 point",
            "score < cible et non (score - score N-1 ≥ 5 pt)",
            "min(score ; cible) < 50 %",
            "points < 1 point",
            "score < (si classe = petit alors 50 % sinon 60 %)",
        ]
    )


def _kind(rng: random.Random, i: int) -> list[str]:
    """The clauses of one criterion."""
    bands = ["  seuils", "    plus de 50 % : R", "    plus de 25 % à 50 % : PR", "    jusqu'à 25 % : NR"]
    falling = ["  seuils", "    jusqu'à 1 : R", "    plus de 1 à 2 : SO", "    plus de 2 : NR"]
    linear = ["  seuils", "    moins de 20 % : 0 %", "    de 20 % à 80 % : de 0 % à 100 %", "    plus de 80 % : 100 %"]
    return rng.choice(
        [
            [],
            ["  niveaux R, NR"],
            ["  niveaux R, PR, SO"],
            ["  NC d'office si urgence"],
            ["  NC d'office si d = 0", "  mesure min(c / d ; 90 %)", *bands],
            ["  NC d'office si b = 0", "  mesure a / b" if i % 2 else "  mesure d / b"],
            ["  NC d'office si b = 0", "  mesure rapport(a ; b ; 0 %)", *linear],
            ["  mesure rapport(a ; b ; 100 %)", *bands],
            ["  mesure c", *falling],
            ["  mesure c + d", *falling],
            ["  mesure c à défaut 0", *falling],
            ["  NC d'office si urgence", "  mesure c à défaut 0", *falling],
            ["  mesure c", "  sans réponse : NR", *falling],
            ["  seuils selon classe ; urgence", "    petit ; tout : PR", "    grand ; oui : R", "    grand ; non : NR"],
            ["  seuils selon d ; classe", "    0 ; petit : PR", "    0 ; grand : R", "    de 1 à 3 ; tout : NR"],
            ["  mesure rapport(d ; 4 ; 0 %)", "  variante SSR : poids 3 points"],
        ]
    )


def random_establishment(politique: Politique, rng: random.Random) -> Etablissement:
    """An establishment that leaves some facts and answers out; its facts keep their bounds."""
    while True:
        faits: dict[str, Valeur] = {}
        for nom, most in LIMITS.items():
            if rng.random() < 0.6:
                faits[nom] = F(rng.randint(0, most))
        if rng.random() < 0.6:
            faits["classe"] = rng.choice(["petit", "grand"])
        if rng.random() < 0.6:
            faits["urgence"] = rng.random() < 0.5
        if rng.random() < 0.6:
            faits["produits"] = F(rng.choice([0, 1, 500, 1000]))
        if admissible(politique, faits):
            break
    reponses = {}
    for nom, critere in politique.criteres.items():
        if critere.mesure is None and critere.table is None and rng.random() < 0.6:
            reponses[nom] = rng.choice(answers(politique, critere))
    secteurs = rng.choice([("MCO",), ("SSR",), ("MCO", "SSR")])
    past = Etablissement("x", exercice=2017, enregistres={"score": F(rng.choice([20, 49, 50, 80]), 100)})
    passes = {2017: past} if rng.random() < 0.5 else {}
    return Etablissement("x", "X", 2018, secteurs, reponses, {}, faits, passes=passes)


def admissible(politique: Politique, faits: dict[str, Valeur]) -> bool:
    """Whether facts keep their declared bounds."""
    judge = Interpreteur(politique, Etablissement("", faits=faits))
    return all(judge.eval(b).valeur is not False for d in politique.donnees.values() for b in d.bornes)


def completions(resultat: Resultat) -> Iterator[Resultat]:
    """The result of every admissible completion of what it lists as missing, until nothing is."""
    politique, keys = resultat.politique, resultat.manquants
    for values in product(*(_values(politique, key) for key in keys)):
        then = complete(resultat.etablissement, politique, dict(zip(keys, values, strict=True)))
        if admissible(politique, dict(then.faits)):
            found = evaluate(politique, replace(then))
            if found.manquants:
                yield from completions(found)
            else:
                yield found


def _values(politique: Politique, key: str) -> list[Valeur]:
    item = decode(politique, key)
    if item.sorte == "critère":
        return list(answers(politique, politique.criteres[item.nom]))
    if item.sorte == "résultat":
        return [F(0), F(45, 100), F(1)]
    if item.nom in LIMITS:
        return [F(n) for n in range(LIMITS[item.nom] + 1)]
    if item.nom == "classe":
        return ["petit", "grand"]
    return [True, False] if item.nom == "urgence" else [F(0), F(333), F(1000)]
