"""The first page of an explanation: it stands alone for a director in a hurry."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from caqes_dsl.base.quantities import Genre
from caqes_dsl.documents.criteria import points
from caqes_dsl.documents.explication_criteres import anchor
from caqes_dsl.documents.explication_decisions import PROPOSE, DecisionsExpliquees
from caqes_dsl.documents.explication_droits import MENTION, actions
from caqes_dsl.documents.explication_shapes import CouteuxVue, EssentielVue
from caqes_dsl.documents.manquants import missing_in_words
from caqes_dsl.documents.notes import Notes
from caqes_dsl.documents.operations import euros
from caqes_dsl.documents.shapes import LigneVue
from caqes_dsl.documents.typography import capital, listing
from caqes_dsl.documents.words import criterion_number, quoted
from caqes_dsl.evaluation.trace import Resultat, ResultatCritere
from caqes_dsl.model.nodes import Cle, Titre

COUTEUX = 5
"""Criteria that cost the most, on the first page."""


class Essentiel:
    """Writes the first page of one result."""

    def __init__(self, resultat: Resultat, decisions: DecisionsExpliquees, notes: Notes) -> None:
        self.resultat, self.decisions, self.notes = resultat, decisions, notes
        self.politique, self.etablissement = resultat.politique, resultat.etablissement
        self.criteres, self.interprete = decisions.criteres, decisions.interprete
        self.operations = decisions.operations

    def view(self) -> EssentielVue:
        """The first page."""
        score, target = self._bar()
        return EssentielVue(
            self._sentence(),
            any(d.certitude != "impossible" for d in self.resultat.decisions.values()),
            score,
            target,
            (*self._score_lines(), *self._consequences()),
            tuple(self._lacking()),
            self._lost_words(),
            tuple(self._costly()),
            actions(self.resultat, self.politique),
            MENTION,
        )

    # ------------------------------------------------------------ score and target

    def _sentence(self) -> str:
        """All of it in two or three sentences."""
        name, year = self.etablissement.raison_sociale or "L'établissement", self.interprete.exercice
        start = f"{name}, exercice {year}" if year else name
        if self.resultat.statut == "sans_objet":
            return f"{start} : aucun critère n'est applicable ; il n'y a ni score ni montant encouru."
        parts = [f"{start} : {self._scores()}."] if self.politique.criteres else []
        found = self.resultat.decisions.values()
        total = sum((d.montant for d in found if d.montant), Fraction(0))
        if total:
            parts.append(f"Un montant de {euros(total)} est encouru ; il est proposé au comité, rien n'est décidé.")
        open_ones = [d for d in found if d.certitude == "ouvert"]
        if len(open_ones) == 1:
            parts.append(f"Un montant peut être encouru : {self.decisions.amount(open_ones[0])}.")
        elif open_ones:
            parts.append("D'autres montants peuvent être encourus, selon ce qui n'a pas été transmis.")
        elif found and not total:
            parts.append("Aucun montant n'est encouru.")
        return " ".join(parts)

    def _scores(self) -> str:
        volets = list(self.politique.volets.values())
        if len(volets) < 2:
            return self._score("") + self._gap(volets[0].nom if volets else "", "")
        return " ; ".join(f"volet {quoted(v.titre)}, {self._score(v.nom)}{self._gap(v.nom, v.nom)}" for v in volets)

    def _score(self, nom: str) -> str:
        sous = self.interprete.sous_score(nom)
        if sous.score_min is None or sous.score_max is None:
            return "score sans objet" if sous.points_applicables == 0 else "score indéterminé"
        low, high = (self.operations.shown(s, Genre.TAUX) for s in (sous.score_min, sous.score_max))
        return f"score de {low}" if low == high else f"score entre {low} et {high} selon ce qui manque"

    def _standing(self, volet: str, nom: str) -> tuple[str, str]:
        """Where the score stands from the target, in words that follow it, and the target."""
        target = self.interprete.value(Cle("cible", volet)).valeur if volet else None
        sous = self.interprete.sous_score(nom)
        if not isinstance(target, Fraction) or sous.score_min is None or sous.score_max is None:
            return "", ""
        aim = self.operations.shown(target, Genre.TAUX)
        least, most = target - sous.score_max, target - sous.score_min
        if most <= 0:
            above = "" if least != most or most == 0 else f", {self.operations.shown(-most, Genre.ECART)} au-dessus"
            return f"atteinte{above}{'' if least == most else ' dans tous les cas'}", aim
        if least > 0:
            gap = self.operations.shown(most, Genre.ECART) if least == most else ""
            return (f"non atteinte, {gap} au-dessous" if gap else "non atteinte dans tous les cas"), aim
        return "atteinte ou non selon ce qui manque", aim

    def _gap(self, volet: str, nom: str) -> str:
        standing, aim = self._standing(volet, nom)
        return f" ; cible de {aim} {standing.removesuffix(' selon ce qui manque')}" if standing else ""

    def _score_lines(self) -> Iterator[LigneVue]:
        if not self.politique.criteres:
            return
        source = self.notes.mark(self.politique.notation.sources.get("score", ""))
        volets = list(self.politique.volets.values())
        if not volets:
            yield LigneVue("Score", self._score_line(""), source)
        for volet in volets:
            nom, after = (volet.nom, f", {volet.titre}") if len(volets) > 1 else ("", "")
            yield LigneVue(f"Score{after}", self._score_line(nom), source)
            if volet.nom in self.resultat.cibles:
                yield self._target_line(volet, nom, after)

    def _score_line(self, nom: str) -> str:
        sous = self.interprete.sous_score(nom)
        words = self.decisions.score_words(sous.points, sous.points_applicables)
        if not words:
            words = self.criteres.heading_total(nom) or capital(self._score(nom).removeprefix("score "))
            if not sous.exact and sous.score_min is not None:
                words += " (bornes sûres, peut-être plus larges qu'il n'est possible)"
        return words + "."

    def _target_line(self, volet: Titre, nom: str, after: str) -> LigneVue:
        standing, aim = self._standing(volet.nom, nom)
        if not standing:
            aim = self.operations.shown(self.interprete.value(Cle("cible", volet.nom)).valeur, Genre.TAUX)
        said = f"{aim} : {standing}{self._points_short(volet.nom, nom)}." if standing else f"{aim}."
        return LigneVue(f"Cible{after}", said, self.notes.mark(volet.cible_source))

    def _points_short(self, volet: str, nom: str) -> str:
        """How many points were lacking to reach the target, the same criteria counting."""
        sous, target = self.interprete.sous_score(nom), self.interprete.value(Cle("cible", volet)).valeur
        if sous.score is None or sous.points is None or sous.points_applicables is None:
            return ""
        if not isinstance(target, Fraction) or sous.score >= target:
            return ""
        rules = self.politique.notation
        enough = target - rules.pas / 2 if rules.mode == "arrondi" and rules.pas is not None else target
        short = enough * sous.points_applicables - sous.points
        reached = short > 0 and self.interprete.noted(enough) >= target
        return f" ; il manquait {self.operations.shown(short, Genre.POINTS)}" if reached else ""

    def _bar(self) -> tuple[str, str]:
        """Where the score and the target stand on a bar, for one volet with both known."""
        volets = list(self.politique.volets)
        score, target = self.resultat.score_global.score, None
        if len(volets) == 1 and volets[0] in self.resultat.cibles:
            target = self.resultat.cibles[volets[0]].valeur
        if score is None or not isinstance(target, Fraction) or not (0 <= score <= 1 and 0 <= target <= 1):
            return "", ""
        return f"{int(score * 100)}%", f"{int(target * 100)}%"

    # ------------------------------------------------------------ consequences

    def _consequences(self) -> Iterator[LigneVue]:
        for nom, found in self.resultat.decisions.items():
            said = self.decisions.amount(found)
            if found.certitude == "impossible":
                said = "aucun montant encouru"
            elif found.certitude == "ouvert":
                said += f" selon ce qui manque, {PROPOSE}"
            elif found.montant:
                said += f", {PROPOSE}"
            if found.retenu is not None:
                why = f" ({found.motif_retenu})" if found.motif_retenu else ""
                said += f". Retenu après observations : {euros(found.retenu)}{why}"
            yield LigneVue(self.politique.decisions[nom].titre or nom, capital(said) + ".")
        for nom, piece in self.resultat.pieces.items():
            titre = quoted(self.politique.pieces[nom].titre or nom)
            yield LigneVue("Pièce", f"{titre} : {self.decisions.due(piece)}.")

    # ------------------------------------------------------------ what is missing

    def _lacking(self) -> Iterator[str]:
        for key in self.resultat.manquants:
            yield f"Non transmis : {missing_in_words(key, self.politique)}. {self.depends(key)}".rstrip()
        silent = [r for r in self.resultat.criteres.values() if r.origine == "sans_reponse"]
        if not silent:
            return
        numbers = listing([criterion_number(r.critere, self.politique) for r in silent])
        weight = points(sum((r.poids - (r.points or Fraction(0)) for r in silent), Fraction(0)))
        label = quoted(self.criteres.outcome(silent[0]))
        who = "Le critère" if len(silent) == 1 else "Les critères"
        verb = "reste sans réponse et compte" if len(silent) == 1 else "restent sans réponse et comptent"
        yield f"{who} {numbers} {verb} {label}. Y répondre peut rendre jusqu'à {weight}."

    def depends(self, key: str) -> str:
        """What hangs on one missing item."""
        said = []
        criteria = [r for r in self.resultat.criteres.values() if r.statut == "indetermine" and key in r.manquants]
        if criteria:
            named = [f"{criterion_number(r.critere, self.politique)} ({self.criteres.points(r)})" for r in criteria]
            head = "Un critère en dépend" if len(criteria) == 1 else f"{len(criteria)} critères en dépendent"
            said.append(f"{head} : {listing(named)}.")
        for nom, found in self.resultat.decisions.items():
            if key in found.manquants:
                titre = self.politique.decisions[nom].titre or nom
                said.append(f"Montant de {quoted(titre)} : {self.decisions.amount(found)}.")
        for nom, piece in self.resultat.pieces.items():
            if key in piece.manquants:
                titre = self.politique.pieces[nom].titre or nom
                said.append(f"On ne peut pas encore dire si {quoted(titre)} est à joindre.")
        return " ".join(said)

    # ------------------------------------------------------------ what is lost

    def _lost(self) -> list[tuple[Fraction, ResultatCritere]]:
        lost = [(r.poids - r.points, r) for r in self.resultat.criteres.values() if r.points is not None]
        return sorted((pair for pair in lost if pair[0] > 0), key=lambda pair: -pair[0])

    def _lost_words(self) -> str:
        lost = self._lost()
        if not lost:
            counted = any(r.points is not None for r in self.resultat.criteres.values())
            return "Aucun point perdu sur les critères évalués." if counted else ""
        amount = sum((p for p, _ in lost), Fraction(0))
        total = f"{points(amount)} perdu{'s' if amount >= 2 else ''}"
        if len(lost) == 1:
            return f"{total}, sur un critère."
        return f"{total}, sur {len(lost)} critères" + (
            "." if len(lost) <= COUTEUX else f". Les {COUTEUX} plus coûteux :"
        )

    def _costly(self) -> Iterator[CouteuxVue]:
        for lost, result in self._lost()[:COUTEUX]:
            yield CouteuxVue(
                criterion_number(result.critere, self.politique),
                anchor(result, self.interprete),
                result.critere.titre or result.critere.nom,
                self.criteres.outcome(result) + (" (sans réponse)" if result.origine == "sans_reponse" else ""),
                points(lost),
            )
