"""What `comparer -f json` publishes: its models, which give docs/schemas/comparer.schema.json.

Numbers are texts, so that no reader rounds them: taux as a ratio (« 0.53 »), amounts in euros (« 120.50 »), « 1/3 »
where there are no finite decimals. None is undetermined, never zero.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from pydantic import BaseModel, ConfigDict, Field

from caqes_dsl.base.quantities import Genre, machine_number
from caqes_dsl.base.source import Span
from caqes_dsl.compare import impact_shapes as shapes
from caqes_dsl.compare.changes import Changement
from caqes_dsl.documents.changements import Redaction
from caqes_dsl.model.nodes import Politique

SCHEMA = "caqes-comparer-1"


class Modele(BaseModel):
    """Part of the published schema."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Version(Modele):
    """One side."""

    nom: str
    titre: str
    region: str
    exercice: int | None
    statut: str
    empreinte: str
    empreinte_sens: str


class Place(Modele):
    """A file and a line."""

    fichier: str
    ligne: int


class ChangementPublie(Modele):
    """A change. `sorte` is its kind (« Seuils »), `genre` what it bears on (« critère »); `phrase` says it.

    `numero` is its rank in the list, by which `Effet.changements` names it.
    """

    numero: int
    sorte: str
    genre: str
    nom: str
    titre: str
    volet: str
    chapitre: str
    phrase: str
    avant: str
    apres: str
    place_ancienne: Place | None
    place_nouvelle: Place | None
    source_ancienne: str
    source_nouvelle: str
    consequence: bool


class Cote(Modele):
    """One evaluation: the scores and whether the targets are reached, by périmètre; the amounts by decision."""

    statut: str
    scores: dict[str, str | None]
    atteintes: dict[str, bool | None]
    montants: dict[str, str | None]
    charge: str | None
    faveur: str | None


class Ecart(Modele):
    """A move from last year, and its two parts."""

    total: str | None
    regles: str | None
    etablissement: str | None


class LigneConstante(Modele):
    """Last year's answers under both versions, and the moves since then."""

    exercice: int
    ancien: Cote
    nouveau: Cote
    scores: dict[str, Ecart]
    charge: Ecart
    faveur: Ecart


class Etablissement(Modele):
    """One establishment under both versions, on the same answers."""

    finess: str
    raison_sociale: str
    secteurs: tuple[str, ...]
    ancien: Cote
    nouveau: Cote
    scores: dict[str, str | None]
    montants: dict[str, str | None]
    charge: str | None
    faveur: str | None
    criteres: tuple[str, ...]
    grille_constante: LigneConstante | None


class Somme(Modele):
    """Euros over the establishments determined on both sides, and how many are not."""

    ancien: str
    nouveau: str
    ecart: str
    compares: int
    indetermines: int


class Groupe(Modele):
    """Totals of a group."""

    sorte: str
    nom: str
    titre: str
    effectif: int
    charge: Somme
    faveur: Somme
    montants: dict[str, Somme]


class Passage(Modele):
    """An establishment that crosses a target."""

    finess: str
    perimetre: str
    monte: bool


class Mouvement(Modele):
    """Moves of scores, decisions and sums."""

    scores: dict[str, str | None]
    montants: dict[str, str | None]
    charge: str | None
    faveur: str | None


class Effet(Modele):
    """What changes do alone. `changements` and `apres` are numbers of changes; `etablissements` by FINESS."""

    changements: tuple[int, ...]
    apres: tuple[int, ...]
    total: Mouvement
    etablissements: dict[str, Mouvement]


class Attribution(Modele):
    """`total` = the effects' totals + `interaction` + `non_attribue`."""

    effets: tuple[Effet, ...]
    interaction: Mouvement
    non_attribue: Mouvement
    total: Mouvement


class Impact(Modele):
    """What the change does to a cohort."""

    exercice: int | None
    ecartes: int
    etablissements: tuple[Etablissement, ...]
    ensemble: Groupe
    secteurs: tuple[Groupe, ...]
    tailles: tuple[Groupe, ...]
    passages: tuple[Passage, ...]
    attribution: Attribution


class Comparaison(Modele):
    """The whole."""

    schema_: str = Field(alias="schema")
    ancienne: Version
    nouvelle: Version
    changements: tuple[ChangementPublie, ...]
    impact: Impact | None


def compared(
    ancienne: Politique,
    nouvelle: Politique,
    changements: Sequence[Changement],
    impact: shapes.Impact | None = None,
) -> dict[str, object]:
    """The comparison as plain data, at the published schema."""
    writer = Redaction(ancienne, nouvelle, changements)
    numbers = {id(c): i for i, c in enumerate(changements, 1)}
    whole = Comparaison(
        schema_=SCHEMA,
        ancienne=_version(ancienne),
        nouvelle=_version(nouvelle),
        changements=tuple(_change(i, c, writer) for i, c in enumerate(changements, 1)),
        impact=_impact(impact, numbers) if impact is not None else None,
    )
    return whole.model_dump(mode="json", by_alias=True)


def compared_schema() -> dict[str, object]:
    """The JSON schema of `compared`."""
    schema = Comparaison.model_json_schema(by_alias=True)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": SCHEMA, **schema}


def _version(politique: Politique) -> Version:
    return Version(
        nom=politique.nom,
        titre=politique.titre,
        region=politique.region,
        exercice=politique.exercice,
        statut="projet" if politique.est_projet else "adopté",
        empreinte=politique.empreinte,
        empreinte_sens=politique.empreinte_sens,
    )


def _place(span: Span | None) -> Place | None:
    return Place(fichier=span.source.nom, ligne=span.ligne) if span is not None else None


def _change(number: int, changement: Changement, writer: Redaction) -> ChangementPublie:
    dit = writer.say(changement)
    return ChangementPublie(
        numero=number,
        sorte=type(changement).__name__,
        genre=changement.genre,
        nom=changement.nom,
        titre=changement.titre,
        volet=changement.volet,
        chapitre=changement.chapitre,
        phrase=dit.entier,
        avant=dit.avant,
        apres=dit.apres,
        place_ancienne=_place(changement.place_ancienne),
        place_nouvelle=_place(changement.place_nouvelle),
        source_ancienne=changement.source_ancienne,
        source_nouvelle=changement.source_nouvelle,
        consequence=changement.est_consequence,
    )


# ---------------------------------------------------------------- impact


def _taux(value: Fraction | None) -> str | None:
    return None if value is None else machine_number(value, Genre.TAUX)


def _euros(value: Fraction | None) -> str | None:
    return None if value is None else machine_number(value, Genre.MONTANT)


def _sure(value: Fraction) -> str:
    return machine_number(value, Genre.MONTANT)


def _impact(impact: shapes.Impact, numbers: Mapping[int, int]) -> Impact:
    attribution = impact.attribution
    return Impact(
        exercice=impact.exercice,
        ecartes=impact.ecartes,
        etablissements=tuple(_line(one) for one in impact.lignes),
        ensemble=_group(impact.ensemble),
        secteurs=tuple(_group(g) for g in impact.secteurs),
        tailles=tuple(_group(g) for g in impact.tailles),
        passages=tuple(Passage(finess=p.finess, perimetre=p.perimetre, monte=p.monte) for p in impact.passages),
        attribution=Attribution(
            effets=tuple(
                Effet(
                    changements=tuple(numbers[id(c)] for c in e.changements),
                    apres=tuple(numbers[id(c)] for c in e.apres),
                    total=_move(e.total),
                    etablissements={finess: _move(m) for finess, m in e.lignes.items()},
                )
                for e in attribution.effets
            ),
            interaction=_move(attribution.interaction_totale),
            non_attribue=_move(attribution.non_attribue),
            total=_move(attribution.total),
        ),
    )


def _move(move: shapes.Mouvement | shapes.TotalAttribue) -> Mouvement:
    return Mouvement(
        scores={k: _taux(v) for k, v in move.scores.items()},
        montants={k: _euros(v) for k, v in move.montants.items()},
        charge=_euros(move.charge),
        faveur=_euros(move.faveur),
    )


def _side(bilan: shapes.Bilan) -> Cote:
    return Cote(
        statut=bilan.statut,
        scores={k: _taux(s.score) for k, s in bilan.scores.items()},
        atteintes=dict(bilan.atteintes),
        montants={k: _euros(m.valeur) for k, m in bilan.montants.items()},
        charge=_euros(bilan.charge.valeur),
        faveur=_euros(bilan.faveur.valeur),
    )


def _line(line: shapes.Ligne) -> Etablissement:
    constant = line.grille_constante
    return Etablissement(
        finess=line.finess,
        raison_sociale=line.raison_sociale,
        secteurs=line.secteurs,
        ancien=_side(line.ancien),
        nouveau=_side(line.nouveau),
        scores={k: _taux(v) for k, v in line.scores.items()},
        montants={k: _euros(v) for k, v in line.montants.items()},
        charge=_euros(line.charge),
        faveur=_euros(line.faveur),
        criteres=tuple(c.nom for c in line.criteres),
        grille_constante=None
        if constant is None
        else LigneConstante(
            exercice=constant.exercice,
            ancien=_side(constant.ancien),
            nouveau=_side(constant.nouveau),
            scores={k: _gap(e, Genre.TAUX) for k, e in constant.scores.items()},
            charge=_gap(constant.charge, Genre.MONTANT),
            faveur=_gap(constant.faveur, Genre.MONTANT),
        ),
    )


def _gap(ecart: shapes.Ecart, genre: Genre) -> Ecart:
    parts = (ecart.total, ecart.regles, ecart.etablissement)
    total, rules, own = (None if p is None else machine_number(p, genre) for p in parts)
    return Ecart(total=total, regles=rules, etablissement=own)


def _sum(total: shapes.TotalMontant) -> Somme:
    return Somme(
        ancien=_sure(total.ancien),
        nouveau=_sure(total.nouveau),
        ecart=_sure(total.ecart),
        compares=total.compares,
        indetermines=total.indetermines,
    )


def _group(groupe: shapes.Groupe) -> Groupe:
    return Groupe(
        sorte=groupe.sorte,
        nom=groupe.nom,
        titre=groupe.titre,
        effectif=groupe.effectif,
        charge=_sum(groupe.charge),
        faveur=_sum(groupe.faveur),
        montants={k: _sum(v) for k, v in groupe.montants.items()},
    )
