"""The changes between two policies, one small frozen type for each kind.

A change is what a committee would list as one item. It holds every elementary `Edition` that it entails, so that it
can be applied alone, or with others, to the older policy.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from caqes_dsl.base.source import Span


@dataclass(frozen=True, slots=True)
class Adresse:
    """Where in a policy. `collection` is a field of `Politique` (« » its header, « notation » its rules of notation),
    `nom` the declaration in it, `champ` its field (« » all of it), `cle` the item of that field (« » all of it)."""

    collection: str
    nom: str = ""
    champ: str = ""
    cle: str = ""

    def __str__(self) -> str:
        return "/".join(part for part in (self.collection, self.nom, self.champ, self.cle) if part)


@dataclass(frozen=True, slots=True)
class Edition:
    """One value in place of another at an address; None where there is none.

    `apres`: for a declaration added, the one that it follows in the newer policy.
    """

    adresse: Adresse
    ancien: object
    nouveau: object
    apres: str = ""


@dataclass(frozen=True, slots=True)
class Changement:
    """What every change has. `genre` is the keyword of the declaration (« critère »); `nom` its name in the newer
    policy, or in the older when it is gone.

    `volet` and `chapitre`: the headings it stands under in the newer policy, else in the older (« » for none).
    Places and sources are None and « » on the side where it does not exist.
    """

    genre: str
    nom: str
    titre: str
    volet: str
    chapitre: str
    editions: tuple[Edition, ...]
    place_ancienne: Span | None = field(compare=False, repr=False)
    place_nouvelle: Span | None = field(compare=False, repr=False)
    source_ancienne: str
    source_nouvelle: str

    @property
    def champ(self) -> str:
        """The field of its first edition."""
        return self.editions[0].adresse.champ

    @property
    def ancien(self) -> object:
        """The older value of its first edition."""
        return self.editions[0].ancien

    @property
    def nouveau(self) -> object:
        """The newer value of its first edition."""
        return self.editions[0].nouveau

    @property
    def est_consequence(self) -> bool:
        """Whether nobody wrote it: it follows from another change."""
        return False


@dataclass(frozen=True, slots=True)
class Ajout(Changement):
    """A declaration that the newer policy adds."""


@dataclass(frozen=True, slots=True)
class Retrait(Changement):
    """A declaration that the newer policy no longer has."""


@dataclass(frozen=True, slots=True)
class Remplacement(Changement):
    """One name for two declarations that have nothing in common."""


@dataclass(frozen=True, slots=True)
class Renommage(Changement):
    """A declaration under another name. `preuve` says why it is taken for the same: anciennement (the newer policy
    says so), contenu (all the rest is equal), titre (its title is).

    Applied before everything else: the editions of all changes use the newer names.
    """

    ancien_nom: str
    preuve: str


@dataclass(frozen=True, slots=True)
class Deplacement(Changement):
    """A declaration under another heading."""


@dataclass(frozen=True, slots=True)
class Entete(Changement):
    """The header: title, name, region, exercice, dates, statut."""


@dataclass(frozen=True, slots=True)
class Source(Changement):
    """A source, wherever it is said: one edition for each declaration that follows it."""


@dataclass(frozen=True, slots=True)
class Texte(Changement):
    """Words only: title, article, text, preuve, guide, former name."""


@dataclass(frozen=True, slots=True)
class Poids(Changement):
    """The weight of a critère."""


@dataclass(frozen=True, slots=True)
class SecteurAjoute(Changement):
    """A sector to which a critère or an indicateur now applies."""


@dataclass(frozen=True, slots=True)
class SecteurRetire(Changement):
    """A sector to which it no longer applies."""


@dataclass(frozen=True, slots=True)
class Reponse(Changement):
    """What may be answered to a critère: its levels, NC on justification, what no answer is worth."""


@dataclass(frozen=True, slots=True)
class Part(Changement):
    """The share of the points that a level gives."""


@dataclass(frozen=True, slots=True)
class Seuils(Changement):
    """The rows of a critère: thresholds, levels or credits."""


@dataclass(frozen=True, slots=True)
class Rangs(Changement):
    """The rows of a barème."""


@dataclass(frozen=True, slots=True)
class Variante(Changement):
    """What differs for some sectors in a critère: added, changed or dropped."""


@dataclass(frozen=True, slots=True)
class Regle(Changement):
    """An expression: what is measured, a condition, an amount, a formula, a bound."""


@dataclass(frozen=True, slots=True)
class Cible(Changement):
    """The target of a volet or of an indicateur."""


@dataclass(frozen=True, slots=True)
class Total(Changement):
    """A declared total."""


@dataclass(frozen=True, slots=True)
class Donnee(Changement):
    """The type, the bounds or the default of a donnée; the type of a calcul or of a barème."""


@dataclass(frozen=True, slots=True)
class ValeurParametre(Changement):
    """A dated value of a paramètre."""


@dataclass(frozen=True, slots=True)
class EnVigueur(Changement):
    """The value of a paramètre in force, moved by the dates of the policy alone."""

    @property
    def est_consequence(self) -> bool:
        """The dates were changed, this follows."""
        return True


@dataclass(frozen=True, slots=True)
class Notation(Changement):
    """A rule of notation."""


@dataclass(frozen=True, slots=True)
class Reglage(Changement):
    """The step, nature or direction of a rule: `arrondi`, `sens`, `nature`, a deadline, whether it may be modified."""


@dataclass(frozen=True, slots=True)
class Etape(Changement):
    """A step of the calendar: added, moved to another date or dropped."""


@dataclass(frozen=True, slots=True)
class Delai(Changement):
    """A delay between two steps."""


@dataclass(frozen=True, slots=True)
class Exemple(Changement):
    """A worked example: added, changed or dropped."""


@dataclass(frozen=True, slots=True)
class Propriete(Changement):
    """A limite or a contrôle: added, changed or dropped."""
