"""Planning and sending for 10,000 and for 1,000,000 people on SQLite: seconds, and the memory that it takes.

Run it with `make bench`. Bars: 15 seconds for a million deliveries; less than 200 MB however many there are. Each size
runs in a process of its own, since the memory that is told is the most that the process ever had. What is sent goes to
a courier that accepts everything at once: ledger, paging and message assembly are the real ones.
"""

import argparse
import asyncio
import json
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import uvloop
from sqlalchemy import text

from digest.app import App, open_app
from digest.config import Config
from digest.deliver import Envelope
from digest.deliver import deliver as deliver_all
from digest.model import Accepted, CampaignStatus, Outcome, Slot
from digest.pipeline.mailing import Mail
from digest.render import Compiled, compiled_to_json
from digest.store import campaigns, outbox
from digest.store.campaigns import Campaign
from digest.store.ledger import Ledger

SIZES = (10_000, 1_000_000)
CONNECTIONS = 20
NUMBERS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :people)"
PEOPLE = (
    "INSERT INTO lists (name, title) VALUES ('all', 'All')",
    f"""{NUMBERS} INSERT INTO subscribers (address, address_key, name, created_at)
    SELECT 'member' || i || '@example.org', 'member' || i || '@example.org', 'Member ' || i, :now FROM n""",
    "INSERT INTO subscriptions (subscriber_id, list_id, status, since) SELECT id, 1, 'active', :now FROM subscribers",
)
RENDERED = Compiled(
    subject="A benchmark",
    html=("<p>", "All work and no play.\n" * 100, '<a href="', Slot.UNSUBSCRIBE_URL, '">Leave</a></p>'),
    text=("Hello ", Slot.NAME, "\n"),
)


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


def megabytes() -> int:
    """The most memory this process ever had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def fill(app: App, people: int, now: datetime) -> Campaign:
    """A list of so many people, and a campaign that goes to it."""
    with app.store.write() as connection:
        for statement in PEOPLE:
            values = {"people": people, "now": f"{now:%Y-%m-%d %H:%M:%S.%f}"}
            connection.execute(text(statement), {name: values[name] for name in values if f":{name}" in statement})
        campaign = campaigns.create(
            connection,
            name="bench",
            digest="announcement",
            period="bench",
            status=CampaignStatus.SENDING,
            list_names=["all"],
            now=now,
            rendered=compiled_to_json(RENDERED),
        )
    assert campaign is not None
    return campaign


async def send(app: App, campaign: Campaign, now: datetime) -> None:
    """Everything that is due, to nobody."""
    mail = Mail.prepare(app, RENDERED, campaign=campaign)
    later = Ledger(
        app.store, campaign, clock=app.clock, retry_at=lambda _delivery, _outcome, at: at, connections=CONNECTIONS
    )
    async with later as ledger:
        due = outbox.due(app.store, campaign, now)
        await deliver_all(due, ledger=ledger, connect=connect, envelope=mail.envelope, connections=CONNECTIONS)


def measured(people: int, *, sending: bool) -> dict[str, float]:
    """One size, in this process."""
    now = datetime.now(UTC)
    told: dict[str, float] = {"people": people}
    with tempfile.TemporaryDirectory() as folder:
        values = {"network": {"name": "Bench"}, "sender": {"email": "bench@example.org"}, "lists": [{"name": "all"}]}
        config = Config.model_validate(values).model_copy(update={"base": Path(folder)})
        with open_app(config) as app:
            campaign = fill(app, people, now)
            start = time.perf_counter()
            with app.store.write() as connection:
                planned = outbox.plan(connection, campaign)
            told |= {"plan_s": round(time.perf_counter() - start, 2), "plan_mb": megabytes()}
            assert planned == people
            if sending:
                start = time.perf_counter()
                with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                    runner.run(send(app, campaign, now))
                seconds = time.perf_counter() - start
                with app.store.read() as connection:
                    assert outbox.report(connection, campaign).states["accepted"] == people
                told |= {"send_s": round(seconds, 1), "per_s": round(people / seconds), "send_mb": megabytes()}
    return told


def main() -> None:
    """Print one line for each size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, help="measure this size only, in this process")
    parser.add_argument("--no-sending", action="store_true")
    options = parser.parse_args()
    if options.people:
        print(json.dumps(measured(options.people, sending=not options.no_sending)))
        return
    print("planning and sending to a courier that takes everything, SQLite, synchronous=FULL")
    for people in SIZES:
        quick = ["--no-sending"] if options.no_sending else []
        subprocess.run([sys.executable, __file__, "--people", str(people), *quick], check=True)


if __name__ == "__main__":
    main()
