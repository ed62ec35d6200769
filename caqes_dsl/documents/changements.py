"""A change between two policies as a sentence that a committee reads, with both sides in words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import singledispatchmethod
from typing import Any

from caqes_dsl.base.quantities import Genre
from caqes_dsl.compare import changes
from caqes_dsl.compare.apply import former_names
from caqes_dsl.compare.changes import Changement, Edition
from caqes_dsl.compare.names import renamed
from caqes_dsl.documents.changements_tables import Cote, moved
from caqes_dsl.documents.changements_valeurs import heading, in_words
from caqes_dsl.documents.criteria import points, sector_words
from caqes_dsl.documents.typography import listing, long_date
from caqes_dsl.documents.words import level_label, quoted, sector_label
from caqes_dsl.model import nodes
from caqes_dsl.model.nodes import Politique

QUOI = {
    "titre": "l'intitulé",
    "article": "le numéro d'article",
    "texte": "le texte",
    "preuve": "le justificatif",
    "guide": "le guide de remplissage",
    "anciennement": "l'ancien numéro",
    "nom": "le nom de la politique",
    "region": "la région",
    "exercice": "l'exercice",
    "evaluee_en": "l'année d'évaluation",
    "vigueur_du": "la date d'effet",
    "vigueur_au": "la date de fin",
    "adopte_le": "la date d'adoption",
    "adopte_par": "l'auteur de l'adoption",
    "poids": "le poids",
    "mesure": "la mesure",
    "nc_office": "la condition de non-concernement de plein droit",
    "reserve": "la condition d'application",
    "expression": "la formule",
    "condition": "la condition",
    "montant": "le montant",
    "plafond": "le plafond",
    "plancher": "le plancher",
    "au_prorata": "la clé de répartition",
    "atteint": "la comparaison à la cible",
    "cible": "la cible",
    "arrondi": "l'arrondi",
    "nature": "la nature",
    "sens": "le sens attendu",
    "echeance": "l'échéance",
    "duree_max": "la durée maximale",
    "genre": "le type",
    "choix": "la liste des choix",
    "bornes": "les bornes admises",
    "defaut": "la valeur à défaut de transmission",
    "mode": "la règle d'arrondi du score",
    "pas": "le pas d'arrondi du score",
    "calcul": "le calcul qui donne le score",
    "effectif_minimum": "l'effectif minimal d'une statistique",
    "sans_reponse": "ce que vaut l'absence de réponse",
}
"""Field -> what it is."""

_PREUVES = {
    "anciennement": "la nouvelle version le dit",
    "contenu": "son contenu est le même",
    "titre": "son intitulé est le même",
}
FEMININS = frozenset({"donnée", "sanction", "pénalité", "enveloppe", "pièce", "étape", "limite"})


@dataclass(frozen=True, slots=True)
class Dit:
    """A change in words: what it bears on (« critère C34 « … » »), what happens to it, each side (« » for none)."""

    sujet: str
    phrase: str
    avant: str
    apres: str

    @property
    def entier(self) -> str:
        """The whole sentence: « critère C34 : le seuil de « Réalisé » passe de 50 % à 60 % »."""
        return f"{self.sujet} : {self.phrase}"


class Redaction:
    """Writes the changes between two policies."""

    def __init__(self, ancienne: Politique, nouvelle: Politique, changements: Iterable[Changement]) -> None:
        self.nouvelle = nouvelle
        self.base = renamed(ancienne, former_names(changements))

    def say(self, changement: Changement) -> Dit:
        """A change in words."""
        phrase = self._phrase(changement)
        motif = self._motif(changement)
        first = changement.editions[0] if changement.editions else None
        avant, apres = self._sides(first) if first is not None else ("", "")
        if isinstance(changement, changes.Renommage):
            avant, apres = changement.ancien_nom, changement.nom
        return Dit(self.subject(changement), phrase + (f" (motif : {motif})" if motif else ""), avant, apres)

    def subject(self, changement: Changement) -> str:
        """What a change bears on, with its title."""
        if changement.genre in ("politique", "notation"):
            return {"politique": "en-tête", "notation": "règles de notation"}[changement.genre]
        if changement.genre in ("exemple", "délai"):
            nom = changement.titre or changement.nom
            return f"{changement.genre} {quoted(nom) if changement.genre == 'exemple' else nom}"
        named = changement.nom if changement.genre in ("critère", "étape") or not changement.titre else ""
        title = quoted(changement.titre) if changement.titre else ""
        return " ".join(part for part in (changement.genre, named, title) if part)

    def _sides(self, edition: Edition) -> tuple[str, str]:
        where = edition.adresse
        if not where.champ and where.collection not in ("calendrier", "delais", "exemples", "proprietes"):
            return (
                "" if edition.ancien is None else self._declared(edition.ancien, self.base),
                "" if edition.nouveau is None else self._declared(edition.nouveau, self.nouvelle),
            )
        return in_words(edition.ancien, where, self.base), in_words(edition.nouveau, where, self.nouvelle)

    def _declared(self, declared: Any, politique: Politique) -> str:
        """A declaration in one line."""
        parts = [declared.titre or declared.nom]
        if isinstance(declared, nodes.Critere):
            parts += [points(declared.poids), sector_words(declared.secteurs, politique)]
        return ", ".join(parts)

    def _motif(self, changement: Changement) -> str:
        """The reason that the newer policy gives."""
        place = changement.place_nouvelle
        if isinstance(changement, changes.Retrait):
            return next((s.motif for s in self.nouvelle.suppressions if s.nom == changement.nom), "")
        if place is None or place in (None, changement.place_ancienne):
            return ""
        for provenance in self.nouvelle.provenances.get(changement.nom, ()):
            if provenance.span == place and provenance.span.source == place.source:
                return provenance.motif
        return ""

    # ------------------------------------------------------------ sentences

    @singledispatchmethod
    def _phrase(self, changement: Changement) -> str:
        avant, apres = self._sides(changement.editions[0])
        return becomes(QUOI[changement.champ], avant, apres)

    @_phrase.register
    def _(self, changement: changes.Ajout) -> str:
        said = "ajoutée" if changement.genre in FEMININS else "ajouté"
        declared = changement.nouveau
        if isinstance(declared, nodes.Critere):
            where = _where(self.nouvelle, changement)
            said += f", {points(declared.poids)}, secteurs : {sector_words(declared.secteurs, self.nouvelle)}{where}"
        return said + self._carried(changement, "s'ajoute")

    @_phrase.register
    def _(self, changement: changes.Retrait) -> str:
        end = "supprimée" if changement.genre in FEMININS else "supprimé"
        declared = changement.ancien
        if isinstance(declared, nodes.Critere):
            end += f" ({points(declared.poids)}){_where(self.base, changement)}"
        return end + self._carried(changement, "disparaît")

    @_phrase.register
    def _(self, changement: changes.Remplacement) -> str:
        return "ce nom désigne autre chose dans chaque politique : l'ancien est supprimé, le nouveau ajouté"

    @_phrase.register
    def _(self, changement: changes.Renommage) -> str:
        verb = "renumérotée" if changement.genre in FEMININS else "renuméroté"
        if changement.genre != "critère":
            verb = verb.replace("renumérot", "renomm")
        return f"{verb} {changement.nom}, auparavant {changement.ancien_nom} ({_PREUVES[changement.preuve]})"

    @_phrase.register
    def _(self, changement: changes.Deplacement) -> str:
        last = changement.editions[-1]
        own = [e for e in changement.editions if e.adresse.nom == changement.nom]
        edition = own[-1] if own else last
        before, after = str(edition.ancien), str(edition.nouveau)
        if edition.adresse.champ == "rang":
            return "change de rang dans le plan"
        return _moved(heading(before, self.base), heading(after, self.nouvelle))

    @_phrase.register
    def _(self, changement: changes.Entete) -> str:
        if changement.champ == "adopte_le":
            if changement.nouveau is None:
                return "le statut redevient « projet »"
            return f"le statut devient « adopté le {in_words(changement.nouveau, _of(changement), self.nouvelle)} »"
        avant, apres = self._sides(changement.editions[0])
        if changement.champ in ("titre", "region", "adopte_par"):
            avant, apres = (quoted(t) if t else "" for t in (avant, apres))
        return becomes(QUOI[changement.champ], avant, apres)

    @_phrase.register
    def _(self, changement: changes.Source) -> str:
        others = len({(e.adresse.collection, e.adresse.nom) for e in changement.editions}) - 1
        also = f", ici et pour {others} autre{'s' if others > 1 else ''} déclaration{'s' if others > 1 else ''}"
        old, new = (_source(v) for v in (changement.ancien, changement.nouveau))
        said = becomes("la source", quoted(old) if old else "", quoted(new) if new else "")
        return said + (also if others else "")

    @_phrase.register
    def _(self, changement: changes.Texte) -> str:
        avant, apres = (quoted(str(v)) if v else "" for v in (changement.ancien, changement.nouveau))
        return becomes(QUOI[changement.champ], avant, apres, text=True)

    @_phrase.register
    def _(self, changement: changes.SecteurAjoute) -> str:
        return f"s'applique désormais au secteur {self._sector(changement.nouveau, self.nouvelle)}"

    @_phrase.register
    def _(self, changement: changes.SecteurRetire) -> str:
        return f"ne s'applique plus au secteur {self._sector(changement.ancien, self.base)}"

    @staticmethod
    def _sector(nom: object, politique: Politique) -> str:
        secteur = politique.secteurs.get(str(nom))
        return sector_label(secteur) if secteur else str(nom)

    @_phrase.register
    def _(self, changement: changes.Reponse) -> str:
        if changement.champ == "niveaux":
            added = changement.ancien is None
            level = changement.nouveau if added else changement.ancien
            label = quoted(level_label(str(level), self.nouvelle if added else self.base))
            return f"la réponse {label} {'est désormais' if added else 'n’est plus'} admise"
        if changement.champ == "nc_sur_justification":
            return _neutral(bool(changement.nouveau))
        avant, apres = self._sides(changement.editions[0])
        return becomes(QUOI[changement.champ], avant, apres)

    @_phrase.register
    def _(self, changement: changes.Part) -> str:
        def given(part: object) -> str:
            if not isinstance(part, Fraction):
                return "est hors calcul"
            return f"donne {in_words(part, _of(changement), self.nouvelle)} des points"

        return f"{given(changement.nouveau)}, au lieu de : {given(changement.ancien)}"

    @_phrase.register(changes.Seuils)
    @_phrase.register(changes.Rangs)
    def _(self, changement: Changement) -> str:
        old, new, credit = changement.ancien, changement.nouveau, changement.genre == "critère"
        if not isinstance(old, nodes.Table):
            return "des seuils sont ajoutés"
        if not isinstance(new, nodes.Table):
            return "les seuils sont supprimés"
        said = list(moved(Cote(old, self.base, credit), Cote(new, self.nouvelle, credit)))
        return " ; ".join(said) if said else "les rangs sont réécrits"

    @_phrase.register
    def _(self, changement: changes.Variante) -> str:
        edition = changement.editions[0]
        names = listing(
            [self._sector(s, self.nouvelle) for s in edition.adresse.cle.split(", ")],
        )
        avant, apres = self._sides(edition)
        return becomes(f"la variante des établissements du seul secteur {names}", avant, apres)

    @_phrase.register
    def _(self, changement: changes.Regle) -> str:
        avant, apres = (quoted(t) if t else "" for t in self._sides(changement.editions[0]))
        if (
            changement.genre == "calcul"
            and isinstance(changement.nouveau, nodes.Noeud)
            and changement.nouveau.genre is Genre.OUI_NON
        ):
            return becomes("la condition remplie", avant, apres, text=True)
        return becomes(QUOI[changement.champ], avant, apres, text=True)

    @_phrase.register
    def _(self, changement: changes.Total) -> str:
        secteur = changement.editions[0].adresse.cle.rpartition(" ")[0]
        what = f"le total {self._sector(secteur, self.nouvelle)}" if secteur else "le total"
        return becomes(what, *self._sides(changement.editions[0]))

    @_phrase.register
    def _(self, changement: changes.ValeurParametre) -> str:
        avant, apres = self._sides(changement.editions[0])
        if avant and apres:
            return becomes("la valeur", avant, apres)
        return f"nouvelle valeur : {apres}" if apres else f"la valeur de {avant} est supprimée"

    @_phrase.register
    def _(self, changement: changes.EnVigueur) -> str:
        avant, apres = self._sides(changement.editions[0])
        if not (avant and apres):
            return becomes("la valeur applicable", avant, apres)
        return f"la valeur applicable devient {apres} (au lieu de {avant}), par le seul effet des dates"

    @_phrase.register
    def _(self, changement: changes.Notation) -> str:
        if changement.champ == "nc_sur_justification":
            return _neutral(bool(changement.nouveau)) + self._carried(changement, "vaut")
        return becomes(QUOI[changement.champ], *self._sides(changement.editions[0]))

    @_phrase.register
    def _(self, changement: changes.Reglage) -> str:
        if changement.champ == "modifiable":
            return "peut désormais être modifié par une région" if changement.nouveau else "ne peut plus être modifié"
        return becomes(QUOI[changement.champ], *self._sides(changement.editions[0]))

    @_phrase.register
    def _(self, changement: changes.Etape) -> str:
        old, new = changement.ancien, changement.nouveau
        if not isinstance(new, nodes.Evenement):
            return "supprimée du calendrier"
        if not isinstance(old, nodes.Evenement):
            return f"ajoutée au calendrier, le {long_date(new.date)}"
        said = [f"passe du {long_date(old.date)} au {long_date(new.date)}"] if old.date != new.date else []
        if old.titre != new.titre:
            said.append(becomes("l'intitulé", quoted(old.titre), quoted(new.titre), text=True))
        return " ; ".join(said)

    @_phrase.register
    def _(self, changement: changes.Delai) -> str:
        return becomes("le délai", *self._sides(changement.editions[0]))

    @_phrase.register
    def _(self, changement: changes.Exemple) -> str:
        return _listed(changement, "ajouté", "supprimé", "modifié")

    @_phrase.register
    def _(self, changement: changes.Propriete) -> str:
        e = "e" if changement.genre == "limite" else ""
        return _listed(changement, f"ajouté{e}", f"supprimé{e}", f"modifié{e}")

    def _carried(self, changement: Changement, verb: str) -> str:
        """What else a change entails: « ; s'ajoute à 88 critères »."""
        touched = {e.adresse.nom for e in changement.editions[1:] if e.adresse.collection == "criteres"}
        if not touched:
            return ""
        count = f"{len(touched)} critère{'s' if len(touched) > 1 else ''}"
        link = {"s'ajoute": "à", "disparaît": "de", "vaut": "pour"}[verb]
        return f" ; {verb} {link} {count}"


def becomes(what: str, avant: str, apres: str, *, text: bool = False) -> str:
    """« le poids passe de 1 point à 2 points »."""
    if not avant:
        return f"{what} est ajoutée : {apres}" if _feminine(what) else f"{what} est ajouté : {apres}"
    if not apres:
        return f"{what} est supprimée ({avant})" if _feminine(what) else f"{what} est supprimé ({avant})"
    if text or avant.startswith("«"):
        return f"{what} devient {apres}, au lieu de {avant}"
    if _DATE.match(avant) and _DATE.match(apres):
        return f"{what} passe du {avant} au {apres}"
    if avant.startswith("le ") or apres.startswith(("le ", "la ", "les ", "l'")) or len(avant) + len(apres) > _LONG:
        return f"{what} devient : {apres}, au lieu de : {avant}"
    return f"{what} passe {_de(avant)} à {apres}"


_LONG = 90
"""Length past which two values are set side by side rather than run together."""

_DATE = re.compile(r"\d+(er)?\s\w+\s\d{4}$")

_FEMININE_ELIDED = ("l'année", "l'échéance")


def _feminine(what: str) -> bool:
    return what.startswith(("la ", *_FEMININE_ELIDED))


def _de(text: str) -> str:
    return f"d'{text}" if text[:1].lower() in "aeéèêiouy" else f"de {text}"


def _moved(before: str, after: str) -> str:
    if not before:
        return f"passe sous {after}"
    return f"n'est plus sous {before}" if not after else f"passe de {before} à {after}".replace("à le ", "au ")


def _where(politique: Politique, changement: Changement) -> str:
    under = changement.chapitre or changement.volet
    return f", sous {heading(under, politique)}" if under else ""


def _neutral(allowed: bool) -> str:
    return (
        "un établissement peut désormais se dire non concerné, avec justification"
        if allowed
        else "un établissement ne peut plus se dire non concerné sur sa seule justification"
    )


def _listed(changement: Changement, added: str, removed: str, changed: str) -> str:
    return added if changement.ancien is None else removed if changement.nouveau is None else changed


def _source(value: Any) -> str:
    return value if isinstance(value, str) else str(getattr(value, "source", "") or "")


def _of(changement: Changement) -> changes.Adresse:
    return changement.editions[0].adresse


def sentences(ancienne: Politique, nouvelle: Politique, changements: Iterable[Changement]) -> Iterator[str]:
    """Every change as a whole sentence."""
    listed = tuple(changements)
    writer = Redaction(ancienne, nouvelle, listed)
    return (writer.say(c).entier for c in listed)
