"""The process that reads sources without its half second of imports: forked from the command, which has them all.

What runs in it is what runs in the product's own, over the same socket, under the same limits and with the same end.
That the product starts an interpreter for it, with nothing of its own, is what `rooms/test_collect_reading.py` and
`faults/test_reading.py` show; they start theirs themselves.
"""

import gc
import os
import signal
import socket
import subprocess
import warnings
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from digest.collect import Document, Fetched, parse
from digest.collect.reading import inside
from digest.collect.resolve import resolve
from digest.config import SourceConfig

_READS = "digest.collect.reading.inside"
_NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
_WARMING = (
    "A meeting\n\nAdded by Ann under News\n\nJoin us on 4 December 2026, 7pm to 9pm, at the Old Dairy.\n\n"
    "A gardener\n\nAdded by Ann\n\nWe are hiring, part time, £21,500 a year. Apply by 5 pm on 4 December 2026.\n"
)


class _Forking(subprocess.Popen[bytes]):
    """What the product starts; where that is the process that reads, it never becomes another program."""

    def __init__(self, args: Sequence[str], **options: Any) -> None:
        if _READS in args:
            options["preexec_fn"] = partial(_read, *args[args.index(_READS) + 1 :], options["env"])
        super().__init__(args, **options)


def fork_readings() -> None:
    """From now on, in this process and in those that it forks; fills what the first reading fills."""
    source = SourceConfig(name="s", kind="export", path=Path("it"))
    parsed = parse(source, Fetched(documents=(Document(name="it", content=_WARMING.encode()),)), around=_NOW)
    for found in parsed.found:
        resolve(found, source=source, first_seen_at=_NOW, zone=UTC)
    warnings.filterwarnings("ignore", message=".*multi-threaded.*", category=DeprecationWarning)
    subprocess.Popen = _Forking  # type: ignore[misc]


def _read(cpu: str, memory: str, env: Mapping[str, str]) -> None:
    """Read until the other end is closed, as `python -m digest.collect.reading.inside` does; does not return."""
    code = 1
    try:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL)
        os.closerange(3, os.sysconf("SC_OPEN_MAX"))  # the command's; with them, what tells it that this has started
        os.environ.clear()
        os.environ.update(env)
        inside._end_with_parent()
        gc.freeze()
        gc.enable()  # which a fork for another program keeps from running
        with socket.socket(fileno=0) as own:
            inside.serve(own, cpu=float(cpu), memory=int(memory))
        code = 0
    except MemoryError:
        code = inside.OUT_OF_MEMORY
    finally:
        os._exit(code)
