"""One cohort for two policies: read once with all that either knows, then what each takes of it.

The answers are carried from a former name to the new one. What a policy does not admit counts as not transmitted for
it, and is said; a year is that of the answers, so that N-1 is the year before them under both.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, TypeVar

from caqes_dsl.base.quantities import Genre, Valeur, write_value
from caqes_dsl.evaluation.explain import violated_bounds
from caqes_dsl.evaluation.facts import Etablissement
from caqes_dsl.model.empreinte import canonical
from caqes_dsl.model.nodes import Critere, Donnee, Politique

from .impact_shapes import Abandon
from .names import renamed
from .parts import MAPPINGS

T = TypeVar("T")

RECORDED = ("points_applicables", "points", "score")
"""How the columns of recorded results start; the heading follows."""


# ---------------------------------------------------------------- reading


def reading_policy(ancienne: Politique, nouvelle: Politique, anciens: Mapping[str, str]) -> Politique:
    """What to read a cohort with: all that either policy knows, former names too. `anciens`: former name -> new name.

    It evaluates nothing. A name that stands for two kinds of things is that of the newer policy.
    """
    base = renamed(ancienne, anciens)
    taken = {nom for name in MAPPINGS for nom in getattr(nouvelle, name)}
    merged: dict[str, Any] = {}
    for name in MAPPINGS:
        new, old, former = getattr(nouvelle, name), getattr(base, name), getattr(ancienne, name)
        kept = {nom: d for nom, d in old.items() if nom not in new and nom not in taken}
        aliases = {nom: former[nom] for nom in anciens if nom in former and nom not in {*taken, *old}}
        if name in ("niveaux", "secteurs"):  # two labels that are alike would mean neither
            aliases = {nom: replace(d, titre=nom) for nom, d in aliases.items()}
        merged[name] = {**new, **kept, **aliases}
    for nom, critere in base.criteres.items():
        if nom in nouvelle.criteres:
            merged["criteres"][nom] = _either(critere, nouvelle.criteres[nom])
    for nom, donnee in base.donnees.items():
        if nom in nouvelle.donnees:
            merged["donnees"][nom] = _any_value(donnee, nouvelle.donnees[nom])
    merged["criteres"] = {nom: _with_aliases(c, anciens) for nom, c in merged["criteres"].items()}
    merged["suppressions"] = (*nouvelle.suppressions, *ancienne.suppressions)
    return replace(nouvelle, **merged)


def _either(old: Critere, new: Critere) -> Critere:
    """A criterion that takes the answers of both; it is read as answered when one of them is."""
    answered = any(c.mesure is None and c.table is None for c in (old, new))
    return replace(
        new,
        niveaux=_union(new.niveaux, old.niveaux),
        secteurs=_union(new.secteurs, old.secteurs),
        nc_sur_justification=new.nc_sur_justification or old.nc_sur_justification,
        mesure=None if answered else new.mesure,
        table=None if answered else new.table,
    )


def _any_value(old: Donnee, new: Donnee) -> Donnee:
    """A donnée with the values of both; bounds that differ are left to each policy."""
    same = canonical(old.bornes, "bornes") == canonical(new.bornes, "bornes")
    return replace(new, choix=_union(new.choix, old.choix), bornes=new.bornes if same else ())


def _with_aliases(critere: Critere, anciens: Mapping[str, str]) -> Critere:
    def aliased(names: tuple[str, ...]) -> tuple[str, ...]:
        return _union(names, tuple(old for old, new in anciens.items() if new in names))

    return replace(critere, niveaux=aliased(critere.niveaux), secteurs=aliased(critere.secteurs))


def _union(first: tuple[T, ...], second: Iterable[T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys((*first, *second)))


# ---------------------------------------------------------------- names


def under_new_names(etablissement: Etablissement, anciens: Mapping[str, str]) -> Etablissement:
    """What was transmitted under former names, under the new ones; a value under the new name wins."""
    if not anciens:
        return etablissement
    e = etablissement

    def keyed(values: Mapping[str, T]) -> dict[str, T]:
        moved = {anciens[k]: v for k, v in values.items() if k in anciens}
        return {**moved, **{k: v for k, v in values.items() if k not in anciens}}

    return replace(
        e,
        secteurs=_union((), (anciens.get(s, s) for s in e.secteurs)),
        reponses={k: anciens.get(v, v) for k, v in keyed(e.reponses).items()},
        motifs=keyed(e.motifs),
        faits=keyed(e.faits),
        provenances=keyed(e.provenances),
        enregistres={_column(k, anciens): v for k, v in e.enregistres.items()},
        retenus=keyed(e.retenus),
        passes={annee: under_new_names(p, anciens) for annee, p in e.passes.items()},
    )


def _column(column: str, anciens: Mapping[str, str]) -> str:
    """The column of a recorded result under the new name of its heading."""
    sorte = next((s for s in RECORDED if column.startswith(f"{s}_")), "")
    heading = column.removeprefix(f"{sorte}_")
    return f"{sorte}_{anciens[heading]}" if sorte and heading in anciens else column


# ---------------------------------------------------------------- what a policy takes


@dataclass(frozen=True, slots=True)
class Refus:
    """A value that a policy does not take."""

    sorte: str
    nom: str
    pourquoi: str
    valeur: str


class Admission:
    """What a policy takes of what was read. `lecture`: the policy that it was read with (`reading_policy`)."""

    def __init__(self, politique: Politique, lecture: Politique) -> None:
        self.politique = politique
        self._answers: dict[tuple[str, str, bool], str] = {}
        pairs = [(d, lecture.donnees.get(d.nom, d)) for d in politique.donnees.values()]
        self._doubtful = [(d, read) for d, read in pairs if d is not read and _takes(d) != _takes(read)]
        self._bounded = any(_takes(d)[2] != _takes(read)[2] for d, read in self._doubtful)

    def take(self, etablissement: Etablissement) -> tuple[Etablissement, tuple[Refus, ...]]:
        """The establishment as the policy may read it, itself when nothing is refused; its past too."""
        refus: list[Refus] = []
        taken = self._of(etablissement, refus, "")
        passes = {
            annee: self._of(past, refus, f" ({annee})", taken.secteurs) for annee, past in etablissement.passes.items()
        }
        if any(passes[annee] is not past for annee, past in etablissement.passes.items()):
            taken = replace(taken, passes=passes)
        return taken, tuple(refus)

    def _of(
        self, e: Etablissement, refus: list[Refus], quand: str, secteurs: Sequence[str] | None = None
    ) -> Etablissement:
        before = len(refus)
        known = self.politique.secteurs
        foreign = {s for s in e.secteurs if known and s not in known}
        refus += [Refus("secteur", s, "la politique n'a pas ce secteur", s) for s in sorted(foreign) if not quand]
        answers = {c: n for c, n in e.reponses.items() if not self._refused_answer(e, c, n, refus, quand)}
        facts = self._facts(e, refus, quand)
        if len(refus) == before and not foreign:
            return e
        return replace(e, secteurs=tuple(s for s in e.secteurs if s not in foreign), reponses=answers, faits=facts)

    # ------------------------------------------------------------ answers

    def _refused_answer(self, e: Etablissement, nom: str, niveau: str, refus: list[Refus], quand: str) -> bool:
        key = (nom, niveau, nom in e.motifs)
        if key not in self._answers:
            critere = self.politique.criteres.get(nom)
            self._answers[key] = self._against(critere, niveau, key[2]) if critere is not None else ""
        why = self._answers[key]
        if why:
            refus.append(Refus("réponse", nom, why, f"{niveau}{quand}"))
        return bool(why)

    def _against(self, critere: Critere, niveau: str, motif: bool) -> str:
        """Why a criterion does not take a level; « » when it does."""
        level = self.politique.niveaux.get(niveau)
        if level is None:
            return f"la politique n'a pas le niveau {niveau}"
        if level.part is None:
            if not critere.nc_sur_justification and (niveau == "NC" or niveau not in critere.niveaux):
                return "le critère ne peut pas être déclaré non concerné"
            return "" if motif or not critere.nc_sur_justification else "non concerné, sans motif"
        if critere.mesure is not None or critere.table is not None:
            return "le critère est mesuré d'après ses données"
        return "" if niveau in critere.niveaux else f"le critère n'admet pas le niveau {niveau}"

    # ------------------------------------------------------------ facts

    def _facts(self, e: Etablissement, refus: list[Refus], quand: str) -> Mapping[str, Valeur]:
        if not self._doubtful:
            return e.faits
        held = [(d, read, e.faits[d.nom]) for d, read in self._doubtful if d.nom in e.faits]
        wrong = {d.nom: why for d, read, valeur in held if (why := _unfit(d, read, valeur))}
        facts = {nom: v for nom, v in e.faits.items() if nom not in wrong}
        if self._bounded:
            own = {nom: v for nom, v in facts.items() if nom in self.politique.donnees}
            for nom, _ in violated_bounds(self.politique, own):
                wrong.setdefault(nom, "la valeur est hors des bornes de cette politique")
        for nom, why in wrong.items():
            shown = write_value(e.faits[nom], self.politique.donnees[nom].genre)
            refus.append(Refus("donnée", nom, why, f"{shown}{quand}"))
        return {nom: v for nom, v in facts.items() if nom not in wrong} if wrong else e.faits


def _takes(donnee: Donnee) -> tuple[Genre, tuple[str, ...], str]:
    return donnee.genre, tuple(sorted(donnee.choix)), canonical(donnee.bornes, "bornes")


def _unfit(donnee: Donnee, lue: Donnee, valeur: Valeur) -> str:
    """Why a donnée cannot have a value that was read for the other of its name; « » when it can."""
    counts = (Genre.ENTIER, Genre.DECIMAL)
    if donnee.genre is not lue.genre and not (donnee.genre in counts and lue.genre in counts):
        return "la donnée n'est pas du même type"
    if donnee.genre is Genre.CHOIX and valeur not in donnee.choix:
        return "cette valeur n'est pas de ses choix"
    whole = not isinstance(valeur, Fraction) or valeur.denominator == 1
    return "" if donnee.genre is not Genre.ENTIER or whole else "la donnée est un nombre entier"


def gathered(refus: Iterable[tuple[str, Refus]], *, nouveau: bool) -> tuple[Abandon, ...]:
    """What one policy does not take of a cohort. `refus`: by FINESS."""
    found: dict[tuple[str, str, str], dict[str, str]] = {}
    for finess, one in refus:
        values = found.setdefault((one.sorte, one.nom, one.pourquoi), {})
        values[finess] = f"{values[finess]}, {one.valeur}" if finess in values else one.valeur
    return tuple(Abandon(nouveau, *key, values) for key, values in found.items())
