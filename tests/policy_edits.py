"""Random edits of checked policies: each makes one change, and says which."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from fractions import Fraction as F
from typing import Any

from caqes_dsl.base.quantities import Genre
from caqes_dsl.compare import changes
from caqes_dsl.compare.names import renamed
from caqes_dsl.compare.parts import MAPPINGS
from caqes_dsl.model import nodes
from caqes_dsl.model.empreinte import empreintes
from caqes_dsl.model.nodes import Politique


@dataclass(frozen=True)
class Fait:
    """What an edit did: the kind of change, the declaration, the field."""

    kind: type[changes.Changement]
    nom: str
    champ: str = ""


Edit = Callable[[Politique, random.Random], "tuple[Politique, Fait] | None"]


def edit(politique: Politique, rng: random.Random) -> tuple[Politique, Fait]:
    """The policy with one random edit, and what it was."""
    while True:
        found = rng.choice(EDITS)(politique, rng)
        if found is not None:
            return empreintes(found[0]), found[1]


def _with(politique: Politique, name: str, declared: Any) -> Politique:
    held: dict[str, Any] = {name: {**getattr(politique, name), declared.nom: declared}}
    return replace(politique, **held)


def _one(politique: Politique, rng: random.Random, name: str, keep: Callable[[Any], bool] = lambda _: True) -> Any:
    held = [d for d in getattr(politique, name).values() if keep(d)]
    return rng.choice(held) if held else None


def poids(politique: Politique, rng: random.Random) -> tuple[Politique, Fait] | None:
    critere = _one(politique, rng, "criteres")
    if critere is None:
        return None
    return _with(politique, "criteres", replace(critere, poids=critere.poids + F(1, 2))), Fait(
        changes.Poids, critere.nom, "poids"
    )


def cible(politique: Politique, rng: random.Random) -> tuple[Politique, Fait] | None:
    volet = _one(politique, rng, "volets", lambda v: isinstance(v.cible, nodes.Constante))
    if volet is None:
        return None
    new = replace(volet.cible, valeur=volet.cible.valeur + F(1, 100))
    return _with(politique, "volets", replace(volet, cible=new)), Fait(changes.Cible, volet.nom, "cible")


def seuil(politique: Politique, rng: random.Random) -> tuple[Politique, Fait] | None:
    """A threshold moved where two rows meet."""
    name = rng.choice(("criteres", "baremes"))
    declared = _one(politique, rng, name, lambda d: d.table is not None and len(d.table.selon) == 1)
    if declared is None:
        return None
    cases = [r.cas[0] for r in declared.table.rangs]
    bounds: list[F] = sorted({c.haut for c in cases if isinstance(c, nodes.Intervalle) and c.haut is not None})
    if not bounds:
        return None
    bound = rng.choice(bounds)
    new = bound + F(1, 1000)

    def moved(rang: nodes.Rang) -> nodes.Rang:
        cas = rang.cas[0]
        if not isinstance(cas, nodes.Intervalle) or bound not in (cas.bas, cas.haut):
            return rang
        case = replace(cas, bas=new if cas.bas == bound else cas.bas, haut=new if cas.haut == bound else cas.haut)
        return replace(rang, cas=(case,), texte=rang.texte + "'")

    table = replace(declared.table, rangs=tuple(moved(r) for r in declared.table.rangs))
    kind = changes.Seuils if name == "criteres" else changes.Rangs
    return _with(politique, name, replace(declared, table=table)), Fait(kind, declared.nom, "table")


def secteur(politique: Politique, rng: random.Random) -> tuple[Politique, Fait] | None:
    critere = _one(politique, rng, "criteres")
    if critere is None:
        return None
    nom = rng.choice(list(politique.secteurs))
    if nom in critere.secteurs:
        if len(critere.secteurs) == 1:
            return None
        kept = tuple(s for s in critere.secteurs if s != nom)
        return _with(politique, "criteres", replace(critere, secteurs=kept)), Fait(
            changes.SecteurRetire, critere.nom, "secteurs"
        )
    more = (*critere.secteurs, nom)
    return _with(politique, "criteres", replace(critere, secteurs=more)), Fait(
        changes.SecteurAjoute, critere.nom, "secteurs"
    )


def part(politique: Politique, rng: random.Random) -> tuple[Politique, Fait] | None:
    niveau = _one(politique, rng, "niveaux", lambda n: n.part is not None)
    if niveau is None:
        return None
    return _with(politique, "niveaux", replace(niveau, part=niveau.part / 2 + F(1, 7))), Fait(
        changes.Part, niveau.nom, "part"
    )


def words(politique: Politique, rng: random.Random) -> tuple[Politique, Fait] | None:
    name = rng.choice([n for n in MAPPINGS if getattr(politique, n)])
    declared = _one(politique, rng, name)
    return _with(politique, name, replace(declared, titre=declared.titre + " (revu)")), Fait(
        changes.Texte, declared.nom, "titre"
    )


def source(politique: Politique, rng: random.Random) -> tuple[Politique, Fait] | None:
    name = rng.choice([n for n in MAPPINGS if getattr(politique, n)])
    declared = _one(politique, rng, name)
    return _with(politique, name, replace(declared, source=declared.source + " (2e édition)")), Fait(
        changes.Source, declared.nom, "source"
    )


def everywhere(politique: Politique, rng: random.Random) -> tuple[Politique, Fait] | None:
    """A source that many declarations share, changed for all of them."""
    old, new = politique.source, politique.source + " (version signée)"

    def said(declared: Any) -> Any:
        return replace(declared, source=new) if declared.source == old else declared

    changed: dict[str, Any] = {name: {n: said(d) for n, d in getattr(politique, name).items()} for name in MAPPINGS}
    return replace(politique, source=new, **changed), Fait(changes.Source, "", "source")


def parametre(politique: Politique, rng: random.Random) -> tuple[Politique, Fait] | None:
    """The value in force of a paramètre, wherever it is read."""
    held = _one(politique, rng, "parametres", lambda p: p.en_vigueur is not None)
    if held is None or not isinstance(held.en_vigueur.valeur, F):
        return None
    new = replace(held.en_vigueur, valeur=held.en_vigueur.valeur * F(3, 2))
    values = tuple(new if v == held.en_vigueur else v for v in held.valeurs)
    changed = _with(politique, "parametres", replace(held, valeurs=values, en_vigueur=new))
    return _read_with(changed, held.nom, held.en_vigueur.valeur, new.valeur), Fait(
        changes.ValeurParametre, held.nom, "valeurs"
    )


def _read_with(politique: Politique, nom: str, old: Any, new: Any) -> Any:
    """The policy with the paramètre's value where expressions read it."""
    from dataclasses import fields, is_dataclass

    def walk(value: Any) -> Any:
        if isinstance(value, nodes.Constante) and value.nom == nom and value.valeur == old:
            return replace(value, valeur=new)
        if isinstance(value, tuple):
            return tuple(walk(v) for v in value)
        if isinstance(value, dict):
            return {k: walk(v) for k, v in value.items()}
        if isinstance(value, nodes.Rang) and nom in value.texte.replace(";", " ").split():
            cases = tuple(_bounded(c, old, new) for c in value.cas)
            return replace(value, cas=cases, effet=walk(value.effet))
        if is_dataclass(value) and not isinstance(value, type) and type(value).__module__ == nodes.__name__:
            kept = {f.name: walk(getattr(value, f.name)) for f in fields(value) if f.name not in ("span", "parametres")}
            return replace(value, **kept)
        return value

    return walk(politique)


def _bounded(cas: Any, old: Any, new: Any) -> Any:
    if not isinstance(cas, nodes.Intervalle):
        return cas
    return replace(cas, bas=new if cas.bas == old else cas.bas, haut=new if cas.haut == old else cas.haut)


def rename(politique: Politique, rng: random.Random) -> tuple[Politique, Fait] | None:
    name = rng.choice([n for n in MAPPINGS if any(k for k in getattr(politique, n) if k != "NC")])
    declared = _one(politique, rng, name, lambda d: bool(d.nom) and d.nom != "NC")
    new = declared.nom + "_bis"
    return renamed(politique, {declared.nom: new}), Fait(changes.Renommage, new)


def remove(politique: Politique, rng: random.Random) -> tuple[Politique, Fait] | None:
    critere = _one(politique, rng, "criteres")
    if critere is None:
        return None
    kept = {n: c for n, c in politique.criteres.items() if n != critere.nom}
    return replace(politique, criteres=kept), Fait(changes.Retrait, critere.nom)


def add(politique: Politique, rng: random.Random) -> tuple[Politique, Fait] | None:
    critere = _one(politique, rng, "criteres")
    if critere is None:
        return None
    new = replace(critere, nom="NOUVEAU", titre="Un critère ajouté", poids=F(7))
    return _with(politique, "criteres", new), Fait(changes.Ajout, "NOUVEAU")


def amount(politique: Politique, rng: random.Random) -> tuple[Politique, Fait] | None:
    decision = _one(politique, rng, "decisions")
    if decision is None:
        return None
    if rng.random() < 0.5:
        return _with(politique, "decisions", replace(decision, arrondi=decision.arrondi * 10)), Fait(
            changes.Reglage, decision.nom, "arrondi"
        )
    half = nodes.Constante(Genre.DECIMAL, decision.span, F(1, 2))
    new = nodes.Arithmetique(decision.montant.genre, decision.span, "×", half, decision.montant)
    return _with(politique, "decisions", replace(decision, montant=new)), Fait(changes.Regle, decision.nom, "montant")


def total(politique: Politique, rng: random.Random) -> tuple[Politique, Fait] | None:
    volet = _one(politique, rng, "volets", lambda v: bool(v.totaux))
    if volet is None:
        return None
    at = rng.randrange(len(volet.totaux))
    totals = tuple(replace(t, valeur=t.valeur + 1) if i == at else t for i, t in enumerate(volet.totaux))
    return _with(politique, "volets", replace(volet, totaux=totals)), Fait(changes.Total, volet.nom, "totaux")


def step(politique: Politique, rng: random.Random) -> tuple[Politique, Fait] | None:
    if not politique.calendrier:
        return None
    at = rng.randrange(len(politique.calendrier))
    moved = [replace(e, date=e.date + timedelta(days=3)) if i == at else e for i, e in enumerate(politique.calendrier)]
    rng.shuffle(moved)
    return replace(politique, calendrier=tuple(moved)), Fait(changes.Etape, politique.calendrier[at].nom)


def header(politique: Politique, rng: random.Random) -> tuple[Politique, Fait] | None:
    champ = rng.choice(("titre", "region", "nom"))
    return replace(politique, **{champ: getattr(politique, champ) + " bis"}), Fait(changes.Entete, "", champ)


def move(politique: Politique, rng: random.Random) -> tuple[Politique, Fait] | None:
    critere = _one(politique, rng, "criteres", lambda c: bool(c.chapitre))
    others = [t for t in politique.chapitres.values() if critere is not None and t.nom != critere.chapitre]
    if critere is None or not others:
        return None
    to = rng.choice(others)
    return _with(politique, "criteres", replace(critere, chapitre=to.nom, volet=to.parent, objectif="")), Fait(
        changes.Deplacement, critere.nom
    )


def example(politique: Politique, rng: random.Random) -> tuple[Politique, Fait] | None:
    if not politique.exemples:
        return None
    at = rng.randrange(len(politique.exemples))
    kept = tuple(e for i, e in enumerate(politique.exemples) if i != at)
    return replace(politique, exemples=kept), Fait(changes.Exemple, politique.exemples[at].titre)


def property_(politique: Politique, rng: random.Random) -> tuple[Politique, Fait] | None:
    if not politique.proprietes:
        return None
    at = rng.randrange(len(politique.proprietes))
    kept = tuple(p for i, p in enumerate(politique.proprietes) if i != at)
    return replace(politique, proprietes=kept), Fait(changes.Propriete, politique.proprietes[at].nom)


EDITS: tuple[Edit, ...] = (
    *(poids, cible, seuil, secteur, part, words, source, everywhere, parametre, rename, remove, add, amount, total),
    *(step, header, move, example, property_),
)
