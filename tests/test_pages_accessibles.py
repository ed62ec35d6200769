"""Pages in a real browser: axe-core finds nothing, in light and in dark, on a phone and on a desk; and they print."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import toutes_constructions
from annexe_page import ESSAI, NORMANDIE, politique
from outils_documents import Navigateur
from test_comparaison_formats import made

from caqes_dsl.documents.render import render_annexe, render_explication
from caqes_dsl.evaluation.explain import evaluate
from caqes_dsl.evaluation.facts import Etablissement
from caqes_dsl.model.nodes import Politique

pytestmark = pytest.mark.documents


@pytest.fixture(scope="module")
def navigateur(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Navigateur]:
    with Navigateur(tmp_path_factory.mktemp("profil")) as opened:
        yield opened


ANNEXES: dict[str, Callable[[], Politique]] = {
    "2018": politique,
    "2022": lambda: politique(NORMANDIE.with_name("2022.caqes")),
    "essai": lambda: politique(ESSAI),
    "tout": toutes_constructions.politique,
}


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Annexes of policies that use every form, explanations of a complete establishment and of one that lacks facts."""
    folder = tmp_path_factory.mktemp("pages")
    texts = {f"annexe-{name}": render_annexe(of(), "html") for name, of in ANNEXES.items()}
    complete = next(iter(toutes_constructions.results(toutes_constructions.complete())))
    lacking = next(iter(toutes_constructions.results(toutes_constructions.lacking(random.Random(3)))))
    real = evaluate(politique(), Etablissement("140000100", "Établissement", 2018, ("MCO",), {"C1": "R"}, {}, {}))
    for name, result in (("complet", complete), ("incomplet", lacking), ("2018", real)):
        texts[f"explication-{name}"] = render_explication(result, "html").encode("utf-8")
    texts["comparaison"] = made("html")
    for name, text in texts.items():
        (folder / f"{name}.html").write_bytes(text)
    return {name: folder / f"{name}.html" for name in texts}


PAGES = [
    *(f"annexe-{name}" for name in ANNEXES),
    *(f"explication-{n}" for n in ("complet", "incomplet", "2018")),
    "comparaison",
]


@pytest.mark.parametrize("dark", [False, True], ids=["clair", "sombre"])
@pytest.mark.parametrize("width", [360, 1280], ids=["téléphone", "bureau"])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing(name: str, width: int, dark: bool, pages: dict[str, Path], navigateur: Navigateur) -> None:
    navigateur.open(pages[name], width=width, dark=dark)
    assert navigateur.findings() == []


@pytest.mark.parametrize("name", PAGES)
def test_a_phone_scrolls_one_way_only(name: str, pages: dict[str, Path], navigateur: Navigateur) -> None:
    """Nothing is wider than the screen, save what scrolls by itself."""
    navigateur.open(pages[name], width=320)
    assert navigateur.run("document.documentElement.scrollWidth") <= 320
