"""The processes that read, as the system shows them; and sources that take their time."""

import os
import select
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from digest.collect import Document, Fetched
from digest.collect.reading.task import Task, settings
from digest.config import SourceConfig

LONDON = ZoneInfo("Europe/London")
NOW = datetime(2026, 11, 23, 8, tzinfo=LONDON)
LONGEST = 60  # seconds that anything here may take

_ENTRY = """\
Thought {number} of a long winter

Added by Una under Growing

Hedges are alive, and so are we. The next meeting is on Saturday {day} December 2026, from 2pm to 4pm, at the Old Dairy.

"""


def export(entries):
    """A page of so many posts, a millisecond or more of work each."""
    return "".join(_ENTRY.format(number=number, day=number % 28 + 1) for number in range(entries))


def task(content, *, kind="export", name="posts", known=(), url=None):
    """One document to be read."""
    place = {"url": url} if url else {"path": Path("posts.txt")}
    source = SourceConfig(name=name, kind=kind, query="SELECT 1" if kind == "table" and url else None, **place)
    content = content.encode() if isinstance(content, str) else content
    return Task(
        source=settings(source),
        fetched=Fetched(documents=(Document(name=f"{name}.txt", content=content),)),
        known=tuple(known),
        now=NOW,
        zone=LONDON,
        language="en-GB",
    )


def processes_of(parent):
    """The processes for reading that a process has started and that have not ended."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            state, started_by = (folder / "stat").read_text().rpartition(")")[2].split()[:2]
            words = (folder / "cmdline").read_bytes().split(b"\0")
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(started_by) == parent and state != "Z" and b"digest.collect.reading.inside" in words:
            found.append(int(folder.name))
    return found


def one_that_reads(parent, *, command=None, spent=0.0):
    """Wait until the first of them is past its start, since it may write no file any more; its id.

    `spent` is how many seconds of CPU it has had by then, by which one that reads a large source is told from others.
    """
    while True:
        assert command is None or command.poll() is None
        for process in sorted(processes_of(parent))[: None if spent else 1]:
            try:
                limits = Path(f"/proc/{process}/limits").read_text()
                user, system = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[11:13]
            except FileNotFoundError:
                continue
            if (int(user) + int(system)) / os.sysconf("SC_CLK_TCK") < spent:
                continue
            if any(line.startswith("Max file size") and line.split()[3] == "0" for line in limits.splitlines()):
                return process
        os.sched_yield()


def ends(process):
    """Wait until a process that is not our own child has ended."""
    try:
        handle = os.pidfd_open(process)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([handle], [], [], LONGEST)[0])
    finally:
        os.close(handle)
