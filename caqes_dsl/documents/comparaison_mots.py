"""The words of a comparison: what a change bears on, its sentence cut where it differs, numbers that add up."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from fractions import Fraction
from itertools import pairwise

from caqes_dsl.base.quantities import Genre, round_to, write_value
from caqes_dsl.base.source import Span
from caqes_dsl.compare import changes
from caqes_dsl.compare.changes import Changement
from caqes_dsl.documents.changements import QUOI
from caqes_dsl.documents.comparaison_shapes import MorceauVue
from caqes_dsl.documents.typography import capital
from caqes_dsl.documents.words import quoted

_SORTES: dict[type[Changement], str] = {
    changes.Ajout: "ajout",
    changes.Retrait: "suppression",
    changes.Remplacement: "remplacement",
    changes.Renommage: "nom",
    changes.Deplacement: "place dans le plan",
    changes.Source: "source",
    changes.SecteurAjoute: "secteurs",
    changes.SecteurRetire: "secteurs",
    changes.Part: "part des points",
    changes.Seuils: "seuils",
    changes.Rangs: "rangs du barème",
    changes.Variante: "variante par secteur",
    changes.ValeurParametre: "valeur datée",
    changes.EnVigueur: "valeur applicable",
    changes.Etape: "étape",
    changes.Delai: "délai",
    changes.Exemple: "exemple",
    changes.Propriete: "énoncé",
}
_CHAMPS = {"niveaux": "réponses admises", "nc_sur_justification": "non-concernement", "modifiable": "modification"}
_ARTICLE = re.compile(r"^(l'|le |la |les |ce que )")
_MOTIF = re.compile(r"^(.*) \(motif : (.*)\)$", re.DOTALL)
_PIECE = re.compile(r"\w+|\s+|[^\w\s]")
_LONG = 30
"""Length from which two texts are set one in the other, word for word."""
_TROP = 2000
"""Length from which they no longer are: a reader would not find the words."""


def bears_on(changement: Changement) -> str:
    """« Cible », « Seuils » : what a change bears on in its declaration."""
    kind, champ = type(changement), changement.champ if changement.editions else ""
    if isinstance(changement, changes.Total):
        return f"Total {changement.editions[0].adresse.cle.rpartition(' ')[0]}".strip()
    said = _SORTES.get(kind) or _CHAMPS.get(champ) or _ARTICLE.sub("", QUOI.get(champ, "contenu"))
    return capital(said)


def change_class(changement: Changement) -> str:
    """« ajout », « retrait », « modification », or « consequence » for what nobody wrote."""
    if changement.est_consequence:
        return "consequence"
    if isinstance(changement, changes.Ajout):
        return "ajout"
    if isinstance(changement, changes.Retrait):
        return "retrait"
    if isinstance(changement, changes.Etape | changes.Delai | changes.Exemple | changes.Propriete):
        if changement.ancien is None:
            return "ajout"
        return "retrait" if changement.nouveau is None else "modification"
    return "modification"


def words_only(changement: Changement) -> bool:
    """Whether it changes words, a source, an example or a contrôle: nothing that is evaluated or planned."""
    if changement.genre == "politique":
        return False
    return isinstance(changement, changes.Texte | changes.Source | changes.Exemple | changes.Propriete)


# ---------------------------------------------------------------- sentences


def without_motif(phrase: str) -> tuple[str, str]:
    """A sentence, and the reason that it ends with (« » for none)."""
    found = _MOTIF.match(phrase)
    return (found[1], found[2]) if found else (phrase, "")


def pieces(quoi: str, phrase: str, sides: Sequence[tuple[str, str]]) -> tuple[MorceauVue, ...]:
    """The sentence, with what each side says marked (`sides`: older and newer texts that it may quote); two long texts
    that look alike are set one in the other."""
    avant, apres = sides[0]
    if min(len(avant), len(apres)) >= _LONG and max(len(avant), len(apres)) < _TROP:
        inside = interleaved(avant, apres)
        if inside is not None and phrase.endswith(f"devient {quoted(apres)}, au lieu de {quoted(avant)}"):
            return joined((MorceauVue("egal", f"{quoi} : « "), *inside, MorceauVue("egal", " »")))
    found = [MorceauVue("egal", capital(phrase))]
    for pattern in _patterns(sides):
        found = [cut for m in found for cut in (_cut(m.texte, pattern) if m.sorte == "egal" else (m,))]
    return joined(found)


_TOURNURES = (
    "passe de {a} à {b}", "passe d'{a} à {b}", "passe du {a} au {b}", "devient : {b}, au lieu de : {a}",
    "devient {b}, au lieu de {a}", "devient {b} (au lieu de {a})",
)  # fmt: skip
_RANGS = tuple(
    re.compile(tournure.replace("{a}", "(?P<a>[^;»]+?)").replace("{b}", "(?P<b>[^;»]+?)"))
    for tournure in (
        r"» est donné {b}, et non plus {a}(?= ;|$)",
        r"» passe de {a} à {b}(?= ;|$)",
        r"» donne {b} au lieu de {a}(?= ;|$)",
        r"» est donné à {b}, au lieu de {a}(?= ;|$)",
    )
)
"""How the sentences on rows say both sides (`changements_tables`)."""


def _patterns(sides: Sequence[tuple[str, str]]) -> Iterator[re.Pattern[str]]:
    for avant, apres in sides:
        if not (avant and apres):
            continue
        a, b = (f"(?P<{k}>{re.escape(quoted(t))}|{re.escape(t)})" for k, t in (("a", avant), ("b", apres)))
        for tournure in _TOURNURES:
            yield re.compile(r"(?<!\S)" + _filled(tournure, a, b), re.IGNORECASE)
    yield from _RANGS


_COTE = re.compile(r"\{([ab])\}")


def _filled(tournure: str, a: str, b: str) -> str:
    return "".join({"a": a, "b": b}.get(p, re.escape(p)) if i % 2 else re.escape(p)
                   for i, p in enumerate(_COTE.split(tournure)))  # fmt: skip


def _cut(text: str, pattern: re.Pattern[str]) -> Iterator[MorceauVue]:
    done = 0
    for found in pattern.finditer(text):
        for start, end, sorte in sorted(((*found.span("a"), "retire"), (*found.span("b"), "ajoute"))):
            yield MorceauVue("egal", text[done:start])
            yield MorceauVue(sorte, text[start:end])
            done = end
    yield MorceauVue("egal", text[done:])


def interleaved(avant: str, apres: str) -> tuple[MorceauVue, ...] | None:
    """Both texts in one, word for word; None when they have less than half of their letters in common."""
    old, new = _PIECE.findall(avant), _PIECE.findall(apres)
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    found: list[MorceauVue] = []
    for operation, i1, i2, j1, j2 in _readable(matcher.get_opcodes(), old):
        if operation == "equal":
            found.append(MorceauVue("egal", "".join(old[i1:i2])))
            continue
        found.append(MorceauVue("retire", "".join(old[i1:i2])))
        found.append(MorceauVue("ajoute", "".join(new[j1:j2])))
    same = sum(len(m.texte) for m in found if m.sorte == "egal")
    if 2 * same < max(len(avant), len(apres)):
        return None
    return joined(found)


Operation = tuple[str, int, int, int, int]


def _readable(found: Sequence[Operation], old: Sequence[str]) -> list[Operation]:
    """Differences that only a space or a short word parts are one: a reader takes them as a whole."""
    kept: list[Operation] = []
    for rank, (operation, i1, i2, j1, j2) in enumerate(found):
        short = operation == "equal" and 0 < rank < len(found) - 1 and len("".join(old[i1:i2]).strip()) < 3
        if kept and kept[-1][0] != "equal" and (short or operation != "equal"):
            _, a1, _, b1, _ = kept[-1]
            kept[-1] = ("replace", a1, i2, b1, j2)
        else:
            kept.append(("replace" if operation != "equal" else operation, i1, i2, j1, j2))
    return kept


def joined(found: Iterable[MorceauVue]) -> tuple[MorceauVue, ...]:
    """The pieces without those that hold nothing."""
    return tuple(m for m in found if m.texte)


# ---------------------------------------------------------------- where it is written


class Lieux:
    """Files named from the folder that they all share: no path of a machine is printed."""

    def __init__(self, changements: Iterable[Changement]) -> None:
        spans = [s for c in changements for s in (c.place_ancienne, c.place_nouvelle) if s is not None]
        folders = [tuple(re.split(r"[/\\]", s.source.nom)[:-1]) for s in spans]
        self._shared = 0
        while folders and all(len(f) > self._shared for f in folders):
            if len({f[self._shared] for f in folders}) > 1:
                break
            self._shared += 1

    def say(self, changement: Changement) -> str:
        """« 2018.caqes, ligne 56 → 2019.caqes, ligne 17 »."""
        old, new = changement.place_ancienne, changement.place_nouvelle
        sides = [self._one(s) for s in (old, new) if s is not None]
        return " → ".join(dict.fromkeys(sides))

    def _one(self, span: Span) -> str:
        nom = "/".join(re.split(r"[/\\]", span.source.nom)[self._shared :])
        return f"{nom}, ligne {span.ligne}"


# ---------------------------------------------------------------- numbers


def adding_up(parts: Sequence[Fraction], step: Fraction, start: Fraction = Fraction(0)) -> list[Fraction]:
    """The parts rounded to a step, so that they lead from `start` to the end as these are printed: what is rounded is
    where each of them leads."""
    running = [start]
    for part in parts:
        running.append(running[-1] + part)
    return [round_to(b, step) - round_to(a, step) for a, b in pairwise(running)]


def signed_euros(value: Fraction) -> str:
    """« +28 239,73 € », « −5 € », « 0 € »."""
    text = write_value(value, Genre.MONTANT).replace("-", "−", 1)
    return f"+{text}" if value > 0 else text


def signed_points(value: Fraction) -> str:
    """« −0,03 »: percentage points."""
    text = write_value(value * 100, Genre.DECIMAL).replace("-", "−", 1)
    return f"+{text}" if value > 0 else text
