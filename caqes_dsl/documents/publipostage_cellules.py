"""The cells of one establishment in a merge, by kind of column: who, score, indicateurs, amounts, what is missing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from caqes_dsl.base.quantities import Genre, plain_number
from caqes_dsl.documents import calendrier
from caqes_dsl.documents.demandes import first_asked
from caqes_dsl.documents.explication import Parties
from caqes_dsl.documents.explication_calcul import amount_line
from caqes_dsl.documents.explication_shapes import ExplicationVue
from caqes_dsl.documents.manquants import missing_in_words
from caqes_dsl.documents.natures import nature_of
from caqes_dsl.documents.operations import euros, shown
from caqes_dsl.documents.typography import INSECABLE, listing, long_date
from caqes_dsl.documents.words import quoted, sector_title
from caqes_dsl.evaluation.summary import score_of, scored, standing
from caqes_dsl.evaluation.trace import Etape, ResultatDecision, SousScore
from caqes_dsl.exchange.results import column_names
from caqes_dsl.model.nodes import Decision, Politique

INDETERMINE, SANS_OBJET = "indéterminé", "sans objet"
_STATUTS = {
    "complet": "complet",
    "indetermine": "à compléter : il manque des données",
    "sans_objet": "sans objet : aucun critère n'est applicable",
}
_POSITIONS = {True: "atteinte", False: "non atteinte", None: INDETERMINE}


@dataclass(frozen=True, slots=True)
class Sorte:
    """A kind of cell: its key, what it says, whether it is a code (printed as it is)."""

    cle: str
    titre: str
    code: bool = False


_IDENTITE = (
    Sorte("finess", "Numéro FINESS", True),
    Sorte("raison_sociale", "Raison sociale, telle que transmise"),
    Sorte("exercice", "Exercice évalué", True),
    Sorte("secteurs", "Activités de l'établissement, en toutes lettres"),
    Sorte("statut", "Complet, à compléter (il manque des données) ou sans objet"),
    Sorte("synthese", "Le résultat en deux ou trois phrases, comme en tête de l'explication"),
)
_FIN = (
    Sorte("total_encouru", "Total des montants encourus par l'établissement ; indéterminé si l'un d'eux l'est"),
    Sorte("total_propose", "Total des montants proposés en sa faveur ; indéterminé si l'un d'eux l'est"),
    Sorte("manquants", "Tout ce qui n'a pas été transmis, le plus utile d'abord ; vide quand rien ne manque"),
    Sorte("a_demander", "Ce qu'il faut demander d'abord, et ce que cela donnerait ; vide quand rien ne l'emporte"),
    Sorte("manquants_ailleurs", "Ce qui manque d'autres établissements, dont dépend un partage"),
    Sorte("sans_reponse", "Les critères laissés sans réponse, et ce qu'y répondre peut rendre"),
    Sorte("observations", "Délai des observations, en une phrase"),
    Sorte("observations_jusqu_au", "Dernier jour des observations : l'étape du calendrier nommée « observations »"),
    Sorte("calendrier", "Étapes du calendrier de la politique qui suivent l'exercice"),
    Sorte("delais", "Délais que la politique fixe entre ces étapes"),
    Sorte("mention", "Mention du traitement algorithmique, à reproduire dans le courrier"),
    Sorte("donnees", "Fichier et ligne d'où viennent les données de l'établissement"),
    Sorte("politique", "Titre de la politique appliquée"),
    Sorte("region", "Région"),
    Sorte("politique_statut", "Statut de la politique : projet, ou adoptée quand et par qui"),
    Sorte("vigueur", "Période de validité de la politique"),
    Sorte("code_de_controle", "Code de contrôle de la politique, le même sur tous les documents", True),
    Sorte("version", "Version du programme", True),
)


_SCORES = ("score", "score_bornes", "points", "points_applicables", "cible", "position")
_COMPANIONS = {
    "indicateur": ("", "_cible", "_resultat"),
    "bareme": ("", "_echelon"),
    "decision": ("", "_bornes", "_certitude", "_phrase", "_calcul", "_retenu", "_motif"),
}


def names_of(politique: Politique) -> dict[tuple[str, str], str]:
    """The key of each named quantity: that of a result file, its kind after it where the merge has such a key."""
    volets = [_suffix(politique, v)[0] for v in scored(politique)]
    taken = {s.cle for s in (*_IDENTITE, *_FIN)} | {f"{nom}{suffix}" for nom in _SCORES for suffix in volets}
    found: dict[tuple[str, str], str] = {}
    for (sorte, nom), heading in column_names(politique).items():
        if sorte == "volet":
            continue
        companions = _COMPANIONS.get(sorte, ("",))
        while any(heading + c in taken for c in companions) or heading.startswith("fichier_"):
            heading = f"{sorte}_{heading}"
        taken.update(heading + c for c in companions)
        found[sorte, nom] = heading
    return found


def named_columns(politique: Politique) -> Iterator[Sorte]:
    """The columns of a policy, in order; those that a result file has keep their name."""
    yield from _IDENTITE
    noms = names_of(politique)
    for volet in scored(politique):
        yield from _score_columns(*_suffix(politique, volet), target=volet in politique.volets)
    for chapitre in politique.chapitres.values():
        yield Sorte(noms["chapitre", chapitre.nom], f"Score du chapitre {quoted(chapitre.titre)}")
    for indicateur in politique.indicateurs.values():
        nom, titre = noms["indicateur", indicateur.nom], indicateur.titre or indicateur.nom
        yield Sorte(nom, f"{titre} : mesure")
        if indicateur.cible is not None:
            yield Sorte(f"{nom}_cible", f"{titre} : cible")
        yield Sorte(f"{nom}_resultat", f"{titre} : cible atteinte ou non, indéterminé, sans objet")
    for calcul in politique.calculs.values():
        yield Sorte(noms["calcul", calcul.nom], calcul.titre or calcul.nom)
    for bareme in politique.baremes.values():
        nom, titre = noms["bareme", bareme.nom], bareme.titre or bareme.nom
        yield Sorte(nom, f"{titre} : ce que donne le barème")
        yield Sorte(f"{nom}_echelon", f"{titre} : l'échelon atteint")
    for decision in politique.decisions.values():
        yield from _decision_columns(noms["decision", decision.nom], decision)
    for piece in politique.pieces.values():
        yield Sorte(noms["piece", piece.nom], f"Pièce {quoted(piece.titre or piece.nom)} : à joindre ou non")
    yield from _FIN


def _suffix(politique: Politique, volet: str) -> tuple[str, str]:
    """What follows the name of a column of scores, and its title, where several volets have one."""
    if not volet or len(politique.volets) < 2:
        return "", ""
    return f"_{volet}", f" du volet {quoted(politique.volets[volet].titre or volet)}"


def _score_columns(suffix: str, of: str, *, target: bool) -> Iterator[Sorte]:
    yield Sorte(f"score{suffix}", f"Score{of} ; indéterminé ou sans objet, en toutes lettres")
    yield Sorte(f"score_bornes{suffix}", f"Bornes du score{of} tant qu'il manque des données")
    yield Sorte(f"points{suffix}", f"Points obtenus{of}")
    yield Sorte(f"points_applicables{suffix}", f"Points applicables{of}")
    if target:
        yield Sorte(f"cible{suffix}", f"Cible{of}")
        yield Sorte(f"position{suffix}", f"Cible{of} atteinte, non atteinte, indéterminé ou sans objet")


def _decision_columns(nom: str, decision: Decision) -> Iterator[Sorte]:
    titre, nature = decision.titre or decision.nom, nature_of(decision)
    amount = nature.montant[:1].lower() + nature.montant[1:]
    yield Sorte(nom, f"{titre} : {amount}, avec son unité ; indéterminé tant qu'il manque des données")
    yield Sorte(f"{nom}_bornes", f"{titre} : bornes du montant tant qu'il est indéterminé")
    yield Sorte(f"{nom}_certitude", f"{titre} : certain, aucun montant, ou indéterminé")
    yield Sorte(f"{nom}_phrase", f"{titre} : le résultat en une phrase, avec ce qu'est le montant")
    yield Sorte(f"{nom}_calcul", f"{titre} : l'opération qui donne le montant")
    yield Sorte(f"{nom}_retenu", f"{titre} : montant retenu après observations, à côté du montant en jeu")
    yield Sorte(f"{nom}_motif", f"{titre} : motif du montant retenu")


class Cellules:
    """Writes the cells of one establishment."""

    def __init__(self, parts: Parties, vue: ExplicationVue) -> None:
        self.parts, self.vue = parts, vue
        self.resultat, self.politique = parts.resultat, parts.politique
        self.noms = names_of(parts.politique)

    def cells(self) -> Iterator[tuple[str, str]]:
        """Key of a column and its text."""
        yield from self._identity()
        for volet in scored(self.politique):
            yield from self._score(volet)
        for nom in self.politique.chapitres:
            yield self.noms["chapitre", nom], self._taux(self.resultat.scores[nom])
        yield from self._quantities()
        for decision in self.politique.decisions.values():
            yield from self._decision(self.noms["decision", decision.nom], decision)
        for nom, found in self.resultat.pieces.items():
            yield self.noms["piece", nom], self.parts.decisions.due(found)
        yield from self._totals()
        yield from self._ending()

    def _identity(self) -> Iterator[tuple[str, str]]:
        establishment = self.resultat.etablissement
        yield "finess", establishment.finess
        yield "raison_sociale", establishment.raison_sociale
        yield "exercice", str(self.parts.interprete.exercice or "")
        yield "secteurs", listing([sector_title(s, self.politique) for s in establishment.secteurs])
        yield "statut", _STATUTS[self.resultat.statut]
        yield "synthese", self.vue.essentiel.phrase

    # ------------------------------------------------------------ scores

    def _taux(self, sous: SousScore) -> str:
        if sous.score is not None:
            return shown(sous.score, Genre.TAUX, self.politique)
        return SANS_OBJET if sous.sans_objet else INDETERMINE

    def _score(self, volet: str) -> Iterator[tuple[str, str]]:
        suffix, _ = _suffix(self.politique, volet)
        sous = score_of(self.politique, self.resultat, volet)
        yield f"score{suffix}", self._taux(sous)
        if sous.score is None and sous.score_min is not None and sous.score_max is not None:
            low, high = (shown(s, Genre.TAUX, self.politique) for s in (sous.score_min, sous.score_max))
            yield f"score_bornes{suffix}", f"entre {low} et {high}"
        for nom, value in (("points", sous.points), ("points_applicables", sous.points_applicables)):
            yield f"{nom}{suffix}", INDETERMINE if value is None else plain_number(value)
        target = self.resultat.cibles.get(volet)
        if target is None:
            return
        yield f"cible{suffix}", self._value(target)
        position = _POSITIONS[standing(sous, target.valeur)]
        without = sous.sans_objet or (target.valeur is None and not target.manquants)
        yield f"position{suffix}", SANS_OBJET if without else position

    # ------------------------------------------------------------ quantities

    def _value(self, found: Etape) -> str:
        if found.valeur is None:
            return INDETERMINE if found.manquants else SANS_OBJET
        if found.genre is Genre.MONTANT and isinstance(found.valeur, Fraction):
            return in_euros(found.valeur)
        return shown(found.valeur, found.genre, self.politique)

    def _quantities(self) -> Iterator[tuple[str, str]]:
        for nom, measured in self.resultat.indicateurs.items():
            column = self.noms["indicateur", nom]
            yield column, SANS_OBJET if measured.statut == "sans_objet" else self._value(measured.mesure)
            if measured.cible is not None:
                yield f"{column}_cible", self._value(measured.cible)
            judged = measured.cible is not None or measured.statut != "mesure"
            outcome = self.parts.indicateurs.outcome(nom) if judged else "mesuré, sans cible"
            yield f"{column}_resultat", outcome[:1].lower() + outcome[1:]
        for nom, found in self.resultat.calculs.items():
            yield self.noms["calcul", nom], self._value(found)
        for nom, found in self.resultat.baremes.items():
            column = self.noms["bareme", nom]
            yield column, self._value(found)
            row, _ = self.parts.etapes.row(self.politique.baremes[nom])
            yield f"{column}_echelon", row or (INDETERMINE if found.manquants else SANS_OBJET)

    # ------------------------------------------------------------ amounts

    def _decision(self, nom: str, decision: Decision) -> Iterator[tuple[str, str]]:
        found = self.resultat.decisions[decision.nom]
        yield nom, INDETERMINE if found.montant is None else in_euros(found.montant)
        yield f"{nom}_bornes", _bounds(found)
        certainty = {"certain": "certain", "impossible": nature_of(decision).rien}
        yield f"{nom}_certitude", certainty.get(found.certitude, INDETERMINE)
        yield f"{nom}_phrase", self.parts.decisions.sentence(found)
        yield f"{nom}_calcul", amount_line(self.parts.decisions, decision)
        if found.retenu is not None:
            yield f"{nom}_retenu", in_euros(found.retenu)
            yield f"{nom}_motif", found.motif_retenu

    def _totals(self) -> Iterator[tuple[str, str]]:
        for nom, en_faveur in (("total_encouru", False), ("total_propose", True)):
            mine = [d for d in self.politique.decisions.values() if d.en_faveur is en_faveur]
            if mine:
                yield nom, _total(self.resultat.decisions[d.nom].montant for d in mine)

    # ------------------------------------------------------------ what follows

    def _ending(self) -> Iterator[tuple[str, str]]:
        politique, exercice = self.politique, self.parts.interprete.exercice
        essentiel = self.parts.essentiel
        yield "manquants", " ; ".join(missing_in_words(k, politique) for k in essentiel.asked())
        yield "a_demander", first_asked(essentiel.priorites, politique)
        yield "manquants_ailleurs", essentiel.awaited()
        yield "sans_reponse", essentiel.unanswered()
        yield "observations", calendrier.observations_in_words(politique)
        day = calendrier.observations_until(politique)
        yield "observations_jusqu_au", long_date(day) if day else "non fixé par la politique"
        steps = calendrier.coming(politique, exercice)
        yield "calendrier", " ; ".join(map(calendrier.dated, steps))
        yield "delais", " ".join(d.texte for d in calendrier.delays(politique, of={e.nom for e in steps}))
        yield "mention", " ".join(self.vue.essentiel.mention)
        yield "donnees", self.resultat.etablissement.lieu
        identite = self.vue.identite
        yield "politique", identite.titre
        yield "region", identite.region
        yield "politique_statut", identite.statut
        yield "vigueur", identite.vigueur
        yield "code_de_controle", identite.code_de_controle
        yield "version", identite.version


def in_euros(montant: Fraction) -> str:
    """« 12 500,00 € »: always with its cents; an amount below the cent keeps its decimals."""
    if (montant * 100).denominator != 1:
        return euros(montant)
    return plain_number(montant, decimals=2).replace("-", "−", 1) + f"{INSECABLE}€"


def _bounds(found: ResultatDecision) -> str:
    """« entre 0,00 € et 5 000,00 € », while the amount is not known and as far as bounds are."""
    if found.montant is not None:
        return ""
    if found.montant_min is not None and found.montant_max is not None:
        return f"entre {in_euros(found.montant_min)} et {in_euros(found.montant_max)}"
    return f"au moins {in_euros(found.montant_min)}" if found.montant_min else "non chiffrable"


def _total(montants: Iterable[Fraction | None]) -> str:
    every = list(montants)
    known = [m for m in every if m is not None]
    return INDETERMINE if len(known) < len(every) else in_euros(sum(known, Fraction(0)))
