"""The two ways to answer, one JSON document or tables and notes; and what is asked and read before."""

import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from digest.cli.visible import json_text, visible
from digest.core import content
from digest.errors import UsageError
from digest.resources import private_folder, write_private

if TYPE_CHECKING:
    from digest.app import App
    from digest.core.announcements import ShownMail
    from digest.core.editions import Preview
    from digest.model import SourceResult


_TOLD = 5  # pictures of a source
_WIDTH = 80  # columns, where there is no terminal
_ROOM = 32  # columns for the others beside one that is not wrapped
_LONGEST_WORD = 40  # columns; what is longer is broken


def print_json(document: object) -> None:
    """The one document on stdout."""
    sys.stdout.write(json_text(document, indent=2) + "\n")
    sys.stdout.flush()  # so that a reader that is gone is an error of this command, not a warning at its end


def print_table(
    columns: Sequence[str],
    rows: Sequence[Sequence[object]],
    *,
    title: str | None = None,
    whole: bool = False,
    wide: bool = False,
) -> None:
    """A table on stdout, wrapped by words: to the terminal's width, or to 80 columns where there is none.

    Args:
        columns: their headings.
        rows: a cell for each.
        title: above it.
        whole: what stands in the last column is never wrapped, however wide that makes the table.
        wide: nothing is wrapped.
    """
    from rich.box import SIMPLE_HEAD  # noqa: PLC0415
    from rich.cells import cell_len  # noqa: PLC0415
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    cells = [["" if cell is None else visible(str(cell)) for cell in row] for row in rows]
    heading = None if title is None else Text(visible(title), style="table.title")
    table = Table(title=heading, title_justify="left", box=SIMPLE_HEAD, pad_edge=False, show_header=any(columns))
    widths = []
    for number, column in enumerate(columns):
        told = [row[number] for row in (columns, *cells)]
        most = max((cell_len(line) for cell in told for line in cell.splitlines()), default=1)
        longest = max((cell_len(word) for cell in told for word in cell.split()), default=1)
        kept = wide or (whole and number == len(columns) - 1)
        widths.append((most if kept else min(longest, _LONGEST_WORD), most))
        table.add_column(column, overflow="fold", no_wrap=kept)
    for row in cells:
        table.add_row(*map(Text, row))
    console = Console(width=None if sys.stdout.isatty() else _WIDTH)
    between = 3 * len(columns) - 1  # blanks and borders
    room = sum(least for least, _ in widths) + (_ROOM if whole else 0)
    chosen = _shared_out(widths, max(console.width - between, room))
    for made, width in zip(table.columns, chosen, strict=True):
        made.width = width
    Console(width=max(console.width, sum(chosen) + between)).print(table)


def _shared_out(widths: Sequence[tuple[int, int]], room: int) -> list[int]:
    """A width for each column between its least and its most; who wants little beyond the least gets it first."""
    chosen = [least for least, _ in widths]
    left = max(room - sum(chosen), 0)
    by_want = sorted(range(len(widths)), key=lambda n: widths[n][1] - chosen[n])
    for after, n in enumerate(by_want):
        more = min(widths[n][1] - chosen[n], left // (len(by_want) - after))
        chosen[n] += more
        left -= more
    return chosen


def say(text: object) -> None:
    """A line of the answer, on stdout."""
    typer.echo(visible(str(text)))


def note(text: str) -> None:
    """A line for the person, on stderr."""
    sys.stderr.write(f"{visible(text)}\n")


def confirm(question: Callable[[], str], *, yes: bool, number: Callable[[], int | None] = lambda: None) -> None:
    """Ask, where a person is there to answer; elsewhere only `--yes` is an answer, and nothing is counted for it.

    Args:
        question: what to ask.
        yes: it is answered already.
        number: what has to be typed as the answer, where a mere yes is too easy.

    Raises:
        UsageError: when nobody can be asked, or another number is typed.
    """
    if yes:
        return
    if not sys.stdin.isatty():
        raise UsageError("This asks before it acts, and here is no terminal to ask at: add --yes")
    wanted = number()
    if wanted is None:
        typer.confirm(visible(question()), abort=True)
        return
    typed = typer.prompt(f"{visible(question())} Type their number, {wanted}")
    if typed.strip() != str(wanted):
        raise UsageError(f"{typed} is not {wanted}: nothing was sent")


def many(people: int, ask_above: int | None) -> int | None:
    """The number that is to be typed before so many people get a mail; None where a yes will do."""
    return people if ask_above is not None and people > ask_above else None


def read_text(file: Path) -> str:
    """A file that a person named on the command line.

    Raises:
        UsageError: saying why it cannot be read.
    """
    try:
        return file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = "it is not UTF-8 text" if isinstance(error, UnicodeDecodeError) else error.strerror
        raise UsageError(f"{file} cannot be read: {reason}") from None


def write_mail(app: "App", folder: Path, name: str, shown: "Preview | ShownMail") -> dict[str, Path]:
    """A mail as three files, by their suffix, readable by this user alone; the folder is made where it is missing.

    Its pictures stand in the folder `picture` beside them, so that the HTML shows them without a server.

    Raises:
        UsageError: when they cannot be written.
    """
    paths = {suffix: folder / f"{name}.{suffix}" for suffix in ("html", "txt", "eml")}
    try:
        private_folder(folder)
        html, pictures = content.with_pictures_beside(app, shown.html)
        write_private(paths["html"], html)
        for picture, inside in pictures.items():
            private_folder(folder / "picture")
            write_private(folder / "picture" / picture, inside)
        write_private(paths["txt"], shown.text)
        write_private(paths["eml"], shown.eml)
    except OSError as error:
        raise UsageError(f"{folder} cannot be written: {error.strerror}; name another folder with --out DIR") from None
    return paths


def warn_of_sources(results: "Iterable[SourceResult]") -> None:
    """What each source that failed, or was read only in part, has to complain of, on stderr."""
    for result in results:
        if result.complaint:
            first, *further = result.complaint.splitlines()
            note(f"warning: {first}")
            for line in further:
                note(f"warning: source {result.source}: {line}")
        for line in result.pictures[:_TOLD]:
            note(f"warning: source {result.source}: shown without its picture: {line}")
        if len(result.pictures) > _TOLD:
            note(f"warning: source {result.source}: and {len(result.pictures) - _TOLD:,} pictures more")
