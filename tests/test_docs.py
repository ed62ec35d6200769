"""The documentation says what the program does: its examples compile, its tables are those of the code."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import pytest

from caqes_dsl.base.quantities import Genre, write_value
from caqes_dsl.commands import ALIAS, cli
from caqes_dsl.evaluation.explain import evaluate
from caqes_dsl.exchange.columns import _FIXES, _RESULTATS
from caqes_dsl.exchange.read import read_cohort
from caqes_dsl.exchange.table import MAX_BYTES, MAX_CELLS
from caqes_dsl.model.glossary import GLOSSAIRE
from caqes_dsl.pipeline import compile_text, compile_text_at
from caqes_dsl.resources import folder

RACINE = Path(__file__).resolve().parent.parent
DOCS = RACINE / "docs"
PAGES = sorted(DOCS.glob("*.md"))
_BLOCK = re.compile(r"^```caqes ?([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_DECLARED = re.compile(
    r"^(politique|secteur|niveau|donnée|volet|critère|calcul|notation|barème|sanction|pièce)(?: +(\w+))?", re.MULTILINE
)


def text_of(name: str) -> str:
    return (DOCS / name).read_text("utf-8")


def blocks(page: str) -> list[tuple[int, str, str]]:
    """Line, what is said of it and text of each block of the language in a page."""
    text = text_of(page)
    return [(text.count("\n", 0, m.start()) + 1, m[1].strip(), m[2]) for m in _BLOCK.finditer(text)]


def examples() -> list[tuple[str, str, str]]:
    """Place, kind and whole policy of each block. `cadre` opens the frame of a page, `suite` adds to it; a `reprise`
    stands beside a policy of Normandie."""
    found = []
    for page in PAGES:
        frame = ""
        for line, kind, body in blocks(page.name):
            text = body if kind == "cadre" or body.startswith("caqes ") else framed(frame, body)
            if kind in ("cadre", "suite"):
                frame = text
            found.append((f"{page.name}:{line}", kind, text))
    return found


def framed(frame: str, body: str) -> str:
    """An excerpt after the declarations of its page, those that it says again left out."""
    said = {_key(m) for m in _DECLARED.finditer(body)}
    starts = [*_DECLARED.finditer(frame)]
    ends = [m.start() for m in starts[1:]] + [len(frame)]
    kept = [frame[m.start() : end] for m, end in zip(starts, ends, strict=True) if _key(m) not in said]
    if body.startswith("politique"):
        return "caqes 1\n" + body + "".join(kept)
    return "caqes 1\n" + "".join(kept) + body


def _key(declared: re.Match[str]) -> tuple[str, str]:
    alone = declared[1] in ("politique", "notation")
    return declared[1], "" if alone else declared[2] or ""


@pytest.mark.parametrize(("place", "kind", "text"), examples(), ids=[e[0] for e in examples()])
def test_examples_compile(place: str, kind: str, text: str) -> None:
    place_of = folder("policies") / "normandie/exemple.caqes"
    compiled = compile_text_at(place_of, text) if kind == "reprise" else compile_text(text)
    codes = [d for d in compiled.diagnostics if d.severite.value != "note"]
    if kind.startswith("faux "):
        assert {d.code for d in codes} == set(kind.split()[1:]), [d.message for d in codes]
    else:
        assert [f"{d.code} {d.message}" for d in codes] == []


def test_every_page_has_examples_of_the_kinds_known() -> None:
    assert all(re.fullmatch(r"|cadre|suite|reprise|faux( CAQ\d{3})+", kind) for _, kind, _ in examples())
    assert len(examples()) > 15


def made(program: str, name: str = "page", *arguments: str) -> str:
    """What a program of `outils/` writes."""
    return str(runpy.run_path(str(RACINE / "outils" / program))[name](*arguments))


def test_the_tables_of_the_reference_are_those_of_the_code() -> None:
    text = text_of("langue.md")
    assert made("page_langue.py", "page", text) == text, "lancez « python outils/page_langue.py »"


def test_each_passage_is_written_once() -> None:
    passages = runpy.run_path(str(RACINE / "outils" / "page_langue.py"))["PASSAGES"]
    written = re.findall(r"^<!-- produit : ([a-z-]+) -->$", text_of("langue.md"), re.MULTILINE)
    assert sorted(written) == sorted(passages)


def test_the_glossary_page_is_up_to_date() -> None:
    assert text_of("glossaire.md") == made("page_glossaire.py"), "lancez « python outils/page_glossaire.py »"


def test_each_clause_is_written_somewhere() -> None:
    """No clause of a declaration is left without its form; every case of a row is read as it is shown."""
    text = text_of("langue.md")
    clauses = text.split("<!-- produit : clauses -->")[1].split("<!-- fin -->")[0]
    assert [line for line in clauses.split("\n") if line.endswith("|  |")] == []
    rows = text.split("<!-- produit : rangs -->")[1].split("<!-- fin -->")[0]
    assert all(line.strip("| ").count("|") == 1 for line in rows.split("\n") if line.startswith("| "))


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_links_to_the_glossary_name_a_term(page: Path) -> None:
    anchors = re.findall(r'<a id="([^"]+)">', text_of("glossaire.md"))
    assert len(anchors) == len(set(anchors)) == len(GLOSSAIRE)
    inside = r"\]\((?:glossaire\.md)?#([^)]+)\)" if page.name == "glossaire.md" else r"\]\(glossaire\.md#([^)]+)\)"
    assert [a for a in re.findall(inside, page.read_text("utf-8")) if a not in anchors] == []


def test_sizes_of_files_are_those_of_the_code() -> None:
    columns = text_of("commandes.md").replace(" ", "")
    assert f"{MAX_BYTES >> 20}Mio" in columns
    assert f"{MAX_CELLS // 10**6}millionsdecellules" in columns


def test_the_guide_gives_what_it_shows(tmp_path: Path) -> None:
    """Its policy, written step by step, evaluates its own data to the figures printed."""
    text = text_of("guide.md")
    steps = [
        body for kind, body in ((m[1].strip(), m[2]) for m in _BLOCK.finditer(text)) if not kind.startswith("faux")
    ]
    politique = compile_text("\n".join(steps)).politique
    assert politique is not None
    block = re.search(r"^```csv\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    assert block is not None
    (tmp_path / "retours.csv").write_text(block[1], encoding="utf-8")
    cohorte = read_cohort(politique, tmp_path / "retours.csv")
    assert [d for d in cohorte.diagnostics if d.is_error] == []
    for etablissement in cohorte.etablissements:
        resultat = evaluate(politique, etablissement)
        shown = next(line for line in text.split("\n") if line.startswith(etablissement.finess + "  "))
        score, amount = resultat.score_global, resultat.decisions["financiere"]
        if score.score is not None:
            assert write_value(score.score, Genre.TAUX) in shown.replace(" %", "\u00a0%")
        if amount.montant:
            assert write_value(amount.montant, Genre.MONTANT) in shown.replace(" €", "\u00a0€")
    first = compile_text(steps[0]).politique
    assert first is not None
    assert first.code_de_controle in text


# ---------------------------------------------------------------- commands, files, codes


@pytest.mark.parametrize("name", list(cli.commands))
def test_each_command_and_option_is_documented(name: str) -> None:
    text = text_of("commandes.md")
    section = re.split(rf"^## `caqes {name}", text, flags=re.MULTILINE)[1].split("\n## ")[0]
    common = text.split("## Options communes")[1].split("\n## ")[0]
    aliases = [alias for alias, french in ALIAS.items() if french == name]
    assert all(f"`{alias}`" in section for alias in aliases)
    for parameter in cli.commands[name].params:
        for option in (o for o in parameter.opts if o.startswith("--")):
            assert f"`{option}" in section + common, option


def test_columns_are_documented() -> None:
    text = text_of("commandes.md")
    assert [c for c in (*_FIXES, *_RESULTATS) if f"`{c}`" not in text] == []


def test_the_page_of_codes_is_up_to_date() -> None:
    assert text_of("codes.md") == made("page_codes.py"), "lancez « python outils/page_codes.py »"


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_links_lead_somewhere(page: Path) -> None:
    links = [
        link for link in re.findall(r"\]\(([^)#\s]+)", page.read_text("utf-8")) if "://" not in link and "@" not in link
    ]
    assert [link for link in links if not (DOCS / link).exists()] == []
