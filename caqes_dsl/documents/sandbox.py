"""Templates are laid out here and may do nothing else: no arithmetic, no file, no unknown name, no endless loop.

Templates of a folder of the user's run in a child process with limits on time, memory and size.
"""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from jinja2 import (
    BaseLoader,
    Environment,
    FileSystemLoader,
    StrictUndefined,
    TemplateNotFound,
    TemplateSyntaxError,
    UndefinedError,
    meta,
    nodes,
)
from jinja2.sandbox import ImmutableSandboxedEnvironment, SecurityError
from markupsafe import Markup

from caqes_dsl.base.diagnostics import Diagnostic
from caqes_dsl.base.suggestions import vouliez_vous
from caqes_dsl.documents.typography import typeset

SECONDES = 5
MEMOIRE = 256 * 1024 * 1024
SORTIE = 10 * 1024 * 1024
_FILTERS = frozenset({"default", "d", "round", "safe"})
_ARITHMETIC = (nodes.Add, nodes.Sub, nodes.Mul, nodes.Div, nodes.FloorDiv, nodes.Mod, nodes.Pow, nodes.Neg, nodes.Pos)


class ErreurModele(Exception):
    """A template that cannot be used; `diagnostic` says why and where."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        self.diagnostic = diagnostic
        place = f"{diagnostic.fichier}, {diagnostic.lieu}" if diagnostic.lieu else diagnostic.fichier
        super().__init__(f"{diagnostic.code} {place} : {diagnostic.message}")


def _error(code: str, message: str, fichier: str, ligne: int | None = None, aide: str = "") -> ErreurModele:
    lieu = f"ligne {ligne}" if ligne else ""
    place = f"Ligne {ligne} : {message[:1].lower()}{message[1:]}" if ligne else message
    return ErreurModele(Diagnostic(code, place, None, aide=aide, fichier=fichier, lieu=lieu))


class Brut(str):
    """A code or an address: printed as it is, without typography (still escaped)."""


class _Unknown(StrictUndefined):
    """An unknown name: its message is French and proposes the nearest known one."""

    @property
    def _undefined_message(self) -> str:
        name = str(self._undefined_name)
        known = list(self._undefined_obj) if isinstance(self._undefined_obj, Mapping) else []
        return f"Le nom « {name} » n'existe pas. {vouliez_vous(name, known)}".strip()


def _finalize(value: object) -> object:
    return typeset(value) if isinstance(value, str) and not isinstance(value, (Markup, Brut)) else value


def check(tree: nodes.Template, fichier: str, known: frozenset[str] | None = None, *, lines: bool = True) -> None:
    """Refuse what a template may not do; `known` are the names it is given."""
    for node in tree.find_all(_ARITHMETIC):
        aide = "Imprimer une valeur que la politique calcule."
        raise _error("CAQ702", "Un modèle ne calcule pas.", fichier, node.lineno if lines else None, aide)
    for found in tree.find_all(nodes.Filter):
        if found.name in _FILTERS:
            message = f"Le filtre « {found.name} » n'est pas permis dans un modèle."
            raise _error("CAQ702", message, fichier, found.lineno if lines else None)
    if known is None:
        return
    missing = meta.find_undeclared_variables(tree) - known - {"range", "dict", "namespace", "loop", "caller"}
    for name in sorted(missing):
        places = [n.lineno for n in tree.find_all(nodes.Name) if n.name == name]
        line = min(places) if places and lines else None
        aide = vouliez_vous(name, known) or f"Noms connus : {', '.join(sorted(known))}."
        raise _error("CAQ701", f"Le nom « {name} » n'existe pas.", fichier, line, aide)


class _Loader(BaseLoader):
    """Templates of the folders, first found first, each checked before it is compiled."""

    def __init__(self, folders: list[Path]) -> None:
        self._inner = FileSystemLoader(folders)

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool] | None]:
        source, filename, fresh = self._inner.get_source(environment, template)
        check(environment.parse(source, template, filename), filename or template)
        return source, filename or template, fresh


def environment(folders: list[Path], *, escape: bool) -> ImmutableSandboxedEnvironment:
    """The one environment of the project's templates."""
    env = ImmutableSandboxedEnvironment(
        loader=_Loader(folders),
        autoescape=escape,
        undefined=_Unknown,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    env.filters["brut"] = Brut
    return env


def guarded(action: Callable[[], bytes], fichier: str, *, lines: bool = True) -> bytes:
    """What the action gives; anything that goes wrong in a template becomes an `ErreurModele`."""
    try:
        result = action()
    except ErreurModele:
        raise
    except TemplateSyntaxError as error:
        aide = "Dans un modèle Word, écrire les guillemets droits : \" et non « »." if "«" in str(error) else ""
        name = error.filename or fichier
        raise _error("CAQ702", f"Le modèle ne se lit pas ({error.message}).", name, error.lineno if lines else None,
                     aide) from error  # fmt: skip
    except UndefinedError as error:
        name, line = _place(error, fichier)
        raise _error("CAQ701", str(error.message), name, line if lines else None) from error
    except SecurityError as error:
        name, line = _place(error, fichier)
        message = "Le modèle cherche à atteindre les rouages du programme."
        raise _error("CAQ702", message, name, line if lines else None) from error
    except TemplateNotFound as error:
        raise _error("CAQ702", f"Le modèle « {error.name} » est introuvable.", fichier) from error
    except (MemoryError, OverflowError, RecursionError) as error:
        raise _excess(fichier) from error
    except Exception as error:
        name, line = _place(error, fichier)
        raise _error("CAQ702", f"Le modèle ne peut pas être appliqué ({type(error).__name__}).", name,
                     line if lines else None) from error  # fmt: skip
    if len(result) > SORTIE:
        raise _excess(fichier)
    return result


def _excess(fichier: str) -> ErreurModele:
    message = f"Le modèle dépasse {SECONDES} secondes, 256 Mio de mémoire ou 10 Mio de document ; il a été arrêté."
    return _error("CAQ703", message, fichier, None, "Simplifier les boucles du modèle.")


def _place(error: BaseException, fichier: str) -> tuple[str, int | None]:
    """The last template line that the error went through (Jinja rewrites its tracebacks)."""
    frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename.endswith(".j2")]
    return (frames[-1].filename, frames[-1].lineno) if frames else (fichier, None)


# ---------------------------------------------------------------- the child process


def render_apart(format: str, folder: Path, vue: Mapping[str, object]) -> bytes:
    """The document that the templates of a user's folder give, made in a child process with limits."""
    fichier = str(folder)
    order = json.dumps({"format": format, "dossier": fichier, "vue": vue}).encode()
    root = str(Path(__file__).resolve().parents[2])
    path = os.pathsep.join(p for p in (root, os.environ.get("PYTHONPATH", "")) if p)
    kept = {k: v for k, v in os.environ.items() if k in ("PATH", "SYSTEMROOT", "LANG", "VIRTUAL_ENV")}
    env = {**kept, "PYTHONPATH": path, "PYTHONIOENCODING": "utf-8"}
    try:
        done = subprocess.run(
            [sys.executable, "-m", "caqes_dsl.documents.sandbox"],
            input=order, capture_output=True, timeout=SECONDES * 3, check=False, env=env,
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise _excess(fichier) from error
    try:
        answer: dict[str, Any] = json.loads(done.stdout)
    except ValueError as error:
        raise _excess(fichier) from error
    if "document" in answer:
        return base64.b64decode(answer["document"])
    if "dependance" in answer:
        raise ImportError(answer["dependance"])
    raise ErreurModele(Diagnostic(**answer["diagnostic"]))


def _limit() -> None:
    """Bound processor time, memory and files written; memory counts from what the interpreter already uses."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDES, SECONDES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            used = int(file.read().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (used + MEMOIRE, used + MEMOIRE))
    except (OSError, ValueError):
        return


def _child() -> dict[str, object]:
    order = json.loads(sys.stdin.buffer.read())
    try:
        from caqes_dsl.documents.render import DependanceManquante, write

        write_document = write(order["format"])
    except DependanceManquante as error:
        return {"dependance": str(error)}
    _limit()
    try:
        document = write_document(order["vue"], Path(order["dossier"]))
    except ErreurModele as error:
        d = error.diagnostic
        said = {"code": d.code, "message": d.message, "aide": d.aide, "fichier": d.fichier, "lieu": d.lieu}
        return {"diagnostic": said}
    return {"document": base64.b64encode(document).decode("ascii")}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(_child()))
