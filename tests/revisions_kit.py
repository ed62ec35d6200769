"""Git repositories made for a test, whatever the settings of the machine."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

HEADER = "caqes 1\n\npolitique {nom} « {nom} »\n  {clauses}\n\n"
BODY = """secteur MCO « Médecine »

niveau R « Réalisé » donne 100 %

niveau NR « Non réalisé » donne 0 %

critère C1 « Audit annuel »
  poids {points} points
  secteurs tous
"""
NATIONAL, NORMANDIE = "policies/national/2017.caqes", "policies/normandie/2018.caqes"


def national(points: int) -> str:
    """A policy whose only criterion is worth so many points."""
    return HEADER.format(nom="national", clauses="exercice 2017\n  source « Essai »") + BODY.format(points=points)


def regional(titre: str = "Suivi", reprend: str = "../national/2017.caqes") -> str:
    """A policy that starts from the national one and adds a criterion."""
    head = HEADER.format(nom="normandie", clauses=f"reprend « {reprend} »\n  exercice 2018\n  région « Normandie »")
    return f"{head}critère C2 « {titre} »\n  poids 1 point\n  secteurs tous\n"


class Essai:
    """A repository in a folder."""

    def __init__(self, folder: Path, *options: str) -> None:
        if shutil.which("git") is None:
            pytest.skip("git n'est pas installé")
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.git("init", "--quiet", *options)

    def git(self, *arguments: str, stdin: bytes = b"", variables: Mapping[str, str] | None = None) -> str:
        """What git answers. Its own settings are the test's."""
        person = {"NAME": "Essai", "EMAIL": "essai@exemple.invalid", "DATE": "2018-01-01T00:00:00Z"}
        env = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
        env |= {f"GIT_{who}_{what}": said for who in ("AUTHOR", "COMMITTER") for what, said in person.items()}
        env |= {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "LC_ALL": "C", **(variables or {})}
        settings = ["-c", "init.defaultBranch=principale", "-c", "protocol.file.allow=always"]
        command = ["git", *settings, "-C", str(self.folder), *arguments]
        done = subprocess.run(command, env=env, input=stdin, capture_output=True, timeout=60, check=False)
        assert done.returncode == 0, f"{arguments} : {done.stderr.decode('utf-8', 'replace')}"
        return done.stdout.decode("utf-8", "surrogateescape")

    def put(self, path: str, text: str | bytes) -> Path:
        """Writes a file of the working tree."""
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
        return target

    def commit(self, **files: str) -> None:
        """Commits all there is, with these files of `policies/` written first (`national`, `normandie`)."""
        places = {"national": NATIONAL, "normandie": NORMANDIE}
        for name, text in files.items():
            self.put(places[name], text)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "-m", "Un état")

    def stage(self, path: str, mode: str, data: bytes = b"", objet: str = "") -> None:
        """Puts an entry of any mode in the index, whatever the disk allows."""
        objet = objet or self.git("hash-object", "-w", "--stdin", stdin=data).strip()
        self.git("update-index", "--add", "--cacheinfo", f"{mode},{objet},{path}")
