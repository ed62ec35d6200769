"""Limites and contrôles: proved, refuted with a witness, or not decided beyond the establishments tried."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from fractions import Fraction

from caqes_dsl.base.diagnostics import Diagnostic, Etiquette, Severite
from caqes_dsl.base.quantities import Genre, write_value
from caqes_dsl.model.domains import Domaines
from caqes_dsl.model.nodes import Critere, Fait, Noeud, Politique, Propriete, Reference
from caqes_dsl.model.preuves import is_proved

from .candidats import Candidat, as_exemple, bounds_of
from .explain import COMPARE, Interpreteur, violated_bounds
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
        case "monotone":
            return _greater_fact(propriete, interprete)
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


def _greater_fact(propriete: Propriete, interprete: Interpreteur) -> tuple[bool | None, str]:
    """Raising the fact that a quantity varies with never lowers it (never raises it: décroissant)."""
    noeud, fait = propriete.expression, propriete.selon
    assert noeud is not None
    if not isinstance(fait, Fait) or fait.recul or not fait.genre.is_number:
        return None, ""
    before, here = interprete.eval(noeud).valeur, interprete.eval(fait).valeur
    if not isinstance(before, Fraction) or not isinstance(here, Fraction):
        return None, ""
    judged = False
    for more in (
        (here + 1, here * 2, here * 10) if fait.genre is not Genre.TAUX else (here + Fraction(1, 100), Fraction(1))
    ):
        facts = {**interprete.etablissement.faits, fait.nom: more}
        if more <= here or violated_bounds(interprete.politique, facts):
            continue
        raised = interprete.of(replace(interprete.etablissement, faits=facts)).imposing(("donnée", fait.nom, 0), more)
        after = raised.eval(noeud).valeur
        if not isinstance(after, Fraction):
            continue
        judged = True
        if after < before if propriete.sens == "croissant" else after > before:
            values = [write_value(v, noeud.genre) for v in (before, after)]
            worths = [write_value(v, fait.genre) for v in (here, more)]
            return False, f"{values[0]} pour {worths[0]}, {values[1]} pour {worths[1]}"
    return (True, "") if judged else (None, "")


def _next_better(politique: Politique, critere: Critere, part: Fraction | None) -> str | None:
    if part is None:
        return None
    above = [(p, n) for n in critere.niveaux if (p := politique.niveaux[n].part) is not None and p > part]
    return min(above)[1] if above else None


def _refuted(politique: Politique, propriete: Propriete, message: str) -> Diagnostic:
    """The property, and the decisions that it judges, which another file may have written."""
    judged = politique.decisions_de(propriete.nature) if propriete.nature else ()
    return Diagnostic(
        "CAQ404" if propriete.limite else "CAQ403",
        message,
        propriete.span.premiere_ligne,
        etiquettes=(
            Etiquette(propriete.span.premiere_ligne, "la propriété refusée"),
            *(Etiquette(d.span.premiere_ligne, "ce qu'elle juge") for d in judged),
        ),
        aide="Corrigez la règle qui donne ce résultat ; une limite ne se retire pas."
        if propriete.limite
        else "Corrigez la règle qui donne ce résultat, ou le contrôle s'il demande trop.",
    )


def _what(propriete: Propriete) -> str:
    return f"{'La limite' if propriete.limite else 'Le contrôle'} « {propriete.titre} »"


def decide(
    politique: Politique,
    propriete: Propriete,
    cases: Sequence[tuple[str, Interpreteur]],
    made_up: Callable[[], Sequence[Candidat]],
) -> Diagnostic | None:
    """What is known of a property: proved, refuted with a witness, or not decided beyond what was tried.

    `cases` are the exemples, by name; `made_up` are tried after them. Nothing is said of a limit on decisions that a
    frame leaves to those who start from it.
    """
    if propriete.nature and not politique.decisions_de(propriete.nature):
        return None
    if is_proved(politique, propriete):
        end = "e" if propriete.limite else ""
        message = f"{_what(propriete)} est prouvé{end} : {'elle' if end else 'il'} tient pour tout établissement."
        place = propriete.span.premiere_ligne
        return Diagnostic("CAQ410", message, place, severite=Severite.NOTE, aide="Rien à faire.")
    if propriete.forme == "aucune":  # no establishment is needed to see it
        return _some(politique, propriete)
    against = _rows_against(politique, propriete)
    if against:
        return _refuted(politique, propriete, f"{_what(propriete)} ne tient pas : {against}.")
    refuted, tested = _tried(propriete, cases)
    if refuted is not None:
        return refuted
    made = 0
    for candidat in made_up():
        truth, words = holds(propriete, Interpreteur(politique, candidat.etablissement))
        made += truth is not None
        if truth is False:
            return _witness(politique, propriete, candidat, words)
    return _undecided(propriete, tested, made)


def _witness(politique: Politique, propriete: Propriete, candidat: Candidat, words: str) -> Diagnostic:
    """A property refuted by an establishment made up: who it is, and the exemple that shows it."""
    judged = politique.decisions_de(propriete.nature) if propriete.nature else ()
    read: list[Noeud] = [n for n in (propriete.expression, propriete.lorsque, propriete.selon) if n is not None]
    read += [n for d in judged for n in (d.condition, d.montant, d.plafond, d.plancher) if n is not None]
    clauses = as_exemple(politique, candidat, *read)
    who = ", ".join(c.removeprefix("avec ") for c in clauses)
    found = _refuted(
        politique,
        propriete,
        f"{_what(propriete)} ne tient pas, par exemple pour un établissement avec {who}"
        f"{f' ({words})' if words else ''}.",
    )
    interprete = Interpreteur(politique, candidat.etablissement)
    amounts = [(d.nom, interprete.decision(d).montant) for d in judged]
    wanted = [f"attendu {n} = {write_value(a, Genre.MONTANT)}" for n, a in amounts if a is not None]
    if not wanted:
        return found
    ready = " ".join(["exemple « Contre-exemple »", *clauses, *wanted])
    return replace(found, aide=f"{found.aide} Le cas s'écrit : {ready}")


def _some(politique: Politique, propriete: Propriete) -> Diagnostic:
    names = ", ".join(f"« {d.nom} »" for d in politique.decisions_de(propriete.nature))
    return _refuted(politique, propriete, f"{_what(propriete)} ne tient pas : {names}.")


def none_of(politique: Politique) -> list[Diagnostic]:
    """The « aucune sanction » that a policy breaks, seen without any establishment: also of a refused policy."""
    forbidden = [p for p in politique.proprietes if p.forme == "aucune"]
    return [_some(politique, p) for p in forbidden if politique.decisions_de(p.nature)]


def _tried(propriete: Propriete, cases: Iterable[tuple[str, Interpreteur]]) -> tuple[Diagnostic | None, int]:
    """The first case that refutes a property, and how many it was judged on."""
    tested = 0
    for nom, interprete in cases:
        truth, words = holds(propriete, interprete)
        tested += truth is not None
        if truth is False:
            if not interprete.speaks:
                among = interprete.population
                spoken = Interpreteur(interprete.politique, interprete.etablissement, population=among)
                words = holds(propriete, spoken)[1]
            witness = f" ({words})" if words else ""
            message = f"{_what(propriete)} ne tient pas pour {nom}{witness}."
            return _refuted(interprete.politique, propriete, message), tested
    return None, tested


def _undecided(propriete: Propriete, tested: int, made: int) -> Diagnostic:
    end = "e" if propriete.limite else ""
    on = [f"{tested} exemple{'s' if tested > 1 else ''}"] if tested else []
    on += [f"{made} établissement{'s' if made > 1 else ''} construit{'s' if made > 1 else ''}"] if made else []
    seen = f"est vérifié{end} sur {' et '.join(on)} ; au-delà" if on else "n'a pu être éprouvé" + end
    return Diagnostic(
        "CAQ405",
        f"{_what(propriete)} {seen}, rien n'est décidé.",
        propriete.span.premiere_ligne,
        severite=Severite.NOTE,
        aide="Évaluez une cohorte pour l'éprouver sur plus d'établissements.",
    )


def _rows_against(politique: Politique, propriete: Propriete) -> str:
    """Two values of what drives a barème between which it goes the wrong way; « » when there are none."""
    noeud = propriete.expression
    if propriete.forme != "monotone" or not isinstance(noeud, Reference) or noeud.cle.sorte != "barème":
        return ""
    table = politique.baremes[noeud.cle.nom].table
    if table.selon != (propriete.selon,):
        return ""
    driver = Domaines(politique).expression(table.selon[0])
    step = driver.pas or Fraction(1, 1000)
    points = sorted({b + side for b in bounds_of(table) for side in (-step, Fraction(0), step)})
    blank = Interpreteur(politique, Etablissement(""))
    before: tuple[Fraction, Fraction] | None = None
    for point in (p for p in points if driver.contient(p)):
        given = blank.table_at(table, (point,))[0].valeur
        if not isinstance(given, Fraction):
            continue
        wrong = before is not None and (given < before[1] if propriete.sens == "croissant" else given > before[1])
        if wrong and before is not None:
            places = [write_value(v, table.selon[0].genre) for v in (before[0], point)]
            worths = [write_value(v, table.genre) for v in (before[1], given)]
            return f"{worths[0]} à {places[0]}, {worths[1]} à {places[1]}"
        before = point, given
    return ""


def check_cohort(politique: Politique, etablissements: Iterable[Etablissement | Resultat]) -> tuple[Diagnostic, ...]:
    """Limites and contrôles on a cohort; contrôles over every answer are left to the examples, they cost too much."""
    items = list(etablissements)
    known = [(i.etablissement, i.population) if isinstance(i, Resultat) else (i, None) for i in items]
    cases = [Interpreteur(politique, facts, population=among) for facts, among in known]
    return check_among(politique, lambda _: cases)


def check_among(politique: Politique, judged: Callable[[Propriete], Iterable[Interpreteur]]) -> tuple[Diagnostic, ...]:
    """The same, each property on the establishments of a cohort that could refute it."""
    found: list[Diagnostic] = []
    for propriete in politique.proprietes:
        if propriete.forme not in ("croissant_niveaux", "monotone", "aucune"):
            cases = ((f"l'établissement {i.etablissement.finess}", i) for i in judged(propriete))
            refuted, _ = _tried(propriete, cases)
            found += [refuted] if refuted is not None else []
    return tuple(found)
