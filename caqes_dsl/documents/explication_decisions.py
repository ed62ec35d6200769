"""Each amount at stake and each document due: the condition clause by clause, the operations, the facts."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from caqes_dsl.base.quantities import Genre
from caqes_dsl.documents import phrases, rows
from caqes_dsl.documents.criteria import points
from caqes_dsl.documents.explication_criteres import CriteresExpliques
from caqes_dsl.documents.explication_shapes import ConditionVue, DecisionExpliquee, EtapeVue
from caqes_dsl.documents.manquants import missing_in_words
from caqes_dsl.documents.notes import Notes
from caqes_dsl.documents.operations import Operations, euros, points_only, read_behind, rules_of
from caqes_dsl.documents.typography import capital, listing
from caqes_dsl.documents.words import quoted, value_in_words
from caqes_dsl.evaluation import tables
from caqes_dsl.evaluation.trace import Etape, Resultat, ResultatDecision
from caqes_dsl.model.nodes import (
    Bareme,
    Choix,
    Cle,
    Comparaison,
    Constante,
    Decision,
    Fait,
    Lineaire,
    Logique,
    Noeud,
    Reference,
)
from caqes_dsl.model.walk import children

PROPOSE = "montant encouru, proposé au comité, jamais décidé automatiquement"
_OPEN = "on ne peut pas encore le dire"
_VERDICTS = {True: "vrai", False: "faux", None: _OPEN}


class DecisionsExpliquees:
    """Writes the decisions and the documents due of one result."""

    def __init__(self, resultat: Resultat, criteres: CriteresExpliques, notes: Notes) -> None:
        self.resultat, self.criteres, self.notes = resultat, criteres, notes
        self.politique, self.interprete = resultat.politique, criteres.interprete
        self.operations: Operations = criteres.operations

    # ------------------------------------------------------------ decisions

    def decisions(self) -> Iterator[DecisionExpliquee]:
        """Every decision of the policy."""
        for nom, sanction in self.politique.decisions.items():
            yield self._decision(sanction, self.resultat.decisions[nom])

    def _decision(self, sanction: Decision, found: ResultatDecision) -> DecisionExpliquee:
        counted = found.certitude != "impossible"
        roots = [sanction.condition, *((sanction.montant, sanction.plafond, sanction.plancher) if counted else ())]
        introduction, clauses = self.clauses(sanction.condition)
        steps = list(self.steps(roots))
        if counted:
            steps.append(self._amount(sanction, found))
        return DecisionExpliquee(
            f"decision-{sanction.nom}",
            sanction.titre or sanction.nom,
            self.amount(found),
            self.sentence(found),
            introduction,
            clauses,
            tuple(steps),
            tuple(self.criteres.facts(*read_behind(self.interprete, *roots))),
            tuple(self._after(found)),
            self.notes.mark(sanction.source),
        )

    def amount(self, found: ResultatDecision) -> str:
        """The amount at stake in one line, or its bounds."""
        if found.montant is not None:
            return euros(found.montant)
        if found.montant_min is not None and found.montant_max is not None:
            if found.montant_min == found.montant_max:
                return euros(found.montant_max)
            return f"entre {euros(found.montant_min)} et {euros(found.montant_max)}"
        return f"au moins {euros(found.montant_min)}" if found.montant_min else "non chiffrable"

    def sentence(self, found: ResultatDecision) -> str:
        """Whether it is certain, impossible or open, and why."""
        if found.certitude == "impossible":
            if self._nothing_counts(found.nom):
                return "Sans objet : aucun critère n'est applicable, aucun montant n'est encouru."
            return "Aucun montant n'est encouru : la condition n'est pas remplie."
        if found.certitude == "certain":
            if found.montant == 0:
                return "La condition est remplie, mais le montant est nul."
            return f"La condition est remplie : {euros(found.montant or Fraction(0))}, {PROPOSE}."
        lacking = listing([missing_in_words(key, self.politique) for key in found.manquants])
        if found.condition is True:
            return f"La condition est remplie, mais le montant ne peut pas être arrêté : il manque {lacking}."
        return f"On ne peut pas encore dire si un montant est encouru : il manque {lacking}."

    def _nothing_counts(self, nom: str) -> bool:
        volet = self.politique.decisions[nom].volet if len(self.politique.volets) > 1 else ""
        counted = self.interprete.value(Cle("points_applicables", volet)).valeur
        return bool(self.politique.criteres) and counted == 0

    def _amount(self, sanction: Decision, found: ResultatDecision) -> EtapeVue:
        """The last operation: the amount, its bounds, its rounding."""
        said = [self.operations.full(sanction.montant)]
        for label, noeud in (("plancher", sanction.plancher), ("plafond", sanction.plafond)):
            if noeud is not None:
                said.append(f"{label} : {self.operations.full(noeud)}")
        step = value_in_words(sanction.arrondi, Genre.MONTANT, self.politique)
        if found.avant_arrondi is not None and found.avant_arrondi != found.montant:
            said.append(f"d'où {self.amount(found)}, à {step} près")
        rule = f"{capital(phrases.describe(sanction.montant, self.politique))}, arrondi à {step} près"
        return EtapeVue("Montant encouru", rule, " ; ".join(said), self.amount(found), ())

    def _after(self, found: ResultatDecision) -> Iterator[str]:
        """The amount retained after hearing, beside the amount at stake."""
        if found.retenu is None:
            return
        why = f" Motif : {found.motif_retenu}" if found.motif_retenu else ""
        yield f"Montant retenu après observations : {euros(found.retenu)}.{why}"
        yield f"Le montant encouru reste {self.amount(found)} : l'un ne remplace pas l'autre."

    # ------------------------------------------------------------ documents due

    def pieces(self) -> Iterator[DecisionExpliquee]:
        """Every document that may be due."""
        for nom, piece in self.politique.pieces.items():
            found = self.resultat.pieces[nom]
            introduction, clauses = self.clauses(piece.condition)
            yield DecisionExpliquee(
                f"piece-{nom}",
                piece.titre or nom,
                self.due(found),
                self._due_sentence(found),
                introduction,
                clauses,
                tuple(self.steps([piece.condition])),
                tuple(self.criteres.facts(*read_behind(self.interprete, piece.condition))),
                (),
                self.notes.mark(piece.source),
            )

    @staticmethod
    def due(found: Etape) -> str:
        """« à joindre », « non exigée », « on ne peut pas encore le dire »."""
        if found.valeur is None:
            return _OPEN if found.manquants else "sans objet"
        return "à joindre" if found.valeur else "non exigée"

    def _due_sentence(self, found: Etape) -> str:
        if found.valeur is None and found.manquants:
            lacking = listing([missing_in_words(key, self.politique) for key in found.manquants])
            return f"On ne peut pas encore dire si cette pièce est due : il manque {lacking}."
        if found.valeur is None:
            return "Sans objet."
        return (
            "La condition est remplie : la pièce est à joindre." if found.valeur else "La condition n'est pas remplie."
        )

    # ------------------------------------------------------------ conditions

    def clauses(self, noeud: Noeud | None) -> tuple[str, tuple[ConditionVue, ...]]:
        """A condition clause by clause, with the values compared."""
        if noeud is None:
            return "", ()
        introduction, texts = phrases.clauses(noeud, self.politique)
        terms = _terms(noeud) if introduction else [noeud]
        return introduction, tuple(self._clause(t, text) for t, text in zip(terms, texts, strict=True))

    def _clause(self, noeud: Noeud, text: str) -> ConditionVue:
        truth = self.interprete.eval(noeud).valeur
        verdict = _VERDICTS[truth if isinstance(truth, bool) else None]
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
        return self.operations.value(noeud) if isinstance(noeud, Fait | Reference) else ""

    # ------------------------------------------------------------ steps

    def steps(self, roots: list[Noeud | None]) -> Iterator[EtapeVue]:
        """The quantities that a decision goes through, what each needs before it."""
        for noeud in self._ordered([r for r in roots if r is not None]):
            step = self._step(noeud)
            if step is not None:
                yield step

    def _ordered(self, roots: list[Noeud]) -> list[Reference]:
        found: dict[tuple[Cle, int], Reference] = {}
        seen: set[tuple[Cle, int]] = set()
        stack: list[tuple[Noeud, bool]] = [(r, False) for r in reversed(roots)]
        while stack:
            noeud, done = stack.pop()
            if not isinstance(noeud, Reference):
                stack += [(c, False) for c in reversed(children(noeud))]
            elif done:
                found.setdefault((noeud.cle, noeud.recul), noeud)
            elif (noeud.cle, noeud.recul) not in seen and not noeud.recul:
                seen.add((noeud.cle, noeud.recul))
                stack.append((noeud, True))
                stack += [(n, False) for n in reversed(rules_of(self.politique, noeud))]
        return list(found.values())

    def _step(self, noeud: Reference) -> EtapeVue | None:
        nom = noeud.cle.nom
        match noeud.cle.sorte:
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
                result = {"vrai": "oui", "faux": "non"}.get(clause.verdict, clause.verdict)
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
        alone = titre in self.politique.volets and len(self.politique.volets) == 1
        name = f"Score de {quoted(heading)}" if heading and not alone else "Score"
        rule = "Points obtenus divisés par points applicables"
        words = self.score_words(sous.points, sous.points_applicables) or self.criteres.heading_total(titre)
        return EtapeVue(name, rule, words, self._score(titre), ())

    def _score(self, titre: str) -> str:
        sous = self.interprete.sous_score(titre)
        if sous.score is not None:
            return self.operations.shown(sous.score, Genre.TAUX)
        if sous.score_min is None or sous.score_max is None:
            return "sans objet" if sous.points_applicables == 0 else "indéterminé"
        return self.operations.between(sous.score_min, sous.score_max, Genre.TAUX)

    def score_words(self, obtained: Fraction | None, applicable: Fraction | None) -> str:
        """« 47,75 points sur 104, soit ≈ 45,91 %, arrondi à 46 % »."""
        if obtained is None or not applicable:
            return ""
        ratio = obtained / applicable
        said = f"{points(obtained)} sur {points_only(applicable)}, soit {self.operations.shown(ratio, Genre.TAUX)}"
        notation = self.politique.notation
        if notation.mode == "exact" or notation.pas is None:
            return said
        step = value_in_words(notation.pas, Genre.TAUX, self.politique)
        if notation.mode == "affiché":
            return f"{said} (affiché à {step} près, la comparaison se fait sur la valeur exacte)"
        rounded = self.operations.shown(self.interprete.noted(ratio), Genre.TAUX)
        return f"{said}, arrondi à {rounded} (arrondi à {step} près, avant comparaison)"

    def _scale(self, bareme: Bareme, noeud: Reference) -> EtapeVue:
        """The row of a scale that applied, or how it went on past its last row."""
        table = bareme.table
        drivers = " ; ".join(self.operations.result(n) for n in table.selon)
        seen = [self.interprete.eval(n).valeur for n in table.selon]
        result = self.operations.result(noeud)
        known = tuple(v for v in seen if v is not None)
        operation = drivers
        if len(known) == len(seen):
            rang = tables.find_row(table, known)
            if rang is not None:
                cases, effect = rows.describe_row(rang, table, self.politique)
                given = effect if not isinstance(rang.effet, Lineaire) else f"{effect}, ici {result}"
                operation = f"{drivers} : {' et '.join(f'« {c} »' for c in cases)}, donc {given}"
            elif table.suite is not None and isinstance(known[0], Fraction):
                operation = f"{drivers} : {self._beyond(bareme, known[0])}"
        named = listing([phrases.describe(n, self.politique) for n in table.selon])
        rule = f"Selon {named}"
        if table.plafond is not None:
            rule += f", dans la limite de {phrases.describe(table.plafond, self.politique)}"
        return EtapeVue(bareme.titre or bareme.nom, rule, operation, result, self.notes.mark(bareme.source))

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
