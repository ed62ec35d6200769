"""A file's own declarations over those it inherits: additions, `modifie`, `remplace`, `supprime`.

What is inherited keeps its place; what is removed leaves only its place. Each mistake shows both places.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from caqes_dsl.base.diagnostics import Correction, Diagnostic, Etiquette, Severite
from caqes_dsl.base.suggestions import nearest
from caqes_dsl.syntax import tree

from .assembly import Element, alive, text_in, the, without
from .frozen import TITRES, Gel, frozen
from .merge import label, merge
from .nodes import Provenance, Suppression

ANONYMES = frozenset({"notation", "calendrier"})
_SUGGESTED = 100
"""Mistakes past which no nearest name is looked for: it is slow, and nobody reads that far."""

_RANG = {"volet": 1, "chapitre": 2, "objectif": 3}


class Amendement:
    """What a file makes of the declarations it inherits.

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

    def run(self) -> list[Element]:
        """Every declaration in reading order: the inherited ones at their place, then the file's own."""
        for declaration in self.fichier.declarations:
            if declaration.action:
                self._act(declaration)
            else:
                self._add(declaration)
        self._check_own()
        for declaration in self.touched.values():
            self._check_after(declaration)
        self._check_reopened()
        return [e for e in self.elements if e is not None] + self.own

    def _error(self, code: str, message: str, at: tree.Noeud, aide: str, *labels: Etiquette) -> None:
        span = at.entete if isinstance(at, tree.Declaration) else at.span
        self.diagnostics.append(Diagnostic(code, message, span, etiquettes=labels, aide=aide))

    # ------------------------------------------------------------ additions

    def _add(self, declaration: tree.Declaration) -> None:
        if declaration.genre in ANONYMES:
            declaration = self._added_to(declaration)
        self.own.append(Element(declaration, False, self.fichier.source.nom))

    def _check_own(self) -> None:
        """What a file's own declarations say of those that it, or a file before it, removes."""
        for i, element in enumerate(self.own):
            declaration = element.declaration
            if declaration.action:
                continue
            removed = self.removed.get(element.nom) if declaration.nom else None
            if removed is not None and removed.genre == declaration.genre:
                self._error(
                    "CAQ509",
                    f"« {element.nom} » est supprimé puis déclaré de nouveau dans ce fichier.",
                    declaration,
                    f"Écrivez « remplace {declaration.genre} {element.nom} » à la place des deux : il garde son rang.",
                    Etiquette(removed.entete, "supprimé ici"),
                )
            self._check_after(declaration)
            said = (c for c in declaration.clauses if isinstance(c, tree.ClauseNom) and c.mot == "anciennement")
            former = next(said, None)
            before = self.gone.get(former.nom.nom) if former else None
            if before is not None:
                origin = Provenance("", declaration.span, (before.declaration.span,))
                self.own[i] = replace(element, touches={"": origin})

    def _check_after(self, declaration: tree.Declaration) -> None:
        after = declaration.apres
        gone = self.gone.get(after.nom) if after else None
        if after is not None and gone is not None and gone.retire is not None and after.nom not in self.declared:
            self._error(
                "CAQ512",
                f"« {_name(declaration)} » se place après « {after.nom} », qui est supprimé.",
                after,
                "Placez-le après un critère qui reste.",
                Etiquette(gone.retire.entete, f"« {after.nom} » est supprimé ici"),
            )

    def _added_to(self, declaration: tree.Declaration) -> tree.Declaration:
        """A second notation or calendrier adds rules; it cannot say again what is inherited, and does so without."""
        inherited = {
            label(c): c
            for e in alive(x for x in self.elements if x is not None)
            if e.declaration.genre == declaration.genre
            for c in e.declaration.clauses
        }
        kept: list[tree.Clause] = []
        for clause in declaration.clauses:
            before = inherited.get(label(clause)) if label(clause) != "source" else None
            if before is None:
                kept.append(clause)
            else:
                self._error(
                    "CAQ504",
                    f"« {label(clause)} » est déjà donné par {the(declaration.genre)} de la politique reprise.",
                    clause,
                    f"Écrivez « modifie {declaration.genre} » pour le changer.",
                    Etiquette(before.span, "donné ici"),
                )
        return replace(declaration, clauses=tuple(kept))

    # ------------------------------------------------------------ changes

    def _act(self, declaration: tree.Declaration) -> None:
        index = self._target(declaration)
        if declaration.genre in TITRES and declaration.action != "supprime":
            self._open(declaration, index)
        if index is None:
            return
        element = self.elements[index]
        assert element is not None
        if not self._may_touch(declaration, element):
            return
        if declaration.action == "supprime":
            self._remove(declaration, element, index)
        elif declaration.action == "remplace":
            self.elements[index] = self._replaced(declaration, element)
        else:
            fusion = merge(element.declaration, declaration, element.touches)
            self.diagnostics += fusion.diagnostics
            self.elements[index] = replace(element, declaration=fusion.declaration, touches=fusion.touches)
            if not fusion.change and not _reopens(declaration) and not fusion.diagnostics and not declaration.abimee:
                self._note(
                    f"« modifie {declaration.genre} {element.nom} » ne change rien."
                    if declaration.nom
                    else f"« modifie {declaration.genre} » ne change rien.",
                    declaration,
                    "Retirez-le, ou donnez la clause qui change.",
                    Etiquette(element.declaration.entete, "tout y est déjà"),
                )

    def _open(self, declaration: tree.Declaration, index: int | None) -> None:
        """The heading that what follows stands under: when its name is wrong, the one that was surely meant."""
        nom = declaration.nom
        meant = nom.nom if nom else ""
        if index is None and meant not in self.places:
            titles = [n for n, i in self.places.items() if (e := self.elements[i]) and e.declaration.genre in TITRES]
            meant = (nearest(meant, titles) or [meant])[0]
        renamed = replace(nom, nom=meant) if nom else None
        marker = replace(declaration, action="modifie", clauses=(), nom=renamed)
        self.own.append(Element(marker, False, self.fichier.source.nom))

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
        if _reopens(declaration):
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
                "Seule la politique qui le déclare peut le dire « modifiable » ; sinon, déclarez-en une autre.",
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

    # ------------------------------------------------------------ replacing, removing

    def _replaced(self, declaration: tree.Declaration, element: Element) -> Element:
        """The new declaration at the place of the old one."""
        old = element.declaration
        motif, before = text_in(declaration, "motif"), element.touches.get("")
        for clause in [c for c in declaration.clauses if isinstance(c, tree.ClauseNom) and c.mot == "sans"]:
            self._error(
                "CAQ514",
                f"« sans {clause.nom.nom} » ne retire rien : « remplace » dit la déclaration entière.",
                clause,
                "Retirez « sans … » : ce qui n'est pas dit n'y est plus.",
                Etiquette(old.entete, "la déclaration remplacée"),
            )
        clauses = tuple(c for c in without(declaration, "motif") if getattr(c, "mot", "") != "sans")
        new = replace(declaration, action="", clauses=clauses, apres=declaration.apres or old.apres)
        chain = (old.span, *(before.remplace if before else ()))
        return replace(element, declaration=new, touches={"": Provenance("", declaration.span, chain, motif)})

    def _remove(self, declaration: tree.Declaration, element: Element, index: int) -> None:
        old, motif = element.declaration, text_in(declaration, "motif")
        if not motif and not declaration.abimee:
            self._error(
                "CAQ511",
                f"« supprime {declaration.genre} {element.nom} » ne dit pas son motif."
                if declaration.nom
                else f"« supprime {declaration.genre} » ne dit pas son motif.",
                declaration,
                "Écrivez « motif « … » » : l'avenant l'imprime.",
                Etiquette(old.entete, "ce qui est supprimé"),
            )
        titre = old.titre.valeur if old.titre else ""
        self.suppressions.append(Suppression(old.genre, element.nom, titre, motif, declaration.span, old.span))
        self.removed[element.nom] = declaration
        if old.genre in ANONYMES:
            self.elements[index] = None
            return
        self.elements[index] = replace(element, retire=declaration)
        self.gone[element.nom] = replace(element, retire=declaration)
        del self.places[element.nom]

    # ------------------------------------------------------------ what changes nothing

    def _note(self, message: str, at: tree.Declaration, aide: str, *labels: Etiquette) -> None:
        self.diagnostics.append(Diagnostic("CAQ510", message, at.entete, Severite.NOTE, labels, aide))

    def _check_reopened(self) -> None:
        """A heading opened again for nothing."""
        declarations = self.fichier.declarations
        for i, declaration in enumerate(declarations):
            if not _reopens(declaration) or declaration.abimee or self.touched.get(_name(declaration)) is declaration:
                continue
            after = declarations[i + 1] if i + 1 < len(declarations) else None
            lands = after is not None and not after.action
            if lands and after is not None and after.genre in _RANG:
                lands = _RANG[after.genre] > _RANG[declaration.genre]
            if not lands and _name(declaration) in self.places:
                self._note(
                    f"« modifie {declaration.genre} {_name(declaration)} » ne change rien, et rien n'y est ajouté.",
                    declaration,
                    "Retirez-le, ou écrivez à sa suite ce qui s'y ajoute.",
                )


def _reopens(declaration: tree.Declaration) -> bool:
    """`modifie volet V` without a clause: it only opens the heading again."""
    bare = not [c for c in declaration.clauses if not (isinstance(c, tree.ClauseTexte) and c.mot == "motif")]
    return declaration.action == "modifie" and declaration.genre in TITRES and bare


def _name(declaration: tree.Declaration) -> str:
    return declaration.nom.nom if declaration.nom else ""


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
