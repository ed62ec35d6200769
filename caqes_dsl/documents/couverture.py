"""What the examples of a policy leave untried, in words."""

from __future__ import annotations

from collections.abc import Sequence

from caqes_dsl.evaluation.coverage import Couverture, SansEffet
from caqes_dsl.model.nodes import Politique

_KINDS = {
    "rang": ("rang", "rangs"),
    "branche": ("branche", "branches"),
    "issue": ("issue", "issues"),
    "clause": ("clause", "clauses"),
}


def render_coverage(politique: Politique, couverture: Couverture, sans_effet: Sequence[SansEffet] | None) -> str:
    """Counts, then what no exemple reaches, with its line; then, when a cohort was given, the criteria with one outcome
    for all of it."""
    total, reached = len(couverture.elements), len(couverture.atteints)
    count = len(politique.exemples)
    lines = [f"\nCouverture de « {politique.titre} » par {count} exemple{'s' if count > 1 else ''}"]
    if not total:
        lines.append("  Aucun rang, aucune branche, aucune clause : rien à essayer.")
    for sorte, (one, many) in _KINDS.items():
        every = [e for e in couverture.elements if e.sorte == sorte]
        if every:
            tried = sum(e in couverture.atteints for e in every)
            verb = "essayées" if sorte != "rang" else "essayés"
            lines.append(f"  {tried} {one if tried < 2 else many} sur {len(every)} {verb}")
    if total > reached:
        lines.append("  Aucun exemple n'essaie :")
    for subject in dict.fromkeys(e.sujet for e in couverture.manques):
        missed = [e for e in couverture.manques if e.sujet == subject]
        lines.append(f"    {subject}")
        lines += [f"      ligne {e.span.ligne} : {_cut(e.texte)}" for e in missed]
    if sans_effet is not None:
        lines += _without_effect(politique, sans_effet)
    return "\n".join(lines) + "\n"


def _without_effect(politique: Politique, sans_effet: Sequence[SansEffet]) -> list[str]:
    if not sans_effet:
        return ["  Chaque critère départage au moins deux établissements de cette cohorte."]
    lines = [f"  {len(sans_effet)} critères sur {len(politique.criteres)} ne départagent personne dans cette cohorte :"]
    for item in sans_effet:
        given = item.issue if not item.effectif else f"« {item.issue} » pour les {item.effectif} évalués"
        lines.append(f"    {item.critere} {_cut(item.titre, 60)} : {given}")
    return lines


def _cut(text: str, width: int = 96) -> str:
    """The text on one line; the outcome at its end (« : oui ») stays when the middle goes."""
    if len(text) <= width:
        return text
    head, colon, outcome = text.rpartition(" : ")
    tail = f" : {outcome}" if colon and outcome in ("oui", "non") else ""
    return (head if tail else text)[: width - 1 - len(tail)] + "…" + tail
