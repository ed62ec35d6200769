"""A change as the clauses of an amendment: what is replaced, inserted or repealed, and where."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from caqes_dsl.base.source import Span
from caqes_dsl.compare import changes
from caqes_dsl.compare.changes import Changement
from caqes_dsl.documents.changements import FEMININS, QUOI, Dit, Redaction
from caqes_dsl.documents.changements_valeurs import article
from caqes_dsl.documents.typography import capital
from caqes_dsl.documents.words import quoted
from caqes_dsl.model.nodes import Politique

_OBJETS: Mapping[type[Changement], str] = {
    changes.Seuils: "seuils",
    changes.Rangs: "lignes",
    changes.Part: "part des points",
    changes.Total: "total",
    changes.ValeurParametre: "valeur",
    changes.Source: "source",
    changes.Reponse: "réponses admises",
    changes.Variante: "règles propres à certains secteurs",
}
_ARTICLES = ("les ", "la ", "le ", "l'")
_VOYELLES = "aeiouyéèêh"
_RETRAIT = "\u2003"


class Clauses:
    """Writes the clauses between two policies."""

    def __init__(self, ancienne: Politique, nouvelle: Politique, changements: tuple[Changement, ...]) -> None:
        self.writer = Redaction(ancienne, nouvelle, changements)
        self.base, self.nouvelle = self.writer.base, nouvelle

    def of(self, changement: Changement) -> Iterator[str]:
        """The paragraphs of a change."""
        dit = self.writer.say(changement)
        if changement.est_consequence:
            yield f"Sans autre modification, {at(changement.genre, dit.sujet)}, {dit.phrase}."
        elif isinstance(changement, changes.Ajout):
            yield (
                self._opened(changement, f"il est inséré {definite(changement.genre, dit.sujet)}, ainsi rédigé") + " :"
            )
            yield from quotation(changement.place_nouvelle, dit.apres or dit.sujet)
        elif isinstance(changement, changes.Retrait):
            end = "abrogée" if changement.genre in FEMININS else "abrogé"
            yield self._opened(changement, f"{definite(changement.genre, dit.sujet)} est {end}") + _motif(dit) + "."
            yield "Sa rédaction était la suivante :"
            yield from quotation(changement.place_ancienne, dit.avant or dit.sujet)
        elif isinstance(changement, changes.Renommage):
            old = definite(changement.genre, f"{changement.genre} {changement.ancien_nom}")
            yield capital(f"{old} devient {definite(changement.genre, dit.sujet)}.")
        else:
            yield self._words(changement, dit)

    def _words(self, changement: Changement, dit: Dit) -> str:
        """What is replaced by what; the whole sentence where no single text is."""
        several = len(changement.editions) > 1 and not isinstance(changement, changes.Source | changes.Cible)
        if several or not (dit.avant or dit.apres):
            return capital(f"{dit.entier}.")
        what = self._object(changement)
        if what is None:
            return self._whole(changement, dit)
        where = self._opened(changement, at(changement.genre, dit.sujet)) + (f" ({what})" if what else "")
        if dit.avant and dit.apres:
            said = f"les mots {quoted(dit.avant)} sont remplacés par les mots {quoted(dit.apres)}"
        elif dit.apres:
            said = f"sont insérés les mots {quoted(dit.apres)}"
        else:
            said = f"les mots {quoted(dit.avant)} sont supprimés"
        return f"{where}, {said}{self._also(changement)}{_motif(dit)}."

    def _object(self, changement: Changement) -> str | None:
        """What is amended in a declaration; None when it is the declaration itself."""
        match changement:
            case changes.Etape() | changes.Exemple() | changes.Propriete() if not (
                changement.ancien is not None and changement.nouveau is not None
            ):
                return None
            case changes.Total():
                secteur, _, unite = changement.editions[0].adresse.cle.rpartition(" ")
                titre = secteur and (self.nouvelle.secteurs.get(secteur) or self.base.secteurs[secteur]).titre
                return f"total des {unite}" + (f", {titre}" if titre else "")
        return _OBJETS.get(type(changement)) or _bare(QUOI.get(changement.champ, ""))

    def _whole(self, changement: Changement, dit: Dit) -> str:
        """A step of the calendar, an example or a contrôle that is inserted or removed as a whole."""
        agree = "e" if changement.genre in FEMININS else ""
        said = definite(changement.genre, dit.sujet)
        if changement.nouveau is None:
            return self._opened(changement, f"{said} est supprimé{agree}") + _motif(dit) + "."
        return self._opened(changement, f"{said} est inséré{agree} : {quoted(dit.apres)}") + _motif(dit) + "."

    def _also(self, changement: Changement) -> str:
        """The other declarations that a source is changed for."""
        if not isinstance(changement, changes.Source):
            return ""
        names = dict.fromkeys(e.adresse.nom for e in changement.editions[1:])
        listed = ", ".join(n for n in names if n not in ("", changement.nom))
        return f" ; de même pour {listed}" if listed else ""

    def _opened(self, changement: Changement, said: str) -> str:
        """« À l'article 10-3, … » where the contract numbers it."""
        names = (changement.chapitre, changement.volet)
        titles = (
            h.get(n) for p in (self.base, self.nouvelle) for h, n in zip((p.chapitres, p.volets), names, strict=True)
        )
        for titre in titles:
            if titre is not None and titre.article and titre.nom != changement.nom:
                return f"{capital(at('article', article(titre)))}, {said}"
        return capital(said)


def definite(genre: str, sujet: str) -> str:
    """« le critère C1 », « la donnée « Lits » », « l'étape T0 »."""
    if genre == "notation":
        return f"les {sujet}"
    if sujet[:2].lower() in ("l'", "l’"):
        return sujet
    if sujet[:1].lower() in _VOYELLES:
        return f"l'{sujet}"
    return f"la {sujet}" if genre in FEMININS else f"le {sujet}"


def at(genre: str, sujet: str) -> str:
    """« au critère C1 », « à la donnée « Lits » », « à l'étape T0 »."""
    said = definite(genre, sujet)
    for article_defini, contracted in (("les ", "aux "), ("le ", "au ")):
        if said.startswith(article_defini):
            return contracted + said.removeprefix(article_defini)
    return f"à {said}"


def quotation(place: Span | None, otherwise: str) -> Iterator[str]:
    """A declaration as its policy writes it, a guillemet opening each line; its words when it is not written whole."""
    lines = _written(place) if place is not None else [otherwise]
    for k, line in enumerate(lines):
        text = line.lstrip()
        yield f"«\u00a0{_RETRAIT * ((len(line) - len(text)) // 2)}{text}" + ("\u00a0»" if k == len(lines) - 1 else "")


def _written(place: Span) -> list[str]:
    """A declaration from its first line to its last indented one, without remarks."""
    first, *rest = place.source.texte[place.debut :].splitlines()
    found = [first]
    for line in rest:
        if line.strip() and not line.startswith((" ", "\t", "#")):
            break
        if line.strip() and not line.lstrip().startswith("#"):
            found.append(line)
    return found


def _bare(words: str) -> str:
    """Words without their article."""
    return next((words.removeprefix(a) for a in _ARTICLES if words.startswith(a)), words)


def _motif(dit: Dit) -> str:
    start = dit.phrase.rfind(" (motif : ")
    return dit.phrase[start:] if start >= 0 else ""
