"""Clauses that an exemple may exercise: a bound that binds, a rounding that rounds, a default that serves.

A clause that never changes anything in the exemples may be wrong without anyone seeing it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

from caqes_dsl.base.quantities import Genre, round_to, write_value
from caqes_dsl.base.source import Span
from caqes_dsl.model.nodes import ADefaut, Arrondi, Cle, Critere, Fait, Noeud, Politique, Table
from caqes_dsl.model.walk import reads

from .explain import Interpreteur

NOTATION = Cle("notation", "")


@dataclass(frozen=True, slots=True)
class Element:
    """Something that an exemple may reach. `sorte`: rang, branche, issue, clause. `sujet` names the declaration."""

    sorte: str
    sujet: str
    texte: str
    span: Span


def clause_keys(politique: Politique) -> Iterator[Cle]:
    """What has clauses and no rule of its own: the notation, the données with a default, the answered criteria."""
    yield NOTATION
    yield from (Cle("donnée", d.nom) for d in politique.donnees.values() if d.defaut is not None)
    for critere in politique.criteres.values():
        if critere.mesure is None and critere.table is None and critere.nc_office is None:
            yield Cle("niveau", critere.nom)


def facts_read(politique: Politique, key: Cle) -> Iterator[Cle]:
    """The données of this exercise that a quantity reads."""
    if key.sorte in ("calcul", "barème", "décision", "pièce", "niveau", "cible"):
        yield from (Cle("donnée", n.nom) for n in reads(politique, key) if isinstance(n, Fait) and not n.recul)


def clauses(politique: Politique, key: Cle, subject: str, tables: list[Table]) -> Iterator[Element]:
    """The clauses of a declaration."""
    match key.sorte:
        case "notation":
            notation = politique.notation
            if notation.mode == "arrondi" and notation.pas is not None:
                yield _notation(politique, "score", f"score arrondi à {write_value(notation.pas, Genre.TAUX)}")
            if notation.sans_reponse is not None:
                yield _notation(politique, "sans réponse", f"sans réponse : {notation.sans_reponse}")
        case "donnée":
            donnee = politique.donnees[key.nom]
            default = write_value(donnee.defaut, donnee.genre)
            yield Element("clause", subject, f"à défaut {default}", donnee.span.premiere_ligne)
        case "décision":
            decision = politique.decisions[key.nom]
            for word, bound in (("plancher", decision.plancher), ("plafond", decision.plafond)):
                if bound is not None:
                    yield _bound(subject, word, bound)
            step = write_value(decision.arrondi, Genre.MONTANT)
            yield Element("clause", subject, f"arrondi à {step}", decision.span.premiere_ligne)
        case "niveau":
            yield from _of_criterion(politique, politique.criteres[key.nom], subject)
    for table in tables:
        if table.plafond is not None:
            yield _bound(subject, "plafond", table.plafond)
    for noeud in _inner(politique, key):
        yield _operation(subject, noeud)


def exercised(
    politique: Politique, key: Cle, subject: str, tables: list[Table], interprete: Interpreteur
) -> Iterator[Element]:
    """The clauses of a declaration that change something for this establishment."""
    match key.sorte:
        case "notation":
            yield from _rounded_score(politique, interprete)
        case "donnée":
            if interprete.etablissement.faits.get(key.nom) is None and ("donnée", key.nom, 0) not in interprete.imposes:
                yield from clauses(politique, key, subject, [])
        case "décision":
            yield from _binding(politique, key, subject, interprete)
        case "niveau":
            yield from _for_criterion(politique, politique.criteres[key.nom], subject, interprete)
    for table in tables:
        if table.plafond is not None:
            cap = interprete.eval(table.plafond).valeur
            free = interprete.table(replace(table, plafond=None))[0].valeur
            if isinstance(cap, Fraction) and isinstance(free, Fraction) and free > cap:
                yield _bound(subject, "plafond", table.plafond)
    for noeud in _inner(politique, key):
        given = interprete.eval(noeud.terme).valeur
        used = given is None if isinstance(noeud, ADefaut) else given is not None
        if used and interprete.eval(noeud).valeur not in (None, given):
            yield _operation(subject, noeud)


def _notation(politique: Politique, clause: str, text: str) -> Element:
    return Element("clause", "notation", text, politique.notation.spans.get(clause, politique.span).premiere_ligne)


def _bound(subject: str, word: str, bound: Noeud) -> Element:
    return Element("clause", subject, f"{word} {' '.join(bound.span.texte.split())}", bound.span)


def _inner(politique: Politique, key: Cle) -> Iterator[ADefaut | Arrondi]:
    """Defaults and roundings written in the expressions of a quantity."""
    if key.sorte in ("calcul", "barème", "décision", "pièce", "niveau", "cible"):
        found = (n for n in reads(politique, key) if isinstance(n, ADefaut | Arrondi))
        yield from sorted(found, key=lambda n: n.span.debut)


def _operation(subject: str, noeud: ADefaut | Arrondi) -> Element:
    if isinstance(noeud, ADefaut):
        return Element("clause", subject, f"à défaut {' '.join(noeud.defaut.span.texte.split())}", noeud.span)
    return Element("clause", subject, " ".join(noeud.span.texte.split()), noeud.span)


# ---------------------------------------------------------------- criteria


def _own_default(politique: Politique, critere: Critere) -> bool:
    """Whether a criterion says itself what no answer is worth."""
    common = politique.notation.sans_reponse if critere.mesure is None and critere.table is None else None
    return critere.sans_reponse is not None and critere.sans_reponse != common


def _unanswered(critere: Critere, subject: str) -> Element:
    return Element("clause", subject, f"sans réponse : {critere.sans_reponse}", critere.span.premiere_ligne)


def _variantes(critere: Critere, subject: str) -> list[Element]:
    return [
        Element("clause", subject, f"variante {', '.join(v.secteurs)} : poids {write_value(v.poids, Genre.POINTS)}",
                critere.span.premiere_ligne)
        for v in critere.variantes if v.poids is not None
    ]  # fmt: skip


def _of_criterion(politique: Politique, critere: Critere, subject: str) -> Iterator[Element]:
    if _own_default(politique, critere):
        yield _unanswered(critere, subject)
    yield from _variantes(critere, subject)


def _for_criterion(politique: Politique, critere: Critere, subject: str, interprete: Interpreteur) -> Iterator[Element]:
    result = interprete.critere(critere.nom)
    if result.origine == "sans_reponse":
        yield (
            _unanswered(critere, subject)
            if _own_default(politique, critere)
            else _notation(politique, "sans réponse", f"sans réponse : {politique.notation.sans_reponse}")
        )


def weights(politique: Politique, key: Cle, interprete: Interpreteur) -> Iterator[Element]:
    """The variantes whose weight a score or points count, whether the level was computed or is imposed."""
    if key.sorte not in ("score", "points", "points_applicables"):
        return
    for critere in politique.criteres.values():
        weighed = [v for v in critere.variantes if v.poids is not None]
        if not weighed or key.nom not in ("", critere.volet, critere.chapitre, critere.objectif):
            continue
        if interprete.critere(critere.nom).statut == "evalue":
            here = {s for s in critere.secteurs if s in interprete.etablissement.secteurs}
            said = zip(weighed, _variantes(critere, f"critère {critere.nom}"), strict=True)
            yield from (e for v, e in said if here <= set(v.secteurs))


# ---------------------------------------------------------------- scores and decisions


def _rounded_score(politique: Politique, interprete: Interpreteur) -> Iterator[Element]:
    step = politique.notation.pas
    for titre in ("", *politique.volets):
        got, out_of = (interprete.value(Cle(s, titre)).valeur for s in ("points", "points_applicables"))
        if isinstance(got, Fraction) and isinstance(out_of, Fraction) and out_of and step:
            ratio = got / out_of
            if interprete.noted(ratio) != ratio:
                yield next(clauses(politique, NOTATION, "notation", []))


def _binding(politique: Politique, key: Cle, subject: str, interprete: Interpreteur) -> Iterator[Element]:
    """The clauses of a decision that make its amount other than what « montant » gives."""
    decision = politique.decisions[key.nom]
    amount = interprete.decision(decision).avant_arrondi
    if amount is None:
        return
    every = {e.texte.split(" ")[0]: e for e in clauses(politique, key, subject, []) if e.sujet == subject}
    rounded = round_to(amount, decision.arrondi)
    if rounded != amount:
        yield every["arrondi"]
    floor = interprete.eval(decision.plancher).valeur if decision.plancher is not None else None
    cap = interprete.eval(decision.plafond).valeur if decision.plafond is not None else None
    if isinstance(floor, Fraction) and rounded < floor:
        yield every["plancher"]
    raised = max(rounded, floor) if isinstance(floor, Fraction) else rounded
    if isinstance(cap, Fraction) and raised > cap:
        yield every["plafond"]
