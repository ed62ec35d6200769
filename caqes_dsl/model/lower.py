"""Declarations of the tree into a `Politique`: the walk from what was written to what it means.

Everything is lowered even after a mistake, so that one run reports all of them; what comes out is then a draft, without
the declarations at fault.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from typing import TypeVar

from caqes_dsl.base.diagnostics import Diagnostic, has_errors
from caqes_dsl.syntax import tree

from .assembly import Element
from .chantier import Chantier, declared
from .clauses import every, first, name_of, text_of, title_of
from .expressions import Abaisseur
from .lower_criteria import lower_critere
from .lower_examples import lower_exemple, lower_propriete
from .lower_facts import infer_durees, infer_mesures, lower_facts, parametre_at, read_signatures
from .lower_header import settle_dates
from .lower_rules import lower_bareme, lower_calcul, lower_calendar, lower_decision, lower_indicateur, lower_piece
from .lower_titles import lower_niveau, lower_notation, lower_titre
from .nodes import Critere, Declare, Exemple, Niveau, Politique, Propriete, Secteur
from .scope import RANGS, Contexte, Portee, build_scope

NATURES = ("sanction", "intéressement", "pénalité", "enveloppe")
"""Declarations that propose an amount."""


def lower(
    entete: tree.Declaration,
    elements: Sequence[Element],
    sources: dict[str, str],
    annee: int | None = None,
) -> tuple[Politique, tuple[Diagnostic, ...]]:
    """The policy of a header and its declarations, each where it stands; a draft when a mistake is among the
    diagnostics, without the declarations at fault.

    `sources`: name of a file -> the source of its header. `annee` is the exercise asked for, when it is
    not the header's.
    """
    portee = build_scope(elements, sources)
    chantier = Chantier(portee)
    settle_dates(chantier, entete, annee)
    read_signatures(chantier)
    chantier.abaisseur = Abaisseur(
        portee,
        chantier.signatures,
        lambda n, d, s: parametre_at(chantier, n, d, s),
        lambda n: chantier.genres_mesures.get(n),
        frozenset(),
    )
    lower_facts(chantier)
    infer_durees(chantier)
    infer_mesures(chantier)
    politique = _lower_all(chantier, entete)
    if annee is not None:
        politique = replace(politique, exercice=annee)
    read_whole = not entete.abimee and not any(e.declaration.abimee for e in elements)
    if read_whole and not has_errors(portee.diagnostics):
        _nothing_lost(portee, politique)
    return politique, tuple(portee.diagnostics)


def _lower_all(chantier: Chantier, entete: tree.Declaration) -> Politique:
    portee = chantier.portee
    secteurs = {
        name_of(d): Secteur(name_of(d), title_of(d), text_of(d, "source") or c.source, d.span)
        for d, c in declared(portee, "secteur", abimees=True)
    }
    niveaux = {
        n.nom: n for d, c in declared(portee, "niveau", abimees=True) if (n := lower_niveau(portee, d, c)) is not None
    }
    niveaux.setdefault("NC", Niveau("NC", "Non concerné", "", entete.span, None))
    notation = lower_notation(chantier, niveaux)
    titres = {t.nom: t for d, c in declared(portee, *RANGS) if (t := lower_titre(chantier, d, c)) is not None}
    criteres: dict[str, Critere] = {}
    for declaration, contexte in declared(portee, "critère"):
        critere = lower_critere(chantier.abaisseur, declaration, contexte, notation, niveaux, secteurs)
        if critere is not None:
            criteres[critere.nom] = critere
    _inside_volets(portee)
    criteres = _placed(portee, criteres)
    calculs = _lowered(lower_calcul, chantier, "calcul")
    baremes = _lowered(lower_bareme, chantier, "barème")
    indicateurs = _lowered(lower_indicateur, chantier, "indicateur")
    decisions = _lowered(lower_decision, chantier, *NATURES)
    pieces = _lowered(lower_piece, chantier, "pièce")
    calendrier, delais = lower_calendar(portee)
    exemples: list[Exemple] = []
    for declaration, contexte in declared(portee, "exemple"):
        exemple = lower_exemple(chantier.abaisseur.within(contexte), declaration)
        if exemple is not None:
            exemples.append(exemple)
    proprietes: list[Propriete] = []
    for declaration, contexte in declared(portee, "limite", "contrôle"):
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
        respecte=tuple(c.texte.valeur for c in every(entete, tree.ClauseTexte, "respecte")),
        secteurs=secteurs,
        niveaux=niveaux,
        donnees=chantier.donnees,
        parametres=chantier.parametres,
        notation=notation,
        volets={t.nom: t for t in titres.values() if t.rang == 1},
        chapitres={t.nom: t for t in titres.values() if t.rang == 2},
        objectifs={t.nom: t for t in titres.values() if t.rang == 3},
        criteres=criteres,
        indicateurs=indicateurs,
        calculs=calculs,
        baremes=baremes,
        decisions=decisions,
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
    lower_one: Callable[[Chantier, tree.Declaration, Contexte], D | None], chantier: Chantier, *genres: str
) -> dict[str, D]:
    """Every declaration of these kinds that is sound, by name."""
    found = (lower_one(chantier, d, c) for d, c in declared(chantier.portee, *genres))
    return {x.nom: x for x in found if x is not None}


def _inside_volets(portee: Portee) -> None:
    """Where a file knows of volets, its criteria are in one: `score` would otherwise have two readings.

    Criteria inherited from a policy without volets stay apart, in the one without a name.
    """
    known: dict[str, str] = {}
    volet = ""
    for declaration, contexte in portee.declarations:
        if declaration.genre == "volet" and not volet:
            volet = name_of(declaration)
        known[contexte.fichier] = volet
    for declaration, contexte in declared(portee, "critère", abimees=True):
        volet = known[contexte.fichier]
        if volet and not contexte.volet and not contexte.perdu:
            portee.error(
                "CAQ206",
                f"Le critère « {name_of(declaration)} » n'est dans aucun volet, et la politique en a.",
                declaration.entete,
                f"Placez-le sous « volet {volet} », que « modifie volet {volet} » rouvre s'il est repris, ou dites "
                "« après » et un critère de ce volet.",
            )


def _placed(portee: Portee, criteres: dict[str, Critere]) -> dict[str, Critere]:
    """Criteria in reading order, those with `après` right behind the one it names, in their own order."""
    behind: dict[str, list[str]] = {}
    for declaration, _ in declared(portee, "critère"):
        nom, apres = name_of(declaration), declaration.apres
        if apres is None:
            continue
        if apres.nom in portee.rangs and apres.nom in portee.supprimes and apres.nom not in criteres:
            continue
        if portee.kind(apres.nom) != "critère" or apres.nom == nom:
            portee.unknown(apres.nom, apres.span, "un autre critère", [n for n in criteres if n != nom])
    for nom, apres in portee.rangs.items():
        if apres is not None and apres.nom in portee.rangs and apres.nom != nom:
            behind.setdefault(apres.nom, []).append(nom)
    moved = {nom for names in behind.values() for nom in names}
    order: dict[str, None] = {}
    stack = [nom for nom in reversed(portee.rangs) if nom not in moved]
    while stack:
        nom = stack.pop()
        order[nom] = None
        stack += reversed(behind.get(nom, []))
    return {nom: criteres[nom] for nom in (*order, *(n for n in criteres if n not in order)) if nom in criteres}


def _nothing_lost(portee: Portee, politique: Politique) -> None:
    """Every declaration has its place in the policy: none is set aside without a word."""
    kept: dict[str, Collection[str]] = {
        "secteur": politique.secteurs,
        "niveau": politique.niveaux,
        "donnée": politique.donnees,
        "paramètre": politique.parametres,
        "volet": politique.volets,
        "chapitre": politique.chapitres,
        "objectif": politique.objectifs,
        "critère": politique.criteres,
        "calcul": politique.calculs,
        "barème": politique.baremes,
        "indicateur": politique.indicateurs,
        **dict.fromkeys(NATURES, politique.decisions),
        "pièce": politique.pieces,
        "limite": [p.nom for p in politique.proprietes],
        "contrôle": [p.nom for p in politique.proprietes],
    }
    lost = [d for genre, names in kept.items() for d, _ in declared(portee, genre) if name_of(d) not in names]
    exemples = [d for d, _ in declared(portee, "exemple")]
    if len(exemples) != len(politique.exemples):
        spans = {e.span for e in politique.exemples}
        lost += [d for d in exemples if d.span not in spans]
    for declaration in lost:
        portee.error(
            "CAQ101",
            f"Cette déclaration ({declaration.genre}) n'a pas pu être comprise.",
            declaration.entete,
            "Signalez-le avec ce fichier : aucune erreur n'y est vue, et elle ne peut pas être évaluée.",
        )
