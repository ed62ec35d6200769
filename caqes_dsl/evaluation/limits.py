"""Limites and contrôles, tested on establishments: refuted with a witness, or not decided beyond what was tested."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

from caqes_dsl.base.diagnostics import Diagnostic, Etiquette, Severite
from caqes_dsl.base.quantities import write_value
from caqes_dsl.model.nodes import Critere, Politique, Propriete

from .explain import COMPARE, Interpreteur
from .facts import Etablissement
from .trace import Resultat


def holds(propriete: Propriete, interprete: Interpreteur) -> tuple[bool | None, str]:
    """Whether a property holds for one establishment (None: undetermined), and the figures in words."""
    politique = interprete.politique
    match propriete.forme:
        case "aucune":
            return not politique.decisions_de(propriete.nature), ""
        case "expression":
            return _expression(propriete, interprete)
        case "chaque" | "total_des":
            return _amounts(propriete, interprete)
        case "croissant_niveaux":
            return _better_answers(propriete, interprete)
    return None, ""


def _expression(propriete: Propriete, interprete: Interpreteur) -> tuple[bool | None, str]:
    assert propriete.expression is not None
    if propriete.lorsque is not None and interprete.eval(propriete.lorsque).valeur is not True:
        return (True if interprete.eval(propriete.lorsque).valeur is False else None), ""
    found = interprete.eval(propriete.expression)
    truth = found.valeur if isinstance(found.valeur, bool) else None
    return truth, interprete.words(propriete.expression, found)


def _amounts(propriete: Propriete, interprete: Interpreteur) -> tuple[bool | None, str]:
    assert propriete.expression is not None
    bound = interprete.eval(propriete.expression).valeur
    if bound is None:
        return None, ""
    judged_decisions = interprete.politique.decisions_de(propriete.nature)
    amounts = [interprete.decision(d).montant for d in judged_decisions]
    known = [a for a in amounts if a is not None]
    if len(known) < len(amounts):
        return None, ""
    judged = [sum(known, Fraction(0))] if propriete.forme == "total_des" else known
    genre = propriete.expression.genre
    for amount in judged:
        if not COMPARE[propriete.op](amount, bound):
            return False, f"{write_value(amount, genre)} contre {write_value(bound, genre)}"
    return True, ""


def _better_answers(propriete: Propriete, interprete: Interpreteur) -> tuple[bool | None, str]:
    """Raising one answer to the next better level never lowers the expression (or never raises it: décroissant)."""
    assert propriete.expression is not None
    before = interprete.eval(propriete.expression).valeur
    if not isinstance(before, Fraction):
        return None, ""
    for critere in interprete.politique.criteres.values():
        result = interprete.critere(critere.nom)
        better = _next_better(interprete.politique, critere, result.part) if result.statut == "evalue" else None
        if better is None or critere.mesure is not None or critere.table is not None:
            continue
        imposes = {**interprete.imposes, ("niveau", critere.nom, 0): better}
        after = Interpreteur(interprete.politique, interprete.etablissement, imposes).eval(propriete.expression).valeur
        if isinstance(after, Fraction) and (after < before if propriete.sens == "croissant" else after > before):
            genre = propriete.expression.genre
            return False, (
                f"le critère {critere.nom} passant à « {interprete.politique.niveaux[better].titre} », "
                f"{write_value(before, genre)} devient {write_value(after, genre)}"
            )
    return True, ""


def _next_better(politique: Politique, critere: Critere, part: Fraction | None) -> str | None:
    if part is None:
        return None
    above = [(p, n) for n in critere.niveaux if (p := politique.niveaux[n].part) is not None and p > part]
    return min(above)[1] if above else None


def _refuted(propriete: Propriete, message: str) -> Diagnostic:
    return Diagnostic(
        "CAQ404" if propriete.limite else "CAQ403",
        message,
        propriete.span.premiere_ligne,
        etiquettes=(Etiquette(propriete.span.premiere_ligne, "la propriété refusée"),),
        aide="Corrigez la règle qui donne ce résultat ; une limite ne se retire pas."
        if propriete.limite
        else "Corrigez la règle qui donne ce résultat, ou le contrôle s'il demande trop.",
    )


def check_on(
    politique: Politique, cases: Sequence[tuple[str, Interpreteur]], *, propriete: Propriete
) -> list[Diagnostic]:
    """One property on named cases: refuted with the first witness, else a note that it is not decided beyond."""
    what = "La limite" if propriete.limite else "Le contrôle"
    if propriete.forme == "aucune":  # no establishment is needed to see it
        names = ", ".join(f"« {d.nom} »" for d in politique.decisions_de(propriete.nature))
        return [_refuted(propriete, f"{what} « {propriete.titre} » ne tient pas : {names}.")] if names else []
    tested = 0
    for nom, interprete in cases:
        truth, words = holds(propriete, interprete)
        if truth is None:
            continue
        tested += 1
        if not truth:
            witness = f" ({words})" if words else ""
            return [_refuted(propriete, f"{what} « {propriete.titre} » ne tient pas pour {nom}{witness}.")]
    nothing = propriete.forme in ("chaque", "total_des") and not politique.decisions_de(propriete.nature)
    if nothing:
        return []
    end = "e" if propriete.limite else ""
    seen = {
        0: f"n'est vérifié{end} par aucun exemple : rien n'est décidé",
        1: f"est vérifié{end} par un exemple ; au-delà, rien n'est décidé",
    }.get(tested, f"est vérifié{end} par {tested} exemples ; au-delà, rien n'est décidé")
    return [
        Diagnostic(
            "CAQ405",
            f"{what} « {propriete.titre} » {seen}.",
            propriete.span.premiere_ligne,
            severite=Severite.NOTE,
            aide="Évaluez une cohorte pour l'éprouver sur plus d'établissements.",
        )
    ]


def check_cohort(politique: Politique, etablissements: Iterable[Etablissement | Resultat]) -> tuple[Diagnostic, ...]:
    """Limites and contrôles on a cohort; contrôles over every answer are left to the examples, they cost too much."""
    cases: list[tuple[str, Interpreteur]] = []
    for item in etablissements:
        facts, among = (item.etablissement, item.population) if isinstance(item, Resultat) else (item, None)
        cases.append((f"l'établissement {facts.finess}", Interpreteur(politique, facts, population=among)))
    found: list[Diagnostic] = []
    for propriete in politique.proprietes:
        if propriete.forme not in ("croissant_niveaux", "monotone"):
            found += check_on(politique, cases, propriete=propriete)
    return tuple(d for d in found if d.is_error)
