"""A page read back as a tree, with the standard library only: what the tests of the annex look at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

from caqes_dsl.documents.render import render_annexe
from caqes_dsl.model.nodes import Politique
from caqes_dsl.pipeline import compile_path

RACINE = Path(__file__).resolve().parent.parent
NORMANDIE = RACINE / "policies" / "normandie" / "2018.caqes"
ESSAI = RACINE / "tests" / "golden" / "annexe-essai.caqes"
"""A small policy that uses the forms that the grid of Normandie does not, with hostile labels."""

_VOID = {"meta", "br", "hr", "img", "input", "link", "wbr"}
_LINES = {"p", "li", "tr", "h1", "h2", "h3", "h4", "dt", "dd", "caption", "title"}


@dataclass
class Noeud:
    """An element: its tag, its attributes, its texts and elements."""

    tag: str
    attributs: dict[str, str]
    contenu: list[Noeud | str] = field(default_factory=list)

    def all(self, *tags: str) -> Iterator[Noeud]:
        """Every element of these tags below, in the order of the page."""
        for part in self.contenu:
            if isinstance(part, Noeud):
                if part.tag in tags:
                    yield part
                yield from part.all(*tags)

    def texte(self) -> str:
        """Its text on one line, ordinary spaces only."""
        return " ".join(self._brut().split())

    def _brut(self) -> str:
        if self.tag in ("style", "script", "svg"):
            return ""
        return "".join(
            p if isinstance(p, str) else f" {p._brut()} " if p.tag in _LINES else p._brut() for p in self.contenu
        )

    def lignes(self) -> Iterator[str]:
        """Its text, one line for each paragraph, heading, list item or table row, as a reader sees them."""
        for part in self.contenu:
            if isinstance(part, Noeud) and part.tag not in ("style", "head", "svg"):
                if part.tag == "tr":
                    yield " | ".join(c.texte() for c in part.contenu if isinstance(c, Noeud))
                elif part.tag in _LINES:
                    yield part.texte()
                else:
                    yield from part.lignes()

    def classe(self, nom: str) -> Iterator[Noeud]:
        """Every element of a class below."""
        for part in self.contenu:
            if isinstance(part, Noeud):
                if nom in part.attributs.get("class", "").split():
                    yield part
                yield from part.classe(nom)


class _Lecteur(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.racine = Noeud("", {})
        self._ouverts = [self.racine]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        noeud = Noeud(tag, {k: v or "" for k, v in attrs})
        self._ouverts[-1].contenu.append(noeud)
        if tag not in _VOID:
            self._ouverts.append(noeud)

    def handle_endtag(self, tag: str) -> None:
        assert self._ouverts[-1].tag == tag, f"</{tag}> ferme <{self._ouverts[-1].tag}>"
        self._ouverts.pop()

    def handle_data(self, data: str) -> None:
        self._ouverts[-1].contenu.append(data)


def lire(page: bytes) -> Noeud:
    """The tree of a page; every element must be closed, in order."""
    lecteur = _Lecteur()
    lecteur.feed(page.decode("utf-8"))
    lecteur.close()
    assert len(lecteur._ouverts) == 1, f"<{lecteur._ouverts[-1].tag}> n'est pas fermé"
    return lecteur.racine


@cache
def politique(chemin: Path = NORMANDIE) -> Politique:
    """A policy, compiled once for all the tests."""
    compilation = compile_path(chemin)
    assert compilation.politique is not None, [d.message for d in compilation.diagnostics if d.is_error]
    return compilation.politique


@cache
def annexe(chemin: Path = NORMANDIE, secteurs: tuple[str, ...] = ()) -> Noeud:
    """Its annex as a tree."""
    return lire(render_annexe(politique(chemin), "html", secteurs=secteurs))
