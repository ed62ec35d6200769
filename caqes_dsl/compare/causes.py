"""Which change an edition belongs to: its own, or the one that it follows from."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable
from typing import Any

from caqes_dsl.model import nodes
from caqes_dsl.model.empreinte import canonical
from caqes_dsl.model.nodes import Politique

from . import changes
from .changes import Adresse, Changement, Edition
from .kinds import kind_of
from .likeness import names_read, same_but_sources, same_rows, same_words
from .parts import MAPPINGS

Attribution = tuple[type[Changement], Hashable]
"""The kind of a change and what tells it from others."""

_DERIVED = frozenset(
    {
        *("mesure", "nc_office", "reserve", "expression", "condition", "montant", "plafond", "plancher", "au_prorata"),
        *("atteint", "cible", "table", "variantes", "bornes"),
    }
)
"""Fields that read other declarations."""

_HEADINGS = ("objectif", "chapitre", "volet")


class Causes:
    """The editions between two policies, each given to the change that explains it. `renamed`: collections and newer
    names of what changed its name."""

    def __init__(
        self, base: Politique, nouvelle: Politique, editions: Iterable[Edition], renamed: Collection[tuple[str, str]]
    ) -> None:
        self.base, self.nouvelle, self.renamed = base, nouvelle, renamed
        self.by_address = {e.adresse: e for e in editions}
        self.touched: dict[str, Edition] = {}
        for edition in self.by_address.values():
            if edition.adresse.nom and edition.adresse.collection in MAPPINGS and not self._is_source(edition):
                self.touched.setdefault(edition.adresse.nom, edition)

    def of(self, edition: Edition) -> Attribution:
        """The kind and the key of the change that it belongs to."""
        cause = self._cause(edition)
        if cause is not None and cause is not edition:
            return self.of(cause)
        if self._is_source(edition):
            return changes.Source, ("source", *self._sources(edition))
        where = edition.adresse
        if where.champ == "anciennement" and (where.collection, where.nom) in self.renamed:
            return changes.Renommage, (where.collection, where.nom)
        added, removed = edition.ancien is None, edition.nouveau is None
        kind = kind_of(where, added=added, removed=removed)
        if kind is changes.Deplacement:
            return kind, (where.collection, where.nom, "place")
        return kind, (where.collection, where.nom, where.champ, where.cle) if where.champ else (
            where.collection,
            where.nom,
        )

    # ------------------------------------------------------------ sources

    @staticmethod
    def _is_source(edition: Edition) -> bool:
        """Whether it changes a source and nothing else."""
        where = edition.adresse
        if where.champ in ("source", "sources", "cible_source"):
            return True
        if edition.ancien is None or edition.nouveau is None:
            return False
        return same_but_sources(edition.ancien, edition.nouveau, where.champ)

    @staticmethod
    def _sources(edition: Edition) -> tuple[str, str]:
        def of(value: Any) -> str:
            return value if isinstance(value, str) else str(getattr(value, "source", ""))

        return of(edition.ancien), of(edition.nouveau)

    # ------------------------------------------------------------ what follows from what

    def _at(self, collection: str, nom: str, champ: str = "", cle: str = "") -> Edition | None:
        return self.by_address.get(Adresse(collection, nom, champ, cle))

    def _cause(self, edition: Edition) -> Edition | None:
        """The edition that it follows from; None when it stands for itself."""
        where = edition.adresse
        if where.champ in ("secteurs", "niveaux") and where.cle:
            return self._at(where.champ, where.cle)
        if where.champ in ("nc_sur_justification", "sans_reponse") and where.collection == "criteres":
            return self._from_notation(edition)
        if where.champ == "cible_source":
            return self._at(where.collection, where.nom, "cible")
        if where.champ == "en_vigueur":
            return self._dated(edition)
        if where.champ == "atteint":
            told = (self._at(where.collection, where.nom, champ) for champ in ("cible", "sens", "mesure"))
            return next((e for e in told if e is not None), None) or self._read(edition)
        if where.champ in _HEADINGS and where.collection in MAPPINGS:
            return self._carried(edition)
        if where.champ in ("table", "variantes") and self._driven(edition):
            return self._at(where.collection, where.nom, "mesure")
        if where.champ in _DERIVED or where.collection in ("exemples", "proprietes"):
            return self._read(edition)
        return None

    def _from_notation(self, edition: Edition) -> Edition | None:
        champ = edition.adresse.champ
        told = self._at("notation", "", champ)
        if told is None:
            return None
        follows = edition.ancien == told.ancien and edition.nouveau == told.nouveau
        return told if follows else None

    def _dated(self, edition: Edition) -> Edition | None:
        """The dated value that became the one in force, when it is that value that changed."""
        nom, new = edition.adresse.nom, edition.nouveau
        if isinstance(new, nodes.ValeurDatee):
            given = self._at("parametres", nom, "valeurs", new.a_compter_du.isoformat())
            if given is not None and not self._is_source(given):
                return given
            if given is not None and isinstance(edition.ancien, nodes.ValeurDatee):
                return given if same_but_sources(edition.ancien, new) else None
        old = edition.ancien
        if isinstance(old, nodes.ValeurDatee):
            return self._at("parametres", nom, "valeurs", old.a_compter_du.isoformat())
        return None

    def _carried(self, edition: Edition) -> Edition | None:
        """The heading whose own move carried it along."""
        where = edition.adresse
        declared = getattr(self.nouvelle, where.collection)[where.nom]
        before = getattr(self.base, where.collection)[where.nom]
        for below in _HEADINGS[: _HEADINGS.index(where.champ)]:
            heading = getattr(declared, below, "")
            if heading and heading == getattr(before, below, ""):
                for name in ("objectifs", "chapitres"):
                    moved = self._at(name, heading, "parent")
                    if moved is not None:
                        return moved
        return None

    def _driven(self, edition: Edition) -> bool:
        """Whether a table differs by its measure alone."""
        old, new = edition.ancien, edition.nouveau
        if isinstance(old, nodes.Variante) and isinstance(new, nodes.Variante):
            same = canonical((old.poids, old.preuve, old.guide)) == canonical((new.poids, new.preuve, new.guide))
            old, new = (old.table, new.table) if same else (None, None)
        if not (isinstance(old, nodes.Table) and isinstance(new, nodes.Table)):
            return False
        return same_rows(old, new) and not same_words(old, new)

    def _read(self, edition: Edition) -> Edition | None:
        """The paramètre or the declaration whose change shows here, where nothing was written."""
        if edition.ancien is None or edition.nouveau is None:
            return None
        if not same_words(edition.ancien, edition.nouveau, edition.adresse.champ):
            return None
        read = sorted(names_read(edition.nouveau) & self.touched.keys())
        own = edition.adresse.nom
        dated = [n for n in read if n in self.nouvelle.parametres and n != own]
        for nom in dated:
            value = self._at("parametres", nom, "en_vigueur")
            if value is not None:
                return value
        return next((self.touched[n] for n in (*dated, *read) if n != own), None)
