"""What else a comparison says of a cohort: the constant grid, criteria of one side only, what is left undetermined."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from fractions import Fraction

from caqes_dsl.base.quantities import readable
from caqes_dsl.compare.impact_shapes import Bilan, CritereSeul, Ecart, GrilleConstante, Ligne, TotalEcart
from caqes_dsl.documents.comparaison_impact import RIEN, Effets, amount, name
from caqes_dsl.documents.comparaison_mots import adding_up, signed_euros, signed_points
from caqes_dsl.documents.rapport_mots import many, rate, table
from caqes_dsl.documents.rapport_shapes import BlocVue, SectionVue, TableauVue
from caqes_dsl.documents.typography import capital, listing
from caqes_dsl.documents.words import level_label

_CENT = Fraction(1, 100)
_CENTIEME = Fraction(1, 10_000)
_TRAITES = {
    "evalue": ("évalué", "évalués"),
    "sans_reponse": ("sans réponse", "sans réponse"),
    "neutre": ("non concerné", "non concernés"),
    "indetermine": ("indéterminé, faute de réponse", "indéterminés, faute de réponse"),
    "reserve": ("hors du volet", "hors du volet"),
}
_COTE = {True: "la nouvelle version", False: "l'ancienne version"}


class Reste:
    """Writes these sections."""

    def __init__(self, effets: Effets) -> None:
        self.effets, self.impact = effets, effets.impact

    # ------------------------------------------------------------ constant grid

    def constant_grid(self) -> SectionVue:
        """The move since last year, shared between the rules and the establishments."""
        known = [li for li in self.impact.lignes if li.grille_constante is not None]
        if not known:
            why = Counter(li.sans_passe for li in self.impact.lignes)
            reasons = [
                f"{many(n, 'établissement')} : {reason or 'aucune réponse transmise'}" for reason, n in why.items()
            ]
            text = "Les réponses de l'exercice précédent n'ont pas été transmises ; la part des règles et celle des "
            text += "établissements dans l'évolution d'une année sur l'autre ne peuvent pas être séparées."
            return SectionVue("constante", "À grille constante", (text, f"{capital(' ; '.join(reasons))}."), ())
        year = next(li.grille_constante.exercice for li in known if li.grille_constante is not None)
        this = self.impact.exercice
        text = (
            f"De {year}{f' à {this}' if this else ''}, l'évolution a deux parts. La part des règles est ce que la "
            f"nouvelle version fait des réponses de {year} ; la part des établissements est ce que leurs réponses ont "
            "changé ensuite, la nouvelle version s'appliquant aux deux années. Leur somme est l'évolution."
        )
        texts = [text]
        left = len(self.impact.lignes) - len(known)
        if left:
            texts.append(f"{capital(many(left, 'établissement'))} sans réponses de {year}, à part.")
        return SectionVue("constante", "À grille constante", tuple(texts), tuple(self._constant(known, year)))

    def _constant(self, known: Sequence[Ligne], year: int) -> Iterator[BlocVue]:
        groups = [self.impact.ensemble, *self.impact.secteurs]
        for p in self.impact.perimetres:
            moves = [(self._group(g.titre, g.sorte), g.grille_constante.get(p.nom)) for g in groups]
            found = [(n, t) for n, t in moves if t is not None and t.compares]
            lines = [
                (li, g, e)
                for li in known
                if (g := li.grille_constante) is not None and (e := g.scores.get(p.nom)) is not None
            ]
            if not found:
                continue
            title = self.effets.title(p)
            said = f", {title}" if title else ""
            heads = (
                "Groupe",
                "Comparés",
                "Évolution moyenne, en points",
                "Part des règles",
                "Part des établis\u00adsements",
            )
            rows = [(n, str(t.compares), *_mean(t)) for n, t in found]
            summed = table(f"Scores à grille constante{said}", heads, rows, " nnnn", suites=_open(found[0][1]))
            yield BlocVue(title, (), (), (summed, self._score_lines(lines, year, p.nom, said)))
        for label, field, wanted in (
            ("Montants encourus", "charge", self.effets.charge),
            ("Montants en faveur des établissements", "faveur", self.effets.faveur),
        ):
            totals = [(self._group(g.titre, g.sorte), getattr(g, f"grille_{field}")) for g in groups]
            found = [(n, t) for n, t in totals if t.compares]
            if not wanted or not found:
                continue
            heads = ("Groupe", "Comparés", "Évolution", "Part des règles", "Part des établis\u00adsements")
            rows = [(n, str(t.compares), *_euro_parts(t)) for n, t in found]
            summed = table(f"{label} à grille constante", heads, rows, " nnnn", suites=_open(found[0][1]))
            each = self._amount_lines(known, year, label, field)
            yield BlocVue(label, (), (), (summed, each) if each is not None else (summed,))

    def _group(self, titre: str, sorte: str) -> str:
        return "Tous" if sorte == "tous" else titre

    def _score_lines(
        self, lines: Sequence[tuple[Ligne, GrilleConstante, Ecart]], year: int, nom: str, said: str
    ) -> TableauVue:
        heads = ("FINESS", "Établissement", f"Score {year}", "Part des règles", f"Score {year}, règles nouvelles",
                 "Part de l'établis\u00adsement", f"Score {self.impact.exercice or 'de cette année'}")  # fmt: skip
        rows = [
            (
                li.finess, name(li), self._score(g.ancien, nom), _points(e.regles), self._score(g.nouveau, nom),
                _points(e.etablissement), self._score(li.nouveau, nom),
            )
            for li, g, e in lines
        ]  # fmt: skip
        return table(f"Chaque établissement à grille constante{said}", heads, rows, "  nnnnn", triable=len(rows) > 1)

    def _amount_lines(self, known: Sequence[Ligne], year: int, label: str, field: str) -> TableauVue | None:
        rows = []
        for li in known:
            grid = li.grille_constante
            assert grid is not None
            move: Ecart = getattr(grid, field)
            before, same, after = (getattr(b, field) for b in (grid.ancien, grid.nouveau, li.nouveau))
            if not any(m.valeur is None or m.valeur for m in (before, same, after)):
                continue
            rows.append(
                (li.finess, name(li), amount(before), _euros(move.regles), amount(same), _euros(move.etablissement),
                 amount(after))
            )  # fmt: skip
        if not rows:
            return None
        heads = ("FINESS", "Établissement", f"{year}", "Part des règles", f"{year}, règles nouvelles",
                 "Part de l'établis\u00adsement", f"{self.impact.exercice or 'Cette année'}")  # fmt: skip
        return table(f"{label} à grille constante, par établissement", heads, rows, "  nnnnn", triable=len(rows) > 1)

    def _score(self, bilan: Bilan, nom: str) -> str:
        score = bilan.scores.get(nom)
        if score is None or score.sans_objet:
            return RIEN
        return "indéterminé" if score.score is None else rate(score.score, self.impact.nouvelle)

    # ------------------------------------------------------------ one side only

    def one_sided(self) -> SectionVue | None:
        """Criteria that one version alone has, and what was done with them."""
        if not self.impact.criteres_seuls:
            return None
        heads = ("Critère", "Version", "Points du critère", "Établis\u00adsements concernés", "Réponses connues",
                 "Ce qui en a été fait", "Points donnés")  # fmt: skip
        rows = [self._alone(c) for c in self.impact.criteres_seuls]
        text = (
            "Un critère nouveau n'a pas été posé aux établissements : sa réponse manque, et vaut ce que la nouvelle "
            "version dit d'une réponse absente. Un critère supprimé ne compte que dans l'ancienne."
        )
        bloc = BlocVue(
            "", (), (), (table("Critères d'une seule version", heads, rows, "  nnn n", triable=len(rows) > 1),)
        )
        return SectionVue("seuls", "Critères d'une seule version", (text,), (bloc,))

    def _alone(self, critere: CritereSeul) -> tuple[str, ...]:
        politique = self.impact.nouvelle if critere.nouveau else self.impact.ancienne
        done = []
        for key, count in critere.traitements.items():
            if not count:
                continue
            said = f"{count} {_TRAITES[key][count > 1]}"
            if key == "sans_reponse" and critere.sans_reponse:
                said += f", {'comptés' if count > 1 else 'compté'} « {level_label(critere.sans_reponse, politique)} »"
            done.append(said)
        return (
            f"{critere.nom} « {critere.titre} »" if critere.titre else critere.nom,
            "nouvelle" if critere.nouveau else "ancienne",
            readable(critere.poids),
            str(critere.concernes),
            str(critere.transmis),
            " ; ".join(done) or RIEN,
            f"{readable(critere.points)} sur {readable(critere.points_applicables)}",
        )

    # ------------------------------------------------------------ undetermined

    def undetermined(self) -> SectionVue:
        """What could not be told, and why."""
        texts = []
        if self.impact.ecartes:
            rows = many(self.impact.ecartes, "ligne écartée", "lignes écartées")
            texts.append(f"{capital(rows)} à la lecture des données, qui ne sont comptées nulle part.")
        blocs = [b for b in (self._open_lines(), self._dropped()) if b is not None]
        if not blocs and not texts:
            texts.append("Rien : tous les scores et tous les montants sont déterminés des deux côtés.")
        return SectionVue("indetermine", "Ce qui reste indéterminé", tuple(texts), tuple(blocs))

    def _open_lines(self) -> BlocVue | None:
        rows = []
        for li in self.impact.lignes:
            sides = (li.ancien, li.nouveau)
            what = ["le score"] if any(map(_open_score, sides)) else []
            what += ["un montant"] if any(map(_open_amount, sides)) else []
            if what:
                rows.append((li.finess, name(li), capital(listing(what)), self._versions(li)))
        if not rows:
            return None
        text = f"{capital(many(len(rows), 'établissement'))} dont un score ou un montant dépend de ce qui manque."
        made = table(
            "Établissements indéterminés", ("FINESS", "Établissement", "Ce qui n'est pas connu", "Version"), rows,
            triable=len(rows) > 1,
        )  # fmt: skip
        return BlocVue("Faute de données", (text,), (), (made,))

    @staticmethod
    def _versions(ligne: Ligne) -> str:
        sides = (("ancienne", ligne.ancien), ("nouvelle", ligne.nouveau))
        found = [label for label, b in sides if _open_score(b) or _open_amount(b)]
        return listing(found)

    def _dropped(self) -> BlocVue | None:
        if not self.impact.abandons:
            return None
        rows = [
            (capital(a.sorte), a.nom, str(len(a.valeurs)), _COTE[a.nouveau], a.pourquoi) for a in self.impact.abandons
        ]
        heads = ("Quoi", "Nom", "Valeurs", "Non reprises par", "Pourquoi")
        text = "Ces valeurs ont été transmises, mais une version ne les admet pas : pour elle, elles manquent."
        return BlocVue("Valeurs non reprises", (text,), (), (table("Valeurs non reprises", heads, rows, "  n  "),))


def _open_score(bilan: Bilan) -> bool:
    return any(s.score is None and not s.sans_objet for s in bilan.scores.values())


def _open_amount(bilan: Bilan) -> bool:
    return bilan.charge.valeur is None or bilan.faveur.valeur is None


def _mean(total: TotalEcart) -> tuple[str, str, str]:
    rules, own = adding_up([total.regles / total.compares, total.etablissement / total.compares], _CENTIEME)
    return signed_points(rules + own), signed_points(rules), signed_points(own)


def _euro_parts(total: TotalEcart) -> tuple[str, str, str]:
    rules, own = adding_up([total.regles, total.etablissement], _CENT)
    return signed_euros(rules + own), signed_euros(rules), signed_euros(own)


def _open(total: TotalEcart) -> tuple[str, ...]:
    if not total.indetermines:
        return ()
    return (
        f"{capital(many(total.indetermines, 'établissement'))} à part, indéterminé{'s' * (total.indetermines > 1)}.",
    )


def _points(value: Fraction | None) -> str:
    return "indéterminé" if value is None else signed_points(value)


def _euros(value: Fraction | None) -> str:
    return "indéterminé" if value is None else signed_euros(value)
