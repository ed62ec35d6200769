"""What is said of an amount proposed for decision, by its nature: never the words of one for another."""

from __future__ import annotations

from dataclasses import dataclass

from caqes_dsl.model.nodes import Decision, Politique


@dataclass(frozen=True, slots=True)
class Nature:
    """The words of a nature.

    `titre` heads a section; `montant` names the amount; `propose` follows an amount; `rien` says that there is none,
    and `aucun` in a sentence.
    """

    nom: str
    titre: str
    montant: str
    propose: str
    rien: str
    aucun: str
    regle: str


NATURES = {
    n.nom: n
    for n in (
        Nature(
            "sanction",
            "Montants encourus",
            "Montant encouru",
            "montant encouru, proposé au comité, jamais décidé automatiquement",
            "aucun montant encouru",
            "aucun montant n'est encouru",
            "Un montant encouru est proposé au comité ; il n'est jamais décidé automatiquement.",
        ),
        Nature(
            "pénalité",
            "Pénalités",
            "Montant encouru",
            "montant encouru, proposé au comité, jamais décidé automatiquement",
            "aucun montant encouru",
            "aucun montant n'est encouru",
            "Une pénalité répond à un manquement, quel que soit le score. Son montant est encouru, proposé au comité ; "
            "il n'est jamais décidé automatiquement.",
        ),
        Nature(
            "intéressement",
            "Intéressements",
            "Montant proposé",
            "montant proposé en faveur de l'établissement, soumis au comité, jamais attribué automatiquement",
            "aucun montant proposé",
            "aucun montant n'est proposé",
            "Un intéressement est un montant proposé en faveur de l'établissement ; il est soumis au comité et n'est "
            "jamais attribué automatiquement.",
        ),
        Nature(
            "enveloppe",
            "Enveloppes",
            "Part proposée",
            "part proposée en faveur de l'établissement, soumise au comité, jamais attribuée automatiquement",
            "aucune part proposée",
            "aucune part n'est proposée",
            "Une enveloppe est une somme fermée, partagée entre des établissements. La part de chacun est soumise au "
            "comité ; elle n'est jamais attribuée automatiquement.",
        ),
    )
}
"""In the order in which documents say them: what the establishment would bear, then what it would receive."""


def nature_of(decision: Decision) -> Nature:
    """The words of a decision."""
    return NATURES[decision.nature]


def plural(words: str) -> str:
    """« Montants proposés », « Parts proposées »."""
    return " ".join(f"{w}s" for w in words.split())


def by_nature(politique: Politique) -> list[tuple[Nature, tuple[Decision, ...]]]:
    """The decisions of a policy, by nature; those it has only."""
    return [(n, found) for n in NATURES.values() if (found := politique.decisions_de(n.nom))]


def announced(politique: Politique) -> str:
    """What the amounts of a policy are, for a heading: « montants encourus, proposés au comité »."""
    ways = {d.en_faveur for d in politique.decisions.values()}
    if ways == {True}:
        return "montants proposés en faveur des établissements, soumis au comité"
    if ways == {True, False}:
        return "montants encourus et montants proposés en faveur des établissements, soumis au comité"
    return "montants encourus, proposés au comité"
