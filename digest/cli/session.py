"""What every command needs: the configuration, an open app, who acts, and a progress bar."""

import gc
import getpass
import logging
import os
import signal
import sys
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from digest.cli.answers import note
from digest.cli.visible import only_visible
from digest.errors import UsageError
from digest.model import By, Via

if TYPE_CHECKING:
    from digest.app import App
    from digest.config import Config
    from digest.model import SourceResult

T = TypeVar("T")

At = Annotated[str | None, typer.Option(metavar="TIME", help="The present to assume, as an ISO time.")]
Json = Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask; without a terminal it is wanted.")]


class LogForm(StrEnum):
    """How logs are written."""

    AUTO = "auto"  # for people on a terminal, JSON elsewhere
    CONSOLE = "console"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class Session:
    """One run of the command line."""

    config_option: Path | None
    sources: "list[SourceResult]" = field(default_factory=list)  # what came of asking each, as the app told it

    @property
    def by(self) -> By:
        """Who acts: the user of this machine who gave the command."""
        return By(via=Via.COMMAND, name=_user())

    def config(self) -> "Config":
        """The validated configuration."""
        from digest.config import load_config, locate_config  # noqa: PLC0415

        return load_config(locate_config(self.config_option))

    @contextmanager
    def app(
        self, *, at: str | None = None, config: "Config | None" = None, logs: LogForm | None = None
    ) -> Iterator["App"]:
        """An open app that tells on stderr how its work advances."""
        from digest.app import open_app  # noqa: PLC0415
        from digest.cli.progress import shown_progress  # noqa: PLC0415

        config = config or self.config()
        set_up_logging(logs or LogForm(config.service.logs))
        present = parse_at(at, config)
        with (
            shown_progress() as progress,
            open_app(config, at=present, progress=progress, tell=self.sources.append) as app,
        ):
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
    import asyncio  # noqa: PLC0415

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


def set_up_logging(form: LogForm = LogForm.AUTO) -> None:
    """Logs go to stderr, in one form: lines for people, or one JSON object a line."""
    import structlog  # noqa: PLC0415

    common: list[Any] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso"),
        structlog.processors.format_exc_info,
    ]
    renderer: Any = structlog.processors.JSONRenderer()
    if form is LogForm.CONSOLE or (form is LogForm.AUTO and sys.stderr.isatty()):
        common.append(only_visible)
        renderer = structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    structlog.configure(
        processors=[*common, renderer],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    # What libraries tell by the standard library's logging reads like the rest.
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=common,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)


def _user() -> str:
    try:
        return os.environ.get("SUDO_USER") or getpass.getuser()
    except (KeyError, OSError):  # a container's user may have no name
        return f"uid {os.getuid()}"
