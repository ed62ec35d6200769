"""What the workbook of an establishment shows: its rows in words, ready to be laid out.

Only what applies to its sectors is asked. The formulas come from the core (`evaluation/exact/`), not from here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from caqes_dsl.base.quantities import Genre, Valeur
from caqes_dsl.documents.attendu import expected
from caqes_dsl.documents.criteria import Criteria, applies
from caqes_dsl.documents.notes import Notes
from caqes_dsl.documents.typography import flow, listing, long_date, typeset
from caqes_dsl.documents.usage import asked, facts_in, purposes
from caqes_dsl.documents.words import level_label, sector_label, sector_title
from caqes_dsl.evaluation.exact.policy import Feuille, admitted, sheet_of
from caqes_dsl.evaluation.facts import Etablissement
from caqes_dsl.model.nodes import Critere, Donnee, Indicateur, Politique, Titre

ANSWERED_BY_RULE = "Mesuré"
"""What stands where a measured criterion takes no answer."""


@dataclass(frozen=True, slots=True)
class RangCritere:
    """A criterion's row. `reponses` are the labels it may be answered with; `demande` says what to do meanwhile."""

    critere: Critere
    titre: str
    points: str
    regle: str
    reponses: tuple[str, ...]
    motif: bool
    mesure: bool
    demande: str
    precedente: str
    reponse: str
    justification: str


@dataclass(frozen=True, slots=True)
class RangDonnee:
    """A fact's row. `passees` are its values in earlier exercises, by how many back."""

    donnee: Donnee
    titre: str
    attendu: str
    usage: str
    valeur: Valeur | None
    source: str
    passees: dict[int, Valeur]


@dataclass(frozen=True, slots=True)
class Section:
    """A heading of the grid and the criteria right under it."""

    titre: Titre | None
    nom: str
    libelle: str
    rang: int
    criteres: tuple[RangCritere, ...]


@dataclass(frozen=True, slots=True)
class Classeur:
    """A workbook to be written. `etablissement` None: a blank one, whose sectors are chosen in it.

    `reculs`: the earlier exercises shown, by how many back; `enregistres`: the recorded results that rules read.
    """

    politique: Politique
    feuille: Feuille
    etablissement: Etablissement | None
    exercice: int | None
    rappel: str
    sections: tuple[Section, ...]
    donnees: tuple[RangDonnee, ...]
    indicateurs: tuple[Indicateur, ...]
    reculs: tuple[int, ...]
    enregistres: dict[str, dict[int, Fraction]]


def text(value: str) -> str:
    """A text as it is printed, on one line."""
    return typeset(flow(value))


def classeur_of(
    politique: Politique, etablissement: Etablissement | None = None, *, exercice: int | None, vierge: bool = False
) -> Classeur:
    """The workbook of an establishment, or a blank one. `vierge`: what it has answered already is left out."""
    secteurs = etablissement.secteurs if etablissement is not None else ()
    feuille = sheet_of(politique, secteurs if etablissement is not None else None)
    known = None if vierge else etablissement
    past: Mapping[int, Etablissement] = etablissement.passes if etablissement is not None else {}
    writer = Criteria(politique, secteurs, Notes())
    criteres = [c for c in politique.criteres.values() if applies(c, secteurs)]
    indicateurs = [
        i for i in politique.indicateurs.values()
        if not secteurs or not i.secteurs or set(i.secteurs) & set(secteurs)
    ]  # fmt: skip
    before = past.get(exercice - 1) if exercice is not None else None
    rows = {c.nom: _criterion(c, politique, feuille, writer, known, before) for c in criteres}
    entries = [e.param[1] for e in feuille.programme.lignes if e.op == "entree" and e.param[0] == "passé"]
    reculs = sorted({int(str(nom).rpartition(" N-")[2]) for nom in entries})
    recorded = dict.fromkeys(n for e in entries if (n := str(e).rpartition(" N-")[0]) not in politique.donnees)
    return Classeur(
        politique,
        feuille,
        etablissement,
        exercice,
        _running(politique),
        tuple(_sections(politique, criteres, rows)),
        tuple(_facts(politique, criteres, indicateurs, known, past, exercice)),
        tuple(indicateurs),
        tuple(reculs or ([1] if past else [])),
        {n: {exercice - y: one.enregistres[n] for y, one in past.items() if n in one.enregistres} for n in recorded}
        if exercice is not None
        else {},
    )


def _running(politique: Politique) -> str:
    """What runs at the head of every page."""
    status = "projet" if politique.est_projet else "adopté"
    year = f"exercice {politique.exercice}" if politique.exercice is not None else ""
    parts = (politique.region, politique.titre, year, status, f"code de contrôle {politique.code_de_controle}")
    return text(" – ".join(p for p in parts if p))


def _sections(politique: Politique, criteres: Iterable[Critere], rows: dict[str, RangCritere]) -> Iterator[Section]:
    """Criteria in the order of the policy, a heading wherever one begins."""
    groups: list[tuple[tuple[str, str, str], list[RangCritere]]] = []
    for critere in criteres:
        where = (critere.volet, critere.chapitre, critere.objectif)
        if not groups or groups[-1][0] != where:
            groups.append((where, []))
        groups[-1][1].append(rows[critere.nom])
    shown: tuple[str, ...] = ("", "", "")
    headings = (politique.volets, politique.chapitres, politique.objectifs)
    for where, group in groups:
        opened = [(rank, n) for rank, n in enumerate(where) if n and n != shown[rank]]
        for rank, nom in opened:
            last = (rank, nom) == opened[-1]
            titre = headings[rank][nom]
            label = f"{titre.article} – {titre.titre}" if titre.article else titre.titre or nom
            yield Section(titre, nom, text(label), rank + 1, tuple(group) if last else ())
        if not opened:
            yield Section(None, "", "", 0, tuple(group))
        shown = where


def _criterion(
    critere: Critere,
    politique: Politique,
    feuille: Feuille,
    writer: Criteria,
    known: Etablissement | None,
    before: Etablissement | None,
) -> RangCritere:
    vue = writer.criterion(critere)
    measured = critere.mesure is not None or critere.table is not None
    names = admitted(politique, critere)
    lines = [f"{line.libelle} : {line.texte}" + (f" ({line.detail})" if line.detail else "") for line in vue.seuils]
    lines += [f"{line.libelle} : {line.texte}" + _unit(line.texte) for line in vue.reponses]
    lines += [f"{line.libelle} : {line.texte}" for line in vue.precisions]
    lines += [] if vue.secteurs == "Tous" else [f"Secteurs : {vue.secteurs}"]
    last = before.reponses.get(critere.nom) if before is not None else None
    answer = known.reponses.get(critere.nom) if known is not None else None
    return RangCritere(
        critere,
        text(critere.titre),
        text(str(vue.points)),
        "\n".join(text(line) for line in lines),
        tuple(text(level_label(n, politique)) for n in names),
        critere.nc_sur_justification and any(politique.niveaux[n].part is None for n in names),
        measured,
        _asked(critere, politique, feuille, measured=measured),
        text(level_label(last, politique)) if last else "",
        text(level_label(answer, politique)) if answer else "",
        text(known.motifs.get(critere.nom, "")) if known is not None else "",
    )


def _unit(points: str) -> str:
    """« 2 points », for an answer worth a number of points."""
    return "" if not points[:1].isdigit() else " point" if points in ("0", "1") else " points"


def _asked(critere: Critere, politique: Politique, feuille: Feuille, *, measured: bool) -> str:
    """What is to be done while the criterion has no result."""
    if critere.nom in feuille.excuses:
        return "Calculé par l'agence"
    if not measured:
        return "Répondre"
    names = [n for n in dict.fromkeys(facts_in(critere)) if n in politique.donnees]
    return text(f"Donner {listing(names)}") if names else "Calculé par l'agence"


def _facts(
    politique: Politique,
    criteres: list[Critere],
    indicateurs: list[Indicateur],
    known: Etablissement | None,
    past: Mapping[int, Etablissement],
    exercice: int | None,
) -> Iterator[RangDonnee]:
    wanted = asked(politique, criteres, indicateurs)
    used = purposes(politique, criteres)
    for nom, donnee in politique.donnees.items():
        if nom not in wanted:
            continue
        yield RangDonnee(
            donnee,
            text(donnee.titre or nom),
            text(expected(donnee, politique)),
            text(used.get(nom, "")),
            known.faits.get(nom) if known is not None else None,
            text(known.provenances.get(nom, "")) if known is not None else "",
            {
                exercice - year: one.faits[nom]
                for year, one in past.items()
                if exercice is not None and nom in one.faits
            },
        )


def identity_lines(classeur: Classeur) -> list[tuple[str, str]]:
    """What the first sheet says of the policy."""
    politique = classeur.politique
    status = "projet, non adopté" if politique.est_projet else "adopté"
    if politique.adopte_le is not None:
        status += f" le {long_date(politique.adopte_le)}" + (
            f" par {politique.adopte_par}" if politique.adopte_par else ""
        )
    found = [
        ("Contrat", text(politique.titre)),
        ("Région", text(politique.region)),
        ("Statut du texte", text(status)),
        ("Code de contrôle", politique.code_de_controle),
    ]
    return [(label, value) for label, value in found if value]


def sector_words(nom: str, politique: Politique) -> str:
    """« MCO : médecine, chirurgie, obstétrique »."""
    label, title = sector_label(politique.secteurs[nom]), sector_title(nom, politique)
    return text(label if label == title else f"{label} : {title}")


NUMERIC = {
    Genre.ENTIER: "#,##0",
    Genre.DECIMAL: "General",
    Genre.TAUX: "0.00%",
    Genre.ECART: '0.00" pt"',
    Genre.POINTS: "General",
    Genre.MONTANT: '#,##0.00" €"',
    Genre.JOURS: '0" jours"',
    Genre.MOIS: '0" mois"',
    Genre.DATE: "dd/mm/yyyy",
}
"""How a spreadsheet shows each type."""
