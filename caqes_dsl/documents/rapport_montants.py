"""Sections of a report on indicateurs, and on amounts by nature."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from caqes_dsl.documents.natures import Nature, by_nature
from caqes_dsl.documents.operations import euros
from caqes_dsl.documents.rapport_figures import bars
from caqes_dsl.documents.rapport_mots import amount, kept, name_of, table, whole
from caqes_dsl.documents.rapport_shapes import BlocVue, FigureVue, SectionVue, TableauVue
from caqes_dsl.evaluation.summary import Synthese, SyntheseDecision
from caqes_dsl.evaluation.trace import Resultat, ResultatDecision
from caqes_dsl.model.nodes import Decision, Politique

ZERO = Fraction(0)


class Montants:
    """Writes these sections."""

    def __init__(
        self,
        politique: Politique,
        resultats: Sequence[Resultat],
        synthese: Synthese,
    ) -> None:
        self.politique, self.resultats, self.synthese = politique, resultats, synthese
        self.retenus = any(d.retenus for d in synthese.decisions)

    # ------------------------------------------------------------ indicateurs

    def indicators(self) -> SectionVue | None:
        """How many reach the target of each."""
        if not self.synthese.indicateurs:
            return None
        rows, drawn = [], []
        for found in self.synthese.indicateurs:
            titre = self.politique.indicateurs[found.nom].titre or found.nom
            counts = (found.atteints, found.non_atteints, found.indetermines, found.mesures, found.sans_objet)
            rows.append((titre, *(str(c) for c in counts)))
            judged = found.atteints + found.non_atteints + found.indetermines
            pieces = [(found.atteints, "plein"), (found.non_atteints, "hachure"), (found.indetermines, "clair")]
            drawn.append((titre, pieces, f"{found.atteints} sur {judged}" if judged else "sans objet"))
        figure = bars(
            "figure-indicateurs",
            "Cibles atteintes, par indicateur",
            "Établissements qui atteignent la cible, sur ceux que l'indicateur concerne : "
            + " ; ".join(f"{n}, {said}" for n, _, said in drawn) + ".",
            drawn,
            (("plein", "cible atteinte"), ("hachure", "cible non atteinte"), ("clair", "indéterminé")),
        )  # fmt: skip
        heads = ("Indicateur", "Cible atteinte", "Non atteinte", "Indéterminé", "Mesuré, sans cible", "Sans objet")
        bloc = BlocVue("", (), (figure,), (table("Indicateurs", heads, rows, " nnnnn"),))
        return SectionVue("indicateurs", "Les indicateurs", (), (bloc,))

    # ------------------------------------------------------------ amounts

    def amounts(self) -> Iterator[SectionVue]:
        """A section for each nature of amount; what is borne and what is received are never added."""
        said = {d.nom: d for d in self.synthese.decisions}
        groups = by_nature(self.politique)
        for i, (nature, decisions) in enumerate(groups):
            found = [said[d.nom] for d in decisions]
            rows = [(self.politique.decisions[f.nom].titre or f.nom, *self._row([f])) for f in found]
            rows += [("Ensemble", *self._row(found))] if len(found) > 1 else []
            last = i + 1 == len(groups) or groups[i + 1][1][0].en_faveur != decisions[0].en_faveur
            same = [n for n, ds in groups if ds[0].en_faveur is decisions[0].en_faveur]
            texts = [nature.regle, *(self._total(decisions[0].en_faveur) if last and len(same) > 1 else ())]
            known = "Parts certaines" if nature.nom == "enveloppe" else "Montants certains"
            heads: tuple[str, ...] = ("Règle", known, "Non tranchés", "Sans montant", "Total certain", "Total possible")
            heads += ("Retenus après observations", "Total retenu") if self.retenus else ()
            figures = (self._totals(f"figure-montants-{i + 1}", nature, found),) if len(found) > 1 else ()
            blocs = [BlocVue("", (), figures, (table(nature.titre, heads, rows, " nnnnnnn"),))]
            detail = self._detail(nature, decisions)
            blocs.append(BlocVue("", (f"Établissements : {nature.aucun} pour aucun d'eux.",) if detail is None else (),
                                 (), (detail,) if detail else ()))  # fmt: skip
            yield SectionVue(f"montants-{i + 1}", nature.titre, tuple(texts), tuple(blocs))

    def _totals(self, ancre: str, nature: Nature, found: Sequence[SyntheseDecision]) -> FigureVue:
        """What each rule amounts to for certain, and what may be added to it."""
        drawn = []
        for f in found:
            more = f.ajout_max if f.ouverts else ZERO
            said = euros(f.total) + (
                ", et plus" if more is None else f", au plus {euros(f.total + more)}" if more else ""
            )
            drawn.append(
                (self.politique.decisions[f.nom].titre or f.nom, [(f.total, "plein"), (more or ZERO, "clair")], said)
            )
        kinds = [("plein", "total certain"), *([("clair", "non tranché")] if any(f.ouverts for f in found) else [])]
        words = " ; ".join(f"{name}, {said}" for name, _, said in drawn)
        return bars(ancre, f"{nature.titre}, par règle", f"{words}.", drawn, kinds, place_right=190)

    def _row(self, found: Sequence[SyntheseDecision]) -> tuple[str, ...]:
        """Counts and totals of decisions of one nature."""
        counts = (sum(f.certains for f in found), sum(f.ouverts for f in found), sum(f.impossibles for f in found))
        total = sum((f.total for f in found), ZERO)
        row: tuple[str, ...] = (*(str(c) for c in counts), euros(total), self._possible(found, total))
        if not self.retenus:
            return row
        many_kept = sum(f.retenus for f in found)
        return (*row, str(many_kept), euros(sum((f.total_retenu for f in found), ZERO)) if many_kept else "–")

    def _possible(self, found: Sequence[SyntheseDecision], total: Fraction) -> str:
        """What the total will be once all is transmitted: its bounds, « le même » when nothing is open."""
        open_ones = [f for f in found if f.ouverts]
        if not open_ones:
            return "le même"
        low = total + sum((f.ajout_min or ZERO for f in open_ones), ZERO)
        more = [f.ajout_max for f in open_ones]
        if None in more:
            return f"au moins {euros(low)}"
        return f"entre {euros(low)} et {euros(total + sum((m for m in more if m is not None), ZERO))}"

    def _total(self, en_faveur: bool) -> Iterator[str]:
        what = "proposés en faveur des établissements" if en_faveur else "encourus"
        total = self.synthese.total_faveur if en_faveur else self.synthese.total_charge
        yield f"Total certain des montants {what}, toutes natures : {euros(total)} (somme des montants arrondis)."

    def _detail(self, nature: Nature, decisions: Sequence[Decision]) -> TableauVue | None:
        """Each establishment at stake, what was retained beside what was proposed."""
        rows = []
        several = len(decisions) > 1
        for r in self.resultats:
            found = [r.decisions[d.nom] for d in decisions]
            found = [f for f in found if f.montant or f.certitude == "ouvert" or f.retenu is not None]
            if not found:
                continue
            row = [r.etablissement.finess, name_of(r.etablissement)]
            row += [" ; ".join(f"{self._title(f)} : {amount(f)}" for f in found)] if several else []
            row.append(whole(found))
            if self.retenus:
                row += [kept(found), " ; ".join(f.motif_retenu for f in found if f.motif_retenu) or "–"]
            rows.append(tuple(row))
        if not rows:
            return None
        heads = ("FINESS", "Établissement", *(("Détail",) if several else ()), nature.montant)
        heads += ("Retenu après observations", "Motif") if self.retenus else ()
        return table(f"{nature.titre}, par établissement", heads, rows, f"  {' ' * several}nn ")

    def _title(self, found: ResultatDecision) -> str:
        return self.politique.decisions[found.nom].titre or found.nom
