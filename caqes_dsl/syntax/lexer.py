"""Words of a source: tokens for the grammar, comments set aside, and what no grammar could say well.

Keywords come from `grammar/lexique.lark`; they are reserved in every position. Accents may be forgotten, except on
« à » (`a` is an ordinary name). A unit is a unit only after a number, so that `points` and `mois` stay names elsewhere.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from functools import cache

from caqes_dsl.base.diagnostics import Correction, Diagnostic
from caqes_dsl.base.source import Source, Span

from .signes import MAY_BE_FOREIGN, Signe, foreign_number, foreign_sign
from .tree import Commentaire

UNITES = {
    "%": "%", "pt": "pt", "point de %": "pt", "points de %": "pt", "point": "points", "points": "points", "€": "€",
    "k€": "k€", "M€": "M€", "jour": "jours", "jours": "jours", "semaine": "semaines", "semaines": "semaines",
    "mois": "mois", "an": "ans", "ans": "ans",
}  # fmt: skip
"""Spelling of a unit -> its canonical name."""

MAX_DIGITS, MAX_DECIMALS, MAX_NAME, MAX_TEXT, MAX_BACK = 30, 12, 128, 2000, 2
"""Digits of a number and after its comma; signs of a name and of a text; digits of `N-12`."""

MAX_FAULTS = 500
"""Faults after which reading stops."""

_SPACE = " \t\u00a0\u202f\u2009\u2007\u2002\u2003\u2008\u200a\u205f\u3000"
GROUPED = re.compile(rf"[0-9]{{1,3}}(?:[{_SPACE}][0-9]{{3}})+(?![0-9])(?:,[0-9]+)?|[0-9]+(?:,[0-9]+)?")
_HEADED = re.compile(rf"[{_SPACE}\n]+\w+[{_SPACE}\n]*[«“\"]")
_LISTED = re.compile(r"(?:,[0-9]+)+")
_POINTED = re.compile(r"[0-9]+\.[0-9]+")
DATE = re.compile(r"[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}(?![0-9])")
UNIT = re.compile(
    rf"[{_SPACE}]*(%|€|k€|M€|(?:points?[{_SPACE}\n]+de[{_SPACE}\n]*%|(?:points?|pt|jours?|semaines?|mois|ans?)(?!\w)))"
)
_NAME = re.compile(r"[^\W\d]\w*")
PERIODE = re.compile(r"N[-\u2011\u2013\u2212]([0-9]+)(?!\w)")
_BLANK = re.compile(rf"[{_SPACE}\n]+")
_CMP = {"≥": "≥", "≤": "≤", "≠": "≠", ">=": "≥", "<=": "≤", "<>": "≠", "<": "<", ">": ">", "=": "="}
_SIGNS = {
    ":": "DEUX_POINTS", ";": "POINT_VIRGULE", ",": "VIRGULE", "(": "OUVRE", ")": "FERME", "+": "PLUS_SIGNE",
    "-": "TIRET", "\u2212": "TIRET", "\u2013": "TIRET", "\u2011": "TIRET", "×": "FOIS", "*": "FOIS", "/": "SUR",
}  # fmt: skip
_HEADINGS = frozenset(
    ["SECTEUR", "NIVEAU", "DONNEE", "PARAMETRE", "VOLET", "CHAPITRE", "OBJECTIF", "CRITERE", "INDICATEUR", "CALCUL"]
    + ["BAREME", "SANCTION", "INTERESSEMENT", "PENALITE", "ENVELOPPE", "PIECE", "LIMITE", "CONTROLE"]
)
_UNSEEN = frozenset(["Cc", "Cf"])
"""What cannot be seen, or turns what follows around: refused in a comment too, where it could hide a clause."""

_OPENING, _CLOSING = {"«": "»", '"': '"', "“": "”"}, {"»", "”"}


@dataclass(frozen=True, slots=True)
class Jeton:
    """A token: its terminal (`type`, which Lark reads), its text (canonical for units and comparisons), its place."""

    type: str
    texte: str
    source: Source
    debut: int
    fin: int

    @property
    def span(self) -> Span:
        """Where it stands."""
        return Span(self.source, self.debut, self.fin)


@dataclass(frozen=True, slots=True)
class Lecture:
    """Tokens, comments and mistakes of a source; `coupee` when there were so many that the rest was not read."""

    jetons: list[Jeton]
    commentaires: tuple[Commentaire, ...]
    diagnostics: list[Diagnostic]
    coupee: bool = False


def strip_accents(word: str) -> str:
    """The word without accents, but for « à » alone, which is never « a »."""
    if word == "à":
        return word
    return "".join(c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c))


@cache
def keywords(lexique: str) -> tuple[dict[str, str], dict[str, list[tuple[re.Pattern[str], str]]]]:
    """Single words (without accents) -> terminal; first word of a phrase -> its patterns, longest first."""
    words: dict[str, str] = {}
    phrases: list[tuple[str, str]] = []
    for terminal, text in spellings(lexique).items():
        if re.fullmatch(r"\w+", text):
            words[strip_accents(text)] = terminal
        else:
            phrases.append((text, terminal))
    by_first: dict[str, list[tuple[re.Pattern[str], str]]] = {}
    for text, terminal in sorted(phrases, key=lambda p: -len(p[0])):
        first = strip_accents(re.split(r"[ ']", text)[0])
        by_first.setdefault(first, []).append((re.compile(_phrase(text) + r"(?!\w)"), terminal))
    return words, by_first


@cache
def spellings(lexique: str) -> dict[str, str]:
    """Terminal -> its canonical spelling, as `lexique.lark` gives it."""
    return dict(re.findall(r'^([A-Z_]+): "([^"]+)"$', lexique, re.MULTILINE))


def _phrase(text: str) -> str:
    parts = []
    for word in re.split(r"( |')", text):
        if word == " ":
            parts.append(rf"[{_SPACE}\n]+")
        elif word == "'":
            parts.append("['’]")
        elif word == "à":
            parts.append("à")
        else:
            parts.append("".join(c if strip_accents(c) == c else f"[{c}{strip_accents(c)}]" for c in word))
    return "".join(parts)


def read_tokens(source: Source, lexique: str) -> Lecture:
    """Every token of a source; never raises."""
    return _Reader(source, lexique).run()


class _Reader:
    def __init__(self, source: Source, lexique: str) -> None:
        self.source, self.text = source, source.texte
        self.words, self.phrases = keywords(lexique)
        self.tokens: list[Jeton] = []
        self.comments: list[Commentaire] = []
        self.found: list[Diagnostic] = []
        self.at = 0

    def error(
        self, code: str, message: str, start: int, end: int, aide: str, fix: str | None = None, certain: bool = True
    ) -> None:
        span = Span(self.source, start, end)
        correction = Correction(span, fix, certaine=certain) if fix is not None else None
        self.found.append(Diagnostic(code, message, span, aide=aide, correction=correction))

    def push(self, terminal: str, text: str, end: int) -> None:
        self.tokens.append(Jeton(terminal, text, self.source, self.at, end))
        self.at = end

    def run(self) -> Lecture:
        text = self.text
        while self.at < len(text):
            c = text[self.at]
            blank = _BLANK.match(text, self.at)
            if blank:
                self.at = blank.end()
            elif c == "#":
                self._comment()
            elif self.tokens and self.tokens[-1].type == "NUMBER" and (unit := UNIT.match(text, self.at)):
                self._unit(unit)
            elif c in _OPENING:
                self._text(c)
            elif c.isdigit():
                self._number()
            elif c == "N" and (period := PERIODE.match(text, self.at)):
                self._period(period)
            elif ((c.isalpha() or c == "_") and self._word()) or (c in MAY_BE_FOREIGN and self._foreign()):
                pass
            elif text[self.at : self.at + 2] in _CMP:
                self.push("CMP", _CMP[text[self.at : self.at + 2]], self.at + 2)
            elif c in _CMP:
                self.push("CMP", _CMP[c], self.at + 1)
            elif c in _SIGNS:
                self.push(_SIGNS[c], c, self.at + 1)
            elif c in "%€":
                self.push("UNITE", c, self.at + 1)
            else:
                self._forbidden(c)
            if len(self.found) > MAX_FAULTS:
                self._stop()
                return Lecture(self.tokens, tuple(self.comments), self.found, coupee=True)
        return Lecture(self.tokens, tuple(self.comments), self.found)

    def _stop(self) -> None:
        aide = "Corrigez d'abord les premières ; s'il s'agit d'un autre genre de fichier, ce n'est pas une politique."
        self.error("CAQ110", f"Plus de {MAX_FAULTS} fautes : la lecture s'arrête ici.", self.at, self.at, aide)

    def _foreign(self) -> bool:
        """Reads a sign of another language as the one it stands for, and says so."""
        sign = foreign_sign(self.text, self.at)
        if sign is not None:
            self._take(sign)
        return sign is not None

    def _take(self, sign: Signe) -> None:
        end = self.at + sign.longueur
        self.error(sign.code, sign.message, self.at, end, sign.aide, sign.remplace, sign.certaine)
        if sign.jeton:
            self.push(sign.jeton, sign.texte, end)
        self.at = end

    def _comment(self) -> None:
        end = self.text.find("\n", self.at)
        end = len(self.text) if end < 0 else end
        line = self.text.rfind("\n", 0, self.at) + 1
        alone = not self.text[line : self.at].strip()
        body = self.text[self.at + 1 : end].rstrip()
        self.comments.append(Commentaire(Span(self.source, self.at, end), body, alone))
        start = self.at
        for at in range(start, end):
            if self.text[at] != "\t" and unicodedata.category(self.text[at]) in _UNSEEN:
                self.at = at
                self._forbidden(self.text[at])
        self.at = end

    def _forbidden(self, c: str) -> None:
        name = unicodedata.name(c, "caractère sans nom")
        if c in _CLOSING:
            self.error(
                "CAQ102",
                f"« {c} » ferme un texte qui n'est pas ouvert.",
                self.at,
                self.at + 1,
                "Ajoutez le « ouvrant, ou retirez ce signe.",
            )
        elif c in "'’":
            self.error(
                "CAQ104", "Une apostrophe n'a pas de sens ici.", self.at, self.at + 1, "Mettez les textes entre « et »."
            )
        else:
            seen = c.isprintable() and unicodedata.category(c) not in _UNSEEN
            around = self.text[max(self.at - 1, 0) : self.at] + self.text[self.at + 1 : self.at + 2]
            inside = len(around) == 2 and all(a == "_" or a.isalnum() for a in around)
            self.error(
                "CAQ104",
                f"Le caractère « {c if seen else f'U+{ord(c):04X}'} » ({name}) n'est pas permis hors des textes.",
                self.at,
                self.at + 1,
                "Un nom a des lettres, des chiffres et « _ »." if seen and inside else "Retirez-le.",
                "_" if seen and inside else "",
                certain=not seen,
            )
        self.at += 1

    # ------------------------------------------------------------ texts

    def _text(self, opening: str) -> None:
        """A text up to its closing sign; one nested pair « » may stand inside, and no more.

        A second nested pair, or one that follows a declaration's keyword and name, says that the closing sign was
        forgotten: reading on would swallow that declaration.
        """
        closing, start, depth = _OPENING[opening], self.at, 1
        nested_at = -1
        for i in range(start + 1, len(self.text)):
            c = self.text[i]
            if opening == "«" and c == "«":
                depth += 1
                if nested_at >= 0 or self._after_heading(i):
                    nested_at = nested_at if nested_at >= 0 else i
                    break
                nested_at = i
            elif c == closing:
                depth -= 1
                if depth == 0:
                    self._push_text(start, i)
                    return
        self._unclosed(start, nested_at)

    def _after_heading(self, at: int) -> bool:
        """Whether a « follows the keyword and the name of a declaration, alone on their line."""
        line = self.text[self.text.rfind("\n", 0, at) + 1 : at].split()
        return len(line) == 2 and self.words.get(strip_accents(line[0])) in _HEADINGS

    def _push_text(self, start: int, end: int) -> None:
        body = " ".join(self.text[start + 1 : end].split())
        if len(body) > MAX_TEXT:
            self.error("CAQ110", f"Ce texte dépasse {MAX_TEXT} signes.", start, end + 1, "Raccourcissez-le.")
            body = body[:MAX_TEXT]
        self.push("STRING", body, end + 1)

    def _unclosed(self, start: int, nested_at: int) -> None:
        """An unclosed text is said at its opening; reading goes on at the end of its line."""
        end = self.text.find("\n", start)
        end = len(self.text) if end < 0 else end
        aide = "Ajoutez le » fermant à la fin du texte."
        if nested_at >= 0:
            line = self.source.line_column(nested_at)[0]
            aide += f" Un autre « s'ouvre ligne {line} avant qu'il soit fermé."
        body = self.text[start + 1 : end].strip()
        self.error("CAQ102", "Ce texte s'ouvre par « et n'est pas fermé.", start, start + 1, aide)
        self.tokens.append(Jeton("STRING", body[:MAX_TEXT], self.source, start, max(start + 1, end)))
        self.at = max(start + 1, end)

    # ------------------------------------------------------------ numbers and words

    def _number(self) -> None:
        written = DATE.match(self.text, self.at)
        if written:
            self._date(written.group(), written.end())
            return
        foreign = foreign_number(self.text, self.at)
        pointed = _POINTED.match(self.text, self.at)
        if foreign is not None:
            self._take(foreign)
            return
        if pointed:
            fixed = pointed.group().replace(".", ",")
            self.error(
                "CAQ103",
                f"« {pointed.group()} » s'écrit avec une virgule.",
                self.at,
                pointed.end(),
                f"Écrivez « {fixed} ».",
                fixed,
            )
            end, digits = pointed.end(), fixed
        else:
            found = GROUPED.match(self.text, self.at)
            if found is None:  # a digit of another script
                self._forbidden(self.text[self.at])
                return
            end, digits = found.end(), re.sub(rf"[{_SPACE}]", "", found.group())
        whole, _, decimals = digits.partition(",")
        listed = _LISTED.match(self.text, end) if decimals else None
        if listed:
            shown = self.text[self.at : listed.end()]
            aide = f"Séparez les valeurs par une virgule et une espace : « {shown.replace(',', ', ')} »."
            if all(len(group) == 3 for group in shown.split(",")[1:]):
                aide = f"Pour des milliers, écrivez « {shown.replace(',', ' ')} ». {aide}"
            self.error("CAQ103", f"« {shown} » se lit de plusieurs façons.", self.at, listed.end(), aide)
            end, digits = listed.end(), whole
        if len(whole) + len(decimals) > MAX_DIGITS or len(decimals) > MAX_DECIMALS:
            self.error(
                "CAQ110",
                f"Ce nombre dépasse {MAX_DIGITS} chiffres ou {MAX_DECIMALS} décimales.",
                self.at,
                end,
                "Arrondissez-le.",
            )
            digits = "0"
        follows = self.text[end : end + 1]
        self.push("NUMBER", digits, end)
        if UNIT.match(self.text, end):
            return
        if follows.isalpha():
            word = _NAME.match(self.text, end)
            shown = self.text[self.tokens[-1].debut : word.end() if word else end + 1]
            self.error(
                "CAQ103",
                f"« {shown} » n'est ni un nombre ni un nom.",
                self.tokens[-1].debut,
                word.end() if word else end + 1,
                "Un nom commence par une lettre.",
            )
            self.at = word.end() if word else end + 1

    def _unit(self, unit: re.Match[str]) -> None:
        """The unit of the number before, wherever the line was cut."""
        spelled = unit.group(1)
        if len(spelled) > 2:
            spelled = " ".join(re.sub(r"%$", " %", spelled).split())
        self.push("UNITE", UNITES[spelled], unit.end())

    def _period(self, period: re.Match[str]) -> None:
        """`N-1`; a year that is no earlier one, or that nobody means, is refused."""
        back = period.group(1).lstrip("0")
        if not back or len(back) > MAX_BACK:
            fault = "est l'exercice lui-même" if not back else "remonte trop loin"
            self.error(
                "CAQ101", f"« N-{period.group(1)[:6]} » {fault}.", self.at, period.end(), "Écrivez par exemple « N-1 »."
            )
            back = "1"
        self.push("PERIODE", back, period.end())

    def _date(self, written: str, end: int) -> None:
        day, month, year = (int(p) for p in written.split("/"))
        try:
            value = date(year, month, day)
        except ValueError:
            self.error("CAQ105", f"Le {written} n'existe pas.", self.at, end, "Écrivez une date du calendrier.")
            value = date(2000, 1, 1)
        self.push("DATE", value.isoformat(), end)

    def _counted(self, end: int) -> bool:
        """Whether « critère » is counted (`total 1 critère`) and opens no declaration (`critère C1 « … »`)."""
        before = [t.type for t in self.tokens[-3:]]
        total = before[-2:] == ["TOTAL", "NUMBER"] or before == ["TOTAL", "NAME", "NUMBER"]
        return total and not _HEADED.match(self.text, end)

    def _headed(self, end: int) -> bool:
        """Whether « critères » opens a declaration, badly written: it counts nothing, a name and a title follow."""
        return self.tokens[-1:] != [] and self.tokens[-1].type != "NUMBER" and _HEADED.match(self.text, end) is not None

    def _word(self) -> bool:
        text = self.text
        found = _NAME.match(text, self.at)
        if found is None:
            return False
        word = found.group()
        bare = strip_accents(word)
        for pattern, terminal in self.phrases.get(bare, ()):
            phrase = pattern.match(text, self.at)
            if phrase:
                self.push(terminal, phrase.group(), phrase.end())
                return True
        if text.startswith(("k€", "M€"), self.at):
            self.push("UNITE", text[self.at : self.at + 2], self.at + 2)
            return True
        keyword = self.words.get(bare)
        if keyword == "A" and word != "à":
            keyword = None
        if keyword == "CRITERE" and self._counted(found.end()):
            keyword = "CRITERES"
        elif keyword == "CRITERES" and self._headed(found.end()):
            keyword = None
        if len(word) > MAX_NAME:
            self.error("CAQ110", f"Un nom a {MAX_NAME} signes au plus.", self.at, found.end(), "Raccourcissez-le.")
        self.push(keyword or "NAME", word, found.end())
        return True
