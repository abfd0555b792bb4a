"""An event of a calendar is announced, then moved, then cancelled; each is news once."""

import pytest

CALENDAR = """BEGIN:VCALENDAR\r
VERSION:2.0\r
PRODID:-//Growers//EN\r
BEGIN:VEVENT\r
UID:swap@growers.example.org\r
DTSTAMP:20261101T090000Z\r
SEQUENCE:{sequence}\r
SUMMARY:Seed swap in the barn\r
DTSTART;TZID=Europe/London:{start}\r
DURATION:PT2H\r
LOCATION:{place}\r
STATUS:{status}\r
END:VEVENT\r
END:VCALENDAR\r
"""


@pytest.fixture
def calendar(network):
    source = '[[sources]]\nname = "calendar"\nkind = "calendar"\npath = "events.ics"\n'
    network.change("config.toml", '[[lists]]\nname = "members"', source + '[[lists]]\nname = "members"')

    def publish(**changed):
        facts = {"sequence": 0, "start": "20270110T140000", "place": "The Old Dairy", "status": "CONFIRMED"} | changed
        network.write("events.ics", CALENDAR.format(**facts))

    publish()
    return publish


def news(network, at):
    shown = network.json("preview", "weekly", "--at", at, "--out", "out")
    return [
        (entry["newness"], entry["starts_at"], entry["location"], entry["cancelled"])
        for section in shown["sections"]
        for group in section["groups"]
        for entry in group["items"]
        if entry["source"] == "calendar"
    ]


def test_what_was_announced_is_moved_reminded_and_cancelled_each_once(network, sink, calendar):
    first = ("new", "2027-01-10T14:00:00+00:00", "The Old Dairy", False)
    assert news(network, "2026-11-23T08:00") == [first]
    network.send("2026-11-23T08:00")
    assert news(network, "2026-11-30T08:00") == []
    calendar(sequence=1, start="20270117T140000", place="The New Barn")
    moved = ("moved", "2027-01-17T14:00:00+00:00", "The New Barn", False)
    assert news(network, "2026-11-30T08:00") == [moved]
    network.send("2026-11-30T08:00")
    assert "New date or place" in sink.taken[-1][1].decode()
    assert news(network, "2026-12-07T08:00") == []
    reminder = ("reminder", "2027-01-17T14:00:00+00:00", "The New Barn", False)
    assert news(network, "2027-01-11T08:00") == [reminder]
    calendar(sequence=2, start="20270117T140000", place="The New Barn", status="CANCELLED")
    network.send("2026-12-07T08:00")
    text = sink.message_of_last("ada@example.org").get_body(("plain",)).get_content()
    assert "Cancelled: Seed swap in the barn" in text
    assert news(network, "2027-01-11T08:00") == []


def test_what_is_cancelled_before_it_was_announced_is_no_news(network, calendar):
    calendar(status="CANCELLED")
    assert news(network, "2026-11-23T08:00") == []
    network.json("collect", "--at", "2026-11-23T08:00")
    story = network.json("explain", "calendar/swap@growers.example.org", "--at", "2026-11-23T08:00")
    assert story["next"] == {"weekly": "out: cancelled before it was announced"}


NOTHING = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Growers//EN\r\nEND:VCALENDAR\r\n"
SWAP = "calendar/swap@growers.example.org"


def test_an_announced_event_that_is_deleted_is_told_once_and_not_reminded(network, sink, calendar):
    network.send("2026-11-23T08:00")
    network.write("events.ics", NOTHING)
    assert [one[0] for one in news(network, "2026-11-30T08:00")] == ["withdrawn"]
    network.send("2026-11-30T08:00")
    text = sink.message_of_last("ada@example.org").get_body(("plain",)).get_content()
    assert "No longer listed: Seed swap in the barn" in text
    (item,) = [item for item in network.json("items") if item["source"] == "calendar"]
    assert item["withdrawn"] is True
    assert news(network, "2027-01-08T08:00") == []
    assert network.json("explain", SWAP, "--at", "2027-01-08T08:00")["next"] == {
        "weekly": "out: its source no longer lists it"
    }
    calendar()
    network.json("collect", "--at", "2026-12-01T08:00")
    assert network.json("explain", SWAP, "--at", "2026-12-07T08:00")["next"] == {"weekly": "in: new"}


def test_a_deleted_event_that_nobody_was_told_of_is_no_news(network, calendar):
    network.json("collect", "--at", "2026-11-23T08:00")
    network.write("events.ics", NOTHING)
    assert news(network, "2026-11-30T08:00") == []


def test_a_series_that_moves_to_another_evening_is_told_as_moved(network, sink, calendar):
    network.change("config.toml", 'path = "events.ics"', 'path = "events.ics"\nhorizon = "60 days"')

    def publish(start):
        rule = "STATUS:CONFIRMED\r\nRRULE:FREQ=WEEKLY"
        network.write(
            "events.ics",
            CALENDAR.format(sequence=0, start=start, place="Barn", status="CONFIRMED").replace(
                "STATUS:CONFIRMED", rule
            ),
        )

    publish("20261203T190000")
    assert [one[:2] for one in news(network, "2026-11-23T08:00")] == [("new", "2026-12-03T19:00:00+00:00")]
    network.send("2026-11-23T08:00")
    publish("20261204T193000")
    moved = [("moved", "2026-12-04T19:30:00+00:00")]
    assert [one[:2] for one in news(network, "2026-11-30T08:00")] == moved
    network.json("collect", "--at", "2026-11-25T08:00")
    network.json("collect", "--at", "2026-11-26T08:00")
    assert [one[:2] for one in news(network, "2026-11-30T08:00")] == moved
    old = "calendar/swap@growers.example.org/20261203T190000Z"
    network.json("items", "edit", old, "--note", "Bring boots")
    assert network.json("explain", old, "--at", "2026-11-26T08:00")["next"] == {
        "weekly": "out: its source lists it under another key now"
    }
    network.send("2026-11-30T08:00")
    text = sink.message_of_last("ada@example.org").get_body(("plain",)).get_content()
    assert "New date or place: Seed swap in the barn" in text
    assert "Bring boots" in text
    assert "No longer listed" not in text
