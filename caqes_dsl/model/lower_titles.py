"""Niveaux, notation, volets, chapitres and objectifs of the tree into the core."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction

from caqes_dsl.base.calendar import move
from caqes_dsl.base.diagnostics import Etiquette
from caqes_dsl.base.quantities import Genre
from caqes_dsl.syntax import tree

from .algebra import article
from .chantier import Chantier, declared
from .clauses import every, first, has_word, name_of, text_of, title_of, worth
from .expressions import quantity
from .nodes import Constante, Niveau, Noeud, Notation, Titre, Total
from .scope import RANGS, Contexte, Portee


def lower_niveau(portee: Portee, declaration: tree.Declaration, contexte: Contexte) -> Niveau | None:
    """Core of a niveau; None when it is wrong."""
    donne = first(declaration, tree.ClauseDonne)
    part: Fraction | None = None
    if donne is not None:
        if has_word(declaration, "hors calcul") or name_of(declaration) == "NC":
            portee.error(
                "CAQ214",
                f"Le niveau « {name_of(declaration)} » est hors calcul : il ne peut pas donner de points.",
                donne.span,
                "Gardez « donne … » ou « hors calcul » ; NC est toujours hors calcul.",
            )
        part = worth(portee, donne.part, Genre.TAUX, "la part donnée par un niveau")
        if part is None:
            return None
        if not 0 <= part <= 1:
            portee.error("CAQ214", "La part d'un niveau va de 0 % à 100 %.", donne.part.span, "Corrigez la part.")
    elif declaration.abimee:
        part = Fraction(0)
    elif not has_word(declaration, "hors calcul") and name_of(declaration) != "NC":
        portee.error(
            "CAQ206",
            f"Le niveau « {name_of(declaration)} » ne dit pas ce qu'il donne.",
            declaration.entete,
            "Écrivez « donne 50 % » ou « hors calcul ».",
        )
    source = text_of(declaration, "source") or contexte.source
    return Niveau(name_of(declaration), title_of(declaration), source, declaration.span, part)


def lower_notation(chantier: Chantier, niveaux: dict[str, Niveau]) -> Notation:
    """The rules of notation, said once each."""
    portee = chantier.portee
    mode, pas, nc, sans, calcul = "exact", None, False, None, ""
    effectif: int | None = None
    sources: dict[str, str] = {}
    seen: dict[str, tree.Clause] = {}
    for declaration, _ in declared(portee, "notation"):
        for clause in declaration.clauses:
            said = ""
            match clause:
                case tree.ClauseScore():
                    said, mode = "score", clause.mode
                    pas = worth(portee, clause.pas, Genre.TAUX, "le pas du score")
                    if pas is not None and pas <= 0:
                        portee.error("CAQ214", "Le pas du score est positif.", clause.pas.span, "Par exemple 1 %.")
                case tree.ClauseScoreCalcule():
                    said, calcul = "score =", _score_calcule(chantier, clause.calcul)
                case tree.ClauseEffectif():
                    said, effectif = "effectif", int(clause.nombre.nombre)
                    if clause.nombre.nombre.denominator != 1 or effectif < 1:
                        portee.error(
                            "CAQ214", "Un effectif est un nombre entier positif.", clause.span, "Par exemple 10."
                        )
                case tree.ClauseMot(mot="NC sur justification"):
                    said, nc = "NC", True
                case tree.ClauseSansReponse():
                    said, sans = "sans réponse", clause.niveau.nom
                    if sans not in niveaux:
                        portee.unknown(sans, clause.niveau.span, "un niveau", list(niveaux))
            if not said:
                continue
            if said in seen:
                portee.error("CAQ108", "Cette règle de notation est dite deux fois.", clause.span, "Gardez-en une.")
            seen[said] = clause
            source = getattr(clause, "source", None)
            sources[said] = source.valeur if source else ""
    return Notation(
        mode, pas, nc, sans, calcul, effectif, sources, {said: clause.span for said, clause in seen.items()}
    )


def _score_calcule(chantier: Chantier, nom: tree.Nom) -> str:
    """The calcul, a taux, that gives the whole score; « » when it cannot."""
    portee, signature = chantier.portee, chantier.signatures.get(nom.nom)
    if portee.kind(nom.nom) != "calcul":
        portee.unknown(nom.nom, nom.span, "un calcul", portee.names("calcul"))
        return ""
    if signature is not None and signature.genre is not Genre.TAUX:
        portee.error(
            "CAQ204",
            f"Un score est un taux ; le calcul « {nom.nom} » est {article(signature.genre)}.",
            nom.span,
            "Donnez au calcul le type taux.",
            etiquettes=(Etiquette(portee.par_nom[nom.nom].entete, "ce calcul"),),
        )
        return ""
    return nom.nom


def lower_titre(chantier: Chantier, declaration: tree.Declaration, contexte: Contexte) -> Titre | None:
    """Core of a volet, chapitre or objectif."""
    portee, rang = chantier.portee, RANGS[declaration.genre]
    parent = {1: "", 2: contexte.volet, 3: contexte.chapitre or contexte.volet}[rang]
    totaux: list[Total] = []
    for clause in every(declaration, tree.ClauseTotal):
        unite = "critères" if clause.quantite.unite == "critères" else "points"
        valeur: Fraction | None = clause.quantite.nombre
        if unite == "points":
            valeur = worth(portee, clause.quantite, Genre.POINTS, "un total")
        soit = worth(portee, clause.soit, Genre.TAUX, "la part après « soit »") if clause.soit else None
        secteur = clause.secteur.nom if clause.secteur else ""
        if secteur and portee.kind(secteur) != "secteur" and clause.secteur:
            portee.unknown(secteur, clause.secteur.span, "un secteur", portee.names("secteur"))
            continue
        if any(t.secteur == secteur and t.unite == unite for t in totaux):
            portee.error("CAQ108", f"Ce total en {unite} est dit deux fois.", clause.span, "Gardez-en un.")
        if valeur is not None:
            pas = _written_step(clause.soit) if clause.soit else None
            source = clause.source.valeur if clause.source else ""
            totaux.append(Total(secteur, unite, valeur, soit, pas, source, clause.span))
    duree = _duration(chantier, declaration)
    cible = first(declaration, tree.ClauseExpression, "cible")
    noeud: Noeud | None = None
    if cible is not None:
        noeud = chantier.abaisseur.within(contexte).typed(cible.expression, Genre.TAUX, "la cible")
        written = noeud.valeur if isinstance(noeud, Constante) else None
        if isinstance(written, Fraction) and not 0 <= written <= 1:
            portee.error(
                "CAQ214",
                "Une cible va de 0 % à 100 %, comme le score qu'elle juge.",
                cible.expression.span,
                "Corrigez la cible.",
            )
    reserve = first(declaration, tree.ClauseExpression, "réservé si")
    return Titre(
        name_of(declaration),
        title_of(declaration),
        contexte.source,
        declaration.span,
        rang,
        parent,
        text_of(declaration, "article"),
        text_of(declaration, "texte"),
        tuple(totaux),
        noeud,
        cible.source.valeur if cible and cible.source else "",
        chantier.abaisseur.condition(reserve.expression) if reserve else None,
        duree,
    )


def _duration(chantier: Chantier, declaration: tree.Declaration) -> Constante | None:
    """`durée au plus 5 ans` on a volet; the vigueur of a contract is not longer, counted by calendar.

    A framework is in force as long as the law is; each contract that takes it up is checked.
    """
    clause, vigueur = first(declaration, tree.ClauseQuantite, "durée au plus"), chantier.vigueur
    if clause is None:
        return None
    genre, duree = quantity(clause.quantite)
    if genre not in (Genre.JOURS, Genre.MOIS):
        chantier.portee.error(
            "CAQ205",
            "Une durée s'écrit en jours, semaines, mois ou ans.",
            clause.quantite.span,
            "Par exemple « durée au plus 5 ans ».",
        )
        return None
    found = Constante(genre, clause.quantite.span, duree)
    if vigueur is None or chantier.cadre:
        return found
    end = move(vigueur.du, duree, genre is Genre.MOIS)
    if vigueur.au is None or (end is not None and vigueur.au >= end):
        until = f"va jusqu'au {vigueur.au:%d/%m/%Y}" if vigueur.au else "n'a pas de fin"
        last = f" : au plus tard le {end - timedelta(days=1):%d/%m/%Y}" if end else ""
        chantier.portee.error(
            "CAQ214",
            f"Le volet « {name_of(declaration)} » dure au plus {' '.join(clause.quantite.span.texte.split())}, "
            f"et la vigueur {until}{last}.",
            clause.span,
            "Corrigez la durée du volet ou la vigueur.",
            etiquettes=(Etiquette(vigueur.span, "la vigueur"),),
        )
    return found


def _written_step(soit: tree.Quantite) -> Fraction:
    """The step at which a share is printed: 1 % for 45 %, 0,1 % for 44,8 %."""
    places = 0
    while (soit.nombre * 10**places).denominator != 1:
        places += 1
    return Fraction(1, 10**places) * quantity(tree.Quantite(soit.span, Fraction(1), soit.unite))[1]
