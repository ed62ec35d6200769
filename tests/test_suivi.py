"""Tracked changes between two Word documents: accepted they are the new one, rejected the old one."""

from __future__ import annotations

import io
import random
import re
import time
import zipfile
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from annexe_lectures import one_policy
from annexe_page import ESSAI, NORMANDIE, RACINE, politique
from hypothesis import given, settings
from hypothesis import strategies as st
from suivi_kit import JOUR, Bloc, W, annexe_docx, noted, part, returns, said, small, suivi
from test_annexe_seuil import CRITERE, SEUILS

from caqes_dsl.documents.render import render_annexe
from caqes_dsl.documents.writers.suivi import DocumentIllisible, accept_all, reject_all, texts, tracked
from caqes_dsl.pipeline import compile_path

PAIRES = [
    ("normandie/2018", "normandie/2019"),
    ("normandie/2019", "normandie/2018"),
    ("normandie/2018", "normandie/2022"),
    ("national/2017", "national/2020"),
    ("cbu/2016", "normandie/2019-volets"),
    ("normandie/2022", "biosimilaires/2019"),
]


@pytest.mark.parametrize(("ancien", "nouveau"), PAIRES)
def test_accepted_it_is_the_new_annex_and_rejected_the_old_one(ancien: str, nouveau: str) -> None:
    returns(annexe_docx(ancien), annexe_docx(nouveau))


def test_adopted_and_hostile() -> None:
    """The annex of a policy that was adopted has no mark « PROJET » in its heads; this one has hostile labels too."""
    returns(annexe_docx("normandie/2018"), render_annexe(politique(ESSAI), "docx"))


def test_the_same_policy_has_no_mark() -> None:
    data = annexe_docx("normandie/2018")
    made = returns(data, data)
    with zipfile.ZipFile(io.BytesIO(made)) as archive, zipfile.ZipFile(io.BytesIO(data)) as plain:
        assert archive.namelist() == plain.namelist()
        for name in archive.namelist():
            assert archive.read(name) == plain.read(name), name


def test_a_changed_threshold_marks_its_words_only(tmp_path: Path) -> None:
    path = one_policy(RACINE, tmp_path) / NORMANDIE.relative_to(RACINE / "policies")
    head, begin, rest = path.read_text("utf-8").partition(f"\n{CRITERE}")
    for old, new in SEUILS:
        rest = rest.replace(old, new, 1)
    path.write_text(head + begin + rest, "utf-8")
    changed = compile_path(path).politique
    assert changed is not None
    made = returns(annexe_docx("normandie/2018"), render_annexe(changed, "docx"))
    hashes = re.compile("[0-9a-f]{12,64}")
    for sens, seuil in (("del", "50"), ("ins", "55")):
        words = said(made, sens)
        assert [w for w in words if not hashes.fullmatch(w)] == [seuil] * 3
        assert len(words) == 6
    assert not list(part(made).iter(f"{W}pPrChange"))


def test_author_and_day_are_on_every_mark_and_bytes_are_the_same() -> None:
    made = suivi(annexe_docx("national/2017"), annexe_docx("national/2020"))
    marks = list(part(made).iter(f"{W}ins", f"{W}del", f"{W}pPrChange", f"{W}tblPrChange"))
    assert len(marks) > 100
    assert {(m.get(f"{W}author"), m.get(f"{W}date")) for m in marks} == {("ARS Normandie", "2019-01-15T00:00:00Z")}
    assert suivi(annexe_docx("national/2017"), annexe_docx("national/2020")) == made
    other = tracked(annexe_docx("national/2017"), annexe_docx("national/2020"), auteur="É\x00 & <b>", date=JOUR)
    assert {m.get(f"{W}author") for m in part(other).iter(f"{W}ins")} == {"É & <b>"}


def test_heads_and_feet_are_marked() -> None:
    made = suivi(annexe_docx("normandie/2018"), annexe_docx("normandie/2019"))
    for name, old, new in (("header2", "2018", "2019"), ("footer1", "64d3610fceff", politique(
        RACINE / "policies" / "normandie" / "2019.caqes").code_de_controle)):  # fmt: skip
        root = part(made, f"word/{name}.xml")
        assert old in [t.text for t in root.iter(f"{W}delText")]
        assert new in [t.text for m in root.iter(f"{W}ins") for t in m.iter(f"{W}t")]


def test_a_whole_annex_takes_little_time() -> None:
    ancien, nouveau = annexe_docx("normandie/2018"), annexe_docx("normandie/2022")
    begin = time.process_time()
    suivi(ancien, nouveau)
    assert time.process_time() - begin < 5


def test_contents_still_lead_to_their_headings() -> None:
    made = suivi(annexe_docx("normandie/2018"), annexe_docx("normandie/2022"))
    for settled in (made, accept_all(made), reject_all(made)):
        names = [m.get(f"{W}name") for m in part(settled).iter(f"{W}bookmarkStart")]
        assert len(set(names)) == len(names)
        assert {h.get(f"{W}anchor") for h in part(settled).iter(f"{W}hyperlink")} <= set(names)


# ---------------------------------------------------------------- small documents


def test_a_number_is_one_word() -> None:
    made = returns(small([("", "Plus de 1\u202f234,50 € à 25 %")]), small([("", "Plus de 1\u202f235,50 € à 25 %")]))
    assert (said(made, "del"), said(made, "ins")) == (["1\u202f234,50"], ["1\u202f235,50"])


def test_rows_added_and_removed_are_marked_as_rows() -> None:
    rows = [[[f"C{n}"], [f"Le critère numéro {n} de la grille"]] for n in range(6)]
    made = returns(small([("tableau", rows)]), small([("tableau", [*rows[:2], *rows[3:], [["C9"], ["Nouveau"]]])]))
    marked = {
        t: [r.findtext(f".//{W}{w}") for r in part(made).iter(f"{W}tr") if r.find(f"{W}trPr/{W}{t}") is not None]
        for t, w in (("ins", "t"), ("del", "delText"))
    }
    assert marked == {"ins": ["C9"], "del": ["C2"]}
    assert len(list(part(made).iter(f"{W}tbl"))) == 1


def test_a_table_of_other_columns_is_replaced_and_does_not_touch_the_old_one() -> None:
    two = small([("", "Un tableau"), ("tableau", [[["A"], ["B"]]]), ("Heading 1", "La suite du document")])
    three = small([("", "Un tableau"), ("tableau", [[["A"], ["B"], ["C"]]]), ("Heading 1", "La suite du document")])
    made = returns(two, three)
    body = part(made)[0]
    tags = [child.tag for child in body]
    assert tags.count(f"{W}tbl") == 2
    assert not any(a == b == f"{W}tbl" for a, b in pairwise(tags))


def test_the_last_paragraph_of_a_cell_may_come_and_go() -> None:
    one, two = [[["Règle"], ["Le premier"]]], [[["Règle"], ["Le premier", "Un second, tout autre"]]]
    returns(small([("tableau", one)]), small([("tableau", two)]))
    returns(small([("tableau", two)]), small([("tableau", one)]))
    returns(
        small([("tableau", [[["Règle"], ["Le premier", "Un second"]]])]), small([("tableau", [[["Règle"], ["Autre"]]])])
    )


def _linked(text: str, address: str) -> bytes:
    import docx
    from docx.oxml import parse_xml

    document = docx.Document(io.BytesIO(small([("", text), ("", "Fin")])))
    number = document.part.relate_to(
        address, "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink", is_external=True
    )
    paragraph: Any = document.paragraphs[0]._p
    paragraph.append(
        parse_xml(
            f'<w:hyperlink xmlns:w="{W[1:-1]}" r:id="{number}" xmlns:r="http://schemas.openxmlformats.org/'
            'officeDocument/2006/relationships"><w:r><w:t>la source</w:t></w:r></w:hyperlink>'
        )
    )
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def test_links_of_both_sides_lead_where_they_did() -> None:
    made = returns(_linked("Voir ", "https://exemple.fr/a"), _linked("Voir ", "https://exemple.fr/b"))
    rels = {r.get("Id"): r.get("Target") for r in part(made, "word/_rels/document.xml.rels")}
    r = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
    for settled, address in ((accept_all(made), "b"), (reject_all(made), "a")):
        [link] = part(settled).iter(f"{W}hyperlink")
        assert rels[link.get(r)] == f"https://exemple.fr/{address}"


UN, DEUX = ("Le premier point", "Arrêté A"), ("Le second point", "Décret B")


@pytest.mark.parametrize(
    ("ancien", "nouveau"),
    [
        ([UN, DEUX], [UN, DEUX]),
        ([UN, DEUX], [DEUX, UN]),
        ([UN, DEUX], [UN]),
        ([UN], [DEUX, UN]),
        ([UN, DEUX], [UN, (DEUX[0], "Décret C")]),
        ([UN, DEUX], [UN, (DEUX[0], "")]),
        ([UN, DEUX], [("Le premier point", "")]),
        ([("Le premier point", "")], [UN, DEUX]),
        ([UN, UN], [UN]),
    ],
)
def test_notes_of_both_sides_keep_their_text(ancien: list[tuple[str, str]], nouveau: list[tuple[str, str]]) -> None:
    made = returns(noted(ancien), noted(nouveau))
    calls = [c.get(f"{W}id") for c in part(made).iter(f"{W}footnoteReference")]
    assert len(set(calls)) == len(calls)
    for settled, side in ((accept_all(made), nouveau), (reject_all(made), ancien)):
        assert [line for line in texts(settled) if "Arrêté" in line or "Décret" in line] == [
            f"¶  : {note}" for _, note in side if note
        ]
        if any(note for _, note in side):
            ids = [n.get(f"{W}id") for n in part(settled, "word/footnotes.xml")]
            assert set(ids) == {"0", *(c.get(f"{W}id") for c in part(settled).iter(f"{W}footnoteReference"))}


MOTS = st.lists(st.sampled_from("un deux 25 % de la règle, est".split()), max_size=6).map(" ".join)
CELLULE = st.lists(MOTS, min_size=1, max_size=3)
PARAGRAPHE = st.tuples(st.sampled_from(["", "Heading 1", "List Bullet"]), MOTS)
TABLEAU = st.integers(1, 3).flatmap(
    lambda n: st.lists(st.lists(CELLULE, min_size=n, max_size=n), min_size=1, max_size=4)
)
BLOCS = st.lists(st.one_of(PARAGRAPHE, PARAGRAPHE, st.tuples(st.just("tableau"), TABLEAU)), max_size=7)


@settings(max_examples=40, deadline=None)
@given(BLOCS, BLOCS)
def test_any_document_from_any_other(ancien: list[Bloc], nouveau: list[Bloc]) -> None:
    returns(small(ancien), small(nouveau))


@settings(max_examples=25, deadline=None)
@given(BLOCS, st.randoms(use_true_random=False))
def test_a_document_with_pieces_moved_and_lost(blocs: list[Bloc], chance: random.Random) -> None:
    other = [b for b in blocs if chance.random() > 0.3]
    chance.shuffle(other)
    returns(small(blocs), small(other))


# ---------------------------------------------------------------- what cannot be read


def _without(data: bytes, name: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(out, "w") as after:
        for entry in before.namelist():
            if entry != name:
                after.writestr(entry, before.read(entry))
    return out.getvalue()


def test_a_damaged_file_is_refused() -> None:
    data = annexe_docx("national/2017")
    bad = [b"", b"PK", data[: len(data) // 2], _without(data, "word/document.xml"), _without(data, "word/footer1.xml")]
    bad += [_without(data, "[Content_Types].xml"), _without(data, "word/_rels/document.xml.rels")]
    for damaged in bad:
        for one, other in ((damaged, data), (data, damaged)):
            with pytest.raises(DocumentIllisible):
                suivi(one, other)
        for read in (accept_all, reject_all, texts):
            with pytest.raises(DocumentIllisible):
                read(damaged)


def test_a_byte_changed_anywhere_is_refused_or_read() -> None:
    data = annexe_docx("national/2017")
    chance = random.Random(7)
    for _ in range(60):
        place = chance.randrange(len(data))
        damaged = data[:place] + bytes([data[place] ^ (1 << chance.randrange(8))]) + data[place + 1 :]
        try:
            suivi(damaged, data)
        except DocumentIllisible:
            continue
