"""What an explanation goes through: a condition clause by clause, each quantity on the way with its operation."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from caqes_dsl.base.quantities import Genre, Valeur
from caqes_dsl.documents import phrases, rows
from caqes_dsl.documents.criteria import points
from caqes_dsl.documents.explication_criteres import CriteresExpliques
from caqes_dsl.documents.explication_shapes import ConditionVue, EtapeVue
from caqes_dsl.documents.explication_statistiques import statistic
from caqes_dsl.documents.lectures import rules_of
from caqes_dsl.documents.operations import Operations, points_only
from caqes_dsl.documents.typography import capital, listing
from caqes_dsl.documents.words import quoted, value_in_words, year
from caqes_dsl.evaluation import tables
from caqes_dsl.model.nodes import (
    Agregat,
    Bareme,
    Choix,
    Cle,
    Comparaison,
    Constante,
    Fait,
    Lineaire,
    Logique,
    Noeud,
    Reference,
)
from caqes_dsl.model.walk import children

OPEN = "on ne peut pas encore le dire"
_VERDICTS = {True: "vrai", False: "faux", None: OPEN}
_ANSWERS = {"vrai": "oui", "faux": "non"}


class Etapes:
    """Writes the conditions and the quantities behind what one result gives."""

    def __init__(self, criteres: CriteresExpliques) -> None:
        self.criteres, self.notes = criteres, criteres.notes
        self.politique, self.interprete = criteres.politique, criteres.interprete
        self.operations: Operations = criteres.operations

    # ------------------------------------------------------------ conditions

    def clauses(self, noeud: Noeud | None) -> tuple[str, tuple[ConditionVue, ...]]:
        """A condition clause by clause, with the values compared."""
        if noeud is None:
            return "", ()
        introduction, texts = phrases.clauses(noeud, self.politique)
        terms = _terms(noeud) if introduction else [noeud]
        return introduction, tuple(self._clause(t, text) for t, text in zip(terms, texts, strict=True))

    def _clause(self, noeud: Noeud, text: str) -> ConditionVue:
        seen = self.interprete.eval(noeud)
        verdict = _VERDICTS[seen.valeur if isinstance(seen.valeur, bool) else None]
        if seen.valeur is None and not seen.manquants:
            return ConditionVue(capital(text), "", "sans objet")
        return ConditionVue(capital(text), self._compared(noeud), verdict)

    def _compared(self, noeud: Noeud) -> str:
        """The values that a clause compares; those of the calcul it names."""
        noeud = self.operations.taken(noeud)
        if isinstance(noeud, Comparaison):
            return self.operations.compare(noeud)
        if isinstance(noeud, Logique):
            return " ; ".join(s for t in noeud.termes if (s := self._compared(t)))
        if isinstance(noeud, Choix):
            return self._compared(noeud.condition)
        if isinstance(noeud, Reference) and noeud.cle.sorte == "calcul" and not noeud.recul:
            return self._compared(self.politique.calculs[noeud.cle.nom].expression)
        if isinstance(noeud, Reference) and noeud.cle.sorte == "secteur":
            return ""
        if isinstance(noeud, Reference) and noeud.cle.sorte == "atteint" and not noeud.recul:
            reached = self.politique.indicateurs[noeud.cle.nom].atteint
            return self._compared(reached) if reached is not None else ""
        return self.operations.value(noeud) if isinstance(noeud, Fait | Reference) else ""

    # ------------------------------------------------------------ steps

    def steps(self, roots: list[Noeud | None], *, but: tuple[str, ...] = ()) -> Iterator[EtapeVue]:
        """The quantities that a decision goes through, what each needs before it; `but` those of these kinds."""
        for noeud in self._ordered([r for r in roots if r is not None]):
            step = None if isinstance(noeud, Reference) and noeud.cle.sorte in but else self._step(noeud)
            if step is not None:
                yield step

    def _ordered(self, roots: list[Noeud]) -> list[Reference | Agregat]:
        """Named quantities, scores computed again and statistics, each after those that it is computed from."""
        found: dict[object, Reference | Agregat] = {}
        seen: set[object] = set()
        stack: list[tuple[Noeud, bool]] = [(r, False) for r in reversed(roots)]
        while stack:
            noeud, done = stack.pop()
            if isinstance(noeud, Agregat):
                found.setdefault(noeud, noeud)
            elif not isinstance(noeud, Reference):
                stack += [(c, False) for c in reversed(children(noeud))]
            elif done:
                found.setdefault((noeud.cle, noeud.recul), noeud)
            elif (noeud.cle, noeud.recul) not in seen and (not noeud.recul or noeud.rejoue):
                seen.add((noeud.cle, noeud.recul))
                stack.append((noeud, True))
                stack += [(n, False) for n in reversed(rules_of(self.politique, noeud))]
        return list(found.values())

    def _step(self, noeud: Reference | Agregat) -> EtapeVue | None:
        if isinstance(noeud, Agregat):
            return statistic(noeud, self.interprete, self.operations)
        nom = noeud.cle.nom
        if noeud.rejoue:
            return self._replayed(noeud)
        match noeud.cle.sorte:
            case "mesure" | "cible" | "atteint" if nom in self.politique.indicateurs:
                return self.indicator_step(noeud)
            case "score":
                return self.score_step(nom)
            case "cible":
                titre = self.politique.volets[nom]
                fixed = titre.cible is None or isinstance(titre.cible, Constante)
                rule = "" if fixed else capital(phrases.describe(titre.cible, self.politique))
                return EtapeVue("Cible", rule, "", self.operations.result(noeud), self.notes.mark(titre.cible_source))
            case "calcul" if noeud.genre is Genre.OUI_NON:
                calcul = self.politique.calculs[nom]
                clause = self._clause(calcul.expression, phrases.condition(calcul.expression, self.politique))
                notes = self.notes.mark(calcul.source)
                result = _ANSWERS.get(clause.verdict, clause.verdict)
                return EtapeVue(calcul.titre or nom, clause.texte, clause.operation, result, notes)
            case "calcul":
                calcul = self.politique.calculs[nom]
                rule = capital(phrases.describe(calcul.expression, self.politique))
                operation = self.operations.full(calcul.expression)
                result = self.operations.result(noeud)
                return EtapeVue(calcul.titre or nom, rule, operation, result, self.notes.mark(calcul.source))
            case "barème":
                return self._scale(self.politique.baremes[nom], noeud)
        return None

    def score_step(self, titre: str) -> EtapeVue:
        """How the score comes out of the points."""
        sous = self.interprete.sous_score(titre)
        groups = (self.politique.volets, self.politique.chapitres, self.politique.objectifs)
        heading = next((g[titre].titre for g in groups if titre in g), "")
        ruled = self.politique.notation.calcul
        alone = titre in self.politique.volets and len(self.politique.volets) == 1 and not ruled
        name = f"Score de {quoted(heading)}" if heading and not alone else "Score"
        if ruled and not titre:
            return self._ruled_score(name, ruled)
        rule = "Points obtenus divisés par points applicables"
        words = self.score_words(sous.points, sous.points_applicables) or self.criteres.heading_total(titre)
        return EtapeVue(name, rule, words, self._score(titre), ())

    def _ruled_score(self, name: str, calcul: str) -> EtapeVue:
        """The whole score when a calcul gives it."""
        named = quoted(self.politique.calculs[calcul].titre or calcul)
        given = self.interprete.value(Cle("calcul", calcul)).valeur
        said = self.rounded(given) if isinstance(given, Fraction) else ""
        return EtapeVue(name, f"Donné par {named}", said, self._score(""), ())

    def _replayed(self, noeud: Reference) -> EtapeVue:
        """A score of an earlier exercise, computed again by this year's grid."""
        past = self.interprete.past(noeud.recul, rejoue=True).sous_score(noeud.cle.nom)
        rule = f"Réponses et données de {year(self.politique, noeud.recul)}, points et seuils de cette année"
        words = self.score_words(past.points, past.points_applicables) if noeud.cle.sorte == "score" else ""
        title = capital(phrases.describe(noeud, self.politique))
        return EtapeVue(title, rule, words, self.operations.result(noeud), ())

    def indicator_step(self, noeud: Reference) -> EtapeVue:
        """The measure of an indicateur, its target, or whether it is reached."""
        found, sorte = self.politique.indicateurs[noeud.cle.nom], noeud.cle.sorte
        marks = self.notes.mark(found.cible_source or found.source if sorte == "cible" else found.source)
        title = capital(phrases.describe(noeud, self.politique))
        if sorte == "atteint":
            assert found.atteint is not None
            clause = self._clause(noeud, "")
            least = "est au plus égale" if found.sens == "baisse" else "est au moins égale"
            operation = clause.operation if clause.verdict != "sans objet" else ""
            title = f"Cible de l'indicateur {quoted(found.titre or found.nom)} atteinte"
            return EtapeVue(
                title, f"La mesure {least} à la cible", operation, _ANSWERS.get(clause.verdict, clause.verdict), marks
            )
        asked = found.mesure if sorte == "mesure" else found.cible
        assert asked is not None
        value = self.interprete.value(noeud.cle)
        result = self.operations.result(noeud)
        without = value.valeur is None and not value.manquants
        operation = "" if without else self.operations.full(asked)
        fixed = isinstance(asked, Constante) and not asked.nom
        rule = "" if fixed else capital(phrases.describe(asked, self.politique))
        return EtapeVue(title, rule, "" if operation == result else operation, result, marks)

    def _score(self, titre: str) -> str:
        sous = self.interprete.sous_score(titre)
        if sous.score is not None:
            return self.operations.shown(sous.score, Genre.TAUX)
        if sous.score_min is None or sous.score_max is None:
            return "sans objet" if sous.sans_objet else "indéterminé"
        return self.operations.between(sous.score_min, sous.score_max, Genre.TAUX)

    def score_words(self, obtained: Fraction | None, applicable: Fraction | None) -> str:
        """« 47,75 points sur 104, soit ≈ 45,91 %, arrondi à 46 % »."""
        if obtained is None or not applicable:
            return ""
        ratio = obtained / applicable
        said = f"{points(obtained)} sur {points_only(applicable)}, soit {self.operations.shown(ratio, Genre.TAUX)}"
        return said + self._rounding(ratio)

    def rounded(self, ratio: Fraction) -> str:
        """A score before and after its rounding."""
        return self.operations.shown(ratio, Genre.TAUX) + self._rounding(ratio)

    def _rounding(self, ratio: Fraction) -> str:
        notation = self.politique.notation
        if notation.mode == "exact" or notation.pas is None:
            return ""
        step = value_in_words(notation.pas, Genre.TAUX, self.politique)
        if notation.mode == "affiché":
            return f" (affiché à {step} près, la comparaison se fait sur la valeur exacte)"
        rounded = self.operations.shown(self.interprete.noted(ratio), Genre.TAUX)
        return f", arrondi à {rounded} (arrondi à {step} près, avant comparaison)"

    def _scale(self, bareme: Bareme, noeud: Reference) -> EtapeVue:
        """The row of a scale that applied, or how it went on past its last row."""
        table = bareme.table
        drivers = " ; ".join(self.operations.result(n) for n in table.selon)
        result = self.operations.result(noeud)
        row, effect = self.row(bareme)
        operation = drivers
        if row:
            operation = f"{drivers} : {row}" + (f", donc {effect}" if effect else "")
            operation += f", ici {result}" if self._linear(bareme) else ""
        named = listing([phrases.describe(n, self.politique) for n in table.selon])
        rule = f"Selon {named}"
        if table.plafond is not None:
            rule += f", dans la limite de {phrases.describe(table.plafond, self.politique)}"
        return EtapeVue(bareme.titre or bareme.nom, rule, operation, result, self.notes.mark(bareme.source))

    def row(self, bareme: Bareme) -> tuple[str, str]:
        """The row of a scale that applies, and what it gives: « de 7 à 8 points », 0,04 %; nothing while it is not
        known."""
        table = bareme.table
        known = self._drivers(bareme)
        rang = tables.find_row(table, known) if known else None
        if rang is not None:
            cases, effect = rows.describe_row(rang, table, self.politique)
            return " et ".join(f"« {c} »" for c in cases), effect
        if known and table.suite is not None and isinstance(known[0], Fraction):
            where, _, effect = self._beyond(bareme, known[0]).partition(", donc ")
            return where, effect
        return "", ""

    def _drivers(self, bareme: Bareme) -> tuple[Valeur, ...]:
        """What drives a scale; nothing when a value is not known."""
        seen = [self.interprete.eval(n).valeur for n in bareme.table.selon]
        known = tuple(v for v in seen if v is not None)
        return known if len(known) == len(seen) else ()

    def _linear(self, bareme: Bareme) -> bool:
        known = self._drivers(bareme)
        rang = tables.find_row(bareme.table, known) if known else None
        return rang is not None and isinstance(rang.effet, Lineaire)

    def _beyond(self, bareme: Bareme, driver: Fraction) -> str:
        """« au-delà de 8 points, 3 tranches de 2 points entamées : 0,04 % + 3 × 0,01 % »."""
        table, suite = bareme.table, bareme.table.suite
        assert suite is not None
        further = tables.continued(table, suite, driver)
        if further is None:
            return "au-delà de la dernière ligne"
        rang, top, count = further
        genre = table.selon[0].genre
        kind = ("entamée" if suite.entamee else "révolue") + ("s" if count > 1 else "")
        where = f"au-delà de {value_in_words(top, genre, self.politique)}"
        base = rows.describe_effect(rang.effet, self.politique)
        if isinstance(rang.effet, Lineaire):
            base = value_in_words(rang.effet.haut, table.genre, self.politique)
        step = value_in_words(suite.tranche, genre, self.politique)
        more = value_in_words(suite.pas, table.genre, self.politique)
        word = "tranches" if count > 1 else "tranche"
        return f"{where}, {count} {word} de {step} {kind}, donc {base} + {count} × {more}"


def _terms(noeud: Noeud) -> list[Noeud]:
    """The terms of « a et b et c », however they are nested, in the order of `phrases.clauses`."""
    assert isinstance(noeud, Logique)
    found: list[Noeud] = []
    waiting: list[Noeud] = [noeud]
    while waiting:
        term = waiting.pop()
        if isinstance(term, Logique) and term.op == noeud.op:
            waiting += reversed(term.termes)
        else:
            found.append(term)
    return found
