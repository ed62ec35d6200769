"""Names: what each one declares, under which heading it stands, and what to say when it is unknown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from caqes_dsl.base.diagnostics import Correction, Diagnostic, Etiquette, Severite
from caqes_dsl.base.source import Span
from caqes_dsl.base.suggestions import fold, nearest
from caqes_dsl.syntax import tree

from .assembly import Element, the

RANGS = {"volet": 1, "chapitre": 2, "objectif": 3}
"""Headings and their rank."""

DANS_UN_CHAPITRE = frozenset({"critère", "indicateur"})
"""What chapitres and objectifs hold; anything else written among them belongs to the open volet."""

DECISIONS = frozenset({"sanction", "intéressement", "pénalité", "enveloppe"})
"""Amounts proposed for decision."""

NOMMES = frozenset(
    {
        *("secteur", "niveau", "donnée", "paramètre", "volet", "chapitre", "objectif", "critère", "indicateur"),
        *("calcul", "barème", "sanction", "intéressement", "pénalité", "enveloppe", "pièce", "limite", "contrôle"),
    }
)
"""Kinds of declarations whose names share one namespace."""

RESERVES = frozenset({"N", "score", "points", "points_applicables", "cible", "NC"})
"""Names that the language keeps; NC may be given a label by `niveau NC`."""


@dataclass(frozen=True, slots=True)
class Contexte:
    """The headings a declaration stands under, « » where there is none, and the source they give it.

    `titre`: the source that the headings state themselves, before that of the file's header. `fichier`: the file
    among whose headings it stands.
    """

    volet: str = ""
    chapitre: str = ""
    objectif: str = ""
    source: str = ""
    titre: str = ""
    fichier: str = ""
    perdu: bool = False
    """Whether the heading that was to be opened again is unknown, which is said elsewhere."""


@dataclass(slots=True)
class Portee:
    """The names of a policy with its parents, and the diagnostics found on the way."""

    declarations: list[tuple[tree.Declaration, Contexte]] = field(default_factory=list)
    par_nom: dict[str, tree.Declaration] = field(default_factory=dict)
    contextes: dict[str, Contexte] = field(default_factory=dict)
    supprimes: dict[str, Element] = field(default_factory=dict)
    """What is no longer inherited, by name."""
    rangs: dict[str, tree.Nom | None] = field(default_factory=dict)
    """Critères in reading order, removed ones at their place -> the critère after which each is put, if any."""
    diagnostics: list[Diagnostic] = field(default_factory=list)

    def error(
        self,
        code: str,
        message: str,
        span: Span,
        aide: str = "",
        correction: Correction | None = None,
        etiquettes: tuple[Etiquette, ...] = (),
        severite: Severite = Severite.ERREUR,
    ) -> None:
        """Record a mistake."""
        self.diagnostics.append(
            Diagnostic(code, message, span, severite=severite, aide=aide, correction=correction, etiquettes=etiquettes)
        )

    def kind(self, nom: str) -> str:
        """What a name declares; « » when nothing does."""
        found = self.par_nom.get(nom)
        return found.genre if found else ""

    def names(self, *genres: str) -> list[str]:
        """The names declared by these kinds, in order."""
        return [nom for nom, d in self.par_nom.items() if d.genre in genres]

    @property
    def score_calcule(self) -> bool:
        """Whether the notation gives the whole score by a calcul: it is then no volet's."""
        return any(
            isinstance(c, tree.ClauseScoreCalcule)
            for d, _ in self.declarations
            if d.genre == "notation"
            for c in d.clauses
        )

    def has_strays(self) -> bool:
        """Whether criteria stand in no volet: with volets, they are one more, without a name."""
        return any(d.genre == "critère" and not self.contextes[n].volet for n, d in self.par_nom.items())

    def unknown(self, nom: str, span: Span, quoi: str, parmi: list[str]) -> None:
        """Report an unknown name, with the nearest one known."""
        found = self.par_nom.get(nom)
        if found is not None:
            self.error(
                "CAQ201",
                f"« {nom} » est déclaré comme {found.genre}, ce n'est pas {quoi}.",
                span,
                etiquettes=(Etiquette(found.entete, f"« {nom} » est déclaré ici"),),
                aide=f"Attendu ici : {quoi}" + (f", par exemple « {parmi[0]} »." if parmi else "."),
            )
            return
        gone = self.supprimes.get(nom)
        if gone is not None and gone.retire is not None:
            self.error(
                "CAQ512",
                f"« {nom} » est supprimé, et cette règle le lit encore.",
                span,
                f"Changez cette règle par « modifie » ou « remplace », ou gardez {the(gone.declaration.genre, nom)}.",
                etiquettes=(
                    Etiquette(gone.retire.entete, f"« {nom} » est supprimé ici"),
                    Etiquette(gone.declaration.entete, "il était déclaré ici"),
                ),
            )
            return
        proches = nearest(nom, parmi)
        aide = f"Vouliez-vous dire « {proches[0]} » ?" if proches else f"Déclarez {quoi} « {nom} », ou corrigez le nom."
        correction = Correction(span, proches[0], certaine=False) if proches else None
        self.error("CAQ201", f"« {nom} » n'est pas déclaré : attendu {quoi}.", span, aide, correction)


def build_scope(elements: Iterable[Element], sources: Mapping[str, str]) -> Portee:
    """Names and headings of declarations in reading order.

    `sources`: name of a file -> the source that its header gives to its declarations.
    """
    portee = Portee()
    contexte = Contexte()
    herites: set[str] = set()
    for element in elements:
        declaration = element.declaration
        racine = sources.get(declaration.span.source.nom, "")
        if element.fichier != contexte.fichier:
            contexte = Contexte(source=sources.get(element.fichier, ""), fichier=element.fichier)
        rang = RANGS.get(declaration.genre)
        if declaration.action:
            contexte = _reopen(contexte, element, portee, racine)
            continue
        if rang:
            contexte = _enter(contexte, rang, element.nom, _own_source(declaration), portee, racine)
        place = contexte if rang or declaration.genre in DANS_UN_CHAPITRE else _of_volet(contexte, portee)
        place = replace(place, source=place.titre or racine)
        if declaration.genre == "critère" and declaration.nom is not None:
            portee.rangs.pop(element.nom, None)
            portee.rangs[element.nom] = declaration.apres
        if element.retire is not None:
            portee.supprimes[element.nom] = element
            portee.contextes[element.nom] = place
            continue
        portee.declarations.append((declaration, place))
        if declaration.genre in NOMMES and declaration.nom is not None:
            _declare(portee, declaration, element.nom, place, element.heritee, herites)
    _follow(portee)
    _check_emptied(portee)
    _look_alikes(portee)
    return portee


def _of_volet(contexte: Contexte, portee: Portee) -> Contexte:
    """Where what is written among critères belongs: the open volet, under its source."""
    volet = portee.contextes.get(contexte.volet)
    titre = volet.titre if volet else ""
    return Contexte(volet=contexte.volet, titre=titre, fichier=contexte.fichier, perdu=contexte.perdu)


def _reopen(contexte: Contexte, element: Element, portee: Portee, racine: str) -> Contexte:
    """The headings once `modifie volet V` opens V again, for what follows in the file."""
    gone, known = portee.supprimes.get(element.nom), portee.par_nom.get(element.nom)
    known = known or (gone.declaration if gone else None)
    if known is None or known.genre not in RANGS:
        return replace(contexte, source=racine, fichier=element.fichier, perdu=True)
    opened = portee.contextes[element.nom]
    return replace(opened, source=opened.titre or racine, fichier=element.fichier)


def _follow(portee: Portee) -> None:
    """A critère placed by `après` stands under the headings of the one it follows; its source stays its own."""
    looped: set[str] = set()
    for i, (declaration, contexte) in enumerate(portee.declarations):
        if declaration.genre != "critère" or declaration.nom is None or declaration.apres is None:
            continue
        chain = [declaration.nom.nom]
        after: tree.Nom | None = declaration.apres
        while after is not None and after.nom in portee.rangs and after.nom not in chain:
            chain.append(after.nom)
            after = portee.rangs[after.nom]
        if after is not None and after.nom in chain and len(chain) > 1:
            if not looped & set(chain):
                portee.error(
                    "CAQ209",
                    f"Ces critères se suivent en rond : {' → '.join([*chain[chain.index(after.nom) :], after.nom])}.",
                    after.span,
                    "Retirez l'un des « après ».",
                )
            looped |= set(chain)
        elif len(chain) > 1:
            place = replace(portee.contextes[chain[-1]], source=contexte.source)
            portee.declarations[i] = (declaration, place)
            if portee.par_nom.get(declaration.nom.nom) is declaration:
                portee.contextes[declaration.nom.nom] = place


def _own_source(declaration: tree.Declaration) -> str:
    for clause in declaration.clauses:
        if isinstance(clause, tree.ClauseTexte) and clause.mot == "source":
            return clause.texte.valeur
    return ""


def _enter(contexte: Contexte, rang: int, nom: str, propre: str, portee: Portee, racine: str) -> Contexte:
    """The headings once this one opens; its source is its own or that of the heading above."""
    above = {1: "", 2: contexte.volet, 3: contexte.chapitre or contexte.volet}[rang]
    titre = propre or (portee.contextes[above].titre if above in portee.contextes else "")
    names = {1: (nom, "", ""), 2: (contexte.volet, nom, ""), 3: (contexte.volet, contexte.chapitre, nom)}[rang]
    return Contexte(*names, source=titre or racine, titre=titre, fichier=contexte.fichier)


def _declare(
    portee: Portee, declaration: tree.Declaration, nom: str, contexte: Contexte, inherited: bool, herites: set[str]
) -> None:
    assert declaration.nom is not None
    if nom in RESERVES and not (nom == "NC" and declaration.genre == "niveau"):
        portee.error(
            "CAQ213",
            f"« {nom} » est un mot de la langue : il ne peut pas nommer {declaration.genre}.",
            declaration.nom.span,
            "Choisissez un autre nom.",
        )
        return
    premier = portee.par_nom.get(nom)
    if premier is not None:
        parent = nom in herites and not inherited
        portee.error(
            "CAQ504" if parent else "CAQ202",
            f"« {nom} » est déjà déclaré par la politique reprise." if parent else f"« {nom} » est déclaré deux fois.",
            declaration.nom.span,
            "Donnez un autre nom, ou retirez cette déclaration."
            if not parent
            else f"Pour la changer, écrivez « modifie {premier.genre} {nom} » ou « remplace {premier.genre} {nom} » ; "
            "pour en déclarer une autre, donnez un autre nom.",
            etiquettes=(Etiquette(premier.entete, "première déclaration"),),
        )
        return
    portee.par_nom[nom] = declaration
    portee.contextes[nom] = contexte
    if inherited:
        herites.add(nom)


_IN_A_VOLET = frozenset({"calcul", "barème", "pièce", "limite"})


def _check_emptied(portee: Portee) -> None:
    """A heading is removed once nothing stands under it any more."""
    for nom, element in portee.supprimes.items():
        genre, retire = element.declaration.genre, element.retire
        if genre not in RANGS or retire is None or retire.abimee:
            continue
        kept = [
            d
            for d, c in portee.declarations
            if nom == {"volet": c.volet, "chapitre": c.chapitre, "objectif": c.objectif}[genre]
            and (d.genre in DANS_UN_CHAPITRE | RANGS.keys() | DECISIONS | _IN_A_VOLET)
        ]
        if nom in portee.par_nom or not kept:
            continue
        first, name = kept[0], kept[0].nom.nom if kept[0].nom else ""
        more = f" et {len(kept) - 1} autres" if len(kept) > 2 else " et un autre" if len(kept) == 2 else ""
        portee.error(
            "CAQ512",
            f"« {nom} » est supprimé, et {the(first.genre, name)}{more} s'y trouve encore.",
            retire.entete,
            f"Supprimez d'abord ce qui s'y trouve, ou gardez {the(genre, nom)}.",
            etiquettes=(Etiquette(first.entete, "ceci y est encore"),),
        )


def _look_alikes(portee: Portee) -> None:
    """Names alike but for accents or case: a warning."""
    by_fold: dict[str, str] = {}
    for nom, declaration in portee.par_nom.items():
        other = by_fold.setdefault(fold(nom), nom)
        if other != nom and declaration.nom is not None:
            portee.error(
                "CAQ203",
                f"« {nom} » et « {other} » ne diffèrent que par les accents ou la casse.",
                declaration.nom.span,
                "Donnez-leur des noms qu'on ne confond pas.",
                etiquettes=(Etiquette(portee.par_nom[other].entete, f"« {other} » est déclaré ici"),),
                severite=Severite.AVERTISSEMENT,
            )
