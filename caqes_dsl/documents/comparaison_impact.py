"""What a change of policy does to a cohort, as sections: who crosses the target, the totals, each establishment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from caqes_dsl.base.quantities import round_to
from caqes_dsl.compare.impact_shapes import (
    Bilan,
    Groupe,
    Impact,
    Ligne,
    Montant,
    Passage,
    Perimetre,
    TotalMontant,
)
from caqes_dsl.documents.comparaison_mots import signed_euros, signed_points
from caqes_dsl.documents.operations import euros
from caqes_dsl.documents.rapport_mots import many, rate, rates, table
from caqes_dsl.documents.rapport_shapes import BlocVue, SectionVue, TableauVue
from caqes_dsl.documents.typography import capital
from caqes_dsl.documents.words import number_with, sector_label, value_in_words

RIEN = "–"
"""Where there is nothing to say."""
_CENTIEME = Fraction(1, 10_000)


class Effets:
    """Writes these sections."""

    def __init__(self, impact: Impact) -> None:
        self.impact = impact
        self.lignes = {ligne.finess: ligne for ligne in impact.lignes}
        self.faveur = any(g.faveur.ancien or g.faveur.nouveau or g.faveur.indetermines for g in [impact.ensemble])
        charge = impact.ensemble.charge
        self.charge = bool(charge.ancien or charge.nouveau or charge.indetermines) or not self.faveur

    def sections(self) -> Iterator[SectionVue]:
        """All of them, in order."""
        if self._with_target():
            yield self.crossings()
        yield SectionVue("totaux", "Avant et après, au total", (), tuple(self._totals()))
        if self.impact.secteurs:
            text = "Un établissement de plusieurs activités est compté dans chacune."
            rows = self._groups("Avant et après, par activité", "Activité", self.impact.secteurs)
            yield SectionVue("activites", "Par activité", (text,), tuple(BlocVue("", (), (), (t,)) for t in rows))
        if self.impact.taille is not None and self.impact.tailles:
            rows = self._groups("Avant et après, par taille", "Taille", self.impact.tailles)
            text = f"Selon « {self.impact.taille.titre} », en classes coupées aux quartiles de ces établissements."
            yield SectionVue("tailles", "Par taille", (text,), tuple(BlocVue("", (), (), (t,)) for t in rows))
        yield self.establishments()

    # ------------------------------------------------------------ who crosses

    def _with_target(self) -> list[Perimetre]:
        """The périmètres that have a target on a side."""
        return [
            p
            for p in self.impact.perimetres
            if any(b.cibles.get(p.nom) is not None for li in self.impact.lignes for b in (li.ancien, li.nouveau))
        ]

    def title(self, perimetre: Perimetre) -> str:
        """« » where there is nothing to tell apart."""
        return (perimetre.titre or "Ensemble") if len(self.impact.perimetres) > 1 else ""

    def crossings(self) -> SectionVue:
        """Who crosses a target, and what both sides give."""
        return SectionVue("cible", "Qui franchit la cible", (), tuple(self._crossing(p) for p in self._with_target()))

    def _crossing(self, perimetre: Perimetre) -> BlocVue:
        found = [p for p in self.impact.passages if p.perimetre == perimetre.nom]
        total = self.impact.ensemble.scores.get(perimetre.nom)
        texts = []
        if total is not None:
            texts.append(
                f"Sous la cible : {total.sous_ancienne} avant, {total.sous_nouvelle} après. À la cible ou au-dessus : "
                f"{total.atteints_ancienne} avant, {total.atteints_nouvelle} après."
            )
            if total.ouverts_ancienne or total.ouverts_nouvelle:
                texts.append(
                    f"Non tranchés, faute de données : {total.ouverts_ancienne} avant, {total.ouverts_nouvelle} après."
                )
        if not found:
            texts.append("Aucun établissement ne franchit la cible, dans un sens ni dans l'autre.")
            return BlocVue(self.title(perimetre), tuple(texts), (), ())
        up = sum(p.monte for p in found)
        texts.append(f"L'atteignent désormais : {up or 'aucun'}. Ne l'atteignent plus : {len(found) - up or 'aucun'}.")
        title = self.title(perimetre)
        legende = f"Établissements qui franchissent la cible{f', {title}' if title else ''}"
        heads = ["FINESS", "Établissement", "Sens", "Score avant", "Score après", "Cible avant", "Cible après"]
        heads += ["Encouru avant", "Encouru après"] if self.charge else []
        rows = [self._crossed(p, perimetre) for p in found]
        kinds = "   nnnnnn"
        return BlocVue(title, tuple(texts), (), (table(legende, heads, rows, kinds, triable=len(rows) > 1),))

    def _crossed(self, passage: Passage, perimetre: Perimetre) -> list[str]:
        ligne = self.lignes[passage.finess]
        row = [ligne.finess, name(ligne), "l'atteint désormais" if passage.monte else "ne l'atteint plus"]
        row += [self._score(b, perimetre.nom) for b in (ligne.ancien, ligne.nouveau)]
        row += [self._target(b, perimetre.nom) for b in (ligne.ancien, ligne.nouveau)]
        return row + ([amount(b.charge) for b in (ligne.ancien, ligne.nouveau)] if self.charge else [])

    def _score(self, bilan: Bilan, nom: str) -> str:
        score = bilan.scores.get(nom)
        if score is None or score.sans_objet:
            return RIEN
        if score.score is not None:
            return rate(score.score, self.impact.nouvelle)
        if score.score_min is None or score.score_max is None:
            return "indéterminé"
        return rates(score.score_min, score.score_max, self.impact.nouvelle)

    def _target(self, bilan: Bilan, nom: str) -> str:
        cible = bilan.cibles.get(nom)
        return RIEN if cible is None else rate(cible, self.impact.nouvelle)

    # ------------------------------------------------------------ totals

    def _totals(self) -> Iterator[BlocVue]:
        whole = self.impact.ensemble
        rows = []
        for p in self.impact.perimetres:
            total = whole.scores.get(p.nom)
            if total is None or not total.effectif:
                continue
            rows.append(
                (
                    p.titre or "Ensemble", str(total.compares), self._rate(total.moyenne_ancienne),
                    self._rate(total.moyenne_nouvelle), self._moved(total.moyenne_ancienne, total.moyenne_nouvelle),
                    str(total.en_hausse), str(total.en_baisse), str(total.indetermines),
                )
            )  # fmt: skip
        if rows:
            heads = ("Score", "Comparés", "Moyenne avant", "Moyenne après", "Écart, en points", "En hausse",
                     "En baisse", "Indéter\u00adminés")  # fmt: skip
            text = "Les moyennes sont celles des établissements dont le score est connu des deux côtés, au centième."
            yield BlocVue("Scores", (text,), (), (table("Scores, avant et après", heads, rows, " nnnnnnn"),))
        yield BlocVue("Montants", tuple(self._amounts_said()), (), (self._amounts(),))

    def _amounts(self) -> TableauVue:
        whole, rows = self.impact.ensemble, []
        for d in self.impact.decisions:
            rows.append(_sum(d.titre or d.nom, whole.montants[d.nom]))
        feet = []
        if self.charge:
            feet.append(_sum("Total des montants encourus", whole.charge))
        if self.faveur:
            feet.append(_sum("Total en faveur des établissements", whole.faveur))
        heads = ("Montant", "Comparés", "Avant", "Après", "Écart", "Indéter\u00adminés")
        return table("Montants, avant et après", heads, rows, " nnnnn", pied=feet)

    def _amounts_said(self) -> Iterator[str]:
        yield (
            "Les sommes sont celles des établissements dont le montant est connu des deux côtés ; ce qui manque n'est "
            "jamais compté pour zéro."
        )
        for said, total in (("encourus", self.impact.ensemble.charge), ("en leur faveur", self.impact.ensemble.faveur)):
            if total.indetermines:
                who = capital(many(total.indetermines, "établissement"))
                yield (
                    f"{who} à part, dont les montants {said} ne sont pas déterminés : au total "
                    f"{_bounds(total.bas_ancien, total.haut_ancien)} avant, "
                    f"{_bounds(total.bas_nouveau, total.haut_nouveau)} après."
                )

    def _rate(self, value: Fraction | None) -> str:
        """A mean, to a hundredth."""
        return RIEN if value is None else rate(round_to(value, _CENTIEME), self.impact.nouvelle)

    @staticmethod
    def _moved(old: Fraction | None, new: Fraction | None) -> str:
        """From one mean to another, as they are printed."""
        if old is None or new is None:
            return RIEN
        return signed_points(round_to(new, _CENTIEME) - round_to(old, _CENTIEME))

    # ------------------------------------------------------------ groups

    def _groups(self, legende: str, head: str, groupes: Sequence[Groupe]) -> Iterator[TableauVue]:
        one = len(self.impact.perimetres) < 2
        for p in self.impact.perimetres:
            if any(p.nom in g.scores and g.scores[p.nom].effectif for g in groupes):
                title = self.title(p)
                said = legende + (f", {title}" if title else "")
                yield self._group_table(said, head, groupes, p, amounts=one)
        if not one or not self.impact.perimetres:
            yield self._group_table(f"{legende}, montants", head, groupes, None, amounts=True)

    def _group_table(
        self, legende: str, head: str, groupes: Sequence[Groupe], perimetre: Perimetre | None, *, amounts: bool
    ) -> TableauVue:
        heads = [head, "Établis\u00adsements"]
        heads += ["Score moyen avant", "Score moyen après", "Sous la cible avant", "après"] if perimetre else []
        charge, faveur = amounts and self.charge, amounts and self.faveur
        heads += ["Encourus avant", "Encourus après"] if charge else []
        heads += ["En faveur avant", "En faveur après"] if faveur else []
        heads = [h if h != "après" else "Sous la cible après" for h in heads]
        rows = []
        for g in groupes:
            row = [self._group_name(g), str(g.effectif)]
            if perimetre is not None:
                total = g.scores.get(perimetre.nom)
                row += (
                    [RIEN] * 4
                    if total is None
                    else [
                        self._rate(total.moyenne_ancienne), self._rate(total.moyenne_nouvelle),
                        str(total.sous_ancienne), str(total.sous_nouvelle),
                    ]
                )  # fmt: skip
            row += [euros(g.charge.ancien), euros(g.charge.nouveau)] if charge else []
            row += [euros(g.faveur.ancien), euros(g.faveur.nouveau)] if faveur else []
            rows.append(row)
        return table(legende, heads, rows, " " + "n" * (len(heads) - 1), triable=len(rows) > 1)

    def _group_name(self, groupe: Groupe) -> str:
        if groupe.sorte == "taille":
            return self._size(groupe.nom)
        if groupe.nom and groupe.titre:
            return groupe.titre
        return groupe.nom or "Sans activité déclarée"

    def _size(self, rank: str) -> str:
        taille = self.impact.taille
        if taille is None or not rank:
            return "Non transmis"
        ends = [value_in_words(b, taille.genre, self.impact.nouvelle) for b in taille.bornes]
        i = int(rank)
        if i == 0:
            return f"Moins de {ends[0]}" if ends else "Tous"
        return f"{ends[i - 1]} et plus" if i == len(ends) else f"De {ends[i - 1]} à moins de {ends[i]}"

    # ------------------------------------------------------------ establishments

    def establishments(self) -> SectionVue:
        """The establishments for which a score, a target reached or an amount changes."""
        moved = [li for li in self.impact.lignes if self._moves(li)]
        still = len(self.impact.lignes) - len(moved)
        texts = []
        if not moved:
            texts.append("Aucun score, aucun franchissement de cible et aucun montant ne change.")
        elif still:
            verb = "gardent leur score, leur place" if still > 1 else "garde son score, sa place"
            own = "leurs" if still > 1 else "ses"
            texts.append(
                f"{capital(number_with(Fraction(still), 'autre établissement', 'autres établissements'))} {verb} par "
                f"rapport à la cible et {own} montants."
            )
        tables = tuple(self._lines(moved)) if moved else ()
        return SectionVue(
            "etablissements", "Établissement par établissement", tuple(texts), (BlocVue("", (), (), tables),)
        )

    def _moves(self, ligne: Ligne) -> bool:
        a, b = ligne.ancien, ligne.nouveau
        names = [p.nom for p in self.impact.perimetres]
        if any(self._score(a, n) != self._score(b, n) for n in names) or a.atteintes != b.atteintes:
            return True
        return any(amount(x) != amount(y) for x, y in _pairs(a, b))

    def _lines(self, moved: Sequence[Ligne]) -> Iterator[TableauVue]:
        several = len(self.impact.perimetres) > 1
        for p in self.impact.perimetres:
            mine = [li for li in moved if not several or self._moves_in(li, p.nom)]
            if not mine:
                continue
            title = self.title(p)
            heads = [
                "FINESS",
                "Établissement",
                "Activités",
                "Score avant",
                "Score après",
                "Écart, en points",
                "Cible atteinte",
            ]
            rows = [self._line(li, p.nom) for li in mine]
            kinds = "   nnn "
            if not several:
                extra = self._money_heads()
                heads += extra
                kinds += "n" * len(extra)
                rows = [[*r, *self._money(li)] for r, li in zip(rows, mine, strict=True)]
            legende = "Établissements dont le résultat change" + (f", {title}" if title else "")
            yield table(legende, heads, rows, kinds, triable=len(rows) > 1)
        if several or not self.impact.perimetres:
            mine = [li for li in moved if any(amount(x) != amount(y) for x, y in _pairs(li.ancien, li.nouveau))]
            if mine:
                heads = ["FINESS", "Établissement", "Activités", *self._money_heads()]
                rows = [[li.finess, name(li), self._sectors(li), *self._money(li)] for li in mine]
                legende = "Établissements dont un montant change"
                yield table(legende, heads, rows, "   " + "n" * (len(heads) - 3), triable=len(rows) > 1)

    def _moves_in(self, ligne: Ligne, nom: str) -> bool:
        a, b = ligne.ancien, ligne.nouveau
        return self._score(a, nom) != self._score(b, nom) or a.atteintes.get(nom) != b.atteintes.get(nom)

    def _line(self, ligne: Ligne, nom: str) -> list[str]:
        gap = ligne.scores.get(nom)
        said = {True: "oui", False: "non", None: "non tranché"}
        a, b = (said[bilan.atteintes.get(nom)] for bilan in (ligne.ancien, ligne.nouveau))
        if all(bilan.cibles.get(nom) is None for bilan in (ligne.ancien, ligne.nouveau)):
            a = b = RIEN
        return [
            ligne.finess,
            name(ligne),
            self._sectors(ligne),
            self._score(ligne.ancien, nom),
            self._score(ligne.nouveau, nom),
            RIEN if gap is None else signed_points(gap),
            a if a == b else f"{a} → {b}",
        ]

    def _sectors(self, ligne: Ligne) -> str:
        known = {**self.impact.ancienne.secteurs, **self.impact.nouvelle.secteurs}
        return " + ".join(sector_label(known[s]) if s in known else s for s in ligne.secteurs)

    def _money_heads(self) -> list[str]:
        heads = ["Encouru avant", "Encouru après", "Écart"] if self.charge else []
        return heads + (["En faveur avant", "En faveur après", "Écart en faveur"] if self.faveur else [])

    def _money(self, ligne: Ligne) -> list[str]:
        row = []
        for wanted, field in ((self.charge, "charge"), (self.faveur, "faveur")):
            if wanted:
                gap = getattr(ligne, field)
                row += [amount(getattr(b, field)) for b in (ligne.ancien, ligne.nouveau)]
                row.append("indéterminé" if gap is None else signed_euros(gap))
        return row


# ---------------------------------------------------------------- words


def name(ligne: Ligne) -> str:
    """What an establishment is called; its number when it gives no name."""
    return ligne.raison_sociale or f"Établissement {ligne.finess}"


def amount(montant: Montant) -> str:
    """An amount, or its bounds while it is open."""
    if montant.valeur is not None:
        return euros(montant.valeur)
    return _bounds(montant.bas, montant.haut)


def _bounds(low: Fraction | None, high: Fraction | None) -> str:
    if high is None:
        return f"au moins {euros(low)}" if low else "non chiffrable"
    low = low or Fraction(0)
    return euros(high) if low == high else f"entre {euros(low)} et {euros(high)}"


def _pairs(a: Bilan, b: Bilan) -> list[tuple[Montant, Montant]]:
    return [(a.charge, b.charge), (a.faveur, b.faveur)]


def _sum(label: str, total: TotalMontant) -> tuple[str, ...]:
    moved = signed_euros(total.ecart)
    return (label, str(total.compares), euros(total.ancien), euros(total.nouveau), moved, str(total.indetermines))
