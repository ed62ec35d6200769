"""Each indicateur of one establishment, and to whom the volets are reserved: what comes out, and why."""

from __future__ import annotations

from collections.abc import Iterator

from caqes_dsl.documents.explication_criteres import CriteresExpliques
from caqes_dsl.documents.explication_decisions import DecisionsExpliquees
from caqes_dsl.documents.explication_etapes import OPEN, Etapes
from caqes_dsl.documents.explication_shapes import DecisionExpliquee
from caqes_dsl.documents.indicateurs import reserved_to, target
from caqes_dsl.documents.lectures import read_behind
from caqes_dsl.documents.manquants import lacking
from caqes_dsl.documents.notes import Notes
from caqes_dsl.documents.typography import listing
from caqes_dsl.documents.words import sector_label
from caqes_dsl.evaluation.summary import reaching
from caqes_dsl.evaluation.trace import Etape, Resultat, ResultatIndicateur
from caqes_dsl.model.nodes import Cle, Indicateur, Noeud, Reference, Titre

RESULTATS = {
    "atteint": "Cible atteinte",
    "non atteint": "Cible non atteinte",
    "indéterminé": "Indéterminé",
    "sans objet": "Sans objet",
}


class IndicateursExpliques:
    """Writes the indicateurs and the reserved volets of one result."""

    def __init__(
        self,
        resultat: Resultat,
        criteres: CriteresExpliques,
        etapes: Etapes,
        decisions: DecisionsExpliquees,
        notes: Notes,
    ) -> None:
        self.resultat, self.criteres, self.etapes, self.notes = resultat, criteres, etapes, notes
        self.politique, self.interprete, self.operations = resultat.politique, criteres.interprete, criteres.operations
        self.decisions = decisions

    # ------------------------------------------------------------ reserved volets

    def volets(self) -> Iterator[DecisionExpliquee]:
        """Whether each reserved volet applies to the establishment."""
        for volet in self.politique.volets.values():
            if volet.reserve is not None:
                yield self._volet(volet, volet.reserve, self.resultat.reserves[volet.nom])

    def _volet(self, volet: Titre, reserve: Noeud, found: Etape) -> DecisionExpliquee:
        introduction, clauses = self.etapes.clauses(reserve)
        return DecisionExpliquee(
            f"volet-{volet.nom}",
            volet.titre or volet.nom,
            self.opening(found),
            f"Ce volet s'applique aux {reserved_to(reserve, self.politique)}. {self._open_words(found)}",
            introduction,
            clauses,
            tuple(self.etapes.steps([reserve])),
            tuple(self.criteres.facts(*read_behind(self.interprete, reserve))),
            (),
            self.notes.mark(volet.source),
        )

    @staticmethod
    def opening(found: Etape) -> str:
        """« s'applique », « sans objet », « on ne peut pas encore le dire »."""
        if found.valeur is None and found.manquants:
            return OPEN
        return "s'applique" if found.valeur is True else "sans objet"

    def _open_words(self, found: Etape) -> str:
        if found.valeur is True:
            return "Il s'applique à l'établissement."
        if found.valeur is None and found.manquants:
            return f"On ne peut pas encore dire s'il s'applique à l'établissement : il manque {self._lacking(found)}."
        return "Il ne s'applique pas à l'établissement : ses critères, ses indicateurs et ses montants sont sans objet."

    def _lacking(self, *steps: Etape) -> str:
        return lacking((k for step in steps for k in step.manquants), self.politique)

    # ------------------------------------------------------------ indicateurs

    def indicateurs(self) -> Iterator[DecisionExpliquee]:
        """Every indicateur of the policy."""
        for nom, indicateur in self.politique.indicateurs.items():
            yield self._indicator(indicateur, self.resultat.indicateurs[nom])

    def outcome(self, nom: str) -> str:
        """« Cible atteinte », « Cible non atteinte », « Sans objet », « Indéterminé », or the measure alone."""
        found = self.resultat.indicateurs[nom]
        value = self.operations.shown(found.mesure.valeur, found.mesure.genre)
        return RESULTATS.get(reaching(found), value)

    def _indicator(self, indicateur: Indicateur, found: ResultatIndicateur) -> DecisionExpliquee:
        nom, out = indicateur.nom, found.statut == "sans_objet"
        asked = [Cle("atteint", nom)] if indicateur.atteint is not None else [Cle("mesure", nom)]
        roots: list[Noeud | None] = [indicateur.reserve]
        introduction, clauses = self.etapes.clauses(indicateur.reserve)
        steps = []
        if not out:
            rules = [indicateur.mesure, indicateur.cible]
            roots += rules
            steps += list(self.etapes.steps(rules))
            for cle in [*([Cle("mesure", nom)] if indicateur.atteint is not None else []), *asked]:
                steps.append(self.etapes.indicator_step(Reference(indicateur.genre, indicateur.span, cle)))
                if cle.sorte == "mesure" and indicateur.cible is not None:
                    key = Reference(indicateur.genre, indicateur.span, Cle("cible", nom))
                    steps.append(self.etapes.indicator_step(key))
        return DecisionExpliquee(
            f"indicateur-{nom}",
            indicateur.titre or nom,
            self.outcome(nom),
            self._sentence(indicateur, found),
            introduction or ("Réservé" if clauses else ""),
            clauses,
            tuple(dict.fromkeys(steps)),
            tuple(self.criteres.facts(*read_behind(self.interprete, *roots))),
            (),
            self.notes.mark(indicateur.source),
        )

    def _sentence(self, indicateur: Indicateur, found: ResultatIndicateur) -> str:
        """What the indicateur gives, in one or two sentences."""
        if found.statut == "sans_objet":
            return f"Sans objet : {self._why_without(indicateur)}."
        goal = f" Cible : {_low(target(indicateur, self.politique))}." if indicateur.cible is not None else ""
        if found.statut == "indetermine":
            missing = self._lacking(found.mesure)
            said = f"Il manque {missing}. Ce n'est pas compté comme zéro : l'indicateur reste indéterminé."
            if found.atteint is not None:
                reached = "est atteinte" if found.atteint else "n'est pas atteinte"
                said = f"Il manque {missing} ; quoi que cela vaille, la cible {reached}."
            return said + goal
        measure = self.operations.shown(found.mesure.valeur, found.mesure.genre)
        said = f"Mesure : {measure}.{goal}"
        if found.atteint is None and found.cible is not None:
            missing = self._lacking(found.cible)
            said += (
                f" On ne peut pas encore la juger : il manque {missing}." if missing else " La cible est sans objet."
            )
        return said

    def _why_without(self, indicateur: Indicateur) -> str:
        politique, here = self.politique, self.resultat.etablissement.secteurs
        if indicateur.secteurs and not set(indicateur.secteurs) & set(here):
            every = politique.secteurs.values()
            where = listing([sector_label(s) for s in every if s.nom in indicateur.secteurs])
            held = listing([sector_label(s) for s in every if s.nom in here]) or "aucune déclarée"
            return f"cet indicateur ne concerne que {where} (activités de l'établissement : {held})"
        closed = self.decisions.closed(indicateur.volet)
        if closed:
            return closed
        if indicateur.reserve is not None and self.interprete.eval(indicateur.reserve).valeur is False:
            whom = reserved_to(indicateur.reserve, politique)
            return f"cet indicateur est réservé aux {whom}, dont celui-ci ne fait pas partie"
        return "ce qu'il mesure est lui-même sans objet pour l'établissement"


def _low(text: str) -> str:
    return text[:1].lower() + text[1:]
