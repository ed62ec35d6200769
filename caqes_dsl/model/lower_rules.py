"""Indicateurs, calculs, barèmes, decisions, pièces and the calendar of the tree into the core."""

from __future__ import annotations

from fractions import Fraction

from caqes_dsl.base.quantities import Genre
from caqes_dsl.syntax import tree

from .chantier import Chantier, declared
from .clauses import first, name_of, text_of, title_of, worth
from .expressions import Abaisseur, quantity
from .guards import not_zero_when
from .nodes import (
    Bareme,
    Calcul,
    Cle,
    Comparaison,
    Decision,
    Delai,
    Evenement,
    Indicateur,
    Noeud,
    Piece,
    Reference,
)
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


_THE = {
    "sanction": "La sanction",
    "intéressement": "L'intéressement",
    "pénalité": "La pénalité",
    "enveloppe": "L'enveloppe",
}
"""Natures of decisions, as a sentence begins with them."""


def lower_decision(chantier: Chantier, declaration: tree.Declaration, contexte: Contexte) -> Decision | None:
    """Core of an amount proposed for decision; None when it is wrong."""
    portee, abaisseur, nom = chantier.portee, chantier.abaisseur.within(contexte), name_of(declaration)
    the = f"{_THE[declaration.genre]} « {nom} »"
    amounts: dict[str, Noeud | None] = {}
    for mot in ("montant", "plafond", "plancher"):
        clause = first(declaration, tree.ClauseExpression, mot)
        amounts[mot] = abaisseur.typed(clause.expression, Genre.MONTANT, f"le {mot}") if clause else None
    si = first(declaration, tree.ClauseExpression, "si")
    condition = abaisseur.condition(si.expression) if si else None
    if first(declaration, tree.ClauseExpression, "montant") is None:
        portee.error("CAQ206", f"{the} n'a pas de montant.", declaration.entete, "Écrivez « montant … ».")
    pas = _step(portee, declaration, the)
    cle = _cle(abaisseur, declaration, the) if declaration.genre == "enveloppe" else None
    montant = amounts["montant"]
    wanting = declaration.genre == "enveloppe" and cle is None
    if montant is None or pas is None or (si and condition is None) or wanting:
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
        cle,
    )


def _step(portee: Portee, declaration: tree.Declaration, the: str) -> Fraction | None:
    """The step at which a decision is rounded."""
    arrondi = first(declaration, tree.ClauseQuantite, "arrondi")
    if arrondi is None:
        portee.error(
            "CAQ315",
            f"{the} ne dit pas son arrondi.",
            declaration.entete,
            "Écrivez par exemple « arrondi à 0,01 € ».",
        )
        return None
    pas = worth(portee, arrondi.quantite, Genre.MONTANT, "l'arrondi d'une décision")
    if pas is not None and pas <= 0:
        portee.error("CAQ214", "L'arrondi d'une décision est positif.", arrondi.span, "Par exemple 0,01 €.")
        return None
    return pas


def _cle(abaisseur: Abaisseur, declaration: tree.Declaration, the: str) -> Noeud | None:
    """The key in proportion of which an enveloppe is shared."""
    clause = first(declaration, tree.ClauseExpression, "au prorata de")
    if clause is None:
        abaisseur.portee.error(
            "CAQ206",
            f"{the} ne dit pas comment elle se partage.",
            declaration.entete,
            "Écrivez « au prorata de » et une quantité.",
        )
        return None
    noeud = abaisseur.expression(clause.expression)
    if noeud is not None and not noeud.genre.is_number:
        abaisseur.mismatch(noeud, Genre.MONTANT, "la clé d'une enveloppe")
        return None
    return noeud


def lower_indicateur(chantier: Chantier, declaration: tree.Declaration, contexte: Contexte) -> Indicateur | None:
    """Core of an indicateur; None when it is wrong."""
    portee, nom = chantier.portee, name_of(declaration)
    abaisseur = chantier.abaisseur.within(contexte)
    reserve_clause = first(declaration, tree.ClauseExpression, "réservé si")
    reserve = abaisseur.condition(reserve_clause.expression) if reserve_clause else None
    guarded = abaisseur.within(contexte, *(not_zero_when(reserve, True) if reserve is not None else ()))
    mesure_clause = first(declaration, tree.ClauseExpression, "mesure")
    if mesure_clause is None:
        portee.error(
            "CAQ206", f"L'indicateur « {nom} » n'a pas de mesure.", declaration.entete, "Écrivez « mesure … »."
        )
        return None
    mesure = guarded.expression(mesure_clause.expression)
    cible_clause = first(declaration, tree.ClauseExpression, "cible")
    sens = first(declaration, tree.ClauseSens)
    cible: Noeud | None = None
    if cible_clause is not None and mesure is not None:
        cible = abaisseur.typed(cible_clause.expression, mesure.genre, "la cible")
    secteurs = named_sectors(portee, declaration)
    if cible_clause is not None and sens is None:
        portee.error(
            "CAQ206",
            f"L'indicateur « {nom} » a une cible et ne dit pas son sens.",
            cible_clause.span,
            "Écrivez « sens hausse » s'il faut l'atteindre ou la dépasser, « sens baisse » s'il faut rester dessous.",
        )
    wrong = (reserve_clause and reserve is None) or (cible_clause and (cible is None or sens is None))
    if mesure is None or secteurs is None or wrong:
        return None
    atteint: Comparaison | None = None
    if cible is not None and sens is not None and cible_clause is not None:
        op = "≥" if sens.sens == "hausse" else "≤"
        place = cible_clause.span
        read = (Reference(mesure.genre, place, Cle(sorte, nom)) for sorte in ("mesure", "cible"))
        atteint = Comparaison(Genre.OUI_NON, place, op, *read)
    return Indicateur(
        nom,
        title_of(declaration),
        text_of(declaration, "source") or contexte.source,
        declaration.span,
        mesure.genre,
        mesure,
        cible,
        cible_clause.source.valeur if cible_clause and cible_clause.source else "",
        sens.sens if sens else "",
        atteint,
        secteurs,
        reserve,
        contexte.volet,
    )


def named_sectors(portee: Portee, declaration: tree.Declaration) -> tuple[str, ...] | None:
    """The sectors that a clause names; () when there is none or all are meant, None when one is unknown."""
    clause = first(declaration, tree.ClauseSecteurs)
    if clause is None:
        return ()
    unknown = [n for n in (*clause.noms, *clause.sauf) if portee.kind(n.nom) != "secteur"]
    for nom in unknown:
        portee.unknown(nom.nom, nom.span, "un secteur", portee.names("secteur"))
    if unknown:
        return None
    if not clause.tous:
        return tuple(dict.fromkeys(n.nom for n in clause.noms))
    out = {n.nom for n in clause.sauf}
    return tuple(s for s in portee.names("secteur") if s not in out) if out else ()


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
