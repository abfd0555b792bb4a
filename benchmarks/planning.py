"""Planning and sending for 10,000 and up to 1,000,000 people on SQLite: seconds, and the memory that it takes.

Bars: 15 seconds for a million deliveries; 200 MB however many there are. Each size runs in a process of its own, since
the memory that is told is the most that the process ever had. What is sent goes to a courier that accepts everything
at once: ledger, paging and message assembly are the real ones.
"""

import argparse
import asyncio
import re
import time
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import uvloop
from measured import Measured
from network import campaign_to, mail_of
from running import Benchmark, apart, progress, run
from sqlalchemy import text

from digest.app import App
from digest.core.mail.personal import Mail
from digest.deliver import Envelope, FairShare, transmit
from digest.model import ITSELF, Accepted, CampaignStatus, DeliveryState, Offer, Outcome, Terms
from digest.render import Compiled
from digest.store import campaigns, outbox
from digest.store.campaigns import Campaign
from digest.store.outbox.ledger import Ledger

BAR_SECONDS, BAR_PEOPLE = 15, 1_000_000
BAR_MEMORY = 200  # MB
CONNECTIONS = 20
SIZE = 4_000  # bytes of a mail


CATEGORIES = ("growing", "soil", "tools", "plots", "community")  # of the posts in the edition
WEEKLY = 2  # campaigns that went to everybody within a week, and mails that one person may get
_PREFERENCES = (
    """INSERT INTO mutes (subscriber_id, name, digest)
    SELECT id, 'posts', '' FROM subscribers WHERE id % 100 < 11""",
    *(
        f"""INSERT INTO mutes (subscriber_id, name, digest)
    SELECT id, '{name}', '' FROM subscribers WHERE id % 100 BETWEEN 11 AND 21"""
        for name in ("growing", "soil", "events")
    ),
    """INSERT INTO preferences (subscriber_id, digest, paused_until)
    SELECT id, '', :until FROM subscribers WHERE id % 100 BETWEEN 22 AND 27""",
    """INSERT INTO preferences (subscriber_id, digest, chosen)
    SELECT id, :digest, 'monthly' FROM subscribers WHERE id % 100 BETWEEN 28 AND 32""",
)
_SENT = """UPDATE deliveries SET state = CASE WHEN subscriber_id % 2 THEN 'accepted' ELSE 'rejected' END,
    finished_at = :at WHERE campaign_id = :campaign"""


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


def as_kept(moment: datetime) -> str:
    """An instant as SQLite keeps it."""
    return f"{moment:%Y-%m-%d %H:%M:%S.%f}"


def with_preferences(app: App, campaign: Campaign) -> Campaign:
    """A third of the people want less, and the campaign asks for all that can be wanted.

    Of each hundred: 11 muted all that is in it, 11 muted a part, 6 pause, 5 chose another digest. As many campaigns
    went to everybody this week as may go to one person.
    """
    offers = [Offer(section="posts", categories=(name,)) for name in CATEGORIES]
    terms = Terms(alternatives=("monthly",), per_week=WEEKLY, offers=tuple(offers))
    days_ago = app.now - timedelta(days=6)
    values = {"until": as_kept(app.now + timedelta(days=9)), "digest": campaign.digest, "at": as_kept(days_ago)}
    with app.store.write() as connection:
        for statement in _PREFERENCES:
            connection.execute(text(statement), {name: values[name] for name in values if f":{name}" in statement})
        for number in range(WEEKLY):
            made = campaigns.create(
                connection,
                name=f"earlier-{number}",
                digest="earlier",
                period=str(number),
                status=CampaignStatus.SENT,
                by=ITSELF,
                list_names=["all"],
                now=days_ago,
            )
            assert made is not None
            outbox.plan_deliveries(connection, made, days_ago)
            connection.execute(text(_SENT), {"campaign": made.id, "at": values["at"]})
        went_out = text("UPDATE campaigns SET last_sent_at = :at WHERE digest = 'earlier'")
        connection.execute(went_out, {"at": values["at"]})
    return replace(campaign, terms=terms)


def one_size(people: int, *, sending: bool, preferences: bool = False) -> Told:
    """Plan, and send, in this process."""
    mail, sent = mail_of(SIZE), None
    with campaign_to(people, mail) as (app, made):
        campaign = with_preferences(app, made) if preferences else made
        start = time.perf_counter()
        with app.store.write() as connection:
            rows = outbox.plan_deliveries(connection, campaign, app.now)
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
    wanting = []
    for people in sorted(options.people):
        progress(f"planning {people:,} deliveries, a third of them with preferences")
        wanting.append(apart(one_size, people, sending=False, preferences=True))
    return [
        *(
            Measured(
                what=f"planning {told.people:,} deliveries, a third with preferences, two mails this week",
                unit="s",
                value=told.planned,
                at_most=BAR_SECONDS if told.people >= BAR_PEOPLE else None,
            )
            for told in wanting
        ),
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
