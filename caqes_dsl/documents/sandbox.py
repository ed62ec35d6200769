"""Templates lay out a view and may do nothing else: no arithmetic, no file, no unknown name, no way to the program.

Every template is checked when it is compiled, wherever it comes from (a file, an included part, a part of a Word
document). What cannot be seen in its text (a loop in a loop in a loop) is stopped by `apart.py`.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Literal

from jinja2 import (
    BaseLoader,
    Environment,
    StrictUndefined,
    TemplateNotFound,
    TemplateSyntaxError,
    UndefinedError,
    meta,
    nodes,
)
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from caqes_dsl.base.diagnostics import Diagnostic
from caqes_dsl.base.suggestions import vouliez_vous
from caqes_dsl.documents.typography import flow, typeset
from caqes_dsl.resources import read_bytes

SECONDES = 5
MEMOIRE = 256 * 1024 * 1024
SORTIE = 10 * 1024 * 1024
MODELE = 1024 * 1024
"""Largest template, in bytes."""

FILTRES = frozenset(
    {"batch", "brut", "capitalize", "count", "css", "dictsort", "e", "escape", "first", "groupby", "indent", "items"}
    | {"join", "last", "length", "list", "lower", "map", "reject", "rejectattr", "replace", "reverse", "select"}
    | {"selectattr", "slice", "sort", "trim", "unique", "upper", "wordwrap"}
)
"""The filters that a template may use: none of them computes, rounds, draws lots or prints a text unescaped."""

_ARITHMETIC = (nodes.Add, nodes.Sub, nodes.Mul, nodes.Div, nodes.FloorDiv, nodes.Mod, nodes.Pow, nodes.Neg, nodes.Pos)


class ErreurModele(Exception):
    """A template that cannot be used; `diagnostic` says why and where."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        self.diagnostic = diagnostic
        place = f"{diagnostic.fichier}, {diagnostic.lieu}" if diagnostic.lieu else diagnostic.fichier
        super().__init__(f"{diagnostic.code} {place} : {diagnostic.message}")


def refusal(code: str, message: str, fichier: str, lieu: int | str | None = None, aide: str = "") -> ErreurModele:
    """The error of a template, at a line or at a place said in words."""
    where = f"ligne {lieu}" if isinstance(lieu, int) else lieu or ""
    return ErreurModele(Diagnostic(code, message, None, aide=aide, fichier=fichier, lieu=where))


class Brut(str):
    """A code or an address: printed as it is, without typography (still escaped)."""


def css_text(value: object) -> Markup:
    """A text made harmless inside a CSS string: every character but letters, digits and spaces as a code.

    The space after a code belongs to it: without one, that of the text would be taken.
    """
    kept = (c if c == " " or (c.isascii() and c.isalnum()) else f"\\{ord(c):06x} " for c in typeset(flow(str(value))))
    return Markup("".join(kept))  # noqa: S704  # nothing but [A-Za-z0-9 \\] is left


Escape = Literal["", "html", "markdown"]
"""What keeps a printed text from being read as markup."""


def _finalize(value: object) -> object:
    return typeset(flow(value)) if isinstance(value, str) and not isinstance(value, (Markup, Brut)) else value


_MARKUP = re.compile(r"[\\`*_{}\[\]<>#|~$@&]|:(?=[\w+-]+:)|^(?=[-+=])")
_NUMBERED = re.compile(r"^(\d{1,9})([.)])(?= |$)")
_PLAIN = re.compile(r"[\w.-]*", re.ASCII)


def markdown_text(value: object) -> object:
    """A text that Markdown prints as it is: what would be markup, anywhere or at the start of a line, is escaped.

    A code made of letters, digits, dots and dashes stays whole: it may be an address or stand between backticks.
    """
    if not isinstance(value, str) or isinstance(value, Markup):
        return value
    if isinstance(value, Brut) and _PLAIN.fullmatch(value):
        return Markup(value)  # noqa: S704
    text = str(_finalize(value)).strip(" ")
    marked = _NUMBERED.sub(r"\1\\\2", _MARKUP.sub(lambda m: "\\" + m[0], text))
    return Markup(marked)  # noqa: S704  # not HTML: Markdown, whose `<` and `&` are escaped


def _undefined(known: frozenset[str]) -> type[StrictUndefined]:
    """Unknown names for an environment: their message is French and proposes the nearest known one."""

    class Unknown(StrictUndefined):
        @property
        def _undefined_message(self) -> str:
            name = str(self._undefined_name)
            among = list(self._undefined_obj) if isinstance(self._undefined_obj, Mapping) else known
            return f"Le nom « {name} » n'existe pas. {vouliez_vous(name, among)}".strip()

    return Unknown


# ---------------------------------------------------------------- what a template may hold


def check(tree: nodes.Template, fichier: str, *, lines: bool = True) -> None:
    """Refuse what a template may not do."""
    for node in tree.find_all(_ARITHMETIC):
        aide = "Imprimer une valeur que la politique calcule."
        raise refusal("CAQ702", "Un modèle ne calcule pas.", fichier, node.lineno if lines else None, aide)
    for found in tree.find_all(nodes.Filter):
        if found.name not in FILTRES:
            message = f"Le filtre « {found.name} » n'est pas permis dans un modèle."
            aide = f"Filtres permis : {', '.join(sorted(FILTRES))}."
            raise refusal("CAQ702", message, fichier, found.lineno if lines else None, aide)


def unknown_name(name: str, known: frozenset[str], fichier: str, lieu: int | str | None) -> ErreurModele:
    """The error of an unknown name."""
    aide = vouliez_vous(name, known) or f"Noms connus : {', '.join(sorted(known))}."
    return refusal("CAQ701", f"Le nom « {name} » n'existe pas.", fichier, lieu, aide)


class Modeles(ImmutableSandboxedEnvironment):
    """The one environment of the project's templates."""

    def __init__(
        self, folders: list[Path], *, escape: Escape, known: frozenset[str], fichier: str, lines: bool = True
    ) -> None:
        super().__init__(
            loader=_Loader(folders),
            autoescape=bool(escape),
            undefined=_undefined(known),
            finalize=markdown_text if escape == "markdown" else _finalize,
            # In Word's XML, on few long lines, a block must not swallow the spaces around it.
            trim_blocks=lines,
            lstrip_blocks=lines,
            keep_trailing_newline=True,
        )
        self._fichier, self._lines, self._known = fichier, lines, known
        self.filters = {name: f for name, f in self.filters.items() if name in FILTRES}
        self.filters |= {"brut": Brut, "css": css_text}
        self.globals = {"namespace": self.globals["namespace"]}

    def unknown_names(self, source: str, fichier: str = "") -> Iterator[tuple[str, int]]:
        """Names that nothing gives a value to, with the line of the first use, even where they would not be printed."""
        tree = self.parse(source)
        # First: the search below works out constant expressions, and 10**(10**8) has no end.
        check(tree, fichier or self._fichier, lines=self._lines)
        for name in sorted(meta.find_undeclared_variables(tree) - self._known - {"namespace", "loop", "caller"}):
            yield name, min(n.lineno for n in tree.find_all(nodes.Name) if n.name == name)

    def _generate(
        self, source: nodes.Template, name: str | None, filename: str | None, defer_init: bool = False
    ) -> str:
        check(source, filename or self._fichier, lines=self._lines)
        return super()._generate(source, name, filename, defer_init)


# ---------------------------------------------------------------- where templates are


def find(folder: Path, name: str) -> Path | None:
    """A file of a folder of templates; None when there is none.

    Errors: ErreurModele, for a file that leaves the folder by its name or by a link.
    """
    path = folder / name
    try:
        inside = path.resolve().is_relative_to(folder.resolve())
    except (OSError, RuntimeError, ValueError):
        inside = False
    if not inside:
        raise refusal("CAQ702", f"Le modèle « {name} » sort du dossier des modèles.", str(folder))
    return path if path.is_file() else None


class _Loader(BaseLoader):
    """Templates of the folders, first found first."""

    def __init__(self, folders: list[Path]) -> None:
        self._folders = folders

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool] | None]:
        for folder in self._folders:
            path = find(folder, template)
            if path is not None:
                return read_template(path), str(path), None
        raise TemplateNotFound(template)


def read_template(path: Path) -> str:
    """The text of a template. Errors: ErreurModele, when it is too large or not in UTF-8; OSError."""
    data = read_bytes(path, MODELE + 1)
    if len(data) > MODELE:
        raise refusal("CAQ703", "Le modèle dépasse 1 Mio.", str(path))
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise refusal("CAQ702", "Le modèle n'est pas en UTF-8.", str(path), line) from error


# ---------------------------------------------------------------- what goes wrong


def guarded(action: Callable[[], bytes], fichier: str, *, lines: bool = True) -> bytes:
    """What the action gives; anything that goes wrong in a template becomes an `ErreurModele`."""
    try:
        result = action()
    except ErreurModele:
        raise
    except TemplateSyntaxError as error:
        aide = 'Dans un modèle Word, écrire les guillemets droits : " et non « ».' if "«" in str(error) else ""
        name, line = error.filename or fichier, error.lineno if lines else None
        raise refusal("CAQ702", f"Le modèle ne se lit pas ({error.message}).", name, line, aide) from error
    except UndefinedError as error:
        name, place = _place(error, fichier, lines)
        raise refusal("CAQ701", str(error.message), name, place) from error
    except SecurityError as error:
        name, place = _place(error, fichier, lines)
        raise refusal("CAQ702", "Le modèle cherche à atteindre les rouages du programme.", name, place) from error
    except TemplateNotFound as error:
        name, place = _place(error, fichier, lines)
        raise refusal("CAQ702", f"Le modèle « {error.name} » est introuvable.", name, place) from error
    except (MemoryError, OverflowError, RecursionError) as error:
        raise excess(fichier) from error
    except Exception as error:
        name, place = _place(error, fichier, lines)
        message = f"Le modèle ne peut pas être appliqué ({type(error).__name__})."
        raise refusal("CAQ702", message, name, place) from error
    if len(result) > SORTIE:
        raise excess(fichier)
    return result


def excess(fichier: str) -> ErreurModele:
    """The error of a template that asks too much."""
    message = f"Le modèle dépasse {SECONDES} secondes, 256 Mio de mémoire ou 10 Mio de document ; il a été arrêté."
    return refusal("CAQ703", message, fichier, None, "Simplifier les boucles du modèle.")


def _place(error: BaseException, fichier: str, lines: bool) -> tuple[str, int | None]:
    """The last template line that the error went through (Jinja rewrites its tracebacks)."""
    frames = [f for f in traceback.extract_tb(error.__traceback__) if not f.filename.endswith(".py")]
    named = [f for f in frames if not f.filename.startswith("<")]
    if not lines or not named:
        return fichier, None
    return named[-1].filename, named[-1].lineno
