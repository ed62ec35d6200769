"""Each amount proposed for decision and each document due: the condition, the operations, the facts."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from caqes_dsl.base.quantities import Genre
from caqes_dsl.documents import phrases
from caqes_dsl.documents.explication_criteres import CriteresExpliques
from caqes_dsl.documents.explication_etapes import OPEN, Etapes
from caqes_dsl.documents.explication_partage import sharing
from caqes_dsl.documents.explication_shapes import DecisionExpliquee, EtapeVue, NatureExpliquee
from caqes_dsl.documents.indicateurs import reserved_to
from caqes_dsl.documents.lectures import read_behind
from caqes_dsl.documents.manquants import lacking
from caqes_dsl.documents.natures import by_nature, nature_of
from caqes_dsl.documents.notes import Notes
from caqes_dsl.documents.operations import Operations, euros
from caqes_dsl.documents.typography import capital
from caqes_dsl.documents.words import quoted, value_in_words
from caqes_dsl.evaluation.decisions import has_object
from caqes_dsl.evaluation.trace import Etape, Resultat, ResultatDecision
from caqes_dsl.model.nodes import Cle, Decision


class DecisionsExpliquees:
    """Writes the decisions and the documents due of one result."""

    def __init__(self, resultat: Resultat, criteres: CriteresExpliques, etapes: Etapes, notes: Notes) -> None:
        self.resultat, self.criteres, self.etapes, self.notes = resultat, criteres, etapes, notes
        self.politique, self.interprete = resultat.politique, criteres.interprete
        self.operations: Operations = criteres.operations

    # ------------------------------------------------------------ decisions

    def natures(self) -> Iterator[NatureExpliquee]:
        """Every decision of the policy, by nature."""
        for i, (nature, found) in enumerate(by_nature(self.politique)):
            explained = tuple(self._decision(d, self.resultat.decisions[d.nom]) for d in found)
            yield NatureExpliquee(f"decisions-{i + 1}" if i else "decisions", nature.titre, nature.regle, explained)

    def _decision(self, decision: Decision, found: ResultatDecision) -> DecisionExpliquee:
        counted = found.certitude != "impossible"
        amounts = (decision.montant, decision.plafond, decision.plancher, decision.au_prorata)
        roots = [decision.condition, *(amounts if counted else ())]
        introduction, clauses = self.etapes.clauses(decision.condition)
        steps = list(self.etapes.steps(roots))
        if counted:
            steps += self.closing(decision)
        return DecisionExpliquee(
            f"decision-{decision.nom}",
            decision.titre or decision.nom,
            self.amount(found),
            self.sentence(found),
            introduction,
            clauses,
            tuple(steps),
            tuple(self.criteres.facts(*read_behind(self.interprete, *roots))),
            tuple(self._after(found)),
            self.notes.mark(decision.source),
        )

    def closing(self, decision: Decision) -> Iterator[EtapeVue]:
        """The last operations of a decision: its amount, or how the sum is shared."""
        found = self.resultat.decisions[decision.nom]
        if decision.au_prorata is not None:
            yield from sharing(decision, found, self.interprete, self.operations)
        else:
            yield self._amount(decision, found)

    def amount(self, found: ResultatDecision) -> str:
        """The amount in one line, or its bounds."""
        if found.montant is not None:
            return euros(found.montant)
        if found.montant_min is not None and found.montant_max is not None:
            if found.montant_min == found.montant_max:
                return euros(found.montant_max)
            return f"entre {euros(found.montant_min)} et {euros(found.montant_max)}"
        return f"au moins {euros(found.montant_min)}" if found.montant_min else "non chiffrable"

    def sentence(self, found: ResultatDecision) -> str:
        """Whether it is certain, impossible or open, and why."""
        decision = self.politique.decisions[found.nom]
        nature, envelope = nature_of(decision), decision.au_prorata is not None
        if found.certitude == "impossible":
            return self._nothing(decision, nature.aucun)
        met = "La condition est remplie" if decision.condition is not None else "Sans condition"
        if found.certitude == "certain":
            if found.montant == 0:
                return f"{met}, mais {'la part est nulle' if envelope else 'le montant est nul'}."
            return f"{met} : {euros(found.montant or Fraction(0))}, {nature.propose}."
        missing = lacking(found.manquants, self.politique)
        what = "la part ne peut pas être arrêtée" if envelope else "le montant ne peut pas être arrêté"
        if found.condition is True and decision.condition is None:
            return f"{capital(what)} : il manque {missing}."
        if found.condition is True:
            return f"{met}, mais {what} : il manque {missing}."
        asked = {"intéressement": "un montant est proposé", "enveloppe": "une part est proposée"}
        which = asked.get(decision.nature, "un montant est encouru")
        return f"On ne peut pas encore dire si {which} : il manque {missing}."

    def _nothing(self, decision: Decision, nothing: str) -> str:
        """Why there is no amount."""
        closed = self.closed(decision.volet)
        if closed:
            return f"Sans objet : {closed}, {nothing}."
        if has_object(self.interprete, decision).valeur is False:
            return f"Sans objet : aucun critère n'est applicable, {nothing}."
        condition = self.interprete.eval(decision.condition) if decision.condition is not None else None
        if condition is not None and condition.valeur is False:
            return f"{capital(nothing)} : la condition n'est pas remplie."
        if not any(step.manquants for step in self.resultat.decisions[decision.nom].etapes):
            return f"Sans objet : ce dont dépend ce montant est lui-même sans objet, {nothing}."
        return f"{capital(nothing)}, quoi que vaille ce qui manque."

    def closed(self, volet: str) -> str:
        """Why a volet does not apply to the establishment; nothing when it does, or may."""
        titre = self.politique.volets.get(volet)
        if titre is None or titre.reserve is None or self.interprete.value(Cle("réserve", volet)).valeur is not False:
            return ""
        whom = reserved_to(titre.reserve, self.politique)
        return f"le volet {quoted(titre.titre or volet)} est réservé aux {whom}, dont celui-ci ne fait pas partie"

    def _amount(self, decision: Decision, found: ResultatDecision) -> EtapeVue:
        """The last operation: the amount, its bounds, its rounding."""
        said = [self.operations.full(decision.montant)]
        for label, noeud in (("plancher", decision.plancher), ("plafond", decision.plafond)):
            if noeud is not None:
                said.append(f"{label} : {self.operations.full(noeud)}")
        step = value_in_words(decision.arrondi, Genre.MONTANT, self.politique)
        if found.avant_arrondi is not None and found.avant_arrondi != found.montant:
            said.append(f"d'où {self.amount(found)}, à {step} près")
        rule = f"{capital(phrases.describe(decision.montant, self.politique))}, arrondi à {step} près"
        return EtapeVue(nature_of(decision).montant, rule, " ; ".join(said), self.amount(found), ())

    def _after(self, found: ResultatDecision) -> Iterator[str]:
        """The amount retained after hearing, beside the amount at stake."""
        if found.retenu is None:
            return
        why = f" Motif : {found.motif_retenu}" if found.motif_retenu else ""
        yield f"Montant retenu après observations : {euros(found.retenu)}.{why}"
        nature = nature_of(self.politique.decisions[found.nom])
        the = "La" if nature.montant.startswith("Part") else "Le"
        name = f"{nature.montant[:1].lower()}{nature.montant[1:]}"
        yield f"{the} {name} reste {self.amount(found)} : l'un ne remplace pas l'autre."

    # ------------------------------------------------------------ documents due

    def pieces(self) -> Iterator[DecisionExpliquee]:
        """Every document that may be due."""
        for nom, piece in self.politique.pieces.items():
            found = self.resultat.pieces[nom]
            introduction, clauses = self.etapes.clauses(piece.condition)
            yield DecisionExpliquee(
                f"piece-{nom}",
                piece.titre or nom,
                self.due(found),
                self._due_sentence(found),
                introduction,
                clauses,
                tuple(self.etapes.steps([piece.condition])),
                tuple(self.criteres.facts(*read_behind(self.interprete, piece.condition))),
                (),
                self.notes.mark(piece.source),
            )

    @staticmethod
    def due(found: Etape) -> str:
        """« à joindre », « non exigée », « on ne peut pas encore le dire »."""
        if found.valeur is None:
            return OPEN if found.manquants else "sans objet"
        return "à joindre" if found.valeur else "non exigée"

    def _due_sentence(self, found: Etape) -> str:
        if found.valeur is None and found.manquants:
            missing = lacking(found.manquants, self.politique)
            return f"On ne peut pas encore dire si cette pièce est due : il manque {missing}."
        if found.valeur is None:
            return "Sans objet : ce dont dépend cette pièce est lui-même sans objet pour l'établissement."
        return (
            "La condition est remplie : la pièce est à joindre." if found.valeur else "La condition n'est pas remplie."
        )
