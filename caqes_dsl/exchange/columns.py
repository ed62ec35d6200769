"""Which column is what: the headings of a file recognised by the names that the policy declares."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from caqes_dsl.base.diagnostics import abridge
from caqes_dsl.base.suggestions import nearest
from caqes_dsl.model.nodes import Politique

from .findings import Constat, Registre
from .table import Tableau, column_letters, heading_key


class Role(Enum):
    """What a column holds."""

    FINESS = "finess"
    FINESS_AUTRE = "finess_ej"
    RAISON_SOCIALE = "raison_sociale"
    EXERCICE = "exercice"
    SECTEURS = "secteurs"
    REPONSE = "réponse à un critère"
    MOTIF = "motif d'un NC"
    DONNEE = "donnée"
    SOURCE = "source d'une donnée"
    ENREGISTRE = "résultat d'un exercice passé"
    RETENU = "montant retenu"
    MOTIF_RETENU = "motif d'un montant retenu"
    RESULTAT = "résultat"
    SANS_NOM = "sans nom"


OBLIGATOIRES = ("finess", "exercice", "secteurs")

_FIXES = {
    "finess": Role.FINESS,
    "finess_ej": Role.FINESS_AUTRE,
    "finess_et": Role.FINESS_AUTRE,
    "raison_sociale": Role.RAISON_SOCIALE,
    "exercice": Role.EXERCICE,
    "secteurs": Role.SECTEURS,
}
_RESULTATS = ("statut", "manquants", "motifs_rejet", "politique", "empreinte", "version", "statut_politique")


@dataclass(frozen=True, slots=True)
class Colonne:
    """A recognised column: its index, its heading as written, what it holds and of which declaration."""

    index: int
    entete: str
    role: Role
    nom: str = ""


def known_columns(politique: Politique) -> dict[str, list[tuple[Role, str]]]:
    """Every heading that means something, with what it may mean."""
    known: dict[str, list[tuple[Role, str]]] = {}

    def add(heading: str, role: Role, nom: str = "") -> None:
        known.setdefault(heading, []).append((role, nom))

    for heading, role in _FIXES.items():
        add(heading, role, heading)
    for nom in politique.criteres:
        add(nom, Role.REPONSE, nom)
        add(f"{nom}_motif", Role.MOTIF, nom)
    for nom in politique.donnees:
        add(nom, Role.DONNEE, nom)
        add(f"{nom}_source", Role.SOURCE, nom)
    for heading in ("", *politique.volets, *politique.chapitres, *politique.objectifs):
        suffix = f"_{heading}" if heading else ""
        add(f"score{suffix}", Role.ENREGISTRE, f"score{suffix}")
        add(f"points{suffix}", Role.ENREGISTRE, f"points{suffix}")
    for nom in politique.decisions:
        add(f"{nom}_retenu", Role.RETENU, nom)
        add(f"{nom}_motif", Role.MOTIF_RETENU, nom)
    for heading in result_headings(politique):
        known.setdefault(heading, [(Role.RESULTAT, heading)])
    return known


def result_headings(politique: Politique) -> list[str]:
    """Headings of results that are computed, so never read: a file of results may be given back as a cohort."""
    found = [*_RESULTATS, *politique.calculs, *politique.baremes, *politique.decisions, *politique.pieces]
    found += [f"{s}_certitude" for s in politique.decisions]
    for volet in ("", *politique.volets):
        suffix = f"_{volet}" if volet else ""
        found += [f"points_applicables{suffix}", f"score_min{suffix}", f"score_max{suffix}"]
    return found


def recognise(politique: Politique, tableau: Tableau, registre: Registre) -> tuple[Colonne, ...]:
    """Columns of a file; what is unknown, doubled or absent goes to the registre."""
    known = known_columns(politique)
    gone = {s.nom for s in politique.suppressions}
    by_key: dict[str, list[str]] = {}
    for heading in known:
        by_key.setdefault(heading_key(heading), []).append(heading)
    found: list[Colonne] = []
    ignored: list[str] = []
    taken: dict[str, str] = {}
    for index, written in enumerate(tableau.entetes):
        if not written:
            found.append(Colonne(index, f"{column_letters(index)}, sans en-tête", Role.SANS_NOM))
            continue
        alike = by_key.get(heading_key(written), [])
        chosen = written if written in known else alike[0] if len(alike) == 1 else None
        if chosen is None and written.removesuffix("_motif") in gone:
            ignored.append(written)  # a file that keeps the answers of the years before
            continue
        if chosen is None:
            _unknown(written, known, tableau, registre, ignored)
            continue
        heading = chosen
        if heading in taken:
            _twice(written, taken[heading], tableau, registre)
            continue
        taken[heading] = written
        column = _settled(index, written, known[heading], tableau, registre)
        if column is None:
            continue
        if column.role is Role.RESULTAT:
            ignored.append(written)
        found.append(column)
        _told(column, heading, tableau, registre)
    _missing(politique, taken, tableau, registre)
    if ignored:
        registre.add(_ignored(ignored, tableau))
    return tuple(found)


def _settled(
    index: int, written: str, meanings: list[tuple[Role, str]], tableau: Tableau, registre: Registre
) -> Colonne | None:
    if len(meanings) > 1:
        senses = " et ".join(f"« {role.value} »" for role, _ in meanings)
        registre.add(
            Constat(
                "CAQ602",
                f"La colonne « {written} » a deux sens dans cette politique : {senses}.",
                "Renommez la déclaration dans la politique.",
                colonne=written,
                feuille=tableau.feuille,
            )
        )
        return None
    role, nom = meanings[0]
    return Colonne(index, written, role, nom)


def _told(column: Colonne, heading: str, tableau: Tableau, registre: Registre) -> None:
    """What is doubtful about a recognised column."""
    if column.entete != heading and column.entete.lower() != heading:
        registre.add(
            Constat(
                "CAQ612",
                f"La colonne « {column.entete} » est lue comme « {heading} ».",
                colonne=column.entete,
                feuille=tableau.feuille,
            )
        )
    if column.index in tableau.colonnes_masquees and column.role is not Role.RESULTAT:
        registre.add(
            Constat(
                "CAQ612",
                f"La colonne « {column.entete} » est masquée et lue comme les autres.",
                "Affichez-la pour la vérifier.",
                colonne=column.entete,
                feuille=tableau.feuille,
            )
        )


def _unknown(
    written: str, known: dict[str, list[tuple[Role, str]]], tableau: Tableau, registre: Registre, ignored: list[str]
) -> None:
    """An error when it is close to a known heading, since its values would count as not transmitted."""
    close = nearest(written, [h for h, meanings in known.items() if meanings[0][0] is not Role.RESULTAT])
    if not close:
        ignored.append(written)
        return
    registre.add(
        Constat(
            "CAQ602",
            f"La colonne « {written} » n'est pas dans la politique.",
            f"Vouliez-vous dire « {close[0]} » ? Sinon, renommez-la ou retirez-la.",
            colonne=written,
            feuille=tableau.feuille,
        )
    )


def _twice(written: str, first: str, tableau: Tableau, registre: Registre) -> None:
    registre.add(
        Constat(
            "CAQ622",
            f"La colonne « {written} » est là deux fois."
            if written == first
            else f"Les colonnes « {first} » et « {written} » disent la même chose.",
            "Gardez-en une.",
            colonne=written,
            feuille=tableau.feuille,
        )
    )


def required(politique: Politique) -> tuple[str, ...]:
    """The columns that every file has; a policy that declares no sector asks for none."""
    return tuple(h for h in OBLIGATOIRES if h != "secteurs" or politique.secteurs)


def _missing(politique: Politique, taken: dict[str, str], tableau: Tableau, registre: Registre) -> None:
    for heading in required(politique):
        if heading not in taken:
            registre.add(
                Constat(
                    "CAQ603",
                    f"La colonne « {heading} » est absente.",
                    _remede(tableau.entetes),
                    feuille=tableau.feuille,
                )
            )


def _remede(entetes: Sequence[str]) -> str:
    if len(entetes) == 1:
        return "Le fichier n'a qu'une colonne : séparez les cellules par des points-virgules."
    return "La première ligne donne les en-têtes : finess, exercice, secteurs, puis les critères et les données."


def _ignored(ignored: list[str], tableau: Tableau) -> Constat:
    listed = ", ".join(f"« {abridge(h)} »" for h in ignored[:20])
    more = f" et {len(ignored) - 20} autres" if len(ignored) > 20 else ""
    what = (
        f"La colonne {listed} n'est pas lue : la politique ne l'attend pas."
        if len(ignored) == 1
        else f"Les colonnes {listed}{more} ne sont pas lues : la politique ne les attend pas."
    )
    return Constat("CAQ617", what, feuille=tableau.feuille)
