"""How long checking takes: the shipped policies, 1 000 criteria, and a text twice as long (ratios within one run)."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from caqes_dsl.pipeline import compile_path, compile_text  # noqa: E402  # after the path of the checkout

SIZES = (250, 500, 1000, 2000)
RUNS = 3

HEAD = """caqes 1
politique banc « Banc » exercice 2018 source « Engendrée »
secteur MCO « Médecine »
secteur HAD « Domicile »
niveau R « Réalisé » donne 100 %
niveau PR « Partiellement réalisé » donne 50 %
niveau NR « Non réalisé » donne 0 %
notation score arrondi à 1 % avant comparaison
volet socle « Bon usage » cible 53 %
calcul ecart « Écart » : écart max(cible - score ; 0 pt)
barème taux « Taux » : taux
  selon ecart
    0 pt : 0 %
    de 1 à 2 pt : 0,01 %
    puis, par tranche de 2 pt entamée : 0,01 % de plus
"""


def policy(count: int) -> str:
    """A policy of that many criteria, a third of them measured by thresholds."""
    parts = [HEAD]
    for i in range(count):
        if i % 20 == 0:
            parts.append(f"chapitre ch{i} « Chapitre {i} »\n")
        if i % 3:
            parts.append(f"critère C{i} « Critère {i} » poids 1 point secteurs {'tous' if i % 2 else 'MCO'}\n")
            continue
        parts.append(
            f"donnée n{i} « Total {i} » : entier ≥ 0\ndonnée k{i} « Partie {i} » : entier entre 0 et n{i}\n"
            f"critère C{i} « Critère {i} »\n  poids 2 points\n  secteurs tous\n  NC d'office si n{i} = 0\n"
            f"  mesure k{i} / n{i}\n  seuils\n    moins de 25 % : NR\n    de 25 % à moins de 50 % : PR\n"
            "    à partir de 50 % : R\n"
        )
    return "".join(parts)


def best(work: Callable[[], object]) -> float:
    """The shortest of a few runs, in seconds of processor."""
    times = []
    for _ in range(RUNS):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return min(times)


def main() -> None:
    """Prints the measures."""
    shipped = sorted((ROOT / "policies").rglob("*.caqes"))
    compile_path(shipped[0])  # the automaton is built once, then cached
    total = best(lambda: [compile_path(path) for path in shipped])
    print(f"{len(shipped)} politiques livrées, ensemble : {total:.2f} s (annoncé : moins de 3 s)")
    before = 0.0
    for size in SIZES:
        text = policy(size)
        assert compile_text(text).politique is not None
        spent = best(lambda text=text: compile_text(text))  # type: ignore[misc]  # bound to this text
        ratio = f", {spent / before:.2f} fois le précédent (annoncé : au plus 2,3)" if before else ""
        promise = " (annoncé : moins de 5 s)" if size == 1000 else ""
        print(f"{size} critères, {len(text) // 1024} Kio : {spent:.2f} s{promise}{ratio}")
        before = spent


if __name__ == "__main__":
    main()
