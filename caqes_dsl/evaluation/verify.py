"""Worked examples of a policy: run as written, compared with what they expect."""

from __future__ import annotations

from fractions import Fraction
from functools import cache

from caqes_dsl.base.diagnostics import Diagnostic, Etiquette
from caqes_dsl.base.quantities import Valeur, write_value
from caqes_dsl.model.nodes import Agregat, Exemple, Fait, Impose, Noeud, Politique, Reference

from . import wording
from .candidats import candidates
from .explain import COMPARE, Interpreteur, reference_key, statistic_key, violated_bounds
from .facts import Etablissement
from .limits import decide


def verify(politique: Politique) -> tuple[Diagnostic, ...]:
    """Runs every exemple, then every limite and contrôle on them."""
    found: list[Diagnostic] = []
    cases: list[tuple[str, Interpreteur]] = []
    for exemple in politique.exemples:
        wrong = _check_imposed(politique, exemple)
        found += wrong
        if wrong:
            continue
        interprete = stage(politique, exemple)
        cases.append((f"l'exemple « {exemple.titre} »", interprete))
        for attendu in exemple.attendu:
            found += _compare(politique, exemple, attendu, interprete)
    made_up = cache(lambda: candidates(politique))
    for propriete in politique.proprietes:
        known = decide(politique, propriete, cases, made_up)
        found += [known] if known is not None else []
    return tuple(found)


def stage(politique: Politique, exemple: Exemple) -> Interpreteur:
    """The establishment of an exemple, ready to be asked."""
    imposes: dict[tuple[str, str, int], Valeur] = {}
    for impose in exemple.avec:
        imposes[_key(impose.cible)] = impose.valeur
    secteurs = exemple.secteurs or tuple(politique.secteurs)
    exercice = politique.exercice or (politique.vigueur_du.year if politique.vigueur_du else 2000)
    etablissement = Etablissement("exemple", exemple.titre, exercice, secteurs)
    if exemple.autres_criteres is not None:
        # « Autres » are the criteria that what is given does not settle: neither by an answer nor by facts.
        given = Interpreteur(politique, etablissement, dict(imposes))
        for nom in politique.criteres:
            result = given.critere(nom)
            if result.statut == "indetermine" or result.origine == "sans_reponse":
                imposes[("niveau", nom, 0)] = exemple.autres_criteres
    return Interpreteur(politique, etablissement, imposes)


def _key(noeud: Noeud) -> tuple[str, str, int]:
    if isinstance(noeud, Fait):
        return "donnée", noeud.nom, noeud.recul
    if isinstance(noeud, Agregat):
        return statistic_key(noeud)
    assert isinstance(noeud, Reference)
    return reference_key(noeud.cle, noeud.recul, rejoue=noeud.rejoue)


def _check_imposed(politique: Politique, exemple: Exemple) -> list[Diagnostic]:
    """CAQ406: an imposed value off its step, or a fact outside its bounds."""
    found: list[Diagnostic] = []
    faits: dict[str, Valeur] = {}
    places: dict[str, Impose] = {}
    for impose in exemple.avec:
        key = _key(impose.cible)
        if key[0] == "donnée" and not key[2]:
            faits[key[1]] = impose.valeur
            places[key[1]] = impose
        notation = politique.notation
        step = notation.pas if notation.mode == "arrondi" and key[0] == "score" else None
        if step and isinstance(impose.valeur, Fraction) and (impose.valeur / step).denominator != 1:
            found.append(
                Diagnostic(
                    "CAQ406",
                    f"Le score est arrondi à {write_value(step, impose.cible.genre)} : "
                    f"{write_value(impose.valeur, impose.cible.genre)} ne peut pas sortir.",
                    impose.span,
                    aide="Donnez une valeur sur ce pas.",
                )
            )
        if key[0] == "score" and isinstance(impose.valeur, Fraction) and not 0 <= impose.valeur <= 1:
            found.append(Diagnostic("CAQ406", "Un score va de 0 % à 100 %.", impose.span, aide="Corrigez la valeur."))
    for nom, borne in violated_bounds(politique, faits):
        found.append(
            Diagnostic(
                "CAQ406",
                f"« {politique.donnees[nom].titre} » sort de ses bornes dans cet exemple.",
                places[nom].span,
                etiquettes=(Etiquette(borne.span, "la borne déclarée"),),
                aide="Corrigez la valeur ou la borne.",
            )
        )
    return found


def _compare(politique: Politique, exemple: Exemple, attendu: Impose, interprete: Interpreteur) -> list[Diagnostic]:
    seen = interprete.eval(attendu.cible)
    labels = wording.labels(politique)
    what = wording.write(attendu.cible, politique)
    if seen.valeur is None:
        missing = ", ".join(sorted(seen.manquants)) or "rien d'applicable"
        return [
            Diagnostic(
                "CAQ402",
                f"L'exemple « {exemple.titre} » ne peut pas donner {what} : il manque {missing}.",
                attendu.span,
                aide="Ajoutez ces valeurs par « avec ».",
            )
        ]
    if COMPARE[attendu.op](seen.valeur, attendu.valeur):
        return []
    found = write_value(seen.valeur, attendu.cible.genre, labels=labels)
    wanted = write_value(attendu.valeur, attendu.cible.genre, labels=labels)
    return [
        Diagnostic(
            "CAQ401",
            f"L'exemple « {exemple.titre} » attend {what} {attendu.op} {wanted} ; la politique donne {found}.",
            attendu.span,
            etiquettes=(Etiquette(attendu.span, f"le calcul donne {found}"),),
            aide="Corrigez l'exemple s'il est faux, sinon la règle.",
        )
    ]
