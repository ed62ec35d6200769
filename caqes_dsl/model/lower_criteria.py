"""A critère of the tree into the core."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from caqes_dsl.base.diagnostics import Correction, Etiquette
from caqes_dsl.base.quantities import Genre
from caqes_dsl.base.source import Span
from caqes_dsl.syntax import tree

from .clauses import every, first, has_word, name_of, text_of, title_of, worth
from .expressions import Abaisseur
from .guards import guards_against_zero
from .nodes import Cle, Critere, Niveau, Noeud, Notation, Reference, Secteur, Table, Variante
from .rows import Conducteur, conducteur, conducteurs_of, lower_table
from .scope import Contexte, Portee


def lower_critere(
    abaisseur: Abaisseur,
    declaration: tree.Declaration,
    contexte: Contexte,
    notation: Notation,
    niveaux: dict[str, Niveau],
    secteurs: dict[str, Secteur],
) -> Critere | None:
    """Core of a critère; None when one of its clauses is wrong."""
    portee, nom = abaisseur.portee, name_of(declaration)
    poids = _poids(portee, first(declaration, tree.ClauseQuantite, "poids"), declaration.entete, nom)
    applicables = _secteurs(portee, declaration, secteurs)
    office_clause = first(declaration, tree.ClauseExpression, "NC d'office si")
    here = abaisseur.within(contexte)
    office = here.condition(office_clause.expression) if office_clause else None
    guarded = here.within(contexte, *guards_against_zero(office))
    mesure_clause = first(declaration, tree.ClauseExpression, "mesure")
    mesure = guarded.expression(mesure_clause.expression) if mesure_clause else None
    table_clause = first(declaration, tree.ClauseTable, "seuils")
    table = _table(guarded, table_clause, nom, mesure, mesure_clause is not None) if table_clause else None
    sound = not (office_clause and office is None) and not (mesure_clause and mesure is None)
    sound = sound and not (table_clause and table is None)
    if mesure is not None and table_clause is None and mesure.genre is not Genre.TAUX:
        portee.error(
            "CAQ206",
            f"La mesure du critère « {nom} » n'est pas un taux : ses seuils manquent.",
            mesure.span,
            "Écrivez « seuils » et un rang par ligne.",
        )
        sound = False
    variantes = _variantes(guarded, declaration, mesure, mesure_clause is not None, applicables, secteurs)
    answered = _niveaux(portee, declaration, niveaux)
    sans = first(declaration, tree.ClauseSansReponse)
    if sans is not None and sans.niveau.nom not in niveaux:
        portee.unknown(sans.niveau.nom, sans.niveau.span, "un niveau", list(niveaux))
    listed = first(declaration, tree.ClauseNoms, "niveaux") is not None
    for given, span in _levels_given(declaration, sans):
        if given in niveaux and given != "NC" and listed and answered is not None and given not in answered:
            portee.error(
                "CAQ214",
                f"Le critère « {nom} » n'admet pas le niveau « {given} ».",
                span,
                f"Ses niveaux sont : {', '.join(answered)}. Corrigez ce niveau ou ceux-là.",
            )
    old = first(declaration, tree.ClauseNom, "anciennement")
    if old is not None and portee.kind(old.nom.nom) == "critère":
        portee.error(
            "CAQ202",
            f"« {old.nom.nom} » est encore le nom d'un critère : il ne peut pas être l'ancien nom de « {nom} ».",
            old.span,
            "« anciennement » donne le numéro qu'avait ce même critère les années d'avant.",
            etiquettes=(Etiquette(portee.par_nom[old.nom.nom].entete, f"« {old.nom.nom} » est déclaré ici"),),
        )
    measured = mesure_clause is not None or table_clause is not None
    if poids is None or applicables is None or answered is None or variantes is None or not sound:
        return None
    echeance, sens = first(declaration, tree.ClauseDate, "échéance"), first(declaration, tree.ClauseSens)
    default = None if measured else notation.sans_reponse
    return Critere(
        nom,
        title_of(declaration),
        text_of(declaration, "source") or contexte.source,
        declaration.span,
        contexte.volet,
        contexte.chapitre,
        contexte.objectif,
        poids,
        applicables,
        answered,
        mesure,
        table,
        sens.sens if sens else "",
        office,
        notation.nc_sur_justification or has_word(declaration, "NC sur justification"),
        sans.niveau.nom if sans else default,
        text_of(declaration, "preuve"),
        text_of(declaration, "guide"),
        echeance.valeur if echeance else None,
        old.nom.nom if old else "",
        variantes,
    )


def _levels_given(declaration: tree.Declaration, sans: tree.ClauseSansReponse | None) -> Iterator[tuple[str, Span]]:
    """Levels that the criterion's rows and its `sans réponse` give, with their places."""
    if sans is not None:
        yield sans.niveau.nom, sans.niveau.span
    tables = [*every(declaration, tree.ClauseTable, "seuils")]
    tables += [v.clause for v in every(declaration, tree.ClauseVariante) if isinstance(v.clause, tree.ClauseTable)]
    for rang in (r for table in tables for r in table.rangs):
        if isinstance(rang.effet, tree.Ref):
            yield rang.effet.nom, rang.effet.span


def _poids(portee: Portee, clause: tree.ClauseQuantite | None, entete: Span, nom: str) -> Fraction | None:
    if clause is None:
        portee.error(
            "CAQ206", f"Le critère « {nom} » n'a pas de poids.", entete, "Écrivez par exemple « poids 1 point »."
        )
        return None
    poids = worth(portee, clause.quantite, Genre.POINTS, "un poids")
    if poids is not None and poids <= 0:
        portee.error(
            "CAQ214", "Un poids est positif.", clause.quantite.span, "Ce qui n'est pas noté n'est pas un critère."
        )
        return None
    return poids


def _named(portee: Portee, noms: tuple[tree.Nom, ...], secteurs: dict[str, Secteur]) -> list[str]:
    found: list[str] = []
    for nom in noms:
        if nom.nom not in secteurs:
            portee.unknown(nom.nom, nom.span, "un secteur", list(secteurs))
        elif nom.nom in found:
            portee.error("CAQ108", f"Le secteur « {nom.nom} » est dit deux fois.", nom.span, "Gardez-en un.")
        else:
            found.append(nom.nom)
    return found


def _secteurs(portee: Portee, declaration: tree.Declaration, secteurs: dict[str, Secteur]) -> tuple[str, ...] | None:
    clause = first(declaration, tree.ClauseSecteurs)
    if clause is None:
        end = declaration.entete
        portee.error(
            "CAQ206",
            f"Le critère « {name_of(declaration)} » ne dit pas ses secteurs.",
            end,
            "Écrivez « secteurs tous », ou leurs noms séparés par « , ».",
            Correction(replace(end, debut=end.fin), "\n  secteurs tous", certaine=False),
        )
        return None
    if clause.tous:
        out = _named(portee, clause.sauf, secteurs)
        kept = tuple(s for s in secteurs if s not in out)
    else:
        named = _named(portee, clause.noms, secteurs)
        kept = tuple(s for s in secteurs if s in named)
        if len(named) < len(clause.noms):
            return None
    if not kept:
        portee.error("CAQ206", "Aucun secteur ne reste à ce critère.", clause.span, "Nommez au moins un secteur.")
        return None
    return kept


def _niveaux(portee: Portee, declaration: tree.Declaration, niveaux: dict[str, Niveau]) -> tuple[str, ...] | None:
    clause = first(declaration, tree.ClauseNoms, "niveaux")
    if clause is None:
        return tuple(n.nom for n in niveaux.values() if n.part is not None)
    sound = True
    for nom in clause.noms:
        if nom.nom not in niveaux:
            portee.unknown(nom.nom, nom.span, "un niveau", list(niveaux))
            sound = False
    named = {n.nom for n in clause.noms}
    return tuple(n for n in niveaux if n in named) if sound else None


def _is_own(conducteur: Conducteur, nom: str) -> bool:
    """Whether a driver is the criterion's own measure, said by name: `seuils selon mesure(C55) ; classe`."""
    noeud = conducteur.noeud
    return isinstance(noeud, Reference) and noeud.cle == Cle("mesure", nom) and not noeud.recul


def _table(
    abaisseur: Abaisseur, clause: tree.ClauseTable, nom: str, mesure: Noeud | None, has_mesure: bool
) -> Table | None:
    if clause.selon:
        conducteurs = conducteurs_of(abaisseur, clause.selon)
        if conducteurs is None:
            return None
        own = tuple(conducteur(abaisseur, mesure) if mesure and _is_own(c, nom) else c for c in conducteurs)
        return lower_table(abaisseur, clause, own, None)
    if mesure is None:
        if not has_mesure:
            abaisseur.portee.error(
                "CAQ206",
                "Ces seuils ne disent pas ce qu'ils mesurent.",
                clause.span,
                "Écrivez « mesure … » sur le critère, ou « seuils selon … ».",
            )
        return None
    return lower_table(abaisseur, clause, (conducteur(abaisseur, mesure),), None)


def _variantes(
    abaisseur: Abaisseur,
    declaration: tree.Declaration,
    mesure: Noeud | None,
    has_mesure: bool,
    applicables: tuple[str, ...] | None,
    secteurs: dict[str, Secteur],
) -> tuple[Variante, ...] | None:
    portee = abaisseur.portee
    merged: dict[tuple[str, ...], Variante] = {}
    sound = True
    for clause in every(declaration, tree.ClauseVariante):
        noms = tuple(sorted(_named(portee, clause.secteurs, secteurs)))
        for nom in clause.secteurs:
            if applicables is not None and nom.nom in secteurs and nom.nom not in applicables:
                portee.error(
                    "CAQ303",
                    f"Cette variante ne sert jamais : le critère ne s'applique pas au secteur « {nom.nom} ».",
                    nom.span,
                    f"Ajoutez « {nom.nom} » aux secteurs du critère, ou retirez la variante.",
                )
        base = merged.get(noms, Variante(noms))
        match clause.clause:
            case tree.ClauseQuantite(mot="poids") as inner:
                poids = _poids(portee, inner, declaration.entete, name_of(declaration))
                sound = sound and poids is not None
                updated = replace(base, poids=poids)
            case tree.ClauseTable() as inner:
                table = _table(abaisseur, inner, name_of(declaration), mesure, has_mesure)
                sound = sound and table is not None
                updated = replace(base, table=table)
            case tree.ClauseTexte(mot="preuve") as inner:
                updated = replace(base, preuve=inner.texte.valeur)
            case tree.ClauseTexte(mot="guide") as inner:
                updated = replace(base, guide=inner.texte.valeur)
            case _:
                portee.error(
                    "CAQ111",
                    "Une variante change le poids, les seuils, la preuve ou le guide.",
                    clause.span,
                    "Écrivez une de ces clauses après « : ».",
                )
                continue
        merged[noms] = updated
    listed = list(merged.values())
    for i, one in enumerate(listed):
        for other in listed[i + 1 :]:
            shared = set(one.secteurs) & set(other.secteurs)
            if shared:
                portee.error(
                    "CAQ302",
                    f"Deux variantes parlent du secteur « {sorted(shared)[0]} ».",
                    declaration.span,
                    "Une variante s'applique quand le critère ne tient que par ses secteurs : séparez-les.",
                )
    return tuple(listed) if sound else None
