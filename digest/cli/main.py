"""The entry: global options, and errors as one message with the right exit code."""

import gc
import io
import sys
from pathlib import Path
from typing import Annotated

import typer

from digest import __version__
from digest.cli import (
    announcements,
    archive,
    campaigns,
    content,
    drafts,
    edition,
    editions,
    imports,
    organisers,
    people,
    person,
    returns,
    service,
    templates,
)
from digest.cli.help import Commands
from digest.cli.session import Session
from digest.cli.visible import json_text, visible
from digest.errors import ConfigError, DigestError

cli = typer.Typer(
    cls=Commands,
    name="digest",
    help="Email digests and announcements for a membership network.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"digest {__version__}")
        raise typer.Exit


@cli.callback()
def options(
    context: typer.Context,
    config: Annotated[
        Path | None, typer.Option(metavar="PATH", help="The configuration; else $DIGEST_CONFIG, else ./config.toml.")
    ] = None,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Email digests and announcements for a membership network."""
    del version  # handled by its callback, before any command
    context.obj = Session(config_option=config)


for module in (
    content,
    editions,
    edition,
    announcements,
    drafts,
    campaigns,
    archive,
    people,
    person,
    returns,
    imports,
    organisers,
    templates,
    service,
):
    module.register(cli)


def main() -> None:
    """Run one command; exit 0 done or nothing to do, 1 it failed, 2 wrong usage or configuration."""
    _write_out_whole()
    gc.set_threshold(50_000, 20, 20)  # of long lists nothing is garbage, and looking took a third of planning them
    try:
        cli(standalone_mode=True)
    except DigestError as error:
        _tell(error)
        raise SystemExit(error.exit_code) from None
    except KeyboardInterrupt:
        raise SystemExit(130) from None


def _write_out_whole() -> None:
    """Buffer stdout under PYTHONUNBUFFERED: unbuffered, a write that a stop or a signal interrupts loses its rest."""
    raw = getattr(sys.stdout, "buffer", None)
    if isinstance(raw, io.RawIOBase):
        buffered = open(sys.stdout.fileno(), "wb", closefd=False)  # noqa: SIM115  (for the process's life)
        sys.stdout = io.TextIOWrapper(
            buffered, encoding=sys.stdout.encoding, errors=sys.stdout.errors, line_buffering=sys.stdout.isatty()
        )


def _tell(error: DigestError) -> None:
    """The message on stderr; scripts that asked for JSON also get it as their one document."""
    if isinstance(error, ConfigError):
        count = len(error.problems)
        heading = "1 problem:" if count == 1 else f"{count} problems:"
        lines = [heading, *(f"  {problem}" for problem in error.problems)]
    else:
        lines = [f"digest: {error}"]
    sys.stderr.write(visible("\n".join(lines)) + "\n")
    if "--json" in sys.argv:
        sys.stdout.write(json_text({"error": str(error), "exit_code": error.exit_code}) + "\n")
