"""Sections of a report on the criteria that cost most, what is missing, what is to be said of the data, the method."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from caqes_dsl.base.diagnostics import Diagnostic, Severite
from caqes_dsl.base.quantities import Genre
from caqes_dsl.documents.completer import to_complete
from caqes_dsl.documents.criteria import points
from caqes_dsl.documents.manquants import lacking, missing_in_words
from caqes_dsl.documents.operations import points_only, shown
from caqes_dsl.documents.rapport_figures import bars
from caqes_dsl.documents.rapport_mots import many, name_of, rates, table, volet_title
from caqes_dsl.documents.rapport_shapes import BlocVue, SectionVue
from caqes_dsl.documents.typography import capital
from caqes_dsl.documents.words import criterion_number
from caqes_dsl.evaluation.region_manques import Demande, Manques, missing_items
from caqes_dsl.evaluation.summary import Synthese, score_of, scored
from caqes_dsl.evaluation.trace import Resultat
from caqes_dsl.model.nodes import Politique

CRITERES = 10
"""Criteria that a report names."""
MANQUES = 30
"""Missing items that a report names."""

_METHODE = {
    "Exactitude": "Les nombres sont des fractions exactes, du texte de la politique au centime ; un arrondi n'a lieu "
    "que là où la politique l'écrit. Un nombre précédé de ≈ est arrondi pour être imprimé, jamais pour décider.",
    "Ce qui manque": "N'est jamais compté zéro : ce qui en dépend reste non tranché, entre les bornes que laissent "
    "toutes les valeurs possibles. Les totaux certains ne comptent que ce qui est certain.",
    "Quartiles": "Le quart des établissements a un score au plus égal au premier quartile, la moitié à la médiane, les "
    "trois quarts au troisième ; entre deux scores, par interpolation (CENTILE.INCLURE d'un tableur). Seuls les scores "
    "connus y entrent.",
    "Dessins": "Faits des mêmes nombres que les tableaux qui les suivent ; en cas de doute, le tableau fait foi.",
}


class Complements:
    """Writes these sections."""

    def __init__(
        self,
        politique: Politique,
        resultats: Sequence[Resultat],
        synthese: Synthese,
        diagnostics: Sequence[Diagnostic],
        distance: Fraction,
    ) -> None:
        self.politique, self.resultats, self.synthese = politique, resultats, synthese
        self.diagnostics, self.distance = diagnostics, distance

    def criteria(self) -> SectionVue | None:
        """Where the points are lost."""
        found = self.synthese.criteres[:CRITERES]
        if not found:
            return None
        named = [(criterion_number(c.critere, self.politique), c) for c in found]
        drawn = [(f"{n} {c.critere.titre or ''}", [(c.points, "hachure")], points_only(c.points)) for n, c in named]
        figure = bars(
            "figure-criteres",
            "Points perdus par critère, tous établissements ensemble",
            "Points perdus : " + " ; ".join(f"{n}, {points(c.points)}" for n, c in named) + ".",
            drawn,
        )
        rows = [
            (n, c.critere.titre or c.critere.nom, points_only(c.points), str(c.perdants), str(c.evalues))
            for n, c in named
        ]
        heads = ("N°", "Critère", "Points perdus", "Établissements qui en perdent", "Établissements évalués")
        more = len(self.synthese.criteres) - len(found)
        text = f"Les {len(found)} premiers ; {many(more, 'autre critère', 'autres critères')} en font perdre aussi."
        return SectionVue(
            "criteres",
            "Les critères qui coûtent le plus",
            (text,) if more else (),
            (BlocVue("", (), (figure,), (table("Points perdus", heads, rows, "  nnn"),)),),
        )

    # ------------------------------------------------------------ missing items

    def missing(self) -> SectionVue | None:
        """What is missing most, what would decide most, then what to ask of each."""
        found = missing_items(self.resultats)
        if not found.demandes and not found.attente:
            return None
        texts = [f"{capital(many(len(found.demandes), 'établissement'))} à qui il manque quelque chose."]
        if found.attente:
            verb = "dépendent" if found.attente > 1 else "dépend"
            texts.append(
                f"{capital(many(found.attente, 'autre'))} ne {verb} que de ce qui manque à d'autres, pour le partage "
                "d'une enveloppe ou une statistique."
            )
        if found.etudies < len(found.demandes):
            texts.append(
                f"Ce qu'il faut demander d'abord est cherché pour les {found.etudies} premiers seulement : la "
                "recherche essaie des valeurs une à une."
            )
        blocs = [self._items(found), self._asked(found.demandes)] if found.demandes else []
        return SectionVue("manques", "Ce qui manque", tuple(texts), tuple(blocs))

    def _items(self, found: Manques) -> BlocVue:
        shown_ones = found.manques[:MANQUES]
        rows = [
            (capital(missing_in_words(m.cle, self.politique)), str(m.etablissements), str(m.premiers), str(m.decisions))
            for m in shown_ones
        ]
        texts = []
        decisive = max(found.manques, key=lambda m: (m.premiers, m.decisions, m.etablissements))
        if decisive.premiers > 1:
            texts.append(
                f"Ce qui déciderait le plus : {missing_in_words(decisive.cle, self.politique)}, à demander d'abord à "
                f"{many(decisive.premiers, 'établissement')}."
            )
        if len(found.manques) > len(shown_ones):
            texts.append(f"Les {len(shown_ones)} qui manquent le plus souvent, sur {len(found.manques)}.")
        heads = ("Ce qui manque", "Manque à", "À demander d'abord à", "Montants non tranchés qui en dépendent")
        return BlocVue("", tuple(texts), (), (table("Ce qui manque le plus", heads, rows, " nnn"),))

    def _asked(self, demandes: Sequence[Demande]) -> BlocVue:
        rows = [
            (
                d.resultat.etablissement.finess,
                name_of(d.resultat.etablissement),
                self._bounds(d.resultat),
                self._words(d),
            )
            for d in demandes
        ]
        heads = ("FINESS", "Établissement", "Score", "À demander")
        right = "  n" if len(scored(self.politique)) == 1 else ""
        return BlocVue("", (), (), (table("Ce qu'il faut demander à chacun", heads, rows, right),))

    def _words(self, demande: Demande) -> str:
        if demande.ordre is None:
            return capital(lacking(demande.cles, self.politique))
        return to_complete(demande.resultat, demande.cles, self.politique, demande.ordre)

    def _bounds(self, resultat: Resultat) -> str:
        """Its score, or the bounds of it, volet by volet when several have one."""
        said = []
        for volet in scored(self.politique):
            sous = score_of(self.politique, resultat, volet)
            if sous.sans_objet:
                continue
            head = f"{titre} : " if (titre := volet_title(volet, self.politique)) else ""
            if sous.score_min is None or sous.score_max is None:
                said.append(f"{head}non borné")
            else:
                said.append(head + rates(sous.score_min, sous.score_max, self.politique))
        return " ; ".join(said) or "–"

    # ------------------------------------------------------------ what is to be said

    def warnings(self) -> SectionVue | None:
        """What must be said of the data and of the statistics."""
        said = list(dict.fromkeys(_sentence(d) for d in self.diagnostics if d.severite is not Severite.ERREUR))
        if not said:
            return None
        rows = [(s,) for s in said]
        bloc = BlocVue("", (), (), (table("À savoir des données et des statistiques", ("Remarque",), rows),))
        return SectionVue("remarques", "Remarques sur les données et les statistiques", (), (bloc,))

    def method(self) -> SectionVue:
        """How these numbers were made, and what they are not."""
        kept = dict(_METHODE)
        if not self.synthese.volets:
            del kept["Quartiles"]
        if any(v.cibles for v in self.synthese.volets):
            span = shown(self.distance, Genre.ECART, self.politique)
            kept["Près de la cible"] = f"À {span} au plus, des deux côtés, bornes comprises."
        if self.politique.decisions:
            kept["Décisions"] = "Rien n'est décidé automatiquement : les montants sont soumis au comité."
        rows = list(kept.items())
        bloc = BlocVue("", (), (), (table("Comment ces nombres sont faits", ("Sujet", "Règle"), rows),))
        return SectionVue("methode", "Méthode", (), (bloc,))

    def sections(self) -> Iterator[SectionVue]:
        """All of them, in order."""
        for section in (self.criteria(), self.missing(), self.warnings(), self.method()):
            if section is not None:
                yield section


def _sentence(diagnostic: Diagnostic) -> str:
    where = f" ({diagnostic.lieu})" if diagnostic.lieu else ""
    return f"{diagnostic.message.rstrip('.')}{where}." + (f" {diagnostic.aide}" if diagnostic.aide else "")
