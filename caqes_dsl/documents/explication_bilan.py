"""The sentences that open an explanation: indicators reached, what may be borne, what may be received."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction

from caqes_dsl.documents.operations import euros
from caqes_dsl.evaluation.summary import reaching
from caqes_dsl.evaluation.trace import Resultat, ResultatDecision


def indicators(resultat: Resultat) -> str:
    """« cible atteinte pour 2 indicateurs sur 3, 1 indéterminé »."""
    politique = resultat.politique
    found = {nom: reaching(i) for nom, i in resultat.indicateurs.items()}
    if not found:
        return ""
    if all(f == "sans objet" for f in found.values()):
        return "aucun indicateur ne concerne l'établissement"
    judged = [f for nom, f in found.items() if politique.indicateurs[nom].cible is not None and f != "sans objet"]
    said = []
    if judged:
        reached = judged.count("atteint")
        many = "s" if reached > 1 else ""
        found_one = f"cible atteinte pour {reached} indicateur{many} sur {len(judged)}"
        said.append(found_one if reached else f"aucune cible atteinte sur {len(judged)}")
    else:
        said.append("aucun indicateur n'y est jugé sur une cible")
    vague = judged.count("indéterminé")
    said += [f"{vague} indéterminé{'s' if vague > 1 else ''}"] if vague else []
    return ", ".join(said)


def amounts(resultat: Resultat, bounds: Callable[[ResultatDecision], str]) -> Iterator[str]:
    """What may be borne, then what may be received; the two are never added."""
    for en_faveur in (False, True):
        mine = [d for n, d in resultat.decisions.items() if resultat.politique.decisions[n].en_faveur is en_faveur]
        total = sum((d.montant for d in mine if d.montant), Fraction(0))
        open_ones = [d for d in mine if d.certitude == "ouvert"]
        done, may = ("proposé en sa faveur", "être proposé") if en_faveur else ("encouru", "être encouru")
        favour = " en sa faveur" if en_faveur else ""
        if total and en_faveur:
            yield f"Un montant de {euros(total)} est {done} ; il est soumis au comité, rien n'est décidé."
        elif total:
            yield f"Un montant de {euros(total)} est {done} ; il est proposé au comité, rien n'est décidé."
        if len(open_ones) == 1:
            which = "Un autre montant" if total else "Un montant"
            yield f"{which} peut {may}{favour} : {bounds(open_ones[0])}."
        elif open_ones:
            which = "D'autres montants" if total else "Des montants"
            yield f"{which} peuvent {may}s{favour}, selon ce qui n'a pas été transmis."
        elif mine and not total:
            yield f"Aucun montant n'est {done}."
