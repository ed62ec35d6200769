"""Reading on after a fault: what cannot be read is set aside, the rest of its declaration is kept.

A fault is reported once. What it makes unreadable further on is not; a fault elsewhere is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import islice

from caqes_dsl.base.diagnostics import Diagnostic
from caqes_dsl.base.source import Source, Span

from . import tree
from .build import ACTIONS, CLAUSE_WORDS, GENRES
from .lexer import MAX_FAULTS, Jeton
from .limits import excess
from .mistakes import (
    CLAUSE_STARTS,
    Attente,
    describe_mistake,
    guess_heading,
    keyword_missing,
    limit_passed,
    said_twice,
    unclosed_parenthesis,
    unfinished_choice,
)
from .placement import CLAUSES, check_clauses, check_words, misplaced
from .reading import Echec, opening, read_chunk, taught_faults

_RETRIES = 12
_TYPED = frozenset(["DONNEE", "PARAMETRE", "CALCUL"])
_IN_ROWS = frozenset(["PARAMETRE", "NOTATION", "CALENDRIER"])
"""Declarations in which every line may be a clause, whatever its first word."""

_WANTS = frozenset(["CALCUL", "LIMITE", "CONTROLE", "NOTATION", "CALENDRIER"])
"""Declarations that the grammar wants something in."""

_MAY_REPEAT = frozenset(["OUVRE", "FERME", "TIRET", "NON"])
_BARE = frozenset(["NOTATION", "CALENDRIER"])


class Reader:
    """Reads chunks, and mends what it can. `names_lost`: a declaration's name could not be read; `header_lost`: the
    file's header could not; `stopped`: too many faults, the rest is not read. `refused`: where the lexer left something
    out, so that a word may be wanting there. `unclosed`: where a text opens that nothing closes: it may have swallowed
    clauses."""

    def __init__(
        self, source: Source, words: Mapping[str, str], refused: Sequence[int] = (), unclosed: Sequence[int] = ()
    ) -> None:
        self.source, self.words, self.refused, self.unclosed = source, words, refused, unclosed
        self.found: list[Diagnostic] = []
        self.names_lost = self.header_lost = self.stopped = False
        self.end = 0

    def read(self, chunk: list[Jeton], end: int) -> list[tree.Declaration]:
        """The declaration of a chunk that goes as far as `end`; none when not even its heading reads; several when a
        keyword was forgotten."""
        self.end = end
        passed = excess(chunk)
        if self.stopped:
            return []
        if passed is not None:
            self.found.append(passed)
            return self._heading(chunk)
        found: list[tree.Declaration] = []
        default, mended = "politique", False
        while not self._enough(chunk[0]):
            if chunk[0].type not in GENRES and chunk[0].type not in ACTIONS:
                meant = self._with_keyword(chunk, default)
                if meant is None:
                    break
                chunk, default, mended = meant, "", True
            parsed = read_chunk(chunk)
            if isinstance(parsed, tree.Declaration) or not self._begins_declaration(chunk, parsed):
                read = self._checked(parsed) if isinstance(parsed, tree.Declaration) else self._mend(chunk, parsed)
                return [*found, *(replace(d, abimee=d.abimee or mended) for d in read)]
            before = read_chunk(chunk[: parsed.index])
            assert isinstance(before, tree.Declaration)
            found += (replace(d, abimee=d.abimee or mended) for d in self._checked(before))
            chunk, default, mended = chunk[parsed.index :], "", False
        return found

    def _checked(self, parsed: tree.Declaration) -> list[tree.Declaration]:
        """A declaration that reads, and what its clauses have of wrong."""
        placed = [*check_clauses(parsed), *check_words(parsed)]
        self.found += placed
        swallowed = any(parsed.span.debut <= at < self.end for at in self.unclosed)
        return [replace(parsed, abimee=True) if placed or swallowed else parsed]

    def _enough(self, jeton: Jeton) -> bool:
        """Whether there are too many faults; says then that reading stops: what follows is neither read nor known."""
        if len(self.found) <= MAX_FAULTS:
            return False
        self.names_lost = self.stopped = True
        aide = "Corrigez d'abord les premières ; s'il s'agit d'un autre genre de fichier, ce n'est pas une politique."
        self.found.append(limit_passed(f"Plus de {MAX_FAULTS} fautes : la lecture s'arrête ici.", jeton.span, aide))
        return True

    # ------------------------------------------------------------ a keyword forgotten or misspelt

    def _begins_declaration(self, chunk: Sequence[Jeton], failure: Echec) -> bool:
        """Whether reading stopped at a line that names and entitles something, after what could end there."""
        i = failure.index
        if i >= len(chunk) or "$END" not in failure.acceptes or not self._begins_line(chunk[i]):
            return False
        kinds = [j.type for j in chunk[i : i + 3]]
        return kinds[:2] == ["NAME", "STRING"] or kinds in (["NAME", "NAME", "STRING"], ["DATE", "NAME", "STRING"])

    def _with_keyword(self, chunk: list[Jeton], default: str) -> list[Jeton] | None:
        """What follows a keyword that is missing or misspelt, under the one that was meant; None when none shows."""
        kinds = [j.type for j in chunk[:3]]
        head, rest = chunk[0], chunk
        if kinds[:2] == ["NAME", "STRING"] or kinds == ["DATE", "NAME", "STRING"]:
            meant = "calendrier" if kinds[0] == "DATE" else default
            self.found.append(keyword_missing(head, meant))
        else:
            heads = frozenset((*GENRES, *ACTIONS))
            self.found.append(describe_mistake(Attente(head, head, heads, "", False, ""), self.words))
            meant, rest = guess_heading(head.texte) if head.type == "NAME" else "", chunk[1:]
        terminal = next((t for t, word in self.words.items() if word == meant and (t in GENRES or t in ACTIONS)), "")
        if not terminal or not rest:
            self.names_lost = True
            return None
        return [Jeton(terminal, meant, self.source, head.debut, head.fin if rest is not chunk else head.debut), *rest]

    # ------------------------------------------------------------ mending

    def _mend(self, chunk: list[Jeton], failure: Echec) -> list[tree.Declaration]:
        """Reports the fault, sets its clause aside, reads the rest; further faults only where the cut was clean."""
        written, clean, torn, last = chunk, True, set[int](), 0
        for _ in range(_RETRIES):
            shorter = self._once(chunk, failure) if clean else None
            if shorter is None:
                if clean and not self._spoiled(chunk, failure):
                    self._say(self._fault(chunk, failure))
                shorter = self._with_heading(chunk, failure)
                clean = True
            if shorter is None:
                start, end, clean = self._set_aside(chunk, failure, torn)
                if start >= end:
                    break
                shorter, last = [*chunk[:start], *chunk[end:]], start
            chunk = shorter
            parsed = read_chunk(chunk)
            if isinstance(parsed, tree.Declaration):
                return self._mended(parsed, written, torn)
            failure = parsed
            # At the end, what was set aside may be what is wanting.
            whole = not any(j.type in _WANTS for j in chunk[:2]) and last < len(chunk)
            clean = clean and (failure.index < len(chunk) or whole)
        return self._heading(written)

    def _mended(self, parsed: tree.Declaration, written: Sequence[Jeton], torn: set[int]) -> list[tree.Declaration]:
        """What was read, without the tables of which a row was set aside; its clauses checked as far as they stand."""
        heading = self._heading(written)
        if not heading:
            return []
        clauses = tuple(c for c in parsed.clauses if c.span.debut not in torn)
        declaration = replace(
            parsed, clauses=clauses, nom=heading[0].nom, titre=heading[0].titre, span=heading[0].span,
            entete=heading[0].entete, abimee=True,
        )  # fmt: skip
        inherits = any(c.mot == "reprend" for c in clauses if isinstance(c, tree.ClauseTexte))
        self.names_lost |= not inherits and any(j.type == "REPREND" for j in written)
        orphans = ("« plafond »", "« puis »")  # a table set aside leaves its plafond
        self.found += [d for d in check_clauses(declaration) if not d.message.startswith(orphans)]
        self.found += check_words(declaration)
        return [declaration]

    def _once(self, chunk: list[Jeton], failure: Echec) -> list[Jeton] | None:
        """The chunk without a word said twice in a row, when that was the fault."""
        index = min(failure.index, len(chunk) - 1)
        start = next((i for i in range(index - 1, -1, -1) if self._opens_clause(chunk[i])), 0)
        pairs = (
            i
            for i in range(index, start, -1)
            if chunk[i - 1].type == chunk[i].type
            and chunk[i - 1].texte == chunk[i].texte
            and chunk[i].type not in _MAY_REPEAT
        )
        for i in islice(pairs, 2):
            shorter = [*chunk[:i], *chunk[i + 1 :]]
            again = read_chunk(shorter)
            if isinstance(again, tree.Declaration) or again.index >= max(failure.index, i + 1):
                self.found.append(said_twice(chunk[i - 1], chunk[i]))
                return shorter
        return None

    def _spoiled(self, chunk: Sequence[Jeton], failure: Echec) -> bool:
        """Whether a sign already refused stands where reading stopped: it is the fault."""
        before = chunk[max(failure.index - 1, 0)].debut
        end = chunk[failure.index].fin if failure.index < len(chunk) else self.end
        spoiled = any(before <= at < end for at in self.refused)
        self.names_lost |= spoiled and failure.index <= _heading_end(chunk)
        return spoiled

    def _say(self, fault: Diagnostic) -> None:
        """Reports a fault, unless it was reported just before: what was set aside may leave the same one."""
        if not any(d.message == fault.message and d.span == fault.span for d in self.found[-3:]):
            self.found.append(fault)

    def _fault(self, chunk: Sequence[Jeton], failure: Echec) -> Diagnostic:
        index = failure.index
        jeton = chunk[index] if index < len(chunk) else None
        avant = chunk[max(index - 1, 0)]
        clause = opening(chunk[:index])
        stop = (failure.etat, jeton.type if jeton else "$END", clause)
        taught = taught_faults().find(stop, jeton.texte if jeton else "")
        if taught is not None:
            return taught.answer(jeton or avant, avant)
        opened = _unclosed(chunk[:index])
        if opened is not None and "FERME" in failure.acceptes:
            return unclosed_parenthesis(opened)
        choice = unfinished_choice(chunk[:index], failure.acceptes)
        if choice is not None:
            return choice
        genre = next((GENRES[j.type] for j in chunk[:2] if j.type in GENRES), "")
        following = chunk[index + 1].type if index + 1 < len(chunk) else ""
        if jeton is not None and "$END" in failure.acceptes and following != "OUVRE":
            word = CLAUSE_WORDS.get(jeton.type, self.words.get(jeton.type, ""))
            said = jeton.type != "A_DEFAUT" or self._begins_line(jeton)  # it is an operator too
            known = said and jeton.type in CLAUSE_STARTS and any(word in words for words in CLAUSES.values())
            if known and word not in CLAUSES[genre]:
                return misplaced(jeton.span, word, genre)
        attente = Attente(jeton, avant, failure.acceptes, clause, self._begins_line(jeton), genre)
        return describe_mistake(attente, self.words)

    # ------------------------------------------------------------ places

    def _begins_line(self, jeton: Jeton | None) -> bool:
        if jeton is None:
            return True
        text, at = self.source.texte, jeton.debut - 1
        while at >= 0 and text[at] != "\n" and text[at].isspace():
            at -= 1
        return at < 0 or text[at] == "\n"

    def _opens_clause(self, jeton: Jeton) -> bool:
        return jeton.type in CLAUSE_STARTS and self._begins_line(jeton)

    @staticmethod
    def _in_table(jeton: Jeton) -> bool:
        """Whether this word opens a clause that may hold rows."""
        return jeton.type in ("SEUILS", "SELON", "VARIANTE")

    def _set_aside(self, chunk: Sequence[Jeton], failure: Echec, torn: set[int]) -> tuple[int, int, bool]:
        """Bounds of what to set aside around a fault, a row or a clause, and whether it is whole lines."""
        heading = _heading_end(chunk)
        at = min(failure.index, len(chunk) - 1)
        if at == failure.index and at > heading and self._begins_line(chunk[at]) and "$END" not in failure.acceptes:
            at -= 1  # the line before stopped short
        start = next((i for i in range(at, heading - 1, -1) if self._opens_clause(chunk[i])), heading)
        if at == failure.index and at > heading and self._begins_line(chunk[at]) and not self._in_table(chunk[start]):
            start = at  # the line before was complete
        end = next((i for i in range(max(at, start) + 1, len(chunk)) if self._opens_clause(chunk[i])), len(chunk))
        table = start < len(chunk) and self._in_table(chunk[start])
        if table or any(j.type in _IN_ROWS for j in chunk[:2]):
            lines = [i for i in range(start + table, end) if self._begins_line(chunk[i])]
            row = next((i for i in reversed(lines) if i <= at), None)
            if row is not None and len(lines) > 1:
                if table:
                    torn.add(chunk[start].debut)
                return row, next((i for i in lines if i > row), end), True
        clean = start < len(chunk) and self._begins_line(chunk[start])
        return start, end, clean and (end == len(chunk) or self._begins_line(chunk[end]))

    # ------------------------------------------------------------ headings

    def _with_heading(self, chunk: list[Jeton], failure: Echec) -> list[Jeton] | None:
        """The chunk under a heading made whole, when that is where it stops; None when nothing can be done."""
        first = 1 + (chunk[0].type in ACTIONS)
        genre = next((j.type for j in chunk[:2] if j.type in GENRES), "")
        if not genre or genre in _BARE or failure.index > _heading_end(chunk):
            return None
        rest = self._heading_stops(chunk, first, genre)
        region = chunk[first:rest]
        at = chunk[first - 1].fin
        names = _joined([j for j in region if j.type == "NAME"], region) or [Jeton("NAME", "_", self.source, at, at)]
        titles = [j for j in region if j.type == "STRING"] or [Jeton("STRING", "", self.source, at, at)]
        whole = chunk[:first]
        whole += names[:1] if genre != "EXEMPLE" else []
        whole += titles[:1] if chunk[0].type not in ("MODIFIE", "SUPPRIME") else []
        untyped = genre in _TYPED and chunk[0].type not in ("MODIFIE", "SUPPRIME")
        if (untyped and (rest >= len(chunk) or chunk[rest].type != "DEUX_POINTS")) or whole == chunk[:rest]:
            return None
        return [*whole, *chunk[rest:]]

    def _heading_stops(self, chunk: Sequence[Jeton], first: int, genre: str) -> int:
        """Where the clauses begin after a heading that does not read."""
        typed = genre in _TYPED or genre == "BAREME"
        clauses = [
            i
            for i in range(first, len(chunk))
            if (chunk[i].type in CLAUSE_STARTS and (i > first or self._begins_line(chunk[i])))
            or chunk[i].type == "APRES"
            or (typed and chunk[i].type == "DEUX_POINTS")
        ]
        begins = [i for i in clauses if self._begins_line(chunk[i]) or chunk[i].type in ("DEUX_POINTS", "APRES")]
        limit = next(iter(begins or clauses), len(chunk))
        if genre in ("LIMITE", "CONTROLE"):  # a property opens by any word
            return next((i + 1 for i in range(first, limit) if chunk[i].type == "STRING"), limit)
        return limit

    def _heading(self, chunk: Sequence[Jeton]) -> list[tree.Declaration]:
        """What is left of a declaration whose clauses do not read: its kind, its name, its title."""
        kinds = [j for j in chunk[:2] if j.type in GENRES]
        if not kinds:
            self.names_lost = True
            return []
        genre = GENRES[kinds[0].type]
        self.header_lost = self.header_lost or genre == "politique"
        end = self._heading_stops(chunk, 1 + (chunk[0].type in ACTIONS), kinds[0].type)
        spaced = _joined([j for j in chunk[:end] if j.type == "NAME"], chunk[:end])
        end = max(min(end, _heading_end(chunk) + 1), 1)
        written = spaced if len(spaced) == 1 else [j for j in chunk[:end] if j.type == "NAME"]
        names = [tree.Nom(j.span, j.texte) for j in written]
        titles = [tree.Texte(j.span, j.texte) for j in chunk[:end] if j.type == "STRING"]
        if not names and kinds[0].type not in (*_BARE, "EXEMPLE"):
            self.names_lost = True
            return []
        head = Span(self.source, chunk[0].debut, chunk[end - 1].fin)
        place = Span(self.source, chunk[0].debut, chunk[-1].fin)
        name, title = next(iter(names), None), next(iter(titles), None)
        return [tree.Declaration(place, genre, name, title, (), head, ACTIONS.get(chunk[0].type, ""), abimee=True)]


def _joined(names: list[Jeton], region: Sequence[Jeton]) -> list[Jeton]:
    """Several words before a title are one name badly written: the first of them may be the name of something else."""
    title = next((j.debut for j in region if j.type == "STRING"), -1)
    if len(names) < 2 or any(n.debut > title for n in names):
        return names
    first, last = names[0], names[-1]
    return [Jeton("NAME", "_".join(n.texte for n in names), first.source, first.debut, last.fin)]


def _heading_end(chunk: Sequence[Jeton]) -> int:
    """Index after the keyword, the name and the title."""
    i = 1 + (chunk[0].type in ACTIONS)
    kind = chunk[min(i, len(chunk)) - 1].type
    for wanted in () if kind in _BARE else ("STRING",) if kind == "EXEMPLE" else ("NAME", "STRING"):
        if i < len(chunk) and chunk[i].type == wanted:
            i += 1
    return i


def _unclosed(chunk: Sequence[Jeton]) -> Jeton | None:
    opened: list[Jeton] = []
    for jeton in chunk:
        if jeton.type == "OUVRE":
            opened.append(jeton)
        elif jeton.type == "FERME" and opened:
            opened.pop()
    return opened[-1] if opened else None
