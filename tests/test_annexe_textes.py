"""Every text that the annex has to say is in each of its formats, and a text that looks like code stays a text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import toutes_constructions
from annexe_lectures import FORMATS, compact, one_policy, texts
from annexe_page import ESSAI, NORMANDIE, RACINE, politique
from outils_documents import pdf_text

from caqes_dsl.documents.render import render_annexe
from caqes_dsl.documents.typography import typeset_view
from caqes_dsl.documents.view import annexe_view
from caqes_dsl.model.nodes import Politique
from caqes_dsl.pipeline import compile_path

POLITIQUES: dict[str, Callable[[], Politique]] = {
    "2018": lambda: politique(NORMANDIE),
    "2022": lambda: politique(NORMANDIE.with_name("2022.caqes")),
    "essai": lambda: politique(ESSAI),
    "tout": toutes_constructions.politique,
}

NOT_PRINTED = {"ancre"}
IDENTITE = ("titre", "lignes", "version")
"""Of the title page, what no other of its fields repeats: `lignes` are the same facts as labels and texts."""


def _texts(part: Any, name: str = "") -> Iterator[str]:
    if isinstance(part, Mapping):
        for key, value in part.items():
            yield from _texts(value, key)
    elif isinstance(part, (list, tuple)):
        for value in part:
            yield from _texts(value, name)
    elif isinstance(part, str) and part and name not in NOT_PRINTED:
        yield part


def _shown(text: str) -> str:
    return compact(text).rstrip(".").casefold()


@pytest.mark.parametrize("which", POLITIQUES)
@pytest.mark.parametrize("format", FORMATS)
def test_every_text_is_there(format: str, which: str, tmp_path: Path) -> None:
    """As often as the annex has to say it."""
    of = POLITIQUES[which]()
    read = _shown("\n".join(texts(format, render_annexe(of, format), tmp_path)))
    view = typeset_view(asdict(annexe_view(of)))
    view["sources"] = [source["texte"] for source in view["sources"]]  # their numbers are those of a list
    view["identite"] = {name: view["identite"][name] for name in IDENTITE}
    wanted = Counter(_shown(t) for t in _texts(view))
    missing = {t: (times, read.count(t)) for t, times in wanted.items() if read.count(t) < times}
    assert len(wanted) > 50 and missing == {}


HOSTILE = (
    '=HYPERLINK("http://x","y")',
    "=1+1",
    "+1",
    "-2+3",
    "@SUM(A1)",
    "<b>gras</b> & ]]> &amp;",
    "<script>alert(1)</script>",
    "{{ 7*7 }}{% for x in y %}{# z #}",
    '#eval("1+1") #set page()',
    "$x$ \\ @nul <nul>",
    "un | deux \\| trois",
    "`code` ``` ~~~ *gras* _ital_ ![i](j) [^1] [a](b)",
    "# Titre",
    "12. douze",
    "_x0041_",
    "&P &L&G",
    "cell\u202ecod.exe",
    "m" * 1000,
)
"""Labels made to be taken for something else: a formula, markup, a template, a program, another direction."""


@cache
def _hostile(folder: Path) -> Politique:
    """The policy of Normandie with hostile labels, on criteria and, for one, in a text that is a paragraph."""
    path = one_policy(RACINE, folder) / "normandie" / "2018.caqes"
    text = path.read_text("utf-8")
    for i, label in enumerate(HOSTILE):
        head, begin, rest = text.partition(f"\ncritère C{i + 1} « ")
        assert begin
        text = head + begin + label + rest[rest.index(" »") :]
    text = text.replace("« CAQES Normandie 2018 »", "« =1+1 & Normandie 2018 »", 1)
    path.write_text(text, "utf-8")
    compilation = compile_path(path)
    assert compilation.politique is not None, [d.message for d in compilation.diagnostics if d.is_error]
    return compilation.politique


@pytest.mark.parametrize("format", FORMATS)
def test_a_hostile_label_is_printed_as_it_is_written(
    format: str, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    of = _hostile(tmp_path_factory.getbasetemp())
    read = compact("\n".join(texts(format, render_annexe(of, format), tmp_path)))
    if format == "pdf":  # poppler forgets the end of a line where a long word may be cut, in its structure only
        read += compact(pdf_text(tmp_path / "annexe.pdf"))
    criteria = of.criteres
    for i, label in enumerate(HOSTILE):
        title = criteria[f"C{i + 1}"].titre
        assert compact(title.replace("\u202e", "")) == compact(label.replace("\u202e", ""))
        assert compact(typeset_view({"titre": title})["titre"]) in read, label
    assert "\u202e" not in read
    assert compact("=1+1 & Normandie 2018") in read
