"""Small words of a report: counts, scores and gaps, amounts and their bounds, tables."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from fractions import Fraction

from caqes_dsl.base.quantities import UNITES, Genre
from caqes_dsl.documents.operations import euros, shown
from caqes_dsl.documents.rapport_shapes import TableauVue
from caqes_dsl.documents.shapes import TableVue
from caqes_dsl.documents.words import sector_label
from caqes_dsl.evaluation.facts import Etablissement
from caqes_dsl.evaluation.summary import Distribution, scored
from caqes_dsl.evaluation.trace import Resultat, ResultatDecision
from caqes_dsl.model.nodes import Politique

STATUTS = {
    "complet": "Complet",
    "indetermine": "À compléter",
    "sans_objet": "Sans objet",
    "a_corriger": "À corriger",
}
"""What each status is called."""

SPREAD = ("Scores connus", "Minimum", "1er quartile", "Médiane", "3e quartile", "Maximum")
"""The heads of the numbers of `spread_numbers`."""

_FICTIF = re.compile(r"fictif|fictive|synthétique", re.IGNORECASE)


def table(
    legende: str,
    colonnes: Sequence[str],
    rangs: Iterable[Sequence[str]],
    nombres: str = "",
    suites: Sequence[str] = (),
    *,
    pied: Iterable[Sequence[str]] = (),
    triable: bool = False,
) -> TableauVue:
    """A table; `nombres` has a « n » for each column of numbers, anything else for the others."""
    right = tuple(i < len(nombres) and nombres[i] == "n" for i in range(len(colonnes)))
    lines = TableVue(legende, tuple(colonnes), tuple(tuple(r) for r in rangs), tuple(suites))
    return TableauVue(lines, right, tuple(tuple(r) for r in pied), triable)


def many(count: int, one: str, several: str = "") -> str:
    """« 1 établissement », « 3 établissements », « aucun établissement »."""
    if not count:
        return f"aucun{'e' if one.endswith('e') and one != 'établissement' else ''} {one}"
    return f"{count} {one if count == 1 else several or one + 's'}"


def name_of(etablissement: Etablissement) -> str:
    """What an establishment is called; its number when it gives no name."""
    return etablissement.raison_sociale or f"Établissement {etablissement.finess}"


def activities(etablissement: Etablissement, politique: Politique) -> str:
    """« MCO + SSR », in the order of the policy."""
    return " + ".join(sector_label(s) for s in politique.secteurs.values() if s.nom in etablissement.secteurs)


def rate(value: Fraction, politique: Politique) -> str:
    """« 53 % »."""
    return shown(value, Genre.TAUX, politique)


def rates(low: Fraction, high: Fraction, politique: Politique) -> str:
    """« 53 % », or « entre 51 % et 54 % » as long as it is not known."""
    least, most = rate(low, politique), rate(high, politique)
    return most if low == high else f"entre {least} et {most}"


def volet_title(nom: str, politique: Politique) -> str:
    """The title of a volet where several have a score of their own; « » when there is nothing to tell apart."""
    if len(scored(politique)) < 2:
        return ""
    return politique.volets[nom].titre or nom if nom else "Ensemble"


def legend(head: str, volet: str, politique: Politique) -> str:
    """What a table or a drawing of a volet is called: its title follows where several have a score."""
    titre = volet_title(volet, politique)
    return f"{head}, {titre}" if titre else head


def spread_numbers(spread: Distribution | None, politique: Politique) -> tuple[str, ...]:
    """How many scores are known, their minimum, quartiles and maximum."""
    if spread is None:
        return ("0", *("–",) * 5)
    values = (spread.minimum, spread.quartile_1, spread.mediane, spread.quartile_3, spread.maximum)
    return (str(spread.effectif), *(rate(v, politique) for v in values))


def signed(value: Fraction, politique: Politique) -> str:
    """« −7 »: percentage points from the target."""
    sign = "−" if value < 0 else "+" if value > 0 else ""
    return sign + shown(abs(value) / UNITES["pt"][1], Genre.DECIMAL, politique)


def gap(low: Fraction, high: Fraction, cible: Fraction, politique: Politique) -> str:
    """« −7 », or « de −2 à +1 »."""
    least, most = signed(low - cible, politique), signed(high - cible, politique)
    return most if low == high else f"de {least} à {most}"


def amount(found: ResultatDecision) -> str:
    """An amount, its bounds while it is open, « – » when there is none."""
    if found.certitude == "impossible" or (found.certitude == "certain" and not found.montant):
        return "–"
    if found.montant is not None:
        return euros(found.montant)
    if found.montant_max is None:
        return f"au moins {euros(found.montant_min)}" if found.montant_min else "non chiffrable"
    return f"entre {euros(found.montant_min or Fraction(0))} et {euros(found.montant_max)}"


def whole(found: Sequence[ResultatDecision]) -> str:
    """The sum of amounts, between its bounds while one is open, « – » when there is none."""
    if len(found) == 1:
        return amount(found[0])
    known = sum((f.montant for f in found if f.montant is not None), Fraction(0))
    open_ones = [f for f in found if f.certitude == "ouvert"]
    if not open_ones:
        return euros(known) if known else "–"
    low = known + sum((f.montant_min or Fraction(0) for f in open_ones), Fraction(0))
    if any(f.montant_max is None for f in open_ones):
        return f"au moins {euros(low)}" if low else "non chiffrable"
    return f"entre {euros(low)} et {euros(known + sum((f.montant_max or Fraction(0) for f in open_ones), Fraction(0)))}"


def kept(found: Sequence[ResultatDecision]) -> str:
    """What was retained after hearing, « – » while nothing is written."""
    retained = [f.retenu for f in found if f.retenu is not None]
    return euros(sum(retained, Fraction(0))) if retained else "–"


def made_up(resultats: Sequence[Resultat], ecartes: Iterable[str] = ()) -> str:
    """The sentence that says how many establishments are made up, by their own names; « » when none is."""
    names = [r.etablissement.raison_sociale for r in resultats] + list(ecartes)
    count = sum(bool(_FICTIF.search(n)) for n in names)
    if not count:
        return ""
    whom = "Tous les établissements portent" if count == len(names) > 1 else f"{many(count, 'établissement')} "
    if count != len(names) or count == 1:
        whom += "porte" if count == 1 else "portent"
    return (
        f"Données fictives : {whom[:1].lower() + whom[1:]} un nom fictif. Rien ne peut en être conclu sur un hôpital "
        "réel."
    )
