"""Write what the program gives in place of what the corpus expects: `python tests/rewrite_corpus.py`.

To be read line by line in the difference before anything is kept.
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from corpus_reader import compile_section, matches, read_sections, run_pair, said

CORPUS = Path(__file__).parent / "corpus"


def rewrite(path: Path, folder: Path) -> None:
    """One file of the corpus, each section compiled in a folder of its own."""
    lines = path.read_text("utf-8").split("\n")
    for number, section in reversed(list(enumerate(read_sections(path)))):
        own = folder / f"{path.stem}-{number}"
        own.mkdir()
        compiled, before = compile_section(section, own)
        serious, notes = said(compiled.diagnostics, before)
        facts = section.of("etablissement", "cohorte")
        for bloc in reversed(section.blocs):
            if bloc.sorte == "diagnostics":
                lines[bloc.debut : bloc.fin] = _rewritten(bloc.texte.split("\n"), serious, notes)
            elif bloc.sorte == "resultat" and compiled.politique is not None:
                lines[bloc.debut : bloc.fin] = run_pair(compiled.politique, facts.pop(), bloc)
    path.write_text("\n".join(lines), encoding="utf-8")


def _rewritten(expected: list[str], serious: list[str], notes: list[str]) -> list[str]:
    """What is said, what was rightly expected kept in its own words and order."""
    kept = [e for e in expected if any(matches(e, found) for found in (*serious, *notes))]
    return kept + [found for found in serious if not any(matches(e, found) for e in kept)]


if __name__ == "__main__":
    with TemporaryDirectory() as folder:
        for path in sorted(CORPUS.rglob("*.md")):
            rewrite(path, Path(folder))
