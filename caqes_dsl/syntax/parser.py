"""A source read into a `Fichier`, with every mistake of form it holds.

The file is cut where a keyword opens a declaration; each declaration is parsed alone, so that a fault in one never
hides the next. When a sentence does not read, its clause is set aside and the rest of the declaration is kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

from lark.exceptions import UnexpectedToken

from caqes_dsl.base.diagnostics import Correction, Diagnostic, Etiquette
from caqes_dsl.base.source import Source, Span

from . import tree
from .automaton import automaton, grammar_texts
from .build import _WORDS as CLAUSE_WORDS
from .build import ACTIONS, GENRES, Constructeur
from .fautes import Arret, Fautes, read_fautes
from .lexer import Jeton, Lecture, read_tokens, spellings
from .mistakes import Attente, describe_mistake, limit_passed, unclosed_parenthesis
from .placement import check_clauses

MAX_DEPTH, MAX_OPERATORS, MAX_WORDS, MAX_CRITERES, MAX_FAULTS = 64, 200, 20_000, 2_000, 500
"""Parentheses within one another; operators of one clause; words of one declaration; critères of a file; faults after
which reading stops."""

EDITION = 1

_CLAUSE_STARTS = frozenset(CLAUSE_WORDS) | {
    *("SANS_CADRE", "VIGUEUR", "STATUT", "DONNE", "SECTEURS", "SANS_REPONSE", "SELON", "PUIS", "AVEC", "ATTENDU"),
    *("AUTRES_CRITERES", "DELAI", "A_DEFAUT", "SANS", "LORSQUE"),
}
_OPERATORS = frozenset(["PLUS_SIGNE", "TIRET", "FOIS", "SUR", "ET", "OU", "NON", "SI", "A_DEFAUT"])
_RETRIES = 12


@cache
def _lark() -> object:
    return automaton(Constructeur())


def parse(source: Source) -> tuple[tree.Fichier, tuple[Diagnostic, ...]]:
    """The file and its mistakes, in the order of the text; never raises."""
    words, _ = grammar_texts()
    lecture = read_tokens(source, words)
    found = list(lecture.diagnostics)
    edition, jetons = _edition(source, lecture, found)
    reader = _Reader(source, spellings(words))
    politique: tree.Declaration | None = None
    declarations: list[tree.Declaration] = []
    for chunk in chunks(jetons):
        if len(reader.found) > MAX_FAULTS:
            reader.stop(chunk[0])
            break
        declaration = reader.declaration(chunk)
        if declaration is None:
            continue
        if declaration.genre == "politique":
            if politique is None and not declarations:
                politique = declaration
            else:
                reader.found.append(_header_again(declaration, politique))
        else:
            declarations.append(declaration)
    found += reader.found
    if politique is None and not any(d.code == "CAQ109" for d in found) and not reader.header_lost:
        found.append(_no_header(source, jetons))
    found += _too_many(declarations)
    found.sort(key=lambda d: d.span.debut if d.span else 0)
    fichier = tree.Fichier(source, edition, politique, tuple(declarations), lecture.commentaires, reader.names_lost)
    return fichier, tuple(found)


# ---------------------------------------------------------------- edition and header


def is_edition(jetons: Sequence[Jeton]) -> bool:
    """Whether the text begins by its edition, `caqes 1`."""
    return len(jetons) >= 2 and jetons[0].texte == "caqes" and jetons[1].type == "NUMBER"


def _edition(source: Source, lecture: Lecture, found: list[Diagnostic]) -> tuple[int | None, list[Jeton]]:
    jetons = lecture.jetons
    if is_edition(jetons):
        number = jetons[1]
        if number.texte != str(EDITION):
            found.append(
                Diagnostic(
                    "CAQ107",
                    f"L'édition « {number.texte} » n'est pas connue ; cette version lit l'édition {EDITION}.",
                    number.span,
                    aide=f"Écrivez « caqes {EDITION} », ou installez une version plus récente.",
                )
            )
        return EDITION, jetons[2:]
    from caqes_dsl.base.diagnostics import Severite

    start = Span(source, 0, 0)
    found.append(
        Diagnostic(
            "CAQ106",
            "La première ligne ne dit pas l'édition de la langue.",
            start,
            Severite.AVERTISSEMENT,
            aide=f"Ajoutez « caqes {EDITION} » en première ligne.",
            correction=Correction(start, f"caqes {EDITION}\n\n"),
        )
    )
    return None, jetons


def _header_again(declaration: tree.Declaration, first: tree.Declaration | None) -> Diagnostic:
    if first is None:
        return Diagnostic(
            "CAQ109",
            "L'en-tête « politique » vient après d'autres déclarations.",
            declaration.entete,
            aide="Placez-le en tête du fichier.",
        )
    return Diagnostic(
        "CAQ109",
        "Ce fichier a deux en-têtes « politique ».",
        declaration.entete,
        etiquettes=(Etiquette(first.entete, "le premier"),),
        aide="Une politique par fichier : séparez-les.",
    )


def _no_header(source: Source, jetons: Sequence[Jeton]) -> Diagnostic:
    place = jetons[0].span if jetons else Span(source, 0, 0)
    return Diagnostic(
        "CAQ109",
        "Ce fichier n'a pas d'en-tête « politique ».",
        place,
        aide="Commencez par « politique normandie_2018 « CAQES Normandie 2018 » ».",
    )


def _too_many(declarations: Sequence[tree.Declaration]) -> Iterator[Diagnostic]:
    criteres = [d for d in declarations if d.genre == "critère"]
    if len(criteres) > MAX_CRITERES:
        yield limit_passed(
            f"Ce fichier a plus de {MAX_CRITERES} critères.", criteres[MAX_CRITERES].entete, "Répartissez-les."
        )


# ---------------------------------------------------------------- declarations


def chunks(jetons: Sequence[Jeton]) -> Iterator[list[Jeton]]:
    """Tokens from one declaration's keyword to the next.

    A keyword opens a declaration but after `modifie`, `remplace`, `supprime`, `chaque`, `aucune` and « : », or before
    a parenthesis (`niveau(C1)`).
    """
    current: list[Jeton] = []
    for i, jeton in enumerate(jetons):
        before = jetons[i - 1].type if i else ""
        after = jetons[i + 1].type if i + 1 < len(jetons) else ""
        opens = jeton.type in ACTIONS or (
            jeton.type in GENRES
            and before not in (*ACTIONS, "CHAQUE", "AUCUNE", "DEUX_POINTS")
            and not (jeton.type == "NIVEAU" and after == "OUVRE")
        )
        if opens and current:
            yield current
            current = []
        current.append(jeton)
    if current:
        yield current


@dataclass(frozen=True, slots=True)
class _Echec:
    """Where a chunk stopped reading: index of the token (its length at the end), what was accepted there, and the
    state of the automaton."""

    index: int
    acceptes: frozenset[str]
    etat: int


class _Reader:
    """Parses chunks, and mends what it can."""

    def __init__(self, source: Source, words: dict[str, str]) -> None:
        self.source, self.words = source, words
        self.found: list[Diagnostic] = []
        self.names_lost = False
        self.header_lost = False

    def declaration(self, chunk: list[Jeton]) -> tree.Declaration | None:
        """The declaration of a chunk; None when not even its heading reads."""
        head = chunk[0]
        if head.type not in GENRES and head.type not in ACTIONS:
            self.found.append(self._stray(chunk))
            self.names_lost = True
            return None
        excess = _excess(chunk)
        if excess is not None:
            self.found.append(excess)
            return self._heading(chunk)
        parsed = self._parse(chunk)
        if isinstance(parsed, tree.Declaration):
            placed = [*check_clauses(parsed), *_check_words(parsed)]
            self.found += placed
            return replace(parsed, abimee=True) if placed else parsed
        return self._mend(chunk, parsed)

    def _parse(self, chunk: Sequence[Jeton]) -> tree.Declaration | _Echec:
        start = "entete" if chunk[0].type == "POLITIQUE" else "declaration"
        interactive = _lark().parse_interactive(start=start)  # type: ignore[attr-defined]  # a Lark
        for index, jeton in enumerate(chunk):
            try:
                interactive.feed_token(jeton)
            except UnexpectedToken:
                return _Echec(index, frozenset(interactive.accepts()), interactive.parser_state.position)
        try:
            result = interactive.feed_token(Jeton("$END", "", self.source, chunk[-1].fin, chunk[-1].fin))
        except UnexpectedToken:
            return _Echec(len(chunk), frozenset(interactive.accepts()), interactive.parser_state.position)
        assert isinstance(result, tree.Declaration)
        return result

    def stop(self, jeton: Jeton) -> None:
        """Says that reading stops here: what follows is neither read nor known."""
        self.names_lost = True
        aide = "Corrigez d'abord les premières ; s'il s'agit d'un autre genre de fichier, ce n'est pas une politique."
        self.found.append(limit_passed(f"Plus de {MAX_FAULTS} fautes : la lecture s'arrête ici.", jeton.span, aide))

    # ------------------------------------------------------------ mending

    def _mend(self, chunk: list[Jeton], failure: _Echec) -> tree.Declaration | None:
        """Reports the fault, sets its clause aside, reads the rest; further faults only where the cut was clean."""
        self.found.append(self._fault(chunk, failure))
        for _ in range(_RETRIES):
            start, end, clean = self._clause_around(chunk, failure.index)
            if start is None:
                break
            chunk = [*chunk[:start], *chunk[end:]]
            parsed = self._parse(chunk)
            if isinstance(parsed, tree.Declaration):
                return replace(parsed, abimee=True)
            failure = parsed
            if clean and failure.index < len(chunk):  # at the end, what was set aside is what is wanting
                self.found.append(self._fault(chunk, failure))
        return self._heading(chunk)

    def _fault(self, chunk: Sequence[Jeton], failure: _Echec) -> Diagnostic:
        index = failure.index
        jeton = chunk[index] if index < len(chunk) else None
        avant = chunk[max(index - 1, 0)]
        clause = _opening(chunk[:index])
        taught = _fautes().find((failure.etat, jeton.type if jeton else "$END", clause), jeton.texte if jeton else "")
        if taught is not None:
            return taught.answer(jeton or avant, avant)
        opened = _unclosed(chunk[:index])
        if opened is not None and "FERME" in failure.acceptes:
            return unclosed_parenthesis(opened)
        genre = next((GENRES[j.type] for j in chunk[:2] if j.type in GENRES), "")
        attente = Attente(jeton, avant, failure.acceptes, clause, self._begins_line(jeton), genre)
        return describe_mistake(attente, self.words)

    def _begins_line(self, jeton: Jeton | None) -> bool:
        if jeton is None:
            return True
        line = self.source.texte.rfind("\n", 0, jeton.debut) + 1
        return not self.source.texte[line : jeton.debut].strip()

    def _clause_around(self, chunk: Sequence[Jeton], index: int) -> tuple[int | None, int, bool]:
        """Bounds of the clause to set aside around a fault, and whether both stand at the start of a line."""
        heading = self._heading_end(chunk)
        at = min(index, len(chunk) - 1)
        if (
            at == index
            and at > heading
            and self._opens_clause(chunk[at])
            and chunk[at - 1].type not in ("DEUX_POINTS",)
        ):
            at -= 1  # the clause before stopped short
        start = next((i for i in range(at, heading - 1, -1) if self._opens_clause(chunk[i])), None)
        if start is None:
            start = heading if heading <= at else None
        if start is None:
            return None, 0, False
        end = next((i for i in range(max(at, start) + 1, len(chunk)) if self._opens_clause(chunk[i])), len(chunk))
        clean = self._begins_line(chunk[start]) and (end == len(chunk) or self._begins_line(chunk[end]))
        return start, end, clean

    def _opens_clause(self, jeton: Jeton) -> bool:
        return jeton.type in _CLAUSE_STARTS and self._begins_line(jeton)

    @staticmethod
    def _heading_end(chunk: Sequence[Jeton]) -> int:
        """Index after the keyword, the name and the title."""
        i = 1 + (chunk[0].type in ACTIONS)
        for wanted in ("NAME", "STRING"):
            if i < len(chunk) and chunk[i].type == wanted:
                i += 1
        return i

    def _heading(self, chunk: Sequence[Jeton]) -> tree.Declaration | None:
        """What is left of a declaration whose clauses do not read: its kind, its name, its title."""
        kinds = [j for j in chunk[:2] if j.type in GENRES]
        if not kinds:
            self.names_lost = True
            return None
        genre = GENRES[kinds[0].type]
        self.header_lost = self.header_lost or genre == "politique"
        end = self._heading_end(chunk)
        names = [tree.Nom(j.span, j.texte) for j in chunk[:end] if j.type == "NAME"]
        titles = [tree.Texte(j.span, j.texte) for j in chunk[:end] if j.type == "STRING"]
        if not names and genre not in ("notation", "calendrier", "exemple"):
            self.names_lost = True
            return None
        head = Span(self.source, chunk[0].debut, chunk[end - 1].fin)
        action = ACTIONS.get(chunk[0].type, "")
        place = Span(self.source, chunk[0].debut, chunk[-1].fin)
        name, title = next(iter(names), None), next(iter(titles), None)
        return tree.Declaration(place, genre, name, title, (), head, action, abimee=True)

    def _stray(self, chunk: Sequence[Jeton]) -> Diagnostic:
        """Words before the first declaration."""
        head = chunk[0]
        kinds = frozenset((*GENRES, *ACTIONS))
        return describe_mistake(Attente(head, head, kinds, "", False, ""), self.words)


def _opening(chunk: Sequence[Jeton]) -> str:
    """The terminal that opened the clause where a chunk stops."""
    return next((j.type for j in reversed(chunk) if j.type in _CLAUSE_STARTS or j.type in GENRES), "")


@cache
def _fautes() -> Fautes:
    return Fautes(read_fautes(), locate)


def locate(exemple: str) -> Arret:
    """Where a faulty sentence stops being read. Errors: ValueError when it reads."""
    words, _ = grammar_texts()
    source = Source.from_text("faute", exemple)
    reader = _Reader(source, spellings(words))
    for chunk in chunks(read_tokens(source, words).jetons):
        failure = reader._parse(chunk)
        if isinstance(failure, _Echec):
            kind = chunk[failure.index].type if failure.index < len(chunk) else "$END"
            return failure.etat, kind, _opening(chunk[: failure.index])
    raise ValueError(f"Cette phrase se lit sans faute : {exemple}")


def _unclosed(chunk: Sequence[Jeton]) -> Jeton | None:
    opened: list[Jeton] = []
    for jeton in chunk:
        if jeton.type == "OUVRE":
            opened.append(jeton)
        elif jeton.type == "FERME" and opened:
            opened.pop()
    return opened[-1] if opened else None


def _excess(chunk: Sequence[Jeton]) -> Diagnostic | None:
    """CAQ110: parentheses too deep, or a clause with too many operators for one sentence."""
    if len(chunk) > MAX_WORDS:
        return limit_passed(
            f"Cette déclaration a plus de {MAX_WORDS} mots.", chunk[MAX_WORDS].span, "Répartissez-la en plusieurs."
        )
    depth = operators = 0
    for jeton in chunk:
        if jeton.type == "OUVRE":
            depth += 1
        elif jeton.type == "FERME":
            depth -= 1
        if jeton.type in _OPERATORS:
            operators += 1
        elif jeton.type in _CLAUSE_STARTS or jeton.type == "DEUX_POINTS":
            operators = 0
        if depth > MAX_DEPTH:
            return limit_passed(
                f"Plus de {MAX_DEPTH} parenthèses s'emboîtent.", jeton.span, "Nommez une partie par un calcul."
            )
        if operators > MAX_OPERATORS:
            return limit_passed(
                f"Cette expression a plus de {MAX_OPERATORS} opérations.",
                jeton.span,
                "Nommez des parties par des calculs.",
            )
    return None


def _check_words(declaration: tree.Declaration) -> Iterator[Diagnostic]:
    """What the grammar reads more widely than the language allows."""
    for clause in declaration.clauses:
        match clause:
            case tree.ClauseScore() | tree.ClauseScoreCalcule():
                yield from _about_score(clause)
            case tree.ClauseAvec(op=op) if op != "=":
                yield Diagnostic("CAQ101", f"« avec … {op} » ne fixe rien.", clause.span, aide="Écrivez « = ».")
            case tree.ClauseTable():
                yield from _rows(clause)
            case tree.ClauseVariante(clause=tree.ClauseTable() as table):
                yield from _rows(table)


def _about_score(clause: tree.ClauseScore | tree.ClauseScoreCalcule) -> Iterator[Diagnostic]:
    words = clause.span.texte.split()
    if words[0] != "score" or (isinstance(clause, tree.ClauseScoreCalcule) and "=" not in clause.span.texte):
        yield Diagnostic(
            "CAQ101",
            f"« {words[0]} » ne se lit pas ici.",
            clause.span,
            aide="Écrivez « score arrondi à 1 % avant comparaison », « score affiché à 1 % » ou « score = CALCUL ».",
        )


def _rows(table: tree.ClauseTable) -> Iterator[Diagnostic]:
    for rang in table.rangs:
        for cas in rang.cas:
            if isinstance(cas, tree.CasValeurs) and not cas.valeurs:
                yield Diagnostic(
                    "CAQ101",
                    "« ≠ » n'est pas un rang.",
                    cas.span,
                    aide="Écrivez les valeurs prises, ou « autrement ».",
                )
