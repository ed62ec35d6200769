"""A whole policy as lines of a spreadsheet: criteria, scores of the headings, indicateurs, targets.

Amounts are not among them: they are proposed to the committee, from results computed again by the agency.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial

from caqes_dsl.base.quantities import Mode
from caqes_dsl.model.nodes import Cle, Critere, Fait, Noeud, Politique, Table
from caqes_dsl.model.walk import all_keys, critere_nodes, reads

from .expressions import ESSAIS, Expressions, Gabarit, narrowest
from .lines import CONNU, INDECIS, LIMITE, MANQUANT, SANS_OBJET, NonPris, Programme, TropLarge

HORS, CREDIT = -1, 0
"""What a criterion gives that is not a level: outside the establishment's sectors; a share of its points."""


@dataclass(frozen=True, slots=True)
class LignesCritere:
    """The lines of a criterion.

    `issue` is the code of its level, `HORS` or `CREDIT`; `points` what it brings, `compte` what it counts for;
    `mesure` what is measured (None: it is answered); `a_justifier` says that a NC is declared without its reason.
    """

    issue: int
    points: int
    compte: int
    mesure: int | None
    a_justifier: int


@dataclass(slots=True)
class Feuille:
    """A policy in lines. `excuses` says, for what is not computed in a spreadsheet, why.

    `scores`: heading (« » the whole) -> points, applicable points, score. `bornes`: for each fact, the lines that must
    hold. `quantites`: targets, and what each indicateur gives, by key. `codes`: a level or a choice -> its number.
    """

    politique: Politique
    programme: Programme
    codes: Mapping[str, int]
    gabarits: Mapping[str, Gabarit]
    criteres: dict[str, LignesCritere] = field(default_factory=dict)
    scores: dict[str, tuple[int, int, int]] = field(default_factory=dict)
    bornes: dict[str, list[int]] = field(default_factory=dict)
    quantites: dict[Cle, int] = field(default_factory=dict)
    excuses: dict[str, str] = field(default_factory=dict)


def sheet_of(politique: Politique, secteurs: tuple[str, ...] | None = None) -> Feuille:
    """The lines of a policy: for an establishment of these sectors, or for any (None), whose sectors are then cells."""
    gabarits = _gabarits(politique, secteurs)
    made = Traduction(politique, secteurs, gabarits)
    feuille = Feuille(politique, made.atelier.programme, made.codes, gabarits, excuses=made.excuses)
    for nom, critere in politique.criteres.items():
        if secteurs is None or set(critere.secteurs) & set(secteurs):
            feuille.criteres[nom] = made.critere(nom)
    for heading in ("", *politique.volets, *politique.chapitres, *politique.objectifs):
        points, compte, score = (made.try_key(Cle(s, heading)) for s in ("points", "points_applicables", "score"))
        feuille.scores[heading] = (points, compte, score)
    for donnee in politique.donnees.values():
        held = [made.attempt(f"bornes de {donnee.nom}", partial(made.lower, borne)) for borne in donnee.bornes]
        feuille.bornes[donnee.nom] = [line for line in held if made.atelier[line].op != "constante"]
    for cle in _shown(politique):
        feuille.quantites[cle] = made.try_key(cle)
    return feuille


def _shown(politique: Politique) -> Iterator[Cle]:
    """The quantities shown beside scores."""
    for nom, indicateur in politique.indicateurs.items():
        yield Cle("mesure", nom)
        if indicateur.cible is not None:
            yield Cle("cible", nom)
        if indicateur.atteint is not None:
            yield Cle("atteint", nom)
    yield from (Cle("cible", nom) for nom, volet in politique.volets.items() if volet.cible is not None)


def _gabarits(politique: Politique, secteurs: tuple[str, ...] | None) -> dict[str, Gabarit]:
    """For each fact the widest reading with which every quantity that reads it stays exact."""
    found: dict[str, Gabarit] = {}
    for key, read in _readers(politique):
        if not read:
            continue
        for essai in ESSAIS:
            tried = Traduction(politique, secteurs, {nom: narrowest(essai, found.get(nom, essai)) for nom in read})
            try:
                tried.critere_or_raise(key) if isinstance(key, str) else tried.key(key)
            except TropLarge:
                continue
            except NonPris:
                break
            found |= {nom: narrowest(essai, found.get(nom, essai)) for nom in read}
            break
    return found


def _readers(politique: Politique) -> Iterator[tuple[str | Cle, set[str]]]:
    """Criteria by name and named quantities, each with the facts it reads directly or through others."""
    for nom, critere in politique.criteres.items():
        yield nom, _facts(politique, critere_nodes(critere))
    keys = [*_shown(politique), *(c for c in all_keys(politique) if c.sorte in ("score", "réserve"))]
    for cle in keys:
        yield cle, _facts(politique, reads(politique, cle))


def _facts(politique: Politique, noeuds: Iterable[Noeud]) -> set[str]:
    found: set[str] = set()
    seen: set[Cle] = set()
    waiting = list(noeuds)
    while waiting:
        noeud = waiting.pop()
        if isinstance(noeud, Fait):
            found.add(noeud.nom)
        cle = getattr(noeud, "cle", None)
        if isinstance(cle, Cle) and cle not in seen and cle.sorte in ("calcul", "barème"):
            seen.add(cle)
            waiting += reads(politique, cle)
    return found


class Traduction(Expressions):
    """Lowers what a policy names."""

    def __init__(
        self,
        politique: Politique,
        secteurs: tuple[str, ...] | None,
        gabarits: Mapping[str, Gabarit],
        limite: int = LIMITE,
    ) -> None:
        super().__init__(politique, gabarits, limite)
        self.secteurs = secteurs
        self.rejoue = False
        self.excuses: dict[str, str] = {}
        self._criteres: dict[tuple[str, int, bool], LignesCritere] = {}
        self._named: dict[tuple[Cle, int, bool], int] = {}

    @property
    def codes(self) -> Mapping[str, int]:
        """Name of a level or a choice -> its number."""
        return self._codes

    def attempt(self, nom: str, lower: Callable[[], int]) -> int:
        """The line, or an open one when a spreadsheet cannot say it, with the reason kept."""
        try:
            return lower()
        except NonPris as reason:
            self.excuses[nom] = str(reason)
            return self.atelier.nothing(INDECIS)

    def try_key(self, cle: Cle) -> int:
        """A named quantity, or an open line."""
        return self.attempt(str(cle), partial(self.key, cle))

    # ------------------------------------------------------------ named quantities

    def key(self, cle: Cle) -> int:
        """A named quantity of the exercise."""
        asked = (cle, self.recul, self.rejoue)
        if asked not in self._named:
            self._named[asked] = self.key_now(cle)
        return self._named[asked]

    def key_now(self, cle: Cle) -> int:
        """A named quantity of the exercise looked at."""
        politique, atelier, nom = self.politique, self.atelier, cle.nom
        match cle.sorte:
            case "score":
                return self._score(nom)
            case "points" | "points_applicables":
                return self.total(cle)
            case "mesure" | "cible" | "atteint" if nom in politique.indicateurs:
                return self._indicateur(nom, cle.sorte)
            case "cible":
                volet = politique.volets.get(nom)
                target = volet.cible if volet is not None else None
                return self.lower(target) if target is not None else atelier.nothing(SANS_OBJET)
            case "réserve":
                volet = politique.volets.get(nom)
                return self.lower(volet.reserve) if volet is not None and volet.reserve is not None else self._yes()
            case "mesure":
                mesure = self.critere(nom).mesure
                return mesure if mesure is not None else atelier.nothing(SANS_OBJET)
            case "niveau":
                return self._niveau(nom)
            case "calcul":
                return self.lower(politique.calculs[nom].expression)
            case "barème":
                return self.table(politique.baremes[nom].table)
            case "décision":
                return self.montant(nom)
            case "pièce":
                return self.lower(politique.pieces[nom].condition)
            case "secteur":
                return self.secteur(nom)
            case "décompte":
                return self._count(nom)
        raise ValueError(cle.sorte)

    def total(self, cle: Cle) -> int:
        """Points or applicable points of a heading."""
        mine = [self.critere(c.nom) for c in self.under(cle.nom)]
        return self.atelier.total([c.points if cle.sorte == "points" else c.compte for c in mine])

    def montant(self, nom: str) -> int:
        """The amount of a decision."""
        raise NonPris("elle dépend d'un montant, que le classeur laisse à l'agence")

    def _yes(self) -> int:
        return self.atelier.truth(True)

    def secteur(self, nom: str) -> int:
        """Whether the establishment has a sector."""
        if self.secteurs is not None:
            return self.atelier.truth(nom in self.secteurs)
        return self.atelier.entry("secteur", self.dated(nom))

    def under(self, titre: str) -> list[Critere]:
        """The criteria of a heading that may apply."""
        every = self.politique.criteres.values()
        mine = [c for c in every if not titre or titre in (c.volet, c.chapitre, c.objectif)]
        return [c for c in mine if self.secteurs is None or set(c.secteurs) & set(self.secteurs)]

    def _score(self, titre: str) -> int:
        notation, atelier = self.politique.notation, self.atelier
        if notation.calcul and not titre:
            score = self.key(Cle("calcul", notation.calcul))
        else:
            score = atelier.divide(self.key(Cle("points", titre)), self.key(Cle("points_applicables", titre)))
        if notation.mode == "arrondi" and notation.pas:
            score = atelier.round(score, notation.pas, Mode.PROCHE.value)
        return score

    def _count(self, nom: str) -> int:
        niveau, _, titre = nom.partition(" ")
        code = {self.code(niveau): Fraction(1)}
        return self.atelier.total(
            [self.atelier.pick(self.critere(c.nom).issue, code, Fraction(0)) for c in self.under(titre)]
        )

    def _indicateur(self, nom: str, sorte: str) -> int:
        indicateur, atelier = self.politique.indicateurs[nom], self.atelier
        if sorte != "mesure":
            asked = indicateur.cible if sorte == "cible" else indicateur.atteint
            return self.lower(asked) if asked is not None else atelier.nothing(SANS_OBJET)
        sectors = [self.secteur(s) for s in indicateur.secteurs]
        own = self.lower(indicateur.reserve) if indicateur.reserve is not None else self._yes()
        here = atelier.all_of(
            [atelier.any_of(sectors) if sectors else self._yes(), own, self._reserve(indicateur.volet)]
        )
        found = self.lower(indicateur.mesure)
        closed = atelier.all_of([atelier.state_is(here, CONNU), atelier.negate(here)])
        open_ = atelier.choose(atelier.state_is(here, CONNU), found, atelier.worst([here, found]))
        return atelier.choose(closed, atelier.nothing(SANS_OBJET), open_)

    def _reserve(self, volet: str) -> int:
        return self.key(Cle("réserve", volet))

    # ------------------------------------------------------------ criteria

    def critere(self, nom: str) -> LignesCritere:
        """A criterion, or open lines when a spreadsheet cannot say it."""
        asked = (nom, self.recul, self.rejoue)
        if asked not in self._criteres:
            try:
                self._criteres[asked] = self.critere_or_raise(nom)
            except NonPris as reason:
                self.excuses[nom] = str(reason)
                open_ = self.atelier.nothing(INDECIS)
                self._criteres[asked] = LignesCritere(open_, open_, open_, None, self.atelier.truth(False))
        return self._criteres[asked]

    def critere_or_raise(self, nom: str) -> LignesCritere:
        """A criterion. Errors: NonPris."""
        critere, atelier = self.politique.criteres[nom], self.atelier
        here = [self.secteur(s) for s in critere.secteurs]
        outside = atelier.any_of([atelier.negate(atelier.any_of(here)), atelier.negate(self._reserve(critere.volet))])
        neutral, unjustified = self.declared(critere)
        office = self.lower(critere.nc_office) if critere.nc_office is not None else atelier.truth(False)
        by_right = atelier.all_of([atelier.state_is(office, CONNU), office])
        office_open = atelier.state_is(office, MANQUANT, INDECIS)
        nc, open_ = atelier.constant(Fraction(self.code("NC"))), atelier.nothing(INDECIS)
        found, part, mesure = self._found(critere)

        def settled(given: int, by_right_gives: int, neutral_gives: int) -> int:
            kept = atelier.choose(office_open, atelier.worst([office]), given)
            kept = atelier.choose(unjustified, open_, kept)
            return atelier.choose(by_right, by_right_gives, atelier.choose(neutral, neutral_gives, kept))

        answer = self.answer(critere)
        issue = settled(found, nc, nc if answer is None else answer)
        issue = atelier.choose(outside, atelier.constant(Fraction(HORS)), issue)
        points, compte = self.weighed(critere, issue, part)
        if mesure is not None:
            nothing = atelier.nothing(SANS_OBJET)
            mesure = settled(mesure, nothing, nothing)
            mesure = atelier.choose(outside, nothing, mesure)
        return LignesCritere(issue, points, compte, mesure, unjustified)

    def answer(self, critere: Critere) -> int | None:
        """The cell of the answer; None when the criterion takes none."""
        codes = [self.code(n) for n in admitted(self.politique, critere)]
        return self.atelier.entry("réponse", self.dated(critere.nom), borne=max(codes)) if codes else None

    def dated(self, nom: str) -> str:
        """A name with the exercise looked at, when it is an earlier one."""
        return f"{nom} N-{self.recul}" if self.recul else nom

    def declared(self, critere: Critere) -> tuple[int, int]:
        """Whether the answer takes the criterion out of the computation; whether it would, for want of a reason."""
        atelier, answer = self.atelier, self.answer(critere)
        names = [n for n in admitted(self.politique, critere) if self.politique.niveaux[n].part is None]
        if answer is None or not names:
            return atelier.truth(False), atelier.truth(False)
        neutral = atelier.pick(answer, {self.code(n): Fraction(1) for n in names}, Fraction(0))
        declared = atelier.all_of([atelier.state_is(answer, CONNU), neutral])
        if not critere.nc_sur_justification:
            return declared, atelier.truth(False)
        reason = atelier.entry("motif", critere.nom)
        return atelier.all_of([declared, reason]), atelier.all_of([declared, atelier.negate(reason)])

    def _found(self, critere: Critere) -> tuple[int, int | None, int | None]:
        """The code that the measure or the answer gives, the share of the points when it is one, the measure."""
        atelier = self.atelier
        if critere.mesure is None and critere.table is None:
            answer = self.answer(critere)
            assert answer is not None
            return self._or_unanswered(critere, answer, answer), None, None
        mesure = self.lower(critere.mesure) if critere.mesure is not None else None
        given, part = mesure, mesure
        if critere.table is None and any(v.table is not None for v in critere.variantes):
            raise NonPris("elle n'a de seuils que dans une variante")
        if critere.table is not None:
            known = {critere.mesure: mesure} if critere.mesure is not None and mesure is not None else {}
            given = self._tables(critere, critere.table, known)
            part = given if critere.table.genre.is_number else None
        assert given is not None
        code = given
        if part is not None:
            part = atelier.extremum(
                "min", [atelier.extremum("max", [part, atelier.constant(Fraction(0))]), atelier.constant(Fraction(1))]
            )
            code = atelier.choose(atelier.state_is(given, CONNU), atelier.constant(Fraction(CREDIT)), given)
        code = self._or_unanswered(critere, given, code)
        if mesure is not None and mesure != given:
            code = atelier.choose(
                atelier.state_is(mesure, CONNU), code, self._or_unanswered(critere, mesure, atelier.worst([mesure]))
            )
        return code, part, mesure

    def _or_unanswered(self, critere: Critere, seen: int, code: int) -> int:
        """The code where something was seen; neutral without object, as the policy says when it is missing."""
        atelier = self.atelier
        nc = atelier.constant(Fraction(self.code("NC")))
        missing = atelier.nothing(MANQUANT)
        if critere.sans_reponse is not None:
            missing = atelier.constant(Fraction(self.code(critere.sans_reponse)))
        code = atelier.choose(atelier.state_is(seen, MANQUANT), missing, code)
        return atelier.choose(atelier.state_is(seen, SANS_OBJET), nc, code)

    def _tables(self, critere: Critere, table: Table, known: Mapping[Noeud, int]) -> int:
        """The thresholds in force: those of the variante whose sectors are the only ones through which it applies."""
        found = self.table(table, known)
        for variante in reversed(critere.variantes):
            own = self.table(variante.table or table, known)
            found = self.atelier.choose(self.only(critere, variante.secteurs), own, found)
        return found

    def only(self, critere: Critere, secteurs: tuple[str, ...]) -> int:
        """Whether the criterion applies only through these sectors."""
        others = [self.atelier.negate(self.secteur(s)) for s in critere.secteurs if s not in secteurs]
        return self.atelier.all_of([self.atelier.any_of([self.secteur(s) for s in critere.secteurs]), *others])

    def weighed(self, critere: Critere, issue: int, part: int | None) -> tuple[int, int]:
        """What the criterion brings and what it counts for, by its weight or that of the variante in force."""
        points, compte = self.at_weight(critere.poids, issue, part)
        for variante in reversed(critere.variantes):
            own = self.at_weight(critere.poids if variante.poids is None else variante.poids, issue, part)
            only = self.only(critere, variante.secteurs)
            points, compte = (
                self.atelier.choose(only, mine, other) for mine, other in zip(own, (points, compte), strict=True)
            )
        return points, compte

    def at_weight(self, poids: Fraction, issue: int, part: int | None) -> tuple[int, int]:
        """What a criterion of this weight brings and what it counts for."""
        atelier = self.atelier
        levels = {self.code(n.nom): n.part for n in self.politique.niveaux.values()}
        levels.setdefault(self.code("NC"), None)
        given = {code: (share or Fraction(0)) * poids for code, share in levels.items()} | {HORS: Fraction(0)}
        counted = {code: poids if share is not None else Fraction(0) for code, share in levels.items()}
        points = atelier.pick(issue, given, Fraction(0))
        if part is not None:
            credit = atelier.compare("=", issue, atelier.constant(Fraction(CREDIT)), manque=MANQUANT)
            points = atelier.choose(credit, atelier.multiply(part, atelier.constant(poids)), points)
        return points, atelier.pick(issue, counted | {HORS: Fraction(0), CREDIT: poids}, Fraction(0))

    def _niveau(self, nom: str) -> int:
        """The level of a criterion: NC outside its sectors, without object when it gives a share of its points."""
        atelier, issue = self.atelier, self.critere(nom).issue
        outside = atelier.compare("=", issue, atelier.constant(Fraction(HORS)), manque=MANQUANT)
        credit = atelier.compare("=", issue, atelier.constant(Fraction(CREDIT)), manque=MANQUANT)
        nc = atelier.constant(Fraction(self.code("NC")))
        return atelier.choose(outside, nc, atelier.choose(credit, atelier.nothing(SANS_OBJET), issue))


def admitted(politique: Politique, critere: Critere) -> tuple[str, ...]:
    """The answers that a criterion admits: its levels when it is answered, those that take it out when they may be."""
    measured = critere.mesure is not None or critere.table is not None
    names = critere.niveaux or tuple(n for n, level in politique.niveaux.items() if level.part is not None)
    kept = [n for n in names if not measured and politique.niveaux[n].part is not None]
    for nom, level in politique.niveaux.items():
        declared = nom != "NC" and nom in critere.niveaux
        if level.part is None and (critere.nc_sur_justification or declared):
            kept.append(nom)
    return tuple(kept)
