"""The summary of an evaluated cohort, in words: what a committee reads before the table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from caqes_dsl.base.quantities import Genre
from caqes_dsl.documents.completer import to_complete
from caqes_dsl.documents.criteria import points
from caqes_dsl.documents.natures import announced, by_nature
from caqes_dsl.documents.operations import euros, shown
from caqes_dsl.documents.typography import listing, typeset
from caqes_dsl.documents.words import criterion_number, quoted
from caqes_dsl.documents.writers.terminal import emphasize
from caqes_dsl.documents.writers.texte import TAQUET, lay_out
from caqes_dsl.evaluation.region_manques import own_missing
from caqes_dsl.evaluation.summary import (
    BANDES,
    Distribution,
    Synthese,
    SyntheseDecision,
    SyntheseIndicateur,
    SyntheseVolet,
)
from caqes_dsl.evaluation.trace import Resultat
from caqes_dsl.model.nodes import Politique

COMPLETER = 10
"""Establishments whose missing items are named."""
CRITERES = 5
"""Criteria that the summary names."""
BARRE = 30
"""Columns of the longest bar."""


class SyntheseEnMots:
    """Writes the summary of the results of one policy."""

    def __init__(
        self,
        politique: Politique,
        resultats: Sequence[Resultat],
        synthese: Synthese,
        *,
        largeur: int,
        couleur: bool,
    ) -> None:
        self.politique, self.resultats, self.synthese = politique, resultats, synthese
        self.largeur, self.couleur = largeur, couleur

    def _say(self, *lines: str) -> str:
        return lay_out("\n".join(typeset(line) for line in lines), self.largeur)

    def _title(self, text: str) -> str:
        return emphasize(typeset(text), couleur=self.couleur)

    def _taux(self, value: Fraction) -> str:
        return shown(value, Genre.TAUX, self.politique)

    def lines(self) -> Iterator[str]:
        """The cohort in a page."""
        yield self._title("Synthèse")
        yield self._say(*self._heads())
        for volet in self.synthese.volets:
            yield from self._volet(volet)
        if self.synthese.indicateurs:
            yield self._title("Indicateurs")
            yield self._say(*(self._indicator(i) for i in self.synthese.indicateurs))
        yield from self._amounts()
        yield from self._lost()
        yield from self._missing()

    def _heads(self) -> Iterator[str]:
        politique, statuts = self.politique, self.synthese.statuts
        titre = quoted(politique.titre or politique.nom)
        what = f" : {announced(politique)}" if politique.decisions else ""
        if politique.est_projet:
            yield f"Politique {titre} au statut projet{what} ; rien n'est décidé."
        else:
            yield f"Politique {titre}{what}" + (", jamais décidés automatiquement." if what else ".")
        yield f"Code de contrôle : {politique.code_de_controle}"
        said = []
        for statut, one, many in (
            ("complet", "complet", "complets"),
            ("indetermine", "à compléter", "à compléter"),
            ("sans_objet", "sans objet", "sans objet"),
            ("a_corriger", "à corriger (non évalué)", "à corriger (non évalués)"),
        ):
            if statuts[statut]:
                said.append(f"{statuts[statut]} {one if statuts[statut] == 1 else many}")
        plural = "s" if self.synthese.effectif > 1 else ""
        yield f"{self.synthese.effectif} établissement{plural}" + (f" : {', '.join(said)}." if said else ".")
        for nom, count in self.synthese.reserves.items():
            volet = quoted(politique.volets[nom].titre or nom)
            whom = "tous les établissements"
            if count < self.synthese.effectif - statuts["a_corriger"]:
                whom = f"{count} établissement{'s' if count > 1 else ''}"
            if count:
                yield f"Volet {volet}, réservé : il ne s'applique pas à {whom}, pour qui il est sans objet."

    def _volet(self, volet: SyntheseVolet) -> Iterator[str]:
        if len(self.synthese.volets) < 2:
            yield self._title("Scores")
        else:
            yield self._title(
                f"Scores, {self.politique.volets[volet.nom].titre}" if volet.nom else "Scores de l'ensemble"
            )
        lines = []
        spread = volet.distribution
        if spread is not None:
            known = "scores connus" if spread.effectif > 1 else "score connu"
            lines.append(
                f"Minimum {self._taux(spread.minimum)} · premier quartile {self._taux(spread.quartile_1)} · médiane "
                f"{self._taux(spread.mediane)} · troisième quartile {self._taux(spread.quartile_3)} · maximum "
                f"{self._taux(spread.maximum)} (sur {spread.effectif} {known})."
            )
        if volet.cibles:
            aims = listing([self._taux(c) for c in volet.cibles], "ou")
            said = f"Cible {aims} : {volet.sous_cible} sous la cible, {volet.atteinte} l'atteignent"
            said += f", {volet.ouverts} non tranché{'s' if volet.ouverts > 1 else ''}" if volet.ouverts else ""
            lines.append(said + ".")
        yield self._say(*lines)
        if spread is not None:
            yield self._histogram(spread, volet.cibles)

    def _histogram(self, spread: Distribution, cibles: tuple[Fraction, ...]) -> str:
        """A bar for each band of ten points; the target stands where it is."""
        most = max(spread.bandes)
        out = []
        marked = {min(int(c * BANDES), BANDES - 1) for c in cibles}
        used = [i for i, count in enumerate(spread.bandes) if count or i in marked]
        for band in range(used[0], used[-1] + 1):
            count = spread.bandes[band]
            filled = -(-count * BARRE // most)
            here = [self._taux(c) for c in cibles if min(int(c * BANDES), BANDES - 1) == band]
            mark = f"  ← cible {listing(here, 'ou')}" if here else ""
            label = f"{band * 10:>3} à {band * 10 + 10:>3} %"
            out.append(typeset(f"{label}  {'█' * filled} {count or ''}{mark}").rstrip())
        return "\n".join(out) + "\n"

    def _indicator(self, found: SyntheseIndicateur) -> str:
        """How many reach the target: « 3 atteignent la cible, 1 ne l'atteint pas, 2 indéterminés »."""
        indicateur, said = self.politique.indicateurs[found.nom], []
        if indicateur.cible is not None:
            said.append(f"{found.atteints} {'atteignent' if found.atteints > 1 else 'atteint'} la cible")
            missed = "ne l'atteignent pas" if found.non_atteints > 1 else "ne l'atteint pas"
            said.append(f"{found.non_atteints} {missed}")
        if found.mesures or indicateur.cible is None:
            without = "" if indicateur.cible is None else " sans cible connue"
            said.append(f"{found.mesures} mesuré{'s' if found.mesures > 1 else ''}{without}")
        if found.indetermines:
            said.append(f"{found.indetermines} indéterminé{'s' if found.indetermines > 1 else ''}")
        if found.sans_objet:
            said.append(f"{found.sans_objet} sans objet")
        return f"{indicateur.titre or found.nom} : {', '.join(said)}."

    def _amounts(self) -> Iterator[str]:
        """The decisions by nature; what would be borne and what would be received have each their own total."""
        groups = by_nature(self.politique)
        said = {d.nom: d for d in self.synthese.decisions}
        for i, (nature, decisions) in enumerate(groups):
            yield self._title(nature.titre)
            last = i + 1 == len(groups) or groups[i + 1][1][0].en_faveur != decisions[0].en_faveur
            total = self._total(decisions[0].en_faveur) if last else ()
            yield self._say(*(self._decision(said[d.nom]) for d in decisions), *total)

    def _decision(self, found: SyntheseDecision) -> str:
        decision, many = self.politique.decisions[found.nom], "s" if found.certains > 1 else ""
        counted = {"enveloppe": f"part{many} proposée{many}", "intéressement": f"proposé{many}"}
        said = f"{decision.titre or found.nom} : {found.certains} "
        said += counted.get(decision.nature, f"encouru{many}")
        feminine = "e" if decision.nature == "enveloppe" else ""
        said += f", {found.ouverts} non tranché{feminine}{'s' if found.ouverts > 1 else ''}" if found.ouverts else ""
        said += f", {found.impossibles} sans {'part' if feminine else 'montant'} ; total {euros(found.total)}"
        if found.ouverts:
            more = found.ajout_max
            said += (
                f", jusqu'à {euros(found.total + more)} selon ce qui manque"
                if more is not None
                else ", plus le non chiffré"
            )
        if found.retenus:
            kept = f"{found.retenus} retenu{'s' if found.retenus > 1 else ''}"
            said += f" ; {kept} après observations, {euros(found.total_retenu)}"
        return said + "."

    def _total(self, en_faveur: bool) -> Iterator[str]:
        if sum(d.en_faveur is en_faveur for d in self.politique.decisions.values()) > 1:
            what = "proposés en faveur des établissements" if en_faveur else "encourus"
            total = self.synthese.total_faveur if en_faveur else self.synthese.total_charge
            yield f"Total des montants {what} : {euros(total)} (somme des montants arrondis)."

    def _lost(self) -> Iterator[str]:
        shown_ones = self.synthese.criteres[:CRITERES]
        if not shown_ones:
            return
        yield self._title("Critères qui coûtent le plus de points")
        yield self._say(
            *(
                f"{criterion_number(c.critere, self.politique)}{TAQUET}{points(c.points)}, {c.perdants} "
                f"établissement{'s' if c.perdants > 1 else ''} sur {c.evalues} : {c.critere.titre}"
                for c in shown_ones
            )
        )

    def _missing(self) -> Iterator[str]:
        found = {r.etablissement.finess: (r, own_missing(r)) for r in self.resultats if r.manquants}
        if not found:
            return
        yield self._title("À compléter")
        lacking = [(r, keys) for r, keys in found.values() if keys]
        lines = [
            f"{r.etablissement.finess}{TAQUET}{to_complete(r, keys, self.politique)}" for r, keys in lacking[:COMPLETER]
        ]
        if len(lacking) > COMPLETER:
            more = len(lacking) - COMPLETER
            lines.append(f"et {more} autre{'s' if more > 1 else ''} établissement{'s' if more > 1 else ''}.")
        waiting = len(found) - len(lacking)
        if waiting:
            verb = "attendent" if waiting > 1 else "attend"
            many = "s" if waiting > 1 else ""
            lines.append(f"{waiting} établissement{many} n'{verb} que ce qui manque d'autres, pour le partage.")
        yield self._say(*lines)
