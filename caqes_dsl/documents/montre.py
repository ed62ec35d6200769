"""The flattened policy as data at a published schema: the file and line of each clause, and what it replaced.

`montre_shapes` has its models, `montre_texte` the same policy as text.
"""

from __future__ import annotations

from collections.abc import Iterable

from caqes_dsl.base.quantities import Genre
from caqes_dsl.base.quantities import machine_number as number
from caqes_dsl.base.quantities import machine_value as plain
from caqes_dsl.base.source import Span
from caqes_dsl.documents.montre_shapes import (
    SCHEMA,
    Bareme,
    Calcul,
    Clause,
    Critere,
    Declaration,
    Delai,
    Donnee,
    Entete,
    Enveloppe,
    Evenement,
    Exemple,
    Indicateur,
    Montre,
    Niveau,
    Notation,
    Parametre,
    Piece,
    Place,
    Propriete,
    Provenance,
    Rang,
    Sanction,
    Suppression,
    Table,
    Titre,
    Total,
    ValeurDatee,
    Variante,
)
from caqes_dsl.model import nodes
from caqes_dsl.model.nodes import Politique


def _words(span: Span) -> str:
    return " ".join(span.texte.split())


def _maybe(noeud: nodes.Noeud | None) -> str | None:
    return _words(noeud.span) if noeud is not None else None


def places(spans: Iterable[Span]) -> tuple[Place, ...]:
    """The file and line of each."""
    return tuple(Place(fichier=s.source.nom, ligne=s.ligne) for s in spans)


class _Montreur:
    """Builds the data of one policy."""

    def __init__(self, politique: Politique) -> None:
        self.politique = politique
        self.own = politique.span.source.nom

    def origin(self, span: Span) -> Provenance:
        return Provenance(fichier=span.source.nom, ligne=span.ligne, heritee=span.source.nom != self.own)

    def head(self, declared: nodes.Declare) -> dict[str, object]:
        whole = self.whole_of(declared.nom, "")
        return {
            "nom": declared.nom,
            "titre": declared.titre,
            "source": declared.source,
            "provenance": self.origin(declared.span),
            "remplace": places(whole.remplace) if whole else (),
            "motif": whole.motif if whole else "",
            "clauses": self.clauses(declared.nom),
        }

    def clauses(self, nom: str) -> tuple[Clause, ...]:
        known = self.politique.provenances.get(nom, ())
        return tuple(
            Clause(
                clause=p.clause,
                provenance=self.origin(p.span),
                remplace=places(p.remplace),
                motif=p.motif,
                retiree=p.retiree,
            )
            for p in known
            if p.clause
        )

    def whole_of(self, nom: str, clause: str) -> nodes.Provenance | None:
        return next((p for p in self.politique.provenances.get(nom, ()) if p.clause == clause), None)

    def replaced(self, nom: str, clause: str) -> tuple[Place, ...]:
        found = self.whole_of(nom, clause)
        return places(found.remplace) if found else ()

    def table(self, table: nodes.Table) -> Table:
        rows = tuple(Rang(cas=r.texte, effet=self.effect(r, table), ligne=r.span.ligne) for r in table.rangs)
        suite = None
        if table.suite is not None:
            kind = "entamée" if table.suite.entamee else "révolue"
            step = number(table.suite.tranche, table.selon[0].genre)
            suite = f"par tranche {kind} de {step} : {number(table.suite.pas, table.genre)} de plus"
        return Table(
            selon=tuple(_words(d.span) for d in table.selon),
            rangs=rows,
            suite=suite,
            plafond=_words(table.plafond.span) if table.plafond is not None else None,
        )

    @staticmethod
    def effect(rang: nodes.Rang, table: nodes.Table) -> str:
        if isinstance(rang.effet, nodes.Lineaire):
            return f"de {number(rang.effet.bas, table.genre)} à {number(rang.effet.haut, table.genre)}"
        if isinstance(rang.effet, nodes.Constante):
            return plain(rang.effet.valeur, rang.effet.genre) or ""
        return _words(rang.effet.span)

    def titre(self, titre: nodes.Titre) -> Titre:
        totals = tuple(
            Total.model_validate(
                {
                    "secteur": t.secteur,
                    "unite": t.unite,
                    "valeur": number(t.valeur, Genre.POINTS),
                    "soit": plain(t.soit, Genre.TAUX),
                    "source": t.source,
                }
            )
            for t in titre.totaux
        )
        return Titre.model_validate(
            {
                **self.head(titre),
                "rang": ("volet", "chapitre", "objectif")[titre.rang - 1],
                "sous": titre.parent,
                "article": titre.article,
                "texte": titre.texte,
                "totaux": totals,
                "cible": _maybe(titre.cible),
                "cible_source": titre.cible_source,
                "reserve_si": _maybe(titre.reserve),
                "duree_au_plus": _maybe(titre.duree_max),
            }
        )

    def critere(self, c: nodes.Critere) -> Critere:
        variants = tuple(
            Variante(
                secteurs=v.secteurs,
                poids=plain(v.poids, Genre.POINTS),
                seuils=self.table(v.table) if v.table else None,
                preuve=v.preuve,
                guide=v.guide,
            )
            for v in c.variantes
        )
        return Critere.model_validate(
            {
                **self.head(c),
                "volet": c.volet,
                "chapitre": c.chapitre,
                "objectif": c.objectif,
                "poids": number(c.poids, Genre.POINTS),
                "secteurs": c.secteurs,
                "niveaux": c.niveaux,
                "mesure": _words(c.mesure.span) if c.mesure is not None else None,
                "seuils": self.table(c.table) if c.table else None,
                "sens": c.sens,
                "nc_d_office": _words(c.nc_office.span) if c.nc_office is not None else None,
                "nc_sur_justification": c.nc_sur_justification,
                "sans_reponse": c.sans_reponse,
                "preuve": c.preuve,
                "guide": c.guide,
                "echeance": c.echeance,
                "anciennement": c.anciennement,
                "variantes": variants,
            }
        )

    def indicateur(self, i: nodes.Indicateur) -> Indicateur:
        return Indicateur.model_validate(
            {
                **self.head(i),
                "volet": i.volet,
                "type": i.genre.value,
                "mesure": _words(i.mesure.span),
                "cible": _maybe(i.cible),
                "cible_source": i.cible_source,
                "sens": i.sens,
                "secteurs": i.secteurs,
                "reserve_si": _maybe(i.reserve),
            }
        )

    def sanctions(self, nature: str) -> tuple[Sanction, ...]:
        return tuple(self.sanction(d) for d in self.politique.decisions_de(nature))

    def enveloppe(self, e: nodes.Decision) -> Enveloppe:
        return Enveloppe.model_validate(
            {
                **self.head(e),
                "si": _maybe(e.condition),
                "montant": _words(e.montant.span),
                "au_prorata_de": _maybe(e.au_prorata),
                "arrondi": number(e.arrondi, Genre.MONTANT),
            }
        )

    def sanction(self, s: nodes.Decision) -> Sanction:
        return Sanction.model_validate(
            {
                **self.head(s),
                "si": _words(s.condition.span) if s.condition is not None else None,
                "montant": _words(s.montant.span),
                "plafond": _words(s.plafond.span) if s.plafond is not None else None,
                "plancher": _words(s.plancher.span) if s.plancher is not None else None,
                "arrondi": number(s.arrondi, Genre.MONTANT),
            }
        )

    def parametre(self, p: nodes.Parametre) -> Parametre:
        dated = tuple(
            ValeurDatee(
                valeur=plain(v.valeur, p.genre) or "",
                a_compter_du=v.a_compter_du,
                jusqu_au=v.jusqu_au,
                source=v.source,
                en_vigueur=v == p.en_vigueur,
            )
            for v in p.valeurs
        )
        return Parametre.model_validate({**self.head(p), "type": p.genre.value, "valeurs": dated})

    def donnee(self, d: nodes.Donnee) -> Donnee:
        bounds = tuple(f"{b.op} {_words(b.droite.span)}" for b in d.bornes)
        return Donnee.model_validate(
            {
                **self.head(d),
                "type": d.genre.value,
                "choix": d.choix,
                "bornes": bounds,
                "defaut": plain(d.defaut, d.genre),
            }
        )

    def exemple(self, e: nodes.Exemple) -> Exemple:
        return Exemple(
            titre=e.titre,
            secteurs=e.secteurs,
            avec=tuple(_words(i.span) for i in e.avec),
            autres_criteres=e.autres_criteres,
            attendu=tuple(_words(i.span) for i in e.attendu),
            provenance=self.origin(e.span),
        )

    def entete(self) -> Entete:
        p = self.politique
        return Entete.model_validate(
            {
                **self.head(p),
                "remplace": (),
                "motif": "",
                "clauses": (),
                "region": p.region,
                "exercice": p.exercice,
                "evaluee_en": p.evaluee_en,
                "vigueur_du": p.vigueur_du,
                "vigueur_au": p.vigueur_au,
                "statut": "projet" if p.est_projet else "adopté",
                "adopte_le": p.adopte_le,
                "adopte_par": p.adopte_par,
                "reprend": p.reprend,
                "respecte": p.respecte,
                "empreinte": p.empreinte,
                "empreinte_sens": p.empreinte_sens,
            }
        )

    def whole(self) -> Montre:
        p = self.politique
        titres: Iterable[nodes.Titre] = (*p.volets.values(), *p.chapitres.values(), *p.objectifs.values())
        return Montre.model_validate(
            {
                "schema_": SCHEMA,
                "politique": self.entete(),
                "secteurs": tuple(Declaration.model_validate(self.head(s)) for s in p.secteurs.values()),
                "niveaux": tuple(
                    Niveau.model_validate({**self.head(n), "part": plain(n.part, Genre.TAUX)})
                    for n in p.niveaux.values()
                ),
                "donnees": tuple(self.donnee(d) for d in p.donnees.values()),
                "parametres": tuple(self.parametre(x) for x in p.parametres.values()),
                "notation": Notation.model_validate(
                    {
                        "score": p.notation.mode,
                        "pas": plain(p.notation.pas, Genre.TAUX),
                        "calcul": p.notation.calcul,
                        "effectif_minimum": p.notation.effectif_minimum,
                        "nc_sur_justification": p.notation.nc_sur_justification,
                        "sans_reponse": p.notation.sans_reponse,
                        "sources": dict(p.notation.sources),
                        "provenances": {clause: self.origin(span) for clause, span in p.notation.spans.items()},
                        "clauses": self.clauses("notation"),
                    }
                ),
                "titres": tuple(self.titre(t) for t in titres),
                "criteres": tuple(self.critere(c) for c in p.criteres.values()),
                "indicateurs": tuple(self.indicateur(i) for i in p.indicateurs.values()),
                "calculs": tuple(
                    Calcul.model_validate(
                        {**self.head(c), "type": c.genre.value, "expression": _words(c.expression.span)}
                    )
                    for c in p.calculs.values()
                ),
                "baremes": tuple(
                    Bareme.model_validate({**self.head(b), "type": b.genre.value, "table": self.table(b.table)})
                    for b in p.baremes.values()
                ),
                "sanctions": self.sanctions("sanction"),
                "interessements": self.sanctions("intéressement"),
                "penalites": self.sanctions("pénalité"),
                "enveloppes": tuple(self.enveloppe(e) for e in p.decisions_de("enveloppe")),
                "pieces": tuple(
                    Piece.model_validate({**self.head(x), "si": _words(x.condition.span)}) for x in p.pieces.values()
                ),
                "proprietes": tuple(
                    Propriete.model_validate(
                        {
                            **self.head(x),
                            "genre": "limite" if x.limite else "contrôle",
                            "propriete": _body(x),
                        }
                    )
                    for x in p.proprietes
                ),
                "calendrier": tuple(
                    Evenement(
                        date=e.date,
                        nom=e.nom,
                        titre=e.titre,
                        provenance=self.origin(e.span),
                        remplace=self.replaced("calendrier", f"étape {e.nom}"),
                    )
                    for e in p.calendrier
                ),
                "delais": tuple(
                    Delai.model_validate(
                        {
                            "tard": d.tard,
                            "tot": d.tot,
                            "duree": number(d.duree, d.genre),
                            "unite": "mois" if d.genre is Genre.MOIS else "jours",
                            "source": d.source,
                            "provenance": self.origin(d.span),
                            "remplace": self.replaced("calendrier", f"délai {d.tard} après {d.tot}"),
                        }
                    )
                    for d in p.delais
                ),
                "exemples": tuple(self.exemple(e) for e in p.exemples),
                "suppressions": tuple(
                    Suppression(
                        genre=x.genre,
                        nom=x.nom,
                        titre=x.titre,
                        motif=x.motif,
                        provenance=self.origin(x.span),
                        remplace=places([x.remplace])[0],
                    )
                    for x in p.suppressions
                ),
            }
        )


def _body(propriete: nodes.Propriete) -> str:
    """A property without its heading nor its source."""
    text = _words(propriete.span)
    text = text.partition("» ")[2] or text
    return text.partition(" source «")[0]


def show(politique: Politique) -> dict[str, object]:
    """The flattened policy as plain data, at the published schema; `schema` names its version."""
    data = _Montreur(politique).whole().model_dump(mode="json")
    return {"schema": data.pop("schema_"), **data}


def show_schema() -> dict[str, object]:
    """The JSON schema of `show`."""
    schema = Montre.model_json_schema()
    properties = schema["properties"]
    properties["schema"] = {**properties.pop("schema_"), "title": "Schema"}
    schema["required"] = ["schema" if n == "schema_" else n for n in schema["required"]]
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
