"""Calculs, barèmes, sanctions, pièces and the calendar of the tree into the core."""

from __future__ import annotations

from fractions import Fraction

from caqes_dsl.base.quantities import Genre
from caqes_dsl.syntax import tree

from .chantier import Chantier, declared
from .clauses import first, name_of, text_of, title_of, worth
from .expressions import quantity
from .nodes import Bareme, Calcul, Decision, Delai, Evenement, Noeud, Piece
from .rows import conducteurs_of, lower_table
from .scope import Contexte, Portee


def lower_calcul(chantier: Chantier, declaration: tree.Declaration, contexte: Contexte) -> Calcul | None:
    """Core of a calcul; None when it is wrong."""
    signature = chantier.signatures.get(name_of(declaration))
    body = first(declaration, tree.ClauseExpression, "expression")
    if signature is None or body is None:
        return None
    abaisseur = chantier.abaisseur.within(contexte)
    noeud = abaisseur.expression(body.expression, signature.choix)
    if noeud is None:
        return None
    if not abaisseur.fits(noeud, signature.genre, f"le calcul « {name_of(declaration)} »", signature.choix):
        return None
    source = text_of(declaration, "source") or contexte.source
    return Calcul(
        name_of(declaration),
        title_of(declaration),
        source,
        declaration.span,
        signature.genre,
        noeud,
        contexte.volet,
    )


def lower_bareme(chantier: Chantier, declaration: tree.Declaration, contexte: Contexte) -> Bareme | None:
    """Core of a barème; None when it is wrong."""
    signature, clause = chantier.signatures.get(name_of(declaration)), first(declaration, tree.ClauseTable)
    if clause is None:
        chantier.portee.error(
            "CAQ206",
            f"Le barème « {name_of(declaration)} » n'a pas de rang.",
            declaration.entete,
            "Écrivez « selon » puis un rang par ligne.",
        )
    if signature is None or clause is None:
        return None
    abaisseur = chantier.abaisseur.within(contexte)
    conducteurs = conducteurs_of(abaisseur, clause.selon)
    table = lower_table(abaisseur, clause, conducteurs, signature) if conducteurs else None
    if table is None:
        return None
    source = text_of(declaration, "source") or contexte.source
    return Bareme(
        name_of(declaration), title_of(declaration), source, declaration.span, signature.genre, table, contexte.volet
    )


def lower_decision(chantier: Chantier, declaration: tree.Declaration, contexte: Contexte) -> Decision | None:
    """Core of an amount proposed for decision; None when it is wrong."""
    portee, abaisseur, nom = chantier.portee, chantier.abaisseur.within(contexte), name_of(declaration)
    amounts: dict[str, Noeud | None] = {}
    for mot in ("montant", "plafond", "plancher"):
        clause = first(declaration, tree.ClauseExpression, mot)
        amounts[mot] = abaisseur.typed(clause.expression, Genre.MONTANT, f"le {mot}") if clause else None
    si = first(declaration, tree.ClauseExpression, "si")
    condition = abaisseur.condition(si.expression) if si else None
    if first(declaration, tree.ClauseExpression, "montant") is None:
        portee.error(
            "CAQ206", f"La sanction « {nom} » n'a pas de montant.", declaration.entete, "Écrivez « montant … »."
        )
    arrondi = first(declaration, tree.ClauseQuantite, "arrondi")
    pas: Fraction | None = None
    if arrondi is None:
        portee.error(
            "CAQ315",
            f"La sanction « {nom} » ne dit pas son arrondi.",
            declaration.entete,
            "Écrivez par exemple « arrondi à 0,01 € ».",
        )
    else:
        pas = worth(portee, arrondi.quantite, Genre.MONTANT, "l'arrondi d'une décision")
        if pas is not None and pas <= 0:
            portee.error("CAQ214", "L'arrondi d'une décision est positif.", arrondi.span, "Par exemple 0,01 €.")
    montant = amounts["montant"]
    if montant is None or pas is None or pas <= 0 or (si and condition is None):
        return None
    source = text_of(declaration, "source") or contexte.source
    return Decision(
        nom,
        title_of(declaration),
        source,
        declaration.span,
        declaration.genre,
        condition,
        montant,
        amounts["plafond"],
        amounts["plancher"],
        pas,
        contexte.volet,
    )


def lower_piece(chantier: Chantier, declaration: tree.Declaration, contexte: Contexte) -> Piece | None:
    """Core of a pièce; None when it is wrong."""
    si = first(declaration, tree.ClauseExpression, "si")
    if si is None:
        chantier.portee.error(
            "CAQ206",
            f"La pièce « {name_of(declaration)} » ne dit pas quand elle est due.",
            declaration.entete,
            "Écrivez « si » et une condition.",
        )
        return None
    condition = chantier.abaisseur.within(contexte).condition(si.expression)
    source = text_of(declaration, "source") or contexte.source
    if condition is None:
        return None
    return Piece(name_of(declaration), title_of(declaration), source, declaration.span, condition, contexte.volet)


def lower_calendar(portee: Portee) -> tuple[tuple[Evenement, ...], tuple[Delai, ...]]:
    """The steps of the calendar and their delays."""
    evenements: dict[str, Evenement] = {}
    pending: list[tree.ClauseDelai] = []
    for declaration, _ in declared(portee, "calendrier"):
        for clause in declaration.clauses:
            if isinstance(clause, tree.ClauseEvenement):
                if clause.nom.nom in evenements:
                    portee.error(
                        "CAQ202", f"L'étape « {clause.nom.nom} » est dite deux fois.", clause.span, "Gardez-en une."
                    )
                evenements[clause.nom.nom] = Evenement(clause.date, clause.nom.nom, clause.titre.valeur, clause.span)
            elif isinstance(clause, tree.ClauseDelai):
                pending.append(clause)
    delais: list[Delai] = []
    if any(d.genre == "calendrier" and d.abimee for d, _ in portee.declarations):
        pending = []
    for delai in pending:
        unknown = [n for n in (delai.tard, delai.tot) if n.nom not in evenements]
        for nom in unknown:
            portee.unknown(nom.nom, nom.span, "une étape du calendrier", list(evenements))
        genre, duree = quantity(delai.duree)
        if genre not in (Genre.JOURS, Genre.MOIS):
            portee.error(
                "CAQ205", "Un délai s'écrit en jours, semaines, mois ou ans.", delai.duree.span, "Par exemple 21 jours."
            )
        elif not unknown:
            source = delai.source.valeur if delai.source else ""
            delais.append(Delai(delai.tard.nom, delai.tot.nom, duree, genre, source, delai.span))
    return tuple(evenements.values()), tuple(delais)
