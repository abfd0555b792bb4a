"""Mails per second to `smtp-sink`, beside Postfix's own `smtp-source` on the same sink in the same run.

Bar: 0.75 of `smtp-source`, for 20,000 mails of 36 kB. All take turns on one sink; what counts are the medians of the
rounds. Messages are of the same size to within half a percent, each sender keeps its connections, and each is timed
from before its first connection until after its last answer. What is not the same:

- Ours keeps a ledger (SQLite, `synchronous=FULL`): each delivery is committed before its DATA, and each result. At
  most two deliveries per connection are in flight, so a slow disk sets the pace. Planning the outbox is not timed.
- Ours makes each mail for its recipient. `smtp-source` repeats one mail to one recipient; the other libraries are
  given bytes, but for nodemailer, which makes its mails, as ours does.
- Ours pipelines MAIL, RCPT and DATA, as the sink offers; `smtp-source` and the libraries wait for each answer.
- `smtp-source` is a process that has to start (milliseconds), ours one that runs already.
- The libraries send a fifth as many mails; `smtplib` has only one connection.
"""

import argparse
import asyncio
import gc
import statistics
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

import uvloop
from machine import missing_nodemailer, missing_postfix
from measured import Measured
from network import campaign_to, mail_of
from running import Benchmark, progress, run
from senders import Pace, Shape, aiosmtplib_stock, nodemailer, sink, smtp_source, smtplib_stock, timed

from digest.core import campaigns
from digest.model import DeliveryState
from digest.store import outbox

BAR = 0.75  # of smtp-source's rate
BAR_MAILS, BAR_SIZE = 20_000, 36_000
DIGEST, POSTFIX, NODEMAILER = "digest", "smtp-source", "nodemailer's pool"
LIBRARIES: Mapping[str, Callable[[Shape], Pace]] = {
    "aiosmtplib's sendmail, no ledger": aiosmtplib_stock,
    "smtplib, one connection, no ledger": smtplib_stock,
    NODEMAILER: nodemailer,
}


def digest(shape: Shape) -> Pace:
    """A whole campaign: outbox, ledger, message assembly, SMTP."""
    mail = mail_of(shape.size)
    smtp = {"host": "127.0.0.1", "port": shape.port, "connections": shape.connections}
    with campaign_to(shape.mails, mail, **smtp) as (app, campaign):
        with app.store.write() as connection:
            outbox.plan_deliveries(connection, campaign, app.now)
        send = campaigns.send  # imported when it is first asked for, which is no part of sending
        gc.set_threshold(50_000, 20, 20)  # both as the command line does
        gc.freeze()
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            pace = timed(shape.mails, lambda: runner.run(send(app, campaign, app.now)))
        with app.store.read() as connection:
            report = outbox.report_of(connection, campaign)
        assert report.states[DeliveryState.ACCEPTED] == shape.mails, report
    return pace


def in_turn(senders: Mapping[str, Callable[[], Pace]], rounds: int, what: str) -> dict[str, Pace]:
    """The medians of each sender's rounds."""
    paces: dict[str, list[Pace]] = {name: [] for name in senders}
    for number in range(1, 1 + rounds):
        for name, send in senders.items():
            progress(f"{what}, round {number} of {rounds}: {name}")
            paces[name].append(send())
    return {
        name: Pace(rate=statistics.median(p.rate for p in each), cpu=statistics.median(p.cpu for p in each))
        for name, each in paces.items()
    }


def rows(shape: Shape, rounds: int, libraries: Mapping[str, Callable[[Shape], Pace]]) -> list[Measured]:
    """Ours beside `smtp-source`, and beside these libraries."""
    few = replace(shape, mails=max(1, shape.mails // 5))
    senders = {name: partial(send, few) for name, send in libraries.items()}
    what = _what(shape)
    paces = in_turn({POSTFIX: partial(smtp_source, shape), DIGEST: partial(digest, shape)} | senders, rounds, what)
    ours = paces.pop(DIGEST)
    return [
        _beside_postfix(shape, ours.rate, paces[POSTFIX].rate),
        Measured(
            what=f"CPU of one mail over {shape.connections} connections",
            unit="µs CPU",
            value=ours.cpu,
            beside=POSTFIX,
            reference=paces.pop(POSTFIX).cpu,
        ),
        *(
            Measured(what=what, unit="mails/s", value=ours.rate, beside=name, reference=pace.rate)
            for name, pace in paces.items()
        ),
    ]


def measure(options: argparse.Namespace) -> list[Measured]:
    """Each number of connections beside `smtp-source`, the last of them beside the libraries too."""
    shapes = [
        Shape(port=0, mails=options.mails, size=options.size, connections=connections)
        for connections in options.connections
    ]
    if why := missing_postfix():
        return [replace(_beside_postfix(shape), skipped=why) for shape in shapes]
    without = missing_nodemailer()
    libraries = {name: send for name, send in LIBRARIES.items() if not (without and name == NODEMAILER)}
    found = []
    with sink() as port:
        for shape in shapes:
            found += rows(replace(shape, port=port), options.rounds, libraries if shape is shapes[-1] else {})
    if without:
        ours = next(row for row in found if row.what == _what(shapes[-1]))
        found.append(Measured(what=ours.what, unit=ours.unit, value=ours.value, beside=NODEMAILER, skipped=without))
    return found


def _what(shape: Shape) -> str:
    return f"{shape.mails:,} mails of {shape.size / 1000:.0f} kB over {shape.connections} connections"


def _beside_postfix(shape: Shape, ours: float | None = None, theirs: float | None = None) -> Measured:
    bar = BAR if shape.mails >= BAR_MAILS and shape.size >= BAR_SIZE else None
    return Measured(what=_what(shape), unit="mails/s", value=ours, beside=POSTFIX, reference=theirs, at_least_ratio=bar)


def add_options(parser: argparse.ArgumentParser) -> None:
    """What is sent, and how often."""
    parser.add_argument("--mails", type=int, default=BAR_MAILS, help="that are sent (%(default)s)")
    parser.add_argument("--size", type=int, default=BAR_SIZE, help="bytes of each (%(default)s)")
    parser.add_argument("--connections", type=int, nargs="+", default=[20, 50], help="to send them over (20 50)")
    parser.add_argument("--rounds", type=int, default=3, help="that the senders take turns in (%(default)s)")


BENCHMARK = Benchmark(name="throughput", measure=measure, add_options=add_options)

if __name__ == "__main__":
    run(__doc__, [BENCHMARK])
