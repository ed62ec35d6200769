"""An evaluated cohort on a terminal: a table of the establishments that matter, a summary that a committee can read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Protocol

from caqes_dsl.base.quantities import UNITES, Genre
from caqes_dsl.documents.operations import euros, points_only, shown
from caqes_dsl.documents.synthese import SyntheseEnMots
from caqes_dsl.documents.typography import typeset
from caqes_dsl.documents.words import sector_label
from caqes_dsl.documents.writers.terminal import Colonne, Ligne, write_table
from caqes_dsl.documents.writers.texte import lay_out
from caqes_dsl.evaluation.summary import reaching, score_of, scored, standing, summarize, target_of
from caqes_dsl.evaluation.trace import Resultat
from caqes_dsl.model.nodes import Politique

LIGNES = 40
"""Rows that a table shows at most."""


class Ecarte(Protocol):
    """A row that could not be evaluated; its diagnostics are said elsewhere."""

    @property
    def finess(self) -> str:
        """The unit evaluated."""


def render_tableau(
    politique: Politique,
    resultats: Sequence[Resultat],
    *,
    ecartes: Sequence[Ecarte] = (),
    largeur: int = 100,
    couleur: bool = False,
) -> str:
    """The table, then the summary, on `largeur` columns."""
    width = min(max(largeur, 60), 140)
    synthese = summarize(politique, resultats, a_corriger=len(ecartes))
    words = SyntheseEnMots(politique, resultats, synthese, largeur=width, couleur=couleur)
    return "\n".join([*_Tableau(politique, resultats, ecartes, width, couleur).lines(), *words.lines()])


class _Tableau:
    def __init__(
        self,
        politique: Politique,
        resultats: Sequence[Resultat],
        ecartes: Sequence[Ecarte],
        largeur: int,
        couleur: bool,
    ) -> None:
        self.politique, self.resultats, self.ecartes = politique, resultats, ecartes
        self.largeur, self.couleur = largeur, couleur
        self.volets = list(scored(politique))
        self.natures = [w for w in (False, True) if any(d.en_faveur is w for d in politique.decisions.values())]
        self.juges = [i.nom for i in politique.indicateurs.values() if i.cible is not None]

    def _say(self, *lines: str) -> str:
        return lay_out("\n".join(typeset(line) for line in lines), self.largeur)

    # ------------------------------------------------------------ the table

    def lines(self) -> Iterator[str]:
        """The rows, worst scores first; what is not shown is said."""
        every = len(self.resultats) + len(self.ecartes) <= LIGNES
        chosen = sorted((r for r in self.resultats if every or self._matters(r)), key=self._order)
        rows = [self._row(r) for r in chosen][:LIGNES]
        rows += [self._refused(e) for e in self.ecartes][: max(LIGNES - len(rows), 0)]
        if rows:
            cells = [Ligne(tuple(typeset(c) for c in row.cellules), row.ton) for row in rows]
            yield write_table(self._columns(), cells, self.largeur, couleur=self.couleur)
            if any(r.manquants for r in self.resultats):
                yield self._say("* à compléter : ce qui manque est dit plus bas.")
        hidden = len(self.resultats) + len(self.ecartes) - len(rows)
        if hidden:
            what = "établissements ne sont pas montrés" if hidden > 1 else "établissement n'est pas montré"
            why = " : ni sous la cible, ni à compléter, ni à corriger" if len(rows) < LIGNES else ""
            yield self._say(
                f"{hidden} {what}{why}. Pour les avoir tous : option -o, puis un nom de fichier en .xlsx ou .csv."
            )

    def _columns(self) -> list[Colonne]:
        heads = [
            Colonne("FINESS"),
            Colonne("Établissement", elastique=True, rang=1),
            Colonne("Activités", elastique=True, rang=4),
        ]
        if len(self.volets) == 1:
            heads += [Colonne("Points", nombre=True, rang=5), Colonne("Score", nombre=True)]
            heads += [Colonne("Écart", nombre=True, rang=3)]
        whole = "" in self.volets
        for volet in self.volets if len(self.volets) > 1 else ():
            title = self.politique.volets[volet].titre if volet else "Score"
            heads.append(Colonne(title, nombre=True, elastique=True, rang=3 if volet and whole else 0))
        if self.juges:
            head = "Indicateurs atteints"
            heads.append(Colonne(head, nombre=True, elastique=True, rang=2 if self.volets else 0))
        for en_faveur in self.natures:
            several = len(self.natures) > 1
            head = "En sa faveur" if several else "Montant proposé"
            heads.append(Colonne(head if en_faveur else "Encouru" if several else "Montant encouru", nombre=True))
        return [*heads, Colonne("Cible" if self.volets or not self.politique.indicateurs else "État")]

    def _row(self, resultat: Resultat) -> Ligne:
        etablissement = resultat.etablissement
        kinds = [sector_label(s) for s in self.politique.secteurs.values() if s.nom in etablissement.secteurs]
        cells = [etablissement.finess, etablissement.raison_sociale, "+".join(kinds)]
        if len(self.volets) == 1:
            volet = self.volets[0]
            cells += [self._points(resultat), self._score(resultat, volet), self._gap(resultat, volet)]
        elif self.volets:
            cells += [self._score(resultat, v) for v in self.volets]
        if self.juges:
            cells.append(self._reached(resultat))
        cells += [self._amount(resultat, en_faveur=w) for w in self.natures]
        situation, ton = self._situation(resultat)
        return Ligne((*cells, situation), ton)

    def _refused(self, ecarte: Ecarte) -> Ligne:
        empty = [""] * (len(self._columns()) - 2)
        name = getattr(ecarte, "raison_sociale", "")
        if name:
            empty[0] = name
        return Ligne((ecarte.finess, *empty, "à corriger"), "attente")

    def _matters(self, resultat: Resultat) -> bool:
        missed = any(resultat.indicateurs[i].atteint is False for i in self.juges)
        return resultat.statut == "indetermine" or missed or self._below(resultat) or self._at_stake(resultat)

    def _at_stake(self, resultat: Resultat) -> bool:
        return any(d.certitude == "ouvert" or d.montant for d in resultat.decisions.values())

    def _standings(self, resultat: Resultat) -> list[bool | None]:
        pairs = ((score_of(self.politique, resultat, v), target_of(resultat, v)) for v in self.volets)
        return [standing(sous, cible) for sous, cible in pairs if cible is not None]

    def _below(self, resultat: Resultat) -> bool:
        return False in self._standings(resultat)

    def _order(self, resultat: Resultat) -> tuple[bool, Fraction, str]:
        low = min(
            (s for v in self.volets if (s := score_of(self.politique, resultat, v).score_min) is not None), default=None
        )
        return low is None, low if low is not None else Fraction(0), resultat.etablissement.finess

    def _situation(self, resultat: Resultat) -> tuple[str, str]:
        """Whether the target is reached; a star says that something is missing."""
        if resultat.statut == "sans_objet":
            return "sans objet", "sobre"
        star = " *" if resultat.statut == "indetermine" else ""
        if not self.volets and self.politique.indicateurs:
            if star:
                return f"à compléter{star}", "attente"
            nothing = all(i.statut == "sans_objet" for i in resultat.indicateurs.values())
            missed = any(resultat.indicateurs[i].atteint is False for i in self.juges)
            return ("sans objet" if nothing else "complet"), "alerte" if missed else "sobre"
        found = self._standings(resultat)
        if False in found:
            return f"non atteinte{star}", "alerte"
        if None in found:
            return f"en suspens{star}", "attente"
        return (f"atteinte{star}" if found else f"–{star}"), "attente" if star else "sobre"

    # ------------------------------------------------------------ cells

    def _taux(self, value: Fraction) -> str:
        return shown(value, Genre.TAUX, self.politique)

    def _points(self, resultat: Resultat) -> str:
        sous = resultat.score_global
        got = points_only(sous.points) if sous.points is not None else "?"
        of = points_only(sous.points_applicables) if sous.points_applicables is not None else "?"
        return "" if sous.points_applicables == 0 else f"{got}/{of}"

    def _score(self, resultat: Resultat, volet: str) -> str:
        sous = score_of(self.politique, resultat, volet)
        if sous.score_min is None or sous.score_max is None:
            return "–" if sous.sans_objet else "?"
        low, high = self._taux(sous.score_min), self._taux(sous.score_max)
        return high if low == high else f"{low.removesuffix('%').rstrip()} à {high}"

    def _gap(self, resultat: Resultat, volet: str) -> str:
        """How far from the target: « −7 » is seven percentage points below."""
        sous, cible = score_of(self.politique, resultat, volet), target_of(resultat, volet)
        if sous.score_min is None or sous.score_max is None or cible is None:
            return ""
        ends = [self._signed((s - cible) / UNITES["pt"][1]) for s in (sous.score_min, sous.score_max)]
        return ends[0] if ends[0] == ends[1] else f"{ends[0]} à {ends[1]}"

    def _signed(self, value: Fraction) -> str:
        sign = "−" if value < 0 else "+" if value > 0 else ""
        return sign + shown(abs(value), Genre.DECIMAL, self.politique)

    def _reached(self, resultat: Resultat) -> str:
        """« 2/3 »: reached, out of those that concern the establishment; « ? » as long as one is not known."""
        found = [reaching(resultat.indicateurs[i]) for i in self.juges]
        judged = sum(f in ("atteint", "non atteint", "indéterminé") for f in found)
        vague = " ?" if "indéterminé" in found else ""
        return f"{found.count('atteint')}/{judged}{vague}" if judged else "–"

    def _amount(self, resultat: Resultat, *, en_faveur: bool) -> str:
        """What the establishment would bear, or what it would receive: the two are never added."""
        mine = [d for n, d in resultat.decisions.items() if self.politique.decisions[n].en_faveur is en_faveur]
        known = sum((d.montant for d in mine if d.montant is not None), Fraction(0))
        open_ones = [d for d in mine if d.certitude == "ouvert"]
        if not open_ones:
            return euros(known) if known else "–"
        if any(d.montant_max is None for d in open_ones):
            return "à chiffrer"
        return f"≤ {euros(known + sum((d.montant_max or Fraction(0) for d in open_ones), Fraction(0)))}"
