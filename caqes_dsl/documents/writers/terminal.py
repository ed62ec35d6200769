"""A table on a terminal: plain columns, or colours when the terminal has them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Colonne:
    """A column: its head, whether it is a number, whether its cells may be cut to fit the terminal, and when it is
    dropped: the greatest `rang` first, 0 never."""

    tete: str
    nombre: bool = False
    elastique: bool = False
    rang: int = 0


@dataclass(frozen=True, slots=True)
class Ligne:
    """A row and its tone: alerte, attente, sobre."""

    cellules: tuple[str, ...]
    ton: str = "sobre"


_TONS = {"alerte": "bold red", "attente": "yellow", "sobre": ""}
_GAP = 2


def write_table(colonnes: Sequence[Colonne], lignes: Sequence[Ligne], largeur: int, *, couleur: bool) -> str:
    """The table on at most `largeur` columns: elastic columns are cut, then columns that can be are dropped."""
    widths = _widths(colonnes, lignes, largeur)
    while sum(widths) + _GAP * (len(widths) - 1) > largeur and any(c.rang for c in colonnes):
        last = max(range(len(colonnes)), key=lambda i: colonnes[i].rang)
        colonnes = [c for i, c in enumerate(colonnes) if i != last]
        lignes = [Ligne(tuple(t for i, t in enumerate(r.cellules) if i != last), r.ton) for r in lignes]
        widths = _widths(colonnes, lignes, largeur)
    if couleur:
        return _coloured(colonnes, lignes, widths)
    rule = "─" * (sum(widths) + _GAP * (len(widths) - 1))
    out = [_line([c.tete for c in colonnes], colonnes, widths), rule]
    out += [_line(ligne.cellules, colonnes, widths) for ligne in lignes]
    return "\n".join([*out, rule]) + "\n"


def _widths(colonnes: Sequence[Colonne], lignes: Sequence[Ligne], largeur: int) -> list[int]:
    widths = [max(len(c.tete), *(len(ligne.cellules[i]) for ligne in lignes), 1) for i, c in enumerate(colonnes)]
    over = sum(widths) + _GAP * (len(widths) - 1) - largeur
    least = [  # a number is never cut, only its head
        max([8, *(len(ligne.cellules[i]) for ligne in lignes)]) if c.nombre else 8 for i, c in enumerate(colonnes)
    ]
    while over > 0:
        elastic = [i for i, c in enumerate(colonnes) if c.elastique and widths[i] > least[i]]
        if not elastic:
            break
        widths[max(elastic, key=lambda i: widths[i])] -= 1
        over -= 1
    return widths


def _cell(text: str, colonne: Colonne, width: int) -> str:
    short = text
    if len(text) > width:  # names of a series differ by their end
        end = text[-max(width // 3, 1) :].lstrip()
        short = f"{text[: width - 1 - len(end)].rstrip()}…{end}"
    return short.rjust(width) if colonne.nombre else short.ljust(width)


def _line(cellules: Sequence[str], colonnes: Sequence[Colonne], widths: Sequence[int]) -> str:
    cells = (_cell(t, c, w) for t, c, w in zip(cellules, colonnes, widths, strict=True))
    return (" " * _GAP).join(cells).rstrip()


def _coloured(colonnes: Sequence[Colonne], lignes: Sequence[Ligne], widths: Sequence[int]) -> str:
    from io import StringIO

    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, header_style="bold", padding=(0, _GAP // 2), pad_edge=False)
    for colonne, width in zip(colonnes, widths, strict=True):
        table.add_column(
            Text(_cell(colonne.tete, colonne, width)),
            justify="right" if colonne.nombre else "left",
            width=width,
            no_wrap=True,
        )
    for ligne in lignes:
        cells = (_cell(t, c, w) for t, c, w in zip(ligne.cellules, colonnes, widths, strict=True))
        table.add_row(*(Text(c) for c in cells), style=_TONS[ligne.ton])
    output = StringIO()
    whole = sum(widths) + (_GAP + 2) * len(widths)
    console = Console(file=output, force_terminal=True, color_system="standard", width=whole, highlight=False)
    console.print(table)
    return "\n".join(line.rstrip() for line in output.getvalue().strip("\n").split("\n")) + "\n"


def emphasize(text: str, *, couleur: bool) -> str:
    """A title, in bold where the terminal can."""
    return f"\x1b[1m{text}\x1b[0m" if couleur else text
