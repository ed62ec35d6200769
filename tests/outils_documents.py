"""The programs that open documents: LibreOffice, Chromium, poppler. A test that lacks one says so and is skipped."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import Any

import pytest

PROGRAMMES = {
    "soffice": ("soffice", "libreoffice"),
    "chromium": ("chromium", "chromium-browser", "google-chrome"),
    "pdftotext": ("pdftotext",),
    "pdftoppm": ("pdftoppm",),
    "pdfinfo": ("pdfinfo",),
}
"""What a program is called on the machines where it is found."""

_RECALCULE = (
    '<?xml version="1.0" encoding="UTF-8"?><oor:items xmlns:oor="http://openoffice.org/2001/registry">'
    + "".join(
        f'<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="{name}" oor:op="fuse">'
        "<value>0</value></prop></item>"
        for name in ("OOXMLRecalcMode", "ODFRecalcMode")
    )
    + "</oor:items>"
)
"""A profile where every formula is computed again when a file is opened, whatever value the file kept for it."""


def require(programme: str) -> str:
    """Where a program is; the test is skipped, and says why, when this machine does not have it."""
    for name in PROGRAMMES[programme]:
        found = shutil.which(name)
        if found:
            return found
    pytest.skip(f"« {programme} » n'est pas installé : make test-documents l'installe où il le peut")


def convert(files: list[Path], kind: str, out: Path, *, seconds: int = 300) -> list[Path]:
    """What LibreOffice makes of the files (`kind`: pdf, csv, xlsx…), in one process with a profile of its own.

    A file that it cannot load fails the test.
    """
    profile = out / "profil"
    (profile / "user").mkdir(parents=True, exist_ok=True)
    (profile / "user" / "registrymodifications.xcu").write_text(_RECALCULE, "utf-8")
    command = [require("soffice"), "--headless", f"-env:UserInstallation={profile.resolve().as_uri()}"]
    command += ["--convert-to", kind, "--outdir", str(out), *map(str, files)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=seconds, check=False)
    made = [out / f"{file.stem}.{kind.split(':')[0]}" for file in files]
    missing = [path.name for path in made if not path.exists()]
    assert not missing, f"LibreOffice n'a pas ouvert ou écrit {missing} : {done.stdout}{done.stderr}"
    return made


_BASIC = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE script:module PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "module.dtd">
<script:module xmlns:script="http://openoffice.org/2000/script" script:name="Essais" script:language="StarBasic">
Sub Regler(adresses As String, ordre As String, dossier As String)
  Dim cache(0) As New com.sun.star.beans.PropertyValue
  Dim filtre(0) As New com.sun.star.beans.PropertyValue
  Dim noms, morceaux, fichier, i
  cache(0).Name = "Hidden"
  cache(0).Value = True
  filtre(0).Name = "FilterName"
  filtre(0).Value = "MS Word 2007 XML"
  envoi = createUnoService("com.sun.star.frame.DispatchHelper")
  noms = Split(adresses, "|")
  For i = 0 To UBound(noms)
    fichier = StarDesktop.loadComponentFromURL(noms(i), "_blank", 0, cache())
    envoi.executeDispatch(fichier.CurrentController.Frame, ".uno:" &amp; ordre, "", 0, Array())
    morceaux = Split(noms(i), "/")
    fichier.storeToURL(dossier &amp; "/" &amp; morceaux(UBound(morceaux)), filtre())
    fichier.close(True)
  Next
  StarDesktop.terminate()
End Sub
</script:module>
"""
"""What LibreOffice does of Word files: opens each, obeys an order of its menus, writes it in a folder."""


def obey(files: list[Path], order: str, out: Path, *, seconds: int = 300) -> list[Path]:
    """The Word files that LibreOffice makes of others by an order of its menus (`AcceptAllTrackedChanges`…)."""
    profile = out / "profil"
    start = [require("soffice"), "--headless", f"-env:UserInstallation={profile.resolve().as_uri()}"]
    out.mkdir(parents=True, exist_ok=True)
    # The library of macros of a new profile is written at its first start.
    subprocess.run([*start, "--terminate_after_init"], capture_output=True, timeout=seconds, check=False)
    library = profile / "user" / "basic" / "Standard"
    (library / "Essais.xba").write_text(_BASIC, "utf-8")
    index = (library / "script.xlb").read_text("utf-8")
    entry = '<library:element library:name="Essais"/></library:library>'
    (library / "script.xlb").write_text(index.replace("</library:library>", entry), "utf-8")
    addresses = "|".join(file.resolve().as_uri() for file in files)
    call = f'macro:///Standard.Essais.Regler("{addresses}","{order}","{out.resolve().as_uri()}")'
    done = subprocess.run([*start, call], capture_output=True, text=True, timeout=seconds, check=False)
    made = [out / file.name for file in files]
    missing = [path.name for path in made if not path.exists()]
    assert not missing, f"LibreOffice n'a pas ouvert ou écrit {missing} : {done.stdout}{done.stderr}"
    return made


def pdf_text(path: Path) -> str:
    """The text of a PDF, in reading order."""
    command = [require("pdftotext"), "-enc", "UTF-8", str(path), "-"]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=120, check=True).stdout


def pdf_structure(path: Path) -> list[str]:
    """The texts of a tagged PDF in the order of its structure, as an assistive technology reads them: a line for each
    piece; the hyphens put at the ends of lines are left out, as is what is not read (heads and feet of pages)."""
    command = [require("pdfinfo"), "-enc", "UTF-8", "-struct-text", str(path)]
    done = subprocess.run(command, capture_output=True, timeout=120, check=True)
    # The titles of elements, not read here, come in another encoding.
    pieces = [line.decode("utf-8").strip() for line in done.stdout.split(b"\n") if line.lstrip().startswith(b'"')]
    return [p[1:-1] for p in pieces if len(p) > 1 and p[0] == p[-1] == '"' and p != '"-"']


def axe() -> str:
    """The source of axe-core, which `make test-documents` installs."""
    found = find_spec("axe_playwright_python")
    if found is None or found.origin is None:
        pytest.skip("axe-core n'est pas installé : make test-documents")
    return (Path(found.origin).parent / "axe.min.js").read_text("utf-8")


class Navigateur:
    """Chromium without a window, spoken to through a pipe: one page at a time."""

    def __init__(self, profile: Path) -> None:
        program = require("chromium")
        theirs_in, self._ours_out = os.pipe()
        self._ours_in, theirs_out = os.pipe()

        def connect() -> None:  # Chromium reads its orders on 3 and answers on 4
            reader, writer = os.dup(theirs_in), os.dup(theirs_out)
            os.dup2(reader, 3)
            os.dup2(writer, 4)

        options = ["--headless=new", "--remote-debugging-pipe", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"]
        options += ["--disable-dev-shm-usage", "--no-first-run", f"--user-data-dir={profile}"]
        self._process = subprocess.Popen(
            [program, *options],
            preexec_fn=connect,
            close_fds=False,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(theirs_in)
        os.close(theirs_out)
        self._buffer, self._number = b"", 0
        target = self._send("Target.createTarget", url="about:blank")["targetId"]
        self._session = self._send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime"):
            self._send(f"{domain}.enable")

    def __enter__(self) -> Navigateur:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._process.terminate()
        self._process.wait(timeout=30)
        os.close(self._ours_out)
        os.close(self._ours_in)

    def open(self, page: Path, *, width: int = 1280, height: int = 900, dark: bool = False) -> None:
        """Show a page of the disk at a width, in light or in dark."""
        self._send("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self._send("Emulation.setEmulatedMedia", features=[scheme])
        self._send("Page.navigate", url=page.resolve().as_uri())
        self.run("new Promise(r => document.readyState === 'complete' ? r() : addEventListener('load', r))")

    def run(self, script: str) -> Any:
        """The value of a script in the page, awaited; an error of the script fails the test."""
        answer = self._send("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def findings(self) -> list[str]:
        """What axe-core holds against the page: the rule, the place, the reason."""
        self.run(axe() + "; 0")
        tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
        options = json.dumps({"runOnly": tags, "resultTypes": ["violations"]})
        found = self.run(f"axe.run(document, {options}).then(r => r.violations)")
        return [
            f"{rule['id']} : {node['target']} : {node['failureSummary']}" for rule in found for node in rule["nodes"]
        ]

    def picture(self, path: Path, *, whole: bool = False) -> None:
        """A picture of the window, or of the whole page."""
        data = self._send("Page.captureScreenshot", format="png", captureBeyondViewport=whole)["data"]
        path.write_bytes(base64.b64decode(data))

    def pdf(self, path: Path) -> None:
        """The page as it is printed."""
        data = self._send("Page.printToPDF", preferCSSPageSize=True, printBackground=True)["data"]
        path.write_bytes(base64.b64decode(data))

    def _send(self, method: str, **parameters: object) -> Mapping[str, Any]:
        self._number += 1
        order: dict[str, object] = {"id": self._number, "method": method, "params": parameters}
        if hasattr(self, "_session"):
            order["sessionId"] = self._session
        self._write(json.dumps(order).encode() + b"\0")
        while True:
            message = self._read()
            if message.get("id") == self._number:
                assert "error" not in message, message
                answer: Mapping[str, Any] = message["result"]
                return answer

    def _write(self, data: bytes) -> None:
        while data:
            data = data[os.write(self._ours_out, data) :]

    def _read(self) -> Mapping[str, Any]:
        while b"\0" not in self._buffer:
            more = os.read(self._ours_in, 1 << 16)
            assert more, "Chromium s'est arrêté"
            self._buffer += more
        raw, _, self._buffer = self._buffer.partition(b"\0")
        message: Mapping[str, Any] = json.loads(raw)
        return message
