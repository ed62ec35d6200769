"""Random chains of years against one file written by hand with the same content: same hashes, whatever the chain.

The model is a table of clauses as texts; it knows nothing of the tree. A seed that fails is in the test's name.
"""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from caqes_dsl.pipeline import compile_path

YEARS = 4
CHAPTERS = ("a", "b", "c")

Declaration = dict[str, str]
"""Clause in words -> its text; « » is the heading, « chapitre » where a criterion stands."""


class Model:
    """What the policy must be after each change, and the text of the year that makes it."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.declared: dict[str, Declaration] = {}
        self.count = 0
        self.year = 2018
        for chapter in CHAPTERS:
            for _ in range(3):
                self.new_criterion(chapter)
        self.declared["taux"] = {"": "barème taux « Taux » : taux", "rangs": self.rows(), "plafond": "plafond 90 %"}
        self.declared["s"] = {"": "sanction s « S »", "montant": "montant taux × d", "arrondi": "arrondi à 1 €"}
        self.declared["p"] = {"": "paramètre p « P » : montant", "v2018": "5 € à compter du 01/01/2018"}
        self.declared["calendrier"] = {"": "calendrier", "étape e1": "01/02/2018 e1 « E »"}

    def rows(self) -> str:
        cut = self.rng.randint(1, 9)
        return (
            f"selon n\n    jusqu'à {cut} : {self.rng.randint(0, 9)} %\n    plus de {cut} : {self.rng.randint(10, 19)} %"
        )

    def new_criterion(self, chapter: str) -> str:
        self.count += 1
        name = f"C{self.count}"
        self.declared[name] = {
            "": f"critère {name} « Titre {self.rng.randint(1, 99)} »",
            "poids": f"poids {self.rng.randint(1, 9)} points",
            "secteurs": self.rng.choice(("secteurs tous", "secteurs MCO, HAD")),
            "chapitre": chapter,
        }
        return name

    def criteria(self) -> list[str]:
        return [n for n in self.declared if n.startswith("C")]

    # ------------------------------------------------------------ texts

    @staticmethod
    def write(declaration: Declaration) -> str:
        clauses = [f"  {text}" for clause, text in declaration.items() if clause not in ("", "chapitre")]
        return "\n".join([declaration[""], *clauses])

    def whole(self) -> str:
        parts = [FRAME]
        for chapter in CHAPTERS:
            parts.append(f"chapitre {chapter} « {chapter} »")
            parts += [self.write(d) for d in self.declared.values() if d.get("chapitre") == chapter]
        parts += [self.write(d) for d in self.declared.values() if "chapitre" not in d]
        return "\n".join(parts) + "\n"

    # ------------------------------------------------------------ a year of changes

    def change(self) -> str:
        """Changes the model, and says so as the year's file does; each declaration at most once."""
        self.year += 1
        parts: list[str] = []
        names = self.rng.sample(sorted(self.declared), k=self.rng.randint(1, 6))
        for name in names:
            parts.append(self.touch(name))
        for _ in range(self.rng.randint(0, 2)):
            parts.append(self.add(removed=names))
        self.rng.shuffle(parts)
        return "\n".join(parts) + "\n"

    def touch(self, name: str) -> str:
        declaration = self.declared[name]
        kind = declaration[""].split()[0]
        if name == "p":
            value = f"{self.rng.randint(6, 99)} € à compter du 01/01/{self.year}"
            declaration[f"v{self.year}"] = value
            return f"modifie paramètre p\n  {value}"
        if name == "calendrier":
            step = self.rng.choice(("e1", "e2"))
            text = f"{self.rng.randint(10, 28)}/03/2018 {step} « E »"
            declaration[f"étape {step}"] = text
            return f"modifie calendrier\n  {text}"
        what = self.rng.random()
        if kind == "critère" and what < 0.2:
            del self.declared[name]
            return f"supprime critère {name} motif « Atteint »"
        if kind == "critère" and what < 0.4:
            declaration.update(
                {"": f"critère {name} « Refait »", "poids": "poids 7 points", "secteurs": "secteurs HAD"}
            )
            for clause in [c for c in declaration if c not in ("", "poids", "secteurs", "chapitre")]:
                del declaration[clause]
            return f"remplace {self.write(declaration)} motif « Refait »"
        given = self.clauses(kind)
        lines = [f"modifie {kind} {name}", *given.values()]
        optional = [c for c in ("preuve", "plafond") if c in declaration and c not in given]
        if optional and self.rng.random() < 0.5:
            dropped = self.rng.choice(optional)
            del declaration[dropped]
            lines.append(f"sans {dropped}")
        for clause, text in given.items():
            declaration[clause] = text
        if "rangs" in declaration and "plafond" in declaration:
            declaration["plafond"] = declaration.pop("plafond")
        return "\n  ".join(lines)

    def clauses(self, kind: str) -> dict[str, str]:
        choices = {
            "critère": {
                "poids": f"poids {self.rng.randint(1, 9)} points",
                "preuve": f"preuve « P{self.rng.randint(1, 9)} »",
                "variante HAD poids": f"variante HAD : poids {self.rng.randint(1, 9)} points",
                "variante HAD guide": f"variante HAD : guide « G{self.rng.randint(1, 9)} »",
            },
            "barème": {"rangs": self.rows(), "plafond": f"plafond {self.rng.randint(1, 9)} %"},
            "sanction": {
                "montant": f"montant {self.rng.randint(1, 9)} × taux × d",
                "plafond": f"plafond {self.rng.randint(1, 9)} €",
            },
        }[kind]
        chosen = self.rng.sample(sorted(choices), k=self.rng.randint(1, len(choices)))
        return {clause: choices[clause] for clause in sorted(choices, reverse=True) if clause in chosen}

    def add(self, removed: list[str]) -> str:
        chapter = self.rng.choice(CHAPTERS)
        there = [n for n in self.criteria() if self.declared[n]["chapitre"] == chapter and n not in removed]
        name = self.new_criterion(chapter)
        text = self.write(self.declared[name])
        if there and self.rng.random() < 0.5:
            heading = self.declared[name][""]
            return text.replace(heading, f"{heading} après {self.rng.choice(there)}")
        return f"modifie chapitre {chapter}\n{text}"


HEADER = "caqes 1\npolitique p « P »{} exercice 2030 vigueur du 01/01/2030 au 31/12/2030 source « S »\n"
FRAME = """secteur MCO « Médecine »
secteur HAD « Domicile »
niveau R « Réalisé » donne 100 %
donnée n « N » : entier ≥ 0
donnée d « D » : montant ≥ 0 €
volet v « V »"""


@pytest.mark.parametrize("seed", range(40))
def test_a_chain_of_years_is_one_file(tmp_path: Path, seed: int) -> None:
    model = Model(random.Random(seed))
    (tmp_path / "an0.caqes").write_text(HEADER.format("") + model.whole(), encoding="utf-8")
    for year in range(1, YEARS):
        text = HEADER.format(f" reprend « an{year - 1}.caqes »") + model.change()
        (tmp_path / f"an{year}.caqes").write_text(text, encoding="utf-8")
        (tmp_path / "entier.caqes").write_text(HEADER.format("") + model.whole(), encoding="utf-8")
        child, whole = compile_path(tmp_path / f"an{year}.caqes"), compile_path(tmp_path / "entier.caqes")
        assert child.politique is not None, [text, *(f"{d.code} {d.span} {d.message}" for d in child.diagnostics)]
        assert whole.politique is not None, [d.message for d in whole.diagnostics]
        assert child.politique.empreinte == whole.politique.empreinte
        assert child.politique.empreinte_sens == whole.politique.empreinte_sens
