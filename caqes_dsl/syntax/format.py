"""The canonical layout of a policy: same meaning, comments kept, one way to write each thing.

A file is a list of lines with the place each came from; comments are put back before or at the end of the line that
they stood by. The result is read again: a text that would mean something else is never returned.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from caqes_dsl.base.source import Source

from . import tree
from .format_words import (
    broken,
    write_case,
    write_date,
    write_driver,
    write_effect,
    write_expression,
    write_names,
    write_quantity,
    write_text,
)

WIDTH = 110
_PADS = {
    **dict.fromkeys(("politique", "critère", "indicateur", "exemple"), 8),
    **dict.fromkeys(("sanction", "intéressement", "pénalité", "enveloppe"), 7),
}
"""Kind of declaration -> the column that its clauses' keywords are padded to."""


@dataclass(slots=True)
class Ligne:
    """A line to write: its text, its indentation, the offsets of what it says in the source.

    `colle`: no blank line before it even when the author left one.
    """

    texte: str
    retrait: int
    debut: int
    fin: int
    colle: bool = False


class Divergence(Exception):
    """The canonical text does not say what the author's did: a defect of the formatter."""


def format_text(fichier: tree.Fichier) -> str:
    """Canonical text of a file that reads without error. Errors: Divergence, rather than another meaning."""
    text = _Mise(fichier).run()
    from .parser import parse

    again, diagnostics = parse(Source.from_text(fichier.source.nom, text))
    if any(d.is_error for d in diagnostics) or shape(again) != shape(fichier):
        raise Divergence(fichier.source.nom)
    return text


def shape(node: object) -> object:
    """A tree without its places, and a file without its layout: what formatting must keep."""
    if isinstance(node, tree.Fichier):
        notes = sorted(" ".join(c.texte.split()) for c in node.commentaires)
        return shape(node.politique), tuple(shape(d) for d in node.declarations), tuple(notes)
    if isinstance(node, tree.Noeud):
        fields = (f for f in node.__dataclass_fields__ if f not in ("span", "entete"))
        return type(node).__name__, tuple(shape(getattr(node, f)) for f in fields)
    if isinstance(node, tuple):
        return tuple(shape(x) for x in node)
    return node


# ---------------------------------------------------------------- lines and comments


class _Mise:
    def __init__(self, fichier: tree.Fichier) -> None:
        self.fichier = fichier
        self.source = fichier.source

    def run(self) -> str:
        declarations = [*([self.fichier.politique] if self.fichier.politique else []), *self.fichier.declarations]
        blocks = [list(lay_out(d)) for d in declarations]
        _align_runs(declarations, blocks, self._apart)
        lines: list[Ligne] = []
        starts: set[int] = set()
        for declaration, block in zip(declarations, blocks, strict=True):
            together = lines and _alike(declarations, declaration) and not self._apart(lines[-1].fin, block[0].debut)
            if not together:
                starts.add(len(lines))
            lines += block
        return self._with_comments(lines, starts)

    def _apart(self, before: int, after: int) -> bool:
        """Whether the author left a blank line or a comment between two places."""
        between = self.source.texte[before:after]
        return "#" in between or between.count("\n") > 1

    def _with_comments(self, lines: Sequence[Ligne], starts: set[int]) -> str:
        out: list[str] = ["caqes 1"]
        pending = sorted(self.fichier.commentaires, key=lambda c: c.span.debut)
        edition_end = self._after_edition(pending, out)
        previous_end = edition_end
        for index, line in enumerate(lines):
            before = [c for c in pending if c.span.debut < line.debut]
            pending = pending[len(before) :]
            blank, free = index in starts, True
            for comment in before:
                if free and not comment.seul and index and self._same_line(previous_end, comment.span.debut):
                    out[-1] += f"  #{comment.texte}"
                    free = False  # a second one on this line would be read as part of the first
                    continue
                wanted = self._blank_between(previous_end, comment.span.debut)
                if (blank or wanted) and out[-1]:
                    out.append("")
                blank = False
                out.append(" " * line.retrait + f"#{comment.texte}")
                previous_end = comment.span.fin
            own_blank = before and self._blank_between(previous_end, line.debut) and before[-1].seul
            if (blank or (own_blank and index in starts)) and out[-1]:
                out.append("")
            out.append(" " * line.retrait + line.texte)
            previous_end = line.fin
        free = True
        for comment in pending:
            if free and not comment.seul and self._same_line(previous_end, comment.span.debut):
                out[-1] += f"  #{comment.texte}"
                free = False
            else:
                if self._blank_between(previous_end, comment.span.debut):
                    out.append("")
                out.append(f"#{comment.texte}")
            previous_end = comment.span.fin
        return "\n".join(out).rstrip() + "\n"

    def _after_edition(self, pending: list[tree.Commentaire], out: list[str]) -> int:
        """Comments above the edition or at the end of its line; the offset after the edition."""
        if self.fichier.edition is None:
            return 0
        at = self.source.texte.find("caqes")
        for comment in [c for c in pending if c.span.debut < at]:
            pending.remove(comment)
            out.insert(len(out) - 1, f"#{comment.texte}")
        end = self.source.texte.find("\n", at)
        end = len(self.source.texte) if end < 0 else end
        for comment in [c for c in pending if not c.seul and c.span.debut < end]:
            pending.remove(comment)
            out[-1] += f"  #{comment.texte}"
        return end

    def _same_line(self, before: int, after: int) -> bool:
        return "\n" not in self.source.texte[before:after]

    def _blank_between(self, before: int, after: int) -> bool:
        return self.source.texte[before:after].count("\n") > 1


def _alike(declarations: Sequence[tree.Declaration], declaration: tree.Declaration) -> bool:
    """Whether a declaration may stand under the one before without a blank line: a run of secteurs, of niveaux."""
    index = declarations.index(declaration)
    before = declarations[index - 1] if index else None
    return before is not None and _run_kind(before) != "" and _run_kind(before) == _run_kind(declaration)


def _run_kind(declaration: tree.Declaration) -> str:
    one_line = all(isinstance(c, tree.ClauseDonne | tree.ClauseMot) for c in declaration.clauses)
    return declaration.genre if declaration.genre in ("secteur", "niveau") and one_line else ""


def _align_runs(
    declarations: Sequence[tree.Declaration], blocks: list[list[Ligne]], apart: Callable[[int, int], bool]
) -> None:
    """Pads the names, and before `donne` the titles, of secteurs and niveaux that stand together."""
    index = 0
    while index < len(declarations):
        end = index + 1
        while (
            end < len(declarations)
            and _run_kind(declarations[index])
            and _run_kind(declarations[end]) == _run_kind(declarations[index])
            and not apart(blocks[end - 1][-1].fin, blocks[end][0].debut)
        ):
            end += 1
        if end - index > 1:
            run = declarations[index:end]
            names = max(len(d.nom.nom) for d in run if d.nom)
            titles = max(len(write_text(d.titre)) for d in run if d.titre)
            for declaration, block in zip(run, blocks[index:end], strict=True):
                block[0].texte = _one_line(declaration, names, titles)
        index = end


def _one_line(declaration: tree.Declaration, names: int = 0, titles: int = 0) -> str:
    assert declaration.nom is not None and declaration.titre is not None
    title = write_text(declaration.titre)
    rest = " ".join(
        f"donne {write_quantity(c.part)}" if isinstance(c, tree.ClauseDonne) else getattr(c, "mot", "")
        for c in declaration.clauses
    )
    text = f"{declaration.genre} {declaration.nom.nom.ljust(names)} {title.ljust(titles) if rest else title}"
    return f"{text} {rest}".rstrip()


# ---------------------------------------------------------------- declarations


def lay_out(declaration: tree.Declaration) -> Iterator[Ligne]:
    """The lines of one declaration."""
    heading = declaration.entete
    end = heading.fin
    text = _heading(declaration)
    clauses = list(declaration.clauses)
    taken, inline = _inline(declaration, clauses)
    text += inline
    if taken:
        end = max(end, *(c.span.fin for c in taken))
    yield Ligne(text, 0, declaration.span.debut, max(end, declaration.apres.span.fin if declaration.apres else 0))
    for clause in clauses:
        if clause not in taken:
            yield from _clause(clause, declaration)


def _heading(declaration: tree.Declaration) -> str:
    parts = [declaration.action] if declaration.action else []
    parts.append(declaration.genre)
    if declaration.nom is not None:
        parts.append(declaration.nom.nom)
    if declaration.titre is not None:
        parts.append(write_text(declaration.titre))
    text = " ".join(parts)
    kind = next((c for c in declaration.clauses if isinstance(c, tree.ClauseType)), None)
    if kind is not None:
        choices = f" ({write_names(kind.type.choix)})" if kind.type.nom == "choix" else ""
        text += f" : {kind.type.nom}{choices}"
    return text + (f" après {declaration.apres.nom}" if declaration.apres else "")


def _inline(declaration: tree.Declaration, clauses: list[tree.Clause]) -> tuple[list[tree.Clause], str]:
    """Clauses said on the heading's own line, and their words."""
    kinds = [c for c in clauses if isinstance(c, tree.ClauseType)]
    if _run_kind(declaration):
        return clauses, _one_line(declaration)[len(_heading(declaration)) :] if clauses else ""
    own = [c for c in clauses if c not in kinds]
    if declaration.genre == "niveau":
        first = [c for c in own if isinstance(c, tree.ClauseDonne) or getattr(c, "mot", "") == "hors calcul"]
        return first, "".join(f" {_words(c)}" for c in first)
    short = (tree.ClauseBorne, tree.ClauseEntre, tree.ClauseDefaut)
    if declaration.genre == "donnée" and own and all(isinstance(c, short) for c in own):
        words = " ".join(_words(c) for c in own)
        if len(_heading(declaration)) + len(words) < WIDTH:
            return [*kinds, *own], f" {words}"
    if declaration.action == "supprime":
        return own, "".join(f" {_words(c)}" for c in own)
    return kinds, ""


def _clause(clause: tree.Clause, declaration: tree.Declaration) -> Iterator[Ligne]:
    pad = _PADS.get(declaration.genre, 0)
    match clause:
        case tree.ClauseTable():
            yield from _table(clause, "")
        case tree.ClauseVariante(clause=tree.ClauseTable() as table):
            yield from _table(table, f"variante {write_names(clause.secteurs)} : ", clause.span.debut)
        case tree.ClauseExpression():
            yield from _expression(clause, pad)
        case tree.ClauseValeurDatee():
            yield _line(clause, _dated(clause, declaration))
        case tree.ClauseEvenement():
            width = max(len(c.nom.nom) for c in declaration.clauses if isinstance(c, tree.ClauseEvenement))
            text = f"{write_date(clause.date)} {clause.nom.nom.ljust(width)} {write_text(clause.titre)}"
            yield _line(clause, text)
        case _:
            text = _words(clause)
            if declaration.genre == "notation":
                text = _sourced(clause, text, declaration)
            yield _line(clause, _padded(text, pad))


def _line(clause: tree.Noeud, text: str, indent: int = 2) -> Ligne:
    return Ligne(text, indent, clause.span.debut, clause.span.fin)


def _padded(text: str, pad: int) -> str:
    """The keyword padded to its column; a phrase that is longer, or of several words, stays as it is."""
    word, _, rest = text.partition(" ")
    several = text.startswith(
        ("évaluée en", "NC ", "sans ", "avec autres", "arrondi à", "au prorata", "réservé", "motif", "durée")
    )
    return text if several or not rest or len(word) > pad else f"{word.ljust(pad)} {rest}"


def _expression(clause: tree.ClauseExpression, pad: int) -> Iterator[Ligne]:
    word = "" if clause.mot == "expression" else clause.mot
    source = f" source {write_text(clause.source)}" if clause.source else ""
    text = _padded(f"{word} {write_expression(clause.expression)}".strip(), pad) + source
    lines = [text]
    if len(text) > WIDTH:
        lines = broken(clause.expression, "    ")
        lines[0] = _padded(f"{word} {lines[0]}".strip(), pad)
        lines[-1] += source
    yield Ligne("\n".join(lines), 2, clause.span.debut, clause.span.fin)


def _dated(clause: tree.ClauseValeurDatee, declaration: tree.Declaration) -> str:
    values = [c for c in declaration.clauses if isinstance(c, tree.ClauseValeurDatee)]
    width = max(len(write_expression(c.valeur)) for c in values)
    until = f" jusqu'au {write_date(clause.jusqu_au)}" if clause.jusqu_au else ""
    source = f" source {write_text(clause.source)}" if clause.source else ""
    value = write_expression(clause.valeur).ljust(width)
    return f"{value} à compter du {write_date(clause.a_compter_du)}{until}{source}"


def _sourced(clause: tree.Clause, text: str, declaration: tree.Declaration) -> str:
    """A rule of notation with its source in the column of the longest rule."""
    source = getattr(clause, "source", None)
    if source is None:
        return text
    bare = text.partition(" source «")[0]
    rules = [_words(c).partition(" source «")[0] for c in declaration.clauses if getattr(c, "source", None)]
    return f"{bare.ljust(max(len(r) for r in rules))} source {write_text(source)}"


def _table(table: tree.ClauseTable, prefix: str, start: int | None = None) -> Iterator[Ligne]:
    drivers = " ; ".join(write_driver(d) for d in table.selon)
    head = "selon" if table.mot == "selon" else "seuils selon" if drivers else "seuils"
    first = table.rangs[0].span.debut if table.rangs else table.span.fin
    end = max((d.span.fin for d in table.selon), default=min(table.span.debut + len("seuils"), first))
    begin = table.span.debut if start is None else start
    yield Ligne(f"{prefix}{head} {drivers}".rstrip(), 2, begin, end)
    cells = [[write_case(c) for c in r.cas] for r in table.rangs]
    columns = max((len(row) for row in cells), default=1)
    widths = [max((len(row[k]) for row in cells if len(row) == columns), default=0) for k in range(columns)]
    joined = [
        " ; ".join(c.ljust(w) for c, w in zip(row, widths, strict=False)).rstrip() if len(row) == columns else row[0]
        for row in cells
    ]
    width = max((len(j) for j in joined), default=0)
    for rang, cases in zip(table.rangs, joined, strict=True):
        yield Ligne(f"{cases.ljust(width)} : {write_effect(rang.effet)}", 4, rang.span.debut, rang.span.fin)
    if table.suite is not None:
        yield Ligne(_suite(table.suite), 4, table.suite.span.debut, table.suite.span.fin)
    if table.plafond is not None:
        text = f"plafond {write_expression(table.plafond)}"
        place = table.plafond.span
        yield Ligne(text, 2 if table.mot == "selon" else 4, place.debut, place.fin)


def _suite(suite: tree.Suite) -> str:
    kind = "entamée" if suite.entamee else "révolue"
    return f"puis, par tranche de {write_quantity(suite.tranche)} {kind} : {write_quantity(suite.pas)} de plus"


def _words(clause: tree.Clause) -> str:
    """A clause on one line, unpadded."""
    source = getattr(clause, "source", None)
    after = f" source {write_text(source)}" if isinstance(source, tree.Texte) else ""
    return _bare(clause) + after


def _bare(clause: tree.Clause) -> str:
    match clause:
        case tree.ClauseTexte():
            return f"{clause.mot} {write_text(clause.texte)}"
        case tree.ClauseSansCadre():
            return f"sans cadre national motif {write_text(clause.motif)}"
        case tree.ClauseEntier():
            return f"{clause.mot} {clause.valeur}"
        case tree.ClauseVigueur():
            return f"vigueur du {write_date(clause.du)}" + (f" au {write_date(clause.au)}" if clause.au else "")
        case tree.ClauseStatut(adopte_le=None):
            return "statut projet"
        case tree.ClauseStatut():
            assert clause.adopte_le is not None
            by = f" par {write_text(clause.par)}" if clause.par else ""
            return f"statut adopté le {write_date(clause.adopte_le)}{by}"
        case tree.ClauseDonne():
            return f"donne {write_quantity(clause.part)}"
        case tree.ClauseMot():
            return clause.mot
        case tree.ClauseBorne():
            return f"{clause.op} {write_expression(clause.valeur)}"
        case tree.ClauseEntre():
            return f"entre {write_expression(clause.bas)} et {write_expression(clause.haut)}"
        case tree.ClauseDefaut():
            return f"à défaut {write_expression(clause.valeur)}"
        case tree.ClauseScore(mode="arrondi"):
            return f"score arrondi à {write_quantity(clause.pas)} avant comparaison"
        case tree.ClauseScore():
            return f"score affiché à {write_quantity(clause.pas)}"
        case tree.ClauseScoreCalcule():
            return f"score = {clause.calcul.nom}"
        case tree.ClauseSansReponse():
            return f"sans réponse : {clause.niveau.nom}"
        case tree.ClauseTotal():
            sector = f"{clause.secteur.nom} " if clause.secteur else ""
            share = f" soit {write_quantity(clause.soit)}" if clause.soit else ""
            return f"total {sector}{write_quantity(clause.quantite)}{share}"
        case tree.ClauseQuantite():
            return f"{'arrondi à' if clause.mot == 'arrondi' else clause.mot} {write_quantity(clause.quantite)}"
        case tree.ClauseSecteurs(tous=True):
            return "secteurs tous" + (f" sauf {write_names(clause.sauf)}" if clause.sauf else "")
        case tree.ClauseSecteurs():
            return f"secteurs {write_names(clause.noms)}"
        case tree.ClauseNoms():
            return f"{clause.mot} {write_names(clause.noms)}"
        case tree.ClauseSens():
            return f"sens {clause.sens}"
        case tree.ClauseDate():
            return f"{clause.mot} {write_date(clause.valeur)}"
        case tree.ClauseNom():
            return f"{clause.mot} {clause.nom.nom}"
        case tree.ClauseSuite():
            return _suite(clause.suite)
        case tree.ClauseVariante():
            return f"variante {write_names(clause.secteurs)} : {_words(clause.clause)}"
        case tree.ClauseDelai():
            return f"délai {clause.tard.nom} au moins {write_quantity(clause.duree)} après {clause.tot.nom}"
        case tree.ClauseAvec() | tree.ClauseAttendu():
            word = "avec" if isinstance(clause, tree.ClauseAvec) else "attendu"
            return f"{word} {write_driver(clause.cible)} {clause.op} {write_expression(clause.valeur)}"
        case tree.ClauseAvecAutres():
            return f"avec autres critères = {clause.niveau.nom}"
        case tree.Propriete():
            return _property(clause)
    raise TypeError(type(clause).__name__)


def _property(p: tree.Propriete) -> str:
    body = write_expression(p.expression) if p.expression is not None else ""
    match p.forme:
        case "expression":
            return body + (f" lorsque {write_expression(p.lorsque)}" if p.lorsque is not None else "")
        case "chaque":
            return f"chaque {p.decision} {p.op} {body}"
        case "total_des":
            return f"total des {p.decision}s {p.op} {body}"
        case "aucune":
            return f"aucune {p.decision}"
        case "croissant_niveaux":
            return f"{body} {p.sens} selon niveaux"
    assert p.selon is not None
    return f"{body} {p.sens} selon {p.selon.nom}"
