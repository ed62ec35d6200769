"""The first page of an explanation: it stands alone for a director in a hurry."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from caqes_dsl.base.quantities import Genre
from caqes_dsl.documents import explication_bilan as bilan
from caqes_dsl.documents.calendrier import deadlines
from caqes_dsl.documents.criteria import points
from caqes_dsl.documents.demandes import first_asked
from caqes_dsl.documents.explication_calcul import computed
from caqes_dsl.documents.explication_criteres import anchor
from caqes_dsl.documents.explication_decisions import DecisionsExpliquees
from caqes_dsl.documents.explication_droits import actions, mention
from caqes_dsl.documents.explication_indicateurs import RESULTATS, IndicateursExpliques
from caqes_dsl.documents.explication_shapes import CouteuxVue, EssentielVue
from caqes_dsl.documents.manquants import lacking, missing_in_words
from caqes_dsl.documents.natures import Nature, by_nature, plural
from caqes_dsl.documents.notes import Notes
from caqes_dsl.documents.operations import euros
from caqes_dsl.documents.shapes import LigneVue
from caqes_dsl.documents.typography import capital, listing
from caqes_dsl.documents.words import criterion_number, quoted
from caqes_dsl.evaluation.missing import as_read_by, is_own
from caqes_dsl.evaluation.priorites import priorites
from caqes_dsl.evaluation.summary import scored
from caqes_dsl.evaluation.trace import Resultat, ResultatCritere
from caqes_dsl.model.nodes import Cle, Decision, Titre

COUTEUX, COUTEUX_AU_MOINS = 5, 3
"""Criteria that cost the most, on the first page; fewer when it has much to say."""
NOMBREUX = 4
"""From as many indicateurs, or amounts of one nature, they share lines by what they give."""
LONGUE = 9
"""Lines from which the first page names fewer criteria."""
MANQUANTS = 3
"""Missing items of which the first page says what hangs on them; when they are more, it only names some."""
MESURES = "Mesurés, sans cible"
"""Heads the indicateurs that are judged on no target."""


class Essentiel:
    """Writes the first page of one result."""

    def __init__(
        self, resultat: Resultat, decisions: DecisionsExpliquees, indicateurs: IndicateursExpliques, notes: Notes
    ) -> None:
        self.resultat, self.decisions, self.notes = resultat, decisions, notes
        self.indicateurs, self.etapes = indicateurs, decisions.etapes
        self.priorites = priorites(resultat)
        self.politique, self.etablissement = resultat.politique, resultat.etablissement
        self.criteres, self.interprete = decisions.criteres, decisions.interprete
        self.operations = decisions.operations

    def view(self) -> EssentielVue:
        """The first page."""
        score, target = self._bar()
        lines = (*self._score_lines(), *self._indicator_lines(), *self._consequences())
        steps = tuple(computed(self.decisions))
        short = len(lines) + len(steps) <= LONGUE and len(self.asked()) <= MANQUANTS
        most = COUTEUX if short else COUTEUX_AU_MOINS
        return EssentielVue(
            self._sentence(),
            any(
                found.certitude != "impossible" and not self.politique.decisions[nom].en_faveur
                for nom, found in self.resultat.decisions.items()
            ),
            score,
            target,
            lines,
            steps,
            tuple(self._lacking()),
            self._lost_words(most),
            tuple(self._costly(most)),
            actions(self.resultat, self.politique),
            tuple(deadlines(self.politique, self.interprete.exercice)),
            mention(self.politique),
        )

    # ------------------------------------------------------------ score and target

    def _sentence(self) -> str:
        """All of it in two or three sentences."""
        name, year = self.etablissement.raison_sociale or "L'établissement", self.interprete.exercice
        start = f"{name}, exercice {year}" if year else name
        decisions, measured = self.resultat.decisions.values(), bilan.indicators(self.resultat)
        nothing = all(d.certitude == "impossible" for d in decisions)
        if self.resultat.statut == "sans_objet" and nothing and not measured:
            favour = any(d.en_faveur for d in self.politique.decisions.values())
            without = "montant" if favour else "montant encouru"
            return f"{start} : aucun critère n'est applicable ; il n'y a ni score ni {without}."
        said = [self._scores()] if self.politique.criteres else []
        said += [f"indicateurs : {measured}" if said else measured] if measured else []
        parts = [f"{start} : {' ; '.join(said)}."] if said else []
        return " ".join([*parts, *bilan.amounts(self.resultat, self.decisions.amount)])

    def _scores(self) -> str:
        volets = self._scored()
        if len(self.politique.volets) < 2:
            return self._score("") + self._gap(volets[0].nom if volets else "", "")
        said = [f"volet {quoted(v.titre)}, {self._score(v.nom)}{self._gap(v.nom, v.nom)}" for v in volets]
        return " ; ".join([*([self._score("")] if self.politique.notation.calcul else []), *said])

    def _scored(self) -> list[Titre]:
        """The volets that have criteria."""
        return [self.politique.volets[nom] for nom in scored(self.politique) if nom]

    def _score(self, nom: str) -> str:
        sous = self.interprete.sous_score(nom)
        if sous.score_min is None or sous.score_max is None:
            return "score sans objet" if sous.sans_objet else "score indéterminé"
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
        volets, several = self._scored(), len(self.politique.volets) > 1
        if not volets or (several and self.politique.notation.calcul):
            yield LigneVue("Score", self._score_line(""), source)
        for volet in volets:
            nom = volet.nom if several else ""
            score = LigneVue("Score", self._score_line(nom), source)
            target = self._target_line(volet, nom) if volet.nom in self.resultat.cibles else None
            if several:
                yield self._volet_line(volet, score, target)
            else:
                yield from (score, *([target] if target else []))

    def _volet_line(self, volet: Titre, score: LigneVue, target: LigneVue | None) -> LigneVue:
        """All that is known of one volet among several, on one line."""
        said, notes = [f"Score : {score.texte}"], score.notes
        if volet.nom in self.resultat.reserves:
            said.insert(0, f"{capital(self.indicateurs.opening(self.resultat.reserves[volet.nom]))}.")
        if target is not None:
            said.append(f"Cible : {target.texte}")
            notes = (*notes, *(n for n in target.notes if n not in notes))
        return LigneVue(f"Volet {quoted(volet.titre or volet.nom)}", " ".join(said), notes)

    def _score_line(self, nom: str) -> str:
        sous = self.interprete.sous_score(nom)
        ruled = not nom and self.politique.notation.calcul
        if ruled and sous.score is not None:
            given = self.interprete.value(Cle("calcul", ruled)).valeur
            named = quoted(self.politique.calculs[ruled].titre or ruled)
            assert isinstance(given, Fraction)
            return f"{self.etapes.rounded(given)}, donné par {named}."
        if ruled:
            return f"{capital(self._score(nom).removeprefix('score '))}."
        words = self.etapes.score_words(sous.points, sous.points_applicables)
        if not words:
            words = self.criteres.heading_total(nom) or capital(self._score(nom).removeprefix("score "))
            if not sous.exact and sous.score_min is not None:
                words += " (bornes sûres, peut-être plus larges qu'il n'est possible)"
        return words + "."

    def _target_line(self, volet: Titre, nom: str) -> LigneVue:
        standing, aim = self._standing(volet.nom, nom)
        if not standing:
            aim = self.operations.shown(self.interprete.value(Cle("cible", volet.nom)).valeur, Genre.TAUX)
        said = f"{aim} : {standing}{self._points_short(volet.nom, nom)}." if standing else f"{aim}."
        return LigneVue("Cible", said, self.notes.mark(volet.cible_source))

    def _points_short(self, volet: str, nom: str) -> str:
        """How many points were lacking to reach the target, the same criteria counting."""
        sous, target = self.interprete.sous_score(nom), self.interprete.value(Cle("cible", volet)).valeur
        if sous.score is None or sous.points is None or sous.points_applicables is None:
            return ""
        if self.politique.notation.calcul and not nom:
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

    def _indicator_lines(self) -> Iterator[LigneVue]:
        told = scored(self.politique) if len(self.politique.volets) > 1 else ()
        for nom, opening in self.resultat.reserves.items():
            if nom in told:
                continue
            titre = self.politique.volets[nom].titre or nom
            yield LigneVue(f"Volet {quoted(titre)}", f"{capital(self.indicateurs.opening(opening))}.")
        if len(self.politique.indicateurs) >= NOMBREUX:
            yield from self._indicators_by_outcome()
            return
        for nom, indicateur in self.politique.indicateurs.items():
            said = self.indicateurs.outcome(nom)
            if measure := self._measure(nom):
                said += f" ; mesure : {measure}"
            yield LigneVue(indicateur.titre or nom, said + ".", self.notes.mark(indicateur.cible_source))

    def _measure(self, nom: str) -> str:
        """The measure that is compared with a target; nothing when there is none."""
        found = self.resultat.indicateurs[nom]
        if found.mesure.valeur is None or self.politique.indicateurs[nom].cible is None:
            return ""
        return self.operations.shown(found.mesure.valeur, found.mesure.genre)

    def _indicators_by_outcome(self) -> Iterator[LigneVue]:
        """Many indicateurs on few lines: those that reach their target, those that do not…"""
        groups: dict[str, list[str]] = {}
        for nom in self.politique.indicateurs:
            outcome = self.indicateurs.outcome(nom)
            groups.setdefault(outcome if outcome in RESULTATS.values() else MESURES, []).append(nom)
        order = [*RESULTATS.values(), MESURES]
        for outcome in sorted(groups, key=order.index):
            yield LigneVue(outcome, f"{' ; '.join(self._short_indicator(nom) for nom in groups[outcome])}.")

    def _short_indicator(self, nom: str) -> str:
        """« Pansements (−9,4 % pour une cible de −8 %) »."""
        indicateur, found = self.politique.indicateurs[nom], self.resultat.indicateurs[nom]
        title, measure = indicateur.titre or nom, self._measure(nom)
        if found.mesure.valeur is not None and not measure:
            return f"{title} ({self.operations.shown(found.mesure.valeur, found.mesure.genre)})"
        if not measure or found.cible is None or found.cible.valeur is None:
            return title + (f" ({measure})" if measure else "")
        return f"{title} ({measure} pour une cible de {self.operations.shown(found.cible.valeur, found.cible.genre)})"

    def _consequences(self) -> Iterator[LigneVue]:
        for nature, decisions in by_nature(self.politique):
            together = [d for d in decisions if self.resultat.decisions[d.nom].retenu is None]
            together = together if len(together) >= NOMBREUX else []
            for decision in decisions:
                if decision not in together:
                    yield LigneVue(decision.titre or decision.nom, self._consequence(nature, decision))
            nothing = [d for d in together if self.resultat.decisions[d.nom].certitude == "impossible"]
            counted = [d for d in together if d not in nothing]
            if counted:
                said = " ; ".join(f"{d.titre or d.nom}, {self._amount(d)}" for d in counted)
                yield LigneVue(plural(nature.montant) if len(counted) > 1 else nature.montant, f"{said}.")
            if nothing:
                yield LigneVue(capital(nature.rien), f"{' ; '.join(d.titre or d.nom for d in nothing)}.")
        for nom, piece in self.resultat.pieces.items():
            titre = quoted(self.politique.pieces[nom].titre or nom)
            yield LigneVue("Pièce", f"{titre} : {self.decisions.due(piece)}.")

    def _amount(self, decision: Decision) -> str:
        """An amount among others: what it is has been said above."""
        found = self.resultat.decisions[decision.nom]
        return self.decisions.amount(found) + (" selon ce qui manque" if found.certitude == "ouvert" else "")

    def _consequence(self, nature: Nature, decision: Decision) -> str:
        """An amount and what it is."""
        found = self.resultat.decisions[decision.nom]
        said = self._amount(decision)
        if found.certitude == "impossible":
            said = nature.rien
        elif found.certitude == "ouvert" or found.montant:
            said += f", {nature.propose}"
        if found.retenu is not None:
            why = f" ({found.motif_retenu})" if found.motif_retenu else ""
            said += f". Retenu après observations : {euros(found.retenu)}{why}"
        return capital(said) + "."

    # ------------------------------------------------------------ what is missing

    def asked(self) -> list[str]:
        """What is missing that this establishment can give, what to ask for first in front."""
        finess = self.etablissement.finess
        return [p.cle for p in self.priorites if is_own(p.cle, finess)]

    def awaited(self) -> str:
        """What others have not transmitted, on which a sharing hangs."""
        others = [k for k in self.resultat.manquants if not is_own(k, self.etablissement.finess)]
        return (
            f"Le partage attend ce qui manque d'autres établissements : {lacking(others, self.politique)}."
            if others
            else ""
        )

    def _lacking(self) -> Iterator[str]:
        first = first_asked(self.priorites, self.politique)
        if first:
            yield first
        asked = self.asked()
        if len(asked) <= MANQUANTS:
            for key in asked:
                yield f"Non transmis : {missing_in_words(key, self.politique)}. {self.depends(key)}".rstrip()
        else:
            words = " ; ".join(missing_in_words(k, self.politique) for k in asked[:MANQUANTS])
            yield f"Non transmis : {words}."
            more = len(asked) - MANQUANTS
            others = f"Et {more} autre{'s' if more > 1 else ''}."
            yield f"{others} « Ce qui n'a pas été transmis » dit ce qui dépend de chacun."
        if self.awaited():
            yield self.awaited()
        if self.unanswered():
            yield self.unanswered()

    def unanswered(self) -> str:
        """The criteria left without an answer, what they count for, what answering may give back."""
        silent = [r for r in self.resultat.criteres.values() if r.origine == "sans_reponse"]
        if not silent:
            return ""
        numbers = listing([criterion_number(r.critere, self.politique) for r in silent])
        weight = points(sum((r.poids - (r.points or Fraction(0)) for r in silent), Fraction(0)))
        label = quoted(self.criteres.outcome(silent[0]))
        who = "Le critère" if len(silent) == 1 else "Les critères"
        verb = "reste sans réponse et compte" if len(silent) == 1 else "restent sans réponse et comptent"
        return f"{who} {numbers} {verb} {label}. Y répondre peut rendre jusqu'à {weight}."

    def depends(self, key: str) -> str:
        """What hangs on one missing item."""
        said = []
        criteria = [r for r in self.resultat.criteres.values() if r.statut == "indetermine" and key in r.manquants]
        if criteria:
            named = [f"{criterion_number(r.critere, self.politique)} ({self.criteres.points(r)})" for r in criteria]
            head = "Un critère en dépend" if len(criteria) == 1 else f"{len(criteria)} critères en dépendent"
            said.append(f"{head} : {listing(named)}.")
        for nom, measure in self.resultat.indicateurs.items():
            if key in measure.mesure.manquants:
                said.append(f"L'indicateur {quoted(self.politique.indicateurs[nom].titre or nom)} en dépend.")
        for nom, opening in self.resultat.reserves.items():
            if key in opening.manquants:
                titre = quoted(self.politique.volets[nom].titre or nom)
                said.append(f"On ne peut pas encore dire si le volet {titre} s'applique.")
        for nom, found in self.resultat.decisions.items():
            if key in as_read_by(self.etablissement.finess, found.manquants):
                decision = self.politique.decisions[nom]
                what = "Part" if decision.au_prorata is not None else "Montant"
                said.append(f"{what} de {quoted(decision.titre or nom)} : {self.decisions.amount(found)}.")
        for nom, piece in self.resultat.pieces.items():
            if key in piece.manquants:
                titre = self.politique.pieces[nom].titre or nom
                said.append(f"On ne peut pas encore dire si {quoted(titre)} est à joindre.")
        return " ".join(said)

    # ------------------------------------------------------------ what is lost

    def _lost(self) -> list[tuple[Fraction, ResultatCritere]]:
        lost = [(r.poids - r.points, r) for r in self.resultat.criteres.values() if r.points is not None]
        return sorted((pair for pair in lost if pair[0] > 0), key=lambda pair: -pair[0])

    def _lost_words(self, most: int) -> str:
        lost = self._lost()
        if not lost:
            counted = any(r.points is not None for r in self.resultat.criteres.values())
            return "Aucun point perdu sur les critères évalués." if counted else ""
        amount = sum((p for p, _ in lost), Fraction(0))
        total = f"{points(amount)} perdu{'s' if amount >= 2 else ''}"
        if len(lost) == 1:
            return f"{total}, sur un critère."
        return f"{total}, sur {len(lost)} critères" + ("." if len(lost) <= most else f". Les {most} plus coûteux :")

    def _costly(self, most: int) -> Iterator[CouteuxVue]:
        for lost, result in self._lost()[:most]:
            yield CouteuxVue(
                criterion_number(result.critere, self.politique),
                anchor(result, self.interprete),
                result.critere.titre or result.critere.nom,
                self.criteres.outcome(result) + (" (sans réponse)" if result.origine == "sans_reponse" else ""),
                points(lost),
            )
