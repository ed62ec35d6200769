"""What the glossary says of one word."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Terme:
    """A word that an author meets: the one English word that maintainers use for it, and one French sentence.

    `code` is the name of its class in `model/nodes.py`. `voir` are other terms. `exemples` are sentences of the
    language that read after `CADRE`; what this version does not evaluate among them is told by compiling them.
    """

    mot: str
    anglais: str
    sens: str
    code: str = ""
    voir: tuple[str, ...] = ()
    exemples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fonction:
    """A function: the ways of writing it, what it gives. Without `anglais`, its word is also another term's."""

    nom: str
    formes: tuple[str, ...]
    rend: str
    anglais: str = ""
    voir: tuple[str, ...] = ()
    exemples: tuple[str, ...] = ()

    def as_terme(self) -> Terme:
        """The function as a term of its own."""
        sens = f"Fonction : {self.rend}."
        return Terme(self.nom, self.anglais, sens, voir=self.voir, exemples=self.exemples)
