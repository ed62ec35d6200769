"""Rows of seuils and barèmes into the core: bounds in the unit of their driver, effects in the declared type."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from caqes_dsl.base.diagnostics import Correction
from caqes_dsl.base.quantities import UNITE_DE, Genre, Valeur, plain_number
from caqes_dsl.base.source import Span
from caqes_dsl.syntax import tree

from . import algebra
from .clauses import worth
from .expressions import Abaisseur, Signature, quantity
from .nodes import Autrement, Cas, Constante, Intervalle, Lineaire, Noeud, Rang, Suite, Table, Tout, Valeurs
from .scope import RESERVES


@dataclass(frozen=True, slots=True)
class Conducteur:
    """What drives a column of a table: the expression, and the names its values may have."""

    noeud: Noeud
    noms: tuple[str, ...]


def conducteurs_of(abaisseur: Abaisseur, selon: tuple[tree.Expression, ...]) -> tuple[Conducteur, ...] | None:
    """Drivers of a table."""
    noeuds = [abaisseur.expression(expr) for expr in selon]
    known = [n for n in noeuds if n is not None]
    return tuple(conducteur(abaisseur, n) for n in known) if len(known) == len(noeuds) else None


def conducteur(abaisseur: Abaisseur, noeud: Noeud) -> Conducteur:
    """A driver, with the names that its values may have."""
    noms = abaisseur.choices(noeud) if noeud.genre is Genre.CHOIX else ()
    if noeud.genre is Genre.NIVEAU:
        noms = tuple(dict.fromkeys((*abaisseur.portee.names("niveau"), "NC")))
    return Conducteur(noeud, noms)


def lower_table(
    abaisseur: Abaisseur, clause: tree.ClauseTable, conducteurs: tuple[Conducteur, ...], attendu: Signature | None
) -> Table | None:
    """Core of a table. `attendu` is the declared type of a barème; None for seuils (levels, or credits in %)."""
    portee = abaisseur.portee
    rangs: list[Rang] = []
    sound = True
    genre, choix = (attendu.genre, attendu.choix) if attendu else (None, ())
    for rang in clause.rangs:
        if len(rang.cas) != len(conducteurs) and not (
            len(rang.cas) == 1 and isinstance(rang.cas[0], tree.CasAutrement)
        ):
            portee.error(
                "CAQ208",
                f"Ce rang a {len(rang.cas)} cas pour {len(conducteurs)} grandeur"
                f"{'s' if len(conducteurs) > 1 else ''} après « selon ».",
                rang.span,
                "Séparez les cas par « ; », un pour chaque grandeur.",
            )
            sound = False
            continue
        cas = [lower_case(abaisseur, c, d) for c, d in zip(rang.cas, conducteurs, strict=False)]
        effet, genre = _lower_effect(abaisseur, rang.effet, genre, choix)
        kept = tuple(c for c in cas if c is not None)
        if effet is None or len(kept) != len(cas):
            sound = False
            continue
        if attendu is None and genre is Genre.TAUX and not _is_credit(effet):
            portee.error("CAQ214", "Un crédit va de 0 % à 100 % des points.", rang.effet.span, "Corrigez la part.")
            sound = False
        if isinstance(effet, Lineaire) and not _is_stretch(kept):
            portee.error(
                "CAQ208",
                "Un rang linéaire va d'une borne à une autre, plus haute, d'une seule grandeur.",
                rang.span,
                "Écrivez par exemple « de 50 % à 80 % : de 0 % à 100 % ».",
            )
            sound = False
        rangs.append(Rang(kept, effet, " ; ".join(write_case(c) for c in rang.cas), rang.span))
    suite = _lower_suite(abaisseur, clause.suite, conducteurs, genre) if clause.suite else None
    if suite is not None and sound and not _goes_on_from_a_constant(rangs):
        portee.error(
            "CAQ208",
            "« puis » prolonge un rang qui donne une valeur écrite ou un paramètre.",
            clause.suite.span if clause.suite else clause.span,
            "Écrivez la valeur du rang le plus haut, ou retirez « puis » pour des rangs de plus.",
        )
        sound = False
    plafond = None
    if clause.plafond is not None and genre is not None:
        plafond = abaisseur.typed(clause.plafond, genre, "le plafond")
        sound = sound and plafond is not None
    if not sound or genre is None or (clause.suite and suite is None):
        return None
    return Table(tuple(c.noeud for c in conducteurs), tuple(rangs), suite, plafond, genre, clause.span)


def _goes_on_from_a_constant(rangs: list[Rang]) -> bool:
    """Whether the highest bounded row, which the suite prolongs, gives a constant."""
    top: tuple[Fraction, Rang] | None = None
    for rang in rangs:
        cas = rang.cas[0]
        ends = [v for v in cas.valeurs if isinstance(v, Fraction)] if isinstance(cas, Valeurs) else []
        if isinstance(cas, Intervalle) and cas.haut is not None:
            ends = [cas.haut]
        if ends and (top is None or max(ends) > top[0]):
            top = (max(ends), rang)
    return top is None or isinstance(top[1].effet, Constante | Lineaire)


def _is_credit(effet: Noeud | Lineaire) -> bool:
    """Whether a credit that is written is within 0 % and 100 %."""
    ends = [effet.bas, effet.haut] if isinstance(effet, Lineaire) else []
    if isinstance(effet, Constante) and isinstance(effet.valeur, Fraction):
        ends = [effet.valeur]
    return all(0 <= end <= 1 for end in ends)


def _is_stretch(cas: tuple[Cas, ...]) -> bool:
    """Whether a row is one bounded interval that a line can cross (one with its ends turned is said elsewhere)."""
    if len(cas) != 1 or not isinstance(cas[0], Intervalle):
        return False
    bas, haut = cas[0].bas, cas[0].haut
    return bas is not None and haut is not None and bas != haut


def _lower_effect(
    abaisseur: Abaisseur, effet: tree.Expression | tree.Lineaire, genre: Genre | None, choix: tuple[str, ...]
) -> tuple[Noeud | Lineaire | None, Genre | None]:
    """The effect and the type of the table, which the first effect of seuils settles."""
    if isinstance(effet, tree.Lineaire):
        attendu = genre or Genre.TAUX
        ends: list[Fraction] = []
        for expr, what in ((effet.bas, "le crédit de départ"), (effet.haut, "le crédit d'arrivée")):
            end = abaisseur.expression(expr)
            if end is None or not abaisseur.fits(end, attendu, what, code="CAQ308"):
                return None, attendu
            if not isinstance(end, Constante) or not isinstance(end.valeur, Fraction):
                abaisseur.portee.error(
                    "CAQ308", "Un rang linéaire va d'une constante à une autre.", effet.span, "Écrivez deux valeurs."
                )
                return None, attendu
            ends.append(end.valeur)
        return Lineaire(*ends), attendu
    if genre in (None, Genre.NIVEAU) and isinstance(effet, tree.Ref) and effet.nom != "NC":
        portee = abaisseur.portee
        if not portee.kind(effet.nom) and effet.nom not in RESERVES:
            portee.unknown(effet.nom, effet.span, "un niveau", portee.names("niveau"))
            return None, genre
    if genre is None:
        noeud = abaisseur.expression(effet)
        if noeud is None:
            return None, None
        if noeud.genre not in (Genre.NIVEAU, Genre.TAUX):
            aide, correction = "Donnez un niveau (R, PR, NR) ou une part en %.", None
            if isinstance(noeud, Constante) and isinstance(noeud.valeur, Fraction) and noeud.genre is Genre.ENTIER:
                texte = f"{plain_number(noeud.valeur, group=' ')} %"
                correction = Correction(noeud.span, texte)
            abaisseur.portee.error(
                "CAQ308",
                f"Un seuil donne un niveau ou une part des points ; ceci est {algebra.article(noeud.genre)}.",
                noeud.span,
                aide,
                correction,
            )
            return None, None
        return noeud, noeud.genre
    noeud = abaisseur.expression(effet, choix)
    if noeud is None or not abaisseur.fits(noeud, genre, "l'effet de ce rang", choix, "CAQ308"):
        return None, genre
    return noeud, genre


def _lower_suite(
    abaisseur: Abaisseur, suite: tree.Suite, conducteurs: tuple[Conducteur, ...], genre: Genre | None
) -> Suite | None:
    portee = abaisseur.portee
    if len(conducteurs) != 1 or genre is None or not genre.is_number:
        portee.error(
            "CAQ208", "« puis, par tranche » ne se dit que d'une table à une grandeur, qui donne un nombre.", suite.span
        )
        return None
    tranche = worth(portee, suite.tranche, conducteurs[0].noeud.genre, "la tranche")
    pas = worth(portee, suite.pas, genre, "le pas de la suite")
    if tranche is None or pas is None:
        return None
    if tranche <= 0:
        portee.error("CAQ214", "Une tranche est positive.", suite.tranche.span, "Par exemple « par tranche de 2 pt ».")
        return None
    return Suite(tranche, suite.entamee, pas)


def write_case(cas: tree.Cas) -> str:
    """A case in the words of the language, whatever spelling the author chose."""
    match cas:
        case tree.CasTout():
            return "tout"
        case tree.CasAutrement():
            return "autrement"
        case tree.CasValeurs():
            return ", ".join(_write_value(v) for v in cas.valeurs)
        case tree.CasIntervalle(bas=None, haut=tree.Borne() as haut):
            return ("jusqu'à " if cas.haut_inclus else "moins de ") + _write_value(haut.valeur)
        case tree.CasIntervalle(bas=tree.Borne() as bas, haut=None):
            return f"{'à partir de' if cas.bas_inclus else 'plus de'} {_write_value(bas.valeur)}"
        case tree.CasIntervalle(bas=tree.Borne() as bas, haut=tree.Borne() as haut):
            low, high = _write_value(_shared(bas, haut)), _write_value(haut.valeur)
            return f"{'de' if cas.bas_inclus else 'plus de'} {low} à {'' if cas.haut_inclus else 'moins de '}{high}"
    return ""


def _shared(bas: tree.Borne, haut: tree.Borne) -> tree.Quantite | tree.Ref | tree.LitteralDate:
    """The first bound, its unit left to the second where French does so: « de 1 à 2 pt », « de 25 % à 50 % »."""
    low, high = _with_unit(bas, haut).valeur, haut.valeur
    if isinstance(low, tree.Quantite) and isinstance(high, tree.Quantite) and low.unite == high.unite != "%":
        return replace(low, unite="")
    return low


def _write_value(valeur: tree.Quantite | tree.Nom | tree.Ref | tree.Booleen | tree.LitteralDate) -> str:
    match valeur:
        case tree.Quantite():
            unite = valeur.unite
            if unite in _PLURALS and abs(valeur.nombre) < 2:
                unite = unite.removesuffix("s")
            return f"{plain_number(valeur.nombre, group=' ')} {unite}".strip()
        case tree.Ref(au=date() as au):
            return f"{valeur.nom} au {au:%d/%m/%Y}"
        case tree.Booleen():
            return "oui" if valeur.valeur else "non"
        case tree.LitteralDate():
            return f"{valeur.valeur:%d/%m/%Y}"
    return valeur.nom


_PLURALS = frozenset(["points", "jours", "semaines", "ans"])


def lower_case(abaisseur: Abaisseur, cas: tree.Cas, conducteur: Conducteur) -> Cas | None:
    """Core of one case, None when a bound is wrong."""
    match cas:
        case tree.CasTout():
            return Tout()
        case tree.CasAutrement():
            return Autrement()
        case tree.CasValeurs(valeurs=()):
            abaisseur.portee.error(
                "CAQ101",
                "« ≠ » ne se dit pas d'un rang.",
                cas.span,
                "Écrivez un rang pour la valeur, et « autrement » pour les autres.",
            )
            return None
        case tree.CasValeurs():
            valeurs = [_value(abaisseur, v, conducteur) for v in cas.valeurs]
            if conducteur.noeud.genre is Genre.ENTIER:
                for written, valeur in zip(cas.valeurs, valeurs, strict=True):
                    if isinstance(valeur, Fraction) and valeur.denominator != 1:
                        abaisseur.portee.error(
                            "CAQ214",
                            f"Cette grandeur est un nombre entier : elle ne vaut jamais {plain_number(valeur)}.",
                            written.span,
                            "Pour deux valeurs, mettez une espace après la virgule.",
                        )
                        return None
            kept = tuple(v for v in valeurs if v is not None)
            return Valeurs(kept) if len(kept) == len(valeurs) else None
        case tree.CasIntervalle():
            if not conducteur.noeud.genre.is_number:
                abaisseur.portee.error(
                    "CAQ204",
                    f"Un intervalle ne se dit pas d'{algebra.article(conducteur.noeud.genre)}.",
                    cas.span,
                    "Énumérez les valeurs, séparées par « , ».",
                )
                return None
            bas = _bound(abaisseur, _with_unit(cas.bas, cas.haut), conducteur.noeud) if cas.bas else None
            haut = _bound(abaisseur, cas.haut, conducteur.noeud) if cas.haut else None
            if (cas.bas and bas is None) or (cas.haut and haut is None):
                return None
            return Intervalle(bas, cas.bas_inclus, haut, cas.haut_inclus)
    raise TypeError(type(cas).__name__)


def _with_unit(bas: tree.Borne, haut: tree.Borne | None) -> tree.Borne:
    """In « de 1 à 2 pt », the first bound has the unit of the second."""
    low, high = bas.valeur, haut.valeur if haut else None
    if isinstance(low, tree.Quantite) and isinstance(high, tree.Quantite) and not low.unite:
        return tree.Borne(bas.span, tree.Quantite(low.span, low.nombre, high.unite))
    return bas


def _bound(abaisseur: Abaisseur, borne: tree.Borne, conducteur: Noeud) -> Fraction | None:
    valeur = borne.valeur
    if isinstance(valeur, tree.Quantite):
        return _in_unit(abaisseur, valeur, conducteur.genre)
    if isinstance(valeur, tree.LitteralDate):
        abaisseur.portee.error("CAQ204", "Une borne de date n'a pas de sens ici.", valeur.span)
        return None
    noeud = abaisseur.typed(valeur, conducteur.genre, "cette borne")
    if noeud is None:
        return None
    if not isinstance(noeud, Constante) or not isinstance(noeud.valeur, Fraction):
        abaisseur.portee.error(
            "CAQ208",
            "Une borne est une quantité écrite ou un paramètre.",
            valeur.span,
            "Déclarez un paramètre daté pour une borne qui change.",
        )
        return None
    return noeud.valeur


def _in_unit(abaisseur: Abaisseur, written: tree.Quantite, genre: Genre) -> Fraction | None:
    """A bound in the type of its driver; a bare number takes décimal or entier only."""
    donne, valeur = quantity(written)
    if algebra.unify(donne, genre) is not None:
        return valeur
    texte = f"{plain_number(written.nombre, group=' ')} {UNITE_DE.get(genre, '')}".strip()
    abaisseur.portee.error(
        "CAQ205",
        f"La grandeur qui conduit cette table est {algebra.article(genre)} ; cette borne est {algebra.article(donne)}.",
        written.span,
        f"Écrivez « {texte} ».",
        Correction(written.span, texte, certaine=algebra.only_the_unit(donne, genre)),
    )
    return None


def _value(
    abaisseur: Abaisseur,
    valeur: tree.Quantite | tree.Nom | tree.Ref | tree.Booleen | tree.LitteralDate,
    conducteur: Conducteur,
) -> Valeur | None:
    genre = conducteur.noeud.genre
    span: Span = valeur.span
    if isinstance(valeur, tree.Quantite):
        return _in_unit(abaisseur, valeur, genre)
    if isinstance(valeur, tree.Ref):
        return _bound(abaisseur, tree.Borne(span, valeur), conducteur.noeud)
    if isinstance(valeur, tree.Nom):
        if genre in (Genre.NIVEAU, Genre.CHOIX):
            if valeur.nom in conducteur.noms:
                return valeur.nom
            abaisseur.portee.unknown(valeur.nom, span, "une valeur de cette grandeur", list(conducteur.noms))
            return None
        borne = tree.Borne(span, tree.Ref(span, valeur.nom))
        return _bound(abaisseur, borne, conducteur.noeud)
    given = Genre.OUI_NON if isinstance(valeur, tree.Booleen) else Genre.DATE
    if given is not genre:
        abaisseur.portee.error(
            "CAQ204",
            f"La grandeur qui conduit cette table est {algebra.article(genre)}.",
            span,
            f"Ceci est {algebra.article(given)}.",
        )
        return None
    return valeur.valeur
