"""The terminal: French help, colours, diagnostics in the format asked for, and the last net under every command.

Data goes to stdout, messages to stderr. A user never sees a traceback: a defect of ours is written to a file to send.
"""

from __future__ import annotations

import gettext
import json
import os
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from caqes_dsl.base.diagnostics import Diagnostic, Severite, has_errors

if TYPE_CHECKING:
    from caqes_dsl.base.render import Teinte

FORMATS = ("texte", "json", "sarif", "github")
ERREURS, USAGE, DEFAUT = 1, 2, 3
"""Exit codes: the policy or the data has errors; wrong usage; a defect of ours."""

F = TypeVar("F", bound=Callable[..., Any])
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Reglages:
    """What the common options ask for. `couleur` is settled for stdout and for stderr apart."""

    format: str = "texte"
    discret: bool = False
    detail: bool = False
    couleur: str = "auto"

    def paints(self, *, err: bool) -> bool:
        """Whether this stream takes colours."""
        if self.couleur != "auto":
            return self.couleur == "toujours"
        stream = sys.stderr if err else sys.stdout
        return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def common(command: F) -> F:
    """The options that every command takes, given to it as `reglages`."""

    def gather(context: click.Context, parameter: click.Parameter, value: Any) -> Any:
        del parameter
        return value

    options = [
        click.option("--format", "format_", type=click.Choice(FORMATS), default="texte", show_default=True,
                     callback=gather, help="Forme des diagnostics."),
        click.option("-q", "--discret", is_flag=True, help="Ne dire que les erreurs."),
        click.option("-v", "--detail", is_flag=True, help="Montrer aussi le passage de chaque remarque."),
        click.option("--couleur", type=click.Choice(("auto", "toujours", "jamais")), default="auto",
                     show_default=True, help="Couleurs du terminal."),
    ]  # fmt: skip

    def wrapped(**values: Any) -> Any:
        reglages = Reglages(values.pop("format_"), values.pop("discret"), values.pop("detail"), values.pop("couleur"))
        return command(reglages=reglages, **values)

    wrapped.__name__, wrapped.__doc__ = command.__name__, command.__doc__
    wrapped.__click_params__ = getattr(command, "__click_params__", [])  # type: ignore[attr-defined]  # click's own
    for option in reversed(options):
        wrapped = option(wrapped)
    return wrapped  # type: ignore[return-value]  # the same command, with options


# ---------------------------------------------------------------- diagnostics


def report(diagnostics: Sequence[Diagnostic], reglages: Reglages, *, err: bool, closing: bool = True) -> None:
    """Says the diagnostics, on stderr unless they are what the command gives."""
    if reglages.format == "json":
        from caqes_dsl.base.render import to_json

        said = [to_json(d) for d in _kept(diagnostics, reglages)]
        click.echo(json.dumps(said, ensure_ascii=False, indent=2), err=err)
    elif reglages.format == "sarif":
        from caqes_dsl.base.render import render_sarif

        click.echo(json.dumps(render_sarif(_kept(diagnostics, reglages)), ensure_ascii=False, indent=2), err=err)
    elif reglages.format == "github":
        from caqes_dsl.base.render import render_github

        click.echo(render_github(_kept(diagnostics, reglages)), err=err, nl=False)
    else:
        click.echo(_text(diagnostics, reglages, err, closing), err=err, nl=False, color=reglages.paints(err=err))


def _kept(diagnostics: Iterable[Diagnostic], reglages: Reglages) -> list[Diagnostic]:
    return [d for d in diagnostics if d.is_error or not reglages.discret]


def _text(diagnostics: Sequence[Diagnostic], reglages: Reglages, err: bool, closing: bool) -> str:
    """Errors and warnings with their excerpt; notes on one line each, unless details are asked for."""
    from caqes_dsl.base.render import count_sentence, render_text, visible

    shown = _kept(diagnostics, reglages)
    notes = [d for d in shown if d.severite is Severite.NOTE and not reglages.detail]
    whole = [d for d in shown if d not in notes]
    paints = reglages.paints(err=err)
    teinte = _colours() if whole and paints else None
    text = render_text(whole, couleur=paints, teinte=teinte) if whole else ""
    if whole:
        text = text.rsplit("\n", 2)[0] + "\n" if not closing or notes else text
    for note in notes:
        place = f"{note.span.source.nom}:{note.span.ligne}" if note.span else note.fichier
        lieu = f" ({note.lieu})" if note.lieu else ""
        text += visible(f"{note.code} note, {place}{lieu} : {note.message}".replace("\n", " ")) + "\n"
    if closing and (notes or not whole):
        text += ("\n" if text else "") + count_sentence(shown) + "\n"
    return text


def _colours() -> Teinte:
    """The colours of the language's words, loaded only for a terminal that shows them."""
    from caqes_dsl.highlight import teinte

    return teinte


def distinct(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Each diagnostic once: two policies that start from the same one find the same faults in it."""
    seen: dict[tuple[object, ...], Diagnostic] = {}
    for d in diagnostics:
        place = (d.span.source.nom, d.span.debut, d.span.fin) if d.span else (d.fichier, d.lieu)
        seen.setdefault((d.code, d.message, *place), d)
    return list(seen.values())


def leave(context: click.Context, diagnostics: Iterable[Diagnostic]) -> None:
    """Ends the command with the exit code that the diagnostics call for."""
    context.exit(ERREURS if has_errors(diagnostics) else 0)


# ---------------------------------------------------------------- progress, files


@contextmanager
def progress(items: Sequence[T], label: str) -> Iterator[Iterable[T]]:
    """The items, with a bar on a terminal and nothing in a pipe."""
    if not sys.stderr.isatty() or len(items) < 20:
        yield items
        return
    with click.progressbar(items, label=label, file=sys.stderr) as bar:
        yield bar


@contextmanager
def counter(label: str) -> Iterator[Callable[[int, int], None] | None]:
    """What to call with how much is done and of how much: a bar on a terminal, None in a pipe."""
    if not sys.stderr.isatty():
        yield None
        return
    with click.progressbar(length=1, label=label, file=sys.stderr) as bar:

        def done(fait: int, prevu: int) -> None:
            bar.length = prevu
            bar.update(fait - bar.pos)

        yield done


def save(path: Path, data: bytes, *, nouveau: bool = False) -> Diagnostic | None:
    """Writes a file whole; the diagnostic when it cannot be, or when it is there already and must be new."""
    from caqes_dsl.resources import write_new, write_whole

    try:
        (write_new if nouveau else write_whole)(path, data)
    except OSError as error:
        there = nouveau and isinstance(error, FileExistsError)
        reason = "il existe déjà" if there else error.strerror or "erreur d'écriture"
        return Diagnostic(
            "CAQ801",
            f"« {path} » ne peut pas être écrit : {reason}.",
            fichier=str(path),
            aide="Choisissez un autre lieu, par -o." if there else "Choisissez un autre lieu.",
        )
    return None


# ---------------------------------------------------------------- the last net


def speak_french() -> None:
    """French for click's own sentences; to be called before commands are declared, for it names types then."""
    os.environ["LANGUAGE"] = "fr"
    gettext.bindtextdomain("messages", str(Path(__file__).resolve().parent / "_langue"))
    gettext.textdomain("messages")


def prepare() -> None:
    """Streams that take any character."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(AttributeError, ValueError):
            if (stream.encoding or "").lower().replace("-", "") != "utf8":
                stream.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]  # a text stream


def run(command: click.Command, arguments: Sequence[str] | None, version: str) -> int:
    """Runs the command; every way it can end becomes an exit code."""
    try:
        result = command.main(args=list(arguments) if arguments is not None else None, standalone_mode=False)
        return result if isinstance(result, int) else 0
    except click.exceptions.Exit as leaving:
        return leaving.exit_code
    except click.UsageError as error:
        error.show()
        return USAGE
    except click.ClickException as error:
        error.show()
        return ERREURS
    except (click.Abort, KeyboardInterrupt):
        click.echo("Interrompu.", err=True)
        return 130
    except BrokenPipeError:
        # The reader of a pipe has gone; nothing is left to say, and closing must not complain either.
        with suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:  # the last net: whatever is left is a defect of ours
        click.echo(_defect(error, version), err=True)
        return DEFAUT


def _defect(error: BaseException, version: str) -> str:
    trace = "".join(traceback.format_exception(error))
    body = f"caqes {version}, Python {sys.version}\n{' '.join(sys.argv)}\n\n{trace}"
    try:
        handle, name = tempfile.mkstemp(prefix="caqes-defaut-", suffix=".txt")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(body)
        what = f"Envoyez aux mainteneurs le fichier {name}, avec la politique et les données si elles peuvent l'être."
    except OSError:
        what = f"Envoyez ceci aux mainteneurs : {type(error).__name__}, {error}."
    return f"caqes a rencontré un défaut qui n'est pas de votre fait. Aucun fichier n'a été écrit.\n{what}"
