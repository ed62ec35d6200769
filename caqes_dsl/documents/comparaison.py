"""What changes from one policy to another, and for whom, as a document for a committee."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path

from caqes_dsl.compare.changes import Changement
from caqes_dsl.compare.impact_shapes import Impact, TotalMontant
from caqes_dsl.documents.changements import Redaction
from caqes_dsl.documents.comparaison_attribution import Partage
from caqes_dsl.documents.comparaison_impact import Effets
from caqes_dsl.documents.comparaison_mots import change_class, signed_euros
from caqes_dsl.documents.comparaison_parties import Parties
from caqes_dsl.documents.comparaison_reste import Reste
from caqes_dsl.documents.comparaison_shapes import ChiffreVue, ComparaisonVue
from caqes_dsl.documents.operations import euros
from caqes_dsl.documents.rapport_mots import made_up, many, table
from caqes_dsl.documents.rapport_shapes import SectionVue, TableauVue
from caqes_dsl.documents.render import filler, require
from caqes_dsl.documents.shapes import IdentiteVue
from caqes_dsl.documents.typography import capital, listing
from caqes_dsl.documents.view import identity
from caqes_dsl.model.nodes import Politique

__all__ = ["FORMATS", "MODELES", "comparaison_view", "render_comparaison"]

MODELES = {"html": "comparaison.html.j2", "docx": "comparaison.docx", "pdf": "comparaison.typ"}
"""The template of each format, in `templates/comparaison` or in a user's folder."""
FORMATS = tuple(MODELES)
"""The formats of a comparison that are documents."""

_CLASSES = {
    "ajout": ("ajout", "ajouts"),
    "retrait": ("suppression", "suppressions"),
    "modification": ("modification", "modifications"),
    "consequence": ("conséquence des dates", "conséquences des dates"),
}


def render_comparaison(
    ancienne: Politique,
    nouvelle: Politique,
    changements: Sequence[Changement],
    impact: Impact | None,
    format: str,
    *,
    modeles: Path | None = None,
) -> bytes:
    """The comparison in one of `FORMATS`; `modeles` is a folder of templates used instead of the shipped ones.

    Errors: ValueError (unknown format), DependanceManquante, ErreurModele.
    """
    vue = comparaison_view(ancienne, nouvelle, changements, impact)
    texts = asdict(vue)
    if modeles is None:
        made = filler("comparaison", MODELES, format, None, texts.keys())(texts)
    else:
        from caqes_dsl.documents.apart import Atelier

        require(format)
        with Atelier("comparaison", format, modeles) as atelier:
            made = atelier.fill(texts)
    if format != "docx":
        return made
    from caqes_dsl.documents.writers.docx_figures import draw_figures

    return draw_figures(made, [f for s in vue.sections for b in s.blocs for f in b.figures])


def comparaison_view(
    ancienne: Politique, nouvelle: Politique, changements: Sequence[Changement], impact: Impact | None = None
) -> ComparaisonVue:
    """The comparison as texts and drawings."""
    before, after = identity(ancienne), identity(nouvelle)
    partage = Partage(impact, Redaction(ancienne, nouvelle, changements)) if impact is not None else None
    parties = Parties(ancienne, nouvelle, changements, partage.effects() if partage else {})
    listed = tuple(parties.parties())
    sections = _sections(impact, partage) if impact is not None and partage is not None else ()
    over = ["Comparaison de deux versions", nouvelle.region or ancienne.region]
    return ComparaisonVue(
        after,
        before,
        " · ".join(part for part in over if part),
        _title(before, after),
        tuple(_warnings(ancienne, nouvelle, impact)),
        tuple(_sentences(changements, impact)),
        tuple(_figures(changements, impact)),
        _versions(before, after),
        _kinds(changements),
        impact is not None,
        tuple(replace(p, titre=f"{i}. {p.titre}") for i, p in enumerate(listed, 1)),
        tuple(replace(s, titre=f"{i}. {s.titre}") for i, s in enumerate(sections, 1 + len(listed))),
    )


def _title(before: IdentiteVue, after: IdentiteVue) -> str:
    if before.titre == after.titre:
        return f"Ce qui change dans {after.titre}"
    return f"Ce qui change de {before.titre} à {after.titre}"


def effects(impact: Impact, writer: Redaction) -> tuple[SectionVue, ...]:
    """What the changes do to a cohort, as the sections of a report."""
    return _sections(impact, Partage(impact, writer))


def _sections(impact: Impact, partage: Partage) -> tuple[SectionVue, ...]:
    effets = Effets(impact)
    reste = Reste(effets)
    found = [*effets.sections(), reste.constant_grid(), partage.section(), reste.one_sided(), reste.undetermined()]
    return tuple(s for s in found if s is not None)


# ---------------------------------------------------------------- what is read first


def _warnings(ancienne: Politique, nouvelle: Politique, impact: Impact | None) -> Iterator[str]:
    drafts = [p for p in (ancienne, nouvelle) if p.est_projet]
    if len(drafts) == 2:
        yield "PROJET : aucune des deux versions n'a été adoptée. Cette comparaison n'engage personne."
    elif drafts:
        which = "la nouvelle version" if nouvelle.est_projet else "l'ancienne version"
        yield f"PROJET : {which} n'a pas été adoptée. Cette comparaison n'engage personne."
    fictif = made_up((), (li.raison_sociale for li in impact.lignes)) if impact is not None else ""
    if fictif:
        yield fictif


def _sentences(changements: Sequence[Changement], impact: Impact | None) -> Iterator[str]:
    if not changements:
        yield "Aucun changement."
    if impact is None:
        return
    count, year = len(impact.lignes), f" de {impact.exercice}" if impact.exercice else ""
    verb = "sont évalués" if count > 1 else "est évalué"
    who = capital(many(count, "établissement"))
    yield f"{who} {verb} par les deux versions, sur les mêmes réponses{year}."
    if impact.nul:
        yield "Aucun score, aucune décision et aucun montant ne change."
    yield "Rien n'est décidé automatiquement : ces montants sont encourus ou proposés."


def _figures(changements: Sequence[Changement], impact: Impact | None) -> Iterator[ChiffreVue]:
    counts = Counter(map(change_class, changements))
    parts = [f"{counts[k]} {names[counts[k] > 1]}" for k, names in _CLASSES.items() if counts[k]]
    yield ChiffreVue("Changements", str(len(changements)), listing(parts))
    if impact is None:
        return
    without = len(impact.attribution.sans_effet)
    yield ChiffreVue("Peuvent changer un résultat", str(len(changements) - without), f"{without} n'en changent aucun")
    for perimetre in impact.perimetres:
        total = impact.ensemble.scores.get(perimetre.nom)
        if total is None or not (total.sous_ancienne or total.sous_nouvelle or total.atteints_nouvelle):
            continue
        named = f", {perimetre.titre or 'ensemble'}" if len(impact.perimetres) > 1 else ""
        said = f"l'atteignent désormais : {total.montent} ; ne l'atteignent plus : {total.descendent}"
        if total.ouverts_ancienne or total.ouverts_nouvelle:
            said += f" ; non tranchés : {total.ouverts_ancienne} avant, {total.ouverts_nouvelle} après"
        yield ChiffreVue(f"Sous la cible{named}", f"{total.sous_ancienne} → {total.sous_nouvelle}", said)
    for label, money in (
        ("Montants encourus", impact.ensemble.charge),
        ("Montants en faveur des établissements", impact.ensemble.faveur),
    ):
        if money.ancien or money.nouveau or money.indetermines:
            yield ChiffreVue(label, f"{euros(money.ancien)} → {euros(money.nouveau)}", _money(money))


def _money(total: TotalMontant) -> str:
    said = f"{signed_euros(total.ecart)} pour {many(total.compares, 'établissement')}"
    if total.indetermines:
        said += f" ; {many(total.indetermines, 'indéterminé', 'indéterminés')}"
    return said


def _versions(before: IdentiteVue, after: IdentiteVue) -> TableauVue:
    labels = {line.libelle: ("", "") for line in (*before.lignes, *after.lignes) if line.libelle != "Établissements"}
    sides = [{line.libelle: line.texte for line in side.lignes} for side in (before, after)]
    rows: list[tuple[str, ...]] = [("Politique", before.titre, after.titre)]
    rows += [(label, *(side.get(label) or "–" for side in sides)) for label in labels]
    rows.append(("Code de contrôle", before.code_de_controle, after.code_de_controle))
    return table("Les deux versions", ("Identité", "Ancienne version", "Nouvelle version"), rows)


def _kinds(changements: Sequence[Changement]) -> tuple[TableauVue, ...]:
    """How many changes of each kind, by what they bear on."""
    if not changements:
        return ()
    found: dict[str, Counter[str]] = {}
    for changement in changements:
        found.setdefault(changement.genre, Counter())[change_class(changement)] += 1
    kept = [k for k in _CLASSES if any(c[k] for c in found.values())]
    rows = [(capital(_plural(genre)), *(str(c[k] or "–") for k in kept), str(c.total())) for genre, c in found.items()]
    sums = [sum(c[k] for c in found.values()) for k in kept]
    heads = ("Ce qui change", *(capital(_CLASSES[k][1]) for k in kept), "Total")
    foot = ("Total", *map(str, sums), str(sum(sums)))
    return (table("Changements, par nature", heads, rows, " " + "n" * (len(kept) + 1), pied=(foot,)),)


def _plural(genre: str) -> str:
    return {"politique": "en-tête", "notation": "règles de notation"}.get(genre, f"{genre}s")
