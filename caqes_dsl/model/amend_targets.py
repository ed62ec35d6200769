"""What a `modifie`, `remplace` or `supprime` is about: the declaration that it names, and whether it may change it.

Each mistake shows both places.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from caqes_dsl.base.diagnostics import Correction, Diagnostic, Etiquette
from caqes_dsl.base.suggestions import nearest
from caqes_dsl.syntax import tree

from .assembly import Element, the
from .frozen import TITRES, Gel, frozen
from .nodes import Suppression

ANONYMES = frozenset({"notation", "calendrier"})

_SUGGESTED = 100
"""Mistakes past which no nearest name is looked for: it is slow, and nobody reads that far."""


class Cibles:
    """The declarations that a file inherits, and what of them it changes.

    `entier`: every policy it starts from was had whole; otherwise nothing is said of names not found.
    """

    def __init__(self, inherited: Sequence[Element], fichier: tree.Fichier, *, reprend: bool, entier: bool) -> None:
        self.elements: list[Element | None] = list(inherited)
        self.fichier, self.reprend, self.entier = fichier, reprend, entier
        self.places = {
            e.nom: i
            for i, e in enumerate(inherited)
            if e.retire is None and e.nom not in ANONYMES and not e.declaration.action
        }
        self.gone = {e.nom: e for e in inherited if e.retire is not None}
        self.gels: dict[str, Gel] = frozen(inherited)
        self.own: list[Element] = []
        self.declared = {d.nom.nom: d for d in fichier.declarations if d.nom and not d.action}
        self.touched: dict[str, tree.Declaration] = {}
        self.removed: dict[str, tree.Declaration] = {}
        self.diagnostics: list[Diagnostic] = []
        self.suppressions: list[Suppression] = []

    def _error(self, code: str, message: str, at: tree.Noeud, aide: str, *labels: Etiquette) -> None:
        span = at.entete if isinstance(at, tree.Declaration) else at.span
        self.diagnostics.append(Diagnostic(code, message, span, etiquettes=labels, aide=aide))

    # ------------------------------------------------------------ what is named

    def _target(self, declaration: tree.Declaration) -> int | None:
        """Where what is changed stands; None, said, when nothing such is inherited."""
        genre, action = declaration.genre, declaration.action
        if genre in ANONYMES:
            return self._anonymous(declaration)
        if declaration.nom is None:
            return None
        nom = declaration.nom.nom
        index = self.places.get(nom)
        if index is not None:
            element = self.elements[index]
            assert element is not None
            if element.declaration.genre == genre:
                return index
            real = element.declaration.genre
            self._error(
                "CAQ508",
                f"« {nom} » est déclaré comme {real}, et non comme {genre}.",
                declaration,
                f"Écrivez « {action} {real} {nom} ».",
                Etiquette(element.declaration.entete, f"« {nom} » est déclaré ici"),
            )
            return None
        self._not_inherited(declaration, nom)
        return None

    def _not_inherited(self, declaration: tree.Declaration, nom: str) -> None:
        genre, action = declaration.genre, declaration.action
        removed, own = self.removed.get(nom), self.declared.get(nom)
        if removed is not None:
            self._twice(declaration, removed, nom)
        elif own is not None:
            self._error(
                "CAQ507",
                f"« {nom} » est déclaré dans ce fichier : « {action} » ne change que ce qui est repris.",
                declaration,
                "Corrigez sa déclaration.",
                Etiquette(own.entete, f"« {nom} » est déclaré ici"),
            )
        elif not self.entier:
            return
        elif genre == "contrôle":
            self._error(
                "CAQ507",
                f"« {nom} » ne peut pas être repris : chaque politique dit ses propres contrôles.",
                declaration,
                "Retirez cette déclaration, ou écrivez le contrôle de cette politique.",
            )
        elif nom in self.gone and (before := self.gone[nom].retire) is not None:
            self._error(
                "CAQ507",
                f"« {nom} » n'est plus repris : une politique d'avant le supprime.",
                declaration,
                "Retirez cette déclaration, ou déclarez-le de nouveau.",
                Etiquette(before.entete, "supprimé ici"),
            )
        else:
            self._unknown(declaration, nom)

    def _unknown(self, declaration: tree.Declaration, nom: str) -> None:
        genre, action = declaration.genre, declaration.action
        assert declaration.nom is not None
        if not self.reprend:
            self._error(
                "CAQ507",
                f"« {action} {genre} {nom} » : cette politique ne reprend rien.",
                declaration,
                "Écrivez « reprend « … » » dans l'en-tête, ou déclarez-le sans « " + action + " ».",
            )
            return
        named = {n: e for n, i in self.places.items() if (e := self.elements[i]) is not None}
        close: list[str] = []
        if len(self.diagnostics) < _SUGGESTED:
            close = nearest(nom, [n for n, e in named.items() if e.declaration.genre == genre]) or nearest(nom, named)
        labels = (Etiquette(named[close[0]].declaration.entete, f"« {close[0]} » est déclaré ici"),) if close else ()
        self.diagnostics.append(
            Diagnostic(
                "CAQ507",
                f"Aucune déclaration reprise ne s'appelle « {nom} ».",
                declaration.nom.span,
                etiquettes=labels,
                aide=f"Vouliez-vous dire « {close[0]} » ?" if close else f"« {action} » nomme une déclaration reprise.",
                correction=Correction(declaration.nom.span, close[0], certaine=False) if close else None,
            )
        )

    def _anonymous(self, declaration: tree.Declaration) -> int | None:
        """The notation or calendrier inherited, whole: several files may each have given a part."""
        genre = declaration.genre
        found = [i for i, e in enumerate(self.elements) if e and e.retire is None and e.declaration.genre == genre]
        if not found:
            if genre in self.removed:
                self._twice(declaration, self.removed[genre], genre)
            elif self.entier:
                self._error(
                    "CAQ507",
                    f"« {declaration.action} {genre} » : aucune politique reprise n'a de {genre}.",
                    declaration,
                    f"Écrivez « {genre} » sans « {declaration.action} ».",
                )
            return None
        parts = [e for i in found if (e := self.elements[i]) is not None]
        if len(parts) > 1:
            whole = replace(parts[0].declaration, clauses=tuple(c for p in parts for c in p.declaration.clauses))
            touches = {said: t for p in parts for said, t in p.touches.items()}
            self.elements[found[0]] = replace(parts[0], declaration=whole, touches=touches)
            for i in found[1:]:
                self.elements[i] = None
        return found[0]

    # ------------------------------------------------------------ what may be touched

    def _twice(self, declaration: tree.Declaration, before: tree.Declaration, nom: str) -> None:
        self._error(
            "CAQ509",
            f"« {nom} » est changé deux fois dans ce fichier.",
            declaration,
            "Réunissez les deux en une seule déclaration.",
            Etiquette(before.entete, "la première fois"),
        )

    def _may_touch(self, declaration: tree.Declaration, element: Element) -> bool:
        nom, action = element.nom, declaration.action
        if reopens(declaration):
            return True
        if nom in self.touched:
            self._twice(declaration, self.touched[nom], nom)
            return False
        if declaration.genre == "limite":
            self._error(
                "CAQ513",
                f"La limite « {nom} » est reprise : elle ne peut être ni modifiée, ni remplacée, ni supprimée.",
                declaration,
                "Une politique peut ajouter une limite plus stricte, sous un autre nom.",
                Etiquette(element.declaration.entete, "la limite"),
            )
            return False
        gel = self.gels.get(nom)
        if gel is not None and self._is_frozen(declaration, gel):
            through = f", par {the(gel.par.genre, gel.par.nom.nom)}" if gel.par and gel.par.nom else ""
            limite = gel.limite.nom.nom if gel.limite.nom else ""
            what = the(declaration.genre, nom)
            what = f"la cible du volet « {nom} »" if gel.cible and action == "modifie" else what
            labels = [Etiquette(gel.limite.entete, "la limite"), Etiquette(element.declaration.entete, "déclaré ici")]
            if gel.par is not None:
                labels.append(Etiquette(gel.par.entete, "la limite le lit par là"))
            self._error(
                "CAQ513",
                f"{_capital(what)} ne peut pas changer : la limite « {limite} » en dépend{through}.",
                declaration,
                "« modifiable » ne se dit que là où c'est déclaré ; sinon, déclarez autre chose, sous un autre nom.",
                *labels,
            )
            return False
        self.touched[nom] = declaration
        return True

    @staticmethod
    def _is_frozen(declaration: tree.Declaration, gel: Gel) -> bool:
        if declaration.genre not in TITRES or declaration.action != "modifie":
            return True
        aims = any(
            (isinstance(c, tree.ClauseExpression) and c.mot == "cible")
            or (isinstance(c, tree.ClauseNom) and c.mot == "sans" and c.nom.nom == "cible")
            for c in declaration.clauses
        )
        return gel.cible and aims


def reopens(declaration: tree.Declaration) -> bool:
    """`modifie volet V` without a clause: it only opens the heading again."""
    bare = not [c for c in declaration.clauses if not (isinstance(c, tree.ClauseTexte) and c.mot == "motif")]
    return declaration.action == "modifie" and declaration.genre in TITRES and bare


def name_of(declaration: tree.Declaration) -> str:
    """Its name; « » when it has none."""
    return declaration.nom.nom if declaration.nom else ""


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
