"""Planning and sending for 10,000 and up to 1,000,000 people on SQLite: seconds, and the memory that it takes.

Bars: 15 seconds for a million deliveries; 200 MB however many there are. Each size runs in a process of its own, since
the memory that is told is the most that the process ever had. What is sent goes to a courier that accepts everything
at once: ledger, paging and message assembly are the real ones.
"""

import argparse
import asyncio
import re
import time
from dataclasses import dataclass
from pathlib import Path

import uvloop
from measured import Measured
from network import campaign_to, mail_of
from running import Benchmark, apart, progress, run

from digest.app import App
from digest.core.mail.personal import Mail
from digest.deliver import Envelope, FairShare, transmit
from digest.model import Accepted, DeliveryState, Outcome
from digest.render import Compiled
from digest.store import outbox
from digest.store.campaigns import Campaign
from digest.store.outbox.ledger import Ledger

BAR_SECONDS, BAR_PEOPLE = 15, 1_000_000
BAR_MEMORY = 200  # MB
CONNECTIONS = 20
SIZE = 4_000  # bytes of a mail


class NullCourier:
    """Takes everything, keeps nothing."""

    async def send(self, _envelope: Envelope) -> Outcome:
        """Accept."""
        await asyncio.sleep(0)
        return Accepted(reply="2.0.0 ok")

    async def close(self) -> None:
        """Nothing is open."""


async def connect() -> NullCourier:
    """A courier for one connection."""
    return NullCourier()


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """One size."""

    people: int
    planned: float  # seconds
    sent: float | None  # seconds; None where it was not
    memory: float | None  # MB at most; None where the system does not tell


def most_memory() -> float | None:
    """MB that this process had at most; its parent's memory, which `ru_maxrss` takes over, is not in it."""
    status = Path("/proc/self/status")
    found = re.search(r"^VmHWM:\s*(\d+) kB$", status.read_text(), re.MULTILINE) if status.exists() else None
    return 1024 * int(found[1]) / 1e6 if found else None


async def send(app: App, campaign: Campaign, mail: Compiled) -> None:
    """Everything that is due, to nobody."""
    ready = Mail.prepare(app, mail, campaign=campaign)
    later = Ledger(app.store, campaign, clock=app.clock, retry_at=lambda _delivery, _outcome, at: at)
    async with later as ledger:
        due = outbox.due(app.store, campaign, app.now)
        await transmit(due, ledger=ledger, connect=connect, envelope=ready.envelope, share=FairShare(CONNECTIONS))


def one_size(people: int, *, sending: bool) -> Told:
    """Plan, and send, in this process."""
    mail, sent = mail_of(SIZE), None
    with campaign_to(people, mail) as (app, campaign):
        start = time.perf_counter()
        with app.store.write() as connection:
            rows = outbox.plan_deliveries(connection, campaign)
        planned = time.perf_counter() - start
        assert rows == people
        if sending:
            start = time.perf_counter()
            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                runner.run(send(app, campaign, mail))
            sent = time.perf_counter() - start
            with app.store.read() as connection:
                report = outbox.report_of(connection, campaign)
            assert report.states[DeliveryState.ACCEPTED] == people, report
    return Told(people=people, planned=planned, sent=sent, memory=most_memory())


def measure(options: argparse.Namespace) -> list[Measured]:
    """Rows for each size; memory beside that of the smallest."""
    doing = "planning" if options.no_sending else "planning and sending"
    found = []
    for people in sorted(options.people):
        progress(f"{doing} {people:,} deliveries")
        found.append(apart(one_size, people, sending=not options.no_sending))
    smallest = found[0]
    return [
        *(
            Measured(
                what=f"planning {told.people:,} deliveries",
                unit="s",
                value=told.planned,
                at_most=BAR_SECONDS if told.people >= BAR_PEOPLE else None,
            )
            for told in found
        ),
        *(
            Measured(
                what=f"sending {told.people:,} to a courier that takes all at once",
                unit="mails/s",
                value=told.people / told.sent,
            )
            for told in found
            if told.sent is not None
        ),
        *(
            Measured(
                what=f"memory at most, {doing} {told.people:,}",
                unit="MB",
                value=told.memory,
                beside="" if told is smallest else f"{smallest.people:,}",
                reference=None if told is smallest else smallest.memory,
                at_most=BAR_MEMORY,
                skipped="" if told.memory is not None else "this system has no /proc/self/status",
            )
            for told in found
        ),
    ]


def add_options(parser: argparse.ArgumentParser) -> None:
    """How many, and whether to send."""
    sizes = [10_000, 100_000, BAR_PEOPLE]
    parser.add_argument("--people", type=int, nargs="+", default=sizes, help="to plan for (10000 100000 1000000)")
    parser.add_argument("--no-sending", action="store_true", help="plan only")


BENCHMARK = Benchmark(name="planning", measure=measure, add_options=add_options)

if __name__ == "__main__":
    run(__doc__, [BENCHMARK])
