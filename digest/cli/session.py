"""What every command needs: the configuration, an open app, a progress bar, and the two ways to answer."""

import asyncio
import gc
import json
import signal
import sys
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from digest.errors import UsageError

if TYPE_CHECKING:
    from digest.app import App
    from digest.config import Config
    from digest.pipeline import Look, Preview

T = TypeVar("T")

At = Annotated[str | None, typer.Option(metavar="TIME", help="The present to assume, as an ISO time.")]
Json = Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]


@dataclass(frozen=True, slots=True)
class Session:
    """One run of the command line."""

    config_option: Path | None

    def config(self) -> "Config":
        """The validated configuration."""
        from digest.config import load_config, locate_config  # noqa: PLC0415

        return load_config(locate_config(self.config_option))

    @contextmanager
    def app(self, *, at: str | None = None, config: "Config | None" = None) -> Iterator["App"]:
        """An open app that tells on stderr how its work advances."""
        from digest.app import open_app  # noqa: PLC0415
        from digest.cli.progress import shown_progress  # noqa: PLC0415

        config = config or self.config()
        set_up_logging()
        with shown_progress() as progress, open_app(config, at=parse_at(at, config), progress=progress) as app:
            yield app


def session(context: typer.Context) -> Session:
    """The session that the global options made."""
    found: Session = context.find_object(Session) or Session(config_option=None)
    return found


def parse_at(text: str | None, config: "Config", *, option: str = "--at") -> datetime | None:
    """An ISO time; in the network's zone where it has no offset.

    Raises:
        UsageError: saying what would be right.
    """
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        example = "2026-11-23T08:00 or 2026-11-23T08:00+00:00"
        raise UsageError(f'{option} "{text}" is not an ISO time; write {example}') from None
    return moment if moment.tzinfo else moment.replace(tzinfo=config.network.zone)


def run(app: "App", work: Coroutine[Any, Any, T]) -> T:
    """Run a verb to its end; the first SIGINT or SIGTERM lets it finish what is in flight."""
    import uvloop  # noqa: PLC0415

    def stop() -> None:
        if not app.stopping.is_set():
            grace = app.config.smtp.grace.total_seconds()
            note(f"Stopping; what is under way may still be finished, which takes {grace:.0f} seconds at most.")
        app.stopping.set()

    async def guarded() -> T:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, stop)
        return await work

    gc.freeze()  # what was made until now is here to stay; looking at it again and again slowed sending down
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(guarded())


def parse_email(text: str | None, option: str) -> str | None:
    """An address given on the command line.

    Raises:
        UsageError: saying what is wrong with it.
    """
    if text is None:
        return None
    from digest.config.values import parse_address  # noqa: PLC0415

    try:
        return parse_address(text)
    except ValueError as error:
        raise UsageError(f"{option} {text!r} is no address: {error}") from None


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


def write_mail(folder: Path, name: str, shown: "Preview | Look") -> dict[str, Path]:
    """A mail as three files, by their suffix; the folder is made where it is missing.

    Raises:
        UsageError: when they cannot be written.
    """
    paths = {suffix: folder / f"{name}.{suffix}" for suffix in ("html", "txt", "eml")}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        paths["html"].write_text(shown.html, encoding="utf-8", newline="")
        paths["txt"].write_text(shown.text, encoding="utf-8")
        paths["eml"].write_bytes(shown.eml)
    except OSError as error:
        raise UsageError(f"{folder} cannot be written: {error.strerror}; name another folder with --out DIR") from None
    return paths


def print_json(document: object) -> None:
    """The one document on stdout."""
    sys.stdout.write(json.dumps(document, ensure_ascii=False, indent=2, default=_plain) + "\n")
    sys.stdout.flush()  # so that a reader that is gone is an error of this command, not a warning at its end


def print_table(columns: Sequence[str], rows: Sequence[Sequence[object]], *, title: str | None = None) -> None:
    """A table on stdout; plain where that is not a terminal."""
    from rich.box import SIMPLE_HEAD  # noqa: PLC0415
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    table = Table(
        *columns, title=title, title_justify="left", box=SIMPLE_HEAD, pad_edge=False, show_header=any(columns)
    )
    for row in rows:
        table.add_row(*(Text("" if cell is None else str(cell)) for cell in row))
    width = None if sys.stdout.isatty() else 160
    Console(width=width).print(table)


def note(text: str) -> None:
    """A line for the person, on stderr."""
    sys.stderr.write(f"{text}\n")


def confirm(question: Callable[[], str], *, yes: bool) -> None:
    """Ask, where a person is there to answer; scripts are taken at their word, and nothing is counted for them."""
    if not yes and sys.stdin.isatty():
        typer.confirm(question(), abort=True)


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    return str(value)


def set_up_logging() -> None:
    """Logs go to stderr: readable on a terminal, one JSON object a line elsewhere."""
    import structlog  # noqa: PLC0415

    terminal = sys.stderr.isatty()
    renderer: Any = structlog.dev.ConsoleRenderer() if terminal else structlog.processors.JSONRenderer()
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.format_exc_info,
            renderer,
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
