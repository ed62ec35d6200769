"""Exemples, limites and contrôles of the tree into the core."""

from __future__ import annotations

from fractions import Fraction

from caqes_dsl.base.diagnostics import Etiquette
from caqes_dsl.base.quantities import Genre, Valeur
from caqes_dsl.syntax import tree

from . import algebra
from .clauses import every, first, has_word, name_of, text_of, title_of
from .expressions import Abaisseur
from .nodes import Agregat, Cle, Constante, Exemple, Fait, Impose, Noeud, Propriete, Reference
from .scope import Contexte, Portee


def lower_exemple(abaisseur: Abaisseur, declaration: tree.Declaration) -> Exemple | None:
    """Core of an exemple; None when a clause is wrong."""
    portee = abaisseur.portee
    sound = True
    secteurs = _secteurs(portee, declaration)
    avec: list[Impose] = []
    seen: dict[Noeud, Impose] = {}
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
        impose = Impose(pair[0], said.op, pair[1], said.span)
        (avec if imposed else attendu).append(impose)
        if imposed and pair[0] in seen:
            portee.error(
                "CAQ108",
                f"« {said.cible.span.texte} » est fixé deux fois.",
                said.span,
                "Gardez une valeur.",
                etiquettes=(Etiquette(seen[pair[0]].span, "une première fois ici"),),
            )
            sound = False
        if imposed:
            seen.setdefault(pair[0], impose)
    if not declaration.abimee and not any(True for _ in every(declaration, tree.ClauseAttendu)):
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
    if autres is not None and secteurs is not None and not _others_admit(portee, autres, seen, secteurs):
        sound = False
    if not sound or secteurs is None:
        return None
    return Exemple(
        title_of(declaration),
        tuple(secteurs),
        tuple(avec),
        autres.niveau.nom if autres else None,
        tuple(attendu),
        declaration.span,
    )


def _secteurs(portee: Portee, declaration: tree.Declaration) -> list[str] | None:
    """Sectors of the establishment; none said is all of them, which the empty list stands for."""
    clause = first(declaration, tree.ClauseSecteurs)
    if clause is None:
        return []
    unknown = [n for n in (*clause.noms, *clause.sauf) if portee.kind(n.nom) != "secteur"]
    for nom in unknown:
        portee.unknown(nom.nom, nom.span, "un secteur", portee.names("secteur"))
    out = {n.nom for n in clause.sauf}
    kept = [s for s in portee.names("secteur") if clause.tous and s not in out] or [n.nom for n in clause.noms]
    if not kept:
        portee.error("CAQ206", "Aucun secteur ne reste à cet exemple.", clause.span, "Nommez au moins un secteur.")
    return kept if kept and not unknown else None


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
    choix = abaisseur.choices(noeud)
    if isinstance(noeud, Reference) and noeud.cle.sorte == "secteur" and imposed:
        abaisseur.portee.error(
            "CAQ406",
            "Les secteurs d'un exemple ne se disent pas par « avec ».",
            cible.span,
            f"Écrivez « secteurs {noeud.cle.nom} ».",
        )
        return None
    if imposed and not isinstance(noeud, Fait | Reference | Agregat):
        abaisseur.portee.error(
            "CAQ406",
            "« avec » fixe une donnée, une réponse, un résultat ou une statistique.",
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
    if imposed and isinstance(noeud, Reference) and noeud.cle.sorte == "niveau":
        refused = _refused_level(abaisseur.portee, noeud.cle.nom, str(valeur.valeur))
        if refused:
            abaisseur.portee.error("CAQ406", refused, valeur.span, "Donnez une réponse que le critère admet.")
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


def _others_admit(
    portee: Portee, autres: tree.ClauseAvecAutres, seen: dict[Noeud, Impose], secteurs: list[str]
) -> bool:
    """Whether every criterion that the exemple answers by « autres critères » admits that level."""
    given = {n.cle.nom for n in seen if isinstance(n, Reference) and n.cle.sorte in ("niveau", "mesure")}
    for nom in portee.names("critère"):
        declaration = portee.par_nom[nom]
        ruled = ("mesure", "NC d'office si")
        settled = any(isinstance(c, tree.ClauseExpression) and c.mot in ruled for c in declaration.clauses)
        refused = "" if nom in given or settled else _refused_level(portee, nom, autres.niveau.nom)
        if refused and _applies(declaration, secteurs):
            portee.error("CAQ406", refused, autres.niveau.span, f"Donnez la réponse de {nom} par « avec ».")
            return False
    return True


def _applies(declaration: tree.Declaration, secteurs: list[str]) -> bool:
    """Whether a criterion applies to these sectors (all of them when none is said)."""
    clause = first(declaration, tree.ClauseSecteurs)
    if clause is None or not secteurs:
        return clause is not None
    out = {n.nom for n in clause.sauf}
    return any(s not in out if clause.tous else s in {n.nom for n in clause.noms} for s in secteurs)


def _refused_level(portee: Portee, critere: str, niveau: str) -> str:
    """Why an answer is not one of the criterion's; « » when it is (NC always may be imposed)."""
    declaration = portee.par_nom[critere]
    clause = first(declaration, tree.ClauseNoms, "niveaux")
    if niveau == "NC" or declaration.abimee:
        return ""
    if clause is not None:
        named = [n.nom for n in clause.noms]
        return "" if niveau in named else f"Le critère « {critere} » n'admet que {', '.join(named)}, pas « {niveau} »."
    level = portee.par_nom.get(niveau)
    if level is not None and has_word(level, "hors calcul"):
        return f"Le critère « {critere} » n'admet pas « {niveau} » : ses niveaux ne le nomment pas."
    return ""


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
        clause.decision,
    )
