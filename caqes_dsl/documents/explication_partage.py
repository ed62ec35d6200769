"""The share of an envelope, step by step: the sum, the keys, the exact share, the steps that it was given."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from caqes_dsl.base.quantities import plain_number, round_to
from caqes_dsl.documents.explication_shapes import EtapeVue
from caqes_dsl.documents.explication_statistiques import establishments
from caqes_dsl.documents.operations import Operations, euros
from caqes_dsl.documents.phrases import describe
from caqes_dsl.documents.typography import capital
from caqes_dsl.evaluation.explain import Interpreteur
from caqes_dsl.evaluation.population import Partage
from caqes_dsl.evaluation.trace import ResultatDecision
from caqes_dsl.model.nodes import Decision, Noeud

_DIXIEMES_DE_MILLIEME = Fraction(1, 10_000)


def sharing(
    decision: Decision, found: ResultatDecision, interprete: Interpreteur, operations: Operations
) -> Iterator[EtapeVue]:
    """How the share of an establishment comes out."""
    politique, cle = interprete.politique, decision.au_prorata
    assert cle is not None
    amount = operations.full(decision.montant)
    given = operations.result(decision.montant)
    rule = capital(describe(decision.montant, politique))
    yield EtapeVue("Somme à partager", "" if rule == given else rule, "" if amount == given else amount, given, ())
    key = operations.full(cle)
    mine = operations.result(cle)
    yield EtapeVue("Clé de l'établissement", capital(describe(cle, politique)), "" if key == mine else key, mine, ())
    population = interprete.population
    if population is None:
        said = "le partage se fait entre tous les établissements de la cohorte, qui n'ont pas été donnés ici"
        yield EtapeVue("Total des clés", "", said, "indéterminé", ())
        return
    partage = population.partage(decision)
    if partage.parts is None:
        yield EtapeVue(
            "Total des clés", "", "il manque une clé au moins : aucune part n'est arrêtée", "indéterminé", ()
        )
        return
    whole = sum(partage.cles.values(), Fraction(0))
    total = _key(whole, cle, operations)
    yield EtapeVue("Total des clés", "", f"somme des clés de {establishments(len(partage.cles))}", total, ())
    yield from _share(decision, found, partage, mine, total)


def _key(value: Fraction, cle: Noeud, operations: Operations) -> str:
    return operations.shown(value, cle.genre)


def _share(decision: Decision, found: ResultatDecision, partage: Partage, mine: str, total: str) -> Iterator[EtapeVue]:
    """The exact share, then what the step leaves of it."""
    exact, amount = found.avant_arrondi, found.montant
    if exact is None or amount is None or partage.total is None:
        return
    if not any(partage.cles.values()):
        yield EtapeVue("Part proposée", "Des clés toutes nulles : rien n'est distribué", "", euros(amount), ())
        return
    yield EtapeVue(
        "Part exacte",
        "La somme multipliée par la clé de l'établissement, divisée par le total des clés",
        f"{euros(partage.total)} × {mine} ÷ {total}",
        finely(exact),
        (),
    )
    step = decision.arrondi
    cut = (exact // step) * step
    way = f"ramenée à {euros(cut)}, multiple de {euros(step)} inférieur"
    if exact == cut:
        way = f"déjà un multiple de {euros(step)}"
    if amount > cut:
        way += f", plus {euros(amount - cut)} au titre des plus forts restes"
    rule = f"Multiple de {euros(step)} ; ce qui reste de la somme va aux plus forts restes, puis au plus petit FINESS"
    yield EtapeVue("Part proposée", rule, way, euros(amount), ())


def finely(montant: Fraction) -> str:
    """An amount below the cent: « ≈ 571,4286 € »; as it is when it has no more decimals."""
    near = round_to(montant, _DIXIEMES_DE_MILLIEME)
    if (montant * 100).denominator == 1:
        return euros(montant)
    sign = "" if near == montant else "≈\u00a0"
    return f"{sign}{plain_number(near)}\u00a0€"
