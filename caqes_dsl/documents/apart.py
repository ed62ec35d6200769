"""Documents from a user's own templates, made in a child process with limits on time, memory and size.

A template that loops for ever cannot be stopped from inside the process that runs it: the child is.
"""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from threading import Timer
from types import TracebackType
from typing import Any

from caqes_dsl.base.diagnostics import Diagnostic
from caqes_dsl.documents.sandbox import MEMOIRE, SECONDES, ErreurModele, excess


def render_apart(format: str, folder: Path, vue: Mapping[str, object]) -> bytes:
    """The annex that the templates of a user's folder give. Errors: ErreurModele, ImportError."""
    with Atelier("annexe", format, folder) as atelier:
        return atelier.fill(vue)


class Atelier:
    """A child process that fills a user's template as often as asked: started once for a batch.

    `sorte` says which document: annexe, explication, rapport, comparaison; or verification, which fills none. Past the
    limits of each, the child is stopped.
    """

    def __init__(self, sorte: str, format: str, folder: Path) -> None:
        self._folder, self._order = folder, {"sorte": sorte, "format": format, "dossier": str(folder)}
        self._child: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Atelier:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        child, self._child = self._child, None
        if child is not None:
            child.kill()
            child.communicate()

    def fill(self, vue: Mapping[str, object]) -> bytes:
        """The document of a view. Errors: ErreurModele, ImportError."""
        answer = self._answer(json.dumps({**self._order, "vue": vue}).encode() + b"\n")
        if "document" in answer:
            return base64.b64decode(answer["document"])
        if "dependance" in answer:
            raise ImportError(answer["dependance"])
        raise ErreurModele(Diagnostic(**answer["diagnostic"]))

    def _answer(self, order: bytes) -> dict[str, Any]:
        """What the child answers within the delay; killed by a limit, it answers nothing."""
        if self._child is None:
            self._child = _start()
        child = self._child
        assert child.stdin is not None and child.stdout is not None
        delay = Timer(SECONDES * 3, child.kill)
        delay.start()
        try:
            child.stdin.write(order)
            child.stdin.flush()
            answer: dict[str, Any] = json.loads(child.stdout.readline())
        except (OSError, ValueError) as error:
            raise excess(str(self._folder)) from error
        finally:
            delay.cancel()
        return answer


def _start() -> subprocess.Popen[bytes]:
    root = str(Path(__file__).resolve().parents[2])
    path = os.pathsep.join(p for p in (root, os.environ.get("PYTHONPATH", "")) if p)
    kept = {k: v for k, v in os.environ.items() if k in ("PATH", "SYSTEMROOT", "LANG", "VIRTUAL_ENV")}
    # No way to the network, for a template that would ask Typst to fetch something.
    closed = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"), "http://127.0.0.1:9")
    closed |= {name.lower(): address for name, address in closed.items()}
    env = {**kept, **closed, "PYTHONPATH": path, "PYTHONIOENCODING": "utf-8"}
    # -P: no module is taken from the folder the command is run in.
    command = [sys.executable, "-P", "-m", __name__]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=env)


# ---------------------------------------------------------------- in the child


def _limit() -> None:
    """Bound memory and files written; memory counts from what the interpreter already uses."""
    if sys.platform == "win32":
        return  # no such limits there: the parent's delay remains
    import resource

    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    except OSError:
        return
    most = pages * resource.getpagesize() + MEMOIRE
    resource.setrlimit(resource.RLIMIT_AS, (most, most))


def _limit_time() -> None:
    """Bound the processor time of the document that follows, beyond what those before it took."""
    if sys.platform == "win32":
        return
    import resource

    used = resource.getrusage(resource.RUSAGE_SELF)
    spent = int(used.ru_utime + used.ru_stime) + 1
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (spent + SECONDES, hard))


def _writer(order: Mapping[str, Any]) -> Callable[[Mapping[str, object]], bytes]:
    """What fills the template of the orders that come."""
    folder = Path(order["dossier"])
    if order["sorte"] == "verification":
        from caqes_dsl.documents.verifier_modeles import verifier

        return verifier(folder)
    from caqes_dsl.documents import comparaison, lettres, rapport_formats
    from caqes_dsl.documents.render import filler, write

    others = {"explication": lettres.MODELES, "rapport": rapport_formats.MODELES}
    others["comparaison"] = comparaison.MODELES
    if order["sorte"] in others:
        return filler(order["sorte"], others[order["sorte"]], order["format"], folder, order["vue"].keys())
    write_document = write(order["format"])
    return lambda vue: write_document(vue, folder)


def _child() -> None:
    """One order a line, one answer a line, until there is none."""
    from caqes_dsl.documents.render import DependanceManquante

    fill: Callable[[Mapping[str, object]], bytes] | None = None
    for line in sys.stdin.buffer:
        order = json.loads(line)
        try:
            if fill is None:
                fill = _writer(order)
                _limit()
            _limit_time()
            answer: dict[str, object] = {"document": base64.b64encode(fill(order["vue"])).decode("ascii")}
        except DependanceManquante as error:
            answer = {"dependance": str(error)}
        except ErreurModele as error:
            d = error.diagnostic
            said = {"code": d.code, "message": d.message, "aide": d.aide, "fichier": d.fichier, "lieu": d.lieu}
            answer = {"diagnostic": said}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    _child()
