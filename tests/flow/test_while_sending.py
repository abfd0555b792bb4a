"""What happens to a mail while it is being sent, and what whoever sends it sees."""

import asyncio
import os
import pty
import subprocess
import sys
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import event

from digest.app import open_app
from digest.config import load_config
from digest.core import editions
from digest.model import ITSELF

BEFORE = datetime(2026, 11, 27, 16, 59, tzinfo=ZoneInfo("Europe/London"))  # the orchard job closes at five


def plain(message):
    return message.get_body(("plain",)).get_content()


def test_a_vacancy_that_closes_in_the_middle_is_left_out_for_the_rest(network, sink):
    network.change("config.toml", "[web]", 'rate = "1/second"\nconnections = 1\n[web]')
    with open_app(load_config(network.folder / "config.toml"), at=BEFORE) as opened:
        app = replace(opened, clock=lambda: BEFORE + timedelta(minutes=5) * bool(sink.taken))
        sent = asyncio.run(editions.send(app, app.digest("weekly"), BEFORE, by=ITSELF))
    assert (sent.report.status, sent.accepted_now, len(sink.taken)) == ("sent", 3, 3)
    first, *_, last = (to for to, _ in sink.taken)
    assert "Orchard Assistant" in plain(sink.message(first))
    assert "Orchard Assistant" not in plain(sink.message(last))
    assert "Seed swap" in plain(sink.message(last))


def test_on_a_terminal_a_bar_tells_accepted_deferred_and_rejected(network, sink):
    sink.reply = lambda to: "554 5.7.1 no" if to.startswith("bo") else "250 2.0.0 taken"
    ours, theirs = pty.openpty()
    words = [sys.executable, "-m", "digest", "send", "weekly", "--at", network.at, "--yes", "--json"]
    environment = os.environ | {"TERM": "xterm", "COLUMNS": "160"}
    process = subprocess.Popen(
        words, cwd=network.folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=theirs, env=environment
    )
    os.close(theirs)
    shown = b""
    with suppress(OSError):  # a terminal whose other side is closed is read to its end so
        while piece := os.read(ours, 65_536):
            shown += piece
    os.close(ours)
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert b'"accepted": 2' in out
    assert b"\x1b" not in out
    assert "2 accepted, 0 deferred, 1 rejected" in shown.decode()


def test_who_is_put_off_a_moment_is_waited_for_by_the_clock_that_decides_who_is_due(network, sink):
    network.change("config.toml", "[web]", "connections = 1\n[web]")
    refusals = iter(["421 4.7.0 slow down"])
    sink.at_rcpt = lambda _to: next(refusals, "250 OK")
    looks = []
    with open_app(load_config(network.folder / "config.toml"), at=BEFORE) as app:
        event.listen(app.store.engine, "begin", looks.append)
        begun = BEFORE - timedelta(seconds=5)  # collecting took so long
        sent = asyncio.run(editions.send(app, app.digest("weekly"), begun, by=ITSELF))
    assert (sent.report.status, sent.accepted_now) == ("sent", 3)
    assert len(looks) < 200
