"""A simulation for people: on a terminal, and as the paper that a committee reads before it chooses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from caqes_dsl.base.quantities import Genre, write_value
from caqes_dsl.documents.operations import euros, shown
from caqes_dsl.documents.rapport_mots import made_up, many, table
from caqes_dsl.documents.rapport_shapes import BlocVue, FigureVue, RapportVue, SectionVue, TableauVue
from caqes_dsl.documents.shapes import LigneVue
from caqes_dsl.documents.simulation_figures import Courbe, curve
from caqes_dsl.documents.view import identity
from caqes_dsl.documents.words import sector_title
from caqes_dsl.evaluation.reglages import Reglage
from caqes_dsl.evaluation.simulation import Compte, Releve
from caqes_dsl.exchange.cohort import Cohorte
from caqes_dsl.exchange.simulation_table import share_of
from caqes_dsl.model.nodes import Politique

_PRINTED = 60
"""Most rows of a printed table; the others are in the file of results."""

Cle = tuple[str, str]


def simulation_text(politique: Politique, reglages: Sequence[Reglage], releves: Sequence[Releve], *, most: int) -> str:
    """A table for a terminal: one row for each setting, over all the establishments."""
    writer = _Redaction(politique, reglages, releves)
    rows = [[*writer.settings(r), *writer.cells(r)] for r in writer.whole[:most]]
    heads = [*(r.ecrit for r in reglages), *writer.heads()]
    widths = [max(len(row[i]) for row in [heads, *rows]) for i in range(len(heads))]
    lines = ["  ".join(cell.rjust(w) for cell, w in zip(row, widths, strict=True)) for row in [heads, *rows]]
    left = len(writer.whole) - most
    if left > 0:
        lines.append(f"… et {left} autres réglages : « -o resultats.csv » les écrit tous.")
    if writer.open:
        lines.append(writer.open)
    return "\n".join(lines) + "\n"


def simulation_view(
    politique: Politique,
    cohorte: Cohorte,
    reglages: Sequence[Reglage],
    releves: Sequence[Releve],
    *,
    graine: int | None = None,
) -> RapportVue:
    """The paper of a simulation. `graine` is that of the draws, None when nothing was drawn."""
    identite = identity(politique)
    writer = _Redaction(politique, reglages, releves)
    year = f"exercice {cohorte.exercice}" if cohorte.exercice else ""
    over = ["Simulation", politique.region, year]
    return RapportVue(
        identite,
        " · ".join(part for part in over if part),
        politique.titre or politique.nom,
        tuple(_warnings(politique, cohorte)),
        tuple(writer.sentences()),
        tuple(LigneVue(label, text) for label, text in _card(reglages, writer, cohorte, graine) if text),
        tuple(writer.sections()),
    )


def _warnings(politique: Politique, cohorte: Cohorte) -> Iterator[str]:
    yield "SIMULATION : aucun de ces réglages n'est appliqué. Rien n'est décidé, et ce document n'engage personne."
    fictif = made_up((), (e.raison_sociale for e in cohorte.etablissements))
    if fictif:
        yield fictif


def _card(
    reglages: Sequence[Reglage], writer: _Redaction, cohorte: Cohorte, graine: int | None
) -> Iterator[tuple[str, str]]:
    for reglage in reglages:
        values = sorted({r.valeurs[reglage.ecrit] for r in writer.whole})
        said = f"{len(values)} valeurs, de {writer.write(reglage, values[0])} à {writer.write(reglage, values[-1])}"
        if len(values) == 1:
            said = writer.write(reglage, values[0])
        yield (
            f"{reglage.titre} : {reglage.ecrit}",
            f"{said} ; {writer.write(reglage, reglage.valeur)} dans la politique",
        )
    yield "Établissements", str(len(cohorte.etablissements))
    if cohorte.ecartes:
        yield "Lignes mises à part", str(len(cohorte.ecartes))
    if graine is not None:
        yield "Graine des tirages", str(graine)


class _Redaction:
    """Puts the records of a simulation into words and drawings."""

    def __init__(self, politique: Politique, reglages: Sequence[Reglage], releves: Sequence[Releve]) -> None:
        self.politique, self.reglages = politique, list(reglages)
        self.whole = [r for r in releves if not r.cohorte and not r.secteur]
        self.sectors = [r for r in releves if not r.cohorte and r.secteur]
        self.drawn = [r for r in releves if r.cohorte]
        self.keys: list[Cle] = list(dict.fromkeys(key for r in self.whole for key in r.comptes))

    # ------------------------------------------------------------ words

    def write(self, reglage: Reglage, valeur: Fraction) -> str:
        """The value of a setting."""
        return write_value(valeur, reglage.genre)

    def title(self, key: Cle) -> str:
        """What a count is of."""
        sorte, nom = key
        politique = self.politique
        if sorte == "décision":
            return politique.decisions[nom].titre
        if sorte == "indicateur":
            return politique.indicateurs[nom].titre
        return politique.volets[nom].titre if len(politique.volets) > 1 else "Score"

    def heads(self) -> list[str]:
        """The headings of the counts on a terminal."""
        found = []
        for sorte, nom in self.keys:
            if sorte == "décision":
                found += [f"{nom} (€)", "établ."]
            else:
                found.append(f"{'atteint' if sorte == 'indicateur' else 'sous la cible'} {nom}")
        return found

    def cells(self, releve: Releve) -> list[str]:
        """The counts of a record."""
        found = []
        for key in self.keys:
            compte = releve.comptes[key]
            if key[0] == "décision":
                found += [euros(compte.total or Fraction(0)), str(compte.nombre)]
            else:
                found.append(self.counted(compte))
        return found

    def settings(self, releve: Releve) -> list[str]:
        """The values set."""
        return [self.write(r, releve.valeurs[r.ecrit]) for r in self.reglages]

    def counted(self, compte: Compte) -> str:
        """« 9 sur 98 (9,2 %) »."""
        share = share_of(compte)
        said = "" if share is None else f" ({shown(_tenth(share), Genre.TAUX, self.politique)})"
        return f"{compte.nombre} sur {compte.connus}{said}"

    @property
    def open(self) -> str:
        """How many establishments count in no sum, for want of data."""
        most = max((c.indetermines for r in self.whole for c in r.comptes.values()), default=0)
        if not most:
            return ""
        if most == 1:
            return (
                "Au plus 1 établissement n'est pas tranché, faute de données, et ne compte ni d'un côté ni de l'autre."
            )
        return (
            f"Au plus {most} établissements ne sont pas tranchés, faute de données, et ne comptent ni d'un côté ni de "
            "l'autre."
        )

    def sentences(self) -> Iterator[str]:
        """What is read first."""
        count = len(self.whole)
        yield f"{many(count, 'réglage')} sur les mêmes réponses : rien d'autre ne change d'un calcul à l'autre."
        cohorts = len({r.cohorte for r in self.drawn})
        if cohorts:
            yield (
                f"S'y ajoutent {cohorts} cohortes plausibles, tirées de la cohorte donnée avec remise : elles disent "
                "ce qui tient au hasard des établissements, et n'existent pas."
            )
        if self.open:
            yield self.open

    # ------------------------------------------------------------ sections

    def sections(self) -> Iterator[SectionVue]:
        """One section for each quantity, then what each sector bears."""
        for rank, key in enumerate(self.keys):
            yield self._section(rank, key)
        if self.sectors:
            yield SectionVue("secteurs", "Par activité", (_SEVERAL,), tuple(self._by_sector(k) for k in self.keys))

    def _section(self, rank: int, key: Cle) -> SectionVue:
        blocs = [BlocVue("", (), tuple(self._drawings(rank, key)), tuple(self._tables(key)))]
        what = "Combien l'atteignent" if key[0] == "indicateur" else "Qui est sous la cible"
        title = self.title(key) if key[0] == "décision" else f"{what} : {self.title(key)}"
        return SectionVue(f"mesure-{rank}", title, (), tuple(blocs))

    def _value(self, key: Cle, compte: Compte) -> Fraction:
        return (compte.total or Fraction(0)) if key[0] == "décision" else (share_of(compte) or Fraction(0))

    def _drawings(self, rank: int, key: Cle) -> Iterator[FigureVue]:
        """A curve, where one setting alone takes several values."""
        if len(self.reglages) != 1 or len(self.whole) < 2:
            return
        reglage = self.reglages[0]
        spread = self._spread(key)
        points = []
        for releve in sorted(self.whole, key=lambda r: r.valeurs[reglage.ecrit]):
            x = releve.valeurs[reglage.ecrit]
            low, high = spread.get(x, (None, None))
            points.append(Courbe(x, self._value(key, releve.comptes[key]), low, high))
        points = [p for i, p in enumerate(points) if not i or p.x != points[i - 1].x]
        amounts = key[0] == "décision"
        write_y = _thousands if amounts else (lambda v: shown(_tenth(v), Genre.TAUX, self.politique))
        what = "Total des montants certains" if amounts else "Part des établissements"
        first, last = points[0], points[-1]
        yield curve(
            f"courbe-{rank}",
            f"{what} selon {reglage.ecrit}",
            f"De {write_y(first.y)} pour {self.write(reglage, first.x)} à {write_y(last.y)} pour "
            f"{self.write(reglage, last.x)}.",
            points,
            lambda v: self.write(reglage, v),
            write_y,
            (reglage.valeur, f"politique : {self.write(reglage, reglage.valeur)}")
            if first.x <= reglage.valeur <= last.x
            else None,
        )

    def _spread(self, key: Cle) -> Mapping[Fraction, tuple[Fraction, Fraction]]:
        """For each value of the only setting, between what eight cohorts in ten lie."""
        ecrit = self.reglages[0].ecrit
        found: dict[Fraction, list[Fraction]] = {}
        for releve in self.drawn:
            found.setdefault(releve.valeurs[ecrit], []).append(self._value(key, releve.comptes[key]))
        return {x: _middle(sorted(values)) for x, values in found.items() if len(values) >= 10}

    def _tables(self, key: Cle) -> Iterator[TableauVue]:
        rows, left = self._printed(self.whole)
        amounts = key[0] == "décision"
        heads = [r.ecrit for r in self.reglages]
        heads += ["Total", "Établissements", "Non tranchés"] if amounts else ["Établissements", "Non tranchés"]
        lines = []
        for r in rows:
            c = r.comptes[key]
            counts = [euros(c.total or Fraction(0)), str(c.nombre)] if amounts else [self.counted(c)]
            lines.append([*self.settings(r), *counts, str(c.indetermines)])
        yield table(self.title(key), heads, lines, "n" * len(heads), left, triable=len(lines) > 1)

    def _by_sector(self, key: Cle) -> BlocVue:
        listed = [s for s in self.politique.secteurs.values() if any(r.secteur == s.nom for r in self.sectors)]
        by = {(tuple(r.valeurs.values()), r.secteur): r.comptes[key] for r in self.sectors}
        rows, left = self._printed(self.whole)
        lines = []
        for r in rows:
            cells = []
            for secteur in listed:
                compte = by[tuple(r.valeurs.values()), secteur.nom]
                amounts = key[0] == "décision"
                cells.append(euros(compte.total or Fraction(0)) if amounts else f"{compte.nombre} sur {compte.connus}")
            lines.append([*self.settings(r), *cells])
        heads = [*(r.ecrit for r in self.reglages), *(s.nom for s in listed)]
        names = "Activités : " + ", ".join(f"{s.nom}, {sector_title(s.nom, self.politique)}" for s in listed) + "."
        made = table(f"{self.title(key)}, par activité", heads, lines, "n" * len(heads), [*left, names], triable=True)
        return BlocVue(self.title(key), (), (), (made,))

    def _printed(self, releves: Sequence[Releve]) -> tuple[list[Releve], list[str]]:
        """The records that are printed: evenly spaced when they are many."""
        if len(releves) <= _PRINTED:
            return list(releves), []
        step = -(-len(releves) // _PRINTED)
        kept = list(releves[::step])
        return kept, [f"Un réglage sur {step} est imprimé ; le fichier de résultats les a tous, soit {len(releves)}."]


_SEVERAL = "Un établissement de plusieurs activités est compté dans chacune."


def _tenth(share: Fraction) -> Fraction:
    """To the tenth of a percent, for reading."""
    thousandths = share * 1000
    return Fraction((2 * thousandths.numerator + thousandths.denominator) // (2 * thousandths.denominator), 1000)


def _thousands(amount: Fraction) -> str:
    """An amount on an axis."""
    return write_value(amount, Genre.MONTANT)


def _middle(values: Sequence[Fraction]) -> tuple[Fraction, Fraction]:
    """The values below which one in ten lies, and nine in ten."""
    cut = len(values) // 10
    return values[cut], values[-1 - cut]
