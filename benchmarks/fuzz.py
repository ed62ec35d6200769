"""Damaged policies read, checked and formatted: the worst time and memory, and the seed of each text that fails."""

from __future__ import annotations

import argparse
import random
import resource
import sys
import time
import traceback
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from sentences import sentence, text_of  # noqa: E402  # tests/, after its path
from variants import variants  # noqa: E402  # idem

from caqes_dsl.base.render import render_text  # noqa: E402  # idem
from caqes_dsl.base.source import Source  # noqa: E402  # idem
from caqes_dsl.loader import MAX_BYTES  # noqa: E402  # idem
from caqes_dsl.pipeline import compile_text, compile_text_at, format_source  # noqa: E402  # idem
from caqes_dsl.syntax.automaton import grammar_texts  # noqa: E402  # idem
from caqes_dsl.syntax.lexer import read_tokens, spellings  # noqa: E402  # idem

POLICIES = sorted((ROOT / "policies").rglob("*.caqes")) + sorted((ROOT / "tests/corpus").rglob("*.caqes"))
HANG = 2.0
MEMORY_MIB = 500
ODD = "\u202e\u200b\u0301\ufeff\U0001f600\u2028\x00\x85ﬁİßſ‚٣²½ⅷ\u3000«»“”‘’'\"#&|!$^~`\\@"
KNOWN = "secteur MCO « M »\nniveau R « R » donne 100 %\ndonnée a « A » : entier ≥ 0\ndonnée b1 « B » : montant\n"


def _grammar(rng: random.Random) -> str:
    """Declarations that the grammar accepts and that mean nothing."""
    text = "caqes 1\npolitique p « P » exercice 2018\n" + rng.choice(("", KNOWN))
    for _ in range(rng.randrange(1, 30)):
        words = sentence(rng, rng.randrange(3, 60))
        if words and words[0] != "politique":
            text += text_of(rng, words, 0) + "\n"
    return text


def _tokens(rng: random.Random) -> str:
    """A policy with a few tokens deleted, doubled or swapped."""
    text = rng.choice(POLICIES).read_text("utf-8")
    for _ in range(rng.randrange(1, 6)):
        source = Source.from_text("fuzz", text)
        if len(read_tokens(source, grammar_texts()[0]).jetons) < 8:
            break
        text = next(variants(source, 1, rng.randrange(1 << 30))).texte
    return text


def _bytes(rng: random.Random) -> str:
    """A policy with bytes changed, cut out, or copied elsewhere."""
    data = bytearray(rng.choice(POLICIES).read_bytes()[: rng.choice((2_000, 20_000, 200_000))])
    for _ in range(rng.randrange(1, 60)):
        at, kind = rng.randrange(len(data)), rng.randrange(3)
        if kind == 0:
            data[at] = rng.randrange(256)
        elif kind == 1 and len(data) > 100:
            del data[at : at + rng.randrange(40)]
        else:
            start = rng.randrange(len(data))
            data[at:at] = data[start : start + rng.randrange(80)]
    return bytes(data).decode("utf-8", "replace")


def _odd(rng: random.Random) -> str:
    """A policy with odd characters and foreign signs strewn over it."""
    text = list(rng.choice(POLICIES).read_text("utf-8")[:20_000])
    for _ in range(rng.randrange(1, 200)):
        text.insert(rng.randrange(len(text)), rng.choice(ODD) * rng.choice((1, 1, 2, 50)))
    return "".join(text)


def _words(rng: random.Random) -> str:
    """Words of the language in any order."""
    words = [*spellings(grammar_texts()[0]).values(), "C1", "« t »", "2", "0,5", "1.5", "pt", "%", "(", ")", ";", ":"]
    return "caqes 1\npolitique p « P »\n" + " ".join(rng.choices(words, k=rng.choice((30, 300, 3_000, 60_000))))


def _huge(rng: random.Random) -> str:
    """Deep nesting, very long lines, huge numbers, thousands of errors: a piece said again and again."""
    pieces = (
        "(", "-", "non ", "1 + ", "si oui alors ", "abs(", "max(1 ; ", "« ", "»", "critère C « C »\n", "a, ", "9",
        " 000", "0,", "\u0301", "moins de 1 % : R\n", "tout ; ", "source « s » ", "x = ", "entre 1 et ", "N-1 ",
        "à défaut ", "zut ", "0.5 ", "# c\n", "'", "‘", "''", "<<", "//", "/*", "1'000", "1.000", "== ", "&& ", "• \n",
        "critère C « C » poids 1 pts\n", "exemple « E » avec x = 1 attendu y = 2\n", "variante MCO : poids 1 point ",
        "barème b « B » : taux selon a ; b ; c\n", "A ; A ; A : 1 %\n", "de 1 à 2 : de 0 % à 1 %\n",
    )  # fmt: skip
    start = rng.choice(
        ("", "calcul x « X » : entier ", "critère C « C » seuils ", "barème b « B » : taux selon a ", KNOWN)
    )
    text = "caqes 1\npolitique p « P »\n" + start
    for _ in range(rng.randrange(1, 4)):
        text += rng.choice(pieces) * rng.choice((10, 1_000, 20_000, 200_000))
    return text


KINDS = {"grammaire": _grammar, "jetons": _tokens, "octets": _bytes, "signes": _odd, "mots": _words, "démesure": _huge}


def text_for(seed: int) -> tuple[str, str]:
    """The kind and the text of a seed."""
    rng = random.Random(seed)
    kind = rng.choice(list(KINDS))
    return kind, KINDS[kind](rng).encode("utf-8", "replace")[:MAX_BYTES].decode("utf-8", "ignore")


def examine(text: str) -> float:
    """Reads, checks, says and formats a text; the seconds of processor that the slowest of these took."""
    start = time.process_time()
    compiled = compile_text_at(POLICIES[0], text) if "reprend" in text else compile_text(text)
    checked = time.process_time()
    render_text(compiled.diagnostics, couleur=True)
    said = time.process_time()
    formatted, _ = format_source(Source.from_text("fuzz", text))
    if formatted is not None:
        again, _ = format_source(Source.from_text("fuzz", formatted))
        assert again == formatted, "la mise en forme n'est pas stable"
    done = time.process_time()
    return max(checked - start, said - checked, (done - said) / 2)


def main() -> int:
    """Runs for some minutes; 1 when a text failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--graine", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=1)
    parser.add_argument("--rejouer", type=int)
    arguments = parser.parse_args()
    if arguments.rejouer is not None:
        kind, text = text_for(arguments.rejouer)
        print(f"{kind}, {len(text)} signes, {examine(text):.2f} s")
        print(text[:4_000])
        return 0
    print("graine", arguments.graine)
    compile_text("caqes 1\npolitique p « P »\n")
    end = time.monotonic() + 60 * arguments.minutes
    worst: dict[str, tuple[float, int]] = dict.fromkeys(KINDS, (0.0, 0))
    counts = dict.fromkeys(KINDS, 0)
    failed = 0
    seed = arguments.graine * 1_000_000
    while time.monotonic() < end:
        seed += 1
        kind, text = text_for(seed)
        counts[kind] += 1
        try:
            spent = examine(text)
        except Exception:  # what is sought: no text may raise
            failed += 1
            print(f"exception, graine {seed} ({kind})")
            traceback.print_exc(limit=-4)
            continue
        worst[kind] = max(worst[kind], (spent, seed))
        if spent > HANG:
            failed += 1
            print(f"lent, graine {seed} ({kind}) : {spent:.2f} s")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    for kind, (spent, which) in worst.items():
        print(f"{kind} : {counts[kind]} textes, le pire {spent:.2f} s (graine {which})")
    print(f"mémoire au plus haut : {peak:.0f} Mio (annoncé : {MEMORY_MIB})")
    return int(failed > 0 or peak > MEMORY_MIB)


if __name__ == "__main__":
    sys.exit(main())
