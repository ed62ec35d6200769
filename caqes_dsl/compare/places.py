"""Where the two sides of a change are written: headings, files and lines, sources."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from caqes_dsl.base.source import Span
from caqes_dsl.model.nodes import Decision, Politique, Propriete, Titre

from .changes import Adresse, Edition
from .kinds import GENRES
from .parts import collection

_CLAUSES: Mapping[str, tuple[str, ...]] = {
    "poids": ("poids",),
    "secteurs": ("secteurs",),
    "niveaux": ("niveaux",),
    "table": ("seuils", "selon"),
    "mesure": ("mesure",),
    "cible": ("cible",),
    "condition": ("si",),
    "montant": ("montant",),
    "plafond": ("plafond",),
    "plancher": ("plancher",),
    "arrondi": ("arrondi",),
    "au_prorata": ("au prorata de",),
    "reserve": ("réservé si",),
    "nc_office": ("NC d'office si",),
    "expression": ("expression",),
    "part": ("part",),
    "sens": ("sens",),
    "preuve": ("preuve",),
    "guide": ("guide",),
    "texte": ("texte",),
    "article": ("article",),
    "source": ("source",),
    "echeance": ("échéance",),
    "bornes": ("bornes",),
    "defaut": ("à défaut",),
    "duree_max": ("durée au plus",),
}
"""Field -> how provenances name its clause."""

Tete = tuple[str, str, str, str, str, tuple[Edition, ...], Span | None, Span | None, str, str]
"""The fields that every change starts with."""


class Places:
    """The declarations of both sides. `former`: name in the newer policy -> name in the older."""

    def __init__(self, base: Politique, ancienne: Politique, nouvelle: Politique, former: Mapping[str, str]) -> None:
        self.base, self.ancienne, self.nouvelle, self.former = base, ancienne, nouvelle, former
        self._collections: dict[tuple[int, str], dict[str, Any]] = {}

    def head(self, where: Adresse, editions: Sequence[Edition]) -> Tete:
        """The common fields of the change at an address."""
        old, new = self._declared(self.base, where), self._declared(self.nouvelle, where)
        shown = new if new is not None else old
        volet, chapitre = self._headings(shown, self.nouvelle if new is not None else self.base)
        return (
            self._genre(where, shown),
            where.nom,
            str(getattr(shown, "titre", "")),
            volet,
            chapitre,
            tuple(editions),
            self._place(self.ancienne, old, where, self.former.get(where.nom, where.nom)),
            self._place(self.nouvelle, new, where, where.nom),
            _source(old, where),
            _source(new, where),
        )

    def _declared(self, politique: Politique, where: Adresse) -> Any:
        if where.collection in ("", "notation"):
            return politique.notation if where.collection else politique
        key = (id(politique), where.collection)
        if key not in self._collections:
            self._collections[key] = collection(politique, where.collection)
        return self._collections[key].get(where.nom)

    @staticmethod
    def _genre(where: Adresse, shown: Any) -> str:
        if isinstance(shown, Decision):
            return shown.nature
        if isinstance(shown, Propriete):
            return "limite" if shown.limite else "contrôle"
        return GENRES[where.collection]

    @staticmethod
    def _headings(shown: Any, politique: Politique) -> tuple[str, str]:
        """The volet and the chapitre that a declaration is or stands under."""
        if isinstance(shown, Titre):
            if shown.rang == 1:
                return shown.nom, ""
            chapter = politique.chapitres.get(shown.nom if shown.rang == 2 else shown.parent)
            return (chapter.parent if chapter else shown.parent), (chapter.nom if chapter else "")
        return str(getattr(shown, "volet", "")), str(getattr(shown, "chapitre", ""))

    def _place(self, politique: Politique, declared: Any, where: Adresse, nom: str) -> Span | None:
        if declared is None:
            return None
        if where.collection == "notation":
            return next(iter(politique.notation.spans.values()), politique.span.premiere_ligne)
        words = _CLAUSES.get(where.champ, ())
        if where.champ == "totaux":
            words = (f"total {where.cle}",)
        elif where.champ == "valeurs":
            year, month, day = where.cle.split("-")
            words = (f"valeur à compter du {day}/{month}/{year}",)
        if where.collection:
            for provenance in politique.provenances.get(nom, ()):
                if provenance.clause in words and not provenance.retiree:
                    return provenance.span
        span: Span = declared.span
        return span.premiere_ligne


def _source(declared: Any, where: Adresse) -> str:
    own = str(getattr(declared, "cible_source", "")) if where.champ == "cible" else ""
    return own or str(getattr(declared, "source", ""))
