"""Les règles de `grammar/caqes.lark`, écrites pour qui lit le français : « sens (hausse · baisse) »."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from caqes_dsl.syntax.automaton import grammar_texts
from caqes_dsl.syntax.lexer import _SIGNS, spellings

_ELEMENT = re.compile(r"\s*([A-Za-z_\d]+|[()\[\]|+*?])")
_SIGNES = {terminal: signe for signe, terminal in reversed(_SIGNS.items())}

TENANTS = {
    "NAME": "NOM", "STRING": "« TEXTE »", "texte": "« TEXTE »", "NUMBER": "NOMBRE", "nombre": "NOMBRE",
    "DATE": "DATE", "UNITE": "UNITÉ", "PERIODE": "N-1", "CMP": "SIGNE", "quantite": "QUANTITÉ", "valeur": "VALEUR",
    "bornee": "BORNE", "rang": "RANG", "expr": "EXPRESSION", "somme": "EXPRESSION", "type": ": TYPE",
    "genre": "MOT", "_clause": "CLAUSE", "_bornee": "CLAUSE", "_datees": "CLAUSE", "_notation": "CLAUSE",
    "_marque": "CLAUSE", "_propriete": "PROPRIÉTÉ", "corps": "EXPRESSION", "_effet": "EFFET",
    "_cas": "CAS",
}  # fmt: skip
"""Ce qui se remplit : règle ou terminal -> le mot en capitales qui en tient lieu."""


@dataclass(frozen=True, slots=True)
class Partie:
    """Un morceau de règle : `sorte` est mot (`nom` dit lequel), suite, choix, facultatif ou répété."""

    sorte: str
    nom: str = ""
    parties: tuple[Partie, ...] = ()


def regles() -> dict[str, Partie]:
    """Nom d'une règle -> ce qu'elle lit, dans l'ordre de la grammaire."""
    lignes = [re.sub(r"//.*|->\s*\w+", "", ligne) for ligne in grammar_texts()[1].split("\n")]
    texte = "\n".join(ligne for ligne in lignes if not ligne.startswith("%"))
    trouvees = re.findall(r"^[?!]?(\w+):(.*(?:\n[ \t]+.*)*)", texte, re.MULTILINE)
    return {nom: _Lecteur(corps).choix() for nom, corps in trouvees}


class _Lecteur:
    def __init__(self, texte: str) -> None:
        self.elements = _ELEMENT.findall(texte)
        self.place = 0

    def prochain(self) -> str:
        return self.elements[self.place] if self.place < len(self.elements) else ""

    def choix(self) -> Partie:
        branches = [self.suite()]
        while self.prochain() == "|":
            self.place += 1
            branches.append(self.suite())
        return branches[0] if len(branches) == 1 else Partie("choix", parties=tuple(branches))

    def suite(self) -> Partie:
        parties: list[Partie] = []
        while self.prochain() not in ("", "|", ")", "]"):
            element = self.prochain()
            self.place += 1
            if element in "([":
                partie = self.choix()
                self.place += 1
                parties.append(partie if element == "(" else Partie("facultatif", parties=(partie,)))
            elif element in "+*?":
                seule = parties.pop()
                repetee = seule if element == "?" else Partie("répété", parties=(seule,))
                parties.append(repetee if element == "+" else Partie("facultatif", parties=(repetee,)))
            else:
                parties.append(Partie("mot", element))
        return parties[0] if len(parties) == 1 else Partie("suite", parties=tuple(parties))


class Formes:
    """Les formes lisibles des règles."""

    def __init__(self) -> None:
        self.regles = regles()
        self.mots = spellings(grammar_texts()[0])
        self.clauses = {*self.ouvertes("declaration"), *(nom for nom, dit in TENANTS.items() if dit == "CLAUSE")}

    def branches(self, nom: str) -> Iterator[str]:
        """Les formes d'une règle : une par branche, et une par mot qui peut l'ouvrir."""
        for branche in _branches(self.regles[nom]):
            premiere, *suite = branche.parties if branche.sorte == "suite" else (branche,)
            for debut in _branches(premiere):
                yield _net(" ".join(self.ecrite(p) for p in (debut, *suite)))

    def ecrite(self, partie: Partie) -> str:
        """La forme d'un morceau."""
        match partie.sorte:
            case "mot":
                return self._mot(partie.nom)
            case "suite":
                return " ".join(self.ecrite(p) for p in partie.parties)
            case "choix":
                if all(p.nom in self.clauses for p in partie.parties):
                    return "CLAUSE"
                return f"({' · '.join(dict.fromkeys(self.ecrite(p) for p in partie.parties))})"
            case "facultatif":
                seule = partie.parties[0]
                repetee = seule.sorte == "répété"
                return f"[{_nue(self.ecrite(seule.parties[0] if repetee else seule))}]{' …' if repetee else ''}"
        return f"{self.ecrite(partie.parties[0])} …"

    def _mot(self, nom: str) -> str:
        if nom in TENANTS:
            return TENANTS[nom]
        if nom in self.regles:
            return self.ecrite(self.regles[nom])
        return self.mots.get(nom) or _SIGNES[nom]

    def ouvertes(self, nom: str) -> tuple[str, ...]:
        """Les règles d'un ensemble comme `_clause`, sous leurs noms."""
        return tuple(dict.fromkeys(self._feuilles(self.regles[nom])))

    def _feuilles(self, partie: Partie) -> Iterator[str]:
        if partie.sorte != "mot":
            for p in partie.parties:
                yield from self._feuilles(p)
        elif partie.nom.startswith("_"):
            yield from self.ouvertes(partie.nom)
        elif partie.nom in self.regles and partie.nom not in ("genre", "texte"):
            yield partie.nom

    def developpees(self, nom: str) -> Iterator[str]:
        """Toutes les écritures d'une règle, chaque partie facultative avec et sans."""
        for mots in self._toutes(self.regles[nom]):
            yield _net(" ".join(mots))

    def _toutes(self, partie: Partie) -> Iterator[tuple[str, ...]]:
        if partie.sorte == "mot":
            yield (self._mot(partie.nom),)
        elif partie.sorte == "choix":
            for p in partie.parties:
                yield from self._toutes(p)
        elif partie.sorte == "suite":
            for choisies in product(*(tuple(self._toutes(p)) for p in partie.parties)):
                yield tuple(mot for choisie in choisies for mot in choisie)
        else:
            if partie.sorte == "facultatif":
                yield ()
            yield from self._toutes(partie.parties[0])

    def precedence(self) -> Iterator[tuple[str, ...]]:
        """Les opérations d'une expression, de la plus faible à la plus forte : les mots de chaque règle."""
        nom, vues = "expr", set[str]()
        while nom and nom not in vues:
            vues.add(nom)
            mots = tuple(dict.fromkeys(self._operateurs(self.regles[nom])))
            if mots:
                yield mots
            regles_dites = [m for m in _mots(self.regles[nom]) if m in self.regles and m not in vues]
            nom = next((m for m in regles_dites if not m.startswith("_") and m != "faux"), "")

    def _operateurs(self, partie: Partie) -> Iterator[str]:
        for branche in _branches(partie):
            mots = [self._mot(m) for m in _mots(branche) if m not in self.regles]
            if len(mots) > 1 and len(mots) == len([p for p in branche.parties if p.sorte == "mot"]) // 2:
                yield " … ".join(mots) + " …"
            else:
                yield from mots


def _branches(partie: Partie) -> tuple[Partie, ...]:
    return partie.parties if partie.sorte == "choix" else (partie,)


def _mots(partie: Partie) -> Iterator[str]:
    if partie.sorte == "mot":
        yield partie.nom
    for p in partie.parties:
        yield from _mots(p)


def _nue(forme: str) -> str:
    """Sans les parenthèses qui l'entourent toute : les crochets en tiennent lieu."""
    return forme[1:-1] if forme.startswith("(") and forme.index(")") == len(forme) - 1 else forme


def _net(forme: str) -> str:
    """Sans blanc devant une virgule, ni au bord des parenthèses."""
    return re.sub(r"(?<=\() | (?=\))", "", forme).replace(" [,", "[,")
