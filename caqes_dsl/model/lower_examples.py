"""Exemples, limites and contrôles of the tree into the core."""

from __future__ import annotations

from fractions import Fraction

from caqes_dsl.base.quantities import Genre, Valeur
from caqes_dsl.syntax import tree

from . import algebra
from .clauses import every, first, name_of, text_of, title_of
from .expressions import Abaisseur
from .nodes import Cle, Constante, Exemple, Fait, Impose, Noeud, Propriete, Reference
from .scope import Contexte


def lower_exemple(abaisseur: Abaisseur, declaration: tree.Declaration) -> Exemple | None:
    """Core of an exemple; None when a clause is wrong."""
    portee = abaisseur.portee
    sound = True
    secteurs: list[str] = []
    clause = first(declaration, tree.ClauseSecteurs)
    for nom in clause.noms if clause else ():
        if portee.kind(nom.nom) != "secteur":
            portee.unknown(nom.nom, nom.span, "un secteur", portee.names("secteur"))
            sound = False
        else:
            secteurs.append(nom.nom)
    if clause and clause.tous:
        secteurs = [s for s in portee.names("secteur") if s not in {n.nom for n in clause.sauf}]
    avec: list[Impose] = []
    attendu: list[Impose] = []
    for said in declaration.clauses:
        if not isinstance(said, tree.ClauseAvec | tree.ClauseAttendu):
            continue
        imposed = isinstance(said, tree.ClauseAvec)
        pair = _pair(abaisseur, said, imposed)
        if pair is None:
            sound = False
            continue
        if imposed and said.op != "=":
            portee.error("CAQ406", "« avec » fixe une valeur : écrivez « = ».", said.span, "Écrivez « avec x = v ».")
            sound = False
        (avec if imposed else attendu).append(Impose(pair[0], said.op, pair[1], said.span))
    if not any(True for _ in every(declaration, tree.ClauseAttendu)):
        portee.error(
            "CAQ206",
            "Cet exemple n'attend rien : il ne peut pas échouer.",
            declaration.entete,
            "Écrivez « attendu x = v ».",
        )
        sound = False
    autres = first(declaration, tree.ClauseAvecAutres)
    if autres is not None and portee.kind(autres.niveau.nom) != "niveau" and autres.niveau.nom != "NC":
        portee.unknown(autres.niveau.nom, autres.niveau.span, "un niveau", portee.names("niveau"))
        sound = False
    if not sound:
        return None
    return Exemple(
        title_of(declaration),
        tuple(secteurs),
        tuple(avec),
        autres.niveau.nom if autres else None,
        tuple(attendu),
        declaration.span,
    )


def _pair(
    abaisseur: Abaisseur, clause: tree.ClauseAvec | tree.ClauseAttendu, imposed: bool
) -> tuple[Noeud, Valeur] | None:
    """What is imposed or expected, and its value; a bare criterion stands for its level."""
    cible = clause.cible
    if isinstance(cible, tree.Ref) and abaisseur.portee.kind(cible.nom) == "critère":
        noeud: Noeud | None = Reference(Genre.NIVEAU, cible.span, Cle("niveau", cible.nom))
    else:
        noeud = abaisseur.expression(cible)
    if noeud is None:
        return None
    choix: tuple[str, ...] = ()
    if isinstance(noeud, Fait):
        choix = abaisseur.signatures[noeud.nom].choix
    if imposed and not isinstance(noeud, Fait | Reference):
        abaisseur.portee.error(
            "CAQ406",
            "« avec » fixe une donnée, une réponse ou un résultat.",
            cible.span,
            "Écrivez un nom, par exemple « avec score = 51 % ».",
        )
        return None
    valeur = abaisseur.expression(clause.valeur, choix)
    if valeur is None:
        return None
    if algebra.unify(noeud.genre, valeur.genre) is None:
        abaisseur.mismatch(valeur, noeud.genre, "cette valeur")
        return None
    if not isinstance(valeur, Constante):
        abaisseur.portee.error("CAQ406", "Un exemple se donne en valeurs écrites.", valeur.span, "Écrivez la valeur.")
        return None
    if (
        imposed
        and isinstance(valeur.valeur, Fraction)
        and noeud.genre is Genre.ENTIER
        and valeur.valeur.denominator != 1
    ):
        abaisseur.portee.error("CAQ406", "Cette donnée est un nombre entier.", valeur.span, "Écrivez un entier.")
        return None
    return noeud, valeur.valeur


def lower_propriete(abaisseur: Abaisseur, declaration: tree.Declaration, contexte: Contexte) -> Propriete | None:
    """Core of a limite or contrôle."""
    portee = abaisseur.portee
    clause = first(declaration, tree.Propriete)
    if clause is None:
        portee.error("CAQ206", f"« {name_of(declaration)} » ne dit pas ce qui doit tenir.", declaration.entete, "")
        return None
    source = text_of(declaration, "source")
    limite = declaration.genre == "limite"
    if limite and not source:
        portee.error(
            "CAQ206",
            f"La limite « {name_of(declaration)} » n'a pas de source.",
            declaration.entete,
            "Écrivez « source « … » » : une limite s'impose aux régions, son texte doit être cité.",
        )
    if clause.decision and clause.decision not in ("sanction", "sanctions"):
        portee.error(
            "CAQ211",
            f"« {clause.decision} » n'est pas encore évalué par cette version.",
            clause.span,
            "Retirez cette propriété en attendant.",
        )
        return None
    expression = lorsque = selon = None
    if clause.expression is not None:
        attendu = Genre.MONTANT if clause.forme in ("chaque", "total_des") else None
        if clause.forme == "expression":
            expression = abaisseur.condition(clause.expression)
        elif attendu:
            expression = abaisseur.typed(clause.expression, attendu, "la limite")
        else:
            expression = abaisseur.expression(clause.expression)
        if expression is None:
            return None
    if clause.lorsque is not None:
        lorsque = abaisseur.condition(clause.lorsque)
        if lorsque is None:
            return None
    if clause.selon is not None:
        selon = abaisseur.expression(tree.Ref(clause.selon.span, clause.selon.nom))
        if selon is None:
            return None
    return Propriete(
        name_of(declaration),
        title_of(declaration),
        source or contexte.source,
        declaration.span,
        limite,
        clause.forme,
        expression,
        lorsque,
        clause.op,
        clause.sens,
        selon,
    )
