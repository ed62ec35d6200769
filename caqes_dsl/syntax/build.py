"""Reductions of the grammar into the tree: one method for each rule of `grammar/caqes.lark`.

The methods know tokens and nodes, nothing of what they mean. A `source` said right after a value, a total, a target or
a rule of notation is that value's; anywhere else it is the declaration's.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Any

from caqes_dsl.base.source import Span

from . import tree
from .lexer import Jeton

Enfants = list[Any]
"""Children of a reduction: tokens, nodes, None where an optional part is absent."""

GENRES = {
    "SECTEUR": "secteur", "NIVEAU": "niveau", "DONNEE": "donnée", "PARAMETRE": "paramètre", "NOTATION": "notation",
    "VOLET": "volet", "CHAPITRE": "chapitre", "OBJECTIF": "objectif", "CRITERE": "critère", "INDICATEUR": "indicateur",
    "CALCUL": "calcul", "BAREME": "barème", "SANCTION": "sanction", "INTERESSEMENT": "intéressement",
    "PENALITE": "pénalité", "ENVELOPPE": "enveloppe", "PIECE": "pièce", "CALENDRIER": "calendrier",
    "EXEMPLE": "exemple", "LIMITE": "limite", "CONTROLE": "contrôle", "POLITIQUE": "politique",
}  # fmt: skip
"""Terminal that opens a declaration -> the kind it declares."""

ACTIONS = {"MODIFIE": "modifie", "REMPLACE": "remplace", "SUPPRIME": "supprime"}

CLAUSE_WORDS = {
    "REPREND": "reprend", "RESPECTE": "respecte", "REGION": "région", "ARTICLE": "article", "TEXTE": "texte",
    "PREUVE": "preuve", "GUIDE": "guide", "SOURCE": "source", "MOTIF": "motif", "EXERCICE": "exercice",
    "EVALUEE_EN": "évaluée en", "NC_JUSTIFIE": "NC sur justification", "MODIFIABLE": "modifiable",
    "HORS_CALCUL": "hors calcul", "CIBLE": "cible", "RESERVE_SI": "réservé si", "MESURE": "mesure",
    "PLAFOND": "plafond", "PLANCHER": "plancher", "NC_OFFICE": "NC d'office si", "SI": "si", "MONTANT": "montant",
    "AU_PRORATA_DE": "au prorata de", "DUREE_AU_PLUS": "durée au plus", "POIDS": "poids", "ARRONDI": "arrondi",
    "NIVEAUX": "niveaux", "ECHEANCE": "échéance", "ANCIENNEMENT": "anciennement", "SEUILS": "seuils",
    "SENS": "sens", "VARIANTE": "variante", "TOTAL": "total",
}  # fmt: skip
"""Terminal that opens a clause -> the word that the tree keeps."""


@dataclass(frozen=True, slots=True)
class Suivi(tree.Clause):
    """A `puis` row or a `plafond` before it is joined to the table it follows."""

    suite: tree.Suite | None
    plafond: tree.ClauseExpression | None


@dataclass(frozen=True, slots=True)
class _Signe(tree.Noeud):
    """A part of a rule that is neither a clause nor an expression: `après C34`, `parmi c`, `par groupe`, `selon …`."""

    mot: str
    valeur: Any


def _span(children: Iterable[Any]) -> Span:
    parts = [c.span for c in children if c is not None]
    return Span(parts[0].source, parts[0].debut, max(p.fin for p in parts))


def _first(children: Enfants, kind: type[Any]) -> Any:
    return next((c for c in children if isinstance(c, kind)), None)


def _tokens(children: Enfants, *types: str) -> list[Jeton]:
    return [c for c in children if isinstance(c, Jeton) and c.type in types]


def _name(jeton: Jeton) -> tree.Nom:
    return tree.Nom(jeton.span, jeton.texte)


def _day(jeton: Jeton) -> date:
    return date.fromisoformat(jeton.texte)


class Constructeur:
    """The transformer that Lark calls."""

    # ------------------------------------------------------------ words and values

    def texte(self, c: Enfants) -> tree.Texte:
        return tree.Texte(c[0].span, c[0].texte)

    def quantite(self, c: Enfants) -> tree.Quantite:
        return tree.Quantite(_span(c), Fraction(c[0].texte.replace(",", ".")), c[1].texte)

    def nombre(self, c: Enfants) -> tree.Quantite:
        return tree.Quantite(c[0].span, Fraction(c[0].texte.replace(",", ".")), "")

    def nom(self, c: Enfants) -> tree.Nom:
        return _name(c[0])

    def datee(self, c: Enfants) -> tree.Ref:
        return tree.Ref(_span(c), c[0].texte, _day(c[2]))

    def noms(self, c: Enfants) -> _Signe:
        return _Signe(_span(c), "noms", tuple(_name(n) for n in _tokens(c, "NAME")))

    def oui(self, c: Enfants) -> tree.Booleen:
        return tree.Booleen(c[0].span, c[0].type == "OUI")

    oui_non = faux = oui

    def date(self, c: Enfants) -> tree.LitteralDate:
        return tree.LitteralDate(c[0].span, _day(c[0]))

    def valeur(self, c: Enfants) -> Any:
        """A quantity with its sign, a name, a yes/no, a date."""
        last = c[-1]
        if isinstance(last, Jeton):
            return tree.Ref(last.span, last.texte)
        if len(c) > 1:
            return tree.Quantite(_span(c), -last.nombre, last.unite)
        return last

    # ------------------------------------------------------------ expressions

    def si(self, c: Enfants) -> tree.Si:
        return tree.Si(_span(c), c[1], c[3], c[5])

    def binaire(self, c: Enfants) -> tree.Binaire:
        op = {"PLUS_SIGNE": "+", "TIRET": "-", "FOIS": "×", "SUR": "/", "ET": "et", "OU": "ou"}[c[1].type]
        return tree.Binaire(_span(c), op, c[0], c[2])

    def unaire(self, c: Enfants) -> tree.Unaire:
        return tree.Unaire(_span(c), "-" if c[0].type == "TIRET" else "non", c[1])

    def compare(self, c: Enfants) -> tree.Comparaison:
        return tree.Comparaison(_span(c), c[1].texte, c[0], c[2])

    def entre(self, c: Enfants) -> tree.Entre:
        return tree.Entre(_span(c), c[0], c[2], c[4])

    def a_defaut(self, c: Enfants) -> tree.ADefaut:
        return tree.ADefaut(_span(c), c[0], c[2])

    def a_la_periode(self, c: Enfants) -> tree.Periode:
        return tree.Periode(_span(c), c[0], int(c[1].texte))

    def parenthese(self, c: Enfants) -> Any:
        """The expression itself, its place widened to the parentheses."""
        return replace(c[1], span=_span(c))

    def ref(self, c: Enfants) -> tree.Ref:
        au = _first(c[1:], Jeton) and _day(c[-1])
        return tree.Ref(_span(c), "cible" if c[0].type == "CIBLE" else c[0].texte, au or None)

    def appel(self, c: Enfants) -> tree.Appel:
        head = c[0]
        names = {"MESURE": "mesure", "NIVEAU": "niveau", "CIBLE": "cible", "ARRONDI": "arrondi"}
        arguments = tuple(a for a in c[1:] if not isinstance(a, Jeton | _Signe))
        signs = {s.mot: s.valeur for s in c if isinstance(s, _Signe)}
        fonction = names.get(head.type, head.texte)
        return tree.Appel(_span(c), fonction, arguments, signs.get("parmi"), signs.get("par"))

    def parmi(self, c: Enfants) -> _Signe:
        return _Signe(_span(c), "parmi", c[1])

    def par_groupe(self, c: Enfants) -> _Signe:
        named = c[1] if len(c) > 1 and c[1] is not None else None
        # « par groupe » alone: the donnée is itself named « groupe ».
        return _Signe(_span(c), "par", tree.Ref(_span([named or c[0]]), named.texte if named else "groupe"))

    # ------------------------------------------------------------ rows

    def bornee(self, c: Enfants) -> tree.Borne:
        head = c[0]
        if isinstance(head, Jeton) and head.type == "NAME":
            au = _day(c[2]) if len(c) > 2 and c[2] is not None else None
            return tree.Borne(_span(c), tree.Ref(_span(c), head.texte, au))
        value = c[-1]
        if isinstance(head, Jeton):
            value = tree.Quantite(_span(c), -value.nombre, value.unite)
        return tree.Borne(_span(c), value)

    def moins_de(self, c: Enfants) -> tree.CasIntervalle:
        return tree.CasIntervalle(_span(c), None, False, c[1], False)

    def plus_de(self, c: Enfants) -> tree.CasIntervalle:
        bounds = [b for b in c if isinstance(b, tree.Borne)]
        haut = bounds[1] if len(bounds) > 1 else None
        return tree.CasIntervalle(_span(c), bounds[0], False, haut, haut is not None and not _tokens(c, "MOINS"))

    def a_partir_de(self, c: Enfants) -> tree.CasIntervalle:
        return tree.CasIntervalle(_span(c), c[1], True, None, False)

    def de_a(self, c: Enfants) -> tree.CasIntervalle:
        bounds = [b for b in c if isinstance(b, tree.Borne)]
        return tree.CasIntervalle(_span(c), bounds[0], True, bounds[1], not _tokens(c, "MOINS"))

    def jusqua(self, c: Enfants) -> tree.CasIntervalle:
        return tree.CasIntervalle(_span(c), None, False, c[1], True)

    def comparaison(self, c: Enfants) -> tree.Cas:
        op, borne = c[0].texte, c[1]
        if op in "<≤":
            return tree.CasIntervalle(_span(c), None, False, borne, op == "≤")
        if op in ">≥":
            return tree.CasIntervalle(_span(c), borne, op == "≥", None, False)
        value = borne.valeur if op == "=" else None
        if isinstance(value, tree.Ref) and value.au is None:
            value = tree.Nom(value.span, value.nom)
        return tree.CasValeurs(_span(c), (value,) if value is not None else ())

    def entre_cas(self, c: Enfants) -> tree.CasIntervalle:
        return tree.CasIntervalle(_span(c), c[1], True, c[3], True)

    def valeurs(self, c: Enfants) -> tree.CasValeurs:
        return tree.CasValeurs(_span(c), tuple(v for v in c if not isinstance(v, Jeton)))

    def tout(self, c: Enfants) -> tree.CasTout:
        return tree.CasTout(_span(c))

    def autrement(self, c: Enfants) -> tree.CasAutrement:
        return tree.CasAutrement(_span(c))

    def lineaire(self, c: Enfants) -> tree.Lineaire:
        return tree.Lineaire(_span(c), c[1], c[3])

    def rang(self, c: Enfants) -> tree.Rang:
        cases = tuple(x for x in c[:-1] if not isinstance(x, Jeton))
        return tree.Rang(_span(c), cases, c[-1])

    def conducteurs(self, c: Enfants) -> _Signe:
        return _Signe(_span(c), "selon", tuple(x for x in c if not isinstance(x, Jeton)))

    def table(self, c: Enfants) -> tree.ClauseTable:
        selon = _first(c, _Signe)
        mot = "seuils" if isinstance(c[0], Jeton) else "selon"
        rows = tuple(x for x in c if isinstance(x, tree.Rang))
        return tree.ClauseTable(_span(c), mot, selon.valeur if selon else (), rows, None, None)

    def suite(self, c: Enfants) -> Suivi:
        amounts = [x for x in c if isinstance(x, tree.Quantite)]
        place = _span(c)
        return Suivi(place, tree.Suite(place, amounts[0], bool(_tokens(c, "ENTAMEE")), amounts[1]), None)

    # ------------------------------------------------------------ clauses

    def _one_text(self, c: Enfants) -> tree.ClauseTexte:
        return tree.ClauseTexte(_span(c), CLAUSE_WORDS[c[0].type], c[1])

    reprend = prose = source = motif = _one_text

    def sans_cadre(self, c: Enfants) -> tree.ClauseSansCadre:
        return tree.ClauseSansCadre(_span(c), c[2])

    def exercice(self, c: Enfants) -> tree.ClauseEntier:
        # A year with decimals is refused where clauses are placed; its whole part stands meanwhile.
        return tree.ClauseEntier(_span(c), CLAUSE_WORDS[c[0].type], int(c[1].texte.partition(",")[0]))

    def vigueur(self, c: Enfants) -> tree.ClauseVigueur:
        return tree.ClauseVigueur(_span(c), _day(c[2]), _day(c[4]) if c[4] is not None else None)

    def statut(self, c: Enfants) -> tree.ClauseStatut:
        days = _tokens(c, "DATE")
        return tree.ClauseStatut(_span(c), _day(days[0]) if days else None, _first(c, tree.Texte))

    def type(self, c: Enfants) -> tree.ClauseType:
        head, place = c[1], _span(c[1:])
        if head.type == "CHOIX":
            return tree.ClauseType(_span(c), tree.Type(place, "choix", c[3].valeur))
        name = {"NIVEAU": "niveau", "MONTANT": "montant"}.get(head.type, head.texte)
        return tree.ClauseType(_span(c), tree.Type(place, name))

    def borne(self, c: Enfants) -> tree.ClauseBorne:
        return tree.ClauseBorne(_span(c), c[0].texte, c[1])

    def entre_bornes(self, c: Enfants) -> tree.ClauseEntre:
        return tree.ClauseEntre(_span(c), c[1], c[3])

    def defaut(self, c: Enfants) -> tree.ClauseDefaut:
        return tree.ClauseDefaut(_span(c), c[1])

    def _one_phrase(self, c: Enfants) -> tree.ClauseMot:
        return tree.ClauseMot(_span(c), CLAUSE_WORDS[c[0].type])

    modifiable = hors_calcul = nc_justifie = _one_phrase

    def donne(self, c: Enfants) -> tree.ClauseDonne:
        return tree.ClauseDonne(_span(c), c[1])

    def total(self, c: Enfants) -> tree.ClauseTotal:
        names, amounts = _tokens(c, "NAME"), [x for x in c if isinstance(x, tree.Quantite)]
        counted = _tokens(c, "NUMBER")
        if counted:
            number = Fraction(counted[0].texte.replace(",", "."))
            place = _span([counted[0], c[-1]])
            amounts = [tree.Quantite(place, number, "critères")]
        sector = _name(names[0]) if names else None
        return tree.ClauseTotal(_span(c), sector, amounts[0], amounts[1] if len(amounts) > 1 else None, None)

    def _one_expression(self, c: Enfants) -> tree.ClauseExpression:
        return tree.ClauseExpression(_span(c), CLAUSE_WORDS[c[0].type], c[-1])

    cible = reserve = mesure = nc_office = condition = montant = plancher = au_prorata = _one_expression

    def plafond(self, c: Enfants) -> Suivi:
        return Suivi(_span(c), None, self._one_expression(c))

    def corps(self, c: Enfants) -> tree.ClauseExpression:
        return tree.ClauseExpression(_span(c), "expression", c[0])

    def _one_quantity(self, c: Enfants) -> tree.ClauseQuantite:
        return tree.ClauseQuantite(_span(c), CLAUSE_WORDS[c[0].type], c[-1])

    duree_max = poids = arrondi = _one_quantity

    def secteurs(self, c: Enfants) -> tree.ClauseSecteurs:
        listed = _first(c, _Signe)
        names = listed.valeur if listed else ()
        if _tokens(c, "TOUS"):
            return tree.ClauseSecteurs(_span(c), True, names, ())
        return tree.ClauseSecteurs(_span(c), False, (), names)

    def niveaux(self, c: Enfants) -> tree.ClauseNoms:
        return tree.ClauseNoms(_span(c), "niveaux", c[1].valeur)

    def sens(self, c: Enfants) -> tree.ClauseSens:
        return tree.ClauseSens(_span(c), "hausse" if c[1].type == "HAUSSE" else "baisse")

    def sans_reponse(self, c: Enfants) -> tree.ClauseSansReponse:
        return tree.ClauseSansReponse(_span(c), _name(c[2]), None)

    def echeance(self, c: Enfants) -> tree.ClauseDate:
        return tree.ClauseDate(_span(c), "échéance", _day(c[1]))

    def anciennement(self, c: Enfants) -> tree.ClauseNom:
        return tree.ClauseNom(_span(c), "anciennement", _name(c[1]))

    def sans(self, c: Enfants) -> tree.ClauseNom:
        word = c[1]
        spelt = {**CLAUSE_WORDS, "PUIS": "puis", "A_DEFAUT": "à défaut", "SANS_REPONSE": "sans réponse"}
        return tree.ClauseNom(_span(c), "sans", tree.Nom(word.span, spelt.get(word.type, word.texte)))

    def variante(self, c: Enfants) -> tree.ClauseVariante:
        return tree.ClauseVariante(_span(c), c[1].valeur, c[3])

    def valeur_datee(self, c: Enfants) -> tree.ClauseValeurDatee:
        days = [_day(j) for j in _tokens(c, "DATE")]
        return tree.ClauseValeurDatee(_span(c), c[0], days[0], days[1] if len(days) > 1 else None, None)

    def arrondi_score(self, c: Enfants) -> tree.ClauseScore:
        return tree.ClauseScore(_span(c), "arrondi", c[3], None)

    def affiche_score(self, c: Enfants) -> tree.ClauseScore:
        return tree.ClauseScore(_span(c), "affiché", c[3], None)

    def score_calcule(self, c: Enfants) -> tree.ClauseScoreCalcule:
        return tree.ClauseScoreCalcule(_span(c), _name(c[2]), None)

    def effectif_minimum(self, c: Enfants) -> tree.ClauseEffectif:
        return tree.ClauseEffectif(_span(c), c[2], None)

    def evenement(self, c: Enfants) -> tree.ClauseEvenement:
        return tree.ClauseEvenement(_span(c), _day(c[0]), _name(c[1]), c[2])

    def delai(self, c: Enfants) -> tree.ClauseDelai:
        return tree.ClauseDelai(_span(c), _name(c[1]), c[3], _name(c[5]), None)

    def avec(self, c: Enfants) -> tree.ClauseAvec:
        return tree.ClauseAvec(_span(c), c[1], c[2].texte, c[3])

    def avec_autres(self, c: Enfants) -> tree.ClauseAvecAutres:
        return tree.ClauseAvecAutres(_span(c), _name(c[2]))

    def attendu(self, c: Enfants) -> tree.ClauseAttendu:
        return tree.ClauseAttendu(_span(c), c[1], c[2].texte, c[3])

    # ------------------------------------------------------------ properties

    def propriete(self, c: Enfants) -> tree.Propriete:
        lorsque = c[2] if len(c) > 2 else None
        return tree.Propriete(_span(c), "expression", c[0], lorsque)

    def monotone(self, c: Enfants) -> tree.Propriete:
        sens = "croissant" if c[1].type == "CROISSANT" else "décroissant"
        if c[3].type == "NIVEAUX":
            return tree.Propriete(_span(c), "croissant_niveaux", c[0], sens=sens)
        return tree.Propriete(_span(c), "monotone", c[0], sens=sens, selon=_name(c[3]))

    def chaque(self, c: Enfants) -> tree.Propriete:
        return tree.Propriete(_span(c), "chaque", c[3], decision=GENRES[c[1].type], op=c[2].texte)

    def total_des(self, c: Enfants) -> tree.Propriete:
        decision = {"SANCTIONS": "sanction", "INTERESSEMENTS": "intéressement", "PENALITES": "pénalité"}[c[1].type]
        return tree.Propriete(_span(c), "total_des", c[3], decision=decision, op=c[2].texte)

    def aucune(self, c: Enfants) -> tree.Propriete:
        return tree.Propriete(_span(c), "aucune", decision=GENRES[c[1].type])

    # ------------------------------------------------------------ declarations

    def genre(self, c: Enfants) -> Jeton:
        token: Jeton = c[0]
        return token

    def apres(self, c: Enfants) -> _Signe:
        return _Signe(_span(c), "après", _name(c[1]))

    def nommee(self, c: Enfants) -> tree.Declaration:
        return _declaration(c, "", GENRES[c[0].type], _name(c[1]), c[2], c[3:], _span(c[:3]))

    def exemple(self, c: Enfants) -> tree.Declaration:
        return _declaration(c, "", "exemple", None, c[1], c[2:], _span(c[:2]))

    def anonyme(self, c: Enfants) -> tree.Declaration:
        return _declaration(c, "", GENRES[c[0].type], None, None, c[1:], c[0].span)

    def modifie(self, c: Enfants) -> tree.Declaration:
        return _declaration(c, ACTIONS[c[0].type], GENRES[c[1].type], _name(c[2]), None, c[3:], _span(c[:3]))

    def modifie_anonyme(self, c: Enfants) -> tree.Declaration:
        return _declaration(c, ACTIONS[c[0].type], GENRES[c[1].type], None, None, c[2:], _span(c[:2]))

    def remplace(self, c: Enfants) -> tree.Declaration:
        return _declaration(c, "remplace", GENRES[c[1].type], _name(c[2]), c[3], c[4:], _span(c[:4]))

    def entete(self, c: Enfants) -> tree.Declaration:
        return _declaration(c, "", "politique", _name(c[1]), c[2], c[3:], _span(c[:3]))


def _declaration(
    children: Enfants,
    action: str,
    genre: str,
    nom: tree.Nom | None,
    titre: tree.Texte | None,
    rest: Enfants,
    head: Span,
) -> tree.Declaration:
    placed = next((s for s in rest if isinstance(s, _Signe)), None)
    clauses = _attach_sources(_join_tables([x for x in rest if isinstance(x, tree.Clause)], genre), genre)
    apres = placed.valeur if placed else None
    return tree.Declaration(_span(children), genre, nom, titre, tuple(clauses), head, action, apres)


def _join_tables(clauses: Sequence[tree.Clause], genre: str) -> list[tree.Clause]:
    """`puis` rows and plafonds joined to the table they follow (or precede) in a critère or a barème."""
    tables = genre in ("critère", "barème")
    joined: list[tree.Clause] = []
    waiting: list[Suivi] = []
    for clause in clauses:
        if not isinstance(clause, Suivi):
            joined.append(clause)
            continue
        index = next((i for i in range(len(joined) - 1, -1, -1) if _table_of(joined[i])), None) if tables else None
        if index is not None and (merged := _merged(joined[index], clause)) is not None:
            joined[index] = merged
        else:
            waiting.append(clause)
            joined.append(clause)
    for clause in waiting:
        place = joined.index(clause)
        index = next((i for i, other in enumerate(joined) if i > place and _table_of(other)), None) if tables else None
        if index is not None and (merged := _merged(joined[index], clause)) is not None:
            joined[index] = merged
            del joined[place]
        elif clause.plafond is not None:
            joined[place] = clause.plafond
        else:
            assert clause.suite is not None
            joined[place] = tree.ClauseSuite(clause.span, clause.suite)
    return joined


def _table_of(clause: tree.Clause) -> tree.ClauseTable | None:
    if isinstance(clause, tree.ClauseVariante):
        clause = clause.clause
    return clause if isinstance(clause, tree.ClauseTable) else None


def _merged(clause: tree.Clause, suivi: Suivi) -> tree.Clause | None:
    """The table with its suite or plafond; None when it has one already."""
    table = _table_of(clause)
    assert table is not None
    if (table.suite and suivi.suite) or (table.plafond is not None and suivi.plafond is not None):
        return None
    merged = replace(
        table,
        suite=suivi.suite or table.suite,
        plafond=suivi.plafond.expression if suivi.plafond else table.plafond,
        span=_span([table, suivi]) if suivi.span.debut > table.span.debut else table.span,
    )
    return replace(clause, clause=merged, span=merged.span) if isinstance(clause, tree.ClauseVariante) else merged


_SOURCED = (tree.ClauseValeurDatee, tree.ClauseTotal, tree.ClauseDelai)


def _attach_sources(clauses: Sequence[tree.Clause], genre: str) -> list[tree.Clause]:
    found: list[tree.Clause] = []
    for clause in clauses:
        before = found[-1] if found else None
        is_source = isinstance(clause, tree.ClauseTexte) and clause.mot == "source"
        if isinstance(clause, tree.ClauseTexte) and is_source and before is not None and _takes_source(before, genre):
            place = Span(before.span.source, before.span.debut, clause.span.fin)
            found[-1] = replace(before, source=clause.texte, span=place)  # type: ignore[call-arg]  # settled above
        else:
            found.append(clause)
    return found


def _takes_source(clause: tree.Clause, genre: str) -> bool:
    """Whether a source said right after this clause is the clause's own."""
    target = isinstance(clause, tree.ClauseExpression) and clause.mot == "cible"
    ruled = genre == "notation" and hasattr(clause, "source")
    return (isinstance(clause, _SOURCED) or target or ruled) and getattr(clause, "source", None) is None
