"""Double entry: declared totals and printed shares against the criteria."""

from __future__ import annotations

from fractions import Fraction

from caqes_dsl.base.diagnostics import Diagnostic, Severite
from caqes_dsl.base.quantities import Genre, plain_number, round_to, write_value
from caqes_dsl.model.nodes import Critere, Politique, Titre, Total

_RANKS = {1: "Le volet", 2: "Le chapitre", 3: "L'objectif"}
_LIST = 12
_POUR_CENT = Fraction(1, 100)


def check_totaux(politique: Politique) -> list[Diagnostic]:
    """Every declared total and share that the criteria do not give."""
    found: list[Diagnostic] = []
    for headings in (politique.volets, politique.chapitres, politique.objectifs):
        for titre in headings.values():
            for total in titre.totaux:
                found += _total(politique, titre, total)
                found += _share(politique, titre, total)
    for volet in politique.volets.values():
        found += _volet(politique, volet)
    return found


def criteria_of(politique: Politique, titre: Titre) -> list[Critere]:
    """The criteria under a heading."""
    names = {1: "volet", 2: "chapitre", 3: "objectif"}
    return [c for c in politique.criteres.values() if getattr(c, names[titre.rang]) == titre.nom]


def weight(critere: Critere, secteur: str = "") -> Fraction:
    """Its weight for an establishment of that sector only (« » for the common weight)."""
    if secteur:
        for variante in critere.variantes:
            if secteur in variante.secteurs and variante.poids is not None:
                return variante.poids
    return critere.poids


def _points(value: Fraction) -> str:
    return write_value(value, Genre.POINTS)


def _amount(value: Fraction, unite: str) -> str:
    if unite == "points":
        return _points(value)
    return plain_number(value) + ("\u00a0critère" if abs(value) < 2 else "\u00a0critères")


def _label(titre: Titre) -> str:
    return f"{_RANKS[titre.rang]} « {titre.nom or titre.titre} »"


def _total(politique: Politique, titre: Titre, total: Total) -> list[Diagnostic]:
    criteria = [c for c in criteria_of(politique, titre) if not total.secteur or total.secteur in c.secteurs]
    points = total.unite == "points"
    computed = sum((weight(c, total.secteur) if points else Fraction(1) for c in criteria), Fraction(0))
    if computed == total.valeur:
        return []
    gap = computed - total.valeur
    side = "de trop dans les critères" if gap > 0 else "manquent dans les critères"
    if gap < 0 and abs(gap) < 2:
        side = "manque dans les critères"
    sector = f" pour {total.secteur}" if total.secteur else ""
    message = (
        f"{_label(titre)} déclare {_amount(total.valeur, total.unite)}{sector} ; ses critères en font "
        f"{_amount(computed, total.unite)} : {_amount(abs(gap), total.unite)} {side}."
    )
    message += _difference(politique, criteria, total, gap)
    aide = f"Corrigez le total (« {_amount(computed, total.unite)} ») ou les poids, selon le texte."
    if _inherited(politique, total):
        soit = _share_of(politique, titre, total, computed)
        aide = f"Ce total est repris : {_to_write(politique, titre, total, _amount(computed, total.unite), soit)}"
    if not criteria:
        aide += " Aucun critère n'y est déclaré."
    elif len(criteria) <= _LIST:
        aide += f" Comptés : {', '.join(f'{c.nom} ({_points(weight(c, total.secteur))})' for c in criteria)}."
    else:
        aide += f" {len(criteria)} critères comptés."
    return [Diagnostic("CAQ311", message, total.span, aide=aide)]


def _difference(politique: Politique, criteria: list[Critere], total: Total, gap: Fraction) -> str:
    """Which criteria are worth just what is in excess: those reserved to some sectors, or one alone."""
    groups: dict[str, list[Critere]] = {}
    for critere in criteria if not total.secteur else ():
        groups.setdefault(_sectors(politique, [critere]), []).append(critere)
    reserved = [(f"seulement en {s}", members) for s, members in groups.items() if s]
    alone = [("", [c]) for c in criteria]
    for where, members in (*reserved, *alone):
        worth = sum(
            (weight(c, total.secteur) if total.unite == "points" else Fraction(1) for c in members), Fraction(0)
        )
        same = [m for _, m in alone if weight(m[0], total.secteur) == gap]
        if worth == gap and (where or (total.unite == "points" and len(same) == 1)):
            names = ", ".join(c.nom for c in members[:_LIST]) + (", …" if len(members) > _LIST else "")
            what = f"{_amount(gap, total.unite)} {where}".strip()
            return (
                f" La différence est juste ce que comptent {names} ({what})."
                if len(members) > 1
                else (f" La différence est juste ce que compte {names} ({what}).")
            )
    return ""


def _declared(titre: Titre) -> Total | None:
    """The declared total in points, for all sectors."""
    return next((t for t in titre.totaux if t.unite == "points" and not t.secteur), None)


def _volet_of(politique: Politique, titre: Titre) -> Titre | None:
    """The volet above a heading; the only one when nothing says which."""
    current: Titre | None = titre
    for _ in range(3):
        if current is None or current.rang == 1:
            break
        above = {2: politique.volets, 3: politique.chapitres}[current.rang]
        current = above.get(current.parent) or politique.volets.get(current.parent)
    if current is None and len(politique.volets) == 1:
        return next(iter(politique.volets.values()))
    return current


def _whole(politique: Politique, volet: Titre) -> Fraction:
    """The points of a volet: as declared, else as the criteria give."""
    declared = _declared(volet)
    if declared is not None:
        return declared.valeur
    return sum((c.poids for c in criteria_of(politique, volet)), Fraction(0))


def _share(politique: Politique, titre: Titre, total: Total) -> list[Diagnostic]:
    if total.soit is None or total.unite != "points":
        return []
    volet = _volet_of(politique, titre)
    whole = _whole(politique, volet) if volet is not None else Fraction(0)
    if whole <= 0:
        return []
    step = total.soit_pas or _POUR_CENT
    share = round_to(total.valeur / whole, step)
    if share == total.soit:
        return []
    written = write_value(share, Genre.TAUX)
    message = (
        f"{_label(titre)} imprime « soit {write_value(total.soit, Genre.TAUX)} » ; {_points(total.valeur)} sur "
        f"{_points(whole)} font {written} à {write_value(step, Genre.TAUX)} près."
    )
    aide = f"Écrivez « soit {written} », ou corrigez le total."
    if _inherited(politique, total):
        aide = f"Ce total est repris : {_to_write(politique, titre, total, _points(total.valeur), written)}"
    return [Diagnostic("CAQ311", message, total.span, aide=aide)]


def _inherited(politique: Politique, total: Total) -> bool:
    return total.span.source is not politique.span.source


def _to_write(politique: Politique, titre: Titre, total: Total, amount: str, soit: str) -> str:
    """The `modifie` that declares an inherited total anew."""
    kind = ("volet", "chapitre", "objectif")[titre.rang - 1]
    sector = f"{total.secteur} " if total.secteur else ""
    share = f" soit {soit}" if soit else ""
    wanted = f"« modifie {kind} {titre.nom} total {sector}{amount}{share} »"
    return f"écrivez {wanted} dans {politique.span.source.nom}, ou corrigez les poids."


def _share_of(politique: Politique, titre: Titre, total: Total, computed: Fraction) -> str:
    """The share to print with a total corrected, of what the volet's criteria give; « » when none is printed."""
    volet = _volet_of(politique, titre)
    whole = sum((c.poids for c in criteria_of(politique, volet)), Fraction(0)) if volet is not None else Fraction(0)
    if total.soit is None or whole <= 0:
        return ""
    return write_value(round_to(computed / whole, total.soit_pas or _POUR_CENT), Genre.TAUX)


def _where(politique: Politique, criteria: list[Critere]) -> str:
    """The headings of criteria, with the sectors they are reserved to: « specifique_had (HAD) »."""
    groups: dict[str, list[Critere]] = {}
    for c in criteria:
        groups.setdefault(c.chapitre or c.objectif or c.nom, []).append(c)
    texts = []
    for nom, members in groups.items():
        sectors = _sectors(politique, members)
        texts.append(f"{nom} ({sectors})" if sectors else nom)
    return ", ".join(texts)


def _sectors(politique: Politique, criteria: list[Critere]) -> str:
    """The sectors that all of these are reserved to; empty when they concern every sector."""
    concerned = {s for c in criteria for s in c.secteurs}
    if concerned >= set(politique.secteurs):
        return ""
    return ", ".join(s for s in politique.secteurs if s in concerned)


def _volet(politique: Politique, volet: Titre) -> list[Diagnostic]:
    chapters = [c for c in politique.chapitres.values() if _volet_of(politique, c) is volet]
    declared = {c.nom: t for c in chapters if (t := _declared(c)) is not None}
    if not declared:
        return []
    outside = [c for c in criteria_of(politique, volet) if c.chapitre not in declared]
    rest = sum((c.poids for c in outside), Fraction(0))
    whole = _whole(politique, volet)
    printed = [t.soit for t in declared.values() if t.soit is not None]
    shares = sum(printed, Fraction(0))
    own = _declared(volet)
    in_chapters = sum((t.valeur for t in declared.values()), Fraction(0))
    apart = bool(printed) and len(printed) == len(declared) and shares != 1 and whole > 0
    message = ""
    if own is not None and in_chapters != own.valeur:
        message = f"{_points(in_chapters)} déclarés dans les chapitres, {plain_number(own.valeur)} en tout"
        if rest:
            sectors = _sectors(politique, outside)
            only = f"seulement en {sectors}" if sectors else "hors de ces chapitres"
            headings = ", ".join(dict.fromkeys(c.chapitre or c.objectif or c.nom for c in outside))
            message += f" : {_points(rest)} {only} ({headings})"
        left = own.valeur - in_chapters - rest
        if left:
            message += f" ; {_points(abs(left))} {'de moins' if left > 0 else 'de plus'} sans explication"
        if apart:
            message += f" ; les parts imprimées des chapitres font {write_value(shares, Genre.TAUX)}, et non 100\u00a0%"
    elif apart:
        reason = "la différence ne vient que des arrondis"
        if rest:
            step = max(t.soit_pas or _POUR_CENT for t in declared.values())
            share = write_value(round_to(rest / whole, step), Genre.TAUX)
            verb = "n'est" if abs(rest) < 2 else "ne sont"
            reason = (
                f"{_points(rest)}, soit {share}, {verb} dans aucun chapitre à total déclaré : "
                f"{_where(politique, outside)}"
            )
        message = (
            f"Les parts imprimées des chapitres du volet « {volet.nom or volet.titre} » font "
            f"{write_value(shares, Genre.TAUX)}, et non 100\u00a0% : {reason}"
        )
    if not message:
        return []
    span = own.span if own else next(t.span for t in declared.values())
    return [Diagnostic("CAQ312", message + ".", span, Severite.NOTE, aide="Rien à faire si le texte l'imprime ainsi.")]
