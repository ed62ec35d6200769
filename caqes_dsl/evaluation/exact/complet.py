"""A whole policy as lines for columns and SQL: what a spreadsheet has, with amounts, statistics, replayed exercises.

A row whose wanted lines are all known, or without object, is what the interpreter gives; another is left to it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial
from math import lcm

from caqes_dsl.base.quantities import Genre, Mode
from caqes_dsl.model.nodes import Agregat, Cle, Critere, Decision, Politique, Propriete, Reference
from caqes_dsl.model.walk import all_keys, reads

from .expressions import Gabarit
from .grid import Codage
from .lines import CONNU, INDECIS, LARGE_LIMITE, MANQUANT, SANS_OBJET, Ligne, NonPris, Programme
from .policy import Traduction, admitted

ENREGISTRE = Gabarit(6, 10**9)
"""How a score or points recorded earlier are read: to the millionth."""


@dataclass(frozen=True, slots=True)
class Sortie:
    """A wanted quantity: its line, its type. `sorte`, `nom`: as in `Cle`, or `certitude` of a decision."""

    sorte: str
    nom: str
    ligne: int
    genre: Genre


@dataclass(frozen=True, slots=True)
class Statistique:
    """What a statistic reads in each establishment, by lines: its term (None: counted), who counts, of which group."""

    noeud: Agregat
    terme: int | None
    parmi: int | None
    par: int | None


@dataclass(frozen=True, slots=True)
class Enveloppe:
    """A closed sum: who is concerned, with which key, and the sum to share."""

    decision: Decision
    concerne: int
    cle: int
    montant: int


@dataclass(slots=True)
class Plan:
    """A policy in lines. `statistiques` and `enveloppes`: entries that are computed over all rows before the rest.

    `proprietes`: for limites and contrôles by name, the line that says they hold; one that is not known, or has no
    line, is judged by the interpreter. `excuses` says, for what no line gives, why: such a policy is left whole to it.
    """

    politique: Politique
    programme: Programme
    codes: Mapping[str, int]
    gabarits: Mapping[str, Gabarit]
    sorties: tuple[Sortie, ...] = ()
    statistiques: dict[int, Statistique] = field(default_factory=dict)
    enveloppes: dict[int, Enveloppe] = field(default_factory=dict)
    proprietes: dict[str, int] = field(default_factory=dict)
    excuses: dict[str, str] = field(default_factory=dict)

    def entries(self) -> Iterator[tuple[int, Ligne]]:
        """The lines that are entered."""
        return ((i, li) for i, li in enumerate(self.programme.lignes) if li.op == "entree")


def plan_of(
    politique: Politique,
    gabarits: Mapping[str, Gabarit] | None = None,
    statistiques: Mapping[str, tuple[int, int]] | None = None,
    *,
    groupe: bool = True,
) -> Plan:
    """The lines of a policy, for any establishment.

    `gabarits`: how each donnée is read, by name; `score N-1` for what was recorded. `statistiques`: the largest number
    and divider that each statistic came to, once known. `groupe`: answered criteria are summed by one line a chapitre
    (`grille`), instead of one each.
    """
    return planned(TraductionComplete(politique, gabarits or {}, statistiques or {}, groupe=groupe))


def planned(made: TraductionComplete) -> Plan:
    """The plan of a policy being lowered."""
    plan = Plan(made.politique, made.atelier.programme, made.codes, made.gabarits, excuses=made.excuses)
    plan.sorties = tuple(made.wanted())
    noms = made.atelier.programme.noms
    noms.update(made.names())
    for sortie in plan.sorties:
        noms.setdefault(sortie.ligne, f"{sortie.sorte} {sortie.nom}".strip())
    plan.proprietes = dict(made.properties())
    plan.statistiques, plan.enveloppes = made.statistiques, made.enveloppes
    return plan


class TraductionComplete(Traduction):
    """Lowers all that results are made of."""

    def __init__(
        self,
        politique: Politique,
        gabarits: Mapping[str, Gabarit],
        statistiques: Mapping[str, tuple[int, int]],
        *,
        groupe: bool,
    ) -> None:
        super().__init__(politique, None, gabarits, LARGE_LIMITE)
        self.statistiques: dict[int, Statistique] = {}
        self.enveloppes: dict[int, Enveloppe] = {}
        read = set(_read(politique))
        self._read_alone = {c.nom for c in read if c.sorte == "niveau"}
        self._counted = any(c.sorte == "décompte" for c in read)
        self._per_share = lcm(*(n.part.denominator for n in politique.niveaux.values() if n.part is not None))
        levels = self._levels()
        self._grouped = groupe and min(share for _, share, _ in levels) >= 0 and bool(Codage(levels).ensemble)
        self._statistics = statistiques

    # ------------------------------------------------------------ what is wanted

    def wanted(self) -> Iterator[Sortie]:
        """The columns of the results."""
        politique = self.politique
        ruled = bool(politique.notation.calcul)
        headings = ["", *politique.volets, *politique.chapitres]
        for nom in headings:
            if nom or ruled or len(politique.volets) < 2:
                kinds = ("points", "points_applicables", "score") if nom not in politique.chapitres else ("score",)
                genres = (Genre.POINTS, Genre.POINTS, Genre.TAUX) if len(kinds) > 1 else (Genre.TAUX,)
                for sorte, genre in zip(kinds, genres, strict=True):
                    yield Sortie(sorte, nom, self.try_key(Cle(sorte, nom)), genre)
            elif politique.criteres:  # whether anything applies at all
                yield Sortie("points_applicables", "", self.try_key(Cle("points_applicables")), Genre.POINTS)
        for nom, indicateur in politique.indicateurs.items():
            mesure = self.try_key(Cle("mesure", nom))
            yield Sortie("mesure", nom, mesure, indicateur.genre)
            reached = self.try_key(Cle("atteint", nom))
            reached = self.atelier.choose(self.atelier.state_is(mesure, SANS_OBJET), self._none(), reached)
            yield Sortie("atteint", nom, reached, Genre.OUI_NON)
        for nom, calcul in politique.calculs.items():
            yield Sortie("calcul", nom, self.try_key(Cle("calcul", nom)), calcul.genre)
        for nom, bareme in politique.baremes.items():
            yield Sortie("barème", nom, self.try_key(Cle("barème", nom)), bareme.genre)
        for nom in politique.decisions:
            yield Sortie("décision", nom, self.try_key(Cle("décision", nom)), Genre.MONTANT)
            certain = self.attempt(nom, partial(self.certitude, nom))
            yield Sortie("certitude", nom, certain, Genre.OUI_NON)
        for nom in politique.pieces:
            yield Sortie("pièce", nom, self.try_key(Cle("pièce", nom)), Genre.OUI_NON)

    def names(self) -> Iterator[tuple[int, str]]:
        """What some lines are, for whoever reads them."""
        for (nom, recul, _), lines in self._criteres.items():
            said = f"{nom} « {self.politique.criteres[nom].titre} »"
            back = f" N-{recul}" if recul else ""
            yield lines.issue, f"{nom}{back} réponse retenue {said}"
            yield lines.points, f"{nom}{back} points {said}"
            yield lines.compte, f"{nom}{back} compte {said}"
        for (cle, recul, rejoue), line in self._named.items():
            back = f" N-{recul}{' rejoué' if rejoue else ''}" if recul else ""
            yield line, f"{cle.sorte} {cle.nom}{back}".strip()

    def properties(self) -> Iterator[tuple[str, int]]:
        """Whether each limite and contrôle that is judged on a cohort holds."""
        for propriete in self.politique.proprietes:
            try:
                line = self._property(propriete)
            except NonPris:
                continue
            if line is not None:
                yield propriete.nom, line

    def _property(self, propriete: Propriete) -> int | None:
        atelier = self.atelier
        if propriete.expression is None:
            return None
        match propriete.forme:
            case "expression":
                said = self.lower(propriete.expression)
                when = self._yes() if propriete.lorsque is None else self.lower(propriete.lorsque)
                return atelier.choose(when, said, self._yes())
            case "chaque" | "total_des":
                bound = self.lower(propriete.expression)
                amounts = [self.montant(d.nom) for d in self.politique.decisions_de(propriete.nature)]
                judged = [atelier.total(amounts)] if propriete.forme == "total_des" else amounts
                return atelier.all_of([atelier.compare(propriete.op, a, bound) for a in judged])
        return None

    def _none(self) -> int:
        return self.atelier.nothing(SANS_OBJET)

    # ------------------------------------------------------------ earlier exercises, the cohort

    def reference(self, noeud: Reference) -> int:
        """A named quantity; a score of an earlier exercise is the recorded one, unless the grid is applied to it."""
        cle, then = noeud.cle, noeud.recul + self.recul
        if not noeud.recul:
            return self.key(cle)
        recorded = cle.sorte in ("score", "points", "points_applicables")
        if recorded and not noeud.rejoue:
            return self._recorded(cle, then)
        here, self.recul = (self.recul, self.rejoue), then
        self.rejoue = self.rejoue or noeud.rejoue
        try:
            return self.key(cle)
        finally:
            self.recul, self.rejoue = here

    def key_now(self, cle: Cle) -> int:
        """A named quantity of the exercise looked at."""
        if self.recul and not self.rejoue and cle.sorte in ("score", "points", "points_applicables"):
            return self._recorded(cle, self.recul)
        if cle.sorte == "décision":
            return self.montant(cle.nom)
        return super().key_now(cle)

    def _recorded(self, cle: Cle, recul: int) -> int:
        nom = f"{cle.sorte}_{cle.nom}" if cle.nom else cle.sorte
        dated = f"{nom} N-{recul}"
        read = self.gabarits.get(dated, ENREGISTRE)
        return self.atelier.entry("enregistré", dated, echelle=10**read.decimales, borne=read.plafond)

    def agregat(self, noeud: Agregat) -> int:
        """A statistic: an entry computed beforehand from what it reads in each establishment."""
        if self.recul:
            return self.atelier.nothing(MANQUANT)  # an earlier exercise has no cohort
        terme, parmi, par = (None if n is None else self.lower(n) for n in (noeud.terme, noeud.parmi, noeud.par))
        nom = repr(noeud)
        entry = self.atelier.entry_ratio("statistique", nom, *self._statistics.get(nom, (1, 1)))
        self.statistiques.setdefault(entry, Statistique(noeud, terme, parmi, par))
        return entry

    def declared(self, critere: Critere) -> tuple[int, int]:
        """Whether the answer takes the criterion out; one that wants a reason and has none is read as open."""
        atelier, answer = self.atelier, self.answer(critere)
        names = [n for n in admitted(self.politique, critere) if self.politique.niveaux[n].part is None]
        if answer is None or not names:
            return atelier.truth(False), atelier.truth(False)
        neutral = atelier.pick(answer, {self.code(n): Fraction(1) for n in names}, Fraction(0))
        return atelier.all_of([atelier.state_is(answer, CONNU), neutral]), atelier.truth(False)

    # ------------------------------------------------------------ amounts

    def montant(self, nom: str) -> int:
        """The amount of a decision, rounded once at its step, inside its bounds."""
        decision, atelier = self.politique.decisions[nom], self.atelier
        zero = atelier.constant(Fraction(0))
        closed, parts = self._closed(decision)
        if decision.au_prorata is not None:
            return atelier.choose(closed, zero, self._part(decision))
        amount = self.lower(decision.montant)
        cap, floor = (None if n is None else self.lower(n) for n in (decision.plafond, decision.plancher))
        parts += [amount, *(n for n in (cap, floor) if n is not None)]
        final = atelier.round(amount, decision.arrondi, Mode.PROCHE.value)
        if floor is not None:
            lifted = atelier.round(floor, decision.arrondi, Mode.EXCES.value)
            final = atelier.choose(atelier.compare("<", final, floor), lifted, final)
        if cap is not None:
            held = atelier.round(cap, decision.arrondi, Mode.DEFAUT.value)
            final = atelier.choose(atelier.compare(">", final, cap), held, final)
        return atelier.choose(closed, zero, self._settled(parts, final, zero))

    def certitude(self, nom: str) -> int:
        """Yes: certain. No: impossible. A decision that is open is left to the interpreter."""
        decision, atelier = self.politique.decisions[nom], self.atelier
        closed, parts = self._closed(decision)
        if decision.au_prorata is not None:
            given = atelier.choose(atelier.state_is(self._part(decision), CONNU), self._yes(), atelier.nothing(INDECIS))
            return atelier.choose(closed, atelier.truth(False), given)
        others = [n for n in (decision.montant, decision.plafond, decision.plancher) if n is not None]
        parts += [self.lower(n) for n in others]
        return atelier.choose(closed, atelier.truth(False), self._settled(parts, self._yes(), atelier.truth(False)))

    def _settled(self, parts: list[int], final: int, nothing: int) -> int:
        """What is given where all is known; nothing where what is read is without object; else open."""
        atelier = self.atelier
        known = atelier.all_of([atelier.state_is(p, CONNU) for p in parts])
        some_missing = atelier.any_of([atelier.state_is(p, MANQUANT, INDECIS) for p in parts])
        otherwise = atelier.choose(some_missing, atelier.nothing(INDECIS), nothing)
        return atelier.choose(known, final, otherwise)

    def _closed(self, decision: Decision) -> tuple[int, list[int]]:
        """Whether a decision is surely without object, or its condition surely false; and these two lines."""
        atelier = self.atelier
        objet = self._objet(decision)
        condition = self.lower(decision.condition) if decision.condition is not None else self._yes()
        refused = [atelier.all_of([atelier.state_is(line, CONNU), atelier.negate(line)]) for line in (objet, condition)]
        return atelier.any_of(refused), [objet, condition]

    def _objet(self, decision: Decision) -> int:
        politique, atelier = self.politique, self.atelier
        ouvert = self._reserve(decision.volet)
        scope = decision.volet if len(politique.volets) > 1 else ""
        listed = any(scope in ("", c.volet) for c in politique.criteres.values())
        if decision.nature == "pénalité" or not listed:
            return ouvert
        applicable = self.key(Cle("points_applicables", scope))
        some = atelier.compare("≠", applicable, atelier.constant(Fraction(0)))
        open_ = atelier.all_of([atelier.state_is(ouvert, CONNU), ouvert])
        return atelier.choose(open_, some, ouvert)

    def _part(self, decision: Decision) -> int:
        """The share of a closed sum: an entry computed beforehand."""
        assert decision.au_prorata is not None
        atelier = self.atelier
        _, (objet, condition) = self._closed(decision)
        cle, montant = self.lower(decision.au_prorata), self.lower(decision.montant)
        step = decision.arrondi
        entry = atelier.entry("part", decision.nom, echelle=step.denominator, borne=10**16)
        self.enveloppes.setdefault(entry, Enveloppe(decision, atelier.all_of([objet, condition]), cle, montant))
        return entry

    # ------------------------------------------------------------ answered criteria, together

    def total(self, cle: Cle) -> int:
        """Points or applicable points of a heading; those of answered criteria by one line a chapitre."""
        if not self._grouped or cle.sorte not in ("points", "points_applicables"):
            return super().total(cle)
        mine = self.under(cle.nom)
        finest: dict[tuple[str, str], list[Critere]] = {}
        alone = []
        for critere in mine:
            if self._is_plain(critere):
                finest.setdefault((critere.volet, critere.chapitre), []).append(critere)
            else:
                lines = self.critere(critere.nom)
                alone.append(lines.points if cle.sorte == "points" else lines.compte)
        return self.atelier.total([*(self._grid(cle.sorte, group) for group in finest.values()), *alone])

    def _is_plain(self, critere: Critere) -> bool:
        """Whether a criterion is only answered: by nothing but its level and its sectors."""
        volet = self.politique.volets.get(critere.volet)
        return (
            critere.mesure is None
            and critere.poids > 0
            and critere.table is None
            and critere.nc_office is None
            and not critere.variantes
            and (volet is None or volet.reserve is None)
            and not self._counted
            and critere.nom not in self._read_alone
        )

    def _grid(self, sorte: str, criteres: list[Critere]) -> int:
        """The points (or what they are out of) of criteria that are only answered."""
        scale = lcm(*(c.poids.denominator for c in criteres))
        weights = tuple(int(c.poids * scale) for c in criteres)
        answers: list[int] = []
        for critere in criteres:
            line = self.answer(critere)
            assert line is not None
            answers.append(line)
        sectors = tuple(tuple(self.secteur(s) for s in c.secteurs) for c in criteres)
        unanswered = tuple(0 if c.sans_reponse is None else self.code(c.sans_reponse) for c in criteres)
        args = (*answers, *dict.fromkeys(s for group in sectors for s in group))
        param = (sorte, weights, sectors, unanswered, self._levels())
        per_share = self._per_share if sorte == "points" else 1
        return self.atelier.line(Ligne("grille", args, param, scale * per_share, borne=sum(weights) * per_share))

    def _levels(self) -> tuple[tuple[int, int, int], ...]:
        """Each level by its code: the share that it gives, over `_per_share`, and whether it counts."""
        found = {self.code("NC"): (0, 0)}
        for nom, niveau in self.politique.niveaux.items():
            counts = niveau.part is not None
            found[self.code(nom)] = (int((niveau.part or 0) * self._per_share), int(counts))
        return tuple(sorted((code, *given) for code, given in found.items()))


def _read(politique: Politique) -> Iterator[Cle]:
    """Every named quantity that an expression reads."""
    for cle in (*all_keys(politique), *(Cle("niveau", nom) for nom in politique.criteres)):
        yield from (n.cle for n in reads(politique, cle) if isinstance(n, Reference))


__all__ = ["Enveloppe", "NonPris", "Plan", "Sortie", "Statistique", "TraductionComplete", "admitted", "plan_of"]
