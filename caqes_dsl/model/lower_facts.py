"""Types, données and paramètres: what must be known before any expression is lowered."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from fractions import Fraction
from itertools import pairwise

from caqes_dsl.base.diagnostics import Etiquette
from caqes_dsl.base.quantities import Genre, Valeur
from caqes_dsl.base.source import Span
from caqes_dsl.base.suggestions import fold
from caqes_dsl.syntax import tree

from . import algebra
from .chantier import Chantier, declared
from .clauses import every, first, has_word, name_of, text_of, title_of
from .expressions import TYPES, Abaisseur, Signature
from .guards import guards_against_zero, not_zero_when
from .nodes import Comparaison, Constante, Donnee, Fait, Parametre, ValeurDatee
from .scope import RESERVES, Contexte, Portee


def read_signatures(chantier: Chantier) -> None:
    """Declared types, before any expression is lowered."""
    portee = chantier.portee
    for declaration, _ in declared(portee, "donnée", "calcul", "barème", "paramètre", abimees=True):
        clause = first(declaration, tree.ClauseType)
        if clause is None and declaration.abimee:
            continue
        if clause is None:
            portee.error(
                "CAQ206",
                f"« {name_of(declaration)} » n'a pas de type.",
                declaration.entete,
                "Écrivez-le après « : », par exemple « : taux ».",
            )
            continue
        genre = _type(portee, clause.type)
        if genre is not None:
            _check_choices(portee, clause.type)
            chantier.signatures[name_of(declaration)] = Signature(genre, tuple(n.nom for n in clause.type.choix))


def _type(portee: Portee, written: tree.Type) -> Genre | None:
    genre = TYPES.get(written.nom) or {fold(n): g for n, g in TYPES.items()}.get(fold(written.nom))
    if genre is None:
        portee.unknown(written.nom, written.span, "un type", list(TYPES))
    return genre


def _check_choices(portee: Portee, written: tree.Type) -> None:
    """Values of a choix belong to it: said once, and no declared name."""
    for i, nom in enumerate(written.choix):
        if nom.nom in {n.nom for n in written.choix[:i]}:
            portee.error("CAQ108", f"La valeur « {nom.nom} » est dite deux fois.", nom.span, "Gardez-en une.")
        if nom.nom in RESERVES:
            portee.error(
                "CAQ213",
                f"« {nom.nom} » est un mot de la langue : il ne peut pas être une valeur de choix.",
                nom.span,
                "Choisissez un autre nom.",
            )
        other = portee.par_nom.get(nom.nom)
        if other is not None:
            portee.error(
                "CAQ202",
                f"« {nom.nom} » est déjà le nom d'une autre chose : {other.genre}.",
                nom.span,
                "Donnez un autre nom à cette valeur du choix.",
                etiquettes=(Etiquette(other.entete, f"« {nom.nom} » est déclaré ici"),),
            )


def lower_facts(chantier: Chantier) -> None:
    """Données with their bounds, paramètres with their dated values."""
    portee = chantier.portee
    for declaration, contexte in declared(portee, "paramètre"):
        _lower_parametre(chantier, declaration, contexte)
    for declaration, contexte in declared(portee, "donnée"):
        signature = chantier.signatures.get(name_of(declaration))
        if signature is not None:
            _lower_donnee(chantier, declaration, contexte, signature)
    positifs = frozenset(
        nom
        for nom, donnee in chantier.donnees.items()
        if any(
            isinstance(b.droite, Constante)
            and isinstance(b.droite.valeur, Fraction)
            and ((b.op == "≥" and b.droite.valeur > 0) or (b.op == ">" and b.droite.valeur >= 0))
            for b in donnee.bornes
        )
    )
    chantier.abaisseur = Abaisseur(
        portee, chantier.signatures, chantier.abaisseur.parametre, chantier.abaisseur.mesure_genre, positifs
    )


def _lower_donnee(chantier: Chantier, declaration: tree.Declaration, contexte: Contexte, signature: Signature) -> None:
    abaisseur, nom = chantier.abaisseur, name_of(declaration)
    bornes: list[Comparaison] = []
    for clause in declaration.clauses:
        sides: list[tuple[str, tree.Expression]] = []
        if isinstance(clause, tree.ClauseBorne):
            sides = [(clause.op, clause.valeur)]
        elif isinstance(clause, tree.ClauseEntre):
            sides = [("≥", clause.bas), ("≤", clause.haut)]
        for op, valeur in sides:
            noeud = abaisseur.expression(valeur)
            if noeud is None:
                continue
            if algebra.unify(signature.genre, noeud.genre) is None:
                abaisseur.mismatch(noeud, signature.genre, f"la borne de « {nom} »")
                continue
            if not signature.genre.is_number and signature.genre is not Genre.DATE:
                chantier.portee.error(
                    "CAQ204",
                    f"Une borne ne se dit pas d'{algebra.article(signature.genre)}.",
                    clause.span,
                    "Retirez cette borne.",
                )
                continue
            bornes.append(Comparaison(Genre.OUI_NON, clause.span, op, Fait(signature.genre, clause.span, nom), noeud))
    given = first(declaration, tree.ClauseDefaut)
    defaut = _default(chantier, given, nom, signature, bornes) if given is not None else None
    chantier.donnees[nom] = Donnee(
        nom,
        title_of(declaration),
        text_of(declaration, "source") or contexte.source,
        declaration.span,
        signature.genre,
        signature.choix,
        tuple(bornes),
        defaut,
        has_word(declaration, "modifiable"),
    )


_HOLDS: dict[str, Callable[[Fraction, Fraction], bool]] = {
    "=": operator.eq,
    "≠": operator.ne,
    "<": operator.lt,
    "≤": operator.le,
    ">": operator.gt,
    "≥": operator.ge,
}


def _default(
    chantier: Chantier, given: tree.ClauseDefaut, nom: str, signature: Signature, bornes: list[Comparaison]
) -> Valeur | None:
    """The worth of what was not transmitted: a written value, within the bounds that are written too."""
    portee = chantier.portee
    noeud = chantier.abaisseur.typed(given.valeur, signature.genre, f"le défaut de « {nom} »", signature.choix)
    if noeud is None:
        return None
    if not isinstance(noeud, Constante):
        portee.error(
            "CAQ208",
            f"Le défaut de « {nom} » est une valeur écrite ou un paramètre.",
            given.span,
            "Pour une valeur qui dépend d'autres données, déclarez un calcul avec « à défaut ».",
        )
        return None
    for borne in bornes:
        limit = borne.droite.valeur if isinstance(borne.droite, Constante) else None
        written = noeud.valeur
        if isinstance(limit, Fraction) and isinstance(written, Fraction) and not _HOLDS[borne.op](written, limit):
            portee.error(
                "CAQ214",
                f"Le défaut de « {nom} » sort de sa borne.",
                given.span,
                "Corrigez le défaut ou la borne.",
                etiquettes=(Etiquette(borne.span, "la borne"),),
            )
    return noeud.valeur


def _lower_parametre(chantier: Chantier, declaration: tree.Declaration, contexte: Contexte) -> None:
    nom = name_of(declaration)
    signature = chantier.signatures.get(nom)
    if signature is None:
        return
    valeurs: list[ValeurDatee] = []
    genre = signature.genre
    for clause in every(declaration, tree.ClauseValeurDatee):
        noeud = chantier.abaisseur.expression(clause.valeur, signature.choix)
        if isinstance(noeud, Constante) and {noeud.genre, genre} == {Genre.JOURS, Genre.MOIS} and not valeurs:
            genre = noeud.genre  # a durée is in days or in months: the first value says which
        if noeud is not None and not algebra.fits(noeud.genre, genre):
            chantier.abaisseur.mismatch(noeud, genre, f"la valeur de « {nom} »")
        elif noeud is not None and (not isinstance(noeud, Constante) or noeud.nom):
            chantier.portee.error(
                "CAQ208",
                f"La valeur de « {nom} » à une date est une valeur écrite.",
                noeud.span,
                "Écrivez la valeur que fixe le texte.",
            )
        elif isinstance(noeud, Constante):
            source = clause.source.valeur if clause.source else text_of(declaration, "source") or contexte.source
            valeurs.append(ValeurDatee(noeud.valeur, clause.a_compter_du, clause.jusqu_au, source))
    if not _dates_stand(chantier.portee, declaration):
        valeurs = [replace(v, jusqu_au=None) for v in valeurs]  # said once: its readers still find a value
    if first(declaration, tree.ClauseValeurDatee) is None:
        chantier.portee.error(
            "CAQ206",
            f"« {nom} » n'a aucune valeur datée.",
            declaration.entete,
            "Écrivez par exemple « 4 % à compter du 01/01/2018 source « … » ».",
        )
    ordered = tuple(sorted(valeurs, key=lambda v: v.a_compter_du))
    current = in_force(ordered, chantier.le) if chantier.le else None
    source = text_of(declaration, "source") or contexte.source
    chantier.parametres[nom] = Parametre(nom, title_of(declaration), source, declaration.span, genre, ordered, current)


def _dates_stand(portee: Portee, declaration: tree.Declaration) -> bool:
    """Dated values follow one another: each ends after it begins, and before the next one begins."""
    nom, before_all = name_of(declaration), len(portee.diagnostics)
    clauses = sorted(every(declaration, tree.ClauseValeurDatee), key=lambda c: c.a_compter_du)
    for clause in clauses:
        if clause.jusqu_au is not None and clause.jusqu_au < clause.a_compter_du:
            portee.error(
                "CAQ214",
                f"Cette valeur de « {nom} » vaut jusqu'au {clause.jusqu_au:%d/%m/%Y}, avant de commencer.",
                clause.span,
                "Vérifiez les deux dates.",
            )
    for before, after in pairwise(clauses):
        if before.a_compter_du == after.a_compter_du:
            portee.error(
                "CAQ202",
                f"« {nom} » a deux valeurs à compter de la même date.",
                after.span,
                "Gardez-en une.",
                etiquettes=(Etiquette(before.span, "la première"),),
            )
        elif before.jusqu_au is not None and before.jusqu_au >= after.a_compter_du:
            portee.error(
                "CAQ202",
                f"« {nom} » aurait deux valeurs du {after.a_compter_du:%d/%m/%Y} au {before.jusqu_au:%d/%m/%Y}.",
                after.span,
                "Corrigez une des dates, ou retirez « jusqu'au ».",
                etiquettes=(Etiquette(before.span, "cette valeur court encore"),),
            )
    return len(portee.diagnostics) == before_all


def in_force(valeurs: tuple[ValeurDatee, ...], le: date) -> ValeurDatee | None:
    """The value in force on a day: the last one begun, unless it has ended."""
    begun = [v for v in valeurs if v.a_compter_du <= le]
    if not begun or (begun[-1].jusqu_au is not None and begun[-1].jusqu_au < le):
        return None
    return begun[-1]


def parametre_at(
    chantier: Chantier, nom: str, le: date | None, span: Span, portee: Portee | None = None
) -> Constante | None:
    """The value of a paramètre on a day (None: the one in force); a mistake is said to `portee`."""
    parametre = chantier.parametres.get(nom)
    if parametre is None:
        return None
    valeur = in_force(parametre.valeurs, le) if le else parametre.en_vigueur
    if valeur is None:
        day = le or chantier.le
        quand = f"au {day:%d/%m/%Y}" if day else "sans exercice ni vigueur"
        if parametre.valeurs and not chantier.sans_date:
            (portee or chantier.portee).error(
                "CAQ212",
                f"Le paramètre « {nom} » n'a pas de valeur {quand}.",
                span,
                f"Sa première valeur court à compter du {parametre.valeurs[0].a_compter_du:%d/%m/%Y} ; "
                "ajoutez une valeur datée ou nommez une date : « x au 31/12/2018 ».",
            )
        return None
    return Constante(parametre.genre, span, valeur.valeur, nom)


def infer_mesures(chantier: Chantier) -> None:
    """Types of the mesures, before the expressions that read them (a mesure that reads another waits for it)."""
    pending = {
        name_of(d): (d, c, m)
        for d, c in declared(chantier.portee, "critère", "indicateur")
        if (m := first(d, tree.ClauseExpression, "mesure")) is not None
    }
    while pending:
        waits = {nom: _mesures_in(clause.expression) & pending.keys() for nom, (_, _, clause) in pending.items()}
        ready = [nom for nom, others in waits.items() if not others]
        if not ready:
            _say_circles(chantier, waits, {nom: clause.span for nom, (_, _, clause) in pending.items()})
        for nom in ready or list(pending):
            declaration, contexte, clause = pending.pop(nom)
            quiet = _quiet(chantier, contexte)
            office = first(declaration, tree.ClauseExpression, "NC d'office si")
            reserve = first(declaration, tree.ClauseExpression, "réservé si")
            guard = quiet.condition(office.expression) if office else None
            opened = quiet.condition(reserve.expression) if reserve else None
            not_null = (*guards_against_zero(guard), *(not_zero_when(opened, True) if opened is not None else ()))
            noeud = quiet.within(contexte, *not_null).expression(clause.expression)
            chantier.genres_mesures[nom] = noeud.genre if noeud else None


def _say_circles(chantier: Chantier, waits: dict[str, set[str]], places: dict[str, Span]) -> None:
    """CAQ209: mesures that wait for one another, of which none has a type."""
    seen: set[str] = set()
    for start in waits:
        chain, after = [], start
        while after not in seen:
            seen.add(after)
            chain.append(after)
            after = min(waits[after])
        if after in chain:
            circle = [*chain[chain.index(after) :], after]
            chantier.portee.error(
                "CAQ209",
                f"Cette définition tourne en rond : {' → '.join(f'mesure({nom})' for nom in circle)}.",
                places[after],
                "Retirez l'une de ces lectures : une grandeur ne peut pas se définir par elle-même.",
            )


def _mesures_in(expr: object) -> set[str]:
    """Criteria and indicateurs whose mesure (or cible, of the same type) an expression of the tree reads."""
    found: set[str] = set()
    stack = [expr]
    while stack:
        node = stack.pop()
        if isinstance(node, tree.Appel):
            named = node.fonction in ("mesure", "cible") and bool(node.arguments)
            if named and isinstance(node.arguments[0], tree.Ref):
                found.add(node.arguments[0].nom)
            stack += [*node.arguments, node.parmi, node.par]
        elif isinstance(node, tree.Binaire | tree.Comparaison):
            stack += [node.gauche, node.droite]
        elif isinstance(node, tree.Unaire | tree.Periode):
            stack.append(node.terme)
        elif isinstance(node, tree.ADefaut):
            stack += [node.terme, node.defaut]
        elif isinstance(node, tree.Si):
            stack += [node.condition, node.alors, node.sinon]
        elif isinstance(node, tree.Entre):
            stack += [node.terme, node.bas, node.haut]
    return found


def infer_durees(chantier: Chantier) -> None:
    """Whether each calcul of type durée is in days or in months: what reads it must know before it is lowered."""
    pending = [
        (name_of(d), c, body)
        for d, c in declared(chantier.portee, "calcul")
        if name_of(d) in chantier.signatures
        and chantier.signatures[name_of(d)].genre is Genre.JOURS
        and (body := first(d, tree.ClauseExpression, "expression")) is not None
    ]
    changed = True
    while changed:
        changed = False
        for nom, contexte, body in pending:
            noeud = _quiet(chantier, contexte).expression(body.expression)
            if noeud is not None and noeud.genre is Genre.MOIS and chantier.signatures[nom].genre is Genre.JOURS:
                chantier.signatures[nom] = Signature(Genre.MOIS)
                changed = True


def _quiet(chantier: Chantier, contexte: Contexte) -> Abaisseur:
    """What lowers expressions without a word: their mistakes are said when their turn comes."""
    silent = Portee(par_nom=chantier.portee.par_nom, contextes=chantier.portee.contextes)

    def parametre(nom: str, le: date | None, span: Span) -> Constante | None:
        return parametre_at(chantier, nom, le, span, silent)

    return replace(chantier.abaisseur, portee=silent, contexte=contexte, parametre=parametre)
