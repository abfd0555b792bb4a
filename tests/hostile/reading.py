"""Reads documents each in a process of its own, and tells what each cost: a server on standard input and output.

A line in is a case's name; a line out is JSON. Whatever is imported or filled by the first use is there before the
processes part, so what is counted is the reading alone.
"""

import gc
import json
import os
import resource
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from slowness import slowness

from digest.collect import Document, Fetched, parse
from digest.collect.resolve import resolve
from digest.config import SourceConfig
from digest.errors import SourceError

SECONDS = 8  # of CPU after which a reading is ended
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
WARMING = (
    "<p>Join us on 4 December 2026 at 7pm.</p>",
    "<p>We are hiring a gardener, part time, £21,500 a year. Apply by 5 pm on 4 December 2026.</p>",
    "<p>Mae swydd wag am arddwr. Dyddiad cau: 4 Rhagfyr 2026.</p>",
)
LONDON = ZoneInfo("Europe/London")


def read(kind: str, text: str) -> str:
    """The real way of a document, to its items; what came of it in a line."""
    source = SourceConfig(name="s", kind=kind, path=Path("it"))
    document = Document(name="it", content=text.encode("utf-8", "replace"))
    try:
        parsed = parse(source, Fetched(documents=(document,)), around=NOW)
    except SourceError as error:
        return f"refused: {error}"
    for found in parsed.found:
        resolve(found, source=source, first_seen_at=NOW, zone=LONDON)
    return f"read: {len(parsed.found)} items, {len(parsed.unreadable)} problems"


def _cost(kind: str, text: str) -> dict[str, object]:
    before = resource.getrusage(resource.RUSAGE_SELF)
    try:
        state = read(kind, text)
    except Exception as error:  # noqa: BLE001  (told to the test)
        state = f"crashed: {error!r}"
    after = resource.getrusage(resource.RUSAGE_SELF)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    slow = slowness() if used > 1 else 1.0
    megabytes = (after.ru_maxrss - before.ru_maxrss) / 1024
    return {"state": state[:5_000], "seconds": used / slow, "slowness": slow, "megabytes": megabytes}


def _apart(name: str) -> str:
    """One reading in a child process; where it is ended by its limit, that."""
    receive, send = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(receive)
        case = CASES[name]
        text = case.make()
        used = sum(resource.getrusage(resource.RUSAGE_SELF)[:2])
        resource.setrlimit(resource.RLIMIT_CPU, (int(used) + SECONDS, int(used) + SECONDS + 1))
        with os.fdopen(send, "w") as out:
            json.dump(_cost(case.kind, text), out)
        os._exit(0)
    os.close(send)
    with os.fdopen(receive) as told:
        answer = told.read()
    _, status = os.waitpid(child, 0)
    if answer:
        return answer
    ended = signal.Signals(os.WTERMSIG(status)).name if os.WIFSIGNALED(status) else "no answer"
    return json.dumps({"state": f"ended: {ended}", "seconds": float(SECONDS), "slowness": 1.0, "megabytes": 0.0})


if __name__ == "__main__":
    from hostile.corpus import CARRIERS, CASES

    for kind, carry in CARRIERS.values():
        for warming in WARMING:
            read(kind, carry(warming))
    gc.freeze()  # a child that ends looks through nothing that it has of its parent
    for line in sys.stdin:
        print(_apart(line.strip()), flush=True)  # noqa: T201
