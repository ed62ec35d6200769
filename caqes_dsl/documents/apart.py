"""Documents from a user's own templates, made in a child process with limits on time, memory and size.

A template that loops for ever cannot be stopped from inside the process that runs it: the child is.
"""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from caqes_dsl.base.diagnostics import Diagnostic
from caqes_dsl.documents.sandbox import MEMOIRE, SECONDES, ErreurModele, excess


def render_apart(format: str, folder: Path, vue: Mapping[str, object]) -> bytes:
    """The document that the templates of a user's folder give. Errors: ErreurModele, ImportError."""
    order = json.dumps({"format": format, "dossier": str(folder), "vue": vue}).encode()
    root = str(Path(__file__).resolve().parents[2])
    path = os.pathsep.join(p for p in (root, os.environ.get("PYTHONPATH", "")) if p)
    kept = {k: v for k, v in os.environ.items() if k in ("PATH", "SYSTEMROOT", "LANG", "VIRTUAL_ENV")}
    env = {**kept, "PYTHONPATH": path, "PYTHONIOENCODING": "utf-8"}
    try:
        # -P: no module is taken from the folder the command is run in.
        done = subprocess.run(
            [sys.executable, "-P", "-m", __name__],
            input=order,
            capture_output=True,
            timeout=SECONDES * 3,
            check=False,
            env=env,
        )
    except subprocess.TimeoutExpired as error:
        raise excess(str(folder)) from error
    try:
        answer: dict[str, Any] = json.loads(done.stdout)
    except ValueError as error:
        # Killed by a limit before it could answer.
        raise excess(str(folder)) from error
    if "document" in answer:
        return base64.b64decode(answer["document"])
    if "dependance" in answer:
        raise ImportError(answer["dependance"])
    raise ErreurModele(Diagnostic(**answer["diagnostic"]))


def _limit() -> None:
    """Bound processor time, memory and files written; memory counts from what the interpreter already uses."""
    if sys.platform == "win32":
        return  # no such limits there: the parent's delay remains
    import resource

    resource.setrlimit(resource.RLIMIT_CPU, (SECONDES, SECONDES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    except OSError:
        return
    most = pages * resource.getpagesize() + MEMOIRE
    resource.setrlimit(resource.RLIMIT_AS, (most, most))


def _child() -> dict[str, object]:
    from caqes_dsl.documents.render import DependanceManquante, write

    order = json.loads(sys.stdin.buffer.read())
    try:
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
