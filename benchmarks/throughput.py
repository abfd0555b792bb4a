"""Mails per second against `smtp-sink`, beside Postfix's own `smtp-source` on the same sink in the same run.

Run it with `make bench`. The ledger is durable (SQLite, synchronous=FULL), every mail is distinct and about 36 kB. The
two take turns on the same sink; what counts is the ratio of their medians. Bar: 0.75. How fast the ledger can be is a
matter of how long the disk takes to flush: at most two deliveries per connection are in flight, so each connection
sends one mail per commit.
"""

import argparse
import asyncio
import os
import shutil
import socket
import statistics
import subprocess
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import others
import uvloop
from sqlalchemy import insert

from digest.app import open_app
from digest.config import Config
from digest.model import CampaignStatus, Slot
from digest.pipeline import deliver
from digest.render import Compiled, compiled_to_json
from digest.store import campaigns, outbox
from digest.store.tables import lists, subscribers, subscriptions

SBIN = f"/usr/sbin:{os.environ['PATH']}"


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def start_sink() -> tuple[subprocess.Popen[bytes], int]:
    """`smtp-sink`, listening."""
    program = shutil.which("smtp-sink", path=SBIN)
    if program is None:
        raise SystemExit("smtp-sink is missing; install the distribution's postfix package")
    port = free_port()
    user = ["-u", "postfix"] if os.geteuid() == 0 else []
    sink = subprocess.Popen([program, *user, "-c", f"127.0.0.1:{port}", "1000"], stdout=subprocess.DEVNULL)
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            if sink.poll() is not None:
                raise SystemExit("smtp-sink ended at once") from None
        else:
            return sink, port


def smtp_source(port: int, *, mails: int, size: int, connections: int) -> float:
    """Mails per second of Postfix's generator, reusing connections as we do."""
    program = shutil.which("smtp-source", path=SBIN)
    command = [str(program), "-d", "-s", str(connections), "-m", str(mails), "-l", str(size), f"127.0.0.1:{port}"]
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return mails / (time.perf_counter() - start)


def campaign_of(folder: Path, port: int, *, mails: int, size: int, connections: int) -> tuple[float, float]:
    """Mails per second, and microseconds of CPU a mail, of a whole campaign: outbox, ledger, message assembly, SMTP."""
    config = Config.model_validate(
        {
            "network": {"name": "Bench"},
            "sender": {"email": "bench@example.org"},
            "smtp": {"host": "127.0.0.1", "port": port, "connections": connections},
            "lists": [{"name": "all"}],
        }
    ).model_copy(update={"base": folder})
    now = datetime.now(UTC)
    with open_app(config) as app:
        line = "All work and no play makes a dull benchmark, said the sink to the source.\n"
        body = line * ((size - 4000) // len(line))
        rendered = Compiled(
            subject="A benchmark",
            html=("<p>", body, '<a href="', Slot.UNSUBSCRIBE_URL, '">Leave</a></p>'),
            text=("Hello ", Slot.NAME, "\n", line),
        )
        with app.store.write() as connection:
            connection.execute(insert(lists).values(name="all", title="All"))
            people = [
                {
                    "address": f"member{n}@example.org",
                    "address_key": f"member{n}@example.org",
                    "name": f"Member {n}",
                    "created_at": now,
                }
                for n in range(mails)
            ]
            connection.execute(insert(subscribers), people)
            links = [{"subscriber_id": n + 1, "list_id": 1, "status": "active", "since": now} for n in range(mails)]
            connection.execute(insert(subscriptions), links)
            campaign = campaigns.create(
                connection,
                name="bench",
                digest="announcement",
                period="bench",
                status=CampaignStatus.SENDING,
                list_names=["all"],
                now=now,
                rendered=compiled_to_json(rendered),
            )
            assert campaign is not None
            outbox.plan(connection, campaign)
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            cpu = time.process_time()
            sent = runner.run(deliver(app, campaign, now))
            cpu = time.process_time() - cpu
        assert sent.report.states["accepted"] == mails, sent.report
        return mails / sent.report.seconds, 1e6 * cpu / mails


def beside_smtp_source(port: int, *, mails: int, size: int, connections: int, rounds: int) -> None:
    """Take turns and print the medians."""
    shape = {"mails": mails, "size": size, "connections": connections}
    ours, theirs, cpu = [], [], []
    for _ in range(rounds):
        theirs.append(smtp_source(port, **shape))
        with tempfile.TemporaryDirectory() as folder:
            rate, microseconds = campaign_of(Path(folder), port, **shape)
        ours.append(rate)
        cpu.append(microseconds)
    ratio = statistics.median(ours) / statistics.median(theirs)
    print(f"{mails} mails over {connections} connections, medians of {rounds} rounds")
    print(f"  smtp-source                 {statistics.median(theirs):8.0f}/s")
    print(f"  digest                      {statistics.median(ours):8.0f}/s   ratio {ratio:.2f}", end="")
    print(f"   CPU {statistics.median(cpu):.0f} microseconds a mail")


def beside_others(port: int, *, mails: int, size: int, connections: int) -> None:
    """The usual ways, once each: none of them keeps a ledger."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        stock = runner.run(others.aiosmtplib_stock(port, mails=mails, size=size, connections=connections))
    print(f"  aiosmtplib, no ledger       {stock:8.0f}/s")
    print(f"  smtplib, one connection     {others.smtplib_stock(port, mails=mails, size=size):8.0f}/s")
    pool = others.nodemailer(port, mails=mails, size=size, connections=connections)
    print("  nodemailer's pool           " + (f"{pool:8.0f}/s" if pool else "skipped: node or nodemailer is missing"))


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mails", type=int, default=20_000)
    parser.add_argument("--size", type=int, default=36_000)
    parser.add_argument("--connections", type=int, nargs="+", default=[20, 50])
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    sink, port = start_sink()
    try:
        for connections in options.connections:
            shape = {"mails": options.mails, "size": options.size, "connections": connections}
            beside_smtp_source(port, **shape, rounds=options.rounds)
        beside_others(port, **shape | {"mails": options.mails // 5})
    finally:
        sink.terminate()
        sink.wait()


if __name__ == "__main__":
    main()
