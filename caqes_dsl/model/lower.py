"""Declarations of the tree into a `Politique`: the walk from what was written to what it means.

Everything is lowered even after a mistake, so that one run reports all of them; the policy is built only when there is
no error.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from typing import TypeVar

from caqes_dsl.base.diagnostics import Diagnostic
from caqes_dsl.base.quantities import Genre, Valeur
from caqes_dsl.base.source import Span
from caqes_dsl.base.suggestions import fold
from caqes_dsl.syntax import tree

from . import algebra
from .clauses import every, first, has_word, name_of, text_of, title_of, worth
from .expressions import TYPES, Abaisseur, Signature, guards_against_zero, quantity
from .lower_criteria import lower_critere
from .lower_examples import lower_exemple, lower_propriete
from .nodes import (
    Bareme,
    Calcul,
    Comparaison,
    Constante,
    Critere,
    Declare,
    Delai,
    Donnee,
    Evenement,
    Exemple,
    Fait,
    Niveau,
    Noeud,
    Notation,
    Parametre,
    Piece,
    Politique,
    Propriete,
    Sanction,
    Secteur,
    Titre,
    Total,
    ValeurDatee,
)
from .rows import Conducteur, lower_table
from .scope import RANGS, Contexte, Portee, build_scope

LATER = {
    "indicateur": "un indicateur",
    "intéressement": "un intéressement",
    "pénalité": "une pénalité",
    "enveloppe": "une enveloppe",
}
"""Declarations that parse and that this version does not evaluate."""


@dataclass(slots=True)
class Chantier:
    """A policy being built."""

    portee: Portee
    abaisseur: Abaisseur = field(init=False)
    signatures: dict[str, Signature] = field(default_factory=dict)
    parametres: dict[str, Parametre] = field(default_factory=dict)
    genres_mesures: dict[str, Genre | None] = field(default_factory=dict)
    donnees: dict[str, Donnee] = field(default_factory=dict)
    le: date | None = None
    sans_date: bool = False
    """Whether the header's dates could not be read: no paramètre is then said to have no value."""


def lower(
    entete: tree.Declaration,
    declarations: list[tuple[tree.Declaration, bool]],
    sources: dict[str, str],
    annee: int | None = None,
) -> tuple[Politique, tuple[Diagnostic, ...]]:
    """The policy of a header and its declarations, inherited ones flagged; a draft when a mistake is among the
    diagnostics, without the declarations at fault.

    `sources`: name of a file -> the source of its header. `annee` is the exercise asked for, when it is not the header's.
    """
    portee = build_scope(declarations, sources)
    chantier = Chantier(portee)
    vigueur = first(entete, tree.ClauseVigueur)
    exercice = first(entete, tree.ClauseEntier, "exercice")
    chantier.sans_date = entete.abimee
    chantier.le = vigueur.du if vigueur else date(exercice.valeur, 1, 1) if exercice else None
    if annee is not None:
        _ask_exercice(chantier, entete, vigueur, exercice, annee)
    _refuse_later(portee)
    _read_signatures(chantier)
    chantier.abaisseur = Abaisseur(
        portee,
        chantier.signatures,
        lambda n, d, s: _parametre_at(chantier, n, d, s),
        lambda n: chantier.genres_mesures.get(n),
        frozenset(),
    )
    _lower_facts(chantier)
    _infer_mesures(chantier)
    parts = _lower_all(chantier, entete)
    if annee is not None:
        parts = replace(parts, exercice=annee)
    return parts, tuple(portee.diagnostics)


def _ask_exercice(
    chantier: Chantier,
    entete: tree.Declaration,
    vigueur: tree.ClauseVigueur | None,
    exercice: tree.ClauseEntier | None,
    annee: int,
) -> None:
    """The day at which dated values are read for the exercise asked for, which must be within the vigueur."""
    if exercice is not None and exercice.valeur == annee:
        return
    first_day, last_day = date(annee, 1, 1), date(annee, 12, 31)
    if vigueur is None or last_day < vigueur.du or (vigueur.au is not None and first_day > vigueur.au):
        chantier.portee.error(
            "CAQ215",
            f"L'exercice {annee} n'est pas dans la vigueur de cette politique.",
            vigueur.span if vigueur else entete.entete,
            "Demandez un exercice que la vigueur couvre, ou prenez la politique de cette année-là.",
        )
        return
    chantier.le = max(first_day, vigueur.du)


def _of(portee: Portee, *genres: str, abimees: bool = False) -> list[tuple[tree.Declaration, Contexte]]:
    """Declarations of these kinds that declared their name (a second one was refused).

    Those whose clauses could not all be read are left out, unless asked for: their names stand, nothing else.
    """
    return [
        (d, c)
        for d, c in portee.declarations
        if d.genre in genres
        and not d.action
        and (abimees or not d.abimee)
        and (d.nom is None or portee.par_nom.get(d.nom.nom) is d)
    ]


def _refuse_later(portee: Portee) -> None:
    for declaration, _ in portee.declarations:
        if declaration.action:
            portee.error(
                "CAQ505",
                f"« {declaration.action} » n'est pas encore évalué par cette version.",
                declaration.entete,
                "Écrivez la politique entière, ou ajoutez seulement des déclarations à celle qui est reprise.",
            )
        elif declaration.genre in LATER:
            portee.error(
                "CAQ211",
                f"« {name_of(declaration)} » est {LATER[declaration.genre]} : cette version ne l'évalue pas encore.",
                declaration.entete,
                "Retirez-le de cette politique en attendant.",
            )
        for clause in every(declaration, tree.ClauseExpression, "réservé si"):
            portee.error(
                "CAQ211",
                "« réservé si » n'est pas encore évalué par cette version.",
                clause.span,
                "Retirez cette clause en attendant.",
            )


# ---------------------------------------------------------------- types and facts


def _read_signatures(chantier: Chantier) -> None:
    """Declared types, before any expression is lowered."""
    portee = chantier.portee
    for declaration, _ in _of(portee, "donnée", "calcul", "barème", "paramètre", abimees=True):
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
            chantier.signatures[name_of(declaration)] = Signature(genre, tuple(n.nom for n in clause.type.choix))
    for declaration, _ in _of(portee, "sanction", abimees=True):
        chantier.signatures[name_of(declaration)] = Signature(Genre.MONTANT)


def _type(portee: Portee, written: tree.Type) -> Genre | None:
    genre = TYPES.get(written.nom) or {fold(n): g for n, g in TYPES.items()}.get(fold(written.nom))
    if genre is None:
        portee.unknown(written.nom, written.span, "un type", list(TYPES))
    return genre


def _lower_facts(chantier: Chantier) -> None:
    """Données with their bounds, paramètres with their dated values."""
    portee = chantier.portee
    for declaration, contexte in _of(portee, "paramètre"):
        _lower_parametre(chantier, declaration, contexte)
    for declaration, contexte in _of(portee, "donnée"):
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
            bornes.append(Comparaison(Genre.OUI_NON, clause.span, op, Fait(signature.genre, clause.span, nom), noeud))
    defaut: Valeur | None = None
    given = first(declaration, tree.ClauseDefaut)
    if given is not None:
        noeud = abaisseur.typed(given.valeur, signature.genre, f"le défaut de « {nom} »", signature.choix)
        defaut = noeud.valeur if isinstance(noeud, Constante) else None
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


def _lower_parametre(chantier: Chantier, declaration: tree.Declaration, contexte: Contexte) -> None:
    nom = name_of(declaration)
    signature = chantier.signatures.get(nom)
    if signature is None:
        return
    valeurs: list[ValeurDatee] = []
    for clause in every(declaration, tree.ClauseValeurDatee):
        noeud = chantier.abaisseur.typed(clause.valeur, signature.genre, f"la valeur de « {nom} »", signature.choix)
        if isinstance(noeud, Constante):
            source = clause.source.valeur if clause.source else text_of(declaration, "source") or contexte.source
            valeurs.append(ValeurDatee(noeud.valeur, clause.a_compter_du, clause.jusqu_au, source))
    dates = [v.a_compter_du for v in valeurs]
    if len(set(dates)) != len(dates):
        chantier.portee.error(
            "CAQ202", f"« {nom} » a deux valeurs à compter de la même date.", declaration.span, "Gardez-en une."
        )
    if not valeurs and first(declaration, tree.ClauseValeurDatee) is None:
        chantier.portee.error(
            "CAQ206",
            f"« {nom} » n'a aucune valeur datée.",
            declaration.entete,
            "Écrivez par exemple « 4 % à compter du 01/01/2018 source « … » ».",
        )
    ordered = tuple(sorted(valeurs, key=lambda v: v.a_compter_du))
    current = in_force(ordered, chantier.le) if chantier.le else None
    source = text_of(declaration, "source") or contexte.source
    chantier.parametres[nom] = Parametre(
        nom, title_of(declaration), source, declaration.span, signature.genre, ordered, current
    )


def in_force(valeurs: tuple[ValeurDatee, ...], le: date) -> ValeurDatee | None:
    """The value in force on a day: the last one begun, unless it has ended."""
    begun = [v for v in valeurs if v.a_compter_du <= le]
    if not begun or (begun[-1].jusqu_au is not None and begun[-1].jusqu_au < le):
        return None
    return begun[-1]


def _parametre_at(chantier: Chantier, nom: str, le: date | None, span: Span) -> Constante | None:
    parametre = chantier.parametres.get(nom)
    if parametre is None:
        return None
    valeur = in_force(parametre.valeurs, le) if le else parametre.en_vigueur
    if valeur is None:
        day = le or chantier.le
        quand = f"au {day:%d/%m/%Y}" if day else "sans exercice ni vigueur"
        if parametre.valeurs and not chantier.sans_date:
            chantier.portee.error(
                "CAQ212",
                f"Le paramètre « {nom} » n'a pas de valeur {quand}.",
                span,
                f"Sa première valeur court à compter du {parametre.valeurs[0].a_compter_du:%d/%m/%Y} ; "
                "ajoutez une valeur datée ou nommez une date : « x au 31/12/2018 ».",
            )
        return None
    return Constante(parametre.genre, span, valeur.valeur, nom)


def _infer_mesures(chantier: Chantier) -> None:
    """Types of the mesures, before the expressions that read them (a mesure that reads another waits for it)."""
    pending = {
        name_of(d): (d, c, m)
        for d, c in _of(chantier.portee, "critère")
        if (m := first(d, tree.ClauseExpression, "mesure")) is not None
    }
    while pending:
        ready = [
            nom for nom, (_, _, clause) in pending.items() if not (_mesures_in(clause.expression) & pending.keys())
        ]
        for nom in ready or list(pending):
            declaration, contexte, clause = pending.pop(nom)
            silent = Portee(par_nom=chantier.portee.par_nom, contextes=chantier.portee.contextes)
            quiet = Abaisseur(
                silent,
                chantier.signatures,
                chantier.abaisseur.parametre,
                chantier.abaisseur.mesure_genre,
                chantier.abaisseur.positifs,
                contexte,
            )
            office = first(declaration, tree.ClauseExpression, "NC d'office si")
            guard = quiet.condition(office.expression) if office else None
            noeud = quiet.within(contexte, *guards_against_zero(guard)).expression(clause.expression)
            chantier.genres_mesures[nom] = noeud.genre if noeud else None


def _mesures_in(expr: object) -> set[str]:
    """Criteria whose mesure an expression of the tree reads."""
    found: set[str] = set()
    stack = [expr]
    while stack:
        node = stack.pop()
        if isinstance(node, tree.Appel):
            if node.fonction == "mesure" and node.arguments and isinstance(node.arguments[0], tree.Ref):
                found.add(node.arguments[0].nom)
            stack.extend(node.arguments)
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


# ---------------------------------------------------------------- everything


def _lower_all(chantier: Chantier, entete: tree.Declaration) -> Politique:
    portee = chantier.portee
    secteurs = {
        name_of(d): Secteur(name_of(d), title_of(d), text_of(d, "source") or c.source, d.span)
        for d, c in _of(portee, "secteur", abimees=True)
    }
    niveaux = {n.nom: n for d, c in _of(portee, "niveau", abimees=True) if (n := _niveau(portee, d, c)) is not None}
    niveaux.setdefault("NC", Niveau("NC", "Non concerné", "", entete.span, None))
    notation = _notation(chantier, niveaux)
    titres = {t.nom: t for d, c in _of(portee, *RANGS) if (t := _titre(chantier, d, c)) is not None}
    criteres: dict[str, Critere] = {}
    for declaration, contexte in _of(portee, "critère"):
        critere = lower_critere(chantier.abaisseur, declaration, contexte, notation, niveaux, secteurs)
        if critere is not None:
            criteres[critere.nom] = critere
    criteres = _placed(portee, criteres)
    calculs = _lowered(_calcul, chantier, "calcul")
    baremes = _lowered(_bareme, chantier, "barème")
    sanctions = _lowered(_sanction, chantier, "sanction")
    pieces = _lowered(_piece, chantier, "pièce")
    calendrier, delais = _calendar(portee)
    exemples: list[Exemple] = []
    for declaration, contexte in _of(portee, "exemple"):
        exemple = lower_exemple(chantier.abaisseur.within(contexte), declaration)
        if exemple is not None:
            exemples.append(exemple)
    proprietes: list[Propriete] = []
    for declaration, contexte in _of(portee, "limite", "contrôle"):
        propriete = lower_propriete(chantier.abaisseur.within(contexte), declaration, contexte)
        if propriete is not None:
            proprietes.append(propriete)
    vigueur, statut = first(entete, tree.ClauseVigueur), first(entete, tree.ClauseStatut)
    exercice, evaluee = first(entete, tree.ClauseEntier, "exercice"), first(entete, tree.ClauseEntier, "évaluée en")
    return Politique(
        name_of(entete),
        title_of(entete),
        text_of(entete, "source"),
        entete.span,
        region=text_of(entete, "région"),
        exercice=exercice.valeur if exercice else None,
        evaluee_en=evaluee.valeur if evaluee else None,
        vigueur_du=vigueur.du if vigueur else None,
        vigueur_au=vigueur.au if vigueur else None,
        adopte_le=statut.adopte_le if statut else None,
        adopte_par=statut.par.valeur if statut and statut.par else "",
        reprend=tuple(c.texte.valeur for c in every(entete, tree.ClauseTexte, "reprend")),
        secteurs=secteurs,
        niveaux=niveaux,
        donnees=chantier.donnees,
        parametres=chantier.parametres,
        notation=notation,
        volets={t.nom: t for t in titres.values() if t.rang == 1},
        chapitres={t.nom: t for t in titres.values() if t.rang == 2},
        objectifs={t.nom: t for t in titres.values() if t.rang == 3},
        criteres=criteres,
        calculs=calculs,
        baremes=baremes,
        sanctions=sanctions,
        pieces=pieces,
        calendrier=calendrier,
        delais=delais,
        exemples=tuple(exemples),
        proprietes=tuple(proprietes),
        empreinte="",
        empreinte_sens="",
    )


D = TypeVar("D", bound=Declare)


def _lowered(
    lower_one: Callable[[Chantier, tree.Declaration, Contexte], D | None], chantier: Chantier, genre: str
) -> dict[str, D]:
    """Every declaration of a kind that is sound, by name."""
    found = (lower_one(chantier, d, c) for d, c in _of(chantier.portee, genre))
    return {x.nom: x for x in found if x is not None}


def _niveau(portee: Portee, declaration: tree.Declaration, contexte: Contexte) -> Niveau | None:
    donne = first(declaration, tree.ClauseDonne)
    part: Fraction | None = None
    if donne is not None:
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


def _notation(chantier: Chantier, niveaux: dict[str, Niveau]) -> Notation:
    portee = chantier.portee
    mode, pas, nc, sans = "exact", None, False, None
    sources: dict[str, str] = {}
    seen: dict[str, tree.Clause] = {}
    for declaration, _ in _of(portee, "notation"):
        for clause in declaration.clauses:
            said = ""
            match clause:
                case tree.ClauseScore():
                    said, mode = "score", clause.mode
                    pas = worth(portee, clause.pas, Genre.TAUX, "le pas du score")
                    if pas is not None and pas <= 0:
                        portee.error("CAQ214", "Le pas du score est positif.", clause.pas.span, "Par exemple 1 %.")
                case tree.ClauseScoreCalcule():
                    said = "score"
                    portee.error(
                        "CAQ211",
                        "« score = … » n'est pas encore évalué par cette version.",
                        clause.span,
                        "Retirez cette clause en attendant.",
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
    return Notation(mode, pas, nc, sans, sources)


def _titre(chantier: Chantier, declaration: tree.Declaration, contexte: Contexte) -> Titre | None:
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
    cible = first(declaration, tree.ClauseExpression, "cible")
    noeud: Noeud | None = None
    if cible is not None:
        noeud = chantier.abaisseur.within(contexte).typed(cible.expression, Genre.TAUX, "la cible")
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
    )


def _written_step(soit: tree.Quantite) -> Fraction:
    """The step at which a share is printed: 1 % for 45 %, 0,1 % for 44,8 %."""
    places = 0
    while (soit.nombre * 10**places).denominator != 1:
        places += 1
    return Fraction(1, 10**places) * quantity(tree.Quantite(soit.span, Fraction(1), soit.unite))[1]


def _placed(portee: Portee, criteres: dict[str, Critere]) -> dict[str, Critere]:
    """Criteria in reading order, those with `après` put where it says."""
    order = list(criteres)
    for declaration, _ in _of(portee, "critère"):
        nom, apres = name_of(declaration), declaration.apres
        if apres is None or nom not in criteres:
            continue
        if apres.nom not in criteres or apres.nom == nom:
            if portee.kind(apres.nom) != "critère" or apres.nom == nom:
                portee.unknown(apres.nom, apres.span, "un autre critère", [n for n in criteres if n != nom])
            continue
        order.remove(nom)
        order.insert(order.index(apres.nom) + 1, nom)
    return {nom: criteres[nom] for nom in order}


def _calcul(chantier: Chantier, declaration: tree.Declaration, contexte: Contexte) -> Calcul | None:
    signature = chantier.signatures.get(name_of(declaration))
    body = first(declaration, tree.ClauseExpression, "expression")
    if signature is None or body is None:
        return None
    abaisseur = chantier.abaisseur.within(contexte)
    noeud = abaisseur.expression(body.expression, signature.choix)
    if noeud is None:
        return None
    is_duration = {noeud.genre, signature.genre} == {Genre.JOURS, Genre.MOIS}
    if not algebra.fits(noeud.genre, signature.genre) and not is_duration:
        abaisseur.mismatch(noeud, signature.genre, f"le calcul « {name_of(declaration)} »")
        return None
    source = text_of(declaration, "source") or contexte.source
    return Calcul(
        name_of(declaration),
        title_of(declaration),
        source,
        declaration.span,
        noeud.genre if is_duration else signature.genre,
        noeud,
        contexte.volet,
    )


def conducteurs_of(abaisseur: Abaisseur, selon: tuple[tree.Expression, ...]) -> tuple[Conducteur, ...] | None:
    """Drivers of a table, with the names that their values may have."""
    found: list[Conducteur] = []
    for expr in selon:
        noeud = abaisseur.expression(expr)
        if noeud is None:
            return None
        noms: tuple[str, ...] = ()
        if noeud.genre is Genre.CHOIX and isinstance(expr, tree.Ref):
            noms = abaisseur.signatures[expr.nom].choix if expr.nom in abaisseur.signatures else ()
        elif noeud.genre is Genre.NIVEAU:
            noms = tuple(abaisseur.portee.names("niveau"))
        found.append(Conducteur(noeud, noms))
    return tuple(found)


def _bareme(chantier: Chantier, declaration: tree.Declaration, contexte: Contexte) -> Bareme | None:
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
    table = lower_table(abaisseur, clause, conducteurs, signature.genre) if conducteurs else None
    if table is None:
        return None
    source = text_of(declaration, "source") or contexte.source
    return Bareme(
        name_of(declaration), title_of(declaration), source, declaration.span, signature.genre, table, contexte.volet
    )


def _sanction(chantier: Chantier, declaration: tree.Declaration, contexte: Contexte) -> Sanction | None:
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
    return Sanction(
        nom,
        title_of(declaration),
        source,
        declaration.span,
        condition,
        montant,
        amounts["plafond"],
        amounts["plancher"],
        pas,
        contexte.volet,
    )


def _piece(chantier: Chantier, declaration: tree.Declaration, contexte: Contexte) -> Piece | None:
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


def _calendar(portee: Portee) -> tuple[tuple[Evenement, ...], tuple[Delai, ...]]:
    evenements: dict[str, Evenement] = {}
    pending: list[tree.ClauseDelai] = []
    for declaration, _ in _of(portee, "calendrier"):
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
