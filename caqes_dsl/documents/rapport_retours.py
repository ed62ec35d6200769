"""Sections of a report on what was received, the steps to the amounts, and the secteurs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from caqes_dsl.documents.operations import euros
from caqes_dsl.documents.rapport_figures import bars, boxes
from caqes_dsl.documents.rapport_mots import (
    SPREAD,
    STATUTS,
    activities,
    legend,
    many,
    rate,
    spread_numbers,
    table,
    volet_title,
)
from caqes_dsl.documents.rapport_shapes import BlocVue, SectionVue, TableauVue
from caqes_dsl.documents.words import quoted, sector_label
from caqes_dsl.evaluation.region import RepartitionSecteur, sector_amounts, sectors
from caqes_dsl.evaluation.region_etapes import Marche, funnel
from caqes_dsl.evaluation.summary import Synthese, SyntheseVolet
from caqes_dsl.evaluation.trace import Resultat
from caqes_dsl.exchange.cohort import Ecarte
from caqes_dsl.model.nodes import Politique

_DIT = {
    "complet": "tout ce que les règles lisent a été transmis",
    "indetermine": "le résultat est encadré par des bornes, faute de données",
    "sans_objet": "rien ne s'applique à l'établissement",
    "a_corriger": "non évalué : une ligne des données est refusée",
}
_PLUSIEURS = "Un établissement qui a plusieurs activités est compté dans chacune : les lignes ne s'additionnent pas."


class Retours:
    """Writes these sections."""

    def __init__(
        self, politique: Politique, resultats: Sequence[Resultat], synthese: Synthese, ecartes: Sequence[Ecarte]
    ) -> None:
        self.politique, self.resultats, self.synthese, self.ecartes = politique, resultats, synthese, ecartes

    # ------------------------------------------------------------ population

    def population(self) -> SectionVue:
        """How many were received, how many are complete; those set aside, each with its reason."""
        rows = [(STATUTS[s], str(self.synthese.statuts[s]), _DIT[s]) for s in STATUTS]
        rows.append(("Ensemble", str(self.synthese.effectif), "retours reçus"))
        heads = ("État", "Nombre", "Ce que cela veut dire")
        blocs = [BlocVue("", (), (), (table("Retours reçus, par état", heads, rows, " n"),))]
        if kinds := self._kinds():
            columns = ("Activités", "Établissements évalués")
            blocs.append(BlocVue("", (), (), (table("Retours évalués, par activités", columns, kinds, " n"),)))
        if self.ecartes:
            text = f"{many(len(self.ecartes), 'ligne mise', 'lignes mises')} à part, sans être évaluée"
            text += f"{'s' if len(self.ecartes) > 1 else ''}, dans aucun des comptes qui suivent."
            blocs.append(BlocVue("Retours à corriger", (text,), (), (aside(self.ecartes),)))
        for nom, count in self.synthese.reserves.items():
            if count:
                titre = quoted(self.politique.volets[nom].titre or nom)
                text = f"Le volet {titre} est réservé : il ne s'applique pas à {many(count, 'établissement')}."
                blocs.append(BlocVue("", (text,), (), ()))
        return SectionVue("population", "Les retours", (), tuple(blocs))

    def _kinds(self) -> list[tuple[str, str]]:
        """How many have exactly these activities, the most frequent first."""
        if not self.politique.secteurs:
            return []
        groups: dict[str, int] = {}
        for resultat in self.resultats:
            kinds = activities(resultat.etablissement, self.politique) or "aucune activité dite"
            groups[kinds] = groups.get(kinds, 0) + 1
        return [(k, str(n)) for k, n in sorted(groups.items(), key=lambda pair: (-pair[1], pair[0]))]

    # ------------------------------------------------------------ steps

    def steps(self) -> SectionVue:
        """From what was received to what is proposed, then retained."""
        steps = funnel(self.politique, self.resultats, a_corriger=len(self.ecartes))
        rows = [(self._step(s), str(s.compte), str(s.ouverts) if s.ouverts else "–", self._after(s)) for s in steps]
        drawn = [
            (self._step(s), [(s.compte, "plein"), (s.ouverts, "clair")], _count(s.compte, s.ouverts)) for s in steps
        ]
        words = [f"{self._step(s)}, {_count(s.compte, s.ouverts)}" for s in steps]
        figure = bars(
            "figure-etapes",
            "Nombre d'établissements, des retours aux montants",
            f"{' ; '.join(words)}.",
            drawn,
            (("plein", "certain"), ("clair", "non tranché, faute de données")),
        )
        text = (
            "Chaque ligne compte des établissements, chacun une fois. Un montant encouru ou proposé est soumis au "
            "comité ; un montant retenu est celui qui a été inscrit après observations."
        )
        heads = ("Étape", "Établissements", "Non tranchés", "Précisions")
        bloc = BlocVue("", (), (figure,), (table("Étapes", heads, rows, " nn"),))
        return SectionVue("etapes", "Des retours aux montants", (text,), (bloc,))

    def _step(self, step: Marche) -> str:
        if step.sorte == "sous_cible":
            titre = volet_title(step.nom, self.politique)
            return f"Sous la cible, {titre}" if titre else "Sous la cible"
        if step.sorte == "piece":
            return f"Pièce due : {self.politique.pieces[step.nom].titre or step.nom}"
        return {
            "recus": "Retours reçus",
            "evalues": "Retours évalués",
            "charge": "Montant encouru",
            "faveur": "Montant proposé en leur faveur",
            "retenu_charge": "Montant encouru : retenu après observations",
            "retenu_faveur": "Montant en leur faveur : retenu après observations",
        }[step.sorte]

    def _after(self, step: Marche) -> str:
        said = []
        if step.sous is not None and step.compte:
            said.append(f"dont {step.sous} sous la cible")
        if step.total:
            said.append(f"total {euros(step.total)}")
        if step.plus_haut and step.compte > 1:
            said.append(f"au plus {euros(step.plus_haut)} pour un établissement")
        if step.sorte == "evalues" and self.ecartes:
            said.append(f"{many(len(self.ecartes), 'retour')} à corriger")
        return " ; ".join(said) or "–"

    # ------------------------------------------------------------ secteurs

    def sectors(self) -> SectionVue | None:
        """How scores and amounts spread over the activities."""
        blocs = [b for v in self.synthese.volets if (b := self._scores(v)) is not None]
        blocs += [b for way in (False, True) if (b := self._amounts(way)) is not None]
        if not blocs:
            return None
        return SectionVue("activites", "Par activité", (_PLUSIEURS,), tuple(blocs))

    def _scores(self, volet: SyntheseVolet) -> BlocVue | None:
        found = sectors(self.politique, self.resultats, volet.nom)
        drawn = [(self._label(s.nom), s.distribution, s.scores) for s in found if s.distribution is not None]
        if not drawn:
            return None
        titre = volet_title(volet.nom, self.politique)
        figure = boxes(
            f"figure-activites-{volet.nom or 'ensemble'}",
            legend("Scores par activité", volet.nom, self.politique),
            f"Médianes : {' ; '.join(f'{n}, {rate(d.mediane, self.politique)}' for n, d, _ in drawn)}.",
            drawn,
            self.politique,
            volet.cibles if len(volet.cibles) == 1 else (),
        )
        judged = bool(volet.cibles)
        rows = [
            (self._label(s.nom), str(s.effectif), *self._numbers(s), *(self._sides(s) if judged else ())) for s in found
        ]
        heads = ("Activité", "Établis\u00adsements", *SPREAD, *(("Sous la cible", "Non tranchés") if judged else ()))
        return BlocVue(
            titre,
            (),
            (figure,),
            (table(legend("Scores par activité", volet.nom, self.politique), heads, rows, " nnnnnnnnn"),),
        )

    def _numbers(self, found: RepartitionSecteur) -> tuple[str, ...]:
        return spread_numbers(found.distribution, self.politique)

    def _sides(self, found: RepartitionSecteur) -> tuple[str, str]:
        return (str(found.sous), str(found.ouverts))

    def _amounts(self, en_faveur: bool) -> BlocVue | None:
        if not any(d.en_faveur is en_faveur for d in self.politique.decisions.values()):
            return None
        found = sector_amounts(self.politique, self.resultats, en_faveur=en_faveur)
        if not found:
            return None
        rows = [(self._label(s.nom), str(s.effectif), str(s.certains), str(s.ouverts), euros(s.total)) for s in found]
        what = "Montants proposés en faveur des établissements" if en_faveur else "Montants encourus"
        heads = ("Activité", "Établissements", "Avec un montant certain", "Non tranchés", "Total certain")
        return BlocVue("", (), (), (table(f"{what}, par activité", heads, rows, " nnnn"),))

    def _label(self, nom: str) -> str:
        return sector_label(self.politique.secteurs[nom]) if nom else "aucune activité dite"

    def sections(self) -> Iterator[SectionVue]:
        """What comes before the scores."""
        yield self.population()
        yield self.steps()


def _count(certain: int, ouverts: int) -> str:
    return f"{certain}, et {ouverts} non tranché{'s' if ouverts > 1 else ''}" if ouverts else str(certain)


def aside(ecartes: Sequence[Ecarte]) -> TableauVue:
    """The rows that were not evaluated, each with its reasons and where they are."""
    rows = [
        (e.finess or "illisible", e.raison_sociale or "–", e.lieu or "–", " ; ".join(d.message for d in e.diagnostics))
        for e in ecartes
    ]
    return table("Retours à corriger, non évalués", ("FINESS", "Établissement", "Ligne", "Motif"), rows)
