"""Domains: never too narrow against brute force, and exact where the tables need it."""

from __future__ import annotations

import random
from fractions import Fraction as F
from itertools import product

from test_tables import ANALYSES, LITS, RATIO, critere, politique

from caqes_dsl.base.quantities import Genre, Mode, Valeur, round_to
from caqes_dsl.base.source import Source, Span
from caqes_dsl.model.domains import Domaine, Domaines
from caqes_dsl.model.intervals import constante, numerique, produit, quotient, somme, union, write_case, write_interval
from caqes_dsl.model.nodes import (
    ADefaut,
    Arithmetique,
    Arrondi,
    Calcul,
    Choix,
    Cle,
    Comparaison,
    Constante,
    Donnee,
    Fait,
    Logique,
    Manque,
    MinMax,
    Noeud,
    Notation,
    Politique,
    Reference,
    Titre,
)

S = Span(Source.from_text("t", ""), 0, 0)
SEED = 48_98
D = Genre.DECIMAL


def const(value: Valeur, genre: Genre = D) -> Constante:
    return Constante(genre, S, value)


def fact(nom: str, genre: Genre, low: int, high: int, defaut: Valeur | None = None) -> Donnee:
    fait = Fait(genre, S, nom)
    bornes = tuple(Comparaison(Genre.OUI_NON, S, op, fait, const(F(v), genre)) for op, v in (("≥", low), ("≤", high)))
    return Donnee(nom, nom, "", S, genre, bornes=bornes, defaut=defaut)


def ref(sorte: str, nom: str = "", recul: int = 0) -> Reference:
    return Reference(Genre.TAUX, S, Cle(sorte, nom), recul)


def test_score_and_gap() -> None:
    cible = const(F(53, 100), Genre.TAUX)
    volet = Titre("v", "V", "", S, 1, "", "", "", (), cible)
    gap = MinMax(
        Genre.ECART,
        S,
        "max",
        (Arithmetique(Genre.ECART, S, "-", ref("cible", "v"), ref("score", "v")), const(F(0), Genre.ECART)),
    )
    for mode, pas in (("arrondi", F(1, 100)), ("affiché", None)):
        known = Domaines(politique(volets=(volet,), notation=Notation(mode, F(1, 100))))
        assert known.expression(gap) == Domaine(F(0), True, F(53, 100), True, pas, True)
        assert known.expression(ref("score", "v", 1)).pas == pas


def test_facts() -> None:
    known = Domaines(politique((LITS, ANALYSES, fact("x", Genre.DECIMAL, 0, 3, F(5)))))
    assert known.fait("lits") == Domaine(F(0), True, None, False, F(1), True)
    assert known.fait("analyses").bas == 0
    assert known.expression(RATIO) == Domaine(F(0), True, F(1), True, None, True)
    assert known.fait("x") == Domaine(F(0), True, F(5), True, None, False)


def test_ratio_with_defaults_is_not_assumed_below_one() -> None:
    top = Donnee(ANALYSES.nom, "", "", S, Genre.ENTIER, bornes=ANALYSES.bornes, defaut=F(7))
    assert Domaines(politique((LITS, top))).expression(RATIO).haut is None
    top = Donnee(ANALYSES.nom, "", "", S, Genre.ENTIER, bornes=ANALYSES.bornes, defaut=F(0))
    assert Domaines(politique((LITS, top))).expression(RATIO).haut == 1


def test_points() -> None:
    known = Domaines(politique(criteres=(critere("A", poids=2), critere("B", poids=3))))
    assert known.cle(Cle("points")) == Domaine(F(0), True, F(5), True, F(1, 2), True)
    assert known.cle(Cle("points_applicables")) == Domaine(F(0), True, F(5), True, F(1), True)
    assert known.cle(Cle("décompte", "NR ")).haut == 2
    assert known.cle(Cle("niveau", "A")).valeurs == ("R", "PR", "NR")


def test_abs_evolution_and_guards() -> None:
    known = Domaines(politique((fact("x", D, -3, 2), LITS)))
    x, lits = Fait(D, S, "x"), Fait(Genre.ENTIER, S, "lits")
    minus = Arithmetique(D, S, "-", const(F(0)), x)
    assert known.expression(MinMax(D, S, "max", (x, minus))) == Domaine(F(0), True, F(3), True, None, True)
    positive = Comparaison(Genre.OUI_NON, S, "≥", x, const(F(0)))
    by_choice = known.expression(Choix(D, S, positive, x, minus))
    assert (by_choice.bas, by_choice.haut) == (F(0), F(3))
    before = Fait(Genre.ENTIER, S, "lits", 1)
    growth = Arithmetique(Genre.TAUX, S, "/", Arithmetique(Genre.ENTIER, S, "-", lits, before), before)
    assert known.expression(growth).bas == -1


def test_a_long_chain_of_names_ends() -> None:
    calculs = [Calcul("c0", "", "", S, D, const(F(1)))]
    for k in range(1, 3000):
        calculs.append(Calcul(f"c{k}", "", "", S, D, Arithmetique(D, S, "+", ref("calcul", f"c{k - 1}"), const(F(1)))))
    known = Domaines(politique(calculs=tuple(calculs)))
    assert not known.cle(Cle("calcul", "c2999")).vide


def test_intervals_are_written_as_in_mathematics() -> None:
    def written(d: Domaine) -> str:
        return write_interval(d.bas, d.bas_inclus, d.haut, d.haut_inclus, Genre.TAUX).replace("\u00a0", " ")

    assert written(Domaine(F(1, 4), True, F(26, 100), False)) == "[25 % ; 26 %["
    assert written(Domaine(None, False, F(1, 4), True)) == "]-∞ ; 25 %]"
    assert write_case(F(1, 4), False, None, False, Genre.TAUX) == "plus de 25\u00a0%"


VALUES = (F(-1), F(0), F(1), F(2), F(3, 2))


def _random(rng: random.Random, depth: int, yes_no: bool = False) -> Noeud:
    def sub(yn: bool = False) -> Noeud:
        return _random(rng, depth - 1, yn)

    if yes_no:
        if depth > 0 and rng.random() < 0.3:
            op = rng.choice(["et", "ou", "non"])
            return Logique(Genre.OUI_NON, S, op, (sub(True),) if op == "non" else (sub(True), sub(True)))
        if rng.random() < 0.1:
            return Manque(Genre.OUI_NON, S, Fait(D, S, "x"))
        return Comparaison(Genre.OUI_NON, S, rng.choice("=≠<≤>≥"), sub(), sub())
    if depth <= 0:
        return rng.choice([Fait(D, S, "x"), Fait(D, S, "y"), Fait(Genre.ENTIER, S, "n"), const(rng.choice(VALUES))])
    match rng.randint(0, 5):
        case 0 | 1:
            return Arithmetique(D, S, rng.choice("+-×/"), sub(), sub())
        case 2:
            return MinMax(D, S, rng.choice(["min", "max"]), (sub(), sub()))
        case 3:
            return Arrondi(D, S, sub(), rng.choice([F(1), F(1, 2), F(2)]), rng.choice(list(Mode)))
        case 4:
            return Choix(D, S, sub(True), sub(), sub())
        case _:
            return ADefaut(D, S, sub(), sub())


class DivisionByZero(Exception):
    """The facts are excluded by a guard."""


def _eval(n: Noeud, facts: dict[str, F | None]) -> Valeur | None:
    match n:
        case Constante():
            return n.valeur
        case Fait():
            return facts[n.nom]
        case Manque():
            return _eval(n.terme, facts) is None
        case ADefaut():
            first = _eval(n.terme, facts)
            return first if first is not None else _eval(n.defaut, facts)
        case Choix():
            c = _eval(n.condition, facts)
            return None if c is None else _eval(n.alors if c else n.sinon, facts)
        case Logique():
            values = [_eval(t, facts) for t in n.termes]
            if n.op == "non":
                return None if values[0] is None else not values[0]
            decisive = n.op == "ou"
            return decisive if decisive in values else None if None in values else not decisive
        case Arrondi():
            v = _eval(n.terme, facts)
            return None if v is None else round_to(_number(v), n.pas, n.mode)
        case MinMax():
            terms = [_eval(t, facts) for t in n.termes]
            return None if None in terms else (min if n.op == "min" else max)(_number(t) for t in terms)
        case Arithmetique() | Comparaison():
            left, right = _eval(n.gauche, facts), _eval(n.droite, facts)
            if left is None or right is None:
                return None
            a, b = _number(left), _number(right)
            if n.op == "/" and b == 0:
                raise DivisionByZero
            return _apply(n.op, a, b)
    raise TypeError(n)


def _number(v: Valeur | None) -> F:
    assert isinstance(v, F)
    return v


def _apply(op: str, a: F, b: F) -> Valeur:
    table: dict[str, Valeur] = {
        "+": a + b, "-": a - b, "×": a * b, "=": a == b, "≠": a != b, "<": a < b, "≤": a <= b, ">": a > b, "≥": a >= b,
    }  # fmt: skip
    return a / b if op == "/" else table[op]


def _hand_made() -> Politique:
    return politique((fact("x", D, -1, 1), fact("y", D, 0, 2), fact("n", Genre.ENTIER, 0, 3)))


def test_random_expressions_never_leave_their_domain() -> None:
    print("seed", SEED)
    rng = random.Random(SEED)
    known = Domaines(_hand_made())
    halves: list[F | None] = [None, *(F(k, 4) for k in range(-4, 5))]
    ys: list[F | None] = [None, *(F(k, 2) for k in range(5))]
    ns: list[F | None] = [None, *(F(k) for k in range(4))]
    for _ in range(1500):
        yes_no = rng.random() < 0.3
        node = _random(rng, rng.randint(1, 3), yes_no)
        domaine = known.expression(node)
        for x, y, n in product(halves, ys, ns):
            try:
                value = _eval(node, {"x": x, "y": y, "n": n})
            except DivisionByZero:
                continue
            if value is None:
                assert domaine.peut_manquer, (node, x, y, n)
            else:
                assert domaine.contient(value), (node, x, y, n, value, domaine)


def test_interval_arithmetic_is_exact_on_small_grids() -> None:
    print("seed", SEED)
    rng = random.Random(SEED)
    for _ in range(3000):
        domains, sets = [], []
        for _side in range(2):
            low = rng.randint(-3, 3)
            values = [F(v) for v in range(low, low + rng.randint(1, 4))]
            domains.append(numerique(values[0], True, values[-1], True, F(1)))
            sets.append(values)
        pairs = list(product(*sets))
        for operation, results in (
            (somme, [a + b for a, b in pairs]),
            (produit, [a * b for a, b in pairs]),
            (quotient, [a / b for a, b in pairs if b]),
            (union, sets[0] + sets[1]),
        ):
            got = operation(*domains)
            assert all(map(got.contient, results))
            if operation is not quotient:
                assert (got.bas, got.haut) == (min(results), max(results))


def test_open_ends() -> None:
    half_open = Domaine(F(0), False, F(1), True)
    assert produit(half_open, constante(F(2))) == Domaine(F(0), False, F(2), True)
    assert quotient(constante(F(1)), half_open) == Domaine(F(1), True, None, False)
    assert numerique(F(0), False, F(3), False, F(1)) == Domaine(F(1), True, F(2), True, F(1))


def test_nested_conditions_are_walked_once_each() -> None:
    """Forty conditions within one another: without a memory of each node, this would never end."""
    from caqes_dsl.pipeline import compile_text

    condition = "a > 0 €"
    for level in range(40):
        condition = f"(si {condition} alors a sinon b) > {level} €"
    done = compile_text(
        "caqes 1\npolitique p « P »\n  exercice 2018\ndonnée a « A » : montant ≥ 0 €\n"
        f"donnée b « B » : montant ≥ 0 €\ncalcul x « X » : oui_non\n  {condition}\n"
    )
    assert done.politique is not None
