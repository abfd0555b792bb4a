"""Whose pause is over reads once, by mail, what they missed and where."""

import asyncio
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from digest.app import open_app
from digest.config import load_config
from digest.core import people
from digest.model import BY_SCHEDULE

BACK = datetime(2026, 12, 1, 9, tzinfo=ZoneInfo("Europe/London"))
DAY = timedelta(days=1)


@pytest.fixture
def paused(network, sink):
    """An edition went out while Ada had paused until 1 December, and Bo had too, who missed nothing before."""
    network.json("lists", "apply")
    network.run("preferences", "ada@example.org", "--pause-until", "2026-12-01", "--at", network.at)
    assert network.send()["skipped"] == {"paused by themselves": 1}
    network.run("preferences", "bo@example.org", "--pause-until", "2026-12-01", "--at", "2026-11-24T08:00")
    sink.taken.clear()
    return network


def told(network, at):
    with open_app(load_config(network.folder / "config.toml"), at=at) as app:
        return asyncio.run(people.welcome_back(app, at, by=BY_SCHEDULE))


def test_who_missed_something_is_written_to_once_and_nobody_before_their_pause_is_over(paused, sink):
    assert (told(paused, BACK - 2 * DAY), sink.taken) == (0, [])
    assert told(paused, BACK) == 1
    assert sink.recipients == ["ada@example.org"]
    mail = sink.message("ada@example.org")
    assert mail["subject"] == "Welcome back to Growers"
    assert "https://digest.example.org/view/" in mail.get_body(("plain",)).get_content()
    assert (told(paused, BACK + DAY), len(sink.taken)) == (0, 1)


def test_the_link_leads_to_the_edition_that_was_missed(paused, sink, visit):
    told(paused, BACK)
    text = sink.message("ada@example.org").get_body(("plain",)).get_content()
    page = visit.get("/view/" + text.partition("/view/")[2].split()[0])
    assert (page.status_code, "Seed swap" in page.text) == (200, True)


def test_who_has_left_meanwhile_gets_none(paused, sink):
    paused.run("unsubscribe", "ada@example.org")
    assert (told(paused, BACK), sink.taken) == (0, [])


def test_what_no_server_takes_is_tried_again(paused, sink):
    sink.reply = lambda _: "451 later"
    assert told(paused, BACK) == 0
    sink.reply = lambda _: "250 OK"
    assert told(paused, BACK + DAY) == 1
