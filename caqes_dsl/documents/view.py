"""The annex of a policy as texts: everything is computed and worded here, so that templates only lay it out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass

import caqes_dsl
from caqes_dsl.base.quantities import Genre, write_value
from caqes_dsl.documents import phrases
from caqes_dsl.documents.grid import Grid, Notes
from caqes_dsl.documents.shapes import (
    AnnexeVue,
    BaremeVue,
    DecisionVue,
    ExempleVue,
    IdentiteVue,
    LigneVue,
    TableVue,
)
from caqes_dsl.documents.typography import capital, listing, long_date
from caqes_dsl.model.nodes import (
    Bareme,
    Comparaison,
    Constante,
    Declare,
    Donnee,
    Exemple,
    Fait,
    Impose,
    Notation,
    Parametre,
    Politique,
    Sanction,
)

__all__ = ["AnnexeVue", "annexe_view", "identity"]


def annexe_view(politique: Politique, *, secteurs: tuple[str, ...] = ()) -> AnnexeVue:
    """The annex; with `secteurs`, that of an establishment which has these activities and no other.

    Errors: ValueError, in French, for a sector that the policy does not declare.
    """
    unknown = [s for s in secteurs if s not in politique.secteurs]
    if unknown:
        known = ", ".join(politique.secteurs)
        raise ValueError(f"Le secteur « {unknown[0]} » n'est pas déclaré par la politique. Secteurs connus : {known}.")
    notes = Notes()
    identite = identity(politique, secteurs, notes)
    grid = Grid(politique, secteurs, notes)
    legende = tuple(_levels(politique, notes))
    notation = tuple(_notation(politique.notation, politique, notes))
    volets = grid.volets()
    used = _used_facts(politique, grid) if secteurs else set(politique.donnees)
    return AnnexeVue(
        identite=identite,
        secteurs=tuple(
            LigneVue(s.nom, s.titre, notes.mark(s.source if s.source != politique.source else ""))
            for s in politique.secteurs.values()
            if not secteurs or s.nom in secteurs
        ),
        niveaux=legende,
        notation=notation,
        volets=volets,
        definitions=tuple(
            LigneVue(c.titre or c.nom, capital(phrases.describe(c.expression, politique)), notes.mark(c.source))
            for c in politique.calculs.values()
        ),
        baremes=tuple(_scale(b, politique, notes) for b in politique.baremes.values()),
        decisions=tuple(_decision(s, politique, notes) for s in politique.sanctions.values()),
        pieces=tuple(
            LigneVue(
                p.titre or p.nom, f"Exigée si {phrases.condition(p.condition, politique)}.", notes.mark(p.source)
            )
            for p in politique.pieces.values()
        ),
        parametres=tuple(line for p in politique.parametres.values() for line in _parameter(p, politique, notes)),
        donnees=tuple(_fact(d, politique, notes) for d in politique.donnees.values() if d.nom in used),
        calendrier=tuple(
            LigneVue(long_date(e.date), e.titre or e.nom) for e in sorted(politique.calendrier, key=lambda e: e.date)
        ),
        delais=tuple(_delays(politique, notes)),
        exemples=tuple(
            _example(e, politique, grid)
            for e in politique.exemples
            if not secteurs or not e.secteurs or set(e.secteurs) <= set(secteurs)
        ),
        limites=tuple(
            LigneVue("Limite" if p.limite else "Principe", p.titre or p.nom, notes.mark(p.source))
            for p in sorted(politique.proprietes, key=lambda p: not p.limite)
        ),
        sources=notes.listed(),
    )


def identity(politique: Politique, secteurs: tuple[str, ...] = (), notes: Notes | None = None) -> IdentiteVue:
    """Who, when, under which status and which text."""
    begin, end = politique.vigueur_du, politique.vigueur_au
    vigueur = f"du {long_date(begin)} au {long_date(end)}" if begin and end else long_date(begin) if begin else ""
    if politique.adopte_le is None:
        status = "Projet, sans valeur tant qu'il n'est pas adopté"
    else:
        status = f"Adopté le {long_date(politique.adopte_le)}"
        status += f" par {politique.adopte_par}" if politique.adopte_par else ""
    kinds = listing([politique.secteurs[s].titre or s for s in secteurs])
    return IdentiteVue(
        politique.titre or politique.nom,
        politique.region,
        str(politique.exercice or ""),
        str(politique.evaluee_en or ""),
        vigueur,
        status,
        politique.est_projet,
        "PROJET" if politique.est_projet else "",
        politique.code_de_controle,
        politique.empreinte,
        str(getattr(caqes_dsl, "__version__", "")),
        f"Établissements dont la seule activité est : {kinds}" if len(secteurs) == 1 else
        f"Établissements dont les activités sont : {kinds}" if secteurs else "Tous les établissements",
        notes.mark(politique.source) if notes else (),
    )  # fmt: skip


def _levels(politique: Politique, notes: Notes) -> Iterator[LigneVue]:
    for level in politique.niveaux.values():
        if level.part is None:
            said = "les points du critère sortent du total des points applicables"
        else:
            said = f"{write_value(level.part, Genre.TAUX)} des points du critère"
        source = level.source if level.source != politique.source else ""
        yield LigneVue(phrases.level_label(level.nom, politique), capital(said), notes.mark(source), level.nom)


def _notation(notation: Notation, politique: Politique, notes: Notes) -> Iterator[LigneVue]:
    def source(*words: str) -> tuple[str, ...]:
        found = [text for key, text in notation.sources.items() if any(w in key for w in words)]
        return notes.mark(found[0]) if found else ()

    step = write_value(notation.pas, Genre.TAUX) if notation.pas is not None else ""
    score = "Total des points obtenus, divisé par le total des points applicables"
    if notation.mode == "arrondi":
        score += f" ; arrondi à {step} près avant toute comparaison"
    elif notation.mode == "affiché":
        score += f" ; affiché à {step} près, la valeur exacte servant aux comparaisons"
    yield LigneVue("Score", score + ".", source("score", "mode", "pas"))
    out = phrases.level_label("NC", politique)
    if notation.nc_sur_justification:
        text = f"L'établissement peut répondre « {out} » à un critère, avec justification."
        yield LigneVue(out, text, source("nc", "NC", "justification"))
    if notation.sans_reponse:
        label = phrases.level_label(notation.sans_reponse, politique)
        text = f"Un critère laissé sans réponse vaut « {label} »."
        yield LigneVue("Sans réponse", text, source("sans", "réponse", "reponse"))


def _parameter(parametre: Parametre, politique: Politique, notes: Notes) -> Iterator[LigneVue]:
    for dated in parametre.valeurs:
        when = f"à compter du {long_date(dated.a_compter_du)}"
        when += f", jusqu'au {long_date(dated.jusqu_au)}" if dated.jusqu_au else ""
        value = phrases.value_in_words(dated.valeur, parametre.genre, politique)
        mark = "en vigueur" if dated is parametre.en_vigueur or dated == parametre.en_vigueur else ""
        yield LigneVue(parametre.titre or parametre.nom, f"{value} {when}", notes.mark(dated.source), mark)


def _scale(bareme: Bareme, politique: Politique, notes: Notes) -> BaremeVue:
    table = bareme.table
    rows = [phrases.describe_row(r, table, politique) for r in table.rangs]
    after = []
    if table.suite:
        after.append(capital(phrases.describe_suite(table.suite, table)) + ".")
    if table.plafond is not None:
        after.append(f"Plafond : {phrases.describe(table.plafond, politique)}.")
    heads = tuple(capital(phrases.bare(phrases.describe(n, politique))) for n in table.selon)
    title = bareme.titre or bareme.nom
    cells = tuple((*(capital(c) for c in cases), effect) for cases, effect in rows)
    return BaremeVue(title, TableVue(title, (*heads, title), cells, tuple(after)), notes.mark(bareme.source))


def _decision(sanction: Sanction, politique: Politique, notes: Notes) -> DecisionVue:
    limits = []
    if sanction.plafond is not None:
        limits.append(f"Plafond : {phrases.describe(sanction.plafond, politique)}.")
    if sanction.plancher is not None:
        limits.append(f"Plancher : {phrases.describe(sanction.plancher, politique)}.")
    limits.append(f"Arrondi à {write_value(sanction.arrondi, Genre.MONTANT)} près.")
    when = f"Si {phrases.condition(sanction.condition, politique)}." if sanction.condition else "Dans tous les cas."
    return DecisionVue(
        sanction.titre or sanction.nom,
        when,
        capital(phrases.describe(sanction.montant, politique)) + ".",
        tuple(limits),
        notes.mark(sanction.source),
    )


def _fact(donnee: Donnee, politique: Politique, notes: Notes) -> LigneVue:
    kind = phrases.GENRES[donnee.genre]
    if donnee.choix:
        kind = "au choix : " + listing(list(donnee.choix), "ou")
    said = [kind, *(_bound(b, donnee, politique) for b in donnee.bornes)]
    if donnee.defaut is not None:
        said.append(f"à défaut de transmission : {phrases.value_in_words(donnee.defaut, donnee.genre, politique)}")
    return LigneVue(donnee.titre or donnee.nom, capital(", ".join(said)), notes.mark(donnee.source), donnee.nom)


def _bound(bound: Comparaison, donnee: Donnee, politique: Politique) -> str:
    if isinstance(bound.gauche, Fait) and bound.gauche.nom == donnee.nom and not bound.gauche.recul:
        return f"{phrases.BORNES[bound.op]} {phrases.describe(bound.droite, politique)}"
    return phrases.describe(bound, politique)


def _delays(politique: Politique, notes: Notes) -> Iterator[LigneVue]:
    titles = {e.nom: e.titre or e.nom for e in politique.calendrier}
    for delay in politique.delais:
        late, soon = (titles.get(n, n) for n in (delay.tard, delay.tot))
        text = f"« {late} » : au moins {write_value(delay.duree, delay.genre)} après « {soon} »."
        yield LigneVue("Délai", text, notes.mark(delay.source))


def _example(exemple: Exemple, politique: Politique, grid: Grid) -> ExempleVue:
    given = [_imposed(i, politique) for i in exemple.avec]
    if exemple.autres_criteres:
        given.append(LigneVue("Autres critères", phrases.level_label(exemple.autres_criteres, politique)))
    kinds = listing([politique.secteurs[s].titre if s in politique.secteurs else s for s in exemple.secteurs])
    return ExempleVue(exemple.titre, kinds, tuple(given), tuple(_imposed(i, politique) for i in exemple.attendu))


def _imposed(impose: Impose, politique: Politique) -> LigneVue:
    genre = impose.cible.genre
    if isinstance(impose.valeur, str) and impose.valeur in politique.niveaux:
        genre = Genre.NIVEAU
    value = phrases.bare(phrases.value_in_words(impose.valeur, genre, politique))
    label = phrases.bare(phrases.describe(impose.cible, politique))
    return LigneVue(capital(label), value if impose.op == "=" else f"{phrases.BORNES[impose.op]} {value}")


# ---------------------------------------------------------------- facts in use


def facts_in(thing: object) -> Iterator[Fait]:
    """Every fact that an expression, a table or a declaration reads."""
    if isinstance(thing, Fait):
        yield thing
    elif isinstance(thing, (tuple, list)):
        for part in thing:
            yield from facts_in(part)
    elif is_dataclass(thing) and not isinstance(thing, (type, Constante)):
        for f in fields(thing):
            if f.name != "span":
                yield from facts_in(getattr(thing, f.name))


def _used_facts(politique: Politique, grid: Grid) -> set[str]:
    """The facts that the kept criteria and the decisions read, with those that bound them."""
    groups: tuple[Mapping[str, Declare], ...] = (
        politique.calculs,
        politique.baremes,
        politique.sanctions,
        politique.pieces,
        politique.volets,
    )
    roots: list[object] = [*grid.criteres, *(d for group in groups for d in group.values())]
    roots += [p.expression for p in politique.proprietes]
    used = {f.nom for f in facts_in(roots)}
    waiting = list(used)
    while waiting:
        donnee = politique.donnees.get(waiting.pop())
        more = {f.nom for f in facts_in(donnee.bornes)} - used if donnee else set()
        used |= more
        waiting += more
    return used
