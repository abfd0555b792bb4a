"""The wall clock jumps, between runs and in the middle of one: nobody twice, nobody lost, nobody put off for long."""

from collections import Counter
from datetime import timedelta
from itertools import cycle

import pytest
from faults.one_run import Run, planned
from scripted_smtp import Fault, scripted_server

from digest.store import outbox
from digest.store.engine import open_store

WEEKLY = ["ada@example.org", "bo@example.org", "di@example.org"]


def defer(sink, address):
    sink.at_rcpt = lambda to: "450 4.2.0 not now" if to == address else "250 OK"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("2026-11-23T08:00", "2026-11-23T05:00"),  # back by hours: it waits, for minutes more than the jump
        ("2026-11-23T08:00", "2026-11-23T08:01"),
        ("2026-11-23T08:00", "2026-11-23T08:04:59"),
    ],
)
def test_after_a_jump_back_the_deferred_wait_and_nobody_has_it_twice(network, sink, first, second):
    defer(sink, "bo@example.org")
    assert (found := network.send(at=first))["deferred"] == 1, found
    defer(sink, "")
    again = network.send(at=second)
    assert (again["accepted"], again["accepted_now"], again["deferred"]) == (2, 0, 1)
    last = network.send(at="2026-11-23T08:10")
    assert (last["status"], last["accepted"]) == ("sent", 3)
    assert sink.recipients == WEEKLY


def test_who_was_put_off_by_a_clock_that_was_far_ahead_is_due_once_it_is_right(network, sink):
    defer(sink, "bo@example.org")
    assert network.send(at="2026-11-29T08:00")["deferred"] == 1  # the same week, by a clock six days ahead
    last = network.send(at="2026-11-23T08:00")
    assert (last["deferred"], last["rejected"]) == (1, 0)  # tried, refused again, and not given up
    defer(sink, "")
    last = network.send(at="2026-11-23T08:15")
    assert (last["status"], last["accepted"]) == ("sent", 3)
    assert sink.recipients == WEEKLY


def test_a_clock_far_ahead_makes_what_is_deferred_due_and_gives_it_up_only_after_days(network, sink):
    defer(sink, "bo@example.org")
    network.send(at="2026-11-23T08:00")
    assert network.send(at="2026-11-23T20:00")["deferred"] == 1
    defer(sink, "")
    assert network.send(at="2026-11-23T23:59")["accepted_now"] == 1
    assert sink.recipients == WEEKLY


@pytest.fixture
def kept(tmp_path):
    store = open_store("sqlite:///var/digest.sqlite", base=tmp_path, var=tmp_path / "var")
    yield store
    store.close()


@pytest.mark.parametrize("hours", [(48,), (-48,), (0, 7, -7), (5, -5)])
async def test_a_clock_that_jumps_during_a_run_loses_nobody_and_changes_neither_pause_nor_rate(kept, now, hours):
    jumps = cycle(timedelta(hours=each) for each in hours)
    campaign = planned(kept, now)
    async with scripted_server([Fault("RCPT", "421 4.7.0 slow down")]) as server:
        run = Run(kept, campaign, server)
        await run.send(now, clock=lambda: now + next(jumps))
        assert run.states() == {"ann": "deferred", "bob": "accepted", "cy": "accepted"}
        with kept.read() as connection:
            told = outbox.report_of(connection, campaign)
        assert 0.05 <= told.seconds < 30
        assert told.rate > 0
        later = run.rows()["ann"].next_attempt_at or now
        assert later <= now + timedelta(hours=max(0, *hours), minutes=5)
        await run.send(later, clock=lambda: later)
        assert set(run.states().values()) == {"accepted"}
    assert set(Counter(received.recipient for received in server.accepted).values()) == {1}
