"""Each criterion of one establishment in a sentence, with its rule, its facts and their source; what was left out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

from caqes_dsl.base.quantities import Genre
from caqes_dsl.documents import phrases, rows
from caqes_dsl.documents.criteria import points
from caqes_dsl.documents.explication_shapes import (
    ChapitreExplique,
    CritereExplique,
    FaitVue,
    GroupeVue,
    ObjectifExplique,
)
from caqes_dsl.documents.lectures import read_behind
from caqes_dsl.documents.manquants import missing_in_words
from caqes_dsl.documents.notes import Notes
from caqes_dsl.documents.operations import NON_TRANSMIS, Operations, points_only
from caqes_dsl.documents.origines import origin
from caqes_dsl.documents.shapes import LigneVue
from caqes_dsl.documents.typography import capital, listing, long_date
from caqes_dsl.documents.words import criterion_number, level_label, neutral_label, of_year, quoted, sector_label
from caqes_dsl.evaluation.explain import Interpreteur
from caqes_dsl.evaluation.facts import Etablissement
from caqes_dsl.evaluation.missing import recorded_column
from caqes_dsl.evaluation.trace import Resultat, ResultatCritere, SousScore
from caqes_dsl.model.nodes import Constante, Fait, Lineaire, Reference, Titre

_ETATS = {Fraction(0): "nul", Fraction(1): "plein"}


class CriteresExpliques:
    """Writes the criteria of one result."""

    def __init__(self, resultat: Resultat, interprete: Interpreteur, notes: Notes) -> None:
        self.resultat, self.interprete, self.notes = resultat, interprete, notes
        self.politique, self.etablissement = resultat.politique, resultat.etablissement
        self.operations = Operations(interprete)

    # ------------------------------------------------------------ headings

    def chapitres(self) -> Iterator[ChapitreExplique]:
        """Every chapitre with a criterion that concerns the establishment."""
        concerned = [r for r in self.resultat.criteres.values() if r.statut != "hors_secteur"]
        places = dict.fromkeys((r.critere.volet, r.critere.chapitre) for r in concerned)
        for volet, nom in places:
            kept = [r for r in concerned if (r.critere.volet, r.critere.chapitre) == (volet, nom)]
            titre = self.politique.chapitres.get(nom)
            heading = self.politique.volets.get(volet) if len(self.politique.volets) > 1 else None
            yield ChapitreExplique(
                f"chapitre-{nom}" if titre else f"autres-criteres-{volet}" if heading else "autres-criteres",
                titre.article if titre else "",
                titre.titre if titre else "Critères",
                heading.titre if heading else "",
                self.total(self.resultat.scores.get(nom), kept),
                tuple(self._objectifs(kept)),
                self.notes.mark(titre.source) if titre else (),
            )

    def _objectifs(self, results: list[ResultatCritere]) -> Iterator[ObjectifExplique]:
        for nom in dict.fromkeys(r.critere.objectif for r in results):
            kept = [r for r in results if r.critere.objectif == nom]
            titre: Titre | None = self.politique.objectifs.get(nom)
            yield ObjectifExplique(
                titre.titre if titre else "",
                self.total(self.resultat.scores.get(nom), kept) if titre else "",
                tuple(self.critere(r) for r in kept),
            )

    def heading_total(self, nom: str) -> str:
        """The same for a heading by its name, or for the whole."""
        under = [r for r in self.resultat.criteres.values() if not nom or nom in _headings(r)]
        return self.total(self.interprete.sous_score(nom), under)

    def total(self, sous: SousScore | None, results: list[ResultatCritere]) -> str:
        """« 40 points sur 47, soit 85 % »."""
        if sous is None:
            return ""
        if sous.points_applicables == 0:
            return "Sans objet : aucun critère ne compte ici"
        if sous.points is not None and sous.points_applicables is not None:
            score = "" if sous.score is None else f", soit {self.operations.shown(sous.score, Genre.TAUX)}"
            return f"{points(sous.points)} sur {points_only(sous.points_applicables)}{score}"
        known = sum((r.points for r in results if r.points is not None), Fraction(0))
        if sous.score_min is None or sous.score_max is None:
            return f"{points(known)} acquis ; total indéterminé"
        bounds = self.operations.between(sous.score_min, sous.score_max, Genre.TAUX)
        return f"{points(known)} acquis ; {bounds} selon ce qui manque"

    # ------------------------------------------------------------ one criterion

    def critere(self, result: ResultatCritere) -> CritereExplique:
        """A criterion, ready to print."""
        critere = result.critere
        return CritereExplique(
            anchor(result, self.interprete),
            criterion_number(critere, self.politique),
            critere.titre or critere.nom,
            "indetermine" if result.statut == "indetermine" else
            "neutre" if result.statut == "neutre" else _ETATS.get(result.part or Fraction(0), "partiel"),
            self.outcome(result),
            self.points(result),
            self.sentence(result),
            (*self._details(result), *origin(self.politique, critere.nom, critere.span)),
            tuple(self.facts(*self._read(result))),
            self.notes.mark(critere.source),
        )  # fmt: skip

    def outcome(self, result: ResultatCritere) -> str:
        """The result in two words: a label, a share, or that it is not known."""
        if result.statut == "indetermine":
            return "Indéterminé"
        if result.statut == "neutre":
            return level_label(result.niveau or "NC", self.politique)
        if result.niveau is not None:
            return level_label(result.niveau, self.politique)
        return f"{self.operations.shown(result.part, Genre.TAUX)} des points"

    def points(self, result: ResultatCritere) -> str:
        """« 1 point sur 2 », « ne compte pas », « de 0 à 2 points »."""
        if result.statut == "neutre":
            return "ne compte pas"
        if result.statut == "indetermine":
            possible = self.interprete.possibles.criterion(result.critere.nom)
            if possible.part_min is None or possible.part_max is None:
                return f"sur {points_only(result.poids)}"
            low, high = (result.poids * p for p in (possible.part_min, possible.part_max))
            neutral = ", ou ne compte pas" if possible.peut_etre_neutre else ""
            return f"{self.operations.between(low, high, Genre.POINTS)} sur {points_only(result.poids)}{neutral}"
        return f"{points(result.points or Fraction(0))} sur {points_only(result.poids)}"

    def sentence(self, result: ResultatCritere) -> str:
        """Why this result, in one sentence."""
        out = quoted(neutral_label(self.politique))
        match result.origine:
            case "nc_office":
                assert result.critere.nc_office is not None
                why = phrases.condition(result.critere.nc_office, self.politique)
                return f"{out} de plein droit, car {why}. Le critère sort du total des points applicables."
            case "nc_justification":
                why = f"motif donné : {quoted(result.motif)}" if result.motif else "sans motif transmis"
                return f"Déclaré {out} par l'établissement, {why}. Le critère sort du total des points applicables."
            case "sans_objet":
                return f"{out} : ce que ce critère mesure est lui-même sans objet pour l'établissement."
            case "sans_reponse":
                return self._unanswered(result)
            case "reponse":
                if result.part is None:
                    return "Réponse de l'établissement, qui sort le critère du total des points applicables."
                share = self.operations.shown(result.part, Genre.TAUX)
                given = f" ; elle donne {share} des points" if 0 < result.part < 1 else ""
                return f"Réponse de l'établissement{given}."
        if result.statut == "indetermine":
            lacking = listing([self.missing(key) for key in result.manquants])
            return f"Il manque {lacking}. Ce n'est pas compté comme zéro : le résultat reste indéterminé."
        return self._measured(result)

    def _unanswered(self, result: ResultatCritere) -> str:
        label = quoted(level_label(result.niveau or "", self.politique))
        if result.critere.mesure is None and result.critere.table is None:
            return f"Aucune réponse transmise : la politique la compte {label}."
        lacking = listing([self.missing(key) for key in result.manquants])
        return f"Il manque {lacking} : la politique compte alors {label}."

    def _measured(self, result: ResultatCritere) -> str:
        critere, table = result.critere, self.interprete.table_of(result.critere)
        operation = self.operations.full(critere.mesure) if critere.mesure is not None else ""
        label = self.outcome(result)
        if table is None:
            return f"{operation}, soit cette part des points."
        if result.rang is None:
            return f"{operation} : {label}."
        cases, _ = rows.describe_row(result.rang, table, self.politique)
        if critere.mesure is None or len(cases) > 1:
            values = (self.operations.value(n) for n in table.selon)
            operation = " ; ".join(values)
        given = f"{label}, en proportion" if isinstance(result.rang.effet, Lineaire) else label
        return f"{operation} : {_row_words(cases)}, donc {given}."

    def _details(self, result: ResultatCritere) -> Iterator[LigneVue]:
        """The rule; then, where points are lost, what would help."""
        critere, table = result.critere, self.interprete.table_of(result.critere)
        if critere.mesure is not None:
            yield LigneVue("Mesure", capital(phrases.describe(critere.mesure, self.politique)))
        if table is not None:
            rules = []
            for rang in table.rangs:
                cases, effect = rows.describe_row(rang, table, self.politique)
                rules.append(f"{' et '.join(cases)} : {effect}")
            yield LigneVue("Seuils", " · ".join(rules))
        if critere.nc_office is not None and result.statut == "indetermine":
            why = phrases.condition(critere.nc_office, self.politique)
            yield LigneVue(neutral_label(self.politique), f"de plein droit quand {why}")
        if result.statut == "evalue" and result.part == 1:
            return
        variante = next((v for v in critere.variantes if set(self._here(result)) <= set(v.secteurs)), None)
        for label, text in (
            ("Aide", variante.guide if variante and variante.guide else critere.guide),
            ("Justificatif", variante.preuve if variante and variante.preuve else critere.preuve),
            ("Échéance", long_date(critere.echeance) if critere.echeance else ""),
        ):
            if text and result.statut != "neutre":
                yield LigneVue(label, text)

    def _here(self, result: ResultatCritere) -> list[str]:
        return [s for s in result.critere.secteurs if s in self.etablissement.secteurs]

    # ------------------------------------------------------------ facts

    def _read(self, result: ResultatCritere) -> list[Fait | Reference | Constante]:
        critere, table = result.critere, self.interprete.table_of(result.critere)
        if result.origine == "nc_office":
            return list(read_behind(self.interprete, critere.nc_office))
        return list(read_behind(self.interprete, critere.mesure, *(table.selon if table else ()), critere.nc_office))

    def facts(self, *read: Fait | Reference | Constante) -> Iterator[FaitVue]:
        """Facts and paramètres with their value and where it comes from."""
        for noeud in read:
            if isinstance(noeud, Constante):
                yield self._parameter(noeud)
                continue
            valeur = self.interprete.eval(noeud).valeur
            transmitted = self.transmitted(noeud)
            said = self.operations.shown(valeur, noeud.genre)
            if not transmitted and valeur is not None:
                said = f"{NON_TRANSMIS}, compté {said} à défaut"
            yield FaitVue(self._name(noeud), said, self.provenance(noeud) if transmitted else "")

    def _name(self, noeud: Fait | Reference) -> str:
        """The title of a fact, with its year when it is not that of the exercise."""
        if not isinstance(noeud, Fait):
            return capital(missing_in_words(recorded_key(noeud, self.interprete.exercice), self.politique)[3:])
        donnee = self.politique.donnees[noeud.nom]
        return of_year(donnee.titre or donnee.nom, self.politique, noeud.recul)

    def _parameter(self, noeud: Constante) -> FaitVue:
        parametre = self.politique.parametres[noeud.nom]
        held = next((v for v in parametre.valeurs if v.valeur == noeud.valeur), None)
        dated = parametre.en_vigueur if parametre.en_vigueur and parametre.en_vigueur.valeur == noeud.valeur else held
        where = [f"à compter du {long_date(dated.a_compter_du)}", dated.source] if dated else [parametre.source]
        said = self.operations.shown(noeud.valeur, noeud.genre)
        return FaitVue(parametre.titre or parametre.nom, said, " ; ".join(w for w in where if w))

    def transmitted(self, noeud: Fait | Reference) -> bool:
        """Whether the establishment's file holds this fact."""
        there = self._file_of(noeud)
        if isinstance(noeud, Fait):
            return there is not None and noeud.nom in there.faits
        return there is not None and recorded_column(noeud.cle.sorte, noeud.cle.nom) in there.enregistres

    def provenance(self, noeud: Fait | Reference) -> str:
        """The source said with the fact, else the file and the line."""
        there = self._file_of(noeud)
        if there is None:
            return ""
        nom = noeud.nom if isinstance(noeud, Fait) else recorded_column(noeud.cle.sorte, noeud.cle.nom)
        said, where = there.provenances.get(nom, ""), place(there)
        return f"{said} ({where})" if said and where else said or where

    def _file_of(self, noeud: Fait | Reference) -> Etablissement | None:
        if not noeud.recul:
            return self.etablissement
        exercice = self.interprete.exercice
        return self.etablissement.passes.get(exercice - noeud.recul) if exercice is not None else None

    def missing(self, key: str) -> str:
        """What is missing, in words."""
        return missing_in_words(key, self.politique)

    # ------------------------------------------------------------ what was left out

    def left_out(self) -> Iterator[GroupeVue]:
        """What did not count, by reason."""
        results = list(self.resultat.criteres.values())
        out = neutral_label(self.politique)
        for origines, titre, raison in (
            (("nc_office", "sans_objet"), f"{out} de plein droit", "La politique écarte elle-même ces critères."),
            (("nc_justification",), f"{out}, déclaré par l'établissement", "À la demande de l'établissement."),
            (("reponse",), "Réponse qui ne compte pas", "Cette réponse sort le critère du calcul."),
        ):
            kept = [r for r in results if r.statut == "neutre" and r.origine in origines]
            if kept:
                yield GroupeVue(titre, raison, tuple(self._line(r, self._reason(r)) for r in kept))
        yield from self._reserved([r for r in results if r.origine == "reserve"])
        yield from self._elsewhere([r for r in results if r.statut == "hors_secteur" and r.origine != "reserve"])

    def _reserved(self, results: list[ResultatCritere]) -> Iterator[GroupeVue]:
        """Criteria of volets that are closed to the establishment, by volet."""
        for nom in dict.fromkeys(r.critere.volet for r in results):
            volet = self.politique.volets[nom]
            assert volet.reserve is not None
            yield GroupeVue(
                f"Volet réservé : {volet.titre or nom}",
                f"Ce volet s'applique aux {phrases.establishments(volet.reserve, self.politique)}, "
                "dont celui-ci ne fait pas partie.",
                tuple(self._line(r, "") for r in results if r.critere.volet == nom),
            )

    def _elsewhere(self, results: list[ResultatCritere]) -> Iterator[GroupeVue]:
        """Criteria of activities that the establishment does not have, by activities."""
        secteurs = self.politique.secteurs.values()
        held = listing([sector_label(s) for s in secteurs if s.nom in self.etablissement.secteurs]) or "aucune déclarée"
        for names in dict.fromkeys(r.critere.secteurs for r in results):
            where = listing([sector_label(s) for s in secteurs if s.nom in names])
            yield GroupeVue(
                f"Évalué seulement en {where}",
                f"Activités de l'établissement : {held}.",
                tuple(self._line(r, "") for r in results if r.critere.secteurs == names),
            )

    def _line(self, result: ResultatCritere, text: str) -> LigneVue:
        critere = result.critere
        return LigneVue(criterion_number(critere, self.politique), critere.titre or critere.nom, (), text)

    def _reason(self, result: ResultatCritere) -> str:
        if result.origine == "nc_office" and result.critere.nc_office is not None:
            return capital(phrases.condition(result.critere.nc_office, self.politique))
        if result.origine == "nc_justification":
            return f"Motif : {result.motif}" if result.motif else "Sans motif transmis"
        return "Ce qu'il mesure est sans objet" if result.origine == "sans_objet" else self.outcome(result)


def _headings(result: ResultatCritere) -> tuple[str, str, str]:
    return result.critere.volet, result.critere.chapitre, result.critere.objectif


def anchor(result: ResultatCritere, interprete: Interpreteur) -> str:
    """The anchor of a criterion in the page."""
    return "critere-" + criterion_number(result.critere, interprete.politique).replace(" ", "-")


def place(etablissement: Etablissement) -> str:
    """The file and the line, without the folders of whoever ran the program."""
    return re.split(r"[/\\\\]", etablissement.lieu)[-1]


def _row_words(cases: tuple[str, ...]) -> str:
    return " et ".join(f"« {case} »" for case in cases)


def recorded_key(noeud: Reference, exercice: int | None) -> str:
    """The key of a recorded result."""
    column = recorded_column(noeud.cle.sorte, noeud.cle.nom)
    return f"{column} ({exercice - noeud.recul})" if exercice is not None else f"{column} (N-{noeud.recul})"
