"""Sections of a report on the scores, the chapitres and who stands near the target."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from caqes_dsl.base.quantities import Genre
from caqes_dsl.documents.operations import shown
from caqes_dsl.documents.rapport_figures import boxes, dots, histogram
from caqes_dsl.documents.rapport_mots import (
    SPREAD,
    amount,
    gap,
    kept,
    legend,
    many,
    name_of,
    rate,
    rates,
    spread_numbers,
    table,
    volet_title,
)
from caqes_dsl.documents.rapport_shapes import BlocVue, SectionVue, TableauVue
from caqes_dsl.documents.typography import capital, listing
from caqes_dsl.evaluation.region import Bande, Voisin, bands, chapters, far_below, neighbours
from caqes_dsl.evaluation.summary import Distribution, Synthese, SyntheseVolet, score_of
from caqes_dsl.evaluation.trace import Resultat
from caqes_dsl.model.nodes import Politique

MONTRES = 40
"""Establishments that a drawing shows at most; the table has them all."""


class Scores:
    """Writes these sections."""

    def __init__(
        self,
        politique: Politique,
        resultats: Sequence[Resultat],
        synthese: Synthese,
        distance: Fraction,
    ) -> None:
        self.politique, self.resultats, self.synthese, self.distance = politique, resultats, synthese, distance
        self.retenus = any(d.retenu is not None for r in resultats for d in r.decisions.values())

    def _taux(self, value: Fraction) -> str:
        return rate(value, self.politique)

    # ------------------------------------------------------------ scores

    def scores(self) -> SectionVue:
        """For each volet, how scores spread around the target."""
        blocs = tuple(self._volet(v) for v in self.synthese.volets)
        return SectionVue("scores", "Les scores", (), blocs)

    def _volet(self, volet: SyntheseVolet) -> BlocVue:
        titre = volet_title(volet.nom, self.politique)
        texts = [self._reached(volet)] if volet.cibles else []
        seen = [score_of(self.politique, r, volet.nom) for r in self.resultats]
        unknown = sum(s.score is None and not s.sans_objet for s in seen)
        nothing = sum(s.sans_objet for s in seen)
        if unknown:
            texts.append(
                f"{capital(many(unknown, 'score inconnu', 'scores inconnus'))} faute de données, ni dessiné"
                f"{'s' if unknown > 1 else ''} ni compté{'s' if unknown > 1 else ''} dans la répartition."
            )
        if nothing:
            texts.append(f"Sans objet pour {many(nothing, 'établissement')}.")
        if volet.distribution is None:
            return BlocVue(titre, (*texts, "Aucun score n'est connu."), (), ())
        found = bands(self.politique, self.resultats, volet.nom)
        figure = histogram(
            f"figure-scores-{volet.nom or 'ensemble'}",
            legend("Nombre d'établissements par score", volet.nom, self.politique),
            f"{self._spread(volet.distribution)} {self._reached(volet) if volet.cibles else ''}".strip(),
            found,
            volet.cibles,
            self.politique,
        )
        return BlocVue(titre, tuple(texts), (figure,), (self._summary(volet), self._bands(volet, found)))

    def _reached(self, volet: SyntheseVolet) -> str:
        aims = listing([self._taux(c) for c in volet.cibles], "ou")
        said = f"Cible de {aims} : {many(volet.sous_cible, 'établissement')} sous la cible, {volet.atteinte} "
        said += "l'atteignent" if volet.atteinte > 1 else "l'atteint"
        if volet.ouverts:
            said += f", {volet.ouverts} non tranché{'s' if volet.ouverts > 1 else ''} faute de données"
        return f"{said}."

    def _spread(self, spread: Distribution) -> str:
        return (
            f"{many(spread.effectif, 'score connu', 'scores connus').capitalize()}, de {self._taux(spread.minimum)} à "
            f"{self._taux(spread.maximum)} ; médiane {self._taux(spread.mediane)}."
        )

    def _summary(self, volet: SyntheseVolet) -> TableauVue:
        row = spread_numbers(volet.distribution, self.politique)
        return table(legend("Répartition des scores connus", volet.nom, self.politique), SPREAD, [row], "nnnnnn")

    def _bands(self, volet: SyntheseVolet, found: Sequence[Bande]) -> TableauVue:
        judged = any(b.sous or b.atteints for b in found)
        without = judged and any(b.sans for b in found)
        rows = []
        for i, band in enumerate(found):
            ends = f"de {self._taux(band.bas)} à moins de {self._taux(band.haut)}"
            if i + 1 == len(found) and band.haut >= 1:
                ends = f"{self._taux(band.bas)} et plus"
            elif not band.bas:
                ends = f"moins de {self._taux(band.haut)}"
            sides = (str(band.sous), str(band.atteints)) if judged else ()
            rows.append((ends, str(band.effectif), *sides, *((str(band.sans),) if without else ())))
        heads = ("Score", "Établissements", *(("Sous la cible", "Cible atteinte") if judged else ()))
        heads += ("Sans cible connue",) if without else ()
        return table(legend("Scores par tranche de 5 points", volet.nom, self.politique), heads, rows, " nnnn")

    # ------------------------------------------------------------ chapitres

    def chapters(self) -> SectionVue | None:
        """How the scores of each chapitre spread."""
        found = chapters(self.politique, self.resultats)
        known = [(self._chapter(c.nom), c.distribution, c.scores) for c in found if c.distribution is not None]
        if not known:
            return None
        medians = " ; ".join(f"{n}, {self._taux(d.mediane)}" for n, d, _ in known)
        figure = boxes("figure-chapitres", "Scores par chapitre", f"Médianes : {medians}.", known, self.politique)
        rows = []
        for chapter in found:
            titre = self.politique.chapitres[chapter.nom].titre or chapter.nom
            article = self.politique.chapitres[chapter.nom].article
            numbers = spread_numbers(chapter.distribution, self.politique)
            more = (str(chapter.indetermines), str(chapter.sans_objet))
            rows.append((f"{article} – {titre}" if article else titre, *numbers, *more))
        heads = ("Chapitre", *SPREAD, "Indéter\u00adminés", "Sans objet")
        bloc = BlocVue("", (), (figure,), (table("Scores par chapitre", heads, rows, " nnnnnnnn"),))
        text = "Chaque chapitre a son score : points obtenus sur points applicables."
        return SectionVue("chapitres", "Par chapitre", (text,), (bloc,))

    def _chapter(self, nom: str) -> str:
        titre = self.politique.chapitres[nom]
        return f"{titre.article} {titre.titre}".strip() or nom

    # ------------------------------------------------------------ near the target

    def near(self) -> SectionVue | None:
        """Who is near a target on either side, or may be; then who is further below."""
        if not any(v.cibles for v in self.synthese.volets):
            return None
        span = shown(self.distance, Genre.ECART, self.politique)
        near = neighbours(self.politique, self.resultats, distance=self.distance)
        far = far_below(self.politique, self.resultats, distance=self.distance)
        said = (
            f"Sont près de la cible ceux dont le score en est à {span} au plus, en dessous ou au-dessus, et ceux dont "
            "les données manquantes en décident : leur score est alors donné par ses bornes. Les écarts sont en points "
            "de pourcentage."
        )
        blocs = []
        for volet in self.synthese.volets:
            if not volet.cibles:
                continue
            mine = [v for v in near if v.volet == volet.nom]
            below = [v for v in far if v.volet == volet.nom]
            blocs.append(self._near(volet.nom, mine))
            if below:
                blocs.append(self._far(volet.nom, below, span))
        return SectionVue("cible", "Autour de la cible", (said,), tuple(blocs))

    def _near(self, volet: str, found: Sequence[Voisin]) -> BlocVue:
        titre = volet_title(volet, self.politique)
        if not found:
            return BlocVue(titre, ("Aucun établissement n'est près de la cible.",), (), ())
        under, over, vague = (sum(v.atteinte is side for v in found) for side in (False, True, None))
        counts = f"{under} sous la cible, {over} à la cible ou au-dessus, {vague} non tranché{'s' if vague > 1 else ''}"
        bounded = [v for v in found if v.bas is not None and v.haut is not None]
        drawn = [
            (name_of(v.resultat.etablissement), v.bas, v.haut, v.cible)
            for v in bounded[:MONTRES]
            if v.bas is not None and v.haut is not None
        ]
        figure = dots(
            f"figure-cible-{volet or 'ensemble'}",
            legend("Scores près de la cible", volet, self.politique),
            f"{capital(counts)}. Un rond vide est sous la cible, un rond plein à la cible ou au-dessus ; un trait va "
            "du plus bas au plus haut score possible.",
            drawn,
            self.politique,
        )
        texts = [f"{capital(many(len(found), 'établissement'))} près de la cible : {counts}."]
        if len(bounded) > MONTRES:
            texts.append(f"Le dessin montre les {MONTRES} premiers des {len(bounded)} ; le tableau les a tous.")
        legende = legend("Près de la cible", volet, self.politique)
        return BlocVue(titre, tuple(texts), (figure,) if drawn else (), (table(legende, *self._rows(found)),))

    def _far(self, volet: str, found: Sequence[Voisin], span: str) -> BlocVue:
        text = f"{capital(many(len(found), 'établissement'))} sous la cible de plus de {span}."
        legende = legend("Plus bas que la cible", volet, self.politique)
        return BlocVue("", (text,), (), (table(legende, *self._rows(found)),))

    def _rows(self, found: Sequence[Voisin]) -> tuple[Sequence[str], Sequence[Sequence[str]], str]:
        charged = [d for d in self.politique.decisions.values() if not d.en_faveur]
        one = charged[0].nom if len(charged) == 1 else ""
        said = {False: "sous la cible", True: "cible atteinte", None: "non tranché"}
        rows = []
        for v in found:
            row = [v.resultat.etablissement.finess, name_of(v.resultat.etablissement)]
            if v.bas is None or v.haut is None:
                row += ["non borné", "–", said[v.atteinte]]
            else:
                row += [rates(v.bas, v.haut, self.politique), gap(v.bas, v.haut, v.cible, self.politique)]
                row.append(said[v.atteinte])
            if one:
                row.append(amount(v.resultat.decisions[one]))
                row += [kept([v.resultat.decisions[one]])] if self.retenus else []
            rows.append(tuple(row))
        heads = ["FINESS", "Établissement", "Score", "Écart", "Cible"]
        heads += ["Montant encouru"] if one else []
        heads += ["Retenu après observations"] if one and self.retenus else []
        return heads, rows, "  nn nn"

    def sections(self) -> Iterator[SectionVue]:
        """All of them, in order."""
        if self.synthese.volets:
            yield self.scores()
            for section in (self.near(), self.chapters()):
                if section is not None:
                    yield section
