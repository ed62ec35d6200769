"""A file's own declarations over those it inherits: additions, `modifie`, `remplace`, `supprime`.

What is inherited keeps its place; what is removed leaves only its place. Each mistake shows both places.
"""

from __future__ import annotations

from dataclasses import replace

from caqes_dsl.base.diagnostics import Diagnostic, Etiquette, Severite
from caqes_dsl.base.suggestions import nearest
from caqes_dsl.syntax import tree

from .amend_targets import ANONYMES, Cibles, name_of, reopens
from .assembly import Element, alive, text_in, the, without
from .clauses import first
from .expressions import quantity
from .frozen import TITRES
from .merge import label, merge
from .nodes import Provenance, Suppression

_RANG = {"volet": 1, "chapitre": 2, "objectif": 3}


class Amendement(Cibles):
    """What a file makes of the declarations it inherits."""

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
                f"« {name_of(declaration)} » se place après « {after.nom} », qui est supprimé.",
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
            self.elements[index] = replaced = self._replaced(declaration, element)
            self._check_duration(element.declaration, replaced.declaration, declaration)
        else:
            fusion = merge(element.declaration, declaration, element.touches)
            self.diagnostics += fusion.diagnostics
            self.elements[index] = replace(element, declaration=fusion.declaration, touches=fusion.touches)
            self._check_duration(element.declaration, fusion.declaration, declaration)
            if not fusion.change and not reopens(declaration) and not fusion.diagnostics and not declaration.abimee:
                self._note(
                    f"« modifie {declaration.genre} {element.nom} » ne change rien."
                    if declaration.nom
                    else f"« modifie {declaration.genre} » ne change rien.",
                    declaration,
                    "Retirez-le, ou donnez la clause qui change.",
                    Etiquette(element.declaration.entete, "tout y est déjà"),
                )

    def _check_duration(self, old: tree.Declaration, new: tree.Declaration, at: tree.Declaration) -> None:
        """`durée au plus` of an inherited volet binds as a limit does: it may be shortened, never lengthened."""
        before, after = (first(d, tree.ClauseQuantite, "durée au plus") for d in (old, new))
        if before is None or (after is not None and _at_most(after.quantite, before.quantite)):
            return
        most = " ".join(before.quantite.span.texte.split())
        self._error(
            "CAQ513",
            f"Le volet « {name_of(old)} » repris dure au plus {most} : sa durée se raccourcit, elle ne s'allonge pas.",
            after if after is not None else at,
            f"Gardez « durée au plus {most} », ou une durée plus courte, dans la même unité.",
            Etiquette(before.span, "la durée reprise"),
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
            if not reopens(declaration) or declaration.abimee or self.touched.get(name_of(declaration)) is declaration:
                continue
            after = declarations[i + 1] if i + 1 < len(declarations) else None
            lands = after is not None and not after.action
            if lands and after is not None and after.genre in _RANG:
                lands = _RANG[after.genre] > _RANG[declaration.genre]
            if not lands and name_of(declaration) in self.places:
                self._note(
                    f"« modifie {declaration.genre} {name_of(declaration)} » ne change rien, et rien n'y est ajouté.",
                    declaration,
                    "Retirez-le, ou écrivez à sa suite ce qui s'y ajoute.",
                )


def _at_most(mine: tree.Quantite, theirs: tree.Quantite) -> bool:
    """Whether a duration is no longer than another; days and months are not compared."""
    (kind, length), (other, most) = quantity(mine), quantity(theirs)
    return kind is other and length <= most
