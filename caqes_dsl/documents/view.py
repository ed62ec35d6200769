"""The annex of a policy as texts: everything is computed and worded here, so that templates only lay it out."""

from __future__ import annotations

from collections.abc import Iterator

import caqes_dsl
from caqes_dsl.base.quantities import Genre
from caqes_dsl.documents import consequences, phrases, rows, rules, usage
from caqes_dsl.documents.attendu import expected
from caqes_dsl.documents.calendrier import delays
from caqes_dsl.documents.grid import Grid
from caqes_dsl.documents.natures import nature_of
from caqes_dsl.documents.notes import Notes
from caqes_dsl.documents.shapes import (
    AnnexeVue,
    BaremeVue,
    ExempleVue,
    IdentiteVue,
    LigneVue,
    ParametreVue,
    TableVue,
)
from caqes_dsl.documents.typography import capital, listing, long_date
from caqes_dsl.documents.words import (
    BORNES,
    bare,
    criterion_number,
    level_label,
    sector_label,
    sector_title,
    value_in_words,
)
from caqes_dsl.model.domains import Domaines
from caqes_dsl.model.nodes import (
    Bareme,
    Calcul,
    Exemple,
    Impose,
    Noeud,
    Parametre,
    Politique,
    Reference,
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
    # Asked twice or in another order, the same sectors give the same document.
    secteurs = tuple(s for s in politique.secteurs if s in secteurs)
    notes = Notes(politique.source)
    # Notes are numbered as they are met: what follows goes in the order of the pages.
    identite = identity(politique, secteurs, notes)
    grid = Grid(politique, secteurs, notes)
    domaines = Domaines(politique)
    measured_only = politique.indicateurs and not politique.criteres
    said = {
        "niveaux": () if measured_only else tuple(rules.levels(politique, notes)),
        "secteurs": tuple(rules.sectors(politique, secteurs, notes)),
        "notation": tuple(rules.notation(politique, grid.criteres, notes)),
    }
    return AnnexeVue(
        identite=identite,
        chapeau=_subtitle(politique),
        legende="Règles de lecture" if measured_only else "Règles de lecture et formation du score",
        **said,
        volets=grid.volets(),
        definitions=tuple(_definition(c, politique, notes) for c in politique.calculs.values()),
        baremes=tuple(_scale(b, politique, domaines, notes) for b in politique.baremes.values()),
        decisions=consequences.decisions(politique, notes),
        pieces=tuple(consequences.document(p, politique, notes) for p in politique.pieces.values()),
        parametres=tuple(_parameter(p, politique, notes) for p in politique.parametres.values()),
        donnees=tuple(_facts(politique, grid, notes)),
        calendrier=tuple(
            LigneVue(long_date(e.date), e.titre or e.nom) for e in sorted(politique.calendrier, key=lambda e: e.date)
        ),
        delais=tuple(delays(politique, notes)),
        exemples=tuple(
            _example(e, politique)
            for e in politique.exemples
            if not secteurs or not e.secteurs or set(e.secteurs) <= set(secteurs)
        ),
        limites=tuple(
            LigneVue("Limite" if p.limite else "Principe", p.titre or p.nom, notes.mark(p.source))
            for p in sorted(politique.proprietes, key=lambda p: not p.limite)
        ),
        sources=notes.listed(),
    )


def _subtitle(politique: Politique) -> str:
    """What the annex holds, under its title."""
    if not politique.volets and not politique.criteres and not politique.indicateurs:
        return "Annexe : règles communes"
    if not politique.criteres:
        return "Annexe : indicateurs et conséquences" if politique.indicateurs else "Annexe : règles et conséquences"
    return f"Annexe : critères, points, seuils{', indicateurs' if politique.indicateurs else ''} et conséquences"


# ---------------------------------------------------------------- title page


def identity(politique: Politique, secteurs: tuple[str, ...] = (), notes: Notes | None = None) -> IdentiteVue:
    """Who, when, under which status and which text."""
    begin, end = politique.vigueur_du, politique.vigueur_au
    vigueur = f"du {long_date(begin)} au {long_date(end)}" if begin and end else ""
    vigueur = f"à compter du {long_date(begin)}" if begin and not end else vigueur
    exercice, evaluee_en = str(politique.exercice or ""), str(politique.evaluee_en or "")
    if politique.adopte_le is None:
        status = "Projet, sans valeur tant qu'il n'est pas adopté"
    else:
        status = f"Adopté le {long_date(politique.adopte_le)}"
        status += f" par {politique.adopte_par}" if politique.adopte_par else ""
    kinds = listing([sector_title(s, politique) for s in secteurs])
    if not secteurs:
        scope = "Tous les établissements"
    else:
        activities = "la seule activité est" if len(secteurs) == 1 else "les activités sont"
        scope = f"Établissements dont {activities} : {kinds}"
    lines = [
        ("Région", politique.region),
        ("Exercice évalué", exercice),
        ("Évaluation", f"en {evaluee_en}" if evaluee_en else ""),
        ("En vigueur", vigueur),
        ("Statut", status),
        ("Établissements", scope),
    ]
    running = [politique.titre or politique.nom, politique.region if politique.region not in politique.titre else ""]
    running += [f"exercice {exercice}" if exercice else "", "projet" if politique.est_projet else "adopté"]
    running += [", ".join(sector_label(politique.secteurs[s]) for s in secteurs)]
    return IdentiteVue(
        politique.titre or politique.nom,
        politique.region,
        exercice,
        evaluee_en,
        vigueur,
        long_date(begin) if begin else "",
        status,
        politique.est_projet,
        "PROJET" if politique.est_projet else "",
        " · ".join(part for part in running if part),
        politique.code_de_controle,
        politique.empreinte,
        str(getattr(caqes_dsl, "__version__", "")),
        scope,
        tuple(LigneVue(label, text) for label, text in lines if text),
        notes.mark_general() if notes else (),
    )


# ---------------------------------------------------------------- quantities, scales, consequences


def _definition(calcul: Calcul, politique: Politique, notes: Notes) -> LigneVue:
    if calcul.genre is Genre.OUI_NON:
        text = f"Condition remplie si {phrases.condition(calcul.expression, politique)}."
    else:
        text = capital(phrases.describe(calcul.expression, politique)) + "."
    return LigneVue(calcul.titre or calcul.nom, text, notes.mark(calcul.source))


def _scale(bareme: Bareme, politique: Politique, domaines: Domaines, notes: Notes) -> BaremeVue:
    table = bareme.table
    title = bareme.titre or bareme.nom
    heads = tuple(capital(bare(phrases.describe(n, politique))) for n in table.selon)
    cells = []
    for row in table.rangs:
        cases, effect = rows.describe_row(row, table, politique)
        blank = ("",) * (len(heads) - len(cases))  # « dans tous les autres cas » stands for every driver
        cells.append((*(capital(c) for c in cases), *blank, effect))
    after = tuple(rows.after_rows(table, politique, domaines))
    return BaremeVue(title, TableVue(title, (*heads, title), tuple(cells), after), notes.mark(bareme.source))


def _parameter(parametre: Parametre, politique: Politique, notes: Notes) -> ParametreVue:
    applied, others = parametre.en_vigueur, []
    value, marks = "Aucune à cette date", notes.mark(parametre.source if applied is None else applied.source)
    if applied is not None:
        value = value_in_words(applied.valeur, parametre.genre, politique)
        value += f", depuis le {long_date(applied.a_compter_du)}"
    for dated in parametre.valeurs:
        if dated != applied:
            when = f"à compter du {long_date(dated.a_compter_du)}"
            when += f" et jusqu'au {long_date(dated.jusqu_au)}" if dated.jusqu_au else ""
            others.append(
                LigneVue(when, value_in_words(dated.valeur, parametre.genre, politique), notes.mark(dated.source))
            )
    return ParametreVue(parametre.titre or parametre.nom, value, marks, tuple(others))


# ---------------------------------------------------------------- facts


def _facts(politique: Politique, grid: Grid, notes: Notes) -> Iterator[LigneVue]:
    asked, purposes = usage.asked(politique, grid.criteres, grid.indicateurs), usage.purposes(politique, grid.criteres)
    for donnee in politique.donnees.values():
        if donnee.nom in asked:
            purpose = capital(purposes[donnee.nom]) or (
                "Recueil, sans effet sur les points" if grid.criteres else "Suivi"
            )
            yield LigneVue(donnee.titre or donnee.nom, expected(donnee, politique), notes.mark(donnee.source), purpose)


def _example(exemple: Exemple, politique: Politique) -> ExempleVue:
    given = [_imposed(i, politique) for i in exemple.avec]
    if exemple.secteurs:
        kinds = listing([sector_label(politique.secteurs[s]) for s in exemple.secteurs])
        given.insert(0, LigneVue("Activités" if len(exemple.secteurs) > 1 else "Activité", kinds))
    if exemple.autres_criteres:
        given.append(LigneVue("Réponse aux autres critères", level_label(exemple.autres_criteres, politique)))
    return ExempleVue(exemple.titre, tuple(given), tuple(_imposed(i, politique) for i in exemple.attendu))


def _imposed(impose: Impose, politique: Politique) -> LigneVue:
    genre = impose.cible.genre
    if isinstance(impose.valeur, str) and impose.valeur in politique.niveaux:
        genre = Genre.NIVEAU
    value = bare(value_in_words(impose.valeur, genre, politique))
    return LigneVue(_label(impose.cible, politique), value if impose.op == "=" else f"{BORNES[impose.op]} {value}")


def _label(cible: Noeud, politique: Politique) -> str:
    """What an example imposes or expects, short: a criterion by its number, a decision as an amount at stake."""
    cle = cible.cle if isinstance(cible, Reference) else None
    if cle and cle.sorte in ("mesure", "niveau") and cle.nom in politique.criteres:
        number = criterion_number(politique.criteres[cle.nom], politique)
        return f"{'Résultat mesuré du' if cle.sorte == 'mesure' else 'Réponse au'} critère {number}"
    text = phrases.describe(cible, politique)
    label = capital(bare(text.removeprefix("le ").removeprefix("la ")))
    if cle and cle.sorte == "atteint":
        return f"Cible atteinte, {phrases.indicator_title(cle.nom, politique)}"
    if cle and cle.sorte == "décision":
        return f"{nature_of(politique.decisions[cle.nom]).montant}, {label[:1].lower()}{label[1:]}"
    return label
